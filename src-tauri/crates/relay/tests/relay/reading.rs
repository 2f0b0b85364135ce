use crate::support::{APP_SECRET, Desk, POST, context_on, instagram, read_all};
use domain::ports::ActionSink;
use domain::{ActionKind, Classification, Label, LabelScore, Language, PlatformId};
use engine::Step;
use engine::intake::{Depth, sync_account};
use engine::outbox::OutboxWorker;
use engine::worker::Worker;
use reqwest::StatusCode;
use serde_json::json;
use simulator::SeedAccount;
use std::time::Duration;
use storage::NewAction;

/// As the platform sends one.
fn body(comment: &str) -> String {
    let account = SeedAccount::sample().id;
    format!(
        r#"{{"entry":[{{"id":"{account}","time":1778494689,"changes":[{{"value":{{"from":{{"id":"9","username":"bo"}},"media":{{"id":"{POST}","media_product_type":"FEED"}},"id":"{comment}","text":"\u0426\u0435\u043d\u0430?"}},"field":"comments"}}]}}],"object":"instagram"}}"#
    )
}

#[tokio::test]
async fn a_pushed_comment_is_stored_with_its_words_before_any_look_at_the_platform() {
    let desk = Desk::new().await;
    desk.comment(&["901"]).await;
    desk.settle().await;
    assert_eq!(desk.text_of(&desk.account, "901").await, "Сколько стоит? 😀");
    assert_eq!(desk.stored().await, 1);
    let health = desk.context.relay_health().await.unwrap();
    assert_eq!((health.accepted, health.refused, health.waiting), (1, 0, 0));
}

#[tokio::test]
async fn doubled_and_reordered_deliveries_store_each_comment_once() {
    let desk = Desk::new().await;
    let faults = json!([
        {"kind": "duplicate"}, {"kind": "reorder", "count": 3}, {"kind": "batch", "count": 2}, {"kind": "duplicate"},
    ]);
    desk.fail_deliveries(faults).await;
    let ids = ["901", "902", "903", "904", "905", "906", "907"];
    desk.comment(&ids).await;
    desk.settle().await;
    assert_eq!(
        desk.simulator.webhook_counts().accepted,
        8,
        "two of them came twice"
    );
    assert_eq!(desk.stored().await, 7);
    for id in ids {
        assert!(desk.find(&desk.account, id).await.is_some(), "{id}");
    }
}

