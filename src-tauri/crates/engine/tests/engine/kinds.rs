//! Every kind of action, done, lost and taken back.

use crate::platform::{Fate, TestPlatform, everything};
use crate::support::{Desk, desk, desk_with};
use domain::{ActionId, ActionKind, Capabilities, PlatformError, PlatformId, Removal};
use engine::EngineError;
use std::time::Duration;
use storage::{NewAction, StorageError};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// A confirmed reply under a new comment.
async fn answered(desk: &Desk, id: &str) -> (domain::CommentId, ActionId) {
    let comment = desk.in_review(id).await;
    let reply = desk.queue(comment, ActionKind::Reply, Some("Thank you!")).await;
    desk.work().await;
    assert_eq!(desk.state(reply).await, "confirmed");
    (comment, reply)
}

fn id(view: &contract::ActionView) -> ActionId {
    ActionId(view.id)
}

#[tokio::test]
async fn each_kind_is_done_once_and_closes_its_comment() {
    let desk = desk().await;
    let kinds = [
        (ActionKind::Reply, "reply c0 Thank you!"),
        (ActionKind::Hide, "hide c1 true"),
        (ActionKind::Unhide, "hide c2 false"),
        (ActionKind::Delete, "delete c3"),
        (ActionKind::Ban, "ban c4"),
        (ActionKind::PrivateReply, "private c5 Thank you!"),
    ];
    for (n, (kind, expected)) in kinds.into_iter().enumerate() {
        let comment = desk.in_review(&format!("c{n}")).await;
        let action = desk
            .queue(comment, kind, kind.has_text().then_some("Thank you!"))
            .await;
        desk.work().await;
        assert_eq!(desk.state(action).await, "confirmed", "{kind}");
        assert_eq!(desk.stage(comment).await, "done", "{kind}");
        assert_eq!(desk.platform.state().ledger[n], expected);
    }
    assert_eq!(
        desk.platform.state().banned,
        [PlatformId::from("author-c4")],
        "the author, and nobody else"
    );
}

#[tokio::test]
async fn a_lost_outcome_of_any_kind_that_shows_is_found_and_never_sent_again() {
    for kind in [
        ActionKind::Reply,
        ActionKind::Hide,
        ActionKind::Delete,
        ActionKind::Ban,
    ] {
        for done in [true, false] {
            let desk = desk().await;
            let comment = desk.in_review("c1").await;
            desk.platform.state().fates.push_back(Fate::Lost { done });
            let action = desk
                .queue(comment, kind, kind.has_text().then_some("Thank you!"))
                .await;
            desk.work().await;
            assert_eq!(desk.state(action).await, "unknown", "{kind}");
            desk.work_for(5 * MINUTE, SECOND).await;
            assert_eq!(desk.state(action).await, "confirmed", "{kind}, done: {done}");
            let written = desk.platform.state().ledger.len();
            assert_eq!(written, 1, "{kind}, done: {done}: it took effect once");
        }
    }
}

#[tokio::test]
async fn a_lost_edit_or_removal_of_a_reply_is_found_by_the_reply_itself() {
    for done in [true, false] {
        let desk = desk().await;
        let (comment, _) = answered(&desk, "c1").await;
        desk.platform.state().fates.push_back(Fate::Lost { done });
        let version = desk.version(comment).await;
        let edit = desk
            .engine
            .replace_reply(comment, version, "Thank you very much!")
            .await
            .unwrap();
        assert_eq!(edit.kind, "edit_reply");
        desk.work_for(2 * MINUTE, SECOND).await;
        assert_eq!(desk.state(id(&edit)).await, "confirmed");
        assert_eq!(desk.platform.replies_under("c1"), ["Thank you very much!"]);
        desk.platform.state().fates.push_back(Fate::Lost { done });
        let back = desk.engine.take_back(id(&edit)).await.unwrap();
        desk.work_for(2 * MINUTE, SECOND).await;
        assert_eq!(desk.state(id(&back)).await, "confirmed");
        assert_eq!(
            desk.platform.replies_under("c1"),
            ["Thank you!"],
            "as it was before"
        );
        assert_eq!(desk.platform.state().ledger.len(), 3, "done: {done}");
    }
}

#[tokio::test]
async fn where_replies_cannot_be_edited_the_new_one_stands_before_the_old_one_goes() {
    let desk = desk_with(TestPlatform::new(Capabilities {
        can_edit_own_reply: false,
        ..everything()
    }))
    .await;
    let (comment, _) = answered(&desk, "c1").await;
    let version = desk.version(comment).await;
    desk.platform.state().fates.push_back(Fate::Lost { done: true });
    let new = desk
        .engine
        .replace_reply(comment, version, "Thank you very much!")
        .await
        .unwrap();
    desk.work().await;
    assert_eq!(desk.state(id(&new)).await, "unknown");
    assert_eq!(
        desk.platform.replies_under("c1").len(),
        2,
        "the old one stays while the new one is not known to be there"
    );
    // It stops here for a day, and the removal is lost on the way once.
    desk.wait(24 * 60 * MINUTE);
    desk.platform.state().fates.push_back(Fate::Lost { done: false });
    desk.work_for(5 * MINUTE, SECOND).await;
    assert_eq!(desk.platform.replies_under("c1"), ["Thank you very much!"]);
    assert_eq!(desk.stage(comment).await, "done");
    let ledger = desk.platform.state().ledger.clone();
    assert_eq!(ledger.len(), 3, "two replies and one removal: {ledger:?}");
    assert!(ledger[2].starts_with("delete r1"), "{ledger:?}");
}

