//! The models that run inside the app, on the CPU: embedder, classifier, language id.
//!
//! Everything here blocks and computes; call it off the async threads. It must never reach for the network,
//! write a file, or panic on a damaged model file. With no model file there is a weaker stand-in, [`NgramEmbedder`].
//! Start with [`open_embedder`] and [`HeadClassifier`]; [`e5`] is the transformer, [`train`] made the
//! heads, and `adapters/` what the transformer itself says of comments.

pub mod classifier;
pub mod disguise;
pub mod e5;
pub mod grams;
pub mod heads;
pub mod language;
mod learnt;
pub mod lexicon;
mod ngram;
mod pool;
mod remembered;
pub mod signals;
pub mod subjects;
pub mod train;
mod transliteration;

pub use classifier::{HeadClassifier, judge_text};
pub use e5::{E5_MODEL, E5Embedder};
pub use language::LanguageId;
pub use ngram::{NGRAM_MODEL, NgramEmbedder};
pub use remembered::RememberingEmbedder;

use domain::ModelError;
use domain::ports::Embedder;
use std::path::Path;
use std::sync::Arc;

/// File name of the embedder's weights in the folder of models.
pub const E5_FILE: &str = "e5-small-q4.bin";

/// An embedder that works, and why it is not the good one, if so.
pub struct OpenedEmbedder {
    pub embedder: Arc<dyn Embedder>,
    pub shortfall: Option<ModelError>,
}

/// Opens the model in `models_folder`, or stands in for it with [`NgramEmbedder`]. Takes a fifth of a second.
pub fn open_embedder(models_folder: &Path) -> OpenedEmbedder {
    match E5Embedder::open(&models_folder.join(E5_FILE)) {
        Ok(model) => OpenedEmbedder {
            embedder: Arc::new(RememberingEmbedder::new(model)),
            shortfall: None,
        },
        Err(error) => OpenedEmbedder {
            embedder: Arc::new(NgramEmbedder),
            shortfall: Some(error),
        },
    }
}
