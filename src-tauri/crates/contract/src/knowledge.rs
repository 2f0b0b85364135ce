//! What is looked for in products and documents, and the words that the workspace uses for the same thing.

use crate::view::SourceKind;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SearchKnowledge {
    pub text: String,
    /// Of the products, only those in stock.
    pub in_stock: bool,
    /// Of the products, only those that hold today.
    pub valid_today: bool,
    /// Of the documents, only what is in this language.
    pub language: Option<String>,
}

/// A product row or a passage that a draft could rest on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KnowledgeHit {
    pub kind: SourceKind,
    /// Of the product or the passage.
    pub id: i64,
    /// Product name, or document title.
    pub title: String,
    /// Price of a product, or section of a document.
    pub detail: String,
    pub text: String,
    pub language: String,
    /// It has words that were looked for, misspelt or under another name included.
    pub by_words: bool,
    /// It is among the nearest by meaning.
    pub by_meaning: bool,
    /// `null` for a passage.
    pub in_stock: Option<bool>,
    pub valid_today: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KnowledgeFound {
    /// Best first.
    pub hits: Vec<KnowledgeHit>,
    /// What else was looked for, by the synonyms.
    pub also: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KnowledgeView {
    /// Languages of the documents.
    pub languages: Vec<String>,
    pub synonyms: Vec<SynonymsView>,
}

/// Words for the same thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SynonymsView {
    pub id: i64,
    pub words: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AddSynonyms {
    pub words: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChangeSynonyms {
    pub id: i64,
    pub words: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SynonymsRef {
    pub id: i64,
}
