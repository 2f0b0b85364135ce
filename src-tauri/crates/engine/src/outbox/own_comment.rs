//! A comment of the brand's own on its way to its post: the rules of replies, without a comment that it answers.

use super::carry::{TURNED_AWAY_FOR, wait_before_resend};
use super::unknown::{FOR_A_PERSON, is_lost};
use super::{OutboxWorker, absence_counts_from, read_back, thread};
use crate::intake::note_trouble;
use crate::{Context, EngineError, backoff};
use domain::ports::{Element, Platform, RemoteComment};
use domain::{AccountId, ActionState, OutboxEvent, PlatformError, PlatformId, Timestamp, text};
use std::time::Duration;
use storage::{DueOwnComment, Intent, OwnCommentStep, StorageError};

/// Pages of a post's comments that are read for one that was sent; what is newer than it stands before it.
const MOST_PAGES: usize = 400;
const ASK_A_PERSON: &str =
    "nobody heard whether it was posted, and this platform shows it to no app: look at the post there";

/// What a look at the post told.
enum Seen {
    As(PlatformId),
    NotThere,
    /// The platform shows nothing a second time.
    Nowhere,
}

impl OutboxWorker {
    /// One step for one of the account's, true when there was one. The account's turn is held.
    pub(super) async fn carry_own_comment(&self, account: AccountId) -> Result<bool, EngineError> {
        let storage = &self.context.storage;
        let Some(due) = storage.due_own_comment(account, self.context.now()).await? else {
            return Ok(false);
        };
        let done = match due.state {
            ActionState::Sending => self.lost(&due, "its outcome could not be written down").await,
            ActionState::Unknown => self.find_out(&due).await,
            _ if storage.sending_enabled().await? => self.send_own(&due).await,
            _ => return Ok(false),
        };
        match done {
            // A person took it back or settled it between two steps.
            Err(EngineError::Storage(StorageError::MovedOn)) => Ok(true),
            done => done.map(|()| true),
        }
    }

    async fn send_own(&self, due: &DueOwnComment) -> Result<(), EngineError> {
        let Ok(platform) = self.context.platform(due.account_id) else {
            return self
                .wait(due, "the account is not connected", Duration::from_secs(15))
                .await;
        };
        let platform = platform.as_ref();
        if !platform.capabilities().can_comment_on_post {
            let note = "this platform offers no way to comment on a post";
            return self.step(due, OutboxEvent::RecheckRefused, note).await;
        }
        // One that was sent before may have landed late.
        if due.attempts > 0 {
            match self.look_for(platform, due).await {
                Ok(Seen::As(id)) => return self.posted(due, OutboxEvent::FoundOnPlatform, &id).await,
                Ok(Seen::NotThere | Seen::Nowhere) => {}
                Err(EngineError::Platform(error)) => {
                    return self.look_again(due, &error.to_string(), None).await;
                }
                Err(error) => return Err(error),
            }
        }
        let now = self.context.now();
        match self.context.storage.intend_own_comment(due.id, now).await? {
            Intent::Committed(attempt) => {
                self.context.note_leaving(due.id);
                tracing::info!(own_comment = %due.id, attempt, stage = "sending", "intent committed");
            }
            held_back => {
                let note = match held_back {
                    Intent::ModeSendsNothing => "the account's mode sends nothing",
                    Intent::AccountPaused => "a person paused the account",
                    _ => "sending is stopped",
                };
                return self.wait(due, note, Duration::from_secs(60)).await;
            }
        }
        match platform.comment_on(&due.post_platform_id, &due.text).await {
            Ok(id) => self.posted(due, OutboxEvent::Accepted, &id).await,
            Err(error) if is_lost(&error) => self.lost(due, &error.to_string()).await,
            Err(error @ (PlatformError::Refused { .. } | PlatformError::Gone { .. })) => {
                self.context.note_settled(due.id);
                tracing::warn!(own_comment = %due.id, stage = "failed", %error, "refused for good");
                self.step(due, OutboxEvent::RefusedForGood, &error.to_string())
                    .await
            }
            Err(error) => self.own_refused_for_now(due, &error).await,
        }
    }

