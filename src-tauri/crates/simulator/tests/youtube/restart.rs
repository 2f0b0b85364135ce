use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};
use simulator::{LedgerEntry, QuotaDay};

use super::oauth::{refresh, sign_in_as, tokens_of};
use super::support::{Channel, OTHER_VIDEO, VIDEO, done, ids, reason, seed};
use crate::support::Platform;

const CLIENT: &str = "123456-desktop.apps.googleusercontent.com";

async fn start(journal: &Path) -> Channel {
    Channel::start_with_journal(seed(6), Some(journal.to_owned())).await
}

async fn write_everything(channel: &Channel) {
    let said = json!([
        {"post_id": VIDEO, "id": "held", "author_id": "UCbo", "moderation_status": "heldForReview"},
        {"post_id": VIDEO, "id": "spam", "author_id": "UCcy", "moderation_status": "likelySpam"},
        {"post_id": VIDEO, "id": "1.1", "parent_id": "1"},
    ]);
    channel.people_say(said).await;
    let reply = channel.reply("1", "Thank you").await.ok();
    let id = reply["id"].as_str().unwrap();
    let body = json!({"id": id, "snippet": {"textOriginal": "Thank you!"}});
    channel.write(Method::PUT, "comments", body).await.ok();
    let gone = channel.reply("2", "by mistake").await.ok();
    done(&channel.delete(gone["id"].as_str().unwrap()).await);
    done(
        &channel
            .moderate(&[("id", "3"), ("moderationStatus", "heldForReview")])
            .await,
    );
    let ban = [
        ("id", "held"),
        ("moderationStatus", "rejected"),
        ("banAuthor", "true"),
    ];
    done(&channel.moderate(&ban).await);
    channel
        .people_say(json!({"post_id": VIDEO, "id": "banned", "author_id": "UCbo"}))
        .await;
    let path = format!("/videos/{OTHER_VIDEO}/comments-enabled");
    channel
        .platform
        .control(&path, json!({"enabled": false}))
        .await
        .ok();
    let budget = json!({"do": "budget", "units": 777});
    channel.platform.control("/youtube/quota", budget).await.ok();
}

async fn picture_of(channel: &Channel) -> (Vec<Value>, Vec<LedgerEntry>, Value) {
    let mut passes = Vec::new();
    for status in ["published", "heldForReview", "likelySpam"] {
        let mut page = channel.pass(status).await;
        // Pictures are served from the port, which is another one after the restart, and so are the etags.
        forget_addresses(&mut page);
        passes.push(page);
    }
    let mut state = channel.platform.state().await;
    for counted in ["requests", "now_ms"] {
        state[counted] = Value::Null;
    }
    (passes, channel.platform.ledger.entries(), state)
}

fn forget_addresses(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|name, _| name != "etag" && name != "authorProfileImageUrl");
            object.values_mut().for_each(forget_addresses);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_addresses),
        _ => {}
    }
}

#[tokio::test]
async fn everything_written_and_everything_spent_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let channel = start(&journal).await;
    write_everything(&channel).await;
    let before = picture_of(&channel).await;
    let spent: Vec<QuotaDay> = channel.platform.simulator.quota();
    assert_eq!(spent[0].budget_units, 777);
    channel.platform.simulator.stop().await;

    let channel = start(&journal).await;
    assert_eq!(channel.platform.simulator.quota(), spent);
    assert_eq!(picture_of(&channel).await, before);
    assert_eq!(ids(&before.0[1]), ["3"]);
    let back = channel
        .moderate(&[("id", "held"), ("moderationStatus", "published")])
        .await;
    assert_eq!(reason(&back), (400, "operationNotSupported"));
    channel
        .people_say(json!({"post_id": VIDEO, "id": "again", "author_id": "UCbo"}))
        .await;
    assert!(
        !ids(&channel.pass("published").await).contains(&"again".to_owned()),
        "still banned"
    );
    let made = channel.reply("1", "after the restart").await.ok();
    let known = before.1.iter().filter_map(|entry| entry.result_id.as_deref());
    assert!(
        known.clone().all(|id| made["id"] != id),
        "no id is given out twice"
    );
}

