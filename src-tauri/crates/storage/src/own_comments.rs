//! Comments that the brand posts under its own posts, by the same states as actions.

use crate::activity::Entry;
use crate::convert::{mode, parsed};
use crate::pool::Result;
use crate::write::Write;
use crate::{Intent, Storage, StorageError};
use contract::{Mode, OwnCommentView, PostView};
use domain::outbox::next_state;
use domain::{AccountId, ActionState, OutboxEvent, OwnCommentId, PlatformId, PostId, Timestamp, text};
use serde_json::json;
use sqlx::Connection;

/// Of a post, the live ones and the newest others.
const MOST_SHOWN: i64 = 20;
/// Put off for longer than this, an outcome is a person's to find out.
const FOR_A_PERSON_MS: i64 = 180 * 24 * 60 * 60 * 1000;

/// A comment for which there is something to do: to send, or to find out whether it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueOwnComment {
    pub id: OwnCommentId,
    pub account_id: AccountId,
    pub account_platform_id: PlatformId,
    pub post_platform_id: PlatformId,
    pub text: String,
    pub normalised_text: String,
    pub state: ActionState,
    pub attempts: i64,
    pub checks: i64,
    pub intent_at: Option<Timestamp>,
    pub first_intent_at: Option<Timestamp>,
    pub seen_up_to: Option<i64>,
}

/// One that is neither posted nor given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveOwnComment {
    pub account_id: AccountId,
    pub state: String,
    /// Nothing here can find out what became of it.
    pub waits_for_a_person: bool,
}

/// What goes with a step of the state machine.
#[derive(Debug, Clone, Default)]
pub struct OwnCommentStep<'a> {
    pub note: Option<&'a str>,
    pub due_at: Option<Timestamp>,
    /// Where it stands on the platform.
    pub posted_as: Option<&'a PlatformId>,
    /// `engine` unless a person did it.
    pub by_person: bool,
}

/// A post with what decides what can be done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostState {
    pub view: PostView,
    pub account_id: AccountId,
    pub account_username: String,
    pub platform_id: PlatformId,
    pub mode: Mode,
    /// A person paused its account.
    pub paused: bool,
    pub comments_enabled: Option<bool>,
}

impl Storage {
    pub async fn post_state(&self, post: PostId) -> Result<PostState> {
        let row = sqlx::query!(
            r#"select p.id as "id!", p.caption, p.kind, p.permalink, p.published_at, p.comments_count, p.like_count,
                      p.platform_id, p.comments_enabled, p.account_id, acc.username, acc.mode,
                      exists (select 1 from account_pause s where s.account_id = acc.id) as "paused!: bool"
               from post p join account acc on acc.id = p.account_id where p.id = ?"#,
            post.0
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(PostState {
            view: PostView {
                id: row.id,
                caption: row.caption,
                kind: row.kind,
                permalink: row.permalink,
                published_at: row.published_at,
                comments_count: row.comments_count,
                like_count: row.like_count,
            },
            account_id: AccountId(row.account_id),
            account_username: row.username,
            platform_id: PlatformId(row.platform_id),
            mode: mode(&row.mode)?,
            paused: row.paused,
            comments_enabled: row.comments_enabled.map(|on| on != 0),
        })
    }

    /// A person switched them, and the platform shows it so.
    pub async fn switched_comments(&self, post: PostId, enabled: bool, now: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query!(
            "update post set comments_enabled = ? where id = ?",
            enabled,
            post.0
        )
        .execute(write.connection())
        .await?;
        write
            .record(Entry {
                actor: "person",
                verb: if enabled { "comments_on" } else { "comments_off" },
                comment: None,
                action: None,
                details: json!({ "post": post }),
                at: now,
            })
            .await?;
        write.changes.outbox = true;
        write.commit().await
    }

    /// Waits for its hold to pass. The same words that are on their way to the same post already are refused.
    pub async fn queue_own_comment(
        &self,
        post: PostId,
        words: &str,
        due_at: Timestamp,
        now: Timestamp,
    ) -> Result<OwnCommentId> {
        let mut write = self.write().await?;
        let normalised = text::normalised(words);
        let id = sqlx::query_scalar!(
            r#"insert into own_comment (account_id, post_id, text, normalised_text, state, created_at, due_at)
               select account_id, id, ?2, ?3, 'held', ?4, ?5 from post where id = ?1
               on conflict do nothing returning id as "id!: i64""#,
            post.0,
            words,
            normalised,
            now.0,
            due_at.0
        )
        .fetch_optional(write.connection())
        .await?
        .ok_or(StorageError::MovedOn)?;
        let id = OwnCommentId(id);
        write
            .note_own_comment(
                id,
                "person",
                ActionState::Held,
                json!({ "post": post, "text": words }),
                now,
            )
            .await?;
        write.commit().await?;
        Ok(id)
    }

    pub async fn own_comment_post(&self, id: OwnCommentId) -> Result<PostId> {
        let post = sqlx::query_scalar!("select post_id from own_comment where id = ?", id.0)
            .fetch_one(&self.readers)
            .await?;
        Ok(PostId(post))
    }

    /// Live ones first, then the newest.
    pub async fn own_comments(&self, post: PostId) -> Result<Vec<OwnCommentView>> {
        Ok(sqlx::query_as!(
            OwnCommentView,
            r#"select id as "id!", text, state, created_at, due_at, note, confirmed_at from own_comment
               where post_id = ?
               order by state in ('confirmed', 'failed', 'cancelled'), id desc limit ?"#,
            post.0,
            MOST_SHOWN
        )
        .fetch_all(&self.readers)
        .await?)
    }

    pub async fn live_own_comments(&self) -> Result<Vec<LiveOwnComment>> {
        let rows = sqlx::query!(
            r#"select account_id, state, state = 'unknown' and due_at - created_at > ?1 as "for_a_person!: bool"
               from own_comment where state in ('held', 'ready', 'sending', 'retry_wait', 'unknown')"#,
            FOR_A_PERSON_MS
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| LiveOwnComment {
                account_id: AccountId(row.account_id),
                state: row.state,
                waits_for_a_person: row.for_a_person,
            })
            .collect())
    }

