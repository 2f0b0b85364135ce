//! Russian, Ukrainian and Kazakh in Latin letters ("skolko stoit dostavka") or without their own.
//!
//! There is no one way to write them so. Words are compared by a skeleton that all common ways share, against the
//! commonest words of questions to shops (`data/common-words.txt`, written for this project).

use domain::Language;
use std::collections::{HashMap, HashSet};

/// Share of a text's words that have to be common ones of the language.
const LEAST_SHARE: f32 = 0.3;
const LEAST_WORDS: usize = 2;
/// From here on a guess has to be outvoted by two words.
const SURE_GUESS: f32 = 0.9;
/// Languages that are written in Cyrillic; the others of the file are what a text in Latin letters usually is.
const CYRILLIC: [&str; 3] = ["ru", "uk", "kk"];

/// The commonest words of each language.
pub struct CommonWords {
    /// By language, skeletons.
    skeletons: HashMap<&'static str, HashSet<String>>,
    /// By language, as they are written.
    plain: Vec<HashSet<&'static str>>,
}

impl CommonWords {
    pub fn new() -> Self {
        let (mut skeletons, mut plain) = (HashMap::new(), Vec::new());
        for line in include_str!("../data/common-words.txt").lines() {
            let mut words = line.split(' ');
            match words
                .next()
                .and_then(|code| CYRILLIC.into_iter().find(|c| *c == code))
            {
                Some(code) => {
                    skeletons.insert(code, words.map(skeleton).collect());
                }
                None => plain.push(words.collect()),
            }
        }
        Self { skeletons, plain }
    }

    /// The language in Cyrillic whose common words a short text holds, when that is another than `guess` and clearly so.
    /// Kazakh is often written without its own letters, and three words of Russian may be three of Ukrainian.
    pub fn rather(&self, text: &str, guess: &str, confidence: f32) -> Option<Language> {
        let skeletons: Vec<String> = text
            .split(|c: char| !c.is_alphabetic() && c != '\'')
            .filter(|word| word.chars().nth(1).is_some())
            .map(skeleton)
            .collect();
        let count = |code: &str| {
            let common = self.skeletons.get(code)?;
            Some(skeletons.iter().filter(|word| common.contains(*word)).count())
        };
        let of_guess = count(guess)?;
        let (code, most) = CYRILLIC
            .into_iter()
            .filter_map(|code| Some((code, count(code)?)))
            .max_by_key(|(_, count)| *count)?;
        let more = if confidence < SURE_GUESS { 1 } else { 2 };
        (most >= of_guess + more).then(|| Language::from(code))
    }

    /// The language of a text in plain Latin letters that is none of those written so, and how sure that is.
    pub fn transliterated(&self, text: &str) -> Option<(Language, f32)> {
        let lowered = text.to_lowercase();
        if lowered.chars().any(|c| c.is_alphabetic() && !c.is_ascii()) {
            return None;
        }
        let words: Vec<&str> = lowered
            .split(|c: char| !c.is_alphabetic() && c != '\'')
            .filter(|word| word.len() > 1)
            .collect();
        let of_others = self
            .plain
            .iter()
            .map(|common| words.iter().filter(|word| common.contains(*word)).count())
            .max()?;
        let skeletons: Vec<String> = words.iter().map(|word| skeleton(word)).collect();
        let (code, count) = CYRILLIC
            .into_iter()
            .filter_map(|code| {
                let common = self.skeletons.get(code)?;
                Some((
                    code,
                    skeletons.iter().filter(|word| common.contains(*word)).count(),
                ))
            })
            .rev()
            .max_by_key(|(_, count)| *count)?;
        #[expect(clippy::cast_precision_loss, reason = "words of a comment")]
        let share = count as f32 / words.len().max(1) as f32;
        let told = count >= LEAST_WORDS && share >= LEAST_SHARE && count > of_others;
        told.then(|| (Language::from(code), 0.5 + 0.4 * share))
    }
}

