//! Questions over the sample's catalogue and documents: what a right answer says, and what a wrong one would.

use crate::metrics;
use crate::report::TaskFigure;
use crate::split::order_of;
use crate::tasks::figure;
use serde::Deserialize;
use std::collections::BTreeMap;

const QUESTIONS: &str = include_str!("../sets/questions.jsonl");
const QUERIES: &str = include_str!("../sets/search.jsonl");

#[derive(Debug, Clone, Deserialize)]
pub struct Question {
    pub id: String,
    pub language: String,
    pub text: String,
    /// Some source holds the answer.
    pub answerable: bool,
    pub kind: String,
    /// A right answer says each of these, in one of its spellings.
    pub facts: Vec<Vec<String>>,
    /// What only a wrong answer says.
    pub wrong: Vec<String>,
}

/// # Errors
/// The set that ships is damaged.
pub fn questions() -> anyhow::Result<Vec<Question>> {
    read(QUESTIONS)
}

/// # Errors
/// A line is no question.
pub fn read(lines: &str) -> anyhow::Result<Vec<Question>> {
    Ok(lines
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?)
}

/// What an answer is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Every fact is there, and nothing wrong.
    Exact,
    /// Some of the facts.
    Part,
    /// Something wrong, or none of the facts.
    Wrong,
    Declined,
    /// An answer where no source holds one.
    Invented,
}

pub fn verdict(question: &Question, draft: Option<&str>) -> Verdict {
    let Some(draft) = draft else {
        return Verdict::Declined;
    };
    if !question.answerable {
        return Verdict::Invented;
    }
    let draft = folded(draft);
    let says = |spelling: &String| draft.contains(&folded(spelling));
    let said = question.facts.iter().filter(|fact| fact.iter().any(says)).count();
    match said {
        _ if question.wrong.iter().any(says) => Verdict::Wrong,
        0 => Verdict::Wrong,
        said if said < question.facts.len() => Verdict::Part,
        _ => Verdict::Exact,
    }
}

/// Lower case, one kind of dash, and no space that a number is written with.
fn folded(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{2012}'..='\u{2015}' => '-',
            '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
            c => c,
        })
        .collect::<String>()
        .to_lowercase()
}

/// One draft for each question, in order; `None` where the app declined.
pub fn measured(questions: &[Question], drafts: &[Option<String>]) -> Vec<TaskFigure> {
    let verdicts: Vec<Verdict> = questions
        .iter()
        .zip(drafts)
        .map(|(question, draft)| verdict(question, draft.as_deref()))
        .collect();
    let share = |of: &dyn Fn(&Question) -> bool, is: &[Verdict]| {
        let asked: Vec<Verdict> = questions
            .iter()
            .zip(&verdicts)
            .filter(|(question, _)| of(question))
            .map(|(_, verdict)| *verdict)
            .collect();
        let found = asked.iter().filter(|verdict| is.contains(verdict)).count();
        (found as f64 / asked.len().max(1) as f64, asked.len())
    };
    let split = "questions on the sample's catalogue and documents, five languages, a quarter of them without an answer";
    let answerable = |question: &Question| question.answerable;
    let (exact, n) = share(&answerable, &[Verdict::Exact]);
    let mut exact = figure("answers_exact", "share", exact, Some(0.80), n, split);
    let mut languages: Vec<&str> = questions.iter().map(|q| q.language.as_str()).collect();
    languages.sort_unstable();
    languages.dedup();
    for language in languages {
        let own = |question: &Question| question.answerable && question.language == language;
        exact
            .more
            .insert(format!("exact_{language}"), share(&own, &[Verdict::Exact]).0);
    }
    exact
        .more
        .insert("part".to_owned(), share(&answerable, &[Verdict::Part]).0);
    exact
        .more
        .insert("declined".to_owned(), share(&answerable, &[Verdict::Declined]).0);
    let (wrong, n) = share(&|_| true, &[Verdict::Wrong]);
    let mut wrong = figure("answers_wrong", "share", wrong, Some(0.02), n, split);
    wrong.less_is_better = true;
    let unanswerable = |question: &Question| !question.answerable;
    let (declined, n) = share(&unanswerable, &[Verdict::Declined]);
    let declined = figure("answers_declined", "share", declined, Some(0.92), n, split);
    vec![exact, wrong, declined]
}

#[derive(Debug, Clone, Deserialize)]
pub struct Query {
    pub language: String,
    pub query: String,
    /// Numbers of products, or `#<section>` of a document.
    pub relevant: Vec<String>,
}

/// # Errors
/// The set that ships is damaged.
pub fn queries() -> anyhow::Result<Vec<Query>> {
    Ok(QUERIES
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?)
}

