//! Numbers: the side bar's, kept by triggers, and the command line's, counted row by row.

use crate::labels::scores;
use crate::pool::Result;
use crate::{AccountRow, ExportRow, QuarantinedRow, StatusCounts, Storage};
use contract::{AccountView, Overview, QueueCounts};
use domain::{Stage, Timestamp};

impl Storage {
    pub async fn overview(&self) -> Result<Overview> {
        let mut counts = QueueCounts::default();
        let stages = sqlx::query!(
            r#"select stage, sum(comments) as "comments!: i64", sum(hidden) as "hidden!: i64"
               from queue_count group by stage"#
        )
        .fetch_all(&self.readers)
        .await?;
        for row in stages {
            counts.all += row.comments;
            counts.hidden += row.hidden;
            let count = match row.stage.parse::<Stage>().map_err(crate::StorageError::corrupt)? {
                Stage::ToClassify | Stage::ToDraft => &mut counts.in_work,
                Stage::ToReview => &mut counts.needs_review,
                Stage::Snoozed => &mut counts.snoozed,
                Stage::Escalated => &mut counts.escalated,
                Stage::InOutbox => &mut counts.outbox,
                Stage::Stuck => &mut counts.stuck,
                Stage::Done => &mut counts.done,
            };
            *count += row.comments;
        }
        let rest = sqlx::query!(
            r#"select (select count(*) from quarantine) as "quarantined!: i64",
                      (select count(*) from action where state in ('held', 'ready', 'retry_wait')) as "held!: i64",
                      (select count(*) from action where state in ('sending', 'unknown') and state = 'sending')
                          as "in_flight!: i64",
                      (select count(*) from action where state = 'unknown') as "unknown!: i64",
                      (select count(*) from action a cross join comment c on c.id = a.comment_id
                       where a.state = 'failed' and c.stage in ('to_review', 'escalated', 'snoozed')
                         and not exists (select 1 from action later
                                         where later.comment_id = a.comment_id and later.id > a.id))
                          as "failed!: i64",
                      (select value from meta where key = 'sending') as "sending?: String""#
        )
        .fetch_one(&self.readers)
        .await?;
        counts.quarantined = rest.quarantined;
        let accounts = self.accounts().await?.into_iter().map(account_view).collect();
        Ok(Overview {
            counts,
            accounts,
            sending: rest.sending.as_deref() != Some("off"),
            held: rest.held,
            in_flight: rest.in_flight,
            unknown: rest.unknown,
            failed: rest.failed,
        })
    }

    /// What could not be read, newest first.
    pub async fn quarantined(&self, limit: u32) -> Result<Vec<QuarantinedRow>> {
        let rows = sqlx::query!(
            r#"select p.platform_id as "post?: String", q.raw as "raw!: String", q.reason as "reason!: String",
                      q.first_seen as "first_seen!: i64"
               from quarantine q left join post p on p.id = q.post_id
               order by q.id desc limit ?"#,
            limit
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| QuarantinedRow {
                post: row.post,
                raw: row.raw,
                reason: row.reason,
                first_seen: Timestamp(row.first_seen),
            })
            .collect())
    }

    pub async fn status(&self) -> Result<StatusCounts> {
        let mut status = StatusCounts::default();
        let groups = sqlx::query!(
            r#"select authorship, stage, primary_label, count(*) as "comments!: i64"
               from comment group by authorship, stage, primary_label"#
        )
        .fetch_all(&self.readers)
        .await?;
        for group in groups {
            match group.authorship.as_str() {
                "own" => status.own += group.comments,
                "echo" => status.echoes += group.comments,
                _ => {
                    status.comments += group.comments;
                    if group.stage == Stage::Stuck.as_str() {
                        status.stuck += group.comments;
                    }
                    *status.by_stage.entry(group.stage).or_default() += group.comments;
                    if let Some(label) = group.primary_label {
                        *status.by_label.entry(label).or_default() += group.comments;
                    }
                }
            }
        }
        let actions = sqlx::query!(r#"select state, count(*) as "actions!: i64" from action group by state"#)
            .fetch_all(&self.readers)
            .await?;
        status.actions = actions.into_iter().map(|row| (row.state, row.actions)).collect();
        let rest = sqlx::query!(
            r#"select (select count(*) from draft where current = 1) as "drafts!: i64",
                      (select count(*) from comment where declined is not null) as "declined!: i64",
                      (select count(*) from quarantine) as "quarantined!: i64""#
        )
        .fetch_one(&self.readers)
        .await?;
        status.drafts = rest.drafts;
        status.declined = rest.declined;
        status.quarantined = rest.quarantined;
        Ok(status)
    }

    /// In the order of `id`, people's comments only.
    pub async fn export_comments(&self, after_id: i64, limit: u32) -> Result<Vec<ExportRow>> {
        let rows = sqlx::query!(
            r#"select c.id as "id!: i64", c.platform_id as "platform_id!: String",
                      acc.username as "account!: String", p.platform_id as "post!: String",
                      c.parent_platform_id as "parent?: String", c.author_username as "author!: String",
                      c.text as "text!: String", c.language as "language!: String", c.stage as "stage!: String",
                      c.published_at as "published_at!: i64",
                      (select labels from classification where comment_id = c.id and current = 1) as "labels?: String",
                      (select text from draft where comment_id = c.id and current = 1) as "draft?: String",
                      (select text from action where comment_id = c.id and kind = 'reply' and state = 'confirmed'
                         and withdrawn_at is null order by id desc limit 1) as "reply?: String"
               from comment c
               cross join post p on p.id = c.post_id
               cross join account acc on acc.id = c.account_id
               where c.id > ? and c.authorship = 'person' order by c.id limit ?"#,
            after_id,
            limit
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                let labels = scores(row.labels.as_deref())?;
                Ok(ExportRow {
                    id: row.id,
                    platform_id: row.platform_id,
                    account: row.account,
                    post: row.post,
                    parent: row.parent,
                    author: row.author,
                    text: row.text,
                    language: row.language,
                    labels: labels
                        .iter()
                        .map(|score| score.label.as_str().to_owned())
                        .collect(),
                    stage: row.stage,
                    draft: row.draft,
                    reply: row.reply,
                    published_at: row.published_at,
                })
            })
            .collect()
    }
}

fn account_view(account: AccountRow) -> AccountView {
    AccountView {
        id: account.id.0,
        platform: account.platform,
        username: account.username,
        mode: account.mode,
        connection: account.connection,
        connection_note: account.connection_note,
        last_synced_at: account.last_synced_at.map(|at| at.0),
        simulated: account.simulated,
    }
}
