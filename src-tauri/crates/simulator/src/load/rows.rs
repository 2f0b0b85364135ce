use std::collections::HashMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::error::SimulatorError;

// A dialogue in one row: the first of its turns is what the person wrote.
const TURNS: &[&str] = &["turns", "messages", "conversation", "dialogue"];

/// One record with its columns by name, as [`column_name`] spells it.
pub struct Row {
    /// Counted from one; for line-based formats without the heading.
    pub number: usize,
    columns: HashMap<String, String>,
}

impl Row {
    pub fn has(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.columns.contains_key(*name))
    }

    /// Blanks and all, the first of these columns that holds anything; empty when none does.
    pub fn raw(&self, names: &[&str]) -> String {
        let mut there = names.iter().filter_map(|name| self.columns.get(*name));
        there.find(|text| !text.is_empty()).cloned().unwrap_or_default()
    }

    /// The first of these columns that says something.
    pub fn text(&self, names: &[&str]) -> Option<String> {
        let found = names
            .iter()
            .filter_map(|name| self.columns.get(*name))
            .map(|text| text.trim());
        found.filter(|text| !text.is_empty()).map(str::to_owned).next()
    }

    /// Like [`Row::text`], but `7.0` is `7`: so a table with gaps writes the ids of a column that it takes for
    /// numbers, and `parent` has to meet `id`.
    pub fn id(&self, names: &[&str]) -> Option<String> {
        let text = self.text(names)?;
        let whole = text
            .strip_suffix(".0")
            .filter(|whole| !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit()));
        Some(whole.map_or_else(|| text.clone(), str::to_owned))
    }

    /// In alphabetical order.
    pub fn column_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.columns.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
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
        "csv" => read_separated(path, bytes, delimiter_of(bytes)),
        "tsv" => read_separated(path, bytes, b'\t'),
        "jsonl" | "ndjson" => read_json_lines(path, bytes),
        "json" => read_json(path, bytes),
        _ => Err(SimulatorError::UnknownFormat {
            path: path.to_owned(),
            extension,
        }),
    }
}

/// A comma, unless the heading is parted by something else: where the comma is the decimal sign, spreadsheets write
/// semicolons.
fn delimiter_of(bytes: &[u8]) -> u8 {
    let mut signs = [(b'\t', 0_usize), (b';', 0), (b',', 0)];
    let mut quoted = false;
    for byte in bytes.trim_ascii_start() {
        match byte {
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'\n' | b'\r' => break,
            other => {
                if let Some((_, times)) = signs.iter_mut().find(|(sign, _)| sign == other) {
                    *times += 1;
                }
            }
        }
    }
    // Of equals the last is taken.
    let most = signs.into_iter().max_by_key(|(_, times)| *times);
    most.map_or(b',', |(sign, _)| sign)
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
        .map(column_name)
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

/// An array, an object that holds one under a usual name, or JSON lines: many programs give these the same ending.
fn read_json(path: &Path, bytes: &[u8]) -> Result<Vec<Row>, SimulatorError> {
    if bytes.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    let invalid = |reason: String| SimulatorError::InvalidRow {
        path: path.to_owned(),
        row: 0,
        reason,
    };
    let mut value: Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(_) if first_line_is_an_object(bytes) => return read_json_lines(path, bytes),
        Err(error) => return Err(invalid(error.to_string())),
    };
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

fn first_line_is_an_object(bytes: &[u8]) -> bool {
    bytes
        .split(|byte| *byte == b'\n')
        .find(|line| !line.trim_ascii().is_empty())
        .is_some_and(|line| serde_json::from_slice::<Map<String, Value>>(line).is_ok())
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
    let mut opening = None;
    for (name, value) in object {
        let name = column_name(&name);
        let text = match value {
            // An empty cell: the column is there all the same.
            Value::Null => String::new(),
            Value::String(text) => text,
            // What the platform nests: `from`, `media`, `parent`.
            Value::Object(inner) => match inner.get("id") {
                Some(Value::String(id)) => id.clone(),
                Some(Value::Number(id)) => id.to_string(),
                _ => continue,
            },
            Value::Array(turns) if TURNS.contains(&name.as_str()) => {
                opening = turns.first().and_then(words_of);
                continue;
            }
            other => other.to_string(),
        };
        columns.insert(name, text);
    }
    if let Some(words) = opening {
        columns.entry("text".to_owned()).or_insert(words);
    }
    columns
}

fn words_of(turn: &Value) -> Option<String> {
    let words = turn.get("content").or_else(|| turn.get("text"))?;
    words.as_str().map(str::to_owned)
}

/// `comment_id` for `COMMENT_ID`, `commentId`, `Comment ID` and `comment-id`.
fn column_name(heading: &str) -> String {
    let mut name = String::with_capacity(heading.len());
    let mut after_small = false;
    for letter in heading.trim().chars() {
        if after_small && letter.is_uppercase() {
            name.push('_');
        }
        after_small = letter.is_lowercase();
        match letter {
            ' ' | '-' => name.push('_'),
            _ => name.extend(letter.to_lowercase()),
        }
    }
    name
}
