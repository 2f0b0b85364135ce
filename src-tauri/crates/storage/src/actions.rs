//! Actions as staff sees them: put into the outbox, looked at, taken back.

use crate::activity::Entry;
use crate::pool::Result;
use crate::review::Before;
use crate::undo::way_back;
use crate::write::{ActionRecord, Write};
use crate::{NewAction, Storage, StorageError};
use contract::{ActionView, OutboxView};
use domain::text::normalised;
use domain::{AccountId, ActionId, ActionKind, ActionState, CommentEvent, OutboxEvent, Stage, Timestamp};
use sqlx::SqliteConnection;

/// More than anyone reads; the rest shows as these leave.
const LIVE_SHOWN: i64 = 1_000;

pub(crate) struct ActionColumns {
    pub id: i64,
    pub comment_id: i64,
    pub kind: String,
    pub state: String,
    pub text: Option<String>,
    pub author_name: String,
    pub account_username: String,
    pub created_at: i64,
    pub due_at: i64,
    pub attempts: i64,
    pub note: Option<String>,
    pub confirmed_at: Option<i64>,
    pub platform_id: Option<String>,
}

impl From<ActionColumns> for ActionView {
    fn from(row: ActionColumns) -> Self {
        Self {
            id: row.id,
            comment_id: row.comment_id,
            kind: row.kind,
            state: row.state,
            text: row.text,
            author_name: row.author_name,
            account_username: row.account_username,
            created_at: row.created_at,
            due_at: row.due_at,
            attempts: row.attempts,
            note: row.note,
            confirmed_at: row.confirmed_at,
            platform_id: row.platform_id,
        }
    }
}

impl Storage {
    /// Held until `due_at`. The reply as approved is kept as the draft's text too.
    pub async fn queue_action(&self, new: NewAction) -> Result<ActionView> {
        let mut write = self.write().await?;
        let mut comment = write.comment_at(new.comment_id.0, new.version).await?;
        if is_deleted(&mut write, comment.id).await? {
            return Err(StorageError::DeletedOnPlatform);
        }
        let from_stage = comment.stage.as_str();
        let before = Before::of(&comment);
        let mut draft = None;
        let mut normal = None;
        let mut target = comment.platform_id.clone();
        if new.kind == ActionKind::Reply {
            let text = new
                .text
                .as_deref()
                .ok_or_else(|| StorageError::IllegalStep("a reply has a text".to_owned()))?;
            if has_reply(&mut write, comment.id).await? {
                return Err(StorageError::AlreadyAnswered);
            }
            draft = Some(write.keep_draft_text(&mut comment, text, new.now).await?);
            normal = Some(normalised(text));
            target = comment.parent_platform_id.clone().unwrap_or(target);
        }
        write
            .move_comment(&mut comment, &[CommentEvent::ActionQueued])
            .await?;
        let (kind, state) = (new.kind.as_str(), ActionState::Held.as_str());
        let id = sqlx::query_scalar!(
            r#"insert into action (account_id, comment_id, target_platform_id, kind, text, normalised_text,
                                   draft_id, state, from_stage, requested_by, created_at, due_at)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
               returning id as "id!""#,
            comment.account_id,
            comment.id,
            target,
            kind,
            new.text,
            normal,
            draft,
            state,
            from_stage,
            new.requested_by,
            new.now.0,
            new.due_at.0
        )
        .fetch_one(write.connection())
        .await
        .map_err(second_reply)?;
        write.changes.outbox = true;
        write
            .record(Entry {
                actor: &new.requested_by,
                verb: "action_queued",
                comment: Some(comment.id),
                action: Some(id),
                details: serde_json::json!({ "kind": new.kind, "was": from_stage, "due_at": new.due_at }),
                at: new.now,
            })
            .await?;
        let before = Before {
            action: Some(id),
            ..before
        };
        write.can_undo(&comment, kind, &before, new.now).await?;
        let view = action_view(write.connection(), id).await?;
        write.commit().await?;
        Ok(view)
    }

    /// The comment goes back to where it was when the action was queued.
    pub async fn cancel_action(&self, id: ActionId, note: &str, now: Timestamp) -> Result<ActionView> {
        let mut write = self.write().await?;
        let mut action = write.action(id.0).await?;
        write.cancel(&mut action, note, now).await?;
        let view = action_view(write.connection(), id.0).await?;
        write.commit().await?;
        Ok(view)
    }

    /// What is on its way, soonest first.
    pub async fn outbox(&self, now: Timestamp) -> Result<OutboxView> {
        let live = sqlx::query_as!(
            ActionColumns,
            r#"select a.id as "id!: i64", a.comment_id as "comment_id!: i64", a.kind as "kind!: String",
                      a.state as "state!: String", a.text as "text?: String",
                      coalesce(nullif(au.name, ''), c.author_username) as "author_name!: String",
                      acc.username as "account_username!: String", a.created_at as "created_at!: i64",
                      a.due_at as "due_at!: i64", a.attempts as "attempts!: i64", a.note as "note?: String",
                      a.confirmed_at as "confirmed_at?: i64", a.reply_platform_id as "platform_id?: String"
               from action a indexed by action_live
               left join comment c on c.id = a.comment_id
               left join author au on au.id = c.author_id
               left join account acc on acc.id = a.account_id
               where a.state in ('held', 'ready', 'sending', 'retry_wait', 'unknown')
               order by a.due_at, a.id limit ?"#,
            LIVE_SHOWN
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(OutboxView {
            live: live.into_iter().map(ActionView::from).collect(),
            now: now.0,
        })
    }

    pub async fn live_actions(&self) -> Result<i64> {
        Ok(sqlx::query_scalar!(
            "select count(*) from action where state in ('held', 'ready', 'sending', 'retry_wait', 'unknown')"
        )
        .fetch_one(&self.readers)
        .await?)
    }

    /// Texts of the newest replies of an account that were not taken back, newest first.
    pub async fn recent_replies(&self, account: AccountId, limit: u32) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar!(
            r#"select text as "text!" from action
               where account_id = ? and kind = 'reply' and state not in ('failed', 'cancelled')
               order by id desc limit ?"#,
            account.0,
            limit
        )
        .fetch_all(&self.readers)
        .await?)
    }
}

