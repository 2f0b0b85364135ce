//! A day of a YouTube channel in simulated time: where the units go, and how long comments wait to be seen.
//!
//! The plan is the app's own (`domain::quota::plan`), followed to the letter; what it is measured against reads the
//! newest threads of the ten busiest videos every half minute, as long as units are left.

use crate::output::Output;
use domain::Timestamp;
use domain::quota::plan::{LastLooks, Look, PlannedLook, THREADS_PER_PAGE, Watch, WatchedVideo, plan};
use domain::quota::{QuotaBudget, QuotaLedger, SpendKind};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// 2026-03-02, midnight in California.
const MIDNIGHT: Timestamp = Timestamp(1_772_438_400_000);
const DAY: Duration = Duration::from_secs(24 * 3_600);
const HALF_MINUTE: Duration = Duration::from_secs(30);
const POLLED_VIDEOS: usize = 10;
/// One reply with the look before it.
const REPLY_UNITS: u32 = 51;

pub struct Day {
    pub units: u32,
    pub videos: usize,
    pub comments: usize,
    pub seed: u64,
}

/// Where a comment can be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// On the first page of the channel and of its video.
    NewThread,
    /// Under a thread of another day: only a sweep of the video shows it.
    OldThread,
    /// In the listing of what is held for review.
    Held,
}

struct Arrival {
    at: Timestamp,
    video: usize,
    place: Place,
    seen_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct Outcome {
    units_by_kind: BTreeMap<&'static str, u32>,
    units_left: u32,
    seen: usize,
    /// Nobody saw them by the end of the day.
    unseen: usize,
    median_wait_seconds: u64,
    p95_wait_seconds: u64,
    /// Of what was seen by the end of the day, and of what still waits then.
    longest_wait_seconds: u64,
    /// With the units left at the end of the day, had nobody replied before.
    replies_possible: u32,
}

#[derive(Serialize)]
struct Figures {
    units: u32,
    videos: usize,
    comments: usize,
    planned: Outcome,
    polled_every_30_s: Outcome,
}

pub fn report(day: &Day, json: bool, out: &mut Output) -> anyhow::Result<()> {
    let figures = Figures {
        units: day.units,
        videos: day.videos,
        comments: day.comments,
        planned: Channel::new(day).follow_the_plan(),
        polled_every_30_s: Channel::new(day).poll(),
    };
    if json {
        return Ok(out.line(serde_json::to_string(&figures)?)?);
    }
    out.line(format_args!(
        "{} units, {} videos, {} comments in a day",
        day.units, day.videos, day.comments
    ))?;
    for (name, outcome) in [
        ("by the plan", &figures.planned),
        ("polling ten videos every 30 s", &figures.polled_every_30_s),
    ] {
        out.line(format_args!(
            "{name}: {} seen, {} not; waited {} s in the median, {} s at p95, {} s at most; {} replies possible",
            outcome.seen,
            outcome.unseen,
            outcome.median_wait_seconds,
            outcome.p95_wait_seconds,
            outcome.longest_wait_seconds,
            outcome.replies_possible
        ))?;
        let spent: Vec<String> = outcome
            .units_by_kind
            .iter()
            .map(|(kind, units)| format!("{kind} {units}"))
            .collect();
        out.line(format_args!(
            "  units: {}; {} left",
            spent.join(", "),
            outcome.units_left
        ))?;
    }
    Ok(())
}

struct Channel {
    now: Timestamp,
    ledger: QuotaLedger,
    last: LastLooks,
    videos: Vec<WatchedVideo>,
    arrivals: Vec<Arrival>,
}

impl Channel {
    /// A third of the videos are new and get nine tenths of the comments; the day has its quiet hours. Of the
    /// comments 12 % are replies under old threads and 3 % are held for review.
    fn new(day: &Day) -> Self {
        let mut random = StdRng::seed_from_u64(day.seed);
        let young = day.videos.div_ceil(3);
        let mut arrivals: Vec<Arrival> = (0..day.comments)
            .map(|_| {
                let video = match random.random_range(0..10) {
                    0 if young < day.videos => random.random_range(young..day.videos),
                    _ => random.random_range(0..young),
                };
                let place = match random.random_range(0..100) {
                    0..12 => Place::OldThread,
                    12..15 => Place::Held,
                    _ => Place::NewThread,
                };
                Arrival {
                    at: MIDNIGHT.plus(moment(&mut random)),
                    video,
                    place,
                    seen_at: None,
                }
            })
            .collect();
        arrivals.sort_by_key(|arrival| arrival.at);
        #[allow(clippy::cast_precision_loss, reason = "a rate")]
        let hourly = |share: f64, videos: usize| day.comments as f64 * share / 24.0 / videos.max(1) as f64;
        let videos = (0..day.videos).map(|n| {
            let is_young = n < young;
            let days = u32::try_from(if is_young { n } else { n * 10 }).unwrap_or(u32::MAX);
            WatchedVideo {
                id: format!("video{n}").as_str().into(),
                age: DAY * days,
                comments_per_hour: match is_young {
                    true => hourly(0.9, young),
                    false => hourly(0.1, day.videos - young),
                },
                threads: if is_young { 300 } else { 800 },
                last_sweep: None,
                unexplained: 0,
            }
        });
        let budget = QuotaBudget {
            daily_units: day.units,
            reserve_units: day.units / 2,
        };
        Self {
            now: MIDNIGHT,
            ledger: QuotaLedger::new(budget, MIDNIGHT),
            last: LastLooks::default(),
            videos: videos.collect(),
            arrivals,
        }
    }

