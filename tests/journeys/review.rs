//! Review and the outbox: what a person decides happens once, or not at all, and never behind their back.

use crate::support::desk::{Desk, everything_in, settings};
use crate::support::platform::{Platform, comment, seed};
use contract::{ListComments, QueueName};
use domain::{ActionState, CommentId};
use engine::outbox::OutboxWorker;
use engine::worker::Worker as _;
use engine::{EngineError, Step};
use serde_json::json;
use std::time::Duration;
use storage::StorageError;

/// Praise, so that any kind word passes the guard.
async fn desk_with(ids: &[&str], hold_seconds: u32) -> Desk {
    let people = ids
        .iter()
        .zip(1..)
        .map(|(id, minutes)| comment(id, "I love this pan, thank you!", minutes))
        .collect();
    let mut settings = settings();
    settings.outbox.hold_seconds = hold_seconds;
    let desk = Desk::open_with(Platform::start(seed(people)).await, settings).await;
    desk.look().await;
    desk.work().await;
    desk
}

#[tokio::test]
async fn an_approved_reply_is_on_the_platform_once_with_those_very_words() {
    let desk = desk_with(&["101"], 0).await;
    let words = "Thank you, Ana: it is good to hear that the pan serves you well.";
    desk.approve("101", words).await.unwrap();
    desk.work().await;
    desk.sweep().await;
    desk.work().await;

    assert_eq!(desk.platform.replies("101"), [words], "once, word for word");
    let action = desk.action("101").await;
    assert_eq!(action.state, "confirmed");
    assert_eq!(
        action.platform_id,
        desk.platform.ledger.replies_to("101")[0].result_id,
        "the action knows its reply by the platform's id"
    );
    assert_eq!(desk.stage("101").await, "done");
}

#[tokio::test]
async fn an_undone_reply_is_never_posted_and_its_comment_is_back_in_review() {
    let desk = desk_with(&["111"], 30).await;
    let words = "Thank you, that is lovely to read.";
    desk.approve("111", words).await.unwrap();
    desk.work().await;
    assert_eq!(desk.action_state("111").await, ActionState::Held);
    assert!(desk.platform.replies("111").is_empty(), "held means held");

    let undone = desk.engine.undo_last().await.unwrap();
    assert_eq!(undone.what.as_deref(), Some("reply"));
    desk.advance(Duration::from_secs(120)).await;
    desk.work().await;

    assert!(
        desk.platform.ledger.entries().is_empty(),
        "taken back is taken back"
    );
    assert_eq!(desk.action("111").await.state, "cancelled");
    let card = desk.card("111").await;
    assert_eq!(card.row.stage, "to_review");
    assert_eq!(
        card.draft.map(|d| d.text).as_deref(),
        Some(words),
        "the words a person wrote are kept"
    );
}

#[tokio::test]
async fn undo_after_the_reply_left_says_that_it_is_too_late() {
    let desk = desk_with(&["115"], 0).await;
    desk.approve("115", "Thank you, that made our day.")
        .await
        .unwrap();
    desk.work().await;
    let refused = desk.engine.undo_last().await;
    assert!(
        matches!(
            refused,
            Err(EngineError::Storage(StorageError::TooLate {
                state: ActionState::Confirmed
            }))
        ),
        "nothing pretends to take back what people can read: {refused:?}"
    );
    assert_eq!(desk.platform.replies("115").len(), 1);
}

#[tokio::test]
async fn the_kill_switch_stops_held_replies_and_resuming_sends_each_once() {
    let desk = desk_with(&["121", "122", "123"], 0).await;
    let off = desk.engine.set_sending(false).await.unwrap();
    assert!(!off.sending, "the window shows that sending is off");
    for (id, words) in [
        ("121", "Thank you, Ana."),
        ("122", "Thank you, Boris."),
        ("123", "Thank you, Carla."),
    ] {
        desk.approve(id, words).await.unwrap();
    }
    desk.platform
        .add(comment("124", "How much is the Skillet 26?", 0))
        .await;
    desk.look().await;
    desk.advance(Duration::from_secs(300)).await;
    desk.work().await;
    assert!(
        desk.platform.ledger.entries().is_empty(),
        "nothing leaves while sending is off"
    );
    assert_eq!(
        desk.engine.outbox().await.unwrap().live.len(),
        3,
        "and nothing is lost"
    );
    assert!(
        desk.card("124").await.draft.is_some(),
        "drafting goes on meanwhile"
    );

    desk.engine.set_sending(true).await.unwrap();
    desk.work().await;
    desk.sweep().await;
    desk.work().await;
    for id in ["121", "122", "123"] {
        assert_eq!(desk.platform.replies(id).len(), 1, "{id} was answered once");
        assert_eq!(desk.action_state(id).await, ActionState::Confirmed);
    }
}

