//! What the row of one product answers, and when it does not.

use super::attributes::{self, Use};
use super::clauses::Clause;
use super::concepts::{ConceptId, Kind, concepts_of, kind_of};
use super::described;
use super::fillers::is_about_buying;
use super::glossary;
use super::names::{Closeness, closeness, names, own_ids, product_words};
use super::passages::Question;
use super::products::{Meant, TheOne};
use super::reply::{Answer, Refusal, Situation};
use super::special::{asks_millilitres, in_litres, is_of_one_side};
use super::wording::{self, Label, Tongue};
use super::words::{alike, is_number, sentences, tokens};
use crate::find::{is_valid_on, iso_date};
use domain::DeclineReason;
use domain::draft::ProductFacts;

/// What is asked of one product.
struct Asked<'q> {
    clause: &'q Clause,
    question: &'q Question,
    product: &'q ProductFacts,
    one: &'q TheOne,
    tongue: Tongue,
}

impl Asked<'_> {
    fn name(&self) -> &str {
        self.product.name_in(self.tongue.code())
    }

    /// Words that neither name the product nor leave the question as it is.
    fn strange(&self) -> Vec<&str> {
        self.clause
            .plain_words()
            .filter(|(i, w)| !self.one.words.contains(i) && !names(self.product, w))
            .map(|(_, w)| w)
            .collect()
    }

    /// Subjects beside the `allowed` ones that are not the product's own name: "the handle of the kettle".
    fn others(&self, allowed: &[ConceptId]) -> Vec<ConceptId> {
        let own = own_ids(self.product);
        let numbered = self.one.words.iter().any(|at| is_number(&self.clause.words[*at]));
        self.question
            .ids
            .iter()
            .map(|(id, _)| *id)
            .filter(|id| !allowed.contains(id) && !own.contains(id))
            // "The kettle of 1.2 litres" says how it is called.
            .filter(|id| !(numbered && *id == "capacity"))
            .collect()
    }

    fn answer(&self, text: String, confidence: f32) -> Answer {
        Answer {
            text,
            fact: Some(self.one.fact),
            confidence: confidence * self.one.sure,
        }
    }
}

