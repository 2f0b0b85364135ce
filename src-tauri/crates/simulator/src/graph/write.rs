//! Everything that changes the platform through the Graph API. Each accepted write is one journal record.

use axum::http::Method;
use serde_json::{Value, json};

use super::error::GraphError;
use super::permission;
use super::request::GraphRequest;
use super::view::View;
use crate::journal::Record;
use crate::ledger::{LedgerEntry, WriteKind};
use crate::seed::SeedComment;
use crate::store::Stored;
use crate::world::{Change, Object};

const TOKEN_LIFE_SECONDS: i64 = 5_184_000;
const PRIVATE_REPLY_WINDOW_MS: i64 = 7 * 24 * 3_600_000;

pub fn write(
    stored: &mut Stored,
    account: u32,
    request: &GraphRequest,
    segments: &[&str],
    now_ms: i64,
) -> Result<Value, GraphError> {
    let mut writing = Writing {
        stored,
        account,
        now_ms,
    };
    let method = request.method.as_str();
    if super::is_page(&writing.stored.world, account) {
        return writing.on_page(request, segments);
    }
    match (&request.method, segments) {
        (&Method::GET, ["refresh_access_token"]) => writing.refresh_token(request),
        (&Method::POST, [id, "messages"]) => match writing.find(method, id)? {
            Object::Account(_) => writing.send_private_reply(request),
            _ => Err(GraphError::missing_object(method, id)),
        },
        (&Method::POST, [id, "replies"]) => match writing.find(method, id)? {
            Object::Comment(at) => writing.reply(at, &request.required_text("message")?),
            _ => Err(GraphError::missing_object(method, id)),
        },
        (&Method::POST, [id, "comments"]) => match writing.find(method, id)? {
            Object::Post(at) => writing.add_comment(at, &request.required_text("message")?),
            _ => Err(GraphError::missing_object(method, id)),
        },
        (&Method::POST, [id]) => match writing.find(method, id)? {
            Object::Comment(at) => writing.hide(at, request.flag("hide")?),
            Object::Post(at) => writing.enable_comments(at, request.flag("comment_enabled")?),
            Object::Account(_) => Err(GraphError::missing_object(method, id)),
        },
        (&Method::DELETE, [id]) => match writing.find(method, id)? {
            Object::Comment(at) => writing.delete(at),
            _ => Err(GraphError::missing_object(method, id)),
        },
        _ => Err(GraphError::unknown_path(&request.path)),
    }
}

struct Writing<'a> {
    stored: &'a mut Stored,
    account: u32,
    now_ms: i64,
}

