//! Telegram: the discussion group of a channel, through the Bot API and a bot of the user's own that is an administrator
//! of the group ("Available methods", "Getting updates").
//!
//! The platform copies each post of the channel into the group; comments are the messages in the thread of that copy.
//! It tells what happens once, keeps it for a day until it is confirmed, and shows nothing a second time: no history, no
//! reading back, no word of deletions, and never a message of the bot itself. So a send whose answer was lost cannot be
//! looked for. An id here is `<message>_<author>`, since an author is banned by an id that no message can be asked for.
//!
//! The token is a part of every address: no address may reach an error or a log line.

mod call;
mod group;
mod listening;
mod refusal;
mod wire;

pub use group::{DiscussionGroup, FoundGroup, Rights, TelegramBot, TelegramBotConfig, bot_of};

use crate::http::{ReadRetries, refused_here, require_private_transport};
use crate::sendable::require_sendable;
use async_trait::async_trait;
use call::{Call, Caller, LimitGate};
use domain::error::PlatformError;
use domain::ports::{
    ActionSink, Clock, CommentSource, Page, RemoteComment, RemotePost, RemoteProfile, UpdateBatch,
};
use domain::{Arrival, Capabilities, PlatformId, Removal, ReplyTarget};
use listening::Listening;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use url::Url;
use wire::MessageRef;
use zeroize::Zeroizing;

/// How to reach one group.
pub struct TelegramConfig {
    /// `https://api.telegram.org`, or a simulator on loopback.
    pub base_url: Url,
    /// The bot's token, as BotFather gives it: `<bot id>:<letters>`.
    pub token: Zeroizing<String>,
    /// As [`TelegramBot::group`] found it.
    pub group: DiscussionGroup,
    pub clock: Arc<dyn Clock>,
    /// For one attempt, from connecting to the last byte; waiting for updates comes on top.
    pub total_timeout: Duration,
    pub max_reply_chars: usize,
    /// Calls of this group under way at the same time, besides the one that waits for updates.
    pub max_concurrent_calls: usize,
    pub read_retries: ReadRetries,
    /// From [`crate::http_client`]; give all accounts a clone of the same one.
    pub http: reqwest::Client,
}

impl TelegramConfig {
    /// With this app's own limits (30 s, 4 calls at a time) and the platform's longest message.
    pub fn new(
        base_url: Url,
        token: Zeroizing<String>,
        group: DiscussionGroup,
        clock: Arc<dyn Clock>,
        http: reqwest::Client,
    ) -> Self {
        Self {
            base_url,
            token,
            group,
            clock,
            total_timeout: Duration::from_secs(30),
            max_reply_chars: 4_096,
            max_concurrent_calls: 4,
            read_retries: ReadRetries::default(),
            http,
        }
    }
}

/// One discussion group.
pub struct Telegram {
    caller: Caller,
    group: DiscussionGroup,
    bot_id: i64,
    max_reply_chars: usize,
    listening: Listening,
}

impl Telegram {
    /// Fails when the base address is none that a token may be sent to, or the token none of a bot.
    pub fn new(config: TelegramConfig) -> Result<Self, PlatformError> {
        require_private_transport(&config.base_url)?;
        Ok(Self {
            bot_id: bot_of(&config.token)?,
            group: config.group,
            max_reply_chars: config.max_reply_chars,
            listening: Listening::default(),
            caller: Caller {
                http: config.http,
                base_url: config.base_url,
                token: config.token,
                clock: config.clock,
                total_timeout: config.total_timeout,
                read_retries: config.read_retries,
                turns: Semaphore::new(config.max_concurrent_calls.max(1)),
                limit: LimitGate::default(),
            },
        })
    }

    /// Refused when the message that it answers is gone: the only word of a deletion that there is.
    async fn send(&self, answered: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        require_sendable(text, self.max_reply_chars)?;
        let answered = MessageRef::parse(answered)?;
        let message = json!({
            "chat_id": self.group.chat_id,
            "text": text,
            "reply_parameters": {"message_id": answered.message, "allow_sending_without_reply": false},
        });
        let sent = self.caller.write(Call::write("sendMessage", message)).await?;
        wire::sent(&sent).map_err(|reason| self.caller.unreadable_answer(&reason))
    }

