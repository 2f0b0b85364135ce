//! Every step of an action on its way to the platform, by `domain::outbox::next_state`.

mod due;

use crate::activity::Entry;
use crate::pool::Result;
use crate::write::{ActionRecord, Write};
use crate::{AfterRefusal, Storage, StorageError};
use domain::{ActionId, ActionKind, ActionState, CommentEvent, OutboxEvent, PlatformId, Timestamp};
use serde_json::json;
use sqlx::Connection;

impl Storage {
    /// The hold or the wait is over and the re-check passed. Already ready: nothing to do.
    pub async fn release_hold(&self, id: ActionId, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let mut action = write.action(id.0).await?;
        let event = match action.state {
            ActionState::Ready => return Ok(()),
            ActionState::RetryWait => OutboxEvent::RetryDue,
            _ => OutboxEvent::HoldOver,
        };
        write.move_action(&mut action, event, None, None).await?;
        write.note_step(&action, json!({}), now).await?;
        write.commit().await
    }

    /// The re-check found a reason not to send.
    pub async fn refuse_action(
        &self,
        id: ActionId,
        note: &str,
        after: AfterRefusal,
        now: Timestamp,
    ) -> Result<()> {
        let mut write = self.write().await?;
        let mut action = write.action(id.0).await?;
        let then: &[CommentEvent] = match after {
            AfterRefusal::Review => &[],
            AfterRefusal::Done => &[CommentEvent::Dismissed],
        };
        write
            .end_action(&mut action, OutboxEvent::RecheckRefused, note, then, now)
            .await?;
        write.commit().await
    }

    /// From here on a request may leave. On disk, power cut or not, when this returns; gives the attempt's number.
    pub async fn commit_intent(&self, id: ActionId, now: Timestamp) -> Result<i64> {
        let mut connection = self.writer().await?;
        // Cannot change within a transaction.
        sqlx::query("pragma synchronous = full")
            .execute(&mut *connection)
            .await?;
        let transaction = connection.begin_with("begin immediate").await?;
        let outcome = intend(Write::new(transaction, self.announcer()), id.0, now).await;
        sqlx::query("pragma synchronous = normal")
            .execute(&mut *connection)
            .await?;
        outcome
    }

    /// The platform did it: it said so, or it was found there.
    pub async fn confirm_action(
        &self,
        id: ActionId,
        reply_platform_id: Option<&PlatformId>,
        how: &str,
        now: Timestamp,
    ) -> Result<()> {
        let mut write = self.write().await?;
        let mut action = write.action(id.0).await?;
        let event = match action.state {
            ActionState::Unknown => OutboxEvent::FoundOnPlatform,
            _ => OutboxEvent::Accepted,
        };
        write.move_action(&mut action, event, Some(how), None).await?;
        let reply = reply_platform_id.map(PlatformId::as_str);
        sqlx::query!(
            "update action set confirmed_at = ?, reply_platform_id = ? where id = ?",
            now.0,
            reply,
            action.id
        )
        .execute(write.connection())
        .await?;
        write.settle_attempt(&action, "confirmed", how, now).await?;
        write.show_effect(&action, reply, now).await?;
        let mut comment = write.comment(action.comment_id).await?;
        write
            .move_comment(&mut comment, &[CommentEvent::ActionConfirmed])
            .await?;
        write
            .note_step(&action, json!({ "how": how, "reply": reply }), now)
            .await?;
        write.commit().await
    }

    /// Refused for good, or the retries are spent: a person looks again.
    pub async fn fail_action(&self, id: ActionId, note: &str, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let mut action = write.action(id.0).await?;
        let event = match action.state {
            ActionState::Sending => OutboxEvent::RefusedForGood,
            _ => OutboxEvent::GaveUp,
        };
        if event == OutboxEvent::RefusedForGood {
            write.settle_attempt(&action, "refused", note, now).await?;
        }
        write.end_action(&mut action, event, note, &[], now).await?;
        write.commit().await
    }

    /// Refused for now, and certainly not done.
    pub async fn retry_action(&self, id: ActionId, note: &str, at: Timestamp, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let mut action = write.action(id.0).await?;
        write
            .move_action(&mut action, OutboxEvent::RefusedForNow, Some(note), Some(at))
            .await?;
        write.settle_attempt(&action, "retry", note, now).await?;
        write
            .note_step(&action, json!({ "note": note, "due_at": at }), now)
            .await?;
        write.commit().await
    }

    /// A request left and no answer came: only a look at the platform can tell.
    pub async fn lose_outcome(
        &self,
        id: ActionId,
        note: &str,
        check_at: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        let mut write = self.write().await?;
        let mut action = write.action(id.0).await?;
        write.lose(&mut action, note, check_at, now).await?;
        write.commit().await
    }

