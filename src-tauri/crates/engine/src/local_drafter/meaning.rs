//! Answers by what the models inside the app made of comment and sections, where the words alone do not decide.
//!
//! The classifier names the subject of the question and that of each section. A product's row answers a subject of
//! products, the section of the same subject any other. What may change the question is still read from its words:
//! places, days, numbers, comparisons. A subject that is not clear is no subject.

use super::attributes::{self, Diet};
use super::clauses::Clause;
use super::concepts::{ConceptId, Concepts, Kind, kind_of};
use super::fillers::is_about_buying;
use super::names::{names, words_of_its_kind};
use super::passages::{Passage, Question};
use super::products::{Meant, TheOne};
use super::reply::{Answer, Refusal, Situation};
use super::row::Listed;
use super::wording::{self, Tongue};
use super::words::{alike, is_number, tokens};
use domain::draft::ProductFacts;
use domain::{DeclineReason, SubjectScore};

/// A subject less sure than this is not answered by a row, and asks nothing by itself.
const CLEAR: f32 = 0.8;
/// Unless the product is named in full.
const NAMED: f32 = 0.45;
/// Or the words of the clause name the subject, or both.
const SAID_AND_NAMED: f32 = 0.1;
const AGREED: f32 = 0.35;
/// Nor one beside which the question may as well be about what no row tells.
const DOUBT: f32 = 0.1;
/// A comment that is taken for praise asks for a subject from here on.
const SEEMS_ASKED: f32 = 0.7;
/// From here on a comment is about what the shop does and not about a price.
const OF_THE_SHOP: f32 = 0.7;
/// From here on a word that is not understood does not make another question of what a product is made of.
const SURELY: f32 = 0.95;
/// Where a section tells this much of what is asked, one that tells a small part of that answers something else.
const TOLD: f32 = 0.4;
const BESIDE_IT: f32 = 0.2;
/// A section with a smaller chance answers nothing, however well its words fit.
const DOUBTFUL: f32 = 0.3;
/// From here on not even words that fit answer.
const SURELY_UNTOLD: f32 = 0.6;
/// The chance that a section answers, from which on it does.
const ANSWERS: f32 = 0.8;
/// Cosine of a question with the nearest product, on the average; for shops without products.
const USUALLY_NEAR: f32 = 0.82;
/// Log-odds beyond these say no more.
const MOST_ODDS: f32 = 8.0;
/// A text whose surest subject is below this is about nothing clear.
const FAINT: f32 = 0.15;
/// Products between which a name leaves the choice, up to which the answer tells of each.
const MOST_ALIKE: usize = 3;
const LONGEST_ANSWER: usize = 420;

/// The concepts that a subject stands for; those of products are looked up in rows.
struct Stands {
    name: &'static str,
    ids: &'static [ConceptId],
    /// The list of the row that tells it.
    listed: Option<Listed>,
    /// What of diets it is about.
    diet: Option<Diet>,
}

impl Stands {
    /// A word that is not understood may be a part of the product, another one, or another side of it.
    fn needs_all_words(&self) -> bool {
        BOUGHT.contains(&self.name) || matches!(self.listed, Some(Listed::Size | Listed::Care))
    }
}

const fn product(name: &'static str, ids: &'static [ConceptId]) -> Stands {
    Stands {
        name,
        ids,
        listed: None,
        diet: None,
    }
}

const fn listed(name: &'static str, ids: &'static [ConceptId], listed: Listed) -> Stands {
    Stands {
        name,
        ids,
        listed: Some(listed),
        ..product(name, ids)
    }
}

const fn of_diets(name: &'static str, ids: &'static [ConceptId], diet: Diet) -> Stands {
    Stands {
        diet: Some(diet),
        ..product(name, ids)
    }
}

