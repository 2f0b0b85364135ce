//! Drafting: find, write, guard. A draft that the guard stops never reaches a person as a draft.
//!
//! An endpoint's failure is retried, falls back to the models inside the app, or leaves the comment stuck with
//! the reason; it never becomes an empty draft.

use crate::classify::{LEASE, give_back};
use crate::{AiEndpoint, Context, EngineError, Step, find, worker::Worker};
use async_trait::async_trait;
use domain::guard::{self, GuardInput, Report};
use domain::{DeclineReason, DraftOutcome, DraftRequest, Fact, Language, ProviderError, Timestamp};
use std::sync::Mutex;
use std::time::Duration;
use storage::{NewDraft, StorageError, ToDraft};

/// Comments drafted side by side; an endpoint's own limits apply on top.
const BATCH: u32 = 4;
/// Failures of an endpoint in a row after which it rests.
const TRIPS_AFTER: u32 = 3;
const RESTS_FOR: Duration = Duration::from_secs(30);
/// Tries at an endpoint for one comment before the models inside the app take over.
const ENDPOINT_TRIES: i64 = 2;

pub struct DraftWorker {
    context: Context,
    breaker: Mutex<Breaker>,
}

/// Keeps a failing endpoint from delaying every draft.
#[derive(Default)]
struct Breaker {
    failures: u32,
    open_until: Option<Timestamp>,
}

impl Breaker {
    fn is_open(&self, now: Timestamp) -> bool {
        self.open_until.is_some_and(|until| until > now)
    }

    fn failed(&mut self, now: Timestamp) {
        self.failures += 1;
        if self.failures >= TRIPS_AFTER {
            self.open_until = Some(now.plus(RESTS_FOR));
        }
    }

    fn worked(&mut self) {
        *self = Self::default();
    }
}

/// What to do about a failed call of the endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    Retry,
    UseLocal,
    GiveUp,
}

/// The table of failure and outcome.
pub fn after_failure(error: &ProviderError, tries: i64, may_use_local: bool) -> AfterFailure {
    let worth_retrying = error.is_worth_retrying();
    if worth_retrying && tries + 1 < ENDPOINT_TRIES {
        return AfterFailure::Retry;
    }
    if may_use_local {
        return AfterFailure::UseLocal;
    }
    if worth_retrying {
        AfterFailure::Retry
    } else {
        AfterFailure::GiveUp
    }
}

