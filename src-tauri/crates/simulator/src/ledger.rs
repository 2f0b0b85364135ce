use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::store::Store;

/// What a write asked the platform to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteKind {
    Reply,
    Comment,
    Hide,
    Unhide,
    Delete,
    EnableComments,
    DisableComments,
    PrivateReply,
    RefreshToken,
    Edit,
    Hold,
    Publish,
    Reject,
    BanAuthor,
}

/// One write that the platform accepted, whether or not the answer reached the client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    pub what: WriteKind,
    /// The id that the client named: a comment, a post or an account.
    pub target: String,
    /// The top-level comment a reply ended under, which differs from `target` for a reply to a reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The id of what was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_id: Option<String>,
    pub account_id: String,
    /// Unix milliseconds on the simulator's clock.
    pub at_ms: i64,
    /// False when everything already was as asked, or stays as it is by the platform's rule.
    pub changed: bool,
    /// How often this very write (what, target and text) has been accepted, this time included.
    #[serde(default)]
    pub times: u32,
}

/// A live view of every accepted write; stays usable after the simulator stopped.
#[derive(Clone)]
pub struct Ledger {
    store: Arc<Store>,
}

impl Ledger {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    /// All entries, oldest first.
    pub fn entries(&self) -> Vec<LedgerEntry> {
        self.store.read().world.ledger().to_vec()
    }

    /// What came after the first `seen` entries, oldest first.
    pub fn entries_after(&self, seen: usize) -> Vec<LedgerEntry> {
        let stored = self.store.read();
        stored.world.ledger().get(seen..).unwrap_or_default().to_vec()
    }

    /// Every reply accepted for this very comment, oldest first. More than one is a double reply.
    pub fn replies_to(&self, comment_id: &str) -> Vec<LedgerEntry> {
        self.of(WriteKind::Reply, comment_id)
    }

    /// Every reply that ended under this top-level comment, whichever comment of the thread it was sent to.
    pub fn replies_in_thread(&self, top_level_id: &str) -> Vec<LedgerEntry> {
        self.having(|entry| entry.thread_id.as_deref() == Some(top_level_id))
    }

    /// How many writes of this kind were accepted for this target.
    pub fn count(&self, what: WriteKind, target: &str) -> usize {
        self.of(what, target).len()
    }

    fn of(&self, what: WriteKind, target: &str) -> Vec<LedgerEntry> {
        self.having(|entry| entry.what == what && entry.target == target)
    }

    fn having(&self, wanted: impl Fn(&LedgerEntry) -> bool) -> Vec<LedgerEntry> {
        let stored = self.store.read();
        stored
            .world
            .ledger()
            .iter()
            .filter(|entry| wanted(entry))
            .cloned()
            .collect()
    }
}
