//! From what is kept of an account to the client of its platform.
//!
//! The secret store holds tokens and the user's own app credentials; the database holds who the account is and, where
//! it is not the platform's own, the address it is reached at.

use crate::AppError;
use domain::ports::{Clock, Platform, SecretStore};
use domain::quota::QuotaLedger;
use domain::{AccountId, PlatformId};
use engine::EngineError;
use engine::settings::Settings;
use platforms::ReadRetries;
use platforms::facebook::{FacebookConfig, FacebookPage};
use platforms::instagram::tokens::InstagramEndpoints;
use platforms::instagram::{Instagram, InstagramConfig, SignedIn};
use platforms::telegram::{
    DiscussionGroup, Telegram, TelegramBot, TelegramBotConfig, TelegramConfig, bot_of,
};
use platforms::youtube::{
    GoogleEndpoints, GoogleTokens, OAuthClient, ProjectQuota, TokenKeeper, TokenSource, TokenSourceConfig,
    YouTube, YouTubeConfig,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use storage::Storage;
use url::Url;
use zeroize::Zeroizing;

pub const INSTAGRAM: &str = "instagram";
pub const FACEBOOK: &str = "facebook";
pub const YOUTUBE: &str = "youtube";
pub const TELEGRAM: &str = "telegram";

const FACEBOOK_GRAPH: &str = "https://graph.facebook.com";
const BOT_API: &str = "https://api.telegram.org";
/// For one call of a token address, or of a bot that is not connected yet.
pub(crate) const TOKEN_TIMEOUT: Duration = Duration::from_secs(30);

/// Name of the secret that signs an account in.
pub(crate) fn token_name(platform: &str, account_platform_id: &str) -> String {
    format!("{platform}/{account_platform_id}/token")
}

/// Under which the address is kept that stands in for the platform's own.
pub(crate) fn base_url_key(account: AccountId) -> String {
    format!("base_url/{account}")
}

/// Under which the page is kept by whose token an Instagram account is reached. Such a sign-in does not end by itself.
pub(crate) fn page_key(account: AccountId) -> String {
    format!("page_of/{account}")
}

/// Name of the secret that holds the user's own Google client of a channel.
pub(crate) fn client_name(channel: &str) -> String {
    format!("{YOUTUBE}/{channel}/client")
}

/// Who an account is and where it is reached.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub platform: &'a str,
    pub id: &'a PlatformId,
    /// Stands in for the platform's own address, as a simulator's.
    pub base_url: Option<&'a str>,
}

/// Makes clients; one for the whole app, so that accounts of one Google project share its units.
pub struct Connections {
    http: reqwest::Client,
    clock: Arc<dyn Clock>,
    secrets: Arc<dyn SecretStore>,
    projects: Mutex<HashMap<String, Arc<ProjectQuota>>>,
}

/// The form in which the secret store keeps a Google client.
#[derive(Serialize, Deserialize)]
struct KeptClient {
    id: String,
    secret: String,
}

/// The form in which the secret store keeps the token of a page for the Instagram account that is linked to it. A token
/// of the account's own stands there as it is.
#[derive(Serialize, Deserialize)]
struct KeptPage {
    page_token: String,
}

/// The form in which the secret store keeps a bot and the group that it is for.
#[derive(Serialize, Deserialize)]
struct KeptBot {
    token: String,
    group: DiscussionGroup,
}

fn parse(address: &str) -> Result<Url, AppError> {
    address
        .parse()
        .map_err(|e| EngineError::Invalid(format!("base_url = {address}: {e}")).into())
}

pub(crate) fn google_at(base_url: Option<&str>) -> Result<GoogleEndpoints, AppError> {
    Ok(match base_url {
        None => GoogleEndpoints::google(),
        Some(base) => GoogleEndpoints::below(&parse(base)?),
    })
}

pub(crate) fn instagram_at(base_url: Option<&str>, settings: &Settings) -> Result<Url, AppError> {
    parse(base_url.unwrap_or(&settings.instagram.base_url))
}

