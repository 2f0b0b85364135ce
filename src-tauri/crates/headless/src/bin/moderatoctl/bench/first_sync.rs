//! The first look at a long history: the real engine, SQLite and HTTP, on a folder that is removed afterwards.

use crate::output::Output;
use crate::run::peak_rss_bytes;
use anyhow::{Context as _, bail};
use contract::{ListComments, QueueName, SortOrder};
use engine::Engine;
use engine::intake::{Depth, DraftsFrom};
use headless::app::{Connected, Credentials};
use headless::folders::Folders;
use headless::{App, Options};
use serde::Serialize;
use simulator::{Seed, SeedAccount, SeedComment, SeedPost, Simulator, SimulatorConfig};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

/// Between two looks at the list, as a person who scrolls.
const LISTED_EVERY: Duration = Duration::from_millis(50);
/// 2026-01-01T00:00:00Z.
const NEWEST_MS: i64 = 1_767_225_600_000;
/// A thread in eight has a reply.
const REPLY_EVERY: usize = 8;

#[derive(Serialize)]
struct FirstSync {
    comments: i64,
    posts: usize,
    seconds: f64,
    comments_per_second: f64,
    /// What the window asks for while it goes on: the newest fifty of all comments.
    lists: usize,
    list_p50_ms: f64,
    list_p95_ms: f64,
    list_longest_ms: f64,
    /// Of this process, the simulator and all of its comments included.
    peak_rss_bytes: Option<u64>,
    /// What the simulator alone took, before anything was read.
    rss_before_bytes: Option<u64>,
}

/// The first look at an account with a long history, as one person connects it, while the list is asked for.
pub async fn first_sync(comments: usize, posts: usize, json: bool, out: &mut Output) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("moderato-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).context("making a folder for the measurement")?;
    let measured = measure(&folder, comments, posts.max(1)).await;
    std::fs::remove_dir_all(&folder).context("removing the folder of the measurement")?;
    let figures = measured?;
    if json {
        return Ok(out.line(serde_json::to_string(&figures)?)?);
    }
    out.line(format_args!(
        "{} comments of {} posts in {:.1} s: {:.0} a second",
        figures.comments, figures.posts, figures.seconds, figures.comments_per_second
    ))?;
    out.line(format_args!(
        "meanwhile {} lists: p50 {:.1} ms, p95 {:.1} ms, longest {:.1} ms",
        figures.lists, figures.list_p50_ms, figures.list_p95_ms, figures.list_longest_ms
    ))?;
    if let (Some(peak), Some(before)) = (figures.peak_rss_bytes, figures.rss_before_bytes) {
        let mib = 1024 * 1024;
        out.line(format_args!(
            "peak memory {} MiB, of which the simulator held {} MiB at the start",
            peak / mib,
            before / mib
        ))?;
    }
    Ok(())
}

async fn measure(folder: &Path, comments: usize, posts: usize) -> anyhow::Result<FirstSync> {
    let seed = history(comments, posts);
    let token = seed.accounts[0].token.clone();
    let simulator = Simulator::start(SimulatorConfig {
        bind: SocketAddr::from(([127, 0, 0, 1], 0)),
        journal: None,
        seed,
    })
    .await?;
    let rss_before_bytes = peak_rss_bytes();
    let app = App::open(Options {
        folders: Folders::new(folder),
        resources: None,
        start_workers: false,
    })
    .await?;
    app.choose_secret_backend("session_only", None).await?;
    let token = Credentials::InstagramToken(Zeroizing::new(token));
    let from = DraftsFrom::Connecting;
    match app
        .connect(token, Some(&simulator.base_url()), from, |_| Ok(()))
        .await?
    {
        Connected::Account { .. } => {}
        other => bail!("the simulator's account was not connected: {other:?}"),
    }
    let engine = app.engine()?;
    let done = CancellationToken::new();
    let lists = tokio::spawn(keep_listing(Arc::clone(&engine), done.clone()));
    let start = Instant::now();
    let looks = engine.sync_fully(Depth::Full).await;
    let seconds = start.elapsed().as_secs_f64();
    done.cancel();
    let mut lists = lists.await.context("asking for the list")??;
    for look in looks? {
        look.outcome?;
    }
    let status = engine.context().storage.status().await?;
    drop(engine);
    app.stop().await;
    simulator.stop().await;
    lists.sort_by(f64::total_cmp);
    #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
    let comments_per_second = status.comments as f64 / seconds;
    Ok(FirstSync {
        comments: status.comments,
        posts,
        seconds,
        comments_per_second,
        lists: lists.len(),
        list_p50_ms: percentile(&lists, 50),
        list_p95_ms: percentile(&lists, 95),
        list_longest_ms: percentile(&lists, 100),
        peak_rss_bytes: peak_rss_bytes(),
        rss_before_bytes,
    })
}

