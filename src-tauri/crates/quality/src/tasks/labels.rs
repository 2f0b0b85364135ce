//! The seven labels as the app gives them: by the heads that ship, on texts written for this and seen by no head.

use super::{Outcome, figure};
use crate::data::Folder;
use crate::disguises;
use crate::features::Texts;
use crate::metrics::{self, Counts};
use crate::report::TaskFigure;
use domain::ports::{ClassifyInput, Correction, LocalClassifier as _};
use domain::{Classification, Label};
use local_models::HeadClassifier;
use local_models::train::Seed;
use std::collections::BTreeMap;
use std::sync::Arc;

const LABELS: &str = include_str!("../../sets/labels.jsonl");
const POLITE: &str = include_str!("../../sets/polite.jsonl");
const PLAIN: &str = include_str!("../../sets/disguise.jsonl");
const PART: usize = 128;

type Found = anyhow::Result<Outcome>;

fn seeds(lines: &str) -> anyhow::Result<Vec<Seed>> {
    Ok(lines
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?)
}

fn classified(texts: &Texts, all: &[String]) -> anyhow::Result<Vec<Classification>> {
    let classifier = HeadClassifier::new(Arc::clone(&texts.embedder))?;
    let mut said = Vec::with_capacity(all.len());
    for part in all.chunks(PART) {
        let inputs: Vec<ClassifyInput> = part
            .iter()
            .map(|text| ClassifyInput {
                text: text.clone(),
                ..ClassifyInput::default()
            })
            .collect();
        said.extend(classifier.classify(&inputs)?);
    }
    Ok(said)
}

fn texts_of(seeds: &[Seed]) -> Vec<String> {
    seeds.iter().map(|seed| seed.text.clone()).collect()
}

/// What is counted as said: the strongest label that is given; where none is, nothing.
fn given(said: &Classification) -> Option<Label> {
    said.labels.first().map(|score| score.label)
}

/// Mean F1 of the labels over these texts, by the strongest label: a text counts for its first label, and is right
/// with any of its own.
fn macro_f1(pairs: &[(&Seed, &Classification)]) -> (f64, BTreeMap<Label, Counts>) {
    let mut counts: BTreeMap<Label, Counts> = Label::ALL.iter().map(|l| (*l, Counts::default())).collect();
    for (seed, said) in pairs {
        let said = said.primary().label;
        let is = match seed.labels.contains(&said) {
            true => Some(said),
            false => seed.labels.first().copied(),
        };
        for (label, counts) in &mut counts {
            counts.add(said == *label, is == Some(*label));
        }
    }
    let sum: f64 = counts.values().map(|counts| counts.f1()).sum();
    (sum / counts.len() as f64, counts)
}

