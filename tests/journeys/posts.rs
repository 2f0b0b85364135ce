//! What a person does to a post itself, on the real platform's side of it.

use crate::support::desk::Desk;
use crate::support::platform::{POST, Platform, comment, seed};
use crate::support::print_table;
use contract::PostDetail;
use domain::{PlatformId, PostId};
use serde_json::{Value, json};
use simulator::WriteKind;

const WORDS: &str = "The winners are in our story";

async fn desk() -> (Desk, PostId) {
    let people = vec![comment("301", "When do you tell who won?", 5)];
    let desk = Desk::open(Platform::start(seed(people)).await).await;
    desk.look().await;
    desk.work().await;
    let posts = desk.storage().posts_of(desk.account.id).await.unwrap();
    let id = posts
        .iter()
        .find(|post| post.platform_id == PlatformId::from(POST))
        .unwrap()
        .id;
    (desk, id)
}

fn state(detail: &PostDetail) -> String {
    detail.own_comments[0].state.clone()
}

/// Works and moves the clock on, until the comment is settled.
async fn settled(desk: &Desk, post: PostId) -> PostDetail {
    for _ in 0..240 {
        desk.work().await;
        let detail = desk.engine.post(post).await.unwrap();
        if desk.storage().live_own_comments().await.unwrap().is_empty() {
            return detail;
        }
        desk.advance(std::time::Duration::from_secs(60)).await;
    }
    panic!(
        "a comment is still on its way: {:#?}",
        desk.engine.post(post).await
    );
}

#[tokio::test]
async fn whatever_happens_to_the_write_of_an_own_comment_it_stands_under_the_post_once() {
    let lost = |kind: &str, ending: &str| json!({ "kind": kind, "ending": ending });
    let faults: Vec<(&str, Option<Value>, &str)> = vec![
        ("nothing goes wrong", None, "confirmed"),
        (
            "dropped before the write",
            Some(json!({"kind": "timeout_before_write"})),
            "unknown",
        ),
        (
            "dropped after the write",
            Some(json!({"kind": "timeout_after_write"})),
            "unknown",
        ),
        (
            "no answer, after the write",
            Some(lost("timeout_after_write", "hang")),
            "unknown",
        ),
        (
            "writes blocked",
            Some(json!({"kind": "graph_error", "code": 368, "message": "blocked for now"})),
            "retry_wait",
        ),
    ];
    let mut rows = Vec::new();
    for (name, fault, first) in faults {
        let (desk, post) = desk().await;
        if let Some(mut fault) = fault {
            fault["match"] = json!({"method": "POST", "path_contains": format!("{POST}/comments")});
            desk.platform.fault(fault).await;
        }
        desk.engine.comment_on_post(post, WORDS).await.unwrap();
        desk.work().await;
        let at_once = desk.engine.post(post).await.unwrap();
        assert_eq!(state(&at_once), first, "{name}: {:?}", at_once.own_comments);
        let last = settled(&desk, post).await;
        let there = desk.platform.ledger.count(WriteKind::Comment, POST);
        rows.push(vec![
            name.to_owned(),
            first.to_owned(),
            state(&last),
            there.to_string(),
        ]);
        assert_eq!((state(&last).as_str(), there), ("confirmed", 1), "{name}");
        desk.sweep().await;
        let status = desk.storage().status().await.unwrap();
        assert_eq!(
            (status.comments, status.own),
            (1, 1),
            "{name}: it is known as our own, and waits for nobody"
        );
    }
    print_table(
        "An own comment meets faults of the platform",
        &["fault", "at once", "in the end", "on the platform"],
        &rows,
    );
}

#[tokio::test]
async fn comments_are_switched_off_and_on_there_and_seen_by_the_next_look() {
    let (desk, post) = desk().await;
    let before = desk.engine.post(post).await.unwrap();
    assert_eq!(
        before.comments_enabled,
        Some(true),
        "told by the listing of posts"
    );
    let off = desk.engine.set_post_comments(post, false).await.unwrap();
    assert_eq!(off.comments_enabled, Some(false));
    let there = desk.platform.seen(POST, "is_comment_enabled").await;
    assert_eq!(there["is_comment_enabled"], json!(false));
    desk.sweep().await;
    let after = desk.engine.post(post).await.unwrap();
    assert_eq!(after.comments_enabled, Some(false));
    desk.engine.set_post_comments(post, true).await.unwrap();
    let there = desk.platform.seen(POST, "is_comment_enabled").await;
    assert_eq!(there["is_comment_enabled"], json!(true));
    let ledger = &desk.platform.ledger;
    let written = (
        ledger.count(WriteKind::DisableComments, POST),
        ledger.count(WriteKind::EnableComments, POST),
    );
    assert_eq!(written, (1, 1), "off and on, once each");
}
