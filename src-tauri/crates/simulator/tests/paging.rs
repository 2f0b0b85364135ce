use std::collections::HashMap;

use serde_json::{Value, json};
use simulator::seed_from_files;

use crate::support::{NOON_MS, POST, Platform, comment, ids, post, seed, shared};

/// Follows `next` until it is absent; how often each id came.
async fn walk(platform: &Platform, path: &str, query: &[(&str, &str)]) -> (HashMap<String, u32>, usize) {
    let mut seen = HashMap::new();
    let mut pages = 0;
    let mut page = platform.get(path, query).await.ok();
    loop {
        pages += 1;
        for id in ids(&page) {
            *seen.entry(id).or_default() += 1;
        }
        match page["paging"]["next"].as_str() {
            Some(next) => {
                page = platform
                    .client
                    .get(next)
                    .send()
                    .await
                    .unwrap()
                    .json()
                    .await
                    .unwrap()
            }
            None => return (seen, pages),
        }
    }
}

#[tokio::test]
async fn five_files_of_real_comments_are_five_posts_and_every_row_comes_once() {
    let names = ["01-Psy", "02-KatyPerry", "03-LMFAO", "04-Eminem", "05-Shakira"];
    let files: Vec<_> = names
        .iter()
        .map(|name| shared(&format!("data/youtube_spam_en/Youtube{name}.csv")))
        .collect();
    let platform = Platform::start(seed_from_files(&files, None).unwrap()).await;
    let posts = platform
        .get("/me/media", &[("fields", "id,caption,comments_count")])
        .await
        .ok();
    let posts = posts["data"].as_array().unwrap().clone();
    assert_eq!(posts.len(), 5);

    let mut all: HashMap<String, u32> = HashMap::new();
    for media in &posts {
        let path = format!("/v26.0/{}/comments", media["id"].as_str().unwrap());
        let (seen, pages) = walk(
            &platform,
            &path,
            &[("fields", "id,text,username,timestamp"), ("limit", "50")],
        )
        .await;
        assert_eq!(json!(seen.len()), media["comments_count"], "{}", media["caption"]);
        assert_eq!(pages, seen.len().div_ceil(50), "no page is short");
        all.extend(seen);
    }
    assert_eq!(all.len(), 1956, "every row is a comment with an id of its own");
    assert!(all.values().all(|times| *times == 1), "no id comes twice");
}

#[tokio::test]
async fn a_page_holds_fifty_comments_at_most_and_the_newest_come_first() {
    let platform = Platform::start(seed(60)).await;
    for query in [&[][..], &[("limit", "1000")]] {
        let page = platform.get(&format!("/{POST}/comments"), query).await.ok();
        assert_eq!(ids(&page).len(), 50);
        assert_eq!(ids(&page)[..2], ["60", "59"]);
    }
}

#[tokio::test]
async fn pages_lead_back_as_well() {
    let platform = Platform::start(seed(9)).await;
    let path = format!("/{POST}/comments");
    let first = platform.get(&path, &[("limit", "3")]).await.ok();
    let after = first["paging"]["cursors"]["after"].as_str().unwrap();
    let second = platform
        .get(&path, &[("limit", "3"), ("after", after)])
        .await
        .ok();
    assert_eq!(ids(&second), ["6", "5", "4"]);
    let cursor = second["paging"]["cursors"]["after"].as_str().unwrap();
    let back = platform
        .get(&path, &[("limit", "2"), ("before", cursor)])
        .await
        .ok();
    assert_eq!(
        ids(&back),
        ["6", "5"],
        "the two that are newer than the one the cursor points at"
    );
}

#[tokio::test]
async fn a_comment_that_arrives_meanwhile_is_neither_missed_nor_doubled_further_on() {
    let platform = Platform::start(seed(6)).await;
    let path = format!("/{POST}/comments");
    let first = platform.get(&path, &[("limit", "3")]).await.ok();
    platform
        .control(
            "/comments",
            json!({"post_id": POST, "id": "7", "text": "just now"}),
        )
        .await
        .ok();
    platform.delete("/4").await.ok();
    let next = first["paging"]["next"].as_str().unwrap();
    let second: Value = platform
        .client
        .get(next)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(ids(&second), ["3", "2", "1"]);
}