pub fn seven_labels(_: &Folder, texts: &mut Texts) -> Found {
    let seeds = seeds(LABELS)?;
    let said = classified(texts, &texts_of(&seeds))?;
    let all: Vec<(&Seed, &Classification)> = seeds.iter().zip(&said).collect();
    // Those that are none of the seven are measured apart: no strongest label is right for them.
    let labelled: Vec<_> = all
        .iter()
        .copied()
        .filter(|(seed, _)| !seed.labels.is_empty())
        .collect();
    let none: Vec<_> = all.iter().filter(|(seed, _)| seed.labels.is_empty()).collect();
    let (value, counts) = macro_f1(&labelled);
    let split = "written for this before any tuning, none of it trained on";
    let mut over_all = figure(
        "seven_labels",
        "macro-F1",
        value,
        Some(0.88),
        labelled.len(),
        split,
    );
    for (label, counts) in counts {
        over_all.more.insert(format!("f1_{label}"), counts.f1());
        over_all
            .more
            .insert(format!("precision_{label}"), counts.precision());
        over_all.more.insert(format!("recall_{label}"), counts.recall());
    }
    let left_alone = none.iter().filter(|(_, said)| given(said).is_none()).count();
    over_all.more.insert(
        "none_left_unsure".to_owned(),
        left_alone as f64 / none.len().max(1) as f64,
    );
    let unsure = labelled.iter().filter(|(_, said)| said.is_unsure()).count();
    over_all
        .more
        .insert("unsure".to_owned(), unsure as f64 / labelled.len().max(1) as f64);
    for (seed, said) in &labelled {
        let said = said.primary().label;
        if let Some(is) = seed.labels.first()
            && !seed.labels.contains(&said)
        {
            *over_all
                .more
                .entry(format!("confusion_{is}_as_{said}"))
                .or_default() += 1.0;
        }
    }
    let mut worst: Option<TaskFigure> = None;
    let mut languages: Vec<&str> = labelled.iter().map(|(seed, _)| seed.language.as_str()).collect();
    languages.sort_unstable();
    languages.dedup();
    for language in languages {
        let own: Vec<_> = labelled
            .iter()
            .copied()
            .filter(|(seed, _)| seed.language == language)
            .collect();
        let (value, _) = macro_f1(&own);
        over_all.more.insert(format!("macro_f1_{language}"), value);
        if worst.as_ref().is_none_or(|worst| value < worst.value) {
            worst = Some(figure(
                "seven_labels_worst_language",
                "macro-F1",
                value,
                Some(0.80),
                own.len(),
                &format!("the same, {language}"),
            ));
        }
    }
    let confidences: Vec<f32> = labelled
        .iter()
        .map(|(_, said)| said.primary().confidence)
        .collect();
    let right: Vec<bool> = labelled
        .iter()
        .map(|(seed, said)| seed.labels.contains(&said.primary().label))
        .collect();
    let (error, bins) = metrics::calibration(&confidences, &right);
    let mut calibration = figure("calibration", "ECE", error, Some(0.05), labelled.len(), split);
    calibration.less_is_better = true;
    for (at, (confident, right, count)) in bins.into_iter().enumerate() {
        calibration.more.insert(format!("bin{at}_confident"), confident);
        calibration.more.insert(format!("bin{at}_right"), right);
        calibration.more.insert(format!("bin{at}_n"), count as f64);
    }
    let mut figures = vec![over_all, calibration];
    figures.extend(worst);
    Ok(Outcome::Measured(figures))
}

/// Criticism and complaints, firm ones too, that are called abuse.
pub fn polite_criticism(data: &Folder, texts: &mut Texts) -> Found {
    let mut all = texts_of(&seeds(POLITE)?);
    let own = all.len();
    let path = "cucom_ecommerce_en/ecommerce.first1500.jsonl";
    for line in data.text(path)?.unwrap_or_default().lines() {
        let row: serde_json::Value = serde_json::from_str(line)?;
        if let Some(text) = row["turns"][0]["content"].as_str() {
            all.push(text.to_owned());
        }
    }
    let said = classified(texts, &all)?;
    let called = |part: &[Classification]| {
        let called = part
            .iter()
            .filter(|said| said.labels.iter().any(|score| score.label == Label::Abuse))
            .count();
        called as f64 / part.len().max(1) as f64
    };
    let mut share = figure(
        "polite_called_abuse",
        "share",
        called(&said[..own]),
        Some(0.03),
        own,
        "written for this, five languages, none of it trained on",
    );
    share.less_is_better = true;
    share
        .more
        .insert("public_complaints_en".to_owned(), called(&said[own..]));
    Ok(Outcome::Measured(vec![share]))
}

/// Share of abuse and spam that is still called so when its words are disguised, against the plain texts.
pub fn disguise(_: &Folder, texts: &mut Texts) -> Found {
    let seeds = seeds(PLAIN)?;
    let found = |said: &[Classification]| {
        let hits = seeds
            .iter()
            .zip(said)
            .filter(|(seed, said)| {
                seed.labels
                    .iter()
                    .any(|label| said.labels.iter().any(|score| score.label == *label))
            })
            .count();
        hits as f64 / seeds.len().max(1) as f64
    };
    let plain = found(&classified(texts, &texts_of(&seeds))?);
    let mut shares = BTreeMap::new();
    for (name, change) in disguises::ALL {
        let changed: Vec<String> = seeds
            .iter()
            .map(|seed| disguises::disguised(&seed.text, change))
            .collect();
        shares.insert(
            format!("with_{}", name.replace(' ', "_")),
            found(&classified(texts, &changed)?),
        );
    }
    let mean = shares.values().sum::<f64>() / shares.len().max(1) as f64;
    let mut drop = figure(
        "disguise",
        "points lost",
        (plain - mean) * 100.0,
        Some(3.0),
        seeds.len() * shares.len(),
        "abuse and spam written for this, each in every disguise",
    );
    drop.less_is_better = true;
    drop.noise = metrics::noise(mean, seeds.len() * shares.len()) * 100.0;
    drop.more = shares;
    drop.more.insert("plain".to_owned(), plain);
    Ok(Outcome::Measured(vec![drop]))
}

