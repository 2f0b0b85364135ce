//! Review: what a person can do with a comment. Each act names the version of the card that was looked at.

use crate::{Context, Engine, EngineError, draft, intake};
use base64::Engine as _;
use contract::{
    ActionView, CommentDetail, CommentPage, DraftView, GuardReport, ListComments, OutboxView, Overview,
    Picture, SourceView, UndoResult,
};
use domain::{ActionId, ActionKind, CommentId, Label, PostId, Timestamp, text};
use std::time::Duration;
use storage::NewAction;

/// Largest picture fetched from a platform, in bytes.
const LARGEST_PICTURE: usize = 4 * 1024 * 1024;

impl Engine {
    fn max_reply_chars(&self) -> u32 {
        self.context().settings_now().instagram.max_reply_chars
    }

    pub async fn overview(&self) -> Result<Overview, EngineError> {
        Ok(self.context().storage.overview().await?)
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

    /// The whole card, and marks the comment read.
    pub async fn comment(&self, id: CommentId) -> Result<CommentDetail, EngineError> {
        let context = self.context();
        let mut detail = context.storage.comment_detail(id, self.max_reply_chars()).await?;
        if let Some(view) = &mut detail.draft {
            view.guard = self.guard(id, &view.text).await?;
        }
        if detail.row.unread {
            context.storage.mark_read(id, context.now()).await?;
        }
        Ok(detail)
    }

    pub async fn source(&self, id: i64) -> Result<SourceView, EngineError> {
        Ok(self.context().storage.source(id).await?)
    }

    /// The guard over a text as it stands in the editor.
    pub async fn guard(&self, id: CommentId, text: &str) -> Result<GuardReport, EngineError> {
        let limit = self.max_reply_chars();
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
        let report = self.guard(id, text).await?;
        if !report.findings.is_empty() {
            return Err(EngineError::Guard(Box::new(report)));
        }
        self.queue(id, version, ActionKind::Reply, Some(text.trim().to_owned()))
            .await
    }

    pub async fn hide(&self, id: CommentId, version: i64) -> Result<ActionView, EngineError> {
        self.queue(id, version, ActionKind::Hide, None).await
    }

    pub async fn unhide(&self, id: CommentId, version: i64) -> Result<ActionView, EngineError> {
        self.queue(id, version, ActionKind::Unhide, None).await
    }

    async fn queue(
        &self,
        comment_id: CommentId,
        version: i64,
        kind: ActionKind,
        text: Option<String>,
    ) -> Result<ActionView, EngineError> {
        let context = self.context();
        let now = context.now();
        let hold = Duration::from_secs(context.settings_now().outbox.hold_seconds.into());
        let action = context
            .storage
            .queue_action(NewAction {
                comment_id,
                version,
                kind,
                text,
                requested_by: "person".to_owned(),
                due_at: now.plus(hold),
                now,
            })
            .await?;
        tracing::info!(
            action = action.id,
            comment = action.comment_id,
            kind = action.kind,
            stage = "held",
            "approved by a person"
        );
        context.wake();
        Ok(action)
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
        let detail = self
            .context()
            .storage
            .comment_detail(id, self.max_reply_chars())
            .await?;
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
        Ok(context.storage.dismiss(id, version, context.now()).await?)
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
        Ok(context
            .storage
            .correct_label(id, version, label, context.now())
            .await?)
    }

    pub async fn undo_last(&self) -> Result<UndoResult, EngineError> {
        let context = self.context();
        Ok(context.storage.undo_last(context.now()).await?)
    }

    pub async fn cancel_action(&self, id: ActionId) -> Result<ActionView, EngineError> {
        let context = self.context();
        Ok(context
            .storage
            .cancel_action(id, "taken back by a person", context.now())
            .await?)
    }

    pub async fn outbox(&self) -> Result<OutboxView, EngineError> {
        Ok(self.context().storage.outbox(self.context().now()).await?)
    }

    /// The kill switch: off stops everything that is not in flight already.
    pub async fn set_sending(&self, on: bool) -> Result<Overview, EngineError> {
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
            None => fetch_picture(context, id).await?,
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

    /// One look at every connected account, to its end.
    pub async fn sync_fully(&self, depth: intake::Depth) -> Result<Vec<intake::SyncReport>, EngineError> {
        let context = self.context();
        let mut reports = Vec::new();
        for account in context.storage.accounts().await? {
            if context.platform(account.id).is_ok() {
                reports.push(intake::sync_account(context, &account, depth).await?);
            }
        }
        Ok(reports)
    }
}

async fn fetch_picture(context: &Context, id: PostId) -> Result<Option<(String, Vec<u8>)>, EngineError> {
    let Some((account, post)) = context.storage.post_platform_id(id).await? else {
        return Ok(None);
    };
    let Ok(platform) = context.platform(account) else {
        return Ok(None);
    };
    // Addresses of pictures are signed and short-lived: the listing gives a fresh one.
    let mut after: Option<String> = None;
    loop {
        let page = platform.posts(after.as_deref()).await?;
        for element in page.items {
            if let domain::ports::Element::Read(found) = element
                && found.id == post
            {
                let Some(url) = found.picture_url else {
                    return Ok(None);
                };
                let (bytes, kind) = platform.picture(&url, LARGEST_PICTURE).await?;
                context
                    .storage
                    .save_picture(id, &kind, &bytes, context.now())
                    .await?;
                return Ok(Some((kind, bytes)));
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(None);
        }
    }
}
