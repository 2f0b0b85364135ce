//! Posting: exactly one reply whatever happens.
//!
//! Each action is checked against the platform, its intent committed, sent once, and confirmed. A request whose
//! outcome was lost is looked for on the platform; only a complete read that does not show it allows another send.

use crate::intake::note_trouble;
use crate::{Context, EngineError, Step, backoff, worker::Worker};
use async_trait::async_trait;
use contract::Mode;
use domain::ports::{Element, Platform, RemoteComment};
use domain::{ActionKind, ActionState, PlatformError, PlatformId, Timestamp, text};
use std::time::Duration;
use storage::{AfterRefusal, DueAction, StorageError, UnknownAction};

/// Actions looked at in one step; those of one account go one after the other.
const BATCH: u32 = 8;
/// A platform's clock may run behind ours by this much.
const CLOCK_SKEW: Duration = Duration::from_secs(120);
const MOST_REPLY_PAGES: usize = 1_000;

pub struct OutboxWorker {
    context: Context,
}

impl OutboxWorker {
    pub fn new(context: Context) -> Self {
        Self { context }
    }

    async fn resolve(&self, action: UnknownAction) -> Result<(), EngineError> {
        if self.context.paused_until(action.account_id).is_some() {
            return self.look_later(&action, "the account rests").await;
        }
        let platform = match self.context.platform(action.account_id) {
            Ok(platform) => platform,
            Err(_) => return self.look_later(&action, "the account is not connected").await,
        };
        match self.on_platform(platform.as_ref(), &action).await {
            Ok(Some(found)) => {
                tracing::info!(trace = %action.trace_id, action = %action.id, stage = "confirmed", "found on the platform by reading back");
                let id = (action.kind == ActionKind::Reply).then_some(&found);
                self.context
                    .storage
                    .confirm_action(action.id, id, "read back", self.context.now())
                    .await?;
                Ok(())
            }
            Ok(None) => {
                tracing::info!(trace = %action.trace_id, action = %action.id, "read back: it is not on the platform, it may be sent again");
                self.send_again_later(&action).await
            }
            Err(error) => {
                if Context::rest_after(&error).is_some() {
                    note_trouble(&self.context, action.account_id, &error).await?;
                }
                self.look_later(&action, &error.to_string()).await
            }
        }
    }

    /// Each send that came to nothing counts: a platform that loses every write is not written to without end.
    async fn send_again_later(&self, action: &UnknownAction) -> Result<(), EngineError> {
        let storage = &self.context.storage;
        let now = self.context.now();
        storage.not_on_platform(action.id, now).await?;
        let settings = self.context.settings_now();
        if action.attempts >= i64::from(settings.outbox.most_attempts) {
            let note = format!(
                "sent {} times, and the platform shows none of them",
                action.attempts
            );
            storage.fail_action(action.id, &note, now).await?;
            tracing::warn!(trace = %action.trace_id, action = %action.id, stage = "failed", "{note}");
            return Ok(());
        }
        let at = now.plus(wait_before_resend(action.attempts));
        storage
            .delay_action(action.id, "the last send did not arrive", at)
            .await?;
        Ok(())
    }

    async fn look_later(&self, action: &UnknownAction, why: &str) -> Result<(), EngineError> {
        let tries = u32::try_from(action.checks).unwrap_or(u32::MAX);
        let wait = Duration::from_secs(1)
            + backoff::full_jitter(tries, Duration::from_secs(2), Duration::from_secs(120));
        let now = self.context.now();
        self.context
            .storage
            .postpone_check(action.id, why, now.plus(wait), now)
            .await?;
        Ok(())
    }

    /// The id under which the platform shows what the action asked for; `None` after a complete read without it.
    async fn on_platform(
        &self,
        platform: &dyn Platform,
        action: &UnknownAction,
    ) -> Result<Option<PlatformId>, PlatformError> {
        match action.kind {
            ActionKind::Reply => {
                let wanted = action.normalised_text.as_deref().unwrap_or_default();
                let not_before = action.first_intent_at.unwrap_or(Timestamp(0)).minus(CLOCK_SKEW);
                let replies = match thread_replies(
                    platform,
                    &action.post_platform_id,
                    &action.target_platform_id,
                )
                .await
                {
                    Ok(replies) => replies,
                    // The whole thread is gone, and our reply with it: the check before sending refuses the rest.
                    Err(PlatformError::Gone { .. }) => return Ok(None),
                    Err(error) => return Err(error),
                };
                let candidates: Vec<PlatformId> = replies
                    .into_iter()
                    .filter(|reply| is_ours(reply, &action.account_platform_id))
                    .filter(|reply| {
                        reply.published_at >= not_before && text::normalised(&reply.text) == wanted
                    })
                    .map(|reply| reply.id)
                    .collect();
                let claimed = self
                    .context
                    .storage
                    .claimed_reply_ids(action.account_id, &candidates)
                    .await
                    .map_err(|error| PlatformError::Unreadable {
                        detail: format!("own records: {error}"),
                    })?;
                Ok(candidates.into_iter().find(|id| !claimed.contains(id)))
            }
            ActionKind::Hide | ActionKind::Unhide => {
                let wanted = action.kind == ActionKind::Hide;
                let comment = platform.comment(&action.comment_platform_id).await?;
                Ok(comment.filter(|c| c.hidden == Some(wanted)).map(|c| c.id))
            }
            ActionKind::Delete => {
                let gone = platform.comment(&action.comment_platform_id).await?.is_none();
                Ok(gone.then(|| action.comment_platform_id.clone()))
            }
        }
    }