/// Corrections that a workspace makes of one pair of labels.
const TAUGHT: usize = 30;

/// Two labels that are most often taken for each other: how often still, after a person corrected thirty of them.
/// The corrected ones come first in time; the later ones are measured.
pub fn corrections(_: &Folder, texts: &mut Texts) -> Found {
    let mut seeds = seeds(LABELS)?;
    seeds.retain(|seed| !seed.labels.is_empty());
    // In the order in which they would come: mixed, and the same each time.
    seeds.sort_by_key(|seed| crate::split::order_of(&seed.text));
    let said = classified(texts, &texts_of(&seeds))?;
    let mut confused: BTreeMap<(Label, Label), usize> = BTreeMap::new();
    for (seed, said) in seeds.iter().zip(&said) {
        let (is, said) = (seed.labels[0], said.primary().label);
        if !seed.labels.contains(&said) {
            *confused.entry((is.min(said), is.max(said))).or_default() += 1;
        }
    }
    let Some(((one, other), _)) = confused.into_iter().max_by_key(|(_, count)| *count) else {
        return Ok(Outcome::NoData("labels that are taken for each other".to_owned()));
    };
    let pair: Vec<(&Seed, &Classification)> = seeds
        .iter()
        .zip(&said)
        .filter(|(seed, _)| [one, other].contains(&seed.labels[0]))
        .collect();
    let is_wrong = |seed: &Seed, said: &Classification| {
        let said = said.primary().label;
        [one, other].contains(&said) && !seed.labels.contains(&said)
    };
    let half = pair.len() / 2;
    let (earlier, later) = pair.split_at(half);
    // What was taken for the other comes first, as people correct that; then what they only confirm.
    let mut taught: Vec<&Seed> = earlier
        .iter()
        .filter(|(seed, said)| is_wrong(seed, said))
        .chain(earlier.iter().filter(|(seed, said)| !is_wrong(seed, said)))
        .map(|(seed, _)| *seed)
        .collect();
    taught.truncate(TAUGHT);
    let classifier = HeadClassifier::new(Arc::clone(&texts.embedder))?;
    let taught: Vec<Correction> = taught
        .iter()
        .map(|seed| Correction {
            text: seed.text.clone(),
            label: seed.labels[0],
        })
        .collect();
    classifier.learn(&taught)?;
    let inputs: Vec<ClassifyInput> = later
        .iter()
        .map(|(seed, _)| ClassifyInput {
            text: seed.text.clone(),
            ..ClassifyInput::default()
        })
        .collect();
    let after = classifier.classify(&inputs)?;
    let wrong_before = later.iter().filter(|(seed, said)| is_wrong(seed, said)).count();
    let wrong_after = later
        .iter()
        .zip(&after)
        .filter(|((seed, _), said)| is_wrong(seed, said))
        .count();
    let left = wrong_after as f64 / wrong_before.max(1) as f64;
    let mut figure = figure(
        "corrections",
        "share of errors left",
        left,
        Some(0.5),
        later.len(),
        &format!(
            "{one} and {other}: {} corrected, the later half measured",
            taught.len()
        ),
    );
    figure.less_is_better = true;
    figure
        .more
        .insert("errors_before".to_owned(), wrong_before as f64);
    figure.more.insert("errors_after".to_owned(), wrong_after as f64);
    Ok(Outcome::Measured(vec![figure]))
}
