//! Vectors of short texts that come again: much of what people write under a post is hearts and three words, and a
//! vector is the dearest thing that is computed for a comment.

use domain::ports::{Embedder, ReadText, TextRole, VectorSpace};
use domain::{Label, ModelError};
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Texts that are remembered: with their vectors some six megabytes.
const MOST: NonZeroUsize = match NonZeroUsize::new(3_000) {
    Some(most) => most,
    None => NonZeroUsize::MIN,
};
/// Texts whose subjects are remembered: half a megabyte.
const MOST_SUBJECTS: NonZeroUsize = match NonZeroUsize::new(1_000) {
    Some(most) => most,
    None => NonZeroUsize::MIN,
};
/// Longer texts hardly come a second time.
const LONGEST_CHARS: usize = 160;

/// What is known of a text.
#[derive(Clone)]
struct Known {
    vector: Vec<f32>,
    /// What [`Embedder::read`] said of it; `None` while it was only embedded.
    read: Option<Option<[f32; Label::ALL.len()]>>,
}

/// An embedder that does not compute again what it computed lately.
pub struct RememberingEmbedder<E> {
    inner: E,
    lately: Mutex<LruCache<(TextRole, String), Known>>,
    /// Log-odds of the subjects: each draft asks for those of the same headings.
    subjects: Mutex<LruCache<String, Vec<f32>>>,
}

impl<E: Embedder> RememberingEmbedder<E> {
    pub fn new(inner: E) -> Self {
        Self {
            inner,
            lately: Mutex::new(LruCache::new(MOST)),
            subjects: Mutex::new(LruCache::new(MOST_SUBJECTS)),
        }
    }

    fn lately(&self) -> MutexGuard<'_, LruCache<(TextRole, String), Known>> {
        // A vector goes in whole or not at all, so a poisoned lock still holds good ones.
        self.lately.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of each text that is `enough`, the rest by `compute`, which each text reaches once.
    fn known(
        &self,
        role: TextRole,
        texts: &[&str],
        enough: impl Fn(&Known) -> bool,
        compute: impl FnOnce(&[&str]) -> Result<Vec<Known>, ModelError>,
    ) -> Result<Vec<Known>, ModelError> {
        let mut found: Vec<Option<Known>> = {
            let mut lately = self.lately();
            let known = |text: &&str| {
                let known = lately.get(&(role, (*text).to_owned()))?;
                enough(known).then(|| known.clone())
            };
            texts.iter().map(known).collect()
        };
        let mut missing: Vec<&str> = texts
            .iter()
            .zip(&found)
            .filter_map(|(text, known)| known.is_none().then_some(*text))
            .collect();
        missing.sort_unstable();
        missing.dedup();
        if !missing.is_empty() {
            let computed = compute(&missing)?;
            let mut lately = self.lately();
            for (text, known) in texts.iter().zip(&mut found) {
                if known.is_none()
                    && let Ok(at) = missing.binary_search(text)
                {
                    *known = computed.get(at).cloned();
                }
            }
            for (text, known) in missing.into_iter().zip(computed) {
                if may_come_again(text) {
                    lately.put((role, text.to_owned()), known);
                }
            }
        }
        let wrong_count = || ModelError::Corrupt {
            detail: "it made fewer vectors than it was given texts".to_owned(),
        };
        found
            .into_iter()
            .map(|known| known.ok_or_else(wrong_count))
            .collect()
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
        let compute = |missing: &[&str]| {
            let vectors = self.inner.embed(role, missing)?.into_iter();
            Ok(vectors.map(|vector| Known { vector, read: None }).collect())
        };
        let known = self.known(role, texts, |_| true, compute)?;
        Ok(known.into_iter().map(|known| known.vector).collect())
    }

    fn read(&self, texts: &[&str]) -> Result<Vec<ReadText>, ModelError> {
        let compute = |missing: &[&str]| {
            let read = self.inner.read(missing)?.into_iter();
            Ok(read
                .map(|text| Known {
                    vector: text.vector,
                    read: Some(text.labels),
                })
                .collect())
        };
        let known = self.known(TextRole::Query, texts, |known| known.read.is_some(), compute)?;
        Ok(known
            .into_iter()
            .map(|known| ReadText {
                vector: known.vector,
                labels: known.read.flatten(),
            })
            .collect())
    }

    fn subjects(&self, texts: &[&str]) -> Result<Option<Vec<Vec<f32>>>, ModelError> {
        let remembered = || self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<Option<Vec<f32>>> = {
            let mut remembered = remembered();
            texts.iter().map(|text| remembered.get(*text).cloned()).collect()
        };
        let missing: Vec<&str> = texts
            .iter()
            .zip(&found)
            .filter_map(|(text, known)| known.is_none().then_some(*text))
            .collect();
        let Some(computed) = self.inner.subjects(&missing)? else {
            return Ok(None);
        };
        let mut remembered = remembered();
        for ((text, odds), place) in missing
            .iter()
            .zip(computed)
            .zip(found.iter_mut().filter(|known| known.is_none()))
        {
            remembered.put((*text).to_owned(), odds.clone());
            *place = Some(odds);
        }
        Ok(found.into_iter().collect())
    }

    fn answers(&self, question: &str, texts: &[&str]) -> Result<Option<Vec<f32>>, ModelError> {
        self.inner.answers(question, texts)
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

        fn subjects(&self, texts: &[&str]) -> Result<Option<Vec<Vec<f32>>>, ModelError> {
            self.0.fetch_add(texts.len(), Ordering::SeqCst);
            Ok(Some(texts.iter().map(|text| vec![text.len() as f32]).collect()))
        }
    }

    #[test]
    fn subjects_are_computed_once_and_stand_by_their_texts() {
        let embedder = RememberingEmbedder::new(Counting::default());
        let read = |texts: &[&str]| embedder.subjects(texts).unwrap().unwrap();
        assert_eq!(read(&["one", "three"]), [[3.0], [5.0]]);
        assert_eq!(read(&["seven77", "three", "one"]), [[7.0], [5.0], [3.0]]);
        assert_eq!(
            embedder.inner.0.load(Ordering::SeqCst),
            3,
            "only \"seven77\" is new"
        );
    }

    #[test]
    fn a_model_without_subjects_stays_without() {
        let embedder = RememberingEmbedder::new(NgramEmbedder);
        assert_eq!(embedder.subjects(&["one"]).unwrap(), None);
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
        assert_eq!(embedder.read(&["love it"]).unwrap()[0].labels, None);
        embedder.read(&["love it"]).unwrap();
        assert_eq!(
            embedder.inner.0.load(Ordering::SeqCst),
            6,
            "an embedded text is read once more, and then known as read"
        );
        assert_eq!(embedder.embed(TextRole::Query, &["love it"]).unwrap(), plain[..1]);
        embedder.embed(TextRole::Passage, &["love it"]).unwrap();
        assert_eq!(
            embedder.inner.0.load(Ordering::SeqCst),
            7,
            "a passage is marked otherwise"
        );
    }
}
