//! Every step of an action on its way to the platform, by `domain::outbox::next_state`.

mod due;
mod effect;

use crate::activity::Entry;
use crate::convert::mode;
use crate::pool::Result;
use crate::write::{ActionRecord, CommentState, Write};
use crate::{AfterRefusal, Intent, Storage, StorageError, Told};
use contract::Mode;
use domain::outbox::Overtaken;
use domain::{AccountId, ActionId, ActionState, CommentEvent, OutboxEvent, PlatformId, Timestamp};
use serde_json::json;
use sqlx::Connection;
use std::time::Duration;

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
        let event = OutboxEvent::RecheckRefused;
        match after {
            AfterRefusal::Review => {
                write.take_out(&mut action, event, note, &[], now).await?;
            }
            AfterRefusal::Done => {
                let then = [CommentEvent::Dismissed];
                write.take_out(&mut action, event, note, &then, now).await?;
            }
            AfterRefusal::ReviewOfAnswer(at) => {
                sqlx::query!(
                    "update comment set answered_at = coalesce(answered_at, ?) where id = ?",
                    at.0,
                    action.comment_id
                )
                .execute(write.connection())
                .await?;
                write.end_action(&mut action, event, note, &[], now).await?;
            }
        }
        write.commit().await
    }

    /// Asks to send. The kill switch, the mode and what overtook the action are read in the same transaction, so that
    /// nothing comes between; a committed intent is on disk, power cut or not, when this returns.
    pub async fn commit_intent(&self, id: ActionId, now: Timestamp) -> Result<Intent> {
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
        write
            .confirm(&mut action, reply_platform_id.map(PlatformId::as_str), how, now)
            .await?;
        write.commit().await
    }

    /// A person settles an outcome that nobody heard; nothing is sent by it.
    pub async fn tell_outcome(&self, id: ActionId, told: Told, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let mut action = write.action(id.0).await?;
        if action.state != ActionState::Unknown {
            return Err(StorageError::MovedOn);
        }
        let (verb, how) = match told {
            Told::Posted => ("said_to_be_posted", "a person found it on the platform"),
            Told::GivenUp => ("given_up", "a person gave it up without knowing its outcome"),
        };
        write
            .record(Entry {
                actor: "person",
                verb,
                comment: Some(action.comment_id),
                action: Some(action.id),
                details: json!({ "kind": action.kind }),
                at: now,
            })
            .await?;
        match told {
            Told::Posted => write.confirm(&mut action, None, how, now).await?,
            Told::GivenUp => {
                write.settle_attempt(&action, "given_up", how, now).await?;
                write
                    .take_out(&mut action, OutboxEvent::GaveUp, how, &[], now)
                    .await?;
            }
        }
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
        write.take_out(&mut action, event, note, &[], now).await?;
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
        write.count_checks(&action, 0).await?;
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
        let checks = sqlx::query_scalar!(
            r#"update action set checks = checks + 1, note = ?, due_at = ? where id = ?
               returning checks as "checks!: i64""#,
            note,
            at.0,
            action.id
        )
        .fetch_one(write.connection())
        .await?;
        write.changes.outbox = true;
        // Once for a whole wait, which may last days: the record is never cut, and the note stands on the action.
        if checks == 1 {
            write
                .note_step(&action, json!({ "read": note, "due_at": at }), now)
                .await?;
        }
        write.commit().await
    }

    /// The look before sending told nothing, `checks` times by now; nothing left and the state stays.
    pub async fn postpone_look(&self, id: ActionId, checks: i64, note: &str, at: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query!(
            "update action set checks = ?, note = ?, due_at = ?
             where id = ? and state in ('held', 'ready', 'retry_wait')",
            checks,
            note,
            at.0,
            id.0
        )
        .execute(write.connection())
        .await?;
        write.changes.outbox = true;
        write.commit().await
    }

    /// What waited because the account was out of reach is due: somebody signed it in again. What waits for a person
    /// goes on waiting, and a hold that was never interrupted runs to its end.
    pub async fn end_waits_of_account(&self, account: AccountId, now: Timestamp) -> Result<()> {
        let of_a_person = now.plus(Duration::from_secs(24 * 60 * 60)).0;
        let mut write = self.write().await?;
        let due = sqlx::query!(
            "update action set due_at = ?1
             where account_id = ?2 and state in ('held', 'ready', 'retry_wait', 'unknown')
               and note is not null and due_at > ?1 and due_at < ?3",
            now.0,
            account.0,
            of_a_person
        )
        .execute(write.connection())
        .await?
        .rows_affected();
        sqlx::query!(
            "update own_comment set due_at = ?1
             where account_id = ?2 and state in ('held', 'ready', 'retry_wait', 'unknown')
               and note is not null and due_at > ?1 and due_at < ?3",
            now.0,
            account.0,
            of_a_person
        )
        .execute(write.connection())
        .await?;
        write.changes.outbox = due > 0;
        write.commit().await
    }

    /// Whatever is being sent while nobody sends has an outcome that nobody heard: the app ended, or could not write
    /// it down. Each becomes unknown, to be read at `check_at`. Returns how many there were.
    pub async fn interrupted(&self, note: &str, check_at: Timestamp, now: Timestamp) -> Result<usize> {
        self.lose_all(None, note, check_at, now).await
    }

    /// [`Storage::interrupted`] for one account, for whoever alone may send for it at the moment.
    pub async fn interrupted_of(
        &self,
        account: AccountId,
        note: &str,
        check_at: Timestamp,
        now: Timestamp,
    ) -> Result<usize> {
        self.lose_all(Some(account.0), note, check_at, now).await
    }

    async fn lose_all(
        &self,
        account: Option<i64>,
        note: &str,
        check_at: Timestamp,
        now: Timestamp,
    ) -> Result<usize> {
        // Asked before every step of the outbox, and there is nearly always none: the writer is not bothered for it.
        let sending = sqlx::query!(
            r#"select id as "id!" from action
               where state in ('sending', 'unknown') and state = 'sending' and (?1 is null or account_id = ?1)"#,
            account
        )
        .fetch_all(&self.readers)
        .await?;
        if sending.is_empty() {
            return Ok(0);
        }
        let mut write = self.write().await?;
        let mut lost = 0;
        for row in sending {
            let mut action = write.action(row.id).await?;
            if action.state != ActionState::Sending {
                continue;
            }
            write.lose(&mut action, note, check_at, now).await?;
            lost += 1;
        }
        write.commit().await?;
        Ok(lost)
    }
}

