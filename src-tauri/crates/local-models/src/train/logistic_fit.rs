//! Logistic regression with a quadratic penalty, by Newton's method.

use crate::heads::Linear;
use rayon::prelude::*;

const MAX_STEPS: usize = 15;
const CLOSE_ENOUGH: f64 = 1e-3;
/// Rows summed by one task: fixed, so that the order of additions is too.
const TASK_ROWS: usize = 256;

/// Inputs are brought to mean 0 and deviation 1 before the penalty applies; the result takes raw inputs.
pub fn fit(rows: &[&[f32]], targets: &[bool], penalty: f64) -> Linear {
    let width = rows.first().map_or(0, |row| row.len());
    let (means, deviations) = moments(rows, width);
    let scaled: Vec<Vec<f64>> = rows
        .iter()
        .map(|row| {
            let scaled = row
                .iter()
                .zip(&means)
                .zip(&deviations)
                .map(|((x, m), d)| (f64::from(*x) - m) / d);
            scaled.chain([1.0]).collect()
        })
        .collect();
    let weights = vec![1.0; rows.len()];
    let solution = newton(&scaled, targets, &weights, penalty);
    let mut linear = Linear {
        weights: Vec::with_capacity(width),
        bias: solution[width] as f32,
    };
    let mut bias = solution[width];
    for ((weight, mean), deviation) in solution[..width].iter().zip(&means).zip(&deviations) {
        linear.weights.push((weight / deviation) as f32);
        bias -= weight * mean / deviation;
    }
    linear.bias = bias as f32;
    linear
}

/// A few inputs, taken as they are, nearly without penalty.
pub fn fit_few<const N: usize>(rows: &[[f64; N]], targets: &[bool], weights: &[f64]) -> ([f32; N], f32) {
    let rows: Vec<Vec<f64>> = rows
        .iter()
        .map(|row| row.iter().copied().chain([1.0]).collect())
        .collect();
    let solution = newton(&rows, targets, weights, 0.5);
    let of = |at: usize| solution.get(at).map_or(0.0, |x| *x as f32);
    (std::array::from_fn(of), of(N))
}

fn moments(rows: &[&[f32]], width: usize) -> (Vec<f64>, Vec<f64>) {
    let count = rows.len().max(1) as f64;
    let mut means = vec![0.0; width];
    for row in rows {
        means
            .iter_mut()
            .zip(*row)
            .for_each(|(m, x)| *m += f64::from(*x) / count);
    }
    let mut deviations = vec![0.0; width];
    for row in rows {
        for ((d, m), x) in deviations.iter_mut().zip(&means).zip(*row) {
            *d += (f64::from(*x) - m).powi(2) / count;
        }
    }
    // An input that never changes must not be blown up.
    deviations
        .iter_mut()
        .for_each(|d| *d = if *d > 1e-12 { d.sqrt() } else { 1.0 });
    (means, deviations)
}

