//! Drafts: claimed, written or declined by a drafter, edited by a person.

use crate::activity::Entry;
use crate::convert::{to_json, widened};
use crate::labels::scores;
use crate::pool::Result;
use crate::write::{CommentState, Write};
use crate::{NewDraft, Storage, StorageError, ToDraft};
use domain::draft::{DraftOutcome, DraftText, Fact, Origin, ThreadTurn};
use domain::{AccountId, CommentEvent, CommentId, Language, Stage, Timestamp};
use std::time::Duration;

/// Turns of a thread that a drafter sees.
const THREAD_TURNS: i64 = 20;

impl Storage {
    pub async fn claim_to_draft(&self, limit: u32, now: Timestamp, lease: Duration) -> Result<Vec<ToDraft>> {
        let mut write = self.write().await?;
        let until = now.plus(lease).0;
        let rows = sqlx::query!(
            r#"update comment set lease_until = ?1
               where id in (select id from comment indexed by comment_to_draft
                            where stage = 'to_draft' and next_attempt_at <= ?2 and lease_until <= ?2
                              and account_id in (select id from account where mode <> 'off')
                            order by next_attempt_at, lease_until, id limit ?3)
               returning id as "id!: i64", version as "version!: i64", attempts as "attempts!: i64",
                         text as "text!: String", language as "language!: String",
                         trace_id as "trace_id!: String", account_id as "account_id!: i64",
                         parent_platform_id as "thread?: String", published_at as "published_at!: i64",
                         author_username as "author!: String", second_complaint as "second_complaint!: bool",
                         (select caption from post where post.id = comment.post_id) as "caption?: String",
                         (select username from account where account.id = comment.account_id)
                             as "account!: String",
                         (select labels from classification
                          where comment_id = comment.id and current = 1) as "labels?: String""#,
            until,
            now.0,
            limit
        )
        .fetch_all(write.connection())
        .await?;
        let mut claimed = Vec::with_capacity(rows.len());
        for row in rows {
            let thread = match row.thread {
                Some(thread) => {
                    thread_before(&mut write, row.account_id, &thread, row.published_at, row.id).await?
                }
                None => Vec::new(),
            };
            claimed.push(ToDraft {
                id: CommentId(row.id),
                version: row.version,
                attempts: row.attempts,
                text: row.text,
                language: Language(row.language),
                labels: scores(row.labels.as_deref())?,
                post_caption: row.caption.filter(|caption| !caption.is_empty()),
                thread,
                author_username: row.author,
                account_username: row.account,
                trace_id: row.trace_id,
                account_id: AccountId(row.account_id),
                second_complaint: row.second_complaint,
            });
        }
        write.commit().await?;
        claimed.sort_by_key(|c| c.id);
        Ok(claimed)
    }

    /// The draft that stood there becomes history, also when the drafter declined.
    pub async fn save_draft(&self, id: CommentId, version: i64, draft: NewDraft<'_>) -> Result<()> {
        let mut write = self.write().await?;
        let mut comment = write.comment_at(id.0, version).await?;
        if comment.stage != Stage::ToDraft {
            return Err(StorageError::MovedOn);
        }
        sqlx::query!(
            "update draft set current = 0 where comment_id = ? and current = 1",
            id.0
        )
        .execute(write.connection())
        .await?;
        sqlx::query!(
            "delete from draft_source where comment_id = ? and draft_id is null",
            id.0
        )
        .execute(write.connection())
        .await?;
        let (marker, details) = match draft.outcome {
            DraftOutcome::Drafted(text) => {
                let draft_id = insert_draft(&mut write, id.0, text, draft.now).await?;
                save_sources(&mut write, id.0, Some(draft_id), draft.facts).await?;
                set_declined(&mut write, &mut comment, None).await?;
                let details = serde_json::json!({
                    "draft": draft_id, "origin": text.origin, "confidence": text.confidence,
                    "citations": text.citations.len(), "facts": draft.facts.len()
                });
                ("draft", details)
            }
            DraftOutcome::Declined { reason, detail } => {
                save_sources(&mut write, id.0, None, draft.facts).await?;
                set_declined(&mut write, &mut comment, Some((reason.as_str(), detail))).await?;
                (
                    "no_draft",
                    serde_json::json!({ "reason": reason, "detail": detail, "facts": draft.facts.len() }),
                )
            }
        };
        write.set_draft_marker(&mut comment, marker).await?;
        write
            .move_comment(&mut comment, &[CommentEvent::DraftSettled])
            .await?;
        let (actor, verb) = match draft.outcome {
            DraftOutcome::Drafted(text) => (author_of(&text.origin).0, "drafted"),
            DraftOutcome::Declined { .. } => ("engine", "declined"),
        };
        write
            .record(Entry {
                actor,
                verb,
                comment: Some(id.0),
                action: None,
                details,
                at: draft.now,
            })
            .await?;
        write.commit().await
    }

