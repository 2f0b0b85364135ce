use crate::google::{
    ACCESS, COMMENTS, FRESH, Google, REFRESH, SECRET, Secrets, THREADS, TOKEN, client, fault, json, recorded,
    serve, serve_once, threads, tokens,
};
use crate::support::{SetClock, nobody};
use domain::Timestamp;
use domain::error::PlatformError;
use domain::ports::{ActionSink, Clock, CommentSource};
use platforms::YouTube;
use platforms::youtube::{GoogleEndpoints, GoogleTokens, TokenSource, TokenSourceConfig};
use std::sync::Arc;
use std::time::Duration;
use wiremock::matchers::{body_string, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn renewed(extra: &str) -> ResponseTemplate {
    json(format!(
        r#"{{"access_token":"{FRESH}","expires_in":3599,"token_type":"Bearer","scope":"s"{extra}}}"#
    ))
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// The API takes the fresh token only; the old one is refused as expired.
async fn api_for_fresh_tokens(server: &MockServer) {
    Mock::given(path(THREADS))
        .and(header("authorization", bearer(FRESH).as_str()))
        .respond_with(json(threads(&[("T1", "")], true)))
        .mount(server)
        .await;
    Mock::given(path(COMMENTS))
        .and(header("authorization", bearer(FRESH).as_str()))
        .respond_with(json(r#"{"id":"T.1"}"#))
        .mount(server)
        .await;
    for at in [THREADS, COMMENTS] {
        Mock::given(path(at))
            .respond_with(fault(401, "authError"))
            .mount(server)
            .await;
    }
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    let server = MockServer::start().await;
    api_for_fresh_tokens(&server).await;
    Mock::given(method("POST"))
        .and(path(TOKEN))
        .and(body_string(format!(
            "grant_type=refresh_token&refresh_token=1%2F%2Fcanary-refresh&client_id=client-1&client_secret={SECRET}"
        )))
        .respond_with(renewed(""))
        .expect(1)
        .mount(&server)
        .await;
    let google = Google::with_token_life(&server.uri(), Duration::from_secs(60));
    let (source, clock, store) = (google.tokens.clone(), google.clock.clone(), google.store.clone());
    let youtube = google.youtube();
    for _ in 0..3 {
        youtube.comments(&"V1".into(), None).await.unwrap();
    }
    assert_eq!(source.expires_at(), clock.now().plus(Duration::from_secs(3_599)));
    let kept = store.kept.lock().unwrap()["youtube/UCmine"].clone();
    let kept = GoogleTokens::from_secret(&kept).unwrap();
    assert_eq!(kept.access.as_str(), FRESH, "kept for the next start");
    assert_eq!(
        kept.refresh.as_str(),
        REFRESH,
        "none came along: the old one stays good"
    );
    assert!(
        server.received_requests().await.unwrap().iter().all(|request| {
            request
                .headers
                .get("authorization")
                .is_none_or(|sent| sent != bearer(ACCESS).as_str())
        }),
        "the old one was not even tried"
    );
}

#[tokio::test]
async fn a_new_refresh_token_replaces_the_old_one() {
    let server = MockServer::start().await;
    api_for_fresh_tokens(&server).await;
    serve_once(
        &server,
        "POST",
        TOKEN,
        renewed(r#","refresh_token":"1//canary-second""#),
    )
    .await;
    let google = Google::with_token_life(&server.uri(), Duration::ZERO);
    let store = google.store.clone();
    google.youtube().comments(&"V1".into(), None).await.unwrap();
    let kept = store.kept.lock().unwrap()["youtube/UCmine"].clone();
    assert_eq!(
        GoogleTokens::from_secret(&kept).unwrap().refresh.as_str(),
        "1//canary-second"
    );
}

#[tokio::test]
async fn many_calls_that_find_an_old_token_make_one_renewal() {
    let server = MockServer::start().await;
    for life in [Duration::ZERO, Duration::from_secs(3_600)] {
        // Once found old by its time, once refused by the platform.
        server.reset().await;
        api_for_fresh_tokens(&server).await;
        serve_once(
            &server,
            "POST",
            TOKEN,
            renewed("").set_delay(Duration::from_millis(50)),
        )
        .await;
        let mut google = Google::with_token_life(&server.uri(), life);
        google.config.max_concurrent_calls = 8;
        let youtube = google.youtube();
        let post = "V1".into();
        let calls = (0..8).map(|_| youtube.comments(&post, None));
        for answer in futures::future::join_all(calls).await {
            assert!(answer.is_ok(), "{life:?}: {answer:?}");
        }
        server.verify().await;
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_also_for_a_write() {
    let server = MockServer::start().await;
    api_for_fresh_tokens(&server).await;
    serve_once(&server, "POST", TOKEN, renewed("")).await;
    let youtube = Google::at(&server.uri()).youtube();
    let id = youtube.reply(&"T".into(), "hello").await.unwrap();
    assert_eq!(id.as_str(), "T.1", "the platform refused before it did anything");
    let sent = server.received_requests().await.unwrap();
    let posts = sent
        .iter()
        .filter(|request| request.url.path() == COMMENTS)
        .count();
    assert_eq!(posts, 2, "the refused one and the one that counts");
}

#[tokio::test]
async fn a_token_that_is_refused_even_when_fresh_needs_a_new_sign_in() {
    let server = MockServer::start().await;
    serve(&server, "GET", THREADS, fault(401, "authError")).await;
    serve_once(&server, "POST", TOKEN, renewed("")).await;
    let refused = Google::at(&server.uri())
        .youtube()
        .comments(&"V1".into(), None)
        .await
        .unwrap_err();
    assert!(matches!(refused, PlatformError::SignedOut { .. }), "{refused:?}");
    let calls = server.received_requests().await.unwrap().len();
    assert_eq!(calls, 3, "two tries and one renewal");
}

#[tokio::test]
async fn a_page_of_the_network_says_nothing_about_the_token() {
    let server = MockServer::start().await;
    let portal = ResponseTemplate::new(401).set_body_raw("<html>Sign in to the Wi-Fi</html>", "text/html");
    serve(&server, "GET", THREADS, portal).await;
    let failed = Google::at(&server.uri())
        .youtube()
        .comments(&"V1".into(), None)
        .await
        .unwrap_err();
    assert!(
        matches!(failed, PlatformError::Unreadable { .. }),
        "not signed out: {failed:?}"
    );
}

#[tokio::test]
async fn a_revoked_sign_in_is_told_once_and_asked_no_more() {
    let server = MockServer::start().await;
    let body = recorded("youtube_errors/token_400_invalid_grant_shape.json");
    let revoked = ResponseTemplate::new(400).set_body_raw(body, "application/json");
    serve_once(&server, "POST", TOKEN, revoked).await;
    let youtube = Google::with_token_life(&server.uri(), Duration::ZERO).youtube();
    for _ in 0..3 {
        let refused = youtube.comments(&"V1".into(), None).await.unwrap_err();
        let shown = format!("{refused} {refused:?}");
        assert!(
            shown.contains("SignedOut") && shown.contains("invalid_grant"),
            "{shown}"
        );
        assert!(!shown.contains("canary"), "{shown}");
    }
    assert_eq!(
        server.received_requests().await.unwrap().len(),
        1,
        "neither the API nor the sign-in again"
    );
}

#[tokio::test]
async fn a_sign_in_that_cannot_be_reached_leaves_a_write_certainly_undone() {
    for answer in [
        ResponseTemplate::new(503),
        ResponseTemplate::new(200).set_body_raw("<html>", "text/html"),
        json(r#"{"access_token":""}"#),
        json(r#"{"error":"internal_failure"}"#),
    ] {
        let server = MockServer::start().await;
        serve_once(&server, "POST", TOKEN, answer).await;
        let youtube = Google::with_token_life(&server.uri(), Duration::ZERO).youtube();
        let failed = youtube.reply(&"T".into(), "hello").await;
        assert!(
            matches!(failed, Err(PlatformError::Unavailable { .. })),
            "never an open question: {failed:?}"
        );
    }
    let youtube = Google::with_token_life(&nobody().await, Duration::ZERO).youtube();
    let failed = youtube.reply(&"T".into(), "hello").await;
    assert!(
        matches!(failed, Err(PlatformError::Unavailable { .. })),
        "{failed:?}"
    );
}

#[tokio::test]
async fn a_store_that_is_locked_costs_nothing_now() {
    let server = MockServer::start().await;
    api_for_fresh_tokens(&server).await;
    serve_once(&server, "POST", TOKEN, renewed("")).await;
    let google = Google::at(&server.uri());
    let source = source(
        &server,
        google.clock.clone(),
        Secrets {
            locked: true,
            ..Secrets::default()
        },
    );
    let config = platforms::YouTubeConfig {
        tokens: Arc::new(source),
        ..google.config
    };
    let youtube = YouTube::new(config).unwrap();
    for _ in 0..2 {
        assert!(youtube.comments(&"V1".into(), None).await.is_ok());
    }
}

fn source(server: &MockServer, clock: Arc<SetClock>, store: Secrets) -> TokenSource {
    TokenSource::new(TokenSourceConfig {
        token_url: GoogleEndpoints::below(&server.uri().parse().unwrap()).token,
        client: client(),
        tokens: tokens(Timestamp(0)),
        keeper: Some(platforms::youtube::TokenKeeper {
            store: Arc::new(store),
            name: "n".to_owned(),
        }),
        clock,
        http: platforms::http_client(),
        timeout: Duration::from_secs(20),
    })
    .unwrap()
}

#[test]
fn tokens_are_kept_and_never_printed() {
    let all = GoogleTokens {
        scopes: vec!["a".to_owned()],
        ..tokens(Timestamp(7))
    };
    assert_eq!(GoogleTokens::from_secret(&all.to_secret()), Some(all.clone()));
    assert_eq!(GoogleTokens::from_secret("EAAB-a-pasted-token"), None);
    let shown = format!("{all:?} {:?}", client());
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn the_real_addresses_are_google_s() {
    let google = GoogleEndpoints::google();
    assert_eq!(google.api.as_str(), "https://www.googleapis.com/youtube/v3");
    assert_eq!(
        google.auth.as_str(),
        "https://accounts.google.com/o/oauth2/v2/auth"
    );
    assert_eq!(google.token.as_str(), "https://oauth2.googleapis.com/token");
    let simulator = GoogleEndpoints::below(&"http://127.0.0.1:4000/".parse().unwrap());
    assert_eq!(simulator.api.as_str(), "http://127.0.0.1:4000/youtube/v3");
    assert_eq!(simulator.auth.as_str(), "http://127.0.0.1:4000/o/oauth2/v2/auth");
    assert_eq!(simulator.token.as_str(), "http://127.0.0.1:4000/token");
}
