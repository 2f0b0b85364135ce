//! How the engine does, the way of one comment, and outcomes that nobody heard.

use super::{Answer, Host, done};
use contract::{
    ActionRef, ActionView, CommentRef, DiagnosticsFile, ForgottenCorrections, HealthView, RelayView,
    SetRelay, SettleUnknown, TraceView, UnknownView,
};
use domain::{ActionId, CommentId};

#[tauri::command]
pub async fn get_health(app: Host<'_>) -> Answer<HealthView> {
    done(app.health().await)
}

#[tauri::command]
pub async fn set_relay(app: Host<'_>, request: SetRelay) -> Answer<RelayView> {
    done(app.set_relay(request).await)
}

#[tauri::command]
pub async fn rebuild_index(app: Host<'_>) -> Answer<()> {
    done(app.rebuild_index())
}

#[tauri::command]
pub async fn forget_corrections(app: Host<'_>) -> Answer<ForgottenCorrections> {
    done(app.forget_corrections().await)
}

#[tauri::command]
pub async fn export_diagnostics(app: Host<'_>) -> Answer<DiagnosticsFile> {
    done(app.export_diagnostics().await)
}

#[tauri::command]
pub async fn get_trace(app: Host<'_>, request: CommentRef) -> Answer<TraceView> {
    done(app.trace(CommentId(request.comment_id)).await)
}

#[tauri::command]
pub async fn get_unknown(app: Host<'_>, request: ActionRef) -> Answer<UnknownView> {
    done(app.unknown(ActionId(request.action_id)).await)
}

#[tauri::command]
pub async fn settle_unknown(app: Host<'_>, request: SettleUnknown) -> Answer<ActionView> {
    done(
        app.settle_unknown(ActionId(request.action_id), request.outcome)
            .await,
    )
}
