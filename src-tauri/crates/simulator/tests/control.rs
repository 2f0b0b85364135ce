use serde_json::{Value, json};

use crate::support::{POST, Platform, ids, post, read, seed};

#[tokio::test]
async fn people_comment_answer_edit_and_delete() {
    let platform = Platform::start(seed(1)).await;
    let one = platform
        .control(
            "/comments",
            json!({"post_id": POST, "username": "bo", "text": "How much?"}),
        )
        .await
        .ok();
    let id = one["ids"][0].as_str().unwrap().to_owned();
    let listed = platform
        .get(&format!("/{POST}/comments"), &[("fields", "id,username")])
        .await
        .ok();
    assert_eq!(
        listed["data"][0],
        json!({"id": id, "username": "bo"}),
        "the newest comes first"
    );

    let thread = json!([
        {"post_id": POST, "id": "901", "text": "a question"},
        {"post_id": POST, "id": "902", "parent_id": "901", "text": "a follow-up"},
        {"post_id": POST, "id": "903", "parent_id": "902", "text": "and one more"},
    ]);
    platform.control("/comments", thread).await.ok();
    assert_eq!(ids(&platform.get("/901/replies", &[]).await.ok()).len(), 2);

    platform
        .control(
            &format!("/comments/{id}/edit"),
            json!({"text": "How much is it?"}),
        )
        .await
        .ok();
    assert_eq!(platform.field(&id, "text").await, "How much is it?");
    platform
        .control(&format!("/comments/{id}/delete"), Value::Null)
        .await
        .ok();
    assert_eq!(
        platform.get(&format!("/{id}"), &[]).await.refusal(),
        (100, Some(33))
    );
    assert!(
        platform.ledger.entries().is_empty(),
        "only writes through the platform's API are in the ledger"
    );
}

#[tokio::test]
async fn malformed_elements_stand_in_the_listing_as_they_were_given() {
    let platform = Platform::start(seed(1)).await;
    let batch = json!([
        {"post_id": POST, "id": "901", "text": "fine"},
        {"post_id": POST, "raw": null},
        {"post_id": POST, "raw": {"id": 17, "text": ["not", "a", "text"]}},
        {"post_id": POST, "raw": "a string"},
        {"post_id": POST, "id": "902", "text": "fine too"},
    ]);
    platform.control("/comments", batch).await.ok();
    let page = platform
        .get(&format!("/{POST}/comments"), &[("fields", "id")])
        .await
        .ok();
    let expected = json!([{"id": "902"}, "a string", {"id": 17, "text": ["not", "a", "text"]}, null, {"id": "901"}, {"id": "1"}]);
    assert_eq!(page["data"], expected);
    assert_eq!(platform.state().await["malformed"], 3);
}

#[tokio::test]
async fn a_batch_with_a_mistake_adds_nothing() {
    let platform = Platform::start(seed(1)).await;
    for (mistake, status) in [
        (json!({"post_id": "404", "text": "no such post"}), 404),
        (
            json!({"post_id": POST, "parent_id": "404", "text": "no such parent"}),
            404,
        ),
        (json!({"post_id": POST, "id": "1", "text": "taken"}), 400),
        (json!({"post_id": POST, "id": "a/b", "text": "no address"}), 400),
    ] {
        let batch = json!([{"post_id": POST, "text": "fine"}, mistake]);
        assert_eq!(platform.control("/comments", batch).await.status, status);
    }
    assert_eq!(platform.state().await["comments"], 1);
    assert_eq!(
        platform
            .control("/comments/404/edit", json!({"text": "x"}))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_post_never_seen_before_brings_its_comments() {
    let platform = Platform::start(seed(0)).await;
    let new = serde_json::to_value(post("17896000000000099", 4_000_000_000_000)).unwrap();
    platform.control("/posts", new.clone()).await.ok();
    assert_eq!(
        platform.control("/posts", new).await.status,
        400,
        "the id is taken"
    );
    let five: Vec<_> = (0..5)
        .map(|_| json!({"post_id": "17896000000000099", "text": "at once"}))
        .collect();
    platform.control("/comments", Value::Array(five)).await.ok();
    let newest = platform
        .get("/me/media", &[("fields", "comments_count"), ("limit", "1")])
        .await
        .ok();
    assert_eq!(
        newest["data"],
        json!([{"id": "17896000000000099", "comments_count": 5}])
    );
    let picture = format!("{}/media-files/17896000000000099.png", platform.base_url);
    assert_eq!(platform.client.get(picture).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_ledger_and_the_state_are_readable_from_outside() {
    let platform = Platform::start(seed(2)).await;
    platform.reply("1", "Hello").await;
    platform.post("/2", &[("hide", "true")]).await.ok();
    let url = format!("{}/_control/ledger", platform.base_url);
    let all = read(platform.client.get(&url)).await.unwrap().ok();
    assert_eq!(all["writes"].as_array().unwrap().len(), 2);
    let one = read(platform.client.get(&url).query(&[("target", "1")]))
        .await
        .unwrap()
        .ok();
    assert_eq!(one["writes"][0]["what"], "reply");
    assert_eq!(one["writes"][0]["text"], "Hello");
    assert_eq!(one["writes"][0]["times"], 1);
    let state = platform.state().await;
    assert_eq!(
        (&state["comments"], &state["replies"], &state["hidden"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!(state["requests"], 2, "control calls are not platform calls");
}

#[tokio::test]
async fn usage_can_be_set_and_given_back() {
    let platform = Platform::start(seed(1)).await;
    platform
        .control(
            "/usage",
            json!({"call_count": 85, "total_time": 12, "total_cputime": 9}),
        )
        .await
        .ok();
    let usage = |answer: &crate::support::Answer| -> Value {
        serde_json::from_str(answer.headers["x-app-usage"].to_str().unwrap()).unwrap()
    };
    let busy = platform.get("/1", &[]).await;
    assert_eq!(
        usage(&busy),
        json!({"call_count": 85, "total_time": 12, "total_cputime": 9})
    );
    platform.control("/usage", Value::Null).await.ok();
    assert_eq!(usage(&platform.get("/1", &[]).await)["call_count"], 0);
}

#[tokio::test]
async fn a_web_page_cannot_use_the_control_api() {
    let platform = Platform::start(seed(1)).await;
    let url = format!("{}/_control/comments/1/delete", platform.base_url);
    let refused = read(platform.client.post(url).header("origin", "https://example.com"))
        .await
        .unwrap();
    assert_eq!(refused.status, 403);
    platform.get("/1", &[]).await.ok();
}
