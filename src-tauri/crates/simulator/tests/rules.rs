//! What the platform allows, and what becomes of it.

use futures::future::join_all;
use serde_json::{Value, json};
use simulator::{SeedAccount, SeedComment, Simulator, SimulatorConfig, SimulatorError, WriteKind};

use crate::support::{POST, Platform, comment, ids, post, read, seed};

const OWN: &str = "17841400000000001";

#[tokio::test]
async fn a_reply_appears_once_under_its_comment_as_the_accounts_own() {
    let platform = Platform::start(seed(2)).await;
    let id = platform.reply("1", "It is 9.90 €").await;
    let fields = "id,text,from,user,username,parent_id,hidden,media";
    let replies = platform.get("/1/replies", &[("fields", fields)]).await.ok();
    assert_eq!(
        replies["data"],
        json!([{
            "id": id,
            "text": "It is 9.90 €",
            "from": {"id": OWN, "username": "sample.brand"},
            "user": {"id": OWN},
            "username": "sample.brand",
            "parent_id": "1",
            "hidden": false,
            "media": {"id": POST},
        }])
    );
    let entry = &platform.ledger.replies_to("1")[0];
    assert_eq!(
        (entry.text.as_deref(), entry.result_id.as_ref()),
        (Some("It is 9.90 €"), Some(&id))
    );
    assert_eq!(
        platform.field(POST, "comments_count").await,
        3,
        "replies count as comments"
    );
    let theirs = platform
        .get("/1", &[("fields", "user,from,parent_id")])
        .await
        .ok();
    assert_eq!(
        theirs,
        json!({"id": "1", "from": {"id": "990000000000000007", "username": "ann"}})
    );
}

#[tokio::test]
async fn a_reply_to_a_reply_joins_the_thread() {
    let mut seed = seed(1);
    seed.comments.push(comment("2", Some("1")));
    let platform = Platform::start(seed).await;
    let id = platform.reply("2", "Gladly").await;
    assert_eq!(platform.field(&id, "parent_id").await, "1");
    assert_eq!(
        ids(&platform.get("/1/replies", &[]).await.ok()),
        [id.as_str(), "2"]
    );
    assert_eq!(
        ids(&platform.get("/2/replies", &[]).await.ok()),
        Vec::<String>::new()
    );
    let entry = &platform.ledger.entries()[0];
    assert_eq!(
        (entry.target.as_str(), entry.thread_id.as_deref()),
        ("2", Some("1"))
    );
}

#[tokio::test]
async fn hidden_is_read_back_and_a_hidden_comment_takes_no_reply_until_it_is_shown_again() {
    let mut seed = seed(1);
    seed.comments.push(comment("2", Some("1")));
    let platform = Platform::start(seed).await;
    assert_eq!(
        platform.post("/1", &[("hide", "true")]).await.ok(),
        json!({"success": true})
    );
    assert_eq!(platform.field("1", "hidden").await, true);
    for target in ["1", "2"] {
        let refused = platform
            .post(&format!("/{target}/replies"), &[("message", "Hello")])
            .await;
        assert_eq!(
            refused.refusal().0,
            100,
            "{target} is hidden or in a hidden thread"
        );
    }
    assert_eq!(platform.ledger.count(WriteKind::Reply, "1"), 0);
    platform.post("/1", &[("hide", "false")]).await.ok();
    platform.reply("1", "Hello").await;
    assert_eq!(
        ids(&platform.get(&format!("/{POST}/comments"), &[]).await.ok()),
        ["1"],
        "the owner sees it anyway"
    );
}

#[tokio::test]
async fn the_owners_own_comment_stays_visible_and_a_misspelt_hide_does_nothing() {
    let mut seed = seed(1);
    seed.comments.push(SeedComment {
        author_id: Some(OWN.into()),
        ..comment("2", None)
    });
    let platform = Platform::start(seed).await;
    assert_eq!(
        platform.post("/2", &[("hide", "true")]).await.ok(),
        json!({"success": true})
    );
    assert_eq!(platform.field("2", "hidden").await, false);
    assert!(!platform.ledger.entries()[0].changed);
    assert_eq!(
        platform.post("/1", &[("is_hidden", "true")]).await.ok(),
        json!({"success": true})
    );
    assert_eq!(platform.field("1", "hidden").await, false);
    assert_eq!(platform.ledger.entries().len(), 1);
}

