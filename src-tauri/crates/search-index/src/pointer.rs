//! The small file that says which generation of tables answers, and which model made its vectors.

use domain::SearchError;
use domain::ports::VectorSpace;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

const FILE: &str = "current.json";
const PREFIX: &str = "generation-";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pointer {
    pub generation: u64,
    pub space: VectorSpace,
}

/// The folder of a generation, inside the index folder.
pub(crate) fn folder(generation: u64) -> String {
    format!("{PREFIX}{generation:06}")
}

/// `None` when nothing was ever written.
pub(crate) fn read(dir: &Path) -> Result<Option<Pointer>, SearchError> {
    let path = dir.join(FILE);
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|e| broken(&path, &e)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(broken(&path, &e)),
    }
}

/// Written whole or not at all: a reader sees the old or the new pointer.
pub(crate) fn write(dir: &Path, pointer: &Pointer) -> Result<(), SearchError> {
    let path = dir.join(FILE);
    let fresh = dir.join(format!("{FILE}.new"));
    let bytes = serde_json::to_vec_pretty(pointer).map_err(|e| broken(&path, &e))?;
    let written = File::create(&fresh)
        .and_then(|mut file| file.write_all(&bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&fresh, &path));
    written.map_err(|e| broken(&path, &e))
}

/// The numbers of the generations that lie in the folder.
pub(crate) fn generations(dir: &Path) -> Result<Vec<u64>, SearchError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(|e| broken(dir, &e))? {
        let entry = entry.map_err(|e| broken(dir, &e))?;
        let number: Option<u64> = entry
            .file_name()
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX))
            .and_then(|number| number.parse().ok());
        found.extend(number);
    }
    Ok(found)
}

pub(crate) fn broken(path: &Path, error: &dyn std::fmt::Display) -> SearchError {
    SearchError::Broken {
        detail: format!("{}: {error}", path.display()),
    }
}
