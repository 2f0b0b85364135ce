//! What goes wrong with the platform, and what people do there meanwhile, through the simulator's control API.

use super::Counts;
use super::program::Receiver;
use super::world::{Account, World};
use anyhow::{Context as _, bail};
use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use serde_json::{Value, json};
use simulator::{Ledger, WriteKind};
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// Comments written at a time.
const BURST: usize = 260;
/// People who change their mind in one round, of each kind at most.
const MOST_CHANGES: usize = 3;
/// A reply that is slow to show stays hidden for up to this long.
const SHOWS_WITHIN_MS: u64 = 9_000;
/// Accounts send side by side, each one reply at a time.
const AMBUSHED_WRITES: u32 = 8;
/// Pauses between the tries of a delivery: some find the program dead each time.
const RETRY_PAUSES_MS: [u64; 4] = [0, 300, 1_000, 3_000];
const WATCHES_EVERY: Duration = Duration::from_millis(20);

pub struct Trouble {
    http: reqwest::Client,
    base_url: String,
    ledger: Ledger,
    pub struck: Counts,
    /// When the team answered by hand, by the thread's first comment. Unix milliseconds.
    pub answered_at: BTreeMap<String, Vec<i64>>,
    /// Also what was never written because its thread was gone.
    pub deleted: BTreeMap<String, i64>,
    /// Of what was not there from the start.
    pub written_at: HashMap<String, i64>,
    /// Replies that are not shown yet, and when they will be.
    slow: HashMap<String, Instant>,
    seen_in_ledger: usize,
    /// Who wants to be told of new comments, and has not shaken hands yet.
    receiver: Option<Receiver>,
}

