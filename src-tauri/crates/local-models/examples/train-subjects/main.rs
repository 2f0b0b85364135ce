//! Trains the heads of the subjects of questions and writes `data/subjects.bin`, then prints how well they do on
//! questions that they did not see.
//!
//! `cargo run -p local-models --example train-subjects -- [--cache <folder>]`

#![allow(clippy::print_stdout)]

#[path = "../train-heads/vectors.rs"]
mod vectors;

use local_models::E5Embedder;
use local_models::train::{AskedText, Inputs, Unseen, train_subjects};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use vectors::Vectors;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let cache = arguments
        .iter()
        .position(|argument| argument == "--cache")
        .and_then(|at| arguments.get(at + 1))
        .map(PathBuf::from);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lines = std::fs::read_to_string(folder.join("data/subjects.jsonl"))?;
    let asked: Vec<AskedText> = lines
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let e5 = E5Embedder::open(&folder.join("../../models/e5-small-q4.bin"))?;
    let mut vectors = Vectors::new(&e5, cache)?;
    let texts: Vec<&str> = asked.iter().map(|asked| asked.text.as_str()).collect();
    let inputs: Vec<Inputs> = vectors
        .of(&texts)?
        .iter()
        .zip(&texts)
        .map(|(vector, text)| Inputs::new(vector, text))
        .collect();
    vectors.save()?;
    let rows: Vec<(AskedText, Inputs)> = asked.iter().cloned().zip(inputs).collect();
    let (heads, unseen) = train_subjects(&rows);
    std::fs::write(folder.join("data/subjects.bin"), heads.to_bytes())?;
    println!("{} questions, temperature {}", asked.len(), heads.temperature);
    let share = |of: &dyn Fn(&AskedText, &Unseen) -> bool, is: &dyn Fn(&AskedText, &Unseen) -> bool| {
        let of: Vec<_> = asked
            .iter()
            .zip(&unseen)
            .filter(|(asked, unseen)| of(asked, unseen))
            .collect();
        let is = of.iter().filter(|(asked, unseen)| is(asked, unseen)).count();
        format!("{:.3} of {}", is as f64 / of.len().max(1) as f64, of.len())
    };
    println!("right {}", share(&|_, _| true, &|_, unseen| unseen.is_right));
    for language in ["en", "ru", "uk", "kk", "es"] {
        println!(
            "{language} {}",
            share(&|asked, _| asked.language == language, &|_, u| u.is_right)
        );
    }
    for least in [0.3, 0.4, 0.5, 0.6, 0.7, 0.8] {
        println!(
            "share at least {least}: given {}, right {}",
            share(&|_, _| true, &|_, u| u.share >= least),
            share(&|_, u| u.share >= least, &|_, u| u.is_right)
        );
    }
    println!(
        "other taken for a subject {}",
        share(&|a, _| a.asks.iter().all(|s| s.name() == "other"), &|_, u| !u
            .is_right)
    );
    let mut wrong: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for (asked, unseen) in asked.iter().zip(&unseen).filter(|(_, unseen)| !unseen.is_right) {
        let is = asked.asks.first().map_or_else(String::new, ToString::to_string);
        *wrong.entry((is, unseen.said.name())).or_default() += 1;
    }
    let mut wrong: Vec<_> = wrong.into_iter().collect();
    wrong.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for ((is, said), count) in wrong.into_iter().take(25) {
        println!("{count} {is} as {said}");
    }
    Ok(())
}
