//! `classify`: labels for a file of comments.

use crate::output::Output;
use anyhow::{Context as _, bail};
use clap::Args;
use domain::Classification;
use domain::ports::{ClassifyInput, LocalClassifier as _};
use headless::folders::models_folder;
use local_models::{HeadClassifier, open_embedder};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Comments labelled at once.
const PART: usize = 256;
/// Columns that may hold the text, the first that is there.
const TEXTS: [&str; 7] = ["text", "comment", "content", "message", "tweet", "review", "body"];

#[derive(Args)]
pub struct ClassifyArgs {
    /// A table with a column `text` (or `comment`, `content`, `message`, `tweet`, `review`, `body`), as CSV, TSV or
    /// JSONL by the ending of its name; anything else is read as one comment a line.
    file: PathBuf,
    /// Print JSON lines instead of a table.
    #[arg(long)]
    json: bool,
}

pub fn classify(args: &ClassifyArgs, out: &mut Output) -> anyhow::Result<()> {
    let texts = read(&args.file).with_context(|| args.file.display().to_string())?;
    let opened = open_embedder(&models_folder(None));
    if let Some(why) = &opened.shortfall {
        eprintln!("moderatoctl: {why}; a simpler model is in use");
    }
    let classifier = HeadClassifier::new(opened.embedder)?;
    let mut row = 0usize;
    for part in texts.chunks(PART) {
        let inputs: Vec<ClassifyInput> = part
            .iter()
            .map(|text| ClassifyInput {
                text: text.clone(),
                ..ClassifyInput::default()
            })
            .collect();
        for (said, text) in classifier.classify(&inputs)?.iter().zip(part) {
            row += 1;
            match args.json {
                true => out.line(printed(row, said))?,
                false => out.line(format_args!(
                    "{:12} {:.2} {:4} {}",
                    said.primary().label,
                    said.primary().confidence,
                    said.language.as_str(),
                    text.replace('\n', " ")
                ))?,
            }
        }
    }
    Ok(())
}

/// `label` is the strongest; with `unsure` no label reached its threshold, and a person should look.
fn printed(row: usize, said: &Classification) -> Value {
    let labels: Vec<Value> = said
        .labels
        .iter()
        .map(|score| json!({ "label": score.label, "confidence": score.confidence }))
        .collect();
    json!({
        "row": row,
        "label": said.primary().label,
        "confidence": said.primary().confidence,
        "unsure": said.is_unsure(),
        "labels": labels,
        "language": said.language,
        "language_confidence": said.language_confidence,
        "reason": said.reason,
    })
}

fn read(file: &Path) -> anyhow::Result<Vec<String>> {
    let ending = file
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    match ending.as_str() {
        "csv" => table(file, b','),
        "tsv" => table(file, b'\t'),
        "jsonl" | "ndjson" | "json" => lines(file)?
            .iter()
            .filter(|line| !line.trim().is_empty())
            .enumerate()
            .map(|(at, line)| from_json(line).with_context(|| format!("line {}", at + 1)))
            .collect(),
        _ => lines(file),
    }
}

fn lines(file: &Path) -> anyhow::Result<Vec<String>> {
    let bytes = std::fs::read(file)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().map(str::to_owned).collect())
}

fn from_json(line: &str) -> anyhow::Result<String> {
    let value: Value = serde_json::from_str(line)?;
    if let Some(text) = value.as_str() {
        return Ok(text.to_owned());
    }
    let found = TEXTS.iter().find_map(|name| value[*name].as_str());
    Ok(found
        .with_context(|| format!("none of {}", TEXTS.join(", ")))?
        .to_owned())
}

fn table(file: &Path, delimiter: u8) -> anyhow::Result<Vec<String>> {
    let bytes = std::fs::read(file)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .quoting(delimiter != b'\t')
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers: Vec<String> = reader
        .headers()?
        .iter()
        .map(|name| name.trim().to_lowercase())
        .collect();
    let column = TEXTS
        .iter()
        .find_map(|name| headers.iter().position(|header| header == name));
    let Some(column) = column else {
        bail!("no column {}", TEXTS.join(" or "));
    };
    let mut texts = Vec::new();
    for record in reader.records() {
        // A row that ends early has an empty comment: the lines of the answer stay those of the file.
        texts.push(record?.get(column).unwrap_or_default().to_owned());
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn texts(name: &str, content: &str) -> anyhow::Result<Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        std::fs::write(&file, content).unwrap();
        read(&file)
    }

    #[test]
    fn every_shape_of_file_gives_a_comment_a_row() {
        let wanted = ["Hello, you", "Second"];
        for (name, content) in [
            ("a.csv", "\u{feff}id,Text\n1,\"Hello, you\"\n2,Second\n"),
            ("a.tsv", "label\tcomment\nx\tHello, you\ny\tSecond\n"),
            ("a.jsonl", "{\"text\":\"Hello, you\"}\n\n\"Second\"\n"),
            ("a.txt", "Hello, you\nSecond"),
        ] {
            assert_eq!(texts(name, content).unwrap(), wanted, "{name}");
        }
    }

    #[test]
    fn a_table_without_texts_says_what_was_looked_for() {
        let error = texts("a.csv", "id,score\n1,2\n").unwrap_err();
        assert!(error.to_string().contains("no column text"), "{error}");
    }
}
