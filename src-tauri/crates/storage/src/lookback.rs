//! What the outbox worker asks while it waits for an action or looks for one on the platform.

use crate::convert::parsed;
use crate::pool::Result;
use crate::{Storage, StorageError};
use domain::{AccountId, ActionId, ActionState, PlatformId, Timestamp};
use std::collections::HashSet;

impl Storage {
    /// Those of `ids` that some action already holds as the id of its reply.
    pub async fn claimed_reply_ids(
        &self,
        account: AccountId,
        ids: &[PlatformId],
    ) -> Result<HashSet<PlatformId>> {
        let mut claimed = HashSet::new();
        for id in ids {
            let held = sqlx::query_scalar!(
                r#"select 1 as "held!: i64" from action where account_id = ?1 and reply_platform_id = ?2"#,
                account.0,
                id.0
            )
            .fetch_optional(&self.readers)
            .await?;
            if held.is_some() {
                claimed.insert(id.clone());
            }
        }
        Ok(claimed)
    }

    /// Puts off an action that is not in flight; its state stays.
    pub async fn delay_action(&self, id: ActionId, note: &str, until: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query!(
            "update action set due_at = ?2, note = ?3 where id = ?1 and state in ('held', 'ready', 'retry_wait')",
            id.0,
            until.0,
            note
        )
        .execute(write.connection())
        .await?;
        write.changes.outbox = true;
        write.commit().await
    }

    pub async fn action_state(&self, id: ActionId) -> Result<ActionState> {
        let state = sqlx::query_scalar!(
            r#"select state as "state!: String" from action where id = ?1"#,
            id.0
        )
        .fetch_optional(&self.readers)
        .await?
        .ok_or(StorageError::NotFound)?;
        parsed(&state)
    }
}
