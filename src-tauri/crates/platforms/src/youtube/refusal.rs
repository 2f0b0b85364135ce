//! What a refusal means: from the error's `reason` (YouTube Data API, "Errors") or, when there is none, from the
//! HTTP status.

use crate::http::scrubbed;
use domain::error::PlatformError;
use domain::quota::SpendKind;
use reqwest::StatusCode;
use serde_json::Value;

/// An answer that is not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub error: PlatformError,
    /// Asking again at once makes sense. Only ever true for reads.
    pub passing: bool,
    pub cause: Cause,
}

/// What the caller has to do besides reporting it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// Nothing more until the project's day is over.
    QuotaSpent,
    RateLimited,
    /// A fresh token may be taken. The platform looks at it first, so nothing was done.
    TokenRejected,
    /// The cursor is no longer known: paging starts over.
    PageTokenRejected,
    Other,
}

/// What a call is about decides how far "forbidden" reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Account,
    /// One video, thread or comment: the account may still do everything else.
    OneObject,
}

/// The fields of `{"error": {…}}` that decide. Any of them may be missing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fault {
    reason: String,
    message: String,
    /// Google's newer error details name the limit that was hit.
    daily: bool,
}

impl Fault {
    /// `None` when the body is no error envelope.
    pub fn of(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let error = body.get("error")?;
        if !error.is_object() {
            return None;
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let first = &error["errors"][0];
        let details = error["details"].as_array().map_or(&[][..], Vec::as_slice);
        let reason = [&first["reason"]]
            .into_iter()
            .chain(details.iter().map(|detail| &detail["reason"]))
            .chain([&error["status"]])
            .map(text)
            .find(|reason| !reason.is_empty())
            .unwrap_or_default();
        let message = match text(&error["message"]) {
            empty if empty.is_empty() => text(&first["message"]),
            message => message,
        };
        let limit = |detail: &Value| text(&detail["metadata"]["quota_limit"]);
        Some(Self {
            daily: details.iter().any(|detail| limit(detail).contains("PerDay")),
            message: without_html(&message),
            reason,
        })
    }

    fn detail(&self, token: &str) -> String {
        format!(
            "{} ({})",
            scrubbed(&self.message, token),
            scrubbed(&self.reason, token)
        )
    }
}

/// Names what the caller can do about a refusal.
pub(super) fn refusal(
    status: StatusCode,
    fault: Option<&Fault>,
    kind: SpendKind,
    about: About,
    token: &str,
) -> Refusal {
    match fault {
        Some(fault) => from_reason(status, fault, kind, about, token),
        None => from_status(status, kind),
    }
}

fn from_reason(status: StatusCode, fault: &Fault, kind: SpendKind, about: About, token: &str) -> Refusal {
    let detail = fault.detail(token);
    let code = i64::from(status.as_u16());
    match fault.reason.as_str() {
        "quotaExceeded" | "dailyLimitExceeded" | "dailyLimitExceededUnreg" => quota_spent(),
        "RATE_LIMIT_EXCEEDED" | "rateLimitExceeded" | "RESOURCE_EXHAUSTED" if fault.daily => quota_spent(),
        "rateLimitExceeded"
        | "userRateLimitExceeded"
        | "concurrentLimitExceeded"
        | "servingLimitExceeded"
        | "RATE_LIMIT_EXCEEDED"
        | "RESOURCE_EXHAUSTED" => rate_limited(),
        "commentsDisabled" if kind.is_write() => Refusal::definite(PlatformError::Refused { code, detail }),
        "commentsDisabled" => Refusal::definite(PlatformError::Gone { detail }),
        "insufficientPermissions" | "insufficientScopes" | "ACCESS_TOKEN_SCOPE_INSUFFICIENT" => {
            Refusal::definite(PlatformError::PermissionMissing {
                detail: format!("the sign-in was not given \"{}\": {detail}", super::SCOPES[0]),
            })
        }
        "accessNotConfigured" | "SERVICE_DISABLED" => Refusal::definite(PlatformError::PermissionMissing {
            detail: format!("the YouTube Data API is not switched on in the Google Cloud project: {detail}"),
        }),
        "ineligibleAccount"
        | "youtubeSignupRequired"
        | "accountClosed"
        | "accountSuspended"
        | "channelClosed"
        | "channelSuspended" => Refusal::definite(PlatformError::AccountRestricted { detail }),
        "authError"
        | "authorizationRequired"
        | "required"
        | "expired"
        | "invalidCredentials"
        | "UNAUTHENTICATED"
            if status == StatusCode::UNAUTHORIZED =>
        {
            token_rejected(detail)
        }
        "forbidden" => forbidden(kind, about, detail),
        "invalidPageToken" if !kind.is_write() => Refusal {
            cause: Cause::PageTokenRejected,
            ..Refusal::definite(PlatformError::Refused { code, detail })
        },
        // The documentation calls it transient at times: a write may have been done all the same, and the outbox
        // reads back before it sends again.
        "processingFailure" | "backendError" | "internalError" => Refusal::passing(kind, detail),
        reason if reason.ends_with("NotFound") => Refusal::definite(PlatformError::Gone { detail }),
        _ => from_unknown_reason(status, code, kind, about, detail),
    }
}

fn from_unknown_reason(
    status: StatusCode,
    code: i64,
    kind: SpendKind,
    about: About,
    detail: String,
) -> Refusal {
    match status.as_u16() {
        429 => rate_limited(),
        401 => token_rejected(detail),
        403 => forbidden(kind, about, detail),
        404 | 410 => Refusal::definite(PlatformError::Gone { detail }),
        408 | 500.. => Refusal::passing(kind, detail),
        _ => Refusal::definite(PlatformError::Refused { code, detail }),
    }
}

/// Not the platform's own words: an edge, a proxy or a sign-in page of the local network spoke.
/// So a 401, 403 or 404 says nothing about the token, the permission or the comment.
fn from_status(status: StatusCode, kind: SpendKind) -> Refusal {
    let detail = format!("HTTP {} without the platform's error body", status.as_u16());
    match status.as_u16() {
        429 => rate_limited(),
        408 | 500.. => Refusal::passing(kind, detail),
        _ => Refusal::unreadable(kind, detail),
    }
}

/// The documentation gives it for a video, thread or comment that is out of reach as well as for a token that may
/// do nothing; a missing scope has a reason of its own.
fn forbidden(kind: SpendKind, about: About, detail: String) -> Refusal {
    Refusal::definite(match (about, kind.is_write()) {
        (About::Account, _) => PlatformError::PermissionMissing { detail },
        (About::OneObject, true) => PlatformError::Refused { code: 403, detail },
        (About::OneObject, false) => PlatformError::Gone { detail },
    })
}

/// The wait is filled in by whoever knows the time.
fn quota_spent() -> Refusal {
    Refusal {
        cause: Cause::QuotaSpent,
        ..Refusal::definite(PlatformError::Throttled { retry_after: None })
    }
}

fn rate_limited() -> Refusal {
    Refusal {
        cause: Cause::RateLimited,
        ..Refusal::definite(PlatformError::Throttled { retry_after: None })
    }
}

fn token_rejected(detail: String) -> Refusal {
    Refusal {
        cause: Cause::TokenRejected,
        ..Refusal::definite(PlatformError::SignedOut { detail })
    }
}

impl Refusal {
    /// Asking again would change nothing, or nothing was sent.
    pub fn definite(error: PlatformError) -> Self {
        Self {
            error,
            passing: false,
            cause: Cause::Other,
        }
    }

