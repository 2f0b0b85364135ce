//! One set of tables on disk: products and passages in one vector space.

use crate::asked::{Asked, asked};
use crate::fusion::{Fused, fuse};
use crate::pointer::{self, Pointer, broken};
use crate::row_ids::{Known, RowIds};
use crate::rows::{NARROWING, batches, ids_in, predicate, schema, scored, terms_in};
use crate::vocabulary::Vocabulary;
use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use domain::SearchError;
use domain::id::{PassageId, ProductId};
use domain::ports::{IndexHit, IndexQuery, IndexRow, IndexSource};
use futures::TryStreamExt;
use lancedb::index::Index;
use lancedb::index::scalar::{BTreeIndexBuilder, BitmapIndexBuilder, FtsIndexBuilder, FullTextSearchQuery};
use lancedb::index::vector::IvfFlatIndexBuilder;
use lancedb::query::{ExecutableQuery, QueryBase, Select};
use lancedb::table::{CompactionOptions, Duration, OptimizeAction, OptimizeOptions};
use lancedb::{DistanceType, Table};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

/// Below this an exact scan is faster than an index and finds everything.
const ROWS_FOR_INDEX: usize = 5_000;
/// Parts of the vector index that a search looks into.
const PARTS_LOOKED_INTO: usize = 8;
/// How many rows each search brings to the fusion, per row that is asked for.
const FETCH_FACTOR: usize = 4;
const FETCH_LEAST: usize = 40;
const IDS_PER_STATEMENT: usize = 500;
/// Old versions stay for searches that are under way.
const KEEP_VERSIONS_MINUTES: i64 = 10;

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

    pub fn of(source: IndexSource) -> (Self, i64) {
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
    /// Of both kinds together: a word that passages know is no mistake in a search for products.
    vocabulary: RwLock<Vocabulary>,
    row_ids: RowIds,
    retired: AtomicBool,
    /// What was seen of each kind, so that not every search asks the tables for it.
    seen: [Seen; 2],
}

