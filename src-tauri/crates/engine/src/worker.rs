//! The loop around a worker's single step.

use crate::EngineError;
use crate::hub::{Hub, Trouble};
use crate::monitor::reference_of;
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What one step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Something was done: call again at once.
    Worked,
    /// Nothing is due.
    Idle,
}

#[async_trait]
pub trait Worker: Send + Sync + 'static {
    fn name(&self) -> &'static str;
    /// Does one piece of work; calling it again after a crash repeats nothing.
    async fn try_next(&self) -> Result<Step, EngineError>;
}

/// Longest nap between two looks: what is due by time alone (a hold, a retry) is found within it.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
pub(crate) const AFTER_FAILURE: Duration = Duration::from_secs(2);

/// Runs until `stop`; a step in progress is finished first. Takes up none while the workspace is in trouble: each
/// would fail the same way, after having asked a platform or a model for nothing.
pub(crate) async fn run(worker: Arc<dyn Worker>, hub: Hub, wake: Arc<Notify>, stop: CancellationToken) {
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = hub.until_well() => {}
        }
        hub.monitor().step_begins(worker.name());
        let nap = match worker.try_next().await {
            Ok(Step::Worked) => {
                hub.monitor().step_ends(worker.name(), true);
                tokio::task::yield_now().await;
                continue;
            }
            Ok(Step::Idle) => {
                hub.monitor().step_ends(worker.name(), false);
                LOOK_AGAIN
            }
            Err(error) => {
                note_failure(&hub, worker.name(), &error);
                AFTER_FAILURE
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = wake.notified() => {}
            () = tokio::time::sleep(nap) => {}
        }
    }
}

pub(crate) fn note_failure(hub: &Hub, worker: &'static str, error: &EngineError) {
    let message = error.to_string();
    hub.monitor().step_fails(worker, &message, AFTER_FAILURE);
    match Trouble::of(error) {
        Some(found) => hub.set_trouble(found),
        None => {
            let reference = reference_of(worker, &message);
            tracing::error!(worker, reference, %error, "a step failed; its work stays queued");
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use storage::StorageError;

    /// Meets a full disk once; afterwards ends the run.
    struct MeetsFullDisk {
        steps: AtomicUsize,
        stop: CancellationToken,
    }

    #[async_trait]
    impl Worker for MeetsFullDisk {
        fn name(&self) -> &'static str {
            "test"
        }

        async fn try_next(&self) -> Result<Step, EngineError> {
            if self.steps.fetch_add(1, Ordering::SeqCst) == 0 {
                return Err(StorageError::Full.into());
            }
            self.stop.cancel();
            Ok(Step::Idle)
        }
    }

    #[tokio::test]
    async fn a_full_disk_stops_the_work_and_room_takes_it_up_again() {
        let hub = Hub::default();
        let wake = Arc::new(Notify::new());
        let stop = CancellationToken::new();
        let worker = Arc::new(MeetsFullDisk {
            steps: AtomicUsize::new(0),
            stop: stop.clone(),
        });
        let mut trouble = hub.watch_trouble();
        let running = tokio::spawn(run(
            Arc::clone(&worker) as Arc<dyn Worker>,
            hub.clone(),
            Arc::clone(&wake),
            stop,
        ));
        let within = Duration::from_secs(30);
        let set = trouble.wait_for(|trouble| *trouble == Some(Trouble::DiskFull));
        drop(
            tokio::time::timeout(within, set)
                .await
                .expect("it is said at once"),
        );
        for _ in 0..100 {
            wake.notify_waiters();
            tokio::task::yield_now().await;
        }
        assert_eq!(
            worker.steps.load(Ordering::SeqCst),
            1,
            "another step would ask a platform for what cannot be stored"
        );
        hub.room_was_found();
        tokio::time::timeout(within, running)
            .await
            .expect("the work goes on")
            .unwrap();
        assert_eq!(worker.steps.load(Ordering::SeqCst), 2);
    }
}