impl DraftWorker {
    pub fn new(context: Context) -> Self {
        Self {
            context,
            breaker: Mutex::default(),
        }
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    async fn request(&self, claimed: &ToDraft) -> Result<DraftRequest, EngineError> {
        let mut query = claimed.text.clone();
        // A follow-up ("and in blue?") names its subject only in the thread.
        if let Some(before) = claimed.thread.iter().rev().find(|turn| !turn.by_us) {
            query = format!("{} {query}", before.text);
        }
        let mut facts = find::facts_for(&self.context, &claimed.text).await?;
        let mut more = if query == claimed.text {
            Vec::new()
        } else {
            find::facts_for(&self.context, &query).await?
        };
        if let Some(caption) = claimed.post_caption.as_deref().filter(|c| !c.trim().is_empty()) {
            more.extend(find::facts_for(&self.context, &format!("{} {caption}", claimed.text)).await?);
        }
        for fact in more {
            if !facts.iter().any(|known| known.kind == fact.kind) {
                facts.push(fact);
            }
        }
        Ok(DraftRequest {
            comment_text: claimed.text.clone(),
            author_name: Some(claimed.author_username.clone()).filter(|name| !name.is_empty()),
            language: claimed.language.clone(),
            labels: claimed.labels.clone(),
            post_caption: claimed.post_caption.clone(),
            thread: claimed.thread.clone(),
            facts,
            voice: self.context.voice.clone(),
            max_chars: usize::try_from(self.context.settings_now().instagram.max_reply_chars)
                .unwrap_or(usize::MAX),
            variation: u64::from_ne_bytes(claimed.id.0.to_ne_bytes()),
        })
    }

    async fn draft_one(&self, claimed: ToDraft) -> Result<(), EngineError> {
        let request = match self.request(&claimed).await {
            Ok(request) => request,
            Err(error) => return self.failed(&claimed, &error).await,
        };
        let endpoint = self
            .context
            .endpoint()
            .filter(|_| !self.breaker().is_open(self.context.now()));
        let outcome = match endpoint {
            Some(endpoint) => match self.by_endpoint(&endpoint, &request).await {
                Ok(outcome) => outcome,
                Err(error) => {
                    let local = self.context.settings_now().drafting.fall_back_to_local;
                    match after_failure(&error, claimed.attempts, local) {
                        AfterFailure::Retry => return self.failed(&claimed, &error).await,
                        AfterFailure::GiveUp => return self.stuck(&claimed, &error).await,
                        AfterFailure::UseLocal => {
                            self.note_fall_back(&claimed, &error).await?;
                            self.by_local(&request).await?
                        }
                    }
                }
            },
            None => {
                let waits_for_endpoint = self.context.endpoint().is_some()
                    && !self.context.settings_now().drafting.fall_back_to_local;
                if waits_for_endpoint {
                    let resting = ProviderError::Down {
                        detail: "resting after several failures".into(),
                    };
                    return self.failed(&claimed, &resting).await;
                }
                self.by_local(&request).await?
            }
        };
        let now = self.context.now();
        let new = NewDraft {
            outcome: &outcome,
            facts: &request.facts,
            now,
        };
        match self
            .context
            .storage
            .save_draft(claimed.id, claimed.version, new)
            .await
        {
            Ok(()) => {
                match &outcome {
                    DraftOutcome::Drafted(draft) => tracing::info!(
                        trace = %claimed.trace_id,
                        stage = "drafted",
                        sources = draft.citations.len(),
                        confidence = draft.confidence,
                        origin = ?draft.origin,
                        "a draft waits for review"
                    ),
                    DraftOutcome::Declined { reason, .. } => {
                        tracing::info!(trace = %claimed.trace_id, stage = "declined", reason = reason.as_str(), "no draft; a person answers");
                    }
                }
                Ok(())
            }
            Err(StorageError::MovedOn) => {
                tracing::info!(trace = %claimed.trace_id, "draft dropped: the comment moved on meanwhile");
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The endpoint's draft, checked by the guard; findings go back as a decline, not as a draft.
    async fn by_endpoint(
        &self,
        endpoint: &AiEndpoint,
        request: &DraftRequest,
    ) -> Result<DraftOutcome, ProviderError> {
        match endpoint.drafter.draft(request).await {
            Ok(outcome) => {
                self.breaker().worked();
                Ok(self.guarded(request, outcome))
            }
            Err(error) => {
                self.breaker().failed(self.context.now());
                Err(error)
            }
        }
    }

    async fn by_local(&self, request: &DraftRequest) -> Result<DraftOutcome, EngineError> {
        let outcome =
            self.context.drafter.draft(request).await.map_err(|error| {
                EngineError::Aborted(format!("the drafter inside the app failed: {error}"))
            })?;
        Ok(self.guarded(request, outcome))
    }

    fn guarded(&self, request: &DraftRequest, outcome: DraftOutcome) -> DraftOutcome {
        let DraftOutcome::Drafted(draft) = &outcome else {
            return outcome;
        };
        let detected = self.context.classifier.detect_language(&draft.text).0;
        let report = check(request, &draft.text, &detected);
        if report.findings.is_empty() {
            return outcome;
        }
        let said: Vec<String> = report
            .findings
            .iter()
            .map(|f| format!("{}: {}", f.rule.as_str(), f.found))
            .collect();
        DraftOutcome::Declined {
            reason: DeclineReason::GuardFailed,
            detail: said.join("; "),
        }
    }

    async fn note_fall_back(&self, claimed: &ToDraft, error: &ProviderError) -> Result<(), EngineError> {
        tracing::warn!(trace = %claimed.trace_id, %error, "the endpoint gave no draft; the models inside the app write it");
        let why = serde_json::json!({ "why": error.to_string() });
        let now = self.context.now();
        self.context
            .storage
            .record("engine", "draft_fell_back", Some(claimed.id), None, why, now)
            .await?;
        Ok(())
    }

    async fn failed(
        &self,
        claimed: &ToDraft,
        error: &(dyn std::fmt::Display + Sync),
    ) -> Result<(), EngineError> {
        give_back(
            &self.context,
            claimed.id,
            claimed.version,
            claimed.attempts,
            &claimed.trace_id,
            error,
        )
        .await
    }

    async fn stuck(&self, claimed: &ToDraft, error: &ProviderError) -> Result<(), EngineError> {
        give_back(
            &self.context,
            claimed.id,
            claimed.version,
            i64::MAX - 1,
            &claimed.trace_id,
            error,
        )
        .await
    }
}

/// The guard over a text that is to be posted.
pub(crate) fn check(request: &DraftRequest, text: &str, detected: &Language) -> Report {
    guard::check(&GuardInput {
        text,
        language: &request.language,
        detected_language: detected.is_determined().then_some(detected.as_str()),
        facts: &request.facts,
        voice: &request.voice,
        max_chars: request.max_chars,
        comment_text: &request.comment_text,
        author_handle: request.author_name.as_deref(),
        recent_replies: &[],
    })
}

/// The guard over a person's text, against the sources of the comment's draft.
pub(crate) async fn check_text(
    context: &Context,
    comment: domain::CommentId,
    text: &str,
    max_chars: usize,
) -> Result<(Report, Vec<Fact>), EngineError> {
    let known = context.storage.draft_facts(comment).await?;
    let detected = context.classifier.detect_language(text).0;
    let report = guard::check(&GuardInput {
        text,
        language: &known.language,
        detected_language: detected.is_determined().then_some(detected.as_str()),
        facts: &known.facts,
        voice: &context.voice,
        max_chars,
        comment_text: &known.comment_text,
        author_handle: Some(known.author_username.as_str()).filter(|name| !name.is_empty()),
        // A person may say the same thanks twice; only what goes out by itself must vary.
        recent_replies: &[],
    });
    Ok((report, known.facts))
}

#[async_trait]
impl Worker for DraftWorker {
    fn name(&self) -> &'static str {
        "draft"
    }

    async fn try_next(&self) -> Result<Step, EngineError> {
        let claimed = self
            .context
            .storage
            .claim_to_draft(BATCH, self.context.now(), LEASE)
            .await?;
        if claimed.is_empty() {
            return Ok(Step::Idle);
        }
        let results =
            futures::future::join_all(claimed.into_iter().map(|comment| self.draft_one(comment))).await;
        for result in results {
            result?;
        }
        Ok(Step::Worked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(ProviderError::Down { detail: String::new() }, 0, true, AfterFailure::Retry)]
    #[case(ProviderError::Down { detail: String::new() }, 1, true, AfterFailure::UseLocal)]
    #[case(ProviderError::Down { detail: String::new() }, 3, false, AfterFailure::Retry)]
    #[case(ProviderError::CutOff, 0, true, AfterFailure::Retry)]
    #[case(ProviderError::NotSchema { detail: String::new() }, 1, true, AfterFailure::UseLocal)]
    #[case(ProviderError::OutOfCredit, 0, true, AfterFailure::UseLocal)]
    #[case(ProviderError::OutOfCredit, 0, false, AfterFailure::GiveUp)]
    #[case(ProviderError::KeyRejected, 0, false, AfterFailure::GiveUp)]
    #[case(ProviderError::RefusedByModel { detail: String::new() }, 0, true, AfterFailure::UseLocal)]
    fn each_failure_has_its_outcome(
        #[case] error: ProviderError,
        #[case] tries: i64,
        #[case] local: bool,
        #[case] expected: AfterFailure,
    ) {
        assert_eq!(after_failure(&error, tries, local), expected, "{error}");
    }

    #[test]
    fn an_endpoint_that_keeps_failing_rests_and_is_tried_again() {
        let mut breaker = Breaker::default();
        let start = Timestamp(0);
        for _ in 0..TRIPS_AFTER {
            assert!(!breaker.is_open(start));
            breaker.failed(start);
        }
        assert!(breaker.is_open(start), "three failures in a row open it");
        assert!(
            !breaker.is_open(start.plus(RESTS_FOR)),
            "and time closes it for a probe"
        );
        breaker.worked();
        assert_eq!(breaker.failures, 0);
    }
}
