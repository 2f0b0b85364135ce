//! What the free text of a product row says yes or no to, and its words in other languages.

use super::wording::Tongue;
use super::words::{fold, sentences};
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

/// `None` when the row does not say.
pub(super) fn verdict(product: &ProductFacts, use_: Use) -> Option<Verdict> {
    [&product.care, &product.description]
        .into_iter()
        .flatten()
        .flat_map(|text| sentences(text))
        .find_map(|sentence| verdict_of(&fold(sentence), use_))
}

fn verdict_of(sentence: &str, use_: Use) -> Option<Verdict> {
    let stems: &[&str] = match use_ {
        Use::Induction => &[
            "induction",
            "every hob",
            "all hobs",
            "индукц",
            "індукц",
            "inducción",
            "induccion",
        ],
        Use::Oven => &["oven", "духов", "horno"],
        Use::Dishwasher => &[
            "dishwasher",
            "посудомо",
            "посудомий",
            "ыдыс жуғыш",
            "lavavajillas",
        ],
        Use::Microwave => &["microwave", "микровол", "мікрохвил", "микротолқын", "microondas"],
    };
    let at = stems.iter().filter_map(|s| sentence.find(s)).min()?;
    // A comma or "and" may begin another statement: "on gas hobs, not on induction".
    let head = &sentence[..at];
    let statement = head.rfind([',', ';', ':']).map_or(head, |i| &head[i..]);
    let negative = ["not ", "never", "no ", "нельзя", "не ", "болмайды"]
        .iter()
        .any(|n| {
            statement.contains(n)
                || sentence[at..]
                    .split([',', ';', '.'])
                    .next()
                    .is_some_and(|t| t.contains(n))
        });
    let degrees = sentence[at..]
        .split("°")
        .next()
        .filter(|_| sentence[at..].contains('°'))
        .and_then(|t| {
            t.split_whitespace()
                .rev()
                .find(|w| w.chars().all(|c| c.is_ascii_digit()))
        })
        .map(str::to_owned);
    Some(Verdict {
        yes: !negative,
        degrees: degrees.filter(|_| !negative && use_ == Use::Oven),
    })
}

/// A list of the row in another language; `None` when a word is not known, since a guess is no fact.
pub(super) fn translated(list: &str, tongue: Tongue) -> Option<String> {
    if tongue == Tongue::En {
        return Some(list.replace(';', ","));
    }
    let words: Option<Vec<String>> = list
        .split([';', ','])
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .map(|part| translated_part(part, tongue))
        .collect();
    words.filter(|w| !w.is_empty()).map(|w| w.join(", "))
}

fn translated_part(part: &str, tongue: Tongue) -> Option<String> {
    let (word, percent) = match part.rsplit_once(' ') {
        Some((word, share)) if share.ends_with('%') => (word, format!(" {share}")),
        _ => (part, String::new()),
    };
    let row = GLOSSARY.iter().find(|row| row[0].eq_ignore_ascii_case(word))?;
    let at = match tongue {
        Tongue::En => 0,
        Tongue::Ru => 1,
        Tongue::Uk => 2,
        Tongue::Kk => 3,
        Tongue::Es => 4,
    };
    Some(format!("{}{percent}", row[at]))
}

