//! What the Bot API sends, and how it becomes the domain's nouns. Updates are taken apart one by one: one that cannot be
//! read is set aside with its raw JSON, and counts as told all the same, or it would come again for ever.

use crate::graph::wire::malformed;
use crate::http::refused_here;
use domain::error::PlatformError;
use domain::ports::{Element, RemoteComment, RemotePost, UpdateBatch};
use domain::{PlatformId, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Debug, Deserialize)]
pub(super) struct Chat {
    pub id: i64,
    #[serde(rename = "type")]
    pub kind: String,
    pub title: Option<String>,
    /// Without the `@`; absent for private ones.
    pub username: Option<String>,
    /// Only `getChat` says it: of a channel its discussion group, of a group its channel.
    pub linked_chat_id: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct User {
    pub id: i64,
    #[serde(default)]
    pub first_name: String,
    pub last_name: Option<String>,
    pub username: Option<String>,
    /// Only `getMe` says it: privacy mode is off.
    pub can_read_all_group_messages: Option<bool>,
}

/// Rights are absent where the status does not leave them open.
#[derive(Debug, Deserialize)]
pub(super) struct Member {
    pub status: String,
    pub can_delete_messages: Option<bool>,
    pub can_restrict_members: Option<bool>,
    pub can_send_messages: Option<bool>,
    /// Of someone restricted: may have left.
    pub is_member: Option<bool>,
}

#[derive(Deserialize)]
struct WireMessage {
    message_id: i64,
    message_thread_id: Option<i64>,
    from: Option<User>,
    /// In whose name it was sent: a channel, or the group itself for an anonymous administrator.
    sender_chat: Option<Chat>,
    /// Unix seconds, as all times here.
    date: i64,
    edit_date: Option<i64>,
    text: Option<String>,
    caption: Option<String>,
    #[serde(default)]
    is_automatic_forward: bool,
    forward_origin: Option<WireOrigin>,
    /// Never holds another one.
    reply_to_message: Option<Box<WireMessage>>,
}

#[derive(Deserialize)]
struct WireOrigin {
    date: Option<i64>,
    /// Of a message of a channel.
    chat: Option<Chat>,
    message_id: Option<i64>,
}

#[derive(Deserialize)]
struct WireNumber {
    update_id: i64,
}

#[derive(Deserialize)]
struct WireUpdate {
    message: Option<Box<RawValue>>,
    edited_message: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct WirePlace {
    chat: WireChatId,
}

#[derive(Deserialize)]
struct WireChatId {
    id: i64,
}

/// A message and who wrote it, as one id. Posts, and messages of nobody, have the first part only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MessageRef {
    pub message: i64,
    pub author: Option<i64>,
}

/// Whose words count as the team's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub chat: i64,
    pub channel: i64,
    pub bot: i64,
}

/// What one call told.
pub(super) struct Told {
    pub batch: UpdateBatch,
    /// Highest number of an update, seen or set aside.
    pub last: Option<i64>,
    pub count: usize,
}

pub(super) fn chat(result: &str) -> Result<Chat, String> {
    parse(result)
}

pub(super) fn user(result: &str) -> Result<User, String> {
    parse(result)
}

pub(super) fn member(result: &str) -> Result<Member, String> {
    parse(result)
}

/// The id of a message that was just sent.
pub(super) fn sent(result: &str) -> Result<PlatformId, String> {
    let message: WireMessage = parse(result)?;
    Ok(message.reference().id())
}

pub(super) fn updates(result: &str, place: Place) -> Result<Told, String> {
    let all: Vec<Box<RawValue>> = parse(result)?;
    let mut told = Told {
        batch: UpdateBatch::default(),
        last: None,
        count: all.len(),
    };
    for raw in &all {
        if let Ok(WireNumber { update_id }) = serde_json::from_str(raw.get()) {
            told.last = told.last.max(Some(update_id));
        }
        if let Err(reason) = take(&mut told.batch, raw.get(), place) {
            told.batch.comments.push(malformed(raw.get(), reason));
        }
    }
    match told.last {
        None if told.count > 0 => Err("no update says its number".to_owned()),
        _ => Ok(told),
    }
}

/// Of another chat, or outside every thread: passed over.
fn take(batch: &mut UpdateBatch, update: &str, place: Place) -> Result<(), String> {
    let update: WireUpdate = parse(update)?;
    let Some(raw) = update.message.or(update.edited_message) else {
        return Ok(());
    };
    let WirePlace { chat } = parse(raw.get())?;
    if chat.id != place.chat {
        return Ok(());
    }
    let message: WireMessage = parse(raw.get())?;
    if message.is_automatic_forward {
        batch.posts.push(Element::Read(message.to_post()?));
        return Ok(());
    }
    batch.posts.extend(message.post_it_answers()?.map(Element::Read));
    batch
        .comments
        .extend(message.into_comment(place)?.map(Element::Read));
    Ok(())
}

