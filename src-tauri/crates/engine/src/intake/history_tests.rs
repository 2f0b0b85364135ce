//! What was there before, what is pushed, clocks that jump, and accounts that do not answer.
#![allow(clippy::unwrap_used)]

use super::desk::{Desk, Feed, NOW, remote};
use super::{Depth, DraftsFrom, ImportWorker, LOOKS_AT_A_TIME, SyncWorker, store_pushed, sync_account};
use crate::accounts::{self, StoredData};
use crate::worker::Worker;
use crate::{EngineError, Step};
use contract::ConnectionState;
use domain::ports::Element;
use domain::{Stage, Timestamp};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use storage::ImportState;

const DAY: Duration = Duration::from_secs(86_400);

/// So many comments under one post, an hour apart, the newest an hour before the account is connected.
fn feed(post: &str, comments: u64) -> Arc<Feed> {
    let feed = Arc::new(Feed::default());
    add_post(&feed, post, comments);
    feed
}

fn add_post(feed: &Feed, post: &str, comments: u64) {
    for back in (1..=comments).rev() {
        let published_at = NOW.minus(Duration::from_secs(3_600 * back));
        feed.comment(post, &format!("{post}-{back}"), published_at);
    }
}

async fn until_idle(worker: &dyn Worker) -> usize {
    let mut steps = 0;
    while worker.try_next().await.unwrap() == Step::Worked {
        steps += 1;
    }
    steps
}

#[tokio::test]
async fn history_is_read_in_the_background_and_new_comments_are_seen_first() {
    let desk = Desk::new().await;
    let feed = feed("a", 7);
    add_post(&feed, "b", 3);
    desk.connect("brand", &feed, DraftsFrom::Connecting).await;
    let (sync, import) = (
        SyncWorker::new(desk.context.clone()),
        ImportWorker::new(desk.context.clone()),
    );
    until_idle(&sync).await;
    assert_eq!(desk.stored().await, 4, "the first page of each post");

    desk.clock.advance(Duration::from_secs(61));
    feed.comment("a", "fresh", desk.clock_now());
    until_idle(&sync).await;
    assert_eq!(
        desk.stored().await,
        5,
        "the new one is here before the rest of the history, which is not read along"
    );

    until_idle(&import).await;
    assert_eq!(desk.stored().await, 11, "everything is here, each once");
    let row = desk.account("brand").await;
    assert_eq!(row.import, ImportState::Done);

    desk.classify_all().await;
    assert_eq!(
        desk.in_stage(Stage::ToDraft).await,
        1,
        "only the new one asks for a reply"
    );
    assert_eq!(
        desk.in_stage(Stage::Done).await,
        10,
        "history is understood and closed"
    );
    let progress = desk.context.storage.import_progress(row.id).await.unwrap();
    assert_eq!(
        (progress.posts, progress.posts_done, progress.history),
        (2, 2, 10)
    );

    let earlier = Some(NOW.minus(Duration::from_secs(2 * 3_600)));
    let reopened = accounts::set_drafts_from(&desk.context, row.id, earlier)
        .await
        .unwrap();
    assert_eq!(reopened, 4, "the two newest of each post are not older than that");
    assert_eq!(desk.in_stage(Stage::ToDraft).await, 5);
    assert_eq!(
        accounts::set_drafts_from(&desk.context, row.id, earlier)
            .await
            .unwrap(),
        0,
        "nothing is taken up twice"
    );
}

#[tokio::test]
async fn an_import_goes_on_where_a_restart_cut_it_off() {
    let desk = Desk::new().await;
    let feed = feed("a", 9);
    desk.connect("brand", &feed, DraftsFrom::Connecting).await;
    until_idle(&SyncWorker::new(desk.context.clone())).await;
    let import = ImportWorker::new(desk.context.clone());
    assert_eq!(import.try_next().await.unwrap(), Step::Worked);
    assert_eq!(desk.stored().await, 4);
    drop(import);

    let desk = desk.restarted().await;
    desk.connect("brand", &feed, DraftsFrom::Connecting).await;
    feed.calls.store(0, Ordering::SeqCst);
    until_idle(&ImportWorker::new(desk.context.clone())).await;
    assert_eq!(desk.stored().await, 9);
    assert_eq!(
        feed.calls.load(Ordering::SeqCst),
        3,
        "pages that were read are not read again"
    );
}