/// Milliseconds of each answer, until it is told to stop.
async fn keep_listing(engine: Arc<Engine>, done: CancellationToken) -> anyhow::Result<Vec<f64>> {
    let newest = ListComments {
        queue: QueueName::All,
        account_id: None,
        search: None,
        label: None,
        sort: SortOrder::Newest,
        after: None,
        limit: 50,
        fold: false,
    };
    let mut taken = Vec::new();
    while !done.is_cancelled() {
        let start = Instant::now();
        engine.list_comments(&newest).await?;
        taken.push(start.elapsed().as_secs_f64() * 1_000.0);
        tokio::time::sleep(LISTED_EVERY).await;
    }
    Ok(taken)
}

/// Of sorted values; 0 where there are none.
fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let at = (sorted.len() * percent).div_ceil(100);
    sorted.get(at.saturating_sub(1)).copied().unwrap_or(0.0)
}

fn history(comments: usize, posts: usize) -> Seed {
    const WORDS: [&str; 6] = [
        "Lovely colour, is it in stock again?",
        "Сколько стоит доставка в Алматы?",
        "My parcel came broken, what now?",
        "❤️❤️",
        "¿Tienen talla grande?",
        "Great, thank you so much for the quick help last week, the soap smells wonderful!",
    ];
    let account = SeedAccount::sample();
    let account_id = account.id.clone();
    let minutes = |count: usize| i64::try_from(count).unwrap_or(i64::MAX) * 60_000;
    let seed_posts = (0..posts).map(|n| SeedPost {
        id: format!("17900000000{n:06}"),
        account_id: account_id.clone(),
        caption: Some(format!("Post {n}")),
        timestamp_ms: NEWEST_MS - minutes(n * 1_440),
        comments_enabled: true,
        ..SeedPost::default()
    });
    let thread = |n: usize| format!("18000000000{n:07}");
    let seed_comments = (0..comments).map(|n| {
        // A reply stands under the comment before it, on the same post.
        let first = n - n % REPLY_EVERY;
        let is_reply = n % REPLY_EVERY == 1;
        SeedComment {
            id: thread(n),
            post_id: format!("17900000000{:06}", (first / REPLY_EVERY) % posts),
            parent_id: is_reply.then(|| thread(first)),
            author_id: Some(format!("9{:09}", n % 7_919)),
            username: Some(format!("person.{}", n % 7_919)),
            text: format!("{} ({n})", WORDS[n % WORDS.len()]),
            timestamp_ms: NEWEST_MS - minutes(comments - n),
            like_count: 0,
        }
    });
    Seed {
        posts: seed_posts.collect(),
        comments: seed_comments.collect(),
        accounts: vec![account],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_has_as_many_comments_as_asked_for_and_replies_stand_with_their_thread() {
        let seed = history(1_000, 7);
        assert_eq!((seed.posts.len(), seed.comments.len()), (7, 1_000));
        for comment in &seed.comments {
            let Some(parent) = &comment.parent_id else {
                continue;
            };
            assert!(
                seed.comments
                    .iter()
                    .any(|other| other.id == *parent && other.post_id == comment.post_id),
                "{comment:?}"
            );
        }
    }

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let sorted = [1.0, 2.0, 3.0, 4.0];
        assert!((percentile(&sorted, 50) - 2.0).abs() < f64::EPSILON);
        assert!((percentile(&sorted, 95) - 4.0).abs() < f64::EPSILON);
        assert!(percentile(&[], 95).abs() < f64::EPSILON);
    }
}