#[tokio::test]
async fn with_polling_beside_it_nothing_doubles_and_nothing_is_missed() {
    let desk = Desk::new().await;
    let mut expected = 0;
    for round in 0..8 {
        let ids: Vec<String> = (0..3).map(|n| format!("90{round}{n}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        // Of each round one delivery is forged: that comment is for polling to find.
        desk.fail_deliveries(json!({"kind": "wrong_signature"})).await;
        desk.comment(&ids).await;
        expected += 3;
        let (looked, ()) = tokio::join!(
            sync_account(&desk.context, &desk.account, Depth::Full),
            desk.settle()
        );
        looked.unwrap();
    }
    sync_account(&desk.context, &desk.account, Depth::Full)
        .await
        .unwrap();
    assert_eq!(desk.stored().await, expected);
    let counts = desk.simulator.webhook_counts();
    assert_eq!((counts.accepted, counts.given_up), (16, 8));
}

#[tokio::test]
async fn a_delivery_that_comes_late_undoes_no_edit_and_no_deletion() {
    let desk = Desk::new().await;
    desk.comment(&["901", "902"]).await;
    desk.settle().await;
    desk.control("/comments/901/edit", json!({"text": "How much is the soap?"}))
        .await;
    desk.control("/comments/902/delete", json!(null)).await;
    sync_account(&desk.context, &desk.account, Depth::Full)
        .await
        .unwrap();
    for id in ["901", "902"] {
        assert_eq!(desk.deliver(APP_SECRET, body(id)).await, StatusCode::OK);
    }
    desk.settle().await;
    assert_eq!(desk.text_of(&desk.account, "901").await, "How much is the soap?");
    let storage = &desk.context.storage;
    let marked = storage
        .mark_deleted(desk.account.id, &[PlatformId::from("902")], desk.context.now())
        .await
        .unwrap();
    assert!(marked.is_empty(), "it still counts as deleted");
}

#[tokio::test]
async fn a_malformed_element_is_set_aside_and_the_others_are_stored() {
    let desk = Desk::new().await;
    desk.fail_deliveries(json!({"kind": "malformed_element", "count": 3}))
        .await;
    desk.comment(&["901", "902", "903"]).await;
    desk.settle().await;
    let status = desk.context.storage.status().await.unwrap();
    assert_eq!((status.comments, status.quarantined), (3, 1));
    let health = desk.context.relay_health().await.unwrap();
    assert_eq!((health.waiting, health.given_up, health.ignored), (0, 0, 0));
}

#[tokio::test]
async fn what_was_answered_survives_a_stop_before_it_was_read() {
    let desk = Desk::new().await;
    desk.comment(&["901", "902"]).await;
    desk.simulator.webhooks_settled().await;
    assert_eq!(
        desk.simulator.webhook_counts().accepted,
        2,
        "the platform will not send them again"
    );
    assert_eq!(desk.stored().await, 0, "nobody read them yet");
    desk.relay.stop().await;
    desk.context.storage.close().await;

    let context = context_on(&desk.file, &desk.clock).await;
    read_all(&context).await;
    let status = context.storage.status().await.unwrap();
    assert_eq!(status.comments, 2);
    let health = context.relay_health().await.unwrap();
    assert_eq!(
        (health.accepted, health.waiting),
        (0, 0),
        "read, and received in another run"
    );
    assert!(health.last_delivery_at.is_some());
}

#[tokio::test]
async fn what_is_about_nobody_here_is_counted_and_what_is_no_delivery_is_said() {
    let desk = Desk::new().await;
    let stranger = body("901").replace(&SeedAccount::sample().id, "17841400000000999");
    assert_eq!(desk.deliver(APP_SECRET, stranger).await, StatusCode::OK);
    let test_button = r#"{"entry":[{"id":"0","time":1740156774,"changes":[{"field":"mentions","value":{"media_id":"1","comment_id":"2"}}]}],"object":"instagram"}"#;
    assert_eq!(desk.deliver(APP_SECRET, test_button).await, StatusCode::OK);
    let nobodys = format!(r#"[{},{{"entry":7}}]"#, body("902"));
    assert_eq!(desk.deliver(APP_SECRET, nobodys).await, StatusCode::OK);
    assert_eq!(desk.deliver(APP_SECRET, "not JSON at all").await, StatusCode::OK);
    desk.settle().await;
    assert_eq!(desk.stored().await, 1, "the one beside what nobody could read");
    let health = desk.context.relay_health().await.unwrap();
    assert_eq!((health.waiting, health.given_up, health.ignored), (0, 2, 3));
    assert!(
        health.last_note.unwrap().contains("no delivery of a webhook"),
        "the newest says why"
    );
}

#[tokio::test]
async fn private_messages_are_not_kept() {
    let desk = Desk::new().await;
    let account = SeedAccount::sample().id;
    let message = format!(
        r#"{{"object":"instagram","entry":[{{"id":"{account}","time":1700000000123,"messaging":[{{"message":{{"text":"canary"}}}}]}}]}}"#
    );
    assert_eq!(desk.deliver(APP_SECRET, message).await, StatusCode::OK);
    desk.settle().await;
    let kept = desk.context.storage.deliveries().await.unwrap();
    assert_eq!((kept.waiting, kept.read, kept.last_received_at), (0, 0, None));
}

#[tokio::test]
async fn the_team_s_own_answer_comes_back_as_its_own() {
    let desk = Desk::new().await;
    desk.comment(&["901"]).await;
    let platform = instagram(&desk.simulator.base_url(), &SeedAccount::sample(), &desk.clock);
    platform
        .reply(&PlatformId::from("901"), "Ten euros")
        .await
        .unwrap();
    desk.settle().await;
    let status = desk.context.storage.status().await.unwrap();
    assert_eq!((status.comments, status.own, status.echoes), (1, 1, 0));
    let asked = desk.find(&desk.account, "901").await.unwrap();
    let trace = desk.context.storage.trace(asked).await.unwrap();
    assert!(
        trace.iter().any(|row| row.verb == "answered_elsewhere"),
        "it asks for no reply once it is understood: {trace:?}"
    );
}

#[tokio::test]
async fn the_echo_of_a_reply_that_was_sent_from_here_is_known() {
    let desk = Desk::new().await;
    desk.comment(&["901"]).await;
    desk.settle().await;
    let (storage, now) = (&desk.context.storage, desk.context.now());
    let id = desk.find(&desk.account, "901").await.unwrap();
    let score = LabelScore {
        label: Label::Spam,
        confidence: 0.9,
    };
    let classification = Classification {
        language: Language::from("ru"),
        language_confidence: 0.9,
        labels: vec![score],
        best: score,
        reason: String::new(),
        model: "words-1".to_owned(),
    };
    let version = storage.comment_row(id).await.unwrap().version;
    storage
        .save_classification(id, version, &classification, now)
        .await
        .unwrap();
    storage
        .queue_action(NewAction {
            comment_id: id,
            version: storage.comment_row(id).await.unwrap().version,
            kind: ActionKind::Reply,
            text: Some("Десять евро".to_owned()),
            reply: None,
            requested_by: "person".to_owned(),
            due_at: now,
            now,
        })
        .await
        .unwrap();
    let outbox = OutboxWorker::new(desk.context.clone());
    for _ in 0..5 {
        while outbox.try_next().await.unwrap() == Step::Worked {}
        desk.clock.advance(Duration::from_secs(1));
    }
    desk.settle().await;
    let status = storage.status().await.unwrap();
    assert_eq!((status.comments, status.own, status.echoes), (1, 0, 1));
    assert_eq!(status.actions["confirmed"], 1);
    assert_eq!(desk.simulator.ledger().entries().len(), 1, "sent once");
}
