//! The platform's state: who owns which posts, what was written under them, and in which order it is listed.
//! It answers questions and applies changes; it never refuses a change, since whoever commits one has checked it.

mod apply;
mod channel;
mod grants;
mod group;
mod ids;
mod page;
mod people;
mod quota;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::SimulatorError;
use crate::ledger::{LedgerEntry, WriteKind};
use crate::seed::{Seed, SeedAccount, SeedComment, SeedPlatform, SeedPost};
use channel::Channels;
use group::Groups;
use people::People;

pub use channel::{ChannelChange, ModerationStatus};
pub use grants::{ACCESS_TOKEN_LIFE_SECONDS, Grant};
pub use group::{GroupChange, Said, Told};
pub use ids::{is_usable_id, scatter, stable_hash};
pub use page::{Cursor, Page, Window, decode_cursor, encode_cursor};
pub use quota::{MethodUse, QuotaDay, SEARCHES_A_DAY};

/// Position in a listing: time, then order of arrival.
pub type ListKey = (i64, u32);

/// Everything that can happen to the platform after it was seeded.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    PostAdded {
        post: SeedPost,
    },
    CommentAdded {
        comment: SeedComment,
    },
    RawAdded {
        post_id: String,
        parent_id: Option<String>,
        timestamp_ms: i64,
        raw: Value,
    },
    TextEdited {
        comment_id: String,
        text: String,
        /// Absent in journals from before edits were dated.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_ms: Option<i64>,
    },
    HiddenSet {
        comment_id: String,
        hidden: bool,
    },
    WithheldSet {
        comment_id: String,
        withheld: bool,
    },
    CommentDeleted {
        comment_id: String,
    },
    CommentsEnabledSet {
        post_id: String,
        enabled: bool,
    },
    TokenRefreshed {
        account_id: String,
        expires_at_ms: i64,
    },
    /// Every token of an account ends, unless it is a channel's; the subcode says why.
    TokensRevoked {
        account_id: String,
        subcode: u32,
    },
    /// Replaces what the owner of an Instagram, Facebook or Telegram account did not grant.
    PermissionsRefused {
        account_id: String,
        permissions: BTreeSet<String>,
    },
    ClockOffsetSet {
        offset_ms: i64,
    },
    /// The professional account that a page is linked to from now on; `None`: to none.
    InstagramLinked {
        page_id: String,
        instagram_id: Option<String>,
    },
    /// A person who manages these pages gets a token of their own.
    PersonSignedIn {
        page_ids: Vec<String>,
    },
    /// What only YouTube channels know.
    Channel(ChannelChange),
    /// What only discussion groups know.
    Group(GroupChange),
}

pub struct Account {
    pub seed: SeedAccount,
    pub token: String,
    pub token_expires_at: Option<i64>,
    refreshes: u64,
    /// Of Instagram, Facebook or Telegram, not granted.
    pub refused_permissions: BTreeSet<String>,
    /// Newest last; stories are not listed.
    pub posts: BTreeSet<ListKey>,
    pub post_count: usize,
    /// Top-level comments of all videos; kept for channels only, since Instagram lists by post.
    pub threads: BTreeSet<ListKey>,
}

pub struct Post {
    pub seed: SeedPost,
    pub account: u32,
    pub comments_enabled: bool,
    /// Top-level only.
    pub comments: BTreeSet<ListKey>,
    /// Replies included, as the platform counts.
    pub comment_count: u64,
}

pub struct Comment {
    pub id: String,
    pub author_id: Option<String>,
    pub username: Option<String>,
    pub text: String,
    /// Unix milliseconds of the last edit.
    pub edited_ms: Option<i64>,
    pub like_count: u64,
    pub hidden: bool,
    pub moderation: ModerationStatus,
    /// Takes its place in a listing but is left out of it, as comments of restricted people are.
    pub withheld: bool,
}

pub enum Content {
    Comment(Comment),
    /// A listing element that is no comment at all, to see what a client makes of it.
    Raw(Value),
}

pub struct Entry {
    pub post: u32,
    pub parent: Option<u32>,
    pub timestamp_ms: i64,
    pub replies: BTreeSet<ListKey>,
    pub content: Content,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    Account(u32),
    Post(u32),
    Comment(u32),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub accounts: usize,
    pub posts: usize,
    /// Top-level comments, malformed elements not counted.
    pub comments: usize,
    pub replies: usize,
    pub hidden: usize,
    pub held_for_review: usize,
    pub likely_spam: usize,
    pub rejected: usize,
    pub malformed: usize,
    pub deleted: usize,
    pub writes: usize,
}

#[derive(Default)]
pub struct World {
    accounts: Vec<Account>,
    account_by_token: HashMap<String, u32>,
    /// With the subcode that says why.
    revoked_tokens: HashMap<String, u32>,
    posts: Vec<Post>,
    entries: Vec<Option<Entry>>,
    objects: HashMap<String, Object>,
    privately_answered: HashSet<String>,
    /// Ids of deleted comments, which are never given out again.
    retired: HashSet<String>,
    ledger: Vec<LedgerEntry>,
    repetitions: HashMap<(WriteKind, String, Option<String>), u32>,
    clock_offset_ms: i64,
    issued_ids: u64,
    channels: Channels,
    groups: Groups,
    people: People,
}

