//! The arithmetic: activations in 8 bits times weights in 4 bits, and the cheap steps between.
//!
//! Each step exists once in plain Rust. On x86-64 with AVX2 the same code is compiled again for it, and the
//! matrix product has hand-written versions for AVX2, AVX-512 with VNNI, and NEON. All versions of the product add the same
//! integers; only the order of float additions is common too, so results agree to the last bits of rounding.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "aarch64")]
mod neon;
mod plain;
#[cfg(target_arch = "x86_64")]
mod vnni;

use super::image::{BLOCK, BLOCK_BYTES};

/// Rows of weights that are interleaved, so that one vector register holds one partial sum per row.
const GROUP: usize = 8;
/// Nibbles of one block of a group.
const GROUP_BLOCK_BYTES: usize = GROUP * BLOCK / 2;

/// Instructions that this machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isa {
    Plain,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX2 and the dot products of AVX-512.
    #[cfg(target_arch = "x86_64")]
    Vnni,
    #[cfg(target_arch = "aarch64")]
    Neon,
}

impl Isa {
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
            let has_dot_products = std::arch::is_x86_feature_detected!("avx512f")
                && std::arch::is_x86_feature_detected!("avx512vl")
                && std::arch::is_x86_feature_detected!("avx512vnni");
            return if has_dot_products { Self::Vnni } else { Self::Avx2 };
        }
        #[cfg(target_arch = "aarch64")]
        if std::arch::is_aarch64_feature_detected!("neon") {
            return Self::Neon;
        }
        #[allow(unreachable_code)]
        Self::Plain
    }
}

/// A 4-bit weight matrix, repacked: for each 8 rows and each block of 32 columns, 128 bytes in which byte
/// `32 * v + 4 * row + j` holds column `8 * v + j` in its low nibble and `8 * v + 4 + j` in its high one.
pub struct Weights {
    rows: usize,
    columns: usize,
    nibbles: Vec<u8>,
    /// Per group and block, one scale per row.
    scales: Vec<f32>,
}

impl Weights {
    /// `raw` holds `rows * columns / 32` blocks of the file; both are multiples of 32.
    pub fn pack(raw: &[u8], rows: usize, columns: usize) -> Self {
        let blocks = columns / BLOCK;
        assert_eq!(
            raw.len(),
            rows * blocks * BLOCK_BYTES,
            "the image checked the size of the tensor"
        );
        let mut nibbles = vec![0; rows * columns / 2];
        let mut scales = vec![0.0; rows * blocks];
        for row in 0..rows {
            let (group, lane) = (row / GROUP, row % GROUP);
            for block in 0..blocks {
                let source = &raw[(row * blocks + block) * BLOCK_BYTES..][..BLOCK_BYTES];
                let place = group * blocks + block;
                scales[place * GROUP + lane] = half_to_float(u16::from_le_bytes([source[0], source[1]]));
                let weight = |column: usize| {
                    let byte = source[2 + column % 16];
                    if column < 16 { byte & 0x0f } else { byte >> 4 }
                };
                let target = &mut nibbles[place * GROUP_BLOCK_BYTES..][..GROUP_BLOCK_BYTES];
                for (index, byte) in target.chunks_exact_mut(4 * GROUP).enumerate() {
                    for j in 0..4 {
                        byte[4 * lane + j] = weight(8 * index + j) | weight(8 * index + 4 + j) << 4;
                    }
                }
            }
        }
        Self {
            rows,
            columns,
            nibbles,
            scales,
        }
    }

    pub fn all_scales_finite(&self) -> bool {
        self.scales.iter().all(|scale| scale.is_finite())
    }
}

/// Activations in 8 bits: per row and block of 32 a scale, and eight times the sum of the block, which takes
/// out the offset of the unsigned nibbles.
#[derive(Default)]
pub struct Quantised {
    rows: usize,
    columns: usize,
    values: Vec<i8>,
    scales: Vec<f32>,
    offsets: Vec<i32>,
}

impl Quantised {
    pub fn fill(&mut self, isa: Isa, values: &[f32], columns: usize) {
        self.rows = values.len() / columns;
        self.columns = columns;
        self.values.resize(values.len(), 0);
        self.scales.resize(values.len() / BLOCK, 0.0);
        self.offsets.resize(values.len() / BLOCK, 0);
        match isa {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: both are only made when the processor has AVX2 and FMA.
            Isa::Avx2 | Isa::Vnni => unsafe { avx2::quantise(self, values) },
            _ => plain::quantise(self, values),
        }
    }
}

