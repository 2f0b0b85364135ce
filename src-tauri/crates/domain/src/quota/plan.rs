//! What to spend the day's reads on: where comments come, without leaving a video unseen.
//!
//! One page over the whole channel costs a unit and shows the newest threads of every video, so it comes first and
//! often. What it cannot show is found otherwise: held comments by a page of their own; replies under old threads
//! by the videos' comment counts (a unit for 50 videos), which point to the video to be swept; edits and deletions
//! by sweeping every video at least once a day.
//!
//! How often: comments wait least in total when the time between two looks is proportional to the square root of
//! cost over rate. The factor is the smallest that the units left until midnight pay for.

mod interval;

use crate::id::PlatformId;
use crate::time::Timestamp;
use interval::{Demand, intervals};
use std::time::Duration;

/// Threads per page of a listing.
pub const THREADS_PER_PAGE: u32 = 100;
/// Videos per call for counts and details.
pub const VIDEOS_PER_PAGE: u32 = 50;
/// A sweep goes on where the last one stopped after this many pages, so that no video takes a day's units at once.
pub const MOST_PAGES_PER_SWEEP: u32 = 20;
/// Every video is swept this often while the units allow it.
pub const SWEEP_WITHIN: Duration = Duration::from_secs(24 * 3_600);

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// A video and what is known of its comments.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchedVideo {
    pub id: PlatformId,
    pub age: Duration,
    /// As seen lately, replies included.
    pub comments_per_hour: f64,
    /// Known threads: they decide how many pages a sweep has.
    pub threads: u32,
    pub last_sweep: Option<Timestamp>,
    /// How many more comments the platform counts now than it did at the last sweep and listings have shown since:
    /// replies under old threads, most likely.
    pub unexplained: u32,
}

/// When each listing of the account was last read to where it was known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LastLooks {
    pub channel: Option<Timestamp>,
    pub held: Option<Timestamp>,
    pub likely_spam: Option<Timestamp>,
    pub videos: Option<Timestamp>,
}

/// Everything that a plan depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct Watch {
    pub now: Timestamp,
    /// From [`super::QuotaLedger::resets_at`].
    pub resets_at: Timestamp,
    /// From [`super::QuotaLedger::read_units`], or this account's share of it. The reserve is not in it.
    pub read_units: u32,
    pub last: LastLooks,
    pub videos: Vec<WatchedVideo>,
}

/// A look at the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Newest threads of all videos, page by page until a page holds nothing new.
    Channel,
    /// Threads held for review.
    Held,
    LikelySpam,
    /// Newest uploads, and the comment counts of all videos.
    Videos,
    /// The threads of one video, from where its last sweep stopped.
    Sweep(PlatformId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedLook {
    pub what: Look,
    /// Now when it is due, never in the past.
    pub at: Timestamp,
    /// Expected units. A sweep stops after as many pages.
    pub units: u32,
}

/// Looks in the order of their time. Make a new plan after each look, when a count changes, and at `valid_until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub looks: Vec<PlannedLook>,
    /// The units are full again then.
    pub valid_until: Timestamp,
}

/// Never plans a look before midnight that `read_units` do not pay for.
pub fn plan(watch: &Watch) -> Plan {
    let (demands, looks) = demands(watch);
    let units_per_hour = units_per_hour(watch);
    let intervals = intervals(&demands, units_per_hour);
    let due = |at: usize| -> Timestamp {
        let last = demands[at].last.filter(|last| *last <= watch.now);
        last.map_or(watch.now, |last| last.plus(intervals[at]).max(watch.now))
    };
    let mut planned = Vec::with_capacity(looks.len());
    let mut sweeps = Vec::new();
    for (at, what) in looks.into_iter().enumerate() {
        match what {
            Look::Sweep(_) => sweeps.push((at, what)),
            _ => planned.push(PlannedLook {
                what,
                at: due(at),
                units: demands[at].units,
            }),
        }
    }
    planned.extend(pace(watch, &demands, &intervals, sweeps, due));
    for look in &mut planned {
        if look.units > watch.read_units {
            look.units = match look.what {
                Look::Sweep(_) if watch.read_units > 0 => watch.read_units,
                _ => {
                    look.at = look.at.max(watch.resets_at);
                    look.units
                }
            };
        }
    }
    // Stable: of looks that are due together the channel comes first.
    planned.sort_by_key(|look| look.at);
    Plan {
        looks: planned,
        valid_until: watch.resets_at.max(watch.now),
    }
}

/// Between two sweeps of any one video no more time passes, while `daily_read_units` stay what they are and the
/// plan is followed.
pub fn longest_between_sweeps(videos: &[WatchedVideo], daily_read_units: u32) -> Duration {
    let watch = Watch {
        now: Timestamp(0),
        resets_at: Timestamp(0).plus(24 * HOUR),
        read_units: daily_read_units,
        last: LastLooks::default(),
        videos: videos.to_vec(),
    };
    let (demands, looks) = demands(&watch);
    let intervals = intervals(&demands, units_per_hour(&watch));
    let longest = looks
        .iter()
        .zip(intervals)
        .filter(|(what, _)| matches!(what, Look::Sweep(_)))
        .map(|(_, interval)| interval)
        .max();
    // Sweeps queue behind each other for as long as half an interval, and a day's last units may not suffice for
    // the next one, which then waits for midnight.
    longest.unwrap_or(SWEEP_WITHIN).max(SWEEP_WITHIN).mul_f64(1.5) + 6 * HOUR
}

