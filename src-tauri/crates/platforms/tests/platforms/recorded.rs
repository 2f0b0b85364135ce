//! Every recorded body in the shared fixtures, given to the call that would receive it, and what became of it.
//! `cargo test -p platforms every_recorded_body -- --nocapture` prints the table.

use crate::google::{self, Google};
use crate::support::{self, SetClock};
use domain::error::PlatformError;
use domain::ports::{ActionSink, Clock, CommentSource, Element, Page};
use platforms::facebook::login::{FacebookLogin, FacebookLoginConfig};
use platforms::instagram::tokens::{InstagramApp, InstagramEndpoints, InstagramTokens};
use platforms::webhook::{self, Event};
use platforms::youtube::OAuthClient;
use platforms::{FacebookConfig, FacebookPage, Instagram};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, ResponseTemplate};
use zeroize::Zeroizing;

/// What is expected of each, as the test prints it.
const EXPECTED: &str = include_str!("recorded.txt");
/// An upload, a video and a channel of the client's own, to reach the call in question.
const ONE_UPLOAD: &str = r#"{"items":[{"contentDetails":{"videoId":"V"}}]}"#;
const OWN_CHANNEL: &str =
    r#"{"items":[{"id":"UCmine","contentDetails":{"relatedPlaylists":{"uploads":"UUmine"}}}]}"#;

