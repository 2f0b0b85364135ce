//! Which section answers by its subject, and how likely.

use super::clauses::Clause;
use super::concepts::{Kind, kind_of};
use super::meaning::bare;
use super::names::words_of_its_kind;
use super::passages::{Passage, Question};
use super::products::Meant;
use super::reply::{Answer, Situation};
use super::special::case_of;
use super::subjects::{OF_PRODUCTS, TREATMENT, is_of_products, shared};
use domain::SubjectScore;

/// The chance that a section answers, from which on it does.
const ANSWERS: f32 = 0.8;
/// Cosine of a question with the nearest product, on the average; for shops without products.
const USUALLY_NEAR: f32 = 0.82;
/// Log-odds beyond these say no more.
const MOST_ODDS: f32 = 8.0;
const LONGEST_ANSWER: usize = 420;

impl<'a> Situation<'a> {
    /// A section that is nearly sure to answer, whatever the words.
    pub(super) fn section_surely(&self, at: usize, alone: bool) -> Option<Answer> {
        let subjects = self.subjects_of(at, alone)?;
        if self.compares_or_asks_why(at) {
            return None;
        }
        self.section_by_meaning(at, subjects)
    }

    /// The section of the author's language that most likely answers, if it is likely enough.
    fn section_by_meaning(&self, at: usize, subjects: &[SubjectScore]) -> Option<Answer> {
        let (passage, chance) = self.likeliest(at, subjects)?;
        if chance < ANSWERS
            || self.tells_of_other_goods(at, passage, subjects)
            || self.asks_for_a_special_case(passage)
            || self.fits_something_else(at, passage, subjects)
        {
            return None;
        }
        let clause = &self.clauses[at];
        let mut narrow = Question::new(&places_and_days(clause), &[], &[], Vec::new());
        narrow
            .ids
            .retain(|(id, _)| matches!(kind_of(id), Kind::Place | Kind::Day));
        let text = passage.answer(&narrow, LONGEST_ANSWER.min(self.request.max_chars));
        (!text.is_empty()).then_some(Answer {
            text,
            fact: Some(passage.fact),
            confidence: (0.5 + 0.4 * chance).min(0.85),
        })
    }

    /// The section that tells most of what is asked, with its chance to answer.
    fn likeliest(&self, at: usize, subjects: &[SubjectScore]) -> Option<(&Passage<'a>, f32)> {
        let reading = &self.request.reading;
        let of = |list: &[f32], fact: usize| list.get(fact).copied().unwrap_or(0.0);
        let worth = |passage: &Passage<'_>| {
            shared(subjects, reading.told.get(passage.fact))
                + 0.5 * shared(subjects, reading.sections.get(passage.fact))
                + 2.0 * of(&reading.similarity, passage.fact)
                + of(&reading.sentences, passage.fact)
        };
        let best = self.own_passages().max_by(|a, b| worth(a).total_cmp(&worth(b)))?;
        Some((best, self.chance_of(at, subjects, best)))
    }

    /// How likely a section is to answer.
    pub(super) fn chance_of(&self, at: usize, subjects: &[SubjectScore], passage: &Passage<'_>) -> f32 {
        let reading = &self.request.reading;
        let of = |list: &[f32], fact: usize| list.get(fact).copied().unwrap_or(0.0);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a comment has a few thousand words at most"
        )]
        let words = self.request.comment_text.split_whitespace().count() as f32;
        let signs = Signs {
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
        };
        signs.chance()
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

    /// "Is the workshop in Spanish?", "a discount for students?": a section that does not name the case says nothing of it.
    fn asks_for_a_special_case(&self, passage: &Passage<'a>) -> bool {
        let asked = self.clauses.iter().flat_map(|clause| &clause.words);
        let cases: Vec<_> = asked.filter_map(|word| case_of(word)).collect();
        cases.iter().any(|case| !passage.has_beginning(case))
    }

    /// What pans weigh says nothing of a knife: a section about how goods are, used and treated, or about their parts, has
    /// to speak of the kind of the product that the clause names.
    fn tells_of_other_goods(&self, at: usize, passage: &Passage<'a>, subjects: &[SubjectScore]) -> bool {
        let of_goods = subjects.first().is_some_and(|best| {
            let name = best.subject.name();
            OF_PRODUCTS.iter().any(|stands| stands.name == name) || TREATMENT.contains(&name) || name == "spare_parts"
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
