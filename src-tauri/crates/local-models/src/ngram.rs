//! What stands in for the embedder when its file is absent: hashed character n-grams. It finds shared
//! spellings, not shared meanings, and little across languages.

use crate::disguise::fold;
use domain::ModelError;
use domain::ports::{Embedder, TextRole, VectorSpace};

/// Name under which vectors of this model are stored.
pub const NGRAM_MODEL: &str = "char-ngrams/1";
const DIMENSIONS: usize = 768;
const SIZES: std::ops::RangeInclusive<usize> = 3..=4;
/// Characters that are looked at; longer texts are represented by their beginning.
const MAX_CHARS: usize = 8_000;

/// Needs no file and cannot fail.
#[derive(Debug, Clone, Copy, Default)]
pub struct NgramEmbedder;

impl Embedder for NgramEmbedder {
    fn space(&self) -> VectorSpace {
        VectorSpace {
            model: NGRAM_MODEL.to_owned(),
            dimensions: DIMENSIONS,
        }
    }

    /// Both roles are embedded alike.
    fn embed(&self, _role: TextRole, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        Ok(texts.iter().map(|text| vector(text)).collect())
    }
}

fn vector(text: &str) -> Vec<f32> {
    let mut counts = vec![0.0f32; DIMENSIONS];
    // One gram that every text has keeps the vector of an empty text from being zero.
    counts[0] = 1.0;
    let folded: String = fold(text).chars().take(MAX_CHARS).collect();
    for word in folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let marked: Vec<char> = format!("<{word}>").chars().collect();
        for size in SIZES {
            for gram in marked.windows(size) {
                let hash = hash(gram);
                let sign = if hash >> 63 == 0 { 1.0 } else { -1.0 };
                counts[(hash % DIMENSIONS as u64) as usize] += sign;
            }
        }
    }
    // Square roots keep a word that is repeated from drowning the others.
    for count in &mut counts {
        *count = count.abs().sqrt().copysign(*count);
    }
    let norm = counts
        .iter()
        .map(|c| c * c)
        .sum::<f32>()
        .sqrt()
        .max(f32::MIN_POSITIVE);
    counts.iter_mut().for_each(|c| *c /= norm);
    counts
}

/// FNV-1a with a final mix; stored vectors depend on it, so it must not change under the same model name.
fn hash(gram: &[char]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for byte in gram.iter().flat_map(|c| u32::from(*c).to_le_bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn similarity(a: &str, b: &str) -> f32 {
        let vectors = NgramEmbedder.embed(TextRole::Query, &[a, b]).unwrap();
        vectors[0].iter().zip(&vectors[1]).map(|(x, y)| x * y).sum()
    }

    #[test]
    fn texts_that_share_words_are_nearer_than_texts_that_do_not() {
        assert!(
            similarity("сколько стоит доставка", "стоимость доставки")
                > similarity("сколько стоит доставка", "красивое платье")
        );
    }

    #[test]
    fn every_text_has_a_vector_of_unit_length() {
        for text in ["", "🔥", "a", "the same the same the same", "\u{200b}"] {
            let length = similarity(text, text);
            assert!(
                (length - 1.0).abs() < 1e-4,
                "{text:?} has squared length {length}"
            );
        }
    }
}
