//! Points in time, in milliseconds since 1970-01-01T00:00:00Z, as the database keeps them.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Milliseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub fn plus(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    pub fn minus(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// Zero when `earlier` is later than `self`, as after a clock change.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Parses the forms platforms send: RFC 3339, and Graph's `2017-05-19T23:27:28+0000`.
    pub fn parse_platform(text: &str) -> Option<Self> {
        chrono::DateTime::parse_from_rfc3339(text)
            .or_else(|_| chrono::DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z"))
            .ok()
            .map(|at| Self(at.timestamp_millis()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_offset_spellings_are_read() {
        let graph = Timestamp::parse_platform("2017-05-19T23:27:28+0000");
        let rfc = Timestamp::parse_platform("2017-05-19T23:27:28Z");
        assert_eq!(graph, rfc, "Graph leaves the colon out of the offset");
        assert_eq!(
            graph,
            Some(Timestamp(1_495_236_448_000)),
            "milliseconds since the epoch"
        );
        assert_eq!(
            Timestamp::parse_platform("yesterday"),
            None,
            "nonsense is not a time"
        );
    }
}
