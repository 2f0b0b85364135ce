//! Hashed n-grams of characters and words, for what the vector does not keep: spelling, slang, signs, set phrases.

use crate::disguise::fold;
use std::collections::HashMap;

/// Places that an n-gram may hash to.
pub const BUCKETS: u32 = 1 << 18;
const CHARACTERS: std::ops::RangeInclusive<usize> = 1..=5;
/// Characters that are looked at; what follows seldom changes what a comment is.
const MAX_CHARS: usize = 2_000;

/// N-grams of one text: bucket and `1 + ln(count)`, by bucket.
pub type Counts = Vec<(u32, f32)>;

/// Characters within words and across their edges, words, and pairs of words. Links count as one sign.
pub fn counts(text: &str) -> Counts {
    let folded: String = fold(text).chars().take(MAX_CHARS).collect();
    let mut found: HashMap<u32, f32> = HashMap::new();
    let mut add = |kind: u8, parts: &[&str]| {
        *found.entry(bucket(kind, parts)).or_default() += 1.0;
    };
    let mut before: Option<String> = None;
    for token in folded.split_whitespace() {
        let token = if is_link(token) { "\u{1}link" } else { token };
        let marked: Vec<char> = std::iter::once(' ')
            .chain(token.chars())
            .chain([' '])
            .collect();
        for size in CHARACTERS {
            for gram in marked.windows(size) {
                let gram: String = gram.iter().collect();
                if gram != " " {
                    add(0, &[&gram]);
                }
            }
        }
        let word = token.trim_matches(|c: char| !c.is_alphanumeric() && c != '\u{1}');
        if word.is_empty() {
            continue;
        }
        add(1, &[word]);
        if let Some(before) = &before {
            add(2, &[before, word]);
        }
        before = Some(word.to_owned());
    }
    let mut counts: Counts = found
        .into_iter()
        .map(|(bucket, count)| (bucket, 1.0 + count.ln()))
        .collect();
    counts.sort_unstable_by_key(|(bucket, _)| *bucket);
    counts
}

fn is_link(token: &str) -> bool {
    token.contains("://") || token.starts_with("www.")
}

/// FNV-1a with a final mix.
fn bucket(kind: u8, parts: &[&str]) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64 ^ u64::from(kind);
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
    ((hash ^ (hash >> 32)) % u64::from(BUCKETS)) as u32
}

/// How much each n-gram tells: the rarer, the more.
#[derive(Debug, Clone)]
pub struct Rarity {
    texts: f32,
    seen_in: HashMap<u32, f32>,
    /// Seen in fewer texts, an n-gram is left out.
    least: f32,
}

impl Rarity {
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a Counts>, least: usize) -> Self {
        let mut rarity = Self {
            texts: 0.0,
            seen_in: HashMap::new(),
            least: least as f32,
        };
        for counts in texts {
            rarity.texts += 1.0;
            for (bucket, _) in counts {
                *rarity.seen_in.entry(*bucket).or_default() += 1.0;
            }
        }
        rarity
    }

    /// Of length 1, or empty when nothing of it was seen.
    pub fn weigh(&self, counts: &Counts) -> Counts {
        let mut weighed: Counts = counts
            .iter()
            .filter_map(|(bucket, count)| {
                let seen = *self.seen_in.get(bucket)?;
                let weight = count * (((1.0 + self.texts) / (1.0 + seen)).ln() + 1.0);
                (seen >= self.least).then_some((*bucket, weight))
            })
            .collect();
        let length = weighed.iter().map(|(_, x)| x * x).sum::<f32>().sqrt();
        if length > 0.0 {
            weighed.iter_mut().for_each(|(_, x)| *x /= length);
        }
        weighed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_give_the_same_grams_whatever_the_case_and_the_stretching() {
        assert_eq!(counts("Sooooo good"), counts("so GOOD"));
        assert_ne!(counts("good so"), counts("so good"), "the order of words counts");
    }

    #[test]
    fn links_are_told_apart_by_nothing_but_being_links() {
        assert_eq!(
            counts("see https://a.example/x"),
            counts("see http://other.example/?q=1")
        );
    }

    #[test]
    fn weighed_grams_have_unit_length_and_none_that_were_never_seen() {
        let texts = [counts("free gift"), counts("free shipping"), counts("my free day")];
        let rarity = Rarity::of(&texts, 1);
        let weighed = rarity.weigh(&counts("free lunch"));
        let length: f32 = weighed.iter().map(|(_, x)| x * x).sum();
        assert!((length - 1.0).abs() < 1e-5);
        assert!(rarity.weigh(&counts("ЖЖЖ")).is_empty());
    }
}
