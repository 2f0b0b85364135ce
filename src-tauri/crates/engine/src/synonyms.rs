//! What a person looks for in the knowledge, and the words that the workspace uses for the same thing.

use crate::find::{self, is_valid_on, local_date};
use crate::{Engine, EngineError};
use contract::{
    AddSynonyms, ChangeSynonyms, KnowledgeFound, KnowledgeHit, KnowledgeView, SearchKnowledge, SourceKind,
    SynonymsView,
};
use domain::draft::{FactKind, ProductFacts};
use domain::ports::IndexFilter;
use domain::{Language, Synonyms};

/// Hits of each kind that a person is shown.
const SHOWN: usize = 20;
/// Lists of a workspace: every search reads them all.
const MOST_LISTS: usize = 500;

impl Engine {
    pub async fn knowledge(&self) -> Result<KnowledgeView, EngineError> {
        let storage = &self.context().storage;
        let synonyms = storage.synonyms().await?;
        Ok(KnowledgeView {
            languages: storage.passage_languages().await?,
            synonyms: synonyms
                .into_iter()
                .map(|stored| SynonymsView {
                    id: stored.id,
                    words: stored.words.words().to_vec(),
                })
                .collect(),
        })
    }

    pub async fn search_knowledge(&self, request: SearchKnowledge) -> Result<KnowledgeFound, EngineError> {
        let context = self.context();
        let today = local_date(context.now());
        let filter = IndexFilter {
            in_stock: request.in_stock,
            holds_on: request.valid_today.then_some(today),
            language: request.language.map(Language),
        };
        let searched = find::search(context, &request.text, filter, SHOWN).await?;
        let hits = searched.found.into_iter().map(|found| {
            let fact = found.fact;
            let hit = KnowledgeHit {
                kind: SourceKind::Passage,
                id: 0,
                title: fact.title,
                detail: String::new(),
                text: fact.text,
                language: fact.language.0,
                by_words: found.by_words,
                by_meaning: found.similarity.is_some(),
                in_stock: None,
                valid_today: true,
            };
            match fact.kind {
                FactKind::Product { id, product } => KnowledgeHit {
                    kind: SourceKind::Product,
                    id: id.0,
                    detail: priced(&product),
                    in_stock: Some(crate::knowledge::offer(&product).in_stock),
                    valid_today: is_valid_on(&product, today),
                    ..hit
                },
                FactKind::Passage {
                    id,
                    document,
                    section,
                } => KnowledgeHit {
                    id: id.0,
                    title: document,
                    detail: section,
                    ..hit
                },
            }
        });
        Ok(KnowledgeFound {
            hits: hits.collect(),
            also: searched.also,
        })
    }

    /// Searches use them at once; drafts from the next one on.
    pub async fn add_synonyms(&self, request: AddSynonyms) -> Result<KnowledgeView, EngineError> {
        let context = self.context();
        let words = parsed(&request.words)?;
        if context.storage.synonyms().await?.len() >= MOST_LISTS {
            return Err(EngineError::Invalid(format!(
                "a workspace has at most {MOST_LISTS} lists of synonyms: add the words to one of them"
            )));
        }
        context
            .storage
            .add_synonyms("person", &words, context.now())
            .await?;
        self.knowledge().await
    }

    pub async fn change_synonyms(&self, request: ChangeSynonyms) -> Result<KnowledgeView, EngineError> {
        let context = self.context();
        let words = parsed(&request.words)?;
        context
            .storage
            .change_synonyms(request.id, &words, context.now())
            .await?;
        self.knowledge().await
    }

    pub async fn remove_synonyms(&self, id: i64) -> Result<KnowledgeView, EngineError> {
        let context = self.context();
        context.storage.remove_synonyms(id, context.now()).await?;
        self.knowledge().await
    }
}

/// Empty where no price holds: a currency alone says nothing.
fn priced(product: &ProductFacts) -> String {
    match (&product.price, &product.currency) {
        (Some(price), Some(currency)) => format!("{price} {currency}"),
        (Some(price), None) => price.clone(),
        (None, _) => String::new(),
    }
}

fn parsed(words: &[String]) -> Result<Synonyms, EngineError> {
    Synonyms::parse(words).map_err(|why| EngineError::Invalid(why.to_string()))
}
