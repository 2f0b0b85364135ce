//! Comments whose text was let go, and that the platform shows again.

use super::known::was_open;
use super::{Incoming, Place};
use crate::activity::Entry;
use crate::pool::Result;
use crate::write::Write;
use domain::{CommentEvent, Stage};

/// What its author wrote is kept again. One that was open when it was let go is understood anew.
pub(super) async fn put_back(
    write: &mut Write<'_>,
    place: &Place,
    id: i64,
    incoming: &Incoming,
) -> Result<()> {
    let author = author(write, place, incoming).await?;
    sqlx::query!(
        "update comment set text = ?, author_username = ?, author_id = ?, purged_at = null, seen_at = ?,
                            version = version + 1
         where id = ?",
        incoming.text,
        incoming.username,
        author,
        place.now.0,
        id
    )
    .execute(write.connection())
    .await?;
    write.changed_comment(id);
    let mut comment = write.comment(id).await?;
    let is_to_answer = comment.stage == Stage::Done && comment.answered_at.is_none();
    if is_to_answer && was_open(write, id, "purged").await? {
        let events = [CommentEvent::Reopened, CommentEvent::EditedOnPlatform];
        write.move_comment(&mut comment, &events).await?;
    }
    write
        .record(Entry {
            actor: "engine",
            verb: "seen_again",
            comment: Some(id),
            action: None,
            details: serde_json::json!({ "stage": comment.stage }),
            at: place.now,
        })
        .await
}

async fn author(write: &mut Write<'_>, place: &Place, incoming: &Incoming) -> Result<Option<i64>> {
    let Some(author) = &incoming.author else {
        return Ok(None);
    };
    let id = sqlx::query_scalar!(
        r#"insert into author (platform, platform_id, username, first_seen_at, comments) values (?, ?, ?, ?, 1)
           on conflict (platform, platform_id) do update
               set username = case when excluded.username = '' then author.username else excluded.username end,
                   first_seen_at = min(author.first_seen_at, excluded.first_seen_at),
                   comments = author.comments + 1
           returning id as "id!""#,
        place.platform,
        author,
        incoming.username,
        incoming.published_at
    )
    .fetch_one(write.connection())
    .await?;
    Ok(Some(id))
}
