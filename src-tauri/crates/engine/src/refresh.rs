//! Keeping what people wrote no longer than the platform's terms allow ([`domain::DataTerms`]): what was not shown for
//! a while is read again, and what cannot be read again is let go.

use crate::backoff::Wait;
use crate::intake::{leaves_room_for_history, note_trouble};
use crate::{Context, EngineError, Step, worker::Worker};
use async_trait::async_trait;
use contract::ConnectionState;
use domain::ports::{Element, Platform, RemoteComment, Reread};
use domain::{AccountId, CommentId, DataTerms, PlatformError, PlatformId, PostId, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use storage::{AccountRow, StoredComment, Unseen};

/// Read again by one step: what the platform takes in one call.
const REREAD_AT_ONCE: u32 = 50;
/// Between two looks whether anything is due.
const LOOK_EVERY: Duration = Duration::from_secs(10 * 60);
/// Comments of which nothing could be found out are asked for again after this.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(6 * 60 * 60);
/// Accounts that could not be reached for so long are not expected back at any moment: a computer that was off, or a
/// keychain that is not open yet, costs no data.
const UNREACHABLE_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

const GONE: &str = "the platform shows it no longer";
const DISCONNECTED: &str = "the account was disconnected";
const UNREACHABLE: &str = "it could not be read again in the time that the platform's terms give";

/// Goes through the accounts whose platform sets a time.
pub struct RefreshWorker {
    context: Context,
    turns: Mutex<Turns>,
}

#[derive(Default)]
struct Turns {
    /// Nothing was due at the last look.
    rests: Option<Wait>,
    accounts: HashMap<AccountId, Turn>,
}

#[derive(Default)]
struct Turn {
    rests: Option<Wait>,
    /// How far this round has come: behind it stand those of which nothing could be found out.
    after: Option<(Timestamp, CommentId)>,
}

enum Reach {
    Open(Arc<dyn Platform>),
    /// The platform asked to wait.
    Resting,
    /// Until a person does something about it.
    Shut,
}

impl RefreshWorker {
    pub fn new(context: Context) -> Self {
        Self {
            context,
            turns: Mutex::default(),
        }
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rest(&self, account: AccountId, length: Duration) {
        let wait = Wait::new(self.context.now(), length);
        self.turns().accounts.entry(account).or_default().rests = Some(wait);
    }

    async fn step(&self, account: &AccountRow, terms: &DataTerms) -> Result<Step, EngineError> {
        let now = self.context.now();
        let overdue = now.minus(terms.refresh_within);
        if let Some(at) = account.disconnected_at {
            let before = match now >= at.plus(terms.purge_after_disconnect) {
                true => Timestamp(i64::MAX),
                false => overdue,
            };
            return self.purge(account, Unseen::All, before, DISCONNECTED).await;
        }
        if self.purge(account, Unseen::Deleted, overdue, GONE).await? == Step::Worked {
            return Ok(Step::Worked);
        }
        if self.reread(account, terms).await? == Step::Worked {
            return Ok(Step::Worked);
        }
        if self.is_unreachable(account.id).await? {
            return self.purge(account, Unseen::All, overdue, UNREACHABLE).await;
        }
        Ok(Step::Idle)
    }

    async fn purge(
        &self,
        account: &AccountRow,
        unseen: Unseen,
        before: Timestamp,
        why: &str,
    ) -> Result<Step, EngineError> {
        let storage = &self.context.storage;
        let purged = storage
            .purge_unseen(account.id, unseen, before, why, self.context.now())
            .await?;
        if purged == 0 {
            return Ok(Step::Idle);
        }
        tracing::info!(account = %account.id, purged, why, "what people wrote was let go");
        Ok(Step::Worked)
    }

    fn reach(&self, account: &AccountRow) -> Reach {
        if account.paused_by_user || account.connection == ConnectionState::SignedOut {
            return Reach::Shut;
        }
        match self.context.platform(account.id) {
            Ok(_) if self.context.paused_until(account.id).is_some() => Reach::Resting,
            Ok(platform) => Reach::Open(platform),
            Err(_) => Reach::Shut,
        }
    }

    /// Reads the longest unseen again, a call at a time.
    async fn reread(&self, account: &AccountRow, terms: &DataTerms) -> Result<Step, EngineError> {
        let now = self.context.now();
        let id = account.id;
        let (rests, after) = {
            let mut turns = self.turns();
            let turn = turns.accounts.entry(id).or_default();
            (turn.rests.is_some_and(|wait| !wait.is_over(now)), turn.after)
        };
        if rests {
            return Ok(Step::Idle);
        }
        let storage = &self.context.storage;
        let due = now.minus(terms.reread_after);
        let asked = storage.unseen_comments(id, due, after, REREAD_AT_ONCE).await?;
        let (Some(first), Some(last)) = (asked.first(), asked.last()) else {
            if after.is_some() {
                self.turns().accounts.entry(id).or_default().after = None;
                self.rest(id, ASK_AGAIN_AFTER);
            }
            return Ok(Step::Idle);
        };
        let platform = match self.reach(account) {
            Reach::Open(platform) => platform,
            Reach::Resting => return Ok(Step::Idle),
            Reach::Shut => {
                self.note_unreachable(id).await?;
                return Ok(Step::Idle);
            }
        };
        // There are days for it, unless the app was off for long. Replies are kept apart from it in any case.
        let is_overdue = first.seen_at < now.minus(terms.refresh_within);
        if !is_overdue && !leaves_room_for_history(platform.as_ref(), now) {
            return Ok(Step::Idle);
        }
        let placed: Vec<_> = asked.iter().map(|comment| comment.placed.clone()).collect();
        match platform.reread(&placed).await {
            Ok(reread) => {
                self.take_in(account, terms, &asked, reread).await?;
                if self.unreachable_since(id).await?.is_some() {
                    storage.forget_meta(&unreachable_key(id)).await?;
                }
                let reached = (last.seen_at, last.id);
                self.turns().accounts.entry(id).or_default().after = Some(reached);
                Ok(Step::Worked)
            }
            Err(error) => {
                self.note_failure(id, &error).await?;
                Ok(Step::Idle)
            }
        }
    }

    /// What is shown is stored as it is now; what is gone is closed like any other, and let go.
    async fn take_in(
        &self,
        account: &AccountRow,
        terms: &DataTerms,
        asked: &[StoredComment],
        reread: Reread,
    ) -> Result<(), EngineError> {
        let (storage, now) = (&self.context.storage, self.context.now());
        let places: HashMap<&PlatformId, &StoredComment> = asked
            .iter()
            .map(|comment| (&comment.placed.id, comment))
            .collect();
        let mut by_post: HashMap<PostId, Vec<Element<RemoteComment>>> = HashMap::new();
        let mut answered: HashSet<PlatformId> = reread.gone.iter().cloned().collect();
        for comment in reread.shown {
            if let Some(stored) = places.get(&comment.id) {
                answered.insert(comment.id.clone());
                by_post
                    .entry(stored.post)
                    .or_default()
                    .push(Element::Read(comment));
            }
        }
        for (post, comments) in by_post {
            storage.store_comments(account.id, post, comments, now).await?;
        }
        if !reread.gone.is_empty() {
            storage.mark_deleted(account.id, &reread.gone, now).await?;
            let ids: Vec<CommentId> = reread
                .gone
                .iter()
                .filter_map(|id| places.get(id).map(|stored| stored.id))
                .collect();
            storage.purge_comments(&ids, GONE, now).await?;
        }
        let overdue = now.minus(terms.refresh_within);
        let open: Vec<CommentId> = asked
            .iter()
            .filter(|comment| !answered.contains(&comment.placed.id) && comment.seen_at < overdue)
            .map(|comment| comment.id)
            .collect();
        if !open.is_empty() {
            storage.purge_comments(&open, UNREACHABLE, now).await?;
        }
        Ok(())
    }

    async fn note_failure(&self, account: AccountId, error: &PlatformError) -> Result<(), EngineError> {
        let rest = Context::rest_after(error);
        self.rest(account, rest.unwrap_or(LOOK_EVERY).max(LOOK_EVERY));
        // The day's units are spent: that is no trouble of the account.
        if matches!(error, PlatformError::Throttled { .. }) {
            return Ok(());
        }
        tracing::info!(%account, %error, "stored comments could not be read again");
        self.note_unreachable(account).await?;
        match rest {
            Some(_) => note_trouble(&self.context, account, error).await,
            None => Ok(()),
        }
    }

    async fn note_unreachable(&self, account: AccountId) -> Result<(), EngineError> {
        let key = unreachable_key(account);
        let storage = &self.context.storage;
        let now = self.context.now();
        // A time that lies ahead is from before the clock was set back.
        if self.unreachable_since(account).await?.is_none_or(|at| at > now) {
            storage.set_meta(&key, &now.0.to_string()).await?;
        }
        Ok(())
    }

    async fn unreachable_since(&self, account: AccountId) -> Result<Option<Timestamp>, EngineError> {
        let kept = self.context.storage.meta(&unreachable_key(account)).await?;
        Ok(kept.and_then(|text| text.parse().ok()).map(Timestamp))
    }

    async fn is_unreachable(&self, account: AccountId) -> Result<bool, EngineError> {
        let now = self.context.now();
        let since = self.unreachable_since(account).await?;
        Ok(since.is_some_and(|at| now.since(at) >= UNREACHABLE_AFTER))
    }
}

fn unreachable_key(account: AccountId) -> String {
    format!("unreachable_since/{account}")
}

#[async_trait]
impl Worker for RefreshWorker {
    fn name(&self) -> &'static str {
        "refresh"
    }

    async fn try_next(&self) -> Result<Step, EngineError> {
        let now = self.context.now();
        if self.turns().rests.is_some_and(|wait| !wait.is_over(now)) {
            return Ok(Step::Idle);
        }
        for account in self.context.storage.accounts().await? {
            let Some(terms) = DataTerms::of(&account.platform) else {
                continue;
            };
            if self.step(&account, &terms).await? == Step::Worked {
                return Ok(Step::Worked);
            }
        }
        self.turns().rests = Some(Wait::new(now, LOOK_EVERY));
        Ok(Step::Idle)
    }
}
