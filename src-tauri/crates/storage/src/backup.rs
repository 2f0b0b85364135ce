//! Copies of the database: one a day in a ring, one before each change of the schema, and the way back.
//!
//! They lie in `backups` beside the database. A copy is whole or not there: it is written under another name,
//! brought to the disk, and only then renamed.

use crate::accounts::SENDING;
use crate::activity::Entry;
use crate::pool::{MIGRATIONS, Result, reading};
use crate::{Backup, Storage, StorageError};
use domain::Timestamp;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use tokio::fs;

const DAILY: Kind = Kind {
    prefix: "daily-",
    kept: 7,
};
const BEFORE_CHANGE: Kind = Kind {
    prefix: "before-",
    kept: 3,
};
const REPLACED: Kind = Kind {
    prefix: "replaced-",
    kept: 3,
};

/// Names of one kind sort by age.
struct Kind {
    prefix: &'static str,
    kept: usize,
}

impl Kind {
    fn file(&self, database: &Path, name: &str) -> PathBuf {
        folder_of(database).join(format!("{}{name}.db", self.prefix))
    }

    /// Newest first.
    async fn copies(&self, database: &Path) -> Result<Vec<Backup>> {
        let mut found = Vec::new();
        let mut entries = match fs::read_dir(folder_of(database)).await {
            Ok(entries) => entries,
            Err(missing) if missing.kind() == ErrorKind::NotFound => return Ok(found),
            Err(error) => return Err(io(error)),
        };
        while let Some(entry) = entries.next_entry().await.map_err(io)? {
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let Some(name) = name.strip_suffix(".db") else {
                continue;
            };
            if name.starts_with(self.prefix) {
                found.push(Backup {
                    name: name.to_owned(),
                    file: entry.path(),
                    size_bytes: entry.metadata().await.map_err(io)?.len(),
                });
            }
        }
        found.sort_by(|a, b| b.name.cmp(&a.name));
        Ok(found)
    }

    async fn drop_oldest(&self, database: &Path) -> Result<()> {
        for old in self.copies(database).await?.into_iter().skip(self.kept) {
            remove(&old.file).await?;
            remove(&log_of(&old.file)).await?;
        }
        Ok(())
    }
}

impl Storage {
    /// Keeps a copy for the day of `now` (UTC) where there is none yet, and drops the oldest of the ring. Others read
    /// and write meanwhile. Returns the new copy. Damage that the reading meets is `Corrupt`, and no copy is
    /// dropped for it; whatever is wrong with the copy's own place is `Failed`, also a full disk.
    pub async fn back_up_daily(&self, now: Timestamp) -> Result<Option<PathBuf>> {
        let mut connection = self.readers.acquire().await?;
        let day: String = sqlx::query_scalar("select date(? / 1000, 'unixepoch')")
            .bind(now.0)
            .fetch_one(&mut *connection)
            .await?;
        let copy = DAILY.file(&self.file, &day);
        if fs::try_exists(&copy).await.map_err(io)? {
            return Ok(None);
        }
        match write_copy(&mut connection, &copy).await {
            Ok(()) => {}
            Err(StorageError::Full) => return Err(io(ErrorKind::StorageFull.into())),
            Err(error) => return Err(error),
        }
        DAILY.drop_oldest(&self.file).await?;
        Ok(Some(copy))
    }

    /// Writes a compact copy of the database as it is now. `file` must not exist.
    pub async fn backup_to(&self, file: &Path) -> Result<()> {
        let mut connection = self.readers.acquire().await?;
        copy_into(&mut connection, file).await
    }

    /// What was true of the index and of the platform when the copy was made may not be true now.
    async fn take_over(&self, copy: &Path, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        write.put_meta("index_fingerprint", "").await?;
        write.put_meta(SENDING, "off").await?;
        let name = copy.file_stem().map(|name| name.to_string_lossy().into_owned());
        write
            .record(Entry {
                actor: "person",
                verb: "restored",
                comment: None,
                action: None,
                details: serde_json::json!({ "from": name, "sending": "off" }),
                at: now,
            })
            .await?;
        write.commit().await
    }
}

/// The copies of this database that are there, the daily ones first, newest first within a kind.
pub async fn backups(database: &Path) -> Result<Vec<Backup>> {
    let mut all = Vec::new();
    for kind in [DAILY, BEFORE_CHANGE, REPLACED] {
        all.extend(kind.copies(database).await?);
    }
    Ok(all)
}

