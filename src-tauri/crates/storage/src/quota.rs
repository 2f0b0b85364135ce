//! The units of each project, so that a restart forgets nothing of what was spent.

use crate::Storage;
use crate::convert::{from_json, to_json};
use crate::pool::Result;
use domain::Timestamp;
use domain::quota::QuotaLedger;

impl Storage {
    /// `None` when nothing was ever spent of the project.
    pub async fn quota_ledger(&self, project: &str) -> Result<Option<QuotaLedger>> {
        let kept = sqlx::query_scalar!("select ledger from quota_ledger where project = ?", project)
            .fetch_optional(&self.readers)
            .await?;
        kept.as_deref().map(from_json).transpose()
    }

    /// Of every project, by its name.
    pub async fn quota_ledgers(&self) -> Result<Vec<(String, QuotaLedger)>> {
        let rows = sqlx::query!("select project, ledger from quota_ledger order by project")
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter()
            .map(|row| Ok((row.project, from_json(&row.ledger)?)))
            .collect()
    }

    pub async fn save_quota_ledger(&self, project: &str, ledger: &QuotaLedger, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let ledger = to_json(ledger);
        sqlx::query!(
            "insert into quota_ledger (project, ledger, updated_at) values (?, ?, ?)
             on conflict (project) do update set ledger = excluded.ledger, updated_at = excluded.updated_at",
            project,
            ledger,
            now.0
        )
        .execute(write.connection())
        .await?;
        write.commit().await
    }
}
