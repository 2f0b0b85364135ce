//! multilingual-e5-small in 4 bits: 384 dimensions, a hundred languages, read straight from its file.

mod adapter;
mod answers;
mod encoder;
mod image;
mod kernel;
mod reader;
mod tokenizer;

use crate::pool;
use adapter::Adapter;
use answers::{Offered, Read};
use domain::ports::{Embedder, ReadText, TextRole, VectorSpace};
use domain::{Label, ModelError, Subject};
use encoder::Encoder;
use image::Image;
use kernel::Isa;
use memmap2::Mmap;
use rayon::prelude::*;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use tokenizer::Tokenizer;

/// Name under which vectors of this model are stored.
pub const E5_MODEL: &str = "multilingual-e5-small-q4/1";

/// The model was trained with these words in front of each text.
const QUERY_PREFIX: &str = "query: ";
const PASSAGE_PREFIX: &str = "passage: ";
/// Windows that are read of one text. What lies behind them (some 20,000 characters) has no part in the vector.
const MAX_WINDOWS: usize = 8;
/// Tokens that pass through the layers together: enough to read the weights rarely, few enough to share out.
const CHUNK_TOKENS: usize = 256;

enum Source {
    Mapped(Mmap),
    Owned(Vec<u8>),
}

impl Source {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Owned(bytes) => bytes,
        }
    }
}

/// The embedder proper. Cheap to share behind an `Arc`; all calls block and may run side by side.
pub struct E5Embedder {
    source: Source,
    tokenizer: Tokenizer,
    encoder: Encoder,
    offered: Offered,
}

/// A piece of a text that the model reads at once.
struct Window {
    text: usize,
    ids: Vec<u32>,
    /// Share in the vector of the text: its tokens without the marks.
    weight: f32,
}

impl E5Embedder {
    /// Maps the file and checks all of it, of the word vectors the scales: one that is not a number would spoil
    /// every text with its word, and every batch with such a text. The file must not be changed while it is open.
    ///
    /// # Errors
    /// `Missing` when there is no file, `Unsupported` when it is of another kind, `Corrupt` otherwise.
    pub fn open(path: &Path) -> Result<Self, ModelError> {
        let unreadable =
            |error: std::io::Error| image::corrupt(format!("{} cannot be read: {error}", path.display()));
        let file = File::open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => ModelError::Missing {
                path: path.display().to_string(),
            },
            _ => unreadable(error),
        })?;
        // SAFETY: the file belongs to the app, which replaces it only by renaming a new one over it.
        let map = unsafe { Mmap::map(&file) }.map_err(unreadable)?;
        Self::from_source(Source::Mapped(map), Isa::detect())
    }

    /// The same from memory.
    ///
    /// # Errors
    /// As [`Self::open`], without `Missing`.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ModelError> {
        Self::from_source(Source::Owned(bytes), Isa::detect())
    }

    fn from_source(source: Source, isa: Isa) -> Result<Self, ModelError> {
        let bytes = source.bytes();
        let image = Image::parse(bytes)?;
        let encoder = Encoder::new(isa, bytes, &image)?;
        let tokenizer = Tokenizer::new(bytes, image.vocabulary, image.normalisation);
        Ok(Self {
            source,
            tokenizer,
            encoder,
            offered: Offered::default(),
        })
    }

    /// Tokens of a text as the model counts them, with the begin and end marks.
    pub fn token_count(&self, role: TextRole, text: &str) -> usize {
        self.tokenizer
            .encode(self.source.bytes(), &prefixed(role, text))
            .len()
            + 2
    }

    /// A text as the model's ids, without prefix and marks.
    pub fn token_ids(&self, text: &str) -> Vec<u32> {
        self.tokenizer.encode(self.source.bytes(), text)
    }

    /// A text in one window, whatever is too long of it left out.
    fn cut(&self, index: usize, prefixed: &str, most: usize) -> Window {
        let mut ids = vec![self.tokenizer.begin_id()];
        ids.extend(self.token_ids(prefixed));
        ids.push(self.tokenizer.end_id());
        ids.truncate(most.min(self.encoder.positions));
        Window {
            text: index,
            weight: 1.0,
            ids,
        }
    }

    /// What the encoder makes of each window, by the index of its text.
    fn run<T: Send>(
        &self,
        windows: Vec<Window>,
        read: impl Fn(&[Vec<u32>]) -> Vec<T> + Sync,
    ) -> Vec<((usize, f32), T)> {
        share_out(windows)
            .into_par_iter()
            .map(|chunk| {
                let (ids, owners): (Vec<_>, Vec<_>) = chunk
                    .into_iter()
                    .map(|window| (window.ids, (window.text, window.weight)))
                    .unzip();
                let read = read(&ids);
                owners.into_iter().zip(read).collect::<Vec<_>>()
            })
            .flatten_iter()
            .collect()
    }

    /// One vector of unit length per text.
    fn mean_vectors(
        &self,
        role: TextRole,
        texts: &[&str],
        means: impl Fn(&[Vec<u32>]) -> Vec<Vec<f32>> + Send + Sync,
    ) -> Result<Vec<Vec<f32>>, ModelError> {
        pool::run(|| {
            let windows = self.all_windows(role, texts);
            let mut vectors = vec![vec![0.0f32; self.encoder.dimensions()]; texts.len()];
            for ((text, weight), mean) in self.run(windows, means) {
                add_weighed(&mut vectors[text], weight, &mean);
            }
            vectors.into_iter().map(to_unit_length).collect()
        })
    }

    fn all_windows(&self, role: TextRole, texts: &[&str]) -> Vec<Window> {
        texts
            .par_iter()
            .enumerate()
            .flat_map_iter(|(index, text)| self.windows(index, role, text))
            .collect()
    }

    fn takes(&self, adapter: &Adapter, scores: usize) -> bool {
        self.encoder.takes(adapter) && adapter.scores() == scores
    }

    fn windows(&self, index: usize, role: TextRole, text: &str) -> Vec<Window> {
        let content = self.tokenizer.encode(self.source.bytes(), &prefixed(role, text));
        let room = self.encoder.positions - 2;
        content
            .chunks(room)
            .take(MAX_WINDOWS)
            .map(|part| {
                let mut ids = Vec::with_capacity(part.len() + 2);
                ids.push(self.tokenizer.begin_id());
                ids.extend_from_slice(part);
                ids.push(self.tokenizer.end_id());
                Window {
                    text: index,
                    weight: part.len() as f32,
                    ids,
                }
            })
            .collect()
    }
}

