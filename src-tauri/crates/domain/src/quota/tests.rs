#![allow(clippy::unwrap_used)]
use super::*;
use proptest::prelude::*;
use std::time::Duration;

/// Noon in California.
const NOON: Timestamp = Timestamp(1_769_025_600_000);
const HOUR: Duration = Duration::from_secs(3_600);

fn ledger(daily_units: u32, reserve_units: u32) -> QuotaLedger {
    QuotaLedger::new(
        QuotaBudget {
            daily_units,
            reserve_units,
        },
        NOON,
    )
}

fn kind() -> impl Strategy<Value = SpendKind> {
    prop::sample::select(SpendKind::ALL.to_vec())
}

proptest! {
    #[test]
    fn listings_leave_the_reserve_alone_and_nothing_passes_the_budget(
        daily in 0u32..2_000,
        reserve in 0u32..2_500,
        calls in prop::collection::vec((kind(), 0u64..4), 0..400),
    ) {
        let mut ledger = ledger(daily, reserve);
        let mut now = NOON;
        let mut day = ledger.resets_at(now);
        let (mut total, mut listed, mut decided) = (0u32, 0u32, 0u32);
        for (kind, minutes) in calls {
            now = now.plus(Duration::from_secs(60 * minutes));
            if ledger.resets_at(now) != day {
                day = ledger.resets_at(now);
                (total, listed, decided) = (0, 0, 0);
            }
            let allowed = ledger.may_spend(kind, now);
            prop_assert_eq!(ledger.spend(kind, now), allowed, "what may be spent is spent");
            if allowed.is_ok() {
                total += kind.units();
                if kind.may_use_reserve() { decided += kind.units() } else { listed += kind.units() }
            }
            prop_assert!(total <= daily);
            // Only a listing's own spending counts here: it found the unused part of the reserve untouched.
            if allowed.is_ok() && !kind.may_use_reserve() {
                prop_assert!(listed + decided.max(reserve) <= daily, "the reserve is not for looking around");
            }
            prop_assert_eq!(ledger.spent_by_kind(now).values().sum::<u32>(), total);
        }
    }

    #[test]
    fn the_reserve_carries_its_replies_whatever_was_listed_before(reserve in 0u32..5_000, listings in 0u32..6_000) {
        let mut ledger = ledger(5_000, reserve);
        for _ in 0..listings {
            let _ = ledger.spend(SpendKind::ListThreads, NOON);
        }
        for reply in 0..reserve / 51 {
            prop_assert!(ledger.spend(SpendKind::Check, NOON).is_ok(), "the look before reply {reply}");
            prop_assert!(ledger.spend(SpendKind::Reply, NOON).is_ok(), "reply {reply}");
        }
    }
}

#[test]
fn a_new_day_begins_with_full_units() {
    let mut ledger = ledger(10, 0);
    for _ in 0..10 {
        ledger.spend(SpendKind::ListThreads, NOON).unwrap();
    }
    let resets_at = NOON.plus(12 * HOUR);
    assert_eq!(
        ledger.spend(SpendKind::ListThreads, NOON),
        Err(BudgetSpent { resets_at }),
        "and says when that is"
    );
    assert_eq!(ledger.read_units(resets_at), 10);
    assert!(ledger.spend(SpendKind::ListThreads, resets_at).is_ok());
    assert_eq!(ledger.read_units(resets_at), 9);
}

#[test]
fn the_platform_s_own_word_counts_more_than_the_count() {
    let mut ledger = ledger(10_000, 5_000);
    let spent = ledger.exhaust(NOON);
    assert_eq!(spent.resets_at, NOON.plus(12 * HOUR));
    for kind in SpendKind::ALL {
        assert_eq!(ledger.may_spend(kind, NOON.plus(HOUR)), Err(spent), "{kind}");
    }
    assert_eq!((ledger.read_units(NOON), ledger.replies_possible(NOON)), (0, 0));
    assert!(ledger.is_exhausted(NOON));
    assert!(
        ledger.may_spend(SpendKind::Reply, spent.resets_at).is_ok(),
        "it resumes by itself"
    );
}

#[test]
fn a_larger_budget_is_used_on_the_day_it_is_granted() {
    let mut ledger = ledger(100, 0);
    ledger.exhaust(NOON);
    let budget = |daily_units| QuotaBudget {
        daily_units,
        reserve_units: 0,
    };
    ledger.set_budget(budget(100));
    assert!(ledger.is_exhausted(NOON), "nothing new was granted");
    ledger.set_budget(budget(1_000));
    assert!(ledger.may_spend(SpendKind::Reply, NOON).is_ok());
}

#[test]
fn a_call_that_never_left_is_given_back() {
    let mut ledger = ledger(50, 0);
    ledger.spend(SpendKind::Reply, NOON).unwrap();
    assert!(ledger.may_spend(SpendKind::Check, NOON).is_err());
    ledger.refund(SpendKind::Reply);
    assert!(ledger.may_spend(SpendKind::Reply, NOON).is_ok());
}

#[test]
fn a_clock_that_is_set_back_neither_gives_units_nor_waits_for_a_far_midnight() {
    let week = Duration::from_secs(7 * 24 * 3_600);
    let mut ledger = ledger(1, 0);
    ledger.spend(SpendKind::ListThreads, NOON).unwrap();
    let earlier = NOON.minus(week);
    assert_eq!(ledger.read_units(earlier), 0, "spent stays spent");
    assert_eq!(
        ledger.resets_at(earlier),
        earlier.plus(12 * HOUR),
        "the wait is a day at most"
    );
}

#[test]
fn it_is_kept_across_restarts() {
    let mut ledger = ledger(10_000, 5_000);
    ledger.spend(SpendKind::Moderate, NOON).unwrap();
    let kept = serde_json::to_string(&ledger).unwrap();
    assert!(kept.contains(r#""moderate":50"#), "readable for people: {kept}");
    assert_eq!(serde_json::from_str::<QuotaLedger>(&kept).unwrap(), ledger);
}

#[test]
fn the_default_leaves_room_for_a_day_s_replies() {
    let mut ledger = QuotaLedger::new(QuotaBudget::default(), NOON);
    while ledger.spend(SpendKind::ListThreads, NOON).is_ok() {}
    assert_eq!(
        ledger.replies_possible(NOON),
        98,
        "after a day of nothing but listing"
    );
    assert_eq!(ledger.read_units(NOON), 0);
}
