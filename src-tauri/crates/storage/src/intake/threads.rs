//! Answers that the team gave elsewhere: an own comment answers the people who wrote before it in its thread.

use super::{Place, json_list};
use crate::activity::Entry;
use crate::convert::to_json;
use crate::pool::Result;
use crate::write::{CommentState, Write};
use domain::outbox::{MAY_BE_OURS, Overtaken};
use domain::{ActionKind, CommentEvent, OutboxEvent, Stage};
use std::collections::BTreeSet;

/// Looks at the threads that got a new comment. A follow-up after the last own comment stays open. What opens a
/// thread came before everything in it, whatever the clocks say: platforms tell whole seconds, and some that push tell
/// when they pushed.
pub(super) async fn notice_answers(
    write: &mut Write<'_>,
    place: &Place,
    threads: &BTreeSet<String>,
) -> Result<()> {
    if threads.is_empty() {
        return Ok(());
    }
    let listed = json_list(threads.iter().map(String::as_str));
    let answers = sqlx::query!(
        r#"select c.parent_platform_id as "thread!: String", max(c.published_at) as "at!: i64"
           from json_each(?) listed
           cross join comment c on c.account_id = ? and c.parent_platform_id = listed.value
           where c.authorship = 'own' and c.deleted_at is null
           group by c.parent_platform_id"#,
        listed,
        place.account
    )
    .fetch_all(write.connection())
    .await?;
    if answers.is_empty() {
        return Ok(());
    }
    let answers = to_json(&answers.into_iter().map(|a| (a.thread, a.at)).collect::<Vec<_>>());
    // One that is in the outbox although it has an answer is to get a second one: a newer answer counts again.
    let answered = sqlx::query!(
        r#"select c.id as "id!: i64", answer.value ->> 1 as "at!: i64" from json_each(?1) answer
           cross join comment c on c.account_id = ?2 and c.parent_platform_id = answer.value ->> 0
           where c.authorship = 'person' and c.deleted_at is null and c.published_at < answer.value ->> 1
             and (c.answered_at is null or (c.stage = 'in_outbox' and c.answered_at < answer.value ->> 1))
           union all
           select c.id, answer.value ->> 1 from json_each(?1) answer
           cross join comment c on c.account_id = ?2 and c.platform_id = answer.value ->> 0
           where c.authorship = 'person' and c.deleted_at is null
             and (c.answered_at is null or (c.stage = 'in_outbox' and c.answered_at < answer.value ->> 1))"#,
        answers,
        place.account
    )
    .fetch_all(write.connection())
    .await?;
    for row in answered {
        answered_elsewhere(write, place, row.id, row.at).await?;
    }
    Ok(())
}

async fn answered_elsewhere(write: &mut Write<'_>, place: &Place, id: i64, at: i64) -> Result<()> {
    sqlx::query!("update comment set answered_at = ? where id = ?", at, id)
        .execute(write.connection())
        .await?;
    write.changed_comment(id);
    let mut comment = write.comment(id).await?;
    let was = comment.stage;
    if was == Stage::InOutbox {
        comment = overtaken_by(write, place, comment).await?;
    } else if domain::comment::next_stage(was, CommentEvent::AnsweredElsewhere)? != was {
        write
            .move_comment(&mut comment, &[CommentEvent::AnsweredElsewhere])
            .await?;
    }
    write
        .record(Entry {
            actor: "engine",
            verb: "answered_elsewhere",
            comment: Some(id),
            action: None,
            details: serde_json::json!({ "was": was, "stage": comment.stage }),
            at: place.now,
        })
        .await
}

/// An answer makes a reply pointless; hiding, unhiding and deleting go on.
async fn overtaken_by(write: &mut Write<'_>, place: &Place, comment: CommentState) -> Result<CommentState> {
    let Some(mut action) = write.live_action_of(comment.id).await? else {
        return Ok(comment);
    };
    if action.kind != ActionKind::Reply {
        return Ok(comment);
    }
    if !action.state.can_be_undone() {
        write.overtake(&action, Overtaken::Answered).await?;
        return Ok(comment);
    }
    // The answer is new, and so is whatever a lost request brought.
    let may_be_ours = write.send_was_lost(&action).await?;
    let event = OutboxEvent::Cancelled;
    if may_be_ours {
        return write
            .end_action(&mut action, event, MAY_BE_OURS, &[], place.now)
            .await;
    }
    let then = [CommentEvent::AnsweredElsewhere];
    write
        .end_action(&mut action, event, "answered on the platform", &then, place.now)
        .await
}
