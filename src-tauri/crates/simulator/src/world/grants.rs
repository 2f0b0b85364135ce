//! Who may act for which channel. Tokens are made from the seeded one, so that the journal need not hold any.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::ids::{scatter, stable_hash};
use crate::seed::SeedAccount;

/// Seconds that an access token lives, as the platform says it.
pub const ACCESS_TOKEN_LIFE_SECONDS: i64 = 3599;
/// What a seeded token is counted against.
const SEEDED_PROJECT: &str = "simulator";
const EVERY_SCOPE: &str =
    "https://www.googleapis.com/auth/youtube https://www.googleapis.com/auth/youtube.force-ssl";

/// What a person agreed to on the consent page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub channel_id: String,
    pub client_id: String,
    /// Separated by spaces.
    pub scope: String,
}

pub struct Granted {
    pub grant: Grant,
    pub refresh_token: String,
    /// The newest; empty until the first one is issued.
    pub access_token: String,
    pub revoked: bool,
    /// Nothing when the channel is not in the seed that an older journal is replayed on.
    account: Option<u32>,
    secret: String,
    access_tokens: u64,
}

struct Access {
    account: u32,
    /// Nothing for a seeded token.
    grant: Option<u32>,
    expires_at_ms: Option<i64>,
}

/// What an access token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened<'a> {
    pub account: u32,
    pub project: &'a str,
    pub scope: &'a str,
}

#[derive(Default)]
pub struct Grants {
    granted: Vec<Granted>,
    access: HashMap<String, Access>,
    by_refresh_token: HashMap<String, u32>,
}

impl Grants {
    pub fn knows(&self, access_token: &str) -> bool {
        self.access.contains_key(access_token)
    }

    pub fn open(&self, access_token: &str, now_ms: i64) -> Option<Opened<'_>> {
        let access = self.access.get(access_token)?;
        if access
            .expires_at_ms
            .is_some_and(|expires_at| expires_at <= now_ms)
        {
            return None;
        }
        let (project, scope) = match access.grant {
            Some(grant) => {
                let grant = &self.granted[grant as usize].grant;
                (project_of(&grant.client_id), grant.scope.as_str())
            }
            None => (SEEDED_PROJECT, EVERY_SCOPE),
        };
        Some(Opened {
            account: access.account,
            project,
            scope,
        })
    }

    /// Number and grant of a refresh token or of an access token that was granted.
    pub fn find(&self, token: &str) -> Option<(u32, &Granted)> {
        let grant = match self.by_refresh_token.get(token) {
            Some(grant) => *grant,
            None => self.access.get(token)?.grant?,
        };
        Some((grant, &self.granted[grant as usize]))
    }

    /// How many were issued, which is the number of the next one.
    pub fn count(&self) -> u32 {
        u32::try_from(self.granted.len()).expect("fewer than 2^32 grants fit in memory")
    }

    pub fn granted(&self, grant: u32) -> &Granted {
        &self.granted[grant as usize]
    }

    pub(super) fn add_seeded(&mut self, account: u32, seed: &SeedAccount) {
        let access = Access {
            account,
            grant: None,
            expires_at_ms: seed.token_expires_at,
        };
        self.access.insert(seed.token.clone(), access);
    }

    pub(super) fn issue(&mut self, owner: Option<(u32, String)>, grant: Grant) {
        let number = self.count();
        let (account, secret) = owner.unzip();
        let secret = format!("{}|{number}", secret.unwrap_or_default());
        let refresh_token = made_token("1//0sim", &secret, 0);
        if account.is_some() {
            self.by_refresh_token.insert(refresh_token.clone(), number);
        }
        self.granted.push(Granted {
            grant,
            refresh_token,
            access_token: String::new(),
            revoked: false,
            account,
            secret,
            access_tokens: 0,
        });
    }

    pub(super) fn issue_access_token(&mut self, grant: u32, at_ms: i64) {
        let Some(granted) = self.granted.get_mut(grant as usize) else {
            return;
        };
        granted.access_tokens += 1;
        granted.access_token = made_token("ya29.sim", &granted.secret, granted.access_tokens);
        if let Some(account) = granted.account {
            let access = Access {
                account,
                grant: Some(grant),
                expires_at_ms: Some(at_ms.saturating_add(ACCESS_TOKEN_LIFE_SECONDS * 1000)),
            };
            self.access.insert(granted.access_token.clone(), access);
        }
    }

    pub(super) fn expire_access_tokens(&mut self, account: u32) {
        for access in self.access.values_mut() {
            if access.account == account {
                access.expires_at_ms = Some(i64::MIN);
            }
        }
    }

    pub(super) fn revoke(&mut self, grant: u32) {
        if let Some(granted) = self.granted.get_mut(grant as usize) {
            granted.revoked = true;
            self.access.retain(|_, access| access.grant != Some(grant));
        }
    }

    pub(super) fn revoke_all(&mut self, account: u32) {
        for granted in &mut self.granted {
            granted.revoked |= granted.account == Some(account);
        }
        self.expire_access_tokens(account);
    }
}

/// Client ids are `<project number>-<letters>.apps.googleusercontent.com`: one project may have several clients.
fn project_of(client_id: &str) -> &str {
    client_id.split('-').next().unwrap_or(client_id)
}

fn made_token(prefix: &str, secret: &str, number: u64) -> String {
    let first = scatter(stable_hash(format!("{prefix}|{secret}|{number}").as_bytes()));
    format!("{prefix}{first:016x}{:016x}", scatter(first))
}
