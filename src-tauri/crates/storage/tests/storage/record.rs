use crate::support::{NOW, desk};
use serde_json::json;

#[tokio::test]
async fn the_chain_holds_while_nobody_touches_it() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.store
        .record(
            "engine",
            "looked",
            Some(id),
            None,
            json!({ "why": "a \"test\"" }),
            NOW,
        )
        .await
        .unwrap();
    let report = desk.store.check_integrity().await.unwrap();
    assert!(report.sqlite_ok && report.activity_ok);
    assert_eq!((report.activity_rows, report.broken_at), (3, None));
    let last = desk.store.trace(id).await.unwrap().pop().unwrap();
    assert_eq!(
        (last.verb.as_str(), last.details),
        ("looked", json!({ "why": "a \"test\"" }))
    );
}

#[tokio::test]
async fn activity_takes_no_change_and_no_deletion() {
    let desk = desk().await;
    desk.in_review("c1").await;
    let mut raw = desk.raw().await;
    for forbidden in ["update activity set actor = 'nobody'", "delete from activity"] {
        let refused = sqlx::query(forbidden).execute(&mut raw).await.unwrap_err();
        assert!(
            refused.to_string().contains("append-only"),
            "{forbidden}: {refused}"
        );
    }
}

#[tokio::test]
async fn tampering_behind_the_triggers_is_found() {
    for tamper in [
        "update activity set actor = 'nobody' where id = 2",
        "update activity set details = '{}' where id = 2",
        "update activity set comment_id = 42 where id = 2",
        "delete from activity where id = 2",
    ] {
        let desk = desk().await;
        desk.in_review("c1").await;
        desk.in_review("c2").await;
        let mut raw = desk.raw().await;
        for sql in [
            "drop trigger activity_is_append_only_update",
            "drop trigger activity_is_append_only_delete",
            tamper,
        ] {
            sqlx::query(sql).execute(&mut raw).await.unwrap();
        }
        let report = desk.store.check_integrity().await.unwrap();
        assert!(!report.activity_ok, "{tamper}");
        let expected = if tamper.starts_with("delete") { 3 } else { 2 };
        assert_eq!(report.broken_at, Some(expected), "{tamper}");
    }
}
