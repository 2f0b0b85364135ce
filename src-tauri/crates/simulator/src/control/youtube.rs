//! What happens on YouTube beside the API: moderators in its studio, the consent page, tokens and quotas.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

use super::{App, Refused, change_comment, commit_one};
use crate::server::Shared;
use crate::world::{Change, ChannelChange, ModerationStatus};
use crate::youtube::Consent;

pub fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/comments/{id}/moderate", post(moderate_comment))
        .route("/videos/{id}/comments-enabled", post(enable_comments))
        .route("/youtube/consent", post(set_consent))
        .route("/youtube/expire-access-tokens", post(expire_access_tokens))
        .route("/youtube/revoke-grants", post(revoke_grants))
        .route("/youtube/quota", get(quota).post(set_quota))
}

#[derive(Deserialize)]
struct Moderate {
    status: ModerationStatus,
}

/// What a moderator or the spam filter does; it may bring a rejected comment back, which the API may not.
async fn moderate_comment(
    State(app): App,
    Path(comment_id): Path<String>,
    Json(Moderate { status }): Json<Moderate>,
) -> Result<Json<Value>, Refused> {
    if app.store.read().world.comment_on_video(&comment_id).is_none() {
        return Err(Refused::missing("comment on a video", &comment_id));
    }
    change_comment(&app, comment_id, |comment_id| {
        Change::Channel(ChannelChange::ModerationSet { comment_id, status })
    })
}

#[derive(Deserialize)]
struct Enable {
    enabled: bool,
}

async fn enable_comments(
    State(app): App,
    Path(post_id): Path<String>,
    Json(Enable { enabled }): Json<Enable>,
) -> Result<Json<Value>, Refused> {
    let mut stored = app.store.write();
    if stored.world.video(&post_id).is_none() {
        return Err(Refused::missing("video", &post_id));
    }
    commit_one(&mut stored, Change::CommentsEnabledSet { post_id, enabled })?;
    Ok(Json(json!({ "success": true })))
}

/// `null` goes back to agreeing to everything for the first channel.
async fn set_consent(State(app): App, Json(consent): Json<Option<Consent>>) -> Result<Json<Value>, Refused> {
    let consent = consent.unwrap_or_default();
    if let Some(id) = &consent.channel_id
        && app.store.read().world.channel(id).is_none()
    {
        return Err(Refused::missing("channel", id));
    }
    app.sign_in.set_consent(consent);
    Ok(Json(json!({ "success": true })))
}

#[derive(Deserialize)]
struct OfChannel {
    channel_id: String,
}

/// Every access token given out so far; refresh tokens stay good.
async fn expire_access_tokens(
    State(app): App,
    Json(OfChannel { channel_id }): Json<OfChannel>,
) -> Result<Json<Value>, Refused> {
    change_channel(&app, channel_id, |channel_id| {
        ChannelChange::AccessTokensExpired { channel_id }
    })
}

/// The owner takes the permission back: nothing but signing in again helps.
async fn revoke_grants(
    State(app): App,
    Json(OfChannel { channel_id }): Json<OfChannel>,
) -> Result<Json<Value>, Refused> {
    change_channel(&app, channel_id, |channel_id| ChannelChange::GrantsRevoked {
        channel_id,
    })
}

fn change_channel(
    app: &Shared,
    channel_id: String,
    change: impl FnOnce(String) -> ChannelChange,
) -> Result<Json<Value>, Refused> {
    let mut stored = app.store.write();
    if stored.world.channel(&channel_id).is_none() {
        return Err(Refused::missing("channel", &channel_id));
    }
    commit_one(&mut stored, Change::Channel(change(channel_id)))?;
    Ok(Json(json!({ "success": true })))
}

async fn quota(State(app): App) -> Json<Value> {
    Json(json!({ "days": app.store.read().world.quota().days() }))
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
enum SetQuota {
    /// For one project, or for every project without a budget of its own.
    Budget {
        #[serde(default)]
        project: Option<String>,
        units: u64,
    },
    /// As if other users of the project had spent them today.
    Spend { project: String, units: u64 },
}

async fn set_quota(State(app): App, Json(set): Json<SetQuota>) -> Result<Json<Value>, Refused> {
    let change = match set {
        SetQuota::Budget { project, units } => ChannelChange::QuotaBudgetSet { project, units },
        SetQuota::Spend { project, units } => ChannelChange::QuotaSpent {
            project,
            method: "others".into(),
            units,
            at_ms: app.store.now_ms(),
            refused: false,
        },
    };
    commit_one(&mut app.store.write(), Change::Channel(change))?;
    Ok(Json(json!({ "success": true })))
}
