use std::collections::HashMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::error::SimulatorError;

/// One record with its columns by lower-case name.
pub struct Row {
    /// Counted from one; for line-based formats without the heading.
    pub number: usize,
    columns: HashMap<String, String>,
}

impl Row {
    /// The first of these columns that is there, even when it is empty.
    pub fn raw(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.columns.get(*name)).cloned()
    }

    /// The first of these columns that says something.
    pub fn text(&self, names: &[&str]) -> Option<String> {
        let found = names
            .iter()
            .filter_map(|name| self.columns.get(*name))
            .map(|text| text.trim());
        found.filter(|text| !text.is_empty()).map(str::to_owned).next()
    }

    pub fn invalid(&self, path: &Path, reason: String) -> SimulatorError {
        SimulatorError::InvalidRow {
            path: path.to_owned(),
            row: self.number,
            reason,
        }
    }
}

pub fn read_rows(path: &Path) -> Result<Vec<Row>, SimulatorError> {
    let extension = path
        .extension()
        .map_or_else(String::new, |it| it.to_string_lossy().to_lowercase());
    let bytes = std::fs::read(path).map_err(|source| SimulatorError::Read {
        path: path.to_owned(),
        source,
    })?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    match extension.as_str() {
        "csv" => read_separated(path, bytes, b','),
        "tsv" => read_separated(path, bytes, b'\t'),
        "jsonl" | "ndjson" => read_json_lines(path, bytes),
        "json" => read_json(path, bytes),
        _ => Err(SimulatorError::UnknownFormat {
            path: path.to_owned(),
            extension,
        }),
    }
}

fn read_separated(path: &Path, bytes: &[u8], delimiter: u8) -> Result<Vec<Row>, SimulatorError> {
    let invalid = |row: usize, error: csv::Error| SimulatorError::InvalidRow {
        path: path.to_owned(),
        row,
        reason: error.to_string(),
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(bytes);
    let headings: Vec<String> = reader
        .headers()
        .map_err(|error| invalid(0, error))?
        .iter()
        .map(|name| name.trim().to_lowercase())
        .collect();
    let mut rows = Vec::new();
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(|error| invalid(at + 1, error))?;
        let columns = headings
            .iter()
            .cloned()
            .zip(record.iter().map(str::to_owned))
            .collect();
        rows.push(Row {
            number: at + 1,
            columns,
        });
    }
    Ok(rows)
}

fn read_json_lines(path: &Path, bytes: &[u8]) -> Result<Vec<Row>, SimulatorError> {
    let mut rows = Vec::new();
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if !line.trim_ascii().is_empty() {
            let value = serde_json::from_slice(line).map_err(|error| SimulatorError::InvalidRow {
                path: path.to_owned(),
                row: at + 1,
                reason: error.to_string(),
            })?;
            rows.push(object_row(path, at + 1, value)?);
        }
    }
    Ok(rows)
}

/// An array, or an object that holds one under a usual name.
fn read_json(path: &Path, bytes: &[u8]) -> Result<Vec<Row>, SimulatorError> {
    let invalid = |reason: String| SimulatorError::InvalidRow {
        path: path.to_owned(),
        row: 0,
        reason,
    };
    let mut value: Value = serde_json::from_slice(bytes).map_err(|error| invalid(error.to_string()))?;
    if let Value::Object(object) = &mut value {
        let wrapped = ["data", "comments", "posts", "items"]
            .iter()
            .find_map(|name| object.remove(*name));
        value = wrapped.ok_or_else(|| invalid("there is no list in this file".into()))?;
    }
    match value {
        Value::Array(items) => items
            .into_iter()
            .enumerate()
            .map(|(at, item)| object_row(path, at + 1, item))
            .collect(),
        _ => Err(invalid("there is no list in this file".into())),
    }
}

fn object_row(path: &Path, number: usize, value: Value) -> Result<Row, SimulatorError> {
    let Value::Object(object) = value else {
        let reason = "this is not an object".into();
        return Err(SimulatorError::InvalidRow {
            path: path.to_owned(),
            row: number,
            reason,
        });
    };
    Ok(Row {
        number,
        columns: flatten(object),
    })
}

fn flatten(object: Map<String, Value>) -> HashMap<String, String> {
    let mut columns = HashMap::new();
    for (name, value) in object {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text,
            // What the platform nests: `from`, `media`, `parent`.
            Value::Object(inner) => match inner.get("id").and_then(Value::as_str) {
                Some(id) => id.to_owned(),
                None => continue,
            },
            other => other.to_string(),
        };
        columns.insert(name.to_lowercase(), text);
    }
    columns
}
