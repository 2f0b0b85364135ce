//! What the free text of a product row says yes or no to, and its words in other languages.

use super::glossary::translated;
use super::wording::Tongue;
use super::words::{alike, fold, is_number, sentences, tokens};
use domain::draft::ProductFacts;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Induction,
    Oven,
    Dishwasher,
    Microwave,
}

impl Use {
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Induction, "induction"),
        (Self::Oven, "oven"),
        (Self::Dishwasher, "dishwasher"),
        (Self::Microwave, "microwave"),
    ];
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub yes: bool,
    /// "250" of "in the oven up to 250 °C".
    pub degrees: Option<String>,
}

/// `None` when the row does not say, or says both.
pub(super) fn verdict(product: &ProductFacts, use_: Use) -> Option<Verdict> {
    let said: Vec<Verdict> = [&product.care, &product.description]
        .into_iter()
        .flatten()
        .flat_map(|text| sentences(text))
        .flat_map(|sentence| verdicts_of(&fold(sentence), use_))
        .collect();
    let first = said.first()?;
    said.iter().all(|v| v.yes == first.yes).then(|| first.clone())
}

/// What a section says of the material of a product; `None` when it does not name it, or both ways.
pub(super) fn verdict_on_material<'s>(
    product: &ProductFacts,
    tongue: Tongue,
    section: impl Iterator<Item = &'s str>,
) -> Option<bool> {
    let materials = product.materials.as_deref()?;
    // The handle and the rim come after the body.
    let body = translated(materials.split(';').next()?, tongue)?;
    let named = tokens(&body);
    let mut said = section
        .map(tokens)
        .filter(|words| named.iter().all(|n| words.iter().any(|w| alike(w, n))))
        .map(|words| !words.iter().any(|w| NEGATIVE.contains(&w.as_str())));
    let first = said.next()?;
    said.all(|yes| yes == first).then_some(first)
}

const NEGATIVE: [&str; 32] = [
    "not",
    "never",
    "no",
    "don't",
    "doesn't",
    "mustn't",
    "cannot",
    "can't",
    "avoid",
    "except",
    "nor",
    "unsuitable",
    "не",
    "нельзя",
    "нет",
    "ни",
    "кроме",
    "запрещено",
    "ні",
    "немає",
    "крім",
    "заборонено",
    "болмайды",
    "жарамайды",
    "емес",
    "қоймаңыз",
    "салмаңыз",
    "nunca",
    "jamas",
    "ni",
    "excepto",
    "salvo",
];

/// "Keep away from the oven" forbids without a "not".
const FORBIDDING: [[&str; 2]; 4] = [
    ["away", "from"],
    ["keep", "out"],
    ["lejos", "del"],
    ["fuera", "del"],
];

/// After a statement with "not" only these begin one without it: "Not for gas, induction or the oven".
const POSITIVE: [&str; 27] = [
    "works",
    "work",
    "safe",
    "suitable",
    "fine",
    "ok",
    "can",
    "goes",
    "may",
    "yes",
    "up",
    "apto",
    "apta",
    "sirve",
    "vale",
    "puede",
    "hasta",
    "можно",
    "подходит",
    "работает",
    "до",
    "можна",
    "підходить",
    "працює",
    "болады",
    "жарайды",
    "дейін",
];

const BY_HAND: [&[&str]; 9] = [
    &["hand", "wash"],
    &["wash", "by", "hand"],
    &["handwash"],
    &["мыть", "вручную"],
    &["мойте", "вручную"],
    &["мити", "вручну"],
    &["мийте", "вручну"],
    &["қолмен", "жу"],
    &["lava", "a", "mano"],
];

