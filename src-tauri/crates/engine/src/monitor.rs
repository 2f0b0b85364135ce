//! What the workers do at the moment and how fast, for a screen that people leave open. In memory only: the record of
//! what happened to a comment is the activity.

use contract::{TraceStage, WorkerState};
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const SECONDS: u64 = 60;
/// A worker that did something this recently is shown as working: single steps are shorter than a glance.
const GLANCE: Duration = Duration::from_millis(1_500);
/// A step that finds nothing to do is shorter.
const SHORT_STEP: Duration = Duration::from_millis(250);

/// Shared by every worker of an engine.
pub struct Monitor {
    since: Instant,
    inner: Mutex<Inner>,
}

impl Default for Monitor {
    fn default() -> Self {
        Self {
            since: Instant::now(),
            inner: Mutex::default(),
        }
    }
}

#[derive(Default)]
struct Inner {
    workers: BTreeMap<&'static str, Watched>,
    finished: HashMap<TraceStage, LastMinute>,
}

#[derive(Default)]
struct Watched {
    steps_under_way: u32,
    step_began: Option<Instant>,
    worked_at: Option<Instant>,
    rests_until: Option<Instant>,
    last_error: Option<Failure>,
}

#[derive(Debug, Clone)]
struct Failure {
    at: Instant,
    message: String,
    times: u32,
    over: bool,
}

/// One worker as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerReport {
    pub worker: &'static str,
    pub state: WorkerState,
    pub last_error: Option<ErrorReport>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorReport {
    pub ago: Duration,
    pub message: String,
    /// Stands in the log beside the error.
    pub reference: String,
    /// In this run.
    pub times: u32,
    /// The worker did something since.
    pub over: bool,
}

/// Counts of the last sixty seconds, one bucket each.
struct LastMinute {
    counts: [u32; SECONDS as usize],
    newest: u64,
}

impl LastMinute {
    fn new(now: u64) -> Self {
        Self {
            counts: [0; SECONDS as usize],
            newest: now,
        }
    }

    fn bucket(&mut self, second: u64) -> &mut u32 {
        // A `u64` modulo 60 always fits.
        &mut self.counts[(second % SECONDS) as usize]
    }

    fn roll(&mut self, now: u64) {
        let passed = now.saturating_sub(self.newest).min(SECONDS);
        for second in (self.newest + 1)..=(self.newest + passed) {
            *self.bucket(second) = 0;
        }
        self.newest = self.newest.max(now);
        if passed == SECONDS {
            self.counts = [0; SECONDS as usize];
        }
    }

    fn add(&mut self, now: u64, count: u32) {
        self.roll(now);
        let bucket = self.bucket(now);
        *bucket = bucket.saturating_add(count);
    }

