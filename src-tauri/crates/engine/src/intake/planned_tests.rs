//! Looks that are planned by the units that are left.

use super::desk::{Desk, Feed, NOW, remote};
use super::{Depth, DraftsFrom, SyncReport, SyncWorker, sync_account};
use crate::{Step, worker::Worker};
use domain::ports::Clock;
use domain::quota::{QuotaBudget, QuotaLedger, SpendKind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A feed of `posts` posts with one comment each that pays by units.
fn feed(desk: &Desk, posts: usize, daily_units: u32) -> Arc<Feed> {
    let feed = Feed::default();
    for n in 0..posts {
        feed.comment(&format!("p{n}"), &format!("c{n}"), NOW.minus(MINUTE));
    }
    let budget = QuotaBudget {
        daily_units,
        reserve_units: daily_units / 2,
    };
    *feed.ledger.lock().unwrap() = Some(QuotaLedger::new(budget, NOW));
    *feed.clock.lock().unwrap() = Some(Arc::clone(&desk.clock));
    Arc::new(feed)
}

async fn look(desk: &Desk) -> SyncReport {
    let row = desk.account("brand").await;
    sync_account(&desk.context, &row, Depth::Incremental)
        .await
        .unwrap()
}

async fn until_idle(sync: &SyncWorker) {
    while sync.try_next().await.unwrap() == Step::Worked {}
}

fn units(feed: &Feed, kind: SpendKind) -> u32 {
    let ledger = feed.ledger.lock().unwrap();
    let spent = ledger.as_ref().unwrap().spent_by_kind(NOW);
    spent.get(&kind).copied().unwrap_or(0)
}

#[tokio::test]
async fn one_listing_of_the_account_shows_the_comments_of_every_post_and_of_one_that_nobody_knew() {
    let desk = Desk::new().await;
    let feed = feed(&desk, 3, 10_000);
    desk.connect("brand", &feed, DraftsFrom::Everything).await;
    let first = look(&desk).await;
    assert_eq!(first.new, 3);
    assert!(
        first.next_at.is_some_and(|at| at > NOW),
        "the plan says when to look again"
    );

    feed.comment("p1", "late", NOW);
    feed.comment("p9", "under a new upload", NOW);
    feed.held.lock().unwrap().push(remote("p0", "held", NOW));
    desk.clock.advance(2 * 60 * MINUTE);
    assert_eq!(look(&desk).await.new, 3);
    assert_eq!(desk.stored().await, 6);
}

#[tokio::test]
async fn looks_come_as_the_plan_says_and_never_touch_the_reserve() {
    let desk = Desk::new().await;
    let feed = feed(&desk, 4, 400);
    desk.connect("brand", &feed, DraftsFrom::Everything).await;
    let sync = SyncWorker::new(desk.context.clone());
    until_idle(&sync).await;
    let resets_at = feed.ledger.lock().unwrap().as_ref().unwrap().resets_at(NOW);
    let calls = feed.calls.load(Ordering::SeqCst);
    desk.clock.advance(Duration::from_secs(2));
    until_idle(&sync).await;
    assert!(
        feed.calls.load(Ordering::SeqCst) - calls <= 6,
        "nothing new is due after two seconds but sweeps that had to wait"
    );
    while desk.context.now() < resets_at.minus(10 * MINUTE) {
        desk.clock.advance(5 * MINUTE);
        until_idle(&sync).await;
    }
    let ledger = feed.ledger.lock().unwrap().clone().unwrap();
    let spent: u32 = ledger.spent_by_kind(desk.context.now()).values().sum();
    assert!(spent <= 200, "{spent} units of 200 that are not kept back");
    assert!(spent > 50, "{spent}: they are there to be used");
    assert!(
        ledger.replies_possible(desk.context.now()) >= 3,
        "what people decide is kept"
    );
}

#[tokio::test]
async fn a_reply_under_an_old_thread_is_found_by_the_count_of_its_post() {
    let desk = Desk::new().await;
    let feed = feed(&desk, 2, 10_000);
    desk.connect("brand", &feed, DraftsFrom::Everything).await;
    let sync = SyncWorker::new(desk.context.clone());
    for _ in 0..30 {
        until_idle(&sync).await;
        desk.clock.advance(MINUTE);
    }
    assert_eq!(desk.stored().await, 2);
    // Old enough to stand below everything that the listing of the account shows on its first page.
    let old = NOW.minus(Duration::from_secs(40 * 86_400));
    feed.posts.lock().unwrap()[0]
        .1
        .push(remote("p0", "late reply", old));
    let before = units(&feed, SpendKind::ListThreads);
    for _ in 0..180 {
        desk.clock.advance(MINUTE);
        until_idle(&sync).await;
    }
    assert_eq!(desk.stored().await, 3);
    assert!(units(&feed, SpendKind::ListThreads) > before);
}

#[tokio::test]
async fn when_the_units_are_spent_nothing_is_asked_until_they_are_full_again() {
    let desk = Desk::new().await;
    let feed = feed(&desk, 1, 10_000);
    desk.connect("brand", &feed, DraftsFrom::Everything).await;
    let sync = SyncWorker::new(desk.context.clone());
    until_idle(&sync).await;
    let resets_at = {
        let mut ledger = feed.ledger.lock().unwrap();
        ledger.as_mut().unwrap().exhaust(desk.context.now()).resets_at
    };
    desk.clock.advance(15 * MINUTE);
    until_idle(&sync).await;
    let calls = feed.calls.load(Ordering::SeqCst);
    feed.comment("p0", "while nothing was left", NOW);
    while desk.context.now() < resets_at.minus(MINUTE) {
        desk.clock.advance(15 * MINUTE);
        until_idle(&sync).await;
        if desk.context.now() < resets_at {
            assert_eq!(
                feed.calls.load(Ordering::SeqCst),
                calls,
                "every call would be refused"
            );
        }
    }
    for _ in 0..30 {
        desk.clock.advance(MINUTE);
        until_idle(&sync).await;
    }
    assert_eq!(desk.stored().await, 2, "the next day it goes on by itself");
}
