//! Accounts, posts, pictures, and the small values that belong to the whole workspace.

use crate::activity::Entry;
use crate::convert::{connection, connection_text, from_json, mode, mode_text};
use crate::pool::Result;
use crate::write::Write;
use crate::{AccountRow, ImportState, NewAccount, PostRate, PostRow, Storage, StorageError};
use contract::{ConnectionState, Mode};
use domain::ports::RemotePost;
use domain::{AccountId, CommentId, PlatformId, PostId, Timestamp};
use std::collections::HashMap;

struct AccountRecord {
    id: i64,
    platform: String,
    platform_id: String,
    username: String,
    name: String,
    mode: String,
    connection: String,
    connection_note: Option<String>,
    last_synced_at: Option<i64>,
    simulated: i64,
    drafts_from: Option<i64>,
    import: String,
    token_expires_at: Option<i64>,
    permissions: String,
    paused: i64,
    disconnected_at: Option<i64>,
}

impl AccountRecord {
    fn row(self) -> Result<AccountRow> {
        Ok(AccountRow {
            id: AccountId(self.id),
            platform: self.platform,
            platform_id: PlatformId(self.platform_id),
            username: self.username,
            name: self.name,
            mode: mode(&self.mode)?,
            connection: connection(&self.connection)?,
            connection_note: self.connection_note,
            last_synced_at: self.last_synced_at.map(Timestamp),
            simulated: self.simulated != 0,
            drafts_from: self.drafts_from.map(Timestamp),
            import: import_state(&self.import)?,
            token_expires_at: self.token_expires_at.map(Timestamp),
            permissions: from_json(&self.permissions)?,
            paused_by_user: self.paused != 0,
            disconnected_at: self.disconnected_at.map(Timestamp),
        })
    }
}

struct PostRecord {
    id: i64,
    account_id: i64,
    platform_id: String,
    kind: String,
    caption: String,
    published_at: i64,
    comments_count: Option<i64>,
    swept_at: Option<i64>,
    import_cursor: Option<String>,
}

impl From<PostRecord> for PostRow {
    fn from(record: PostRecord) -> Self {
        Self {
            id: PostId(record.id),
            account_id: AccountId(record.account_id),
            platform_id: PlatformId(record.platform_id),
            kind: record.kind,
            caption: record.caption,
            published_at: Timestamp(record.published_at),
            comments_count: record.comments_count,
            swept_at: record.swept_at.map(Timestamp),
            import_cursor: record.import_cursor,
        }
    }
}

impl Storage {
    pub async fn meta(&self, key: &str) -> Result<Option<String>> {
        Ok(sqlx::query_scalar!("select value from meta where key = ?", key)
            .fetch_optional(&self.readers)
            .await?)
    }

    pub async fn set_meta(&self, key: &str, value: &str) -> Result<()> {
        let mut write = self.write().await?;
        write.put_meta(key, value).await?;
        write.changes.settings = true;
        write.commit().await
    }

