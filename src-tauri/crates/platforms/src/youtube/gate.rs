//! Too many calls at once (`rateLimitExceeded`): all calls of the account wait, longer after each refusal.

use domain::Timestamp;
use domain::error::PlatformError;
use rand::Rng;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_GUESSED_WAIT: Duration = Duration::from_secs(15 * 60);
const LONGEST_STATED_WAIT: Duration = Duration::from_secs(24 * 3_600);

#[derive(Debug, Default)]
pub(super) struct RateGate(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    closed_until: Option<Timestamp>,
    refusals_in_a_row: u32,
}

impl RateGate {
    /// Lets a call pass, or says how long to wait.
    pub fn admit(&self, now: Timestamp) -> Result<(), PlatformError> {
        match self.lock().closed_until {
            Some(until) if until > now => Err(PlatformError::Throttled {
                retry_after: Some(until.since(now)),
            }),
            _ => Ok(()),
        }
    }

    /// Closes the gate for the wait that the platform stated, or a growing guess. The longest wait holds.
    pub fn refused(&self, stated: Option<Duration>, now: Timestamp) -> Duration {
        let mut state = self.lock();
        let wait = match stated.filter(|wait| !wait.is_zero()) {
            Some(stated) => stated.min(LONGEST_STATED_WAIT),
            None => guessed_wait(state.refusals_in_a_row),
        };
        state.refusals_in_a_row = state.refusals_in_a_row.saturating_add(1);
        let until = now.plus(wait).max(state.closed_until.unwrap_or(now));
        state.closed_until = Some(until);
        until.since(now)
    }

    /// An answer to a call that left before the gate closed does not open it.
    pub fn answered(&self, now: Timestamp) {
        let mut state = self.lock();
        if state.closed_until.is_none_or(|until| until <= now) {
            *state = State::default();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Exponential, the upper half of it random.
fn guessed_wait(refusals_before: u32) -> Duration {
    let full = FIRST_WAIT
        .saturating_mul(2_u32.saturating_pow(refusals_before.min(10)))
        .min(LONGEST_GUESSED_WAIT);
    full.mul_f64(rand::rng().random_range(0.5..=1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);
    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_refusal_closes_it_and_a_later_one_never_shortens_the_wait() {
        let gate = RateGate::default();
        assert_eq!(gate.refused(Some(MINUTE), NOW), MINUTE);
        assert_eq!(gate.refused(Some(Duration::from_secs(1)), NOW), MINUTE);
        gate.answered(NOW);
        assert!(gate.admit(NOW.plus(MINUTE / 2)).is_err(), "that call left before");
        assert!(gate.admit(NOW.plus(MINUTE)).is_ok());
    }

    #[test]
    fn without_a_stated_wait_the_guess_grows_and_an_answer_starts_it_anew() {
        let gate = RateGate::default();
        let mut now = NOW;
        let mut waits = Vec::new();
        for _ in 0..12 {
            let wait = gate.refused(None, now);
            waits.push(wait);
            now = now.plus(wait);
        }
        assert!(waits[0] <= FIRST_WAIT && waits[4] > waits[0], "grows: {waits:?}");
        assert!(
            waits.iter().all(|wait| *wait <= LONGEST_GUESSED_WAIT),
            "bounded: {waits:?}"
        );
        gate.answered(now);
        assert!(gate.refused(None, now) <= FIRST_WAIT);
    }
}
