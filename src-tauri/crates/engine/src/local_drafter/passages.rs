//! Which passage answers a question, and with which of its sentences.
//!
//! A passage is one lowest section of a document in one language: its text is the heading on the first line
//! and sentences after it. Scores compare what the question is about with what heading and text are about;
//! a word of the question that the passage does not know counts against it more than one that it knows counts
//! for it, so that a question beside every document finds none.

use super::clauses::{Clause, is_content, settle};
use super::concepts::{ConceptId, Concepts, Kind, concepts, kind_of};
use super::words::{alike, is_number, sentences, tokens};
use domain::Fact;
use domain::draft::FactKind;
use std::collections::BTreeSet;

/// What a word weighs that a passage does not know; one that it knows weighs 1.
const UNKNOWN: f32 = 1.5;

/// A passage as it is compared.
pub(super) struct Passage<'a> {
    pub fact: usize,
    pub language: &'a str,
    pub title: &'a str,
    heading_words: Vec<String>,
    heading: Concepts,
    body: Vec<Sentence<'a>>,
    relevance: f32,
}

pub(super) struct Sentence<'a> {
    pub text: &'a str,
    words: Vec<String>,
    concepts: Concepts,
}

pub(super) fn passages(facts: &[Fact]) -> Vec<Passage<'_>> {
    facts
        .iter()
        .enumerate()
        .filter_map(|(fact, f)| match &f.kind {
            FactKind::Passage { section, .. } => Some(Passage::new(fact, f, section)),
            FactKind::Product { .. } => None,
        })
        .collect()
}

impl<'a> Passage<'a> {
    fn new(fact: usize, source: &'a Fact, section: &'a str) -> Self {
        let heading_words = tokens(section);
        let mut heading = concepts(&heading_words);
        settle(&mut heading.ids);
        let body = sentences(&source.text)
            .into_iter()
            .filter(|s| s.trim_end_matches('.') != section.trim())
            .map(|text| {
                let words = tokens(text);
                let concepts = concepts(&words);
                Sentence {
                    text,
                    words,
                    concepts,
                }
            })
            .collect();
        Self {
            fact,
            language: source.language.as_str(),
            title: &source.title,
            heading_words,
            heading,
            body,
            relevance: source.score.clamp(0.0, 1.0),
        }
    }

    pub fn sentences(&self) -> &[Sentence<'a>] {
        &self.body
    }

    /// Sections for other readers, and days that the section does not speak of, answer nothing, however alike
    /// the words are.
    pub fn may_answer(&self, question: &Question) -> bool {
        let only_for = |ids: &[ConceptId]| {
            ids.iter().any(|id| self.heading.has(id)) && !ids.iter().any(|id| question.has(id))
        };
        let days = question
            .ids_of(Kind::Day)
            .all(|id| self.heading.has(id) || self.body_has(id));
        // "1 January" says nothing of the 2nd.
        let dates = !question.has("holiday")
            || question
                .words
                .iter()
                .filter(|w| is_number(&w.text) && !w.names_product)
                .all(|w| self.knows(&w.text) > 0.0);
        // A section without a price answers no question about one, and one without the subject none about it.
        let priced = !question.has("cost") || self.heading.has("cost") || self.body_has("cost");
        let mut topics = question.ids_of(Kind::Topic).peekable();
        let on_subject =
            topics.peek().is_none() || topics.any(|id| self.heading.has(id) || self.body_has(id));
        priced
            && on_subject
            && !only_for(&["wholesale", "corporate"])
            && !only_for(&["support"])
            && days
            && dates
    }

    /// Whether the section lists the countries or cities served, or names the very country asked for.
    pub fn tells_of_elsewhere(&self, question: &Question) -> bool {
        self.heading.has("countries") || self.heading.has("othercities") || self.names_elsewhere(question)
    }

    fn names_elsewhere(&self, question: &Question) -> bool {
        !question.elsewhere.is_empty() && question.elsewhere.iter().all(|word| self.knows(word) > 0.0)
    }

