//! How much of the account's call budget is used, and when to stop before the platform does it.
//!
//! Percentages come from `X-App-Usage` and `X-Business-Use-Case-Usage` (Graph API, "Rate limits"); the platform
//! publishes no floor and calling while limited extends the block, so one refusal closes the gate for all calls.

use domain::Timestamp;
use domain::error::PlatformError;
use domain::ports::ApiUsage;
use rand::Rng;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// From here on listings wait, so that the rest is left for writes and for reading back.
pub const OPTIONAL_READS_STOP_AT_PERCENT: u32 = 80;
/// From here on writes wait as well.
pub const WRITES_STOP_AT_PERCENT: u32 = 95;

/// A reading older than this says nothing about a rolling window; one call may find out again.
const READING_HOLDS: Duration = Duration::from_secs(300);
const FIRST_WAIT: Duration = Duration::from_secs(60);
const LONGEST_GUESSED_WAIT: Duration = Duration::from_secs(3_600);
/// Under every wait that the platform states, since it rounds to whole seconds or minutes.
const SHORTEST_STATED_WAIT: Duration = Duration::from_secs(1);
/// Over every wait that the platform states: its windows roll within a day, so a longer one is a mistake that
/// would keep the account shut for good.
const LONGEST_STATED_WAIT: Duration = Duration::from_secs(24 * 3_600);

/// What a call is for, in the order in which the gate lets go of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A listing: it can wait.
    Listing,
    /// A read that somebody waits for, such as reading back after a write.
    Read,
    Write,
}

#[derive(Debug, Default)]
pub(crate) struct UsageGate {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    percent: u32,
    reading_holds_until: Option<Timestamp>,
    closed_until: Option<Timestamp>,
    refusals_in_a_row: u32,
}

impl UsageGate {
    /// Lets a call pass, or says how long to wait.
    pub fn admit(&self, purpose: Purpose, now: Timestamp) -> Result<(), PlatformError> {
        let state = self.lock();
        let used_up_until = match purpose {
            Purpose::Listing if state.percent >= OPTIONAL_READS_STOP_AT_PERCENT => state.reading_holds_until,
            Purpose::Write if state.percent >= WRITES_STOP_AT_PERCENT => state.reading_holds_until,
            _ => None,
        };
        match state.closed_until.max(used_up_until) {
            Some(until) if until > now => Err(PlatformError::Throttled {
                retry_after: Some(until.since(now)),
            }),
            _ => Ok(()),
        }
    }

    /// Takes over what the headers of any answer say. Returns the wait that they ask for.
    pub fn observe(&self, headers: &HeaderMap, account: Option<&str>, now: Timestamp) -> Option<Duration> {
        let reading = Reading::of(headers, account)?;
        let mut state = self.lock();
        state.percent = reading.percent;
        state.reading_holds_until = Some(now.plus(reading.regain.unwrap_or(READING_HOLDS)));
        reading.regain
    }

    /// The platform refused for its limits: closes the gate and returns for how long.
    ///
    /// A wait that the platform states is believed down to a second, since it knows its own window. A stated wait
    /// of nothing says as little as none, and asking at once would be refused again: then the wait is a growing
    /// guess of half a minute at least. Several calls may be refused together; the longest wait holds.
    pub fn refused(&self, wait: Option<Duration>, now: Timestamp) -> Duration {
        let mut state = self.lock();
        let wait = match wait.filter(|stated| !stated.is_zero()) {
            Some(stated) => stated.clamp(SHORTEST_STATED_WAIT, LONGEST_STATED_WAIT),
            None => guessed_wait(state.refusals_in_a_row),
        };
        state.refusals_in_a_row = state.refusals_in_a_row.saturating_add(1);
        let until = now.plus(wait);
        let until = state.closed_until.map_or(until, |closed| closed.max(until));
        state.closed_until = Some(until);
        until.since(now)
    }

    /// The platform did what was asked. While the gate is closed this says nothing: the call left before it closed.
    pub fn answered(&self, now: Timestamp) {
        let mut state = self.lock();
        if state.closed_until.is_some_and(|until| until > now) {
            return;
        }
        state.refusals_in_a_row = 0;
        state.closed_until = None;
    }

