//! Opening a workspace, settings, secrets and the AI endpoint.

use super::{Answer, Host, done};
use crate::closing::Closing;
use contract::{AppState, ChooseSecretBackend, ProviderTest, SetProvider, Settings};

#[tauri::command]
pub async fn open_app(app: Host<'_>) -> Answer<AppState> {
    Ok(app.state().await)
}

/// Tries again to open the workspace of the last time.
#[tauri::command]
pub async fn reopen_workspace(app: Host<'_>) -> Answer<AppState> {
    done(app.reopen_last().await)?;
    Ok(app.state().await)
}

#[tauri::command]
pub async fn start_sample(app: Host<'_>) -> Answer<AppState> {
    done(app.start_sample().await)?;
    Ok(app.state().await)
}

#[tauri::command]
pub async fn choose_secret_backend(app: Host<'_>, request: ChooseSecretBackend) -> Answer<AppState> {
    done(
        app.choose_secret_backend(&request.backend, request.passphrase)
            .await,
    )?;
    done(app.reopen_last().await)?;
    Ok(app.state().await)
}

#[tauri::command]
pub async fn get_settings(app: Host<'_>) -> Answer<Settings> {
    Ok(app.state().await.settings)
}

#[tauri::command]
pub async fn update_settings(app: Host<'_>, request: Settings) -> Answer<Settings> {
    done(app.update_settings(&request).await)?;
    Ok(app.state().await.settings)
}

#[tauri::command]
pub async fn set_provider(app: Host<'_>, request: SetProvider) -> Answer<Settings> {
    done(app.set_provider(request).await)?;
    Ok(app.state().await.settings)
}

#[tauri::command]
pub async fn test_provider(app: Host<'_>) -> Answer<ProviderTest> {
    done(app.test_provider().await)
}

#[tauri::command]
pub async fn ready_to_close(closing: tauri::State<'_, Closing>) -> Answer<()> {
    closing.ready();
    Ok(())
}
