//! Words as this drafter compares them: folded, and equal when only their endings differ.

use domain::text::is_invisible;
use unicode_normalization::UnicodeNormalization;

/// Lower case, compatibility forms, no invisible characters, no Latin accents; "й" and "ї" stay letters.
pub(super) fn fold(text: &str) -> String {
    let visible: String = text.nfkc().filter(|c| !is_invisible(*c)).collect();
    visible.chars().flat_map(char::to_lowercase).map(plain).collect()
}

fn plain(c: char) -> char {
    match c {
        'ё' => 'е',
        'á' | 'à' | 'â' | 'ã' => 'a',
        'é' | 'è' | 'ê' => 'e',
        'í' => 'i',
        'ó' | 'ô' | 'õ' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        '’' | 'ʼ' | '`' | '´' => '\'',
        '–' | '—' | '‑' => '-',
        c => c,
    }
}

/// Words and numbers of a text, folded. "26-й" is 26, "1,2" is 1.2, "26cm" is 26 and cm.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let folded: Vec<char> = fold(text).chars().collect();
    let mut out = Vec::new();
    let mut i = 0;
    while i < folded.len() {
        let c = folded[i];
        let start = i;
        if c.is_ascii_digit() {
            while i < folded.len()
                && (folded[i].is_ascii_digit()
                    || (matches!(folded[i], '.' | ',')
                        && folded.get(i + 1).is_some_and(char::is_ascii_digit)))
            {
                i += 1;
            }
            let number: String = folded[start..i].iter().collect();
            out.push(number.replace(',', "."));
        } else if c.is_alphabetic() {
            while i < folded.len()
                && (folded[i].is_alphabetic()
                    || (folded[i] == '\'' && folded.get(i + 1).is_some_and(|n| n.is_alphabetic())))
            {
                i += 1;
            }
            out.push(folded[start..i].iter().collect());
        } else {
            i += 1;
        }
    }
    out
}

pub(super) fn is_number(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_digit())
}

fn is_latin(word: &str) -> bool {
    word.is_ascii()
}

/// Kazakh as it is typed on a Russian keyboard, "канша" for "қанша"; `None` for what has no letters of Kazakh alone.
pub(super) fn without_kazakh_letters(word: &str) -> Option<String> {
    let is_kazakh = |c: char| matches!(c, 'ә' | 'ғ' | 'қ' | 'ң' | 'ө' | 'ұ' | 'ү' | 'һ');
    word.contains(is_kazakh).then(|| {
        let plain = |c: char| match c {
            'ә' => 'а',
            'ғ' => 'г',
            'қ' => 'к',
            'ң' => 'н',
            'ө' => 'о',
            'ұ' | 'ү' => 'у',
            'һ' => 'х',
            'і' => 'и',
            c => c,
        };
        word.chars().map(plain).collect()
    })
}

/// Whether two folded words are forms of one word, or one of them a slip of the pen.
pub(super) fn alike(a: &str, b: &str) -> bool {
    match (without_kazakh_letters(a), without_kazakh_letters(b)) {
        (None, Some(b)) => are_forms(a, &b),
        (Some(a), None) => are_forms(&a, b),
        _ => are_forms(a, b),
    }
}

fn are_forms(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    // A slip in the first letter is rare, and most pairs differ there.
    if a.chars().next() != b.chars().next() || is_number(a) || is_number(b) {
        return false;
    }
    let (la, lb) = (a.chars().count(), b.chars().count());
    let (short, long) = (la.min(lb), la.max(lb));
    if short < 3 {
        return false;
    }
    let common = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    if is_latin(a) && is_latin(b) {
        return latin_stem(a) == latin_stem(b) || (short >= 6 && long - short <= 1 && one_slip(a, b));
    }
    if adjective_stem(a).is_some_and(|stem| adjective_stem(b) == Some(stem)) {
        return true;
    }
    let longest_ending = if short <= 3 { 3 } else { 4 };
    if common == short && (long - short <= longest_ending || is_kazakh_plural(a, b, common)) {
        return true;
    }
    (common >= 4 && la - common <= 3 && lb - common <= 4 && common * 3 >= short * 2)
        || (common >= 4 && lb - common <= 3 && la - common <= 4 && common * 3 >= short * 2)
        || (short >= 7 && long - short <= 1 && one_slip(a, b))
}

