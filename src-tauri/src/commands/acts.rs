//! What a person does on the platform besides approving: each goes through the outbox.

use super::{Answer, Host, done};
use contract::{ActionRef, ActionView, CommentOptions, CommentRef, WriteToComment};
use domain::{ActionId, CommentId};

#[tauri::command]
pub async fn get_options(app: Host<'_>, request: CommentRef) -> Answer<CommentOptions> {
    let engine = done(app.engine())?;
    done(engine.options(CommentId(request.comment_id)).await)
}

#[tauri::command]
pub async fn delete_comment(app: Host<'_>, request: CommentRef) -> Answer<ActionView> {
    let engine = done(app.engine())?;
    done(
        engine
            .delete(CommentId(request.comment_id), request.version)
            .await,
    )
}

#[tauri::command]
pub async fn ban_author(app: Host<'_>, request: CommentRef) -> Answer<ActionView> {
    let engine = done(app.engine())?;
    done(engine.ban(CommentId(request.comment_id), request.version).await)
}

#[tauri::command]
pub async fn reply_privately(app: Host<'_>, request: WriteToComment) -> Answer<ActionView> {
    let engine = done(app.engine())?;
    done(
        engine
            .reply_privately(CommentId(request.comment_id), request.version, &request.text)
            .await,
    )
}

#[tauri::command]
pub async fn replace_reply(app: Host<'_>, request: WriteToComment) -> Answer<ActionView> {
    let engine = done(app.engine())?;
    done(
        engine
            .replace_reply(CommentId(request.comment_id), request.version, &request.text)
            .await,
    )
}

#[tauri::command]
pub async fn take_back(app: Host<'_>, request: ActionRef) -> Answer<ActionView> {
    let engine = done(app.engine())?;
    done(engine.take_back(ActionId(request.action_id)).await)
}