#[tokio::test]
async fn a_deleted_comment_is_gone_for_every_call() {
    let platform = Platform::start(seed(1)).await;
    let reply = platform.reply("1", "Hello").await;
    assert_eq!(platform.delete("/1").await.ok(), json!({"success": true}));
    for id in ["1", reply.as_str()] {
        assert_eq!(
            platform.get(&format!("/{id}"), &[]).await.refusal(),
            (100, Some(33))
        );
        let refused = platform
            .post(&format!("/{id}/replies"), &[("message", "Hello")])
            .await;
        assert_eq!(refused.refusal(), (100, Some(33)));
        assert_eq!(
            platform.delete(&format!("/{id}")).await.refusal(),
            (100, Some(33))
        );
    }
    assert_eq!(
        platform.get(&format!("/{POST}/comments"), &[]).await.ok(),
        json!({"data": []})
    );
    assert_eq!(platform.field(POST, "comments_count").await, 0);
}

#[tokio::test]
async fn comments_can_be_switched_off_and_on() {
    let platform = Platform::start(seed(1)).await;
    let media = format!("/{POST}");
    let off = platform.post(&media, &[("comment_enabled", "false")]).await.ok();
    assert_eq!(off, json!({"success": true}));
    assert_eq!(platform.field(POST, "is_comment_enabled").await, false);
    assert_eq!(
        platform
            .post("/1/replies", &[("message", "Hello")])
            .await
            .refusal()
            .0,
        100
    );
    let comments = format!("/{POST}/comments");
    assert_eq!(
        platform
            .post(&comments, &[("message", "Hello")])
            .await
            .refusal()
            .0,
        100
    );
    platform.post(&media, &[("comment_enabled", "true")]).await.ok();
    let made = platform.post(&comments, &[("message", "Hello all")]).await.ok();
    assert_eq!(
        ids(&platform.get(&comments, &[]).await.ok())[0],
        made["id"].as_str().unwrap()
    );
    assert_eq!(
        platform.post(&comments, &[("message", "  ")]).await.refusal().0,
        100,
        "an empty text is no comment"
    );
}

#[tokio::test]
async fn what_belongs_to_another_account_does_not_exist() {
    let mut seed = seed(1);
    seed.accounts.push(SeedAccount {
        id: "17841400000000002".into(),
        app_scoped_id: "24000000000000002".into(),
        token: "other-token".into(),
        ..SeedAccount::sample()
    });
    let platform = Platform::start(seed).await;
    let other = [
        ("access_token", "other-token"),
        ("message", "Hello"),
        ("hide", "true"),
    ];
    for path in [
        "/1",
        "/17896000000000010",
        "/17896000000000010/comments",
        "/1/replies",
        "/17841400000000001/media",
    ] {
        assert_eq!(
            platform.get(path, &other).await.refusal(),
            (100, Some(33)),
            "GET {path}"
        );
    }
    for path in ["/1", "/1/replies", "/17896000000000010/comments"] {
        assert_eq!(
            platform.post(path, &other).await.refusal(),
            (100, Some(33)),
            "POST {path}"
        );
    }
    assert!(platform.ledger.entries().is_empty());
}

#[tokio::test]
async fn simultaneous_replies_are_all_kept_each_with_its_own_id() {
    let platform = Platform::start(seed(2)).await;
    let (first, second) = tokio::join!(
        platform.reply("1", "from one window"),
        platform.reply("1", "from another")
    );
    assert_ne!(first, second);
    assert_eq!(platform.ledger.replies_to("1").len(), 2);

    let made = join_all((0..40).map(|_| platform.reply("2", "the same"))).await;
    let distinct: std::collections::HashSet<_> = made.iter().collect();
    assert_eq!(distinct.len(), 40);
    let times: Vec<u32> = platform
        .ledger
        .replies_to("2")
        .iter()
        .map(|entry| entry.times)
        .collect();
    assert_eq!(times, (1..=40).collect::<Vec<_>>(), "each repetition is counted");
}

