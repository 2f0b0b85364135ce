//! Finding the group that a bot is to moderate, and what the bot may do there ("getChat", "getChatMember").

use super::call::{Call, Caller, LimitGate};
use super::wire::{self, Chat, Member};
use crate::http::{ReadRetries, refused_here, require_private_transport};
use domain::PlatformId;
use domain::error::PlatformError;
use domain::ports::Clock;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use url::Url;
use zeroize::Zeroizing;

/// A group and the channel whose posts are discussed in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscussionGroup {
    pub chat_id: i64,
    pub channel_id: i64,
}

/// What the bot may do in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    pub is_member: bool,
    /// An administrator is told of every message; others only with the bot's privacy mode off.
    pub reads_all_messages: bool,
    pub can_send_messages: bool,
    pub can_delete_messages: bool,
    pub can_restrict_members: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundGroup {
    pub group: DiscussionGroup,
    /// The group's own.
    pub id: PlatformId,
    /// The public name, or the title where it has none.
    pub username: String,
    pub title: Option<String>,
    pub rights: Rights,
}

pub struct TelegramBotConfig {
    /// `https://api.telegram.org`, or a simulator on loopback.
    pub base_url: Url,
    pub token: Zeroizing<String>,
    pub clock: Arc<dyn Clock>,
    pub http: reqwest::Client,
    /// For one attempt, from connecting to the last byte.
    pub total_timeout: Duration,
    pub read_retries: ReadRetries,
}

/// A bot of the user's, before it is known for which group.
pub struct TelegramBot {
    caller: Caller,
    id: i64,
}

/// The number before the colon, which is the bot's own id. Fails when it is no token; it is not repeated then.
pub fn bot_of(token: &str) -> Result<i64, PlatformError> {
    let parts = token.split_once(':').filter(|(_, secret)| {
        !secret.is_empty()
            && secret
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    });
    parts
        .filter(|(id, _)| id.bytes().all(|digit| digit.is_ascii_digit()))
        .and_then(|(id, _)| id.parse().ok())
        .ok_or_else(|| PlatformError::SignedOut {
            detail: "that is no bot's token: BotFather gives one like 123456789:letters".to_owned(),
        })
}

impl TelegramBot {
    /// Fails when the base address is none that a token may be sent to, or the token none of a bot.
    pub fn new(config: TelegramBotConfig) -> Result<Self, PlatformError> {
        require_private_transport(&config.base_url)?;
        Ok(Self {
            id: bot_of(&config.token)?,
            caller: Caller {
                http: config.http,
                base_url: config.base_url,
                token: config.token,
                clock: config.clock,
                total_timeout: config.total_timeout,
                read_retries: config.read_retries,
                turns: Semaphore::new(1),
                limit: LimitGate::default(),
            },
        })
    }

    pub fn id(&self) -> i64 {
        self.id
    }

    /// The discussion group of that name or number; that of a channel, where a channel is named. A group that the bot
    /// is no member of is a missing permission.
    pub async fn group(&self, named: &str) -> Result<FoundGroup, PlatformError> {
        let me = self
            .caller
            .read(Call::read("getMe", json!({})), wire::user)
            .await?;
        let mut chat = self.chat(chat_named(named)).await?;
        if chat.kind == "channel" {
            let linked = chat.linked_chat_id.ok_or_else(|| {
                refused_here(
                    "this channel has no discussion group: link one in its settings first".to_owned(),
                )
            })?;
            chat = self.chat(json!(linked)).await?;
        }
        let channel_id = match (chat.kind.as_str(), chat.linked_chat_id) {
            ("supergroup", Some(channel)) => channel,
            _ => {
                return Err(refused_here(
                    "this is no discussion group of a channel: name the channel, or the group linked to it"
                        .to_owned(),
                ));
            }
        };
        let reads_all = me.can_read_all_group_messages.unwrap_or(false);
        Ok(FoundGroup {
            group: DiscussionGroup {
                chat_id: chat.id,
                channel_id,
            },
            id: PlatformId(chat.id.to_string()),
            username: chat.handle(),
            rights: self.rights(chat.id, reads_all).await?,
            title: chat.title,
        })
    }

