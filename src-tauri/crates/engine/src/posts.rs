//! What a person does to a post itself: comment under it, or switch its comments on and off.

use crate::acts::{TURN_WITHIN, refuse_too_long};
use crate::{Engine, EngineError};
use contract::{Mode, PostDetail, PostRefusal};
use domain::{OutboxEvent, OwnCommentId, PlatformError, PostId};
use std::time::Duration;
use storage::{OwnCommentStep, PostState, StorageError};

impl Engine {
    pub async fn post(&self, id: PostId) -> Result<PostDetail, EngineError> {
        let context = self.context();
        let state = context.storage.post_state(id).await?;
        let can = context
            .platform(state.account_id)
            .ok()
            .map(|platform| platform.capabilities());
        Ok(PostDetail {
            refused: self.refusal(&state).await?,
            post: state.view,
            account_username: state.account_username,
            comments_enabled: state.comments_enabled,
            can_switch_comments: can.as_ref().is_some_and(|can| can.can_switch_comments),
            can_comment: can.as_ref().is_some_and(|can| can.can_comment_on_post),
            max_chars: can.map_or(0, |can| u32::try_from(can.reply_max_chars).unwrap_or(u32::MAX)),
            own_comments: context.storage.own_comments(id).await?,
            now: context.now().0,
        })
    }

    async fn refusal(&self, state: &PostState) -> Result<Option<PostRefusal>, EngineError> {
        let context = self.context();
        Ok(if context.platform(state.account_id).is_err() {
            Some(PostRefusal::NotConnected)
        } else if context.sending_refused().is_some() || matches!(state.mode, Mode::Off | Mode::Simulate) {
            Some(PostRefusal::SendsNothing)
        } else if state.paused {
            Some(PostRefusal::AccountPaused)
        } else if !context.storage.sending_enabled().await? {
            Some(PostRefusal::SendingStopped)
        } else {
            None
        })
    }

    async fn refuse_where_it_cannot(&self, state: &PostState) -> Result<(), EngineError> {
        let why = match self.refusal(state).await? {
            None => return Ok(()),
            Some(PostRefusal::NotConnected) => "the account is not connected",
            Some(PostRefusal::SendsNothing) => "the account's mode sends nothing",
            Some(PostRefusal::AccountPaused) => "the account is paused",
            Some(PostRefusal::SendingStopped) => "sending is stopped",
        };
        Err(EngineError::Invalid(why.to_owned()))
    }

    /// Asked of the platform at once, and read back there by its client. Doing it twice leaves the post as doing it
    /// once, so an outcome that nobody heard is told and may be asked for again.
    pub async fn set_post_comments(&self, id: PostId, enabled: bool) -> Result<PostDetail, EngineError> {
        let context = self.context();
        let state = context.storage.post_state(id).await?;
        self.refuse_where_it_cannot(&state).await?;
        let platform = context.platform(state.account_id)?;
        if !platform.capabilities().can_switch_comments {
            return Err(EngineError::Invalid(
                "this platform offers no way to switch the comments of a post".to_owned(),
            ));
        }
        let Some(_turn) = context.turn(state.account_id, TURN_WITHIN).await else {
            return Err(PlatformError::Unavailable {
                detail: "the account is busy with another request".to_owned(),
            }
            .into());
        };
        platform.set_comments_enabled(&state.platform_id, enabled).await?;
        context
            .storage
            .switched_comments(id, enabled, context.now())
            .await?;
        tracing::info!(post = %id, enabled, "the comments of a post were switched");
        self.post(id).await
    }

    /// Goes through the outbox, after the hold in which it can be taken back.
    pub async fn comment_on_post(&self, id: PostId, text: &str) -> Result<PostDetail, EngineError> {
        let context = self.context();
        let state = context.storage.post_state(id).await?;
        self.refuse_where_it_cannot(&state).await?;
        let can = context.platform(state.account_id)?.capabilities();
        if !can.can_comment_on_post {
            return Err(EngineError::Invalid(
                "this platform offers no way to comment on a post".to_owned(),
            ));
        }
        let text = text.trim();
        if text.is_empty() {
            return Err(EngineError::Invalid("text = \"\": write something".to_owned()));
        }
        refuse_too_long(text, &can)?;
        let now = context.now();
        let hold = Duration::from_secs(context.settings_now().outbox.hold_seconds.into());
        let queued = context
            .storage
            .queue_own_comment(id, text, now.plus(hold), now)
            .await;
        let queued = match queued {
            Err(StorageError::MovedOn) => {
                return Err(EngineError::Invalid(
                    "the same words are on their way to this post already".to_owned(),
                ));
            }
            queued => queued?,
        };
        tracing::info!(own_comment = %queued, post = %id, stage = "held", "written by a person");
        context.wake();
        self.post(id).await
    }

    /// Before it was sent.
    pub async fn cancel_own_comment(&self, id: OwnCommentId) -> Result<PostDetail, EngineError> {
        self.by_person(id, OutboxEvent::Cancelled, "taken back").await
    }

    /// A person looked at the post, because nobody heard whether the comment was sent.
    pub async fn settle_own_comment(
        &self,
        id: OwnCommentId,
        posted: bool,
    ) -> Result<PostDetail, EngineError> {
        let (event, note) = match posted {
            true => (OutboxEvent::FoundOnPlatform, "a person found it on the platform"),
            false => (
                OutboxEvent::GaveUp,
                "a person gave it up without knowing its outcome",
            ),
        };
        self.by_person(id, event, note).await
    }

    async fn by_person(
        &self,
        id: OwnCommentId,
        event: OutboxEvent,
        note: &str,
    ) -> Result<PostDetail, EngineError> {
        let context = self.context();
        let post = context.storage.own_comment_post(id).await?;
        let step = OwnCommentStep {
            note: Some(note),
            by_person: true,
            ..OwnCommentStep::default()
        };
        context
            .storage
            .step_own_comment(id, event, step, context.now())
            .await?;
        tracing::info!(own_comment = %id, ?event, "{note}");
        self.post(post).await
    }
}
