//! The health screen, the way of one comment, and what is known about an outcome that nobody heard.

use super::{App, AppError};
use contract::{
    AccountLimit, ActionView, Breaker, DestinationHealth, DiagnosticsFile, DiskUse, ForgottenCorrections,
    HealthView, IndexHealth, RelayView, Settlement, StageHealth, TraceEntry, TraceStage, TraceView,
    TroubleView, UnknownView, WorkerError, WorkerHealth, WorkerState,
};
use domain::{ActionId, CommentId, Stage, Timestamp};
use engine::destination::{CircuitState, DestinationReport};
use engine::health::{Health, Trace};
use engine::monitor::{Monitor, WorkerReport};
use engine::outbox::Verdict;
use engine::{Engine, knowledge};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use storage::{ActivityRow, AttemptRow};

/// Lines of the log that go into a diagnostics file.
const MOST_LINES: usize = 2_000;
/// Of a log line, what can hold neither a name nor a word of a comment.
const TOLD_OF_A_LINE: [&str; 4] = ["timestamp", "level", "target", "fields"];
const TOLD_OF_ITS_FIELDS: [&str; 8] = [
    "stage",
    "worker",
    "reference",
    "trace",
    "action",
    "comment",
    "attempt",
    "kind",
];

impl App {
    pub async fn health(&self) -> Result<HealthView, AppError> {
        let engine = self.engine()?;
        let health = engine.health().await?;
        let folders = self.options.folders.clone();
        let index = self
            .open
            .lock()
            .await
            .as_ref()
            .map(|open| folders.workspace(open.kind).index());
        let data = folders.data.clone();
        let (index_bytes, logs_bytes, free_bytes) = tokio::task::spawn_blocking(move || {
            (
                index.as_deref().map_or(0, size_of),
                size_of(&folders.logs()),
                fs4::available_space(&data).ok(),
            )
        })
        .await
        .map_err(|aborted| anyhow::anyhow!("measuring the disk: {aborted}"))?;
        let disk = DiskUse {
            database_bytes: health.disk.database,
            index_bytes,
            logs_bytes,
            backups_bytes: health.disk.backups,
            free_bytes,
        };
        let relay = self.relay_view(&health.relay).await;
        health_view(&engine, health, disk, relay).await
    }

    /// Builds the index anew in the background; its progress comes as `AppEvent::Progress`.
    pub fn rebuild_index(&self) -> Result<(), AppError> {
        let engine = self.engine()?;
        tokio::spawn(async move {
            if let Err(error) = knowledge::rebuild_index(engine.context()).await {
                tracing::error!(%error, "the index could not be built anew");
            }
        });
        Ok(())
    }

    pub async fn forget_corrections(&self) -> Result<ForgottenCorrections, AppError> {
        let count = self.engine()?.forget_corrections().await?;
        Ok(ForgottenCorrections { count })
    }

    pub async fn trace(&self, comment: CommentId) -> Result<TraceView, AppError> {
        let engine = self.engine()?;
        let trace = engine.trace(comment).await?;
        Ok(trace_view(trace, engine.context().now()))
    }

    pub async fn unknown(&self, action: ActionId) -> Result<UnknownView, AppError> {
        Ok(self.engine()?.unknown(action).await?)
    }

    pub async fn settle_unknown(
        &self,
        action: ActionId,
        outcome: Settlement,
    ) -> Result<ActionView, AppError> {
        let verdict = match outcome {
            Settlement::LookNow => Verdict::LookNow,
            Settlement::Posted => Verdict::Posted,
            Settlement::SendAgain => Verdict::SendAgain,
            Settlement::GiveUp => Verdict::GiveUp,
        };
        Ok(self.engine()?.settle_unknown(action, verdict).await?)
    }

