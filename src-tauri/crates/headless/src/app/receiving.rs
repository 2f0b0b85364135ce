//! Switching the receiver of pushed comments on and off.

use super::{App, AppError};
use domain::ports::SecretStore as _;
use engine::{Engine, EngineError};
use relay::{APP_SECRETS, DeliveryWorker, Relay, RelayConfig, RelayError, VERIFY_TOKEN};
use std::sync::Arc;
use zeroize::Zeroizing;

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

    /// Switches the receiver on or off, and listens anew where it is on: at another port, or with other secrets.
    pub async fn set_relay(&self, enabled: bool, port: u16) -> Result<(), AppError> {
        let mut settings = self.settings();
        settings.relay.enabled = enabled;
        settings.relay.port = port;
        self.store_settings(settings).await?;
        let mut open = self.open.lock().await;
        let Some(open) = open.as_mut() else { return Ok(()) };
        if let Some(relay) = open.relay.take() {
            relay.stop().await;
        }
        if self.options.start_workers {
            open.relay = self.listen(&open.engine).await;
        }
        Ok(())
    }

    /// Keeps what the receiver believes: what the handshake shows, and the secrets of the apps that may sign. It is
    /// used from the next start of the receiver on.
    pub async fn keep_relay_secrets(
        &self,
        verify_token: &str,
        app_secrets: &[String],
    ) -> Result<(), AppError> {
        let secrets: Vec<&str> = app_secrets.iter().map(|secret| secret.trim()).collect();
        let is_usable = |text: &str| !text.is_empty() && !text.contains(char::is_control);
        if !is_usable(verify_token) || secrets.is_empty() || !secrets.iter().all(|one| is_usable(one)) {
            let why = "verify_token, app_secrets: texts without line breaks, and at least one secret";
            return Err(EngineError::Invalid(why.to_owned()).into());
        }
        self.secrets.set(VERIFY_TOKEN, verify_token).await?;
        let joined = Zeroizing::new(secrets.join("\n"));
        self.secrets.set(APP_SECRETS, &joined).await?;
        Ok(())
    }
}
