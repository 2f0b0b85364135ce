//! Comments that a platform pushed. Polling goes on as the safety net: both end in the same store, which knows a
//! comment by its id.

use super::note_arrivals;
use crate::{Context, EngineError};
use domain::AccountId;
use domain::ports::{Element, RemoteComment};
use std::collections::BTreeMap;
use storage::IntakeReport;

/// Stores pushed comments of one account before anybody answers the push. One that cannot be read is set aside by
/// itself; the same comment again, pushed or listed, is known.
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
        let stored = storage.store_comments(account, post.id, elements, now).await?;
        note_arrivals(context, &stored);
        let arrived = i64::try_from(stored.new.len() + stored.own + stored.echoes).unwrap_or(i64::MAX);
        if let Some(count) = post.comments_count
            && arrived > 0
        {
            // Accounted for: the next look need not read the post for it.
            storage.set_comments_count(post.id, count + arrived).await?;
        }
        report.new.extend(stored.new);
        report.traces.extend(stored.traces);
        report.edited.extend(stored.edited);
        report.own += stored.own;
        report.echoes += stored.echoes;
        report.known += stored.known;
        report.quarantined += stored.quarantined;
    }
    context.wake();
    Ok(report)
}
