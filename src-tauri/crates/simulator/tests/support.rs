use std::net::SocketAddr;
use std::path::PathBuf;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use simulator::{Ledger, Seed, SeedAccount, SeedComment, SeedPicture, SeedPost, Simulator, SimulatorConfig};

pub const POST: &str = "17896000000000010";
pub const TOKEN: &str = "simulator-token";
// 13 August 2021, 08:25:28.
pub const NOON_MS: i64 = 1_628_843_128_000;

/// A running simulator and a client that is signed in.
pub struct Platform {
    pub simulator: Simulator,
    pub base_url: String,
    pub client: Client,
    pub ledger: Ledger,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    /// The body of a success.
    pub fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body
    }

    /// Code and subcode of a refusal.
    pub fn refusal(&self) -> (u64, Option<u64>) {
        assert!(!self.status.is_success(), "{}", self.body);
        let error = &self.body["error"];
        (error["code"].as_u64().unwrap(), error["error_subcode"].as_u64())
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
            base_url: simulator.base_url(),
            ledger: simulator.ledger(),
            simulator,
            client: Client::builder().no_proxy().build().unwrap(),
        }
    }

    pub async fn try_call(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
    ) -> reqwest::Result<Answer> {
        let url = format!("{}{path}", self.base_url);
        let request = self.client.request(method, url).query(query);
        let request = if query.iter().any(|(name, _)| *name == "access_token") {
            request
        } else {
            request.query(&[("access_token", TOKEN)])
        };
        read(request).await
    }

    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        self.try_call(Method::GET, path, query).await.unwrap()
    }

    pub async fn post(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        self.try_call(Method::POST, path, query).await.unwrap()
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.try_call(Method::DELETE, path, &[]).await.unwrap()
    }

    /// Replies and returns the new id.
    pub async fn reply(&self, comment_id: &str, message: &str) -> String {
        let body = self
            .post(&format!("/{comment_id}/replies"), &[("message", message)])
            .await
            .ok();
        body["id"].as_str().unwrap().to_owned()
    }

    pub async fn field(&self, id: &str, field: &str) -> Value {
        self.get(&format!("/{id}"), &[("fields", field)]).await.ok()[field].clone()
    }

    pub async fn control(&self, path: &str, body: Value) -> Answer {
        let url = format!("{}/_control{path}", self.base_url);
        read(self.client.post(url).json(&body)).await.unwrap()
    }

    pub async fn state(&self) -> Value {
        let url = format!("{}/_control/state", self.base_url);
        read(self.client.get(url)).await.unwrap().ok()
    }

    pub async fn inject(&self, fault: Value) {
        self.control("/faults", fault).await.ok();
    }
}

pub async fn read(request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let (status, headers) = (response.status(), response.headers().clone());
    Ok(Answer {
        status,
        headers,
        body: response.json().await?,
    })
}

/// One post of the sample account with top-level comments 1..=n, the last the newest, a second apart.
pub fn seed(comments: usize) -> Seed {
    Seed {
        accounts: vec![SeedAccount::sample()],
        posts: vec![post(POST, NOON_MS)],
        comments: (1..=comments)
            .map(|number| comment(&number.to_string(), None))
            .collect(),
    }
}

pub fn post(id: &str, timestamp_ms: i64) -> SeedPost {
    SeedPost {
        id: id.into(),
        account_id: SeedAccount::sample().id,
        caption: Some("Honey soap is back".into()),
        media_type: "IMAGE".into(),
        media_product_type: "FEED".into(),
        timestamp_ms,
        like_count: Some(2),
        comments_enabled: true,
        picture: Some(SeedPicture {
            content_type: "image/png".into(),
            bytes: vec![0x89, b'P', b'N', b'G'],
        }),
        ..SeedPost::default()
    }
}

pub fn comment(id: &str, parent_id: Option<&str>) -> SeedComment {
    SeedComment {
        id: id.into(),
        post_id: POST.into(),
        parent_id: parent_id.map(str::to_owned),
        author_id: Some("990000000000000007".into()),
        username: Some("ann".into()),
        text: format!("text of {id}"),
        timestamp_ms: NOON_MS + id.parse::<i64>().unwrap_or(0) * 1000,
        like_count: 1,
    }
}

pub fn ids(page: &Value) -> Vec<String> {
    page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

pub fn shared(path: &str) -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap())
        .join("../../../../shared")
        .join(path)
}

pub fn recorded(path: &str) -> Value {
    let path = shared("fixtures").join(path);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// Keys and types without the values; a list is the shape of its first element.
pub fn shape(value: &Value) -> Value {
    match value {
        Value::Null => json!("null"),
        Value::Bool(_) => json!("boolean"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("string"),
        Value::Array(items) => items.first().map_or(json!([]), |item| json!([shape(item)])),
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (key.clone(), shape(value)))
            .collect(),
    }
}
