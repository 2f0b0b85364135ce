//! Products, documents and the vectors made of them. What the index holds can be built again from here.

use crate::convert::{from_json, sha256_hex, to_json};
use crate::pool::Result;
use crate::write::Write;
use crate::{KnowledgeChange, NewPassage, PassageRow, Storage};
use domain::draft::{Fact, FactKind, ProductFacts};
use domain::ports::IndexSource;
use domain::{Language, PassageId, ProductId, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};

impl Storage {
    /// The whole catalogue: products whose sku is not given are removed. The text beside each is what search looks
    /// at.
    pub async fn replace_products(
        &self,
        products: &[(ProductFacts, String)],
        now: Timestamp,
    ) -> Result<KnowledgeChange> {
        let mut write = self.write().await?;
        let mut change = KnowledgeChange::default();
        let mut stored: HashMap<String, (i64, String)> =
            sqlx::query!(r#"select id as "id!", sku, content_hash from product"#)
                .fetch_all(write.connection())
                .await?
                .into_iter()
                .map(|row| (row.sku, (row.id, row.content_hash)))
                .collect();
        for (product, search_text) in products {
            let facts = to_json(product);
            let content_hash = sha256_hex(&[&facts, "\n", search_text]);
            let known = stored.remove(&product.sku);
            if known.as_ref().is_some_and(|(_, hash)| *hash == content_hash) {
                change.unchanged += 1;
                continue;
            }
            let id = sqlx::query_scalar!(
                r#"insert into product (sku, facts, search_text, content_hash, updated_at) values (?, ?, ?, ?, ?)
                   on conflict (sku) do update
                       set facts = excluded.facts, search_text = excluded.search_text,
                           content_hash = excluded.content_hash, updated_at = excluded.updated_at
                   returning id as "id!""#,
                product.sku,
                facts,
                search_text,
                content_hash,
                now.0
            )
            .fetch_one(write.connection())
            .await?;
            let source = IndexSource::Product(ProductId(id));
            match known {
                Some(_) => change.changed.push(source),
                None => change.added.push(source),
            }
        }
        for (id, _) in stored.into_values() {
            sqlx::query!("delete from product where id = ?", id)
                .execute(write.connection())
                .await?;
            change.removed.push(IndexSource::Product(ProductId(id)));
        }
        change.removed.sort_unstable();
        write.commit().await?;
        Ok(change)
    }

    /// A passage that reads as before keeps its id.
    pub async fn replace_document(
        &self,
        name: &str,
        title: &str,
        passages: &[NewPassage],
        now: Timestamp,
    ) -> Result<KnowledgeChange> {
        let mut write = self.write().await?;
        let hashes: Vec<String> = passages
            .iter()
            .map(|p| sha256_hex(&[&to_json(&(title, &p.section, &p.language, &p.text))]))
            .collect();
        let content_hash = sha256_hex(&hashes.iter().map(String::as_str).collect::<Vec<_>>());
        let document = sqlx::query_scalar!(
            r#"insert into document (name, title, content_hash, updated_at) values (?, ?, ?, ?)
               on conflict (name) do update
                   set title = excluded.title, content_hash = excluded.content_hash,
                       updated_at = excluded.updated_at
               returning id as "id!""#,
            name,
            title,
            content_hash,
            now.0
        )
        .fetch_one(write.connection())
        .await?;
        let change = replace_passages(&mut write, document, passages, &hashes).await?;
        write.commit().await?;
        Ok(change)
    }

    /// Id, facts, text for search, hash of both.
    pub async fn products(&self) -> Result<Vec<(ProductId, ProductFacts, String, String)>> {
        let rows =
            sqlx::query!(r#"select id as "id!", facts, search_text, content_hash from product order by id"#)
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter()
            .map(|row| {
                Ok((
                    ProductId(row.id),
                    from_json(&row.facts)?,
                    row.search_text,
                    row.content_hash,
                ))
            })
            .collect()
    }

    pub async fn passages(&self) -> Result<Vec<PassageRow>> {
        let rows = sqlx::query!(
            r#"select p.id as "id!: i64", d.name as "name!: String", d.title as "title!: String",
                      p.section as "section!: String", p.language as "language!: String",
                      p.text as "text!: String", p.content_hash as "content_hash!: String"
               from passage p join document d on d.id = p.document_id order by p.document_id, p.ordinal"#
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| PassageRow {
                id: PassageId(row.id),
                document_name: row.name,
                document_title: row.title,
                section: row.section,
                language: row.language,
                text: row.text,
                content_hash: row.content_hash,
            })
            .collect())
    }

    /// Those that are still there, with a score of 0.
    pub async fn facts_by_source(&self, sources: &[IndexSource]) -> Result<HashMap<IndexSource, Fact>> {
        let mut products = Vec::new();
        let mut passages = Vec::new();
        for source in sources {
            match source {
                IndexSource::Product(id) => products.push(id.0),
                IndexSource::Passage(id) => passages.push(id.0),
            }
        }
        let mut facts = HashMap::with_capacity(sources.len());
        let products = to_json(&products);
        let rows = sqlx::query!(
            r#"select id as "id!", facts from product where id in (select value from json_each(?))"#,
            products
        )
        .fetch_all(&self.readers)
        .await?;
        for row in rows {
            let id = ProductId(row.id);
            facts.insert(IndexSource::Product(id), product_fact(id, from_json(&row.facts)?));
        }
        let passages = to_json(&passages);
        let rows = sqlx::query!(
            r#"select p.id as "id!: i64", d.title as "title!: String", p.section as "section!: String",
                      p.language as "language!: String", p.text as "text!: String"
               from passage p join document d on d.id = p.document_id
               where p.id in (select value from json_each(?))"#,
            passages
        )
        .fetch_all(&self.readers)
        .await?;
        for row in rows {
            let id = PassageId(row.id);
            let fact = Fact {
                title: format!("{} · {}", row.title, row.section),
                kind: FactKind::Passage {
                    id,
                    document: row.title,
                    section: row.section,
                },
                text: row.text,
                language: Language(row.language),
                score: 0.0,
            };
            facts.insert(IndexSource::Passage(id), fact);
        }
        Ok(facts)
    }

    /// Languages of the passages. Steps from one to the next, however many passages there are.
    pub async fn passage_languages(&self) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar!(
            r#"with recursive found (language) as (
                   select min(language) from passage
                   union all
                   select (select min(language) from passage where language > found.language) from found
                   where found.language is not null
               )
               select language as "language!: String" from found where language is not null"#
        )
        .fetch_all(&self.readers)
        .await?)
    }

    /// One hash over everything the index is built from; it changes when a product or passage does.
    pub async fn knowledge_hash(&self) -> Result<String> {
        let mut hashes = sqlx::query_scalar!("select content_hash from product order by id")
            .fetch_all(&self.readers)
            .await?;
        hashes.push("passages".to_owned());
        let passages = sqlx::query_scalar!("select content_hash from passage order by id")
            .fetch_all(&self.readers)
            .await?;
        hashes.extend(passages);
        Ok(sha256_hex(&hashes.iter().map(String::as_str).collect::<Vec<_>>()))
    }

    pub async fn cached_vectors(&self, model: &str, hashes: &[String]) -> Result<HashMap<String, Vec<f32>>> {
        let hashes = to_json(hashes);
        let rows = sqlx::query!(
            r#"select e.content_hash as "hash!: String", e.vector as "vector!: Vec<u8>" from json_each(?) wanted
               cross join embedding_cache e on e.model = ? and e.content_hash = wanted.value"#,
            hashes,
            model
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| (row.hash, vector(&row.vector)))
            .collect())
    }

    pub async fn cache_vectors(&self, model: &str, vectors: &[(String, Vec<f32>)]) -> Result<()> {
        let mut write = self.write().await?;
        for (hash, components) in vectors {
            let bytes: Vec<u8> = components.iter().flat_map(|c| c.to_le_bytes()).collect();
            sqlx::query!(
                "insert into embedding_cache (model, content_hash, vector) values (?, ?, ?)
                 on conflict (model, content_hash) do update set vector = excluded.vector",
                model,
                hash,
                bytes
            )
            .execute(write.connection())
            .await?;
        }
        write.commit().await
    }
}