#[tokio::test]
async fn what_the_team_answered_meanwhile_is_not_answered_again() {
    let desk = desk_with(&["131"], 60).await;
    desk.approve("131", "Thank you for the kind words.")
        .await
        .unwrap();
    desk.platform
        .answer_by_hand("139", "131", "Thanks Ana! Oakmere team")
        .await;
    desk.advance(Duration::from_secs(61)).await;
    desk.work().await;

    assert!(desk.platform.ledger.entries().is_empty(), "one answer is enough");
    let action = desk.action("131").await;
    assert_eq!(action.state, "cancelled");
    assert!(
        action.note.as_deref().is_some_and(|note| !note.is_empty()),
        "the outbox says why"
    );
    assert_eq!(desk.stage("131").await, "done");
}

#[tokio::test]
async fn a_comment_hidden_edited_or_deleted_before_sending_gets_no_reply() {
    let desk = desk_with(&["141", "142", "143", "144"], 60).await;
    for (id, words) in [
        ("141", "Thank you, first of four."),
        ("142", "Thank you, second of four."),
        ("143", "Thank you, third of four."),
        ("144", "Thank you, last of four."),
    ] {
        desk.approve(id, words).await.unwrap();
    }
    desk.platform.hide_by_hand("141").await;
    desk.platform
        .edit("142", "It broke on the first day, I want my money back!")
        .await;
    desk.platform.delete("143").await;
    desk.advance(Duration::from_secs(61)).await;
    desk.work().await;

    for (id, stage, why) in [
        ("141", "to_review", "hidden: a person looks again"),
        ("142", "to_review", "edited: a person looks at the new words"),
        ("143", "done", "deleted: nobody is there to read it"),
    ] {
        assert!(desk.platform.replies(id).is_empty(), "{why}");
        let card = desk.card(id).await;
        let action = &card.actions[0];
        assert_eq!(action.state, "cancelled", "{why}");
        assert!(
            action.note.as_deref().is_some_and(|note| !note.is_empty()),
            "{why}: the outbox says so"
        );
        assert_eq!(card.row.stage, stage, "{why}");
    }
    assert_eq!(
        desk.platform.replies("144").len(),
        1,
        "the untouched one went out: the looks before sending work for each alone"
    );
}

#[tokio::test]
async fn a_second_approval_of_the_same_comment_is_refused() {
    let desk = desk_with(&["151"], 0).await;
    let row = desk.card("151").await.row;
    let id = CommentId(row.id);
    let first = desk.engine.approve(id, row.version, "Thank you so much.").await;
    let same_card = desk
        .engine
        .approve(id, row.version, "Thank you, from a colleague.")
        .await;
    let fresh_card = desk.approve("151", "Thank you, a third time.").await;

    assert!(first.is_ok(), "{first:?}");
    assert!(
        matches!(same_card, Err(EngineError::Storage(StorageError::MovedOn))),
        "the card that the colleague looked at is out of date: {same_card:?}"
    );
    assert!(
        matches!(
            fresh_card,
            Err(EngineError::Storage(
                StorageError::AlreadyAnswered | StorageError::IllegalStep(_)
            ))
        ),
        "a comment in the outbox takes no second reply: {fresh_card:?}"
    );
    desk.work().await;
    assert_eq!(desk.platform.replies("151"), ["Thank you so much."]);
    assert!(
        desk.approve("151", "And once more, thank you.").await.is_err(),
        "nor does an answered one"
    );
    desk.work().await;
    assert_eq!(desk.platform.replies("151").len(), 1);
}

#[tokio::test]
async fn a_reply_that_claims_what_no_source_says_is_refused_before_it_reaches_the_outbox() {
    let desk = desk_with(&["161"], 0).await;
    let refused = desk
        .approve("161", "Thank you! Get 70% off with the code PAN70 until Friday.")
        .await;
    let Err(EngineError::Guard(report)) = refused else {
        panic!("the guard speaks: {refused:?}")
    };
    assert!(!report.findings.is_empty());
    assert_eq!(desk.stage("161").await, "to_review");
    desk.work().await;
    assert!(desk.platform.ledger.entries().is_empty());
}