    pub fn usage(&self) -> ApiUsage {
        let state = self.lock();
        ApiUsage {
            percent: state.percent,
            closed_until: state.closed_until,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Exponential from a minute to an hour, the upper half of it random.
fn guessed_wait(refusals_before: u32) -> Duration {
    let full = FIRST_WAIT
        .saturating_mul(2_u32.saturating_pow(refusals_before.min(10)))
        .min(LONGEST_GUESSED_WAIT);
    full.mul_f64(rand::rng().random_range(0.5..=1.0))
}

struct Reading {
    percent: u32,
    regain: Option<Duration>,
}

#[derive(Debug, Deserialize)]
struct WireUsage {
    #[serde(default)]
    call_count: f64,
    #[serde(default)]
    total_time: f64,
    #[serde(default)]
    total_cputime: f64,
    /// Minutes.
    #[serde(default)]
    estimated_time_to_regain_access: f64,
}

impl Reading {
    fn of(headers: &HeaderMap, account: Option<&str>) -> Option<Self> {
        let app: Option<WireUsage> = parse(headers, "x-app-usage");
        let mut objects: HashMap<String, Vec<WireUsage>> =
            parse(headers, "x-business-use-case-usage").unwrap_or_default();
        let of_account = account.and_then(|id| objects.remove(id));
        let business = of_account.unwrap_or_else(|| objects.into_values().flatten().collect());
        let all: Vec<WireUsage> = business.into_iter().chain(app).collect();
        let percent = all
            .iter()
            .flat_map(|usage| [usage.call_count, usage.total_time, usage.total_cputime])
            .reduce(f64::max)?;
        let minutes = all
            .iter()
            .map(|usage| usage.estimated_time_to_regain_access)
            .fold(0.0, f64::max)
            .clamp(0.0, 24.0 * 60.0);
        Some(Self {
            percent: percent.clamp(0.0, 10_000.0).round() as u32,
            regain: (minutes > 0.0).then(|| Duration::from_secs_f64(minutes * 60.0)),
        })
    }
}

/// `None` for an absent header and for one that cannot be read: limits are then learnt from refusals.
fn parse<T: for<'a> Deserialize<'a>>(headers: &HeaderMap, name: &str) -> Option<T> {
    let text = headers.get(name)?.to_str().ok()?;
    serde_json::from_str(text)
        .inspect_err(|error| tracing::debug!(header = name, %error, "unreadable usage header"))
        .ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(
            reqwest::header::HeaderName::from_static(name),
            value.parse().unwrap(),
        )])
    }