async fn replace_passages(
    write: &mut Write<'_>,
    document: i64,
    passages: &[NewPassage],
    hashes: &[String],
) -> Result<KnowledgeChange> {
    let mut change = KnowledgeChange::default();
    let stored = sqlx::query!(
        r#"select id as "id!", ordinal, content_hash from passage where document_id = ? order by ordinal"#,
        document
    )
    .fetch_all(write.connection())
    .await?;
    let same = stored.len() == hashes.len()
        && stored.iter().zip(0..).all(|(row, at)| row.ordinal == at)
        && stored
            .iter()
            .zip(hashes)
            .all(|(row, hash)| row.content_hash == *hash);
    if same {
        change.unchanged = stored.len();
        return Ok(change);
    }
    // Out of the way of the new order, which is unique per document.
    sqlx::query!(
        "update passage set ordinal = -1 - ordinal where document_id = ?",
        document
    )
    .execute(write.connection())
    .await?;
    let mut by_hash: HashMap<&str, Vec<i64>> = HashMap::new();
    for row in stored.iter().rev() {
        by_hash.entry(&row.content_hash).or_default().push(row.id);
    }
    let mut kept = HashSet::new();
    for ((passage, hash), ordinal) in passages.iter().zip(hashes).zip(0_i64..) {
        if let Some(id) = by_hash.get_mut(hash.as_str()).and_then(Vec::pop) {
            sqlx::query!("update passage set ordinal = ? where id = ?", ordinal, id)
                .execute(write.connection())
                .await?;
            kept.insert(id);
            change.unchanged += 1;
            continue;
        }
        let id = sqlx::query_scalar!(
            r#"insert into passage (document_id, ordinal, section, language, text, content_hash)
               values (?, ?, ?, ?, ?, ?) returning id as "id!""#,
            document,
            ordinal,
            passage.section,
            passage.language,
            passage.text,
            hash
        )
        .fetch_one(write.connection())
        .await?;
        change.added.push(IndexSource::Passage(PassageId(id)));
    }
    for row in stored.iter().filter(|row| !kept.contains(&row.id)) {
        sqlx::query!("delete from passage where id = ?", row.id)
            .execute(write.connection())
            .await?;
        change.removed.push(IndexSource::Passage(PassageId(row.id)));
    }
    Ok(change)
}

