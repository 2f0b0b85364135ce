//! Gathers what storage announces after each commit into batches for the window, and wakes the workers.

use contract::{AppEvent, ChangeBatch, Progress};
use std::sync::Arc;
use std::time::Duration;
use storage::Storage;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

/// One message a tenth of a second at most, so that a burst of arrivals is one redraw.
const BATCH: Duration = Duration::from_millis(100);
/// Past this many comments the batch says "all" instead of naming them.
const MOST_NAMED: usize = 200;

#[derive(Clone)]
pub struct Hub {
    events: broadcast::Sender<AppEvent>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            events: broadcast::channel(256).0,
        }
    }
}

impl Hub {
    pub fn subscribe(&self) -> broadcast::Receiver<AppEvent> {
        self.events.subscribe()
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

    pub(crate) async fn run(self, storage: Storage, wake: Arc<Notify>, stop: CancellationToken) {
        let mut changes = storage.changes();
        let mut gathered = ChangeBatch::default();
        // Counted from the first change of a batch, so that a steady stream is announced too.
        let mut announce_at = tokio::time::Instant::now();
        loop {
            if gathered.is_empty() {
                announce_at = tokio::time::Instant::now() + BATCH;
            }
            let received = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                () = tokio::time::sleep_until(announce_at), if !gathered.is_empty() => {
                    self.send(AppEvent::Changed(std::mem::take(&mut gathered)));
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
}
