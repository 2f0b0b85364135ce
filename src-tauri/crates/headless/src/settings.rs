//! The settings file, with the part of its check that needs the log's library.

use crate::logs;
use engine::settings::{Loaded, Log, Settings};
use std::path::Path;

/// The file's settings, section by section. Never fails: a section with a fault stands at its defaults.
pub fn load(file: &Path) -> Loaded {
    let mut loaded = Settings::load(file);
    if let Err(error) = logs::check_filter(&loaded.settings.log.filter) {
        loaded.settings.log = Log::default();
        loaded.faults.push(error);
    }
    loaded
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_filter_that_cannot_be_read_costs_the_log_its_section_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        std::fs::write(
            &file,
            "[log]\nfilter = \"info,engine=loud\"\n[sync]\ninterval_seconds = 30\n",
        )
        .unwrap();
        let Loaded { settings, faults } = load(&file);
        assert_eq!(settings.log, Log::default(), "there is a log all the same");
        assert_eq!(settings.sync.interval_seconds, 30);
        let said = faults.of("log").unwrap();
        assert!(
            said.contains("log.filter = \"info,engine=loud\"") && said.contains("info,engine=debug"),
            "the key, the value and what is allowed: {said}"
        );
        assert_eq!(faults.of("outbox"), None);
    }
}
