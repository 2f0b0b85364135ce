//! Signing in to Instagram with an app of one's own ("Business Login"): the consent page, which agrees by itself, the
//! exchange of its code, and the token of sixty days.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::error::GraphError;
use super::permission;
use super::request::GraphRequest;
use crate::journal::Record;
use crate::seed::SeedPlatform;
use crate::store::{Store, Stored};
use crate::world::{Change, World};

// "The authorization code is valid for 1 hour."
const CODE_LIFE_MS: i64 = 3_600_000;
const SHORT_LIFE_MS: i64 = 3_600_000;
const LONG_LIFE_SECONDS: i64 = 5_184_000;

/// What the person in front of the consent page does, until told otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Consent {
    /// Who is signed in there; the first Instagram account of the seed when absent.
    #[serde(default)]
    pub account_id: Option<String>,
    #[serde(default)]
    pub deny: bool,
}

/// Codes that wait for their exchange, and tokens that wait to be lengthened. They die with the simulator.
#[derive(Default)]
pub struct SignIns {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    consent: Consent,
    codes: HashMap<String, Pending>,
    issued: u64,
    /// Tokens of an hour, with the secret of the app that they were given to.
    short: HashMap<String, String>,
}

struct Pending {
    account_id: String,
    client_id: String,
    redirect_uri: String,
    expires_at_ms: i64,
}

impl SignIns {
    pub fn set_consent(&self, consent: Consent) {
        self.lock().consent = consent;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the browser goes from the consent page. What is wrong with the request is shown to the person, never sent to
/// an address that nobody has checked.
pub fn consent(store: &Store, request: &GraphRequest) -> Result<String, GraphError> {
    if request.required_text("response_type")? != "code" {
        return Err(GraphError::invalid_parameter("Invalid response_type"));
    }
    let client_id = request.required_text("client_id")?;
    let redirect_uri = request.required_text("redirect_uri")?;
    let scope = request.required_text("scope")?;
    if !scope.split(',').any(|one| one == permission::INSTAGRAM[0]) {
        return Err(GraphError::invalid_parameter("Invalid Scopes"));
    }
    let mut redirect = Url::parse(&redirect_uri)
        .ok()
        .filter(|url| url.scheme() == "https")
        .ok_or_else(|| GraphError::invalid_parameter("Invalid redirect_uri"))?;
    let mut state = store.sign_ins.lock();
    let mut add = |name: &str, value: &str| {
        redirect.query_pairs_mut().append_pair(name, value);
    };
    if state.consent.deny {
        add("error", "access_denied");
        add("error_reason", "user_denied");
        add("error_description", "The user denied your request.");
    } else {
        let stored = store.read();
        let account = signed_in(&stored.world, state.consent.account_id.as_deref())?;
        let account_id = stored.world.account(account).seed.id.clone();
        state.issued += 1;
        let code = format!("AQSim{}", made_code(&account_id, state.issued));
        add("code", &code);
        let pending = Pending {
            account_id,
            client_id,
            redirect_uri,
            expires_at_ms: store.now_ms() + CODE_LIFE_MS,
        };
        state.codes.insert(code, pending);
    }
    if let Some(value) = request.parameter("state") {
        add("state", value);
    }
    // None of the code's, and appended all the same.
    redirect.set_fragment(Some("_"));
    Ok(redirect.into())
}

fn signed_in(world: &World, id: Option<&str>) -> Result<u32, GraphError> {
    let found = match id {
        Some(id) => world.account_of_id(id),
        None => world.first_account(SeedPlatform::Instagram),
    };
    found
        .filter(|at| world.account(*at).seed.platform == SeedPlatform::Instagram)
        .ok_or_else(|| GraphError::invalid_parameter("There is no such account"))
}

/// A token of an hour for a code, which is good once.
pub fn exchange(store: &Store, request: &GraphRequest) -> Result<Value, GraphError> {
    if request.parameter("grant_type") != Some("authorization_code") {
        return Err(GraphError::invalid_parameter("Invalid grant_type"));
    }
    let secret = request.required_text("client_secret")?;
    let code = request.required_text("code")?;
    let now_ms = store.now_ms();
    let mut state = store.sign_ins.lock();
    let asked = (request.parameter("client_id"), request.parameter("redirect_uri"));
    let pending = state
        .codes
        .remove(&code)
        .filter(|pending| pending.expires_at_ms > now_ms)
        .ok_or_else(|| GraphError::invalid_parameter("Matching code was not found or was already used"))?;
    let expected = (pending.client_id.as_str(), pending.redirect_uri.as_str());
    if asked != (Some(expected.0), Some(expected.1)) {
        return Err(GraphError::invalid_parameter(
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used \
             in the OAuth dialog request",
        ));
    }
    let mut stored = store.write();
    let at = signed_in(&stored.world, Some(&pending.account_id))?;
    let token = give_token(&mut stored, at, now_ms + SHORT_LIFE_MS)?;
    state.short.insert(token.clone(), secret);
    let account = stored.world.account(at);
    let granted = permission::INSTAGRAM
        .into_iter()
        .filter(|permission| !account.refused_permissions.contains(*permission))
        .collect::<Vec<_>>()
        .join(",");
    Ok(json!({ "data": [{
        "access_token": token,
        "user_id": account.seed.app_scoped_id,
        "permissions": granted,
    }] }))
}

/// A token of sixty days for one of an hour, for the app that the latter was given to.
pub fn lengthen(store: &Store, request: &GraphRequest) -> Result<Value, GraphError> {
    if request.parameter("grant_type") != Some("ig_exchange_token") {
        return Err(GraphError::invalid_parameter(
            "Param grant_type must be one of {ig_exchange_token}",
        ));
    }
    let secret = request.required_text("client_secret")?;
    let now_ms = store.now_ms();
    let mut state = store.sign_ins.lock();
    let mut stored = store.write();
    let at = super::signed_in(&stored.world, request, now_ms)?;
    let short = request.token.as_deref().unwrap_or_default();
    match state.short.get(short) {
        Some(of_app) if *of_app == secret => {}
        Some(_) => return Err(GraphError::new(101, "Error validating client secret.")),
        None => return Err(GraphError::new(452, "Session key invalid.")),
    }
    state.short.remove(short);
    let token = give_token(&mut stored, at, now_ms + LONG_LIFE_SECONDS * 1_000)?;
    Ok(json!({ "access_token": token, "token_type": "bearer", "expires_in": LONG_LIFE_SECONDS }))
}

fn give_token(stored: &mut Stored, at: u32, expires_at_ms: i64) -> Result<String, GraphError> {
    let token = stored.world.next_token(at);
    let account_id = stored.world.account(at).seed.id.clone();
    stored.commit(vec![Record {
        change: Some(Change::TokenRefreshed {
            account_id,
            expires_at_ms,
        }),
        write: None,
    }])?;
    Ok(token)
}

fn made_code(account_id: &str, number: u64) -> String {
    let random: u64 = rand::random();
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{account_id}|{number}|{random}")))
}
