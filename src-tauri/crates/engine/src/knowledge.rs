//! What drafts may rest on: product rows and document passages, kept in SQLite and indexed for search.

use crate::context::off_thread;
use crate::find::iso_date;
use crate::{Context, EngineError};
use chrono::NaiveDate;
use domain::draft::ProductFacts;
use domain::ports::{IndexRow, IndexSource, Offer, TextRole};
use domain::{Language, SearchError};
use std::collections::HashMap;
use storage::NewPassage;

/// Longest passage in Unicode scalar values; longer sections are split between paragraphs.
const LONGEST_PASSAGE: usize = 1_200;
/// Texts embedded between two progress notes.
const CHUNK: usize = 32;

/// Every word a customer may use for a product.
pub fn search_text(product: &ProductFacts) -> String {
    let mut parts: Vec<&str> = vec![&product.name];
    parts.extend(product.names.values().map(String::as_str));
    parts.extend(product.synonyms.iter().map(String::as_str));
    parts.push(&product.category);
    parts.extend(
        [&product.description, &product.materials, &product.ingredients]
            .into_iter()
            .flatten()
            .map(String::as_str),
    );
    parts.extend(product.sizes.iter().map(String::as_str));
    parts.push(&product.sku);
    parts.retain(|part| !part.trim().is_empty());
    parts.join(". ")
}

/// Whether and when the product can be had. A date that cannot be read is a limit not to rely on: such a row holds on
/// no day.
pub fn offer(product: &ProductFacts) -> Offer {
    let limit =
        |text: &Option<String>, unread: NaiveDate| text.as_ref().map(|text| iso_date(text).unwrap_or(unread));
    Offer {
        in_stock: product.availability.as_deref() == Some("in_stock") && product.stock != Some(0),
        from: limit(&product.valid_from, NaiveDate::MAX),
        to: limit(&product.valid_to, NaiveDate::MIN),
    }
}

/// Splits a Markdown document into passages: one per lowest heading, in the language that a heading
/// `## [xx] ...` above it names, or that `detect` finds.
pub fn passages(markdown: &str, detect: impl Fn(&str) -> Language) -> (String, Vec<NewPassage>) {
    let mut title = String::new();
    let mut language: Option<String> = None;
    let mut part = String::new();
    let mut section = String::new();
    let mut body = String::new();
    let mut out = Vec::new();
    let mut flush = |section: &str, part: &str, body: &mut String, language: &Option<String>| {
        let text = body.trim().to_owned();
        body.clear();
        if text.is_empty() {
            return;
        }
        let heading = if section.is_empty() { part } else { section };
        for piece in split_long(&text) {
            let code = language.clone().unwrap_or_else(|| detect(&piece).0);
            let text = if heading.is_empty() {
                piece
            } else {
                format!("{heading}\n{piece}")
            };
            out.push(NewPassage {
                section: heading.to_owned(),
                language: code,
                text,
            });
        }
    };
    for line in markdown.lines() {
        if let Some(heading) = line.strip_prefix("# ") {
            flush(&section, &part, &mut body, &language);
            title = heading.trim().to_owned();
        } else if let Some(heading) = line.strip_prefix("## ") {
            flush(&section, &part, &mut body, &language);
            section.clear();
            let heading = heading.trim();
            match heading.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                Some((code, rest)) if code.len() == 2 => {
                    language = Some(code.to_owned());
                    part = rest.trim().to_owned();
                }
                _ => {
                    language = None;
                    part = heading.to_owned();
                }
            }
        } else if let Some(heading) = line.strip_prefix("### ") {
            flush(&section, &part, &mut body, &language);
            section = heading.trim().to_owned();
        } else {
            body.push_str(line);
            body.push('\n');
        }
    }
    flush(&section, &part, &mut body, &language);
    (title, out)
}

