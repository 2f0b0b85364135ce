//! An OpenAI-compatible endpoint on loopback that does what it is told, failing included.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router, routing::post};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub const MODEL: &str = "test-model-1";

/// What the endpoint does with every call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    Answers,
    /// Draws the price from nowhere.
    InventsAPrice,
    Refuses,
    CutsOff,
    Chats,
    RepliesWithNothing,
    Limits,
    /// Limits, and names the seconds.
    LimitsFor(u64),
    /// Never answers a call that says "slow".
    HangsOnSlow,
    Fails,
    HasNoCredit,
    RejectsTheKey,
    KnowsNoSuchModel,
    /// Quotes the key back, as some do.
    RefusesTheRequest,
}

struct Shared {
    does: Mutex<Does>,
    keys: Mutex<Vec<String>>,
    calls: Mutex<usize>,
    comments: Mutex<Vec<String>>,
}

pub struct FakeEndpoint {
    pub url: String,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

impl Drop for FakeEndpoint {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl FakeEndpoint {
    pub async fn start(does: Does) -> Self {
        let shared = Arc::new(Shared {
            does: Mutex::new(does),
            keys: Mutex::default(),
            calls: Mutex::default(),
            comments: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/v1/chat/completions", post(complete))
            .with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self { url, shared, serving }
    }

    pub fn now(&self, does: Does) {
        *self.shared.does.lock().unwrap() = does;
    }

    pub fn calls(&self) -> usize {
        *self.shared.calls.lock().unwrap()
    }

    /// The comments that drafts were asked for, as it got them.
    pub fn comments(&self) -> Vec<String> {
        self.shared.comments.lock().unwrap().clone()
    }

    /// Keys that came as bearer tokens.
    pub fn keys(&self) -> Vec<String> {
        self.shared.keys.lock().unwrap().clone()
    }
}

async fn complete(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(call): Json<Value>,
) -> Response {
    let key = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default()
        .to_owned();
    *shared.calls.lock().unwrap() += 1;
    shared.keys.lock().unwrap().push(key.clone());
    if let Some(text) = asked(&call)["comment"]["text"].as_str() {
        shared.comments.lock().unwrap().push(text.to_owned());
    }
    let does = *shared.does.lock().unwrap();
    let error = |status: StatusCode, code: &str, message: String| {
        let body = json!({"error": {"message": message, "type": code, "code": code}});
        (status, Json(body)).into_response()
    };
    match does {
        Does::Answers => say(&content(&call, "89"), "stop"),
        Does::InventsAPrice => say(&content(&call, "49"), "stop"),
        Does::Refuses => {
            let message =
                json!({"role": "assistant", "content": null, "refusal": "I'm sorry, I can't help."});
            Json(json!({"model": MODEL, "choices": [{"message": message, "finish_reason": "stop"}]}))
                .into_response()
        }
        Does::CutsOff => say("{\"reply\": \"The Skillet 26 co", "length"),
        Does::Chats => say("I would rather talk about the weather.", "stop"),
        Does::RepliesWithNothing => {
            let nothing = json!({"reply": "  ", "used_sources": [], "claims": [], "decline_reason": null, "decline_detail": null});
            say(&nothing.to_string(), "stop")
        }
        Does::Limits => error(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limit_exceeded",
            "slow down".to_owned(),
        ),
        Does::LimitsFor(seconds) => {
            let limited = error(
                StatusCode::TOO_MANY_REQUESTS,
                "rate_limit_exceeded",
                "slow down".to_owned(),
            );
            ([("retry-after", seconds.to_string())], limited).into_response()
        }
        Does::HangsOnSlow => {
            if call.to_string().contains("slow") {
                std::future::pending::<()>().await;
            }
            say(&content(&call, "89"), "stop")
        }
        Does::Fails => error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "oops".to_owned(),
        ),
        Does::HasNoCredit => error(
            StatusCode::TOO_MANY_REQUESTS,
            "insufficient_quota",
            "You exceeded your current quota.".to_owned(),
        ),
        Does::RejectsTheKey => error(
            StatusCode::UNAUTHORIZED,
            "invalid_api_key",
            format!("Incorrect API key provided: {key}."),
        ),
        Does::KnowsNoSuchModel => error(
            StatusCode::NOT_FOUND,
            "model_not_found",
            format!("The model `{MODEL}` does not exist."),
        ),
        Does::RefusesTheRequest => error(
            StatusCode::BAD_REQUEST,
            "invalid_request_error",
            format!("Bad request with Authorization: Bearer {key}"),
        ),
    }
}

fn say(content: &str, finish_reason: &str) -> Response {
    let message = json!({"role": "assistant", "content": content});
    Json(json!({"model": MODEL, "choices": [{"message": message, "finish_reason": finish_reason}]}))
        .into_response()
}

/// What the user's message of a call holds.
fn asked(call: &Value) -> Value {
    let messages = call["messages"].as_array().unwrap();
    messages
        .iter()
        .find(|m| m["role"] == "user")
        .and_then(|m| serde_json::from_str(m["content"].as_str()?).ok())
        .unwrap_or_default()
}

/// Labels, or a reply that cites the Skillet 26 for its price.
fn content(call: &Value, price: &str) -> String {
    let asked = asked(call);
    if call["response_format"]["json_schema"]["name"] == "comment_labels" {
        let scores = json!({"praise": 0.01, "criticism": 0.0, "complaint": 0.0, "question": 0.97,
                            "partnership": 0.0, "abuse": 0.0, "spam": 0.0});
        return json!({"language": "en", "language_confidence": 0.99, "scores": scores, "reason": "asks for a price"})
            .to_string();
    }
    let pan = asked["sources"].as_array().and_then(|sources| {
        sources.iter().find(|s| {
            s["title"]
                .as_str()
                .is_some_and(|title| title.contains("Skillet 26"))
        })
    });
    let answer = match pan {
        Some(pan) => json!({
            "reply": format!("The Skillet 26 costs €{price}, and thank you for asking."),
            "used_sources": [pan["id"]],
            "claims": [{"quote": format!("€{price}"), "source": pan["id"]}],
            "decline_reason": null,
            "decline_detail": null,
        }),
        None => json!({
            "reply": null, "used_sources": [], "claims": [],
            "decline_reason": "no_source", "decline_detail": "no pan among the sources",
        }),
    };
    answer.to_string()
}
