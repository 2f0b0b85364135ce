//! Fitting the heads. Deterministic: the same texts and vectors give the same numbers.
//!
//! The label heads see only a seed set with as many texts per label in each language, because public sets, each
//! of one class in one language, teach the language instead of the class. Those train two guards of their own,
//! and the guards enter only through the calibration of abuse and spam.

mod logistic_fit;
pub mod margin_fit;
mod subject_fit;

use crate::grams::{Counts, GramWeights, Rarity};
use crate::heads::{Calibration, HeadSet, LabelHead, Linear, PrimaryCalibration, log_odds};
use crate::signals::{FEATURES, STYLE_FEATURES, Signals};
use domain::Label;
use domain::ports::ReadText;
pub(crate) use logistic_fit::solve;
use logistic_fit::{fit, fit_few};
use margin_fit::{Margin, Row};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
pub use subject_fit::{AskedText, Unseen, train_subjects};

const FOLDS: usize = 5;
/// Prices of an error, tried in turn; the one whose heads surprise least on unseen seeds is taken.
const LABEL_COSTS: [f32; 2] = [0.3, 0.6];
const GUARD_PENALTY: f64 = 60.0;
/// One in so many guard examples is kept back to calibrate with.
const HELD_BACK: usize = 5;

/// A comment of the seed or test set; no labels means that it is none of the seven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seed {
    pub language: String,
    pub labels: Vec<Label>,
    pub text: String,
}

/// What the heads look at: the vector, then the features, and the n-grams.
#[derive(Debug, Clone)]
pub struct Inputs {
    dense: Vec<f32>,
    grams: Counts,
    /// What the model says of the labels by itself; only calibrations look at it.
    read: Option<[f32; Label::ALL.len()]>,
}

impl Inputs {
    pub fn new(read: &ReadText, text: &str) -> Self {
        let signals = Signals::of(text);
        Self {
            dense: read.vector.iter().copied().chain(signals.features()).collect(),
            grams: signals.grams,
            read: read.labels,
        }
    }

    /// With the features of style at 0: how people shout, address and decorate differs more between networks
    /// than between harmless and harmful, and a guard would learn the network.
    fn without_style(&self) -> Vec<f32> {
        let mut inputs = self.dense.clone();
        let first = inputs.len() - FEATURES;
        STYLE_FEATURES
            .into_iter()
            .for_each(|feature| inputs[first + feature] = 0.0);
        inputs
    }

    fn score(&self, linear: &Linear) -> f32 {
        linear.bias
            + linear
                .weights
                .iter()
                .zip(&self.dense)
                .map(|(w, x)| w * x)
                .sum::<f32>()
    }
}

/// A head on the vector and features, and its weights of n-grams by bucket.
struct Fitted {
    linear: Linear,
    grams: Vec<f32>,
}

/// What n-grams, features and vectors are brought to before a head is fitted on all of them.
struct Scale {
    mean: Vec<f32>,
    length: f32,
    rarity: Rarity,
}

/// Features are of the size of the vector's length; a sixth of it lets them speak without ruling.
const FEATURES_WEIGH: f32 = 0.25;
/// N-grams of all texts are of length 1; half more than the vectors has been the best on seeds kept back.
const GRAMS_WEIGH: f32 = 1.5;
/// In fewer seeds than this an n-gram is left out.
const LEAST_SEEN: usize = 2;

