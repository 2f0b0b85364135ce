//! Fits on some texts, scores others.

use crate::features::{Looked, Scaling, Weights};
use crate::split::Folds;
use local_models::train::margin_fit::{Margin, Row, fit};
use rayon::prelude::*;

#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub weights: Weights,
    /// The price of an error in training.
    pub cost: f32,
    /// Errors in the rarer class cost more, by how much rarer it is.
    pub balanced: bool,
}

fn costs(settings: Settings, targets: &[bool]) -> [f32; 2] {
    if !settings.balanced {
        return [settings.cost; 2];
    }
    let yes = targets.iter().filter(|target| **target).count().max(1) as f32;
    let all = targets.len().max(2) as f32;
    let no = (all - yes).max(1.0);
    [
        settings.cost * all / (2.0 * no),
        settings.cost * all / (2.0 * yes),
    ]
}

pub struct Binary {
    scaling: Scaling,
    margin: Margin,
}

impl Binary {
    pub fn fit(training: &[&Looked], targets: &[bool], settings: Settings) -> Self {
        let scaling = Scaling::of(training, settings.weights);
        let rows: Vec<Row> = training.iter().map(|looked| scaling.row(looked)).collect();
        let rows: Vec<&Row> = rows.iter().collect();
        Self {
            margin: fit(&rows, targets, costs(settings, targets)),
            scaling,
        }
    }

    /// Above 0: more likely yes than no.
    pub fn score(&self, looked: &Looked) -> f32 {
        self.margin.score(&self.scaling.row(looked))
    }
}

/// The score of every text by a model that saw none of its fold.
pub fn cross_scored(looked: &[Looked], targets: &[bool], folds: &Folds, settings: Settings) -> Vec<f32> {
    let parts: Vec<Vec<(usize, f32)>> = (0..folds.count)
        .into_par_iter()
        .map(|fold| {
            let training: Vec<usize> = (0..looked.len()).filter(|i| folds.of[*i] != fold).collect();
            let rows: Vec<&Looked> = training.iter().map(|i| &looked[*i]).collect();
            let wanted: Vec<bool> = training.iter().map(|i| targets[*i]).collect();
            let model = Binary::fit(&rows, &wanted, settings);
            (0..looked.len())
                .filter(|i| folds.of[*i] == fold)
                .map(|i| (i, model.score(&looked[i])))
                .collect()
        })
        .collect();
    let mut scores = vec![0.0; looked.len()];
    for (index, score) in parts.into_iter().flatten() {
        scores[index] = score;
    }
    scores
}

/// One head per class against all others; the highest score wins.
pub struct Several {
    scaling: Scaling,
    heads: Vec<Margin>,
}

impl Several {
    pub fn fit(training: &[&Looked], classes: &[usize], settings: Settings) -> Self {
        let scaling = Scaling::of(training, settings.weights);
        let rows: Vec<Row> = training.iter().map(|looked| scaling.row(looked)).collect();
        let rows: Vec<&Row> = rows.iter().collect();
        let count = classes.iter().max().map_or(0, |highest| highest + 1);
        let heads = (0..count)
            .into_par_iter()
            .map(|class| {
                let targets: Vec<bool> = classes.iter().map(|other| *other == class).collect();
                fit(&rows, &targets, costs(settings, &targets))
            })
            .collect();
        Self { scaling, heads }
    }

    pub fn class(&self, looked: &Looked) -> usize {
        let row = self.scaling.row(looked);
        let scores = self.heads.iter().map(|head| head.score(&row)).enumerate();
        scores
            .max_by(|(_, a), (_, b)| a.total_cmp(b))
            .map_or(0, |(class, _)| class)
    }
}
