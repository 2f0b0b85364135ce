//! Seeing through the ways in which people hide words: invisible characters, look-alike letters of another
//! alphabet, digits for letters, repeated letters, spaced letters, stars.

use domain::text::is_invisible;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word as it stands in a text, and everything it may have been meant to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub plain: String,
    /// Other readings; none equals `plain`.
    pub readings: Vec<String>,
    /// Like `f*ck`: stars stand for one letter each.
    pub masked: Option<String>,
}

/// Lower case, compatibility forms unified, nothing invisible, no stacked marks, runs of three and more equal
/// characters as one.
pub fn fold(text: &str) -> String {
    squeeze(&lower(text), 1)
}

fn lower(text: &str) -> String {
    text.nfkc()
        .filter(|c| !is_invisible(*c) && !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'ё' => 'е',
            '’' | 'ʼ' | '`' | '‘' => '\'',
            _ => c,
        })
        .filter(|c| !is_combining_mark(*c))
        .collect()
}

/// Cuts runs of three and more equal letters down to `keep`.
fn squeeze(text: &str, keep: usize) -> String {
    let mut squeezed = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let mut run = 1;
        while characters.next_if_eq(&c).is_some() {
            run += 1;
        }
        let kept = if run >= 3 && c.is_alphabetic() { keep } else { run };
        squeezed.extend(std::iter::repeat_n(c, kept));
    }
    squeezed
}

/// The text without its disguises, for a reader that knows no tricks: nothing invisible, no letters struck through, none
/// set apart, none borrowed from another alphabet; words that were hidden are written out when `is_hidden` says that a
/// reading is one of those that people hide.
pub fn readable(text: &str, is_hidden: impl Fn(&str) -> bool) -> String {
    let clean: String = text
        .nfkc()
        .filter(|c| !is_invisible(*c) && !is_struck(*c))
        .collect();
    let tokens: Vec<&str> = clean.split_whitespace().collect();
    let mut out: Vec<String> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let apart = tokens[at..].iter().take_while(|token| is_letter(token)).count();
        if apart >= 3 {
            out.push(tokens[at..at + apart].concat());
            at += apart;
        } else {
            out.push(written_out(tokens[at], &is_hidden));
            at += 1;
        }
    }
    out.join(" ")
}

fn is_struck(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036f}' | '\u{0488}' | '\u{0489}' | '\u{20d0}'..='\u{20f0}')
}

fn is_letter(token: &str) -> bool {
    let mut characters = token.chars();
    characters.next().is_some_and(char::is_alphabetic) && characters.next().is_none()
}

fn written_out(token: &str, is_hidden: &impl Fn(&str) -> bool) -> String {
    if is_link(token) || is_mention(token) {
        return token.to_owned();
    }
    let core = token.trim_matches(|c: char| !c.is_alphanumeric() && !"@$*".contains(c));
    let chopped = chopped(core);
    let whole = chopped.as_deref().unwrap_or(core);
    if !whole.chars().any(char::is_alphabetic) {
        return token.to_owned();
    }
    let lowered = lower(whole);
    let word = word(&lowered);
    let (latin, cyrillic) = scripts(&lowered);
    let said = if is_hidden(&word.plain) {
        (word.plain != lowered).then(|| word.plain.clone())
    } else {
        word.readings.iter().find(|reading| is_hidden(reading)).cloned()
    };
    let said = said.or_else(|| (latin && cyrillic).then(|| in_one_script(&lowered)));
    match said {
        Some(said) => token.replacen(core, &said, 1),
        None if switches_case(whole) => token.replacen(core, &lowered, 1),
        None if chopped.is_some() => token.replacen(core, whole, 1),
        None => token.to_owned(),
    }
}

/// `i.d.i.o.t` as one word; `None` when the token is not of this kind.
fn chopped(token: &str) -> Option<String> {
    let parts: Vec<&str> = token
        .split(|c: char| !is_word_char(c))
        .filter(|p| !p.is_empty())
        .collect();
    let letters = parts.iter().all(|part| part.chars().count() <= 2)
        && parts.iter().any(|part| part.chars().any(char::is_alphabetic));
    (parts.len() >= 3 && letters).then(|| parts.concat())
}

/// A word of two alphabets in that of most of its letters.
fn in_one_script(word: &str) -> String {
    let latin = word.chars().filter(char::is_ascii_alphabetic).count();
    let cyrillic = word
        .chars()
        .filter(|c| c.is_alphabetic() && !c.is_ascii())
        .count();
    let mapped = |c: char| {
        if latin > cyrillic {
            as_latin(c)
        } else {
            as_cyrillic(c)
        }
    };
    word.chars()
        .map(|c| {
            if c.is_alphabetic() {
                mapped(c).unwrap_or(c)
            } else {
                c
            }
        })
        .collect()
}

