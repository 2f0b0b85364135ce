//! Chat completions with a JSON schema: sending, reading the envelope, and asking once more.

use crate::answer;
use crate::failure::{Fault, failure};
use crate::prompt;
use domain::error::ProviderError;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{RequestBuilder, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use url::Url;
use zeroize::Zeroizing;

const LONGEST_ANSWER_BYTES: usize = 4 * 1024 * 1024;
const CALLS_AT_A_TIME: usize = 4;

/// Where and how to ask.
pub struct Endpoint {
    /// Up to and including the version, as in `https://api.openai.com/v1` or `http://localhost:11434/v1`.
    pub base_url: Url,
    pub model: String,
    /// Local servers need none.
    pub key: Option<Zeroizing<String>>,
    pub connect_timeout: Duration,
    /// For one answer. Local models load and think for minutes.
    pub total_timeout: Duration,
}

pub(crate) struct ChatClient {
    http: reqwest::Client,
    base_url: Url,
    model: String,
    key: Zeroizing<String>,
    total_timeout: Duration,
    turns: Semaphore,
    /// Learnt from a refusal: this endpoint takes no schema, so it is told in words.
    schema_in_words: AtomicBool,
}

/// A schema with the name that structured output asks for.
pub(crate) struct Schema {
    pub name: &'static str,
    pub body: Value,
}

/// A decoded answer and the model that gave it, as the endpoint names it.
#[derive(Debug)]
pub(crate) struct Answered<T> {
    pub value: T,
    pub model: String,
}

struct Said {
    content: String,
    model: String,
}

impl ChatClient {
    pub fn new(endpoint: Endpoint) -> Result<Self, ProviderError> {
        let key = endpoint.key.unwrap_or_default();
        let base_url = checked(endpoint.base_url, !key.is_empty())?;
        let builder = || {
            let builder = reqwest::Client::builder()
                .connect_timeout(endpoint.connect_timeout)
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never());
            // A proxy of the environment is for the world outside, not for a server of one's own.
            if is_nearby(&base_url) {
                builder.no_proxy()
            } else {
                builder
            }
        };
        let http = builder().build().or_else(|reason| {
            tracing::error!(%reason, "no root certificates: only plain HTTP endpoints can be reached");
            builder().tls_certs_only([]).build()
        });
        Ok(Self {
            http: http.map_err(|error| ProviderError::BadRequest {
                detail: format!("the HTTP client cannot be set up: {}", error.without_url()),
            })?,
            base_url,
            model: endpoint.model,
            key,
            total_timeout: endpoint.total_timeout,
            turns: Semaphore::new(CALLS_AT_A_TIME),
            schema_in_words: AtomicBool::new(false),
        })
    }

    pub fn model(&self) -> &str {
        &self.model
    }

    pub fn takes_schemas(&self) -> bool {
        !self.schema_in_words.load(Ordering::Relaxed)
    }

    /// Asks, and once more with the reason when the answer cannot be used.
    pub async fn ask<W: DeserializeOwned, T>(
        &self,
        instructions: &str,
        input: &Value,
        schema: &Schema,
        read: impl Fn(W) -> Result<T, String>,
    ) -> Result<Answered<T>, ProviderError> {
        let mut messages = vec![json!({"role": "user", "content": input.to_string()})];
        let said = self.say(instructions, &messages, schema).await?;
        let reason = match answer::object(&said.content).and_then(&read) {
            Ok(value) => return Ok(said.with(value)),
            Err(reason) => reason,
        };
        tracing::debug!(model = %self.model, %reason, "asking once more for a usable answer");
        messages.push(json!({"role": "assistant", "content": said.content}));
        messages.push(json!({"role": "user", "content": prompt::repair(&reason)}));
        let said = self.say(instructions, &messages, schema).await?;
        match answer::object(&said.content).and_then(&read) {
            Ok(value) => Ok(said.with(value)),
            Err(detail) => Err(ProviderError::NotSchema { detail }),
        }
    }

    /// The ids that the endpoint lists.
    pub async fn models(&self) -> Result<Vec<String>, ProviderError> {
        #[derive(Deserialize)]
        struct List {
            data: Vec<Model>,
        }
        #[derive(Deserialize)]
        struct Model {
            id: String,
        }
        let (status, headers, body) = self.send(self.http.get(self.address(&["models"]))).await?;
        if !status.is_success() {
            return Err(self.failure(status, &headers, &Fault::of(&body)));
        }
        let list: List = serde_json::from_slice(&body).map_err(|_| not_an_endpoint())?;
        Ok(list.data.into_iter().map(|model| model.id).collect())
    }

    async fn say(
        &self,
        instructions: &str,
        messages: &[Value],
        schema: &Schema,
    ) -> Result<Said, ProviderError> {
        if self.takes_schemas() {
            let (status, headers, body) = self.complete(instructions, messages, Some(schema)).await?;
            let fault = Fault::of(&body);
            let refuses_schema = matches!(status.as_u16(), 400 | 422) && fault.is_about_the_response_format();
            if !refuses_schema {
                return self.judge(status, &headers, &body);
            }
            tracing::info!(model = %self.model, "the endpoint takes no JSON schema; it is put in words from now on");
            self.schema_in_words.store(true, Ordering::Relaxed);
        }
        let in_words = prompt::with_schema(instructions, &schema.body);
        let (status, headers, body) = self.complete(&in_words, messages, None).await?;
        self.judge(status, &headers, &body)
    }

    /// Neither temperature nor a length limit is sent: several endpoints refuse one or the other spelling.
    async fn complete(
        &self,
        instructions: &str,
        messages: &[Value],
        schema: Option<&Schema>,
    ) -> Result<(StatusCode, HeaderMap, Vec<u8>), ProviderError> {
        let mut all = vec![json!({"role": "system", "content": instructions})];
        all.extend_from_slice(messages);
        let mut body = json!({"model": self.model, "messages": all, "stream": false});
        if let Some(schema) = schema {
            body["response_format"] = json!({
                "type": "json_schema",
                "json_schema": {"name": schema.name, "strict": true, "schema": schema.body}
            });
        }
        let request = self.http.post(self.address(&["chat", "completions"])).json(&body);
        self.send(request).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<(StatusCode, HeaderMap, Vec<u8>), ProviderError> {
        let mut request = request.timeout(self.total_timeout);
        if !self.key.is_empty() {
            let mut bearer = HeaderValue::from_str(&format!("Bearer {}", *self.key))
                .map_err(|_| ProviderError::KeyRejected)?;
            bearer.set_sensitive(true);
            request = request.header(AUTHORIZATION, bearer);
        }
        let _turn = self.turns.acquire().await.expect("the semaphore is never closed");
        let mut response = request.send().await.map_err(|error| self.lost(error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| self.lost(error))? {
            if body.len() + part.len() > LONGEST_ANSWER_BYTES {
                return Err(ProviderError::Down {
                    detail: format!("an answer of more than {LONGEST_ANSWER_BYTES} bytes"),
                });
            }
            body.extend_from_slice(&part);
        }
        tracing::debug!(status = status.as_u16(), bytes = body.len(), "endpoint call");
        Ok((status, headers, body))
    }

    fn judge(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<Said, ProviderError> {
        if !status.is_success() {
            return Err(self.failure(status, headers, &Fault::of(body)));
        }
        let completion: Completion = serde_json::from_slice(body).map_err(|_| not_an_endpoint())?;
        if let Some(error) = completion.error {
            // Relays pass an upstream failure on with status 200 and the status as the code.
            let fault = Fault::of_error(&error);
            let status = fault
                .code
                .parse()
                .ok()
                .and_then(|code: u16| StatusCode::from_u16(code).ok())
                .unwrap_or(StatusCode::BAD_GATEWAY);
            return Err(self.failure(status, headers, &fault));
        }
        let choice = completion
            .choices
            .into_iter()
            .next()
            .ok_or_else(not_an_endpoint)?;
        match choice.finish_reason.as_deref() {
            _ if choice.message.refusal.is_some_and(|refusal| !refusal.is_empty()) => {
                return Err(ProviderError::RefusedByModel {
                    detail: "the model declined the request".to_owned(),
                });
            }
            Some("content_filter") => {
                return Err(ProviderError::RefusedByModel {
                    detail: "the endpoint's content filter".to_owned(),
                });
            }
            Some("length") => return Err(ProviderError::CutOff),
            _ => {}
        }
        Ok(Said {
            content: text_of(choice.message.content),
            model: completion
                .model
                .filter(|model| !model.is_empty())
                .unwrap_or_else(|| self.model.clone()),
        })
    }

    fn failure(&self, status: StatusCode, headers: &HeaderMap, fault: &Fault) -> ProviderError {
        failure(status, headers, fault, &self.model, &self.key)
    }

    fn lost(&self, error: reqwest::Error) -> ProviderError {
        let detail = if error.is_timeout() && !error.is_connect() {
            format!("no answer within {} s", self.total_timeout.as_secs_f32())
        } else if error.is_connect() {
            "no connection".to_owned()
        } else {
            format!("the connection broke: {}", error.without_url())
        };
        ProviderError::Down { detail }
    }

    fn address(&self, path: &[&str]) -> Url {
        let mut url = self.base_url.clone();
        url.path_segments_mut()
            .expect("the address was checked to hold a path")
            .pop_if_empty()
            .extend(path);
        url
    }
}

impl Said {
    fn with<T>(self, value: T) -> Answered<T> {
        Answered {
            value,
            model: self.model,
        }
    }
}

#[derive(Deserialize)]
struct Completion {
    #[serde(default)]
    choices: Vec<Choice>,
    model: Option<String>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<Value>,
    refusal: Option<String>,
}

/// Content is a text, or a list of parts of which some are texts.
fn text_of(content: Option<Value>) -> String {
    match content {
        Some(Value::String(text)) => text,
        Some(Value::Array(parts)) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    }
}

fn not_an_endpoint() -> ProviderError {
    ProviderError::Down {
        detail: "what answers at this address does not speak OpenAI's chat completions".to_owned(),
    }
}

/// Tolerates the full path pasted as base, refuses what cannot work and a key in plain text over the internet.
fn checked(mut url: Url, has_key: bool) -> Result<Url, ProviderError> {
    let refused = |detail: &str| {
        Err(ProviderError::BadRequest {
            detail: detail.to_owned(),
        })
    };
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return refused("the address has to start with https:// or http://");
    }
    if url.scheme() == "http" && has_key && !is_nearby(&url) {
        return refused("a key is sent over https only, or to this computer or its own network");
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/');
    let base = path.strip_suffix("/chat/completions").unwrap_or(path).to_owned();
    url.set_path(&base);
    Ok(url)
}

/// This computer, or an address that is not routed on the internet.
fn is_nearby(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => {
            name == "localhost"
                || name.ends_with(".localhost")
                || name.ends_with(".local")
                || !name.contains('.')
        }
        Some(url::Host::Ipv4(address)) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        Some(url::Host::Ipv6(address)) => {
            IpAddr::from(address).is_loopback()
                || address.is_unique_local()
                || address.is_unicast_link_local()
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::cloud("https://api.openai.com/v1", true, Some("https://api.openai.com/v1"))]
    #[case::slash("https://api.openai.com/v1/", true, Some("https://api.openai.com/v1"))]
    #[case::full_path("https://h.example/v1/chat/completions", true, Some("https://h.example/v1"))]
    #[case::local("http://localhost:11434/v1", true, Some("http://localhost:11434/v1"))]
    #[case::own_network("http://192.168.1.5:8080/v1", true, Some("http://192.168.1.5:8080/v1"))]
    #[case::plain_with_key("http://h.example/v1", true, None)]
    #[case::plain_without_key("http://h.example/v1", false, Some("http://h.example/v1"))]
    #[case::a_file("file:///etc/passwd", false, None)]
    fn an_address_is_cleaned_or_refused(
        #[case] given: &str,
        #[case] has_key: bool,
        #[case] expected: Option<&str>,
    ) {
        let url = checked(Url::parse(given).unwrap(), has_key).ok();
        assert_eq!(url.as_ref().map(Url::as_str), expected);
    }

    #[test]
    fn content_in_parts_is_put_together() {
        let parts =
            json!([{"type": "text", "text": "{\"a\":"}, {"type": "image"}, {"type": "text", "text": "1}"}]);
        assert_eq!(text_of(Some(parts)), "{\"a\":1}");
        assert_eq!(text_of(None), "");
    }
}
