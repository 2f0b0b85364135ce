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

    pub fn words(&self) -> Vec<Word> {
        let mut words = Vec::new();
        let mut i = 0;
        while i < self.len() {
            if !self.chars[i].is_alphanumeric() {
                i += 1;
                continue;
            }
            let start = i;
            while i < self.len()
                && (self.chars[i].is_alphanumeric()
                    || is_combining(self.chars[i])
                    || (matches!(self.chars[i], '\'' | '-')
                        && self.at(i + 1).is_some_and(char::is_alphanumeric)))
            {
                i += 1;
            }
            words.push(Word {
                text: self.text(start..i),
                span: start..i,
            });
        }
        words
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
