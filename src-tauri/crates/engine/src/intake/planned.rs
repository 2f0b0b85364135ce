//! Looks at an account whose calls are paid for in units by the day, and whose platform lists the newest comments of
//! all posts together: `domain::quota::plan` says what to read and when, and this reads it.

use super::sweep::Unfinished;
use super::{Counted, Listed, Look, MOST_PAGES, note_arrivals};
use crate::EngineError;
use domain::ports::{Element, Platform, RemoteComment, Visibility};
use domain::quota::QuotaLedger;
use domain::quota::plan::{self, LastLooks, MOST_PAGES_PER_SWEEP, Watch, WatchedVideo};
use domain::{AccountId, PlatformError, PlatformId, PostId, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use storage::{AccountRow, PostRate, PostRow};

/// Planned looks that one turn makes before it makes room for others.
const MOST_AT_ONCE: usize = 40;
/// How often comments come is counted anew after this.
const RATES_HOLD: Duration = Duration::from_secs(10 * 60);
/// The time in which comments are counted for it.
const COUNTED_OVER: Duration = Duration::from_secs(3 * 24 * 60 * 60);
const HOUR_SECONDS: f64 = 3_600.0;
/// First pages that one turn reads of posts whose history is imported.
const MOST_FIRST_PAGES: usize = 5;

/// What is known of each account between its turns. In memory: after a restart every listing is read once.
#[derive(Default)]
pub(super) struct Plans(Mutex<HashMap<AccountId, Known>>);

#[derive(Clone, Default)]
struct Known {
    last: LastLooks,
    /// Comments of each post as the platform counted them last.
    counted: HashMap<PlatformId, i64>,
    rates: Option<(Timestamp, HashMap<PostId, PostRate>)>,
}

impl Plans {
    fn known(&self) -> MutexGuard<'_, HashMap<AccountId, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, account: AccountId) -> Known {
        self.known().get(&account).cloned().unwrap_or_default()
    }

    fn keep(&self, account: AccountId, known: Known) {
        self.known().insert(account, known);
    }
}

/// The day's units of an account that is read by plan; `None` for every other.
pub(super) fn units_of(platform: &dyn Platform) -> Option<QuotaLedger> {
    platform
        .quota()
        .filter(|_| platform.capabilities().lists_whole_account)
}

/// Half of the day's reads stay for what comes in: history has time.
pub(crate) fn leaves_room_for_history(platform: &dyn Platform, now: Timestamp) -> bool {
    platform.quota().is_none_or(|ledger| {
        let budget = ledger.budget();
        let of_a_day = budget.daily_units.saturating_sub(budget.reserve_units);
        ledger.read_units(now) > of_a_day / 2
    })
}

