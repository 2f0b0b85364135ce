//! What a person does on the platform besides approving: moderation, private and changed replies, taking back, and
//! settling what nobody heard the end of. Everything goes through the outbox; what the platform cannot do is refused
//! here, before it is queued.

use crate::outbox::{FOR_A_PERSON, OutboxWorker, Verdict};
use crate::{Engine, EngineError};
use contract::{ActionView, CommentOptions, RemovalView, StandingReplyView, TraceStage, UnknownView};
use domain::outbox::{PRIVATE_REPLY_WITHIN, not_offered};
use domain::{AccountId, ActionId, ActionKind, ActionState, Capabilities, CommentId, Timestamp};
use std::time::Duration;
use storage::{ActionRow, NewAction, StandingReply, StorageError};

/// A person waits this long for the account's turn, which a platform that hangs may hold.
pub(crate) const TURN_WITHIN: Duration = Duration::from_secs(5);

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

    /// What the platform offers for this comment now; nothing while its account is not connected.
    pub async fn options(&self, id: CommentId) -> Result<CommentOptions, EngineError> {
        let context = self.context();
        let comment = context.storage.comment_row(id).await?;
        let mut options = CommentOptions {
            comment_id: id.0,
            removal: RemovalView::None,
            can_ban: false,
            private_reply_until: None,
            standing_reply: None,
        };
        let Ok(platform) = context.platform(AccountId(comment.account_id)) else {
            return Ok(options);
        };
        let can = platform.capabilities();
        options.removal = can.can_delete_others.into();
        options.can_ban = can.can_ban;
        let until = Timestamp(comment.published_at).plus(PRIVATE_REPLY_WITHIN);
        options.private_reply_until = (can.can_private_reply && context.now() < until).then_some(until.0);
        let standing = context.storage.standing_reply(id).await?;
        options.standing_reply = standing.map(|reply| StandingReplyView {
            action_id: reply.id.0,
            text: reply.text,
            edits_in_place: can.can_edit_own_reply,
        });
        Ok(options)
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

    /// What is known about an action whose outcome is not.
    pub async fn unknown(&self, id: ActionId) -> Result<UnknownView, EngineError> {
        let context = self.context();
        let storage = &context.storage;
        let view = storage.action_view(id).await?;
        let Some(action) = storage.unknown_action(id).await? else {
            return Err(StorageError::MovedOn.into());
        };
        let now = context.now();
        // Half of what is set then: the clock has gone on since.
        let looks_no_more = now.plus(FOR_A_PERSON / 2).0;
        Ok(UnknownView {
            action_id: id.0,
            sent_at: action.first_intent_at.unwrap_or(now).0,
            looks: u32::try_from(action.checks).unwrap_or(u32::MAX),
            note: view.note,
            next_look_at: Some(view.due_at).filter(|due_at| *due_at < looks_no_more),
            settled_at: OutboxWorker::new(context.clone()).absence_counts_from(&action).0,
            permalink: storage.permalink_of(action.comment_id).await?,
            now: now.0,
        })
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
        context.hub().monitor().finished(TraceStage::Review, 1);
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

    pub(crate) async fn account_of(&self, comment: CommentId) -> Result<AccountId, EngineError> {
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

pub(crate) fn refuse_too_long(text: &str, capabilities: &Capabilities) -> Result<(), EngineError> {
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
