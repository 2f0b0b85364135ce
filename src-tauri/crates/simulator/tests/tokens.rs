use serde_json::json;
use simulator::{SeedAccount, WriteKind};

use crate::support::{Platform, TOKEN, read, seed};

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
