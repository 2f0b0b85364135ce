//! Answers by what the models inside the app made of comment and sections, where the words alone do not decide.
//!
//! The classifier names the subject of the question and that of each section. A product's row answers a subject of
//! products, the section of the same subject any other. What may change the question is still read from its words:
//! places, days, numbers, comparisons. A subject that is not clear is no subject.

use super::clauses::Clause;
use super::concepts::{ConceptId, Concepts, Kind, kind_of};
use super::names::words_of_its_kind;
use super::passages::{Passage, Question};
use super::products::{Meant, TheOne};
use super::reply::{Answer, Refusal, Situation};
use super::wording::Tongue;
use super::words::is_number;
use domain::{DeclineReason, SubjectScore};

/// A subject less sure than this is not answered by a row, and asks nothing by itself.
const CLEAR: f32 = 0.8;
/// Nor one beside which the question may as well be about what no row tells.
const DOUBT: f32 = 0.08;
/// A comment that is taken for praise asks for a subject from here on.
const SEEMS_ASKED: f32 = 0.7;
/// From here on a comment is about what the shop does and not about a price.
const OF_THE_SHOP: f32 = 0.7;
/// From here on not even words that fit answer.
const SURELY_UNTOLD: f32 = 0.6;
/// The chance that a section answers, from which on it does.
const ANSWERS: f32 = 0.76;
/// Products between which a name leaves the choice, up to which the answer tells of each.
const MOST_ALIKE: usize = 3;
const LONGEST_ANSWER: usize = 420;

/// The concepts that a subject stands for; those of products are looked up in rows.
struct Stands {
    name: &'static str,
    ids: &'static [ConceptId],
}

const fn product(name: &'static str, ids: &'static [ConceptId]) -> Stands {
    Stands { name, ids }
}

#[rustfmt::skip]
const OF_PRODUCTS: &[Stands] = &[
    product("price", &["cost"]),
    product("stock", &["stock"]),
    product("weight", &["weight"]),
    product("capacity", &["capacity"]),
    product("material", &["material"]),
    product("ingredients", &["ingredients"]),
    product("origin_ingredients", &["origin"]),
    product("oven", &["oven"]),
    product("induction", &["induction"]),
    product("dishwasher", &["dishwasher"]),
    product("microwave", &["microwave"]),
    product("comes_with", &["comeswith"]),
    product("coating", &["nonstick"]),
    product("vegan", &["vegan"]),
    product("gluten", &["gluten"]),
    product("nuts", &["nuts"]),
    product("hotness", &["hot"]),
];

impl<'a> Situation<'a> {
    /// Thanks are no answer: by its sign or its subject the comment asks something, however kindly.
    pub(super) fn seems_to_ask(&self) -> bool {
        let subject = self.request.reading.comment.first();
        let has_subject =
            subject.is_some_and(|best| best.confidence >= SEEMS_ASKED && best.subject.name() != "other");
        has_subject || (subject.is_some() && self.request.comment_text.contains('?'))
    }

