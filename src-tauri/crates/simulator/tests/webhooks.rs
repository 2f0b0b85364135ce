use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::HashMap;

use crate::support::{POST, Platform, seed};
use simulator::{Seed, SeedAccount, SeedPost};

const SECRET: &str = "app secret";

#[derive(Clone, Default)]
struct Receiver {
    /// Whether the signature is right, and the body.
    got: Arc<Mutex<Vec<(bool, String)>>>,
    /// Answers in place of 200.
    answers: Arc<Mutex<VecDeque<StatusCode>>>,
}

async fn handshake(Query(query): Query<HashMap<String, String>>) -> Result<String, StatusCode> {
    match query["hub.verify_token"] == "meow" && query["hub.mode"] == "subscribe" {
        true => Ok(query["hub.challenge"].clone()),
        false => Err(StatusCode::FORBIDDEN),
    }
}

async fn delivery(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(&body);
    let right = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    let is_signed = headers["x-hub-signature-256"] == right.as_str();
    let body = String::from_utf8(body.to_vec()).unwrap();
    receiver.got.lock().unwrap().push((is_signed, body));
    receiver
        .answers
        .lock()
        .unwrap()
        .pop_front()
        .unwrap_or(StatusCode::OK)
}

impl Receiver {
    async fn listening() -> (Self, String) {
        let receiver = Self::default();
        let router = Router::new()
            .route("/hook", get(handshake).post(delivery))
            .with_state(receiver.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (receiver, url)
    }

    fn bodies(&self) -> Vec<Value> {
        let got = self.got.lock().unwrap();
        got.iter()
            .map(|(_, body)| serde_json::from_str(body).unwrap())
            .collect()
    }

    /// Ids of the comments, in the order in which they came.
    fn ids(&self) -> Vec<String> {
        let mut ids = Vec::new();
        for body in self.bodies() {
            for change in body["entry"][0]["changes"].as_array().unwrap() {
                ids.push(change["value"]["id"].as_str().unwrap_or("none").to_owned());
            }
        }
        ids
    }
}

async fn subscribed(retry_pauses_ms: &[u64]) -> (Platform, Receiver) {
    let platform = Platform::start(seed(1)).await;
    let (receiver, url) = Receiver::listening().await;
    let subscription = json!({
        "url": url, "app_secret": SECRET, "verify_token": "meow", "retry_pauses_ms": retry_pauses_ms,
    });
    platform.control("/webhooks", subscription).await.ok();
    (platform, receiver)
}

async fn comment(platform: &Platform, ids: &[&str]) {
    let new: Vec<Value> = ids
        .iter()
        .map(|id| json!({"post_id": POST, "id": id, "author_id": "9", "username": "bo", "text": "Цена?"}))
        .collect();
    platform.control("/comments", Value::Array(new)).await.ok();
}

#[tokio::test]
async fn a_new_comment_is_pushed_signed_and_escaped() {
    let (platform, receiver) = subscribed(&[]).await;
    comment(&platform, &["901"]).await;
    platform.simulator.webhooks_settled().await;
    let (is_signed, body) = receiver.got.lock().unwrap()[0].clone();
    assert!(is_signed);
    assert!(
        body.is_ascii() && body.contains(r#""text":"\u0426\u0435\u043d\u0430?""#),
        "{body}"
    );
    assert!(
        body.starts_with(r#"{"entry":[{"id":""#) && body.ends_with(r#""object":"instagram"}"#),
        "{body}"
    );

    platform.reply("901", "Ten").await;
    platform.simulator.webhooks_settled().await;
    let reply = receiver.bodies()[1]["entry"][0]["changes"][0]["value"].clone();
    assert_eq!(reply["parent_id"], "901");
    assert!(
        reply["from"]["self_ig_scoped_id"].is_string(),
        "own comments come back: {reply}"
    );
    assert_eq!(receiver.ids().len(), 2, "what was there before is not told again");
}

#[tokio::test]
async fn who_fails_the_handshake_or_is_elsewhere_is_not_subscribed() {
    let platform = Platform::start(seed(1)).await;
    let (receiver, url) = Receiver::listening().await;
    for (url, token) in [
        (url.as_str(), "woof"),
        ("http://192.0.2.1/hook", "meow"),
        ("https://example.com/hook", "meow"),
    ] {
        let subscription = json!({"url": url, "app_secret": SECRET, "verify_token": token});
        let answer = platform.control("/webhooks", subscription).await;
        assert_eq!(answer.status, 400, "{url}");
    }
    comment(&platform, &["901"]).await;
    platform.simulator.webhooks_settled().await;
    assert!(receiver.ids().is_empty());
}

#[tokio::test]
async fn deliveries_come_twice_in_reverse_late_and_together_as_asked() {
    let (platform, receiver) = subscribed(&[]).await;
    let faults = json!([
        {"kind": "duplicate"}, {"kind": "reorder", "count": 2}, {"kind": "batch", "count": 2},
        {"kind": "malformed_element"}, {"kind": "delay", "delay_ms": 500},
    ]);
    platform.control("/webhooks/faults", faults).await.ok();
    comment(
        &platform,
        &["901", "902", "903", "904", "905", "906", "907", "908"],
    )
    .await;
    platform.simulator.webhooks_settled().await;
    assert_eq!(
        receiver.ids(),
        [
            "901", "901", "903", "902", "904", "905", "none", "906", "908", "907"
        ]
    );
    let changes = |at: usize| {
        receiver.bodies()[at]["entry"][0]["changes"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((changes(4), changes(5)), (2, 2), "each in one delivery");
}

#[tokio::test]
async fn what_is_refused_is_sent_again_and_given_up_in_the_end() {
    let (platform, receiver) = subscribed(&[0, 1]).await;
    receiver
        .answers
        .lock()
        .unwrap()
        .extend([StatusCode::SERVICE_UNAVAILABLE, StatusCode::BAD_REQUEST]);
    comment(&platform, &["901"]).await;
    platform.simulator.webhooks_settled().await;
    assert_eq!(receiver.ids(), ["901", "901", "901"]);
    let counts = platform.simulator.webhook_counts();
    assert_eq!((counts.tries, counts.accepted, counts.given_up), (3, 1, 0));

    receiver
        .answers
        .lock()
        .unwrap()
        .extend([StatusCode::INTERNAL_SERVER_ERROR; 3]);
    let fault = json!({"kind": "wrong_signature"});
    platform.control("/webhooks/faults", fault).await.ok();
    comment(&platform, &["902"]).await;
    platform.simulator.webhooks_settled().await;
    let got = receiver.got.lock().unwrap().clone();
    assert!(got[3..].iter().all(|(is_signed, _)| !is_signed));
    assert_eq!(platform.simulator.webhook_counts().given_up, 1);
}

#[tokio::test]
async fn a_page_tells_what_becomes_of_a_comment() {
    let page = SeedAccount::sample_page();
    let post_id = format!("{}_77", page.id);
    let platform = Platform::start(Seed {
        posts: vec![SeedPost {
            id: post_id.clone(),
            account_id: page.id.clone(),
            comments_enabled: true,
            ..SeedPost::default()
        }],
        accounts: vec![page],
        comments: Vec::new(),
    })
    .await;
    let (receiver, url) = Receiver::listening().await;
    let subscription = json!({"url": url, "app_secret": SECRET, "verify_token": "meow"});
    platform.control("/webhooks", subscription).await.ok();
    let new =
        json!({"post_id": post_id, "id": "77_5", "author_id": "9", "username": "Bo", "text": "How much?"});
    platform.control("/comments", new).await.ok();
    platform
        .control("/comments/77_5/edit", json!({"text": "How much is it?"}))
        .await
        .ok();
    platform.control("/comments/77_5/delete", Value::Null).await.ok();
    platform.simulator.webhooks_settled().await;
    let told: Vec<Value> = receiver
        .bodies()
        .iter()
        .map(|body| {
            let value = &body["entry"][0]["changes"][0]["value"];
            json!([value["verb"], value["comment_id"], value["message"]])
        })
        .collect();
    assert_eq!(
        Value::Array(told),
        json!([
            ["add", "77_5", "How much?"],
            ["edited", "77_5", "How much is it?"],
            ["remove", "77_5", null]
        ])
    );
}

#[tokio::test]
async fn a_delivery_that_nobody_takes_does_not_outlive_the_simulator() {
    let (platform, receiver) = subscribed(&[3_600_000]).await;
    receiver.answers.lock().unwrap().push_back(StatusCode::NOT_FOUND);
    comment(&platform, &["901"]).await;
    platform.simulator.stop().await;
    assert!(receiver.ids().len() <= 1, "it is not tried in an hour");
}
