//! What the outbox worker asks while it waits for an action or looks for one on the platform.

use crate::convert::parsed;
use crate::pool::Result;
use crate::{Storage, StorageError};
use domain::{AccountId, ActionId, ActionState, PlatformId, Timestamp};
use std::collections::HashSet;

impl Storage {
    /// Those own replies among `ids` that an action cannot have posted: another action holds them, or they were
    /// stored before its first request left (`seen_up_to` of the action). The look before sending stores all of a
    /// thread, so what was on the platform before is known by then, whatever the two clocks say.
    pub async fn not_by(
        &self,
        account: AccountId,
        seen_up_to: Option<i64>,
        ids: &[PlatformId],
    ) -> Result<HashSet<PlatformId>> {
        let mut known = HashSet::new();
        for id in ids {
            let is_known = sqlx::query_scalar!(
                r#"select exists (select 1 from action where account_id = ?1 and reply_platform_id = ?2)
                       or exists (select 1 from own_comment where account_id = ?1 and comment_platform_id = ?2)
                       or exists (select 1 from comment
                                  where account_id = ?1 and platform_id = ?2 and id <= ?3) as "known!: bool""#,
                account.0,
                id.0,
                seen_up_to
            )
            .fetch_one(&self.readers)
            .await?;
            if is_known {
                known.insert(id.clone());
            }
        }
        Ok(known)
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
