//! Comments that are stored already: edits, and the numbers around them.

use super::{Incoming, Place, json_list, purged};
use crate::IntakeReport;
use crate::activity::Entry;
use crate::convert::to_json;
use crate::pool::Result;
use crate::write::{CommentState, Write};
use domain::outbox::Overtaken;
use domain::{ActionKind, CommentEvent, CommentId, OutboxEvent, Stage};
use std::collections::HashMap;

struct Stored {
    id: i64,
    text: String,
    author_id: Option<i64>,
    author_username: String,
    hidden: bool,
    like_count: Option<i64>,
    deleted: bool,
    person: bool,
    seen_at: i64,
    purged: bool,
}

/// That a comment is still shown is written down once in so many milliseconds.
const SEEN_TO: i64 = 24 * 60 * 60 * 1_000;

/// Brings known comments up to date and returns the others.
pub(super) async fn refresh(
    write: &mut Write<'_>,
    place: &Place,
    comments: Vec<Incoming>,
    report: &mut IntakeReport,
) -> Result<Vec<Incoming>> {
    let stored = stored(write, place, &comments).await?;
    let mut fresh = Vec::new();
    let mut likes = Vec::new();
    let mut seen = Vec::new();
    for incoming in comments {
        let Some(known) = stored.get(&incoming.platform_id) else {
            fresh.push(incoming);
            continue;
        };
        report.known += 1;
        if known.seen_at <= place.now.0.saturating_sub(SEEN_TO) {
            seen.push(known.id);
        }
        if known.deleted {
            seen_again(write, place, known).await?;
        }
        if known.purged {
            purged::put_back(write, place, known.id, &incoming).await?;
        } else if known.text != incoming.text {
            edited(write, place, known, &incoming).await?;
            report.edited.push(CommentId(known.id));
        }
        if incoming.hidden.is_some_and(|hidden| hidden != known.hidden) {
            set_hidden(write, known.id, incoming.hidden == Some(true)).await?;
        }
        if !known.purged && !incoming.username.is_empty() && incoming.username != known.author_username {
            rename(write, known, &incoming.username).await?;
        }
        if incoming.like_count.is_some() && incoming.like_count != known.like_count {
            likes.push((known.id, incoming.like_count));
        }
    }
    if !seen.is_empty() {
        let seen = to_json(&seen);
        sqlx::query!(
            "update comment set seen_at = ? where id in (select value from json_each(?))",
            place.now.0,
            seen
        )
        .execute(write.connection())
        .await?;
    }
    if !likes.is_empty() {
        let likes = to_json(&likes);
        sqlx::query!(
            "update comment set like_count = new.value ->> 1 from json_each(?) new
             where comment.id = new.value ->> 0",
            likes
        )
        .execute(write.connection())
        .await?;
    }
    Ok(fresh)
}

/// Leaves known comments as they are and returns the others.
pub(super) async fn pass_over(
    write: &mut Write<'_>,
    place: &Place,
    comments: Vec<Incoming>,
    report: &mut IntakeReport,
) -> Result<Vec<Incoming>> {
    let stored = stored(write, place, &comments).await?;
    let (known, fresh): (Vec<_>, Vec<_>) = comments
        .into_iter()
        .partition(|incoming| stored.contains_key(&incoming.platform_id));
    report.known += known.len();
    Ok(fresh)
}

async fn stored(
    write: &mut Write<'_>,
    place: &Place,
    comments: &[Incoming],
) -> Result<HashMap<String, Stored>> {
    let ids = json_list(comments.iter().map(|c| c.platform_id.as_str()));
    let rows = sqlx::query!(
        r#"select c.id as "id!: i64", c.platform_id as "platform_id!: String", c.text as "text!: String",
                  c.author_id as "author_id?: i64", c.author_username as "author_username!: String",
                  c.hidden as "hidden!: bool", c.like_count as "like_count?: i64",
                  c.deleted_at is not null as "deleted!: bool", c.authorship = 'person' as "person!: bool",
                  c.seen_at as "seen_at!: i64", c.purged_at is not null as "purged!: bool"
           from json_each(?) listed
           cross join comment c on c.account_id = ? and c.platform_id = listed.value"#,
        ids,
        place.account
    )
    .fetch_all(write.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let stored = Stored {
                id: row.id,
                text: row.text,
                author_id: row.author_id,
                author_username: row.author_username,
                hidden: row.hidden,
                like_count: row.like_count,
                deleted: row.deleted,
                person: row.person,
                seen_at: row.seen_at,
                purged: row.purged,
            };
            (row.platform_id, stored)
        })
        .collect())
}

