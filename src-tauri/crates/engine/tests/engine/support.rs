//! An engine stepped by hand, with accounts, comments and a clock that a test sets.

use crate::platform::{OWN_ID, TestPlatform, everything};
use async_trait::async_trait;
use contract::ActionView;
use domain::draft::{BrandVoice, DraftOutcome, DraftRequest};
use domain::ports::{
    ClassifyInput, Clock, Drafter, Element, Embedder, IndexHit, IndexQuery, IndexRow, IndexSource,
    IndexSummary, LocalClassifier, PassageIndex, RemoteComment, SecretBackend, SecretStore, TextRole,
    VectorSpace,
};
use domain::{
    AccountId, ActionId, ActionKind, Classification, CommentId, Label, LabelScore, Language, ModelError,
    PlatformId, ProviderError, SearchError, SecretError, Timestamp,
};
use engine::outbox::OutboxWorker;
use engine::settings::Settings;
use engine::worker::Worker;
use engine::{Engine, Parts, Step};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use storage::{Lesson, NewAccount, NewAction, Storage};
use zeroize::Zeroizing;

pub const START: Timestamp = Timestamp(1_790_000_000_000);

#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(now.0)))
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// No test here comes by a model or an index.
struct Unused;

impl Embedder for Unused {
    fn space(&self) -> VectorSpace {
        VectorSpace {
            model: "none".to_owned(),
            dimensions: 1,
        }
    }

    fn embed(&self, _: TextRole, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        Ok(texts.iter().map(|_| vec![1.0]).collect())
    }
}

impl LocalClassifier for Unused {
    fn classify(&self, _: &[ClassifyInput]) -> Result<Vec<Classification>, ModelError> {
        Err(ModelError::Missing {
            path: "none".to_owned(),
        })
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
        Err(ProviderError::CutOff)
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
        Ok(IndexSummary {
            space: None,
            products: 0,
            passages: 0,
            fragments: 0,
        })
    }
}

#[async_trait]
impl SecretStore for Unused {
    fn backend(&self) -> SecretBackend {
        SecretBackend::SessionOnly
    }

    async fn get(&self, _: &str) -> Result<Option<Zeroizing<String>>, SecretError> {
        Ok(None)
    }

    async fn set(&self, _: &str, _: &str) -> Result<(), SecretError> {
        Ok(())
    }

    async fn delete(&self, _: &str) -> Result<(), SecretError> {
        Ok(())
    }
}

pub struct Desk {
    pub engine: Engine,
    pub clock: TestClock,
    pub platform: TestPlatform,
    pub account: AccountId,
    pub file: PathBuf,
    _folder: tempfile::TempDir,
}

pub async fn engine_on(file: &std::path::Path, clock: &TestClock) -> Engine {
    engine_with(file, clock, Arc::new(Unused)).await
}

pub async fn engine_with(file: &std::path::Path, clock: &TestClock, index: Arc<dyn PassageIndex>) -> Engine {
    let mut settings = Settings::default();
    settings.outbox.hold_seconds = 0;
    let unused = Arc::new(Unused);
    Engine::open(Parts {
        storage: Storage::open(file).await.unwrap(),
        clock: Arc::new(clock.clone()),
        embedder: unused.clone(),
        classifier: unused.clone(),
        drafter: unused.clone(),
        index,
        secrets: unused,
        voice: BrandVoice {
            brand: "Juniper".to_owned(),
            tone: "warm".to_owned(),
            default_language: Language::from("en"),
            link_hosts: Vec::new(),
        },
        settings,
    })
    .await
    .unwrap()
}

pub async fn desk() -> Desk {
    desk_with(TestPlatform::new(everything())).await
}

pub async fn desk_with(platform: TestPlatform) -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("workspace.db");
    let clock = TestClock(Arc::new(AtomicI64::new(START.0)));
    let engine = engine_on(&file, &clock).await;
    let account = add_account(&engine, OWN_ID, platform.clone()).await;
    platform.state().now = START.0;
    Desk {
        engine,
        clock,
        platform,
        account,
        file,
        _folder: folder,
    }
}

/// Every account is called `brand` on its platform: each has one of its own.
pub async fn add_account(engine: &Engine, name: &str, platform: TestPlatform) -> AccountId {
    let context = engine.context();
    let row = context
        .storage
        .upsert_account(NewAccount {
            platform: name.to_owned(),
            platform_id: PlatformId::from(OWN_ID),
            username: name.to_owned(),
            name: String::new(),
            simulated: true,
            now: context.now(),
        })
        .await
        .unwrap();
    context.connect(row.id, Arc::new(platform));
    row.id
}

