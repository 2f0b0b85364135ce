//! What a bot may ask.

use serde_json::{Value, json};

use super::error::TelegramError;
use super::request::Call;
use super::signed_in;
use super::view::View;
use crate::journal::Record;
use crate::store::Stored;
use crate::world::{Change, GroupChange, Told, World};

/// "Values between 1-100 are accepted. Defaults to 100."
const MOST_UPDATES: i64 = 100;

pub fn me(world: &World, account: u32) -> Value {
    let refused = &world.account(account).refused_permissions;
    let mut bot = View { world, account }.bot();
    bot["can_join_groups"] = json!(true);
    bot["can_read_all_group_messages"] = json!(!refused.contains("can_read_all_group_messages"));
    bot
}

pub fn chat(world: &World, account: u32, call: &Call) -> Result<Value, TelegramError> {
    let seed = &world.account(account).seed;
    let view = View { world, account };
    let (mut chat, linked) = match call.chat()?.as_str() {
        asked if asked == seed.id || asked == format!("@{}", seed.username) => {
            (view.group(), &seed.app_scoped_id)
        }
        asked if asked == seed.app_scoped_id || asked == format!("@{}_channel", seed.username) => {
            (view.channel(), &seed.id)
        }
        _ => return Err(TelegramError::bad_request("chat not found")),
    };
    if let Ok(linked) = linked.parse::<i64>() {
        chat["linked_chat_id"] = json!(linked);
    }
    Ok(chat)
}

pub fn member(world: &World, account: u32, call: &Call) -> Result<Value, TelegramError> {
    let seed = &world.account(account).seed;
    if call.chat()? != seed.id {
        return Err(TelegramError::bad_request("chat not found"));
    }
    let bot = world.bot_of(account);
    if call.number("user_id").map(|id| id.to_string()).as_deref() != Some(bot) {
        return Err(TelegramError::bad_request("PARTICIPANT_ID_INVALID"));
    }
    let refused = &world.account(account).refused_permissions;
    let mut member = json!({"user": View { world, account }.bot()});
    if refused.contains("member") {
        member["status"] = json!("left");
    } else if refused.contains("administrator") {
        member["status"] = json!("member");
    } else {
        member["status"] = json!("administrator");
        for right in ["can_delete_messages", "can_restrict_members"] {
            member[right] = json!(!refused.contains(right));
        }
    }
    Ok(member)
}

/// What waits from `offset` on; everything before it is forgotten for good.
pub fn updates(stored: &mut Stored, call: &Call) -> Result<Value, TelegramError> {
    let account = signed_in(&stored.world, call)?;
    let below = call.number("offset").unwrap_or(0).max(0);
    let confirms = stored
        .world
        .told_from(account, 0)
        .next()
        .is_some_and(|(oldest, _)| *oldest < below);
    if confirms {
        let account_id = stored.world.account(account).seed.id.clone();
        let change = GroupChange::UpdatesConfirmed { account_id, below };
        stored.commit(vec![Record {
            change: Some(Change::Group(change)),
            write: None,
        }])?;
    }
    let limit = call
        .number("limit")
        .unwrap_or(MOST_UPDATES)
        .clamp(1, MOST_UPDATES);
    let view = View {
        world: &stored.world,
        account,
    };
    let told = stored.world.told_from(account, below);
    let told = told.take(usize::try_from(limit).unwrap_or(1));
    Ok(told.map(|(number, told)| update(&view, *number, told)).collect())
}

fn update(view: &View<'_>, number: i64, told: &Told) -> Value {
    match told {
        Told::New(said) => json!({"update_id": number, "message": view.message(said)}),
        Told::Edited(said) => json!({"update_id": number, "edited_message": view.message(said)}),
        Told::Raw(update) => {
            let mut update = update.clone();
            update["update_id"] = json!(number);
            update
        }
    }
}
