//! The receiver of what platforms push. It listens on loopback only: a tunnel or another relay that the user runs
//! forwards to it, since platforms deliver to public addresses alone. Off unless the settings switch it on; polling
//! goes on beside it and finds what was never pushed.
//!
//! A crate of its own because it needs both `engine`, which may name neither HTTP nor a platform's client, and the
//! webhooks of `platforms`, and because `headless`, which hosts it, takes LanceDB along into every test.
//! It must never listen beyond loopback, read a body before it is signed and kept, or decide what happens to a comment:
//! that is `engine::intake`. Start with [`Relay::listen`], then [`DeliveryWorker`].

mod reading;
mod receiving;

pub use reading::DeliveryWorker;
pub use receiving::{PATH, Relay};

use domain::SecretError;
use domain::ports::SecretStore;
use zeroize::Zeroizing;

/// Name of the secret that the handshake has to show.
pub const VERIFY_TOKEN: &str = "relay/verify_token";
/// Name of the secrets of the apps whose signature is believed, one a line: with Instagram Login the Instagram app's
/// secret signs, otherwise the Meta app's.
pub const APP_SECRETS: &str = "relay/app_secrets";

/// What the receiver believes. Never printed.
pub struct RelayConfig {
    /// 0 takes any free one.
    pub port: u16,
    /// Without one no handshake is answered.
    pub verify_token: Option<Zeroizing<String>>,
    pub app_secrets: Vec<Zeroizing<String>>,
}

/// Why nothing is received.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// Nothing could be believed.
    #[error("no app secret is kept, so that no delivery can be told from a forged one")]
    NoAppSecret,
    #[error("port {port} cannot be listened on: {source}")]
    Listen { port: u16, source: std::io::Error },
    #[error(transparent)]
    Secret(#[from] SecretError),
}

impl RelayConfig {
    pub async fn from_secrets(port: u16, secrets: &dyn SecretStore) -> Result<Self, RelayError> {
        let kept = secrets.get(APP_SECRETS).await?.unwrap_or_default();
        let app_secrets = kept.lines().map(str::trim).filter(|secret| !secret.is_empty());
        Ok(Self {
            port,
            verify_token: secrets.get(VERIFY_TOKEN).await?,
            app_secrets: app_secrets
                .map(|secret| Zeroizing::new(secret.to_owned()))
                .collect(),
        })
    }
}