    fn follow_the_plan(mut self) -> Outcome {
        let end = MIDNIGHT.plus(DAY);
        while self.now < end {
            let plan = plan(&Watch {
                now: self.now,
                resets_at: self.ledger.resets_at(self.now),
                read_units: self.ledger.read_units(self.now),
                last: self.last,
                videos: self.videos.clone(),
            });
            match plan.looks.first() {
                Some(look) if look.at <= self.now => self.carry_out(look),
                Some(look) => self.now = look.at.min(plan.valid_until),
                None => self.now = plan.valid_until,
            }
        }
        self.outcome()
    }

    fn carry_out(&mut self, look: &PlannedLook) {
        let now = self.now;
        match &look.what {
            Look::Channel => {
                let news = self.see(|arrival| arrival.place == Place::NewThread);
                // The page on which the known ones begin is read as well.
                self.spend(SpendKind::ListThreads, pages_of(news));
                self.last.channel = Some(now);
            }
            Look::Held => {
                self.see(|arrival| arrival.place == Place::Held);
                self.spend(SpendKind::ListHeld, 1);
                self.last.held = Some(now);
            }
            Look::LikelySpam => {
                self.spend(SpendKind::ListHeld, 1);
                self.last.likely_spam = Some(now);
            }
            Look::Videos => {
                self.spend(SpendKind::ListVideos, look.units);
                self.last.videos = Some(now);
                for (n, video) in self.videos.iter_mut().enumerate() {
                    let hidden = self.arrivals.iter().filter(|arrival| {
                        arrival.video == n
                            && arrival.place == Place::OldThread
                            && arrival.at <= now
                            && arrival.seen_at.is_none()
                    });
                    video.unexplained = u32::try_from(hidden.count()).unwrap_or(u32::MAX);
                }
            }
            Look::Sweep(id) => {
                let Some(n) = self.videos.iter().position(|video| video.id == *id) else {
                    return;
                };
                self.see(|arrival| arrival.video == n && arrival.place != Place::Held);
                self.spend(SpendKind::ListThreads, look.units);
                self.videos[n].last_sweep = Some(now);
                self.videos[n].unexplained = 0;
            }
        }
    }

