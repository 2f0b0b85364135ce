use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the simulator could not start, load or keep what it was given.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    #[error("{0} is not a loopback address")]
    NotLoopback(SocketAddr),
    #[error("cannot listen on {addr}")]
    Listen {
        addr: SocketAddr,
        source: std::io::Error,
    },
    #[error("the seed does not hold together: {0}")]
    InvalidSeed(String),
    #[error("the journal {path} cannot be used")]
    Journal { path: PathBuf, source: std::io::Error },
    #[error("the journal {0} belongs to a simulator that is running")]
    JournalInUse(PathBuf),
    #[error("the simulator has stopped")]
    Stopped,
    #[error("the journal {path} is damaged at line {line}: {reason}")]
    JournalDamaged {
        path: PathBuf,
        line: usize,
        reason: String,
    },
    #[error("cannot read {path}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path}: files ending in .{extension} are not understood; use .csv, .tsv, .jsonl or .json")]
    UnknownFormat { path: PathBuf, extension: String },
    #[error("{path}, row {row}: {reason}")]
    InvalidRow {
        path: PathBuf,
        row: usize,
        reason: String,
    },
}
