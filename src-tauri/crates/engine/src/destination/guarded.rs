//! A platform as the engine calls it: each call measured, and held back where calling is of no use.

use super::{Destinations, Pass};
use crate::Context;
use async_trait::async_trait;
use domain::ports::{
    ActionSink, ApiUsage, Clock, CommentSource, Page, Placed, Platform, RemoteComment, RemotePost,
    RemoteProfile, Reread, UpdateBatch, Visibility,
};
use domain::quota::QuotaLedger;
use domain::{AccountId, Capabilities, PlatformError, PlatformId};
use std::sync::Arc;
use std::time::{Duration, Instant};
use storage::{AccountRest, Resting, Storage};

/// What keeps a listing back. A platform may keep a part of its budget for what people decide: listings can rest
/// alone, and never while the rest of the account may not call.
const LISTING: [Resting; 2] = [Resting::Looking, Resting::Acting];
const ACTING: [Resting; 1] = [Resting::Acting];

pub(crate) struct Guarded {
    pub inner: Arc<dyn Platform>,
    pub account: AccountId,
    pub destinations: Arc<Destinations>,
    pub clock: Arc<dyn Clock>,
    pub storage: Storage,
}

impl Guarded {
    async fn listing<T>(
        &self,
        call: impl Future<Output = Result<T, PlatformError>>,
    ) -> Result<T, PlatformError> {
        self.call(&LISTING, Resting::Looking, call).await
    }

    async fn acting<T>(
        &self,
        call: impl Future<Output = Result<T, PlatformError>>,
    ) -> Result<T, PlatformError> {
        self.call(&ACTING, Resting::Acting, call).await
    }

    async fn call<T>(
        &self,
        kept_by: &[Resting],
        limits: Resting,
        call: impl Future<Output = Result<T, PlatformError>>,
    ) -> Result<T, PlatformError> {
        let pass = self.admit(kept_by)?;
        let started = Instant::now();
        let outcome = call.await;
        self.note(pass, started.elapsed(), outcome.as_ref().map(|_| ()));
        match outcome {
            Ok(value) => Ok(value),
            Err(error) => Err(self.obey(error, limits).await),
        }
    }

    /// One call for many comments: what the first refusal says of the account holds.
    async fn many<F>(&self, comments: &[PlatformId], call: F) -> Vec<Result<(), PlatformError>>
    where
        F: Future<Output = Vec<Result<(), PlatformError>>>,
    {
        let pass = match self.admit(&ACTING) {
            Ok(pass) => pass,
            Err(refused) => return comments.iter().map(|_| Err(refused.clone())).collect(),
        };
        let started = Instant::now();
        let mut results = call.await;
        let first_error = results.iter().find_map(|result| result.as_ref().err().cloned());
        let all_failed = results.iter().all(Result::is_err);
        let outcome = match &first_error {
            Some(error) if all_failed => Err(error),
            _ => Ok(()),
        };
        self.note(pass, started.elapsed(), outcome);
        let limit = results
            .iter_mut()
            .filter_map(|result| result.as_mut().err())
            .find(|error| Context::rest_after(error).is_some());
        if let Some(error) = limit {
            *error = self.obey(error.clone(), Resting::Acting).await;
        }
        results
    }

    fn admit(&self, kept_by: &[Resting]) -> Result<Pass<'_>, PlatformError> {
        let host = self.inner.destination();
        self.destinations
            .admit(&host, self.account, kept_by, self.clock.now())
    }

    fn note(&self, pass: Pass<'_>, took: Duration, outcome: Result<(), &PlatformError>) {
        let now = self.clock.now();
        match outcome {
            Err(error @ (PlatformError::Unavailable { .. } | PlatformError::OutcomeUnknown { .. })) => {
                pass.failed(took, error, now);
            }
            outcome => pass.answered(took, outcome.is_ok(), now),
        }
    }

    /// Keeps what the error says of the account as a whole; a limit is remembered over a restart.
    async fn obey(&self, error: PlatformError, what: Resting) -> PlatformError {
        let stated = match &error {
            PlatformError::Throttled { retry_after } => *retry_after,
            PlatformError::Blocked { .. }
            | PlatformError::SignedOut { .. }
            | PlatformError::PermissionMissing { .. }
            | PlatformError::AccountRestricted { .. } => Context::rest_after(&error),
            PlatformError::Unavailable { .. }
            | PlatformError::OutcomeUnknown { .. }
            | PlatformError::Gone { .. }
            | PlatformError::Refused { .. }
            | PlatformError::Unreadable { .. } => return error,
        };
        let is_limit = matches!(error, PlatformError::Throttled { .. });
        // A lost sign-in, seen by a listing, keeps the outbox back as well.
        let what = if is_limit { what } else { Resting::Acting };
        let now = self.clock.now();
        let wait = self.destinations.limited(self.account, what, &error, stated, now);
        if !is_limit {
            return error;
        }
        let rest = AccountRest {
            account_id: self.account,
            what,
            until: now.plus(wait),
            why: error.to_string(),
        };
        if let Err(failure) = self.storage.save_rest(&rest).await {
            tracing::warn!(account = %self.account, %failure, "a limit of the platform will be forgotten at the next start");
        }
        PlatformError::Throttled {
            retry_after: Some(wait),
        }
    }
}

