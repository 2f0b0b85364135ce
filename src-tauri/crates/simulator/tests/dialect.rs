//! Answers beside bodies that were recorded from the platform.

use reqwest::Url;
use serde_json::{Value, json};

use crate::support::{NOON_MS, POST, Platform, comment, post, recorded, seed, shape};

const RECORDED: &str = "python-facebook/testdata/instagram/apidata";

fn instagram(path: &str) -> Value {
    recorded(&format!("{RECORDED}/{path}"))
}

fn parameters(link: &Value) -> Vec<String> {
    let url = Url::parse(link.as_str().unwrap()).unwrap();
    url.query_pairs().map(|(name, _)| name.into_owned()).collect()
}

#[tokio::test]
async fn comment_pages_have_the_recorded_shape_from_the_first_to_the_last() {
    let platform = Platform::start(seed(4)).await;
    let path = format!("/v11.0/{POST}/comments");
    let first = platform.get(&path, &[("limit", "2")]).await.ok();
    let expected = instagram("medias/comments_p1.json");
    assert_eq!(shape(&first), shape(&expected));
    let (next, expected_next) = (&first["paging"]["next"], &expected["paging"]["next"]);
    assert_eq!(
        parameters(next),
        parameters(expected_next),
        "the link carries the token and the cursor"
    );
    assert!(
        Url::parse(next.as_str().unwrap())
            .unwrap()
            .path()
            .starts_with("/v11.0/")
    );

    let last = platform
        .client
        .get(next.as_str().unwrap())
        .send()
        .await
        .unwrap()
        .json::<Value>()
        .await
        .unwrap();
    assert_eq!(
        shape(&last),
        shape(&instagram("medias/comments_p2.json")),
        "the last page has no paging at all"
    );
}

#[tokio::test]
async fn a_single_comment_and_its_replies_have_the_recorded_shape() {
    let mut seed = seed(1);
    seed.comments.push(comment("2", Some("1")));
    let platform = Platform::start(seed).await;
    let node = platform
        .get("/1", &[("fields", "id,like_count,text,timestamp,username")])
        .await
        .ok();
    assert_eq!(shape(&node), shape(&instagram("comments/comment_fields.json")));
    assert_eq!(node["timestamp"], "2021-08-13T08:25:29+0000");
    let replies = platform.get("/1/replies", &[]).await.ok();
    assert_eq!(shape(&replies), shape(&instagram("comments/replies.json")));
}

#[tokio::test]
async fn media_pages_have_the_recorded_shape_with_cursors_to_the_end() {
    let mut seed = seed(0);
    seed.posts = (0..4)
        .map(|number| post(&format!("1789600000000001{number}"), NOON_MS + number * 1000))
        .collect();
    let fields = "id,caption,comments_count,children{id,media_type},like_count,media_type,media_url,permalink,timestamp";
    let platform = Platform::start(seed).await;
    let path = "/17841400000000001/media";
    let first = platform
        .get(path, &[("fields", fields), ("limit", "2")])
        .await
        .ok();
    let mut expected = instagram("users/medias_p1.json");
    // The recorded posts of this page have no caption.
    expected["data"][0]["caption"] = json!("");
    assert_eq!(shape(&first), shape(&expected));
    assert_eq!(
        parameters(&first["paging"]["next"]),
        parameters(&expected["paging"]["next"])
    );

    let after = first["paging"]["cursors"]["after"].as_str().unwrap();
    let last = platform
        .get(path, &[("fields", fields), ("limit", "2"), ("after", after)])
        .await
        .ok();
    let expected = instagram("users/medias_p2.json");
    assert_eq!(
        shape(&last["paging"]),
        shape(&expected["paging"]),
        "previous, but no next"
    );
    assert_eq!(
        parameters(&last["paging"]["previous"]),
        parameters(&expected["paging"]["previous"])
    );
}

#[tokio::test]
async fn a_read_of_several_ids_is_a_map_keyed_by_id() {
    let mut seed = seed(1);
    seed.posts.push(post("17896000000000011", NOON_MS));
    let platform = Platform::start(seed).await;
    let query = [
        ("ids", "17896000000000010,17896000000000011"),
        ("fields", "id,caption,comments_count,like_count"),
    ];
    let found = platform.get("/", &query).await.ok();
    let expected = instagram("medias/medias_fields.json");
    for map in [&found, &expected] {
        for (key, node) in map.as_object().unwrap() {
            assert_eq!(node["id"], json!(key));
        }
    }
    let per_media = platform
        .get("/comments", &[("ids", "17896000000000010,17896000000000011")])
        .await
        .ok();
    assert_eq!(per_media["17896000000000010"]["data"][0]["id"], "1");
    assert_eq!(
        per_media["17896000000000011"],
        json!({"data": []}),
        "an empty set has no paging key"
    );
}

