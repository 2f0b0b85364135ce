//! A context on a real database, and platforms in memory, for the tests of this module.
#![allow(clippy::unwrap_used)]

use super::{DraftsFrom, connect_account};
use crate::settings::Settings;
use crate::{Context, Parts};
use async_trait::async_trait;
use domain::draft::{DraftOutcome, DraftRequest};
use domain::ports::*;
use domain::quota::{QuotaLedger, SpendKind};
use domain::{
    BrandVoice, Capabilities, Classification, Label, LabelScore, Language, ModelError, PlatformError,
    PlatformId, ProviderError, SearchError, SecretError, Timestamp,
};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use storage::{AccountRow, Storage};
use tokio::sync::Notify;
use zeroize::Zeroizing;

pub const NOW: Timestamp = Timestamp(1_790_000_000_000);

pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.0, Ordering::SeqCst);
    }

    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Stands for every model: intake asks none of them.
struct Unused;

impl Embedder for Unused {
    fn space(&self) -> VectorSpace {
        VectorSpace {
            model: "none".to_owned(),
            dimensions: 1,
        }
    }

    fn embed(&self, _: TextRole, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        Ok(vec![vec![1.0]; texts.len()])
    }
}

impl LocalClassifier for Unused {
    fn classify(&self, inputs: &[ClassifyInput]) -> Result<Vec<Classification>, ModelError> {
        Ok(inputs.iter().map(|_| question()).collect())
    }

    fn detect_language(&self, _: &str) -> (Language, f32) {
        (Language::from("en"), 1.0)
    }

    fn model(&self) -> String {
        "none".to_owned()
    }
}

#[async_trait]
impl Drafter for Unused {
    async fn draft(&self, _: &DraftRequest) -> Result<DraftOutcome, ProviderError> {
        Err(ProviderError::OutOfCredit)
    }

    fn model(&self) -> String {
        "none".to_owned()
    }
}

#[async_trait]
impl PassageIndex for Unused {
    async fn upsert(&self, _: &VectorSpace, _: Vec<IndexRow>) -> Result<(), SearchError> {
        Ok(())
    }

    async fn remove(&self, _: &[IndexSource]) -> Result<(), SearchError> {
        Ok(())
    }

    async fn rebuild(&self, _: &VectorSpace, _: Vec<IndexRow>) -> Result<(), SearchError> {
        Ok(())
    }

    async fn search(&self, _: &VectorSpace, _: &IndexQuery) -> Result<Vec<IndexHit>, SearchError> {
        Ok(Vec::new())
    }

    async fn optimize(&self) -> Result<(), SearchError> {
        Ok(())
    }

    async fn summary(&self) -> Result<IndexSummary, SearchError> {
        Err(SearchError::Broken {
            detail: "there is none".to_owned(),
        })
    }
}

#[async_trait]
impl SecretStore for Unused {
    fn backend(&self) -> SecretBackend {
        SecretBackend::Unavailable
    }

    async fn get(&self, _: &str) -> Result<Option<Zeroizing<String>>, SecretError> {
        Ok(None)
    }

    async fn set(&self, _: &str, _: &str) -> Result<(), SecretError> {
        Err(SecretError::Locked)
    }

    async fn delete(&self, _: &str) -> Result<(), SecretError> {
        Ok(())
    }
}

pub fn question() -> Classification {
    let score = LabelScore {
        label: Label::Question,
        confidence: 0.9,
    };
    Classification {
        language: Language::from("en"),
        language_confidence: 1.0,
        labels: vec![score],
        best: score,
        reason: String::new(),
        model: "test".to_owned(),
    }
}

/// Posts with comments, newest first, two to a page.
#[derive(Default)]
pub struct Feed {
    /// Id and comments, newest first.
    pub posts: Mutex<Vec<(String, Vec<RemoteComment>)>>,
    /// Every call waits until this is notified.
    pub hangs: AtomicBool,
    pub released: Notify,
    pub signed_out: AtomicBool,
    pub calls: AtomicUsize,
    /// With one, the feed lists all posts together, and each call costs a unit of it.
    pub ledger: Mutex<Option<QuotaLedger>>,
    pub clock: Mutex<Option<Arc<TestClock>>>,
    /// Held for review by the platform.
    pub held: Mutex<Vec<RemoteComment>>,
}

const PAGE: usize = 2;

