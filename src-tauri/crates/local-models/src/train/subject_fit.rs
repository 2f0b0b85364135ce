//! Fitting the heads of the subjects of questions.

use super::{FOLDS, Inputs, Scale, margin_fit};
use crate::grams::GramWeights;
use crate::subjects::SubjectHeads;
use crate::train::margin_fit::{Margin, Row};
use domain::Subject;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Price of an error; of a subject's own questions, which are few among all, that much more.
const COST: f32 = 0.5;
const OWN: f32 = 4.0;
/// Each n-gram has a weight for each subject: those of few questions would make the most of the file.
const LEAST_SEEN: usize = 6;
const TEMPERATURES: [f32; 9] = [0.08, 0.1, 0.12, 0.15, 0.18, 0.22, 0.27, 0.33, 0.4];

/// A question and what it asks about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskedText {
    pub language: String,
    pub asks: Vec<Subject>,
    pub text: String,
}

/// What heads that had not seen a question made of it: the likeliest subject, its share, and whether it is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unseen {
    pub said: Subject,
    pub share: f32,
    pub is_right: bool,
}

/// The heads, and what became of each question in the hands of heads that had not seen it.
pub fn train_subjects(asked: &[(AskedText, Inputs)]) -> (SubjectHeads, Vec<Unseen>) {
    let scale = Scale::of(asked.iter().map(|(_, inputs)| inputs), LEAST_SEEN);
    let rows: Vec<Row> = asked.iter().map(|(_, inputs)| scale.row(inputs)).collect();
    let subjects: Vec<Subject> = Subject::all().collect();
    let fitted: Vec<(Margin, Vec<f32>)> = subjects
        .par_iter()
        .map(|subject| fit_unseen(asked, &rows, *subject))
        .collect();
    let margins_of = |at: usize| -> Vec<f32> { fitted.iter().map(|(_, unseen)| unseen[at]).collect() };
    let loss = |temperature: f32| -> f64 {
        asked
            .iter()
            .enumerate()
            .map(|(at, (question, _))| {
                let shares = shares(&margins_of(at), temperature);
                let right: f32 = question.asks.iter().map(|subject| shares[subject.place()]).sum();
                -f64::from(right.max(1e-6)).ln()
            })
            .sum()
    };
    let temperature = TEMPERATURES
        .into_iter()
        .min_by(|a, b| loss(*a).total_cmp(&loss(*b)))
        .expect("there are temperatures to choose from");
    let unseen = asked
        .iter()
        .enumerate()
        .map(|(at, (question, _))| {
            let shares = shares(&margins_of(at), temperature);
            let best =
                (0..shares.len()).fold(0, |best, at| if shares[at] > shares[best] { at } else { best });
            Unseen {
                said: subjects[best],
                share: shares[best],
                is_right: question.asks.contains(&subjects[best]),
            }
        })
        .collect();
    let mut heads = SubjectHeads {
        dimensions: scale.mean.len(),
        temperature,
        ..SubjectHeads::default()
    };
    let mut grams = Vec::with_capacity(subjects.len());
    for (margin, _) in fitted {
        let head = scale.undone(margin);
        heads.weights.extend(head.linear.weights);
        heads.weights.push(head.linear.bias);
        grams.push(head.grams);
    }
    let grams: [Vec<f32>; Subject::COUNT] = grams.try_into().expect("one for each subject");
    heads.grams = GramWeights::new(&scale.rarity, &grams);
    (heads, unseen)
}

fn shares(margins: &[f32], temperature: f32) -> Vec<f32> {
    let largest = margins.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = margins
        .iter()
        .map(|m| ((m - largest) / temperature).exp())
        .collect();
    let whole: f32 = powers.iter().sum();
    powers.into_iter().map(|power| power / whole).collect()
}

/// A head on all questions, and the margin of each by a head that did not see it.
fn fit_unseen(asked: &[(AskedText, Inputs)], rows: &[Row], subject: Subject) -> (Margin, Vec<f32>) {
    let targets: Vec<bool> = asked
        .iter()
        .map(|(question, _)| question.asks.contains(&subject))
        .collect();
    let fit_on = |keep: &dyn Fn(usize) -> bool| {
        let kept: Vec<usize> = (0..rows.len()).filter(|at| keep(*at)).collect();
        let kept_rows: Vec<&Row> = kept.iter().map(|at| &rows[*at]).collect();
        let wanted: Vec<bool> = kept.iter().map(|at| targets[*at]).collect();
        margin_fit::fit(&kept_rows, &wanted, [COST, COST * OWN])
    };
    let mut unseen = vec![0.0f32; rows.len()];
    for fold in 0..FOLDS {
        let head = fit_on(&|at| at % FOLDS != fold);
        for at in (fold..rows.len()).step_by(FOLDS) {
            unseen[at] = head.score(&rows[at]);
        }
    }
    (fit_on(&|_| true), unseen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::Signals;
    use domain::ports::ReadText;

    #[test]
    fn subjects_are_told_apart_by_vector_and_words_and_survive_the_way_through_a_file() {
        let texts = [
            ("price", "how much is it"),
            ("oven", "may it go in the oven"),
            ("other", "who won?"),
        ];
        let asked: Vec<(AskedText, Inputs)> = (0..60)
            .map(|i| {
                let (subject, text) = texts[i % 3];
                let wobble = (i % 7) as f32 / 40.0;
                let question = AskedText {
                    language: "en".to_owned(),
                    asks: vec![Subject::try_from(subject.to_owned()).expect("a subject")],
                    text: text.to_owned(),
                };
                let read = ReadText::without_labels(vec![wobble, (i % 3) as f32 / 2.0]);
                (question, Inputs::new(&read, text))
            })
            .collect();
        let (heads, unseen) = train_subjects(&asked);
        assert!(unseen.iter().all(|unseen| unseen.is_right));
        let read = SubjectHeads::from_bytes(&heads.to_bytes()).expect("what was written");
        for (question, inputs) in &asked {
            let said = read.of(&inputs.dense[..2], &Signals::of(&question.text), None);
            assert_eq!(said[0].subject, question.asks[0]);
        }
        assert!(SubjectHeads::from_bytes(&heads.to_bytes()[..50]).is_none());
    }
}
