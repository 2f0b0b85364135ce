//! The ways to an Instagram account beside a pasted token, through the app as the window uses it, and over a restart.

use crate::support::files::files_with;
use crate::support::platform::{ACCOUNT, POST, Platform, comment, seed};
use crate::support::program::open_app;
use contract::Granted as GrantedView;
use domain::AccountId;
use domain::ports::Element;
use engine::intake::DraftsFrom;
use headless::App;
use headless::app::{Connected, Credentials, Granted};
use platforms::instagram::tokens::InstagramApp;
use serde_json::json;
use simulator::{SeedAccount, WriteKind};
use std::path::Path;
use url::Url;
use zeroize::Zeroizing;

const APP: &str = "990602627938098";
const APP_SECRET: &str = "CANARYSECRET5b8e0d2f94c7411a";
const REDIRECT: &str = "https://my.example/instagram";
const COMMENT: &str = "801";

/// Where the browser ends.
async fn agreed(address: &Url) -> String {
    let browser = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let consent = browser.get(address.clone()).send().await.unwrap();
    consent.headers()["location"].to_str().unwrap().to_owned()
}

fn by_code(address: &str) -> Credentials {
    Credentials::InstagramCode {
        app: InstagramApp {
            id: APP.to_owned(),
            secret: Zeroizing::new(APP_SECRET.to_owned()),
        },
        redirect: REDIRECT.to_owned(),
        address: Zeroizing::new(address.to_owned()),
    }
}

async fn connect(app: &App, credentials: Credentials, url: &str) -> Result<Connected, headless::AppError> {
    app.connect(credentials, Some(url), DraftsFrom::Everything, |_| Ok(()))
        .await
}

fn account_of(connected: &Connected) -> AccountId {
    match connected {
        Connected::Account { id, .. } => *id,
        other => panic!("{other:?}"),
    }
}

/// The account answers a comment after the program was closed and opened again.
async fn answers_after_a_restart(app: App, data: &Path, platform: &Platform) {
    app.stop().await;
    drop(app);
    let app = open_app(data).await;
    app.reopen_last().await.unwrap();
    let view = app.accounts().await.unwrap();
    let account = AccountId(view.accounts[0].id);
    let client = app.engine().unwrap().context().platform(account).unwrap();
    let posts = client.posts(None).await.unwrap();
    assert!(
        matches!(&posts.items[..], [Element::Read(post)] if post.id.as_str() == POST),
        "it is signed in again: {posts:?}"
    );
    client.reply(&COMMENT.into(), "Yes").await.unwrap();
    assert_eq!(platform.ledger.count(WriteKind::Reply, COMMENT), 1);
    app.stop().await;
}

#[tokio::test]
async fn with_a_meta_app_of_ones_own_the_account_signs_in_by_code_and_the_apps_secret_is_not_kept() {
    let platform = Platform::start(seed(vec![comment(COMMENT, "Is it heavy?", 5)])).await;
    let url = platform.url();
    let folder = tempfile::tempdir().unwrap();
    let app = open_app(folder.path()).await;

    let unasked = connect(&app, by_code("https://my.example/instagram?code=x&state=y"), &url).await;
    assert!(
        unasked.is_err(),
        "nobody began this sign-in: the address is somebody else's"
    );
    let address = app.begin_instagram_sign_in(APP, REDIRECT, Some(&url)).unwrap();
    let back = agreed(&address).await;
    let forged = back.replace("state=", "state=0");
    assert!(
        connect(&app, by_code(&forged), &url).await.is_err(),
        "another state"
    );

    let connected = connect(&app, by_code(&back), &url).await.unwrap();
    let Connected::Account { id, permissions } = &connected else {
        panic!("{connected:?}");
    };
    assert!(
        permissions
            .iter()
            .all(|permission| permission.granted == Granted::Yes),
        "the very calls were made, and the platform says what else was granted: {permissions:?}"
    );
    let card = app.account_card(*id).await.unwrap();
    let days = (card.token_expires_at.unwrap() - app.accounts().await.unwrap().now) / 86_400_000;
    assert!(card.renews_itself && (59..=60).contains(&days), "{days} days");
    assert!(
        connect(&app, by_code(&back), &url).await.is_err(),
        "a sign-in is good once"
    );
    answers_after_a_restart(app, folder.path(), &platform).await;
    assert!(
        files_with(folder.path(), APP_SECRET).is_empty(),
        "not even in a log"
    );
}

