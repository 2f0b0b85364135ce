//! Instagram through the Graph dialect (Instagram Platform, versions 25 and 26).
//!
//! Nothing tells of a deleted, edited or hidden comment: the caller finds out by reading again.

pub mod tokens;
mod wire;

pub use crate::graph::usage::{OPTIONAL_READS_STOP_AT_PERCENT, WRITES_STOP_AT_PERCENT};
pub use crate::http::ReadRetries;

use crate::graph::acts::Switch;
use crate::graph::call::{Call, Caller};
use crate::graph::usage::{Purpose, UsageGate};
use crate::http::{refused_here, require_private_transport};
use crate::picture::{self, PictureSource};
use crate::sendable::require_sendable;
use async_trait::async_trait;
use domain::error::PlatformError;
use domain::ports::{
    ActionSink, ApiUsage, Clock, CommentSource, Page, RemoteComment, RemotePost, RemoteProfile,
};
use domain::{Capabilities, Hiding, PlatformId, Removal, Timestamp};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Semaphore;
use url::Url;
use wire::{COMMENT_FIELDS, Found, LINKED_PROFILE_FIELDS, POST_FIELDS, PROFILE_FIELDS, REPLY_FIELDS};
use zeroize::Zeroizing;

/// The platform gives at most this many comments per page.
const PAGE_SIZE: &str = "50";
/// The account's own comments stay visible whatever is asked.
const HIDE: Switch = Switch {
    parameter: "hide",
    field: "hidden",
    left: "the comment as it was; the account's own comments cannot be hidden",
};
const COMMENTS: Switch = Switch {
    parameter: "comment_enabled",
    field: "is_comment_enabled",
    left: "the comments of the post as they were",
};
/// Of Instagram's and Facebook's content network.
const CONTENT_HOSTS: [&str; 2] = ["cdninstagram.com", "fbcdn.net"];

/// Whose token opens the account. Both ways lead to the same ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedIn {
    /// The account's own, at `graph.instagram.com`.
    OnInstagram,
    /// That of the Facebook Page which the account is linked to, at `graph.facebook.com`. `me` is the page there.
    ThroughPage,
}

/// How to reach one account.
pub struct InstagramConfig {
    /// `https://graph.instagram.com`, `https://graph.facebook.com`, or a simulator on loopback.
    pub base_url: Url,
    /// Graph version, as in `v26.0`. Without one the platform would take the app's oldest.
    pub version: String,
    pub signed_in: SignedIn,
    /// The professional account's id, as [`CommentSource::profile`] returned it; `None` before that. Through a page it is
    /// always known: [`crate::facebook::login::ManagedPage::instagram`].
    pub account_id: Option<PlatformId>,
    pub token: Zeroizing<String>,
    pub clock: Arc<dyn Clock>,
    /// For one attempt, from connecting to the last byte.
    pub total_timeout: Duration,
    /// Instagram states no limit for comments; this is our own.
    pub max_reply_chars: usize,
    /// Calls of this account under way at the same time.
    pub max_concurrent_calls: usize,
    pub read_retries: ReadRetries,
    /// From [`crate::http_client`]; give all accounts a clone of the same one.
    pub http: reqwest::Client,
}

impl InstagramConfig {
    /// With this app's own limits (30 s, 1,000 characters, 4 calls at a time), the system's clock and a client of
    /// its own.
    pub fn new(base_url: Url, version: impl Into<String>, token: Zeroizing<String>) -> Self {
        Self {
            base_url,
            version: version.into(),
            signed_in: SignedIn::OnInstagram,
            account_id: None,
            token,
            clock: Arc::new(SystemClock),
            total_timeout: Duration::from_secs(30),
            max_reply_chars: 1_000,
            max_concurrent_calls: 4,
            read_retries: ReadRetries::default(),
            http: crate::http_client(),
        }
    }

    pub fn with_account(mut self, id: PlatformId) -> Self {
        self.account_id = Some(id);
        self
    }

    pub fn with_max_reply_chars(mut self, max: usize) -> Self {
        self.max_reply_chars = max;
        self
    }
}

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(0).plus(since_epoch)
    }
}

/// One Instagram account.
pub struct Instagram {
    caller: Caller,
    signed_in: SignedIn,
    max_reply_chars: usize,
}

impl Instagram {
    /// Fails when the base address is none that a token may be sent to.
    pub fn new(config: InstagramConfig) -> Result<Self, PlatformError> {
        require_private_transport(&config.base_url)?;
        Ok(Self {
            max_reply_chars: config.max_reply_chars,
            signed_in: config.signed_in,
            caller: Caller {
                http: config.http,
                base_url: config.base_url,
                version: config.version,
                token: config.token,
                clock: config.clock,
                total_timeout: config.total_timeout,
                read_retries: config.read_retries,
                account_id: config.account_id,
                turns: Semaphore::new(config.max_concurrent_calls.max(1)),
                usage: UsageGate::default(),
            },
        })
    }

