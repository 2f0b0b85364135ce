//! The end of the day in California, where the quota's day ends, summer time included.

use crate::time::Timestamp;
use chrono::{Days, NaiveTime, TimeZone};
use chrono_tz::America::Los_Angeles;
use std::time::Duration;

/// The first midnight there that lies after `now`.
pub(super) fn next_midnight(now: Timestamp) -> Timestamp {
    midnight_after(now).unwrap_or_else(|| now.plus(Duration::from_secs(24 * 3_600)))
}

/// `None` only outside the years that a calendar can name.
fn midnight_after(now: Timestamp) -> Option<Timestamp> {
    let there = Los_Angeles.timestamp_millis_opt(now.0).single()?;
    let tomorrow = there.date_naive().checked_add_days(Days::new(1))?;
    let midnight = Los_Angeles
        .from_local_datetime(&tomorrow.and_time(NaiveTime::MIN))
        .earliest()?;
    Some(Timestamp(midnight.timestamp_millis()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_platform(text).unwrap()
    }

    #[rstest]
    #[case::winter("2026-01-15T12:00:00Z", "2026-01-16T08:00:00Z")]
    #[case::summer("2026-07-15T12:00:00Z", "2026-07-16T07:00:00Z")]
    #[case::before_midnight_there("2026-07-15T06:59:59Z", "2026-07-15T07:00:00Z")]
    #[case::at_midnight_there("2026-07-15T07:00:00Z", "2026-07-16T07:00:00Z")]
    #[case::the_day_summer_time_begins("2026-03-08T08:00:00Z", "2026-03-09T07:00:00Z")]
    #[case::the_day_summer_time_ends("2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z")]
    fn the_day_ends_at_midnight_in_california(#[case] now: &str, #[case] expected: &str) {
        assert_eq!(next_midnight(at(now)), at(expected));
    }

    proptest! {
        #[test]
        fn a_day_lasts_23_to_25_hours_and_midnights_only_move_on(now in 0i64..4_000_000_000_000) {
            let now = Timestamp(now);
            let next = next_midnight(now);
            prop_assert!(next > now);
            prop_assert!(next.since(now) <= Duration::from_secs(25 * 3_600));
            let after = next_midnight(next);
            let hours = after.since(next).as_secs() / 3_600;
            prop_assert!((23..=25).contains(&hours), "{hours} h");
        }
    }
}
