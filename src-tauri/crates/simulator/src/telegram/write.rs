//! Everything that changes the group through the Bot API.

use serde_json::{Value, json};

use super::error::TelegramError;
use super::request::Call;
use super::view::View;
use crate::journal::Record;
use crate::ledger::{LedgerEntry, WriteKind};
use crate::seed::SeedComment;
use crate::store::Stored;
use crate::world::{Change, GroupChange, Object};

/// "1-4096 characters after entities parsing".
const MAX_TEXT_CHARACTERS: usize = 4_096;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    SendMessage,
    EditMessageText,
    DeleteMessage,
    BanChatMember,
    BanChatSenderChat,
}

impl Method {
    pub fn find(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "sendmessage" => Self::SendMessage,
            "editmessagetext" => Self::EditMessageText,
            "deletemessage" => Self::DeleteMessage,
            "banchatmember" => Self::BanChatMember,
            "banchatsenderchat" => Self::BanChatSenderChat,
            _ => return None,
        })
    }
}

pub fn write(
    stored: &mut Stored,
    account: u32,
    method: Method,
    call: &Call,
    now_ms: i64,
) -> Result<Value, TelegramError> {
    let owner = stored.world.account(account);
    if call.chat()? != owner.seed.id {
        return Err(TelegramError::bad_request("chat not found"));
    }
    if owner.refused_permissions.contains("member") {
        return Err(TelegramError::not_a_member());
    }
    let mut writing = Writing {
        stored,
        account,
        now_ms,
    };
    match method {
        Method::SendMessage => writing.send(call),
        Method::EditMessageText => writing.edit(call),
        Method::DeleteMessage => writing.delete(call),
        Method::BanChatMember => writing.ban(call, "user_id"),
        Method::BanChatSenderChat => writing.ban(call, "sender_chat_id"),
    }
}

struct Writing<'a> {
    stored: &'a mut Stored,
    account: u32,
    now_ms: i64,
}

