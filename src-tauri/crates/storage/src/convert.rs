//! Between columns and types.

use crate::StorageError;
use crate::pool::Result;
use contract::{ConnectionState, DraftMarker, Mode};
use sha2::{Digest, Sha256};
use std::fmt::Display;
use std::str::FromStr;

/// A column that only this crate writes: what it cannot be read as was damaged.
pub(crate) fn parsed<T>(text: &str) -> Result<T>
where
    T: FromStr,
    T::Err: Display,
{
    text.parse().map_err(StorageError::corrupt)
}

pub(crate) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(StorageError::corrupt)
}

pub(crate) fn to_json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("plain structs with text keys always serialise")
}

pub(crate) fn sha256_hex(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

/// By way of its shortest text, so that 0.94 stays 0.94 and does not become 0.9399999976158142.
pub(crate) fn widened(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}

pub(crate) fn mode_text(mode: Mode) -> &'static str {
    match mode {
        Mode::Off => "off",
        Mode::Simulate => "simulate",
        Mode::Draft => "draft",
        Mode::Auto => "auto",
    }
}

pub(crate) fn mode(text: &str) -> Result<Mode> {
    [Mode::Off, Mode::Simulate, Mode::Draft, Mode::Auto]
        .into_iter()
        .find(|m| mode_text(*m) == text)
        .ok_or_else(|| StorageError::corrupt(format!("\"{text}\" is not a mode")))
}

pub(crate) fn connection_text(state: ConnectionState) -> &'static str {
    match state {
        ConnectionState::Waiting => "waiting",
        ConnectionState::Syncing => "syncing",
        ConnectionState::Connected => "connected",
        ConnectionState::Troubled => "troubled",
        ConnectionState::SignedOut => "signed_out",
    }
}

pub(crate) fn connection(text: &str) -> Result<ConnectionState> {
    use ConnectionState as C;
    [C::Waiting, C::Syncing, C::Connected, C::Troubled, C::SignedOut]
        .into_iter()
        .find(|c| connection_text(*c) == text)
        .ok_or_else(|| StorageError::corrupt(format!("\"{text}\" is not a connection state")))
}

pub(crate) fn draft_marker(text: &str) -> Result<DraftMarker> {
    Ok(match text {
        "none" => DraftMarker::None,
        "drafting" => DraftMarker::Drafting,
        "draft" => DraftMarker::Draft,
        "edited" => DraftMarker::Edited,
        "no_draft" => DraftMarker::NoDraft,
        other => {
            return Err(StorageError::corrupt(format!(
                "\"{other}\" is not a draft marker"
            )));
        }
    })
}
