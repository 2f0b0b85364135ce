//! `moderatoctl` as people and scripts use it: it says what it leaves and why, and one trouble costs no more than it
//! must.

use crate::support::platform::{Platform, TOKEN, comment, seed};
use crate::support::program::{Program, Said, open_app};
use domain::CommentId;
use serde_json::Value;
use simulator::WriteKind;
use std::path::Path;
use std::time::Duration;
#[cfg(target_os = "linux")]
use tokio::io::{AsyncBufReadExt as _, BufReader};

const PRAISE: &str = "I love this pan, thank you!";
const SETTINGS: &str = "[outbox]\nhold_seconds = 0\n";

/// The first row of an export that has a draft.
fn drafted(export: &Said) -> Value {
    export
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|row| row["draft"].is_string())
        .expect("praise gets its thanks")
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_keychain_the_sample_runs_again_and_can_be_looked_at_while_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(folder.path(), SETTINGS).without_choosing_secrets();
    program.must(&["run", "--until-idle", "--json"], "").await;
    program.must(&["sync"], "").await;
    program.must(&["run", "--until-idle", "--json"], "").await;

    let mut running = program.command(&["run"]).spawn().unwrap();
    let mut said = BufReader::new(running.stdout.take().unwrap()).lines();
    let started = async {
        while let Some(line) = said.next_line().await.unwrap() {
            if line.starts_with("running") {
                return;
            }
        }
        panic!("it ended before it ran");
    };
    tokio::time::timeout(Duration::from_secs(120), started)
        .await
        .unwrap();
    for args in [["status", "--json"], ["export", "--format=csv"], ["trace", "1"]] {
        program.must(&args, "").await;
    }
    let doctor = program.run(&["doctor"], "").await;
    assert!(doctor.out.contains("ok   database"), "{doctor:?}");
    let second = program.run(&["sync"], "").await;
    assert!(
        !second.ok && second.err.contains("another Moderato"),
        "two never work on one workspace: {second:?}"
    );

    let mut export = program.command(&["export"]).spawn().unwrap();
    drop(export.stdout.take());
    let ended = export.wait_with_output().await.unwrap();
    let words = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(
        ended.status.success() && words.is_empty(),
        "a reader that has read enough, as `head`, is no failure: {words}"
    );
    running.start_kill().unwrap();
    running.wait().await.unwrap();
}

#[tokio::test]
async fn a_broken_section_of_the_settings_is_named_stops_its_own_part_and_nothing_else() {
    let settings = "[outbox]\nhold_seconds = \"ten\"\n[log]\nfilter = \"info,engine=loud\"\n[drafting]\nmost_attempts = 2\n";
    let folder = tempfile::tempdir().unwrap();
    let platform = Platform::start(seed(vec![comment("701", PRAISE, 5)])).await;
    let program = Program::new(folder.path(), settings);
    program
        .must(
            &["connect", "--drafts-from", "all", "--base-url", &platform.url()],
            TOKEN,
        )
        .await;
    let run = program.must(&["run", "--until-idle", "--json"], "").await;
    for named in [
        "outbox.hold_seconds = \"ten\": 0 to 600",
        "log.filter = \"info,engine=loud\"",
    ] {
        assert!(
            run.err.contains(named),
            "the key, the value and what is allowed: {}",
            run.err
        );
    }
    let row = drafted(&program.must(&["export"], "").await);
    let approve = program.run(&["approve", &row["id"].to_string()], "").await;
    assert!(
        !approve.ok && approve.err.contains("outbox.hold_seconds"),
        "with an unknown hold nothing is sent, and the reason is given: {approve:?}"
    );
    // The sign-in is renewed all the same: nothing of it concerns a comment.
    let written = platform.ledger.entries();
    assert!(
        written.iter().all(|entry| entry.what == WriteKind::RefreshToken),
        "{written:?}"
    );
    let change = program
        .run(
            &["provider", "--base-url", "http://127.0.0.1:9/v1", "--model", "m"],
            "",
        )
        .await;
    assert!(
        !change.ok && change.err.contains("mend the settings file"),
        "{change:?}"
    );
    assert_eq!(
        std::fs::read_to_string(folder.path().join("settings.toml")).unwrap(),
        settings,
        "a person's file is theirs"
    );
}

