//! The HTTP client and what all platforms need around it: capped bodies, wait headers, scrubbed errors.

use reqwest::header::{HeaderMap, RETRY_AFTER};
use std::time::Duration;

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

/// Cuts a foreign text to what fits a notice and takes out the token and every `access_token` parameter.
pub(crate) fn scrubbed(text: &str, token: &str) -> String {
    const LONGEST: usize = 400;
    const PARAMETER: &str = "access_token=";
    let mut clean = match token.is_empty() {
        true => text.to_owned(),
        false => text.replace(token, "[token]"),
    };
    let mut from = 0;
    while let Some(found) = clean[from..].find(PARAMETER) {
        let start = from + found + PARAMETER.len();
        let end = clean[start..]
            .find(|c: char| c == '&' || c == '"' || c.is_whitespace())
            .map_or(clean.len(), |length| start + length);
        clean.replace_range(start..end, "[token]");
        from = start;
    }
    match clean.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &clean[..cut]),
        None => clean,
    }
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
