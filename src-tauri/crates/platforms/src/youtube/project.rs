//! The units of one Google Cloud project, shared by all accounts that sign in with its client id.

use domain::Timestamp;
use domain::error::PlatformError;
use domain::quota::{BudgetSpent, QuotaBudget, QuotaLedger, SpendKind};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Give the same one to every client of a project. The caller keeps [`ProjectQuota::ledger`] across restarts.
#[derive(Debug)]
pub struct ProjectQuota(Mutex<QuotaLedger>);

impl ProjectQuota {
    pub fn new(ledger: QuotaLedger) -> Self {
        Self(Mutex::new(ledger))
    }

    /// A copy, to show, to keep and to plan with.
    pub fn ledger(&self) -> QuotaLedger {
        self.lock().clone()
    }

    /// What was kept of an earlier run leads; what was spent in this one so far is added.
    pub fn take_up(&self, kept: QuotaLedger, now: Timestamp) {
        let mut ledger = self.lock();
        let spent_since = std::mem::replace(&mut *ledger, kept);
        ledger.add(&spent_since, now);
    }

    pub fn set_budget(&self, budget: QuotaBudget) {
        self.lock().set_budget(budget);
    }

    pub(super) fn spend(&self, kind: SpendKind, now: Timestamp) -> Result<(), PlatformError> {
        self.lock()
            .spend(kind, now)
            .map_err(|spent| throttled(spent, now))
    }

    pub(super) fn refund(&self, kind: SpendKind) {
        self.lock().refund(kind);
    }

    pub(super) fn exhaust(&self, now: Timestamp) -> PlatformError {
        throttled(self.lock().exhaust(now), now)
    }

    fn lock(&self) -> MutexGuard<'_, QuotaLedger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn throttled(spent: BudgetSpent, now: Timestamp) -> PlatformError {
    PlatformError::Throttled {
        retry_after: Some(spent.resets_at.since(now)),
    }
}
