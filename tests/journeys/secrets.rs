//! Secrets without a keychain: a clear choice, and nothing in plain text on the disk.

use crate::support::endpoint::{Does, FakeEndpoint, MODEL};
use crate::support::files::{all_files, files_with};
use crate::support::platform::{Platform, TOKEN, comment, seed};
use crate::support::program::{PASSPHRASE, Program};
use contract::SetProvider;
use headless::folders::Folders;
use headless::{App, Options};
use serde_json::Value;
use std::path::Path;

const KEY: &str = "sk-CANARYKEY-5b8e0d2f94c7411aa6";
const QUESTION: &str = "How much is the Skillet 26?";
const PRAISE: &str = "I love this pan, thank you!";
/// What the log says of a comment that is answered, in this order.
const STAGES: [&str; 8] = [
    "arrived",
    "classified",
    "found",
    "guarded",
    "drafted",
    "held",
    "sending",
    "confirmed",
];
const SETTINGS: &str = "[outbox]\nhold_seconds = 0\n[drafting]\nmost_attempts = 2\ntimeout_seconds = 5\n[log]\nfilter = \"debug\"\n";

#[cfg(target_os = "linux")]
#[tokio::test]
async fn without_a_keychain_the_program_names_the_choices_and_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let platform = Platform::start(seed(Vec::new())).await;
    let program = Program::new(folder.path(), "").with_secrets("keychain");
    for args in [
        vec!["connect", "--drafts-from", "all", "--base-url", &platform.url()],
        vec!["run", "--sample", "--until-idle"],
    ] {
        let said = program.run(&args, TOKEN).await;
        assert!(!said.ok, "{args:?} cannot work without a place for its token");
        for word in ["keychain", "encrypted-file", "session"] {
            assert!(
                said.err.contains(word),
                "{args:?} says what is wrong and what can be chosen ({word}): {}",
                said.err
            );
        }
    }
    assert_eq!(
        files_with(folder.path(), TOKEN),
        Vec::<std::path::PathBuf>::new(),
        "no weaker place is chosen behind the user's back"
    );
}

#[tokio::test]
async fn with_an_encrypted_file_everything_works_and_no_secret_is_in_plain_text_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let people = vec![comment("401", QUESTION, 5), comment("402", PRAISE, 4)];
    let platform = Platform::start(seed(people)).await;
    let program = Program::new(folder.path(), SETTINGS);
    let mut said = vec![
        program
            .must(
                &["connect", "--drafts-from", "all", "--base-url", &platform.url()],
                TOKEN,
            )
            .await,
    ];
    // An endpoint that quotes the key back in its refusal: errors are where programs are tempted to talk.
    let endpoint = FakeEndpoint::start(Does::RejectsTheKey).await;
    said.push(
        program
            .must(&["provider", "--base-url", &endpoint.url, "--model", MODEL], KEY)
            .await,
    );
    said.push(program.must(&["run", "--until-idle", "--json"], "").await);
    assert!(
        endpoint.keys().contains(&KEY.to_owned()),
        "the key came out of the encrypted file again, into its one place"
    );
    platform
        .fault(serde_json::json!({"kind": "token_error", "code": 190, "times": 3}))
        .await;
    said.push(program.run(&["sync", "--full"], "").await);
    assert!(
        !said[3].ok,
        "a refused token is an error, or this shows nothing about error texts"
    );
    platform.clear_faults().await;
    for args in [
        ["status", "--json"],
        ["export", "--format=jsonl"],
        ["export", "--format=csv"],
    ] {
        said.push(program.must(&args, "").await);
    }
    let exported = program.must(&["export"], "").await.out;
    let thanked = exported
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|row| row["text"] == PRAISE)
        .unwrap();
    let reply = thanked["draft"]
        .as_str()
        .expect("praise gets its thanks")
        .to_owned();
    let id = thanked["id"].to_string();
    said.push(program.must(&["approve", &id], "").await);
    said.push(program.must(&["run", "--until-idle"], "").await);
    let trace = program.must(&["trace", &id], "").await;
    assert_eq!(
        stages_of(&trace.out),
        STAGES,
        "one id leads through every stage in the log: {}",
        trace.out
    );
    said.push(trace);
    said.push(program.run(&["doctor"], "").await);

    assert_no_text_above_debug(&folder.path().join("logs"), &[QUESTION, PRAISE, &reply]);
    let files = all_files(folder.path());
    assert!(
        files.iter().any(|f| f.ends_with("secrets.age")),
        "the secrets are in their file: {files:?}"
    );
    assert!(
        files.iter().any(|f| f.extension().is_some_and(|e| e == "jsonl")),
        "and there are logs to look into: {files:?}"
    );
    for secret in [TOKEN, KEY, PASSPHRASE] {
        assert_eq!(
            files_with(folder.path(), secret),
            Vec::<std::path::PathBuf>::new(),
            "no file below the data folder holds a secret in plain text"
        );
        for run in &said {
            assert!(
                !run.out.contains(secret) && !run.err.contains(secret),
                "nothing said on the screen holds a secret: {run:?}"
            );
        }
    }

    let with_wrong_words = async |args: &[&str]| {
        program
            .command(args)
            .env("MODERATO_PASSPHRASE", "another passphrase")
            .output()
            .await
            .unwrap()
    };
    let wrong = with_wrong_words(&["sync"]).await;
    assert!(!wrong.status.success(), "a wrong passphrase opens nothing");
    let words = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(words.contains("passphrase"), "and says so: {words}");
    let looked = with_wrong_words(&["status"]).await;
    assert!(looked.status.success(), "counting needs no secret");
}

