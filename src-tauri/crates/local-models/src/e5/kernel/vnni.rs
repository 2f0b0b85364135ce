//! The product with the dot-product instructions of AVX-512 (VNNI) in 256-bit registers: four columns of a row
//! are multiplied and added at once, where AVX2 takes three steps.

use super::{BLOCK, GROUP, GROUP_BLOCK_BYTES, Quantised, Weights};
use std::arch::x86_64::*;

/// Input rows handled together: each load of weights serves all of them. Twice as many registers as AVX2 has.
const TILE: usize = 8;

/// # Safety
/// The slices have the sizes that [`super::product`] asserts.
#[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512vnni")]
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
                4 => tile::<4>(weights, bias, input, output, group, row),
                5 => tile::<5>(weights, bias, input, output, group, row),
                6 => tile::<6>(weights, bias, input, output, group, row),
                7 => tile::<7>(weights, bias, input, output, group, row),
                _ => {}
            }
        }
    }
}

/// # Safety
/// `group` is a group of `weights`; `first_row + ROWS` is at most `input.rows`; sizes as in [`product`].
#[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512vnni")]
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
    let mut sums = [_mm256_setzero_ps(); ROWS];
    // SAFETY: all offsets below are products of the indices that the caller bounds, within the asserted sizes.
    unsafe {
        for block in 0..blocks {
            let place = group * blocks + block;
            let nibbles = weights.nibbles.as_ptr().add(place * GROUP_BLOCK_BYTES);
            let mut whole = [_mm256_setzero_si256(); ROWS];
            for (r, sum) in whole.iter_mut().enumerate() {
                let offset = *input.offsets.get_unchecked((first_row + r) * blocks + block);
                *sum = _mm256_set1_epi32(-offset);
            }
            for vector in 0..BLOCK / 8 {
                let packed = _mm256_loadu_si256(nibbles.add(vector * 32).cast());
                let low = _mm256_and_si256(packed, low_nibbles);
                let high = _mm256_and_si256(_mm256_srli_epi16::<4>(packed), low_nibbles);
                for (r, sum) in whole.iter_mut().enumerate() {
                    let at = ((first_row + r) * blocks + block) * BLOCK + vector * 8;
                    let columns = input.values.as_ptr().add(at).cast::<i32>();
                    let first = _mm256_set1_epi32(columns.read_unaligned());
                    let second = _mm256_set1_epi32(columns.add(1).read_unaligned());
                    *sum = _mm256_dpbusd_epi32(*sum, low, first);
                    *sum = _mm256_dpbusd_epi32(*sum, high, second);
                }
            }
            let weight_scales = _mm256_loadu_ps(weights.scales.as_ptr().add(place * GROUP));
            for r in 0..ROWS {
                let at = (first_row + r) * blocks + block;
                let scale = _mm256_mul_ps(weight_scales, _mm256_set1_ps(*input.scales.get_unchecked(at)));
                sums[r] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(whole[r]), scale, sums[r]);
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
