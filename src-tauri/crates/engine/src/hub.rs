//! Gathers what storage announces after each commit into batches for the window, and wakes the workers. Holds what
//! stops the whole workspace, until it is over.

use crate::EngineError;
use crate::monitor::Monitor;
use contract::{AppEvent, ChangeBatch, Progress};
use std::sync::Arc;
use std::time::Duration;
use storage::{Storage, StorageError};
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// One message a tenth of a second at most, so that a burst of arrivals is one redraw.
const BATCH: Duration = Duration::from_millis(100);
/// Past this many comments the batch says "all" instead of naming them.
const MOST_NAMED: usize = 200;
/// Between two looks for room on a full disk.
const LOOK_FOR_ROOM: Duration = Duration::from_secs(15);

/// Why nothing in the workspace goes on. No worker takes up a step while it holds; lists and cards are still read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Over by itself once there is room.
    #[error("the disk is full: nothing is fetched, understood or sent until there is room")]
    DiskFull,
    /// Holds until the workspace is opened again: what is read from a damaged file must not be acted on.
    #[error("the database is damaged ({detail}): nothing goes on until a backup is restored")]
    Damaged { detail: String },
}

impl Trouble {
    /// `None` for failures that concern one step only.
    pub(crate) fn of(error: &EngineError) -> Option<Self> {
        match error {
            EngineError::Storage(StorageError::Full) => Some(Self::DiskFull),
            EngineError::Storage(StorageError::Corrupt { detail }) => Some(Self::Damaged {
                detail: detail.clone(),
            }),
            _ => None,
        }
    }
}

#[derive(Clone)]
pub struct Hub {
    events: broadcast::Sender<AppEvent>,
    trouble: watch::Sender<Option<Trouble>>,
    monitor: Arc<Monitor>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            events: broadcast::channel(256).0,
            trouble: watch::Sender::new(None),
            monitor: Arc::default(),
        }
    }
}

impl Hub {
    pub fn subscribe(&self) -> broadcast::Receiver<AppEvent> {
        self.events.subscribe()
    }

    /// What the workers do, and how fast.
    pub fn monitor(&self) -> &Monitor {
        &self.monitor
    }

    /// Nobody listening is no failure: the headless program has no window.
    pub fn send(&self, event: AppEvent) {
        let _nobody_listens = self.events.send(event);
    }

    pub fn progress(&self, work: &str, done: u64, total: Option<u64>) {
        self.send(AppEvent::Progress(Progress {
            work: work.to_owned(),
            done,
            total,
        }));
    }

    /// What stops the workspace at the moment.
    pub fn trouble(&self) -> Option<Trouble> {
        self.trouble.borrow().clone()
    }

    /// For a host that shows it.
    pub fn watch_trouble(&self) -> watch::Receiver<Option<Trouble>> {
        self.trouble.subscribe()
    }

    pub(crate) fn set_trouble(&self, found: Trouble) {
        let is_news = self.trouble.send_if_modified(|trouble| {
            // Damage outlasts whatever else goes wrong with the file.
            let stays = matches!(trouble, Some(Trouble::Damaged { .. })) || trouble.as_ref() == Some(&found);
            if !stays {
                *trouble = Some(found.clone());
            }
            !stays
        });
        if is_news {
            tracing::error!(trouble = %found, "the workspace stops working");
        }
    }

    pub(crate) fn room_was_found(&self) {
        let over = self.trouble.send_if_modified(|trouble| {
            let over = *trouble == Some(Trouble::DiskFull);
            if over {
                *trouble = None;
            }
            over
        });
        if over {
            tracing::info!("there is room on the disk again; the work goes on");
        }
    }

    /// Returns once nothing stops the workspace.
    pub(crate) async fn until_well(&self) {
        let mut trouble = self.watch_trouble();
        // The sender is this hub's own, so the wait ends in no other way.
        let _well = trouble.wait_for(Option::is_none).await.is_ok();
    }

