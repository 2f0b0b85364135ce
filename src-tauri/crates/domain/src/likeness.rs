//! Texts that are nearly the same, found by marks that they share.
//!
//! A campaign says one thing many times: word for word, with a name or an emoji changed, or with nothing in common but
//! the page it links to. [`marks`] are few numbers of a text such that nearly equal texts share at least one; whether
//! two texts that share one are alike says [`are_alike`]. The numbers are stored, so they must not change.

use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// Letters and digits of a text that can be told from others; "so beautiful" is said by everyone.
const LEAST_LETTERS: usize = 24;
/// What follows says nothing new of which text it is.
const MOST_LETTERS: usize = 1_000;
const SHINGLE: usize = 4;
const BANDS: u64 = 6;
const ROWS: u64 = 2;
/// Shingles in common, of all that two texts have, from which on they are alike.
const ALIKE: f64 = 0.6;
/// Different shingles of a text that can be told from others; a long laugh has two.
const LEAST_SHINGLES: usize = 12;
/// Addresses whose page is named behind the `?`; without that they are one page for all.
const NAMED_IN_QUERY: [&str; 5] = [
    "youtube.com/watch",
    "facebook.com/watch",
    "facebook.com/story.php",
    "facebook.com/permalink.php",
    "google.com/search",
];

