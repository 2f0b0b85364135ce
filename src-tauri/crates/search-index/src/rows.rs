//! Rows of the index as LanceDB keeps them: columns, and what a search gives back.

use crate::generation::{Kind, failed};
use crate::terms::terms;
use arrow_array::types::Float32Type;
use arrow_array::{
    Array, BooleanArray, FixedSizeListArray, Float32Array, Int32Array, Int64Array, RecordBatch, StringArray,
    UInt64Array,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use chrono::{Datelike as _, NaiveDate};
use domain::ports::{IndexFilter, IndexRow, VectorSpace};
use domain::{Language, SearchError};
use futures::TryStreamExt;
use lancedb::Table;
use lancedb::query::{ExecutableQuery, QueryBase, Select};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

const ROWS_PER_BATCH: usize = 2_000;

/// Columns by which searches are narrowed.
pub(crate) const NARROWING: [&str; 4] = ["in_stock", "from_day", "to_day", "language"];

/// Rows by kind, as record batches; of two rows of one source the later counts.
pub(crate) fn batches(
    space: &VectorSpace,
    rows: Vec<IndexRow>,
) -> Result<Vec<(Kind, Vec<RecordBatch>)>, SearchError> {
    let dimensions = space.dimensions;
    let mut by_kind: [BTreeMap<i64, IndexRow>; 2] = [BTreeMap::new(), BTreeMap::new()];
    for row in rows {
        if row.vector.len() != dimensions || row.vector.iter().any(|x| !x.is_finite()) {
            return Err(SearchError::Broken {
                detail: format!(
                    "a vector of {} components does not fit {} with {dimensions}",
                    row.vector.len(),
                    space.model
                ),
            });
        }
        let (kind, id) = Kind::of(row.source);
        by_kind[kind as usize].insert(id, row);
    }
    let schema = schema(space)?;
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

pub(crate) fn schema(space: &VectorSpace) -> Result<SchemaRef, SearchError> {
    let dimensions = list_size(space.dimensions)?;
    let component = Arc::new(Field::new("item", DataType::Float32, true));
    Ok(Arc::new(Schema::new(vec![
        Field::new("source_id", DataType::Int64, false),
        Field::new("text", DataType::Utf8, false),
        Field::new("terms", DataType::Utf8, false),
        Field::new("language", DataType::Utf8, false),
        Field::new("in_stock", DataType::Boolean, false),
        Field::new("from_day", DataType::Int32, false),
        Field::new("to_day", DataType::Int32, false),
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
    let in_stock: BooleanArray = rows.iter().map(|(_, r)| Some(r.offer.in_stock)).collect();
    let from = Int32Array::from_iter_values(rows.iter().map(|(_, r)| r.offer.from.map_or(i32::MIN, day)));
    let to = Int32Array::from_iter_values(rows.iter().map(|(_, r)| r.offer.to.map_or(i32::MAX, day)));
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
            Arc::new(in_stock),
            Arc::new(from),
            Arc::new(to),
            Arc::new(vectors),
        ],
    )
    .map_err(|e| SearchError::Broken {
        detail: e.to_string(),
    })
}

/// Sources and scores of what a search gave: by the row ids where it gave those alone.
pub(crate) fn scored(
    batches: &[RecordBatch],
    score: &str,
    by_row: Option<&HashMap<u64, i64>>,
) -> Result<Vec<(i64, f32)>, SearchError> {
    let mut rows = Vec::new();
    for batch in batches {
        let scores: &Float32Array = column(batch, score)?;
        match by_row {
            Some(sources) => {
                let ids: &UInt64Array = column(batch, "_rowid")?;
                rows.extend(
                    ids.values()
                        .iter()
                        .zip(scores.values())
                        .filter_map(|(row, score)| Some((*sources.get(row)?, *score))),
                );
            }
            None => {
                let ids: &Int64Array = column(batch, "source_id")?;
                rows.extend(ids.values().iter().copied().zip(scores.values().iter().copied()));
            }
        }
    }
    Ok(rows)
}

/// The source of each row of a table, by its row id.
pub(crate) async fn sources_by_row(table: &Table) -> Result<HashMap<u64, i64>, SearchError> {
    let scan = table
        .query()
        .select(Select::columns(&["source_id"]))
        .with_row_id();
    let mut batches = Box::pin(scan.execute()).await.map_err(failed)?;
    let mut sources = HashMap::new();
    while let Some(batch) = batches.try_next().await.map_err(failed)? {
        let rows: &UInt64Array = column(&batch, "_rowid")?;
        let ids: &Int64Array = column(&batch, "source_id")?;
        sources.extend(rows.values().iter().copied().zip(ids.values().iter().copied()));
    }
    Ok(sources)
}

fn column<'a, T: 'static>(batch: &'a RecordBatch, name: &str) -> Result<&'a T, SearchError> {
    batch
        .column_by_name(name)
        .and_then(|column| column.as_any().downcast_ref())
        .ok_or_else(|| SearchError::Broken {
            detail: format!("the index gave no column {name}"),
        })
}

/// The ids of rows that are about to be stored.
pub(crate) fn ids_in(batches: &[RecordBatch]) -> Result<Vec<i64>, SearchError> {
    let mut ids = Vec::new();
    for batch in batches {
        let column: &Int64Array = column(batch, "source_id")?;
        ids.extend(column.values());
    }
    Ok(ids)
}

/// What lets through the rows that the filter asks for; `None` where it asks for nothing.
pub(crate) fn predicate(filter: &IndexFilter) -> Option<String> {
    let mut parts = Vec::new();
    if filter.in_stock {
        parts.push("in_stock = true".to_owned());
    }
    if let Some(date) = filter.holds_on {
        let day = day(date);
        parts.push(format!("from_day <= {day} and to_day >= {day}"));
    }
    if let Some(language) = &filter.language {
        let quoted = |language: &Language| format!("'{}'", language.as_str().replace('\'', "''"));
        let none = Language::undetermined();
        parts.push(format!("language in ({}, {})", quoted(language), quoted(&none)));
    }
    Some(parts.join(" and ")).filter(|all| !all.is_empty())
}

/// Days are compared as numbers.
fn day(date: NaiveDate) -> i32 {
    date.num_days_from_ce()
}

/// The terms of rows that a scan gave.
pub(crate) fn terms_in(batch: &RecordBatch) -> Result<&StringArray, SearchError> {
    column(batch, "terms")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_asks_for_what_it_names_and_nothing_else() {
        assert_eq!(predicate(&IndexFilter::default()), None);
        let all = IndexFilter {
            in_stock: true,
            holds_on: NaiveDate::from_ymd_opt(1, 1, 2),
            language: Some(Language::from("e'n")),
        };
        assert_eq!(
            predicate(&all).as_deref(),
            Some("in_stock = true and from_day <= 2 and to_day >= 2 and language in ('e''n', 'und')"),
            "no quote of a request ends the text"
        );
    }
}
