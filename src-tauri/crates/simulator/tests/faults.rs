//! Each fault as a client meets it, and what is in the ledger afterwards.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::{Fault, FaultKind, FaultMatch};

use crate::support::{POST, Platform, ids, seed};

async fn failing_reply(platform: &Platform) -> reqwest::Error {
    let call = platform
        .try_call(Method::POST, "/1/replies", &[("message", "Hello")])
        .await;
    call.err().expect("the client must see an error")
}

#[tokio::test]
async fn a_connection_dropped_after_the_write_leaves_the_reply_there_once() {
    let platform = Platform::start(seed(1)).await;
    platform
        .inject(json!({"kind": "timeout_after_write", "match": {"method": "POST"}}))
        .await;
    let error = failing_reply(&platform).await;
    assert!(
        error.is_request() && !error.is_timeout(),
        "the connection broke without an answer: {error:?}"
    );
    let kept = platform.ledger.replies_to("1");
    assert_eq!(kept.len(), 1);
    let replies = platform.get("/1/replies", &[]).await.ok();
    assert_eq!(
        ids(&replies),
        [kept[0].result_id.clone().unwrap()],
        "reading back finds it"
    );
}

#[tokio::test]
async fn a_connection_dropped_before_the_write_leaves_nothing() {
    let platform = Platform::start(seed(1)).await;
    platform
        .inject(json!({"kind": "timeout_before_write", "match": {"path_contains": "/replies"}}))
        .await;
    assert!(failing_reply(&platform).await.is_request());
    assert!(platform.ledger.entries().is_empty());
    platform.reply("1", "Hello").await;
    assert_eq!(platform.ledger.replies_to("1").len(), 1);
}

#[tokio::test]
async fn an_answer_that_never_comes_keeps_the_client_waiting_until_the_platform_stops() {
    let platform = Platform::start(seed(1)).await;
    platform
        .inject(json!({"kind": "timeout_after_write", "ending": "hang"}))
        .await;
    let url = format!(
        "{}/1/replies?message=Hello&access_token=simulator-token",
        platform.base_url
    );
    let call = tokio::spawn(platform.client.post(url).send());
    let written = async {
        while platform.ledger.replies_to("1").is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), written)
        .await
        .expect("the write takes effect");
    assert!(!call.is_finished(), "no answer comes");
    platform.simulator.stop().await;
    assert!(call.await.unwrap().is_err(), "stopping closes the connection");
}

#[tokio::test]
async fn a_delayed_call_is_answered_when_the_platform_stops_at_the_latest() {
    let platform = Platform::start(seed(1)).await;
    platform
        .inject(json!({"kind": "delay_ms", "ms": 3_600_000}))
        .await;
    let url = format!("{}/1?access_token=simulator-token", platform.base_url);
    let call = tokio::spawn(platform.client.get(url).send());
    let struck = async {
        while platform.state().await["faults"] != 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), struck)
        .await
        .expect("the call arrives");
    assert!(!call.is_finished(), "an hour is not over");
    platform.simulator.stop().await;
    assert_eq!(call.await.unwrap().unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn throttling_refuses_so_often_and_shows_the_minutes() {
    let platform = Platform::start(seed(1)).await;
    for (code, status) in [(80002, 400), (4, 403), (17, 429)] {
        platform
            .inject(json!({"kind": "throttle", "code": code, "status": status, "estimated_minutes": 19, "count": 2}))
            .await;
        for _ in 0..2 {
            let refused = platform.get("/1", &[]).await;
            assert_eq!(
                (refused.status.as_u16(), refused.refusal()),
                (status, (code, None))
            );
            let usage = refused.headers["x-business-use-case-usage"].to_str().unwrap();
            let usage: Value = serde_json::from_str(usage).unwrap();
            let usage = &usage["17841400000000001"][0];
            assert_eq!(
                (&usage["call_count"], &usage["estimated_time_to_regain_access"]),
                (&json!(100), &json!(19))
            );
        }
        platform.get("/1", &[]).await.ok();
    }
}

#[tokio::test]
async fn a_server_error_is_transient_and_may_hide_that_the_write_took_effect() {
    let platform = Platform::start(seed(1)).await;
    platform
        .inject(json!([
            {"kind": "server_error", "status": 503},
            {"kind": "server_error", "after_write": true},
        ]))
        .await;
    let message = [("message", "Hello")];
    let first = platform.post("/1/replies", &message).await;
    assert_eq!(
        (first.status.as_u16(), &first.body["error"]["is_transient"]),
        (503, &json!(true))
    );
    assert!(platform.ledger.entries().is_empty());
    let second = platform.post("/1/replies", &message).await;
    assert_eq!((second.status.as_u16(), second.refusal().0), (500, 2));
    assert_eq!(platform.ledger.replies_to("1").len(), 1);
}

#[tokio::test]
async fn a_truncated_body_breaks_off_in_the_middle_of_the_announced_length() {
    let platform = Platform::start(seed(5)).await;
    for keep_bytes in [Value::Null, json!(0), json!(7), json!(1_000_000)] {
        platform
            .inject(json!({"kind": "truncated_body", "keep_bytes": keep_bytes}))
            .await;
        let url = format!(
            "{}/{POST}/comments?access_token=simulator-token",
            platform.base_url
        );
        let mut response = platform.client.get(url).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "the head arrives");
        let announced = response.content_length().unwrap();
        let mut arrived = 0;
        let error = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => arrived += chunk.len() as u64,
                Ok(None) => panic!("the body must not end well"),
                Err(error) => break error,
            }
        };
        assert!(error.is_body() || error.is_decode(), "{error:?}");
        let expected = match keep_bytes.as_u64() {
            Some(kept) => kept.min(announced - 1),
            None => announced / 2,
        };
        assert_eq!(arrived, expected);
    }
    platform.inject(json!({"kind": "truncated_body"})).await;
    assert!(
        platform
            .try_call(Method::POST, "/1/replies", &[("message", "Hello")])
            .await
            .is_err()
    );
    assert_eq!(platform.ledger.replies_to("1").len(), 1, "the write took effect");
}

