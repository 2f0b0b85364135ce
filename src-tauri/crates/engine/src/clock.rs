//! The machine's clock.

use domain::Timestamp;
use domain::ports::Clock;
use std::time::{Duration, Instant};

pub struct SystemClock {
    started: Instant,
    /// Milliseconds that the clock on the wall runs ahead.
    ahead_ms: i64,
}

impl SystemClock {
    pub fn new() -> Self {
        Self::ahead_by(0)
    }

    /// As on a computer whose clock is set wrong: ahead, or behind when negative.
    pub fn ahead_by(ahead_ms: i64) -> Self {
        Self {
            started: Instant::now(),
            ahead_ms,
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp(
            chrono::Utc::now()
                .timestamp_millis()
                .saturating_add(self.ahead_ms),
        )
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}
