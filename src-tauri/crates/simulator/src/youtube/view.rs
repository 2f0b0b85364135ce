//! Comments and threads as a caller sees them (CommentThread and Comment reference pages).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat};
use serde_json::{Map, Value, json};

use super::text::html_of;
use crate::world::{Comment, Content, ModerationStatus, World, scatter, stable_hash};

/// "A limited number of replies": as many as come with their thread.
const REPLIES_IN_THREAD: usize = 5;

#[derive(Clone, Copy)]
pub struct View<'a> {
    pub world: &'a World,
    /// The channel that signed in; nothing for a caller with a key.
    pub account: Option<u32>,
    pub base_url: &'a str,
    pub plain_text: bool,
}

/// What a thread is asked for.
#[derive(Clone, Copy)]
pub struct ThreadParts {
    pub snippet: bool,
    pub replies: bool,
    /// The pass in which the thread is listed; nothing when it was asked for by id.
    pub pass: Option<ModerationStatus>,
}

impl View<'_> {
    pub fn owns_comment(&self, at: u32) -> bool {
        self.account == Some(self.world.channel_of_comment(at))
    }

    /// Whether the caller may read it where no status was asked for. What is in a rejected thread is gone for all,
    /// what moderators have not published is there for the owner alone.
    pub fn sees(&self, at: u32) -> bool {
        let thread = self.world.thread_of(at);
        [thread, at].into_iter().all(|it| match self.world.verdict(it) {
            Some(ModerationStatus::Published) => true,
            Some(ModerationStatus::HeldForReview | ModerationStatus::LikelySpam) => self.owns_comment(it),
            Some(ModerationStatus::Rejected) | None => false,
        })
    }

    /// "A comment thread can be included in the response if the top-level comment or at least one of the replies"
    /// has this status; published threads go by their top-level comment alone.
    pub fn is_in_pass(&self, at: u32, pass: ModerationStatus) -> bool {
        match (self.world.verdict(at), pass) {
            (None | Some(ModerationStatus::Rejected), _) => false,
            (Some(status), ModerationStatus::Published) => status == ModerationStatus::Published,
            (Some(status), _) => status == pass || self.replies_in_pass(at, pass).next().is_some(),
        }
    }

    /// Replies of exactly this status, the newest first.
    fn replies_in_pass(&self, at: u32, pass: ModerationStatus) -> impl Iterator<Item = u32> {
        let replies = self.world.entry(at).replies.iter().rev();
        replies
            .map(|(_, reply)| *reply)
            .filter(move |reply| self.world.verdict(*reply) == Some(pass))
    }

    /// Those that the pass is about first, then the published ones.
    fn replies_shown(&self, at: u32, pass: ModerationStatus) -> Vec<u32> {
        let mut replies: Vec<u32> = self.replies_in_pass(at, pass).collect();
        if pass != ModerationStatus::Published {
            replies.extend(self.replies_in_pass(at, ModerationStatus::Published));
        }
        replies
    }

    pub fn matches(&self, at: u32, terms: &str) -> bool {
        let holds = |it: u32| {
            let text = self.world.comment(it).map(|comment| comment.text.to_lowercase());
            text.is_some_and(|text| text.contains(terms))
        };
        holds(at) || self.replies_in_pass(at, ModerationStatus::Published).any(holds)
    }

    pub fn thread(&self, at: u32, parts: ThreadParts) -> Value {
        let comment = match &self.world.entry(at).content {
            Content::Raw(raw) => return raw.clone(),
            Content::Comment(comment) => comment,
        };
        let entry = self.world.entry(at);
        let post = self.world.post(entry.post);
        let shown = self.replies_shown(at, parts.pass.unwrap_or_default());
        let in_thread = Place {
            in_thread: true,
            by_id: parts.pass.is_none(),
        };
        let mut thread = resource("youtube#commentThread", &comment.id);
        if parts.snippet {
            let snippet = json!({
                "channelId": self.world.account(post.account).seed.id,
                "videoId": post.seed.id,
                "topLevelComment": self.comment(at, in_thread),
                "canReply": post.comments_enabled,
                "totalReplyCount": shown.len(),
                "isPublic": comment.moderation == ModerationStatus::Published,
            });
            thread.insert("snippet".into(), snippet);
        }
        if parts.replies && !shown.is_empty() {
            let subset = shown.iter().take(REPLIES_IN_THREAD);
            let comments: Vec<Value> = subset.map(|reply| self.comment(*reply, in_thread)).collect();
            thread.insert("replies".into(), json!({ "comments": comments }));
        }
        tagged(thread)
    }

    pub fn comment(&self, at: u32, place: Place) -> Value {
        match &self.world.entry(at).content {
            Content::Raw(raw) => raw.clone(),
            Content::Comment(comment) => {
                let mut node = resource("youtube#comment", &comment.id);
                node.insert("snippet".into(), self.snippet(at, comment, place));
                tagged(node)
            }
        }
    }

    fn snippet(&self, at: u32, comment: &Comment, place: Place) -> Value {
        let entry = self.world.entry(at);
        let post = self.world.post(entry.post);
        let mut snippet = Map::new();
        let mut add = |name: &str, value: Value| {
            snippet.insert(name.to_owned(), value);
        };
        // So they were recorded: only what comes inside a thread says where it belongs.
        if place.in_thread {
            add("channelId", json!(self.world.account(post.account).seed.id));
            add("videoId", json!(post.seed.id));
        }
        let display = if self.plain_text {
            comment.text.clone()
        } else {
            html_of(&comment.text)
        };
        add("textDisplay", json!(display));
        add("textOriginal", json!(comment.text));
        if let Some(parent) = entry.parent.and_then(|parent| self.world.comment(parent)) {
            add("parentId", json!(parent.id));
        }
        add(
            "authorDisplayName",
            json!(comment.username.as_deref().unwrap_or_default()),
        );
        let author_id = comment.author_id.as_deref();
        let url = author_id.map_or_else(String::new, |id| format!("http://www.youtube.com/channel/{id}"));
        let picture = format!(
            "{}/media-files/{}.png",
            self.base_url,
            author_id.unwrap_or("nobody")
        );
        add("authorProfileImageUrl", json!(picture));
        add("authorChannelUrl", json!(url));
        if let Some(id) = author_id {
            add("authorChannelId", json!({ "value": id }));
        }
        add("canRate", json!(true));
        add("viewerRating", json!("none"));
        add("likeCount", json!(comment.like_count));
        // For the owner alone, and "not set if the API request used the id filter parameter".
        if self.owns_comment(at) && !place.by_id {
            add("moderationStatus", json!(comment.moderation.name()));
        }
        add("publishedAt", json!(time_of(entry.timestamp_ms)));
        add(
            "updatedAt",
            json!(time_of(comment.edited_ms.unwrap_or(entry.timestamp_ms))),
        );
        Value::Object(snippet)
    }
}

/// Where a comment is shown, which decides what is told of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    pub in_thread: bool,
    pub by_id: bool,
}

pub fn resource(kind: &str, id: &str) -> Map<String, Value> {
    let mut node = Map::new();
    node.insert("kind".into(), json!(kind));
    node.insert("id".into(), json!(id));
    node
}

/// Adds the etag, which is another one as soon as anything in the resource is.
pub fn tagged(mut node: Map<String, Value>) -> Value {
    let content = Value::Object(node.clone()).to_string();
    let mut bytes = [0; 24];
    let mut hash = stable_hash(content.as_bytes());
    for chunk in bytes.chunks_exact_mut(8) {
        hash = scatter(hash);
        chunk.copy_from_slice(&hash.to_be_bytes());
    }
    node.insert("etag".into(), json!(URL_SAFE_NO_PAD.encode(&bytes[..20])));
    Value::Object(node)
}

/// `2022-11-14T10:23:02Z`: whole seconds.
pub fn time_of(timestamp_ms: i64) -> String {
    DateTime::from_timestamp_millis(timestamp_ms)
        .unwrap_or(DateTime::UNIX_EPOCH)
        .to_rfc3339_opts(SecondsFormat::Secs, true)
}
