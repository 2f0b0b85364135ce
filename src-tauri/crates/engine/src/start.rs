//! Starting and stopping: one tracker for every task, a bound on every wait.

use crate::backup::{self, BackupWorker};
use crate::classify::ClassifyWorker;
use crate::draft::DraftWorker;
use crate::intake::{IMPORTS_AT_A_TIME, ImportWorker, LOOKS_AT_A_TIME, SyncWorker};
use crate::outbox::{OutboxDispatch, OutboxWorker, SnoozeWorker};
use crate::refresh::RefreshWorker;
use crate::worker::{self, Worker};
use crate::{Context, EngineError, Parts, knowledge};
use contract::{ConnectionState, Mode};
use domain::{ActionKind, ActionState, Stage};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use storage::AccountRow;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Longest wait for steps in progress when stopping.
const STOP_WITHIN: Duration = Duration::from_secs(10);
/// Tries at building the index before it counts as what drafting waits for.
const INDEX_TRIES: u32 = 3;
/// An account that the platform made rest for longer is not waited for.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// How a stop went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReport {
    /// Every step finished.
    Clean,
    /// Steps were left behind at the bound; their leases give the work back at the next start.
    LeftBehind,
}

/// What keeps an engine from being idle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remaining {
    /// Comments to understand or draft and actions to carry out that a worker takes up by itself, now or later.
    pub moving: i64,
    /// What no worker can move, by the reason.
    pub held_up: BTreeMap<String, i64>,
}

impl Remaining {
    fn hold_up(&mut self, why: String, count: i64) {
        let count = count.min(self.moving);
        if count > 0 {
            self.moving -= count;
            *self.held_up.entry(why).or_default() += count;
        }
    }
}

/// The engine at work.
pub struct Engine {
    context: Context,
    tracker: TaskTracker,
    stop: CancellationToken,
    sync: Arc<SyncWorker>,
    has_started: AtomicBool,
}

impl Engine {
    /// Prepares without starting any worker: tests and one-off commands step by hand.
    pub async fn open(parts: Parts) -> Result<Self, EngineError> {
        let context = Context::new(parts);
        backup::check_at_start(&context).await?;
        let interrupted =
            crate::outbox::take_up_interrupted(&context, "the app ended while it was being sent").await?;
        if interrupted > 0 {
            tracing::warn!(
                interrupted,
                "sends were cut off by the last stop; the platform is read before anything is sent again"
            );
        }
        let now = context.now();
        let rests = context.storage.rests(now).await?;
        context.destinations().remember(rests, now);
        let sync = Arc::new(SyncWorker::new(context.clone()));
        let stop = context.0.stop.clone();
        Ok(Self {
            context,
            tracker: TaskTracker::new(),
            stop,
            sync,
            has_started: AtomicBool::new(false),
        })
    }

