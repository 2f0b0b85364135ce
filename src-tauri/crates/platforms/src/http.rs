//! The HTTP client and what all platforms need around it: retries of reads, private transport, capped bodies, wait
//! headers, scrubbed errors.

use domain::error::PlatformError;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use std::time::Duration;
use url::Url;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(50);
const USER_AGENT: &str = concat!("moderato/", env!("CARGO_PKG_VERSION"));

/// The client to share among all accounts: make it once and clone it.
///
/// It follows no redirect, since one could carry a token elsewhere; it repeats nothing, since a write could
/// happen twice; and it uses no proxy from the environment, which would see a loopback simulator's traffic.
/// On a machine without root certificates it still speaks plain HTTP to loopback, and fails every HTTPS call.
pub fn http_client() -> reqwest::Client {
    builder().build().unwrap_or_else(|reason| {
        tracing::error!(%reason, "no root certificates: only loopback can be reached");
        builder()
            .tls_certs_only([])
            .build()
            .expect("with no certificates to load, nothing is left that can fail")
    })
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(POOL_IDLE_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .user_agent(USER_AGENT)
}

/// How often and how soon a failed read is repeated before the caller hears of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadRetries {
    pub times: usize,
    /// Doubled each time, plus a random part.
    pub first_delay: Duration,
    /// A platform that asks for a longer wait is not asked again here; the caller comes back later.
    pub longest_delay: Duration,
}

impl Default for ReadRetries {
    fn default() -> Self {
        Self {
            times: 2,
            first_delay: Duration::from_millis(300),
            longest_delay: Duration::from_secs(5),
        }
    }
}

/// Only loopback may be spoken to without TLS: anywhere else the token would be readable on the way.
pub(crate) fn require_private_transport(url: &Url) -> Result<(), PlatformError> {
    let loopback = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    match url.scheme() {
        "https" => Ok(()),
        "http" if loopback => Ok(()),
        _ => Err(refused_here(
            "only https may carry a token, or http to this computer".to_owned(),
        )),
    }
}

/// Refused before anything was sent. Code 0 is none of the platform's.
pub(crate) fn refused_here(detail: String) -> PlatformError {
    PlatformError::Refused { code: 0, detail }
}

/// Why a body was not read to its end.
#[derive(Debug)]
pub(crate) enum BodyFailure {
    TooLarge,
    Lost(reqwest::Error),
}

/// Reads a body while counting, so that an endless one costs at most `max_bytes` of memory.
pub(crate) async fn read_body(
    mut response: reqwest::Response,
    max_bytes: usize,
) -> Result<Vec<u8>, BodyFailure> {
    let announced = response.content_length().unwrap_or(0);
    if announced > max_bytes as u64 {
        return Err(BodyFailure::TooLarge);
    }
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(BodyFailure::Lost)? {
        if body.len() + part.len() > max_bytes {
            return Err(BodyFailure::TooLarge);
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

/// `Retry-After` in seconds; its date form is not used by the platforms and counts as absent.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

/// What went wrong on the way, without the address, which may carry a secret.
pub(crate) fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text
}

/// Cuts a foreign text to what fits a notice and takes out the token and every `access_token`.
pub(crate) fn scrubbed(text: &str, token: &str) -> String {
    const LONGEST: usize = 400;
    let clean = match token.is_empty() {
        true => without_access_tokens(text),
        false => without_access_tokens(&text.replace(token, "[token]")),
    };
    match clean.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &clean[..cut]),
        None => clean,
    }
}

/// Blanks the value of every `access_token`, be it a parameter of an address or a field of JSON, also where the
/// JSON stands inside a string of other JSON. Knows no token, so it works on what came back percent-encoded.
pub(crate) fn without_access_tokens(text: &str) -> String {
    const NAME: &str = "access_token";
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = rest.find(NAME) {
        let after_name = found + NAME.len();
        let Some(lead) = lead_to_value(&rest[after_name..]) else {
            clean.push_str(&rest[..after_name]);
            rest = &rest[after_name..];
            continue;
        };
        let value = after_name + lead;
        clean.push_str(&rest[..value]);
        clean.push_str("[token]");
        rest = &rest[value + value_length(&rest[value..])..];
    }
    clean.push_str(rest);
    clean
}

