//! Arrival: what the platform lists is stored before anything else happens to it.
//!
//! The Graph listing knows no "since", so the platform's own count decides what a look reads. A post that counts what
//! it counted when it was last read is left alone; where it counts otherwise, its newest pages are read until one
//! holds nothing new, and a sweep reads it to its end now and then. Edits, late replies to old comments, and a comment
//! that came while another one went (which leaves the count as it was) are found by sweeps alone.

mod connect;
mod import;
mod picture;
mod planned;
mod pushed;
mod sweep;
mod told;
mod turns;

pub use connect::{DraftsFrom, connect_account};
pub use import::{IMPORTS_AT_A_TIME, ImportWorker};
pub(crate) use picture::fetch_picture;
pub(crate) use planned::leaves_room_for_history;
pub use pushed::{read_again, store_pushed};
pub(crate) use told::take_updates;
pub use turns::{LOOKS_AT_A_TIME, SyncWorker};

use crate::backoff::Wait;
use crate::{Context, EngineError};
use contract::{ConnectionState, TraceStage};
use domain::ports::{Element, Platform, RemoteComment, RemotePost};
use domain::{AccountId, Arrival, PlatformError, PlatformId, Timestamp};
use planned::Memory;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use storage::{AccountRow, IntakeReport, PostRow};

/// How far a look at an account goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What the platform counts otherwise than before; posts whose sweep is due are swept.
    Incremental,
    /// Every post to its end.
    Full,
}

/// What one look brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Known of the account, read or not.
    pub posts: usize,
    pub new: usize,
    pub known: usize,
    pub own: usize,
    pub edited: usize,
    pub deleted: usize,
    pub quarantined: usize,
    pub pages: usize,
    /// When the next look is due, where it is planned by the units that are left, or the platform is listened to.
    pub next_at: Option<Timestamp>,
}

/// Pages of one listing that may follow each other before it is taken for a loop.
const MOST_PAGES: usize = 20_000;
/// Posts that cannot be reached one after the other before the platform itself is taken to be down.
const MOST_DOWN_IN_A_ROW: usize = 3;
/// First pages of posts that one look reads while history is imported, so that it ends soon.
const MOST_FIRST_PAGES: usize = 50;
/// Up to this age a post is swept at the shortest interval.
const YOUNG: Duration = Duration::from_secs(2 * 86_400);

/// The time between two sweeps of a post of this age that counts what it counted before: `shortest` up to two days,
/// then longer in proportion to the age. A post of four weeks is swept every 14th time, one of a year every 180th; so
/// the sweeps of everything ever published grow with the logarithm of the time it was published in.
pub fn sweep_interval(age: Duration, shortest: Duration) -> Duration {
    shortest.mul_f64(age.max(YOUNG).as_secs_f64() / YOUNG.as_secs_f64())
}

/// What the platform says of a post's comments in this look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    /// This look's listing did not reach the post: it is read when its sweep is due.
    NotListed,
    /// The platform does not count.
    Unknown,
    Is(i64),
}

struct Listed {
    row: PostRow,
    counted: Counted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Nothing,
    /// The first page of a post whose history the import reads.
    First,
    Newest,
    Sweep,
}

impl Listed {
    /// `is_importing`: old pages are left to the import.
    fn reading(&self, now: Timestamp, shortest: Duration, is_importing: bool) -> Reading {
        let Some(swept_at) = self.row.swept_at else {
            return match is_importing {
                false => Reading::Sweep,
                true if self.row.import_cursor.is_none() => Reading::First,
                true if self.counts_otherwise() => Reading::Newest,
                true => Reading::Nothing,
            };
        };
        if swept_at > now {
            // The clock was set back: how long ago that was nobody knows.
            return Reading::Sweep;
        }
        let age = now.since(self.row.published_at);
        let (changed, interval) = match self.counted {
            Counted::NotListed => (false, sweep_interval(age, shortest)),
            Counted::Unknown => (true, sweep_interval(age, shortest)),
            // What the newest pages do not account for hides further down: it is not to wait for the post's age.
            Counted::Is(count) if self.row.comments_count != Some(count) => (true, shortest),
            Counted::Is(_) => (false, sweep_interval(age, shortest)),
        };
        if now.since(swept_at) >= interval {
            Reading::Sweep
        } else if changed {
            Reading::Newest
        } else {
            Reading::Nothing
        }
    }

    fn counts_otherwise(&self) -> bool {
        match self.counted {
            Counted::NotListed => false,
            Counted::Unknown => true,
            Counted::Is(count) => self.row.comments_count != Some(count),
        }
    }
}

