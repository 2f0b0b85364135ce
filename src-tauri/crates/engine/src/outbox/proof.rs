//! What proves, on the platform, that a request whose outcome nobody heard was carried out.

use super::OutboxWorker;
use super::thread::{self, Sent};
use crate::EngineError;
use domain::outbox::Proof;
use domain::ports::{Platform, RemoteComment};
use domain::{PlatformError, PlatformId, text};
use storage::UnknownAction;

/// What a look at the platform told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown {
    /// With the id under which a reply stands there.
    Done(Option<PlatformId>),
    /// A complete read without it.
    NotThere,
    /// The platform shows such a thing nowhere.
    Nowhere,
    /// Nor this; doing it again changes nothing that was done, and the answer tells.
    Repeatable,
}

impl OutboxWorker {
    pub(super) async fn on_platform(
        &self,
        platform: &dyn Platform,
        action: &UnknownAction,
    ) -> Result<Shown, EngineError> {
        if !platform.capabilities().can_look_again {
            return Ok(match action.kind.is_idempotent() {
                true => Shown::Repeatable,
                false => Shown::Nowhere,
            });
        }
        let done = match action.kind.proof() {
            Proof::None => return Ok(Shown::Nowhere),
            Proof::ReplyInThread => return self.reply_in_thread(platform, action).await,
            Proof::Hidden(wanted) => platform
                .comment(&action.comment_platform_id)
                .await?
                .is_some_and(|comment| comment.hidden == Some(wanted)),
            Proof::CommentGone => platform.comment(&action.comment_platform_id).await?.is_none(),
            Proof::ReplyText => {
                let wanted = action.normalised_text.as_deref().unwrap_or_default();
                our_reply(platform, action.reply_platform_id.as_ref())
                    .await?
                    .is_some_and(|reply| text::normalised(&reply.text) == wanted)
            }
            Proof::ReplyGone => our_reply(platform, action.reply_platform_id.as_ref())
                .await?
                .is_none(),
        };
        Ok(if done { Shown::Done(None) } else { Shown::NotThere })
    }

    async fn reply_in_thread(
        &self,
        platform: &dyn Platform,
        action: &UnknownAction,
    ) -> Result<Shown, EngineError> {
        let (post, target) = (&action.post_platform_id, &action.target_platform_id);
        let thread = match thread::replies(platform, post, target).await {
            Ok(thread) => thread,
            // One refusal is no read. When the comment itself is gone, our reply went with it.
            Err(gone @ PlatformError::Gone { .. }) => {
                return match platform.comment(target).await? {
                    None => Ok(Shown::NotThere),
                    Some(_) => Err(gone.into()),
                };
            }
            Err(error) => return Err(error.into()),
        };
        let sent = Sent::from(action);
        let own = sent.may_be_among(&self.context.storage, &thread).await?;
        match own.into_iter().find(|reply| sent.is(reply)) {
            Some(ours) => Ok(Shown::Done(Some(ours.id.clone()))),
            None => {
                thread::complete(&thread)?;
                Ok(Shown::NotThere)
            }
        }
    }
}

/// A reply of ours as the platform shows it now.
pub(super) async fn our_reply(
    platform: &dyn Platform,
    id: Option<&PlatformId>,
) -> Result<Option<RemoteComment>, PlatformError> {
    match id {
        Some(id) => platform.comment(id).await,
        None => Ok(None),
    }
}