/// Approves every draft and then switches sending off, without a worker running.
async fn approve_and_switch_off(data: &Path) -> usize {
    let app = open_app(data).await;
    app.reopen_last().await.unwrap();
    let engine = app.engine().unwrap();
    let mut approved = 0;
    for id in 1..=2 {
        let card = engine.comment(CommentId(id)).await.unwrap();
        let text = card.draft.unwrap().text;
        engine
            .approve(CommentId(id), card.row.version, &text)
            .await
            .unwrap();
        approved += 1;
    }
    engine.set_sending(false).await.unwrap();
    app.stop().await;
    approved
}

#[tokio::test]
async fn running_until_idle_ends_when_only_a_person_can_move_what_is_left_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let people = vec![comment("711", PRAISE, 5), comment("712", PRAISE, 4)];
    let platform = Platform::start(seed(people)).await;
    let program = Program::new(folder.path(), SETTINGS);
    program
        .must(
            &["connect", "--drafts-from", "all", "--base-url", &platform.url()],
            TOKEN,
        )
        .await;
    program.must(&["run", "--until-idle"], "").await;
    assert_eq!(approve_and_switch_off(folder.path()).await, 2);

    let again = program.must(&["run", "--until-idle", "--json"], "");
    let said = tokio::time::timeout(Duration::from_secs(120), again)
        .await
        .expect("it does not wait for a switch that nobody turns");
    assert!(
        said.err
            .contains("left as it is: 2, because sending is switched off"),
        "{}",
        said.err
    );
    serde_json::from_str::<Value>(said.out.trim()).expect("the summary stands alone on standard output");
    assert!(platform.ledger.entries().is_empty());
}

#[tokio::test]
async fn json_without_an_end_is_refused_rather_than_never_printed() {
    let folder = tempfile::tempdir().unwrap();
    let said = Program::new(folder.path(), SETTINGS)
        .run(&["run", "--json"], "")
        .await;
    assert!(!said.ok && said.err.contains("--until-idle"), "{said:?}");
}

#[tokio::test]
async fn one_account_that_cannot_be_looked_at_keeps_no_other_back() {
    let folder = tempfile::tempdir().unwrap();
    let first = Platform::start(seed(vec![comment("721", PRAISE, 5)])).await;
    let mut elsewhere = seed(vec![comment("722", PRAISE, 4)]);
    let account = &mut elsewhere.accounts[0];
    account.id = "17841400000000888".to_owned();
    account.app_scoped_id = "24000000000000888".to_owned();
    account.username = "oakmere.second".to_owned();
    account.token = "IGSECONDTOKEN5d1".to_owned();
    for post in &mut elsewhere.posts {
        post.account_id = account.id.clone();
    }
    let token = account.token.clone();
    let second = Platform::start(elsewhere).await;
    let program = Program::new(folder.path(), SETTINGS);
    program
        .must(
            &["connect", "--drafts-from", "all", "--base-url", &first.url()],
            TOKEN,
        )
        .await;
    program
        .must(
            &["connect", "--drafts-from", "all", "--base-url", &second.url()],
            &token,
        )
        .await;
    first
        .fault(serde_json::json!({"kind": "token_error", "code": 190, "times": 100}))
        .await;

    let sync = program.run(&["sync", "--full"], "").await;
    assert!(!sync.ok, "a script notices: {sync:?}");
    assert!(
        sync.out.contains("oakmere.second: 1 posts") && sync.out.contains("1 new"),
        "the other account is read to its end: {sync:?}"
    );
    assert!(
        sync.err.contains("oakmere:"),
        "and the one with trouble is named: {sync:?}"
    );

    let run = program.run(&["run", "--until-idle", "--json"], "").await;
    let summary: Value = serde_json::from_str(run.out.trim())
        .unwrap_or_else(|e| panic!("the summary is printed all the same: {e}: {run:?}"));
    assert_eq!(
        summary["by_stage"]["to_review"], 1,
        "and its comment worked on: {summary}"
    );
}
