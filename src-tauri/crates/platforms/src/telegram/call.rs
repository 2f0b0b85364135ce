//! One call: held back while the platform limits, sent, read with a cap, judged. Reads are tried again, writes never.

use super::refusal::{Envelope, Fault, Refusal, refusal};
use crate::http::{BodyFailure, ReadRetries, describe, read_body, refused_here, retry_after, scrubbed};
use backon::{ExponentialBuilder, Retryable};
use domain::Timestamp;
use domain::error::PlatformError;
use domain::ports::Clock;
use reqwest::{Response, Url};
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// A hundred updates of the longest messages are some megabytes.
const LONGEST_ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// Where the platform limits and does not say for how long.
const UNSTATED_WAIT: Duration = Duration::from_secs(30);
/// A longer wait is a mistake that would keep the group shut for good.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3_600);

/// Everything that one group's calls share.
pub(super) struct Caller {
    pub http: reqwest::Client,
    pub base_url: Url,
    pub token: Zeroizing<String>,
    pub clock: Arc<dyn Clock>,
    pub total_timeout: Duration,
    pub read_retries: ReadRetries,
    pub turns: Semaphore,
    pub limit: LimitGate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Read,
    Write,
}

pub(super) struct Call {
    pub method: &'static str,
    pub purpose: Purpose,
    pub body: Value,
    /// The platform answers this much later when it has nothing to tell.
    pub waits: Duration,
}

impl Call {
    pub fn read(method: &'static str, body: Value) -> Self {
        Self {
            method,
            purpose: Purpose::Read,
            body,
            waits: Duration::ZERO,
        }
    }

    pub fn write(method: &'static str, body: Value) -> Self {
        Self {
            purpose: Purpose::Write,
            ..Self::read(method, body)
        }
    }
}

/// Until when no call is made, by the platform's own word.
#[derive(Debug, Default)]
pub(super) struct LimitGate(Mutex<Option<Timestamp>>);

impl LimitGate {
    fn closed_until(&self) -> MutexGuard<'_, Option<Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admit(&self, now: Timestamp) -> Result<(), PlatformError> {
        match *self.closed_until() {
            Some(until) if until > now => Err(PlatformError::Throttled {
                retry_after: Some(until.since(now)),
            }),
            _ => Ok(()),
        }
    }

    fn close_for(&self, wait: Duration, now: Timestamp) {
        let until = now.plus(wait);
        let mut closed = self.closed_until();
        *closed = (*closed).max(Some(until));
    }
}

/// A failed attempt, with the wait that the platform asked for.
struct Attempt {
    refusal: Refusal,
    wait: Option<Duration>,
}

impl From<Refusal> for Attempt {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, wait: None }
    }
}

