//! Comments that say the same are one campaign: how they find each other, how the list folds, and how they leave.

use crate::lists::request;
use crate::support::{Desk, NOW, comment, desk};
use contract::{CampaignMark, ListComments, QueueName, SortOrder};
use domain::ports::{Element, RemoteComment};
use domain::{AccountId, CommentId, Label, PlatformId, Timestamp};
use std::time::Duration;
use storage::NewAccount;

const EARN: &str = "Earn 3,000 a week from home, write me on WhatsApp, only serious people";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// New comments of these authors, a minute apart, grouped as the classify worker does it.
async fn said(desk: &Desk, own_hosts: &[String], all: &[(&str, &str)]) -> Vec<CommentId> {
    let batch = all
        .iter()
        .zip(0..)
        .map(|((author, text), n)| comment(&format!("c{n}"), author, text, n));
    let ids = desk.take(batch.collect()).await.new;
    desk.store.group_alike(&ids, own_hosts, NOW).await.unwrap();
    ids
}

async fn in_review(desk: &Desk, ids: &[CommentId]) {
    for id in ids {
        desk.classify(*id, Label::Spam).await;
    }
}

/// Three copies by two authors that wait for review.
async fn three_copies(desk: &Desk) -> Vec<CommentId> {
    let shout = format!("{}!! 🔥", EARN.to_uppercase());
    let ids = said(desk, &[], &[("a", EARN), ("b", &shout), ("a", EARN)]).await;
    in_review(desk, &ids).await;
    ids
}

async fn mark(desk: &Desk, id: CommentId) -> Option<CampaignMark> {
    desk.store.comment_row(id).await.unwrap().campaign
}

async fn sizes(desk: &Desk, ids: &[CommentId]) -> Vec<Option<(i64, i64)>> {
    let mut sizes = Vec::new();
    for id in ids {
        sizes.push(mark(desk, *id).await.map(|mark| (mark.comments, mark.waiting)));
    }
    sizes
}

async fn listed(desk: &Desk, list: ListComments) -> Vec<CommentId> {
    let page = desk.store.list_comments(&list).await.unwrap();
    page.rows.iter().map(|row| CommentId(row.id)).collect()
}

fn folded() -> ListComments {
    ListComments {
        fold: true,
        limit: 50,
        sort: SortOrder::MostUrgent,
        ..request(QueueName::NeedsReview)
    }
}

