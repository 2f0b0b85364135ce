//! From a person's token to pages.

use crate::google::recorded;
use crate::support::{SetClock, TOKEN, config};
use domain::error::PlatformError;
use platforms::facebook::PERMISSIONS;
use platforms::facebook::login::{FacebookLogin, FacebookLoginConfig};
use wiremock::matchers::{header, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};
use zeroize::Zeroizing;

fn login(server: &MockServer) -> FacebookLogin {
    let base = config(&server.uri(), SetClock::new());
    FacebookLogin::new(FacebookLoginConfig {
        base_url: base.base_url,
        version: base.version,
        token: Zeroizing::new(TOKEN.to_owned()),
        clock: base.clock,
        http: base.http,
        total_timeout: base.total_timeout,
        read_retries: base.read_retries,
    })
    .unwrap()
}

fn json(body: impl Into<Vec<u8>>) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

#[tokio::test]
async fn the_recorded_page_comes_with_its_token() {
    let server = MockServer::start().await;
    Mock::given(path("/v26.0/me/accounts"))
        .and(header("authorization", format!("Bearer {TOKEN}").as_str()))
        .respond_with(json(recorded(
            "python-facebook/testdata/base/user_accounts_token.json",
        )))
        .expect(1)
        .mount(&server)
        .await;
    let pages = login(&server).pages().await.unwrap();
    assert_eq!(pages.len(), 1);
    assert_eq!(
        (pages[0].id.as_str(), pages[0].name.as_str()),
        ("2121008874780932", "MyLife")
    );
    assert_eq!(
        (pages[0].token.as_str(), pages[0].can_moderate),
        ("access_token", true)
    );
    assert_eq!(pages[0].instagram, None);
    assert!(
        !format!("{pages:?}").contains("access_token"),
        "never printed: {pages:?}"
    );
}

#[tokio::test]
async fn all_pages_are_listed_with_the_instagram_account_that_is_linked_to_them() {
    let server = MockServer::start().await;
    let first = r#"{"data":[{"id":"1","name":"One","access_token":"T1","tasks":["ANALYZE"]},{"id":"2","name":"Two"},
        {"name":"no id"}],"paging":{"cursors":{"after":"A"},"next":"https://h/?access_token=x&after=A"}}"#;
    let second = r#"{"data":[{"id":3,"access_token":"T3","instagram_business_account":{"id":"178414","username":"brand"}}]}"#;
    Mock::given(path("/v26.0/me/accounts"))
        .and(query_param_is_missing("after"))
        .respond_with(json(first))
        .mount(&server)
        .await;
    Mock::given(path("/v26.0/me/accounts"))
        .and(query_param("after", "A"))
        .respond_with(json(second))
        .mount(&server)
        .await;
    let pages = login(&server).pages().await.unwrap();
    let ids: Vec<&str> = pages.iter().map(|page| page.id.as_str()).collect();
    assert_eq!(ids, ["1", "3"], "one without a token is of no use");
    assert_eq!((pages[0].can_moderate, pages[1].can_moderate), (false, true));
    let linked = pages[1].instagram.as_ref().unwrap();
    assert_eq!(
        (linked.id.as_str(), linked.username.as_deref()),
        ("178414", Some("brand"))
    );
    assert_eq!(pages[1].name, "3", "its id stands in for a name");
}

#[tokio::test]
async fn what_was_not_granted_is_named() {
    let server = MockServer::start().await;
    let granted = r#"{"data":[{"permission":"pages_show_list","status":"granted"},
        {"permission":"pages_read_engagement","status":"granted"},{"permission":"pages_read_user_content","status":"declined"},
        {"permission":"email","status":"granted"}]}"#;
    Mock::given(path("/v26.0/me/permissions"))
        .respond_with(json(granted))
        .mount(&server)
        .await;
    let missing = login(&server).missing(&PERMISSIONS).await.unwrap();
    assert_eq!(missing, ["pages_read_user_content", "pages_manage_engagement"]);
}

#[tokio::test]
async fn a_token_that_ended_is_told() {
    let server = MockServer::start().await;
    let body = recorded("meta_errors/190_460_doc_sample.json");
    Mock::given(path("/v26.0/me/accounts"))
        .respond_with(ResponseTemplate::new(400).set_body_raw(body, "application/json"))
        .mount(&server)
        .await;
    let ended = login(&server).pages().await.unwrap_err();
    assert!(matches!(ended, PlatformError::SignedOut { .. }), "{ended:?}");
}
