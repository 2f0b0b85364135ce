//! Accounts that send nothing for a time.

use crate::support::{NOW, desk};
use domain::{AccountId, Timestamp};
use std::time::Duration;
use storage::{AccountRest, Intent, Resting};

fn after(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

#[tokio::test]
async fn nothing_leaves_a_paused_account_and_what_is_in_flight_is_still_read_back() {
    let desk = desk().await;
    let (held, flying) = (desk.in_review("c1").await, desk.in_review("c2").await);
    let held = desk.approve(held, "one").await;
    let flying = desk.sending(flying, "two").await;
    desk.store
        .lose_outcome(flying, "time-out", after(3), NOW)
        .await
        .unwrap();
    desk.store
        .set_account_paused(desk.account, true, NOW)
        .await
        .unwrap();
    desk.store
        .set_account_paused(desk.account, true, after(5))
        .await
        .unwrap();
    assert_eq!(
        desk.store.paused_accounts().await.unwrap(),
        [(desk.account, NOW)].into(),
        "it is paused since the first time"
    );
    assert!(desk.store.due_actions(after(60)).await.unwrap().is_empty());
    assert_eq!(
        desk.store.accounts_with_work(after(60)).await.unwrap(),
        [desk.account],
        "the one in flight"
    );
    assert_eq!(
        desk.store
            .unknown_due_of(desk.account, after(60), 8)
            .await
            .unwrap()
            .len(),
        1
    );
    desk.store.release_hold(held, NOW).await.unwrap();
    assert_eq!(
        desk.store.commit_intent(held, NOW).await.unwrap(),
        Intent::AccountPaused,
        "a pause that comes between the look and the intent holds it back"
    );
    desk.store
        .set_account_paused(desk.account, false, after(60))
        .await
        .unwrap();
    let due = desk.store.due_actions(after(60)).await.unwrap();
    assert_eq!(due.into_iter().map(|due| due.id).collect::<Vec<_>>(), [held]);
}

#[tokio::test]
async fn work_is_told_account_by_account_and_only_when_it_is_due() {
    let desk = desk().await;
    assert!(
        desk.store
            .accounts_with_work(after(999))
            .await
            .unwrap()
            .is_empty()
    );
    let comment = desk.in_review("c1").await;
    let action = desk.approve(comment, "one").await;
    assert!(
        desk.store.accounts_with_work(NOW).await.unwrap().is_empty(),
        "held"
    );
    assert_eq!(
        desk.store.accounts_with_work(after(10)).await.unwrap(),
        [desk.account]
    );
    desk.store.release_hold(action, NOW).await.unwrap();
    desk.store.commit_intent(action, NOW).await.unwrap();
    assert_eq!(
        desk.store.accounts_with_work(NOW).await.unwrap(),
        [desk.account],
        "it may have lost its sender"
    );
    let other = AccountId(desk.account.0 + 1);
    assert_eq!(
        desk.store
            .interrupted_of(other, "gone", after(3), NOW)
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        desk.store
            .interrupted_of(desk.account, "gone", after(3), NOW)
            .await
            .unwrap(),
        1
    );
    assert!(
        desk.store.accounts_with_work(NOW).await.unwrap().is_empty(),
        "its look is to come"
    );
}

#[tokio::test]
async fn a_platform_s_limit_outlives_a_restart_until_it_is_over() {
    let desk = desk().await;
    let rest = |what, until| AccountRest {
        account_id: desk.account,
        what,
        until,
        why: "80002".to_owned(),
    };
    desk.store
        .save_rest(&rest(Resting::Looking, after(60)))
        .await
        .unwrap();
    desk.store
        .save_rest(&rest(Resting::Acting, after(60)))
        .await
        .unwrap();
    desk.store
        .save_rest(&rest(Resting::Acting, after(3_600)))
        .await
        .unwrap();
    desk.store
        .save_rest(&AccountRest {
            account_id: AccountId(99),
            ..rest(Resting::Acting, after(60))
        })
        .await
        .unwrap();
    desk.store.close().await;
    let store = storage::Storage::open(&desk.file).await.unwrap();
    assert_eq!(
        store.rests(NOW).await.unwrap(),
        [
            rest(Resting::Acting, after(3_600)),
            rest(Resting::Looking, after(60))
        ],
        "the newest word counts, and an account that is gone has none"
    );
    assert_eq!(
        store.rests(after(60)).await.unwrap(),
        [rest(Resting::Acting, after(3_600))]
    );
    assert!(store.rests(after(3_600)).await.unwrap().is_empty());
    store.close().await;
}
