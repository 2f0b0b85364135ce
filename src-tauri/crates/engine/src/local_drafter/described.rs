//! What descriptions and care of a row say of measures, diets and washing, in the author's language.

use super::attributes::sizes_in;
use super::glossary::{translated, translated_part};
use super::wording::Tongue;
use super::words::{is_number, sentences, tokens};
use domain::draft::ProductFacts;

/// What a measure of a description is in: its spellings, and what it is called in the five languages.
struct Unit {
    spellings: &'static [&'static str],
    called: [&'static str; 5],
}

const fn unit(spellings: &'static [&'static str], called: [&'static str; 5]) -> Unit {
    Unit { spellings, called }
}

/// What a vessel or a packet holds.
#[rustfmt::skip]
const HELD: &[Unit] = &[
    unit(&["l", "litre", "litres", "liter", "liters"], ["L", "л", "л", "л", "L"]),
    unit(&["ml"], ["ml", "мл", "мл", "мл", "ml"]),
    unit(&["cup", "cups"], ["cups", "чашек", "чашок", "кесе", "tazas"]),
    unit(&["portion", "portions", "serving", "servings"], ["portions", "порций", "порцій", "порция", "raciones"]),
    unit(&["pancake", "pancakes"], ["pancakes", "блинов", "млинців", "құймақ", "tortitas"]),
    unit(&["piece", "pieces"], ["pieces", "шт.", "шт.", "дана", "piezas"]),
    unit(&["sheet", "sheets"], ["sheets", "листов", "аркушів", "парақ", "hojas"]),
    unit(&["bag", "bags"], ["bags", "пакетиков", "пакетиків", "пакет", "bolsitas"]),
];

/// How thick it is.
#[rustfmt::skip]
const THICK: &[Unit] = &[unit(&["mm"], ["mm", "мм", "мм", "мм", "mm"])];

#[rustfmt::skip]
const HARD: &[Unit] = &[unit(&["hrc"], ["HRC", "HRC", "HRC", "HRC", "HRC"])];

/// What the sizes say it holds, else the description.
pub(super) fn held(product: &ProductFacts, tongue: Tongue) -> Option<String> {
    sizes_in(product, &["L", "ml", "cups", "of"], tongue)
        .or_else(|| measured(product, HELD, tongue))
        .or_else(|| sizes_in(product, &["g"], tongue))
}

pub(super) fn thickness(product: &ProductFacts, tongue: Tongue) -> Option<String> {
    measured(product, THICK, tongue)
}

pub(super) fn hardness(product: &ProductFacts, tongue: Tongue) -> Option<String> {
    measured(product, HARD, tongue)
}

/// The only measure in one of these units that the description gives: "of 1.2 litres", "about five cups". Several of one
/// unit are of several things.
fn measured(product: &ProductFacts, units: &[Unit], tongue: Tongue) -> Option<String> {
    const WORDS: [&str; 12] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ];
    let words = tokens(product.description.as_deref()?);
    let number = |word: &String| {
        let spelt = || {
            WORDS
                .iter()
                .position(|known| known == word)
                .map(|at| (at + 1).to_string())
        };
        if is_number(word) {
            Some(word.clone())
        } else {
            spelt()
        }
    };
    let mut found: Vec<String> = Vec::new();
    for unit in units {
        let places: Vec<usize> = (1..words.len())
            .filter(|at| unit.spellings.contains(&words[*at].as_str()))
            .collect();
        let [at] = places.as_slice() else {
            continue;
        };
        // "six small cups"
        let value =
            number(&words[at - 1]).or_else(|| at.checked_sub(2).and_then(|before| number(&words[before])));
        if let Some(value) = value {
            found.push(format!("{value} {}", tongue.of_all(unit.called)));
        }
    }
    (!found.is_empty()).then(|| found.join(", "))
}

/// What a description says of who may eat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Diet {
    Vegan,
    Gluten,
    /// What it contains that some must not eat.
    Contains,
}

/// The ingredients and all that the description says of diets, when it says what is asked: "Contains sesame. Vegan".
pub(super) fn diet(product: &ProductFacts, asked: Diet, tongue: Tongue) -> Option<String> {
    let description = product.description.as_deref()?;
    let mut said: Vec<(Diet, String)> = Vec::new();
    for sentence in sentences(description) {
        let sentence = sentence.trim().trim_end_matches('.');
        if let Some(list) = sentence.strip_prefix("Contains ") {
            let parts = translated(&list.replace(" and ", ", "), tongue)?;
            let contains = tongue.of_all(["contains", "содержит", "містить", "құрамында", "contiene"]);
            said.push((Diet::Contains, format!("{contains}: {}", parts.to_lowercase())));
            continue;
        }
        for part in sentence.split(',').map(str::trim) {
            match part.to_lowercase().as_str() {
                "vegan" => said.push((
                    Diet::Vegan,
                    tongue
                        .of_all(["vegan", "веганское", "веганське", "вегандарға жарайды", "vegano"])
                        .to_owned(),
                )),
                "without gluten" | "gluten-free" | "gluten free" => said.push((
                    Diet::Gluten,
                    tongue
                        .of_all([
                            "without gluten",
                            "без глютена",
                            "без глютену",
                            "глютенсіз",
                            "sin gluten",
                        ])
                        .to_owned(),
                )),
                _ => {}
            }
        }
    }
    let is_said = said.iter().any(|(told, _)| *told == asked);
    // Who must not eat something has to see all of it.
    let ingredients = match product.ingredients.as_deref() {
        Some(list) => vec![translated(list, tongue)?],
        None => Vec::new(),
    };
    let diets: Vec<String> = said.into_iter().map(|(_, text)| text).collect();
    let texts: Vec<String> = ingredients.into_iter().chain([diets.join(", ")]).collect();
    is_said.then(|| texts.join("; "))
}