pub fn written(id: &str, at: Timestamp) -> RemoteComment {
    RemoteComment {
        id: PlatformId::from(id),
        post_id: PlatformId::from("p1"),
        parent_id: None,
        author_id: Some(PlatformId(format!("author-{id}"))),
        author_username: Some(format!("author.{id}")),
        flagged_own: false,
        text: "What a lovely cream".to_owned(),
        published_at: at,
        edited_at: None,
        hidden: Some(false),
        like_count: None,
        reply_count: None,
        replies: Vec::new(),
        more_replies: None,
    }
}

/// A comment on the platform and here, waiting for a person.
pub async fn in_review(engine: &Engine, account: AccountId, platform: &TestPlatform, id: &str) -> CommentId {
    let context = engine.context();
    let now = context.now();
    let comment = written(id, Timestamp(now.0 - 60_000));
    platform.holds(comment.clone());
    let storage = &context.storage;
    let post = storage
        .ensure_post(account, &PlatformId::from("p1"), now)
        .await
        .unwrap();
    let report = storage
        .store_comments(account, post.id, vec![Element::Read(comment)], now)
        .await
        .unwrap();
    let new = report.new[0];
    classified(engine, new).await;
    new
}

/// As spam, so that it waits for a person without a draft.
pub async fn classified(engine: &Engine, comment: CommentId) {
    let context = engine.context();
    let storage = &context.storage;
    let score = LabelScore {
        label: Label::Spam,
        confidence: 0.9,
    };
    let classification = Classification {
        language: Language::from("en"),
        language_confidence: 0.9,
        labels: vec![score],
        best: score,
        reason: String::new(),
        model: "words-1".to_owned(),
    };
    let version = storage.comment_row(comment).await.unwrap().version;
    storage
        .save_taught_classification(
            comment,
            version,
            &classification,
            Lesson::default(),
            context.now(),
        )
        .await
        .unwrap();
}

pub async fn queue(engine: &Engine, comment: CommentId, kind: ActionKind, text: Option<&str>) -> ActionId {
    let context = engine.context();
    let version = context.storage.comment_row(comment).await.unwrap().version;
    let now = context.now();
    let queued = context
        .storage
        .queue_action(NewAction {
            comment_id: comment,
            version,
            kind,
            text: text.map(str::to_owned),
            reply: None,
            requested_by: "person".to_owned(),
            due_at: now,
            now,
        })
        .await
        .unwrap();
    ActionId(queued.id)
}

impl Desk {
    pub async fn in_review(&self, id: &str) -> CommentId {
        in_review(&self.engine, self.account, &self.platform, id).await
    }

    pub async fn classified(&self, comment: CommentId) {
        classified(&self.engine, comment).await;
    }

    pub async fn queue(&self, comment: CommentId, kind: ActionKind, text: Option<&str>) -> ActionId {
        queue(&self.engine, comment, kind, text).await
    }

    pub async fn version(&self, comment: CommentId) -> i64 {
        let storage = &self.engine.context().storage;
        storage.comment_row(comment).await.unwrap().version
    }

    pub async fn stage(&self, comment: CommentId) -> String {
        let storage = &self.engine.context().storage;
        storage.comment_row(comment).await.unwrap().stage
    }

    pub async fn shown(&self, action: ActionId) -> ActionView {
        let storage = &self.engine.context().storage;
        storage.action_view(action).await.unwrap()
    }

    pub async fn state(&self, action: ActionId) -> String {
        self.shown(action).await.state
    }

    pub fn wait(&self, span: Duration) {
        self.clock
            .0
            .fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
        self.platform.state().now = self.clock.now().0;
    }

    /// Steps of the outbox until nothing is due at this time.
    pub async fn work(&self) {
        let worker = OutboxWorker::new(self.engine.context().clone());
        while worker.try_next().await.unwrap() == Step::Worked {}
    }

    /// Works through the hours in steps of `step`.
    pub async fn work_for(&self, span: Duration, step: Duration) {
        let mut passed = Duration::ZERO;
        while passed < span {
            self.work().await;
            self.wait(step);
            passed += step;
        }
        self.work().await;
    }
}

impl Desk {
    pub fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }
}