#[rustfmt::skip]
const OF_PRODUCTS: &[Stands] = &[
    product("price", &["cost"]),
    product("stock", &["stock"]),
    listed("weight", &["weight"], Listed::Weight),
    listed("size", &["measure", "length", "width", "thickness", "hardness"], Listed::Size),
    listed("capacity", &["capacity"], Listed::Capacity),
    listed("material", &["material"], Listed::Material),
    listed("ingredients", &["ingredients"], Listed::Ingredients),
    product("origin_ingredients", &["origin"]),
    product("oven", &["oven"]),
    product("induction", &["induction"]),
    product("dishwasher", &["dishwasher"]),
    product("microwave", &["microwave"]),
    listed("comes_with", &["comeswith"], Listed::Contents),
    listed("textile_washing", &["washing"], Listed::Care),
    product("coating", &["nonstick"]),
    of_diets("vegan", &["vegan"], Diet::Vegan),
    of_diets("gluten", &["gluten"], Diet::Gluten),
    of_diets("nuts", &["nuts"], Diet::Contains),
    of_diets("allergens", &["allergens"], Diet::Contains),
    product("hotness", &["hot"]),
];

impl<'a> Situation<'a> {
    /// Thanks are no answer: by its sign or its subject the comment asks something, however kindly.
    pub(super) fn seems_to_ask(&self) -> bool {
        let subject = self.request.reading.comment.first();
        let has_subject =
            subject.is_some_and(|best| best.confidence >= SEEMS_ASKED && best.subject.name() != "other");
        let named = (0..self.clauses.len()).any(|at| self.catalogue.named_in_clause(at));
        let may_buy = named && subject.is_some_and(|best| BOUGHT.contains(&best.subject.name()));
        let compares = (0..self.clauses.len()).any(|at| self.compares_or_asks_why(at));
        has_subject || may_buy || (subject.is_some() && (compares || self.request.comment_text.contains('?')))
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
            (is_beside_it || chance < DOUBTFUL).then_some(chance)
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
            Meant::One(one)
                if self.is_strange(at, &one) && (stands.needs_all_words() || best.confidence < SURELY) =>
            {
                return Ok(Vec::new());
            }
            Meant::One(one) => vec![one],
            Meant::Several(facts) if facts.len() > MOST_ALIKE || !BOUGHT.contains(&stands.name) => {
                return Err(self.ambiguous(&facts));
            }
            Meant::Several(facts) => facts.into_iter().map(TheOne::among_several).collect(),
            Meant::Nothing => return Ok(Vec::new()),
        };
        let facts: Vec<usize> = meant.iter().map(|one| one.fact).collect();
        if !self.numbers_fit(at, &facts) {
            return Ok(Vec::new());
        }
        let clause = bare(stands.ids.iter().copied().take(1));
        let mut question = Question::new(&clause, &[], &[], Vec::new());
        // One of them is enough to ask for it.
        question.ids.retain(|(id, _)| *id == stands.ids[0]);
        let mut answers = Vec::new();
        for one in meant {
            // The bare clause has no words for the name to stand at.
            let meant = Meant::One(TheOne {
                words: Vec::new(),
                side_by_side: Vec::new(),
                ..one
            });
            // Which of its sizes, or what of its ingredients, is asked for is in the words alone.
            let told = match stands.listed {
                Some(Listed::Size | Listed::Ingredients | Listed::Material) => None,
                _ => self.answer_from_product(&clause, &question, &meant, false, tongue)?,
            };
            let Meant::One(one) = meant else {
                return Ok(Vec::new());
            };
            match told.or_else(|| self.listed_of(stands, &one, tongue)) {
                Some(answer) => answers.push(Answer {
                    confidence: answer.confidence * best.confidence,
                    ..answer
                }),
                None => return Ok(Vec::new()),
            }
        }
        Ok(answers)
    }

    /// What the row lists of it: a height is none of its sizes, since nobody says which of them it is.
    fn listed_of(&self, stands: &Stands, one: &TheOne, tongue: Tongue) -> Option<Answer> {
        if let Some(diet) = stands.diet {
            let product = self.catalogue.product(one.fact)?;
            // What is said of sesame is no word on nuts.
            if stands.name == "nuts" && !attributes::has_nuts(product) {
                return None;
            }
            if self.clauses.iter().any(|clause| clause.concepts.has("origin")) {
                return None;
            }
            let told = attributes::diet(product, diet, tongue)?;
            return Some(Answer {
                text: format!("{}: {told}.", product.name_in(tongue.code())),
                fact: Some(one.fact),
                confidence: 0.85 * one.sure,
            });
        }
        let says = |id: ConceptId| self.clauses.iter().any(|clause| clause.concepts.has(id));
        let mut words = self.clauses.iter().flat_map(|clause| &clause.words);
        let listed = match stands.listed? {
            Listed::Size | Listed::Material if says("hardness") => Listed::Hardness,
            Listed::Size if words.any(|word| is_of_one_side(word)) => return None,
            Listed::Size if says("thickness") => Listed::Thickness,
            Listed::Ingredients | Listed::Material if words.any(|word| is_of_its_kind(word)) => return None,
            listed => listed,
        };
        let product = self.catalogue.product(one.fact)?;
        let value = listed.value(product, tongue)?;
        if matches!(listed, Listed::Capacity) && asks_millilitres(&self.clauses) && !in_litres(&value) {
            return None;
        }
        let text = wording::labelled(tongue, product.name_in(tongue.code()), listed.label(), &value);
        Some(Answer {
            text,
            fact: Some(one.fact),
            confidence: 0.85 * one.sure,
        })
    }

    /// "Why so dear?" and "dearer than the other?" are answered by no row.
    fn compares_or_asks_why(&self, at: usize) -> bool {
        let concepts = &self.clauses[at].concepts;
        concepts.has("than") || concepts.has("why")
    }

    /// What of a product is asked, when that is sure, or fairly sure and the words say so too.
    fn stands_for(&self, at: usize, best: &SubjectScore) -> Option<&'static Stands> {
        let clause = &self.clauses[at];
        OF_PRODUCTS
            .iter()
            .find(|stands| stands.name == best.subject.name())
            .filter(|stands| {
                let is_said = stands.ids.iter().any(|id| clause.concepts.has(id));
                let in_full =
                    matches!(self.catalogue.meant(at), Meant::One(one) if self.is_named_in_full(&one));
                let least = match (is_said, in_full) {
                    (true, true) => SAID_AND_NAMED,
                    (true, false) => AGREED,
                    (false, true) => NAMED,
                    (false, false) => CLEAR,
                };
                best.confidence >= least
            })
    }

    /// Chance that no row tells it.
    fn untold(&self, subjects: &[SubjectScore]) -> f32 {
        UNTOLD.iter().map(|name| sure_of(subjects, name)).sum()
    }

    /// Words that make another question of it: "a pot for coffee" is no copper pan, "in navy blue" is none of its row.
    fn is_strange(&self, at: usize, one: &TheOne) -> bool {
        let Some(product) = self.catalogue.product(one.fact) else {
            return true;
        };
        let is_another_colour = |word: &str| is_colour(word) && !tells_colour(product, word);
        if self.clauses[at].words.iter().any(|word| is_another_colour(word)) {
            return true;
        }
        !self.is_named_in_full(one)
            && self.clauses[at].plain_words().any(|(i, word)| {
                !one.words.contains(&i)
                    && !names(product, word)
                    && !describes(product, word)
                    && !is_about_buying(word)
                    && !is_number(word)
            })
    }

    /// In one clause or another.
    fn is_named_in_full(&self, one: &TheOne) -> bool {
        let is_it =
            |meant: Meant| matches!(meant, Meant::One(other) if other.fact == one.fact && other.is_full);
        one.is_full || (0..self.clauses.len()).any(|at| is_it(self.catalogue.meant(at)))
    }

    /// The products have the numbers that are named: of skillets of 20 and 26 cm none is told to who asks for one of 36.
    fn numbers_fit(&self, at: usize, facts: &[usize]) -> bool {
        let mut numbers = self
            .clauses
            .iter()
            .enumerate()
            .filter(|(other, _)| *other == at || self.catalogue.named_in_clause(*other))
            // "For eight people" is no size.
            .filter(|(_, clause)| !clause.concepts.has("people"))
            .flat_map(|(_, clause)| &clause.words)
            .filter(|word| is_number(word));
        numbers.all(|number| facts.iter().any(|fact| self.catalogue.has_number(*fact, number)))
    }

    /// What is asked of price or stock, when that is sure and the clause names what it is asked of.
    pub(super) fn bought_by_meaning(&self, at: usize, alone: bool, tongue: Tongue) -> Option<Vec<Answer>> {
        let subjects = self.subjects_of(at, alone)?;
        let best = subjects.first()?;
        if self.compares_or_asks_why(at) {
            return None;
        }
        let stands = self.stands_for(at, best)?;
        let Meant::One(one) = self.catalogue.meant(at) else {
            return None;
        };
        let is_doubtful = self.untold(subjects) >= DOUBT;
        if !BOUGHT.contains(&stands.name) || one.words.is_empty() || self.is_strange(at, &one) || is_doubtful
        {
            return None;
        }
        let answers = self.rows_by_meaning(at, stands, best, tongue).ok()?;
        (!answers.is_empty()).then_some(answers)
    }

    /// "Is there garlic in it?", "is the handle really oak?": the list that has the word is told.
    pub(super) fn substance_asked(&self, at: usize, alone: bool, tongue: Tongue) -> Option<Answer> {
        let clause = &self.clauses[at];
        let best = self.subjects_of(at, alone)?.first()?;
        let of_another_subject =
            best.confidence >= OF_THE_SHOP && !OF_SUBSTANCES.contains(&best.subject.name());
        let asks_more = clause.concepts.has("origin")
            || clause.concepts.has("cost")
            || self
                .clauses
                .iter()
                .flat_map(|clause| &clause.words)
                .any(|word| is_of_its_kind(word))
            || sure_of(self.subjects_of(at, alone)?, "spare_parts") >= DOUBT;
        if of_another_subject || asks_more || self.compares_or_asks_why(at) {
            return None;
        }
        let Meant::One(one) = self.catalogue.meant(at) else {
            return None;
        };
        let product = self.catalogue.product(one.fact)?;
        let own = attributes::substances(product, tongue);
        let asks_for_nuts =
            best.subject.name() == "nuts" && best.confidence >= CLEAR && attributes::has_nuts(product);
        let is_asked = clause.words.iter().enumerate().any(|(i, word)| {
            !one.words.contains(&i)
                && !names(product, word)
                && own.iter().any(|substance| alike(substance, word))
        });
        if !(is_asked || asks_for_nuts) || one.words.is_empty() || !self.is_named_in_full(&one) {
            return None;
        }
        let listed = if product.ingredients.is_some() {
            Listed::Ingredients
        } else {
            Listed::Material
        };
        let value = listed.value(product, tongue)?;
        Some(Answer {
            text: wording::labelled(tongue, product.name_in(tongue.code()), listed.label(), &value),
            fact: Some(one.fact),
            confidence: 0.8 * one.sure,
        })
    }

    /// "When will the apron be here?" of what cannot be had now asks for its date.
    pub(super) fn awaited(&self, at: usize, alone: bool, tongue: Tongue) -> Option<Answer> {
        let clause = &self.clauses[at];
        let best = self.subjects_of(at, alone)?.first()?;
        let may_be = best.confidence < NAMED || OF_WAITING.contains(&best.subject.name());
        let Meant::One(one) = self.catalogue.meant(at) else {
            return None;
        };
        let product = self.catalogue.product(one.fact)?;
        let is_away = product.restock_on.is_some() && product.availability.as_deref() != Some("in_stock");
        if !may_be || !is_away || !clause.concepts.has("when") || !self.is_named_in_full(&one) {
            return None;
        }
        let stands = OF_PRODUCTS.iter().find(|stands| stands.name == "stock")?;
        self.rows_by_meaning(at, stands, best, tongue)
            .ok()?
            .into_iter()
            .next()
            .map(|answer| Answer {
                confidence: 0.7,
                ..answer
            })
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
    fn chance_of(&self, at: usize, subjects: &[SubjectScore], passage: &Passage<'_>) -> f32 {
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

    /// A section that is nearly sure to answer, whatever the words.
    pub(super) fn section_surely(&self, at: usize, alone: bool) -> Option<Answer> {
        let subjects = self.subjects_of(at, alone)?;
        if self.compares_or_asks_why(at) {
            return None;
        }
        self.section_by_meaning(at, subjects)
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

/// Beginnings of words for a height, a depth, a base, a weight of cloth: a row's sizes do not say which of them they are.
pub(super) fn is_of_one_side(word: &str) -> bool {
    const BEGINNINGS: [&str; 32] = [
        "tall",
        "high",
        "height",
        "deep",
        "depth",
        "gsm",
        "base",
        "bottom",
        "underneath",
        "rim",
        "inner",
        "inside",
        "высот",
        "глубин",
        "дн",
        "плотност",
        "внутр",
        "висот",
        "глибин",
        "щільн",
        "внутріш",
        "биік",
        "тереңд",
        "түб",
        "ернеу",
        "altura",
        "alto",
        "fondo",
        "profund",
        "gramaje",
        "borde",
        "interior",
    ];
    BEGINNINGS.iter().any(|beginning| word.starts_with(beginning))
}

/// Beginnings of words for the sort of what it is made of, and for what is measured of it: no list of ingredients has it.
fn is_of_its_kind(word: &str) -> bool {
    const BEGINNINGS: [&str; 10] = [
        "variet",
        "grade",
        "variedad",
        "сорт",
        "сұрып",
        "acidit",
        "acidez",
        "кислотн",
        "қышқылд",
        "density",
    ];
    BEGINNINGS.iter().any(|beginning| word.starts_with(beginning))
}

fn asks_millilitres(clauses: &[Clause]) -> bool {
    const BEGINNINGS: [&str; 5] = ["millil", "mililitr", "милли", "мілі", "ml"];
    let mut words = clauses.iter().flat_map(|clause| &clause.words);
    words.any(|word| word == "мл" || BEGINNINGS.iter().any(|beginning| word.starts_with(beginning)))
}

fn in_litres(value: &str) -> bool {
    const UNITS: [&str; 4] = ["L", "л", "ml", "мл"];
    value.split([' ', ',']).any(|word| UNITS.contains(&word))
}

/// Beginnings of words for what makes a special case of a question: languages, people with a discount of their own, diets.
const CASES: [&[&str]; 16] = [
    &["english", "английск", "англійськ", "ағылшын", "ingles"],
    &["spanish", "испанск", "іспанськ", "испан", "espanol"],
    &[
        "portuguese",
        "португальск",
        "португальськ",
        "португал",
        "portugues",
    ],
    &["french", "французск", "французьк", "француз", "frances"],
    &["german", "немецк", "німецьк", "неміс", "aleman"],
    &["russian", "русск", "російськ", "орысша", "ruso"],
    &["ukrainian", "украинск", "українськ", "украинша", "ucrani"],
    &["kazakh", "казахск", "казахськ", "қазақша", "казакша", "kazaj"],
    &["student", "студент", "estudiant"],
    &[
        "pension",
        "retired",
        "senior",
        "пенсион",
        "пенсіон",
        "зейнет",
        "jubilad",
        "mayores",
    ],
    &[
        "military",
        "veteran",
        "nurse",
        "военн",
        "ветеран",
        "військов",
        "әскери",
        "militar",
    ],
    &["vegetarian", "вегетариан", "вегетаріан", "vegetarian"],
    &["pregnan", "беремен", "вагітн", "жүкті", "embaraz"],
    &["loyalty", "лояльност", "бонусн", "puntos", "fidelidad", "адалдық"],
    &["crypto", "bitcoin", "крипт", "биткоин", "біткоїн", "cripto"],
    &["menu", "меню", "menú"],
];

fn case_of(word: &str) -> Option<&'static [&'static str]> {
    CASES
        .into_iter()
        .find(|case| case.iter().any(|beginning| word.starts_with(beginning)))
}

/// Beginnings of colours, a group for each.
const COLOURS: [&[&str]; 12] = [
    &["red", "красн", "червон", "қызыл", "roj"],
    &["blue", "navy", "син", "голуб", "блакит", "көк", "azul"],
    &["green", "зелен", "зелён", "жасыл", "verde"],
    &["black", "черн", "чёрн", "чорн", "қара", "negr"],
    &["white", "бел", "біл", "ақ", "blanc"],
    &["grey", "gray", "сер", "сір", "сұр", "gris"],
    &["pink", "розов", "рожев", "қызғылт", "rosa"],
    &["yellow", "желт", "жёлт", "жовт", "сары", "amarill"],
    &["orange", "оранж", "помаранч", "naranj"],
    &[
        "burgundy",
        "бордо",
        "granate",
        "purple",
        "violet",
        "фиолет",
        "фіолет",
        "күлгін",
        "morad",
    ],
    &["brown", "коричнев", "қоңыр", "marron", "marrón"],
    &["beige", "бежев", "беж"],
];

fn colour_of(word: &str) -> Option<&'static [&'static str]> {
    // Short beginnings are whole words or nearly: "ақ" is no "ақша", "сер" no "сервис".
    let is = |beginning: &&str| {
        word.starts_with(*beginning)
            && word.chars().count()
                <= beginning.chars().count() + if beginning.chars().count() < 4 { 3 } else { 5 }
    };
    COLOURS.into_iter().find(|group| group.iter().any(is))
}

/// "The square one with the ridges": the description has the word.
fn describes(product: &ProductFacts, word: &str) -> bool {
    let description = product.description.as_deref().unwrap_or_default();
    tokens(description).iter().any(|told| alike(told, word))
}

fn is_colour(word: &str) -> bool {
    colour_of(word).is_some()
}

/// The row names the colour somewhere.
fn tells_colour(product: &ProductFacts, word: &str) -> bool {
    let group = colour_of(word);
    let texts = std::iter::once(&product.name)
        .chain(product.names.values())
        .chain(&product.synonyms)
        .chain(&product.description);
    texts
        .flat_map(|text| tokens(text))
        .any(|told| colour_of(&told) == group)
}

/// Subjects of buying a product.
const BOUGHT: [&str; 2] = ["price", "stock"];

/// Subjects that a question for one ingredient or material is taken for.
const OF_SUBSTANCES: [&str; 14] = [
    "material",
    "ingredients",
    "variants",
    "other",
    "nuts",
    "allergens",
    "gluten",
    "vegan",
    "salt_sugar",
    "additives",
    "comes_with",
    "hotness",
    "halal",
    "organic",
];

/// Subjects that waiting for a product is taken for.
const OF_WAITING: [&str; 5] = ["stock", "notify_stock", "delivery_time", "express", "late"];

/// What went wrong on the way, for which a shop names the next step.
const WITH_A_STEP: [&str; 3] = ["damaged", "late", "wrong_item"];

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

/// Subjects of products that a row is not asked for.
const ALSO_OF_PRODUCTS: [&str; 2] = ["variants", "choose"];

/// Subjects that no row of a product tells.
const UNTOLD: [&str; 4] = ["other", "variants", "choose", "spare_parts"];

fn surest_of(subjects: &[SubjectScore]) -> f32 {
    subjects.first().map_or(0.0, |best| best.confidence)
}

fn sure_of(subjects: &[SubjectScore], name: &str) -> f32 {
    let score = subjects.iter().find(|asked| asked.subject.name() == name);
    score.map_or(0.0, |score| score.confidence)
}

/// Subjects of how goods are used and treated.
const TREATMENT: [&str; 14] = [
    "monogram",
    "logo_engraving",
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

/// How much of what is asked is told: a text tells of its surest subject in full, of others in proportion.
fn shared(asked: &[SubjectScore], told: Option<&Vec<SubjectScore>>) -> f32 {
    let told = told.map_or(&[][..], Vec::as_slice);
    let surest = surest_of(told);
    let share = |asked: &SubjectScore| {
        let told = told.iter().find(|told| told.subject == asked.subject);
        let told = told.map_or(0.0, |told| told.confidence);
        asked.confidence * if surest > FAINT { told / surest } else { told }
    };
    asked.iter().map(share).sum()
}

fn is_of_products(subject: &str) -> bool {
    OF_PRODUCTS.iter().any(|stands| stands.name == subject) || ALSO_OF_PRODUCTS.contains(&subject)
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
