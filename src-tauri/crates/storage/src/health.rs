//! How the workspace does: what waits where and for how long, what went wrong last, what is kept on the disk, and
//! everything that happened to one comment. Nothing here counts comments row by row.

use crate::convert::{from_json, parsed};
use crate::pool::Result;
use crate::{Storage, StorageError, backups};
use domain::{ActionId, ActionKind, ActionState, CommentId, Stage, Timestamp};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What waits in one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageDepth {
    pub stage: Stage,
    pub comments: i64,
    /// When the one that is next came in; only where a worker takes them up by itself.
    pub next_came_at: Option<Timestamp>,
}

/// What waits in the outbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboxDepth {
    pub live: i64,
    /// Sent or being sent, and not known to be done.
    pub in_flight: i64,
    pub unknown: i64,
    /// Since when the longest overdue one could have been sent or read back.
    pub overdue_since: Option<Timestamp>,
}

/// Something that went wrong with a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TroubleRow {
    pub at: Timestamp,
    /// `stuck`, `failed` or `unknown`.
    pub what: String,
    pub message: String,
    /// The comment's reference in the log.
    pub trace_id: String,
    pub comment_id: CommentId,
    pub action_id: Option<ActionId>,
}

/// Sizes in bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiskUse {
    /// With its write-ahead log.
    pub database: u64,
    pub backups: u64,
    /// Name of the newest copy and when it was written.
    pub last_backup: Option<(String, Timestamp)>,
}

/// Every time a request may have left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    pub action_id: ActionId,
    pub kind: ActionKind,
    pub state: ActionState,
    pub number: i64,
    pub intent_at: Timestamp,
    /// `confirmed`, `retry`, `refused`, `lost`, `not_on_platform`, `given_up`; `None` while it is on its way.
    pub outcome: Option<String>,
    pub note: Option<String>,
    pub settled_at: Option<Timestamp>,
}

/// What a comment was said to be, by whom.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassificationRow {
    pub at: Timestamp,
    pub by_person: bool,
    pub model: String,
    pub language: String,
    pub reason: String,
    pub labels: Vec<String>,
    pub current: bool,
}

