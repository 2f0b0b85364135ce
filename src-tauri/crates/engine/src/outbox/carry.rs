//! One action, or a batch of the same kind, on its way: the look before sending, the intent, the request, the outcome.

use super::proof::our_reply;
use super::thread::{self, Sent};
use super::unknown::is_lost;
use super::{OutboxWorker, read_back};
use crate::intake::{note_arrivals, note_trouble, take_updates};
use crate::{Context, EngineError, backoff};
use contract::{Mode, TraceStage};
use domain::outbox::{MAY_BE_OURS, Overtaken, PRIVATE_REPLY_WITHIN, Proof, not_offered};
use domain::ports::{Element, Platform, RemoteComment};
use domain::{ActionKind, ActionState, PlatformError, PlatformId, ReplyTarget, text};
use std::time::Duration;
use storage::{AfterRefusal, DueAction, Intent, StorageError};

/// Looks before sending that could not be made out, in a row, before a person decides: about a quarter of an hour.
const MOST_FAILED_LOOKS: i64 = 20;
/// A platform out of reach is asked more and more rarely up to here; it may be out of reach for as long as it likes.
const MOST_COUNTED_UNREACHABLE: i64 = 8;
/// A platform that answers looks and turns every write away for this long is believed: a person decides. Sooner, the
/// sends that it turned away do not count, however many an outage of hours makes of them.
pub(super) const TURNED_AWAY_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// Graph API: this comment was answered in private before.
const ALREADY_ANSWERED_IN_PRIVATE: i64 = 10_900;

type Sending = Result<Option<PlatformId>, PlatformError>;

impl OutboxWorker {
    /// Holds are over: look at the platform once more, then send.
    pub(super) async fn carry_out(&self, first: DueAction) -> Result<(), EngineError> {
        if matches!(first.mode, Mode::Off | Mode::Simulate) {
            return self.wait_for_the_mode(&first).await;
        }
        let Ok(platform) = self.context.platform(first.account_id) else {
            let later = self.context.now().plus(Duration::from_secs(15));
            let note = "the account is not connected";
            self.context.storage.delay_action(first.id, note, later).await?;
            return Ok(());
        };
        let platform = platform.as_ref();
        let account = first.account_id;
        let mut ready = Vec::new();
        for action in self.batch(platform, first).await? {
            if self.look_and_release(platform, &action).await? {
                ready.push(action);
            }
            // What is left waits where it is, once the platform stops answering in the middle.
            if self.context.acts_again_at(account).is_some() {
                break;
            }
        }
        // One after the other and right before the request: an intent tells when it can arrive no longer.
        let mut intended = Vec::new();
        for action in ready {
            if self.intend(&action).await? {
                intended.push(action);
            }
        }
        if intended.is_empty() {
            return Ok(());
        }
        let outcomes = self.send(platform, &intended).await;
        let mut trouble = None;
        for (action, outcome) in intended.iter().zip(outcomes) {
            // Before anything else is written: a failure there would leave the others as if they were being sent.
            trouble = self.settle_send(action, outcome).await?.or(trouble);
        }
        match trouble {
            Some(error) => note_trouble(&self.context, account, &error).await,
            None => Ok(()),
        }
    }

    /// What goes by the same call, where the platform takes several comments at once.
    async fn batch(&self, platform: &dyn Platform, first: DueAction) -> Result<Vec<DueAction>, EngineError> {
        let most = match first.kind {
            ActionKind::Hide | ActionKind::Unhide | ActionKind::Delete => {
                platform.capabilities().moderation_batch
            }
            _ => 1,
        };
        let others = u32::try_from(most.saturating_sub(1)).unwrap_or(u32::MAX);
        if others == 0 {
            return Ok(vec![first]);
        }
        let storage = &self.context.storage;
        let more = storage.due_like(&first, self.context.now(), others).await?;
        Ok(std::iter::once(first).chain(more).collect())
    }

    /// True when it may be sent, and then it is ready.
    async fn look_and_release(
        &self,
        platform: &dyn Platform,
        action: &DueAction,
    ) -> Result<bool, EngineError> {
        if let Some(words) = not_offered(action.kind, &platform.capabilities()) {
            self.refuse(action, words, AfterRefusal::Review).await?;
            return Ok(false);
        }
        match self.recheck(platform, action).await {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(EngineError::Platform(error)) => {
                self.wait_out(action, &error).await?;
                return Ok(false);
            }
            Err(error) => return Err(error),
        }
        self.release(action).await
    }