fn parse<T: for<'a> Deserialize<'a>>(raw: &str) -> Result<T, String> {
    serde_json::from_str(raw).map_err(|error| error.to_string())
}

fn time(seconds: i64) -> Result<Timestamp, String> {
    seconds
        .checked_mul(1_000)
        .filter(|_| seconds > 0)
        .map(Timestamp)
        .ok_or_else(|| format!("date: {seconds} is not a time"))
}

impl Chat {
    /// What people know it by.
    pub fn handle(&self) -> String {
        let named = self.username.as_ref().or(self.title.as_ref());
        named.cloned().unwrap_or_else(|| self.id.to_string())
    }
}

impl User {
    fn handle(&self) -> String {
        self.username.clone().unwrap_or_else(|| {
            let last = self.last_name.as_deref().unwrap_or_default();
            format!("{} {last}", self.first_name).trim().to_owned()
        })
    }
}

impl MessageRef {
    pub fn parse(id: &PlatformId) -> Result<Self, PlatformError> {
        let odd = || refused_here(format!("\"{id}\" is not an id of this platform"));
        let (message, author) = match id.as_str().split_once('_') {
            Some((message, author)) => (message, Some(author)),
            None => (id.as_str(), None),
        };
        Ok(Self {
            message: message.parse().map_err(|_| odd())?,
            author: author
                .map(|author| author.parse().map_err(|_| odd()))
                .transpose()?,
        })
    }

    pub fn id(self) -> PlatformId {
        PlatformId(match self.author {
            Some(author) => format!("{}_{author}", self.message),
            None => self.message.to_string(),
        })
    }
}

impl WireMessage {
    fn author(&self) -> Option<i64> {
        let sender = self.sender_chat.as_ref().map(|chat| chat.id);
        sender.or(self.from.as_ref().map(|user| user.id))
    }

    fn reference(&self) -> MessageRef {
        MessageRef {
            message: self.message_id,
            author: self.author(),
        }
    }

    /// The copy of a channel's post that this answers, as it is now.
    fn post_it_answers(&self) -> Result<Option<RemotePost>, String> {
        match self.reply_to_message.as_deref() {
            Some(post) if post.is_automatic_forward => post.to_post().map(Some),
            _ => Ok(None),
        }
    }

    fn to_post(&self) -> Result<RemotePost, String> {
        let origin = self.forward_origin.as_ref();
        let published = origin.and_then(|origin| origin.date).unwrap_or(self.date);
        Ok(RemotePost {
            id: PlatformId(self.message_id.to_string()),
            caption: self.text.clone().or_else(|| self.caption.clone()),
            kind: "CHANNEL_POST".to_owned(),
            permalink: origin.and_then(WireOrigin::permalink),
            picture_url: None,
            published_at: time(published)?,
            comments_count: None,
            like_count: None,
            comments_enabled: None,
        })
    }

    /// `None` outside every thread. Whether the thread is that of a post is told by the post alone.
    fn into_comment(self, place: Place) -> Result<Option<RemoteComment>, String> {
        let answered = self.reply_to_message.as_deref();
        let post_itself = answered.filter(|message| message.is_automatic_forward);
        let thread = post_itself.map(|post| post.message_id).or(self.message_thread_id);
        let Some(thread) = thread else { return Ok(None) };
        let parent_id = answered
            .filter(|message| message.message_id != thread)
            .map(|message| message.reference().id());
        let author = self.author();
        let username = match (&self.sender_chat, &self.from) {
            (Some(chat), _) => Some(chat.handle()),
            (None, Some(user)) => Some(user.handle()),
            (None, None) => None,
        };
        Ok(Some(RemoteComment {
            id: self.reference().id(),
            post_id: PlatformId(thread.to_string()),
            parent_id,
            author_id: author.map(|id| PlatformId(id.to_string())),
            author_username: username.filter(|name| !name.is_empty()),
            flagged_own: author.is_some_and(|id| [place.chat, place.channel, place.bot].contains(&id)),
            text: self.text.or(self.caption).unwrap_or_default(),
            published_at: time(self.date)?,
            edited_at: self.edit_date.map(time).transpose()?,
            hidden: None,
            like_count: None,
            reply_count: None,
            replies: Vec::new(),
            more_replies: None,
        }))
    }
}

impl WireOrigin {
    /// As `https://t.me/<channel>/<message>`, or by number for a private channel, whose id stands behind `-100`.
    fn permalink(&self) -> Option<String> {
        let (chat, message) = (self.chat.as_ref()?, self.message_id?);
        let place = match &chat.username {
            Some(name) => name.clone(),
            None => format!("c/{}", chat.id.to_string().strip_prefix("-100")?),
        };
        Some(format!("https://t.me/{place}/{message}"))
    }
}

#[cfg(test)]
mod tests;
