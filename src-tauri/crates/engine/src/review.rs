//! Review: what a person can do with a comment. Each act names the version of the card that was looked at.

use crate::acts::{Asked, asked};
use crate::{Engine, EngineError, draft, intake};
use base64::Engine as _;
use contract::{
    ActionView, CampaignView, CommentDetail, CommentPage, DraftView, GuardReport, ListComments, OutboxView,
    Overview, Picture, SourceView, TraceStage, UndoResult,
};
use domain::{ActionId, ActionKind, CommentId, Label, PostId, Timestamp, text};

/// Largest picture fetched from a platform, in bytes.
const LARGEST_PICTURE: usize = 4 * 1024 * 1024;

/// What one look at one account came to.
#[derive(Debug)]
pub struct AccountLook {
    pub username: String,
    pub outcome: Result<intake::SyncReport, EngineError>,
}

impl Engine {
    /// Characters that the platform of the comment takes in a reply.
    async fn max_reply_chars(&self, comment: CommentId) -> Result<u32, EngineError> {
        let limit = self.context().max_reply_chars(self.account_of(comment).await?);
        Ok(u32::try_from(limit).unwrap_or(u32::MAX))
    }

    /// `sending` is what really holds: off also while this run refuses to send.
    pub async fn overview(&self) -> Result<Overview, EngineError> {
        let mut overview = self.context().storage.overview().await?;
        overview.sending &= self.context().sending_refused().is_none();
        Ok(overview)
    }

    pub(crate) fn refuse_where_nothing_is_sent(&self) -> Result<(), EngineError> {
        match self.context().sending_refused() {
            None => Ok(()),
            Some(why) => Err(EngineError::Invalid(format!(
                "nothing is sent in this run: {why}"
            ))),
        }
    }

    /// The comment's reference in the log. Empty when it cannot be read: a line less is no reason to fail an act
    /// that is done already.
    pub(crate) async fn trace_of(&self, id: CommentId) -> String {
        let rows = self.context().storage.trace(id).await.unwrap_or_default();
        rows.first()
            .and_then(|arrival| arrival.details["trace_id"].as_str())
            .unwrap_or_default()
            .to_owned()
    }

    pub async fn list_comments(&self, request: &ListComments) -> Result<CommentPage, EngineError> {
        if !(1..=200).contains(&request.limit) {
            return Err(EngineError::Invalid(format!(
                "limit = {}: 1 to 200",
                request.limit
            )));
        }
        Ok(self.context().storage.list_comments(request).await?)
    }

    /// The whole card.
    pub async fn comment(&self, id: CommentId) -> Result<CommentDetail, EngineError> {
        let context = self.context();
        let limit = self.max_reply_chars(id).await?;
        let mut detail = context.storage.comment_detail(id, limit).await?;
        if let Some(view) = &mut detail.draft {
            view.guard = self.guard(id, &view.text).await?;
        }
        Ok(detail)
    }

    /// Comments that say the same, with those that wait for review.
    pub async fn campaign(&self, id: i64) -> Result<CampaignView, EngineError> {
        Ok(self.context().storage.campaign(id).await?)
    }

    /// A person looks at the comment; the first look counts.
    pub async fn mark_read(&self, id: CommentId) -> Result<(), EngineError> {
        let context = self.context();
        Ok(context.storage.mark_read(id, context.now()).await?)
    }

    pub async fn source(&self, id: i64) -> Result<SourceView, EngineError> {
        Ok(self.context().storage.source(id).await?)
    }

    /// The guard over a text as it stands in the editor.
    pub async fn guard(&self, id: CommentId, text: &str) -> Result<GuardReport, EngineError> {
        let limit = self.max_reply_chars(id).await?;
        let (report, _) = draft::check_text(
            self.context(),
            id,
            text,
            usize::try_from(limit).unwrap_or(usize::MAX),
        )
        .await?;
        let utf16 = |byte: usize| u32::try_from(text[..byte].encode_utf16().count()).unwrap_or(u32::MAX);
        Ok(GuardReport {
            findings: report
                .findings
                .iter()
                .map(|f| contract::GuardFinding {
                    rule: f.rule.as_str().to_owned(),
                    start: utf16(f.start),
                    end: utf16(f.end),
                    found: f.found.clone(),
                    source_says: f.source_says.clone(),
                })
                .collect(),
            checks: u32::try_from(report.checks).unwrap_or(u32::MAX),
            claims_sourced: u32::try_from(report.claims_sourced).unwrap_or(u32::MAX),
            length: u32::try_from(text::char_count(text)).unwrap_or(u32::MAX),
            limit,
        })
    }

    /// Puts the reply into the outbox, held for the undo time.
    pub async fn approve(&self, id: CommentId, version: i64, text: &str) -> Result<ActionView, EngineError> {
        self.pass_the_guard(id, text).await?;
        self.queue(Asked {
            text: Some(text.trim().to_owned()),
            ..asked(id, version, ActionKind::Reply)
        })
        .await
    }

    pub async fn save_draft(&self, id: CommentId, text: &str) -> Result<DraftView, EngineError> {
        let context = self.context();
        context.storage.save_draft_text(id, text, context.now()).await?;
        self.draft_view(id)
            .await?
            .ok_or(EngineError::Storage(storage::StorageError::NotFound))
    }

    pub async fn discard_draft_edit(&self, id: CommentId) -> Result<Option<DraftView>, EngineError> {
        let context = self.context();
        context.storage.discard_draft_edit(id, context.now()).await?;
        self.draft_view(id).await
    }

