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
        let marked: Vec<char> = std::iter::once(' ').chain(token.chars()).chain([' ']).collect();
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

    fn weight(&self, bucket: u32) -> f32 {
        let seen = self.seen_in.get(&bucket).copied().unwrap_or(0.0);
        ((1.0 + self.texts) / (1.0 + seen)).ln() + 1.0
    }

    /// Of length 1, or empty when nothing of it was seen.
    pub fn weigh(&self, counts: &Counts) -> Counts {
        let mut weighed: Counts = counts
            .iter()
            .filter_map(|(bucket, count)| {
                let seen = *self.seen_in.get(bucket)?;
                (seen >= self.least).then_some((*bucket, count * self.weight(*bucket)))
            })
            .collect();
        let length = weighed.iter().map(|(_, x)| x * x).sum::<f32>().sqrt();
        if length > 0.0 {
            weighed.iter_mut().for_each(|(_, x)| *x /= length);
        }
        weighed
    }
}

/// Weights of the n-grams for each of `N` heads, as they ship: a table by bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct GramWeights<const N: usize> {
    /// In order.
    buckets: Vec<u32>,
    rarity: Vec<f32>,
    /// What a weight of 1 stands for, by head.
    scales: [f32; N],
    weights: Vec<[i8; N]>,
}

impl<const N: usize> Default for GramWeights<N> {
    fn default() -> Self {
        Self {
            buckets: Vec::new(),
            rarity: Vec::new(),
            scales: [0.0; N],
            weights: Vec::new(),
        }
    }
}

impl<const N: usize> GramWeights<N> {
    /// Bytes of one bucket in a file: place, rarity, weights.
    const RECORD: usize = 4 + 4 + N;

    /// `weights`: of each head, by bucket; a bucket that is missing counts nothing.
    pub fn new(rarity: &Rarity, weights: &[Vec<f32>; N]) -> Self {
        let mut buckets: Vec<u32> = rarity
            .seen_in
            .iter()
            .filter(|(_, seen)| **seen >= rarity.least)
            .map(|(bucket, _)| *bucket)
            .collect();
        buckets.sort_unstable();
        let of = |head: &Vec<f32>, bucket: u32| head.get(bucket as usize).copied().unwrap_or(0.0);
        let scales = std::array::from_fn(|head| {
            let largest = buckets.iter().map(|bucket| of(&weights[head], *bucket).abs());
            largest.fold(1e-9, f32::max) / 127.0
        });
        Self {
            rarity: buckets.iter().map(|bucket| rarity.weight(*bucket)).collect(),
            weights: buckets
                .iter()
                .map(|bucket| {
                    std::array::from_fn(|head| (of(&weights[head], *bucket) / scales[head]).round() as i8)
                })
                .collect(),
            scales,
            buckets,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// What the n-grams of a text add to the score of each head.
    pub fn scores(&self, counts: &Counts) -> [f32; N] {
        let mut sums = [0.0f32; N];
        let mut length = 0.0f32;
        for (bucket, count) in counts {
            let Ok(at) = self.buckets.binary_search(bucket) else {
                continue;
            };
            let weighed = count * self.rarity[at];
            length += weighed * weighed;
            sums.iter_mut()
                .zip(self.weights[at])
                .for_each(|(sum, weight)| *sum += weighed * f32::from(weight));
        }
        if length > 0.0 {
            let length = length.sqrt();
            sums.iter_mut()
                .zip(self.scales)
                .for_each(|(sum, scale)| *sum *= scale / length);
        }
        sums
    }

    /// Count of buckets, scales, then a record for each bucket; little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = (self.buckets.len() as u32).to_le_bytes().to_vec();
        bytes.extend(self.scales.iter().flat_map(|scale| scale.to_le_bytes()));
        for ((bucket, rarity), weights) in self.buckets.iter().zip(&self.rarity).zip(&self.weights) {
            bytes.extend(bucket.to_le_bytes());
            bytes.extend(rarity.to_le_bytes());
            bytes.extend(weights.map(|weight| weight as u8));
        }
        bytes
    }

    /// Reads one table from the beginning, and returns what follows it. `None` when the bytes end before it does.
    pub fn from_bytes(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let number = |bytes: &[u8]| Some(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?));
        let count = number(bytes)? as usize;
        let (mut table, mut rest) = (Self::default(), bytes.get(4..)?);
        for scale in &mut table.scales {
            *scale = f32::from_bits(number(rest)?);
            rest = rest.get(4..)?;
        }
        let records = rest.get(..count.checked_mul(Self::RECORD)?)?;
        for record in records.chunks_exact(Self::RECORD) {
            table.buckets.push(number(record)?);
            table.rarity.push(f32::from_bits(number(record.get(4..)?)?));
            table
                .weights
                .push(std::array::from_fn(|head| record[8 + head] as i8));
        }
        let in_order = table.buckets.is_sorted();
        in_order.then_some((table, &rest[records.len()..]))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
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
        let texts = [
            counts("free gift"),
            counts("free shipping"),
            counts("my free day"),
        ];
        let rarity = Rarity::of(&texts, 1);
        let weighed = rarity.weigh(&counts("free lunch"));
        let length: f32 = weighed.iter().map(|(_, x)| x * x).sum();
        assert!((length - 1.0).abs() < 1e-5);
        assert!(rarity.weigh(&counts("ЖЖЖ")).is_empty());
    }

    #[test]
    fn a_table_scores_as_what_it_was_made_of_and_survives_the_way_through_a_file() {
        let texts = [
            counts("free gift"),
            counts("free shipping"),
            counts("my free day"),
        ];
        let rarity = Rarity::of(&texts, 1);
        let mut weights: [Vec<f32>; 7] = std::array::from_fn(|_| vec![0.0; BUCKETS as usize]);
        for (bucket, _) in &texts[0] {
            weights[6][*bucket as usize] = (*bucket % 7) as f32 / 7.0 - 0.4;
        }
        let table = GramWeights::new(&rarity, &weights);
        let exact: f32 = rarity
            .weigh(&texts[0])
            .iter()
            .map(|(bucket, x)| x * weights[6][*bucket as usize])
            .sum();
        let scores = table.scores(&texts[0]);
        assert!((scores[6] - exact).abs() < 0.01, "{} is not {exact}", scores[6]);
        assert_eq!(scores[0], 0.0);
        let bytes = table.to_bytes();
        let (read, rest) = GramWeights::<7>::from_bytes(&bytes).unwrap();
        assert_eq!((read, rest.len()), (table, 0));
        for cut in [0, 3, 20, bytes.len() - 1] {
            assert!(
                GramWeights::<7>::from_bytes(&bytes[..cut]).is_none(),
                "cut at {cut}"
            );
        }
    }
}