    /// What the account has to do now, one post at a time: while an outcome is open under a post, nothing else is
    /// sent there. What is as if being sent has lost its sender: the caller holds the account's turn.
    pub async fn due_own_comment(&self, account: AccountId, now: Timestamp) -> Result<Option<DueOwnComment>> {
        let row = sqlx::query!(
            r#"select o.id as "id!: i64", acc.platform_id as "account_platform_id!: String",
                      p.platform_id as "post_platform_id!: String", o.text as "text!: String",
                      o.normalised_text as "normalised_text!: String", o.state as "state!: String",
                      o.attempts as "attempts!: i64", o.checks as "checks!: i64", o.intent_at as "intent_at?: i64",
                      o.first_intent_at as "first_intent_at?: i64", o.seen_up_to as "seen_up_to?: i64"
               from own_comment o
               join account acc on acc.id = o.account_id
               join post p on p.id = o.post_id
               where o.account_id = ?1
                 and (o.state = 'sending'
                      or o.state = 'unknown' and o.due_at <= ?2
                      or o.state in ('held', 'ready', 'retry_wait') and o.due_at <= ?2
                         and not exists (select 1 from account_pause s where s.account_id = o.account_id)
                         and not exists (select 1 from own_comment open
                                         where open.post_id = o.post_id and open.state in ('sending', 'unknown')))
               order by o.state in ('sending', 'unknown') desc, o.due_at, o.id limit 1"#,
            account.0,
            now.0
        )
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| {
            Ok(DueOwnComment {
                id: OwnCommentId(row.id),
                account_id: account,
                account_platform_id: PlatformId(row.account_platform_id),
                post_platform_id: PlatformId(row.post_platform_id),
                text: row.text,
                normalised_text: row.normalised_text,
                state: parsed(&row.state)?,
                attempts: row.attempts,
                checks: row.checks,
                intent_at: row.intent_at.map(Timestamp),
                first_intent_at: row.first_intent_at.map(Timestamp),
                seen_up_to: row.seen_up_to,
            })
        })
        .transpose()
    }

    /// Asks to send, as [`Storage::commit_intent`] does for actions: a committed intent is on disk when this returns.
    pub async fn intend_own_comment(&self, id: OwnCommentId, now: Timestamp) -> Result<Intent> {
        let mut connection = self.writer().await?;
        // Cannot change within a transaction.
        sqlx::query("pragma synchronous = full")
            .execute(&mut *connection)
            .await?;
        let transaction = connection.begin_with("begin immediate").await?;
        let outcome = intend(Write::new(transaction, self.announcer()), id, now).await;
        sqlx::query("pragma synchronous = normal")
            .execute(&mut *connection)
            .await?;
        outcome
    }

    /// One step by the state machine of actions. [`StorageError::MovedOn`] when it does not apply any more.
    pub async fn step_own_comment(
        &self,
        id: OwnCommentId,
        event: OutboxEvent,
        step: OwnCommentStep<'_>,
        now: Timestamp,
    ) -> Result<()> {
        let mut write = self.write().await?;
        write.step_own_comment(id, event, &step, now).await?;
        write.commit().await
    }

    /// Nothing could be found out, or nothing may be sent at the moment: the state stays.
    pub async fn postpone_own_comment(
        &self,
        id: OwnCommentId,
        checks: i64,
        note: &str,
        until: Timestamp,
    ) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query!(
            "update own_comment set due_at = ?, note = ?, checks = ?
             where id = ? and state in ('held', 'ready', 'retry_wait', 'unknown')",
            until.0,
            note,
            checks,
            id.0
        )
        .execute(write.connection())
        .await?;
        write.changes.outbox = true;
        write.commit().await
    }
}

