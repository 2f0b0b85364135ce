//! Numbered steps on screen, each with its name and how long it took.

use std::time::{Duration, Instant};

use anyhow::Result;

/// What a step found to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Nothing had changed since the last time.
    UpToDate,
    /// It failed, which is not the end: the reason is on screen.
    GoneWithout,
}

pub struct Steps {
    total: usize,
    begun: usize,
    started: Instant,
}

impl Steps {
    pub fn new(total: usize) -> Self {
        Self {
            total,
            begun: 0,
            started: Instant::now(),
        }
    }

    /// Announces the step, performs it and says how it ended.
    pub fn perform(&mut self, name: &str, step: impl FnOnce() -> Result<Outcome>) -> Result<Outcome> {
        self.begin(name);
        let started = Instant::now();
        let outcome = step()?;
        let word = match outcome {
            Outcome::Done => "done",
            Outcome::UpToDate => "up to date",
            Outcome::GoneWithout => "gone on without",
        };
        println!("      {word}, {}", readable(started.elapsed()));
        Ok(outcome)
    }

    /// Announces a step that does not come back while all is well, such as the app itself.
    pub fn begin(&mut self, name: &str) {
        self.begun += 1;
        println!("{}", heading(self.begun, self.total, name));
    }

    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// Tenths below a minute; above it minutes and seconds.
pub fn readable(duration: Duration) -> String {
    let tenths = (duration.as_millis() + 50) / 100;
    if tenths < 600 {
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else {
        let seconds = (tenths + 5) / 10;
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

fn heading(number: usize, total: usize, name: &str) -> String {
    format!("[{number}/{total}] {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_naturally() {
        assert_eq!(readable(Duration::from_millis(0)), "0.0 s");
        assert_eq!(readable(Duration::from_millis(1_249)), "1.2 s");
        assert_eq!(readable(Duration::from_millis(59_940)), "59.9 s");
        assert_eq!(readable(Duration::from_millis(59_990)), "1 min 00 s");
        assert_eq!(readable(Duration::from_secs(754)), "12 min 34 s");
    }

    #[test]
    fn failing_step_ends_the_task() {
        let mut steps = Steps::new(2);
        assert!(steps.perform("breaks", || anyhow::bail!("no")).is_err());
        assert_eq!(steps.begun, 1, "the step was announced before it broke");
    }
}
