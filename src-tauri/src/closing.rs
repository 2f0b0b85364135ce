//! Closing the window: it is asked to save what was typed first, and waited for within a bound.

use crate::bridge::EVENT;
use contract::AppEvent;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tauri::{CloseRequestApi, Emitter as _, Manager as _, Runtime, WebviewWindow};
use tokio::sync::Notify;

/// Longest wait for the window to save what was typed; a second request closes at once.
const SAVE_WITHIN: Duration = Duration::from_secs(3);

/// Whether the window was asked, and its answer.
#[derive(Debug, Default)]
pub struct Closing {
    asked: AtomicBool,
    ready: Notify,
}

impl Closing {
    /// The window has saved what was typed and may go.
    pub fn ready(&self) {
        self.ready.notify_one();
    }

    /// Whether this is the first request to close.
    fn begin(&self) -> bool {
        !self.asked.swap(true, Ordering::SeqCst)
    }

    /// Returns at the window's answer, or after `within` without one: whether it answered.
    async fn answered(&self, within: Duration) -> bool {
        tokio::time::timeout(within, self.ready.notified()).await.is_ok()
    }
}

/// Keeps the window open until it has answered [`AppEvent::Closing`] with the command `ready_to_close`.
pub fn ask<R: Runtime>(window: &WebviewWindow<R>, api: &CloseRequestApi) {
    if !window.state::<Closing>().begin() {
        return;
    }
    if let Err(error) = window.emit(EVENT, AppEvent::Closing) {
        tracing::warn!(%error, "the window could not be asked to save what was typed; it closes");
        return;
    }
    api.prevent_close();
    let window = window.clone();
    tauri::async_runtime::spawn(async move {
        if !window.state::<Closing>().answered(SAVE_WITHIN).await {
            tracing::warn!("the window did not say in time that everything typed is saved; it closes");
        }
        if let Err(error) = window.destroy() {
            tracing::error!(%error, "the window could not be closed");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::Closing;
    use std::time::Duration;

    #[tokio::test]
    async fn an_answer_that_comes_before_the_wait_counts_and_silence_ends_it() {
        let closing = Closing::default();
        assert!(closing.begin());
        closing.ready();
        assert!(closing.answered(Duration::ZERO).await);
        assert!(!closing.answered(Duration::ZERO).await, "an answer counts once");
        assert!(!closing.begin(), "a second request closes at once");
    }
}
