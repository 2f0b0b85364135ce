//! Logs: JSON lines in daily files, a bounded number of them, and the trace of one comment read back from them.
//! No token is ever logged, and no comment text above debug level.

use anyhow::Context as _;
use serde::Deserialize;
use std::io::{BufRead, BufReader};
use std::path::Path;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging into `folder`; what is buffered is written when the guard is dropped.
pub fn start(folder: &Path, filter: &str, keep_files: u32) -> anyhow::Result<WorkerGuard> {
    std::fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    let files = tracing_appender::rolling::Builder::new()
        .rotation(tracing_appender::rolling::Rotation::DAILY)
        .filename_prefix("moderato")
        .filename_suffix("jsonl")
        .max_log_files(usize::try_from(keep_files).unwrap_or(usize::MAX))
        .build(folder)
        .context("opening the log file")?;
    let (writer, guard) = tracing_appender::non_blocking(files);
    let filter = EnvFilter::try_new(filter).with_context(|| format!("log.filter = \"{filter}\""))?;
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_writer(writer);
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init()
        .context("starting the log")?;
    Ok(guard)
}

#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    trace: Option<String>,
}

/// Every line of the log that carries this trace id, oldest first.
pub fn trace(folder: &Path, trace_id: &str) -> anyhow::Result<Vec<String>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "jsonl"))
        .collect();
    files.sort();
    let mut found = Vec::new();
    for file in files {
        for line in BufReader::new(std::fs::File::open(&file)?).lines() {
            let line = line?;
            if line.contains(trace_id)
                && serde_json::from_str::<Line>(&line).is_ok_and(|l| l.trace.as_deref() == Some(trace_id))
            {
                found.push(line);
            }
        }
    }
    Ok(found)
}
