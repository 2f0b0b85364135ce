//! What the Data API sends, and how it becomes the domain's nouns.
//!
//! Listings are taken apart element by element: one that cannot be read is set aside with its raw JSON, the others
//! are read.

mod videos;

pub(super) use videos::{Channel, channel, uploads, videos};

use domain::ports::{Element, Page, Placed, RemoteComment, Visibility};
use domain::{PlatformId, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Cuts a malformed element's JSON: enough to see what is wrong, too little to fill a disk.
const LONGEST_RAW: usize = 16 * 1024;

/// Before the cursor of a listing that completes a thread for whoever looks around. A read of the same replies
/// that somebody waits for has none, and may draw on the reserve.
pub(super) const COMPLETES_LISTING: &str = "listing:";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireList {
    /// Missing altogether for a channel that is not there.
    items: Option<Vec<Box<RawValue>>>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireThread {
    id: String,
    snippet: WireThreadSnippet,
    replies: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireThreadSnippet {
    channel_id: Option<String>,
    video_id: Option<String>,
    post_id: Option<String>,
    top_level_comment: WireComment,
    total_reply_count: Option<i64>,
    is_public: Option<bool>,
}

#[derive(Deserialize)]
struct WireReplies {
    #[serde(default)]
    comments: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
pub(super) struct WireComment {
    id: String,
    snippet: WireSnippet,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSnippet {
    author_display_name: Option<String>,
    /// Absent for authors whose channel is gone.
    author_channel_id: Option<WireChannelId>,
    channel_id: Option<String>,
    video_id: Option<String>,
    post_id: Option<String>,
    parent_id: Option<String>,
    /// As typed. Only guaranteed to the author.
    text_original: Option<String>,
    /// As shown, which may differ from what was typed.
    text_display: Option<String>,
    like_count: Option<i64>,
    /// Absent when comments are asked for by id.
    moderation_status: Option<String>,
    published_at: String,
    updated_at: Option<String>,
}

#[derive(Deserialize)]
struct WireChannelId {
    value: Option<String>,
}

/// Where comments were found, for what their JSON leaves out.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub account: Option<&'a PlatformId>,
    /// What the listing was asked for; `None` when it was asked for by id.
    pub visibility: Option<Visibility>,
}

/// A comment that was asked for by id, without its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub id: PlatformId,
    pub author: Option<PlatformId>,
    pub status: Option<Status>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Published,
    /// Held for review, or taken for spam.
    Held,
    Rejected,
}

/// A thread that was asked for by id.
pub(super) struct ThreadRead {
    pub comment: RemoteComment,
    /// Also false for every thread of a private video.
    pub is_public: Option<bool>,
}

pub(super) fn threads(body: &str, found: Found<'_>) -> Result<Page<RemoteComment>, String> {
    page(body, |raw| Ok(thread(raw, found)?.comment))
}

/// `None` when the platform does not know it, or does not show it.
pub(super) fn single_thread(body: &str, found: Found<'_>) -> Result<Option<ThreadRead>, String> {
    let (items, _) = list(body)?;
    items.first().map(|raw| thread(raw.get(), found)).transpose()
}

pub(super) fn threads_public(body: &str) -> Result<Vec<(PlatformId, bool)>, String> {
    let (items, _) = list(body)?;
    let public = |raw: &RawValue| -> Result<(PlatformId, bool), String> {
        let wire: WireThread = parse(raw.get())?;
        Ok((wire.id.into(), wire.snippet.is_public.unwrap_or(true)))
    };
    items.iter().map(|raw| public(raw)).collect()
}

/// Replies of a thread, by `parentId`.
pub(super) fn replies(
    body: &str,
    post: &PlatformId,
    thread: &PlatformId,
    found: Found<'_>,
) -> Result<Page<RemoteComment>, String> {
    page(body, |raw| {
        parse::<WireComment>(raw)?.into_comment(post.clone(), Some(thread), found)
    })
}

/// A comment by id; its post is only named where the platform does so.
pub(super) fn single_comment(body: &str) -> Result<Option<WireComment>, String> {
    let (items, _) = list(body)?;
    items.first().map(|raw| parse(raw.get())).transpose()
}

/// An element that cannot be read spoils the answer: what is missing here counts as gone.
pub(super) fn seen(body: &str) -> Result<Vec<Seen>, String> {
    let (items, _) = list(body)?;
    items
        .iter()
        .map(|raw| Ok(parse::<WireComment>(raw.get())?.seen()))
        .collect()
}

/// Comments that were asked for by id, in the places where they are stored. An element that cannot be read spoils the
/// answer: what is missing here counts as gone.
pub(super) fn by_id(body: &str, asked: &[Placed], found: Found<'_>) -> Result<Vec<RemoteComment>, String> {
    let (items, _) = list(body)?;
    let mut comments = Vec::with_capacity(items.len());
    for raw in &items {
        let wire: WireComment = parse(raw.get())?;
        // Nobody asked for any other.
        if let Some(placed) = asked.iter().find(|placed| placed.id.as_str() == wire.id) {
            comments.push(wire.into_comment(placed.post_id.clone(), placed.parent_id.as_ref(), found)?);
        }
    }
    Ok(comments)
}

/// The id and the text that a write returned.
pub(super) fn written(body: &str) -> Result<(PlatformId, String), String> {
    #[derive(Deserialize)]
    struct Written {
        id: String,
        #[serde(default)]
        snippet: WrittenSnippet,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct WrittenSnippet {
        text_original: Option<String>,
        text_display: Option<String>,
    }
    let written: Written = parse(body)?;
    let text = written.snippet.text_original.or(written.snippet.text_display);
    Ok((id(written.id)?, text.unwrap_or_default()))
}

/// The thread that a comment belongs to: a reply's id is `<thread>.<suffix>`.
pub(super) fn thread_of(comment: &PlatformId) -> PlatformId {
    match comment.as_str().split_once('.') {
        Some((thread, _)) if !thread.is_empty() => thread.into(),
        _ => comment.clone(),
    }
}

fn parse<T: for<'a> Deserialize<'a>>(raw: &str) -> Result<T, String> {
    serde_json::from_str(raw).map_err(|error| error.to_string())
}

fn list(body: &str) -> Result<(Vec<Box<RawValue>>, Option<String>), String> {
    let wire: WireList = parse(body)?;
    let items = wire.items.ok_or("a listing without items")?;
    Ok((items, wire.next_page_token.filter(|token| !token.is_empty())))
}

fn page<T>(body: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Page<T>, String> {
    let (items, next) = list(body)?;
    Ok(Page {
        items: elements(&items, read),
        next,
    })
}

fn elements<T>(items: &[Box<RawValue>], read: impl Fn(&str) -> Result<T, String>) -> Vec<Element<T>> {
    items
        .iter()
        .map(|raw| read(raw.get()).map_or_else(|reason| malformed(raw.get(), reason), Element::Read))
        .collect()
}

fn malformed<T>(raw: &str, reason: String) -> Element<T> {
    Element::Malformed {
        raw: raw[..raw.floor_char_boundary(LONGEST_RAW)].to_owned(),
        reason,
    }
}

fn id(text: String) -> Result<PlatformId, String> {
    match text.is_empty() {
        true => Err("an id is not empty".to_owned()),
        false => Ok(text.into()),
    }
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_platform(text).ok_or_else(|| format!("\"{text}\" is not a time"))
}

fn thread(raw: &str, found: Found<'_>) -> Result<ThreadRead, String> {
    let wire: WireThread = parse(raw)?;
    let thread_id = id(wire.id)?;
    let snippet = wire.snippet;
    let is_public = snippet.is_public;
    let total = snippet.total_reply_count.unwrap_or(0);
    let top = snippet.top_level_comment;
    let (channel, video, post) = (snippet.channel_id, snippet.video_id, snippet.post_id);
    // A comment about the channel itself has neither video nor post.
    let place = top.place().or(video).or(post).or(channel);
    let place = id(place.ok_or("the thread does not name what it stands under")?)?;
    let given = match wire.replies {
        Some(raw) => nested_replies(&raw, &place, &thread_id, found),
        None => Vec::new(),
    };
    let mut comment = top.into_comment(place, None, found)?;
    comment.hidden = comment.hidden.or(match found.visibility {
        Some(Visibility::Published) => Some(false),
        // A thread is listed as held for its first comment or for any of its replies.
        Some(_) if given.is_empty() => Some(true),
        Some(_) => None,
        // Not the other way round: nothing under a private video is public.
        None => (is_public == Some(true)).then_some(false),
    });
    comment.parent_id = None;
    comment.id = thread_id;
    comment.reply_count = Some(total);
    if i64::try_from(given.len()).unwrap_or(i64::MAX) < total {
        comment.more_replies = Some(COMPLETES_LISTING.to_owned());
    }
    comment.replies = given;
    Ok(ThreadRead { comment, is_public })
}

/// Replies that cannot be read do not take the comment above them along.
fn nested_replies(
    raw: &RawValue,
    post: &PlatformId,
    thread: &PlatformId,
    found: Found<'_>,
) -> Vec<Element<RemoteComment>> {
    match parse::<WireReplies>(raw.get()) {
        Ok(replies) => elements(&replies.comments, |raw| {
            parse::<WireComment>(raw)?.into_comment(post.clone(), Some(thread), found)
        }),
        Err(reason) => vec![malformed(raw.get(), reason)],
    }
}

impl WireComment {
    /// The video, the community post, or the channel that it says it stands under.
    pub fn place(&self) -> Option<String> {
        let snippet = &self.snippet;
        let stated = snippet.video_id.as_ref().or(snippet.post_id.as_ref());
        stated.filter(|place| !place.is_empty()).cloned()
    }

    pub fn channel(&self) -> Option<&str> {
        self.snippet.channel_id.as_deref()
    }

    /// `thread` is `None` for what may be a first comment: its own id then tells.
    pub fn into_comment(
        self,
        post: PlatformId,
        thread: Option<&PlatformId>,
        found: Found<'_>,
    ) -> Result<RemoteComment, String> {
        let seen = self.seen();
        let id = id(self.id)?;
        let snippet = self.snippet;
        let published_at = time(&snippet.published_at)?;
        let updated_at = snippet.updated_at.as_deref().and_then(Timestamp::parse_platform);
        let root = thread_of(&id);
        let parent_id = match thread {
            Some(thread) => Some(thread.clone()),
            None => snippet
                .parent_id
                .map(PlatformId::from)
                .or_else(|| (root != id).then_some(root)),
        };
        let own = found.account.is_some() && found.account == seen.author.as_ref();
        let text = snippet.text_original.or(snippet.text_display);
        Ok(RemoteComment {
            post_id: post,
            parent_id,
            author_id: seen.author,
            author_username: snippet.author_display_name.filter(|name| !name.is_empty()),
            flagged_own: own,
            text: text.unwrap_or_default(),
            published_at,
            edited_at: updated_at.filter(|at| *at > published_at),
            hidden: seen.status.map(|status| status != Status::Published),
            like_count: snippet.like_count,
            reply_count: None,
            replies: Vec::new(),
            more_replies: None,
            id,
        })
    }

    fn seen(&self) -> Seen {
        let snippet = &self.snippet;
        let author = snippet.author_channel_id.as_ref().and_then(|id| id.value.clone());
        Seen {
            id: self.id.clone().into(),
            author: author.filter(|id| !id.is_empty()).map(PlatformId::from),
            status: match snippet.moderation_status.as_deref() {
                Some("published") => Some(Status::Published),
                Some("heldForReview" | "likelySpam") => Some(Status::Held),
                Some("rejected") => Some(Status::Rejected),
                _ => None,
            },
        }
    }
}

#[cfg(test)]
mod tests;
