//! What goes wrong on request. A fault waits until a call matches it; whether it fires is decided by a count or
//! by a seeded chance, never by the clock.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::dialect::Dialect;

/// A fault and which calls it strikes. As JSON: `{"kind": "throttle", "code": 80002, "match": {"method": "POST"},
/// "times": 2}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    #[serde(flatten)]
    pub kind: FaultKind,
    #[serde(default, rename = "match")]
    pub matches: FaultMatch,
    /// How often it strikes; with neither `times` nor `probability` once, with `probability` alone without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// The chance, from 0 to 1, that a matching call is struck.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Makes chance and shuffling repeatable.
    #[serde(default)]
    pub seed: u64,
}

impl Fault {
    /// Strikes the next matching call, once.
    pub fn once(kind: FaultKind, matches: FaultMatch) -> Self {
        Self {
            kind,
            matches,
            times: None,
            probability: None,
            seed: 0,
        }
    }
}

/// Both parts must hold; an absent part holds always.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultMatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_contains: Option<String>,
}

impl FaultMatch {
    fn holds(&self, method: &str, path: &str) -> bool {
        self.method
            .as_ref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self
                .path_contains
                .as_ref()
                .is_none_or(|part| path.contains(part.as_str()))
    }
}

/// How a time-out looks to the client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The connection is closed without an answer.
    #[default]
    Drop,
    /// The connection stays open and no answer ever comes.
    Hang,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// Answers later; other faults may strike the same call.
    #[serde(alias = "delay_ms")]
    Delay {
        #[serde(alias = "ms")]
        delay_ms: u64,
    },
    /// Refuses the call and shows a full budget in the usage headers. In the YouTube dialect it is
    /// `rateLimitExceeded`, with 429 when the status says so and 403 otherwise.
    Throttle {
        #[serde(default = "instagram_limit")]
        code: u32,
        #[serde(default = "bad_request", alias = "http_status")]
        status: u16,
        #[serde(default = "five_minutes", alias = "estimated_time_to_regain_access")]
        estimated_minutes: u32,
        /// The same as `times`, for a fault without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<u32>,
    },
    ServerError {
        #[serde(default = "internal_error", alias = "http_status")]
        status: u16,
        /// True when the write takes effect all the same.
        #[serde(default)]
        after_write: bool,
    },
    TimeoutBeforeWrite {
        #[serde(default)]
        ending: Ending,
    },
    /// The write takes effect, the answer never comes.
    TimeoutAfterWrite {
        #[serde(default)]
        ending: Ending,
    },
    /// The connection closes in the middle of the answer, whose length was announced. A write took effect.
    TruncatedBody {
        /// Half of the answer when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep_bytes: Option<usize>,
    },
    /// What a proxy at the edge says instead of the platform.
    HtmlBody {
        #[serde(default = "bad_gateway", alias = "http_status")]
        status: u16,
        #[serde(default)]
        after_write: bool,
    },
    /// Every item of a listing comes twice on the page.
    DuplicateItems,
    /// The items of a page come in another order.
    ReorderedItems,
    TokenError {
        #[serde(default = "token_invalid")]
        code: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subcode: Option<u32>,
    },
    PermissionError {
        #[serde(default = "permission_missing")]
        code: u32,
    },
    /// Any other refusal of the Graph dialect, word for word. It waits for a call in that dialect.
    GraphError {
        code: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subcode: Option<u32>,
        #[serde(default)]
        message: String,
        #[serde(default = "bad_request", alias = "http_status")]
        status: u16,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        is_transient: Option<bool>,
    },
    /// Any other refusal of the YouTube dialect: `processingFailure`, `invalidPageToken`, `ineligibleAccount` and
    /// whatever `errors[0].reason` may say. It waits for a call in that dialect.
    YoutubeError {
        reason: String,
        #[serde(default)]
        message: String,
        #[serde(default = "bad_request", alias = "http_status")]
        status: u16,
    },
    /// Any other refusal of the Bot API dialect, word for word. It waits for a call in that dialect.
    TelegramError {
        description: String,
        #[serde(default = "bad_request", alias = "http_status")]
        status: u16,
        /// Seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        migrate_to_chat_id: Option<i64>,
    },
}

impl FaultKind {
    /// The only dialect in which this can be said; `None` for what goes wrong in all of them.
    fn dialect(&self) -> Option<Dialect> {
        match self {
            Self::GraphError { .. } => Some(Dialect::Graph),
            Self::YoutubeError { .. } => Some(Dialect::Youtube),
            Self::TelegramError { .. } => Some(Dialect::Telegram),
            _ => None,
        }
    }
}

