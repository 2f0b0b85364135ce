//! Facebook Pages through the Graph API (versions 25 and 26), with a Page token.
//!
//! An author may be missing for people who did not agree to be named. Nothing tells when a comment was edited.

pub mod login;
mod wire;

use crate::graph::acts::Switch;
use crate::graph::call::{Call, Caller};
use crate::graph::usage::{Purpose, UsageGate};
use crate::graph::wire::page_parameters;
use crate::http::{ReadRetries, require_private_transport};
use crate::picture::{self, PictureSource};
use crate::sendable::require_sendable;
use async_trait::async_trait;
use domain::error::PlatformError;
use domain::ports::{
    ActionSink, ApiUsage, Clock, CommentSource, Page, RemoteComment, RemotePost, RemoteProfile,
};
use domain::text::normalised;
use domain::{Capabilities, Hiding, PlatformId, Removal};
use reqwest::Method;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use url::Url;
use wire::{COMMENT_FIELDS, Found, POST_FIELDS, PROFILE_FIELDS, REPLY_FIELDS};
use zeroize::Zeroizing;

/// What the Page token has to be granted.
pub const PERMISSIONS: [&str; 4] = [
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_engagement",
];
/// For private replies on top of [`PERMISSIONS`].
pub const PRIVATE_REPLY_PERMISSION: &str = "pages_messaging";

const PAGE_SIZE: &str = "50";
const CONTENT_HOSTS: [&str; 1] = ["fbcdn.net"];
/// Instagram spells it `hide`: the wrong one is taken and does nothing.
const HIDE: Switch = Switch {
    parameter: "is_hidden",
    field: "is_hidden",
    left: "the comment as it was; the page's own comments cannot be hidden",
};

/// How to reach one page.
pub struct FacebookConfig {
    /// `https://graph.facebook.com`, or a simulator on loopback.
    pub base_url: Url,
    /// Graph version, as in `v26.0`. Without one the platform would take the app's oldest.
    pub version: String,
    /// As [`CommentSource::profile`] returned it; `None` before that.
    pub page_id: Option<PlatformId>,
    /// A Page token: with a user's one, authors are missing.
    pub token: Zeroizing<String>,
    pub clock: Arc<dyn Clock>,
    /// For one attempt, from connecting to the last byte.
    pub total_timeout: Duration,
    pub max_reply_chars: usize,
    /// Calls of this page under way at the same time.
    pub max_concurrent_calls: usize,
    pub read_retries: ReadRetries,
    /// From [`crate::http_client`]; give all accounts a clone of the same one.
    pub http: reqwest::Client,
}

impl FacebookConfig {
    /// With this app's own limits (30 s, 4 calls at a time) and the platform's longest comment.
    pub fn new(
        base_url: Url,
        version: impl Into<String>,
        token: Zeroizing<String>,
        clock: Arc<dyn Clock>,
        http: reqwest::Client,
    ) -> Self {
        Self {
            base_url,
            version: version.into(),
            page_id: None,
            token,
            clock,
            total_timeout: Duration::from_secs(30),
            max_reply_chars: 8_000,
            max_concurrent_calls: 4,
            read_retries: ReadRetries::default(),
            http,
        }
    }
}

/// One Facebook Page.
pub struct FacebookPage {
    caller: Caller,
    max_reply_chars: usize,
}

impl FacebookPage {
    /// Fails when the base address is none that a token may be sent to.
    pub fn new(config: FacebookConfig) -> Result<Self, PlatformError> {
        require_private_transport(&config.base_url)?;
        Ok(Self {
            max_reply_chars: config.max_reply_chars,
            caller: Caller {
                http: config.http,
                base_url: config.base_url,
                version: config.version,
                token: config.token,
                clock: config.clock,
                total_timeout: config.total_timeout,
                read_retries: config.read_retries,
                account_id: config.page_id,
                turns: Semaphore::new(config.max_concurrent_calls.max(1)),
                usage: UsageGate::default(),
            },
        })
    }

    fn page_id(&self) -> Option<&PlatformId> {
        self.caller.account_id.as_ref()
    }

    async fn listed(
        &self,
        purpose: Purpose,
        parent: &PlatformId,
        query: Vec<(&str, &str)>,
        found: Found<'_>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        let path = [parent.as_str(), "comments"];
        self.caller
            .read(Call::get(purpose, &path, query), |body| {
                wire::comments(body, found)
            })
            .await
    }
}

