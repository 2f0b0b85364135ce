//! Paging, filters and what is left out.

use serde_json::{Value, json};

use super::support::{Channel, OTHER_VIDEO, VIDEO, channel_id, comment, ids, reason, seed, video};
use crate::support::NOON_MS;

/// Every item of a listing, walked page by page, and how many pages it took.
async fn walk(channel: &Channel, path: &str, query: &[(&str, &str)]) -> (Vec<String>, usize) {
    let (mut found, mut pages, mut token) = (Vec::new(), 0, None::<String>);
    loop {
        let mut asked = query.to_vec();
        if let Some(token) = &token {
            asked.push(("pageToken", token));
        }
        let page = channel.get(path, &asked).await.ok();
        found.extend(ids(&page));
        pages += 1;
        token = page["nextPageToken"].as_str().map(str::to_owned);
        if token.is_none() {
            return (found, pages);
        }
    }
}

#[tokio::test]
async fn threads_come_newest_first_and_every_one_once() {
    let channel = Channel::start(seed(205)).await;
    let newest_first: Vec<String> = (1..=205).rev().map(|number| number.to_string()).collect();
    let by_video = [("part", "snippet"), ("videoId", VIDEO), ("maxResults", "100")];
    assert_eq!(
        walk(&channel, "commentThreads", &by_video).await,
        (newest_first.clone(), 3)
    );
    let default = [("part", "snippet"), ("videoId", VIDEO)];
    assert_eq!(
        walk(&channel, "commentThreads", &default).await,
        (newest_first, 11)
    );
}

#[tokio::test]
async fn the_threads_of_a_channel_are_those_of_all_its_videos() {
    let mut seed = seed(3);
    seed.posts.push(video("simVideo-03"));
    let channel = Channel::start(seed).await;
    let said = json!([
        {"post_id": "simVideo-03", "id": "a", "timestamp_ms": NOON_MS + 1500},
        {"post_id": OTHER_VIDEO, "id": "b", "timestamp_ms": NOON_MS + 2500},
        {"post_id": VIDEO, "id": "2.9", "parent_id": "2", "timestamp_ms": NOON_MS + 9000},
    ]);
    channel.people_say(said).await;
    let channel_id = channel_id();
    let all = [
        ("part", "snippet"),
        ("allThreadsRelatedToChannelId", channel_id.as_str()),
        ("maxResults", "1"),
    ];
    let (found, pages) = walk(&channel, "commentThreads", &all).await;
    assert_eq!(
        found,
        ["3", "2", "a", "1"],
        "a new reply does not lift its thread"
    );
    assert_eq!(pages, 4);
    channel
        .platform
        .control("/comments/2/delete", Value::Null)
        .await
        .ok();
    assert_eq!(walk(&channel, "commentThreads", &all).await.0, ["3", "a", "1"]);
}

#[tokio::test]
async fn a_token_outlives_what_it_points_at_and_belongs_to_its_question() {
    let channel = Channel::start(seed(6)).await;
    let query = [("part", "snippet"), ("videoId", VIDEO), ("maxResults", "2")];
    let first = channel.get("commentThreads", &query).await.ok();
    let token = first["nextPageToken"].as_str().unwrap();
    channel
        .platform
        .control("/comments/5/delete", Value::Null)
        .await
        .ok();
    let next = [&query[..], &[("pageToken", token)]].concat();
    assert_eq!(ids(&channel.get("commentThreads", &next).await.ok()), ["4", "3"]);

    for (name, value) in [("pageToken", "CAoQAA"), ("pageToken", "not a token")] {
        let bad = [&query[..], &[(name, value)]].concat();
        let refused = channel.get("commentThreads", &bad).await;
        assert_eq!(reason(&refused), (400, "invalidPageToken"));
        assert_eq!(refused.body["error"]["errors"][0]["location"], "pageToken");
    }
    let other = [&next[..], &[("searchTerms", "text")]].concat();
    assert_eq!(
        reason(&channel.get("commentThreads", &other).await),
        (400, "invalidPageToken"),
        "the token was given for another question"
    );
}

