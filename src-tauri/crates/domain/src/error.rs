//! Failures of the ports, named by what the engine can do about them.

use std::time::Duration;

/// A call to a platform did not give what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlatformError {
    /// The platform asks to slow down. It did not do what was asked.
    #[error("the platform limits this account; it gives no calls for another {} s", retry_after.map_or(0, |d| d.as_secs()))]
    Throttled { retry_after: Option<Duration> },
    /// It certainly was not done (connection refused, 5xx on a read): try again later.
    #[error("the platform cannot be reached: {detail}")]
    Unavailable { detail: String },
    /// A write left and no readable answer came: it may or may not have been done.
    #[error("no answer to a write: {detail}")]
    OutcomeUnknown { detail: String },
    /// The token is expired, revoked or wrong. Only a new sign-in helps.
    #[error("the sign-in is no longer valid: {detail}")]
    SignedOut { detail: String },
    /// A permission is missing or was taken away.
    #[error("a permission is missing: {detail}")]
    PermissionMissing { detail: String },
    /// The object does not exist, or this token may not see it: the platform does not say which.
    #[error("it is not on the platform any more, or out of reach: {detail}")]
    Gone { detail: String },
    /// The platform blocks writes of this account for a while (policy, spam judgement).
    #[error("the platform blocks this account's writes: {detail}")]
    Blocked { detail: String },
    /// The user has to do something in the platform's own app first.
    #[error("the account needs attention on the platform: {detail}")]
    AccountRestricted { detail: String },
    /// Refused for good: the same request would be refused again.
    #[error("refused by the platform (code {code}): {detail}")]
    Refused { code: i64, detail: String },
    /// A read was answered by something that is not the documented shape.
    #[error("unreadable answer: {detail}")]
    Unreadable { detail: String },
}

impl PlatformError {
    /// Refused before anything was sent: `what` completes "this platform offers no way to …".
    pub fn not_supported(what: &str) -> Self {
        Self::Refused {
            code: 0,
            detail: format!("this platform offers no way to {what}"),
        }
    }
}

/// An AI endpoint did not give what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    #[error("the model refused: {detail}")]
    RefusedByModel { detail: String },
    #[error("the answer was cut off by the length limit")]
    CutOff,
    #[error("the answer was not what the schema asks for: {detail}")]
    NotSchema { detail: String },
    #[error("the endpoint limits calls")]
    Limited { retry_after: Option<Duration> },
    #[error("the endpoint cannot be reached: {detail}")]
    Down { detail: String },
    #[error("the account of this endpoint is out of credit")]
    OutOfCredit,
    #[error("the key is not accepted")]
    KeyRejected,
    #[error("the endpoint does not know the model \"{model}\"")]
    ModelMissing { model: String },
    #[error("the endpoint refused the request: {detail}")]
    BadRequest { detail: String },
}

impl ProviderError {
    /// Another try of the very same request may succeed.
    pub fn is_worth_retrying(&self) -> bool {
        matches!(
            self,
            Self::NotSchema { .. } | Self::Limited { .. } | Self::Down { .. } | Self::CutOff
        )
    }
}

/// A model inside the app did not work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    #[error("the model file {path} is not there")]
    Missing { path: String },
    #[error("the model file is damaged: {detail}")]
    Corrupt { detail: String },
    #[error("the model file is of another kind: {detail}")]
    Unsupported { detail: String },
}

/// The product and passage index did not work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// Vectors of another model are stored: a rebuild is due.
    #[error("the index was built with {stored}, now {wanted} is in use")]
    OtherModel { stored: String, wanted: String },
    #[error("the index cannot be read: {detail}")]
    Broken { detail: String },
}

/// A secret could not be kept or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// No keychain runs here: offer the encrypted file or this session only.
    #[error("no keychain is available: {detail}")]
    NoKeychain { detail: String },
    /// The keychain is there and locked.
    #[error("the keychain is locked")]
    Locked,
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    #[error("the secret store failed: {detail}")]
    Failed { detail: String },
}
