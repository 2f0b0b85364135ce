//! What is held against a platform in the end.

use crate::support::*;
use domain::{ActionKind, ActionState};

#[tokio::test]
async fn every_action_is_told_with_its_comment_and_its_words() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.sending(id, "It is 89 EUR.").await;
    let actions = desk.store.audited_actions().await.unwrap();
    assert_eq!(actions.len(), 1);
    let told = &actions[0];
    assert_eq!((told.kind, told.state), (ActionKind::Reply, ActionState::Sending));
    assert_eq!(
        (told.comment.as_str(), told.text.as_deref()),
        ("c1", Some("It is 89 EUR."))
    );
    let ids = desk.store.stored_platform_ids().await.unwrap();
    assert!(ids.iter().any(|id| id.as_str() == "c1"));
}

#[tokio::test]
async fn a_forgotten_intent_leaves_a_reply_that_was_never_sent() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.sending(id, "It is 89 EUR.").await;
    assert_eq!(desk.store.forget_intents().await.unwrap(), 1);
    assert_eq!(desk.action_state(id).await, "ready");
    let due = desk.store.due_actions(NOW).await.unwrap();
    assert_eq!(
        (due[0].attempts, due[0].seen_up_to, due[0].send_was_lost),
        (0, None, false)
    );
    assert_eq!(
        desk.store.forget_intents().await.unwrap(),
        0,
        "nothing else is touched"
    );
}
