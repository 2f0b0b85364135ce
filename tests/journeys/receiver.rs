//! What the platform pushes, received by the real program: stored long before the next look, and only where its
//! signature is believed.

use crate::support::eventually;
use crate::support::platform::{Platform, TOKEN, comment, seed};
use crate::support::program::Program;
use contract::WorkspaceKind;
use headless::folders::Folders;
use serde_json::json;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;
use storage::Storage;

const VERIFY_TOKEN: &str = "canary verify token";
const APP_SECRET: &str = "canary app secret";
/// The second look is an hour away: what is here before was pushed.
const SETTINGS: &str = "[sync]\ninterval_seconds = 3600\nquiet_interval_seconds = 3600\n";
const SOON: Duration = Duration::from_secs(60);

async fn stored(data: &Path) -> i64 {
    let file = Folders::new(data).workspace(WorkspaceKind::Own).database();
    let storage = Storage::open(&file).await.unwrap();
    let comments = storage.status().await.unwrap().comments;
    storage.close().await;
    comments
}

#[tokio::test]
async fn a_pushed_comment_is_here_long_before_the_next_look_and_a_forged_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let platform = Platform::start(seed(vec![comment("901", "I love this pan, thank you!", 5)])).await;
    let program = Program::new(data, SETTINGS);
    let url = platform.url();
    let args = ["connect", "--drafts-from", "all", "--base-url", &url];
    program.must(&args, TOKEN).await;

    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let without = program
        .run(&["relay", "--port", &port], "a verify token alone")
        .await;
    assert!(
        !without.ok && without.err.contains("app_secrets"),
        "nothing could be believed: {without:?}"
    );
    let told = program
        .must(
            &["relay", "--port", &port],
            &format!("{VERIFY_TOKEN}\n{APP_SECRET}"),
        )
        .await;
    let address = format!("http://127.0.0.1:{port}{}", headless::RELAY_PATH);
    assert!(told.out.contains(&address), "{}", told.out);

    let mut running = program.command(&["run"]).spawn().unwrap();
    let subscription = json!({"url": address, "app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN});
    eventually("the handshake", SOON, async || {
        platform.subscribe(&subscription).await.then_some(())
    })
    .await;
    eventually("the first look", SOON, async || {
        (stored(data).await == 1).then_some(())
    })
    .await;
    platform
        .add([comment("902", "And my mother loves hers too!", 0)])
        .await;
    eventually("the pushed comment", SOON, async || {
        (stored(data).await == 2).then_some(())
    })
    .await;

    platform
        .fail_deliveries(&json!({"kind": "wrong_signature"}))
        .await;
    platform
        .add([comment("903", "The best pan I have ever had.", 0)])
        .await;
    platform
        .add([comment("904", "We cook with it every day.", 0)])
        .await;
    eventually("the one after the forged one", SOON, async || {
        (stored(data).await == 3).then_some(())
    })
    .await;
    running.kill().await.unwrap();

    program.must(&["relay", "--off"], "").await;
    program.must(&["run", "--until-idle"], "").await;
    assert_eq!(stored(data).await, 4, "the look finds what no push brought");
}