#[tokio::test]
async fn an_html_page_comes_instead_of_json() {
    let platform = Platform::start(seed(1)).await;
    platform
        .inject(json!([{"kind": "html_body"}, {"kind": "html_body", "status": 200, "after_write": true}]))
        .await;
    for (status, kept) in [(502, 0), (200, 1)] {
        let url = format!(
            "{}/1/replies?message=Hello&access_token=simulator-token",
            platform.base_url
        );
        let response = platform.client.post(url).send().await.unwrap();
        assert_eq!(response.status(), status);
        assert!(
            response.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/html")
        );
        assert!(response.text().await.unwrap().starts_with("<!DOCTYPE html>"));
        assert_eq!(platform.ledger.replies_to("1").len(), kept);
    }
}

#[tokio::test]
async fn items_come_twice_or_in_another_order_but_none_is_lost() {
    let platform = Platform::start(seed(6)).await;
    platform
        .inject(json!([{"kind": "duplicate_items"}, {"kind": "reordered_items", "seed": 3}]))
        .await;
    let path = format!("/{POST}/comments");
    let twice = ids(&platform.get(&path, &[]).await.ok());
    let shuffled = ids(&platform.get(&path, &[]).await.ok());
    let plain = ids(&platform.get(&path, &[]).await.ok());
    assert_eq!(twice, [plain.clone(), plain.clone()].concat());
    assert_ne!(shuffled, plain);
    let sorted = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };
    assert_eq!(sorted(shuffled), sorted(plain));
}

#[tokio::test]
async fn token_permission_and_any_other_refusal_write_nothing() {
    let platform = Platform::start(seed(1)).await;
    platform
        .inject(json!([
            {"kind": "token_error", "subcode": 463},
            {"kind": "permission_error", "code": 200},
            {"kind": "graph_error", "code": 368, "message": "(#368) The action attempted has been deemed abusive"},
        ]))
        .await;
    for expected in [(190, Some(463)), (200, None), (368, None)] {
        let refused = platform.post("/1/replies", &[("message", "Hello")]).await;
        assert_eq!(refused.refusal(), expected);
    }
    assert!(platform.ledger.entries().is_empty());
}

#[tokio::test]
async fn faults_can_be_listed_and_called_off() {
    let platform = Platform::start(seed(1)).await;
    platform
        .inject(json!({"kind": "server_error", "probability": 1.0}))
        .await;
    platform
        .simulator
        .queue_fault(Fault::once(FaultKind::DuplicateItems, FaultMatch::default()));
    for _ in 0..3 {
        assert_eq!(
            platform.get("/1", &[]).await.status.as_u16(),
            500,
            "a chance alone has no end"
        );
    }
    let url = format!("{}/_control/faults", platform.base_url);
    let listed: Value = platform
        .client
        .get(&url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(listed["faults"][0]["fired"], 3);
    assert_eq!(listed["faults"][1]["remaining"], 1);
    platform.client.delete(&url).send().await.unwrap();
    platform.get("/1", &[]).await.ok();
    let unknown = platform
        .client
        .post(&url)
        .json(&json!({"kind": "earthquake"}))
        .send()
        .await
        .unwrap();
    assert_eq!(unknown.status(), StatusCode::UNPROCESSABLE_ENTITY);
}
