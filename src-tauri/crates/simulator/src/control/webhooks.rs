//! Who is told of new comments, and what goes wrong on the way there.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{App, OneOrMany, Refused};
use crate::server::Shared;
use crate::webhooks::{Subscription, WebhookFault};

pub fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/webhooks", post(subscribe).get(deliveries).delete(unsubscribe))
        .route("/webhooks/faults", post(queue_faults))
}

/// Another subscription of the same address replaces the first.
async fn subscribe(State(app): App, Json(subscription): Json<Subscription>) -> Result<Json<Value>, Refused> {
    match app.store.webhooks.subscribe(subscription).await {
        Ok(()) => Ok(Json(json!({ "success": true }))),
        Err(error) => Err(Refused::bad(error.to_string())),
    }
}

/// What is on its way to an address arrives all the same.
async fn unsubscribe(State(app): App) -> Json<Value> {
    app.store.webhooks.unsubscribe_all();
    Json(json!({ "success": true }))
}

async fn deliveries(State(app): App) -> Json<Value> {
    let webhooks = &app.store.webhooks;
    let mut state = json!(webhooks.counts());
    state["open"] = json!(webhooks.open());
    state["subscribers"] = json!(webhooks.subscribers());
    Json(state)
}

async fn queue_faults(State(app): App, Json(faults): Json<OneOrMany<WebhookFault>>) -> Json<Value> {
    app.store.webhooks.queue_faults(faults.into_vec());
    Json(json!({ "success": true }))
}
