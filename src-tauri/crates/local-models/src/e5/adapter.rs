//! What was trained on top of the model for one purpose: low-rank additions to its last layers, and a linear head
//! on the mean of what they yield.
//!
//! The file, little-endian: `MADP`, version 1, then as u32 the first layer that is changed, their count, the rank,
//! the sizes of a hidden state and of the feed-forward step, and the number of scores; per layer and part the
//! factors `down` (inputs x rank) and `up` (rank x outputs) in half precision; the head's weights (scores x hidden)
//! and its biases in single precision.

use super::image::corrupt;
use super::kernel::{Isa, add_low_rank, half_to_float};
use super::reader::Reader;
use domain::ModelError;

const MAGIC: &[u8] = b"MADP";
const FORMAT_VERSION: u32 = 1;
const MOST: usize = 16_384;

/// The linear maps of a layer, in the order of the file.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    Query,
    Key,
    Value,
    AttentionOutput,
    FeedIn,
    FeedOut,
}

impl Part {
    const ALL: [Self; 6] = [
        Self::Query,
        Self::Key,
        Self::Value,
        Self::AttentionOutput,
        Self::FeedIn,
        Self::FeedOut,
    ];
}

struct Factors {
    down: Vec<f32>,
    up: Vec<f32>,
}

/// What is added in one layer.
pub struct Added {
    rank: usize,
    parts: [Factors; Part::ALL.len()],
}

impl Added {
    /// Rows of `input` and `output` belong together.
    pub fn add(&self, isa: Isa, part: Part, input: &[f32], output: &mut [f32]) {
        let Factors { down, up } = &self.parts[part as usize];
        add_low_rank(isa, down, up, self.rank, input, output);
    }
}

/// A model of its own on the shoulders of the embedder.
pub struct Adapter {
    first_layer: usize,
    hidden: usize,
    feed_forward: usize,
    layers: Vec<Added>,
    /// For each score the weights of a hidden state.
    weights: Vec<f32>,
    biases: Vec<f32>,
}

impl Adapter {
    /// # Errors
    /// `Unsupported` when the bytes are something else, `Corrupt` when they are damaged.
    pub fn parse(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut reader = Reader::new(bytes);
        if reader.take(MAGIC.len(), "magic")? != MAGIC || reader.u32("version")? != FORMAT_VERSION {
            return Err(ModelError::Unsupported {
                detail: "it is not an adapter of version 1".to_owned(),
            });
        }
        let mut size = |name: &str| -> Result<usize, ModelError> {
            let value = reader.u32(name)? as usize;
            match value <= MOST {
                true => Ok(value),
                false => Err(corrupt(format!("{name} is {value}"))),
            }
        };
        let first_layer = size("first layer")?;
        let count = size("layer count")?;
        let rank = size("rank")?.max(1);
        let hidden = size("hidden size")?;
        let feed_forward = size("feed-forward size")?;
        let scores = size("score count")?;
        let mut halves = |count: usize, what: &str| -> Result<Vec<f32>, ModelError> {
            let raw = reader.take(count * 2, what)?;
            all_finite(
                raw.as_chunks::<2>()
                    .0
                    .iter()
                    .map(|b| half_to_float(u16::from_le_bytes(*b)))
                    .collect(),
                what,
            )
        };
        let mut layers = Vec::new();
        for _ in 0..count {
            let mut parts = Vec::with_capacity(Part::ALL.len());
            for part in Part::ALL {
                let (inputs, outputs) = match part {
                    Part::FeedIn => (hidden, feed_forward),
                    Part::FeedOut => (feed_forward, hidden),
                    _ => (hidden, hidden),
                };
                parts.push(Factors {
                    down: halves(inputs * rank, "factors")?,
                    up: halves(rank * outputs, "factors")?,
                });
            }
            layers.push(Added {
                rank,
                parts: parts.try_into().map_err(|_| corrupt("parts of a layer"))?,
            });
        }
        let mut floats = |count: usize| -> Result<Vec<f32>, ModelError> {
            let raw = reader.take(count * 4, "head")?;
            all_finite(
                raw.as_chunks::<4>()
                    .0
                    .iter()
                    .map(|b| f32::from_le_bytes(*b))
                    .collect(),
                "head",
            )
        };
        let adapter = Self {
            first_layer,
            hidden,
            feed_forward,
            layers,
            weights: floats(scores * hidden)?,
            biases: floats(scores)?,
        };
        match reader.position() == bytes.len() {
            true => Ok(adapter),
            false => Err(corrupt("something lies behind the head of the adapter")),
        }
    }

    pub fn first_layer(&self) -> usize {
        self.first_layer
    }

    pub fn layer(&self, at: usize) -> Option<&Added> {
        self.layers.get(at.checked_sub(self.first_layer)?)
    }

    pub fn fits(&self, hidden: usize, feed_forward: usize, layers: usize) -> bool {
        self.hidden == hidden
            && self.feed_forward == feed_forward
            && self.first_layer + self.layers.len() == layers
    }

    /// Scores that the head gives.
    pub fn scores(&self) -> usize {
        self.biases.len()
    }

    /// Log-odds before any calibration, of a vector of unit length.
    pub fn score(&self, vector: &[f32]) -> Vec<f32> {
        self.weights
            .chunks_exact(self.hidden.max(1))
            .zip(&self.biases)
            .map(|(weights, bias)| bias + weights.iter().zip(vector).map(|(w, x)| w * x).sum::<f32>())
            .collect()
    }
}

fn all_finite(values: Vec<f32>, what: &str) -> Result<Vec<f32>, ModelError> {
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(values),
        false => Err(corrupt(format!(
            "{what} of the adapter: a value that is not a number"
        ))),
    }
}
