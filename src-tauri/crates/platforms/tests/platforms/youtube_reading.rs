use crate::google::{
    CHANNEL, COMMENTS, EMPTY, Google, THREADS, comments_by_id, fault, json, readable, recorded, recorded_api,
    serve, serve_once, threads, youtube,
};
use domain::error::PlatformError;
use domain::ports::{CommentSource, Element, Visibility};
use domain::quota::SpendKind;
use domain::{PlatformId, Timestamp};
use platforms::YouTube;
use wiremock::matchers::{header, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

const CHANNELS: &str = "/youtube/v3/channels";
const UPLOADS: &str = "/youtube/v3/playlistItems";
const VIDEOS: &str = "/youtube/v3/videos";

fn video() -> PlatformId {
    "F1UP7wRCPH8".into()
}

fn channel() -> ResponseTemplate {
    json(
        r#"{"items":[{"id":"UCmine","snippet":{"title":"Brand","customUrl":"@brand"},
            "contentDetails":{"relatedPlaylists":{"likes":"","uploads":"UUmine"}}}]}"#,
    )
}

#[tokio::test]
async fn the_profile_is_the_channel_of_the_sign_in() {
    let server = MockServer::start().await;
    Mock::given(path(CHANNELS))
        .and(query_param("mine", "true"))
        .and(header("authorization", "Bearer ya29.canary-access"))
        .respond_with(json(recorded_api("channels/info.json")))
        .expect(1)
        .mount(&server)
        .await;
    let profile = youtube(&server.uri()).profile().await.unwrap();
    assert_eq!(profile.id.as_str(), "UC_x5XG1OV2P6uZZ5FSM9Ttw");
    assert_eq!(profile.username, "@googledevelopers");
    assert_eq!(profile.name.as_deref(), Some("Google Developers"));
}

#[tokio::test]
async fn an_account_without_a_channel_is_told_so() {
    for answer in [
        json(r#"{"kind":"youtube#channelListResponse","pageInfo":{"totalResults":0}}"#),
        fault(401, "youtubeSignupRequired"),
    ] {
        let server = MockServer::start().await;
        serve_once(&server, "GET", CHANNELS, answer).await;
        let refused = youtube(&server.uri()).profile().await.unwrap_err();
        assert!(
            matches!(refused, PlatformError::AccountRestricted { .. }),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn uploads_are_read_without_search_and_with_their_counts() {
    let server = MockServer::start().await;
    serve_once(&server, "GET", CHANNELS, channel()).await;
    let page = |file| json(recorded_api(&format!("playlist_items/{file}")));
    Mock::given(path(UPLOADS))
        .and(query_param("playlistId", "UUmine"))
        .and(query_param_is_missing("pageToken"))
        .respond_with(page("playlist_items_paged_1.json"))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path(UPLOADS))
        .and(query_param("pageToken", "CAoQAA"))
        .respond_with(page("playlist_items_paged_2.json"))
        .expect(1)
        .mount(&server)
        .await;
    // In another order than asked for, and one of them gone.
    let details = r#"{"items":[
        {"id":"Yh4EKaUY3gg","snippet":{"publishedAt":"2019-11-21T22:18:00Z","title":"second"},"statistics":{"commentCount":"3"}},
        {"id":"CvTApw9X8aA","snippet":{"publishedAt":"2019-11-21T22:17:43Z","title":"first"},"statistics":{"commentCount":"12"}}]}"#;
    serve(&server, "GET", VIDEOS, json(details)).await;
    let google = Google::at(&server.uri());
    let (quota, clock) = (google.quota.clone(), google.clock.clone());
    let youtube = google.youtube();
    let first = youtube.posts(None).await.unwrap();
    let posts = readable(&first);
    assert_eq!(posts[0].id.as_str(), "CvTApw9X8aA", "in the order of the uploads");
    assert_eq!(posts[0].comments_count, Some(12));
    assert_eq!(posts[0].caption.as_deref(), Some("first"));
    let last = youtube.posts(first.next.as_deref()).await.unwrap();
    assert_eq!(last.next, None);
    let asked = server.received_requests().await.unwrap();
    assert!(
        asked.iter().all(|request| !request.url.path().contains("search")),
        "it has a budget of its own"
    );
    let videos: Vec<_> = asked
        .iter()
        .filter(|request| request.url.path() == VIDEOS)
        .collect();
    let ids = videos[0]
        .url
        .query_pairs()
        .find(|(name, _)| name == "id")
        .unwrap()
        .1
        .into_owned();
    assert_eq!(ids.split(',').count(), 10, "all ids of a page by one call: {ids}");
    let now = domain::ports::Clock::now(&*clock);
    let spent = quota.ledger().spent_by_kind(now);
    assert_eq!(spent[&SpendKind::ListVideos], 4, "two units for each page");
}

#[tokio::test]
async fn a_channel_that_uploaded_nothing_has_no_posts() {
    let server = MockServer::start().await;
    serve_once(&server, "GET", CHANNELS, channel()).await;
    serve_once(&server, "GET", UPLOADS, fault(404, "playlistNotFound")).await;
    let page = youtube(&server.uri()).posts(None).await.unwrap();
    assert!(
        page.items.is_empty() && page.next.is_none(),
        "no failure: {page:?}"
    );
}

#[tokio::test]
async fn recorded_threads_are_read_page_by_page() {
    let server = MockServer::start().await;
    let page = |file| json(recorded_api(&format!("comment_threads/{file}")));
    Mock::given(path(THREADS))
        .and(query_param("videoId", "F1UP7wRCPH8"))
        .and(query_param("order", "time"))
        .and(query_param("maxResults", "100"))
        .and(query_param("textFormat", "plainText"))
        .and(query_param_is_missing("pageToken"))
        .respond_with(page("comment_threads_by_video_paged_1.json"))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path(THREADS))
        .respond_with(page("comment_threads_by_video_paged_2.json"))
        .expect(1)
        .mount(&server)
        .await;
    let youtube = youtube(&server.uri());
    let first = youtube.comments(&video(), None).await.unwrap();
    assert_eq!(readable(&first).len(), 5);
    let last = youtube.comments(&video(), first.next.as_deref()).await.unwrap();
    assert_eq!(last.next, None);
    assert_eq!(
        readable(&last)[0].published_at,
        Timestamp::parse_platform("2019-11-26T15:51:44Z").unwrap()
    );
}

