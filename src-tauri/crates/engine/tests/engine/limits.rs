//! A platform that limits, one that does not answer, and an account that a person paused.

use crate::platform::{Fate, TestPlatform, everything};
use crate::support::{add_account, desk, engine_on, in_review, queue};
use domain::{ActionKind, PlatformError};
use engine::destination::CircuitState;
use engine::outbox::OutboxWorker;
use engine::worker::Worker;
use engine::{Step, accounts, intake};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

fn unreachable() -> PlatformError {
    PlatformError::Unavailable {
        detail: "no route".to_owned(),
    }
}

#[tokio::test]
async fn an_hour_of_80002_costs_two_calls_and_loses_nothing() {
    let desk = desk().await;
    let mut actions = Vec::new();
    for n in 0..20 {
        let comment = desk.in_review(&format!("c{n}")).await;
        actions.push(desk.queue(comment, ActionKind::Reply, Some("Thank you!")).await);
    }
    let limited_at = desk.clock_now();
    desk.platform.state().down = Some(PlatformError::Throttled {
        retry_after: Some(HOUR),
    });
    let mut resumed_after = None;
    let mut calls = 0;
    for second in 0..2 * 3_600u32 {
        if Duration::from_secs(second.into()) == HOUR {
            calls = desk.platform.calls();
            desk.platform.state().down = None;
        }
        // Looks at the platform as often as people may ask for them.
        if second % 60 == 0 {
            for account in desk.engine.context().storage.accounts().await.unwrap() {
                let _refused =
                    intake::sync_account(desk.engine.context(), &account, intake::Depth::Incremental).await;
            }
        }
        desk.work().await;
        if resumed_after.is_none() && !desk.platform.state().ledger.is_empty() {
            resumed_after = Some(desk.clock_now().since(limited_at));
        }
        if resumed_after.is_some() && desk.platform.state().ledger.len() == actions.len() {
            break;
        }
        desk.wait(SECOND);
    }
    let resumed_after = resumed_after.expect("sending resumes by itself");
    println!(
        "80002 for 3600 s: {calls} calls during it, resumed {} s after it began, {} of {} replies posted",
        resumed_after.as_secs(),
        desk.platform.state().ledger.len(),
        actions.len()
    );
    assert!(calls <= 2, "{calls} calls while the platform asked for none");
    assert!(resumed_after < HOUR + 10 * SECOND);
    for action in actions {
        assert_eq!(desk.state(action).await, "confirmed");
    }
}

#[tokio::test]
async fn a_limit_is_remembered_over_a_restart_and_a_new_sign_in() {
    let desk = desk().await;
    let comment = desk.in_review("c1").await;
    desk.queue(comment, ActionKind::Reply, Some("Thank you!")).await;
    desk.platform
        .state()
        .fates
        .push_back(Fate::Refused(PlatformError::Throttled {
            retry_after: Some(HOUR),
        }));
    desk.work().await;
    desk.engine.stop().await;
    let engine = engine_on(&desk.file, &desk.clock).await;
    let account = add_account(&engine, "brand", desk.platform.clone()).await;
    assert_eq!(account, desk.account);
    let before = desk.platform.calls();
    desk.wait(30 * MINUTE);
    let worker = OutboxWorker::new(engine.context().clone());
    assert_eq!(worker.try_next().await.unwrap(), Step::Idle);
    assert_eq!(desk.platform.calls(), before, "the hour is not over");
    assert_eq!(engine.context().destinations().rests(desk.clock_now()).len(), 1);
    desk.wait(31 * MINUTE);
    while worker.try_next().await.unwrap() == Step::Worked {}
    assert_eq!(desk.platform.replies_under("c1"), ["Thank you!"]);
    engine.stop().await;
}

