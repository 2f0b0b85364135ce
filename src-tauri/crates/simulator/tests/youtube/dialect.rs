//! Answers beside bodies that were recorded from the platform.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Channel, KEY, OTHER_VIDEO, VIDEO, channel_id, comment, ids, reason, seed, send};
use crate::support::{recorded, shape};

fn youtube(path: &str) -> Value {
    recorded(&format!("python-youtube/testdata/{path}"))
}

/// Everything that was recorded is there with the same type; what comes on top is named.
fn assert_covers(recorded: &Value, ours: &Value, on_top: &[&str], at: &str) {
    match (recorded, ours) {
        (Value::Object(recorded), Value::Object(ours)) => {
            for (name, value) in recorded {
                let found = ours.get(name).unwrap_or_else(|| panic!("{at}.{name} is missing"));
                assert_covers(value, found, on_top, &format!("{at}.{name}"));
            }
            for name in ours.keys().filter(|name| !recorded.contains_key(*name)) {
                assert!(on_top.contains(&name.as_str()), "{at}.{name} was never recorded");
            }
        }
        (Value::Array(recorded), Value::Array(ours)) => {
            let (Some(recorded), Some(ours)) = (recorded.first(), ours.first()) else {
                panic!("{at} is empty")
            };
            assert_covers(recorded, ours, on_top, &format!("{at}[]"));
        }
        (recorded, ours) => assert_eq!(shape(recorded), shape(ours), "{at}"),
    }
}

#[tokio::test]
async fn pages_of_threads_have_the_recorded_shape() {
    let channel = Channel::start(seed(5)).await;
    let query = [("part", "snippet"), ("videoId", VIDEO), ("maxResults", "2")];
    let ours = channel.get_with_key("commentThreads", &query).await.ok();
    let page = youtube("apidata/comment_threads/comment_threads_by_video_paged_1.json");
    // Recorded in 2019; what was inserted in 2022 names the channel as well.
    assert_covers(&page, &ours, &["channelId"], "page");
    assert_eq!(ours["pageInfo"], json!({"totalResults": 2, "resultsPerPage": 2}));

    let owner = channel.get("commentThreads", &query).await.ok();
    assert_covers(&page, &owner, &["channelId", "moderationStatus"], "page");

    let channel_id = channel_id();
    let query = [
        ("part", "snippet"),
        ("allThreadsRelatedToChannelId", channel_id.as_str()),
    ];
    let ours = channel.get_with_key("commentThreads", &query).await.ok();
    let page = youtube("apidata/comment_threads/comment_threads_by_channel.json");
    assert_covers(&page, &ours, &["videoId"], "page");
    assert_eq!(ours["pageInfo"], json!({"totalResults": 5, "resultsPerPage": 20}));
}

#[tokio::test]
async fn a_thread_with_replies_has_the_recorded_shape() {
    let mut seed = seed(1);
    seed.comments.push(comment("1.2", Some("1")));
    let channel = Channel::start(seed).await;
    let query = [("part", "snippet,replies"), ("id", "1")];
    let page = channel.get("commentThreads", &query).await.ok();
    let thread = youtube("modeldata/comments/comment_thread_info.json");
    assert_covers(&thread, &page["items"][0], &["channelId"], "thread");
    let several = youtube("apidata/comment_threads/comment_threads_multi.json");
    assert_covers(&several, &page, &["channelId", "replies"], "page");
}

#[tokio::test]
async fn comments_asked_for_by_id_have_the_recorded_shape() {
    let channel = Channel::start(seed(3)).await;
    let query = [("part", "snippet"), ("id", "1,2,404")];
    let ours = channel.get("comments", &query).await.ok();
    assert_eq!(
        shape(&ours),
        shape(&youtube("apidata/comments/comments_multi.json"))
    );
    assert_eq!(ids(&ours), ["1", "2"], "an id that names nothing is left out");
    let repeated = [("part", "snippet"), ("id", "2"), ("id", "1")];
    assert_eq!(ids(&channel.get("comments", &repeated).await.ok()), ["2", "1"]);
}

