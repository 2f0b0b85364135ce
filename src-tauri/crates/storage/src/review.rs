//! What staff does to a comment. Each act names the version of the card that was looked at.

use crate::activity::Entry;
use crate::convert::to_json;
use crate::labels::{KeptLabel, NewClassification};
use crate::pool::Result;
use crate::write::{CommentState, Write};
use crate::{Storage, StorageError};
use domain::{CommentEvent, CommentId, Label, Stage, Timestamp};

/// What an act leaves behind so that it can be taken back.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Before {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classification: Option<i64>,
}

impl Before {
    pub(crate) fn of(comment: &CommentState) -> Self {
        Self {
            stage: Some(comment.stage),
            snoozed_until: comment.snoozed_until,
            ..Self::default()
        }
    }
}

impl Storage {
    /// Closed without a reply.
    pub async fn dismiss(&self, id: CommentId, version: i64, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let mut comment = write.comment_at(id.0, version).await?;
        let before = Before::of(&comment);
        write
            .act(&mut comment, CommentEvent::Dismissed, "dismissed", now)
            .await?;
        write.can_undo(&comment, "dismiss", &before, now).await?;
        write.commit().await
    }

    pub async fn reopen(&self, id: CommentId, version: i64, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let mut comment = write.comment_at(id.0, version).await?;
        write
            .act(&mut comment, CommentEvent::Reopened, "reopened", now)
            .await?;
        write.commit().await
    }

    pub async fn escalate(&self, id: CommentId, version: i64, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let mut comment = write.comment_at(id.0, version).await?;
        let before = Before::of(&comment);
        write
            .act(&mut comment, CommentEvent::Escalated, "escalated", now)
            .await?;
        write.can_undo(&comment, "escalate", &before, now).await?;
        write.commit().await
    }

    /// Ends an escalation or a snooze early, or takes a closed comment back.
    pub async fn return_to_review(&self, id: CommentId, version: i64, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let mut comment = write.comment_at(id.0, version).await?;
        let event = match comment.stage {
            Stage::Snoozed => CommentEvent::Woke,
            Stage::Done => CommentEvent::Reopened,
            _ => CommentEvent::Deescalated,
        };
        write.act(&mut comment, event, "returned_to_review", now).await?;
        write.commit().await
    }

    /// The draft that stands there stays until the new one is written.
    pub async fn regenerate(&self, id: CommentId, version: i64, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let mut comment = write.comment_at(id.0, version).await?;
        write
            .act(
                &mut comment,
                CommentEvent::RegenerateAsked,
                "regenerate_asked",
                now,
            )
            .await?;
        write.commit().await
    }

    pub async fn retry_stuck(&self, id: CommentId, version: i64, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let mut comment = write.comment_at(id.0, version).await?;
        write
            .act(&mut comment, CommentEvent::Retried, "retried", now)
            .await?;
        write.commit().await
    }

    pub async fn snooze(&self, id: CommentId, version: i64, until: Timestamp, now: Timestamp) -> Result<()> {
        if until <= now {
            return Err(StorageError::IllegalStep(
                "a snooze ends in the future".to_owned(),
            ));
        }
        let mut write = self.write().await?;
        let mut comment = write.comment_at(id.0, version).await?;
        let before = Before::of(&comment);
        comment.snoozed_until = Some(until.0);
        write
            .act(&mut comment, CommentEvent::Snoozed, "snoozed", now)
            .await?;
        write.can_undo(&comment, "snooze", &before, now).await?;
        write.commit().await
    }

    /// The stage stays: a person who wants another draft asks for it.
    pub async fn correct_label(
        &self,
        id: CommentId,
        version: i64,
        label: Label,
        now: Timestamp,
    ) -> Result<()> {
        let mut write = self.write().await?;
        let mut comment = write.comment_at(id.0, version).await?;
        let was = comment.primary_label.clone();
        let classification = write
            .classify(
                id.0,
                NewClassification {
                    by_person: true,
                    model: "person",
                    language: &comment.language,
                    reason: "",
                    labels: vec![KeptLabel {
                        label,
                        confidence: 1.0,
                        sure: true,
                    }],
                    lesson: None,
                    at: now,
                },
            )
            .await?;
        write.begin_lesson().await?;
        write.set_primary_label(&mut comment, Some(label)).await?;
        write.bump(&mut comment, false).await?;
        write
            .record(Entry {
                actor: "person",
                verb: "label_corrected",
                comment: Some(id.0),
                action: None,
                details: serde_json::json!({ "was": was, "label": label }),
                at: now,
            })
            .await?;
        let before = Before {
            classification,
            ..Before::default()
        };
        write.can_undo(&comment, "label", &before, now).await?;
        write.commit().await
    }

    /// The first look counts.
    pub async fn mark_read(&self, id: CommentId, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let read = sqlx::query!(
            "update comment set read_at = ? where id = ? and read_at is null",
            now.0,
            id.0
        )
        .execute(write.connection())
        .await?;
        if read.rows_affected() > 0 {
            write.changed_comment(id.0);
        }
        write.commit().await
    }
}

impl Write<'_> {
    /// One event of a person, recorded.
    pub(crate) async fn act(
        &mut self,
        comment: &mut CommentState,
        event: CommentEvent,
        verb: &str,
        now: Timestamp,
    ) -> Result<()> {
        let was = comment.stage;
        self.move_comment(comment, &[event]).await?;
        self.record(Entry {
            actor: "person",
            verb,
            comment: Some(comment.id),
            action: None,
            details: serde_json::json!({
                "was": was, "stage": comment.stage, "snoozed_until": comment.snoozed_until
            }),
            at: now,
        })
        .await
    }

    pub(crate) async fn can_undo(
        &mut self,
        comment: &CommentState,
        what: &str,
        before: &Before,
        now: Timestamp,
    ) -> Result<()> {
        let before = to_json(before);
        sqlx::query!(
            "insert into undo_step (comment_id, what, before, version, created_at) values (?, ?, ?, ?, ?)",
            comment.id,
            what,
            before,
            comment.version,
            now.0
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// A change without a change of stage; a worker that holds the comment loses it.
    pub(crate) async fn bump(&mut self, comment: &mut CommentState, unsure: bool) -> Result<()> {
        let updated = sqlx::query!(
            "update comment set version = version + 1, lease_until = 0, unsure = ? where id = ? and version = ?",
            unsure,
            comment.id,
            comment.version
        )
        .execute(self.connection())
        .await?;
        if updated.rows_affected() == 0 {
            return Err(StorageError::MovedOn);
        }
        comment.version += 1;
        self.changed_comment(comment.id);
        Ok(())
    }
}
