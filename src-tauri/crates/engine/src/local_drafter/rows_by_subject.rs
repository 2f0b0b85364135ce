//! Rows of products that answer by the subject of a question, where the words alone do not say which attribute is meant.

use super::concepts::ConceptId;
use super::described;
use super::fillers::is_about_buying;
use super::meaning::{CLEAR, DOUBT, OF_THE_SHOP, bare};
use super::names::names;
use super::passages::Question;
use super::products::{Meant, TheOne};
use super::reply::{Answer, Refusal, Situation};
use super::row::Listed;
use super::special::{
    asks_millilitres, describes, in_litres, is_colour, is_of_its_kind, is_of_nuts, is_of_one_side,
    tells_colour,
};
use super::subjects::{BOUGHT, OF_PRODUCTS, OF_SUBSTANCES, OF_WAITING, Stands, UNTOLD, sure_of};
use super::wording::{self, Tongue};
use super::words::{alike, is_number};
use domain::SubjectScore;

/// Instead of [`CLEAR`], where the product is named in full.
const NAMED: f32 = 0.45;
/// The same where the words of the clause name the subject, and where both are named.
const AGREED: f32 = 0.35;
const SAID_AND_NAMED: f32 = 0.1;
/// From here on a word that is not understood does not make another question of what a product is made of.
const SURELY: f32 = 0.95;
/// A subject that is as likely as this may be meant.
const MAY_BE: f32 = 0.2;
/// Products between which a name leaves the choice, up to which the answer tells of each.
const MOST_ALIKE: usize = 3;

impl<'a> Situation<'a> {
    /// The row of the product meant, asked for nothing but the subject; of a few that are named alike, each. None when
    /// no product is meant or a row does not tell.
    pub(super) fn rows_by_meaning(
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
            Meant::Several(facts) if facts.iter().all(|fact| self.is_in_another_colour(at, *fact)) => {
                return Ok(Vec::new());
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
            if stands.name == "nuts" && !described::has_nuts(product) {
                return None;
            }
            if self.clauses.iter().any(|clause| clause.concepts.has("origin")) {
                return None;
            }
            let told = described::diet(product, diet, tongue)?;
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

    /// What of a product is asked, when that is sure, or fairly sure and the words say so too.
    pub(super) fn stands_for(&self, at: usize, best: &SubjectScore) -> Option<&'static Stands> {
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
    pub(super) fn untold(&self, subjects: &[SubjectScore]) -> f32 {
        UNTOLD.iter().map(|name| sure_of(subjects, name)).sum()
    }

    /// Words that make another question of it: "a pot for coffee" is no copper pan, "in navy blue" is none of its row.
    fn is_strange(&self, at: usize, one: &TheOne) -> bool {
        let Some(product) = self.catalogue.product(one.fact) else {
            return true;
        };
        if self.is_in_another_colour(at, one.fact) {
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

    /// The clause names a colour that the row does not.
    fn is_in_another_colour(&self, at: usize, fact: usize) -> bool {
        let product = self.catalogue.product(fact);
        let mut words = self.clauses[at].words.iter();
        product.is_some_and(|product| words.any(|word| is_colour(word) && !tells_colour(product, word)))
    }

    /// In one clause or another.
    pub(super) fn is_named_in_full(&self, one: &TheOne) -> bool {
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

    /// What a row lists of a subject that is nearly sure, whatever the words: "how many kilos?" asks for no price.
    pub(super) fn listed_surely(&self, at: usize, alone: bool, tongue: Tongue) -> Option<Vec<Answer>> {
        let subjects = self.subjects_of(at, alone)?;
        let best = subjects.first().filter(|best| best.confidence >= SURELY)?;
        let stands = self.stands_for(at, best)?;
        let is_named = matches!(self.catalogue.meant(at), Meant::One(one) if !one.words.is_empty());
        if stands.listed.is_none_or(|listed| listed == Listed::Size)
            || !is_named
            || self.compares_or_asks_why(at)
        {
            return None;
        }
        let answers = self.rows_by_meaning(at, stands, best, tongue).ok()?;
        (!answers.is_empty()).then_some(answers)
    }

    /// "Is there garlic in it?", "is the handle really oak?": the list that has the word is told.
    pub(super) fn substance_asked(&self, at: usize, alone: bool, tongue: Tongue) -> Option<Answer> {
        let clause = &self.clauses[at];
        let subjects = self.subjects_of(at, alone)?;
        let best = subjects.first()?;
        let of_another_subject =
            best.confidence >= OF_THE_SHOP && !OF_SUBSTANCES.contains(&best.subject.name());
        let asks_more = clause.concepts.has("origin")
            || clause.concepts.has("cost")
            || self
                .clauses
                .iter()
                .flat_map(|clause| &clause.words)
                .any(|word| is_of_its_kind(word))
            || sure_of(subjects, "spare_parts") >= DOUBT;
        // "The one with the nuts, what does it cost?" asks for its price.
        let whole = self.request.reading.comment.first();
        let of_buying =
            whole.is_some_and(|best| best.confidence >= SURELY && BOUGHT.contains(&best.subject.name()));
        if of_another_subject || of_buying || asks_more || self.compares_or_asks_why(at) {
            return None;
        }
        let Meant::One(one) = self.catalogue.meant(at) else {
            return None;
        };
        let product = self.catalogue.product(one.fact)?;
        let own = described::substances(product, tongue);
        // A name that is nothing but nuts may be what is asked for.
        let is_called_otherwise = one
            .words
            .iter()
            .any(|at| clause.words.get(*at).is_some_and(|word| !is_of_nuts(word)));
        let asks_for_nuts = best.subject.name() == "nuts"
            && best.confidence >= CLEAR
            && is_called_otherwise
            && described::has_nuts(product);
        // "The iron pan" is how it is called.
        let may_ask = product.ingredients.is_some() || sure_of(subjects, "material") >= MAY_BE;
        let is_asked = clause.words.iter().enumerate().any(|(i, word)| {
            !one.words.contains(&i)
                && !names(product, word)
                && own.iter().any(|substance| alike(substance, word))
        });
        if !(is_asked && may_ask || asks_for_nuts) || one.words.is_empty() || !self.is_named_in_full(&one) {
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
}