#[tokio::test]
async fn what_was_written_has_the_recorded_shape() {
    let channel = Channel::start(seed(1)).await;
    let reply = channel.reply("1", "wow").await.ok();
    let expected = youtube("apidata/comments/insert_response.json");
    assert_eq!(shape(&reply), shape(&expected));
    assert_eq!(reply["snippet"]["textOriginal"], "wow");
    let id_length = |body: &Value| body["id"].as_str().unwrap().split('.').nth(1).unwrap().len();
    assert_eq!(id_length(&reply), id_length(&expected));

    let body = json!({"snippet": {
        "channelId": channel_id(), "videoId": VIDEO,
        "topLevelComment": {"snippet": {"textOriginal": "Sun from the api"}},
    }});
    let thread = channel.write(Method::POST, "commentThreads", body).await.ok();
    let expected = youtube("apidata/comment_threads/insert_response.json");
    assert_eq!(shape(&thread), shape(&expected));
    let (id, recorded_id) = (thread["id"].as_str().unwrap(), expected["id"].as_str().unwrap());
    assert_eq!(id.len(), recorded_id.len());
    assert!(id.starts_with("Ug") && id.ends_with("4AaABAg"), "{id}");
    assert_eq!(
        thread["etag"].as_str().unwrap().len(),
        expected["etag"].as_str().unwrap().len()
    );
}

#[tokio::test]
async fn channels_uploads_and_videos_have_the_recorded_shape() {
    let channel = Channel::start(seed(2)).await;
    let query = [("part", "snippet,contentDetails,statistics"), ("mine", "true")];
    let mine = channel.get("channels", &query).await.ok();
    let mut expected = youtube("apidata/channels/info_multiple.json");
    expected["items"][0]
        .as_object_mut()
        .unwrap()
        .remove("brandingSettings");
    expected["items"][0]["snippet"]
        .as_object_mut()
        .unwrap()
        .remove("country");
    assert_covers(&expected, &mine, &["country"], "channels");
    let uploads = &mine["items"][0]["contentDetails"]["relatedPlaylists"]["uploads"];
    let uploads = uploads.as_str().unwrap();
    assert!(uploads.starts_with("UU") && uploads[2..] == channel_id()[2..]);

    let query = [("part", "snippet"), ("playlistId", uploads)];
    let items = channel.get("playlistItems", &query).await.ok();
    let mut expected = youtube("apidata/playlist_items/playlist_items_single.json");
    for size in ["standard", "maxres"] {
        let thumbnails = &mut expected["items"][0]["snippet"]["thumbnails"];
        thumbnails.as_object_mut().unwrap().remove(size);
    }
    assert_covers(&expected, &items, &[], "items");
    let video_id = &items["items"][0]["snippet"]["resourceId"]["videoId"];
    assert_eq!(video_id, VIDEO);

    let query = [("part", "snippet,statistics"), ("id", VIDEO)];
    let videos = channel.get("videos", &query).await.ok();
    let snippet = &videos["items"][0]["snippet"];
    assert_eq!(snippet["title"], "How honey soap is made");
    assert_eq!(snippet["description"], "All of it by hand.");
    assert_eq!(
        videos["items"][0]["statistics"]["commentCount"], "2",
        "numbers are strings here"
    );
    let unknown = [("part", "snippet"), ("id", "UCnobody")];
    let nothing = channel.get("channels", &unknown).await.ok();
    assert!(nothing.get("items").is_none(), "the platform leaves the list out");
}

