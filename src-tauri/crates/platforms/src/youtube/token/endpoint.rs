//! Google's token endpoint ("Using OAuth 2.0 to Access Google APIs"): a code or a refresh token for an access token.

use crate::http::{BodyFailure, describe, read_body, retry_after, scrubbed};
use crate::youtube::client::OAuthClient;
use domain::error::PlatformError;
use reqwest::StatusCode;
use serde::Deserialize;
use std::time::Duration;
use url::Url;
use zeroize::{Zeroize, Zeroizing};

const LONGEST_ANSWER_BYTES: usize = 64 * 1024;
/// Assumed when the answer does not say.
const USUAL_LIFETIME_SECONDS: f64 = 3_599.0;

pub(in crate::youtube) struct TokenEndpoint {
    pub http: reqwest::Client,
    pub url: Url,
    pub client: OAuthClient,
    pub timeout: Duration,
}

pub(in crate::youtube) struct TokenReply {
    pub access: Zeroizing<String>,
    pub lifetime: Duration,
    pub refresh: Option<Zeroizing<String>>,
    /// As given, which may be none of them; `None` when the answer does not say.
    pub scopes: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct WireReply {
    access_token: String,
    expires_in: Option<f64>,
    refresh_token: Option<String>,
    scope: Option<WireScope>,
}

/// Google separates by blanks; a library's record holds a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum WireScope {
    Text(String),
    List(Vec<String>),
}

#[derive(Deserialize)]
struct WireRefusal {
    error: String,
    #[serde(default)]
    error_description: String,
}

impl TokenEndpoint {
    pub async fn refresh(&self, refresh: &str) -> Result<TokenReply, PlatformError> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        self.ask(&form, refresh).await
    }

    pub async fn exchange(
        &self,
        code: &str,
        verifier: &str,
        redirect_uri: &str,
    ) -> Result<TokenReply, PlatformError> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", verifier),
            ("redirect_uri", redirect_uri),
        ];
        self.ask(&form, code).await
    }

    /// Nothing of an account is done here, so every failure is a certain one.
    async fn ask(&self, form: &[(&str, &str)], secret: &str) -> Result<TokenReply, PlatformError> {
        let client = [
            ("client_id", self.client.id.as_str()),
            ("client_secret", self.client.secret.as_str()),
        ];
        let form: Vec<(&str, &str)> = form.iter().chain(&client).copied().collect();
        let unavailable = |detail: String| PlatformError::Unavailable {
            detail: format!("Google's sign-in: {detail}"),
        };
        let request = self.http.post(self.url.clone()).timeout(self.timeout).form(&form);
        let response = request
            .send()
            .await
            .map_err(|error| unavailable(describe(error)))?;
        let status = response.status();
        let wait = retry_after(response.headers());
        let mut body = match read_body(response, LONGEST_ANSWER_BYTES).await {
            Ok(body) => body,
            Err(BodyFailure::Lost(error)) => return Err(unavailable(describe(error))),
            Err(BodyFailure::TooLarge) => return Err(unavailable("an answer that never ends".to_owned())),
        };
        let reply = match status.is_success() {
            true => read_reply(&body).ok_or_else(|| unavailable("an answer without a token".to_owned())),
            false => Err(self.refused(status, &body, wait, secret)),
        };
        body.zeroize();
        reply
    }

    fn refused(
        &self,
        status: StatusCode,
        body: &[u8],
        wait: Option<Duration>,
        secret: &str,
    ) -> PlatformError {
        if status == StatusCode::TOO_MANY_REQUESTS {
            return PlatformError::Throttled { retry_after: wait };
        }
        let refusal: Option<WireRefusal> = serde_json::from_slice(body).ok();
        let Some(refusal) = refusal.filter(|_| status.is_client_error()) else {
            return PlatformError::Unavailable {
                detail: format!("Google's sign-in answers HTTP {}", status.as_u16()),
            };
        };
        let meaning = match refusal.error.as_str() {
            "temporarily_unavailable" | "internal_failure" | "server_error" => {
                return PlatformError::Unavailable {
                    detail: format!("Google's sign-in answers {}", scrubbed(&refusal.error, secret)),
                };
            }
            "invalid_grant" => "the sign-in has expired or was taken back",
            "invalid_client" | "unauthorized_client" | "deleted_client" => {
                "Google does not accept the client id or its secret"
            }
            _ => "Google refuses the sign-in",
        };
        let said = format!("{} {}", refusal.error, refusal.error_description);
        let said = scrubbed(&scrubbed(said.trim(), secret), &self.client.secret);
        PlatformError::SignedOut {
            detail: format!("{meaning} ({said})"),
        }
    }
}

