//! How the receiver of pushed comments does. It runs in a crate of its own, since this one speaks no HTTP, and notes
//! here what the health of the engine tells.

use crate::{Context, EngineError};
use domain::Timestamp;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the receiver notes while it runs.
#[derive(Debug, Default)]
pub struct RelayNotes(Mutex<Notes>);

#[derive(Debug, Clone, Default)]
struct Notes {
    address: Option<SocketAddr>,
    error: Option<String>,
    accepted: u64,
    refused: u64,
}

/// The receiver and what it received.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RelayHealth {
    /// Where it listens; `None` while it does not.
    pub address: Option<SocketAddr>,
    /// Why it does not listen although it should, or why the last delivery could not be kept.
    pub error: Option<String>,
    /// Deliveries of this run that were kept.
    pub accepted: u64,
    /// Deliveries of this run that were not: too large, not signed, no room.
    pub refused: u64,
    pub last_delivery_at: Option<Timestamp>,
    /// Kept and not read yet.
    pub waiting: i64,
    /// Kept and never to be read, of those that are still there.
    pub given_up: i64,
    /// Changes about accounts that are not known here, or of no concern, in what is still there.
    pub ignored: i64,
    /// Why the newest of those that were put off or given up was.
    pub last_note: Option<String>,
}

impl RelayNotes {
    pub fn listens(&self, address: SocketAddr) {
        let mut notes = self.notes();
        notes.address = Some(address);
        notes.error = None;
    }

    pub fn stopped(&self) {
        self.notes().address = None;
    }

    pub fn failed(&self, why: String) {
        self.notes().error = Some(why);
    }

    pub fn accepted(&self) {
        let mut notes = self.notes();
        notes.accepted += 1;
        notes.error = None;
    }

    pub fn refused(&self) {
        self.notes().refused += 1;
    }

    // Held for counting only, so a poisoned lock still holds good numbers.
    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Context {
    pub async fn relay_health(&self) -> Result<RelayHealth, EngineError> {
        let kept = self.storage.deliveries().await?;
        let notes = self.relay().notes().clone();
        Ok(RelayHealth {
            address: notes.address,
            error: notes.error,
            accepted: notes.accepted,
            refused: notes.refused,
            last_delivery_at: kept.last_received_at,
            waiting: kept.waiting,
            given_up: kept.given_up,
            ignored: kept.ignored,
            last_note: kept.last_note,
        })
    }
}
