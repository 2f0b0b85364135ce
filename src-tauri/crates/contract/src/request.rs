//! What the window sends with a command.

use crate::view::{QueueName, SortOrder};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListComments {
    pub queue: QueueName,
    pub account_id: Option<i64>,
    /// Words of the comment or the author's name; matched by trigram.
    pub search: Option<String>,
    pub label: Option<String>,
    pub sort: SortOrder,
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1..=200.
    pub limit: u32,
    /// In `needs_review` one row stands for all of a campaign that wait there. Without effect where a label or a
    /// search narrows the list.
    pub fold: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CampaignRef {
    pub campaign_id: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CommentRef {
    pub comment_id: i64,
    /// `version` of the card that was looked at: the request is refused when the comment moved on.
    pub version: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ApproveDraft {
    pub comment_id: i64,
    pub version: i64,
    /// The text as it stands in the editor.
    pub text: String,
}

/// Errors: `guard` (a claim without a source), `invalid` (the platform cannot do it, or no longer), `moved_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WriteToComment {
    pub comment_id: i64,
    pub version: i64,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaveDraft {
    pub comment_id: i64,
    pub text: String,
}

/// Checks a text against the guard without keeping it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CheckDraft {
    pub comment_id: i64,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Snooze {
    pub comment_id: i64,
    pub version: i64,
    /// Milliseconds since the epoch; must lie ahead.
    pub until: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CorrectLabel {
    pub comment_id: i64,
    pub version: i64,
    /// One of the seven labels.
    pub label: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActionRef {
    pub action_id: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetSending {
    pub on: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PostRef {
    pub post_id: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetPostComments {
    pub post_id: i64,
    pub enabled: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CommentOnPost {
    pub post_id: i64,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OwnCommentRef {
    pub own_comment_id: i64,
}

/// What a person found on the platform, of a comment whose outcome nobody heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SettleOwnComment {
    pub own_comment_id: i64,
    pub posted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SourceRef {
    pub source_id: i64,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetProvider {
    /// Base address, as `https://api.example.com/v1`; `null` goes back to the models inside the app.
    pub base_url: Option<String>,
    pub model: Option<String>,
    /// Kept in the keychain and never sent back; `null` leaves the kept one as it is.
    pub key: Option<String>,
}

impl std::fmt::Debug for SetProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetProvider")
            .field("base_url", &self.base_url)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChooseSecretBackend {
    /// `encrypted_file` or `session_only`.
    pub backend: String,
    /// Needed for `encrypted_file`; at least 8 characters.
    pub passphrase: Option<String>,
}

impl std::fmt::Debug for ChooseSecretBackend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChooseSecretBackend")
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}