/// What all ways to write a word have in common.
fn skeleton(word: &str) -> String {
    const TOGETHER: [(&str, &str); 9] = [
        ("shch", "ш"),
        ("sch", "ш"),
        ("sh", "ш"),
        ("ch", "ч"),
        ("zh", "ж"),
        ("kh", "г"),
        ("gh", "г"),
        ("ts", "ц"),
        ("tz", "ц"),
    ];
    let mut word = word.to_lowercase();
    for (letters, sound) in TOGETHER {
        word = word.replace(letters, sound);
    }
    let mut sounds = String::with_capacity(word.len() * 2);
    word.chars().for_each(|c| push_sound(&mut sounds, c));
    let mut skeleton = String::with_capacity(sounds.len());
    for c in sounds.replace("ие", "е").chars() {
        if !skeleton.ends_with(c) {
            skeleton.push(c);
        }
    }
    skeleton
}

fn push_sound(sounds: &mut String, c: char) {
    let sound = match c {
        'a' | 'ә' => 'а',
        'b' => 'б',
        'c' => 'ц',
        'd' => 'д',
        'e' | 'ё' | 'э' => 'е',
        'f' => 'ф',
        'g' | 'h' | 'x' | 'ґ' | 'ғ' | 'х' | 'һ' => 'г',
        'i' | 'j' | 'y' | 'і' | 'ї' | 'й' | 'ы' => 'и',
        'k' | 'q' | 'қ' => 'к',
        'l' => 'л',
        'm' => 'м',
        'n' | 'ң' => 'н',
        'o' | 'ө' => 'о',
        'p' => 'п',
        'r' => 'р',
        's' => 'с',
        't' => 'т',
        'u' | 'ү' | 'ұ' => 'у',
        'v' | 'w' => 'в',
        'z' => 'з',
        'щ' => 'ш',
        '\'' | 'ъ' | 'ь' => return,
        'є' => return sounds.push_str("ие"),
        'ю' => return sounds.push_str("иу"),
        'я' => return sounds.push_str("иа"),
        c => c,
    };
    sounds.push(sound);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("ru", "skolko stoit skovorodka 26")]
    #[case("ru", "Dostavka v Almaty est?")]
    #[case("ru", "a kogda budet v nalichii??")]
    #[case("uk", "skilky koshtuie mala skovoridka na 20")]
    #[case("uk", "a dostavka v ukrainu ye, skilky chekaty?")]
    #[case("kk", "salem, bagasy kansha")]
    #[case("kk", "magan unaidy, zhetkizu bar ma")]
    fn a_language_in_latin_letters_is_told(#[case] code: &str, #[case] text: &str) {
        let (language, confidence) = CommonWords::new().transliterated(text).unwrap();
        assert_eq!(language.as_str(), code, "{text}");
        assert!((0.5..=0.9).contains(&confidence), "{confidence}");
    }

    #[rstest]
    #[case("How much does this cost and do you ship abroad?")]
    #[case("do you have it")]
    #[case("no no no")]
    #[case("Cuanto cuesta el envio y lo tienen en negro?")]
    #[case("Wie viel kostet das und liefern Sie auch nach Wien?")]
    #[case("Quanto custa e voces entregam em Lisboa")]
    #[case("Fiyat ne kadar acaba")]
    #[case("Сколько стоит доставка")]
    #[case("skolko")]
    #[case("")]
    fn what_is_written_in_its_own_letters_is_left_alone(#[case] text: &str) {
        assert_eq!(CommonWords::new().transliterated(text), None);
    }

    #[rstest]
    #[case("сколько", "skolko")]
    #[case("жеткізу", "zhetkizu")]
    #[case("щетка", "shchetka")]
    #[case("какой", "kakoy")]
    #[case("коштує", "koshtuie")]
    #[case("люблю", "lyublyu")]
    fn ways_to_write_a_word_share_a_skeleton(#[case] own: &str, #[case] latin: &str) {
        assert_eq!(skeleton(own), skeleton(latin));
    }
}
