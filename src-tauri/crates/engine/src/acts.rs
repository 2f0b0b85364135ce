//! What a person does on the platform besides approving: moderation, private and changed replies, taking back, and
//! settling what nobody heard the end of. Everything goes through the outbox; what the platform cannot do is refused
//! here, before it is queued.

use crate::outbox::{OutboxWorker, Verdict};
use crate::{Engine, EngineError};
use contract::ActionView;
use domain::outbox::{PRIVATE_REPLY_WITHIN, not_offered};
use domain::{AccountId, ActionId, ActionKind, ActionState, Capabilities, CommentId, Timestamp};
use std::time::Duration;
use storage::{ActionRow, NewAction, StandingReply, StorageError};

/// A person waits this long for the account's turn, which a platform that hangs may hold.
const TURN_WITHIN: Duration = Duration::from_secs(5);

/// What is to be done to a comment.
pub(crate) struct Asked {
    pub comment: CommentId,
    pub version: i64,
    pub kind: ActionKind,
    pub text: Option<String>,
    /// The reply that is replaced, edited or taken away.
    pub reply: Option<ActionId>,
}

impl Engine {
    pub async fn hide(&self, id: CommentId, version: i64) -> Result<ActionView, EngineError> {
        self.queue(asked(id, version, ActionKind::Hide)).await
    }

    pub async fn unhide(&self, id: CommentId, version: i64) -> Result<ActionView, EngineError> {
        self.queue(asked(id, version, ActionKind::Unhide)).await
    }

    /// Cannot be taken back: the window asks before.
    pub async fn delete(&self, id: CommentId, version: i64) -> Result<ActionView, EngineError> {
        self.queue(asked(id, version, ActionKind::Delete)).await
    }

    /// Removes the comment too. Cannot be taken back: the window asks before.
    pub async fn ban(&self, id: CommentId, version: i64) -> Result<ActionView, EngineError> {
        self.queue(asked(id, version, ActionKind::Ban)).await
    }

    /// Once per comment, within seven days of it.
    pub async fn reply_privately(
        &self,
        id: CommentId,
        version: i64,
        text: &str,
    ) -> Result<ActionView, EngineError> {
        let comment = self.context().storage.comment_row(id).await?;
        let age = self.context().now().since(Timestamp(comment.published_at));
        if age >= PRIVATE_REPLY_WITHIN {
            return Err(EngineError::Invalid(
                "a private reply is possible within seven days of the comment".to_owned(),
            ));
        }
        self.pass_the_guard(id, text).await?;
        self.queue(Asked {
            text: Some(text.trim().to_owned()),
            ..asked(id, version, ActionKind::PrivateReply)
        })
        .await
    }

    /// Puts other words in place of the reply that stands there: by one edit where the platform can change a reply,
    /// otherwise by a new reply, after whose confirmation the old one is taken away.
    pub async fn replace_reply(
        &self,
        id: CommentId,
        version: i64,
        text: &str,
    ) -> Result<ActionView, EngineError> {
        let standing = self.context().storage.standing_reply(id).await?;
        let Some(StandingReply { id: reply, .. }) = standing else {
            return Err(EngineError::Invalid(
                "no reply of ours stands under this comment".to_owned(),
            ));
        };
        self.pass_the_guard(id, text).await?;
        let account = self.account_of(id).await?;
        let capabilities = self.context().platform(account)?.capabilities();
        let kind = match capabilities.can_edit_own_reply {
            true => ActionKind::EditReply,
            false => ActionKind::Reply,
        };
        self.queue(Asked {
            text: Some(text.trim().to_owned()),
            reply: Some(reply),
            ..asked(id, version, kind)
        })
        .await
    }

    /// Takes an action back: before it left by cancelling it, afterwards by its opposite, where the platform has one.
    pub async fn take_back(&self, id: ActionId) -> Result<ActionView, EngineError> {
        let action = self.context().storage.action_row(id).await?;
        if action.state.can_be_undone() {
            return self.cancel_action(id).await;
        }
        if action.state != ActionState::Confirmed {
            return Err(StorageError::TooLate { state: action.state }.into());
        }
        let opposite = action.kind.opposite().ok_or_else(|| for_good(action.kind))?;
        if action.withdrawn {
            return Err(EngineError::Invalid(
                "this reply was taken back already".to_owned(),
            ));
        }
        let comment = self.context().storage.comment_row(action.comment_id).await?;
        self.queue(way_back(&action, opposite, comment.version)).await
    }

