//! Finding: hybrid search over products and passages for what a comment may be answered with.

use crate::{Context, EngineError};
use chrono::{DateTime, Local, NaiveDate};
use domain::draft::{FactKind, ProductFacts};
use domain::ports::{IndexFilter, IndexHit, IndexQuery, TextRole};
use domain::synonyms::alternatives;
use domain::{Fact, Language, SearchError, Synonyms, Timestamp};

/// Facts handed to a drafter.
const MOST_FACTS: usize = 12;
/// Facts that are looked at to find those in the author's language: documents often hold each section five times.
const LOOKED_AT: usize = 60;

/// The date at `now` where the computer stands, as the people of the shop read it off the wall.
pub fn local_date(now: Timestamp) -> NaiveDate {
    DateTime::from_timestamp_millis(now.0)
        .unwrap_or_default()
        .with_timezone(&Local)
        .date_naive()
}

/// Whether the row holds on `today`. A date that cannot be read is a limit not to rely on.
pub(crate) fn is_valid_on(product: &ProductFacts, today: NaiveDate) -> bool {
    let holds = |limit: Option<&String>, keeps: fn(NaiveDate, NaiveDate) -> bool| {
        limit.is_none_or(|text| iso_date(text).is_some_and(|date| keeps(today, date)))
    };
    holds(product.valid_from.as_ref(), |today, from| today >= from)
        && holds(product.valid_to.as_ref(), |today, to| today <= to)
}

/// `None` when it is no ISO 8601 date.
pub(crate) fn iso_date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}

/// Takes from a row outside its validity what it no longer says, so that neither a model nor the guard finds a
/// source for it. Its name, care and materials stay: people ask about what they bought last summer.
fn withhold_what_no_longer_holds(fact: &mut Fact, today: NaiveDate) {
    const WITHHELD: [&str; 4] = ["price: ", "availability: ", "stock: ", "restock: "];
    let FactKind::Product { product, .. } = &mut fact.kind else {
        return;
    };
    if is_valid_on(product, today) {
        return;
    }
    product.price = None;
    product.availability = None;
    product.stock = None;
    product.restock_on = None;
    let kept: Vec<&str> = fact
        .text
        .lines()
        .filter(|line| !WITHHELD.iter().any(|label| line.starts_with(label)))
        .chain(["Not on sale at present."])
        .collect();
    fact.text = kept.join("\n");
}

/// A fact, and how it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub fact: Fact,
    pub by_words: bool,
    /// Cosine; `None` where only words led to it.
    pub similarity: Option<f32>,
}

/// Best facts first, scores in 0..=1. Empty while the index is being built again for another model.
///
/// # Errors
/// The index or the database cannot be asked.
pub async fn facts_for(context: &Context, text: &str) -> Result<Vec<Fact>, EngineError> {
    let found = found_for(context, text, None).await?;
    Ok(found.into_iter().map(|found| found.fact).collect())
}

/// What was found, and as what it was looked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Searched {
    /// Best first.
    pub found: Vec<Found>,
    /// Words that were looked for beside those of the text, by the synonyms.
    pub also: Vec<String>,
}

/// At most `limit` of each kind.
pub(crate) async fn search(
    context: &Context,
    text: &str,
    filter: IndexFilter,
    limit: usize,
) -> Result<Searched, EngineError> {
    if text.trim().is_empty() {
        return Ok(Searched::default());
    }
    let mut vectors = context.embed(TextRole::Query, vec![text.to_owned()]).await?;
    let Some(vector) = vectors.pop() else {
        return Ok(Searched::default());
    };
    let lists: Vec<Synonyms> = (context.storage.synonyms().await?)
        .into_iter()
        .map(|stored| stored.words)
        .collect();
    let query = IndexQuery {
        text: text.to_owned(),
        alternatives: alternatives(&lists, text),
        vector,
        filter,
        limit,
    };
    let hits = hits_for(context, &query).await?;
    Ok(Searched {
        found: found_of(context, &hits).await?,
        also: (query.alternatives.into_iter())
            .flat_map(|alternative| alternative.others)
            .collect(),
    })
}

/// The same with their nearness. Of documents that speak several languages, the sections in `language` come before
/// all others: they say the same.
pub(crate) async fn found_for(
    context: &Context,
    text: &str,
    language: Option<&Language>,
) -> Result<Vec<Found>, EngineError> {
    let limit = if language.is_some() { LOOKED_AT } else { MOST_FACTS };
    let mut found = search(context, text, IndexFilter::default(), limit).await?.found;
    if let Some(language) = language {
        own_language_first(&mut found, language);
    }
    found.truncate(MOST_FACTS);
    Ok(found)
}

