use crate::support::{ACCOUNT, Ending, RawServer, SetClock, TOKEN, config, instagram, nobody, recorded};
use domain::error::PlatformError;
use domain::ports::{CommentSource, Element, Page};
use domain::{PlatformId, Timestamp};
use platforms::Instagram;
use std::time::Duration;
use wiremock::matchers::{header, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

const ME: &str = "/v26.0/me";
const COMMENTS: &str = "/v26.0/17846368219941692/comments";

fn post() -> PlatformId {
    "17846368219941692".into()
}

fn readable<T>(page: &Page<T>) -> Vec<&T> {
    page.items
        .iter()
        .map(|item| match item {
            Element::Read(read) => read,
            Element::Malformed { raw, reason } => panic!("{reason}: {raw}"),
        })
        .collect()
}

async fn serve(server: &MockServer, at: &str, answer: ResponseTemplate) {
    Mock::given(path(at)).respond_with(answer).mount(server).await;
}

fn json(body: impl Into<Vec<u8>>) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

#[tokio::test]
async fn the_profile_gives_the_id_that_works_elsewhere() {
    let server = MockServer::start().await;
    Mock::given(path(ME))
        .and(header("authorization", format!("Bearer {TOKEN}").as_str()))
        .and(query_param_is_missing("access_token"))
        .respond_with(json(
            r#"{"id":"9","user_id":"17841406338772941","username":"brand","name":"Brand"}"#,
        ))
        .expect(1)
        .mount(&server)
        .await;
    let profile = instagram(&server.uri()).profile().await.unwrap();
    assert_eq!(profile.id.as_str(), ACCOUNT);
    assert_eq!(profile.username, "brand");
}

#[tokio::test]
async fn recorded_posts_are_read_to_the_last_page() {
    let server = MockServer::start().await;
    let at = format!("/v26.0/{ACCOUNT}/media");
    Mock::given(path(at.as_str()))
        .and(query_param_is_missing("after"))
        .respond_with(json(recorded("users/medias_p1.json")))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path(at.as_str()))
        .and(query_param("after", "after"))
        .respond_with(json(recorded("users/medias_p2.json")))
        .expect(1)
        .mount(&server)
        .await;
    let instagram = instagram(&server.uri());
    let first = instagram.posts(None).await.unwrap();
    let posts = readable(&first);
    assert_eq!(posts[0].id.as_str(), "17895731045244887");
    assert_eq!(posts[1].comments_count, Some(6));
    assert_eq!(
        posts[0].published_at,
        Timestamp::parse_platform("2021-08-13T08:25:28Z").unwrap(),
        "the offset without a colon is read"
    );
    assert!(
        posts[0]
            .picture_url
            .as_deref()
            .unwrap()
            .contains("cdninstagram.com"),
        "pictures come along"
    );
    let last = instagram.posts(first.next.as_deref()).await.unwrap();
    assert_eq!(
        readable(&last)[0].kind,
        "CAROUSEL_ALBUM",
        "an album is one post, its children are none"
    );
    assert_eq!(last.next, None, "the last page says so by leaving `paging` out");
}

