//! What a refusal means ("Making requests", `ResponseParameters`). The platform has no error numbers beyond HTTP's: the
//! words decide, and its words may change, so what they do not tell is refused for good rather than guessed at.

use super::call::Purpose;
use crate::http::scrubbed;
use domain::error::PlatformError;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::time::Duration;

/// In descriptions, in lower case.
const NOT_MODIFIED: &str = "message is not modified";
const GONE: [&str; 6] = [
    "message to delete not found",
    "message to edit not found",
    "message to be replied not found",
    "replied message not found",
    "reply message not found",
    "message_id_invalid",
];
const NO_RIGHT: [&str; 10] = [
    "not enough rights",
    "have no rights",
    "administrator rights",
    "admin_required",
    "chat_write_forbidden",
    "chat_restricted",
    "user_banned_in_channel",
    "right_forbidden",
    "chat not found",
    "not a member",
];

/// An answer that is not what was asked for, and whether asking again at once makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub error: PlatformError,
    /// Only ever true for reads.
    pub passing: bool,
}

/// `{"ok":…}`, taken apart.
#[derive(Debug)]
pub(super) enum Envelope {
    /// The JSON of `result`.
    Result(String),
    Fault(Fault),
}

/// Any field beyond `ok` may be missing.
#[derive(Debug, Default)]
pub(super) struct Fault {
    code: u16,
    description: String,
    retry_after_s: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

#[derive(Deserialize)]
struct WireEnvelope {
    ok: bool,
    result: Option<Box<RawValue>>,
    error_code: Option<u16>,
    description: Option<String>,
    parameters: Option<WireParameters>,
}

#[derive(Default, Deserialize)]
struct WireParameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

impl Envelope {
    /// `None` when these are not the platform's own words.
    pub fn read(body: &[u8]) -> Option<Self> {
        let wire: WireEnvelope = serde_json::from_slice(body).ok()?;
        if wire.ok {
            return wire.result.map(|result| Self::Result(result.get().to_owned()));
        }
        let parameters = wire.parameters.unwrap_or_default();
        Some(Self::Fault(Fault {
            code: wire.error_code.unwrap_or(0),
            description: wire.description.unwrap_or_default(),
            retry_after_s: parameters.retry_after,
            migrate_to_chat_id: parameters.migrate_to_chat_id,
        }))
    }
}

impl Fault {
    pub fn wait(&self) -> Option<Duration> {
        self.retry_after_s.map(Duration::from_secs)
    }

    fn says(&self, any: &[&str]) -> bool {
        let said = self.description.to_lowercase();
        any.iter().any(|words| said.contains(words))
    }

    fn meaning(&self, status: StatusCode, purpose: Purpose, token: &str) -> Refusal {
        let detail = scrubbed(&self.description, token);
        if let Some(id) = self.migrate_to_chat_id {
            return Refusal::definite(PlatformError::AccountRestricted {
                detail: format!(
                    "the group is another one now, with the id {id}: connect it again ({detail})"
                ),
            });
        }
        let code = match self.code {
            0 => status.as_u16(),
            code => code,
        };
        Refusal::definite(match code {
            429 => PlatformError::Throttled {
                retry_after: self.wait(),
            },
            // A token of the wrong form is taken for a wrong address.
            401 | 404 => PlatformError::SignedOut { detail },
            409 if self.says(&["webhook"]) => PlatformError::AccountRestricted {
                detail: format!(
                    "the bot sends its updates elsewhere: take its webhook away, or use another bot ({detail})"
                ),
            },
            // Not at once again: the two programs would take the updates from each other in turn.
            409 => PlatformError::Unavailable {
                detail: format!("another program reads this bot's updates ({detail})"),
            },
            _ if self.says(&GONE) => PlatformError::Gone { detail },
            403 => PlatformError::PermissionMissing { detail },
            _ if self.says(&NO_RIGHT) => PlatformError::PermissionMissing { detail },
            408 | 500.. => return Refusal::passing(purpose, detail),
            code => PlatformError::Refused {
                code: code.into(),
                detail,
            },
        })
    }
}

/// Names what the caller can do about a refusal. How long a limit lasts is the caller's to fill in.
pub(super) fn refusal(status: StatusCode, fault: Option<&Fault>, purpose: Purpose, token: &str) -> Refusal {
    if let Some(fault) = fault {
        return fault.meaning(status, purpose, token);
    }
    // An edge, a proxy or a sign-in page of the local network spoke: it says nothing of the token or the message.
    let detail = format!("HTTP {} without the platform's own words", status.as_u16());
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Refusal::definite(PlatformError::Throttled { retry_after: None });
    }
    if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
        return Refusal::passing(purpose, detail);
    }
    Refusal::unreadable(purpose, detail)
}

/// An edit that changes nothing is refused: the words are there.
pub(super) fn says_it_is_so_already(error: &PlatformError) -> bool {
    matches!(error, PlatformError::Refused { code: 400, detail } if detail.to_lowercase().contains(NOT_MODIFIED))
}

impl Refusal {
    /// Down for a moment. A write may have been done all the same.
    pub fn passing(purpose: Purpose, detail: String) -> Self {
        match purpose {
            Purpose::Write => Self::definite(PlatformError::OutcomeUnknown { detail }),
            Purpose::Read => Self {
                error: PlatformError::Unavailable { detail },
                passing: true,
            },
        }
    }

    /// Not the documented shape: for reads worth one more try, for writes an open question.
    pub fn unreadable(purpose: Purpose, detail: String) -> Self {
        match purpose {
            Purpose::Write => Self::definite(PlatformError::OutcomeUnknown { detail }),
            Purpose::Read => Self {
                error: PlatformError::Unreadable { detail },
                passing: true,
            },
        }
    }