    /// An answer by words alone, unless the models inside the app are nearly sure that no shop tells what is asked.
    pub(super) fn unless_untold(&self, at: usize, alone: bool, answer: Answer) -> Result<Answer, Refusal> {
        let Some(subjects) = self.subjects_of(at, alone) else {
            return Ok(answer);
        };
        if sure_of(subjects, "other") + sure_of(subjects, "variants") < SURELY_UNTOLD {
            return Ok(answer);
        }
        Err(Refusal::new(
            DeclineReason::NoSource,
            "by its meaning it asks for what no source tells",
        ))
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
            let of_products = OF_PRODUCTS.iter().any(|stands| stands.name == name);
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

    /// The same of price or stock: even what looks like a complaint may ask for them.
    pub(super) fn surely_asks_to_buy(&self) -> bool {
        let best = self.request.reading.comment.first();
        self.surely_asks() && best.is_some_and(|best| BOUGHT.contains(&best.subject.name()))
    }

    fn subjects_of(&self, at: usize, alone: bool) -> Option<&[SubjectScore]> {
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
        if self.compares_or_asks_why(at) {
            return Err(refusal);
        }
        let stands = OF_PRODUCTS
            .iter()
            .find(|stands| best.confidence >= CLEAR && stands.name == best.subject.name())
            .filter(|_| UNTOLD.iter().map(|name| sure_of(subjects, name)).sum::<f32>() < DOUBT);
        if let Some(stands) = stands {
            let answers = self.rows_by_meaning(at, stands, best, tongue)?;
            if !answers.is_empty() {
                return Ok(answers);
            }
        }
        if stands.is_some_and(|stands| BOUGHT.contains(&stands.name)) {
            return Err(refusal);
        }
        match self.section_by_meaning(at, subjects) {
            Some(answer) => Ok(vec![answer]),
            None => Err(refusal),
        }
    }

    /// The row of the product meant, asked for nothing but the subject; of a few that are named alike, each. None when
    /// no product is meant or a row does not tell.
    fn rows_by_meaning(
        &self,
        at: usize,
        stands: &Stands,
        best: &SubjectScore,
        tongue: Tongue,
    ) -> Result<Vec<Answer>, Refusal> {
        let meant = match self.catalogue.meant(at) {
            Meant::One(one) => vec![one],
            Meant::Several(facts) if facts.len() > MOST_ALIKE || !BOUGHT.contains(&stands.name) => {
                return Err(self.ambiguous(&facts));
            }
            Meant::Several(facts) => facts.into_iter().map(TheOne::among_several).collect(),
            Meant::Nothing => return Ok(Vec::new()),
        };
        let facts: Vec<usize> = meant.iter().map(|one| one.fact).collect();
        if !self.numbers_fit(&facts) {
            return Ok(Vec::new());
        }
        let clause = bare(stands.ids.iter().copied());
        let mut question = Question::new(&clause, &[], &[], Vec::new());
        question.ids.retain(|(id, _)| stands.ids.contains(id));
        let mut answers = Vec::new();
        for one in meant {
            // The bare clause has no words for the name to stand at.
            let meant = Meant::One(TheOne {
                words: Vec::new(),
                side_by_side: Vec::new(),
                ..one
            });
            match self.answer_from_product(&clause, &question, &meant, false, tongue)? {
                Some(answer) => answers.push(Answer {
                    confidence: answer.confidence * best.confidence,
                    ..answer
                }),
                None => return Ok(Vec::new()),
            }
        }
        Ok(answers)
    }

    /// "Why so dear?" and "dearer than the other?" are answered by no row.
    fn compares_or_asks_why(&self, at: usize) -> bool {
        let concepts = &self.clauses[at].concepts;
        concepts.has("than") || concepts.has("why")
    }

    /// The products have the numbers that are named: of skillets of 20 and 26 cm none is told to who asks for one of 36.
    fn numbers_fit(&self, facts: &[usize]) -> bool {
        let mut numbers = self
            .clauses
            .iter()
            .flat_map(|clause| &clause.words)
            .filter(|word| is_number(word));
        numbers.all(|number| facts.iter().any(|fact| self.catalogue.has_number(*fact, number)))
    }

    /// What is asked of price or stock, when that is sure and the clause names what it is asked of.
    pub(super) fn bought_by_meaning(&self, at: usize, alone: bool, tongue: Tongue) -> Option<Vec<Answer>> {
        let best = self.subjects_of(at, alone)?.first()?;
        if self.compares_or_asks_why(at) {
            return None;
        }
        let stands = OF_PRODUCTS
            .iter()
            .find(|stands| best.confidence >= CLEAR && stands.name == best.subject.name())?;
        let Meant::One(one) = self.catalogue.meant(at) else {
            return None;
        };
        if !BOUGHT.contains(&stands.name) || one.words.is_empty() {
            return None;
        }
        let answers = self.rows_by_meaning(at, stands, best, tongue).ok()?;
        (!answers.is_empty()).then_some(answers)
    }

    /// The section of the author's language that most likely answers, if it is likely enough.
    fn section_by_meaning(&self, at: usize, subjects: &[SubjectScore]) -> Option<Answer> {
        let clause = &self.clauses[at];
        let reading = &self.request.reading;
        let of = |list: &[f32], fact: usize| list.get(fact).copied().unwrap_or(0.0);
        let shared = |passage: &Passage<'a>| -> f32 {
            let about = reading.sections.get(passage.fact).map_or(&[][..], Vec::as_slice);
            subjects
                .iter()
                .map(|asked| {
                    let told = about.iter().find(|told| told.subject == asked.subject);
                    asked.confidence * told.map_or(0.0, |told| told.confidence)
                })
                .sum()
        };
        let mut ranked: Vec<(&Passage<'a>, f32, f32)> = self
            .own_passages()
            .map(|passage| {
                let share = shared(passage);
                let worth = share
                    + 8.0 * of(&reading.similarity, passage.fact)
                    + 5.0 * of(&reading.sentences, passage.fact)
                    + 0.3 * self.request.facts[passage.fact].score;
                (passage, share, worth)
            })
            .collect();
        ranked.sort_by(|(_, _, a), (_, _, b)| b.total_cmp(a));
        let (passage, share, worth) = *ranked.first()?;
        let product = self
            .catalogue
            .all()
            .map(|(fact, _)| of(&reading.similarity, fact))
            .fold(0.0, f32::max);
        let signs = Signs {
            share,
            gap: worth - ranked.get(1).map_or(worth - 1.0, |(_, _, next)| *next),
            section: of(&reading.similarity, passage.fact),
            sentence: of(&reading.sentences, passage.fact),
            product,
            other: sure_of(subjects, "other"),
            surest: surest_of(subjects),
            told: surest_of(reading.sections.get(passage.fact).map_or(&[], Vec::as_slice)),
            is_named: self.catalogue.named_in_clause(at),
        };
        let chance = signs.chance();
        if chance < ANSWERS || self.tells_of_other_goods(at, passage, subjects) {
            return None;
        }
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

    /// What pans weigh says nothing of a knife: a section about how goods are, used and treated has to speak of the kind
    /// of the product that the clause names.
    fn tells_of_other_goods(&self, at: usize, passage: &Passage<'a>, subjects: &[SubjectScore]) -> bool {
        let of_goods = subjects.first().is_some_and(|best| {
            let name = best.subject.name();
            OF_PRODUCTS.iter().any(|stands| stands.name == name) || TREATMENT.contains(&name)
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
}

/// Subjects of buying a product.
const BOUGHT: [&str; 2] = ["price", "stock"];

/// Subjects of what went wrong: who writes of them may blame and not ask.
const TROUBLE: [&str; 9] = [
    "damaged",
    "late",
    "wrong_item",
    "warranty_claim",
    "warranty_exclusions",
    "refund_time",
    "not_returnable",
    "sticking",
    "rust",
];

/// Subjects that no row of a product tells.
const UNTOLD: [&str; 3] = ["other", "variants", "choose"];

fn surest_of(subjects: &[SubjectScore]) -> f32 {
    subjects.first().map_or(0.0, |best| best.confidence)
}

fn sure_of(subjects: &[SubjectScore], name: &str) -> f32 {
    let score = subjects.iter().find(|asked| asked.subject.name() == name);
    score.map_or(0.0, |score| score.confidence)
}

/// Subjects of how goods are used and treated.
const TREATMENT: [&str; 12] = [
    "washing",
    "first_use",
    "seasoning",
    "rust",
    "sticking",
    "acid",
    "metal_utensils",
    "descaling",
    "textile_washing",
    "shelf_life",
    "allergens",
    "fits",
];

/// What speaks for the best section and against it.
struct Signs {
    /// Chance that question and heading are about one subject.
    share: f32,
    /// By how much it is better than the next.
    gap: f32,
    /// Cosine of the question with the section, with its nearest sentence, and with the nearest product.
    section: f32,
    sentence: f32,
    product: f32,
    /// Chance that the question is about nothing a shop tells, and that of its surest subject.
    other: f32,
    surest: f32,
    /// Chance of the surest subject of the heading.
    told: f32,
    /// The clause names a product.
    is_named: bool,
}

impl Signs {
    /// Logistic regression on the questions of `quality/sets/tuning.jsonl`, a quarter of them without an answer.
    fn chance(&self) -> f32 {
        let odds = 1.92 + 2.77 * self.share + 1.55 * self.gap + 9.97 * (self.section - 0.8)
            - 0.45 * (self.sentence - 0.8)
            - 0.4 * self.other
            - 4.39 * self.surest
            - 30.5 * (self.product - self.section)
            - 1.87 * self.told
            - if self.is_named { 0.74 } else { 0.0 };
        1.0 / (1.0 + (-odds).exp())
    }
}

/// A clause of no words that asks for these.
fn bare(ids: impl IntoIterator<Item = ConceptId>) -> Clause {
    Clause {
        words: Vec::new(),
        concepts: Concepts::of(ids),
        is_question: true,
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
