//! How an answer looks on the wire.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};

use super::error::YoutubeError;
use super::oauth::OauthError;
use super::request::Call;

pub enum Answer {
    Json { status: StatusCode, body: Value },
    NoContent,
    Redirect(String),
    Page { status: StatusCode, html: String },
}

impl Answer {
    pub fn json(body: Value) -> Self {
        Self::Json {
            status: StatusCode::OK,
            body,
        }
    }

    pub fn refused(error: YoutubeError) -> Self {
        Self::Json {
            status: error.status,
            body: error.body(),
        }
    }

    pub fn refused_sign_in(error: OauthError) -> Self {
        let mut body = json!({ "error": error.error });
        if !error.description.is_empty() {
            body["error_description"] = json!(error.description);
        }
        Self::Json {
            status: error.status,
            body,
        }
    }

    /// The body of an accepted call, for faults that alter it.
    pub fn listing(&mut self) -> Option<&mut Value> {
        match self {
            Self::Json { status, body } if *status == StatusCode::OK => Some(body),
            _ => None,
        }
    }

    /// A reader who already has this very answer is told so.
    pub fn unless_known_to(self, call: &Call) -> Response {
        let etag = match &self {
            Self::Json { status, body } if *status == StatusCode::OK && call.method == "GET" => {
                body["etag"].as_str().map(str::to_owned)
            }
            _ => None,
        };
        let Some(etag) = etag else {
            return self.send();
        };
        let mut response = if call.has(&etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            self.send()
        };
        let quoted = HeaderValue::from_str(&format!("\"{etag}\""));
        response
            .headers_mut()
            .insert(header::ETAG, quoted.expect("an etag is plain ASCII"));
        response
    }

    pub fn send(self) -> Response {
        let (status, body) = match self {
            Self::NoContent => return StatusCode::NO_CONTENT.into_response(),
            Self::Page { status, html } => return (status, Html(html)).into_response(),
            Self::Redirect(url) => return (StatusCode::FOUND, [(header::LOCATION, url)]).into_response(),
            Self::Json { status, body } => (status, body),
        };
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=UTF-8"),
        );
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static(
                r#"Bearer realm="https://accounts.google.com/", error="invalid_token""#,
            );
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
