//! Outcomes that nobody heard: read back by the outbox, or settled by a person.

use super::proof::Shown;
use super::{OutboxWorker, absence_counts_from};
use crate::intake::note_trouble;
use crate::{Context, EngineError, backoff};
use contract::TraceStage;
use domain::{ActionKind, PlatformError, Timestamp};
use std::time::Duration;
use storage::{StorageError, Told, UnknownAction};

/// What the platform shows nowhere is looked for nowhere: until a person decides, it is not due for anything.
pub(crate) const FOR_A_PERSON: Duration = Duration::from_secs(365 * 24 * 60 * 60);
const ASK_ABOUT_MESSAGE: &str = "nobody heard whether the private reply was sent, and it cannot be read back: look at the messages on the platform";
const ASK_ABOUT_REPLY: &str =
    "nobody heard whether the reply was sent, and this platform shows it to no app: look at the thread there";

fn ask_a_person(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::PrivateReply => ASK_ABOUT_MESSAGE,
        _ => ASK_ABOUT_REPLY,
    }
}

/// What a person does about an outcome that nobody heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Read the platform now.
    LookNow,
    /// The person saw it there.
    Posted,
    /// Only after a complete read that does not show it; where the platform shows nothing a second time, the person's
    /// own look is that read.
    SendAgain,
    GiveUp,
}

impl OutboxWorker {
    pub(super) async fn resolve(&self, action: UnknownAction) -> Result<(), EngineError> {
        let Ok(platform) = self.context.platform(action.account_id) else {
            return self.look_later(&action, "the account is not connected").await;
        };
        let settled = match self.on_platform(platform.as_ref(), &action).await {
            Ok(shown) => self.believe(&action, shown).await,
            Err(EngineError::Platform(error)) => {
                if Context::rest_after(&error).is_some() {
                    note_trouble(&self.context, action.account_id, &error).await?;
                }
                self.look_later(&action, &error.to_string()).await
            }
            Err(error) => Err(error),
        };
        match settled {
            // A person settled it while it was being looked for.
            Err(EngineError::Storage(StorageError::MovedOn)) => Ok(()),
            settled => settled,
        }
    }

    async fn believe(&self, action: &UnknownAction, shown: Shown) -> Result<(), EngineError> {
        let storage = &self.context.storage;
        let now = self.context.now();
        match shown {
            Shown::Done(reply) => {
                tracing::info!(trace = %action.trace_id, action = %action.id, stage = "confirmed", "found on the platform by reading back");
                storage
                    .confirm_action(action.id, reply.as_ref(), "read back", now)
                    .await?;
                self.context.hub().monitor().finished(TraceStage::Post, 1);
                self.context.note_settled(action.id);
            }
            Shown::Nowhere => {
                tracing::warn!(trace = %action.trace_id, action = %action.id, stage = "unknown", "a person has to decide: it cannot be read back");
                let at = now.plus(FOR_A_PERSON);
                let why = ask_a_person(action.kind);
                storage.postpone_check(action.id, why, at, now).await?;
            }
            Shown::NotThere | Shown::Repeatable => {
                let counts_from = self.absence_counts_from(action);
                if now < counts_from {
                    let why = match shown {
                        Shown::Repeatable => "the request may still arrive; then it is asked for once more",
                        _ => "not on the platform yet; the request may still arrive",
                    };
                    storage.postpone_check(action.id, why, counts_from, now).await?;
                    return Ok(());
                }
                tracing::info!(trace = %action.trace_id, action = %action.id, ?shown, "looked for: it may be sent again");
                self.send_again_later(action).await?;
            }
        }
        Ok(())
    }

    /// From then on the last request can arrive no longer.
    pub(crate) fn absence_counts_from(&self, action: &UnknownAction) -> Timestamp {
        absence_counts_from(&self.context, action.id, action.intent_at)
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
        let at = now.plus(super::carry::wait_before_resend(action.attempts));
        storage
            .delay_action(action.id, "the last send did not arrive", at)
            .await?;
        Ok(())
    }

    async fn look_later(&self, action: &UnknownAction, why: &str) -> Result<(), EngineError> {
        let now = self.context.now();
        let again = self.context.acts_again_at(action.account_id);
        let at = again.map_or_else(
            || {
                let tries = u32::try_from(action.checks).unwrap_or(u32::MAX);
                now.plus(
                    Duration::from_secs(1)
                        + backoff::full_jitter(tries, Duration::from_secs(2), Duration::from_secs(120)),
                )
            },
            |(until, _)| until,
        );
        self.context
            .storage
            .postpone_check(action.id, why, at, now)
            .await?;
        Ok(())
    }

    /// The account's turn is held by the caller.
    pub(crate) async fn settle(&self, action: &UnknownAction, verdict: Verdict) -> Result<(), EngineError> {
        match verdict {
            Verdict::Posted => self.tell(action, Told::Posted).await,
            Verdict::GiveUp => {
                // Another reply that is asked for next must be able to find this one.
                self.require_no_arrival(action)?;
                self.tell(action, Told::GivenUp).await
            }
            Verdict::LookNow => match self.look(action).await? {
                Shown::Nowhere => Err(EngineError::Invalid(ask_a_person(action.kind).to_owned())),
                shown => self.believe(action, shown).await,
            },
            Verdict::SendAgain => self.send_again(action).await,
        }
    }

    async fn look(&self, action: &UnknownAction) -> Result<Shown, EngineError> {
        let platform = self.context.platform(action.account_id)?;
        self.on_platform(platform.as_ref(), action).await
    }

    async fn tell(&self, action: &UnknownAction, told: Told) -> Result<(), EngineError> {
        let now = self.context.now();
        self.context.storage.tell_outcome(action.id, told, now).await?;
        tracing::info!(trace = %action.trace_id, action = %action.id, ?told, "a person settled the outcome");
        Ok(())
    }

    /// Everything is looked for that can be. A private reply is refused by the platform itself when it was sent before;
    /// of what else is shown nowhere, the person's own look is the only one.
    async fn send_again(&self, action: &UnknownAction) -> Result<(), EngineError> {
        if action.kind != ActionKind::PrivateReply
            && let done @ Shown::Done(_) = self.look(action).await?
        {
            return self.believe(action, done).await;
        }
        self.require_no_arrival(action)?;
        let storage = &self.context.storage;
        let now = self.context.now();
        let details = serde_json::json!({ "kind": action.kind });
        storage
            .record(
                "person",
                "asked_to_send_again",
                Some(action.comment_id),
                Some(action.id),
                details,
                now,
            )
            .await?;
        storage.not_on_platform(action.id, now).await?;
        tracing::info!(trace = %action.trace_id, action = %action.id, stage = "ready", "to be sent again, as a person asked");
        self.context.wake();
        Ok(())
    }

    fn require_no_arrival(&self, action: &UnknownAction) -> Result<(), EngineError> {
        let now = self.context.now();
        let from = self.absence_counts_from(action);
        if now < from {
            return Err(EngineError::Invalid(format!(
                "the request may still arrive; ask again in {} s",
                from.since(now).as_secs() + 1
            )));
        }
        Ok(())
    }
}

/// Nobody answered, or not in the documented shape.
pub(super) fn is_lost(error: &PlatformError) -> bool {
    matches!(
        error,
        PlatformError::OutcomeUnknown { .. } | PlatformError::Unreadable { .. }
    )
}
