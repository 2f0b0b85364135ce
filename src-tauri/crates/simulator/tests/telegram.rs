//! The Bot API dialect, as a bot sees it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use simulator::{Seed, SeedAccount, WriteKind};

use crate::support::{NOON_MS, Platform, comment, post, read};

const GROUP: i64 = -1_001_700_000_000_001;
const CHANNEL: i64 = -1_001_700_000_000_002;
const BOT: i64 = 4_700_000_001;
const COPY: &str = "100";

struct Bot {
    platform: Platform,
}

impl Bot {
    async fn start(journal: Option<PathBuf>) -> Self {
        let group = SeedAccount::sample_group();
        let mut copied = post(COPY, NOON_MS);
        copied.account_id.clone_from(&group.id);
        let mut said = comment("101", None);
        said.post_id = COPY.into();
        said.author_id = Some("777".into());
        let seed = Seed {
            accounts: vec![SeedAccount::sample(), group],
            posts: vec![copied],
            comments: vec![said],
        };
        let platform = Platform::start_with_journal(seed, journal).await;
        Self { platform }
    }

    async fn call_as(&self, token: &str, method: &str, body: Value) -> Value {
        let url = format!("{}/bot{token}/{method}", self.platform.base_url);
        let answer = read(self.platform.client.post(url).json(&body)).await.unwrap();
        let told = answer.body["error_code"].as_u64().unwrap_or(200);
        assert_eq!(
            told,
            u64::from(answer.status.as_u16()),
            "the status is told twice"
        );
        answer.body
    }

    async fn call(&self, method: &str, body: Value) -> Value {
        self.call_as(&SeedAccount::sample_group().token, method, body)
            .await
    }

    async fn ok(&self, method: &str, body: Value) -> Value {
        let body = self.call(method, body).await;
        assert_eq!(body["ok"], true, "{body}");
        body["result"].clone()
    }

    async fn refused(&self, method: &str, body: Value) -> String {
        let body = self.call(method, body).await;
        assert_eq!(body["ok"], false, "{body}");
        body["description"].as_str().unwrap().to_owned()
    }

    async fn says(&self, text: &str, answered: Option<&str>) -> String {
        let said = json!({"post_id": COPY, "parent_id": answered, "text": text, "author_id": "777", "username": "ann"});
        let ids = self.platform.control("/comments", said).await.ok();
        ids["ids"][0].as_str().unwrap().to_owned()
    }

    async fn updates(&self, offset: Option<i64>) -> Vec<Value> {
        let told = self.ok("getUpdates", json!({ "offset": offset })).await;
        told.as_array().unwrap().clone()
    }
}

fn number(id: &str) -> i64 {
    id.parse().unwrap()
}

#[tokio::test]
async fn a_comment_looks_as_in_a_discussion_group() {
    let bot = Bot::start(None).await;
    assert!(bot.updates(None).await.is_empty(), "nothing is told of the past");
    let first = bot.says("how much?", None).await;
    let second = bot.says("in blue", Some(&first)).await;
    let told = bot.updates(None).await;
    let message = &told[0]["message"];
    assert_eq!(message["message_id"], number(&first));
    assert_eq!(message["message_thread_id"], 100);
    assert_eq!(message["chat"]["id"], GROUP);
    assert_eq!(
        message["from"],
        json!({"id": 777, "is_bot": false, "first_name": "ann", "username": "ann"})
    );
    let copy = &message["reply_to_message"];
    assert_eq!(
        (&copy["is_automatic_forward"], &copy["sender_chat"]["id"]),
        (&json!(true), &json!(CHANNEL))
    );
    assert_eq!(copy["forward_origin"]["type"], "channel");
    let answer = &told[1]["message"]["reply_to_message"];
    assert_eq!(answer["message_id"], number(&first));
    assert!(answer.get("reply_to_message").is_none(), "one step only");
    assert!(number(&second) > number(&first));
    assert_eq!(
        told[1]["update_id"].as_i64(),
        told[0]["update_id"].as_i64().map(|id| id + 1)
    );
}

#[tokio::test]
async fn what_was_confirmed_stays_forgotten_over_a_restart_and_the_rest_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let bot = Bot::start(Some(journal.clone())).await;
    for text in ["one", "two", "three"] {
        bot.says(text, None).await;
    }
    let first = bot.updates(None).await[0]["update_id"].as_i64().unwrap();
    assert_eq!(bot.updates(Some(first + 1)).await.len(), 2);
    bot.platform.simulator.stop().await;
    let bot = Bot::start(Some(journal)).await;
    let told = bot.updates(None).await;
    let texts: Vec<_> = told
        .iter()
        .map(|update| update["message"]["text"].clone())
        .collect();
    assert_eq!(texts, ["two", "three"]);
    assert_eq!(told[0]["update_id"], first + 1);
}