    /// The heading names a subject, and none that is asked.
    pub fn is_of_another_subject(&self, question: &Question) -> bool {
        let mut topics = self.heading.of_kind(Kind::Topic).peekable();
        topics.peek().is_some() && !topics.any(|id| question.has(id))
    }

    /// Words of the question that neither heading nor text has.
    pub fn unexplained<'q>(&self, question: &'q Question) -> Vec<&'q str> {
        question
            .words
            .iter()
            .filter(|w| !w.names_product && !is_number(&w.text) && self.knows(&w.text) <= 0.0)
            .map(|w| w.text.as_str())
            .collect()
    }

    fn body_has(&self, id: ConceptId) -> bool {
        self.body.iter().any(|s| s.has(id))
    }

    pub fn has_text(&self, text: &str) -> bool {
        self.body.iter().any(|s| s.text.contains(text))
    }

    pub fn heading_has(&self, id: ConceptId) -> bool {
        self.heading.has(id)
    }

    /// Whether a sentence about one of the subjects has all words of one of these names. Under a heading about
    /// them every sentence is.
    pub fn tells_of(&self, names: &[Vec<String>], subjects: &[ConceptId]) -> bool {
        let all_in = |words: &[String]| {
            names
                .iter()
                .any(|name| name.iter().all(|n| words.iter().any(|w| alike(w, n))))
        };
        let headed = subjects.iter().any(|id| self.heading.has(id));
        all_in(&self.heading_words)
            || self
                .body
                .iter()
                .any(|s| (headed || subjects.iter().any(|id| s.has(id))) && all_in(&s.words))
    }

    /// Whether heading or text has one of these words.
    pub fn mentions_any(&self, words: &[String]) -> bool {
        words.iter().any(|w| self.knows(w) > 0.0)
    }

    /// Whether heading or text has such a word.
    pub fn has_word(&self, is_one: impl Fn(&str) -> bool) -> bool {
        let mut words = self
            .heading_words
            .iter()
            .chain(self.body.iter().flat_map(|sentence| &sentence.words));
        words.any(|word| is_one(word))
    }

    /// Whether a sentence has the whole name of the product meant.
    pub fn names_product(&self, question: &Question) -> bool {
        !question.product_name.is_empty()
            && self.body.iter().any(|s| {
                question
                    .product_name
                    .iter()
                    .all(|n| s.words.iter().any(|w| alike(w, n)))
            })
    }

    /// Two sections under headings of nearly the same words.
    pub fn has_heading_of(&self, other: &Self) -> bool {
        let content = |p: &Self| -> Vec<String> {
            p.heading_words
                .iter()
                .filter(|w| is_content(w))
                .cloned()
                .collect()
        };
        let (own, others) = (content(self), content(other));
        let shared = own.iter().filter(|w| others.iter().any(|o| alike(o, w))).count();
        shared * 10 >= own.len().max(others.len()) * 8
    }

    fn knows(&self, word: &str) -> f32 {
        if self.heading_words.iter().any(|w| alike(w, word)) {
            1.0
        } else if self.body.iter().any(|s| s.words.iter().any(|w| alike(w, word))) {
            0.9
        } else {
            0.0
        }
    }

    /// 0..=1, by heading and text.
    pub fn score(&self, question: &Question) -> f32 {
        let (mut all, mut met, mut subject) = (0.0, 0.0, 0.0_f32);
        for (id, weight) in &question.ids {
            let strength = if *id == "elsewhere" {
                // Two countries of one list are not the same country.
                f32::from(u8::from(self.tells_of_elsewhere(question)))
            } else if self.heading.has(id) {
                1.0
            } else if self.body_has(id) {
                if kind_of(id) != Kind::Topic || self.tells_together(id, question) {
                    0.8
                } else {
                    0.4
                }
            } else if matches!(*id, "uk" | "east") && self.body_has("outside") {
                1.0
            } else {
                0.0
            };
            all += weight;
            met += weight * strength;
            if matches!(kind_of(id), Kind::Topic | Kind::Property) {
                subject = subject.max(strength);
            }
        }
        let names_product = self.names_product(question);
        let mut unknown = 0_u8;
        for word in &question.words {
            let strength = if word.names_product && names_product {
                0.95
            } else {
                self.knows(&word.text)
            };
            let strange = strength <= 0.0 && !word.names_product && !is_number(&word.text);
            all += if strange { UNKNOWN } else { word.weight };
            met += word.weight * strength;
            unknown = unknown.saturating_add(u8::from(strange));
            if !is_number(&word.text) {
                subject = subject.max(strength * 0.9);
            }
        }
        // "How heavy is the cat?" is no question about pans: without a subject of the shop every word counts.
        let foreign = unknown > 0 && question.ids_of(Kind::Topic).next().is_none();
        // One word may be decoration; several that the section never uses mean another question.
        if all <= 0.0 || subject < 0.7 || foreign || unknown > 1 {
            return 0.0;
        }
        0.74 * met / all + 0.2 * self.focus(question) + self.share_of_search()
    }

    /// Whether one sentence is about `id` and has the words of the question too: lids in one sentence and a wok in
    /// the next are no lid of the wok.
    fn tells_together(&self, id: ConceptId, question: &Question) -> bool {
        let in_heading = |word: &str| self.heading_words.iter().any(|h| alike(h, word));
        self.body.iter().filter(|s| s.has(id)).any(|s| {
            question
                .words
                .iter()
                .filter(|w| !is_number(&w.text) && self.knows(&w.text) > 0.0)
                .all(|w| in_heading(&w.text) || s.words.iter().any(|o| alike(o, &w.text)))
        })
    }

    /// The part of the score that comes from the search's rank alone.
    pub fn share_of_search(&self) -> f32 {
        0.06 * self.relevance
    }

    /// Whether heading or text is about every subject asked for.
    pub fn has_all_topics(&self, question: &Question) -> bool {
        question
            .ids_of(Kind::Topic)
            .all(|id| self.heading.has(id) || self.body_has(id))
    }

    pub fn says_the_same(&self, other: &Self) -> bool {
        self.body.len() == other.body.len()
            && self.body.iter().zip(&other.body).all(|(a, b)| a.text == b.text)
    }

    /// How much of the heading the question is about: "Express delivery" is not the answer to "delivery".
    fn focus(&self, question: &Question) -> f32 {
        // Question words in a heading say nothing about its subject.
        let about: Vec<(ConceptId, f32)> = self
            .heading
            .ids
            .iter()
            .copied()
            .filter(|id| {
                !matches!(kind_of(id), Kind::Tone | Kind::Sign)
                    && !matches!(*id, "howmuch" | "howlong" | "length" | "when")
            })
            .map(|id| (id, if kind_of(id) == Kind::Topic { 1.0 } else { 0.4 }))
            .collect();
        if about.is_empty() {
            let words: Vec<&String> = self.heading_words.iter().filter(|w| is_content(w)).collect();
            let met = words
                .iter()
                .filter(|w| question.words.iter().any(|q| alike(&q.text, w)))
                .count();
            return ratio(met, words.len());
        }
        let mut all: f32 = about.iter().map(|(_, w)| w).sum();
        let mut met: f32 = about
            .iter()
            .filter(|(id, _)| question.ids.iter().any(|(q, _)| q == id))
            .map(|(_, w)| w)
            .sum();
        // "How to make a warranty claim" is about more than the warranty.
        for (word, _) in self
            .heading_words
            .iter()
            .zip(&self.heading.covered)
            .filter(|(w, covered)| !**covered && is_content(w))
        {
            all += 0.4;
            if question.words.iter().any(|q| alike(&q.text, word)) {
                met += 0.4;
            }
        }
        met / all
    }

    /// The sentences that answer: those about the place, day or thing asked for, else the whole section.
    pub fn answer(&self, question: &Question, most_chars: usize) -> String {
        let narrow: Vec<ConceptId> = question
            .ids
            .iter()
            .map(|(id, _)| *id)
            .filter(|id| matches!(kind_of(id), Kind::Place | Kind::Day))
            .collect();
        let about = |s: &&Sentence<'_>| {
            narrow.iter().any(|id| match *id {
                "elsewhere" => {
                    let named = |word: &String| s.words.iter().any(|w| alike(w, word));
                    !question.elsewhere.is_empty() && question.elsewhere.iter().all(named)
                }
                id => s.has(id),
            })
        };
        let narrowed: Vec<&Sentence<'_>> = self.body.iter().filter(about).collect();
        // Narrowed only when nothing else that was asked for is lost by it.
        let complete = question.ids.iter().all(|(id, _)| {
            narrowed.iter().any(|s| s.has(id))
                || *id == "elsewhere"
                || !self.body_has(id)
                || self.heading.has(id) && kind_of(id) == Kind::Topic
        });
        let chosen: Vec<&Sentence<'_>> = if !narrow.is_empty() && !narrowed.is_empty() && complete {
            narrowed
        } else {
            self.body.iter().collect()
        };
        if let Some(text) = joined(&chosen, most_chars) {
            return text;
        }
        let mut ranked: Vec<(usize, f32)> = chosen
            .iter()
            .enumerate()
            .map(|(i, s)| (i, s.score(question)))
            .collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut kept: Vec<usize> = Vec::new();
        for (at, _) in ranked {
            let mut with: Vec<usize> = kept.iter().copied().chain([at]).collect();
            with.sort_unstable();
            let picked: Vec<&Sentence<'_>> = with.iter().map(|i| chosen[*i]).collect();
            if joined(&picked, most_chars).is_some() {
                kept = with;
            }
        }
        let picked: Vec<&Sentence<'_>> = kept.iter().map(|i| chosen[*i]).collect();
        joined(&picked, most_chars).unwrap_or_default()
    }
}

