#![allow(clippy::unwrap_used)]
use super::*;
use rstest::rstest;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    let crate_folder = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    Path::new(&crate_folder).join("../../../../shared/fixtures/python-youtube/testdata")
}

fn recorded(file: &str) -> String {
    let path = fixtures().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn published(account: Option<&PlatformId>) -> Found<'_> {
    Found {
        account,
        visibility: Some(Visibility::Published),
    }
}

fn all_readable<T>(items: Vec<Element<T>>) -> Vec<T> {
    let read = |item| match item {
        Element::Read(read) => read,
        Element::Malformed { raw, reason } => panic!("{reason}: {raw}"),
    };
    items.into_iter().map(read).collect()
}

fn one_thread(extra: &str, snippet: &str, found: Found<'_>) -> RemoteComment {
    let body = format!(
        r#"{{"items":[{{"id":"T","snippet":{{"videoId":"V","totalReplyCount":0{extra},
           "topLevelComment":{{"id":"T","snippet":{{"publishedAt":"2026-01-01T10:00:00Z"{snippet}}}}}}}}}]}}"#
    );
    all_readable(threads(&body, found).unwrap().items).remove(0)
}

/// What became of every recorded body, so that none is left out.
fn reads_as(file: &str) -> usize {
    let body = recorded(file);
    let found = published(None);
    let post = PlatformId::from("V");
    match file {
        _ if file.contains("comment_threads/insert_response")
            || file.contains("comments/insert_response") =>
        {
            usize::from(!written(&body).unwrap().0.as_str().is_empty())
        }
        _ if file.contains("apidata/comment_threads/")
            || file.ends_with("comment_thread_api_response.json") =>
        {
            all_readable(threads(&body, found).unwrap().items).len()
        }
        _ if file.contains("apidata/comments/") || file.ends_with("comment_api_response.json") => {
            let comments = all_readable(replies(&body, &post, &post, found).unwrap().items).len();
            assert_eq!(seen(&body).unwrap().len(), comments, "{file}");
            comments
        }
        _ if file.starts_with("apidata/channel_info") || file.starts_with("apidata/channels/info") => {
            usize::from(channel(&body).unwrap().is_some())
        }
        _ if file.contains("playlist_items/playlist") => all_readable(uploads(&body).unwrap().items).len(),
        _ if file.contains("videos/videos_") => all_readable(videos(&body).unwrap()).len(),
        _ => 0,
    }
}

#[rstest]
#[case::threads_by_channel("apidata/comment_threads/comment_threads_by_channel.json", 2)]
#[case::threads_by_video("apidata/comment_threads/comment_threads_by_video_paged_1.json", 5)]
#[case::threads_last_page("apidata/comment_threads/comment_threads_by_video_paged_2.json", 5)]
#[case::thread("apidata/comment_threads/comment_thread_single.json", 1)]
#[case::threads_by_id("apidata/comment_threads/comment_threads_multi.json", 2)]
#[case::threads_with_search("apidata/comment_threads/comment_threads_with_search.json", 1)]
#[case::new_thread("apidata/comment_threads/insert_response.json", 1)]
#[case::comments("apidata/comments/comments_multi.json", 2)]
#[case::comment("apidata/comments/comments_single.json", 1)]
#[case::new_reply("apidata/comments/insert_response.json", 1)]
#[case::threads_of_the_models("modeldata/comments/comment_thread_api_response.json", 2)]
#[case::comments_of_the_models("modeldata/comments/comment_api_response.json", 2)]
#[case::channel("apidata/channel_info_single.json", 1)]
#[case::channel_with_handle("apidata/channels/info.json", 1)]
#[case::channels("apidata/channels/info_multiple.json", 1)]
#[case::uploads("apidata/playlist_items/playlist_items_paged_1.json", 10)]
#[case::uploads_last_page("apidata/playlist_items/playlist_items_paged_2.json", 3)]
#[case::uploads_by_id("apidata/playlist_items/playlist_items_multi.json", 2)]
#[case::upload("apidata/playlist_items/playlist_items_single.json", 1)]
#[case::upload_of_a_video("apidata/playlist_items/playlist_items_filter_video.json", 1)]
#[case::video("apidata/videos/videos_info_single.json", 1)]
#[case::videos("apidata/videos/videos_info_multi.json", 2)]
#[case::chart("apidata/videos/videos_chart_paged_1.json", 5)]
#[case::chart_last_page("apidata/videos/videos_chart_paged_2.json", 3)]
#[case::rated("apidata/videos/videos_myrating_paged_1.json", 2)]
#[case::rated_last_page("apidata/videos/videos_myrating_paged_2.json", 1)]
fn recorded_bodies_are_read(#[case] file: &str, #[case] elements: usize) {
    assert_eq!(reads_as(file), elements, "{file}");
}

