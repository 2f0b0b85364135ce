//! Comparing texts the way people and platforms do.

use crate::Language;
use unicode_normalization::UnicodeNormalization;

/// Folds a text to what decides "the same reply": NFKC, no invisible characters, single spaces, trimmed.
/// Platforms trim, collapse white space and may re-encode; case and punctuation stay.
pub fn normalised(text: &str) -> String {
    let visible: String = text.nfkc().filter(|c| !is_invisible(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a text as search compares them: without case, accents and what cannot be seen; letters and digits only.
pub fn words(text: &str) -> Vec<String> {
    // A zero-width space inside a word, or an "й" of two characters, would make two words of it.
    let lower: String = normalised(text)
        .chars()
        .flat_map(char::to_lowercase)
        .map(plain)
        .collect();
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn plain(c: char) -> char {
    match c {
        'ё' => 'е',
        'á' | 'à' => 'a',
        'é' | 'ê' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        // Keeps "п'ять" and "za'atar" one word.
        '\'' | '’' | 'ʼ' => 'ʹ',
        c => c,
    }
}

/// Zero-width and directional characters, variation selectors, soft hyphen, byte-order mark.
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
    ) || (c.is_control() && !c.is_whitespace())
}

/// Length as platforms count it: Unicode scalar values.
pub fn char_count(text: &str) -> usize {
    text.chars().count()
}

/// A text of Latin letters in the Cyrillic ones of its language, as well as can be told: "skolko stoit" is
/// "сколько стоит" but for a soft sign. Names, links and what has other signs in it stay as they are.
pub fn in_cyrillic(text: &str, language: &Language) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for (at, token) in text.split(' ').enumerate() {
        if at > 0 {
            out.push(' ');
        }
        let word = token.trim_matches(|c: char| !c.is_alphanumeric());
        let is_word = !token.starts_with(['@', '#'])
            && word
                .chars()
                .all(|c| c.is_ascii_alphabetic() || c == '\'' || c == '-');
        match is_word {
            true => push_cyrillic(&mut out, token, language.as_str()),
            false => out.push_str(token),
        }
    }
    out
}

fn push_cyrillic(out: &mut String, token: &str, language: &str) {
    const TOGETHER: [(&str, &str); 15] = [
        ("shch", "щ"),
        ("sch", "щ"),
        ("sh", "ш"),
        ("ch", "ч"),
        ("zh", "ж"),
        ("kh", "х"),
        ("gh", "ғ"),
        ("ts", "ц"),
        ("ya", "я"),
        ("ja", "я"),
        ("yu", "ю"),
        ("ju", "ю"),
        ("yo", "ё"),
        ("ye", "е"),
        ("yi", "и"),
    ];
    let is_kazakh = language == "kk";
    let is_ukrainian = language == "uk";
    let lowered = token.to_lowercase();
    let mut rest = lowered.as_str();
    while let Some(c) = rest.chars().next() {
        let together = TOGETHER
            .iter()
            // In Kazakh a "j" is "ж": "jaqsy".
            .filter(|(latin, _)| !(is_kazakh && latin.starts_with('j')))
            .find_map(|(latin, cyrillic)| Some((*cyrillic, rest.strip_prefix(latin)?)));
        if let Some((cyrillic, after)) = together {
            out.push_str(match cyrillic {
                "ғ" if !is_kazakh => "г",
                "е" if is_ukrainian => "є",
                "и" if is_ukrainian => "ї",
                other => other,
            });
            rest = after;
            continue;
        }
        let after_vowel = out.chars().last().is_some_and(|c| "аеёиоуыэюяіїє".contains(c));
        out.push(match c {
            'a' => 'а',
            'b' => 'б',
            'c' => 'ц',
            'd' => 'д',
            'e' => 'е',
            'f' => 'ф',
            'g' => 'г',
            'h' if is_ukrainian => 'г',
            'h' | 'x' => 'х',
            'i' if is_ukrainian => 'і',
            'i' => 'и',
            'j' if is_kazakh => 'ж',
            'j' => 'й',
            'k' => 'к',
            'l' => 'л',
            'm' => 'м',
            'n' => 'н',
            'o' => 'о',
            'p' => 'п',
            'q' if is_kazakh => 'қ',
            'q' => 'к',
            'r' => 'р',
            's' => 'с',
            't' => 'т',
            'u' => 'у',
            'v' | 'w' => 'в',
            'y' if after_vowel => 'й',
            'y' if is_ukrainian => 'и',
            'y' => 'ы',
            'z' => 'з',
            '\'' => 'ь',
            c => c,
        });
        rest = &rest[c.len_utf8()..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_letters_become_those_of_the_language() {
        for (code, latin, own) in [
            ("ru", "Skolko stoit dostavka?", "сколко стоит доставка?"),
            ("ru", "kakoy tsvet, est' chernyy", "какой цвет, есть черный"),
            (
                "uk",
                "skilky koshtuye, ye v nayavnosti",
                "скілки коштує, є в наявності",
            ),
            ("kk", "jaqsy, bagasy qansha", "жақсы, багасы қанша"),
            (
                "ru",
                "@maria_k smotri shop.example/a1 26",
                "@maria_k смотри shop.example/a1 26",
            ),
        ] {
            assert_eq!(in_cyrillic(latin, &Language::from(code)), own);
        }
    }

    #[test]
    fn what_a_platform_does_to_white_space_does_not_make_another_reply() {
        assert_eq!(normalised(" Hi!  Yes,\nit is.\u{200B} "), "Hi! Yes, it is.");
        assert_ne!(
            normalised("Hi!"),
            normalised("hi"),
            "case and punctuation are part of a reply"
        );
    }
}
