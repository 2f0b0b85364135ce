//! The app without a window: the data folder, the secrets, the models, and one open workspace.

mod accounts;
mod choices;
mod connecting;
mod health;
mod idle;
mod receiving;

pub use connecting::{Connected, Credentials, Granted, NeededFor, PageChoice, Permission};
pub use idle::Idle;

use crate::connections::{Connections, INSTAGRAM, Known, base_url_key};
use crate::folders::{Folders, WorkspaceFolders, models_folder};
use crate::keeping;
use crate::models::{self, Models};
use crate::{provider, sample, settings, views};
use contract::{AppEvent, AppState, ModelState, Phase, WorkspaceKind};
use domain::ports::{Clock, CommentSource as _, RemoteProfile, SecretBackend, SecretStore};
use domain::{BrandVoice, Language, SecretError};
use engine::clock::SystemClock;
use engine::local_drafter::LocalDrafter;
use engine::settings::{Faults, Loaded, Settings, SettingsError};
use engine::{Engine, EngineError, Parts, intake, knowledge};
use relay::Relay;
use search_index::LanceIndex;
use secrets::Secrets;
use simulator::{Simulator, SimulatorConfig};
use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use storage::Storage;
use tokio::sync::{Mutex, OnceCell, broadcast};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

/// How the app is opened.
#[derive(Debug, Clone)]
pub struct Options {
    pub folders: Folders,
    /// The package's resource folder, where it has one.
    pub resources: Option<PathBuf>,
    /// Workers run by themselves; off for one-off commands that step by hand.
    pub start_workers: bool,
}

/// What a host branches on.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// No workspace is open yet.
    #[error("no workspace is open")]
    NoWorkspace,
    /// Another program has this workspace open.
    #[error("another Moderato has this workspace open; close it first")]
    InUse,
    #[error("{0:#}")]
    Failed(#[from] anyhow::Error),
}

impl From<storage::StorageError> for AppError {
    fn from(error: storage::StorageError) -> Self {
        Self::Engine(error.into())
    }
}

struct Open {
    name: String,
    kind: WorkspaceKind,
    engine: Arc<Engine>,
    simulator: Option<Simulator>,
    /// Keeps what accounts of one's own need kept; ends with `ends`.
    keeper: Option<JoinHandle<()>>,
    ends: CancellationToken,
    /// Only while the settings ask for it.
    relay: Option<Relay>,
    /// Held while the workspace is open, so that two programs never send for it.
    _lock: File,
}

pub struct App {
    options: Options,
    secrets: Arc<Secrets>,
    settings: RwLock<Settings>,
    /// What of the settings file was not used; changes are refused until it is mended.
    faults: Faults,
    models: OnceCell<Models>,
    connections: Arc<Connections>,
    /// Ends the wait for a sign-in in the browser.
    connecting: std::sync::Mutex<Option<CancellationToken>>,
    /// A sign-in on Instagram that waits for the address which the browser ends at.
    instagram_sign_in: std::sync::Mutex<Option<connecting::PendingSignIn>>,
    /// The health screen asks every few seconds, and a keychain is slow.
    relay_secrets: std::sync::Mutex<Option<receiving::KeptSecrets>>,
    open: Mutex<Option<Open>>,
    engine: RwLock<Option<Arc<Engine>>>,
    phase: RwLock<Phase>,
    events: broadcast::Sender<AppEvent>,
}

