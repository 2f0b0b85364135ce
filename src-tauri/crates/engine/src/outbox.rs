//! Posting: exactly one reply whatever happens.
//!
//! Each action is checked against the platform, its intent committed, sent once, and confirmed. A request whose
//! outcome was lost is looked for on the platform; only a complete read that does not show it allows another send,
//! and the look before that send looks for it once more.
//!
//! Accounts are worked independently: one whose platform hangs holds up no other. Whoever works for an account holds
//! its turn ([`Context::try_turn`]) from the look to the writing down of the outcome, so that it is never two.

mod carry;
mod own_comment;
mod proof;
mod thread;
mod unknown;

pub(crate) use unknown::FOR_A_PERSON;
pub use unknown::Verdict;

use crate::context::Leaving;
use crate::{Context, EngineError, Step, worker, worker::Worker};
use async_trait::async_trait;
use domain::outbox::ReadBack;
use domain::{AccountId, Timestamp};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::task::TaskTracker;

/// Longest life of one request, as the platforms' clients are set up. This crate names none of them, so a journey
/// compares the two.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Outcomes of one account read back in one step.
const BATCH: u32 = 8;

/// One step for every account that has something due; a host that runs the engine uses [`OutboxDispatch`].
pub struct OutboxWorker {
    context: Context,
}

/// Takes up the sends that nobody heard the end of, to be read back. Returns how many there were. Only before any
/// worker runs: afterwards a send may well have its sender.
pub(crate) async fn take_up_interrupted(context: &Context, why: &str) -> Result<usize, EngineError> {
    let now = context.now();
    Ok(context
        .storage
        .interrupted(why, read_back(context).first_look(now), now)
        .await?)
}

/// From then on a request that left at `intent_at` can arrive no longer. Two clocks have to agree: the one on the wall
/// may have been set since.
fn absence_counts_from(
    context: &Context,
    what: impl Into<Leaving>,
    intent_at: Option<Timestamp>,
) -> Timestamp {
    let (now, read_back) = (context.now(), read_back(context));
    let may_arrive_for = read_back.arrives_within().saturating_sub(context.left_ago(what));
    read_back
        .absence_counts_from(intent_at.unwrap_or(Timestamp(0)), now)
        .max(now.plus(may_arrive_for))
}

fn read_back(context: &Context) -> ReadBack {
    ReadBack {
        request_timeout: REQUEST_TIMEOUT,
        settle: Duration::from_secs(context.settings_now().outbox.settle_seconds.into()),
    }
}

impl OutboxWorker {
    pub fn new(context: Context) -> Self {
        Self { context }
    }

    /// Reads back what is unknown of one account, then sends what is due, one action or one batch.
    async fn step_for(&self, account: AccountId) -> Result<Step, EngineError> {
        let context = &self.context;
        let Some(_turn) = context.try_turn(account) else {
            return Ok(Step::Idle);
        };
        self.take_up_interrupted_of(account).await?;
        if context.acts_again_at(account).is_some() {
            return Ok(Step::Idle);
        }
        let unknown = context
            .storage
            .unknown_due_of(account, context.now(), BATCH)
            .await?;
        let mut worked = !unknown.is_empty();
        for action in unknown {
            self.resolve(action).await?;
        }
        if context.storage.sending_enabled().await?
            && let Some(due) = context.storage.due_action_of(account, context.now()).await?
        {
            worked = true;
            self.carry_out(due).await?;
        }
        worked |= self.carry_own_comment(account).await?;
        Ok(if worked { Step::Worked } else { Step::Idle })
    }

    /// The turn is held: nobody else sends for the account, and whoever sent wrote the outcome down before the turn
    /// came here. What is found as if being sent has lost its sender.
    async fn take_up_interrupted_of(&self, account: AccountId) -> Result<(), EngineError> {
        let context = &self.context;
        let now = context.now();
        let interrupted = context
            .storage
            .interrupted_of(
                account,
                "its outcome could not be written down",
                read_back(context).first_look(now),
                now,
            )
            .await?;
        if interrupted > 0 {
            tracing::warn!(
                %account,
                interrupted,
                "sends whose outcome was not written down are read back"
            );
        }
        Ok(())
    }
}

