//! A text as the guard reads it: compatibility-folded, lower-cased, without invisible characters, each
//! character knowing which bytes it came from.

use crate::text::is_invisible;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

#[derive(Debug, Default)]
pub(super) struct View {
    pub chars: Vec<char>,
    /// Source bytes of each character.
    spans: Vec<(usize, usize)>,
    /// Whether the source character was upper case.
    pub upper: Vec<bool>,
    words: Vec<Word>,
}

/// A run of letters and digits, with the apostrophes and hyphens inside it.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub text: String,
    /// Character positions in the view.
    pub span: Range<usize>,
}

impl View {
    pub fn new(text: &str) -> Self {
        let mut view = Self::default();
        // By grapheme, so that "и" + breve is read as "й" whichever way it was typed.
        for (start, grapheme) in text.grapheme_indices(true) {
            let end = start + grapheme.len();
            for c in grapheme.nfkc().filter(|c| !is_invisible(*c)) {
                let upper = c.is_uppercase();
                for lower in c.to_lowercase() {
                    view.chars.push(plain(lower));
                    view.spans.push((start, end));
                    view.upper.push(upper);
                }
            }
        }
        view.words = words(&view);
        view
    }

    pub fn len(&self) -> usize {
        self.chars.len()
    }

    pub fn at(&self, index: usize) -> Option<char> {
        self.chars.get(index).copied()
    }

    pub fn before(&self, index: usize) -> Option<char> {
        index.checked_sub(1).and_then(|i| self.at(i))
    }

    pub fn text(&self, range: Range<usize>) -> String {
        self.chars.get(range).unwrap_or_default().iter().collect()
    }

    /// Bytes of the source text.
    pub fn bytes(&self, range: &Range<usize>) -> (usize, usize) {
        match (
            self.spans.get(range.start),
            range.end.checked_sub(1).and_then(|i| self.spans.get(i)),
        ) {
            (Some(first), Some(last)) if first.0 <= last.1 => (first.0, last.1),
            _ => (0, 0),
        }
    }

    pub fn words(&self) -> &[Word] {
        &self.words
    }

    pub fn is_capitalised(&self, word: &Word) -> bool {
        self.upper.get(word.span.start) == Some(&true)
    }

    /// The words that lie in a range.
    pub fn words_in(&self, range: &Range<usize>) -> &[Word] {
        let from = self.words.partition_point(|w| w.span.start < range.start);
        let to = self.words.partition_point(|w| w.span.start < range.end);
        self.words.get(from..to).unwrap_or_default()
    }

    /// The sentence around a position. A full stop within a number ends none.
    pub fn sentence(&self, at: usize) -> Range<usize> {
        self.between(at, |i| self.ends_sentence(i))
    }

    /// The part of a sentence around a position, between commas and the like.
    pub fn clause(&self, at: usize) -> Range<usize> {
        self.between(at, |i| {
            let spaced = |i: usize| self.at(i).is_none_or(char::is_whitespace);
            self.ends_sentence(i)
                || matches!(self.chars[i], ',' | ';' | ':' | '(' | ')') && spaced(i + 1)
                || self.chars[i] == '-' && spaced(i + 1) && self.before(i) == Some(' ')
        })
    }

    fn ends_sentence(&self, i: usize) -> bool {
        match self.chars[i] {
            '\n' | '\r' => true,
            '.' | '!' | '?' | '…' => self.at(i + 1).is_none_or(|c| !c.is_alphanumeric()),
            _ => false,
        }
    }

    fn between(&self, at: usize, ends: impl Fn(usize) -> bool) -> Range<usize> {
        let at = at.min(self.len());
        let start = (0..at).rev().find(|i| ends(*i)).map_or(0, |i| i + 1);
        let end = (at..self.len()).find(|i| ends(*i)).unwrap_or(self.len());
        start..end
    }

    /// The word that starts at `index`: letters only.
    pub fn letters_from(&self, index: usize) -> Range<usize> {
        let mut end = index;
        while self.at(end).is_some_and(|c| c.is_alphabetic() || is_combining(c)) {
            end += 1;
        }
        index..end
    }
}

fn words(view: &View) -> Vec<Word> {
    let mut words = Vec::new();
    let mut i = 0;
    while i < view.len() {
        if !view.chars[i].is_alphanumeric() {
            i += 1;
            continue;
        }
        let start = i;
        while i < view.len()
            && (view.chars[i].is_alphanumeric()
                || is_combining(view.chars[i])
                || (matches!(view.chars[i], '\'' | '-') && view.at(i + 1).is_some_and(char::is_alphanumeric)))
        {
            i += 1;
        }
        words.push(Word {
            text: view.text(start..i),
            span: start..i,
        });
    }
    words
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}')
}

fn plain(c: char) -> char {
    match c {
        '’' | '‘' | 'ʼ' | '`' | '´' | 'ʹ' => '\'',
        'ё' => 'е',
        '。' | '．' | '｡' => '.',
        '−' | '‐' | '‑' | '‒' | '–' | '—' => '-',
        '\u{0660}'..='\u{0669}' => ascii_digit(c, '\u{0660}'),
        '\u{06F0}'..='\u{06F9}' => ascii_digit(c, '\u{06F0}'),
        '\u{0966}'..='\u{096F}' => ascii_digit(c, '\u{0966}'),
        c if c.is_whitespace() && c != '\n' && c != '\r' => ' ',
        c => c,
    }
}

fn ascii_digit(c: char, zero: char) -> char {
    char::from_digit(u32::from(c) - u32::from(zero), 10).unwrap_or(c)
}
