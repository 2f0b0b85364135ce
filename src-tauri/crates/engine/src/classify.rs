//! Understanding: language and labels, with the post and the thread as context. While nothing new waits, what people
//! taught meanwhile is brought to the comments that wait in review.

use crate::context::{EndpointNow, Unanswered, off_thread};
use crate::draft::AfterFailure;
use crate::{AiEndpoint, Context, EngineError, Step, backoff, worker::Worker};
use async_trait::async_trait;
use contract::TraceStage;
use domain::ports::ClassifyInput;
use domain::{Classification, CommentId, ProviderError, Timestamp};
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;
use storage::{Lesson, NextTry, Relabelled, ReleaseReason, StorageError, ToClassify, ToDraft};

/// Comments labelled at once inside the app; the models gain from batches up to about this size.
const BATCH: u32 = 32;
/// Waiting comments labelled again at once: a new comment waits for no more than these.
const RELABELLED_AT_ONCE: u32 = 16;
/// The newest corrections count; so many are learnt within a second.
const MOST_CORRECTIONS: u32 = 300;
/// Labels that people let stand when they acted keep what they correct elsewhere within its bounds.
const MOST_AGREEMENTS: u32 = 200;
/// An endpoint in trouble for less than this makes no comment stuck.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

pub struct ClassifyWorker {
    context: Context,
}

/// Labels of the models inside the app, in the order of the comments.
struct Taught {
    labels: Vec<Classification>,
    lesson: Lesson,
}

/// What is done about labels that an endpoint did not give. `waits`: it asked for a short pause.
///
/// What came to nothing for one comment only is labelled inside the app whatever the settings say: a model that
/// refuses to read an insult would leave exactly the insults without a label.
fn after_failed_labels(error: &ProviderError, waits: bool, may_use_local: bool) -> AfterFailure {
    if !backoff::concerns_the_endpoint(error) || (may_use_local && !waits) {
        AfterFailure::UseLocal
    } else if waits || error.is_worth_retrying() {
        AfterFailure::Retry
    } else {
        AfterFailure::GiveUp
    }
}

fn input(claimed: &ToClassify) -> ClassifyInput {
    ClassifyInput {
        text: claimed.text.clone(),
        post_caption: claimed.post_caption.clone(),
        parent_text: claimed.parent_text.clone(),
    }
}

impl ClassifyWorker {
    pub fn new(context: Context) -> Self {
        Self { context }
    }

    /// Saved as soon as its own answer is there: one slow call keeps nobody else's labels back.
    async fn label_by_endpoint(&self, endpoint: &AiEndpoint, claimed: ToClassify) -> Result<(), EngineError> {
        let asked = input(&claimed);
        let error = match self
            .context
            .ask_endpoint(endpoint.classifier.classify(&asked))
            .await
        {
            Ok(labels) => return self.save(&claimed, &labels, None).await,
            Err(Unanswered::Stopping) => return let_go(&self.context, InHand::from(&claimed)).await,
            Err(Unanswered::Failed(error)) => error,
        };
        let waits = matches!(self.context.endpoint_now(), EndpointNow::Wait(_));
        let local = self.context.settings_now().drafting.fall_back_to_local;
        match after_failed_labels(&error, waits, local) {
            AfterFailure::Retry => {
                let pace = pace_after(&self.context, &error, claimed.attempts);
                give_back(&self.context, InHand::from(&claimed), &error, pace).await
            }
            AfterFailure::GiveUp => {
                give_back(&self.context, InHand::from(&claimed), &error, Pace::Stuck).await
            }
            AfterFailure::UseLocal => {
                self.note_fall_back(&claimed, &error).await?;
                self.label_locally(vec![claimed]).await
            }
        }
    }

    async fn note_fall_back(&self, claimed: &ToClassify, error: &ProviderError) -> Result<(), EngineError> {
        tracing::warn!(trace = %claimed.trace_id, %error, "the endpoint gave no labels; the model inside the app decides");
        let why = serde_json::json!({ "why": error.to_string() });
        let now = self.context.now();
        self.context
            .storage
            .record("engine", "labels_fell_back", Some(claimed.id), None, why, now)
            .await?;
        Ok(())
    }

