//! The two ways to an Instagram account, against the simulator: its own sign-in with the user's Meta app, and the page
//! that it is linked to.

use crate::simulated::{Simulated, WRITTEN_MS, readable};
use crate::support::config;
use domain::PlatformId;
use domain::error::PlatformError;
use domain::ports::{ActionSink, Clock, CommentSource, Element};
use platforms::facebook::login::{FacebookLogin, FacebookLoginConfig};
use platforms::instagram::SignedIn;
use platforms::instagram::tokens::{
    InstagramApp, InstagramEndpoints, InstagramTokens, RedirectError, SCOPES, authorize_address, code_of,
};
use platforms::{Instagram, InstagramConfig, ReadRetries};
use serde_json::json;
use simulator::{Seed, SeedAccount, SeedComment, SeedPost, WriteKind};
use std::time::Duration;
use zeroize::Zeroizing;

const POST: &str = "17896000000000010";
const COMMENT: &str = "17858893269000001";
const REDIRECT: &str = "https://my.example/instagram";
const SECRET: &str = "canary-app-secret";
const BEFORE_GIVING_UP: Duration = Duration::from_secs(20);

async fn start() -> Simulated {
    let account = SeedAccount::sample();
    let mut other_page = SeedAccount::sample_page();
    other_page.id = "3000000000000001".to_owned();
    other_page.name = "Without Instagram".to_owned();
    other_page.token = "simulator-other-page-token".to_owned();
    Simulated::start(Seed {
        posts: vec![SeedPost {
            id: POST.to_owned(),
            account_id: account.id.clone(),
            timestamp_ms: WRITTEN_MS,
            comments_enabled: true,
            ..SeedPost::default()
        }],
        comments: vec![SeedComment {
            id: COMMENT.to_owned(),
            post_id: POST.to_owned(),
            author_id: Some("17841400000000777".to_owned()),
            username: Some("ann".to_owned()),
            text: "How much is it?".to_owned(),
            timestamp_ms: WRITTEN_MS,
            ..SeedComment::default()
        }],
        accounts: vec![account, SeedAccount::sample_page(), other_page],
    })
    .await
}

fn app(secret: &str) -> InstagramApp {
    InstagramApp {
        id: "990602627938098".to_owned(),
        secret: Zeroizing::new(secret.to_owned()),
    }
}

fn tokens(simulated: &Simulated) -> InstagramTokens {
    InstagramTokens {
        endpoints: InstagramEndpoints::below(&simulated.base_url()),
        clock: simulated.clock.clone(),
        http: platforms::http_client(),
        timeout: BEFORE_GIVING_UP,
    }
}