impl Storage {
    /// Every stage, in the order of a comment's life.
    pub async fn stage_depths(&self) -> Result<Vec<StageDepth>> {
        let counted = sqlx::query!(
            r#"select stage as "stage!: String", sum(comments) as "comments!: i64" from queue_count group by stage"#
        )
        .fetch_all(&self.readers)
        .await?;
        let next = sqlx::query!(
            r#"select (select c.received_at from comment c where c.id = (
                           select id from comment indexed by comment_to_classify where stage = 'to_classify'
                           order by next_attempt_at, lease_until, id limit 1)) as "to_classify?: i64",
                      (select c.received_at from comment c where c.id = (
                           select id from comment indexed by comment_to_draft where stage = 'to_draft'
                           order by next_attempt_at, lease_until, id limit 1)) as "to_draft?: i64""#
        )
        .fetch_one(&self.readers)
        .await?;
        let mut depths = Vec::with_capacity(Stage::ALL.len());
        for stage in Stage::ALL {
            let comments = counted
                .iter()
                .find(|row| row.stage == stage.as_str())
                .map_or(0, |row| row.comments);
            let next_came_at = match stage {
                Stage::ToClassify => next.to_classify,
                Stage::ToDraft => next.to_draft,
                _ => None,
            };
            depths.push(StageDepth {
                stage,
                comments,
                next_came_at: next_came_at.map(Timestamp),
            });
        }
        Ok(depths)
    }

    pub async fn outbox_depth(&self, now: Timestamp) -> Result<OutboxDepth> {
        let row = sqlx::query!(
            r#"select (select count(*) from action indexed by action_live
                       where state in ('held', 'ready', 'sending', 'retry_wait', 'unknown')) as "live!: i64",
                      (select count(*) from action indexed by action_in_flight
                       where state in ('sending', 'unknown')) as "in_flight!: i64",
                      (select count(*) from action indexed by action_unknown where state = 'unknown')
                          as "unknown!: i64",
                      (select due_at from action indexed by action_live
                       where state in ('held', 'ready', 'sending', 'retry_wait', 'unknown') and due_at <= ?
                       order by due_at, id limit 1) as "overdue_since?: i64""#,
            now.0
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(OutboxDepth {
            live: row.live,
            in_flight: row.in_flight,
            unknown: row.unknown,
            overdue_since: row.overdue_since.map(Timestamp),
        })
    }

    /// Newest first.
    pub async fn last_troubles(&self, most: u32) -> Result<Vec<TroubleRow>> {
        let mut rows = sqlx::query!(
            r#"select t.id as "id!: i64", t.at as "at!: i64", t.verb as "what!: String",
                      coalesce(t.details ->> 'note', t.details ->> 'reason', '') as "message!: String",
                      c.id as "comment_id!: i64", c.trace_id as "trace_id!: String",
                      t.action_id as "action_id?: i64"
               from (select id, at, verb, details, comment_id, action_id from activity indexed by activity_troubles
                     where verb in ('stuck', 'failed', 'unknown') order by id desc limit ?) t
               cross join comment c on c.id = t.comment_id"#,
            most
        )
        .fetch_all(&self.readers)
        .await?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.id));
        Ok(rows
            .into_iter()
            .map(|row| TroubleRow {
                at: Timestamp(row.at),
                what: row.what,
                message: row.message,
                trace_id: row.trace_id,
                comment_id: CommentId(row.comment_id),
                action_id: row.action_id.map(ActionId),
            })
            .collect())
    }

    pub async fn quarantined_count(&self) -> Result<i64> {
        Ok(
            sqlx::query_scalar!(r#"select count(*) as "quarantined!: i64" from quarantine"#)
                .fetch_one(&self.readers)
                .await?,
        )
    }

    pub async fn disk_use(&self) -> Result<DiskUse> {
        let mut usage = DiskUse::default();
        let log = {
            let mut name = self.file.clone().into_os_string();
            name.push("-wal");
            PathBuf::from(name)
        };
        for file in [&self.file, &log] {
            usage.database += size_of(file).await?;
        }
        let mut newest: Option<(String, Timestamp)> = None;
        for copy in backups(&self.file).await? {
            usage.backups += copy.size_bytes;
            let Some(at) = written_at(&copy.file).await? else {
                continue;
            };
            if newest.as_ref().is_none_or(|(_, newest)| at > *newest) {
                newest = Some((copy.name, at));
            }
        }
        usage.last_backup = newest;
        Ok(usage)
    }

    /// Every comment that has this reference; the same comment seen by two accounts has two.
    pub async fn comments_by_trace(&self, trace_id: &str) -> Result<Vec<CommentId>> {
        let ids = sqlx::query_scalar!(
            r#"select id as "id!: i64" from comment where trace_id = ? order by id"#,
            trace_id
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(ids.into_iter().map(CommentId).collect())
    }

    /// Oldest first.
    pub async fn attempts_of(&self, comment: CommentId) -> Result<Vec<AttemptRow>> {
        let mut rows = sqlx::query!(
            r#"select a.id as "action_id!: i64", a.kind as "kind!: String", a.state as "state!: String",
                      t.number as "number!: i64", t.intent_at as "intent_at!: i64", t.outcome as "outcome?: String",
                      t.note as "note?: String", t.settled_at as "settled_at?: i64"
               from action a indexed by action_of_comment
               cross join attempt t on t.action_id = a.id
               where a.comment_id = ?"#,
            comment.0
        )
        .fetch_all(&self.readers)
        .await?;
        rows.sort_by_key(|row| (row.intent_at, row.action_id, row.number));
        rows.into_iter()
            .map(|row| {
                Ok(AttemptRow {
                    action_id: ActionId(row.action_id),
                    kind: parsed(&row.kind)?,
                    state: parsed(&row.state)?,
                    number: row.number,
                    intent_at: Timestamp(row.intent_at),
                    outcome: row.outcome,
                    note: row.note,
                    settled_at: row.settled_at.map(Timestamp),
                })
            })
            .collect()
    }

    /// Oldest first.
    pub async fn classifications_of(&self, comment: CommentId) -> Result<Vec<ClassificationRow>> {
        let rows = sqlx::query!(
            r#"select created_at, by_person as "by_person!: bool", model, language, reason, labels,
                      current as "current!: bool"
               from classification where comment_id = ? order by id"#,
            comment.0
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                let labels: Vec<Value> = from_json(&row.labels)?;
                let names = labels
                    .iter()
                    .filter_map(|kept| kept["label"].as_str().map(str::to_owned));
                Ok(ClassificationRow {
                    at: Timestamp(row.created_at),
                    by_person: row.by_person,
                    model: row.model,
                    language: row.language,
                    reason: row.reason,
                    labels: names.collect(),
                    current: row.current,
                })
            })
            .collect()
    }
}

async fn size_of(file: &Path) -> Result<u64> {
    match tokio::fs::metadata(file).await {
        Ok(found) => Ok(found.len()),
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(StorageError::Failed(sqlx::Error::Io(error))),
    }
}

/// `None` for a copy that was pruned meanwhile.
async fn written_at(file: &Path) -> Result<Option<Timestamp>> {
    let written = match tokio::fs::metadata(file).await {
        Ok(found) => found.modified(),
        Err(error) => Err(error),
    };
    match written {
        Ok(at) => Ok(at
            .duration_since(std::time::UNIX_EPOCH)
            .ok()
            .and_then(|since| i64::try_from(since.as_millis()).ok())
            .map(Timestamp)),
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StorageError::Failed(sqlx::Error::Io(error))),
    }
}