#[tokio::test]
async fn recorded_comments_are_read_page_by_page() {
    let server = MockServer::start().await;
    Mock::given(path(COMMENTS))
        .and(query_param("limit", "50"))
        .and(query_param_is_missing("after"))
        .respond_with(json(recorded("medias/comments_p1.json")))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path(COMMENTS))
        .and(query_param("after", "after"))
        .respond_with(json(recorded("medias/comments_p2.json")))
        .expect(1)
        .mount(&server)
        .await;
    let instagram = instagram(&server.uri());
    let mut ids = Vec::new();
    let mut after = None;
    loop {
        let page = instagram.comments(&post(), after.as_deref()).await.unwrap();
        assert!(
            !format!("{page:?}").contains("access_token"),
            "the next address holds a token"
        );
        for comment in readable(&page) {
            assert_eq!(comment.post_id, post(), "the post is known from the call");
            ids.push(comment.id.0.clone());
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(
        ids,
        [
            "17858154961981086",
            "17874875428706419",
            "17892250648466172",
            "17914413430382429"
        ],
        "each once, newest first"
    );
}

#[tokio::test]
async fn recorded_replies_belong_to_their_thread() {
    let server = MockServer::start().await;
    serve(
        &server,
        "/v26.0/5/replies",
        json(recorded("comments/replies.json")),
    )
    .await;
    let page = instagram(&server.uri())
        .replies(&post(), &"5".into(), None)
        .await
        .unwrap();
    let replies = readable(&page);
    assert_eq!(replies[0].parent_id, Some("5".into()));
    assert_eq!(replies[0].text, "@lixiangguodu123 nihao");
}

#[tokio::test]
async fn one_malformed_element_leaves_the_others_readable() {
    let server = MockServer::start().await;
    let body = r#"{"data":[
        {"id":17846368219941692123,"text":"a","timestamp":"2020-06-01T10:56:52+0000"},
        {"id":"2","text":{"oops":1},"timestamp":"2020-06-01T10:56:52+0000"},
        {"id":"3","text":"c","timestamp":"yesterday"},
        {"id":"4","text":"d","timestamp":"2020-06-01T10:56:52+0000","from":null,"username":null}]}"#;
    serve(&server, COMMENTS, json(body)).await;
    let page = instagram(&server.uri()).comments(&post(), None).await.unwrap();
    let shapes: Vec<Result<&str, &str>> = page
        .items
        .iter()
        .map(|item| match item {
            Element::Read(comment) => Ok(comment.id.as_str()),
            Element::Malformed { raw, .. } => Err(raw.as_str()),
        })
        .collect();
    assert_eq!(
        shapes,
        [
            Ok("17846368219941692123"),
            Err(r#"{"id":"2","text":{"oops":1},"timestamp":"2020-06-01T10:56:52+0000"}"#),
            Err(r#"{"id":"3","text":"c","timestamp":"yesterday"}"#),
            Ok("4"),
        ],
        "the raw JSON is kept for whoever looks into it"
    );
}

#[tokio::test]
async fn a_comment_that_is_gone_is_none_and_not_a_failure() {
    let server = MockServer::start().await;
    let missing = r#"{"error":{"message":"Unsupported get request. Object with ID '5' does not exist",
        "type":"GraphMethodException","code":100,"error_subcode":33}}"#;
    serve(
        &server,
        "/v26.0/5",
        ResponseTemplate::new(400).set_body_raw(missing, "application/json"),
    )
    .await;
    serve(
        &server,
        "/v26.0/6",
        json(
            r#"{"id":"6","media":{"id":"9"},"parent_id":"4","timestamp":"2020-06-01T10:56:52+0000","hidden":false}"#,
        ),
    )
    .await;
    let instagram = instagram(&server.uri());
    assert_eq!(instagram.comment(&"5".into()).await, Ok(None));
    let comment = instagram.comment(&"6".into()).await.unwrap().unwrap();
    assert_eq!(
        (comment.post_id, comment.parent_id),
        ("9".into(), Some("4".into()))
    );
}

