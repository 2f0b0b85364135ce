//! What a confirmed action changed on the platform, mirrored here, and where its comment goes then.

use crate::activity::Entry;
use crate::pool::Result;
use crate::write::{ActionRecord, Write};
use domain::{ActionKind, ActionState, CommentEvent, OutboxEvent, Timestamp};
use serde_json::json;

/// A reply of ours, as the actions about it need it.
struct Reply {
    id: i64,
    account_id: i64,
    platform_id: Option<String>,
    withdrawn: bool,
}

impl Write<'_> {
    /// The platform did it. The comment is closed, unless the reply that this one replaces is yet to be taken away.
    pub(crate) async fn confirm(
        &mut self,
        action: &mut ActionRecord,
        reply: Option<&str>,
        how: &str,
        now: Timestamp,
    ) -> Result<()> {
        let event = match action.state {
            ActionState::Sending => OutboxEvent::Accepted,
            _ => OutboxEvent::FoundOnPlatform,
        };
        self.move_action(action, event, Some(how), None).await?;
        sqlx::query!(
            "update action set confirmed_at = ?, reply_platform_id = ? where id = ?",
            now.0,
            reply,
            action.id
        )
        .execute(self.connection())
        .await?;
        self.settle_attempt(action, "confirmed", how, now).await?;
        let then = self.show_effect(action, reply, now).await?;
        if !then.is_empty() {
            let mut comment = self.comment(action.comment_id).await?;
            self.move_comment(&mut comment, &then).await?;
        }
        self.note_step(action, json!({ "how": how, "reply": reply }), now)
            .await
    }

    /// What happens to the comment then; nothing while the outbox still carries it.
    async fn show_effect(
        &mut self,
        action: &ActionRecord,
        reply: Option<&str>,
        now: Timestamp,
    ) -> Result<Vec<CommentEvent>> {
        let comment = action.comment_id;
        let closed = vec![CommentEvent::ActionConfirmed];
        match action.kind {
            ActionKind::Hide => self.show_hidden(comment, true).await?,
            ActionKind::Unhide => self.show_hidden(comment, false).await?,
            ActionKind::Delete | ActionKind::Ban => {
                sqlx::query!("update comment set deleted_at = ? where id = ?", now.0, comment)
                    .execute(self.connection())
                    .await?;
            }
            ActionKind::PrivateReply => {}
            ActionKind::Reply => return self.show_reply(action, reply, now).await,
            ActionKind::EditReply => self.show_edit(action).await?,
            ActionKind::DeleteReply => return self.show_withdrawn(action, now).await,
        }
        Ok(closed)
    }

    async fn show_hidden(&mut self, comment: i64, hidden: bool) -> Result<()> {
        sqlx::query!("update comment set hidden = ? where id = ?", hidden, comment)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    async fn show_reply(
        &mut self,
        action: &ActionRecord,
        reply: Option<&str>,
        now: Timestamp,
    ) -> Result<Vec<CommentEvent>> {
        let comment = action.comment_id;
        sqlx::query!("update comment set answered_at = ? where id = ?", now.0, comment)
            .execute(self.connection())
            .await?;
        // A listing may have brought our reply before its id was known here.
        sqlx::query!(
            "update comment set authorship = 'echo'
             where account_id = (select account_id from action where id = ?) and platform_id = ?
               and authorship = 'own'",
            action.id,
            reply
        )
        .execute(self.connection())
        .await?;
        let Some(replaced) = self.reply_of(action).await? else {
            self.count_answers(comment, 1).await?;
            return Ok(vec![CommentEvent::ActionConfirmed]);
        };
        if replaced.withdrawn || replaced.platform_id.is_none() {
            return Ok(vec![CommentEvent::ActionConfirmed]);
        }
        self.queue_removal(action, &replaced, now).await?;
        Ok(Vec::new())
    }

    /// The second half of a replacement: held for no time, it goes on whenever the outbox next works, after any stop.
    async fn queue_removal(&mut self, by: &ActionRecord, replaced: &Reply, now: Timestamp) -> Result<()> {
        let id = sqlx::query_scalar!(
            r#"insert into action (account_id, comment_id, target_platform_id, kind, state, from_stage,
                                   requested_by, created_at, due_at, reply_action_id)
               select account_id, comment_id, target_platform_id, 'delete_reply', 'held', 'done', requested_by,
                      ?1, ?1, ?2
               from action where id = ?3
               returning id as "id!: i64""#,
            now.0,
            replaced.id,
            by.id
        )
        .fetch_one(self.connection())
        .await?;
        self.record(Entry {
            actor: "engine",
            verb: "action_queued",
            comment: Some(by.comment_id),
            action: Some(id),
            details: json!({ "kind": ActionKind::DeleteReply, "reply": replaced.id, "replaced_by": by.id }),
            at: now,
        })
        .await
    }

    async fn show_edit(&mut self, action: &ActionRecord) -> Result<()> {
        sqlx::query!(
            "update action set text = edit.text, normalised_text = edit.normalised_text
             from (select text, normalised_text, reply_action_id from action where id = ?) edit
             where action.id = edit.reply_action_id",
            action.id
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// A reply that was taken back leaves its comment open; one that was replaced leaves it answered.
    async fn show_withdrawn(&mut self, action: &ActionRecord, now: Timestamp) -> Result<Vec<CommentEvent>> {
        let comment = action.comment_id;
        let Some(reply) = self.reply_of(action).await? else {
            return Ok(vec![CommentEvent::ActionConfirmed]);
        };
        sqlx::query!("update action set withdrawn_at = ? where id = ?", now.0, reply.id)
            .execute(self.connection())
            .await?;
        sqlx::query!(
            "update comment set deleted_at = coalesce(deleted_at, ?) where account_id = ? and platform_id = ?",
            now.0,
            reply.account_id,
            reply.platform_id
        )
        .execute(self.connection())
        .await?;
        let now_there = sqlx::query!(
            r#"select (select count(*) from action
                       where comment_id = c.id and kind = 'reply' and state = 'confirmed'
                         and withdrawn_at is null) as "replies!: i64",
                      c.deleted_at is not null as "deleted!: bool",
                      exists (select 1 from action a
                              where a.id = ?1 and c.edited_at > a.created_at) as "edited!: bool"
               from comment c where c.id = ?2"#,
            action.id,
            comment
        )
        .fetch_one(self.connection())
        .await?;
        if now_there.replies > 0 {
            return Ok(vec![CommentEvent::ActionConfirmed]);
        }
        sqlx::query!("update comment set answered_at = null where id = ?", comment)
            .execute(self.connection())
            .await?;
        self.count_answers(comment, -1).await?;
        if now_there.deleted {
            return Ok(vec![CommentEvent::ActionConfirmed]);
        }
        let mut then = vec![CommentEvent::ActionConfirmed, CommentEvent::Reopened];
        if now_there.edited {
            then.push(CommentEvent::EditedOnPlatform);
        }
        Ok(then)
    }

    async fn count_answers(&mut self, comment: i64, by: i64) -> Result<()> {
        sqlx::query!(
            "update author set answered = max(answered + ?, 0)
             where id = (select author_id from comment where id = ?)",
            by,
            comment
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The reply that the action replaces, edits or takes away.
    async fn reply_of(&mut self, action: &ActionRecord) -> Result<Option<Reply>> {
        let row = sqlx::query!(
            r#"select r.id as "id!: i64", r.account_id as "account_id!: i64",
                      r.reply_platform_id as "platform_id?: String",
                      r.withdrawn_at is not null as "withdrawn!: bool"
               from action a cross join action r on r.id = a.reply_action_id where a.id = ?"#,
            action.id
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|row| Reply {
            id: row.id,
            account_id: row.account_id,
            platform_id: row.platform_id,
            withdrawn: row.withdrawn,
        }))
    }
}