#[tokio::test]
async fn a_paused_import_reads_nothing_until_it_is_resumed() {
    let desk = Desk::new().await;
    let feed = feed("a", 5);
    let row = desk.connect("brand", &feed, DraftsFrom::Connecting).await;
    until_idle(&SyncWorker::new(desk.context.clone())).await;
    accounts::pause_import(&desk.context, row.id).await.unwrap();
    let import = ImportWorker::new(desk.context.clone());
    until_idle(&import).await;
    assert_eq!(desk.stored().await, 2, "paused");
    accounts::resume_import(&desk.context, row.id).await.unwrap();
    desk.clock.advance(Duration::from_secs(60));
    until_idle(&import).await;
    assert_eq!(desk.stored().await, 5, "resumed");
}

#[tokio::test]
async fn without_a_date_the_first_look_reads_everything_and_all_of_it_asks_for_a_reply() {
    let desk = Desk::new().await;
    let feed = feed("a", 5);
    desk.connect("brand", &feed, DraftsFrom::Everything).await;
    until_idle(&SyncWorker::new(desk.context.clone())).await;
    desk.classify_all().await;
    assert_eq!(desk.in_stage(Stage::ToDraft).await, 5);
}

#[tokio::test]
async fn a_pushed_comment_is_stored_once_whoever_brings_it_again() {
    let desk = Desk::new().await;
    let feed = feed("a", 1);
    let row = desk.connect("brand", &feed, DraftsFrom::Everything).await;
    sync_account(&desk.context, &row, Depth::Incremental)
        .await
        .unwrap();

    feed.comment("a", "pushed", NOW);
    let push = || {
        vec![
            Element::Malformed {
                raw: r#"{"id":"broken"}"#.to_owned(),
                reason: "no text".to_owned(),
            },
            Element::Read(remote("a", "pushed", NOW)),
        ]
    };
    let stored = store_pushed(&desk.context, row.id, push()).await.unwrap();
    assert_eq!((stored.new.len(), stored.quarantined), (1, 1));
    let again = store_pushed(&desk.context, row.id, push()).await.unwrap();
    assert_eq!((again.new.len(), again.known, again.quarantined), (0, 1, 0));

    feed.calls.store(0, Ordering::SeqCst);
    let looked = sync_account(&desk.context, &row, Depth::Incremental)
        .await
        .unwrap();
    assert_eq!(looked.new, 0, "polling doubles nothing");
    assert_eq!(
        feed.calls.load(Ordering::SeqCst),
        1,
        "what was pushed is accounted for: only the posts are listed"
    );
    assert_eq!(desk.stored().await, 2);
}

#[tokio::test]
async fn clocks_that_jump_lose_nothing_and_storm_nothing() {
    let desk = Desk::new().await;
    let feed = feed("a", 1);
    desk.connect("brand", &feed, DraftsFrom::Everything).await;
    let sync = SyncWorker::new(desk.context.clone());
    until_idle(&sync).await;

    desk.clock.advance(30 * DAY);
    feed.comment("a", "while-away", NOW);
    assert_eq!(
        until_idle(&sync).await,
        1,
        "a month offline is one look, not thousands"
    );
    assert_eq!(desk.stored().await, 2);

    desk.clock.set(NOW.plus(Duration::from_secs(61)));
    feed.comment("a", "after-the-jump-back", NOW);
    assert_eq!(
        until_idle(&sync).await,
        1,
        "it does not wait for the month to pass again"
    );
    assert_eq!(desk.stored().await, 3);
}

#[tokio::test]
async fn a_lost_sign_in_is_one_notice() {
    let desk = Desk::new().await;
    let feed = feed("a", 1);
    desk.connect("brand", &feed, DraftsFrom::Everything).await;
    feed.signed_out.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        let row = desk.account("brand").await;
        let looked = sync_account(&desk.context, &row, Depth::Incremental).await;
        assert!(matches!(looked, Err(EngineError::Platform(_))), "{looked:?}");
        assert_eq!(desk.account("brand").await.connection, ConnectionState::SignedOut);
    }
    let noted = desk.context.storage.workspace_activity(10).await.unwrap();
    let verbs: Vec<&str> = noted.iter().map(|row| row.verb.as_str()).collect();
    assert_eq!(verbs, ["signed_out"], "not one for each call that met it");
    feed.signed_out.store(false, Ordering::SeqCst);
    let row = desk.account("brand").await;
    sync_account(&desk.context, &row, Depth::Incremental)
        .await
        .unwrap();
    assert_eq!(desk.account("brand").await.connection, ConnectionState::Connected);
}