impl Use {
    /// Beginnings of the words that speak of it.
    fn words(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Induction => &[
                &["induc"],
                &["every", "hob"],
                &["all", "hob"],
                &["индукц"],
                &["індукц"],
            ],
            Self::Oven => &[&["oven"], &["духов"], &["horno"]],
            Self::Dishwasher => &[
                &["dishwasher"],
                &["посудомо"],
                &["посудомий"],
                &["ыдыс", "жуғыш"],
                &["lavavajillas"],
            ],
            Self::Microwave => &[
                &["microwave"],
                &["микровол"],
                &["мікрохвил"],
                &["микротолқын"],
                &["microondas"],
            ],
        }
    }
}

fn place(words: &[String], wanted: &[&[&str]]) -> Option<usize> {
    (0..words.len()).find(|at| {
        wanted.iter().any(|beginnings| {
            words.get(*at..at + beginnings.len()).is_some_and(|window| {
                window
                    .iter()
                    .zip(*beginnings)
                    .all(|(word, beginning)| word.starts_with(beginning))
            })
        })
    })
}

/// The statements of a folded sentence about a use. Words are compared whole: "horno" holds no "no".
fn verdicts_of(sentence: &str, use_: Use) -> Vec<Verdict> {
    let mut forbidden_before = false;
    let mut said = Vec::new();
    for statement in statements(sentence) {
        let words = tokens(&statement);
        let about = place(&words, use_.words());
        let negative = words.iter().any(|w| NEGATIVE.contains(&w.as_str()))
            || words
                .windows(2)
                .any(|pair| FORBIDDING.iter().any(|f| pair[0] == f[0] && pair[1] == f[1]))
            // "Sin" forbids what comes after it: "lavavajillas sin el filtro" allows.
            || about.is_some_and(|at| words[..at].iter().any(|w| w == "sin"));
        let positive = words.iter().any(|w| POSITIVE.contains(&w.as_str()));
        if about.is_some() && (negative || positive || !forbidden_before) {
            said.push(Verdict {
                yes: !negative,
                degrees: degrees(&statement).filter(|_| !negative && use_ == Use::Oven),
            });
        }
        if use_ == Use::Dishwasher && place(&words, &BY_HAND).is_some() {
            said.push(Verdict {
                yes: false,
                degrees: None,
            });
        }
        forbidden_before |= negative;
    }
    said
}

/// A comma or "but" may begin another statement: "on gas hobs, not on induction".
fn statements(sentence: &str) -> Vec<String> {
    const BUT: [&str; 5] = [" but ", " но ", " але ", " бірақ ", " pero "];
    let chars: Vec<char> = sentence.chars().collect();
    let digit = |i: Option<usize>| i.and_then(|i| chars.get(i)).is_some_and(char::is_ascii_digit);
    let marked: String = chars
        .iter()
        .enumerate()
        .map(|(i, c)| {
            let inside_number = digit(i.checked_sub(1)) && digit(Some(i + 1));
            if matches!(c, ',' | ';' | ':') && !inside_number {
                '\n'
            } else {
                *c
            }
        })
        .collect();
    BUT.iter()
        .fold(marked, |text, but| text.replace(but, "\n"))
        .lines()
        .map(str::to_owned)
        .collect()
}

/// "250" of "up to 250 °C".
fn degrees(statement: &str) -> Option<String> {
    let (before, _) = statement.split_once('°')?;
    tokens(before).pop().filter(|t| is_number(t))
}

/// "26 cm; 2.5 L" in another language; `None` when a word of it is not a unit.
pub(super) fn sizes(product: &ProductFacts, tongue: Tongue) -> Option<String> {
    let sizes: Option<Vec<String>> = product.sizes.iter().map(|s| size(s.trim(), tongue)).collect();
    sizes.filter(|s| !s.is_empty()).map(|s| s.join(", "))
}

/// Those of the sizes that are given in one of the units; `None` when there are none, or one cannot be translated.
pub(super) fn sizes_in(product: &ProductFacts, units: &[&str], tongue: Tongue) -> Option<String> {
    let has_unit = |size: &&String| size.split_whitespace().any(|word| units.contains(&word));
    let sizes: Option<Vec<String>> = product
        .sizes
        .iter()
        .filter(has_unit)
        .map(|s| size(s.trim(), tongue))
        .collect();
    sizes.filter(|s| !s.is_empty()).map(|s| s.join(", "))
}