#[tokio::test]
async fn a_confirmed_action_is_taken_back_by_its_opposite() {
    let desk = desk().await;
    let (comment, reply) = answered(&desk, "c1").await;
    let removal = desk.engine.take_back(reply).await.unwrap();
    desk.work().await;
    assert_eq!(desk.state(id(&removal)).await, "confirmed");
    assert!(desk.platform.replies_under("c1").is_empty());
    assert_eq!(desk.stage(comment).await, "to_review", "it is open again");
    let twice = desk.engine.take_back(reply).await;
    assert!(matches!(twice, Err(EngineError::Invalid(_))), "{twice:?}");
    let hidden = desk.in_review("c2").await;
    let hide = desk.queue(hidden, ActionKind::Hide, None).await;
    desk.work().await;
    desk.engine.take_back(hide).await.unwrap();
    desk.work().await;
    assert_eq!(
        desk.platform.state().comments[&PlatformId::from("c2")].hidden,
        Some(false)
    );
}

#[tokio::test]
async fn what_cannot_be_taken_back_says_so() {
    let desk = desk().await;
    for (n, kind) in [ActionKind::Ban, ActionKind::Delete, ActionKind::PrivateReply]
        .into_iter()
        .enumerate()
    {
        let comment = desk.in_review(&format!("c{n}")).await;
        let text = kind.has_text().then_some("Thank you!");
        let action = desk.queue(comment, kind, text).await;
        desk.work().await;
        match desk.engine.take_back(action).await {
            Err(EngineError::Invalid(words)) => assert!(words.contains("can"), "{kind}: {words}"),
            other => panic!("{kind}: {other:?}"),
        }
    }
    let lost = desk.in_review("c9").await;
    desk.platform.state().fates.push_back(Fate::Lost { done: true });
    let lost = desk.queue(lost, ActionKind::Hide, None).await;
    desk.work().await;
    let early = desk.engine.take_back(lost).await;
    assert!(
        matches!(early, Err(EngineError::Storage(StorageError::TooLate { .. }))),
        "{early:?}"
    );
}

#[tokio::test]
async fn what_the_platform_cannot_do_is_refused_before_it_is_queued() {
    let desk = desk_with(TestPlatform::new(Capabilities::replies_only(20))).await;
    let comment = desk.in_review("c1").await;
    let version = desk.version(comment).await;
    let engine = &desk.engine;
    for refused in [
        engine.hide(comment, version).await,
        engine.unhide(comment, version).await,
        engine.delete(comment, version).await,
        engine.ban(comment, version).await,
        engine.reply_privately(comment, version, "Thank you!").await,
    ] {
        match refused {
            Err(EngineError::Invalid(words)) => assert!(words.starts_with("this platform"), "{words}"),
            other => panic!("{other:?}"),
        }
    }
    let too_long = engine
        .approve(comment, version, "Thank you so very, very much for this!")
        .await;
    assert!(matches!(too_long, Err(EngineError::Guard(_))), "{too_long:?}");
    assert_eq!(engine.context().storage.live_actions().await.unwrap(), 0);
    assert_eq!(desk.platform.calls(), 0, "nobody was asked");
    // Queued by an older capability, it is refused by the look before sending.
    let hide = desk.queue(comment, ActionKind::Hide, None).await;
    desk.work().await;
    let refused = desk.shown(hide).await;
    assert_eq!(
        (refused.state.as_str(), refused.note.as_deref()),
        ("cancelled", Some("this platform cannot hide comments"))
    );
}

#[tokio::test]
async fn a_private_reply_is_possible_for_seven_days() {
    let desk = desk().await;
    let (early, late) = (desk.in_review("c1").await, desk.in_review("c2").await);
    let private = ActionKind::PrivateReply;
    let first = desk.queue(early, private, Some("Thank you!")).await;
    desk.work().await;
    assert_eq!(desk.state(first).await, "confirmed");
    let second = desk.queue(late, private, Some("Thank you!")).await;
    desk.wait(7 * 24 * 60 * MINUTE);
    desk.work().await;
    let refused = desk.shown(second).await;
    assert_eq!(refused.state, "cancelled");
    assert!(refused.note.unwrap().contains("seven days"));
    let version = desk.version(late).await;
    let asked = desk.engine.reply_privately(late, version, "Thank you!").await;
    assert!(matches!(asked, Err(EngineError::Invalid(_))), "{asked:?}");
}

