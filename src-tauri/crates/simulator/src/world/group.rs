//! What only discussion groups of Telegram know: what the bot has still to be told, who answered which message, and who
//! is banned. A bot is told of each thing once and never of its own; deletions are told to nobody.

use std::collections::{HashMap, HashSet, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Object, SeedPlatform, World};
use crate::seed::SeedComment;

/// Numbers of updates start somewhere.
const FIRST_UPDATE: i64 = 700_000_001;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum GroupChange {
    /// The bot asked for what comes from this number on: everything before it is forgotten.
    UpdatesConfirmed {
        account_id: String,
        below: i64,
    },
    /// Told word for word, with a number of its own.
    RawTold {
        account_id: String,
        update: Value,
    },
    AuthorBanned {
        account_id: String,
        author_id: String,
    },
}

/// A message as it was when the bot was told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub id: String,
    pub author_id: Option<String>,
    pub username: Option<String>,
    pub text: String,
    pub at_ms: i64,
    pub edited_ms: Option<i64>,
    /// Of a comment, the message that copies the post.
    pub thread: Option<String>,
    /// What it answers, which does not say what that answers.
    pub answers: Option<Box<Said>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    New(Said),
    Edited(Said),
    Raw(Value),
}

#[derive(Default)]
pub struct Groups {
    queues: HashMap<u32, Queue>,
    /// The comment that a comment answers, however deep: the world itself keeps threads only.
    answered: HashMap<String, String>,
    /// Account and author.
    banned: HashSet<(String, String)>,
}

#[derive(Default)]
struct Queue {
    told: i64,
    waiting: VecDeque<(i64, Told)>,
}

impl World {
    pub(super) fn change_group(&mut self, change: GroupChange) {
        match change {
            GroupChange::UpdatesConfirmed { account_id, below } => {
                if let Some(account) = self.group(&account_id)
                    && let Some(queue) = self.groups.queues.get_mut(&account)
                {
                    queue.waiting.retain(|(number, _)| *number >= below);
                }
            }
            GroupChange::RawTold { account_id, update } => {
                if let Some(account) = self.group(&account_id) {
                    self.tell(account, Told::Raw(update));
                }
            }
            GroupChange::AuthorBanned {
                account_id,
                author_id,
            } => {
                self.groups.banned.insert((account_id, author_id));
            }
        }
    }

    /// The group of this id; nothing for an account of another platform.
    pub fn group(&self, id: &str) -> Option<u32> {
        match self.object(id) {
            Some(Object::Account(at)) if self.is_group(at) => Some(at),
            _ => None,
        }
    }

    pub fn is_group(&self, account: u32) -> bool {
        self.account(account).seed.platform == SeedPlatform::Telegram
    }

    /// The group that this post was copied into.
    pub fn group_of_post(&self, post_id: &str) -> Option<u32> {
        match self.object(post_id) {
            Some(Object::Post(at)) => Some(self.post(at).account).filter(|account| self.is_group(*account)),
            _ => None,
        }
    }

    /// The bot's own id stands before the colon of its token.
    pub fn bot_of(&self, account: u32) -> &str {
        let token = &self.account(account).seed.token;
        token.split_once(':').map_or(token, |(id, _)| id)
    }

    /// An administrator is told everything, others only with privacy mode off.
    pub fn reads_everything(&self, account: u32) -> bool {
        let refused = &self.account(account).refused_permissions;
        let is_refused = |name: &str| refused.contains(name);
        !(is_refused("member") || is_refused("administrator") && is_refused("can_read_all_group_messages"))
    }

    pub fn is_banned(&self, account: u32, author_id: &str) -> bool {
        let pair = (self.account(account).seed.id.clone(), author_id.to_owned());
        self.groups.banned.contains(&pair)
    }

    /// What the bot is told from this number on, the oldest first.
    pub fn told_from(&self, account: u32, number: i64) -> impl Iterator<Item = &(i64, Told)> {
        let waiting = self.groups.queues.get(&account).map(|queue| &queue.waiting);
        waiting
            .into_iter()
            .flatten()
            .filter(move |(told, _)| *told >= number)
    }

    pub(super) fn note_answer(&mut self, comment: &SeedComment) {
        if let Some(parent) = &comment.parent_id
            && self.group_of_post(&comment.post_id).is_some()
        {
            self.groups.answered.insert(comment.id.clone(), parent.clone());
        }
    }

    pub(super) fn tell_of_post(&mut self, id: &str) {
        if let (Some(account), Some(said)) = (self.group_of_post(id), self.said(id)) {
            self.tell(account, Told::New(said));
        }
    }

    pub(super) fn tell_of_comment(&mut self, id: &str, told: fn(Said) -> Told) {
        let Some(said) = self.said(id) else { return };
        let Some(account) = said.thread.as_deref().and_then(|post| self.group_of_post(post)) else {
            return;
        };
        if said.author_id.as_deref() != Some(self.bot_of(account)) {
            self.tell(account, told(said));
        }
    }

    fn tell(&mut self, account: u32, told: Told) {
        if !self.reads_everything(account) {
            return;
        }
        let queue = self.groups.queues.entry(account).or_default();
        queue.waiting.push_back((FIRST_UPDATE + queue.told, told));
        queue.told += 1;
    }

    /// A message of a group by its id, with what it answers.
    pub fn said(&self, id: &str) -> Option<Said> {
        let mut said = self.said_alone(id)?;
        if let Some(post) = &said.thread {
            let answered = self.groups.answered.get(id).and_then(|id| self.said_alone(id));
            said.answers = answered.or_else(|| self.said_alone(post)).map(Box::new);
        }
        Some(said)
    }

    fn said_alone(&self, id: &str) -> Option<Said> {
        match self.object(id)? {
            Object::Account(_) => None,
            Object::Post(at) => {
                let post = self.post(at);
                Some(Said {
                    id: id.to_owned(),
                    author_id: Some(self.account(post.account).seed.app_scoped_id.clone()),
                    username: None,
                    text: post.seed.caption.clone().unwrap_or_default(),
                    at_ms: post.seed.timestamp_ms,
                    edited_ms: None,
                    thread: None,
                    answers: None,
                })
            }
            Object::Comment(at) => {
                let entry = self.entry(at);
                let comment = self.comment(at)?;
                Some(Said {
                    id: id.to_owned(),
                    author_id: comment.author_id.clone(),
                    username: comment.username.clone(),
                    text: comment.text.clone(),
                    at_ms: entry.timestamp_ms,
                    edited_ms: comment.edited_ms,
                    thread: Some(self.post(entry.post).seed.id.clone()),
                    answers: None,
                })
            }
        }
    }
}
