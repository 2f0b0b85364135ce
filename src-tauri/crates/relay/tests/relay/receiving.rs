use crate::support::{APP_SECRET, Desk, OTHER_SECRET, VERIFY_TOKEN, signed};
use platforms::webhook::LONGEST_BODY_BYTES;
use relay::{PATH, Relay, RelayConfig, RelayError};
use reqwest::StatusCode;

const BODY: &str = r#"{"object":"instagram","entry":[]}"#;

async fn handshake(desk: &Desk, token: &str) -> (StatusCode, String) {
    let answer = desk
        .client
        .get(desk.url())
        .query(&[
            ("hub.mode", "subscribe"),
            ("hub.challenge", "1158201444"),
            ("hub.verify_token", token),
        ])
        .send()
        .await
        .unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn the_handshake_is_answered_for_the_verify_token_alone() {
    let desk = Desk::new().await;
    assert_eq!(
        handshake(&desk, VERIFY_TOKEN).await,
        (StatusCode::OK, "1158201444".to_owned())
    );
    for token in ["", "another", "canary verify toke"] {
        let (status, said) = handshake(&desk, token).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(!said.contains("1158201444"));
    }
}

#[tokio::test]
async fn only_what_a_kept_secret_signed_is_kept() {
    let desk = Desk::new().await;
    assert_eq!(desk.deliver(APP_SECRET, BODY).await, StatusCode::OK);
    assert_eq!(
        desk.deliver(OTHER_SECRET, BODY).await,
        StatusCode::OK,
        "either app may sign"
    );
    assert_eq!(
        desk.deliver("the secret of another app", BODY).await,
        StatusCode::FORBIDDEN
    );
    let unsigned = desk.client.post(desk.url()).body(BODY).send().await.unwrap();
    assert_eq!(unsigned.status(), StatusCode::FORBIDDEN);
    let of_other_bytes = desk
        .client
        .post(desk.url())
        .header("x-hub-signature-256", signed(APP_SECRET, BODY.as_bytes()))
        .body(format!("{BODY} "))
        .send()
        .await
        .unwrap();
    assert_eq!(
        of_other_bytes.status(),
        StatusCode::FORBIDDEN,
        "the raw bytes count, not the JSON in them"
    );
    let health = desk.context.relay_health().await.unwrap();
    assert_eq!((health.accepted, health.refused, health.waiting), (2, 3, 2));
    assert_eq!(health.last_delivery_at, Some(desk.context.now()));
    assert_eq!(health.address, Some(desk.relay.address()));
    assert_eq!(health.error, None);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_however_well_it_is_signed() {
    let desk = Desk::new().await;
    let largest = vec![b' '; LONGEST_BODY_BYTES];
    assert_eq!(desk.deliver(APP_SECRET, largest).await, StatusCode::OK);
    let larger = vec![b' '; LONGEST_BODY_BYTES + 1];
    assert_eq!(
        desk.deliver(APP_SECRET, larger).await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let health = desk.context.relay_health().await.unwrap();
    assert_eq!((health.accepted, health.refused, health.waiting), (1, 1, 1));
}

#[tokio::test]
async fn it_listens_on_loopback_at_one_path_and_not_without_a_secret() {
    let desk = Desk::new().await;
    assert!(desk.relay.address().ip().is_loopback());
    let elsewhere = desk.url().replace(PATH, "/");
    let answer = desk.client.post(elsewhere).body(BODY).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);

    let without = RelayConfig {
        port: 0,
        verify_token: None,
        app_secrets: Vec::new(),
    };
    let refused = Relay::listen(desk.context.clone(), without).await;
    assert!(matches!(refused.err(), Some(RelayError::NoAppSecret)));
    let port = desk.relay.address().port();
    let taken = RelayConfig::from_secrets(port, desk.context.secrets.as_ref())
        .await
        .unwrap();
    let refused = Relay::listen(desk.context.clone(), taken).await;
    assert!(matches!(refused.err(), Some(RelayError::Listen { port: told, .. }) if told == port));
}

#[tokio::test]
async fn a_receiver_that_stopped_says_so_and_gives_its_port_back() {
    let desk = Desk::new().await;
    let port = desk.relay.address().port();
    desk.relay.stop().await;
    assert_eq!(desk.context.relay_health().await.unwrap().address, None);
    let config = RelayConfig::from_secrets(port, desk.context.secrets.as_ref())
        .await
        .unwrap();
    let again = Relay::listen(desk.context.clone(), config).await.unwrap();
    assert_eq!(again.address().port(), port);
}
