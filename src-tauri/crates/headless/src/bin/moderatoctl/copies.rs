//! Copies of the database: which there are, and putting one back.

use crate::NO_WORKSPACE;
use crate::output::Output;
use anyhow::{Context as _, bail};
use domain::ports::Clock as _;
use engine::clock::SystemClock;
use headless::app::lock;
use headless::folders::{Folders, WorkspaceFolders};

/// One line for each copy, newest first within a kind: name and size in bytes.
pub async fn list(folders: &Folders, out: &mut Output) -> anyhow::Result<()> {
    let database = workspace(folders)?.database();
    let copies = storage::backups(&database).await?;
    if copies.is_empty() {
        eprintln!("moderatoctl: no copy yet; one is made a day while Moderato runs");
    }
    for copy in copies {
        out.line(format_args!("{}  {} bytes", copy.name, copy.size_bytes))?;
    }
    Ok(())
}

pub async fn restore(folders: &Folders, name: &str, out: &mut Output) -> anyhow::Result<()> {
    let workspace = workspace(folders)?;
    let _lock = lock(&workspace)?;
    let database = workspace.database();
    let copies = storage::backups(&database).await?;
    let copy = copies
        .iter()
        .find(|copy| copy.name == name)
        .with_context(|| format!("there is no copy named {name}; `moderatoctl backups` lists them"))?;
    let replaced = storage::restore(&database, &copy.file, SystemClock::new().now()).await?;
    out.line(format_args!(
        "restored {name}; sending is off until a person switches it on"
    ))?;
    if let Some(replaced) = replaced {
        out.line(format_args!(
            "the replaced database is kept as {}",
            replaced.display()
        ))?;
    }
    Ok(())
}

fn workspace(folders: &Folders) -> anyhow::Result<WorkspaceFolders> {
    match folders.last()? {
        Some(kind) => Ok(folders.workspace(kind)),
        None => bail!(NO_WORKSPACE),
    }
}
