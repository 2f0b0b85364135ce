//! Comments of one account that say nearly the same or link to the same page: found by the marks that they share and
//! kept as one campaign. Which are alike says `domain::likeness`.

use crate::Storage;
use crate::convert::to_json;
use crate::pool::Result;
use crate::rows::{COLUMNS, JOINS, RowRecord};
use crate::write::Write;
use contract::CampaignView;
use domain::likeness::{are_alike, marks};
use domain::{CommentId, Timestamp};
use sqlx::AssertSqlSafe;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::time::Duration;

/// What was said longer ago is joined by nothing.
const LOOKED_BACK: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Of one comment; a text full of links has more.
const MOST_MARKS: usize = 16;
/// The newest that bear one mark; thousands may.
const OF_EACH_MARK: i64 = 4;
/// Texts that one comment is compared with.
const MOST_COMPARED: usize = 16;
/// Twice what a batch of the classify worker can add.
const FORGOTTEN_AT_ONCE: i64 = 1_024;
/// Acted on at one stroke.
const MOST_SHOWN: i64 = 500;

/// A comment that shares a mark.
struct Near {
    id: i64,
    text: String,
    campaign: Option<i64>,
    size: Option<i64>,
}

impl Storage {
    /// Puts each of these comments into the campaign of those it is like, or begins one with them. One that is like
    /// none any longer leaves its campaign. Neither stage nor version changes; doing it again changes nothing.
    pub async fn group_alike(&self, ids: &[CommentId], own_hosts: &[String], now: Timestamp) -> Result<()> {
        let since = now.minus(LOOKED_BACK);
        let mut write = self.write().await?;
        sqlx::query!(
            "delete from text_mark where (account_id, mark, comment_id) in
                 (select account_id, mark, comment_id from text_mark indexed by text_mark_oldest
                  where marked_at < ? order by marked_at limit ?)",
            since.0,
            FORGOTTEN_AT_ONCE
        )
        .execute(write.connection())
        .await?;
        for id in ids {
            write.group(id.0, own_hosts, since, now).await?;
        }
        write.commit().await
    }

    /// A campaign with those of its comments that wait for review, in the order in which one stands for all.
    pub async fn campaign(&self, id: i64) -> Result<CampaignView> {
        let of = sqlx::query!(
            r#"select k.comments as "comments!: i64", k.waiting as "waiting!: i64",
                      (select count(distinct c.author_username) from comment c indexed by comment_of_campaign
                       where c.campaign_id = k.id) as "authors!: i64"
               from campaign k where k.id = ?"#,
            id
        )
        .fetch_one(&self.readers)
        .await?;
        let records: Vec<RowRecord> = sqlx::query_as(AssertSqlSafe(format!(
            "select {COLUMNS} from comment c indexed by comment_of_campaign {JOINS}
             where c.campaign_id = ? and c.stage = 'to_review' order by c.urgency, c.id limit ?"
        )))
        .bind(id)
        .bind(MOST_SHOWN)
        .fetch_all(&self.readers)
        .await?;
        let rows = records
            .into_iter()
            .map(RowRecord::row)
            .collect::<Result<Vec<_>>>()?;
        Ok(CampaignView {
            id,
            comments: of.comments,
            waiting: of.waiting,
            authors: of.authors,
            rows,
        })
    }
}

impl Write<'_> {
    async fn group(&mut self, id: i64, own_hosts: &[String], since: Timestamp, now: Timestamp) -> Result<()> {
        let said = sqlx::query!(
            r#"select account_id as "account!: i64", text as "text!: String", published_at as "published_at!: i64",
                      campaign_id as "campaign?: i64"
               from comment where id = ? and authorship = 'person' and purged_at is null"#,
            id
        )
        .fetch_optional(self.connection())
        .await?;
        let Some(said) = said else { return Ok(()) };
        let mut marks = marks(&said.text, own_hosts);
        marks.truncate(MOST_MARKS);
        if said.published_at < since.0 {
            marks.clear();
        }
        let mut alike = self.near(id, said.account, &marks).await?;
        alike.retain(|other| are_alike(&said.text, &other.text, own_hosts));
        let campaign = if alike.is_empty() {
            None
        } else {
            Some(self.campaign_of(said.account, &alike, now).await?)
        };
        if campaign != said.campaign {
            self.join(id, campaign).await?;
        }
        sqlx::query!("delete from text_mark where comment_id = ?", id)
            .execute(self.connection())
            .await?;
        let marks = to_json(&marks);
        sqlx::query!(
            "insert into text_mark (account_id, mark, comment_id, marked_at)
             select ?, new.value, ?, ? from json_each(?) new",
            said.account,
            id,
            now.0,
            marks
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The newest that share a mark, each once.
    async fn near(&mut self, id: i64, account: i64, marks: &[i64]) -> Result<Vec<Near>> {
        let mut found = BTreeSet::new();
        for &mark in marks {
            let newest = sqlx::query_scalar!(
                r#"select comment_id as "id!: i64" from text_mark
                   where account_id = ? and mark = ? and comment_id <> ? order by comment_id desc limit ?"#,
                account,
                mark,
                id,
                OF_EACH_MARK
            )
            .fetch_all(self.connection())
            .await?;
            found.extend(newest);
        }
        let newest: Vec<i64> = found.into_iter().rev().take(MOST_COMPARED).collect();
        let newest = to_json(&newest);
        Ok(sqlx::query_as!(
            Near,
            r#"select c.id as "id!: i64", c.text as "text!: String", c.campaign_id as "campaign?: i64",
                      k.comments as "size?: i64"
               from json_each(?) listed cross join comment c on c.id = listed.value
               left join campaign k on k.id = c.campaign_id"#,
            newest
        )
        .fetch_all(self.connection())
        .await?)
    }

    /// The largest campaign among them, or a new one; those that were in none join it.
    async fn campaign_of(&mut self, account: i64, alike: &[Near], now: Timestamp) -> Result<i64> {
        let largest = alike
            .iter()
            .filter_map(|other| Some((other.size, Reverse(other.campaign?))))
            .max();
        let campaign =
            match largest {
                Some((_, Reverse(id))) => id,
                None => sqlx::query_scalar!(
                    r#"insert into campaign (account_id, started_at) values (?, ?) returning id as "id!""#,
                    account,
                    now.0
                )
                .fetch_one(self.connection())
                .await?,
            };
        for other in alike.iter().filter(|other| other.campaign.is_none()) {
            self.join(other.id, Some(campaign)).await?;
        }
        Ok(campaign)
    }

    async fn join(&mut self, comment: i64, campaign: Option<i64>) -> Result<()> {
        sqlx::query!(
            "update comment set campaign_id = ? where id = ?",
            campaign,
            comment
        )
        .execute(self.connection())
        .await?;
        self.changed_comment(comment);
        Ok(())
    }
}
