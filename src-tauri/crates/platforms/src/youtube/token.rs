//! The token of an account: renewed before it expires, by one call at a time, and kept across restarts.

mod endpoint;

pub(super) use endpoint::{TokenEndpoint, TokenReply};

use super::client::OAuthClient;
use crate::http::require_private_transport;
use domain::Timestamp;
use domain::error::PlatformError;
use domain::ports::{Clock, SecretStore};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use url::Url;
use zeroize::Zeroizing;

/// A token that has less time left is renewed first: a call takes up to half a minute.
const RENEW_BEFORE_END: Duration = Duration::from_secs(90);

/// What a sign-in gave. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct GoogleTokens {
    pub access: Zeroizing<String>,
    pub expires_at: Timestamp,
    pub refresh: Zeroizing<String>,
    /// As granted; the user may have left some out.
    pub scopes: Vec<String>,
}

/// The form in which a secret store keeps them.
#[derive(Serialize, Deserialize)]
struct Kept {
    access: String,
    expires_at: Timestamp,
    refresh: String,
    #[serde(default)]
    scopes: Vec<String>,
}

impl GoogleTokens {
    /// For [`SecretStore::set`].
    pub fn to_secret(&self) -> Zeroizing<String> {
        let mut kept = Kept {
            access: self.access.to_string(),
            expires_at: self.expires_at,
            refresh: self.refresh.to_string(),
            scopes: self.scopes.clone(),
        };
        let text = Zeroizing::new(serde_json::to_string(&kept).unwrap_or_default());
        drop(Zeroizing::new(std::mem::take(&mut kept.access)));
        drop(Zeroizing::new(std::mem::take(&mut kept.refresh)));
        text
    }

    /// `None` when it was not written by [`GoogleTokens::to_secret`].
    pub fn from_secret(text: &str) -> Option<Self> {
        let kept: Kept = serde_json::from_str(text).ok()?;
        Some(Self {
            access: kept.access.into(),
            expires_at: kept.expires_at,
            refresh: kept.refresh.into(),
            scopes: kept.scopes,
        })
    }
}

impl fmt::Debug for GoogleTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GoogleTokens")
            .field("expires_at", &self.expires_at)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// Where renewed tokens are kept.
#[derive(Clone)]
pub struct TokenKeeper {
    pub store: Arc<dyn SecretStore>,
    /// Name of the secret.
    pub name: String,
}

pub struct TokenSourceConfig {
    /// `https://oauth2.googleapis.com/token`, or a simulator on loopback.
    pub token_url: Url,
    pub client: OAuthClient,
    pub tokens: GoogleTokens,
    /// Without one, a renewed access token lives as long as the process; the refresh token stays the old one.
    pub keeper: Option<TokenKeeper>,
    pub clock: Arc<dyn Clock>,
    pub http: reqwest::Client,
    pub timeout: Duration,
}

/// One account's tokens. Make a new source after a new sign-in.
pub struct TokenSource {
    endpoint: TokenEndpoint,
    state: Mutex<State>,
    /// Renewals take turns, so that many calls that find an old token make one renewal.
    turn: Semaphore,
    keeper: Option<TokenKeeper>,
    clock: Arc<dyn Clock>,
}

struct State {
    tokens: GoogleTokens,
    /// Counts renewals, to tell a token that was refused from the one that replaced it.
    generation: u64,
    /// Set once the refresh token is refused; asking again would only repeat it.
    signed_out: Option<PlatformError>,
}

pub(super) struct AccessToken {
    value: Zeroizing<String>,
    generation: u64,
}

impl AccessToken {
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl TokenSource {
    /// Fails when the token address is none that a secret may be sent to.
    pub fn new(config: TokenSourceConfig) -> Result<Self, PlatformError> {
        require_private_transport(&config.token_url)?;
        Ok(Self {
            endpoint: TokenEndpoint {
                http: config.http,
                url: config.token_url,
                client: config.client,
                timeout: config.timeout,
            },
            state: Mutex::new(State {
                tokens: config.tokens,
                generation: 0,
                signed_out: None,
            }),
            turn: Semaphore::new(1),
            keeper: config.keeper,
            clock: config.clock,
        })
    }

    /// When the access token ends; it is renewed by itself before.
    pub fn expires_at(&self) -> Timestamp {
        self.lock().tokens.expires_at
    }

    /// A token that holds for one more call.
    pub(super) async fn access(&self) -> Result<AccessToken, PlatformError> {
        match self.usable(None) {
            Some(token) => Ok(token),
            None => self.renewed(None).await,
        }
    }

    /// A token other than the one that was refused.
    pub(super) async fn renew(&self, refused: &AccessToken) -> Result<AccessToken, PlatformError> {
        self.renewed(Some(refused.generation)).await
    }

    async fn renewed(&self, refused: Option<u64>) -> Result<AccessToken, PlatformError> {
        let _turn = self.turn.acquire().await.expect("the semaphore is never closed");
        // Whoever had the turn before may have done it.
        if let Some(token) = self.usable(refused) {
            return Ok(token);
        }
        let refresh = {
            let state = self.lock();
            if let Some(signed_out) = &state.signed_out {
                return Err(signed_out.clone());
            }
            state.tokens.refresh.clone()
        };
        let reply = match self.endpoint.refresh(&refresh).await {
            Ok(reply) => reply,
            Err(error) => {
                if matches!(error, PlatformError::SignedOut { .. }) {
                    self.lock().signed_out = Some(error.clone());
                }
                return Err(error);
            }
        };
        let (token, tokens) = self.replace(reply);
        self.keep(&tokens).await;
        Ok(token)
    }

    fn replace(&self, reply: TokenReply) -> (AccessToken, GoogleTokens) {
        let expires_at = self.clock.now().plus(reply.lifetime);
        let mut state = self.lock();
        state.generation += 1;
        state.tokens.access = reply.access;
        state.tokens.expires_at = expires_at;
        // A renewal brings no new refresh token as a rule: the old one stays good.
        if let Some(refresh) = reply.refresh {
            state.tokens.refresh = refresh;
        }
        if let Some(scopes) = reply.scopes {
            state.tokens.scopes = scopes;
        }
        let token = AccessToken {
            value: state.tokens.access.clone(),
            generation: state.generation,
        };
        (token, state.tokens.clone())
    }

    /// A store that fails costs a renewal after the next start, nothing more.
    async fn keep(&self, tokens: &GoogleTokens) {
        let Some(keeper) = &self.keeper else { return };
        if let Err(error) = keeper.store.set(&keeper.name, &tokens.to_secret()).await {
            tracing::warn!(%error, secret = keeper.name, "a renewed token could not be kept");
        }
    }

    fn usable(&self, refused: Option<u64>) -> Option<AccessToken> {
        let now = self.clock.now();
        let state = self.lock();
        let lives = state.tokens.expires_at > now.plus(RENEW_BEFORE_END);
        (lives && refused != Some(state.generation)).then(|| AccessToken {
            value: state.tokens.access.clone(),
            generation: state.generation,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
