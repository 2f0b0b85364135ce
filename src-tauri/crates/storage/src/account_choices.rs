//! What a person decides of an account: what its sign-in may do, and taking it off.

use crate::activity::Entry;
use crate::convert::to_json;
use crate::pool::Result;
use crate::{Storage, StorageError};
use contract::{AccountCounts, PermissionView};
use domain::{AccountId, ActionId, Timestamp};
use std::collections::BTreeSet;

/// Rows of one transaction when an account's data is deleted.
const DELETED_AT_ONCE: i64 = 500;

impl Storage {
    /// What was found granted when the account was connected.
    pub async fn note_permissions(&self, account: AccountId, permissions: &[PermissionView]) -> Result<()> {
        let mut write = self.write().await?;
        let permissions = to_json(permissions);
        sqlx::query!(
            "update account set permissions = ? where id = ?",
            permissions,
            account.0
        )
        .execute(write.connection())
        .await?;
        write.changes.accounts = true;
        write.commit().await
    }

    /// When the sign-in ends unless it is renewed; `None` where it does not, or nobody knows.
    pub async fn note_token_expiry(&self, account: AccountId, expires_at: Option<Timestamp>) -> Result<()> {
        let expires_at = expires_at.map(|at| at.0);
        let mut write = self.write().await?;
        sqlx::query!(
            "update account set token_expires_at = ? where id = ?",
            expires_at,
            account.0
        )
        .execute(write.connection())
        .await?;
        write.changes.accounts = true;
        write.commit().await
    }

    /// A line of the activity about an account as a whole.
    pub async fn record_of_account(
        &self,
        account: AccountId,
        actor: &str,
        verb: &str,
        note: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        let mut write = self.write().await?;
        let username = sqlx::query_scalar!("select username from account where id = ?", account.0)
            .fetch_optional(write.connection())
            .await?
            .ok_or(StorageError::NotFound)?;
        write
            .record(Entry {
                actor,
                verb,
                comment: None,
                action: None,
                details: serde_json::json!({ "account": username, "note": note }),
                at: now,
            })
            .await?;
        write.commit().await
    }

    /// Marks an account as taken off; what is stored of it stays.
    pub async fn set_disconnected(&self, account: AccountId, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query!(
            "update account set disconnected_at = ?, connection = 'waiting', connection_note = null,
                                token_expires_at = null, permissions = '[]'
             where id = ?",
            now.0,
            account.0
        )
        .execute(write.connection())
        .await?;
        write.changes.accounts = true;
        write.commit().await?;
        self.record_of_account(account, "person", "account_disconnected", None, now)
            .await
    }

    /// What deleting the account's data would delete. Counts rows, so it is for a question asked once.
    pub async fn account_counts(&self, account: AccountId) -> Result<AccountCounts> {
        let row = sqlx::query!(
            r#"select (select count(*) from post where account_id = ?1) as "posts!: i64",
                      (select count(*) from comment where account_id = ?1) as "comments!: i64",
                      (select count(distinct author_id) from comment where account_id = ?1) as "authors!: i64",
                      (select count(*) from draft d cross join comment c on c.id = d.comment_id
                       where c.account_id = ?1) as "drafts!: i64",
                      (select count(*) from action where account_id = ?1) as "actions!: i64",
                      (select count(*) from action indexed by action_live
                       where account_id = ?1 and state in ('held', 'ready', 'sending', 'retry_wait', 'unknown'))
                          as "waiting_actions!: i64""#,
            account.0
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(AccountCounts {
            posts: row.posts,
            comments: row.comments,
            authors: row.authors,
            drafts: row.drafts,
            actions: row.actions,
            waiting_actions: row.waiting_actions,
        })
    }

    /// How many of people's comments are stored of each account, and when the oldest was published.
    pub async fn stored_of_account(&self, account: AccountId) -> Result<(i64, Option<Timestamp>)> {
        let row = sqlx::query!(
            r#"select (select coalesce(sum(comments), 0) from queue_count where account_id = ?1) as "comments!: i64",
                      (select published_at from comment indexed by comment_newest_of_account
                       where account_id = ?1 and authorship = 'person'
                       order by published_at, id limit 1) as "oldest_at?: i64""#,
            account.0
        )
        .fetch_one(&self.readers)
        .await?;
        Ok((row.comments, row.oldest_at.map(Timestamp)))
    }

    /// Actions of the account that have not left, oldest first.
    pub async fn waiting_actions_of(&self, account: AccountId) -> Result<Vec<ActionId>> {
        let ids = sqlx::query_scalar!(
            r#"select id as "id!: i64" from action indexed by action_due
               where account_id = ? and state in ('held', 'ready', 'retry_wait') order by id"#,
            account.0
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(ids.into_iter().map(ActionId).collect())
    }

    /// A request of the account has left and nobody knows its outcome yet.
    pub async fn has_request_on_its_way(&self, account: AccountId) -> Result<bool> {
        Ok(sqlx::query_scalar!(
            r#"select exists (select 1 from action indexed by action_in_flight
                              where account_id = ? and state in ('sending', 'unknown')) as "in_flight!: bool""#,
            account.0
        )
        .fetch_one(&self.readers)
        .await?)
    }

    /// Deletes a bounded part of what is stored of an account and returns how many rows it took; 0 when the account
    /// itself is gone too. The append-only activity stays: it holds no texts.
    pub async fn delete_some_of_account(&self, account: AccountId) -> Result<u64> {
        let mut write = self.write().await?;
        let some = sqlx::query!(
            r#"select id as "id!", author_id from comment where account_id = ? limit ?"#,
            account.0,
            DELETED_AT_ONCE
        )
        .fetch_all(write.connection())
        .await?;
        let ids = to_json(&some.iter().map(|row| row.id).collect::<Vec<_>>());
        let authors: BTreeSet<i64> = some.iter().filter_map(|row| row.author_id).collect();
        let comments = sqlx::query!(
            "delete from comment where id in (select value from json_each(?))",
            ids
        )
        .execute(write.connection())
        .await?
        .rows_affected();
        let authors = to_json(&authors);
        sqlx::query!(
            "delete from author where id in (select value from json_each(?))
                 and not exists (select 1 from comment where comment.author_id = author.id)",
            authors
        )
        .execute(write.connection())
        .await?;
        let mut deleted = comments;
        if deleted == 0 {
            deleted = sqlx::query!(
                "delete from post where id in (select id from post where account_id = ? limit ?)",
                account.0,
                DELETED_AT_ONCE
            )
            .execute(write.connection())
            .await?
            .rows_affected();
        }
        if deleted == 0 {
            let listed = crate::accounts::posts_listed(account);
            sqlx::query!("delete from meta where key = ?", listed)
                .execute(write.connection())
                .await?;
            sqlx::query!("delete from account where id = ?", account.0)
                .execute(write.connection())
                .await?;
        }
        write.changes.accounts = true;
        write.changes.all_comments = true;
        write.changes.outbox = true;
        write.commit().await?;
        Ok(deleted)
    }
}
