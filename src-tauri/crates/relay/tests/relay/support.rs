//! A context on a real database, an Instagram account and a page on the simulator, and a receiver that is subscribed.

use async_trait::async_trait;
use domain::draft::{BrandVoice, DraftOutcome, DraftRequest};
use domain::ports::*;
use domain::{
    Classification, CommentId, Language, ModelError, PlatformId, ProviderError, SearchError, SecretError,
    Timestamp,
};
use engine::intake::{DraftsFrom, connect_account};
use engine::settings::Settings;
use engine::worker::Worker;
use engine::{Context, Parts, Step};
use hmac::{Hmac, KeyInit, Mac};
use platforms::{FacebookConfig, FacebookPage, Instagram, InstagramConfig, ReadRetries};
use relay::{DeliveryWorker, PATH, Relay, RelayConfig};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::Sha256;
use simulator::{Seed, SeedAccount, SeedPost, Simulator, SimulatorConfig};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use storage::{AccountRow, Storage};
use url::Url;
use zeroize::Zeroizing;

pub const POST: &str = "17896000000000010";
pub const VERIFY_TOKEN: &str = "canary verify token";
pub const APP_SECRET: &str = "canary app secret";
/// Of the Meta app: kept beside the other, and it signs as well.
pub const OTHER_SECRET: &str = "canary other secret";
const RETRIES: ReadRetries = ReadRetries {
    times: 0,
    first_delay: Duration::ZERO,
    longest_delay: Duration::ZERO,
};

/// Starts at the machine's time, which the simulator goes by, and stands still until it is moved.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    fn new() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let now = i64::try_from(since.as_millis()).unwrap();
        Self(Arc::new(AtomicI64::new(now)))
    }

    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap();
        self.0.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Stands for every model: nothing here asks one.
struct Unused;

impl Embedder for Unused {
    fn space(&self) -> VectorSpace {
        VectorSpace {
            model: "none".to_owned(),
            dimensions: 1,
        }
    }

    fn embed(&self, _: TextRole, _: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        Err(no_model())
    }
}

impl LocalClassifier for Unused {
    fn classify(&self, _: &[ClassifyInput]) -> Result<Vec<Classification>, ModelError> {
        Err(no_model())
    }

    fn detect_language(&self, _: &str) -> (Language, f32) {
        (Language::from("en"), 1.0)
    }

    fn model(&self) -> String {
        "none".to_owned()
    }
}

