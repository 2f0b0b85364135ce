//! `kill -9` of the real program at random points while it sends: each approved reply exists exactly once.

use crate::support::desk::{DELIVERY, Desk, products};
use crate::support::eventually;
use crate::support::platform::{Platform, TOKEN, comment, in_thread, seed};
use crate::support::print_table;
use crate::support::program::{Program, open_app};
use domain::{ActionState, CommentId, PlatformId};
use engine::intake::Depth;
use engine::knowledge;
use engine::outbox::REQUEST_TIMEOUT;
use headless::App;
use platforms::InstagramConfig;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use zeroize::Zeroizing;

/// More than the kills take: a reply whose outcome is open waits half a minute, and others go on meanwhile.
const REPLIES: usize = 40;
const KILLS: usize = 20;
/// The one whose write reaches the platform only after the restart.
const LATE: &str = "390";
/// Longer than the settling time and what follows it: a program that trusted it alone would have read by then, found
/// nothing, and sent again.
const LATE_BY: Duration = Duration::from_secs(5);
/// The platform takes this long over each reply: the window between intent and confirmation.
const DELAY_MS: u64 = 250;
const SETTINGS: &str = "[outbox]\nhold_seconds = 0\nsettle_seconds = 1\n[sync]\ninterval_seconds = 1\n";

/// Thirty-two threads, eight of them with a follow-up that is given the very words its thread was given before.
fn people() -> Vec<simulator::SeedComment> {
    let mut all: Vec<_> = (0..32)
        .map(|n| comment(&format!("3{n:02}"), "I love this pan, thank you!", 100 - n))
        .collect();
    all.extend((0..8).map(|n| {
        let follow_up = comment(&format!("35{n}"), "And my mother loves hers too!", 10 - n);
        in_thread(&format!("3{n:02}"), follow_up)
    }));
    all
}

/// The program's workspace without any worker.
async fn open(data: &Path) -> App {
    let app = open_app(data).await;
    app.reopen_last().await.unwrap();
    app
}

/// Looks and drafts, so that every comment waits for a person.
async fn draft_all(app: &App) {
    let engine = app.engine().unwrap();
    let context = engine.context();
    knowledge::replace_products(context, products()).await.unwrap();
    knowledge::replace_document(context, "delivery.md", DELIVERY)
        .await
        .unwrap();
    for look in engine.sync_fully(Depth::Full).await.unwrap() {
        look.outcome.unwrap();
    }
    engine.drain().await.unwrap();
}

/// Approves without a single send. Returns the words by thread.
async fn approve(app: &App, people: &[simulator::SeedComment]) -> BTreeMap<String, Vec<String>> {
    let engine = app.engine().unwrap();
    let context = engine.context();
    let account = context.storage.accounts().await.unwrap().remove(0);
    let mut approved: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (n, person) in people.iter().enumerate() {
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
    let late = comment(LATE, "I love this pan, thank you!", 1);
    let mut everyone = people();
    everyone.push(late.clone());
    let platform = Platform::start(seed(everyone)).await;
    let program = Program::new(folder.path(), SETTINGS);
    program
        .must(
            &["connect", "--drafts-from", "all", "--base-url", &platform.url()],
            TOKEN,
        )
        .await;
    let app = open(folder.path()).await;
    draft_all(&app).await;
    let mut approved = approve(&app, &people()).await;
    app.stop().await;
    drop(app);
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

    let app = open(folder.path()).await;
    approved.extend(approve(&app, &[late]).await);
    app.stop().await;
    drop(app);
    land_after_the_restart(&platform, &program, &approved[LATE][0]).await;

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
        json!({ "confirmed": REPLIES + 1 }),
        "the outbox knows of every one: {status}"
    );
    assert_eq!(status["stuck"], json!(0), "{status}");
    assert_eq!(
        (&status["own"], &status["echoes"]),
        (&json!(0), &json!(REPLIES + 1)),
        "each of our replies came back as the echo that it is: {status}"
    );
}

/// The program dies with a reply on its way that reaches the platform when the program has been back for a while.
async fn land_after_the_restart(platform: &Platform, program: &Program, words: &str) {
    let hang = json!({"kind": "timeout_before_write", "ending": "hang", "times": 1000,
                      "match": {"method": "POST", "path_contains": format!("{LATE}/replies")}});
    platform.fault(hang).await;
    let mut child = program.command(&["run"]).spawn().unwrap();
    eventually(
        "the last reply on its way",
        Duration::from_secs(120),
        async || (platform.struck().await > 0).then_some(()),
    )
    .await;
    child.start_kill().unwrap();
    child.wait().await.unwrap();
    platform.clear_faults().await;
    assert!(platform.replies(LATE).is_empty(), "it has not landed yet");

    let mut child = program.command(&["run"]).spawn().unwrap();
    tokio::time::sleep_until(tokio::time::Instant::now() + LATE_BY).await;
    platform.reply_arrives_late(LATE, words).await;
    child.start_kill().unwrap();
    child.wait().await.unwrap();
}

