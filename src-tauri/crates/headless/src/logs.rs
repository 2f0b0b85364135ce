//! Logs: JSON lines in daily files, bounded in number and size, and the trace of one comment read back from them.
//! No token is ever logged, and no comment text above debug level.

use anyhow::Context as _;
use chrono::Utc;
use engine::settings::{Log, SettingsError};
use serde::Deserialize;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

const PREFIX: &str = "moderato";
const SUFFIX: &str = "jsonl";
/// Longest file of one day. A week at debug level stays below half a gigabyte.
const MOST_BYTES_A_DAY: u64 = 64 * 1024 * 1024;
/// A line says its level within so many bytes: the time stands before it and nothing else does.
const HEAD: usize = 96;

/// Starts logging into `folder`; what is buffered is written when the guard is dropped.
pub fn start(folder: &Path, settings: &Log) -> anyhow::Result<WorkerGuard> {
    std::fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    let files = tracing_appender::rolling::Builder::new()
        .rotation(tracing_appender::rolling::Rotation::DAILY)
        .filename_prefix(PREFIX)
        .filename_suffix(SUFFIX)
        .max_log_files(usize::try_from(settings.keep_files).unwrap_or(usize::MAX))
        .build(folder)
        .context("opening the log file")?;
    let today = Box::new(|| Utc::now().format("%Y-%m-%d").to_string());
    let (writer, guard) =
        tracing_appender::non_blocking(Bounded::new(files, folder.to_owned(), MOST_BYTES_A_DAY, today));
    let filter =
        EnvFilter::try_new(&settings.filter).unwrap_or_else(|_| EnvFilter::new(Log::default().filter));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_writer(writer);
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init()
        .context("starting the log")?;
    Ok(guard)
}

pub fn check_filter(filter: &str) -> Result<(), SettingsError> {
    match EnvFilter::try_new(filter) {
        Ok(_) => Ok(()),
        Err(error) => Err(SettingsError::OutOfRange {
            key: "log.filter".to_owned(),
            value: format!("\"{filter}\""),
            allowed: format!(
                "a level (error, warn, info, debug, trace), or levels by target as info,engine=debug ({error})"
            ),
        }),
    }
}

/// Bounds the file of a day: past half of it the lines of debug level are left out, past the whole of it every line
/// but a last one that says so. The next day starts anew.
struct Bounded<W> {
    lines: W,
    folder: PathBuf,
    most_bytes: u64,
    today: Box<dyn Fn() -> String + Send>,
    day: String,
    bytes: u64,
    is_full: bool,
}

impl<W: Write> Bounded<W> {
    fn new(lines: W, folder: PathBuf, most_bytes: u64, today: Box<dyn Fn() -> String + Send>) -> Self {
        Self {
            lines,
            folder,
            most_bytes,
            today,
            day: String::new(),
            bytes: 0,
            is_full: false,
        }
    }

    /// What an earlier run wrote on the same day counts.
    fn notice_the_day(&mut self) {
        let today = (self.today)();
        if today == self.day {
            return;
        }
        let file = self.folder.join(format!("{PREFIX}.{today}.{SUFFIX}"));
        self.bytes = std::fs::metadata(file).map_or(0, |written| written.len());
        self.is_full = self.bytes >= self.most_bytes;
        self.day = today;
    }
}

impl<W: Write> Write for Bounded<W> {
    /// A line at a time; a line that is left out counts as written.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.notice_the_day();
        let after = self
            .bytes
            .saturating_add(u64::try_from(line.len()).unwrap_or(u64::MAX));
        if after > self.most_bytes {
            if !self.is_full {
                self.is_full = true;
                let last = serde_json::json!({
                    "timestamp": Utc::now(), "level": "WARN",
                    "message": "this day's log is full; nothing more of this day is written"
                });
                writeln!(self.lines, "{last}")?;
            }
        } else if after <= self.most_bytes / 2 || !is_detail(line) {
            self.lines.write_all(line)?;
            self.bytes = after;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lines.flush()
    }
}

/// Of debug level or finer.
fn is_detail(line: &[u8]) -> bool {
    let head = &line[..line.len().min(HEAD)];
    [&b"\"level\":\"DEBUG\""[..], &b"\"level\":\"TRACE\""[..]]
        .iter()
        .any(|level| head.windows(level.len()).any(|part| part == *level))
}

#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    trace: Option<String>,
}

/// Every line of the log that carries this trace id, oldest first.
pub fn trace(folder: &Path, trace_id: &str) -> anyhow::Result<Vec<String>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == SUFFIX))
        .collect();
    files.sort();
    let mut found = Vec::new();
    for file in files {
        for line in BufReader::new(std::fs::File::open(&file)?).lines() {
            let line = line?;
            if line.contains(trace_id)
                && serde_json::from_str::<Line>(&line).is_ok_and(|l| l.trace.as_deref() == Some(trace_id))
            {
                found.push(line);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Arc, Mutex};

    /// Sees what reached the file.
    #[derive(Clone, Default)]
    struct Seen(Arc<Mutex<Vec<u8>>>);

    impl Seen {
        fn lines(&self) -> Vec<String> {
            let bytes = self.0.lock().unwrap().clone();
            let text = String::from_utf8(bytes).unwrap();
            text.lines().map(str::to_owned).collect()
        }
    }

    impl Write for Seen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn line(level: &str, n: usize) -> String {
        format!(
            "{{\"timestamp\":\"2026-11-01T10:00:00.000000Z\",\"level\":\"{level}\",\"message\":\"{n:0>20}\"}}\n"
        )
    }

    #[test]
    fn a_day_s_file_stops_growing_gives_up_the_details_first_and_says_when_it_is_full() {
        let folder = tempfile::tempdir().unwrap();
        let day = Arc::new(AtomicU32::new(1));
        let seen = Seen::default();
        let length = line("DEBUG", 0).len();
        let most = u64::try_from(length * 10).unwrap();
        let today = {
            let day = Arc::clone(&day);
            Box::new(move || format!("2026-11-{:02}", day.load(Ordering::SeqCst)))
        };
        let mut log = Bounded::new(seen.clone(), folder.path().to_owned(), most, today);
        for n in 0..20 {
            log.write_all(line("DEBUG", n).as_bytes()).unwrap();
        }
        assert_eq!(seen.lines().len(), 5, "details fill half of it");
        for n in 0..20 {
            log.write_all(line("WARN!", n).as_bytes()).unwrap();
        }
        let lines = seen.lines();
        assert_eq!(
            lines.len(),
            11,
            "what matters fills the rest, and one line closes it"
        );
        assert!(lines[10].contains("full"), "{}", lines[10]);

        day.store(2, Ordering::SeqCst);
        log.write_all(line("DEBUG", 99).as_bytes()).unwrap();
        assert_eq!(seen.lines().len(), 12, "the next day starts anew");
    }

    #[test]
    fn what_was_written_earlier_on_the_same_day_counts() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("moderato.2026-11-01.jsonl"), "x".repeat(5_000)).unwrap();
        let seen = Seen::default();
        let today = Box::new(|| "2026-11-01".to_owned());
        let mut log = Bounded::new(seen.clone(), folder.path().to_owned(), 5_000, today);
        log.write_all(line("ERROR", 1).as_bytes()).unwrap();
        assert_eq!(
            seen.lines(),
            Vec::<String>::new(),
            "restarting does not lift the bound"
        );
    }

    #[test]
    fn a_filter_is_read_before_it_is_used() {
        assert!(check_filter("info,engine=debug").is_ok());
        assert!(check_filter("info,engine=loud").is_err());
    }
}
