//! `run` and `sync`: the engine at work on a workspace.

use crate::decisions::Decisions;
use crate::output::Output;
use crate::{RunArgs, interrupted, open_last, open_sample};
use anyhow::bail;
use engine::intake::Depth;
use engine::review::AccountLook;
use headless::App;
use headless::app::Idle;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

#[derive(Serialize)]
struct RunSummary {
    comments: i64,
    by_stage: BTreeMap<String, i64>,
    by_label: BTreeMap<String, i64>,
    drafts: i64,
    declined: i64,
    quarantined: i64,
    stuck: i64,
    seconds: f64,
    comments_per_second: f64,
    peak_rss_bytes: Option<u64>,
}

pub async fn run(app: &App, args: &RunArgs, out: &mut Output) -> anyhow::Result<()> {
    let start = Instant::now();
    if args.sample || app.folders().last()?.is_none() {
        open_sample(app).await?;
    } else {
        open_last(app).await?;
    }
    if let contract::ModelState::Fallback { model, why } = app.state().await.models {
        eprintln!("moderatoctl: {why}; {model} stands in, and finds and labels less well");
    }
    if !args.until_idle {
        if let Some(url) = app.simulator_url().await {
            out.line(format_args!("simulator at {url}"))?;
        }
        out.line("running; interrupt to stop")?;
        out.flush()?;
        follow_until_interrupted(app, args).await?;
        out.line("stopping")?;
        return Ok(());
    }
    let idle = work_until_idle(app, args).await?;
    let seconds = start.elapsed().as_secs_f64();
    let status = app.engine()?.context().storage.status().await?;
    #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = status.comments as f64 / seconds;
    let summary = RunSummary {
        comments: status.comments,
        by_stage: status.by_stage,
        by_label: status.by_label,
        drafts: status.drafts,
        declined: status.declined,
        quarantined: status.quarantined,
        stuck: status.stuck,
        seconds,
        comments_per_second: rate,
        peak_rss_bytes: peak_rss_bytes(),
    };
    if args.json {
        out.line(serde_json::to_string(&summary)?)?;
    } else {
        say(&summary, out)?;
    }
    for (why, count) in &idle.held_up {
        eprintln!("moderatoctl: left as it is: {count}, because {why}");
    }
    if idle.stalled > 0 {
        bail!(
            "{} comments and actions did not move for half an hour",
            idle.stalled
        );
    }
    refuse_failed(&idle.looks)
}

async fn follow_until_interrupted(app: &App, args: &RunArgs) -> anyhow::Result<()> {
    let Some(file) = &args.decisions else {
        return interrupted().await;
    };
    let decisions = Decisions::read(file, app.engine()?).await?;
    let stop = CancellationToken::new();
    let following = tokio::spawn(decisions.follow(stop.clone()));
    interrupted().await?;
    stop.cancel();
    following.await?
}

/// Decisions bring new work, which may bring comments to review that others wait for.
async fn work_until_idle(app: &App, args: &RunArgs) -> anyhow::Result<Idle> {
    let still = |moving| eprintln!("moderatoctl: {moving} comments and actions are still in work");
    let mut idle = app.run_until_idle(still).await?;
    if let Some(file) = &args.decisions {
        let mut decisions = Decisions::read(file, app.engine()?).await?;
        while decisions.carry_out_all().await? > 0 {
            idle = app.run_until_idle(still).await?;
        }
    }
    Ok(idle)
}

/// One line for each account, whatever became of the others.
pub async fn sync(app: &App, full: bool, out: &mut Output) -> anyhow::Result<()> {
    open_last(app).await?;
    let depth = if full { Depth::Full } else { Depth::Incremental };
    let looks = app.engine()?.sync_fully(depth).await?;
    for look in &looks {
        if let Ok(report) = &look.outcome {
            out.line(format_args!(
                "{}: {} posts, {} pages: {} new, {} known, {} own, {} edited, {} deleted, {} set aside",
                look.username,
                report.posts,
                report.pages,
                report.new,
                report.known,
                report.own,
                report.edited,
                report.deleted,
                report.quarantined
            ))?;
        }
    }
    refuse_failed(&looks)
}

/// Names every account that could not be looked at, and fails when there is one.
fn refuse_failed(looks: &[AccountLook]) -> anyhow::Result<()> {
    let mut failed = 0;
    for look in looks {
        if let Err(error) = &look.outcome {
            eprintln!("moderatoctl: {}: {error}", look.username);
            failed += 1;
        }
    }
    if failed > 0 {
        bail!(
            "{failed} of {} accounts could not be looked at; what was stored is worked on all the same",
            looks.len()
        );
    }
    Ok(())
}

fn say(summary: &RunSummary, out: &mut Output) -> anyhow::Result<()> {
    out.line(format_args!(
        "{} comments in {:.1} s ({:.0} a second)",
        summary.comments, summary.seconds, summary.comments_per_second
    ))?;
    out.line(format_args!("by stage: {}", listed(&summary.by_stage)))?;
    out.line(format_args!("by label: {}", listed(&summary.by_label)))?;
    out.line(format_args!(
        "{} drafts with sources, {} declined with a reason, {} set aside, {} stuck",
        summary.drafts, summary.declined, summary.quarantined, summary.stuck
    ))?;
    if let Some(bytes) = summary.peak_rss_bytes {
        out.line(format_args!("peak memory {} MiB", bytes / (1024 * 1024)))?;
    }
    Ok(())
}

fn listed(counts: &BTreeMap<String, i64>) -> String {
    counts
        .iter()
        .map(|(name, n)| format!("{name} {n}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The most memory this process has held, where the system says (Linux: VmHWM of /proc/self/status, proc(5)).
fn peak_rss_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}
