use crate::support::{Desk, NOW, comment, desk};
use domain::{ActionKind, CommentId, Label, Stage};
use std::time::Duration;
use storage::{Storage, StorageError};

#[tokio::test]
async fn every_act_is_refused_when_the_comment_moved_on() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let stale = desk.version(id).await - 1;
    let store = &desk.store;
    let later = NOW.plus(Duration::from_secs(60));
    let outcomes = [
        store.dismiss(id, stale, NOW).await,
        store.reopen(id, stale, NOW).await,
        store.escalate(id, stale, NOW).await,
        store.return_to_review(id, stale, NOW).await,
        store.regenerate(id, stale, NOW).await,
        store.retry_stuck(id, stale, NOW).await,
        store.snooze(id, stale, later, NOW).await,
        store.correct_label(id, stale, Label::Spam, NOW).await,
        store
            .queue_action(desk.action(id, stale, ActionKind::Hide, None))
            .await
            .map(drop),
    ];
    for (n, outcome) in outcomes.iter().enumerate() {
        assert!(
            matches!(outcome, Err(StorageError::MovedOn)),
            "act {n}: {outcome:?}"
        );
    }
    assert_eq!(desk.stage(id).await, Stage::ToReview);
}

#[tokio::test]
async fn an_act_on_a_comment_that_is_not_there_says_so() {
    let desk = desk().await;
    let nobody = CommentId(77);
    assert!(matches!(
        desk.store.dismiss(nobody, 1, NOW).await,
        Err(StorageError::NotFound)
    ));
    assert!(matches!(
        desk.store.comment_row(nobody).await,
        Err(StorageError::NotFound)
    ));
    assert!(matches!(desk.store.source(77).await, Err(StorageError::NotFound)));
}

#[tokio::test]
async fn corrections_teach_until_they_are_forgotten_and_agreement_teaches_beside_them() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let store = &desk.store;
    assert_eq!(store.taught_count().await.unwrap(), 0);
    store
        .correct_label(id, desk.version(id).await, Label::Spam, NOW)
        .await
        .unwrap();
    let said = store.corrections(10).await.unwrap();
    assert_eq!(said.iter().map(|c| c.label).collect::<Vec<_>>(), [Label::Spam]);
    assert_eq!(store.forget_corrections(NOW).await.unwrap(), 1);
    assert!(store.corrections(10).await.unwrap().is_empty());
    assert_eq!(store.taught_count().await.unwrap(), 0);
    store
        .correct_label(id, desk.version(id).await, Label::Praise, NOW)
        .await
        .unwrap();
    assert_eq!(
        store.corrections(10).await.unwrap().len(),
        1,
        "what comes after counts again"
    );

    let other = desk.in_review("c2").await;
    assert!(store.agreements(10).await.unwrap().is_empty());
    let hide = desk.action(other, desk.version(other).await, ActionKind::Hide, None);
    store.queue_action(hide).await.unwrap();
    assert_eq!(
        store.agreements(10).await.unwrap().len(),
        1,
        "acted on as it was labelled"
    );
}

async fn step<F>(desk: &Desk, id: CommentId, act: F) -> Stage
where
    F: AsyncFn(&Storage, CommentId, i64) -> Result<(), StorageError>,
{
    act(&desk.store, id, desk.version(id).await).await.unwrap();
    desk.stage(id).await
}

