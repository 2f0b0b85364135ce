//! The loop around a worker's single step.

use crate::EngineError;
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
const AFTER_FAILURE: Duration = Duration::from_secs(2);

/// Runs until `stop`; a step in progress is finished first.
pub(crate) async fn run(worker: Arc<dyn Worker>, wake: Arc<Notify>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let nap = match worker.try_next().await {
            Ok(Step::Worked) => {
                tokio::task::yield_now().await;
                continue;
            }
            Ok(Step::Idle) => LOOK_AGAIN,
            Err(error) => {
                tracing::error!(worker = worker.name(), %error, "a step failed; its work stays queued");
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
