use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::error::SimulatorError;

const DOCUMENTATION: &str = "https://developers.facebook.com/docs/graph-api";

/// A refusal in the platform's words. Codes and wording follow the Graph API's error handling page and recorded
/// bodies; where neither gives a code for a rule, 100 (invalid parameter) stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphError {
    pub status: StatusCode,
    pub code: u32,
    pub subcode: Option<u32>,
    pub kind: &'static str,
    pub message: String,
    pub is_transient: Option<bool>,
}

impl GraphError {
    pub fn new(code: u32, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            subcode: None,
            kind: "OAuthException",
            message: message.into(),
            is_transient: None,
        }
    }

    pub fn invalid_parameter(message: impl AsRef<str>) -> Self {
        Self::new(100, format!("(#100) {}", message.as_ref()))
    }

    /// Gone, never there, or somebody else's: the platform does not tell which.
    pub fn missing_object(method: &str, id: &str) -> Self {
        let message = format!(
            "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
             permissions, or does not support this operation. Please read the Graph API documentation at \
             {DOCUMENTATION}",
            method = method.to_lowercase(),
        );
        Self {
            subcode: Some(33),
            kind: "GraphMethodException",
            ..Self::new(100, message)
        }
    }

    pub fn unknown_path(path: &str) -> Self {
        Self::new(2500, format!("Unknown path components: {path}"))
    }

    pub fn token_required() -> Self {
        Self::new(104, "An access token is required to request this resource.")
    }

    pub fn token(code: u32, subcode: Option<u32>) -> Self {
        let message = match subcode {
            Some(458) => "Error validating access token: The user has not authorized the application.",
            Some(459) => {
                "Error validating access token: You cannot access the app till you log in to www.facebook.com and \
                 follow the instructions given."
            }
            Some(460) => {
                "Error validating access token: The session has been invalidated because the user changed their \
                 password or Facebook has changed the session for security reasons."
            }
            Some(463) => "Error validating access token: Session has expired.",
            Some(464) => {
                "Error validating access token: Sessions for the user are not allowed because the user \
                 is not a confirmed user."
            }
            Some(467) => "Error validating access token: This may be because the user logged out.",
            Some(492) => "Error validating access token: The user must be an administrator of the page.",
            _ => "Invalid OAuth access token - Cannot parse access token",
        };
        Self {
            subcode,
            ..Self::new(code, message)
        }
    }

    pub fn permission(code: u32) -> Self {
        let message = match code {
            10 => "(#10) Application does not have permission for this action".into(),
            _ => format!("(#{code}) The user has not granted the permission that this action requires"),
        };
        Self {
            status: StatusCode::FORBIDDEN,
            ..Self::new(code, message)
        }
    }

    pub fn throttled(code: u32, status: StatusCode) -> Self {
        let message = match code {
            4 => "(#4) Application request limit reached".into(),
            17 => "(#17) User request limit reached".into(),
            32 => "(#32) Page request limit reached".into(),
            613 => "(#613) Calls to this api have exceeded the rate limit.".into(),
            80002 => "(#80002) There have been too many calls to this Instagram account. Wait a bit and try again. \
                      For more info, please refer to \
                      https://developers.facebook.com/docs/graph-api/overview/rate-limiting."
                .to_owned(),
            _ => format!("(#{code}) There have been too many calls. Wait a bit and try again."),
        };
        Self {
            status,
            ..Self::new(code, message)
        }
    }

    pub fn unavailable(status: StatusCode) -> Self {
        Self {
            status,
            is_transient: Some(true),
            ..Self::new(
                2,
                "An unexpected error has occurred. Please retry your request later.",
            )
        }
    }

    pub fn body(&self, fbtrace_id: &str) -> Value {
        let mut error = Map::new();
        error.insert("message".into(), json!(self.message));
        error.insert("type".into(), json!(self.kind));
        error.insert("code".into(), json!(self.code));
        if let Some(subcode) = self.subcode {
            error.insert("error_subcode".into(), json!(subcode));
        }
        if let Some(is_transient) = self.is_transient {
            error.insert("is_transient".into(), json!(is_transient));
        }
        error.insert("fbtrace_id".into(), json!(fbtrace_id));
        json!({ "error": error })
    }
}

/// The only thing that fails behind an accepted request is the journal; the write did not happen.
impl From<SimulatorError> for GraphError {
    fn from(error: SimulatorError) -> Self {
        tracing::error!(%error, "a write could not be kept");
        Self::unavailable(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
