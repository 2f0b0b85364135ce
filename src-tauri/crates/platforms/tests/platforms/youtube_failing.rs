use crate::google::{ACCESS, COMMENTS, Google, THREADS, fault, json, serve, serve_once, threads, youtube};
use crate::support::{Ending, RawServer, nobody};
use domain::error::PlatformError;
use domain::ports::{ActionSink, CommentSource};
use platforms::{YouTube, YouTubeConfig};
use std::time::Duration;
use url::Url;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

#[tokio::test]
async fn an_answer_that_is_no_answer_is_tried_again_and_then_named() {
    for (answer, expected) in [
        (
            ResponseTemplate::new(200).set_body_raw("<html>Sorry</html>", "text/html"),
            "Unreadable",
        ),
        (json(r#"{"items":[{"id":"1","#), "Unreadable"),
        (json(r#"{"items":"none"}"#), "Unreadable"),
        (json("{}"), "Unreadable"),
        (json([0xff, 0xfe, 0x00]), "Unreadable"),
        (
            ResponseTemplate::new(502).set_body_raw("<html>Bad gateway</html>", "text/html"),
            "Unavailable",
        ),
        (fault(500, "backendError"), "Unavailable"),
        (fault(400, "processingFailure"), "Unavailable"),
    ] {
        let server = MockServer::start().await;
        Mock::given(path(THREADS))
            .respond_with(answer)
            .expect(3)
            .mount(&server)
            .await;
        let failed = youtube(&server.uri())
            .comments(&"V1".into(), None)
            .await
            .unwrap_err();
        assert!(
            format!("{failed:?}").starts_with(expected),
            "{failed:?} after three tries"
        );
    }
}

#[tokio::test]
async fn a_moment_s_failure_is_bridged_by_trying_again() {
    let server = MockServer::start().await;
    Mock::given(path(THREADS))
        .respond_with(fault(503, "backendError"))
        .up_to_n_times(2)
        .mount(&server)
        .await;
    serve(&server, "GET", THREADS, json(threads(&[("T1", "")], true))).await;
    assert!(youtube(&server.uri()).comments(&"V1".into(), None).await.is_ok());
}

#[tokio::test]
async fn lost_connections_time_outs_and_refused_ones_are_unavailable_to_reads() {
    let truncated = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"items\":[";
    for ending in [Ending::Close, Ending::Bytes(truncated)] {
        let server = RawServer::start(ending).await;
        let failed = youtube(&server.address)
            .comments(&"V1".into(), None)
            .await
            .unwrap_err();
        assert!(
            matches!(failed, PlatformError::Unavailable { .. }),
            "{ending:?}: {failed:?}"
        );
        assert_eq!(server.requests(), 3, "reads are tried again: {ending:?}");
    }
    let server = RawServer::start(Ending::Silence).await;
    let mut google = Google::at(&server.address);
    google.config.total_timeout = Duration::from_millis(50);
    let failed = google.youtube().comments(&"V1".into(), None).await.unwrap_err();
    assert!(
        matches!(failed, PlatformError::Unavailable { .. }),
        "time-out: {failed:?}"
    );
    let failed = youtube(&nobody().await)
        .comments(&"V1".into(), None)
        .await
        .unwrap_err();
    assert!(
        matches!(failed, PlatformError::Unavailable { .. }),
        "refused: {failed:?}"
    );
}

#[tokio::test]
async fn refusals_for_good_are_not_tried_again() {
    for (answer, expected) in [
        (fault(403, "insufficientPermissions"), "PermissionMissing"),
        (fault(403, "accessNotConfigured"), "PermissionMissing"),
        (fault(403, "forbidden"), "PermissionMissing"),
        (fault(401, "youtubeSignupRequired"), "AccountRestricted"),
        (fault(404, "channelNotFound"), "Gone"),
        (fault(400, "invalidFilters"), "Refused"),
    ] {
        let server = MockServer::start().await;
        serve_once(&server, "GET", THREADS, answer).await;
        let visibility = domain::ports::Visibility::HeldForReview;
        let failed = youtube(&server.uri())
            .account_comments(visibility, None)
            .await
            .unwrap_err();
        let shown = format!("{failed} {failed:?}");
        assert!(shown.contains(expected), "{shown}");
        assert!(!shown.contains(ACCESS), "the token is in no error: {shown}");
    }
}

#[tokio::test]
async fn too_many_calls_close_the_account_for_a_while() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(fault(403, "userRateLimitExceeded").insert_header("retry-after", "7"))
        .up_to_n_times(1)
        .expect(1)
        .mount(&server)
        .await;
    serve(&server, "GET", THREADS, json(threads(&[("T1", "")], true))).await;
    serve(&server, "POST", COMMENTS, json(r#"{"id":"T.1"}"#)).await;
    let google = Google::at(&server.uri());
    let clock = google.clock.clone();
    let youtube = google.youtube();
    let limited = PlatformError::Throttled {
        retry_after: Some(Duration::from_secs(7)),
    };
    assert_eq!(
        youtube.comments(&"V1".into(), None).await,
        Err(limited.clone()),
        "as long as it says"
    );
    assert_eq!(
        youtube.reply(&"T".into(), "hello").await,
        Err(limited),
        "no call leaves in between"
    );
    clock.advance(Duration::from_secs(7));
    assert!(
        youtube.comments(&"V1".into(), None).await.is_ok(),
        "then it goes on"
    );
}

#[tokio::test]
async fn a_token_goes_only_where_nobody_reads_along() {
    for (address, allowed) in [
        ("https://www.googleapis.com/youtube/v3", true),
        ("http://127.0.0.1:4000/youtube/v3", true),
        ("http://www.googleapis.com/youtube/v3", false),
        ("ftp://127.0.0.1/", false),
    ] {
        let google = Google::at("http://127.0.0.1:1");
        let config = YouTubeConfig {
            api: Url::parse(address).unwrap(),
            ..google.config
        };
        assert_eq!(YouTube::new(config).is_ok(), allowed, "{address}");
    }
}