impl Embedder for E5Embedder {
    fn space(&self) -> VectorSpace {
        VectorSpace {
            model: E5_MODEL.to_owned(),
            dimensions: self.encoder.dimensions(),
        }
    }

    fn embed(&self, role: TextRole, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        self.mean_vectors(role, texts, |ids| self.encoder.means(self.source.bytes(), ids))
    }

    fn read(&self, texts: &[&str]) -> Result<Vec<ReadText>, ModelError> {
        let adapter = LABELS.as_ref().map_err(Clone::clone)?;
        if !self.takes(adapter, Label::ALL.len()) {
            let vectors = self.embed(TextRole::Query, texts)?;
            return Ok(vectors.into_iter().map(ReadText::without_labels).collect());
        }
        pool::run(|| {
            let windows = self.all_windows(TextRole::Query, texts);
            let nothing = vec![0.0f32; self.encoder.dimensions()];
            let mut vectors = vec![(nothing.clone(), nothing); texts.len()];
            let read = self.run(windows, |ids| {
                let (plain, adapted) = self.encoder.both_means(self.source.bytes(), ids, adapter);
                plain.into_iter().zip(adapted).collect()
            });
            for ((text, weight), (plain, adapted)) in read {
                add_weighed(&mut vectors[text].0, weight, &plain);
                add_weighed(&mut vectors[text].1, weight, &adapted);
            }
            vectors
                .into_iter()
                .map(|(plain, adapted)| {
                    let labels = adapter.score(&to_unit_length(adapted)?);
                    Ok(ReadText {
                        vector: to_unit_length(plain)?,
                        labels: labels.try_into().ok(),
                    })
                })
                .collect()
        })
    }