fn listing<'a>(fields: &'a str, after: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
    let mut query = vec![("fields", fields), ("limit", PAGE_SIZE)];
    query.extend(after.into_iter().flat_map(page_parameters));
    query
}

#[async_trait]
impl CommentSource for FacebookPage {
    fn destination(&self) -> String {
        self.caller.base_url.host_str().unwrap_or_default().to_owned()
    }

    fn usage(&self) -> Option<ApiUsage> {
        Some(self.caller.usage())
    }

    async fn profile(&self) -> Result<RemoteProfile, PlatformError> {
        let call = Call::get(Purpose::Read, &["me"], vec![("fields", PROFILE_FIELDS)]);
        self.caller.read(call, wire::profile).await
    }

    /// What the page itself published: its feed also holds what others wrote there.
    async fn posts(&self, after: Option<&str>) -> Result<Page<RemotePost>, PlatformError> {
        let path = [self.page_id().map_or("me", PlatformId::as_str), "published_posts"];
        let call = Call::get(Purpose::Listing, &path, listing(POST_FIELDS, after));
        self.caller.read(call, wire::posts).await
    }

    async fn comments(
        &self,
        post: &PlatformId,
        after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        let mut query = listing(COMMENT_FIELDS, after);
        query.extend([("filter", "toplevel"), ("order", "reverse_chronological")]);
        let found = Found {
            post,
            thread: None,
            page: self.page_id(),
        };
        self.listed(Purpose::Listing, post, query, found).await
    }

    async fn replies(
        &self,
        post: &PlatformId,
        comment: &PlatformId,
        after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        let mut query = listing(REPLY_FIELDS, after);
        query.extend([("filter", "toplevel"), ("order", "reverse_chronological")]);
        let found = Found {
            post,
            thread: Some(comment),
            page: self.page_id(),
        };
        self.listed(Purpose::Read, comment, query, found).await
    }

    async fn comment(&self, id: &PlatformId) -> Result<Option<RemoteComment>, PlatformError> {
        let path = [id.as_str()];
        let call = Call::get(Purpose::Read, &path, vec![("fields", COMMENT_FIELDS)]);
        match self
            .caller
            .read(call, |body| wire::comment(body, self.page_id()))
            .await
        {
            Ok(comment) => Ok(Some(comment)),
            Err(PlatformError::Gone { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn picture(&self, url: &str, max_bytes: usize) -> Result<(Vec<u8>, String), PlatformError> {
        let source = PictureSource {
            http: &self.caller.http,
            base_url: &self.caller.base_url,
            content_hosts: &CONTENT_HOSTS,
            timeout: self.caller.total_timeout,
            max_bytes,
        };
        picture::fetch(source, url).await
    }
}

#[async_trait]
impl ActionSink for FacebookPage {
    async fn reply(&self, thread: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        require_sendable(text, self.max_reply_chars)?;
        self.caller.post_text(&[thread.as_str(), "comments"], text).await
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
            can_edit_own_reply: true,
            can_private_reply: true,
            can_comment_on_post: true,
            ..Capabilities::replies_only(self.max_reply_chars)
        }
    }

    /// Believed only with the new text in what is read back.
    async fn edit_reply(&self, reply: &PlatformId, text: &str) -> Result<(), PlatformError> {
        require_sendable(text, self.max_reply_chars)?;
        let path = [reply.as_str()];
        let call = Call::write(Method::POST, &path, vec![("message", text)]);
        self.caller.write(call).await?;
        let shown = self.caller.read_back(reply, "message").await?;
        match shown.as_str().map(normalised) == Some(normalised(text)) {
            true => Ok(()),
            false => Err(PlatformError::OutcomeUnknown {
                detail: "the platform took the edit and shows another text".to_owned(),
            }),
        }
    }

    async fn private_reply(&self, comment: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        require_sendable(text, self.max_reply_chars)?;
        let page = self.caller.account_id.as_ref().map_or("me", PlatformId::as_str);
        self.caller.private_reply(page, comment, text).await
    }

    async fn comment_on(&self, post: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        require_sendable(text, self.max_reply_chars)?;
        self.caller.post_text(&[post.as_str(), "comments"], text).await
    }
}