/// Bytes between a name and the value it introduces; `None` when it introduces none.
fn lead_to_value(after_name: &str) -> Option<usize> {
    // As it is, percent-encoded inside another address, and escaped in JSON.
    const EQUALS: [&str; 5] = ["=", "%3D", "%3d", r"\u003D", r"\u003d"];
    if let Some(equals) = EQUALS.iter().find(|equals| after_name.starts_with(**equals)) {
        return Some(equals.len());
    }
    let after_quote = after_name.trim_start_matches('\\').strip_prefix('"')?;
    let after_colon = after_quote.trim_start().strip_prefix(':')?;
    let value = after_colon
        .trim_start()
        .trim_start_matches('\\')
        .strip_prefix('"')?;
    Some(after_name.len() - value.len())
}

/// Up to the next parameter, quote or blank. JSON may write a slash as `\/` and a percent sign as `\u0025`: both
/// belong to the value, every other escape ends it.
fn value_length(text: &str) -> usize {
    text.char_indices()
        .find(|&(at, character)| match character {
            '&' | '"' => true,
            '\\' => !["/", "u0025"].iter().any(|part| text[at + 1..].starts_with(part)),
            other => other.is_whitespace(),
        })
        .map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_token_is_taken_out_of_a_foreign_text_wherever_it_stands() {
        let text = "GET https://h/me?access_token=EAAB%2Fx&fields=id failed for EAAB/x: access_token=EAAB/x";
        let clean = scrubbed(text, "EAAB/x");
        assert!(!clean.contains("EAAB"), "also percent-encoded: {clean}");
        assert!(clean.contains("fields=id"), "the rest stays readable: {clean}");
    }

    #[test]
    fn every_spelling_of_an_access_token_is_blanked_and_nothing_else() {
        for (text, expected) in [
            (
                r#"{"next":"https://h/1?access_token=EAAB%2Fx&after=A","id":7}"#,
                r#"{"next":"https://h/1?access_token=[token]&after=A","id":7}"#,
            ),
            (
                r#""https:\/\/h?access_token=EAAB\/x\u00252Fy\u0026after=A""#,
                r#""https:\/\/h?access_token=[token]\u0026after=A""#,
            ),
            (
                r#"{"access_token" : "EAAB","page_access_token":"EAAB"}"#,
                r#"{"access_token" : "[token]","page_access_token":"[token]"}"#,
            ),
            (
                r#"{"body":"{\"access_token\":\"EAAB\"}"}"#,
                r#"{"body":"{\"access_token\":\"[token]\"}"}"#,
            ),
            (
                "next=https%3A%2F%2Fh%3Faccess_token%3DEAAB and access_token=EAAB",
                "next=https%3A%2F%2Fh%3Faccess_token%3D[token] and access_token=[token]",
            ),
            (
                "the access_token has expired, access_token_expires: 5",
                "the access_token has expired, access_token_expires: 5",
            ),
            (r#"{"access_token":null}"#, r#"{"access_token":null}"#),
        ] {
            assert_eq!(without_access_tokens(text), expected);
        }
    }

    #[test]
    fn a_long_foreign_text_is_cut_between_characters() {
        let clean = scrubbed(&"ж".repeat(1_000), "");
        assert_eq!(clean.chars().count(), 401, "400 and the mark of the cut");
    }

    #[test]
    fn a_machine_without_root_certificates_still_gets_a_client() {
        let built = builder().tls_certs_only([]).build();
        assert!(built.is_ok(), "the simulator on loopback needs none: {built:?}");
    }

    #[test]
    fn a_wait_in_seconds_is_read_and_nonsense_is_not() {
        let mut headers = HeaderMap::new();
        assert_eq!(retry_after(&headers), None);
        headers.insert(RETRY_AFTER, "17".parse().unwrap());
        assert_eq!(retry_after(&headers), Some(Duration::from_secs(17)));
        headers.insert(RETRY_AFTER, "soon".parse().unwrap());
        assert_eq!(retry_after(&headers), None);
    }
}