/// Puts a copy in the place of the database, which nobody may have open, and returns where the replaced one lies
/// now: among the copies, so that this too can be taken back. The copy itself stays.
///
/// A copy that is damaged, holds no workspace (`Corrupt`) or a newer schema (`NewerSchema`) changes nothing. Sending
/// is off afterwards: what left since the copy was made is not in it, and a person should look first.
pub async fn restore(database: &Path, copy: &Path, now: Timestamp) -> Result<Option<PathBuf>> {
    if !fs::try_exists(copy).await.map_err(io)? {
        return Err(StorageError::NotFound);
    }
    let fresh = beside(database, ".restoring");
    for left_over in [fresh.clone(), log_of(&fresh), index_of_log(&fresh)] {
        remove(&left_over).await?;
    }
    let mut reader = SqliteConnection::connect_with(&reading(copy)).await?;
    check(&mut reader).await?;
    copy_into(&mut reader, &fresh).await?;
    let moment: String = sqlx::query_scalar("select strftime('%Y-%m-%dT%H-%M-%SZ', ? / 1000, 'unixepoch')")
        .bind(now.0)
        .fetch_one(&mut reader)
        .await?;
    reader.close().await?;
    // Opened by the very code that will work with it, which also brings an older schema up to date.
    let store = Storage::open(&fresh).await?;
    let taken = store.take_over(copy, now).await;
    store.close().await;
    taken?;
    if fs::try_exists(log_of(&fresh)).await.map_err(io)? {
        // Not all of it would come along.
        return Err(StorageError::Busy);
    }
    to_disk(&fresh).await?;
    let replaced = REPLACED.file(database, &moment);
    let was_there = fs::try_exists(database).await.map_err(io)?;
    if was_there {
        keep_aside(database, &replaced).await?;
    }
    fs::rename(&fresh, database).await.map_err(io)?;
    folder_to_disk(database).await?;
    REPLACED.drop_oldest(database).await?;
    Ok(was_there.then_some(replaced))
}

/// Before the schema changes to `version`. A copy of that name is from a try that failed: it shows the older state.
pub(crate) async fn before_change(
    connection: &mut SqliteConnection,
    database: &Path,
    version: i64,
) -> Result<()> {
    let copy = BEFORE_CHANGE.file(database, &version.to_string());
    if !fs::try_exists(&copy).await.map_err(io)? {
        write_copy(connection, &copy).await?;
    }
    BEFORE_CHANGE.drop_oldest(database).await
}

async fn check(reader: &mut SqliteConnection) -> Result<()> {
    let found = crate::pool::schema_version(reader).await?;
    let known = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0);
    if found == 0 {
        return Err(StorageError::corrupt("it holds no workspace"));
    }
    if found > known {
        return Err(StorageError::NewerSchema { found, known });
    }
    let verdict: String = sqlx::query_scalar("pragma integrity_check(1)")
        .fetch_one(reader)
        .await?;
    if verdict != "ok" {
        return Err(StorageError::corrupt(verdict));
    }
    Ok(())
}

/// The replaced database goes on under its second name before the first one is given away, so a crash at any point
/// leaves one of them whole. Its log goes with it: left behind, it would be read into the new database.
async fn keep_aside(database: &Path, replaced: &Path) -> Result<()> {
    fs::create_dir_all(folder_of(database)).await.map_err(io)?;
    // Not every file system knows a second name.
    if fs::hard_link(database, replaced).await.is_err() {
        fs::copy(database, replaced).await.map_err(io)?;
        to_disk(replaced).await?;
    }
    match fs::rename(log_of(database), log_of(replaced)).await {
        Ok(()) => {}
        Err(missing) if missing.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(io(error)),
    }
    remove(&index_of_log(database)).await
}

async fn write_copy(connection: &mut SqliteConnection, file: &Path) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).await.map_err(io)?;
    }
    let part = file.with_extension("part");
    remove(&part).await?;
    let written = match copy_into(connection, &part).await {
        Ok(()) => finish(&part, file).await,
        Err(error) => Err(error),
    };
    if written.is_err() {
        remove(&part).await?;
    }
    written
}

async fn finish(part: &Path, file: &Path) -> Result<()> {
    to_disk(part).await?;
    fs::rename(part, file).await.map_err(io)?;
    folder_to_disk(file).await
}

async fn copy_into(connection: &mut SqliteConnection, file: &Path) -> Result<()> {
    let name = file.to_str().ok_or_else(|| {
        StorageError::Failed(sqlx::Error::Configuration(
            "the name of a backup must be Unicode".into(),
        ))
    })?;
    // `vacuum into` takes an expression, so the name is bound like any value.
    sqlx::query(AssertSqlSafe("vacuum into ?"))
        .bind(name)
        .execute(connection)
        .await?;
    Ok(())
}

/// `vacuum into` leaves it to the system when the copy reaches the disk (SQLite, "VACUUM", section 3).
async fn to_disk(file: &Path) -> Result<()> {
    let opened = fs::OpenOptions::new().write(true).open(file).await.map_err(io)?;
    opened.sync_all().await.map_err(io)
}

/// A new name is on the disk once its folder is. Windows has no such call and does it by itself.
async fn folder_to_disk(file: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        if let Some(folder) = file.parent() {
            let opened = fs::File::open(folder).await.map_err(io)?;
            opened.sync_all().await.map_err(io)?;
        }
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

async fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file).await {
        Ok(()) => Ok(()),
        Err(missing) if missing.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(io(error)),
    }
}

fn folder_of(database: &Path) -> PathBuf {
    database
        .parent()
        .map_or_else(|| PathBuf::from("backups"), |folder| folder.join("backups"))
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn log_of(database: &Path) -> PathBuf {
    beside(database, "-wal")
}

fn index_of_log(database: &Path) -> PathBuf {
    beside(database, "-shm")
}

fn io(error: std::io::Error) -> StorageError {
    StorageError::Failed(sqlx::Error::Io(error))
}
