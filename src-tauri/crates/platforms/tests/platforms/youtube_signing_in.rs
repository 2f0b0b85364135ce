use crate::google::{FRESH, REFRESH, SECRET, TOKEN, client, json, serve, serve_once};
use crate::support::SetClock;
use domain::error::PlatformError;
use domain::ports::Clock;
use platforms::youtube::oauth::{PageLanguage, SignIn, SignInConfig, SignInError};
use platforms::youtube::{GoogleEndpoints, SCOPES};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wiremock::matchers::{body_string_contains, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const LONG: Duration = Duration::from_secs(20);

async fn prepare(server: &MockServer, clock: Arc<SetClock>, language: PageLanguage) -> SignIn {
    SignIn::prepare(SignInConfig {
        endpoints: GoogleEndpoints::below(&server.uri().parse().unwrap()),
        client: client(),
        language,
        clock,
        http: platforms::http_client(),
        timeout: LONG,
    })
    .await
    .unwrap()
}

fn asked(sign_in: &SignIn) -> HashMap<String, String> {
    sign_in.address().query_pairs().into_owned().collect()
}

/// What the browser gets for a request to the redirect address.
async fn browse(redirect_uri: &str, request: &str) -> String {
    let host = redirect_uri.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream
        .write_all(format!("{request}\r\nHost: {host}\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).await.unwrap();
    page
}

fn granted(extra: &str) -> ResponseTemplate {
    json(format!(
        r#"{{"access_token":"{FRESH}","expires_in":3599,"token_type":"Bearer"{extra}}}"#
    ))
}

fn everything() -> String {
    format!(r#","refresh_token":"{REFRESH}","scope":"openid {}""#, SCOPES[0])
}

/// The browser answers with `query` appended to the right state.
async fn sign_in(server: &MockServer, query: &str) -> Result<platforms::youtube::GoogleTokens, SignInError> {
    let sign_in = prepare(server, SetClock::new(), PageLanguage::English).await;
    let asked = asked(&sign_in);
    let (redirect, state) = (asked["redirect_uri"].clone(), asked["state"].clone());
    let request = format!("GET /?state={state}&{query} HTTP/1.1");
    let (finished, _page) = tokio::join!(sign_in.finish(LONG), browse(&redirect, &request));
    finished
}

#[tokio::test]
async fn the_browser_is_sent_with_everything_that_google_asks_for() {
    let server = MockServer::start().await;
    let sign_in = prepare(&server, SetClock::new(), PageLanguage::English).await;
    assert!(
        sign_in
            .address()
            .as_str()
            .starts_with(&format!("{}/o/oauth2/v2/auth?", server.uri()))
    );
    let asked = asked(&sign_in);
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "client-1"),
        ("scope", SCOPES[0]),
        ("code_challenge_method", "S256"),
        ("access_type", "offline"),
        ("prompt", "consent"),
    ] {
        assert_eq!(asked[name], value, "{name}");
    }
    assert!(
        asked["redirect_uri"].starts_with("http://127.0.0.1:"),
        "{}",
        asked["redirect_uri"]
    );
    assert_eq!((asked["state"].len(), asked["code_challenge"].len()), (43, 43));
    assert!(
        !sign_in.address().as_str().contains(SECRET),
        "the secret stays here"
    );
}

#[tokio::test]
async fn a_code_becomes_tokens() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(TOKEN))
        .and(body_string_contains(
            "grant_type=authorization_code&code=4%2F0Acode&code_verifier=",
        ))
        .and(body_string_contains("&redirect_uri=http%3A%2F%2F127.0.0.1%3A"))
        .and(body_string_contains(format!(
            "&client_id=client-1&client_secret={SECRET}"
        )))
        .respond_with(granted(&everything()))
        .expect(1)
        .mount(&server)
        .await;
    let tokens = sign_in(&server, "code=4/0Acode&scope=whatever").await.unwrap();
    assert_eq!(
        (tokens.access.as_str(), tokens.refresh.as_str()),
        (FRESH, REFRESH)
    );
    assert_eq!(
        tokens.expires_at,
        SetClock::new().now().plus(Duration::from_secs(3_599))
    );
    assert!(tokens.scopes.contains(&SCOPES[0].to_owned()));
}

