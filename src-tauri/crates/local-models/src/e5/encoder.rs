//! The transformer: token ids of several segments in, one mean vector per segment out.

use super::adapter::{Adapter, Part};
use super::image::{BLOCK, BLOCK_BYTES, Image, corrupt};
use super::kernel::{
    AttentionShape, Isa, LayerNorm, Quantised, Weights, add_and_normalise, all_scales_finite, attention,
    dequantise_row, gelu, product,
};
use domain::ModelError;
use std::ops::Range;

struct Linear {
    weights: Weights,
    bias: Vec<f32>,
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attention_output: Linear,
    attention_norm: LayerNorm,
    feed_in: Linear,
    feed_out: Linear,
    output_norm: LayerNorm,
}

pub struct Encoder {
    isa: Isa,
    shape: AttentionShape,
    feed_forward: usize,
    /// Tokens that fit in one segment.
    pub positions: usize,
    /// The word vectors stay in the file: most are never needed. Their scales have been looked at.
    words: Range<usize>,
    position_vectors: Vec<f32>,
    type_vector: Vec<f32>,
    input_norm: LayerNorm,
    layers: Vec<Layer>,
}

/// Segments on their way through the layers, and room for what a layer computes.
#[derive(Default)]
struct Pass {
    x: Vec<f32>,
    /// Where each segment lies in `x`.
    ranges: Vec<Range<usize>>,
    quantised: Quantised,
    query: Vec<f32>,
    key: Vec<f32>,
    value: Vec<f32>,
    context: Vec<f32>,
    update: Vec<f32>,
    middle: Vec<f32>,
}

impl Pass {
    fn means(&self, hidden: usize) -> Vec<Vec<f32>> {
        self.ranges
            .iter()
            .map(|range| mean_of_rows(&self.x[range.clone()], hidden))
            .collect()
    }
}

impl Encoder {
    pub fn new(isa: Isa, bytes: &[u8], image: &Image) -> Result<Self, ModelError> {
        let header = &image.header;
        let (hidden, feed_forward) = (header.hidden, header.feed_forward);
        let linear = |name: String, rows: usize, columns: usize| -> Result<Linear, ModelError> {
            let range = image.quantised(&format!("{name}.w"), rows, columns)?;
            let weights = Weights::pack(&bytes[range], rows, columns);
            if !weights.all_scales_finite() {
                return Err(corrupt(format!(
                    "tensor {name}.w holds a scale that is not a number"
                )));
            }
            Ok(Linear {
                weights,
                bias: image.floats(bytes, &format!("{name}.b"), rows)?,
            })
        };
        let norm = |name: &str| -> Result<LayerNorm, ModelError> {
            Ok(LayerNorm {
                weight: image.floats(bytes, &format!("{name}.w"), hidden)?,
                bias: image.floats(bytes, &format!("{name}.b"), hidden)?,
                epsilon: header.epsilon,
            })
        };
        let layers = (0..header.layers).map(|l| {
            Ok(Layer {
                query: linear(format!("l{l}.q"), hidden, hidden)?,
                key: linear(format!("l{l}.k"), hidden, hidden)?,
                value: linear(format!("l{l}.v"), hidden, hidden)?,
                attention_output: linear(format!("l{l}.ao"), hidden, hidden)?,
                attention_norm: norm(&format!("l{l}.aln"))?,
                feed_in: linear(format!("l{l}.fi"), feed_forward, hidden)?,
                feed_out: linear(format!("l{l}.fo"), hidden, feed_forward)?,
                output_norm: norm(&format!("l{l}.oln"))?,
            })
        });
        let words = image.quantised("emb.word", header.vocabulary, hidden)?;
        if !bytes.get(words.clone()).is_some_and(all_scales_finite) {
            return Err(corrupt("tensor emb.word holds a scale that is not a number"));
        }
        let mut type_vector = image.floats(bytes, "emb.type", header.token_types * hidden)?;
        type_vector.truncate(hidden);
        Ok(Self {
            isa,
            shape: AttentionShape {
                hidden,
                heads: header.heads,
            },
            feed_forward,
            positions: header.positions,
            words,
            position_vectors: image.floats(bytes, "emb.pos", header.positions * hidden)?,
            type_vector,
            input_norm: norm("emb.ln")?,
            layers: layers.collect::<Result<_, ModelError>>()?,
        })
    }

    pub fn dimensions(&self) -> usize {
        self.shape.hidden
    }

    /// An adapter made for a model of this shape.
    pub fn takes(&self, adapter: &Adapter) -> bool {
        adapter.fits(self.shape.hidden, self.feed_forward, self.layers.len())
    }

    /// The mean of the token vectors of each segment, not yet of unit length. Segments are concatenated, so
    /// that weights are read once for all of them; each attends to itself only. Every segment holds 1 to
    /// `positions` ids below `vocabulary`.
    pub fn means(&self, bytes: &[u8], segments: &[Vec<u32>]) -> Vec<Vec<f32>> {
        let mut pass = self.begin(bytes, segments);
        self.run(&mut pass, 0, None);
        pass.means(self.shape.hidden)
    }

