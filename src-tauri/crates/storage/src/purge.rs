//! Letting go of what people wrote, where a platform's terms allow it to be kept no longer.
//!
//! Of a comment its text goes, with who wrote it and what was thought and drafted of it. The row stays, and with it the
//! counts, the account's own replies and the trace, which says why. One with an open action is left until that ended.

use crate::Storage;
use crate::activity::Entry;
use crate::convert::to_json;
use crate::pool::Result;
use crate::write::Write;
use domain::ports::Placed;
use domain::{AccountId, CommentEvent, CommentId, PlatformId, PostId, Timestamp};
use std::collections::BTreeMap;

/// Rows of one transaction.
const PURGED_AT_ONCE: i64 = 200;

/// A comment that the platform has not shown for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredComment {
    pub id: CommentId,
    pub post: PostId,
    pub seen_at: Timestamp,
    pub placed: Placed,
}

/// Which of the comments that were not shown for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unseen {
    /// Known to be deleted on the platform.
    Deleted,
    All,
}

impl Storage {
    /// People's comments that the platform showed last before `before`, the longest unseen first, from `after` on. Those
    /// that are known to be deleted are no part of it.
    pub async fn unseen_comments(
        &self,
        account: AccountId,
        before: Timestamp,
        after: Option<(Timestamp, CommentId)>,
        limit: u32,
    ) -> Result<Vec<StoredComment>> {
        let (seen_at, id) = after.map_or((i64::MIN, i64::MIN), |(at, id)| (at.0, id.0));
        let rows = sqlx::query!(
            r#"select c.id as "id!: i64", c.seen_at as "seen_at!: i64", c.platform_id as "platform_id!: String",
                      c.parent_platform_id as "parent?: String", p.id as "post!: i64",
                      p.platform_id as "post_platform_id!: String"
               from comment c indexed by comment_unseen cross join post p on p.id = c.post_id
               where c.account_id = ? and c.authorship = 'person' and c.purged_at is null and c.deleted_at is null
                 and c.seen_at < ? and (c.seen_at, c.id) > (?, ?)
               order by c.seen_at, c.id limit ?"#,
            account.0,
            before.0,
            seen_at,
            id,
            limit
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| StoredComment {
                id: CommentId(row.id),
                post: PostId(row.post),
                seen_at: Timestamp(row.seen_at),
                placed: Placed {
                    id: PlatformId(row.platform_id),
                    post_id: PlatformId(row.post_platform_id),
                    parent_id: row.parent.map(PlatformId),
                },
            })
            .collect())
    }

    /// Lets these go and returns how many. Those that are gone already and those with an open action stay as they are.
    pub async fn purge_comments(&self, ids: &[CommentId], why: &str, now: Timestamp) -> Result<usize> {
        let mut write = self.write().await?;
        let listed = to_json(&ids.iter().map(|id| id.0).collect::<Vec<_>>());
        let found = sqlx::query_scalar!(
            r#"select c.id as "id!: i64" from json_each(?) listed
               cross join comment c on c.id = listed.value
               where c.authorship = 'person' and c.purged_at is null
                 and not exists (select 1 from action a where a.comment_id = c.id
                                 and a.state in ('held', 'ready', 'sending', 'retry_wait', 'unknown'))"#,
            listed
        )
        .fetch_all(write.connection())
        .await?;
        let purged = write.purge(&found, why, now).await?;
        write.commit().await?;
        Ok(purged)
    }

    /// Lets a bounded part of an account's comments go that the platform showed last before `before`, and unreadable
    /// elements that came before it. Returns how many rows; 0 when nothing is left to let go.
    pub async fn purge_unseen(
        &self,
        account: AccountId,
        unseen: Unseen,
        before: Timestamp,
        why: &str,
        now: Timestamp,
    ) -> Result<usize> {
        let mut write = self.write().await?;
        let all = unseen == Unseen::All;
        let found = sqlx::query_scalar!(
            r#"select c.id as "id!: i64" from comment c indexed by comment_unseen
               where c.account_id = ? and c.authorship = 'person' and c.purged_at is null and c.seen_at < ?
                 and (? or c.deleted_at is not null)
                 and not exists (select 1 from action a where a.comment_id = c.id
                                 and a.state in ('held', 'ready', 'sending', 'retry_wait', 'unknown'))
               order by c.seen_at, c.id limit ?"#,
            account.0,
            before.0,
            all,
            PURGED_AT_ONCE
        )
        .fetch_all(write.connection())
        .await?;
        let mut purged = write.purge(&found, why, now).await?;
        if all {
            let raw = sqlx::query!(
                "delete from quarantine where id in
                     (select id from quarantine where account_id = ? and first_seen < ? limit ?)",
                account.0,
                before.0,
                PURGED_AT_ONCE
            )
            .execute(write.connection())
            .await?
            .rows_affected();
            write.changes.accounts |= raw > 0;
            purged += usize::try_from(raw).unwrap_or(usize::MAX);
        }
        write.commit().await?;
        Ok(purged)
    }
}

impl Write<'_> {
    async fn purge(&mut self, ids: &[i64], why: &str, now: Timestamp) -> Result<usize> {
        let mut authors: BTreeMap<i64, i64> = BTreeMap::new();
        for id in ids {
            let mut comment = self.comment(*id).await?;
            let was = comment.stage;
            self.move_comment(&mut comment, &[CommentEvent::Purged]).await?;
            if let Some(author) = comment.author_id {
                *authors.entry(author).or_default() += 1;
            }
            self.record(Entry {
                actor: "engine",
                verb: "purged",
                comment: Some(*id),
                action: None,
                details: serde_json::json!({ "was": was, "note": why }),
                at: now,
            })
            .await?;
        }
        self.empty(&to_json(ids), now).await?;
        for (author, comments) in authors {
            self.forget_author(author, comments).await?;
        }
        Ok(ids.len())
    }

    /// Drafts that an action was queued with are the account's own words and stay.
    async fn empty(&mut self, ids: &str, now: Timestamp) -> Result<()> {
        sqlx::query!(
            "update comment
             set text = '', author_username = '', author_id = null, label_reason = null, declined = null,
                 declined_detail = null, draft_marker = 'none', campaign_id = null, purged_at = ?
             where id in (select value from json_each(?))",
            now.0,
            ids
        )
        .execute(self.connection())
        .await?;
        sqlx::query!(
            "update classification set reason = '' where comment_id in (select value from json_each(?))",
            ids
        )
        .execute(self.connection())
        .await?;
        sqlx::query!(
            "delete from draft where comment_id in (select value from json_each(?))
                 and not exists (select 1 from action where action.draft_id = draft.id)",
            ids
        )
        .execute(self.connection())
        .await?;
        sqlx::query!(
            "update draft set current = 0 where current = 1 and comment_id in (select value from json_each(?))",
            ids
        )
        .execute(self.connection())
        .await?;
        sqlx::query!(
            "delete from text_mark where comment_id in (select value from json_each(?))",
            ids
        )
        .execute(self.connection())
        .await?;
        sqlx::query!(
            "delete from undo_step where comment_id in (select value from json_each(?))",
            ids
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// What is known of a person goes with the last comment of theirs that is kept.
    async fn forget_author(&mut self, author: i64, comments: i64) -> Result<()> {
        let deleted = sqlx::query!(
            "delete from author where id = ?1 and not exists (select 1 from comment where author_id = ?1)",
            author
        )
        .execute(self.connection())
        .await?
        .rows_affected();
        if deleted == 0 {
            sqlx::query!(
                "update author set comments = max(comments - ?, 0) where id = ?",
                comments,
                author
            )
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }
}
