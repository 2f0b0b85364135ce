//! Trains the heads and writes `data/heads.json` and `data/grams.bin`, then prints how well they do.
//!
//! `cargo run -p local-models --example train-heads -- --public <folder of the public sets> [--cache <folder>]`

#![allow(clippy::print_stdout)]

mod public_sets;
mod report;
mod vectors;

use domain::ports::{Embedder, ReadText};
use local_models::heads::{Heads, Provenance};
use local_models::train::{GuardExample, Inputs, Material, Seed, train};
use local_models::{E5Embedder, NgramEmbedder};
use public_sets::{LabelledText, Sources};
use std::error::Error;
use std::path::{Path, PathBuf};
use vectors::Vectors;

const VERSION: u32 = 4;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str| {
        arguments
            .iter()
            .position(|a| a == name)
            .and_then(|at| arguments.get(at + 1))
            .map(PathBuf::from)
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let public = option("--public").ok_or("--public <folder> is missing")?;
    let seeds = read_seeds(&folder.join("data/seeds.jsonl"))?;
    let tests = read_seeds(&folder.join("data/test.jsonl"))?;
    let sources = Sources::read(&public)?;

    let e5 = E5Embedder::open(&folder.join("../../models/e5-small-q4.bin"))?;
    let embedders: [&dyn Embedder; 2] = [&e5, &NgramEmbedder];
    let mut sets = Vec::new();
    for embedder in embedders {
        let mut vectors = Vectors::new(embedder, option("--cache"))?;
        let seed_inputs: Vec<(Seed, Inputs)> = {
            let texts: Vec<&str> = seeds.iter().map(|seed| seed.text.as_str()).collect();
            seeds
                .iter()
                .cloned()
                .zip(inputs(&vectors.of(&texts)?, &texts))
                .collect()
        };
        let mut guard = |set: &[LabelledText]| -> Result<Vec<GuardExample>, Box<dyn Error>> {
            let texts: Vec<&str> = set.iter().map(|example| example.text.as_str()).collect();
            let inputs = inputs(&vectors.of(&texts)?, &texts);
            let examples = set.iter().zip(inputs);
            Ok(examples
                .map(|(e, inputs)| GuardExample {
                    inputs,
                    positive: e.positive,
                })
                .collect())
        };
        let (abuse, spam) = (guard(&sources.abuse)?, guard(&sources.spam)?);
        vectors.save()?;
        let material = Material {
            embedder: embedder.space().model,
            seeds: &seed_inputs,
            abuse: &abuse,
            spam: &spam,
        };
        let set = train(&material);
        report::on_tests(embedder, &set, &tests)?;
        report::on_tests(embedder, &set, &public_sets::seven_classes(&public)?)?;
        report::on_held_back(embedder, &set, &sources, &mut vectors)?;
        report::on_unlabelled_talk(embedder, &set, &public, &mut vectors)?;
        vectors.save()?;
        sets.push(set);
    }
    let neighbours = read_seeds(&folder.join("data/neighbours.jsonl"))?;
    let mut lines = vec![
        format!("seeds written for this project: {} rows", seeds.len()),
        format!(
            "neighbours written for this project: {} rows for the adapter of the labels",
            neighbours.len()
        ),
    ];
    lines.extend(sources.lines);
    let heads = Heads {
        provenance: Provenance {
            version: VERSION,
            sources: lines,
        },
        sets,
    };
    let grams: Vec<u8> = heads.sets.iter().flat_map(|set| set.grams.to_bytes()).collect();
    std::fs::write(folder.join("data/grams.bin"), grams)?;
    std::fs::write(
        folder.join("data/heads.json"),
        serde_json::to_string(&heads)? + "\n",
    )?;
    Ok(())
}

fn inputs(read: &[ReadText], texts: &[&str]) -> Vec<Inputs> {
    read.iter()
        .zip(texts)
        .map(|(read, text)| Inputs::new(read, text))
        .collect()
}

fn read_seeds(path: &Path) -> Result<Vec<Seed>, Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}