    /// Fails where the bot's updates go elsewhere. Confirms none of them.
    pub async fn try_updates(&self) -> Result<(), PlatformError> {
        let call = Call::read("getUpdates", json!({"timeout": 0, "limit": 1}));
        self.caller.read(call, |_| Ok(())).await
    }

    async fn chat(&self, chat_id: Value) -> Result<Chat, PlatformError> {
        let call = Call::read("getChat", json!({"chat_id": chat_id}));
        self.caller.read(call, wire::chat).await
    }

    async fn rights(&self, chat_id: i64, reads_all: bool) -> Result<Rights, PlatformError> {
        let call = Call::read("getChatMember", json!({"chat_id": chat_id, "user_id": self.id}));
        match self.caller.read(call, wire::member).await {
            Ok(member) => Ok(Rights::of(&member, reads_all)),
            // Not a member, so nothing at all.
            Err(PlatformError::PermissionMissing { .. }) => Ok(Rights::none()),
            Err(error) => Err(error),
        }
    }
}

/// A number as a number; a public name with its `@`, also out of a link.
fn chat_named(text: &str) -> Value {
    let text = text.trim();
    if let Ok(id) = text.parse::<i64>() {
        return json!(id);
    }
    let name = ["https://t.me/", "http://t.me/", "t.me/", "@"]
        .iter()
        .find_map(|before| text.strip_prefix(before))
        .unwrap_or(text);
    json!(format!("@{}", name.trim_end_matches('/')))
}

impl Rights {
    fn none() -> Self {
        Self {
            is_member: false,
            reads_all_messages: false,
            can_send_messages: false,
            can_delete_messages: false,
            can_restrict_members: false,
        }
    }

    fn of(member: &Member, reads_all: bool) -> Self {
        match member.status.as_str() {
            "creator" => Self {
                is_member: true,
                reads_all_messages: true,
                can_send_messages: true,
                can_delete_messages: true,
                can_restrict_members: true,
            },
            "administrator" => Self {
                is_member: true,
                reads_all_messages: true,
                can_send_messages: true,
                can_delete_messages: member.can_delete_messages.unwrap_or(false),
                can_restrict_members: member.can_restrict_members.unwrap_or(false),
            },
            "member" => Self {
                is_member: true,
                reads_all_messages: reads_all,
                can_send_messages: true,
                ..Self::none()
            },
            "restricted" if member.is_member.unwrap_or(false) => Self {
                is_member: true,
                reads_all_messages: reads_all,
                can_send_messages: member.can_send_messages.unwrap_or(false),
                ..Self::none()
            },
            _ => Self::none(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_token_names_its_bot_and_what_is_none_is_not_repeated() {
        assert_eq!(bot_of("4711:AA-b_C9").unwrap(), 4_711);
        for odd in [
            "",
            "4711",
            "x:AA",
            ":AA",
            "4711:",
            "4711:AA/../canary",
            "4711:AA canary",
        ] {
            let refused = bot_of(odd).unwrap_err().to_string();
            assert!(!refused.contains("canary"), "{refused}");
        }
    }

    #[test]
    fn a_group_is_named_by_number_name_or_link() {
        assert_eq!(chat_named(" -1001 "), json!(-1001));
        for named in ["brand", "@brand", "https://t.me/brand", "t.me/brand/"] {
            assert_eq!(chat_named(named), json!("@brand"), "{named}");
        }
    }

    #[test]
    fn the_status_decides_where_no_right_is_named() {
        let member = |json: &str| wire::member(json).unwrap();
        assert!(Rights::of(&member(r#"{"status":"creator"}"#), false).can_restrict_members);
        let admin = Rights::of(
            &member(r#"{"status":"administrator","can_delete_messages":true}"#),
            false,
        );
        assert_eq!(
            (
                admin.reads_all_messages,
                admin.can_delete_messages,
                admin.can_restrict_members
            ),
            (true, true, false)
        );
        let plain = member(r#"{"status":"member"}"#);
        assert!(
            !Rights::of(&plain, false).reads_all_messages,
            "privacy mode is on"
        );
        assert!(Rights::of(&plain, true).reads_all_messages);
        for gone in ["left", "kicked", "restricted"] {
            let member = member(&format!(r#"{{"status":"{gone}"}}"#));
            assert_eq!(Rights::of(&member, true), Rights::none(), "{gone}");
        }
    }
}
