//! What of a subject is asked: who teaches the class, whether a payment service takes a fee. A section about the subject
//! answers that only where it speaks of it, too.

use super::passages::Passage;
use super::words::{fold, without_kazakh_letters};
use domain::SubjectScore;
use std::sync::LazyLock;

/// A line for each: subjects it matters for (`*`: all), then beginnings of words in English, Spanish, Kazakh, Russian and
/// Ukrainian, of those who ask for it and of those who tell it.
const TABLE: &str = include_str!("aspects.tsv");
/// From here on a comment is about a subject as far as its aspects matter.
const MAY_BE_ABOUT: f32 = 0.25;

struct Aspect {
    /// Empty: all.
    subjects: Vec<&'static str>,
    beginnings: Vec<String>,
}

static ASPECTS: LazyLock<Vec<Aspect>> = LazyLock::new(|| TABLE.lines().filter_map(Aspect::read).collect());

impl Aspect {
    fn read(line: &'static str) -> Option<Self> {
        let (subjects, words) = line.split_once('\t')?;
        let folded: Vec<String> = words.split_whitespace().map(fold).collect();
        let as_typed: Vec<String> = folded
            .iter()
            .filter_map(|word| without_kazakh_letters(word))
            .collect();
        Some(Self {
            subjects: subjects.split(' ').filter(|name| *name != "*").collect(),
            beginnings: folded.into_iter().chain(as_typed).collect(),
        })
    }

    fn matters_for(&self, subjects: &[SubjectScore]) -> bool {
        let is_asked = |name: &&str| {
            subjects
                .iter()
                .any(|asked| asked.confidence >= MAY_BE_ABOUT && asked.subject.name() == *name)
        };
        self.subjects.is_empty() || self.subjects.iter().any(is_asked)
    }

    fn is_named_by(&self, word: &str) -> bool {
        self.beginnings
            .iter()
            .any(|beginning| word.starts_with(beginning.as_str()))
    }
}

/// Whether a word of the comment asks for what the section does not speak of.
pub(super) fn is_beside<'w>(
    passage: &Passage<'_>,
    words: impl Iterator<Item = &'w str> + Clone,
    subjects: &[SubjectScore],
) -> bool {
    ASPECTS
        .iter()
        .filter(|aspect| aspect.matters_for(subjects))
        .any(|aspect| {
            words.clone().any(|word| aspect.is_named_by(word))
                && !passage.has_word(|word| aspect.is_named_by(word))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Subject;
    use std::collections::BTreeSet;

    #[test]
    fn every_line_of_the_table_has_known_subjects_and_words_of_five_languages() {
        let known: BTreeSet<&str> = Subject::all().map(Subject::name).collect();
        for line in TABLE.lines() {
            let columns: Vec<&str> = line.split('\t').collect();
            assert_eq!(columns.len(), 6, "{line}");
            assert!(columns.iter().all(|column| !column.trim().is_empty()), "{line}");
            let mut subjects = columns[0].split(' ');
            assert!(subjects.all(|name| name == "*" || known.contains(name)), "{line}");
        }
        let lines: BTreeSet<&str> = TABLE.lines().collect();
        assert_eq!(lines.len(), TABLE.lines().count(), "no line stands twice");
        assert_eq!(ASPECTS.len(), lines.len(), "every line is read");
    }

    #[test]
    fn a_kazakh_word_is_known_as_it_is_typed_on_a_russian_keyboard() {
        let aspect = Aspect::read("*\tstudent\testudiante\tмұғалім\tучитель\tвчитель");
        assert!(
            aspect.is_some_and(|aspect| aspect.is_named_by("мугалимдер") && aspect.is_named_by("мұғалімі"))
        );
    }
}