fn size(text: &str, tongue: Tongue) -> Option<String> {
    if tongue == Tongue::En {
        return Some(text.to_owned());
    }
    if let Some(said) = size_in_words(text, tongue) {
        return Some(said);
    }
    let cyrillic = tongue != Tongue::Es;
    let words: Option<Vec<String>> = text
        .split(' ')
        .map(|word| {
            let unit = match word {
                "cm" if cyrillic => "см",
                "mm" if cyrillic => "мм",
                "L" if cyrillic => "л",
                "ml" if cyrillic => "мл",
                "kg" if cyrillic => "кг",
                "g" if cyrillic => "г",
                other => other,
            };
            let known = unit != word
                || matches!(word, "cm" | "mm" | "L" | "ml" | "kg" | "g" | "×")
                || !word.chars().any(char::is_lowercase);
            known.then(|| unit.to_owned())
        })
        .collect();
    words.map(|w| w.join(" "))
}

/// "set of 2", "6 cups", "3-6 years", "one size".
fn size_in_words(text: &str, tongue: Tongue) -> Option<String> {
    let of_number = |template: &str, number: &str| {
        let is_number = number.chars().all(|c| c.is_ascii_digit() || c == '-');
        (is_number && !number.is_empty()).then(|| template.replace("{n}", number))
    };
    if text == "one size" {
        return Some(
            tongue
                .of_all([
                    "one size",
                    "один размер",
                    "один розмір",
                    "бір өлшем",
                    "talla única",
                ])
                .to_owned(),
        );
    }
    if let Some(number) = text.strip_prefix("set of ") {
        let template = tongue.of_all([
            "set of {n}",
            "набор из {n} шт.",
            "набір з {n} шт.",
            "{n} дана жинақ",
            "juego de {n}",
        ]);
        return of_number(template, number);
    }
    if let Some(number) = text.strip_suffix(" cups") {
        let template = tongue.of_all(["{n} cups", "{n} чашек", "{n} чашок", "{n} кесе", "{n} tazas"]);
        return of_number(template, number);
    }
    let number = text.strip_suffix(" years")?;
    let template = tongue.of_all(["{n} years", "{n} лет", "{n} років", "{n} жас", "{n} años"]);
    of_number(template, number)
}

