//! Which languages a text cannot be in, told by letters and by the commonest words alone.

use super::common_words::{LISTED, is_own_word, telling_words, tells};
use super::names::Names;
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

/// Letters below which only the commonest words tell a language from another one of its script.
const FEW_LETTERS: usize = 12;

/// Whether the words outside `skip` can be no text of `language`. `detected` decides where it is given and the
/// text is long enough. Words that facts or voice write with a capital are names, and of no language.
pub(super) fn is_other_language(
    view: &View,
    skip: &[Range<usize>],
    language: &str,
    detected: Option<&str>,
    names: &Names,
) -> bool {
    let Some(words) = Words::of(view, skip, language, names) else {
        return detected.is_some_and(|d| d != language);
    };
    if is_in_other_script(view, &words.own, &words.strange) {
        return true;
    }
    let letters = letters(&words.own);
    let told_by_detector = letters >= FEW_LETTERS && detected.is_some_and(|d| d != language);
    told_by_detector
        || has_foreign_letters(&words.own, language, letters)
        || has_foreign_words(&words.own, language)
}

/// Whether the words outside `skip` are in another script than `language`: all that can be said of a text when
/// the language itself is a guess.
pub(super) fn is_other_script(view: &View, skip: &[Range<usize>], language: &str, names: &Names) -> bool {
    Words::of(view, skip, language, names)
        .is_some_and(|words| is_in_other_script(view, &words.own, &words.strange))
}

/// The words of a text by script; names that are known are left out of the strange ones.
struct Words<'v> {
    own: Vec<&'v Word>,
    strange: Vec<&'v Word>,
}

impl<'v> Words<'v> {
    /// `None` for a language whose script is not known here.
    fn of(view: &'v View, skip: &[Range<usize>], language: &str, names: &Names) -> Option<Self> {
        let expected = script_of(language)?;
        let (own, foreign): (Vec<&Word>, Vec<&Word>) = view
            .words()
            .iter()
            .filter(|w| !skip.iter().any(|s| s.contains(&w.span.start)))
            .filter(|w| w.text.contains(char::is_alphabetic))
            .partition(|w| w.text.chars().find_map(script) == Some(expected));
        let strange = foreign
            .into_iter()
            .filter(|w| w.text.chars().any(|c| script(c).is_some()))
            .filter(|w| {
                let known = view.is_capitalised(w) && names.has_capitalised(&w.text);
                !known || is_common_anywhere(&w.text)
            })
            .collect();
        Some(Self { own, strange })
    }
}

fn letters(words: &[&Word]) -> usize {
    words
        .iter()
        .flat_map(|w| w.text.chars())
        .filter(|c| script(*c).is_some())
        .count()
}

/// Whether the words of other scripts are more than names.
fn is_in_other_script(view: &View, own: &[&Word], strange: &[&Word]) -> bool {
    let may_be_name = |w: &Word| view.is_capitalised(w) && !is_common_anywhere(&w.text);
    let unknown_names = strange.iter().filter(|w| may_be_name(w)).count();
    // "Спасибо, Christopher!": a name or two among words of the author's language.
    let bears_names = !own.is_empty() && unknown_names <= own.len() + 1;
    let counted: Vec<&Word> = strange
        .iter()
        .copied()
        .filter(|w| !(bears_names && may_be_name(w)))
        .collect();
    if own.is_empty() && counted.iter().any(|w| is_common_anywhere(&w.text)) {
        return true;
    }
    let foreign = letters(&counted);
    foreign >= 6 && foreign > letters(own)
}

fn is_common_anywhere(word: &str) -> bool {
    LISTED.iter().any(|l| tells(l, word))
}

/// Letters that one of the Cyrillic languages has and the wanted one has not. A word or two may be names.
fn has_foreign_letters(words: &[&Word], language: &str, letters: usize) -> bool {
    let foreign: &[char] = match language {
        "ru" => &['і', 'ї', 'є', 'ґ', 'ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ'],
        "uk" => &['ы', 'э', 'ъ', 'ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ'],
        "kk" => &['ї', 'є', 'ґ'],
        _ => return false,
    };
    if letters < FEW_LETTERS {
        return false;
    }
    let marked = words.iter().filter(|w| w.text.contains(foreign)).count();
    let kazakh_without_its_letters = language == "kk"
        && letters >= 60
        && !words
            .iter()
            .any(|w| w.text.contains(['ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ', 'і']));
    let many = marked >= 3 && marked * 5 >= words.len();
    many || (marked > 0 && marked * 2 >= words.len()) || kazakh_without_its_letters
}

/// Words that only another language of the same script has, and none or few that the wanted one has.
fn has_foreign_words(words: &[&Word], language: &str) -> bool {
    let telling = |other: &str| {
        words
            .iter()
            .filter(|w| tells(other, &w.text) && !is_own_word(language, &w.text))
            .count()
    };
    if telling_words(language).is_none() {
        let english = telling("en");
        return script_of(language) == Some(Script::Latin) && english >= 2 && english * 3 >= words.len() * 2;
    }
    let known = words.iter().filter(|w| is_own_word(language, &w.text)).count();
    LISTED
        .iter()
        .filter(|other| **other != language && script_of(other) == script_of(language))
        .any(|other| {
            let foreign = telling(other);
            (known == 0 && foreign >= 1) || (foreign >= 3 && foreign > 2 * known)
        })
}
