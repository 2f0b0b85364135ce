//! One set of tables on disk: products and passages in one vector space.

use crate::fusion::{Fused, fuse};
use crate::pointer::{self, Pointer, broken};
use crate::terms::{terms, terms_to_find};
use arrow_array::types::Float32Type;
use arrow_array::{
    Array, FixedSizeListArray, Float32Array, Int64Array, RecordBatch, RecordBatchIterator, RecordBatchReader,
    StringArray,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use domain::SearchError;
use domain::id::{PassageId, ProductId};
use domain::ports::{IndexHit, IndexQuery, IndexRow, IndexSource, VectorSpace};
use futures::TryStreamExt;
use lancedb::index::Index;
use lancedb::index::scalar::{FtsIndexBuilder, FullTextSearchQuery};
use lancedb::index::vector::IvfFlatIndexBuilder;
use lancedb::query::{ExecutableQuery, QueryBase, Select};
use lancedb::table::{CompactionOptions, Duration, OptimizeAction, OptimizeOptions};
use lancedb::{DistanceType, Table};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Below this an exact scan is faster than an index and finds everything.
const ROWS_FOR_VECTOR_INDEX: usize = 5_000;
/// How many rows each search brings to the fusion, per row that is asked for.
const FETCH_FACTOR: usize = 4;
const FETCH_LEAST: usize = 40;
/// Old versions stay for searches that are under way.
const KEEP_VERSIONS_MINUTES: i64 = 10;
const ROWS_PER_BATCH: usize = 2_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Product,
    Passage,
}

impl Kind {
    pub const BOTH: [Self; 2] = [Self::Product, Self::Passage];

    fn table(self) -> &'static str {
        match self {
            Self::Product => "products",
            Self::Passage => "passages",
        }
    }

    fn of(source: IndexSource) -> (Self, i64) {
        match source {
            IndexSource::Product(id) => (Self::Product, id.0),
            IndexSource::Passage(id) => (Self::Passage, id.0),
        }
    }

    fn source(self, id: i64) -> IndexSource {
        match self {
            Self::Product => IndexSource::Product(ProductId(id)),
            Self::Passage => IndexSource::Passage(PassageId(id)),
        }
    }
}

/// Answers as long as somebody holds it; its folder goes when it is retired and the last search is done.
pub(crate) struct Generation {
    pub pointer: Pointer,
    folder: PathBuf,
    products: Table,
    passages: Table,
    retired: AtomicBool,
    /// What was seen of each kind, so that not every search asks the tables for it.
    seen: [Seen; 2],
}

/// What holds once it was seen: terms stay indexed, and rows are there until some are removed.
#[derive(Default)]
struct Seen {
    terms_indexed: AtomicBool,
    removals: AtomicU64,
    /// Removals up to when rows were last seen, and one more; 0 before.
    rows_after: AtomicU64,
}

impl Seen {
    fn removals(&self) -> u64 {
        self.removals.load(Ordering::Acquire)
    }

    /// Whether rows were seen since the last removal.
    fn has_rows(&self) -> bool {
        self.rows_after.load(Ordering::Acquire) == self.removals() + 1
    }

    /// Rows were counted that were there after `removals`. A removal since then makes it count for nothing.
    fn note_rows(&self, removals: u64) {
        self.rows_after.store(removals + 1, Ordering::Release);
    }

    fn note_removal(&self) {
        self.removals.fetch_add(1, Ordering::AcqRel);
    }
}

impl Drop for Generation {
    fn drop(&mut self) {
        if self.retired.load(Ordering::Acquire)
            && let Err(error) = std::fs::remove_dir_all(&self.folder)
        {
            // The next start removes what is left.
            tracing::warn!(folder = %self.folder.display(), %error, "an old index could not be deleted");
        }
    }
}

