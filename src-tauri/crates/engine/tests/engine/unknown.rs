//! What a person can do about an outcome that nobody heard.

use crate::platform::Fate;
use crate::support::{Desk, desk};
use domain::{ActionId, ActionKind, CommentId, PlatformError};
use engine::EngineError;
use engine::outbox::Verdict;
use std::time::Duration;
use storage::StorageError;

const MINUTE: Duration = Duration::from_secs(60);

async fn lost(desk: &Desk, id: &str, kind: ActionKind, done: bool) -> (CommentId, ActionId) {
    let comment = desk.in_review(id).await;
    desk.platform.state().fates.push_back(Fate::Lost { done });
    let text = kind.has_text().then_some("Thank you!");
    let action = desk.queue(comment, kind, text).await;
    desk.work().await;
    assert_eq!(desk.state(action).await, "unknown");
    (comment, action)
}

fn unreachable() -> PlatformError {
    PlatformError::Unavailable {
        detail: "no route".to_owned(),
    }
}

#[tokio::test]
async fn a_look_finds_what_is_there_and_tells_when_it_cannot_tell() {
    let desk = desk().await;
    let (_, there) = lost(&desk, "c1", ActionKind::Reply, true).await;
    let view = desk.engine.settle_unknown(there, Verdict::LookNow).await.unwrap();
    assert_eq!(view.state, "confirmed");
    let again = desk.engine.settle_unknown(there, Verdict::LookNow).await;
    assert!(
        matches!(again, Err(EngineError::Storage(StorageError::MovedOn))),
        "{again:?}"
    );
    let (_, absent) = lost(&desk, "c2", ActionKind::Reply, false).await;
    let view = desk
        .engine
        .settle_unknown(absent, Verdict::LookNow)
        .await
        .unwrap();
    assert_eq!(view.state, "unknown", "the request may still arrive");
    assert!(view.note.unwrap().contains("may still arrive"));
}

#[tokio::test]
async fn it_is_sent_again_only_after_a_read_that_does_not_show_it() {
    let desk = desk().await;
    let (_, there) = lost(&desk, "c1", ActionKind::Reply, true).await;
    let view = desk
        .engine
        .settle_unknown(there, Verdict::SendAgain)
        .await
        .unwrap();
    assert_eq!(view.state, "confirmed", "it was there: nothing is sent again");
    let (_, absent) = lost(&desk, "c2", ActionKind::Reply, false).await;
    let early = desk.engine.settle_unknown(absent, Verdict::SendAgain).await;
    assert!(matches!(early, Err(EngineError::Invalid(_))), "{early:?}");
    assert_eq!(desk.state(absent).await, "unknown");
    desk.wait(MINUTE);
    desk.platform.state().down = Some(unreachable());
    let blind = desk.engine.settle_unknown(absent, Verdict::SendAgain).await;
    assert!(
        matches!(blind, Err(EngineError::Platform(_))),
        "no read, no send: {blind:?}"
    );
    assert_eq!(desk.state(absent).await, "unknown");
    desk.platform.state().down = None;
    let view = desk
        .engine
        .settle_unknown(absent, Verdict::SendAgain)
        .await
        .unwrap();
    assert_eq!(view.state, "ready");
    desk.work().await;
    assert_eq!(desk.state(absent).await, "confirmed");
    assert_eq!(desk.platform.replies_under("c2").len(), 1);
}

#[tokio::test]
async fn a_person_s_word_ends_it_either_way() {
    let desk = desk().await;
    let (comment, posted) = lost(&desk, "c1", ActionKind::Reply, true).await;
    let view = desk.engine.settle_unknown(posted, Verdict::Posted).await.unwrap();
    assert_eq!(
        (view.state.as_str(), desk.stage(comment).await.as_str()),
        ("confirmed", "done")
    );
    let (comment, given_up) = lost(&desk, "c2", ActionKind::Reply, true).await;
    let early = desk.engine.settle_unknown(given_up, Verdict::GiveUp).await;
    assert!(
        matches!(early, Err(EngineError::Invalid(_))),
        "what may still arrive would meet the next reply: {early:?}"
    );
    desk.wait(MINUTE);
    let view = desk
        .engine
        .settle_unknown(given_up, Verdict::GiveUp)
        .await
        .unwrap();
    assert_eq!(
        (view.state.as_str(), desk.stage(comment).await.as_str()),
        ("failed", "to_review")
    );
    // It was there after all: the reply that is asked for next finds it and is not sent.
    let next = desk
        .queue(comment, ActionKind::Reply, Some("Thanks a lot!"))
        .await;
    desk.work().await;
    assert_eq!(desk.state(next).await, "cancelled");
    assert_eq!(desk.platform.replies_under("c2"), ["Thank you!"]);
}

#[tokio::test]
async fn a_private_reply_waits_for_a_person_and_the_platform_tells_of_the_first_one() {
    let desk = desk().await;
    let (comment, action) = lost(&desk, "c1", ActionKind::PrivateReply, true).await;
    desk.work_for(30 * MINUTE, MINUTE).await;
    let waiting = desk.shown(action).await;
    assert_eq!(waiting.state, "unknown", "nothing is sent by itself");
    assert!(waiting.note.unwrap().contains("cannot be read back"));
    assert_eq!(desk.platform.called("private_reply"), 1);
    let look = desk.engine.settle_unknown(action, Verdict::LookNow).await;
    assert!(matches!(look, Err(EngineError::Invalid(_))), "{look:?}");
    let remaining = desk.engine.remaining().await.unwrap();
    assert_eq!(remaining.moving, 0, "it waits for a person: {remaining:?}");
    desk.engine
        .settle_unknown(action, Verdict::SendAgain)
        .await
        .unwrap();
    desk.work().await;
    let confirmed = desk.shown(action).await;
    assert_eq!(
        confirmed.state, "confirmed",
        "10900 tells that the first one was sent"
    );
    assert_eq!(desk.stage(comment).await, "done");
    let sent: usize = desk.platform.state().private.values().map(Vec::len).sum();
    assert_eq!(sent, 1);
}

#[tokio::test]
async fn a_private_reply_that_was_refused_the_first_time_was_not_ours() {
    let desk = desk().await;
    let comment = desk.in_review("c1").await;
    desk.platform
        .state()
        .private
        .insert("c1".into(), vec!["by somebody else".to_owned()]);
    let action = desk
        .queue(comment, ActionKind::PrivateReply, Some("Thank you!"))
        .await;
    desk.work().await;
    assert_eq!(desk.state(action).await, "failed", "the team wrote it elsewhere");
    assert_eq!(desk.stage(comment).await, "to_review");
}