impl Feed {
    pub fn comment(&self, post: &str, id: &str, published_at: Timestamp) {
        let comment = remote(post, id, published_at);
        let mut posts = self.posts.lock().unwrap();
        match posts.iter_mut().find(|(known, _)| known == post) {
            Some((_, comments)) => comments.insert(0, comment),
            None => posts.push((post.to_owned(), vec![comment])),
        }
    }

    fn pay(&self, kind: SpendKind) -> Result<(), PlatformError> {
        let now = self.clock.lock().unwrap().as_ref().map(|clock| clock.now());
        match (self.ledger.lock().unwrap().as_mut(), now) {
            (Some(ledger), Some(now)) => ledger.spend(kind, now).map_err(|spent| PlatformError::Throttled {
                retry_after: Some(spent.resets_at.since(now)),
            }),
            _ => Ok(()),
        }
    }

    async fn answer(&self) -> Result<(), PlatformError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if self.hangs.load(Ordering::SeqCst) {
            self.released.notified().await;
            return Err(PlatformError::Unavailable {
                detail: "timed out".to_owned(),
            });
        }
        if self.signed_out.load(Ordering::SeqCst) {
            return Err(PlatformError::SignedOut {
                detail: "revoked".to_owned(),
            });
        }
        Ok(())
    }
}

pub fn remote(post: &str, id: &str, published_at: Timestamp) -> RemoteComment {
    RemoteComment {
        id: PlatformId::from(id),
        post_id: PlatformId::from(post),
        parent_id: None,
        author_id: Some(PlatformId::from("guest")),
        author_username: Some("guest".to_owned()),
        flagged_own: false,
        text: "How much is it?".to_owned(),
        published_at,
        edited_at: None,
        hidden: Some(false),
        like_count: None,
        reply_count: None,
        replies: Vec::new(),
        more_replies: None,
    }
}

#[async_trait]
impl CommentSource for Feed {
    fn quota(&self) -> Option<QuotaLedger> {
        self.ledger.lock().unwrap().clone()
    }

    async fn account_comments(
        &self,
        visibility: Visibility,
        after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        self.answer().await?;
        let mut all: Vec<RemoteComment> = match visibility {
            Visibility::Published => {
                self.pay(SpendKind::ListThreads)?;
                let posts = self.posts.lock().unwrap();
                posts.iter().flat_map(|(_, comments)| comments.clone()).collect()
            }
            Visibility::HeldForReview => {
                self.pay(SpendKind::ListHeld)?;
                self.held.lock().unwrap().clone()
            }
            Visibility::LikelySpam => Vec::new(),
        };
        all.sort_by_key(|comment| std::cmp::Reverse(comment.published_at));
        let from = after.map_or(0, |cursor| cursor.parse().unwrap());
        let next = (from + PAGE < all.len()).then(|| (from + PAGE).to_string());
        let page = all.into_iter().skip(from).take(PAGE).map(Element::Read).collect();
        Ok(Page { items: page, next })
    }

    async fn profile(&self) -> Result<RemoteProfile, PlatformError> {
        Err(PlatformError::not_supported("tell who it is"))
    }

    async fn posts(&self, _: Option<&str>) -> Result<Page<RemotePost>, PlatformError> {
        self.answer().await?;
        self.pay(SpendKind::ListVideos)?;
        let posts = self.posts.lock().unwrap();
        let items = posts
            .iter()
            .enumerate()
            .map(|(at, (id, comments))| {
                Element::Read(RemotePost {
                    id: PlatformId::from(id.as_str()),
                    caption: None,
                    kind: "IMAGE".to_owned(),
                    permalink: None,
                    picture_url: None,
                    published_at: NOW.minus(Duration::from_secs(86_400 * (at as u64 + 1))),
                    comments_count: i64::try_from(comments.len()).ok(),
                    like_count: None,
                    comments_enabled: None,
                })
            })
            .collect();
        Ok(Page { items, next: None })
    }

    async fn comments(
        &self,
        post: &PlatformId,
        after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        self.answer().await?;
        self.pay(SpendKind::ListThreads)?;
        let posts = self.posts.lock().unwrap();
        let (_, comments) = posts.iter().find(|(id, _)| id == post.as_str()).unwrap();
        // The cursor names the last comment of the page before it, as the Graph's do.
        let from = after.map_or(0, |last| {
            1 + comments.iter().position(|c| c.id.as_str() == last).unwrap()
        });
        let page: Vec<RemoteComment> = comments.iter().skip(from).take(PAGE).cloned().collect();
        let next = (from + page.len() < comments.len()).then(|| page.last().unwrap().id.0.clone());
        Ok(Page {
            items: page.into_iter().map(Element::Read).collect(),
            next,
        })
    }

