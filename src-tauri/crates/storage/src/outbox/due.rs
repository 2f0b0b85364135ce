//! What the outbox has to do now: actions to send, and outcomes to read back, account by account.

use crate::convert::{mode, parsed, to_json};
use crate::pool::Result;
use crate::{DueAction, Storage, UnknownAction};
use domain::{AccountId, ActionId, ActionKind, CommentId, PlatformId, PostId, Timestamp};

impl Storage {
    /// Accounts for which the outbox has anything to do: to send, to read back, or to take up from a sender that is
    /// gone. One that a person paused is among them only for what is in flight.
    pub async fn accounts_with_work(&self, now: Timestamp) -> Result<Vec<AccountId>> {
        let ids = sqlx::query_scalar!(
            r#"select acc.id as "id!: i64" from account acc
               where exists (select 1 from action d
                             where d.account_id = acc.id and d.state in ('held', 'ready', 'retry_wait')
                               and d.due_at <= ?1
                               and not exists (select 1 from account_pause p where p.account_id = acc.id))
                  or exists (select 1 from action o
                             where o.account_id = acc.id and o.state in ('sending', 'unknown')
                               and (o.state = 'sending' or o.due_at <= ?1))
                  or exists (select 1 from own_comment w
                             where w.account_id = acc.id
                               and (w.state = 'sending'
                                    or w.state in ('held', 'ready', 'retry_wait', 'unknown') and w.due_at <= ?1)
                               and (w.state in ('sending', 'unknown')
                                    or not exists (select 1 from account_pause p where p.account_id = acc.id)))
               order by acc.id"#,
            now.0
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(ids.into_iter().map(AccountId).collect())
    }

    /// The earliest due action of every account, as [`Storage::due_action_of`] tells it. Not cut off at any number:
    /// an account that cannot send at the moment would stand before the others for good.
    pub async fn due_actions(&self, now: Timestamp) -> Result<Vec<DueAction>> {
        let mut due = Vec::new();
        for account in self.accounts_with_work(now).await? {
            due.extend(self.due_action_of(account, now).await?);
        }
        Ok(due)
    }

    /// The account's earliest due action, skipping threads in which an outcome is still open: sending is serial per
    /// thread. A private reply stands in no thread: while its outcome waits for a person, nothing else does.
    pub async fn due_action_of(&self, account: AccountId, now: Timestamp) -> Result<Option<DueAction>> {
        let id = sqlx::query_scalar!(
            r#"select d.id as "id!: i64" from action d
               where d.account_id = ?2 and d.state in ('held', 'ready', 'retry_wait') and d.due_at <= ?1
                 and not exists (select 1 from account_pause p where p.account_id = d.account_id)
                 and not exists (select 1 from action o
                                 where o.account_id = d.account_id
                                   and o.target_platform_id = d.target_platform_id
                                   and o.state in ('sending', 'unknown')
                                   and (o.kind <> 'private_reply' or o.state = 'sending'))
               order by d.due_at, d.id limit 1"#,
            now.0,
            account.0
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(match id {
            Some(id) => self.load_due(&[id]).await?.pop(),
            None => None,
        })
    }

    /// Due actions of the same kind and account, earliest first, for a platform that takes many in one call. `first`
    /// leads; each concerns another comment.
    pub async fn due_like(&self, first: &DueAction, now: Timestamp, most: u32) -> Result<Vec<DueAction>> {
        let kind = first.kind.as_str();
        let ids = sqlx::query_scalar!(
            r#"select d.id as "id!: i64" from action d
               where d.account_id = ?2 and d.state in ('held', 'ready', 'retry_wait') and d.due_at <= ?1
                 and d.kind = ?3 and d.id <> ?4
                 and not exists (select 1 from action o
                                 where o.account_id = d.account_id
                                   and o.target_platform_id = d.target_platform_id
                                   and o.state in ('sending', 'unknown'))
               order by d.due_at, d.id limit ?5"#,
            now.0,
            first.account_id.0,
            kind,
            first.id.0,
            most
        )
        .fetch_all(&self.readers)
        .await?;
        self.load_due(&ids).await
    }

    /// In the order given.
    async fn load_due(&self, ids: &[i64]) -> Result<Vec<DueAction>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let listed = to_json(ids);
        let rows = sqlx::query!(
            r#"select a.id as "id!: i64", acc.id as "account_id!: i64",
                      acc.platform_id as "account_platform_id!: String", acc.mode as "mode!: String",
                      c.id as "comment_id!: i64", c.platform_id as "comment_platform_id!: String",
                      p.id as "post_id!: i64", p.platform_id as "post_platform_id!: String",
                      a.target_platform_id as "target_platform_id!: String", a.kind as "kind!: String",
                      a.text as "text?: String", a.normalised_text as "normalised_text?: String",
                      a.state as "state!: String", a.attempts as "attempts!: i64", a.checks as "checks!: i64",
                      a.first_intent_at as "first_intent_at?: i64", a.seen_up_to as "seen_up_to?: i64",
                      a.overtaken as "overtaken?: String",
                      exists (select 1 from attempt t
                              where t.action_id = a.id and t.outcome in ('lost', 'not_on_platform')) as "lost!: bool",
                      (select r.reply_platform_id from action r where r.id = a.reply_action_id)
                          as "reply_platform_id?: String",
                      c.trace_id as "trace_id!: String", c.deleted_at is not null as "deleted!: bool",
                      c.hidden as "hidden!: bool", c.text as "comment_text!: String"
               from json_each(?) listed
               cross join action a on a.id = listed.value
               cross join account acc on acc.id = a.account_id
               cross join comment c on c.id = a.comment_id
               cross join post p on p.id = c.post_id
               order by listed.key"#,
            listed
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(DueAction {
                    id: ActionId(row.id),
                    account_id: AccountId(row.account_id),
                    account_platform_id: PlatformId(row.account_platform_id),
                    comment_id: CommentId(row.comment_id),
                    comment_platform_id: PlatformId(row.comment_platform_id),
                    post_id: PostId(row.post_id),
                    post_platform_id: PlatformId(row.post_platform_id),
                    target_platform_id: PlatformId(row.target_platform_id),
                    kind: parsed::<ActionKind>(&row.kind)?,
                    text: row.text,
                    normalised_text: row.normalised_text,
                    state: parsed(&row.state)?,
                    attempts: row.attempts,
                    checks: row.checks,
                    first_intent_at: row.first_intent_at.map(Timestamp),
                    seen_up_to: row.seen_up_to,
                    send_was_lost: row.lost,
                    overtaken: row.overtaken.as_deref().map(parsed).transpose()?,
                    reply_platform_id: row.reply_platform_id.map(PlatformId),
                    trace_id: row.trace_id,
                    comment_deleted: row.deleted,
                    comment_hidden: row.hidden,
                    comment_text: row.comment_text,
                    mode: mode(&row.mode)?,
                })
            })
            .collect()
    }

