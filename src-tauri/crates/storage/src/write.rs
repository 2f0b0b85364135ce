//! One write transaction: moves comments and actions by the state machines of `domain`, gathers what changed
//! and announces it after the commit.

use crate::StorageError;
use crate::convert::parsed;
use crate::pool::Result;
use contract::ChangeBatch;
use domain::comment::next_stage;
use domain::outbox::next_state;
use domain::{ActionKind, ActionState, CommentEvent, OutboxEvent, Stage, Timestamp};
use sqlx::{Sqlite, SqliteConnection, Transaction};
use tokio::sync::broadcast;

/// More ids than this are announced as "all".
const NAMED_CHANGES: usize = 500;

pub(crate) struct Write<'c> {
    transaction: Transaction<'c, Sqlite>,
    announcer: broadcast::Sender<ChangeBatch>,
    pub(crate) changes: ChangeBatch,
    /// Hash of the newest activity row, once this transaction has read or written one.
    pub(crate) chain: Option<String>,
}

/// What the transitions need to know of a comment.
#[derive(Debug, Clone)]
pub(crate) struct CommentState {
    pub id: i64,
    pub account_id: i64,
    pub version: i64,
    pub stage: Stage,
    pub platform_id: String,
    pub parent_platform_id: Option<String>,
    pub author_id: Option<i64>,
    pub text: String,
    pub language: String,
    pub primary_label: Option<String>,
    pub snoozed_until: Option<i64>,
    pub answered_at: Option<i64>,
    pub edited_at: Option<i64>,
    pub declined: Option<String>,
    pub draft_marker: String,
}

/// What the transitions need to know of an action.
#[derive(Debug, Clone)]
pub(crate) struct ActionRecord {
    pub id: i64,
    pub comment_id: i64,
    pub kind: ActionKind,
    pub state: ActionState,
    pub from_stage: Stage,
    pub attempts: i64,
}

