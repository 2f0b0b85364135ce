//! Opening and closing the database, and the two pools.

use crate::{StorageError, backup, write::Write};
use contract::ChangeBatch;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection, SqliteConnection};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::broadcast;

pub(crate) type Result<T, E = StorageError> = std::result::Result<T, E>;

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../../migrations");

/// Batches that a slow listener may fall behind before it is told that it missed some.
const CHANGES_KEPT: usize = 1024;

/// One workspace's database. Cloning is cheap and shares the pools.
#[derive(Clone)]
pub struct Storage {
    writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    changes: broadcast::Sender<ChangeBatch>,
    pub(crate) file: PathBuf,
}

impl Storage {
    /// Creates the file when there is none, and brings an older schema up to date after keeping a copy of it among
    /// the backups. A newer schema is refused untouched.
    pub async fn open(file: &Path) -> Result<Storage> {
        migrate(file).await?;
        let writer = SqlitePoolOptions::new()
            // SQLite has one writer; a second connection would only wait for the first and time out.
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(writing(file))
            .await?;
        let readers = SqlitePoolOptions::new()
            // A list, a card, the side bar and an export at the same time.
            .max_connections(4)
            .idle_timeout(None)
            .max_lifetime(None)
            // The writer has switched the file to WAL; a read-only connection could not.
            .connect_with(reading(file))
            .await?;
        let (changes, _) = broadcast::channel(CHANGES_KEPT);
        Ok(Storage {
            writer,
            readers,
            changes,
            file: file.to_owned(),
        })
    }

    /// What changed, after each commit. A receiver that lags has missed batches and should reload.
    pub fn changes(&self) -> broadcast::Receiver<ChangeBatch> {
        self.changes.subscribe()
    }

    /// Waits for running queries, then folds the write-ahead log into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// A write transaction; nothing else writes until it ends.
    pub(crate) async fn write(&self) -> Result<Write<'static>> {
        // Immediate: a deferred one would fail instead of wait when it first writes.
        let transaction = self.writer.begin_with("begin immediate").await?;
        Ok(Write::new(transaction, self.changes.clone()))
    }

    /// The writer outside a transaction, for what has to be set before one begins.
    pub(crate) async fn writer(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Sqlite>> {
        Ok(self.writer.acquire().await?)
    }

    pub(crate) fn announcer(&self) -> broadcast::Sender<ChangeBatch> {
        self.changes.clone()
    }
}

fn shared(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        // Deleting an account takes what hangs on it along; an orphan cannot be written.
        .foreign_keys(true)
        // A backup or a second program may hold the file for a moment.
        .busy_timeout(Duration::from_secs(5))
        // Sorting and materialised lists stay out of the file system.
        .pragma("temp_store", "memory")
        // 16 MiB: the hot pages of a workspace with 100,000 comments.
        .pragma("cache_size", "-16384")
}

pub(crate) fn reading(file: &Path) -> SqliteConnectOptions {
    shared(file).read_only(true)
}

fn writing(file: &Path) -> SqliteConnectOptions {
    shared(file)
        .create_if_missing(true)
        // Readers go on while the writer writes.
        .journal_mode(SqliteJournalMode::Wal)
        // Safe against a crash of the app. A power cut may lose the last commits, never corrupt; the one commit
        // that must not be lost, an intent to send, switches to `full` for itself.
        .synchronous(SqliteSynchronous::Normal)
        // A long read can make the log grow; afterwards it is cut back to 64 MiB.
        .pragma("journal_size_limit", "67108864")
}

async fn migrate(file: &Path) -> Result<()> {
    let mut connection = SqliteConnection::connect_with(&writing(file)).await?;
    let known = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0);
    let found = schema_version(&mut connection).await?;
    if found > known {
        return Err(StorageError::NewerSchema { found, known });
    }
    if found > 0 && found < known {
        backup::before_change(&mut connection, file, known).await?;
    }
    MIGRATIONS.run(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// 0 when the file holds no schema yet.
pub(crate) async fn schema_version(connection: &mut SqliteConnection) -> Result<i64> {
    let tables: i64 = sqlx::query_scalar(
        "select count(*) from sqlite_schema where type = 'table' and name = '_sqlx_migrations'",
    )
    .fetch_one(&mut *connection)
    .await?;
    if tables == 0 {
        return Ok(0);
    }
    Ok(
        sqlx::query_scalar("select coalesce(max(version), 0) from _sqlx_migrations")
            .fetch_one(connection)
            .await?,
    )
}
