//! Looking at a workspace: its database and its log, and nothing else of it.
//!
//! No lock, no secret, no model and no simulator: this works beside a running Moderato, with a keychain that nobody
//! has unlocked, and on a machine that could not run the rest.

use crate::output::Output;
use crate::{ExportFormat, NO_WORKSPACE};
use anyhow::{anyhow, bail};
use headless::app::open_storage;
use headless::folders::Folders;
use headless::logs;
use serde::Serialize;
use storage::{ExportRow, Storage};

/// Rows of an export read at a time.
const PAGE: u32 = 1_000;

/// The database of the workspace that was open the last time.
pub async fn database(folders: &Folders) -> anyhow::Result<Storage> {
    let file = match folders.last()? {
        Some(kind) => folders.workspace(kind).database(),
        None => bail!(NO_WORKSPACE),
    };
    if !file.exists() {
        bail!(NO_WORKSPACE);
    }
    Ok(open_storage(file).await?)
}

pub async fn status(storage: &Storage, json: bool, out: &mut Output) -> anyhow::Result<()> {
    let status = storage.status().await?;
    out.line(if json {
        serde_json::to_string(&status)?
    } else {
        serde_json::to_string_pretty(&status)?
    })?;
    Ok(())
}

pub async fn trace(
    storage: &Storage,
    folders: &Folders,
    comment: i64,
    out: &mut Output,
) -> anyhow::Result<()> {
    let id = domain::CommentId(comment);
    let rows = storage.trace(id).await?;
    let trace_id = rows
        .first()
        .and_then(|arrival| arrival.details["trace_id"].as_str())
        .unwrap_or_default();
    out.line(format_args!("comment {comment}, trace {trace_id}"))?;
    for row in &rows {
        out.line(format_args!(
            "activity {} {} {} {}",
            row.at.0, row.actor, row.verb, row.details
        ))?;
    }
    for line in logs::trace(&folders.logs(), trace_id)? {
        out.line(format_args!("log {line}"))?;
    }
    Ok(())
}

pub async fn export(storage: &Storage, format: ExportFormat, out: &mut Output) -> anyhow::Result<()> {
    match format {
        ExportFormat::Jsonl => {
            let mut after = 0;
            while let Some(rows) = next_rows(storage, &mut after).await? {
                for row in &rows {
                    out.line(serde_json::to_string(row)?)?;
                }
            }
        }
        ExportFormat::Csv => {
            let mut table = csv::Writer::from_writer(out);
            let mut after = 0;
            while let Some(rows) = next_rows(storage, &mut after).await? {
                for row in &rows {
                    table.serialize(CsvRow::of(row)).map_err(unwrapped)?;
                }
            }
            table.flush()?;
        }
    }
    Ok(())
}

async fn next_rows(storage: &Storage, after: &mut i64) -> anyhow::Result<Option<Vec<ExportRow>>> {
    let rows = storage.export_comments(*after, PAGE).await?;
    Ok(rows.last().map(|row| row.id).map(|last| {
        *after = last;
        rows
    }))
}

/// The library's error hides the one of the output, which decides whether anything failed.
fn unwrapped(error: csv::Error) -> anyhow::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => anyhow!("writing a row: {other:?}"),
    }
}

/// `storage::ExportRow` with a value in each cell; labels are parted by "; ".
#[derive(Serialize)]
struct CsvRow<'a> {
    id: i64,
    platform_id: &'a str,
    account: &'a str,
    post: &'a str,
    parent: Option<&'a str>,
    author: &'a str,
    text: &'a str,
    language: &'a str,
    labels: String,
    stage: &'a str,
    draft: Option<&'a str>,
    reply: Option<&'a str>,
    published_at: i64,
}

impl<'a> CsvRow<'a> {
    fn of(row: &'a ExportRow) -> Self {
        Self {
            id: row.id,
            platform_id: &row.platform_id,
            account: &row.account,
            post: &row.post,
            parent: row.parent.as_deref(),
            author: &row.author,
            text: &row.text,
            language: &row.language,
            labels: row.labels.join("; "),
            stage: &row.stage,
            draft: row.draft.as_deref(),
            reply: row.reply.as_deref(),
            published_at: row.published_at,
        }
    }
}