fn split_long(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for paragraph in text.split("\n\n") {
        let last = pieces.last_mut().expect("there is always a last piece");
        if !last.is_empty() && last.chars().count() + paragraph.chars().count() > LONGEST_PASSAGE {
            pieces.push(paragraph.trim().to_owned());
        } else {
            if !last.is_empty() {
                last.push_str("\n\n");
            }
            last.push_str(paragraph.trim());
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Replaces the product table and indexes what changed.
pub async fn replace_products(context: &Context, products: Vec<ProductFacts>) -> Result<(), EngineError> {
    let rows: Vec<(ProductFacts, String)> = products
        .into_iter()
        .map(|product| {
            let text = search_text(&product);
            (product, text)
        })
        .collect();
    context.storage.replace_products(&rows, context.now()).await?;
    Ok(())
}

/// Replaces one document's passages.
pub async fn replace_document(context: &Context, name: &str, markdown: &str) -> Result<usize, EngineError> {
    let classifier = std::sync::Arc::clone(&context.classifier);
    let markdown = markdown.to_owned();
    let (title, passages) =
        off_thread(move || passages(&markdown, |text| classifier.detect_language(text).0)).await?;
    let title = if title.is_empty() { name.to_owned() } else { title };
    context
        .storage
        .replace_document(name, &title, &passages, context.now())
        .await?;
    Ok(passages.len())
}

/// Builds the whole index from SQLite; searches see the old one until it is done.
pub async fn rebuild_index(context: &Context) -> Result<usize, EngineError> {
    let mut texts: Vec<Unread> = Vec::new();
    for (id, facts, text, content_hash) in context.storage.products().await? {
        texts.push(Unread {
            source: IndexSource::Product(id),
            offer: offer(&facts),
            text: if text.is_empty() { facts.name } else { text },
            language: Language::undetermined(),
            content_hash,
        });
    }
    for passage in context.storage.passages().await? {
        texts.push(Unread {
            source: IndexSource::Passage(passage.id),
            offer: Offer::default(),
            text: passage.text,
            language: Language(passage.language),
            content_hash: passage.content_hash,
        });
    }
    let rows = with_vectors(context, texts).await?;
    let count = rows.len();
    let space = context.embedder.space();
    context.index.rebuild(&space, rows).await?;
    context.index.optimize().await?;
    context
        .storage
        .set_meta("index_fingerprint", &fingerprint(context).await?)
        .await?;
    tracing::info!(rows = count, model = space.model, "index built");
    Ok(count)
}

/// Rebuilds only when products, passages or the embedder differ from what the index was built from.
pub async fn ensure_index(context: &Context) -> Result<bool, EngineError> {
    let wanted = fingerprint(context).await?;
    let built = context.storage.meta("index_fingerprint").await?;
    let summary = match context.index.summary().await {
        Ok(summary) => Some(summary),
        Err(error @ SearchError::Broken { .. }) => {
            tracing::warn!(%error, "the index is damaged and is built again");
            None
        }
        Err(error) => return Err(error.into()),
    };
    let fresh = built.as_deref() == Some(wanted.as_str())
        && summary.is_some_and(|s| s.space.as_ref() == Some(&context.embedder.space()));
    if !fresh {
        rebuild_index(context).await?;
    }
    Ok(!fresh)
}

async fn fingerprint(context: &Context) -> Result<String, EngineError> {
    let space = context.embedder.space();
    Ok(format!(
        "{}/{}/{}",
        space.model,
        space.dimensions,
        context.storage.knowledge_hash().await?
    ))
}

/// A row of the index before it has its vector.
struct Unread {
    source: IndexSource,
    text: String,
    language: Language,
    offer: Offer,
    content_hash: String,
}

/// Vectors by content hash: what was embedded before is not embedded again.
async fn with_vectors(context: &Context, texts: Vec<Unread>) -> Result<Vec<IndexRow>, EngineError> {
    let model = context.embedder.space().model;
    let hashes: Vec<String> = texts.iter().map(|text| text.content_hash.clone()).collect();
    let mut known: HashMap<String, Vec<f32>> = context.storage.cached_vectors(&model, &hashes).await?;
    let missing: Vec<(String, String)> = texts
        .iter()
        .filter(|text| !known.contains_key(&text.content_hash))
        .map(|text| (text.content_hash.clone(), text.text.clone()))
        .collect();
    let total = u64::try_from(missing.len()).ok();
    let mut done = 0;
    for chunk in missing.chunks(CHUNK) {
        let vectors = context
            .embed(
                TextRole::Passage,
                chunk.iter().map(|(_, text)| text.clone()).collect(),
            )
            .await?;
        let fresh: Vec<(String, Vec<f32>)> =
            chunk.iter().map(|(hash, _)| hash.clone()).zip(vectors).collect();
        context.storage.cache_vectors(&model, &fresh).await?;
        known.extend(fresh);
        done += chunk.len();
        context
            .hub()
            .progress("index", u64::try_from(done).unwrap_or(u64::MAX), total);
    }
    Ok(texts
        .into_iter()
        .filter_map(|unread| {
            known.get(&unread.content_hash).cloned().map(|vector| IndexRow {
                source: unread.source,
                text: unread.text,
                language: unread.language,
                vector,
                offer: unread.offer,
            })
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lowest_heading_is_a_passage_in_its_language() {
        let text = "# Delivery\n\n## [en] Delivery\n### Cost\nFree from €60.\n\n### Time\n2 days.\n## [ru] Доставка\n### Цена\nБесплатно от 60 €.\n";
        let (title, passages) = passages(text, |_| Language::undetermined());
        assert_eq!(title, "Delivery");
        let seen: Vec<(&str, &str, &str)> = passages
            .iter()
            .map(|p| (p.language.as_str(), p.section.as_str(), p.text.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                ("en", "Cost", "Cost\nFree from €60."),
                ("en", "Time", "Time\n2 days."),
                ("ru", "Цена", "Цена\nБесплатно от 60 €."),
            ]
        );
    }

    #[test]
    fn an_offer_holds_as_the_row_says() {
        let row = |availability: &str, stock, from: &str, to: &str| {
            let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            offer(&ProductFacts {
                availability: some(availability),
                stock,
                valid_from: some(from),
                valid_to: some(to),
                ..ProductFacts::default()
            })
        };
        let day = |text: &str| iso_date(text).expect("a date of the test");
        assert!(row("in_stock", Some(3), "", "").in_stock);
        assert!(
            row("in_stock", None, "", "").in_stock,
            "a shop that does not count"
        );
        for (availability, stock) in [
            ("in_stock", Some(0)),
            ("preorder", Some(3)),
            ("out_of_stock", None),
            ("", Some(3)),
        ] {
            assert!(
                !row(availability, stock, "", "").in_stock,
                "{availability} {stock:?}"
            );
        }
        let summer = row("in_stock", None, "2026-05-01", "2026-09-15");
        assert_eq!(
            (summer.from, summer.to),
            (Some(day("2026-05-01")), Some(day("2026-09-15")))
        );
        let unread = row("in_stock", None, "", "in autumn");
        assert_eq!(unread.to, Some(NaiveDate::MIN), "no date to rely on");
    }

    #[test]
    fn a_long_section_is_split_between_paragraphs_and_loses_nothing() {
        let paragraph = "word ".repeat(150);
        let (_, passages) = passages(&format!("{paragraph}\n\n{paragraph}\n\n{paragraph}"), |_| {
            Language::from("en")
        });
        assert!(passages.len() > 1, "one passage would be too long to search");
        let words: usize = passages.iter().map(|p| p.text.split_whitespace().count()).sum();
        assert_eq!(words, 450);
    }
}