/// "2.1 kg" of the description; "for a 1 kg loaf" is the weight of the loaf.
pub(super) fn weight(product: &ProductFacts, tongue: Tongue) -> Option<String> {
    let description = product.description.as_deref()?;
    let words: Vec<&str> = description.split_whitespace().collect();
    let at = words.windows(2).position(|w| {
        w[0].starts_with(|c: char| c.is_ascii_digit()) && matches!(w[1], "kg," | "kg." | "kg:" | "kg;" | "kg")
    })?;
    let of_something_else = words[at + 1] == "kg" && at + 2 < words.len();
    if of_something_else {
        return None;
    }
    size(&format!("{} kg", words[at]), tongue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(care: &str, use_: Use) -> Option<(bool, Option<String>)> {
        let product = ProductFacts {
            care: Some(care.to_owned()),
            ..ProductFacts::default()
        };
        verdict(&product, use_).map(|v| (v.yes, v.degrees))
    }

    #[test]
    fn yes_and_no_are_told_apart() {
        let induction = |text| said(text, Use::Induction).map(|v| v.0);
        assert_eq!(induction("Works on gas, ceramic and induction hobs."), Some(true));
        assert_eq!(
            induction("Works on gas and ceramic hobs, not on induction."),
            Some(false)
        );
        assert_eq!(induction("Works on every hob."), Some(true));
        assert_eq!(induction("Wipe dry."), None);
        assert_eq!(
            said("Not for the dishwasher.", Use::Dishwasher),
            Some((false, None))
        );
        assert_eq!(
            said(
                "Hand wash and dry at once. Never in the dishwasher.",
                Use::Dishwasher
            ),
            Some((false, None))
        );
        assert_eq!(
            said("Works on gas hobs and in the oven up to 250 °C.", Use::Oven),
            Some((true, Some("250".into())))
        );
        assert_eq!(
            said("Not for the oven because of the handle.", Use::Oven),
            Some((false, None))
        );
        assert_eq!(
            said("Dishwasher safe. Not for the microwave.", Use::Microwave),
            Some((false, None))
        );
        assert_eq!(
            said("Dishwasher and microwave safe.", Use::Microwave),
            Some((true, None))
        );
    }

    #[test]
    fn words_are_compared_whole() {
        assert_eq!(
            said("Apto para horno hasta 250 °C.", Use::Oven),
            Some((true, Some("250".into()))),
            "there is a \"no\" in horno"
        );
        assert_eq!(said("No apto para horno.", Use::Oven), Some((false, None)));
        assert_eq!(said("Hand-woven linen.", Use::Oven), None, "and an oven in woven");
        assert_eq!(
            said("Sin horno ni microondas.", Use::Microwave),
            Some((false, None))
        );
        assert_eq!(
            said("Apto para lavavajillas sin el filtro.", Use::Dishwasher),
            Some((true, None))
        );
    }

    #[test]
    fn what_forbids_without_a_not_is_understood() {
        assert_eq!(said("Keep away from the oven.", Use::Oven), Some((false, None)));
        assert_eq!(
            said("Keep out of the microwave.", Use::Microwave),
            Some((false, None))
        );
        assert_eq!(
            said("Every hob except induction.", Use::Induction),
            Some((false, None))
        );
        assert_eq!(
            said("Not for gas, induction or the oven.", Use::Oven),
            None,
            "the \"not\" may go on or not"
        );
        assert_eq!(
            said("Never in the microwave, in the oven up to 180 °C.", Use::Oven),
            Some((true, Some("180".into())))
        );
    }

    #[test]
    fn washing_by_hand_is_no_dishwasher() {
        for care in [
            "Wash by hand without soap.",
            "Hand wash and dry at once.",
            "Мыть вручную.",
        ] {
            assert_eq!(said(care, Use::Dishwasher), Some((false, None)), "{care}");
        }
        assert_eq!(
            said("Dishwasher safe. Hand wash keeps it bright.", Use::Dishwasher),
            None,
            "the row says both"
        );
    }

    #[test]
    fn a_section_speaks_of_materials() {
        let moka = ProductFacts {
            materials: Some("stainless steel; beech handle".into()),
            ..ProductFacts::default()
        };
        let section = [
            "Чугун, углеродистую сталь и дерево нельзя мыть в посудомоечной машине.",
            "Нержавеющую сталь и керамику можно.",
        ];
        assert_eq!(
            verdict_on_material(&moka, Tongue::Ru, section.into_iter()),
            Some(true)
        );
        let wok = ProductFacts {
            materials: Some("carbon steel".into()),
            ..ProductFacts::default()
        };
        assert_eq!(
            verdict_on_material(&wok, Tongue::Ru, section.into_iter()),
            Some(false)
        );
        let bag = ProductFacts {
            materials: Some("linen".into()),
            ..ProductFacts::default()
        };
        assert_eq!(verdict_on_material(&bag, Tongue::Ru, section.into_iter()), None);
    }

    #[test]
    fn a_weight_of_something_else_is_not_the_products() {
        let weight_of = |description: &str| {
            let product = ProductFacts {
                description: Some(description.to_owned()),
                ..ProductFacts::default()
            };
            weight(&product, Tongue::En)
        };
        assert_eq!(
            weight_of("A skillet of 2.1 kg, pre-seasoned.").as_deref(),
            Some("2.1 kg")
        );
        assert_eq!(weight_of("A pot, the right size for a 1 kg loaf."), None);
    }
}
