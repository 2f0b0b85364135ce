#![allow(clippy::unwrap_used)]
use super::*;
use crate::quota::{QuotaBudget, QuotaLedger, SpendKind};
use proptest::prelude::*;
use std::collections::HashMap;

/// Noon in California.
const NOON: Timestamp = Timestamp(1_769_025_600_000);

fn video(id: &str, age_days: u32, comments_per_hour: f64, threads: u32) -> WatchedVideo {
    WatchedVideo {
        id: id.into(),
        age: 24 * HOUR * age_days,
        comments_per_hour,
        threads,
        last_sweep: None,
        unexplained: 0,
    }
}

/// An account whose plan is followed to the letter, while people reply now and then.
struct Follower {
    now: Timestamp,
    ledger: QuotaLedger,
    last: LastLooks,
    videos: Vec<WatchedVideo>,
    looks: HashMap<&'static str, u32>,
    longest_wait: HashMap<&'static str, Duration>,
    longest_between_sweeps: Duration,
}

impl Follower {
    fn new(budget: QuotaBudget, videos: Vec<WatchedVideo>) -> Self {
        Self {
            now: NOON,
            ledger: QuotaLedger::new(budget, NOON),
            last: LastLooks::default(),
            videos,
            looks: HashMap::new(),
            longest_wait: HashMap::new(),
            longest_between_sweeps: Duration::ZERO,
        }
    }

    fn plan(&self) -> Plan {
        plan(&Watch {
            now: self.now,
            resets_at: self.ledger.resets_at(self.now),
            read_units: self.ledger.read_units(self.now),
            last: self.last,
            videos: self.videos.clone(),
        })
    }

    /// Carries out the first look, or waits for it. Every unit has to be there.
    fn step(&mut self) {
        let plan = self.plan();
        let next = plan.looks.first().cloned();
        let Some(next) = next.filter(|look| look.at <= self.now) else {
            let first = plan.looks.first().map_or(plan.valid_until, |look| look.at);
            let wake = first.min(plan.valid_until);
            assert!(wake > self.now, "a plan that is never over: {plan:?}");
            self.now = wake;
            return;
        };
        let (name, kind) = match &next.what {
            Look::Channel => ("channel", SpendKind::ListThreads),
            Look::Held => ("held", SpendKind::ListHeld),
            Look::LikelySpam => ("likely_spam", SpendKind::ListHeld),
            Look::Videos => ("videos", SpendKind::ListVideos),
            Look::Sweep(_) => ("sweep", SpendKind::ListThreads),
        };
        for _ in 0..next.units {
            self.ledger
                .spend(kind, self.now)
                .expect("the plan spends what there is");
        }
        *self.looks.entry(name).or_default() += 1;
        let last = match &next.what {
            Look::Channel => &mut self.last.channel,
            Look::Held => &mut self.last.held,
            Look::LikelySpam => &mut self.last.likely_spam,
            Look::Videos => &mut self.last.videos,
            Look::Sweep(id) => {
                let video = self.videos.iter_mut().find(|v| v.id == *id).unwrap();
                let since = video.last_sweep.unwrap_or(NOON);
                self.longest_between_sweeps = self.longest_between_sweeps.max(self.now.since(since));
                &mut video.last_sweep
            }
        };
        let wait = self.now.since(last.unwrap_or(NOON));
        *last = Some(self.now);
        let longest = self.longest_wait.entry(name).or_default();
        *longest = (*longest).max(wait);
    }

    fn run(&mut self, span: Duration) {
        let end = self.now.plus(span);
        while self.now < end {
            self.step();
        }
        // What is still unseen at the end has waited too.
        for video in &self.videos {
            let since = video.last_sweep.unwrap_or(NOON);
            self.longest_between_sweeps = self.longest_between_sweeps.max(end.since(since));
        }
    }
}