/// "iDiOt", and neither "YouTube" nor "iPhone".
fn switches_case(word: &str) -> bool {
    let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
    let rises = letters
        .windows(2)
        .filter(|pair| pair[0].is_lowercase() && pair[1].is_uppercase());
    rises.count() >= 2
}

/// The words of a text in order. Links, mentions and numbers are left out.
pub fn words(text: &str) -> Vec<Word> {
    let lowered = lower(text);
    let mut words = Vec::new();
    let mut spaced = String::new();
    for token in lowered.split_whitespace() {
        let core = token.trim_matches(|c: char| !c.is_alphanumeric() && !"@$*".contains(c));
        if is_link(token) || is_mention(token) {
            finish_spaced(&mut spaced, &mut words);
            continue;
        }
        if core.chars().count() == 1 && core.chars().all(char::is_alphabetic) {
            spaced.push_str(core);
        } else {
            finish_spaced(&mut spaced, &mut words);
        }
        split_token(core, &mut words);
    }
    finish_spaced(&mut spaced, &mut words);
    words
}

/// `h e l l o` was collected as `hello`; two letters are no word worth guessing.
fn finish_spaced(spaced: &mut String, words: &mut Vec<Word>) {
    if spaced.chars().count() >= 3 {
        words.push(word(spaced));
    }
    spaced.clear();
}

fn is_link(token: &str) -> bool {
    token.contains("://") || token.starts_with("www.")
}

fn is_mention(token: &str) -> bool {
    token
        .strip_prefix('@')
        .is_some_and(|name| name.chars().count() >= 4)
}

fn split_token(token: &str, words: &mut Vec<Word>) {
    if !token.chars().any(char::is_alphabetic) {
        return;
    }
    if let Some(whole) = chopped(token) {
        words.push(word(&whole));
        return;
    }
    for part in token
        .split(|c: char| !is_word_char(c))
        .filter(|part| !part.is_empty())
    {
        if part.chars().any(char::is_alphabetic) {
            words.push(word(part));
        }
    }
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || "@$*'!".contains(c)
}

fn word(raw: &str) -> Word {
    let trimmed = raw.trim_matches(|c| "*!'".contains(c));
    let plain: String = squeeze(trimmed, 1)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    let mut readings = Vec::new();
    let mut add = |reading: String| {
        if !reading.is_empty() && reading != plain && !readings.contains(&reading) {
            readings.push(reading);
        }
    };
    for keep in [1, 2] {
        let squeezed = squeeze(trimmed, keep);
        add(squeezed.chars().filter(|c| c.is_alphanumeric()).collect());
        let odd = squeezed
            .chars()
            .any(|c| !c.is_alphabetic() && c != '\'' && c != '*');
        let (latin, cyrillic) = scripts(&squeezed);
        if odd || (latin && cyrillic) {
            add(squeezed.chars().filter_map(as_latin).collect());
            add(squeezed.chars().filter_map(as_cyrillic).collect());
        }
    }
    // Doubled letters by which a word is stretched a little: "shiit", "сукка".
    add(undouble(&plain));
    let masked = is_masked(trimmed).then(|| trimmed.to_owned());
    Word {
        plain,
        readings,
        masked,
    }
}

fn undouble(text: &str) -> String {
    let mut last = None;
    text.chars().filter(|c| last.replace(*c) != Some(*c)).collect()
}

fn is_masked(token: &str) -> bool {
    let stars = token.chars().filter(|c| *c == '*').count();
    let letters = token.chars().filter(|c| c.is_alphabetic()).count();
    stars > 0 && letters >= 2 && stars <= letters + 1 && stars + letters == token.chars().count()
}

fn scripts(text: &str) -> (bool, bool) {
    let latin = text.chars().any(|c| c.is_ascii_alphabetic());
    let cyrillic = text.chars().any(|c| ('\u{0400}'..='\u{052f}').contains(&c));
    (latin, cyrillic)
}

/// The Latin letter that a digit, a sign or a Cyrillic letter looks like.
fn as_latin(c: char) -> Option<char> {
    Some(match c {
        '0' | 'о' => 'o',
        '1' | '!' | 'і' | 'ӏ' => 'i',
        '3' | 'е' | 'є' => 'e',
        '4' | '@' | 'а' => 'a',
        '5' | '$' | 'ѕ' => 's',
        '6' => 'b',
        '7' | '+' | 'т' => 't',
        '8' | 'в' => 'b',
        '9' => 'g',
        'с' => 'c',
        'р' => 'p',
        'у' | 'ү' => 'y',
        'х' => 'x',
        'к' => 'k',
        'м' => 'm',
        'н' => 'h',
        'һ' => 'h',
        'ј' => 'j',
        '*' | '\'' => return None,
        other => other,
    })
}

