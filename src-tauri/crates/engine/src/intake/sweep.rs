//! A post read to its end: late replies and edits are stored like any others, and what is stored but no longer listed
//! is asked for by its id before it counts as deleted.

use super::{Counted, Listed, Look, MOST_PAGES};
use crate::{Context, EngineError};
use domain::{PlatformError, PlatformId, PostId};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Comments marked as deleted in one transaction.
const MARKED_AT_ONCE: usize = 50;

/// Sweeps that were cut off, to go on where they stopped: a post with more pages than the platform allows in one go
/// would otherwise never be swept. Kept in memory only; after a restart they begin once more.
#[derive(Default)]
pub(super) struct Unfinished(Mutex<HashMap<PostId, Sweep>>);

impl Unfinished {
    fn sweeps(&self) -> MutexGuard<'_, HashMap<PostId, Sweep>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, post: PostId) -> Option<Sweep> {
        self.sweeps().remove(&post)
    }

    fn keep(&self, post: PostId, sweep: Sweep) {
        self.sweeps().insert(post, sweep);
    }
}

struct Sweep {
    /// Stored when it began, and not met on the platform since.
    unseen: BTreeSet<PlatformId>,
    /// Cursor of the next page.
    after: Option<String>,
    /// The last page was read.
    is_listed: bool,
    was_cut_off: bool,
}

impl Look<'_> {
    pub(super) async fn sweep(&mut self, post: &Listed) -> Result<(), EngineError> {
        let id = post.row.id;
        let storage = &self.context.storage;
        let mut sweep = match self.memory.unfinished.take(id) {
            Some(sweep) => sweep,
            None => Sweep {
                unseen: storage.live_platform_ids(id).await?.into_iter().collect(),
                after: None,
                is_listed: false,
                was_cut_off: false,
            },
        };
        let carried_on = self.carry_on(post, &mut sweep).await;
        if let Ok(false) = carried_on {
            self.memory.unfinished.keep(id, sweep);
            return Ok(());
        }
        if let Err(error) = carried_on {
            if let EngineError::Platform(why) = &error
                && may_go_on_later(why)
            {
                sweep.was_cut_off = true;
                self.memory.unfinished.keep(id, sweep);
            }
            return Err(error);
        }
        if let Counted::Is(count) = post.counted {
            storage.set_comments_count(id, count).await?;
        }
        storage.set_swept(id, self.context.now()).await?;
        Ok(())
    }

    /// False when there are more pages than this look may read.
    async fn carry_on(&mut self, post: &Listed, sweep: &mut Sweep) -> Result<bool, EngineError> {
        if sweep.was_cut_off {
            // What was written since stands before the page on which it goes on.
            self.newest(post).await?;
        }
        for pages in 0..MOST_PAGES {
            if sweep.is_listed {
                return self.decide(sweep).await.map(|()| true);
            }
            if self.pages_of_a_sweep.is_some_and(|most| pages >= most) {
                sweep.was_cut_off = true;
                return Ok(false);
            }
            let page = match self.page(&post.row, sweep.after.as_deref()).await {
                Err(EngineError::Platform(PlatformError::Gone { detail })) => {
                    tracing::info!(post = %post.row.platform_id, detail, "the post is gone or out of reach");
                    return self.close_with_post(sweep).await.map(|()| true);
                }
                read => read?,
            };
            for id in &page.ids {
                sweep.unseen.remove(id);
            }
            sweep.is_listed = page.next.is_none();
            sweep.after = page.next;
        }
        Err(EngineError::Platform(PlatformError::Unreadable {
            detail: format!("a listing of more than {MOST_PAGES} pages"),
        }))
    }

    /// Listings leave out what is restricted or shifted between two pages: only a comment's own read decides. What was
    /// found gone is stored even when the next read stops the look.
    async fn decide(&mut self, sweep: &mut Sweep) -> Result<(), EngineError> {
        let mut gone = Vec::new();
        let mut stopped = Ok(());
        while let Some(id) = sweep.unseen.first().cloned() {
            match self.platform.comment(&id).await {
                Ok(Some(_)) => {}
                Ok(None) => gone.push(id.clone()),
                Err(error) => {
                    stopped = self.unread.note(format!("comment {id}"), error);
                    if stopped.is_err() {
                        break;
                    }
                }
            }
            sweep.unseen.remove(&id);
            if gone.len() == MARKED_AT_ONCE {
                self.mark_deleted(&gone).await?;
                gone.clear();
            }
        }
        self.mark_deleted(&gone).await?;
        stopped
    }

    /// The post's listing is out of reach. Three of its comments, from both ends and the middle, tell whether they
    /// went with it: asking for each would cost a call for every comment that is stored.
    async fn close_with_post(&mut self, sweep: &Sweep) -> Result<(), EngineError> {
        let ids: Vec<PlatformId> = sweep.unseen.iter().cloned().collect();
        let Some(last) = ids.len().checked_sub(1) else {
            return Ok(());
        };
        let mut asked = vec![0, ids.len() / 2, last];
        asked.dedup();
        for at in asked {
            if self.platform.comment(&ids[at]).await?.is_some() {
                return Ok(());
            }
        }
        for some in ids.chunks(MARKED_AT_ONCE) {
            self.mark_deleted(some).await?;
        }
        Ok(())
    }

    async fn mark_deleted(&mut self, ids: &[PlatformId]) -> Result<(), EngineError> {
        if ids.is_empty() {
            return Ok(());
        }
        let marked = self
            .context
            .storage
            .mark_deleted(self.account, ids, self.context.now())
            .await?;
        self.report.deleted += marked.len();
        Ok(())
    }
}

/// An answer that was refused or unreadable may be due to the cursor: the sweep then begins again.
fn may_go_on_later(error: &PlatformError) -> bool {
    Context::rest_after(error).is_some() || matches!(error, PlatformError::Unavailable { .. })
}