    /// For methods whose result is `true`.
    async fn act(&self, method: &'static str, body: serde_json::Value) -> Result<(), PlatformError> {
        let answer = self.caller.write(Call::write(method, body)).await?;
        match answer.as_str() {
            "true" => Ok(()),
            "false" => Err(refused_here("the platform did not do it".to_owned())),
            _ => Err(self.caller.unreadable_answer("neither true nor false")),
        }
    }
}

fn lists_nothing<T>(what: &str) -> Result<T, PlatformError> {
    Err(PlatformError::not_supported(what))
}

#[async_trait]
impl CommentSource for Telegram {
    fn destination(&self) -> String {
        self.caller.base_url.host_str().unwrap_or_default().to_owned()
    }

    /// The group, under its own id.
    async fn profile(&self) -> Result<RemoteProfile, PlatformError> {
        let call = Call::read("getChat", json!({"chat_id": self.group.chat_id}));
        let chat = self.caller.read(call, wire::chat).await?;
        Ok(RemoteProfile {
            id: PlatformId(chat.id.to_string()),
            username: chat.handle(),
            name: chat.title,
        })
    }

    async fn posts(&self, _after: Option<&str>) -> Result<Page<RemotePost>, PlatformError> {
        lists_nothing("list posts")
    }

    async fn comments(
        &self,
        _post: &PlatformId,
        _after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        lists_nothing("list comments")
    }

    async fn replies(
        &self,
        _post: &PlatformId,
        _comment: &PlatformId,
        _after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        lists_nothing("list the replies of a thread")
    }

    async fn comment(&self, _id: &PlatformId) -> Result<Option<RemoteComment>, PlatformError> {
        lists_nothing("show a message again")
    }

    async fn picture(&self, _url: &str, _max_bytes: usize) -> Result<(Vec<u8>, String), PlatformError> {
        lists_nothing("show a picture without the bot's token in its address")
    }

    async fn updates(&self, after: Option<&str>, wait: Duration) -> Result<UpdateBatch, PlatformError> {
        self.listen(after, wait).await
    }
}

#[async_trait]
impl ActionSink for Telegram {
    async fn reply(&self, comment: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        self.send(comment, text).await
    }

    async fn set_hidden(&self, _comment: &PlatformId, _hidden: bool) -> Result<(), PlatformError> {
        Err(PlatformError::not_supported("hide a comment"))
    }

    /// What is gone need not be deleted.
    async fn delete(&self, comment: &PlatformId) -> Result<(), PlatformError> {
        let message = MessageRef::parse(comment)?.message;
        let body = json!({"chat_id": self.group.chat_id, "message_id": message});
        match self.act("deleteMessage", body).await {
            Err(PlatformError::Gone { .. }) => Ok(()),
            deleted => deleted,
        }
    }

    fn max_reply_chars(&self) -> usize {
        self.max_reply_chars
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            can_delete_others: Removal::Delete,
            can_ban: true,
            can_edit_own_reply: true,
            can_comment_on_post: true,
            replies_to: ReplyTarget::Any,
            arrival: Arrival::Told,
            can_look_again: false,
            notices_deletions: false,
            ..Capabilities::replies_only(self.max_reply_chars)
        }
    }

    /// Bans first: where that is refused, the comment stays as it is. Either half may be done again.
    async fn ban(&self, comment: &PlatformId) -> Result<(), PlatformError> {
        let author = MessageRef::parse(comment)?
            .author
            .ok_or_else(|| refused_here("the platform did not say who wrote it".to_owned()))?;
        let chat = self.group.chat_id;
        if [chat, self.group.channel_id, self.bot_id].contains(&author) {
            return Err(refused_here("the team itself wrote it".to_owned()));
        }
        match author {
            // Whoever writes in the name of a channel is banned with all of their channels.
            ..0 => {
                let body = json!({"chat_id": chat, "sender_chat_id": author});
                self.act("banChatSenderChat", body).await?;
            }
            _ => {
                let body = json!({"chat_id": chat, "user_id": author});
                self.act("banChatMember", body).await?;
            }
        }
        self.delete(comment).await
    }

    async fn edit_reply(&self, reply: &PlatformId, text: &str) -> Result<(), PlatformError> {
        require_sendable(text, self.max_reply_chars)?;
        let message = MessageRef::parse(reply)?.message;
        let body = json!({"chat_id": self.group.chat_id, "message_id": message, "text": text});
        match self.caller.write(Call::write("editMessageText", body)).await {
            Ok(_) => Ok(()),
            Err(error) if refusal::says_it_is_so_already(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn comment_on(&self, post: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        self.send(post, text).await
    }
}
