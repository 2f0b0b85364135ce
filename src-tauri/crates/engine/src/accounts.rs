//! What a person decides of an account: pausing it, from which date on it drafts, and taking it off.

use crate::{Context, EngineError};
use domain::{AccountId, Timestamp};

/// What becomes of what is stored when an account is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredData {
    Keep,
    /// Comments, drafts, actions, posts and pictures of the account, and authors that no other account met.
    Delete,
}

/// Nothing is read or sent for a paused account until it is resumed; what is on its way is shown, and read back.
pub async fn pause(context: &Context, account: AccountId) -> Result<(), EngineError> {
    set_paused(context, account, true).await
}

pub async fn resume(context: &Context, account: AccountId) -> Result<(), EngineError> {
    set_paused(context, account, false).await
}

async fn set_paused(context: &Context, account: AccountId, paused: bool) -> Result<(), EngineError> {
    context
        .storage
        .set_account_paused(account, paused, context.now())
        .await?;
    tracing::info!(%account, paused, "the account was switched by a person");
    context.wake();
    Ok(())
}

/// Stops reading the history of an account where it is; new comments are seen as before.
pub async fn pause_import(context: &Context, account: AccountId) -> Result<(), EngineError> {
    Ok(context.storage.set_import_paused(account, true).await?)
}

pub async fn resume_import(context: &Context, account: AccountId) -> Result<(), EngineError> {
    context.storage.set_import_paused(account, false).await?;
    context.wake();
    Ok(())
}

/// From which date on comments ask for a reply; `None`: all of them. History that is not older than an earlier date
/// goes to be drafted, newest first. Returns how many comments that were.
pub async fn set_drafts_from(
    context: &Context,
    account: AccountId,
    from: Option<Timestamp>,
) -> Result<usize, EngineError> {
    let storage = &context.storage;
    storage.set_drafts_from(account, from, context.now()).await?;
    let mut reopened = 0;
    loop {
        match storage.reopen_history(account, context.now()).await? {
            0 => break,
            some => reopened += some,
        }
    }
    context.wake();
    Ok(reopened)
}

/// Stops all work for the account. The host removes its secrets beforehand. Deleting goes on in bounded steps, each
/// announced; cut off, it is finished by asking again. Refused while a request of the account is on its way, since its
/// outcome could not be told any more.
pub async fn disconnect(context: &Context, account: AccountId, data: StoredData) -> Result<(), EngineError> {
    let storage = &context.storage;
    if !storage.accounts().await?.iter().any(|row| row.id == account) {
        return Err(EngineError::NotConnected(account));
    }
    if data == StoredData::Delete && storage.has_request_on_its_way(account).await? {
        return Err(EngineError::Invalid(
            "a reply of this account is on its way; wait until its outcome is known".to_owned(),
        ));
    }
    context.disconnect(account);
    storage.set_disconnected(account, context.now()).await?;
    if data == StoredData::Keep {
        return Ok(());
    }
    let mut deleted = 0;
    loop {
        let some = storage.delete_some_of_account(account).await?;
        deleted += some;
        context.hub().progress("delete_account", deleted, None);
        if some == 0 {
            return Ok(());
        }
    }
}
