//! Which section of the documents answers a clause, and when none may.

use super::concepts::{ConceptId, Kind};
use super::names::{Closeness, closeness, is_of_the_shop, product_words, short_names, words_of_its_kind};
use super::passages::{Passage, Question};
use super::products::TheOne;
use super::reply::{Answer, Refusal, Situation};
use super::words::is_number;
use domain::DeclineReason;

/// A passage below this does not answer.
pub(super) const ANSWERS: f32 = 0.57;
/// A section longer than this is cut down to its best sentences.
const LONGEST_ANSWER: usize = 420;
/// Two sections this near each other in all but the search's rank are equally good answers.
const TIE: f32 = 0.005;

/// Subjects whose answer depends on where or for whom: a word that is not understood may be the place.
const OF_A_PLACE: [ConceptId; 9] = [
    "delivery",
    "countries",
    "express",
    "freeship",
    "locker",
    "pickup",
    "customs",
    "discount",
    "sale",
];
/// Subjects of which the countries served decide.
const OF_SHIPPING: [ConceptId; 8] = [
    "delivery",
    "countries",
    "express",
    "freeship",
    "locker",
    "customs",
    "tracking",
    "late",
];

/// The product a clause is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    fact: usize,
    /// By its name in the clause, not only by a word of it.
    is_named: bool,
    /// By a word of the clause, not only around it.
    is_mentioned: bool,
}

impl About {
    pub fn new(one: &TheOne) -> Self {
        Self {
            fact: one.fact,
            is_named: one.is_full,
            is_mentioned: !one.words.is_empty(),
        }
    }
}

/// A section that answers.
pub(super) struct Found<'s, 'a> {
    pub passage: &'s Passage<'a>,
    score: f32,
    /// Another that answers as well.
    rival: Option<&'s Passage<'a>>,
}

impl<'a> Situation<'a> {
    pub(super) fn answer_from_passage(
        &self,
        found: &Found<'_, 'a>,
        question: &Question,
    ) -> Result<Answer, Refusal> {
        let passage = found.passage;
        let unexplained = passage.unexplained(question);
        let of_trade = question.has("wholesale") || question.has("corporate");
        // The word may be the place, or the very product, that the section does not know.
        let every_word_counts = OF_A_PLACE.iter().any(|id| question.has(id))
            || question
                .ids_of(Kind::Topic)
                .any(|id| closeness(id) >= Closeness::Name);
        if !unexplained.is_empty() && !of_trade && every_word_counts {
            return Err(Refusal::new(
                DeclineReason::NoSource,
                format!(
                    "\"{}\" does not speak of: {}",
                    passage.title,
                    unexplained.join(", ")
                ),
            ));
        }
        if let Some(rival) = found.rival {
            return Err(Refusal::new(
                DeclineReason::Ambiguous,
                format!("\"{}\" or \"{}\"?", passage.title, rival.title),
            ));
        }
        self.refuse_contradiction(passage, found.score, question)?;
        let text = passage.answer(question, LONGEST_ANSWER.min(self.request.max_chars));
        if text.is_empty() {
            return Err(Refusal::new(
                DeclineReason::NoSource,
                format!("\"{}\" is longer than the platform takes", passage.title),
            ));
        }
        Ok(Answer {
            text,
            fact: Some(passage.fact),
            confidence: (0.35 + 0.6 * found.score).min(0.95),
        })
    }

    /// A price to a country is no price to another: only the section that lists the countries served can say
    /// that one is not among them.
    pub(super) fn answer_of_another_country(&self, question: &Question) -> Result<Answer, Refusal> {
        let of_shipping = OF_SHIPPING.iter().any(|id| question.has(id))
            || (question.ids_of(Kind::Topic).next().is_none() && !question.names_a_product());
        let served = self
            .own_passages()
            .find(|p| of_shipping && p.heading_has("countries"));
        let text = served.map(|p| p.answer(question, LONGEST_ANSWER.min(self.request.max_chars)));
        match (served, text) {
            (Some(passage), Some(text)) if !text.is_empty() => Ok(Answer {
                text,
                fact: Some(passage.fact),
                confidence: 0.8,
            }),
            _ => Err(Refusal::new(
                DeclineReason::NoSource,
                format!("no source about this country: {}", question.elsewhere_named()),
            )),
        }
    }