/// Without a commit everything is as it was: dropping the transaction undoes the step.
async fn intend(mut write: Write<'_>, id: i64, now: Timestamp) -> Result<Intent> {
    let mut action = write.action(id).await?;
    write
        .move_action(&mut action, OutboxEvent::SendStarted, None, None)
        .await?;
    if let Some(held_back) = held_back(&mut write, id).await? {
        return Ok(held_back);
    }
    let number = action.attempts + 1;
    sqlx::query!(
        "update action set attempts = ?1, intent_at = ?2, first_intent_at = coalesce(first_intent_at, ?2), checks = 0,
                seen_up_to = coalesce(seen_up_to, (select coalesce(max(id), 0) from comment))
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
    Ok(Intent::Committed(number))
}

async fn held_back(write: &mut Write<'_>, id: i64) -> Result<Option<Intent>> {
    let row = sqlx::query!(
        r#"select (select value from meta where key = 'sending') as "sending?: String", acc.mode as "mode!: String",
                  a.overtaken is not null or c.deleted_at is not null as "overtaken!: bool",
                  exists (select 1 from account_pause p where p.account_id = acc.id) as "paused!: bool"
           from action a
           cross join account acc on acc.id = a.account_id
           cross join comment c on c.id = a.comment_id
           where a.id = ?"#,
        id
    )
    .fetch_one(write.connection())
    .await?;
    Ok(if row.sending.as_deref() == Some("off") {
        Some(Intent::SendingStopped)
    } else if row.paused {
        Some(Intent::AccountPaused)
    } else if matches!(mode(&row.mode)?, Mode::Off | Mode::Simulate) {
        Some(Intent::ModeSendsNothing)
    } else if row.overtaken {
        Some(Intent::Overtaken)
    } else {
        None
    })
}

impl Write<'_> {
    /// Ends an action that was not done. What happened to its comment while it was on its way decides where the
    /// comment goes; `then` does when nothing happened.
    pub(crate) async fn take_out(
        &mut self,
        action: &mut ActionRecord,
        event: OutboxEvent,
        note: &str,
        then: &[CommentEvent],
        now: Timestamp,
    ) -> Result<CommentState> {
        let happened = sqlx::query!(
            r#"select c.deleted_at is not null as "deleted!: bool", a.overtaken as "overtaken?: String"
               from action a cross join comment c on c.id = a.comment_id where a.id = ?"#,
            action.id
        )
        .fetch_one(self.connection())
        .await?;
        if happened.deleted {
            let then = [CommentEvent::DeletedOnPlatform];
            return self.end_action(action, event, note, &then, now).await;
        }
        if happened.overtaken.as_deref() == Some(Overtaken::Edited.as_str()) {
            return self.end_edited(action, event, note, now).await;
        }
        self.end_action(action, event, note, then, now).await
    }

    /// Ends an action whose comment was edited: labels and draft are of words that are no longer there.
    pub(crate) async fn end_edited(
        &mut self,
        action: &mut ActionRecord,
        event: OutboxEvent,
        note: &str,
        now: Timestamp,
    ) -> Result<CommentState> {
        let then = [CommentEvent::EditedOnPlatform];
        let mut comment = self.end_action(action, event, note, &then, now).await?;
        self.forget_draft(&mut comment).await?;
        Ok(comment)
    }

    /// For an action that is on its way and cannot be called back.
    pub(crate) async fn overtake(&mut self, action: &ActionRecord, how: Overtaken) -> Result<()> {
        let how = how.as_str();
        sqlx::query!(
            "update action set overtaken = case ?1 when 'answered' then ?1 else coalesce(overtaken, ?1) end
             where id = ?2",
            how,
            action.id
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Whether nobody heard the outcome of one of its sends.
    pub(crate) async fn send_was_lost(&mut self, action: &ActionRecord) -> Result<bool> {
        Ok(sqlx::query_scalar!(
            r#"select exists (select 1 from attempt
                              where action_id = ? and outcome in ('lost', 'not_on_platform')) as "lost!: bool""#,
            action.id
        )
        .fetch_one(self.connection())
        .await?)
    }

    async fn count_checks(&mut self, action: &ActionRecord, checks: i64) -> Result<()> {
        sqlx::query!("update action set checks = ? where id = ?", checks, action.id)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    async fn lose(
        &mut self,
        action: &mut ActionRecord,
        note: &str,
        check_at: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        self.move_action(action, OutboxEvent::OutcomeLost, Some(note), Some(check_at))
            .await?;
        self.count_checks(action, 0).await?;
        self.settle_attempt(action, "lost", note, now).await?;
        self.note_step(action, json!({ "note": note }), now).await
    }

    pub(crate) async fn settle_attempt(
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

    pub(crate) async fn note_step(
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