impl Generation {
    pub async fn create(dir: &Path, pointer: Pointer) -> Result<Self, SearchError> {
        let folder = dir.join(pointer::folder(pointer.generation));
        let db = connect(&folder).await?;
        let schema = schema(&pointer.space)?;
        let create = |kind: Kind| db.create_empty_table(kind.table(), schema.clone()).execute();
        let products = Box::pin(create(Kind::Product)).await.map_err(failed)?;
        let passages = Box::pin(create(Kind::Passage)).await.map_err(failed)?;
        Ok(Self {
            pointer,
            folder,
            products,
            passages,
            retired: AtomicBool::new(false),
            seen: Default::default(),
        })
    }

    pub async fn open(dir: &Path, pointer: Pointer) -> Result<Self, SearchError> {
        let folder = dir.join(pointer::folder(pointer.generation));
        if !folder.is_dir() {
            return Err(broken(&folder, &"the folder is not there"));
        }
        let db = connect(&folder).await?;
        let wanted = schema(&pointer.space)?;
        let mut tables = Vec::new();
        for kind in Kind::BOTH {
            let table = Box::pin(db.open_table(kind.table()).execute())
                .await
                .map_err(failed)?;
            let found = table.schema().await.map_err(failed)?;
            if found.fields() != wanted.fields() {
                return Err(broken(&folder, &"the tables have other columns"));
            }
            table.count_rows(None).await.map_err(failed)?;
            tables.push(table);
        }
        let passages = tables.pop();
        let (Some(products), Some(passages)) = (tables.pop(), passages) else {
            return Err(broken(&folder, &"a table is missing"));
        };
        Ok(Self {
            pointer,
            folder,
            products,
            passages,
            retired: AtomicBool::new(false),
            seen: Default::default(),
        })
    }

    /// Its folder is deleted once the last search on it is done.
    pub fn retire(&self) {
        self.retired.store(true, Ordering::Release);
    }

    fn table(&self, kind: Kind) -> &Table {
        match kind {
            Kind::Product => &self.products,
            Kind::Passage => &self.passages,
        }
    }

    pub async fn count(&self, kind: Kind) -> Result<usize, SearchError> {
        self.table(kind).count_rows(None).await.map_err(failed)
    }

    pub async fn fragments(&self) -> Result<usize, SearchError> {
        let mut fragments = 0;
        for kind in Kind::BOTH {
            let stats = Box::pin(self.table(kind).stats()).await.map_err(failed)?;
            fragments += stats.fragment_stats.num_fragments;
        }
        Ok(fragments)
    }

    /// Inserts or replaces by source; of two rows of one source the later counts.
    pub async fn upsert(&self, rows: Vec<IndexRow>) -> Result<(), SearchError> {
        for (kind, batches) in self.batches(rows)? {
            let table = self.table(kind);
            for batch in batches {
                let schema = batch.schema();
                let reader: Box<dyn RecordBatchReader + Send> =
                    Box::new(RecordBatchIterator::new([Ok(batch)], schema));
                let mut merge = table.merge_insert(&["source_id"]);
                merge.when_matched_update_all(None).when_not_matched_insert_all();
                Box::pin(merge.execute(reader)).await.map_err(failed)?;
            }
            self.index_terms_once(kind).await?;
        }
        Ok(())
    }

    /// Fills an empty generation.
    pub async fn fill(&self, rows: Vec<IndexRow>) -> Result<(), SearchError> {
        for (kind, batches) in self.batches(rows)? {
            Box::pin(self.table(kind).add(batches).execute())
                .await
                .map_err(failed)?;
            self.index_terms_once(kind).await?;
            self.index_vectors_when_large(kind).await?;
        }
        Ok(())
    }

    pub async fn remove(&self, sources: &[IndexSource]) -> Result<(), SearchError> {
        for kind in Kind::BOTH {
            let ids: Vec<String> = sources
                .iter()
                .map(|s| Kind::of(*s))
                .filter(|(k, _)| *k == kind)
                .map(|(_, id)| id.to_string())
                .collect();
            for chunk in ids.chunks(500) {
                let predicate = format!("source_id in ({})", chunk.join(", "));
                Box::pin(self.table(kind).delete(predicate.as_str()))
                    .await
                    .map_err(failed)?;
            }
            self.seen[kind as usize].note_removal();
        }
        Ok(())
    }