fn unpoisoned<T>(result: Result<T, std::sync::PoisonError<T>>) -> T {
    result.unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl App {
    /// Reads the settings and looks for the keychain; opens no workspace yet.
    pub async fn open(options: Options) -> Result<Self, AppError> {
        std::fs::create_dir_all(&options.folders.data)
            .map_err(|e| anyhow::anyhow!("creating {}: {e}", options.folders.data.display()))?;
        let Loaded { settings, faults } = settings::load(&options.folders.settings());
        for fault in faults.iter() {
            tracing::error!(%fault, "the settings file is left as it is; this section stands at its defaults");
        }
        let secrets = Arc::new(secrets::open(secrets::Options::new(options.folders.secrets())).await);
        // One HTTP client for the platforms, reused.
        let connections = Arc::new(Connections::new(
            platforms::http_client(),
            clock(),
            Arc::clone(&secrets) as Arc<dyn SecretStore>,
        ));
        Ok(Self {
            options,
            secrets,
            settings: RwLock::new(settings),
            faults,
            models: OnceCell::new(),
            connections,
            connecting: std::sync::Mutex::default(),
            instagram_sign_in: std::sync::Mutex::default(),
            relay_secrets: std::sync::Mutex::default(),
            open: Mutex::default(),
            engine: RwLock::default(),
            phase: RwLock::new(Phase::FirstStart),
            events: broadcast::channel(256).0,
        })
    }

    pub fn subscribe(&self) -> broadcast::Receiver<AppEvent> {
        self.events.subscribe()
    }

    pub fn folders(&self) -> &Folders {
        &self.options.folders
    }

    pub fn secrets(&self) -> &Arc<Secrets> {
        &self.secrets
    }

    pub fn settings(&self) -> Settings {
        unpoisoned(self.settings.read()).clone()
    }

    /// The open workspace's engine.
    pub fn engine(&self) -> Result<Arc<Engine>, AppError> {
        unpoisoned(self.engine.read())
            .clone()
            .ok_or(AppError::NoWorkspace)
    }

    pub async fn state(&self) -> AppState {
        let settings = self.settings();
        let endpoint = &settings.drafting.endpoint;
        let has_key = !endpoint.is_empty()
            && matches!(self.secrets.get(&provider::key_name(endpoint)).await, Ok(Some(_)));
        AppState {
            phase: unpoisoned(self.phase.read()).clone(),
            models: self.models.get().map_or(ModelState::Loading, |m| m.state.clone()),
            secrets: self.secrets.backend(),
            secrets_note: self.secrets.unavailable_because().map(|why| why.to_string()),
            settings: views::settings_view(&settings, has_key),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            settings_error: self.faults.summary(),
            trouble: self
                .engine()
                .ok()
                .and_then(|engine| engine.context().hub().trouble())
                .map(|trouble| trouble.to_string()),
        }
    }

    fn emit(&self, event: AppEvent) {
        // Nobody listening is no failure: the headless program has no window.
        let _nobody_listens = self.events.send(event);
    }

    async fn set_phase(&self, phase: Phase) {
        *unpoisoned(self.phase.write()) = phase;
        let state = self.state().await;
        self.emit(AppEvent::State(Box::new(state)));
    }

    async fn opening(&self, step: &str) {
        self.set_phase(Phase::Opening {
            step: step.to_owned(),
        })
        .await;
    }

    async fn models(&self) -> Result<Models, AppError> {
        let resources = self.options.resources.clone();
        let models = self
            .models
            .get_or_try_init(|| async move {
                tokio::task::spawn_blocking(move || models::load(&models_folder(resources.as_deref())))
                    .await
                    .map_err(|aborted| anyhow::anyhow!("loading the models: {aborted}"))?
                    .map_err(|error| AppError::Engine(error.into()))
            })
            .await?;
        Ok(models.clone())
    }

    /// Opens the workspace of the last time, when there was one and its secrets can be read.
    pub async fn reopen_last(&self) -> Result<(), AppError> {
        match self.options.folders.last()? {
            None => Ok(()),
            Some(WorkspaceKind::Sample) => self.start_sample().await,
            Some(WorkspaceKind::Own) => self.open_own().await,
        }
    }

    /// Whether secrets can be kept; a host offers the choice when they cannot.
    pub fn needs_secret_choice(&self) -> bool {
        self.secrets.backend() == SecretBackend::Unavailable
    }

    pub async fn choose_secret_backend(
        &self,
        backend: &str,
        passphrase: Option<String>,
    ) -> Result<(), AppError> {
        match (backend, passphrase) {
            ("session_only", _) => self.secrets.use_session_only().await?,
            ("encrypted_file", Some(passphrase)) if passphrase.chars().count() >= 8 => {
                self.secrets
                    .use_encrypted_file(Zeroizing::new(passphrase))
                    .await?;
            }
            ("encrypted_file", _) => {
                return Err(EngineError::Invalid("passphrase: at least 8 characters".to_owned()).into());
            }
            ("keychain", _) => self.secrets.use_keychain().await?,
            (other, _) => {
                return Err(EngineError::Invalid(format!(
                    "backend = {other}: one of keychain, encrypted_file, session_only"
                ))
                .into());
            }
        }
        self.forget_relay_secrets();
        let state = self.state().await;
        self.emit(AppEvent::State(Box::new(state)));
        Ok(())
    }

    /// Opens the sample workspace, served by the simulator inside the app.
    pub async fn start_sample(&self) -> Result<(), AppError> {
        let outcome = self.try_start_sample().await;
        self.after_opening(outcome).await
    }

    async fn try_start_sample(&self) -> Result<(), AppError> {
        let mut open = self.open.lock().await;
        if open.as_ref().is_some_and(|o| o.kind == WorkspaceKind::Sample) {
            return Ok(());
        }
        let token = self.sample_token().await?;
        self.close_open(&mut open).await;
        self.opening("models").await;
        let folders = self.options.folders.workspace(WorkspaceKind::Sample);
        let lock = lock(&folders)?;
        let voice = sample::voice()?;
        self.opening("database").await;
        let engine = self.engine_for(&folders, voice).await?;
        let storage = &engine.context().storage;
        let base_ms = match storage.meta("sample_opened_at").await? {
            Some(kept) => kept
                .parse()
                .map_err(|e| anyhow::anyhow!("sample_opened_at = {kept}: {e}"))?,
            None => {
                let now = engine.context().now().0;
                storage.set_meta("sample_opened_at", &now.to_string()).await?;
                now
            }
        };
        self.opening("simulator").await;
        let simulator = Simulator::start(SimulatorConfig {
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            journal: Some(folders.journal()),
            seed: sample::seed(&token, base_ms)?,
        })
        .await
        .map_err(|e| anyhow::anyhow!("starting the simulator: {e}"))?;
        std::fs::write(folders.simulator_url(), simulator.base_url())
            .map_err(|e| anyhow::anyhow!("noting the simulator's address: {e}"))?;
        self.opening("knowledge").await;
        if storage.products().await?.is_empty() {
            knowledge::replace_products(engine.context(), sample::products(base_ms)?).await?;
            for (name, markdown) in sample::documents() {
                knowledge::replace_document(engine.context(), name, markdown).await?;
            }
            for words in sample::synonyms()? {
                storage
                    .add_synonyms("engine", &words, engine.context().now())
                    .await?;
            }
        }
        let profile = self.profile(&simulator.base_url(), &token).await?;
        let platform = self.connections.instagram(
            Some(&simulator.base_url()),
            &token,
            Some(profile.id.clone()),
            &self.settings(),
        )?;
        let all = intake::DraftsFrom::Everything;
        intake::connect_account(engine.context(), INSTAGRAM, profile, platform, true, all).await?;
        self.begin(
            &mut open,
            "Oakmere",
            WorkspaceKind::Sample,
            engine,
            Some(simulator),
            lock,
        )
        .await
    }

    /// Opens the user's own workspace with the accounts whose tokens are kept.
    pub async fn open_own(&self) -> Result<(), AppError> {
        let outcome = self.try_open_own().await;
        self.after_opening(outcome).await
    }

    async fn try_open_own(&self) -> Result<(), AppError> {
        let mut open = self.open.lock().await;
        if open.as_ref().is_some_and(|o| o.kind == WorkspaceKind::Own) {
            return Ok(());
        }
        if self.needs_secret_choice() {
            return Err(self.secrets_missing());
        }
        self.close_open(&mut open).await;
        self.opening("models").await;
        let folders = self.options.folders.workspace(WorkspaceKind::Own);
        let lock = lock(&folders)?;
        self.opening("database").await;
        let voice = BrandVoice {
            brand: String::new(),
            tone: "warm".to_owned(),
            default_language: Language::from("en"),
            link_hosts: Vec::new(),
        };
        let engine = self.engine_for(&folders, voice).await?;
        self.connections.take_up_quotas(&engine.context().storage).await?;
        for account in engine.context().storage.accounts().await? {
            if account.disconnected_at.is_some() {
                continue;
            }
            // Guessed settings could take a token to another address than the user's.
            if let Some(why) = self.faults.of("instagram") {
                let note = Some(format!("not connected until the settings file is mended: {why}"));
                let troubled = contract::ConnectionState::Troubled;
                engine
                    .context()
                    .storage
                    .set_connection(account.id, troubled, note, None)
                    .await?;
                continue;
            }
            let base_url = engine.context().storage.meta(&base_url_key(account.id)).await?;
            let known = Known {
                platform: &account.platform,
                id: &account.platform_id,
                base_url: base_url.as_deref(),
            };
            let Some(platform) = self.connections.open(known, &self.settings()).await? else {
                let note = Some("its token is not kept on this computer; connect it again".to_owned());
                let signed_out = contract::ConnectionState::SignedOut;
                engine
                    .context()
                    .storage
                    .set_connection(account.id, signed_out, note, None)
                    .await?;
                continue;
            };
            engine.context().connect(account.id, platform);
        }
        self.begin(&mut open, "Moderato", WorkspaceKind::Own, engine, None, lock)
            .await
    }

    async fn profile(&self, base_url: &str, token: &str) -> Result<RemoteProfile, AppError> {
        let stranger = self
            .connections
            .instagram(Some(base_url), token, None, &self.settings())?;
        Ok(stranger.profile().await.map_err(EngineError::from)?)
    }

    async fn engine_for(&self, folders: &WorkspaceFolders, voice: BrandVoice) -> Result<Engine, AppError> {
        let models = self.models().await?;
        let storage = open_storage(folders.database()).await?;
        let index = match LanceIndex::open(&folders.index()).await {
            Ok(index) => index,
            Err(error) => {
                // Everything in the index can be computed again from the database.
                tracing::warn!(%error, "the index cannot be opened and is built again");
                std::fs::remove_dir_all(folders.index())
                    .map_err(|e| anyhow::anyhow!("removing the damaged index: {e}"))?;
                LanceIndex::open(&folders.index())
                    .await
                    .map_err(EngineError::from)?
            }
        };
        let engine = Engine::open(Parts {
            storage,
            clock: clock(),
            embedder: models.embedder,
            classifier: models.classifier,
            drafter: Arc::new(LocalDrafter),
            index: Arc::new(index),
            secrets: Arc::clone(&self.secrets) as Arc<dyn SecretStore>,
            voice,
            settings: self.settings(),
        })
        .await?;
        if let Some(why) = self.faults.of("outbox") {
            engine
                .context()
                .refuse_sending(format!("{why}; mend the settings file and start again"));
        }
        if self.needs_secret_choice() {
            return Ok(engine);
        }
        let client = provider::client(&self.settings(), self.secrets.as_ref()).await?;
        engine.context().set_endpoint(client.map(provider::endpoint));
        Ok(engine)
    }

    async fn begin(
        &self,
        open: &mut Option<Open>,
        title: &str,
        kind: WorkspaceKind,
        engine: Engine,
        simulator: Option<Simulator>,
        lock: File,
    ) -> Result<(), AppError> {
        let engine = Arc::new(engine);
        let relay = if self.options.start_workers {
            engine.start();
            self.receive(&engine).await
        } else {
            None
        };
        let mut from_engine = engine.context().hub().subscribe();
        let to_window = self.events.clone();
        // Ends by itself when the engine's hub is dropped.
        tokio::spawn(async move {
            loop {
                match from_engine.recv().await {
                    Ok(event) => drop(to_window.send(event)),
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        let everything = contract::ChangeBatch {
                            all_comments: true,
                            outbox: true,
                            accounts: true,
                            ..Default::default()
                        };
                        drop(to_window.send(AppEvent::Changed(everything)));
                    }
                    Err(broadcast::error::RecvError::Closed) => break,
                }
            }
        });
        let mut trouble = engine.context().hub().watch_trouble();
        let to_window = self.events.clone();
        tokio::spawn(async move {
            while trouble.changed().await.is_ok() {
                let why = trouble.borrow_and_update().as_ref().map(ToString::to_string);
                drop(to_window.send(AppEvent::Trouble(why)));
            }
        });
        self.options.folders.set_last(kind)?;
        *unpoisoned(self.engine.write()) = Some(Arc::clone(&engine));
        let ends = CancellationToken::new();
        let keeper = (kind == WorkspaceKind::Own && self.options.start_workers).then(|| {
            let connections = Arc::clone(&self.connections);
            tokio::spawn(keeping::keep(Arc::clone(&engine), connections, ends.clone()))
        });
        *open = Some(Open {
            name: title.to_owned(),
            kind,
            engine,
            simulator,
            keeper,
            ends,
            relay,
            _lock: lock,
        });
        Ok(())
    }

    /// Shows how the opening went: at work, back to the choice, or what failed and what to do.
    async fn after_opening(&self, outcome: Result<(), AppError>) -> Result<(), AppError> {
        let phase = {
            let open = self.open.lock().await;
            match (&*open, &outcome) {
                (Some(open), _) => Phase::Ready {
                    workspace: open.name.clone(),
                    kind: open.kind,
                },
                (None, Err(AppError::Secret(_)) | Ok(())) => Phase::FirstStart,
                (None, Err(error)) => Phase::Failed {
                    message: error.to_string(),
                    advice: format!(
                        "Nothing is lost: the data is in {}.",
                        self.options.folders.data.display()
                    ),
                },
            }
        };
        self.set_phase(phase).await;
        outcome
    }

    async fn close_open(&self, open: &mut Option<Open>) {
        *unpoisoned(self.engine.write()) = None;
        if let Some(open) = open.take() {
            // First: what it answers has to be stored.
            if let Some(relay) = open.relay {
                relay.stop().await;
            }
            open.ends.cancel();
            if let Some(keeper) = open.keeper
                && let Err(error) = keeper.await
            {
                tracing::error!(%error, "what keeps the sign-ins renewed ended early");
            }
            if open.kind == WorkspaceKind::Own {
                if let Err(error) = self.connections.save_quotas(&open.engine.context().storage).await {
                    tracing::error!(%error, "what was spent of the day's units is forgotten");
                }
                self.connections.forget_projects();
            }
            open.engine.stop().await;
            if let Some(simulator) = open.simulator {
                simulator.stop().await;
            }
        }
    }

    fn secrets_missing(&self) -> AppError {
        AppError::Secret(
            self.secrets
                .unavailable_because()
                .unwrap_or(SecretError::NoKeychain {
                    detail: "no place for secrets is chosen".to_owned(),
                }),
        )
    }

    async fn sample_token(&self) -> Result<Zeroizing<String>, AppError> {
        const NAME: &str = "sample/token";
        if self.needs_secret_choice() {
            return Err(self.secrets_missing());
        }
        if let Some(token) = self.secrets.get(NAME).await? {
            return Ok(token);
        }
        let token = Zeroizing::new(format!("IGSIM{:032x}", rand::random::<u128>()));
        self.secrets.set(NAME, &token).await?;
        Ok(token)
    }

    /// Base address of the simulator behind the sample workspace.
    pub async fn simulator_url(&self) -> Option<String> {
        self.open
            .lock()
            .await
            .as_ref()
            .and_then(|o| o.simulator.as_ref())
            .map(Simulator::base_url)
    }

    /// Lets steps finish within their bound and closes everything.
    pub async fn stop(&self) {
        let mut open = self.open.lock().await;
        self.close_open(&mut open).await;
    }
}