/// Every attribute that may be claimed, a line each, so that a claim can be found in the text. A product speaks no
/// one language: its names are in several.
fn product_fact(id: ProductId, product: ProductFacts) -> Fact {
    let names: BTreeMap<&str, ()> = std::iter::once(product.name.as_str())
        .chain(product.names.values().map(String::as_str))
        .map(|name| (name, ()))
        .collect();
    let price = product.price.as_ref().map(|price| match &product.currency {
        Some(currency) => format!("{price} {currency}"),
        None => price.clone(),
    });
    let stock = product.stock.map(|stock| stock.to_string());
    let sizes = product.sizes.join(", ");
    let lines = [
        ("", Some(names.into_keys().collect::<Vec<_>>().join(" / "))),
        ("category: ", Some(product.category.clone())),
        ("price: ", price),
        ("availability: ", product.availability.clone()),
        ("stock: ", stock),
        ("restock: ", product.restock_on.clone()),
        ("sizes: ", Some(sizes)),
        ("materials: ", product.materials.clone()),
        ("ingredients: ", product.ingredients.clone()),
        ("care: ", product.care.clone()),
        ("", product.description.clone()),
        ("", product.url.clone()),
    ];
    let text: Vec<String> = lines
        .into_iter()
        .filter_map(|(what, value)| Some((what, value.filter(|v| !v.is_empty())?)))
        .map(|(what, value)| format!("{what}{value}"))
        .collect();
    Fact {
        title: product.name.clone(),
        text: text.join("\n"),
        language: Language::undetermined(),
        score: 0.0,
        kind: FactKind::Product {
            id,
            product: Box::new(product),
        },
    }
}

fn vector(bytes: &[u8]) -> Vec<f32> {
    bytes
        .chunks_exact(4)
        .map(|c| f32::from_le_bytes([c[0], c[1], c[2], c[3]]))
        .collect()
}
