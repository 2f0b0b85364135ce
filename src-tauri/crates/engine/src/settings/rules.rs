//! What each key of the settings file may hold.

use super::{Faults, SettingsError};
use std::fmt;
use toml::{Table, Value};

/// What a key may hold.
enum Allowed {
    Whole {
        low: u32,
        high: u32,
    },
    OneOf(&'static [&'static str]),
    YesOrNo,
    Text,
    Address,
    AddressOrEmpty,
    /// A version of the Graph API.
    Version,
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole { low, high } => write!(f, "{low} to {high}"),
            Self::OneOf(words) => write!(f, "one of {}", words.join(", ")),
            Self::YesOrNo => write!(f, "true or false"),
            Self::Text => write!(f, "a text in quotes"),
            Self::Address => write!(f, "an address like https://api.example.com/v1"),
            Self::AddressOrEmpty => write!(f, "an address like https://api.example.com/v1, or \"\" for none"),
            Self::Version => write!(f, "a version of the Graph API, as \"v26.0\""),
        }
    }
}

impl Allowed {
    fn check(&self, key: &str, value: &Value) -> Result<(), SettingsError> {
        let fits = match (self, value) {
            (Self::Whole { low, high }, Value::Integer(number)) => {
                (i64::from(*low)..=i64::from(*high)).contains(number)
            }
            (Self::OneOf(words), Value::String(text)) => words.contains(&text.as_str()),
            (Self::YesOrNo, Value::Boolean(_)) | (Self::Text, Value::String(_)) => true,
            (Self::AddressOrEmpty, Value::String(text)) if text.is_empty() => true,
            (Self::Address | Self::AddressOrEmpty, Value::String(text)) => return check_endpoint(key, text),
            (Self::Version, Value::String(text)) => is_version(text),
            _ => false,
        };
        if fits {
            return Ok(());
        }
        Err(SettingsError::OutOfRange {
            key: key.to_owned(),
            value: value.to_string(),
            allowed: self.to_string(),
        })
    }
}

fn is_version(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    text.strip_prefix('v')
        .is_some_and(|numbers| numbers.split('.').all(is_number))
}

struct Section {
    name: &'static str,
    keys: &'static [(&'static str, Allowed)],
}

/// Every key of the file. A test compares it with [`Settings`].
const SECTIONS: &[Section] = &[
    Section {
        name: "appearance",
        keys: &[
            ("theme", Allowed::OneOf(&["system", "light", "dark"])),
            ("language", Allowed::OneOf(&["system", "en", "ru"])),
            ("density", Allowed::OneOf(&["comfortable", "compact"])),
            ("shortcuts", Allowed::YesOrNo),
        ],
    },
    Section {
        name: "outbox",
        keys: &[
            ("hold_seconds", Allowed::Whole { low: 0, high: 600 }),
            ("settle_seconds", Allowed::Whole { low: 0, high: 300 }),
            ("most_attempts", Allowed::Whole { low: 1, high: 50 }),
        ],
    },
    Section {
        name: "sync",
        keys: &[
            ("interval_seconds", Allowed::Whole { low: 1, high: 3_600 }),
            ("quiet_interval_seconds", Allowed::Whole { low: 1, high: 86_400 }),
            ("sweep_seconds", Allowed::Whole { low: 1, high: 86_400 }),
        ],
    },
    Section {
        name: "drafting",
        keys: &[
            ("fall_back_to_local", Allowed::YesOrNo),
            ("endpoint", Allowed::AddressOrEmpty),
            ("model", Allowed::Text),
            ("timeout_seconds", Allowed::Whole { low: 1, high: 600 }),
            ("most_attempts", Allowed::Whole { low: 1, high: 20 }),
        ],
    },
    Section {
        name: "instagram",
        keys: &[
            ("base_url", Allowed::Address),
            ("version", Allowed::Version),
            ("max_reply_chars", Allowed::Whole { low: 1, high: 2_200 }),
        ],
    },
    Section {
        name: "relay",
        keys: &[
            ("enabled", Allowed::YesOrNo),
            (
                "port",
                Allowed::Whole {
                    low: 1_024,
                    high: 65_535,
                },
            ),
        ],
    },
    Section {
        name: "log",
        keys: &[
            ("filter", Allowed::Text),
            ("keep_files", Allowed::Whole { low: 2, high: 365 }),
        ],
    },
];

/// Every key that is unknown or holds what it may not.
pub(super) fn faults_of(file: &Table) -> Faults {
    let mut faults = Faults::default();
    for (name, value) in file {
        let Some(section) = SECTIONS.iter().find(|section| section.name == name) else {
            let names: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
            faults.push(SettingsError::UnknownKey {
                key: name.clone(),
                known: format!("the sections are {}", names.join(", ")),
            });
            continue;
        };
        let Some(keys) = value.as_table() else {
            faults.push(SettingsError::OutOfRange {
                key: name.clone(),
                value: value.to_string(),
                allowed: format!("a section, begun by [{name}]"),
            });
            continue;
        };
        for (key, value) in keys {
            let path = format!("{name}.{key}");
            match section.keys.iter().find(|(known, _)| known == key) {
                Some((_, allowed)) => {
                    if let Err(error) = allowed.check(&path, value) {
                        faults.push(error);
                    }
                }
                None => {
                    let known: Vec<&str> = section.keys.iter().map(|(known, _)| *known).collect();
                    faults.push(SettingsError::UnknownKey {
                        key: path,
                        known: format!("[{name}] has {}", known.join(", ")),
                    });
                }
            }
        }
        if name == "drafting" {
            let text = |key: &str| keys.get(key).and_then(Value::as_str).unwrap_or_default();
            if !text("endpoint").is_empty() && text("model").trim().is_empty() {
                faults.push(SettingsError::OutOfRange {
                    key: "drafting.model".to_owned(),
                    value: format!("\"{}\"", text("model")),
                    allowed: "the name of a model the endpoint serves".to_owned(),
                });
            }
        }
    }
    faults
}

/// https anywhere, http on this computer only: a key must not cross a network in the clear.
pub fn check_endpoint(key: &str, value: &str) -> Result<(), SettingsError> {
    let refused = |shown: &str, allowed: &str| {
        Err(SettingsError::OutOfRange {
            key: key.to_owned(),
            value: format!("\"{shown}\""),
            allowed: allowed.to_owned(),
        })
    };
    let Ok(url) = url::Url::parse(value) else {
        return refused(value, "an address like https://api.example.com/v1");
    };
    if !url.username().is_empty() || url.password().is_some() {
        let shown = format!("{}://...@{}", url.scheme(), url.host_str().unwrap_or_default());
        return refused(&shown, "an address without a user name or password in it");
    }
    let local = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => return refused(value, "an address with a host"),
    };
    match (url.scheme(), local) {
        ("https", _) | ("http", true) => Ok(()),
        _ => refused(value, "https, or http on this computer (localhost)"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn every_key_has_its_rule_and_every_rule_its_key() {
        let written = Table::try_from(Settings::default()).unwrap();
        let mut keys = Vec::new();
        for (section, values) in &written {
            for key in values.as_table().unwrap().keys() {
                keys.push(format!("{section}.{key}"));
            }
        }
        let mut rules = Vec::new();
        for section in SECTIONS {
            for (key, _) in section.keys {
                rules.push(format!("{}.{key}", section.name));
            }
        }
        keys.sort();
        rules.sort();
        assert_eq!(rules, keys, "a key without a rule would be refused as unknown");
    }
}
