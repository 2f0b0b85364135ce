//! What a product is called and made of, and how closely a section has to speak of it to answer for it.

use super::clauses::is_content;
use super::concepts::{ConceptId, Kind, concepts_of, kind_of};
use super::glossary;
use super::wording::Tongue;
use super::words::{alike, is_number, tokens};
use domain::draft::ProductFacts;
use std::collections::BTreeSet;

/// Subjects that belong to the shop, not to one product: a document answers them.
pub(super) fn is_of_the_shop(id: &str) -> bool {
    kind_of(id) == Kind::Topic && !OF_A_PRODUCT.contains(&id)
}

/// Subjects of how a product is made, used and treated.
pub(super) fn is_of_a_product(id: &str) -> bool {
    OF_A_PRODUCT.contains(&id)
}

const OF_A_PRODUCT: [&str; 33] = [
    "induction",
    "oven",
    "dishwasher",
    "microwave",
    "lid",
    "fits",
    "washing",
    "care",
    "acid",
    "utensils",
    "rust",
    "sticking",
    "seasoning",
    "descale",
    "firstuse",
    "storing",
    "shrink",
    "nonstick",
    "additives",
    "sesame",
    "mustard",
    "celery",
    "gluten",
    "vegan",
    "nuts",
    "salt",
    "sugar",
    "hot",
    "organic",
    "origin",
    "allergens",
    "shelflife",
    "halal",
];

/// How closely a section has to speak of the product that a question names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Closeness {
    /// What is true of the whole shop.
    Any,
    /// By a word of its names or its material: how to wash a pan.
    Kind,
    /// By a name, in the sentence about it: what goes into an oven.
    Name,
    /// By its full name: what is in it.
    Itself,
}

pub(super) fn closeness(id: &str) -> Closeness {
    const NAMED: [&str; 7] = [
        "induction",
        "oven",
        "dishwasher",
        "microwave",
        "lid",
        "fits",
        "madein",
    ];
    const EATEN: [&str; 14] = [
        "sesame",
        "mustard",
        "celery",
        "gluten",
        "vegan",
        "nuts",
        "salt",
        "sugar",
        "hot",
        "organic",
        "origin",
        "allergens",
        "shelflife",
        "halal",
    ];
    if EATEN.contains(&id) {
        Closeness::Itself
    } else if NAMED.contains(&id) {
        Closeness::Name
    } else if OF_A_PRODUCT.contains(&id) {
        Closeness::Kind
    } else {
        Closeness::Any
    }
}

/// Words of its names and its materials.
pub(super) fn words_of_its_kind(product: &ProductFacts, tongue: Option<Tongue>) -> Vec<String> {
    let mut words = product_words(product);
    words.extend(material_words(product.materials.as_deref(), tongue));
    words
}

/// Its names without numbers, and what it is made of; of a synonym with a number one word says too little: "26 cm
/// pan" would be any pan.
pub(super) fn short_names(product: &ProductFacts, tongue: Option<Tongue>) -> Vec<Vec<String>> {
    let plain = |name: &String| -> Vec<String> {
        tokens(name)
            .into_iter()
            .filter(|w| !is_number(w) && is_content(w) && !is_unit(w))
            .collect()
    };
    let body = product.materials.as_deref().and_then(|m| m.split(';').next());
    let own = std::iter::once(&product.name)
        .chain(product.names.values())
        .map(plain);
    let called = product
        .synonyms
        .iter()
        .map(|name| (plain(name), tokens(name).iter().any(|w| is_number(w))))
        .filter(|(words, numbered)| !numbered || words.len() > 1)
        .map(|(words, _)| words);
    own.chain(called)
        .chain([material_words(body, tongue)])
        .filter(|words| !words.is_empty())
        .collect()
}

fn material_words(materials: Option<&str>, tongue: Option<Tongue>) -> Vec<String> {
    let named = tongue
        .zip(materials)
        .and_then(|(tongue, materials)| glossary::translated(materials, tongue));
    tokens(&named.unwrap_or_default())
        .into_iter()
        .filter(|w| !is_number(w) && is_content(w))
        .collect()
}

/// The words of everything the product is called.
pub(super) fn product_words(product: &ProductFacts) -> Vec<String> {
    all_names(product)
        .flat_map(|n| tokens(n))
        .filter(|w| !is_number(w) && is_content(w))
        .collect()
}

fn all_names(product: &ProductFacts) -> impl Iterator<Item = &String> {
    std::iter::once(&product.name)
        .chain(product.names.values())
        .chain(&product.synonyms)
}

/// Whether a word may stand for the product or one of its sizes: "the one that whistles" is the one with a
/// whistle, and "of 26 cm" says how large it is.
pub(super) fn names(product: &ProductFacts, word: &str) -> bool {
    let of_a_size = || product.sizes.iter().flat_map(|s| tokens(s)).any(|w| w == word);
    let begins_alike = |name: &String| {
        let (short, long) = if name.len() < word.len() {
            (name.as_str(), word)
        } else {
            (word, name.as_str())
        };
        short.chars().count() >= 5 && long.starts_with(short)
    };
    is_unit(word)
        || of_a_size()
        || product_words(product)
            .iter()
            .any(|name| alike(name, word) || begins_alike(name))
}

/// "cm" beside a number asks nothing.
pub(super) fn is_unit(word: &str) -> bool {
    const UNITS: [&str; 12] = [
        "cm", "mm", "ml", "kg", "см", "мм", "мл", "кг", "litre", "litres", "litro", "litros",
    ];
    UNITS.contains(&word)
}

/// What the names of the product speak of, and its material: "the cast iron skillet" is the skillet.
pub(super) fn own_ids(product: &ProductFacts) -> BTreeSet<ConceptId> {
    let material = product.materials.as_deref().unwrap_or_default();
    let things = concepts_of(material)
        .ids
        .into_iter()
        .filter(|id| kind_of(id) == Kind::Thing && !matches!(*id, "handle" | "lid"));
    all_names(product)
        .flat_map(|name| concepts_of(name).ids)
        .chain(things)
        .collect()
}