/// Each of [`STAGES`] once, where it is first named.
fn stages_of(trace: &str) -> Vec<String> {
    let mut stages: Vec<String> = Vec::new();
    for line in trace.lines().filter_map(|line| line.strip_prefix("log ")) {
        let line: Value = serde_json::from_str(line).unwrap();
        if let Some(stage) = line["stage"].as_str()
            && STAGES.contains(&stage)
            && !stages.iter().any(|known| known == stage)
        {
            stages.push(stage.to_owned());
        }
    }
    stages
}

fn assert_no_text_above_debug(logs: &Path, texts: &[&str]) {
    let mut lines = 0;
    for file in all_files(logs) {
        for line in std::fs::read_to_string(file).unwrap().lines() {
            let level = serde_json::from_str::<Value>(line).unwrap()["level"].clone();
            if level == "DEBUG" || level == "TRACE" {
                continue;
            }
            lines += 1;
            for text in texts {
                assert!(
                    !line.contains(text),
                    "what people wrote and what was written to them stays out of the log: {line}"
                );
            }
        }
    }
    assert!(lines > 10, "there was something to look through: {lines} lines");
}

async fn in_memory(data: &Path) -> App {
    let app = App::open(Options {
        folders: Folders::new(data),
        resources: None,
        start_workers: false,
    })
    .await
    .unwrap();
    app.choose_secret_backend("session_only", None).await.unwrap();
    app
}

fn endpoint_at(url: &str, key: Option<&str>) -> SetProvider {
    SetProvider {
        base_url: Some(url.to_owned()),
        model: Some(MODEL.to_owned()),
        key: key.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_key_goes_to_no_other_server_than_the_one_it_was_given_for() {
    let folder = tempfile::tempdir().unwrap();
    let app = in_memory(folder.path()).await;
    let has_key = async || app.state().await.settings.provider.is_some_and(|p| p.has_key);
    let first = FakeEndpoint::start(Does::Answers).await;
    let second = FakeEndpoint::start(Does::Answers).await;

    app.set_provider(endpoint_at(&first.url, Some(KEY)))
        .await
        .unwrap();
    app.test_provider().await.unwrap();
    assert!(has_key().await);
    assert!(first.keys().contains(&KEY.to_owned()), "its own server gets it");
    app.set_provider(endpoint_at(&first.url, None)).await.unwrap();
    assert!(has_key().await, "saving the same server again keeps its key");

    app.set_provider(endpoint_at(&second.url, None)).await.unwrap();
    app.test_provider().await.unwrap();
    assert!(!has_key().await, "the window shows that there is none");
    assert!(!second.keys().is_empty(), "it was asked, or this shows nothing");
    assert!(
        second.keys().iter().all(|key| key != KEY),
        "another server never sees it"
    );

    app.set_provider(endpoint_at(&first.url, None)).await.unwrap();
    assert!(
        !has_key().await,
        "what was given up is forgotten, not kept for later"
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_endpoint_can_be_switched_off_without_a_place_for_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let settings = "[drafting]\nendpoint = \"http://127.0.0.1:9/v1\"\nmodel = \"m\"\n";
    let program = Program::new(folder.path(), settings).without_choosing_secrets();
    program.must(&["provider", "--off"], "").await;
    let kept = std::fs::read_to_string(folder.path().join("settings.toml")).unwrap();
    assert!(!kept.contains("127.0.0.1:9"), "{kept}");
}