impl Trouble {
    pub fn new(base_url: String, ledger: Ledger) -> Self {
        Self {
            http: reqwest::Client::new(),
            base_url,
            ledger,
            struck: Counts::new(),
            answered_at: BTreeMap::new(),
            deleted: BTreeMap::new(),
            written_at: HashMap::new(),
            slow: HashMap::new(),
            seen_in_ledger: 0,
            receiver: None,
        }
    }

    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let url = format!("{}/_control/{path}", self.base_url);
        let answer = self.http.post(url).json(body).send().await?;
        let status = answer.status();
        let said = answer.text().await?;
        if !status.is_success() {
            bail!("the simulator refused {path}: {said}");
        }
        serde_json::from_str(&said).context("reading the simulator's answer")
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let url = format!("{}/_control/{path}", self.base_url);
        Ok(self.http.get(url).send().await?.json().await?)
    }

    fn count(&mut self, what: &str, times: u64) {
        if times > 0 {
            *self.struck.entry(what.to_owned()).or_default() += times;
        }
    }

    async fn now_ms(&self) -> anyhow::Result<i64> {
        let state = self.get("state").await?;
        state["now_ms"].as_i64().context("the simulator's clock")
    }

    pub async fn people_write(&mut self, comments: &[Value]) -> anyhow::Result<()> {
        let now = self.now_ms().await?;
        let id = |comment: &Value, key: &str| comment[key].as_str().unwrap_or_default().to_owned();
        let (possible, impossible): (Vec<&Value>, Vec<&Value>) = comments
            .iter()
            .partition(|comment| !self.deleted.contains_key(&id(comment, "parent_id")));
        for comment in impossible {
            self.deleted.insert(id(comment, "id"), now);
        }
        if !possible.is_empty() {
            self.post("comments", &json!(possible)).await?;
        }
        for comment in possible {
            self.written_at.insert(id(comment, "id"), now);
        }
        Ok(())
    }

    /// Before each start of the program: a few faults, a burst of comments, and people who change their mind.
    pub async fn stir(&mut self, random: &mut StdRng, world: &mut World) -> anyhow::Result<()> {
        let faults: Vec<Value> = (0..random.random_range(0..6)).map(|_| fault(random)).collect();
        if !faults.is_empty() {
            self.post("faults", &json!(faults)).await?;
        }
        let faults: Vec<Value> = (0..random.random_range(0..4))
            .map(|_| webhook_fault(random))
            .collect();
        for fault in &faults {
            self.count(
                &format!("webhook_{}", fault["kind"].as_str().unwrap_or("unknown")),
                1,
            );
        }
        self.post("webhooks/faults", &json!(faults)).await?;
        let burst = world.next(random.random_range(0..BURST));
        self.people_write(&burst).await?;
        self.change_minds(random, world).await
    }

    async fn change_minds(&mut self, random: &mut StdRng, world: &World) -> anyhow::Result<()> {
        for _ in 0..random.random_range(0..=MOST_CHANGES) {
            let Some(comment) = world.decided.choose(random) else {
                continue;
            };
            // Not everyone has written yet.
            let (path, body, what) = match random.random_range(0..3) {
                0 => (
                    format!("comments/{}/edit", comment.id),
                    json!({"text": "I love this pan even more now, thank you!"}),
                    "edited",
                ),
                1 => (format!("comments/{}/delete", comment.id), json!({}), "deleted"),
                _ => (
                    "comments".to_owned(),
                    json!({"post_id": comment.post, "parent_id": comment.thread, "author_id": comment.account,
                           "text": "Dear customer, somebody of the team answers by hand."}),
                    "answered_by_hand",
                ),
            };
            if self.post(&path, &body).await.is_err() {
                continue;
            }
            self.count(what, 1);
            let now = self.now_ms().await?;
            match what {
                "deleted" => {
                    self.deleted.entry(comment.id.clone()).or_insert(now);
                }
                "answered_by_hand" => {
                    self.answered_at
                        .entry(comment.thread.clone())
                        .or_default()
                        .push(now);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Who is told of new comments, as soon as it runs.
    pub fn push_to(&mut self, receiver: Receiver) {
        self.receiver = Some(receiver);
    }

    /// The receiver has to be there for the handshake: it is asked until it answers.
    async fn shake_hands(&mut self) {
        let Some(receiver) = self.receiver.take() else {
            return;
        };
        let subscription = json!({"url": receiver.url, "app_secret": receiver.app_secret,
            "verify_token": receiver.verify_token, "retry_pauses_ms": RETRY_PAUSES_MS});
        if self.post("webhooks", &subscription).await.is_err() {
            self.receiver = Some(receiver);
        }
    }

    /// Counts what became of the deliveries.
    pub async fn push_no_more(&mut self) -> anyhow::Result<()> {
        let counts = self.get("webhooks").await?;
        for what in ["accepted", "given_up"] {
            self.count(&format!("webhook_{what}"), counts[what].as_u64().unwrap_or(0));
        }
        let url = format!("{}/_control/webhooks", self.base_url);
        self.http.delete(url).send().await?.error_for_status()?;
        Ok(())
    }

    /// The sign-in of some account ends.
    pub async fn revoke(&mut self, random: &mut StdRng, world: &World) -> anyhow::Result<Account> {
        let account = world.accounts.choose(random).context("an account")?.clone();
        let subcode = [458, 460, 463, 467].choose(random).copied().unwrap_or(463);
        self.post(
            &format!("accounts/{}/revoke-tokens", account.id),
            &json!({ "subcode": subcode }),
        )
        .await?;
        self.count("signed_out", 1);
        Ok(account)
    }

    /// Its owner signs in again.
    pub async fn sign_in(&self, account: Account) -> anyhow::Result<Account> {
        let path = format!("accounts/{}/sign-in", account.id);
        let signed_in = self.post(&path, &json!({})).await?;
        let token = signed_in["access_token"].as_str().context("a token")?.to_owned();
        Ok(Account { token, ..account })
    }

    /// The answers to the next writes never come: whoever waits for one can be killed at leisure.
    pub async fn lay_ambush(&mut self) -> anyhow::Result<()> {
        let fault = json!({"kind": "timeout_after_write", "ending": "hang", "times": AMBUSHED_WRITES,
                           "match": {"method": "POST"}});
        self.post("faults", &json!([fault])).await.map(drop)
    }

    /// While the program runs: some of what it writes is slow to show in the platform's listings. In an ambush it
    /// returns at once, and true, when the platform took a reply, which then is slow to show as often as not.
    pub async fn watch(
        &mut self,
        random: &mut StdRng,
        lives: Duration,
        is_ambush: bool,
    ) -> anyhow::Result<bool> {
        let end = Instant::now() + lives;
        while Instant::now() < end {
            self.shake_hands().await;
            let entries = self.ledger.entries_after(self.seen_in_ledger);
            self.seen_in_ledger += entries.len();
            let mut caught = false;
            for entry in entries.iter().filter(|entry| entry.what == WriteKind::Reply) {
                caught = is_ambush;
                let slow_in = if is_ambush { 2 } else { 4 };
                if let (0, Some(id)) = (random.random_range(0..slow_in), &entry.result_id) {
                    self.withhold(id, true).await?;
                    let shows_in = Duration::from_millis(random.random_range(0..SHOWS_WITHIN_MS));
                    self.slow.insert(id.clone(), Instant::now() + shows_in);
                    self.count("slow_to_show", 1);
                }
            }
            self.show_due().await?;
            if caught {
                self.count("killed_while_sending", 1);
                return Ok(true);
            }
            tokio::time::sleep(WATCHES_EVERY).await;
        }
        Ok(false)
    }

    async fn show_due(&mut self) -> anyhow::Result<()> {
        let now = Instant::now();
        let due: Vec<String> = self
            .slow
            .iter()
            .filter(|(_, at)| **at <= now)
            .map(|(id, _)| id.clone())
            .collect();
        for id in due {
            self.withhold(&id, false).await?;
            self.slow.remove(&id);
        }
        Ok(())
    }

    async fn withhold(&self, id: &str, withheld: bool) -> anyhow::Result<()> {
        self.post(
            &format!("comments/{id}/withhold"),
            &json!({ "withheld": withheld }),
        )
        .await
        .map(drop)
    }

    pub async fn show_everything(&mut self) -> anyhow::Result<()> {
        for id in std::mem::take(&mut self.slow).into_keys() {
            self.withhold(&id, false).await?;
        }
        Ok(())
    }

    /// Takes the faults away and counts what they did.
    pub async fn calm(&mut self) -> anyhow::Result<()> {
        let listed = self.get("faults").await?;
        for status in listed["faults"].as_array().into_iter().flatten() {
            let kind = status["fault"]["kind"].as_str().unwrap_or("unknown").to_owned();
            self.count(&kind, status["fired"].as_u64().unwrap_or(0));
        }
        let url = format!("{}/_control/faults", self.base_url);
        self.http.delete(url).send().await?.error_for_status()?;
        Ok(())
    }
}

fn webhook_fault(random: &mut StdRng) -> Value {
    match random.random_range(0..6) {
        0 => json!({"kind": "duplicate"}),
        1 => json!({"kind": "reorder", "count": random.random_range(2..6)}),
        2 => json!({"kind": "delay", "delay_ms": random.random_range(100..6_000)}),
        3 => json!({"kind": "wrong_signature"}),
        4 => json!({"kind": "batch", "count": random.random_range(2..40)}),
        _ => json!({"kind": "malformed_element", "count": random.random_range(1..6)}),
    }
}

fn fault(random: &mut StdRng) -> Value {
    let ending = if random.random_bool(0.5) { "drop" } else { "hang" };
    let after_write = random.random_bool(0.5);
    let mut fault = match random.random_range(0..14) {
        0 => json!({"kind": "delay", "delay_ms": random.random_range(20..800)}),
        1 => {
            let code = [80002, 4, 17, 32, 613].choose(random).copied().unwrap_or(80002);
            let status = [400, 403, 429].choose(random).copied().unwrap_or(400);
            json!({"kind": "throttle", "code": code, "status": status,
                   "estimated_minutes": random.random_range(0..60)})
        }
        2 => json!({"kind": "server_error", "status": 500, "after_write": after_write}),
        3 => json!({"kind": "server_error", "status": 503, "after_write": after_write}),
        4 => json!({"kind": "timeout_before_write", "ending": ending}),
        5..=6 => json!({"kind": "timeout_after_write", "ending": ending}),
        7 => json!({"kind": "truncated_body"}),
        8 => json!({"kind": "html_body", "status": 502, "after_write": after_write}),
        9 => json!({"kind": "duplicate_items"}),
        10 => json!({"kind": "reordered_items"}),
        11 => json!({"kind": "token_error", "code": 190, "subcode": 463}),
        12 => json!({"kind": "permission_error", "code": 10}),
        _ => json!({"kind": "graph_error", "code": 2, "is_transient": true, "status": 500}),
    };
    let is_grave =
        ["throttle", "token_error", "permission_error"].contains(&fault["kind"].as_str().unwrap_or(""));
    fault["seed"] = json!(random.random::<u64>());
    if is_grave || random.random_bool(0.5) {
        fault["times"] = json!(random.random_range(1..4));
    } else {
        fault["probability"] = json!(random.random_range(0.02..0.25));
    }
    match random.random_range(0..3) {
        0 => fault["match"] = json!({"method": "POST"}),
        1 => fault["match"] = json!({"method": "GET"}),
        _ => {}
    }
    fault
}
