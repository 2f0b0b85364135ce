//! Platforms that tell what happens once and list nothing. A batch is stored together with where the next one begins, and
//! only asking from there lets the platform forget it: a crash between the two brings it again.

use super::{SyncReport, note_arrivals};
use crate::{Context, EngineError};
use domain::AccountId;
use domain::ports::Platform;
use std::time::Duration;
use storage::{IntakeReport, StorageError};

/// How long a look waits for something to happen: news is here as soon as the platform tells it.
pub(super) const LISTENS_FOR: Duration = Duration::from_secs(20);
/// Between two looks at such an account.
pub(super) const LISTENS_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// Batches of one look. A platform keeps a day of them; what is left is taken by the next look.
const MOST_BATCHES: usize = 1_000;

/// Takes in all that waits; where nothing does, waits for something up to `wait`, unless the engine stops.
pub(crate) async fn take_updates(
    context: &Context,
    account: AccountId,
    platform: &dyn Platform,
    wait: Duration,
) -> Result<SyncReport, EngineError> {
    let storage = &context.storage;
    let mut report = SyncReport::default();
    let mut patience = wait;
    for _ in 0..MOST_BATCHES {
        let from = storage.updates_from(account).await?;
        let asked = platform.updates(from.as_deref(), patience);
        // Waiting ends with the engine. What does not wait is finished: a send may follow that has to know of it.
        let answered = match patience.is_zero() {
            true => Some(asked.await),
            false => context.0.stop.run_until_cancelled(asked).await,
        };
        let Some(batch) = answered.transpose()? else {
            break;
        };
        patience = Duration::ZERO;
        report.pages += 1;
        let has_more = batch.has_more;
        if batch.next == from && batch.posts.is_empty() && batch.comments.is_empty() {
            break;
        }
        report.posts += batch.posts.len();
        let now = context.now();
        match storage.store_updates(account, from.as_deref(), batch, now).await {
            Ok(stored) => note(context, &mut report, &stored),
            // The look before a send took the same ones in: what comes after them is asked for next.
            Err(StorageError::MovedOn) => continue,
            Err(error) => return Err(error.into()),
        }
        if !has_more {
            break;
        }
    }
    Ok(report)
}

fn note(context: &Context, report: &mut SyncReport, stored: &IntakeReport) {
    note_arrivals(context, stored);
    report.new += stored.new.len();
    report.known += stored.known;
    report.own += stored.own + stored.echoes;
    report.edited += stored.edited.len();
    report.quarantined += stored.quarantined;
}