    /// Writes what helps to find a fault into a file beside the data, without names, secrets and comment text.
    pub async fn export_diagnostics(&self) -> Result<DiagnosticsFile, AppError> {
        let mut health = self.health().await?;
        for limit in &mut health.limits {
            limit.username = String::new();
        }
        // What platforms and systems say may name people and folders.
        for worker in &mut health.workers {
            if let Some(error) = &mut worker.last_error {
                error.message = String::new();
            }
        }
        for trouble in &mut health.troubles {
            trouble.message = String::new();
        }
        health.relay.last_note = None;
        let settings = self.settings();
        let told = json!({
            "health": health,
            "settings": {
                "sync": settings.sync,
                "outbox": settings.outbox,
                "endpoint_set": !settings.drafting.endpoint.is_empty(),
            },
            "system": { "os": std::env::consts::OS, "arch": std::env::consts::ARCH },
        });
        let logs = self.options.folders.logs();
        let stamp = chrono::DateTime::from_timestamp_millis(health.now)
            .unwrap_or_default()
            .format("%Y-%m-%dT%H-%M-%SZ");
        let file = self
            .options
            .folders
            .data
            .join(format!("diagnostics-{stamp}.json"));
        let path = file.display().to_string();
        tokio::task::spawn_blocking(move || write_diagnostics(told, &logs, &file))
            .await
            .map_err(|aborted| anyhow::anyhow!("writing the diagnostics: {aborted}"))??;
        Ok(DiagnosticsFile { path })
    }
}

fn write_diagnostics(mut told: Value, logs: &Path, file: &Path) -> anyhow::Result<()> {
    use anyhow::Context as _;
    told["log"] = json!(log_lines(logs)?);
    let text = serde_json::to_string_pretty(&told)?;
    std::fs::write(file, text).with_context(|| format!("writing {}", file.display()))
}

/// The newest lines of the newest file, stripped of what was said in them.
fn log_lines(logs: &Path) -> anyhow::Result<Vec<Value>> {
    use anyhow::Context as _;
    let mut files: Vec<PathBuf> = Vec::new();
    match std::fs::read_dir(logs) {
        Ok(entries) => {
            for entry in entries {
                files.push(entry.context("reading the folder of logs")?.path());
            }
        }
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).context("reading the folder of logs"),
    }
    // Their names end with the day.
    files.sort();
    let Some(newest) = files.pop() else {
        return Ok(Vec::new());
    };
    let file = std::fs::File::open(&newest).with_context(|| format!("opening {}", newest.display()))?;
    let mut lines = std::collections::VecDeque::new();
    for line in BufReader::new(file).lines() {
        let line = line.with_context(|| format!("reading {}", newest.display()))?;
        if lines.len() == MOST_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }
    Ok(lines.iter().filter_map(|line| stripped(line)).collect())
}

fn stripped(line: &str) -> Option<Value> {
    let mut line: Value = serde_json::from_str(line).ok()?;
    let of_line = line.as_object_mut()?;
    of_line.retain(|key, _| TOLD_OF_A_LINE.contains(&key.as_str()));
    if let Some(fields) = of_line.get_mut("fields").and_then(Value::as_object_mut) {
        fields.retain(|key, _| TOLD_OF_ITS_FIELDS.contains(&key.as_str()));
    }
    Some(line)
}

/// A file that vanishes while it is counted counts as nothing.
fn size_of(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .filter_map(Result::ok)
        .map(|entry| match entry.metadata() {
            Ok(found) if found.is_dir() => size_of(&entry.path()),
            Ok(found) => found.len(),
            Err(_) => 0,
        })
        .sum()
}

