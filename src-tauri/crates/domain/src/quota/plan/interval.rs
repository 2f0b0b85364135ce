//! How long to wait between two looks at the same thing, for all things at once.

use crate::time::Timestamp;
use std::time::Duration;

/// A thing to look at again and again.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Demand {
    pub units: u32,
    /// Expected news per hour.
    pub per_hour: f64,
    /// Shortest and longest interval, while the units allow it.
    pub within: (Duration, Duration),
    pub last: Option<Timestamp>,
    /// Shows the whole account: keeps its longest interval when units are short, up to half of them.
    pub whole_account: bool,
}

/// Together they cost at most `units_per_hour`. When not even the longest intervals are paid for, they are
/// stretched, those of single videos first; with so few units that one would be longer than a year, all are a year.
pub(super) fn intervals(demands: &[Demand], units_per_hour: f64) -> Vec<Duration> {
    const A_YEAR_IN_HOURS: f64 = 365.0 * 24.0;
    let a_year = || vec![A_YEAR_IN_HOURS; demands.len()];
    let mut hours = match units_per_hour > 0.0 {
        true => affordable(demands, units_per_hour),
        false => a_year(),
    };
    if hours.iter().any(|hours| *hours > A_YEAR_IN_HOURS) {
        hours = a_year();
    }
    hours
        .into_iter()
        .map(|hours| Duration::from_secs_f64(hours * 3_600.0))
        .collect()
}

fn affordable(demands: &[Demand], units_per_hour: f64) -> Vec<f64> {
    let cost = |hours: &[f64]| -> f64 { each_cost(demands, hours).sum() };
    let longest: Vec<f64> = demands.iter().map(|demand| hours(demand.within.1)).collect();
    if cost(&longest) >= units_per_hour {
        return stretched(demands, longest, units_per_hour);
    }
    let at = |factor: f64| -> Vec<f64> {
        demands
            .iter()
            .map(|demand| {
                let rate = demand.per_hour.max(1e-6);
                let ideal = factor * (f64::from(demand.units) / rate).sqrt();
                ideal.clamp(hours(demand.within.0), hours(demand.within.1))
            })
            .collect()
    };
    // The cost falls as the factor grows, from what the shortest intervals cost to what the longest do.
    let (mut too_small, mut enough) = (0.0, 1e6);
    if cost(&at(too_small)) <= units_per_hour {
        return at(too_small);
    }
    for _ in 0..60 {
        let middle = f64::midpoint(too_small, enough);
        match cost(&at(middle)) <= units_per_hour {
            true => enough = middle,
            false => too_small = middle,
        }
    }
    at(enough)
}

fn stretched(demands: &[Demand], mut longest: Vec<f64>, units_per_hour: f64) -> Vec<f64> {
    let cost_of = |whole_account: bool| -> f64 {
        each_cost(demands, &longest)
            .zip(demands)
            .filter(|(_, demand)| demand.whole_account == whole_account)
            .map(|(cost, _)| cost)
            .sum()
    };
    let (accounts, videos) = (cost_of(true), cost_of(false));
    let for_account = accounts / (accounts / (units_per_hour / 2.0)).max(1.0);
    let account_stretch = if for_account > 0.0 {
        accounts / for_account
    } else {
        1.0
    };
    let video_stretch = (videos / (units_per_hour - for_account)).max(1.0);
    for (interval, demand) in longest.iter_mut().zip(demands) {
        *interval *= if demand.whole_account {
            account_stretch
        } else {
            video_stretch
        };
    }
    longest
}

/// Units per hour of each.
fn each_cost<'a>(demands: &'a [Demand], hours: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    demands
        .iter()
        .zip(hours)
        .map(|(demand, hours)| f64::from(demand.units) / hours)
}

fn hours(span: Duration) -> f64 {
    span.as_secs_f64() / 3_600.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn demand() -> impl Strategy<Value = Demand> {
        (1u32..20, 0.0f64..1_000.0, 10u64..1_000, 1u32..200, any::<bool>()).prop_map(
            |(units, per_hour, shortest, times, whole_account)| {
                let shortest = Duration::from_secs(shortest);
                Demand {
                    units,
                    per_hour,
                    within: (shortest, shortest * times),
                    last: None,
                    whole_account,
                }
            },
        )
    }

    #[test]
    fn a_single_one_longer_than_a_year_makes_all_a_year() {
        let demand = |units, seconds, whole_account| Demand {
            units,
            per_hour: 0.0,
            within: (Duration::from_secs(10), Duration::from_secs(seconds)),
            last: None,
            whole_account,
        };
        let demands = [demand(1, 117_180, true), demand(15, 10, false)];
        let found = intervals(&demands, 0.001);
        let a_year = Duration::from_secs(365 * 24 * 3_600);
        assert_eq!(found, [a_year, a_year]);
    }

    proptest! {
        #[test]
        fn together_they_cost_no_more_than_there_is(
            demands in prop::collection::vec(demand(), 1..40),
            units_per_hour in 0.01f64..5_000.0,
        ) {
            let found = intervals(&demands, units_per_hour);
            let cost: f64 = demands.iter().zip(&found).map(|(d, i)| f64::from(d.units) / hours(*i)).sum();
            let capped = found.iter().all(|i| hours(*i) >= 365.0 * 24.0);
            prop_assert!(capped || cost <= units_per_hour * 1.000_001, "{cost} of {units_per_hour}");
            for (demand, interval) in demands.iter().zip(&found) {
                prop_assert!(*interval >= demand.within.0, "never more often than it makes sense");
            }
        }
    }

    #[test]
    fn four_times_the_comments_halve_the_wait() {
        let demand = |per_hour| Demand {
            units: 1,
            per_hour,
            within: (Duration::from_secs(1), Duration::from_secs(36_000)),
            last: None,
            whole_account: false,
        };
        let found = intervals(&[demand(10.0), demand(40.0)], 30.0);
        assert!(
            (hours(found[0]) / hours(found[1]) - 2.0).abs() < 0.001,
            "the square root of the rate: {found:?}"
        );
    }

    #[test]
    fn when_units_are_short_single_videos_wait_first() {
        let demand = |whole_account| Demand {
            units: 1,
            per_hour: 1.0,
            within: (Duration::from_secs(1), Duration::from_secs(3_600)),
            last: None,
            whole_account,
        };
        let mut demands = vec![demand(false); 9];
        demands.push(demand(true));
        let found: Vec<f64> = intervals(&demands, 4.0).into_iter().map(hours).collect();
        assert!((found[9] - 1.0).abs() < 1e-6, "it shows all of them: {found:?}");
        assert!(
            (found[0] - 3.0).abs() < 1e-6,
            "nine share the other three units: {found:?}"
        );
    }

    #[test]
    fn without_units_nothing_is_due_for_long() {
        let demand = Demand {
            units: 1,
            per_hour: 5.0,
            within: (Duration::from_secs(1), Duration::from_secs(60)),
            last: None,
            whole_account: true,
        };
        assert!(
            hours(intervals(&[demand], 0.0)[0]) > 1_000.0,
            "finite, so that times stay times"
        );
    }
}
