//! What every use case and worker shares.

use crate::EngineError;
use crate::backoff::{self, Breaker, Rest, Wait};
use crate::destination::{Destinations, Guarded};
use crate::hub::Hub;
use crate::relay::RelayNotes;
use crate::settings::Settings;
use domain::ports::{
    Clock, Drafter, Embedder, LocalClassifier, PassageIndex, Platform, RemoteClassifier, SecretStore,
    TextRole,
};
use domain::{
    AccountId, ActionId, BrandVoice, OwnCommentId, PlatformError, ProviderError, SubjectScore, Timestamp,
};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, RwLock};
use std::time::{Duration, Instant};
use storage::{Lesson, Storage};
use tokio::sync::{Notify, OwnedMutexGuard};
use tokio_util::sync::CancellationToken;

/// A crashed worker's comments come back after this, where the models inside the app do the work.
const LEASE: Duration = Duration::from_secs(120);
/// Left of a lease for writing down what a call of the endpoint brought.
const LEASE_MARGIN: Duration = Duration::from_secs(20);
/// Comments that one worker asks the endpoint about side by side; the endpoint's own limits apply on top.
const ASKED_AT_ONCE: u32 = 4;
/// A limit that passes this soon is waited out even where the models inside the app may take over.
const SHORT_REST: Duration = Duration::from_secs(20);

/// An AI endpoint that the user gave.
#[derive(Clone)]
pub struct AiEndpoint {
    pub drafter: Arc<dyn Drafter>,
    pub classifier: Arc<dyn RemoteClassifier>,
}

/// The user's AI endpoint as a worker finds it.
pub(crate) enum EndpointNow {
    /// None is set: the models inside the app do the work.
    Unset,
    Open(AiEndpoint),
    /// Worth waiting for: nothing is claimed meanwhile, so that a rest is no failed try of any comment.
    Wait(Rest),
    /// It rests, and the models inside the app take over until then.
    StandIn(ProviderError),
    /// Waiting does not help and nothing may take over: a person has to act.
    Refused(ProviderError),
}

/// Why a call of the endpoint brought nothing.
pub(crate) enum Unanswered {
    Failed(ProviderError),
    /// The engine is stopping and did not wait for the answer.
    Stopping,
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

/// What leaves for the platform and may be lost on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Leaving {
    Action(ActionId),
    OwnComment(OwnCommentId),
}

impl From<ActionId> for Leaving {
    fn from(id: ActionId) -> Self {
        Self::Action(id)
    }
}

impl From<OwnCommentId> for Leaving {
    fn from(id: OwnCommentId) -> Self {
        Self::OwnComment(id)
    }
}

/// Shared by reference; cheap to clone.
#[derive(Clone)]
pub struct Context(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub parts: Parts,
    pub hub: Hub,
    pub wake: Arc<Notify>,
    /// Cancelled when the engine stops.
    pub stop: CancellationToken,
    platforms: RwLock<HashMap<AccountId, Arc<dyn Platform>>>,
    endpoint: RwLock<Option<AiEndpoint>>,
    breaker: Mutex<Breaker>,
    settings: RwLock<Settings>,
    /// Why nothing is sent in this run, whatever the kill switch says.
    sending_refused: RwLock<Option<String>>,
    /// Why the index cannot be built, once that was tried more than a moment.
    index_trouble: RwLock<Option<String>>,
    /// When the engine was opened, by [`Clock::elapsed`].
    opened_at: Duration,
    /// When the last request of an action left, by [`Clock::elapsed`], while its outcome is open.
    left_at: Mutex<HashMap<Leaving, Duration>>,
    /// People corrected labels that the model has not learnt yet, or none were read since the start.
    unlearnt: AtomicBool,
    /// What the model has learnt.
    lesson: Mutex<Lesson>,
    /// Until when an account makes no calls, by the platform's own word or a lost sign-in.
    paused: RwLock<HashMap<AccountId, Wait>>,
    destinations: Arc<Destinations>,
    /// Held by whoever sends for an account or settles what it sent: see [`Context::turn`].
    turns: Mutex<HashMap<AccountId, Arc<tokio::sync::Mutex<()>>>>,
    relay: RelayNotes,
}