async fn health_view(
    engine: &Arc<Engine>,
    health: Health,
    disk: DiskUse,
    relay: RelayView,
) -> Result<HealthView, AppError> {
    let context = engine.context();
    let monitor = context.hub().monitor();
    let now = health.at;
    let stopped = health.workspace_trouble.is_some();
    let mut limits = Vec::new();
    for row in context.storage.accounts().await? {
        let usage = context
            .platform(row.id)
            .ok()
            .and_then(|platform| platform.usage());
        let waits = health.rests.iter().filter(|rest| rest.account_id == row.id);
        let calls_again_at = waits.map(|rest| rest.until).max();
        limits.push(AccountLimit {
            account_id: row.id.0,
            platform: row.platform,
            username: row.username,
            used_percent: usage.map(|usage| usage.percent),
            calls_again_at: calls_again_at.map(|at| at.0),
        });
    }
    Ok(HealthView {
        now: now.0,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        stages: stages(&health, monitor),
        workers: monitor
            .workers()
            .into_iter()
            .map(|report| worker_view(report, now, stopped, health.sending))
            .collect(),
        destinations: health
            .destinations
            .iter()
            .map(|report| destination_view(report, now))
            .collect(),
        limits,
        disk,
        index: match health.index {
            Ok(summary) => IndexHealth::Ready {
                entries: u64::try_from(summary.products + summary.passages).unwrap_or(u64::MAX),
            },
            Err(why) => IndexHealth::Damaged { why },
        },
        quarantined: health.quarantined,
        taught: health.taught,
        last_backup_at: health.disk.last_backup.map(|(_, at)| at.0),
        troubles: health
            .troubles
            .into_iter()
            .map(|trouble| TroubleView {
                at: trouble.at.0,
                what: trouble.what,
                message: trouble.message,
                comment_id: trouble.comment_id.0,
                trace_id: trouble.trace_id,
            })
            .collect(),
        relay,
    })
}

/// Finding and guarding are part of drafting, and arriving is done at once: nothing waits before them.
fn stages(health: &Health, monitor: &Monitor) -> Vec<StageHealth> {
    let waits_in = |stage: Stage| {
        let found = health.stages.iter().find(|depth| depth.stage == stage);
        found.map_or((0, None), |depth| (depth.depth, depth.lag_ms))
    };
    [
        (TraceStage::Arrive, (0, None)),
        (TraceStage::Understand, waits_in(Stage::ToClassify)),
        (TraceStage::Find, (0, None)),
        (TraceStage::Draft, waits_in(Stage::ToDraft)),
        (TraceStage::Guard, (0, None)),
        (TraceStage::Review, waits_in(Stage::ToReview)),
        (TraceStage::Post, (health.outbox.live, health.outbox_lag_ms)),
    ]
    .map(|(stage, (waiting, oldest_waiting_ms))| StageHealth {
        stage,
        waiting,
        oldest_waiting_ms,
        per_minute: monitor.per_minute(stage),
    })
    .into()
}

fn worker_view(report: WorkerReport, now: Timestamp, stopped: bool, sending: bool) -> WorkerHealth {
    let stands_still = stopped || (report.worker == "outbox" && !sending);
    WorkerHealth {
        worker: report.worker.to_owned(),
        state: match stands_still {
            true => WorkerState::Stopped,
            false => report.state,
        },
        last_error: report.last_error.map(|error| WorkerError {
            at: now
                .0
                .saturating_sub(i64::try_from(error.ago.as_millis()).unwrap_or(i64::MAX)),
            message: error.message,
            reference: error.reference,
            times: error.times,
            over: error.over,
        }),
    }
}

fn destination_view(report: &DestinationReport, now: Timestamp) -> DestinationHealth {
    let minutes = 5;
    let fit = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    DestinationHealth {
        host: report.host.clone(),
        breaker: match report.state {
            CircuitState::Closed => Breaker::Closed,
            CircuitState::HalfOpen => Breaker::HalfOpen,
            CircuitState::Open => Breaker::Open {
                until: report.next_probe.unwrap_or(now).0,
            },
        },
        calls_per_minute: fit(report.calls.div_ceil(minutes)),
        p95_ms: report.p95_ms,
        errors: fit(report.errors),
    }
}

fn trace_view(trace: Trace, now: Timestamp) -> TraceView {
    let mut entries: Vec<TraceEntry> = trace.activity.iter().map(activity_entry).collect();
    for attempt in &trace.attempts {
        entries.extend(attempt_entries(attempt));
    }
    // Stable: what happened within one millisecond keeps its order.
    entries.sort_by_key(|entry| entry.at);
    TraceView {
        comment_id: trace.comment_id.0,
        trace_id: trace.trace_id,
        entries,
        now: now.0,
    }
}

