//! Stores 100,000 comments the way intake does, page by page, and prints what it took.
//! `cargo run -p storage --example fill [-- COMMENTS]`

#![allow(clippy::print_stdout, reason = "the figures are the point")]

use domain::ports::{Element, RemoteComment};
use domain::{PlatformId, Timestamp};
use std::time::Instant;
use storage::{NewAccount, Storage};

/// As many as a platform lists at once.
const PAGE: usize = 50;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let wanted: usize = std::env::args().nth(1).map_or(Ok(100_000), |n| n.parse())?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("fill.db");
    let store = Storage::open(&file).await?;
    let now = Timestamp(1_790_000_000_000);
    let account = store
        .upsert_account(NewAccount {
            platform: "instagram".to_owned(),
            platform_id: PlatformId::from("own"),
            username: "juniper".to_owned(),
            name: "Juniper".to_owned(),
            simulated: true,
            now,
        })
        .await?;
    let started = Instant::now();
    for first in (0..wanted).step_by(PAGE) {
        let post = store
            .ensure_post(account.id, &PlatformId(format!("p{}", first / 5_000)), now)
            .await?;
        let page = (first..wanted.min(first + PAGE))
            .map(|n| Element::Read(comment(n)))
            .collect();
        store.store_comments(account.id, post.id, page, now).await?;
    }
    let took = started.elapsed().as_secs_f64();
    let stored = store.status().await?.comments;
    println!(
        "{stored} comments in {took:.1} s: {:.0} per second",
        stored as f64 / took
    );
    println!("{:.1} MB on disk", std::fs::metadata(&file)?.len() as f64 / 1e6);

    for (what, list) in lists() {
        let started = Instant::now();
        let rows = store.list_comments(&list).await?.rows.len();
        println!(
            "{what}: {rows} rows in {:.1} ms",
            started.elapsed().as_secs_f64() * 1e3
        );
    }
    store.close().await;
    Ok(())
}

fn comment(n: usize) -> RemoteComment {
    RemoteComment {
        id: PlatformId(format!("1790{n:012}")),
        post_id: PlatformId::from("p"),
        parent_id: None,
        author_id: Some(PlatformId(format!("a{}", n * 7 % 20_000))),
        author_username: Some(format!("writer.{}", n * 7 % 20_000)),
        flagged_own: false,
        text: format!(
            "Hello! Is the rose cream number {n} back in stock, and how much is delivery to Almaty?"
        ),
        published_at: Timestamp(1_780_000_000_000 + i64::try_from(n).unwrap_or(0) * 1_000),
        edited_at: None,
        hidden: Some(false),
        like_count: Some(0),
        reply_count: None,
        replies: Vec::new(),
        more_replies: None,
    }
}

fn lists() -> Vec<(&'static str, contract::ListComments)> {
    let list = |search: Option<&str>| contract::ListComments {
        queue: contract::QueueName::All,
        account_id: None,
        search: search.map(str::to_owned),
        label: None,
        sort: contract::SortOrder::MostUrgent,
        after: None,
        limit: 50,
        fold: false,
    };
    vec![
        ("first list", list(None)),
        ("most urgent", list(None)),
        ("search with every comment matching", list(Some("rose cream"))),
        ("search with one match", list(Some("number 77777 "))),
        ("search with none", list(Some("unicorn"))),
        ("search of two letters", list(Some("zz"))),
    ]
}