impl Scale {
    /// N-grams that fewer than `least` of the texts hold are left out.
    fn of<'a>(rows: impl Iterator<Item = &'a Inputs> + Clone, least: usize) -> Self {
        let count = rows.clone().count().max(1) as f32;
        let width = rows.clone().next().map_or(0, |row| row.dense.len() - FEATURES);
        let mut mean = vec![0.0f32; width];
        for row in rows.clone() {
            mean.iter_mut().zip(&row.dense).for_each(|(m, x)| *m += x / count);
        }
        let length = rows.clone().map(|row| {
            let from_mean = row.dense.iter().zip(&mean).map(|(x, m)| (x - m).powi(2));
            from_mean.sum::<f32>().sqrt()
        });
        Self {
            length: (length.sum::<f32>() / count).max(1e-6),
            rarity: Rarity::of(rows.map(|row| &row.grams), least),
            mean,
        }
    }

    fn row(&self, inputs: &Inputs) -> Row {
        let (vector, features) = inputs.dense.split_at(self.mean.len());
        let vector = vector.iter().zip(&self.mean).map(|(x, m)| (x - m) / self.length);
        Row {
            dense: vector
                .chain(features.iter().map(|x| x * FEATURES_WEIGH))
                .collect(),
            sparse: self.weighed(inputs),
        }
    }

    fn weighed(&self, inputs: &Inputs) -> Counts {
        let mut weighed = self.rarity.weigh(&inputs.grams);
        weighed.iter_mut().for_each(|(_, x)| *x *= GRAMS_WEIGH);
        weighed
    }

    /// The head for inputs as they come.
    fn undone(&self, margin: Margin) -> Fitted {
        let mut bias = margin.bias;
        let (vector, features) = margin.dense.split_at(self.mean.len());
        let mut weights: Vec<f32> = vector.iter().map(|w| w / self.length).collect();
        bias -= weights.iter().zip(&self.mean).map(|(w, m)| w * m).sum::<f32>();
        weights.extend(features.iter().map(|w| w * FEATURES_WEIGH));
        Fitted {
            linear: Linear { weights, bias },
            grams: margin.sparse.into_iter().map(|w| w * GRAMS_WEIGH).collect(),
        }
    }

    fn score(&self, fitted: &Fitted, inputs: &Inputs) -> f32 {
        // The head takes n-grams as they come: what they weigh went into its numbers.
        let grams = self.rarity.weigh(&inputs.grams);
        let grams: f32 = grams
            .iter()
            .filter_map(|(bucket, x)| fitted.grams.get(*bucket as usize).map(|w| w * x))
            .sum();
        inputs.score(&fitted.linear) + grams
    }
}

/// A text that a public set says is, or is not, abuse or spam.
#[derive(Debug, Clone)]
pub struct GuardExample {
    pub inputs: Inputs,
    pub positive: bool,
}

/// Everything that one set of heads is made from.
pub struct Material<'a> {
    pub embedder: String,
    pub seeds: &'a [(Seed, Inputs)],
    pub abuse: &'a [GuardExample],
    pub spam: &'a [GuardExample],
}

/// Fits label heads, guards, calibrations and thresholds.
pub fn train(material: &Material<'_>) -> HeadSet {
    let abuse_guard = fit_guard(material.abuse);
    let spam_guard = fit_guard(material.spam);
    let scale = Scale::of(material.seeds.iter().map(|(_, inputs)| inputs), LEAST_SEEN);
    let fitted: Vec<FittedLabel> = Label::ALL
        .par_iter()
        .map(|label| {
            let guard = match label {
                Label::Abuse => Some((&abuse_guard, material.abuse)),
                Label::Spam => Some((&spam_guard, material.spam)),
                _ => None,
            };
            fit_label(*label, material.seeds, &scale, guard)
        })
        .collect();
    let primary = calibrate_primary(material.seeds, &fitted);
    let (labels, grams): (Vec<LabelHead>, Vec<Vec<f32>>) = fitted
        .into_iter()
        .map(|fitted| (fitted.head, fitted.grams))
        .unzip();
    let grams: [Vec<f32>; Label::ALL.len()] = grams.try_into().expect("one for each label");
    HeadSet {
        embedder: material.embedder.clone(),
        labels,
        primary,
        mean: scale.mean.iter().map(|x| (x * 1e5).round() / 1e5).collect(),
        abuse_guard: rounded(abuse_guard),
        spam_guard: rounded(spam_guard),
        grams: GramWeights::new(&scale.rarity, &grams),
    }
}

fn fit_guard(examples: &[GuardExample]) -> Linear {
    let kept: Vec<&GuardExample> = examples
        .iter()
        .enumerate()
        .filter(|(index, _)| index % HELD_BACK != 0)
        .map(|(_, example)| example)
        .collect();
    let plain: Vec<Vec<f32>> = kept
        .iter()
        .map(|example| example.inputs.without_style())
        .collect();
    let rows: Vec<&[f32]> = plain.iter().map(Vec::as_slice).collect();
    let targets: Vec<bool> = kept.iter().map(|example| example.positive).collect();
    // An input that is always 0 gets the weight 0.
    fit(&rows, &targets, GUARD_PENALTY)
}

