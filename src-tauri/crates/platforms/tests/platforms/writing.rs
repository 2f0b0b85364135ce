use crate::support::{Ending, RawServer, SetClock, TOKEN, config, instagram, nobody};
use domain::error::PlatformError;
use domain::ports::{ActionSink, CommentSource};
use platforms::Instagram;
use std::time::Duration;
use wiremock::matchers::{body_string, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

const REPLIES: &str = "/v26.0/5/replies";
const COMMENT: &str = "/v26.0/5";

fn json(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

fn fault(status: u16, code: i64, subcode: i64) -> ResponseTemplate {
    let body = format!(
        r#"{{"error":{{"message":"said of {TOKEN}","type":"OAuthException","code":{code},"error_subcode":{subcode}}}}}"#
    );
    ResponseTemplate::new(status).set_body_raw(body, "application/json")
}

/// A server that answers every write so, and insists on exactly one.
async fn answering_once(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(answer)
        .expect(1)
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn a_reply_is_posted_once_and_its_text_is_in_no_address() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(REPLIES))
        .and(query_param_is_missing("message"))
        .and(body_string(
            "message=%D0%94%D0%B0%2C+89+%E2%82%AC+%26+%F0%9F%91%8D",
        ))
        .respond_with(json(r#"{"id":17999999999999999999}"#))
        .expect(1)
        .mount(&server)
        .await;
    let id = instagram(&server.uri()).reply(&"5".into(), "Да, 89 € & 👍").await;
    assert_eq!(
        id.unwrap().as_str(),
        "17999999999999999999",
        "also as a number, digit by digit"
    );
}

#[tokio::test]
async fn an_id_of_another_platform_s_making_is_replied_to_and_read() {
    for id in [
        "LneaDw26bFvPh9xBHNw1btQoyP60ay_WWthtvXCx37s.-x",
        "t1_abc:7",
        "-5",
        "...",
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .and(path(format!("/v26.0/{id}/replies")))
            .respond_with(json(r#"{"id":"6"}"#))
            .expect(1)
            .mount(&server)
            .await;
        Mock::given(method("GET"))
            .and(path(format!("/v26.0/{id}/replies")))
            .respond_with(json(r#"{"data":[]}"#))
            .expect(1)
            .mount(&server)
            .await;
        let instagram = instagram(&server.uri());
        assert_eq!(
            instagram.reply(&id.into(), "hello").await,
            Ok("6".into()),
            "what can be listed can be answered: {id}"
        );
        assert!(
            instagram.replies(&"9".into(), &id.into(), None).await.is_ok(),
            "and read back: {id}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_told_from_done_is_unknown_and_never_repeated() {
    for (case, answer) in [
        ("5xx", ResponseTemplate::new(500)),
        ("service down", fault(503, 2, 0)),
        (
            "HTML",
            ResponseTemplate::new(200).set_body_raw("<html>Sorry</html>", "text/html"),
        ),
        ("cut off", json(r#"{"id":"179"#)),
        ("no id", json("{}")),
        (
            "edge",
            ResponseTemplate::new(403).set_body_raw("<html>blocked</html>", "text/html"),
        ),
        (
            "redirect",
            ResponseTemplate::new(307).insert_header("location", "http://127.0.0.1:1/"),
        ),
    ] {
        let server = answering_once(answer).await;
        let failed = instagram(&server.uri())
            .reply(&"5".into(), "hello")
            .await
            .unwrap_err();
        assert!(
            matches!(failed, PlatformError::OutcomeUnknown { .. }),
            "{case}: {failed:?}"
        );
    }
}

#[tokio::test]
async fn a_write_that_lost_its_answer_is_unknown_and_sent_once() {
    let truncated = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"id\":";
    for ending in [Ending::Close, Ending::Bytes(truncated), Ending::Silence] {
        let server = RawServer::start(ending).await;
        let mut config = config(&server.address, SetClock::new());
        if let Ending::Silence = ending {
            config.total_timeout = Duration::from_millis(100);
        }
        let failed = Instagram::new(config).unwrap().reply(&"5".into(), "hello").await;
        assert!(
            matches!(failed, Err(PlatformError::OutcomeUnknown { .. })),
            "{ending:?}: {failed:?}"
        );
        assert_eq!(server.requests(), 1, "only the outbox may send again: {ending:?}");
    }
}

#[tokio::test]
async fn a_write_that_never_connected_was_certainly_not_done() {
    let failed = instagram(&nobody().await).reply(&"5".into(), "hello").await;
    assert!(
        matches!(failed, Err(PlatformError::Unavailable { .. })),
        "it may be sent again without reading back: {failed:?}"
    );
}

#[tokio::test]
async fn refusals_of_a_write_say_what_can_be_done() {
    for (answer, expected) in [
        (fault(400, 190, 463), "SignedOut"),
        (fault(403, 200, 0), "PermissionMissing"),
        (fault(400, 100, 33), "Gone"),
        (fault(400, 368, 0), "Blocked"),
        (fault(400, 4, 2_207_051), "Blocked"),
        (fault(400, 25, 2_207_050), "AccountRestricted"),
        (fault(400, 506, 0), "Refused"),
        (fault(400, 80_002, 0), "Throttled"),
        (ResponseTemplate::new(429), "Throttled"),
    ] {
        let server = answering_once(answer).await;
        let failed = instagram(&server.uri())
            .reply(&"5".into(), "hello")
            .await
            .unwrap_err();
        let shown = format!("{failed:?}");
        assert!(shown.starts_with(expected), "{shown}");
        assert!(!shown.contains(TOKEN), "the token is in no error: {shown}");
        if let PlatformError::Throttled { retry_after } = failed {
            assert!(
                retry_after.is_some_and(|wait| wait >= Duration::from_secs(30)),
                "without a given wait one is chosen"
            );
        }
    }
}

#[tokio::test]
async fn a_wait_of_nothing_is_none_and_the_platform_s_longer_one_holds() {
    let throttled = || fault(400, 80_002, 0).insert_header("retry-after", "0");
    let usage = r#"{"1":[{"type":"instagram","call_count":100,"estimated_time_to_regain_access":5}]}"#;
    for (answer, shortest) in [
        (throttled(), 30),
        (
            throttled().insert_header("x-business-use-case-usage", usage),
            5 * 60,
        ),
    ] {
        let server = answering_once(answer).await;
        let instagram = instagram(&server.uri());
        for _ in 0..2 {
            let limited = instagram.reply(&"5".into(), "hello").await;
            assert!(
                matches!(limited, Err(PlatformError::Throttled { retry_after: Some(wait) })
                    if wait >= Duration::from_secs(shortest)),
                "asking again at once is what a limit is against: {limited:?}"
            );
        }
    }
}

#[tokio::test]
async fn usage_near_the_limit_stops_writes_before_the_platform_does() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(json(r#"{"id":"1"}"#).insert_header(
            "x-app-usage",
            r#"{"call_count":96,"total_time":1,"total_cputime":1}"#,
        ))
        .expect(1)
        .mount(&server)
        .await;
    let instagram = instagram(&server.uri());
    assert!(
        instagram.reply(&"5".into(), "first").await.is_ok(),
        "this one reports 96 %"
    );
    let second = instagram.reply(&"5".into(), "second").await;
    assert!(
        matches!(second, Err(PlatformError::Throttled { retry_after: Some(_) })),
        "not sent: {second:?}"
    );
}

#[tokio::test]
async fn a_text_that_cannot_be_a_reply_does_not_leave() {
    let server = MockServer::start().await;
    let instagram = instagram(&server.uri());
    for text in ["", " \n", &"x".repeat(1_001)] {
        assert!(matches!(
            instagram.reply(&"5".into(), text).await,
            Err(PlatformError::Refused { .. })
        ));
    }
    for id in [
        "",
        ".",
        "..",
        "5/likes",
        "../me",
        "5?hide=true",
        "5#6",
        "5%2Flikes",
        "5 6",
        "ж",
    ] {
        assert!(
            matches!(
                instagram.reply(&id.into(), "hello").await,
                Err(PlatformError::Refused { .. })
            ),
            "{id:?} would be another address or none"
        );
    }
    assert!(
        server.received_requests().await.unwrap().is_empty(),
        "nothing was sent"
    );
    assert_eq!(instagram.max_reply_chars(), 1_000);
}

#[tokio::test]
async fn hiding_is_believed_only_when_it_is_read_back() {
    for (hidden, read_back, expected) in [
        (true, r#"{"hidden":true,"id":"5"}"#, "Ok"),
        (false, r#"{"hidden":false,"id":"5"}"#, "Ok"),
        (true, r#"{"hidden":false,"id":"5"}"#, "Err(Refused"),
        (false, r#"{"hidden":true,"id":"5"}"#, "Err(Refused"),
        (true, r#"{"id":"5"}"#, "Err(OutcomeUnknown"),
        (true, "<html>", "Err(OutcomeUnknown"),
    ] {
        let server = MockServer::start().await;
        let form = if hidden { "hide=true" } else { "hide=false" };
        Mock::given(method("POST"))
            .and(path(COMMENT))
            .and(body_string(form))
            .respond_with(json(r#"{"success":true}"#))
            .expect(1)
            .mount(&server)
            .await;
        Mock::given(method("GET"))
            .and(path(COMMENT))
            .and(query_param("fields", "hidden"))
            .respond_with(json(read_back))
            .mount(&server)
            .await;
        let outcome = instagram(&server.uri()).set_hidden(&"5".into(), hidden).await;
        assert!(
            format!("{outcome:?}").starts_with(expected),
            "{read_back}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn an_unreadable_answer_to_hiding_is_settled_by_reading_back() {
    let server = answering_once(ResponseTemplate::new(200).set_body_raw("<html>", "text/html")).await;
    Mock::given(method("GET"))
        .respond_with(json(r#"{"hidden":true}"#))
        .mount(&server)
        .await;
    assert_eq!(
        instagram(&server.uri()).set_hidden(&"5".into(), true).await,
        Ok(())
    );
}

#[tokio::test]
async fn deleting_what_is_gone_succeeds() {
    for (answer, expected) in [
        (json(r#"{"success":true}"#), "Ok"),
        (fault(400, 100, 33), "Ok"),
        (json(r#"{"success":false}"#), "Err(Refused"),
        (json("<html>"), "Err(OutcomeUnknown"),
        (fault(403, 10, 0), "Err(PermissionMissing"),
        (ResponseTemplate::new(500), "Err(OutcomeUnknown"),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("DELETE"))
            .and(path(COMMENT))
            .respond_with(answer)
            .expect(1)
            .mount(&server)
            .await;
        let outcome = instagram(&server.uri()).delete(&"5".into()).await;
        assert!(format!("{outcome:?}").starts_with(expected), "{outcome:?}");
    }
}