/// The author changed the text: what was understood, drafted or decided of the old one no longer counts.
async fn edited(write: &mut Write<'_>, place: &Place, known: &Stored, incoming: &Incoming) -> Result<()> {
    sqlx::query!(
        "update comment set text = ?, edited_at = ?, version = version + 1 where id = ?",
        incoming.text,
        place.now.0,
        known.id
    )
    .execute(write.connection())
    .await?;
    write.changed_comment(known.id);
    if !known.person {
        return Ok(());
    }
    let mut comment = write.comment(known.id).await?;
    match comment.stage {
        Stage::InOutbox => {
            // A reply of ours is taken away whatever the comment says by now.
            if let Some(mut action) = write.live_action_of(known.id).await?
                && action.kind != ActionKind::DeleteReply
            {
                if action.state.can_be_undone() {
                    let event = OutboxEvent::Cancelled;
                    comment = write
                        .end_edited(&mut action, event, "edited by the author", place.now)
                        .await?;
                } else {
                    write.overtake(&action, Overtaken::Edited).await?;
                }
            }
        }
        stage => {
            let hidden = incoming.hidden.unwrap_or(known.hidden);
            // Whoever closed it without an answer judged other words. What is hidden nobody can read.
            let events: &[CommentEvent] = match stage {
                Stage::Done if comment.answered_at.is_none() && !hidden => {
                    &[CommentEvent::Reopened, CommentEvent::EditedOnPlatform]
                }
                _ => &[CommentEvent::EditedOnPlatform],
            };
            write.move_comment(&mut comment, events).await?;
            if comment.stage == Stage::ToClassify {
                write.forget_draft(&mut comment).await?;
            }
        }
    }
    write
        .record(Entry {
            actor: "engine",
            verb: "edited_on_platform",
            comment: Some(known.id),
            action: None,
            details: serde_json::json!({ "stage": comment.stage }),
            at: place.now,
        })
        .await
}

impl Write<'_> {
    /// The draft stays as history: an action may have been queued with it.
    pub(crate) async fn forget_draft(&mut self, comment: &mut CommentState) -> Result<()> {
        sqlx::query!(
            "update draft set current = 0 where comment_id = ? and current = 1",
            comment.id
        )
        .execute(self.connection())
        .await?;
        sqlx::query!(
            "update comment set declined = null, declined_detail = null where id = ?",
            comment.id
        )
        .execute(self.connection())
        .await?;
        self.set_draft_marker(comment, "none").await
    }
}

/// A listing had left it out, or the platform brought it back. What was open when it went is open again.
async fn seen_again(write: &mut Write<'_>, place: &Place, known: &Stored) -> Result<()> {
    sqlx::query!("update comment set deleted_at = null where id = ?", known.id)
        .execute(write.connection())
        .await?;
    write.changed_comment(known.id);
    if !known.person {
        return Ok(());
    }
    let mut comment = write.comment(known.id).await?;
    let was_open = was_open(write, known.id, "deleted_on_platform").await?;
    if comment.stage == Stage::Done && comment.answered_at.is_none() && was_open {
        let events: &[CommentEvent] = if comment.primary_label.is_some() {
            &[CommentEvent::Reopened]
        } else {
            &[CommentEvent::Reopened, CommentEvent::EditedOnPlatform]
        };
        write.move_comment(&mut comment, events).await?;
    }
    write
        .record(Entry {
            actor: "engine",
            verb: "seen_again",
            comment: Some(known.id),
            action: None,
            details: serde_json::json!({ "stage": comment.stage }),
            at: place.now,
        })
        .await
}

/// Whether the comment waited for anything before what the activity calls `verb` closed it.
pub(super) async fn was_open(write: &mut Write<'_>, id: i64, verb: &str) -> Result<bool> {
    let was = sqlx::query_scalar!(
        r#"select details ->> 'was' as "was?: String" from activity
           where comment_id = ? and verb = ? order by id desc limit 1"#,
        id,
        verb
    )
    .fetch_optional(write.connection())
    .await?
    .flatten();
    Ok(was.is_some_and(|stage| stage != Stage::Done.as_str()))
}

async fn set_hidden(write: &mut Write<'_>, id: i64, hidden: bool) -> Result<()> {
    sqlx::query!(
        "update comment set hidden = ?, version = version + 1, lease_until = 0 where id = ?",
        hidden,
        id
    )
    .execute(write.connection())
    .await?;
    write.changed_comment(id);
    Ok(())
}

async fn rename(write: &mut Write<'_>, known: &Stored, username: &str) -> Result<()> {
    sqlx::query!(
        "update comment set author_username = ? where id = ?",
        username,
        known.id
    )
    .execute(write.connection())
    .await?;
    sqlx::query!(
        "update author set username = ? where id = ?",
        username,
        known.author_id
    )
    .execute(write.connection())
    .await?;
    write.changed_comment(known.id);
    Ok(())
}