fn read_reply(body: &[u8]) -> Option<TokenReply> {
    let wire: WireReply = serde_json::from_slice(body).ok()?;
    let seconds = wire
        .expires_in
        .unwrap_or(USUAL_LIFETIME_SECONDS)
        .clamp(0.0, 86_400.0);
    let scopes = wire.scope.map(|scope| match scope {
        WireScope::Text(text) => text.split_whitespace().map(str::to_owned).collect(),
        WireScope::List(list) => list,
    });
    (!wire.access_token.is_empty()).then(|| TokenReply {
        access: wire.access_token.into(),
        lifetime: Duration::from_secs_f64(seconds),
        refresh: wire
            .refresh_token
            .filter(|token| !token.is_empty())
            .map(Into::into),
        scopes,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn shared(file: &str) -> Vec<u8> {
        let path = format!(
            "{}/../../../../shared/fixtures/{file}",
            std::env::var("CARGO_MANIFEST_DIR").unwrap()
        );
        std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    #[test]
    fn recorded_answers_are_read() {
        for file in ["apidata/access_token.json", "modeldata/users/access_token.json"] {
            let reply = read_reply(&shared(&format!("python-youtube/testdata/{file}"))).unwrap();
            assert!(!reply.access.is_empty(), "{file}");
            assert!(
                reply.scopes.is_some_and(|scopes| !scopes.is_empty()),
                "as a list or as a text: {file}"
            );
        }
        assert!(read_reply(b"{}").is_none(), "no token, no answer");
        assert!(read_reply(br#"{"access_token":""}"#).is_none());
    }

    #[test]
    fn a_refusal_is_worded_and_its_secrets_are_taken_out() {
        let endpoint = TokenEndpoint {
            http: crate::http_client(),
            url: Url::parse("http://127.0.0.1:1/token").unwrap(),
            client: OAuthClient::new("id", Zeroizing::new("canary-secret".to_owned())),
            timeout: Duration::from_secs(1),
        };
        let bad = StatusCode::BAD_REQUEST;
        let revoked = shared("youtube_errors/token_400_invalid_grant_shape.json");
        let refused = endpoint.refused(bad, &revoked, None, "1//canary");
        assert_eq!(
            refused,
            PlatformError::SignedOut {
                detail: "the sign-in has expired or was taken back (invalid_grant Token has been expired or revoked.)"
                    .to_owned()
            }
        );
        let body = br#"{"error":"invalid_client","error_description":"canary-secret of 1//canary is wrong"}"#;
        let shown = format!(
            "{:?}",
            endpoint.refused(StatusCode::UNAUTHORIZED, body, None, "1//canary")
        );
        assert!(
            shown.contains("client id") && !shown.contains("canary"),
            "{shown}"
        );
        for (status, body) in [(500, "{}"), (502, "<html>"), (400, "<html>"), (400, "[]")] {
            let status = StatusCode::from_u16(status).unwrap();
            let refused = endpoint.refused(status, body.as_bytes(), None, "");
            assert!(
                matches!(refused, PlatformError::Unavailable { .. }),
                "{refused:?}"
            );
        }
    }
}
