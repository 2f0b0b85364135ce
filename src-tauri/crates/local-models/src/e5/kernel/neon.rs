//! The product with NEON. The other steps need no version of their own: NEON is part of the base target, so
//! the plain code is vectorised already.

use super::{BLOCK, GROUP, GROUP_BLOCK_BYTES, Quantised, Weights};
use std::arch::aarch64::*;

/// Input rows handled together: each load of weights serves all of them.
const TILE: usize = 2;

/// # Safety
/// The slices have the sizes that [`super::product`] asserts.
#[target_feature(enable = "neon")]
pub unsafe fn product(weights: &Weights, bias: &[f32], input: &Quantised, output: &mut [f32]) {
    for group in 0..weights.rows / GROUP {
        let mut row = 0;
        // SAFETY: `row + rows of the tile` stays within `input.rows`, `group` within the weights.
        unsafe {
            while row + TILE <= input.rows {
                tile::<TILE>(weights, bias, input, output, group, row);
                row += TILE;
            }
            if row < input.rows {
                tile::<1>(weights, bias, input, output, group, row);
            }
        }
    }
}

/// # Safety
/// `group` is a group of `weights`; `first_row + ROWS` is at most `input.rows`; sizes as in [`product`].
#[target_feature(enable = "neon")]
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
    let low_nibbles = vdupq_n_u8(0x0f);
    let mut sums = [[vdupq_n_f32(0.0); 2]; ROWS];
    // SAFETY: all offsets below are products of the indices that the caller bounds, within the asserted sizes.
    unsafe {
        for block in 0..blocks {
            let place = group * blocks + block;
            let nibbles = weights.nibbles.as_ptr().add(place * GROUP_BLOCK_BYTES);
            // Each vector holds two weight rows of four columns. A nibble is at most 15 and an activation at
            // most 127 in size, so that eight products fit in 16 bits.
            let mut partial = [[vdupq_n_s16(0); 4]; ROWS];
            for vector in 0..BLOCK / 8 {
                for half in 0..2 {
                    let packed = vld1q_u8(nibbles.add(vector * 32 + half * 16));
                    let low = vreinterpretq_s8_u8(vandq_u8(packed, low_nibbles));
                    let high = vreinterpretq_s8_u8(vshrq_n_u8::<4>(packed));
                    for (r, sum) in partial.iter_mut().enumerate() {
                        let at = ((first_row + r) * blocks + block) * BLOCK + vector * 8;
                        let columns = input.values.as_ptr().add(at).cast::<i32>();
                        let first = vreinterpret_s8_s32(vdup_n_s32(columns.read_unaligned()));
                        let second = vreinterpret_s8_s32(vdup_n_s32(columns.add(1).read_unaligned()));
                        let rows = &mut sum[half * 2..half * 2 + 2];
                        rows[0] = vmlal_s8(rows[0], vget_low_s8(low), first);
                        rows[0] = vmlal_s8(rows[0], vget_low_s8(high), second);
                        rows[1] = vmlal_s8(rows[1], vget_high_s8(low), first);
                        rows[1] = vmlal_s8(rows[1], vget_high_s8(high), second);
                    }
                }
            }
            for half in 0..2 {
                let weight_scales = vld1q_f32(weights.scales.as_ptr().add(place * GROUP + half * 4));
                for r in 0..ROWS {
                    let at = (first_row + r) * blocks + block;
                    let pairs = &partial[r][half * 2..half * 2 + 2];
                    let whole = vpaddq_s32(vpaddlq_s16(pairs[0]), vpaddlq_s16(pairs[1]));
                    let whole = vsubq_s32(whole, vdupq_n_s32(*input.offsets.get_unchecked(at)));
                    let scale = vmulq_n_f32(weight_scales, *input.scales.get_unchecked(at));
                    sums[r][half] = vfmaq_f32(sums[r][half], vcvtq_f32_s32(whole), scale);
                }
            }
        }
        for (r, halves) in sums.iter().enumerate() {
            for (half, sum) in halves.iter().enumerate() {
                let first = group * GROUP + half * 4;
                let bias = vld1q_f32(bias.as_ptr().add(first));
                let target = output.as_mut_ptr().add((first_row + r) * weights.rows + first);
                vst1q_f32(target, vaddq_f32(*sum, bias));
            }
        }
    }
}
