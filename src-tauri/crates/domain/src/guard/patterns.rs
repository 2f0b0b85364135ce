//! Tables of words and of phrases, read once and looked up by their first letter.
//!
//! In both, `*` ends a stem, or stands for the middle of a word. In phrases, `..` lets up to two words stand
//! between, `#` stands for a word of digits, and `!word` says that another word has to follow, or none.

use super::view::Word;
use std::collections::HashMap;
use std::ops::Range;

/// Words and stems between blanks, each with a number if it has one: "jan=1 febr*=2".
pub(super) struct Table {
    by_first: HashMap<char, Vec<Entry>>,
}

struct Entry {
    word: Part,
    value: u32,
}

impl Table {
    pub fn new(text: &'static str) -> Self {
        let mut by_first: HashMap<char, Vec<Entry>> = HashMap::new();
        for entry in text.split(' ') {
            let (word, value) = entry.split_once('=').unwrap_or((entry, ""));
            let value = value.parse().unwrap_or(0);
            if let Some(first) = word.chars().next() {
                let word = Part::new(word);
                by_first.entry(first).or_default().push(Entry { word, value });
            }
        }
        Self { by_first }
    }

    fn near(&self, word: &str) -> &[Entry] {
        word.chars()
            .next()
            .and_then(|first| self.by_first.get(&first))
            .map_or(&[], Vec::as_slice)
    }

    pub fn has(&self, word: &str) -> bool {
        self.near(word).iter().any(|e| e.word.fits(word))
    }

    /// The number beside the word.
    pub fn value(&self, word: &str) -> Option<u32> {
        self.near(word)
            .iter()
            .find(|e| e.word.fits(word))
            .map(|e| e.value)
    }

    /// The number beside the first entry that the word starts with, when `ending` takes what follows.
    pub fn value_of_stem(&self, word: &str, ending: impl Fn(&str) -> bool) -> Option<u32> {
        self.near(word)
            .iter()
            .find(|e| word.strip_prefix(e.word.start).is_some_and(&ending))
            .map(|e| e.value)
    }
}

/// Phrases, each of a kind.
pub(super) struct Phrases {
    by_first: HashMap<char, Vec<Phrase>>,
}

struct Phrase {
    kind: usize,
    parts: Vec<Step>,
}

enum Step {
    Word(Part),
    /// Up to two words.
    Gap,
    NotBefore(Part),
}

impl Phrases {
    /// `lists` holds for each kind its phrases between bars; each phrase begins with a word.
    pub fn new(lists: impl IntoIterator<Item = &'static str>) -> Self {
        let mut by_first: HashMap<char, Vec<Phrase>> = HashMap::new();
        for (kind, list) in lists.into_iter().enumerate() {
            for text in list.split('|') {
                let Some(first) = text.chars().next() else {
                    continue;
                };
                let parts = text.split(' ').map(Step::new).collect();
                by_first.entry(first).or_default().push(Phrase { kind, parts });
            }
        }
        Self { by_first }
    }

    /// Kinds and places of the phrases in a text.
    pub fn places(&self, words: &[Word]) -> Vec<(usize, Range<usize>)> {
        let mut found = Vec::new();
        for (start, word) in words.iter().enumerate() {
            let near = word.text.chars().next().and_then(|c| self.by_first.get(&c));
            for phrase in near.into_iter().flatten() {
                if let Some(end) = match_from(words, start, &phrase.parts) {
                    found.push((phrase.kind, word.span.start..words[end - 1].span.end));
                }
            }
        }
        found
    }
}

impl Step {
    fn new(text: &'static str) -> Self {
        match text.strip_prefix('!') {
            Some(other) => Self::NotBefore(Part::new(other)),
            None if text == ".." => Self::Gap,
            None => Self::Word(Part::new(text)),
        }
    }
}

/// The index after the last matched word.
fn match_from(words: &[Word], start: usize, steps: &[Step]) -> Option<usize> {
    let Some((step, rest)) = steps.split_first() else {
        return Some(start);
    };
    let fits = |part: &Part| words.get(start).is_some_and(|w| part.fits(&w.text));
    match step {
        Step::Gap => (0..=2).find_map(|skipped| match_from(words, start + skipped, rest)),
        Step::NotBefore(part) if fits(part) => None,
        Step::NotBefore(_) => match_from(words, start, rest),
        Step::Word(part) if fits(part) => match_from(words, start + 1, rest),
        Step::Word(_) => None,
    }
}

/// A word, or a stem with what the word ends in.
struct Part {
    start: &'static str,
    end: Option<&'static str>,
}

impl Part {
    fn new(text: &'static str) -> Self {
        let (start, end) = text
            .split_once('*')
            .map_or((text, None), |(start, end)| (start, Some(end)));
        Self { start, end }
    }

    fn fits(&self, word: &str) -> bool {
        match self.end {
            None if self.start == "#" => word.starts_with(|c: char| c.is_ascii_digit()),
            None => word == self.start,
            Some(end) => word
                .strip_prefix(self.start)
                .is_some_and(|rest| rest.ends_with(end)),
        }
    }
}