/// Looks at one account and stores what it finds.
///
/// One post, thread or comment that cannot be read keeps the others from nothing: they are read, and the first
/// failure is returned at the end.
pub async fn sync_account(
    context: &Context,
    account: &AccountRow,
    depth: Depth,
) -> Result<SyncReport, EngineError> {
    look_at(context, account, depth, &Memory::default(), Duration::ZERO).await
}

/// `wait`: for something to happen, where the platform tells and does not list.
async fn look_at(
    context: &Context,
    account: &AccountRow,
    depth: Depth,
    memory: &Memory,
    wait: Duration,
) -> Result<SyncReport, EngineError> {
    let platform = context.platform(account.id)?;
    let storage = &context.storage;
    let arrival = platform.capabilities().arrival;
    // A look that listens takes as long as nothing happens: the account is up to date all the while.
    if arrival == Arrival::Listed && account.connection != ConnectionState::SignedOut {
        // One that is signed out stays so until a call goes through: each try would be another notice.
        storage
            .set_connection(account.id, ConnectionState::Syncing, None, None)
            .await?;
    }
    let mut look = Look::new(context, account.id, platform.as_ref(), memory);
    let looked = match (arrival, depth) {
        (Arrival::Told, _) => look.listen(wait).await,
        (_, Depth::Incremental) if planned::units_of(platform.as_ref()).is_some() => {
            let next_at = look.by_plan(account).await;
            next_at.map(|at| look.report.next_at = Some(at))
        }
        _ => look.run(depth, account.import.is_open()).await,
    };
    let Look { report, unread, .. } = look;
    if let Err(error) = looked {
        match &error {
            EngineError::Platform(error) => note_trouble(context, account.id, error).await?,
            _ => {
                let note = "what arrived could not be stored; it is read again at the next look".to_owned();
                storage
                    .set_connection(account.id, ConnectionState::Troubled, Some(note), None)
                    .await?;
            }
        }
        return Err(error);
    }
    let note = unread.note_for_people();
    if let Some((_, error)) = unread.first {
        storage
            .set_connection(account.id, ConnectionState::Troubled, note, None)
            .await?;
        return Err(error.into());
    }
    storage
        .set_connection(account.id, ConnectionState::Connected, None, Some(context.now()))
        .await?;
    tracing::info!(account = %account.username, ?report, "account synced");
    Ok(report)
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
    let note = error.to_string();
    let storage = &context.storage;
    let is_new = storage
        .set_connection(account, state, Some(note.clone()), None)
        .await?;
    if !is_new {
        return Ok(());
    }
    tracing::warn!(%account, %error, "the platform does not answer as asked");
    if state == ConnectionState::SignedOut {
        storage
            .record_of_account(account, "engine", "signed_out", Some(&note), context.now())
            .await?;
    }
    Ok(())
}

/// A line for each new comment: the first of its trace.
pub(crate) fn note_arrivals(context: &Context, stored: &IntakeReport) {
    context
        .hub()
        .monitor()
        .finished(TraceStage::Arrive, stored.new.len());
    for (comment, trace) in stored.new.iter().zip(&stored.traces) {
        tracing::info!(trace = %trace, comment = %comment, stage = "arrived", "stored for the first time");
    }
}

/// What a look went on without.
#[derive(Default)]
struct Unread {
    first: Option<(String, PlatformError)>,
    others: usize,
    down_in_a_row: usize,
}

impl Unread {
    /// Fails when `error` concerns the account or the whole platform, so that there is nothing to go on with.
    fn note(&mut self, what: String, error: PlatformError) -> Result<(), EngineError> {
        if Context::rest_after(&error).is_some() {
            return Err(error.into());
        }
        tracing::warn!(what, %error, "left out of this look");
        self.down_in_a_row = match error {
            PlatformError::Unavailable { .. } => self.down_in_a_row + 1,
            _ => 0,
        };
        if self.down_in_a_row >= MOST_DOWN_IN_A_ROW {
            return Err(error.into());
        }
        match self.first {
            None => self.first = Some((what, error)),
            Some(_) => self.others += 1,
        }
        Ok(())
    }

    fn note_for_people(&self) -> Option<String> {
        let (what, error) = self.first.as_ref()?;
        let others = match self.others {
            0 => String::new(),
            others => format!(" ({others} more could not be read)"),
        };
        Some(format!(
            "{what} could not be read: {error}{others}; the rest is up to date"
        ))
    }
}

/// What one page of comments came to.
struct PageRead {
    next: Option<String>,
    brought_news: bool,
    met_known: bool,
    /// Stored for the first time, whoever wrote them.
    arrived: i64,
    ids: Vec<PlatformId>,
}

struct Look<'a> {
    context: &'a Context,
    account: AccountId,
    platform: &'a dyn Platform,
    memory: &'a Memory,
    report: SyncReport,
    unread: Unread,
    /// After so many pages a sweep stops, to go on the next time; `None`: at its end.
    pages_of_a_sweep: Option<usize>,
}

