//! Words that make another question of one: a colour, a side of a thing, a language, a variety. The lists are of
//! beginnings, in the five languages.

use super::clauses::Clause;
use super::words::{alike, tokens};
use domain::draft::ProductFacts;

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
pub(super) fn is_of_its_kind(word: &str) -> bool {
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

/// The word says "nuts".
pub(super) fn is_of_nuts(word: &str) -> bool {
    const BEGINNINGS: [&str; 8] = [
        "nut",
        "орех",
        "орешк",
        "горіх",
        "жаңғақ",
        "жангак",
        "nuez",
        "nueces",
    ];
    BEGINNINGS.iter().any(|beginning| word.starts_with(beginning))
}

pub(super) fn asks_millilitres(clauses: &[Clause]) -> bool {
    const BEGINNINGS: [&str; 5] = ["millil", "mililitr", "милли", "мілі", "ml"];
    let mut words = clauses.iter().flat_map(|clause| &clause.words);
    words.any(|word| word == "мл" || BEGINNINGS.iter().any(|beginning| word.starts_with(beginning)))
}

pub(super) fn in_litres(value: &str) -> bool {
    const UNITS: [&str; 4] = ["L", "л", "ml", "мл"];
    value.split([' ', ',']).any(|word| UNITS.contains(&word))
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
pub(super) fn describes(product: &ProductFacts, word: &str) -> bool {
    let description = product.description.as_deref().unwrap_or_default();
    tokens(description).iter().any(|told| alike(told, word))
}

pub(super) fn is_colour(word: &str) -> bool {
    colour_of(word).is_some()
}

/// The row names the colour somewhere.
pub(super) fn tells_colour(product: &ProductFacts, word: &str) -> bool {
    let group = colour_of(word);
    let texts = std::iter::once(&product.name)
        .chain(product.names.values())
        .chain(&product.synonyms)
        .chain(&product.description);
    texts
        .flat_map(|text| tokens(text))
        .any(|told| colour_of(&told) == group)
}