#[tokio::test]
async fn moderation_that_is_due_together_goes_by_one_call_with_an_intent_each() {
    let desk = desk_with(TestPlatform::new(Capabilities {
        moderation_batch: 50,
        can_delete_others: Removal::Reject { irreversible: true },
        ..everything()
    }))
    .await;
    let mut actions = Vec::new();
    for n in 0..60 {
        let comment = desk.in_review(&format!("c{n}")).await;
        actions.push(desk.queue(comment, ActionKind::Hide, None).await);
    }
    // One of them is gone by now.
    desk.platform.state().comments.remove(&PlatformId::from("c7"));
    desk.work().await;
    let mut states = std::collections::BTreeMap::new();
    for action in &actions {
        *states.entry(desk.state(*action).await).or_insert(0) += 1;
    }
    assert_eq!(
        states,
        [("cancelled".to_owned(), 1), ("confirmed".to_owned(), 59)].into()
    );
    println!(
        "60 hides: {} calls of set_hidden_many, {} of set_hidden, {} looks",
        desk.platform.called("set_hidden_many"),
        desk.platform.called("set_hidden"),
        desk.platform.called("comment")
    );
    assert_eq!(
        desk.platform.called("set_hidden_many") + desk.platform.called("set_hidden"),
        2,
        "49 in one call, the others in the next"
    );
    let storage = &desk.engine.context().storage;
    for action in &actions {
        let shown = desk.shown(*action).await;
        let attempts = storage
            .attempts_of(domain::CommentId(shown.comment_id))
            .await
            .unwrap();
        assert_eq!(attempts.len(), usize::from(shown.state == "confirmed"));
    }
}

#[tokio::test]
async fn a_batch_whose_answer_is_lost_is_settled_one_by_one() {
    let desk = desk_with(TestPlatform::new(Capabilities {
        moderation_batch: 50,
        ..everything()
    }))
    .await;
    let mut actions = Vec::new();
    for n in 0..5 {
        let comment = desk.in_review(&format!("c{n}")).await;
        actions.push(desk.queue(comment, ActionKind::Delete, None).await);
    }
    desk.platform.state().fates.push_back(Fate::Lost { done: true });
    desk.work().await;
    for action in &actions {
        assert_eq!(desk.state(*action).await, "unknown");
    }
    desk.work_for(MINUTE, SECOND).await;
    for action in &actions {
        assert_eq!(desk.state(*action).await, "confirmed");
    }
    assert_eq!(desk.platform.called("delete_many"), 1, "nothing was sent twice");
}

#[tokio::test]
async fn a_refusal_for_good_ends_every_kind_in_review() {
    let desk = desk().await;
    let (comment, reply) = answered(&desk, "c1").await;
    let refused = || {
        Fate::Refused(PlatformError::Refused {
            code: 100,
            detail: "no".to_owned(),
        })
    };
    for kind in [ActionKind::EditReply, ActionKind::DeleteReply] {
        desk.platform.state().fates.push_back(refused());
        let context = desk.engine.context();
        let version = desk.version(comment).await;
        let now = context.now();
        let queued = context
            .storage
            .queue_action(NewAction {
                comment_id: comment,
                version,
                kind,
                text: kind.has_text().then(|| "Other words".to_owned()),
                reply: Some(reply),
                requested_by: "person".to_owned(),
                due_at: now,
                now,
            })
            .await
            .unwrap();
        desk.work().await;
        assert_eq!(desk.state(id(&queued)).await, "failed", "{kind}");
        assert_eq!(desk.stage(comment).await, "to_review", "{kind}");
    }
    assert_eq!(
        desk.platform.replies_under("c1"),
        ["Thank you!"],
        "it stands as it was"
    );
}

#[tokio::test]
async fn what_is_offered_for_a_comment_follows_its_platform_and_what_stands_under_it() {
    let desk = desk().await;
    let comment = desk.in_review("c1").await;
    let before = desk.engine.options(comment).await.unwrap();
    assert!(before.can_ban && before.removal != contract::RemovalView::None);
    assert!(before.private_reply_until.is_some());
    assert_eq!(before.standing_reply, None);
    desk.queue(comment, ActionKind::Reply, Some("Thank you!")).await;
    desk.work().await;
    let standing = desk.engine.options(comment).await.unwrap().standing_reply;
    assert_eq!(standing.unwrap().text, "Thank you!");

    let desk = desk_with(TestPlatform::new(Capabilities::replies_only(20))).await;
    let comment = desk.in_review("c1").await;
    let none = desk.engine.options(comment).await.unwrap();
    assert_eq!(
        (none.removal, none.can_ban, none.private_reply_until),
        (contract::RemovalView::None, false, None)
    );
}