impl<'a> Look<'a> {
    fn new(context: &'a Context, account: AccountId, platform: &'a dyn Platform, memory: &'a Memory) -> Self {
        Self {
            context,
            account,
            platform,
            memory,
            report: SyncReport::default(),
            unread: Unread::default(),
            pages_of_a_sweep: None,
        }
    }

    async fn run(&mut self, depth: Depth, is_importing: bool) -> Result<(), EngineError> {
        let shortest = Duration::from_secs(self.context.settings_now().sync.sweep_seconds.into());
        let posts = self.posts(depth, shortest).await?;
        self.report.posts = posts.len();
        let now = self.context.now();
        let mut first_pages = 0;
        let due: Vec<(Listed, Reading)> = posts
            .into_iter()
            .map(|post| match depth {
                Depth::Full => (post, Reading::Sweep),
                Depth::Incremental => {
                    let reading = post.reading(now, shortest, is_importing);
                    (post, reading)
                }
            })
            .filter(|(_, reading)| match reading {
                Reading::Nothing => false,
                Reading::First => {
                    first_pages += 1;
                    first_pages <= MOST_FIRST_PAGES
                }
                Reading::Newest | Reading::Sweep => true,
            })
            .collect();
        let total = u64::try_from(due.len()).ok();
        for (done, (post, reading)) in due.iter().enumerate() {
            let read = match reading {
                Reading::Sweep => self.sweep(post).await,
                Reading::First => self.first(post).await,
                Reading::Newest | Reading::Nothing => self.newest(post).await,
            };
            match read {
                Ok(()) => {}
                Err(EngineError::Platform(error)) => {
                    self.unread
                        .note(format!("post {}", post.row.platform_id), error)?;
                }
                Err(error) => return Err(error),
            }
            self.context
                .hub()
                .progress("sync", u64::try_from(done + 1).unwrap_or(u64::MAX), total);
        }
        Ok(())
    }

    async fn listen(&mut self, wait: Duration) -> Result<(), EngineError> {
        self.report = take_updates(self.context, self.account, self.platform, wait).await?;
        self.report.next_at = Some(self.context.now().plus(told::LISTENS_AGAIN_AFTER));
        Ok(())
    }