impl<'c> Write<'c> {
    pub(crate) fn new(
        transaction: Transaction<'c, Sqlite>,
        announcer: broadcast::Sender<ChangeBatch>,
    ) -> Self {
        Self {
            transaction,
            announcer,
            changes: ChangeBatch::default(),
            chain: None,
        }
    }

    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }

    pub(crate) fn changed_comment(&mut self, id: i64) {
        if self.changes.all_comments || self.changes.comments.contains(&id) {
            return;
        }
        if self.changes.comments.len() == NAMED_CHANGES {
            self.changes.comments.clear();
            self.changes.all_comments = true;
        } else {
            self.changes.comments.push(id);
        }
    }

    pub(crate) async fn commit(self) -> Result<()> {
        self.transaction.commit().await?;
        if !self.changes.is_empty() {
            // Without a listener there is nobody to tell.
            let _no_listener = self.announcer.send(self.changes);
        }
        Ok(())
    }

    pub(crate) async fn comment(&mut self, id: i64) -> Result<CommentState> {
        let row = sqlx::query!(
            r#"select id as "id!", account_id, version, stage, platform_id, parent_platform_id, author_id, text,
                      language, primary_label, snoozed_until, answered_at, edited_at, declined, draft_marker
               from comment where id = ?"#,
            id
        )
        .fetch_one(self.connection())
        .await?;
        Ok(CommentState {
            id: row.id,
            account_id: row.account_id,
            version: row.version,
            stage: parsed(&row.stage)?,
            platform_id: row.platform_id,
            parent_platform_id: row.parent_platform_id,
            author_id: row.author_id,
            text: row.text,
            language: row.language,
            primary_label: row.primary_label,
            snoozed_until: row.snoozed_until,
            answered_at: row.answered_at,
            edited_at: row.edited_at,
            declined: row.declined,
            draft_marker: row.draft_marker,
        })
    }

    /// The comment as the caller saw it, or `MovedOn`.
    pub(crate) async fn comment_at(&mut self, id: i64, version: i64) -> Result<CommentState> {
        let comment = self.comment(id).await?;
        if comment.version == version {
            Ok(comment)
        } else {
            Err(StorageError::MovedOn)
        }
    }

    /// Takes the comment through `events`, one after the other, and writes where it ends. Leases and attempts
    /// start anew, `comment.snoozed_until` is kept only in Snoozed, and the draft marker tells whether a draft is
    /// being written.
    pub(crate) async fn move_comment(
        &mut self,
        comment: &mut CommentState,
        events: &[CommentEvent],
    ) -> Result<()> {
        let mut stage = comment.stage;
        for event in events {
            stage = next_stage(stage, *event)?;
        }
        if stage != Stage::Snoozed {
            comment.snoozed_until = None;
        }
        let stage_text = stage.as_str();
        let updated = sqlx::query!(
            "update comment
             set stage = ?1, version = version + 1, lease_until = 0, next_attempt_at = 0, attempts = 0,
                 snoozed_until = ?2, history = 0, stuck_reason = case when ?1 = 'stuck' then stuck_reason end
             where id = ?3 and version = ?4",
            stage_text,
            comment.snoozed_until,
            comment.id,
            comment.version
        )
        .execute(self.connection())
        .await?;
        if updated.rows_affected() == 0 {
            return Err(StorageError::MovedOn);
        }
        comment.stage = stage;
        comment.version += 1;
        self.changed_comment(comment.id);
        if stage == Stage::ToDraft {
            self.set_draft_marker(comment, "drafting").await?;
        } else if comment.draft_marker == "drafting" {
            let marker = self.marker_of_draft(comment.id).await?;
            self.set_draft_marker(comment, marker).await?;
        }
        Ok(())
    }

    pub(crate) async fn set_draft_marker(
        &mut self,
        comment: &mut CommentState,
        marker: &'static str,
    ) -> Result<()> {
        if comment.draft_marker == marker {
            return Ok(());
        }
        sqlx::query!(
            "update comment set draft_marker = ? where id = ?",
            marker,
            comment.id
        )
        .execute(self.connection())
        .await?;
        comment.draft_marker = marker.to_owned();
        self.changed_comment(comment.id);
        Ok(())
    }

    pub(crate) async fn action(&mut self, id: i64) -> Result<ActionRecord> {
        let row = sqlx::query!(
            r#"select id as "id!", comment_id, kind, state, from_stage, attempts from action where id = ?"#,
            id
        )
        .fetch_one(self.connection())
        .await?;
        Ok(ActionRecord {
            id: row.id,
            comment_id: row.comment_id,
            kind: parsed(&row.kind)?,
            state: parsed(&row.state)?,
            from_stage: parsed(&row.from_stage)?,
            attempts: row.attempts,
        })
    }

    /// The action that carries the comment through the outbox, if one does.
    pub(crate) async fn live_action_of(&mut self, comment_id: i64) -> Result<Option<ActionRecord>> {
        let id = sqlx::query_scalar!(
            r#"select id as "id!" from action
               where comment_id = ? and state in ('held', 'ready', 'sending', 'retry_wait', 'unknown')
               order by id desc limit 1"#,
            comment_id
        )
        .fetch_optional(self.connection())
        .await?;
        match id {
            Some(id) => Ok(Some(self.action(id).await?)),
            None => Ok(None),
        }
    }

    /// Takes the action through `event`; `note` and `due_at` stay as they are when `None`.
    pub(crate) async fn move_action(
        &mut self,
        action: &mut ActionRecord,
        event: OutboxEvent,
        note: Option<&str>,
        due_at: Option<Timestamp>,
    ) -> Result<()> {
        let next = next_state(action.state, event)?;
        let (next_text, from_text) = (next.as_str(), action.state.as_str());
        let due_at = due_at.map(|at| at.0);
        let updated = sqlx::query!(
            "update action set state = ?, note = coalesce(?, note), due_at = coalesce(?, due_at)
             where id = ? and state = ?",
            next_text,
            note,
            due_at,
            action.id,
            from_text
        )
        .execute(self.connection())
        .await?;
        if updated.rows_affected() == 0 {
            return Err(StorageError::MovedOn);
        }
        action.state = next;
        self.changes.outbox = true;
        self.changed_comment(action.comment_id);
        Ok(())
    }

    /// Ends an action that was not done, and takes its comment out of the outbox: through `ActionEnded`, then
    /// through `then`.
    pub(crate) async fn end_action(
        &mut self,
        action: &mut ActionRecord,
        event: OutboxEvent,
        note: &str,
        then: &[CommentEvent],
        now: Timestamp,
    ) -> Result<CommentState> {
        let was = action.state;
        self.move_action(action, event, Some(note), None).await?;
        let mut comment = self.comment(action.comment_id).await?;
        let mut events = vec![CommentEvent::ActionEnded];
        events.extend_from_slice(then);
        self.move_comment(&mut comment, &events).await?;
        let details = serde_json::json!({
            "kind": action.kind, "was": was, "note": note, "stage": comment.stage
        });
        self.record(crate::activity::Entry {
            actor: "engine",
            verb: action.state.as_str(),
            comment: Some(comment.id),
            action: Some(action.id),
            details,
            at: now,
        })
        .await?;
        Ok(comment)
    }
}