    pub async fn forget_meta(&self, key: &str) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query!("delete from meta where key = ?", key)
            .execute(write.connection())
            .await?;
        write.changes.settings = true;
        write.commit().await
    }

    /// A known account keeps its mode and gets the new names; one that was taken off is back.
    pub async fn upsert_account(&self, new: NewAccount) -> Result<AccountRow> {
        let mut write = self.write().await?;
        let record = sqlx::query_as!(
            AccountRecord,
            r#"insert into account (platform, platform_id, username, name, simulated, created_at)
               values (?, ?, ?, ?, ?, ?)
               on conflict (platform, platform_id) do update
                   set username = excluded.username, name = excluded.name, simulated = excluded.simulated,
                       disconnected_at = null
               returning id as "id!", platform, platform_id, username, name, mode, connection, connection_note,
                         last_synced_at, simulated, drafts_from, import, token_expires_at, permissions,
                         disconnected_at,
                         exists (select 1 from account_pause where account_id = account.id) as "paused!: i64""#,
            new.platform,
            new.platform_id.0,
            new.username,
            new.name,
            new.simulated,
            new.now.0
        )
        .fetch_one(write.connection())
        .await?;
        write.changes.accounts = true;
        write.commit().await?;
        record.row()
    }

    pub async fn accounts(&self) -> Result<Vec<AccountRow>> {
        sqlx::query_as!(
            AccountRecord,
            r#"select id as "id!", platform, platform_id, username, name, mode, connection, connection_note,
                      last_synced_at, simulated, drafts_from, import, token_expires_at, permissions,
                      disconnected_at,
                      exists (select 1 from account_pause where account_id = account.id) as "paused!: i64"
               from account order by id"#
        )
        .fetch_all(&self.readers)
        .await?
        .into_iter()
        .map(AccountRecord::row)
        .collect()
    }

    /// Where the post of a comment is seen on the platform; `None` where the platform does not tell.
    pub async fn permalink_of(&self, comment: CommentId) -> Result<Option<String>> {
        sqlx::query_scalar!(
            r#"select p.permalink as "permalink?: String" from comment c cross join post p on p.id = c.post_id
               where c.id = ?"#,
            comment.0
        )
        .fetch_optional(&self.readers)
        .await?
        .ok_or(StorageError::NotFound)
    }

    /// `synced_at` stays as it was when `None`. Nothing is written or announced where nothing changes. Returns
    /// whether the state is another than before.
    pub async fn set_connection(
        &self,
        account: AccountId,
        state: ConnectionState,
        note: Option<String>,
        synced_at: Option<Timestamp>,
    ) -> Result<bool> {
        let mut write = self.write().await?;
        let state_text = connection_text(state);
        let synced_at = synced_at.map(|at| at.0);
        let before = sqlx::query!(
            "select connection, connection_note from account where id = ?",
            account.0
        )
        .fetch_optional(write.connection())
        .await?;
        // Deleted while it was being looked at.
        let Some(before) = before else { return Ok(false) };
        let is_new = before.connection != state_text;
        if !is_new && before.connection_note == note && synced_at.is_none() {
            return Ok(false);
        }
        sqlx::query!(
            "update account set connection = ?, connection_note = ?, last_synced_at = coalesce(?, last_synced_at)
             where id = ?",
            state_text,
            note,
            synced_at,
            account.0
        )
        .execute(write.connection())
        .await?;
        write.changes.accounts = true;
        write.commit().await?;
        Ok(is_new)
    }

    pub async fn set_mode(&self, account: AccountId, mode: Mode) -> Result<()> {
        let mut write = self.write().await?;
        let mode = mode_text(mode);
        sqlx::query!("update account set mode = ? where id = ?", mode, account.0)
            .execute(write.connection())
            .await?;
        write.changes.accounts = true;
        write.commit().await
    }

    /// In the order given, with the counts of the last read: what the platform counts now is kept only once its
    /// comments were read too, or a look that was cut off between the two would hide them from the next one.
    pub async fn upsert_posts(
        &self,
        account: AccountId,
        posts: &[RemotePost],
        now: Timestamp,
    ) -> Result<Vec<PostRow>> {
        let mut write = self.write().await?;
        let rows = write.upsert_posts(account, posts, now).await?;
        write.commit().await?;
        Ok(rows)
    }

    /// Newest first.
    pub async fn posts_of(&self, account: AccountId) -> Result<Vec<PostRow>> {
        Ok(sqlx::query_as!(
            PostRecord,
            r#"select id as "id!", account_id, platform_id, kind, caption, published_at, comments_count, swept_at,
                      import_cursor
               from post where account_id = ? order by published_at desc, id desc"#,
            account.0
        )
        .fetch_all(&self.readers)
        .await?
        .into_iter()
        .map(PostRow::from)
        .collect())
    }

    pub(crate) async fn post_row(&self, post: PostId) -> Result<PostRow> {
        let record = sqlx::query_as!(
            PostRecord,
            r#"select id as "id!", account_id, platform_id, kind, caption, published_at, comments_count, swept_at,
                      import_cursor
               from post where id = ?"#,
            post.0
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(record.into())
    }

    /// Of each post of the account that has any comment. Reads them all: its answer is to be kept for a while.
    pub async fn post_rates(
        &self,
        account: AccountId,
        since: Timestamp,
    ) -> Result<HashMap<PostId, PostRate>> {
        let rows = sqlx::query!(
            r#"select post_id as "post_id!: i64",
                      count(*) filter (where published_at >= ?2) as "recent!: i64",
                      count(*) filter (where parent_platform_id is null) as "threads!: i64"
               from comment where account_id = ?1 group by post_id"#,
            account.0,
            since.0
        )
        .fetch_all(&self.readers)
        .await?;
        let rate = |recent, threads| PostRate { recent, threads };
        Ok(rows
            .into_iter()
            .map(|row| (PostId(row.post_id), rate(row.recent, row.threads)))
            .collect())
    }

    /// A comment can arrive before its post was ever listed: the post is then known by its id alone.
    pub async fn ensure_post(
        &self,
        account: AccountId,
        platform_id: &PlatformId,
        now: Timestamp,
    ) -> Result<PostRow> {
        let mut write = self.write().await?;
        sqlx::query!(
            "insert into post (account_id, platform_id, kind, published_at, fetched_at)
             values (?1, ?2, 'image', ?3, ?3) on conflict (account_id, platform_id) do nothing",
            account.0,
            platform_id.0,
            now.0
        )
        .execute(write.connection())
        .await?;
        let record = sqlx::query_as!(
            PostRecord,
            r#"select id as "id!", account_id, platform_id, kind, caption, published_at, comments_count, swept_at,
                      import_cursor
               from post where account_id = ? and platform_id = ?"#,
            account.0,
            platform_id.0
        )
        .fetch_one(write.connection())
        .await?;
        write.commit().await?;
        Ok(record.into())
    }

    /// How many of the post's comments are accounted for, in the platform's own counting.
    pub async fn set_comments_count(&self, post: PostId, count: i64) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query!("update post set comments_count = ? where id = ?", count, post.0)
            .execute(write.connection())
            .await?;
        write.commit().await
    }

    /// When the account's posts were last listed to the end.
    pub async fn posts_listed_at(&self, account: AccountId) -> Result<Option<Timestamp>> {
        let at = self.meta(&posts_listed(account)).await?;
        Ok(at.and_then(|at| at.parse().ok()).map(Timestamp))
    }

    pub async fn set_posts_listed(&self, account: AccountId, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        write.put_meta(&posts_listed(account), &now.0.to_string()).await?;
        write.commit().await
    }

    pub async fn set_swept(&self, post: PostId, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query!(
            "update post set swept_at = ?, import_cursor = null where id = ?",
            now.0,
            post.0
        )
        .execute(write.connection())
        .await?;
        write.commit().await
    }

    /// Content type and bytes.
    pub async fn picture(&self, post: PostId) -> Result<Option<(String, Vec<u8>)>> {
        let row = sqlx::query!(
            "select content_type, bytes from picture where post_id = ? and content_type <> ''",
            post.0
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(row.map(|row| (row.content_type, row.bytes)))
    }

    pub async fn save_picture(
        &self,
        post: PostId,
        content_type: &str,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query!(
            "insert into picture (post_id, content_type, bytes, fetched_at) values (?, ?, ?, ?)
             on conflict (post_id) do update
                 set content_type = excluded.content_type, bytes = excluded.bytes,
                     fetched_at = excluded.fetched_at",
            post.0,
            content_type,
            bytes,
            now.0
        )
        .execute(write.connection())
        .await?;
        write.commit().await
    }

    /// Remembers that the post's picture cannot be had. A picture that is kept already stays.
    pub async fn note_no_picture(&self, post: PostId, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query!(
            "insert into picture (post_id, content_type, bytes, fetched_at) values (?, '', x'', ?)
             on conflict (post_id) do update set fetched_at = excluded.fetched_at where picture.content_type = ''",
            post.0,
            now.0
        )
        .execute(write.connection())
        .await?;
        write.commit().await
    }

    /// When the post's picture was last sought in vain.
    pub async fn no_picture_since(&self, post: PostId) -> Result<Option<Timestamp>> {
        let at = sqlx::query_scalar!(
            "select fetched_at from picture where post_id = ? and content_type = ''",
            post.0
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(at.map(Timestamp))
    }

    pub async fn post_platform_id(&self, post: PostId) -> Result<Option<(AccountId, PlatformId)>> {
        let row = sqlx::query!("select account_id, platform_id from post where id = ?", post.0)
            .fetch_optional(&self.readers)
            .await?;
        Ok(row.map(|row| (AccountId(row.account_id), PlatformId(row.platform_id))))
    }

    /// False while the kill switch is on.
    pub async fn sending_enabled(&self) -> Result<bool> {
        Ok(self.meta(SENDING).await?.as_deref() != Some("off"))
    }

    pub async fn set_sending(&self, on: bool, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        write.put_meta(SENDING, if on { "on" } else { "off" }).await?;
        write
            .record(Entry {
                actor: "person",
                verb: if on { "sending_resumed" } else { "sending_stopped" },
                comment: None,
                action: None,
                details: serde_json::json!({}),
                at: now,
            })
            .await?;
        write.changes.outbox = true;
        write.commit().await
    }
}

impl Write<'_> {
    pub(crate) async fn upsert_posts(
        &mut self,
        account: AccountId,
        posts: &[RemotePost],
        now: Timestamp,
    ) -> Result<Vec<PostRow>> {
        let mut rows = Vec::with_capacity(posts.len());
        for post in posts {
            let kind = kind_of(&post.kind);
            let caption = post.caption.as_deref().unwrap_or_default();
            let record = sqlx::query_as!(
                PostRecord,
                r#"insert into post (account_id, platform_id, kind, caption, permalink, published_at, like_count,
                                     fetched_at, comments_enabled)
                   values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                   on conflict (account_id, platform_id) do update
                       set kind = excluded.kind, caption = excluded.caption, permalink = excluded.permalink,
                           published_at = excluded.published_at, like_count = excluded.like_count,
                           fetched_at = excluded.fetched_at,
                           comments_enabled = coalesce(excluded.comments_enabled, comments_enabled)
                   returning id as "id!", account_id, platform_id, kind, caption, published_at, comments_count,
                             swept_at as "swept_at?", import_cursor"#,
                account.0,
                post.id.0,
                kind,
                caption,
                post.permalink,
                post.published_at.0,
                post.like_count,
                now.0,
                post.comments_enabled
            )
            .fetch_one(self.connection())
            .await?;
            rows.push(record.into());
        }
        Ok(rows)
    }

    /// `None` where no post of this id is stored.
    pub(crate) async fn post_known(
        &mut self,
        account: AccountId,
        platform_id: &PlatformId,
    ) -> Result<Option<PostRow>> {
        let record = sqlx::query_as!(
            PostRecord,
            r#"select id as "id!", account_id, platform_id, kind, caption, published_at, comments_count, swept_at,
                      import_cursor
               from post where account_id = ? and platform_id = ?"#,
            account.0,
            platform_id.0
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(record.map(PostRow::from))
    }

    pub(crate) async fn meta(&mut self, key: &str) -> Result<Option<String>> {
        Ok(sqlx::query_scalar!("select value from meta where key = ?", key)
            .fetch_optional(self.connection())
            .await?)
    }

    pub(crate) async fn put_meta(&mut self, key: &str, value: &str) -> Result<()> {
        sqlx::query!(
            "insert into meta (key, value) values (?, ?) on conflict (key) do update set value = excluded.value",
            key,
            value
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

/// Holds `off` while the kill switch is on.
pub(crate) const SENDING: &str = "sending";

pub(crate) fn import_state(text: &str) -> Result<ImportState> {
    ImportState::ALL
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or_else(|| StorageError::corrupt(format!("\"{text}\" is not a state of an import")))
}

pub(crate) fn posts_listed(account: AccountId) -> String {
    format!("posts_listed/{account}")
}

fn kind_of(word: &str) -> &'static str {
    match word {
        "REELS" => "reel",
        "CAROUSEL_ALBUM" => "carousel",
        "VIDEO" => "video",
        _ => "image",
    }
}
