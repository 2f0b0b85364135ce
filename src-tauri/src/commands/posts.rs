//! What a person does to a post itself.

use super::{Answer, Host, done};
use contract::{CommentOnPost, OwnCommentRef, PostDetail, PostRef, SetPostComments, SettleOwnComment};
use domain::{OwnCommentId, PostId};

#[tauri::command]
pub async fn get_post(app: Host<'_>, request: PostRef) -> Answer<PostDetail> {
    let engine = done(app.engine())?;
    done(engine.post(PostId(request.post_id)).await)
}

#[tauri::command]
pub async fn set_post_comments(app: Host<'_>, request: SetPostComments) -> Answer<PostDetail> {
    let engine = done(app.engine())?;
    done(
        engine
            .set_post_comments(PostId(request.post_id), request.enabled)
            .await,
    )
}

#[tauri::command]
pub async fn comment_on_post(app: Host<'_>, request: CommentOnPost) -> Answer<PostDetail> {
    let engine = done(app.engine())?;
    done(
        engine
            .comment_on_post(PostId(request.post_id), &request.text)
            .await,
    )
}

#[tauri::command]
pub async fn cancel_own_comment(app: Host<'_>, request: OwnCommentRef) -> Answer<PostDetail> {
    let engine = done(app.engine())?;
    done(
        engine
            .cancel_own_comment(OwnCommentId(request.own_comment_id))
            .await,
    )
}

#[tauri::command]
pub async fn settle_own_comment(app: Host<'_>, request: SettleOwnComment) -> Answer<PostDetail> {
    let engine = done(app.engine())?;
    done(
        engine
            .settle_own_comment(OwnCommentId(request.own_comment_id), request.posted)
            .await,
    )
}
