//! What a person does to a post itself.

use crate::platform::{Fate, TestPlatform, everything};
use crate::support::{Desk, desk, desk_with, engine_on, written};
use contract::{Mode, OwnCommentView, PostDetail, PostRefusal};
use domain::{Capabilities, OwnCommentId, PlatformError, PlatformId, PostId};
use engine::EngineError;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const WORDS: &str = "The winners are in our story";

async fn post_of(desk: &Desk) -> PostId {
    let context = desk.engine.context();
    let now = context.now();
    let post = context
        .storage
        .ensure_post(desk.account, &PlatformId::from("p1"), now)
        .await
        .unwrap();
    post.id
}

fn newest(detail: &PostDetail) -> &OwnCommentView {
    detail.own_comments.iter().max_by_key(|own| own.id).unwrap()
}

async fn state_of(desk: &Desk, post: PostId) -> String {
    newest(&desk.engine.post(post).await.unwrap()).state.clone()
}

#[tokio::test]
async fn a_comment_goes_out_after_its_hold_and_once() {
    let desk = desk().await;
    let post = post_of(&desk).await;
    let held = desk
        .engine
        .comment_on_post(post, "  The winners are in our story\n")
        .await
        .unwrap();
    assert_eq!(
        (newest(&held).state.as_str(), newest(&held).text.as_str()),
        ("held", WORDS)
    );
    desk.work_for(MINUTE, SECOND).await;
    assert_eq!(state_of(&desk, post).await, "confirmed");
    assert_eq!(desk.platform.state().ledger, [format!("comment p1 {WORDS}")]);
}

#[tokio::test]
async fn a_lost_outcome_is_found_on_the_post_or_sent_once_more() {
    for done in [true, false] {
        let desk = desk().await;
        let post = post_of(&desk).await;
        // The same words, from before: they prove nothing.
        let old = domain::ports::RemoteComment {
            flagged_own: true,
            text: WORDS.to_owned(),
            ..written("old", desk.clock_now())
        };
        desk.platform.holds(old.clone());
        let storage = &desk.engine.context().storage;
        storage
            .store_comments(
                desk.account,
                post,
                vec![domain::ports::Element::Read(old)],
                desk.clock_now(),
            )
            .await
            .unwrap();
        desk.platform.state().fates.push_back(Fate::Lost { done });
        desk.engine.comment_on_post(post, WORDS).await.unwrap();
        desk.work().await;
        assert_eq!(state_of(&desk, post).await, "unknown", "done: {done}");
        desk.work_for(5 * MINUTE, SECOND).await;
        assert_eq!(state_of(&desk, post).await, "confirmed", "done: {done}");
        assert_eq!(
            desk.platform.state().ledger.len(),
            1,
            "done: {done}: it took effect once"
        );
        assert_eq!(
            desk.platform.called("comment_on"),
            if done { 1 } else { 2 },
            "only what was not there is sent again"
        );
    }
}

#[tokio::test]
async fn nothing_else_goes_to_the_post_while_an_outcome_is_open() {
    let desk = desk().await;
    let post = post_of(&desk).await;
    desk.platform.state().fates.push_back(Fate::Lost { done: false });
    desk.engine.comment_on_post(post, WORDS).await.unwrap();
    desk.work().await;
    desk.engine
        .comment_on_post(post, "See you tomorrow")
        .await
        .unwrap();
    desk.work().await;
    assert_eq!(desk.platform.called("comment_on"), 1, "the second one waits");
    desk.work_for(5 * MINUTE, SECOND).await;
    let mut ledger = desk.platform.state().ledger.clone();
    ledger.sort();
    assert_eq!(
        ledger,
        [
            "comment p1 See you tomorrow",
            "comment p1 The winners are in our story"
        ]
    );
}

#[tokio::test]
async fn one_that_was_being_sent_when_the_app_ended_is_looked_for_first() {
    for done in [true, false] {
        let desk = desk().await;
        let post = post_of(&desk).await;
        let detail = desk.engine.comment_on_post(post, WORDS).await.unwrap();
        let storage = &desk.engine.context().storage;
        storage
            .intend_own_comment(OwnCommentId(newest(&detail).id), desk.clock_now())
            .await
            .unwrap();
        if done {
            domain::ports::ActionSink::comment_on(&desk.platform, &PlatformId::from("p1"), WORDS)
                .await
                .unwrap();
        }
        let again = engine_on(&desk.file, &desk.clock).await;
        again
            .context()
            .connect(desk.account, std::sync::Arc::new(desk.platform.clone()));
        let worker = engine::outbox::OutboxWorker::new(again.context().clone());
        for _ in 0..300 {
            while engine::worker::Worker::try_next(&worker).await.unwrap() == engine::Step::Worked {}
            desk.wait(SECOND);
        }
        let detail = again.post(post).await.unwrap();
        assert_eq!(newest(&detail).state, "confirmed", "done: {done}");
        assert_eq!(
            desk.platform.state().ledger.len(),
            1,
            "done: {done}: it stands there once"
        );
    }
}

