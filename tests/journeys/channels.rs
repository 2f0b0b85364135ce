//! The other platforms by the real `moderatoctl`: each is connected, read and answered once; what a token lacks is
//! named; and a sign-in that ends stops one account until it is there again.

use crate::support::files::files_with;
use crate::support::platform::{ACCOUNT, Platform, TOKEN, now_ms};
use crate::support::print_table;
use crate::support::program::{Program, Said};
use contract::{ConnectionState, WorkspaceKind};
use domain::ActionState;
use headless::folders::Folders;
use serde_json::{Value, json};
use simulator::{Seed, SeedAccount, SeedComment, SeedPost};
use std::path::Path;
use storage::Storage;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

const PAGE: &str = "2121008874780932";
const PAGE_TOKEN: &str = "EAACANARYPAGETOKEN51c7";
const CHANNEL: &str = "UCsimulatorSampleBrand01";
const GROUP: &str = "-1001700000000001";
const BOT_TOKEN: &str = "4700000001:AAcanary-bot-token-for-a-journey";
const CLIENT_ID: &str = "journey.apps.googleusercontent.com";
const CLIENT_SECRET: &str = "GOCSPX-canary";
const SETTINGS: &str = "[outbox]\nhold_seconds = 0\nsettle_seconds = 1\n[sync]\ninterval_seconds = 1\n";

/// On each platform a post with two comments.
const PLACES: [(&str, &str, [&str; 2]); 4] = [
    (
        ACCOUNT,
        "18000000000000001",
        ["17900000000000101", "17900000000000102"],
    ),
    (PAGE, "2121008874780932_501", ["501_9101", "501_9102"]),
    (
        CHANNEL,
        "journeyVid1",
        ["UgxJourneyComment0001AaABAg", "UgxJourneyComment0002AaABAg"],
    ),
    (GROUP, "11", ["201", "202"]),
];

/// A bot is told only of what is written while it is there.
fn comes_later(account: &str) -> bool {
    account == GROUP
}

/// As this app calls a comment: with Telegram a message together with its author.
fn known_as(comment: &str) -> String {
    let (_, _, told) = PLACES[3];
    match told.iter().position(|id| *id == comment) {
        Some(n) => format!("{comment}_77000{n}"),
        None => comment.to_owned(),
    }
}

fn written(post: &str, n: usize, id: &str) -> SeedComment {
    SeedComment {
        id: id.to_owned(),
        post_id: post.to_owned(),
        parent_id: None,
        author_id: Some(format!("77000{n}")),
        username: Some(format!("person.{n}")),
        text: "I love this pan, thank you!".to_owned(),
        timestamp_ms: now_ms() - (30 - i64::try_from(n).unwrap()) * 60_000,
        like_count: 0,
    }
}

fn everybody() -> Seed {
    let accounts = vec![
        SeedAccount {
            id: ACCOUNT.to_owned(),
            token: TOKEN.to_owned(),
            ..SeedAccount::sample()
        },
        SeedAccount {
            token: PAGE_TOKEN.to_owned(),
            ..SeedAccount::sample_page()
        },
        SeedAccount::sample_channel(),
        SeedAccount {
            token: BOT_TOKEN.to_owned(),
            ..SeedAccount::sample_group()
        },
    ];
    let mut seed = Seed {
        accounts,
        ..Seed::default()
    };
    for (account, post, comments) in PLACES {
        seed.posts.push(SeedPost {
            id: post.to_owned(),
            account_id: account.to_owned(),
            caption: Some("Cast iron for every day, from Lisbon.".to_owned()),
            timestamp_ms: now_ms() - 86_400_000,
            comments_enabled: true,
            ..SeedPost::default()
        });
        if comes_later(account) {
            continue;
        }
        let all = comments.into_iter().enumerate();
        seed.comments.extend(all.map(|(n, id)| written(post, n, id)));
    }
    seed
}

/// The words for each comment: no two are the same.
fn words(comment: &str) -> String {
    let at = PLACES
        .iter()
        .flat_map(|(_, _, comments)| comments)
        .position(|id| *id == comment)
        .unwrap();
    let closings = [
        "Enjoy your cooking!",
        "Have a lovely day!",
        "Happy cooking!",
        "Enjoy every meal!",
        "All the best to you!",
        "Have a nice evening!",
        "Enjoy it!",
        "Take care!",
    ];
    format!("Thank you, that is good to hear. {}", closings[at])
}

fn decide(folder: &Path, comments: &[&str]) -> String {
    let lines: Vec<String> = comments
        .iter()
        .map(|id| json!({"comment": known_as(id), "act": "reply", "text": words(id)}).to_string())
        .collect();
    let file = folder.join("decisions.jsonl");
    std::fs::write(&file, lines.join("\n")).unwrap();
    file.display().to_string()
}