#[tokio::test]
async fn a_user_has_the_recorded_fields() {
    let platform = Platform::start(seed(0)).await;
    let fields = "id,biography,name,username,profile_picture_url,followers_count,media_count";
    let user = platform
        .get("/17841400000000001", &[("fields", fields)])
        .await
        .ok();
    let expected = instagram("users/user_fields.json");
    for (key, value) in user.as_object().unwrap() {
        assert_eq!(shape(value), shape(&expected[key]), "{key}");
    }
    assert_eq!(user["media_count"], 1);
}

#[tokio::test]
async fn refusals_have_the_recorded_shape() {
    let platform = Platform::start(seed(1)).await;
    let missing = platform.get("/123456789", &[]).await;
    let expected = recorded("meta_errors/100_33_object_missing_shape.json");
    assert_eq!(shape(&missing.body), shape(&expected));
    for key in ["message", "type", "code", "error_subcode"] {
        assert_eq!(missing.body["error"][key], expected["error"][key], "{key}");
    }

    platform.inject(json!({"kind": "permission_error"})).await;
    let refused = platform.get("/1", &[]).await;
    let expected = recorded("meta_errors/10_permission_shape.json");
    assert_eq!(shape(&refused.body), shape(&expected));
    assert_eq!(refused.body["error"]["message"], expected["error"]["message"]);

    platform
        .inject(json!({"kind": "token_error", "subcode": 460}))
        .await;
    let signed_out = platform.get("/1", &[]).await;
    let expected = recorded("meta_errors/190_460_doc_sample.json");
    for (key, value) in signed_out.body["error"].as_object().unwrap() {
        assert_eq!(shape(value), shape(&expected["error"][key]), "{key}");
    }
    assert_eq!(signed_out.refusal(), (190, Some(460)));

    let unknown = platform.get("/1", &[("fields", "id,nonsense")]).await;
    let expected = recorded("python-facebook/testdata/error.json");
    assert_eq!(shape(&unknown.body), shape(&expected));
}

#[tokio::test]
async fn usage_headers_are_those_of_the_recorded_answers() {
    let platform = Platform::start(seed(1)).await;
    let answer = platform.get("/1", &[]).await;
    let header =
        |name: &str| -> Value { serde_json::from_str(answer.headers[name].to_str().unwrap()).unwrap() };
    let expected = recorded("meta_errors/headers_buc_doc_sample.json");
    let expected = expected["x-business-use-case-usage (recorded, python-facebook tests)"]
        .as_str()
        .unwrap();
    let expected: Value = serde_json::from_str(expected).unwrap();
    let usage = header("x-business-use-case-usage");
    assert_eq!(
        shape(&usage["17841400000000001"]),
        shape(&expected["112130216863063"])
    );
    assert_eq!(usage["17841400000000001"][0]["type"], "instagram");
    assert_eq!(
        shape(&header("x-app-usage")),
        json!({"call_count": "number", "total_time": "number", "total_cputime": "number"})
    );
    assert!(
        answer.headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("application/json")
    );
}

#[tokio::test]
async fn a_refreshed_token_is_announced_in_the_recorded_shape() {
    let platform = Platform::start(seed(0)).await;
    let refreshed = platform
        .get("/refresh_access_token", &[("grant_type", "ig_refresh_token")])
        .await
        .ok();
    assert_eq!(
        shape(&refreshed),
        shape(&recorded("meta_errors/ig_refresh_access_token_recorded.json"))
    );
}

#[tokio::test]
async fn pictures_are_served_where_the_media_says() {
    let mut seed = seed(0);
    seed.posts.push(simulator::SeedPost {
        media_type: "VIDEO".into(),
        ..post("17896000000000011", NOON_MS)
    });
    let platform = Platform::start(seed).await;
    for (id, field) in [(POST, "media_url"), ("17896000000000011", "thumbnail_url")] {
        let url = platform.field(id, field).await;
        assert_eq!(url, json!(format!("{}/media-files/{id}.png", platform.base_url)));
        let response = platform.client.get(url.as_str().unwrap()).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "image/png");
        assert!(response.bytes().await.unwrap().starts_with(b"\x89PNG"));
    }
    assert_eq!(
        platform.field("17896000000000011", "media_url").await,
        Value::Null,
        "there is no video to serve"
    );
}
