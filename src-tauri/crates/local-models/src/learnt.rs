//! What a workspace's own corrections change: the shipped heads stay the prior, and near what people corrected the
//! labels move to what they said.
//!
//! For each label, kernel logistic regression on the corrected texts, with the shipped log-odds as offset: without
//! corrections nothing changes at all. The kernel is wide, so that thirty corrections of one kind carry over to comments
//! of that kind in other words; texts whose label people let stand, given as well, keep it from carrying too far.

use domain::Label;

/// How soon a corrected text stops to matter as the cosine falls, of vectors without what all texts have in common; the
/// cosine of unrelated texts is 0.
const REACH: f32 = 1.0;
/// What a text says of itself, in log-odds before the penalty.
const STRENGTH: f32 = 8.0;
/// The larger, the less a single correction moves.
const PENALTY: f64 = 0.1;
/// What a correction asks for; never certainty.
const SAID: f64 = 0.97;
const STEPS: usize = 12;
/// The shipped log-odds are not believed beyond this.
const MOST_SURE: f32 = 4.0;

/// A text that a person labelled.
#[derive(Debug, Clone)]
pub struct Corrected {
    pub vector: Vec<f32>,
    pub label: Label,
    /// Log-odds of the shipped heads, in the order of [`Label::ALL`].
    pub shipped: [f32; Label::ALL.len()],
}

/// Weights of the corrected texts, by label.
#[derive(Debug, Clone, Default)]
pub struct Learnt {
    /// What all texts have in common.
    mean: Vec<f32>,
    /// Of length 1, without the mean.
    vectors: Vec<Vec<f32>>,
    weights: Vec<[f32; Label::ALL.len()]>,
}

impl Learnt {
    /// `mean`: of the vectors of many texts.
    pub fn from(corrected: &[Corrected], mean: &[f32]) -> Self {
        let vectors: Vec<Vec<f32>> = corrected.iter().map(|text| apart(&text.vector, mean)).collect();
        let near: Vec<Vec<f64>> = vectors
            .iter()
            .map(|a| vectors.iter().map(|b| f64::from(nearness(a, b))).collect())
            .collect();
        let mut weights = vec![[0.0; Label::ALL.len()]; corrected.len()];
        for (at, label) in Label::ALL.iter().enumerate() {
            let offsets: Vec<f64> = corrected
                .iter()
                .map(|text| f64::from(text.shipped[at].clamp(-MOST_SURE, MOST_SURE)))
                .collect();
            let targets: Vec<f64> = corrected
                .iter()
                .map(|text| if text.label == *label { SAID } else { 1.0 - SAID })
                .collect();
            for (weights, weight) in weights.iter_mut().zip(fit(&near, &offsets, &targets)) {
                weights[at] = weight as f32;
            }
        }
        Self {
            mean: mean.to_vec(),
            vectors,
            weights,
        }
    }

    /// What is added to the log-odds of each label, in the order of [`Label::ALL`].
    pub fn shift(&self, vector: &[f32]) -> [f32; Label::ALL.len()] {
        let mut shift = [0.0; Label::ALL.len()];
        if self.vectors.is_empty() {
            return shift;
        }
        let vector = apart(vector, &self.mean);
        for (text, weights) in self.vectors.iter().zip(&self.weights) {
            let near = nearness(text, &vector);
            shift
                .iter_mut()
                .zip(weights)
                .for_each(|(sum, w)| *sum += w * near);
        }
        shift
    }
}

/// Without the mean, of length 1.
fn apart(vector: &[f32], mean: &[f32]) -> Vec<f32> {
    let mut apart: Vec<f32> = vector
        .iter()
        .enumerate()
        .map(|(at, x)| x - mean.get(at).copied().unwrap_or(0.0))
        .collect();
    let length = apart.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-9);
    apart.iter_mut().for_each(|x| *x /= length);
    apart
}

/// `STRENGTH` for the same text, 0 for an unrelated one: a single correction leaves those alone.
fn nearness(a: &[f32], b: &[f32]) -> f32 {
    let cosine: f32 = a.iter().zip(b).map(|(x, y)| x * y).sum();
    STRENGTH * (cosine / REACH).exp_m1() / (1.0 / REACH).exp_m1()
}

/// Newton's method on the weights of the texts.
fn fit(near: &[Vec<f64>], offsets: &[f64], targets: &[f64]) -> Vec<f64> {
    let count = targets.len();
    let mut weights = vec![0.0; count];
    for _ in 0..STEPS {
        let scores: Vec<f64> = (0..count)
            .map(|i| offsets[i] + near[i].iter().zip(&weights).map(|(k, w)| k * w).sum::<f64>())
            .collect();
        let mut matrix = vec![0.0; count * count];
        let mut right = vec![0.0; count];
        for i in 0..count {
            let probability = 1.0 / (1.0 + (-scores[i]).exp());
            let curve = (probability * (1.0 - probability)).max(1e-2);
            right[i] = scores[i] - offsets[i] + (targets[i] - probability) / curve;
            matrix[i * count..(i + 1) * count].copy_from_slice(&near[i]);
            matrix[i * count + i] += PENALTY / curve;
        }
        weights = crate::train::solve(matrix, right, count);
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(angle: f32) -> Vec<f32> {
        vec![angle.cos(), angle.sin()]
    }

    fn corrected(angle: f32, label: Label) -> Corrected {
        let mut shipped = [-2.0; Label::ALL.len()];
        shipped[0] = 2.0;
        Corrected {
            vector: unit(angle),
            label,
            shipped,
        }
    }

    #[test]
    fn without_corrections_nothing_changes() {
        let learnt = Learnt::from(&[], &[0.0, 0.0]);
        assert_eq!(learnt.shift(&unit(0.3)), [0.0; Label::ALL.len()]);
    }

    #[test]
    fn labels_move_near_a_correction_and_stay_where_people_let_them_stand() {
        let agreed = |angle| corrected(angle, Label::ALL[0]);
        let said = [
            corrected(0.0, Label::Criticism),
            corrected(0.1, Label::Criticism),
            agreed(2.0),
            agreed(2.2),
        ];
        let learnt = Learnt::from(&said, &[0.0, 0.0]);
        let near = learnt.shift(&unit(0.05));
        let criticism = Label::ALL
            .iter()
            .position(|l| *l == Label::Criticism)
            .unwrap_or(0);
        assert!(near[criticism] > 2.0, "up: {near:?}");
        assert!(near[0] < -2.0, "what it was called before goes down: {near:?}");
        let far = learnt.shift(&unit(2.1));
        assert!(2.0 + far[0] > 1.0, "still what people let stand: {far:?}");
        assert!(-2.0 + far[criticism] < -1.0, "and not the other: {far:?}");
    }

    #[test]
    fn corrections_that_agree_with_the_shipped_labels_change_little() {
        let learnt = Learnt::from(&[corrected(0.0, Label::ALL[0])], &[0.0, 0.0]);
        assert!(learnt.shift(&unit(0.0))[0].abs() < 1.5);
    }
}
