//! Signing in as a desktop app does: a loopback address, PKCE, then tokens.

use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use serde_json::{Value, json};
use simulator::WriteKind;

use super::support::{Channel, STRANGER, VIDEO, channel_id, reason, seed, send};
use crate::support::{Answer, recorded};

const CLIENT: &str = "123456-desktop.apps.googleusercontent.com";
const REDIRECT: &str = "http://127.0.0.1:43210/signed-in";
const FORCE_SSL: &str = "https://www.googleapis.com/auth/youtube.force-ssl";
// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const THREADS: &[(&str, &str)] = &[("part", "snippet"), ("videoId", VIDEO)];

/// Where the browser was sent, or the status of the page it was shown.
async fn browse(channel: &Channel, change: &[(&str, Option<&str>)]) -> Result<Url, u16> {
    let mut query = vec![
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT),
        ("scope", FORCE_SSL),
        ("state", "opaque & odd"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("access_type", "offline"),
        ("prompt", "consent"),
    ];
    for (name, value) in change {
        query.retain(|(other, _)| other != name);
        query.extend(value.map(|value| (*name, value)));
    }
    let browser = Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .build()
        .unwrap();
    let url = format!("{}/o/oauth2/v2/auth", channel.platform.base_url);
    let response = browser.get(url).query(&query).send().await.unwrap();
    match response.headers().get("location") {
        Some(location) => Ok(Url::parse(location.to_str().unwrap()).unwrap()),
        None => Err(response.status().as_u16()),
    }
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

pub struct Code {
    client_id: String,
    code: String,
}

impl Code {
    pub async fn exchange(&self, channel: &Channel) -> Answer {
        self.exchange_with(channel, &[]).await
    }

    async fn exchange_with(&self, channel: &Channel, change: &[(&str, &str)]) -> Answer {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", self.client_id.as_str()),
            ("client_secret", "not-a-secret"),
            ("code", self.code.as_str()),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        for (name, value) in change {
            form.retain(|(other, _)| other != name);
            form.push((name, value));
        }
        post_form(channel, "/token", &form).await
    }
}

async fn post_form(channel: &Channel, path: &str, form: &[(&str, &str)]) -> Answer {
    let url = format!("{}{path}", channel.platform.base_url);
    send(channel.platform.client.post(url).form(form)).await.unwrap()
}

pub async fn sign_in_as(channel: &Channel, client_id: &str) -> Code {
    let url = browse(channel, &[("client_id", Some(client_id))]).await.unwrap();
    Code {
        client_id: client_id.to_owned(),
        code: parameter(&url, "code").unwrap(),
    }
}

/// Access token and refresh token.
pub fn tokens_of(answer: &Value) -> (String, String) {
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}

pub async fn refresh(channel: &Channel, refresh_token: &str) -> Answer {
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT),
        ("client_secret", "not-a-secret"),
        ("refresh_token", refresh_token),
    ];
    post_form(channel, "/token", &form).await
}

async fn signed_in(channel: &Channel) -> (String, String) {
    let code = sign_in_as(channel, CLIENT).await;
    tokens_of(&code.exchange(channel).await.ok())
}

#[tokio::test]
async fn a_code_becomes_tokens_that_open_the_channel() {
    let channel = Channel::start(seed(1)).await;
    let url = browse(&channel, &[]).await.unwrap();
    assert!(url.as_str().starts_with(&format!("{REDIRECT}?")), "{url}");
    assert_eq!(parameter(&url, "state").as_deref(), Some("opaque & odd"));
    assert_eq!(parameter(&url, "scope").as_deref(), Some(FORCE_SSL));
    let code = sign_in_as(&channel, CLIENT).await;
    let answer = code.exchange(&channel).await.ok();
    let names: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "access_token",
            "expires_in",
            "refresh_token",
            "scope",
            "token_type"
        ]
    );
    assert_eq!(
        (&answer["expires_in"], &answer["token_type"]),
        (&json!(3599), &json!("Bearer"))
    );
    let (access, _) = tokens_of(&answer);
    let mine = channel
        .get_as(&access, "channels", &[("part", "id"), ("mine", "true")])
        .await
        .ok();
    assert_eq!(mine["items"][0]["id"], json!(channel_id()));

    let again = code.exchange(&channel).await;
    assert_eq!(
        (again.status.as_u16(), &again.body["error"]),
        (400, &json!("invalid_grant")),
        "a code is good once"
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_sign_in_is_shown_and_sent_nowhere() {
    let channel = Channel::start(seed(1)).await;
    for change in [
        ("code_challenge", None),
        ("code_challenge", Some("short")),
        ("code_challenge_method", Some("plain")),
        ("code_challenge_method", None),
        ("client_id", None),
        ("scope", None),
        ("response_type", Some("token")),
        ("redirect_uri", Some("https://example.com/")),
        ("redirect_uri", Some("http://127.0.0.1.example.com/")),
        ("redirect_uri", Some("moderato://signed-in")),
    ] {
        assert_eq!(browse(&channel, &[change]).await, Err(400), "{change:?}");
    }
    browse(&channel, &[("redirect_uri", Some("http://[::1]:9/"))])
        .await
        .unwrap();
    let stateless = browse(&channel, &[("state", None)]).await.unwrap();
    assert_eq!(parameter(&stateless, "state"), None);
}

#[tokio::test]
async fn a_code_without_its_verifier_is_worth_nothing() {
    let channel = Channel::start(seed(1)).await;
    for (change, error) in [
        (
            ("code_verifier", "another-verifier-that-is-long-enough-to-be-one"),
            "invalid_grant",
        ),
        (("code_verifier", ""), "invalid_grant"),
        (("client_id", "another-client"), "invalid_grant"),
        (("client_secret", ""), "invalid_request"),
        (("redirect_uri", "http://127.0.0.1:1/"), "redirect_uri_mismatch"),
        (("code", "4/0made-up"), "invalid_grant"),
        (("grant_type", "password"), "unsupported_grant_type"),
    ] {
        let code = sign_in_as(&channel, CLIENT).await;
        let refused = code.exchange_with(&channel, &[change]).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.body["error"]),
            (400, &json!(error)),
            "{change:?}"
        );
    }
    let code = sign_in_as(&channel, CLIENT).await;
    let late = json!({"advance_ms": 11 * 60_000});
    channel.platform.control("/clock", late).await.ok();
    assert_eq!(
        code.exchange(&channel).await.body["error"],
        "invalid_grant",
        "codes do not wait for ever"
    );
}

