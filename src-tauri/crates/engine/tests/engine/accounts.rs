//! Twenty accounts: one that hangs slows no other, and nobody sends twice.

use crate::platform::{TestPlatform, everything};
use crate::support::{Desk, add_account, desk, in_review, queue};
use domain::{AccountId, ActionId, ActionKind};
use engine::outbox::OutboxWorker;
use engine::worker::Worker;
use std::time::{Duration, Instant};

const ACCOUNTS: usize = 20;
const EACH: usize = 3;
const WITHIN: Duration = Duration::from_secs(60);

struct Account {
    id: AccountId,
    platform: TestPlatform,
}

async fn twenty(desk: &Desk) -> Vec<Account> {
    let mut accounts = Vec::new();
    for n in 0..ACCOUNTS {
        let platform = TestPlatform::new(everything());
        platform.state().now = desk.clock_now().0;
        let id = add_account(&desk.engine, &format!("brand{n}"), platform.clone()).await;
        accounts.push(Account { id, platform });
    }
    accounts
}

/// Queues replies for every account and waits until all but the first account's are posted. Returns when each was.
async fn p95_of_the_others(desk: &Desk, accounts: &[Account], round: &str) -> Duration {
    let mut open: Vec<(ActionId, usize)> = Vec::new();
    for (n, account) in accounts.iter().enumerate() {
        for k in 0..EACH {
            let name = format!("{round}-{n}-{k}");
            let comment = in_review(&desk.engine, account.id, &account.platform, &name).await;
            let action = queue(&desk.engine, comment, ActionKind::Reply, Some("Thank you!")).await;
            open.push((action, n));
        }
    }
    open.retain(|(_, n)| *n > 0);
    let started = Instant::now();
    desk.engine.context().wake();
    let mut took = Vec::new();
    while !open.is_empty() {
        assert!(started.elapsed() < WITHIN, "{} replies are held up", open.len());
        let mut still = Vec::new();
        for (action, n) in open {
            match desk.state(action).await.as_str() {
                "confirmed" => took.push(started.elapsed()),
                _ => still.push((action, n)),
            }
        }
        open = still;
        tokio::task::yield_now().await;
    }
    took.sort_unstable();
    took[(took.len() * 95).div_ceil(100) - 1]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_account_that_hangs_slows_no_other() {
    let desk = desk().await;
    let accounts = twenty(&desk).await;
    desk.engine.start_without_looking();
    let before = p95_of_the_others(&desk, &accounts, "well").await;
    accounts[0].platform.state().hangs = true;
    let with_dead = p95_of_the_others(&desk, &accounts, "dead").await;
    println!(
        "p95 of the other 19 accounts: {} ms with all well, {} ms with one that hangs",
        before.as_millis(),
        with_dead.as_millis()
    );
    // The hanging call would hold a shared step up for as long as it hangs: here, for ever.
    assert!(
        with_dead < before * 3 + Duration::from_secs(1),
        "{with_dead:?} against {before:?}"
    );
    for account in &accounts[1..] {
        let written = account.platform.state().ledger.len();
        assert_eq!(written, 2 * EACH, "each reply once");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_side_by_side_never_send_twice_nor_take_up_a_live_send() {
    let desk = desk().await;
    let accounts = twenty(&desk).await;
    let mut actions = Vec::new();
    for (n, account) in accounts.iter().enumerate() {
        for k in 0..EACH {
            let comment = in_review(&desk.engine, account.id, &account.platform, &format!("{n}-{k}")).await;
            actions.push(queue(&desk.engine, comment, ActionKind::Reply, Some("Thank you!")).await);
        }
    }
    let workers = (0..4).map(|_| {
        let context = desk.engine.context().clone();
        tokio::spawn(async move {
            let worker = OutboxWorker::new(context);
            for _ in 0..200 {
                worker.try_next().await.unwrap();
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.unwrap();
    }
    for action in actions {
        let shown = desk.shown(action).await;
        assert_eq!(
            (shown.state.as_str(), shown.attempts),
            ("confirmed", 1),
            "{shown:?}"
        );
        let comment = domain::CommentId(shown.comment_id);
        let trace = desk.engine.context().storage.trace(comment).await.unwrap();
        let lost = trace.iter().filter(|row| row.verb == "unknown").count();
        assert_eq!(lost, 0, "a live send was never taken for a lost one");
    }
    for account in &accounts {
        assert_eq!(account.platform.state().ledger.len(), EACH);
    }
}