    async fn label_locally(&self, claimed: Vec<ToClassify>) -> Result<(), EngineError> {
        match self.local_labels(&claimed).await {
            // A text that the model cannot take must not hold back the others of its batch.
            Err(error @ (EngineError::Model(_) | EngineError::Aborted(_))) if claimed.len() > 1 => {
                tracing::warn!(%error, comments = claimed.len(), "a batch got no labels; its comments are labelled one by one");
                for comment in claimed.chunks(1) {
                    let labels = self.local_labels(comment).await;
                    self.settle(comment, labels).await?;
                }
                Ok(())
            }
            labels => self.settle(&claimed, labels).await,
        }
    }

    /// Saves the labels, or gives the comments back with the reason why there are none.
    async fn settle(
        &self,
        claimed: &[ToClassify],
        labels: Result<Taught, EngineError>,
    ) -> Result<(), EngineError> {
        match labels {
            Ok(Taught { labels, lesson }) => {
                for (comment, labels) in claimed.iter().zip(&labels) {
                    self.save(comment, labels, Some(lesson)).await?;
                }
            }
            Err(error) => {
                for comment in claimed {
                    give_back(&self.context, InHand::from(comment), &error, Pace::Counted).await?;
                }
            }
        }
        Ok(())
    }

    async fn local_labels(&self, claimed: &[ToClassify]) -> Result<Taught, EngineError> {
        self.learn().await?;
        // Read before: what is learnt while these are labelled may not count for them yet.
        let lesson = self.context.learnt();
        let inputs: Vec<ClassifyInput> = claimed.iter().map(input).collect();
        let local = Arc::clone(&self.context.classifier);
        let labels = off_thread(move || local.classify(&inputs)).await??;
        Ok(Taught { labels, lesson })
    }

    /// Labels some of what waits in review again, when people taught something since it was labelled. Queues nothing
    /// for the outbox: what follows from another label is a draft at most.
    async fn relabel(&self) -> Result<Step, EngineError> {
        let storage = &self.context.storage;
        let waiting = storage.to_relabel(RELABELLED_AT_ONCE).await?;
        if waiting.is_empty() {
            return Ok(Step::Idle);
        }
        // Whoever wrote the lesson down may have ended before it told of it.
        if storage.lesson_number().await? != self.context.learnt().number {
            self.context.note_corrections();
        }
        // What fails from here on is a text that the model cannot read.
        self.learn().await?;
        match self.local_labels(&waiting).await {
            Ok(taught) => self.save_again(&waiting, &taught).await?,
            Err(error @ (EngineError::Model(_) | EngineError::Aborted(_))) => {
                tracing::warn!(%error, comments = waiting.len(), "a batch got no labels again; its comments are labelled one by one");
                for comment in waiting.chunks(1) {
                    match self.local_labels(comment).await {
                        Ok(taught) => self.save_again(comment, &taught).await?,
                        Err(error @ (EngineError::Model(_) | EngineError::Aborted(_))) => {
                            self.leave_labels(&comment[0], &error).await?;
                        }
                        Err(error) => return Err(error),
                    }
                }
            }
            Err(error) => return Err(error),
        }
        Ok(Step::Worked)
    }

    async fn save_again(&self, waiting: &[ToClassify], taught: &Taught) -> Result<(), EngineError> {
        let storage = &self.context.storage;
        let mut changed = 0;
        for (comment, labels) in waiting.iter().zip(&taught.labels) {
            let now = self.context.now();
            match storage
                .relabel(comment.id, comment.version, labels, taught.lesson, now)
                .await
            {
                Ok(Relabelled::Kept) | Err(StorageError::MovedOn) => {}
                Ok(Relabelled::Changed) => {
                    changed += 1;
                    tracing::info!(
                        trace = %comment.trace_id,
                        stage = "relabelled",
                        label = %labels.primary().label,
                        corrections = taught.lesson.corrections,
                        "labels changed by what people taught"
                    );
                }
                Err(error) => return Err(error.into()),
            }
        }
        tracing::debug!(comments = waiting.len(), changed, "labelled again");
        Ok(())
    }

