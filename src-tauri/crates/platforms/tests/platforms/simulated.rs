//! A simulator on loopback, and accounts that reach it as they would reach the platform.

use crate::support::config;
use domain::Timestamp;
use domain::ports::{Clock, Element, Page, RemoteComment};
use domain::quota::{QuotaBudget, QuotaLedger};
use platforms::ReadRetries;
use platforms::telegram::{DiscussionGroup, TelegramBot, TelegramBotConfig};
use platforms::youtube::oauth::{PageLanguage, SignIn, SignInConfig, SignInError};
use platforms::youtube::{
    GoogleEndpoints, GoogleTokens, OAuthClient, ProjectQuota, TokenSource, TokenSourceConfig,
};
use platforms::{
    FacebookConfig, FacebookPage, Instagram, InstagramConfig, Telegram, TelegramConfig, YouTube,
    YouTubeConfig,
};
use serde_json::{Value, json};
use simulator::{
    Fault, FaultKind, FaultMatch, Ledger, Seed, SeedAccount, SeedComment, SeedPicture, SeedPost, Simulator,
    SimulatorConfig,
};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use url::Url;
use zeroize::Zeroizing;

pub const VIDEO: &str = "simVideo-01";
pub const VIEWER: &str = "UCviewer0000000000000007";
/// 1 June 2026, 10:00 in Los Angeles: far from the end of the day.
const MORNING_MS: i64 = 1_780_333_200_000;
/// 13 August 2021: when what is seeded was written.
pub const WRITTEN_MS: i64 = 1_628_843_128_000;
/// Google's console makes client ids of the project's number and letters.
const PROJECT: &str = "4711";
const BEFORE_GIVING_UP: Duration = Duration::from_secs(20);

/// The time that the simulator has too.
pub struct SharedClock(AtomicI64);

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        let here = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let offset_ms = self.0.load(Ordering::SeqCst);
        Timestamp(i64::try_from(here.as_millis()).unwrap() + offset_ms)
    }
}

pub struct Simulated {
    simulator: Simulator,
    pub ledger: Ledger,
    pub clock: Arc<SharedClock>,
    http: reqwest::Client,
}

impl Simulated {
    pub async fn start(seed: Seed) -> Self {
        let bind = SocketAddr::from(([127, 0, 0, 1], 0));
        let simulator = Simulator::start(SimulatorConfig {
            bind,
            journal: None,
            seed,
        })
        .await
        .unwrap();
        let clock = Arc::new(SharedClock(AtomicI64::new(0)));
        let simulated = Self {
            ledger: simulator.ledger(),
            simulator,
            http: platforms::http_client(),
            clock,
        };
        let now_ms = simulated.clock.now().0;
        simulated.set_clock(MORNING_MS - now_ms).await;
        simulated
    }

    pub fn base_url(&self) -> Url {
        self.simulator.base_url().parse().unwrap()
    }

