use super::circuit::{LONGEST_REST, TRIPS_AFTER};
use super::*;
use proptest::prelude::*;

const HOST: &str = "graph.test";
const ONE: AccountId = AccountId(1);
const TWO: AccountId = AccountId(2);
const ACTING: [Resting; 1] = [Resting::Acting];
const LISTING: [Resting; 2] = [Resting::Looking, Resting::Acting];

fn no_answer() -> PlatformError {
    PlatformError::Unavailable {
        detail: "no route".to_owned(),
    }
}

fn limit() -> PlatformError {
    PlatformError::Throttled { retry_after: None }
}

fn fail(destinations: &Destinations, account: AccountId, now: Timestamp) {
    if let Ok(pass) = destinations.admit(HOST, account, &ACTING, now) {
        pass.failed(Duration::from_millis(30), &no_answer(), now);
    }
}

fn answer(destinations: &Destinations, account: AccountId, now: Timestamp) {
    if let Ok(pass) = destinations.admit(HOST, account, &ACTING, now) {
        pass.answered(Duration::from_millis(30), true, now);
    }
}

fn connected(accounts: &[AccountId]) -> Destinations {
    let destinations = Destinations::default();
    for account in accounts {
        destinations.connected(HOST, *account);
    }
    destinations
}

fn report(destinations: &Destinations, now: Timestamp) -> DestinationReport {
    destinations.report(now).remove(0)
}

#[test]
fn a_circuit_opens_lets_one_probe_through_and_closes_at_an_answer() {
    let destinations = connected(&[ONE]);
    let start = Timestamp(1_000_000);
    for _ in 0..TRIPS_AFTER {
        assert_eq!(report(&destinations, start).state, CircuitState::Closed);
        fail(&destinations, ONE, start);
    }
    let open = report(&destinations, start);
    assert_eq!((open.state, open.opened_at), (CircuitState::Open, Some(start)));
    let host_until = open.next_probe.expect("it says when it is tried again");
    let refused = destinations.admit(HOST, ONE, &ACTING, start).err();
    assert!(
        matches!(refused, Some(PlatformError::Unavailable { detail }) if detail.contains("left alone until")),
        "calls fail at once, and say until when"
    );
    // The account's own circuit opened with the host's, and rests for a time of its own.
    let (until, _) = destinations
        .acts_again_at(ONE, start)
        .expect("the account is told when it is tried again");
    assert!(until >= host_until);
    assert_eq!(report(&destinations, until).state, CircuitState::HalfOpen);
    let probe = destinations
        .admit(HOST, ONE, &ACTING, until)
        .expect("one call tells");
    assert!(
        destinations.admit(HOST, ONE, &ACTING, until).is_err(),
        "and only one"
    );
    probe.failed(Duration::ZERO, &no_answer(), until);
    let again = report(&destinations, until);
    assert_eq!((again.state, again.opened_at), (CircuitState::Open, Some(start)));
    assert!(again.next_probe.is_some(), "it is tried again");
    let (later, _) = destinations.acts_again_at(ONE, until).expect("so is the account");
    assert!(
        later.since(until) > until.since(start) / 2,
        "more and more rarely"
    );
    answer(&destinations, ONE, later);
    let closed = report(&destinations, later);
    assert_eq!(
        (closed.state, closed.failures_in_a_row, closed.next_probe),
        (CircuitState::Closed, 0, None)
    );
}

#[test]
fn a_probe_that_is_dropped_without_an_outcome_is_given_back() {
    let destinations = connected(&[ONE]);
    let start = Timestamp(0);
    for _ in 0..TRIPS_AFTER {
        fail(&destinations, ONE, start);
    }
    let later = start.plus(LONGEST_REST);
    drop(destinations.admit(HOST, ONE, &ACTING, later));
    assert!(destinations.admit(HOST, ONE, &ACTING, later).is_ok());
}

#[test]
fn one_dead_account_closes_its_host_to_nobody_else() {
    let destinations = connected(&[ONE, TWO]);
    let start = Timestamp(0);
    for _ in 0..3 * TRIPS_AFTER {
        fail(&destinations, ONE, start);
    }
    assert_eq!(report(&destinations, start).state, CircuitState::Closed);
    assert!(destinations.admit(HOST, ONE, &ACTING, start).is_err());
    assert!(destinations.admit(HOST, TWO, &ACTING, start).is_ok());
    for _ in 0..TRIPS_AFTER {
        fail(&destinations, TWO, start);
    }
    assert_eq!(
        report(&destinations, start).state,
        CircuitState::Open,
        "two that fail are the host's trouble"
    );
}

#[test]
fn another_sign_in_starts_with_a_clean_record_and_a_limit_holds_for_it_too() {
    let destinations = connected(&[ONE]);
    let start = Timestamp(0);
    let signed_out = PlatformError::SignedOut {
        detail: String::new(),
    };
    let quarter = Duration::from_secs(900);
    destinations.limited(ONE, Resting::Acting, &signed_out, Some(quarter), start);
    assert!(destinations.acts_again_at(ONE, start).is_some());
    destinations.connected(HOST, ONE);
    assert_eq!(destinations.acts_again_at(ONE, start), None);
    destinations.limited(ONE, Resting::Acting, &limit(), Some(quarter), start);
    destinations.connected(HOST, ONE);
    assert!(
        destinations.acts_again_at(ONE, start).is_some(),
        "it is the account's"
    );
}

