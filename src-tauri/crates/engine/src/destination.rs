//! The hosts that the engine calls: whether they answer, how fast, and until when one is left alone.
//!
//! A circuit opens after failures in a row and then lets a single call through, the probe, each time its rest is
//! over; an answer closes it. Every account has a circuit of its own besides that of its host: the host's opens only
//! when more than one account fails, or when there is only one, so that a dead account slows no other.
//! What is refused here never left: it counts as certainly not done.

mod circuit;
mod guarded;
mod recent;

pub use circuit::CircuitState;
pub(crate) use guarded::Guarded;

use crate::backoff;
use circuit::{Circuit, Refused};
use domain::{AccountId, PlatformError, Timestamp};
use recent::Recent;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use storage::{AccountRest, Resting};

/// First wait when a platform limits an account and does not say for how long; it doubles from there.
const FIRST_WAIT: Duration = Duration::from_secs(60);
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);
/// A clock that is set right by less than this was not set back.
const CLOCK_SLACK: Duration = Duration::from_secs(60);
/// Under which the calls of the AI endpoint are counted; its own breaker decides about it.
const ENDPOINT: &str = "AI endpoint";

/// One registry for a whole engine; what one worker learns holds for the others.
#[derive(Default)]
pub struct Destinations(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    hosts: BTreeMap<String, Host>,
    rests: HashMap<(AccountId, Resting), Rest>,
}

#[derive(Default)]
struct Host {
    circuit: Circuit,
    accounts: BTreeMap<AccountId, Circuit>,
    /// Accounts that failed since anyone was answered.
    failing: BTreeSet<AccountId>,
    /// Calls that were answered so far.
    answers: u64,
    recent: Recent,
    last_error: Option<(Timestamp, String)>,
}

/// The platform's word, or a lost sign-in.
struct Rest {
    /// When it was said.
    since: Timestamp,
    until: Timestamp,
    why: String,
    /// Any call meanwhile would only make it longer.
    is_limit: bool,
    /// Limits without an answer in between.
    in_a_row: u32,
}

impl Rest {
    /// One that was said in what is now the future is from before the clock was set back: it would last for ever.
    fn holds(&self, now: Timestamp) -> bool {
        self.until > now && self.since <= now.plus(CLOCK_SLACK)
    }
}

/// How a destination does at the moment.
#[derive(Debug, Clone, PartialEq)]
pub struct DestinationReport {
    pub host: String,
    pub state: CircuitState,
    pub failures_in_a_row: u32,
    pub opened_at: Option<Timestamp>,
    /// When the next call is let through.
    pub next_probe: Option<Timestamp>,
    /// Accounts that are left alone although the host is not.
    pub accounts_resting: usize,
    /// Within the last five minutes.
    pub calls: usize,
    pub errors: usize,
    /// Of the answered calls.
    pub p95_ms: Option<u32>,
    pub last_error: Option<(Timestamp, String)>,
}

/// Leave to make one call. Dropped without an outcome, it gives a probe back.
pub(crate) struct Pass<'d> {
    destinations: &'d Destinations,
    host: String,
    account: AccountId,
    /// Answers that the host had given when this call left.
    answers_before: u64,
    probes_host: bool,
    probes_account: bool,
}

