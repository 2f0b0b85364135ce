use crate::support::{Desk, NOW, desk};
use domain::Timestamp;
use std::path::{Path, PathBuf};
use std::time::Duration;
use storage::{Storage, StorageError, backups, restore};

const DAY: Duration = Duration::from_secs(86_400);

async fn names(database: &Path) -> Vec<String> {
    let all = backups(database).await.unwrap();
    all.into_iter().map(|copy| copy.name).collect()
}

/// Leaves a schema that is older than this version's, and with a history that its migrations refuse.
async fn age_schema(desk: &Desk) {
    desk.store.close().await;
    let aged = "update _sqlx_migrations set version = 20200101000000
                where version = (select max(version) from _sqlx_migrations)";
    let mut raw = desk.raw().await;
    sqlx::query(aged).execute(&mut raw).await.unwrap();
    sqlx::Connection::close(raw).await.unwrap();
}

async fn comments(file: &Path) -> i64 {
    let store = Storage::open(file).await.unwrap();
    let count = store.status().await.unwrap().comments;
    store.close().await;
    count
}

#[tokio::test]
async fn a_day_has_one_copy_and_a_week_of_them_is_kept() {
    let desk = desk().await;
    assert_eq!(
        names(&desk.file).await,
        Vec::<String>::new(),
        "no folder, no copies"
    );
    let mut day = NOW;
    for _ in 0..9 {
        assert!(desk.store.back_up_daily(day).await.unwrap().is_some());
        let again = desk.store.back_up_daily(day.plus(Duration::from_secs(60))).await;
        assert_eq!(again.unwrap(), None, "one a day is enough");
        day = day.plus(DAY);
    }
    let kept = names(&desk.file).await;
    assert_eq!(kept.len(), 7, "the oldest make room: {kept:?}");
    assert_eq!(
        (kept[0].as_str(), kept[6].as_str()),
        ("daily-2026-09-29", "daily-2026-09-23"),
        "newest first"
    );
    let folder = desk.file.parent().unwrap().join("backups");
    let left: Vec<_> = std::fs::read_dir(folder).unwrap().collect();
    assert_eq!(left.len(), 7, "nothing half-written lies about: {left:?}");
}

#[tokio::test]
async fn what_was_left_of_a_copy_that_was_cut_off_does_not_stop_the_next() {
    let desk = desk().await;
    let folder = desk.file.parent().unwrap().join("backups");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("daily-2026-09-21.part"), "half a page").unwrap();
    let copy = desk.store.back_up_daily(NOW).await.unwrap().unwrap();
    assert_eq!(copy, folder.join("daily-2026-09-21.db"));
    assert_eq!(comments(&copy).await, 0, "it opens");
}

#[tokio::test]
async fn an_older_schema_is_copied_before_it_is_changed() {
    let desk = desk().await;
    age_schema(&desk).await;
    let refused = Storage::open(&desk.file).await;
    assert!(refused.is_err(), "or this shows nothing about failing migrations");
    let kept = backups(&desk.file).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert!(kept[0].name.starts_with("before-"), "{kept:?}");
    assert!(kept[0].size_bytes > 0);
    let before = std::fs::metadata(&kept[0].file).unwrap().modified().unwrap();
    assert!(Storage::open(&desk.file).await.is_err());
    let after = std::fs::metadata(&kept[0].file).unwrap().modified().unwrap();
    assert_eq!(before, after, "a second try keeps the copy of the first");
}

#[tokio::test]
async fn a_restore_brings_back_the_day_of_the_copy_and_keeps_what_it_replaced() {
    let desk = desk().await;
    desk.in_review("c1").await;
    desk.store
        .set_meta("index_fingerprint", "e5/384/abc")
        .await
        .unwrap();
    let copy = desk.store.back_up_daily(NOW).await.unwrap().unwrap();
    desk.arrived("c2", "after the copy").await;
    desk.store.close().await;

    let replaced = restore(&desk.file, &copy, NOW.plus(DAY)).await.unwrap().unwrap();

    assert_eq!(comments(&desk.file).await, 1, "as it was on that day");
    let store = Storage::open(&desk.file).await.unwrap();
    assert!(
        !store.sending_enabled().await.unwrap(),
        "what left since is not in it: a person looks before anything is sent"
    );
    assert_eq!(
        store.meta("index_fingerprint").await.unwrap().as_deref(),
        Some(""),
        "the index on the disk is of another day and is built again"
    );
    let report = store.check_integrity().await.unwrap();
    assert!(report.sqlite_ok && report.activity_ok, "{report:?}");
    store.close().await;
    assert!(copy.exists(), "the copy stays");
    assert_eq!(
        names(&desk.file).await,
        ["daily-2026-09-21", "replaced-2026-09-22T14-13-20Z"]
    );

    restore(&desk.file, &replaced, NOW.plus(DAY * 2)).await.unwrap();
    assert_eq!(comments(&desk.file).await, 2, "a restore can be taken back");
}

#[tokio::test]
async fn a_replaced_database_keeps_what_only_its_log_holds() {
    let desk = desk().await;
    let copy = desk.store.back_up_daily(NOW).await.unwrap().unwrap();
    desk.arrived("c1", "only in the log").await;
    // As a crash leaves it: the log is not folded in.
    let crashed = desk.file.parent().unwrap().join("crashed");
    std::fs::create_dir(&crashed).unwrap();
    let database = crashed.join("workspace.db");
    std::fs::copy(&desk.file, &database).unwrap();
    let log = |file: &Path| PathBuf::from(format!("{}-wal", file.display()));
    assert!(std::fs::metadata(log(&desk.file)).unwrap().len() > 0);
    std::fs::copy(log(&desk.file), log(&database)).unwrap();

    let replaced = restore(&database, &copy, NOW).await.unwrap().unwrap();

    assert!(!log(&database).exists(), "it would be read into the new database");
    assert_eq!(comments(&database).await, 0);
    assert_eq!(comments(&replaced).await, 1, "the log went with its database");
}