#[test]
fn listings_rest_alone_and_never_while_nothing_may_be_sent() {
    let destinations = connected(&[ONE]);
    let start = Timestamp(0);
    let hour = Some(Duration::from_secs(3_600));
    destinations.limited(ONE, Resting::Looking, &limit(), hour, start);
    assert!(destinations.admit(HOST, ONE, &LISTING, start).is_err());
    assert!(
        destinations.admit(HOST, ONE, &ACTING, start).is_ok(),
        "a reserve for replies"
    );
    destinations.limited(TWO, Resting::Acting, &limit(), hour, start);
    assert!(destinations.admit(HOST, TWO, &LISTING, start).is_err());
}

#[test]
fn a_limit_without_a_time_is_waited_out_longer_each_time_up_to_an_hour() {
    let destinations = connected(&[ONE]);
    let mut now = Timestamp(0);
    let mut waits = Vec::new();
    for _ in 0..9 {
        let wait = destinations.limited(ONE, Resting::Acting, &limit(), None, now);
        assert!(
            destinations.admit(HOST, ONE, &ACTING, now).is_err(),
            "calling meanwhile would make it longer"
        );
        waits.push(wait);
        now = now.plus(wait);
    }
    assert!(waits[0] <= FIRST_WAIT && waits[0] >= FIRST_WAIT / 2, "{waits:?}");
    assert!(
        waits[8] <= LONGEST_WAIT && waits[8] >= LONGEST_WAIT / 2,
        "{waits:?}"
    );
    answer(&destinations, ONE, now);
    let first = destinations.limited(ONE, Resting::Acting, &limit(), None, now);
    assert!(first <= FIRST_WAIT, "an answer ends the row");
}

#[test]
fn the_last_minutes_are_told_in_bounded_memory() {
    let destinations = connected(&[ONE]);
    let start = Timestamp(0);
    for n in 0..5_000u64 {
        let pass = destinations
            .admit(HOST, ONE, &ACTING, start)
            .expect("the circuit is closed");
        pass.answered(Duration::from_millis(n % 100 + 1), true, start);
    }
    fail(&destinations, ONE, start);
    let told = report(&destinations, start);
    assert_eq!((told.calls, told.errors), (1_024, 1));
    assert!(told.p95_ms.is_some_and(|ms| (94..=97).contains(&ms)), "{told:?}");
    let later = start.plus(recent::WINDOW).plus(Duration::from_millis(1));
    let told = report(&destinations, later);
    assert_eq!(
        (told.calls, told.errors, told.p95_ms),
        (0, 0, None),
        "it is long ago"
    );
    assert!(told.last_error.is_some(), "the last error stays");
}

proptest! {
    #[test]
    fn no_rest_outlasts_its_bound_and_time_always_lets_a_probe_through(
        steps in prop::collection::vec((any::<bool>(), 0i64..400_000), 1..60),
    ) {
        let destinations = connected(&[ONE]);
        let mut now = Timestamp(0);
        for (answered, wait) in steps {
            match answered {
                true => answer(&destinations, ONE, now),
                false => fail(&destinations, ONE, now),
            }
            if let Some((until, _)) = destinations.acts_again_at(ONE, now) {
                prop_assert!(until.since(now) <= LONGEST_REST);
                prop_assert!(destinations.admit(HOST, ONE, &ACTING, until).is_ok());
            }
            now = Timestamp(now.0 + wait);
        }
    }

    /// Set back by hours or days, the clock keeps no circuit open for as long.
    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_waiting(back in 600_000i64..100_000_000) {
        let destinations = connected(&[ONE]);
        let start = Timestamp(1_000_000_000);
        for _ in 0..TRIPS_AFTER {
            fail(&destinations, ONE, start);
        }
        prop_assert!(destinations.admit(HOST, ONE, &ACTING, Timestamp(start.0 - back)).is_ok());
    }
}

#[test]
fn calls_that_hang_while_others_are_answered_say_nothing_of_the_host() {
    let accounts: Vec<AccountId> = (1..=12).map(AccountId).collect();
    let destinations = connected(&accounts);
    let start = Timestamp(0);
    let (alive, hanging) = accounts.split_first().expect("there are some");
    let passes: Vec<_> = hanging
        .iter()
        .map(|account| {
            destinations
                .admit(HOST, *account, &ACTING, start)
                .expect("it is open")
        })
        .collect();
    answer(&destinations, *alive, start);
    let later = start.plus(Duration::from_secs(30));
    for pass in passes {
        pass.failed(Duration::from_secs(30), &no_answer(), later);
    }
    assert_eq!(report(&destinations, later).state, CircuitState::Closed);
    assert!(destinations.admit(HOST, *alive, &ACTING, later).is_ok());
}