#[tokio::test]
async fn tokens_work_after_a_restart_and_are_in_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let channel = start(&journal).await;
    let code = sign_in_as(&channel, CLIENT).await;
    let (access, refresh_token) = tokens_of(&code.exchange(&channel).await.ok());
    let newer = refresh(&channel, &refresh_token).await.ok();
    let newer = newer["access_token"].as_str().unwrap().to_owned();
    let second = sign_in_as(&channel, CLIENT).await;
    let (_, revoked) = tokens_of(&second.exchange(&channel).await.ok());
    let url = format!("{}/revoke", channel.platform.base_url);
    let form = [("token", revoked.as_str())];
    super::support::send(channel.platform.client.post(url).form(&form))
        .await
        .unwrap()
        .ok();
    channel.platform.simulator.stop().await;

    let kept = std::fs::read_to_string(&journal).unwrap();
    for secret in [&access, &refresh_token, &newer, &revoked, super::support::TOKEN] {
        assert!(!kept.contains(secret), "{kept}");
    }
    let channel = start(&journal).await;
    let query = [("part", "id"), ("videoId", VIDEO)];
    for token in [&access, &newer] {
        channel.get_as(token, "commentThreads", &query).await.ok();
    }
    let latest = refresh(&channel, &refresh_token).await.ok();
    assert!(latest["access_token"] != access && latest["access_token"] != newer);
    assert_eq!(
        refresh(&channel, &revoked).await.body["error_description"],
        "Token has been expired or revoked."
    );
}

#[tokio::test]
async fn a_journal_from_before_there_were_channels_is_still_read() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let lines = [
        r#"{"change":{"change":"clock_offset_set","offset_ms":5}}"#,
        r#"{"change":{"change":"post_added","post":{"id":"77","account_id":"17841400000000001","caption":"x","media_type":"IMAGE","media_product_type":"FEED","permalink":"","timestamp_ms":1628843128000,"like_count":null,"comments_enabled":true,"picture":null}}}"#,
        r#"{"change":{"change":"comment_added","comment":{"id":"78","post_id":"77","parent_id":null,"author_id":null,"username":"ann","text":"Hello","timestamp_ms":1628843129000,"like_count":0}}}"#,
        r#"{"change":{"change":"text_edited","comment_id":"78","text":"Hello!"}}"#,
        r#"{"change":{"change":"hidden_set","comment_id":"78","hidden":true},"write":{"what":"hide","target":"78","account_id":"17841400000000001","at_ms":1628843130000,"changed":true,"times":0}}"#,
    ];
    std::fs::write(&journal, lines.join("\n") + "\n").unwrap();
    let platform = Platform::start_with_journal(seed(1), Some(journal)).await;
    assert_eq!(platform.field("78", "text").await, "Hello!");
    assert_eq!(platform.field("78", "hidden").await, true);
    assert_eq!(platform.ledger.entries().len(), 1);
}

#[tokio::test]
async fn a_journal_outlives_the_channel_it_was_written_for() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let channel = start(&journal).await;
    let code = sign_in_as(&channel, CLIENT).await;
    let (access, refresh_token) = tokens_of(&code.exchange(&channel).await.ok());
    channel.reply("1", "Hello").await.ok();
    channel.platform.simulator.stop().await;

    let without = crate::support::seed(1);
    let channel = Channel::start_with_journal(without, Some(journal.clone())).await;
    assert_eq!(channel.platform.ledger.entries().len(), 1);
    let query = [("part", "id"), ("mine", "true")];
    assert_eq!(
        reason(&channel.get_as(&access, "channels", &query).await),
        (401, "authError")
    );
    assert_eq!(
        refresh(&channel, &refresh_token).await.body["error"],
        "invalid_grant"
    );
    channel.platform.simulator.stop().await;
    let channel = start(&journal).await;
    channel.get_as(&access, "channels", &query).await.ok();
}
