//! Whose turn it is: every connected account is looked at when its interval is over, the longest waiting first.

use super::planned::Memory;
use super::told::LISTENS_FOR;
use super::{Depth, SyncReport, look_at};
use crate::backoff::{self, Wait};
use crate::{Context, EngineError, Step, worker::Worker};
use async_trait::async_trait;
use domain::AccountId;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use storage::AccountRow;

/// How many loops a host runs over one [`SyncWorker`]: so many accounts are looked at side by side, and one that takes
/// long holds up none of the others. A workspace is planned for twenty.
pub const LOOKS_AT_A_TIME: usize = 24;
/// Loops that accounts may take whose last look failed: those that hang leave the others room, however many they are.
const MOST_IN_TROUBLE: usize = 8;
/// Looks in a row that bring nothing before an account counts as quiet.
const QUIET_AFTER: u32 = 10;
/// A plan is made anew after this at the earliest.
const SHORTEST_PLANNED: Duration = Duration::from_secs(1);
/// An account that a person paused is asked again after this whether it still is.
const PAUSED_FOR: Duration = Duration::from_secs(5);

/// The time between two looks at an account whose last `quiet_looks` brought nothing: `shortest` at first, then half
/// as long again with each, up to `longest`. The first news makes it `shortest` again.
pub fn look_interval(quiet_looks: u32, shortest: Duration, longest: Duration) -> Duration {
    let steps = i32::try_from(quiet_looks.saturating_sub(QUIET_AFTER).min(64)).unwrap_or(64);
    let grown = shortest.as_secs_f64() * 1.5_f64.powi(steps);
    let longest = longest.max(shortest);
    Duration::from_secs_f64(grown.min(longest.as_secs_f64()))
}

/// Looks at every connected account, each when its interval is over. Two steps at the same time never take the same
/// account.
pub struct SyncWorker {
    context: Context,
    turns: Mutex<HashMap<AccountId, Turn>>,
    memory: Memory,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Turn {
    /// Since the last look; `None` before the first: at once.
    waits: Option<Wait>,
    failures: u32,
    /// Looks in a row that brought nothing.
    quiet_looks: u32,
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
            memory: Memory::default(),
        }
    }

    /// Makes every account due at once.
    pub fn look_now(&self) {
        for turn in self.turns().values_mut() {
            turn.waits = None;
        }
        self.context.wake();
    }

    fn turns(&self) -> MutexGuard<'_, HashMap<AccountId, Turn>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the account that has been due for longest; before those, one that was never looked at.
    async fn take_next(&self) -> Result<Option<Taken<'_>>, EngineError> {
        // Every loop asks this twice a second: the database is read only when somebody is due.
        if self.due().is_empty() {
            return Ok(None);
        }
        let accounts = self.context.storage.accounts().await?;
        let due = self.due();
        let mut turns = self.turns();
        let mut next: Option<(Turn, AccountRow)> = None;
        for account in accounts.into_iter().filter(|account| due.contains(&account.id)) {
            let turn = turns.entry(account.id).or_default();
            if turn.is_being_looked_at {
                continue;
            }
            if account.paused_by_user {
                turn.waits = Some(Wait::new(self.context.now(), PAUSED_FOR));
                continue;
            }
            let turn = *turn;
            let key = |turn: Turn, id: AccountId| (turn.waits.map(|wait| wait.until()), id);
            let is_first = next
                .as_ref()
                .is_none_or(|(other, row)| key(turn, account.id) < key(*other, row.id));
            if is_first {
                next = Some((turn, account));
            }
        }
        Ok(next.map(|(_, account)| {
            turns.entry(account.id).or_default().is_being_looked_at = true;
            Taken {
                worker: self,
                account,
            }
        }))
    }

    /// Connected accounts whose interval is over. Those that failed last are left out while enough of them are being
    /// looked at.
    fn due(&self) -> HashSet<AccountId> {
        let now = self.context.now();
        let connected = self.context.connected_accounts();
        let turns = self.turns();
        let in_trouble = turns
            .values()
            .filter(|turn| turn.is_being_looked_at && turn.failures > 0)
            .count();
        connected
            .into_iter()
            .filter(|account| self.context.paused_until(*account).is_none())
            .filter(|account| {
                let turn = turns.get(account).copied().unwrap_or_default();
                !turn.is_being_looked_at
                    && turn.waits.is_none_or(|wait| wait.is_over(now))
                    && (turn.failures == 0 || in_trouble < MOST_IN_TROUBLE)
            })
            .collect()
    }

    fn succeeded(&self, account: AccountId, report: &SyncReport) {
        let (shortest, longest) = self.bounds();
        let now = self.context.now();
        let mut turns = self.turns();
        let turn = turns.entry(account).or_default();
        turn.failures = 0;
        turn.quiet_looks = match report.new + report.own + report.edited + report.deleted {
            0 => turn.quiet_looks.saturating_add(1),
            _ => 0,
        };
        let interval = match report.next_at {
            Some(at) => at
                .since(now)
                .clamp(SHORTEST_PLANNED, longest.max(SHORTEST_PLANNED)),
            None => look_interval(turn.quiet_looks, shortest, longest),
        };
        turn.waits = Some(Wait::new(now, interval));
    }

    /// How long a look may wait for something to happen: not at all when it is to tell that the platform answers.
    fn patience(&self, account: AccountId) -> Duration {
        let answered = |turn: &Turn| turn.failures == 0 && turn.waits.is_some();
        match self.turns().get(&account).is_some_and(answered) {
            true => LISTENS_FOR,
            false => Duration::ZERO,
        }
    }

    /// Returns how long the account waits.
    fn failed(&self, account: AccountId) -> Duration {
        let (interval, _) = self.bounds();
        let now = self.context.now();
        let mut turns = self.turns();
        let turn = turns.entry(account).or_default();
        turn.failures = turn.failures.saturating_add(1);
        let longest = interval.max(Duration::from_secs(60));
        let wait =
            backoff::full_jitter(turn.failures, Duration::from_secs(2), longest).max(Duration::from_secs(1));
        turn.waits = Some(Wait::new(now, wait));
        wait
    }

    /// Shortest and longest time between two looks, as set.
    fn bounds(&self) -> (Duration, Duration) {
        let sync = self.context.settings_now().sync;
        (
            Duration::from_secs(sync.interval_seconds.into()),
            Duration::from_secs(sync.quiet_interval_seconds.into()),
        )
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
        let look = look_at(
            &self.context,
            account,
            Depth::Incremental,
            &self.memory,
            self.patience(account.id),
        );
        match look.await {
            Ok(report) => self.succeeded(account.id, &report),
            Err(error) => {
                let wait = self.failed(account.id);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_account_is_looked_at_less_and_less_often_within_bounds() {
        let (shortest, longest) = (Duration::from_secs(60), Duration::from_secs(600));
        assert_eq!(
            look_interval(0, shortest, longest),
            shortest,
            "news was just there"
        );
        assert_eq!(look_interval(QUIET_AFTER, shortest, longest), shortest);
        assert_eq!(
            look_interval(QUIET_AFTER + 1, shortest, longest),
            Duration::from_secs(90)
        );
        assert_eq!(look_interval(u32::MAX, shortest, longest), longest);
        assert_eq!(
            look_interval(100, longest, shortest),
            longest,
            "a longer shortest interval holds"
        );
    }
}
