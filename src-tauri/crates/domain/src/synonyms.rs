//! Words that the workspace uses for the same thing: "frying pan = skillet = сковорода", brand slang.
//!
//! Staff write them once; search then looks for all of them where a text has one. Words are compared as beginnings,
//! for most of the languages change the endings.

use crate::text::words;

/// Words and phrases for one thing. Built by [`Synonyms::parse`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonyms(Vec<String>);

/// A list of words that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SynonymsError {
    #[error("write at least two different words for the same thing")]
    TooFew,
    #[error("at most {most} words for one thing: {given} were given")]
    TooMany { given: usize, most: usize },
    #[error("\"{0}\" is longer than {most} characters", most = MOST_LETTERS)]
    TooLong(String),
    #[error("\"{0}\" has no letter or digit")]
    NoWord(String),
}

/// What a text says, and what else it may be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The words of the text, folded, as they stand there.
    pub said: Vec<String>,
    pub others: Vec<String>,
}

/// Words for one thing.
pub const MOST_WORDS: usize = 20;
/// Letters of one of them.
pub const MOST_LETTERS: usize = 60;
/// Alternatives that a text is given: a long text must not become a search for everything.
const MOST_ALTERNATIVES: usize = 8;
/// Letters that an ending may add to a word.
const MOST_ADDED: usize = 3;

impl Synonyms {
    /// Spaces around the words go, and so do those that differ in case or accents alone.
    ///
    /// # Errors
    /// Fewer than two words are left, there are too many, or one of them cannot be looked for.
    pub fn parse(given: &[String]) -> Result<Self, SynonymsError> {
        let mut kept: Vec<String> = Vec::new();
        let mut seen: Vec<Vec<String>> = Vec::new();
        for text in given {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if text.is_empty() {
                continue;
            }
            if text.chars().count() > MOST_LETTERS {
                return Err(SynonymsError::TooLong(text));
            }
            let folded = words(&text);
            if folded.is_empty() {
                return Err(SynonymsError::NoWord(text));
            }
            if !seen.contains(&folded) {
                seen.push(folded);
                kept.push(text);
            }
        }
        match kept.len() {
            0 | 1 => Err(SynonymsError::TooFew),
            given if given > MOST_WORDS => Err(SynonymsError::TooMany {
                given,
                most: MOST_WORDS,
            }),
            _ => Ok(Self(kept)),
        }
    }

    /// As staff wrote them.
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

/// What else the things may be called that the text names: one for each list that it has a word of.
pub fn alternatives(lists: &[Synonyms], text: &str) -> Vec<Alternative> {
    let text = words(text);
    let mut found = Vec::new();
    for list in lists {
        let phrases: Vec<Vec<String>> = list.0.iter().map(|phrase| words(phrase)).collect();
        // The longest phrase is what was meant: "frying pan" rather than "pan".
        let said = phrases
            .iter()
            .enumerate()
            .filter_map(|(at, phrase)| Some((at, place_of(phrase, &text)?)))
            .max_by_key(|(at, _)| phrases[*at].len());
        let Some((at, place)) = said else {
            continue;
        };
        let others: Vec<String> = (list.0.iter().enumerate())
            .filter(|(other, _)| *other != at)
            .map(|(_, phrase)| phrase.clone())
            .collect();
        found.push(Alternative {
            said: text[place..place + phrases[at].len()].to_vec(),
            others,
        });
        if found.len() == MOST_ALTERNATIVES {
            break;
        }
    }
    found
}

fn place_of(phrase: &[String], text: &[String]) -> Option<usize> {
    text.windows(phrase.len()).position(|window| {
        window
            .iter()
            .zip(phrase)
            .all(|(said, word)| is_a_form_of(said, word))
    })
}

/// Whether two words differ in their endings at most, as "сковороду" and "сковорода" or "lids" and "lid".
fn is_a_form_of(said: &str, word: &str) -> bool {
    if said == word {
        return true;
    }
    let letters = word.chars().count();
    let stem: String = match letters {
        0..=2 => return false,
        3 => return said.strip_prefix(word).is_some_and(|ending| ending == "s"),
        4 => word.to_owned(),
        5..=7 => word.chars().take(letters - 1).collect(),
        _ => word.chars().take(letters - 2).collect(),
    };
    said.strip_prefix(stem.as_str())
        .is_some_and(|ending| ending.chars().count() <= letters - stem.chars().count() + MOST_ADDED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(words: &[&str]) -> Synonyms {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Synonyms::parse(&words).expect("a list of the test")
    }

    #[test]
    fn a_text_with_one_of_the_words_may_be_called_by_the_others() {
        let lists = [
            list(&["frying pan", "skillet", "сковорода"]),
            list(&["lid", "крышка"]),
        ];
        for (text, said, others) in [
            ("Is the Frying Pan back?", "frying pan", ["skillet", "сковорода"]),
            (
                "сколько стоит сковороду взять",
                "сковороду",
                ["frying pan", "skillet"],
            ),
            ("two skillets please", "skillets", ["frying pan", "сковорода"]),
        ] {
            let found = alternatives(&lists, text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].said.join(" "), said, "{text}");
            assert_eq!(found[0].others, others, "{text}");
        }
        assert_eq!(alternatives(&lists, "a skillet with lids").len(), 2);
        assert_eq!(
            alternatives(&lists, "a frying basket, solid"),
            [],
            "half a phrase is none"
        );
        assert_eq!(alternatives(&lists, "❤️"), []);
    }

    #[test]
    fn endings_make_no_other_word_and_other_words_are_no_endings() {
        for (said, word) in [
            ("табаның", "таба"),
            ("паэльи", "паэлья"),
            ("жаровню", "жаровня"),
            ("lids", "lid"),
            ("braisers", "braiser"),
        ] {
            assert!(is_a_form_of(said, word), "{said} of {word}");
        }
        for (said, word) in [("panna", "pan"), ("таб", "таба"), ("wok", "work"), ("26s", "26")] {
            assert!(!is_a_form_of(said, word), "{said} of {word}");
        }
    }

    #[test]
    fn lists_that_cannot_be_used_say_why() {
        let parsed = |words: &[&str]| {
            Synonyms::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(
            parsed(&["skillet", " ", "Skillet"]),
            Err(SynonymsError::TooFew),
            "one word twice"
        );
        assert_eq!(parsed(&["skillet", "…"]), Err(SynonymsError::NoWord("…".into())));
        assert!(matches!(
            parsed(&["skillet", &"x".repeat(61)]),
            Err(SynonymsError::TooLong(_))
        ));
        let many: Vec<String> = (0..21).map(|i| format!("word{i}")).collect();
        assert_eq!(
            Synonyms::parse(&many),
            Err(SynonymsError::TooMany { given: 21, most: 20 })
        );
        let kept = parsed(&["  frying   pan ", "skillet", "SKILLET"]).expect("two words");
        assert_eq!(kept.words(), ["frying pan", "skillet"]);
    }
}
