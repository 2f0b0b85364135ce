//! How long to wait before another try: exponential with full jitter, as described in the AWS Architecture
//! Blog's "Exponential Backoff And Jitter"; and when to leave an AI endpoint alone.

use domain::{ProviderError, Timestamp};
use rand::Rng;
use std::time::Duration;

/// Failures in a row after which an endpoint that cannot be reached rests.
const TRIPS_AFTER: u32 = 3;
/// A rest whose length the endpoint does not name.
const RESTS_FOR: Duration = Duration::from_secs(30);
/// Bounds of the rest that an endpoint asks for.
const SHORTEST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(15 * 60);

/// A wait in `0..=min(cap, base * 2^attempts)`.
pub fn full_jitter(attempts: u32, base: Duration, cap: Duration) -> Duration {
    let ceiling = base
        .saturating_mul(2u32.saturating_pow(attempts.min(20)))
        .min(cap);
    let millis = u64::try_from(ceiling.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(rand::rng().random_range(0..=millis))
}

/// A wait from a moment on. A clock that is set back to before that moment ends it: what was to be waited for a minute
/// would otherwise be waited for until the clock is where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    from: Timestamp,
    length: Duration,
}

impl Wait {
    pub fn new(from: Timestamp, length: Duration) -> Self {
        Self { from, length }
    }

    pub fn until(&self) -> Timestamp {
        self.from.plus(self.length)
    }

    pub fn is_over(&self, now: Timestamp) -> bool {
        now < self.from || now >= self.until()
    }
}

/// The endpoint as a whole is in trouble: any other call would fail the same way. Otherwise it answered, and this
/// one request came to nothing.
pub fn concerns_the_endpoint(error: &ProviderError) -> bool {
    match error {
        ProviderError::Down { .. }
        | ProviderError::Limited { .. }
        | ProviderError::KeyRejected
        | ProviderError::OutOfCredit => true,
        ProviderError::RefusedByModel { .. }
        | ProviderError::CutOff
        | ProviderError::NotSchema { .. }
        | ProviderError::ModelMissing { .. }
        | ProviderError::BadRequest { .. } => false,
    }
}

/// Keeps an endpoint that fails as a whole from delaying every comment, and from being asked while it said to wait.
/// One for all workers: what one of them learns holds for the others.
#[derive(Debug, Default)]
pub struct Breaker {
    failures: u32,
    failing_since: Option<Timestamp>,
    rest: Option<Rest>,
}

/// The endpoint is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    pub until: Timestamp,
    pub why: ProviderError,
}

impl Breaker {
    /// The rest that holds at `now`.
    pub fn rest(&self, now: Timestamp) -> Option<&Rest> {
        self.rest.as_ref().filter(|rest| rest.until > now)
    }

    /// The last call failed: one more tells whether the endpoint is well again.
    pub fn is_probing(&self) -> bool {
        self.failures > 0
    }

    /// Since the first failure after the last answer.
    pub fn failing_for(&self, now: Timestamp) -> Duration {
        self.failing_since
            .map_or(Duration::ZERO, |since| now.since(since))
    }

    pub fn answered(&mut self) {
        self.failures = 0;
        self.failing_since = None;
        // An answer that was under way does not end a pause that the endpoint asked for.
        self.rest
            .take_if(|rest| !matches!(rest.why, ProviderError::Limited { .. }));
    }

    pub fn failed(&mut self, error: &ProviderError, now: Timestamp) {
        if !concerns_the_endpoint(error) {
            return self.answered();
        }
        self.failures = self.failures.saturating_add(1);
        self.failing_since.get_or_insert(now);
        let span = match error {
            ProviderError::Limited { retry_after } => Some(
                retry_after
                    .unwrap_or(RESTS_FOR)
                    .clamp(SHORTEST_REST, LONGEST_REST),
            ),
            ProviderError::Down { .. } => (self.failures >= TRIPS_AFTER).then_some(RESTS_FOR),
            _ => Some(RESTS_FOR),
        };
        let Some(span) = span else { return };
        let until = now.plus(span);
        if self.rest(now).is_none_or(|rest| rest.until < until) {
            self.rest = Some(Rest {
                until,
                why: error.clone(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    proptest! {
        #[test]
        fn a_wait_never_exceeds_its_cap(attempts in 0u32..64, base in 1u64..10_000, cap in 1u64..600_000) {
            let wait = full_jitter(attempts, Duration::from_millis(base), Duration::from_millis(cap));
            prop_assert!(wait <= Duration::from_millis(cap));
        }
    }

    fn down() -> ProviderError {
        ProviderError::Down {
            detail: String::new(),
        }
    }

    #[test]
    fn an_endpoint_that_keeps_failing_rests_and_is_tried_again() {
        let mut breaker = Breaker::default();
        let start = Timestamp(0);
        for _ in 0..TRIPS_AFTER {
            assert_eq!(breaker.rest(start), None);
            breaker.failed(&down(), start);
        }
        assert!(breaker.rest(start).is_some(), "three failures in a row open it");
        let later = start.plus(RESTS_FOR);
        assert_eq!(breaker.rest(later), None, "and time closes it for a probe");
        assert!(breaker.is_probing(), "one call is enough to know");
        breaker.failed(&down(), later);
        assert!(breaker.rest(later).is_some(), "a probe that fails opens it again");
        assert_eq!(breaker.failing_for(later), RESTS_FOR);
        breaker.answered();
        assert_eq!(breaker.rest(later), None);
        assert!(!breaker.is_probing());
    }

    #[rstest]
    #[case::named(Some(Duration::from_secs(7)), Duration::from_secs(7))]
    #[case::unnamed(None, RESTS_FOR)]
    #[case::absurd(Some(Duration::from_secs(86_400)), LONGEST_REST)]
    #[case::none_at_all(Some(Duration::ZERO), SHORTEST_REST)]
    fn an_endpoint_that_limits_is_left_alone_for_as_long_as_it_asks_within_bounds(
        #[case] retry_after: Option<Duration>,
        #[case] expected: Duration,
    ) {
        let mut breaker = Breaker::default();
        let start = Timestamp(1_000);
        breaker.failed(&ProviderError::Limited { retry_after }, start);
        assert_eq!(
            breaker.rest(start).map(|rest| rest.until),
            Some(start.plus(expected)),
            "the first word of it counts"
        );
        breaker.answered();
        assert!(
            breaker.rest(start).is_some(),
            "an answer that was under way does not shorten it"
        );
    }

    #[rstest]
    #[case(ProviderError::RefusedByModel { detail: String::new() })]
    #[case(ProviderError::NotSchema { detail: String::new() })]
    #[case(ProviderError::CutOff)]
    fn what_fails_for_one_comment_only_opens_nothing(#[case] error: ProviderError) {
        let mut breaker = Breaker::default();
        for _ in 0..10 {
            breaker.failed(&error, Timestamp(0));
        }
        assert_eq!(breaker.rest(Timestamp(0)), None, "{error}: the endpoint is well");
        assert!(!breaker.is_probing());
    }

    #[rstest]
    #[case(ProviderError::KeyRejected)]
    #[case(ProviderError::OutOfCredit)]
    fn a_key_that_does_not_work_is_not_tried_for_every_comment(#[case] error: ProviderError) {
        let mut breaker = Breaker::default();
        breaker.failed(&error, Timestamp(0));
        assert_eq!(breaker.rest(Timestamp(0)).map(|rest| &rest.why), Some(&error));
    }
}
