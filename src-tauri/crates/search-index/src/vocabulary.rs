//! The words that the rows have, and how many rows have each.
//!
//! By it a search leaves out the words that most rows have, where there are rarer ones, looks for the nearest known
//! words in place of a misspelt one, and tells how much of what was looked for a row has. It is kept beside the tables
//! and can be counted again from them.

use crate::generation::Kind;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Write as _};
use std::path::Path;

const FILE: &str = "vocabulary.tsv";
/// Longer words are found by their beginnings, or are none.
const LONGEST_SPELT: usize = 24;
/// Shorter words are near to too many others.
const SHORTEST_SPELT: usize = 4;
/// From so many letters on, two mistakes are forgiven.
const LETTERS_FOR_TWO: usize = 8;
/// Nearest words that are looked for in place of one.
const MOST_NEAREST: usize = 2;

#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    rows: [u32; 2],
    counts: HashMap<Box<str>, [u32; 2]>,
    /// Whole words by their number of letters.
    spelt: Vec<Spelt>,
}

/// Words of one length, each with the set of its letters: most are told apart by it alone.
#[derive(Debug, Default)]
struct Spelt {
    letters: Vec<u64>,
    words: Vec<Box<str>>,
}

impl Vocabulary {
    /// Counts the terms of a row, as they are indexed.
    pub fn add(&mut self, kind: Kind, terms: &str) {
        self.rows[kind as usize] += 1;
        for term in different(terms) {
            match self.counts.get_mut(term) {
                Some(count) => count[kind as usize] += 1,
                None => {
                    let mut count = [0; 2];
                    count[kind as usize] = 1;
                    self.insert(term, count);
                }
            }
        }
    }

    /// Takes a row back that was counted.
    pub fn take_back(&mut self, kind: Kind, terms: &str) {
        let rows = &mut self.rows[kind as usize];
        *rows = rows.saturating_sub(1);
        for term in different(terms) {
            if let Some(count) = self.counts.get_mut(term) {
                count[kind as usize] = count[kind as usize].saturating_sub(1);
            }
        }
    }

    /// Rows of the kind that have the term.
    pub fn rows_with(&self, kind: Kind, term: &str) -> u32 {
        self.counts.get(term).map_or(0, |count| count[kind as usize])
    }

    /// Whether a row of any kind has the term.
    pub fn knows(&self, term: &str) -> bool {
        self.rows_of_both(term) > 0
    }

    fn rows_of_both(&self, term: &str) -> u32 {
        self.counts.get(term).map_or(0, |count| count.iter().sum())
    }

    /// What a term that so many rows have is worth: the rarer the more, as keyword search weighs it.
    pub fn weight(&self, kind: Kind, rows_with: u32) -> f32 {
        let all = f64::from(self.rows[kind as usize]);
        let with = f64::from(rows_with);
        #[expect(clippy::cast_possible_truncation, reason = "a logarithm of a number of rows")]
        let weight = ((all - with + 0.5) / (with + 0.5)).ln_1p() as f32;
        weight
    }

    /// The known words nearest to one that no row has, likeliest first: one mistake in four to seven letters, two in
    /// longer words, where two letters that changed places are one.
    pub fn nearest(&self, word: &str) -> Vec<&str> {
        let sought: Vec<char> = word.chars().collect();
        if !(SHORTEST_SPELT..=LONGEST_SPELT).contains(&sought.len())
            || !sought.iter().all(|c| c.is_alphabetic())
        {
            return Vec::new();
        }
        let most = if sought.len() < LETTERS_FOR_TWO { 1 } else { 2 };
        let letters = letters_of(word);
        let mut found: Vec<(usize, bool, u32, &str)> = Vec::new();
        let mut candidate: Vec<char> = Vec::with_capacity(LONGEST_SPELT + 1);
        for length in sought.len() - most..=sought.len() + most {
            let Some(spelt) = self.spelt.get(length) else {
                continue;
            };
            for (known, word) in spelt.letters.iter().zip(&spelt.words) {
                // A mistake changes at most two letters of the set.
                if (known ^ letters).count_ones() as usize > 2 * most {
                    continue;
                }
                candidate.clear();
                candidate.extend(word.chars());
                let rows = self.rows_of_both(word);
                if rows == 0 {
                    continue;
                }
                if let Some(mistakes) = mistakes(&sought, &candidate, most) {
                    found.push((
                        mistakes,
                        candidate.first() != sought.first(),
                        u32::MAX - rows,
                        word,
                    ));
                }
            }
        }
        // Few people mistake the first letter, and most mean what there is most of.
        found.sort_unstable();
        found.truncate(MOST_NEAREST);
        found.into_iter().map(|(.., word)| word).collect()
    }

