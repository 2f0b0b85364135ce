//! The index as the engine sees it.

use crate::generation::{Generation, Kind};
use crate::pointer::{self, Pointer, broken};
use async_trait::async_trait;
use domain::SearchError;
use domain::ports::{IndexHit, IndexQuery, IndexRow, IndexSource, IndexSummary, PassageIndex, VectorSpace};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{Mutex, RwLock};

/// A folder with generations of LanceDB tables, one of which answers.
///
/// Searches take the current generation and never wait for a writer; writers take turns.
pub struct LanceIndex {
    dir: PathBuf,
    current: RwLock<Option<Arc<Generation>>>,
    writing: Mutex<()>,
}

impl LanceIndex {
    /// Opens the folder, or starts an empty index in it.
    ///
    /// # Errors
    /// `Broken` when what lies there cannot be read: delete the folder, open again and rebuild.
    pub async fn open(dir: &Path) -> Result<Self, SearchError> {
        std::fs::create_dir_all(dir).map_err(|e| broken(dir, &e))?;
        let pointer = pointer::read(dir)?;
        let current = match &pointer {
            Some(pointer) => Some(Arc::new(Generation::open(dir, pointer.clone()).await?)),
            None => None,
        };
        // What a rebuild left behind when the program was stopped in the middle of it.
        for number in pointer::generations(dir)? {
            if pointer.as_ref().is_none_or(|p| p.generation != number) {
                let folder = dir.join(pointer::folder(number));
                std::fs::remove_dir_all(&folder).map_err(|e| broken(&folder, &e))?;
            }
        }
        Ok(Self {
            dir: dir.to_owned(),
            current: RwLock::new(current),
            writing: Mutex::new(()),
        })
    }

    async fn current(&self) -> Option<Arc<Generation>> {
        self.current.read().await.clone()
    }

    /// The current generation when it is of this space; `None` when there is none or it holds nothing.
    async fn current_of(&self, space: &VectorSpace) -> Result<Option<Arc<Generation>>, SearchError> {
        let Some(generation) = self.current().await else {
            return Ok(None);
        };
        if generation.pointer.space == *space {
            return Ok(Some(generation));
        }
        for kind in Kind::BOTH {
            if generation.count(kind).await? > 0 {
                return Err(SearchError::OtherModel {
                    stored: named(&generation.pointer.space),
                    wanted: named(space),
                });
            }
        }
        Ok(None)
    }

    /// Fills a new generation and lets it answer. The caller holds the writers' turn.
    async fn replace(
        &self,
        space: &VectorSpace,
        rows: Vec<IndexRow>,
    ) -> Result<Arc<Generation>, SearchError> {
        let number = pointer::generations(&self.dir)?.into_iter().max().unwrap_or(0) + 1;
        let pointer = Pointer {
            generation: number,
            space: space.clone(),
        };
        let fresh = Arc::new(Generation::create(&self.dir, pointer.clone()).await?);
        let filled = match fresh.fill(rows).await {
            Ok(()) => pointer::write(&self.dir, &pointer),
            Err(error) => Err(error),
        };
        if let Err(error) = filled {
            fresh.retire();
            return Err(error);
        }
        let old = self.current.write().await.replace(fresh.clone());
        if let Some(old) = old {
            old.retire();
        }
        Ok(fresh)
    }
}

fn named(space: &VectorSpace) -> String {
    format!("{} ({} dimensions)", space.model, space.dimensions)
}

#[async_trait]
impl PassageIndex for LanceIndex {
    async fn upsert(&self, space: &VectorSpace, rows: Vec<IndexRow>) -> Result<(), SearchError> {
        let _turn = self.writing.lock().await;
        match self.current_of(space).await? {
            Some(generation) => generation.upsert(rows).await,
            None => self.replace(space, rows).await.map(|_| ()),
        }
    }

    async fn remove(&self, sources: &[IndexSource]) -> Result<(), SearchError> {
        let _turn = self.writing.lock().await;
        match self.current().await {
            Some(generation) => generation.remove(sources).await,
            None => Ok(()),
        }
    }

    async fn rebuild(&self, space: &VectorSpace, rows: Vec<IndexRow>) -> Result<(), SearchError> {
        let _turn = self.writing.lock().await;
        self.replace(space, rows).await.map(|_| ())
    }

    async fn search(&self, space: &VectorSpace, query: &IndexQuery) -> Result<Vec<IndexHit>, SearchError> {
        let Some(generation) = self.current_of(space).await? else {
            return Ok(Vec::new());
        };
        if query.vector.len() != space.dimensions {
            return Err(SearchError::OtherModel {
                stored: named(space),
                wanted: format!("a vector of {} dimensions", query.vector.len()),
            });
        }
        let [first, second] = Kind::BOTH.map(|kind| generation.search(kind, query));
        let (mut hits, more) = futures::try_join!(first, second)?;
        hits.extend(more);
        hits.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| {
                    b.similarity
                        .unwrap_or(-1.0)
                        .total_cmp(&a.similarity.unwrap_or(-1.0))
                })
                .then_with(|| a.source.cmp(&b.source))
        });
        Ok(hits)
    }

    async fn optimize(&self) -> Result<(), SearchError> {
        let _turn = self.writing.lock().await;
        match self.current().await {
            Some(generation) => generation.optimize().await,
            None => Ok(()),
        }
    }

    async fn summary(&self) -> Result<IndexSummary, SearchError> {
        let Some(generation) = self.current().await else {
            return Ok(IndexSummary {
                space: None,
                products: 0,
                passages: 0,
                fragments: 0,
            });
        };
        Ok(IndexSummary {
            space: Some(generation.pointer.space.clone()),
            products: generation.count(Kind::Product).await?,
            passages: generation.count(Kind::Passage).await?,
            fragments: generation.fragments().await?,
        })
    }
}
