//! The import of what was there before the account was connected: where it stands, and from which date on comments
//! ask for a reply.

use crate::activity::Entry;
use crate::pool::Result;
use crate::{ImportProgress, ImportState, PostRow, Storage};
use domain::{AccountId, CommentEvent, Label, PostId, Timestamp};

/// Comments sent to be drafted in one transaction when a person sets an earlier date.
const REOPENED_AT_ONCE: i64 = 200;

impl Storage {
    /// For an account that nothing was read of yet; any other keeps what was decided for it. `drafts_from` is `None`
    /// where every comment asks for a reply. Returns whether the import begins.
    pub async fn begin_import(&self, account: AccountId, drafts_from: Option<Timestamp>) -> Result<bool> {
        let mut write = self.write().await?;
        let from = drafts_from.map(|at| at.0);
        let begun = sqlx::query!(
            "update account set drafts_from = ?, import = 'running'
             where id = ? and import = 'none' and not exists (select 1 from post where account_id = account.id)",
            from,
            account.0
        )
        .execute(write.connection())
        .await?
        .rows_affected();
        write.changes.accounts = begun > 0;
        write.commit().await?;
        Ok(begun > 0)
    }

    /// Pauses an import that runs, or lets a paused one go on. Any other stays as it is.
    pub async fn set_import_paused(&self, account: AccountId, paused: bool) -> Result<()> {
        let (from, to) = match paused {
            true => (ImportState::Running.as_str(), ImportState::Paused.as_str()),
            false => (ImportState::Paused.as_str(), ImportState::Running.as_str()),
        };
        let mut write = self.write().await?;
        sqlx::query!(
            "update account set import = ? where id = ? and import = ?",
            to,
            account.0,
            from
        )
        .execute(write.connection())
        .await?;
        write.changes.accounts = true;
        write.commit().await
    }

    /// The newest post whose first page was read and whose last one was not, but for those of `without`.
    pub async fn next_to_import(&self, account: AccountId, without: &[PostId]) -> Result<Option<PostRow>> {
        let without = crate::convert::to_json(&without.iter().map(|id| id.0).collect::<Vec<_>>());
        let found = sqlx::query_scalar!(
            r#"select id as "id!" from post indexed by post_to_import
               where account_id = ? and swept_at is null and import_cursor is not null
                 and id not in (select value from json_each(?))
               order by published_at desc, id desc limit 1"#,
            account.0,
            without
        )
        .fetch_optional(&self.readers)
        .await?;
        match found {
            Some(id) => Ok(Some(self.post_row(PostId(id)).await?)),
            None => Ok(None),
        }
    }

    /// Where the import of a post goes on.
    pub async fn set_import_cursor(&self, post: PostId, cursor: Option<&str>) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query!("update post set import_cursor = ? where id = ?", cursor, post.0)
            .execute(write.connection())
            .await?;
        write.commit().await
    }

    /// Ends the import when every listed post was read to its end. Returns whether it ended now.
    pub async fn end_import_when_read(&self, account: AccountId) -> Result<bool> {
        let mut write = self.write().await?;
        let ended = sqlx::query!(
            "update account set import = 'done'
             where id = ? and import = 'running'
               and not exists (select 1 from post where account_id = account.id and swept_at is null)",
            account.0
        )
        .execute(write.connection())
        .await?
        .rows_affected();
        write.changes.accounts = ended > 0;
        write.commit().await?;
        Ok(ended > 0)
    }

    pub async fn import_progress(&self, account: AccountId) -> Result<ImportProgress> {
        let row = sqlx::query!(
            r#"select (select count(*) from post where account_id = ?1) as "posts!: i64",
                      (select count(*) from post where account_id = ?1 and swept_at is not null)
                          as "posts_done!: i64",
                      (select count(*) from comment indexed by comment_history
                       where account_id = ?1 and history = 1) as "history!: i64""#,
            account.0
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(ImportProgress {
            posts: row.posts,
            posts_done: row.posts_done,
            history: row.history,
        })
    }

    /// From which date on comments ask for a reply; `None`: all of them. What was closed as history and is not older
    /// than an earlier date is taken up by [`Storage::reopen_history`].
    pub async fn set_drafts_from(
        &self,
        account: AccountId,
        from: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<()> {
        let mut write = self.write().await?;
        let from = from.map(|at| at.0);
        sqlx::query!("update account set drafts_from = ? where id = ?", from, account.0)
            .execute(write.connection())
            .await?;
        write
            .record(Entry {
                actor: "person",
                verb: "drafts_from_set",
                comment: None,
                action: None,
                details: serde_json::json!({ "account": account.0, "from": from }),
                at: now,
            })
            .await?;
        write.changes.accounts = true;
        write.commit().await
    }

    /// Sends a bounded number of comments that are history no longer to be drafted, newest first, or to a person
    /// where no reply is due by itself. Returns how many; 0 when none is left.
    pub async fn reopen_history(&self, account: AccountId, now: Timestamp) -> Result<usize> {
        let mut write = self.write().await?;
        let due = sqlx::query_scalar!(
            r#"select c.id as "id!" from comment c indexed by comment_history
               join account a on a.id = c.account_id
               where c.account_id = ? and c.history = 1 and c.answered_at is null
                 and c.deleted_at is null and c.published_at >= coalesce(a.drafts_from, c.published_at)
               order by c.published_at desc, c.id desc limit ?"#,
            account.0,
            REOPENED_AT_ONCE
        )
        .fetch_all(write.connection())
        .await?;
        for id in &due {
            sqlx::query!("update comment set history = 0 where id = ?", id)
                .execute(write.connection())
                .await?;
            let mut comment = write.comment(*id).await?;
            let deserves_reply = comment
                .primary_label
                .as_deref()
                .and_then(|label| label.parse::<Label>().ok())
                .is_some_and(Label::deserves_reply);
            let events: &[CommentEvent] = match deserves_reply {
                true => &[CommentEvent::Reopened, CommentEvent::RegenerateAsked],
                false => &[CommentEvent::Reopened],
            };
            write.move_comment(&mut comment, events).await?;
            write
                .record(Entry {
                    actor: "person",
                    verb: "history_reopened",
                    comment: Some(*id),
                    action: None,
                    details: serde_json::json!({ "stage": comment.stage }),
                    at: now,
                })
                .await?;
        }
        write.commit().await?;
        Ok(due.len())
    }
}
