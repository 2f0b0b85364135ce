//! Signing an account in with the system's browser ("OAuth 2.0 for Mobile & Desktop Apps"): PKCE, a state, and a
//! listener on a free port of this computer for the one redirect.
//!
//! The caller opens [`SignIn::address`] in the browser; an embedded window is not allowed by the platform.

mod loopback;
mod page;

pub use page::PageLanguage;

use super::client::OAuthClient;
use super::token::{GoogleTokens, TokenEndpoint};
use super::{GoogleEndpoints, SCOPES};
use crate::http::require_private_transport;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::error::PlatformError;
use domain::ports::Clock;
use loopback::{Heard, Loopback};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use zeroize::Zeroizing;

/// Why a sign-in did not come about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    #[error("nobody finished the sign-in in the browser in time")]
    TimedOut,
    /// The person said no, or Google did.
    #[error("the sign-in was declined: {detail}")]
    Declined { detail: String },
    /// The person left a box unticked on Google's page.
    #[error("the sign-in was not given: {}", scopes.join(", "))]
    ScopeMissing { scopes: Vec<String> },
    /// Without one the sign-in would end within the hour.
    #[error("Google gave no refresh token; remove the app's access in the Google account and sign in again")]
    NoRefreshToken,
    #[error("no port of this computer can be listened on: {detail}")]
    NoPort { detail: String },
    /// The exchange of the code failed.
    #[error(transparent)]
    Platform(#[from] PlatformError),
}

pub struct SignInConfig {
    pub endpoints: GoogleEndpoints,
    pub client: OAuthClient,
    /// Of the page that the browser shows at the end.
    pub language: PageLanguage,
    pub clock: Arc<dyn Clock>,
    pub http: reqwest::Client,
    /// For the exchange of the code.
    pub timeout: Duration,
}

/// A sign-in that waits for its person.
pub struct SignIn {
    address: Url,
    loopback: Loopback,
    endpoint: TokenEndpoint,
    verifier: Zeroizing<String>,
    clock: Arc<dyn Clock>,
}

impl SignIn {
    /// Listens on a free port and builds the address for the browser.
    pub async fn prepare(config: SignInConfig) -> Result<Self, SignInError> {
        require_private_transport(&config.endpoints.token)?;
        require_private_transport(&config.endpoints.auth)?;
        let state = random_text();
        let loopback = Loopback::listen(state.clone(), config.language)
            .await
            .map_err(|error| SignInError::NoPort {
                detail: error.to_string(),
            })?;
        let verifier = random_text();
        let mut address = config.endpoints.auth;
        address
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &config.client.id)
            .append_pair("redirect_uri", loopback.redirect_uri())
            .append_pair("scope", &SCOPES.join(" "))
            .append_pair("state", &state)
            .append_pair("code_challenge", &challenge(&verifier))
            .append_pair("code_challenge_method", "S256")
            .append_pair("access_type", "offline")
            .append_pair("prompt", "consent");
        Ok(Self {
            address,
            loopback,
            endpoint: TokenEndpoint {
                http: config.http,
                url: config.endpoints.token,
                client: config.client,
                timeout: config.timeout,
            },
            verifier,
            clock: config.clock,
        })
    }

    /// To be opened in the system's browser.
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// Waits for the redirect, then exchanges its code. Dropping it gives the port back.
    pub async fn finish(self, within: Duration) -> Result<GoogleTokens, SignInError> {
        let heard = tokio::time::timeout(within, self.loopback.hear())
            .await
            .map_err(|_| SignInError::TimedOut)?;
        let code = match heard {
            Heard::Code(code) => code,
            Heard::Declined(detail) => return Err(SignInError::Declined { detail }),
        };
        let reply = self
            .endpoint
            .exchange(&code, &self.verifier, self.loopback.redirect_uri())
            .await?;
        // An answer without scopes means all that was asked for (RFC 6749, section 5.1).
        let scopes = reply.scopes.unwrap_or_else(|| SCOPES.map(str::to_owned).to_vec());
        let missing: Vec<String> = SCOPES
            .iter()
            .filter(|scope| !scopes.iter().any(|given| given == *scope))
            .map(|scope| (*scope).to_owned())
            .collect();
        if !missing.is_empty() {
            return Err(SignInError::ScopeMissing { scopes: missing });
        }
        Ok(GoogleTokens {
            access: reply.access,
            expires_at: self.clock.now().plus(reply.lifetime),
            refresh: reply.refresh.ok_or(SignInError::NoRefreshToken)?,
            scopes,
        })
    }
}

/// 256 random bits in 43 characters that need no encoding.
fn random_text() -> Zeroizing<String> {
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(rand::random());
    Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes))
}

/// RFC 7636, section 4.2.
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_standard_s_example() {
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "RFC 7636, appendix B"
        );
    }

    #[test]
    fn every_sign_in_has_a_secret_of_its_own() {
        let (one, other) = (random_text(), random_text());
        assert_ne!(one, other);
        assert_eq!(
            one.len(),
            43,
            "the shortest that the standard allows: {}",
            one.len()
        );
    }
}
