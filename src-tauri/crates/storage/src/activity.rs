//! The record of who did what, when and why: append-only, each row hashed together with the one before it.

use crate::convert::{from_json, sha256_hex, to_json};
use crate::pool::Result;
use crate::write::Write;
use crate::{ActivityRow, Storage};
use domain::{ActionId, CommentId, Timestamp};
use serde_json::Value;
use sqlx::SqlitePool;

/// Rows read at a time while the chain is walked.
const CHAIN_STEP: i64 = 2_000;

pub(crate) struct Entry<'a> {
    /// `person`, `engine`, or the model and version.
    pub actor: &'a str,
    pub verb: &'a str,
    pub comment: Option<i64>,
    pub action: Option<i64>,
    pub details: Value,
    pub at: Timestamp,
}

impl Write<'_> {
    pub(crate) async fn record(&mut self, entry: Entry<'_>) -> Result<()> {
        let previous = match self.chain.take() {
            Some(hash) => hash,
            None => sqlx::query_scalar!("select hash from activity order by id desc limit 1")
                .fetch_optional(self.connection())
                .await?
                .unwrap_or_default(),
        };
        let details = to_json(&entry.details);
        let hash = link(
            &previous,
            entry.at.0,
            entry.actor,
            entry.verb,
            entry.comment,
            entry.action,
            &details,
        );
        sqlx::query!(
            "insert into activity (at, actor, verb, comment_id, action_id, details, prev_hash, hash)
             values (?, ?, ?, ?, ?, ?, ?, ?)",
            entry.at.0,
            entry.actor,
            entry.verb,
            entry.comment,
            entry.action,
            details,
            previous,
            hash
        )
        .execute(self.connection())
        .await?;
        self.chain = Some(hash);
        Ok(())
    }
}

impl Storage {
    /// For what the engine alone knows; every change of a comment or an action made through this crate is
    /// recorded with the change itself.
    pub async fn record(
        &self,
        actor: &str,
        verb: &str,
        comment: Option<CommentId>,
        action: Option<ActionId>,
        details: Value,
        now: Timestamp,
    ) -> Result<()> {
        let mut write = self.write().await?;
        write
            .record(Entry {
                actor,
                verb,
                comment: comment.map(|id| id.0),
                action: action.map(|id| id.0),
                details,
                at: now,
            })
            .await?;
        write.commit().await
    }

    /// What concerns an account or the workspace as a whole, newest first.
    pub async fn workspace_activity(&self, limit: u32) -> Result<Vec<ActivityRow>> {
        let rows = sqlx::query!(
            "select at, actor, verb, details from activity indexed by activity_of_workspace
             where comment_id is null and action_id is null order by id desc limit ?",
            limit
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(ActivityRow {
                    at: Timestamp(row.at),
                    actor: row.actor,
                    verb: row.verb,
                    details: from_json(&row.details)?,
                })
            })
            .collect()
    }

    /// Everything done to one comment, oldest first; its arrival leads.
    pub async fn trace(&self, id: CommentId) -> Result<Vec<ActivityRow>> {
        let arrival = sqlx::query!(
            "select received_at, authorship, trace_id from comment where id = ?",
            id.0
        )
        .fetch_one(&self.readers)
        .await?;
        let rows = sqlx::query!(
            "select at, actor, verb, details from activity where comment_id = ? order by id",
            id.0
        )
        .fetch_all(&self.readers)
        .await?;
        let mut trace = vec![ActivityRow {
            at: Timestamp(arrival.received_at),
            actor: "engine".to_owned(),
            verb: "arrived".to_owned(),
            details: serde_json::json!({ "authorship": arrival.authorship, "trace_id": arrival.trace_id }),
        }];
        for row in rows {
            trace.push(ActivityRow {
                at: Timestamp(row.at),
                actor: row.actor,
                verb: row.verb,
                details: from_json(&row.details)?,
            });
        }
        Ok(trace)
    }
}

pub(crate) struct ChainReport {
    pub rows: i64,
    pub broken_at: Option<i64>,
}

pub(crate) async fn check_chain(readers: &SqlitePool) -> Result<ChainReport> {
    walk(readers, i64::MIN, String::new()).await
}

/// The newest `rows` rows, taking the hash of the one before them on trust.
pub(crate) async fn check_tail(readers: &SqlitePool, rows: i64) -> Result<ChainReport> {
    let before = sqlx::query!(
        r#"select id as "id!", hash from activity order by id desc limit 1 offset ?"#,
        rows
    )
    .fetch_optional(readers)
    .await?;
    match before {
        Some(before) => walk(readers, before.id, before.hash).await,
        None => check_chain(readers).await,
    }
}

async fn walk(readers: &SqlitePool, mut after: i64, mut previous: String) -> Result<ChainReport> {
    let mut report = ChainReport {
        rows: 0,
        broken_at: None,
    };
    loop {
        let rows = sqlx::query!(
            r#"select id as "id!", at, actor, verb, comment_id, action_id, details, prev_hash, hash
               from activity where id > ? order by id limit ?"#,
            after,
            CHAIN_STEP
        )
        .fetch_all(readers)
        .await?;
        let Some(last) = rows.last() else {
            return Ok(report);
        };
        after = last.id;
        for row in rows {
            report.rows += 1;
            let hash = link(
                &previous,
                row.at,
                &row.actor,
                &row.verb,
                row.comment_id,
                row.action_id,
                &row.details,
            );
            if report.broken_at.is_none() && (row.prev_hash != previous || row.hash != hash) {
                report.broken_at = Some(row.id);
            }
            previous = row.hash;
        }
    }
}

/// As a JSON list, so that no two different rows give the same bytes.
fn link(
    previous: &str,
    at: i64,
    actor: &str,
    verb: &str,
    comment: Option<i64>,
    action: Option<i64>,
    details: &str,
) -> String {
    sha256_hex(&[&to_json(&(previous, at, actor, verb, comment, action, details))])
}
