//! How people, places and messages look to a bot.

use serde_json::{Map, Value, json};

use crate::world::{Said, World};

/// In whose name the platform sends what copies a post, what an anonymous administrator writes, and what somebody
/// writes as a channel.
const TELEGRAM: i64 = 777_000;
const ANONYMOUS_ADMINISTRATOR: i64 = 1_087_968_824;
const AS_A_CHANNEL: i64 = 136_817_688;

pub struct View<'a> {
    pub world: &'a World,
    pub account: u32,
}

impl View<'_> {
    pub fn group(&self) -> Value {
        let seed = &self.world.account(self.account).seed;
        json!({
            "id": number(&seed.id), "title": seed.name, "username": seed.username, "type": "supergroup",
        })
    }

    /// Its public name is the group's with `_channel` behind it.
    pub fn channel(&self) -> Value {
        let seed = &self.world.account(self.account).seed;
        json!({
            "id": number(&seed.app_scoped_id), "title": seed.name, "type": "channel",
            "username": format!("{}_channel", seed.username),
        })
    }

    pub fn bot(&self) -> Value {
        json!({
            "id": number(self.world.bot_of(self.account)), "is_bot": true, "first_name": "Sample bot",
            "username": "sample_brand_bot",
        })
    }

    pub fn message(&self, said: &Said) -> Value {
        let mut message = Map::new();
        message.insert("message_id".into(), number(&said.id));
        self.add_author(&mut message, said);
        message.insert("chat".into(), self.group());
        message.insert("date".into(), json!(said.at_ms / 1000));
        if let Some(edited_ms) = said.edited_ms {
            message.insert("edit_date".into(), json!(edited_ms / 1000));
        }
        match &said.thread {
            Some(thread) => {
                message.insert("message_thread_id".into(), number(thread));
            }
            None => self.add_origin(&mut message, said),
        }
        if !said.text.is_empty() {
            message.insert("text".into(), json!(said.text));
        }
        if let Some(answered) = &said.answers {
            message.insert("reply_to_message".into(), self.message(answered));
        }
        Value::Object(message)
    }

    fn add_author(&self, message: &mut Map<String, Value>, said: &Said) {
        let seed = &self.world.account(self.account).seed;
        let (from, sender) = match said.author_id.as_deref() {
            None => (ANONYMOUS_ADMINISTRATOR, self.group()),
            Some(id) if id == seed.id => (ANONYMOUS_ADMINISTRATOR, self.group()),
            Some(id) if id == seed.app_scoped_id && said.thread.is_none() => (TELEGRAM, self.channel()),
            Some(id) if id == seed.app_scoped_id => (AS_A_CHANNEL, self.channel()),
            Some(id) if id.starts_with('-') => {
                let title = said.username.as_deref().unwrap_or("A channel");
                let chat = json!({"id": number(id), "title": title, "type": "channel"});
                (AS_A_CHANNEL, chat)
            }
            Some(id) if id == self.world.bot_of(self.account) => {
                message.insert("from".into(), self.bot());
                return;
            }
            Some(id) => {
                let name = said.username.as_deref().unwrap_or("Somebody");
                let mut person = json!({"id": number(id), "is_bot": false, "first_name": name});
                if let Some(username) = &said.username {
                    person["username"] = json!(username);
                }
                message.insert("from".into(), person);
                return;
            }
        };
        message.insert(
            "from".into(),
            json!({"id": from, "is_bot": from != TELEGRAM, "first_name": "Telegram"}),
        );
        message.insert("sender_chat".into(), sender);
    }

    /// The post itself, as the platform copies it from the channel.
    fn add_origin(&self, message: &mut Map<String, Value>, said: &Said) {
        message.insert("is_automatic_forward".into(), json!(true));
        let origin = json!({
            "type": "channel", "chat": self.channel(), "message_id": number(&said.id), "date": said.at_ms / 1000,
        });
        message.insert("forward_origin".into(), origin);
    }
}

/// Ids are numbers here; one that a seed spells otherwise stays as it is, for a client to stumble over.
fn number(id: &str) -> Value {
    id.parse::<i64>().map_or_else(|_| json!(id), |id| json!(id))
}
