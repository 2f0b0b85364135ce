//! The trained numbers: one linear head per label and per guard, for each embedder of the app.

use crate::grams::GramWeights;
use crate::signals::FEATURES;
use domain::{Label, ModelError};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// What `train-heads` wrote, and what the app uses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heads {
    pub provenance: Provenance,
    pub sets: Vec<HeadSet>,
}

/// Where the numbers come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    pub version: u32,
    /// One line per source: name, licence, rows used.
    pub sources: Vec<String>,
}

/// The heads on top of one embedder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeadSet {
    /// Model of the vectors, as [`domain::ports::VectorSpace::model`] names it.
    pub embedder: String,
    pub labels: Vec<LabelHead>,
    pub primary: PrimaryCalibration,
    /// Of the vectors of the texts that the heads were trained on.
    pub mean: Vec<f32>,
    pub abuse_guard: Linear,
    pub spam_guard: Linear,
    /// In a file of their own.
    #[serde(skip)]
    pub grams: GramWeights<{ Label::ALL.len() }>,
}

/// How sure a comment carries a label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelHead {
    pub label: Label,
    pub linear: Linear,
    pub calibration: Calibration,
    /// From here on the label is given.
    pub threshold: f32,
}

/// Chance that the strongest label is right, of a comment that carries one of the seven:
/// logistic(own * its log-odds + next * those of the second strongest + shift).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PrimaryCalibration {
    pub own: f32,
    pub next: f32,
    pub shift: f32,
}

/// `bias + weights . (vector, features)`: a log-odds before calibration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Linear {
    pub weights: Vec<f32>,
    pub bias: f32,
}

/// Probability = logistic(slope * own score + guard * guard's score + read * the model's own log-odds + shift).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    pub slope: f32,
    pub guard: f32,
    /// 0 where the model was not taught labels.
    pub read: f32,
    pub shift: f32,
}

impl Linear {
    /// Panics never: shapes are checked by [`Heads::set_for`].
    pub fn score(&self, vector: &[f32], features: &[f32; FEATURES]) -> f32 {
        let inputs = vector.iter().chain(features);
        self.bias + self.weights.iter().zip(inputs).map(|(w, x)| w * x).sum::<f32>()
    }
}

impl PrimaryCalibration {
    /// `strongest` and `second`: probabilities of the two strongest labels.
    pub fn probability(&self, strongest: f32, second: f32) -> f32 {
        logistic(self.own * log_odds(strongest) + self.next * log_odds(second) + self.shift)
    }
}

impl Calibration {
    pub fn probability(&self, own: f32, guard: f32, read: f32) -> f32 {
        logistic(self.slope * own + self.guard * guard + self.read * read + self.shift)
    }
}

/// The way back from [`logistic`], within what can be told apart.
pub fn log_odds(probability: f32) -> f32 {
    let probability = probability.clamp(1e-6, 1.0 - 1e-6);
    (probability / (1.0 - probability)).ln()
}

pub fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

static SHIPPED: LazyLock<Result<Heads, String>> = LazyLock::new(|| {
    let mut heads: Heads =
        serde_json::from_str(include_str!("../data/heads.json")).map_err(|e| e.to_string())?;
    let mut rest: &[u8] = include_bytes!("../data/grams.bin");
    for set in &mut heads.sets {
        let (grams, after) = GramWeights::from_bytes(rest).ok_or("the table of n-grams is cut off")?;
        (set.grams, rest) = (grams, after);
    }
    Ok(heads)
});

impl Heads {
    /// The heads that ship with the app.
    ///
    /// # Errors
    /// `Corrupt` when the build took in a damaged file.
    pub fn shipped() -> Result<&'static Self, ModelError> {
        SHIPPED.as_ref().map_err(|detail| ModelError::Corrupt {
            detail: detail.clone(),
        })
    }

    /// The heads for vectors of `embedder`, which have `dimensions` components.
    ///
    /// # Errors
    /// `Unsupported` when there are none.
    pub fn set_for(&self, embedder: &str, dimensions: usize) -> Result<&HeadSet, ModelError> {
        self.sets
            .iter()
            .find(|set| set.embedder == embedder && set.fits(dimensions))
            .ok_or_else(|| ModelError::Unsupported {
                detail: format!("no classifier was trained on {embedder}"),
            })
    }
}

impl HeadSet {
    fn fits(&self, dimensions: usize) -> bool {
        let size = dimensions + FEATURES;
        Label::ALL
            .iter()
            .all(|label| self.labels.iter().any(|head| head.label == *label))
            && self.labels.len() == Label::ALL.len()
            && self.mean.len() == dimensions
            && self.labels.iter().all(|head| head.linear.weights.len() == size)
            && [&self.abuse_guard, &self.spam_guard]
                .iter()
                .all(|guard| guard.weights.len() == size)
    }
}
