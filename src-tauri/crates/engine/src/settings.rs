//! Typed settings: a TOML file a person may edit, checked key by key when loaded and when changed.
//! A broken file is never overwritten: the error names the key, the value and what is allowed.

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub appearance: Appearance,
    pub outbox: Outbox,
    pub sync: Sync,
    pub drafting: Drafting,
    pub instagram: Instagram,
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
    pub version: String,
    pub max_reply_chars: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// A tracing filter, as `info` or `info,engine=debug`. Comment text appears at debug only.
    pub filter: String,
    /// Daily files kept.
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
        key: &'static str,
        value: String,
        allowed: String,
    },
    #[error("settings file {}: {detail}", .file.display())]
    Unreadable { file: PathBuf, detail: String },
    #[error("settings file {}: {source}", .file.display())]
    Io { file: PathBuf, source: std::io::Error },
}

fn in_range(key: &'static str, value: u32, low: u32, high: u32) -> Result<(), SettingsError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(SettingsError::OutOfRange {
        key,
        value: value.to_string(),
        allowed: format!("{low} to {high}"),
    })
}

fn one_of(key: &'static str, value: &str, allowed: &[&str]) -> Result<(), SettingsError> {
    if allowed.contains(&value) {
        return Ok(());
    }
    Err(SettingsError::OutOfRange {
        key,
        value: format!("\"{value}\""),
        allowed: format!("one of {}", allowed.join(", ")),
    })
}

/// https anywhere, http on this computer only: a key must not cross a network in the clear.
pub fn check_endpoint(key: &'static str, value: &str) -> Result<(), SettingsError> {
    let refused = |allowed: &str| {
        Err(SettingsError::OutOfRange {
            key,
            value: format!("\"{value}\""),
            allowed: allowed.to_owned(),
        })
    };
    let Ok(url) = url::Url::parse(value) else {
        return refused("an address like https://api.example.com/v1");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refused("an address without a user name or password in it");
    }
    let local = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => return refused("an address with a host"),
    };
    match (url.scheme(), local) {
        ("https", _) | ("http", true) => Ok(()),
        _ => refused("https, or http on this computer (localhost)"),
    }
}

impl Settings {
    /// The file's settings; the defaults when there is no file.
    pub fn load(file: &Path) -> Result<Self, SettingsError> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => {
                return Err(SettingsError::Io {
                    file: file.to_owned(),
                    source,
                });
            }
        };
        let settings: Self = toml::from_str(&text).map_err(|e| SettingsError::Unreadable {
            file: file.to_owned(),
            detail: e.to_string(),
        })?;
        settings.check()?;
        Ok(settings)
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

    pub fn check(&self) -> Result<(), SettingsError> {
        one_of(
            "appearance.theme",
            &self.appearance.theme,
            &["system", "light", "dark"],
        )?;
        one_of(
            "appearance.language",
            &self.appearance.language,
            &["system", "en", "ru"],
        )?;
        one_of(
            "appearance.density",
            &self.appearance.density,
            &["comfortable", "compact"],
        )?;
        in_range("outbox.hold_seconds", self.outbox.hold_seconds, 0, 600)?;
        in_range("outbox.settle_seconds", self.outbox.settle_seconds, 0, 300)?;
        in_range("outbox.most_attempts", self.outbox.most_attempts, 1, 50)?;
        in_range("sync.interval_seconds", self.sync.interval_seconds, 1, 3_600)?;
        in_range("sync.sweep_seconds", self.sync.sweep_seconds, 1, 86_400)?;
        in_range("drafting.timeout_seconds", self.drafting.timeout_seconds, 1, 600)?;
        in_range("drafting.most_attempts", self.drafting.most_attempts, 1, 20)?;
        in_range(
            "instagram.max_reply_chars",
            self.instagram.max_reply_chars,
            1,
            2_200,
        )?;
        in_range("log.keep_files", self.log.keep_files, 1, 365)?;
        if !self.drafting.endpoint.is_empty() {
            check_endpoint("drafting.endpoint", &self.drafting.endpoint)?;
            if self.drafting.model.trim().is_empty() {
                return Err(SettingsError::OutOfRange {
                    key: "drafting.model",
                    value: "\"\"".into(),
                    allowed: "the name of a model the endpoint serves".into(),
                });
            }
        }
        check_endpoint("instagram.base_url", &self.instagram.base_url)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("[outbox]\nhold_seconds = 601\n", "outbox.hold_seconds = 601: 0 to 600")]
    #[case(
        "[appearance]\ntheme = \"pink\"\n",
        "appearance.theme = \"pink\": one of system, light, dark"
    )]
    #[case(
        "[drafting]\nendpoint = \"http://example.com/v1\"\nmodel = \"m\"\n",
        "https, or http on this computer"
    )]
    #[case("[drafting]\nendpoint = \"http://localhost:1234/v1\"\n", "drafting.model")]
    #[case("[outbox]\nhold = 3\n", "unknown field `hold`")]
    fn a_broken_file_names_the_key_and_stays_as_it_is(#[case] text: &str, #[case] said: &str) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        std::fs::write(&file, text).unwrap();
        let error = Settings::load(&file).unwrap_err().to_string();
        assert!(error.contains(said), "{error} says {said}");
        assert_eq!(
            std::fs::read_to_string(&file).unwrap(),
            text,
            "a person's file is not overwritten"
        );
    }

    #[test]
    fn what_is_saved_loads_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        let mut settings = Settings::load(&file).unwrap();
        assert_eq!(settings, Settings::default(), "no file means the defaults");
        settings.outbox.hold_seconds = 0;
        settings.drafting.endpoint = "http://127.0.0.1:11434/v1".into();
        settings.drafting.model = "llama3".into();
        settings.save(&file).unwrap();
        assert_eq!(Settings::load(&file).unwrap(), settings);
        settings.outbox.hold_seconds = 9_999;
        assert!(
            settings.save(&file).is_err(),
            "a bad change is refused before it is written"
        );
        assert_eq!(Settings::load(&file).unwrap().outbox.hold_seconds, 0);
    }
}