    fn subjects(&self, texts: &[&str]) -> Result<Option<Vec<Vec<f32>>>, ModelError> {
        let adapter = SUBJECTS.as_ref().map_err(Clone::clone)?;
        if !self.takes(adapter, Subject::COUNT) {
            return Ok(None);
        }
        let vectors = self.mean_vectors(TextRole::Query, texts, |ids| {
            self.encoder.adapted_means(self.source.bytes(), ids, adapter)
        })?;
        Ok(Some(vectors.iter().map(|vector| adapter.score(vector)).collect()))
    }

    fn answers(&self, question: &str, texts: &[&str]) -> Result<Option<Vec<f32>>, ModelError> {
        let adapter = ANSWERS.as_ref().map_err(Clone::clone)?;
        if !self.takes(adapter, answers::SCORES) {
            return Ok(None);
        }
        pool::run(|| {
            let question = prefixed(TextRole::Query, question);
            let mut windows = vec![self.cut(0, &question, answers::LONGEST_QUESTION)];
            let mut read: Vec<Option<Arc<Read>>> = texts.iter().map(|text| self.offered.get(text)).collect();
            let missing = texts.iter().enumerate().filter(|(at, _)| read[*at].is_none());
            windows.extend(missing.map(|(at, text)| {
                let text = prefixed(TextRole::Passage, text);
                self.cut(at + 1, &text, answers::LONGEST_ANSWER)
            }));
            let states = self.run(windows, |ids| {
                self.encoder.adapted_states(self.source.bytes(), ids, adapter)
            });
            let mut asked = None;
            for ((place, _), states) in states {
                let new = Read::new(&states, self.encoder.dimensions())?;
                match place.checked_sub(1) {
                    None => asked = Some(new),
                    Some(at) => read[at] = Some(self.offered.keep(texts[at], new)),
                }
            }
            let asked = asked.ok_or_else(|| image::corrupt("the question was not read"))?;
            let score = answers::Score::of(adapter, &asked)?;
            let odds = read.par_iter().map(|text| {
                text.as_ref()
                    .map_or(f32::NEG_INFINITY, |text| score.odds(&asked, text))
            });
            Ok(Some(odds.collect()))
        })
    }
}

fn add_weighed(sum: &mut [f32], weight: f32, vector: &[f32]) {
    sum.iter_mut().zip(vector).for_each(|(s, v)| *s += weight * v);
}

/// Log-odds of the seven labels, in the order of [`Label::ALL`].
static LABELS: LazyLock<Result<Adapter, ModelError>> =
    LazyLock::new(|| Adapter::parse(include_bytes!("../data/labels.adapter")));

/// Log-odds of the subjects of questions, in the order of [`Subject::all`].
static SUBJECTS: LazyLock<Result<Adapter, ModelError>> =
    LazyLock::new(|| Adapter::parse(include_bytes!("../data/subjects.adapter")));

/// What tells which text answers a question.
static ANSWERS: LazyLock<Result<Adapter, ModelError>> =
    LazyLock::new(|| Adapter::parse(include_bytes!("../data/answers.adapter")));

fn prefixed(role: TextRole, text: &str) -> String {
    let prefix = match role {
        TextRole::Query => QUERY_PREFIX,
        TextRole::Passage => PASSAGE_PREFIX,
    };
    format!("{prefix}{text}")
}

/// Chunks of at most `CHUNK_TOKENS`, fewer when that leaves a thread idle.
fn share_out(windows: Vec<Window>) -> Vec<Vec<Window>> {
    let tokens: usize = windows.iter().map(|window| window.ids.len()).sum();
    let limit = tokens
        .div_ceil(rayon::current_num_threads())
        .clamp(32, CHUNK_TOKENS);
    let mut chunks: Vec<Vec<Window>> = Vec::new();
    let mut held = usize::MAX;
    for window in windows {
        let length = window.ids.len();
        match chunks.last_mut() {
            Some(chunk) if held + length <= limit => {
                held += length;
                chunk.push(window);
            }
            _ => {
                held = length;
                chunks.push(vec![window]);
            }
        }
    }
    chunks
}

fn to_unit_length(mut vector: Vec<f32>) -> Result<Vec<f32>, ModelError> {
    let norm = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
    if !(norm.is_finite() && norm > 0.0) {
        return Err(image::corrupt(
            "the model computes vectors that have no direction",
        ));
    }
    vector.iter_mut().for_each(|v| *v /= norm);
    Ok(vector)
}

#[cfg(test)]
mod tests;
