//! A small file that remembers what a step last worked on, so that it is not repeated.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

pub struct Stamp {
    file: PathBuf,
}

impl Stamp {
    pub fn at(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into() }
    }

    /// Whether the step succeeded on exactly this. An unreadable stamp means no.
    pub fn matches(&self, key: &str) -> bool {
        std::fs::read_to_string(&self.file).is_ok_and(|stored| stored == key)
    }

    /// To be called after success only.
    pub fn set(&self, key: &str) -> Result<()> {
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        }
        std::fs::write(&self.file, key).with_context(|| format!("writing {}", self.file.display()))
    }
}

/// Size and time of change: enough to know that a verified file is still the same one.
pub fn file_identity(file: &Path) -> Result<String> {
    let metadata = std::fs::metadata(file).with_context(|| format!("looking at {}", file.display()))?;
    let modified = metadata
        .modified()
        .with_context(|| format!("reading the time of {}", file.display()))?
        .duration_since(std::time::UNIX_EPOCH)
        .map(|time| time.as_nanos())
        .unwrap_or_default();
    Ok(format!("{} {} {modified}", file.display(), metadata.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::ScratchDir;

    #[test]
    fn stamp_matches_only_what_it_was_set_to() {
        let scratch = ScratchDir::create("stamp").expect("created");
        let stamp = Stamp::at(scratch.path().join("deep/stamp"));
        assert!(!stamp.matches("one"), "never set");
        stamp.set("one").expect("set");
        assert!(stamp.matches("one"));
        assert!(!stamp.matches("two"), "the input changed");
    }

    #[test]
    fn file_identity_changes_with_the_file() {
        let scratch = ScratchDir::create("identity").expect("created");
        let file = scratch.path().join("model.bin");
        std::fs::write(&file, "one").expect("written");
        let before = file_identity(&file).expect("read");
        assert_eq!(before, file_identity(&file).expect("read"));
        std::fs::write(&file, "longer").expect("written");
        assert_ne!(before, file_identity(&file).expect("read"));
    }
}
