//! What a refusal means: from the error envelope ("Handling errors" of the Graph API and of the Instagram
//! Platform) or, when there is none, from the HTTP status.

use super::usage::Purpose;
use crate::http::scrubbed;
use domain::error::PlatformError;
use reqwest::StatusCode;
use serde_json::Value;
use std::time::Duration;

/// An answer that is not what was asked for, and whether asking again at once makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub error: PlatformError,
    /// Only ever true for reads.
    pub passing: bool,
}

/// The fields of `{"error": {…}}` that decide. Any of them may be missing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Fault {
    code: i64,
    subcode: i64,
    kind: String,
    message: String,
    is_transient: bool,
    trace: String,
}

impl Fault {
    /// `None` when the body is no error envelope.
    pub fn of(body: &[u8]) -> Option<Self> {
        let mut body: Value = serde_json::from_slice(body).ok()?;
        let error = body.get_mut("error")?.take();
        if !error.is_object() {
            return None;
        }
        let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        let number = |name: &str| {
            let value = &error[name];
            value
                .as_i64()
                .or_else(|| value.as_str()?.parse().ok())
                .unwrap_or(0)
        };
        // What is written for users says more than the technical message, where it is given.
        let message = match text("error_user_msg") {
            empty if empty.is_empty() => text("message"),
            for_users => for_users,
        };
        Some(Self {
            code: number("code"),
            subcode: number("error_subcode"),
            kind: text("type"),
            message,
            is_transient: error["is_transient"].as_bool().unwrap_or(false),
            trace: text("fbtrace_id"),
        })
    }
}

/// Names what the caller can do about a refusal.
pub(crate) fn refusal(
    status: StatusCode,
    fault: Option<&Fault>,
    wait: Option<Duration>,
    purpose: Purpose,
    token: &str,
) -> Refusal {
    match fault {
        Some(fault) => Refusal::from_fault(status, fault, wait, purpose, token),
        None => Refusal::from_status(status, wait, purpose),
    }
}

impl Refusal {
    fn from_fault(
        status: StatusCode,
        fault: &Fault,
        wait: Option<Duration>,
        purpose: Purpose,
        token: &str,
    ) -> Self {
        let detail = fault.detail(token);
        let error = match (fault.code, fault.subcode) {
            (4, 2_207_051) | (368, _) => PlatformError::Blocked { detail },
            (
                4 | 17 | 32 | 341 | 613 | 80_000 | 80_001 | 80_002 | 80_003 | 80_004 | 80_005 | 80_006
                | 80_008 | 80_009 | 80_014,
                _,
            ) => PlatformError::Throttled { retry_after: wait },
            _ if fault.is_transient => return Self::passing(purpose, detail),
            (1 | 2, _) => return Self::passing(purpose, detail),
            (10 | 200..=299, _) => PlatformError::PermissionMissing { detail },
            (100, 33) | (803, _) | (24, 2_207_006) => PlatformError::Gone { detail },
            (100, _) if fault.kind == "GraphMethodException" => PlatformError::Gone { detail },
            (102 | 104 | 190, _) => PlatformError::SignedOut { detail },
            (25, 2_207_050) => PlatformError::AccountRestricted { detail },
            // 3 method not allowed, 100 bad parameter, 506 duplicate, 10900 and 10903 private reply: final.
            (code @ (3 | 24 | 25 | 100 | 506 | 10_900 | 10_903), _) => {
                PlatformError::Refused { code, detail }
            }
            (code, _) => return Self::from_unknown_code(status, code, detail, wait, purpose),
        };
        Self {
            error,
            passing: false,
        }
    }

    fn from_unknown_code(
        status: StatusCode,
        code: i64,
        detail: String,
        wait: Option<Duration>,
        purpose: Purpose,
    ) -> Self {
        let error = match status.as_u16() {
            429 => PlatformError::Throttled { retry_after: wait },
            401 => PlatformError::SignedOut { detail },
            403 => PlatformError::PermissionMissing { detail },
            404 | 410 => PlatformError::Gone { detail },
            408 | 500.. => return Self::passing(purpose, detail),
            _ => PlatformError::Refused { code, detail },
        };
        Self {
            error,
            passing: false,
        }
    }

