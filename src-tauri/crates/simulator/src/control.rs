//! The control API under `/_control`: what people on the platform do, and what goes wrong with it.

mod graph;
mod telegram;
mod webhooks;
mod youtube;

use std::sync::{Arc, PoisonError};

use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::SimulatorError;
use crate::faults::Fault;
use crate::journal::Record;
use crate::seed::{SeedComment, SeedPost};
use crate::server::{Shared, Usage};
use crate::store::Stored;
use crate::world::{Change, ChannelChange, ModerationStatus, Object, is_usable_id};

type App = State<Arc<Shared>>;

pub fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/posts", post(add_posts))
        .route("/comments", post(add_comments))
        .route("/comments/{id}/edit", post(edit_comment))
        .route("/comments/{id}/delete", post(delete_comment))
        .route("/comments/{id}/withhold", post(withhold_comment))
        .route(
            "/faults",
            post(queue_faults).get(list_faults).delete(clear_faults),
        )
        .route("/usage", post(set_usage))
        .route("/ledger", get(ledger))
        .route("/state", get(state))
        .route("/clock", post(set_clock))
        .merge(graph::router())
        .merge(telegram::router())
        .merge(webhooks::router())
        .merge(youtube::router())
        // A batch of a hundred thousand comments is some tens of megabytes.
        .layer(axum::extract::DefaultBodyLimit::max(256 * 1024 * 1024))
        .layer(axum::middleware::from_fn(refuse_web_pages))
}

/// Only browsers name an origin: a page that happens to be open has no business here.
async fn refuse_web_pages(request: Request, next: Next) -> Response {
    if request.headers().contains_key(header::ORIGIN) {
        let reason = "web pages cannot use the control API".into();
        return Refused {
            status: StatusCode::FORBIDDEN,
            reason,
        }
        .into_response();
    }
    next.run(request).await
}

/// One, or several in an array.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

impl<T> OneOrMany<T> {
    fn into_vec(self) -> Vec<T> {
        match self {
            Self::Many(items) => items,
            Self::One(item) => vec![item],
        }
    }
}

/// A comment to add. With `raw`, that very JSON value stands in the listing instead of a comment.
#[derive(Deserialize)]
struct NewComment {
    post_id: String,
    #[serde(default)]
    parent_id: Option<String>,
    /// Issued when absent.
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    author_id: Option<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    text: String,
    /// The simulator's present when absent.
    #[serde(default)]
    timestamp_ms: Option<i64>,
    #[serde(default)]
    like_count: u64,
    /// For a comment on a video, what its moderators or the spam filter made of it.
    #[serde(default)]
    moderation_status: Option<ModerationStatus>,
    // `null` is a malformed element too, so presence counts.
    #[serde(default, deserialize_with = "present")]
    raw: Option<Value>,
}

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

async fn add_comments(
    State(app): App,
    Json(comments): Json<OneOrMany<NewComment>>,
) -> Result<Json<Value>, Refused> {
    let now_ms = app.store.now_ms();
    let mut stored = app.store.write();
    let mut ids = Vec::new();
    let mut records = Vec::new();
    let mut added = std::collections::HashSet::new();
    for new in comments.into_vec() {
        if !matches!(stored.world.object(&new.post_id), Some(Object::Post(_))) {
            return Err(Refused::missing("post", &new.post_id));
        }
        if let Some(parent) = &new.parent_id
            && !matches!(stored.world.object(parent), Some(Object::Comment(_)))
            && !added.contains(parent)
        {
            return Err(Refused::missing("parent comment", parent));
        }
        if let (Some(group), Some(author)) = (stored.world.group_of_post(&new.post_id), &new.author_id)
            && stored.world.is_banned(group, author)
        {
            return Err(Refused::bad(format!("{author} is banned from the group")));
        }
        if new.moderation_status.is_some() && stored.world.video(&new.post_id).is_none() {
            return Err(Refused::bad("only comments on videos are moderated".into()));
        }
        let timestamp_ms = new.timestamp_ms.unwrap_or(now_ms);
        let mut verdict = None;
        let change = match new.raw {
            Some(raw) => {
                ids.push(Value::Null);
                Change::RawAdded {
                    post_id: new.post_id,
                    parent_id: new.parent_id,
                    timestamp_ms,
                    raw,
                }
            }
            None => {
                let id = new.id.unwrap_or_else(|| {
                    stored
                        .world
                        .issue_comment_id(&new.post_id, new.parent_id.as_deref())
                });
                if !is_usable_id(&id) || !stored.world.is_free(&id) || !added.insert(id.clone()) {
                    return Err(Refused::bad(format!(
                        "the id {id} is taken or cannot stand in an address"
                    )));
                }
                ids.push(json!(id));
                verdict = new.moderation_status.map(|status| ChannelChange::ModerationSet {
                    comment_id: id.clone(),
                    status,
                });
                Change::CommentAdded {
                    comment: SeedComment {
                        id,
                        post_id: new.post_id,
                        parent_id: new.parent_id,
                        author_id: new.author_id,
                        username: new.username,
                        text: new.text,
                        timestamp_ms,
                        like_count: new.like_count,
                    },
                }
            }
        };
        records.extend(
            std::iter::once(change)
                .chain(verdict.map(Change::Channel))
                .map(unwritten),
        );
    }
    stored.commit(records)?;
    Ok(Json(json!({ "ids": ids })))
}

