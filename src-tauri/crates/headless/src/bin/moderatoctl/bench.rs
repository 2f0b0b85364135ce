//! `bench`: figures for speed, memory and the use of a platform's budget, measured on data of its own.

mod first_sync;
mod youtube_day;

use crate::output::Output;
use clap::Subcommand;

#[derive(Subcommand)]
pub enum Bench {
    /// The first look at an account with a long history, while the list is asked for.
    FirstSync {
        #[arg(long, default_value_t = 100_000)]
        comments: usize,
        #[arg(long, default_value_t = 200)]
        posts: usize,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// A day of a YouTube channel on a project's units, by the app's plan and by polling some videos.
    YoutubeDay {
        #[arg(long, default_value_t = 10_000)]
        units: u32,
        #[arg(long, default_value_t = 30)]
        videos: usize,
        #[arg(long, default_value_t = 2_000)]
        comments: usize,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
}

pub async fn bench(what: Bench, out: &mut Output) -> anyhow::Result<()> {
    match what {
        Bench::FirstSync {
            comments,
            posts,
            json,
        } => first_sync::first_sync(comments, posts, json, out).await,
        Bench::YoutubeDay {
            units,
            videos,
            comments,
            seed,
            json,
        } => {
            let day = youtube_day::Day {
                units,
                videos: videos.max(1),
                comments,
                seed,
            };
            youtube_day::report(&day, json, out)
        }
    }
}