    async fn draft_view(&self, id: CommentId) -> Result<Option<DraftView>, EngineError> {
        let limit = self.max_reply_chars(id).await?;
        let detail = self.context().storage.comment_detail(id, limit).await?;
        let Some(mut view) = detail.draft else {
            return Ok(None);
        };
        view.guard = self.guard(id, &view.text).await?;
        Ok(Some(view))
    }

    pub async fn regenerate(&self, id: CommentId, version: i64) -> Result<(), EngineError> {
        let context = self.context();
        context.storage.regenerate(id, version, context.now()).await?;
        context.wake();
        Ok(())
    }

    pub async fn dismiss(&self, id: CommentId, version: i64) -> Result<(), EngineError> {
        let context = self.context();
        context.storage.dismiss(id, version, context.now()).await?;
        context.hub().monitor().finished(TraceStage::Review, 1);
        Ok(())
    }

    pub async fn reopen(&self, id: CommentId, version: i64) -> Result<(), EngineError> {
        let context = self.context();
        Ok(context.storage.reopen(id, version, context.now()).await?)
    }

    pub async fn snooze(&self, id: CommentId, version: i64, until: Timestamp) -> Result<(), EngineError> {
        let context = self.context();
        if until <= context.now() {
            return Err(EngineError::Invalid("until: a time that lies ahead".to_owned()));
        }
        Ok(context.storage.snooze(id, version, until, context.now()).await?)
    }

    pub async fn escalate(&self, id: CommentId, version: i64) -> Result<(), EngineError> {
        let context = self.context();
        Ok(context.storage.escalate(id, version, context.now()).await?)
    }

    pub async fn return_to_review(&self, id: CommentId, version: i64) -> Result<(), EngineError> {
        let context = self.context();
        Ok(context
            .storage
            .return_to_review(id, version, context.now())
            .await?)
    }

    pub async fn retry_stuck(&self, id: CommentId, version: i64) -> Result<(), EngineError> {
        let context = self.context();
        context.storage.retry_stuck(id, version, context.now()).await?;
        context.wake();
        Ok(())
    }

    pub async fn correct_label(&self, id: CommentId, version: i64, label: Label) -> Result<(), EngineError> {
        let context = self.context();
        context
            .storage
            .correct_label(id, version, label, context.now())
            .await?;
        context.note_corrections();
        context.wake();
        Ok(())
    }

    /// Labels by the shipped heads alone again, until somebody corrects another. Returns how many corrections taught.
    pub async fn forget_corrections(&self) -> Result<i64, EngineError> {
        let context = self.context();
        let count = context.storage.forget_corrections(context.now()).await?;
        context.note_corrections();
        context.wake();
        tracing::info!(count, "what corrections taught is forgotten");
        Ok(count)
    }

    pub async fn undo_last(&self) -> Result<UndoResult, EngineError> {
        let context = self.context();
        let undone = context.storage.undo_last(context.now()).await?;
        if let Some(id) = undone.comment_id {
            context.note_corrections();
            context.wake();
            let trace = self.trace_of(CommentId(id)).await;
            let what = undone.what.as_deref().unwrap_or_default();
            tracing::info!(trace, stage = "undone", what, "taken back by a person");
        }
        Ok(undone)
    }

    pub async fn cancel_action(&self, id: ActionId) -> Result<ActionView, EngineError> {
        let context = self.context();
        let action = context
            .storage
            .cancel_action(id, "taken back by a person", context.now())
            .await?;
        let trace = self.trace_of(CommentId(action.comment_id)).await;
        tracing::info!(
            trace,
            action = action.id,
            kind = action.kind,
            stage = "cancelled",
            "taken back by a person"
        );
        Ok(action)
    }

    pub async fn outbox(&self) -> Result<OutboxView, EngineError> {
        Ok(self.context().storage.outbox(self.context().now()).await?)
    }

    /// The kill switch: off stops everything that is not in flight already.
    pub async fn set_sending(&self, on: bool) -> Result<Overview, EngineError> {
        if on {
            self.refuse_where_nothing_is_sent()?;
        }
        let context = self.context();
        context.storage.set_sending(on, context.now()).await?;
        context.wake();
        self.overview().await
    }

    /// The post's picture, fetched once and kept; none when it cannot be had.
    pub async fn picture(&self, id: PostId) -> Result<Picture, EngineError> {
        let context = self.context();
        let kept = match context.storage.picture(id).await? {
            Some(kept) => Some(kept),
            None => intake::fetch_picture(context, id, LARGEST_PICTURE).await?,
        };
        let data_url = kept.map(|(kind, bytes)| {
            format!(
                "data:{kind};base64,{}",
                base64::engine::general_purpose::STANDARD.encode(bytes)
            )
        });
        Ok(Picture { data_url })
    }

    /// Makes every account due for a look at once.
    pub fn sync_now(&self) {
        self.sync_worker().look_now();
    }

    /// One look at every account, to its end. An account that cannot be looked at keeps none of the others back.
    pub async fn sync_fully(&self, depth: intake::Depth) -> Result<Vec<AccountLook>, EngineError> {
        let context = self.context();
        let mut looks = Vec::new();
        for account in context.storage.accounts().await? {
            let outcome = intake::sync_account(context, &account, depth).await;
            looks.push(AccountLook {
                username: account.username,
                outcome,
            });
        }
        Ok(looks)
    }
}