    async fn leave_labels(&self, comment: &ToClassify, error: &EngineError) -> Result<(), EngineError> {
        tracing::warn!(trace = %comment.trace_id, %error, "labels are left as they were: the model cannot read the text");
        let kept = self
            .context
            .storage
            .keep_labels(comment.id, comment.version, self.context.learnt());
        match kept.await {
            Ok(()) | Err(StorageError::MovedOn) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes up what people corrected since the last time.
    async fn learn(&self) -> Result<(), EngineError> {
        if !self.context.takes_up_corrections() {
            return Ok(());
        }
        let learnt = async {
            // Read before the corrections: they hold this lesson at least.
            let number = self.context.storage.lesson_number().await?;
            let mut corrections = self.context.storage.corrections(MOST_CORRECTIONS).await?;
            let count = corrections.len();
            // Without corrections there is nothing to keep in its place.
            if count > 0 {
                corrections.extend(self.context.storage.agreements(MOST_AGREEMENTS).await?);
            }
            let local = Arc::clone(&self.context.classifier);
            off_thread(move || local.learn(&corrections)).await??;
            self.context.note_learnt(Lesson {
                number,
                corrections: i64::try_from(count).unwrap_or(i64::MAX),
            });
            Ok::<_, EngineError>(count)
        };
        match learnt.await {
            Ok(count) => {
                tracing::debug!(count, "labels that people corrected are learnt");
                Ok(())
            }
            Err(error) => {
                self.context.note_corrections();
                Err(error)
            }
        }
    }

    /// `lesson`: what the models inside the app had learnt; `None` for an endpoint's labels.
    async fn save(
        &self,
        claimed: &ToClassify,
        labels: &Classification,
        lesson: Option<Lesson>,
    ) -> Result<(), EngineError> {
        let storage = &self.context.storage;
        let (id, version, now) = (claimed.id, claimed.version, self.context.now());
        let saved = match lesson {
            Some(lesson) => {
                storage
                    .save_taught_classification(id, version, labels, lesson, now)
                    .await
            }
            None => storage.save_classification(id, version, labels, now).await,
        };
        match saved {
            Ok(()) => {
                let primary = labels.primary();
                tracing::info!(
                    trace = %claimed.trace_id,
                    stage = "classified",
                    label = %primary.label,
                    confidence = primary.confidence,
                    unsure = labels.is_unsure(),
                    language = labels.language.as_str(),
                    model = labels.model,
                    "labels known"
                );
                self.context.hub().monitor().finished(TraceStage::Understand, 1);
                Ok(())
            }
            Err(StorageError::MovedOn) => {
                tracing::info!(trace = %claimed.trace_id, "labels dropped: the comment moved on meanwhile");
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

#[async_trait]
impl Worker for ClassifyWorker {
    fn name(&self) -> &'static str {
        "classify"
    }

    async fn try_next(&self) -> Result<Step, EngineError> {
        let endpoint = self.context.endpoint_now();
        let Some(most) = self.context.most_to_claim(&endpoint, BATCH) else {
            return self.relabel().await;
        };
        let claimed = self
            .context
            .storage
            .claim_to_classify(most, self.context.now(), self.context.lease())
            .await?;
        if claimed.is_empty() {
            return self.relabel().await;
        }
        let ids: Vec<CommentId> = claimed.iter().map(|comment| comment.id).collect();
        let own_hosts = &self.context.voice.link_hosts;
        self.context
            .storage
            .group_alike(&ids, own_hosts, self.context.now())
            .await?;
        match endpoint {
            EndpointNow::Open(endpoint) => {
                let calls = claimed
                    .into_iter()
                    .map(|comment| self.label_by_endpoint(&endpoint, comment));
                for labelled in futures::future::join_all(calls).await {
                    labelled?;
                }
            }
            EndpointNow::Refused(why) => {
                for comment in &claimed {
                    give_back(&self.context, InHand::from(comment), &why, Pace::Stuck).await?;
                }
            }
            EndpointNow::Unset | EndpointNow::StandIn(_) | EndpointNow::Wait(_) => {
                self.label_locally(claimed).await?;
            }
        }
        Ok(Step::Worked)
    }
}

/// A claimed comment, as much of it as giving it back needs.
#[derive(Clone, Copy)]
pub(crate) struct InHand<'a> {
    id: CommentId,
    version: i64,
    attempts: i64,
    trace: &'a str,
}

impl<'a> From<&'a ToClassify> for InHand<'a> {
    fn from(claimed: &'a ToClassify) -> Self {
        Self {
            id: claimed.id,
            version: claimed.version,
            attempts: claimed.attempts,
            trace: &claimed.trace_id,
        }
    }
}

impl<'a> From<&'a ToDraft> for InHand<'a> {
    fn from(claimed: &'a ToDraft) -> Self {
        Self {
            id: claimed.id,
            version: claimed.version,
            attempts: claimed.attempts,
            trace: &claimed.trace_id,
        }
    }
}

/// When a comment that a worker gives back is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Later each time, and stuck after the last try.
    Counted,
    /// Not before then, however many tries there were: what failed is not the comment's fault.
    At(Timestamp),
    /// Stuck at once: the same would fail again.
    Stuck,
}

/// Young trouble of the endpoint as a whole makes no comment stuck: it waits for the end of the endpoint's rest.
pub(crate) fn pace_after(context: &Context, error: &ProviderError, attempts: i64) -> Pace {
    if !backoff::concerns_the_endpoint(error) || context.endpoint_failing_for() >= PATIENCE {
        return Pace::Counted;
    }
    let usual = context.now().plus(wait_after(attempts));
    Pace::At(
        context
            .endpoint_rests_until()
            .map_or(usual, |rested| rested.max(usual)),
    )
}

fn wait_after(attempts: i64) -> Duration {
    let tries = u32::try_from(attempts).unwrap_or(0);
    backoff::full_jitter(tries, Duration::from_secs(1), Duration::from_secs(300))
}

/// Another try at its pace, or `stuck` with the reason.
pub(crate) async fn give_back(
    context: &Context,
    comment: InHand<'_>,
    error: &(dyn Display + Sync),
    pace: Pace,
) -> Result<(), EngineError> {
    let most = i64::from(context.settings_now().drafting.most_attempts);
    let next = match pace {
        Pace::At(at) => NextTry::At(at),
        Pace::Stuck => NextTry::GiveUp,
        Pace::Counted if comment.attempts + 1 >= most => NextTry::GiveUp,
        Pace::Counted => NextTry::At(context.now().plus(wait_after(comment.attempts))),
    };
    tracing::warn!(trace = comment.trace, %error, attempts = comment.attempts + 1, stuck = matches!(next, NextTry::GiveUp), "a try failed");
    let reason = ReleaseReason {
        error: error.to_string(),
        next,
    };
    release(context, comment, reason).await
}

/// Ends a lease early when the engine stops, so that the next start takes the comment up at once.
pub(crate) async fn let_go(context: &Context, comment: InHand<'_>) -> Result<(), EngineError> {
    tracing::debug!(
        trace = comment.trace,
        "given back: the engine stops before the endpoint has answered"
    );
    let reason = ReleaseReason {
        error: "the engine stopped".to_owned(),
        next: NextTry::At(context.now()),
    };
    release(context, comment, reason).await
}

async fn release(context: &Context, comment: InHand<'_>, reason: ReleaseReason) -> Result<(), EngineError> {
    match context
        .storage
        .release(comment.id, comment.version, reason, context.now())
        .await
    {
        Ok(()) | Err(StorageError::MovedOn) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn down() -> ProviderError {
        ProviderError::Down {
            detail: String::new(),
        }
    }

    #[rstest]
    #[case::local_labels_where_allowed(down(), false, true, AfterFailure::UseLocal)]
    #[case::waiting_where_not(down(), false, false, AfterFailure::Retry)]
    #[case::a_short_limit_is_waited_out(ProviderError::Limited { retry_after: None }, true, true, AfterFailure::Retry)]
    #[case::waiting_mends_no_key(ProviderError::KeyRejected, false, false, AfterFailure::GiveUp)]
    #[case::credit(ProviderError::OutOfCredit, false, true, AfterFailure::UseLocal)]
    #[case::one_comment_refused(ProviderError::RefusedByModel { detail: String::new() }, false, false, AfterFailure::UseLocal)]
    #[case::one_answer_cut_off(ProviderError::CutOff, true, false, AfterFailure::UseLocal)]
    fn each_failure_to_label_has_its_outcome(
        #[case] error: ProviderError,
        #[case] waits: bool,
        #[case] local: bool,
        #[case] expected: AfterFailure,
    ) {
        assert_eq!(after_failed_labels(&error, waits, local), expected, "{error}");
    }
}
