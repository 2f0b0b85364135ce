//! Posting: exactly one reply whatever happens.
//!
//! Each action is checked against the platform, its intent committed, sent once, and confirmed. A request whose
//! outcome was lost is looked for on the platform; only a complete read that does not show it allows another send,
//! and the look before that send looks for it once more.

mod thread;

use crate::intake::{note_arrivals, note_trouble};
use crate::{Context, EngineError, Step, backoff, worker::Worker};
use async_trait::async_trait;
use contract::Mode;
use domain::outbox::{MAY_BE_OURS, Overtaken, ReadBack};
use domain::ports::{Element, Platform, RemoteComment};
use domain::{ActionKind, ActionState, PlatformError, PlatformId, Timestamp};
use std::time::Duration;
use storage::{AfterRefusal, DueAction, Intent, StorageError, UnknownAction};
use thread::Sent;

/// Longest life of one request, as the platforms' clients are set up. This crate names none of them, so a journey
/// compares the two.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Outcomes read back in one step.
const BATCH: u32 = 8;
/// Looks before sending that could not be made out, in a row, before a person decides: about a quarter of an hour.
const MOST_FAILED_LOOKS: i64 = 20;
/// A platform out of reach is asked more and more rarely up to here; it may be out of reach for as long as it likes.
const MOST_COUNTED_UNREACHABLE: i64 = 8;

pub struct OutboxWorker {
    context: Context,
}

/// Takes up the sends that nobody heard the end of, to be read back. Returns how many there were.
pub(crate) async fn take_up_interrupted(context: &Context, why: &str) -> Result<usize, EngineError> {
    let now = context.now();
    Ok(context
        .storage
        .interrupted(why, read_back(context).first_look(now), now)
        .await?)
}