    fn account(&self) -> Option<&PlatformId> {
        self.caller.account_id.as_ref()
    }
}

/// `limit`, `fields` and, from the second page on, the cursor.
fn listing<'a>(fields: &'a str, after: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
    let mut query = vec![("fields", fields), ("limit", PAGE_SIZE)];
    query.extend(after.map(|cursor| ("after", cursor)));
    query
}

#[async_trait]
impl CommentSource for Instagram {
    fn destination(&self) -> String {
        self.caller.base_url.host_str().unwrap_or_default().to_owned()
    }

    fn usage(&self) -> Option<ApiUsage> {
        Some(self.caller.usage())
    }

    async fn profile(&self) -> Result<RemoteProfile, PlatformError> {
        let (who, fields) = match (self.signed_in, self.account()) {
            (SignedIn::OnInstagram, _) => ("me", PROFILE_FIELDS),
            (SignedIn::ThroughPage, Some(account)) => (account.as_str(), LINKED_PROFILE_FIELDS),
            (SignedIn::ThroughPage, None) => {
                let why = "which account is linked to the page has to be known beforehand";
                return Err(refused_here(why.to_owned()));
            }
        };
        let path = [who];
        let call = Call::get(Purpose::Read, &path, vec![("fields", fields)]);
        self.caller.read(call, wire::profile).await
    }

    async fn posts(&self, after: Option<&str>) -> Result<Page<RemotePost>, PlatformError> {
        let path = [self.account().map_or("me", PlatformId::as_str), "media"];
        let call = Call::get(Purpose::Listing, &path, listing(POST_FIELDS, after));
        self.caller.read(call, wire::posts).await
    }

    async fn comments(
        &self,
        post: &PlatformId,
        after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        let path = [post.as_str(), "comments"];
        let call = Call::get(Purpose::Listing, &path, listing(COMMENT_FIELDS, after));
        let found = Found {
            post,
            thread: None,
            account: self.account(),
        };
        self.caller.read(call, |body| wire::comments(body, found)).await
    }

    async fn replies(
        &self,
        post: &PlatformId,
        comment: &PlatformId,
        after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        let path = [comment.as_str(), "replies"];
        let call = Call::get(Purpose::Read, &path, listing(REPLY_FIELDS, after));
        let found = Found {
            post,
            thread: Some(comment),
            account: self.account(),
        };
        self.caller.read(call, |body| wire::comments(body, found)).await
    }

    async fn comment(&self, id: &PlatformId) -> Result<Option<RemoteComment>, PlatformError> {
        let path = [id.as_str()];
        let call = Call::get(Purpose::Read, &path, vec![("fields", COMMENT_FIELDS)]);
        let read = self.caller.read(call, |body| wire::comment(body, self.account()));
        match read.await {
            Ok(comment) => Ok(Some(comment)),
            Err(PlatformError::Gone { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn picture(&self, url: &str, max_bytes: usize) -> Result<(Vec<u8>, String), PlatformError> {
        let caller = &self.caller;
        let source = PictureSource {
            http: &caller.http,
            base_url: &caller.base_url,
            content_hosts: &CONTENT_HOSTS,
            timeout: caller.total_timeout,
            max_bytes,
        };
        picture::fetch(source, url).await
    }
}

#[async_trait]
impl ActionSink for Instagram {
    async fn reply(&self, thread: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        require_sendable(text, self.max_reply_chars)?;
        self.caller.post_text(&[thread.as_str(), "replies"], text).await
    }

    async fn set_hidden(&self, comment: &PlatformId, hidden: bool) -> Result<(), PlatformError> {
        self.caller.switch(comment, &HIDE, hidden).await
    }

    async fn delete(&self, comment: &PlatformId) -> Result<(), PlatformError> {
        self.caller.delete(comment).await
    }

    fn max_reply_chars(&self) -> usize {
        self.max_reply_chars
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            can_hide: Some(Hiding { undoable: true }),
            can_delete_others: Removal::Delete,
            can_private_reply: true,
            can_comment_on_post: true,
            can_switch_comments: true,
            ..Capabilities::replies_only(self.max_reply_chars)
        }
    }

    async fn private_reply(&self, comment: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        require_sendable(text, self.max_reply_chars)?;
        // On a page's token it is the page that writes for the account.
        let sender = match (self.signed_in, self.account()) {
            (SignedIn::OnInstagram, Some(account)) => account.as_str(),
            _ => "me",
        };
        self.caller.private_reply(sender, comment, text).await
    }

    async fn comment_on(&self, post: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        require_sendable(text, self.max_reply_chars)?;
        self.caller.post_text(&[post.as_str(), "comments"], text).await
    }

    async fn set_comments_enabled(&self, post: &PlatformId, enabled: bool) -> Result<(), PlatformError> {
        self.caller.switch(post, &COMMENTS, enabled).await
    }
}