    pub(super) fn best_passage(&self, question: &Question, about: Option<About>) -> Option<Found<'_, 'a>> {
        let product = about.and_then(|a| self.catalogue.product(a.fact));
        let product_words: Vec<String> = product.map(product_words).unwrap_or_default();
        let of_shop = question.ids.iter().any(|(id, _)| is_of_the_shop(id));
        let mut ranked: Vec<(&Passage<'a>, f32, f32)> = self
            .own_passages()
            .filter(|p| p.may_answer(question))
            .filter(|p| about.is_none_or(|a| self.tells_of_the_product(p, question, a)))
            .map(|p| {
                // Of two sections, the one that speaks of the product meant.
                let about_it = product_words.is_empty() || p.mentions_any(&product_words);
                let score = p.score(question);
                let score = if about_it || of_shop || !question.names_a_product() {
                    score
                } else {
                    score * 0.85
                };
                let preference = match (about_it, p.names_product(question)) {
                    (_, true) => 1.0,
                    (true, false) => 0.93,
                    (false, false) => 0.8,
                };
                let whole = if p.has_all_topics(question) { 1.0 } else { 0.9 };
                (p, score, preference * whole)
            })
            .filter(|(_, score, _)| *score >= ANSWERS)
            .collect();
        ranked.sort_by(|a, b| (b.1 * b.2).total_cmp(&(a.1 * a.2)));
        let (passage, score, preference) = *ranked.first()?;
        let own = (score - passage.share_of_search()) * preference;
        let rival = ranked
            .iter()
            .skip(1)
            .find(|(p, score, preference)| {
                let other = (score - p.share_of_search()) * preference;
                (own - other).abs() < TIE && !p.says_the_same(passage) && !contradict(passage, p)
            })
            .map(|(p, ..)| *p);
        Some(Found {
            passage,
            score,
            rival,
        })
    }

    /// Whether a section answers what is asked of the product at `fact`.
    pub(super) fn is_told_in_a_section(&self, question: &Question, one: &TheOne) -> bool {
        self.best_passage(question, Some(About::new(one))).is_some()
    }

    /// A section about other goods answers no question about this one: a property has to be told of the very
    /// product, and so does what may be eaten; how to treat it at least of its kind or material.
    fn tells_of_the_product(&self, passage: &Passage<'a>, question: &Question, about: About) -> bool {
        let Some(product) = self.catalogue.product(about.fact) else {
            return true;
        };
        let topics: Vec<ConceptId> = question.ids_of(Kind::Topic).collect();
        let asks_property = question.ids_of(Kind::Property).any(|id| id != "stock");
        if topics.is_empty() && asks_property {
            return passage.names_product(question);
        }
        // The price of a box of samples is no price of a box.
        if topics.is_empty() && about.is_mentioned && passage.is_of_another_subject(question) {
            return passage.names_product(question);
        }
        let careful: Vec<ConceptId> = topics
            .iter()
            .copied()
            .filter(|id| closeness(id) != Closeness::Any)
            .collect();
        let nearest = topics.iter().map(|id| closeness(id)).max();
        match nearest.filter(|_| about.is_named) {
            None | Some(Closeness::Any) => true,
            Some(Closeness::Kind) => passage.mentions_any(&words_of_its_kind(product, self.tongue)),
            Some(Closeness::Name) => passage.tells_of(&short_names(product, self.tongue), &careful),
            Some(Closeness::Itself) => passage.names_product(question),
        }
    }

    fn refuse_contradiction(
        &self,
        best: &Passage<'_>,
        score: f32,
        question: &Question,
    ) -> Result<(), Refusal> {
        for other in self
            .own_passages()
            .filter(|p| p.fact != best.fact && p.may_answer(question) && p.score(question) >= score - 0.12)
        {
            if contradict(best, other) {
                return Err(Refusal::new(
                    DeclineReason::SourcesDisagree,
                    format!("\"{}\" and \"{}\" say different things", best.title, other.title),
                ));
            }
        }
        Ok(())
    }
}

/// Sections that say nearly the same with other figures.
fn contradict(a: &Passage<'_>, b: &Passage<'_>) -> bool {
    a.has_heading_of(b)
        && a.sentences().iter().any(|x| {
            b.sentences().iter().any(|y| {
                let plain = |words: &[String]| -> Vec<String> {
                    words.iter().filter(|w| !is_number(w)).cloned().collect()
                };
                let figures = |words: &[String]| -> Vec<String> {
                    words.iter().filter(|w| is_number(w)).cloned().collect()
                };
                let (px, py) = (plain(x.words()), plain(y.words()));
                let shared = px.iter().filter(|w| py.contains(w)).count();
                let alike = px.len().max(py.len()) > 3 && shared * 10 >= px.len().max(py.len()) * 7;
                let (fx, fy) = (figures(x.words()), figures(y.words()));
                alike && !fx.is_empty() && !fy.is_empty() && fx != fy
            })
        })
}