fn read_back(context: &Context) -> ReadBack {
    ReadBack {
        request_timeout: REQUEST_TIMEOUT,
        settle: Duration::from_secs(context.settings_now().outbox.settle_seconds.into()),
    }
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
                self.context.note_settled(action.id);
                Ok(())
            }
            Ok(None) => {
                let now = self.context.now();
                let intent_at = action.intent_at.unwrap_or(Timestamp(0));
                let read_back = read_back(&self.context);
                // Two clocks have to agree: the one on the wall may have been set since the request left.
                let may_arrive_for = read_back
                    .arrives_within()
                    .saturating_sub(self.context.left_ago(action.id));
                let counts_from = read_back
                    .absence_counts_from(intent_at, now)
                    .max(now.plus(may_arrive_for));
                if now < counts_from {
                    let why = "not on the platform yet; the request may still arrive";
                    self.context
                        .storage
                        .postpone_check(action.id, why, counts_from, now)
                        .await?;
                    return Ok(());
                }
                tracing::info!(trace = %action.trace_id, action = %action.id, "read back: it is not on the platform, it may be sent again");
                self.send_again_later(&action).await
            }
            Err(EngineError::Platform(error)) => {
                if Context::rest_after(&error).is_some() {
                    note_trouble(&self.context, action.account_id, &error).await?;
                }
                self.look_later(&action, &error.to_string()).await
            }
            Err(error) => Err(error),
        }
    }

    /// Each send that came to nothing counts: a platform that loses every write is not written to without end.
    async fn send_again_later(&self, action: &UnknownAction) -> Result<(), EngineError> {
        let storage = &self.context.storage;
        let now = self.context.now();
        storage.not_on_platform(action.id, now).await?;
        self.context.note_settled(action.id);
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
    ) -> Result<Option<PlatformId>, EngineError> {
        match action.kind {
            ActionKind::Reply => {
                let (post, target) = (&action.post_platform_id, &action.target_platform_id);
                let thread = match thread::replies(platform, post, target).await {
                    Ok(thread) => thread,
                    // One refusal is no read. When the comment itself is gone, our reply went with it.
                    Err(gone @ PlatformError::Gone { .. }) => {
                        return match platform.comment(target).await? {
                            None => Ok(None),
                            Some(_) => Err(gone.into()),
                        };
                    }
                    Err(error) => return Err(error.into()),
                };
                let sent = Sent::from(action);
                let own = sent.may_be_among(&self.context.storage, &thread).await?;
                match own.into_iter().find(|reply| sent.is(reply)) {
                    Some(ours) => Ok(Some(ours.id.clone())),
                    None => {
                        thread::complete(&thread)?;
                        Ok(None)
                    }
                }
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
            return self.wait_for_the_mode(&action).await;
        }
        let storage = &self.context.storage;
        let Ok(platform) = self.context.platform(action.account_id) else {
            let later = self.context.now().plus(Duration::from_secs(15));
            storage
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
            match storage.release_hold(action.id, self.context.now()).await {
                Err(StorageError::MovedOn) => return self.settled_meanwhile(&action).await,
                released => released?,
            }
        }
        let attempt = match storage.commit_intent(action.id, self.context.now()).await {
            Ok(Intent::Committed(attempt)) => attempt,
            Ok(Intent::ModeSendsNothing) => return self.wait_for_the_mode(&action).await,
            Ok(held_back @ (Intent::SendingStopped | Intent::Overtaken)) => {
                tracing::info!(trace = %action.trace_id, action = %action.id, ?held_back, "not sent");
                return Ok(());
            }
            Err(StorageError::MovedOn) => return self.settled_meanwhile(&action).await,
            Err(error) => return Err(error.into()),
        };
        tracing::info!(trace = %action.trace_id, action = %action.id, attempt, stage = "sending", kind = %action.kind, "intent committed");
        self.context.note_leaving(action.id);
        let sent = self.send(platform.as_ref(), &action).await;
        self.settle(&action, sent).await
    }

    async fn wait_for_the_mode(&self, action: &DueAction) -> Result<(), EngineError> {
        let later = self.context.now().plus(Duration::from_secs(60));
        self.context
            .storage
            .delay_action(action.id, "the account's mode sends nothing", later)
            .await?;
        Ok(())
    }

    /// A person took it back, or intake ended it, between two steps here: theirs counts.
    async fn settled_meanwhile(&self, action: &DueAction) -> Result<(), EngineError> {
        let state = self.context.storage.action_state(action.id).await?;
        tracing::info!(trace = %action.trace_id, action = %action.id, stage = %state, kind = %action.kind, "not sent: it was settled meanwhile");
        Ok(())
    }

    async fn refuse(&self, action: &DueAction, note: &str, after: AfterRefusal) -> Result<(), EngineError> {
        let now = self.context.now();
        match self
            .context
            .storage
            .refuse_action(action.id, note, after, now)
            .await
        {
            Ok(()) => {
                tracing::info!(trace = %action.trace_id, action = %action.id, stage = "cancelled", kind = %action.kind, "not sent: {note}");
                Ok(())
            }
            Err(StorageError::MovedOn) => self.settled_meanwhile(action).await,
            Err(error) => Err(error.into()),
        }
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
                let check_at = read_back(&self.context).first_look(now);
                storage
                    .lose_outcome(action.id, &error.to_string(), check_at, now)
                    .await?;
                tracing::warn!(trace = %action.trace_id, action = %action.id, stage = "unknown", %error, "the outcome is not known; the platform is read before anything else");
                return Ok(());
            }
            Err(error @ (PlatformError::Refused { .. } | PlatformError::Gone { .. })) => {
                storage.fail_action(action.id, &error.to_string(), now).await?;
                tracing::warn!(trace = %action.trace_id, action = %action.id, stage = "failed", %error, "refused for good");
            }
            Err(error) => {
                let rest = Context::rest_after(&error);
                let at = now.plus(rest.unwrap_or_else(|| wait_before_resend(action.attempts)));
                // Before anything else is written: a failure there would leave the action as if it were being sent.
                storage
                    .retry_action(action.id, &error.to_string(), at, now)
                    .await?;
                tracing::warn!(trace = %action.trace_id, action = %action.id, stage = "retry_wait", %error, "refused for now");
                let counts = matches!(error, PlatformError::Unavailable { .. });
                if counts && action.attempts + 1 >= i64::from(settings.outbox.most_attempts) {
                    storage.fail_action(action.id, &error.to_string(), now).await?;
                }
                if rest.is_some() {
                    note_trouble(&self.context, action.account_id, &error).await?;
                }
            }
        }
        self.context.note_settled(action.id);
        Ok(())
    }

    /// Nothing was sent: the look before sending failed.
    async fn wait_out(&self, action: &DueAction, error: &PlatformError) -> Result<(), EngineError> {
        let storage = &self.context.storage;
        let note = error.to_string();
        if let Some(rest) = Context::rest_after(error) {
            // The account's trouble and not this action's: it does not count against it.
            let later = self.context.now().plus(rest);
            storage.delay_action(action.id, &note, later).await?;
            return note_trouble(&self.context, action.account_id, error).await;
        }
        let looks = match error {
            PlatformError::Unavailable { .. } => (action.checks + 1).min(MOST_COUNTED_UNREACHABLE),
            _ => action.checks + 1,
        };
        if looks >= MOST_FAILED_LOOKS {
            let note = format!("looked {looks} times before sending, in vain: {error}");
            return self.refuse(action, &note, AfterRefusal::Review).await;
        }
        let tries = u32::try_from(looks).unwrap_or(u32::MAX);
        let wait = Duration::from_secs(1)
            + backoff::full_jitter(tries, Duration::from_secs(2), Duration::from_secs(120));
        let later = self.context.now().plus(wait);
        storage.postpone_look(action.id, looks, &note, later).await?;
        Ok(())
    }

    /// True when it may be sent. What the platform shows goes through intake too, which cancels what an edit,
    /// a deletion or the team's own answer made pointless.
    async fn recheck(&self, platform: &dyn Platform, action: &DueAction) -> Result<bool, EngineError> {
        let storage = &self.context.storage;
        let now = self.context.now();
        let Some(comment) = platform.comment(&action.comment_platform_id).await? else {
            self.close_gone(action).await?;
            return Ok(false);
        };
        let is_reply = action.kind == ActionKind::Reply;
        let hidden = is_reply && comment.hidden == Some(true);
        // Only what was sent before could be found under a hidden comment.
        let thread = if is_reply && (action.attempts > 0 || !hidden) {
            thread::replies(platform, &action.post_platform_id, &action.target_platform_id).await?
        } else {
            Vec::new()
        };
        if is_reply && action.attempts > 0 && self.has_landed(action, &thread).await? {
            return Ok(false);
        }
        let refusal = match action.overtaken {
            Some(Overtaken::Answered) => Some(("answered on the platform", AfterRefusal::Done)),
            Some(Overtaken::Edited) => Some(("edited by the author", AfterRefusal::Review)),
            None if hidden => Some(("the comment is hidden on the platform", AfterRefusal::Review)),
            None => None,
        };
        if let Some((note, after)) = refusal {
            self.refuse(action, note, after).await?;
            return Ok(false);
        }
        let mut seen = vec![Element::Read(RemoteComment {
            post_id: action.post_platform_id.clone(),
            parent_id: comment.parent_id.clone().or_else(|| {
                (action.target_platform_id != action.comment_platform_id && is_reply)
                    .then(|| action.target_platform_id.clone())
            }),
            replies: Vec::new(),
            ..comment
        })];
        seen.extend(thread);
        let stored = storage
            .store_comments(action.account_id, action.post_id, seen, now)
            .await?;
        note_arrivals(&stored);
        if storage.action_state(action.id).await? != action.state {
            self.settled_meanwhile(action).await?;
            return Ok(false);
        }
        Ok(true)
    }

    /// The comment is gone. Usually that is news, and the action ends with it; when a sweep saw it while the action
    /// was on its way, nothing has ended it yet.
    async fn close_gone(&self, action: &DueAction) -> Result<(), EngineError> {
        let gone = std::slice::from_ref(&action.comment_platform_id);
        self.context
            .storage
            .mark_deleted(action.account_id, gone, self.context.now())
            .await?;
        self.refuse(action, "deleted on the platform", AfterRefusal::Done)
            .await
    }

    /// Whether an earlier send shows in the thread after all, as it was sent or perhaps as the platform changed it.
    /// The action is then settled, and nothing is sent.
    async fn has_landed(
        &self,
        action: &DueAction,
        thread: &[Element<RemoteComment>],
    ) -> Result<bool, EngineError> {
        let sent = Sent::from(action);
        let own = sent.may_be_among(&self.context.storage, thread).await?;
        if let Some(ours) = own.iter().find(|reply| sent.is(reply)) {
            let how = "found by the look before another send";
            let now = self.context.now();
            match self
                .context
                .storage
                .confirm_action(action.id, Some(&ours.id), how, now)
                .await
            {
                Err(StorageError::MovedOn) => self.settled_meanwhile(action).await?,
                confirmed => {
                    confirmed?;
                    self.context.note_settled(action.id);
                    tracing::info!(trace = %action.trace_id, action = %action.id, stage = "confirmed", "{how}");
                }
            }
            return Ok(true);
        }
        thread::complete(thread)?;
        let answered_at = own.iter().map(|reply| reply.published_at).max();
        if let Some(answered_at) = answered_at.filter(|_| action.send_was_lost) {
            let after = AfterRefusal::ReviewOfAnswer(answered_at);
            self.refuse(action, MAY_BE_OURS, after).await?;
            return Ok(true);
        }
        Ok(false)
    }
}

fn wait_before_resend(attempts: i64) -> Duration {
    let tries = u32::try_from(attempts).unwrap_or(u32::MAX);
    Duration::from_millis(500) + backoff::full_jitter(tries, Duration::from_secs(2), Duration::from_secs(300))
}

#[async_trait]
impl Worker for OutboxWorker {
    fn name(&self) -> &'static str {
        "outbox"
    }

    async fn try_next(&self) -> Result<Step, EngineError> {
        // This worker alone sends, and waits for what it sent: what is found as if being sent has lost its sender.
        let interrupted = take_up_interrupted(&self.context, "its outcome could not be written down").await?;
        if interrupted > 0 {
            tracing::warn!(
                interrupted,
                "sends whose outcome was not written down are read back"
            );
        }
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
                .due_actions(self.context.now())
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