    async fn replies(
        &self,
        _: &PlatformId,
        _: &PlatformId,
        _: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        Err(PlatformError::not_supported("list replies"))
    }

    async fn comment(&self, id: &PlatformId) -> Result<Option<RemoteComment>, PlatformError> {
        self.answer().await?;
        let posts = self.posts.lock().unwrap();
        Ok(posts
            .iter()
            .flat_map(|(_, all)| all)
            .find(|c| c.id == *id)
            .cloned())
    }

    async fn picture(&self, _: &str, _: usize) -> Result<(Vec<u8>, String), PlatformError> {
        Err(PlatformError::not_supported("show pictures"))
    }
}

#[async_trait]
impl ActionSink for Feed {
    async fn reply(&self, _: &PlatformId, _: &str) -> Result<PlatformId, PlatformError> {
        Err(PlatformError::not_supported("reply"))
    }

    async fn set_hidden(&self, _: &PlatformId, _: bool) -> Result<(), PlatformError> {
        Err(PlatformError::not_supported("hide"))
    }

    async fn delete(&self, _: &PlatformId) -> Result<(), PlatformError> {
        Err(PlatformError::not_supported("delete"))
    }

    fn max_reply_chars(&self) -> usize {
        100
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            lists_whole_account: self.ledger.lock().unwrap().is_some(),
            ..Capabilities::replies_only(100)
        }
    }
}

pub struct Desk {
    pub context: Context,
    pub clock: Arc<TestClock>,
    folder: tempfile::TempDir,
}

impl Desk {
    pub async fn new() -> Self {
        Self::in_folder(
            tempfile::tempdir().unwrap(),
            Arc::new(TestClock(AtomicI64::new(NOW.0))),
        )
        .await
    }

    /// The app ended and started again; nothing is connected yet.
    pub async fn restarted(self) -> Self {
        self.context.storage.close().await;
        Self::in_folder(self.folder, self.clock).await
    }

    async fn in_folder(folder: tempfile::TempDir, clock: Arc<TestClock>) -> Self {
        let context = Context::new(Parts {
            storage: Storage::open(&folder.path().join("workspace.db")).await.unwrap(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            embedder: Arc::new(Unused),
            classifier: Arc::new(Unused),
            drafter: Arc::new(Unused),
            index: Arc::new(Unused),
            secrets: Arc::new(Unused),
            voice: BrandVoice {
                brand: "Oakmere".to_owned(),
                tone: "plain".to_owned(),
                default_language: Language::from("en"),
                link_hosts: Vec::new(),
            },
            settings: Settings::default(),
        });
        Self {
            context,
            clock,
            folder,
        }
    }

    pub async fn connect(&self, name: &str, feed: &Arc<Feed>, from: DraftsFrom) -> AccountRow {
        let profile = RemoteProfile {
            id: PlatformId::from(name),
            username: name.to_owned(),
            name: None,
        };
        let platform = Arc::clone(feed) as Arc<dyn Platform>;
        connect_account(&self.context, "instagram", profile, platform, true, from)
            .await
            .unwrap()
    }

    pub async fn account(&self, name: &str) -> AccountRow {
        let accounts = self.context.storage.accounts().await.unwrap();
        accounts.into_iter().find(|row| row.username == name).unwrap()
    }

    /// People's comments stored of everything.
    pub async fn stored(&self) -> i64 {
        self.context.storage.status().await.unwrap().comments
    }

    pub async fn classify_all(&self) {
        let storage = &self.context.storage;
        let now = self.context.now();
        loop {
            let claimed = storage
                .claim_to_classify(100, now, Duration::from_secs(60))
                .await
                .unwrap();
            if claimed.is_empty() {
                return;
            }
            for comment in claimed {
                storage
                    .save_classification(comment.id, comment.version, &question(), now)
                    .await
                    .unwrap();
            }
        }
    }

    pub async fn in_stage(&self, stage: domain::Stage) -> i64 {
        let stages = self.context.storage.status().await.unwrap().by_stage;
        stages.get(stage.as_str()).copied().unwrap_or(0)
    }
}