#[tokio::test]
async fn a_circuit_opens_probes_and_closes_and_an_outage_of_hours_fails_no_action() {
    let desk = desk().await;
    let mut actions = Vec::new();
    for n in 0..10 {
        let comment = desk.in_review(&format!("c{n}")).await;
        actions.push(desk.queue(comment, ActionKind::Reply, Some("Thank you!")).await);
    }
    let destinations = desk.engine.context().destinations().clone();
    let circuit = || destinations.report(desk.clock_now()).remove(0);
    desk.platform.state().down = Some(unreachable());
    let began = desk.clock_now();
    let mut opened_after = None;
    for _ in 0..3 * 720 {
        desk.work().await;
        if opened_after.is_none() && circuit().state == CircuitState::Open {
            let report = circuit();
            opened_after = Some((desk.clock_now().since(began), report.failures_in_a_row));
            assert!(report.next_probe.is_some() && report.last_error.is_some());
        }
        desk.wait(5 * SECOND);
    }
    let (opened_after, failures) = opened_after.expect("it opens");
    let calls = desk.platform.calls();
    desk.platform.state().down = None;
    let came_back = desk.clock_now();
    let mut closed_after = None;
    for _ in 0..1_200 {
        desk.work().await;
        if closed_after.is_none() && circuit().state == CircuitState::Closed {
            closed_after = Some(desk.clock_now().since(came_back));
        }
        if desk.platform.state().ledger.len() == actions.len() {
            break;
        }
        desk.wait(SECOND);
    }
    let closed_after = closed_after.expect("it closes");
    println!(
        "circuit: opened after {failures} failures and {} s; {calls} calls in 3 h of outage; closed {} s after the \
         platform came back; all {} replies posted {} s after it",
        opened_after.as_secs(),
        closed_after.as_secs(),
        actions.len(),
        desk.clock_now().since(came_back).as_secs()
    );
    assert_eq!(failures, 5);
    assert!(calls < 60, "{calls}: one probe per rest");
    assert!(closed_after <= 5 * MINUTE, "no rest is longer than that");
    for action in actions {
        assert_eq!(
            desk.state(action).await,
            "confirmed",
            "hours of outage fail nothing"
        );
    }
    assert_eq!(desk.platform.state().ledger.len(), 10, "each once");
}

#[tokio::test]
async fn writes_that_are_turned_away_for_hours_fail_nothing_and_after_a_day_a_person_decides() {
    let desk = desk().await;
    let comment = desk.in_review("c1").await;
    let action = desk.queue(comment, ActionKind::Reply, Some("Thank you!")).await;
    let turn_away = |times: usize| {
        let refusals = (0..times).map(|_| Fate::Refused(unreachable()));
        desk.platform.state().fates.extend(refusals);
    };
    turn_away(10_000);
    desk.work_for(6 * HOUR, 30 * SECOND).await;
    let shown = desk.shown(action).await;
    assert_eq!(shown.state, "retry_wait", "an outage of hours does not fail it");
    assert!(shown.attempts > 8, "{} sends were turned away", shown.attempts);
    desk.work_for(20 * HOUR, 5 * MINUTE).await;
    assert_eq!(desk.state(action).await, "failed");
    assert_eq!(desk.stage(comment).await, "to_review");
}

#[tokio::test]
async fn a_dead_account_opens_its_own_circuit_and_not_that_of_its_host() {
    let desk = desk().await;
    let dead = TestPlatform::new(everything());
    dead.state().down = Some(unreachable());
    let account = add_account(&desk.engine, "dead", dead.clone()).await;
    let comment = in_review(&desk.engine, account, &dead, "d1").await;
    let stays = queue(&desk.engine, comment, ActionKind::Reply, Some("Thank you!")).await;
    desk.work_for(5 * MINUTE, SECOND).await;
    let report = desk
        .engine
        .context()
        .destinations()
        .report(desk.clock_now())
        .remove(0);
    assert_eq!(
        (report.state, report.accounts_resting),
        (CircuitState::Closed, 1),
        "{report:?}"
    );
    let comment = desk.in_review("c1").await;
    let action = desk.queue(comment, ActionKind::Reply, Some("Thank you!")).await;
    desk.work().await;
    assert_eq!(desk.state(action).await, "confirmed");
    assert_ne!(desk.state(stays).await, "failed");
}

#[tokio::test]
async fn a_paused_account_sends_nothing_until_a_person_lets_it() {
    let desk = desk().await;
    let comment = desk.in_review("c1").await;
    let action = desk.queue(comment, ActionKind::Reply, Some("Thank you!")).await;
    accounts::pause(desk.engine.context(), desk.account)
        .await
        .unwrap();
    desk.work_for(5 * MINUTE, SECOND).await;
    assert_eq!(desk.platform.calls(), 0);
    let remaining = desk.engine.remaining().await.unwrap();
    assert_eq!(remaining.held_up.len(), 1, "{remaining:?}");
    accounts::resume(desk.engine.context(), desk.account)
        .await
        .unwrap();
    desk.work().await;
    assert_eq!(desk.state(action).await, "confirmed");
}