async fn add_posts(State(app): App, Json(posts): Json<OneOrMany<SeedPost>>) -> Result<Json<Value>, Refused> {
    let mut stored = app.store.write();
    let posts = posts.into_vec();
    let ids: Vec<String> = posts.iter().map(|post| post.id.clone()).collect();
    for (at, post) in posts.iter().enumerate() {
        if !is_usable_id(&post.id) || !stored.world.is_free(&post.id) || ids[..at].contains(&post.id) {
            return Err(Refused::bad(format!(
                "the id {} is taken or cannot stand in an address",
                post.id
            )));
        }
        if !matches!(stored.world.object(&post.account_id), Some(Object::Account(_))) {
            return Err(Refused::missing("account", &post.account_id));
        }
    }
    let records = posts
        .into_iter()
        .map(|post| unwritten(Change::PostAdded { post }));
    stored.commit(records.collect())?;
    Ok(Json(json!({ "ids": ids })))
}

#[derive(Deserialize)]
struct Edit {
    text: String,
}

async fn edit_comment(
    State(app): App,
    Path(comment_id): Path<String>,
    Json(edit): Json<Edit>,
) -> Result<Json<Value>, Refused> {
    let at_ms = Some(app.store.now_ms());
    change_comment(&app, comment_id, |comment_id| Change::TextEdited {
        comment_id,
        text: edit.text,
        at_ms,
    })
}

async fn delete_comment(State(app): App, Path(comment_id): Path<String>) -> Result<Json<Value>, Refused> {
    change_comment(&app, comment_id, |comment_id| Change::CommentDeleted {
        comment_id,
    })
}

#[derive(Deserialize)]
struct Withhold {
    withheld: bool,
}

async fn withhold_comment(
    State(app): App,
    Path(comment_id): Path<String>,
    Json(Withhold { withheld }): Json<Withhold>,
) -> Result<Json<Value>, Refused> {
    change_comment(&app, comment_id, |comment_id| Change::WithheldSet {
        comment_id,
        withheld,
    })
}

fn change_comment(
    app: &Shared,
    comment_id: String,
    change: impl FnOnce(String) -> Change,
) -> Result<Json<Value>, Refused> {
    let mut stored = app.store.write();
    if !matches!(stored.world.object(&comment_id), Some(Object::Comment(_))) {
        return Err(Refused::missing("comment", &comment_id));
    }
    commit_one(&mut stored, change(comment_id))?;
    Ok(Json(json!({ "success": true })))
}

fn commit_one(stored: &mut Stored, change: Change) -> Result<(), SimulatorError> {
    stored.commit(vec![unwritten(change)])
}

/// What people do on the platform is no write through its API and in no ledger.
fn unwritten(change: Change) -> Record {
    Record {
        change: Some(change),
        write: None,
    }
}

async fn queue_faults(State(app): App, Json(faults): Json<OneOrMany<Fault>>) -> Json<Value> {
    Json(json!({ "ids": app.faults.queue(faults.into_vec()) }))
}

async fn list_faults(State(app): App) -> Json<Value> {
    Json(json!({ "faults": app.faults.statuses() }))
}

async fn clear_faults(State(app): App) -> Json<Value> {
    app.faults.clear();
    Json(json!({ "success": true }))
}

/// `null` goes back to counting.
async fn set_usage(State(app): App, Json(usage): Json<Option<Usage>>) -> Json<Value> {
    *app.usage.lock().unwrap_or_else(PoisonError::into_inner) = usage;
    Json(json!({ "success": true }))
}

#[derive(Deserialize)]
struct LedgerFilter {
    #[serde(default)]
    target: Option<String>,
}

async fn ledger(State(app): App, Query(filter): Query<LedgerFilter>) -> Json<Value> {
    let stored = app.store.read();
    let writes: Vec<_> = stored
        .world
        .ledger()
        .iter()
        .filter(|entry| {
            filter
                .target
                .as_ref()
                .is_none_or(|target| entry.target == *target)
        })
        .collect();
    Json(json!({ "writes": writes }))
}

async fn state(State(app): App) -> Json<Value> {
    let mut counts = json!(app.store.read().world.counts());
    counts["requests"] = json!(app.store.requests());
    counts["faults"] = json!(app.faults.statuses().len());
    counts["now_ms"] = json!(app.store.now_ms());
    Json(counts)
}

/// How far the platform's clock is from the machine's.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Clock {
    OffsetMs(i64),
    AdvanceMs(i64),
}

async fn set_clock(State(app): App, Json(clock): Json<Clock>) -> Result<Json<Value>, Refused> {
    let mut stored = app.store.write();
    let offset_ms = match clock {
        Clock::OffsetMs(offset_ms) => offset_ms,
        Clock::AdvanceMs(advance_ms) => stored.world.clock_offset_ms().saturating_add(advance_ms),
    };
    commit_one(&mut stored, Change::ClockOffsetSet { offset_ms })?;
    app.store.set_clock_offset_ms(offset_ms);
    Ok(Json(
        json!({ "offset_ms": offset_ms, "now_ms": app.store.now_ms() }),
    ))
}

/// Why the control API did nothing.
struct Refused {
    status: StatusCode,
    reason: String,
}

impl Refused {
    fn missing(what: &str, id: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            reason: format!("there is no {what} {id}"),
        }
    }

    fn bad(reason: String) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            reason,
        }
    }
}

impl From<SimulatorError> for Refused {
    fn from(error: SimulatorError) -> Self {
        tracing::error!(%error, "a change could not be kept");
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            reason: error.to_string(),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.reason }))).into_response()
    }
}