    pub(crate) async fn run(self, storage: Storage, wake: Arc<Notify>, stop: CancellationToken) {
        let mut changes = storage.changes();
        let mut gathered = ChangeBatch::default();
        // Counted from the first change of a batch, so that a steady stream is announced too.
        let mut announce_at = Instant::now();
        let mut trouble = self.watch_trouble();
        let mut look_for_room_at = Instant::now() + LOOK_FOR_ROOM;
        loop {
            if gathered.is_empty() {
                announce_at = Instant::now() + BATCH;
            }
            let is_full = self.trouble() == Some(Trouble::DiskFull);
            let received = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                () = tokio::time::sleep_until(announce_at), if !gathered.is_empty() => {
                    self.send(AppEvent::Changed(std::mem::take(&mut gathered)));
                    continue;
                }
                _ = trouble.changed() => {
                    look_for_room_at = Instant::now() + LOOK_FOR_ROOM;
                    continue;
                }
                () = tokio::time::sleep_until(look_for_room_at), if is_full => {
                    look_for_room_at = Instant::now() + LOOK_FOR_ROOM;
                    self.look_for_room(&storage).await;
                    continue;
                }
                received = changes.recv() => received,
            };
            match received {
                Ok(change) => {
                    merge(&mut gathered, change);
                    wake.notify_waiters();
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    let everything = ChangeBatch {
                        all_comments: true,
                        outbox: true,
                        accounts: true,
                        ..Default::default()
                    };
                    merge(&mut gathered, everything);
                    wake.notify_waiters();
                }
                Err(broadcast::error::RecvError::Closed) => break,
            }
            if gathered.comments.len() > MOST_NAMED {
                gathered.all_comments = true;
                gathered.comments.clear();
            }
        }
        if !gathered.is_empty() {
            self.send(AppEvent::Changed(gathered));
        }
    }

    async fn look_for_room(&self, storage: &Storage) {
        match storage.has_room().await {
            Ok(true) => self.room_was_found(),
            Ok(false) => {}
            Err(error) => {
                let error = EngineError::from(error);
                match Trouble::of(&error) {
                    Some(found) => self.set_trouble(found),
                    None => tracing::warn!(%error, "it is not known whether the disk has room again"),
                }
            }
        }
    }
}

fn merge(into: &mut ChangeBatch, more: ChangeBatch) {
    into.all_comments |= more.all_comments;
    into.outbox |= more.outbox;
    into.accounts |= more.accounts;
    into.settings |= more.settings;
    into.arrived += more.arrived;
    if into.all_comments {
        into.comments.clear();
    } else {
        for id in more.comments {
            if !into.comments.contains(&id) {
                into.comments.push(id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_names_each_comment_once() {
        let mut batch = ChangeBatch::default();
        merge(
            &mut batch,
            ChangeBatch {
                comments: vec![1, 2],
                arrived: 2,
                ..Default::default()
            },
        );
        merge(
            &mut batch,
            ChangeBatch {
                comments: vec![2, 3],
                outbox: true,
                ..Default::default()
            },
        );
        assert_eq!(batch.comments, [1, 2, 3]);
        assert_eq!((batch.arrived, batch.outbox), (2, true));
    }

    #[test]
    fn room_ends_a_full_disk_and_damage_stays() {
        let hub = Hub::default();
        hub.set_trouble(Trouble::DiskFull);
        assert_eq!(hub.trouble(), Some(Trouble::DiskFull));
        hub.room_was_found();
        assert_eq!(hub.trouble(), None, "the work goes on");
        let damaged = Trouble::Damaged {
            detail: "page 7".to_owned(),
        };
        hub.set_trouble(damaged.clone());
        hub.set_trouble(Trouble::DiskFull);
        hub.room_was_found();
        assert_eq!(hub.trouble(), Some(damaged), "room mends no file");
    }

    #[test]
    fn only_a_full_disk_and_damage_concern_the_whole_workspace() {
        let of = |error: StorageError| Trouble::of(&EngineError::from(error));
        assert_eq!(of(StorageError::Full), Some(Trouble::DiskFull));
        let detail = "page 7".to_owned();
        assert!(matches!(
            of(StorageError::Corrupt { detail }),
            Some(Trouble::Damaged { .. })
        ));
        for passing in [StorageError::Busy, StorageError::MovedOn, StorageError::NotFound] {
            assert_eq!(of(passing), None);
        }
        let down = domain::PlatformError::Unavailable {
            detail: String::new(),
        };
        assert_eq!(Trouble::of(&down.into()), None);
    }
}
