//! Reading and reviewing comments: one line each, into the engine.

use super::{Answer, Host, done};
use contract::{
    ActionRef, ActionView, ApproveDraft, CampaignRef, CampaignView, CheckDraft, CommandError, CommentDetail,
    CommentPage, CommentRef, CorrectLabel, DraftView, ErrorCode, GuardReport, ListComments, OutboxView,
    Overview, Picture, PostRef, SaveDraft, SetSending, Snooze, SourceRef, SourceView, UndoResult,
};
use domain::{ActionId, CommentId, Label, PostId, Timestamp};

#[tauri::command]
pub async fn get_overview(app: Host<'_>) -> Answer<Overview> {
    let engine = done(app.engine())?;
    done(engine.overview().await)
}

#[tauri::command]
pub async fn list_outbox(app: Host<'_>) -> Answer<OutboxView> {
    let engine = done(app.engine())?;
    done(engine.outbox().await)
}

#[tauri::command]
pub async fn undo_last(app: Host<'_>) -> Answer<UndoResult> {
    let engine = done(app.engine())?;
    done(engine.undo_last().await)
}

#[tauri::command]
pub async fn list_comments(app: Host<'_>, request: ListComments) -> Answer<CommentPage> {
    let engine = done(app.engine())?;
    done(engine.list_comments(&request).await)
}

#[tauri::command]
pub async fn get_comment(app: Host<'_>, request: CommentRef) -> Answer<CommentDetail> {
    let engine = done(app.engine())?;
    done(engine.comment(CommentId(request.comment_id)).await)
}

#[tauri::command]
pub async fn get_campaign(app: Host<'_>, request: CampaignRef) -> Answer<CampaignView> {
    let engine = done(app.engine())?;
    done(engine.campaign(request.campaign_id).await)
}

#[tauri::command]
pub async fn mark_read(app: Host<'_>, request: CommentRef) -> Answer<()> {
    let engine = done(app.engine())?;
    done(engine.mark_read(CommentId(request.comment_id)).await)
}

#[tauri::command]
pub async fn get_source(app: Host<'_>, request: SourceRef) -> Answer<SourceView> {
    let engine = done(app.engine())?;
    done(engine.source(request.source_id).await)
}

#[tauri::command]
pub async fn get_picture(app: Host<'_>, request: PostRef) -> Answer<Picture> {
    let engine = done(app.engine())?;
    done(engine.picture(PostId(request.post_id)).await)
}

#[tauri::command]
pub async fn check_draft(app: Host<'_>, request: CheckDraft) -> Answer<GuardReport> {
    let engine = done(app.engine())?;
    done(engine.guard(CommentId(request.comment_id), &request.text).await)
}

#[tauri::command]
pub async fn save_draft(app: Host<'_>, request: SaveDraft) -> Answer<DraftView> {
    let engine = done(app.engine())?;
    done(
        engine
            .save_draft(CommentId(request.comment_id), &request.text)
            .await,
    )
}

#[tauri::command]
pub async fn discard_draft_edit(app: Host<'_>, request: CommentRef) -> Answer<Option<DraftView>> {
    let engine = done(app.engine())?;
    done(engine.discard_draft_edit(CommentId(request.comment_id)).await)
}

#[tauri::command]
pub async fn approve_draft(app: Host<'_>, request: ApproveDraft) -> Answer<ActionView> {
    let engine = done(app.engine())?;
    done(
        engine
            .approve(CommentId(request.comment_id), request.version, &request.text)
            .await,
    )
}

#[tauri::command]
pub async fn regenerate_draft(app: Host<'_>, request: CommentRef) -> Answer<()> {
    let engine = done(app.engine())?;
    done(
        engine
            .regenerate(CommentId(request.comment_id), request.version)
            .await,
    )
}

#[tauri::command]
pub async fn hide_comment(app: Host<'_>, request: CommentRef) -> Answer<ActionView> {
    let engine = done(app.engine())?;
    done(engine.hide(CommentId(request.comment_id), request.version).await)
}

#[tauri::command]
pub async fn unhide_comment(app: Host<'_>, request: CommentRef) -> Answer<ActionView> {
    let engine = done(app.engine())?;
    done(
        engine
            .unhide(CommentId(request.comment_id), request.version)
            .await,
    )
}

#[tauri::command]
pub async fn dismiss_comment(app: Host<'_>, request: CommentRef) -> Answer<()> {
    let engine = done(app.engine())?;
    done(
        engine
            .dismiss(CommentId(request.comment_id), request.version)
            .await,
    )
}

#[tauri::command]
pub async fn reopen_comment(app: Host<'_>, request: CommentRef) -> Answer<()> {
    let engine = done(app.engine())?;
    done(
        engine
            .reopen(CommentId(request.comment_id), request.version)
            .await,
    )
}

#[tauri::command]
pub async fn snooze_comment(app: Host<'_>, request: Snooze) -> Answer<()> {
    let engine = done(app.engine())?;
    done(
        engine
            .snooze(
                CommentId(request.comment_id),
                request.version,
                Timestamp(request.until),
            )
            .await,
    )
}

#[tauri::command]
pub async fn escalate_comment(app: Host<'_>, request: CommentRef) -> Answer<()> {
    let engine = done(app.engine())?;
    done(
        engine
            .escalate(CommentId(request.comment_id), request.version)
            .await,
    )
}

#[tauri::command]
pub async fn return_to_review(app: Host<'_>, request: CommentRef) -> Answer<()> {
    let engine = done(app.engine())?;
    done(
        engine
            .return_to_review(CommentId(request.comment_id), request.version)
            .await,
    )
}

#[tauri::command]
pub async fn retry_stuck(app: Host<'_>, request: CommentRef) -> Answer<()> {
    let engine = done(app.engine())?;
    done(
        engine
            .retry_stuck(CommentId(request.comment_id), request.version)
            .await,
    )
}

#[tauri::command]
pub async fn cancel_action(app: Host<'_>, request: ActionRef) -> Answer<ActionView> {
    let engine = done(app.engine())?;
    done(engine.cancel_action(ActionId(request.action_id)).await)
}

#[tauri::command]
pub async fn set_sending(app: Host<'_>, request: SetSending) -> Answer<Overview> {
    let engine = done(app.engine())?;
    done(engine.set_sending(request.on).await)
}

#[tauri::command]
pub async fn correct_label(app: Host<'_>, request: CorrectLabel) -> Answer<()> {
    let label: Label = request
        .label
        .parse()
        .map_err(|e: domain::label::UnknownLabel| CommandError::new(ErrorCode::Invalid, e.to_string()))?;
    let engine = done(app.engine())?;
    done(
        engine
            .correct_label(CommentId(request.comment_id), request.version, label)
            .await,
    )
}

#[tauri::command]
pub async fn sync_now(app: Host<'_>) -> Answer<()> {
    done(app.engine())?.sync_now();
    Ok(())
}
