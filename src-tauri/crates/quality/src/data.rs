//! The labelled sets, as their folders hold them.

use anyhow::Context as _;
use std::path::{Path, PathBuf};

/// A text with what it is known to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example<T> {
    pub text: String,
    pub label: T,
    /// Where it comes from, for splits by source; 0 where the set has one.
    pub source: usize,
    /// Texts that belong together whatever they say, as a sentence and its rewrite do.
    pub together: Option<usize>,
}

/// A folder of labelled sets, one sub-folder each.
#[derive(Debug, Clone)]
pub struct Folder(pub PathBuf);

type Read<T> = anyhow::Result<Option<T>>;

impl Folder {
    /// `None` where the file is not there.
    fn file(&self, path: &str) -> Option<PathBuf> {
        let path = self.0.join(path);
        path.is_file().then_some(path)
    }

    pub fn text(&self, path: &str) -> Read<String> {
        let Some(path) = self.file(path) else {
            return Ok(None);
        };
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Rows of a table by the names of their columns. A column that is missing is an error, a short row is left out.
    pub fn rows(&self, path: &str, delimiter: u8, columns: &[&str]) -> Read<Vec<Vec<String>>> {
        let Some(path) = self.file(path) else {
            return Ok(None);
        };
        table(&path, delimiter, columns)
            .with_context(|| path.display().to_string())
            .map(Some)
    }

    /// Files of a sub-folder that end so, in order of their names.
    pub fn files(&self, folder: &str, ending: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.0.join(folder)) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.ends_with(ending))
            .map(|name| format!("{folder}/{name}"))
            .collect();
        names.sort();
        names
    }
}

fn table(path: &Path, delimiter: u8, columns: &[&str]) -> anyhow::Result<Vec<Vec<String>>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .quoting(delimiter != b'\t')
        .flexible(true)
        .from_path(path)?;
    let headers = reader.headers()?.clone();
    let places: Vec<usize> = columns
        .iter()
        .map(|column| {
            headers
                .iter()
                .position(|header| header.trim_start_matches('\u{feff}') == *column)
                .with_context(|| format!("no column {column}"))
        })
        .collect::<anyhow::Result<_>>()?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let row: Option<Vec<String>> = places
            .iter()
            .map(|place| record.get(*place).map(str::to_owned))
            .collect();
        rows.extend(row);
    }
    Ok(rows)
}

/// Web marks turned back into text.
pub fn unescaped(text: &str) -> String {
    text.replace("<br />", " ")
        .replace("&amp;", "&")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .trim_matches('\u{feff}')
        .trim()
        .to_owned()
}

pub fn example<T>(text: &str, label: T) -> Example<T> {
    Example {
        text: unescaped(text),
        label,
        source: 0,
        together: None,
    }
}
