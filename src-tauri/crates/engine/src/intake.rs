//! Arrival: what the platform lists is stored before anything else happens to it.
//!
//! The Graph listing knows no "since": an incremental look pages until a page holds nothing new, and a sweep
//! reads a post to its end now and then, because a late reply to an old comment is invisible to the former.
//! A comment that a sweep does not see is read by its id before it counts as deleted.

use crate::{Context, EngineError, Step, worker::Worker};
use async_trait::async_trait;
use contract::ConnectionState;
use domain::ports::{Element, Platform, RemoteComment, RemoteProfile};
use domain::{AccountId, PlatformError, PlatformId, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use storage::{AccountRow, PostRow};

/// How far a look at an account goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Newest first until a page holds nothing new; posts whose sweep is due are swept.
    Incremental,
    /// Every post to its end.
    Full,
}

/// What one look brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncReport {
    pub posts: usize,
    pub new: usize,
    pub known: usize,
    pub own: usize,
    pub edited: usize,
    pub deleted: usize,
    pub quarantined: usize,
    pub pages: usize,
}

/// Pages of one listing that may follow each other before it is taken for a loop.
const MOST_PAGES: usize = 20_000;

/// Looks at one account and stores what it finds.
pub async fn sync_account(
    context: &Context,
    account: &AccountRow,
    depth: Depth,
) -> Result<SyncReport, EngineError> {
    let platform = context.platform(account.id)?;
    context
        .storage
        .set_connection(account.id, ConnectionState::Syncing, None, None)
        .await?;
    let looked = look(context, account, platform.as_ref(), depth).await;
    match &looked {
        Ok(report) => {
            context
                .storage
                .set_connection(account.id, ConnectionState::Connected, None, Some(context.now()))
                .await?;
            tracing::info!(account = %account.username, ?report, "account synced");
        }
        Err(EngineError::Platform(error)) => note_trouble(context, account.id, error).await?,
        Err(_) => {
            context
                .storage
                .set_connection(
                    account.id,
                    ConnectionState::Troubled,
                    Some("what arrived could not be stored; it is read again at the next look".into()),
                    None,
                )
                .await?;
        }
    }
    looked
}

/// Shows an account's trouble and rests it for as long as the platform asks.
pub(crate) async fn note_trouble(
    context: &Context,
    account: AccountId,
    error: &PlatformError,
) -> Result<(), EngineError> {
    let state = match error {
        PlatformError::SignedOut { .. } => ConnectionState::SignedOut,
        _ => ConnectionState::Troubled,
    };
    if let Some(rest) = Context::rest_after(error) {
        context.pause(account, context.now().plus(rest));
    }
    tracing::warn!(%account, %error, "the platform does not answer as asked");
    context
        .storage
        .set_connection(account, state, Some(error.to_string()), None)
        .await?;
    Ok(())
}

