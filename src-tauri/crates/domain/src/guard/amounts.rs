//! Amounts in words, with the unit that people say after or before them.

use super::calendar::ordinal_day;
use super::courtesy::is_courtesy;
use super::hours::{follows_hour_word, speaks_of_hours};
use super::numbers::Number;
use super::spelled::spelled;
use super::units::{Unit, currency_symbol, is_day_adjective, is_price_word, unit_word};
use super::view::{View, Word};
use std::ops::Range;

/// A value that is not counted: "a few days".
const FEW: &str = "few";

/// Spelled-out amounts ("fifty euros", "через неделю", "a few days"): people mean them like digits.
pub(super) fn spelled_numbers(view: &View, taken: &[Range<usize>]) -> Vec<Number> {
    let words = view.words();
    let free = |span: &Range<usize>| !taken.iter().any(|r| r.start < span.end && span.start < r.end);
    let mut found: Vec<Number> = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let amount = counted(view, words, i)
            .or_else(|| halved(words, i))
            .or_else(|| few(words, i).filter(|few| !is_courtesy(view, few.span.start)))
            .or_else(|| ordinal_hour(view, words, i))
            .or_else(|| implied_one(view, words, i));
        match amount {
            Some(amount) if free(&amount.span) => {
                i = amount.end;
                for value in amount.values {
                    found.push(Number {
                        readings: vec![vec![vec![value]]],
                        unit: amount.unit.clone(),
                        span: amount.span.clone(),
                        day_month: None,
                        in_range: false,
                        digits: amount.number.clone(),
                    });
                }
            }
            _ => i += 1,
        }
    }
    found
}

/// An amount in words.
struct Amount {
    values: Vec<String>,
    unit: Unit,
    span: Range<usize>,
    number: Range<usize>,
    /// The index after its last word.
    end: usize,
}

/// The unit that the word at `at` names, "working" before it included, and the index after it.
fn unit_in_words(words: &[Word], at: usize) -> Option<(Unit, usize)> {
    let word = words.get(at)?;
    let next = words.get(at + 1).map(|w| w.text.as_str());
    if matches!(
        (word.text.as_str(), next),
        ("per", Some("cent")) | ("por", Some("ciento"))
    ) {
        return Some((Unit::Percent, at + 2));
    }
    if is_day_adjective(&word.text) {
        let unit = unit_word(&words.get(at + 1)?.text)?;
        return unit.is_duration().then_some((unit, at + 2));
    }
    unit_word(&word.text).map(|unit| (unit, at + 1))
}

fn counted(view: &View, words: &[Word], at: usize) -> Option<Amount> {
    let number = spelled(words, at)?;
    let span = words[at].span.start..words[number.end - 1].span.end;
    let apart = |next: usize| {
        words
            .get(next)
            .is_some_and(|w| view.text(span.end..w.span.start).trim().is_empty())
    };
    let unit = apart(number.end)
        .then(|| unit_in_words(words, number.end))
        .flatten();
    if let Some((unit, end)) = unit {
        if number.is_one() && (!one_is_meant(words, at, end) || is_courtesy(view, span.start)) {
            return None;
        }
        return Some(Amount {
            values: number.values().collect(),
            unit,
            span: span.start..words[end - 1].span.end,
            number: span,
            end,
        });
    }
    let symbol = view.at(span.end + 1).and_then(currency_symbol);
    let ends_clause = !apart(number.end);
    let before = at.checked_sub(1).map(|i| words[i].text.as_str());
    let unit = if let Some(code) = symbol.filter(|_| view.at(span.end) == Some(' ')) {
        Unit::Money(code)
    } else if number.is_one() {
        return None;
    } else if ends_clause
        && words[at.saturating_sub(2)..at]
            .iter()
            .any(|w| is_price_word(&w.text))
    {
        Unit::Money("")
    } else if speaks_of_hours(view, span.start) && follows_hour_word(view, span.start, span.end) {
        Unit::Bare
    } else {
        // "недели две", "недели через две": the Slavic ways to say "about two".
        let noun = at.checked_sub(if before == Some("через") { 2 } else { 1 })?;
        let unit = unit_word(&words[noun].text)
            .filter(|unit| unit.is_duration() && is_genitive_of_time(&words[noun].text) && ends_clause)?;
        return Some(Amount {
            values: number.values().collect(),
            unit,
            span: words[noun].span.start..span.end,
            number: span,
            end: number.end,
        });
    };
    Some(Amount {
        values: number.values().collect(),
        unit,
        number: span.clone(),
        span,
        end: number.end,
    })
}

fn is_genitive_of_time(word: &str) -> bool {
    matches!(
        word,
        "дня"
            | "дней"
            | "недели"
            | "недель"
            | "часа"
            | "часов"
            | "минут"
            | "минуты"
            | "месяца"
            | "месяцев"
            | "днів"
            | "дні"
            | "тижні"
            | "тижнів"
            | "години"
            | "годин"
            | "хвилин"
            | "місяці"
            | "місяців"
    )
}

/// "One day we met" counts nothing; "in one day" and "costs one euro" do.
fn one_is_meant(words: &[Word], at: usize, end: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |i| words[i].text.as_str());
    let after = words.get(end).map_or("", |w| w.text.as_str());
    let article = matches!(words[at].text.as_str(), "un" | "una" | "uno");
    let leads = TIME_LEADS.contains(&before)
        || matches!(
            before,
            "only"
                | "just"
                | "about"
                | "всего"
                | "лишь"
                | "только"
                | "примерно"
                | "лише"
                | "тільки"
                | "близько"
                | "займет"
                | "занимает"
                | "займе"
                | "триває"
                | "dura"
                | "tarda"
                | "tardará"
                | "sólo"
                | "solo"
                | "unos"
                | "бар"
                | "жоғы"
        )
        || is_price_word(before);
    leads || KAZAKH_AFTER.contains(&after) || !article && !is_everyday_one(&words[end - 1].text)
}