#[async_trait]
impl Worker for OutboxWorker {
    fn name(&self) -> &'static str {
        "outbox"
    }

    async fn try_next(&self) -> Result<Step, EngineError> {
        let accounts = self
            .context
            .storage
            .accounts_with_work(self.context.now())
            .await?;
        let steps = accounts.into_iter().map(|account| self.step_for(account));
        let mut worked = false;
        let mut failure = None;
        for step in futures::future::join_all(steps).await {
            match step {
                Ok(step) => worked |= step == Step::Worked,
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        match failure {
            Some(error) => Err(error),
            None if worked => Ok(Step::Worked),
            None => Ok(Step::Idle),
        }
    }
}

/// Gives every account that has something due a task of its own, which ends when nothing is.
pub(crate) struct OutboxDispatch {
    worker: Arc<OutboxWorker>,
    tracker: TaskTracker,
    at_work: Arc<Mutex<HashSet<AccountId>>>,
}

/// Takes the account off the list however its task ends.
struct AtWork {
    account: AccountId,
    list: Arc<Mutex<HashSet<AccountId>>>,
}

impl AtWork {
    fn enter(account: AccountId, list: &Arc<Mutex<HashSet<AccountId>>>) -> Option<Self> {
        let entered = list
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(account);
        entered.then(|| Self {
            account,
            list: Arc::clone(list),
        })
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.list
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.account);
    }
}

impl OutboxDispatch {
    pub(crate) fn new(context: Context, tracker: TaskTracker) -> Self {
        Self {
            worker: Arc::new(OutboxWorker::new(context)),
            tracker,
            at_work: Arc::default(),
        }
    }
}

#[async_trait]
impl Worker for OutboxDispatch {
    fn name(&self) -> &'static str {
        "outbox"
    }

    async fn try_next(&self) -> Result<Step, EngineError> {
        let context = &self.worker.context;
        for account in context.storage.accounts_with_work(context.now()).await? {
            if context.acts_again_at(account).is_some() {
                continue;
            }
            if let Some(entry) = AtWork::enter(account, &self.at_work) {
                self.tracker.spawn(work_for(Arc::clone(&self.worker), entry));
            }
        }
        // The tasks do the work; this one looks again when it is woken, or soon.
        Ok(Step::Idle)
    }
}

async fn work_for(worker: Arc<OutboxWorker>, entry: AtWork) {
    let context = &worker.context;
    let stop = &context.0.stop;
    while !stop.is_cancelled() && context.hub().trouble().is_none() {
        let monitor = context.hub().monitor();
        monitor.step_begins(worker.name());
        match worker.step_for(entry.account).await {
            Ok(Step::Worked) => {
                monitor.step_ends(worker.name(), true);
                tokio::task::yield_now().await;
            }
            Ok(Step::Idle) => return monitor.step_ends(worker.name(), false),
            Err(error) => {
                tracing::warn!(account = %entry.account, "the outbox of this account waits before it tries again");
                worker::note_failure(context.hub(), worker.name(), &error);
                // The account stays on the list meanwhile: it is not taken up again at once.
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(worker::AFTER_FAILURE) => {}
                }
                return;
            }
        }
    }
}

/// Brings snoozed comments back when their time is over.
pub struct SnoozeWorker {
    context: Context,
}

impl SnoozeWorker {
    pub fn new(context: Context) -> Self {
        Self { context }
    }
}

#[async_trait]
impl Worker for SnoozeWorker {
    fn name(&self) -> &'static str {
        "snooze"
    }

    async fn try_next(&self) -> Result<Step, EngineError> {
        let woken = self.context.storage.wake_snoozed(self.context.now()).await?;
        Ok(if woken > 0 { Step::Worked } else { Step::Idle })
    }
}
