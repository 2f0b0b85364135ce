//! The drafter that needs no language model: every word it says of a product or of the shop is copied from
//! a fact, or stands for an attribute of a product row in a sentence written beforehand.
//!
//! It must never state what no fact holds. So it declines whenever the product, the subject or the sources
//! are not clear, and says to staff what is missing: a wrong answer is far worse than none. A comment is only
//! ever compared with facts, so that orders written into one have no effect. Start with [`LocalDrafter`];
//! [`clauses`] takes a comment apart, [`products`] finds the product meant, [`row`] answers from its row,
//! [`section`] chooses the section that answers, [`meaning`] does so by what the models inside the app made of the
//! comment, [`aspects`] has what a section must speak of, [`wording`] has the sentences.

mod aspects;
mod attributes;
mod clauses;
mod concepts;
mod described;
mod fillers;
mod glossary;
mod meaning;
mod names;
mod passages;
mod products;
mod reply;
mod row;
mod rows_by_subject;
mod section;
mod sections_by_subject;
mod special;
mod subjects;
mod wording;
mod words;

use async_trait::async_trait;
use domain::draft::{DraftText, Origin};
use domain::guard::{self, GuardInput};
use domain::ports::Drafter;
use domain::{DeclineReason, DraftOutcome, DraftRequest, Label, ProviderError};
use reply::{Refusal, Reply, Situation};

/// Writes replies from facts and prepared sentences.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalDrafter;

/// Changes whenever the same request may give another text.
const VERSION: &str = "7";

#[async_trait]
impl Drafter for LocalDrafter {
    async fn draft(&self, request: &DraftRequest) -> Result<DraftOutcome, ProviderError> {
        Ok(draft(request))
    }

    fn model(&self) -> String {
        format!("local-answers {VERSION}")
    }
}

/// The parts of a comment that ask one thing each, as they are to be read for [`domain::draft::Reading::parts`].
pub(crate) fn parts(comment: &str) -> Vec<String> {
    reply::parts(comment)
}

/// Sentences of a section's text, as an answer takes them.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    words::sentences(text)
}

/// The whole decision, as a pure function.
pub fn draft(request: &DraftRequest) -> DraftOutcome {
    let situation = Situation::new(request);
    let outcome = decide(&situation);
    match outcome {
        Ok(reply) => guarded(request, reply),
        Err(refusal) => DraftOutcome::Declined {
            reason: refusal.reason,
            detail: refusal.detail,
        },
    }
}

fn decide(situation: &Situation<'_>) -> Result<Reply, Refusal> {
    let labels = &situation.request.labels;
    let primary = labels.first().map(|l| l.label);
    let has = |label: Label| labels.iter().any(|l| l.label == label);
    if let Some(label) = primary.filter(|l| !l.deserves_reply()) {
        return Err(Refusal::new(
            DeclineReason::NoReplyDue,
            format!("{label}: no reply is due"),
        ));
    }
    situation.refuse_sensitive()?;
    match primary {
        Some(Label::Question) => situation.answer(),
        Some(Label::Praise) if has(Label::Question) || situation.seems_to_ask() => situation.answer(),
        Some(Label::Praise) => situation.thank(),
        Some(Label::Complaint) if situation.surely_asks() || situation.surely_asks_how_to_treat() => {
            situation.answer()
        }
        Some(Label::Complaint) => situation.acknowledge_complaint(),
        Some(Label::Criticism) if has(Label::Question) || situation.surely_asks() => situation.answer(),
        Some(Label::Criticism) => Err(Refusal::new(
            DeclineReason::NoSource,
            "criticism: no source says what to answer",
        )),
        Some(Label::Partnership) if has(Label::Question) || situation.surely_asks() => situation
            .answer()
            .or_else(|refusal| situation.welcome_partner().map_err(|_| refusal)),
        Some(Label::Partnership) => situation.welcome_partner(),
        Some(Label::Abuse | Label::Spam) => Err(Refusal::new(DeclineReason::NoReplyDue, "no reply is due")),
        None => situation.answer().map_err(|refusal| match refusal.reason {
            DeclineReason::NoSource => {
                Refusal::new(DeclineReason::Ambiguous, "it is not clear what the comment wants")
            }
            _ => refusal,
        }),
    }
}

/// The guard has the last word over what was put together here, too.
fn guarded(request: &DraftRequest, reply: Reply) -> DraftOutcome {
    let language = reply.language.clone();
    let report = guard::check(&GuardInput {
        text: &reply.text,
        language: &language,
        detected_language: None,
        facts: &request.facts,
        voice: &request.voice,
        max_chars: request.max_chars,
        comment_text: &request.comment_text,
        author_handle: request.author_name.as_deref(),
        recent_replies: &[],
    });
    if let Some(finding) = report.findings.first() {
        return DraftOutcome::Declined {
            reason: DeclineReason::GuardFailed,
            detail: format!("{}: {}", finding.rule, finding.found),
        };
    }
    DraftOutcome::Drafted(DraftText {
        text: reply.text,
        language: reply.language,
        confidence: reply.confidence,
        citations: reply.citations,
        origin: Origin::Model {
            model: format!("local-answers {VERSION}"),
            prompt_version: VERSION.to_owned(),
        },
    })
}

#[cfg(test)]
mod tests;