#[tokio::test]
async fn replies_that_a_listing_left_out_are_fetched_and_paid_as_looking_around() {
    let server = MockServer::start().await;
    let listed = recorded_api("comment_threads/comment_threads_by_video_paged_1.json");
    serve(&server, "GET", THREADS, json(listed)).await;
    let page = |ids: &[(&str, &str)], next: &str| {
        json(comments_by_id(ids).replacen('{', &format!(r#"{{"nextPageToken":"{next}","#), 1))
    };
    Mock::given(path(COMMENTS))
        .and(query_param("parentId", "UgwI_ylXVnzPS8Q-oAV4AaABAg"))
        .and(query_param_is_missing("pageToken"))
        .respond_with(page(&[("UgwI.1", CHANNEL)], "NEXT"))
        .mount(&server)
        .await;
    Mock::given(path(COMMENTS))
        .and(query_param("pageToken", "NEXT"))
        .respond_with(page(&[("UgwI.2", "UCother")], ""))
        .mount(&server)
        .await;
    let google = Google::at(&server.uri());
    let (quota, now) = (google.quota.clone(), domain::ports::Clock::now(&*google.clock));
    let youtube = google.youtube();
    let threads = youtube.comments(&video(), None).await.unwrap();
    let thread = readable(&threads)[4].clone();
    assert_eq!(thread.reply_count, Some(2));
    let mut after = thread.more_replies.clone();
    let mut replies = Vec::new();
    while let Some(cursor) = after {
        let page = youtube
            .replies(&video(), &thread.id, Some(&cursor))
            .await
            .unwrap();
        replies.extend(readable(&page).into_iter().cloned());
        after = page.next;
    }
    assert_eq!(replies.len(), 2, "all pages");
    assert!(
        replies
            .iter()
            .all(|reply| reply.parent_id == Some(thread.id.clone()))
    );
    assert!(replies.iter().all(|reply| reply.post_id == video()));
    assert!(
        replies[0].flagged_own && !replies[1].flagged_own,
        "by the channel's id"
    );
    let spent = quota.ledger().spent_by_kind(now);
    assert_eq!(
        (spent[&SpendKind::ListReplies], spent.get(&SpendKind::Check)),
        (2, None)
    );

    let waited_for = youtube.replies(&video(), &thread.id, None).await.unwrap();
    youtube
        .replies(&video(), &thread.id, waited_for.next.as_deref())
        .await
        .unwrap();
    let spent = quota.ledger().spent_by_kind(now);
    assert_eq!(
        spent[&SpendKind::Check],
        2,
        "reading back may use the reserve, on every page"
    );
}

#[tokio::test]
async fn one_page_shows_the_newest_of_all_videos_and_three_passes_show_everything() {
    let server = MockServer::start().await;
    for (status, body) in [
        (
            "published",
            threads(&[("T1", ""), ("T2", r#","moderationStatus":"published""#)], true),
        ),
        (
            "heldForReview",
            threads(&[("T3", r#","moderationStatus":"heldForReview""#)], false),
        ),
        ("likelySpam", threads(&[("T4", "")], false)),
    ] {
        Mock::given(path(THREADS))
            .and(query_param("allThreadsRelatedToChannelId", CHANNEL))
            .and(query_param("moderationStatus", status))
            .respond_with(json(body))
            .expect(1)
            .mount(&server)
            .await;
    }
    let google = Google::at(&server.uri());
    let (quota, now) = (google.quota.clone(), domain::ports::Clock::now(&*google.clock));
    let youtube = google.youtube();
    for (visibility, expected) in [
        (Visibility::Published, vec![Some(false), Some(false)]),
        (Visibility::HeldForReview, vec![Some(true)]),
        (Visibility::LikelySpam, vec![Some(true)]),
    ] {
        let page = youtube.account_comments(visibility, None).await.unwrap();
        let hidden: Vec<_> = readable(&page).iter().map(|thread| thread.hidden).collect();
        assert_eq!(hidden, expected, "{visibility:?}");
        assert_eq!(readable(&page)[0].post_id.as_str(), "V1", "each names its video");
    }
    let spent = quota.ledger().spent_by_kind(now);
    assert_eq!(
        (spent[&SpendKind::ListThreads], spent[&SpendKind::ListHeld]),
        (1, 2)
    );
}

#[tokio::test]
async fn a_cursor_that_is_no_longer_known_starts_over() {
    let server = MockServer::start().await;
    Mock::given(path(THREADS))
        .and(query_param("pageToken", "OLD"))
        .respond_with(fault(400, "invalidPageToken"))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path(THREADS))
        .and(query_param_is_missing("pageToken"))
        .respond_with(json(threads(&[("T1", "")], true)))
        .expect(1)
        .mount(&server)
        .await;
    let page = youtube(&server.uri())
        .comments(&video(), Some("OLD"))
        .await
        .unwrap();
    assert_eq!(
        readable(&page).len(),
        1,
        "nothing is skipped, known ones are known"
    );
}

#[tokio::test]
async fn comments_switched_off_or_a_video_out_of_reach_concern_that_video_only() {
    for reason in ["commentsDisabled", "forbidden", "videoNotFound"] {
        let server = MockServer::start().await;
        let status = if reason == "videoNotFound" { 404 } else { 403 };
        serve_once(&server, "GET", THREADS, fault(status, reason)).await;
        let gone = youtube(&server.uri()).comments(&video(), None).await.unwrap_err();
        assert!(matches!(gone, PlatformError::Gone { .. }), "{reason}: {gone:?}");
    }
}

async fn account(threads_by_id: &str, comments_by_id: &str, held: &str, spam: &str) -> (MockServer, YouTube) {
    let server = MockServer::start().await;
    for (status, body) in [("heldForReview", held), ("likelySpam", spam)] {
        Mock::given(path(THREADS))
            .and(query_param("moderationStatus", status))
            .respond_with(json(body))
            .mount(&server)
            .await;
    }
    serve(&server, "GET", THREADS, json(threads_by_id)).await;
    serve(&server, "GET", COMMENTS, json(comments_by_id)).await;
    let youtube = youtube(&server.uri());
    (server, youtube)
}

#[tokio::test]
async fn a_first_comment_is_read_with_its_video_by_one_unit() {
    let (server, youtube) = account(&threads(&[("T1", "")], true), EMPTY, EMPTY, EMPTY).await;
    let comment = youtube.comment(&"T1".into()).await.unwrap().unwrap();
    assert_eq!((comment.post_id.as_str(), comment.hidden), ("V1", Some(false)));
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_reply_is_read_by_its_id_and_its_thread_names_the_video() {
    let reply = comments_by_id(&[("T1.r", "UCmine")]);
    let (_server, youtube) = account(&threads(&[("T1", "")], true), &reply, EMPTY, EMPTY).await;
    let comment = youtube.comment(&"T1.r".into()).await.unwrap().unwrap();
    assert_eq!(comment.post_id.as_str(), "V1");
    assert_eq!(comment.parent_id, Some("T1".into()));
    assert_eq!(
        (comment.flagged_own, comment.hidden),
        (true, None),
        "by id no status is given"
    );
}

#[tokio::test]
async fn whether_a_reply_is_held_is_what_the_list_of_held_ones_says() {
    let reply = comments_by_id(&[("T1.r", "UCother")]);
    let listed = |replies: &str, total: u32| {
        let thread = threads(&[("T1", "")], true);
        let counted = thread.replace("\"totalReplyCount\":0", &format!("\"totalReplyCount\":{total}"));
        counted.replacen(
            r#""snippet":{"videoId""#,
            &format!(r#""replies":{{"comments":[{replies}]}},"snippet":{{"videoId""#),
            1,
        )
    };
    let held = |id: &str| {
        format!(
            r#"{{"id":"{id}","snippet":{{"publishedAt":"2026-01-01T10:00:00Z","moderationStatus":"heldForReview"}}}}"#
        )
    };
    for (case, list, expected) in [
        ("nothing is held", EMPTY.to_owned(), Some(false)),
        ("this one", listed(&held("T1.r"), 1), Some(true)),
        ("another one", listed(&held("T1.x"), 1), Some(false)),
        ("perhaps this one", listed(&held("T1.x"), 9), None),
    ] {
        let (_server, youtube) = account(&threads(&[("T1", "")], true), &reply, &list, EMPTY).await;
        let comment = youtube.comment(&"T1.r".into()).await.unwrap().unwrap();
        assert_eq!(comment.hidden, expected, "{case}");
    }
}

#[tokio::test]
async fn a_held_reply_that_a_long_thread_does_not_show_is_not_gone() {
    let long = threads(&[("T1", "")], true).replace("\"totalReplyCount\":0", "\"totalReplyCount\":9");
    let (_server, youtube) = account(EMPTY, EMPTY, &long, EMPTY).await;
    let open = youtube.comment(&"T1.r".into()).await.unwrap_err();
    assert!(matches!(open, PlatformError::Unavailable { .. }), "{open:?}");
    assert_eq!(
        youtube.comment(&"T2.r".into()).await,
        Ok(None),
        "other threads are shown to their end"
    );
}

#[tokio::test]
async fn a_community_post_is_asked_for_as_one() {
    let server = MockServer::start().await;
    Mock::given(path(THREADS))
        .and(query_param("postId", "UgkxEXAMPLEkM1Z2bJZIrhw"))
        .and(query_param_is_missing("videoId"))
        .respond_with(json(EMPTY))
        .expect(1)
        .mount(&server)
        .await;
    let page = youtube(&server.uri())
        .comments(&"UgkxEXAMPLEkM1Z2bJZIrhw".into(), None)
        .await;
    assert_eq!(page.unwrap().items.len(), 0);
}

#[tokio::test]
async fn a_comment_that_is_only_held_is_not_gone() {
    let held = threads(&[("T1", r#","moderationStatus":"heldForReview""#)], false);
    for (held, spam) in [
        (held.as_str(), EMPTY),
        (EMPTY, &held.replace("heldForReview", "likelySpam")),
    ] {
        let (_server, youtube) = account(EMPTY, EMPTY, held, spam).await;
        let comment = youtube.comment(&"T1".into()).await.unwrap().unwrap();
        assert_eq!(comment.hidden, Some(true), "a deletion would close it for good");
    }
    let (_server, youtube) = account(EMPTY, EMPTY, EMPTY, EMPTY).await;
    assert_eq!(
        youtube.comment(&"T1".into()).await,
        Ok(None),
        "neither shown nor held"
    );
    assert_eq!(youtube.comment(&"T1.r".into()).await, Ok(None));
}

#[tokio::test]
async fn too_many_held_comments_are_no_proof_of_a_deletion() {
    let endless = threads(&[("X", "")], false).replacen('{', r#"{"nextPageToken":"MORE","#, 1);
    let (_server, youtube) = account(EMPTY, EMPTY, &endless, EMPTY).await;
    let open = youtube.comment(&"T1".into()).await.unwrap_err();
    assert!(matches!(open, PlatformError::Unavailable { .. }), "{open:?}");
}

#[tokio::test]
async fn fifty_comments_are_vouched_for_by_one_unit() {
    let server = MockServer::start().await;
    serve(
        &server,
        "GET",
        COMMENTS,
        json(comments_by_id(&[("T1", "UCother")])),
    )
    .await;
    let ids: Vec<PlatformId> = (0..120).map(|n| PlatformId(format!("T{n}"))).collect();
    let shown = youtube(&server.uri()).shown(&ids).await.unwrap();
    assert!(shown.contains(&"T1".into()));
    let asked = server.received_requests().await.unwrap();
    let sizes: Vec<usize> = asked
        .iter()
        .map(|request| {
            request
                .url
                .query_pairs()
                .find(|(name, _)| name == "id")
                .unwrap()
                .1
                .split(',')
                .count()
        })
        .collect();
    assert_eq!(sizes, [50, 50, 20]);
}

#[tokio::test]
async fn one_malformed_thread_leaves_the_others_readable() {
    let server = MockServer::start().await;
    let body = threads(&[("T1", "")], true).replacen('[', r#"[{"id":7},"#, 1);
    serve(&server, "GET", THREADS, json(body)).await;
    let page = youtube(&server.uri()).comments(&video(), None).await.unwrap();
    assert!(matches!(&page.items[0], Element::Malformed { raw, .. } if raw == r#"{"id":7}"#));
    assert!(matches!(&page.items[1], Element::Read(thread) if thread.id.as_str() == "T1"));
}

#[tokio::test]
async fn listings_stop_at_the_reserve_and_reading_back_goes_on() {
    let server = MockServer::start().await;
    serve(&server, "GET", THREADS, json(threads(&[("T1", "")], true))).await;
    let google = Google::with_token_life(&server.uri(), std::time::Duration::from_secs(48 * 3_600));
    google.quota.set_budget(domain::quota::QuotaBudget {
        daily_units: 10,
        reserve_units: 8,
    });
    let (clock, quota) = (google.clock.clone(), google.quota.clone());
    let youtube = google.youtube();
    for _ in 0..2 {
        youtube.comments(&video(), None).await.unwrap();
    }
    let stopped = youtube.comments(&video(), None).await.unwrap_err();
    let now = domain::ports::Clock::now(&*clock);
    let until_midnight = quota.ledger().resets_at(now).since(now);
    assert_eq!(
        stopped,
        PlatformError::Throttled {
            retry_after: Some(until_midnight)
        }
    );
    assert!(
        youtube.comment(&"T1".into()).await.is_ok(),
        "a reply's look before sending still finds its unit"
    );
    clock.advance(until_midnight);
    assert!(
        youtube.comments(&video(), None).await.is_ok(),
        "it resumes by itself"
    );
}

#[tokio::test]
async fn the_recorded_quota_refusal_stops_every_call_until_midnight_in_california() {
    let server = MockServer::start().await;
    let body = recorded("youtube_errors/403_quotaExceeded_recorded.json");
    let spent = ResponseTemplate::new(403).set_body_raw(body, "application/json");
    serve_once(&server, "GET", THREADS, spent).await;
    let google = Google::at(&server.uri());
    let youtube = google.youtube();
    // The clock stands at 2023-11-14 22:13:20 UTC; midnight there is 08:00 UTC in winter.
    let limited = PlatformError::Throttled {
        retry_after: Some(std::time::Duration::from_secs(9 * 3_600 + 46 * 60 + 40)),
    };
    assert_eq!(youtube.comments(&video(), None).await, Err(limited.clone()));
    assert_eq!(
        youtube.comment(&"T1".into()).await,
        Err(limited),
        "no further call leaves"
    );
}
