//! What the platform pushes: each new comment, and on a Page also what becomes of it, goes to the addresses that
//! subscribed, signed with the app's secret and in the bytes that the real platform sends. It sends again what is not
//! answered by a 2xx, at once and then ever more rarely, and gives up in the end.
//!
//! Who subscribes has to answer the handshake first, and has to be on loopback.

mod body;
mod send;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, watch};

use crate::world::{Change, World};
use body::Notice;
pub use send::deliver;

/// Pauses between the tries of one delivery, in milliseconds.
const RETRY_PAUSES_MS: [u64; 6] = [0, 1_000, 5_000, 30_000, 120_000, 600_000];

/// An address that wants to be told.
#[derive(Clone, Deserialize)]
pub struct Subscription {
    /// `http://127.0.0.1:PORT/…`
    pub url: String,
    /// Signs each body.
    pub app_secret: String,
    /// What the handshake shows, for the receiver to know who asks.
    pub verify_token: String,
    #[serde(default = "retry_pauses")]
    pub retry_pauses_ms: Vec<u64>,
}

fn retry_pauses() -> Vec<u64> {
    RETRY_PAUSES_MS.to_vec()
}

/// What goes wrong with the next deliveries, one fault after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WebhookFault {
    /// The next delivery comes twice.
    Duplicate,
    /// The next so many deliveries come in reverse. They wait for each other.
    Reorder { count: usize },
    /// The next delivery comes later; those after it overtake it.
    Delay { delay_ms: u64 },
    /// The next delivery is signed with another secret, each time it is tried.
    WrongSignature,
    /// The next so many changes come in one delivery. They wait for each other.
    Batch { count: usize },
    /// The next so many changes come in one delivery, with one more that is no comment.
    MalformedElement {
        #[serde(default = "one")]
        count: usize,
    },
}

fn one() -> usize {
    1
}

/// What became of the deliveries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct WebhookCounts {
    /// Requests that left, retries included.
    pub tries: u64,
    /// Answered by a 2xx.
    pub accepted: u64,
    /// Given up after the last try.
    pub given_up: u64,
}

#[derive(Default)]
pub struct Webhooks {
    waiting: Mutex<Waiting>,
    /// Rings when there is something to deliver.
    bell: Notify,
    /// Changes that wait and deliveries that are not settled.
    open: watch::Sender<usize>,
}

#[derive(Default)]
struct Waiting {
    subscriptions: Vec<Subscription>,
    notices: VecDeque<Notice>,
    faults: VecDeque<WebhookFault>,
    counts: WebhookCounts,
}

/// One body on its way to one address.
struct Delivery {
    to: Subscription,
    body: String,
    delay: Duration,
    is_forged: bool,
}

/// A body before anybody knows to whom it goes.
#[derive(Default)]
struct Planned {
    notices: Vec<Notice>,
    delay: Duration,
    is_forged: bool,
    has_malformed: bool,
}

impl Webhooks {
    /// What `change` is about to do to the world, as a notice; `None` where the platform tells nobody.
    pub fn notice_of(&self, world: &World, change: &Change) -> Option<Notice> {
        match self.lock().subscriptions.is_empty() {
            true => None,
            false => Notice::of(world, change),
        }
    }

    pub fn queue(&self, notices: Vec<Notice>) {
        if notices.is_empty() {
            return;
        }
        self.open.send_modify(|open| *open += notices.len());
        self.lock().notices.extend(notices);
        self.bell.notify_one();
    }

    pub fn queue_faults(&self, faults: Vec<WebhookFault>) {
        self.lock().faults.extend(faults);
        self.bell.notify_one();
    }

    pub fn unsubscribe_all(&self) {
        self.lock().subscriptions.clear();
        self.bell.notify_one();
    }

    pub fn subscribers(&self) -> Vec<String> {
        let waiting = self.lock();
        waiting.subscriptions.iter().map(|one| one.url.clone()).collect()
    }

    pub fn counts(&self) -> WebhookCounts {
        self.lock().counts
    }

    /// Changes that wait and deliveries that are under way or are tried again later.
    pub fn open(&self) -> usize {
        *self.open.borrow()
    }

    /// Returns when nothing waits and nothing is under way.
    pub async fn settled(&self) {
        let mut open = self.open.subscribe();
        // The sender lives as long as `self`.
        let _lives = open.wait_for(|open| *open == 0).await;
    }

    fn subscribed(&self, subscription: Subscription) {
        let mut waiting = self.lock();
        waiting
            .subscriptions
            .retain(|known| known.url != subscription.url);
        waiting.subscriptions.push(subscription);
    }

    /// Takes what can leave now.
    fn take(&self, now_ms: i64) -> Vec<Delivery> {
        let mut waiting = self.lock();
        let before = waiting.notices.len();
        let planned = waiting.plan();
        let taken = before - waiting.notices.len();
        let mut deliveries = Vec::new();
        for plan in &planned {
            for body in body::bodies(&plan.notices, plan.has_malformed, now_ms) {
                deliveries.extend(waiting.subscriptions.iter().map(|to| Delivery {
                    to: to.clone(),
                    body: body.clone(),
                    delay: plan.delay,
                    is_forged: plan.is_forged,
                }));
            }
        }
        drop(waiting);
        self.open
            .send_modify(|open| *open = *open + deliveries.len() - taken);
        deliveries
    }

    fn tried(&self) {
        self.lock().counts.tries += 1;
    }

    fn settle(&self, accepted: bool) {
        let mut waiting = self.lock();
        match accepted {
            true => waiting.counts.accepted += 1,
            false => waiting.counts.given_up += 1,
        }
        drop(waiting);
        self.open.send_modify(|open| *open -= 1);
    }

    // A panic under the lock leaves whole entries only.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn plan(&mut self) -> Vec<Planned> {
        let mut planned = Vec::new();
        loop {
            let needed = match self.faults.front() {
                Some(
                    WebhookFault::Batch { count }
                    | WebhookFault::Reorder { count }
                    | WebhookFault::MalformedElement { count },
                ) => (*count).max(1),
                _ => 1,
            };
            if self.notices.len() < needed {
                return planned;
            }
            let notices: Vec<Notice> = self.notices.drain(..needed).collect();
            let all = Planned {
                notices,
                ..Planned::default()
            };
            match self.faults.pop_front() {
                None | Some(WebhookFault::Batch { .. }) => planned.push(all),
                Some(WebhookFault::Duplicate) => {
                    planned.push(Planned {
                        notices: all.notices.clone(),
                        ..Planned::default()
                    });
                    planned.push(all);
                }
                Some(WebhookFault::Reorder { .. }) => {
                    planned.extend(all.notices.into_iter().rev().map(|notice| Planned {
                        notices: vec![notice],
                        ..Planned::default()
                    }));
                }
                Some(WebhookFault::Delay { delay_ms }) => planned.push(Planned {
                    delay: Duration::from_millis(delay_ms),
                    ..all
                }),
                Some(WebhookFault::WrongSignature) => planned.push(Planned {
                    is_forged: true,
                    ..all
                }),
                Some(WebhookFault::MalformedElement { .. }) => planned.push(Planned {
                    has_malformed: true,
                    ..all
                }),
            }
        }
    }
}