fn activity_entry(row: &ActivityRow) -> TraceEntry {
    TraceEntry {
        at: row.at.0,
        stage: stage_of(&row.verb),
        what: row.verb.clone(),
        detail: detail_of(row),
    }
}

fn stage_of(verb: &str) -> TraceStage {
    match verb {
        "arrived" | "edited_on_platform" | "deleted_on_platform" | "seen_again" | "purged" => {
            TraceStage::Arrive
        }
        "classified" | "relabelled" | "label_corrected" | "labels_fell_back" => TraceStage::Understand,
        "drafted" | "declined" | "draft_fell_back" | "draft_edited" | "regenerate" => TraceStage::Draft,
        "held"
        | "ready"
        | "sending"
        | "retry_wait"
        | "unknown"
        | "confirmed"
        | "failed"
        | "cancelled"
        | "action_queued"
        | "asked_to_send_again"
        | "answered_elsewhere" => TraceStage::Post,
        _ => TraceStage::Review,
    }
}

/// What is told of a line: values that are no text of a comment or a reply.
fn detail_of(row: &ActivityRow) -> String {
    const TOLD: [&str; 12] = [
        "label_was",
        "label",
        "reason",
        "model",
        "note",
        "sources",
        "confidence",
        "corrections",
        "from",
        "to",
        "kind",
        "stage",
    ];
    let mut parts = Vec::new();
    if row.actor != "engine" {
        parts.push(row.actor.clone());
    }
    for key in TOLD {
        match &row.details[key] {
            Value::Null => {}
            Value::String(text) if text.is_empty() => {}
            Value::String(text) => parts.push(format!("{key}: {text}")),
            other => parts.push(format!("{key}: {other}")),
        }
    }
    parts.join(" · ")
}

fn attempt_entries(attempt: &AttemptRow) -> Vec<TraceEntry> {
    let mut entries = vec![TraceEntry {
        at: attempt.intent_at.0,
        stage: TraceStage::Post,
        what: "sent".to_owned(),
        detail: format!("{} · {}", attempt.kind, attempt.number),
    }];
    if let (Some(outcome), Some(at)) = (&attempt.outcome, attempt.settled_at) {
        entries.push(TraceEntry {
            at: at.0,
            stage: TraceStage::Post,
            what: outcome.clone(),
            detail: attempt.note.clone().unwrap_or_default(),
        });
    }
    entries
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_line_of_the_log_loses_everything_that_could_be_somebody_s_words() {
        let line = r#"{"timestamp":"2026-11-26T04:00:00Z","level":"INFO","target":"engine::outbox",
            "fields":{"message":"not sent: @maria asked","stage":"cancelled","error":"canary","trace":"t1"},
            "spans":[{"name":"canary"}]}"#;
        let told = stripped(line).unwrap();
        assert_eq!(
            told,
            json!({
                "timestamp": "2026-11-26T04:00:00Z", "level": "INFO", "target": "engine::outbox",
                "fields": { "stage": "cancelled", "trace": "t1" }
            })
        );
        assert_eq!(stripped("no json"), None);
    }

    #[test]
    fn a_folder_is_measured_with_what_lies_in_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        std::fs::write(folder.path().join("a"), [0; 10]).unwrap();
        std::fs::write(folder.path().join("deep/b"), [0; 7]).unwrap();
        assert_eq!(size_of(folder.path()), 17);
        assert_eq!(size_of(&folder.path().join("none")), 0);
    }

    #[test]
    fn every_step_of_an_action_belongs_to_posting_and_what_people_do_to_review() {
        assert_eq!(stage_of("confirmed"), TraceStage::Post);
        assert_eq!(stage_of("arrived"), TraceStage::Arrive);
        assert_eq!(stage_of("classified"), TraceStage::Understand);
        assert_eq!(stage_of("relabelled"), TraceStage::Understand);
        assert_eq!(stage_of("dismissed"), TraceStage::Review);
    }
}