async fn hits_for(context: &Context, query: &IndexQuery) -> Result<Vec<IndexHit>, EngineError> {
    match context.index.search(&context.embedder.space(), query).await {
        Ok(hits) => Ok(hits),
        Err(SearchError::OtherModel { stored, wanted }) => {
            tracing::warn!(
                stored,
                wanted,
                "the index is of another model; it is being built again"
            );
            Err(SearchError::OtherModel { stored, wanted }.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// What the hits are of, as it holds today.
async fn found_of(context: &Context, hits: &[IndexHit]) -> Result<Vec<Found>, EngineError> {
    let sources: Vec<_> = hits.iter().map(|hit| hit.source).collect();
    let mut rows = context.storage.facts_by_source(&sources).await?;
    let today = local_date(context.now());
    Ok(hits
        .iter()
        .filter_map(|hit| {
            rows.remove(&hit.source).map(|mut fact| {
                fact.score = hit.score;
                withhold_what_no_longer_holds(&mut fact, today);
                Found {
                    fact,
                    by_words: hit.keyword_rank.is_some(),
                    similarity: hit.similarity,
                }
            })
        })
        .collect())
}

/// Sections in other languages give their places up where there are some in the author's; half of the places are for
/// products and half for sections, as long as there are enough of both.
fn own_language_first(found: &mut Vec<Found>, language: &Language) {
    let is_section = |found: &Found| matches!(found.fact.kind, FactKind::Passage { .. });
    let is_own = |found: &Found| is_section(found) && found.fact.language == *language;
    let own = found.iter().any(is_own);
    if own {
        found.retain(|found| !is_section(found) || is_own(found));
    }
    let half = MOST_FACTS / 2;
    let (sections, products): (Vec<Found>, Vec<Found>) = found.drain(..).partition(is_section);
    let places = (
        products
            .len()
            .min(half.max(MOST_FACTS.saturating_sub(sections.len()))),
        sections
            .len()
            .min(half.max(MOST_FACTS.saturating_sub(products.len()))),
    );
    found.extend(products.into_iter().take(places.0));
    found.extend(sections.into_iter().take(places.1));
    found.sort_by(|a, b| b.fact.score.total_cmp(&a.fact.score));
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ProductId;

    fn row(valid_from: Option<&str>, valid_to: Option<&str>) -> Fact {
        let product = ProductFacts {
            name: "Garden tablecloth".into(),
            price: Some("118".into()),
            care: Some("Wash at 40 °C.".into()),
            valid_from: valid_from.map(str::to_owned),
            valid_to: valid_to.map(str::to_owned),
            ..ProductFacts::default()
        };
        Fact {
            kind: FactKind::Product {
                id: ProductId(1),
                product: Box::new(product),
            },
            title: "Garden tablecloth".into(),
            text: "Garden tablecloth\nprice: 118 EUR\ncare: Wash at 40 °C.".into(),
            language: Language::undetermined(),
            score: 1.0,
        }
    }

    fn day(text: &str) -> NaiveDate {
        iso_date(text).expect("a date of the test")
    }

    #[test]
    fn a_row_holds_from_its_first_day_to_its_last() {
        let holds = |from, to, today| {
            let FactKind::Product { product, .. } = row(from, to).kind else {
                panic!("a product");
            };
            is_valid_on(&product, day(today))
        };
        assert!(holds(None, None, "2026-11-25"));
        assert!(holds(Some("2026-05-01"), Some("2026-09-15"), "2026-05-01"));
        assert!(holds(Some("2026-05-01"), Some("2026-09-15"), "2026-09-15"));
        assert!(!holds(Some("2026-05-01"), Some("2026-09-15"), "2026-09-16"));
        assert!(!holds(Some("2026-05-01"), None, "2026-04-30"));
        assert!(
            !holds(None, Some("in autumn"), "2026-04-30"),
            "no date to rely on"
        );
    }

    #[test]
    fn a_price_of_last_summer_is_no_source_in_winter() {
        let mut fact = row(None, Some("2026-09-15"));
        withhold_what_no_longer_holds(&mut fact, day("2026-09-15"));
        assert!(fact.text.contains("118"), "the last day still counts");
        withhold_what_no_longer_holds(&mut fact, day("2026-11-25"));
        assert!(!fact.text.contains("118"), "{}", fact.text);
        assert!(
            fact.text.contains("Wash at 40 °C."),
            "how to wash it is still true"
        );
        let FactKind::Product { product, .. } = &fact.kind else {
            panic!("a product");
        };
        assert_eq!(product.price, None, "the guard reads the row as well");
    }
}