impl Write<'_> {
    pub(crate) async fn cancel(
        &mut self,
        action: &mut ActionRecord,
        note: &str,
        now: Timestamp,
    ) -> Result<()> {
        if !action.state.can_be_undone() {
            return Err(StorageError::TooLate { state: action.state });
        }
        let snoozed_until = self.snoozed_before(action).await?;
        let then = way_back(Stage::ToReview, action.from_stage, snoozed_until, now);
        let comment = self
            .take_out(action, OutboxEvent::Cancelled, note, &then, now)
            .await?;
        if comment.stage == Stage::Snoozed {
            sqlx::query!(
                "update comment set snoozed_until = ? where id = ?",
                snoozed_until,
                comment.id
            )
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }

    async fn snoozed_before(&mut self, action: &ActionRecord) -> Result<Option<i64>> {
        if action.from_stage != Stage::Snoozed {
            return Ok(None);
        }
        Ok(sqlx::query_scalar!(
            r#"select before ->> 'snoozed_until' as "until?: i64" from undo_step
               where comment_id = ? and before ->> 'action' = ?"#,
            action.comment_id,
            action.id
        )
        .fetch_optional(self.connection())
        .await?
        .flatten())
    }
}

async fn is_deleted(write: &mut Write<'_>, comment: i64) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select deleted_at is not null as "deleted!: bool" from comment where id = ?"#,
        comment
    )
    .fetch_one(write.connection())
    .await?)
}

async fn has_reply(write: &mut Write<'_>, comment: i64) -> Result<bool> {
    let replies = sqlx::query_scalar!(
        "select count(*) from action
         where comment_id = ? and kind = 'reply' and state not in ('failed', 'cancelled')",
        comment
    )
    .fetch_one(write.connection())
    .await?;
    Ok(replies > 0)
}

/// The unique index has the last word on a second reply.
fn second_reply(error: sqlx::Error) -> StorageError {
    match &error {
        sqlx::Error::Database(reported) if reported.is_unique_violation() => StorageError::AlreadyAnswered,
        _ => error.into(),
    }
}

pub(crate) async fn action_view(connection: &mut SqliteConnection, id: i64) -> Result<ActionView> {
    let row = sqlx::query_as!(
        ActionColumns,
        r#"select a.id as "id!: i64", a.comment_id as "comment_id!: i64", a.kind as "kind!: String",
                  a.state as "state!: String", a.text as "text?: String",
                  coalesce(nullif(au.name, ''), c.author_username) as "author_name!: String",
                  acc.username as "account_username!: String", a.created_at as "created_at!: i64",
                  a.due_at as "due_at!: i64", a.attempts as "attempts!: i64", a.note as "note?: String",
                  a.confirmed_at as "confirmed_at?: i64", a.reply_platform_id as "platform_id?: String"
           from action a
           join comment c on c.id = a.comment_id
           left join author au on au.id = c.author_id
           join account acc on acc.id = a.account_id
           where a.id = ?"#,
        id
    )
    .fetch_one(connection)
    .await?;
    Ok(row.into())
}
