use std::path::PathBuf;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use simulator::{Seed, SeedAccount, SeedComment, SeedPlatform, SeedPost};

use crate::support::{Answer, NOON_MS, Platform, post};

pub const VIDEO: &str = "simVideo-01";
pub const OTHER_VIDEO: &str = "simVideo_02";
pub const TOKEN: &str = "simulator-channel-token";
pub const STRANGER: &str = "UCsomebodyElse0000000001";
pub const STRANGER_TOKEN: &str = "stranger-token";
pub const KEY: &str = "simulator-key";
// 1 June 2026, 10:00 there, 17:00 in Greenwich.
const TEN_IN_LOS_ANGELES_MS: i64 = 1_780_333_200_000;

pub fn channel_id() -> String {
    SeedAccount::sample_channel().id
}

/// An Instagram account, the sample channel with one video and comments 1..=n under it, and another channel.
pub fn seed(comments: usize) -> Seed {
    let mut seed = crate::support::seed(0);
    seed.accounts.push(SeedAccount::sample_channel());
    seed.accounts.push(SeedAccount {
        id: STRANGER.into(),
        username: "somebody".into(),
        name: "Somebody else".into(),
        token: STRANGER_TOKEN.into(),
        ..SeedAccount::sample_channel()
    });
    seed.posts.push(video(VIDEO));
    seed.posts.push(SeedPost {
        account_id: STRANGER.into(),
        ..video(OTHER_VIDEO)
    });
    seed.comments = (1..=comments)
        .map(|number| comment(&number.to_string(), None))
        .collect();
    assert_eq!(seed.accounts[1].platform, SeedPlatform::Youtube);
    seed
}

pub fn video(id: &str) -> SeedPost {
    SeedPost {
        account_id: channel_id(),
        caption: Some("How honey soap is made\n\nAll of it by hand.".into()),
        media_type: "VIDEO".into(),
        ..post(id, NOON_MS)
    }
}

pub fn comment(id: &str, parent_id: Option<&str>) -> SeedComment {
    SeedComment {
        post_id: VIDEO.into(),
        author_id: Some("UCviewer0000000000000007".into()),
        username: Some("@ann".into()),
        // Replies are called `<parent>.<number>`.
        timestamp_ms: NOON_MS + id.rsplit('.').next().unwrap().parse::<i64>().unwrap_or(0) * 1000,
        ..crate::support::comment(id, parent_id)
    }
}

/// A platform, as the sample channel uses it.
pub struct Channel {
    pub platform: Platform,
}

impl Channel {
    /// On a day whose end is far away, since quotas are counted by day.
    pub async fn start(seed: Seed) -> Self {
        let channel = Self::start_with_journal(seed, None).await;
        let now_ms = channel.platform.state().await["now_ms"].as_i64().unwrap();
        let advance = json!({"advance_ms": TEN_IN_LOS_ANGELES_MS - now_ms});
        channel.platform.control("/clock", advance).await.ok();
        channel
    }

    pub async fn start_with_journal(seed: Seed, journal: Option<PathBuf>) -> Self {
        let platform = Platform::start_with_journal(seed, journal).await;
        Self { platform }
    }

    /// Without credentials.
    pub fn request(&self, method: Method, path: &str, query: &[(&str, &str)]) -> RequestBuilder {
        let url = format!("{}/youtube/v3/{path}", self.platform.base_url);
        self.platform.client.request(method, url).query(query)
    }

    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        self.get_as(TOKEN, path, query).await
    }

    pub async fn get_as(&self, token: &str, path: &str, query: &[(&str, &str)]) -> Answer {
        send(self.request(Method::GET, path, query).bearer_auth(token))
            .await
            .unwrap()
    }

    pub async fn get_with_key(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        let request = self.request(Method::GET, path, query);
        send(request.query(&[("key", KEY)])).await.unwrap()
    }

    pub async fn write(&self, method: Method, path: &str, body: Value) -> Answer {
        self.try_write(method, path, body).await.unwrap()
    }

    pub async fn try_write(&self, method: Method, path: &str, body: Value) -> reqwest::Result<Answer> {
        let request = self.request(method, path, &[("part", "snippet")]).json(&body);
        send(request.bearer_auth(TOKEN)).await
    }

    pub async fn reply(&self, parent_id: &str, text: &str) -> Answer {
        self.write(Method::POST, "comments", reply_body(parent_id, text))
            .await
    }

    pub async fn delete(&self, id: &str) -> Answer {
        let request = self.request(Method::DELETE, "comments", &[("id", id)]);
        send(request.bearer_auth(TOKEN)).await.unwrap()
    }

    pub async fn moderate(&self, query: &[(&str, &str)]) -> Answer {
        let request = self.request(Method::POST, "comments/setModerationStatus", query);
        send(request.bearer_auth(TOKEN)).await.unwrap()
    }

    /// The threads of the video in one of the three passes.
    pub async fn pass(&self, status: &str) -> Value {
        let query = [
            ("part", "snippet,replies"),
            ("videoId", VIDEO),
            ("moderationStatus", status),
        ];
        self.get("commentThreads", &query).await.ok()
    }

    /// Adds comments as people do and returns their ids.
    pub async fn people_say(&self, comments: Value) -> Vec<String> {
        let added = self.platform.control("/comments", comments).await.ok();
        let ids = added["ids"].as_array().unwrap().iter();
        ids.map(|id| id.as_str().unwrap().to_owned()).collect()
    }
}

pub fn reply_body(parent_id: &str, text: &str) -> Value {
    json!({ "snippet": { "parentId": parent_id, "textOriginal": text } })
}

/// An answer without a body has `null` for one.
pub async fn send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.bytes().await?;
    let body = if bytes.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&bytes).unwrap()
    };
    Ok(Answer {
        status,
        headers,
        body,
    })
}

/// Status and `errors[0].reason` of a refusal.
pub fn reason(answer: &Answer) -> (u16, &str) {
    assert!(!answer.status.is_success(), "{}", answer.body);
    let error = &answer.body["error"];
    assert_eq!(
        error["code"],
        answer.status.as_u16(),
        "the body repeats the status"
    );
    assert_eq!(error["message"], error["errors"][0]["message"]);
    (
        answer.status.as_u16(),
        error["errors"][0]["reason"].as_str().unwrap(),
    )
}

pub fn done(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
}

pub fn ids(page: &Value) -> Vec<String> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}
