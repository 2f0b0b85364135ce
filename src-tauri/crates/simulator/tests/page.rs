//! Facebook Pages in the Graph dialect, held against recorded bodies.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use simulator::{Seed, SeedAccount, SeedComment, SeedPost, WriteKind};

use crate::support::{NOON_MS, Platform};

const TOKEN: &str = "simulator-page-token";
const PAGE: &str = "2121008874780932";
const POST: &str = "2121008874780932_2954961744718970";
const COMMENT: &str = "2954961744718970_1";
const FIELDS: &str = "can_comment,can_hide,can_like,can_remove,can_reply_privately,comment_count,created_time,\
                      from,id,is_hidden,is_private,like_count,message,permalink_url";

fn recorded(file: &str) -> Value {
    let path = format!(
        "{}/../../../../shared/fixtures/python-facebook/testdata/facebook/{file}",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap()
}

fn keys(value: &Value) -> BTreeSet<&String> {
    value.as_object().unwrap().keys().collect()
}

async fn start(comments: u32) -> Platform {
    let page = SeedAccount::sample_page();
    let comments = (1..=comments).map(|number| SeedComment {
        id: format!("2954961744718970_{number}"),
        post_id: POST.into(),
        parent_id: (number == 2).then(|| COMMENT.to_owned()),
        author_id: Some("2711636948859886".into()),
        username: Some("Kun Liu".into()),
        text: "My Nice Car ".into(),
        timestamp_ms: NOON_MS + i64::from(number) * 1000,
        like_count: 0,
    });
    Platform::start(Seed {
        posts: vec![SeedPost {
            id: POST.into(),
            account_id: page.id.clone(),
            caption: Some("New".into()),
            timestamp_ms: NOON_MS,
            comments_enabled: true,
            ..SeedPost::default()
        }],
        comments: comments.collect(),
        accounts: vec![page],
    })
    .await
}

async fn get(platform: &Platform, path: &str, query: &[(&str, &str)]) -> Value {
    let query: Vec<_> = query.iter().copied().chain([("access_token", TOKEN)]).collect();
    platform.get(path, &query).await.ok()
}

#[tokio::test]
async fn a_comment_has_the_recorded_shape() {
    let platform = start(1).await;
    let comment = get(&platform, &format!("/v26.0/{COMMENT}"), &[("fields", FIELDS)]).await;
    let mut expected = recorded("models/comment.json");
    expected.as_object_mut().unwrap().remove("attachment");
    assert_eq!(keys(&comment), keys(&expected));
    assert_eq!(keys(&comment["from"]), keys(&expected["from"]));
    assert_eq!(
        comment["permalink_url"],
        "https://www.facebook.com/2121008874780932/posts/2954961744718970/?comment_id=1"
    );
}

#[tokio::test]
async fn a_page_of_comments_has_the_recorded_ends() {
    let platform = start(15).await;
    let path = format!("/{POST}/comments");
    let query = [
        (
            "fields",
            "id,comment_count,created_time,like_count,message,permalink_url",
        ),
        ("summary", "1"),
        ("filter", "stream"),
        ("limit", "10"),
    ];
    let first = get(&platform, &path, &query).await;
    let expected = recorded("apidata/comments/comments_p1.json");
    assert_eq!(keys(&first), keys(&expected));
    assert_eq!(keys(&first["paging"]), keys(&expected["paging"]));
    assert_eq!(
        first["summary"],
        json!({"order": "chronological", "total_count": 15, "can_comment": true})
    );
    let after = first["paging"]["cursors"]["after"].as_str().unwrap();
    let query: Vec<_> = query.iter().copied().chain([("after", after)]).collect();
    let last = get(&platform, &path, &query).await;
    assert_eq!(last["data"].as_array().unwrap().len(), 5);
    assert!(
        last["paging"].get("next").is_none(),
        "the last page leads nowhere"
    );
}

#[tokio::test]
async fn top_level_leaves_replies_out_and_the_order_can_be_turned() {
    let platform = start(3).await;
    let path = format!("/{POST}/comments");
    let ids = |page: Value| -> Vec<String> {
        let items = page["data"].as_array().unwrap().iter();
        items
            .map(|item| {
                item["id"]
                    .as_str()
                    .unwrap()
                    .rsplit('_')
                    .next()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    };
    let query = [("filter", "toplevel"), ("order", "reverse_chronological")];
    assert_eq!(ids(get(&platform, &path, &query).await), ["3", "1"]);
    let query = [("filter", "stream"), ("order", "chronological")];
    assert_eq!(ids(get(&platform, &path, &query).await), ["1", "2", "3"]);
    assert_eq!(
        ids(get(&platform, &format!("/{COMMENT}/comments"), &[]).await),
        ["2"]
    );
}

#[tokio::test]
async fn hiding_in_instagram_s_words_is_taken_and_does_nothing() {
    let platform = start(1).await;
    let path = format!("/{COMMENT}");
    let hidden = async || get(&platform, &path, &[("fields", "is_hidden")]).await["is_hidden"].clone();
    let wrong = [("hide", "true"), ("access_token", TOKEN)];
    platform.post(&path, &wrong).await.ok();
    assert_eq!(hidden().await, false);
    let right = [("is_hidden", "true"), ("access_token", TOKEN)];
    platform.post(&path, &right).await.ok();
    assert_eq!(hidden().await, true);
    assert_eq!(platform.ledger.count(WriteKind::Hide, COMMENT), 1);
}

#[tokio::test]
async fn only_the_page_s_own_words_can_be_changed() {
    let platform = start(1).await;
    let say = [("message", "We changed our mind"), ("access_token", TOKEN)];
    let other = platform.post(&format!("/{COMMENT}"), &say).await;
    assert_eq!(other.refusal().0, 200);
    let reply = platform.post(&format!("/{COMMENT}/comments"), &say).await.ok();
    let id = reply["id"].as_str().unwrap().to_owned();
    let edit = [("message", "Once more"), ("access_token", TOKEN)];
    platform.post(&format!("/{id}"), &edit).await.ok();
    let read = get(&platform, &format!("/{id}"), &[("fields", "message,from,parent")]).await;
    assert_eq!(
        (&read["message"], &read["from"]["id"], &read["parent"]["id"]),
        (&json!("Once more"), &json!(PAGE), &json!(COMMENT))
    );
}

#[tokio::test]
async fn the_usage_headers_speak_of_pages() {
    let platform = start(1).await;
    let answer = platform.get("/me", &[("access_token", TOKEN)]).await;
    let usage: Value =
        serde_json::from_str(answer.headers["x-business-use-case-usage"].to_str().unwrap()).unwrap();
    assert_eq!(usage[PAGE][0]["type"], "pages");
}

#[tokio::test]
async fn instagram_s_fields_and_edges_are_unknown_to_a_page() {
    let platform = start(1).await;
    for (path, query) in [
        (format!("/{PAGE}/media"), vec![]),
        (format!("/{COMMENT}/replies"), vec![]),
        (format!("/{COMMENT}"), vec![("fields", "hidden")]),
        (format!("/{POST}"), vec![("fields", "caption")]),
    ] {
        let query: Vec<_> = query.into_iter().chain([("access_token", TOKEN)]).collect();
        let answer = platform.get(&path, &query).await;
        assert!(!answer.status.is_success(), "{path}: {}", answer.body);
    }
}