fn no_model() -> ModelError {
    ModelError::Missing {
        path: "none".to_owned(),
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

/// Keeps what the receiver asks for.
struct Kept;

#[async_trait]
impl SecretStore for Kept {
    fn backend(&self) -> SecretBackend {
        SecretBackend::SessionOnly
    }

    async fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, SecretError> {
        let kept = match name {
            relay::VERIFY_TOKEN => VERIFY_TOKEN.to_owned(),
            relay::APP_SECRETS => format!("{OTHER_SECRET}\n\n {APP_SECRET} \n"),
            _ => return Ok(None),
        };
        Ok(Some(Zeroizing::new(kept)))
    }

    async fn set(&self, _: &str, _: &str) -> Result<(), SecretError> {
        Err(SecretError::Locked)
    }

    async fn delete(&self, _: &str) -> Result<(), SecretError> {
        Err(SecretError::Locked)
    }
}

pub async fn context_on(file: &Path, clock: &TestClock) -> Context {
    let unused = Arc::new(Unused);
    let mut settings = Settings::default();
    settings.outbox.hold_seconds = 0;
    Context::new(Parts {
        storage: Storage::open(file).await.unwrap(),
        clock: Arc::new(clock.clone()),
        embedder: unused.clone(),
        classifier: unused.clone(),
        drafter: unused.clone(),
        index: unused,
        secrets: Arc::new(Kept),
        voice: BrandVoice {
            brand: "Juniper".to_owned(),
            tone: "warm".to_owned(),
            default_language: Language::from("en"),
            link_hosts: Vec::new(),
        },
        settings,
    })
}

/// Listens on any free port.
pub async fn listen(context: &Context) -> Relay {
    let config = RelayConfig::from_secrets(0, context.secrets.as_ref())
        .await
        .unwrap();
    Relay::listen(context.clone(), config).await.unwrap()
}

/// Until nothing is due.
pub async fn read_all(context: &Context) {
    let worker = DeliveryWorker::new(context.clone());
    while worker.try_next().await.unwrap() == Step::Worked {}
}

pub fn signed(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

pub struct Desk {
    pub simulator: Simulator,
    pub context: Context,
    pub clock: TestClock,
    pub relay: Relay,
    pub account: AccountRow,
    pub page: AccountRow,
    /// Under which the page's comments stand.
    pub page_post: String,
    pub file: PathBuf,
    pub client: reqwest::Client,
    _folder: tempfile::TempDir,
}

fn post(id: &str, account: &SeedAccount) -> SeedPost {
    SeedPost {
        id: id.to_owned(),
        account_id: account.id.clone(),
        timestamp_ms: 1_700_000_000_000,
        comments_enabled: true,
        ..SeedPost::default()
    }
}

impl Desk {
    pub async fn new() -> Self {
        let (brand, page) = (SeedAccount::sample(), SeedAccount::sample_page());
        let page_post = format!("{}_77", page.id);
        let seed = Seed {
            posts: vec![post(POST, &brand), post(&page_post, &page)],
            accounts: vec![brand.clone(), page.clone()],
            comments: Vec::new(),
        };
        let bind = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = SimulatorConfig {
            bind,
            journal: None,
            seed,
        };
        let simulator = Simulator::start(config).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("workspace.db");
        let clock = TestClock::new();
        let context = context_on(&file, &clock).await;
        let base_url = simulator.base_url();
        let account = connect_instagram(&context, &base_url, &brand, &clock).await;
        let page = connect_page(&context, &base_url, &page, &clock).await;
        let relay = listen(&context).await;
        let desk = Self {
            simulator,
            context,
            clock,
            relay,
            account,
            page,
            page_post,
            file,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            _folder: folder,
        };
        let subscription = json!({
            "url": desk.url(), "app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN, "retry_pauses_ms": [0],
        });
        desk.control("/webhooks", subscription).await;
        desk
    }

    pub fn url(&self) -> String {
        format!("http://{}{PATH}", self.relay.address())
    }

    pub async fn control(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/_control{path}", self.simulator.base_url());
        let answer = self.client.post(url).json(&body).send().await.unwrap();
        let status = answer.status();
        let said = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status}: {said}");
        serde_json::from_str(&said).unwrap()
    }

    pub async fn fail_deliveries(&self, faults: Value) {
        self.control("/webhooks/faults", faults).await;
    }

    /// People comment under the post of the Instagram account, all at once.
    pub async fn comment(&self, ids: &[&str]) {
        let new: Vec<Value> = ids
            .iter()
            .map(|id| {
                json!({"post_id": POST, "id": id, "author_id": "990000000000000007", "username": "bo",
                       "text": "Сколько стоит? 😀"})
            })
            .collect();
        self.control("/comments", Value::Array(new)).await;
    }

    /// What was pushed has arrived or was given up, and what arrived was read.
    pub async fn settle(&self) {
        self.simulator.webhooks_settled().await;
        read_all(&self.context).await;
    }

    pub async fn deliver(&self, secret: &str, body: impl Into<Vec<u8>>) -> StatusCode {
        let body = body.into();
        let request = self
            .client
            .post(self.url())
            .header("x-hub-signature-256", signed(secret, &body));
        request.body(body).send().await.unwrap().status()
    }

    pub async fn find(&self, account: &AccountRow, id: &str) -> Option<CommentId> {
        let storage = &self.context.storage;
        storage
            .find_comment(account.id, &PlatformId::from(id))
            .await
            .unwrap()
    }

    pub async fn text_of(&self, account: &AccountRow, id: &str) -> String {
        let id = self.find(account, id).await.unwrap();
        self.context.storage.comment_row(id).await.unwrap().text
    }

    /// People's comments that are stored.
    pub async fn stored(&self) -> i64 {
        self.context.storage.status().await.unwrap().comments
    }
}

pub fn instagram(base_url: &str, account: &SeedAccount, clock: &TestClock) -> Instagram {
    let token = Zeroizing::new(account.token.clone());
    Instagram::new(InstagramConfig {
        account_id: Some(PlatformId::from(account.id.as_str())),
        clock: Arc::new(clock.clone()),
        read_retries: RETRIES,
        ..InstagramConfig::new(Url::parse(base_url).unwrap(), "v26.0", token)
    })
    .unwrap()
}

async fn connect_instagram(
    context: &Context,
    base_url: &str,
    account: &SeedAccount,
    clock: &TestClock,
) -> AccountRow {
    let platform = instagram(base_url, account, clock);
    let profile = platform.profile().await.unwrap();
    let everything = DraftsFrom::Everything;
    connect_account(
        context,
        "instagram",
        profile,
        Arc::new(platform),
        true,
        everything,
    )
    .await
    .unwrap()
}

async fn connect_page(
    context: &Context,
    base_url: &str,
    page: &SeedAccount,
    clock: &TestClock,
) -> AccountRow {
    let token = Zeroizing::new(page.token.clone());
    let platform = FacebookPage::new(FacebookConfig {
        page_id: Some(PlatformId::from(page.id.as_str())),
        read_retries: RETRIES,
        ..FacebookConfig::new(
            Url::parse(base_url).unwrap(),
            "v26.0",
            token,
            Arc::new(clock.clone()),
            platforms::http_client(),
        )
    })
    .unwrap();
    let profile = platform.profile().await.unwrap();
    let everything = DraftsFrom::Everything;
    connect_account(context, "facebook", profile, Arc::new(platform), true, everything)
        .await
        .unwrap()
}
