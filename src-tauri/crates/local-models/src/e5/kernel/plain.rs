//! Every step in plain Rust. `inline(always)` lets the AVX2 module compile the same bodies with its features.

use super::{AttentionShape, BLOCK, GROUP, GROUP_BLOCK_BYTES, LayerNorm, Quantised, Weights};

pub fn product(weights: &Weights, bias: &[f32], input: &Quantised, output: &mut [f32]) {
    let blocks = weights.columns / BLOCK;
    for group in 0..weights.rows / GROUP {
        for row in 0..input.rows {
            let mut sums = [0.0f32; GROUP];
            for block in 0..blocks {
                let place = group * blocks + block;
                let nibbles = &weights.nibbles[place * GROUP_BLOCK_BYTES..][..GROUP_BLOCK_BYTES];
                let at = row * blocks + block;
                let values = &input.values[at * BLOCK..][..BLOCK];
                let mut partial = [0i32; GROUP];
                for (bytes, columns) in nibbles.chunks_exact(4 * GROUP).zip(values.chunks_exact(8)) {
                    for (lane, sum) in partial.iter_mut().enumerate() {
                        for j in 0..4 {
                            let byte = bytes[4 * lane + j];
                            *sum += i32::from(byte & 0x0f) * i32::from(columns[j]);
                            *sum += i32::from(byte >> 4) * i32::from(columns[4 + j]);
                        }
                    }
                }
                for lane in 0..GROUP {
                    let scale = weights.scales[place * GROUP + lane] * input.scales[at];
                    sums[lane] += (partial[lane] - input.offsets[at]) as f32 * scale;
                }
            }
            let at = row * weights.rows + group * GROUP;
            for lane in 0..GROUP {
                output[at + lane] = sums[lane] + bias[group * GROUP + lane];
            }
        }
    }
}

#[inline(always)]
pub fn quantise(target: &mut Quantised, values: &[f32]) {
    /// Adding and taking away 1.5 * 2^23 rounds to the nearest integer, ties to even.
    const ROUND: f32 = 12_582_912.0;
    let outputs = target
        .values
        .chunks_exact_mut(BLOCK)
        .zip(&mut target.scales)
        .zip(&mut target.offsets);
    for (block, ((bytes, scale), offset)) in values.chunks_exact(BLOCK).zip(outputs) {
        let mut largest = [0.0f32; 8];
        for chunk in block.chunks_exact(8) {
            for (l, v) in largest.iter_mut().zip(chunk) {
                *l = if v.abs() > *l { v.abs() } else { *l };
            }
        }
        let largest = largest.iter().fold(0.0f32, |a, b| if *b > a { *b } else { a });
        *scale = largest / 127.0;
        let inverse = if largest > 0.0 { 127.0 / largest } else { 0.0 };
        let mut sum = 0;
        for (byte, v) in bytes.iter_mut().zip(block) {
            let rounded = ((v * inverse + ROUND) - ROUND) as i32;
            let rounded = rounded.clamp(-127, 127);
            *byte = rounded as i8;
            sum += rounded;
        }
        *offset = 8 * sum;
    }
}

#[inline(always)]
pub fn gelu(values: &mut [f32]) {
    for value in values {
        let x = *value;
        // Abramowitz and Stegun 7.1.26 for the error function: absolute error below 1.5e-7.
        let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
        let t = 1.0 / (1.0 + 0.327_591_1 * z);
        let polynomial = t
            * (0.254_829_6 + t * (-0.284_496_72 + t * (1.421_413_8 + t * (-1.453_152_1 + t * 1.061_405_4))));
        let erf = (1.0 - polynomial * exp(-z * z)).copysign(x);
        *value = 0.5 * x * (1.0 + erf);
    }
}

