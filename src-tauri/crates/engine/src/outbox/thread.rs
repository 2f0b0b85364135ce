//! A thread as the platform shows it, and what in it may be a reply of ours.

use domain::ports::{Element, Platform, RemoteComment};
use domain::{AccountId, PlatformError, PlatformId, text};
use storage::{DueAction, Storage, StorageError, UnknownAction};

const MOST_PAGES: usize = 1_000;

/// Everything that stands in a thread, from all pages.
pub(super) async fn replies(
    platform: &dyn Platform,
    post: &PlatformId,
    thread: &PlatformId,
) -> Result<Vec<Element<RemoteComment>>, PlatformError> {
    let mut all = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let page = platform.replies(post, thread, after.as_deref()).await?;
        all.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
    Err(PlatformError::Unreadable {
        detail: format!("a thread of more than {MOST_PAGES} pages"),
    })
}

/// An element that cannot be read might be the very reply: what was not found among the others may still be there.
pub(super) fn complete(thread: &[Element<RemoteComment>]) -> Result<(), PlatformError> {
    let unreadable = thread.iter().find_map(|element| match element {
        Element::Read(_) => None,
        Element::Malformed { reason, .. } => Some(reason),
    });
    match unreadable {
        None => Ok(()),
        Some(reason) => Err(PlatformError::Unreadable {
            detail: reason.clone(),
        }),
    }
}

/// What a reply that was sent is recognised by.
pub(super) struct Sent<'a> {
    account: AccountId,
    account_platform_id: &'a PlatformId,
    normalised_text: &'a str,
    seen_up_to: Option<i64>,
}

impl<'a> From<&'a UnknownAction> for Sent<'a> {
    fn from(action: &'a UnknownAction) -> Self {
        Self {
            account: action.account_id,
            account_platform_id: &action.account_platform_id,
            normalised_text: action.normalised_text.as_deref().unwrap_or_default(),
            seen_up_to: action.seen_up_to,
        }
    }
}

impl<'a> From<&'a DueAction> for Sent<'a> {
    fn from(action: &'a DueAction) -> Self {
        Self {
            account: action.account_id,
            account_platform_id: &action.account_platform_id,
            normalised_text: action.normalised_text.as_deref().unwrap_or_default(),
            seen_up_to: action.seen_up_to,
        }
    }
}

impl Sent<'_> {
    pub fn is(&self, reply: &RemoteComment) -> bool {
        text::normalised(&reply.text) == self.normalised_text
    }

    /// Own replies of the thread that were not there before the first send and belong to no other action.
    pub async fn may_be_among<'t>(
        &self,
        storage: &Storage,
        thread: &'t [Element<RemoteComment>],
    ) -> Result<Vec<&'t RemoteComment>, StorageError> {
        let mut own = Vec::new();
        for element in thread {
            let Element::Read(reply) = element else { continue };
            let is_ours = reply.flagged_own || reply.author_id.as_ref() == Some(self.account_platform_id);
            if is_ours {
                own.push(reply);
            }
        }
        let ids: Vec<PlatformId> = own.iter().map(|reply| reply.id.clone()).collect();
        let others = storage.not_by(self.account, self.seen_up_to, &ids).await?;
        own.retain(|reply| !others.contains(&reply.id));
        Ok(own)
    }
}
