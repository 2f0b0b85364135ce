//! Vectors of short texts that come again: much of what people write under a post is hearts and three words, and a
//! vector is the dearest thing that is computed for a comment.

use domain::ModelError;
use domain::ports::{Embedder, TextRole, VectorSpace};
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Texts that are remembered: with their vectors some six megabytes.
const MOST: NonZeroUsize = match NonZeroUsize::new(3_000) {
    Some(most) => most,
    None => NonZeroUsize::MIN,
};
/// Longer texts hardly come a second time.
const LONGEST_CHARS: usize = 160;

/// An embedder that does not compute again what it computed lately.
pub struct RememberingEmbedder<E> {
    inner: E,
    lately: Mutex<LruCache<(TextRole, String), Vec<f32>>>,
}

impl<E: Embedder> RememberingEmbedder<E> {
    pub fn new(inner: E) -> Self {
        Self {
            inner,
            lately: Mutex::new(LruCache::new(MOST)),
        }
    }

    fn lately(&self) -> MutexGuard<'_, LruCache<(TextRole, String), Vec<f32>>> {
        // A vector goes in whole or not at all, so a poisoned lock still holds good ones.
        self.lately.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn may_come_again(text: &str) -> bool {
    text.chars().nth(LONGEST_CHARS).is_none()
}

impl<E: Embedder> Embedder for RememberingEmbedder<E> {
    fn space(&self) -> VectorSpace {
        self.inner.space()
    }

    fn embed(&self, role: TextRole, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        let mut vectors: Vec<Option<Vec<f32>>> = {
            let mut lately = self.lately();
            let known = |text: &&str| lately.get(&(role, (*text).to_owned())).cloned();
            texts.iter().map(known).collect()
        };
        // A text that stands twice among them is computed once.
        let mut missing: Vec<&str> = texts
            .iter()
            .zip(&vectors)
            .filter_map(|(text, vector)| vector.is_none().then_some(*text))
            .collect();
        missing.sort_unstable();
        missing.dedup();
        if !missing.is_empty() {
            let computed = self.inner.embed(role, &missing)?;
            let mut lately = self.lately();
            for (text, vector) in texts.iter().zip(&mut vectors) {
                if vector.is_none()
                    && let Ok(at) = missing.binary_search(text)
                {
                    *vector = computed.get(at).cloned();
                }
            }
            for (text, vector) in missing.into_iter().zip(computed) {
                if may_come_again(text) {
                    lately.put((role, text.to_owned()), vector);
                }
            }
        }
        let wrong_count = || ModelError::Corrupt {
            detail: "it made fewer vectors than it was given texts".to_owned(),
        };
        vectors
            .into_iter()
            .map(|vector| vector.ok_or_else(wrong_count))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::NgramEmbedder;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl Embedder for Counting {
        fn space(&self) -> VectorSpace {
            NgramEmbedder.space()
        }

        fn embed(&self, role: TextRole, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
            self.0.fetch_add(texts.len(), Ordering::SeqCst);
            NgramEmbedder.embed(role, texts)
        }
    }

    #[test]
    fn what_comes_again_is_computed_once_and_every_vector_stands_by_its_text() {
        let embedder = RememberingEmbedder::new(Counting::default());
        let long = "is it in stock ".repeat(20);
        let texts = ["love it", "❤️", "love it", long.as_str(), "how much?"];
        let plain = NgramEmbedder.embed(TextRole::Query, &texts).unwrap();
        assert_eq!(embedder.embed(TextRole::Query, &texts).unwrap(), plain);
        assert_eq!(embedder.inner.0.load(Ordering::SeqCst), 4, "\"love it\" once");
        assert_eq!(embedder.embed(TextRole::Query, &texts).unwrap(), plain);
        assert_eq!(
            embedder.inner.0.load(Ordering::SeqCst),
            5,
            "only the long one again"
        );
        embedder.embed(TextRole::Passage, &["love it"]).unwrap();
        assert_eq!(
            embedder.inner.0.load(Ordering::SeqCst),
            6,
            "a passage is marked otherwise"
        );
    }
}
