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
        let lowered = plain.to_lowercase();
        if lowered.contains(KAZAKH_ONLY) {
            return (Language::from("kk"), 1.0);
        }
        if lowered.contains('і') && share_of(&lowered, NOT_KAZAKH) >= 0.05 {
            return (Language::from("uk"), LETTERS_SAY_SO);
        }
        let guesses = self.detector.compute_language_confidence_values(plain);
        let best = guesses.first().filter(|(_, confidence)| *confidence > 0.0);
        let near = guesses.iter().find(|(language, confidence)| {
            EXPECTED.contains(language) && best.is_some_and(|(_, most)| *confidence >= NEARLY * most)
        });
        match near.or(best) {
            Some((language, confidence)) => (
                Language(language.iso_code_639_1().to_string().to_lowercase()),
                *confidence as f32,
            ),
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
const LETTERS_SAY_SO: f32 = 0.9;

fn share_of(text: &str, letters: [char; 8]) -> f32 {
    let all = text.chars().filter(|c| c.is_alphabetic()).count().max(1);
    text.chars().filter(|c| letters.contains(c)).count() as f32 / all as f32
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
