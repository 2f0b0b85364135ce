//! Checks of everything that a workspace stands on, whether or not it can be opened.

use crate::SECRET_CHOICES;
use crate::output::Output;
use anyhow::bail;
use contract::{ModelState, WorkspaceKind};
use domain::ports::{PassageIndex as _, SecretStore as _};
use engine::settings::Faults;
use headless::app::{lock, open_storage};
use headless::folders::{WorkspaceFolders, models_folder};
use headless::{App, AppError, models};
use search_index::LanceIndex;
use std::fmt::Display;
use storage::Storage;

/// Rows of one kind that are printed.
const MOST_SHOWN: u32 = 20;

struct Findings<'a> {
    out: &'a mut Output,
    failures: usize,
}

impl Findings<'_> {
    fn say(&mut self, what: &str, ok: bool, detail: impl Display) -> anyhow::Result<()> {
        self.failures += usize::from(!ok);
        let verdict = if ok { "ok  " } else { "FAIL" };
        Ok(self.out.line(format_args!("{verdict} {what}: {detail}"))?)
    }
}

pub async fn doctor(app: &App, faults: &Faults, out: &mut Output) -> anyhow::Result<()> {
    let mut findings = Findings { out, failures: 0 };
    findings.say("data folder", true, app.folders().data.display())?;
    match faults.summary() {
        None => findings.say("settings", true, app.folders().settings().display())?,
        Some(why) => findings.say("settings", false, why)?,
    }
    match app.secrets().unavailable_because() {
        None => findings.say("secrets", true, format_args!("{:?}", app.secrets().backend()))?,
        Some(why) => findings.say("secrets", false, format_args!("{why}; {SECRET_CHOICES}"))?,
    }
    match models::load(&models_folder(None)).map(|models| models.state) {
        Ok(ModelState::Ready { model }) => findings.say("models", true, model)?,
        Ok(ModelState::Fallback { model, why }) => {
            findings.say("models", false, format_args!("{model}, because {why}"))?;
        }
        Ok(ModelState::Loading) => findings.say("models", false, "not loaded")?,
        Err(error) => findings.say("models", false, error)?,
    }
    match app.folders().last()? {
        None => findings.say("workspace", true, "none yet")?,
        Some(kind) => {
            let name = match kind {
                WorkspaceKind::Sample => "the sample",
                WorkspaceKind::Own => "your own",
            };
            findings.say("workspace", true, name)?;
            let folders = app.folders().workspace(kind);
            look_into_database(&folders, &mut findings).await?;
            look_into_index(&folders, &mut findings).await?;
        }
    }
    let failures = findings.failures;
    if failures > 0 {
        bail!("{failures} checks failed");
    }
    Ok(())
}

async fn look_into_database(folders: &WorkspaceFolders, findings: &mut Findings<'_>) -> anyhow::Result<()> {
    if !folders.database().exists() {
        return findings.say("database", true, "none yet");
    }
    let storage = match open_storage(folders.database()).await {
        Ok(storage) => storage,
        Err(error) => return findings.say("database", false, error),
    };
    let looked = read_database(&storage, findings).await;
    storage.close().await;
    looked
}

async fn read_database(storage: &Storage, findings: &mut Findings<'_>) -> anyhow::Result<()> {
    let report = storage.check_integrity().await?;
    let whole = if report.sqlite_ok { "whole" } else { "damaged" };
    findings.say("database", report.sqlite_ok, whole)?;
    match report.broken_at {
        None => findings.say(
            "activity",
            report.activity_ok,
            format_args!("{} rows, unbroken", report.activity_rows),
        )?,
        Some(id) => findings.say(
            "activity",
            report.activity_ok,
            format_args!("the chain is broken at row {id}"),
        )?,
    }
    let status = storage.status().await?;
    findings.say("stuck comments", status.stuck == 0, status.stuck)?;
    findings.say("set aside as unreadable", true, status.quarantined)?;
    for row in storage.quarantined(MOST_SHOWN).await? {
        let post = row.post.as_deref().unwrap_or("no post");
        findings
            .out
            .line(format_args!("     {post}: {}: {}", row.reason, row.raw))?;
    }
    Ok(())
}

/// Opening an index clears away what looks unfinished, so it is left alone while another program may be building it.
async fn look_into_index(folders: &WorkspaceFolders, findings: &mut Findings<'_>) -> anyhow::Result<()> {
    if !folders.index().exists() {
        return findings.say("index", true, "not built yet");
    }
    let _lock = match lock(folders) {
        Ok(lock) => lock,
        Err(AppError::InUse) => return findings.say("index", true, "in use by another Moderato"),
        Err(error) => return findings.say("index", false, error),
    };
    let summary = match LanceIndex::open(&folders.index()).await {
        Ok(index) => index.summary().await,
        Err(error) => Err(error),
    };
    match summary {
        Ok(index) => {
            let model = index
                .space
                .map_or_else(|| "not built yet".to_owned(), |s| s.model);
            findings.say(
                "index",
                true,
                format_args!(
                    "{} products, {} passages, {model}",
                    index.products, index.passages
                ),
            )
        }
        Err(error) => findings.say("index", false, error),
    }
}