/// Where the browser ends when the person agrees, or as the consent page was told.
async fn redirected(simulated: &Simulated, state: &str) -> String {
    let endpoints = InstagramEndpoints::below(&simulated.base_url());
    let address = authorize_address(&endpoints, &app(SECRET).id, REDIRECT, state);
    let consent = platforms::http_client().get(address).send().await.unwrap();
    consent.headers()["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_code_becomes_a_token_of_sixty_days_that_opens_the_account() {
    let simulated = start().await;
    let back = redirected(&simulated, "S1").await;
    assert!(back.starts_with(REDIRECT) && back.ends_with("#_"), "{back}");
    assert_eq!(code_of(&back, "S2"), Err(RedirectError::WrongState));
    let code = code_of(&back, "S1").unwrap();

    let tokens = tokens(&simulated);
    let short = tokens.exchange(&app(SECRET), &code, REDIRECT).await.unwrap();
    assert!(short.missing(&SCOPES).is_empty(), "{short:?}");
    let again = tokens.exchange(&app(SECRET), &code, REDIRECT).await.unwrap_err();
    assert!(
        matches!(again, PlatformError::SignedOut { .. }),
        "a code is good once: {again:?}"
    );
    let strange = tokens.lengthen(&app("another"), &short.token).await.unwrap_err();
    assert!(matches!(strange, PlatformError::SignedOut { .. }), "{strange:?}");

    let long = tokens.lengthen(&app(SECRET), &short.token).await.unwrap();
    let days = long.expires_at.since(simulated.clock.now()).as_secs() / 86_400;
    assert!((59..=60).contains(&days), "{days} days");
    let profile = simulated.instagram_with(&long.token).profile().await.unwrap();
    assert_eq!(
        profile.id.as_str(),
        SeedAccount::sample().id,
        "the id that counts, not the app-scoped one"
    );
}

#[tokio::test]
async fn a_person_who_declines_comes_back_without_a_code() {
    let simulated = start().await;
    simulated
        .control("/instagram-consent", json!({ "deny": true }))
        .await;
    let back = redirected(&simulated, "S").await;
    assert_eq!(
        code_of(&back, "S"),
        Err(RedirectError::Declined {
            detail: "The user denied your request.".to_owned()
        })
    );
}

fn login(simulated: &Simulated, token: &str) -> FacebookLogin {
    FacebookLogin::new(FacebookLoginConfig {
        base_url: simulated.base_url(),
        version: "v26.0".to_owned(),
        token: Zeroizing::new(token.to_owned()),
        clock: simulated.clock.clone(),
        http: platforms::http_client(),
        total_timeout: BEFORE_GIVING_UP,
        read_retries: ReadRetries::default(),
    })
    .unwrap()
}

/// The page is linked from here on, and a person manages both pages.
async fn linked() -> (Simulated, String) {
    let simulated = start().await;
    let page = SeedAccount::sample_page().id;
    let path = format!("/accounts/{page}/instagram");
    let instagram = SeedAccount::sample().id;
    simulated
        .control(&path, json!({ "instagram_id": instagram }))
        .await;
    let pages = json!({ "pages": [page, "3000000000000001"] });
    let person = simulated.control("/people", pages).await;
    let token = person["access_token"].as_str().unwrap().to_owned();
    (simulated, token)
}

fn through_page(simulated: &Simulated) -> Instagram {
    Instagram::new(InstagramConfig {
        signed_in: SignedIn::ThroughPage,
        account_id: Some(SeedAccount::sample().id.into()),
        token: Zeroizing::new(SeedAccount::sample_page().token),
        ..config(simulated.base_url().as_str(), crate::support::SetClock::new())
    })
    .unwrap()
}

#[tokio::test]
async fn a_persons_token_leads_to_the_page_and_the_account_that_is_linked_to_it() {
    let (simulated, person) = linked().await;
    let pages = login(&simulated, &person).pages().await.unwrap();
    let found: Vec<_> = pages
        .iter()
        .map(|page| {
            (
                page.name.as_str(),
                page.instagram.as_ref().map(|it| it.id.as_str()),
            )
        })
        .collect();
    let instagram = SeedAccount::sample().id;
    assert_eq!(
        found,
        [
            ("Sample brand", Some(instagram.as_str())),
            ("Without Instagram", None)
        ]
    );
    let of_page = login(&simulated, &SeedAccount::sample_page().token);
    let refused = of_page.pages().await.unwrap_err();
    assert!(
        matches!(refused, PlatformError::Refused { .. }),
        "a page manages none: {refused:?}"
    );
    let itself = of_page.page_itself().await.unwrap();
    assert_eq!(itself, pages[0], "found by its own token as well");
}

#[tokio::test]
async fn the_linked_account_is_read_and_answered_with_the_pages_token() {
    let (simulated, _) = linked().await;
    let instagram = through_page(&simulated);
    let profile = instagram.profile().await.unwrap();
    assert_eq!(
        (profile.id.as_str(), profile.username.as_str()),
        (SeedAccount::sample().id.as_str(), "sample.brand")
    );
    let posts = instagram.posts(None).await.unwrap();
    assert!(
        matches!(&posts.items[..], [Element::Read(post)] if post.id.as_str() == POST),
        "{posts:?}"
    );
    let comments = readable(instagram.comments(&POST.into(), None).await.unwrap());
    assert_eq!(comments[0].id.as_str(), COMMENT);
    let reply = instagram.reply(&COMMENT.into(), "12 €").await.unwrap();
    let read = instagram.comment(&reply).await.unwrap().unwrap();
    assert!(read.flagged_own, "it is the account that answered, not the page");
    instagram.set_hidden(&COMMENT.into(), true).await.unwrap();
    instagram.set_hidden(&COMMENT.into(), false).await.unwrap();
    instagram.delete(&COMMENT.into()).await.unwrap();
    assert_eq!(instagram.comment(&COMMENT.into()).await.unwrap(), None);
    assert_eq!(simulated.ledger.count(WriteKind::Reply, COMMENT), 1);
}

#[tokio::test]
async fn a_private_reply_is_written_by_the_page_for_the_account() {
    let (simulated, _) = linked().await;
    let fresh = json!({
        "id": "17858893269000002", "post_id": POST, "author_id": "17841400000000777", "username": "ann",
        "text": "And in blue?",
    });
    simulated.control("/comments", fresh).await;
    let instagram = through_page(&simulated);
    let comment = PlatformId::from("17858893269000002");
    let id = instagram.private_reply(&comment, "Yes").await.unwrap();
    assert!(!id.as_str().is_empty());
    assert_eq!(
        simulated.ledger.count(WriteKind::PrivateReply, comment.as_str()),
        1
    );
}

#[tokio::test]
async fn what_the_person_did_not_grant_for_the_account_is_refused_by_the_very_call() {
    let (simulated, person) = linked().await;
    let path = format!("/accounts/{}/permissions", SeedAccount::sample_page().id);
    simulated
        .control(&path, json!({ "refused": ["instagram_manage_comments"] }))
        .await;
    let instagram = through_page(&simulated);
    assert!(instagram.posts(None).await.is_ok(), "reading posts needs another");
    let refused = instagram.comments(&POST.into(), None).await.unwrap_err();
    assert!(
        matches!(refused, PlatformError::PermissionMissing { .. }),
        "{refused:?}"
    );
    simulated
        .control(&path, json!({ "refused": ["instagram_basic"] }))
        .await;
    let login = login(&simulated, &person);
    assert_eq!(login.pages().await.unwrap()[0].instagram, None);
    assert_eq!(
        login
            .missing(&["instagram_basic", "pages_show_list"])
            .await
            .unwrap(),
        ["instagram_basic"],
        "told apart from a page without an account"
    );
}

#[tokio::test]
async fn through_a_page_that_is_linked_no_more_nothing_is_reached() {
    let (simulated, _) = linked().await;
    let page = SeedAccount::sample_page().id;
    simulated
        .control(&format!("/accounts/{page}/instagram"), json!({}))
        .await;
    let gone = through_page(&simulated).posts(None).await.unwrap_err();
    assert!(matches!(gone, PlatformError::Gone { .. }), "{gone:?}");
}
