//! What a refusal of the endpoint means. Servers disagree on the shape: `error` is an object, a text, or absent.

use domain::error::ProviderError;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;
use std::time::Duration;

const LONGEST_DETAIL: usize = 300;

/// Codes and types that mean an empty purse: waiting does not help.
const OUT_OF_CREDIT: [&str; 6] = [
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
    "billing_hard_limit_reached",
];

/// What an endpoint says about a failure, whatever the shape. Missing parts are empty.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Fault {
    pub message: String,
    pub kind: String,
    pub code: String,
}

impl Fault {
    pub fn of(body: &[u8]) -> Self {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return Self::default();
        };
        match &body["error"] {
            Value::Null => Self {
                message: [&body["message"], &body["detail"]]
                    .into_iter()
                    .find_map(Value::as_str)
                    .unwrap_or_default()
                    .to_owned(),
                ..Self::default()
            },
            error => Self::of_error(error),
        }
    }

    pub fn of_error(error: &Value) -> Self {
        let text = |name: &str| match &error[name] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        match error {
            Value::String(message) => Self {
                message: message.clone(),
                ..Self::default()
            },
            _ => Self {
                message: text("message"),
                kind: text("type"),
                code: text("code"),
            },
        }
    }

    /// The endpoint does not take a JSON schema in `response_format`.
    pub fn is_about_the_response_format(&self) -> bool {
        ["response_format", "json_schema", "structured output"]
            .iter()
            .any(|word| self.message.to_lowercase().contains(word))
    }

    fn is(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.kind == *word || self.code == *word)
    }

    fn is_about_a_missing_model(&self) -> bool {
        let message = self.message.to_lowercase();
        self.is(&["model_not_found"])
            || (message.contains("model")
                && [
                    "not found",
                    "does not exist",
                    "no such",
                    "not loaded",
                    "unknown model",
                ]
                .iter()
                .any(|words| message.contains(words)))
    }

    /// Theirs, without the key and cut to what fits a notice.
    fn detail(&self, status: StatusCode, key: &str) -> String {
        let message = match key.is_empty() {
            true => self.message.clone(),
            false => self.message.replace(key, "[key]"),
        };
        let message = super::prompt::clipped(message.trim(), LONGEST_DETAIL);
        match message.is_empty() {
            true => format!("HTTP {}", status.as_u16()),
            false => format!("HTTP {}: {message}", status.as_u16()),
        }
    }
}

pub(crate) fn failure(
    status: StatusCode,
    headers: &HeaderMap,
    fault: &Fault,
    model: &str,
    key: &str,
) -> ProviderError {
    let detail = fault.detail(status, key);
    if fault.is(&OUT_OF_CREDIT) || status == StatusCode::PAYMENT_REQUIRED {
        return ProviderError::OutOfCredit;
    }
    if fault.is(&[
        "content_filter",
        "content_policy_violation",
        "ResponsibleAIPolicyViolation",
    ]) {
        return ProviderError::RefusedByModel { detail };
    }
    match status.as_u16() {
        401 => ProviderError::KeyRejected,
        429 => ProviderError::Limited {
            retry_after: wait(headers),
        },
        400 | 404 | 422 if fault.is_about_a_missing_model() => ProviderError::ModelMissing {
            model: model.to_owned(),
        },
        408 | 425 | 500.. => ProviderError::Down { detail },
        _ => ProviderError::BadRequest { detail },
    }
}

/// The wait asked for: `retry-after-ms`, `Retry-After` in seconds, or the reset of the request budget.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let millis = || text("retry-after-ms")?.parse().ok().map(Duration::from_millis);
    let seconds = || {
        let seconds: f64 = text(RETRY_AFTER.as_str())?.parse().ok()?;
        Duration::try_from_secs_f64(seconds).ok()
    };
    let reset = || go_duration(text("x-ratelimit-reset-requests")?);
    millis().or_else(seconds).or_else(reset)
}