#[async_trait]
impl CommentSource for Guarded {
    fn destination(&self) -> String {
        self.inner.destination()
    }

    fn usage(&self) -> Option<ApiUsage> {
        self.inner.usage()
    }

    fn quota(&self) -> Option<QuotaLedger> {
        self.inner.quota()
    }

    async fn profile(&self) -> Result<RemoteProfile, PlatformError> {
        self.acting(self.inner.profile()).await
    }

    async fn posts(&self, after: Option<&str>) -> Result<Page<RemotePost>, PlatformError> {
        self.listing(self.inner.posts(after)).await
    }

    async fn comments(
        &self,
        post: &PlatformId,
        after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        self.listing(self.inner.comments(post, after)).await
    }

    /// The look before sending reads a thread too: it goes on while listings rest, and a limit met here, which may
    /// be that of listings alone, keeps only those back.
    async fn replies(
        &self,
        post: &PlatformId,
        comment: &PlatformId,
        after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        let call = self.inner.replies(post, comment, after);
        self.call(&ACTING, Resting::Looking, call).await
    }

    async fn comment(&self, id: &PlatformId) -> Result<Option<RemoteComment>, PlatformError> {
        self.acting(self.inner.comment(id)).await
    }

    /// Pictures lie on hosts of their own, which say nothing of the platform.
    async fn picture(&self, url: &str, max_bytes: usize) -> Result<(Vec<u8>, String), PlatformError> {
        self.inner.picture(url, max_bytes).await
    }

    async fn account_comments(
        &self,
        visibility: Visibility,
        after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        self.listing(self.inner.account_comments(visibility, after)).await
    }

    /// The time that the platform was asked to wait says nothing of how fast it answers.
    async fn updates(&self, after: Option<&str>, wait: Duration) -> Result<UpdateBatch, PlatformError> {
        let pass = self.admit(&LISTING)?;
        let started = Instant::now();
        let outcome = self.inner.updates(after, wait).await;
        let took = started.elapsed().saturating_sub(wait);
        self.note(pass, took, outcome.as_ref().map(|_| ()));
        match outcome {
            Ok(batch) => Ok(batch),
            Err(error) => Err(self.obey(error, Resting::Looking).await),
        }
    }

    async fn shown(&self, ids: &[PlatformId]) -> Result<Vec<PlatformId>, PlatformError> {
        self.listing(self.inner.shown(ids)).await
    }

    async fn reread(&self, asked: &[Placed]) -> Result<Reread, PlatformError> {
        self.listing(self.inner.reread(asked)).await
    }
}

#[async_trait]
impl ActionSink for Guarded {
    async fn reply(&self, thread: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        self.acting(self.inner.reply(thread, text)).await
    }

    async fn set_hidden(&self, comment: &PlatformId, hidden: bool) -> Result<(), PlatformError> {
        self.acting(self.inner.set_hidden(comment, hidden)).await
    }

    async fn delete(&self, comment: &PlatformId) -> Result<(), PlatformError> {
        self.acting(self.inner.delete(comment)).await
    }

    fn max_reply_chars(&self) -> usize {
        self.inner.max_reply_chars()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    async fn ban(&self, comment: &PlatformId) -> Result<(), PlatformError> {
        self.acting(self.inner.ban(comment)).await
    }

    async fn edit_reply(&self, reply: &PlatformId, text: &str) -> Result<(), PlatformError> {
        self.acting(self.inner.edit_reply(reply, text)).await
    }

    async fn private_reply(&self, comment: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        self.acting(self.inner.private_reply(comment, text)).await
    }

    async fn comment_on(&self, post: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        self.acting(self.inner.comment_on(post, text)).await
    }

    async fn set_comments_enabled(&self, post: &PlatformId, enabled: bool) -> Result<(), PlatformError> {
        self.acting(self.inner.set_comments_enabled(post, enabled)).await
    }

    async fn set_hidden_many(&self, comments: &[PlatformId], hidden: bool) -> Vec<Result<(), PlatformError>> {
        self.many(comments, self.inner.set_hidden_many(comments, hidden))
            .await
    }

    async fn delete_many(&self, comments: &[PlatformId]) -> Vec<Result<(), PlatformError>> {
        self.many(comments, self.inner.delete_many(comments)).await
    }
}