#[tokio::test]
async fn a_thread_brings_five_replies_and_tells_how_many_there_are() {
    let mut seed = seed(1);
    for number in 1..=12 {
        seed.comments.push(comment(&format!("1.{number}"), Some("1")));
    }
    let channel = Channel::start(seed).await;
    let query = [("part", "snippet,replies"), ("id", "1")];
    let thread = channel.get("commentThreads", &query).await.ok()["items"][0].clone();
    assert_eq!(thread["snippet"]["totalReplyCount"], 12);
    assert_eq!(thread["replies"]["comments"].as_array().unwrap().len(), 5);
    let without = [("part", "snippet"), ("id", "1")];
    let thread = channel.get("commentThreads", &without).await.ok()["items"][0].clone();
    assert!(thread.get("replies").is_none(), "only when asked for");

    let replies = [("part", "snippet"), ("parentId", "1"), ("maxResults", "5")];
    let (found, pages) = walk(&channel, "comments", &replies).await;
    let expected: Vec<String> = (1..=12).rev().map(|number| format!("1.{number}")).collect();
    assert_eq!((found, pages), (expected, 3));
    for nobody in ["404", "1.1"] {
        let query = [("part", "snippet"), ("parentId", nobody)];
        assert_eq!(
            reason(&channel.get("comments", &query).await),
            (404, "commentNotFound")
        );
    }
}

#[tokio::test]
async fn uploads_are_paged_in_both_directions() {
    let mut seed = seed(0);
    for number in 1..=6 {
        let mut upload = video(&format!("upload-{number}"));
        upload.timestamp_ms += number * 1000;
        seed.posts.push(upload);
    }
    let channel = Channel::start(seed).await;
    let uploads = format!("UU{}", &channel_id()[2..]);
    let query = [
        ("part", "contentDetails"),
        ("playlistId", uploads.as_str()),
        ("maxResults", "3"),
    ];
    let videos = |page: &Value| -> Vec<Value> {
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|item| item["contentDetails"]["videoId"].clone())
            .collect()
    };
    let first = channel.get("playlistItems", &query).await.ok();
    assert_eq!(videos(&first), ["upload-6", "upload-5", "upload-4"]);
    assert_eq!(first["pageInfo"], json!({"totalResults": 7, "resultsPerPage": 3}));
    assert!(first.get("prevPageToken").is_none());
    let go = async |token: &Value| {
        let token = token.as_str().unwrap();
        let query = [&query[..], &[("pageToken", token)]].concat();
        channel.get("playlistItems", &query).await.ok()
    };
    let second = go(&first["nextPageToken"]).await;
    assert_eq!(videos(&second), ["upload-3", "upload-2", "upload-1"]);
    let last = go(&second["nextPageToken"]).await;
    assert_eq!(videos(&last), [VIDEO]);
    assert!(last.get("nextPageToken").is_none());
    assert_eq!(videos(&go(&last["prevPageToken"]).await), videos(&second));

    let fifty = [
        ("part", "id"),
        ("playlistId", uploads.as_str()),
        ("maxResults", "51"),
    ];
    assert_eq!(
        reason(&channel.get("playlistItems", &fifty).await),
        (400, "invalidParameter")
    );
    let unknown = [("part", "id"), ("playlistId", "UUnobody")];
    assert_eq!(
        reason(&channel.get("playlistItems", &unknown).await),
        (404, "playlistNotFound")
    );
}