    /// Not the platform's own words: an edge, a proxy or a sign-in page of the local network spoke.
    /// So a 401, 403 or 404 says nothing about the token, the permission or the comment.
    fn from_status(status: StatusCode, wait: Option<Duration>, purpose: Purpose) -> Self {
        let detail = format!("HTTP {} without the platform's error body", status.as_u16());
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Self {
                error: PlatformError::Throttled { retry_after: wait },
                passing: false,
            };
        }
        if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
            return Self::passing(purpose, detail);
        }
        Self::unreadable(purpose, detail)
    }

    /// Down for a moment. A write may have been done all the same.
    pub fn passing(purpose: Purpose, detail: String) -> Self {
        match purpose {
            Purpose::Write => Self {
                error: PlatformError::OutcomeUnknown { detail },
                passing: false,
            },
            Purpose::Listing | Purpose::Read => Self {
                error: PlatformError::Unavailable { detail },
                passing: true,
            },
        }
    }

    /// Not the documented shape: for reads worth one more try, for writes an open question.
    pub fn unreadable(purpose: Purpose, detail: String) -> Self {
        match purpose {
            Purpose::Write => Self {
                error: PlatformError::OutcomeUnknown { detail },
                passing: false,
            },
            Purpose::Listing | Purpose::Read => Self {
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

impl Fault {
    /// Words for staff and a reference for support; the token never appears.
    fn detail(&self, token: &str) -> String {
        let meaning = match (self.code, self.subcode) {
            (190, 458) => "the app was removed by the user; ",
            (190, 459) => "the user has to pass a check on the platform; ",
            (190, 460) => "the password was changed; ",
            (190, 463) => "the sign-in has expired; ",
            (190, 464) => "the user is not confirmed on the platform; ",
            (190, 467) => "the sign-in is no longer valid; ",
            (190, 492) => "the user lost the role on the page; ",
            _ => "",
        };
        let mut text = format!("{meaning}{} (code {}", scrubbed(&self.message, token), self.code);
        if self.subcode != 0 {
            text.push_str(&format!("/{}", self.subcode));
        }
        if !self.trace.is_empty() {
            text.push_str(&format!(", trace {}", scrubbed(&self.trace, token)));
        }
        text.push(')');
        text
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    const TOKEN: &str = "IGQVJcanary4711";

    /// The variant's name stands for the decision; the texts are checked apart.
    fn decision(status: u16, body: &str, purpose: Purpose) -> (String, bool) {
        let status = StatusCode::from_u16(status).unwrap();
        let fault = Fault::of(body.as_bytes());
        let refusal = refusal(status, fault.as_ref(), None, purpose, TOKEN);
        let shown = format!("{0} {0:?}", refusal.error);
        assert!(!shown.contains(TOKEN), "an error text reaches logs: {shown}");
        let name = format!("{:?}", refusal.error);
        let name = name.split([' ', '{']).next().unwrap().to_owned();
        (name, refusal.passing)
    }

    fn envelope(code: i64, subcode: i64, extra: &str) -> String {
        format!(
            r#"{{"error":{{"message":"said of {TOKEN}","type":"OAuthException","code":{code},
               "error_subcode":{subcode},"fbtrace_id":"A1"{extra}}}}}"#
        )
    }

    #[rstest]
    #[case::unknown_error(500, 1, 0, "Unavailable", "OutcomeUnknown")]
    #[case::service_down(503, 2, 0, "Unavailable", "OutcomeUnknown")]
    #[case::service_down_as_400(400, 2, 0, "Unavailable", "OutcomeUnknown")]
    #[case::method_not_allowed(400, 3, 0, "Refused", "Refused")]
    #[case::app_limit(403, 4, 0, "Throttled", "Throttled")]
    #[case::spam_judgement(400, 4, 2_207_051, "Blocked", "Blocked")]
    #[case::permission(403, 10, 0, "PermissionMissing", "PermissionMissing")]
    #[case::user_limit(400, 17, 0, "Throttled", "Throttled")]
    #[case::media_not_found(400, 24, 2_207_006, "Gone", "Gone")]
    #[case::restricted(400, 25, 2_207_050, "AccountRestricted", "AccountRestricted")]
    #[case::page_limit(400, 32, 0, "Throttled", "Throttled")]
    #[case::bad_parameter(400, 100, 0, "Refused", "Refused")]
    #[case::object_missing(400, 100, 33, "Gone", "Gone")]
    #[case::session(401, 102, 0, "SignedOut", "SignedOut")]
    #[case::no_token(400, 104, 0, "SignedOut", "SignedOut")]
    #[case::token_invalid(401, 190, 0, "SignedOut", "SignedOut")]
    #[case::app_removed(400, 190, 458, "SignedOut", "SignedOut")]
    #[case::checkpoint(400, 190, 459, "SignedOut", "SignedOut")]
    #[case::password_changed(400, 190, 460, "SignedOut", "SignedOut")]
    #[case::expired(400, 190, 463, "SignedOut", "SignedOut")]
    #[case::unconfirmed(400, 190, 464, "SignedOut", "SignedOut")]
    #[case::invalid(400, 190, 467, "SignedOut", "SignedOut")]
    #[case::page_role(400, 190, 492, "SignedOut", "SignedOut")]
    #[case::first_of_the_permission_range(403, 200, 0, "PermissionMissing", "PermissionMissing")]
    #[case::last_of_the_permission_range(400, 299, 0, "PermissionMissing", "PermissionMissing")]
    #[case::temporary_limit(400, 341, 0, "Throttled", "Throttled")]
    #[case::policy_block(400, 368, 0, "Blocked", "Blocked")]
    #[case::duplicate(400, 506, 0, "Refused", "Refused")]
    #[case::custom_limit(400, 613, 0, "Throttled", "Throttled")]
    #[case::unknown_alias(404, 803, 0, "Gone", "Gone")]
    #[case::private_reply_sent(400, 10_900, 0, "Refused", "Refused")]
    #[case::private_reply_not_allowed(400, 10_903, 0, "Refused", "Refused")]
    #[case::page_budget(400, 80_001, 0, "Throttled", "Throttled")]
    #[case::instagram_budget(400, 80_002, 0, "Throttled", "Throttled")]
    #[case::other_budget(400, 80_014, 0, "Throttled", "Throttled")]
    #[case::new_code_401(401, 7_777, 0, "SignedOut", "SignedOut")]
    #[case::new_code_403(403, 7_777, 0, "PermissionMissing", "PermissionMissing")]
    #[case::new_code_404(404, 7_777, 0, "Gone", "Gone")]
    #[case::new_code_400(400, 7_777, 0, "Refused", "Refused")]
    #[case::new_code_429(429, 7_777, 0, "Throttled", "Throttled")]
    #[case::new_code_500(500, 7_777, 0, "Unavailable", "OutcomeUnknown")]
    fn each_row_of_the_error_table_has_its_decision(
        #[case] status: u16,
        #[case] code: i64,
        #[case] subcode: i64,
        #[case] read: &str,
        #[case] write: &str,
    ) {
        let body = envelope(code, subcode, "");
        let (name, passing) = decision(status, &body, Purpose::Read);
        assert_eq!(name, read, "as a read");
        assert_eq!(
            passing,
            read == "Unavailable",
            "only what passes by itself is read again"
        );
        let (name, passing) = decision(status, &body, Purpose::Write);
        assert_eq!(name, write, "as a write");
        assert!(!passing, "a write is never repeated here");
    }

    #[test]
    fn a_transient_fault_of_any_code_is_read_again() {
        let body = envelope(36_000, 0, r#","is_transient":true"#);
        assert_eq!(
            decision(400, &body, Purpose::Listing),
            ("Unavailable".to_owned(), true)
        );
        assert_eq!(
            decision(400, &body, Purpose::Write),
            ("OutcomeUnknown".to_owned(), false)
        );
    }

    #[rstest]
    #[case::server_error(502, "Unavailable", "OutcomeUnknown")]
    #[case::timed_out_at_the_edge(408, "Unavailable", "OutcomeUnknown")]
    #[case::too_many(429, "Throttled", "Throttled")]
    #[case::edge_401(401, "Unreadable", "OutcomeUnknown")]
    #[case::edge_403(403, "Unreadable", "OutcomeUnknown")]
    #[case::edge_404(404, "Unreadable", "OutcomeUnknown")]
    #[case::redirect(302, "Unreadable", "OutcomeUnknown")]
    fn without_the_platform_s_own_words_only_the_status_counts(
        #[case] status: u16,
        #[case] read: &str,
        #[case] write: &str,
    ) {
        for body in [
            "<html>Sorry</html>",
            "",
            r#"{"error":"text"}"#,
            r#"{"error":null}"#,
        ] {
            assert_eq!(decision(status, body, Purpose::Read).0, read, "{body}");
            assert_eq!(decision(status, body, Purpose::Write).0, write, "{body}");
        }
    }

    #[rstest]
    #[case("10_permission_shape.json", "PermissionMissing")]
    #[case("100_33_object_missing_shape.json", "Gone")]
    #[case("10900_private_reply_duplicate_shape.json", "Refused")]
    #[case("190_460_doc_sample.json", "SignedOut")]
    #[case("36000_ig_publish_doc_sample_is_transient.json", "Refused")]
    fn recorded_and_documented_bodies_are_understood(#[case] file: &str, #[case] expected: &str) {
        let path = format!(
            "{}/../../../../shared/fixtures/meta_errors/{file}",
            std::env::var("CARGO_MANIFEST_DIR").unwrap()
        );
        let body = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(decision(400, &body, Purpose::Write).0, expected);
    }

    #[test]
    fn the_detail_says_what_happened_and_gives_the_reference() {
        let fault = Fault::of(envelope(190, 463, "").as_bytes()).unwrap();
        assert_eq!(
            fault.detail(TOKEN),
            "the sign-in has expired; said of [token] (code 190/463, trace A1)"
        );
    }

    #[test]
    fn a_code_written_as_text_is_still_a_code() {
        let body = r#"{"error":{"message":"m","code":"190"}}"#;
        assert_eq!(decision(400, body, Purpose::Read).0, "SignedOut");
    }
}
