//! Vectors of many texts, kept between runs when a folder is given.

use domain::ports::{Embedder, ReadText};
use local_models::disguise::readable;
use local_models::lexicon::is_hidden_word;
use std::collections::HashMap;
use std::error::Error;
use std::hash::{Hash as _, Hasher as _};
use std::path::PathBuf;

/// A vector, and the log-odds of the labels where the model was taught them.
type Known = (Vec<f32>, Option<Vec<f32>>);

pub struct Vectors<'a> {
    embedder: &'a dyn Embedder,
    file: Option<PathBuf>,
    known: HashMap<String, Known>,
}

impl<'a> Vectors<'a> {
    pub fn new(embedder: &'a dyn Embedder, folder: Option<PathBuf>) -> Result<Self, Box<dyn Error>> {
        let name = embedder.space().model.replace('/', "-");
        // What a former adapter said is no news of this one.
        let mut adapter = std::hash::DefaultHasher::new();
        include_bytes!("../../data/labels.adapter").hash(&mut adapter);
        let file = folder
            .filter(|_| name.starts_with("multilingual"))
            .map(|folder| folder.join(format!("{name}-{:016x}.json", adapter.finish())));
        let known = match &file {
            Some(file) if file.exists() => serde_json::from_slice(&std::fs::read(file)?)?,
            _ => HashMap::new(),
        };
        Ok(Self {
            embedder,
            file,
            known,
        })
    }

    /// As the classifier reads the texts: without disguises.
    pub fn of(&mut self, texts: &[&str]) -> Result<Vec<ReadText>, Box<dyn Error>> {
        let readable: Vec<String> = texts.iter().map(|text| readable(text, is_hidden_word)).collect();
        let texts: Vec<&str> = readable.iter().map(String::as_str).collect();
        let missing: Vec<&str> = texts
            .iter()
            .copied()
            .filter(|t| !self.known.contains_key(*t))
            .collect();
        for part in missing.chunks(512) {
            let read = self.embedder.read(part)?;
            let read = read
                .into_iter()
                .map(|read| (read.vector, read.labels.map(Vec::from)));
            self.known
                .extend(part.iter().map(|text| (*text).to_owned()).zip(read));
        }
        Ok(texts
            .iter()
            .map(|text| {
                let (vector, labels) = self.known[*text].clone();
                ReadText {
                    vector,
                    labels: labels.and_then(|labels| labels.try_into().ok()),
                }
            })
            .collect())
    }

    pub fn save(&self) -> Result<(), Box<dyn Error>> {
        if let Some(file) = &self.file {
            std::fs::write(file, serde_json::to_vec(&self.known)?)?;
        }
        Ok(())
    }
}
