//! What the workers claim and give back. A lease that runs out gives the comment to the next worker.

use crate::activity::Entry;
use crate::convert::widened;
use crate::labels::{NewClassification, asks_for_draft, kept, scores};
use crate::pool::Result;
use crate::write::Write;
use crate::{Lesson, NextTry, ReleaseReason, Storage, StorageError, ToClassify};
use domain::{AccountId, Classification, CommentEvent, CommentId, LabelScore, Stage, Timestamp};
use std::time::Duration;

impl Storage {
    /// Comments of accounts that are not switched off, longest waiting first.
    ///
    /// The index is named here and in its kin: without statistics, which nothing gathers, SQLite takes the one by
    /// account, reads every comment of it and sorts them.
    pub async fn claim_to_classify(
        &self,
        limit: u32,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Vec<ToClassify>> {
        let mut write = self.write().await?;
        let until = now.plus(lease).0;
        let rows = sqlx::query!(
            r#"update comment set lease_until = ?1
               where id in (select id from comment indexed by comment_to_classify
                            where stage = 'to_classify' and next_attempt_at <= ?2 and lease_until <= ?2
                              and account_id in (select id from account where mode <> 'off')
                            order by next_attempt_at, lease_until, id limit ?3)
               returning id as "id!: i64", version as "version!: i64", attempts as "attempts!: i64",
                         text as "text!: String", trace_id as "trace_id!: String",
                         account_id as "account_id!: i64",
                         (select caption from post where post.id = comment.post_id) as "caption?: String",
                         (select above.text from comment above
                          where above.account_id = comment.account_id
                            and above.platform_id = comment.parent_platform_id) as "parent_text?: String""#,
            until,
            now.0,
            limit
        )
        .fetch_all(write.connection())
        .await?;
        write.commit().await?;
        let mut claimed: Vec<ToClassify> = rows
            .into_iter()
            .map(|row| ToClassify {
                id: CommentId(row.id),
                version: row.version,
                attempts: row.attempts,
                text: row.text,
                post_caption: row.caption.filter(|caption| !caption.is_empty()),
                parent_text: row.parent_text,
                trace_id: row.trace_id,
                account_id: AccountId(row.account_id),
            })
            .collect();
        claimed.sort_by_key(|c| c.id);
        Ok(claimed)
    }

    /// Labels of an AI endpoint. A label that a person set for the text as it stands is kept: the model's opinion is
    /// dropped and the comment goes on with the person's.
    pub async fn save_classification(
        &self,
        id: CommentId,
        version: i64,
        classification: &Classification,
        now: Timestamp,
    ) -> Result<()> {
        self.save_labels(id, version, classification, None, now).await
    }

    /// Like [`Self::save_classification`], for labels of the models inside the app, which had learnt `lesson`: a later
    /// one may change them while the comment waits for a person.
    pub async fn save_taught_classification(
        &self,
        id: CommentId,
        version: i64,
        classification: &Classification,
        lesson: Lesson,
        now: Timestamp,
    ) -> Result<()> {
        self.save_labels(id, version, classification, Some(lesson.number), now)
            .await
    }

    async fn save_labels(
        &self,
        id: CommentId,
        version: i64,
        classification: &Classification,
        lesson: Option<i64>,
        now: Timestamp,
    ) -> Result<()> {
        let mut write = self.write().await?;
        let mut comment = write.comment_at(id.0, version).await?;
        if comment.stage != Stage::ToClassify {
            return Err(StorageError::MovedOn);
        }
        let primary = match persons_label(&mut write, id.0, comment.edited_at).await? {
            Some(label) => label,
            None => {
                write
                    .classify(
                        id.0,
                        NewClassification {
                            by_person: false,
                            model: &classification.model,
                            language: classification.language.as_str(),
                            reason: &classification.reason,
                            labels: kept(classification),
                            lesson,
                            at: now,
                        },
                    )
                    .await?;
                let primary = classification.primary();
                write.set_primary_label(&mut comment, Some(primary.label)).await?;
                primary
            }
        };
        let unsure = classification.is_unsure();
        let language = classification.language.as_str();
        let confidence = widened(classification.language_confidence);
        sqlx::query!(
            "update comment set language = ?, language_confidence = ?, unsure = ?, label_reason = ? where id = ?",
            language,
            confidence,
            unsure,
            classification.reason,
            id.0
        )
        .execute(write.connection())
        .await?;
        let is_history = is_history(&mut write, id.0).await?;
        let event = if comment.answered_at.is_some() {
            CommentEvent::ClassifiedAnswered
        } else if is_history {
            CommentEvent::ClassifiedAsHistory
        } else if asks_for_draft(primary.label, unsure, &comment.text) {
            CommentEvent::ClassifiedForDraft
        } else {
            CommentEvent::ClassifiedForReview
        };
        write.move_comment(&mut comment, &[event]).await?;
        if event == CommentEvent::ClassifiedAsHistory {
            sqlx::query!("update comment set history = 1 where id = ?", id.0)
                .execute(write.connection())
                .await?;
        }
        write
            .record(Entry {
                actor: &classification.model,
                verb: "classified",
                comment: Some(id.0),
                action: None,
                details: serde_json::json!({
                    "label": primary.label, "confidence": primary.confidence, "unsure": unsure,
                    "language": classification.language, "stage": comment.stage,
                    "history": event == CommentEvent::ClassifiedAsHistory
                }),
                at: now,
            })
            .await?;
        write.commit().await
    }

    /// Gives a claimed comment back and counts the attempt; `GiveUp` makes it stuck, visible with its reason.
    pub async fn release(
        &self,
        id: CommentId,
        version: i64,
        reason: ReleaseReason,
        now: Timestamp,
    ) -> Result<()> {
        let mut write = self.write().await?;
        let mut comment = write.comment_at(id.0, version).await?;
        let from = comment.stage;
        if !matches!(from, Stage::ToClassify | Stage::ToDraft) {
            return Err(StorageError::MovedOn);
        }
        match reason.next {
            NextTry::At(at) => {
                sqlx::query!(
                    "update comment set attempts = attempts + 1, next_attempt_at = ?, lease_until = 0 where id = ?",
                    at.0,
                    id.0
                )
                .execute(write.connection())
                .await?;
            }
            NextTry::GiveUp => {
                write
                    .move_comment(&mut comment, &[CommentEvent::AttemptsExhausted])
                    .await?;
                sqlx::query!(
                    "update comment set stuck_reason = ? where id = ?",
                    reason.error,
                    id.0
                )
                .execute(write.connection())
                .await?;
                write
                    .record(Entry {
                        actor: "engine",
                        verb: "stuck",
                        comment: Some(id.0),
                        action: None,
                        details: serde_json::json!({ "was": from, "reason": reason.error }),
                        at: now,
                    })
                    .await?;
            }
        }
        write.commit().await
    }

    /// Returns how many came back to review.
    pub async fn wake_snoozed(&self, now: Timestamp) -> Result<usize> {
        let mut write = self.write().await?;
        let due = sqlx::query_scalar!(
            r#"select id as "id!" from comment where stage = 'snoozed' and snoozed_until <= ?"#,
            now.0
        )
        .fetch_all(write.connection())
        .await?;
        for id in &due {
            let mut comment = write.comment(*id).await?;
            write.move_comment(&mut comment, &[CommentEvent::Woke]).await?;
            write
                .record(Entry {
                    actor: "engine",
                    verb: "woke",
                    comment: Some(*id),
                    action: None,
                    details: serde_json::json!({}),
                    at: now,
                })
                .await?;
        }
        write.commit().await?;
        Ok(due.len())
    }

    /// The earliest moment after `now` at which a worker that finds nothing to do should look again.
    pub async fn next_wake(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        let earliest = sqlx::query_scalar!(
            r#"select min(at) as "at?: i64" from (
                   select min(next_attempt_at) as at from comment where stage = 'to_classify' and next_attempt_at > ?1
                   union all
                   select min(next_attempt_at) from comment where stage = 'to_draft' and next_attempt_at > ?1
                   union all
                   select min(lease_until) from comment where lease_until > 0 and lease_until > ?1
                   union all
                   select min(snoozed_until) from comment where stage = 'snoozed' and snoozed_until > ?1
                   union all
                   select min(due_at) from action
                   where state in ('held', 'ready', 'sending', 'retry_wait', 'unknown') and due_at > ?1
               )"#,
            now.0
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(earliest.map(Timestamp))
    }

    /// Comments that a worker still has to classify or draft, now or later.
    pub async fn unfinished_work(&self) -> Result<i64> {
        Ok(sqlx::query_scalar!(
            r#"select (select count(*) from comment indexed by comment_to_classify
                       where stage = 'to_classify' and account_id in (select id from account where mode <> 'off'))
                    + (select count(*) from comment indexed by comment_to_draft
                       where stage = 'to_draft' and account_id in (select id from account where mode <> 'off'))
                    as "unfinished!: i64""#
        )
        .fetch_one(&self.readers)
        .await?)
    }
}

/// Older than the date from which on its account's comments ask for a reply.
async fn is_history(write: &mut Write<'_>, id: i64) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select 1 from comment c join account a on a.id = c.account_id
                          where c.id = ? and c.published_at < a.drafts_from) as "is_history!: bool""#,
        id
    )
    .fetch_one(write.connection())
    .await?)
}

/// The label a person gave since the text last changed.
async fn persons_label(write: &mut Write<'_>, id: i64, edited_at: Option<i64>) -> Result<Option<LabelScore>> {
    let since = edited_at.unwrap_or(i64::MIN);
    let labels = sqlx::query_scalar!(
        "select labels from classification
         where comment_id = ? and current = 1 and by_person = 1 and created_at >= ?",
        id,
        since
    )
    .fetch_optional(write.connection())
    .await?;
    Ok(scores(labels.as_deref())?.first().copied())
}
