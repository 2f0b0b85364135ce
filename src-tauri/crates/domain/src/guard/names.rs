//! Names that facts give: what is part of one is no claim and belongs to no language.

use super::view::View;
use crate::draft::{BrandVoice, Fact, FactKind};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// A run of letters or of digits: "1.2L" are "1", "2" and "l".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub text: String,
    pub span: Range<usize>,
}

pub(super) fn runs(view: &View, range: &Range<usize>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let start = at;
        let of_kind: fn(char) -> bool = match view.at(at) {
            Some(c) if c.is_ascii_digit() => |c| c.is_ascii_digit(),
            Some(c) if c.is_alphabetic() => char::is_alphabetic,
            _ => {
                at += 1;
                continue;
            }
        };
        while at < range.end && view.at(at).is_some_and(of_kind) {
            at += 1;
        }
        runs.push(Run {
            text: view.text(start..at),
            span: start..at,
        });
    }
    runs
}

/// Names of products, their other spellings and the brand.
#[derive(Debug, Default)]
pub(super) struct Names {
    names: RunLists,
    /// Search words with a number in them: "the 26".
    search_words: RunLists,
    /// The author's name on the platform, which the author chose: it covers no amount.
    handle: RunLists,
    /// Words that stand in facts or voice with a capital.
    capitalised: HashSet<String>,
}

/// Names as runs, by the first character: two cases of one word begin alike.
#[derive(Debug, Default)]
struct RunLists {
    by_first: HashMap<char, Vec<Vec<String>>>,
}

impl RunLists {
    fn add(&mut self, runs: Vec<String>) {
        let Some(first) = runs.first().and_then(|r| r.chars().next()) else {
            return;
        };
        let near = self.by_first.entry(first).or_default();
        if !near.contains(&runs) {
            near.push(runs);
        }
    }

    fn places(&self, view: &View, runs: &[Run]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for (at, run) in runs.iter().enumerate() {
            let near = run.text.chars().next().and_then(|c| self.by_first.get(&c));
            for name in near.into_iter().flatten() {
                found.extend(
                    runs.get(at..at + name.len())
                        .and_then(|window| occurrence(view, window, name)),
                );
            }
        }
        found
    }
}

impl Names {
    pub fn of(facts: &[Fact], voice: &BrandVoice, author_handle: Option<&str>) -> Self {
        let mut names = Self::default();
        names.add_name(&voice.brand);
        names.add_capitalised(&voice.brand);
        if let Some(handle) = author_handle {
            names.handle.add(split(handle));
            // A handle is written small; the name in it is not.
            for run in split(handle) {
                names.capitalised.insert(run);
            }
        }
        for fact in facts {
            names.add_capitalised(&fact.title);
            names.add_capitalised(&fact.text);
            let FactKind::Product { product, .. } = &fact.kind else {
                continue;
            };
            names.add_name(&product.name);
            names.add_name(&product.sku);
            for name in product.names.values() {
                names.add_name(name);
                names.add_capitalised(name);
            }
            names.add_capitalised(&product.name);
            for words in &product.synonyms {
                let runs = split(words);
                if has_digits(&runs) && runs.len() > 1 {
                    names.search_words.add(runs);
                }
            }
        }
        names
    }

    fn add_name(&mut self, name: &str) {
        let runs = split(name);
        let has_letters = runs.iter().any(|r| !is_digits(r));
        if has_letters {
            self.names.add(runs);
        }
    }

    fn add_capitalised(&mut self, text: &str) {
        let view = View::new(text);
        for word in view.words().iter().filter(|w| view.is_capitalised(w)) {
            self.capitalised.insert(word.text.clone());
        }
    }

    /// Where a text says a name, however it is inflected: digits in it claim nothing.
    pub fn places(&self, view: &View) -> Vec<Range<usize>> {
        let runs = runs(view, &(0..view.len()));
        let mut found = self.names.places(view, &runs);
        found.extend(self.search_words.places(view, &runs));
        found
    }

    /// Where a text addresses the author.
    pub fn handles(&self, view: &View) -> Vec<Range<usize>> {
        self.handle.places(view, &runs(view, &(0..view.len())))
    }

    /// Where a text says the whole name of a product, of the brand or of the author, in whatever language.
    pub fn full_names(&self, view: &View) -> Vec<Range<usize>> {
        let mut found = self.names.places(view, &runs(view, &(0..view.len())));
        found.extend(self.handles(view));
        found
    }

    /// Whether the facts or the voice write this word with a capital.
    pub fn has_capitalised(&self, word: &str) -> bool {
        self.capitalised.contains(word)
    }
}

/// Whether the runs stand in a text one after the other, as in "SK 26" for "SK-26".
pub(super) fn stands_in(text: &[Run], wanted: &[Run]) -> bool {
    text.windows(wanted.len())
        .any(|window| window.iter().zip(wanted).all(|(a, b)| alike(&a.text, &b.text)))
}

fn occurrence(view: &View, window: &[Run], name: &[String]) -> Option<Range<usize>> {
    let same = window
        .iter()
        .zip(name)
        .all(|(run, wanted)| alike(&run.text, wanted));
    let together = window
        .windows(2)
        .all(|pair| is_within_name(&view.text(pair[0].span.end..pair[1].span.start)));
    (same && together).then(|| Some(window.first()?.span.start..window.last()?.span.end))?
}

fn is_within_name(between: &str) -> bool {
    match between {
        "" | "." | "," | "'" => true,
        marks => {
            marks.chars().count() <= 4
                && marks.chars().all(|c| {
                    matches!(
                        c,
                        ' ' | '-' | '×' | '"' | '«' | '»' | '“' | '”' | '\'' | '/' | '(' | ')' | '№'
                    )
                })
        }
    }
}

/// The same word in another case or number: "сковороду" for "сковорода". Digits have to be the same.
pub(super) fn alike(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    if is_digits(a) || is_digits(b) {
        return false;
    }
    let (a_length, b_length) = (a.chars().count(), b.chars().count());
    let shorter = a_length.min(b_length);
    let common = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    shorter >= 3 && a_length.abs_diff(b_length) <= 3 && common >= 3.max(shorter.saturating_sub(2))
}

fn split(text: &str) -> Vec<String> {
    let view = View::new(text);
    runs(&view, &(0..view.len()))
        .into_iter()
        .map(|r| r.text)
        .collect()
}

fn is_digits(run: &str) -> bool {
    run.starts_with(|c: char| c.is_ascii_digit())
}

fn has_digits(runs: &[String]) -> bool {
    runs.iter().any(|r| is_digits(r)) && runs.iter().any(|r| !is_digits(r))
}
