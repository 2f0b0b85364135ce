//! Writing through the Graph API, as Instagram and Facebook Pages share it. A switch is believed only when it is read
//! back; an answer that cannot be read leaves the outcome open.

use super::call::{Call, Caller};
use super::usage::Purpose;
use super::wire::{Created, Success, WireId};
use crate::http::{refused_here, scrubbed};
use domain::PlatformId;
use domain::error::PlatformError;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

/// A property of an object that is written under one name and read under another.
pub(crate) struct Switch {
    pub parameter: &'static str,
    pub field: &'static str,
    /// Completes "the platform took it and left …".
    pub left: &'static str,
}

#[derive(Deserialize)]
struct SentMessage {
    message_id: WireId,
}

impl Caller {
    /// A reply or a new comment. Returns its id.
    pub async fn post_text(&self, path: &[&str], text: &str) -> Result<PlatformId, PlatformError> {
        let call = Call::write(Method::POST, path, vec![("message", text)]);
        let body = self.write(call).await?;
        let created: Created = serde_json::from_str(&body).map_err(|error| self.unreadable_answer(error))?;
        Ok(created.id.into())
    }

    /// One per comment, within seven days; a second one is refused with code 10900 ("Private Replies"). `sender` is
    /// whoever the token belongs to.
    pub async fn private_reply(
        &self,
        sender: &str,
        comment: &PlatformId,
        text: &str,
    ) -> Result<PlatformId, PlatformError> {
        let path = [sender, "messages"];
        let message = json!({"recipient": {"comment_id": comment.as_str()}, "message": {"text": text}});
        let body = self.write(Call::post_json(&path, message)).await?;
        let sent: SentMessage = serde_json::from_str(&body).map_err(|error| self.unreadable_answer(error))?;
        Ok(sent.message_id.into())
    }

    /// What is gone need not be deleted.
    pub async fn delete(&self, comment: &PlatformId) -> Result<(), PlatformError> {
        let path = [comment.as_str()];
        let body = match self.write(Call::write(Method::DELETE, &path, Vec::new())).await {
            Ok(body) => body,
            Err(PlatformError::Gone { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        match serde_json::from_str(&body) {
            Ok(Success { success: true }) => Ok(()),
            Ok(Success { success: false }) => Err(refused_here("the platform did not delete it".to_owned())),
            Err(error) => Err(self.unreadable_answer(error)),
        }
    }

    /// What the answer claims is not asked: only the state read back counts.
    pub async fn switch(
        &self,
        object: &PlatformId,
        switch: &Switch,
        wanted: bool,
    ) -> Result<(), PlatformError> {
        let path = [object.as_str()];
        let value = if wanted { "true" } else { "false" };
        self.write(Call::write(Method::POST, &path, vec![(switch.parameter, value)]))
            .await?;
        let state = self.read_back(object, switch.field).await?;
        match state.as_bool() {
            Some(state) if state == wanted => Ok(()),
            Some(_) => Err(refused_here(format!(
                "the platform took it and left {}",
                switch.left
            ))),
            None => Err(PlatformError::OutcomeUnknown {
                detail: format!("the platform does not say what \"{}\" is now", switch.field),
            }),
        }
    }

    /// One field of an object that was just written to; `null` where the platform leaves it out.
    pub async fn read_back(&self, object: &PlatformId, field: &str) -> Result<Value, PlatformError> {
        let path = [object.as_str()];
        let call = Call::get(Purpose::Read, &path, vec![("fields", field)]);
        let read = self.read(call, |body| {
            let answer: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
            match answer.is_object() {
                true => Ok(answer[field].clone()),
                false => Err("the answer is no object".to_owned()),
            }
        });
        match read.await {
            Err(error @ (PlatformError::Gone { .. } | PlatformError::SignedOut { .. })) => Err(error),
            Err(unread) => Err(PlatformError::OutcomeUnknown {
                detail: format!("the state could not be read back: {unread}"),
            }),
            state => state,
        }
    }

    fn unreadable_answer(&self, error: serde_json::Error) -> PlatformError {
        let detail = format!("the answer to what was sent cannot be read: {error}");
        PlatformError::OutcomeUnknown {
            detail: scrubbed(&detail, &self.token),
        }
    }
}