/// "One day", "один день": stories begin so.
fn is_everyday_one(unit: &str) -> bool {
    matches!(
        unit,
        "day" | "день" | "күн" | "күні" | "year" | "год" | "рік" | "left" | "piece"
    )
}

/// Words before which a length of time is a claim about when.
const TIME_LEADS: &[&str] = &[
    "in",
    "within",
    "after",
    "takes",
    "take",
    "under",
    "than",
    "через",
    "за",
    "протягом",
    "впродовж",
    "упродовж",
    "спустя",
    "течение",
    "течії",
    "en",
    "de",
    "tras",
    "durante",
    "por",
];

const KAZAKH_AFTER: &[&str] = &["кейін", "ішінде", "соң"];

/// "Through a week", "через неделю", "аптадан кейін": a length of time without its one.
fn implied_one(view: &View, words: &[Word], at: usize) -> Option<Amount> {
    let (unit, end) = unit_in_words(words, at).filter(|(unit, _)| unit.is_duration())?;
    let word = |back: usize| at.checked_sub(back).map_or("", |i| words[i].text.as_str());
    let english = matches!(word(1), "a" | "an") && TIME_LEADS.contains(&word(2))
        || word(1) == "the" && matches!(word(2), "within");
    let slavic = !matches!(
        word(1),
        "in" | "en" | "de" | "por" | "than" | "after" | "durante" | "tras"
    ) && TIME_LEADS.contains(&word(1))
        && is_cyrillic(&words[at].text);
    let kazakh = words
        .get(end)
        .is_some_and(|w| KAZAKH_AFTER.contains(&w.text.as_str()))
        && at
            .checked_sub(1)
            .is_none_or(|before| spelled(words, before).is_none());
    let first = match (english, slavic) {
        (true, _) => at - 2,
        (_, true) => at - 1,
        _ => at,
    };
    // "Спасибо за год вместе": thanks for a time, no term.
    let thanks = word(1) == "за" && is_courtesy(view, words[at].span.start);
    ((english || slavic || kazakh) && !thanks).then(|| Amount {
        values: vec!["1".to_owned()],
        unit,
        span: words[first].span.start..words[end - 1].span.end,
        number: words[at].span.clone(),
        end,
    })
}

pub(super) fn is_cyrillic(word: &str) -> bool {
    word.starts_with(|c| matches!(c, '\u{0400}'..='\u{052F}'))
}

/// "Half an hour", "полчаса", "полтора часа".
fn halved(words: &[Word], at: usize) -> Option<Amount> {
    let one_word = match words[at].text.as_str() {
        "полчаса" | "півгодини" => Some(Unit::Hour),
        "полдня" | "півдня" => Some(Unit::Day),
        "полгода" | "півроку" => Some(Unit::Year),
        "полмесяца" | "півмісяця" => Some(Unit::Month),
        _ => None,
    };
    if let Some(unit) = one_word {
        return Some(Amount {
            values: vec!["0.5".to_owned()],
            unit,
            span: words[at].span.clone(),
            number: words[at].span.clone(),
            end: at + 1,
        });
    }
    let value = match words[at].text.as_str() {
        "half" | "жарты" | "media" | "medio" | "пол" | "пів" => "0.5",
        "полтора" | "полторы" | "півтора" | "півтори" => "1.5",
        _ => return None,
    };
    let article = words
        .get(at + 1)
        .is_some_and(|w| matches!(w.text.as_str(), "a" | "an"));
    let (unit, end) = unit_in_words(words, at + 1 + usize::from(article))?;
    Some(Amount {
        values: vec![value.to_owned()],
        unit,
        span: words[at].span.start..words[end - 1].span.end,
        number: words[at].span.clone(),
        end,
    })
}

/// "До шостої": Ukrainian hours are counted in ordinals.
fn ordinal_hour(view: &View, words: &[Word], at: usize) -> Option<Amount> {
    let word = &words[at];
    let hour = ordinal_day(&word.text)
        .filter(|hour| *hour <= 12 && (word.text.ends_with("ої") || word.text.ends_with("ій")))?;
    let span = word.span.clone();
    (speaks_of_hours(view, span.start) && follows_hour_word(view, span.start, span.end)).then(|| Amount {
        values: vec![hour.to_string()],
        unit: Unit::Bare,
        number: span.clone(),
        span,
        end: at + 1,
    })
}

/// "A few days", "пару дней", "бірнеше күн".
fn few(words: &[Word], at: usize) -> Option<Amount> {
    let word = |ahead: usize| words.get(at + ahead).map_or("", |w| w.text.as_str());
    let length = match (word(0), word(1), word(2)) {
        ("par", "de", _) | ("couple", "of", _) => 2,
        (
            "few"
            | "couple"
            | "several"
            | "пару"
            | "пара"
            | "пары"
            | "несколько"
            | "нескольких"
            | "кілька"
            | "декілька"
            | "кількох"
            | "бірнеше"
            | "бірер"
            | "unos"
            | "unas"
            | "varios"
            | "varias"
            | "pocos"
            | "pocas"
            | "algunos"
            | "algunas",
            ..,
        ) => 1,
        _ => return None,
    };
    let (unit, end) = unit_in_words(words, at + length).filter(|(unit, _)| unit.is_duration())?;
    Some(Amount {
        values: vec![FEW.to_owned()],
        unit,
        span: words[at].span.start..words[end - 1].span.end,
        number: words[at].span.clone(),
        end,
    })
}
