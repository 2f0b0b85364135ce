//! The calls of the last minutes, in bounded memory.

use domain::Timestamp;
use std::collections::VecDeque;
use std::time::Duration;

pub(super) const WINDOW: Duration = Duration::from_secs(5 * 60);
/// More calls than this are told by the newest of them.
const MOST_KEPT: usize = 1_024;

#[derive(Debug)]
struct Call {
    at: Timestamp,
    took_ms: u32,
    failed: bool,
}

#[derive(Debug, Default)]
pub(super) struct Recent(VecDeque<Call>);

pub(super) struct Summary {
    pub calls: usize,
    pub errors: usize,
    pub p95_ms: Option<u32>,
}

impl Recent {
    pub fn note(&mut self, now: Timestamp, took: Duration, failed: bool) {
        self.forget(now);
        if self.0.len() == MOST_KEPT {
            self.0.pop_front();
        }
        self.0.push_back(Call {
            at: now,
            took_ms: u32::try_from(took.as_millis()).unwrap_or(u32::MAX),
            failed,
        });
    }

    pub fn summary(&mut self, now: Timestamp) -> Summary {
        self.forget(now);
        let mut answered: Vec<u32> = self
            .0
            .iter()
            .filter(|call| !call.failed)
            .map(|call| call.took_ms)
            .collect();
        answered.sort_unstable();
        // The smallest that 95 of 100 do not exceed.
        let rank = (answered.len() * 95).div_ceil(100);
        Summary {
            calls: self.0.len(),
            errors: self.0.iter().filter(|call| call.failed).count(),
            p95_ms: rank.checked_sub(1).map(|at| answered[at]),
        }
    }

    fn forget(&mut self, now: Timestamp) {
        while self.0.front().is_some_and(|call| now.since(call.at) > WINDOW) {
            self.0.pop_front();
        }
    }
}