    pub async fn search(&self, kind: Kind, query: &IndexQuery) -> Result<Vec<IndexHit>, SearchError> {
        let fetch = query.limit.saturating_mul(FETCH_FACTOR).max(FETCH_LEAST);
        let (keyword, vector) = futures::try_join!(
            self.keyword_search(kind, &query.text, fetch),
            self.vector_search(kind, &query.vector, fetch),
        )?;
        let hits = fuse(&keyword, &vector, query.limit)
            .into_iter()
            .map(|row: Fused| IndexHit {
                source: kind.source(row.id),
                score: row.score,
                keyword_rank: row.keyword_rank,
                vector_rank: row.vector_rank,
                similarity: row.similarity,
            })
            .collect();
        Ok(hits)
    }

    async fn keyword_search(&self, kind: Kind, text: &str, fetch: usize) -> Result<Vec<i64>, SearchError> {
        let terms = terms_to_find(text);
        if terms.is_empty() || !self.terms_are_indexed(kind).await? {
            return Ok(Vec::new());
        }
        let full_text = FullTextSearchQuery::new(terms)
            .with_column("terms".to_owned())
            .map_err(|e| SearchError::Broken {
                detail: e.to_string(),
            })?;
        let query = self
            .table(kind)
            .query()
            .full_text_search(full_text)
            .select(Select::columns(&["source_id", "_score"]))
            .limit(fetch);
        let batches: Vec<RecordBatch> = Box::pin(query.execute())
            .await
            .map_err(failed)?
            .try_collect()
            .await
            .map_err(failed)?;
        let mut scored = scored_ids(&batches, "_score")?;
        scored.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(scored.into_iter().map(|(id, _)| id).collect())
    }

    async fn vector_search(
        &self,
        kind: Kind,
        vector: &[f32],
        fetch: usize,
    ) -> Result<Vec<(i64, f32)>, SearchError> {
        // A text of emoji only may have a vector of zeros; cosine says nothing about it.
        if vector.iter().all(|x| *x == 0.0) || !self.has_rows(kind).await? {
            return Ok(Vec::new());
        }
        let query = self
            .table(kind)
            .vector_search(vector)
            .map_err(failed)?
            .column("vector")
            .distance_type(DistanceType::Cosine)
            .nprobes(20)
            .map_err(failed)?
            .select(Select::columns(&["source_id", "_distance"]))
            .limit(fetch);
        let batches: Vec<RecordBatch> = Box::pin(query.execute())
            .await
            .map_err(failed)?
            .try_collect()
            .await
            .map_err(failed)?;
        let mut scored: Vec<(i64, f32)> = scored_ids(&batches, "_distance")?
            .into_iter()
            .filter(|(_, distance)| distance.is_finite())
            .map(|(id, distance)| (id, 1.0 - distance))
            .collect();
        scored.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(scored)
    }

    /// Merges small files, brings the search indexes up to date, deletes old versions.
    pub async fn optimize(&self) -> Result<(), SearchError> {
        for kind in Kind::BOTH {
            self.index_terms_once(kind).await?;
            self.index_vectors_when_large(kind).await?;
            let actions = [
                OptimizeAction::Compact {
                    options: CompactionOptions::default(),
                    remap_options: None,
                },
                OptimizeAction::Index(OptimizeOptions::default()),
                OptimizeAction::Prune {
                    older_than: Some(Duration::minutes(KEEP_VERSIONS_MINUTES)),
                    delete_unverified: None,
                    error_if_tagged_old_versions: None,
                },
            ];
            for action in actions {
                Box::pin(self.table(kind).optimize(action))
                    .await
                    .map_err(failed)?;
            }
        }
        Ok(())
    }

    async fn terms_are_indexed(&self, kind: Kind) -> Result<bool, SearchError> {
        let seen = &self.seen[kind as usize].terms_indexed;
        if !seen.load(Ordering::Acquire) && self.has_index(kind, "terms").await? {
            seen.store(true, Ordering::Release);
        }
        Ok(seen.load(Ordering::Acquire))
    }

