//! What the outbox wrote down, to be held against what a platform holds.

use crate::Storage;
use crate::convert::parsed;
use crate::pool::Result;
use domain::{ActionKind, ActionState, PlatformId};

/// An action and where it was meant to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditedAction {
    pub kind: ActionKind,
    pub state: ActionState,
    pub comment: PlatformId,
    pub text: Option<String>,
    pub note: Option<String>,
}

impl Storage {
    /// Every action that was ever queued, oldest first.
    pub async fn audited_actions(&self) -> Result<Vec<AuditedAction>> {
        let rows = sqlx::query!(
            r#"select a.kind as "kind!: String", a.state as "state!: String",
                      c.platform_id as "comment!: String", a.text as "text?: String", a.note as "note?: String"
               from action a cross join comment c on c.id = a.comment_id
               order by a.id"#
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(AuditedAction {
                    kind: parsed(&row.kind)?,
                    state: parsed(&row.state)?,
                    comment: PlatformId(row.comment),
                    text: row.text,
                    note: row.note,
                })
            })
            .collect()
    }

    /// Platform ids of all comments that are stored, whoever wrote them.
    pub async fn stored_platform_ids(&self) -> Result<Vec<PlatformId>> {
        let ids = sqlx::query_scalar!(r#"select platform_id as "id!: String" from comment"#)
            .fetch_all(&self.readers)
            .await?;
        Ok(ids.into_iter().map(PlatformId).collect())
    }

    /// Undoes what the intents of interrupted sends wrote, as if an intent were never committed before its request
    /// leaves. For one purpose: a check that finds doubled replies has to find some when this is done between two
    /// runs. Returns how many there were.
    #[doc(hidden)]
    pub async fn forget_intents(&self) -> Result<u64> {
        let mut write = self.write().await?;
        sqlx::query!(
            "delete from attempt where action_id in (select id from action where state in ('sending', 'unknown'))"
        )
        .execute(write.connection())
        .await?;
        let forgotten = sqlx::query!(
            "update action set state = 'ready', attempts = 0, intent_at = null, first_intent_at = null,
                    seen_up_to = null, due_at = 0
             where state in ('sending', 'unknown')"
        )
        .execute(write.connection())
        .await?
        .rows_affected();
        write.commit().await?;
        Ok(forgotten)
    }
}
