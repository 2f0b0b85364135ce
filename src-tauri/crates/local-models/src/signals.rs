//! Cheap facts about a comment that the vector blurs: signs, links, contacts, spelling, word lists.

use crate::disguise::{fold, readable};
use crate::grams::{Counts, counts};
use crate::lexicon::{Topic, hits, is_hidden_word};
use unicode_properties::UnicodeEmoji;

/// Numbers that [`Signals::features`] yields.
pub const FEATURES: usize = 22;

/// Places of exclamations, mentions, emoji, capitals, repetition and length among the features.
pub const STYLE_FEATURES: [usize; 9] = [10, 13, 14, 15, 16, 17, 18, 20, 21];

/// Texts are looked at up to here; what follows seldom changes what a comment is.
const MAX_CHARS: usize = 4_000;

/// What a look at the surface of a comment shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Signals {
    /// Hits per [`Topic`], in its order.
    hits: [usize; Topic::ALL.len()],
    pub words: usize,
    pub question_mark: bool,
    pub exclamations: usize,
    pub link: bool,
    pub contact: bool,
    pub mention: bool,
    pub emoji: usize,
    warm_emoji: usize,
    angry_emoji: usize,
    /// Share of upper case among cased letters, when there are enough to tell.
    caps_share: f32,
    repetition: bool,
    money: bool,
    characters: usize,
    pub grams: Counts,
}

impl Signals {
    pub fn of(text: &str) -> Self {
        let text: String = text.chars().take(MAX_CHARS).collect();
        let folded = fold(&text);
        let (hits, words) = hits(&text);
        let emoji: Vec<char> = text.chars().filter(|c| is_pictograph(*c)).collect();
        let cased = text
            .chars()
            .filter(|c| c.is_uppercase() || c.is_lowercase())
            .count();
        let upper = text.chars().filter(|c| c.is_uppercase()).count();
        Self {
            hits,
            words,
            question_mark: text.contains(['?', '¿', '؟']),
            exclamations: text.chars().filter(|c| *c == '!').count(),
            link: has_link(&folded),
            contact: has_contact(&folded),
            mention: text.split_whitespace().any(|t| t.len() > 3 && t.starts_with('@')),
            warm_emoji: emoji
                .iter()
                .filter(|c| "😍❤🔥👏🥰😘💛💙💚💜🧡💕💖👍😊🤩✨🙌😋💯😻♥".contains(**c))
                .count(),
            angry_emoji: emoji
                .iter()
                .filter(|c| "😡🤬🤮👎😠💩🖕🤢😤".contains(**c))
                .count(),
            emoji: emoji.len(),
            caps_share: if cased >= 8 {
                upper as f32 / cased as f32
            } else {
                0.0
            },
            repetition: folded.chars().count() + 3 < text.chars().count(),
            money: has_money(&folded),
            characters: text.chars().count(),
            grams: counts(&readable(&text, is_hidden_word)),
        }
    }

    pub fn warm_emoji(&self) -> usize {
        self.warm_emoji
    }

    pub fn angry_emoji(&self) -> usize {
        self.angry_emoji
    }

    pub fn hits(&self, topic: Topic) -> usize {
        self.hits[topic as usize]
    }

    /// The text holds words that are profane, or that insult somebody who is spoken to or of.
    pub fn offends(&self) -> bool {
        self.hits(Topic::Profanity) > 0 || self.hits(Topic::Insult) > 0
    }

    /// Something in it that advertising seldom goes without.
    pub fn advertises(&self) -> bool {
        self.link || self.contact || self.money || self.hits(Topic::Spam) > 0
    }

    /// Nothing in it can be read: empty, or only emoji, signs and mentions.
    pub fn is_wordless(&self) -> bool {
        self.words == 0 && !self.link
    }

    /// Everything as numbers between 0 and about 2, for the heads.
    pub fn features(&self) -> [f32; FEATURES] {
        let flag = |is: bool| f32::from(u8::from(is));
        let few = |count: usize| (count.min(4) as f32).sqrt();
        let insulted = self.hits(Topic::Insult).min(self.hits(Topic::Address));
        [
            few(self.hits(Topic::Profanity)),
            few(self.hits(Topic::Insult)),
            few(insulted),
            few(self.hits(Topic::Question)),
            few(self.hits(Topic::Praise)),
            few(self.hits(Topic::Criticism)),
            few(self.hits(Topic::Complaint)),
            few(self.hits(Topic::Partnership)),
            few(self.hits(Topic::Spam)),
            flag(self.question_mark),
            few(self.exclamations),
            flag(self.link),
            flag(self.contact),
            flag(self.mention),
            few(self.emoji),
            few(self.warm_emoji),
            few(self.angry_emoji),
            self.caps_share,
            flag(self.repetition),
            flag(self.money),
            (1.0 + self.words as f32).ln() / 3.0,
            flag(self.characters > 200),
        ]
    }
}