impl Destinations {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Held for a look only and never across an await: a poisoned one still holds good data.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a call leave, or says why it does not and when the next one may.
    pub(crate) fn admit(
        &self,
        host: &str,
        account: AccountId,
        kept_by: &[Resting],
        now: Timestamp,
    ) -> Result<Pass<'_>, PlatformError> {
        let mut inner = self.lock();
        for what in kept_by {
            if let Some(rest) = inner.rests.get(&(account, *what))
                && rest.is_limit
                && rest.holds(now)
            {
                return Err(PlatformError::Throttled {
                    retry_after: Some(rest.until.since(now)),
                });
            }
        }
        let entry = inner.hosts.entry(host.to_owned()).or_default();
        let last_error = entry.last_error.as_ref().map(|(_, text)| text.clone());
        let own = entry.accounts.entry(account).or_default();
        let probes_account = own
            .admit(now)
            .map_err(|refused| closed(host, refused, last_error.as_deref()))?;
        match entry.circuit.admit(now) {
            Ok(probes_host) => Ok(Pass {
                destinations: self,
                host: host.to_owned(),
                account,
                answers_before: entry.answers,
                probes_host,
                probes_account,
            }),
            Err(refused) => {
                if probes_account {
                    own.give_back_probe();
                }
                Err(closed(host, refused, last_error.as_deref()))
            }
        }
    }

    /// The account belongs to this host: whether it is the only one decides when the host's circuit opens.
    pub(crate) fn connected(&self, host: &str, account: AccountId) {
        let mut inner = self.lock();
        for (name, entry) in &mut inner.hosts {
            if name != host {
                entry.accounts.remove(&account);
                entry.failing.remove(&account);
            }
        }
        let entry = inner.hosts.entry(host.to_owned()).or_default();
        // Another sign-in starts with a clean record.
        entry.accounts.insert(account, Circuit::default());
        entry.failing.remove(&account);
        inner
            .rests
            .retain(|(of, _), rest| *of != account || rest.is_limit);
    }

    /// Takes up what was remembered of an earlier run.
    pub(crate) fn remember(&self, rests: Vec<AccountRest>, now: Timestamp) {
        let mut inner = self.lock();
        for rest in rests {
            inner.rests.insert(
                (rest.account_id, rest.what),
                Rest {
                    since: now,
                    until: rest.until,
                    why: rest.why,
                    is_limit: true,
                    in_a_row: 1,
                },
            );
        }
    }

    /// The platform makes the account wait. Returns for how long.
    pub(crate) fn limited(
        &self,
        account: AccountId,
        what: Resting,
        error: &PlatformError,
        stated: Option<Duration>,
        now: Timestamp,
    ) -> Duration {
        let mut inner = self.lock();
        let before = inner.rests.get(&(account, what));
        let in_a_row = before.map_or(0, |rest| rest.in_a_row);
        let wait = stated.filter(|wait| !wait.is_zero()).unwrap_or_else(|| {
            let ceiling = FIRST_WAIT
                .saturating_mul(2u32.saturating_pow(in_a_row.min(10)))
                .min(LONGEST_WAIT);
            ceiling / 2 + backoff::full_jitter(0, ceiling / 2, ceiling / 2)
        });
        // Several calls may be refused together: the longest wait holds.
        let until = before
            .filter(|rest| rest.holds(now))
            .map(|rest| rest.until)
            .map_or(now.plus(wait), |until| until.max(now.plus(wait)));
        inner.rests.insert(
            (account, what),
            Rest {
                since: now,
                until,
                why: error.to_string(),
                is_limit: matches!(error, PlatformError::Throttled { .. }),
                in_a_row: in_a_row.saturating_add(1),
            },
        );
        until.since(now)
    }

    /// Until when nothing is to be sent for the account, and why: its platform makes it wait, its sign-in is lost,
    /// or nobody answers.
    pub fn acts_again_at(&self, account: AccountId, now: Timestamp) -> Option<(Timestamp, String)> {
        let inner = self.lock();
        let rest = inner
            .rests
            .get(&(account, Resting::Acting))
            .filter(|rest| rest.holds(now))
            .map(|rest| (rest.until, rest.why.clone()));
        let circuits = inner
            .hosts
            .iter()
            .filter_map(|(host, entry)| Some((host, entry, entry.accounts.get(&account)?)))
            .flat_map(|(host, entry, own)| {
                [own, &entry.circuit].map(|circuit| {
                    let until = circuit.rests_until(now)?;
                    Some((until, format!("{host} does not answer")))
                })
            })
            .flatten();
        rest.into_iter().chain(circuits).max_by_key(|(until, _)| *until)
    }

    /// Waits that platforms asked for and that are not over.
    pub fn rests(&self, now: Timestamp) -> Vec<AccountRest> {
        let mut rests: Vec<AccountRest> = self
            .lock()
            .rests
            .iter()
            .filter(|(_, rest)| rest.holds(now))
            .map(|((account_id, what), rest)| AccountRest {
                account_id: *account_id,
                what: *what,
                until: rest.until,
                why: rest.why.clone(),
            })
            .collect();
        rests.sort_by_key(|rest| (rest.account_id, rest.what == Resting::Acting));
        rests
    }

    /// A call of the AI endpoint, whose own breaker decides when it rests.
    pub(crate) fn note_endpoint(&self, took: Duration, error: Option<String>, now: Timestamp) {
        let mut inner = self.lock();
        let entry = inner.hosts.entry(ENDPOINT.to_owned()).or_default();
        entry.recent.note(now, took, error.is_some());
        if let Some(error) = error {
            entry.last_error = Some((now, error));
        }
    }

    pub fn report(&self, now: Timestamp) -> Vec<DestinationReport> {
        let mut inner = self.lock();
        inner
            .hosts
            .iter_mut()
            .map(|(host, entry)| {
                let circuit = &entry.circuit;
                let accounts_resting = entry
                    .accounts
                    .values()
                    .filter(|own| own.state(now) != CircuitState::Closed)
                    .count();
                let summary = entry.recent.summary(now);
                DestinationReport {
                    host: host.clone(),
                    state: circuit.state(now),
                    failures_in_a_row: circuit.failures(),
                    opened_at: circuit.opened_at(),
                    next_probe: circuit.next_probe(),
                    accounts_resting,
                    calls: summary.calls,
                    errors: summary.errors,
                    p95_ms: summary.p95_ms,
                    last_error: entry.last_error.clone(),
                }
            })
            .collect()
    }
}