#[tokio::test]
async fn a_database_that_is_gone_or_damaged_is_brought_back() {
    let desk = desk().await;
    desk.in_review("c1").await;
    let copy = desk.store.back_up_daily(NOW).await.unwrap().unwrap();
    desk.store.close().await;
    std::fs::write(&desk.file, "overwritten by something else".repeat(400)).unwrap();
    assert!(restore(&desk.file, &copy, NOW).await.unwrap().is_some());
    assert_eq!(comments(&desk.file).await, 1);
    std::fs::remove_file(&desk.file).unwrap();
    assert_eq!(
        restore(&desk.file, &copy, NOW.plus(DAY)).await.unwrap(),
        None,
        "there was nothing to put aside"
    );
    assert_eq!(comments(&desk.file).await, 1);
}

#[tokio::test]
async fn a_copy_that_does_not_hold_a_workspace_of_this_version_changes_nothing() {
    let desk = desk().await;
    desk.in_review("c1").await;
    let newer = desk.file.with_extension("newer");
    desk.store.backup_to(&newer).await.unwrap();
    desk.store.close().await;
    let mut raw = sqlx::ConnectOptions::connect(&sqlx::sqlite::SqliteConnectOptions::new().filename(&newer))
        .await
        .unwrap();
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (99990101000001, 'from the future', 1, x'00', 0)",
    )
    .execute(&mut raw)
    .await
    .unwrap();
    sqlx::Connection::close(raw).await.unwrap();
    let notes = desk.file.with_extension("notes");
    std::fs::write(&notes, "these are my notes, and not a database at all".repeat(40)).unwrap();
    let empty = desk.file.with_extension("empty");
    std::fs::write(&empty, "").unwrap();
    let missing = desk.file.with_extension("missing");
    let before = std::fs::read(&desk.file).unwrap();

    let refused = [
        restore(&desk.file, &newer, NOW).await,
        restore(&desk.file, &notes, NOW).await,
        restore(&desk.file, &empty, NOW).await,
        restore(&desk.file, &missing, NOW).await,
    ];
    assert!(
        matches!(
            refused,
            [
                Err(StorageError::NewerSchema { .. }),
                Err(StorageError::Corrupt { .. }),
                Err(StorageError::Corrupt { .. }),
                Err(StorageError::NotFound),
            ]
        ),
        "{refused:?}"
    );
    assert!(std::fs::read(&desk.file).unwrap() == before, "not a byte of it");
    assert_eq!(names(&desk.file).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_copy_is_made_while_others_write_and_damage_makes_none() {
    let desk = desk().await;
    desk.in_review("c1").await;
    let (copied, stored) = tokio::join!(desk.store.back_up_daily(NOW), desk.arrived("c2", "meanwhile"));
    assert!(copied.unwrap().is_some());
    assert_eq!(desk.store.comment_row(stored).await.unwrap().text, "meanwhile");

    let mut raw = desk.raw().await;
    let root: i64 = sqlx::query_scalar("select rootpage from sqlite_schema where name = 'comment'")
        .fetch_one(&mut raw)
        .await
        .unwrap();
    // Only the last connection to go brings the log into the file, where the damage is to be read.
    sqlx::Connection::close(raw).await.unwrap();
    desk.store.close().await;
    let mut bytes = std::fs::read(&desk.file).unwrap();
    let page = 4096;
    let start = (usize::try_from(root).unwrap() - 1) * page;
    bytes[start..start + page].fill(0x5a);
    std::fs::write(&desk.file, &bytes).unwrap();
    let store = Storage::open(&desk.file).await.unwrap();
    let refused = store.back_up_daily(NOW.plus(DAY)).await;
    assert!(
        matches!(refused, Err(StorageError::Corrupt { .. })),
        "{refused:?}"
    );
    store.close().await;
    assert_eq!(
        names(&desk.file).await,
        ["daily-2026-09-21"],
        "no bad copy stands beside the good one"
    );
}

#[tokio::test]
async fn the_start_looks_at_the_newest_activity_and_not_at_all_of_it() {
    let desk = desk().await;
    for n in 0..1_005 {
        desk.store
            .record(
                "engine",
                "looked",
                None,
                None,
                serde_json::json!({ "n": n }),
                Timestamp(n),
            )
            .await
            .unwrap();
    }
    let report = desk.store.check_at_start().await.unwrap();
    assert!(report.sqlite_ok && report.activity_ok, "{report:?}");
    assert_eq!(report.activity_rows, 1_000, "however long the record is");
    let mut raw = desk.raw().await;
    for sql in [
        "drop trigger activity_is_append_only_update",
        "update activity set actor = 'nobody' where id = 900",
    ] {
        sqlx::query(sql).execute(&mut raw).await.unwrap();
    }
    let report = desk.store.check_at_start().await.unwrap();
    assert_eq!((report.activity_ok, report.broken_at), (false, Some(900)));
}

#[tokio::test]
async fn room_is_found_where_there_is_some_and_nothing_is_left_of_the_try() {
    let desk = desk().await;
    let mut changes = desk.store.changes();
    assert!(desk.store.has_room().await.unwrap());
    let folder = desk.file.parent().unwrap();
    let probes: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "probe"))
        .collect();
    assert_eq!(probes, Vec::<PathBuf>::new());
    assert!(changes.try_recv().is_err(), "there is nothing to draw again");
}