    async fn has_rows(&self, kind: Kind) -> Result<bool, SearchError> {
        let seen = &self.seen[kind as usize];
        if seen.has_rows() {
            return Ok(true);
        }
        let removals = seen.removals();
        let has_rows = self.count(kind).await? > 0;
        if has_rows {
            seen.note_rows(removals);
        }
        Ok(has_rows)
    }

    async fn has_index(&self, kind: Kind, column: &str) -> Result<bool, SearchError> {
        let indices = Box::pin(self.table(kind).list_indices()).await.map_err(failed)?;
        Ok(indices.iter().any(|i| i.columns.iter().any(|c| c == column)))
    }

    async fn index_terms_once(&self, kind: Kind) -> Result<(), SearchError> {
        if self.count(kind).await? == 0 || self.has_index(kind, "terms").await? {
            return Ok(());
        }
        // `terms` already is what has to be matched, letter by letter.
        let tokens = FtsIndexBuilder::default()
            .base_tokenizer("whitespace".to_owned())
            .lower_case(false)
            .stem(false)
            .remove_stop_words(false)
            .ascii_folding(false)
            .max_token_length(None);
        let index = self.table(kind).create_index(&["terms"], Index::FTS(tokens));
        Box::pin(index.execute()).await.map_err(failed)
    }

    async fn index_vectors_when_large(&self, kind: Kind) -> Result<(), SearchError> {
        if self.count(kind).await? < ROWS_FOR_VECTOR_INDEX || self.has_index(kind, "vector").await? {
            return Ok(());
        }
        let cells = IvfFlatIndexBuilder::default().distance_type(DistanceType::Cosine);
        let index = self.table(kind).create_index(&["vector"], Index::IvfFlat(cells));
        Box::pin(index.execute()).await.map_err(failed)
    }

    /// Rows by table, as record batches.
    fn batches(&self, rows: Vec<IndexRow>) -> Result<Vec<(Kind, Vec<RecordBatch>)>, SearchError> {
        let dimensions = self.pointer.space.dimensions;
        let mut by_kind: [BTreeMap<i64, IndexRow>; 2] = [BTreeMap::new(), BTreeMap::new()];
        for row in rows {
            if row.vector.len() != dimensions || row.vector.iter().any(|x| !x.is_finite()) {
                return Err(SearchError::Broken {
                    detail: format!(
                        "a vector of {} components does not fit {} with {dimensions}",
                        row.vector.len(),
                        self.pointer.space.model
                    ),
                });
            }
            let (kind, id) = Kind::of(row.source);
            by_kind[usize::from(kind == Kind::Passage)].insert(id, row);
        }
        let schema = schema(&self.pointer.space)?;
        let mut batches = Vec::new();
        for (kind, rows) in Kind::BOTH.into_iter().zip(by_kind) {
            let rows: Vec<(i64, IndexRow)> = rows.into_iter().collect();
            let of_kind: Vec<RecordBatch> = rows
                .chunks(ROWS_PER_BATCH)
                .map(|chunk| record_batch(&schema, chunk, dimensions))
                .collect::<Result<_, _>>()?;
            if !of_kind.is_empty() {
                batches.push((kind, of_kind));
            }
        }
        Ok(batches)
    }
}

async fn connect(folder: &Path) -> Result<lancedb::Connection, SearchError> {
    let uri = folder
        .to_str()
        .ok_or_else(|| broken(folder, &"the path is not UTF-8"))?;
    Box::pin(lancedb::connect(uri).execute()).await.map_err(failed)
}

fn schema(space: &VectorSpace) -> Result<SchemaRef, SearchError> {
    let dimensions = list_size(space.dimensions)?;
    let component = Arc::new(Field::new("item", DataType::Float32, true));
    Ok(Arc::new(Schema::new(vec![
        Field::new("source_id", DataType::Int64, false),
        Field::new("text", DataType::Utf8, false),
        Field::new("terms", DataType::Utf8, false),
        Field::new("language", DataType::Utf8, false),
        Field::new("vector", DataType::FixedSizeList(component, dimensions), false),
    ])))
}

fn list_size(dimensions: usize) -> Result<i32, SearchError> {
    i32::try_from(dimensions)
        .ok()
        .filter(|d| *d > 0)
        .ok_or_else(|| SearchError::Broken {
            detail: format!("{dimensions} is no number of dimensions"),
        })
}