    /// Through the control API: what people on the platform do.
    pub async fn control(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/_control{path}", self.simulator.base_url());
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub async fn advance(&self, span: Duration) {
        let offset_ms = self.clock.0.load(Ordering::SeqCst) + i64::try_from(span.as_millis()).unwrap();
        self.set_clock(offset_ms).await;
    }

    async fn set_clock(&self, offset_ms: i64) {
        self.control("/clock", json!({ "offset_ms": offset_ms })).await;
        self.clock.0.store(offset_ms, Ordering::SeqCst);
    }

    /// Strikes the next call of this kind, once.
    pub fn strike(&self, method: &str, path: &str, kind: FaultKind) {
        let matches = FaultMatch {
            method: Some(method.to_owned()),
            path_contains: Some(path.to_owned()),
        };
        self.simulator.queue_fault(Fault::once(kind, matches));
    }

    /// The browser follows the redirect of the consent page, which agrees by itself.
    pub async fn sign_in(&self) -> Result<GoogleTokens, SignInError> {
        let sign_in = SignIn::prepare(SignInConfig {
            endpoints: GoogleEndpoints::below(&self.base_url()),
            client: oauth_client(),
            language: PageLanguage::English,
            clock: self.clock.clone(),
            http: self.http.clone(),
            timeout: BEFORE_GIVING_UP,
        })
        .await
        .unwrap();
        let consent = self.http.get(sign_in.address().clone()).send().await.unwrap();
        let back = consent.headers()["location"].to_str().unwrap().to_owned();
        let browser = async {
            let page = self.http.get(back).send().await.unwrap();
            page.text().await.unwrap()
        };
        tokio::join!(sign_in.finish(BEFORE_GIVING_UP), browser).0
    }

    /// The first channel of the seed, signed in, with the units of a project of its own.
    pub async fn youtube(&self) -> YouTube {
        self.youtube_with(QuotaBudget::default()).await
    }

    pub async fn youtube_with(&self, budget: QuotaBudget) -> YouTube {
        let endpoints = GoogleEndpoints::below(&self.base_url());
        let tokens = TokenSource::new(TokenSourceConfig {
            token_url: endpoints.token,
            client: oauth_client(),
            tokens: self.sign_in().await.unwrap(),
            keeper: None,
            clock: self.clock.clone(),
            http: self.http.clone(),
            timeout: BEFORE_GIVING_UP,
        });
        let quota = QuotaLedger::new(budget, self.clock.now());
        let config = YouTubeConfig {
            total_timeout: BEFORE_GIVING_UP,
            read_retries: soon(),
            read_back: soon(),
            ..YouTubeConfig::new(
                endpoints.api,
                Arc::new(tokens.unwrap()),
                Arc::new(ProjectQuota::new(quota)),
                self.clock.clone(),
                self.http.clone(),
            )
        };
        YouTube::new(config).unwrap()
    }

    pub fn instagram(&self) -> Instagram {
        self.instagram_with(&SeedAccount::sample().token)
    }

    pub fn instagram_with(&self, token: &str) -> Instagram {
        let account = SeedAccount::sample();
        let base = config(self.base_url().as_str(), crate::support::SetClock::new());
        Instagram::new(InstagramConfig {
            account_id: Some(account.id.into()),
            token: Zeroizing::new(token.to_owned()),
            ..base
        })
        .unwrap()
    }

    pub fn facebook(&self) -> FacebookPage {
        let account = SeedAccount::sample_page();
        let token = Zeroizing::new(account.token);
        FacebookPage::new(FacebookConfig {
            page_id: Some(account.id.into()),
            total_timeout: BEFORE_GIVING_UP,
            read_retries: soon(),
            ..FacebookConfig::new(
                self.base_url(),
                "v26.0",
                token,
                self.clock.clone(),
                self.http.clone(),
            )
        })
        .unwrap()
    }

    pub fn telegram(&self) -> Telegram {
        self.telegram_at(self.base_url())
    }

    /// With the sample's bot and group, wherever that leads.
    pub fn telegram_at(&self, base_url: Url) -> Telegram {
        let account = SeedAccount::sample_group();
        let group = DiscussionGroup {
            chat_id: account.id.parse().unwrap(),
            channel_id: account.app_scoped_id.parse().unwrap(),
        };
        let token = Zeroizing::new(account.token);
        Telegram::new(TelegramConfig {
            total_timeout: BEFORE_GIVING_UP,
            read_retries: soon(),
            ..TelegramConfig::new(base_url, token, group, self.clock.clone(), self.http.clone())
        })
        .unwrap()
    }

    pub fn bot(&self, token: &str) -> TelegramBot {
        TelegramBot::new(TelegramBotConfig {
            base_url: self.base_url(),
            token: Zeroizing::new(token.to_owned()),
            clock: self.clock.clone(),
            http: self.http.clone(),
            total_timeout: BEFORE_GIVING_UP,
            read_retries: soon(),
        })
        .unwrap()
    }

    /// Units that the platform charged to the client's project today, by method.
    pub fn charged(&self) -> BTreeMap<String, u64> {
        let days = self.simulator.quota();
        let of_project = days.into_iter().rfind(|day| day.project == PROJECT);
        let methods = of_project.map(|day| day.methods).unwrap_or_default();
        methods
            .into_iter()
            .map(|(method, used)| (method, used.units))
            .collect()
    }

    /// Calls that the platform turned away for the quota.
    pub fn turned_away(&self) -> u64 {
        let days = self.simulator.quota();
        days.iter()
            .flat_map(|day| day.methods.values())
            .map(|used| used.refused)
            .sum()
    }
}

fn oauth_client() -> OAuthClient {
    OAuthClient::new(
        format!("{PROJECT}-letters.apps.googleusercontent.com"),
        Zeroizing::new("GOCSPX-secret".to_owned()),
    )
}

fn soon() -> ReadRetries {
    ReadRetries {
        times: 2,
        first_delay: Duration::from_millis(1),
        longest_delay: Duration::from_millis(10),
    }
}

/// The sample channel with one video.
pub fn channel(comments: Vec<SeedComment>) -> Seed {
    let account = SeedAccount::sample_channel();
    Seed {
        posts: vec![video(VIDEO, &account.id)],
        accounts: vec![account],
        comments,
    }
}

pub fn video(id: &str, channel_id: &str) -> SeedPost {
    SeedPost {
        id: id.to_owned(),
        account_id: channel_id.to_owned(),
        caption: Some("How honey soap is made\nAll of it by hand.".to_owned()),
        media_type: "VIDEO".to_owned(),
        timestamp_ms: WRITTEN_MS,
        comments_enabled: true,
        picture: Some(SeedPicture {
            content_type: "image/png".to_owned(),
            bytes: b"\x89PNG\r\n\x1a\n....".to_vec(),
        }),
        ..SeedPost::default()
    }
}

/// Of a viewer, `minute` minutes after the video. Ids of replies are `<thread>.<suffix>`.
pub fn said(id: &str, minute: i64, text: &str) -> SeedComment {
    SeedComment {
        id: id.to_owned(),
        post_id: VIDEO.to_owned(),
        parent_id: id.split_once('.').map(|(thread, _)| thread.to_owned()),
        author_id: Some(VIEWER.to_owned()),
        username: Some("@ann".to_owned()),
        text: text.to_owned(),
        timestamp_ms: WRITTEN_MS + minute * 60_000,
        ..SeedComment::default()
    }
}

pub fn readable(page: Page<RemoteComment>) -> Vec<RemoteComment> {
    read_all(page.items)
}

pub fn read_all(items: Vec<Element<RemoteComment>>) -> Vec<RemoteComment> {
    let read = |item| match item {
        Element::Read(comment) => comment,
        Element::Malformed { raw, reason } => panic!("{reason}: {raw}"),
    };
    items.into_iter().map(read).collect()
}