    async fn own_refused_for_now(
        &self,
        due: &DueOwnComment,
        error: &PlatformError,
    ) -> Result<(), EngineError> {
        self.context.note_settled(due.id);
        let now = self.context.now();
        let rest = Context::rest_after(error);
        let at = match (rest, self.context.acts_again_at(due.account_id)) {
            (Some(rest), _) => now.plus(rest),
            (None, Some((until, _))) => until,
            (None, None) => now.plus(wait_before_resend(due.attempts)),
        };
        let note = error.to_string();
        self.step_at(due, OutboxEvent::RefusedForNow, &note, Some(at))
            .await?;
        tracing::warn!(own_comment = %due.id, stage = "retry_wait", %error, "refused for now");
        let most = i64::from(self.context.settings_now().outbox.most_attempts);
        let since = due.first_intent_at.unwrap_or(now);
        if rest.is_none() && due.attempts + 1 >= most && now.since(since) >= TURNED_AWAY_FOR {
            return self.step(due, OutboxEvent::GaveUp, &note).await;
        }
        match rest {
            Some(_) => note_trouble(&self.context, due.account_id, error).await,
            None => Ok(()),
        }
    }

    async fn find_out(&self, due: &DueOwnComment) -> Result<(), EngineError> {
        let Ok(platform) = self.context.platform(due.account_id) else {
            return self.look_again(due, "the account is not connected", None).await;
        };
        let seen = match self.look_for(platform.as_ref(), due).await {
            Ok(seen) => seen,
            Err(EngineError::Platform(error)) => {
                if Context::rest_after(&error).is_some() {
                    note_trouble(&self.context, due.account_id, &error).await?;
                }
                return self.look_again(due, &error.to_string(), None).await;
            }
            Err(error) => return Err(error),
        };
        match seen {
            Seen::As(id) => self.posted(due, OutboxEvent::FoundOnPlatform, &id).await,
            Seen::Nowhere => {
                let at = self.context.now().plus(FOR_A_PERSON);
                self.look_again(due, ASK_A_PERSON, Some(at)).await
            }
            Seen::NotThere => {
                let from = absence_counts_from(&self.context, due.id, due.intent_at);
                if self.context.now() < from {
                    let why = "not on the platform yet; the request may still arrive";
                    return self.look_again(due, why, Some(from)).await;
                }
                self.send_own_again(due).await
            }
        }
    }

    /// Each send that came to nothing counts: a platform that loses every write is not written to without end.
    async fn send_own_again(&self, due: &DueOwnComment) -> Result<(), EngineError> {
        self.context.note_settled(due.id);
        let at = self.context.now().plus(wait_before_resend(due.attempts));
        let why = "the last send did not arrive";
        self.step_at(due, OutboxEvent::NotOnPlatform, why, Some(at))
            .await?;
        if due.attempts >= i64::from(self.context.settings_now().outbox.most_attempts) {
            let note = format!("sent {} times, and the platform shows none of them", due.attempts);
            return self.step(due, OutboxEvent::GaveUp, &note).await;
        }
        Ok(())
    }