    pub async fn unknown_due(&self, now: Timestamp, limit: u32) -> Result<Vec<UnknownAction>> {
        self.unknown(None, None, now, limit).await
    }

    pub async fn unknown_due_of(
        &self,
        account: AccountId,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<UnknownAction>> {
        self.unknown(Some(account.0), None, now, limit).await
    }

    /// `None` when its outcome is known.
    pub async fn unknown_action(&self, id: ActionId) -> Result<Option<UnknownAction>> {
        Ok(self
            .unknown(None, Some(id.0), Timestamp(i64::MAX), 1)
            .await?
            .pop())
    }

    async fn unknown(
        &self,
        account: Option<i64>,
        action: Option<i64>,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<UnknownAction>> {
        let rows = sqlx::query!(
            r#"select a.id as "id!: i64", acc.id as "account_id!: i64",
                      acc.platform_id as "account_platform_id!: String", c.id as "comment_id!: i64",
                      c.platform_id as "comment_platform_id!: String",
                      p.platform_id as "post_platform_id!: String",
                      a.target_platform_id as "target_platform_id!: String", a.kind as "kind!: String",
                      a.text as "text?: String", a.normalised_text as "normalised_text?: String",
                      a.first_intent_at as "first_intent_at?: i64", a.seen_up_to as "seen_up_to?: i64",
                      a.intent_at as "intent_at?: i64",
                      (select r.reply_platform_id from action r where r.id = a.reply_action_id)
                          as "reply_platform_id?: String",
                      c.trace_id as "trace_id!: String",
                      a.checks as "checks!: i64", a.attempts as "attempts!: i64"
               from action a
               cross join account acc on acc.id = a.account_id
               cross join comment c on c.id = a.comment_id
               cross join post p on p.id = c.post_id
               where a.state = 'unknown' and a.due_at <= ?1
                 and (?2 is null or a.account_id = ?2) and (?3 is null or a.id = ?3)
               order by a.due_at, a.id limit ?4"#,
            now.0,
            account,
            action,
            limit
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(UnknownAction {
                    id: ActionId(row.id),
                    account_id: AccountId(row.account_id),
                    account_platform_id: PlatformId(row.account_platform_id),
                    comment_id: CommentId(row.comment_id),
                    comment_platform_id: PlatformId(row.comment_platform_id),
                    post_platform_id: PlatformId(row.post_platform_id),
                    target_platform_id: PlatformId(row.target_platform_id),
                    kind: parsed(&row.kind)?,
                    text: row.text,
                    normalised_text: row.normalised_text,
                    first_intent_at: row.first_intent_at.map(Timestamp),
                    seen_up_to: row.seen_up_to,
                    intent_at: row.intent_at.map(Timestamp),
                    reply_platform_id: row.reply_platform_id.map(PlatformId),
                    trace_id: row.trace_id,
                    checks: row.checks,
                    attempts: row.attempts,
                })
            })
            .collect()
    }
}