    pub fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) fn sync_worker(&self) -> &SyncWorker {
        &self.sync
    }

    /// Spawns the workers. Drafting starts when the index is ready; the rest at once.
    /// A second call does nothing: two outboxes would send side by side.
    pub fn start(&self) {
        if self.begins() {
            for _ in 0..LOOKS_AT_A_TIME {
                self.spawn(Arc::clone(&self.sync) as Arc<dyn Worker>);
            }
            let import = Arc::new(ImportWorker::new(self.context.clone()));
            for _ in 0..IMPORTS_AT_A_TIME {
                self.spawn(Arc::clone(&import) as Arc<dyn Worker>);
            }
            self.spawn_workers();
        }
    }

    /// [`Self::start`] for a host that looks at the platforms by hand: nothing lists the same comments beside it.
    pub fn start_without_looking(&self) {
        if self.begins() {
            self.spawn_workers();
        }
    }

    /// Runs a worker of the host's like the engine's own, until [`Self::stop`].
    pub fn start_worker(&self, worker: Arc<dyn Worker>) {
        self.spawn(worker);
    }

    /// Whether nothing was started yet.
    fn begins(&self) -> bool {
        !self.has_started.swap(true, Ordering::SeqCst)
    }

    fn spawn_workers(&self) {
        let hub = self.context.hub().clone();
        self.tracker.spawn(hub.run(
            self.context.storage.clone(),
            Arc::clone(&self.context.0.wake),
            self.stop.clone(),
        ));
        self.spawn(Arc::new(ClassifyWorker::new(self.context.clone())));
        match self.context.sending_refused() {
            None => self.spawn(Arc::new(OutboxDispatch::new(
                self.context.clone(),
                self.tracker.clone(),
            ))),
            Some(why) => tracing::error!(why, "nothing is sent in this run"),
        }
        self.spawn(Arc::new(SnoozeWorker::new(self.context.clone())));
        self.spawn(Arc::new(BackupWorker::new(self.context.clone())));
        self.spawn(Arc::new(RefreshWorker::new(self.context.clone())));
        let context = self.context.clone();
        let stop = self.stop.clone();
        self.tracker.spawn(async move {
            let mut tries = 0;
            while let Err(error) = knowledge::ensure_index(&context).await {
                tracing::error!(%error, "the index cannot be built; drafting waits for it");
                tries += 1;
                if tries >= INDEX_TRIES {
                    context.note_index_trouble(Some(error.to_string()));
                }
                let wait = Duration::from_secs(1)
                    + crate::backoff::full_jitter(tries, Duration::from_secs(2), Duration::from_secs(120));
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(wait) => {}
                }
            }
            context.note_index_trouble(None);
            let drafts: Arc<dyn Worker> = Arc::new(DraftWorker::new(context.clone()));
            worker::run(drafts, context.hub().clone(), Arc::clone(&context.0.wake), stop).await;
        });
    }

    fn spawn(&self, work: Arc<dyn Worker>) {
        self.tracker.spawn(worker::run(
            work,
            self.context.hub().clone(),
            Arc::clone(&self.context.0.wake),
            self.stop.clone(),
        ));
    }

    /// Lets steps finish within a bound, then closes the database.
    pub async fn stop(&self) -> StopReport {
        self.stop.cancel();
        self.tracker.close();
        let finished = tokio::time::timeout(STOP_WITHIN, self.tracker.wait())
            .await
            .is_ok();
        self.context.storage.close().await;
        if finished {
            StopReport::Clean
        } else {
            StopReport::LeftBehind
        }
    }

    /// What is left to classify, draft or send, and what of it nothing here can move.
    pub async fn remaining(&self) -> Result<Remaining, EngineError> {
        let storage = &self.context.storage;
        let mut remaining = Remaining {
            moving: storage.unfinished_work().await?,
            ..Remaining::default()
        };
        if let Some(why) = self.context.index_trouble() {
            let stages = storage.status().await?.by_stage;
            let to_draft = stages.get(Stage::ToDraft.as_str()).copied().unwrap_or(0);
            remaining.hold_up(format!("drafting waits for the index: {why}"), to_draft);
        }
        let live = storage.live_actions().await?;
        let own = storage.live_own_comments().await?;
        if live == 0 && own.is_empty() {
            return Ok(remaining);
        }
        remaining.moving += live + i64::try_from(own.len()).unwrap_or(i64::MAX);
        let sending = storage.sending_enabled().await?;
        let accounts = storage.accounts().await?;
        let paused = storage.paused_accounts().await?;
        for action in storage.outbox(self.context.now()).await?.live {
            let account = accounts
                .iter()
                .find(|account| account.username == action.account_username);
            let is_unknown = action.state == ActionState::Unknown.as_str();
            let why = match account {
                _ if is_unknown && action.kind == ActionKind::PrivateReply.as_str() => {
                    Some("a private reply whose outcome is not known waits for a person".to_owned())
                }
                Some(account) => {
                    self.obstacle(account, &action.state, paused.contains_key(&account.id), sending)
                }
                None => None,
            };
            if let Some(why) = why {
                remaining.hold_up(why, 1);
            }
        }
        for own in own {
            let account = accounts.iter().find(|account| account.id == own.account_id);
            let why = match account {
                _ if own.waits_for_a_person => {
                    Some("a comment under a post whose outcome is not known waits for a person".to_owned())
                }
                Some(account) => {
                    self.obstacle(account, &own.state, paused.contains_key(&account.id), sending)
                }
                None => None,
            };
            if let Some(why) = why {
                remaining.hold_up(why, 1);
            }
        }
        Ok(remaining)
    }

    /// Why the outbox cannot move this action until somebody acts.
    fn obstacle(&self, account: &AccountRow, state: &str, paused: bool, sending: bool) -> Option<String> {
        let name = &account.username;
        if self.context.platform(account.id).is_err() {
            return Some(format!("the account {name} is not connected on this computer"));
        }
        if account.connection == ConnectionState::SignedOut {
            return Some(format!("the account {name} has to be connected again"));
        }
        if let Some((until, why)) = self.context.acts_again_at(account.id)
            && until.since(self.context.now()) > LONGEST_PAUSE
        {
            return Some(format!("the account {name} rests: {why}"));
        }
        if let Some(why) = self.context.sending_refused() {
            return Some(format!("nothing is sent in this run: {why}"));
        }
        // An outcome that nobody heard is read back whatever the switch and the mode say.
        let is_open = [ActionState::Sending, ActionState::Unknown]
            .iter()
            .any(|open| open.as_str() == state);
        match account.mode {
            _ if is_open => None,
            _ if paused => Some(format!("the account {name} is paused")),
            _ if !sending => Some("sending is switched off".to_owned()),
            Mode::Off => Some(format!("the account {name} is in mode Off")),
            Mode::Simulate => Some(format!("the account {name} is in mode Simulate")),
            Mode::Draft | Mode::Auto => None,
        }
    }

    /// Steps every worker by hand until none has work that is due; for tests and one-off commands.
    pub async fn drain(&self) -> Result<(), EngineError> {
        knowledge::ensure_index(&self.context).await?;
        let mut workers: Vec<Arc<dyn Worker>> = vec![
            Arc::new(ClassifyWorker::new(self.context.clone())),
            Arc::new(DraftWorker::new(self.context.clone())),
            Arc::new(SnoozeWorker::new(self.context.clone())),
        ];
        if self.context.sending_refused().is_none() {
            workers.push(Arc::new(OutboxWorker::new(self.context.clone())));
        }
        loop {
            let mut worked = false;
            for worker in &workers {
                while worker.try_next().await? == crate::Step::Worked {
                    worked = true;
                }
            }
            if !worked {
                return Ok(());
            }
        }
    }
}
