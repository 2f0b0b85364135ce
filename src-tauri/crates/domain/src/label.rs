//! What a comment is.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The seven labels of the product, strongest need first is decided by [`Label::urgency`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    Praise,
    Criticism,
    Complaint,
    Question,
    Partnership,
    Abuse,
    Spam,
}

impl Label {
    pub const ALL: [Self; 7] = [
        Self::Praise,
        Self::Criticism,
        Self::Complaint,
        Self::Question,
        Self::Partnership,
        Self::Abuse,
        Self::Spam,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Praise => "praise",
            Self::Criticism => "criticism",
            Self::Complaint => "complaint",
            Self::Question => "question",
            Self::Partnership => "partnership",
            Self::Abuse => "abuse",
            Self::Spam => "spam",
        }
    }

    /// Smaller is sooner: the order of "most urgent first".
    pub fn urgency(self) -> u8 {
        match self {
            Self::Complaint => 0,
            Self::Question => 1,
            Self::Criticism => 2,
            Self::Partnership => 3,
            Self::Abuse => 4,
            Self::Praise => 5,
            Self::Spam => 6,
        }
    }

    /// Abuse and spam are measured, not answered.
    pub fn deserves_reply(self) -> bool {
        !matches!(self, Self::Abuse | Self::Spam)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a label; one of praise, criticism, complaint, question, partnership, abuse, spam")]
pub struct UnknownLabel(pub String);

impl FromStr for Label {
    type Err = UnknownLabel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|l| l.as_str() == text)
            .ok_or_else(|| UnknownLabel(text.to_owned()))
    }
}

/// A label with a confidence in 0..=1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LabelScore {
    pub label: Label,
    pub confidence: f32,
}

/// An ISO 639-1 code, or `und` where there is nothing to tell it by (emoji only, empty).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Language(pub String);

impl Language {
    pub fn undetermined() -> Self {
        Self("und".to_owned())
    }

    pub fn is_determined(&self) -> bool {
        self.0 != "und"
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Language {
    fn from(code: &str) -> Self {
        Self(code.to_owned())
    }
}

/// What a classifier says of one comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    pub language: Language,
    /// 0..=1.
    pub language_confidence: f32,
    /// Every label that reached its threshold, strongest first; empty means "unsure".
    pub labels: Vec<LabelScore>,
    /// The strongest label even when it stayed below its threshold.
    pub best: LabelScore,
    /// What speaks for it, in a few words for staff ("profanity: 2 words", "asks for a price").
    pub reason: String,
    /// Model and version that said so.
    pub model: String,
}

impl Classification {
    /// No label reached its threshold: a person decides.
    pub fn is_unsure(&self) -> bool {
        self.labels.is_empty()
    }

    pub fn primary(&self) -> LabelScore {
        self.labels.first().copied().unwrap_or(self.best)
    }
}