/// Words of what the product is made of, in another language; of what is not in the glossary there are none.
pub(super) fn substances(product: &ProductFacts, tongue: Tongue) -> Vec<String> {
    let lists = [&product.ingredients, &product.materials];
    let parts = lists
        .into_iter()
        .flatten()
        .flat_map(|list| list.split([',', ';']));
    parts
        .filter_map(|part| translated_part(part.trim(), tongue))
        .flat_map(|part| tokens(&part))
        .filter(|word| !is_number(word) && word.chars().count() > 2)
        .collect()
}

/// Its ingredients name nuts.
pub(super) fn has_nuts(product: &ProductFacts) -> bool {
    const NUTS: [&str; 10] = [
        "almond",
        "brazil",
        "cashew",
        "hazelnut",
        "macadamia",
        "nut",
        "peanut",
        "pecan",
        "pistachio",
        "walnut",
    ];
    let ingredients = product.ingredients.as_deref().unwrap_or_default().to_lowercase();
    let mut words = ingredients.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| {
        NUTS.iter()
            .any(|nut| *nut == word || word.strip_suffix('s') == Some(nut))
    })
}

/// How it is washed, as far as its care is said in the phrases that are known; `None` when a phrase is not, or nothing
/// is said of washing.
pub(super) fn washing(product: &ProductFacts, tongue: Tongue) -> Option<String> {
    let care = product.care.as_deref()?;
    let parts: Option<Vec<String>> = care
        .split(['.', ','])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| care_in_words(&part.to_lowercase(), tongue))
        .collect();
    parts
        .filter(|_| care.to_lowercase().contains("wash"))
        .map(|parts| parts.join(", "))
}

fn care_in_words(part: &str, tongue: Tongue) -> Option<String> {
    if let Some((before, degrees)) = part.split_once(" at ")
        && let Some((degrees, rest)) = degrees.split_once(" °c")
        && before == "wash"
        && degrees.chars().all(|c| c.is_ascii_digit())
    {
        let at = tongue.of_all([
            "wash at {n} °C",
            "стирать при {n} °C",
            "прати за {n} °C",
            "{n} °C-та жуу",
            "lavar a {n} °C",
        ]);
        let rest = rest.trim();
        let more = if rest.is_empty() {
            String::new()
        } else {
            format!(" {}", phrase(rest, tongue)?)
        };
        return Some(at.replace("{n}", degrees) + &more);
    }
    phrase(part, tongue).map(str::to_owned)
}

fn phrase(said: &str, tongue: Tongue) -> Option<&'static str> {
    let row = CARE.iter().find(|row| row[0] == said)?;
    Some(tongue.of_all(*row))
}

/// In the order of [`Tongue::of_all`].
#[rustfmt::skip]
const CARE: &[[&str; 5]] = &[
    ["without bleach", "без отбеливателя", "без відбілювача", "ағартқышсыз", "sin lejía"],
    ["hand wash", "мыть вручную", "мити вручну", "қолмен жуу", "lavar a mano"],
    ["wash by hand", "мыть вручную", "мити вручну", "қолмен жуу", "lavar a mano"],
    ["hand wash and dry at once", "мыть вручную и сразу вытирать", "мити вручну й одразу витирати", "қолмен жуып, бірден сүрту", "lavar a mano y secar enseguida"],
    ["dry at once", "сразу вытирать", "одразу витирати", "бірден сүрту", "secar enseguida"],
    ["dry flat", "сушить на плоскости", "сушити на пласкому", "жайып кептіру", "secar en plano"],
    ["dry on the line", "сушить на верёвке", "сушити на мотузці", "жіпке кептіру", "tender al aire"],
    ["line dry", "сушить на верёвке", "сушити на мотузці", "жіпке кептіру", "tender al aire"],
    ["stand to dry", "сушить стоя", "сушити стоячи", "тік қойып кептіру", "secar de pie"],
    ["do not tumble dry", "не сушить в машине", "не сушити в машині", "машинада кептірмеу", "no usar secadora"],
    ["iron damp or not at all", "гладить влажным или не гладить", "прасувати вологим або не прасувати", "дымқыл күйде үтіктеу немесе үтіктемеу", "planchar húmedo o no planchar"],
    ["do not iron", "не гладить", "не прасувати", "үтіктемеу", "no planchar"],
    ["do not bleach", "не отбеливать", "не відбілювати", "ағартпау", "no usar lejía"],
    ["do not machine-wash", "не стирать в машине", "не прати в машині", "машинада жумау", "no lavar a máquina"],
    ["do not machine wash", "не стирать в машине", "не прати в машині", "машинада жумау", "no lavar a máquina"],
    ["machine wash", "можно стирать в машине", "можна прати в машині", "машинада жууға болады", "se puede lavar a máquina"],
    ["machine washable", "можно стирать в машине", "можна прати в машині", "машинада жууға болады", "se puede lavar a máquina"],
    ["wipe with a damp cloth", "протирать влажной тканью", "протирати вологою тканиною", "дымқыл шүберекпен сүрту", "limpiar con un paño húmedo"],
    ["dry clean only", "только химчистка", "лише хімчистка", "тек химиялық тазалау", "solo limpieza en seco"],
    ["dishwasher safe", "можно в посудомойку", "можна в посудомийку", "ыдыс жуғышқа болады", "apto para lavavajillas"],
    ["not for the dishwasher", "нельзя в посудомойку", "не можна в посудомийку", "ыдыс жуғышқа болмайды", "no apto para lavavajillas"],
    ["never in the dishwasher", "нельзя в посудомойку", "не можна в посудомийку", "ыдыс жуғышқа болмайды", "no apto para lavavajillas"],
    ["oil lightly", "слегка смазывать маслом", "злегка змащувати олією", "аздап майлау", "untar con un poco de aceite"],
    ["oil once a month", "раз в месяц смазывать маслом", "раз на місяць змащувати олією", "айына бір рет майлау", "untar con aceite una vez al mes"],
];

