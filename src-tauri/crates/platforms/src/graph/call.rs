//! One call: admitted by the account's limits, sent, read with a cap, judged. Reads are tried again, writes never.

use super::refusal::{Fault, Refusal, refusal};
use super::usage::{Purpose, UsageGate};
use crate::http::{BodyFailure, ReadRetries, describe, read_body, refused_here, retry_after, scrubbed};
use backon::{ExponentialBuilder, Retryable};
use domain::PlatformId;
use domain::error::PlatformError;
use domain::ports::{ApiUsage, Clock};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Method, Response, Url};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// A page of 50 comments with replies is some hundred kilobytes.
const LONGEST_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// Everything that one account's calls share.
pub(crate) struct Caller {
    pub http: reqwest::Client,
    pub base_url: Url,
    pub version: String,
    pub token: Zeroizing<String>,
    pub clock: Arc<dyn Clock>,
    pub total_timeout: Duration,
    pub read_retries: ReadRetries,
    pub account_id: Option<PlatformId>,
    pub turns: Semaphore,
    pub usage: UsageGate,
}

pub(crate) struct Call<'a> {
    pub purpose: Purpose,
    pub method: Method,
    /// Below the version.
    pub path: &'a [&'a str],
    pub query: Vec<(&'a str, &'a str)>,
    /// Sent as a form, so that a reply's text is never part of an address.
    pub form: Vec<(&'a str, &'a str)>,
    /// Sent instead of a form, where the platform documents a JSON body.
    pub json: Option<serde_json::Value>,
}

impl<'a> Call<'a> {
    pub fn get(purpose: Purpose, path: &'a [&'a str], query: Vec<(&'a str, &'a str)>) -> Self {
        Self {
            purpose,
            method: Method::GET,
            path,
            query,
            form: Vec::new(),
            json: None,
        }
    }

    pub fn write(method: Method, path: &'a [&'a str], form: Vec<(&'a str, &'a str)>) -> Self {
        Self {
            purpose: Purpose::Write,
            method,
            path,
            query: Vec::new(),
            form,
            json: None,
        }
    }

    pub fn post_json(path: &'a [&'a str], body: serde_json::Value) -> Self {
        Self {
            json: Some(body),
            ..Self::write(Method::POST, path, Vec::new())
        }
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
    /// Reads and decodes; an answer that does not decode is read once more, as a passing fault.
    pub async fn read<T>(
        &self,
        call: Call<'_>,
        decode: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, PlatformError> {
        let retries = self.read_retries;
        let backoff = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(retries.first_delay)
            .with_max_delay(retries.longest_delay)
            .with_max_times(retries.times);
        let attempt = || async {
            let body = self.attempt(&call).await?;
            decode(&body).map_err(|reason| {
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

    /// Sends a write once.
    pub async fn write(&self, call: Call<'_>) -> Result<String, PlatformError> {
        self.attempt(&call).await.map_err(|failed| failed.refusal.error)
    }

    pub fn usage(&self) -> ApiUsage {
        self.usage.usage()
    }

    async fn attempt(&self, call: &Call<'_>) -> Result<String, Attempt> {
        let request = self.request(call).map_err(Refusal::definite)?;
        let _turn = self.turns.acquire().await.expect("the semaphore is never closed");
        self.usage
            .admit(call.purpose, self.clock.now())
            .map_err(Refusal::definite)?;
        let response = self
            .http
            .execute(request)
            .await
            .map_err(|error| not_sent_or_lost(call.purpose, error))?;
        self.judge(call, response).await
    }

    async fn judge(&self, call: &Call<'_>, response: Response) -> Result<String, Attempt> {
        let status = response.status();
        let asked_wait = retry_after(response.headers());
        let account = self.account_id.as_ref().map(PlatformId::as_str);
        let regain = self.usage.observe(response.headers(), account, self.clock.now());
        tracing::debug!(method = %call.method, path = call.path.join("/"), status = status.as_u16(), "graph call");

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
        let fault = Fault::of(&body);
        if status.is_success() && fault.is_none() {
            self.usage.answered(self.clock.now());
            return String::from_utf8(body).map_err(|_| {
                Refusal::unreadable(call.purpose, "the answer is not UTF-8 text".to_owned()).into()
            });
        }
        // The longer of the two: coming back too early extends the block.
        let wait = asked_wait.max(regain);
        let mut refusal = refusal(status, fault.as_ref(), wait, call.purpose, &self.token);
        if let PlatformError::Throttled { retry_after } = &mut refusal.error {
            *retry_after = Some(self.usage.refused(wait, self.clock.now()));
        }
        Err(Attempt {
            refusal,
            wait: asked_wait,
        })
    }

    fn request(&self, call: &Call<'_>) -> Result<reqwest::Request, PlatformError> {
        let url = self.address(call)?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", *self.token)).map_err(|_| {
            PlatformError::SignedOut {
                detail: "the token holds characters that no token has".to_owned(),
            }
        })?;
        bearer.set_sensitive(true);
        let mut request = self
            .http
            .request(call.method.clone(), url)
            .timeout(self.total_timeout)
            .header(AUTHORIZATION, bearer);
        if !call.form.is_empty() {
            request = request.form(&call.form);
        }
        if let Some(body) = &call.json {
            request = request.json(body);
        }
        request
            .build()
            .map_err(|error| refused_here(format!("the request cannot be written: {}", describe(error))))
    }

    fn address(&self, call: &Call<'_>) -> Result<Url, PlatformError> {
        if let Some(odd) = call.path.iter().find(|part| !is_path_part(part)) {
            return Err(refused_here(format!("\"{odd}\" is not an id of this platform")));
        }
        let mut url = self.base_url.clone();
        url.path_segments_mut()
            .map_err(|()| refused_here("the base address cannot hold a path".to_owned()))?
            .pop_if_empty()
            .push(&self.version)
            .extend(call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        Ok(url)
    }
}

/// An id that stands in an address as it is. Dots alone would climb to another address; of everything else that
/// would have to be encoded, none is an id.
fn is_path_part(part: &str) -> bool {
    !matches!(part, "" | "." | "..")
        && part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte))
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