async fn look(
    context: &Context,
    account: &AccountRow,
    platform: &dyn Platform,
    depth: Depth,
) -> Result<SyncReport, EngineError> {
    let mut report = SyncReport::default();
    let mut after: Option<String> = None;
    let mut counts: HashMap<PlatformId, i64> = HashMap::new();
    let before: HashMap<PlatformId, PostRow> = context
        .storage
        .posts_of(account.id)
        .await?
        .into_iter()
        .map(|p| (p.platform_id.clone(), p))
        .collect();
    let mut listed: Vec<PostRow> = Vec::new();
    for _ in 0..MOST_PAGES {
        let page = platform.posts(after.as_deref()).await?;
        report.pages += 1;
        let mut posts = Vec::new();
        for element in page.items {
            match element {
                Element::Read(post) => posts.push(post),
                Element::Malformed { raw, reason } => {
                    tracing::warn!(
                        reason,
                        bytes = raw.len(),
                        "a post could not be read and is left out of this look"
                    );
                    report.quarantined += 1;
                }
            }
        }
        for post in &posts {
            if let Some(count) = post.comments_count {
                counts.insert(post.id.clone(), count);
            }
        }
        let all_known = !posts.is_empty() && posts.iter().all(|p| before.contains_key(&p.id));
        listed.extend(
            context
                .storage
                .upsert_posts(account.id, &posts, context.now())
                .await?,
        );
        after = page.next;
        if after.is_none() || (depth == Depth::Incremental && all_known) {
            break;
        }
    }
    // Posts that this look's pages did not reach still get late comments.
    let mut seen: HashSet<PlatformId> = listed.iter().map(|p| p.platform_id.clone()).collect();
    for (id, post) in before.iter() {
        if seen.insert(id.clone()) {
            listed.push(post.clone());
        }
    }
    report.posts = listed.len();
    let sweep_after = Duration::from_secs(context.settings_now().sync.sweep_seconds.into());
    let total = u64::try_from(listed.len()).ok();
    for (done, post) in listed.iter().enumerate() {
        let count_changed = match (counts.get(&post.platform_id), before.get(&post.platform_id)) {
            (Some(now), Some(then)) => then.comments_count != Some(*now),
            _ => true,
        };
        let sweep_due = post
            .swept_at
            .is_none_or(|at| context.now().since(at) >= sweep_after);
        if depth == Depth::Full || sweep_due {
            sweep(context, account, platform, post, &mut report).await?;
        } else if count_changed {
            newest(context, account, platform, post, &mut report).await?;
        } else {
            newest_page(context, account, platform, post, None, &mut report).await?;
        }
        context
            .hub()
            .progress("sync", u64::try_from(done + 1).unwrap_or(u64::MAX), total);
    }
    Ok(report)
}

/// Stores one page; returns the next cursor and whether the page held anything new.
async fn newest_page(
    context: &Context,
    account: &AccountRow,
    platform: &dyn Platform,
    post: &PostRow,
    after: Option<&str>,
    report: &mut SyncReport,
) -> Result<(Option<String>, bool, Vec<PlatformId>), EngineError> {
    let page = match platform.comments(&post.platform_id, after).await {
        Ok(page) => page,
        Err(PlatformError::Gone { detail }) => {
            tracing::info!(post = %post.platform_id, detail, "the post is gone or out of reach");
            return Ok((None, false, Vec::new()));
        }
        Err(error) => return Err(error.into()),
    };
    report.pages += 1;
    let mut items = page.items;
    for item in &mut items {
        if let Element::Read(comment) = item {
            complete_replies(platform, post, comment, report).await?;
        }
    }
    let ids = ids_of(&items);
    let stored = context
        .storage
        .store_comments(account.id, post.id, items, context.now())
        .await?;
    report.new += stored.new.len();
    report.known += stored.known;
    report.own += stored.own + stored.echoes;
    report.edited += stored.edited.len();
    report.quarantined += stored.quarantined;
    let anything_new = !stored.new.is_empty() || stored.own + stored.echoes > 0 || !stored.edited.is_empty();
    Ok((page.next, anything_new, ids))
}

/// The listing holds only the first replies of a long thread.
async fn complete_replies(
    platform: &dyn Platform,
    post: &PostRow,
    comment: &mut RemoteComment,
    report: &mut SyncReport,
) -> Result<(), EngineError> {
    let mut after = comment.more_replies.take();
    for _ in 0..MOST_PAGES {
        let Some(cursor) = after else { break };
        let page = match platform
            .replies(&post.platform_id, &comment.id, Some(&cursor))
            .await
        {
            Ok(page) => page,
            Err(PlatformError::Gone { .. }) => break,
            Err(error) => return Err(error.into()),
        };
        report.pages += 1;
        comment.replies.extend(page.items);
        after = page.next;
    }
    Ok(())
}

fn ids_of(items: &[Element<RemoteComment>]) -> Vec<PlatformId> {
    let mut ids = Vec::new();
    for item in items {
        if let Element::Read(comment) = item {
            ids.push(comment.id.clone());
            ids.extend(ids_of(&comment.replies));
        }
    }
    ids
}

async fn newest(
    context: &Context,
    account: &AccountRow,
    platform: &dyn Platform,
    post: &PostRow,
    report: &mut SyncReport,
) -> Result<(), EngineError> {
    let mut after: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let (next, anything_new, _) =
            newest_page(context, account, platform, post, after.as_deref(), report).await?;
        after = next;
        if after.is_none() || !anything_new {
            break;
        }
    }
    Ok(())
}

