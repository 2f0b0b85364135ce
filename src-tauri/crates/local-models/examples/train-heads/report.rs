//! What the heads are worth.

use crate::public_sets::{Sources, clean, csv_rows};
use crate::vectors::Vectors;
use domain::Label;
use domain::ports::Embedder;
use local_models::heads::HeadSet;
use local_models::judge_text;
use local_models::train::Seed;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

type Outcome = Result<(), Box<dyn Error>>;

/// Accuracy of the strongest label per language and label, and how many were left unsure.
pub fn on_tests(embedder: &dyn Embedder, set: &HeadSet, tests: &[Seed]) -> Outcome {
    println!("\n=== {} on {} test texts", set.embedder, tests.len());
    let texts: Vec<&str> = tests.iter().map(|test| test.text.as_str()).collect();
    let vectors = embedder.read(&texts)?;
    let mut right: BTreeMap<(&str, Label), (usize, usize)> = BTreeMap::new();
    let (mut unsure, mut extra) = (0, 0);
    for (test, vector) in tests.iter().zip(&vectors) {
        let (labels, best) = judge_text(set, vector, &test.text);
        let said = labels.first().map_or(best.label, |score| score.label);
        let hit = test.labels.contains(&said);
        unsure += usize::from(labels.is_empty());
        extra += labels
            .iter()
            .filter(|score| !test.labels.contains(&score.label))
            .count();
        for label in &test.labels {
            let cell = right.entry((&test.language, *label)).or_default();
            cell.0 += usize::from(hit);
            cell.1 += 1;
        }
        if !hit {
            println!(
                "  {} {:?} -> {} {:.2}: {}",
                test.language, test.labels, said, best.confidence, test.text
            );
        }
    }
    let languages = ["en", "ru", "uk", "kk", "es"];
    println!(
        "{:12} {}   all",
        "",
        languages.map(|l| format!("{l:>5}")).join("")
    );
    let cell = |(hit, all): (usize, usize)| format!("{:5.2}", hit as f64 / all.max(1) as f64);
    let sum = |filter: &dyn Fn(&str, Label) -> bool| {
        let cells = right
            .iter()
            .filter(|((language, label), _)| filter(language, *label));
        cells.fold((0, 0), |(a, b), (_, (hit, all))| (a + hit, b + all))
    };
    for label in Label::ALL {
        let row = languages.map(|l| cell(sum(&|language, other| language == l && other == label)));
        println!(
            "{:12} {} {}",
            label.as_str(),
            row.join(""),
            cell(sum(&|_, other| other == label))
        );
    }
    let row = languages.map(|l| cell(sum(&|language, _| language == l)));
    println!(
        "{:12} {} {}  unsure {unsure}, extra labels {extra}",
        "all",
        row.join(""),
        cell(sum(&|_, _| true))
    );
    for head in &set.labels {
        println!(
            "  {:12} threshold {:.2} {:?}",
            head.label.as_str(),
            head.threshold,
            head.calibration
        );
    }
    Ok(())
}

/// The part of the public sets that no head was fitted on.
pub fn on_held_back(
    embedder: &dyn Embedder,
    set: &HeadSet,
    sources: &Sources,
    vectors: &mut Vectors<'_>,
) -> Outcome {
    println!("--- {} on held-back public texts", embedder.space().model);
    for (label, examples) in [(Label::Spam, &sources.spam), (Label::Abuse, &sources.abuse)] {
        let held_back: Vec<_> = examples.iter().step_by(5).collect();
        let texts: Vec<&str> = held_back.iter().map(|example| example.text.as_str()).collect();
        let mut counts: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
        for (example, vector) in held_back.iter().zip(vectors.of(&texts)?) {
            let (labels, _) = judge_text(set, &vector, &example.text);
            let given = labels.iter().any(|score| score.label == label);
            if std::env::var_os("SHOW_ALARMS").is_some() && given != example.positive {
                println!(
                    "    {} {label} wanted {}: {:?}",
                    example.set, example.positive, example.text
                );
            }
            counts.entry(example.set).or_default()[usize::from(example.positive) * 2 + usize::from(given)] +=
                1;
        }
        for (name, [quiet, alarm, missed, caught]) in counts {
            let right = (quiet + caught) as f64 / (quiet + alarm + missed + caught) as f64;
            println!(
                "  {label}: {name:36} right {right:.3}  caught {caught}/{}  false alarms {alarm}/{}",
                missed + caught,
                quiet + alarm
            );
        }
    }
    Ok(())
}

/// How often ordinary public talk, marked as harmless, is called abuse or spam.
pub fn on_unlabelled_talk(
    embedder: &dyn Embedder,
    set: &HeadSet,
    public: &Path,
    vectors: &mut Vectors<'_>,
) -> Outcome {
    println!(
        "--- {} on harmless public talk, never trained on",
        embedder.space().model
    );
    let tweets = csv_rows(
        &public.join("rusentitweet_ru/rusentitweet_train.csv"),
        b',',
        &[0, 1],
    )?;
    let pick = |label: &str| -> Vec<String> {
        let rows = tweets.iter().filter(|row| row[1] == label);
        rows.step_by(4).take(400).map(|row| clean(&row[0])).collect()
    };
    let rewrites = csv_rows(&public.join("russe_detox_ru/train.tsv"), b'\t', &[1, 2])?;
    let column = |c: usize| {
        rewrites
            .iter()
            .step_by(9)
            .take(400)
            .map(|row| clean(&row[c]))
            .collect::<Vec<_>>()
    };
    let reviews = csv_rows(&public.join("kazsandra_kk/04_pc_valid.csv"), b',', &[1, 3])?;
    let reviews_of = |class: &str| -> Vec<String> {
        let rows = reviews.iter().filter(|row| row[1] == class);
        rows.step_by(9).take(400).map(|row| clean(&row[0])).collect()
    };
    let sets = [
        ("rusentitweet neutral", pick("neutral")),
        ("rusentitweet positive", pick("positive")),
        ("rusentitweet negative", pick("negative")),
        ("russe rewritten politely", column(1)),
        ("russe toxic (should be caught)", column(0)),
        ("kazsandra positive", reviews_of("1")),
        ("kazsandra negative", reviews_of("0")),
    ];
    for (name, texts) in sets {
        let texts: Vec<&str> = texts
            .iter()
            .map(String::as_str)
            .filter(|t| !t.is_empty())
            .collect();
        let mut counts: BTreeMap<Label, usize> = BTreeMap::new();
        let mut unsure = 0;
        for (text, vector) in texts.iter().zip(vectors.of(&texts)?) {
            let (labels, _) = judge_text(set, &vector, text);
            unsure += usize::from(labels.is_empty());
            for score in labels {
                if std::env::var_os("SHOW_ALARMS").is_some()
                    && matches!(score.label, Label::Abuse | Label::Spam)
                {
                    println!("    {} {:.2} {text:?}", score.label, score.confidence);
                }
                *counts.entry(score.label).or_default() += 1;
            }
        }
        println!("  {name:32} {} texts, unsure {unsure}, {counts:?}", texts.len());
    }
    Ok(())
}
