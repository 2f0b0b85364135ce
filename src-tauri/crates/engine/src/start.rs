//! Starting and stopping: one tracker for every task, a bound on every wait.

use crate::classify::ClassifyWorker;
use crate::draft::DraftWorker;
use crate::intake::SyncWorker;
use crate::outbox::{OutboxWorker, SnoozeWorker};
use crate::worker::{self, Worker};
use crate::{Context, EngineError, Parts, knowledge};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Longest wait for steps in progress when stopping.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// How a stop went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReport {
    /// Every step finished.
    Clean,
    /// Steps were left behind at the bound; their leases give the work back at the next start.
    LeftBehind,
}

/// The engine at work.
pub struct Engine {
    context: Context,
    tracker: TaskTracker,
    stop: CancellationToken,
    sync: Arc<SyncWorker>,
}

impl Engine {
    /// Prepares without starting any worker: tests and one-off commands step by hand.
    pub async fn open(parts: Parts) -> Result<Self, EngineError> {
        let context = Context::new(parts);
        // The platform may still be at work on what had left: a look that comes too early proves nothing.
        let settle = Duration::from_secs(context.settings_now().outbox.settle_seconds.into());
        let now = context.now();
        let interrupted = context.storage.interrupted(now.plus(settle), now).await?;
        if interrupted > 0 {
            tracing::warn!(
                interrupted,
                "sends were cut off by the last stop; the platform is read before anything is sent again"
            );
        }
        let sync = Arc::new(SyncWorker::new(context.clone()));
        Ok(Self {
            context,
            tracker: TaskTracker::new(),
            stop: CancellationToken::new(),
            sync,
        })
    }

    pub fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) fn sync_worker(&self) -> &SyncWorker {
        &self.sync
    }

    /// Spawns the workers. Drafting starts when the index is ready; the rest at once.
    pub fn start(&self) {
        let hub = self.context.hub().clone();
        self.tracker.spawn(hub.run(
            self.context.storage.clone(),
            Arc::clone(&self.context.0.wake),
            self.stop.clone(),
        ));
        self.spawn(Arc::clone(&self.sync) as Arc<dyn Worker>);
        self.spawn(Arc::new(ClassifyWorker::new(self.context.clone())));
        self.spawn(Arc::new(OutboxWorker::new(self.context.clone())));
        self.spawn(Arc::new(SnoozeWorker::new(self.context.clone())));
        let context = self.context.clone();
        let stop = self.stop.clone();
        self.tracker.spawn(async move {
            let mut tries = 0;
            while let Err(error) = knowledge::ensure_index(&context).await {
                tracing::error!(%error, "the index cannot be built; drafting waits for it");
                tries += 1;
                let wait = Duration::from_secs(1)
                    + crate::backoff::full_jitter(tries, Duration::from_secs(2), Duration::from_secs(120));
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(wait) => {}
                }
            }
            let drafts: Arc<dyn Worker> = Arc::new(DraftWorker::new(context.clone()));
            worker::run(drafts, Arc::clone(&context.0.wake), stop).await;
        });
    }

    fn spawn(&self, work: Arc<dyn Worker>) {
        self.tracker.spawn(worker::run(
            work,
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

    /// Nothing left to classify, draft or send.
    pub async fn is_idle(&self) -> Result<bool, EngineError> {
        let storage = &self.context.storage;
        Ok(storage.unfinished_work().await? == 0 && storage.live_actions().await? == 0)
    }

    /// Steps every worker by hand until none has work that is due; for tests and one-off commands.
    pub async fn drain(&self) -> Result<(), EngineError> {
        knowledge::ensure_index(&self.context).await?;
        let workers: [Arc<dyn Worker>; 4] = [
            Arc::new(ClassifyWorker::new(self.context.clone())),
            Arc::new(DraftWorker::new(self.context.clone())),
            Arc::new(OutboxWorker::new(self.context.clone())),
            Arc::new(SnoozeWorker::new(self.context.clone())),
        ];
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