    async fn release(&self, action: &DueAction) -> Result<bool, EngineError> {
        if !matches!(action.state, ActionState::Held | ActionState::RetryWait) {
            return Ok(true);
        }
        let released = self
            .context
            .storage
            .release_hold(action.id, self.context.now())
            .await;
        match released {
            Err(StorageError::MovedOn) => {
                self.settled_meanwhile(action).await?;
                Ok(false)
            }
            released => Ok(released.map(|()| true)?),
        }
    }

    /// True once the intent is on disk: from then on the request counts as if it had left.
    async fn intend(&self, action: &DueAction) -> Result<bool, EngineError> {
        let storage = &self.context.storage;
        match storage.commit_intent(action.id, self.context.now()).await {
            Ok(Intent::Committed(attempt)) => {
                self.context.note_leaving(action.id);
                tracing::info!(trace = %action.trace_id, action = %action.id, attempt, stage = "sending", kind = %action.kind, "intent committed");
                Ok(true)
            }
            Ok(Intent::ModeSendsNothing) => {
                self.wait_for_the_mode(action).await?;
                Ok(false)
            }
            Ok(held_back @ (Intent::SendingStopped | Intent::AccountPaused | Intent::Overtaken)) => {
                tracing::info!(trace = %action.trace_id, action = %action.id, ?held_back, "not sent");
                Ok(false)
            }
            Err(StorageError::MovedOn) => {
                self.settled_meanwhile(action).await?;
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
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

    /// One outcome per action, in order.
    async fn send(&self, platform: &dyn Platform, actions: &[DueAction]) -> Vec<Sending> {
        if let [only] = actions {
            return vec![send_one(platform, only).await];
        }
        let comments: Vec<PlatformId> = actions
            .iter()
            .map(|action| action.comment_platform_id.clone())
            .collect();
        let mut results = match actions.first().map(|action| action.kind) {
            Some(ActionKind::Delete) => platform.delete_many(&comments).await,
            kind => {
                let hidden = kind == Some(ActionKind::Hide);
                platform.set_hidden_many(&comments, hidden).await
            }
        };
        // One that the client tells nothing about may well have been done.
        results.resize_with(actions.len(), || {
            Err(PlatformError::OutcomeUnknown {
                detail: "the platform's client told nothing of it".to_owned(),
            })
        });
        results.into_iter().map(|result| result.map(|()| None)).collect()
    }

    /// Writes the outcome down. Returns what it says of the account as a whole.
    async fn settle_send(
        &self,
        action: &DueAction,
        sent: Sending,
    ) -> Result<Option<PlatformError>, EngineError> {
        let lost = sent.as_ref().is_err_and(is_lost);
        let concerns_account = self.write_down(action, sent).await?;
        if !lost {
            self.context.note_settled(action.id);
        }
        Ok(concerns_account)
    }

    async fn write_down(
        &self,
        action: &DueAction,
        sent: Sending,
    ) -> Result<Option<PlatformError>, EngineError> {
        let storage = &self.context.storage;
        let now = self.context.now();
        match sent {
            Ok(reply) => {
                self.confirm(action, reply.as_ref(), "accepted").await?;
                Ok(None)
            }
            Err(error) if is_lost(&error) => {
                let check_at = read_back(&self.context).first_look(now);
                storage
                    .lose_outcome(action.id, &error.to_string(), check_at, now)
                    .await?;
                tracing::warn!(trace = %action.trace_id, action = %action.id, stage = "unknown", %error, "the outcome is not known; the platform is read before anything else");
                Ok(None)
            }
            Err(PlatformError::Refused { code, .. }) if was_sent_before(action, code) => {
                let how = "the platform says that it was sent already";
                self.confirm(action, None, how).await?;
                Ok(None)
            }
            // What is gone needs no taking away.
            Err(PlatformError::Gone { .. }) if action.kind == ActionKind::DeleteReply => {
                self.confirm(action, None, "the reply is not there any more")
                    .await?;
                Ok(None)
            }
            Err(error @ (PlatformError::Refused { .. } | PlatformError::Gone { .. })) => {
                storage.fail_action(action.id, &error.to_string(), now).await?;
                tracing::warn!(trace = %action.trace_id, action = %action.id, stage = "failed", %error, "refused for good");
                Ok(None)
            }
            Err(error) => self.refused_for_now(action, error).await,
        }
    }

    async fn confirm(
        &self,
        action: &DueAction,
        reply: Option<&PlatformId>,
        how: &str,
    ) -> Result<(), EngineError> {
        let now = self.context.now();
        self.context
            .storage
            .confirm_action(action.id, reply, how, now)
            .await?;
        self.context.hub().monitor().finished(TraceStage::Post, 1);
        tracing::info!(trace = %action.trace_id, action = %action.id, stage = "confirmed", kind = %action.kind, "{how}");
        Ok(())
    }

    async fn refused_for_now(
        &self,
        action: &DueAction,
        error: PlatformError,
    ) -> Result<Option<PlatformError>, EngineError> {
        let storage = &self.context.storage;
        let now = self.context.now();
        let rest = Context::rest_after(&error);
        let note = error.to_string();
        let again = self.context.acts_again_at(action.account_id);
        let at = match (rest, again) {
            (Some(rest), _) => now.plus(rest),
            (None, Some((until, _))) => until,
            (None, None) => now.plus(wait_before_resend(action.attempts)),
        };
        storage.retry_action(action.id, &note, at, now).await?;
        tracing::warn!(trace = %action.trace_id, action = %action.id, stage = "retry_wait", %error, "refused for now");
        let most = i64::from(self.context.settings_now().outbox.most_attempts);
        let since = action.first_intent_at.unwrap_or(now);
        if rest.is_none() && action.attempts + 1 >= most && now.since(since) >= TURNED_AWAY_FOR {
            storage.fail_action(action.id, &note, now).await?;
        }
        Ok(rest.is_some().then_some(error))
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
        if let Some((until, _)) = self.context.acts_again_at(action.account_id) {
            // Its host does not answer anybody.
            storage.delay_action(action.id, &note, until).await?;
            return Ok(());
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
        if !platform.capabilities().can_look_again {
            return self.recheck_by_what_is_told(platform, action).await;
        }
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
        let too_late = action.kind == ActionKind::PrivateReply
            && now.since(comment.published_at) >= PRIVATE_REPLY_WITHIN;
        let refusal = match action.overtaken {
            Some(Overtaken::Answered) => Some(("answered on the platform", AfterRefusal::Done)),
            Some(Overtaken::Edited) => Some(("edited by the author", AfterRefusal::Review)),
            None if hidden => Some(("the comment is hidden on the platform", AfterRefusal::Review)),
            None if too_late => Some((
                "a private reply is possible within seven days of the comment",
                AfterRefusal::Review,
            )),
            None => None,
        };
        if let Some((note, after)) = refusal {
            self.refuse(action, note, after).await?;
            return Ok(false);
        }
        if action.kind.is_about_a_reply() && self.reply_needs_nothing(platform, action).await? {
            return Ok(false);
        }
        let mut seen = vec![Element::Read(RemoteComment {
            post_id: action.post_platform_id.clone(),
            parent_id: comment.parent_id.clone().or_else(|| {
                (action.target_platform_id != action.comment_platform_id)
                    .then(|| action.target_platform_id.clone())
            }),
            replies: Vec::new(),
            ..comment
        })];
        seen.extend(thread);
        let stored = storage
            .store_comments(action.account_id, action.post_id, seen, now)
            .await?;
        note_arrivals(&self.context, &stored);
        if storage.action_state(action.id).await? != action.state {
            self.settled_meanwhile(action).await?;
            return Ok(false);
        }
        Ok(true)
    }

    /// Where nothing can be read a second time, what the platform has told by now is taken in, which cancels what an edit
    /// or the team's own answer made pointless. Of a deletion only the answer to the write tells.
    async fn recheck_by_what_is_told(
        &self,
        platform: &dyn Platform,
        action: &DueAction,
    ) -> Result<bool, EngineError> {
        take_updates(&self.context, action.account_id, platform, Duration::ZERO).await?;
        let refusal = match action.overtaken {
            Some(Overtaken::Answered) => Some(("answered on the platform", AfterRefusal::Done)),
            Some(Overtaken::Edited) => Some(("edited by the author", AfterRefusal::Review)),
            None => None,
        };
        if let Some((note, after)) = refusal {
            self.refuse(action, note, after).await?;
            return Ok(false);
        }
        if self.context.storage.action_state(action.id).await? != action.state {
            self.settled_meanwhile(action).await?;
            return Ok(false);
        }
        Ok(true)
    }

    /// A reply of ours that is to be edited or taken away: whether it is as asked for already, or not there to be
    /// edited. The action is then settled, and nothing is sent.
    async fn reply_needs_nothing(
        &self,
        platform: &dyn Platform,
        action: &DueAction,
    ) -> Result<bool, EngineError> {
        let reply = our_reply(platform, action.reply_platform_id.as_ref()).await?;
        let wanted = action.normalised_text.as_deref().unwrap_or_default();
        let done = match (&reply, action.kind.proof()) {
            (None, Proof::ReplyText) => {
                let note = "the reply is not on the platform any more";
                self.refuse(action, note, AfterRefusal::Review).await?;
                return Ok(true);
            }
            (None, _) => true,
            (Some(reply), Proof::ReplyText) => text::normalised(&reply.text) == wanted,
            (Some(_), _) => false,
        };
        if done && self.release(action).await? {
            self.confirm_early(action, None, "the platform shows it so already")
                .await?;
        }
        Ok(done)
    }

    /// The comment is gone. Usually that is news, and the action ends with it; when a sweep saw it while the action
    /// was on its way, nothing has ended it yet. A removal whose outcome was lost is what removed it.
    async fn close_gone(&self, action: &DueAction) -> Result<(), EngineError> {
        if action.kind.proof() == Proof::CommentGone && action.send_was_lost {
            let how = "found gone by the look before another send";
            return self.confirm_early(action, None, how).await;
        }
        let gone = std::slice::from_ref(&action.comment_platform_id);
        self.context
            .storage
            .mark_deleted(action.account_id, gone, self.context.now())
            .await?;
        self.refuse(action, "deleted on the platform", AfterRefusal::Done)
            .await
    }

    /// Without another send; unless it was settled meanwhile.
    async fn confirm_early(
        &self,
        action: &DueAction,
        reply: Option<&PlatformId>,
        how: &str,
    ) -> Result<(), EngineError> {
        match self.confirm(action, reply, how).await {
            Err(EngineError::Storage(StorageError::MovedOn)) => self.settled_meanwhile(action).await,
            confirmed => confirmed,
        }
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
            self.confirm_early(action, Some(&ours.id), how).await?;
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

async fn send_one(platform: &dyn Platform, action: &DueAction) -> Sending {
    let comment = &action.comment_platform_id;
    let words = action.text.as_deref().unwrap_or_default();
    let reply = || {
        action
            .reply_platform_id
            .as_ref()
            .ok_or_else(|| PlatformError::Refused {
                code: 0,
                detail: "where the reply stands on the platform is not known".to_owned(),
            })
    };
    match action.kind {
        ActionKind::Reply => {
            let target = match platform.capabilities().replies_to {
                ReplyTarget::TopLevelOnly => &action.target_platform_id,
                ReplyTarget::Any => comment,
            };
            platform.reply(target, words).await.map(Some)
        }
        ActionKind::Hide => platform.set_hidden(comment, true).await.map(|()| None),
        ActionKind::Unhide => platform.set_hidden(comment, false).await.map(|()| None),
        ActionKind::Delete => platform.delete(comment).await.map(|()| None),
        ActionKind::Ban => platform.ban(comment).await.map(|()| None),
        ActionKind::PrivateReply => platform.private_reply(comment, words).await.map(Some),
        ActionKind::EditReply => platform.edit_reply(reply()?, words).await.map(|()| None),
        ActionKind::DeleteReply => platform.delete(reply()?).await.map(|()| None),
    }
}

/// After a send whose outcome was lost, the platform's refusal of a second private reply tells of the first.
fn was_sent_before(action: &DueAction, code: i64) -> bool {
    action.kind == ActionKind::PrivateReply && action.send_was_lost && code == ALREADY_ANSWERED_IN_PRIVATE
}

pub(super) fn wait_before_resend(attempts: i64) -> Duration {
    let tries = u32::try_from(attempts).unwrap_or(u32::MAX);
    Duration::from_millis(500) + backoff::full_jitter(tries, Duration::from_secs(2), Duration::from_secs(300))
}