    /// Every post that is known, newest first as listed. Pages are turned until one holds known posts only; to the
    /// end in a full look, and otherwise as often as the youngest posts are swept: a page brings the counts of fifty
    /// posts, and those of old ones change too.
    async fn posts(&mut self, depth: Depth, shortest: Duration) -> Result<Vec<Listed>, EngineError> {
        let storage = &self.context.storage;
        let known: HashMap<PlatformId, PostRow> = storage
            .posts_of(self.account)
            .await?
            .into_iter()
            .map(|post| (post.platform_id.clone(), post))
            .collect();
        let listed_at = storage.posts_listed_at(self.account).await?;
        let to_the_end = depth == Depth::Full
            || listed_at.is_none_or(|at| Wait::new(at, shortest).is_over(self.context.now()));
        let mut all: Vec<Listed> = Vec::new();
        let mut seen: HashSet<PlatformId> = HashSet::new();
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let page = match self.platform.posts(after.as_deref()).await {
                Ok(page) => page,
                Err(error) if all.is_empty() => return Err(error.into()),
                Err(error) => {
                    self.unread.note("the list of older posts".to_owned(), error)?;
                    break;
                }
            };
            self.report.pages += 1;
            let posts = self.readable(page.items).await?;
            let only_known = !posts.is_empty() && posts.iter().all(|post| known.contains_key(&post.id));
            let rows = storage
                .upsert_posts(self.account, &posts, self.context.now())
                .await?;
            for (post, row) in posts.iter().zip(rows) {
                if seen.insert(row.platform_id.clone()) {
                    let counted = post.comments_count.map_or(Counted::Unknown, Counted::Is);
                    all.push(Listed { row, counted });
                }
            }
            after = page.next;
            if after.is_none() && to_the_end {
                storage.set_posts_listed(self.account, self.context.now()).await?;
            }
            if after.is_none() || (only_known && !to_the_end) {
                break;
            }
        }
        let mut older: Vec<PostRow> = known
            .into_values()
            .filter(|post| !seen.contains(&post.platform_id))
            .collect();
        older.sort_by_key(|post| std::cmp::Reverse((post.published_at, post.id)));
        all.extend(older.into_iter().map(|row| Listed {
            row,
            counted: Counted::NotListed,
        }));
        Ok(all)
    }

    async fn readable(&mut self, items: Vec<Element<RemotePost>>) -> Result<Vec<RemotePost>, EngineError> {
        let mut posts = Vec::with_capacity(items.len());
        let mut malformed = Vec::new();
        for item in items {
            match item {
                Element::Read(post) => posts.push(post),
                Element::Malformed { raw, reason } => malformed.push((raw, reason)),
            }
        }
        self.report.quarantined += self
            .context
            .storage
            .set_posts_aside(self.account, &malformed, self.context.now())
            .await?;
        Ok(posts)
    }

    /// Reads the first page of a post. What follows is the import's, which goes on at the cursor that is kept here.
    async fn first(&mut self, post: &Listed) -> Result<(), EngineError> {
        let storage = &self.context.storage;
        let page = match self.page(&post.row, None).await {
            Err(EngineError::Platform(PlatformError::Gone { detail })) => {
                tracing::info!(post = %post.row.platform_id, detail, "the post is gone or out of reach");
                return Ok(storage.set_swept(post.row.id, self.context.now()).await?);
            }
            read => read?,
        };
        if let Counted::Is(count) = post.counted {
            storage.set_comments_count(post.row.id, count).await?;
        }
        match page.next {
            Some(cursor) => storage.set_import_cursor(post.row.id, Some(&cursor)).await?,
            None => storage.set_swept(post.row.id, self.context.now()).await?,
        }
        Ok(())
    }

    /// Reads the newest pages until one holds nothing new. What was stored counts as read; a count that the platform
    /// gives beyond that stays a difference, which the next sweep clears up.
    async fn newest(&mut self, post: &Listed) -> Result<(), EngineError> {
        let is_importing = post.row.import_cursor.is_some();
        let mut after: Option<String> = None;
        let mut arrived = 0;
        for _ in 0..MOST_PAGES {
            let page = match self.page(&post.row, after.as_deref()).await {
                Err(EngineError::Platform(PlatformError::Gone { detail })) => {
                    tracing::info!(post = %post.row.platform_id, detail, "the post is gone or out of reach");
                    break;
                }
                read => read?,
            };
            arrived += page.arrived;
            after = page.next;
            // Below what is known lies history that was not read yet: that is the import's.
            if after.is_none() || !page.brought_news || (is_importing && page.met_known) {
                break;
            }
        }
        if let Counted::Is(count) = post.counted
            && is_importing
        {
            let storage = &self.context.storage;
            return Ok(storage.set_comments_count(post.row.id, count).await?);
        }
        if let Some(count) = post.row.comments_count
            && arrived > 0
        {
            self.context
                .storage
                .set_comments_count(post.row.id, count + arrived)
                .await?;
        }
        Ok(())
    }

    /// Reads and stores one page. When a thread of it stops the look, the others of the page are stored first.
    async fn page(&mut self, post: &PostRow, after: Option<&str>) -> Result<PageRead, EngineError> {
        let page = self.platform.comments(&post.platform_id, after).await?;
        self.unread.down_in_a_row = 0;
        self.report.pages += 1;
        let mut items = page.items;
        let mut stopped = Ok(());
        for item in &mut items {
            if let Element::Read(comment) = item
                && stopped.is_ok()
            {
                stopped = self.complete_replies(post, comment).await;
            }
        }
        let ids = ids_of(&items);
        let stored = self
            .context
            .storage
            .store_comments(self.account, post.id, items, self.context.now())
            .await?;
        note_arrivals(self.context, &stored);
        stopped?;
        let own = stored.own + stored.echoes;
        self.report.new += stored.new.len();
        self.report.known += stored.known;
        self.report.own += own;
        self.report.edited += stored.edited.len();
        self.report.quarantined += stored.quarantined;
        let arrived = stored.new.len() + own;
        Ok(PageRead {
            next: page.next,
            met_known: stored.known > 0,
            brought_news: arrived > 0 || !stored.edited.is_empty(),
            arrived: i64::try_from(arrived).unwrap_or(i64::MAX),
            ids,
        })
    }

    /// The listing holds only the first replies of a long thread.
    async fn complete_replies(
        &mut self,
        post: &PostRow,
        comment: &mut RemoteComment,
    ) -> Result<(), EngineError> {
        let mut after = comment.more_replies.take();
        for _ in 0..MOST_PAGES {
            let Some(cursor) = after else { break };
            let read = self
                .platform
                .replies(&post.platform_id, &comment.id, Some(&cursor))
                .await;
            let page = match read {
                Ok(page) => page,
                Err(PlatformError::Gone { .. }) => break,
                Err(error) => {
                    return self
                        .unread
                        .note(format!("the thread of comment {}", comment.id), error);
                }
            };
            self.report.pages += 1;
            comment.replies.extend(page.items);
            after = page.next;
        }
        Ok(())
    }
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

#[cfg(test)]
mod desk;
#[cfg(test)]
mod history_tests;
#[cfg(test)]
mod planned_tests;
#[cfg(test)]
mod tests;
