use crate::google::{
    ACCESS, CHANNEL, COMMENTS, Google, THREADS, fault, json, recorded_api, serve, serve_once, youtube,
};
use crate::support::{Ending, RawServer, nobody};
use domain::error::PlatformError;
use domain::ports::ActionSink;
use domain::quota::SpendKind;
use domain::{Hiding, Removal, ReplyTarget};
use std::time::Duration;
use wiremock::matchers::{body_json, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

#[tokio::test]
async fn a_reply_goes_under_the_thread_once_and_its_text_is_in_no_address() {
    for thread in [
        "Ugy_CAftKrIUCyPr9GR4AaABAg",
        "Ugy_CAftKrIUCyPr9GR4AaABAg.9iPXEClD9lW",
    ] {
        let server = MockServer::start().await;
        let sent = serde_json::json!({"snippet": {
            "parentId": "Ugy_CAftKrIUCyPr9GR4AaABAg", "textOriginal": "Да, 89 € & 👍"}});
        Mock::given(method("POST"))
            .and(path(COMMENTS))
            .and(query_param("part", "snippet"))
            .and(body_json(&sent))
            .respond_with(json(recorded_api("comments/insert_response.json")))
            .expect(1)
            .mount(&server)
            .await;
        let id = youtube(&server.uri())
            .reply(&thread.into(), "Да, 89 € & 👍")
            .await
            .unwrap();
        assert_eq!(
            id.as_str(),
            "Ugy_CAftKrIUCyPr9GR4AaABAg.9iPXEClD9lW9iPXLqKy_Pt",
            "also when a reply is answered: only threads take replies"
        );
    }
}

#[tokio::test]
async fn a_new_comment_names_the_channel_and_the_video() {
    let server = MockServer::start().await;
    let sent = serde_json::json!({"snippet": {"channelId": CHANNEL, "videoId": "JE8xdDp5B8Q",
        "topLevelComment": {"snippet": {"textOriginal": "Sun from the api"}}}});
    Mock::given(method("POST"))
        .and(path(THREADS))
        .and(body_json(&sent))
        .respond_with(json(recorded_api("comment_threads/insert_response.json")))
        .expect(1)
        .mount(&server)
        .await;
    let id = youtube(&server.uri())
        .comment_on(&"JE8xdDp5B8Q".into(), "Sun from the api")
        .await;
    assert_eq!(id.unwrap().as_str(), "Ugx_5P8rmn4vKbN6wwt4AaABAg");
}

#[tokio::test]
async fn an_edit_is_believed_only_with_the_new_text_in_the_answer() {
    for (answer, expected) in [
        (
            json(r#"{"id":"T.r","snippet":{"textOriginal":" new  text"}}"#),
            "Ok",
        ),
        (
            json(r#"{"id":"T.r","snippet":{"textOriginal":"old text"}}"#),
            "Err(OutcomeUnknown",
        ),
        (json(r#"{"id":"T.r"}"#), "Err(OutcomeUnknown"),
        (json("<html>"), "Err(OutcomeUnknown"),
        (fault(404, "commentNotFound"), "Err(Gone"),
        (fault(403, "forbidden"), "Err(Refused"),
    ] {
        let server = MockServer::start().await;
        let sent = serde_json::json!({"id": "T.r", "snippet": {"textOriginal": "new text"}});
        Mock::given(method("PUT"))
            .and(path(COMMENTS))
            .and(body_json(&sent))
            .respond_with(answer)
            .expect(1)
            .mount(&server)
            .await;
        let outcome = youtube(&server.uri()).edit_reply(&"T.r".into(), "new text").await;
        assert!(format!("{outcome:?}").starts_with(expected), "{outcome:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_told_from_done_is_unknown_and_never_repeated() {
    for (case, answer) in [
        ("5xx", ResponseTemplate::new(500)),
        ("backend", fault(503, "backendError")),
        ("processing", fault(400, "processingFailure")),
        (
            "HTML",
            ResponseTemplate::new(200).set_body_raw("<html>Sorry</html>", "text/html"),
        ),
        ("cut off", json(r#"{"id":"179"#)),
        ("no id", json("{}")),
        ("nothing", ResponseTemplate::new(204)),
        (
            "edge",
            ResponseTemplate::new(403).set_body_raw("<html>blocked</html>", "text/html"),
        ),
        (
            "redirect",
            ResponseTemplate::new(307).insert_header("location", "http://127.0.0.1:1/"),
        ),
    ] {
        let server = MockServer::start().await;
        serve_once(&server, "POST", COMMENTS, answer).await;
        let lost = youtube(&server.uri())
            .reply(&"T".into(), "hello")
            .await
            .unwrap_err();
        assert!(
            matches!(lost, PlatformError::OutcomeUnknown { .. }),
            "{case}: {lost:?}"
        );
    }
}

#[tokio::test]
async fn a_write_that_lost_its_answer_is_unknown_and_sent_once() {
    let truncated = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"id\":";
    for ending in [Ending::Close, Ending::Bytes(truncated), Ending::Silence] {
        let server = RawServer::start(ending).await;
        let mut google = Google::at(&server.address);
        if let Ending::Silence = ending {
            google.config.total_timeout = Duration::from_millis(100);
        }
        let lost = google.youtube().reply(&"T".into(), "hello").await;
        assert!(
            matches!(lost, Err(PlatformError::OutcomeUnknown { .. })),
            "{ending:?}: {lost:?}"
        );
        assert_eq!(server.requests(), 1, "only the outbox may send again: {ending:?}");
    }
}

#[tokio::test]
async fn a_write_that_never_connected_was_not_done_and_cost_nothing() {
    let google = Google::at(&nobody().await);
    let (quota, now) = (google.quota.clone(), domain::ports::Clock::now(&*google.clock));
    let failed = google.youtube().reply(&"T".into(), "hello").await;
    assert!(
        matches!(failed, Err(PlatformError::Unavailable { .. })),
        "{failed:?}"
    );
    assert_eq!(quota.ledger().spent_by_kind(now)[&SpendKind::Reply], 0);
}

#[tokio::test]
async fn refusals_of_a_write_say_what_can_be_done() {
    for (answer, expected) in [
        (fault(403, "insufficientPermissions"), "PermissionMissing"),
        (fault(403, "ineligibleAccount"), "AccountRestricted"),
        (fault(403, "commentsDisabled"), "Refused"),
        (fault(404, "parentCommentNotFound"), "Gone"),
        (fault(400, "parentCommentIsPrivate"), "Refused"),
        (fault(400, "commentTextTooLong"), "Refused"),
        (fault(403, "quotaExceeded"), "Throttled"),
        (fault(429, "rateLimitExceeded"), "Throttled"),
        (ResponseTemplate::new(429), "Throttled"),
    ] {
        let server = MockServer::start().await;
        serve_once(&server, "POST", COMMENTS, answer).await;
        let refused = youtube(&server.uri())
            .reply(&"T".into(), "hello")
            .await
            .unwrap_err();
        let shown = format!("{refused:?}");
        assert!(shown.starts_with(expected), "{shown}");
        assert!(
            !shown.contains(ACCESS) && !shown.contains("<b>"),
            "neither token nor HTML: {shown}"
        );
        if let PlatformError::Throttled { retry_after } = refused {
            assert!(
                retry_after.is_some_and(|wait| wait >= Duration::from_secs(2)),
                "{retry_after:?}"
            );
        }
    }
}

#[tokio::test]
async fn writes_use_the_reserve_and_stop_when_the_day_s_units_are_gone() {
    let server = MockServer::start().await;
    serve(&server, "POST", COMMENTS, json(r#"{"id":"T.1"}"#)).await;
    let google = Google::at(&server.uri());
    google.quota.set_budget(domain::quota::QuotaBudget {
        daily_units: 149,
        reserve_units: 149,
    });
    let youtube = google.youtube();
    for _ in 0..2 {
        youtube.reply(&"T".into(), "hello").await.unwrap();
    }
    let third = youtube.reply(&"T".into(), "hello").await;
    assert!(
        matches!(third, Err(PlatformError::Throttled { retry_after: Some(_) })),
        "{third:?}"
    );
    assert_eq!(
        server.received_requests().await.unwrap().len(),
        2,
        "the third did not leave"
    );
}

#[tokio::test]
async fn a_text_or_an_id_that_cannot_be_does_not_leave() {
    let server = MockServer::start().await;
    let youtube = youtube(&server.uri());
    for text in ["", " \n", &"x".repeat(10_001)] {
        for refused in [
            youtube.reply(&"T".into(), text).await.map(|_| ()),
            youtube.edit_reply(&"T.r".into(), text).await,
            youtube.comment_on(&"V".into(), text).await.map(|_| ()),
        ] {
            assert!(
                matches!(refused, Err(PlatformError::Refused { .. })),
                "{refused:?}"
            );
        }
    }
    for id in ["", "T,U", "T&banAuthor=true", "T U", "../x"] {
        for refused in [
            youtube.reply(&id.into(), "hello").await.map(|_| ()),
            youtube.set_hidden(&id.into(), true).await,
            youtube.delete(&id.into()).await,
            youtube.ban(&id.into()).await,
        ] {
            assert!(
                matches!(refused, Err(PlatformError::Refused { .. })),
                "{id:?}: {refused:?}"
            );
        }
    }
    assert!(
        server.received_requests().await.unwrap().is_empty(),
        "nothing was sent"
    );
}

#[tokio::test]
async fn what_youtube_can_do_is_told_as_data() {
    let server = MockServer::start().await;
    let youtube = youtube(&server.uri());
    let can = youtube.capabilities();
    assert_eq!(can.can_hide, Some(Hiding { undoable: true }));
    assert_eq!(can.can_delete_others, Removal::Reject { irreversible: true });
    assert!(can.can_ban && can.can_edit_own_reply && can.can_comment_on_post);
    assert!(!can.can_private_reply && !can.can_switch_comments);
    assert!(can.lists_whole_account && can.holds_for_review);
    assert_eq!((can.reply_max_chars, can.moderation_batch), (10_000, 50));
    assert_eq!(can.replies_to, ReplyTarget::TopLevelOnly);
    for refused in [
        youtube.private_reply(&"T".into(), "x").await.map(|_| ()),
        youtube.set_comments_enabled(&"V".into(), false).await,
    ] {
        assert!(
            matches!(refused, Err(PlatformError::Refused { code: 0, .. })),
            "{refused:?}"
        );
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}