fn record_batch(
    schema: &SchemaRef,
    rows: &[(i64, IndexRow)],
    dimensions: usize,
) -> Result<RecordBatch, SearchError> {
    let ids = Int64Array::from_iter_values(rows.iter().map(|(id, _)| *id));
    let texts = StringArray::from_iter_values(rows.iter().map(|(_, r)| r.text.as_str()));
    let keywords = StringArray::from_iter_values(rows.iter().map(|(_, r)| terms(&r.text)));
    let languages = StringArray::from_iter_values(rows.iter().map(|(_, r)| r.language.as_str()));
    let vectors = FixedSizeListArray::from_iter_primitive::<Float32Type, _, _>(
        rows.iter().map(|(_, r)| Some(r.vector.iter().copied().map(Some))),
        list_size(dimensions)?,
    );
    RecordBatch::try_new(
        schema.clone(),
        vec![
            Arc::new(ids),
            Arc::new(texts),
            Arc::new(keywords),
            Arc::new(languages),
            Arc::new(vectors),
        ],
    )
    .map_err(|e| SearchError::Broken {
        detail: e.to_string(),
    })
}

fn scored_ids(batches: &[RecordBatch], score: &str) -> Result<Vec<(i64, f32)>, SearchError> {
    let mut rows = Vec::new();
    for batch in batches {
        let ids = batch
            .column_by_name("source_id")
            .and_then(|c| c.as_any().downcast_ref::<Int64Array>());
        let scores = batch
            .column_by_name(score)
            .and_then(|c| c.as_any().downcast_ref::<Float32Array>());
        let (Some(ids), Some(scores)) = (ids, scores) else {
            return Err(SearchError::Broken {
                detail: format!("a search gave no column {score}"),
            });
        };
        rows.extend((0..batch.num_rows()).map(|i| (ids.value(i), scores.value(i))));
    }
    Ok(rows)
}

pub(crate) fn failed(error: lancedb::Error) -> SearchError {
    SearchError::Broken {
        detail: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use domain::Language;

    #[test]
    fn rows_that_were_counted_before_a_removal_say_nothing_after_it() {
        let seen = Seen::default();
        assert!(!seen.has_rows());
        seen.note_rows(seen.removals());
        assert!(seen.has_rows(), "not every search counts");
        let before = seen.removals();
        seen.note_removal();
        assert!(!seen.has_rows());
        seen.note_rows(before);
        assert!(!seen.has_rows(), "the search began before the last row went");
        seen.note_rows(seen.removals());
        assert!(seen.has_rows());
    }

    #[tokio::test]
    async fn a_search_that_crosses_the_removal_of_the_last_row_finds_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let space = VectorSpace {
            model: "e5-small 1".into(),
            dimensions: 4,
        };
        let pointer = Pointer { generation: 1, space };
        let generation = Generation::create(dir.path(), pointer).await.unwrap();
        let source = IndexSource::Product(ProductId(1));
        let vector = vec![1.0, 0.0, 0.0, 0.0];
        let row = IndexRow {
            source,
            text: "cast iron skillet".into(),
            language: Language::from("en"),
            vector: vector.clone(),
        };
        generation.upsert(vec![row.clone()]).await.unwrap();
        let query = IndexQuery {
            text: "skillet".into(),
            vector,
            limit: 5,
        };
        let found = async || generation.search(Kind::Product, &query).await.unwrap().len();
        assert_eq!(found().await, 1);
        let seen = &generation.seen[Kind::Product as usize];
        let before = seen.removals();
        generation.remove(&[source]).await.unwrap();
        seen.note_rows(before);
        assert_eq!(found().await, 0, "what it counted before is forgotten");
        assert!(!seen.has_rows());

        seen.note_rows(seen.removals());
        assert_eq!(
            found().await,
            0,
            "one that had looked just before the row went asks the emptied table, and is answered"
        );
        generation.upsert(vec![row]).await.unwrap();
        assert_eq!(found().await, 1, "a row that comes again is found");
    }
}
