//! What the engine tells the window by itself. Announced after commit, batched.

use crate::view::AppState;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What changed since the last batch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChangeBatch {
    /// Comments whose row or card changed; empty with `all_comments` set when there are too many to name.
    pub comments: Vec<i64>,
    pub all_comments: bool,
    /// Comments stored for the first time.
    pub arrived: u32,
    pub outbox: bool,
    pub accounts: bool,
    pub settings: bool,
}

impl ChangeBatch {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Progress of long work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Progress {
    /// `sync`, `index`, `models`.
    pub work: String,
    pub done: u64,
    /// Absent when the total is not known.
    pub total: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
pub enum AppEvent {
    Changed(ChangeBatch),
    Progress(Progress),
    State(Box<AppState>),
    /// What stops the workspace; `null` once it goes on. The same as `AppState.trouble`.
    Trouble(Option<String>),
    /// The window is to be closed: save what was typed, then call `ready_to_close`.
    Closing,
}