impl Look<'_> {
    /// Makes the looks that are due, the most pressing first, and returns when the next one is.
    pub(super) async fn by_plan(&mut self, account: &AccountRow) -> Result<Timestamp, EngineError> {
        let mut known = self.memory.plans.of(account.id);
        let looked = self.follow(account, &mut known).await;
        self.memory.plans.keep(account.id, known);
        looked
    }

    async fn follow(&mut self, account: &AccountRow, known: &mut Known) -> Result<Timestamp, EngineError> {
        for _ in 0..MOST_AT_ONCE {
            let now = self.context.now();
            let Some(ledger) = units_of(self.platform) else {
                return Ok(now.plus(RATES_HOLD));
            };
            let posts = self.context.storage.posts_of(account.id).await?;
            self.report.posts = posts.len();
            self.count_rates(account.id, known).await?;
            let watch = watch(&ledger, known, &posts, account.import.is_open(), now);
            let plan = plan::plan(&watch);
            let Some(next) = plan.looks.first() else {
                return Ok(plan.valid_until);
            };
            if next.at > now {
                return Ok(next.at.min(plan.valid_until));
            }
            match &next.what {
                plan::Look::Channel => {
                    self.account_listing(Visibility::Published).await?;
                    known.last.channel = Some(now);
                }
                plan::Look::Held => {
                    self.account_listing(Visibility::HeldForReview).await?;
                    known.last.held = Some(now);
                }
                plan::Look::LikelySpam => {
                    self.account_listing(Visibility::LikelySpam).await?;
                    known.last.likely_spam = Some(now);
                }
                plan::Look::Videos => self.uploads(account, known).await?,
                plan::Look::Sweep(video) => {
                    if let Some(post) = posts.into_iter().find(|post| post.platform_id == *video) {
                        self.planned_sweep(post, known).await?;
                    }
                }
            }
        }
        Ok(self.context.now())
    }

    async fn count_rates(&self, account: AccountId, known: &mut Known) -> Result<(), EngineError> {
        let now = self.context.now();
        let holds = |at: Timestamp| at <= now && now.since(at) < RATES_HOLD;
        if known.rates.as_ref().is_some_and(|(at, _)| holds(*at)) {
            return Ok(());
        }
        let since = Timestamp(
            now.0
                .saturating_sub(i64::try_from(COUNTED_OVER.as_millis()).unwrap_or(0)),
        );
        let rates = self.context.storage.post_rates(account, since).await?;
        known.rates = Some((now, rates));
        Ok(())
    }

    /// Newest first over all posts, until a page holds nothing new.
    async fn account_listing(&mut self, visibility: Visibility) -> Result<(), EngineError> {
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let page = self
                .platform
                .account_comments(visibility, after.as_deref())
                .await?;
            self.report.pages += 1;
            let brought_news = self.store_page(page.items).await?;
            after = page.next;
            if after.is_none() || !brought_news {
                return Ok(());
            }
        }
        Err(EngineError::Platform(PlatformError::Unreadable {
            detail: format!("a listing of more than {MOST_PAGES} pages"),
        }))
    }

    /// What cannot be read keeps the others from nothing.
    async fn store_page(&mut self, items: Vec<Element<RemoteComment>>) -> Result<bool, EngineError> {
        let storage = &self.context.storage;
        let now = self.context.now();
        let mut by_post: BTreeMap<PlatformId, Vec<Element<RemoteComment>>> = BTreeMap::new();
        let mut malformed = Vec::new();
        for item in items {
            match item {
                Element::Read(comment) => by_post
                    .entry(comment.post_id.clone())
                    .or_default()
                    .push(Element::Read(comment)),
                Element::Malformed { raw, reason } => malformed.push((raw, reason)),
            }
        }
        self.report.quarantined += storage.set_comments_aside(self.account, &malformed, now).await?;
        let mut brought_news = false;
        let mut stopped = Ok(());
        for (post, mut elements) in by_post {
            let post = storage.ensure_post(self.account, &post, now).await?;
            for element in &mut elements {
                if let Element::Read(comment) = element
                    && stopped.is_ok()
                {
                    stopped = self.complete_replies(&post, comment).await;
                }
            }
            let stored = storage
                .store_comments(self.account, post.id, elements, now)
                .await?;
            note_arrivals(self.context, &stored);
            let own = stored.own + stored.echoes;
            let arrived = stored.new.len() + own;
            self.report.new += stored.new.len();
            self.report.known += stored.known;
            self.report.own += own;
            self.report.edited += stored.edited.len();
            self.report.quarantined += stored.quarantined;
            brought_news |= arrived > 0 || !stored.edited.is_empty();
            if let Some(count) = post.comments_count
                && arrived > 0
            {
                // Accounted for: the count of the uploads does not point to this post for it.
                let arrived = i64::try_from(arrived).unwrap_or(i64::MAX);
                storage
                    .set_comments_count(post.id, count.saturating_add(arrived))
                    .await?;
            }
        }
        stopped.map(|()| brought_news)
    }

    /// New uploads, and how many comments the platform counts under each.
    async fn uploads(&mut self, account: &AccountRow, known: &mut Known) -> Result<(), EngineError> {
        let at = self.context.now();
        let listed = self.posts(super::Depth::Full, Duration::ZERO).await?;
        known.last.videos = Some(at);
        for post in &listed {
            match post.counted {
                Counted::Is(count) => known.counted.insert(post.row.platform_id.clone(), count),
                Counted::Unknown | Counted::NotListed => known.counted.remove(&post.row.platform_id),
            };
        }
        if !account.import.is_open() {
            return Ok(());
        }
        let unread = listed
            .iter()
            .filter(|post| post.row.swept_at.is_none() && post.row.import_cursor.is_none());
        for post in unread.take(MOST_FIRST_PAGES) {
            self.first(post).await?;
        }
        Ok(())
    }

    /// A sweep that is not done after its pages goes on where it stopped the next time.
    async fn planned_sweep(&mut self, post: PostRow, known: &Known) -> Result<(), EngineError> {
        let counted = match known.counted.get(&post.platform_id) {
            Some(count) => Counted::Is(*count),
            None => Counted::NotListed,
        };
        self.pages_of_a_sweep = usize::try_from(MOST_PAGES_PER_SWEEP).ok();
        let id = post.platform_id.clone();
        match self.sweep(&Listed { row: post, counted }).await {
            Err(EngineError::Platform(error)) => self.unread.note(format!("post {id}"), error),
            swept => swept,
        }
    }
}

/// While history is imported, posts that were not read to their end are the import's.
fn watch(
    ledger: &QuotaLedger,
    known: &Known,
    posts: &[PostRow],
    is_importing: bool,
    now: Timestamp,
) -> Watch {
    let rates = known.rates.as_ref().map(|(_, rates)| rates);
    let hours = COUNTED_OVER.as_secs_f64() / HOUR_SECONDS;
    let videos = posts
        .iter()
        .filter(|post| !is_importing || post.swept_at.is_some())
        .map(|post| {
            let rate = rates
                .and_then(|rates| rates.get(&post.id))
                .copied()
                .unwrap_or_default();
            let unexplained = known
                .counted
                .get(&post.platform_id)
                .map_or(0, |count| count - post.comments_count.unwrap_or(0));
            #[allow(clippy::cast_precision_loss, reason = "a rate")]
            let recent = rate.recent as f64;
            WatchedVideo {
                id: post.platform_id.clone(),
                age: now.since(post.published_at),
                comments_per_hour: recent / hours,
                threads: u32::try_from(rate.threads).unwrap_or_default(),
                last_sweep: post.swept_at,
                unexplained: u32::try_from(unexplained).unwrap_or_default(),
            }
        })
        .collect();
    Watch {
        now,
        resets_at: ledger.resets_at(now),
        read_units: ledger.read_units(now),
        last: known.last,
        videos,
    }
}

/// Everything that looks remember between each other.
#[derive(Default)]
pub(super) struct Memory {
    pub unfinished: Unfinished,
    pub plans: Plans,
}
