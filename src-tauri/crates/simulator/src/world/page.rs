use std::collections::BTreeSet;
use std::ops::Bound;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::ListKey;

/// Where a page starts, newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cursor {
    #[default]
    Newest,
    After(ListKey),
    Before(ListKey),
}

/// Which part of a listing is asked for. Times are unix milliseconds, both ends included.
#[derive(Debug, Clone, Copy, Default)]
pub struct Window {
    pub cursor: Cursor,
    pub limit: usize,
    pub since_ms: Option<i64>,
    pub until_ms: Option<i64>,
}

/// Keys newest first. The cost is that of the page, not of the listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    pub keys: Vec<ListKey>,
    pub has_next: bool,
    pub has_previous: bool,
}

impl Page {
    pub fn cut(listing: &BTreeSet<ListKey>, window: &Window) -> Self {
        let oldest = (window.since_ms.unwrap_or(i64::MIN), u32::MIN);
        let newest = (window.until_ms.unwrap_or(i64::MAX), u32::MAX);
        if oldest > newest || window.limit == 0 {
            return Self::default();
        }
        let some = |low: Bound<ListKey>, high: Bound<ListKey>| {
            is_a_range(low, high)
                .then(|| listing.range((low, high)))
                .into_iter()
                .flatten()
        };
        let (low, high) = (Bound::Included(oldest), Bound::Included(newest));
        let wanted = window.limit + 1;
        let (mut keys, from_newest): (Vec<ListKey>, bool) = match window.cursor {
            Cursor::Newest => (some(low, high).rev().take(wanted).copied().collect(), true),
            Cursor::After(key) => (
                some(low, Bound::Excluded(key.min(newest)))
                    .rev()
                    .take(wanted)
                    .copied()
                    .collect(),
                true,
            ),
            Cursor::Before(key) => (
                some(Bound::Excluded(key.max(oldest)), high)
                    .take(wanted)
                    .copied()
                    .collect(),
                false,
            ),
        };
        keys.truncate(window.limit);
        if !from_newest {
            keys.reverse();
        }
        let has_next = keys
            .last()
            .is_some_and(|key| some(low, Bound::Excluded(*key)).next().is_some());
        let has_previous = keys
            .first()
            .is_some_and(|key| some(Bound::Excluded(*key), high).next().is_some());
        Self {
            keys,
            has_next,
            has_previous,
        }
    }
}

fn is_a_range(low: Bound<ListKey>, high: Bound<ListKey>) -> bool {
    match (low, high) {
        (Bound::Included(low), Bound::Included(high)) => low <= high,
        (Bound::Included(low) | Bound::Excluded(low), Bound::Excluded(high) | Bound::Included(high)) => {
            low < high
        }
        _ => true,
    }
}

/// Opaque to clients, and it stays good when what it points at is deleted.
pub fn encode_cursor((timestamp_ms, at): ListKey) -> String {
    URL_SAFE_NO_PAD.encode(format!("AQHR{timestamp_ms}|{at}"))
}

/// `None` when the text is no cursor of ours.
pub fn decode_cursor(text: &str) -> Option<ListKey> {
    let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (timestamp_ms, at) = decoded.strip_prefix("AQHR")?.split_once('|')?;
    Some((timestamp_ms.parse().ok()?, at.parse().ok()?))
}
