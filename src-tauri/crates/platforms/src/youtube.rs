//! YouTube through the Data API v3. Every call costs units of the project, and listings never touch its reserve.
//!
//! Deliberately absent: `search.list`, which has a budget of its own and misses videos, and `comments.markAsSpam`,
//! which the platform no longer supports.
//! Start with [`YouTube`]; [`oauth::SignIn`] signs an account in, [`TokenSource`] keeps it so, and
//! [`ProjectQuota`] counts what it spends.

mod acts;
mod call;
mod client;
mod gate;
mod moderation;
pub mod oauth;
mod project;
mod reading;
mod refusal;
mod token;
mod wire;

pub use client::{ClientFileError, OAuthClient};
pub use project::ProjectQuota;
pub use token::{GoogleTokens, TokenKeeper, TokenSource, TokenSourceConfig};

use crate::http::{ReadRetries, require_private_transport};
use call::{Call, Caller};
use domain::PlatformId;
use domain::error::PlatformError;
use domain::ports::Clock;
use domain::quota::SpendKind;
use gate::RateGate;
use refusal::About;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OnceCell, Semaphore};
use url::Url;
use wire::Channel;

/// What the sign-in asks for: reading, writing and moderating comments.
pub const SCOPES: [&str; 1] = ["https://www.googleapis.com/auth/youtube.force-ssl"];

const THREADS: &[&str] = &["commentThreads"];
const COMMENTS: &[&str] = &["comments"];
/// Most ids that one call takes, and most elements on a page of a playlist.
const IDS_PER_CALL: usize = 50;

/// Addresses of the platform, or of a simulator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoogleEndpoints {
    pub api: Url,
    pub auth: Url,
    pub token: Url,
}

impl GoogleEndpoints {
    pub fn google() -> Self {
        let known = |address| Url::parse(address).expect("the address is a constant");
        Self {
            api: known("https://www.googleapis.com/youtube/v3"),
            auth: known("https://accounts.google.com/o/oauth2/v2/auth"),
            token: known("https://oauth2.googleapis.com/token"),
        }
    }

    /// The same paths below another address, as a simulator serves them.
    pub fn below(base: &Url) -> Self {
        let below = |path: &[&str]| {
            let mut url = base.clone();
            if let Ok(mut segments) = url.path_segments_mut() {
                segments.pop_if_empty().extend(path);
            }
            url
        };
        Self {
            api: below(&["youtube", "v3"]),
            auth: below(&["o", "oauth2", "v2", "auth"]),
            token: below(&["token"]),
        }
    }
}

/// How to reach one account.
pub struct YouTubeConfig {
    /// [`GoogleEndpoints::api`].
    pub api: Url,
    /// As [`CommentSource::profile`] returned it; without it the channel is asked for once.
    pub channel_id: Option<PlatformId>,
    pub tokens: Arc<TokenSource>,
    pub quota: Arc<ProjectQuota>,
    pub clock: Arc<dyn Clock>,
    /// For one attempt, from connecting to the last byte.
    pub total_timeout: Duration,
    pub max_reply_chars: usize,
    /// Calls of this account under way at the same time.
    pub max_concurrent_calls: usize,
    pub read_retries: ReadRetries,
    /// How long moderation waits for the platform to show what it took.
    pub read_back: ReadRetries,
    /// From [`crate::http_client`]; give all accounts a clone of the same one.
    pub http: reqwest::Client,
}

impl YouTubeConfig {
    /// With this app's own limits (30 s, 4 calls at a time) and the platform's longest comment.
    pub fn new(
        api: Url,
        tokens: Arc<TokenSource>,
        quota: Arc<ProjectQuota>,
        clock: Arc<dyn Clock>,
        http: reqwest::Client,
    ) -> Self {
        Self {
            api,
            channel_id: None,
            tokens,
            quota,
            clock,
            total_timeout: Duration::from_secs(30),
            max_reply_chars: 10_000,
            max_concurrent_calls: 4,
            read_retries: ReadRetries::default(),
            read_back: ReadRetries {
                times: 2,
                first_delay: Duration::from_secs(1),
                longest_delay: Duration::from_secs(3),
            },
            http,
        }
    }
}

/// One YouTube channel.
pub struct YouTube {
    caller: Caller,
    channel_id: Option<PlatformId>,
    channel: OnceCell<Channel>,
    max_reply_chars: usize,
    read_back: ReadRetries,
}

impl YouTube {
    /// Fails when the base address is none that a token may be sent to.
    pub fn new(config: YouTubeConfig) -> Result<Self, PlatformError> {
        require_private_transport(&config.api)?;
        Ok(Self {
            channel_id: config.channel_id,
            channel: OnceCell::new(),
            max_reply_chars: config.max_reply_chars,
            read_back: config.read_back,
            caller: Caller {
                http: config.http,
                api: config.api,
                tokens: config.tokens,
                quota: config.quota,
                clock: config.clock,
                total_timeout: config.total_timeout,
                read_retries: config.read_retries,
                turns: Semaphore::new(config.max_concurrent_calls.max(1)),
                gate: RateGate::default(),
            },
        })
    }

    /// Units of the project, for people to see and for the plan of the reads.
    pub fn quota(&self) -> &ProjectQuota {
        &self.caller.quota
    }

    async fn read_channel(&self) -> Result<Channel, PlatformError> {
        let call = Call::get(SpendKind::Check, About::Account, &["channels"])
            .with("part", "snippet,contentDetails")
            .with("mine", "true");
        let channel = self.caller.read(call, wire::channel).await?;
        channel.ok_or_else(|| PlatformError::AccountRestricted {
            detail: "this Google account has no YouTube channel".to_owned(),
        })
    }

    async fn channel(&self) -> Result<&Channel, PlatformError> {
        self.channel.get_or_try_init(|| self.read_channel()).await
    }

    async fn channel_id(&self) -> Result<&PlatformId, PlatformError> {
        match &self.channel_id {
            Some(id) => Ok(id),
            None => Ok(&self.channel().await?.profile.id),
        }
    }
}
