//! Failures as the window sees them. A code exists only where the window branches on it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The comment moved on since the card was drawn: draw it again.
    MovedOn,
    /// It is not there (any more).
    NotFound,
    /// The request's values do not fit; the message says which.
    Invalid,
    /// The draft did not pass the guard; `details` holds the report.
    GuardFailed,
    /// It is too late to take it back; the message says what is known.
    TooLate,
    /// Secrets cannot be kept yet: offer the choice.
    SecretsUnavailable,
    /// The sign-in was refused; the message says what is missing.
    SignInRefused,
    /// The platform could not be reached, or gave no sense: nothing was connected; try again.
    PlatformUnreachable,
    /// The database cannot take it (disk full, corrupt, locked).
    StorageFailed,
    /// Anything else; the message carries a reference into the log.
    Internal,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CommandError {
    pub code: ErrorCode,
    /// For people: what happened and what it means.
    pub message: String,
    #[ts(type = "unknown")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<serde_json::Value>,
}

impl CommandError {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: None,
        }
    }
}

impl std::fmt::Display for CommandError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CommandError {}
