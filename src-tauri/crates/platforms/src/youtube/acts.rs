//! Writing: replies and comments, edits, and removals. What hides and publishes is in [`super::moderation`].

use super::call::{Call, require_ids};
use super::moderation::{Known, Verdict};
use super::wire::{self, thread_of};
use super::{COMMENTS, THREADS, YouTube};
use crate::http::refused_here;
use crate::sendable::require_sendable;
use async_trait::async_trait;
use domain::error::PlatformError;
use domain::ports::ActionSink;
use domain::quota::SpendKind;
use domain::text::normalised;
use domain::{Capabilities, Hiding, PlatformId, Removal};
use reqwest::Method;
use serde_json::json;

impl YouTube {
    /// Only the author's own account may delete; the platform does it or says why not.
    async fn delete_own(&self, comment: &PlatformId) -> Result<(), PlatformError> {
        let call = Call::write(SpendKind::Delete, Method::DELETE, COMMENTS).with("id", comment.as_str());
        match self.caller.write(call).await {
            Ok(_) | Err(PlatformError::Gone { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn unreadable_answer(reason: String) -> PlatformError {
    PlatformError::OutcomeUnknown {
        detail: format!("the answer to what was sent cannot be read: {reason}"),
    }
}

fn only(mut results: Vec<Result<(), PlatformError>>) -> Result<(), PlatformError> {
    results.pop().expect("one comment has one result")
}

#[async_trait]
impl ActionSink for YouTube {
    async fn reply(&self, thread: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        require_sendable(text, self.max_reply_chars)?;
        require_ids(std::slice::from_ref(thread))?;
        let parent = thread_of(thread);
        let call = Call::write(SpendKind::Reply, Method::POST, COMMENTS)
            .with("part", "snippet")
            .body(json!({"snippet": {"parentId": parent.as_str(), "textOriginal": text}}));
        let body = self.caller.write(call).await?;
        let (id, _) = wire::written(&body).map_err(unreadable_answer)?;
        Ok(id)
    }

    /// Hidden is held for review; shown again is published.
    async fn set_hidden(&self, comment: &PlatformId, hidden: bool) -> Result<(), PlatformError> {
        only(self.set_hidden_many(std::slice::from_ref(comment), hidden).await)
    }

    /// Its own comments the account deletes; others' are rejected, which cannot be taken back.
    async fn delete(&self, comment: &PlatformId) -> Result<(), PlatformError> {
        only(self.delete_many(std::slice::from_ref(comment)).await)
    }

    fn max_reply_chars(&self) -> usize {
        self.max_reply_chars
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            can_hide: Some(Hiding { undoable: true }),
            can_delete_others: Removal::Reject { irreversible: true },
            can_ban: true,
            can_edit_own_reply: true,
            can_comment_on_post: true,
            moderation_batch: super::IDS_PER_CALL,
            lists_whole_account: true,
            holds_for_review: true,
            ..Capabilities::replies_only(self.max_reply_chars)
        }
    }

    /// The rejection is read back; whether the author is banned, the platform shows nowhere.
    async fn ban(&self, comment: &PlatformId) -> Result<(), PlatformError> {
        match self.known(std::slice::from_ref(comment)).await?.pop() {
            Some(Known::Own) => Err(refused_here("the account cannot ban itself".to_owned())),
            Some(Known::Gone) | None => Err(PlatformError::Gone {
                detail: "the comment is not there any more".to_owned(),
            }),
            Some(Known::Others) => only(self.moderate(std::slice::from_ref(comment), Verdict::Ban).await),
        }
    }

    async fn edit_reply(&self, reply: &PlatformId, text: &str) -> Result<(), PlatformError> {
        require_sendable(text, self.max_reply_chars)?;
        require_ids(std::slice::from_ref(reply))?;
        let call = Call::write(SpendKind::EditReply, Method::PUT, COMMENTS)
            .with("part", "snippet")
            .body(json!({"id": reply.as_str(), "snippet": {"textOriginal": text}}));
        let body = self.caller.write(call).await?;
        let (_, shown) = wire::written(&body).map_err(unreadable_answer)?;
        match normalised(&shown) == normalised(text) {
            true => Ok(()),
            false => Err(PlatformError::OutcomeUnknown {
                detail: "the platform took the edit and shows another text".to_owned(),
            }),
        }
    }

    async fn comment_on(&self, post: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        require_sendable(text, self.max_reply_chars)?;
        require_ids(std::slice::from_ref(post))?;
        let channel = self.channel_id().await?;
        let call = Call::write(SpendKind::Comment, Method::POST, THREADS)
            .with("part", "snippet")
            .body(json!({"snippet": {
                "channelId": channel.as_str(),
                "videoId": post.as_str(),
                "topLevelComment": {"snippet": {"textOriginal": text}},
            }}));
        let body = self.caller.write(call).await?;
        let (id, _) = wire::written(&body).map_err(unreadable_answer)?;
        Ok(id)
    }

    async fn set_hidden_many(&self, comments: &[PlatformId], hidden: bool) -> Vec<Result<(), PlatformError>> {
        let verdict = if hidden { Verdict::Hold } else { Verdict::Publish };
        self.moderate(comments, verdict).await
    }

    async fn delete_many(&self, comments: &[PlatformId]) -> Vec<Result<(), PlatformError>> {
        let known = match self.known(comments).await {
            Ok(known) => known,
            Err(error) => return comments.iter().map(|_| Err(error.clone())).collect(),
        };
        let others: Vec<PlatformId> = comments
            .iter()
            .zip(&known)
            .filter(|(_, known)| matches!(known, Known::Others))
            .map(|(id, _)| id.clone())
            .collect();
        let mut rejected = self.moderate(&others, Verdict::Reject).await.into_iter();
        let mut results = Vec::with_capacity(comments.len());
        for (comment, known) in comments.iter().zip(&known) {
            results.push(match known {
                Known::Gone => Ok(()),
                Known::Own => self.delete_own(comment).await,
                Known::Others => match rejected.next().expect("one result per rejected comment") {
                    Err(PlatformError::Gone { .. }) => Ok(()),
                    result => result,
                },
            });
        }
        results
    }
}
