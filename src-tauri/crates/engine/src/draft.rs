//! Drafting: find, write, guard. A draft that the guard stops never reaches a person as a draft.
//!
//! An endpoint's failure is retried, falls back to the models inside the app, or leaves the comment stuck with
//! the reason; it never becomes an empty draft.

use crate::classify::{InHand, Pace, give_back, let_go, pace_after};
use crate::context::{EndpointNow, Unanswered};
use crate::find::{self, Found};
use crate::{AiEndpoint, Context, EngineError, Step, local_drafter, worker::Worker};
use async_trait::async_trait;
use contract::TraceStage;
use domain::draft::Reading;
use domain::guard::{self, GuardInput, Report};
use domain::ports::TextRole;
use domain::{
    DeclineReason, DraftOutcome, DraftRequest, Fact, FactKind, Language, ProviderError, SubjectScore,
};
use std::borrow::Cow;
use std::fmt::Display;
use storage::{NewDraft, StorageError, ToDraft};

/// Comments drafted side by side inside the app.
const BATCH: u32 = 4;
/// Tries at an endpoint for one comment before the models inside the app take over.
const ENDPOINT_TRIES: i64 = 2;
/// From here on a subject may be what is asked about.
const ASKED: f32 = 0.25;
/// Subjects of a comment that sections are looked for by, and sections of each.
const MOST_TITLES: usize = 3;
const SECTIONS_OF_A_TITLE: usize = 3;

pub struct DraftWorker {
    context: Context,
}

/// What to do about a failed call of the endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    Retry,
    UseLocal,
    GiveUp,
}

