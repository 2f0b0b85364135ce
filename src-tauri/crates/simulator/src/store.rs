//! The one place that changes the world: journal first, then memory, under one lock.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::error::SimulatorError;
use crate::graph::SignIns;
use crate::journal::{Journal, Record};
use crate::webhooks::Webhooks;
use crate::world::World;

pub struct Store {
    stored: RwLock<Stored>,
    pub webhooks: Arc<Webhooks>,
    /// Instagram sign-ins that are under way.
    pub sign_ins: SignIns,
    clock_offset_ms: AtomicI64,
    requests: AtomicU64,
}

pub struct Stored {
    pub world: World,
    journal: Option<Journal>,
    webhooks: Arc<Webhooks>,
    closed: bool,
}

impl Store {
    pub fn new(world: World, journal: Option<Journal>) -> Self {
        let clock_offset_ms = AtomicI64::new(world.clock_offset_ms());
        let webhooks = Arc::new(Webhooks::default());
        Self {
            stored: RwLock::new(Stored {
                world,
                journal,
                webhooks: Arc::clone(&webhooks),
                closed: false,
            }),
            webhooks,
            sign_ins: SignIns::default(),
            clock_offset_ms,
            requests: AtomicU64::new(0),
        }
    }

    // A panic under the lock leaves whole records only, so a poisoned lock is still good to read and write.
    pub fn read(&self) -> RwLockReadGuard<'_, Stored> {
        self.stored.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn write(&self) -> RwLockWriteGuard<'_, Stored> {
        self.stored.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Unix milliseconds on the simulator's clock.
    pub fn now_ms(&self) -> i64 {
        chrono::Utc::now().timestamp_millis() + self.clock_offset_ms.load(Ordering::Relaxed)
    }

    pub fn set_clock_offset_ms(&self, offset_ms: i64) {
        self.clock_offset_ms.store(offset_ms, Ordering::Relaxed);
    }

    /// Counts a platform call and returns how many there were.
    pub fn count_requests(&self, calls: u64) -> u64 {
        self.requests.fetch_add(calls, Ordering::Relaxed) + calls
    }

    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

impl Stored {
    /// Makes the records durable, then true, and tells whoever subscribed. On an error nothing changed.
    pub fn commit(&mut self, records: Vec<Record>) -> Result<(), SimulatorError> {
        if self.closed {
            return Err(SimulatorError::Stopped);
        }
        if let Some(journal) = &mut self.journal {
            journal.append(&records)?;
        }
        let mut notices = Vec::new();
        for record in records {
            let change = record.change.as_ref();
            notices.extend(change.and_then(|change| self.webhooks.notice_of(&self.world, change)));
            self.world.apply(record);
        }
        self.webhooks.queue(notices);
        Ok(())
    }

    /// Takes no more writes and gives the journal up, for the next simulator to open.
    pub fn close(&mut self) -> Option<Journal> {
        self.closed = true;
        self.journal.take()
    }
}
