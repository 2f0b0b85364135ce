//! How long one comment takes.

use domain::ports::{ClassifyInput, Embedder, LocalClassifier as _};
use local_models::HeadClassifier;
use std::sync::Arc;
use std::time::Instant;

/// Short comments as people write them, in turn.
const TEXTS: [&str; 10] = [
    "When will the green one be back in stock?",
    "Сколько стоит доставка в Казань?",
    "Дуже гарна сковорідка, дякую!",
    "Тапсырысым әлі келген жоқ, не болды?",
    "Me encanta, ¿lo tenéis en azul?",
    "Scam, they never answer",
    "Подпишись на мой канал, дарю подарки",
    "love it 😍",
    "Ручка отвалилась через неделю, верните деньги",
    "Let's collaborate, I have 20k followers",
];
const ROUNDS: usize = 20;

/// Milliseconds for one comment by itself, all features, on one thread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed {
    pub p50_ms: f64,
    pub p99_ms: f64,
}

/// # Errors
/// No heads for these vectors.
pub fn speed(embedder: &Arc<dyn Embedder>) -> anyhow::Result<Speed> {
    let classifier = HeadClassifier::new(Arc::clone(embedder))?;
    let mut times = Vec::with_capacity(TEXTS.len() * ROUNDS);
    for round in 0..=ROUNDS {
        for text in TEXTS {
            let input = ClassifyInput {
                text: text.to_owned(),
                ..ClassifyInput::default()
            };
            let begun = Instant::now();
            classifier.classify(std::slice::from_ref(&input))?;
            // The first round warms up what is read lazily.
            if round > 0 {
                times.push(begun.elapsed().as_secs_f64() * 1_000.0);
            }
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(Speed {
        p50_ms: times[times.len() / 2],
        p99_ms: times[times.len() * 99 / 100],
    })
}