/// The table of failure and outcome, for an endpoint that does not rest.
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
        Self { context }
    }

    async fn request(&self, claimed: &ToDraft) -> Result<DraftRequest, EngineError> {
        let own_letters = self.context.classifier.in_own_letters(&claimed.text);
        let text = own_letters.clone().unwrap_or_else(|| claimed.text.clone());
        let mut query = text.clone();
        // A follow-up ("and in blue?") names its subject only in the thread.
        if let Some(before) = claimed.thread.iter().rev().find(|turn| !turn.by_us) {
            query = format!("{} {query}", before.text);
        }
        let language = Some(&claimed.language);
        let mut found = find::found_for(&self.context, &text, language).await?;
        let mut more = if query == text {
            Vec::new()
        } else {
            find::found_for(&self.context, &query, language).await?
        };
        if let Some(caption) = claimed.post_caption.as_deref().filter(|c| !c.trim().is_empty()) {
            let with_caption = format!("{text} {caption}");
            more.extend(find::found_for(&self.context, &with_caption, language).await?);
        }
        for another in more {
            if !found.iter().any(|known| known.fact.kind == another.fact.kind) {
                // Near to the caption or the thread is not near to what is asked.
                found.push(Found {
                    similarity: None,
                    ..another
                });
            }
        }
        let asked = self.asked(&text).await?;
        self.add_sections_about(&asked, &text, &claimed.language, &mut found)
            .await?;
        let similarity: Vec<f32> = found
            .iter()
            .map(|found| found.similarity.unwrap_or(0.0))
            .collect();
        let facts: Vec<Fact> = found.into_iter().map(|found| found.fact).collect();
        let products = facts
            .iter()
            .filter(|fact| matches!(fact.kind, FactKind::Product { .. }))
            .count();
        tracing::info!(
            trace = %claimed.trace_id,
            stage = "found",
            products,
            passages = facts.len() - products,
            "looked for what an answer may rest on"
        );
        self.context.hub().monitor().finished(TraceStage::Find, 1);
        Ok(DraftRequest {
            comment_text: claimed.text.clone(),
            author_name: Some(claimed.author_username.clone()).filter(|name| !name.is_empty()),
            language: claimed.language.clone(),
            labels: claimed.labels.clone(),
            post_caption: claimed.post_caption.clone(),
            thread: claimed.thread.clone(),
            facts,
            today: find::local_date(self.context.now()),
            voice: self.context.voice.clone(),
            max_chars: self.context.max_reply_chars(claimed.account_id),
            variation: u64::from_ne_bytes(claimed.id.0.to_ne_bytes()),
            reading: Reading {
                own_letters,
                similarity,
                ..asked
            },
        })
    }

    /// What comment and parts ask about, by the classifier inside the app. Without it the drafter reads words alone.
    async fn asked(&self, text: &str) -> Result<Reading, EngineError> {
        let mut texts = vec![text.to_owned()];
        texts.extend(local_drafter::parts(text));
        let mut parts = self.context.subjects(texts).await?;
        let comment = if parts.is_empty() {
            Vec::new()
        } else {
            parts.remove(0)
        };
        Ok(Reading {
            comment,
            parts,
            ..Reading::default()
        })
    }

    /// The words of a question are often not those of the section that answers it: so sections are looked for by what is
    /// asked about, too.
    async fn add_sections_about(
        &self,
        asked: &Reading,
        text: &str,
        language: &Language,
        found: &mut Vec<Found>,
    ) -> Result<(), EngineError> {
        let mut subjects: Vec<&SubjectScore> = asked.parts.iter().chain([&asked.comment]).flatten().collect();
        subjects.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        let mut titles: Vec<&str> = Vec::new();
        for score in subjects.iter().filter(|score| score.confidence >= ASKED) {
            let title = score.subject.title(language.as_str());
            titles.extend(title.filter(|title| !titles.contains(title)));
        }
        let mut sections = Vec::new();
        for title in titles.into_iter().take(MOST_TITLES) {
            let about = find::found_for(&self.context, title, Some(language)).await?;
            let new = about
                .into_iter()
                .filter(|section| matches!(section.fact.kind, FactKind::Passage { .. }))
                .filter(|section| section.fact.language == *language)
                .take(SECTIONS_OF_A_TITLE);
            for section in new {
                let is_known = |known: &Found| known.fact.kind == section.fact.kind;
                if !found.iter().chain(&sections).any(is_known) {
                    sections.push(section);
                }
            }
        }
        let texts: Vec<String> = sections.iter().map(|section| section.fact.text.clone()).collect();
        let near = self.nearness(text, texts).await?;
        found.extend(sections.into_iter().zip(near).map(|(section, near)| Found {
            similarity: Some(near),
            fact: Fact {
                // Near to the subject is not near to what is asked.
                score: 0.0,
                ..section.fact
            },
            ..section
        }));
        Ok(())
    }

    /// Cosine of each text with the comment.
    async fn nearness(&self, comment: &str, texts: Vec<String>) -> Result<Vec<f32>, EngineError> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let asked = vec![comment.to_owned()];
        let asked = self
            .context
            .embed(TextRole::Query, asked)
            .await?
            .pop()
            .unwrap_or_default();
        let told = self.context.embed(TextRole::Passage, texts).await?;
        let cosine = |vector: Vec<f32>| vector.iter().zip(&asked).map(|(x, y)| x * y).sum();
        Ok(told.into_iter().map(cosine).collect())
    }

    /// What the sections are about, by the classifier inside the app.
    async fn read(&self, request: &mut DraftRequest) -> Result<(), EngineError> {
        let headings = request.facts.iter().map(|fact| match &fact.kind {
            FactKind::Passage { section, .. } => section.clone(),
            FactKind::Product { .. } => String::new(),
        });
        request.reading.sections = self.context.subjects(headings.collect()).await?;
        let texts = request.facts.iter().map(|fact| match &fact.kind {
            FactKind::Passage { .. } if fact.language == request.language => fact.text.clone(),
            _ => String::new(),
        });
        request.reading.told = self.context.subjects(texts.collect()).await?;
        if !request.reading.comment.is_empty() {
            request.reading.sentences = self.nearest_sentences(request).await?;
            request.reading.answers = self.likely_answers(request).await?;
        }
        Ok(())
    }

    /// Log-odds of each section in the comment's language to answer the comment.
    async fn likely_answers(&self, request: &DraftRequest) -> Result<Vec<f32>, EngineError> {
        let own =
            |fact: &Fact| matches!(fact.kind, FactKind::Passage { .. }) && fact.language == request.language;
        let places: Vec<usize> = (0..request.facts.len())
            .filter(|at| own(&request.facts[*at]))
            .collect();
        // The heading ends as a sentence does: so were the texts that the model was taught with.
        let texts = places
            .iter()
            .map(|at| request.facts[*at].text.replacen('\n', ". ", 1))
            .collect();
        let odds = self.context.answers(request.comment_text.clone(), texts).await?;
        let mut of_facts = vec![0.0f32; request.facts.len()];
        for (at, odds) in places.into_iter().zip(odds) {
            of_facts[at] = odds;
        }
        Ok(of_facts)
    }

    /// Cosine of the nearest sentence of each section with the comment.
    async fn nearest_sentences(&self, request: &DraftRequest) -> Result<Vec<f32>, EngineError> {
        let mut of_fact = Vec::new();
        let mut texts = Vec::new();
        for (at, fact) in request.facts.iter().enumerate() {
            if matches!(fact.kind, FactKind::Passage { .. }) && fact.language == request.language {
                for sentence in local_drafter::sentences(&fact.text) {
                    of_fact.push(at);
                    texts.push(sentence.to_owned());
                }
            }
        }
        let near = self.nearness(&request.comment_text, texts).await?;
        let mut nearest = vec![0.0f32; request.facts.len()];
        for (at, near) in of_fact.into_iter().zip(near) {
            nearest[at] = nearest[at].max(near);
        }
        Ok(nearest)
    }

    async fn draft_one(&self, claimed: ToDraft) -> Result<(), EngineError> {
        let request = match self.request(&claimed).await {
            Ok(request) => request,
            Err(error) => return self.give_back(&claimed, &error, Pace::Counted).await,
        };
        let outcome = match self.context.endpoint_now() {
            EndpointNow::Unset => self.by_local(&claimed, &request).await?,
            EndpointNow::StandIn(why) => self.by_local_instead(&claimed, &request, &why).await?,
            EndpointNow::Wait(rest) => {
                return self.give_back(&claimed, &rest.why, Pace::At(rest.until)).await;
            }
            EndpointNow::Refused(why) => return self.give_back(&claimed, &why, Pace::Stuck).await,
            EndpointNow::Open(endpoint) => match self.by_endpoint(&endpoint, &claimed, &request).await {
                Ok(outcome) => outcome,
                Err(Unanswered::Stopping) => {
                    return let_go(&self.context, InHand::from(&claimed)).await;
                }
                Err(Unanswered::Failed(error)) => match self.after(&claimed, &error) {
                    AfterFailure::Retry => {
                        let pace = pace_after(&self.context, &error, claimed.attempts);
                        return self.give_back(&claimed, &error, pace).await;
                    }
                    AfterFailure::GiveUp => return self.give_back(&claimed, &error, Pace::Stuck).await,
                    AfterFailure::UseLocal => self.by_local_instead(&claimed, &request, &error).await?,
                },
            },
        };
        self.save(&claimed, &request, &outcome).await
    }

    /// A failure that makes the endpoint rest is handled as for every comment that meets the rest.
    fn after(&self, claimed: &ToDraft, error: &ProviderError) -> AfterFailure {
        let local = self.context.settings_now().drafting.fall_back_to_local;
        match self.context.endpoint_now() {
            EndpointNow::StandIn(_) => AfterFailure::UseLocal,
            EndpointNow::Wait(_) if error.is_worth_retrying() => AfterFailure::Retry,
            _ => after_failure(error, claimed.attempts, local),
        }
    }

    async fn save(
        &self,
        claimed: &ToDraft,
        request: &DraftRequest,
        outcome: &DraftOutcome,
    ) -> Result<(), EngineError> {
        let new = NewDraft {
            outcome,
            facts: &request.facts,
            now: self.context.now(),
        };
        match self
            .context
            .storage
            .save_draft(claimed.id, claimed.version, new)
            .await
        {
            Ok(()) => {
                self.context.hub().monitor().finished(TraceStage::Draft, 1);
                match outcome {
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
        claimed: &ToDraft,
        request: &DraftRequest,
    ) -> Result<DraftOutcome, Unanswered> {
        let outcome = self.context.ask_endpoint(endpoint.drafter.draft(request)).await?;
        Ok(self.guarded(claimed, request, outcome))
    }

    async fn by_local(&self, claimed: &ToDraft, request: &DraftRequest) -> Result<DraftOutcome, EngineError> {
        let mut read = in_own_letters(request);
        self.read(&mut read).await?;
        let outcome =
            self.context.drafter.draft(&read).await.map_err(|error| {
                EngineError::Aborted(format!("the drafter inside the app failed: {error}"))
            })?;
        Ok(self.guarded(claimed, request, outcome))
    }

    async fn by_local_instead(
        &self,
        claimed: &ToDraft,
        request: &DraftRequest,
        error: &ProviderError,
    ) -> Result<DraftOutcome, EngineError> {
        tracing::warn!(trace = %claimed.trace_id, %error, "the endpoint gives no draft; the models inside the app write it");
        let why = serde_json::json!({ "why": error.to_string() });
        let now = self.context.now();
        self.context
            .storage
            .record("engine", "draft_fell_back", Some(claimed.id), None, why, now)
            .await?;
        self.by_local(claimed, request).await
    }

    fn guarded(&self, claimed: &ToDraft, request: &DraftRequest, outcome: DraftOutcome) -> DraftOutcome {
        let DraftOutcome::Drafted(draft) = &outcome else {
            return outcome;
        };
        let (detected, confidence) = self.context.classifier.detect_language(&draft.text);
        let said = said_by_author(&request.comment_text, request.reading.own_letters.as_deref());
        let input = guard_input(
            request,
            &said,
            &draft.text,
            guard::believed(&detected, confidence),
        );
        let report = guard::check_draft(&input, &draft.citations);
        // The names of the rules alone: what was found in the text is the text's.
        let broken: Vec<&str> = report.findings.iter().map(|f| f.rule.as_str()).collect();
        tracing::info!(
            trace = %claimed.trace_id,
            stage = "guarded",
            passed = broken.is_empty(),
            checks = report.checks,
            claims_sourced = report.claims_sourced,
            broken = broken.join(","),
            "the guard has looked at it"
        );
        self.context.hub().monitor().finished(TraceStage::Guard, 1);
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

    async fn give_back(
        &self,
        claimed: &ToDraft,
        error: &(dyn Display + Sync),
        pace: Pace,
    ) -> Result<(), EngineError> {
        give_back(&self.context, InHand::from(claimed), error, pace).await
    }
}

/// The request as the drafter inside the app takes it, which reads no words in other letters than they were taught in.
/// A language model reads the original better.
fn in_own_letters(request: &DraftRequest) -> DraftRequest {
    let mut read = request.clone();
    if let Some(own_letters) = &request.reading.own_letters {
        read.comment_text.clone_from(own_letters);
    }
    read
}

/// What a reply may repeat of the comment: the words as they came, and in the letters of their language.
fn said_by_author<'a>(written: &'a str, own_letters: Option<&str>) -> Cow<'a, str> {
    match own_letters {
        None => Cow::Borrowed(written),
        Some(read) => Cow::Owned(format!("{written}\n{read}")),
    }
}

fn guard_input<'a>(
    request: &'a DraftRequest,
    said: &'a str,
    text: &'a str,
    detected: Option<&'a str>,
) -> GuardInput<'a> {
    GuardInput {
        text,
        language: &request.language,
        detected_language: detected,
        facts: &request.facts,
        voice: &request.voice,
        max_chars: request.max_chars,
        comment_text: said,
        author_handle: request.author_name.as_deref(),
        recent_replies: &[],
    }
}