/// `output[row][o] = bias[o] + sum over columns of input[row][c] * weights[o][c]`.
pub fn product(isa: Isa, weights: &Weights, bias: &[f32], input: &Quantised, output: &mut [f32]) {
    assert_eq!(
        input.columns, weights.columns,
        "shapes are fixed when the model is opened"
    );
    assert_eq!(
        output.len(),
        input.rows * weights.rows,
        "shapes are fixed when the model is opened"
    );
    assert_eq!(
        bias.len(),
        weights.rows,
        "shapes are fixed when the model is opened"
    );
    match isa {
        Isa::Plain => plain::product(weights, bias, input, output),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `Isa::Avx2` is only made when the processor has AVX2 and FMA; shapes were checked above.
        Isa::Avx2 => unsafe { avx2::product(weights, bias, input, output) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `Isa::Vnni` is only made when the processor has these features; shapes were checked above.
        Isa::Vnni => unsafe { vnni::product(weights, bias, input, output) },
        #[cfg(target_arch = "aarch64")]
        // SAFETY: `Isa::Neon` is only made when the processor has NEON; shapes were checked above.
        Isa::Neon => unsafe { neon::product(weights, bias, input, output) },
    }
}

macro_rules! compiled_per_isa {
    ($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*)) => {
        $(#[$doc])*
        pub fn $name(isa: Isa, $($argument: $type),*) {
            match isa {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: both are only made when the processor has AVX2 and FMA.
                Isa::Avx2 | Isa::Vnni => unsafe { avx2::$name($($argument),*) },
                _ => plain::$name($($argument),*),
            }
        }
    };
}

compiled_per_isa!(
    /// Gaussian error linear unit, in place.
    gelu(values: &mut [f32])
);
compiled_per_isa!(
    /// Adds `residual` when it is not empty, then normalises each row in place.
    add_and_normalise(values: &mut [f32], residual: &[f32], norm: &LayerNorm)
);
compiled_per_isa!(
    /// Attention within the rows of one segment; all slices hold that segment's rows only.
    attention(shape: AttentionShape, queries: &[f32], keys: &[f32], values: &[f32], output: &mut [f32])
);

compiled_per_isa!(
    /// Adds `(input . down) . up` to the output, row by row: `down` is inputs x rank, `up` rank x outputs.
    add_low_rank(down: &[f32], up: &[f32], rank: usize, input: &[f32], output: &mut [f32])
);

pub struct LayerNorm {
    pub weight: Vec<f32>,
    pub bias: Vec<f32>,
    pub epsilon: f32,
}

#[derive(Clone, Copy)]
pub struct AttentionShape {
    pub hidden: usize,
    pub heads: usize,
}

/// One row of an unpacked 4-bit tensor straight from the file.
pub fn dequantise_row(raw: &[u8], output: &mut [f32]) {
    for (block, values) in raw.chunks_exact(BLOCK_BYTES).zip(output.chunks_exact_mut(BLOCK)) {
        let scale = half_to_float(u16::from_le_bytes([block[0], block[1]]));
        for (j, byte) in block[2..].iter().enumerate() {
            values[j] = (f32::from(byte & 0x0f) - 8.0) * scale;
            values[j + 16] = (f32::from(byte >> 4) - 8.0) * scale;
        }
    }
}

/// Whether each block of a tensor in the file has a scale that is a number.
pub fn all_scales_finite(raw: &[u8]) -> bool {
    // All exponent bits set means infinity or no number; the scale comes first in its block, low byte first.
    raw.chunks_exact(BLOCK_BYTES).all(|block| block[1] & 0x7c != 0x7c)
}

/// IEEE 754 binary16 to binary32.
pub fn half_to_float(half: u16) -> f32 {
    let sign = u32::from(half >> 15) << 31;
    let exponent = u32::from(half >> 10) & 0x1f;
    let mantissa = u32::from(half) & 0x3ff;
    match exponent {
        0 => {
            let magnitude = mantissa as f32 / 16_777_216.0;
            if sign == 0 { magnitude } else { -magnitude }
        }
        31 => f32::from_bits(sign | 0x7f80_0000 | mantissa << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | mantissa << 13),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those of this machine.
    fn every_isa() -> Vec<Isa> {
        let mut all = vec![Isa::Plain, Isa::detect()];
        #[cfg(target_arch = "x86_64")]
        if Isa::detect() == Isa::Vnni {
            all.push(Isa::Avx2);
        }
        all
    }

    fn noise(seed: u64, count: usize) -> Vec<f32> {
        let mut state = seed;
        (0..count)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                ((state >> 40) as f32 / 8_388_608.0 - 1.0) * 3.0
            })
            .collect()
    }

    fn blocks(seed: u64, rows: usize, columns: usize) -> Vec<u8> {
        let values = noise(seed, rows * columns / BLOCK * BLOCK_BYTES);
        let mut raw: Vec<u8> = values.iter().map(|v| ((v + 3.0) * 42.0) as u8).collect();
        for block in raw.chunks_exact_mut(BLOCK_BYTES) {
            block[1] = 0x20 | (block[1] & 0x07);
        }
        raw
    }

    #[test]
    fn product_agrees_with_arithmetic_on_unpacked_weights() {
        let (rows, columns) = (64, 96);
        let raw = blocks(7, rows, columns);
        let weights = Weights::pack(&raw, rows, columns);
        let bias = noise(3, rows);
        for tokens in [1, 2, 3, 4, 5, 9, 15, 16] {
            let input = noise(11 + tokens as u64, tokens * columns);
            let mut expected = vec![0.0; tokens * rows];
            let mut row = vec![0.0; columns];
            for o in 0..rows {
                dequantise_row(
                    &raw[o * columns / BLOCK * BLOCK_BYTES..][..columns / BLOCK * BLOCK_BYTES],
                    &mut row,
                );
                for t in 0..tokens {
                    let dot: f32 = row.iter().zip(&input[t * columns..]).map(|(w, x)| w * x).sum();
                    expected[t * rows + o] = bias[o] + dot;
                }
            }
            for isa in every_isa() {
                let mut quantised = Quantised::default();
                quantised.fill(isa, &input, columns);
                let mut output = vec![0.0; tokens * rows];
                product(isa, &weights, &bias, &quantised, &mut output);
                for (got, want) in output.iter().zip(&expected) {
                    assert!(
                        (got - want).abs() < 0.15,
                        "{isa:?}: {got} is not near {want} (8-bit rounding only)"
                    );
                }
            }
        }
    }

    #[test]
    fn fast_instructions_and_plain_code_give_the_same_product() {
        let (rows, columns) = (40, 384);
        let weights = Weights::pack(&blocks(5, rows, columns), rows, columns);
        let bias = noise(2, rows);
        let input = noise(19, 7 * columns);
        let run = |isa| {
            let mut quantised = Quantised::default();
            quantised.fill(isa, &input, columns);
            let mut output = vec![0.0; 7 * rows];
            product(isa, &weights, &bias, &quantised, &mut output);
            output
        };
        let plain = run(Isa::Plain);
        for isa in every_isa() {
            for (fast, plain) in run(isa).iter().zip(&plain) {
                assert!(
                    (fast - plain).abs() <= 1e-4 * plain.abs().max(1.0),
                    "{isa:?}: {fast} and {plain} differ"
                );
            }
        }
    }

    #[test]
    fn low_rank_additions_are_two_products_on_every_machine() {
        let (rows, inputs, rank, outputs) = (3, 40, 5, 24);
        let (down, up) = (noise(1, inputs * rank), noise(2, rank * outputs));
        let (input, before) = (noise(3, rows * inputs), noise(4, rows * outputs));
        for isa in every_isa() {
            let mut output = before.clone();
            add_low_rank(isa, &down, &up, rank, &input, &mut output);
            for row in 0..rows {
                for o in 0..outputs {
                    let added: f64 = (0..rank)
                        .map(|r| {
                            let narrow: f64 = (0..inputs)
                                .map(|i| f64::from(input[row * inputs + i]) * f64::from(down[i * rank + r]))
                                .sum();
                            narrow * f64::from(up[r * outputs + o])
                        })
                        .sum();
                    let want = f64::from(before[row * outputs + o]) + added;
                    let got = f64::from(output[row * outputs + o]);
                    assert!((got - want).abs() < 1e-3, "{isa:?}: {got} is not {want}");
                }
            }
        }
    }

    #[test]
    fn gelu_follows_its_definition() {
        let mut values: Vec<f32> = vec![-6.0, -1.0, -0.1, 0.0, 0.1, 1.0, 2.0, 6.0, 30.0];
        gelu(Isa::detect(), &mut values);
        let expected = [
            -0.0, -0.158_655, -0.046_017, 0.0, 0.053_983, 0.841_345, 1.954_5, 6.0, 30.0,
        ];
        for (got, want) in values.iter().zip(expected) {
            assert!((got - want).abs() < 1e-5, "{got} is not {want}");
        }
    }

    #[test]
    fn half_precision_covers_subnormals_and_infinity() {
        assert_eq!(half_to_float(0x3c00), 1.0);
        assert_eq!(half_to_float(0xc000), -2.0);
        assert_eq!(half_to_float(0x0001), 2f32.powi(-24));
        assert_eq!(half_to_float(0x8200), -(2f32.powi(-15)));
        assert!(half_to_float(0x7c00).is_infinite());
    }
}
