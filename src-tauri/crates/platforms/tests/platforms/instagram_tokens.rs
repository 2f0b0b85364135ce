//! Tokens of the Instagram login: recorded answers, refusals, and a renewal by the simulator.

use crate::simulated::Simulated;
use crate::support::SetClock;
use domain::error::PlatformError;
use domain::ports::{Clock, CommentSource};
use platforms::instagram::tokens::{InstagramApp, InstagramEndpoints, InstagramTokens, SCOPES};
use simulator::{Seed, SeedAccount, WriteKind};
use std::sync::Arc;
use std::time::Duration;
use wiremock::matchers::{body_string_contains, header, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};
use zeroize::Zeroizing;

const SECRET: &str = "canary-app-secret";
const CODE: &str = "AQBx-canary-code";
const SHORT: &str = "IGAAcanary-short";

fn recorded(file: &str) -> String {
    crate::google::recorded(&format!("meta_errors/{file}"))
}

fn json(body: impl Into<Vec<u8>>) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

fn tokens(base: &str, clock: Arc<dyn Clock>) -> InstagramTokens {
    let below = |path: &str| format!("{}/{path}", base.trim_end_matches('/')).parse().unwrap();
    InstagramTokens {
        endpoints: InstagramEndpoints {
            authorize: below("oauth/authorize"),
            exchange: below("oauth/access_token"),
            graph: below(""),
        },
        clock,
        http: platforms::http_client(),
        timeout: Duration::from_secs(20),
    }
}

fn app() -> InstagramApp {
    InstagramApp {
        id: "990602627938098".to_owned(),
        secret: Zeroizing::new(SECRET.to_owned()),
    }
}

#[tokio::test]
async fn every_spelling_of_the_first_token_is_read() {
    for (file, id, permissions) in [
        ("ig_oauth_access_token_wrapped_doc.json", "1020000000", 4),
        ("ig_oauth_access_token_flat_shape.json", "17841400000000000", 2),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .and(path("/oauth/access_token"))
            .and(body_string_contains("grant_type=authorization_code"))
            .and(body_string_contains(format!("client_secret={SECRET}")))
            .respond_with(json(recorded(file)))
            .expect(1)
            .mount(&server)
            .await;
        let clock = SetClock::new();
        let token = tokens(&server.uri(), clock.clone())
            .exchange(&app(), CODE, "https://my.example/cb")
            .await
            .unwrap();
        assert_eq!(token.app_scoped_id, Some(id.into()), "{file}");
        assert_eq!(token.permissions.len(), permissions, "a list or a text: {file}");
        assert_eq!(token.expires_at, clock.now().plus(Duration::from_secs(3_600)));
    }
}

#[tokio::test]
async fn a_token_is_lengthened_and_renewed_and_stands_in_no_address() {
    let server = MockServer::start().await;
    let answer = recorded("ig_refresh_access_token_recorded.json");
    Mock::given(path("/access_token"))
        .and(query_param("grant_type", "ig_exchange_token"))
        .and(query_param("client_secret", SECRET))
        .and(query_param_is_missing("access_token"))
        .and(header("authorization", format!("Bearer {SHORT}").as_str()))
        .respond_with(json(
            r#"{"access_token":"IGAAlong","token_type":"bearer","expires_in":5183944}"#,
        ))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path("/refresh_access_token"))
        .and(query_param("grant_type", "ig_refresh_token"))
        .and(query_param_is_missing("access_token"))
        .respond_with(json(answer))
        .expect(1)
        .mount(&server)
        .await;
    let clock = SetClock::new();
    let tokens = tokens(&server.uri(), clock.clone());
    let long = tokens.lengthen(&app(), SHORT).await.unwrap();
    assert_eq!(long.token.as_str(), "IGAAlong");
    assert!(long.missing(&SCOPES).is_empty(), "the platform does not say");
    let renewed = tokens.renew(&long.token).await.unwrap();
    assert_eq!(
        renewed.expires_at,
        clock.now().plus(Duration::from_secs(5_127_758))
    );
    assert!(renewed.missing(&SCOPES).is_empty(), "{:?}", renewed.permissions);
}

#[tokio::test]
async fn a_refusal_is_worded_and_holds_no_secret() {
    for (status, body, expected) in [
        (
            400,
            format!(
                r#"{{"error_type":"OAuthException","code":400,"error_message":"Matching code {CODE} was not found"}}"#
            ),
            "SignedOut",
        ),
        (
            400,
            format!(
                r#"{{"error":{{"message":"Error validating client secret {SECRET}","type":"OAuthException","code":101}}}}"#
            ),
            "SignedOut",
        ),
        (
            400,
            r#"{"error":{"message":"expired","type":"OAuthException","code":190,"error_subcode":463}}"#
                .to_owned(),
            "SignedOut",
        ),
        (
            400,
            r#"{"error":{"message":"slow down","code":4}}"#.to_owned(),
            "Throttled",
        ),
        (503, "<html>Sorry</html>".to_owned(), "Unavailable"),
        (
            400,
            "<html>a page of the network</html>".to_owned(),
            "Unavailable",
        ),
        (200, "{}".to_owned(), "Unavailable"),
        (200, r#"{"data":[]}"#.to_owned(), "Unavailable"),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(status).set_body_raw(body.clone(), "application/json"))
            .mount(&server)
            .await;
        let refused = tokens(&server.uri(), SetClock::new())
            .exchange(&app(), CODE, "https://my.example/cb")
            .await
            .unwrap_err();
        let shown = format!("{refused} {refused:?}");
        assert!(format!("{refused:?}").starts_with(expected), "{body}: {shown}");
        assert!(!shown.contains("canary"), "{shown}");
    }
}

#[tokio::test]
async fn a_secret_is_not_sent_in_the_clear() {
    let refused = tokens("http://192.0.2.1", SetClock::new())
        .renew(SHORT)
        .await
        .unwrap_err();
    assert!(
        matches!(refused, PlatformError::Refused { code: 0, .. }),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_renewed_token_opens_the_account_and_the_old_one_does_not_last() {
    let account = SeedAccount::sample();
    let simulated = Simulated::start(Seed {
        accounts: vec![account.clone()],
        ..Seed::default()
    })
    .await;
    let renewed = tokens(simulated.base_url().as_str(), simulated.clock.clone())
        .renew(&account.token)
        .await
        .unwrap();
    let days = renewed.expires_at.since(simulated.clock.now()).as_secs() / 86_400;
    assert!((59..=60).contains(&days), "{days} days");
    assert_eq!(simulated.ledger.count(WriteKind::RefreshToken, &account.id), 1);
    let instagram = simulated.instagram_with(&renewed.token);
    assert_eq!(instagram.profile().await.unwrap().id.as_str(), account.id);
}