/// Share of queries of which something relevant is among the first five found.
pub fn found_measured(queries: &[Query], found: &[Vec<String>]) -> Vec<TaskFigure> {
    let hit = |within: usize, of: &dyn Fn(&Query) -> bool| {
        let asked: Vec<bool> = queries
            .iter()
            .zip(found)
            .filter(|(query, _)| of(query))
            .map(|(query, found)| {
                found
                    .iter()
                    .take(within)
                    .any(|title| query.relevant.contains(title))
            })
            .collect();
        let hits = asked.iter().filter(|hit| **hit).count();
        (hits as f64 / asked.len().max(1) as f64, asked.len())
    };
    let (value, n) = hit(5, &|_| true);
    let split = "queries on the sample's catalogue and documents, five languages";
    let mut five = figure("catalogue_hit_at_5", "share", value, Some(0.93), n, split);
    five.more.insert("hit_at_1".to_owned(), hit(1, &|_| true).0);
    let by_language: BTreeMap<&str, f64> = queries
        .iter()
        .map(|query| query.language.as_str())
        .map(|language| (language, hit(5, &|query| query.language == language).0))
        .collect();
    for (language, value) in by_language {
        five.more.insert(format!("hit_at_5_{language}"), value);
    }
    five.noise = metrics::noise(five.value, n);
    vec![five]
}

/// The same of queries with a mistake in each, by [`misspelt`].
pub fn found_misspelt(queries: &[Query], found: &[Vec<String>]) -> Vec<TaskFigure> {
    let mut figures = found_measured(queries, found);
    for figure in &mut figures {
        figure.name = "catalogue_misspelt_hit_at_5".to_owned();
        figure.split = "the same with one letter left out, doubled or swapped in the longest word".to_owned();
        // What is asked for is asked for without mistakes.
        figure.floor = None;
    }
    figures
}

/// The query with a mistake in its longest word: a letter left out, doubled, or swapped with the next, never the first
/// one. `None` where no word has five letters, or the two that change places are the same. The same query always gets the same mistake.
pub fn misspelt(query: &Query) -> Option<Query> {
    let words: Vec<&str> = query.query.split(' ').collect();
    let longest = (0..words.len()).max_by_key(|at| words[*at].chars().count())?;
    let mut letters: Vec<char> = words[longest].chars().collect();
    if letters.len() < 5 || !letters.iter().all(|letter| letter.is_alphabetic()) {
        return None;
    }
    let order = order_of(&query.query);
    let draw = usize::from(order[0]);
    let at = 1 + usize::from(order[1]) % (letters.len() - 2);
    if draw % 3 == 2 && letters[at] == letters[at + 1] {
        return None;
    }
    match draw % 3 {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        _ => letters.swap(at, at + 1),
    }
    let word: String = letters.into_iter().collect();
    let mut words = words;
    words[longest] = &word;
    let query = Query {
        query: words.join(" "),
        ..query.clone()
    };
    Some(query)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn question(facts: &[&[&str]], wrong: &[&str]) -> Question {
        let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        Question {
            id: "en-1".to_owned(),
            language: "en".to_owned(),
            text: "How much, and when?".to_owned(),
            answerable: !facts.is_empty(),
            kind: "price".to_owned(),
            facts: facts.iter().map(|fact| owned(fact)).collect(),
            wrong: owned(wrong),
        }
    }

    #[test]
    fn an_answer_is_judged_by_its_facts() {
        let both = question(&[&["€64", "64 EUR"], &["10–14"]], &["€78"]);
        for (draft, expected) in [
            (Some("It costs €64 and takes 10-14 days."), Verdict::Exact),
            (Some("It costs 64 eur."), Verdict::Part),
            (Some("Thank you!"), Verdict::Wrong),
            (Some("€64 or €78, 10–14 days"), Verdict::Wrong),
            (None, Verdict::Declined),
        ] {
            assert_eq!(verdict(&both, draft), expected, "{draft:?}");
        }
        let without = question(&[], &[]);
        assert_eq!(verdict(&without, Some("Yes!")), Verdict::Invented);
        assert_eq!(verdict(&without, None), Verdict::Declined);
    }

    #[test]
    fn a_misspelt_query_has_one_mistake_after_the_first_letter_of_a_word() {
        let queries = queries().unwrap();
        let misspelt: Vec<(&Query, Query)> = queries
            .iter()
            .filter_map(|query| Some((query, misspelt(query)?)))
            .collect();
        assert!(
            misspelt.len() * 2 > queries.len(),
            "most queries have a long word"
        );
        for (right, wrong) in misspelt {
            let (right, wrong) = (&right.query, &wrong.query);
            assert_ne!(right, wrong);
            let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
            let changed: Vec<(String, String)> = words(right)
                .into_iter()
                .zip(words(wrong))
                .filter(|(a, b)| a != b)
                .collect();
            assert_eq!(changed.len(), 1, "{right}: {wrong}");
            assert_eq!(changed[0].0.chars().next(), changed[0].1.chars().next());
            let letters = |word: &str| word.chars().count();
            assert!(letters(&changed[0].0).abs_diff(letters(&changed[0].1)) <= 1);
        }
    }

    #[test]
    fn the_sets_that_ship_can_be_read_and_are_as_large_as_they_say() {
        let questions = questions().unwrap();
        assert!(questions.len() >= 200);
        let without = questions.iter().filter(|question| !question.answerable).count();
        assert_eq!(without * 4, questions.len(), "a quarter has no answer");
        assert!(questions.iter().all(|q| q.answerable != q.facts.is_empty()));
        assert!(queries().unwrap().iter().all(|query| !query.relevant.is_empty()));
    }
}
