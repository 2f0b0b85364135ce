//! What happens to the tokens and permissions of accounts beside the API, unless they are channels.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{App, Refused, commit_one};
use crate::graph::{Consent, INSTAGRAM_PERMISSIONS, LINKED_PERMISSIONS, PAGE_PERMISSIONS};
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
        .route("/accounts/{id}/instagram", post(link_instagram))
        .route("/people", post(add_person))
        .route("/instagram-consent", post(set_consent))
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
    let known: Vec<&str> = match stored.world.account(at).seed.platform {
        SeedPlatform::Facebook => PAGE_PERMISSIONS.into_iter().chain(LINKED_PERMISSIONS).collect(),
        SeedPlatform::Telegram => crate::telegram::PERMISSIONS.to_vec(),
        _ => INSTAGRAM_PERMISSIONS.to_vec(),
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

#[derive(Deserialize)]
struct Link {
    /// Absent: the page is linked to none any more.
    instagram_id: Option<String>,
}

/// Links a page to a professional account, which the page's token then opens too.
async fn link_instagram(
    State(app): App,
    Path(page_id): Path<String>,
    Json(Link { instagram_id }): Json<Link>,
) -> Result<Json<Value>, Refused> {
    let mut stored = app.store.write();
    account_of(&stored, &page_id, SeedPlatform::Facebook)?;
    if let Some(id) = &instagram_id {
        account_of(&stored, id, SeedPlatform::Instagram)?;
    }
    let change = Change::InstagramLinked {
        page_id,
        instagram_id,
    };
    commit_one(&mut stored, change)?;
    Ok(Json(json!({ "success": true })))
}

#[derive(Deserialize)]
struct Person {
    pages: Vec<String>,
}

/// A person who manages these pages signs in, and gets a token of their own.
async fn add_person(State(app): App, Json(Person { pages }): Json<Person>) -> Result<Json<Value>, Refused> {
    let mut stored = app.store.write();
    for id in &pages {
        account_of(&stored, id, SeedPlatform::Facebook)?;
    }
    let token = stored.world.next_person_token(&pages);
    commit_one(&mut stored, Change::PersonSignedIn { page_ids: pages })?;
    Ok(Json(json!({ "access_token": token })))
}

/// What the person does in front of Instagram's consent page from now on.
async fn set_consent(State(app): App, Json(consent): Json<Consent>) -> Json<Value> {
    app.store.sign_ins.set_consent(consent);
    Json(json!({ "success": true }))
}

fn account_of(stored: &Stored, id: &str, platform: SeedPlatform) -> Result<u32, Refused> {
    let found = account(stored, id)?;
    match stored.world.account(found).seed.platform == platform {
        true => Ok(found),
        false => Err(Refused::missing("account of this platform", id)),
    }
}

fn account(stored: &Stored, id: &str) -> Result<u32, Refused> {
    match stored.world.object(id) {
        Some(Object::Account(at)) if stored.world.account(at).seed.platform != SeedPlatform::Youtube => {
            Ok(at)
        }
        _ => Err(Refused::missing("account with such tokens", id)),
    }
}