#[tokio::test]
async fn a_comment_goes_where_staff_sends_it() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let soon = NOW.plus(Duration::from_secs(60));
    assert_eq!(
        step(&desk, id, async |s, id, v| s.escalate(id, v, NOW).await).await,
        Stage::Escalated
    );
    assert_eq!(
        step(&desk, id, async |s, id, v| s.return_to_review(id, v, NOW).await).await,
        Stage::ToReview
    );
    assert_eq!(
        step(&desk, id, async |s, id, v| s.snooze(id, v, soon, NOW).await).await,
        Stage::Snoozed
    );
    assert_eq!(
        desk.store.comment_row(id).await.unwrap().snoozed_until,
        Some(soon.0)
    );
    assert_eq!(
        step(&desk, id, async |s, id, v| s.return_to_review(id, v, NOW).await).await,
        Stage::ToReview
    );
    assert_eq!(desk.store.comment_row(id).await.unwrap().snoozed_until, None);
    assert_eq!(
        step(&desk, id, async |s, id, v| s.dismiss(id, v, NOW).await).await,
        Stage::Done
    );
    assert_eq!(
        step(&desk, id, async |s, id, v| s.reopen(id, v, NOW).await).await,
        Stage::ToReview
    );
    assert_eq!(
        step(&desk, id, async |s, id, v| s.regenerate(id, v, NOW).await).await,
        Stage::ToDraft
    );
}

#[tokio::test]
async fn an_act_that_does_not_fit_the_stage_is_refused_and_changes_nothing() {
    let desk = desk().await;
    let id = desk.arrived("c1", "hello").await;
    let before = desk.store.comment_row(id).await.unwrap();
    let refused = desk.store.dismiss(id, before.version, NOW).await;
    assert!(
        matches!(refused, Err(StorageError::IllegalStep(_))),
        "nobody has read it yet: {refused:?}"
    );
    let past = desk.store.snooze(id, before.version, NOW, NOW).await;
    assert!(
        matches!(past, Err(StorageError::IllegalStep(_))),
        "a snooze that is over"
    );
    assert_eq!(desk.store.comment_row(id).await.unwrap(), before);
    assert_eq!(desk.store.trace(id).await.unwrap().len(), 1, "only its arrival");
}

#[tokio::test]
async fn a_corrected_label_is_sure_and_a_persons() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.store
        .correct_label(id, desk.version(id).await, Label::Complaint, NOW)
        .await
        .unwrap();
    let row = desk.store.comment_row(id).await.unwrap();
    let label = &row.labels[0];
    assert_eq!(
        (
            label.label.as_str(),
            label.confidence,
            label.sure,
            label.by_person
        ),
        ("complaint", 1.0, true, true)
    );
    assert_eq!((row.labels.len(), row.stage.as_str()), (1, "to_review"));
    assert_eq!(
        desk.store
            .comment_detail(id, 2200)
            .await
            .unwrap()
            .author
            .complaints,
        1
    );
    desk.store
        .correct_label(id, row.version, Label::Praise, NOW)
        .await
        .unwrap();
    assert_eq!(
        desk.store
            .comment_detail(id, 2200)
            .await
            .unwrap()
            .author
            .complaints,
        0
    );
}

#[tokio::test]
async fn the_first_look_is_remembered_and_overtakes_nobody() {
    let desk = desk().await;
    let id = desk.take(vec![comment("c1", "a1", "hello", 0)]).await.new[0];
    let before = desk.store.comment_row(id).await.unwrap();
    assert!(before.unread);
    desk.store.mark_read(id, NOW).await.unwrap();
    let mut changes = desk.store.changes();
    desk.store.mark_read(id, NOW).await.unwrap();
    assert!(changes.try_recv().is_err(), "a second look is no news");
    let after = desk.store.comment_row(id).await.unwrap();
    assert_eq!((after.unread, after.version), (false, before.version));
}

#[tokio::test]
async fn acts_are_on_record_with_who_and_what() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.store
        .escalate(id, desk.version(id).await, NOW)
        .await
        .unwrap();
    let verbs: Vec<_> = desk
        .store
        .trace(id)
        .await
        .unwrap()
        .into_iter()
        .map(|row| format!("{} {}", row.actor, row.verb))
        .collect();
    assert_eq!(
        verbs,
        [
            "engine arrived",
            "words-1 classified",
            "facts-1 drafted",
            "person escalated"
        ]
    );
}
