//! `kill -9` of the real program at random points while it sends: each approved reply exists exactly once.

use crate::support::desk::{DELIVERY, Desk, products, settings};
use crate::support::eventually;
use crate::support::platform::{Platform, TOKEN, comment, in_thread, seed};
use crate::support::print_table;
use crate::support::program::{PASSPHRASE, Program};
use domain::{ActionState, CommentId, PlatformId};
use engine::intake::Depth;
use engine::knowledge;
use headless::folders::Folders;
use headless::{App, Options};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

const REPLIES: usize = 20;
const KILLS: usize = 20;
/// The platform takes this long over each reply: the window between intent and confirmation.
const DELAY_MS: u64 = 250;
const SETTINGS: &str = "[outbox]\nhold_seconds = 0\nsettle_seconds = 1\n[sync]\ninterval_seconds = 1\n";

/// Sixteen threads, four of them with a follow-up that is given the very words its thread was given before.
fn people() -> Vec<simulator::SeedComment> {
    let mut all: Vec<_> = (0..16)
        .map(|n| comment(&format!("3{n:02}"), "I love this pan, thank you!", 100 - n))
        .collect();
    all.extend((0..4).map(|n| {
        let follow_up = comment(&format!("35{n}"), "And my mother loves hers too!", 10 - n);
        in_thread(&format!("3{n:02}"), follow_up)
    }));
    all
}

/// Looks, drafts and approves every comment, without a single send: no worker runs.
async fn approve_all(data: &Path) -> BTreeMap<String, Vec<String>> {
    let app = App::open(Options {
        folders: Folders::new(data),
        resources: None,
        start_workers: false,
    })
    .await
    .unwrap();
    app.choose_secret_backend("encrypted_file", Some(PASSPHRASE.to_owned()))
        .await
        .unwrap();
    app.reopen_last().await.unwrap();
    let engine = app.engine().unwrap();
    let context = engine.context();
    knowledge::replace_products(context, products()).await.unwrap();
    knowledge::replace_document(context, "delivery.md", DELIVERY)
        .await
        .unwrap();
    engine.sync_fully(Depth::Full).await.unwrap();
    engine.drain().await.unwrap();
    let account = context.storage.accounts().await.unwrap().remove(0);
    let mut approved: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (n, person) in people().iter().enumerate() {
        let id = PlatformId::from(person.id.as_str());
        let local = context
            .storage
            .find_comment(account.id, &id)
            .await
            .unwrap()
            .unwrap();
        let card = engine.comment(local).await.unwrap();
        // Neighbours differ, as the guard asks; within a thread the words repeat.
        let words = [
            "Thank you, that is good to hear.",
            "That is kind of you, thank you.",
        ][n % 2];
        engine
            .approve(CommentId(card.row.id), card.row.version, words)
            .await
            .unwrap();
        let thread = person.parent_id.clone().unwrap_or_else(|| person.id.clone());
        approved.entry(thread).or_default().push(words.to_owned());
    }
    app.stop().await;
    approved
}