    /// Keeps what stands in the editor. The version stays: it is the same person's card.
    pub async fn save_draft_text(&self, id: CommentId, text: &str, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let mut comment = write.comment(id.0).await?;
        write.keep_draft_text(&mut comment, text, now).await?;
        write.commit().await
    }

    /// Back to what the model wrote; a draft that a person wrote from nothing goes away.
    pub async fn discard_draft_edit(&self, id: CommentId, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        let mut comment = write.comment(id.0).await?;
        let draft = sqlx::query!(
            r#"select id as "id!", original_text, text from draft where comment_id = ? and current = 1"#,
            id.0
        )
        .fetch_optional(write.connection())
        .await?
        .ok_or(StorageError::NotFound)?;
        match draft.original_text {
            Some(original) => {
                sqlx::query!(
                    "update draft set text = ?, edited_at = null where id = ?",
                    original,
                    draft.id
                )
                .execute(write.connection())
                .await?;
            }
            None => {
                // History, not gone: an action may have been queued with it.
                sqlx::query!(
                    "update draft set current = 0, edited_at = ? where id = ?",
                    now.0,
                    draft.id
                )
                .execute(write.connection())
                .await?;
            }
        }
        write.changed_comment(id.0);
        if comment.stage != Stage::ToDraft {
            let marker = write.marker_of_draft(id.0).await?;
            write.set_draft_marker(&mut comment, marker).await?;
        }
        write.commit().await
    }
}

impl Write<'_> {
    /// Returns the id of the draft that now holds `text`.
    pub(crate) async fn keep_draft_text(
        &mut self,
        comment: &mut CommentState,
        text: &str,
        now: Timestamp,
    ) -> Result<i64> {
        let draft = sqlx::query!(
            r#"select id as "id!", original_text, text from draft where comment_id = ? and current = 1"#,
            comment.id
        )
        .fetch_optional(self.connection())
        .await?;
        let id = match draft {
            Some(draft) if draft.text == text => return Ok(draft.id),
            Some(draft) => {
                let edited_at = (draft.original_text.as_deref() != Some(text)).then_some(now.0);
                sqlx::query!(
                    "update draft set text = ?, edited_at = ? where id = ?",
                    text,
                    edited_at,
                    draft.id
                )
                .execute(self.connection())
                .await?;
                draft.id
            }
            None => sqlx::query_scalar!(
                r#"insert into draft (comment_id, current, text, language, confidence, model, prompt_version,
                                      citations, created_at, edited_at)
                   values (?1, 1, ?2, ?3, 1.0, 'person', '', '[]', ?4, ?4)
                   returning id as "id!""#,
                comment.id,
                text,
                comment.language,
                now.0
            )
            .fetch_one(self.connection())
            .await?,
        };
        self.changed_comment(comment.id);
        if comment.stage != Stage::ToDraft {
            let marker = self.marker_of_draft(comment.id).await?;
            self.set_draft_marker(comment, marker).await?;
        }
        Ok(id)
    }

    /// What the list shows of the draft that stands there.
    pub(crate) async fn marker_of_draft(&mut self, comment: i64) -> Result<&'static str> {
        let row = sqlx::query!(
            r#"select d.id as "draft?: i64", d.edited_at as "edited_at?: i64", c.declined
               from comment c left join draft d on d.comment_id = c.id and d.current = 1
               where c.id = ?"#,
            comment
        )
        .fetch_one(self.connection())
        .await?;
        Ok(match (row.draft, row.edited_at, row.declined) {
            (Some(_), Some(_), _) => "edited",
            (Some(_), None, _) => "draft",
            (None, _, Some(_)) => "no_draft",
            (None, _, None) => "none",
        })
    }
}

