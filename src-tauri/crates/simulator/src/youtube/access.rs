//! Who calls, what for, and whether the project can pay for it.

use axum::http::Method as Verb;

use super::error::YoutubeError;
use super::request::Call;
use crate::journal::Record;
use crate::world::{Change, ChannelChange, SEARCHES_A_DAY, World};

/// The one key that is accepted. It reads what everybody may read and is counted against the project `simulator`.
const API_KEY: &str = "simulator-key";
const KEY_PROJECT: &str = "simulator";

const FORCE_SSL: &str = "https://www.googleapis.com/auth/youtube.force-ssl";
const READING: &[&str] = &[
    FORCE_SSL,
    "https://www.googleapis.com/auth/youtube",
    "https://www.googleapis.com/auth/youtube.readonly",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    ChannelsList,
    PlaylistItemsList,
    VideosList,
    SearchList,
    CommentThreadsList,
    CommentThreadsInsert,
    CommentsList,
    CommentsInsert,
    CommentsUpdate,
    CommentsDelete,
    CommentsSetModerationStatus,
}

impl Method {
    pub fn find(verb: &Verb, resource: &str) -> Option<Self> {
        Some(match (verb.as_str(), resource) {
            ("GET", "channels") => Self::ChannelsList,
            ("GET", "playlistItems") => Self::PlaylistItemsList,
            ("GET", "videos") => Self::VideosList,
            ("GET", "search") => Self::SearchList,
            ("GET", "commentThreads") => Self::CommentThreadsList,
            ("POST", "commentThreads") => Self::CommentThreadsInsert,
            ("GET", "comments") => Self::CommentsList,
            ("POST", "comments") => Self::CommentsInsert,
            ("PUT", "comments") => Self::CommentsUpdate,
            ("DELETE", "comments") => Self::CommentsDelete,
            ("POST", "comments/setModerationStatus") => Self::CommentsSetModerationStatus,
            _ => return None,
        })
    }

    /// The name under which it is counted.
    pub fn name(self) -> &'static str {
        match self {
            Self::ChannelsList => "channels.list",
            Self::PlaylistItemsList => "playlistItems.list",
            Self::VideosList => "videos.list",
            Self::SearchList => "search.list",
            Self::CommentThreadsList => "commentThreads.list",
            Self::CommentThreadsInsert => "commentThreads.insert",
            Self::CommentsList => "comments.list",
            Self::CommentsInsert => "comments.insert",
            Self::CommentsUpdate => "comments.update",
            Self::CommentsDelete => "comments.delete",
            Self::CommentsSetModerationStatus => "comments.setModerationStatus",
        }
    }

    pub fn writes(self) -> bool {
        matches!(
            self,
            Self::CommentThreadsInsert
                | Self::CommentsInsert
                | Self::CommentsUpdate
                | Self::CommentsDelete
                | Self::CommentsSetModerationStatus
        )
    }

    /// What it takes from the common bucket (quota calculator); searches have their own.
    pub fn units(self) -> u64 {
        match self {
            Self::SearchList => 0,
            _ if self.writes() => 50,
            _ => 1,
        }
    }

    fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::ChannelsList | Self::PlaylistItemsList | Self::VideosList | Self::SearchList => READING,
            _ => &[FORCE_SSL],
        }
    }
}

pub struct Caller {
    /// The channel that signed in; nothing for a caller with a key.
    pub account: Option<u32>,
    project: String,
    scope: String,
}

impl Caller {
    pub fn identify(world: &World, call: &Call, now_ms: i64) -> Result<Self, YoutubeError> {
        if let Some(token) = call.token() {
            let opened = world.grants().open(token, now_ms);
            let opened = opened.ok_or_else(YoutubeError::invalid_token)?;
            return Ok(Self {
                account: Some(opened.account),
                project: opened.project.to_owned(),
                scope: opened.scope.to_owned(),
            });
        }
        match call.key() {
            Some(API_KEY) => Ok(Self {
                account: None,
                project: KEY_PROJECT.to_owned(),
                scope: String::new(),
            }),
            Some(_) => Err(YoutubeError::invalid_key()),
            None => Err(YoutubeError::unregistered()),
        }
    }

    pub fn check_scope(&self, method: Method) -> Result<(), YoutubeError> {
        if self.account.is_none() {
            return if method.writes() {
                Err(YoutubeError::login_required())
            } else {
                Ok(())
            };
        }
        let granted = |scope: &&str| self.scope.split(' ').any(|one| one == *scope);
        if method.scopes().iter().any(granted) {
            Ok(())
        } else {
            Err(YoutubeError::insufficient_scope())
        }
    }

    pub fn can_afford(&self, world: &World, method: Method, now_ms: i64) -> bool {
        let quota = world.quota();
        if method == Method::SearchList {
            return quota.calls(&self.project, method.name(), now_ms) < SEARCHES_A_DAY;
        }
        quota.spent(&self.project, now_ms) + method.units() <= quota.budget(&self.project)
    }

    pub fn spent(&self, method: Method, units: u64, at_ms: i64) -> Record {
        self.record(method, units, at_ms, false)
    }

    pub fn turned_away(&self, method: Method, at_ms: i64) -> Record {
        self.record(method, 0, at_ms, true)
    }

    fn record(&self, method: Method, units: u64, at_ms: i64, refused: bool) -> Record {
        Record {
            change: Some(Change::Channel(ChannelChange::QuotaSpent {
                project: self.project.clone(),
                method: method.name().to_owned(),
                units,
                at_ms,
                refused,
            })),
            write: None,
        }
    }
}
