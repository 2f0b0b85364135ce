//! How a change alters the world: the same code for the seed, a write and the journal's replay.

use std::collections::BTreeSet;

use super::ids::shortcode;
use super::{Account, Change, Comment, Content, Entry, Object, Post, SeedPlatform, Told, World};
use crate::journal::Record;
use crate::ledger::WriteKind;
use crate::seed::{SeedAccount, SeedComment, SeedPost};

impl World {
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
                    let id = post.id.clone();
                    self.add_post(post);
                    self.tell_of_post(&id);
                }
            }
            Change::CommentAdded { comment } => {
                let parent_is_there = comment
                    .parent_id
                    .as_ref()
                    .is_none_or(|parent| self.objects.contains_key(parent));
                let post_is_there = self.objects.contains_key(&comment.post_id);
                if parent_is_there && post_is_there && !self.objects.contains_key(&comment.id) {
                    let id = comment.id.clone();
                    self.add_comment(comment);
                    self.tell_of_comment(&id, Told::New);
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
            Change::TextEdited {
                comment_id,
                text,
                at_ms,
            } => {
                self.with_comment(&comment_id, |it| {
                    it.text = text;
                    it.edited_ms = at_ms;
                });
                self.tell_of_comment(&comment_id, Told::Edited);
            }
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
            Change::TokensRevoked { account_id, subcode } => {
                if let Some(Object::Account(at)) = self.object(&account_id) {
                    self.revoke_tokens(at, subcode);
                }
            }
            Change::PermissionsRefused {
                account_id,
                permissions,
            } => {
                if let Some(Object::Account(at)) = self.object(&account_id) {
                    self.accounts[at as usize].refused_permissions = permissions;
                }
            }
            Change::ClockOffsetSet { offset_ms } => self.clock_offset_ms = offset_ms,
            Change::InstagramLinked {
                page_id,
                instagram_id,
            } => self.link_instagram(&page_id, instagram_id.as_deref()),
            Change::PersonSignedIn { page_ids } => self.add_person(&page_ids),
            Change::Channel(change) => self.change_channel(change),
            Change::Group(change) => self.change_group(change),
        }
    }

    pub(super) fn add_account(&mut self, seed: SeedAccount) {
        let at = index(self.accounts.len());
        self.objects.insert(seed.id.clone(), Object::Account(at));
        match seed.platform {
            SeedPlatform::Instagram | SeedPlatform::Facebook | SeedPlatform::Telegram => {
                self.account_by_token.insert(seed.token.clone(), at);
            }
            SeedPlatform::Youtube => self.channels.grants.add_seeded(at, &seed),
        }
        self.accounts.push(Account {
            token: seed.token.clone(),
            token_expires_at: seed.token_expires_at,
            refreshes: 0,
            refused_permissions: BTreeSet::new(),
            posts: BTreeSet::new(),
            post_count: 0,
            threads: BTreeSet::new(),
            seed,
        });
    }

    pub(super) fn add_post(&mut self, mut seed: SeedPost) {
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
        let at = index(self.posts.len());
        self.objects.insert(seed.id.clone(), Object::Post(at));
        let owner = &mut self.accounts[account as usize];
        if seed.permalink.is_empty() {
            seed.permalink = match owner.seed.platform {
                SeedPlatform::Instagram => format!("https://www.instagram.com/p/{}/", shortcode(&seed.id)),
                SeedPlatform::Youtube => format!("https://www.youtube.com/watch?v={}", seed.id),
                SeedPlatform::Facebook => {
                    let (page, post) = seed.id.split_once('_').unwrap_or(("", &seed.id));
                    format!("https://www.facebook.com/{page}/posts/{post}/")
                }
                SeedPlatform::Telegram => format!("https://t.me/{}/{}", owner.seed.username, seed.id),
            };
        }
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

    pub(super) fn add_comment(&mut self, seed: SeedComment) {
        let id = seed.id.clone();
        self.note_answer(&seed);
        let moderation = self.moderation_of_new(&seed);
        let content = Content::Comment(Comment {
            id: seed.id,
            author_id: seed.author_id,
            username: seed.username,
            text: seed.text,
            edited_ms: None,
            like_count: seed.like_count,
            hidden: false,
            moderation,
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
            None => {
                if let Some(owner) = self.channel_owning(post) {
                    owner.threads.insert(key);
                }
                self.posts[post as usize].comments.insert(key)
            }
        };
        self.posts[post as usize].comment_count += u64::from(counted);
        Some(at)
    }

    fn channel_owning(&mut self, post: u32) -> Option<&mut Account> {
        let account = self.posts[post as usize].account;
        let owner = &mut self.accounts[account as usize];
        (owner.seed.platform == SeedPlatform::Youtube).then_some(owner)
    }

    pub(super) fn with_comment(&mut self, id: &str, edit: impl FnOnce(&mut Comment)) {
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

    /// The replies go with their thread. In a group they stay, and answer what is not there any more.
    fn delete(&mut self, at: u32) {
        let Some(entry) = self.entries[at as usize].take() else {
            return;
        };
        let stay = self.is_group(self.posts[entry.post as usize].account);
        for &(timestamp_ms, reply) in &entry.replies {
            match &mut self.entries[reply as usize] {
                Some(left) if stay => {
                    left.parent = None;
                    let comments = &mut self.posts[entry.post as usize].comments;
                    comments.insert((timestamp_ms, reply));
                }
                _ => self.delete(reply),
            }
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
                if let Some(owner) = self.channel_owning(entry.post) {
                    owner.threads.remove(&key);
                }
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

    fn revoke_tokens(&mut self, at: u32, subcode: u32) {
        let ended = self.account_by_token.extract_if(|_, account| *account == at);
        self.revoked_tokens
            .extend(ended.map(|(token, _)| (token, subcode)));
    }
}

fn index(length: usize) -> u32 {
    u32::try_from(length).expect("fewer than 2^32 objects fit in memory")
}