#[tokio::test]
async fn an_answer_that_is_no_answer_is_tried_again_and_then_named() {
    for (answer, expected) in [
        (
            ResponseTemplate::new(200).set_body_raw("<html>Sorry</html>", "text/html"),
            "Unreadable",
        ),
        (json(r#"{"data":[{"id":"1","#), "Unreadable"),
        (json(r#"{"data":"none"}"#), "Unreadable"),
        (json([0xff, 0xfe, 0x00]), "Unreadable"),
        (
            ResponseTemplate::new(502).set_body_raw("<html>Bad gateway</html>", "text/html"),
            "Unavailable",
        ),
        (
            ResponseTemplate::new(503).set_body_raw(
                r#"{"error":{"message":"down","code":2,"is_transient":true}}"#,
                "application/json",
            ),
            "Unavailable",
        ),
    ] {
        let server = MockServer::start().await;
        Mock::given(path(COMMENTS))
            .respond_with(answer)
            .expect(3)
            .mount(&server)
            .await;
        let failed = instagram(&server.uri())
            .comments(&post(), None)
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
    Mock::given(path(ME))
        .respond_with(ResponseTemplate::new(500))
        .up_to_n_times(2)
        .mount(&server)
        .await;
    serve(&server, ME, json(r#"{"user_id":"1","username":"brand"}"#)).await;
    let profile = instagram(&server.uri()).profile().await;
    assert_eq!(profile.unwrap().username, "brand", "the third try succeeds");
}

#[tokio::test]
async fn a_long_wait_asked_for_is_not_sat_out_here() {
    let server = MockServer::start().await;
    Mock::given(path(ME))
        .respond_with(ResponseTemplate::new(503).insert_header("retry-after", "3600"))
        .expect(1)
        .mount(&server)
        .await;
    let failed = instagram(&server.uri()).profile().await.unwrap_err();
    assert!(
        matches!(failed, PlatformError::Unavailable { .. }),
        "the caller comes back later: {failed:?}"
    );
}

#[tokio::test]
async fn refusals_for_good_are_not_tried_again() {
    for (status, code, expected) in [(401, 190, "SignedOut"), (403, 10, "PermissionMissing")] {
        let server = MockServer::start().await;
        let body =
            format!(r#"{{"error":{{"message":"for {TOKEN}","type":"OAuthException","code":{code}}}}}"#);
        Mock::given(method("GET"))
            .respond_with(ResponseTemplate::new(status).set_body_raw(body, "application/json"))
            .expect(1)
            .mount(&server)
            .await;
        let failed = instagram(&server.uri())
            .comments(&post(), None)
            .await
            .unwrap_err();
        let shown = format!("{failed} {failed:?}");
        assert!(shown.contains(expected), "{shown}");
        assert!(!shown.contains(TOKEN), "the token is in no error: {shown}");
    }
}

#[tokio::test]
async fn lost_connections_time_outs_and_refused_ones_are_unavailable_to_reads() {
    let truncated = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"data\":[";
    for ending in [Ending::Close, Ending::Bytes(truncated)] {
        let server = RawServer::start(ending).await;
        let failed = instagram(&server.address).profile().await.unwrap_err();
        assert!(
            matches!(failed, PlatformError::Unavailable { .. }),
            "{ending:?}: {failed:?}"
        );
        assert_eq!(server.requests(), 3, "reads are tried again: {ending:?}");
    }
    let server = RawServer::start(Ending::Silence).await;
    let mut patient = config(&server.address, SetClock::new());
    patient.total_timeout = Duration::from_millis(50);
    let failed = Instagram::new(patient).unwrap().profile().await.unwrap_err();
    assert!(
        matches!(failed, PlatformError::Unavailable { .. }),
        "time-out: {failed:?}"
    );

    let failed = instagram(&nobody().await).profile().await.unwrap_err();
    assert!(
        matches!(failed, PlatformError::Unavailable { .. }),
        "refused: {failed:?}"
    );
}

#[tokio::test]
async fn a_limit_closes_the_account_until_the_time_the_platform_names() {
    let server = MockServer::start().await;
    let usage = format!(
        r#"{{"{ACCOUNT}":[{{"type":"instagram","call_count":100,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":3}}]}}"#
    );
    Mock::given(method("GET"))
        .respond_with(
            ResponseTemplate::new(400)
                .insert_header("x-business-use-case-usage", usage.as_str())
                .set_body_raw(
                    r#"{"error":{"message":"(#80002) too many calls","type":"OAuthException","code":80002}}"#,
                    "application/json",
                ),
        )
        .up_to_n_times(1)
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .respond_with(json(r#"{"user_id":"1","username":"brand"}"#))
        .expect(1)
        .mount(&server)
        .await;
    let clock = SetClock::new();
    let instagram = Instagram::new(config(&server.uri(), clock.clone())).unwrap();
    let three_minutes = Some(Duration::from_secs(180));
    let limited = PlatformError::Throttled {
        retry_after: three_minutes,
    };
    assert_eq!(
        instagram.profile().await,
        Err(limited.clone()),
        "minutes, not seconds"
    );
    assert_eq!(
        instagram.profile().await,
        Err(limited),
        "no call leaves in between: it would extend the block"
    );
    assert_eq!(instagram.usage().unwrap().percent, 100, "shown to people");
    clock.advance(Duration::from_secs(180));
    assert!(instagram.profile().await.is_ok(), "then it goes on");
}

#[tokio::test]
async fn a_bare_429_waits_as_long_as_it_says() {
    let server = MockServer::start().await;
    serve(
        &server,
        ME,
        ResponseTemplate::new(429).insert_header("retry-after", "7"),
    )
    .await;
    assert_eq!(
        instagram(&server.uri()).profile().await,
        Err(PlatformError::Throttled {
            retry_after: Some(Duration::from_secs(7))
        })
    );
}

#[tokio::test]
async fn high_usage_stops_listings_and_leaves_reading_back_possible() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(
            json(r#"{"data":[],"user_id":"1","username":"brand"}"#).insert_header(
                "x-app-usage",
                r#"{"call_count":85,"total_time":1,"total_cputime":1}"#,
            ),
        )
        .mount(&server)
        .await;
    let instagram = instagram(&server.uri());
    assert!(
        instagram.comments(&post(), None).await.is_ok(),
        "the first call reports the usage"
    );
    assert!(
        matches!(
            instagram.comments(&post(), None).await,
            Err(PlatformError::Throttled { retry_after: Some(_) })
        ),
        "the next listing waits"
    );
    assert!(
        instagram.replies(&post(), &"5".into(), None).await.is_ok(),
        "reading a thread back does not"
    );
}

#[tokio::test]
async fn a_picture_is_fetched_without_the_token_and_capped() {
    let server = MockServer::start().await;
    let png = b"\x89PNG\r\n\x1a\n0123456789".to_vec();
    serve(
        &server,
        "/picture.png",
        ResponseTemplate::new(200).set_body_raw(png.clone(), "text/html"),
    )
    .await;
    serve(
        &server,
        "/page",
        ResponseTemplate::new(200).set_body_raw("<html>", "image/png"),
    )
    .await;
    serve(&server, "/expired", ResponseTemplate::new(403)).await;
    serve(
        &server,
        "/elsewhere",
        ResponseTemplate::new(302).insert_header("location", "http://127.0.0.1:1/"),
    )
    .await;
    let instagram = instagram(&server.uri());
    let at = |name: &str| format!("{}/{name}", server.uri());
    assert_eq!(
        instagram.picture(&at("picture.png"), 18).await,
        Ok((png, "image/png".to_owned())),
        "the bytes decide, not the header"
    );
    assert!(
        matches!(
            instagram.picture(&at("picture.png"), 17).await,
            Err(PlatformError::Refused { .. })
        ),
        "one byte too many"
    );
    assert!(
        matches!(
            instagram.picture(&at("page"), 1_000).await,
            Err(PlatformError::Unreadable { .. })
        ),
        "no picture"
    );
    assert!(
        matches!(
            instagram.picture(&at("expired"), 1_000).await,
            Err(PlatformError::Gone { .. })
        ),
        "its address has to be read anew"
    );
    assert!(
        matches!(
            instagram.picture(&at("elsewhere"), 1_000).await,
            Err(PlatformError::Unreadable { .. })
        ),
        "redirects are not followed"
    );
    for request in server.received_requests().await.unwrap() {
        assert!(
            request.headers.get("authorization").is_none(),
            "content hosts get no token"
        );
    }
}

#[test]
fn a_token_never_travels_in_plain_text_beyond_this_computer() {
    for address in ["http://graph.example/", "ftp://127.0.0.1/", "data:text/plain,x"] {
        let refused = Instagram::new(config(address, SetClock::new())).err();
        assert!(
            matches!(refused, Some(PlatformError::Refused { .. })),
            "{address}: {refused:?}"
        );
    }
    for address in [
        "https://graph.instagram.com/",
        "http://[::1]:4000/",
        "http://localhost:4000",
    ] {
        assert!(
            Instagram::new(config(address, SetClock::new())).is_ok(),
            "{address}"
        );
    }
}
