//! Signing in with a loopback address and PKCE. The consent page agrees by itself: nobody has to click in a test.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

use super::answer::Answer;
use super::request::Call;
use crate::journal::Record;
use crate::ledger::{LedgerEntry, WriteKind};
use crate::store::Store;
use crate::world::{ACCESS_TOKEN_LIFE_SECONDS, Change, ChannelChange, Grant};

// "Authorization codes are short-lived."
const CODE_LIFE_MS: i64 = 10 * 60_000;

/// What the person in front of the consent page does, until told otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Consent {
    /// Whose channel is chosen; the first one of the seed when absent.
    #[serde(default)]
    pub channel_id: Option<String>,
    /// Only these of the permissions that were asked for, separated by spaces.
    #[serde(default)]
    pub scope: Option<String>,
    #[serde(default)]
    pub deny: bool,
}

/// Codes that wait for their exchange. They die with the simulator, like a page that was left open.
#[derive(Default)]
pub struct SignIn {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    consent: Consent,
    codes: HashMap<String, Pending>,
    issued: u64,
}

struct Pending {
    grant: Grant,
    redirect_uri: String,
    challenge: String,
    expires_at_ms: i64,
}

impl SignIn {
    pub fn set_consent(&self, consent: Consent) {
        self.lock().consent = consent;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The flat refusal of RFC 6749.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OauthError {
    pub status: StatusCode,
    pub error: String,
    pub description: String,
}

impl OauthError {
    pub fn new(status: StatusCode, error: &str, description: &str) -> Self {
        Self {
            status,
            error: error.to_owned(),
            description: description.to_owned(),
        }
    }

    fn bad(error: &str, description: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, description)
    }

    pub fn expired_or_revoked() -> Self {
        Self::bad("invalid_grant", "Token has been expired or revoked.")
    }
}

pub fn answer(store: &Store, sign_in: &SignIn, call: &Call) -> Answer {
    let answer = match (call.method.as_str(), call.path.as_str()) {
        ("GET", "/o/oauth2/v2/auth" | "/o/oauth2/auth") => return consent_page(store, sign_in, call),
        ("POST", "/token") => match call.form_value("grant_type") {
            Some("authorization_code") => exchange_code(store, sign_in, call),
            Some("refresh_token") => refresh(store, call),
            other => Err(OauthError::bad(
                "unsupported_grant_type",
                &format!("Invalid grant_type: {}", other.unwrap_or_default()),
            )),
        },
        ("POST", "/revoke") => revoke(store, call),
        _ => Err(OauthError::new(StatusCode::NOT_FOUND, "not_found", "")),
    };
    answer.unwrap_or_else(Answer::refused_sign_in)
}

fn consent_page(store: &Store, sign_in: &SignIn, call: &Call) -> Answer {
    match consent(store, sign_in, call) {
        Ok(url) => Answer::Redirect(url),
        // What is wrong with the request is shown to the person, never sent to an address nobody has checked.
        Err(error) => Answer::Page {
            status: error.status,
            html: format!(
                "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Error 400: {}</title></head><body><h1>Access \
                 blocked</h1><p>{}</p></body></html>\n",
                error.error, error.description
            ),
        },
    }
}

fn consent(store: &Store, sign_in: &SignIn, call: &Call) -> Result<String, OauthError> {
    let needed = |name: &str| {
        call.parameter(name)
            .ok_or_else(|| OauthError::bad("invalid_request", &format!("Missing required parameter: {name}")))
    };
    if needed("response_type")? != "code" {
        return Err(OauthError::bad(
            "unsupported_response_type",
            "Invalid response_type",
        ));
    }
    let client_id = needed("client_id")?.to_owned();
    let redirect_uri = needed("redirect_uri")?.to_owned();
    let mut redirect = loopback(&redirect_uri)?;
    let asked = needed("scope")?;
    let challenge = needed("code_challenge")?.to_owned();
    // The platform also takes "plain"; a desktop app has no reason to.
    if call.parameter("code_challenge_method") != Some("S256") {
        return Err(OauthError::bad(
            "invalid_request",
            "code_challenge_method must be S256",
        ));
    }
    if !(43..=128).contains(&challenge.len()) {
        return Err(OauthError::bad("invalid_request", "Invalid code_challenge"));
    }
    let mut state = sign_in.lock();
    let mut add = |name: &str, value: &str| {
        redirect.query_pairs_mut().append_pair(name, value);
    };
    if let Some(value) = call.parameter("state") {
        add("state", value);
    }
    if state.consent.deny {
        add("error", "access_denied");
        return Ok(redirect.into());
    }
    let stored = store.read();
    let world = &stored.world;
    let channel = match &state.consent.channel_id {
        Some(id) => world.channel(id),
        None => world.channels().next(),
    };
    let channel = channel.ok_or_else(|| OauthError::bad("access_denied", "There is no such channel"))?;
    let agreed = |scope: &&str| {
        let only = state.consent.scope.as_ref();
        only.is_none_or(|only| only.split(' ').any(|one| one == *scope))
    };
    let scope = asked
        .split_whitespace()
        .filter(agreed)
        .collect::<Vec<_>>()
        .join(" ");
    let channel_id = world.account(channel).seed.id.clone();
    state.issued += 1;
    let code = format!("4/0sim{}", made_code(&channel_id, state.issued));
    add("code", &code);
    add("scope", &scope);
    let pending = Pending {
        grant: Grant {
            channel_id,
            client_id,
            scope,
        },
        redirect_uri,
        challenge,
        expires_at_ms: store.now_ms() + CODE_LIFE_MS,
    };
    state.codes.insert(code, pending);
    Ok(redirect.into())
}

/// Desktop clients are redirected to the machine itself, on any port.
fn loopback(redirect_uri: &str) -> Result<Url, OauthError> {
    let url = Url::parse(redirect_uri).ok();
    let is_loopback = |url: &Url| {
        url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"))
    };
    url.filter(is_loopback).ok_or_else(|| {
        OauthError::bad(
            "redirect_uri_mismatch",
            "The redirect_uri must be a loopback address for this type of client",
        )
    })
}

fn made_code(channel_id: &str, number: u64) -> String {
    let random: u64 = rand::random();
    let digest = Sha256::digest(format!("{channel_id}|{number}|{random}"));
    URL_SAFE_NO_PAD.encode(digest)
}

fn client_of(call: &Call) -> Result<&str, OauthError> {
    let client_id = call
        .form_value("client_id")
        .ok_or_else(|| OauthError::bad("invalid_request", "Could not determine client ID from request."))?;
    // A desktop client has a secret, which is no secret; any will do here.
    if call.form_value("client_secret").is_none() {
        return Err(OauthError::bad("invalid_request", "client_secret is missing."));
    }
    Ok(client_id)
}

fn exchange_code(store: &Store, sign_in: &SignIn, call: &Call) -> Result<Answer, OauthError> {
    let client_id = client_of(call)?;
    let code = call
        .form_value("code")
        .ok_or_else(|| OauthError::bad("invalid_request", "Missing required parameter: code"))?;
    let now_ms = store.now_ms();
    // Good once, whatever comes of it.
    let pending = sign_in
        .lock()
        .codes
        .remove(code)
        .filter(|pending| pending.expires_at_ms > now_ms)
        .ok_or_else(|| OauthError::bad("invalid_grant", "Malformed auth code."))?;
    if pending.grant.client_id != client_id {
        return Err(OauthError::bad("invalid_grant", "Bad Request"));
    }
    if call.form_value("redirect_uri") != Some(&pending.redirect_uri) {
        return Err(OauthError::bad("redirect_uri_mismatch", "Bad Request"));
    }
    let verifier = call
        .form_value("code_verifier")
        .ok_or_else(|| OauthError::bad("invalid_grant", "Missing code verifier."))?;
    if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != pending.challenge {
        return Err(OauthError::bad("invalid_grant", "Invalid code verifier."));
    }
    let mut stored = store.write();
    let number = stored.world.grants().count();
    let issued = ChannelChange::GrantIssued { grant: pending.grant };
    let records = vec![plain(issued), plain(access_token(number, now_ms))];
    stored.commit(records).map_err(broken)?;
    let granted = stored.world.grants().granted(number);
    Ok(Answer::json(json!({
        "access_token": granted.access_token,
        "expires_in": ACCESS_TOKEN_LIFE_SECONDS,
        "refresh_token": granted.refresh_token,
        "scope": granted.grant.scope,
        "token_type": "Bearer",
    })))
}

/// No new refresh token: the old one stays good.
fn refresh(store: &Store, call: &Call) -> Result<Answer, OauthError> {
    let client_id = client_of(call)?;
    let token = call
        .form_value("refresh_token")
        .ok_or_else(|| OauthError::bad("invalid_request", "Missing required parameter: refresh_token"))?;
    let now_ms = store.now_ms();
    let mut stored = store.write();
    let (number, granted) = stored
        .world
        .grants()
        .find(token)
        .filter(|(_, granted)| granted.refresh_token == token)
        .ok_or_else(|| OauthError::bad("invalid_grant", "Bad Request"))?;
    if granted.revoked {
        return Err(OauthError::expired_or_revoked());
    }
    if granted.grant.client_id != client_id {
        return Err(OauthError::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized_client",
            "Unauthorized",
        ));
    }
    let channel_id = granted.grant.channel_id.clone();
    let write = LedgerEntry {
        what: WriteKind::RefreshToken,
        target: channel_id.clone(),
        thread_id: None,
        text: None,
        result_id: None,
        account_id: channel_id,
        at_ms: now_ms,
        changed: true,
        times: 0,
    };
    let record = Record {
        write: Some(write),
        ..plain(access_token(number, now_ms))
    };
    stored.commit(vec![record]).map_err(broken)?;
    let granted = stored.world.grants().granted(number);
    Ok(Answer::json(json!({
        "access_token": granted.access_token,
        "expires_in": ACCESS_TOKEN_LIFE_SECONDS,
        "scope": granted.grant.scope,
        "token_type": "Bearer",
    })))
}

fn revoke(store: &Store, call: &Call) -> Result<Answer, OauthError> {
    let token = call.form_value("token").or_else(|| call.parameter("token"));
    let mut stored = store.write();
    let found = token.and_then(|token| stored.world.grants().find(token));
    let (grant, _) = found
        .filter(|(_, granted)| !granted.revoked)
        .ok_or_else(|| OauthError::bad("invalid_token", "Token expired or revoked"))?;
    let change = plain(ChannelChange::GrantRevoked { grant });
    stored.commit(vec![change]).map_err(broken)?;
    Ok(Answer::json(json!({})))
}

fn access_token(grant: u32, at_ms: i64) -> ChannelChange {
    ChannelChange::AccessTokenIssued { grant, at_ms }
}

fn plain(change: ChannelChange) -> Record {
    Record {
        change: Some(Change::Channel(change)),
        write: None,
    }
}

fn broken(error: crate::error::SimulatorError) -> OauthError {
    tracing::error!(%error, "a sign-in could not be kept");
    OauthError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_failure", "")
}
