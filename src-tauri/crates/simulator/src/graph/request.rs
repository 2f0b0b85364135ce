use std::collections::HashMap;

use axum::http::request::Parts;
use axum::http::{Method, header};
use serde_json::Value;
use url::form_urlencoded;

use super::error::GraphError;

/// A call with its parameters gathered from wherever the platform takes them: address, form or JSON body.
#[derive(Debug, Clone)]
pub struct GraphRequest {
    pub method: Method,
    /// `/v26.0` or nothing; links in the answer carry the same.
    pub version_prefix: String,
    pub path: String,
    pub segments: Vec<String>,
    pub token: Option<String>,
    parameters: HashMap<String, String>,
}

impl GraphRequest {
    pub fn read(parts: &Parts, body: &[u8]) -> Result<Self, GraphError> {
        let mut parameters = pairs(parts.uri.query().unwrap_or_default().as_bytes());
        let content_type = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        match content_type.unwrap_or_default() {
            kind if kind.starts_with("application/json") && !body.is_empty() => {
                let value: Value = serde_json::from_slice(body)
                    .map_err(|_| GraphError::invalid_parameter("The request body is not valid JSON"))?;
                for (key, value) in value.as_object().into_iter().flatten() {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    parameters.insert(key.clone(), text);
                }
            }
            kind if kind.starts_with("application/x-www-form-urlencoded") => parameters.extend(pairs(body)),
            _ => {}
        }
        let mut segments: Vec<String> = parts
            .uri
            .path()
            .split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        let version_prefix = match segments.first() {
            Some(first) if is_version(first) => format!("/{}", segments.remove(0)),
            _ => String::new(),
        };
        let token = parameters.remove("access_token").or_else(|| bearer(parts));
        Ok(Self {
            method: parts.method.clone(),
            version_prefix,
            path: format!("/{}", segments.join("/")),
            segments,
            token,
            parameters,
        })
    }

    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    pub fn flag(&self, name: &str) -> Result<Option<bool>, GraphError> {
        match self.parameter(name) {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(_) => Err(GraphError::invalid_parameter(format!(
                "Param {name} must be a boolean"
            ))),
        }
    }

    pub fn integer(&self, name: &str) -> Result<Option<i64>, GraphError> {
        self.parameter(name)
            .map(|text| {
                text.parse()
                    .map_err(|_| GraphError::invalid_parameter(format!("Param {name} must be an integer")))
            })
            .transpose()
    }

    /// The text of `name`, refused when absent or blank.
    pub fn required_text(&self, name: &str) -> Result<String, GraphError> {
        match self.parameter(name) {
            Some(text) if !text.trim().is_empty() => Ok(text.to_owned()),
            _ => Err(GraphError::invalid_parameter(format!(
                "The parameter {name} is required"
            ))),
        }
    }
}

fn pairs(encoded: &[u8]) -> HashMap<String, String> {
    form_urlencoded::parse(encoded).into_owned().collect()
}

fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(major, minor)| is_number(major) && is_number(minor))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn bearer(parts: &Parts) -> Option<String> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}