#[cfg(test)]
mod tests {
    use super::*;

    fn described(description: &str, care: &str) -> ProductFacts {
        ProductFacts {
            description: Some(description.to_owned()),
            care: Some(care.to_owned()),
            ..ProductFacts::default()
        }
    }

    #[test]
    fn what_it_holds_is_read_from_the_description_when_no_size_says_it() {
        for (description, tongue, told) in [
            ("A deep pan, 3 litres, with two handles.", Tongue::Ru, Some("3 л")),
            (
                "A kettle of 1.2 litres, about five cups.",
                Tongue::En,
                Some("1.2 L, 5 cups"),
            ),
            ("A moka pot for six small cups.", Tongue::Uk, Some("6 чашок")),
            ("Pots of 2 litres and of 4 litres.", Tongue::En, None),
            ("A pot for the whole street.", Tongue::Es, None),
        ] {
            assert_eq!(
                held(&described(description, ""), tongue).as_deref(),
                told,
                "{description}"
            );
        }
        let steel = described("A 6 mm steel plate, 58 HRC.", "");
        assert_eq!(thickness(&steel, Tongue::Kk).as_deref(), Some("6 мм"));
        assert_eq!(hardness(&steel, Tongue::Kk).as_deref(), Some("58 HRC"));
    }

    #[test]
    fn of_diets_all_is_told_when_what_is_asked_is_said() {
        let blend = described(
            "60 g of a green blend. Contains sesame and mustard. Vegan, without gluten.",
            "",
        );
        let told = |asked, tongue| diet(&blend, asked, tongue);
        assert_eq!(
            told(Diet::Gluten, Tongue::Ru).as_deref(),
            Some("содержит: кунжут, горчица, веганское, без глютена")
        );
        assert_eq!(
            told(Diet::Contains, Tongue::En).as_deref(),
            Some("contains: sesame, mustard, vegan, without gluten")
        );
        let honey = described("Honey with chilli.", "");
        assert_eq!(
            diet(&honey, Diet::Vegan, Tongue::En),
            None,
            "nothing is said of it"
        );
        let strange = described("Contains lupin. Vegan.", "");
        assert_eq!(
            diet(&strange, Diet::Vegan, Tongue::Es),
            None,
            "what it contains may not be lost"
        );
    }

    #[test]
    fn nuts_are_told_from_what_only_sounds_like_them() {
        let of = |ingredients: &str| {
            has_nuts(&ProductFacts {
                ingredients: Some(ingredients.to_owned()),
                ..ProductFacts::default()
            })
        };
        assert!(of("Hazelnuts, nutmeg"));
        assert!(of("oats, sliced almonds"));
        assert!(!of("coconut, nutmeg, nutritional yeast"));
    }

    #[test]
    fn washing_is_told_when_every_phrase_of_the_care_is_known() {
        let told = |care| washing(&described("", care), Tongue::Es);
        assert_eq!(
            told("Wash at 40 °C without bleach, dry flat.").as_deref(),
            Some("lavar a 40 °C sin lejía, secar en plano")
        );
        assert_eq!(
            told("Wipe with a damp cloth. Do not machine-wash.").as_deref(),
            Some("limpiar con un paño húmedo, no lavar a máquina")
        );
        assert_eq!(
            told("Wash at 40 °C. Never near a volcano."),
            None,
            "a warning may not be lost"
        );
        assert_eq!(told("Dry flat."), None, "nothing is said of washing");
    }
}