/// What holds once it was seen: terms stay indexed, and rows are there until some are removed.
#[derive(Default)]
struct Seen {
    terms_indexed: AtomicBool,
    in_memory: AtomicBool,
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
            vocabulary: RwLock::default(),
            row_ids: RowIds::default(),
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
        let kept = Vocabulary::read(&folder);
        let vocabulary = match kept {
            Some(vocabulary) => vocabulary,
            None => counted([&products, &passages]).await?,
        };
        Ok(Self {
            pointer,
            folder,
            products,
            passages,
            vocabulary: RwLock::new(vocabulary),
            row_ids: RowIds::default(),
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
        let batches = batches(&self.pointer.space, rows)?;
        let _writing = self.row_ids.writing();
        Vocabulary::forget(&self.folder).map_err(|e| broken(&self.folder, &e))?;
        for (kind, batches) in batches {
            let ids: Vec<i64> = ids_in(&batches)?;
            self.unlearn(kind, &ids).await?;
            self.learn(kind, &batches)?;
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
        let _writing = self.row_ids.writing();
        for (kind, batches) in batches(&self.pointer.space, rows)? {
            self.learn(kind, &batches)?;
            Box::pin(self.table(kind).add(batches).execute())
                .await
                .map_err(failed)?;
            self.index_terms_once(kind).await?;
            self.index_when_large(kind).await?;
        }
        self.keep_vocabulary()
    }

    fn learn(&self, kind: Kind, batches: &[RecordBatch]) -> Result<(), SearchError> {
        let mut vocabulary = self.vocabulary.write().unwrap_or_else(PoisonError::into_inner);
        for batch in batches {
            for terms in terms_in(batch)?.iter().flatten() {
                vocabulary.add(kind, terms);
            }
        }
        Ok(())
    }

    /// To be done before the rows with these ids are replaced or removed.
    async fn unlearn(&self, kind: Kind, ids: &[i64]) -> Result<(), SearchError> {
        for chunk in ids.chunks(IDS_PER_STATEMENT) {
            let scan = self
                .table(kind)
                .query()
                .select(Select::columns(&["terms"]))
                .only_if(one_of(chunk));
            let batches: Vec<RecordBatch> = Box::pin(scan.execute())
                .await
                .map_err(failed)?
                .try_collect()
                .await
                .map_err(failed)?;
            let mut vocabulary = self.vocabulary.write().unwrap_or_else(PoisonError::into_inner);
            for batch in &batches {
                for terms in terms_in(batch)?.iter().flatten() {
                    vocabulary.take_back(kind, terms);
                }
            }
        }
        Ok(())
    }

    fn keep_vocabulary(&self) -> Result<(), SearchError> {
        let vocabulary = self.vocabulary.read().unwrap_or_else(PoisonError::into_inner);
        vocabulary
            .write(&self.folder)
            .map_err(|e| broken(&self.folder, &e))
    }

    pub async fn remove(&self, sources: &[IndexSource]) -> Result<(), SearchError> {
        let _writing = self.row_ids.writing();
        Vocabulary::forget(&self.folder).map_err(|e| broken(&self.folder, &e))?;
        for kind in Kind::BOTH {
            let ids: Vec<i64> = sources
                .iter()
                .map(|s| Kind::of(*s))
                .filter(|(k, _)| *k == kind)
                .map(|(_, id)| id)
                .collect();
            self.unlearn(kind, &ids).await?;
            for chunk in ids.chunks(IDS_PER_STATEMENT) {
                Box::pin(self.table(kind).delete(one_of(chunk).as_str()))
                    .await
                    .map_err(failed)?;
            }
            self.seen[kind as usize].note_removal();
        }
        Ok(())
    }

    pub async fn search(&self, kind: Kind, query: &IndexQuery) -> Result<Vec<IndexHit>, SearchError> {
        self.bring_to_memory_once(kind).await?;
        if let Some(known) = self.row_ids.known(kind, self.table(kind)).await? {
            let hits = self.search_by(kind, query, Some(&known)).await?;
            if self.row_ids.holds(&known) {
                return Ok(hits);
            }
        }
        // Rows are written at this time: what they say of themselves is read with them.
        self.search_by(kind, query, None).await
    }

    async fn search_by(
        &self,
        kind: Kind,
        query: &IndexQuery,
        known: Option<&Known>,
    ) -> Result<Vec<IndexHit>, SearchError> {
        let fetch = query.limit.saturating_mul(FETCH_FACTOR).max(FETCH_LEAST);
        let asked = {
            let vocabulary = self.vocabulary.read().unwrap_or_else(PoisonError::into_inner);
            asked(query, &vocabulary, kind)
        };
        let only = predicate(&query.filter);
        let (keyword, vector) = futures::try_join!(
            self.keyword_search(kind, &asked, only.as_deref(), fetch, known),
            self.vector_search(kind, &query.vector, only.as_deref(), fetch, known),
        )?;
        let hits = fuse(&keyword, asked.whole, &vector, query.limit)
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

    /// Best first, each with what its words are worth.
    async fn keyword_search(
        &self,
        kind: Kind,
        asked: &Asked,
        only: Option<&str>,
        fetch: usize,
        known: Option<&Known>,
    ) -> Result<Vec<(i64, f32)>, SearchError> {
        if asked.terms.is_empty() || !self.terms_are_indexed(kind).await? {
            return Ok(Vec::new());
        }
        let full_text = FullTextSearchQuery::new(asked.terms.clone())
            .with_column("terms".to_owned())
            .map_err(|e| SearchError::Broken {
                detail: e.to_string(),
            })?;
        let mut query = self.table(kind).query().full_text_search(full_text).limit(fetch);
        query = match known {
            Some(_) => query.select(Select::columns(&["_score"])).with_row_id(),
            None => query.select(Select::columns(&["source_id", "_score"])),
        };
        if let Some(only) = only {
            query = query.only_if(only);
        }
        let batches: Vec<RecordBatch> = Box::pin(query.execute())
            .await
            .map_err(failed)?
            .try_collect()
            .await
            .map_err(failed)?;
        let mut scored = scored(&batches, "_score", known.map(|known| &*known.sources))?;
        scored.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(scored)
    }

    /// Best first, each with its cosine similarity.
    async fn vector_search(
        &self,
        kind: Kind,
        vector: &[f32],
        only: Option<&str>,
        fetch: usize,
        known: Option<&Known>,
    ) -> Result<Vec<(i64, f32)>, SearchError> {
        // A text of emoji only may have a vector of zeros; cosine says nothing about it.
        if vector.iter().all(|x| *x == 0.0) || !self.has_rows(kind).await? {
            return Ok(Vec::new());
        }
        let mut query = self
            .table(kind)
            .vector_search(vector)
            .map_err(failed)?
            .column("vector")
            .distance_type(DistanceType::Cosine)
            .nprobes(PARTS_LOOKED_INTO)
            .map_err(failed)?
            .limit(fetch);
        query = match known {
            Some(_) => query.select(Select::columns(&["_distance"])).with_row_id(),
            None => query.select(Select::columns(&["source_id", "_distance"])),
        };
        if let Some(only) = only {
            // What is let through may all lie in other parts.
            query = query
                .minimum_nprobes(PARTS_LOOKED_INTO)
                .and_then(|query| query.maximum_nprobes(None))
                .map_err(failed)?
                .only_if(only);
        }
        let batches: Vec<RecordBatch> = Box::pin(query.execute())
            .await
            .map_err(failed)?
            .try_collect()
            .await
            .map_err(failed)?;
        let mut scored: Vec<(i64, f32)> = scored(&batches, "_distance", known.map(|known| &*known.sources))?
            .into_iter()
            .filter(|(_, distance)| distance.is_finite())
            .map(|(id, distance)| (id, 1.0 - distance))
            .collect();
        scored.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(scored)
    }

    /// Merges small files, brings the search indexes up to date, deletes old versions.
    pub async fn optimize(&self) -> Result<(), SearchError> {
        let writing = self.row_ids.writing();
        for kind in Kind::BOTH {
            self.index_terms_once(kind).await?;
            self.index_when_large(kind).await?;
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
        drop(writing);
        for kind in Kind::BOTH {
            self.seen[kind as usize].in_memory.store(false, Ordering::Release);
            self.bring_to_memory_once(kind).await?;
            self.row_ids.known(kind, self.table(kind)).await?;
        }
        self.keep_vocabulary()
    }

    /// Among many rows the first searches read most of the search indexes from the disk, a piece each: here they are
    /// read at once. Whoever searches meanwhile does not wait.
    async fn bring_to_memory_once(&self, kind: Kind) -> Result<(), SearchError> {
        let seen = &self.seen[kind as usize].in_memory;
        if seen.swap(true, Ordering::AcqRel) || self.count(kind).await? < ROWS_FOR_INDEX {
            return Ok(());
        }
        let indices = Box::pin(self.table(kind).list_indices()).await.map_err(failed)?;
        for index in indices {
            Box::pin(self.table(kind).prewarm_index(&index.name))
                .await
                .map_err(failed)?;
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

    async fn index_when_large(&self, kind: Kind) -> Result<(), SearchError> {
        if self.count(kind).await? < ROWS_FOR_INDEX {
            return Ok(());
        }
        let cells = IvfFlatIndexBuilder::default().distance_type(DistanceType::Cosine);
        self.index_once(kind, "vector", Index::IvfFlat(cells)).await?;
        for column in NARROWING {
            let index = match column {
                "from_day" | "to_day" => Index::BTree(BTreeIndexBuilder::default()),
                _ => Index::Bitmap(BitmapIndexBuilder::default()),
            };
            self.index_once(kind, column, index).await?;
        }
        Ok(())
    }

    async fn index_once(&self, kind: Kind, column: &str, index: Index) -> Result<(), SearchError> {
        if self.has_index(kind, column).await? {
            return Ok(());
        }
        let index = self.table(kind).create_index(&[column], index);
        Box::pin(index.execute()).await.map_err(failed)
    }
}

/// What the rows of both kinds say, read from the tables.
async fn counted(tables: [&Table; 2]) -> Result<Vocabulary, SearchError> {
    let mut vocabulary = Vocabulary::default();
    for (kind, table) in Kind::BOTH.into_iter().zip(tables) {
        let scan = table.query().select(Select::columns(&["terms"]));
        let mut batches = Box::pin(scan.execute()).await.map_err(failed)?;
        while let Some(batch) = batches.try_next().await.map_err(failed)? {
            for terms in terms_in(&batch)?.iter().flatten() {
                vocabulary.add(kind, terms);
            }
        }
    }
    Ok(vocabulary)
}

fn one_of(ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    format!("source_id in ({})", ids.join(", "))
}

async fn connect(folder: &Path) -> Result<lancedb::Connection, SearchError> {
    let uri = folder
        .to_str()
        .ok_or_else(|| broken(folder, &"the path is not UTF-8"))?;
    Box::pin(lancedb::connect(uri).execute()).await.map_err(failed)
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
    use domain::ports::{IndexFilter, Offer, VectorSpace};

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
            offer: Offer::default(),
        };
        generation.upsert(vec![row.clone()]).await.unwrap();
        let query = IndexQuery {
            text: "skillet".into(),
            alternatives: Vec::new(),
            vector,
            filter: IndexFilter::default(),
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
