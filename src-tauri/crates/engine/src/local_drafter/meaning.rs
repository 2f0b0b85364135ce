//! What the models inside the app made of a comment decides where its words alone do not.
//!
//! The classifier names the subject of the question and that of each section. A product's row answers a subject of
//! products ([`super::rows_by_subject`]), the section of the same subject any other ([`super::sections_by_subject`]). What
//! may change the question is still read from its words: places, days, numbers, comparisons. A subject that is not clear
//! is no subject.

use super::clauses::Clause;
use super::concepts::{ConceptId, Concepts};
use super::passages::Passage;
use super::reply::{Answer, Refusal, Situation};
use super::subjects::{BOUGHT, TREATMENT, TROUBLE, UNTOLD, WITH_A_STEP, is_of_products, shared, sure_of};
use super::wording::Tongue;
use domain::{DeclineReason, SubjectScore};

/// A subject less sure than this is not answered by a row, and asks nothing by itself.
pub(super) const CLEAR: f32 = 0.8;
/// Nor one beside which the question may as well be about what no row tells.
pub(super) const DOUBT: f32 = 0.1;
/// A comment that is taken for praise asks for a subject from here on.
const SEEMS_ASKED: f32 = 0.7;
/// The same where it names a product.
const MAY_ASK: f32 = 0.25;
/// From here on a comment is about what the shop does and not about a price.
pub(super) const OF_THE_SHOP: f32 = 0.7;
/// Where a section tells this much of what is asked, one that tells a small part of that answers something else.
const TOLD: f32 = 0.4;
const BESIDE_IT: f32 = 0.2;
/// From here on the whole comment has a subject, whatever its parts seem to be about.
const WHOLE: f32 = 0.5;
/// A section with a smaller chance answers nothing, however well its words fit.
const DOUBTFUL: f32 = 0.3;
/// From here on not even words that fit answer.
const SURELY_UNTOLD: f32 = 0.6;

impl<'a> Situation<'a> {
    /// Thanks are no answer: by its sign or its subject the comment asks something, however kindly.
    pub(super) fn seems_to_ask(&self) -> bool {
        let subject = self.request.reading.comment.first();
        let has_subject =
            subject.is_some_and(|best| best.confidence >= SEEMS_ASKED && best.subject.name() != "other");
        let named = (0..self.clauses.len()).any(|at| self.catalogue.named_in_clause(at));
        let may_buy = named && subject.is_some_and(|best| BOUGHT.contains(&best.subject.name()));
        let may_ask =
            named && subject.is_some_and(|best| best.confidence >= MAY_ASK && best.subject.name() != "other");
        let compares = (0..self.clauses.len()).any(|at| self.compares_or_asks_why(at));
        let is_question =
            self.request.comment_text.contains('?') || self.clauses.iter().any(Clause::ends_in_a_particle);
        has_subject || may_buy || may_ask || (subject.is_some() && (compares || is_question))
    }

