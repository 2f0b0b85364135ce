use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use serde_json::Value;
use url::form_urlencoded;

use super::error::YoutubeError;

/// A call as it came. Parameters are in the address, what is written in a JSON body; the sign-in takes forms.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: Method,
    pub path: String,
    query: Vec<(String, String)>,
    pub form: Vec<(String, String)>,
    body: Vec<u8>,
    headers: HeaderMap,
}

impl Call {
    pub fn read(parts: &Parts, body: &[u8]) -> Self {
        Self {
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            query: pairs(parts.uri.query().unwrap_or_default().as_bytes()),
            form: pairs(body),
            body: body.to_vec(),
            headers: parts.headers.clone(),
        }
    }

    /// The first value of this parameter, unless it is empty.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|it| !it.is_empty())
    }

    pub fn form_value(&self, name: &str) -> Option<&str> {
        let found = self.form.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|it| !it.is_empty())
    }

    /// A list may be separated by commas, or the parameter come more than once.
    pub fn list(&self, name: &str) -> Vec<&str> {
        self.query
            .iter()
            .filter(|(key, _)| key == name)
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .collect()
    }

    /// At most fifty, each once.
    pub fn ids(&self, name: &'static str) -> Result<Vec<&str>, YoutubeError> {
        let mut ids = self.list(name);
        if ids.len() > 50 {
            return Err(YoutubeError::invalid_parameter(
                name,
                format!("At most 50 ids can be given. Provided: {}.", ids.len()),
            ));
        }
        let mut seen = std::collections::HashSet::new();
        ids.retain(|id| seen.insert(*id));
        Ok(ids)
    }

    /// Refused when absent, empty or unknown to this resource.
    pub fn parts(&self, known: &[&str]) -> Result<Vec<&str>, YoutubeError> {
        let parts = self.list("part");
        if parts.is_empty() {
            return Err(YoutubeError::missing_parameter("part"));
        }
        match parts.iter().find(|part| !known.contains(part)) {
            Some(unknown) => Err(YoutubeError::unknown_part(unknown)),
            None => Ok(parts),
        }
    }

    pub fn max_results(
        &self,
        default: usize,
        range: std::ops::RangeInclusive<usize>,
    ) -> Result<usize, YoutubeError> {
        let Some(text) = self.parameter("maxResults") else {
            return Ok(default);
        };
        let (low, high) = (range.start(), range.end());
        text.parse()
            .ok()
            .filter(|number| range.contains(number))
            .ok_or_else(|| {
                YoutubeError::invalid_parameter(
                    "maxResults",
                    format!("Invalid value '{text}'. Values must be within the range: [{low}, {high}]"),
                )
            })
    }

    /// In letters of either case: clients in Python send `True`.
    pub fn flag(&self, name: &'static str) -> Result<bool, YoutubeError> {
        match self.parameter(name) {
            None => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(_) => Err(YoutubeError::invalid_parameter(
                name,
                format!("Invalid boolean value for {name}"),
            )),
        }
    }

    pub fn json(&self) -> Result<Value, YoutubeError> {
        serde_json::from_slice(&self.body).map_err(|_| YoutubeError::parse_error())
    }

    pub fn token(&self) -> Option<&str> {
        let bearer = self.header(header::AUTHORIZATION).and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        bearer.or_else(|| self.parameter("access_token"))
    }

    pub fn key(&self) -> Option<&str> {
        self.parameter("key")
            .or_else(|| self.headers.get("x-goog-api-key")?.to_str().ok())
    }

    /// Whether the client already has what carries this tag. Tags come bare, quoted or marked as weak.
    pub fn has(&self, etag: &str) -> bool {
        self.header(header::IF_NONE_MATCH)
            .is_some_and(|tags| tags.split(',').any(|tag| bare_tag(tag) == etag))
    }

    fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

fn bare_tag(tag: &str) -> &str {
    tag.trim().trim_start_matches("W/").trim_matches('"')
}

fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(encoded).into_owned().collect()
}
