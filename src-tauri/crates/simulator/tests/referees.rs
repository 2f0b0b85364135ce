//! Public clients that somebody else wrote, unchanged but for their base address, list everything that is there: they
//! judge whether the dialects are the platforms'. They need Python packages, which `cargo xtask test` installs into a
//! folder of their own; `MODERATO_REFEREES` names it.

use crate::support::{NOON_MS, Platform};
use serde_json::{Value, json};
use simulator::{Seed, SeedAccount, SeedComment, SeedPost};
use std::path::Path;
use tokio::process::Command;

const POSTS: usize = 3;
/// More than a page has, as the referees ask for them.
const THREADS: usize = 7;
const REPLIES: usize = 3;

/// Three posts with seven threads each, of which the first has three replies. Ids are unique over all of it.
fn seed(account: SeedAccount) -> Seed {
    let mut seed = Seed::default();
    for post in 0..POSTS {
        let id = match account.platform {
            simulator::SeedPlatform::Facebook => format!("{}_{}", account.id, 900 + post),
            simulator::SeedPlatform::Youtube => format!("simVideo-{post:02}"),
            _ => format!("1789600000000{post:04}"),
        };
        let comment = |number: usize, parent: Option<usize>| {
            let name = |number: usize| match account.platform {
                simulator::SeedPlatform::Facebook => format!("{}_{}", 900 + post, 100 + number),
                simulator::SeedPlatform::Youtube => match (parent, number) {
                    (Some(parent), reply) if reply != parent => format!("Ug{post}{parent:03}.{reply}"),
                    _ => format!("Ug{post}{number:03}"),
                },
                _ => format!("180{post}{number:06}"),
            };
            SeedComment {
                id: name(number),
                post_id: id.clone(),
                parent_id: parent.map(name),
                author_id: Some(format!("person{number}")),
                username: Some(format!("person.{number}")),
                text: format!("Number {number} under {post}: сколько стоит?"),
                timestamp_ms: NOON_MS + i64::try_from(number).unwrap() * 1_000,
                like_count: 0,
            }
        };
        seed.comments
            .extend((0..THREADS).map(|number| comment(number, None)));
        seed.comments
            .extend((0..REPLIES).map(|reply| comment(50 + reply, Some(0))));
        seed.posts.push(SeedPost {
            id,
            account_id: account.id.clone(),
            caption: Some(format!("Post {post}")),
            media_type: "VIDEO".to_owned(),
            timestamp_ms: NOON_MS + i64::try_from(post).unwrap() * 60_000,
            comments_enabled: true,
            ..SeedPost::default()
        });
    }
    seed.accounts.push(account);
    seed
}

/// Id and text of everything, with the replies of each thread, in no order.
fn told(seed: &Seed) -> Value {
    let replies = |thread: &str| {
        let of_thread = seed
            .comments
            .iter()
            .filter(|comment| comment.parent_id.as_deref() == Some(thread));
        sorted(of_thread.map(|comment| json!({ "id": comment.id, "text": comment.text })))
    };
    sorted(seed.posts.iter().map(|post| {
        let threads = seed
            .comments
            .iter()
            .filter(|comment| comment.post_id == post.id && comment.parent_id.is_none());
        json!({
            "id": post.id,
            "caption": post.caption,
            "comments": sorted(threads.map(|comment| json!({
                "id": comment.id, "text": comment.text, "replies": replies(&comment.id),
            }))),
        })
    }))
}

fn sorted(values: impl Iterator<Item = Value>) -> Value {
    let mut values: Vec<Value> = values.collect();
    values.sort_by_key(|value| value["id"].to_string());
    Value::Array(values)
}

/// What the referee saw, brought into the same order; who wrote it is compared where the referee tells.
fn in_order(seen: &Value) -> Value {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    sorted(list(seen).into_iter().map(|post| {
        let threads = list(&post["comments"]).into_iter().map(|thread| {
            json!({
                "id": thread["id"], "text": thread["text"],
                "replies": sorted(list(&thread["replies"]).into_iter()),
            })
        });
        json!({ "id": post["id"], "caption": post["caption"], "comments": sorted(threads) })
    }))
}

async fn ask(script: &str, arguments: &[&str]) -> Value {
    let packages = std::env::var("MODERATO_REFEREES")
        .expect("MODERATO_REFEREES names the folder of the packages; `cargo xtask test` sets it");
    let python = std::env::var("MODERATO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap())
        .join("tests/referees")
        .join(script);
    let said = Command::new(python)
        .arg(script)
        .args(arguments)
        .env("PYTHONPATH", packages)
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .await
        .unwrap();
    let errors = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{errors}");
    serde_json::from_slice(&said.stdout).unwrap()
}

#[tokio::test]
#[ignore = "needs the packages that `cargo xtask test` installs"]
async fn a_graph_client_lists_what_an_instagram_account_has() {
    let seed = seed(SeedAccount::sample());
    let (account, expected) = (seed.accounts[0].clone(), told(&seed));
    let platform = Platform::start(seed).await;
    let seen = ask(
        "graph.py",
        &[&platform.base_url, &account.token, &account.id, "instagram"],
    )
    .await;
    assert_eq!(in_order(&seen), expected);
}

#[tokio::test]
#[ignore = "needs the packages that `cargo xtask test` installs"]
async fn a_graph_client_lists_what_a_page_has() {
    let seed = seed(SeedAccount::sample_page());
    let (account, expected) = (seed.accounts[0].clone(), told(&seed));
    let platform = Platform::start(seed).await;
    let seen = ask(
        "graph.py",
        &[&platform.base_url, &account.token, &account.id, "facebook"],
    )
    .await;
    assert_eq!(in_order(&seen), expected);
}

#[tokio::test]
#[ignore = "needs the packages that `cargo xtask test` installs"]
async fn a_youtube_client_lists_what_a_channel_has() {
    let seed = seed(SeedAccount::sample_channel());
    let (account, expected) = (seed.accounts[0].clone(), told(&seed));
    let platform = Platform::start(seed).await;
    let address = format!("{}/youtube/v3/", platform.base_url);
    let seen = ask("youtube.py", &[&address, &account.token]).await;
    assert_eq!(in_order(&seen), expected);
}
