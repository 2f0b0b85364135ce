//! What a person decides of an account: what its sign-in may do, and taking it off.

use crate::activity::Entry;
use crate::convert::to_json;
use crate::pool::Result;
use crate::{Storage, StorageError};
use domain::{AccountId, Timestamp};
use std::collections::BTreeSet;

/// Rows of one transaction when an account's data is deleted.
const DELETED_AT_ONCE: i64 = 500;

impl Storage {
    /// What the sign-in is good for: when its token expires and which permissions the platform named.
    pub async fn note_sign_in(
        &self,
        account: AccountId,
        token_expires_at: Option<Timestamp>,
        permissions: &[String],
    ) -> Result<()> {
        let mut write = self.write().await?;
        let expires = token_expires_at.map(|at| at.0);
        let permissions = to_json(permissions);
        sqlx::query!(
            "update account set token_expires_at = ?, permissions = ? where id = ?",
            expires,
            permissions,
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
