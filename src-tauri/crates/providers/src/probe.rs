//! The test button: is the endpoint there, does it know the model, does the model answer in the form needed.

use crate::chat::{ChatClient, Schema};
use domain::error::ProviderError;
use serde::Deserialize;
use serde_json::json;
use std::fmt;

/// What a test found. Drafts and labels would work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// As the endpoint names it in its answers, often with a date.
    pub model: String,
    /// `None` when the endpoint lists no models.
    pub listed_models: Option<Vec<String>>,
    /// Takes a JSON schema; otherwise the schema is told in words, which weak models follow less well.
    pub takes_schemas: bool,
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answers", self.model)?;
        if let Some(listed) = &self.listed_models {
            write!(f, ", {} models listed", listed.len())?;
        }
        match self.takes_schemas {
            true => write!(f, ", structured output"),
            false => write!(f, ", no structured output: the schema is told in words"),
        }
    }
}

#[derive(Deserialize)]
struct Pong {
    ok: bool,
}

/// The key is tried by the list where there is one, since that costs nothing; the answer decides.
pub(crate) async fn examine(client: &ChatClient) -> Result<Probe, ProviderError> {
    let listed_models = match client.models().await {
        Ok(models) => Some(models),
        Err(
            stop @ (ProviderError::KeyRejected | ProviderError::OutOfCredit | ProviderError::Limited { .. }),
        ) => return Err(stop),
        Err(reason) => {
            tracing::debug!(%reason, "the endpoint lists no models");
            None
        }
    };
    let schema = Schema {
        name: "ping",
        body: json!({
            "type": "object",
            "properties": {"ok": {"type": "boolean"}},
            "required": ["ok"],
            "additionalProperties": false
        }),
    };
    let instructions = "Answer with the JSON object {\"ok\": true} and nothing else.";
    let answered = client
        .ask(
            instructions,
            &json!({"ping": true}),
            &schema,
            |pong: Pong| match pong.ok {
                true => Ok(()),
                false => Err("ok has to be true".to_owned()),
            },
        )
        .await?;
    Ok(Probe {
        model: answered.model,
        listed_models,
        takes_schemas: client.takes_schemas(),
    })
}