/// What the platform does to the replies of one round, so that the kill falls before, in or after the write.
/// All but the slow one let a single reply through and keep the next one waiting.
fn faults_of(round: &mut StdRng) -> (&'static str, Value) {
    let hang = json!({"kind": "timeout_before_write", "ending": "hang", "times": 1000});
    let (name, faults) = match round.random_range(0..4) {
        0 => (
            "slow",
            vec![json!({"kind": "delay", "delay_ms": DELAY_MS, "times": 1000})],
        ),
        1 => ("never written, no answer", vec![hang]),
        2 => (
            "written, no answer",
            vec![
                json!({"kind": "timeout_after_write", "ending": "hang", "times": 1}),
                hang,
            ],
        ),
        _ => (
            "written, dropped",
            vec![json!({"kind": "timeout_after_write", "times": 1}), hang],
        ),
    };
    let only_replies = |mut fault: Value| {
        fault["match"] = json!({"method": "POST", "path_contains": "/replies"});
        fault
    };
    (name, faults.into_iter().map(only_replies).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_killed_twenty_times_at_random_points_posts_every_approved_reply_exactly_once() {
    let folder = tempfile::tempdir().unwrap();
    let platform = Platform::start(seed(people())).await;
    let program = Program::new(folder.path(), SETTINGS);
    program
        .must(&["connect", "--base-url", &platform.url()], TOKEN)
        .await;
    let approved = approve_all(folder.path()).await;
    assert_eq!(approved.values().map(Vec::len).sum::<usize>(), REPLIES);
    assert!(
        platform.ledger.entries().is_empty(),
        "approving alone sends nothing"
    );

    let seed = std::env::var("MODERATO_KILL_SEED")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or_else(rand::random::<u64>);
    println!("MODERATO_KILL_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let mut rows = Vec::new();
    let mut on_their_way = 0;
    for round in 1..=KILLS {
        let (what, faults) = faults_of(&mut random);
        platform.clear_faults().await;
        platform.fault(faults).await;
        let before = platform.ledger.entries().len();
        let mut child = program.command(&["run"]).spawn().unwrap();
        // Every fourth dies anywhere, start-up included; the others die with a reply on its way.
        let anywhere = round % 4 == 0 || before == REPLIES;
        on_their_way += usize::from(!anywhere);
        let waits_ms = if anywhere {
            random.random_range(0..1_500)
        } else {
            eventually("a reply on its way", Duration::from_secs(120), async || {
                let written = platform.ledger.entries().len() > before;
                (written || platform.struck().await > 0).then_some(())
            })
            .await;
            random.random_range(0..DELAY_MS * 2)
        };
        let dies_at = tokio::time::Instant::now() + Duration::from_millis(waits_ms);
        tokio::time::sleep_until(dies_at).await;
        child.start_kill().unwrap();
        let status = child.wait().await.unwrap();
        assert!(
            !status.success(),
            "round {round}: it was killed, it did not end by itself"
        );
        rows.push(vec![
            round.to_string(),
            what.to_owned(),
            if anywhere {
                "anywhere"
            } else {
                "after a reply left"
            }
            .to_owned(),
            format!("{waits_ms} ms"),
            format!("{} -> {}", before, platform.ledger.entries().len()),
        ]);
    }
    platform.clear_faults().await;
    print_table(
        "Killed twenty times",
        &["round", "replies are", "killed", "after", "on the platform"],
        &rows,
    );
    assert!(
        on_their_way >= KILLS / 2,
        "most of them died with a reply on its way, or this shows little: {on_their_way}"
    );

    let said = program.must(&["run", "--until-idle", "--json"], "").await;
    let summary: Value = serde_json::from_str(said.out.trim()).unwrap();
    println!("{summary}");
    for (thread, words) in &approved {
        let mut there = platform.replies(thread);
        let mut wanted = words.clone();
        there.sort();
        wanted.sort();
        assert_eq!(
            there, wanted,
            "thread {thread} holds each approved reply exactly once"
        );
    }
    program.must(&["sync", "--full"], "").await;
    let status = program.must(&["status", "--json"], "").await;
    let status: Value = serde_json::from_str(status.out.trim()).unwrap();
    assert_eq!(
        status["actions"],
        json!({ "confirmed": REPLIES }),
        "the outbox knows of every one: {status}"
    );
    assert_eq!(status["stuck"], json!(0), "{status}");
    assert_eq!(
        (&status["own"], &status["echoes"]),
        (&json!(0), &json!(REPLIES)),
        "each of our replies came back as the echo that it is: {status}"
    );
}

#[tokio::test]
async fn a_reply_that_reaches_the_platform_only_after_the_restart_is_not_sent_again() {
    let words = "Thank you, that is good to hear.";
    let mut settings = settings();
    settings.outbox.settle_seconds = 30;
    let people = vec![comment("391", "I love this pan, thank you!", 5)];
    let desk = Desk::open_with(Platform::start(seed(people)).await, settings).await;
    desk.look().await;
    desk.work().await;
    let hang = json!({"kind": "timeout_before_write", "ending": "hang",
                      "match": {"method": "POST", "path_contains": "/replies"}});
    desk.platform.fault(hang).await;
    desk.approve("391", words).await.unwrap();
    let left = eventually("the request leaves", Duration::from_secs(30), async || {
        (desk.action_state("391").await == ActionState::Sending).then_some(())
    });
    tokio::select! {
        () = desk.work() => panic!("nothing answers, so the send cannot end"),
        () = left => {}
    }

    // The engine died in mid-send. The platform is still busy with the write when the program is back.
    let desk = desk.reopen().await;
    desk.work().await;
    assert!(
        desk.platform.replies("391").is_empty(),
        "a read that comes too early proves nothing, so nothing is sent again yet"
    );
    desk.platform.reply_arrives_late("391", words).await;
    desk.settle_actions(10).await;

    assert_eq!(
        desk.platform.replies("391"),
        [words],
        "the late one is found and stays the only one"
    );
    assert_eq!(desk.action_state("391").await, ActionState::Confirmed);
}
