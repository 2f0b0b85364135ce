//! The subjects that questions have, by what the drafter does with them, and how much of a subject a text tells.

use super::concepts::ConceptId;
use super::described::Diet;
use super::row::Listed;
use domain::SubjectScore;

/// A text whose surest subject is below this is about nothing clear.
const FAINT: f32 = 0.15;

/// The concepts that a subject stands for; those of products are looked up in rows.
pub(super) struct Stands {
    pub name: &'static str,
    pub ids: &'static [ConceptId],
    /// The list of the row that tells it.
    pub listed: Option<Listed>,
    /// What of diets it is about.
    pub diet: Option<Diet>,
}

impl Stands {
    /// A word that is not understood may be a part of the product, another one, or another side of it.
    pub fn needs_all_words(&self) -> bool {
        const COUNTED: [Option<Listed>; 4] = [
            Some(Listed::Size),
            Some(Listed::Care),
            Some(Listed::Material),
            Some(Listed::Ingredients),
        ];
        BOUGHT.contains(&self.name) || COUNTED.contains(&self.listed)
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
pub(super) const OF_PRODUCTS: &[Stands] = &[
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
    listed("washing", &["washing"], Listed::Care),
    product("coating", &["nonstick"]),
    of_diets("vegan", &["vegan"], Diet::Vegan),
    of_diets("gluten", &["gluten"], Diet::Gluten),
    of_diets("nuts", &["nuts"], Diet::Contains),
    of_diets("allergens", &["allergens"], Diet::Contains),
    product("hotness", &["hot"]),
];

/// Subjects of buying a product.
pub(super) const BOUGHT: [&str; 2] = ["price", "stock"];

/// Subjects that a question for one ingredient or material is taken for.
pub(super) const OF_SUBSTANCES: [&str; 14] = [
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
pub(super) const OF_WAITING: [&str; 5] = ["stock", "notify_stock", "delivery_time", "express", "late"];

/// What went wrong on the way, for which a shop names the next step.
pub(super) const WITH_A_STEP: [&str; 3] = ["damaged", "late", "wrong_item"];

/// Subjects of what went wrong: who writes of them may blame and not ask.
pub(super) const TROUBLE: [&str; 9] = [
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
pub(super) const UNTOLD: [&str; 4] = ["other", "variants", "choose", "spare_parts"];

/// Subjects of how goods are used and treated.
pub(super) const TREATMENT: [&str; 14] = [
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

pub(super) fn surest_of(subjects: &[SubjectScore]) -> f32 {
    subjects.first().map_or(0.0, |best| best.confidence)
}

pub(super) fn sure_of(subjects: &[SubjectScore], name: &str) -> f32 {
    let score = subjects.iter().find(|asked| asked.subject.name() == name);
    score.map_or(0.0, |score| score.confidence)
}

/// How much of what is asked is told: a text tells of its surest subject in full, of others in proportion.
pub(super) fn shared(asked: &[SubjectScore], told: Option<&Vec<SubjectScore>>) -> f32 {
    let told = told.map_or(&[][..], Vec::as_slice);
    let surest = surest_of(told);
    let share = |asked: &SubjectScore| {
        let told = told.iter().find(|told| told.subject == asked.subject);
        let told = told.map_or(0.0, |told| told.confidence);
        asked.confidence * if surest > FAINT { told / surest } else { told }
    };
    asked.iter().map(share).sum()
}

pub(super) fn is_of_products(subject: &str) -> bool {
    OF_PRODUCTS.iter().any(|stands| stands.name == subject) || ALSO_OF_PRODUCTS.contains(&subject)
}
