use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::error::SimulatorError;

/// A refusal in the words of the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelegramError {
    pub status: StatusCode,
    pub description: String,
    pub retry_after: Option<u32>,
    pub migrate_to_chat_id: Option<i64>,
}

impl TelegramError {
    pub fn new(status: StatusCode, description: impl Into<String>) -> Self {
        Self {
            status,
            description: description.into(),
            retry_after: None,
            migrate_to_chat_id: None,
        }
    }

    pub fn bad_request(what: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, format!("Bad Request: {what}"))
    }

    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized")
    }

    pub fn not_a_member() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Forbidden: bot is not a member of the supergroup chat",
        )
    }

    pub fn unknown_method() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found")
    }

    pub fn too_many_requests(seconds: u32) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                format!("Too Many Requests: retry after {seconds}"),
            )
        }
    }

    /// Of two that listen, the older is told.
    pub fn superseded() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        )
    }

    pub fn broken(status: StatusCode) -> Self {
        let words = status.canonical_reason().unwrap_or("Internal Server Error");
        Self::new(status, words)
    }

    pub fn body(&self) -> Value {
        let mut body = json!({
            "ok": false, "error_code": self.status.as_u16(), "description": self.description,
        });
        let mut parameters = Map::new();
        if let Some(seconds) = self.retry_after {
            parameters.insert("retry_after".into(), json!(seconds));
        }
        if let Some(id) = self.migrate_to_chat_id {
            parameters.insert("migrate_to_chat_id".into(), json!(id));
        }
        if !parameters.is_empty() {
            body["parameters"] = Value::Object(parameters);
        }
        body
    }
}

/// The only thing that fails behind an accepted request is the journal; the write did not happen.
impl From<SimulatorError> for TelegramError {
    fn from(error: SimulatorError) -> Self {
        tracing::error!(%error, "a call could not be kept");
        Self::broken(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
