//! Typed settings: a TOML file a person may edit, checked key by key when loaded and when changed.
//!
//! A broken file is never overwritten: the error names the key, the value and what is allowed. A section that does
//! not hold stands at its defaults, the others are used as they are written; what must not run on guessed values
//! asks [`Faults::of`].

mod rules;

pub use rules::check_endpoint;

use rules::faults_of;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use toml::Table;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub appearance: Appearance,
    pub outbox: Outbox,
    pub sync: Sync,
    pub drafting: Drafting,
    pub instagram: Instagram,
    pub relay: Relay,
    pub log: Log,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Appearance {
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// `system`, `en` or `ru`.
    pub language: String,
    /// `comfortable` or `compact`.
    pub density: String,
    pub shortcuts: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outbox {
    /// Seconds between approving and sending.
    pub hold_seconds: u32,
    /// Seconds to let a lost write settle on the platform before reading it back.
    pub settle_seconds: u32,
    /// Sends refused for now before an action fails.
    pub most_attempts: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sync {
    /// Seconds between looks at the platform.
    pub interval_seconds: u32,
    /// Longest time between looks at an account where nothing comes in; never less than `interval_seconds`.
    pub quiet_interval_seconds: u32,
    /// Seconds between full listings of a post, which find late replies and deletions.
    pub sweep_seconds: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Drafting {
    pub fall_back_to_local: bool,
    /// Base address of an OpenAI-compatible endpoint; empty: the models inside the app.
    pub endpoint: String,
    pub model: String,
    /// Seconds for one call of the endpoint.
    pub timeout_seconds: u32,
    /// Tries at one stage before a comment is stuck.
    pub most_attempts: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Instagram {
    pub base_url: String,
    /// Of the Graph API, as `v26.0`.
    pub version: String,
    pub max_reply_chars: u32,
}

/// The receiver of what platforms push, by way of a tunnel or another relay that the user runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Relay {
    pub enabled: bool,
    /// On this computer only; the relay forwards to it.
    pub port: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// A tracing filter, as `info` or `info,engine=debug`. Comment text appears at debug only. Checked by whoever
    /// knows such filters: this crate does not.
    pub filter: String,
    /// Daily files kept; with fewer than two, a start would delete the file of the day it starts in.
    pub keep_files: u32,
}

impl Default for Appearance {
    fn default() -> Self {
        Self {
            theme: "system".into(),
            language: "system".into(),
            density: "comfortable".into(),
            shortcuts: true,
        }
    }
}

impl Default for Outbox {
    fn default() -> Self {
        Self {
            hold_seconds: 10,
            settle_seconds: 3,
            most_attempts: 8,
        }
    }
}

impl Default for Sync {
    fn default() -> Self {
        Self {
            interval_seconds: 60,
            quiet_interval_seconds: 600,
            sweep_seconds: 900,
        }
    }
}

impl Default for Drafting {
    fn default() -> Self {
        Self {
            fall_back_to_local: true,
            endpoint: String::new(),
            model: String::new(),
            timeout_seconds: 60,
            most_attempts: 5,
        }
    }
}

impl Default for Instagram {
    fn default() -> Self {
        Self {
            base_url: "https://graph.instagram.com".into(),
            version: "v26.0".into(),
            max_reply_chars: 1_000,
        }
    }
}

impl Default for Relay {
    fn default() -> Self {
        Self {
            enabled: false,
            port: 8_787,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            filter: "info".into(),
            keep_files: 14,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("settings: {key} = {value}: {allowed}")]
    OutOfRange {
        key: String,
        value: String,
        allowed: String,
    },
    /// Its value is not shown: a key in the wrong place may be a secret.
    #[error("settings: {key}: there is no such key; {known}")]
    UnknownKey { key: String, known: String },
    #[error("settings file {}: {detail}", .file.display())]
    Unreadable { file: PathBuf, detail: String },
    #[error("settings file {}: {source}", .file.display())]
    Io { file: PathBuf, source: std::io::Error },
}

impl SettingsError {
    /// The section concerned; `None` when it is the whole file.
    pub fn section(&self) -> Option<&str> {
        match self {
            Self::OutOfRange { key, .. } | Self::UnknownKey { key, .. } => key.split('.').next(),
            Self::Unreadable { .. } | Self::Io { .. } => None,
        }
    }
}

/// What is wrong with a settings file; empty when nothing is.
#[derive(Debug, Default)]
pub struct Faults(Vec<SettingsError>);

impl Faults {
    pub fn push(&mut self, error: SettingsError) {
        self.0.push(error);
    }

    pub fn iter(&self) -> impl Iterator<Item = &SettingsError> {
        self.0.iter()
    }

    /// Why the values of this section are not known, when they are not.
    pub fn of(&self, section: &str) -> Option<String> {
        self.0
            .iter()
            .find(|error| error.section().is_none_or(|broken| broken == section))
            .map(SettingsError::to_string)
    }

    /// All of them in one line for people, when there are any.
    pub fn summary(&self) -> Option<String> {
        let all: Vec<String> = self.0.iter().map(SettingsError::to_string).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }
}

/// What a settings file gave.
#[derive(Debug, Default)]
pub struct Loaded {
    /// A section with a fault stands at its defaults.
    pub settings: Settings,
    pub faults: Faults,
}

impl Settings {
    /// The file's settings, section by section; the defaults when there is no file.
    pub fn load(file: &Path) -> Loaded {
        let mut loaded = Loaded::default();
        let unreadable = |detail: String| SettingsError::Unreadable {
            file: file.to_owned(),
            detail,
        };
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => return loaded,
            Err(source) => {
                loaded.faults.push(SettingsError::Io {
                    file: file.to_owned(),
                    source,
                });
                return loaded;
            }
        };
        let mut table: Table = match text.parse() {
            Ok(table) => table,
            Err(error) => {
                loaded.faults.push(unreadable(place_and_reason(&text, &error)));
                return loaded;
            }
        };
        loaded.faults = faults_of(&table);
        table.retain(|name, _| loaded.faults.iter().all(|error| error.section() != Some(name)));
        match table.try_into::<Self>() {
            Ok(settings) => loaded.settings = settings,
            Err(error) => loaded.faults.push(unreadable(error.message().to_owned())),
        }
        loaded
    }

    /// Writes beside the file and renames, so that a crash leaves the old one whole.
    pub fn save(&self, file: &Path) -> Result<(), SettingsError> {
        self.check()?;
        let io = |source| SettingsError::Io {
            file: file.to_owned(),
            source,
        };
        let text = toml::to_string_pretty(self).map_err(|e| SettingsError::Unreadable {
            file: file.to_owned(),
            detail: e.to_string(),
        })?;
        let beside = file.with_extension("toml.new");
        std::fs::write(&beside, text).map_err(io)?;
        std::fs::rename(&beside, file).map_err(io)
    }

    /// The first value that is not allowed, by the rules that a file is read by.
    pub fn check(&self) -> Result<(), SettingsError> {
        let table = Table::try_from(self).expect("plain structs of texts, numbers and flags are a table");
        match faults_of(&table).0.into_iter().next() {
            None => Ok(()),
            Some(error) => Err(error),
        }
    }
}

/// Without the line itself, which may hold what is not for logs and screens.
fn place_and_reason(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().map_or(0, |span| span.start).min(text.len());
    let line = text.as_bytes()[..before]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1;
    format!("line {line}: {}", error.message())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use rstest::rstest;

    fn file_with(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        std::fs::write(&file, text).unwrap();
        (folder, file)
    }

    #[rstest]
    #[case("[outbox]\nhold_seconds = 601\n", "outbox.hold_seconds = 601: 0 to 600")]
    #[case("[outbox]\nhold_seconds = -1\n", "outbox.hold_seconds = -1: 0 to 600")]
    #[case(
        "[outbox]\nhold_seconds = \"ten\"\n",
        "outbox.hold_seconds = \"ten\": 0 to 600"
    )]
    #[case("[sync]\ninterval_seconds = 1.5\n", "sync.interval_seconds = 1.5: 1 to 3600")]
    #[case(
        "[appearance]\nshortcuts = \"yes\"\n",
        "appearance.shortcuts = \"yes\": true or false"
    )]
    #[case(
        "[appearance]\ntheme = \"pink\"\n",
        "appearance.theme = \"pink\": one of system, light, dark"
    )]
    #[case(
        "[drafting]\nendpoint = \"http://example.com/v1\"\nmodel = \"m\"\n",
        "https, or http on this computer"
    )]
    #[case("[drafting]\nendpoint = \"http://localhost:1234/v1\"\n", "drafting.model")]
    #[case(
        "[instagram]\nversion = \"\"\n",
        "instagram.version = \"\": a version of the Graph API"
    )]
    #[case("[instagram]\nversion = \"v26/../x\"\n", "instagram.version")]
    #[case("[relay]\nport = 80\n", "relay.port = 80: 1024 to 65535")]
    #[case("[relay]\nport = 65536\n", "relay.port = 65536: 1024 to 65535")]
    #[case("[relay]\nenabled = 1\n", "relay.enabled = 1: true or false")]
    #[case("[log]\nkeep_files = 1\n", "log.keep_files = 1: 2 to 365")]
    #[case(
        "[outbox]\nhold = 3\n",
        "outbox.hold: there is no such key; [outbox] has hold_seconds"
    )]
    #[case(
        "[outbux]\nhold_seconds = 3\n",
        "outbux: there is no such key; the sections are"
    )]
    #[case("outbox = 3\n", "outbox = 3: a section, begun by [outbox]")]
    #[case("[outbox\n", "settings.toml: line ")]
    fn a_broken_file_names_the_key_and_stays_as_it_is(#[case] text: &str, #[case] said: &str) {
        let (_folder, file) = file_with(text);
        let error = Settings::load(&file).faults.summary().unwrap_or_default();
        assert!(error.contains(said), "{error} says {said}");
        assert_eq!(
            std::fs::read_to_string(&file).unwrap(),
            text,
            "a person's file is not overwritten"
        );
    }

    #[test]
    fn a_broken_section_costs_the_others_nothing() {
        let (_folder, file) = file_with(
            "[outbox]\nhold_seconds = 9999\nmost_attempts = 3\n[sync]\ninterval_seconds = 30\n[appearance]\ntheme = \"dark\"\n",
        );
        let Loaded { settings, faults } = Settings::load(&file);
        assert_eq!(settings.sync.interval_seconds, 30);
        assert_eq!(settings.appearance.theme, "dark");
        assert_eq!(
            settings.outbox,
            Outbox::default(),
            "half a section is not used: its values belong together"
        );
        assert!(faults.of("outbox").unwrap().contains("hold_seconds = 9999"));
        assert_eq!(faults.of("sync"), None);
        assert!(
            faults
                .of("outbox")
                .is_some_and(|why| !why.contains("most_attempts"))
        );
    }

    #[test]
    fn a_file_that_is_no_toml_leaves_no_section_known() {
        let (_folder, file) = file_with("hold_seconds: 3\n");
        let loaded = Settings::load(&file);
        assert_eq!(loaded.settings, Settings::default());
        for section in ["outbox", "sync", "log"] {
            assert!(loaded.faults.of(section).is_some(), "{section}");
        }
    }

    #[test]
    fn a_secret_in_the_wrong_place_is_not_repeated() {
        let (_folder, file) = file_with(
            "[drafting]\nkey = \"sk-canary-4711\"\nendpoint = \"https://me:canary-4711@ai.example/v1\"\nmodel = \"m\"\n",
        );
        let said = Settings::load(&file).faults.summary().unwrap();
        assert!(
            said.contains("drafting.key") && said.contains("drafting.endpoint"),
            "{said}"
        );
        assert!(!said.contains("4711"), "errors reach logs and screens: {said}");
    }

    #[test]
    fn what_is_saved_loads_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        let mut settings = Settings::load(&file).settings;
        assert_eq!(settings, Settings::default(), "no file means the defaults");
        settings.outbox.hold_seconds = 0;
        settings.drafting.endpoint = "http://127.0.0.1:11434/v1".into();
        settings.drafting.model = "llama3".into();
        settings.save(&file).unwrap();
        let again = Settings::load(&file);
        assert_eq!(again.settings, settings);
        assert_eq!(again.faults.summary(), None);
        settings.outbox.hold_seconds = 9_999;
        assert!(
            settings.save(&file).is_err(),
            "a bad change is refused before it is written"
        );
        assert_eq!(Settings::load(&file).settings.outbox.hold_seconds, 0);
    }
}
