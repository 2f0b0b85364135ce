//! 1,956 comments that people wrote under five videos: all stored once, all classified, and nothing changes when
//! the program runs again.

use crate::support::platform::Platform;
use crate::support::program::Program;
use serde_json::{Value, json};
use simulator::seed_from_files;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

const COMMENTS: usize = 1_956;
const SETTINGS: &str = "[outbox]\nhold_seconds = 0\n";

fn data_files() -> Vec<PathBuf> {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    let folder = Path::new(&here).join("../../../../shared/data/youtube_spam_en");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "csv"))
        .collect();
    files.sort();
    files
}

fn exported(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_real_comment_is_stored_once_and_classified_and_a_second_run_changes_nothing() {
    let seed = seed_from_files(&data_files(), None).unwrap();
    assert_eq!(
        (seed.posts.len(), seed.comments.len()),
        (5, COMMENTS),
        "the whole data set"
    );
    let token = seed.accounts[0].token.clone();
    let texts: HashMap<String, String> = seed
        .comments
        .iter()
        .map(|c| (c.id.clone(), c.text.clone()))
        .collect();
    assert_eq!(texts.len(), COMMENTS, "every comment has an id of its own");
    let platform = Platform::start(seed).await;
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(folder.path(), SETTINGS);
    program
        .must(
            &["connect", "--drafts-from", "all", "--base-url", &platform.url()],
            &token,
        )
        .await;

    let before = platform.requests().await;
    let first = program.must(&["run", "--until-idle", "--json"], "").await;
    let pages = platform.requests().await - before;
    let summary: Value = serde_json::from_str(first.out.trim()).unwrap();
    println!("first run: {summary}");
    println!("pulled with {pages} requests");
    assert!(
        pages >= 40,
        "at most 50 come on a page, so {COMMENTS} take at least 40: {pages}"
    );
    assert_eq!(summary["comments"], json!(COMMENTS));
    assert_eq!(
        (&summary["stuck"], &summary["quarantined"]),
        (&json!(0), &json!(0)),
        "none is lost on the way: {summary}"
    );
    let labelled: i64 = summary["by_label"]
        .as_object()
        .unwrap()
        .values()
        .map(|n| n.as_i64().unwrap())
        .sum();
    assert_eq!(labelled, COMMENTS as i64, "each is classified: {summary}");
    let waiting: BTreeMap<String, i64> = serde_json::from_value(summary["by_stage"].clone()).unwrap();
    for stage in ["to_classify", "to_draft", "stuck"] {
        assert_eq!(
            waiting.get(stage).copied().unwrap_or(0),
            0,
            "idle means that nothing waits for a worker: {waiting:?}"
        );
    }
    for key in ["seconds", "comments_per_second", "peak_rss_bytes"] {
        assert!(
            summary[key].as_f64().is_some_and(|n| n > 0.0),
            "{key} is measured: {summary}"
        );
    }

    let stored = program.must(&["export"], "").await.out;
    let rows = exported(&stored);
    let ids: HashSet<&str> = rows.iter().map(|r| r["platform_id"].as_str().unwrap()).collect();
    assert_eq!((rows.len(), ids.len()), (COMMENTS, COMMENTS), "each exactly once");
    for row in &rows {
        let id = row["platform_id"].as_str().unwrap();
        assert_eq!(
            row["text"].as_str(),
            texts.get(id).map(String::as_str),
            "{id} reads as it was written"
        );
    }

    let second = program.must(&["run", "--until-idle", "--json"], "").await;
    let summary: Value = serde_json::from_str(second.out.trim()).unwrap();
    println!("second run: {summary}");
    assert_eq!(
        program.must(&["export"], "").await.out,
        stored,
        "a second run changes no stage, label, draft or text"
    );
}
