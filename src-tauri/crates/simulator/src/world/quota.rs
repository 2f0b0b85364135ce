//! Units per project and day. The day is that of Los Angeles, where the platform resets quotas at midnight.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::America::Los_Angeles;
use serde::Serialize;

/// What a project without an audit is given.
const DEFAULT_BUDGET_UNITS: u64 = 10_000;
/// `search.list` has a bucket of its own, counted in calls.
pub const SEARCHES_A_DAY: u64 = 100;

/// How often a method was called, the refused calls apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct MethodUse {
    pub calls: u64,
    pub units: u64,
    /// Calls that the budget did not allow.
    pub refused: u64,
}

/// What one project spent on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuotaDay {
    pub project: String,
    /// The day in Los Angeles, `2026-11-01`.
    pub day: String,
    pub budget_units: u64,
    pub spent_units: u64,
    /// Unix milliseconds at which the next day begins there.
    pub resets_at_ms: i64,
    /// By name, `commentThreads.list`.
    pub methods: BTreeMap<String, MethodUse>,
}

#[derive(Default)]
pub struct Quota {
    default_budget: Option<u64>,
    budgets: HashMap<String, u64>,
    days: BTreeMap<(NaiveDate, String), BTreeMap<String, MethodUse>>,
}

impl Quota {
    pub fn budget(&self, project: &str) -> u64 {
        let own = self.budgets.get(project).copied();
        own.or(self.default_budget).unwrap_or(DEFAULT_BUDGET_UNITS)
    }

    pub fn spent(&self, project: &str, now_ms: i64) -> u64 {
        self.today(project, now_ms)
            .into_iter()
            .flatten()
            .map(|(_, used)| used.units)
            .sum()
    }

    pub fn calls(&self, project: &str, method: &str, now_ms: i64) -> u64 {
        self.today(project, now_ms)
            .and_then(|methods| methods.get(method))
            .map_or(0, |used| used.calls)
    }

    /// Every day on which something was called, the oldest first.
    pub fn days(&self) -> Vec<QuotaDay> {
        self.days
            .iter()
            .map(|((day, project), methods)| QuotaDay {
                project: project.clone(),
                day: day.to_string(),
                budget_units: self.budget(project),
                spent_units: methods.values().map(|used| used.units).sum(),
                resets_at_ms: midnight_after(*day),
                methods: methods.clone(),
            })
            .collect()
    }

    fn today(&self, project: &str, now_ms: i64) -> Option<&BTreeMap<String, MethodUse>> {
        self.days.get(&(day_of(now_ms), project.to_owned()))
    }

    pub(super) fn spend(&mut self, project: &str, method: &str, units: u64, at_ms: i64, refused: bool) {
        let methods = self.days.entry((day_of(at_ms), project.to_owned())).or_default();
        let used = methods.entry(method.to_owned()).or_default();
        used.units += units;
        if refused {
            used.refused += 1;
        } else {
            used.calls += 1;
        }
    }

    pub(super) fn set_budget(&mut self, project: Option<String>, units: u64) {
        match project {
            Some(project) => {
                self.budgets.insert(project, units);
            }
            None => self.default_budget = Some(units),
        }
    }
}

fn day_of(at_ms: i64) -> NaiveDate {
    let moment = DateTime::from_timestamp_millis(at_ms).unwrap_or(DateTime::UNIX_EPOCH);
    moment.with_timezone(&Los_Angeles).date_naive()
}

fn midnight_after(day: NaiveDate) -> i64 {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
    // Clocks there change at two in the morning, so that midnight is always there once.
    Los_Angeles
        .from_local_datetime(&next.and_time(NaiveTime::MIN))
        .earliest()
        .map_or(i64::MAX, |midnight| midnight.timestamp_millis())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
    }

    #[test]
    fn the_day_begins_at_midnight_in_los_angeles_in_winter_and_in_summer() {
        for (last, first) in [
            ("2026-01-15T07:59:59Z", "2026-01-15T08:00:00Z"),
            ("2026-07-15T06:59:59Z", "2026-07-15T07:00:00Z"),
            // The days on which the clocks change, and the days after them.
            ("2026-03-08T07:59:59Z", "2026-03-08T08:00:00Z"),
            ("2026-03-09T06:59:59Z", "2026-03-09T07:00:00Z"),
            ("2026-11-01T06:59:59Z", "2026-11-01T07:00:00Z"),
            ("2026-11-02T07:59:59Z", "2026-11-02T08:00:00Z"),
        ] {
            assert_eq!(
                midnight_after(day_of(at(last))),
                at(first),
                "{last} belongs to the day that ends there"
            );
            assert_ne!(day_of(at(last)), day_of(at(first)), "{first} is a new day");
        }
    }

    #[test]
    fn a_new_day_starts_with_nothing_spent_and_a_refused_call_costs_nothing() {
        let mut quota = Quota::default();
        quota.set_budget(None, 60);
        quota.spend("one", "comments.insert", 50, at("2026-03-09T06:59:59Z"), false);
        quota.spend("one", "comments.insert", 0, at("2026-03-09T06:59:59Z"), true);
        quota.spend("two", "comments.list", 1, at("2026-03-09T06:59:59Z"), false);
        assert_eq!(quota.spent("one", at("2026-03-09T06:00:00Z")), 50);
        assert_eq!(quota.spent("one", at("2026-03-09T07:00:00Z")), 0);
        assert_eq!(
            quota.spent("two", at("2026-03-09T06:00:00Z")),
            1,
            "projects do not share"
        );
        let days = quota.days();
        let used = days[0].methods["comments.insert"];
        assert_eq!((used.calls, used.units, used.refused), (1, 50, 1));
        assert_eq!((days[0].day.as_str(), days[0].budget_units), ("2026-03-08", 60));
    }
}
