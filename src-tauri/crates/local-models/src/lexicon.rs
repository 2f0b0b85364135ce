//! Word lists by topic, matched on words whose disguises were taken off.

use crate::disguise::{Word, words};
use std::collections::HashSet;
use std::sync::LazyLock;

static ENTRIES: &str = include_str!("../data/lexicon.txt");

/// What the words of a list speak for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    Profanity,
    Insult,
    Address,
    Question,
    Praise,
    Criticism,
    Complaint,
    Partnership,
    Spam,
}

impl Topic {
    pub const ALL: [Self; 9] = [
        Self::Profanity,
        Self::Insult,
        Self::Address,
        Self::Question,
        Self::Praise,
        Self::Criticism,
        Self::Complaint,
        Self::Partnership,
        Self::Spam,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Profanity => "profanity",
            Self::Insult => "insult",
            Self::Address => "address",
            Self::Question => "question",
            Self::Praise => "praise",
            Self::Criticism => "criticism",
            Self::Complaint => "complaint",
            Self::Partnership => "partnership",
            Self::Spam => "spam",
        }
    }
}

#[derive(Default)]
struct List {
    whole: HashSet<String>,
    beginnings: HashSet<String>,
    longest_beginning: usize,
    anywhere: Vec<String>,
    phrases: Vec<Vec<String>>,
}

static LISTS: LazyLock<Vec<List>> =
    LazyLock::new(|| Topic::ALL.iter().map(|t| List::read(t.name())).collect());

/// The words of `text` that the list of each topic knows, in the order of [`Topic::ALL`], and the words.
pub fn hits(text: &str) -> ([usize; Topic::ALL.len()], usize) {
    let words = words(text);
    let counts = std::array::from_fn(|topic| LISTS[topic].count(&words));
    (counts, words.len())
}

/// Whether this is a word that people hide from filters: profane, insulting, or advertising.
pub fn is_hidden_word(word: &str) -> bool {
    [Topic::Profanity, Topic::Insult, Topic::Spam]
        .iter()
        .any(|topic| LISTS[*topic as usize].knows_reading(word))
}

impl List {
    fn read(topic: &str) -> Self {
        let mut list = Self::default();
        let mut reading = false;
        for line in ENTRIES
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                reading = name == topic;
            } else if reading {
                list.add(line);
            }
        }
        list
    }

    fn add(&mut self, entry: &str) {
        let core = entry.trim_matches('*').replace('\'', "").replace('ё', "е");
        if core.contains(' ') {
            self.phrases.push(core.split(' ').map(str::to_owned).collect());
        } else if entry.starts_with('*') {
            self.anywhere.push(core);
        } else if entry.ends_with('*') {
            self.longest_beginning = self.longest_beginning.max(core.chars().count());
            self.beginnings.insert(core);
        } else {
            self.whole.insert(core);
        }
    }

    fn count(&self, words: &[Word]) -> usize {
        let single = words.iter().filter(|word| self.knows(word)).count();
        let phrases = self.phrases.iter().filter(|phrase| {
            words
                .windows(phrase.len())
                .any(|span| span.iter().zip(*phrase).all(|(w, p)| w.plain == *p))
        });
        single + phrases.count()
    }

    fn knows(&self, word: &Word) -> bool {
        self.knows_reading(&word.plain)
            || word.readings.iter().any(|reading| self.knows_reading(reading))
            || word
                .masked
                .as_ref()
                .is_some_and(|masked| self.knows_masked(masked))
    }

    fn knows_reading(&self, reading: &str) -> bool {
        self.whole.contains(reading)
            || reading
                .char_indices()
                .map(|(at, c)| &reading[..at + c.len_utf8()])
                .take(self.longest_beginning)
                .any(|beginning| self.beginnings.contains(beginning))
            || self.anywhere.iter().any(|root| reading.contains(root.as_str()))
    }

    fn knows_masked(&self, masked: &str) -> bool {
        let fits = |entry: &String, whole: bool| {
            let (mut letters, mut entry) = (masked.chars(), entry.chars());
            let covered = entry
                .by_ref()
                .all(|e| letters.next().is_some_and(|m| m == '*' || m == e));
            // A beginning must reach past the last star, or the visible letters would not speak for it.
            covered
                && if whole {
                    letters.next().is_none()
                } else {
                    !letters.any(|m| m == '*')
                }
        };
        self.whole.iter().any(|entry| fits(entry, true))
            || self.beginnings.iter().any(|entry| fits(entry, false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn count(topic: Topic, text: &str) -> usize {
        hits(text).0[topic as usize]
    }

    #[rstest]
    #[case("f*ck you")]
    #[case("what a sh1tty day")]
    #[case("x у й")]
    #[case("пошел нaxуй")]
    #[case("б**дь")]
    #[case("сукааааа")]
    #[case("h\u{200b}ijo de p.u.t.a")]
    #[case("fuuuuuck")]
    #[case("cyka blyat")]
    fn disguised_profanity_is_found(#[case] text: &str) {
        assert!(
            count(Topic::Profanity, text) > 0,
            "{text:?} reads {:?}",
            words(text)
        );
    }

    #[rstest]
    #[case("застрахуйте посылку, пожалуйста")]
    #[case("хлеб и небо, употреблять до мая")]
    #[case("class, assistant, Scunthorpe, cocktail, peacock")]
    #[case("дисплей требует замены")]
    #[case("колебания рубля")]
    #[case("computadora disputa reputación")]
    #[case("команда подстрахует мандарин")]
    fn ordinary_words_are_not_profanity(#[case] text: &str) {
        assert_eq!(count(Topic::Profanity, text), 0, "{:?}", words(text));
    }

    #[test]
    fn every_list_has_entries_and_phrases_are_matched_in_order() {
        for topic in Topic::ALL {
            let list = &LISTS[topic as usize];
            assert!(
                list.whole.len() + list.beginnings.len() > 5,
                "{topic:?} is nearly empty"
            );
        }
        assert!(
            count(Topic::Complaint, "still waiting for my order") > count(Topic::Complaint, "waiting still")
        );
    }
}