#[tokio::test]
async fn the_bot_s_own_messages_and_deletions_are_told_to_nobody() {
    let bot = Bot::start(None).await;
    let sent = bot
        .ok(
            "sendMessage",
            json!({"chat_id": GROUP, "text": "12 €", "reply_parameters": {"message_id": 101}}),
        )
        .await;
    assert_eq!(
        (&sent["from"]["id"], &sent["text"]),
        (&json!(BOT), &json!("12 €"))
    );
    let id = &sent["message_id"];
    bot.ok(
        "editMessageText",
        json!({"chat_id": GROUP, "message_id": id, "text": "13 €"}),
    )
    .await;
    bot.platform.control("/comments/101/delete", json!({})).await.ok();
    assert!(bot.updates(None).await.is_empty());
    let kept = bot.platform.state().await;
    assert_eq!(kept["comments"], 1, "an answer outlives what it answers");
    assert_eq!(bot.platform.ledger.replies_to("101").len(), 1);
}

#[tokio::test]
async fn each_refusal_is_in_the_platform_s_words() {
    let bot = Bot::start(None).await;
    for (method, body, words) in [
        (
            "sendMessage",
            json!({"chat_id": 5, "text": "hi"}),
            "chat not found",
        ),
        (
            "sendMessage",
            json!({"chat_id": GROUP, "text": " "}),
            "message text is empty",
        ),
        (
            "sendMessage",
            json!({"chat_id": GROUP, "text": "x".repeat(4_097)}),
            "message is too long",
        ),
        (
            "sendMessage",
            json!({"chat_id": GROUP, "text": "hi", "reply_parameters": {"message_id": 9}}),
            "message to be replied not found",
        ),
        (
            "editMessageText",
            json!({"chat_id": GROUP, "message_id": 101, "text": "hi"}),
            "message can't be edited",
        ),
        (
            "deleteMessage",
            json!({"chat_id": GROUP, "message_id": 9}),
            "message to delete not found",
        ),
        (
            "banChatMember",
            json!({"chat_id": GROUP, "user_id": BOT}),
            "user is an administrator of the chat",
        ),
    ] {
        assert_eq!(bot.refused(method, body).await, format!("Bad Request: {words}"));
    }
    assert_eq!(bot.refused("getWebhookInfo", json!({})).await, "Not Found");
    assert!(bot.platform.ledger.entries().is_empty());
}

#[tokio::test]
async fn a_token_opens_its_own_platform_only() {
    let bot = Bot::start(None).await;
    let stranger = bot.call_as("1:AA", "getMe", json!({})).await;
    assert_eq!(stranger["error_code"], 401);
    let token = SeedAccount::sample_group().token;
    let refused = bot.platform.get("/me", &[("access_token", token.as_str())]).await;
    assert_eq!(refused.refusal().0, 190);
    assert_eq!(bot.ok("getMe", json!({})).await["id"], BOT);
}

#[tokio::test]
async fn somebody_banned_says_nothing_more() {
    let bot = Bot::start(None).await;
    bot.ok("banChatMember", json!({"chat_id": GROUP, "user_id": 777}))
        .await;
    let said = json!({"post_id": COPY, "text": "again", "author_id": "777"});
    assert_eq!(bot.platform.control("/comments", said).await.status.as_u16(), 400);
    assert_eq!(bot.platform.ledger.count(WriteKind::BanAuthor, "777"), 1);
}

#[tokio::test]
async fn of_two_that_listen_the_older_is_sent_away() {
    let bot = Bot::start(None).await;
    let started = Instant::now();
    let older = bot.call("getUpdates", json!({"timeout": 30}));
    let newer = async {
        // The older one is there once the platform has counted it.
        while bot.platform.state().await["requests"] == 0 {
            tokio::task::yield_now().await;
        }
        bot.call("getUpdates", json!({"timeout": 0})).await
    };
    let (older, newer) = tokio::join!(older, newer);
    assert_eq!((&older["error_code"], &newer["ok"]), (&json!(409), &json!(true)));
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn without_being_an_administrator_privacy_mode_keeps_everything_from_the_bot() {
    let bot = Bot::start(None).await;
    let path = format!("/accounts/{GROUP}/permissions");
    let private = json!({"refused": ["administrator", "can_read_all_group_messages"]});
    bot.platform.control(&path, private).await.ok();
    bot.says("how much?", None).await;
    assert!(bot.updates(None).await.is_empty());
    let member = json!({"chat_id": GROUP, "user_id": BOT});
    assert_eq!(bot.ok("getChatMember", member).await["status"], "member");
    let unknown = json!({"refused": ["pages_messaging"]});
    let refused = bot.platform.control(&path, unknown).await;
    assert_eq!(refused.status.as_u16(), 400);
}