impl Situation<'_> {
    /// "Do you have the wok?" asks for stock; a name with nothing else asks nothing that can be told.
    pub(super) fn answer_bare_name(
        &self,
        clause: &Clause,
        question: &Question,
        one: &TheOne,
        tongue: Tongue,
    ) -> Result<Answer, Refusal> {
        let unclear = |name: &str, words: &[&str]| {
            Refusal::new(
                DeclineReason::NoSource,
                format!("no source about {name}: {}", words.join(", ")),
            )
        };
        let Some(product) = self.catalogue.product(one.fact) else {
            return Err(unclear("this product", &[]));
        };
        let asked = Asked {
            clause,
            question,
            product,
            one,
            tongue,
        };
        let strange: Vec<&str> = asked
            .strange()
            .into_iter()
            .filter(|w| !is_about_buying(w))
            .collect();
        let others = asked.others(&[]);
        if strange.is_empty() && others.is_empty() && clause.asks_whether_there_is_one() {
            return self.stock_of(&asked).map(|text| asked.answer(text, 0.9));
        }
        if let Some(text) = self.answer_from_description(question, product, tongue) {
            self.refuse_outside_validity(product)?;
            return Ok(asked.answer(text, 0.8));
        }
        let about: Vec<&str> = strange.into_iter().chain(others).collect();
        if about.is_empty() {
            return Err(Refusal::new(
                DeclineReason::Ambiguous,
                format!("it is not clear what is asked about {}", product.name),
            ));
        }
        Err(unclear(&product.name, &about))
    }

    /// An attribute of the product meant, when the clause asks for one that the row holds. `is_told`: a section
    /// answers too.
    pub(super) fn answer_from_product(
        &self,
        clause: &Clause,
        question: &Question,
        meant: &Meant,
        is_told: bool,
        tongue: Tongue,
    ) -> Result<Option<Answer>, Refusal> {
        let listed = Listed::asked(question);
        let one = match meant {
            Meant::One(one) => one,
            Meant::Several(facts) if question.has("cost") || question.has("stock") || listed.is_some() => {
                return Err(self.ambiguous(facts));
            }
            Meant::Several(_) if is_told => return Ok(None),
            Meant::Several(facts) => return Ok(self.answer_from_only_description(question, facts, tongue)),
            Meant::Nothing => return Ok(None),
        };
        let Some(product) = self.catalogue.product(one.fact) else {
            return Ok(None);
        };
        let asked = Asked {
            clause,
            question,
            product,
            one,
            tongue,
        };
        let answer = self.answer_from_row(&asked, listed)?;
        if answer.is_some() {
            self.refuse_outside_validity(product)?;
        }
        Ok(answer)
    }

    fn answer_from_row(&self, asked: &Asked<'_>, listed: Option<Listed>) -> Result<Option<Answer>, Refusal> {
        if let Some(answer) = self.price_and_stock(asked)? {
            return Ok(Some(answer));
        }
        if let Some(answer) = self.uses(asked)? {
            return Ok(Some(answer));
        }
        // How to treat a thing is told by a section, whatever word of it the row has.
        let left_to_a_section = asked
            .question
            .ids_of(Kind::Topic)
            .any(|id| closeness(id) == Closeness::Kind)
            && self.is_told_in_a_section(asked.question, asked.one);
        if !asked.one.words.is_empty()
            && !left_to_a_section
            && let Some(text) = self.answer_from_description(asked.question, asked.product, asked.tongue)
        {
            return Ok(Some(asked.answer(text, 0.8)));
        }
        // A section that speaks of exactly this beats a bare attribute.
        if self.is_told_in_a_section(asked.question, asked.one) {
            return Ok(None);
        }
        let of_one_side = asked.clause.words.iter().any(|word| is_of_one_side(word));
        let value = listed
            .filter(|listed| !(of_one_side && matches!(listed, Listed::Size)))
            .and_then(|l| Some((l, l.value(asked.product, asked.tongue)?)))
            .filter(|(listed, value)| {
                !(matches!(listed, Listed::Capacity) && asks_millilitres(&self.clauses) && !in_litres(value))
            });
        if let Some((listed, value)) = value
            && asked.strange().is_empty()
            && asked.others(listed.ids()).is_empty()
        {
            let text = wording::labelled(asked.tongue, asked.name(), listed.label(), &value);
            return Ok(Some(asked.answer(text, 0.9)));
        }
        Ok(self
            .answer_from_description(asked.question, asked.product, asked.tongue)
            .map(|text| asked.answer(text, 0.75)))
    }

    /// Bears no word and no subject that is not understood: "available in pink?" is no question about stock.
    fn price_and_stock(&self, asked: &Asked<'_>) -> Result<Option<Answer>, Refusal> {
        let (cost, stock) = (asked.question.has("cost"), asked.question.has("stock"));
        if !cost && !stock {
            return Ok(None);
        }
        let (clause, product) = (asked.clause, asked.product);
        if clause.concepts.has("why") || clause.concepts.has("than") {
            return Err(Refusal::new(
                DeclineReason::NoSource,
                format!("no source compares or explains the price of {}", product.name),
            ));
        }
        // A price that is only implied ("how many…?") may be another number.
        let implied = cost && !clause.concepts.has("cost");
        if implied && !stock && self.surely_asks_no_price() {
            return Ok(None);
        }
        let is_borne = |word: &str| is_about_buying(word) && !asked.one.words.is_empty() && !implied;
        let strange: Vec<&str> = asked.strange().into_iter().filter(|w| !is_borne(w)).collect();
        let allowed: &[ConceptId] = if stock {
            &["cost", "stock", "when"]
        } else {
            &["cost"]
        };
        let others = asked.others(allowed);
        if !strange.is_empty() || !others.is_empty() {
            let placed = others
                .iter()
                .any(|id| kind_of(id) == Kind::Place || *id == "showroom");
            if stock && placed {
                return Err(Refusal::new(
                    DeclineReason::NoSource,
                    format!("no source says where {} is available", product.name),
                ));
            }
            return Ok(None);
        }
        self.refuse_outside_validity(product)?;
        let mut said: Vec<String> = Vec::new();
        if cost {
            self.refuse_disagreement(asked.one.fact, product, true)?;
            let Some(price) = &product.price else {
                return Err(Refusal::new(
                    DeclineReason::NoSource,
                    format!("no price of {}", product.name),
                ));
            };
            let amount = wording::money(price, product.currency.as_deref());
            said.push(wording::price(
                asked.tongue,
                asked.name(),
                &amount,
                self.request.variation,
            ));
        }
        if stock {
            said.push(self.stock_of(asked)?);
        }
        Ok(Some(asked.answer(said.join(" "), 0.97)))
    }

    fn stock_of(&self, asked: &Asked<'_>) -> Result<String, Refusal> {
        let product = asked.product;
        self.refuse_outside_validity(product)?;
        self.refuse_disagreement(asked.one.fact, product, false)?;
        let late = product
            .restock_on
            .as_deref()
            .filter(|_| product.availability.as_deref() != Some("in_stock"))
            .filter(|date| iso_date(date).is_none_or(|d| d < self.request.today));
        if let Some(date) = late {
            return Err(Refusal::new(
                DeclineReason::NoSource,
                format!("{} was due on {date}; no newer date", product.name),
            ));
        }
        wording::stock(asked.tongue, asked.name(), product, self.request.variation).ok_or_else(|| {
            Refusal::new(
                DeclineReason::NoSource,
                format!("no availability of {}", product.name),
            )
        })
    }

    fn refuse_outside_validity(&self, product: &ProductFacts) -> Result<(), Refusal> {
        if is_valid_on(product, self.request.today) {
            return Ok(());
        }
        let limit = |date: &Option<String>| date.clone().unwrap_or_else(|| "…".into());
        Err(Refusal::new(
            DeclineReason::NoSource,
            format!(
                "{} is on sale only {} – {}",
                product.name,
                limit(&product.valid_from),
                limit(&product.valid_to)
            ),
        ))
    }

    /// Hob, oven, dishwasher and microwave: all that the clause asks for, or none.
    fn uses(&self, asked: &Asked<'_>) -> Result<Option<Answer>, Refusal> {
        let uses: Vec<Use> = Use::ALL
            .into_iter()
            .filter(|(_, id)| asked.question.has(id))
            .map(|(use_, _)| use_)
            .collect();
        let allowed = [
            "induction",
            "oven",
            "dishwasher",
            "microwave",
            "washing",
            "hob",
            "temperature",
        ];
        let verdicts: Vec<(Use, Option<attributes::Verdict>)> = uses
            .into_iter()
            .map(|use_| (use_, attributes::verdict(asked.product, use_)))
            .collect();
        for (use_, verdict) in &verdicts {
            if let Some(verdict) = verdict {
                self.refuse_other_verdict(asked, *use_, verdict.yes)?;
            }
        }
        if verdicts.is_empty() || !asked.strange().is_empty() || !asked.others(&allowed).is_empty() {
            return Ok(None);
        }
        let mut said = Vec::new();
        for (use_, verdict) in verdicts {
            let Some(verdict) = verdict else {
                return Ok(None);
            };
            said.push(wording::verdict(asked.tongue, asked.name(), use_, &verdict));
        }
        Ok(Some(asked.answer(said.join(" "), 0.95)))
    }

    /// The row forbids what a section allows for its material, or the other way round.
    fn refuse_other_verdict(&self, asked: &Asked<'_>, use_: Use, yes: bool) -> Result<(), Refusal> {
        let id = Use::ALL.into_iter().find(|(u, _)| *u == use_).map(|(_, id)| id);
        let other = self
            .own_passages()
            .filter(|p| id.is_some_and(|id| p.heading_has(id)))
            .find(|p| {
                let section = p.sentences().iter().map(|s| s.text);
                attributes::verdict_on_material(asked.product, asked.tongue, section)
                    .is_some_and(|v| v != yes)
            });
        match other {
            Some(passage) => Err(Refusal::new(
                DeclineReason::SourcesDisagree,
                format!(
                    "{} and \"{}\" say different things",
                    asked.product.name, passage.title
                ),
            )),
            None => Ok(()),
        }
    }

    /// Of several products around the comment, the one row that holds everything asked.
    fn answer_from_only_description(
        &self,
        question: &Question,
        facts: &[usize],
        tongue: Tongue,
    ) -> Option<Answer> {
        let mut telling = facts.iter().filter_map(|fact| {
            let product = self.catalogue.product(*fact)?;
            let text = self.answer_from_description(question, product, tongue)?;
            is_valid_on(product, self.request.today).then_some(Answer {
                text,
                fact: Some(*fact),
                confidence: 0.6,
            })
        });
        let only = telling.next()?;
        telling.next().is_none().then_some(only)
    }

    /// A sentence of the row's own text that holds everything asked; rows are written in the default language.
    fn answer_from_description(
        &self,
        question: &Question,
        product: &ProductFacts,
        tongue: Tongue,
    ) -> Option<String> {
        if tongue.code() != self.request.voice.default_language.as_str() {
            return None;
        }
        let names = product_words(product);
        let wanted: Vec<ConceptId> = question.ids.iter().map(|(id, _)| *id).collect();
        let plain: Vec<&str> = question
            .words
            .iter()
            .map(|w| w.text.as_str())
            .filter(|w| !names.iter().any(|n| alike(n, w)))
            .collect();
        if wanted.is_empty() && plain.is_empty() {
            return None;
        }
        [&product.description, &product.care, &product.ingredients]
            .into_iter()
            .flatten()
            .flat_map(|text| sentences(text))
            .find(|sentence| {
                let words = tokens(sentence);
                let ids = concepts_of(sentence);
                wanted.iter().all(|id| ids.has(id)) && plain.iter().all(|p| words.iter().any(|w| alike(w, p)))
            })
            .map(str::to_owned)
    }

    /// Two rows of one product, or a row and a passage, that give different prices or dates.
    fn refuse_disagreement(&self, fact: usize, product: &ProductFacts, cost: bool) -> Result<(), Refusal> {
        let disagree = |other: &str| {
            Err(Refusal::new(
                DeclineReason::SourcesDisagree,
                format!("{} and {other} say different things", product.name),
            ))
        };
        for (other, row) in self.catalogue.all() {
            let same = row.name == product.name || row.sku == product.sku;
            let differs = if cost {
                row.price.is_some() && product.price.is_some() && row.price != product.price
            } else {
                (&row.availability, &row.restock_on) != (&product.availability, &product.restock_on)
            };
            if other != fact && same && differs {
                return disagree(&self.request.facts[other].title);
            }
        }
        if !cost {
            return Ok(());
        }
        let Some(price) = product.price.as_deref() else {
            return Ok(());
        };
        let amount = wording::money(price, product.currency.as_deref());
        for passage in self.own_passages() {
            for sentence in passage.sentences() {
                if price_in(sentence.text, product, self.request.language.as_str())
                    .is_some_and(|said| said != amount)
                {
                    return disagree(passage.title);
                }
            }
        }
        Ok(())
    }
}