impl Writing<'_> {
    /// Every message here belongs to a post, so one that answers nothing finds no place, whether or not it would be sent
    /// without what it answers.
    fn send(&mut self, call: &Call) -> Result<Value, TelegramError> {
        let text = text_of(call)?;
        let gone = || TelegramError::bad_request("message to be replied not found");
        let answered = call.answered().ok_or_else(gone)?.to_string();
        let world = &self.stored.world;
        let (what, post, thread_id) = match world.object(&answered) {
            Some(Object::Post(at)) => (WriteKind::Comment, at, None),
            Some(Object::Comment(at)) => {
                let thread = world.comment(world.thread_of(at));
                let thread_id = thread.map(|thread| thread.id.clone());
                (WriteKind::Reply, world.entry(at).post, thread_id)
            }
            _ => return Err(gone()),
        };
        let post = world.post(post);
        if post.account != self.account {
            return Err(gone());
        }
        let post_id = post.seed.id.clone();
        let bot = world.bot_of(self.account).to_owned();
        let id = self.stored.world.issue_comment_id(&post_id, None);
        let comment = SeedComment {
            id: id.clone(),
            post_id,
            parent_id: (what == WriteKind::Reply).then(|| answered.clone()),
            author_id: Some(bot),
            username: None,
            text: text.clone(),
            timestamp_ms: self.now_ms,
            like_count: 0,
        };
        let write = LedgerEntry {
            thread_id,
            result_id: Some(id.clone()),
            ..self.entry(what, &answered, Some(text))
        };
        self.commit(Some(Change::CommentAdded { comment }), write)?;
        Ok(self.shown(&id))
    }

    fn edit(&mut self, call: &Call) -> Result<Value, TelegramError> {
        let text = text_of(call)?;
        let id = message_id(call)?;
        let at = self
            .find(&id)
            .ok_or_else(|| TelegramError::bad_request("message to edit not found"))?;
        if !self.is_own(at) {
            return Err(TelegramError::bad_request("message can't be edited"));
        }
        let comment = self.stored.world.comment(at);
        if comment.is_some_and(|comment| comment.text == text) {
            return Err(TelegramError::bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same as a \
                 current content and reply markup of the message",
            ));
        }
        let write = self.entry(WriteKind::Edit, &id, Some(text.clone()));
        let change = Change::TextEdited {
            comment_id: id.clone(),
            text,
            at_ms: Some(self.now_ms),
        };
        self.commit(Some(change), write)?;
        Ok(self.shown(&id))
    }

    fn delete(&mut self, call: &Call) -> Result<Value, TelegramError> {
        let id = message_id(call)?;
        let at = self
            .find(&id)
            .ok_or_else(|| TelegramError::bad_request("message to delete not found"))?;
        if !self.is_own(at) && !self.may("can_delete_messages") {
            return Err(TelegramError::bad_request("message can't be deleted"));
        }
        let write = self.entry(WriteKind::Delete, &id, None);
        self.commit(Some(Change::CommentDeleted { comment_id: id }), write)?;
        Ok(json!(true))
    }

    fn ban(&mut self, call: &Call, parameter: &str) -> Result<Value, TelegramError> {
        let author_id = call
            .number(parameter)
            .ok_or_else(|| TelegramError::bad_request("PARTICIPANT_ID_INVALID"))?
            .to_string();
        if !self.may("can_restrict_members") {
            return Err(TelegramError::bad_request(
                "not enough rights to restrict/unrestrict chat member",
            ));
        }
        let world = &self.stored.world;
        let seed = &world.account(self.account).seed;
        if author_id == world.bot_of(self.account) || author_id == seed.id || author_id == seed.app_scoped_id
        {
            return Err(TelegramError::bad_request("user is an administrator of the chat"));
        }
        let changed = !world.is_banned(self.account, &author_id);
        let account_id = seed.id.clone();
        let write = LedgerEntry {
            changed,
            ..self.entry(WriteKind::BanAuthor, &author_id, None)
        };
        let change = GroupChange::AuthorBanned {
            account_id,
            author_id,
        };
        self.commit(changed.then_some(Change::Group(change)), write)?;
        Ok(json!(true))
    }

    fn find(&self, id: &str) -> Option<u32> {
        let world = &self.stored.world;
        match world.object(id) {
            Some(Object::Comment(at)) if world.channel_of_comment(at) == self.account => Some(at),
            _ => None,
        }
    }

    fn is_own(&self, at: u32) -> bool {
        let world = &self.stored.world;
        let author = world.comment(at).and_then(|comment| comment.author_id.as_deref());
        author == Some(world.bot_of(self.account))
    }

    fn may(&self, right: &str) -> bool {
        let refused = &self.stored.world.account(self.account).refused_permissions;
        !refused.contains("administrator") && !refused.contains(right)
    }

    fn shown(&self, id: &str) -> Value {
        let view = View {
            world: &self.stored.world,
            account: self.account,
        };
        let said = self.stored.world.said(id);
        view.message(&said.expect("what was just committed is there"))
    }

    fn entry(&self, what: WriteKind, target: &str, text: Option<String>) -> LedgerEntry {
        LedgerEntry {
            what,
            target: target.to_owned(),
            thread_id: None,
            text,
            result_id: None,
            account_id: self.stored.world.account(self.account).seed.id.clone(),
            at_ms: self.now_ms,
            changed: true,
            times: 0,
        }
    }

    fn commit(&mut self, change: Option<Change>, write: LedgerEntry) -> Result<(), TelegramError> {
        let write = Some(write);
        Ok(self.stored.commit(vec![Record { change, write }])?)
    }
}

fn message_id(call: &Call) -> Result<String, TelegramError> {
    call.number("message_id")
        .map(|id| id.to_string())
        .ok_or_else(|| TelegramError::bad_request("message identifier is not specified"))
}

fn text_of(call: &Call) -> Result<String, TelegramError> {
    let text = call.text("text").map(str::trim).unwrap_or_default();
    if text.is_empty() {
        return Err(TelegramError::bad_request("message text is empty"));
    }
    if text.chars().count() > MAX_TEXT_CHARACTERS {
        return Err(TelegramError::bad_request("message is too long"));
    }
    Ok(text.to_owned())
}
