//! Which language a comment is in.

use domain::Language;
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
        }
    }

    /// The language and how sure it is, 0..=1; undetermined with 0 when there are no words to tell it by.
    pub fn detect(&self, text: &str) -> (Language, f32) {
        let plain = without_names_and_links(text);
        let letters = plain.chars().filter(|c| c.is_alphabetic()).count();
        if letters < MIN_LETTERS {
            return (Language::undetermined(), 0.0);
        }
        if plain.to_lowercase().contains(KAZAKH_ONLY) {
            return (Language::from("kk"), 1.0);
        }
        match self.detector.compute_language_confidence_values(plain).first() {
            Some((language, confidence)) if *confidence > 0.0 => (
                Language(language.iso_code_639_1().to_string().to_lowercase()),
                *confidence as f32,
            ),
            _ => (Language::undetermined(), 0.0),
        }
    }
}

/// Letters that none of the other languages has.
const KAZAKH_ONLY: [char; 8] = ['ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ'];

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
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("en", "How much does this cost and do you ship abroad?")]
    #[case("ru", "Сколько стоит доставка и есть ли чёрный цвет?")]
    #[case("uk", "Скільки коштує доставка і чи є чорний колір?")]
    #[case("kk", "Жеткізу қанша тұрады, қара түсі бар ма?")]
    #[case("es", "¿Cuánto cuesta el envío y lo tienen en negro?")]
    #[case("de", "Wie viel kostet das und liefern Sie auch nach Wien?")]
    #[case("fr", "Combien ça coûte et est-ce que vous livrez à Lyon ?")]
    #[case("pt", "Quanto custa e vocês entregam em Lisboa? Não achei no site")]
    #[case("tr", "Bunun fiyatı ne kadar ve kargo var mı?")]
    #[case("ar", "كم السعر وهل يوجد توصيل؟")]
    fn full_sentences_are_recognised(#[case] code: &str, #[case] text: &str) {
        let (language, confidence) = LanguageId::new().detect(text);
        assert_eq!(language.as_str(), code, "{text:?} with confidence {confidence}");
        assert!(confidence > 0.3, "{confidence}");
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