/// Where the person signs in with an app of their own.
pub(crate) fn instagram_sign_in_at(
    base_url: Option<&str>,
    settings: &Settings,
) -> Result<InstagramEndpoints, AppError> {
    let graph = instagram_at(base_url, settings)?;
    let known = InstagramEndpoints::instagram();
    Ok(match graph == known.graph {
        true => known,
        false => InstagramEndpoints::below(&graph),
    })
}

fn bot_api_at(base_url: Option<&str>) -> Result<Url, AppError> {
    parse(base_url.unwrap_or(BOT_API))
}

pub(crate) fn facebook_at(base_url: Option<&str>) -> Result<Url, AppError> {
    parse(base_url.unwrap_or(FACEBOOK_GRAPH))
}

impl Connections {
    pub fn new(http: reqwest::Client, clock: Arc<dyn Clock>, secrets: Arc<dyn SecretStore>) -> Self {
        Self {
            http,
            clock,
            secrets,
            projects: Mutex::default(),
        }
    }

    pub(crate) fn http(&self) -> reqwest::Client {
        self.http.clone()
    }

    /// The workspace with these projects was closed and what they spent is kept.
    pub(crate) fn forget_projects(&self) {
        self.projects
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    pub(crate) fn secrets(&self) -> &Arc<dyn SecretStore> {
        &self.secrets
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// The client of an account that was connected before; `None` when its secret is not kept here.
    pub async fn open(
        &self,
        known: Known<'_>,
        settings: &Settings,
    ) -> Result<Option<Arc<dyn Platform>>, AppError> {
        let name = token_name(known.platform, known.id.as_str());
        let Some(token) = self.secrets.get(&name).await? else {
            return Ok(None);
        };
        let id = Some(known.id.clone());
        Ok(match known.platform {
            FACEBOOK => Some(self.facebook(known.base_url, &token, id, settings)?),
            YOUTUBE => {
                let (Some(client), Some(tokens)) = (
                    self.google_client(known.id.as_str()).await?,
                    GoogleTokens::from_secret(&token),
                ) else {
                    return Ok(None);
                };
                Some(self.youtube(known.base_url, client, tokens, id)?)
            }
            INSTAGRAM => Some(match page_from_secret(&token)? {
                Some(page) => {
                    self.instagram_through_page(known.base_url, &page, known.id.clone(), settings)?
                }
                None => self.instagram(known.base_url, &token, id, settings)?,
            }),
            TELEGRAM => {
                let (token, group) = bot_from_secret(&token)?;
                Some(self.telegram(known.base_url, &token, group)?)
            }
            unknown => {
                return Err(EngineError::Invalid(format!(
                    "this version does not know the platform \"{unknown}\""
                ))
                .into());
            }
        })
    }

    pub(crate) fn instagram(
        &self,
        base_url: Option<&str>,
        token: &str,
        account_id: Option<PlatformId>,
        settings: &Settings,
    ) -> Result<Arc<Instagram>, AppError> {
        let config = InstagramConfig {
            account_id,
            ..self.instagram_config(instagram_at(base_url, settings)?, token, settings)
        };
        Ok(Arc::new(Instagram::new(config).map_err(EngineError::from)?))
    }

    /// By the token of the page that the account is linked to.
    pub(crate) fn instagram_through_page(
        &self,
        base_url: Option<&str>,
        page_token: &str,
        account_id: PlatformId,
        settings: &Settings,
    ) -> Result<Arc<Instagram>, AppError> {
        let config = InstagramConfig {
            signed_in: SignedIn::ThroughPage,
            account_id: Some(account_id),
            ..self.instagram_config(facebook_at(base_url)?, page_token, settings)
        };
        Ok(Arc::new(Instagram::new(config).map_err(EngineError::from)?))
    }

    fn instagram_config(&self, base_url: Url, token: &str, settings: &Settings) -> InstagramConfig {
        let settings = &settings.instagram;
        InstagramConfig {
            max_reply_chars: usize::try_from(settings.max_reply_chars).unwrap_or(usize::MAX),
            http: self.http(),
            ..InstagramConfig::new(base_url, &settings.version, Zeroizing::new(token.to_owned()))
        }
    }

    pub(crate) fn facebook(
        &self,
        base_url: Option<&str>,
        token: &str,
        page_id: Option<PlatformId>,
        settings: &Settings,
    ) -> Result<Arc<FacebookPage>, AppError> {
        let base_url = facebook_at(base_url)?;
        let token = Zeroizing::new(token.to_owned());
        let version = &settings.instagram.version;
        let config = FacebookConfig {
            page_id,
            ..FacebookConfig::new(base_url, version, token, self.clock(), self.http())
        };
        Ok(Arc::new(FacebookPage::new(config).map_err(EngineError::from)?))
    }

    pub(crate) fn telegram(
        &self,
        base_url: Option<&str>,
        token: &str,
        group: DiscussionGroup,
    ) -> Result<Arc<Telegram>, AppError> {
        let base_url = bot_api_at(base_url)?;
        let token = Zeroizing::new(token.to_owned());
        let config = TelegramConfig::new(base_url, token, group, self.clock(), self.http());
        Ok(Arc::new(Telegram::new(config).map_err(EngineError::from)?))
    }

    /// A bot of which nothing is known but its token.
    pub(crate) fn telegram_bot(&self, base_url: Option<&str>, token: &str) -> Result<TelegramBot, AppError> {
        let config = TelegramBotConfig {
            base_url: bot_api_at(base_url)?,
            token: Zeroizing::new(token.to_owned()),
            clock: self.clock(),
            http: self.http(),
            total_timeout: TOKEN_TIMEOUT,
            read_retries: ReadRetries::default(),
        };
        Ok(TelegramBot::new(config).map_err(EngineError::from)?)
    }

    /// The id of the bot that a group is connected by; `None` where no secret is kept.
    pub(crate) async fn bot_of_group(&self, group: &PlatformId) -> Result<Option<i64>, AppError> {
        let Some(secret) = self.secrets.get(&token_name(TELEGRAM, group.as_str())).await? else {
            return Ok(None);
        };
        Ok(Some(bot_of_secret(&secret)?))
    }

    /// Renewed tokens are kept under the channel's name, once it is known.
    pub(crate) fn youtube(
        &self,
        base_url: Option<&str>,
        client: OAuthClient,
        tokens: GoogleTokens,
        channel: Option<PlatformId>,
    ) -> Result<Arc<YouTube>, AppError> {
        let endpoints = google_at(base_url)?;
        let quota = self.project(&client.id);
        let keeper = channel.as_ref().map(|channel| TokenKeeper {
            store: Arc::clone(&self.secrets),
            name: token_name(YOUTUBE, channel.as_str()),
        });
        let tokens = TokenSource::new(TokenSourceConfig {
            token_url: endpoints.token,
            client,
            tokens,
            keeper,
            clock: self.clock(),
            http: self.http(),
            timeout: TOKEN_TIMEOUT,
        })
        .map_err(EngineError::from)?;
        let config = YouTubeConfig {
            channel_id: channel,
            ..YouTubeConfig::new(endpoints.api, Arc::new(tokens), quota, self.clock(), self.http())
        };
        Ok(Arc::new(YouTube::new(config).map_err(EngineError::from)?))
    }

    /// Takes up what was spent of every project before the start. What was spent since, before the workspace was
    /// open, is added.
    pub(crate) async fn take_up_quotas(&self, storage: &Storage) -> Result<(), AppError> {
        let now = self.clock.now();
        for (project, kept) in storage.quota_ledgers().await? {
            self.project(&project).take_up(kept, now);
        }
        Ok(())
    }

    /// So that a restart forgets nothing of what was spent. Writes only what changed since the last time.
    pub(crate) async fn save_quotas(&self, storage: &Storage) -> Result<(), AppError> {
        let ledgers: Vec<(String, QuotaLedger)> = {
            let projects = self.projects.lock().unwrap_or_else(PoisonError::into_inner);
            projects
                .iter()
                .map(|(project, quota)| (project.clone(), quota.ledger()))
                .collect()
        };
        for (project, ledger) in ledgers {
            if storage.quota_ledger(&project).await?.as_ref() != Some(&ledger) {
                storage
                    .save_quota_ledger(&project, &ledger, self.clock.now())
                    .await?;
            }
        }
        Ok(())
    }

    /// The units of a Google project, named by its client id.
    pub(crate) fn project(&self, client_id: &str) -> Arc<ProjectQuota> {
        let mut projects = self.projects.lock().unwrap_or_else(PoisonError::into_inner);
        let quota = projects.entry(client_id.to_owned()).or_insert_with(|| {
            let ledger = QuotaLedger::new(domain::quota::QuotaBudget::default(), self.clock.now());
            Arc::new(ProjectQuota::new(ledger))
        });
        Arc::clone(quota)
    }

    pub(crate) async fn keep_google_client(
        &self,
        channel: &str,
        client: &OAuthClient,
    ) -> Result<(), AppError> {
        let kept = KeptClient {
            id: client.id.clone(),
            secret: client.secret.to_string(),
        };
        let text = Zeroizing::new(serde_json::to_string(&kept).map_err(anyhow::Error::from)?);
        drop(Zeroizing::new(kept.secret));
        Ok(self.secrets.set(&client_name(channel), &text).await?)
    }

    pub(crate) async fn google_client(&self, channel: &str) -> Result<Option<OAuthClient>, AppError> {
        let Some(text) = self.secrets.get(&client_name(channel)).await? else {
            return Ok(None);
        };
        let kept: KeptClient = serde_json::from_str(&text)
            .map_err(|_| anyhow::anyhow!("the kept Google client of {channel} cannot be read"))?;
        Ok(Some(OAuthClient::new(kept.id, Zeroizing::new(kept.secret))))
    }
}

/// What [`bot_from_secret`] reads back.
pub(crate) fn bot_to_secret(token: &str, group: DiscussionGroup) -> Result<Zeroizing<String>, AppError> {
    let kept = KeptBot {
        token: token.to_owned(),
        group,
    };
    let text = Zeroizing::new(serde_json::to_string(&kept).map_err(anyhow::Error::from)?);
    drop(Zeroizing::new(kept.token));
    Ok(text)
}

/// The id of the bot in a kept secret.
pub(crate) fn bot_of_secret(secret: &str) -> Result<i64, AppError> {
    let (token, _) = bot_from_secret(secret)?;
    Ok(bot_of(&token).map_err(EngineError::from)?)
}

fn bot_from_secret(secret: &str) -> Result<(Zeroizing<String>, DiscussionGroup), AppError> {
    // The reason may quote the token.
    let kept: KeptBot =
        serde_json::from_str(secret).map_err(|_| anyhow::anyhow!("the kept Telegram bot cannot be read"))?;
    Ok((Zeroizing::new(kept.token), kept.group))
}

/// What [`page_from_secret`] reads back.
pub(crate) fn page_to_secret(page_token: &str) -> Result<Zeroizing<String>, AppError> {
    let kept = KeptPage {
        page_token: page_token.to_owned(),
    };
    let text = Zeroizing::new(serde_json::to_string(&kept).map_err(anyhow::Error::from)?);
    drop(Zeroizing::new(kept.page_token));
    Ok(text)
}

/// The token of the page; `None` where the secret is a token of the Instagram account's own, which never begins like an
/// object.
pub(crate) fn page_from_secret(secret: &str) -> Result<Option<Zeroizing<String>>, AppError> {
    if !secret.starts_with('{') {
        return Ok(None);
    }
    // The reason may quote the token.
    let kept: KeptPage = serde_json::from_str(secret)
        .map_err(|_| anyhow::anyhow!("the kept sign-in of the page cannot be read"))?;
    Ok(Some(Zeroizing::new(kept.page_token)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_token_of_a_page_and_one_of_the_account_itself_are_told_apart() {
        let secret = page_to_secret("EAAB\"page").unwrap();
        assert_eq!(
            page_from_secret(&secret).unwrap().as_deref().map(String::as_str),
            Some("EAAB\"page")
        );
        assert!(page_from_secret("IGAAown").unwrap().is_none());
        let error = page_from_secret("{canary").unwrap_err().to_string();
        assert!(!error.contains("canary"), "{error}");
    }
}
