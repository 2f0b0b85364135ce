//! Which section answers by its subject, and how likely.

use super::aspects;
use super::clauses::Clause;
use super::concepts::{Kind, kind_of};
use super::meaning::bare;
use super::names::words_of_its_kind;
use super::passages::{Passage, Question};
use super::products::Meant;
use super::reply::{Answer, Situation};
use super::subjects::{OF_PRODUCTS, TREATMENT, is_of_products, shared};
use domain::SubjectScore;

/// The chance that a section answers, from which on it does.
const ANSWERS: f32 = 0.8;
/// Where a section tells less than this of what is asked, another may be meant that tells as much as the second.
const SURELY_MEANT: f32 = 0.8;
const MAY_BE_MEANT: f32 = 0.2;
/// Cosine of a question with the nearest product, on the average; for shops without products.
const USUALLY_NEAR: f32 = 0.82;
/// Log-odds beyond these say no more.
const MOST_ODDS: f32 = 8.0;
const LONGEST_ANSWER: usize = 420;

impl<'a> Situation<'a> {
    /// The section that is nearly sure to answer, whatever the words; two, where each may be asked for.
    pub(super) fn section_surely(&self, at: usize, alone: bool) -> Option<Vec<Answer>> {
        let subjects = self.subjects_of(at, alone)?;
        if self.compares_or_asks_why(at) {
            return None;
        }
        self.sections_by_meaning(at, subjects)
    }

    fn sections_by_meaning(&self, at: usize, subjects: &[SubjectScore]) -> Option<Vec<Answer>> {
        let best = self.likeliest(subjects)?;
        let is_none = |passage: &Passage<'a>| {
            self.tells_of_other_goods(at, passage, subjects)
                || self.asks_for_an_aspect_untold(passage, subjects)
                || self.fits_something_else(at, passage, subjects)
                || self.asks_for_another_part(passage, subjects)
        };
        let other = self
            .other_that_may_be_meant(subjects, best)
            .filter(|other| !is_none(other));
        let told_by_other = other.map_or(0.0, |other| self.told(subjects, other));
        let chance = self.signs_of(at, subjects, best).and_told(told_by_other).chance();
        if chance < ANSWERS || is_none(best) {
            return None;
        }
        let clause = &self.clauses[at];
        let mut narrow = Question::new(&places_and_days(clause), &[], &[], Vec::new());
        narrow
            .ids
            .retain(|(id, _)| matches!(kind_of(id), Kind::Place | Kind::Day));
        let answers: Vec<Answer> = std::iter::once(best)
            .chain(other)
            .map(|passage| Answer {
                text: passage.answer(&narrow, LONGEST_ANSWER.min(self.request.max_chars)),
                fact: Some(passage.fact),
                confidence: (0.5 + 0.4 * chance).min(0.85),
            })
            .filter(|answer| !answer.text.is_empty())
            .collect();
        (!answers.is_empty()).then_some(answers)
    }

    /// "Can you bring it tomorrow, and what for?" may ask for the time of delivery or for the express one.
    fn other_that_may_be_meant(&self, subjects: &[SubjectScore], best: &Passage<'a>) -> Option<&Passage<'a>> {
        let told = |passage: &Passage<'_>| self.told(subjects, passage);
        let other = self
            .own_passages()
            .filter(|passage| passage.fact != best.fact)
            .max_by(|a, b| told(a).total_cmp(&told(b)))?;
        (told(best) < SURELY_MEANT && told(other) >= MAY_BE_MEANT).then_some(other)
    }

    fn told(&self, subjects: &[SubjectScore], passage: &Passage<'_>) -> f32 {
        shared(subjects, self.request.reading.told.get(passage.fact))
    }

    /// The section that tells most of what is asked.
    fn likeliest(&self, subjects: &[SubjectScore]) -> Option<&Passage<'a>> {
        let reading = &self.request.reading;
        let of = |list: &[f32], fact: usize| list.get(fact).copied().unwrap_or(0.0);
        let worth = |passage: &Passage<'_>| {
            shared(subjects, reading.told.get(passage.fact))
                + 0.5 * shared(subjects, reading.sections.get(passage.fact))
                + 2.0 * of(&reading.similarity, passage.fact)
                + of(&reading.sentences, passage.fact)
        };
        self.own_passages().max_by(|a, b| worth(a).total_cmp(&worth(b)))
    }

    /// How likely a section is to answer.
    pub(super) fn chance_of(&self, at: usize, subjects: &[SubjectScore], passage: &Passage<'_>) -> f32 {
        self.signs_of(at, subjects, passage).chance()
    }

    fn signs_of(&self, at: usize, subjects: &[SubjectScore], passage: &Passage<'_>) -> Signs {
        let reading = &self.request.reading;
        let of = |list: &[f32], fact: usize| list.get(fact).copied().unwrap_or(0.0);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a comment has a few thousand words at most"
        )]
        let words = self.request.comment_text.split_whitespace().count() as f32;
        Signs {
            told: shared(subjects, reading.told.get(passage.fact)),
            headed: shared(subjects, reading.sections.get(passage.fact)),
            section: of(&reading.similarity, passage.fact),
            sentence: of(&reading.sentences, passage.fact),
            product: self
                .catalogue
                .all()
                .map(|(fact, _)| of(&reading.similarity, fact))
                .filter(|near| *near > 0.0)
                .reduce(f32::max)
                .unwrap_or(USUALLY_NEAR),
            is_named: self.catalogue.named_in_clause(at),
            of_products: subjects
                .iter()
                .filter(|asked| is_of_products(asked.subject.name()))
                .map(|asked| asked.confidence)
                .sum(),
            length: words.ln_1p(),
            answers: of(&reading.answers, passage.fact),
        }
    }

    /// "Does the lid fit my Lodge?": a section about what fits what has to know each thing.
    fn fits_something_else(&self, at: usize, passage: &Passage<'a>, subjects: &[SubjectScore]) -> bool {
        if subjects.first().is_none_or(|best| best.subject.name() != "fits") {
            return false;
        }
        let clause = &self.clauses[at];
        let named: Vec<usize> = match self.catalogue.meant(at) {
            Meant::One(one) => one.words,
            _ => Vec::new(),
        };
        let question = Question::new(clause, &named, &[], Vec::new());
        passage
            .unexplained(&question)
            .iter()
            .any(|word| !self.catalogue.has_name_word(word))
    }

    /// "Is the workshop in Spanish?", "a discount for students?": a section that does not speak of it says nothing of it.
    pub(super) fn asks_for_an_aspect_untold(&self, passage: &Passage<'a>, subjects: &[SubjectScore]) -> bool {
        let words = self.clauses.iter().flat_map(|clause| &clause.words);
        aspects::is_beside(passage, words.map(String::as_str), subjects)
    }

    /// What a knob costs says nothing of a ring: a section about parts has to know a word of the comment.
    fn asks_for_another_part(&self, passage: &Passage<'a>, subjects: &[SubjectScore]) -> bool {
        let of_parts = subjects
            .first()
            .is_some_and(|best| best.subject.name() == "spare_parts");
        let mut words = self.clauses.iter().flat_map(Clause::plain_words);
        of_parts
            && !words.any(|(_, word)| passage.mentions_any(&[word.to_owned()]))
            && !self.clauses.iter().any(|clause| clause.concepts.has("handle"))
    }

    /// What pans weigh says nothing of a knife: a section about how goods are, used and treated, or about their parts, has
    /// to speak of the kind of the product that the clause names.
    fn tells_of_other_goods(&self, at: usize, passage: &Passage<'a>, subjects: &[SubjectScore]) -> bool {
        let of_goods = subjects.first().is_some_and(|best| {
            let name = best.subject.name();
            OF_PRODUCTS.iter().any(|stands| stands.name == name)
                || TREATMENT.contains(&name)
                || name == "spare_parts"
        });
        let Meant::One(one) = self.catalogue.meant(at) else {
            return false;
        };
        let product = self
            .catalogue
            .product(one.fact)
            .filter(|_| of_goods && !one.words.is_empty());
        product.is_some_and(|product| !passage.mentions_any(&words_of_its_kind(product, self.tongue)))
    }

    /// The section about a subject that names an address to write to.
    pub(super) fn section_with_an_address(&self, subject: &str) -> Option<&Passage<'a>> {
        let reading = &self.request.reading;
        self.own_passages().find(|passage| {
            let about = reading.sections.get(passage.fact).and_then(|told| told.first());
            about.is_some_and(|about| about.subject.name() == subject)
                && passage
                    .sentences()
                    .iter()
                    .any(|sentence| sentence.text.contains('@'))
        })
    }
}