fn units_per_hour(watch: &Watch) -> f64 {
    let hours_left = watch.resets_at.since(watch.now).max(MINUTE).as_secs_f64() / HOUR.as_secs_f64();
    f64::from(watch.read_units) / hours_left
}

/// One sweep after another, earliest due first, at no more than twice the pace that the units pay for: many videos
/// that were never swept must not take what the channel's page needs until midnight.
fn pace(
    watch: &Watch,
    demands: &[Demand],
    intervals: &[Duration],
    mut sweeps: Vec<(usize, Look)>,
    due: impl Fn(usize) -> Timestamp,
) -> Vec<PlannedLook> {
    let units_per_hour: f64 = sweeps
        .iter()
        .map(|(at, _)| f64::from(demands[*at].units) / (intervals[*at].as_secs_f64() / HOUR.as_secs_f64()))
        .sum();
    let takes = |at: usize| match units_per_hour > 0.0 {
        true => HOUR.mul_f64(f64::from(demands[at].units) / (2.0 * units_per_hour)),
        false => Duration::ZERO,
    };
    let latest = sweeps
        .iter()
        .filter_map(|(at, _)| Some((demands[*at].last.filter(|last| *last <= watch.now)?, *at)))
        .max();
    let mut free_at = latest.map_or(watch.now, |(last, at)| last.plus(takes(at)));
    sweeps.sort_by(|(one, _), (other, _)| {
        let never = |at: usize| demands[at].last.is_some();
        never(*one)
            .cmp(&never(*other))
            .then(due(*one).cmp(&due(*other)))
            .then(demands[*other].per_hour.total_cmp(&demands[*one].per_hour))
    });
    let mut planned = Vec::with_capacity(sweeps.len());
    for (at, what) in sweeps {
        let start = due(at).max(free_at);
        free_at = start.plus(takes(at));
        planned.push(PlannedLook {
            what,
            at: start,
            units: demands[at].units,
        });
    }
    planned
}

/// The shares are this app's own estimates; the counts correct them, since an unexplained one raises its video.
fn demands(watch: &Watch) -> (Vec<Demand>, Vec<Look>) {
    let rates: Vec<f64> = watch.videos.iter().map(expected_per_hour).collect();
    let channel: f64 = rates.iter().sum();
    let pages = |count: usize, size: u32| u32::try_from(count).unwrap_or(u32::MAX).div_ceil(size).max(1);
    let mut looks = vec![Look::Channel, Look::Held, Look::LikelySpam, Look::Videos];
    let mut demands = vec![
        Demand {
            units: 1,
            per_hour: channel,
            within: (Duration::from_secs(20), 10 * MINUTE),
            last: watch.last.channel,
            whole_account: true,
        },
        Demand {
            units: 1,
            per_hour: 0.05 * channel,
            within: (2 * MINUTE, HOUR),
            last: watch.last.held,
            whole_account: true,
        },
        Demand {
            units: 1,
            per_hour: 0.02 * channel,
            within: (10 * MINUTE, 6 * HOUR),
            last: watch.last.likely_spam,
            whole_account: true,
        },
        Demand {
            // A page of the uploads, then the counts.
            units: pages(watch.videos.len(), VIDEOS_PER_PAGE).saturating_mul(2),
            per_hour: 0.2 * channel,
            within: (2 * MINUTE, HOUR),
            last: watch.last.videos,
            whole_account: true,
        },
    ];
    for (video, per_hour) in watch.videos.iter().zip(&rates) {
        // An unchanged count leaves only edits and deletions to find.
        let soonest = if video.unexplained > 0 { 5 * MINUTE } else { HOUR };
        looks.push(Look::Sweep(video.id.clone()));
        demands.push(Demand {
            units: video
                .threads
                .div_ceil(THREADS_PER_PAGE)
                .clamp(1, MOST_PAGES_PER_SWEEP),
            per_hour: 0.02 * per_hour + f64::from(video.unexplained.min(100)),
            within: (soonest, SWEEP_WITHIN),
            last: video.last_sweep,
            whole_account: false,
        });
    }
    (demands, looks)
}

/// What was seen, or what a video of its age gets before anything was seen.
fn expected_per_hour(video: &WatchedVideo) -> f64 {
    let days = video.age.as_secs_f64() / (24.0 * HOUR.as_secs_f64());
    let at_least = (1.0 / (1.0 + days)).max(0.005);
    match video.comments_per_hour.is_finite() {
        true => video.comments_per_hour.max(at_least),
        false => at_least,
    }
}

#[cfg(test)]
mod tests;
