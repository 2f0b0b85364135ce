//! Labels of comments that wait in review, given again after people taught the models inside the app something else.
//! Never of a comment whose label a person set, that is answered, or that an action carries.

use crate::activity::Entry;
use crate::convert::from_json;
use crate::labels::{KeptLabel, NewClassification, asks_for_draft, kept, say_the_same};
use crate::pool::Result;
use crate::write::{CommentState, Write};
use crate::{Lesson, Relabelled, Storage, StorageError, ToClassify};
use domain::{AccountId, Classification, CommentEvent, CommentId, Stage, Timestamp};

/// Key in `meta`: how many lessons there were.
const LESSON: &str = "lesson";

impl Storage {
    /// The number of the newest lesson; 0 before the first.
    pub async fn lesson_number(&self) -> Result<i64> {
        let number = sqlx::query_scalar!(
            r#"select cast(value as integer) as "number!: i64" from meta where key = ?"#,
            LESSON
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(number.unwrap_or(0))
    }

    /// What waits in review with labels of the models inside the app from before the newest lesson, the newest comments
    /// first. Accounts that are switched off are left as they are: nothing would draft for them.
    pub async fn to_relabel(&self, limit: u32) -> Result<Vec<ToClassify>> {
        let rows = sqlx::query!(
            r#"select c.id as "id!: i64", c.version as "version!: i64", c.attempts as "attempts!: i64",
                      c.text as "text!: String", c.trace_id as "trace_id!: String",
                      c.account_id as "account_id!: i64",
                      (select caption from post where post.id = c.post_id) as "caption?: String",
                      (select above.text from comment above
                       where above.account_id = c.account_id
                         and above.platform_id = c.parent_platform_id) as "parent_text?: String"
               from comment c indexed by comment_to_relabel
               where c.stage = 'to_review' and c.answered_at is null
                 and c.lesson < (select cast(value as integer) from meta where key = ?)
                 and c.account_id in (select id from account where mode <> 'off')
               order by c.lesson desc, c.published_at desc, c.id desc limit ?"#,
            LESSON,
            limit
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
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
            .collect())
    }

    /// Gives a waiting comment the labels of `lesson`. When they are those it has, nothing but the lesson is noted.
    /// Another primary label has its draft made again or taken away, as it would be for a new comment, unless a person
    /// wrote in it: that stays as it is.
    ///
    /// # Errors
    /// `MovedOn` when the comment is no longer as it was looked at, or no longer one to be labelled again.
    pub async fn relabel(
        &self,
        id: CommentId,
        version: i64,
        classification: &Classification,
        lesson: Lesson,
        now: Timestamp,
    ) -> Result<Relabelled> {
        let mut write = self.write().await?;
        let mut comment = write.relabelled_comment(id, version).await?;
        let labels = kept(classification);
        if say_the_same(&write.current_labels(id.0).await?, &labels) {
            write.set_lesson(id.0, lesson.number).await?;
            write.commit().await?;
            return Ok(Relabelled::Kept);
        }
        let primary = classification.primary();
        let unsure = classification.is_unsure();
        let label_was = comment.primary_label.clone();
        let new = NewClassification {
            by_person: false,
            model: &classification.model,
            language: &comment.language,
            reason: &classification.reason,
            labels,
            lesson: Some(lesson.number),
            at: now,
        };
        write.classify(id.0, new).await?;
        write.set_primary_label(&mut comment, Some(primary.label)).await?;
        let reason = format!("{}; {}", classification.reason, lesson.words());
        sqlx::query!("update comment set label_reason = ? where id = ?", reason, id.0)
            .execute(write.connection())
            .await?;
        let is_drafted_anew = comment.primary_label != label_was && comment.draft_marker != "edited";
        if is_drafted_anew && asks_for_draft(primary.label, unsure, &comment.text) {
            write.draft_anew(&mut comment, unsure, now).await?;
        } else {
            if is_drafted_anew {
                write.take_draft_away(&mut comment).await?;
            }
            write.bump(&mut comment, unsure).await?;
        }
        write
            .record(Entry {
                actor: &classification.model,
                verb: "relabelled",
                comment: Some(id.0),
                action: None,
                details: serde_json::json!({
                    "label_was": label_was, "label": primary.label, "confidence": primary.confidence,
                    "unsure": unsure, "corrections": lesson.corrections, "stage": comment.stage
                }),
                at: now,
            })
            .await?;
        write.commit().await?;
        Ok(Relabelled::Changed)
    }

    /// For a waiting comment that the model cannot read: it keeps its labels until the next lesson.
    pub async fn keep_labels(&self, id: CommentId, version: i64, lesson: Lesson) -> Result<()> {
        let mut write = self.write().await?;
        write.relabelled_comment(id, version).await?;
        write.set_lesson(id.0, lesson.number).await?;
        write.commit().await
    }
}

impl Lesson {
    /// Why a label is another than before, for staff.
    fn words(self) -> String {
        match self.corrections {
            0 => "labelled again without corrections".to_owned(),
            1 => "labelled again after 1 correction".to_owned(),
            count => format!("labelled again after {count} corrections"),
        }
    }
}

impl Write<'_> {
    /// People taught something else from here on.
    pub(crate) async fn begin_lesson(&mut self) -> Result<()> {
        sqlx::query!(
            "insert into meta (key, value) values (?, '1')
             on conflict (key) do update set value = cast(cast(value as integer) + 1 as text)",
            LESSON
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn relabelled_comment(&mut self, id: CommentId, version: i64) -> Result<CommentState> {
        let comment = self.comment_at(id.0, version).await?;
        let is_waiting = comment.stage == Stage::ToReview && comment.answered_at.is_none();
        let by_person = sqlx::query_scalar!(
            r#"select exists (select 1 from classification
                              where comment_id = ? and current = 1 and by_person = 1) as "by_person!: bool""#,
            id.0
        )
        .fetch_one(self.connection())
        .await?;
        match is_waiting && !by_person {
            true => Ok(comment),
            false => Err(StorageError::MovedOn),
        }
    }

    async fn current_labels(&mut self, id: i64) -> Result<Vec<KeptLabel>> {
        let labels = sqlx::query_scalar!(
            "select labels from classification where comment_id = ? and current = 1",
            id
        )
        .fetch_optional(self.connection())
        .await?;
        labels.as_deref().map_or(Ok(Vec::new()), from_json)
    }

    /// Of a comment and its current classification. No list shows it.
    async fn set_lesson(&mut self, id: i64, lesson: i64) -> Result<()> {
        sqlx::query!("update comment set lesson = ? where id = ?", lesson, id)
            .execute(self.connection())
            .await?;
        sqlx::query!(
            "update classification set lesson = ? where comment_id = ? and current = 1",
            lesson,
            id
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The draft that stands there stays until the new one is written. Due at once, and after all that came by itself,
    /// which waits from 0 on.
    async fn draft_anew(&mut self, comment: &mut CommentState, unsure: bool, now: Timestamp) -> Result<()> {
        self.move_comment(comment, &[CommentEvent::RelabelledForDraft])
            .await?;
        sqlx::query!(
            "update comment set unsure = ?, next_attempt_at = ? where id = ?",
            unsure,
            now.0,
            comment.id
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// To the history, with the reason why there was none.
    async fn take_draft_away(&mut self, comment: &mut CommentState) -> Result<()> {
        sqlx::query!(
            "update draft set current = 0 where comment_id = ? and current = 1",
            comment.id
        )
        .execute(self.connection())
        .await?;
        sqlx::query!(
            "update comment set declined = null, declined_detail = null where id = ?",
            comment.id
        )
        .execute(self.connection())
        .await?;
        comment.declined = None;
        self.set_draft_marker(comment, "none").await
    }
}
