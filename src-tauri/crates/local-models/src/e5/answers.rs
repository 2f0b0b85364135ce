//! Which of several texts answers a question: by how alike the two are as wholes and token by token, as the model
//! reads them with what was trained for this.

use super::adapter::Adapter;
use super::encoder::mean_of_rows;
use super::image::corrupt;
use super::to_unit_length;
use domain::ModelError;
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

/// Scores of the adapter for a question: what it is worth that nothing answers, and what likeness counts, of the texts
/// as wholes and token by token.
pub const SCORES: usize = 3;
/// In tokens, marks and prefix counted; the rest is not read.
pub const LONGEST_QUESTION: usize = 64;
pub const LONGEST_ANSWER: usize = 96;
/// Texts that are kept as they were read: some twenty megabytes. The same sections are offered again and again.
const MOST_KEPT: NonZeroUsize = match NonZeroUsize::new(800) {
    Some(most) => most,
    None => NonZeroUsize::MIN,
};
/// What 1 is as a byte.
const ONE: f32 = 127.0;

/// The token vectors of a text and their mean, all of unit length; the tokens in a byte per number.
pub struct Read {
    mean: Vec<f32>,
    tokens: Vec<i8>,
}

impl Read {
    /// # Errors
    /// The model gave what is no vector.
    pub fn new(states: &[f32], width: usize) -> Result<Self, ModelError> {
        let mut tokens = Vec::with_capacity(states.len());
        for row in states.chunks_exact(width) {
            let length = row
                .iter()
                .map(|x| x * x)
                .sum::<f32>()
                .sqrt()
                .max(f32::MIN_POSITIVE);
            // The cast saturates, and makes 0 of what is no number.
            tokens.extend(row.iter().map(|x| (x / length * ONE).round() as i8));
        }
        Ok(Self {
            mean: to_unit_length(mean_of_rows(states, width))?,
            tokens,
        })
    }

    /// How near the nearest token of the other is to each of these, on the average.
    fn told_in(&self, other: &Self) -> f32 {
        let width = self.mean.len();
        let own = self.tokens.chunks_exact(width);
        let count = own.len().max(1) as f32;
        let nearest = |token: &[i8]| {
            let all = other.tokens.chunks_exact(width).map(|x| dot(token, x));
            all.max().unwrap_or(0) as f32 / (ONE * ONE)
        };
        own.map(nearest).sum::<f32>() / count
    }
}

fn dot(a: &[i8], b: &[i8]) -> i32 {
    a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
}

/// What likeness is worth for one question.
pub struct Score {
    none: f32,
    whole: f32,
    tokens: f32,
}

impl Score {
    /// # Errors
    /// The adapter is another one.
    pub fn of(adapter: &Adapter, question: &Read) -> Result<Self, ModelError> {
        let scores = adapter.score(&question.mean);
        let [none, whole, tokens]: [f32; SCORES] = scores
            .try_into()
            .map_err(|_| corrupt("the scores of the answers' adapter"))?;
        Ok(Self { none, whole, tokens })
    }

    /// Log-odds of the text against no answer at all.
    pub fn odds(&self, question: &Read, text: &Read) -> f32 {
        let whole: f32 = question.mean.iter().zip(&text.mean).map(|(a, b)| a * b).sum();
        self.whole * whole + self.tokens * question.told_in(text) - self.none
    }
}

/// Texts that were offered as answers lately.
pub struct Offered(Mutex<LruCache<String, Arc<Read>>>);

impl Default for Offered {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST_KEPT)))
    }
}

impl Offered {
    pub fn get(&self, text: &str) -> Option<Arc<Read>> {
        self.lock().get(text).cloned()
    }

    pub fn keep(&self, text: &str, read: Read) -> Arc<Read> {
        let read = Arc::new(read);
        self.lock().put(text.to_owned(), Arc::clone(&read));
        read
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, LruCache<String, Arc<Read>>> {
        // A text goes in whole or not at all, so a poisoned lock still holds good ones.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(states: &[f32]) -> Read {
        Read::new(states, 2).unwrap()
    }

    #[test]
    fn each_token_looks_for_its_nearest() {
        let question = read(&[3.0, 0.0, 0.0, 5.0]);
        for (text, expected) in [
            (vec![0.0, 1.0, 1.0, 0.0], 1.0),
            (vec![1.0, 0.0], 0.5),
            (vec![-2.0, 0.0], -0.5),
        ] {
            let told = question.told_in(&read(&text));
            assert!((told - expected).abs() < 0.01, "{told} is not {expected}");
        }
    }

    #[test]
    fn likeness_counts_as_much_as_the_adapter_says() {
        let score = Score {
            none: 3.0,
            whole: 10.0,
            tokens: 20.0,
        };
        let question = read(&[1.0, 0.0]);
        assert!((score.odds(&question, &read(&[2.0, 0.0])) - 27.0).abs() < 0.1);
        assert!((score.odds(&question, &read(&[0.0, 2.0])) + 3.0).abs() < 0.1);
    }

    #[test]
    fn what_was_offered_lately_is_kept_and_the_oldest_leaves() {
        let offered = Offered::default();
        for at in 0..=MOST_KEPT.get() {
            offered.keep(&at.to_string(), read(&[1.0, 0.0]));
        }
        assert!(offered.get("0").is_none());
        assert!(offered.get("1").is_some());
    }

    #[test]
    fn a_text_without_a_direction_is_an_error() {
        assert!(Read::new(&[0.0, 0.0], 2).is_err() || Read::new(&[f32::NAN, 0.0], 2).is_err());
    }
}