async fn sweep(
    context: &Context,
    account: &AccountRow,
    platform: &dyn Platform,
    post: &PostRow,
    report: &mut SyncReport,
) -> Result<(), EngineError> {
    let stored_before = context.storage.live_platform_ids(post.id).await?;
    let mut seen: HashSet<PlatformId> = HashSet::new();
    let mut after: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let (next, _, ids) = newest_page(context, account, platform, post, after.as_deref(), report).await?;
        seen.extend(ids);
        after = next;
        if after.is_none() {
            break;
        }
    }
    let mut gone = Vec::new();
    for id in stored_before {
        if seen.contains(&id) {
            continue;
        }
        // Listings leave out what is restricted or shifted between two pages: only its own read decides.
        if platform.comment(&id).await?.is_none() {
            gone.push(id);
        }
    }
    if !gone.is_empty() {
        report.deleted += context
            .storage
            .mark_deleted(account.id, &gone, context.now())
            .await?
            .len();
    }
    context.storage.set_swept(post.id, context.now()).await?;
    Ok(())
}

/// Looks at every connected account in turn, each when its interval is over.
pub struct SyncWorker {
    context: Context,
    next_look: Mutex<HashMap<AccountId, Timestamp>>,
    failures: Mutex<HashMap<AccountId, u32>>,
}

impl SyncWorker {
    pub fn new(context: Context) -> Self {
        Self {
            context,
            next_look: Mutex::default(),
            failures: Mutex::default(),
        }
    }

    /// Makes every account due at once.
    pub fn look_now(&self) {
        self.due().clear();
        self.context.wake();
    }

    fn due(&self) -> std::sync::MutexGuard<'_, HashMap<AccountId, Timestamp>> {
        self.next_look
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn failures(&self) -> std::sync::MutexGuard<'_, HashMap<AccountId, u32>> {
        self.failures
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[async_trait]
impl Worker for SyncWorker {
    fn name(&self) -> &'static str {
        "sync"
    }

    async fn try_next(&self) -> Result<Step, EngineError> {
        let now = self.context.now();
        let connected: HashSet<AccountId> = self.context.connected_accounts().into_iter().collect();
        for account in self.context.storage.accounts().await? {
            let due = self.due().get(&account.id).is_none_or(|at| *at <= now);
            if !due || !connected.contains(&account.id) || self.context.paused_until(account.id).is_some() {
                continue;
            }
            let interval = Duration::from_secs(self.context.settings_now().sync.interval_seconds.into());
            match sync_account(&self.context, &account, Depth::Incremental).await {
                Ok(_) => {
                    self.failures().remove(&account.id);
                    self.due().insert(account.id, self.context.now().plus(interval));
                }
                Err(error) => {
                    let failures = {
                        let mut all = self.failures();
                        let count = all.entry(account.id).or_default();
                        *count += 1;
                        *count
                    };
                    let wait = crate::backoff::full_jitter(
                        failures,
                        Duration::from_secs(2),
                        interval.max(Duration::from_secs(60)),
                    );
                    self.due().insert(
                        account.id,
                        self.context.now().plus(wait.max(Duration::from_secs(1))),
                    );
                    tracing::warn!(account = %account.username, %error, retry_in_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX), "sync stopped half way; what was read is stored");
                }
            }
            return Ok(Step::Worked);
        }
        Ok(Step::Idle)
    }
}

/// Connects an account whose `profile` was read with the very token that `platform` uses.
pub async fn connect_account(
    context: &Context,
    name: &str,
    profile: RemoteProfile,
    platform: Arc<dyn Platform>,
    simulated: bool,
) -> Result<AccountRow, EngineError> {
    let row = context
        .storage
        .upsert_account(storage::NewAccount {
            platform: name.to_owned(),
            platform_id: profile.id,
            username: profile.username,
            name: profile.name.unwrap_or_default(),
            simulated,
            now: context.now(),
        })
        .await?;
    context.connect(row.id, platform);
    context.wake();
    Ok(row)
}
