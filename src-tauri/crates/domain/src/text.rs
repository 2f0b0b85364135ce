//! Comparing texts the way people and platforms do.

use unicode_normalization::UnicodeNormalization;

/// Folds a text to what decides "the same reply": NFKC, no invisible characters, single spaces, trimmed.
/// Platforms trim, collapse white space and may re-encode; case and punctuation stay.
pub fn normalised(text: &str) -> String {
    let visible: String = text.nfkc().filter(|c| !is_invisible(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
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

#[cfg(test)]
mod tests {
    use super::*;

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
