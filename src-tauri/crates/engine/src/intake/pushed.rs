//! Comments that a platform pushed. Polling goes on as the safety net: both end in the same store, which knows a
//! comment by its id.

use super::{note_arrivals, note_trouble};
use crate::{Context, EngineError};
use domain::ports::{Element, RemoteComment};
use domain::{AccountId, PlatformError, PlatformId};
use std::collections::BTreeMap;
use storage::{IntakeReport, PostRow};

/// Stores pushed comments of one account before anybody answers the push. One that cannot be read is set aside by
/// itself. The same comment again, pushed or listed, is known, and a push changes nothing of it: pushes come late,
/// twice and out of order, and what is stored may have been read since.
pub async fn store_pushed(
    context: &Context,
    account: AccountId,
    elements: Vec<Element<RemoteComment>>,
) -> Result<IntakeReport, EngineError> {
    let storage = &context.storage;
    let now = context.now();
    let mut by_post: BTreeMap<_, Vec<Element<RemoteComment>>> = BTreeMap::new();
    let mut malformed = Vec::new();
    for element in elements {
        match element {
            Element::Read(comment) => by_post
                .entry(comment.post_id.clone())
                .or_default()
                .push(Element::Read(comment)),
            Element::Malformed { raw, reason } => malformed.push((raw, reason)),
        }
    }
    let mut report = IntakeReport {
        quarantined: storage.set_comments_aside(account, &malformed, now).await?,
        ..IntakeReport::default()
    };
    for (post, elements) in by_post {
        let post = storage.ensure_post(account, &post, now).await?;
        let stored = storage
            .store_pushed_comments(account, post.id, elements, now)
            .await?;
        account_for(context, &post, &stored).await?;
        add(&mut report, stored);
    }
    context.wake();
    Ok(report)
}

/// Reads these comments from the platform once more, since it says that they changed or went, and stores what it shows
/// now. Ends at the first one that cannot be read; calling it again repeats nothing.
pub async fn read_again(
    context: &Context,
    account: AccountId,
    comments: &[PlatformId],
) -> Result<IntakeReport, EngineError> {
    if comments.is_empty() {
        return Ok(IntakeReport::default());
    }
    let platform = context.platform(account)?;
    let storage = &context.storage;
    let mut report = IntakeReport::default();
    for id in comments {
        if let Some(until) = context.paused_until(account) {
            let retry_after = Some(until.since(context.now()));
            return Err(PlatformError::Throttled { retry_after }.into());
        }
        let comment = match platform.comment(id).await {
            Ok(Some(comment)) => comment,
            Ok(None) => {
                let gone = std::slice::from_ref(id);
                storage.mark_deleted(account, gone, context.now()).await?;
                continue;
            }
            Err(error) => {
                if Context::rest_after(&error).is_some() {
                    note_trouble(context, account, &error).await?;
                }
                return Err(error.into());
            }
        };
        let now = context.now();
        let post = storage.ensure_post(account, &comment.post_id, now).await?;
        let read = vec![Element::Read(comment)];
        let stored = storage.store_comments(account, post.id, read, now).await?;
        account_for(context, &post, &stored).await?;
        add(&mut report, stored);
    }
    context.wake();
    Ok(report)
}

/// What arrived is counted with its post, so that the next look need not read the post for it.
async fn account_for(context: &Context, post: &PostRow, stored: &IntakeReport) -> Result<(), EngineError> {
    note_arrivals(context, stored);
    let arrived = i64::try_from(stored.new.len() + stored.own + stored.echoes).unwrap_or(i64::MAX);
    if let Some(count) = post.comments_count
        && arrived > 0
    {
        context
            .storage
            .set_comments_count(post.id, count + arrived)
            .await?;
    }
    Ok(())
}

fn add(report: &mut IntakeReport, stored: IntakeReport) {
    report.new.extend(stored.new);
    report.traces.extend(stored.traces);
    report.edited.extend(stored.edited);
    report.own += stored.own;
    report.echoes += stored.echoes;
    report.known += stored.known;
    report.quarantined += stored.quarantined;
}