    /// Settles an action whose outcome nobody heard. Returns what became of it: a look may still not tell.
    pub async fn settle_unknown(&self, id: ActionId, verdict: Verdict) -> Result<ActionView, EngineError> {
        let context = self.context();
        let account = context.storage.action_row(id).await?.account_id;
        let Some(_turn) = context.turn(account, TURN_WITHIN).await else {
            return Err(EngineError::Invalid(
                "the outbox is at work for this account; try again in a moment".to_owned(),
            ));
        };
        // Read under the turn: nobody sends it again between this look and what is written down of it.
        let Some(action) = context.storage.unknown_action(id).await? else {
            return Err(StorageError::MovedOn.into());
        };
        OutboxWorker::new(context.clone())
            .settle(&action, verdict)
            .await?;
        Ok(context.storage.action_view(id).await?)
    }

    pub(crate) async fn queue(&self, asked: Asked) -> Result<ActionView, EngineError> {
        self.refuse_where_nothing_is_sent()?;
        self.refuse_what_is_not_offered(&asked).await?;
        // Read before: the outbox may take the action up while this would still look.
        let trace = self.trace_of(asked.comment).await;
        let context = self.context();
        let now = context.now();
        let hold = Duration::from_secs(context.settings_now().outbox.hold_seconds.into());
        let action = context
            .storage
            .queue_action(NewAction {
                comment_id: asked.comment,
                version: asked.version,
                kind: asked.kind,
                text: asked.text,
                reply: asked.reply,
                requested_by: "person".to_owned(),
                due_at: now.plus(hold),
                now,
            })
            .await?;
        tracing::info!(
            trace,
            action = action.id,
            comment = action.comment_id,
            kind = action.kind,
            stage = "held",
            "approved by a person"
        );
        context.wake();
        Ok(action)
    }

    /// An account that is not connected is asked when it is: the look before sending asks again anyway.
    async fn refuse_what_is_not_offered(&self, asked: &Asked) -> Result<(), EngineError> {
        let account = self.account_of(asked.comment).await?;
        let Ok(platform) = self.context().platform(account) else {
            return Ok(());
        };
        let capabilities = platform.capabilities();
        if let Some(words) = not_offered(asked.kind, &capabilities) {
            return Err(EngineError::Invalid(words.to_owned()));
        }
        match asked.text.as_deref() {
            Some(text) => refuse_too_long(text, &capabilities),
            None => Ok(()),
        }
    }

    async fn account_of(&self, comment: CommentId) -> Result<AccountId, EngineError> {
        let row = self.context().storage.comment_row(comment).await?;
        Ok(AccountId(row.account_id))
    }

    pub(crate) async fn pass_the_guard(&self, id: CommentId, text: &str) -> Result<(), EngineError> {
        let report = self.guard(id, text).await?;
        match report.findings.is_empty() {
            true => Ok(()),
            false => Err(EngineError::Guard(Box::new(report))),
        }
    }
}

fn refuse_too_long(text: &str, capabilities: &Capabilities) -> Result<(), EngineError> {
    let (length, most) = (domain::text::char_count(text), capabilities.reply_max_chars);
    match length > most {
        true => Err(EngineError::Invalid(format!(
            "text = {length} characters: this platform takes {most}"
        ))),
        false => Ok(()),
    }
}

pub(crate) fn asked(comment: CommentId, version: i64, kind: ActionKind) -> Asked {
    Asked {
        comment,
        version,
        kind,
        text: None,
        reply: None,
    }
}

fn way_back(action: &ActionRow, opposite: ActionKind, version: i64) -> Asked {
    let (text, reply) = match opposite {
        ActionKind::DeleteReply => (None, Some(action.id)),
        ActionKind::EditReply => (action.text_before.clone(), action.reply),
        _ => (None, None),
    };
    Asked {
        text,
        reply,
        ..asked(action.comment_id, version, opposite)
    }
}

fn for_good(kind: ActionKind) -> EngineError {
    let words = match kind {
        ActionKind::Ban => "a ban can be lifted only on the platform itself",
        ActionKind::PrivateReply => "a private message cannot be taken back",
        _ => "what was deleted on the platform cannot be brought back",
    };
    EngineError::Invalid(words.to_owned())
}
