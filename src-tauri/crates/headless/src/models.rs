//! The models inside the app, or their simpler stand-ins when the model file is missing or damaged.

use contract::ModelState;
use domain::ports::{Embedder, LocalClassifier};
use std::path::Path;
use std::sync::Arc;

#[derive(Clone)]
pub struct Models {
    pub embedder: Arc<dyn Embedder>,
    pub classifier: Arc<dyn LocalClassifier>,
    pub state: ModelState,
}

/// Blocking: reads and checks a file of some 70 MB.
pub fn load(file: Option<&Path>) -> Models {
    let why = match file {
        None => "the model file is not there".to_owned(),
        Some(file) => match local_models::LocalModels::open(file) {
            Ok(models) => {
                let models = Arc::new(models);
                let model = models.space().model;
                return Models {
                    embedder: Arc::clone(&models) as Arc<dyn Embedder>,
                    classifier: models,
                    state: ModelState::Ready { model },
                };
            }
            Err(error) => error.to_string(),
        },
    };
    tracing::warn!(why, "simpler models stand in");
    let models = Arc::new(local_models::LocalModels::fallback());
    let model = models.space().model;
    Models {
        embedder: Arc::clone(&models) as Arc<dyn Embedder>,
        classifier: models,
        state: ModelState::Fallback { model, why },
    }
}
