//! The product with AVX2, and the plain steps compiled for AVX2 and FMA.

use super::{AttentionShape, BLOCK, GROUP, GROUP_BLOCK_BYTES, LayerNorm, Quantised, Weights, plain};
use std::arch::x86_64::*;

/// Input rows handled together: each load of weights serves all of them.
const TILE: usize = 4;

#[target_feature(enable = "avx2,fma")]
pub fn quantise(target: &mut Quantised, values: &[f32]) {
    plain::quantise(target, values);
}

#[target_feature(enable = "avx2,fma")]
pub fn gelu(values: &mut [f32]) {
    plain::gelu(values);
}

#[target_feature(enable = "avx2,fma")]
pub fn add_and_normalise(values: &mut [f32], residual: &[f32], norm: &LayerNorm) {
    plain::add_and_normalise(values, residual, norm);
}

#[target_feature(enable = "avx2,fma")]
pub fn attention(shape: AttentionShape, queries: &[f32], keys: &[f32], values: &[f32], output: &mut [f32]) {
    plain::attention(shape, queries, keys, values, output);
}

#[target_feature(enable = "avx2,fma")]
pub fn add_low_rank(down: &[f32], up: &[f32], rank: usize, input: &[f32], output: &mut [f32]) {
    plain::add_low_rank(down, up, rank, input, output);
}

/// # Safety
/// The slices have the sizes that [`super::product`] asserts.
#[target_feature(enable = "avx2,fma")]
pub unsafe fn product(weights: &Weights, bias: &[f32], input: &Quantised, output: &mut [f32]) {
    for group in 0..weights.rows / GROUP {
        let mut row = 0;
        // SAFETY: `row + rows of the tile` stays within `input.rows`, `group` within the weights.
        unsafe {
            while row + TILE <= input.rows {
                tile::<TILE>(weights, bias, input, output, group, row);
                row += TILE;
            }
            match input.rows - row {
                1 => tile::<1>(weights, bias, input, output, group, row),
                2 => tile::<2>(weights, bias, input, output, group, row),
                3 => tile::<3>(weights, bias, input, output, group, row),
                _ => {}
            }
        }
    }
}

/// # Safety
/// `group` is a group of `weights`; `first_row + ROWS` is at most `input.rows`; sizes as in [`product`].
#[target_feature(enable = "avx2,fma")]
#[inline]
unsafe fn tile<const ROWS: usize>(
    weights: &Weights,
    bias: &[f32],
    input: &Quantised,
    output: &mut [f32],
    group: usize,
    first_row: usize,
) {
    let blocks = weights.columns / BLOCK;
    let low_nibbles = _mm256_set1_epi8(0x0f);
    let ones = _mm256_set1_epi16(1);
    let mut sums = [_mm256_setzero_ps(); ROWS];
    // SAFETY: all offsets below are products of the indices that the caller bounds, within the asserted sizes.
    unsafe {
        for block in 0..blocks {
            let place = group * blocks + block;
            let nibbles = weights.nibbles.as_ptr().add(place * GROUP_BLOCK_BYTES);
            // A nibble is at most 15 and an activation at most 127 in size, so that eight pair sums of
            // 2 * 15 * 127 fit in 16 bits.
            let mut partial = [_mm256_setzero_si256(); ROWS];
            for vector in 0..BLOCK / 8 {
                let packed = _mm256_loadu_si256(nibbles.add(vector * 32).cast());
                let low = _mm256_and_si256(packed, low_nibbles);
                let high = _mm256_and_si256(_mm256_srli_epi16::<4>(packed), low_nibbles);
                for (r, sum) in partial.iter_mut().enumerate() {
                    let at = ((first_row + r) * blocks + block) * BLOCK + vector * 8;
                    let columns = input.values.as_ptr().add(at).cast::<i32>();
                    let first = _mm256_set1_epi32(columns.read_unaligned());
                    let second = _mm256_set1_epi32(columns.add(1).read_unaligned());
                    *sum = _mm256_add_epi16(*sum, _mm256_maddubs_epi16(low, first));
                    *sum = _mm256_add_epi16(*sum, _mm256_maddubs_epi16(high, second));
                }
            }
            let weight_scales = _mm256_loadu_ps(weights.scales.as_ptr().add(place * GROUP));
            for r in 0..ROWS {
                let at = (first_row + r) * blocks + block;
                let offset = _mm256_set1_epi32(*input.offsets.get_unchecked(at));
                let whole = _mm256_sub_epi32(_mm256_madd_epi16(partial[r], ones), offset);
                let scale = _mm256_mul_ps(weight_scales, _mm256_set1_ps(*input.scales.get_unchecked(at)));
                sums[r] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(whole), scale, sums[r]);
            }
        }
        let bias = _mm256_loadu_ps(bias.as_ptr().add(group * GROUP));
        for (r, sum) in sums.iter().enumerate() {
            let target = output
                .as_mut_ptr()
                .add((first_row + r) * weights.rows + group * GROUP);
            _mm256_storeu_ps(target, _mm256_add_ps(*sum, bias));
        }
    }
}