impl Sentence<'_> {
    fn has(&self, id: ConceptId) -> bool {
        self.concepts.has(id)
            || (id == "cost" && self.text.contains(['€', '$', '£', '₸', '₽', '₴']))
            || (id == "temperature" && self.text.contains('°'))
    }

    fn score(&self, question: &Question) -> f32 {
        let ids: f32 = question
            .ids
            .iter()
            .filter(|(id, _)| self.has(id))
            .map(|(_, w)| w)
            .sum();
        let words: f32 = question
            .words
            .iter()
            .filter(|q| self.words.iter().any(|w| alike(w, &q.text)))
            .map(|q| q.weight)
            .sum();
        ids + words
    }

    pub fn words(&self) -> &[String] {
        &self.words
    }
}

fn joined(sentences: &[&Sentence<'_>], most_chars: usize) -> Option<String> {
    let text = sentences.iter().map(|s| s.text).collect::<Vec<_>>().join(" ");
    (!text.is_empty() && text.chars().count() <= most_chars).then_some(text)
}

#[expect(clippy::cast_precision_loss, reason = "a heading has few words")]
fn ratio(part: usize, whole: usize) -> f32 {
    if whole == 0 {
        0.0
    } else {
        part as f32 / whole as f32
    }
}

/// What a clause asks, as weights.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub ids: Vec<(ConceptId, f32)>,
    pub words: Vec<Asked>,
    /// Words of the product's name in the author's language, when a product is meant.
    pub product_name: Vec<String>,
    /// The words that name a country which no list of ours puts among those served.
    elsewhere: Vec<String>,
}

