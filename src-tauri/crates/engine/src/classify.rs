//! Understanding: language and labels, with the post and the thread as context.

use crate::context::off_thread;
use crate::{Context, EngineError, Step, backoff, worker::Worker};
use async_trait::async_trait;
use domain::Classification;
use domain::ports::ClassifyInput;
use std::sync::Arc;
use std::time::Duration;
use storage::{NextTry, ReleaseReason, StorageError, ToClassify};

/// Comments taken at once; the models gain from batches up to about this size.
const BATCH: u32 = 32;
/// A crashed worker's comments come back after this.
pub(crate) const LEASE: Duration = Duration::from_secs(120);

pub struct ClassifyWorker {
    context: Context,
}

impl ClassifyWorker {
    pub fn new(context: Context) -> Self {
        Self { context }
    }

    /// An endpoint's labels count when one is set; its failure is noted and the models inside the app decide.
    async fn labels(&self, claimed: &[ToClassify]) -> Result<Vec<Classification>, EngineError> {
        let inputs: Vec<ClassifyInput> = claimed
            .iter()
            .map(|c| ClassifyInput {
                text: c.text.clone(),
                post_caption: c.post_caption.clone(),
                parent_text: c.parent_text.clone(),
            })
            .collect();
        let local = Arc::clone(&self.context.classifier);
        let mut results = {
            let inputs = inputs.clone();
            off_thread(move || local.classify(&inputs)).await??
        };
        if let Some(endpoint) = self.context.endpoint() {
            for ((input, claimed), result) in inputs.iter().zip(claimed).zip(&mut results) {
                match endpoint.classifier.classify(input).await {
                    Ok(better) => *result = better,
                    Err(error) => {
                        tracing::warn!(trace = %claimed.trace_id, %error, "the endpoint gave no labels; the model inside the app decides");
                        self.context
                            .storage
                            .record(
                                "engine",
                                "labels_fell_back",
                                Some(claimed.id),
                                None,
                                serde_json::json!({ "why": error.to_string() }),
                                self.context.now(),
                            )
                            .await?;
                        if !error.is_worth_retrying() {
                            break;
                        }
                    }
                }
            }
        }
        Ok(results)
    }
}

#[async_trait]
impl Worker for ClassifyWorker {
    fn name(&self) -> &'static str {
        "classify"
    }

    async fn try_next(&self) -> Result<Step, EngineError> {
        let now = self.context.now();
        let claimed = self.context.storage.claim_to_classify(BATCH, now, LEASE).await?;
        if claimed.is_empty() {
            return Ok(Step::Idle);
        }
        match self.labels(&claimed).await {
            Ok(results) => {
                for (comment, result) in claimed.iter().zip(results) {
                    match self
                        .context
                        .storage
                        .save_classification(comment.id, comment.version, &result, self.context.now())
                        .await
                    {
                        Ok(()) => {
                            let primary = result.primary();
                            tracing::info!(
                                trace = %comment.trace_id,
                                stage = "classified",
                                label = %primary.label,
                                confidence = primary.confidence,
                                unsure = result.is_unsure(),
                                language = result.language.as_str(),
                                model = result.model,
                                "labels known"
                            );
                        }
                        Err(StorageError::MovedOn) => {
                            tracing::info!(trace = %comment.trace_id, "labels dropped: the comment moved on meanwhile");
                        }
                        Err(error) => return Err(error.into()),
                    }
                }
            }
            Err(error) => {
                for comment in &claimed {
                    give_back(
                        &self.context,
                        comment.id,
                        comment.version,
                        comment.attempts,
                        &comment.trace_id,
                        &error,
                    )
                    .await?;
                }
            }
        }
        Ok(Step::Worked)
    }
}

/// Counts the failed try: another one later, or `stuck` with the reason after the last.
pub(crate) async fn give_back(
    context: &Context,
    comment: domain::CommentId,
    version: i64,
    attempts: i64,
    trace: &str,
    error: &(dyn std::fmt::Display + Sync),
) -> Result<(), EngineError> {
    let most = i64::from(context.settings_now().drafting.most_attempts);
    let next = if attempts + 1 >= most {
        NextTry::GiveUp
    } else {
        let tries = u32::try_from(attempts).unwrap_or(0);
        NextTry::At(context.now().plus(backoff::full_jitter(
            tries,
            Duration::from_secs(1),
            Duration::from_secs(300),
        )))
    };
    tracing::warn!(trace, %error, attempts = attempts + 1, stuck = matches!(next, NextTry::GiveUp), "a try failed");
    let reason = ReleaseReason {
        error: error.to_string(),
        next,
    };
    match context
        .storage
        .release(comment, version, reason, context.now())
        .await
    {
        Ok(()) | Err(StorageError::MovedOn) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
