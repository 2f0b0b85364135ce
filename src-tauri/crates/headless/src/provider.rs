//! The AI endpoint of the settings, with its key from the secret store.

use anyhow::Context as _;
use domain::ports::SecretStore;
use engine::AiEndpoint;
use engine::settings::Settings;
use providers::{Endpoint, OpenAiCompatible};
use std::sync::Arc;
use std::time::Duration;

/// Name of the key in the secret store.
pub const KEY: &str = "provider/key";

/// `None` when the settings name no endpoint.
pub async fn client(
    settings: &Settings,
    secrets: &dyn SecretStore,
) -> anyhow::Result<Option<Arc<OpenAiCompatible>>> {
    let drafting = &settings.drafting;
    if drafting.endpoint.is_empty() {
        return Ok(None);
    }
    let key = secrets
        .get(KEY)
        .await
        .context("reading the key of the AI endpoint")?;
    let base_url = drafting
        .endpoint
        .parse()
        .context("drafting.endpoint is an address")?;
    let total = Duration::from_secs(drafting.timeout_seconds.into());
    let endpoint = Endpoint {
        base_url,
        model: drafting.model.clone(),
        key,
        connect_timeout: Duration::from_secs(10),
        total_timeout: total,
    };
    Ok(Some(Arc::new(
        OpenAiCompatible::new(endpoint).context("preparing the AI endpoint")?,
    )))
}

pub fn endpoint(client: Arc<OpenAiCompatible>) -> AiEndpoint {
    AiEndpoint {
        drafter: Arc::clone(&client) as _,
        classifier: client,
    }
}
