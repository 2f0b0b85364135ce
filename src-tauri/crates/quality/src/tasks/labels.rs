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
const WORKSPACES: u64 = 20;
/// Subjects that the customers of one workspace write about, half of them troubles.
const SUBJECTS: usize = 10;
/// Subjects of Banking77 that a bank takes for complaints: something went wrong, and somebody has to act. All others are
/// questions to it. The heads that ship call many of both the other way round.
const TROUBLES: [&str; 35] = [
    "card_not_working",
    "declined_card_payment",
    "declined_transfer",
    "declined_cash_withdrawal",
    "cash_withdrawal_not_recognised",
    "card_payment_not_recognised",
    "direct_debit_payment_not_recognised",
    "compromised_card",
    "lost_or_stolen_card",
    "card_swallowed",
    "failed_transfer",
    "transfer_not_received_by_recipient",
    "balance_not_updated_after_bank_transfer",
    "balance_not_updated_after_cheque_or_cash_deposit",
    "pending_cash_withdrawal",
    "pending_card_payment",
    "pending_top_up",
    "pending_transfer",
    "top_up_failed",
    "top_up_reverted",
    "transaction_charged_twice",
    "reverted_card_payment?",
    "Refund_not_showing_up",
    "wrong_amount_of_cash_received",
    "wrong_exchange_rate_for_cash_withdrawal",
    "extra_charge_on_statement",
    "cash_withdrawal_charge",
    "card_payment_fee_charged",
    "transfer_fee_charged",
    "virtual_card_not_working",
    "contactless_not_working",
    "pin_blocked",
    "card_payment_wrong_exchange_rate",
    "unable_to_verify_identity",
    "beneficiary_not_allowed",
];

/// How often questions and complaints are still taken for each other, after a workspace corrected thirty of them. Each
/// of the workspaces has customers who write about ten subjects of Banking77; comments come in an order by hash, people
/// correct what is wrong and let the rest stand, and what comes after the thirtieth correction is measured.
pub fn corrections(data: &Folder, texts: &mut Texts) -> Found {
    let Some(rows) = data.rows("banking77_en/test.csv", b',', &["text", "category"])? else {
        return Ok(Outcome::NoData("banking77_en/test.csv".to_owned()));
    };
    let all: Vec<String> = rows.iter().map(|row| row[0].clone()).collect();
    let shipped = classified(texts, &all)?;
    let is = |row: &[String]| match TROUBLES.contains(&row[1].as_str()) {
        true => Label::Complaint,
        false => Label::Question,
    };
    let mut subjects: Vec<&str> = rows.iter().map(|row| row[1].as_str()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let mut sums = Taught::default();
    for workspace in 0..WORKSPACES {
        let mixed = |trouble: bool| {
            let mut some: Vec<&str> = subjects
                .iter()
                .copied()
                .filter(|subject| TROUBLES.contains(subject) == trouble)
                .collect();
            some.sort_by_key(|subject| crate::split::order_of(&format!("{workspace} {subject}")));
            some.truncate(SUBJECTS / 2);
            some
        };
        let own: Vec<&str> = mixed(true).into_iter().chain(mixed(false)).collect();
        let mut comments: Vec<Handled<'_>> = rows
            .iter()
            .zip(&shipped)
            .filter(|(row, _)| own.contains(&row[1].as_str()))
            .map(|(row, said)| Handled {
                text: &row[0],
                is: is(row),
                said: said.primary().label,
            })
            .collect();
        comments.sort_by_key(|comment| crate::split::order_of(comment.text));
        sums.add(texts, &comments)?;
    }
    let left = sums.after as f64 / sums.before.max(1) as f64;
    let mut figure = figure(
        "corrections",
        "share of errors left",
        left,
        Some(0.5),
        sums.later,
        "question and complaint in workspaces of ten subjects of Banking77: the comments after thirty corrections",
    );
    figure.less_is_better = true;
    figure.more.insert("errors_before".to_owned(), sums.before as f64);
    figure.more.insert("errors_after".to_owned(), sums.after as f64);
    figure
        .more
        .insert("any_label_wrong_before".to_owned(), sums.wrong_before as f64);
    figure
        .more
        .insert("any_label_wrong_after".to_owned(), sums.wrong_after as f64);
    figure
        .more
        .insert("workspaces".to_owned(), sums.workspaces as f64);
    Ok(Outcome::Measured(vec![figure]))
}

struct Handled<'a> {
    text: &'a str,
    is: Label,
    said: Label,
}

impl Handled<'_> {
    /// Taken for the other of the pair.
    fn is_confused(&self, said: Label) -> bool {
        said != self.is && [Label::Question, Label::Complaint].contains(&said)
    }
}

#[derive(Default)]
struct Taught {
    workspaces: usize,
    later: usize,
    before: usize,
    after: usize,
    wrong_before: usize,
    wrong_after: usize,
}

impl Taught {
    /// A workspace counts when its comments hold thirty errors and some comments after them.
    fn add(&mut self, texts: &Texts, comments: &[Handled<'_>]) -> anyhow::Result<()> {
        let errors = comments
            .iter()
            .enumerate()
            .filter(|(_, comment)| comment.is_confused(comment.said));
        let Some((last, _)) = errors.take(TAUGHT).nth(TAUGHT - 1) else {
            return Ok(());
        };
        let (earlier, later) = comments.split_at(last + 1);
        let taught: Vec<Correction> = earlier
            .iter()
            .filter(|comment| comment.said == comment.is || comment.is_confused(comment.said))
            .map(|comment| Correction {
                text: comment.text.to_owned(),
                label: comment.is,
            })
            .collect();
        let classifier = HeadClassifier::new(Arc::clone(&texts.embedder))?;
        classifier.learn(&taught)?;
        self.workspaces += 1;
        for part in later.chunks(PART) {
            let inputs: Vec<ClassifyInput> = part
                .iter()
                .map(|comment| ClassifyInput {
                    text: comment.text.to_owned(),
                    ..ClassifyInput::default()
                })
                .collect();
            for (comment, said) in part.iter().zip(classifier.classify(&inputs)?) {
                let said = said.primary().label;
                self.later += 1;
                self.before += usize::from(comment.is_confused(comment.said));
                self.after += usize::from(comment.is_confused(said));
                self.wrong_before += usize::from(comment.said != comment.is);
                self.wrong_after += usize::from(said != comment.is);
            }
        }
        Ok(())
    }
}
