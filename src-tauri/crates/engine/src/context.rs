//! What every use case and worker shares.

use crate::EngineError;
use crate::hub::Hub;
use crate::settings::Settings;
use domain::ports::{
    Clock, Drafter, Embedder, LocalClassifier, PassageIndex, Platform, RemoteClassifier, SecretStore,
    TextRole,
};
use domain::{AccountId, BrandVoice, PlatformError, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use storage::Storage;
use tokio::sync::Notify;

/// An AI endpoint that the user gave.
#[derive(Clone)]
pub struct AiEndpoint {
    pub drafter: Arc<dyn Drafter>,
    pub classifier: Arc<dyn RemoteClassifier>,
}

/// Everything the engine is built from.
pub struct Parts {
    pub storage: Storage,
    pub clock: Arc<dyn Clock>,
    pub embedder: Arc<dyn Embedder>,
    pub classifier: Arc<dyn LocalClassifier>,
    pub drafter: Arc<dyn Drafter>,
    pub index: Arc<dyn PassageIndex>,
    pub secrets: Arc<dyn SecretStore>,
    pub voice: BrandVoice,
    pub settings: Settings,
}

/// Shared by reference; cheap to clone.
#[derive(Clone)]
pub struct Context(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub parts: Parts,
    pub hub: Hub,
    pub wake: Arc<Notify>,
    platforms: RwLock<HashMap<AccountId, Arc<dyn Platform>>>,
    endpoint: RwLock<Option<AiEndpoint>>,
    settings: RwLock<Settings>,
    /// Until when an account makes no calls, by the platform's own word or a lost sign-in.
    paused: RwLock<HashMap<AccountId, Timestamp>>,
}

impl std::ops::Deref for Context {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}

/// Locks here are held for a copy only and never across an await, so a poisoned one still holds good data.
fn unpoisoned<T>(result: Result<T, std::sync::PoisonError<T>>) -> T {
    result.unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Context {
    pub fn new(parts: Parts) -> Self {
        let settings = parts.settings.clone();
        Self(Arc::new(Shared {
            parts,
            hub: Hub::default(),
            wake: Arc::new(Notify::new()),
            platforms: RwLock::default(),
            endpoint: RwLock::default(),
            settings: RwLock::new(settings),
            paused: RwLock::default(),
        }))
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn hub(&self) -> &Hub {
        &self.0.hub
    }

    pub fn wake(&self) {
        self.0.wake.notify_waiters();
    }

    pub fn settings_now(&self) -> Settings {
        unpoisoned(self.0.settings.read()).clone()
    }

    pub fn replace_settings(&self, settings: Settings) {
        *unpoisoned(self.0.settings.write()) = settings;
    }

    pub fn connect(&self, account: AccountId, platform: Arc<dyn Platform>) {
        unpoisoned(self.0.platforms.write()).insert(account, platform);
        unpoisoned(self.0.paused.write()).remove(&account);
    }

    pub fn platform(&self, account: AccountId) -> Result<Arc<dyn Platform>, EngineError> {
        unpoisoned(self.0.platforms.read())
            .get(&account)
            .cloned()
            .ok_or(EngineError::NotConnected(account))
    }

    pub fn connected_accounts(&self) -> Vec<AccountId> {
        unpoisoned(self.0.platforms.read()).keys().copied().collect()
    }

    pub fn endpoint(&self) -> Option<AiEndpoint> {
        unpoisoned(self.0.endpoint.read()).clone()
    }

    pub fn set_endpoint(&self, endpoint: Option<AiEndpoint>) {
        *unpoisoned(self.0.endpoint.write()) = endpoint;
    }

    pub(crate) fn paused_until(&self, account: AccountId) -> Option<Timestamp> {
        let now = self.now();
        unpoisoned(self.0.paused.read())
            .get(&account)
            .copied()
            .filter(|until| *until > now)
    }

    pub(crate) fn pause(&self, account: AccountId, until: Timestamp) {
        unpoisoned(self.0.paused.write()).insert(account, until);
    }

    /// How long an account rests after `error`; `None` when the error concerns one object only.
    pub(crate) fn rest_after(error: &PlatformError) -> Option<Duration> {
        match error {
            PlatformError::Throttled { retry_after } => Some(retry_after.unwrap_or(Duration::from_secs(60))),
            PlatformError::SignedOut { .. }
            | PlatformError::PermissionMissing { .. }
            | PlatformError::AccountRestricted { .. } => Some(Duration::from_secs(15 * 60)),
            PlatformError::Blocked { .. } => Some(Duration::from_secs(2 * 60 * 60)),
            PlatformError::Unavailable { .. }
            | PlatformError::OutcomeUnknown { .. }
            | PlatformError::Gone { .. }
            | PlatformError::Refused { .. }
            | PlatformError::Unreadable { .. } => None,
        }
    }

    /// Vectors for `texts`, computed off the async threads.
    pub(crate) async fn embed(
        &self,
        role: TextRole,
        texts: Vec<String>,
    ) -> Result<Vec<Vec<f32>>, EngineError> {
        let embedder = Arc::clone(&self.embedder);
        off_thread(move || {
            let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
            embedder.embed(role, &borrowed)
        })
        .await?
        .map_err(EngineError::from)
    }
}

/// Runs a computation on the blocking pool; the models keep to a small pool of their own inside it.
pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, EngineError> {
    let span = tracing::Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work))
        .await
        .map_err(|aborted| EngineError::Aborted(aborted.to_string()))
}