#[tokio::test]
async fn a_person_pauses_an_account_and_takes_it_off_with_its_data() {
    let desk = Desk::new().await;
    let (one, other) = (feed("a", 3), feed("b", 2));
    let row = desk.connect("one", &one, DraftsFrom::Everything).await;
    desk.connect("other", &other, DraftsFrom::Everything).await;
    accounts::pause(&desk.context, row.id).await.unwrap();
    let sync = SyncWorker::new(desk.context.clone());
    until_idle(&sync).await;
    assert_eq!(one.calls.load(Ordering::SeqCst), 0, "paused");
    assert_eq!(desk.stored().await, 2);
    accounts::resume(&desk.context, row.id).await.unwrap();
    desk.clock.advance(Duration::from_secs(6));
    until_idle(&sync).await;
    assert_eq!(desk.stored().await, 5);

    accounts::disconnect(&desk.context, row.id, StoredData::Delete)
        .await
        .unwrap();
    assert_eq!(desk.stored().await, 2, "the other account keeps its comments");
    let left: Vec<String> = desk
        .context
        .storage
        .accounts()
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.username)
        .collect();
    assert_eq!(left, ["other"]);
    desk.clock.advance(DAY);
    one.calls.store(0, Ordering::SeqCst);
    until_idle(&sync).await;
    assert_eq!(
        one.calls.load(Ordering::SeqCst),
        0,
        "nothing is asked for it any more"
    );
}

#[tokio::test]
async fn accounts_that_hang_leave_the_others_room() {
    let desk = Desk::new().await;
    let mut dead = Vec::new();
    for at in 0..15 {
        let hanging = feed("a", 1);
        hanging.hangs.store(true, Ordering::SeqCst);
        desk.connect(&format!("dead-{at}"), &hanging, DraftsFrom::Everything)
            .await;
        dead.push(hanging);
    }
    let alive: Vec<Arc<Feed>> = (0..5).map(|_| feed("a", 1)).collect();
    for (at, feed) in alive.iter().enumerate() {
        desk.connect(&format!("alive-{at}"), feed, DraftsFrom::Everything)
            .await;
    }
    let sync = Arc::new(SyncWorker::new(desk.context.clone()));
    // Nobody knows them at first; who failed once holds eight loops at the most.
    for (round, hanging) in [(1, 15), (2, 8)] {
        for feed in dead.iter().chain(&alive) {
            feed.calls.store(0, Ordering::SeqCst);
        }
        for feed in &alive {
            feed.comment("a", &format!("round-{round}"), NOW);
        }
        let steps: Vec<_> = (0..LOOKS_AT_A_TIME)
            .map(|_| {
                let sync = Arc::clone(&sync);
                tokio::spawn(async move { sync.try_next().await })
            })
            .collect();
        // The dead ones hang until they are released below: who is done before was not held up by them.
        let others = async {
            while steps.iter().filter(|step| step.is_finished()).count() < LOOKS_AT_A_TIME - hanging {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), others)
            .await
            .expect("the others are looked at while the dead ones hang");
        assert_eq!(
            desk.stored().await,
            5 * (round + 1),
            "each of the others was seen"
        );
        let asked = |feed: &&Arc<Feed>| feed.calls.load(Ordering::SeqCst) > 0;
        assert_eq!(dead.iter().filter(asked).count(), hanging, "round {round}");
        for feed in &dead {
            feed.released.notify_waiters();
        }
        for step in steps {
            step.await.unwrap().unwrap();
        }
        desk.clock.advance(Duration::from_secs(120));
    }
}

impl Desk {
    fn clock_now(&self) -> Timestamp {
        domain::ports::Clock::now(self.clock.as_ref())
    }
}