#[inline(always)]
pub fn add_and_normalise(values: &mut [f32], residual: &[f32], norm: &LayerNorm) {
    let width = norm.weight.len();
    for (index, row) in values.chunks_exact_mut(width).enumerate() {
        if !residual.is_empty() {
            for (v, r) in row.iter_mut().zip(&residual[index * width..]) {
                *v += r;
            }
        }
        let mean = sum(row) / width as f32;
        for v in row.iter_mut() {
            *v -= mean;
        }
        let variance = dot(row, row) / width as f32;
        let inverse = 1.0 / (variance + norm.epsilon).sqrt();
        for ((v, w), b) in row.iter_mut().zip(&norm.weight).zip(&norm.bias) {
            *v = *v * inverse * w + b;
        }
    }
}

#[inline(always)]
pub fn attention(shape: AttentionShape, queries: &[f32], keys: &[f32], values: &[f32], output: &mut [f32]) {
    let AttentionShape { hidden, heads } = shape;
    let width = hidden / heads;
    let rows = queries.len() / hidden;
    let scale = 1.0 / (width as f32).sqrt();
    let mut weights = vec![0.0f32; rows];
    for head in 0..heads {
        let part = head * width..(head + 1) * width;
        for row in 0..rows {
            let query = &queries[row * hidden..][part.clone()];
            let mut largest = f32::NEG_INFINITY;
            for (weight, key) in weights.iter_mut().zip(keys.chunks_exact(hidden)) {
                *weight = dot(query, &key[part.clone()]) * scale;
                largest = if *weight > largest { *weight } else { largest };
            }
            for weight in &mut weights {
                *weight = exp(*weight - largest);
            }
            let inverse = 1.0 / sum(&weights);
            let target = &mut output[row * hidden..][part.clone()];
            target.fill(0.0);
            for (weight, value) in weights.iter().zip(values.chunks_exact(hidden)) {
                let weight = weight * inverse;
                for (t, v) in target.iter_mut().zip(&value[part.clone()]) {
                    *t += weight * v;
                }
            }
        }
    }
}

#[inline(always)]
pub fn add_low_rank(down: &[f32], up: &[f32], rank: usize, input: &[f32], output: &mut [f32]) {
    let (inputs, outputs) = (down.len() / rank, up.len() / rank);
    let mut narrow = vec![0.0f32; rank];
    for (input, output) in input.chunks_exact(inputs).zip(output.chunks_exact_mut(outputs)) {
        narrow.fill(0.0);
        for (x, down) in input.iter().zip(down.chunks_exact(rank)) {
            for (n, d) in narrow.iter_mut().zip(down) {
                *n += x * d;
            }
        }
        for (n, up) in narrow.iter().zip(up.chunks_exact(outputs)) {
            for (o, u) in output.iter_mut().zip(up) {
                *o += n * u;
            }
        }
    }
}

/// Eight running sums, so that the compiler may use vector registers.
#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (a_chunks, a_rest) = a.as_chunks::<8>();
    let (b_chunks, b_rest) = b.as_chunks::<8>();
    for (x, y) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..8 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    let mut total = sums.iter().sum::<f32>();
    for (x, y) in a_rest.iter().zip(b_rest) {
        total += x * y;
    }
    total
}

#[inline(always)]
fn sum(values: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (chunks, rest) = values.as_chunks::<8>();
    for chunk in chunks {
        for lane in 0..8 {
            sums[lane] += chunk[lane];
        }
    }
    sums.iter().sum::<f32>() + rest.iter().sum::<f32>()
}

/// e^x for x <= 0 (clamped at -87), relative error about 2e-7: 2^n times a polynomial on the rest, without
/// calls, so that loops over it vectorise.
#[inline(always)]
fn exp(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0;
    let x = if x < -87.0 { -87.0 } else { x };
    let n = (x * std::f32::consts::LOG2_E + ROUND) - ROUND;
    let r = x - n * 0.693_359_4;
    let r = r + n * 2.121_944_4e-4;
    let polynomial = 1.0
        + r * (1.0
            + r * (0.5 + r * (0.166_666_65 + r * (0.041_665_795 + r * (0.008_333_452 + r * 0.001_398_2)))));
    polynomial * f32::from_bits((((n as i32) + 127) << 23) as u32)
}