/// The guard over a person's text, against all sources of the comment's draft: an edit moves what was cited.
pub(crate) async fn check_text(
    context: &Context,
    comment: domain::CommentId,
    text: &str,
    max_chars: usize,
) -> Result<(Report, Vec<Fact>), EngineError> {
    let known = context.storage.draft_facts(comment).await?;
    let (detected, confidence) = context.classifier.detect_language(text);
    let own_letters = context.classifier.in_own_letters(&known.comment_text);
    let said = said_by_author(&known.comment_text, own_letters.as_deref());
    let report = guard::check(&GuardInput {
        text,
        language: &known.language,
        detected_language: guard::believed(&detected, confidence),
        facts: &known.facts,
        voice: &context.voice,
        max_chars,
        comment_text: &said,
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
        let endpoint = self.context.endpoint_now();
        let Some(most) = self.context.most_to_claim(&endpoint, BATCH) else {
            return Ok(Step::Idle);
        };
        let claimed = self
            .context
            .storage
            .claim_to_draft(most, self.context.now(), self.context.lease())
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
    fn the_guard_knows_the_words_as_written_and_as_read() {
        assert_eq!(said_by_author("two, please", None), "two, please");
        let said = said_by_author("2 shtuki est?", Some("2 штуки есть?"));
        assert!(said.contains("2 shtuki") && said.contains("2 штуки"), "{said}");
    }
}
