//! What a sweep compares with the platform, and what it found gone.

use super::json_list;
use crate::Storage;
use crate::activity::Entry;
use crate::pool::Result;
use crate::write::Write;
use domain::{AccountId, CommentEvent, CommentId, OutboxEvent, PlatformId, PostId, Stage, Timestamp};
use std::collections::HashSet;

impl Storage {
    pub async fn known_platform_ids(
        &self,
        account: AccountId,
        ids: &[PlatformId],
    ) -> Result<HashSet<PlatformId>> {
        let listed = json_list(ids.iter().map(PlatformId::as_str));
        let known = sqlx::query_scalar!(
            r#"select c.platform_id as "id!: String" from json_each(?) listed
               cross join comment c on c.account_id = ? and c.platform_id = listed.value"#,
            listed,
            account.0
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(known.into_iter().map(PlatformId).collect())
    }

    /// People's comments of a post that are not known to be deleted.
    pub async fn live_platform_ids(&self, post: PostId) -> Result<Vec<PlatformId>> {
        let ids = sqlx::query_scalar!(
            "select platform_id from comment
             where post_id = ? and authorship = 'person' and deleted_at is null",
            post.0
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(ids.into_iter().map(PlatformId).collect())
    }

    pub async fn find_comment(
        &self,
        account: AccountId,
        platform_id: &PlatformId,
    ) -> Result<Option<CommentId>> {
        let id = sqlx::query_scalar!(
            r#"select id as "id!" from comment where account_id = ? and platform_id = ?"#,
            account.0,
            platform_id.0
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(id.map(CommentId))
    }

    /// Returns those that were not known to be deleted. A reply that may have left already stays in the outbox.
    pub async fn mark_deleted(
        &self,
        account: AccountId,
        ids: &[PlatformId],
        now: Timestamp,
    ) -> Result<Vec<CommentId>> {
        let mut write = self.write().await?;
        let listed = json_list(ids.iter().map(PlatformId::as_str));
        let gone = sqlx::query!(
            r#"select c.id as "id!: i64", c.authorship = 'person' as "person!: bool" from json_each(?) listed
               cross join comment c on c.account_id = ? and c.platform_id = listed.value
               where c.deleted_at is null"#,
            listed,
            account.0
        )
        .fetch_all(write.connection())
        .await?;
        let mut marked = Vec::with_capacity(gone.len());
        for row in gone {
            sqlx::query!("update comment set deleted_at = ? where id = ?", now.0, row.id)
                .execute(write.connection())
                .await?;
            write.changed_comment(row.id);
            if row.person {
                close(&mut write, row.id, now).await?;
            }
            marked.push(CommentId(row.id));
        }
        write.commit().await?;
        Ok(marked)
    }
}

async fn close(write: &mut Write<'_>, id: i64, now: Timestamp) -> Result<()> {
    let mut comment = write.comment(id).await?;
    let was = comment.stage;
    let then = [CommentEvent::DeletedOnPlatform];
    let live = match was {
        Stage::InOutbox => write.live_action_of(id).await?,
        _ => None,
    };
    match live {
        Some(mut action) if action.state.can_be_undone() => {
            comment = write
                .end_action(
                    &mut action,
                    OutboxEvent::Cancelled,
                    "deleted on the platform",
                    &then,
                    now,
                )
                .await?;
        }
        _ => write.move_comment(&mut comment, &then).await?,
    }
    write
        .record(Entry {
            actor: "engine",
            verb: "deleted_on_platform",
            comment: Some(id),
            action: None,
            details: serde_json::json!({ "was": was, "stage": comment.stage }),
            at: now,
        })
        .await
}
