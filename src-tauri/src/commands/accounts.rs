//! Connecting accounts, and what a person decides of them.

use super::{Answer, Host, done};
use contract::{
    AccountCard, AccountCounts, AccountRef, AccountsView, BeginInstagramSignIn, ConnectAccount,
    ConnectResult, DisconnectAccount, PauseAccount, SetAccountMode, SetDraftsFrom, SetQuotaBudget,
    SignInAddress,
};
use domain::{AccountId, Timestamp};
use engine::accounts::StoredData;

#[tauri::command]
pub async fn list_accounts(app: Host<'_>) -> Answer<AccountsView> {
    done(app.accounts().await)
}

fn in_the_browser(address: &url::Url) -> Result<(), String> {
    open::that_detached(address.as_str()).map_err(|error| error.to_string())
}

#[tauri::command]
pub async fn begin_instagram_sign_in(app: Host<'_>, request: BeginInstagramSignIn) -> Answer<SignInAddress> {
    let answer = app.begin_instagram_sign_in(&request.app_id, &request.redirect, None);
    if let Ok(address) = &answer
        && let Err(reason) = in_the_browser(address)
    {
        // The window shows the address too.
        tracing::warn!(reason, "the browser could not be opened");
    }
    done(answer.map(|address| SignInAddress {
        address: address.into(),
    }))
}

#[tauri::command]
pub async fn connect_account(app: Host<'_>, request: ConnectAccount) -> Answer<ConnectResult> {
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