#[tokio::test]
async fn it_can_be_taken_back_before_it_is_sent_and_not_after() {
    let desk = desk().await;
    let post = post_of(&desk).await;
    let detail = desk.engine.comment_on_post(post, WORDS).await.unwrap();
    let id = OwnCommentId(newest(&detail).id);
    let detail = desk.engine.cancel_own_comment(id).await.unwrap();
    assert_eq!(newest(&detail).state, "cancelled");
    desk.work_for(MINUTE, SECOND).await;
    assert_eq!(desk.platform.calls(), 0, "nothing was sent");
    let detail = desk.engine.comment_on_post(post, WORDS).await.unwrap();
    desk.work().await;
    let late = desk
        .engine
        .cancel_own_comment(OwnCommentId(newest(&detail).id))
        .await;
    assert!(late.is_err(), "it stands on the platform");
    assert_eq!(state_of(&desk, post).await, "confirmed");
}

#[tokio::test]
async fn what_cannot_be_posted_is_refused_with_its_reason() {
    let desk = desk().await;
    let post = post_of(&desk).await;
    desk.engine.comment_on_post(post, WORDS).await.unwrap();
    let long = "x".repeat(1_001);
    for (words, says) in [
        (WORDS, "on their way"),
        ("The  winners are in our story", "on their way"),
        (" \n", "write something"),
        (long.as_str(), "1001"),
    ] {
        let refused = desk.engine.comment_on_post(post, words).await.unwrap_err();
        assert!(
            matches!(&refused, EngineError::Invalid(why) if why.contains(says)),
            "{words}: {refused}"
        );
    }
    let storage = &desk.engine.context().storage;
    storage.set_mode(desk.account, Mode::Simulate).await.unwrap();
    let detail = desk.engine.post(post).await.unwrap();
    assert_eq!(detail.refused, Some(PostRefusal::SendsNothing));
    assert!(desk.engine.comment_on_post(post, "Another").await.is_err());
    assert!(desk.engine.set_post_comments(post, false).await.is_err());
    desk.work_for(MINUTE, SECOND).await;
    assert_eq!(
        desk.platform.calls(),
        0,
        "what was queued before waits for the mode too"
    );
    storage.set_mode(desk.account, Mode::Draft).await.unwrap();
    desk.work_for(2 * MINUTE, SECOND).await;
    assert_eq!(state_of(&desk, post).await, "confirmed");
}

#[tokio::test]
async fn a_refusal_for_now_is_tried_again_and_one_for_good_is_told() {
    let desk = desk().await;
    let post = post_of(&desk).await;
    for error in [
        PlatformError::Unavailable {
            detail: "502".to_owned(),
        },
        PlatformError::Refused {
            code: 190,
            detail: "comments are limited".to_owned(),
        },
    ] {
        desk.platform.state().fates.push_back(Fate::Refused(error));
    }
    desk.engine.comment_on_post(post, WORDS).await.unwrap();
    desk.work().await;
    assert_eq!(state_of(&desk, post).await, "retry_wait");
    desk.work_for(5 * MINUTE, SECOND).await;
    let detail = desk.engine.post(post).await.unwrap();
    assert_eq!(newest(&detail).state, "failed");
    let note = newest(&detail).note.clone().unwrap();
    assert!(note.contains("comments are limited"), "{note}");
    assert!(desk.platform.state().ledger.is_empty());
}

#[tokio::test]
async fn where_nothing_shows_it_a_person_decides() {
    for posted in [true, false] {
        let desk = desk_with(TestPlatform::new(Capabilities {
            can_look_again: false,
            ..everything()
        }))
        .await;
        let post = post_of(&desk).await;
        desk.platform.state().fates.push_back(Fate::Lost { done: posted });
        let detail = desk.engine.comment_on_post(post, WORDS).await.unwrap();
        desk.work_for(10 * MINUTE, SECOND).await;
        assert_eq!(state_of(&desk, post).await, "unknown");
        let id = OwnCommentId(newest(&detail).id);
        let detail = desk.engine.settle_own_comment(id, posted).await.unwrap();
        let expected = if posted { "confirmed" } else { "failed" };
        assert_eq!(newest(&detail).state, expected);
        desk.work_for(10 * MINUTE, SECOND).await;
        assert_eq!(
            desk.platform.called("comment_on"),
            1,
            "it is never sent again by itself"
        );
    }
}

#[tokio::test]
async fn comments_are_switched_at_once_and_remembered() {
    let desk = desk().await;
    let post = post_of(&desk).await;
    let before = desk.engine.post(post).await.unwrap();
    assert_eq!(
        (before.comments_enabled, before.can_switch_comments),
        (None, true)
    );
    let off = desk.engine.set_post_comments(post, false).await.unwrap();
    assert_eq!(off.comments_enabled, Some(false));
    desk.platform.state().fates.push_back(Fate::Lost { done: false });
    assert!(
        desk.engine.set_post_comments(post, true).await.is_err(),
        "nobody heard of it"
    );
    let after = desk.engine.post(post).await.unwrap();
    assert_eq!(
        after.comments_enabled,
        Some(false),
        "only what the platform showed counts"
    );
    assert_eq!(desk.platform.state().ledger, ["comments of p1: false"]);
}