impl World {
    pub fn from_seed(seed: Seed) -> Result<Self, SimulatorError> {
        let mut world = Self::default();
        for account in seed.accounts {
            world.check_new_id(&account.id)?;
            if world.account_by_token.contains_key(&account.token)
                || world.channels.grants.knows(&account.token)
            {
                return Err(invalid(format!(
                    "two accounts share the token of {}",
                    account.username
                )));
            }
            world.add_account(account);
        }
        for post in seed.posts {
            world.check_new_id(&post.id)?;
            if !matches!(world.object(&post.account_id), Some(Object::Account(_))) {
                return Err(invalid(format!("post {} names no known account", post.id)));
            }
            world.add_post(post);
        }
        world.add_seed_comments(seed.comments)?;
        Ok(world)
    }

    /// Parents first, whatever the order of the seed.
    fn add_seed_comments(&mut self, comments: Vec<SeedComment>) -> Result<(), SimulatorError> {
        let mut waiting: HashMap<String, Vec<SeedComment>> = HashMap::new();
        let mut ready = Vec::with_capacity(comments.len());
        let ids: HashSet<String> = comments.iter().map(|comment| comment.id.clone()).collect();
        for comment in comments {
            match &comment.parent_id {
                Some(parent) if ids.contains(parent) => {
                    waiting.entry(parent.clone()).or_default().push(comment);
                }
                Some(parent) => {
                    return Err(invalid(format!(
                        "comment {} answers {parent}, which is not there",
                        comment.id
                    )));
                }
                None => ready.push(comment),
            }
        }
        ready.reverse();
        while let Some(comment) = ready.pop() {
            self.check_new_id(&comment.id)?;
            if !matches!(self.object(&comment.post_id), Some(Object::Post(_))) {
                return Err(invalid(format!("comment {} names no known post", comment.id)));
            }
            ready.extend(waiting.remove(&comment.id).unwrap_or_default().into_iter().rev());
            self.add_comment(comment);
        }
        match waiting.values().flatten().next() {
            Some(comment) => Err(invalid(format!(
                "comment {} is in a circle of parents",
                comment.id
            ))),
            None => Ok(()),
        }
    }

    fn check_new_id(&self, id: &str) -> Result<(), SimulatorError> {
        if !is_usable_id(id) {
            return Err(invalid(format!("{id:?} cannot stand in an address")));
        }
        if self.objects.contains_key(id) {
            return Err(invalid(format!("the id {id} is used twice")));
        }
        Ok(())
    }

    pub fn object(&self, id: &str) -> Option<Object> {
        self.objects.get(id).copied()
    }

    pub fn account(&self, at: u32) -> &Account {
        &self.accounts[at as usize]
    }

    pub fn account_of_token(&self, token: &str) -> Option<u32> {
        self.account_by_token.get(token).copied()
    }

    /// Why a token that was good is so no longer.
    pub fn revocation_of(&self, token: &str) -> Option<u32> {
        self.revoked_tokens.get(token).copied()
    }

    pub fn post(&self, at: u32) -> &Post {
        &self.posts[at as usize]
    }

    pub fn entry(&self, at: u32) -> &Entry {
        self.entries[at as usize]
            .as_ref()
            .expect("a listed or looked-up entry has not been deleted")
    }

    /// The comment at this place; `None` for a malformed element.
    pub fn comment(&self, at: u32) -> Option<&Comment> {
        match &self.entry(at).content {
            Content::Comment(comment) => Some(comment),
            Content::Raw(_) => None,
        }
    }

    /// The top-level comment of the thread that this comment is in; itself when it is top-level.
    pub fn thread_of(&self, at: u32) -> u32 {
        self.entry(at).parent.unwrap_or(at)
    }

    pub fn was_privately_answered(&self, comment_id: &str) -> bool {
        self.privately_answered.contains(comment_id)
    }

    pub fn ledger(&self) -> &[LedgerEntry] {
        &self.ledger
    }

    pub fn clock_offset_ms(&self) -> i64 {
        self.clock_offset_ms
    }

    pub fn counts(&self) -> Counts {
        let mut counts = Counts {
            accounts: self.accounts.len(),
            posts: self.posts.len(),
            deleted: self.retired.len(),
            writes: self.ledger.len(),
            ..Counts::default()
        };
        for entry in self.entries.iter().flatten() {
            match &entry.content {
                Content::Raw(_) => counts.malformed += 1,
                Content::Comment(comment) => {
                    counts.hidden += usize::from(comment.hidden);
                    match comment.moderation {
                        ModerationStatus::Published => {}
                        ModerationStatus::HeldForReview => counts.held_for_review += 1,
                        ModerationStatus::LikelySpam => counts.likely_spam += 1,
                        ModerationStatus::Rejected => counts.rejected += 1,
                    }
                    match entry.parent {
                        Some(_) => counts.replies += 1,
                        None => counts.comments += 1,
                    }
                }
            }
        }
        counts
    }

    /// A decimal id beyond 2^53 that nothing has yet.
    pub fn issue_id(&mut self) -> String {
        self.issue(|number| (17_800_000_000_000_000 + scatter(number) % 300_000_000_000_000).to_string())
    }

    fn issue(&mut self, make: impl Fn(u64) -> String) -> String {
        loop {
            self.issued_ids += 1;
            let id = make(self.issued_ids);
            if self.is_free(&id) {
                return id;
            }
        }
    }

    pub fn is_free(&self, id: &str) -> bool {
        !self.objects.contains_key(id) && !self.retired.contains(id)
    }

    /// The token that the next refresh of this account hands out.
    pub fn next_token(&self, account: u32) -> String {
        let account = self.account(account);
        ids::token_after(&account.seed.token, account.refreshes + 1)
    }
}

fn invalid(reason: String) -> SimulatorError {
    SimulatorError::InvalidSeed(reason)
}
