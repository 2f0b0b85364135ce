//! Actions as staff sees them: put into the outbox, looked at, taken back.

use crate::activity::Entry;
use crate::convert::parsed;
use crate::pool::Result;
use crate::review::Before;
use crate::undo::way_back;
use crate::write::{ActionRecord, CommentState, Write};
use crate::{ActionRow, NewAction, StandingReply, Storage, StorageError};
use contract::{ActionView, OutboxView};
use domain::text::normalised;
use domain::{
    AccountId, ActionId, ActionKind, ActionState, CommentEvent, CommentId, OutboxEvent, PlatformId, Stage,
    Timestamp,
};
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
        let what = write.prepare(&mut comment, &new).await?;
        write
            .move_comment(&mut comment, &[CommentEvent::ActionQueued])
            .await?;
        let (kind, state) = (new.kind.as_str(), ActionState::Held.as_str());
        let reply = new.reply.map(|id| id.0);
        let id = sqlx::query_scalar!(
            r#"insert into action (account_id, comment_id, target_platform_id, kind, text, normalised_text,
                                   draft_id, state, from_stage, requested_by, created_at, due_at, reply_action_id,
                                   text_before)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
               returning id as "id!""#,
            comment.account_id,
            comment.id,
            what.target,
            kind,
            new.text,
            what.normalised_text,
            what.draft,
            state,
            from_stage,
            new.requested_by,
            new.now.0,
            new.due_at.0,
            reply,
            what.text_before
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

    pub async fn action_view(&self, id: ActionId) -> Result<ActionView> {
        action_view(&mut *self.readers.acquire().await?, id.0).await
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

    /// The newest reply to a comment that stands on the platform.
    pub async fn standing_reply(&self, comment: CommentId) -> Result<Option<StandingReply>> {
        let row = sqlx::query!(
            r#"select id as "id!: i64", text as "text!: String", reply_platform_id as "platform_id?: String"
               from action
               where comment_id = ? and kind = 'reply' and state = 'confirmed' and withdrawn_at is null
               order by id desc limit 1"#,
            comment.0
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(row.map(|row| StandingReply {
            id: ActionId(row.id),
            text: row.text,
            platform_id: row.platform_id.map(PlatformId),
        }))
    }

    pub async fn action_row(&self, id: ActionId) -> Result<ActionRow> {
        let row = sqlx::query!(
            r#"select account_id as "account_id!: i64", comment_id as "comment_id!: i64", kind as "kind!: String",
                      state as "state!: String", intent_at as "intent_at?: i64",
                      reply_action_id as "reply?: i64", text_before as "text_before?: String",
                      withdrawn_at is not null as "withdrawn!: bool"
               from action where id = ?"#,
            id.0
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(ActionRow {
            id,
            account_id: AccountId(row.account_id),
            comment_id: CommentId(row.comment_id),
            kind: parsed(&row.kind)?,
            state: parsed(&row.state)?,
            intent_at: row.intent_at.map(Timestamp),
            reply: row.reply.map(ActionId),
            text_before: row.text_before,
            withdrawn: row.withdrawn,
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
                 and withdrawn_at is null
               order by id desc limit ?"#,
            account.0,
            limit
        )
        .fetch_all(&self.readers)
        .await?)
    }
}

struct Standing {
    target: String,
    text: String,
}

/// What a kind of action needs besides its comment.
#[derive(Default)]
struct Prepared {
    target: String,
    draft: Option<i64>,
    normalised_text: Option<String>,
    text_before: Option<String>,
}

impl Write<'_> {
    async fn prepare(&mut self, comment: &mut CommentState, new: &NewAction) -> Result<Prepared> {
        let mut what = Prepared {
            target: comment.platform_id.clone(),
            ..Prepared::default()
        };
        if new.kind.has_text() {
            let text = new
                .text
                .as_deref()
                .ok_or_else(|| StorageError::IllegalStep(format!("a {} has a text", new.kind)))?;
            what.normalised_text = Some(normalised(text));
        }
        if new.kind == ActionKind::Reply {
            if new.reply.is_none() && has_reply(self, comment.id).await? {
                return Err(StorageError::AlreadyAnswered);
            }
            let text = new.text.as_deref().unwrap_or_default();
            what.draft = Some(self.keep_draft_text(comment, text, new.now).await?);
            what.target = comment
                .parent_platform_id
                .clone()
                .unwrap_or_else(|| comment.platform_id.clone());
        }
        if let Some(reply) = new.reply {
            let standing = self.standing(comment.id, reply.0).await?;
            what.target = standing.target;
            if new.kind == ActionKind::EditReply {
                what.text_before = Some(standing.text);
            }
        }
        Ok(what)
    }

    /// The reply as it stands on the platform, for what is done to it there.
    async fn standing(&mut self, comment: i64, reply: i64) -> Result<Standing> {
        let row = sqlx::query!(
            r#"select target_platform_id as "target!: String", text as "text!: String",
                      reply_platform_id is not null as "placed!: bool"
               from action
               where id = ? and comment_id = ? and kind = 'reply' and state = 'confirmed' and withdrawn_at is null"#,
            reply,
            comment
        )
        .fetch_optional(self.connection())
        .await?;
        match row {
            None => Err(StorageError::IllegalStep(
                "this reply does not stand on the platform".to_owned(),
            )),
            Some(row) if !row.placed => Err(StorageError::IllegalStep(
                "where this reply stands on the platform is not known".to_owned(),
            )),
            Some(row) => Ok(Standing {
                target: row.target,
                text: row.text,
            }),
        }
    }

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
         where comment_id = ? and kind = 'reply' and withdrawn_at is null and state not in ('failed', 'cancelled')",
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
