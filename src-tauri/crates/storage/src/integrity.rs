//! Is what is stored whole, and can more be stored? The whole answer reads everything; the start asks for less.

use crate::pool::Result;
use crate::{IntegrityReport, Storage, StorageError, activity};

/// Newest rows of the activity that the start looks at.
const TAIL: i64 = 1_000;
/// Small, and nothing works without them.
const LOOKED_AT_FIRST: [&str; 3] = ["meta", "account", "queue_count"];
/// What a few pages of comments, with all that is made of them, take in bytes.
const ROOM: usize = 1024 * 1024;

impl Storage {
    /// Reads the whole file and walks the whole activity chain.
    pub async fn check_integrity(&self) -> Result<IntegrityReport> {
        let verdict: String = sqlx::query_scalar("pragma integrity_check(1)")
            .fetch_one(&self.readers)
            .await?;
        let chain = activity::check_chain(&self.readers).await?;
        Ok(IntegrityReport {
            sqlite_ok: verdict == "ok",
            activity_ok: chain.broken_at.is_none(),
            activity_rows: chain.rows,
            broken_at: chain.broken_at,
        })
    }

    /// Costs the same however much is stored: the tables that everything hangs on, and the newest end of the
    /// activity. The daily backup reads every row, so damage elsewhere shows within a day.
    pub async fn check_at_start(&self) -> Result<IntegrityReport> {
        let mut sqlite_ok = true;
        for table in LOOKED_AT_FIRST {
            let question = sqlx::AssertSqlSafe(format!("pragma quick_check('{table}')"));
            let verdict: String = sqlx::query_scalar(question).fetch_one(&self.readers).await?;
            sqlite_ok &= verdict == "ok";
        }
        let chain = activity::check_tail(&self.readers, TAIL).await?;
        Ok(IntegrityReport {
            sqlite_ok,
            activity_ok: chain.broken_at.is_none(),
            activity_rows: chain.rows,
            broken_at: chain.broken_at,
        })
    }

    /// Whether there is room again after the disk was full. A row alone proves nothing: it may fit into what the
    /// write-ahead log holds already.
    pub async fn has_room(&self) -> Result<bool> {
        let probe = self.file.with_extension("probe");
        let written = tokio::fs::write(&probe, vec![1; ROOM]).await;
        // What is left of a probe is written over by the next one.
        let _removed = tokio::fs::remove_file(&probe).await;
        if written.is_err() {
            return Ok(false);
        }
        match self.touch().await {
            Ok(()) => Ok(true),
            Err(StorageError::Full) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn touch(&self) -> Result<()> {
        let mut write = self.write().await?;
        write.put_meta("touched", "").await?;
        write.commit().await
    }
}
