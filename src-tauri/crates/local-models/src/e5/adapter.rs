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
        let rank = size("rank")?;
        let hidden = size("hidden size")?;
        let feed_forward = size("feed-forward size")?;
        let scores = size("score count")?;
        if rank == 0 || hidden == 0 || feed_forward == 0 {
            return Err(corrupt("a size of the adapter is 0"));
        }
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
            .chunks_exact(self.hidden)
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

#[cfg(test)]
pub mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    /// An adapter of rank 1 for the last `count` of `layers` layers, whose every factor is `factor` (a half-precision
    /// number), with a head of `scores` scores.
    pub fn adapter_bytes(layers: u32, count: u32, sizes: (u32, u32), factor: u16, scores: u32) -> Vec<u8> {
        let (hidden, feed) = sizes;
        let mut bytes = MAGIC.to_vec();
        for value in [FORMAT_VERSION, layers - count, count, 1, hidden, feed, scores] {
            bytes.extend(value.to_le_bytes());
        }
        // Four square maps, and the two of the feed-forward step.
        let halves = count * (8 * hidden + 2 * (hidden + feed));
        bytes.extend((0..halves).flat_map(|_| factor.to_le_bytes()));
        for at in 0..scores * (hidden + 1) {
            bytes.extend((at as f32 / 100.0).to_le_bytes());
        }
        bytes
    }

    const WHOLE: (u32, u32, (u32, u32), u16, u32) = (2, 1, (4, 8), 0x3c00, 3);

    fn whole() -> Vec<u8> {
        let (layers, count, sizes, factor, scores) = WHOLE;
        adapter_bytes(layers, count, sizes, factor, scores)
    }

    #[test]
    fn a_whole_file_is_read_and_fits_its_model_alone() {
        let adapter = Adapter::parse(&whole()).unwrap();
        assert_eq!((adapter.first_layer(), adapter.scores()), (1, 3));
        assert!(adapter.layer(0).is_none() && adapter.layer(1).is_some() && adapter.layer(2).is_none());
        assert!(adapter.fits(4, 8, 2));
        for (hidden, feed, layers) in [(8, 8, 2), (4, 4, 2), (4, 8, 3)] {
            assert!(!adapter.fits(hidden, feed, layers));
        }
        // Weights 0.00, 0.01 … row by row, then the biases 0.12, 0.13, 0.14.
        let scores = adapter.score(&[1.0, 0.0, 0.0, 1.0]);
        for (got, want) in scores.iter().zip([0.03 + 0.12, 0.11 + 0.13, 0.19 + 0.14]) {
            assert!((got - want).abs() < 1e-6, "{got} is not {want}");
        }
    }

    #[rstest]
    #[case::another_kind(0, b"NOPE", false)]
    #[case::another_version(4, &[9, 0, 0, 0], false)]
    #[case::no_rank(16, &[0, 0, 0, 0], true)]
    #[case::a_rank_beyond_the_file(16, &[255, 63, 0, 0], true)]
    #[case::a_size_out_of_bounds(20, &[255, 255, 255, 255], true)]
    #[case::a_factor_that_is_no_number(32, &[0, 0x7e], true)]
    fn damage_is_named(#[case] at: usize, #[case] with: &[u8], #[case] corrupt: bool) {
        let mut bytes = whole();
        bytes[at..at + with.len()].copy_from_slice(with);
        let error = Adapter::parse(&bytes).err().unwrap();
        assert_eq!(matches!(error, ModelError::Corrupt { .. }), corrupt, "{error}");
    }

    proptest! {
        #[test]
        fn a_file_that_is_cut_or_too_long_is_an_error(length in 0usize..300) {
            let whole = whole();
            prop_assume!(length != whole.len());
            let mut bytes = whole;
            bytes.resize(length, 0);
            prop_assert!(Adapter::parse(&bytes).is_err());
        }

        #[test]
        fn any_damage_gives_an_adapter_or_an_error(
            changes in proptest::collection::vec((0usize..400, any::<u8>()), 1..8),
        ) {
            let mut bytes = whole();
            let span = bytes.len();
            for (at, value) in changes {
                bytes[at % span] = value;
            }
            if let Ok(adapter) = Adapter::parse(&bytes) {
                prop_assert!(adapter.scores() <= MOST);
            }
        }
    }
}