    /// Down for a moment. A write may have been done all the same.
    pub fn passing(kind: SpendKind, detail: String) -> Self {
        match kind.is_write() {
            true => Self::definite(PlatformError::OutcomeUnknown { detail }),
            false => Self {
                passing: true,
                ..Self::definite(PlatformError::Unavailable { detail })
            },
        }
    }

    /// Not the documented shape: for reads worth one more try, for writes an open question.
    pub fn unreadable(kind: SpendKind, detail: String) -> Self {
        match kind.is_write() {
            true => Self::definite(PlatformError::OutcomeUnknown { detail }),
            false => Self {
                passing: true,
                ..Self::definite(PlatformError::Unreadable { detail })
            },
        }
    }

    /// The call did not leave: for a read worth another try when only a connection was missing.
    pub fn not_sent(kind: SpendKind, error: PlatformError) -> Self {
        Self {
            passing: !kind.is_write() && matches!(error, PlatformError::Unavailable { .. }),
            ..Self::definite(error)
        }
    }
}

/// Google writes some messages as HTML, links included.
fn without_html(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        plain.push_str(&rest[..open]);
        let is_tag = rest[open + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        match rest[open..].find('>').filter(|_| is_tag) {
            Some(close) => rest = &rest[open + close + 1..],
            None => {
                plain.push('<');
                rest = &rest[open + 1..];
            }
        }
    }
    plain.push_str(rest);
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ] {
        plain = plain.replace(entity, character);
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
