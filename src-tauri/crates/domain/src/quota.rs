//! The daily units of a Google Cloud project (YouTube Data API, "Quota and Compliance"): what was spent on what,
//! what is kept back for what people decide, and when the day is over.
//!
//! All accounts that sign in with the same client id share one project, and so one [`QuotaLedger`].
//! [`plan`](plan::plan) says what to spend the reads on.

mod pacific;
pub mod plan;

use crate::time::Timestamp;
use pacific::next_midnight;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What a new project is given.
pub const DEFAULT_DAILY_UNITS: u32 = 10_000;

/// What units are spent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpendKind {
    /// A page of threads.
    ListThreads,
    /// A page of replies that a listing left out.
    ListReplies,
    /// A page of comments that are held for review or likely spam.
    ListHeld,
    /// A page of videos, or their counts.
    ListVideos,
    /// A read that a write or a person waits for: the look before sending, the reading back after it.
    Check,
    Reply,
    EditReply,
    /// A new top-level comment.
    Comment,
    /// Hold, publish, reject or ban, for up to 50 comments at a time.
    Moderate,
    Delete,
}

impl SpendKind {
    pub const ALL: [Self; 10] = [
        Self::ListThreads,
        Self::ListReplies,
        Self::ListHeld,
        Self::ListVideos,
        Self::Check,
        Self::Reply,
        Self::EditReply,
        Self::Comment,
        Self::Moderate,
        Self::Delete,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::ListThreads => "list_threads",
            Self::ListReplies => "list_replies",
            Self::ListHeld => "list_held",
            Self::ListVideos => "list_videos",
            Self::Check => "check",
            Self::Reply => "reply",
            Self::EditReply => "edit_reply",
            Self::Comment => "comment",
            Self::Moderate => "moderate",
            Self::Delete => "delete",
        }
    }

    /// Of one call ("Quota costs for API requests").
    pub fn units(self) -> u32 {
        if self.is_write() { 50 } else { 1 }
    }

    pub fn is_write(self) -> bool {
        matches!(
            self,
            Self::Reply | Self::EditReply | Self::Comment | Self::Moderate | Self::Delete
        )
    }

    /// Looking around never touches the reserve; what people decided, and the reads that belong to it, may.
    pub fn may_use_reserve(self) -> bool {
        self.is_write() || self == Self::Check
    }
}

impl fmt::Display for SpendKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a project may spend in a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaBudget {
    pub daily_units: u32,
    /// Kept back from listings, so that replies stay possible until the end of the day.
    pub reserve_units: u32,
}

impl Default for QuotaBudget {
    /// Half of it is kept: 98 replies, each with the look before it.
    fn default() -> Self {
        Self {
            daily_units: DEFAULT_DAILY_UNITS,
            reserve_units: DEFAULT_DAILY_UNITS / 2,
        }
    }
}

/// Nothing more of this kind today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the day's units are spent")]
pub struct BudgetSpent {
    pub resets_at: Timestamp,
}

/// The units of one project on one Pacific day. A new day begins by itself with the first call that sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaLedger {
    budget: QuotaBudget,
    /// Midnight in California, when the project's units are full again.
    resets_at: Timestamp,
    /// Units, not calls.
    spent: BTreeMap<SpendKind, u32>,
    /// The platform itself said that nothing is left: others may spend of the same project.
    exhausted: bool,
}

impl QuotaLedger {
    pub fn new(budget: QuotaBudget, now: Timestamp) -> Self {
        Self {
            budget,
            resets_at: next_midnight(now),
            spent: BTreeMap::new(),
            exhausted: false,
        }
    }

    pub fn budget(&self) -> QuotaBudget {
        self.budget
    }

    /// After a larger one was granted, what the platform said of the old one no longer holds.
    pub fn set_budget(&mut self, budget: QuotaBudget) {
        if budget.daily_units > self.budget.daily_units {
            self.exhausted = false;
        }
        self.budget = budget;
    }

