//! Which source each row of the tables holds, by the tables' own row ids.
//!
//! A search that gives row ids alone reads no column of the rows that it finds, which is much of what it costs among
//! many rows. Row ids change when tables are written, so what was read of them counts only as long as nothing is.

use crate::generation::Kind;
use crate::rows::sources_by_row;
use domain::SearchError;
use lancedb::Table;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

#[derive(Debug, Default)]
pub(crate) struct RowIds {
    /// Odd while rows are written.
    writes: AtomicU64,
    read: RwLock<[Option<Known>; 2]>,
}

/// What was read after so many writes.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    writes: u64,
    pub sources: Arc<HashMap<u64, i64>>,
}

/// Held as long as rows are written.
pub(crate) struct Writing<'a>(&'a RowIds);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        *self.0.read.write().unwrap_or_else(PoisonError::into_inner) = Default::default();
        self.0.writes.fetch_add(1, Ordering::AcqRel);
    }
}

impl RowIds {
    /// Writers take turns.
    pub fn writing(&self) -> Writing<'_> {
        self.writes.fetch_add(1, Ordering::AcqRel);
        Writing(self)
    }

    /// `None` while rows are written.
    pub async fn known(&self, kind: Kind, table: &Table) -> Result<Option<Known>, SearchError> {
        let writes = self.writes.load(Ordering::Acquire);
        if writes % 2 == 1 {
            return Ok(None);
        }
        let read = self.read.read().unwrap_or_else(PoisonError::into_inner)[kind as usize].clone();
        if let Some(known) = read.filter(|known| known.writes == writes) {
            return Ok(Some(known));
        }
        let known = Known {
            writes,
            sources: Arc::new(sources_by_row(table).await?),
        };
        // Of the write that may have begun meanwhile it is the past, which `holds` finds out.
        self.read.write().unwrap_or_else(PoisonError::into_inner)[kind as usize] = Some(known.clone());
        Ok(Some(known))
    }

    /// Whether nothing was written since.
    pub fn holds(&self, known: &Known) -> bool {
        self.writes.load(Ordering::Acquire) == known.writes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_holds_until_something_is_written() {
        let ids = RowIds::default();
        let known = Known {
            writes: 0,
            sources: Arc::default(),
        };
        assert!(ids.holds(&known));
        let writing = ids.writing();
        assert!(!ids.holds(&known), "during a write");
        drop(writing);
        assert!(!ids.holds(&known), "after it");
        assert_eq!(ids.writes.load(Ordering::Acquire), 2);
    }
}