#[tokio::test]
async fn an_access_token_runs_out_and_the_refresh_token_brings_another() {
    let channel = Channel::start(seed(1)).await;
    let (access, refresh_token) = signed_in(&channel).await;
    channel.get_as(&access, "commentThreads", THREADS).await.ok();
    let later = json!({"advance_ms": 3_599_000});
    channel.platform.control("/clock", later).await.ok();
    let expired = channel.get_as(&access, "commentThreads", THREADS).await;
    assert_eq!(reason(&expired), (401, "authError"));
    let answer = refresh(&channel, &refresh_token).await.ok();
    assert!(answer.get("refresh_token").is_none(), "the old one stays");
    assert_eq!(answer["expires_in"], 3599);
    let access = answer["access_token"].as_str().unwrap().to_owned();
    channel.get_as(&access, "commentThreads", THREADS).await.ok();
    assert_eq!(
        channel
            .platform
            .ledger
            .count(WriteKind::RefreshToken, &channel_id()),
        1
    );

    let expire = json!({"channel_id": channel_id()});
    channel
        .platform
        .control("/youtube/expire-access-tokens", expire)
        .await
        .ok();
    let expired = channel.get_as(&access, "commentThreads", THREADS).await;
    assert_eq!(reason(&expired), (401, "authError"));
    let answer = refresh(&channel, &refresh_token).await.ok();
    channel
        .get_as(
            answer["access_token"].as_str().unwrap(),
            "commentThreads",
            THREADS,
        )
        .await
        .ok();
}

#[tokio::test]
async fn a_revoked_grant_is_dead_until_the_next_sign_in() {
    let channel = Channel::start(seed(1)).await;
    let (access, refresh_token) = signed_in(&channel).await;
    let revoke = json!({"channel_id": channel_id()});
    channel
        .platform
        .control("/youtube/revoke-grants", revoke)
        .await
        .ok();
    let dead = channel.get_as(&access, "commentThreads", THREADS).await;
    assert_eq!(reason(&dead), (401, "authError"));
    let refused = refresh(&channel, &refresh_token).await;
    assert_eq!(refused.status, 400);
    assert_eq!(
        refused.body,
        recorded("youtube_errors/token_400_invalid_grant_shape.json")
    );

    let (access, refresh_token) = signed_in(&channel).await;
    channel.get_as(&access, "commentThreads", THREADS).await.ok();
    let form = [("token", refresh_token.as_str())];
    post_form(&channel, "/revoke", &form).await.ok();
    let dead = channel.get_as(&access, "commentThreads", THREADS).await;
    assert_eq!(
        reason(&dead),
        (401, "authError"),
        "a client may give its grant back"
    );
    assert_eq!(
        post_form(&channel, "/revoke", &form).await.body["error"],
        "invalid_token"
    );
    assert_eq!(
        refresh(&channel, "1//made-up").await.body["error"],
        "invalid_grant"
    );
}

#[tokio::test]
async fn the_person_may_choose_another_channel_less_permission_or_no() {
    let channel = Channel::start(seed(1)).await;
    let consent = async |consent: Value| {
        channel.platform.control("/youtube/consent", consent).await.ok();
    };
    consent(json!({"channel_id": STRANGER})).await;
    let (access, _) = signed_in(&channel).await;
    let mine = channel
        .get_as(&access, "channels", &[("part", "id"), ("mine", "true")])
        .await
        .ok();
    assert_eq!(mine["items"][0]["id"], STRANGER);

    let readonly = "https://www.googleapis.com/auth/youtube.readonly";
    consent(json!({"scope": readonly})).await;
    let both = format!("{FORCE_SSL} {readonly}");
    let url = browse(&channel, &[("scope", Some(&both))]).await.unwrap();
    assert_eq!(parameter(&url, "scope").as_deref(), Some(readonly));
    let code = Code {
        client_id: CLIENT.to_owned(),
        code: parameter(&url, "code").unwrap(),
    };
    let (access, _) = tokens_of(&code.exchange(&channel).await.ok());
    channel
        .get_as(&access, "channels", &[("part", "id"), ("mine", "true")])
        .await
        .ok();
    let comments = channel.get_as(&access, "commentThreads", THREADS).await;
    assert_eq!(reason(&comments), (403, "insufficientPermissions"));

    consent(json!({"deny": true})).await;
    let url = browse(&channel, &[]).await.unwrap();
    assert_eq!(parameter(&url, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&url, "state").as_deref(), Some("opaque & odd"));
    assert_eq!(parameter(&url, "code"), None);
    consent(Value::Null).await;
    signed_in(&channel).await;
}