    /// A successful read shows that it did not happen: it may be sent again.
    pub async fn not_on_platform(&self, id: ActionId, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let mut action = write.action(id.0).await?;
        write
            .move_action(&mut action, OutboxEvent::NotOnPlatform, None, Some(now))
            .await?;
        write.settle_attempt(&action, "not_on_platform", "", now).await?;
        write
            .note_step(&action, json!({ "read": "not there" }), now)
            .await?;
        write.commit().await
    }

    /// The read could not tell; it stays unknown.
    pub async fn postpone_check(
        &self,
        id: ActionId,
        note: &str,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        let mut write = self.write().await?;
        let action = write.action(id.0).await?;
        if action.state != ActionState::Unknown {
            return Err(StorageError::MovedOn);
        }
        sqlx::query!(
            "update action set checks = checks + 1, note = ?, due_at = ? where id = ?",
            note,
            at.0,
            action.id
        )
        .execute(write.connection())
        .await?;
        write.changes.outbox = true;
        write
            .note_step(&action, json!({ "read": note, "due_at": at }), now)
            .await?;
        write.commit().await
    }

    /// At start: whatever was being sent when the app ended has an outcome that nobody heard. The platform is read
    /// at `check_at`.
    pub async fn interrupted(&self, check_at: Timestamp, now: Timestamp) -> Result<usize> {
        let mut write = self.write().await?;
        let sending = sqlx::query_scalar!(
            r#"select id as "id!" from action
               where state in ('sending', 'unknown') and state = 'sending'"#
        )
        .fetch_all(write.connection())
        .await?;
        for id in &sending {
            let mut action = write.action(*id).await?;
            write
                .lose(
                    &mut action,
                    "the app ended while it was being sent",
                    check_at,
                    now,
                )
                .await?;
        }
        write.commit().await?;
        Ok(sending.len())
    }
}

async fn intend(mut write: Write<'_>, id: i64, now: Timestamp) -> Result<i64> {
    let mut action = write.action(id).await?;
    write
        .move_action(&mut action, OutboxEvent::SendStarted, None, None)
        .await?;
    let number = action.attempts + 1;
    sqlx::query!(
        "update action set attempts = ?1, intent_at = ?2, first_intent_at = coalesce(first_intent_at, ?2)
         where id = ?3",
        number,
        now.0,
        id
    )
    .execute(write.connection())
    .await?;
    sqlx::query!(
        "insert into attempt (action_id, number, intent_at) values (?, ?, ?)",
        id,
        number,
        now.0
    )
    .execute(write.connection())
    .await?;
    write
        .note_step(&action, json!({ "attempt": number }), now)
        .await?;
    write.commit().await?;
    Ok(number)
}

impl Write<'_> {
    async fn lose(
        &mut self,
        action: &mut ActionRecord,
        note: &str,
        check_at: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        self.move_action(action, OutboxEvent::OutcomeLost, Some(note), Some(check_at))
            .await?;
        sqlx::query!("update action set checks = 0 where id = ?", action.id)
            .execute(self.connection())
            .await?;
        self.settle_attempt(action, "lost", note, now).await?;
        self.note_step(action, json!({ "note": note }), now).await
    }

    async fn settle_attempt(
        &mut self,
        action: &ActionRecord,
        outcome: &str,
        note: &str,
        now: Timestamp,
    ) -> Result<()> {
        sqlx::query!(
            "update attempt set outcome = ?, note = ?, settled_at = ? where action_id = ? and number = ?",
            outcome,
            note,
            now.0,
            action.id,
            action.attempts
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// What a confirmed action changed on the platform, mirrored here.
    async fn show_effect(
        &mut self,
        action: &ActionRecord,
        reply: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        let comment = action.comment_id;
        match action.kind {
            ActionKind::Hide => set_hidden(self, comment, true).await,
            ActionKind::Unhide => set_hidden(self, comment, false).await,
            ActionKind::Delete => {
                sqlx::query!("update comment set deleted_at = ? where id = ?", now.0, comment)
                    .execute(self.connection())
                    .await?;
                Ok(())
            }
            ActionKind::Reply => {
                sqlx::query!("update comment set answered_at = ? where id = ?", now.0, comment)
                    .execute(self.connection())
                    .await?;
                sqlx::query!(
                    "update author set answered = answered + 1
                     where id = (select author_id from comment where id = ?)",
                    comment
                )
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
                Ok(())
            }
        }
    }

    async fn note_step(
        &mut self,
        action: &ActionRecord,
        details: serde_json::Value,
        now: Timestamp,
    ) -> Result<()> {
        self.record(Entry {
            actor: "engine",
            verb: action.state.as_str(),
            comment: Some(action.comment_id),
            action: Some(action.id),
            details,
            at: now,
        })
        .await
    }
}

async fn set_hidden(write: &mut Write<'_>, comment: i64, hidden: bool) -> Result<()> {
    sqlx::query!("update comment set hidden = ? where id = ?", hidden, comment)
        .execute(write.connection())
        .await?;
    Ok(())
}
