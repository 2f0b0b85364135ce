//! The simulator with one account, driven through its control API as people and networks would.

use serde_json::{Value, json};
use simulator::{Ledger, Seed, SeedAccount, SeedComment, SeedPost, Simulator, SimulatorConfig};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The brand's own id on the platform.
pub const ACCOUNT: &str = "17841400000000777";
pub const BRAND_USERNAME: &str = "oakmere";
/// A canary: found in plain text anywhere on the disk, it has leaked.
pub const TOKEN: &str = "IGCANARYTOKEN7f3a91c0d25e4b68";
pub const POST: &str = "18000000000000001";

pub struct Platform {
    pub simulator: Simulator,
    pub ledger: Ledger,
    http: reqwest::Client,
}

pub fn now_ms() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since_epoch.as_millis()).unwrap()
}

pub fn post(id: &str, caption: &str) -> SeedPost {
    SeedPost {
        id: id.to_owned(),
        account_id: ACCOUNT.to_owned(),
        caption: Some(caption.to_owned()),
        timestamp_ms: now_ms() - 3 * 86_400_000,
        comments_enabled: true,
        ..SeedPost::default()
    }
}

/// By a person of its own, `minutes_ago`.
pub fn comment(id: &str, text: &str, minutes_ago: i64) -> SeedComment {
    SeedComment {
        id: id.to_owned(),
        post_id: POST.to_owned(),
        parent_id: None,
        author_id: Some(format!("9{id}")),
        username: Some(format!("person.{id}")),
        text: text.to_owned(),
        timestamp_ms: now_ms() - minutes_ago * 60_000,
        like_count: 0,
    }
}

pub fn in_thread(parent: &str, comment: SeedComment) -> SeedComment {
    SeedComment {
        parent_id: Some(parent.to_owned()),
        ..comment
    }
}

pub fn by(author_id: &str, username: &str, comment: SeedComment) -> SeedComment {
    SeedComment {
        author_id: Some(author_id.to_owned()),
        username: Some(username.to_owned()),
        ..comment
    }
}

/// One account with one post and these comments.
pub fn seed(comments: Vec<SeedComment>) -> Seed {
    Seed {
        accounts: vec![SeedAccount {
            id: ACCOUNT.to_owned(),
            username: BRAND_USERNAME.to_owned(),
            name: "Oakmere".to_owned(),
            token: TOKEN.to_owned(),
            token_expires_at: None,
            app_scoped_id: "24000000000000777".to_owned(),
            ..SeedAccount::sample()
        }],
        posts: vec![post(POST, "Cast iron for every day, from Lisbon.")],
        comments,
    }
}

impl Platform {
    pub async fn start(seed: Seed) -> Self {
        Self::start_with_journal(seed, None).await
    }

    pub async fn start_with_journal(seed: Seed, journal: Option<PathBuf>) -> Self {
        let bind = SocketAddr::from(([127, 0, 0, 1], 0));
        let simulator = Simulator::start(SimulatorConfig { bind, journal, seed })
            .await
            .unwrap();
        Self {
            ledger: simulator.ledger(),
            simulator,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    pub fn url(&self) -> String {
        self.simulator.base_url()
    }

    pub async fn control(&self, path: &str, body: Value) -> Value {
        let answer = self
            .http
            .post(format!("{}/_control/{path}", self.url()))
            .json(&body)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path} {body}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub async fn add(&self, comments: impl serde::Serialize) {
        self.control("comments", serde_json::to_value(comments).unwrap())
            .await;
    }

    pub async fn add_post(&self, post: &SeedPost) {
        self.control("posts", serde_json::to_value(post).unwrap()).await;
    }

    pub async fn edit(&self, comment: &str, text: &str) {
        self.control(&format!("comments/{comment}/edit"), json!({ "text": text }))
            .await;
    }

    pub async fn delete(&self, comment: &str) {
        self.control(&format!("comments/{comment}/delete"), json!({}))
            .await;
    }

    pub async fn advance_clock(&self, by: Duration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap();
        self.control("clock", json!({ "advance_ms": by_ms })).await;
    }

    /// What the account's owner did not grant; nothing: everything is granted.
    pub async fn refuse_permissions(&self, account: &str, permissions: &[&str]) {
        self.control(
            &format!("accounts/{account}/permissions"),
            json!({ "refused": permissions }),
        )
        .await;
    }

    /// What the person in front of Google's page agrees to; `None`: to everything.
    pub async fn consent_to(&self, scope: Option<&str>) {
        self.control("youtube/consent", json!({ "scope": scope })).await;
    }

    pub async fn revoke_tokens(&self, account: &str) {
        self.control(&format!("accounts/{account}/revoke-tokens"), json!({}))
            .await;
    }

    /// The owner signs in again; returns the token.
    pub async fn sign_in(&self, account: &str) -> String {
        let signed_in = self
            .control(&format!("accounts/{account}/sign-in"), json!({}))
            .await;
        signed_in["access_token"].as_str().unwrap().to_owned()
    }

    /// Whether the receiver answered the handshake.
    pub async fn subscribe(&self, subscription: &Value) -> bool {
        let asked = self
            .http
            .post(format!("{}/_control/webhooks", self.url()))
            .json(subscription)
            .send()
            .await
            .unwrap();
        asked.status().is_success()
    }

    /// What goes wrong with the next pushes.
    pub async fn fail_deliveries(&self, faults: &Value) {
        self.control("webhooks/faults", faults.clone()).await;
    }

    pub async fn fault(&self, fault: Value) {
        self.control("faults", fault).await;
    }

    pub async fn clear_faults(&self) {
        let answer = self
            .http
            .delete(format!("{}/_control/faults", self.url()))
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success());
    }

    /// How often the waiting faults have struck.
    pub async fn struck(&self) -> u64 {
        let faults = self.read("_control/faults").await;
        let faults = faults["faults"].as_array().unwrap();
        faults.iter().map(|f| f["fired"].as_u64().unwrap()).sum()
    }

    pub async fn requests(&self) -> u64 {
        self.read("_control/state").await["requests"].as_u64().unwrap()
    }

    /// As the team's own phone would see a comment.
    pub async fn seen(&self, comment: &str, fields: &str) -> Value {
        self.read(&format!("v26.0/{comment}?fields={fields}&access_token={TOKEN}"))
            .await
    }

    async fn read(&self, path: &str) -> Value {
        let answer = self
            .http
            .get(format!("{}/{path}", self.url()))
            .send()
            .await
            .unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// The team hides a comment in the platform's own app.
    pub async fn hide_by_hand(&self, comment: &str) {
        let answer = self
            .http
            .post(format!(
                "{}/v26.0/{comment}?hide=true&access_token={TOKEN}",
                self.url()
            ))
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// A reply of ours reaches the platform long after it was sent.
    pub async fn reply_arrives_late(&self, comment: &str, text: &str) {
        let answer = self
            .http
            .post(format!("{}/v26.0/{comment}/replies", self.url()))
            .query(&[("message", text), ("access_token", TOKEN)])
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// The team answers in the platform's own app: nothing of ours is in the ledger.
    pub async fn answer_by_hand(&self, id: &str, thread: &str, text: &str) {
        let own = by(ACCOUNT, BRAND_USERNAME, comment(id, text, 0));
        self.add(in_thread(thread, own)).await;
    }

    /// Texts of the replies that the platform accepted for this thread, oldest first.
    pub fn replies(&self, thread: &str) -> Vec<String> {
        let entries = self.ledger.replies_to(thread);
        entries.into_iter().filter_map(|entry| entry.text).collect()
    }
}