fn is_pictograph(c: char) -> bool {
    c.is_emoji_char() && !c.is_ascii() && !c.is_alphanumeric()
}

fn has_link(text: &str) -> bool {
    text.contains("http://")
        || text.contains("https://")
        || text.contains("www.")
        || text.split_whitespace().any(is_bare_link)
}

/// `shop.example/x`, `t.me/name`: letters, a dot, at least two Latin letters, then the end or a path.
fn is_bare_link(token: &str) -> bool {
    let token = token.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
    let host = token.split(['/', '?', ':']).next().unwrap_or_default();
    let Some((name, top)) = host.rsplit_once('.') else {
        return false;
    };
    let known = [
        "com", "net", "org", "ru", "ua", "kz", "me", "ly", "tv", "info", "xyz", "site", "online", "shop",
        "example", "io", "be", "gg", "link", "club", "top",
    ];
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
        && name.chars().any(|c| c.is_ascii_alphabetic())
        && (known.contains(&top) || (token.len() > host.len() && (2..=6).contains(&top.len())))
        && top.chars().all(|c| c.is_ascii_alphabetic())
}

/// A phone number, a mail address, or a messenger.
fn has_contact(text: &str) -> bool {
    let mail = text.split_whitespace().any(|t| {
        t.split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    });
    let messenger = [
        "whatsapp",
        "ватсап",
        "вацап",
        "вотсап",
        "telegram",
        "телеграм",
        "телегу",
        "viber",
        "вайбер",
        "t.me",
        "wa.me",
    ];
    mail || messenger.iter().any(|name| text.contains(name)) || has_phone(text)
}

/// Nine digits or more, with nothing between but what phone numbers are written with.
fn has_phone(text: &str) -> bool {
    let mut digits = 0;
    for c in text.chars() {
        match c {
            '0'..='9' => digits += 1,
            ' ' | '-' | '(' | ')' | '+' | '.' if digits > 0 => {}
            _ => digits = 0,
        }
        if digits >= 9 {
            return true;
        }
    }
    false
}

fn has_money(text: &str) -> bool {
    let near = |sign: &str| {
        text.match_indices(sign).any(|(at, _)| {
            let before = text[..at].trim_end().chars().next_back();
            let after = text[at + sign.len()..].trim_start().chars().next();
            before.into_iter().chain(after).any(|c| c.is_ascii_digit())
        })
    };
    [
        "$",
        "€",
        "£",
        "₽",
        "₸",
        "₴",
        "руб",
        "грн",
        "тенге",
        "теңге",
        "тг",
        "usd",
        "euro",
        "dollar",
        "dólar",
        "тыс",
    ]
    .iter()
    .any(|sign| near(sign))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("see https://a.example/b", true)]
    #[case("join t.me/signals now", true)]
    #[case("www.shop.example", true)]
    #[case("bit.ly/3x", true)]
    #[case("nice.very nice", false)]
    #[case("at 10.30 or 11.45", false)]
    #[case("т.е. завтра", false)]
    fn links_are_told_from_full_stops(#[case] text: &str, #[case] link: bool) {
        assert_eq!(Signals::of(text).link, link, "{text:?}");
    }

    #[rstest]
    #[case("call +7 (900) 000-00-00", true)]
    #[case("mail me a.b@c.example", true)]
    #[case("пишите в ватсап", true)]
    #[case("order 58213 of 12.05.2024", false)]
    fn contacts_are_found(#[case] text: &str, #[case] contact: bool) {
        assert_eq!(Signals::of(text).contact, contact, "{text:?}");
    }

    #[test]
    fn emoji_are_counted_and_are_no_words() {
        let signals = Signals::of("😍😍 🔥");
        assert_eq!((signals.emoji, signals.words), (3, 0));
        assert!(signals.is_wordless());
        assert!(!Signals::of("ок").is_wordless());
    }

    #[test]
    fn features_stay_small_for_any_text() {
        for text in ["", &"a? ".repeat(5_000), &"!".repeat(9_000), "\u{202e}\u{200b}"] {
            assert!(
                Signals::of(text)
                    .features()
                    .iter()
                    .all(|f| (0.0..=4.0).contains(f))
            );
        }
    }
}