const GLOSSARY: [[&str; 5]; 31] = [
    ["cast iron", "чугун", "чавун", "шойын", "hierro fundido"],
    [
        "enamelled cast iron",
        "эмалированный чугун",
        "емальований чавун",
        "эмальданған шойын",
        "hierro fundido esmaltado",
    ],
    [
        "carbon steel",
        "углеродистая сталь",
        "вуглецева сталь",
        "көміртекті болат",
        "acero al carbono",
    ],
    [
        "stainless steel",
        "нержавеющая сталь",
        "нержавна сталь",
        "тот баспайтын болат",
        "acero inoxidable",
    ],
    [
        "stainless steel with aluminium core",
        "нержавеющая сталь с алюминиевой сердцевиной",
        "нержавна сталь з алюмінієвим осердям",
        "алюминий өзекті тот баспайтын болат",
        "acero inoxidable con núcleo de aluminio",
    ],
    [
        "enamelled steel",
        "эмалированная сталь",
        "емальована сталь",
        "эмальданған болат",
        "acero esmaltado",
    ],
    [
        "aluminised steel",
        "алюминизированная сталь",
        "алюмінізована сталь",
        "алюминийленген болат",
        "acero aluminizado",
    ],
    [
        "tempered glass",
        "закалённое стекло",
        "загартоване скло",
        "шыңдалған шыны",
        "vidrio templado",
    ],
    ["glass", "стекло", "скло", "шыны", "vidrio"],
    [
        "steel rim",
        "стальной ободок",
        "сталевий обідок",
        "болат жиек",
        "borde de acero",
    ],
    [
        "oak handle",
        "дубовая ручка",
        "дубова ручка",
        "емен тұтқа",
        "mango de roble",
    ],
    [
        "beech handle",
        "буковая ручка",
        "букова ручка",
        "шамшат тұтқа",
        "mango de haya",
    ],
    ["stoneware", "керамика", "кераміка", "керамика", "gres"],
    [
        "steel strainer",
        "стальное ситечко",
        "сталеве ситечко",
        "болат сүзгі",
        "colador de acero",
    ],
    ["oak", "дуб", "дуб", "емен", "roble"],
    ["beech", "бук", "бук", "шамшат", "haya"],
    [
        "olive wood",
        "оливковое дерево",
        "оливкове дерево",
        "зәйтүн ағашы",
        "madera de olivo",
    ],
    ["rattan", "ротанг", "ротанг", "ротанг", "ratán"],
    [
        "linen liner",
        "льняной чехол",
        "лляний чохол",
        "зығыр тысы",
        "forro de lino",
    ],
    [
        "palm fibre",
        "пальмовое волокно",
        "пальмове волокно",
        "пальма талшығы",
        "fibra de palma",
    ],
    ["linen", "лён", "льон", "зығыр", "lino"],
    ["cotton", "хлопок", "бавовна", "мақта", "algodón"],
    [
        "cotton wadding",
        "хлопковый ватин",
        "бавовняний ватин",
        "мақта төсем",
        "guata de algodón",
    ],
    [
        "linen canvas",
        "льняной холст",
        "лляне полотно",
        "зығыр кенеп",
        "lona de lino",
    ],
    [
        "waxed cotton",
        "вощёный хлопок",
        "вощена бавовна",
        "балауызданған мақта",
        "algodón encerado",
    ],
    [
        "leather straps",
        "кожаные ремни",
        "шкіряні ремені",
        "былғары бау",
        "correas de cuero",
    ],
    ["leather", "кожа", "шкіра", "былғары", "cuero"],
    ["copper", "медь", "мідь", "мыс", "cobre"],
    [
        "tin lining",
        "оловянное покрытие",
        "олов'яне покриття",
        "қалайы қаптама",
        "revestimiento de estaño",
    ],
    [
        "raw steel",
        "необработанная сталь",
        "необроблена сталь",
        "өңделмеген болат",
        "acero sin tratar",
    ],
    [
        "linseed oil",
        "льняное масло",
        "лляна олія",
        "зығыр майы",
        "aceite de linaza",
    ],
];

/// "26 cm; 2.5 L" in another language; `None` when a word of it is not a unit.
pub(super) fn sizes(product: &ProductFacts, tongue: Tongue) -> Option<String> {
    let sizes: Option<Vec<String>> = product.sizes.iter().map(|s| size(s.trim(), tongue)).collect();
    sizes.filter(|s| !s.is_empty()).map(|s| s.join(", "))
}

fn size(text: &str, tongue: Tongue) -> Option<String> {
    if tongue == Tongue::En {
        return Some(text.to_owned());
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

/// "2.1 kg" of the description.
pub(super) fn weight(product: &ProductFacts, tongue: Tongue) -> Option<String> {
    let description = product.description.as_deref()?;
    let words: Vec<&str> = description.split_whitespace().collect();
    let pair = words.windows(2).find(|w| {
        w[0].starts_with(|c: char| c.is_ascii_digit())
            && w[1].trim_end_matches(|c: char| !c.is_alphanumeric()) == "kg"
    })?;
    size(&format!("{} kg", pair[0]), tongue)
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
    fn a_word_that_is_not_known_is_not_guessed() {
        assert_eq!(
            translated("carbon steel; oak handle", Tongue::Ru).as_deref(),
            Some("углеродистая сталь, дубовая ручка")
        );
        assert_eq!(
            translated("linen 55%; cotton 45%", Tongue::Es).as_deref(),
            Some("lino 55%, algodón 45%")
        );
        assert_eq!(translated("unobtainium", Tongue::Uk), None);
    }
}
