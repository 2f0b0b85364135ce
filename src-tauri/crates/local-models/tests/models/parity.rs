use crate::real_embedder;
use domain::ports::{Embedder, TextRole};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    kind: String,
    text: String,
    vector: Vec<f32>,
}

/// The vectors were computed by the engine that the model file was made for.
#[test]
fn vectors_are_those_of_the_reference_engine() {
    let Some(model) = real_embedder() else { return };
    let cases: Vec<Case> = serde_json::from_str(include_str!("../data/e5_parity.json")).unwrap();
    for case in &cases {
        let role = if case.kind == "query" {
            TextRole::Query
        } else {
            TextRole::Passage
        };
        let vector = model.embed(role, &[&case.text]).unwrap().remove(0);
        let cosine: f32 = vector.iter().zip(&case.vector).map(|(a, b)| a * b).sum();
        let start: String = case.text.chars().take(40).collect();
        assert!(cosine > 0.9995, "{start:?}: cosine {cosine}");
    }
    assert!(cases.len() >= 20, "too few cases to mean anything");
}

#[test]
fn a_batch_gives_the_vectors_of_its_texts_alone() {
    let Some(model) = real_embedder() else { return };
    let cases: Vec<Case> = serde_json::from_str(include_str!("../data/e5_parity.json")).unwrap();
    let texts: Vec<&str> = cases.iter().map(|case| case.text.as_str()).collect();
    let together = model.embed(TextRole::Query, &texts).unwrap();
    for (text, vector) in texts.iter().zip(together) {
        let alone = model.embed(TextRole::Query, &[text]).unwrap().remove(0);
        let cosine: f32 = vector.iter().zip(&alone).map(|(a, b)| a * b).sum();
        assert!(cosine > 0.99999, "{cosine}");
    }
}