/// The brand's account is linked to the first of two pages, both of one person, whose token is returned.
async fn linked() -> (Platform, String) {
    let mut world = seed(vec![comment(COMMENT, "Is it heavy?", 5)]);
    let mut other = SeedAccount::sample_page();
    other.id = "3000000000000001".to_owned();
    other.name = "Oakmere outlet".to_owned();
    other.token = "EAABCANARYOUTLET0d2f94c7411a".to_owned();
    world.accounts.extend([SeedAccount::sample_page(), other]);
    let platform = Platform::start(world).await;
    let page = SeedAccount::sample_page().id;
    platform
        .control(
            &format!("accounts/{page}/instagram"),
            json!({ "instagram_id": ACCOUNT }),
        )
        .await;
    let pages = json!({ "pages": [page, "3000000000000001"] });
    let person = platform.control("people", pages).await;
    (platform, person["access_token"].as_str().unwrap().to_owned())
}

fn by_page(token: &str, page: Option<&str>) -> Credentials {
    Credentials::InstagramPage {
        token: Zeroizing::new(token.to_owned()),
        page: page.map(Into::into),
    }
}

#[tokio::test]
async fn the_account_that_is_linked_to_a_page_is_connected_by_a_persons_token_and_does_not_end() {
    let (platform, person) = linked().await;
    let url = platform.url();
    let folder = tempfile::tempdir().unwrap();
    let app = open_app(folder.path()).await;

    let without = connect(&app, by_page(&person, Some("3000000000000001")), &url).await;
    let why = without.unwrap_err().to_string();
    assert!(why.contains("\"Oakmere outlet\""), "the page is named: {why}");

    let connected = connect(&app, by_page(&person, None), &url).await.unwrap();
    let card = app.account_card(account_of(&connected)).await.unwrap();
    assert_eq!(card.platform, contract::PlatformName::Instagram);
    assert!(!card.renews_itself && card.token_expires_at.is_none(), "{card:?}");
    let granted: Vec<&str> = card
        .permissions
        .iter()
        .filter(|permission| permission.granted == GrantedView::Yes)
        .map(|permission| permission.name.as_str())
        .collect();
    assert_eq!(granted, ["instagram_basic", "instagram_manage_comments"]);
    answers_after_a_restart(app, folder.path(), &platform).await;
    let page_token = SeedAccount::sample_page().token;
    assert!(
        files_with(folder.path(), &page_token).is_empty(),
        "the token is nowhere in plain text"
    );
}

#[tokio::test]
async fn several_linked_pages_are_offered_and_what_was_not_granted_is_named() {
    let (platform, person) = linked().await;
    let url = platform.url();
    let page = SeedAccount::sample_page().id;
    let folder = tempfile::tempdir().unwrap();
    let app = open_app(folder.path()).await;
    platform
        .control(
            "accounts/3000000000000001/instagram",
            json!({ "instagram_id": ACCOUNT }),
        )
        .await;
    let Connected::ChoosePage(pages) = connect(&app, by_page(&person, None), &url).await.unwrap() else {
        panic!("two pages have an account");
    };
    assert_eq!(pages.len(), 2);
    assert!(pages[0].name.contains("@oakmere"), "{pages:?}");

    let permissions = format!("accounts/{page}/permissions");
    platform
        .control(&permissions, json!({ "refused": ["instagram_manage_comments"] }))
        .await;
    let refused = connect(&app, by_page(&person, Some(&page)), &url).await.unwrap();
    let Connected::Missing(missing) = refused else {
        panic!("{refused:?}");
    };
    assert!(
        missing
            .iter()
            .any(|permission| permission.name == "instagram_manage_comments"
                && permission.granted == Granted::No),
        "{missing:?}"
    );
    app.stop().await;
}