fn fit_label(
    label: Label,
    seeds: &[(Seed, Inputs)],
    scale: &Scale,
    guard: Option<(&Linear, &[GuardExample])>,
) -> FittedLabel {
    let targets: Vec<bool> = seeds
        .iter()
        .map(|(seed, _)| seed.labels.contains(&label))
        .collect();
    let at = Label::ALL.iter().position(|other| *other == label).unwrap_or(0);
    let judge = |own: f32, inputs: &Inputs, wanted: bool, weight: f64| Judged {
        own,
        guard: guard.map_or(0.0, |(guard, _)| inputs.score(guard)),
        read: inputs.read.map_or(0.0, |read| read[at]),
        wanted,
        weight,
    };
    let judge_seeds = |unseen: &[f32]| -> Vec<Judged> {
        let kept_back = seeds.iter().zip(unseen).zip(&targets).enumerate();
        kept_back
            .filter(|(index, (((_, inputs), _), _))| is_unseen(*index, inputs))
            .map(|(_, (((_, inputs), own), wanted))| judge(*own, inputs, *wanted, 1.0))
            .collect()
    };
    let candidates = LABEL_COSTS.map(|cost| fit_unseen(seeds, &targets, scale, cost));
    let (fitted, unseen) = candidates
        .into_iter()
        .min_by(|(_, a), (_, b)| {
            calibrated_loss(&judge_seeds(a)).total_cmp(&calibrated_loss(&judge_seeds(b)))
        })
        .expect("there is at least one cost to choose from");

    let mut judged = judge_seeds(&unseen);
    if let Some((_, examples)) = guard {
        let held_back: Vec<&GuardExample> = examples.iter().step_by(HELD_BACK).collect();
        let weight = PUBLIC_SHARE * judged.len() as f64 / held_back.len().max(1) as f64;
        judged.extend(held_back.into_iter().map(|example| {
            judge(
                scale.score(&fitted, &example.inputs),
                &example.inputs,
                example.positive,
                weight,
            )
        }));
    }
    let calibration = calibrate(&judged);
    let threshold = best_threshold(&judged, calibration);
    let unseen = unseen
        .iter()
        .zip(seeds)
        .map(|(own, (_, inputs))| judge(*own, inputs, false, 1.0).chance(calibration))
        .collect();
    let head = LabelHead {
        label,
        linear: rounded(fitted.linear),
        calibration,
        threshold,
    };
    FittedLabel {
        head,
        grams: fitted.grams,
        unseen,
    }
}

/// A label's head with its weights of n-grams, and what heads that had not seen a seed thought of it.
struct FittedLabel {
    head: LabelHead,
    grams: Vec<f32>,
    unseen: Vec<f32>,
}

/// On the seeds that carry a label, by heads that had not seen them.
fn calibrate_primary(seeds: &[(Seed, Inputs)], fitted: &[FittedLabel]) -> PrimaryCalibration {
    let (mut rows, mut right) = (Vec::new(), Vec::new());
    for (at, _) in seeds
        .iter()
        .enumerate()
        .filter(|(at, (seed, inputs))| !seed.labels.is_empty() && is_unseen(*at, inputs))
    {
        let seed = &seeds[at].0;
        let mut chances: Vec<(f32, Label)> = fitted
            .iter()
            .map(|fitted| (fitted.unseen[at], fitted.head.label))
            .collect();
        chances.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        rows.push([chances[0].0, chances[1].0].map(|chance| f64::from(log_odds(chance))));
        right.push(seed.labels.contains(&chances[0].1));
    }
    let ([own, next], shift) = fit_few(&rows, &right, &vec![1.0; rows.len()]);
    PrimaryCalibration { own, next, shift }
}

/// A head on all seeds, and the score of each seed by a head that did not see it.
fn fit_unseen(seeds: &[(Seed, Inputs)], targets: &[bool], scale: &Scale, cost: f32) -> (Fitted, Vec<f32>) {
    let rows: Vec<Row> = seeds.iter().map(|(_, inputs)| scale.row(inputs)).collect();
    let fit_on = |keep: &dyn Fn(usize) -> bool| {
        let kept: Vec<usize> = (0..seeds.len()).filter(|index| keep(*index)).collect();
        let kept_rows: Vec<&Row> = kept.iter().map(|index| &rows[*index]).collect();
        let wanted: Vec<bool> = kept.iter().map(|index| targets[*index]).collect();
        let yes = wanted.iter().filter(|wanted| **wanted).count().max(1) as f32;
        let all = wanted.len().max(2) as f32;
        let costs = [
            cost * all / (2.0 * (all - yes).max(1.0)),
            cost * all / (2.0 * yes),
        ];
        margin_fit::fit(&kept_rows, &wanted, costs)
    };
    let mut unseen = vec![0.0f32; seeds.len()];
    for fold in 0..FOLDS {
        let head = fit_on(&|index| index % FOLDS != fold);
        for index in (fold..seeds.len()).step_by(FOLDS) {
            unseen[index] = head.score(&rows[index]);
        }
    }
    (scale.undone(fit_on(&|_| true)), unseen)
}

/// The model was taught labels on the seeds but one in so many, in the order of the file; `adapters/labels.py` leaves
/// out the same.
const LEFT_OUT: usize = 5;

/// Neither the heads that judge a seed nor the model itself had seen it.
fn is_unseen(index: usize, inputs: &Inputs) -> bool {
    inputs.read.is_none() || index.is_multiple_of(LEFT_OUT)
}

