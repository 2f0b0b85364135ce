//! One circuit: closed while calls are answered, open while nobody answers, half open for a single probe.

use crate::backoff;
use domain::Timestamp;
use std::time::Duration;

/// Failures in a row after which a circuit opens.
pub(super) const TRIPS_AFTER: u32 = 5;
/// Rest before the first probe; it doubles with every probe that fails.
const FIRST_REST: Duration = Duration::from_secs(30);
pub(super) const LONGEST_REST: Duration = Duration::from_secs(5 * 60);

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CircuitState {
    Closed,
    Open,
    /// Its rest is over: the next call, or the one under way, tells.
    HalfOpen,
}

/// Why a call does not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    RestsUntil(Timestamp),
    /// One call is under way and tells for all.
    BeingTried,
}

#[derive(Debug, Default)]
pub(super) struct Circuit {
    failures: u32,
    open: Option<Open>,
    /// Times it opened or stayed open since it was last closed.
    trips: u32,
    probing: bool,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    since: Timestamp,
    next_probe: Timestamp,
}

impl Circuit {
    /// True when the call is the probe.
    pub fn admit(&mut self, now: Timestamp) -> Result<bool, Refused> {
        if self.open.is_none() {
            return Ok(false);
        }
        if let Some(until) = self.rests_until(now) {
            return Err(Refused::RestsUntil(until));
        }
        if self.probing {
            return Err(Refused::BeingTried);
        }
        self.probing = true;
        Ok(true)
    }

    pub fn give_back_probe(&mut self) {
        self.probing = false;
    }

    pub fn answered(&mut self) {
        *self = Self::default();
    }

    /// `may_open` is false while the failures may be somebody else's fault.
    pub fn failed(&mut self, now: Timestamp, was_probe: bool, may_open: bool) {
        self.failures = self.failures.saturating_add(1);
        if was_probe {
            self.probing = false;
            return self.open_at(now);
        }
        // Those that left before it opened come in late and say nothing new.
        if self.open.is_none() && may_open && self.failures >= TRIPS_AFTER {
            self.open_at(now);
        }
    }

    fn open_at(&mut self, now: Timestamp) {
        let ceiling = FIRST_REST
            .saturating_mul(2u32.saturating_pow(self.trips.min(10)))
            .min(LONGEST_REST);
        self.trips = self.trips.saturating_add(1);
        // Several computations must not probe in step.
        let rest = ceiling - backoff::full_jitter(0, ceiling / 5, ceiling / 5);
        self.open = Some(Open {
            since: self.open.map_or(now, |open| open.since),
            next_probe: now.plus(rest),
        });
    }

    pub fn rests_until(&self, now: Timestamp) -> Option<Timestamp> {
        let next_probe = self.open?.next_probe;
        // A rest longer than any was written before the clock was set back.
        (next_probe > now && next_probe.since(now) <= LONGEST_REST).then_some(next_probe)
    }

    pub fn state(&self, now: Timestamp) -> CircuitState {
        match (self.open, self.rests_until(now)) {
            (None, _) => CircuitState::Closed,
            (Some(_), Some(_)) => CircuitState::Open,
            (Some(_), None) => CircuitState::HalfOpen,
        }
    }

    pub fn failures(&self) -> u32 {
        self.failures
    }

    pub fn opened_at(&self) -> Option<Timestamp> {
        self.open.map(|open| open.since)
    }

    pub fn next_probe(&self) -> Option<Timestamp> {
        self.open.map(|open| open.next_probe)
    }
}