    /// Holds are over: look at the platform once more, then send.
    async fn carry_out(&self, action: DueAction) -> Result<(), EngineError> {
        if matches!(action.mode, Mode::Off | Mode::Simulate) {
            let later = self.context.now().plus(Duration::from_secs(60));
            self.context
                .storage
                .delay_action(action.id, "the account's mode sends nothing", later)
                .await?;
            return Ok(());
        }
        let Ok(platform) = self.context.platform(action.account_id) else {
            let later = self.context.now().plus(Duration::from_secs(15));
            self.context
                .storage
                .delay_action(action.id, "the account is not connected", later)
                .await?;
            return Ok(());
        };
        match self.recheck(platform.as_ref(), &action).await {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(EngineError::Platform(error)) => return self.wait_out(&action, &error).await,
            Err(error) => return Err(error),
        }
        if matches!(action.state, ActionState::Held | ActionState::RetryWait) {
            self.context
                .storage
                .release_hold(action.id, self.context.now())
                .await?;
        }
        // The kill switch stops everything up to this line; what follows is in flight.
        if !self.context.storage.sending_enabled().await? {
            return Ok(());
        }
        match self
            .context
            .storage
            .commit_intent(action.id, self.context.now())
            .await
        {
            Ok(attempt) => {
                tracing::info!(trace = %action.trace_id, action = %action.id, attempt, stage = "sending", kind = %action.kind, "intent committed");
            }
            Err(StorageError::MovedOn | StorageError::IllegalStep(_)) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let sent = self.send(platform.as_ref(), &action).await;
        self.settle(&action, sent).await
    }

    async fn send(
        &self,
        platform: &dyn Platform,
        action: &DueAction,
    ) -> Result<Option<PlatformId>, PlatformError> {
        match action.kind {
            ActionKind::Reply => {
                let text = action.text.as_deref().unwrap_or_default();
                platform.reply(&action.target_platform_id, text).await.map(Some)
            }
            ActionKind::Hide => platform
                .set_hidden(&action.comment_platform_id, true)
                .await
                .map(|()| None),
            ActionKind::Unhide => platform
                .set_hidden(&action.comment_platform_id, false)
                .await
                .map(|()| None),
            ActionKind::Delete => platform.delete(&action.comment_platform_id).await.map(|()| None),
        }
    }

    async fn settle(
        &self,
        action: &DueAction,
        sent: Result<Option<PlatformId>, PlatformError>,
    ) -> Result<(), EngineError> {
        let storage = &self.context.storage;
        let now = self.context.now();
        let settings = self.context.settings_now();
        match sent {
            Ok(reply) => {
                storage
                    .confirm_action(action.id, reply.as_ref(), "accepted", now)
                    .await?;
                tracing::info!(trace = %action.trace_id, action = %action.id, stage = "confirmed", kind = %action.kind, "the platform accepted it");
            }
            Err(error @ (PlatformError::OutcomeUnknown { .. } | PlatformError::Unreadable { .. })) => {
                let check_at = now.plus(Duration::from_secs(settings.outbox.settle_seconds.into()));
                storage
                    .lose_outcome(action.id, &error.to_string(), check_at, now)
                    .await?;
                tracing::warn!(trace = %action.trace_id, action = %action.id, stage = "unknown", %error, "the outcome is not known; the platform is read before anything else");
            }
            Err(error @ (PlatformError::Refused { .. } | PlatformError::Gone { .. })) => {
                storage.fail_action(action.id, &error.to_string(), now).await?;
                tracing::warn!(trace = %action.trace_id, action = %action.id, stage = "failed", %error, "refused for good");
            }
            Err(error) => {
                if Context::rest_after(&error).is_some() {
                    note_trouble(&self.context, action.account_id, &error).await?;
                }
                let at = now
                    .plus(Context::rest_after(&error).unwrap_or_else(|| wait_before_resend(action.attempts)));
                storage
                    .retry_action(action.id, &error.to_string(), at, now)
                    .await?;
                tracing::warn!(trace = %action.trace_id, action = %action.id, stage = "retry_wait", %error, "refused for now");
                let counts = matches!(error, PlatformError::Unavailable { .. });
                if counts && action.attempts + 1 >= i64::from(settings.outbox.most_attempts) {
                    storage.fail_action(action.id, &error.to_string(), now).await?;
                }
            }
        }
        Ok(())
    }

    /// Nothing was sent: the look before sending failed.
    async fn wait_out(&self, action: &DueAction, error: &PlatformError) -> Result<(), EngineError> {
        let rest = Context::rest_after(error);
        if rest.is_some() {
            note_trouble(&self.context, action.account_id, error).await?;
        }
        let tries = u32::try_from(action.attempts).unwrap_or(u32::MAX);
        let wait = rest.unwrap_or_else(|| {
            Duration::from_secs(1)
                + backoff::full_jitter(tries, Duration::from_secs(2), Duration::from_secs(60))
        });
        let later = self.context.now().plus(wait);
        self.context
            .storage
            .delay_action(action.id, &error.to_string(), later)
            .await?;
        Ok(())
    }

    /// True when it may be sent. What the platform shows goes through intake first, which cancels what an edit,
    /// a deletion or the team's own answer made pointless.
    async fn recheck(&self, platform: &dyn Platform, action: &DueAction) -> Result<bool, EngineError> {
        let storage = &self.context.storage;
        let now = self.context.now();
        let Some(comment) = platform.comment(&action.comment_platform_id).await? else {
            storage
                .mark_deleted(
                    action.account_id,
                    std::slice::from_ref(&action.comment_platform_id),
                    now,
                )
                .await?;
            tracing::info!(trace = %action.trace_id, action = %action.id, "not sent: the comment is gone");
            return Ok(false);
        };
        if action.kind == ActionKind::Reply && comment.hidden == Some(true) {
            storage
                .refuse_action(
                    action.id,
                    "the comment is hidden on the platform",
                    AfterRefusal::Review,
                    now,
                )
                .await?;
            return Ok(false);
        }
        let mut seen = vec![Element::Read(RemoteComment {
            post_id: action.post_platform_id.clone(),
            parent_id: comment.parent_id.clone().or_else(|| {
                (action.target_platform_id != action.comment_platform_id && action.kind == ActionKind::Reply)
                    .then(|| action.target_platform_id.clone())
            }),
            replies: Vec::new(),
            ..comment
        })];
        if action.kind == ActionKind::Reply {
            let replies =
                thread_replies(platform, &action.post_platform_id, &action.target_platform_id).await?;
            seen.extend(replies.into_iter().map(Element::Read));
        }
        storage
            .store_comments(action.account_id, action.post_id, seen, now)
            .await?;
        let state = storage.action_state(action.id).await?;
        Ok(state == action.state)
    }
}

fn wait_before_resend(attempts: i64) -> Duration {
    let tries = u32::try_from(attempts).unwrap_or(u32::MAX);
    Duration::from_millis(500) + backoff::full_jitter(tries, Duration::from_secs(2), Duration::from_secs(300))
}

fn is_ours(comment: &RemoteComment, account: &PlatformId) -> bool {
    comment.flagged_own || comment.author_id.as_ref() == Some(account)
}

/// Every readable reply of a thread, from all pages.
async fn thread_replies(
    platform: &dyn Platform,
    post: &PlatformId,
    thread: &PlatformId,
) -> Result<Vec<RemoteComment>, PlatformError> {
    let mut all = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..MOST_REPLY_PAGES {
        let page = platform.replies(post, thread, after.as_deref()).await?;
        for item in page.items {
            match item {
                Element::Read(reply) => all.push(reply),
                // An element that cannot be read might be the very reply: the read does not count as complete.
                Element::Malformed { reason, .. } => {
                    return Err(PlatformError::Unreadable { detail: reason });
                }
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
    Err(PlatformError::Unreadable {
        detail: format!("a thread of more than {MOST_REPLY_PAGES} pages"),
    })
}

#[async_trait]
impl Worker for OutboxWorker {
    fn name(&self) -> &'static str {
        "outbox"
    }

    async fn try_next(&self) -> Result<Step, EngineError> {
        let now = self.context.now();
        let unknown = self.context.storage.unknown_due(now, BATCH).await?;
        let mut worked = !unknown.is_empty();
        for action in unknown {
            self.resolve(action).await?;
        }
        if self.context.storage.sending_enabled().await? {
            let due: Vec<DueAction> = self
                .context
                .storage
                .due_actions(self.context.now(), BATCH)
                .await?
                .into_iter()
                .filter(|action| self.context.paused_until(action.account_id).is_none())
                .collect();
            worked |= !due.is_empty();
            // At most one of each account is in the batch, so accounts do not wait for each other.
            let results =
                futures::future::join_all(due.into_iter().map(|action| self.carry_out(action))).await;
            for result in results {
                result?;
            }
        }
        Ok(if worked { Step::Worked } else { Step::Idle })
    }
}

/// Brings snoozed comments back when their time is over.
pub struct SnoozeWorker {
    context: Context,
}

impl SnoozeWorker {
    pub fn new(context: Context) -> Self {
        Self { context }
    }
}

#[async_trait]
impl Worker for SnoozeWorker {
    fn name(&self) -> &'static str {
        "snooze"
    }

    async fn try_next(&self) -> Result<Step, EngineError> {
        let woken = self.context.storage.wake_snoozed(self.context.now()).await?;
        Ok(if woken > 0 { Step::Worked } else { Step::Idle })
    }
}
