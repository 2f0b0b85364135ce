//! One call: paid from the project's units, sent with a fresh token, read with a cap, judged. Reads are tried again,
//! writes never, except that a refused token is renewed once: the platform looks at it before anything else.

use super::gate::RateGate;
use super::project::ProjectQuota;
use super::refusal::{About, Cause, Fault, Refusal, refusal};
use super::token::{AccessToken, TokenSource};
use crate::http::{BodyFailure, ReadRetries, describe, read_body, refused_here, retry_after, scrubbed};
use backon::{ExponentialBuilder, Retryable};
use domain::PlatformId;
use domain::error::PlatformError;
use domain::ports::Clock;
use domain::quota::SpendKind;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Method, Response, Url};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// A page of 100 threads with their first replies is some hundred kilobytes.
const LONGEST_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// Everything that one account's calls share.
pub(super) struct Caller {
    pub http: reqwest::Client,
    pub api: Url,
    pub tokens: Arc<TokenSource>,
    pub quota: Arc<ProjectQuota>,
    pub clock: Arc<dyn Clock>,
    pub total_timeout: Duration,
    pub read_retries: ReadRetries,
    pub turns: Semaphore,
    pub gate: RateGate,
}

pub(super) struct Call<'a> {
    pub kind: SpendKind,
    pub about: About,
    pub method: Method,
    /// Below the API's base address.
    pub path: &'static [&'static str],
    pub query: Vec<(&'static str, Cow<'a, str>)>,
    pub json: Option<serde_json::Value>,
}

impl<'a> Call<'a> {
    pub fn get(kind: SpendKind, about: About, path: &'static [&'static str]) -> Self {
        Self {
            kind,
            about,
            method: Method::GET,
            path,
            query: Vec::new(),
            json: None,
        }
    }

    pub fn write(kind: SpendKind, method: Method, path: &'static [&'static str]) -> Self {
        Self {
            method,
            ..Self::get(kind, About::OneObject, path)
        }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'a, str>>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub fn body(self, json: serde_json::Value) -> Self {
        Self {
            json: Some(json),
            ..self
        }
    }
}

/// A failed attempt, with the wait that the platform asked for.
pub(super) struct Attempt {
    pub refusal: Refusal,
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
        self.try_read(call, decode).await.map_err(|refused| refused.error)
    }

    /// As [`Caller::read`], for whoever looks at the cause of a refusal.
    pub async fn try_read<T>(
        &self,
        call: Call<'_>,
        decode: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Refusal> {
        let retries = self.read_retries;
        let backoff = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(retries.first_delay)
            .with_max_delay(retries.longest_delay)
            .with_max_times(retries.times);
        let attempt = || async {
            let body = self.attempt(&call).await?;
            decode(&body)
                .map_err(|reason| Attempt::from(Refusal::unreadable(call.kind, scrubbed(&reason, ""))))
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
            .map_err(|failed| failed.refusal)
    }

    /// Sends a write once. The body is empty where the platform answers with none.
    pub async fn write(&self, call: Call<'_>) -> Result<String, PlatformError> {
        self.attempt(&call).await.map_err(|failed| failed.refusal.error)
    }

    async fn attempt(&self, call: &Call<'_>) -> Result<String, Attempt> {
        let _turn = self.turns.acquire().await.expect("the semaphore is never closed");
        // Before the token: a closed account needs none.
        self.gate.admit(self.clock.now()).map_err(Refusal::definite)?;
        let not_sent = |error| Refusal::not_sent(call.kind, error);
        let token = self.tokens.access().await.map_err(not_sent)?;
        match self.send(call, &token).await {
            Err(refused) if refused.refusal.cause == Cause::TokenRejected => {
                let fresh = self.tokens.renew(&token).await.map_err(not_sent)?;
                self.send(call, &fresh).await
            }
            answer => answer,
        }
    }

    async fn send(&self, call: &Call<'_>, token: &AccessToken) -> Result<String, Attempt> {
        let request = self.request(call, token).map_err(Refusal::definite)?;
        self.quota
            .spend(call.kind, self.clock.now())
            .map_err(Refusal::definite)?;
        let response = self
            .http
            .execute(request)
            .await
            .map_err(|error| self.not_sent_or_lost(call.kind, error))?;
        self.judge(call, response, token).await
    }

    async fn judge(
        &self,
        call: &Call<'_>,
        response: Response,
        token: &AccessToken,
    ) -> Result<String, Attempt> {
        let status = response.status();
        let asked_wait = retry_after(response.headers());
        tracing::debug!(method = %call.method, path = call.path.join("/"), status = status.as_u16(), "youtube call");

        let body = match read_body(response, LONGEST_ANSWER_BYTES).await {
            Ok(body) => body,
            Err(BodyFailure::Lost(error)) => return Err(Refusal::passing(call.kind, describe(error)).into()),
            Err(BodyFailure::TooLarge) => {
                let detail = format!("an answer of more than {LONGEST_ANSWER_BYTES} bytes");
                return Err(Refusal::unreadable(call.kind, detail).into());
            }
        };
        let now = self.clock.now();
        let fault = Fault::of(&body);
        if status.is_success() && fault.is_none() {
            self.gate.answered(now);
            return String::from_utf8(body).map_err(|_| {
                Refusal::unreadable(call.kind, "the answer is not UTF-8 text".to_owned()).into()
            });
        }
        let mut refusal = refusal(status, fault.as_ref(), call.kind, call.about, token.value());
        match refusal.cause {
            Cause::QuotaSpent => refusal.error = self.quota.exhaust(now),
            Cause::RateLimited => {
                refusal.error = PlatformError::Throttled {
                    retry_after: Some(self.gate.refused(asked_wait, now)),
                }
            }
            Cause::TokenRejected | Cause::PageTokenRejected | Cause::Other => {}
        }
        Err(Attempt {
            refusal,
            wait: asked_wait,
        })
    }

    fn request(&self, call: &Call<'_>, token: &AccessToken) -> Result<reqwest::Request, PlatformError> {
        let mut url = self.api.clone();
        url.path_segments_mut()
            .map_err(|()| refused_here("the base address cannot hold a path".to_owned()))?
            .pop_if_empty()
            .extend(call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.value())).map_err(|_| {
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
        if let Some(json) = &call.json {
            request = request.json(json);
        }
        request
            .build()
            .map_err(|error| refused_here(format!("the request cannot be written: {}", describe(error))))
    }

    /// A connection that never came about carried nothing and cost nothing; after that a write may have arrived.
    fn not_sent_or_lost(&self, kind: SpendKind, error: reqwest::Error) -> Refusal {
        let sent_nothing = error.is_connect() || error.is_builder();
        let detail = describe(error);
        if sent_nothing {
            self.quota.refund(kind);
            return Refusal::not_sent(kind, PlatformError::Unavailable { detail });
        }
        Refusal::passing(kind, detail)
    }
}

/// Several ids stand in one parameter, separated by commas: what is no id could name others.
pub(super) fn require_ids(ids: &[PlatformId]) -> Result<(), PlatformError> {
    let is_id = |id: &str| {
        !id.is_empty()
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
    };
    match ids.iter().find(|id| !is_id(id.as_str())) {
        Some(odd) => Err(refused_here(format!("\"{odd}\" is not an id of this platform"))),
        None => Ok(()),
    }
}