/// A word of a question that no concept accounts for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub text: String,
    weight: f32,
    names_product: bool,
}

impl Question {
    /// `named`: positions of the clause's words that name a product.
    pub fn new(clause: &Clause, named: &[usize], inherited: &[ConceptId], product_name: Vec<String>) -> Self {
        let mut about = clause.concepts.ids.clone();
        about.extend(inherited.iter().copied());
        settle(&mut about);
        let mut ids: Vec<(ConceptId, f32)> = about
            .into_iter()
            .filter(|id| !matches!(kind_of(id), Kind::Tone | Kind::Sign) && *id != "howmuch")
            .map(|id| (id, weight(id)))
            .collect();
        ids.sort_by(|a, b| a.0.cmp(b.0));
        let words = clause
            .plain_words()
            .map(|(at, word)| {
                let names_product = named.contains(&at);
                let weight = match (is_number(word), names_product) {
                    (true, _) => 0.5,
                    (false, true) => 0.7,
                    (false, false) => 1.0,
                };
                Asked {
                    text: word.to_owned(),
                    weight,
                    names_product,
                }
            })
            .collect();
        let elsewhere = clause
            .concepts
            .places_of("elsewhere")
            .collect::<BTreeSet<usize>>()
            .into_iter()
            .map(|at| clause.words[at].clone())
            .filter(|word| is_content(word))
            .collect();
        Self {
            ids,
            words,
            product_name,
            elsewhere,
        }
    }