#[test]
fn the_outbox_waits_as_long_as_a_request_of_the_client_may_live() {
    let address = "http://127.0.0.1".parse().unwrap();
    let usual = InstagramConfig::new(address, "v26.0", Zeroizing::new(String::new()));
    assert!(
        usual.total_timeout <= REQUEST_TIMEOUT,
        "a read before a request has ended proves nothing: {:?}",
        usual.total_timeout
    );
}

#[tokio::test]
async fn a_reply_that_reaches_the_platform_only_after_the_restart_is_not_sent_again() {
    let words = "Thank you, that is good to hear.";
    let people = vec![comment("391", "I love this pan, thank you!", 5)];
    let desk = Desk::open(Platform::start(seed(people)).await).await;
    desk.look().await;
    desk.work().await;
    die_in_mid_send(&desk, "391", words).await;

    // The platform is still busy with the write when the program is back.
    let desk = desk.reopen().await;
    for _ in 0..2 {
        desk.work().await;
        desk.advance(Duration::from_secs(10)).await;
    }
    desk.work().await;
    assert!(
        desk.platform.ledger.entries().is_empty(),
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

#[tokio::test]
async fn a_clock_that_is_set_forward_hastens_no_second_send() {
    let words = "Thank you, that is good to hear.";
    let people = vec![comment("393", "I love this pan, thank you!", 5)];
    let desk = Desk::open(Platform::start(seed(people)).await).await;
    desk.look().await;
    desk.work().await;
    die_in_mid_send(&desk, "393", words).await;

    let desk = desk.reopen().await;
    desk.clock.set_ahead(Duration::from_secs(3_600));
    desk.work().await;
    assert!(
        desk.platform.ledger.entries().is_empty(),
        "an hour on the wall is none on the way"
    );
    desk.platform.reply_arrives_late("393", words).await;
    desk.settle_actions(10).await;

    assert_eq!(desk.platform.replies("393"), [words]);
    assert_eq!(desk.action_state("393").await, ActionState::Confirmed);
}

#[tokio::test]
async fn a_computer_whose_clock_is_hours_ahead_knows_its_own_reply_again() {
    let words = "Thank you, that is good to hear.";
    let people = vec![comment("394", "I love this pan, thank you!", 5)];
    let desk = Desk::open(Platform::start(seed(people)).await).await;
    desk.clock.set_ahead(Duration::from_secs(3 * 3_600));
    desk.look().await;
    desk.work().await;
    let dropped = json!({"kind": "timeout_after_write",
                         "match": {"method": "POST", "path_contains": "/replies"}});
    desk.platform.fault(dropped).await;
    desk.approve("394", words).await.unwrap();
    desk.settle_actions(10).await;

    assert_eq!(
        desk.platform.replies("394"),
        [words],
        "to this computer it is older than the request, and is it all the same"
    );
    assert_eq!(desk.action_state("394").await, ActionState::Confirmed);
}

#[tokio::test]
async fn a_send_whose_outcome_was_not_written_down_is_read_back_without_a_restart() {
    let words = "Thank you, that is good to hear.";
    let people = vec![comment("392", "I love this pan, thank you!", 5)];
    let desk = Desk::open(Platform::start(seed(people)).await).await;
    desk.look().await;
    desk.work().await;
    die_in_mid_send(&desk, "392", words).await;
    assert_eq!(
        desk.action_state("392").await,
        ActionState::Sending,
        "nobody wrote down how it ended"
    );
    desk.settle_actions(10).await;
    assert_eq!(
        desk.platform.replies("392"),
        [words],
        "read back, not there, and sent once more"
    );
    assert_eq!(desk.action_state("392").await, ActionState::Confirmed);
}

/// Approves, and drops the outbox's step while its request hangs.
async fn die_in_mid_send(desk: &Desk, comment: &str, words: &str) {
    let hang = json!({"kind": "timeout_before_write", "ending": "hang",
                      "match": {"method": "POST", "path_contains": "/replies"}});
    desk.platform.fault(hang).await;
    desk.approve(comment, words).await.unwrap();
    let left = eventually("the request leaves", Duration::from_secs(30), async || {
        (desk.action_state(comment).await == ActionState::Sending).then_some(())
    });
    tokio::select! {
        () = desk.work() => panic!("nothing answers, so the send cannot end"),
        () = left => {}
    }
}
