//! Taking back what was done last, as far as it can be taken back.

use crate::activity::Entry;
use crate::convert::from_json;
use crate::labels::scores;
use crate::pool::Result;
use crate::review::Before;
use crate::write::{CommentState, Write};
use crate::{Storage, StorageError};
use contract::UndoResult;
use domain::{ActionState, CommentEvent, Stage, Timestamp};

struct Step {
    id: i64,
    comment_id: i64,
    what: String,
    before: Before,
    version: i64,
}

enum Outcome {
    TakenBack,
    /// Someone changed the comment since, or the action ended by itself.
    Overtaken,
    TooLate(ActionState),
}

impl Storage {
    /// Takes back the newest act that nothing has overtaken. A reply that may have left is not skipped in silence:
    /// the answer is `TooLate`, once it is confirmed only the first time.
    pub async fn undo_last(&self, now: Timestamp) -> Result<UndoResult> {
        let mut write = self.write().await?;
        while let Some(step) = newest_step(&mut write).await? {
            let outcome = match step.before.action {
                Some(action) => undo_action(&mut write, action, now).await?,
                None => undo_act(&mut write, &step, now).await?,
            };
            let settled = !matches!(outcome, Outcome::TooLate(state) if !state.is_terminal());
            if settled {
                sqlx::query!("update undo_step set undone_at = ? where id = ?", now.0, step.id)
                    .execute(write.connection())
                    .await?;
            }
            match outcome {
                Outcome::Overtaken => {}
                Outcome::TooLate(state) => {
                    write.commit().await?;
                    return Err(StorageError::TooLate { state });
                }
                Outcome::TakenBack => {
                    write
                        .record(Entry {
                            actor: "person",
                            verb: "undone",
                            comment: Some(step.comment_id),
                            action: step.before.action,
                            details: serde_json::json!({ "what": step.what }),
                            at: now,
                        })
                        .await?;
                    write.commit().await?;
                    return Ok(UndoResult {
                        comment_id: Some(step.comment_id),
                        what: Some(step.what),
                    });
                }
            }
        }
        write.commit().await?;
        Ok(UndoResult {
            comment_id: None,
            what: None,
        })
    }
}

async fn newest_step(write: &mut Write<'_>) -> Result<Option<Step>> {
    let row = sqlx::query!(
        r#"select id as "id!", comment_id, what, before, version from undo_step
           where undone_at is null order by id desc limit 1"#
    )
    .fetch_optional(write.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Step {
        id: row.id,
        comment_id: row.comment_id,
        what: row.what,
        before: from_json(&row.before)?,
        version: row.version,
    }))
}

async fn undo_action(write: &mut Write<'_>, action: i64, now: Timestamp) -> Result<Outcome> {
    let mut action = write.action(action).await?;
    match action.state {
        ActionState::Failed | ActionState::Cancelled => Ok(Outcome::Overtaken),
        state if !state.can_be_undone() => Ok(Outcome::TooLate(state)),
        _ => {
            write.cancel(&mut action, "undone", now).await?;
            Ok(Outcome::TakenBack)
        }
    }
}

async fn undo_act(write: &mut Write<'_>, step: &Step, now: Timestamp) -> Result<Outcome> {
    let mut comment = write.comment(step.comment_id).await?;
    if comment.version != step.version {
        return Ok(Outcome::Overtaken);
    }
    match step.before.stage {
        Some(stage) => {
            let events = way_back(comment.stage, stage, step.before.snoozed_until, now);
            comment.snoozed_until = step.before.snoozed_until;
            write.move_comment(&mut comment, &events).await?;
        }
        None => restore_label(write, &mut comment, step.before.classification).await?,
    }
    Ok(Outcome::TakenBack)
}

/// The events that lead back through review. From Stuck there was a way out and is none back in: such a comment
/// stays in review, where a person sees it.
pub(crate) fn way_back(
    from: Stage,
    to: Stage,
    snoozed_until: Option<i64>,
    now: Timestamp,
) -> Vec<CommentEvent> {
    let mut events = match from {
        Stage::Done => vec![CommentEvent::Reopened],
        Stage::Snoozed => vec![CommentEvent::Woke],
        Stage::Escalated => vec![CommentEvent::Deescalated],
        _ => Vec::new(),
    };
    match to {
        Stage::Escalated => events.push(CommentEvent::Escalated),
        Stage::Snoozed if snoozed_until.is_some_and(|until| until > now.0) => {
            events.push(CommentEvent::Snoozed)
        }
        Stage::Done => events.push(CommentEvent::Dismissed),
        _ => {}
    }
    events
}

async fn restore_label(
    write: &mut Write<'_>,
    comment: &mut CommentState,
    previous: Option<i64>,
) -> Result<()> {
    sqlx::query!(
        "update classification set current = 0 where comment_id = ? and current = 1",
        comment.id
    )
    .execute(write.connection())
    .await?;
    write.begin_lesson().await?;
    let mut label = None;
    let mut unsure = false;
    let mut lesson = None;
    if let Some(previous) = previous {
        let restored = sqlx::query!(
            "update classification set current = 1 where id = ? returning labels, lesson",
            previous
        )
        .fetch_one(write.connection())
        .await?;
        let labels = restored.labels;
        lesson = restored.lesson;
        label = scores(Some(&labels))?.first().map(|score| score.label);
        unsure = !from_json::<Vec<crate::labels::KeptLabel>>(&labels)?
            .iter()
            .any(|l| l.sure);
    }
    sqlx::query!("update comment set lesson = ? where id = ?", lesson, comment.id)
        .execute(write.connection())
        .await?;
    write.set_primary_label(comment, label).await?;
    write.bump(comment, unsure).await
}