/// The right to send for one account. While it is held nobody else sends for it, and what is found as if being sent
/// has lost its sender.
pub(crate) struct Turn {
    _held: OwnedMutexGuard<()>,
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
        let opened_at = parts.clock.elapsed();
        Self(Arc::new(Shared {
            parts,
            hub: Hub::default(),
            wake: Arc::new(Notify::new()),
            stop: CancellationToken::new(),
            platforms: RwLock::default(),
            endpoint: RwLock::default(),
            breaker: Mutex::default(),
            settings: RwLock::new(settings),
            sending_refused: RwLock::default(),
            index_trouble: RwLock::default(),
            opened_at,
            left_at: Mutex::default(),
            unlearnt: AtomicBool::new(true),
            lesson: Mutex::default(),
            paused: RwLock::default(),
            destinations: Arc::default(),
            turns: Mutex::default(),
            relay: RelayNotes::default(),
        }))
    }

    /// A request of this action leaves.
    pub(crate) fn note_leaving(&self, what: impl Into<Leaving>) {
        unpoisoned(self.0.left_at.lock()).insert(what.into(), self.clock.elapsed());
    }

    /// What people corrected is learnt before the next comment is labelled.
    pub(crate) fn note_corrections(&self) {
        self.0.unlearnt.store(true, Ordering::SeqCst);
    }

    /// Whether there may be corrections to learn; asking takes the task on.
    pub(crate) fn takes_up_corrections(&self) -> bool {
        self.0.unlearnt.swap(false, Ordering::SeqCst)
    }

    /// The classifier knows all that was corrected up to `lesson`.
    pub(crate) fn note_learnt(&self, lesson: Lesson) {
        *unpoisoned(self.0.lesson.lock()) = lesson;
    }

    /// What the classifier has learnt at least.
    pub(crate) fn learnt(&self) -> Lesson {
        *unpoisoned(self.0.lesson.lock())
    }

    /// Its outcome is known.
    pub(crate) fn note_settled(&self, what: impl Into<Leaving>) {
        unpoisoned(self.0.left_at.lock()).remove(&what.into());
    }

    /// How long ago its last request left, at least, whatever happened to the clock on the wall. One from before the
    /// engine was opened counts from then.
    pub(crate) fn left_ago(&self, what: impl Into<Leaving>) -> Duration {
        let left_at = unpoisoned(self.0.left_at.lock()).get(&what.into()).copied();
        self.clock
            .elapsed()
            .saturating_sub(left_at.unwrap_or(self.0.opened_at))
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

    /// From here on every call is measured, and held back while its destination does not answer.
    pub fn connect(&self, account: AccountId, platform: Arc<dyn Platform>) {
        let destinations = self.destinations();
        destinations.connected(&platform.destination(), account);
        let guarded = Guarded {
            inner: platform,
            account,
            destinations: Arc::clone(destinations),
            clock: Arc::clone(&self.clock),
            storage: self.storage.clone(),
        };
        unpoisoned(self.0.platforms.write()).insert(account, Arc::new(guarded));
        unpoisoned(self.0.paused.write()).remove(&account);
    }

    /// Nothing is read or written for the account from here on. A call that is under way ends by itself.
    pub(crate) fn disconnect(&self, account: AccountId) {
        unpoisoned(self.0.platforms.write()).remove(&account);
        unpoisoned(self.0.paused.write()).remove(&account);
    }

    /// Characters that a reply of the account may have; for one that is not connected, the settings' number.
    pub(crate) fn max_reply_chars(&self, account: AccountId) -> usize {
        match self.platform(account) {
            Ok(platform) => platform.max_reply_chars(),
            Err(_) => usize::try_from(self.settings_now().instagram.max_reply_chars).unwrap_or(usize::MAX),
        }
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

    pub fn destinations(&self) -> &Arc<Destinations> {
        &self.0.destinations
    }

    /// For the receiver of pushed comments to note how it does.
    pub fn relay(&self) -> &RelayNotes {
        &self.0.relay
    }

    /// Until when nothing is sent for the account, and why.
    pub fn acts_again_at(&self, account: AccountId) -> Option<(Timestamp, String)> {
        self.destinations().acts_again_at(account, self.now())
    }

    /// The account's turn to send, unless somebody has it.
    pub(crate) fn try_turn(&self, account: AccountId) -> Option<Turn> {
        let held = self.turns_of(account).try_lock_owned().ok()?;
        Some(Turn { _held: held })
    }

    /// The account's turn, for a person who waits for it; `None` when it is not to be had in time.
    pub(crate) async fn turn(&self, account: AccountId, within: Duration) -> Option<Turn> {
        let turn = tokio::time::timeout(within, self.turns_of(account).lock_owned()).await;
        turn.ok().map(|held| Turn { _held: held })
    }

    fn turns_of(&self, account: AccountId) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(unpoisoned(self.0.turns.lock()).entry(account).or_default())
    }

    pub fn endpoint(&self) -> Option<AiEndpoint> {
        unpoisoned(self.0.endpoint.read()).clone()
    }

    /// Another endpoint, key or model starts with a clean record.
    pub fn set_endpoint(&self, endpoint: Option<AiEndpoint>) {
        *unpoisoned(self.0.endpoint.write()) = endpoint;
        *self.breaker() = Breaker::default();
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        unpoisoned(self.0.breaker.lock())
    }

    pub(crate) fn endpoint_now(&self) -> EndpointNow {
        let Some(endpoint) = self.endpoint() else {
            return EndpointNow::Unset;
        };
        let now = self.now();
        let (rest, failing_for) = {
            let breaker = self.breaker();
            (breaker.rest(now).cloned(), breaker.failing_for(now))
        };
        let Some(rest) = rest else {
            return EndpointNow::Open(endpoint);
        };
        let passes_soon = matches!(rest.why, ProviderError::Limited { .. })
            && rest.until.since(now) <= SHORT_REST
            && failing_for <= SHORT_REST;
        match self.settings_now().drafting.fall_back_to_local {
            true if passes_soon => EndpointNow::Wait(rest),
            true => EndpointNow::StandIn(rest.why),
            false if rest.why.is_worth_retrying() => EndpointNow::Wait(rest),
            false => EndpointNow::Refused(rest.why),
        }
    }

    /// Most comments to claim at once: `local_batch` where the models inside the app do the work, one while the
    /// endpoint is not known to be well again, and `None` while it is worth waiting for.
    pub(crate) fn most_to_claim(&self, endpoint: &EndpointNow, local_batch: u32) -> Option<u32> {
        match endpoint {
            EndpointNow::Wait(_) => None,
            EndpointNow::Open(_) if self.breaker().is_probing() => Some(1),
            EndpointNow::Open(_) => Some(ASKED_AT_ONCE),
            EndpointNow::Unset | EndpointNow::StandIn(_) | EndpointNow::Refused(_) => Some(local_batch),
        }
    }

    /// Since the endpoint last answered, while it is in trouble.
    pub(crate) fn endpoint_failing_for(&self) -> Duration {
        self.breaker().failing_for(self.now())
    }

    /// Until when the endpoint is left alone.
    pub(crate) fn endpoint_rests_until(&self) -> Option<Timestamp> {
        self.breaker().rest(self.now()).map(|rest| rest.until)
    }

    /// One call of the endpoint, within the lease of its comment, left as it is when the engine stops. What came
    /// of it is noted for everyone who would ask next.
    pub(crate) async fn ask_endpoint<T>(
        &self,
        call: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<T, Unanswered> {
        let longest = self.lease().saturating_sub(LEASE_MARGIN);
        let started = Instant::now();
        let bounded = tokio::time::timeout(longest, call);
        let Some(answer) = self.0.stop.run_until_cancelled(bounded).await else {
            return Err(Unanswered::Stopping);
        };
        let answer = answer.unwrap_or_else(|_| {
            Err(ProviderError::Down {
                detail: format!("no usable answer within {} s", longest.as_secs()),
            })
        });
        let trouble = answer
            .as_ref()
            .err()
            .filter(|error| backoff::concerns_the_endpoint(error))
            .map(ToString::to_string);
        self.destinations()
            .note_endpoint(started.elapsed(), trouble, self.now());
        match &answer {
            Ok(_) => self.breaker().answered(),
            Err(error) => self.breaker().failed(error, self.now()),
        }
        answer.map_err(Unanswered::Failed)
    }

    /// How long a claimed comment is a worker's own: with an endpoint, long enough for a call, the repair of its
    /// answer and the writing down.
    pub(crate) fn lease(&self) -> Duration {
        if self.endpoint().is_none() {
            return LEASE;
        }
        let one_call = Duration::from_secs(self.settings_now().drafting.timeout_seconds.into());
        LEASE.max(one_call * 2 + LEASE_MARGIN)
    }

    /// Nothing is sent in this run. Set by a host before the workers start, as when it does not know the settings
    /// of the outbox.
    pub fn refuse_sending(&self, why: String) {
        *unpoisoned(self.0.sending_refused.write()) = Some(why);
    }

    pub fn sending_refused(&self) -> Option<String> {
        unpoisoned(self.0.sending_refused.read()).clone()
    }

    pub(crate) fn note_index_trouble(&self, why: Option<String>) {
        *unpoisoned(self.0.index_trouble.write()) = why;
    }

    pub(crate) fn index_trouble(&self) -> Option<String> {
        unpoisoned(self.0.index_trouble.read()).clone()
    }

    pub(crate) fn paused_until(&self, account: AccountId) -> Option<Timestamp> {
        let now = self.now();
        unpoisoned(self.0.paused.read())
            .get(&account)
            .filter(|wait| !wait.is_over(now))
            .map(|wait| wait.until())
    }

    pub(crate) fn pause(&self, account: AccountId, until: Timestamp) {
        let now = self.now();
        let wait = Wait::new(now, until.since(now));
        unpoisoned(self.0.paused.write()).insert(account, wait);
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

    /// How likely each of `texts` is to answer the question, as log-odds, computed off the async threads; empty where the
    /// model cannot tell.
    pub(crate) async fn answers(
        &self,
        question: String,
        texts: Vec<String>,
    ) -> Result<Vec<f32>, EngineError> {
        let embedder = Arc::clone(&self.embedder);
        off_thread(move || {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            embedder.answers(&question, &texts)
        })
        .await?
        .map(Option::unwrap_or_default)
        .map_err(EngineError::from)
    }

    /// What each of `texts` asks about, read off the async threads.
    pub(crate) async fn subjects(&self, texts: Vec<String>) -> Result<Vec<Vec<SubjectScore>>, EngineError> {
        let classifier = Arc::clone(&self.classifier);
        off_thread(move || classifier.subjects(&texts))
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