    fn insert(&mut self, term: &str, count: [u32; 2]) {
        self.counts.insert(term.into(), count);
        let length = term.chars().count();
        if !(SHORTEST_SPELT - 1..=LONGEST_SPELT + 1).contains(&length)
            || !term.chars().all(char::is_alphabetic)
        {
            return;
        }
        if self.spelt.len() <= length {
            self.spelt.resize_with(length + 1, Spelt::default);
        }
        self.spelt[length].letters.push(letters_of(term));
        self.spelt[length].words.push(term.into());
    }

    /// What was kept in the folder; `None` where nothing was, or it cannot be made out.
    pub fn read(folder: &Path) -> Option<Self> {
        let path = folder.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "the vocabulary is counted again");
                return None;
            }
        };
        let read = Self::parse(&text);
        if read.is_none() {
            tracing::warn!(path = %path.display(), "the vocabulary is damaged and counted again");
        }
        read
    }

    fn parse(text: &str) -> Option<Self> {
        let mut vocabulary = Self::default();
        let mut lines = text.lines();
        let (terms, rows) = counted(lines.next()?)?;
        let terms: usize = terms.parse().ok()?;
        vocabulary.rows = rows;
        vocabulary.counts.reserve(terms);
        for line in lines {
            let (term, count) = counted(line)?;
            vocabulary.insert(term, count);
        }
        // Half a file has fewer.
        (vocabulary.counts.len() == terms).then_some(vocabulary)
    }

    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        let fresh = folder.join(format!("{FILE}.new"));
        let mut file = BufWriter::new(File::create(&fresh)?);
        let held = || self.counts.iter().filter(|(_, count)| **count != [0; 2]);
        writeln!(file, "{}\t{}\t{}", held().count(), self.rows[0], self.rows[1])?;
        for (term, count) in held() {
            writeln!(file, "{term}\t{}\t{}", count[0], count[1])?;
        }
        file.into_inner()
            .map_err(std::io::IntoInnerError::into_error)?
            .sync_all()?;
        fs::rename(&fresh, folder.join(FILE))
    }

    /// To be done before rows change: what was kept counts no longer.
    pub fn forget(folder: &Path) -> std::io::Result<()> {
        match fs::remove_file(folder.join(FILE)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

fn different(terms: &str) -> Vec<&str> {
    let mut different: Vec<&str> = terms.split(' ').filter(|term| !term.is_empty()).collect();
    different.sort_unstable();
    different.dedup();
    different
}

/// A line of the file: what is counted, and the rows of each kind.
fn counted(line: &str) -> Option<(&str, [u32; 2])> {
    let mut parts = line.split('\t');
    let what = parts.next()?;
    let count = [parts.next()?.parse().ok()?, parts.next()?.parse().ok()?];
    parts.next().is_none().then_some((what, count))
}

fn letters_of(word: &str) -> u64 {
    word.chars().fold(0, |set, c| set | 1 << (u32::from(c) % 64))
}

/// Letters left out, added, mistaken or swapped with their neighbour (optimal string alignment); `None` for more than
/// `most`.
fn mistakes(a: &[char], b: &[char], most: usize) -> Option<usize> {
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut here = vec![0; b.len() + 1];
    for (i, x) in a.iter().enumerate() {
        here[0] = i + 1;
        let mut least = here[0];
        for (j, y) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(x != y))
                .min(last[j + 1] + 1)
                .min(here[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            here[j + 1] = best;
            least = least.min(best);
        }
        // A swap reaches back one row more, and costs one more there.
        if least > most {
            return None;
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut here);
    }
    Some(last[b.len()]).filter(|count| *count <= most)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::terms::terms;
    use proptest::prelude::*;

    fn of(texts: &[&str]) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for text in texts {
            vocabulary.add(Kind::Product, &terms(text));
        }
        vocabulary
    }

    #[test]
    fn a_misspelt_word_is_near_to_the_right_one() {
        let vocabulary = of(&["Skillet 26", "Сковорода чугунная", "kettle", "жаровня", "braiser"]);
        for (misspelt, right) in [
            ("skilet", "skillet"),
            ("skilllet", "skillet"),
            ("сковарода", "сковорода"),
            ("скавародка", "сковорода"),
            ("kettel", "kettle"),
            ("жировня", "жаровня"),
            ("braizer", "braiser"),
        ] {
            let near = vocabulary.nearest(misspelt);
            if misspelt == "скавародка" {
                assert_eq!(near, [] as [&str; 0], "three mistakes are another word");
            } else {
                assert_eq!(near, [right], "{misspelt}");
            }
        }
    }

    #[test]
    fn short_words_and_numbers_are_near_to_nothing() {
        let vocabulary = of(&["wok", "lid", "26", "260", "pans"]);
        for word in ["wak", "27", "2600", ""] {
            assert_eq!(vocabulary.nearest(word), [] as [&str; 0], "{word}");
        }
        assert_eq!(vocabulary.nearest("pant"), ["pans"]);
    }

    #[test]
    fn of_several_near_words_those_of_most_rows_and_the_same_first_letter_come_first() {
        let vocabulary = of(&["cover", "lover", "hover", "cover", "coven", "coven", "coven"]);
        assert_eq!(vocabulary.nearest("coverr"), ["cover"]);
        assert_eq!(vocabulary.nearest("covex"), ["coven", "cover"], "two at most");
    }

    #[test]
    fn rare_words_weigh_more_than_common_ones() {
        let vocabulary = of(&["pan lid", "pan", "pan", "pan"]);
        let weight = |term| vocabulary.weight(Kind::Product, vocabulary.rows_with(Kind::Product, term));
        assert!(weight("lid") > weight("pan"));
        assert!(weight("wok") > weight("lid"), "what no row has weighs most");
        assert_eq!(
            vocabulary.rows_with(Kind::Passage, "pan"),
            0,
            "each kind counts its own"
        );
        assert!(vocabulary.knows("lid") && !vocabulary.knows("wok"));
    }

    #[test]
    fn a_row_that_is_taken_back_is_not_known() {
        let mut vocabulary = of(&["Skillet 26", "Lid 26"]);
        vocabulary.take_back(Kind::Product, &terms("Skillet 26"));
        assert!(!vocabulary.knows("skillet") && vocabulary.knows("26"));
        assert_eq!(vocabulary.nearest("skilet"), [] as [&str; 0]);
        let folder = tempfile::tempdir().unwrap();
        vocabulary.write(folder.path()).unwrap();
        let mut read = Vocabulary::read(folder.path()).unwrap();
        assert_eq!(read.rows, [1, 0]);
        assert!(!read.knows("skillet") && read.knows("lid"));
        read.add(Kind::Passage, &terms("Skillet"));
        assert_eq!(read.nearest("skilet"), ["skillet"], "and comes back");
    }

    #[test]
    fn what_was_kept_is_read_and_half_a_file_is_not() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Vocabulary::read(folder.path()).is_none(), "nothing was kept");
        let vocabulary = of(&["Skillet 26", "Сковорода 26"]);
        vocabulary.write(folder.path()).unwrap();
        let read = Vocabulary::read(folder.path()).unwrap();
        assert_eq!(read.rows, vocabulary.rows);
        assert_eq!(read.counts, vocabulary.counts);
        assert_eq!(read.nearest("skilet"), ["skillet"]);
        let file = folder.path().join(FILE);
        let text = fs::read_to_string(&file).unwrap();
        let half: String = text.lines().take(3).map(|line| format!("{line}\n")).collect();
        fs::write(&file, half).unwrap();
        assert!(Vocabulary::read(folder.path()).is_none(), "terms are missing");
        Vocabulary::forget(folder.path()).unwrap();
        Vocabulary::forget(folder.path()).unwrap();
        assert!(!file.exists());
    }

    proptest! {
        #[test]
        fn mistakes_are_counted_as_the_alignment_says(a in "[абвg]{0,9}", b in "[абвg]{0,9}", most in 1_usize..3) {
            let (x, y): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            let counted = strsim::osa_distance(&a, &b);
            prop_assert_eq!(mistakes(&x, &y, most), Some(counted).filter(|count| *count <= most));
        }

        #[test]
        fn no_near_word_is_passed_over(word in "[абвгд]{4,10}", other in "[абвгд]{3,12}") {
            let most = if word.chars().count() < LETTERS_FOR_TWO { 1 } else { 2 };
            let near = strsim::osa_distance(&word, &other) <= most;
            prop_assert_eq!(of(&[&other]).nearest(&word).len(), usize::from(near));
        }
    }
}