impl Writing<'_> {
    /// Facebook Pages: replies stand under `comments`, hiding is `is_hidden`, and one's own text can be changed.
    fn on_page(&mut self, request: &GraphRequest, segments: &[&str]) -> Result<Value, GraphError> {
        let method = request.method.as_str();
        match (&request.method, segments) {
            (&Method::POST, [id, "messages"]) => match self.find(method, id)? {
                Object::Account(_) => self.send_private_reply(request),
                _ => Err(GraphError::missing_object(method, id)),
            },
            (&Method::POST, [id, "comments"]) => match self.find(method, id)? {
                Object::Comment(at) => self.reply(at, &request.required_text("message")?),
                Object::Post(at) => self.add_comment(at, &request.required_text("message")?),
                Object::Account(_) => Err(GraphError::missing_object(method, id)),
            },
            (&Method::POST, [id]) => match (self.find(method, id)?, request.parameter("message")) {
                (Object::Comment(at), Some(_)) => self.change_text(at, &request.required_text("message")?),
                (Object::Comment(at), None) => self.hide(at, request.flag("is_hidden")?),
                _ => Err(GraphError::missing_object(method, id)),
            },
            (&Method::DELETE, [id]) => match self.find(method, id)? {
                Object::Comment(at) => self.delete(at),
                _ => Err(GraphError::missing_object(method, id)),
            },
            _ => Err(GraphError::unknown_path(&request.path)),
        }
    }

    fn change_text(&mut self, at: u32, text: &str) -> Result<Value, GraphError> {
        let comment = comment_at(self.stored, at);
        if comment.author_id.as_ref() != Some(&self.stored.world.account(self.account).seed.id) {
            return Err(GraphError::permission(200));
        }
        let comment_id = comment.id.clone();
        let write = self.entry(WriteKind::Edit, comment_id.clone(), Some(text));
        let change = Change::TextEdited {
            comment_id,
            text: text.to_owned(),
            at_ms: Some(self.now_ms),
        };
        self.commit(Some(change), write)?;
        Ok(success())
    }

    fn find(&self, method: &str, id: &str) -> Result<Object, GraphError> {
        let view = View {
            world: &self.stored.world,
            account: self.account,
            through_page: false,
            base_url: "",
            version_prefix: "",
            token: "",
        };
        view.find(method, id)
    }

    fn reply(&mut self, at: u32, message: &str) -> Result<Value, GraphError> {
        let world = &self.stored.world;
        let post = world.post(world.entry(at).post);
        let (target, thread) = (
            comment_at(self.stored, at),
            comment_at(self.stored, world.thread_of(at)),
        );
        if target.hidden || thread.hidden {
            return Err(GraphError::invalid_parameter(
                "A hidden comment cannot be replied to",
            ));
        }
        if !post.comments_enabled {
            return Err(comments_are_off());
        }
        let (post_id, target_id, thread_id) = (post.seed.id.clone(), target.id.clone(), thread.id.clone());
        let reply = self.own_comment(post_id, Some(thread_id.clone()), message);
        let write = LedgerEntry {
            thread_id: Some(thread_id),
            result_id: Some(reply.id.clone()),
            ..self.entry(WriteKind::Reply, target_id, Some(message))
        };
        self.make(reply, write)
    }

    fn add_comment(&mut self, at: u32, message: &str) -> Result<Value, GraphError> {
        let post = self.stored.world.post(at);
        if !post.comments_enabled {
            return Err(comments_are_off());
        }
        let post_id = post.seed.id.clone();
        let comment = self.own_comment(post_id.clone(), None, message);
        let write = LedgerEntry {
            result_id: Some(comment.id.clone()),
            ..self.entry(WriteKind::Comment, post_id, Some(message))
        };
        self.make(comment, write)
    }

    fn make(&mut self, comment: SeedComment, write: LedgerEntry) -> Result<Value, GraphError> {
        let id = comment.id.clone();
        self.commit(Some(Change::CommentAdded { comment }), write)?;
        Ok(json!({ "id": id }))
    }

    fn own_comment(&mut self, post_id: String, parent_id: Option<String>, message: &str) -> SeedComment {
        let id = self.stored.world.issue_comment_id(&post_id, parent_id.as_deref());
        let author = &self.stored.world.account(self.account).seed;
        SeedComment {
            id,
            post_id,
            parent_id,
            author_id: Some(author.id.clone()),
            username: Some(author.username.clone()),
            text: message.to_owned(),
            timestamp_ms: self.now_ms,
            like_count: 0,
        }
    }

    /// Without `hide` (Facebook Pages spell it `is_hidden`) the platform says yes and does nothing.
    fn hide(&mut self, at: u32, hide: Option<bool>) -> Result<Value, GraphError> {
        let Some(hidden) = hide else { return Ok(success()) };
        let comment = comment_at(self.stored, at);
        let own = comment.author_id.as_ref() == Some(&self.stored.world.account(self.account).seed.id);
        // "Comments made by the media owner stay visible even if hide is true."
        let changed = comment.hidden != hidden && !(own && hidden);
        let comment_id = comment.id.clone();
        let what = if hidden {
            WriteKind::Hide
        } else {
            WriteKind::Unhide
        };
        let write = LedgerEntry {
            changed,
            ..self.entry(what, comment_id.clone(), None)
        };
        self.commit(changed.then_some(Change::HiddenSet { comment_id, hidden }), write)?;
        Ok(success())
    }

    fn delete(&mut self, at: u32) -> Result<Value, GraphError> {
        let comment_id = comment_at(self.stored, at).id.clone();
        let write = self.entry(WriteKind::Delete, comment_id.clone(), None);
        self.commit(Some(Change::CommentDeleted { comment_id }), write)?;
        Ok(success())
    }

    fn enable_comments(&mut self, at: u32, enable: Option<bool>) -> Result<Value, GraphError> {
        let Some(enabled) = enable else {
            return Err(GraphError::invalid_parameter(
                "The parameter comment_enabled is required",
            ));
        };
        let post = self.stored.world.post(at);
        let (post_id, changed) = (post.seed.id.clone(), post.comments_enabled != enabled);
        let what = if enabled {
            WriteKind::EnableComments
        } else {
            WriteKind::DisableComments
        };
        let write = LedgerEntry {
            changed,
            ..self.entry(what, post_id.clone(), None)
        };
        self.commit(
            changed.then_some(Change::CommentsEnabledSet { post_id, enabled }),
            write,
        )?;
        Ok(success())
    }

    /// One per comment, within seven days, never to oneself (Private Replies page).
    fn send_private_reply(&mut self, request: &GraphRequest) -> Result<Value, GraphError> {
        let part = |name: &str, key: &str| {
            let value: Value = serde_json::from_str(request.parameter(name)?).ok()?;
            value.get(key)?.as_str().map(str::to_owned)
        };
        let missing = |name| GraphError::invalid_parameter(format!("The parameter {name} is required"));
        let id = part("recipient", "comment_id").ok_or_else(|| missing("recipient[comment_id]"))?;
        let text = part("message", "text").ok_or_else(|| missing("message[text]"))?;
        let Object::Comment(at) = self.find("POST", &id)? else {
            return Err(GraphError::missing_object("POST", &id));
        };
        let world = &self.stored.world;
        if world.was_privately_answered(&id) {
            return Err(GraphError::new(10900, "(#10900) Activity already replied to"));
        }
        let author_id = comment_at(self.stored, at).author_id.clone();
        let own = author_id.as_ref() == Some(&world.account(self.account).seed.id);
        let age_ms = self.now_ms - world.entry(at).timestamp_ms;
        let Some(recipient_id) = author_id.filter(|_| !own && age_ms <= PRIVATE_REPLY_WINDOW_MS) else {
            return Err(GraphError::new(
                10903,
                "(#10903) This user can't reply to this activity",
            ));
        };
        let message_id = format!("aWdfZAG{}", self.stored.world.issue_id());
        let write = LedgerEntry {
            result_id: Some(message_id.clone()),
            ..self.entry(WriteKind::PrivateReply, id, Some(&text))
        };
        self.commit(None, write)?;
        Ok(json!({ "recipient_id": recipient_id, "message_id": message_id }))
    }

    fn refresh_token(&mut self, request: &GraphRequest) -> Result<Value, GraphError> {
        if request.parameter("grant_type") != Some("ig_refresh_token") {
            return Err(GraphError::invalid_parameter(
                "Param grant_type must be one of {ig_refresh_token}",
            ));
        }
        let token = self.stored.world.next_token(self.account);
        let refused = &self.stored.world.account(self.account).refused_permissions;
        let mut granted = permission::INSTAGRAM.to_vec();
        granted.retain(|permission| !refused.contains(*permission));
        let account_id = self.stored.world.account(self.account).seed.id.clone();
        let expires_at_ms = self.now_ms + TOKEN_LIFE_SECONDS * 1000;
        let write = self.entry(WriteKind::RefreshToken, account_id.clone(), None);
        self.commit(
            Some(Change::TokenRefreshed {
                account_id,
                expires_at_ms,
            }),
            write,
        )?;
        Ok(json!({
            "access_token": token,
            "token_type": "bearer",
            "expires_in": TOKEN_LIFE_SECONDS,
            "permissions": granted.join(","),
        }))
    }

    fn entry(&self, what: WriteKind, target: String, text: Option<&str>) -> LedgerEntry {
        LedgerEntry {
            what,
            target,
            thread_id: None,
            text: text.map(str::to_owned),
            result_id: None,
            account_id: self.stored.world.account(self.account).seed.id.clone(),
            at_ms: self.now_ms,
            changed: true,
            times: 0,
        }
    }

    fn commit(&mut self, change: Option<Change>, write: LedgerEntry) -> Result<(), GraphError> {
        Ok(self.stored.commit(vec![Record {
            change,
            write: Some(write),
        }])?)
    }
}

fn comment_at(stored: &Stored, at: u32) -> &crate::world::Comment {
    stored
        .world
        .comment(at)
        .expect("an id names a comment, never a malformed element")
}

fn comments_are_off() -> GraphError {
    GraphError::invalid_parameter("Comments are turned off for this media")
}

fn success() -> Value {
    json!({ "success": true })
}