    /// The token vectors of each segment, one after another, by the layers as an adapter changes them.
    pub fn adapted_states(&self, bytes: &[u8], segments: &[Vec<u32>], adapter: &Adapter) -> Vec<Vec<f32>> {
        let mut pass = self.begin(bytes, segments);
        self.run(&mut pass, 0, Some(adapter));
        pass.ranges
            .iter()
            .map(|range| pass.x[range.clone()].to_vec())
            .collect()
    }

    /// The means, and those of the layers as an adapter changes them; what they share is run once.
    pub fn both_means(
        &self,
        bytes: &[u8],
        segments: &[Vec<u32>],
        adapter: &Adapter,
    ) -> (Vec<Vec<f32>>, Vec<Vec<f32>>) {
        let mut pass = self.begin(bytes, segments);
        self.run_layers(&mut pass, 0..adapter.first_layer(), None);
        let shared = pass.x.clone();
        self.run(&mut pass, adapter.first_layer(), None);
        let plain = pass.means(self.shape.hidden);
        pass.x = shared;
        self.run(&mut pass, adapter.first_layer(), Some(adapter));
        (plain, pass.means(self.shape.hidden))
    }

    /// The means of the layers as an adapter changes them, and nothing else.
    pub fn adapted_means(&self, bytes: &[u8], segments: &[Vec<u32>], adapter: &Adapter) -> Vec<Vec<f32>> {
        let mut pass = self.begin(bytes, segments);
        self.run(&mut pass, 0, Some(adapter));
        pass.means(self.shape.hidden)
    }

    fn begin(&self, bytes: &[u8], segments: &[Vec<u32>]) -> Pass {
        let mut pass = Pass::default();
        for segment in segments {
            let start = pass.x.len();
            self.embed_tokens(bytes, segment, &mut pass.x);
            pass.ranges.push(start..pass.x.len());
        }
        add_and_normalise(self.isa, &mut pass.x, &[], &self.input_norm);
        let size = pass.x.len();
        for room in [
            &mut pass.query,
            &mut pass.key,
            &mut pass.value,
            &mut pass.context,
            &mut pass.update,
        ] {
            room.resize(size, 0.0);
        }
        pass.middle
            .resize(size / self.shape.hidden * self.feed_forward, 0.0);
        pass
    }

    fn run(&self, pass: &mut Pass, from: usize, adapter: Option<&Adapter>) {
        self.run_layers(pass, from..self.layers.len(), adapter);
    }

    fn run_layers(&self, pass: &mut Pass, which: Range<usize>, adapter: Option<&Adapter>) {
        let isa = self.isa;
        let hidden = self.shape.hidden;
        let Pass {
            x,
            ranges,
            quantised,
            query,
            key,
            value,
            context,
            update,
            middle,
        } = pass;
        for at in which {
            let layer = &self.layers[at];
            let added = adapter.and_then(|adapter| adapter.layer(at));
            let add = |part: Part, input: &[f32], output: &mut [f32]| {
                if let Some(added) = added {
                    added.add(isa, part, input, output);
                }
            };
            quantised.fill(isa, x, hidden);
            layer.query.apply(isa, quantised, query);
            layer.key.apply(isa, quantised, key);
            layer.value.apply(isa, quantised, value);
            add(Part::Query, x, query);
            add(Part::Key, x, key);
            add(Part::Value, x, value);
            for range in ranges.iter() {
                attention(
                    isa,
                    self.shape,
                    &query[range.clone()],
                    &key[range.clone()],
                    &value[range.clone()],
                    &mut context[range.clone()],
                );
            }
            quantised.fill(isa, context, hidden);
            layer.attention_output.apply(isa, quantised, update);
            add(Part::AttentionOutput, context, update);
            add_and_normalise(isa, x, update, &layer.attention_norm);

            quantised.fill(isa, x, hidden);
            layer.feed_in.apply(isa, quantised, middle);
            add(Part::FeedIn, x, middle);
            gelu(isa, middle);
            quantised.fill(isa, middle, self.feed_forward);
            layer.feed_out.apply(isa, quantised, update);
            add(Part::FeedOut, middle, update);
            add_and_normalise(isa, x, update, &layer.output_norm);
        }
    }

    fn embed_tokens(&self, bytes: &[u8], segment: &[u32], x: &mut Vec<f32>) {
        let hidden = self.shape.hidden;
        let row_bytes = hidden / BLOCK * BLOCK_BYTES;
        let words = &bytes[self.words.clone()];
        for (position, id) in segment.iter().enumerate() {
            let start = x.len();
            x.resize(start + hidden, 0.0);
            let row = &mut x[start..];
            dequantise_row(&words[*id as usize * row_bytes..][..row_bytes], row);
            let position = &self.position_vectors[position * hidden..][..hidden];
            for ((v, p), t) in row.iter_mut().zip(position).zip(&self.type_vector) {
                *v += p + t;
            }
        }
    }
}

impl Linear {
    fn apply(&self, isa: Isa, input: &Quantised, output: &mut [f32]) {
        product(isa, &self.weights, &self.bias, input, output);
    }
}

pub fn mean_of_rows(rows: &[f32], width: usize) -> Vec<f32> {
    let mut mean = vec![0.0; width];
    for row in rows.chunks_exact(width) {
        for (m, v) in mean.iter_mut().zip(row) {
            *m += v;
        }
    }
    let count = (rows.len() / width).max(1) as f32;
    mean.iter_mut().for_each(|m| *m /= count);
    mean
}
