//! What happens to the tokens and permissions of accounts beside the API, unless they are channels.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{App, Refused, commit_one};
use crate::graph::{INSTAGRAM_PERMISSIONS, PAGE_PERMISSIONS};
use crate::seed::SeedPlatform;
use crate::server::Shared;
use crate::store::Stored;
use crate::world::{Change, Object};

const TOKEN_LIFE_SECONDS: i64 = 5_184_000;

pub fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/accounts/{id}/revoke-tokens", post(revoke_tokens))
        .route("/accounts/{id}/sign-in", post(sign_in))
        .route("/accounts/{id}/permissions", post(refuse_permissions))
}

#[derive(Deserialize)]
struct Revoke {
    /// Why, in the platform's numbers: 458 app removed, 460 password changed, 463 ran out, 467 logged out.
    #[serde(default = "logged_out")]
    subcode: u32,
}

fn logged_out() -> u32 {
    467
}

/// Every token of the account ends; only signing in again gives another.
async fn revoke_tokens(
    State(app): App,
    Path(account_id): Path<String>,
    Json(Revoke { subcode }): Json<Revoke>,
) -> Result<Json<Value>, Refused> {
    let mut stored = app.store.write();
    account(&stored, &account_id)?;
    let change = Change::TokensRevoked { account_id, subcode };
    commit_one(&mut stored, change)?;
    Ok(Json(json!({ "success": true })))
}

#[derive(Deserialize)]
struct SignIn {
    #[serde(default = "sixty_days")]
    life_seconds: i64,
}

fn sixty_days() -> i64 {
    TOKEN_LIFE_SECONDS
}

/// The owner signs in and gets a long-lived token. Earlier ones stay as they are.
async fn sign_in(
    State(app): App,
    Path(account_id): Path<String>,
    Json(SignIn { life_seconds }): Json<SignIn>,
) -> Result<Json<Value>, Refused> {
    let now_ms = app.store.now_ms();
    let mut stored = app.store.write();
    let at = account(&stored, &account_id)?;
    let token = stored.world.next_token(at);
    let expires_at_ms = now_ms.saturating_add(life_seconds.saturating_mul(1_000));
    let change = Change::TokenRefreshed {
        account_id,
        expires_at_ms,
    };
    commit_one(&mut stored, change)?;
    Ok(Json(
        json!({ "access_token": token, "expires_at_ms": expires_at_ms }),
    ))
}

#[derive(Deserialize)]
struct Permissions {
    refused: BTreeSet<String>,
}

/// Replaces what the owner did not grant; an empty list grants everything.
async fn refuse_permissions(
    State(app): App,
    Path(account_id): Path<String>,
    Json(Permissions { refused }): Json<Permissions>,
) -> Result<Json<Value>, Refused> {
    let mut stored = app.store.write();
    let at = account(&stored, &account_id)?;
    let known: &[&str] = match stored.world.account(at).seed.platform {
        SeedPlatform::Facebook => &PAGE_PERMISSIONS,
        SeedPlatform::Telegram => &crate::telegram::PERMISSIONS,
        _ => &INSTAGRAM_PERMISSIONS,
    };
    if let Some(unknown) = refused.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(Refused::bad(format!("{unknown} is none of {}", known.join(", "))));
    }
    let change = Change::PermissionsRefused {
        account_id,
        permissions: refused,
    };
    commit_one(&mut stored, change)?;
    Ok(Json(json!({ "success": true })))
}

fn account(stored: &Stored, id: &str) -> Result<u32, Refused> {
    match stored.world.object(id) {
        Some(Object::Account(at)) if stored.world.account(at).seed.platform != SeedPlatform::Youtube => {
            Ok(at)
        }
        _ => Err(Refused::missing("account with such tokens", id)),
    }
}
