//! Health: what the engine is doing now, what stands in its way, and the way of one comment.
//! Times are milliseconds since the epoch, durations milliseconds, sizes bytes. Comment text is in none of it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The health screen. Cheap enough to be read every few seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct HealthView {
    /// The engine's clock when this was read.
    pub now: i64,
    pub version: String,
    /// In the order in which a comment passes them.
    pub stages: Vec<StageHealth>,
    pub workers: Vec<WorkerHealth>,
    pub destinations: Vec<DestinationHealth>,
    /// How close each account is to what its platform allows.
    pub limits: Vec<AccountLimit>,
    pub disk: DiskUse,
    pub index: IndexHealth,
    /// Elements set aside because they could not be read; kept as they came.
    pub quarantined: i64,
    /// Labels that people corrected and the app learns from, since that was last forgotten.
    pub taught: i64,
    pub last_backup_at: Option<i64>,
    /// What went wrong with single comments, newest first; at most 20.
    pub troubles: Vec<TroubleView>,
    pub relay: RelayView,
}

/// How many corrections the app learns from no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ForgottenCorrections {
    pub count: i64,
}

/// The receiver of what platforms push. It listens on this computer only: a tunnel or another relay that the user runs
/// forwards to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RelayView {
    pub enabled: bool,
    /// Where the relay forwards to, as `http://127.0.0.1:8765/webhook`; `null` while nothing listens.
    pub listening_on: Option<String>,
    /// Why it does not listen although it is enabled, or why the last delivery could not be kept.
    pub error: Option<String>,
    pub port: u16,
    pub has_verify_token: bool,
    /// How many app secrets are kept to check signatures with.
    pub app_secrets: u32,
    pub last_delivery_at: Option<i64>,
    /// Kept since the start.
    pub deliveries: u64,
    /// Refused for a wrong signature or size, since the start.
    pub refused: u64,
    /// Kept and not read yet.
    pub waiting: i64,
    /// Kept and never to be read, of those that are still there.
    pub given_up: i64,
    /// Why the newest of those that were put off or given up was.
    pub last_note: Option<String>,
}

/// Errors: `invalid` (port, empty texts, or enabling without token and secrets), `secrets_unavailable`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetRelay {
    pub enabled: bool,
    /// 1,024..=65,535.
    pub port: u16,
    /// What the handshake has to show. Kept in the keychain and never sent back; `null` leaves the kept one as it is.
    pub verify_token: Option<String>,
    /// All of them anew; `null` leaves the kept ones as they are.
    pub app_secrets: Option<Vec<String>>,
}

impl std::fmt::Debug for SetRelay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetRelay")
            .field("enabled", &self.enabled)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TraceStage {
    Arrive,
    Understand,
    Find,
    Draft,
    Guard,
    Review,
    Post,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StageHealth {
    pub stage: TraceStage,
    /// Comments that wait for it, those in work included; of `post`: actions that have not ended.
    pub waiting: i64,
    /// Age of the longest waiting one; `null` when none waits.
    pub oldest_waiting_ms: Option<i64>,
    /// Finished by it within the last minute.
    pub per_minute: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WorkerState {
    Idle,
    Working,
    /// Waits before it tries again.
    BackingOff,
    /// Stands still: the disk is full, the database damaged, or the sending switch is off.
    Stopped,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WorkerHealth {
    /// `sync`, `import`, `classify`, `draft`, `outbox`, `snooze`, `backup`, `relay`. The window has the words, and shows any other
    /// as it stands.
    pub worker: String,
    pub state: WorkerState,
    pub last_error: Option<WorkerError>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WorkerError {
    pub at: i64,
    /// For people, without secrets and comment text.
    pub message: String,
    /// To be copied and looked up in the log, as `M-4203`.
    pub reference: String,
    /// How often it came since the start.
    pub times: u32,
    /// It worked again since.
    pub over: bool,
}

/// Something that went wrong with one comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TroubleView {
    pub at: i64,
    /// `stuck`, `failed` or `unknown`. The window has the words.
    pub what: String,
    /// For people, without comment text; may be empty.
    pub message: String,
    pub comment_id: i64,
    /// Reference of the comment in the log.
    pub trace_id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Breaker {
    Closed,
    /// No calls until then.
    Open {
        until: i64,
    },
    /// One call tries whether it works again.
    HalfOpen,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DestinationHealth {
    /// Host name, as `graph.instagram.com`.
    pub host: String,
    pub breaker: Breaker,
    pub calls_per_minute: u32,
    /// Of the last calls, 95 of 100 were answered faster; `null` before the first.
    pub p95_ms: Option<u32>,
    /// Failed calls within the last five minutes.
    pub errors: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AccountLimit {
    pub account_id: i64,
    pub platform: String,
    pub username: String,
    /// Of what the platform allows now; `null` while it has not told.
    pub used_percent: Option<u32>,
    /// While it gives no calls: until when.
    pub calls_again_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DiskUse {
    pub database_bytes: u64,
    pub index_bytes: u64,
    pub logs_bytes: u64,
    pub backups_bytes: u64,
    /// `null` where the system does not tell.
    pub free_bytes: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum IndexHealth {
    /// `entries` products and passages can be found.
    Ready { entries: u64 },
    /// Drafts find nothing until it is rebuilt.
    Damaged { why: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DiagnosticsFile {
    /// Where it was written. Secrets, names and comment text are not in it.
    pub path: String,
}

/// The way of one comment through every stage, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TraceView {
    pub comment_id: i64,
    /// Reference of this comment in the log.
    pub trace_id: String,
    pub entries: Vec<TraceEntry>,
    pub now: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TraceEntry {
    pub at: i64,
    pub stage: TraceStage,
    /// As in the activity, as `arrived`, `classified`, `drafted`, `declined`, `approved`; of a send `sent` and what it
    /// came to. The window has words for most, and shows any other as it stands.
    pub what: String,
    /// Model, counts, who, or what the platform said; may be empty. No comment text.
    pub detail: String,
}

/// What a person decides about an action whose outcome is `unknown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// Read the thread on the platform now.
    LookNow,
    /// The person sees it on the platform: it counts as confirmed and is never sent again.
    Posted,
    /// Reads once more and sends only what is not there. Not before `UnknownView.settled_at`.
    SendAgain,
    /// It is cancelled; whatever left stays as it is on the platform.
    GiveUp,
}

/// Errors: `not_found`, `moved_on` (no longer `unknown`), `invalid` (too early, or it cannot be read back).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SettleUnknown {
    pub action_id: i64,
    pub outcome: Settlement,
}

/// What is known about an action whose outcome is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnknownView {
    pub action_id: i64,
    /// When the first request left.
    pub sent_at: i64,
    /// Reads of the platform that could not tell.
    pub looks: u32,
    /// What the last one came to, in words.
    pub note: Option<String>,
    /// `null` when the engine looks no more by itself: a person decides.
    pub next_look_at: Option<i64>,
    /// From then on the request can arrive no longer: `send_again` and `give_up` are refused before.
    pub settled_at: i64,
    /// Where the comment is seen on the platform.
    pub permalink: Option<String>,
    pub now: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_receivers_settings_print_no_secret() {
        let request = SetRelay {
            enabled: true,
            port: 8_765,
            verify_token: Some("canary-token".to_owned()),
            app_secrets: Some(vec!["canary-secret".to_owned()]),
        };
        assert!(
            !format!("{request:?}").contains("canary"),
            "a log must never hold a secret"
        );
    }
}