    /// Reads the post's comments, the newest first, down to those that stood there before the first send.
    async fn look_for(&self, platform: &dyn Platform, due: &DueOwnComment) -> Result<Seen, EngineError> {
        if !platform.capabilities().can_look_again {
            return Ok(Seen::Nowhere);
        }
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let page = match platform.comments(&due.post_platform_id, after.as_deref()).await {
                Ok(page) => page,
                // With the post went what stood under it.
                Err(PlatformError::Gone { .. }) => return Ok(Seen::NotThere),
                Err(error) => return Err(error.into()),
            };
            let read: Vec<&RemoteComment> = page
                .items
                .iter()
                .filter_map(|element| match element {
                    Element::Read(comment) => Some(comment),
                    Element::Malformed { .. } => None,
                })
                .collect();
            let ids: Vec<PlatformId> = read.iter().map(|comment| comment.id.clone()).collect();
            let before = self
                .context
                .storage
                .not_by(due.account_id, due.seen_up_to, &ids)
                .await?;
            let ours = read
                .iter()
                .filter(|comment| !before.contains(&comment.id) && is_by(due, comment))
                .find(|comment| text::normalised(&comment.text) == due.normalised_text);
            if let Some(ours) = ours {
                return Ok(Seen::As(ours.id.clone()));
            }
            thread::complete(&page.items)?;
            // A pinned one may stand first whatever its age: only a page without anything new is the end.
            let nothing_new = !ids.is_empty() && ids.iter().all(|id| before.contains(id));
            after = page.next;
            if nothing_new || after.is_none() {
                return Ok(Seen::NotThere);
            }
        }
        Err(PlatformError::Unreadable {
            detail: format!("more than {MOST_PAGES} pages of comments"),
        }
        .into())
    }

    async fn posted(
        &self,
        due: &DueOwnComment,
        event: OutboxEvent,
        id: &PlatformId,
    ) -> Result<(), EngineError> {
        let step = OwnCommentStep {
            posted_as: Some(id),
            ..OwnCommentStep::default()
        };
        let now = self.context.now();
        self.context
            .storage
            .step_own_comment(due.id, event, step, now)
            .await?;
        self.context.note_settled(due.id);
        tracing::info!(own_comment = %due.id, stage = "confirmed", ?event, "posted");
        Ok(())
    }

    async fn lost(&self, due: &DueOwnComment, note: &str) -> Result<(), EngineError> {
        let check_at = read_back(&self.context).first_look(self.context.now());
        tracing::warn!(own_comment = %due.id, stage = "unknown", note, "the outcome is not known; the platform is read before anything else");
        self.step_at(due, OutboxEvent::OutcomeLost, note, Some(check_at))
            .await
    }

    async fn step(&self, due: &DueOwnComment, event: OutboxEvent, note: &str) -> Result<(), EngineError> {
        self.step_at(due, event, note, None).await
    }

    async fn step_at(
        &self,
        due: &DueOwnComment,
        event: OutboxEvent,
        note: &str,
        due_at: Option<Timestamp>,
    ) -> Result<(), EngineError> {
        let step = OwnCommentStep {
            note: Some(note),
            due_at,
            ..OwnCommentStep::default()
        };
        let now = self.context.now();
        Ok(self
            .context
            .storage
            .step_own_comment(due.id, event, step, now)
            .await?)
    }

    async fn wait(&self, due: &DueOwnComment, note: &str, wait: Duration) -> Result<(), EngineError> {
        let until = self.context.now().plus(wait);
        let storage = &self.context.storage;
        Ok(storage
            .postpone_own_comment(due.id, due.checks, note, until)
            .await?)
    }

    async fn look_again(
        &self,
        due: &DueOwnComment,
        why: &str,
        at: Option<Timestamp>,
    ) -> Result<(), EngineError> {
        let now = self.context.now();
        let again = self.context.acts_again_at(due.account_id);
        let at = at.or(again.map(|(until, _)| until)).unwrap_or_else(|| {
            let tries = u32::try_from(due.checks).unwrap_or(u32::MAX);
            now.plus(
                Duration::from_secs(1)
                    + backoff::full_jitter(tries, Duration::from_secs(2), Duration::from_secs(120)),
            )
        });
        let storage = &self.context.storage;
        Ok(storage
            .postpone_own_comment(due.id, due.checks + 1, why, at)
            .await?)
    }
}

fn is_by(due: &DueOwnComment, comment: &RemoteComment) -> bool {
    comment.flagged_own || comment.author_id.as_ref() == Some(&due.account_platform_id)
}
