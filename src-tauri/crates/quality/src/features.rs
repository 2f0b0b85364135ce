//! What the learners look at: vectors that are kept between runs, n-grams, and the signs of the text.

use domain::ports::{Embedder, TextRole};
use local_models::grams::{Counts, Rarity, counts};
use local_models::signals::{FEATURES, Signals};
use local_models::train::margin_fit::Row;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

const PART: usize = 256;
/// A run that is interrupted loses no more vectors than this.
const SAVED_EVERY: usize = 2_000;
type Key = [u8; 16];

/// Vectors of texts, each computed once.
pub struct Texts {
    pub embedder: Arc<dyn Embedder>,
    file: Option<PathBuf>,
    known: HashMap<Key, Vec<f32>>,
    saved: usize,
}

impl Texts {
    pub fn new(embedder: Arc<dyn Embedder>, folder: Option<PathBuf>) -> anyhow::Result<Self> {
        let space = embedder.space();
        let file = folder.map(|folder| folder.join(format!("vectors-{}.bin", space.model.replace('/', "-"))));
        let mut known = HashMap::new();
        if let Some(file) = &file
            && file.exists()
        {
            let mut reader = std::io::BufReader::new(std::fs::File::open(file)?);
            let mut record = vec![0u8; 16 + 4 * space.dimensions];
            // A record that was cut off by an interrupted run ends the file.
            while reader.read_exact(&mut record).is_ok() {
                let (key, bytes) = record.split_at(16);
                let vector = bytes
                    .chunks_exact(4)
                    .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                    .collect();
                known.insert(key.try_into()?, vector);
            }
        }
        let saved = known.len();
        Ok(Self {
            embedder,
            file,
            known,
            saved,
        })
    }

    pub fn vectors(&mut self, role: TextRole, texts: &[&str]) -> anyhow::Result<Vec<Vec<f32>>> {
        let mut missing: Vec<&str> = texts
            .iter()
            .copied()
            .filter(|text| !self.known.contains_key(&key(role, text)))
            .collect();
        missing.sort_unstable();
        missing.dedup();
        // Texts of like length together are embedded faster.
        missing.sort_by_key(|text| text.len());
        for part in missing.chunks(PART) {
            let vectors = self.embedder.embed(role, part)?;
            self.known
                .extend(part.iter().map(|text| key(role, text)).zip(vectors));
            if self.known.len() >= self.saved + SAVED_EVERY {
                self.save()?;
            }
        }
        Ok(texts
            .iter()
            .map(|text| self.known[&key(role, text)].clone())
            .collect())
    }

    pub fn save(&mut self) -> anyhow::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        if self.saved == self.known.len() {
            return Ok(());
        }
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut writer = std::io::BufWriter::new(std::fs::File::create(file)?);
        for (key, vector) in &self.known {
            writer.write_all(key)?;
            for component in vector {
                writer.write_all(&component.to_le_bytes())?;
            }
        }
        writer.flush()?;
        self.saved = self.known.len();
        Ok(())
    }
}

fn key(role: TextRole, text: &str) -> Key {
    let mut hasher = Sha256::new();
    hasher.update([u8::from(role == TextRole::Passage)]);
    hasher.update(text.as_bytes());
    let digest = hasher.finalize();
    std::array::from_fn(|place| digest[place])
}

/// One text as it is before anything is learnt from others.
#[derive(Debug, Clone)]
pub struct Looked {
    vector: Vec<f32>,
    signs: [f32; FEATURES],
    grams: Counts,
}

/// Longer texts are cut: the beginning of a comment says what it is.
const MAX_CHARS: usize = 240;

pub fn look(texts: &mut Texts, all: &[&str]) -> anyhow::Result<Vec<Looked>> {
    let cut: Vec<String> = all
        .iter()
        .map(|text| text.chars().take(MAX_CHARS).collect())
        .collect();
    let short: Vec<&str> = cut.iter().map(String::as_str).collect();
    let vectors = texts.vectors(TextRole::Query, &short)?;
    Ok(all
        .par_iter()
        .zip(vectors)
        .map(|(text, vector)| Looked {
            vector,
            signs: Signals::of(text).features(),
            grams: counts(text),
        })
        .collect())
}

/// How much each kind of number counts.
#[derive(Debug, Clone, Copy)]
pub struct Weights {
    pub vector: f32,
    pub signs: f32,
    pub grams: f32,
}

pub const EVERYTHING: Weights = Weights {
    vector: 1.0,
    signs: 0.25,
    grams: 1.0,
};

/// What was learnt of the training texts' numbers, without their labels.
pub struct Scaling {
    mean: Vec<f32>,
    length: f32,
    rarity: Rarity,
    weights: Weights,
}

impl Scaling {
    pub fn of(training: &[&Looked], weights: Weights) -> Self {
        let width = training.first().map_or(0, |looked| looked.vector.len());
        let count = training.len().max(1) as f32;
        let mut mean = vec![0.0f32; width];
        for looked in training {
            mean.iter_mut()
                .zip(&looked.vector)
                .for_each(|(m, x)| *m += x / count);
        }
        let length = training
            .iter()
            .map(|looked| {
                looked
                    .vector
                    .iter()
                    .zip(&mean)
                    .map(|(x, m)| (x - m).powi(2))
                    .sum::<f32>()
                    .sqrt()
            })
            .sum::<f32>()
            / count;
        Self {
            mean,
            length: length.max(1e-6),
            rarity: Rarity::of(training.iter().map(|looked| &looked.grams), 2),
            weights,
        }
    }

    pub fn row(&self, looked: &Looked) -> Row {
        let by = self.weights.vector / self.length;
        let vector = looked.vector.iter().zip(&self.mean).map(|(x, m)| (x - m) * by);
        let signs = looked.signs.iter().map(|x| x * self.weights.signs);
        let mut sparse = self.rarity.weigh(&looked.grams);
        sparse.iter_mut().for_each(|(_, x)| *x *= self.weights.grams);
        if self.weights.grams == 0.0 {
            sparse.clear();
        }
        Row {
            dense: vector.chain(signs).collect(),
            sparse,
        }
    }
}