async fn connect(program: &Program, url: &str, platform: &str, more: &[&str], secret: &str) -> Said {
    let mut args = vec![
        "connect",
        "--drafts-from",
        "all",
        "--base-url",
        url,
        "--platform",
        platform,
    ];
    args.extend(more);
    program.run(&args, secret).await
}

/// As a person does who opens the printed address; the consent page of the simulator agrees by itself.
async fn connect_channel(program: &Program, url: &str) -> Said {
    let args = [
        "connect",
        "--drafts-from",
        "all",
        "--base-url",
        url,
        "--platform",
        "youtube",
        "--client-id",
        CLIENT_ID,
    ];
    let mut child = program.command(&args).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(CLIENT_SECRET.as_bytes()).await.unwrap();
    drop(stdin);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut err = String::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.starts_with("http://") {
            let browser = reqwest::Client::builder().no_proxy().build().unwrap();
            let shown = browser.get(&line).send().await.unwrap();
            assert!(shown.status().is_success(), "{}", shown.text().await.unwrap());
        }
        err.push_str(&line);
        err.push('\n');
    }
    let finished = child.wait_with_output().await.unwrap();
    Said {
        ok: finished.status.success(),
        out: String::from_utf8(finished.stdout).unwrap(),
        err,
    }
}

/// The program's database, while it does not run.
async fn database(data: &Path) -> Storage {
    let file = Folders::new(data).workspace(WorkspaceKind::Own).database();
    Storage::open(&file).await.unwrap()
}

async fn run(program: &Program, decisions: &str) -> Value {
    let said = program
        .must(&["run", "--until-idle", "--json", "--decisions", decisions], "")
        .await;
    serde_json::from_str(&said.out).unwrap()
}

#[tokio::test]
async fn an_account_of_every_platform_is_connected_read_and_answered_exactly_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let platform = Platform::start(everybody()).await;
    let program = Program::new(&data, SETTINGS);
    let url = platform.url();
    let connected = [
        connect(&program, &url, "instagram", &[], TOKEN).await,
        connect(&program, &url, "facebook", &[], PAGE_TOKEN).await,
        connect_channel(&program, &url).await,
        connect(
            &program,
            &url,
            "telegram",
            &["--chat", "@samplebrand_talk"],
            BOT_TOKEN,
        )
        .await,
    ];
    for said in &connected {
        assert!(said.ok, "{}{}", said.err, said.out);
        assert!(said.out.starts_with("connected"), "{}", said.out);
    }

    let (_, post, told) = PLACES[3];
    for (n, id) in told.into_iter().enumerate() {
        let SeedComment {
            author_id,
            username,
            text,
            ..
        } = written(post, n, id);
        let said =
            json!({"id": id, "post_id": post, "author_id": author_id, "username": username, "text": text});
        platform.add([said]).await;
    }
    let all: Vec<&str> = PLACES.iter().flat_map(|(_, _, comments)| *comments).collect();
    let decisions = decide(folder.path(), &all);
    for _ in 0..2 {
        run(&program, &decisions).await;
        for comment in &all {
            assert_eq!(
                platform.replies(comment),
                [words(comment)],
                "{comment}: once, with those very words, and not again by a second run"
            );
        }
    }

    let storage = database(&data).await;
    let mut rows = Vec::new();
    for row in storage.accounts().await.unwrap() {
        let counts = storage.account_counts(row.id).await.unwrap();
        assert_eq!(row.connection, ConnectionState::Connected, "{}", row.platform);
        assert_eq!(
            (counts.comments, counts.waiting_actions),
            // A bot is not told of what it said itself.
            (if row.platform == "telegram" { 2 } else { 4 }, 0),
            "{}: with our replies",
            row.platform
        );
        rows.push(vec![
            row.platform,
            row.username,
            counts.comments.to_string(),
            counts.actions.to_string(),
        ]);
    }
    storage.close().await;
    assert_eq!(rows.len(), 4);
    print_table(
        "one account of every platform",
        &["platform", "account", "comments and replies", "actions"],
        &rows,
    );
    for secret in [TOKEN, PAGE_TOKEN, BOT_TOKEN, CLIENT_SECRET] {
        assert!(
            files_with(folder.path(), secret).is_empty(),
            "{secret} is in plain text on the disk"
        );
    }
}

