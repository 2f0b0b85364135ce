//! What the outbox worker has to do now: actions to send, and outcomes to read back.

use crate::convert::{mode, parsed};
use crate::pool::Result;
use crate::{DueAction, Storage, UnknownAction};
use domain::{AccountId, ActionId, CommentId, PlatformId, PostId, Timestamp};

impl Storage {
    /// The earliest due action of every account, skipping threads in which an outcome is still open: sending is
    /// serial per thread and one at a time per account. Not cut off at any number: an account that cannot send at
    /// the moment would stand before the others for good.
    pub async fn due_actions(&self, now: Timestamp) -> Result<Vec<DueAction>> {
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
                      c.trace_id as "trace_id!: String", c.deleted_at is not null as "deleted!: bool",
                      c.hidden as "hidden!: bool", c.text as "comment_text!: String"
               from account acc
               cross join action a on a.id = (
                   select d.id from action d
                   where d.account_id = acc.id and d.state in ('held', 'ready', 'retry_wait') and d.due_at <= ?1
                     and not exists (select 1 from action o
                                     where o.account_id = d.account_id
                                       and o.target_platform_id = d.target_platform_id
                                       and o.state in ('sending', 'unknown'))
                   order by d.due_at, d.id limit 1)
               cross join comment c on c.id = a.comment_id
               cross join post p on p.id = c.post_id
               order by acc.id"#,
            now.0
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
                    kind: parsed(&row.kind)?,
                    text: row.text,
                    normalised_text: row.normalised_text,
                    state: parsed(&row.state)?,
                    attempts: row.attempts,
                    checks: row.checks,
                    first_intent_at: row.first_intent_at.map(Timestamp),
                    seen_up_to: row.seen_up_to,
                    send_was_lost: row.lost,
                    overtaken: row.overtaken.as_deref().map(parsed).transpose()?,
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
        let rows = sqlx::query!(
            r#"select a.id as "id!: i64", acc.id as "account_id!: i64",
                      acc.platform_id as "account_platform_id!: String", c.id as "comment_id!: i64",
                      c.platform_id as "comment_platform_id!: String",
                      p.platform_id as "post_platform_id!: String",
                      a.target_platform_id as "target_platform_id!: String", a.kind as "kind!: String",
                      a.text as "text?: String", a.normalised_text as "normalised_text?: String",
                      a.first_intent_at as "first_intent_at?: i64", a.seen_up_to as "seen_up_to?: i64",
                      a.intent_at as "intent_at?: i64",
                      c.trace_id as "trace_id!: String",
                      a.checks as "checks!: i64", a.attempts as "attempts!: i64"
               from action a
               cross join account acc on acc.id = a.account_id
               cross join comment c on c.id = a.comment_id
               cross join post p on p.id = c.post_id
               where a.state = 'unknown' and a.due_at <= ?
               order by a.due_at, a.id limit ?"#,
            now.0,
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
                    trace_id: row.trace_id,
                    checks: row.checks,
                    attempts: row.attempts,
                })
            })
            .collect()
    }
}