#[tokio::test]
async fn a_private_reply_is_sent_once_and_only_to_others_within_seven_days() {
    let mut seed = seed(2);
    let now_ms = chrono_now_ms();
    for comment in &mut seed.comments {
        comment.timestamp_ms = now_ms;
    }
    seed.comments.push(SeedComment {
        author_id: Some(OWN.into()),
        timestamp_ms: now_ms,
        ..comment("3", None)
    });
    let platform = Platform::start(seed).await;
    let send = |id: &'static str| {
        let body = json!({"recipient": {"comment_id": id}, "message": {"text": "Your parcel is on its way"}});
        let url = format!("{}/v26.0/me/messages", platform.base_url);
        read(
            platform
                .client
                .post(url)
                .bearer_auth("simulator-token")
                .json(&body),
        )
    };
    let sent = send("1").await.unwrap().ok();
    assert_eq!(sent["recipient_id"], "990000000000000007");
    assert!(sent["message_id"].is_string());
    assert_eq!(send("1").await.unwrap().refusal().0, 10900);
    assert_eq!(send("3").await.unwrap().refusal().0, 10903);
    platform
        .control("/clock", json!({"advance_ms": 8 * 24 * 3_600_000_i64}))
        .await
        .ok();
    assert_eq!(send("2").await.unwrap().refusal().0, 10903);
    assert_eq!(platform.ledger.count(WriteKind::PrivateReply, "1"), 1);
}

#[tokio::test]
async fn the_media_of_a_comment_and_the_comments_of_a_medium_can_be_nested() {
    let platform = Platform::start(seed(3)).await;
    let node = platform.get("/1", &[("fields", "media{id,caption}")]).await.ok();
    assert_eq!(node["media"]["caption"], "Honey soap is back");
    let fields = "comments.limit(2){id,text},comments_count";
    let node = platform
        .get(&format!("/{POST}"), &[("fields", fields)])
        .await
        .ok();
    assert_eq!(ids(&node["comments"]), ["3", "2"]);
    assert_eq!(
        platform.get("/1", &[("fields", "media{id")]).await.refusal().0,
        2500
    );
}

#[tokio::test]
async fn unknown_paths_and_too_many_ids_are_refused() {
    let platform = Platform::start(seed(1)).await;
    assert_eq!(platform.get("/1/likes", &[]).await.refusal().0, 2500);
    assert_eq!(platform.get("/", &[]).await.refusal().0, 2500);
    let many = vec!["1"; 51].join(",");
    assert_eq!(
        platform.get("/", &[("ids", many.as_str())]).await.refusal().0,
        100
    );
    assert_eq!(
        platform.get("/", &[("ids", "1,404")]).await.refusal(),
        (100, Some(33))
    );
}

#[tokio::test]
async fn nothing_but_loopback_is_listened_on_and_a_broken_seed_is_refused() {
    let bind = ([0, 0, 0, 0], 0).into();
    let open = Simulator::start(SimulatorConfig {
        bind,
        journal: None,
        seed: seed(0),
    })
    .await;
    assert!(matches!(open.err(), Some(SimulatorError::NotLoopback(_))));
    let mut broken = seed(1);
    broken.posts.push(post(POST, 0));
    let config = SimulatorConfig {
        bind: ([127, 0, 0, 1], 0).into(),
        journal: None,
        seed: broken,
    };
    assert!(matches!(
        Simulator::start(config).await.err(),
        Some(SimulatorError::InvalidSeed(_))
    ));
}

fn chrono_now_ms() -> i64 {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

#[tokio::test]
async fn a_comments_default_fields_are_id_text_and_time_and_any_nodes_id_always_comes() {
    let platform = Platform::start(seed(1)).await;
    let node = platform.get("/1", &[]).await.ok();
    assert_eq!(
        node,
        json!({"id": "1", "text": "text of 1", "timestamp": "2021-08-13T08:25:29+0000"})
    );
    let node: Value = platform.get(&format!("/{POST}"), &[]).await.ok();
    assert_eq!(node, json!({"id": POST}));
    let node = platform.get("/1", &[("fields", "like_count")]).await.ok();
    assert_eq!(node, json!({"id": "1", "like_count": 1}));
}