#[tokio::test]
async fn a_box_left_unticked_is_named() {
    let server = MockServer::start().await;
    serve_once(
        &server,
        "POST",
        TOKEN,
        granted(r#","refresh_token":"r","scope":"openid email""#),
    )
    .await;
    let missing = sign_in(&server, "code=c").await.unwrap_err();
    assert!(missing.to_string().contains("youtube.force-ssl"), "{missing}");
    assert!(matches!(missing, SignInError::ScopeMissing { scopes } if scopes == SCOPES));
}

#[tokio::test]
async fn a_sign_in_without_a_refresh_token_would_not_last() {
    let server = MockServer::start().await;
    let scope = format!(r#","scope":"{}""#, SCOPES[0]);
    serve_once(&server, "POST", TOKEN, granted(&scope)).await;
    assert_eq!(sign_in(&server, "code=c").await, Err(SignInError::NoRefreshToken));
}

#[tokio::test]
async fn a_refusal_is_told_and_nothing_is_exchanged() {
    let server = MockServer::start().await;
    let declined = sign_in(&server, "error=access_denied").await;
    assert_eq!(
        declined,
        Err(SignInError::Declined {
            detail: "access_denied".to_owned()
        })
    );
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_code_that_is_not_accepted_is_told_without_secrets() {
    let server = MockServer::start().await;
    let refused = ResponseTemplate::new(400).set_body_raw(
        format!(r#"{{"error":"invalid_grant","error_description":"canary-code of {SECRET}"}}"#),
        "application/json",
    );
    serve_once(&server, "POST", TOKEN, refused).await;
    let refused = sign_in(&server, "code=canary-code").await.unwrap_err();
    let shown = format!("{refused} {refused:?}");
    assert!(
        matches!(refused, SignInError::Platform(PlatformError::SignedOut { .. })),
        "{shown}"
    );
    assert!(!shown.contains("canary"), "{shown}");
}

#[tokio::test]
async fn only_the_answer_with_the_right_state_counts() {
    let server = MockServer::start().await;
    serve(&server, "POST", TOKEN, granted(&everything())).await;
    let sign_in = prepare(&server, SetClock::new(), PageLanguage::Russian).await;
    let asked = asked(&sign_in);
    let (redirect, state) = (asked["redirect_uri"].clone(), asked["state"].clone());
    let browser = async {
        // A spare connection that never says anything stands in nobody's way.
        let _silent = TcpStream::connect(redirect.strip_prefix("http://").unwrap())
            .await
            .unwrap();
        let wrong = browse(&redirect, "GET /?state=guess&code=evil HTTP/1.1").await;
        assert!(
            wrong.starts_with("HTTP/1.1 400") && wrong.contains("ждёт другой вход"),
            "{wrong}"
        );
        for request in [
            "GET /favicon.ico HTTP/1.1".to_owned(),
            "GET / HTTP/1.1".to_owned(),
            format!("POST /?state={state}&code=evil HTTP/1.1"),
            format!("GET /other?state={state}&code=evil HTTP/1.1"),
            format!("GET /?state={state} HTTP/1.1"),
            "nonsense".to_owned(),
        ] {
            let page = browse(&redirect, &request).await;
            assert!(page.starts_with("HTTP/1.1 404"), "{request}: {page}");
        }
        let done = browse(&redirect, &format!("GET /?state={state}&code=good HTTP/1.1")).await;
        assert!(
            done.starts_with("HTTP/1.1 200") && done.contains("lang=\"ru\""),
            "{done}"
        );
        assert!(
            !done.contains("good") && done.contains("default-src 'none'"),
            "the page repeats nothing: {done}"
        );
    };
    let (finished, ()) = tokio::join!(sign_in.finish(LONG), browser);
    assert!(finished.is_ok(), "{finished:?}");
    let exchanged = server.received_requests().await.unwrap();
    assert_eq!(exchanged.len(), 1);
    let body = String::from_utf8(exchanged[0].body.clone()).unwrap();
    assert!(body.contains("code=good"), "only the right one was exchanged");
    assert!(
        TcpStream::connect(redirect.strip_prefix("http://").unwrap())
            .await
            .is_err(),
        "the port is given back"
    );
}

#[tokio::test]
async fn a_sign_in_that_nobody_finishes_ends_by_itself() {
    let server = MockServer::start().await;
    let sign_in = prepare(&server, SetClock::new(), PageLanguage::English).await;
    assert_eq!(
        sign_in.finish(Duration::from_millis(50)).await,
        Err(SignInError::TimedOut)
    );
}

#[tokio::test]
async fn a_secret_is_not_sent_in_the_clear() {
    let refused = SignIn::prepare(SignInConfig {
        endpoints: GoogleEndpoints::below(&"http://example.com".parse().unwrap()),
        client: client(),
        language: PageLanguage::English,
        clock: SetClock::new(),
        http: platforms::http_client(),
        timeout: LONG,
    })
    .await;
    assert!(matches!(
        refused,
        Err(SignInError::Platform(PlatformError::Refused { .. }))
    ));
}
