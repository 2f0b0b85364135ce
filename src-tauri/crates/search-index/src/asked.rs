//! What keyword search is asked for: the words of the query that rows have, the nearest ones of misspelt words, and
//! other names of the things.

use crate::generation::Kind;
use crate::terms::{Word, words_of};
use crate::vocabulary::Vocabulary;
use domain::ports::IndexQuery;
use std::collections::HashSet;

/// A question of a dozen words has as many.
const MOST_TERMS: usize = 40;
/// Rows of all terms together. Each term costs a walk through the rows that have it, and the words of a long comment
/// are mostly common ones: so the rarest are taken, and the first whatever it costs.
const MOST_ROWS: u32 = 20_000;
/// Unknown words that are looked up: a text in a language that no row is in has nothing but such.
const MOST_MISSPELT: usize = 6;

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Asked {
    /// Separated by single spaces; empty when no row has any.
    pub terms: String,
    /// What a row's score is about when it has every word, those that no row has included.
    pub whole: f32,
}

pub(crate) fn asked(query: &IndexQuery, vocabulary: &Vocabulary, kind: Kind) -> Asked {
    let mut chosen = Chosen {
        vocabulary,
        kind,
        terms: Vec::new(),
        seen: HashSet::new(),
        whole: 0.0,
    };
    let renamed: HashSet<&str> = (query.alternatives.iter())
        .flat_map(|alternative| &alternative.said)
        .map(String::as_str)
        .collect();
    let mut looked_up = 0;
    for word in words_of(&query.text) {
        if !chosen.seen.insert(word.whole.clone()) {
            continue;
        }
        let mut found = chosen.take(&word);
        if renamed.contains(word.whole.as_str()) {
            continue;
        }
        if !is_known(vocabulary, &word) && looked_up < MOST_MISSPELT {
            looked_up += 1;
            // A row has one of the nearest words and need not have both.
            for (at, near) in vocabulary.nearest(&word.whole).into_iter().enumerate() {
                for word in words_of(near) {
                    found |= match at {
                        0 => chosen.take(&word),
                        _ => chosen.take_as_well(&word),
                    };
                }
            }
        }
        if !found {
            chosen.whole += vocabulary.weight(kind, 0);
        }
    }
    for word in query
        .alternatives
        .iter()
        .flat_map(|alternative| &alternative.others)
    {
        for word in words_of(word) {
            chosen.take_as_well(&word);
        }
    }
    chosen.rarest()
}

/// Another ending of a known word is no mistake.
fn is_known(vocabulary: &Vocabulary, word: &Word) -> bool {
    vocabulary.knows(&word.whole)
        || word
            .beginnings
            .last()
            .is_some_and(|beginning| vocabulary.knows(beginning))
}

struct Chosen<'a> {
    vocabulary: &'a Vocabulary,
    kind: Kind,
    terms: Vec<(u32, String)>,
    seen: HashSet<String>,
    whole: f32,
}