    /// The request did not leave, or asking again would change nothing.
    pub fn definite(error: PlatformError) -> Self {
        Self {
            error,
            passing: false,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    const TOKEN: &str = "4711:AAcanary_4711";

    /// The variant's name stands for the decision.
    fn decision(status: u16, body: &str, purpose: Purpose) -> (String, bool) {
        let fault = match Envelope::read(body.as_bytes()) {
            Some(Envelope::Fault(fault)) => Some(fault),
            _ => None,
        };
        let status = StatusCode::from_u16(status).unwrap();
        let refusal = refusal(status, fault.as_ref(), purpose, TOKEN);
        let shown = format!("{0} {0:?}", refusal.error);
        assert!(!shown.contains("AAcanary"), "an error text reaches logs: {shown}");
        let name = format!("{:?}", refusal.error);
        let name = name.split([' ', '{']).next().unwrap().to_owned();
        (name, refusal.passing)
    }

    fn refused(code: u16, description: &str) -> String {
        format!(r#"{{"ok":false,"error_code":{code},"description":"{description}"}}"#)
    }

    #[rstest]
    #[case::bad_token(401, "Unauthorized", "SignedOut", "SignedOut")]
    #[case::no_such_bot(404, "Not Found", "SignedOut", "SignedOut")]
    #[case::kicked(
        403,
        "Forbidden: bot was kicked from the supergroup chat",
        "PermissionMissing",
        "PermissionMissing"
    )]
    #[case::no_such_chat(400, "Bad Request: chat not found", "PermissionMissing", "PermissionMissing")]
    #[case::no_right_to_ban(
        400,
        "Bad Request: not enough rights to restrict/unrestrict chat member",
        "PermissionMissing",
        "PermissionMissing"
    )]
    #[case::deleted(400, "Bad Request: message to delete not found", "Gone", "Gone")]
    #[case::answered_is_gone(400, "Bad Request: message to be replied not found", "Gone", "Gone")]
    #[case::cannot_be_deleted(400, "Bad Request: message can't be deleted", "Refused", "Refused")]
    #[case::an_administrator(
        400,
        "Bad Request: user is an administrator of the chat",
        "Refused",
        "Refused"
    )]
    #[case::limited(429, "Too Many Requests: retry after 5", "Throttled", "Throttled")]
    #[case::two_readers(
        409,
        "Conflict: terminated by other getUpdates request",
        "Unavailable",
        "Unavailable"
    )]
    #[case::webhook(
        409,
        "Conflict: can't use getUpdates method while webhook is active",
        "AccountRestricted",
        "AccountRestricted"
    )]
    #[case::server_error(500, "Internal Server Error", "Unavailable", "OutcomeUnknown")]
    #[case::bad_gateway(502, "Bad Gateway", "Unavailable", "OutcomeUnknown")]
    #[case::echo(400, "of bot4711:AAcanary_4711", "Refused", "Refused")]
    fn each_refusal_has_its_decision(
        #[case] code: u16,
        #[case] description: &str,
        #[case] read: &str,
        #[case] write: &str,
    ) {
        let body = refused(code, description);
        assert_eq!(decision(code, &body, Purpose::Read).0, read, "as a read");
        let (name, passing) = decision(code, &body, Purpose::Write);
        assert_eq!(name, write, "as a write");
        assert!(!passing, "a write is never repeated here");
    }

    #[test]
    fn a_group_that_moved_names_its_new_id() {
        let body = r#"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded",
            "parameters":{"migrate_to_chat_id":-1001234567890}}"#;
        let Some(Envelope::Fault(fault)) = Envelope::read(body.as_bytes()) else {
            panic!("an envelope");
        };
        let refusal = refusal(StatusCode::BAD_REQUEST, Some(&fault), Purpose::Write, TOKEN);
        let PlatformError::AccountRestricted { detail } = &refusal.error else {
            panic!("{refusal:?}");
        };
        assert!(detail.contains("-1001234567890"), "{detail}");
    }

    #[rstest]
    #[case(502, "Unavailable", "OutcomeUnknown")]
    #[case(429, "Throttled", "Throttled")]
    #[case(401, "Unreadable", "OutcomeUnknown")]
    #[case(200, "Unreadable", "OutcomeUnknown")]
    fn without_the_platform_s_own_words_only_the_status_counts(
        #[case] status: u16,
        #[case] read: &str,
        #[case] write: &str,
    ) {
        for body in ["<html>Sorry</html>", "", r#"{"error":"text"}"#, r#"{"ok":true}"#] {
            assert_eq!(decision(status, body, Purpose::Read).0, read, "{body}");
            assert_eq!(decision(status, body, Purpose::Write).0, write, "{body}");
        }
    }

    #[test]
    fn the_wait_stands_in_the_parameters() {
        let body = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7",
            "parameters":{"retry_after":7}}"#;
        let Some(Envelope::Fault(fault)) = Envelope::read(body.as_bytes()) else {
            panic!("an envelope");
        };
        assert_eq!(fault.wait(), Some(Duration::from_secs(7)));
    }

    #[test]
    fn an_edit_to_the_same_words_was_done() {
        let body = refused(
            400,
            "Bad Request: message is not modified: specified new message content is the same",
        );
        let Some(Envelope::Fault(fault)) = Envelope::read(body.as_bytes()) else {
            panic!("an envelope");
        };
        let same = refusal(StatusCode::BAD_REQUEST, Some(&fault), Purpose::Write, TOKEN);
        assert!(says_it_is_so_already(&same.error));
    }
}
