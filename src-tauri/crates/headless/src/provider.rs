//! The AI endpoint of the settings, with its key from the secret store.

use anyhow::Context as _;
use domain::ports::SecretStore;
use engine::AiEndpoint;
use engine::settings::Settings;
use providers::{Endpoint, OpenAiCompatible};
use std::sync::Arc;
use std::time::Duration;

/// Name of an endpoint's key in the secret store. The server is part of it, so that a key goes to no other than the
/// one it was given for, whoever changes the address and however.
pub fn key_name(endpoint: &str) -> String {
    let server = reqwest::Url::parse(endpoint)
        .map_or_else(|_| endpoint.to_owned(), |url| url.origin().ascii_serialization());
    format!("provider/key@{server}")
}

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
        .get(&key_name(&drafting.endpoint))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_belongs_to_scheme_host_and_port_and_to_no_path() {
        let name = key_name("https://api.example.com/v1");
        assert_eq!(name, key_name("https://API.example.com:443/v2/other"));
        for other in [
            "http://api.example.com/v1",
            "https://api.example.com:8443/v1",
            "https://api.example.org/v1",
        ] {
            assert_ne!(name, key_name(other), "{other} is another server");
        }
    }
}
