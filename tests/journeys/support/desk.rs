//! The engine with its real adapters, stepped by hand on a clock that the journey moves.

use super::platform::{Platform, TOKEN};
use contract::{ActionView, CommentDetail, CommentRow, ListComments, QueueName, SortOrder};
use domain::draft::ProductFacts;
use domain::ports::{Clock, CommentSource as _, SecretStore};
use domain::{ActionState, BrandVoice, CommentId, Language, Timestamp};
use engine::intake::{Depth, SyncReport};
use engine::local_drafter::LocalDrafter;
use engine::settings::Settings;
use engine::{Engine, EngineError, Parts, intake, knowledge};
use platforms::instagram::ReadRetries;
use platforms::{Instagram, InstagramConfig};
use search_index::LanceIndex;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use storage::{AccountRow, Storage};
use zeroize::Zeroizing;

/// The machine's clock, moved on by a journey.
#[derive(Default)]
pub struct MovableClock {
    ahead_ms: AtomicI64,
    /// How far it is from the platform's, which nobody set.
    wrong_by_ms: AtomicI64,
}

impl MovableClock {
    /// As when a person, or the network, sets the clock of the computer.
    pub fn set_ahead(&self, by: Duration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap();
        self.wrong_by_ms.fetch_add(by_ms, Ordering::SeqCst);
    }

    fn passed_ms(&self) -> i64 {
        super::platform::now_ms() + self.ahead_ms.load(Ordering::SeqCst)
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.passed_ms() + self.wrong_by_ms.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.passed_ms()).unwrap())
    }
}

pub struct Desk {
    pub platform: Platform,
    pub engine: Engine,
    pub account: AccountRow,
    pub clock: Arc<MovableClock>,
    pub folder: tempfile::TempDir,
}

/// Nothing held, a second to settle: what a journey wants unless it says otherwise.
pub fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.outbox.hold_seconds = 0;
    settings.outbox.settle_seconds = 1;
    settings
}

/// Three pans of the fictional brand.
pub fn products() -> Vec<ProductFacts> {
    [
        ("SK-20", "Skillet 20", "64.00"),
        ("SK-26", "Skillet 26", "89.00"),
        ("SK-30", "Skillet 30", "109.00"),
    ]
    .into_iter()
    .map(|(sku, name, price)| ProductFacts {
        sku: sku.to_owned(),
        name: name.to_owned(),
        category: "cookware".to_owned(),
        price: Some(price.to_owned()),
        currency: Some("EUR".to_owned()),
        availability: Some("in_stock".to_owned()),
        materials: Some("cast iron".to_owned()),
        description: Some("A cast-iron skillet for gas, ceramic and induction hobs.".to_owned()),
        ..ProductFacts::default()
    })
    .collect()
}

pub const DELIVERY: &str = "# Delivery\n\n## [en] Delivery\n\n### How long delivery takes\n\
    Delivery to Portugal and Spain takes 2–3 working days. Delivery to the rest of the EU takes 4–6 working days.\n\n\
    ### Where orders ship from\nEvery order is packed by hand and ships from our warehouse in Lisbon, Portugal.\n";

impl Desk {
    pub async fn open(platform: Platform) -> Self {
        Self::open_with(platform, settings()).await
    }

    pub async fn open_with(platform: Platform, settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(MovableClock::default());
        let engine = engine_in(&folder, &clock, settings).await;
        knowledge::replace_products(engine.context(), products())
            .await
            .unwrap();
        knowledge::replace_document(engine.context(), "delivery.md", DELIVERY)
            .await
            .unwrap();
        let account = connect(&engine, &platform, &clock).await;
        Self {
            platform,
            engine,
            account,
            clock,
            folder,
        }
    }

    /// Closes the engine and opens another one on the same data.
    pub async fn reopen(self) -> Self {
        let settings = self.engine.context().settings_now();
        self.engine.stop().await;
        let engine = engine_in(&self.folder, &self.clock, settings).await;
        let account = connect(&engine, &self.platform, &self.clock).await;
        Self {
            engine,
            account,
            ..self
        }
    }

    pub fn storage(&self) -> &Storage {
        &self.engine.context().storage
    }

    /// An ordinary look at the platform.
    pub async fn look(&self) -> SyncReport {
        self.looked(Depth::Incremental).await
    }

    /// Reads every post to its end.
    pub async fn sweep(&self) -> SyncReport {
        self.looked(Depth::Full).await
    }

    async fn looked(&self, depth: Depth) -> SyncReport {
        let mut looks = self.engine.sync_fully(depth).await.unwrap();
        looks.remove(0).outcome.unwrap()
    }