/// Numbers by which texts nearly equal to this one are found; none for one that cannot be told apart and links
/// nowhere. A page under one of `own_hosts` is no mark.
pub fn marks(text: &str, own_hosts: &[String]) -> Vec<i64> {
    let mut marks: Vec<i64> = links(text, own_hosts)
        .iter()
        .map(|link| stored(hash(link.as_bytes(), 0xA11CE)))
        .collect();
    if let Some(shingles) = told_apart(text) {
        for band in 0..BANDS {
            let mut rows = Vec::with_capacity(usize::try_from(ROWS * 8).unwrap_or(0));
            for row in 0..ROWS {
                let seed = band * ROWS + row + 1;
                let least = shingles.iter().map(|s| mixed(*s, seed)).min().unwrap_or(0);
                rows.extend(least.to_le_bytes());
            }
            marks.push(stored(hash(&rows, band)));
        }
    }
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// Nearly the same text, or a link to the same page that is none of `own_hosts`.
pub fn are_alike(a: &str, b: &str, own_hosts: &[String]) -> bool {
    if let (Some(x), Some(y)) = (told_apart(a), told_apart(b)) {
        let shared = x.intersection(&y).count();
        let all = x.len() + y.len() - shared;
        #[expect(clippy::cast_precision_loss, reason = "at most a thousand shingles")]
        if shared as f64 >= ALIKE * all as f64 {
            return true;
        }
    }
    let links_of_a = links(a, own_hosts);
    links(b, own_hosts).iter().any(|link| links_of_a.contains(link))
}

/// The shingles of a text; `None` for one too short or too uniform to be told from others.
fn told_apart(text: &str) -> Option<BTreeSet<u64>> {
    let letters = letters(text);
    if letters.len() < LEAST_LETTERS {
        return None;
    }
    Some(shingles(&letters)).filter(|shingles| shingles.len() >= LEAST_SHINGLES)
}

/// Letters and digits alone, small: neither spaces nor decoration tell copies apart.
fn letters(text: &str) -> Vec<char> {
    let words = text
        .split_whitespace()
        .filter(|word| !word.starts_with('@') && link(word).is_none());
    words
        .flat_map(|word| word.nfkc())
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .take(MOST_LETTERS)
        .collect()
}

fn shingles(letters: &[char]) -> BTreeSet<u64> {
    letters
        .windows(SHINGLE)
        .map(|window| {
            let bytes: Vec<u8> = window.iter().flat_map(|c| u32::from(*c).to_le_bytes()).collect();
            hash(&bytes, 0)
        })
        .collect()
}

/// Pages that a text links to, without what only counts visitors.
fn links(text: &str, own_hosts: &[String]) -> Vec<String> {
    text.split_whitespace()
        .filter_map(link)
        .filter(|link| !names_no_page(link))
        .filter(|link| {
            let host = link.split('/').next().unwrap_or_default();
            !own_hosts
                .iter()
                .any(|own| host == own || host.ends_with(&format!(".{own}")))
        })
        .collect()
}

/// `https://T.me/Signals?x=1` and `t.me/signals` are one page. A bare word with a dot has to have a path.
fn link(word: &str) -> Option<String> {
    let word = word
        .trim_matches(|c: char| !c.is_alphanumeric() && c != '/')
        .to_lowercase();
    let bare = word
        .strip_prefix("https://")
        .or_else(|| word.strip_prefix("http://"));
    let marked = bare.is_some() || word.starts_with("www.");
    let bare = bare.unwrap_or(&word);
    let bare = bare.strip_prefix("www.").unwrap_or(bare);
    let page = bare.split(['?', '#']).next()?.trim_end_matches('/');
    let (host, path) = page.split_once('/').unwrap_or((page, ""));
    let (name, top) = host.rsplit_once('.')?;
    let is_host = !name.is_empty()
        && top.len() >= 2
        && top.chars().all(|c| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '.');
    (is_host && (marked || !path.is_empty())).then(|| page.to_owned())
}

fn names_no_page(link: &str) -> bool {
    NAMED_IN_QUERY
        .iter()
        .any(|known| link == *known || link.ends_with(&format!(".{known}")))
}

/// FNV-1a: the same on every machine and in every version.
fn hash(bytes: &[u8], seed: u64) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// One of many orders of the same hashes (the finaliser of MurmurHash3).
fn mixed(hash: u64, seed: u64) -> u64 {
    let mut x = hash ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    x = (x ^ (x >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

fn stored(hash: u64) -> i64 {
    i64::from_ne_bytes(hash.to_ne_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    const PROMISE: &str = "I made 3000 dollars in a week with Mrs Helena, write to her on the blue app now";

    fn share(a: &str, b: &str) -> bool {
        let marks_of_a = marks(a, &[]);
        marks(b, &[]).iter().any(|mark| marks_of_a.contains(mark))
    }

    #[rstest]
    #[case(
        PROMISE,
        "I MADE 3000 DOLLARS in a week with Mrs. Helena!! write to her on the blue app now 🔥🔥"
    )]
    #[case(
        PROMISE,
        "@nina I made 5000 dollars in a week with Mrs Helena, write to her on the blue app now"
    )]
    #[case(
        "look what I found t.me/signals",
        "best prices here: https://T.me/Signals?from=ig"
    )]
    #[case(
        "Бойкот этому магазину, они обманывают людей!",
        "бойкот этому магазину они обманывают людей"
    )]
    fn copies_are_found_and_alike(#[case] a: &str, #[case] b: &str) {
        assert!(share(a, b), "{a:?} and {b:?} share no mark");
        assert!(are_alike(a, b, &[]));
    }

    #[rstest]
    #[case("so beautiful 😍", "so beautiful 😍", "everyone says it")]
    #[case(
        PROMISE,
        "When will the green pan be back in stock? I have been waiting since May",
        "unlike"
    )]
    #[case("see shop.example", "see shop.example", "a bare host is a word with a dot")]
    #[case(
        "this one https://www.youtube.com/watch?v=AAA",
        "my favourite: https://m.youtube.com/watch?v=BBB",
        "two films"
    )]
    #[case(
        "watch this film now https://www.youtube.com/watch?v=AAA",
        "watch this film now https://www.youtube.com/watch?v=BBB",
        "an address is no text"
    )]
    #[case(
        "хахахахахахахахахахахахахаха",
        "хахахахахахахахахахахахахахахахаха",
        "everyone laughs"
    )]
    fn what_is_no_campaign_is_none(#[case] a: &str, #[case] b: &str, #[case] why: &str) {
        assert!(!(share(a, b) && are_alike(a, b, &[])), "{why}");
    }

    #[test]
    fn links_to_the_brand_itself_join_nothing() {
        let own = ["oakmere.example".to_owned()];
        let (a, b) = (
            "is it this one https://oakmere.example/p/wok",
            "https://shop.oakmere.example/p/wok love",
        );
        assert!(marks(a, &own).is_empty() && marks(b, &own).is_empty());
        assert!(!are_alike(a, a, &own));
        assert_eq!(marks(a, &[]).len(), 1);
    }

    proptest! {
        #[test]
        fn any_text_has_few_marks_and_the_same_each_time(text in ".{0,200}") {
            let marks_of_it = marks(&text, &[]);
            prop_assert!(marks_of_it.len() <= 6 + text.split_whitespace().count());
            prop_assert_eq!(marks(&text, &[]), marks_of_it);
        }

        #[test]
        fn a_long_text_is_alike_to_itself(text in "[a-zа-я ]{60,200}") {
            if told_apart(&text).is_some() {
                prop_assert!(are_alike(&text, &text, &[]));
            }
        }
    }
}
