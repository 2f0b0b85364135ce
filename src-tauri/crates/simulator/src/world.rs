//! The platform's state: who owns which posts, what was written under them, and in which order it is listed.
//! It answers questions and applies changes; it never refuses a change, since whoever commits one has checked it.

mod page;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::SimulatorError;
use crate::journal::Record;
use crate::ledger::{LedgerEntry, WriteKind};
use crate::seed::{Seed, SeedAccount, SeedComment, SeedPost};

pub use page::{Cursor, Page, Window, decode_cursor, encode_cursor};

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
    ClockOffsetSet {
        offset_ms: i64,
    },
}

pub struct Account {
    pub seed: SeedAccount,
    pub token: String,
    pub token_expires_at: Option<i64>,
    refreshes: u64,
    /// Newest last; stories are not listed.
    pub posts: BTreeSet<ListKey>,
    pub post_count: usize,
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
    pub like_count: u64,
    pub hidden: bool,
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
    pub malformed: usize,
    pub deleted: usize,
    pub writes: usize,
}

#[derive(Default)]
pub struct World {
    accounts: Vec<Account>,
    account_by_token: HashMap<String, u32>,
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
}

impl World {
    pub fn from_seed(seed: Seed) -> Result<Self, SimulatorError> {
        let mut world = Self::default();
        for account in seed.accounts {
            world.check_new_id(&account.id)?;
            if world.account_by_token.contains_key(&account.token) {
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
        loop {
            self.issued_ids += 1;
            let id = (17_800_000_000_000_000 + scatter(self.issued_ids) % 300_000_000_000_000).to_string();
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
        token_after(&account.seed.token, account.refreshes + 1)
    }

    pub fn apply(&mut self, record: Record) {
        if let Some(change) = record.change {
            self.change(change);
        }
        if let Some(mut write) = record.write {
            if write.what == WriteKind::PrivateReply {
                self.privately_answered.insert(write.target.clone());
            }
            let times = self
                .repetitions
                .entry((write.what, write.target.clone(), write.text.clone()))
                .or_default();
            *times += 1;
            write.times = *times;
            self.ledger.push(write);
        }
    }

    /// A target that is gone is passed over: a journal may be older than the seed it is replayed on.
    fn change(&mut self, change: Change) {
        match change {
            Change::PostAdded { post } => {
                if !self.objects.contains_key(&post.id) && self.objects.contains_key(&post.account_id) {
                    self.add_post(post);
                }
            }
            Change::CommentAdded { comment } => {
                let parent_is_there = comment
                    .parent_id
                    .as_ref()
                    .is_none_or(|parent| self.objects.contains_key(parent));
                let post_is_there = self.objects.contains_key(&comment.post_id);
                if parent_is_there && post_is_there && !self.objects.contains_key(&comment.id) {
                    self.add_comment(comment);
                }
            }
            Change::RawAdded {
                post_id,
                parent_id,
                timestamp_ms,
                raw,
            } => {
                self.add_entry(&post_id, parent_id.as_deref(), timestamp_ms, Content::Raw(raw));
            }
            Change::TextEdited { comment_id, text } => self.with_comment(&comment_id, |it| it.text = text),
            Change::HiddenSet { comment_id, hidden } => {
                self.with_comment(&comment_id, |it| it.hidden = hidden)
            }
            Change::WithheldSet { comment_id, withheld } => {
                self.with_comment(&comment_id, |it| it.withheld = withheld);
            }
            Change::CommentDeleted { comment_id } => {
                if let Some(Object::Comment(at)) = self.object(&comment_id) {
                    self.delete(at);
                }
            }
            Change::CommentsEnabledSet { post_id, enabled } => {
                if let Some(Object::Post(at)) = self.object(&post_id) {
                    self.posts[at as usize].comments_enabled = enabled;
                }
            }
            Change::TokenRefreshed {
                account_id,
                expires_at_ms,
            } => {
                if let Some(Object::Account(at)) = self.object(&account_id) {
                    self.refresh_token(at, expires_at_ms);
                }
            }
            Change::ClockOffsetSet { offset_ms } => self.clock_offset_ms = offset_ms,
        }
    }

    fn add_account(&mut self, seed: SeedAccount) {
        let at = index(self.accounts.len());
        self.objects.insert(seed.id.clone(), Object::Account(at));
        self.account_by_token.insert(seed.token.clone(), at);
        self.accounts.push(Account {
            token: seed.token.clone(),
            token_expires_at: seed.token_expires_at,
            refreshes: 0,
            posts: BTreeSet::new(),
            post_count: 0,
            seed,
        });
    }

    fn add_post(&mut self, mut seed: SeedPost) {
        let Some(Object::Account(account)) = self.object(&seed.account_id) else {
            return;
        };
        for (field, default) in [
            (&mut seed.media_type, "IMAGE"),
            (&mut seed.media_product_type, "FEED"),
        ] {
            if field.is_empty() {
                *field = default.into();
            }
        }
        if seed.permalink.is_empty() {
            seed.permalink = format!("https://www.instagram.com/p/{}/", shortcode(&seed.id));
        }
        let at = index(self.posts.len());
        self.objects.insert(seed.id.clone(), Object::Post(at));
        let owner = &mut self.accounts[account as usize];
        if seed.media_product_type != "STORY" {
            owner.posts.insert((seed.timestamp_ms, at));
        }
        owner.post_count += 1;
        self.posts.push(Post {
            account,
            comments_enabled: seed.comments_enabled,
            comments: BTreeSet::new(),
            comment_count: 0,
            seed,
        });
    }

    fn add_comment(&mut self, seed: SeedComment) {
        let id = seed.id.clone();
        let content = Content::Comment(Comment {
            id: seed.id,
            author_id: seed.author_id,
            username: seed.username,
            text: seed.text,
            like_count: seed.like_count,
            hidden: false,
            withheld: false,
        });
        if let Some(at) = self.add_entry(
            &seed.post_id,
            seed.parent_id.as_deref(),
            seed.timestamp_ms,
            content,
        ) {
            self.objects.insert(id, Object::Comment(at));
        }
    }

    fn add_entry(
        &mut self,
        post_id: &str,
        parent_id: Option<&str>,
        timestamp_ms: i64,
        content: Content,
    ) -> Option<u32> {
        let Some(Object::Post(post)) = self.object(post_id) else {
            return None;
        };
        let parent = match parent_id {
            Some(id) => match self.object(id) {
                Some(Object::Comment(parent)) => Some(self.thread_of(parent)),
                _ => return None,
            },
            None => None,
        };
        let at = index(self.entries.len());
        let key = (timestamp_ms, at);
        let counted = matches!(content, Content::Comment(_));
        self.entries.push(Some(Entry {
            post,
            parent,
            timestamp_ms,
            replies: BTreeSet::new(),
            content,
        }));
        match parent.and_then(|parent| self.entries[parent as usize].as_mut()) {
            Some(thread) => thread.replies.insert(key),
            None => self.posts[post as usize].comments.insert(key),
        };
        self.posts[post as usize].comment_count += u64::from(counted);
        Some(at)
    }

    fn with_comment(&mut self, id: &str, edit: impl FnOnce(&mut Comment)) {
        let Some(Object::Comment(at)) = self.object(id) else {
            return;
        };
        if let Some(Entry {
            content: Content::Comment(comment),
            ..
        }) = &mut self.entries[at as usize]
        {
            edit(comment);
        }
    }

    /// The replies go with their thread.
    fn delete(&mut self, at: u32) {
        let Some(entry) = self.entries[at as usize].take() else {
            return;
        };
        for (_, reply) in &entry.replies {
            self.delete(*reply);
        }
        let key = (entry.timestamp_ms, at);
        match entry.parent {
            Some(parent) => {
                if let Some(thread) = &mut self.entries[parent as usize] {
                    thread.replies.remove(&key);
                }
            }
            None => {
                self.posts[entry.post as usize].comments.remove(&key);
            }
        }
        if let Content::Comment(comment) = entry.content {
            self.objects.remove(&comment.id);
            self.retired.insert(comment.id);
            self.posts[entry.post as usize].comment_count -= 1;
        }
    }

    fn refresh_token(&mut self, at: u32, expires_at_ms: i64) {
        let token = self.next_token(at);
        let account = &mut self.accounts[at as usize];
        account.refreshes += 1;
        account.token_expires_at = Some(expires_at_ms);
        account.token.clone_from(&token);
        self.account_by_token.insert(token, at);
    }
}

/// The journal holds no token: each is made from the seeded one and the number of refreshes.
fn token_after(seeded: &str, refreshes: u64) -> String {
    let first = scatter(stable_hash(seeded.as_bytes()) ^ refreshes);
    format!("IGSIM{first:016x}{:016x}", scatter(first))
}

fn invalid(reason: String) -> SimulatorError {
    SimulatorError::InvalidSeed(reason)
}

fn index(length: usize) -> u32 {
    u32::try_from(length).expect("fewer than 2^32 objects fit in memory")
}

/// Ids stand between slashes and commas in addresses.
pub fn is_usable_id(id: &str) -> bool {
    !id.is_empty()
        && id != "me"
        && id.len() <= 200
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte))
}

/// FNV-1a, 64 bits: the same on every machine and in every version.
pub fn stable_hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The finaliser of SplitMix64: neighbours become strangers, and no two inputs meet.
pub fn scatter(value: u64) -> u64 {
    let mut mixed = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn shortcode(id: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bits = stable_hash(id.as_bytes());
    let mut code = String::from("C");
    for _ in 0..10 {
        code.push(char::from(ALPHABET[(bits & 63) as usize]));
        bits >>= 6;
    }
    code
}
