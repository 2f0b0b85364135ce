//! What the database says about each checked query, kept in storage/.sqlx so that builds need no database.
//!
//! sqlx's macros write one file a query into `SQLX_OFFLINE_DIR` whenever they expand against a live
//! `DATABASE_URL` with `SQLX_OFFLINE` off (sqlx-macros-core 0.9, query/mod.rs, `expand_with`).
//! The migrations are applied by Python's SQLite: `storage` cannot do it, it does not compile while the kept
//! files are stale.

use std::fs::{File, FileTimes};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::command::{cargo, run};
use crate::drift::{DriftMode, settle};
use crate::project::{Project, ScratchDir};
use crate::python::python_with_pip;

/// Strict tables came with SQLite 3.37.
const APPLY_MIGRATIONS: &str = "
import sqlite3, sys
if sqlite3.sqlite_version_info < (3, 37):
    sys.exit('SQLite ' + sqlite3.sqlite_version + ' of this Python is too old: 3.37 or newer is needed')
database = sqlite3.connect(sys.argv[1])
for migration in sys.argv[2:]:
    with open(migration, encoding='utf-8') as file:
        try:
            database.executescript(file.read())
        except sqlite3.Error as error:
            sys.exit(migration + ': ' + str(error))
database.close()
";

pub fn renew_queries(project: &Project, mode: DriftMode) -> Result<()> {
    let scratch = ScratchDir::create("queries")?;
    let database = scratch.path().join("schema.db");
    apply_migrations(project, &database)?;
    let fresh = scratch.path().join("fresh");
    std::fs::create_dir(&fresh).with_context(|| format!("creating {}", fresh.display()))?;
    describe_queries(project, &database, &fresh)?;
    settle(
        mode,
        &fresh,
        &project.crate_dir("storage").join(".sqlx"),
        "json",
        "cargo xtask sqlx",
    )
}

fn apply_migrations(project: &Project, database: &Path) -> Result<()> {
    let migrations = migrations_in_order(&project.root().join("migrations"))?;
    let python = python_with_pip()?;
    run(Command::new(python[0])
        .args(&python[1..])
        .args(["-c", APPLY_MIGRATIONS])
        .arg(database)
        .args(migrations))
    .context("applying the migrations to an empty database")
}

fn migrations_in_order(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))? {
        let path = entry
            .with_context(|| format!("listing {}", folder.display()))?
            .path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            files.push(path);
        }
    }
    if files.is_empty() {
        bail!("{} holds no migration", folder.display());
    }
    files.sort();
    Ok(files)
}

fn describe_queries(project: &Project, database: &Path, fresh: &Path) -> Result<()> {
    // The macros do not tell cargo which variables they read, so it must believe that the source changed.
    let touched = TouchedSource::touch(project.crate_dir("storage").join("src/lib.rs"))?;
    let checked = run(cargo(project)
        .args(["check", "--quiet", "--package", "storage", "--all-targets"])
        .envs(macro_variables(database, fresh)))
    .context("checking the queries against the migrated schema");
    touched.restore()?;
    checked
}

fn macro_variables(database: &Path, fresh: &Path) -> [(&'static str, String); 3] {
    [
        (
            "DATABASE_URL",
            format!("sqlite:{}", database.display().to_string().replace('\\', "/")),
        ),
        ("SQLX_OFFLINE", "false".to_owned()),
        ("SQLX_OFFLINE_DIR", fresh.display().to_string()),
    ]
}

/// A source file whose time of change is now. Its old time comes back afterwards:
/// otherwise everything that depends on it would be built again.
struct TouchedSource {
    path: PathBuf,
    modified: SystemTime,
}

impl TouchedSource {
    fn touch(path: PathBuf) -> Result<Self> {
        let modified = std::fs::metadata(&path)
            .and_then(|metadata| metadata.modified())
            .with_context(|| format!("reading the time of {}", path.display()))?;
        set_modified(&path, SystemTime::now())?;
        Ok(Self { path, modified })
    }

    fn restore(self) -> Result<()> {
        set_modified(&self.path, self.modified)
    }
}

fn set_modified(path: &Path, time: SystemTime) -> Result<()> {
    File::options()
        .append(true)
        .open(path)
        .and_then(|file| file.set_times(FileTimes::new().set_modified(time)))
        .with_context(|| format!("setting the time of {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_are_told_to_ask_the_database_and_to_write_what_it_says() {
        let variables = macro_variables(Path::new("/tmp/x/schema.db"), Path::new("/tmp/x/fresh"));
        assert_eq!(
            variables,
            [
                ("DATABASE_URL", "sqlite:/tmp/x/schema.db".to_owned()),
                ("SQLX_OFFLINE", "false".to_owned()),
                ("SQLX_OFFLINE_DIR", "/tmp/x/fresh".to_owned()),
            ]
        );
    }

    #[test]
    fn migrations_are_applied_in_the_order_of_their_timestamps() {
        let scratch = ScratchDir::create("migrations").expect("created");
        for name in ["20260201_b.sql", "20260101_a.sql", "README.md"] {
            std::fs::write(scratch.path().join(name), "").expect("written");
        }
        let names: Vec<_> = migrations_in_order(scratch.path())
            .expect("listed")
            .iter()
            .map(|path| path.file_name().expect("it has a name").to_owned())
            .collect();
        assert_eq!(names, ["20260101_a.sql", "20260201_b.sql"]);
    }

    #[test]
    fn touched_source_gets_its_old_time_back() {
        let scratch = ScratchDir::create("touch").expect("created");
        let path = scratch.path().join("lib.rs");
        std::fs::write(&path, "kept").expect("written");
        let long_ago = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        set_modified(&path, long_ago).expect("set");
        let modified = || {
            std::fs::metadata(&path)
                .and_then(|metadata| metadata.modified())
                .expect("read")
        };

        let touched = TouchedSource::touch(path.clone()).expect("touched");
        assert!(modified() > long_ago, "cargo must see a change");
        touched.restore().expect("restored");
        assert_eq!(modified(), long_ago);
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "kept");
    }
}
