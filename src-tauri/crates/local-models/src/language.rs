//! Which language a comment is in.

use crate::transliteration::CommonWords;
use domain::Language;
use domain::text::in_cyrillic;
use lingua::Language::{
    Arabic, English, French, German, Kazakh, Portuguese, Russian, Spanish, Turkish, Ukrainian,
};
use lingua::{LanguageDetector, LanguageDetectorBuilder};

/// Letters below which a guess says nothing.
const MIN_LETTERS: usize = 2;
/// Letters that are looked at: the beginning tells the language.
const MAX_CHARS: usize = 400;

/// Tells ten languages apart. Cheap to clone behind an `Arc`; the word models load on first use.
pub struct LanguageId {
    detector: LanguageDetector,
    common: CommonWords,
}

impl Default for LanguageId {
    fn default() -> Self {
        Self::new()
    }
}

impl LanguageId {
    pub fn new() -> Self {
        let languages = [
            English, Russian, Ukrainian, Kazakh, Spanish, German, French, Portuguese, Turkish, Arabic,
        ];
        Self {
            detector: LanguageDetectorBuilder::from_languages(&languages).build(),
            common: CommonWords::new(),
        }
    }

    /// A text in letters that are not those of its language, in the right ones; `None` for any other.
    pub fn in_own_letters(&self, text: &str) -> Option<String> {
        let (language, _) = self.common.transliterated(&without_names_and_links(text))?;
        Some(in_cyrillic(text, &language))
    }

    /// The language and how sure it is, 0..=1; undetermined with 0 when there are no words to tell it by.
    pub fn detect(&self, text: &str) -> (Language, f32) {
        let plain = without_names_and_links(text);
        let letters = plain.chars().filter(|c| c.is_alphabetic()).count();
        if letters < MIN_LETTERS {
            return (Language::undetermined(), 0.0);
        }
        let words = Words::of(&plain);
        if words.are_kazakh() {
            return (Language::from("kk"), LETTERS_SAY_SO);
        }
        if words.are_ukrainian() {
            return (Language::from("uk"), LETTERS_SAY_SO);
        }
        // Nor does the detector know a language in letters that are not its own.
        if let Some(told) = self.common.transliterated(&plain) {
            return told;
        }
        // The detector takes one letter for proof, so a name like "Әсел" is kept from it.
        let guesses = self
            .detector
            .compute_language_confidence_values(words.without_kazakh_ones());
        let best = guesses.first().filter(|(_, confidence)| *confidence > 0.0);
        let near = guesses.iter().find(|(language, confidence)| {
            EXPECTED.contains(language) && best.is_some_and(|(_, most)| *confidence >= NEARLY * most)
        });
        match near.or(best) {
            Some((language, confidence)) => {
                let code = language.iso_code_639_1().to_string().to_lowercase();
                let confidence = *confidence as f32;
                match self.common.rather(&plain, &code, confidence) {
                    Some(language) => (language, BY_WORDS),
                    None => (Language(code), confidence),
                }
            }
            None => (Language::undetermined(), 0.0),
        }
    }
}

/// Languages of most comments: one of them is believed when it comes near the best guess.
const EXPECTED: [lingua::Language; 5] = [English, Russian, Ukrainian, Kazakh, Spanish];
const NEARLY: f64 = 0.7;

/// Letters that none of the other languages has.
const KAZAKH_ONLY: [char; 8] = ['ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ'];

/// Letters that Ukrainian is full of and that Kazakh has in borrowed words only. Both share `і`, by which the
/// detector alone takes Ukrainian for Kazakh.
const NOT_KAZAKH: [char; 8] = ['в', 'ч', 'щ', 'ц', 'ь', 'є', 'ї', 'ф'];
/// Letters that a word of Russian has and a Kazakh one has not, short of a borrowed one.
const RUSSIAN: [char; 8] = ['в', 'ч', 'щ', 'ц', 'ь', 'ё', 'ф', 'ъ'];
const LETTERS_SAY_SO: f32 = 0.9;
/// By a common word or two.
const BY_WORDS: f32 = 0.6;
/// Share of words with letters of its own from which a text is Kazakh: in plain Kazakh it is about a half, in a
/// text with one Kazakh name it is a sixth.
const KAZAKH_SHARE: f32 = 0.25;

/// The words of a text in lower case, told apart by their letters.
struct Words<'a> {
    plain: &'a str,
    lowered: Vec<String>,
}

impl<'a> Words<'a> {
    fn of(plain: &'a str) -> Self {
        let lowered = plain
            .to_lowercase()
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        Self { plain, lowered }
    }

    fn with(&self, letters: [char; 8]) -> usize {
        self.lowered.iter().filter(|word| word.contains(letters)).count()
    }

    /// By share of words: a Kazakh name or dish makes no Kazakh text.
    fn are_kazakh(&self) -> bool {
        let kazakh = self.with(KAZAKH_ONLY);
        let russian = self
            .lowered
            .iter()
            .filter(|word| word.contains(RUSSIAN) && !word.contains(KAZAKH_ONLY))
            .count();
        let all = self.lowered.len().max(1) as f32;
        kazakh > 0 && kazakh as f32 / all >= KAZAKH_SHARE && kazakh >= russian
    }