async fn count(desk: &Desk, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql)
        .fetch_one(&mut desk.raw().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn copies_of_several_authors_are_one_campaign_and_one_row() {
    let desk = desk().await;
    let copies = three_copies(&desk).await;
    let other = desk
        .arrived("q", "is the green pan back in the shop by now?")
        .await;
    desk.store.group_alike(&[other], &[], NOW).await.unwrap();
    in_review(&desk, &[other]).await;

    let three = Some((3, 3));
    assert_eq!(sizes(&desk, &copies).await, [three; 3]);
    assert_eq!(mark(&desk, other).await, None);
    let rows = listed(&desk, folded()).await;
    assert_eq!(rows.len(), 2, "one row stands for the three");
    assert!(rows.contains(&copies[0]) && rows.contains(&other));
    let unfolded = ListComments {
        fold: false,
        ..folded()
    };
    let of_label = ListComments {
        label: Some("spam".to_owned()),
        ..folded()
    };
    assert_eq!(listed(&desk, unfolded).await.len(), 4);
    assert_eq!(listed(&desk, of_label).await.len(), 4, "a label shows each");
    let sought = ListComments {
        search: Some("Earn".to_owned()),
        ..folded()
    };
    assert_eq!(listed(&desk, sought).await.len(), 3, "a search shows each");

    let id = mark(&desk, copies[0]).await.unwrap().id;
    let view = desk.store.campaign(id).await.unwrap();
    assert_eq!((view.comments, view.waiting, view.authors), (3, 3, 2));
    let waiting: Vec<_> = view.rows.iter().map(|row| CommentId(row.id)).collect();
    assert_eq!(waiting, copies, "the first is the one that the list shows");
}

#[tokio::test]
async fn links_to_one_page_join_and_those_to_the_brand_do_not() {
    let texts = [
        ("a", "look what I found t.me/signals"),
        ("b", "best prices here: https://T.me/Signals?from=ig"),
        ("c", "join us, t.me/signals"),
    ];
    let open = desk().await;
    let ids = said(&open, &[], &texts).await;
    assert_eq!(sizes(&open, &ids).await, [Some((3, 0)); 3]);
    let own = desk().await;
    let ids = said(&own, &["t.me".to_owned()], &texts).await;
    assert_eq!(sizes(&own, &ids).await, [None; 3]);
}

#[tokio::test]
async fn the_most_urgent_stands_for_all() {
    let desk = desk().await;
    let ids = said(&desk, &[], &[("a", EARN), ("b", EARN), ("c", EARN)]).await;
    desk.classify(ids[0], Label::Spam).await;
    desk.classify(ids[1], Label::Abuse).await;
    desk.classify(ids[2], Label::Spam).await;
    assert_eq!(listed(&desk, folded()).await, [ids[1]]);
}

#[tokio::test]
async fn a_copy_that_comes_later_moves_no_row() {
    let desk = desk().await;
    let copies = three_copies(&desk).await;
    let later = comment("later", "d", EARN, 60);
    let later = desk.take(vec![later]).await.new;
    desk.store.group_alike(&later, &[], NOW).await.unwrap();
    in_review(&desk, &later).await;
    for sort in [SortOrder::MostUrgent, SortOrder::Newest, SortOrder::Oldest] {
        let list = ListComments { sort, ..folded() };
        assert_eq!(listed(&desk, list).await, [copies[0]], "{sort:?}");
    }
    assert_eq!(sizes(&desk, &later).await, [Some((4, 4))]);
}

#[tokio::test]
async fn counts_follow_every_way_out() {
    let desk = desk().await;
    let ids = three_copies(&desk).await;
    let version = desk.version(ids[0]).await;
    desk.store.dismiss(ids[0], version, NOW).await.unwrap();
    assert_eq!(sizes(&desk, &ids).await, [Some((3, 2)); 3]);
    assert_eq!(
        listed(&desk, folded()).await,
        [ids[1]],
        "the next stands for the rest"
    );
    desk.store.undo_last(NOW).await.unwrap();
    assert_eq!(sizes(&desk, &ids).await, [Some((3, 3)); 3]);

    let purged = desk
        .store
        .purge_comments(&ids[1..2], "no longer shown", NOW)
        .await;
    assert_eq!(purged.unwrap(), 1);
    assert_eq!(sizes(&desk, &ids).await, [Some((2, 2)), None, Some((2, 2))]);
    let marked = "select count(distinct comment_id) from text_mark";
    assert_eq!(count(&desk, marked).await, 2, "what was let go leaves no mark");

    while desk.store.delete_some_of_account(desk.account).await.unwrap() > 0 {}
    for sql in [
        "select count(*) from campaign",
        marked,
        "select count(*) from pragma_foreign_key_check",
    ] {
        assert_eq!(count(&desk, sql).await, 0, "{sql}");
    }
}

#[tokio::test]
async fn an_edit_leaves_its_campaign() {
    let desk = desk().await;
    let ids = three_copies(&desk).await;
    let later = NOW.plus(Duration::from_secs(60));
    let edited = comment("c1", "b", "sorry, wrong account, please ignore what I wrote", 1);
    desk.take_at(vec![edited], later).await;
    desk.store.group_alike(&ids[1..2], &[], later).await.unwrap();
    assert_eq!(sizes(&desk, &ids).await, [Some((2, 2)), None, Some((2, 2))]);
}

#[tokio::test]
async fn accounts_and_old_comments_are_kept_apart() {
    let desk = desk().await;
    let first = said(&desk, &[], &[("a", EARN)]).await;
    let other = second_account(&desk, comment("x", "b", EARN, 5)).await;
    desk.store.group_alike(&other, &[], NOW).await.unwrap();
    let old = RemoteComment {
        published_at: NOW.minus(40 * DAY),
        ..comment("old", "c", EARN, 0)
    };
    let old = desk.take(vec![old]).await.new;
    desk.store.group_alike(&old, &[], NOW).await.unwrap();
    for id in [first[0], other[0], old[0]] {
        assert_eq!(mark(&desk, id).await, None);
    }
    assert!(count(&desk, "select count(*) from text_mark").await > 0);
    let month_later = NOW.plus(31 * DAY);
    desk.store.group_alike(&[], &[], month_later).await.unwrap();
    assert_eq!(count(&desk, "select count(*) from text_mark").await, 0);
}

async fn second_account(desk: &Desk, element: RemoteComment) -> Vec<CommentId> {
    let account: AccountId = desk
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
        .unwrap()
        .id;
    let id = PlatformId::from("p2");
    let post = desk.store.ensure_post(account, &id, NOW).await.unwrap().id;
    let batch = vec![Element::Read(element)];
    let taken = desk.store.store_comments(account, post, batch, NOW).await;
    taken.unwrap().new
}

#[tokio::test]
async fn grouping_again_changes_nothing() {
    let desk = desk().await;
    let ids = three_copies(&desk).await;
    let before = (sizes(&desk, &ids).await, desk.version(ids[0]).await);
    let mut changes = desk.store.changes();
    let later = Timestamp(NOW.0 + 1);
    desk.store.group_alike(&ids, &[], later).await.unwrap();
    assert!(changes.try_recv().is_err(), "there is nothing to draw again");
    assert_eq!((sizes(&desk, &ids).await, desk.version(ids[0]).await), before);
}

#[tokio::test]
async fn copies_teach_once() {
    let desk = desk().await;
    let ids = said(&desk, &[], &[("a", EARN), ("b", EARN), ("c", EARN)]).await;
    for id in &ids {
        desk.classify(*id, Label::Abuse).await;
    }
    for id in &ids {
        let version = desk.version(*id).await;
        desk.store
            .correct_label(*id, version, Label::Spam, NOW)
            .await
            .unwrap();
    }
    assert_eq!(desk.store.corrections(10).await.unwrap().len(), 1);
    assert_eq!(desk.store.taught_count().await.unwrap(), 1);
}