/// Spans such as `1s`, `6m0s` and `120ms`.
fn go_duration(text: &str) -> Option<Duration> {
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let value: f64 = rest[..digits].parse().ok()?;
        let unit_end = rest[digits..]
            .find(|c: char| c.is_ascii_digit())
            .map_or(rest.len(), |length| digits + length);
        let seconds = match &rest[digits..unit_end] {
            "h" => value * 3_600.0,
            "m" => value * 60.0,
            "s" => value,
            "ms" => value / 1_000.0,
            _ => return None,
        };
        total = total.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
        rest = &rest[unit_end..];
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    const KEY: &str = "sk-canary-4711";

    fn judged(status: u16, body: &str) -> ProviderError {
        let status = StatusCode::from_u16(status).unwrap();
        let error = failure(
            status,
            &HeaderMap::new(),
            &Fault::of(body.as_bytes()),
            "tiny-1",
            KEY,
        );
        assert!(
            !format!("{error} {error:?}").contains(KEY),
            "the key is in no error: {error:?}"
        );
        error
    }

    #[rstest]
    #[case::wrong_key(
        401,
        r#"{"error":{"message":"Incorrect API key provided: sk-canary-4711","code":"invalid_api_key"}}"#,
        "KeyRejected"
    )]
    #[case::no_json(401, "<html>", "KeyRejected")]
    #[case::country(
        403,
        r#"{"error":{"message":"Country not supported, key sk-canary-4711","code":"unsupported_country"}}"#,
        "BadRequest"
    )]
    #[case::out_of_credit(429, r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#, "OutOfCredit")]
    #[case::spend_limit(
        429,
        r#"{"error":{"message":"m","code":"project_spend_limit_exceeded"}}"#,
        "OutOfCredit"
    )]
    #[case::payment(
        402,
        r#"{"error":{"message":"Insufficient credits","code":402}}"#,
        "OutOfCredit"
    )]
    #[case::limited(
        429,
        r#"{"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}"#,
        "Limited"
    )]
    #[case::limited_without_words(429, "", "Limited")]
    #[case::model_unknown(404, r#"{"error":{"message":"The model `tiny-1` does not exist or you do not have access to it.","code":"model_not_found"}}"#, "ModelMissing")]
    #[case::model_not_pulled(404, r#"{"error":{"message":"model \"tiny-1\" not found, try pulling it first","type":"not_found_error"}}"#, "ModelMissing")]
    #[case::model_as_400(400, r#"{"error":"unknown model tiny-1"}"#, "ModelMissing")]
    #[case::wrong_path(404, "404 page not found", "BadRequest")]
    #[case::too_long(
        400,
        r#"{"error":{"message":"too long","code":"context_length_exceeded"}}"#,
        "BadRequest"
    )]
    #[case::filtered(
        400,
        r#"{"error":{"message":"filtered","code":"content_filter"}}"#,
        "RefusedByModel"
    )]
    #[case::text_error(400, r#"{"error":"nope"}"#, "BadRequest")]
    #[case::loading(
        503,
        r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#,
        "Down"
    )]
    #[case::broken(500, "<html>Internal</html>", "Down")]
    #[case::slow(504, "", "Down")]
    #[case::busy(529, "", "Down")]
    fn each_refusal_has_its_kind(#[case] status: u16, #[case] body: &str, #[case] expected: &str) {
        let shown = format!("{:?}", judged(status, body));
        assert!(shown.starts_with(expected), "{shown}");
    }

    #[test]
    fn an_error_as_text_and_as_object_say_the_same() {
        let object = Fault::of(br#"{"error":{"message":"m"}}"#);
        assert_eq!(object, Fault::of(br#"{"error":"m"}"#));
        assert_eq!(object, Fault::of(br#"{"message":"m"}"#));
    }

    #[rstest]
    #[case("retry-after", "20", Some(20_000))]
    #[case("retry-after", "0.5", Some(500))]
    #[case("retry-after", "-1", None)]
    #[case("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT", None)]
    #[case("retry-after-ms", "120", Some(120))]
    #[case("x-ratelimit-reset-requests", "6m0s", Some(360_000))]
    #[case("x-ratelimit-reset-requests", "120ms", Some(120))]
    #[case("x-ratelimit-reset-requests", "soon", None)]
    fn the_wait_is_read_in_its_spellings(
        #[case] name: &'static str,
        #[case] value: &str,
        #[case] millis: Option<u64>,
    ) {
        let headers = HeaderMap::from_iter([(
            reqwest::header::HeaderName::from_static(name),
            value.parse().unwrap(),
        )]);
        let error = failure(
            StatusCode::TOO_MANY_REQUESTS,
            &headers,
            &Fault::default(),
            "tiny-1",
            "",
        );
        assert_eq!(
            error,
            ProviderError::Limited {
                retry_after: millis.map(Duration::from_millis)
            }
        );
    }
}
