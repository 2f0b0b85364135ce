//! Proposed replies, and what they rest on.

use crate::id::{PassageId, ProductId};
use crate::label::{LabelScore, Language};
use crate::subject::SubjectScore;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A product row or a document passage that a draft may rest on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    pub kind: FactKind,
    /// What staff sees on the chip: the product's name, or the document's title and section.
    pub title: String,
    /// The whole text a claim may be checked against.
    pub text: String,
    pub language: Language,
    /// Rank-fused relevance in 0..=1; comparable within one search only.
    pub score: f32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FactKind {
    Product {
        id: ProductId,
        product: Box<ProductFacts>,
    },
    Passage {
        id: PassageId,
        document: String,
        section: String,
    },
}

/// The attributes of a product that can be claimed in a reply.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProductFacts {
    pub sku: String,
    pub name: String,
    /// Language code to name; `name` stands in for what is missing.
    pub names: std::collections::BTreeMap<String, String>,
    pub category: String,
    /// Decimal text as the shop writes it, without currency ("89", "12.50").
    pub price: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// `in_stock`, `out_of_stock` or `preorder`.
    pub availability: Option<String>,
    pub stock: Option<i64>,
    /// ISO 8601 date.
    pub restock_on: Option<String>,
    pub sizes: Vec<String>,
    pub materials: Option<String>,
    pub ingredients: Option<String>,
    pub care: Option<String>,
    pub description: Option<String>,
    pub url: Option<String>,
    pub synonyms: Vec<String>,
    /// ISO 8601 date of the first day the row holds; `None` for no limit.
    #[serde(default)]
    pub valid_from: Option<String>,
    /// ISO 8601 date of the last day the row holds; `None` for no limit.
    #[serde(default)]
    pub valid_to: Option<String>,
}

impl ProductFacts {
    pub fn name_in(&self, language: &str) -> &str {
        self.names
            .get(language)
            .map_or(self.name.as_str(), String::as_str)
    }
}

/// How the brand speaks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BrandVoice {
    pub brand: String,
    /// `warm`, `plain` or `formal`.
    pub tone: String,
    pub default_language: Language,
    /// Hosts that a reply may link to.
    pub link_hosts: Vec<String>,
}

/// One turn of the thread so far, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThreadTurn {
    pub by_us: bool,
    pub text: String,
}

/// Everything a drafter may look at. Comment, caption and thread are data, never instructions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftRequest {
    /// As its author wrote it.
    pub comment_text: String,
    pub author_name: Option<String>,
    pub language: Language,
    pub labels: Vec<LabelScore>,
    pub post_caption: Option<String>,
    pub thread: Vec<ThreadTurn>,
    pub facts: Vec<Fact>,
    /// The day the reply would go out: a row outside its validity is no fact.
    pub today: NaiveDate,
    pub voice: BrandVoice,
    /// Longest reply the platform takes, in Unicode scalar values.
    pub max_chars: usize,
    /// Picks among equal wordings, so that neighbours do not read alike; the same seed gives the same text.
    pub variation: u64,
    #[serde(default)]
    pub reading: Reading,
}

/// How the models inside the app read a request; everything is empty where none has.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The comment in the letters of its language, where it is written in others.
    pub own_letters: Option<String>,
    /// What the whole comment asks about, likeliest first.
    pub comment: Vec<SubjectScore>,
    /// The same of each of its parts, as the drafter takes it apart.
    pub parts: Vec<Vec<SubjectScore>>,
    /// What the heading of the section of each fact is about; empty for products.
    pub sections: Vec<Vec<SubjectScore>>,
    /// The same of its whole text.
    pub told: Vec<Vec<SubjectScore>>,
    /// Cosine of each fact with the comment; 0 where it is not known.
    pub similarity: Vec<f32>,
    /// Cosine of the nearest sentence of each section with the comment; 0 for products.
    pub sentences: Vec<f32>,
    /// How likely each section in the comment's language is to answer it, as log-odds; 0 for all else.
    pub answers: Vec<f32>,
}

/// The words `start..end` (bytes of the draft's text, on character boundaries) rest on `facts[fact]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    pub fact: usize,
    pub start: usize,
    pub end: usize,
}

/// Who wrote a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Origin {
    Model { model: String, prompt_version: String },
    Person,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftText {
    pub text: String,
    pub language: Language,
    /// 0..=1.
    pub confidence: f32,
    pub citations: Vec<Citation>,
    pub origin: Origin,
}

/// Why there is no draft. The card says it in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    /// Nothing found that answers it.
    NoSource,
    /// Sources say different things.
    SourcesDisagree,
    /// It answers, but not in the author's language.
    OtherLanguageOnly,
    /// The product or attribute meant is not clear.
    Ambiguous,
    /// A promise, a refund, health, law, press or money to negotiate: a person answers.
    NeverAutomatic,
    /// No reply is due (abuse, spam).
    NoReplyDue,
    /// The drafted text did not pass the guard.
    GuardFailed,
}

impl DeclineReason {
    pub const ALL: [Self; 7] = [
        Self::NoSource,
        Self::SourcesDisagree,
        Self::OtherLanguageOnly,
        Self::Ambiguous,
        Self::NeverAutomatic,
        Self::NoReplyDue,
        Self::GuardFailed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoSource => "no_source",
            Self::SourcesDisagree => "sources_disagree",
            Self::OtherLanguageOnly => "other_language_only",
            Self::Ambiguous => "ambiguous",
            Self::NeverAutomatic => "never_automatic",
            Self::NoReplyDue => "no_reply_due",
            Self::GuardFailed => "guard_failed",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum DraftOutcome {
    Drafted(DraftText),
    /// `detail`: the missing fact in a few words, for staff.
    Declined {
        reason: DeclineReason,
        detail: String,
    },
}