/// The call, and the outcome in a few words.
type Fate = (&'static str, String);

fn fixtures() -> PathBuf {
    Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../../../../shared/fixtures")
}

fn files() -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![fixtures()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let file = path.strip_prefix(fixtures()).unwrap();
                found.push(file.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

async fn serving(status: u16, body: &str) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(status).set_body_raw(body, "application/json"))
        .mount(&server)
        .await;
    server
}

fn page<T>(page: Result<Page<T>, PlatformError>) -> String {
    let page = match page {
        Ok(page) => page,
        Err(error) => return refused(&error),
    };
    let read = page
        .items
        .iter()
        .filter(|item| matches!(item, Element::Read(_)))
        .count();
    let mut text = format!("{read} read");
    let mut reasons: Vec<&str> = page
        .items
        .iter()
        .filter_map(|item| match item {
            Element::Malformed { reason, .. } => reason.split(" at ").next(),
            Element::Read(_) => None,
        })
        .collect();
    let aside = reasons.len();
    reasons.sort_unstable();
    reasons.dedup();
    if aside > 0 {
        write!(text, ", {aside} set aside ({})", reasons.join("; ")).unwrap();
    }
    if page.next.is_some() {
        text.push_str(", goes on");
    }
    text
}

fn single<T>(read: Result<T, PlatformError>) -> String {
    read.map_or_else(|error| refused(&error), |_| "read".to_owned())
}

/// The variant, which is what the caller goes by.
fn refused(error: &PlatformError) -> String {
    let text = format!("{error:?}");
    text.split([' ', '{']).next().unwrap().to_owned()
}

fn facebook(server: &MockServer) -> FacebookPage {
    let token = Zeroizing::new(support::TOKEN.to_owned());
    let base = server.uri().parse().unwrap();
    FacebookPage::new(FacebookConfig {
        page_id: Some("19292868552".into()),
        read_retries: support::config(&server.uri(), SetClock::new()).read_retries,
        ..FacebookConfig::new(base, "v26.0", token, SetClock::new(), platforms::http_client())
    })
    .unwrap()
}

async fn instagram_listing(body: &str, what: &str) -> Fate {
    let server = serving(200, body).await;
    let client: Instagram = support::instagram(&server.uri());
    match what {
        "media" => ("instagram: media", page(client.posts(None).await)),
        "comments" => (
            "instagram: comments",
            page(client.comments(&"1".into(), None).await),
        ),
        "replies" => (
            "instagram: replies",
            page(client.replies(&"1".into(), &"2".into(), None).await),
        ),
        "comment" => (
            "instagram: one comment",
            single(client.comment(&"2".into()).await),
        ),
        _ => ("instagram: profile", single(client.profile().await)),
    }
}

async fn facebook_listing(body: &str, what: &str) -> Fate {
    let server = serving(200, body).await;
    let client = facebook(&server);
    match what {
        "posts" => ("facebook: posts", page(client.posts(None).await)),
        "comments" => (
            "facebook: comments",
            page(client.comments(&"1_2".into(), None).await),
        ),
        "comment" => (
            "facebook: one comment",
            single(client.comment(&"2_3".into()).await),
        ),
        "written" => (
            "facebook: a reply's answer",
            single(client.reply(&"2_3".into(), "x").await),
        ),
        _ => ("facebook: profile", single(client.profile().await)),
    }
}

async fn youtube_listing(body: &str, what: &str) -> Fate {
    let server = MockServer::start().await;
    let own = |body: &str| ResponseTemplate::new(200).set_body_raw(body, "application/json");
    let (uploads, videos, channels) = match what {
        "uploads" => (body, r#"{"items":[]}"#, OWN_CHANNEL),
        "videos" => (ONE_UPLOAD, body, OWN_CHANNEL),
        _ => (ONE_UPLOAD, r#"{"items":[]}"#, body),
    };
    for (at, body) in [
        ("playlistItems", uploads),
        ("videos", videos),
        ("channels", channels),
    ] {
        Mock::given(path(format!("/youtube/v3/{at}")))
            .respond_with(own(body))
            .mount(&server)
            .await;
    }
    Mock::given(any()).respond_with(own(body)).mount(&server).await;
    let client = Google::at(&server.uri()).youtube();
    match what {
        "threads" => ("youtube: threads", page(client.comments(&"V".into(), None).await)),
        "replies" => (
            "youtube: replies",
            page(client.replies(&"V".into(), &"T".into(), None).await),
        ),
        "new thread" => (
            "youtube: a new comment's answer",
            single(client.comment_on(&"V".into(), "x").await),
        ),
        "new reply" => (
            "youtube: a reply's answer",
            single(client.reply(&"T".into(), "x").await),
        ),
        "videos" => ("youtube: videos", page(client.posts(None).await)),
        "uploads" => {
            let listed = client.posts(None).await;
            let requests = server.received_requests().await.unwrap();
            let asked = requests
                .iter()
                .find(|request| request.url.path().ends_with("/videos"));
            let ids = asked.and_then(|request| {
                let pair = request.url.query_pairs().find(|(name, _)| name == "id")?;
                Some(pair.1.split(',').count())
            });
            let more = if listed.unwrap().next.is_some() {
                ", goes on"
            } else {
                ""
            };
            ("youtube: uploads", format!("{} read{more}", ids.unwrap_or(0)))
        }
        _ => ("youtube: channel", single(client.profile().await)),
    }
}

async fn meta_error(body: &str) -> Fate {
    let server = serving(400, body).await;
    let client = support::instagram(&server.uri());
    let error = client.comments(&"1".into(), None).await.unwrap_err();
    ("instagram: a refusal", refused(&error))
}

async fn youtube_error(body: &str, status: u16) -> Fate {
    let server = serving(status, body).await;
    let error = google::youtube(&server.uri())
        .comments(&"V".into(), None)
        .await
        .unwrap_err();
    ("youtube: a refusal", refused(&error))
}

async fn google_token(body: &str, status: u16) -> Fate {
    let server = MockServer::start().await;
    let json = |status: u16, body: &str| ResponseTemplate::new(status).set_body_raw(body, "application/json");
    Mock::given(path(google::TOKEN))
        .respond_with(json(status, body))
        .mount(&server)
        .await;
    Mock::given(any())
        .respond_with(json(200, OWN_CHANNEL))
        .mount(&server)
        .await;
    let client = Google::with_token_life(&server.uri(), Duration::ZERO).youtube();
    ("google: token", single(client.profile().await))
}

async fn instagram_token(body: &str) -> Fate {
    let server = serving(200, body).await;
    let base: url::Url = server.uri().parse().unwrap();
    let clock = SetClock::new();
    let tokens = InstagramTokens {
        endpoints: InstagramEndpoints {
            authorize: base.clone(),
            exchange: base.clone(),
            graph: base,
        },
        clock: clock.clone(),
        http: platforms::http_client(),
        timeout: Duration::from_secs(20),
    };
    let app = InstagramApp {
        id: "1".to_owned(),
        secret: Zeroizing::new("s".to_owned()),
    };
    let outcome = match tokens.exchange(&app, "code", "https://my.example/").await {
        Ok(token) => {
            let hours = token.expires_at.since(clock.now()).as_secs() / 3_600;
            format!("read, {} permissions, for {hours} h", token.permissions.len())
        }
        Err(error) => refused(&error),
    };
    ("instagram: token", outcome)
}

async fn managed_pages(body: &str) -> Fate {
    let server = serving(200, body).await;
    let base = support::config(&server.uri(), SetClock::new());
    let login = FacebookLogin::new(FacebookLoginConfig {
        base_url: base.base_url,
        version: base.version,
        token: base.token,
        clock: base.clock,
        http: base.http,
        total_timeout: base.total_timeout,
        read_retries: base.read_retries,
    });
    let pages = login.unwrap().pages().await;
    let outcome = pages.map_or_else(|error| refused(&error), |pages| format!("{} read", pages.len()));
    ("facebook: managed pages", outcome)
}

async fn usage_headers(body: &str) -> Fate {
    let headers: std::collections::BTreeMap<String, String> = serde_json::from_str(body).unwrap();
    let mut percents = Vec::new();
    for value in headers.values() {
        let server = MockServer::start().await;
        let answer = ResponseTemplate::new(200)
            .insert_header("x-business-use-case-usage", value.as_str())
            .set_body_raw(r#"{"id":"1","username":"u"}"#, "application/json");
        Mock::given(any()).respond_with(answer).mount(&server).await;
        let client = support::instagram(&server.uri());
        client.profile().await.unwrap();
        percents.push(format!("{} %", client.usage().unwrap().percent));
    }
    ("instagram: usage headers", percents.join(" and "))
}

fn delivery(body: &str) -> Fate {
    let words = |element: &Element<webhook::Notice>| match element {
        Element::Read(notice) => match &notice.event {
            Event::Comment { live: true, .. } => "a live comment".to_owned(),
            Event::Comment { .. } => "a comment".to_owned(),
            Event::Mention { .. } => "a mention".to_owned(),
            other => format!("{other:?}"),
        },
        Element::Malformed { reason, .. } => format!("set aside ({reason})"),
    };
    let outcome = match webhook::notices(body.as_bytes()) {
        Ok(notices) => notices.iter().map(words).collect::<Vec<_>>().join(", "),
        Err(error) => error.to_string(),
    };
    ("webhook", outcome)
}

fn client_file(body: &str) -> Fate {
    let outcome =
        OAuthClient::from_google_json(body).map_or_else(|error| error.to_string(), |_| "read".to_owned());
    ("google: client file", outcome)
}

/// One element of a listing, as a library keeps it on its own.
fn listed(body: &str) -> String {
    format!(r#"{{"data":[{body}],"items":[{body}]}}"#)
}

/// The answers of a multi-id read, as a listing: nothing here asks for several ids at once.
fn values(body: &str) -> String {
    let map: serde_json::Map<String, serde_json::Value> = serde_json::from_str(body).unwrap();
    let all: Vec<&serde_json::Value> = map.values().collect();
    serde_json::json!({ "data": all }).to_string()
}

async fn fate(file: &str, body: &str) -> Option<Fate> {
    let (source, name) = file.split_once('/').unwrap();
    let name = name.strip_prefix("testdata/").unwrap_or(name);
    Some(match (source, name) {
        ("webhooks", _) => delivery(body),
        ("meta_errors", "headers_buc_doc_sample.json") => usage_headers(body).await,
        ("meta_errors", name) if name.starts_with("ig_") => instagram_token(body).await,
        ("meta_errors", _) | ("python-facebook", "error.json" | "base/error_data.json") => {
            meta_error(body).await
        }
        ("youtube_errors", name) if name.starts_with("token_") => google_token(body, 400).await,
        ("youtube_errors", _) => youtube_error(body, 403).await,
        ("python-facebook", name) => return from_facebook(name, body).await,
        ("python-youtube", name) => return from_youtube(name, body).await,
        _ => return None,
    })
}

async fn from_facebook(name: &str, body: &str) -> Option<Fate> {
    Some(match name {
        "base/full_connecions_p1.json" | "base/full_connecions_p2.json" => {
            facebook_listing(body, "posts").await
        }
        "base/object_data.json" | "base/object_default.json" => facebook_listing(body, "profile").await,
        "base/long_term_token.json" => instagram_token(body).await,
        "base/user_accounts_token.json" => managed_pages(body).await,
        "facebook/apidata/comments/comment_info.json" | "facebook/models/comment.json" => {
            facebook_listing(body, "comment").await
        }
        "facebook/apidata/comments/comments_info.json" => facebook_listing(&values(body), "comments").await,
        "facebook/apidata/comments/create_resp.json" => facebook_listing(body, "written").await,
        name if name.starts_with("facebook/apidata/comments/comments_p") => {
            facebook_listing(body, "comments").await
        }
        name if name.starts_with("facebook/apidata/posts/feed") => facebook_listing(body, "posts").await,
        name if name.starts_with("facebook/apidata/posts/multi") => {
            facebook_listing(&values(body), "posts").await
        }
        name if name.starts_with("facebook/apidata/posts/single") || name == "facebook/models/post.json" => {
            facebook_listing(&listed(body), "posts").await
        }
        "instagram/apidata/comments/comment_fields.json" => instagram_listing(body, "comment").await,
        "instagram/apidata/comments/replies.json" => instagram_listing(body, "replies").await,
        "instagram/apidata/medias/comments_p1.json" | "instagram/apidata/medias/comments_p2.json" => {
            instagram_listing(body, "comments").await
        }
        "instagram/apidata/medias/media_default.json" | "instagram/models/ig_media.json" => {
            instagram_listing(&listed(body), "media").await
        }
        "instagram/apidata/medias/medias_fields.json" => instagram_listing(&values(body), "media").await,
        "instagram/apidata/users/medias_p1.json"
        | "instagram/apidata/users/medias_p2.json"
        | "instagram/apidata/users/tagged_medias.json"
        | "instagram/apidata/users/live_medias.json" => instagram_listing(body, "media").await,
        "instagram/apidata/users/user_fields.json" | "instagram/models/ig_user.json" => {
            instagram_listing(body, "profile").await
        }
        _ => return None,
    })
}

async fn from_youtube(name: &str, body: &str) -> Option<Fate> {
    Some(match name {
        "apidata/access_token.json" | "modeldata/users/access_token.json" => google_token(body, 200).await,
        "apidata/error_permission_resp.json" => youtube_error(body, 403).await,
        "error_response.json" | "error_response_simple.json" => youtube_error(body, 400).await,
        "apidata/comment_threads/insert_response.json" => youtube_listing(body, "new thread").await,
        "apidata/comments/insert_response.json" => youtube_listing(body, "new reply").await,
        "modeldata/comments/comment_thread_api_response.json" => youtube_listing(body, "threads").await,
        "modeldata/comments/comment_thread_info.json" => youtube_listing(&listed(body), "threads").await,
        "modeldata/comments/comment_api_response.json" => youtube_listing(body, "replies").await,
        "modeldata/comments/comment_info.json" => youtube_listing(&listed(body), "replies").await,
        "apidata/channel_info_single.json"
        | "apidata/channels/info.json"
        | "apidata/channels/info_multiple.json" => youtube_listing(body, "channel").await,
        name if name.starts_with("apidata/client_secrets/") => client_file(body),
        name if name.starts_with("apidata/comment_threads/") => youtube_listing(body, "threads").await,
        name if name.starts_with("apidata/comments/") => youtube_listing(body, "replies").await,
        name if name.starts_with("apidata/playlist_items/playlist") => youtube_listing(body, "uploads").await,
        name if name.starts_with("apidata/videos/videos_") => youtube_listing(body, "videos").await,
        _ => return None,
    })
}

async fn body_of(file: &str) -> Fate {
    let body = std::fs::read_to_string(fixtures().join(file)).unwrap();
    let json = serde_json::from_str::<serde_json::Value>(&body);
    assert!(json.is_ok(), "{file} is no JSON");
    let unasked = (
        "none",
        "not ours: no call of the app is answered with it".to_owned(),
    );
    fate(file, &body).await.unwrap_or(unasked)
}

#[tokio::test]
async fn every_recorded_body_is_read_and_the_table_says_what_became_of_it() {
    if !fixtures().is_dir() {
        println!("skipped: {} is not here", fixtures().display());
        return;
    }
    let mut table = String::new();
    for file in files() {
        let (call, outcome) = match file.strip_suffix(".json") {
            Some(_) => body_of(&file).await,
            None => ("none", "a note beside the bodies".to_owned()),
        };
        writeln!(table, "{file} | {call} | {outcome}").unwrap();
    }
    println!("{table}");
    for (is, expected) in table.lines().zip(EXPECTED.lines()) {
        assert_eq!(is, expected, "a fixture, or what becomes of it, has changed");
    }
    assert_eq!(
        table.lines().count(),
        EXPECTED.lines().count(),
        "a fixture has come or gone"
    );
}