    /// Steps every worker until nothing is due.
    pub async fn work(&self) {
        self.engine.drain().await.unwrap();
    }

    /// Moves the desk's clock and the platform's together.
    pub async fn advance(&self, by: Duration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap();
        self.clock.ahead_ms.fetch_add(by_ms, Ordering::SeqCst);
        self.platform.advance_clock(by).await;
    }

    /// Works and moves the clock on, at most `most` times a minute, until no action is live.
    pub async fn settle_actions(&self, most: u32) {
        for _ in 0..most {
            self.work().await;
            if self.storage().live_actions().await.unwrap() == 0 {
                return;
            }
            self.advance(Duration::from_secs(60)).await;
        }
        let live = self.engine.outbox().await.unwrap().live;
        panic!("actions are still live after {most} minutes: {live:#?}");
    }

    pub async fn find(&self, comment: &str) -> Option<CommentId> {
        self.storage()
            .find_comment(self.account.id, &comment.into())
            .await
            .unwrap()
    }

    pub async fn card(&self, comment: &str) -> CommentDetail {
        let id = self
            .find(comment)
            .await
            .unwrap_or_else(|| panic!("comment {comment} is stored"));
        self.engine.comment(id).await.unwrap()
    }

    pub async fn stage(&self, comment: &str) -> String {
        self.card(comment).await.row.stage
    }

    /// A person approves `text` on the card as it stands.
    pub async fn approve(&self, comment: &str, text: &str) -> Result<ActionView, EngineError> {
        let row = self.card(comment).await.row;
        self.engine.approve(CommentId(row.id), row.version, text).await
    }

    pub async fn hide(&self, comment: &str) -> ActionView {
        let row = self.card(comment).await.row;
        self.engine.hide(CommentId(row.id), row.version).await.unwrap()
    }

    /// The newest action of the comment.
    pub async fn action(&self, comment: &str) -> ActionView {
        self.card(comment).await.actions.into_iter().next().unwrap()
    }

    pub async fn action_state(&self, comment: &str) -> ActionState {
        self.action(comment).await.state.parse().unwrap()
    }

    pub async fn queue(&self, queue: QueueName) -> Vec<CommentRow> {
        let page = self.engine.list_comments(&everything_in(queue)).await.unwrap();
        page.rows
    }
}

pub fn everything_in(queue: QueueName) -> ListComments {
    ListComments {
        queue,
        account_id: None,
        search: None,
        label: None,
        sort: SortOrder::MostUrgent,
        after: None,
        limit: 200,
        fold: false,
    }
}

async fn engine_in(folder: &tempfile::TempDir, clock: &Arc<MovableClock>, settings: Settings) -> Engine {
    let models = headless::models::load(&headless::folders::models_folder(None)).unwrap();
    Engine::open(Parts {
        storage: Storage::open(&folder.path().join("moderato.db")).await.unwrap(),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        embedder: models.embedder,
        classifier: models.classifier,
        drafter: Arc::new(LocalDrafter),
        index: Arc::new(LanceIndex::open(&folder.path().join("index")).await.unwrap()),
        secrets: Arc::new(::secrets::SessionStore::default()) as Arc<dyn SecretStore>,
        voice: BrandVoice {
            brand: "Oakmere".to_owned(),
            tone: "warm".to_owned(),
            default_language: Language::from("en"),
            link_hosts: vec!["oakmere.example".to_owned()],
        },
        settings,
    })
    .await
    .unwrap()
}

async fn connect(engine: &Engine, platform: &Platform, clock: &Arc<MovableClock>) -> AccountRow {
    let stranger = instagram(platform, clock, None);
    let profile = stranger.profile().await.unwrap();
    let known = Arc::new(instagram(platform, clock, Some(profile.id.clone())));
    let all = intake::DraftsFrom::Everything;
    intake::connect_account(engine.context(), "instagram", profile, known, true, all)
        .await
        .unwrap()
}

fn instagram(
    platform: &Platform,
    clock: &Arc<MovableClock>,
    account: Option<domain::PlatformId>,
) -> Instagram {
    let token = Zeroizing::new(TOKEN.to_owned());
    let usual = InstagramConfig::new(platform.url().parse().unwrap(), "v26.0", token);
    Instagram::new(InstagramConfig {
        account_id: account,
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        total_timeout: Duration::from_secs(5),
        read_retries: ReadRetries {
            first_delay: Duration::from_millis(1),
            ..ReadRetries::default()
        },
        ..usual
    })
    .unwrap()
}