/// Russian and Ukrainian: "мал" of "малий" and "малого".
fn adjective_stem(word: &str) -> Option<&str> {
    const ENDINGS: [&str; 21] = [
        "ими", "ого", "ому", "ему", "его", "ым", "им", "ом", "ых", "их", "ый", "ий", "ой", "ая", "ое", "ую",
        "ые", "ої", "ій", "ою", "ей",
    ];
    ENDINGS
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .filter(|stem| stem.chars().count() >= 3)
}

/// Kazakh puts number, owner and case one behind another: "табаларыңызды" is of "таба".
fn is_kazakh_plural(a: &str, b: &str, common: usize) -> bool {
    const PLURALS: [&str; 6] = ["лар", "лер", "дар", "дер", "тар", "тер"];
    let long = if a.len() > b.len() { a } else { b };
    let ending: String = long.chars().skip(common).collect();
    common >= 3 && ending.chars().count() <= 11 && PLURALS.iter().any(|plural| ending.starts_with(plural))
}

/// English and Spanish: number, gender, diminutive, "-ing" and "-ed".
fn latin_stem(word: &str) -> &str {
    const ENDINGS: [&str; 20] = [
        "er", "est", "ings", "ing", "itos", "itas", "ito", "ita", "ies", "'s", "ed", "es", "os", "as", "s",
        "o", "a", "e", "y", "ly",
    ];
    ENDINGS
        .iter()
        .find_map(|e| word.strip_suffix(e).filter(|stem| stem.len() >= 3))
        .unwrap_or(word)
}

/// One letter more, less, other, or two swapped.
fn one_slip(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (ra, rb) = (&a[start..], &b[start..]);
    match (ra, rb) {
        ([_, ta @ ..], _) if ta == rb => true,
        (_, [_, tb @ ..]) if tb == ra => true,
        ([_, ta @ ..], [_, tb @ ..]) if ta == tb => true,
        ([x, y, ta @ ..], [p, q, tb @ ..]) => x == q && y == p && ta == tb,
        _ => false,
    }
}

/// Sentences of a passage, without its headings, trimmed.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut start = 0;
        for (i, c) in line.char_indices() {
            let end = i + c.len_utf8();
            let rest = &line[end..];
            let ends = matches!(c, '.' | '!' | '?' | '…')
                && rest.starts_with(' ')
                && rest.trim_start().starts_with(|n: char| {
                    n.is_uppercase() || n.is_ascii_digit() || matches!(n, '¿' | '¡' | '«')
                })
                && !ends_with_abbreviation(&line[start..i]);
            if ends {
                out.push(line[start..end].trim());
                start = end;
            }
        }
        let last = line[start..].trim();
        if !last.is_empty() {
            out.push(last);
        }
    }
    out
}

/// "No. 7" and "n.º 7" go on.
fn ends_with_abbreviation(head: &str) -> bool {
    let word = head.rsplit(' ').next().unwrap_or_default();
    matches!(word, "No" | "no" | "Nr" | "approx" | "ca")
        || word.chars().count() == 1 && !word.ends_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_are_alike_and_other_words_are_not() {
        for (a, b) in [
            ("сковородку", "сковорода"),
            ("жаровни", "жаровня"),
            ("табаның", "таба"),
            ("lids", "lid"),
            ("skilet", "skillet"),
            ("hervidores", "hervidor"),
            ("дошки", "дошка"),
            ("kettles", "kettle"),
            ("малого", "малий"),
            ("табаларыңыздың", "таба"),
            ("какпак", "қақпақ"),
        ] {
            assert!(alike(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("26", "260"),
            ("pan", "pancake"),
            ("lid", "lie"),
            ("масло", "мастер"),
            ("вок", "воскресенье"),
        ] {
            assert!(!alike(a, b), "{a} {b}");
        }
    }

    #[test]
    fn a_heading_is_no_sentence_and_numbers_do_not_end_one() {
        let text = "### Cost\nCurry No. 7 is 2.5 of 5. The rest is mild.";
        assert_eq!(sentences(text), ["Curry No. 7 is 2.5 of 5.", "The rest is mild."]);
    }

    #[test]
    fn numbers_are_read_out_of_what_surrounds_them() {
        assert_eq!(
            tokens("крышка к 26-й, 1,2 л, 26cm"),
            ["крышка", "к", "26", "й", "1.2", "л", "26", "cm"]
        );
    }
}
