//! What keyword search sees of a text.
//!
//! Russian, Ukrainian and Kazakh words change their endings, and there is no one stemmer for all five
//! languages. So each longer word is indexed whole and by its beginnings; ranking lets the rare whole
//! word weigh more than the common beginning.

use domain::text::words;

/// Beginnings are marked, so that "таба~" is not the word "таба".
const MARK: char = '~';
const BEGINNINGS: [usize; 2] = [4, 6];
/// Longer runs are no words and only swell the index.
const LONGEST: usize = 40;

/// A word as it is indexed: whole, and by its beginnings.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Word {
    pub whole: String,
    /// Marked, the shortest first.
    pub beginnings: Vec<String>,
}

impl Word {
    fn of(word: &str) -> Self {
        let letters: Vec<char> = word.chars().take(LONGEST).collect();
        let beginning = |length: usize| letters[..length].iter().chain([&MARK]).collect::<String>();
        let plural = letters.len() == 4 && letters.last() == Some(&'s');
        let mut beginnings = Vec::new();
        if !letters.iter().any(char::is_ascii_digit) {
            if letters.len() == 3 || plural {
                // "lid" has to meet "lids".
                beginnings.push(beginning(3));
            }
            beginnings.extend(
                BEGINNINGS
                    .into_iter()
                    .filter(|length| letters.len() >= *length)
                    .map(beginning),
            );
        }
        Self {
            whole: letters.iter().collect(),
            beginnings,
        }
    }

    /// All terms of the word, the whole word first.
    pub fn terms(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.whole)
            .chain(&self.beginnings)
            .map(String::as_str)
    }
}

/// The words of a text, in its order.
pub(crate) fn words_of(text: &str) -> Vec<Word> {
    words(text).iter().map(|word| Word::of(word)).collect()
}

/// The terms of a text, in its order, separated by single spaces.
pub(crate) fn terms(text: &str) -> String {
    let words = words_of(text);
    let terms: Vec<&str> = words.iter().flat_map(Word::terms).collect();
    terms.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflected_words_share_a_term() {
        let shared = |a: &str, b: &str| {
            let b = terms(b);
            terms(a).split(' ').any(|t| b.split(' ').any(|u| t == u))
        };
        for (a, b) in [
            ("сковороду", "сковорода"),
            ("жаровні", "жаровня"),
            ("табаның", "таба"),
            ("lids", "lid"),
            ("sartén", "sarten"),
            ("щётка", "щетку"),
        ] {
            assert!(shared(a, b), "{a} and {b}");
        }
        assert!(!shared("26", "260"), "numbers are whole or nothing");
    }

    #[test]
    fn what_cannot_be_seen_splits_no_word() {
        assert_eq!(terms("ket\u{200B}tle"), terms("kettle"), "a zero-width space");
        assert_eq!(
            terms("чаи\u{306}ник"),
            terms("чайник"),
            "a letter of two characters"
        );
        assert_eq!(terms("sarte\u{301}n"), terms("sartén"));
    }

    #[test]
    fn a_text_without_words_has_no_terms() {
        assert_eq!(terms("❤️ ... !"), "");
    }
}