    fn are_ukrainian(&self) -> bool {
        let letters = || self.lowered.iter().flat_map(|word| word.chars());
        let foreign = letters().filter(|c| NOT_KAZAKH.contains(c)).count() as f32;
        letters().any(|c| c == 'і') && foreign / letters().count().max(1) as f32 >= 0.05
    }

    /// The text for the detector; the whole of it when Kazakh words are all there is.
    fn without_kazakh_ones(&self) -> String {
        let others: Vec<&str> = self
            .plain
            .split_whitespace()
            .filter(|word| !word.to_lowercase().contains(KAZAKH_ONLY))
            .collect();
        match others.iter().any(|word| word.contains(char::is_alphabetic)) {
            true => others.join(" "),
            false => self.plain.to_owned(),
        }
    }
}

/// Mentions, hashtags, links and addresses are in no language.
fn without_names_and_links(text: &str) -> String {
    let kept: Vec<&str> = text
        .split_whitespace()
        .filter(|token| !token.starts_with(['@', '#']) && !token.contains("://") && !token.contains('@'))
        .collect();
    kept.join(" ").chars().take(MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("en", "How much does this cost and do you ship abroad?")]
    #[case("ru", "Сколько стоит доставка и есть ли чёрный цвет?")]
    #[case("uk", "Скільки коштує доставка і чи є чорний колір?")]
    #[case("kk", "Жеткізу қанша тұрады, қара түсі бар ма?")]
    #[case("uk", "що всередині подарункового набору")]
    #[case("es", "¿Cuánto cuesta el envío y lo tienen en negro?")]
    #[case("de", "Wie viel kostet das und liefern Sie auch nach Wien?")]
    #[case("fr", "Combien ça coûte et est-ce que vous livrez à Lyon ?")]
    #[case("pt", "Quanto custa e vocês entregam em Lisboa? Não achei no site")]
    #[case("tr", "Bunun fiyatı ne kadar ve kargo var mı?")]
    #[case("ar", "كم السعر وهل يوجد توصيل؟")]
    #[case("ru", "Әсел, смотри, сколько стоит сковорода 26?")]
    #[case("ru", "Хочу жарить бауырсақ, сколько стоит сковорода 26?")]
    #[case("ru", "Әсел, спасибо большое за тёплые слова!")]
    #[case("ru", "Подруга из Өскемена спрашивает, есть ли доставка")]
    #[case("kk", "Рақмет!")]
    #[case("kk", "Доставка Алматыға қанша тұрады?")]
    #[case("kk", "Сковорода 26 қанша тұрады?")]
    #[case("kk", "Сардинада мысық бар ма")]
    #[case("ru", "вок есть щас?")]
    #[case("kk", "кызыл таба канша турады")]
    #[case("ru", "skolko stoit skovorodka 26")]
    #[case("uk", "skilky koshtuie mala skovoridka")]
    fn full_sentences_are_recognised(#[case] code: &str, #[case] text: &str) {
        let (language, confidence) = LanguageId::new().detect(text);
        assert_eq!(language.as_str(), code, "{text:?} with confidence {confidence}");
        assert!(confidence > 0.3, "{confidence}");
    }

    /// Comments of the sample with three words or more; the rest is told by luck.
    #[test]
    fn comments_of_the_sample_are_told_apart() {
        let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
        let path = std::path::Path::new(&here).join("../../sample/comments.jsonl");
        let languages = LanguageId::new();
        let (mut all, mut wrong, mut sure_and_wrong) = (0, Vec::new(), Vec::new());
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let comment: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = comment["text"].as_str().unwrap();
            let expected = comment["expect"]["lang"].as_str().unwrap_or("und");
            if expected == "und" || text.split_whitespace().count() < 3 {
                continue;
            }
            all += 1;
            let (language, confidence) = languages.detect(text);
            if language.as_str() != expected {
                let what = format!("{expected}, not {language:?} {confidence}: {text}");
                if confidence >= 0.8 {
                    sure_and_wrong.push(what.clone());
                }
                wrong.push(what);
            }
        }
        assert!(all > 300, "the sample has comments: {all}");
        assert!(
            wrong.len() * 100 <= all * 3,
            "{} of {all}: {wrong:#?}",
            wrong.len()
        );
        assert!(
            sure_and_wrong.len() * 200 <= all,
            "what is sure may refuse a reply: {sure_and_wrong:#?}"
        );
    }

    #[rstest]
    #[case("")]
    #[case("😍😍🔥")]
    #[case("12345 !!!")]
    #[case("@maria_k #sale")]
    #[case("https://shop.example/x")]
    #[case("x")]
    fn without_words_the_language_stays_undetermined(#[case] text: &str) {
        assert_eq!(LanguageId::new().detect(text), (Language::undetermined(), 0.0));
    }
}