/// What speaks for the best section and against it.
struct Signs {
    /// How much of the subject of the question is told by text and heading.
    told: f32,
    headed: f32,
    /// Cosine of the question with the section, with its nearest sentence, and with the nearest product.
    section: f32,
    sentence: f32,
    product: f32,
    /// The clause names a product.
    is_named: bool,
    /// Chance that it is about what products are.
    of_products: f32,
    /// Logarithm of the number of words.
    length: f32,
    /// Log-odds by the model that was taught which text answers a question.
    answers: f32,
}

impl Signs {
    /// Beside another section that tells so much of what is asked.
    fn and_told(self, by_other: f32) -> Self {
        Self {
            told: self.told + by_other,
            headed: self.headed + by_other,
            ..self
        }
    }

    /// Logistic regression on the questions of `quality/sets/tuning.jsonl`, a quarter of them without an answer.
    fn chance(&self) -> f32 {
        let named = f32::from(u8::from(self.is_named));
        let odds = 1.63 * self.told
            + 0.88 * self.headed
            + 9.9 * (self.section - 0.85)
            + 2.54 * (self.sentence - 0.85)
            - 24.86 * (self.product - 0.85)
            - 0.21 * named
            - 0.93 * self.of_products
            + 1.08 * self.length
            + 0.22 * self.answers.clamp(-MOST_ODDS, MOST_ODDS)
            - 1.11 * named * self.of_products
            - 4.31;
        1.0 / (1.0 + (-odds).exp())
    }
}

fn places_and_days(clause: &Clause) -> Clause {
    let narrow = [Kind::Place, Kind::Day];
    bare(
        clause
            .concepts
            .ids
            .iter()
            .copied()
            .filter(|id| narrow.contains(&kind_of(id))),
    )
}
