//! What the Health screen is told.

use crate::platform::Fate;
use crate::support::{START, desk};
use domain::{ActionKind, PlatformError, Stage};
use engine::destination::CircuitState;
use std::time::Duration;

#[tokio::test]
async fn health_tells_depth_lag_destinations_and_the_last_error_with_its_reference() {
    let desk = desk().await;
    let comment = desk.in_review("c1").await;
    desk.platform
        .state()
        .fates
        .push_back(Fate::Refused(PlatformError::Refused {
            code: 100,
            detail: "comments are closed".to_owned(),
        }));
    desk.queue(comment, ActionKind::Reply, Some("Thank you!")).await;
    desk.work().await;
    let second = desk.in_review("c2").await;
    desk.queue(second, ActionKind::Hide, None).await;
    desk.wait(Duration::from_secs(7));
    let health = desk.engine.health().await.unwrap();
    let review = health
        .stages
        .iter()
        .find(|stage| stage.stage == Stage::ToReview)
        .unwrap();
    assert_eq!((review.depth, review.lag_ms), (1, None));
    assert_eq!((health.outbox.live, health.outbox_lag_ms), (1, Some(7_000)));
    let host = &health.destinations[0];
    assert_eq!(
        (host.host.as_str(), host.state),
        ("graph.test", CircuitState::Closed)
    );
    assert!(
        host.calls >= 3 && host.errors == 0 && host.p95_ms.is_some(),
        "{host:?}"
    );
    let trouble = &health.troubles[0];
    assert_eq!(trouble.what, "failed");
    assert!(trouble.message.contains("comments are closed"));
    assert!(health.sending && health.index.is_ok() && health.workspace_trouble.is_none());
    assert!(health.disk.database > 0);
    let traces = desk.engine.traces_of(&trouble.trace_id).await.unwrap();
    assert_eq!(traces.len(), 1);
    let trace = &traces[0];
    assert_eq!((trace.comment_id, trace.stage.as_str()), (comment, "to_review"));
    let verbs: Vec<&str> = trace.activity.iter().map(|row| row.verb.as_str()).collect();
    assert_eq!(
        verbs,
        [
            "arrived",
            "classified",
            "action_queued",
            "ready",
            "sending",
            "failed"
        ]
    );
    assert_eq!(trace.activity[0].at, START);
    assert_eq!(trace.classifications.len(), 1);
    assert_eq!(trace.attempts.len(), 1);
    assert_eq!(trace.attempts[0].outcome.as_deref(), Some("refused"));
}
