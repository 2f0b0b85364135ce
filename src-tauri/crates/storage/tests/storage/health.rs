//! What the health of a workspace is read from.

use crate::support::{NOW, desk};
use domain::{ActionState, Label, PlatformId, Stage, Timestamp};
use std::time::Duration;
use storage::{NextTry, OutboxDepth, ReleaseReason};

fn after(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

#[tokio::test]
async fn depth_and_lag_are_told_stage_by_stage() {
    let desk = desk().await;
    for n in 0..3 {
        desk.arrived(&format!("c{n}"), "How much is it?").await;
    }
    desk.in_review("r").await;
    let depths = desk.store.stage_depths().await.unwrap();
    let of = |stage| depths.iter().find(|depth| depth.stage == stage).unwrap();
    assert_eq!(depths.len(), Stage::ALL.len());
    assert_eq!(
        (of(Stage::ToClassify).comments, of(Stage::ToClassify).next_came_at),
        (3, Some(NOW))
    );
    assert_eq!(
        (of(Stage::ToReview).comments, of(Stage::ToReview).next_came_at),
        (1, None)
    );
    assert_eq!(
        (of(Stage::ToDraft).comments, of(Stage::ToDraft).next_came_at),
        (0, None)
    );
}

#[tokio::test]
async fn the_outbox_tells_what_is_in_flight_and_since_when_something_is_overdue() {
    let desk = desk().await;
    assert_eq!(
        desk.store.outbox_depth(NOW).await.unwrap(),
        OutboxDepth::default()
    );
    let (held, lost) = (desk.in_review("c1").await, desk.in_review("c2").await);
    desk.approve(held, "one").await;
    let lost = desk.sending(lost, "two").await;
    let depth = desk.store.outbox_depth(NOW).await.unwrap();
    assert_eq!(
        (depth.live, depth.in_flight, depth.unknown, depth.overdue_since),
        (2, 1, 0, None)
    );
    desk.store
        .lose_outcome(lost, "time-out", after(3), NOW)
        .await
        .unwrap();
    let depth = desk.store.outbox_depth(after(60)).await.unwrap();
    assert_eq!(
        depth,
        OutboxDepth {
            live: 2,
            in_flight: 1,
            unknown: 1,
            overdue_since: Some(after(3)),
        }
    );
}

#[tokio::test]
async fn the_last_troubles_lead_to_their_comment_and_its_reference() {
    let desk = desk().await;
    let stuck = desk.arrived("c1", "?").await;
    desk.classify(stuck, Label::Question).await;
    let reason = ReleaseReason {
        error: "the model is down".to_owned(),
        next: NextTry::GiveUp,
    };
    let version = desk.version(stuck).await;
    desk.store
        .release(stuck, version, reason, after(1))
        .await
        .unwrap();
    let failed = desk.in_review("c2").await;
    let action = desk.sending(failed, "one").await;
    desk.store
        .lose_outcome(action, "time-out", after(3), after(2))
        .await
        .unwrap();
    desk.store.not_on_platform(action, after(3)).await.unwrap();
    desk.store
        .fail_action(action, "comments are closed", after(4))
        .await
        .unwrap();
    let troubles = desk.store.last_troubles(10).await.unwrap();
    let told: Vec<(&str, &str, Timestamp)> = troubles
        .iter()
        .map(|row| (row.what.as_str(), row.message.as_str(), row.at))
        .collect();
    assert_eq!(
        told,
        [
            ("failed", "comments are closed", after(4)),
            ("unknown", "time-out", after(2)),
            ("stuck", "the model is down", after(1)),
        ]
    );
    assert_eq!(troubles[0].action_id, Some(action));
    let found = desk.store.comments_by_trace(&troubles[0].trace_id).await.unwrap();
    assert_eq!(found, [failed], "the reference that people copy leads back");
    assert_eq!(desk.store.last_troubles(1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_trace_holds_every_attempt_and_everything_it_was_said_to_be() {
    let desk = desk().await;
    let comment = desk.in_review("c1").await;
    let action = desk.sending(comment, "It is 89 EUR.").await;
    desk.store
        .retry_action(action, "busy", after(1), NOW)
        .await
        .unwrap();
    desk.store.release_hold(action, after(1)).await.unwrap();
    desk.store.commit_intent(action, after(1)).await.unwrap();
    desk.store
        .confirm_action(action, Some(&PlatformId::from("r1")), "accepted", after(2))
        .await
        .unwrap();
    let version = desk.version(comment).await;
    desk.store
        .correct_label(comment, version, Label::Praise, after(3))
        .await
        .unwrap();
    let attempts = desk.store.attempts_of(comment).await.unwrap();
    let told: Vec<(i64, Option<&str>, Option<&str>)> = attempts
        .iter()
        .map(|row| (row.number, row.outcome.as_deref(), row.note.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (1, Some("retry"), Some("busy")),
            (2, Some("confirmed"), Some("accepted"))
        ]
    );
    assert_eq!(
        (attempts[1].state, attempts[1].settled_at),
        (ActionState::Confirmed, Some(after(2)))
    );
    let said = desk.store.classifications_of(comment).await.unwrap();
    let said: Vec<(bool, bool, &[String])> = said
        .iter()
        .map(|row| (row.by_person, row.current, row.labels.as_slice()))
        .collect();
    assert_eq!(
        said,
        [
            (false, false, &["question".to_owned()][..]),
            (true, true, &["praise".to_owned()][..])
        ]
    );
}

#[tokio::test]
async fn the_disk_is_measured_with_its_newest_backup() {
    let desk = desk().await;
    let before = desk.store.disk_use().await.unwrap();
    assert!(before.database > 0 && before.last_backup.is_none());
    desk.store.back_up_daily(NOW).await.unwrap();
    let used = desk.store.disk_use().await.unwrap();
    assert!(used.backups > 0);
    let (name, at) = used.last_backup.unwrap();
    assert!(name.starts_with("daily-") && at.0 > 0, "{name} {at:?}");
    assert_eq!(desk.store.quarantined_count().await.unwrap(), 0);
}
