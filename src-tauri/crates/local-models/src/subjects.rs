//! What a question is about, from a vector and the n-grams of the text.
//!
//! A head for each subject that customers ask shops about, trained on questions written for this
//! (`data/subjects.jsonl`), and additions to the model's own layers trained on the same (`data/subjects.adapter`). The
//! odds of both become shares by a softmax; the temperature of the heads was fitted on questions that they had not
//! seen.

use crate::grams::GramWeights;
use crate::signals::{FEATURES, Signals};
use domain::{ModelError, Subject, SubjectScore};
use std::sync::LazyLock;

/// Subjects that are named for a text at most.
const MOST: usize = 3;
/// Parts of heads and model in the odds of a text that both have read.
const OF_HEADS: f32 = 0.6;
const OF_MODEL: f32 = 0.7;
/// Less likely ones are not named.
const FAINT: f32 = 0.02;

/// The heads of all subjects, as they ship.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SubjectHeads {
    /// Components of the vectors that they read.
    pub dimensions: usize,
    /// `dimensions + FEATURES` weights and a bias for each subject.
    pub weights: Vec<f32>,
    pub temperature: f32,
    pub grams: GramWeights<{ Subject::COUNT }>,
}

static SHIPPED: LazyLock<Option<SubjectHeads>> =
    LazyLock::new(|| SubjectHeads::from_bytes(include_bytes!("../data/subjects.bin")));

impl SubjectHeads {
    /// The heads that ship with the app, which read vectors of e5.
    ///
    /// # Errors
    /// `Corrupt` when the build took in a damaged file.
    pub fn shipped() -> Result<&'static Self, ModelError> {
        SHIPPED.as_ref().ok_or_else(|| ModelError::Corrupt {
            detail: "the heads of the subjects cannot be read".to_owned(),
        })
    }

    fn width(&self) -> usize {
        self.dimensions + FEATURES + 1
    }

    /// Likeliest first. `vector` has `dimensions` components; `read` is what the model itself makes of the text, a value
    /// for each subject.
    pub fn of(&self, vector: &[f32], signals: &Signals, read: Option<&[f32]>) -> Vec<SubjectScore> {
        let mut odds = self
            .margins(vector, signals)
            .map(|margin| margin / self.temperature);
        if let Some(read) = read {
            for (odds, read) in odds.iter_mut().zip(read) {
                *odds = OF_HEADS * *odds + OF_MODEL * read;
            }
        }
        let largest = odds.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let shares = odds.map(|odds| (odds - largest).exp());
        let whole: f32 = shares.iter().sum();
        let mut scores: Vec<SubjectScore> = Subject::all()
            .zip(shares)
            .map(|(subject, share)| SubjectScore {
                subject,
                confidence: share / whole,
            })
            .filter(|score| score.confidence >= FAINT)
            .collect();
        scores.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        scores.truncate(MOST);
        scores
    }

    fn margins(&self, vector: &[f32], signals: &Signals) -> [f32; Subject::COUNT] {
        let mut margins = self.grams.scores(&signals.grams);
        let features = signals.features();
        for (margin, weights) in margins.iter_mut().zip(self.weights.chunks_exact(self.width())) {
            let inputs = vector.iter().chain(&features).chain(&[1.0]);
            *margin += weights.iter().zip(inputs).map(|(w, x)| w * x).sum::<f32>();
        }
        margins
    }

    /// Components, temperature, weights, then the table of n-grams; little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = (self.dimensions as u32).to_le_bytes().to_vec();
        bytes.extend(self.temperature.to_le_bytes());
        bytes.extend(self.weights.iter().flat_map(|weight| weight.to_le_bytes()));
        bytes.extend(self.grams.to_bytes());
        bytes
    }

    /// `None` when the bytes are not such heads.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let word = |at: usize| -> Option<[u8; 4]> { bytes.get(at..at + 4)?.try_into().ok() };
        let mut heads = Self {
            dimensions: u32::from_le_bytes(word(0)?) as usize,
            temperature: f32::from_le_bytes(word(4)?),
            ..Self::default()
        };
        let count = heads
            .dimensions
            .checked_add(FEATURES + 1)?
            .checked_mul(Subject::COUNT)?;
        let end = count.checked_mul(4)?.checked_add(8)?;
        heads.weights = bytes
            .get(8..end)?
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect();
        let (grams, rest) = GramWeights::from_bytes(&bytes[end..])?;
        heads.grams = grams;
        (rest.is_empty() && heads.temperature > 0.0).then_some(heads)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Heads to which all subjects are the same.
    fn silent() -> SubjectHeads {
        SubjectHeads {
            dimensions: 2,
            weights: vec![0.0; Subject::COUNT * (2 + FEATURES + 1)],
            temperature: 1.0,
            grams: GramWeights::default(),
        }
    }

    #[test]
    fn what_the_model_reads_counts_beside_the_heads() {
        let signals = Signals::of("whats the damage");
        let (price, stock) = (Subject::at(0).unwrap(), Subject::at(1).unwrap());
        let mut read = vec![0.0; Subject::COUNT];
        read[stock.place()] = 12.0;
        let said = silent().of(&[0.6, 0.8], &signals, Some(&read));
        assert_eq!(said[0].subject, stock);
        assert!(said[0].confidence > 0.9, "{said:?}");
        assert_eq!(
            silent().of(&[0.6, 0.8], &signals, None),
            [],
            "among so many each alone is too faint to be named"
        );
        let mut heads = silent();
        heads.weights[2 + FEATURES] = 20.0;
        let said = heads.of(&[0.6, 0.8], &signals, Some(&read));
        assert_eq!(said[0].subject, price, "the heads are surer: {said:?}");
        assert_eq!(said[1].subject, stock);
    }

    #[test]
    fn the_shipped_heads_can_be_read() {
        assert!(SubjectHeads::shipped().is_ok());
    }
}
