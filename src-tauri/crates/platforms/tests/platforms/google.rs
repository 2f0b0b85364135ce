//! A YouTube account to test with, and its recorded bodies.

use crate::support::SetClock;
use async_trait::async_trait;
use domain::error::SecretError;
use domain::ports::{Clock, Element, Page, SecretBackend, SecretStore};
use domain::quota::{QuotaBudget, QuotaLedger};
use platforms::ReadRetries;
use platforms::youtube::{
    GoogleEndpoints, GoogleTokens, OAuthClient, ProjectQuota, TokenKeeper, TokenSource, TokenSourceConfig,
};
use platforms::{YouTube, YouTubeConfig};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};
use zeroize::Zeroizing;

pub const CHANNEL: &str = "UCmine";
pub const ACCESS: &str = "ya29.canary-access";
pub const FRESH: &str = "ya29.canary-fresh";
pub const REFRESH: &str = "1//canary-refresh";
pub const SECRET: &str = "GOCSPX-canary-secret";
pub const THREADS: &str = "/youtube/v3/commentThreads";
pub const COMMENTS: &str = "/youtube/v3/comments";
pub const MODERATE: &str = "/youtube/v3/comments/setModerationStatus";
pub const TOKEN: &str = "/token";

/// Everything that an account of a simulator needs.
pub struct Google {
    pub clock: Arc<SetClock>,
    pub quota: Arc<ProjectQuota>,
    pub tokens: Arc<TokenSource>,
    pub store: Arc<Secrets>,
    pub config: YouTubeConfig,
}

impl Google {
    pub fn at(base: &str) -> Self {
        Self::with_token_life(base, Duration::from_secs(3_599))
    }

    pub fn with_token_life(base: &str, life: Duration) -> Self {
        let endpoints = GoogleEndpoints::below(&Url::parse(base).unwrap());
        let clock = SetClock::new();
        let store = Arc::new(Secrets::default());
        let http = platforms::http_client();
        let tokens = TokenSource::new(TokenSourceConfig {
            token_url: endpoints.token,
            client: client(),
            tokens: tokens(clock.now().plus(life)),
            keeper: Some(TokenKeeper {
                store: store.clone(),
                name: "youtube/UCmine".to_owned(),
            }),
            clock: clock.clone(),
            http: http.clone(),
            timeout: Duration::from_secs(20),
        });
        let tokens = Arc::new(tokens.unwrap());
        let quota = Arc::new(ProjectQuota::new(QuotaLedger::new(
            QuotaBudget::default(),
            clock.now(),
        )));
        let soon = ReadRetries {
            times: 2,
            first_delay: Duration::from_millis(1),
            longest_delay: Duration::from_millis(10),
        };
        let config = YouTubeConfig {
            channel_id: Some(CHANNEL.into()),
            total_timeout: Duration::from_secs(20),
            read_retries: soon,
            read_back: soon,
            ..YouTubeConfig::new(endpoints.api, tokens.clone(), quota.clone(), clock.clone(), http)
        };
        Self {
            clock,
            quota,
            tokens,
            store,
            config,
        }
    }

    pub fn youtube(self) -> YouTube {
        YouTube::new(self.config).unwrap()
    }
}

pub fn youtube(base: &str) -> YouTube {
    Google::at(base).youtube()
}

pub fn client() -> OAuthClient {
    OAuthClient::new("client-1", Zeroizing::new(SECRET.to_owned()))
}

pub fn tokens(expires_at: domain::Timestamp) -> GoogleTokens {
    GoogleTokens {
        access: Zeroizing::new(ACCESS.to_owned()),
        expires_at,
        refresh: Zeroizing::new(REFRESH.to_owned()),
        scopes: Vec::new(),
    }
}

/// A store that keeps in memory and may refuse.
#[derive(Default)]
pub struct Secrets {
    pub kept: Mutex<HashMap<String, String>>,
    pub locked: bool,
}

#[async_trait]
impl SecretStore for Secrets {
    fn backend(&self) -> SecretBackend {
        SecretBackend::SessionOnly
    }

    async fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, SecretError> {
        Ok(self.kept.lock().unwrap().get(name).cloned().map(Zeroizing::new))
    }

    async fn set(&self, name: &str, value: &str) -> Result<(), SecretError> {
        if self.locked {
            return Err(SecretError::Locked);
        }
        self.kept
            .lock()
            .unwrap()
            .insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<(), SecretError> {
        self.kept.lock().unwrap().remove(name);
        Ok(())
    }
}

pub fn json(body: impl Into<Vec<u8>>) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

/// The error envelope, with HTML in its message as Google writes it.
pub fn fault(status: u16, reason: &str) -> ResponseTemplate {
    let body = format!(
        r#"{{"error":{{"code":{status},"message":"said <b>of</b> {ACCESS}","errors":[
           {{"message":"m","domain":"youtube.x","reason":"{reason}"}}]}}}}"#
    );
    ResponseTemplate::new(status).set_body_raw(body, "application/json")
}

pub async fn serve(server: &MockServer, verb: &str, at: &str, answer: ResponseTemplate) {
    Mock::given(method(verb))
        .and(path(at))
        .respond_with(answer)
        .mount(server)
        .await;
}

/// Exactly once, and nothing else of that verb.
pub async fn serve_once(server: &MockServer, verb: &str, at: &str, answer: ResponseTemplate) {
    Mock::given(method(verb))
        .and(path(at))
        .respond_with(answer)
        .expect(1)
        .mount(server)
        .await;
}

pub fn recorded(file: &str) -> String {
    let path = format!(
        "{}/../../../../shared/fixtures/{file}",
        std::env::var("CARGO_MANIFEST_DIR").unwrap()
    );
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub fn recorded_api(file: &str) -> String {
    recorded(&format!("python-youtube/testdata/apidata/{file}"))
}

pub fn readable<T>(page: &Page<T>) -> Vec<&T> {
    page.items
        .iter()
        .map(|item| match item {
            Element::Read(read) => read,
            Element::Malformed { raw, reason } => panic!("{reason}: {raw}"),
        })
        .collect()
}

/// `{"items":[…]}` of comments as they are given by id: without a status.
pub fn comments_by_id(comments: &[(&str, &str)]) -> String {
    let items: Vec<String> = comments
        .iter()
        .map(|(id, author)| {
            format!(
                r#"{{"id":"{id}","snippet":{{"authorChannelId":{{"value":"{author}"}},"textOriginal":"t",
                   "publishedAt":"2026-01-01T10:00:00Z","updatedAt":"2026-01-01T10:00:00Z"}}}}"#
            )
        })
        .collect();
    format!(r#"{{"items":[{}]}}"#, items.join(","))
}

/// `{"items":[…]}` of threads; `fields` go into the comment's snippet.
pub fn threads(of: &[(&str, &str)], public: bool) -> String {
    let items: Vec<String> = of
        .iter()
        .map(|(id, fields)| {
            format!(
                r#"{{"id":"{id}","snippet":{{"videoId":"V1","totalReplyCount":0,"isPublic":{public},
                   "topLevelComment":{{"id":"{id}","snippet":{{"publishedAt":"2026-01-01T10:00:00Z",
                   "textOriginal":"t","authorChannelId":{{"value":"UCother"}}{fields}}}}}}}}}"#
            )
        })
        .collect();
    format!(r#"{{"items":[{}]}}"#, items.join(","))
}

pub const EMPTY: &str = r#"{"kind":"youtube#commentListResponse","items":[]}"#;