    /// An answer by words alone, unless the models inside the app are nearly sure that no shop tells what is asked.
    pub(super) fn unless_untold(&self, at: usize, alone: bool, answer: Answer) -> Result<Answer, Refusal> {
        let Some(subjects) = self.subjects_of(at, alone) else {
            return Ok(answer);
        };
        let doubtful = answer.fact.and_then(|fact| {
            let passage = self.passages.iter().find(|passage| passage.fact == fact)?;
            let told = |passage: &Passage<'_>| {
                shared(subjects, self.request.reading.told.get(passage.fact))
                    .max(shared(subjects, self.request.reading.sections.get(passage.fact)))
            };
            let best = self.own_passages().map(told).fold(0.0, f32::max);
            let is_beside_it = best >= TOLD && told(passage) < BESIDE_IT * best;
            let chance = self.chance_of(at, subjects, passage);
            (is_beside_it
                || chance < DOUBTFUL
                || self.is_beside_the_whole(passage)
                || self.asks_for_an_aspect_untold(passage, subjects))
            .then_some(chance)
        });
        if let Some(chance) = doubtful {
            return Err(Refusal::new(
                DeclineReason::NoSource,
                format!("its words fit a section that seems to answer something else ({chance:.2})"),
            ));
        }
        if sure_of(subjects, "other") + sure_of(subjects, "variants") < SURELY_UNTOLD {
            return Ok(answer);
        }
        Err(Refusal::new(
            DeclineReason::NoSource,
            "by its meaning it asks for what no source tells",
        ))
    }

    /// What the whole comment is about is told by another section: parts say little one by one.
    fn is_beside_the_whole(&self, passage: &Passage<'_>) -> bool {
        let asked = &self.request.reading.comment;
        if asked
            .first()
            .is_none_or(|best| best.confidence < WHOLE || best.subject.name() == "other")
        {
            return false;
        }
        let told = |passage: &Passage<'_>| shared(asked, self.request.reading.told.get(passage.fact));
        let best = self.own_passages().map(told).fold(0.0, f32::max);
        best >= TOLD && told(passage) < BESIDE_IT * best
    }

    /// "The handle burnt, do you sell them? How much?" asks for no price of the kettle: a row's price is no answer when
    /// the whole comment is about what the shop does.
    pub(super) fn unless_of_another_price(
        &self,
        at: usize,
        answers: Vec<Answer>,
    ) -> Result<Vec<Answer>, Refusal> {
        let of_a_product = |answer: &Answer| {
            answer
                .fact
                .is_some_and(|fact| self.catalogue.product(fact).is_some())
        };
        let about = self.request.reading.comment.first().filter(|best| {
            let name = best.subject.name();
            let of_products = is_of_products(name) && !TREATMENT.contains(&name);
            best.confidence >= OF_THE_SHOP && !of_products && !UNTOLD.contains(&name) && name != "size"
        });
        match about {
            Some(best) if self.clauses[at].concepts.has("cost") && answers.iter().all(of_a_product) => {
                Err(Refusal::new(
                    DeclineReason::NoSource,
                    format!(
                        "no source says what it costs: it is about {}",
                        best.subject.name()
                    ),
                ))
            }
            _ => Ok(answers),
        }
    }

    /// "How many kilos?" asks for no price.
    pub(super) fn surely_asks_no_price(&self) -> bool {
        let best = self.request.reading.comment.first();
        best.is_some_and(|best| best.confidence >= CLEAR && best.subject.name() != "price")
    }

    /// What the whole comment asks for is clear, whatever its label says.
    pub(super) fn surely_asks(&self) -> bool {
        let best = self.request.reading.comment.first();
        let is_sure = best.is_some_and(|best| {
            best.confidence >= CLEAR
                && best.subject.name() != "other"
                && !TROUBLE.contains(&best.subject.name())
        });
        is_sure && self.clauses.iter().any(Clause::asks)
    }

    /// "The eggs stick, what am I doing wrong": what looks like a complaint asks how to treat the goods.
    pub(super) fn surely_asks_how_to_treat(&self) -> bool {
        let best = self.request.reading.comment.first();
        best.is_some_and(|best| best.confidence >= CLEAR && TREATMENT.contains(&best.subject.name()))
    }

    /// What went wrong, as far as the shop says what to do then.
    pub(super) fn went_wrong(&self) -> Option<&'static str> {
        let best = self.request.reading.comment.first()?;
        let known = WITH_A_STEP.iter().find(|name| **name == best.subject.name())?;
        (best.confidence >= CLEAR).then_some(*known)
    }

    pub(super) fn subjects_of(&self, at: usize, alone: bool) -> Option<&[SubjectScore]> {
        let reading = &self.request.reading;
        let subjects = if alone {
            Some(&reading.comment)
        } else {
            reading.parts.get(at)
        };
        subjects
            .map(Vec::as_slice)
            .filter(|subjects| !subjects.is_empty())
    }

    /// After the words alone led to `refusal`. `alone`: nothing else is asked in the comment.
    pub(super) fn answer_by_meaning(
        &self,
        at: usize,
        alone: bool,
        tongue: Tongue,
        refusal: Refusal,
    ) -> Result<Vec<Answer>, Refusal> {
        if !matches!(refusal.reason, DeclineReason::NoSource | DeclineReason::Ambiguous) {
            return Err(refusal);
        }
        let Some((subjects, best)) = self
            .subjects_of(at, alone)
            .and_then(|subjects| Some((subjects, subjects.first()?)))
        else {
            return Err(refusal);
        };
        if self.compares_or_asks_why(at) && best.subject.name() != "material" {
            return Err(refusal);
        }
        let stands = self
            .stands_for(at, best)
            .filter(|_| self.untold(subjects) < DOUBT);
        if let Some(stands) = stands {
            let answers = self.rows_by_meaning(at, stands, best, tongue)?;
            if !answers.is_empty() {
                return Ok(answers);
            }
        }
        Err(refusal)
    }

    /// "Why so dear?" and "dearer than the other?" are answered by no row.
    pub(super) fn compares_or_asks_why(&self, at: usize) -> bool {
        let concepts = &self.clauses[at].concepts;
        concepts.has("than") || concepts.has("why")
    }
}

/// A clause of no words that asks for these.
pub(super) fn bare(ids: impl IntoIterator<Item = ConceptId>) -> Clause {
    Clause {
        words: Vec::new(),
        concepts: Concepts::of(ids),
        is_question: true,
    }
}
