//! Whose turn it is: every connected account is looked at when its interval is over, the longest waiting first.

use super::sweep::Unfinished;
use super::{Depth, look_at};
use crate::{Context, EngineError, Step, backoff, worker::Worker};
use async_trait::async_trait;
use domain::{AccountId, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use storage::AccountRow;

/// How many loops a host runs over one [`SyncWorker`]: so many accounts are looked at side by side, and one that takes
/// long holds up none of the others.
pub const LOOKS_AT_A_TIME: usize = 4;

/// Looks at every connected account, each when its interval is over. Two steps at the same time never take the same
/// account.
pub struct SyncWorker {
    context: Context,
    turns: Mutex<HashMap<AccountId, Turn>>,
    unfinished: Unfinished,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Turn {
    /// `None` before the first look: at once.
    due: Option<Timestamp>,
    failures: u32,
    is_being_looked_at: bool,
}

/// Ends the turn however the look ends.
struct Taken<'a> {
    worker: &'a SyncWorker,
    account: AccountRow,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if let Some(turn) = self.worker.turns().get_mut(&self.account.id) {
            turn.is_being_looked_at = false;
        }
    }
}

impl SyncWorker {
    pub fn new(context: Context) -> Self {
        Self {
            context,
            turns: Mutex::default(),
            unfinished: Unfinished::default(),
        }
    }

    /// Makes every account due at once.
    pub fn look_now(&self) {
        for turn in self.turns().values_mut() {
            turn.due = None;
        }
        self.context.wake();
    }

    fn turns(&self) -> MutexGuard<'_, HashMap<AccountId, Turn>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the account that has been due for longest; before those, one that was never looked at.
    async fn take_next(&self) -> Result<Option<Taken<'_>>, EngineError> {
        let now = self.context.now();
        let connected: HashSet<AccountId> = self.context.connected_accounts().into_iter().collect();
        let accounts = self.context.storage.accounts().await?;
        let mut turns = self.turns();
        let next = accounts
            .into_iter()
            .filter(|account| connected.contains(&account.id))
            .filter(|account| self.context.paused_until(account.id).is_none())
            .map(|account| (turns.get(&account.id).copied().unwrap_or_default(), account))
            .filter(|(turn, _)| !turn.is_being_looked_at && turn.due.is_none_or(|due| due <= now))
            .min_by_key(|(turn, account)| (turn.due, account.id));
        Ok(next.map(|(_, account)| {
            turns.entry(account.id).or_default().is_being_looked_at = true;
            Taken {
                worker: self,
                account,
            }
        }))
    }

    fn succeeded(&self, account: AccountId, interval: Duration) {
        let due = self.context.now().plus(interval);
        let mut turns = self.turns();
        let turn = turns.entry(account).or_default();
        turn.failures = 0;
        turn.due = Some(due);
    }

    /// Returns how long the account waits.
    fn failed(&self, account: AccountId, interval: Duration) -> Duration {
        let now = self.context.now();
        let mut turns = self.turns();
        let turn = turns.entry(account).or_default();
        turn.failures = turn.failures.saturating_add(1);
        let longest = interval.max(Duration::from_secs(60));
        let wait =
            backoff::full_jitter(turn.failures, Duration::from_secs(2), longest).max(Duration::from_secs(1));
        turn.due = Some(now.plus(wait));
        wait
    }
}

#[async_trait]
impl Worker for SyncWorker {
    fn name(&self) -> &'static str {
        "sync"
    }

    async fn try_next(&self) -> Result<Step, EngineError> {
        let Some(taken) = self.take_next().await? else {
            return Ok(Step::Idle);
        };
        let account = &taken.account;
        let interval = Duration::from_secs(self.context.settings_now().sync.interval_seconds.into());
        match look_at(&self.context, account, Depth::Incremental, &self.unfinished).await {
            Ok(_) => self.succeeded(account.id, interval),
            Err(error) => {
                let wait = self.failed(account.id, interval);
                if let EngineError::Storage(_) = error {
                    return Err(error);
                }
                let retry_in_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                tracing::warn!(account = %account.username, %error, retry_in_ms, "the look was not complete; what was read is stored");
            }
        }
        Ok(Step::Worked)
    }
}
