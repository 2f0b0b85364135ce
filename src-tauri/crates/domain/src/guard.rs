//! The last look at a reply before anyone may send it: pure functions over the draft and its facts.
//!
//! Every figure, date, contact and promise in a reply has to stand in a fact. The guard never repairs a
//! text; it says where it fails and what the source says instead. Start with [`check`]. What can be claimed
//! is read by [`claims`] in the same way from drafts and from facts, so that "1 299 €" finds "EUR 1,299.00".

mod claims;
mod contacts;
mod dates;
mod language;
mod numbers;
mod phrases;
mod rules;
mod view;

use crate::draft::{BrandVoice, Fact};
use crate::label::Language;
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
    /// A price, size, percentage, temperature, duration or bare number that no fact holds.
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
    /// What a detector says the draft is written in, when one is sure; scripts are compared without it.
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

/// Looks at a draft with every rule. Never panics, whatever the text.
pub fn check(input: &GuardInput<'_>) -> Report {
    let mut judgement = rules::Judgement::new(input);
    judgement.shape();
    judgement.language();
    judgement.phrases();
    judgement.claims();
    judgement.into_report()
}

#[cfg(test)]
mod tests;
