//! What a bot is told beside what people do with comments.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{App, OneOrMany, Refused, unwritten};
use crate::server::Shared;
use crate::world::{Change, GroupChange};

pub fn router() -> Router<Arc<Shared>> {
    Router::new().route("/groups/{id}/updates", post(tell))
}

/// Updates word for word; each gets the next number.
async fn tell(
    State(app): App,
    Path(account_id): Path<String>,
    Json(updates): Json<OneOrMany<Value>>,
) -> Result<Json<Value>, Refused> {
    let mut stored = app.store.write();
    if stored.world.group(&account_id).is_none() {
        return Err(Refused::missing("group", &account_id));
    }
    let updates = updates.into_vec();
    if !updates.iter().all(Value::is_object) {
        return Err(Refused::bad("an update is an object".into()));
    }
    let records = updates.into_iter().map(|update| {
        let account_id = account_id.clone();
        unwritten(Change::Group(GroupChange::RawTold { account_id, update }))
    });
    stored.commit(records.collect())?;
    Ok(Json(json!({ "success": true })))
}
