//! What only YouTube channels have: the moderators' verdict on each comment, banned authors, grants and quota.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::grants::{Grant, Grants};
use super::ids::{scatter, stable_hash};
use super::quota::Quota;
use super::{Content, Object, SeedPlatform, World};
use crate::seed::SeedComment;

/// `snippet.moderationStatus`, spelt as the platform does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ModerationStatus {
    #[default]
    Published,
    HeldForReview,
    LikelySpam,
    /// For good.
    Rejected,
}

impl ModerationStatus {
    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::HeldForReview => "heldForReview",
            Self::LikelySpam => "likelySpam",
            Self::Rejected => "rejected",
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum ChannelChange {
    ModerationSet {
        comment_id: String,
        status: ModerationStatus,
    },
    AuthorBanned {
        channel_id: String,
        author_id: String,
    },
    GrantIssued {
        grant: Grant,
    },
    AccessTokenIssued {
        /// Counted from zero, in the order in which grants were issued.
        grant: u32,
        at_ms: i64,
    },
    AccessTokensExpired {
        channel_id: String,
    },
    GrantRevoked {
        grant: u32,
    },
    /// Every grant of the channel and its seeded token.
    GrantsRevoked {
        channel_id: String,
    },
    QuotaSpent {
        project: String,
        method: String,
        units: u64,
        at_ms: i64,
        /// The budget did not allow the call.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        refused: bool,
    },
    QuotaBudgetSet {
        /// Absent for every project without a budget of its own.
        project: Option<String>,
        units: u64,
    },
}

#[derive(Default)]
pub struct Channels {
    pub grants: Grants,
    pub quota: Quota,
    /// Channel and author.
    banned: HashSet<(String, String)>,
}

impl World {
    pub(super) fn change_channel(&mut self, change: ChannelChange) {
        match change {
            ChannelChange::ModerationSet { comment_id, status } => {
                self.with_comment(&comment_id, |it| it.moderation = status);
            }
            ChannelChange::AuthorBanned {
                channel_id,
                author_id,
            } => {
                self.channels.banned.insert((channel_id, author_id));
            }
            ChannelChange::GrantIssued { grant } => {
                let account = self.channel(&grant.channel_id);
                let secret = account.map(|at| self.accounts[at as usize].seed.token.clone());
                self.channels.grants.issue(account.zip(secret), grant);
            }
            ChannelChange::AccessTokenIssued { grant, at_ms } => {
                self.channels.grants.issue_access_token(grant, at_ms);
            }
            ChannelChange::AccessTokensExpired { channel_id } => {
                if let Some(account) = self.channel(&channel_id) {
                    self.channels.grants.expire_access_tokens(account);
                }
            }
            ChannelChange::GrantRevoked { grant } => self.channels.grants.revoke(grant),
            ChannelChange::GrantsRevoked { channel_id } => {
                if let Some(account) = self.channel(&channel_id) {
                    self.channels.grants.revoke_all(account);
                }
            }
            ChannelChange::QuotaSpent {
                project,
                method,
                units,
                at_ms,
                refused,
            } => self
                .channels
                .quota
                .spend(&project, &method, units, at_ms, refused),
            ChannelChange::QuotaBudgetSet { project, units } => {
                self.channels.quota.set_budget(project, units)
            }
        }
    }

    pub fn grants(&self) -> &Grants {
        &self.channels.grants
    }

    pub fn quota(&self) -> &Quota {
        &self.channels.quota
    }

    /// The channel of this id; nothing for an account of another platform.
    pub fn channel(&self, id: &str) -> Option<u32> {
        match self.object(id) {
            Some(Object::Account(at)) if self.is_channel(at) => Some(at),
            _ => None,
        }
    }

    pub fn channels(&self) -> impl Iterator<Item = u32> {
        (0..)
            .zip(&self.accounts)
            .filter_map(|(at, account)| (account.seed.platform == SeedPlatform::Youtube).then_some(at))
    }

