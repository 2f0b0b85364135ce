use serde_json::json;
use simulator::{Seed, SeedAccount, SeedPost, WriteKind};

use crate::support::{NOON_MS, POST, Platform, TOKEN, read, seed};

#[tokio::test]
async fn a_token_is_taken_from_the_address_the_form_or_the_header() {
    let platform = Platform::start(seed(1)).await;
    let url = format!("{}/v26.0/1", platform.base_url);
    read(platform.client.get(&url).bearer_auth(TOKEN))
        .await
        .unwrap()
        .ok();
    read(platform.client.get(&url).query(&[("access_token", TOKEN)]))
        .await
        .unwrap()
        .ok();
    let form = [("access_token", TOKEN), ("message", "Grüße & more")];
    read(platform.client.post(format!("{url}/replies")).form(&form))
        .await
        .unwrap()
        .ok();
    assert_eq!(
        platform.ledger.replies_to("1")[0].text.as_deref(),
        Some("Grüße & more")
    );
}

#[tokio::test]
async fn no_token_a_wrong_one_and_one_that_ran_out_are_told_apart() {
    let mut seed = seed(1);
    seed.accounts[0].token_expires_at = Some(4_000_000_000_000);
    let platform = Platform::start(seed).await;
    let url = format!("{}/1", platform.base_url);
    assert_eq!(
        read(platform.client.get(&url)).await.unwrap().refusal(),
        (104, None)
    );
    let wrong = platform.get("/1", &[("access_token", "wrong")]).await;
    assert_eq!(wrong.refusal(), (190, None));
    assert!(wrong.headers.contains_key("www-authenticate"));
    platform.get("/1", &[]).await.ok();
    platform
        .control("/clock", json!({"advance_ms": 4_000_000_000_000_i64}))
        .await
        .ok();
    let expired = platform.get("/1", &[]).await;
    assert_eq!(expired.refusal(), (190, Some(463)));
    let message = expired.body["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("Session has expired on Tuesday, 02-Oct-96"),
        "{message}"
    );
}

#[tokio::test]
async fn me_tells_the_account_id_from_the_app_scoped_one() {
    let platform = Platform::start(seed(1)).await;
    let me = platform
        .get("/v26.0/me", &[("fields", "user_id,username,account_type")])
        .await
        .ok();
    assert_eq!(
        me,
        json!({
            "id": "24000000000000001",
            "user_id": "17841400000000001",
            "username": "sample.brand",
            "account_type": "BUSINESS",
        })
    );
    platform.get("/17841400000000001/media", &[]).await.ok();
    assert_eq!(
        platform.get("/24000000000000001/media", &[]).await.refusal(),
        (100, Some(33))
    );
}

#[tokio::test]
async fn a_refreshed_token_works_after_a_restart_and_is_in_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let platform = Platform::start_with_journal(seed(1), Some(journal.clone())).await;
    assert_eq!(
        platform.get("/refresh_access_token", &[]).await.refusal(),
        (100, None),
        "no grant type"
    );
    let answer = platform
        .get(
            "/v26.0/refresh_access_token",
            &[("grant_type", "ig_refresh_token")],
        )
        .await
        .ok();
    let token = answer["access_token"].as_str().unwrap().to_owned();
    assert_ne!(token, TOKEN);
    assert_eq!(answer["expires_in"], 5_184_000);
    platform.get("/1", &[("access_token", &token)]).await.ok();
    assert_eq!(
        platform
            .ledger
            .count(WriteKind::RefreshToken, &SeedAccount::sample().id),
        1
    );
    platform.simulator.stop().await;

    let kept = std::fs::read_to_string(&journal).unwrap();
    assert!(!kept.contains(&token) && !kept.contains(TOKEN), "{kept}");
    let platform = Platform::start_with_journal(seed(1), Some(journal)).await;
    platform.get("/1", &[("access_token", &token)]).await.ok();
}