/// Bodies of calls that this client never makes: search, activities, ratings, uploads of its own.
#[test]
fn every_other_recorded_body_is_valid_json_and_refused_where_it_could_be_mistaken() {
    let mut folders = vec![fixtures()];
    let mut others = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let body = std::fs::read_to_string(&path).unwrap();
            let file = path
                .strip_prefix(fixtures())
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            assert!(serde_json::from_str::<serde_json::Value>(&body).is_ok(), "{file}");
            if reads_as(&file) > 0 {
                continue;
            }
            others += 1;
            // A listing of something else is no listing of comments.
            if let Ok(page) = threads(&body, published(None)) {
                let strangers = page
                    .items
                    .iter()
                    .all(|item| matches!(item, Element::Malformed { .. }));
                assert!(strangers, "{file} was read as threads");
            }
        }
    }
    assert!(others > 15, "all of them were looked at: {others}");
}

#[test]
fn pages_go_on_while_a_token_is_given() {
    let first = recorded("apidata/comment_threads/comment_threads_by_video_paged_1.json");
    let next = threads(&first, published(None)).unwrap().next.unwrap();
    assert!(next.starts_with("QURTSl9"), "kept as it is: {next}");
    let last = recorded("apidata/comment_threads/comment_threads_by_video_paged_2.json");
    assert_eq!(threads(&last, published(None)).unwrap().next, None);
    assert!(
        threads(r#"{"kind":"youtube#x"}"#, published(None)).is_err(),
        "nothing is not an empty page"
    );
}

#[test]
fn a_recorded_thread_says_where_its_replies_go_on() {
    let body = recorded("apidata/comment_threads/comment_threads_by_video_paged_1.json");
    let threads = all_readable(threads(&body, published(None)).unwrap().items);
    let text = |n: usize| threads[n].text.as_str();
    assert_eq!(text(0), "Google.com", "as typed, not as the link it became");
    assert_eq!(threads[4].reply_count, Some(2));
    assert_eq!(
        threads[4].more_replies.as_deref(),
        Some("listing:"),
        "none came along"
    );
    assert_eq!(threads[0].more_replies, None);
    assert_eq!(threads[0].hidden, Some(false), "the listing holds published ones");
    assert_eq!(threads[0].post_id.as_str(), "F1UP7wRCPH8");
}

#[test]
fn a_comment_about_the_channel_stands_under_the_channel() {
    let body = recorded("apidata/comment_threads/comment_threads_by_channel.json");
    let threads = all_readable(threads(&body, published(None)).unwrap().items);
    assert_eq!(threads[0].post_id.as_str(), "UC_x5XG1OV2P6uZZ5FSM9Ttw");
    let community = one_thread("", r#","postId":"Ugkx1","channelId":"UC1""#, published(None));
    assert_eq!(
        community.post_id.as_str(),
        "Ugkx1",
        "a community post has an id of its own"
    );
}

#[test]
fn a_recorded_thread_with_all_its_replies_is_complete() {
    let thread = recorded("modeldata/comments/comment_thread_info.json");
    let body = format!(r#"{{"items":[{thread}]}}"#);
    let thread = all_readable(threads(&body, published(None)).unwrap().items).remove(0);
    assert_eq!((thread.more_replies, thread.reply_count), (None, Some(1)));
    let reply = all_readable(thread.replies).remove(0);
    assert_eq!(reply.parent_id, Some(thread.id));
    assert_eq!((reply.text.as_str(), reply.like_count), ("#", Some(1)));
}

#[rstest]
#[case::own(r#","authorChannelId":{"value":"UCme"}"#, true, true)]
#[case::somebody(r#","authorChannelId":{"value":"UCother"}"#, false, true)]
#[case::namesake(r#","authorDisplayName":"UCme""#, false, false)]
#[case::absent("", false, false)]
#[case::empty(r#","authorChannelId":{}"#, false, false)]
#[case::null(r#","authorChannelId":null"#, false, false)]
fn own_comments_are_known_by_the_channel_s_id(#[case] author: &str, #[case] own: bool, #[case] known: bool) {
    let me = PlatformId::from("UCme");
    let comment = one_thread("", author, published(Some(&me)));
    assert_eq!((comment.flagged_own, comment.author_id.is_some()), (own, known));
}

#[rstest]
#[case::as_typed(r#","textOriginal":"a < b","textDisplay":"a &lt; b""#, "a < b")]
#[case::only_as_shown(r#","textDisplay":"shown""#, "shown")]
#[case::none("", "")]
fn the_text_is_the_typed_one_where_it_is_given(#[case] fields: &str, #[case] expected: &str) {
    assert_eq!(one_thread("", fields, published(None)).text, expected);
}

#[rstest]
#[case::untouched("2026-01-01T10:00:00Z", None)]
#[case::edited("2026-01-02T10:00:00.000Z", Some("2026-01-02T10:00:00Z"))]
#[case::nonsense("later", None)]
fn an_edit_is_seen_by_its_time(#[case] updated: &str, #[case] expected: Option<&str>) {
    let comment = one_thread("", &format!(r#","updatedAt":"{updated}""#), published(None));
    assert_eq!(comment.edited_at, expected.and_then(Timestamp::parse_platform));
}

#[rstest]
#[case::stated(Some(Visibility::HeldForReview), "published", "", Some(false))]
#[case::held(Some(Visibility::HeldForReview), "heldForReview", "", Some(true))]
#[case::spam(Some(Visibility::LikelySpam), "likelySpam", "", Some(true))]
#[case::held_without_a_word(Some(Visibility::HeldForReview), "", "", Some(true))]
#[case::by_id_and_public(None, "", r#","isPublic":true"#, Some(false))]
#[case::by_id_of_a_private_video(None, "", r#","isPublic":false"#, None)]
fn whether_it_is_hidden_is_what_the_platform_says(
    #[case] visibility: Option<Visibility>,
    #[case] status: &str,
    #[case] thread: &str,
    #[case] expected: Option<bool>,
) {
    let field = match status {
        "" => String::new(),
        status => format!(r#","moderationStatus":"{status}""#),
    };
    let found = Found {
        account: None,
        visibility,
    };
    assert_eq!(one_thread(thread, &field, found).hidden, expected);
}

#[test]
fn one_malformed_element_leaves_the_others_readable() {
    let good = |id: &str| {
        format!(
            r#"{{"id":"{id}","snippet":{{"videoId":"V","totalReplyCount":1,"topLevelComment":{{"id":"{id}",
               "snippet":{{"publishedAt":"2026-01-01T10:00:00Z"}}}}}},"replies":{{"comments":[{{"id":7}}]}}}}"#
        )
    };
    let body = format!(
        r#"{{"items":[{},{{"id":"2"}},{{"id":"","snippet":{{}}}},{}]}}"#,
        good("1"),
        good("4").replace("\"comments\":[{\"id\":7}]", "\"comments\":\"many\"")
    );
    let page = threads(&body, published(None)).unwrap();
    let shapes: Vec<bool> = page
        .items
        .iter()
        .map(|item| matches!(item, Element::Read(_)))
        .collect();
    assert_eq!(shapes, [true, false, false, true]);
    for item in &page.items {
        if let Element::Read(thread) = item {
            assert!(
                matches!(&thread.replies[..], [Element::Malformed { .. }]),
                "set aside, not lost"
            );
        }
    }
    let spoilt = r#"{"items":[{"id":"1"}]}"#;
    assert!(
        seen(spoilt).is_err(),
        "what is left out of this answer would count as gone"
    );
}