/// A text with the scores of heads that did not see it.
struct Judged {
    own: f32,
    guard: f32,
    read: f32,
    wanted: bool,
    weight: f64,
}

impl Judged {
    fn chance(&self, calibration: Calibration) -> f32 {
        calibration.probability(self.own, self.guard, self.read)
    }
}

fn calibrate(judged: &[Judged]) -> Calibration {
    let rows: Vec<[f64; 3]> = judged
        .iter()
        .map(|j| [j.own, j.guard, j.read].map(f64::from))
        .collect();
    let wanted: Vec<bool> = judged.iter().map(|j| j.wanted).collect();
    let weights: Vec<f64> = judged.iter().map(|j| j.weight).collect();
    let ([slope, guard, read], shift) = fit_few(&rows, &wanted, &weights);
    Calibration {
        slope,
        guard,
        read,
        shift,
    }
}

/// Mean surprise of the truth after calibration.
fn calibrated_loss(judged: &[Judged]) -> f64 {
    let calibration = calibrate(judged);
    let surprise = |j: &Judged| {
        let confidence = f64::from(j.chance(calibration)).clamp(1e-6, 1.0 - 1e-6);
        -(if j.wanted { confidence } else { 1.0 - confidence }).ln()
    };
    judged.iter().map(surprise).sum::<f64>() / judged.len().max(1) as f64
}

/// Weight of the public texts against the seeds in the calibration of abuse and spam.
const PUBLIC_SHARE: f64 = 0.15;

/// The threshold with the best F1 on unseen texts, nearest to one half among equals.
fn best_threshold(judged: &[Judged], calibration: Calibration) -> f32 {
    let f1 = |threshold: f32| {
        let weight = |given: bool, wanted: bool| -> f64 {
            let matching = judged
                .iter()
                .filter(|j| (j.chance(calibration) >= threshold) == given && j.wanted == wanted);
            matching.map(|j| j.weight).sum()
        };
        let hit = weight(true, true);
        2.0 * hit / (2.0 * hit + weight(true, false) + weight(false, true)).max(1e-9)
    };
    let candidates = [0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65];
    candidates.into_iter().fold(0.5, |best, candidate| {
        if f1(candidate) > f1(best) + 1e-9 {
            candidate
        } else {
            best
        }
    })
}

/// Four significant digits: as good, and half the file.
fn rounded(mut linear: Linear) -> Linear {
    let round = |value: f32| {
        if value == 0.0 {
            return 0.0;
        }
        let scale = 10f64.powi(3 - f64::from(value.abs()).log10().floor() as i32);
        ((f64::from(value) * scale).round() / scale) as f32
    };
    linear.weights.iter_mut().for_each(|w| *w = round(*w));
    linear.bias = round(linear.bias);
    linear
}

/// Numbers that a head for vectors of so many components has.
pub fn head_size(dimensions: usize) -> usize {
    dimensions + FEATURES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed(index: usize) -> (Seed, Inputs) {
        let labels = if index.is_multiple_of(3) {
            vec![Label::Spam]
        } else {
            Vec::new()
        };
        let text = if labels.is_empty() {
            "an ordinary remark"
        } else {
            "click https://a.example/x"
        };
        let wobble = (index % 7) as f32 / 50.0;
        let seed = Seed {
            language: "en".to_owned(),
            labels,
            text: text.to_owned(),
        };
        let read = ReadText::without_labels(vec![wobble, 1.0 - wobble]);
        let inputs = Inputs::new(&read, text);
        (seed, inputs)
    }

    #[test]
    fn training_separates_what_the_features_separate_and_is_repeatable() {
        let seeds: Vec<_> = (0..60).map(seed).collect();
        let guards: Vec<_> = seeds
            .iter()
            .map(|(seed, inputs)| GuardExample {
                inputs: inputs.clone(),
                positive: !seed.labels.is_empty(),
            })
            .collect();
        let material = Material {
            embedder: "test".to_owned(),
            seeds: &seeds,
            abuse: &guards,
            spam: &guards,
        };
        let set = train(&material);
        let spam = set
            .labels
            .iter()
            .find(|head| head.label == Label::Spam)
            .expect("a head per label");
        for (seed, inputs) in &seeds {
            let confidence = spam.calibration.probability(
                inputs.score(&spam.linear) + set.grams.scores(&inputs.grams)[6],
                inputs.score(&set.spam_guard),
                0.0,
            );
            assert_eq!(confidence > 0.5, !seed.labels.is_empty(), "{confidence}");
        }
        assert_eq!(train(&material), set, "nothing random takes part");
    }
}
