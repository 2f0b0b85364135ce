//! Working until nothing moves any more, for one-off runs.

use super::{App, AppError};
use engine::intake::Depth;
use engine::review::AccountLook;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const LOOKS_EVERY: Duration = Duration::from_millis(50);
/// Between two words on what is still in work.
const SAYS_EVERY: Duration = Duration::from_secs(15);
/// Longer than a hold, a rest of an endpoint and one of its slowest answers.
const STALLED_AFTER: Duration = Duration::from_secs(30 * 60);

/// What a run came to.
#[derive(Debug)]
pub struct Idle {
    /// One for each account.
    pub looks: Vec<AccountLook>,
    /// Still in work although nothing has moved for half an hour; 0 otherwise.
    pub stalled: i64,
    /// What waits for a person, by the reason.
    pub held_up: BTreeMap<String, i64>,
}

impl App {
    /// Looks at every account once, and works until nothing is left that can move by itself. `still` is told from
    /// time to time how much that is.
    ///
    /// Starts the workers, but none that looks at the platforms beside this. For an app that was opened without
    /// them; one that has them keeps those.
    pub async fn run_until_idle(&self, mut still: impl FnMut(i64)) -> Result<Idle, AppError> {
        let engine = self.engine()?;
        if !self.options.start_workers {
            engine.start_without_looking();
        }
        let looks = engine.sync_fully(Depth::Full).await?;
        let mut before = None;
        let mut moved_at = Instant::now();
        let mut said_at = Instant::now();
        loop {
            let now = engine.remaining().await?;
            let stalled = moved_at.elapsed() >= STALLED_AFTER;
            if now.moving == 0 || stalled {
                return Ok(Idle {
                    looks,
                    stalled: now.moving,
                    held_up: now.held_up,
                });
            }
            if said_at.elapsed() >= SAYS_EVERY {
                said_at = Instant::now();
                still(now.moving);
            }
            if before.as_ref() != Some(&now) {
                moved_at = Instant::now();
                before = Some(now);
            }
            tokio::time::sleep(LOOKS_EVERY).await;
        }
    }
}