    fn sum(&mut self, now: u64) -> u32 {
        self.roll(now);
        self.counts
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// Of an error, to be copied from the screen and looked for in the log: `M-` and four hexadecimal digits.
pub fn reference_of(worker: &str, message: &str) -> String {
    let mut hasher = DefaultHasher::new();
    (worker, message).hash(&mut hasher);
    format!("M-{:04X}", hasher.finish() & 0xFFFF)
}

impl Monitor {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Held for a look only and never across an await: a poisoned one still holds good data.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn second(&self) -> u64 {
        self.since.elapsed().as_secs()
    }

    /// A stage is done with so many comments.
    pub fn finished(&self, stage: TraceStage, count: usize) {
        let now = self.second();
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.lock()
            .finished
            .entry(stage)
            .or_insert_with(|| LastMinute::new(now))
            .add(now, count);
    }

    /// Comments that a stage was done with within the last minute.
    pub fn per_minute(&self, stage: TraceStage) -> u32 {
        let now = self.second();
        self.lock()
            .finished
            .get_mut(&stage)
            .map_or(0, |minute| minute.sum(now))
    }

    pub(crate) fn step_begins(&self, worker: &'static str) {
        let mut inner = self.lock();
        let watched = inner.workers.entry(worker).or_default();
        watched.steps_under_way += 1;
        watched.step_began = Some(Instant::now());
    }

    pub(crate) fn step_ends(&self, worker: &'static str, worked: bool) {
        let mut inner = self.lock();
        let watched = inner.workers.entry(worker).or_default();
        watched.steps_under_way = watched.steps_under_way.saturating_sub(1);
        if worked {
            watched.worked_at = Some(Instant::now());
            if let Some(error) = &mut watched.last_error {
                error.over = true;
            }
        }
    }

    pub(crate) fn step_fails(&self, worker: &'static str, message: &str, rests_for: Duration) {
        let now = Instant::now();
        let mut inner = self.lock();
        let watched = inner.workers.entry(worker).or_default();
        watched.steps_under_way = watched.steps_under_way.saturating_sub(1);
        watched.rests_until = Some(now + rests_for);
        let times = watched
            .last_error
            .as_ref()
            .filter(|error| error.message == message)
            .map_or(0, |error| error.times);
        watched.last_error = Some(Failure {
            at: now,
            message: message.to_owned(),
            times: times.saturating_add(1),
            over: false,
        });
    }

    /// Those that did anything in this run, by name.
    pub fn workers(&self) -> Vec<WorkerReport> {
        let now = Instant::now();
        self.lock()
            .workers
            .iter()
            .map(|(worker, watched)| WorkerReport {
                worker,
                state: watched.state(now),
                last_error: watched.last_error.as_ref().map(|error| ErrorReport {
                    ago: now.duration_since(error.at),
                    message: error.message.clone(),
                    reference: reference_of(worker, &error.message),
                    times: error.times,
                    over: error.over,
                }),
            })
            .collect()
    }
}

impl Watched {
    fn state(&self, now: Instant) -> WorkerState {
        let within = |at: Option<Instant>, span: Duration| at.is_some_and(|at| now.duration_since(at) < span);
        let is_long_at_it = self.steps_under_way > 0 && !within(self.step_began, SHORT_STEP);
        match () {
            () if self.rests_until.is_some_and(|until| until > now) => WorkerState::BackingOff,
            () if is_long_at_it || within(self.worked_at, GLANCE) => WorkerState::Working,
            () => WorkerState::Idle,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_forgets_what_is_older() {
        let mut minute = LastMinute::new(5);
        minute.add(5, 3);
        minute.add(5, 1);
        minute.add(30, 2);
        assert_eq!(minute.sum(64), 6, "59 seconds later all of it counts");
        assert_eq!(minute.sum(65), 2);
        assert_eq!(minute.sum(89), 2);
        assert_eq!(minute.sum(90), 0);
        minute.add(91, 7);
        assert_eq!(minute.sum(91 + 3_600), 0, "an hour without a look");
        minute.add(91 + 3_600, 1);
        assert_eq!(minute.sum(91 + 3_600), 1);
    }

    #[test]
    fn an_error_is_counted_until_something_else_comes_and_is_over_once_work_is_done() {
        let monitor = Monitor::default();
        for _ in 0..2 {
            monitor.step_begins("draft");
            monitor.step_fails("draft", "no route", Duration::from_secs(60));
        }
        let report = monitor.workers().remove(0);
        assert_eq!((report.worker, report.state), ("draft", WorkerState::BackingOff));
        let error = report.last_error.expect("it failed");
        assert_eq!((error.times, error.over), (2, false));
        assert_eq!(error.reference, reference_of("draft", "no route"));

        monitor.step_begins("draft");
        monitor.step_ends("draft", true);
        let error = monitor
            .workers()
            .remove(0)
            .last_error
            .expect("it stays to be read");
        assert!(error.over, "it works again");

        monitor.step_begins("draft");
        monitor.step_fails("draft", "refused", Duration::ZERO);
        let report = monitor.workers().remove(0);
        assert_eq!(report.last_error.map(|error| error.times), Some(1));
        assert_eq!(
            report.state,
            WorkerState::Working,
            "it did something a moment ago"
        );
    }

    #[test]
    fn each_stage_has_a_pace_of_its_own() {
        let monitor = Monitor::default();
        monitor.finished(TraceStage::Arrive, 5);
        monitor.finished(TraceStage::Arrive, 1);
        monitor.finished(TraceStage::Draft, 2);
        assert_eq!(monitor.per_minute(TraceStage::Arrive), 6);
        assert_eq!(monitor.per_minute(TraceStage::Draft), 2);
        assert_eq!(monitor.per_minute(TraceStage::Post), 0);
    }
}