/// Without a commit everything is as it was: dropping the transaction undoes the step.
async fn intend(mut write: Write<'_>, id: OwnCommentId, now: Timestamp) -> Result<Intent> {
    let row = sqlx::query!(
        r#"select (select value from meta where key = 'sending') as "sending?: String", acc.mode as "mode!: String",
                  exists (select 1 from account_pause p where p.account_id = acc.id) as "paused!: bool"
           from own_comment o join account acc on acc.id = o.account_id where o.id = ?"#,
        id.0
    )
    .fetch_one(write.connection())
    .await?;
    if row.sending.as_deref() == Some("off") {
        return Ok(Intent::SendingStopped);
    }
    if row.paused {
        return Ok(Intent::AccountPaused);
    }
    if matches!(mode(&row.mode)?, Mode::Off | Mode::Simulate) {
        return Ok(Intent::ModeSendsNothing);
    }
    match write.own_comment_state(id).await? {
        ActionState::Held => write.step(id, OutboxEvent::HoldOver, now).await?,
        ActionState::RetryWait => write.step(id, OutboxEvent::RetryDue, now).await?,
        _ => {}
    }
    write.step(id, OutboxEvent::SendStarted, now).await?;
    let attempt = sqlx::query_scalar!(
        r#"update own_comment
           set attempts = attempts + 1, intent_at = ?2, first_intent_at = coalesce(first_intent_at, ?2), checks = 0,
               seen_up_to = coalesce(seen_up_to, (select coalesce(max(id), 0) from comment))
           where id = ?1 returning attempts as "attempts!: i64""#,
        id.0,
        now.0
    )
    .fetch_one(write.connection())
    .await?;
    write.commit().await?;
    Ok(Intent::Committed(attempt))
}

impl Write<'_> {
    async fn own_comment_state(&mut self, id: OwnCommentId) -> Result<ActionState> {
        let state = sqlx::query_scalar!("select state from own_comment where id = ?", id.0)
            .fetch_one(self.connection())
            .await?;
        parsed(&state)
    }

    async fn step(&mut self, id: OwnCommentId, event: OutboxEvent, now: Timestamp) -> Result<()> {
        self.step_own_comment(id, event, &OwnCommentStep::default(), now)
            .await
    }

    async fn step_own_comment(
        &mut self,
        id: OwnCommentId,
        event: OutboxEvent,
        step: &OwnCommentStep<'_>,
        now: Timestamp,
    ) -> Result<()> {
        let from = self.own_comment_state(id).await?;
        let to = next_state(from, event).map_err(|_| StorageError::MovedOn)?;
        let (state, due_at) = (to.as_str(), step.due_at.map(|at| at.0));
        let confirmed_at = (to == ActionState::Confirmed).then_some(now.0);
        let posted_as = step.posted_as.map(PlatformId::as_str);
        sqlx::query!(
            "update own_comment
             set state = ?2, note = ?3, due_at = coalesce(?4, due_at), checks = 0,
                 comment_platform_id = coalesce(?5, comment_platform_id), confirmed_at = ?6
             where id = ?1",
            id.0,
            state,
            step.note,
            due_at,
            posted_as,
            confirmed_at
        )
        .execute(self.connection())
        .await?;
        let actor = if step.by_person { "person" } else { "engine" };
        let details = json!({ "note": step.note, "posted_as": posted_as });
        self.note_own_comment(id, actor, to, details, now).await
    }

    async fn note_own_comment(
        &mut self,
        id: OwnCommentId,
        actor: &str,
        state: ActionState,
        mut details: serde_json::Value,
        now: Timestamp,
    ) -> Result<()> {
        details["own_comment"] = json!(id);
        self.changes.outbox = true;
        self.record(Entry {
            actor,
            verb: state.as_str(),
            comment: None,
            action: None,
            details,
            at: now,
        })
        .await
    }
}
