//! What there is to be found in the public sets: paragraphs with questions on them, and a hundred thousand texts.

use crate::data::{Folder, unescaped};
use crate::split::order_of;
use anyhow::Context as _;
use serde::Deserialize;
use std::collections::HashSet;

/// Languages in which every paragraph and question of XQuAD is measured.
pub const LANGUAGES: [&str; 3] = ["en", "ru", "es"];

/// Paragraphs, and questions each with the place of its paragraph. All languages have the same in the same order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Paragraphs {
    pub texts: Vec<String>,
    pub questions: Vec<(String, usize)>,
}

#[derive(Deserialize)]
struct File {
    data: Vec<Article>,
}

#[derive(Deserialize)]
struct Article {
    paragraphs: Vec<Paragraph>,
}

#[derive(Deserialize)]
struct Paragraph {
    context: String,
    qas: Vec<Asked>,
}

#[derive(Deserialize)]
struct Asked {
    question: String,
}

/// XQuAD in one language; `None` where the folder has none.
///
/// # Errors
/// The file is damaged.
pub fn xquad(folder: &Folder, language: &str) -> anyhow::Result<Option<Paragraphs>> {
    let path = format!("xquad/xquad.{language}.json");
    let Some(text) = folder.text(&path)? else {
        return Ok(None);
    };
    let file: File = serde_json::from_str(&text).context(path)?;
    let mut all = Paragraphs::default();
    for paragraph in file.data.into_iter().flat_map(|article| article.paragraphs) {
        let place = all.texts.len();
        all.questions
            .extend(paragraph.qas.into_iter().map(|asked| (asked.question, place)));
        all.texts.push(paragraph.context);
    }
    Ok(Some(all))
}

/// Up to `most` different texts of the comment sets, in an order by hash.
///
/// # Errors
/// A file cannot be read.
pub fn many_texts(folder: &Folder, most: usize) -> anyhow::Result<Vec<String>> {
    let sets: [(&str, u8, &str); 7] = [
        ("kazsandra_kk/03_pc_train_rus.csv", b',', "text"),
        ("kazsandra_kk/04_pc_valid.csv", b',', "text"),
        ("telegram_spam_ru/combined.csv", b',', "text"),
        ("banking77_en/train.csv", b',', "text"),
        ("banking77_en/test.csv", b',', "text"),
        ("davidson_hate_en/labeled_data.csv", b',', "tweet"),
        ("rusentitweet_ru/rusentitweet_train.csv", b',', "text"),
    ];
    let mut seen = HashSet::new();
    for (path, delimiter, column) in sets {
        for row in folder.rows(path, delimiter, &[column])?.unwrap_or_default() {
            let text: String = unescaped(&row[0]).chars().take(MAX_CHARS).collect();
            if !text.is_empty() {
                seen.insert(text);
            }
        }
    }
    let mut texts: Vec<String> = seen.into_iter().collect();
    texts.sort_by_cached_key(|text| order_of(text));
    texts.truncate(most);
    Ok(texts)
}

/// Places of the `most` rows nearest to the wanted one, by an exact search.
pub fn nearest(rows: &[Vec<f32>], wanted: &[f32], most: usize) -> Vec<usize> {
    let mut scored: Vec<(f32, usize)> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| (row.iter().zip(wanted).map(|(x, y)| x * y).sum(), at))
        .collect();
    let by_nearness = |a: &(f32, usize), b: &(f32, usize)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    let last = most.min(scored.len()).saturating_sub(1);
    if !scored.is_empty() {
        scored.select_nth_unstable_by(last, by_nearness);
    }
    scored.truncate(most);
    scored.into_iter().map(|(_, at)| at).collect()
}

/// As the comment sets are looked at, so that vectors that are kept serve again.
const MAX_CHARS: usize = 240;