/// The Cyrillic letter that a digit, a sign or a Latin letter looks like or sounds like.
fn as_cyrillic(c: char) -> Option<char> {
    Some(match c {
        '0' | 'o' => 'о',
        '1' | '!' | 'i' => 'и',
        '3' | 'z' => 'з',
        '4' => 'ч',
        '6' | 'b' => 'б',
        '7' | 't' => 'т',
        '8' | 'v' => 'в',
        '@' | 'a' => 'а',
        '$' | '5' | 'c' | 's' => 'с',
        'e' => 'е',
        'p' => 'р',
        'y' => 'у',
        'x' | 'h' => 'х',
        'k' => 'к',
        'm' => 'м',
        'n' => 'п',
        'u' => 'и',
        'd' => 'д',
        'l' => 'л',
        'r' => 'г',
        '*' | '\'' => return None,
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn readings(text: &str) -> Vec<String> {
        words(text)
            .into_iter()
            .flat_map(|w| std::iter::once(w.plain).chain(w.readings))
            .collect()
    }

    #[rstest]
    #[case::digits_for_letters("sh1t", "shit")]
    #[case::sign_for_letter("@ss", "ass")]
    #[case::zero_width("id\u{200b}io\u{feff}t", "idiot")]
    #[case::latin_letters_in_a_cyrillic_word("идиoт", "идиот")]
    #[case::cyrillic_letters_in_a_latin_word("idiоt", "idiot")]
    #[case::spaced("you i d i o t !", "idiot")]
    #[case::chopped("i.d.i.o.t", "idiot")]
    #[case::dashes("д-у-р-а-к", "дурак")]
    #[case::stretched("idiooooot", "idiot")]
    #[case::double_letter_kept("asssss", "ass")]
    #[case::doubled("сукка", "сука")]
    #[case::full_width("ｉｄｉｏｔ", "idiot")]
    #[case::stacked_marks("i\u{0336}d\u{0336}i\u{0336}o\u{0336}t\u{0336}", "idiot")]
    #[case::digit_in_cyrillic("6лин", "блин")]
    fn a_hidden_word_is_among_its_readings(#[case] text: &str, #[case] word: &str) {
        assert!(
            readings(text).iter().any(|reading| reading == word),
            "{text:?} reads {:?}",
            readings(text)
        );
    }

    #[rstest]
    #[case("f*ck this", true)]
    #[case("с**а", true)]
    #[case("*only today", false)]
    #[case("5*5", false)]
    #[case("****", false)]
    fn stars_inside_a_word_hide_letters(#[case] text: &str, #[case] masked: bool) {
        assert_eq!(
            words(text).iter().any(|word| word.masked.is_some()),
            masked,
            "{:?}",
            words(text)
        );
    }

    #[rstest]
    #[case("you are an i d i o t", "you are an idiot")]
    #[case("you i.d.i.o.t!", "you idiot!")]
    #[case("id\u{ad}iot and \u{200b}more", "idiot and more")]
    #[case("i\u{336}d\u{336}i\u{336}o\u{336}t\u{336}", "idiot")]
    #[case("iDiOt on YouTube", "idiot on YouTube")]
    #[case("1d10t!", "idiot!")]
    #[case("what an idiiiiot", "what an idiot")]
    #[case("a wаndеrful day", "a wanderful day")]
    #[case("4 mp3 at 10.30, size 3x4", "4 mp3 at 10.30, size 3x4")]
    #[case(
        "Soooo good ❤️ see https://a.example/x",
        "Soooo good ❤️ see https://a.example/x"
    )]
    fn a_text_is_read_without_its_disguises(#[case] text: &str, #[case] plain: &str) {
        let read = readable(text, |word| word == "idiot");
        assert_eq!(read.replace('\u{fe0f}', ""), plain.replace('\u{fe0f}', ""));
    }

    #[test]
    fn links_and_mentions_are_no_words() {
        assert!(words("@some_body http://idiot.example/x www.idiot.example").is_empty());
    }

    #[test]
    fn an_ordinary_word_has_no_other_reading() {
        for text in ["delivery", "доставка", "жеткізу", "қанша", "envío", "м'яч"] {
            assert_eq!(words(text).len(), 1);
            assert!(words(text)[0].readings.is_empty(), "{:?}", words(text));
        }
    }
}