async fn thread_before(
    write: &mut Write<'_>,
    account: i64,
    thread: &str,
    published_at: i64,
    id: i64,
) -> Result<Vec<ThreadTurn>> {
    let opening = sqlx::query!(
        r#"select authorship <> 'person' as "by_us!: bool", text from comment
           where account_id = ? and platform_id = ? and deleted_at is null"#,
        account,
        thread
    )
    .fetch_optional(write.connection())
    .await?;
    let mut turns = sqlx::query!(
        r#"select authorship <> 'person' as "by_us!: bool", text from comment
           where account_id = ? and parent_platform_id = ? and (published_at, id) < (?, ?) and deleted_at is null
           order by published_at desc, id desc limit ?"#,
        account,
        thread,
        published_at,
        id,
        THREAD_TURNS
    )
    .fetch_all(write.connection())
    .await?
    .into_iter()
    .map(|turn| ThreadTurn {
        by_us: turn.by_us,
        text: turn.text,
    })
    .collect::<Vec<_>>();
    if let Some(opening) = opening {
        turns.push(ThreadTurn {
            by_us: opening.by_us,
            text: opening.text,
        });
    }
    turns.reverse();
    Ok(turns)
}

/// Model and version of the prompt.
fn author_of(origin: &Origin) -> (&str, &str) {
    match origin {
        Origin::Model {
            model,
            prompt_version,
        } => (model, prompt_version),
        Origin::Person => ("person", ""),
    }
}

async fn insert_draft(write: &mut Write<'_>, comment: i64, draft: &DraftText, now: Timestamp) -> Result<i64> {
    let (model, prompt_version) = author_of(&draft.origin);
    let citations = to_json(&draft.citations);
    let confidence = widened(draft.confidence);
    Ok(sqlx::query_scalar!(
        r#"insert into draft (comment_id, current, original_text, text, language, confidence, model,
                              prompt_version, citations, created_at)
           values (?1, 1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
           returning id as "id!""#,
        comment,
        draft.text,
        draft.language.0,
        confidence,
        model,
        prompt_version,
        citations,
        now.0
    )
    .fetch_one(write.connection())
    .await?)
}

async fn save_sources(write: &mut Write<'_>, comment: i64, draft: Option<i64>, facts: &[Fact]) -> Result<()> {
    if facts.is_empty() {
        return Ok(());
    }
    let facts = to_json(facts);
    sqlx::query!(
        "insert into draft_source (comment_id, draft_id, ordinal, fact)
         select ?, ?, fact.key, fact.value from json_each(?) fact order by fact.key",
        comment,
        draft,
        facts
    )
    .execute(write.connection())
    .await?;
    Ok(())
}

async fn set_declined(
    write: &mut Write<'_>,
    comment: &mut CommentState,
    declined: Option<(&'static str, &String)>,
) -> Result<()> {
    let (reason, detail) = declined.unzip();
    sqlx::query!(
        "update comment set declined = ?, declined_detail = ? where id = ?",
        reason,
        detail,
        comment.id
    )
    .execute(write.connection())
    .await?;
    comment.declined = reason.map(str::to_owned);
    Ok(())
}