/// The last column is the constant one and carries no penalty.
fn newton(rows: &[Vec<f64>], targets: &[bool], weights: &[f64], penalty: f64) -> Vec<f64> {
    let width = rows.first().map_or(1, Vec::len);
    let mut solution = vec![0.0; width];
    let tasks: Vec<usize> = (0..rows.len()).step_by(TASK_ROWS).collect();
    for _ in 0..MAX_STEPS {
        let partial: Vec<(Vec<f64>, Vec<f64>)> = tasks
            .par_iter()
            .map(|start| {
                let mut gradient = vec![0.0; width];
                let mut curvature = vec![0.0; width * width];
                let span = *start..(start + TASK_ROWS).min(rows.len());
                let mut curves = Vec::with_capacity(span.len());
                for index in span.clone() {
                    let score: f64 = rows[index].iter().zip(&solution).map(|(x, w)| x * w).sum();
                    let probability = 1.0 / (1.0 + (-score).exp());
                    let error = weights[index] * (probability - f64::from(u8::from(targets[index])));
                    gradient
                        .iter_mut()
                        .zip(&rows[index])
                        .for_each(|(g, x)| *g += error * x);
                    curves.push(weights[index] * (probability * (1.0 - probability)).max(1e-9));
                }
                // Column by column, so that the sums being written stay in the fastest cache.
                for i in 0..width {
                    let sums = &mut curvature[i * width..=i * width + i];
                    for (row, curve) in rows[span.clone()].iter().zip(&curves) {
                        let factor = curve * row[i];
                        if factor != 0.0 {
                            sums.iter_mut().zip(row).for_each(|(c, y)| *c += factor * y);
                        }
                    }
                }
                (gradient, curvature)
            })
            .collect();
        let mut gradient = vec![0.0; width];
        let mut curvature = vec![0.0; width * width];
        for (g, c) in partial {
            gradient.iter_mut().zip(g).for_each(|(sum, x)| *sum += x);
            curvature.iter_mut().zip(c).for_each(|(sum, x)| *sum += x);
        }
        for i in 0..width {
            let own = if i + 1 < width { penalty } else { 1e-9 };
            gradient[i] += own * solution[i];
            curvature[i * width + i] += own;
        }
        let step = solve(curvature, gradient, width);
        solution.iter_mut().zip(&step).for_each(|(w, s)| *w -= s);
        if step.iter().all(|s| s.abs() < CLOSE_ENOUGH) {
            break;
        }
    }
    solution
}

/// Cholesky: `lower` holds the lower triangle of a positive definite matrix.
pub fn solve(mut lower: Vec<f64>, mut right: Vec<f64>, width: usize) -> Vec<f64> {
    for i in 0..width {
        for j in 0..=i {
            let (head, tail) = lower.split_at_mut(i * width);
            let dot: f64 = if i == j {
                tail[..j].iter().map(|x| x * x).sum()
            } else {
                head[j * width..j * width + j]
                    .iter()
                    .zip(&tail[..j])
                    .map(|(x, y)| x * y)
                    .sum()
            };
            let rest = tail[j] - dot;
            tail[j] = if i == j {
                rest.max(1e-12).sqrt()
            } else {
                rest / head[j * width + j]
            };
        }
    }
    for i in 0..width {
        let dot: f64 = lower[i * width..i * width + i]
            .iter()
            .zip(&right)
            .map(|(l, r)| l * r)
            .sum();
        right[i] = (right[i] - dot) / lower[i * width + i];
    }
    for i in (0..width).rev() {
        let dot: f64 = (i + 1..width).map(|k| lower[k * width + i] * right[k]).sum();
        right[i] = (right[i] - dot) / lower[i * width + i];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_a_system_whose_answer_is_known() {
        let lower = vec![4.0, 0.0, 0.0, 2.0, 5.0, 0.0, 1.0, 3.0, 6.0];
        let solution = solve(
            lower,
            vec![4.0 + 4.0 + 3.0, 2.0 + 10.0 + 9.0, 1.0 + 6.0 + 18.0],
            3,
        );
        for (got, want) in solution.iter().zip([1.0, 2.0, 3.0]) {
            assert!((got - want).abs() < 1e-9, "{got} is not {want}");
        }
    }

    #[test]
    fn a_clear_difference_gives_a_clear_weight() {
        let rows: Vec<[f32; 2]> = (0..40).map(|i| [(i % 2) as f32, (i % 5) as f32 / 5.0]).collect();
        let slices: Vec<&[f32]> = rows.iter().map(|row| row.as_slice()).collect();
        let targets: Vec<bool> = (0..40).map(|i| i % 2 == 1).collect();
        let linear = fit(&slices, &targets, 1.0);
        assert!(
            linear.weights[0] > 3.0 && linear.weights[1].abs() < 0.5,
            "{linear:?}"
        );
    }
}
