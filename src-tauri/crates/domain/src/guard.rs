//! The last look at a reply before anyone may send it: pure functions over the draft and its facts.
//!
//! Every figure, date, contact and promise in a reply has to stand in a fact. The guard never repairs a
//! text; it says where it fails and what the source says instead. Start with [`check_draft`], which judges what
//! a model wrote, and [`check`], which judges what a person wrote. What can be claimed is read by [`claims`]
//! in the same way from drafts and from facts, so that "1 299 €" finds "EUR 1,299.00".

mod amounts;
mod calendar;
mod claims;
mod clocks;
mod common_words;
mod contacts;
mod courtesy;
mod dates;
mod evidence;
mod hours;
mod language;
mod leaks;
mod names;
mod numbers;
mod patterns;
mod promises;
mod rules;
mod spelled;
mod units;
mod view;

use crate::draft::{BrandVoice, Citation, Fact};
use crate::label::Language;
use rules::{Judgement, Scope};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a reply must not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    Empty,
    TooLong,
    /// Not the author's language.
    Language,
    /// A link to a host that is not on the allow-list.
    Link,
    /// A price, size, percentage, temperature, duration, code or bare number that no fact holds.
    UnsourcedNumber,
    /// A date, weekday or hour that no fact holds.
    UnsourcedDate,
    /// A phone number, e-mail address or messenger name that no fact holds.
    Contact,
    /// Money back, compensation, a guarantee, "we will".
    Promise,
    /// The @handle of somebody else.
    Handle,
    /// Fragments of a prompt or of its output format.
    Instructions,
    /// The author's own contact or card, quoted back in public.
    PersonalData,
    /// The same text as a recent reply.
    Repeated,
}

impl Rule {
    pub const ALL: [Self; 12] = [
        Self::Empty,
        Self::TooLong,
        Self::Language,
        Self::Link,
        Self::UnsourcedNumber,
        Self::UnsourcedDate,
        Self::Contact,
        Self::Promise,
        Self::Handle,
        Self::Instructions,
        Self::PersonalData,
        Self::Repeated,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::Language => "language",
            Self::Link => "link",
            Self::UnsourcedNumber => "unsourced_number",
            Self::UnsourcedDate => "unsourced_date",
            Self::Contact => "contact",
            Self::Promise => "promise",
            Self::Handle => "handle",
            Self::Instructions => "instructions",
            Self::PersonalData => "personal_data",
            Self::Repeated => "repeated",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A draft and everything it is judged by.
#[derive(Debug, Clone, Copy)]
pub struct GuardInput<'a> {
    pub text: &'a str,
    /// The author's language.
    pub language: &'a Language,
    /// What a detector says the draft is written in, when one is sure: see [`believed`]. Scripts and common words
    /// are compared without it.
    pub detected_language: Option<&'a str>,
    pub facts: &'a [Fact],
    pub voice: &'a BrandVoice,
    /// In Unicode scalar values.
    pub max_chars: usize,
    pub comment_text: &'a str,
    /// With or without the leading `@`.
    pub author_handle: Option<&'a str>,
    pub recent_replies: &'a [String],
}

/// One place where a draft fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub rule: Rule,
    /// Bytes of the draft, on character boundaries.
    pub start: usize,
    pub end: usize,
    /// The words at `start..end`.
    pub found: String,
    /// What a fact says of the same kind, where there is one.
    pub source_says: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// In the order of the text.
    pub findings: Vec<Finding>,
    /// Rules that were looked at.
    pub checks: usize,
    /// Figures, dates and contacts of the draft that a fact holds.
    pub claims_sourced: usize,
}

impl Report {
    pub fn passed(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Looks at a model's draft with every rule. Each claim has to rest on a fact that is cited for it: by the citations
/// that touch it, or else by those of its sentence. Greetings and thanks claim nothing and pass; a draft with claims
/// and no citations fails. Names of facts, as in "Skillet 26", claim nothing wherever they stand. Never panics,
/// whatever the text.
pub fn check_draft(input: &GuardInput<'_>, citations: &[Citation]) -> Report {
    judge(input, Scope::Cited(citations))
}

/// Looks at a person's text with every rule. Each claim may rest on any of the facts: once a person has edited a
/// draft, its citations no longer stand where they stood, and the person, who sees the sources beside the text,
/// answers for which of them is meant. What no source says stays out all the same. Never panics, whatever the text.
pub fn check(input: &GuardInput<'_>) -> Report {
    judge(input, Scope::AllFacts)
}

fn judge(input: &GuardInput<'_>, scope: Scope<'_>) -> Report {
    let mut judgement = Judgement::new(input, scope);
    judgement.shape();
    judgement.language();
    judgement.phrases();
    judgement.claims();
    judgement.into_report()
}

/// A detector's language, when its confidence (0..=1) is high enough to refuse a text by. Short texts and near
/// relatives get low ones, and a person whose reply is refused cannot overrule it.
pub fn believed(language: &Language, confidence: f32) -> Option<&str> {
    (language.is_determined() && confidence >= SURE_OF_LANGUAGE).then_some(language.as_str())
}

const SURE_OF_LANGUAGE: f32 = 0.8;

#[cfg(test)]
mod tests;