fn videos() -> impl Strategy<Value = Vec<WatchedVideo>> {
    let one = (0u32..2_000, 0.0f64..50.0, 0u32..5_000, 0u32..3);
    prop::collection::vec(one, 0..40).prop_map(|all| {
        all.into_iter()
            .enumerate()
            .map(|(n, (age, rate, threads, unexplained))| WatchedVideo {
                unexplained,
                ..video(&format!("v{n}"), age, rate, threads)
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_followed_plan_never_overspends_and_looks_at_every_video_in_time(
        videos in videos(),
        daily in 600u32..10_000,
        reserve_percent in 0u32..60,
    ) {
        let reserve_units = daily * reserve_percent / 100;
        let bound = longest_between_sweeps(&videos, daily - reserve_units);
        let mut follower = Follower::new(QuotaBudget { daily_units: daily, reserve_units }, videos);
        // Spending itself is checked at every step.
        follower.run(bound + 24 * HOUR);
        prop_assert!(
            follower.longest_between_sweeps <= bound,
            "{:?} passed between two sweeps, at most {:?} may", follower.longest_between_sweeps, bound
        );
    }

    #[test]
    fn replies_in_between_find_their_reserve(videos in videos(), every in 3usize..60) {
        let budget = QuotaBudget { daily_units: 6_000, reserve_units: 3_000 };
        let mut follower = Follower::new(budget, videos);
        let mut replied = 0;
        let day = follower.ledger.resets_at(NOON);
        let mut steps = 0usize;
        while follower.now < day {
            follower.step();
            steps += 1;
            if steps.is_multiple_of(every) && replied < 58 && follower.now < day {
                prop_assert!(follower.ledger.spend(SpendKind::Check, follower.now).is_ok());
                prop_assert!(follower.ledger.spend(SpendKind::Reply, follower.now).is_ok(), "reply {replied}");
                replied += 1;
            }
        }
    }

    #[test]
    fn a_plan_holds_each_look_once_and_none_before_its_time(
        videos in videos(),
        units in 0u32..5_000,
        minutes_left in 0u64..1_500,
    ) {
        let resets_at = NOON.plus(MINUTE * u32::try_from(minutes_left).unwrap());
        let watch = Watch { now: NOON, resets_at, read_units: units, last: LastLooks::default(), videos };
        let plan = plan(&watch);
        prop_assert_eq!(plan.looks.len(), watch.videos.len() + 4);
        for look in &plan.looks {
            prop_assert!(look.at >= NOON);
            prop_assert!(look.at >= resets_at || look.units <= units, "nothing unpaid before midnight: {:?}", look);
        }
        prop_assert!(plan.looks.is_sorted_by_key(|look| look.at));
    }
}

#[test]
fn the_channel_s_page_comes_first() {
    let follower = Follower::new(QuotaBudget::default(), vec![video("a", 1, 5.0, 100)]);
    assert_eq!(
        follower.plan().looks[0],
        PlannedLook {
            what: Look::Channel,
            at: NOON,
            units: 1
        },
        "one unit shows the newest of every video"
    );
}

#[test]
fn without_units_everything_waits_for_midnight() {
    let mut follower = Follower::new(QuotaBudget::default(), vec![video("a", 1, 5.0, 100)]);
    let resets_at = follower.ledger.exhaust(NOON).resets_at;
    let plan = follower.plan();
    assert!(plan.looks.iter().all(|look| look.at >= resets_at), "{plan:?}");
    assert_eq!(plan.valid_until, resets_at);
}

#[test]
fn an_unexplained_count_brings_the_sweep_forward() {
    let mut videos = vec![video("quiet", 400, 0.0, 900), video("replied", 400, 0.0, 900)];
    for known in &mut videos {
        known.last_sweep = Some(NOON);
    }
    videos[1].unexplained = 2;
    let follower = Follower {
        now: NOON.plus(6 * MINUTE),
        ..Follower::new(QuotaBudget::default(), videos)
    };
    let plan = follower.plan();
    let at = |id: &str| {
        let wanted = Look::Sweep(id.into());
        plan.looks.iter().find(|look| look.what == wanted).unwrap().at
    };
    assert_eq!(at("replied"), follower.now, "a late reply is under it");
    assert!(
        at("quiet") > at("replied").plus(10 * MINUTE),
        "nothing calls for it: {plan:?}"
    );
}

#[test]
fn a_thousand_new_videos_do_not_starve_the_channel() {
    let videos = (0..1_000)
        .map(|n| video(&format!("v{n}"), 900, 0.0, 5_000))
        .collect();
    let mut follower = Follower::new(QuotaBudget::default(), videos);
    follower.run(24 * HOUR);
    assert!(
        follower.longest_wait["channel"] <= 2 * HOUR,
        "{:?}",
        follower.longest_wait
    );
}

#[test]
fn thirty_videos_and_two_thousand_comments_a_day_fit_into_the_default_quota() {
    // Ten new videos take nine tenths of the 83 comments an hour, twenty old ones the rest.
    let videos: Vec<WatchedVideo> = (0..30)
        .map(|n| match n < 10 {
            true => video(&format!("v{n}"), n, 7.5, 300),
            false => video(&format!("v{n}"), n * 10, 0.4, 800),
        })
        .collect();
    let mut follower = Follower::new(QuotaBudget::default(), videos);
    follower.run(12 * HOUR);
    let midnight = follower.now;
    for (name, longest) in [
        ("channel", 2 * MINUTE),
        ("held", 15 * MINUTE),
        ("likely_spam", HOUR),
        ("videos", 15 * MINUTE),
    ] {
        let waited = follower.longest_wait[name];
        assert!(waited <= longest, "{name}: {waited:?} of {longest:?}");
    }
    follower.run(23 * HOUR);
    assert!(midnight < follower.now);
    assert!(
        follower.ledger.replies_possible(follower.now) >= 98,
        "the reserve is whole after a day of looking"
    );
}

#[test]
fn polling_ten_videos_every_half_minute_is_blind_after_a_third_of_the_day() {
    let midnight = Follower::new(QuotaBudget::default(), Vec::new())
        .ledger
        .resets_at(NOON);
    let budget = QuotaBudget {
        reserve_units: 0,
        ..QuotaBudget::default()
    };
    let mut ledger = QuotaLedger::new(budget, midnight);
    let mut now = midnight;
    while (0..10).all(|_| ledger.spend(SpendKind::ListThreads, now).is_ok()) {
        now = now.plus(MINUTE / 2);
    }
    assert!(
        now.since(midnight) < 9 * HOUR,
        "what the plan is measured against"
    );
    assert_eq!(ledger.replies_possible(now), 0, "and nobody can be answered");
}
