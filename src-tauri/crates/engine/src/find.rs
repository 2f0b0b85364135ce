//! Finding: hybrid search over products and passages for what a comment may be answered with.

use crate::{Context, EngineError};
use domain::ports::{IndexQuery, TextRole};
use domain::{Fact, SearchError};

/// Facts handed to a drafter.
const MOST_FACTS: usize = 12;

/// Best facts first, scores in 0..=1. Empty while the index is being built again for another model.
pub async fn facts_for(context: &Context, text: &str) -> Result<Vec<Fact>, EngineError> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut vectors = context.embed(TextRole::Query, vec![text.to_owned()]).await?;
    let Some(vector) = vectors.pop() else {
        return Ok(Vec::new());
    };
    let query = IndexQuery {
        text: text.to_owned(),
        vector,
        limit: MOST_FACTS,
    };
    let hits = match context.index.search(&context.embedder.space(), &query).await {
        Ok(hits) => hits,
        Err(SearchError::OtherModel { stored, wanted }) => {
            tracing::warn!(
                stored,
                wanted,
                "the index is of another model; it is being built again"
            );
            return Err(SearchError::OtherModel { stored, wanted }.into());
        }
        Err(error) => return Err(error.into()),
    };
    let sources: Vec<_> = hits.iter().take(MOST_FACTS).map(|hit| hit.source).collect();
    let mut found = context.storage.facts_by_source(&sources).await?;
    Ok(hits
        .iter()
        .take(MOST_FACTS)
        .filter_map(|hit| {
            found.remove(&hit.source).map(|mut fact| {
                fact.score = hit.score;
                fact
            })
        })
        .collect())
}
