//! Which languages a text cannot be in, told by letters and by the commonest words alone.

use super::view::{View, Word};
use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Arabic,
}

fn script_of(language: &str) -> Option<Script> {
    Some(match language {
        "ru" | "uk" | "kk" | "be" | "bg" | "sr" | "mk" | "ky" | "mn" => Script::Cyrillic,
        "ar" | "fa" | "ur" => Script::Arabic,
        "en" | "es" | "de" | "fr" | "pt" | "it" | "tr" | "pl" | "nl" | "sv" | "cs" | "ro" | "hu" | "fi"
        | "da" | "no" | "vi" | "id" => Script::Latin,
        _ => return None,
    })
}

fn script(c: char) -> Option<Script> {
    match c {
        'a'..='z' | '\u{00C0}'..='\u{024F}' | '\u{1E00}'..='\u{1EFF}' => Some(Script::Latin),
        '\u{0400}'..='\u{052F}' => Some(Script::Cyrillic),
        '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' => Some(Script::Arabic),
        _ => None,
    }
}

/// Whether the words outside `skip` can be no text of `language`. `detected` decides where it is given.
pub(super) fn is_other_language(
    view: &View,
    skip: &[Range<usize>],
    language: &str,
    detected: Option<&str>,
) -> bool {
    let words: Vec<Word> = view
        .words()
        .into_iter()
        .filter(|w| !skip.iter().any(|s| s.contains(&w.span.start)))
        .collect();
    // Brands keep their spelling everywhere: "Visa, Apple Pay" is no English.
    let is_name = |w: &Word| {
        view.upper.get(w.span.start) == Some(&true)
            && script_of(language) != w.text.chars().next().and_then(script)
    };
    let letters = |wanted: Script| {
        words
            .iter()
            .filter(|w| !is_name(w))
            .flat_map(|w| w.text.chars())
            .filter(|c| script(*c) == Some(wanted))
            .count()
    };
    let Some(expected) = script_of(language) else {
        return detected.is_some_and(|d| d != language);
    };
    let own = letters(expected);
    let foreign: usize = [Script::Latin, Script::Cyrillic, Script::Arabic]
        .into_iter()
        .filter(|s| *s != expected)
        .map(letters)
        .sum();
    if foreign > own && foreign >= 6 {
        return true;
    }
    if own < 12 {
        return false;
    }
    detected.is_some_and(|d| d != language)
        || has_foreign_letters(&words, language, own)
        || other_latin(&words, language)
}

/// Letters that one of the Cyrillic languages has and the wanted one has not.
fn has_foreign_letters(words: &[Word], language: &str, letters: usize) -> bool {
    let foreign: &[char] = match language {
        "ru" => &['і', 'ї', 'є', 'ґ', 'ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ'],
        "uk" => &['ы', 'э', 'ъ', 'ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ'],
        "kk" => &['ї', 'є', 'ґ'],
        _ => return false,
    };
    let marked = words.iter().filter(|w| w.text.contains(foreign)).count();
    let kazakh_without_its_letters = language == "kk"
        && letters >= 60
        && !words
            .iter()
            .any(|w| w.text.contains(['ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ', 'і']));
    // One word may be a name that the facts spell in another language.
    marked >= 3 || (marked > 0 && marked * 2 >= words.len()) || kazakh_without_its_letters
}

fn other_latin(words: &[Word], language: &str) -> bool {
    const ENGLISH: [&str; 16] = [
        "the", "and", "is", "are", "for", "you", "your", "with", "our", "it", "we", "of", "this", "that",
        "thanks", "have",
    ];
    const SPANISH: [&str; 16] = [
        "el", "la", "los", "las", "que", "para", "con", "una", "un", "es", "está", "gracias", "su", "por",
        "del", "en",
    ];
    let count = |list: &[&str]| words.iter().filter(|w| list.contains(&w.text.as_str())).count();
    let (own, other) = match language {
        "en" => (count(&ENGLISH), count(&SPANISH)),
        "es" => (count(&SPANISH), count(&ENGLISH)),
        _ => return false,
    };
    other >= 3 && other > 2 * own
}
