//! A platform that tells what happens once, and shows nothing a second time.

use crate::platform::{Fate, TestPlatform, everything};
use crate::support::{Desk, desk_with, written};
use domain::ports::RemoteComment;
use domain::{ActionKind, Arrival, Capabilities, PlatformError, PlatformId, ReplyTarget, Timestamp};
use engine::EngineError;
use engine::intake::{Depth, SyncReport, SyncWorker, sync_account};
use engine::outbox::Verdict;
use engine::worker::Worker;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

async fn desk() -> Desk {
    let desk = desk_with(TestPlatform::new(Capabilities {
        can_hide: None,
        replies_to: ReplyTarget::Any,
        arrival: Arrival::Told,
        can_look_again: false,
        notices_deletions: false,
        ..everything()
    }))
    .await;
    let storage = &desk.engine.context().storage;
    let post = PlatformId::from("p1");
    storage
        .ensure_post(desk.account, &post, desk.clock_now())
        .await
        .unwrap();
    desk
}

async fn look(desk: &Desk) -> Result<SyncReport, EngineError> {
    let context = desk.engine.context();
    let accounts = context.storage.accounts().await.unwrap();
    sync_account(context, &accounts[0], Depth::Incremental).await
}

fn said(id: &str, text: &str, at: Timestamp) -> RemoteComment {
    RemoteComment {
        text: text.to_owned(),
        ..written(id, at)
    }
}

#[tokio::test]
async fn a_look_takes_in_all_that_was_told_and_forgets_it_only_afterwards() {
    let desk = desk().await;
    let now = desk.clock_now();
    let told = (0..5).map(|n| said(&format!("c{n}"), "hello", now));
    desk.platform.state().told.extend(told);
    assert_eq!(look(&desk).await.unwrap().new, 5);
    assert_eq!(desk.platform.called("comments"), 0, "nothing is listed");
    assert_eq!(desk.platform.called("comment"), 0, "nor looked at again");
    assert_eq!(
        desk.platform.state().confirmed,
        4,
        "the last batch is given up by asking from behind it, not before"
    );
    assert_eq!(look(&desk).await.unwrap().new, 0);
    assert_eq!(desk.platform.state().confirmed, 5);
}

#[tokio::test]
async fn the_worker_listens_again_at_once_however_quiet_it_is() {
    let desk = desk().await;
    let worker = SyncWorker::new(desk.engine.context().clone());
    for n in 1..40 {
        worker.try_next().await.unwrap();
        assert_eq!(desk.platform.called("updates"), n);
        desk.wait(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn the_reply_goes_to_the_very_comment_and_an_edit_that_was_told_stops_it() {
    let desk = desk().await;
    let now = desk.clock_now();
    let answer = RemoteComment {
        parent_id: Some(PlatformId::from("c1")),
        ..said("c2", "me too", now)
    };
    desk.platform.holds(answer.clone());
    desk.in_review("c1").await;
    desk.platform.state().told.push(answer);
    look(&desk).await.unwrap();
    let storage = &desk.engine.context().storage;
    let second = storage
        .find_comment(desk.account, &PlatformId::from("c2"))
        .await
        .unwrap()
        .unwrap();
    desk.classified(second).await;
    let reply = desk.queue(second, ActionKind::Reply, Some("Thank you!")).await;
    desk.work().await;
    assert_eq!(desk.state(reply).await, "confirmed");
    assert_eq!(desk.platform.state().ledger, ["reply c2 Thank you!"]);

    let third = desk.in_review("c3").await;
    let late = desk.queue(third, ActionKind::Reply, Some("Thank you!")).await;
    let edited = said("c3", "no, thank you", now);
    desk.platform.state().told.push(edited);
    desk.work().await;
    assert_eq!(
        desk.state(late).await,
        "cancelled",
        "what was told by then is looked at before a send"
    );
    assert_eq!(desk.platform.state().ledger.len(), 1);
}

#[tokio::test]
async fn a_lost_reply_waits_for_a_person_and_is_never_sent_again_by_itself() {
    for done in [true, false] {
        let desk = desk().await;
        let comment = desk.in_review("c1").await;
        desk.platform.state().fates.push_back(Fate::Lost { done });
        let reply = desk.queue(comment, ActionKind::Reply, Some("Thank you!")).await;
        desk.work_for(24 * 60 * MINUTE, 10 * MINUTE).await;
        let waiting = desk.shown(reply).await;
        assert_eq!(waiting.state, "unknown");
        assert!(waiting.note.unwrap().contains("look at the thread"));
        assert_eq!(desk.platform.called("reply"), 1);
        let look = desk.engine.settle_unknown(reply, Verdict::LookNow).await;
        assert!(matches!(look, Err(EngineError::Invalid(_))), "{look:?}");
        let verdict = match done {
            true => Verdict::Posted,
            false => Verdict::SendAgain,
        };
        desk.engine.settle_unknown(reply, verdict).await.unwrap();
        desk.work().await;
        assert_eq!(desk.state(reply).await, "confirmed");
        assert_eq!(
            desk.platform.replies_under("c1"),
            ["Thank you!"],
            "once, as the person said"
        );
    }
}

#[tokio::test]
async fn a_person_s_word_to_send_again_counts_only_when_the_first_can_arrive_no_longer() {
    let desk = desk().await;
    let comment = desk.in_review("c1").await;
    desk.platform.state().fates.push_back(Fate::Lost { done: false });
    let reply = desk.queue(comment, ActionKind::Reply, Some("Thank you!")).await;
    desk.work().await;
    let early = desk.engine.settle_unknown(reply, Verdict::SendAgain).await;
    assert!(matches!(early, Err(EngineError::Invalid(_))), "{early:?}");
    assert_eq!(desk.platform.called("reply"), 1);
}

#[tokio::test]
async fn what_may_be_done_twice_is_asked_for_once_more() {
    for kind in [ActionKind::Delete, ActionKind::Ban] {
        let desk = desk().await;
        let comment = desk.in_review("c1").await;
        desk.platform.state().fates.push_back(Fate::Lost { done: false });
        let action = desk.queue(comment, kind, None).await;
        desk.work().await;
        assert_eq!(desk.state(action).await, "unknown", "{kind}");
        desk.work_for(5 * MINUTE, Duration::from_secs(1)).await;
        assert_eq!(desk.state(action).await, "confirmed", "{kind}");
        assert_eq!(desk.platform.state().ledger.len(), 1, "{kind}");
    }
}

#[tokio::test]
async fn nothing_is_sent_while_the_platform_cannot_tell_what_happened() {
    let desk = desk().await;
    let comment = desk.in_review("c1").await;
    let reply = desk.queue(comment, ActionKind::Reply, Some("Thank you!")).await;
    desk.platform.state().down = Some(PlatformError::Unavailable {
        detail: "no route".to_owned(),
    });
    desk.work().await;
    assert_eq!(desk.platform.called("reply"), 0);
    desk.platform.state().down = None;
    desk.work_for(5 * MINUTE, Duration::from_secs(5)).await;
    assert_eq!(desk.state(reply).await, "confirmed");
}
