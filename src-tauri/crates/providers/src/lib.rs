//! AI endpoints that the user points the app at: anything that speaks OpenAI's chat completions.
//!
//! Comments, captions, threads and sources travel as one JSON document in the user message, never as
//! instructions; what comes back is read by schema and is nothing but data. The key never reaches an error, a log
//! line or an address, and model output never reaches an error text.
//! Start with [`OpenAiCompatible`]; [`prompt`] holds what the model is told.

mod answer;
mod chat;
mod classify;
mod draft;
mod failure;
mod probe;
pub mod prompt;

pub use chat::Endpoint;
pub use probe::Probe;
pub use prompt::PROMPT_VERSION;

use async_trait::async_trait;
use chat::ChatClient;
use domain::draft::{DraftOutcome, DraftRequest};
use domain::error::ProviderError;
use domain::label::Classification;
use domain::ports::{ClassifyInput, Drafter, RemoteClassifier};

/// One endpoint with one model: drafts and labels.
pub struct OpenAiCompatible {
    client: ChatClient,
}

impl OpenAiCompatible {
    /// Fails when the address is none that can be used, or none that a key may be sent to.
    pub fn new(endpoint: Endpoint) -> Result<Self, ProviderError> {
        Ok(Self {
            client: ChatClient::new(endpoint)?,
        })
    }

    /// Asks for the list of models and for one tiny answer in the very form that drafts use.
    pub async fn examine(&self) -> Result<Probe, ProviderError> {
        probe::examine(&self.client).await
    }

    /// [`Self::examine`], in a sentence for the test button.
    pub async fn probe(&self) -> Result<String, ProviderError> {
        self.examine().await.map(|probe| probe.to_string())
    }
}

#[async_trait]
impl Drafter for OpenAiCompatible {
    async fn draft(&self, request: &DraftRequest) -> Result<DraftOutcome, ProviderError> {
        draft::draft(&self.client, request).await
    }

    fn model(&self) -> String {
        self.client.model().to_owned()
    }
}

#[async_trait]
impl RemoteClassifier for OpenAiCompatible {
    async fn classify(&self, input: &ClassifyInput) -> Result<Classification, ProviderError> {
        classify::classify(&self.client, input).await
    }
}