impl Chosen<'_> {
    /// Takes what rows have of the word; `false` when none has any of it.
    fn take(&mut self, word: &Word) -> bool {
        let mut found = false;
        for term in word.terms() {
            let rows = self.vocabulary.rows_with(self.kind, term);
            if rows > 0 {
                found = true;
                if !self.terms.iter().any(|(_, known)| known == term) {
                    self.whole += self.vocabulary.weight(self.kind, rows);
                    self.terms.push((rows, term.to_owned()));
                }
            }
        }
        found
    }

    /// The same for another name: a row need not have it besides.
    fn take_as_well(&mut self, word: &Word) -> bool {
        let whole = self.whole;
        let found = self.take(word);
        self.whole = whole;
        found
    }

    fn rarest(mut self) -> Asked {
        self.terms.sort_by_key(|(rows, _)| *rows);
        let mut left = MOST_ROWS;
        let mut taken: Vec<&str> = Vec::new();
        for (rows, term) in self.terms.iter().take(MOST_TERMS) {
            if *rows > left && !taken.is_empty() {
                break;
            }
            left = left.saturating_sub(*rows);
            taken.push(term);
        }
        Asked {
            terms: taken.join(" "),
            whole: self.whole,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::terms;
    use domain::Alternative;
    use domain::ports::IndexFilter;

    fn rows(texts: &[&str]) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for text in texts {
            vocabulary.add(Kind::Product, &terms(text));
        }
        vocabulary
    }

    fn query(text: &str) -> IndexQuery {
        IndexQuery {
            text: text.to_owned(),
            alternatives: Vec::new(),
            vector: Vec::new(),
            filter: IndexFilter::default(),
            limit: 5,
        }
    }

    fn asked_of(vocabulary: &Vocabulary, text: &str) -> Vec<String> {
        let asked = asked(&query(text), vocabulary, Kind::Product);
        asked.terms.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn only_what_rows_have_is_looked_for_and_the_rest_lowers_what_a_row_is_worth() {
        let vocabulary = rows(&["Skillet 26", "Lid 26"]);
        assert_eq!(asked_of(&vocabulary, "skillet"), ["skillet", "skil~", "skille~"]);
        assert_eq!(
            asked_of(&vocabulary, "how much is it"),
            [""],
            "no row has any of it"
        );
        let alone = asked(&query("skillet"), &vocabulary, Kind::Product);
        let more = asked(&query("skillet astronauts"), &vocabulary, Kind::Product);
        assert_eq!(alone.terms, more.terms);
        assert!(more.whole > alone.whole);
        assert_eq!(
            asked(&query("skillet"), &vocabulary, Kind::Passage).terms,
            "",
            "each kind has its own rows"
        );
    }

    #[test]
    fn misspelt_words_are_looked_for_as_the_nearest_and_endings_are_no_mistakes() {
        let vocabulary = rows(&["Skillet", "Сковорода", "Таба", "Kettle"]);
        for (text, right) in [
            ("skilet", "skillet"),
            ("сковарода", "сковорода"),
            ("kettel", "kettle"),
        ] {
            assert!(asked_of(&vocabulary, text).contains(&right.to_owned()), "{text}");
        }
        assert_eq!(
            asked_of(&vocabulary, "сковородку"),
            ["сков~", "сковор~"],
            "by its beginnings alone"
        );
        assert_eq!(asked_of(&vocabulary, "табаа"), ["таба~"]);
    }

    #[test]
    fn other_names_are_looked_for_and_cost_nothing() {
        let vocabulary = rows(&["Skillet", "Lid"]);
        let plain = asked(&query("big boy lid"), &vocabulary, Kind::Product);
        let named = IndexQuery {
            alternatives: vec![Alternative {
                said: vec!["big".to_owned(), "boy".to_owned()],
                others: vec!["Skillet".to_owned()],
            }],
            ..query("big boy lid")
        };
        let named = asked(&named, &vocabulary, Kind::Product);
        assert!(
            named.terms.contains("skillet") && named.terms.contains("lid"),
            "{named:?}"
        );
        assert!(named.whole < plain.whole, "the slang is explained");
    }

    #[test]
    fn of_many_rows_the_rarest_words_are_looked_for() {
        let mut vocabulary = Vocabulary::default();
        for row in 0..MOST_ROWS {
            let number = row % 100;
            vocabulary.add(Kind::Product, &format!("the common w{number}"));
        }
        vocabulary.add(Kind::Product, "braiser");
        assert_eq!(
            asked_of(&vocabulary, "the common w7 braiser the"),
            ["braiser", "w7"]
        );
        assert_eq!(
            asked_of(&vocabulary, "the common"),
            ["the"],
            "one is looked for in any case"
        );
        let all: Vec<String> = (0..100).map(|i| format!("w{i}")).collect();
        assert_eq!(asked_of(&vocabulary, &all.join(" ")).len(), MOST_TERMS);
    }
}
