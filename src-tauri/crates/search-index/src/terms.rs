//! What keyword search sees of a text.
//!
//! Russian, Ukrainian and Kazakh words change their endings, and there is no one stemmer for all five
//! languages. So each longer word is indexed whole and by its beginnings; ranking lets the rare whole
//! word weigh more than the common beginning.

use domain::text::normalised;
use std::cmp::Reverse;
use std::collections::HashSet;

/// Beginnings are marked, so that "таба~" is not the word "таба".
const MARK: char = '~';
const BEGINNINGS: [usize; 2] = [4, 6];
/// Longer runs are no words and only swell the index.
const LONGEST: usize = 40;

/// A question of a dozen words has as many.
const MOST_TO_FIND: usize = 40;

/// The terms of a text, in its order, separated by single spaces.
pub(crate) fn terms(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut push = |term: &str, mark: bool| {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(term);
        if mark {
            out.push(MARK);
        }
    };
    // A zero-width space inside a word, or an "й" of two characters, would make two words of it.
    let lower: String = normalised(text)
        .chars()
        .flat_map(char::to_lowercase)
        .map(plain)
        .collect();
    for word in lower.split(|c: char| !c.is_alphanumeric()) {
        let letters: Vec<char> = word.chars().take(LONGEST).collect();
        if letters.is_empty() {
            continue;
        }
        let whole: String = letters.iter().collect();
        push(&whole, false);
        if letters.iter().any(char::is_ascii_digit) {
            continue;
        }
        if letters.len() == 3 {
            // "lid" has to meet "lids".
            push(&whole, true);
        }
        let plural = letters.len() == 4 && letters.last() == Some(&'s');
        if plural {
            push(&letters[..3].iter().collect::<String>(), true);
        }
        for length in BEGINNINGS {
            if letters.len() >= length {
                push(&letters[..length].iter().collect::<String>(), true);
            }
        }
    }
    out
}

/// The terms of what is looked for. Each costs a walk through all texts that hold it, and the words of a long comment
/// are mostly common ones: so the longest are taken, which are seldom common.
pub(crate) fn terms_to_find(text: &str) -> String {
    let all = terms(text);
    let mut seen = HashSet::new();
    let mut different: Vec<&str> = all.split(' ').filter(|term| seen.insert(*term)).collect();
    if different.len() > MOST_TO_FIND {
        different.sort_by_key(|term| Reverse(term.chars().count()));
        different.truncate(MOST_TO_FIND);
    }
    different.join(" ")
}

fn plain(c: char) -> char {
    match c {
        'ё' => 'е',
        'á' | 'à' => 'a',
        'é' | 'ê' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        // Keeps "п'ять" and "za'atar" one word.
        '\'' | '’' | 'ʼ' => 'ʹ',
        c => c,
    }
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
    fn of_a_long_text_the_longest_terms_are_looked_for_once_each() {
        let question = "how much does the delivery of a skillet cost";
        assert_eq!(
            terms_to_find(question).split(' ').count(),
            terms(question).split(' ').count(),
            "all terms of a question"
        );
        let long: String = (0..200)
            .map(|i| format!("it is w{i} and a dutchoven{} ", i % 7))
            .collect();
        let found = terms_to_find(&long);
        let mut different: Vec<&str> = found.split(' ').collect();
        assert_eq!(different.len(), MOST_TO_FIND);
        assert!(found.contains("dutchoven3"), "{found}");
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), MOST_TO_FIND, "none twice");
        assert_eq!(terms_to_find("..."), "");
    }

    #[test]
    fn a_text_without_words_has_no_terms() {
        assert_eq!(terms("❤️ ... !"), "");
    }
}
