//! The picture of a post, at an address that only a fresh listing gives: it is signed and lives for hours.

use crate::{Context, EngineError};
use domain::ports::{Element, Platform};
use domain::{PlatformError, PlatformId, PostId};
use std::time::Duration;

/// Pages turned for one picture: the newest thousand posts.
const MOST_PAGES: usize = 20;
/// A picture that could not be had is not sought again before.
const SOUGHT_AGAIN_AFTER: Duration = Duration::from_secs(6 * 3_600);

/// Content type and bytes, at most `most_bytes`, which are kept; `None` when the picture cannot be had.
pub(crate) async fn fetch_picture(
    context: &Context,
    id: PostId,
    most_bytes: usize,
) -> Result<Option<(String, Vec<u8>)>, EngineError> {
    let storage = &context.storage;
    let now = context.now();
    let missed_at = storage.no_picture_since(id).await?;
    if missed_at.is_some_and(|at| now.since(at) < SOUGHT_AGAIN_AFTER) {
        return Ok(None);
    }
    let Some((account, post)) = storage.post_platform_id(id).await? else {
        return Ok(None);
    };
    let Ok(platform) = context.platform(account) else {
        return Ok(None);
    };
    let Some(address) = address_of(platform.as_ref(), &post).await? else {
        storage.note_no_picture(id, now).await?;
        return Ok(None);
    };
    match platform.picture(&address, most_bytes).await {
        Ok((bytes, kind)) => {
            storage.save_picture(id, &kind, &bytes, now).await?;
            Ok(Some((kind, bytes)))
        }
        Err(
            error @ (PlatformError::Gone { .. }
            | PlatformError::Refused { .. }
            | PlatformError::Unreadable { .. }),
        ) => {
            tracing::info!(%post, %error, "the post is shown without its picture");
            storage.note_no_picture(id, now).await?;
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

async fn address_of(platform: &dyn Platform, post: &PlatformId) -> Result<Option<String>, PlatformError> {
    let mut after: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let page = platform.posts(after.as_deref()).await?;
        for element in page.items {
            if let Element::Read(found) = element
                && found.id == *post
            {
                return Ok(found.picture_url);
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(None)
}
