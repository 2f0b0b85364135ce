//! The append-only file of everything that was written, one JSON object a line. A line is whole or absent: what
//! a crash left of the last one is cut off when the file is opened.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::SimulatorError;
use crate::ledger::LedgerEntry;
use crate::world::Change;

/// One accepted write: what it changed and what the ledger says of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<LedgerEntry>,
}

pub struct Journal {
    path: PathBuf,
    file: File,
    size_bytes: u64,
}

impl Journal {
    /// Opens or creates the journal and returns what it holds, oldest first.
    pub fn open(path: &Path) -> Result<(Self, Vec<Record>), SimulatorError> {
        let failed = |source| SimulatorError::Journal {
            path: path.to_owned(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(failed)?;
        // Two simulators on one journal would give out the same ids.
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => SimulatorError::JournalInUse(path.to_owned()),
            TryLockError::Error(source) => failed(source),
        })?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        let (records, whole_bytes) = parse(path, &bytes)?;
        if whole_bytes < bytes.len() {
            tracing::warn!(
                lost_bytes = bytes.len() - whole_bytes,
                "the journal ended in a torn line"
            );
            file.set_len(whole_bytes as u64).map_err(failed)?;
        }
        Ok((
            Self {
                path: path.to_owned(),
                file,
                size_bytes: whole_bytes as u64,
            },
            records,
        ))
    }

    /// Writes all records with one call, so that a crash keeps a prefix of them.
    pub fn append(&mut self, records: &[Record]) -> Result<(), SimulatorError> {
        let mut lines = Vec::new();
        for record in records {
            serde_json::to_writer(&mut lines, record).map_err(|error| self.failed(error.into()))?;
            lines.push(b'\n');
        }
        if let Err(source) = self.file.write_all(&lines) {
            // Half a line on a full disk would spoil the next one.
            self.file
                .set_len(self.size_bytes)
                .map_err(|source| self.failed(source))?;
            return Err(self.failed(source));
        }
        self.size_bytes += lines.len() as u64;
        Ok(())
    }

    pub fn sync(&self) -> Result<(), SimulatorError> {
        self.file.sync_all().map_err(|source| self.failed(source))
    }

    fn failed(&self, source: std::io::Error) -> SimulatorError {
        SimulatorError::Journal {
            path: self.path.clone(),
            source,
        }
    }
}

/// The records and how many bytes they take. Only the last line may be unreadable.
fn parse(path: &Path, bytes: &[u8]) -> Result<(Vec<Record>, usize), SimulatorError> {
    let mut records = Vec::new();
    let mut start = 0;
    let mut line = 0;
    while let Some(length) = bytes[start..].iter().position(|byte| *byte == b'\n') {
        line += 1;
        let end = start + length;
        match serde_json::from_slice(&bytes[start..end]) {
            Ok(record) => records.push(record),
            Err(_) if end + 1 == bytes.len() => break,
            Err(error) => {
                return Err(SimulatorError::JournalDamaged {
                    path: path.to_owned(),
                    line,
                    reason: error.to_string(),
                });
            }
        }
        start = end + 1;
    }
    Ok((records, start))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn hidden(comment_id: &str) -> Record {
        Record {
            change: Some(Change::HiddenSet {
                comment_id: comment_id.into(),
                hidden: true,
            }),
            write: None,
        }
    }

    fn written(records: &[Record]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        Journal::open(&path).unwrap().0.append(records).unwrap();
        (folder, path)
    }

    #[test]
    fn a_torn_last_line_is_cut_off_and_the_next_append_starts_on_a_clean_line() {
        let (_folder, path) = written(&[hidden("1"), hidden("2")]);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.extend_from_slice(br#"{"change":{"change":"hidden_s"#);
        std::fs::write(&path, &bytes).unwrap();

        let (mut journal, records) = Journal::open(&path).unwrap();
        assert_eq!(records.len(), 2, "the whole lines are kept");
        journal.append(&[hidden("3")]).unwrap();
        drop(journal);
        assert_eq!(
            Journal::open(&path).unwrap().1.len(),
            3,
            "nothing is glued to the torn line"
        );
    }

    #[test]
    fn a_damaged_line_in_the_middle_is_refused_with_its_number() {
        let (_folder, path) = written(&[hidden("1"), hidden("2"), hidden("3")]);
        let text = std::fs::read_to_string(&path).unwrap();
        let damaged: Vec<_> = text
            .lines()
            .enumerate()
            .map(|(at, line)| if at == 1 { "{" } else { line })
            .collect();
        std::fs::write(&path, damaged.join("\n") + "\n").unwrap();

        let error = Journal::open(&path).err().unwrap();
        assert!(
            matches!(error, SimulatorError::JournalDamaged { line: 2, .. }),
            "{error}"
        );
    }
}
