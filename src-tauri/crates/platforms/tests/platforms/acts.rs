//! Instagram's further acts: private replies, new comments, comments on or off.

use crate::support::{ACCOUNT, TOKEN, instagram};
use domain::error::PlatformError;
use domain::ports::ActionSink;
use domain::{Hiding, Removal, ReplyTarget};
use wiremock::matchers::{body_json, body_string, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn json(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

#[tokio::test]
async fn a_private_reply_goes_to_the_comment_s_author_once() {
    let server = MockServer::start().await;
    let sent = serde_json::json!({"recipient": {"comment_id": "5"}, "message": {"text": "Да, 89 €"}});
    Mock::given(method("POST"))
        .and(path(format!("/v26.0/{ACCOUNT}/messages")))
        .and(body_json(&sent))
        .respond_with(json(r#"{"recipient_id":"7","message_id":"aWdfZAG1faXRlbTox"}"#))
        .expect(1)
        .mount(&server)
        .await;
    let id = instagram(&server.uri())
        .private_reply(&"5".into(), "Да, 89 €")
        .await;
    assert_eq!(id.unwrap().as_str(), "aWdfZAG1faXRlbTox");
}

#[tokio::test]
async fn a_second_private_reply_is_refused_for_good() {
    for code in [10_900, 10_903] {
        let server = MockServer::start().await;
        let body = format!(r#"{{"error":{{"message":"of {TOKEN}","type":"OAuthException","code":{code}}}}}"#);
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(400).set_body_raw(body, "application/json"))
            .expect(1)
            .mount(&server)
            .await;
        let refused = instagram(&server.uri())
            .private_reply(&"5".into(), "hello")
            .await
            .unwrap_err();
        assert!(
            matches!(refused, PlatformError::Refused { code: c, .. } if c == code),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_private_reply_without_a_readable_answer_is_an_open_question() {
    for answer in [
        json("<html>"),
        json(r#"{"recipient_id":"7"}"#),
        ResponseTemplate::new(500),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(answer)
            .expect(1)
            .mount(&server)
            .await;
        let lost = instagram(&server.uri()).private_reply(&"5".into(), "hello").await;
        assert!(
            matches!(lost, Err(PlatformError::OutcomeUnknown { .. })),
            "{lost:?}"
        );
    }
}

#[tokio::test]
async fn a_new_comment_stands_under_the_post() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v26.0/9/comments"))
        .and(body_string("message=Now+in+stock"))
        .respond_with(json(r#"{"id":"17"}"#))
        .expect(1)
        .mount(&server)
        .await;
    let id = instagram(&server.uri())
        .comment_on(&"9".into(), "Now in stock")
        .await;
    assert_eq!(id.unwrap().as_str(), "17");
}

#[tokio::test]
async fn switching_comments_is_believed_only_when_it_is_read_back() {
    for (enabled, read_back, expected) in [
        (false, r#"{"is_comment_enabled":false,"id":"9"}"#, "Ok"),
        (true, r#"{"is_comment_enabled":true,"id":"9"}"#, "Ok"),
        (false, r#"{"is_comment_enabled":true,"id":"9"}"#, "Err(Refused"),
        (false, r#"{"id":"9"}"#, "Err(OutcomeUnknown"),
        (false, "<html>", "Err(OutcomeUnknown"),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .and(path("/v26.0/9"))
            .and(body_string(format!("comment_enabled={enabled}")))
            .respond_with(json(r#"{"success":true}"#))
            .expect(1)
            .mount(&server)
            .await;
        Mock::given(method("GET"))
            .and(path("/v26.0/9"))
            .and(query_param("fields", "is_comment_enabled"))
            .respond_with(json(read_back))
            .mount(&server)
            .await;
        let outcome = instagram(&server.uri())
            .set_comments_enabled(&"9".into(), enabled)
            .await;
        assert!(
            format!("{outcome:?}").starts_with(expected),
            "{read_back}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn what_instagram_does_not_offer_is_refused_without_a_call() {
    let server = MockServer::start().await;
    let instagram = instagram(&server.uri());
    let can = instagram.capabilities();
    assert_eq!(can.can_hide, Some(Hiding { undoable: true }));
    assert_eq!(can.can_delete_others, Removal::Delete);
    assert_eq!(
        (can.reply_max_chars, can.replies_to),
        (1_000, ReplyTarget::TopLevelOnly)
    );
    assert!(can.can_private_reply && can.can_comment_on_post && can.can_switch_comments);
    assert!(!can.can_ban && !can.can_edit_own_reply && !can.holds_for_review);
    for refused in [
        instagram.ban(&"5".into()).await,
        instagram.edit_reply(&"5".into(), "x").await,
    ] {
        assert!(
            matches!(refused, Err(PlatformError::Refused { code: 0, .. })),
            "{refused:?}"
        );
    }
    assert!(
        server.received_requests().await.unwrap().is_empty(),
        "nothing was sent"
    );
}

#[tokio::test]
async fn many_are_hidden_one_by_one_where_there_is_no_batch() {
    let server = MockServer::start().await;
    for (id, read_back) in [("5", r#"{"hidden":true}"#), ("6", r#"{"hidden":false}"#)] {
        let at = format!("/v26.0/{id}");
        Mock::given(method("POST"))
            .and(path(at.as_str()))
            .respond_with(json(r#"{"success":true}"#))
            .expect(1)
            .mount(&server)
            .await;
        Mock::given(method("GET"))
            .and(path(at.as_str()))
            .respond_with(json(read_back))
            .mount(&server)
            .await;
    }
    let results = instagram(&server.uri())
        .set_hidden_many(&["5".into(), "6".into()], true)
        .await;
    assert!(
        matches!(results[..], [Ok(()), Err(PlatformError::Refused { .. })]),
        "{results:?}"
    );
}