    fn poll(mut self) -> Outcome {
        let end = MIDNIGHT.plus(DAY);
        let daily_units = self.ledger.budget().daily_units;
        self.ledger.set_budget(QuotaBudget {
            daily_units,
            reserve_units: 0,
        });
        while self.now < end {
            for video in 0..POLLED_VIDEOS.min(self.videos.len()) {
                if self.ledger.spend(SpendKind::ListThreads, self.now).is_ok() {
                    self.see(|arrival| arrival.video == video && arrival.place == Place::NewThread);
                }
            }
            self.now = self.now.plus(HALF_MINUTE);
        }
        self.outcome()
    }

    /// How many more are seen from now on.
    fn see(&mut self, shown: impl Fn(&Arrival) -> bool) -> usize {
        let now = self.now;
        let mut news = 0;
        for arrival in &mut self.arrivals {
            if arrival.seen_at.is_none() && arrival.at <= now && shown(arrival) {
                arrival.seen_at = Some(now);
                news += 1;
            }
        }
        news
    }

    fn spend(&mut self, kind: SpendKind, calls: u32) {
        for _ in 0..calls {
            // What the day does not pay for is not read; the plan keeps that from happening.
            if self.ledger.spend(kind, self.now).is_err() {
                return;
            }
        }
    }

    fn outcome(self) -> Outcome {
        let last_moment = Timestamp(MIDNIGHT.plus(DAY).0 - 1);
        let mut seen: Vec<u64> = Vec::new();
        let mut waiting = 0;
        let mut unseen = 0;
        for arrival in &self.arrivals {
            match arrival.seen_at {
                Some(at) => seen.push(at.since(arrival.at).as_secs()),
                None => {
                    unseen += 1;
                    waiting = waiting.max(last_moment.since(arrival.at).as_secs());
                }
            }
        }
        seen.sort_unstable();
        let at_percent = |percent: usize| {
            let at = (seen.len() * percent).div_ceil(100);
            seen.get(at.saturating_sub(1)).copied().unwrap_or(0)
        };
        let by_kind = self.ledger.spent_by_kind(last_moment);
        let spent: u32 = by_kind.values().sum();
        let left = self.ledger.budget().daily_units.saturating_sub(spent);
        Outcome {
            units_by_kind: by_kind
                .into_iter()
                .map(|(kind, units)| (kind.as_str(), units))
                .collect(),
            units_left: left,
            seen: seen.len(),
            unseen,
            median_wait_seconds: at_percent(50),
            p95_wait_seconds: at_percent(95),
            longest_wait_seconds: at_percent(100).max(waiting),
            replies_possible: left / REPLY_UNITS,
        }
    }
}

fn pages_of(news: usize) -> u32 {
    u32::try_from(news).unwrap_or(u32::MAX) / THREADS_PER_PAGE + 1
}

/// Three times as many comments in the busiest hour as in the quietest.
fn moment(random: &mut StdRng) -> Duration {
    loop {
        let share: f64 = random.random();
        let busy = 0.5 + 0.25 * (1.0 - (share * std::f64::consts::TAU).cos());
        if random.random::<f64>() < busy {
            return DAY.mul_f64(share);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Day = Day {
        units: 10_000,
        videos: 30,
        comments: 2_000,
        seed: 7,
    };

    #[test]
    fn the_plan_sees_what_polling_does_not_and_leaves_room_for_replies() {
        let planned = Channel::new(&USUAL).follow_the_plan();
        let polled = Channel::new(&USUAL).poll();
        assert_eq!(planned.seen + planned.unseen, USUAL.comments);
        assert_eq!(polled.seen + polled.unseen, USUAL.comments);
        assert!(planned.seen > polled.seen);
        assert!(planned.replies_possible >= 98, "{}", planned.replies_possible);
        assert_eq!(polled.replies_possible, 0);
        let spent: u32 = planned.units_by_kind.values().sum();
        assert_eq!(spent + planned.units_left, USUAL.units);
    }
}