#[tokio::test]
async fn replies_are_no_part_of_the_listing_and_come_by_expansion_or_by_their_own_edge() {
    let mut seed = seed(2);
    seed.comments
        .extend((10..=14).map(|number| comment(&number.to_string(), Some("1"))));
    let platform = Platform::start(seed).await;
    let fields = "id,replies.limit(2){id,text,parent_id}";
    let page = platform
        .get(&format!("/{POST}/comments"), &[("fields", fields)])
        .await
        .ok();
    assert_eq!(ids(&page), ["2", "1"], "top-level only");
    assert!(
        page["data"][0].get("replies").is_none(),
        "a comment without replies has no such field"
    );
    let replies = &page["data"][1]["replies"];
    assert_eq!(ids(replies), ["14", "13"]);
    assert_eq!(replies["data"][0]["parent_id"], "1");

    let next = replies["paging"]["next"].as_str().unwrap();
    let more: Value = platform
        .client
        .get(next)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(ids(&more), ["12", "11"]);
    assert_eq!(
        more["data"][0]["parent_id"], "1",
        "the link keeps the fields of the expansion"
    );
    let (seen, pages) = walk(&platform, "/1/replies", &[("limit", "2")]).await;
    assert_eq!((seen.len(), pages), (5, 3));
}

#[tokio::test]
async fn media_can_be_asked_for_by_time() {
    let mut seed = seed(0);
    seed.posts = (0..5)
        .map(|number| post(&format!("1789600000000001{number}"), NOON_MS + number * 60_000))
        .collect();
    seed.posts[4].media_product_type = "STORY".into();
    let platform = Platform::start(seed).await;
    let at = |minute: i64| (NOON_MS / 1000 + minute * 60).to_string();
    let page = platform
        .get("/me/media", &[("since", &at(1)), ("until", &at(2))])
        .await
        .ok();
    assert_eq!(ids(&page), ["17896000000000012", "17896000000000011"]);
    let all = platform.get("/me/media", &[]).await.ok();
    assert_eq!(ids(&all).len(), 4, "stories are not listed");
    assert!(all["paging"].get("next").is_none() && all["paging"]["cursors"]["after"].is_string());
}

#[tokio::test]
async fn a_withheld_comment_leaves_a_short_page_that_still_leads_on() {
    let platform = Platform::start(seed(4)).await;
    for id in ["3", "4"] {
        platform
            .control(&format!("/comments/{id}/withhold"), json!({"withheld": true}))
            .await
            .ok();
    }
    let page = platform
        .get(&format!("/{POST}/comments"), &[("limit", "2")])
        .await
        .ok();
    assert_eq!(page["data"], json!([]));
    assert!(page["paging"]["next"].is_string(), "an empty page is not the end");
    let (seen, _) = walk(&platform, &format!("/{POST}/comments"), &[("limit", "2")]).await;
    assert_eq!(seen.len(), 2);
}

#[tokio::test]
async fn a_strange_cursor_is_refused_and_a_time_filter_on_comments_is_passed_over() {
    let platform = Platform::start(seed(3)).await;
    let path = format!("/{POST}/comments");
    assert_eq!(
        platform.get(&path, &[("after", "strange")]).await.refusal(),
        (100, None)
    );
    let page = platform.get(&path, &[("since", "4000000000")]).await.ok();
    assert_eq!(ids(&page).len(), 3, "the platform has no time filter on comments");
}

#[tokio::test]
async fn a_hundred_thousand_comments_are_added_in_one_batch_and_paged() {
    let platform = Platform::start(seed(0)).await;
    let batch: Vec<Value> = (0..100_000)
        .map(|number| json!({"post_id": POST, "text": "again", "timestamp_ms": NOON_MS + number / 7}))
        .collect();
    let added = platform.control("/comments", Value::Array(batch)).await.ok();
    let added: Vec<&str> = added["ids"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap())
        .collect();
    assert_eq!(platform.field(POST, "comments_count").await, 100_000);

    let mut page = platform
        .get(&format!("/{POST}/comments"), &[("fields", "id")])
        .await
        .ok();
    let mut seen = ids(&page);
    for _ in 1..20 {
        let next = page["paging"]["next"].as_str().unwrap();
        page = platform
            .client
            .get(next)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        seen.extend(ids(&page));
    }
    let newest: Vec<&str> = added.iter().rev().take(1000).copied().collect();
    assert_eq!(seen, newest, "in order, each once");
}
