//! The models inside the app, or their simpler stand-ins when the model file is missing or damaged.

use contract::ModelState;
use domain::ModelError;
use domain::ports::{Embedder, LocalClassifier};
use local_models::HeadClassifier;
use std::path::Path;
use std::sync::Arc;

#[derive(Clone)]
pub struct Models {
    pub embedder: Arc<dyn Embedder>,
    pub classifier: Arc<dyn LocalClassifier>,
    pub state: ModelState,
}

/// Blocking: reads and checks a file of some 70 MB. `folder` holds the model file.
///
/// # Errors
/// `Unsupported` when the shipped heads were not trained for the embedder found.
pub fn load(folder: &Path) -> Result<Models, ModelError> {
    let opened = local_models::open_embedder(folder);
    let model = opened.embedder.space().model;
    let state = match opened.shortfall {
        None => ModelState::Ready { model },
        Some(why) => {
            tracing::warn!(%why, model, "simpler models stand in");
            ModelState::Fallback {
                model,
                why: why.to_string(),
            }
        }
    };
    let classifier = HeadClassifier::new(Arc::clone(&opened.embedder))?;
    Ok(Models {
        embedder: opened.embedder,
        classifier: Arc::new(classifier),
        state,
    })
}
