//! What a platform tells of once: stored together with where the next batch begins, in one transaction. Only then does
//! anybody ask from there, which lets the platform forget; so nothing is lost by a crash at any moment, and what is told
//! again is known by its ids.

use super::{Listing, Of, Place, Told, flatten, place_of, set_aside, store_listing};
use crate::pool::Result;
use crate::write::Write;
use crate::{IntakeReport, Storage, StorageError};
use domain::ports::{Element, RemoteComment, UpdateBatch};
use domain::{AccountId, PlatformId, Timestamp};
use std::collections::{BTreeMap, HashMap};

fn updates_from(account: AccountId) -> String {
    format!("updates_from/{account}")
}

impl Storage {
    /// Where the next batch of updates begins; `None` before the first.
    pub async fn updates_from(&self, account: AccountId) -> Result<Option<String>> {
        self.meta(&updates_from(account)).await
    }

    /// Stores a batch that was asked for with `after`. `MovedOn` when another one was stored meanwhile: this one is older
    /// then, and would put old words in place of new ones. Comments of no known post are left out.
    pub async fn store_updates(
        &self,
        account: AccountId,
        after: Option<&str>,
        batch: UpdateBatch,
        now: Timestamp,
    ) -> Result<IntakeReport> {
        let key = updates_from(account);
        let mut write = self.write().await?;
        if write.meta(&key).await?.as_deref() != after {
            return Err(StorageError::MovedOn);
        }
        let mut report = IntakeReport::default();
        let (posts, malformed) = apart(batch.posts);
        report.quarantined += set_aside(&mut write, account, Of::Posts, &malformed, now).await?;
        write.upsert_posts(account, &posts, now).await?;
        let (comments, malformed) = apart(batch.comments);
        let of = Of::Comments(None);
        report.quarantined += set_aside(&mut write, account, of, &malformed, now).await?;
        let mut left_out = 0_usize;
        for (post, comments) in by_post(comments) {
            let Some(post) = write.post_known(account, &post).await? else {
                left_out += comments.len();
                continue;
            };
            let place = place_of(&mut write, account, post.id, now).await?;
            let mut listing = flatten(comments.into_iter().map(Element::Read).collect());
            find_threads(&mut write, &place, &mut listing).await?;
            store_listing(&mut write, &place, listing, Told::Now, &mut report).await?;
        }
        if left_out > 0 {
            tracing::debug!(%account, left_out, "messages that belong to no post");
        }
        if let Some(next) = &batch.next {
            write.put_meta(&key, next).await?;
        }
        write.commit().await?;
        Ok(report)
    }
}

/// Read, and set aside as raw JSON and reason.
fn apart<T>(elements: Vec<Element<T>>) -> (Vec<T>, Vec<(String, String)>) {
    let mut read = Vec::with_capacity(elements.len());
    let mut malformed = Vec::new();
    for element in elements {
        match element {
            Element::Read(element) => read.push(element),
            Element::Malformed { raw, reason } => malformed.push((raw, reason)),
        }
    }
    (read, malformed)
}

/// In the order in which they were told.
fn by_post(comments: Vec<RemoteComment>) -> BTreeMap<PlatformId, Vec<RemoteComment>> {
    let mut by_post: BTreeMap<PlatformId, Vec<RemoteComment>> = BTreeMap::new();
    for comment in comments {
        by_post.entry(comment.post_id.clone()).or_default().push(comment);
    }
    by_post
}

/// A platform may name any comment of a thread as the one that is answered, also a reply of ours, which it never told of.
async fn find_threads(write: &mut Write<'_>, place: &Place, listing: &mut Listing) -> Result<()> {
    let mut roots: HashMap<String, String> = HashMap::new();
    for comment in &mut listing.comments {
        let root = match &comment.parent {
            None => comment.platform_id.clone(),
            Some(answered) => match roots.get(answered) {
                Some(root) => root.clone(),
                None => write.thread_of(place, answered).await?,
            },
        };
        if comment.parent.is_some() {
            comment.parent = Some(root.clone());
        }
        roots.insert(comment.platform_id.clone(), root);
    }
    Ok(())
}

impl Write<'_> {
    /// The comment that opens the thread of this one; itself when nothing is known of it.
    async fn thread_of(&mut self, place: &Place, platform_id: &str) -> Result<String> {
        let stored = sqlx::query_scalar!(
            "select parent_platform_id from comment where account_id = ? and platform_id = ?",
            place.account,
            platform_id
        )
        .fetch_optional(self.connection())
        .await?;
        if let Some(parent) = stored {
            return Ok(parent.unwrap_or_else(|| platform_id.to_owned()));
        }
        let answered_by_us = sqlx::query_scalar!(
            "select target_platform_id from action where account_id = ? and reply_platform_id = ?",
            place.account,
            platform_id
        )
        .fetch_optional(self.connection())
        .await?;
        Ok(answered_by_us.unwrap_or_else(|| platform_id.to_owned()))
    }
}
