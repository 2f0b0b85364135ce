//! What can be written besides hiding and deleting: texts, private replies, comments on or off
//! (Instagram Platform, "Comment Moderation" and "Private Replies").

use super::Instagram;
use super::call::{Call, refused_here};
use super::usage::Purpose;
use super::wire::{Created, WireId};
use domain::PlatformId;
use domain::error::PlatformError;
use domain::text::char_count;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct SentMessage {
    message_id: WireId,
}

#[derive(Deserialize)]
struct CommentSwitch {
    is_comment_enabled: Option<bool>,
}

impl Instagram {
    /// A reply or a new comment. Returns its id.
    pub(super) async fn post_text(&self, path: &[&str], text: &str) -> Result<PlatformId, PlatformError> {
        self.require_sendable(text)?;
        let call = Call::write(Method::POST, path, vec![("message", text)]);
        let body = self.caller.write(call).await?;
        let created: Created = serde_json::from_str(&body).map_err(unreadable_answer)?;
        Ok(created.id.into())
    }

    /// One per comment, within seven days; a second one is refused with code 10900.
    pub(super) async fn send_private_reply(
        &self,
        comment: &PlatformId,
        text: &str,
    ) -> Result<PlatformId, PlatformError> {
        self.require_sendable(text)?;
        let path = [self.account().map_or("me", PlatformId::as_str), "messages"];
        let message = json!({"recipient": {"comment_id": comment.as_str()}, "message": {"text": text}});
        let body = self.caller.write(Call::post_json(&path, message)).await?;
        let sent: SentMessage = serde_json::from_str(&body).map_err(unreadable_answer)?;
        Ok(sent.message_id.into())
    }

    /// Verified by reading back, as hiding is: what the answer claims is not asked.
    pub(super) async fn switch_comments(
        &self,
        post: &PlatformId,
        enabled: bool,
    ) -> Result<(), PlatformError> {
        let path = [post.as_str()];
        let wanted = if enabled { "true" } else { "false" };
        self.caller
            .write(Call::write(
                Method::POST,
                &path,
                vec![("comment_enabled", wanted)],
            ))
            .await?;
        let query = vec![("fields", "is_comment_enabled")];
        let read_back = self
            .caller
            .read(Call::get(Purpose::Read, &path, query), |body| {
                let answer: CommentSwitch = serde_json::from_str(body).map_err(|error| error.to_string())?;
                Ok(answer.is_comment_enabled)
            })
            .await;
        match read_back {
            Ok(Some(state)) if state == enabled => Ok(()),
            Ok(Some(_)) => Err(refused_here(
                "the platform took it and left the comments of the post as they were".to_owned(),
            )),
            Ok(None) => Err(PlatformError::OutcomeUnknown {
                detail: "the platform does not say whether the post takes comments".to_owned(),
            }),
            Err(error @ (PlatformError::Gone { .. } | PlatformError::SignedOut { .. })) => Err(error),
            Err(unread) => Err(PlatformError::OutcomeUnknown {
                detail: format!("the state could not be read back: {unread}"),
            }),
        }
    }

    fn require_sendable(&self, text: &str) -> Result<(), PlatformError> {
        let length = char_count(text);
        if text.trim().is_empty() || length > self.max_reply_chars {
            return Err(refused_here(format!(
                "a text has 1 to {} characters, this one {length}",
                self.max_reply_chars
            )));
        }
        Ok(())
    }
}

fn unreadable_answer(error: serde_json::Error) -> PlatformError {
    PlatformError::OutcomeUnknown {
        detail: format!("the answer to what was sent cannot be read: {error}"),
    }
}