impl Pass<'_> {
    /// Some answer came, also one that refuses.
    pub fn answered(mut self, took: Duration, succeeded: bool, now: Timestamp) {
        let mut inner = self.destinations.lock();
        if succeeded {
            for what in [Resting::Looking, Resting::Acting] {
                if let Some(rest) = inner.rests.get_mut(&(self.account, what))
                    && !rest.holds(now)
                {
                    rest.in_a_row = 0;
                }
            }
        }
        let entry = inner.hosts.entry(self.host.clone()).or_default();
        entry.recent.note(now, took, false);
        entry.failing.clear();
        entry.answers += 1;
        entry.circuit.answered();
        entry.accounts.entry(self.account).or_default().answered();
        (self.probes_host, self.probes_account) = (false, false);
    }

    /// Nobody answered.
    pub fn failed(mut self, took: Duration, error: &PlatformError, now: Timestamp) {
        let mut inner = self.destinations.lock();
        let entry = inner.hosts.entry(self.host.clone()).or_default();
        entry.recent.note(now, took, true);
        entry.last_error = Some((now, error.to_string()));
        let own = entry.accounts.entry(self.account).or_default();
        own.failed(now, self.probes_account, true);
        // While this call waited, the host answered others: however many accounts hang, it is not the host.
        if entry.answers == self.answers_before {
            entry.failing.insert(self.account);
            let is_the_host = entry.failing.len() > 1 || entry.accounts.len() == 1;
            entry.circuit.failed(now, self.probes_host, is_the_host);
        }
        (self.probes_host, self.probes_account) = (false, false);
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if !self.probes_host && !self.probes_account {
            return;
        }
        let mut inner = self.destinations.lock();
        let Some(entry) = inner.hosts.get_mut(&self.host) else {
            return;
        };
        if self.probes_host {
            entry.circuit.give_back_probe();
        }
        if self.probes_account
            && let Some(own) = entry.accounts.get_mut(&self.account)
        {
            own.give_back_probe();
        }
    }
}

fn closed(host: &str, refused: Refused, last_error: Option<&str>) -> PlatformError {
    let why = last_error.unwrap_or("it did not answer");
    let detail = match refused {
        Refused::RestsUntil(at) => format!("{host} is left alone until {}: {why}", clock_time(at)),
        Refused::BeingTried => format!("{host} is being tried by one call just now: {why}"),
    };
    PlatformError::Unavailable { detail }
}

fn clock_time(at: Timestamp) -> String {
    chrono::DateTime::from_timestamp_millis(at.0)
        .map_or_else(|| at.0.to_string(), |at| at.format("%H:%M:%S UTC").to_string())
}

#[cfg(test)]
mod tests;