#[tokio::test]
async fn a_comment_that_is_gone_takes_no_more_actions_and_keeps_no_other_back() {
    let desk = desk_with(&["171", "172"], 0).await;
    desk.platform.delete("171").await;
    assert_eq!(desk.sweep().await.deleted, 1);
    let row = desk.card("171").await.row;
    assert_eq!(row.stage, "done", "a person finds it among what is closed");
    let hide = desk.engine.hide(CommentId(row.id), row.version).await;
    let reply = desk.approve("171", "Thank you, that is lovely to read.").await;
    for refused in [hide, reply] {
        assert!(
            matches!(
                refused,
                Err(EngineError::Storage(StorageError::DeletedOnPlatform))
            ),
            "the window says why: {refused:?}"
        );
    }
    desk.approve("172", "Thank you, that made our day.")
        .await
        .unwrap();
    outbox_rests(&desk).await;
    assert_eq!(desk.platform.replies("172").len(), 1);
}

#[tokio::test]
async fn a_deletion_seen_while_a_send_was_open_ends_it_and_keeps_no_other_back() {
    let desk = desk_with(&["181", "182"], 0).await;
    desk.platform
        .fault(json!({"kind": "timeout_before_write",
                      "match": {"method": "POST", "path_contains": "181/replies"}}))
        .await;
    desk.approve("181", "Thank you, that is lovely to read.")
        .await
        .unwrap();
    outbox_rests(&desk).await;
    assert_eq!(desk.action_state("181").await, ActionState::Unknown);
    desk.platform.delete("181").await;
    assert_eq!(desk.sweep().await.deleted, 1);
    assert_eq!(
        desk.stage("181").await,
        "in_outbox",
        "what may have left stays in sight"
    );
    desk.approve("182", "Thank you, that made our day.")
        .await
        .unwrap();
    for _ in 0..5 {
        outbox_rests(&desk).await;
        desk.advance(Duration::from_secs(60)).await;
    }
    outbox_rests(&desk).await;

    let action = desk.action("181").await;
    assert_eq!(
        (action.state.as_str(), action.note.as_deref()),
        ("cancelled", Some("deleted on the platform"))
    );
    assert_eq!(desk.stage("181").await, "done");
    assert!(desk.platform.replies("181").is_empty());
    assert_eq!(desk.platform.replies("182").len(), 1);
}

/// Steps the outbox until nothing is due; one that goes round in circles fails here and not at a time-out.
async fn outbox_rests(desk: &Desk) {
    let outbox = OutboxWorker::new(desk.engine.context().clone());
    for _ in 0..50 {
        if outbox.try_next().await.unwrap() == Step::Idle {
            return;
        }
    }
    let live = desk.engine.outbox().await.unwrap().live;
    panic!("the outbox never comes to rest: {live:#?}");
}

#[tokio::test]
async fn copies_are_one_row_and_hidden_together() {
    let earn = "Earn 3,000 a week from home, write me on WhatsApp, only serious people";
    let people = vec![
        comment("201", earn, 4),
        comment("202", &earn.to_uppercase(), 3),
        comment("203", earn, 2),
        comment("204", "Is the Skillet 26 in stock?", 1),
    ];
    let desk = Desk::open(Platform::start(seed(people)).await).await;
    desk.look().await;
    desk.work().await;

    let folded = ListComments {
        fold: true,
        ..everything_in(QueueName::NeedsReview)
    };
    let rows = desk.engine.list_comments(&folded).await.unwrap().rows;
    let marks: Vec<_> = rows.iter().filter_map(|row| row.campaign).collect();
    assert_eq!(marks.len(), 1, "one row stands for the three: {rows:#?}");
    assert_eq!((marks[0].comments, marks[0].waiting), (3, 3));

    let campaign = desk.engine.campaign(marks[0].id).await.unwrap();
    assert_eq!(campaign.authors, 3);
    for row in &campaign.rows {
        desk.engine.hide(CommentId(row.id), row.version).await.unwrap();
    }
    desk.settle_actions(5).await;
    for id in ["201", "202", "203"] {
        assert_eq!(desk.action_state(id).await, ActionState::Confirmed);
        assert!(desk.card(id).await.row.hidden, "{id} is hidden on the platform");
    }
    let campaign = desk.engine.campaign(marks[0].id).await.unwrap();
    assert_eq!((campaign.comments, campaign.waiting), (3, 0));
}
