//! The Bot API dialect of a bot in the discussion group of a channel: from a call to the platform's answer, without any
//! network in between. What the platform does not show a bot is not shown here either: no history, no message by its id,
//! no deletions, and none of the bot's own messages. Deliberately absent: webhooks, files, commands, and messages that
//! belong to no post, but for those that the control API has told word for word.

mod error;
mod read;
mod request;
mod view;
mod write;

pub use error::TelegramError;
pub use request::Call;

use serde_json::Value;

use crate::store::Store;
use crate::world::World;

/// What a bot may be refused. `member` and `administrator` are its standing in the group, the third is privacy mode.
pub const PERMISSIONS: [&str; 5] = [
    "member",
    "administrator",
    "can_read_all_group_messages",
    "can_delete_messages",
    "can_restrict_members",
];

/// Answers one call at once: one that waits for updates is asked again by the server. A write is durable and in the
/// ledger before this returns; so is what a bot lets the platform forget.
pub fn answer(store: &Store, call: &Call) -> Result<Value, TelegramError> {
    let now_ms = store.now_ms();
    if let Some(method) = write::Method::find(&call.method) {
        let mut stored = store.write();
        let account = signed_in(&stored.world, call)?;
        return write::write(&mut stored, account, method, call, now_ms);
    }
    if call.is("getUpdates") {
        return read::updates(&mut store.write(), call);
    }
    let stored = store.read();
    let account = signed_in(&stored.world, call)?;
    match call.method.to_ascii_lowercase().as_str() {
        "getme" => Ok(read::me(&stored.world, account)),
        "getchat" => read::chat(&stored.world, account, call),
        "getchatmember" => read::member(&stored.world, account, call),
        _ => Err(TelegramError::unknown_method()),
    }
}

fn signed_in(world: &World, call: &Call) -> Result<u32, TelegramError> {
    world
        .account_of_token(&call.token)
        .filter(|account| world.is_group(*account))
        .ok_or_else(TelegramError::unauthorized)
}
