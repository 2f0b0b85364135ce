//! What a person decides of an account, and what a project has spent.

use crate::support::{NOW, comment, desk};
use contract::ConnectionState;
use domain::quota::{QuotaBudget, QuotaLedger, SpendKind};
use domain::{Label, PlatformId, Stage, Timestamp};
use std::time::Duration;
use storage::{NewAccount, Storage};

#[tokio::test]
async fn what_is_older_than_the_date_is_closed_as_history_and_an_edit_does_not_change_that() {
    let desk = desk().await;
    let from = Timestamp(NOW.0 - 86_400_000 + 5 * 60_000);
    desk.store
        .set_drafts_from(desk.account, Some(from), NOW)
        .await
        .unwrap();
    let new = desk
        .take(vec![
            comment("old", "a", "How much?", 4),
            comment("new", "b", "How much?", 5),
        ])
        .await
        .new;
    for id in &new {
        desk.classify(*id, Label::Question).await;
    }
    assert_eq!(desk.stage(new[0]).await, Stage::Done);
    assert_eq!(
        desk.stage(new[1]).await,
        Stage::ToDraft,
        "published at the very date"
    );
    let trace = desk.store.trace(new[0]).await.unwrap();
    assert_eq!(
        trace[1].details["history"], true,
        "the reason stands in its trace"
    );

    desk.take(vec![comment("old", "a", "How much is it?", 4)]).await;
    assert_eq!(
        desk.stage(new[0]).await,
        Stage::ToClassify,
        "it is understood anew"
    );
    desk.classify(new[0], Label::Question).await;
    assert_eq!(desk.stage(new[0]).await, Stage::Done, "and is as old as before");
    assert_eq!(desk.store.import_progress(desk.account).await.unwrap().history, 1);
}

#[tokio::test]
async fn history_that_a_person_took_up_is_no_longer_history() {
    let desk = desk().await;
    desk.store
        .set_drafts_from(desk.account, Some(NOW), NOW)
        .await
        .unwrap();
    let id = desk.arrived("c1", "How much?").await;
    desk.classify(id, Label::Question).await;
    desk.store.reopen(id, desk.version(id).await, NOW).await.unwrap();
    desk.store.set_drafts_from(desk.account, None, NOW).await.unwrap();
    assert_eq!(desk.store.reopen_history(desk.account, NOW).await.unwrap(), 0);
    assert_eq!(
        desk.stage(id).await,
        Stage::ToReview,
        "it stays where the person put it"
    );
}

#[tokio::test]
async fn spam_of_the_past_goes_to_a_person_and_not_to_the_drafter() {
    let desk = desk().await;
    desk.store
        .set_drafts_from(desk.account, Some(NOW), NOW)
        .await
        .unwrap();
    let id = desk.arrived("c1", "Buy followers").await;
    desk.classify(id, Label::Spam).await;
    desk.store.set_drafts_from(desk.account, None, NOW).await.unwrap();
    assert_eq!(desk.store.reopen_history(desk.account, NOW).await.unwrap(), 1);
    assert_eq!(desk.stage(id).await, Stage::ToReview);
}

#[tokio::test]
async fn an_account_s_data_is_deleted_part_by_part_and_nothing_else_is() {
    let desk = desk().await;
    let other = desk
        .store
        .upsert_account(NewAccount {
            platform: "instagram".to_owned(),
            platform_id: PlatformId::from("2"),
            username: "other".to_owned(),
            name: String::new(),
            simulated: true,
            now: NOW,
        })
        .await
        .unwrap();
    let post = desk
        .store
        .ensure_post(other.id, &PlatformId::from("p2"), NOW)
        .await
        .unwrap();
    let kept = vec![domain::ports::Element::Read(comment("kept", "shared", "Hi", 0))];
    desk.store
        .store_comments(other.id, post.id, kept, NOW)
        .await
        .unwrap();
    let mut batch = vec![comment("s", "shared", "Hi", 0)];
    batch.extend((0..1_100).map(|n| comment(&format!("c{n}"), &format!("a{n}"), "Hi", n)));
    desk.take(batch).await;
    let answered = desk.in_review("q").await;
    desk.approve(answered, "It is 89 EUR.").await;

    let mut parts = Vec::new();
    loop {
        let part = desk.store.delete_some_of_account(desk.account).await.unwrap();
        if part == 0 {
            break;
        }
        parts.push(part);
    }
    assert_eq!(
        parts,
        [500, 500, 102, 1],
        "comments in bounded parts, then the post"
    );
    assert_eq!(desk.store.status().await.unwrap().comments, 1);
    assert_eq!(desk.store.accounts().await.unwrap().len(), 1);
    let authors: i64 = sqlx::query_scalar("select count(*) from author")
        .fetch_one(&mut desk.raw().await)
        .await
        .unwrap();
    assert_eq!(authors, 1, "the one whom the other account knows as well");
    assert!(
        desk.store.check_integrity().await.unwrap().activity_ok,
        "the record of what was done still holds together"
    );
}

#[tokio::test]
async fn the_same_state_again_is_no_change() {
    let desk = desk().await;
    let set = |note: &str| {
        desk.store.set_connection(
            desk.account,
            ConnectionState::SignedOut,
            Some(note.to_owned()),
            None,
        )
    };
    assert!(set("revoked").await.unwrap());
    assert!(!set("revoked").await.unwrap());
    assert!(
        !set("revoked again").await.unwrap(),
        "another note is no other state"
    );
}

#[tokio::test]
async fn a_restart_forgets_nothing_of_what_a_project_spent() {
    let desk = desk().await;
    assert_eq!(desk.store.quota_ledger("project").await.unwrap(), None);
    let mut ledger = QuotaLedger::new(QuotaBudget::default(), NOW);
    ledger.spend(SpendKind::Reply, NOW).unwrap();
    ledger.exhaust(NOW);
    desk.store
        .save_quota_ledger("project", &ledger, NOW)
        .await
        .unwrap();
    desk.store.close().await;

    let store = Storage::open(&desk.file).await.unwrap();
    let kept = store.quota_ledger("project").await.unwrap().unwrap();
    assert_eq!(kept, ledger);
    assert!(kept.is_exhausted(NOW), "quotaExceeded holds after a restart");
    let tomorrow = kept.resets_at(NOW).plus(Duration::from_secs(1));
    assert!(!kept.is_exhausted(tomorrow), "and ends by itself");
}
