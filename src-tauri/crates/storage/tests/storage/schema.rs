use crate::support::{NOW, desk};
use std::path::Path;
use storage::{Storage, StorageError};

#[tokio::test]
async fn a_newer_schema_is_refused_untouched() {
    let desk = desk().await;
    desk.store.close().await;
    let mut raw = desk.raw().await;
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (99990101000001, 'from the future', 1, x'00', 0)",
    )
    .execute(&mut raw)
    .await
    .unwrap();
    match Storage::open(&desk.file).await {
        Err(StorageError::NewerSchema { found, known }) => {
            assert_eq!(found, 99_990_101_000_001);
            assert!(known > 0 && known < found);
        }
        other => panic!("it was opened: {:?}", other.err()),
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told_from_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.db");
    std::fs::write(&file, "these are my notes, and not a database at all".repeat(40)).unwrap();
    assert!(matches!(
        Storage::open(&file).await,
        Err(StorageError::Corrupt { .. })
    ));
}

#[tokio::test]
async fn everything_is_still_there_after_closing_and_opening() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.store.save_draft_text(id, "half a sent", NOW).await.unwrap();
    let before = desk.store.comment_detail(id, 2200).await.unwrap();
    let counts = desk.store.overview().await.unwrap();
    desk.store.close().await;
    let store = Storage::open(&desk.file).await.unwrap();
    assert_eq!(store.comment_detail(id, 2200).await.unwrap(), before);
    assert_eq!(store.overview().await.unwrap(), counts);
    store.close().await;
}

#[tokio::test]
async fn a_backup_opens_as_a_workspace_of_its_own() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let copy = desk.file.with_extension("copy");
    desk.store.backup_to(&copy).await.unwrap();
    let store = Storage::open(&copy).await.unwrap();
    assert_eq!(
        store.comment_row(id).await.unwrap(),
        desk.store.comment_row(id).await.unwrap()
    );
    assert!(store.check_integrity().await.unwrap().sqlite_ok);
    assert!(
        desk.store.backup_to(&copy).await.is_err(),
        "a backup is never written over another"
    );
    store.close().await;
}

#[tokio::test]
async fn the_two_pools_are_set_as_the_rules_ask() {
    let desk = desk().await;
    let mut raw = desk.raw().await;
    let mode: String = sqlx::query_scalar("pragma journal_mode")
        .fetch_one(&mut raw)
        .await
        .unwrap();
    assert_eq!(mode, "wal");
    let orphan = sqlx::query(
        "insert into picture (post_id, content_type, bytes, fetched_at) values (999, '', x'', 0)",
    )
    .execute(&mut raw)
    .await;
    assert!(orphan.is_err(), "an orphan cannot be written");
    let (strict, all): (i64, i64) = sqlx::query_as(
        "select sum(strict), count(*) from pragma_table_list
         where schema = 'main' and type = 'table' and name not like 'sqlite_%' and name not like '_sqlx_%'",
    )
    .fetch_one(&mut raw)
    .await
    .unwrap();
    assert_eq!(strict, all, "every table is strict");
}

/// The macros ask the plan of a query whether a column can be null, and an index on `x is null` leads them astray: a
/// null is then read as 0 or as empty, and nothing complains.
#[tokio::test]
async fn no_column_that_may_be_null_is_read_as_if_it_never_was() {
    let desk = desk().await;
    let mut raw = desk.raw().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    let mut checked = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let query: serde_json::Value = serde_json::from_str(&text).unwrap();
        let described = &query["describe"];
        let columns = described["columns"].as_array().unwrap();
        for (at, column) in columns.iter().enumerate() {
            let name = column["name"].as_str().unwrap();
            let origin = &column["origin"]["Table"];
            let (Some(table), Some(origin)) = (origin["table"].as_str(), origin["name"].as_str()) else {
                continue;
            };
            // Whoever writes the query says so there: `as "x!"`.
            if described["nullable"][at] != serde_json::json!(false) || name.contains(['!', '?']) {
                continue;
            }
            let can_be_null: bool = sqlx::query_scalar(
                "select \"notnull\" = 0 and pk = 0 from pragma_table_info(?) where name = ?",
            )
            .bind(table)
            .bind(origin)
            .fetch_one(&mut raw)
            .await
            .unwrap();
            assert!(!can_be_null, "{table}.{origin} as {name} in {}", query["query"]);
            checked += 1;
        }
    }
    assert!(checked > 100, "the queries are kept beside the code: {checked}");
}
