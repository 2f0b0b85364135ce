//! What a platform's terms ask of the data that was read from it.

use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Known by the platform's name alone: it holds for an account that is signed out, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataTerms {
    /// What the platform did not show for so long is read again, or let go.
    pub refresh_within: Duration,
    /// Reading again begins after this, so that the units of several days are there for it.
    pub reread_after: Duration,
    /// After the access to an account ended, what was read of it is let go.
    pub purge_after_disconnect: Duration,
}

impl DataTerms {
    /// `None` where the terms set no time.
    pub fn of(platform: &str) -> Option<Self> {
        match platform {
            // Developer Policies III.E.4: stored data is refreshed or deleted after 30 days; after a revocation it is
            // deleted within 7, of which one is left for an app that was closed over night.
            "youtube" => Some(Self {
                refresh_within: DAY * 30,
                reread_after: DAY * 25,
                purge_after_disconnect: DAY * 6,
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_again_begins_before_the_time_is_over() {
        let terms = DataTerms::of("youtube").expect("YouTube's terms set a time");
        assert!(terms.reread_after < terms.refresh_within && terms.refresh_within <= DAY * 30);
        assert!(terms.purge_after_disconnect < DAY * 7);
        assert_eq!(DataTerms::of("telegram"), None);
    }
}