#[tokio::test]
async fn a_revoked_token_stays_so_until_the_owner_signs_in_again() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal.jsonl");
    let platform = Platform::start_with_journal(seed(1), Some(journal.clone())).await;
    let account = format!("/accounts/{}", SeedAccount::sample().id);
    let revoke = format!("{account}/revoke-tokens");
    platform.control(&revoke, json!({"subcode": 460})).await.ok();
    assert_eq!(platform.get("/1", &[]).await.refusal(), (190, Some(460)));
    platform.simulator.stop().await;

    let platform = Platform::start_with_journal(seed(1), Some(journal)).await;
    let refused = platform
        .get("/refresh_access_token", &[("grant_type", "ig_refresh_token")])
        .await;
    assert_eq!(refused.refusal(), (190, Some(460)), "after a restart as well");
    let signed_in = platform
        .control(&format!("{account}/sign-in"), json!({"life_seconds": 60}))
        .await
        .ok();
    let token = signed_in["access_token"].as_str().unwrap();
    platform.get("/1", &[("access_token", token)]).await.ok();
    assert_eq!(
        platform.get("/1", &[]).await.refusal(),
        (190, Some(460)),
        "the old one is no better for it"
    );
    platform
        .control("/clock", json!({"advance_ms": 60_000}))
        .await
        .ok();
    let ended = platform.get("/1", &[("access_token", token)]).await;
    assert_eq!(ended.refusal(), (190, Some(463)));
    platform.control(&revoke, json!({})).await.ok();
    let ended = platform.get("/1", &[("access_token", token)]).await;
    assert_eq!(ended.refusal(), (190, Some(467)));
}

#[tokio::test]
async fn a_call_without_its_permission_is_refused_and_the_others_are_not() {
    let platform = Platform::start(seed(1)).await;
    let permissions = format!("/accounts/{}/permissions", SeedAccount::sample().id);
    let media = format!("/{}/media", SeedAccount::sample().id);
    let comments = format!("/{POST}/comments");
    let refuse = |name: &str| json!({ "refused": [name] });

    platform
        .control(&permissions, refuse("instagram_business_manage_comments"))
        .await
        .ok();
    platform.get(&media, &[]).await.ok();
    for path in [comments.as_str(), "/1", "/1/replies"] {
        let refused = platform.get(path, &[]).await;
        assert_eq!(refused.refusal(), (10, None), "{path}");
    }
    let reply = platform.post("/1/replies", &[("message", "Thanks")]).await;
    assert_eq!(reply.refusal(), (10, None));
    assert!(platform.ledger.replies_to("1").is_empty(), "nothing was written");
    let renewed = platform
        .get("/refresh_access_token", &[("grant_type", "ig_refresh_token")])
        .await
        .ok();
    assert_eq!(
        renewed["permissions"],
        "instagram_business_basic,instagram_business_manage_messages"
    );

    platform
        .control(&permissions, refuse("instagram_business_basic"))
        .await
        .ok();
    assert_eq!(platform.get(&media, &[]).await.refusal(), (10, None));
    platform.control(&permissions, json!({"refused": []})).await.ok();
    platform.get(&comments, &[]).await.ok();
    let unknown = platform.control(&permissions, refuse("email")).await;
    assert_eq!(unknown.status, 400, "{}", unknown.body);
}

#[tokio::test]
async fn a_page_without_a_permission_is_refused_in_its_own_number() {
    let page = SeedAccount::sample_page();
    let post_id = format!("{}_100", page.id);
    let platform = Platform::start(Seed {
        posts: vec![SeedPost {
            id: post_id.clone(),
            account_id: page.id.clone(),
            timestamp_ms: NOON_MS,
            comments_enabled: true,
            ..SeedPost::default()
        }],
        accounts: vec![page.clone()],
        ..Seed::default()
    })
    .await;
    let token = ("access_token", page.token.as_str());
    let permissions = format!("/accounts/{}/permissions", page.id);
    for (permission, feed, comments, write) in [
        ("pages_read_engagement", false, true, true),
        ("pages_read_user_content", true, false, true),
        ("pages_manage_engagement", true, true, false),
    ] {
        platform
            .control(&permissions, json!({ "refused": [permission] }))
            .await
            .ok();
        let answers = [
            (platform.get(&format!("/{}/feed", page.id), &[token]).await, feed),
            (
                platform.get(&format!("/{post_id}/comments"), &[token]).await,
                comments,
            ),
            (
                platform
                    .post(&format!("/{post_id}/comments"), &[token, ("message", "Hello")])
                    .await,
                write,
            ),
        ];
        for (answer, allowed) in answers {
            match allowed {
                true => drop(answer.ok()),
                false => assert_eq!(answer.refusal(), (200, None), "{permission}"),
            }
        }
    }
}