fn instagram_limit() -> u32 {
    80002
}
fn five_minutes() -> u32 {
    5
}
fn bad_request() -> u16 {
    400
}
fn internal_error() -> u16 {
    500
}
fn bad_gateway() -> u16 {
    502
}
fn token_invalid() -> u32 {
    190
}
fn permission_missing() -> u32 {
    10
}

/// What strikes one call.
#[derive(Debug, Default)]
pub struct Strike {
    pub delay_ms: u64,
    pub fault: Option<FaultKind>,
    /// For faults that shuffle.
    pub draw: u64,
}

#[derive(Debug, Clone, Serialize)]
pub struct FaultStatus {
    pub id: u64,
    pub fault: Fault,
    /// `None` is without end.
    pub remaining: Option<u32>,
    pub fired: u32,
}

#[derive(Default)]
pub struct Faults {
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    queued: Vec<Queued>,
    last_id: u64,
}

struct Queued {
    status: FaultStatus,
    random: StdRng,
}

impl Faults {
    /// Returns the ids given to the faults, in order.
    pub fn queue(&self, faults: Vec<Fault>) -> Vec<u64> {
        let mut waiting = self.lock();
        faults.into_iter().map(|fault| waiting.queue(fault)).collect()
    }

    pub fn clear(&self) {
        self.lock().queued.clear();
    }

    pub fn statuses(&self) -> Vec<FaultStatus> {
        self.lock()
            .queued
            .iter()
            .map(|queued| queued.status.clone())
            .collect()
    }

    /// Every matching delay and the first other matching fault, in the order they were queued.
    pub fn strike(&self, method: &str, path: &str) -> Strike {
        let dialect = Dialect::of(path);
        let mut waiting = self.lock();
        let mut strike = Strike::default();
        for queued in &mut waiting.queued {
            let kind = &queued.status.fault.kind;
            let delays = matches!(kind, FaultKind::Delay { .. });
            let spoken = kind.dialect().is_none_or(|its| its == dialect);
            if (delays || strike.fault.is_none()) && spoken && queued.status.fault.matches.holds(method, path)
            {
                queued.fire(&mut strike);
            }
        }
        waiting.queued.retain(|queued| queued.status.remaining != Some(0));
        strike
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn queue(&mut self, fault: Fault) -> u64 {
        self.last_id += 1;
        let counted = match fault.kind {
            FaultKind::Throttle { count, .. } => fault.times.or(count),
            _ => fault.times,
        };
        let remaining = if fault.probability.is_some() {
            counted
        } else {
            Some(counted.unwrap_or(1))
        };
        let random = StdRng::seed_from_u64(fault.seed);
        self.queued.push(Queued {
            status: FaultStatus {
                id: self.last_id,
                fault,
                remaining,
                fired: 0,
            },
            random,
        });
        self.last_id
    }
}

impl Queued {
    fn fire(&mut self, strike: &mut Strike) {
        let chance = self.status.fault.probability.unwrap_or(1.0).clamp(0.0, 1.0);
        if self.status.remaining == Some(0) || !self.random.random_bool(chance) {
            return;
        }
        self.status.fired += 1;
        self.status.remaining = self.status.remaining.map(|remaining| remaining - 1);
        match &self.status.fault.kind {
            FaultKind::Delay { delay_ms } => strike.delay_ms += delay_ms,
            kind => {
                strike.fault = Some(kind.clone());
                strike.draw = self.random.random();
            }
        }
    }
}

/// Repeats every item of a listing right after the page's last one.
pub fn duplicate_items(answer: &mut Value) {
    if let Some(items) = listing(answer) {
        repeat(items);
    }
}

pub fn repeat(items: &mut Vec<Value>) {
    let again = items.clone();
    items.extend(again);
}

/// Puts the items of a listing in another order, always a different one where there are two.
pub fn reorder_items(answer: &mut Value, draw: u64) {
    if let Some(items) = listing(answer) {
        shuffle(items, draw);
    }
}

pub fn shuffle(items: &mut [Value], draw: u64) {
    let before = items.to_vec();
    items.shuffle(&mut StdRng::seed_from_u64(draw));
    if *items == *before {
        items.reverse();
    }
}

/// `data` in the Graph dialect, `items` in YouTube's.
fn listing(answer: &mut Value) -> Option<&mut Vec<Value>> {
    let name = if answer.get("data").is_some() {
        "data"
    } else {
        "items"
    };
    answer.get_mut(name)?.as_array_mut()
}

#[cfg(test)]
mod tests;
