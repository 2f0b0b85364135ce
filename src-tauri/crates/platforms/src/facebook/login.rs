//! From a person's token to the pages it may act for ("Access Tokens", "Page Reference: /me/accounts"), also on the way
//! to an Instagram account that is linked to a page.
//!
//! A Page token that comes from a long-lived person's token does not end by itself.

use crate::graph::call::{Call, Caller};
use crate::graph::usage::{Purpose, UsageGate};
use crate::graph::wire::{WireId, page};
use crate::http::{ReadRetries, require_private_transport};
use domain::PlatformId;
use domain::error::PlatformError;
use domain::ports::{Clock, Element};
use serde::Deserialize;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use url::Url;
use zeroize::Zeroizing;

/// Of a page that is asked for by its own token.
const OWN_FIELDS: &str = "id,name,instagram_business_account{id,username}";
const PAGE_FIELDS: &str = "id,name,access_token,tasks,instagram_business_account{id,username}";
/// What a person may have to do on the page for the app to moderate it.
const MODERATE: &str = "MODERATE";
/// Far more pages than one person manages.
const MOST_LISTINGS: usize = 20;

/// A page that the person manages, with the token that acts for it. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ManagedPage {
    pub id: PlatformId,
    pub name: String,
    pub token: Zeroizing<String>,
    /// The person's role lets the app moderate. True where the platform does not say.
    pub can_moderate: bool,
    /// The professional account linked to the page: its id works for Instagram on `graph.facebook.com` with this token.
    pub instagram: Option<LinkedInstagram>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedInstagram {
    pub id: PlatformId,
    pub username: Option<String>,
}

impl fmt::Debug for ManagedPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManagedPage")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("can_moderate", &self.can_moderate)
            .field("instagram", &self.instagram)
            .finish_non_exhaustive()
    }
}

pub struct FacebookLoginConfig {
    /// `https://graph.facebook.com`, or a simulator on loopback.
    pub base_url: Url,
    pub version: String,
    /// The person's own token.
    pub token: Zeroizing<String>,
    pub clock: Arc<dyn Clock>,
    pub http: reqwest::Client,
    /// For one attempt, from connecting to the last byte.
    pub total_timeout: Duration,
    pub read_retries: ReadRetries,
}

/// Asks on behalf of the person who signed in.
pub struct FacebookLogin {
    caller: Caller,
}

#[derive(Deserialize)]
struct WirePage {
    id: WireId,
    name: Option<String>,
    access_token: Option<String>,
    tasks: Option<Vec<String>>,
    instagram_business_account: Option<WireInstagram>,
}

#[derive(Deserialize)]
struct WireInstagram {
    id: WireId,
    username: Option<String>,
}

#[derive(Deserialize)]
struct WirePermission {
    permission: String,
    status: String,
}

impl FacebookLogin {
    /// Fails when the base address is none that a token may be sent to.
    pub fn new(config: FacebookLoginConfig) -> Result<Self, PlatformError> {
        require_private_transport(&config.base_url)?;
        Ok(Self {
            caller: Caller {
                http: config.http,
                base_url: config.base_url,
                version: config.version,
                token: config.token,
                clock: config.clock,
                total_timeout: config.total_timeout,
                read_retries: config.read_retries,
                account_id: None,
                turns: Semaphore::new(1),
                usage: UsageGate::default(),
            },
        })
    }

    /// Every page of the person that came with a token. One that the person gave no access to has none.
    pub async fn pages(&self) -> Result<Vec<ManagedPage>, PlatformError> {
        let mut pages = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..MOST_LISTINGS {
            let mut query = vec![("fields", PAGE_FIELDS), ("limit", "100")];
            query.extend(after.as_deref().map(|cursor| ("after", cursor)));
            let call = Call::get(Purpose::Read, &["me", "accounts"], query);
            let listed = self.caller.read(call, |body| page(body, managed)).await?;
            pages.extend(listed.items.into_iter().filter_map(|item| match item {
                Element::Read(page) => page,
                Element::Malformed { reason, .. } => {
                    tracing::warn!(reason, "a managed page could not be read");
                    None
                }
            }));
            after = listed.next;
            if after.is_none() {
                break;
            }
        }
        Ok(pages)
    }

    /// The page whose own token this is, with that token. Refused where the token is a person's.
    pub async fn page_itself(&self) -> Result<ManagedPage, PlatformError> {
        let call = Call::get(Purpose::Read, &["me"], vec![("fields", OWN_FIELDS)]);
        let token = &self.caller.token;
        self.caller
            .read(call, |body| {
                let wire: WirePage = serde_json::from_str(body).map_err(|error| error.to_string())?;
                Ok(wire.into_page(token.clone()))
            })
            .await
    }

    /// Those of `wanted` that the person did not grant, so that they can be named.
    pub async fn missing<'a>(&self, wanted: &[&'a str]) -> Result<Vec<&'a str>, PlatformError> {
        let path = ["me", "permissions"];
        let call = Call::get(Purpose::Read, &path, Vec::new());
        let listed = self
            .caller
            .read(call, |body| {
                page(body, |raw| {
                    serde_json::from_str::<WirePermission>(raw).map_err(|error| error.to_string())
                })
            })
            .await?;
        let granted = |scope: &str| {
            listed.items.iter().any(|item| {
                matches!(item, Element::Read(one) if one.permission == scope && one.status == "granted")
            })
        };
        Ok(wanted.iter().copied().filter(|scope| !granted(scope)).collect())
    }
}

fn managed(raw: &str) -> Result<Option<ManagedPage>, String> {
    let mut wire: WirePage = serde_json::from_str(raw).map_err(|error| error.to_string())?;
    let Some(token) = wire.access_token.take().filter(|token| !token.is_empty()) else {
        return Ok(None);
    };
    Ok(Some(wire.into_page(token.into())))
}

impl WirePage {
    fn into_page(self, token: Zeroizing<String>) -> ManagedPage {
        ManagedPage {
            name: self.name.unwrap_or_else(|| self.id.0.clone()),
            id: self.id.into(),
            token,
            can_moderate: self
                .tasks
                .is_none_or(|tasks| tasks.iter().any(|task| task == MODERATE)),
            instagram: self.instagram_business_account.map(|linked| LinkedInstagram {
                id: linked.id.into(),
                username: linked.username,
            }),
        }
    }
}
