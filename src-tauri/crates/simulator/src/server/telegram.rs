//! A call in the Bot API dialect, with whatever strikes it. Asking for updates may wait for them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{MAX_BODY_BYTES, Shared, answer, status_of};
use crate::faults::{self, FaultKind, Strike};
use crate::telegram::{self, Call, TelegramError};

/// How soon a bot that waits is told.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
/// The platform cuts longer waits off.
const LONGEST_WAIT_SECONDS: i64 = 50;

/// Which call listens for a bot: the newest.
#[derive(Default)]
pub struct Listeners(Mutex<HashMap<String, u64>>);

impl Listeners {
    fn take(&self, token: &str) -> u64 {
        let mut newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = newest.entry(token.to_owned()).or_default();
        *number += 1;
        *number
    }

    fn is_newest(&self, token: &str, number: u64) -> bool {
        let newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        newest.get(token) == Some(&number)
    }
}

pub async fn answer_call(shared: &Shared, parts: &Parts, body: Body, strike: Strike) -> Response {
    let body = to_bytes(body, MAX_BODY_BYTES).await;
    shared.store.count_requests(1);
    let call = match body {
        Ok(body) => Call::read(parts, &body),
        Err(_) => {
            let error = TelegramError::new(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
            return send(Err(error));
        }
    };
    let Some(call) = call else {
        return send(Err(TelegramError::unknown_method()));
    };
    match strike.fault {
        Some(FaultKind::ServerError { status, after_write }) => {
            if after_write {
                discard(telegram::answer(&shared.store, &call));
            }
            send(Err(TelegramError::broken(status_of(status))))
        }
        Some(FaultKind::HtmlBody { status, after_write }) => {
            if after_write {
                discard(telegram::answer(&shared.store, &call));
            }
            answer::html(status_of(status))
        }
        Some(FaultKind::DuplicateItems) => {
            let mut result = perform(shared, &call).await;
            if let Ok(Value::Array(items)) = &mut result {
                faults::repeat(items);
            }
            send(result)
        }
        Some(FaultKind::ReorderedItems) => {
            let mut result = perform(shared, &call).await;
            if let Ok(Value::Array(items)) = &mut result {
                faults::shuffle(items, strike.draw);
            }
            send(result)
        }
        Some(kind) => match refusal(kind) {
            Some(error) => send(Err(error)),
            None => send(perform(shared, &call).await),
        },
        None => send(perform(shared, &call).await),
    }
}

async fn perform(shared: &Shared, call: &Call) -> Result<Value, TelegramError> {
    if !call.is("getUpdates") {
        return telegram::answer(&shared.store, call);
    }
    let listener = shared.listeners.take(&call.token);
    let seconds = call.number("timeout").unwrap_or(0).clamp(0, LONGEST_WAIT_SECONDS);
    let until = Instant::now() + Duration::from_secs(seconds.unsigned_abs());
    loop {
        let told = telegram::answer(&shared.store, call)?;
        let is_over = Instant::now() >= until || shared.stopping.is_cancelled();
        if is_over || told.as_array().is_some_and(|told| !told.is_empty()) {
            return Ok(told);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
        if !shared.listeners.is_newest(&call.token, listener) {
            return Err(TelegramError::superseded());
        }
    }
}

/// What a fault says in this dialect; nothing for those that take effect around the answer.
fn refusal(kind: FaultKind) -> Option<TelegramError> {
    match kind {
        FaultKind::Throttle {
            estimated_minutes, ..
        } => Some(TelegramError::too_many_requests(
            estimated_minutes.saturating_mul(60),
        )),
        FaultKind::TokenError { .. } => Some(TelegramError::unauthorized()),
        FaultKind::PermissionError { .. } => Some(TelegramError::not_a_member()),
        FaultKind::TelegramError {
            status,
            description,
            retry_after,
            migrate_to_chat_id,
        } => Some(TelegramError {
            retry_after,
            migrate_to_chat_id,
            ..TelegramError::new(status_of(status), description)
        }),
        _ => None,
    }
}

/// The client is not to learn how its write ended.
fn discard(answer: Result<Value, TelegramError>) {
    if let Err(error) = answer {
        tracing::debug!(
            description = error.description,
            "a call whose answer is withheld was refused"
        );
    }
}

fn send(result: Result<Value, TelegramError>) -> Response {
    let (status, body) = match result {
        Ok(result) => (StatusCode::OK, json!({"ok": true, "result": result})),
        Err(error) => (error.status, error.body()),
    };
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (status, kind, body.to_string()).into_response()
}
