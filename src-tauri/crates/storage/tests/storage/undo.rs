use crate::support::{NOW, desk};
use domain::{ActionKind, ActionState, Label, Stage};
use std::time::Duration;
use storage::StorageError;

async fn undone(desk: &crate::support::Desk) -> Option<String> {
    desk.store.undo_last(NOW).await.unwrap().what
}

#[tokio::test]
async fn a_reply_and_a_hide_are_taken_back_while_they_are_held() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.approve(id, "It is 89 EUR.").await;
    assert_eq!(undone(&desk).await.as_deref(), Some("reply"));
    assert_eq!(
        (desk.stage(id).await, desk.action_state(id).await.as_str()),
        (Stage::ToReview, "cancelled")
    );
    let hide = desk.action(id, desk.version(id).await, ActionKind::Hide, None);
    desk.store.queue_action(hide).await.unwrap();
    let result = desk.store.undo_last(NOW).await.unwrap();
    assert_eq!(
        (result.what.as_deref(), result.comment_id),
        (Some("hide"), Some(id.0))
    );
    assert_eq!(undone(&desk).await, None, "nothing is left");
}

#[tokio::test]
async fn a_comment_returns_to_where_the_act_found_it() {
    let desk = desk().await;
    let soon = NOW.plus(Duration::from_secs(60));
    let id = desk.in_review("c1").await;

    desk.store.dismiss(id, desk.version(id).await, NOW).await.unwrap();
    assert_eq!(undone(&desk).await.as_deref(), Some("dismiss"));
    assert_eq!(desk.stage(id).await, Stage::ToReview);

    desk.store
        .escalate(id, desk.version(id).await, NOW)
        .await
        .unwrap();
    desk.store.dismiss(id, desk.version(id).await, NOW).await.unwrap();
    assert_eq!(undone(&desk).await.as_deref(), Some("dismiss"));
    assert_eq!(desk.stage(id).await, Stage::Escalated);

    desk.store
        .snooze(id, desk.version(id).await, soon, NOW)
        .await
        .unwrap();
    assert_eq!(undone(&desk).await.as_deref(), Some("snooze"));
    assert_eq!(desk.stage(id).await, Stage::Escalated);

    desk.store
        .return_to_review(id, desk.version(id).await, NOW)
        .await
        .unwrap();
    desk.store
        .snooze(id, desk.version(id).await, soon, NOW)
        .await
        .unwrap();
    desk.store
        .escalate(id, desk.version(id).await, NOW)
        .await
        .unwrap();
    assert_eq!(undone(&desk).await.as_deref(), Some("escalate"));
    let row = desk.store.comment_row(id).await.unwrap();
    assert_eq!(
        (row.stage.as_str(), row.snoozed_until),
        ("snoozed", Some(soon.0)),
        "until the same moment"
    );
}

#[tokio::test]
async fn an_approval_from_escalation_goes_back_to_escalation() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.store
        .escalate(id, desk.version(id).await, NOW)
        .await
        .unwrap();
    desk.approve(id, "It is 89 EUR.").await;
    assert_eq!(undone(&desk).await.as_deref(), Some("reply"));
    assert_eq!(desk.stage(id).await, Stage::Escalated);
}

#[tokio::test]
async fn an_approval_from_a_snooze_goes_back_to_the_same_snooze_without_reading_every_step() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let soon = NOW.plus(Duration::from_secs(60));
    desk.store
        .snooze(id, desk.version(id).await, soon, NOW)
        .await
        .unwrap();
    desk.approve(id, "It is 89 EUR.").await;
    assert_eq!(undone(&desk).await.as_deref(), Some("reply"));
    let row = desk.store.comment_row(id).await.unwrap();
    assert_eq!((row.stage.as_str(), row.snoozed_until), ("snoozed", Some(soon.0)));
    let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(
        "explain query plan select before from undo_step where comment_id = ? and before ->> 'action' = ?",
    )
    .fetch_all(&mut desk.raw().await)
    .await
    .unwrap();
    assert!(
        plan.iter().all(|step| step.3.contains("undo_step_of_comment")),
        "every act leaves a step, so a search of them all grows for ever: {plan:#?}"
    );
}

#[tokio::test]
async fn hiding_a_closed_comment_and_undoing_it_leaves_it_closed() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.store.dismiss(id, desk.version(id).await, NOW).await.unwrap();
    let hide = desk.action(id, desk.version(id).await, ActionKind::Hide, None);
    desk.store.queue_action(hide).await.unwrap();
    assert_eq!(undone(&desk).await.as_deref(), Some("hide"));
    assert_eq!(desk.stage(id).await, Stage::Done);
}

#[tokio::test]
async fn a_corrected_label_goes_back_to_the_models() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.store
        .correct_label(id, desk.version(id).await, Label::Complaint, NOW)
        .await
        .unwrap();
    assert_eq!(undone(&desk).await.as_deref(), Some("label"));
    let detail = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!(
        (
            detail.row.labels[0].label.as_str(),
            detail.row.labels[0].by_person
        ),
        ("question", false)
    );
    assert_eq!(detail.author.complaints, 0, "there never was one");
}

#[tokio::test]
async fn what_someone_changed_since_is_passed_over() {
    let desk = desk().await;
    let first = desk.in_review("c1").await;
    let second = desk.in_review("c2").await;
    desk.store
        .dismiss(first, desk.version(first).await, NOW)
        .await
        .unwrap();
    desk.store
        .dismiss(second, desk.version(second).await, NOW)
        .await
        .unwrap();
    desk.store
        .reopen(second, desk.version(second).await, NOW)
        .await
        .unwrap();
    let result = desk.store.undo_last(NOW).await.unwrap();
    assert_eq!(
        (result.what.as_deref(), result.comment_id),
        (Some("dismiss"), Some(first.0))
    );
    assert_eq!(
        (desk.stage(first).await, desk.stage(second).await),
        (Stage::ToReview, Stage::ToReview)
    );
}

#[tokio::test]
async fn what_may_have_left_is_not_taken_back() {
    let desk = desk().await;
    let older = desk.in_review("c1").await;
    desk.store
        .dismiss(older, desk.version(older).await, NOW)
        .await
        .unwrap();
    let id = desk.in_review("c2").await;
    let action = desk.sending(id, "It is 89 EUR.").await;
    for _ in 0..2 {
        let refused = desk.store.undo_last(NOW).await;
        assert!(
            matches!(
                refused,
                Err(StorageError::TooLate {
                    state: ActionState::Sending
                })
            ),
            "{refused:?}"
        );
    }
    let refused = desk.store.cancel_action(action, "undo", NOW).await;
    assert!(matches!(
        refused,
        Err(StorageError::TooLate {
            state: ActionState::Sending
        })
    ));
    desk.store
        .confirm_action(action, None, "accepted", NOW)
        .await
        .unwrap();
    let refused = desk.store.undo_last(NOW).await;
    assert!(matches!(
        refused,
        Err(StorageError::TooLate {
            state: ActionState::Confirmed
        })
    ));
    assert_eq!(
        desk.stage(older).await,
        Stage::Done,
        "nothing older is undone in its place"
    );
    assert_eq!(
        undone(&desk).await.as_deref(),
        Some("dismiss"),
        "asked once more, the next one is"
    );
}