    #[rstest]
    #[case::plenty_left(79, true, true)]
    #[case::listings_wait(80, false, true)]
    #[case::still_room_for_writes(94, false, true)]
    #[case::writes_wait_too(95, false, false)]
    fn calls_stop_in_the_order_of_their_worth(
        #[case] percent: u32,
        #[case] listing: bool,
        #[case] write: bool,
    ) {
        let gate = UsageGate::default();
        let header = format!(r#"{{"call_count":{percent},"total_time":2,"total_cputime":3}}"#);
        gate.observe(&headers("x-app-usage", &header), None, NOW);
        assert_eq!(gate.admit(Purpose::Listing, NOW).is_ok(), listing, "listing");
        assert_eq!(gate.admit(Purpose::Write, NOW).is_ok(), write, "write");
        assert!(
            gate.admit(Purpose::Read, NOW).is_ok(),
            "reading back decides whether a reply exists"
        );
        let later = NOW.plus(READING_HOLDS);
        assert!(
            gate.admit(Purpose::Write, later).is_ok(),
            "an old reading does not stop the account for ever"
        );
    }

    #[test]
    fn the_account_s_own_business_use_counts_and_minutes_are_minutes() {
        let header = r#"{"1":[{"type":"instagram","call_count":100,"total_cputime":25,"total_time":25,
            "estimated_time_to_regain_access":19}],"2":[{"type":"instagram","call_count":3}]}"#
            .replace('\n', "");
        let gate = UsageGate::default();
        let regain = gate.observe(&headers("x-business-use-case-usage", &header), Some("1"), NOW);
        assert_eq!(
            regain,
            Some(Duration::from_secs(19 * 60)),
            "the header counts minutes"
        );
        assert_eq!(
            gate.admit(Purpose::Write, NOW),
            Err(PlatformError::Throttled { retry_after: regain }),
            "writes wait as long as the platform says"
        );
        let other = UsageGate::default();
        other.observe(&headers("x-business-use-case-usage", &header), Some("2"), NOW);
        assert_eq!(other.usage().percent, 3, "another account's use is not ours");
    }

    #[test]
    fn a_refusal_closes_the_gate_for_every_call_until_its_time() {
        let gate = UsageGate::default();
        gate.refused(Some(Duration::from_secs(90)), NOW);
        for purpose in [Purpose::Listing, Purpose::Read, Purpose::Write] {
            assert!(
                gate.admit(purpose, NOW).is_err(),
                "calling while limited extends it: {purpose:?}"
            );
        }
        assert!(
            gate.admit(Purpose::Write, NOW.plus(Duration::from_secs(90)))
                .is_ok(),
            "and then it opens"
        );
    }

    #[test]
    fn without_a_given_wait_the_guess_grows_to_an_hour_at_most() {
        let gate = UsageGate::default();
        let waits: Vec<Duration> = (0..12).map(|_| gate.refused(None, NOW)).collect();
        assert!(
            waits[0] <= FIRST_WAIT && waits[0] >= FIRST_WAIT / 2,
            "starts at a minute"
        );
        assert!(waits[3] > waits[0], "grows: {waits:?}");
        assert!(waits.iter().all(|wait| *wait <= LONGEST_GUESSED_WAIT), "bounded");
        let later = NOW.plus(LONGEST_GUESSED_WAIT);
        gate.answered(later);
        assert!(
            gate.refused(None, later) <= FIRST_WAIT,
            "an answer starts it anew"
        );
    }

    #[test]
    fn an_answer_to_a_call_that_was_under_way_does_not_open_the_gate() {
        let gate = UsageGate::default();
        let minute = Duration::from_secs(60);
        gate.refused(Some(minute), NOW);
        gate.answered(NOW.plus(Duration::from_secs(1)));
        assert!(
            gate.admit(Purpose::Read, NOW.plus(minute / 2)).is_err(),
            "it left before the refusal"
        );
        assert!(gate.admit(Purpose::Read, NOW.plus(minute)).is_ok());
        gate.answered(NOW.plus(minute));
        assert_eq!(gate.usage().closed_until, None, "an answer after the wait does");
    }

    #[test]
    fn a_second_refusal_never_shortens_the_wait_of_the_first() {
        let gate = UsageGate::default();
        let hour = Duration::from_secs(3_600);
        gate.refused(Some(hour), NOW);
        assert_eq!(gate.refused(Some(Duration::from_secs(5)), NOW), hour);
        assert!(gate.admit(Purpose::Write, NOW.plus(hour / 2)).is_err());
    }

    #[rstest]
    #[case::nothing(Duration::ZERO, FIRST_WAIT / 2, FIRST_WAIT)]
    #[case::a_blink(Duration::from_millis(5), SHORTEST_STATED_WAIT, SHORTEST_STATED_WAIT)]
    #[case::seconds(Duration::from_secs(7), Duration::from_secs(7), Duration::from_secs(7))]
    #[case::for_ever(Duration::from_secs(u64::MAX), LONGEST_STATED_WAIT, LONGEST_STATED_WAIT)]
    fn a_stated_wait_is_kept_to_what_makes_sense(
        #[case] stated: Duration,
        #[case] shortest: Duration,
        #[case] longest: Duration,
    ) {
        let wait = UsageGate::default().refused(Some(stated), NOW);
        assert!(
            wait >= shortest && wait <= longest,
            "neither a hot loop nor an account shut for good: {wait:?}"
        );
    }

    #[test]
    fn the_percentage_still_counts_after_a_closing_has_passed() {
        let gate = UsageGate::default();
        gate.refused(Some(Duration::from_secs(5)), NOW);
        let after = NOW.plus(Duration::from_secs(6));
        gate.observe(&headers("x-app-usage", r#"{"call_count":97}"#), None, after);
        for purpose in [Purpose::Listing, Purpose::Write] {
            assert!(
                gate.admit(purpose, after).is_err(),
                "the budget is used up: {purpose:?}"
            );
        }
        assert!(
            gate.admit(Purpose::Read, after).is_ok(),
            "reading back is still possible"
        );
    }

    #[test]
    fn a_header_of_nonsense_changes_nothing() {
        let gate = UsageGate::default();
        for value in ["", "null", "[]", "{\"call_count\":\"many\"}", "<html>"] {
            gate.observe(&headers("x-app-usage", value), None, NOW);
            assert_eq!(gate.usage().percent, 0, "{value:?}");
        }
    }
}
