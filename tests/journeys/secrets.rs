//! Secrets without a keychain: a clear choice, and nothing in plain text on the disk.

use crate::support::endpoint::{Does, FakeEndpoint, MODEL};
use crate::support::files::{all_files, files_with};
use crate::support::platform::{Platform, TOKEN, comment, seed};
use crate::support::program::{PASSPHRASE, Program};

const KEY: &str = "sk-CANARYKEY-5b8e0d2f94c7411aa6";
const SETTINGS: &str = "[outbox]\nhold_seconds = 0\n[drafting]\nmost_attempts = 2\ntimeout_seconds = 5\n[log]\nfilter = \"debug\"\n";

#[cfg(target_os = "linux")]
#[tokio::test]
async fn without_a_keychain_the_program_names_the_choices_and_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let platform = Platform::start(seed(Vec::new())).await;
    let program = Program::new(folder.path(), "").with_secrets("keychain");
    for args in [
        vec!["connect", "--base-url", &platform.url()],
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
    let people = vec![
        comment("401", "How much is the Skillet 26?", 5),
        comment("402", "I love this pan!", 4),
    ];
    let platform = Platform::start(seed(people)).await;
    let program = Program::new(folder.path(), SETTINGS);
    let mut said = vec![
        program
            .must(&["connect", "--base-url", &platform.url()], TOKEN)
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
    let trace = program.must(&["trace", "1"], "").await;
    assert!(
        trace.out.contains("log "),
        "the trace of a comment is read from the log: {}",
        trace.out
    );
    said.push(trace);
    said.push(program.run(&["doctor"], "").await);

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

    let wrong = program
        .command(&["status"])
        .env("MODERATO_PASSPHRASE", "another passphrase")
        .output()
        .await
        .unwrap();
    assert!(!wrong.status.success(), "a wrong passphrase opens nothing");
    let words = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(words.contains("passphrase"), "and says so: {words}");
}
