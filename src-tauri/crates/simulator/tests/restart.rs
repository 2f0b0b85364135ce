use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};
use simulator::{LedgerEntry, Simulator, SimulatorConfig, SimulatorError, WriteKind};

use crate::support::{POST, Platform, seed};

const FIELDS: &str = "id,text,hidden,timestamp,from,replies{id,text,from,parent_id,timestamp}";

async fn start(journal: &Path) -> Platform {
    Platform::start_with_journal(seed(5), Some(journal.to_owned())).await
}

async fn picture_of(platform: &Platform) -> (Value, Value, Vec<LedgerEntry>) {
    let mut page = platform
        .get(&format!("/{POST}/comments"), &[("fields", FIELDS)])
        .await
        .ok();
    page["paging"] = Value::Null;
    let media = platform
        .get(
            &format!("/{POST}"),
            &[("fields", "comments_count,is_comment_enabled")],
        )
        .await
        .ok();
    (page, media, platform.ledger.entries())
}

async fn write_everything(platform: &Platform) {
    platform
        .control("/clock", json!({"offset_ms": -86_400_000}))
        .await
        .ok();
    let reply = platform.reply("1", "Thank you").await;
    platform.reply(&reply, "And again").await;
    platform.post("/2", &[("hide", "true")]).await.ok();
    platform.post("/2", &[("hide", "true")]).await.ok();
    platform.delete("/3").await.ok();
    platform
        .control("/comments/4/edit", json!({"text": "edited"}))
        .await
        .ok();
    let batch = json!([{"post_id": POST, "text": "new"}, {"post_id": POST, "raw": {"id": "0"}}]);
    platform.control("/comments", batch).await.ok();
    platform
        .post(&format!("/{POST}"), &[("comment_enabled", "false")])
        .await
        .ok();
}

#[tokio::test]
async fn everything_written_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let platform = start(&journal).await;
    write_everything(&platform).await;
    let before = picture_of(&platform).await;
    let counts = platform.state().await;
    platform.simulator.stop().await;

    let platform = start(&journal).await;
    assert_eq!(picture_of(&platform).await, before);
    let after = platform.state().await;
    for name in ["comments", "replies", "hidden", "deleted", "malformed", "writes"] {
        assert_eq!(after[name], counts[name], "{name}");
    }
    assert_eq!(platform.ledger.count(WriteKind::Hide, "2"), 2);
    assert_eq!(platform.get("/3", &[]).await.refusal(), (100, Some(33)));
    platform
        .post(&format!("/{POST}"), &[("comment_enabled", "true")])
        .await
        .ok();
    let made = platform.reply("1", "after the restart").await;
    let known: Vec<_> = before
        .2
        .iter()
        .filter_map(|entry| entry.result_id.clone())
        .collect();
    assert!(!known.contains(&made), "no id is given out twice");
}

#[tokio::test]
async fn a_kill_in_the_middle_of_a_line_loses_that_line_only() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let platform = start(&journal).await;
    platform.reply("1", "kept").await;
    drop(platform);
    let mut file = std::fs::OpenOptions::new().append(true).open(&journal).unwrap();
    file.write_all(br#"{"change":{"change":"comment_added","comment":{"id":"17"#)
        .unwrap();
    drop(file);

    let platform = start(&journal).await;
    assert_eq!(platform.ledger.entries().len(), 1);
    platform.reply("1", "next").await;
    platform.simulator.stop().await;
    let platform = start(&journal).await;
    assert_eq!(platform.ledger.replies_to("1").len(), 2);
}

#[tokio::test]
async fn a_journal_outlives_the_seed_it_was_written_on() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let platform = start(&journal).await;
    platform.reply("5", "to a comment of the old seed").await;
    platform.reply("1", "to a comment of both").await;
    platform.simulator.stop().await;

    let platform = Platform::start_with_journal(seed(2), Some(journal)).await;
    assert_eq!(
        platform.ledger.entries().len(),
        2,
        "the ledger tells what was accepted"
    );
    assert_eq!(
        platform.state().await["replies"],
        1,
        "the state holds what still has a place"
    );
}

#[tokio::test]
async fn a_journal_serves_one_simulator_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let platform = start(&journal).await;
    let bind = ([127, 0, 0, 1], 0).into();
    let config = SimulatorConfig {
        bind,
        journal: Some(journal.clone()),
        seed: seed(5),
    };
    let second = Simulator::start(config).await;
    assert!(matches!(second.err(), Some(SimulatorError::JournalInUse(_))));
    let ledger = platform.ledger.clone();
    platform.reply("1", "Hello").await;
    platform.simulator.stop().await;
    assert_eq!(
        start(&journal).await.ledger.entries(),
        ledger.entries(),
        "a ledger outlives its simulator"
    );
}

#[tokio::test]
async fn without_a_journal_a_restart_forgets() {
    let platform = Platform::start(seed(1)).await;
    platform.reply("1", "Hello").await;
    platform.simulator.stop().await;
    let platform = Platform::start(seed(1)).await;
    assert!(platform.ledger.entries().is_empty());
}
