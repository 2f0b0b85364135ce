//! How the engine does, put together for a screen that people leave open: what waits where, which destinations
//! answer, what went wrong last, and everything that happened to one comment.

use crate::destination::DestinationReport;
use crate::hub::Trouble;
use crate::relay::RelayHealth;
use crate::{Context, Engine, EngineError};
use domain::ports::IndexSummary;
use domain::{AccountId, CommentId, Stage, Timestamp};
use std::collections::HashMap;
use storage::{AccountRest, ActivityRow, AttemptRow, ClassificationRow, DiskUse, OutboxDepth, TroubleRow};

/// The newest errors that are shown.
const TROUBLES_SHOWN: u32 = 20;

/// What waits in one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageHealth {
    pub stage: Stage,
    pub depth: i64,
    /// How long the one that is next has waited, in ms; `None` where no worker takes them up by itself.
    pub lag_ms: Option<i64>,
}

#[derive(Debug, Clone)]
pub struct Health {
    pub at: Timestamp,
    pub stages: Vec<StageHealth>,
    pub outbox: OutboxDepth,
    /// How long the longest overdue action has been due, in ms.
    pub outbox_lag_ms: Option<i64>,
    pub destinations: Vec<DestinationReport>,
    /// Until when the AI endpoint is left alone.
    pub endpoint_rests_until: Option<Timestamp>,
    /// Waits that platforms asked for.
    pub rests: Vec<AccountRest>,
    /// Paused by a person, and since when.
    pub paused: HashMap<AccountId, Timestamp>,
    pub sending: bool,
    pub sending_refused: Option<String>,
    pub troubles: Vec<TroubleRow>,
    pub quarantined: i64,
    /// Labels that people corrected and the app learns from.
    pub taught: i64,
    pub relay: RelayHealth,
    pub disk: DiskUse,
    /// What stops all work.
    pub workspace_trouble: Option<Trouble>,
    pub index: Result<IndexSummary, String>,
}

/// Everything that happened to one comment, each list oldest first.
#[derive(Debug, Clone)]
pub struct Trace {
    pub comment_id: CommentId,
    /// The reference under which the log tells of it.
    pub trace_id: String,
    pub stage: String,
    pub activity: Vec<ActivityRow>,
    pub classifications: Vec<ClassificationRow>,
    pub attempts: Vec<AttemptRow>,
}

impl Engine {
    /// Reads indexes and counters only: its cost does not grow with the comments.
    pub async fn health(&self) -> Result<Health, EngineError> {
        let context = self.context();
        let storage = &context.storage;
        let now = context.now();
        let stages = storage
            .stage_depths()
            .await?
            .into_iter()
            .map(|depth| StageHealth {
                stage: depth.stage,
                depth: depth.comments,
                lag_ms: depth.next_came_at.map(|came_at| ms_since(came_at, now)),
            });
        let outbox = storage.outbox_depth(now).await?;
        let sending_refused = context.sending_refused();
        Ok(Health {
            at: now,
            stages: stages.collect(),
            outbox_lag_ms: outbox.overdue_since.map(|since| ms_since(since, now)),
            outbox,
            destinations: context.destinations().report(now),
            endpoint_rests_until: context.endpoint_rests_until(),
            rests: context.destinations().rests(now),
            paused: storage.paused_accounts().await?,
            sending: sending_refused.is_none() && storage.sending_enabled().await?,
            sending_refused,
            troubles: storage.last_troubles(TROUBLES_SHOWN).await?,
            quarantined: storage.quarantined_count().await?,
            taught: storage.taught_count().await?,
            relay: context.relay_health().await?,
            disk: storage.disk_use().await?,
            workspace_trouble: context.hub().trouble(),
            index: index_state(context).await,
        })
    }

    pub async fn trace(&self, id: CommentId) -> Result<Trace, EngineError> {
        let storage = &self.context().storage;
        let row = storage.comment_row(id).await?;
        let activity = storage.trace(id).await?;
        let trace_id = activity
            .first()
            .and_then(|arrival| arrival.details["trace_id"].as_str())
            .unwrap_or_default()
            .to_owned();
        Ok(Trace {
            comment_id: id,
            trace_id,
            stage: row.stage,
            activity,
            classifications: storage.classifications_of(id).await?,
            attempts: storage.attempts_of(id).await?,
        })
    }

    /// By the reference that a log line or an error names. A comment that two accounts show has a trace in each.
    pub async fn traces_of(&self, trace_id: &str) -> Result<Vec<Trace>, EngineError> {
        let mut traces = Vec::new();
        for id in self.context().storage.comments_by_trace(trace_id.trim()).await? {
            traces.push(self.trace(id).await?);
        }
        Ok(traces)
    }
}

fn ms_since(earlier: Timestamp, now: Timestamp) -> i64 {
    i64::try_from(now.since(earlier).as_millis()).unwrap_or(i64::MAX)
}

async fn index_state(context: &Context) -> Result<IndexSummary, String> {
    if let Some(why) = context.index_trouble() {
        return Err(why);
    }
    context.index.summary().await.map_err(|error| error.to_string())
}