#[test]
fn counts_are_text_and_may_be_missing() {
    let body = r#"{"items":[
        {"id":"a","snippet":{"publishedAt":"2026-01-01T10:00:00Z","title":"T","description":"D",
         "liveBroadcastContent":"live"},"statistics":{"commentCount":"12","likeCount":7}},
        {"id":"b","snippet":{"publishedAt":"2026-01-01T10:00:00Z","title":"T"},"statistics":{"viewCount":"1"}},
        {"id":"c","snippet":{"publishedAt":"2026-01-01T10:00:00Z"},"statistics":{"commentCount":"many"}}]}"#;
    let mut videos = videos(body).unwrap();
    assert!(matches!(videos.pop(), Some(Element::Malformed { .. })));
    let videos = all_readable(videos);
    assert_eq!(
        (videos[0].comments_count, videos[0].like_count),
        (Some(12), Some(7))
    );
    assert_eq!(videos[0].caption.as_deref(), Some("T\n\nD"));
    assert_eq!(videos[0].kind, "LIVE");
    assert_eq!(videos[1].comments_count, None, "comments are switched off");
    assert_eq!(
        videos[1].permalink.as_deref(),
        Some("https://www.youtube.com/watch?v=b")
    );
}

#[test]
fn a_reply_s_id_names_its_thread() {
    assert_eq!(thread_of(&"Ugy.9iPX".into()).as_str(), "Ugy");
    assert_eq!(thread_of(&"Ugy".into()).as_str(), "Ugy");
}