/// An attribute that a row lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listed {
    Weight,
    Capacity,
    Thickness,
    Hardness,
    Size,
    Material,
    Ingredients,
    Contents,
    Care,
}

impl Listed {
    fn asked(question: &Question) -> Option<Self> {
        [
            Self::Weight,
            Self::Capacity,
            Self::Thickness,
            Self::Hardness,
            Self::Size,
            Self::Material,
            Self::Ingredients,
        ]
        .into_iter()
        .find(|listed| question.has(listed.ids()[0]))
    }

    /// What asks for it; the first one is enough.
    fn ids(self) -> &'static [ConceptId] {
        match self {
            Self::Weight => &["weight"],
            Self::Capacity => &["capacity"],
            Self::Thickness => &["thickness"],
            Self::Hardness => &["hardness"],
            Self::Size => &["measure", "length", "width"],
            Self::Material => &["material"],
            Self::Ingredients => &["ingredients"],
            Self::Contents => &["comeswith"],
            Self::Care => &["washing"],
        }
    }

    pub(super) fn label(self) -> Label {
        match self {
            Self::Weight => Label::Weight,
            Self::Capacity => Label::Capacity,
            Self::Thickness => Label::Thickness,
            Self::Hardness => Label::Hardness,
            Self::Size => Label::Size,
            Self::Material => Label::Material,
            Self::Ingredients => Label::Ingredients,
            Self::Contents => Label::Contents,
            Self::Care => Label::Care,
        }
    }

    pub(super) fn value(self, product: &ProductFacts, tongue: Tongue) -> Option<String> {
        let words = |list: &Option<String>| glossary::translated(list.as_deref()?, tongue);
        match self {
            Self::Weight => attributes::weight(product, tongue)
                .or_else(|| attributes::sizes_in(product, &["kg", "g"], tongue)),
            Self::Capacity => described::held(product, tongue),
            Self::Thickness => described::thickness(product, tongue),
            Self::Hardness => described::hardness(product, tongue),
            Self::Size => attributes::sizes(product, tongue),
            Self::Material => words(&product.materials),
            Self::Ingredients => words(&product.ingredients),
            // What is in a box is not how large it is.
            Self::Contents if product.ingredients.is_some() => words(&product.ingredients),
            Self::Contents => attributes::sizes_in(product, &["of"], tongue),
            Self::Care => described::washing(product, tongue),
        }
    }
}

/// The price a sentence gives for a product, when it names it in full right before the figure.
fn price_in(sentence: &str, product: &ProductFacts, language: &str) -> Option<String> {
    let name = product.name_in(language);
    let at = sentence.find(name)?;
    let after = &sentence[at + name.len()..];
    let clause = after.split([';', ',']).next()?;
    let mark = clause.find(['€', '$', '£'])?;
    // Only a short way from name to figure is certainly about this name.
    if clause[..mark].split_whitespace().count() > 2 {
        return None;
    }
    let symbol = clause[mark..].chars().next()?;
    let digits: String = clause[mark + symbol.len_utf8()..]
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    let digits = digits.trim_end_matches('.');
    (!digits.is_empty()).then(|| format!("{symbol}{digits}"))
}