#[tokio::test]
async fn the_same_etag_means_nothing_new_and_an_edit_makes_another() {
    let channel = Channel::start(seed(2)).await;
    let query = [("part", "snippet"), ("videoId", VIDEO)];
    let first = channel.get("commentThreads", &query).await;
    let etag = first.headers["etag"].to_str().unwrap().to_owned();
    let body = first.ok();
    assert_eq!(etag, format!("\"{}\"", body["etag"].as_str().unwrap()));
    let again = |tag: String| {
        let request = channel.request(Method::GET, "commentThreads", &query);
        send(
            request
                .bearer_auth(super::support::TOKEN)
                .header("if-none-match", tag),
        )
    };
    for tag in [
        etag.clone(),
        format!("W/{etag}"),
        etag.trim_matches('"').to_owned(),
    ] {
        let unchanged = again(tag.clone()).await.unwrap();
        assert_eq!(unchanged.status, 304, "{tag}");
        assert_eq!(unchanged.body, Value::Null);
    }
    let edit = json!({"text": "an edited text"});
    channel.platform.control("/comments/1/edit", edit).await.ok();
    let changed = again(etag).await.unwrap().ok();
    let by_id = |page: &Value, id: &str| {
        let items = page["items"].as_array().unwrap().iter();
        items.clone().find(|item| item["id"] == id).unwrap().clone()
    };
    assert_eq!(
        by_id(&changed, "2"),
        by_id(&body, "2"),
        "the other one is as it was"
    );
    let (before, after) = (by_id(&body, "1"), by_id(&changed, "1"));
    assert_ne!(before["etag"], after["etag"]);
    let (before, after) = (
        &before["snippet"]["topLevelComment"]["snippet"],
        &after["snippet"]["topLevelComment"]["snippet"],
    );
    assert_eq!(before["publishedAt"], after["publishedAt"]);
    assert_eq!(before["updatedAt"], before["publishedAt"]);
    assert_ne!(after["updatedAt"], after["publishedAt"]);
    assert_eq!(
        channel.platform.simulator.quota()[0].spent_units,
        5,
        "an unchanged page costs the same"
    );
}

#[tokio::test]
async fn text_is_html_unless_plain_text_is_asked_for() {
    let channel = Channel::start(seed(0)).await;
    let text = "Lot's <3\nhttps://example.com";
    let said = json!({"post_id": VIDEO, "id": "9", "username": "@bo", "text": text});
    channel.people_say(said).await;
    let shown = async |format: &'static str| {
        let query = [("part", "snippet"), ("id", "9"), ("textFormat", format)];
        channel.get("comments", &query).await.ok()["items"][0]["snippet"].clone()
    };
    let html = shown("html").await;
    assert_eq!(
        html["textDisplay"],
        "Lot&#39;s &lt;3<br><a href=\"https://example.com\">https://example.com</a>"
    );
    assert_eq!(html["textOriginal"], text);
    assert_eq!(shown("plainText").await["textDisplay"], text);
    assert!(
        html.get("authorChannelId").is_none(),
        "an author may have no channel"
    );
    let bad = [("part", "snippet"), ("id", "9"), ("textFormat", "markdown")];
    assert_eq!(
        reason(&channel.get("comments", &bad).await),
        (400, "invalidParameter")
    );
}

#[tokio::test]
async fn who_calls_is_told_from_who_may() {
    let channel = Channel::start(seed(1)).await;
    let query = [("part", "snippet"), ("videoId", VIDEO)];
    let nobody = send(channel.request(Method::GET, "commentThreads", &query))
        .await
        .unwrap();
    assert_eq!(reason(&nobody), (403, "forbidden"));
    let wrong = channel.get_as("wrong", "commentThreads", &query).await;
    assert_eq!(reason(&wrong), (401, "authError"));
    assert!(wrong.headers.contains_key("www-authenticate"));
    let request = channel.request(Method::GET, "commentThreads", &query);
    let wrong_key = send(request.query(&[("key", "wrong")])).await.unwrap();
    assert_eq!(reason(&wrong_key), (400, "keyInvalid"));
    assert_eq!(shape(&wrong_key.body), shape(&youtube("error_response.json")));

    let mine = [("part", "snippet"), ("mine", "true")];
    let by_key = channel.get_with_key("channels", &mine).await;
    assert_eq!(reason(&by_key), (401, "required"));
    let request = channel.request(Method::DELETE, "comments", &[("id", "1"), ("key", KEY)]);
    assert_eq!(reason(&send(request).await.unwrap()), (401, "required"));
    let unknown = channel.get("captions", &query).await;
    assert_eq!(reason(&unknown), (404, "notFound"));
    let others = [("part", "snippet"), ("videoId", OTHER_VIDEO)];
    channel.get("commentThreads", &others).await.ok();
}