    /// The video of this id; nothing for a post of another platform.
    pub fn video(&self, id: &str) -> Option<u32> {
        match self.object(id) {
            Some(Object::Post(at)) if self.is_channel(self.post(at).account) => Some(at),
            _ => None,
        }
    }

    /// The comment of this id, if it was made on a video.
    pub fn comment_on_video(&self, id: &str) -> Option<u32> {
        match self.object(id) {
            Some(Object::Comment(at)) if self.is_channel(self.channel_of_comment(at)) => Some(at),
            _ => None,
        }
    }

    pub fn channel_of_comment(&self, at: u32) -> u32 {
        self.post(self.entry(at).post).account
    }

    fn is_on_a_page(&self, post_id: &str) -> bool {
        match self.object(post_id) {
            Some(Object::Post(at)) => {
                self.account(self.post(at).account).seed.platform == SeedPlatform::Facebook
            }
            _ => false,
        }
    }

    fn is_channel(&self, account: u32) -> bool {
        self.account(account).seed.platform == SeedPlatform::Youtube
    }

    /// How moderators decided; malformed elements pass for published, `None` is out of every listing.
    pub fn verdict(&self, at: u32) -> Option<ModerationStatus> {
        match &self.entry(at).content {
            Content::Comment(comment) if comment.withheld => None,
            Content::Comment(comment) => Some(comment.moderation),
            Content::Raw(_) => Some(ModerationStatus::Published),
        }
    }

    /// Comments and replies that everybody sees, as `statistics.commentCount` counts them.
    pub fn published_count(&self, post: u32) -> usize {
        let is_published = |at: &u32| {
            matches!(self.verdict(*at), Some(ModerationStatus::Published)) && self.comment(*at).is_some()
        };
        self.post(post)
            .comments
            .iter()
            .map(|(_, at)| at)
            .filter(|at| is_published(at))
            .map(|at| {
                let replies = self.entry(*at).replies.iter();
                1 + replies.filter(|(_, reply)| is_published(reply)).count()
            })
            .sum()
    }

    /// "Automatically reject any additional comments written by the comment's author."
    pub(super) fn moderation_of_new(&self, comment: &SeedComment) -> ModerationStatus {
        let Some(Object::Post(post)) = self.object(&comment.post_id) else {
            return ModerationStatus::Published;
        };
        let channel_id = &self.account(self.post(post).account).seed.id;
        let banned = comment.author_id.as_ref().is_some_and(|author| {
            let pair = (channel_id.clone(), author.clone());
            self.channels.banned.contains(&pair)
        });
        if banned {
            ModerationStatus::Rejected
        } else {
            ModerationStatus::Published
        }
    }

    /// An id as the platform of this post makes them: for a video `Ug…AaABAg`, and `<parent>.<suffix>` for a reply; on a
    /// page `<post>_<number>` for both, in a group the next number.
    pub fn issue_comment_id(&mut self, post_id: &str, parent_id: Option<&str>) -> String {
        if self.is_on_a_page(post_id) {
            let (_, post) = post_id.split_once('_').unwrap_or(("", post_id));
            return self
                .issue(|number| format!("{post}_{}", 10_000_000_000 + scatter(number) % 90_000_000_000));
        }
        if self.group_of_post(post_id).is_some() {
            return self.issue(|number| (10_000 + number).to_string());
        }
        if self.video(post_id).is_none() {
            return self.issue_id();
        }
        // A reply to a reply is a reply to its thread.
        let thread = parent_id.map(|parent| parent.split('.').next().unwrap_or(parent).to_owned());
        let salt = stable_hash(post_id.as_bytes());
        self.issue(|number| {
            let letters = letters(scatter(number) ^ salt);
            match &thread {
                Some(thread) => format!("{thread}.9{}", &letters[..21]),
                None => format!("Ug{}4AaABAg", &letters[..17]),
            }
        })
    }
}

/// Twenty-two characters of the URL-safe alphabet.
fn letters(seed: u64) -> String {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    bytes[8..].copy_from_slice(&scatter(seed).to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}
