//! What the user changes while the app runs: settings and the AI endpoint.

use super::{App, AppError, unpoisoned};
use crate::{provider, views};
use contract::{AppEvent, ProviderTest, SetProvider};
use domain::ports::SecretStore as _;
use engine::EngineError;
use engine::settings::Settings;
use std::time::Instant;
use zeroize::Zeroizing;

impl App {
    /// Checks, saves and applies; the new values hold from the next step on.
    pub async fn update_settings(&self, view: &contract::Settings) -> Result<(), AppError> {
        let mut settings = self.settings();
        views::apply(view, &mut settings);
        self.store_settings(settings).await
    }

    fn refuse_while_broken(&self) -> Result<(), AppError> {
        match self.faults.summary() {
            None => Ok(()),
            Some(why) => Err(EngineError::Invalid(format!("mend the settings file first: {why}")).into()),
        }
    }

    pub(super) async fn store_settings(&self, settings: Settings) -> Result<(), AppError> {
        self.refuse_while_broken()?;
        settings.save(&self.options.folders.settings())?;
        if let Ok(engine) = self.engine() {
            engine.context().replace_settings(settings.clone());
        }
        *unpoisoned(self.settings.write()) = settings;
        let state = self.state().await;
        self.emit(AppEvent::State(Box::new(state)));
        Ok(())
    }

    /// Sets or removes the AI endpoint; its key goes to the secret store and nowhere else. A key is kept for the
    /// server it was given for: another server without a key gets none, and the old one is forgotten.
    pub async fn set_provider(&self, request: SetProvider) -> Result<(), AppError> {
        self.refuse_while_broken()?;
        let mut settings = self.settings();
        let before = key_of(&settings);
        settings.drafting.endpoint = request.base_url.unwrap_or_default().trim().to_owned();
        settings.drafting.model = request.model.unwrap_or_default().trim().to_owned();
        settings.check()?;
        let after = key_of(&settings);
        let key = request
            .key
            .map(Zeroizing::new)
            .filter(|key| !key.trim().is_empty());
        if let (Some(name), Some(key)) = (&after, key) {
            self.secrets.set(name, key.trim()).await?;
        }
        self.store_settings(settings).await?;
        if let Ok(engine) = self.engine() {
            let client = provider::client(&self.settings(), self.secrets.as_ref()).await?;
            engine.context().set_endpoint(client.map(provider::endpoint));
        }
        if let Some(unused) = before.filter(|name| after.as_ref() != Some(name)) {
            self.forget(&unused).await?;
        }
        Ok(())
    }

    /// A store that cannot be opened keeps the key, which serves no other address.
    async fn forget(&self, name: &str) -> Result<(), AppError> {
        match self.secrets.delete(name).await {
            Err(error) if self.needs_secret_choice() => {
                tracing::warn!(%error, "the key of the endpoint that is no longer used could not be removed");
                Ok(())
            }
            outcome => Ok(outcome?),
        }
    }

    pub async fn test_provider(&self) -> Result<ProviderTest, AppError> {
        let Some(client) = provider::client(&self.settings(), self.secrets.as_ref()).await? else {
            return Err(EngineError::Invalid("no AI endpoint is set".to_owned()).into());
        };
        let start = Instant::now();
        let probed = client.probe().await;
        let milliseconds = u32::try_from(start.elapsed().as_millis()).unwrap_or(u32::MAX);
        Ok(match probed {
            Ok(said) => ProviderTest {
                ok: true,
                message: said,
                milliseconds,
            },
            Err(error) => ProviderTest {
                ok: false,
                message: error.to_string(),
                milliseconds,
            },
        })
    }
}

/// Name of the key that these settings use.
fn key_of(settings: &Settings) -> Option<String> {
    let endpoint = &settings.drafting.endpoint;
    (!endpoint.is_empty()).then(|| provider::key_name(endpoint))
}