    pub fn has(&self, id: ConceptId) -> bool {
        self.ids.iter().any(|(i, _)| *i == id)
    }

    /// "Do you deliver to Poland?" asks which countries are served, not for the price or the days, and "is there a
    /// showroom in Kyiv?" where there are any, not when they open.
    pub fn a_place_asks_whether_it_is_served(&mut self) {
        for (subject, list) in [("delivery", "countries"), ("showroom", "othercities")] {
            let placed = self.ids_of(Kind::Place).next().is_some();
            let alone = self
                .ids
                .iter()
                .all(|(id, _)| *id == subject || kind_of(id) == Kind::Place);
            if placed && alone && self.has(subject) {
                self.ids.push((list, weight(list)));
            }
        }
    }

    pub fn ids_of(&self, kind: Kind) -> impl Iterator<Item = ConceptId> + '_ {
        self.ids
            .iter()
            .map(|(id, _)| *id)
            .filter(move |id| kind_of(id) == kind)
    }

    /// How the comment calls the country.
    pub fn elsewhere_named(&self) -> String {
        self.elsewhere.join(" ")
    }

    /// Without its plain words.
    pub fn by_concepts_only(&self) -> Self {
        Self {
            words: Vec::new(),
            product_name: Vec::new(),
            ..self.clone()
        }
    }

    /// "When does the apron ship?" and "when do you get it?" ask when there is one, not how parcels travel.
    pub fn waiting_for_a_product_is_its_stock(&mut self) {
        let placed = self.ids.iter().any(|(id, _)| kind_of(id) == Kind::Place);
        let subjects = self
            .ids
            .iter()
            .filter(|(id, _)| *id != "delivery" && matches!(kind_of(id), Kind::Topic | Kind::Property))
            .count();
        if self.has("when") && !placed && subjects == 0 {
            self.ids.retain(|(id, _)| *id != "delivery");
            self.ids.push(("stock", weight("stock")));
        }
    }

    pub fn names_a_product(&self) -> bool {
        self.words.iter().any(|w| w.names_product)
    }

    /// Those that name no product.
    pub fn plain_words(&self) -> impl Iterator<Item = &str> {
        self.words
            .iter()
            .filter(|w| !w.names_product)
            .map(|w| w.text.as_str())
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.words.is_empty()
    }
}

fn weight(id: &str) -> f32 {
    match kind_of(id) {
        Kind::Topic => 2.0,
        Kind::Property => 1.4,
        Kind::Aspect => 0.7,
        Kind::Place | Kind::Day => 0.9,
        Kind::Thing => 0.8,
        Kind::Tone | Kind::Sign => 0.0,
    }
}