impl Caller {
    /// Reads and decodes the result; one that does not decode is read once more, as a passing fault.
    pub async fn read<T>(
        &self,
        call: Call,
        decode: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, PlatformError> {
        let retries = self.read_retries;
        let backoff = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(retries.first_delay)
            .with_max_delay(retries.longest_delay)
            .with_max_times(retries.times);
        let attempt = || async {
            let result = self.attempt(&call).await?;
            decode(&result).map_err(|reason| {
                let detail = scrubbed(&reason, &self.token);
                Attempt::from(Refusal::unreadable(call.purpose, detail))
            })
        };
        attempt
            .retry(backoff)
            .when(|failed: &Attempt| failed.refusal.passing)
            .adjust(|failed: &Attempt, delay| match failed.wait {
                Some(wait) if wait > retries.longest_delay => None,
                Some(wait) => delay.map(|delay| delay.max(wait)),
                None => delay,
            })
            .await
            .map_err(|failed| failed.refusal.error)
    }

    /// Sends a write once. Returns the JSON of its result.
    pub async fn write(&self, call: Call) -> Result<String, PlatformError> {
        self.attempt(&call).await.map_err(|failed| failed.refusal.error)
    }

    pub fn unreadable_answer(&self, reason: &str) -> PlatformError {
        let detail = format!("the answer to what was sent cannot be read: {reason}");
        PlatformError::OutcomeUnknown {
            detail: scrubbed(&detail, &self.token),
        }
    }

    async fn attempt(&self, call: &Call) -> Result<String, Attempt> {
        let request = self.request(call).map_err(Refusal::definite)?;
        // One that waits would keep the others out.
        let _turn = match call.waits.is_zero() {
            true => Some(self.turns.acquire().await.expect("the semaphore is never closed")),
            false => None,
        };
        self.limit.admit(self.clock.now()).map_err(Refusal::definite)?;
        let response = self
            .http
            .execute(request)
            .await
            .map_err(|error| not_sent_or_lost(call.purpose, error))?;
        self.judge(call, response).await
    }

    async fn judge(&self, call: &Call, response: Response) -> Result<String, Attempt> {
        let status = response.status();
        let asked_wait = retry_after(response.headers());
        tracing::debug!(method = call.method, status = status.as_u16(), "bot api call");

        let body = match read_body(response, LONGEST_ANSWER_BYTES).await {
            Ok(body) => body,
            Err(BodyFailure::Lost(error)) => {
                return Err(Refusal::passing(call.purpose, describe(error)).into());
            }
            Err(BodyFailure::TooLarge) => {
                let detail = format!("an answer of more than {LONGEST_ANSWER_BYTES} bytes");
                return Err(Refusal::unreadable(call.purpose, detail).into());
            }
        };
        let fault = match Envelope::read(&body) {
            Some(Envelope::Result(result)) if status.is_success() => return Ok(result),
            Some(Envelope::Fault(fault)) => Some(fault),
            _ => None,
        };
        let wait = fault.as_ref().and_then(Fault::wait).or(asked_wait);
        let mut refusal = refusal(status, fault.as_ref(), call.purpose, &self.token);
        if let PlatformError::Throttled { retry_after } = &mut refusal.error {
            let wait = wait.unwrap_or(UNSTATED_WAIT).min(LONGEST_WAIT);
            self.limit.close_for(wait, self.clock.now());
            *retry_after = Some(wait);
        }
        Err(Attempt { refusal, wait })
    }

    fn request(&self, call: &Call) -> Result<reqwest::Request, PlatformError> {
        let mut url = self.base_url.clone();
        url.path_segments_mut()
            .map_err(|()| refused_here("the base address cannot hold a path".to_owned()))?
            .pop_if_empty()
            .push(&format!("bot{}", *self.token))
            .push(call.method);
        self.http
            .post(url)
            .timeout(self.total_timeout + call.waits)
            .json(&call.body)
            .build()
            .map_err(|error| refused_here(format!("the request cannot be written: {}", describe(error))))
    }
}

/// A connection that never came about carried nothing; after that a write may have arrived.
fn not_sent_or_lost(purpose: Purpose, error: reqwest::Error) -> Refusal {
    let sent_nothing = error.is_connect() || error.is_builder();
    let detail = describe(error);
    match (purpose, sent_nothing) {
        (Purpose::Write, true) => Refusal::definite(PlatformError::Unavailable { detail }),
        _ => Refusal::passing(purpose, detail),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_limit_holds_for_as_long_as_was_said_and_a_shorter_one_does_not_end_it() {
        let gate = LimitGate::default();
        let now = Timestamp(1_000);
        assert!(gate.admit(now).is_ok());
        gate.close_for(Duration::from_secs(30), now);
        gate.close_for(Duration::from_secs(5), now);
        let PlatformError::Throttled { retry_after } =
            gate.admit(now.plus(Duration::from_secs(10))).unwrap_err()
        else {
            panic!("another error");
        };
        assert_eq!(retry_after, Some(Duration::from_secs(20)));
        assert!(gate.admit(now.plus(Duration::from_secs(30))).is_ok());
    }
}
