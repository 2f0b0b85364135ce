//! A page tells of every change; what it tells is not believed but read again.

use crate::support::{Desk, read_all};
use domain::PlatformId;
use serde_json::json;
use simulator::{Fault, FaultKind, FaultMatch};
use std::time::Duration;

const COMMENT: &str = "77_5";

async fn with_a_comment() -> Desk {
    let desk = Desk::new().await;
    let new = json!({"post_id": desk.page_post, "id": COMMENT, "author_id": "9", "username": "Bo", "text": "How much?"});
    desk.control("/comments", new).await;
    desk.settle().await;
    assert_eq!(desk.text_of(&desk.page, COMMENT).await, "How much?");
    desk
}

async fn edit(desk: &Desk) {
    let path = format!("/comments/{COMMENT}/edit");
    desk.control(&path, json!({"text": "How much is it?"})).await;
}

#[tokio::test]
async fn a_changed_comment_is_read_again_and_a_removed_one_is_gone() {
    let desk = with_a_comment().await;
    edit(&desk).await;
    desk.settle().await;
    assert_eq!(desk.text_of(&desk.page, COMMENT).await, "How much is it?");

    desk.control(&format!("/comments/{COMMENT}/delete"), json!(null))
        .await;
    desk.settle().await;
    let marked = desk
        .context
        .storage
        .mark_deleted(desk.page.id, &[PlatformId::from(COMMENT)], desk.context.now())
        .await
        .unwrap();
    assert!(marked.is_empty(), "it counts as deleted already");
}

#[tokio::test]
async fn a_change_that_comes_before_its_comment_brings_the_comment_once() {
    let desk = Desk::new().await;
    desk.fail_deliveries(json!({"kind": "reorder", "count": 2})).await;
    let new = json!({"post_id": desk.page_post, "id": COMMENT, "author_id": "9", "username": "Bo", "text": "How much?"});
    desk.control("/comments", new).await;
    edit(&desk).await;
    desk.settle().await;
    assert_eq!(desk.stored().await, 1);
    assert_eq!(desk.text_of(&desk.page, COMMENT).await, "How much is it?");
}

#[tokio::test]
async fn a_platform_that_does_not_answer_is_asked_again_later() {
    let desk = with_a_comment().await;
    let fault = FaultKind::ServerError {
        status: 500,
        after_write: false,
    };
    let reads = FaultMatch {
        method: Some("GET".to_owned()),
        path_contains: Some(COMMENT.to_owned()),
    };
    desk.simulator.queue_fault(Fault::once(fault, reads));
    edit(&desk).await;
    desk.settle().await;
    let health = desk.context.relay_health().await.unwrap();
    assert_eq!(health.waiting, 1, "not given up");
    assert!(health.last_note.is_some());
    assert_eq!(desk.text_of(&desk.page, COMMENT).await, "How much?");

    desk.clock.advance(Duration::from_secs(60));
    read_all(&desk.context).await;
    assert_eq!(desk.text_of(&desk.page, COMMENT).await, "How much is it?");
    let health = desk.context.relay_health().await.unwrap();
    assert_eq!((health.waiting, health.given_up), (0, 0));
    assert_eq!(health.last_note, None, "it was read after all");
}
