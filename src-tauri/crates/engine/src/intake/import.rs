//! The history of newly connected accounts, a page at a time beside the looks: the newest post first, each from its
//! newest comments back. Where it stands is in the database, so a restart goes on where it was.

use super::planned::{Memory, leaves_room_for_history};
use super::{Look, note_trouble};
use crate::backoff::Wait;
use crate::{Context, EngineError, Step, worker::Worker};
use async_trait::async_trait;
use domain::{AccountId, PlatformError, PostId};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use storage::{AccountRow, ImportState, PostRow};

/// How many loops a host runs over one [`ImportWorker`]: an account that hangs holds up none of the others.
pub const IMPORTS_AT_A_TIME: usize = 3;
/// A post that could not be read is left alone for so long.
const POST_RESTS_FOR: Duration = Duration::from_secs(600);
/// An account that has nothing to import, or could not be reached, is asked again after this.
const ACCOUNT_RESTS_FOR: Duration = Duration::from_secs(15);

/// Reads what was there before an account was connected.
pub struct ImportWorker {
    context: Context,
    accounts: Mutex<HashMap<AccountId, Turn>>,
    memory: Memory,
}

#[derive(Debug, Default)]
struct Turn {
    is_read: bool,
    /// Steps so far: the account with the fewest goes next.
    steps: u64,
    rests: Option<Wait>,
    posts_at_rest: HashMap<PostId, Wait>,
}

/// Ends the turn however the step ends.
struct Taken<'a> {
    worker: &'a ImportWorker,
    account: AccountRow,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if let Some(turn) = self.worker.turns().get_mut(&self.account.id) {
            turn.is_read = false;
            turn.steps += 1;
        }
    }
}

impl ImportWorker {
    pub fn new(context: Context) -> Self {
        Self {
            context,
            accounts: Mutex::default(),
            memory: Memory::default(),
        }
    }

    fn turns(&self) -> MutexGuard<'_, HashMap<AccountId, Turn>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn take_next(&self) -> Result<Option<Taken<'_>>, EngineError> {
        let now = self.context.now();
        let connected = self.context.connected_accounts();
        let rests = |turn: &Turn| turn.is_read || turn.rests.is_some_and(|wait| !wait.is_over(now));
        if connected
            .iter()
            .all(|account| self.turns().get(account).is_some_and(rests))
        {
            return Ok(None);
        }
        let accounts = self.context.storage.accounts().await?;
        let mut turns = self.turns();
        let mut next: Option<(u64, AccountRow)> = None;
        for account in accounts {
            if !connected.contains(&account.id) {
                continue;
            }
            let turn = turns.entry(account.id).or_default();
            if rests(turn) {
                continue;
            }
            let has_room = self
                .context
                .platform(account.id)
                .is_ok_and(|platform| leaves_room_for_history(platform.as_ref(), now));
            let may_read = account.import == ImportState::Running && !account.paused_by_user && has_room;
            if !may_read || self.context.paused_until(account.id).is_some() {
                turn.rests = Some(Wait::new(now, ACCOUNT_RESTS_FOR));
            } else if next.as_ref().is_none_or(|(steps, _)| turn.steps < *steps) {
                next = Some((turn.steps, account));
            }
        }
        Ok(next.map(|(_, account)| {
            turns.entry(account.id).or_default().is_read = true;
            Taken {
                worker: self,
                account,
            }
        }))
    }

    fn rest(&self, account: AccountId) {
        let wait = Wait::new(self.context.now(), ACCOUNT_RESTS_FOR);
        self.turns().entry(account).or_default().rests = Some(wait);
    }

    fn rest_post(&self, account: AccountId, post: PostId) {
        let wait = Wait::new(self.context.now(), POST_RESTS_FOR);
        let mut turns = self.turns();
        turns.entry(account).or_default().posts_at_rest.insert(post, wait);
    }

    fn posts_at_rest(&self, account: AccountId) -> Vec<PostId> {
        let now = self.context.now();
        let mut turns = self.turns();
        let posts = &mut turns.entry(account).or_default().posts_at_rest;
        posts.retain(|_, wait| !wait.is_over(now));
        posts.keys().copied().collect()
    }

    /// Returns whether it was the post's last page.
    async fn read_page(&self, account: AccountId, post: &PostRow) -> Result<bool, EngineError> {
        let platform = self.context.platform(account)?;
        let storage = &self.context.storage;
        let mut look = Look::new(&self.context, account, platform.as_ref(), &self.memory);
        match look.page(post, post.import_cursor.as_deref()).await {
            Ok(page) => match page.next {
                Some(cursor) => storage.set_import_cursor(post.id, Some(&cursor)).await?,
                None => {
                    storage.set_swept(post.id, self.context.now()).await?;
                    return Ok(true);
                }
            },
            Err(EngineError::Platform(PlatformError::Gone { .. })) => {
                storage.set_swept(post.id, self.context.now()).await?;
                return Ok(true);
            }
            Err(EngineError::Platform(
                error @ (PlatformError::Refused { .. } | PlatformError::Unreadable { .. }),
            )) => {
                // The cursor may have grown old: the next look reads the first page once more.
                tracing::warn!(post = %post.platform_id, %error, "the import of a post begins again");
                storage.set_import_cursor(post.id, None).await?;
                self.rest_post(account, post.id);
            }
            Err(error) => return Err(error),
        }
        Ok(false)
    }

    async fn announce(&self, account: AccountId) -> Result<(), EngineError> {
        let progress = self.context.storage.import_progress(account).await?;
        self.context.hub().progress(
            "import",
            u64::try_from(progress.posts_done).unwrap_or(0),
            u64::try_from(progress.posts).ok(),
        );
        Ok(())
    }
}

#[async_trait]
impl Worker for ImportWorker {
    fn name(&self) -> &'static str {
        "import"
    }

    async fn try_next(&self) -> Result<Step, EngineError> {
        let Some(taken) = self.take_next().await? else {
            return Ok(Step::Idle);
        };
        let account = taken.account.id;
        let storage = &self.context.storage;
        let resting = self.posts_at_rest(account);
        let Some(post) = storage.next_to_import(account, &resting).await? else {
            if storage.posts_listed_at(account).await?.is_some()
                && storage.end_import_when_read(account).await?
            {
                tracing::info!(account = %taken.account.username, "the history is read");
            }
            self.rest(account);
            return Ok(Step::Worked);
        };
        match self.read_page(account, &post).await {
            Ok(true) => self.announce(account).await?,
            Ok(false) => {}
            Err(EngineError::Platform(error)) => {
                self.rest(account);
                if Context::rest_after(&error).is_some() {
                    note_trouble(&self.context, account, &error).await?;
                }
            }
            Err(error) => return Err(error),
        }
        Ok(Step::Worked)
    }
}
