//! Connecting an account, and from which date on its comments ask for a reply.

use crate::{Context, EngineError};
use domain::ports::{Platform, RemoteProfile};
use domain::{Arrival, Timestamp};
use std::sync::Arc;
use storage::AccountRow;

/// Which comments of a newly connected account ask for a reply. A known account keeps what was decided for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftsFrom {
    /// All of them; the first look reads everything there is.
    Everything,
    /// Those published from now on. What is older is read in the background, understood and closed as history.
    Connecting,
    /// Those published from this date on.
    Date(Timestamp),
}

/// Connects an account whose `profile` was read with the very token that `platform` uses.
pub async fn connect_account(
    context: &Context,
    name: &str,
    profile: RemoteProfile,
    platform: Arc<dyn Platform>,
    simulated: bool,
    drafts_from: DraftsFrom,
) -> Result<AccountRow, EngineError> {
    let storage = &context.storage;
    let now = context.now();
    let mut row = storage
        .upsert_account(storage::NewAccount {
            platform: name.to_owned(),
            platform_id: profile.id,
            username: profile.username,
            name: profile.name.unwrap_or_default(),
            simulated,
            now,
        })
        .await?;
    let from = match drafts_from {
        DraftsFrom::Everything => None,
        DraftsFrom::Connecting => Some(now),
        DraftsFrom::Date(date) => Some(date),
    };
    // What a platform tells begins by itself: there is no history to read.
    let has_history = platform.capabilities().arrival == Arrival::Listed;
    if has_history && from.is_some() && storage.begin_import(row.id, from).await? {
        row.drafts_from = from;
        row.import = storage::ImportState::Running;
    }
    context.connect(row.id, platform);
    storage.end_waits_of_account(row.id, now).await?;
    context.wake();
    Ok(row)
}
