//! Connecting accounts, and what a person decides of them.

use super::{Answer, Host, done};
use contract::{
    AccountCard, AccountCounts, AccountRef, AccountsView, ConnectAccount, ConnectResult, DisconnectAccount,
    PauseAccount, SetAccountMode, SetDraftsFrom, SetQuotaBudget,
};
use domain::{AccountId, Timestamp};
use engine::accounts::StoredData;

#[tauri::command]
pub async fn list_accounts(app: Host<'_>) -> Answer<AccountsView> {
    done(app.accounts().await)
}

#[tauri::command]
pub async fn connect_account(app: Host<'_>, request: ConnectAccount) -> Answer<ConnectResult> {
    let in_the_browser =
        |address: &url::Url| open::that_detached(address.as_str()).map_err(|error| error.to_string());
    done(app.connect_account(request, in_the_browser).await)
}

#[tauri::command]
pub async fn cancel_connect(app: Host<'_>) -> Answer<()> {
    app.cancel_connect();
    Ok(())
}

#[tauri::command]
pub async fn check_account(app: Host<'_>, request: AccountRef) -> Answer<AccountCard> {
    done(app.check_account(AccountId(request.account_id)).await)
}

#[tauri::command]
pub async fn set_account_mode(app: Host<'_>, request: SetAccountMode) -> Answer<AccountCard> {
    done(
        app.set_account_mode(AccountId(request.account_id), request.mode)
            .await,
    )
}

#[tauri::command]
pub async fn pause_account(app: Host<'_>, request: PauseAccount) -> Answer<AccountCard> {
    done(
        app.pause_account(AccountId(request.account_id), request.paused)
            .await,
    )
}

#[tauri::command]
pub async fn set_drafts_from(app: Host<'_>, request: SetDraftsFrom) -> Answer<AccountCard> {
    let since = request.since.map(Timestamp);
    done(app.set_drafts_from(AccountId(request.account_id), since).await)
}

#[tauri::command]
pub async fn pause_import(app: Host<'_>, request: AccountRef) -> Answer<AccountCard> {
    done(app.pause_import(AccountId(request.account_id), true).await)
}

#[tauri::command]
pub async fn resume_import(app: Host<'_>, request: AccountRef) -> Answer<AccountCard> {
    done(app.pause_import(AccountId(request.account_id), false).await)
}

#[tauri::command]
pub async fn set_quota_budget(app: Host<'_>, request: SetQuotaBudget) -> Answer<AccountsView> {
    done(app.set_quota_budget(request).await)
}

#[tauri::command]
pub async fn count_account(app: Host<'_>, request: AccountRef) -> Answer<AccountCounts> {
    done(app.account_counts(AccountId(request.account_id)).await)
}

#[tauri::command]
pub async fn disconnect_account(app: Host<'_>, request: DisconnectAccount) -> Answer<AccountsView> {
    let data = match request.delete_data {
        true => StoredData::Delete,
        false => StoredData::Keep,
    };
    done(app.disconnect_account(AccountId(request.account_id), data).await)
}
