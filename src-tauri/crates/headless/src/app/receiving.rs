//! Switching the receiver of pushed comments on and off.

use super::{App, AppError, unpoisoned};
use contract::{RelayView, SetRelay};
use domain::ports::SecretStore as _;
use engine::relay::RelayHealth;
use engine::{Engine, EngineError};
use relay::{APP_SECRETS, DeliveryWorker, PATH, Relay, RelayConfig, RelayError, VERIFY_TOKEN};
use std::sync::Arc;
use zeroize::Zeroizing;

/// What is kept of the secrets that the receiver believes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct KeptSecrets {
    has_verify_token: bool,
    app_secrets: u32,
}

impl App {
    /// Reads what was received before, whether anything is to be received now or not, and listens where the settings
    /// ask for it. What keeps it from listening is shown with the health, and keeps nothing else from working.
    pub(super) async fn receive(&self, engine: &Engine) -> Option<Relay> {
        engine.start_worker(Arc::new(DeliveryWorker::new(engine.context().clone())));
        self.listen(engine).await
    }

    async fn listen(&self, engine: &Engine) -> Option<Relay> {
        if let Some(why) = self.faults.of("relay") {
            engine.context().relay().failed(why);
            return None;
        }
        let settings = self.settings().relay;
        if !settings.enabled {
            return None;
        }
        match self.try_listen(engine, settings.port).await {
            Ok(relay) => Some(relay),
            Err(error) => {
                tracing::error!(%error, "what platforms push is not received");
                engine.context().relay().failed(error.to_string());
                None
            }
        }
    }

    async fn try_listen(&self, engine: &Engine, port: u16) -> Result<Relay, RelayError> {
        let config = RelayConfig::from_secrets(port, self.secrets.as_ref()).await?;
        Relay::listen(engine.context().clone(), config).await
    }

    /// Switches the receiver on or off, and listens anew where it is on: at another port, or with other secrets. What
    /// keeps it from listening is told by the answer.
    pub async fn set_relay(&self, request: SetRelay) -> Result<RelayView, AppError> {
        let SetRelay {
            enabled,
            port,
            verify_token,
            app_secrets,
        } = request;
        let mut settings = self.settings();
        settings.relay.enabled = enabled;
        settings.relay.port = port;
        settings.check()?;
        let verify_token = verify_token.map(Zeroizing::new);
        let app_secrets = app_secrets.map(|all| all.into_iter().map(Zeroizing::new).collect::<Vec<_>>());
        self.keep_relay_secrets(verify_token.as_ref(), app_secrets.as_deref())
            .await?;
        if enabled {
            let kept = RelayConfig::from_secrets(port, self.secrets.as_ref())
                .await
                .map_err(refused)?;
            if kept.verify_token.is_none() || kept.app_secrets.is_empty() {
                let why = "verify_token, app_secrets: both are needed before anything can be received";
                return Err(EngineError::Invalid(why.to_owned()).into());
            }
        }
        self.store_settings(settings).await?;
        let health = match self.open.lock().await.as_mut() {
            Some(open) => {
                if let Some(relay) = open.relay.take() {
                    relay.stop().await;
                }
                if self.options.start_workers {
                    open.relay = self.listen(&open.engine).await;
                }
                open.engine.context().relay_health().await?
            }
            None => RelayHealth::default(),
        };
        Ok(self.relay_view(&health).await)
    }

    /// A keychain that cannot be read keeps nothing else from being shown.
    pub(super) async fn relay_view(&self, health: &RelayHealth) -> RelayView {
        let settings = self.settings().relay;
        let (kept, locked) = match self.kept_for_relay(settings.port).await {
            Ok(kept) => (kept, None),
            Err(error) => (
                KeptSecrets::default(),
                settings.enabled.then(|| error.to_string()),
            ),
        };
        RelayView {
            enabled: settings.enabled,
            listening_on: health.address.map(|address| format!("http://{address}{PATH}")),
            error: health.error.clone().or(locked),
            port: settings.port,
            has_verify_token: kept.has_verify_token,
            app_secrets: kept.app_secrets,
            last_delivery_at: health.last_delivery_at.map(|at| at.0),
            deliveries: health.accepted,
            refused: health.refused,
            waiting: health.waiting,
            given_up: health.given_up,
            last_note: health.last_note.clone(),
        }
    }

    /// Read from the place for secrets once, until something is kept there or it is another place.
    async fn kept_for_relay(&self, port: u16) -> Result<KeptSecrets, RelayError> {
        if let Some(kept) = *unpoisoned(self.relay_secrets.lock()) {
            return Ok(kept);
        }
        let read = RelayConfig::from_secrets(port, self.secrets.as_ref()).await?;
        let kept = KeptSecrets {
            has_verify_token: read.verify_token.is_some(),
            app_secrets: u32::try_from(read.app_secrets.len()).unwrap_or(u32::MAX),
        };
        *unpoisoned(self.relay_secrets.lock()) = Some(kept);
        Ok(kept)
    }

    pub(super) fn forget_relay_secrets(&self) {
        *unpoisoned(self.relay_secrets.lock()) = None;
    }

    /// Keeps what the receiver believes: what the handshake shows, and the secrets of the apps that may sign.
    async fn keep_relay_secrets(
        &self,
        verify_token: Option<&Zeroizing<String>>,
        app_secrets: Option<&[Zeroizing<String>]>,
    ) -> Result<(), AppError> {
        let is_usable = |text: &str| !text.is_empty() && !text.contains(char::is_control);
        let verify_token = verify_token.map(|token| token.trim());
        let app_secrets: Option<Vec<&str>> =
            app_secrets.map(|all| all.iter().map(|secret| secret.trim()).collect());
        if !verify_token.is_none_or(is_usable) {
            return Err(EngineError::Invalid("verify_token: a text without line breaks".to_owned()).into());
        }
        let are_usable = |all: &Vec<&str>| !all.is_empty() && all.iter().all(|one| is_usable(one));
        if !app_secrets.as_ref().is_none_or(are_usable) {
            let why = "app_secrets: at least one, each a text without line breaks";
            return Err(EngineError::Invalid(why.to_owned()).into());
        }
        if let Some(token) = verify_token {
            self.secrets.set(VERIFY_TOKEN, token).await?;
        }
        if let Some(all) = app_secrets {
            let joined = Zeroizing::new(all.join("\n"));
            self.secrets.set(APP_SECRETS, &joined).await?;
        }
        self.forget_relay_secrets();
        Ok(())
    }
}

fn refused(error: RelayError) -> AppError {
    match error {
        RelayError::Secret(error) => error.into(),
        other => EngineError::Invalid(other.to_string()).into(),
    }
}