#[tokio::test]
async fn a_token_that_lacks_a_permission_connects_nothing_and_the_permission_is_named() {
    let cases: [(&str, &str, &str, &[&str], &str); 6] = [
        (
            "instagram",
            ACCOUNT,
            TOKEN,
            &["instagram_business_basic"],
            "instagram_business_basic",
        ),
        (
            "instagram",
            ACCOUNT,
            TOKEN,
            &["instagram_business_manage_comments"],
            "instagram_business_manage_comments",
        ),
        (
            "facebook",
            PAGE,
            PAGE_TOKEN,
            &["pages_read_engagement"],
            "pages_read_engagement",
        ),
        (
            "facebook",
            PAGE,
            PAGE_TOKEN,
            &["pages_read_user_content"],
            "pages_read_user_content",
        ),
        ("telegram", GROUP, BOT_TOKEN, &["member"], "member"),
        // An administrator is told of everything.
        (
            "telegram",
            GROUP,
            BOT_TOKEN,
            &["administrator", "can_read_all_group_messages"],
            "can_read_all_group_messages",
        ),
    ];
    let platform = Platform::start(everybody()).await;
    let mut rows = Vec::new();
    for (name, account, token, refused, permission) in cases {
        let folder = tempfile::tempdir().unwrap();
        let program = Program::new(folder.path(), SETTINGS);
        platform.refuse_permissions(account, refused).await;
        let more: &[&str] = match name {
            "telegram" => &["--chat", "@samplebrand_talk"],
            _ => &[],
        };
        let said = connect(&program, &platform.url(), name, more, token).await;
        platform.refuse_permissions(account, &[]).await;
        assert!(!said.ok, "{name} without {permission}: {}", said.out);
        assert!(said.err.contains(permission), "{name}: {}", said.err);
        rows.push(vec![
            name.to_owned(),
            permission.to_owned(),
            said.err.trim().to_owned(),
        ]);
    }
    // Google's consent page lets people untick what is asked for.
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(folder.path(), SETTINGS);
    let readonly = "https://www.googleapis.com/auth/youtube.readonly";
    platform.consent_to(Some(readonly)).await;
    let said = connect_channel(&program, &platform.url()).await;
    assert!(!said.ok && said.err.contains("youtube.force-ssl"), "{}", said.err);
    let told = said.err.lines().last().unwrap_or_default().to_owned();
    rows.push(vec!["youtube".to_owned(), "youtube.force-ssl".to_owned(), told]);
    print_table(
        "what a token lacks",
        &["platform", "refused", "what `moderatoctl connect` said"],
        &rows,
    );
}

#[tokio::test]
async fn a_revoked_token_stops_its_account_with_one_notice_and_signing_in_again_sends_each_reply_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let platform = Platform::start(everybody()).await;
    let program = Program::new(&data, SETTINGS);
    let url = platform.url();
    assert!(connect(&program, &url, "instagram", &[], TOKEN).await.ok);
    assert!(connect(&program, &url, "facebook", &[], PAGE_TOKEN).await.ok);
    program.must(&["run", "--until-idle"], "").await;

    platform.revoke_tokens(ACCOUNT).await;
    let (_, _, ours) = PLACES[0];
    let (_, _, others) = PLACES[1];
    let decisions = decide(folder.path(), &[ours[0], ours[1], others[0], others[1]]);
    for _ in 0..3 {
        // It says that an account cannot be read, and goes on with the other.
        program
            .run(&["run", "--until-idle", "--json", "--decisions", &decisions], "")
            .await;
    }
    let storage = database(&data).await;
    let accounts = storage.accounts().await.unwrap();
    let stopped = accounts.iter().find(|row| row.platform == "instagram").unwrap();
    assert_eq!(stopped.connection, ConnectionState::SignedOut);
    let noted = storage.workspace_activity(20).await.unwrap();
    let notices: Vec<&str> = noted.iter().map(|row| row.verb.as_str()).collect();
    assert_eq!(notices, ["signed_out"], "one notice, however often it was tried");
    storage.close().await;
    for comment in others {
        assert_eq!(platform.replies(comment).len(), 1, "the other account goes on");
    }
    for comment in ours {
        assert!(platform.replies(comment).is_empty());
    }

    let token = platform.sign_in(ACCOUNT).await;
    let said = connect(&program, &url, "instagram", &[], &token).await;
    assert!(said.ok, "{}", said.err);
    for _ in 0..2 {
        run(&program, &decisions).await;
    }
    for comment in ours.iter().chain(&others) {
        assert_eq!(platform.replies(comment), [words(comment)], "{comment}");
    }
    let storage = database(&data).await;
    let (mut confirmed, mut rest) = (0, 0);
    for action in storage.audited_actions().await.unwrap() {
        match action.state {
            ActionState::Confirmed => confirmed += 1,
            _ => rest += 1,
        }
    }
    storage.close().await;
    assert_eq!((confirmed, rest), (4, 0));
}
