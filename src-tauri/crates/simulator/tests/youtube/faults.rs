//! The faults of a real network on the routes of YouTube, and what is in the ledger afterwards.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::oauth::{sign_in_as, tokens_of};
use super::support::{Channel, VIDEO, ids, reason, reply_body, seed};
use crate::support::Answer;

const THREADS: &[(&str, &str)] = &[("part", "snippet"), ("videoId", VIDEO)];

async fn failing_reply(channel: &Channel) -> reqwest::Result<Answer> {
    let body = reply_body("1", "Hello");
    channel.try_write(Method::POST, "comments", body).await
}

#[tokio::test]
async fn a_reply_whose_answer_is_lost_is_there_once_or_not_at_all() {
    for (fault, kept) in [
        (json!({"kind": "timeout_before_write"}), 0),
        (json!({"kind": "timeout_after_write"}), 1),
        (json!({"kind": "truncated_body"}), 1),
    ] {
        let channel = Channel::start(seed(1)).await;
        channel.platform.inject(fault.clone()).await;
        assert!(failing_reply(&channel).await.is_err(), "{fault}");
        assert_eq!(channel.platform.ledger.replies_to("1").len(), kept, "{fault}");
        let query = [("part", "snippet"), ("parentId", "1")];
        let read_back = channel.get("comments", &query).await.ok();
        assert_eq!(ids(&read_back).len(), kept, "{fault}: reading back tells");
        let spent = channel.platform.simulator.quota()[0].spent_units;
        assert_eq!(spent, 50 * kept as u64 + 1, "{fault}: what took effect was paid");
    }
}

#[tokio::test]
async fn an_answer_without_a_body_can_be_cut_off_too() {
    let channel = Channel::start(seed(1)).await;
    let reply = channel.reply("1", "Hello").await.ok();
    channel.platform.inject(json!({"kind": "truncated_body"})).await;
    let request = channel.request(
        Method::DELETE,
        "comments",
        &[("id", reply["id"].as_str().unwrap())],
    );
    let cut = request.bearer_auth(super::support::TOKEN).send().await;
    assert!(
        cut.is_err(),
        "204 has nothing to break off, so the connection goes"
    );
    assert_eq!(
        channel.platform.state().await["replies"],
        0,
        "the deletion took effect"
    );
}

#[tokio::test]
async fn server_errors_speak_the_dialect_and_pages_of_the_edge_do_not() {
    let channel = Channel::start(seed(1)).await;
    channel
        .platform
        .inject(json!([
            {"kind": "server_error", "status": 503},
            {"kind": "server_error", "after_write": true},
            {"kind": "html_body"},
            {"kind": "html_body", "after_write": true},
        ]))
        .await;
    for (status, kept) in [(503, 0), (500, 1)] {
        let refused = failing_reply(&channel).await.unwrap();
        assert_eq!(reason(&refused), (status, "backendError"));
        assert_eq!(channel.platform.ledger.replies_to("1").len(), kept);
    }
    for kept in [1, 2] {
        let request = channel.request(Method::POST, "comments", &[("part", "snippet")]);
        let request = request
            .bearer_auth(super::support::TOKEN)
            .json(&reply_body("1", "Hello"));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
        assert!(response.text().await.unwrap().starts_with("<!DOCTYPE html>"));
        assert_eq!(channel.platform.ledger.replies_to("1").len(), kept);
    }
}

#[tokio::test]
async fn rate_limits_and_any_other_refusal_cost_a_unit_and_write_nothing() {
    let channel = Channel::start(seed(1)).await;
    channel
        .platform
        .inject(json!([
            {"kind": "throttle"},
            {"kind": "throttle", "status": 429},
            {"kind": "token_error"},
            {"kind": "permission_error"},
            {"kind": "youtube_error", "reason": "processingFailure", "message": "Try again"},
            {"kind": "youtube_error", "reason": "ineligibleAccount", "status": 403},
        ]))
        .await;
    for expected in [
        (403, "rateLimitExceeded"),
        (429, "rateLimitExceeded"),
        (401, "authError"),
        (403, "insufficientPermissions"),
        (400, "processingFailure"),
        (403, "ineligibleAccount"),
    ] {
        assert_eq!(reason(&channel.reply("1", "Hello").await), expected);
    }
    assert!(channel.platform.ledger.entries().is_empty());
    assert_eq!(
        channel.platform.simulator.quota()[0].spent_units,
        5,
        "all but the one nobody was known for"
    );
    let bad_token =
        json!({"kind": "youtube_error", "reason": "invalidPageToken", "match": {"method": "GET"}});
    channel.platform.inject(bad_token).await;
    assert_eq!(
        reason(&channel.get("commentThreads", THREADS).await),
        (400, "invalidPageToken")
    );
}

#[tokio::test]
async fn items_come_twice_or_in_another_order_but_none_is_lost() {
    let channel = Channel::start(seed(6)).await;
    channel
        .platform
        .inject(json!([{"kind": "duplicate_items"}, {"kind": "reordered_items", "seed": 3}, {"kind": "delay", "delay_ms": 1}]))
        .await;
    let twice = ids(&channel.get("commentThreads", THREADS).await.ok());
    let shuffled = ids(&channel.get("commentThreads", THREADS).await.ok());
    let plain = ids(&channel.get("commentThreads", THREADS).await.ok());
    assert_eq!(twice, [plain.clone(), plain.clone()].concat());
    assert_ne!(shuffled, plain);
    let mut sorted = shuffled;
    sorted.sort();
    sorted.reverse();
    assert_eq!(sorted, plain);
}

#[tokio::test]
async fn the_sign_in_fails_in_its_own_words() {
    let channel = Channel::start(seed(1)).await;
    let code = sign_in_as(&channel, "1-client").await;
    let on_token = json!({"path_contains": "/token"});
    channel
        .platform
        .inject(json!([
            {"kind": "server_error", "status": 503, "match": on_token},
            {"kind": "token_error", "match": on_token},
        ]))
        .await;
    for (status, error) in [(503, "internal_failure"), (400, "invalid_grant")] {
        let refused = code.exchange(&channel).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.body["error"]),
            (status, &json!(error))
        );
    }
    tokens_of(&code.exchange(&channel).await.ok());
}