/// The machine's clock, or as `MODERATO_CLOCK_AHEAD_MS` says, one that is set wrong: to see what that does.
fn clock() -> Arc<dyn Clock> {
    const NAME: &str = "MODERATO_CLOCK_AHEAD_MS";
    let Ok(text) = std::env::var(NAME) else {
        return Arc::new(SystemClock::new());
    };
    let ahead_ms = text.parse().unwrap_or_else(|error| {
        tracing::error!(%error, "{NAME} = {text} is no number of milliseconds; the machine's clock is used");
        0
    });
    Arc::new(SystemClock::ahead_by(ahead_ms))
}

/// On a thread of its own: a migration copies the whole database first.
pub async fn open_storage(file: PathBuf) -> Result<Storage, AppError> {
    let runtime = tokio::runtime::Handle::current();
    let opened = tokio::task::spawn_blocking(move || runtime.block_on(Storage::open(&file)))
        .await
        .map_err(|aborted| anyhow::anyhow!("opening the database: {aborted}"))?;
    Ok(opened?)
}

/// Keeps every other Moderato out of a workspace until the file is dropped.
pub fn lock(folders: &WorkspaceFolders) -> Result<File, AppError> {
    std::fs::create_dir_all(&folders.root)
        .map_err(|e| anyhow::anyhow!("creating {}: {e}", folders.root.display()))?;
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folders.lock())
        .map_err(|e| anyhow::anyhow!("opening {}: {e}", folders.lock().display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(AppError::InUse),
        Err(TryLockError::Error(e)) => Err(anyhow::anyhow!("locking the workspace: {e}").into()),
    }
}