#[tokio::test]
async fn a_question_that_does_not_hold_together_is_refused() {
    let channel = Channel::start(seed(1)).await;
    let channel_id = channel_id();
    let too_many = vec!["1"; 51].join(",");
    for (path, query, expected) in [
        ("commentThreads", vec![("videoId", VIDEO)], (400, "required")),
        (
            "commentThreads",
            vec![("part", "snippet,fish"), ("videoId", VIDEO)],
            (400, "unknownPart"),
        ),
        (
            "commentThreads",
            vec![("part", "snippet")],
            (400, "missingRequiredParameter"),
        ),
        (
            "commentThreads",
            vec![("part", "snippet"), ("videoId", VIDEO), ("id", "1")],
            (400, "incompatibleParameters"),
        ),
        (
            "commentThreads",
            vec![
                ("part", "snippet"),
                ("id", "1"),
                ("moderationStatus", "heldForReview"),
            ],
            (400, "incompatibleParameters"),
        ),
        // Gone from the documentation, so that nobody should build on it.
        (
            "commentThreads",
            vec![("part", "snippet"), ("channelId", channel_id.as_str())],
            (400, "missingRequiredParameter"),
        ),
        (
            "commentThreads",
            vec![("part", "snippet"), ("videoId", VIDEO), ("maxResults", "0")],
            (400, "invalidParameter"),
        ),
        (
            "commentThreads",
            vec![("part", "snippet"), ("videoId", VIDEO), ("maxResults", "101")],
            (400, "invalidParameter"),
        ),
        (
            "commentThreads",
            vec![
                ("part", "snippet"),
                ("videoId", VIDEO),
                ("moderationStatus", "rejected"),
            ],
            (400, "invalidParameter"),
        ),
        (
            "commentThreads",
            vec![("part", "snippet"), ("videoId", VIDEO), ("order", "oldest")],
            (400, "invalidParameter"),
        ),
        (
            "commentThreads",
            vec![("part", "snippet"), ("videoId", "404")],
            (404, "videoNotFound"),
        ),
        (
            "commentThreads",
            vec![("part", "snippet"), ("allThreadsRelatedToChannelId", "UC404")],
            (404, "channelNotFound"),
        ),
        (
            "videos",
            vec![("part", "snippet"), ("id", too_many.as_str())],
            (400, "invalidParameter"),
        ),
        (
            "comments",
            vec![("part", "snippet"), ("id", "1"), ("parentId", "1")],
            (400, "incompatibleParameters"),
        ),
    ] {
        let refused = channel.get(path, &query).await;
        assert_eq!(reason(&refused), expected, "{path} {query:?}");
    }
}

#[tokio::test]
async fn search_terms_and_relevance_choose_among_the_threads() {
    let mut seed = seed(4);
    seed.comments[1].text = "Where is the HONEY from?".into();
    seed.comments[2].like_count = 50;
    let channel = Channel::start(seed).await;
    let terms = [("part", "snippet"), ("videoId", VIDEO), ("searchTerms", "honey")];
    assert_eq!(ids(&channel.get("commentThreads", &terms).await.ok()), ["2"]);
    let relevance = [
        ("part", "snippet"),
        ("videoId", VIDEO),
        ("order", "relevance"),
        ("maxResults", "3"),
    ];
    assert_eq!(
        walk(&channel, "commentThreads", &relevance).await,
        (
            vec!["3".to_owned(), "4".to_owned(), "2".to_owned(), "1".to_owned()],
            2
        )
    );
}

#[tokio::test]
async fn a_video_without_comments_says_so_and_counts_none() {
    let channel = Channel::start(seed(1)).await;
    let path = format!("/videos/{VIDEO}/comments-enabled");
    channel
        .platform
        .control(&path, json!({"enabled": false}))
        .await
        .ok();
    let query = [("part", "snippet"), ("videoId", VIDEO)];
    let refused = channel.get("commentThreads", &query).await;
    assert_eq!(reason(&refused), (403, "commentsDisabled"));
    let statistics = [("part", "statistics"), ("id", VIDEO)];
    let video = channel.get("videos", &statistics).await.ok();
    assert!(video["items"][0]["statistics"].get("commentCount").is_none());
    assert_eq!(
        reason(&channel.reply("1", "Hello").await),
        (403, "commentsDisabled")
    );
}

#[tokio::test]
async fn malformed_elements_and_withheld_comments_are_served_as_asked() {
    let channel = Channel::start(seed(2)).await;
    let raw = json!([{"post_id": VIDEO, "raw": {"id": 17}}, {"post_id": VIDEO, "raw": null}]);
    channel.platform.control("/comments", raw).await.ok();
    let withhold = json!({"withheld": true});
    channel
        .platform
        .control("/comments/1/withhold", withhold)
        .await
        .ok();
    let query = [("part", "snippet"), ("videoId", VIDEO)];
    let page = channel.get("commentThreads", &query).await.ok();
    let items = page["items"].as_array().unwrap();
    assert_eq!(items[..2], [Value::Null, json!({"id": 17})]);
    assert_eq!((items.len(), &items[2]["id"]), (3, &json!("2")));
}
