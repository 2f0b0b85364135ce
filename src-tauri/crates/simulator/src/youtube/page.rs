//! Page tokens: opaque to clients, bound to the question they were given for, and good after what they point at is
//! deleted.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;

use super::error::YoutubeError;
use crate::world::{ListKey, stable_hash};

/// Where a page starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Older than this.
    After(ListKey),
    /// The page that ends before this, one page back.
    Before(ListKey),
    /// In an order that is not that of time: so many further on.
    Skip(usize),
}

/// `question` is whatever else was asked; a token of another question is refused.
pub fn encode(question: &str, start: Start) -> String {
    let (kind, first, second) = match start {
        Start::After((timestamp_ms, at)) => ('a', timestamp_ms, u64::from(at)),
        Start::Before((timestamp_ms, at)) => ('b', timestamp_ms, u64::from(at)),
        Start::Skip(count) => ('s', 0, count as u64),
    };
    let bound = stable_hash(question.as_bytes());
    URL_SAFE.encode(format!("ADSJ_i{bound:016x}|{kind}|{first}|{second}"))
}

pub fn decode(question: &str, token: &str) -> Result<Start, YoutubeError> {
    read(question, token).ok_or_else(YoutubeError::invalid_page_token)
}

fn read(question: &str, token: &str) -> Option<Start> {
    let text = String::from_utf8(URL_SAFE.decode(token).ok()?).ok()?;
    let mut fields = text.strip_prefix("ADSJ_i")?.split('|');
    let bound = fields.next()?;
    if bound != format!("{:016x}", stable_hash(question.as_bytes())) {
        return None;
    }
    let (kind, first, second) = (fields.next()?, fields.next()?, fields.next()?);
    let key = || Some((first.parse().ok()?, second.parse().ok()?));
    match kind {
        "a" => Some(Start::After(key()?)),
        "b" => Some(Start::Before(key()?)),
        "s" => Some(Start::Skip(second.parse().ok()?)),
        _ => None,
    }
}