    /// Whether one call of this kind may leave.
    pub fn may_spend(&self, kind: SpendKind, now: Timestamp) -> Result<(), BudgetSpent> {
        let today = self.as_of(now);
        let kept_back = match kind.may_use_reserve() {
            true => 0,
            false => today.reserve_left(),
        };
        let needed = u64::from(today.spent_total()) + u64::from(kind.units()) + u64::from(kept_back);
        if today.exhausted || needed > u64::from(today.budget.daily_units) {
            return Err(BudgetSpent {
                resets_at: today.resets_at,
            });
        }
        Ok(())
    }

    /// Counts one call before it leaves: the platform charges refused ones as well.
    pub fn spend(&mut self, kind: SpendKind, now: Timestamp) -> Result<(), BudgetSpent> {
        self.may_spend(kind, now)?;
        self.roll(now);
        let units = self.spent.entry(kind).or_default();
        *units = units.saturating_add(kind.units());
        Ok(())
    }

    /// The call certainly never arrived.
    pub fn refund(&mut self, kind: SpendKind) {
        if let Some(units) = self.spent.get_mut(&kind) {
            *units = units.saturating_sub(kind.units());
        }
    }

    /// Counts what another ledger of the same project counted today.
    pub fn add(&mut self, other: &Self, now: Timestamp) {
        self.roll(now);
        let today = other.as_of(now);
        for (kind, units) in today.spent {
            let sum = self.spent.entry(kind).or_default();
            *sum = sum.saturating_add(units);
        }
        self.exhausted |= today.exhausted;
    }

    /// The platform answered `quotaExceeded`: nothing more until the day is over.
    pub fn exhaust(&mut self, now: Timestamp) -> BudgetSpent {
        self.roll(now);
        self.exhausted = true;
        BudgetSpent {
            resets_at: self.resets_at,
        }
    }

    /// Units that listings may still spend today.
    pub fn read_units(&self, now: Timestamp) -> u32 {
        let today = self.as_of(now);
        today.left().saturating_sub(today.reserve_left())
    }

    /// Replies that may still be sent today, each with one read before it.
    pub fn replies_possible(&self, now: Timestamp) -> u32 {
        self.as_of(now).left() / (SpendKind::Reply.units() + SpendKind::Check.units())
    }

    pub fn resets_at(&self, now: Timestamp) -> Timestamp {
        self.as_of(now).resets_at
    }

    /// Units by kind, today.
    pub fn spent_by_kind(&self, now: Timestamp) -> BTreeMap<SpendKind, u32> {
        self.as_of(now).spent
    }

    /// The platform refused for its quota today.
    pub fn is_exhausted(&self, now: Timestamp) -> bool {
        self.as_of(now).exhausted
    }

    fn as_of(&self, now: Timestamp) -> Self {
        let mut today = self.clone();
        today.roll(now);
        today
    }

    fn roll(&mut self, now: Timestamp) {
        let next = next_midnight(now);
        if now >= self.resets_at {
            self.spent.clear();
            self.exhausted = false;
            self.resets_at = next;
        }
        // After a clock was set back the day that was written down lies ahead; what was spent stays spent.
        self.resets_at = self.resets_at.min(next);
    }

    fn spent_total(&self) -> u32 {
        self.spent
            .values()
            .fold(0, |sum, units| sum.saturating_add(*units))
    }

    fn left(&self) -> u32 {
        match self.exhausted {
            true => 0,
            false => self.budget.daily_units.saturating_sub(self.spent_total()),
        }
    }

    /// What people decided has used the reserve first.
    fn reserve_left(&self) -> u32 {
        let used: u32 = self
            .spent
            .iter()
            .filter(|(kind, _)| kind.may_use_reserve())
            .fold(0, |sum, (_, units)| sum.saturating_add(*units));
        self.budget.reserve_units.saturating_sub(used)
    }
}

#[cfg(test)]
mod tests;
