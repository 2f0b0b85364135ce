//! Events of the engine on their way to the window.

use contract::{AppEvent, ChangeBatch};
use tauri::{AppHandle, Emitter as _};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// Name of the event in the window.
pub const EVENT: &str = "app";

/// Forwards until the engine is gone. What was missed under load is made good by "everything changed".
pub async fn forward(mut events: Receiver<AppEvent>, window: AppHandle) {
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            Err(RecvError::Lagged(_)) => AppEvent::Changed(ChangeBatch {
                all_comments: true,
                outbox: true,
                accounts: true,
                ..ChangeBatch::default()
            }),
            Err(RecvError::Closed) => return,
        };
        if let Err(error) = window.emit(EVENT, event) {
            tracing::warn!(%error, "an event did not reach the window");
        }
    }
}
