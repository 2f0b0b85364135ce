//! The Facebook client and the simulator.

use crate::simulated::{Simulated, WRITTEN_MS, read_all, readable};
use domain::PlatformId;
use domain::error::PlatformError;
use domain::ports::{ActionSink, CommentSource, Element};
use domain::{Hiding, Removal};
use platforms::FacebookPage;
use serde_json::json;
use simulator::{Ending, FaultKind, Seed, SeedAccount, SeedComment, SeedPost, WriteKind};
use std::collections::BTreeSet;
use std::time::Duration;

const PAGE: &str = "2121008874780932";
const POST: &str = "2121008874780932_2954961744718970";
const COMMENT: &str = "2954961744718970_100";

fn said(number: usize, parent: Option<usize>) -> SeedComment {
    let id = |number: usize| format!("2954961744718970_{number}");
    SeedComment {
        id: id(number),
        post_id: POST.to_owned(),
        parent_id: parent.map(id),
        author_id: Some("2711636948859886".to_owned()),
        username: Some("Kun Liu".to_owned()),
        text: "My nice car".to_owned(),
        timestamp_ms: WRITTEN_MS + i64::try_from(number).unwrap() * 1_000,
        ..SeedComment::default()
    }
}

async fn start(comments: Vec<SeedComment>) -> Simulated {
    let page = SeedAccount::sample_page();
    assert_eq!(page.id, PAGE);
    Simulated::start(Seed {
        posts: vec![SeedPost {
            id: POST.to_owned(),
            account_id: page.id.clone(),
            caption: Some("New in the shop".to_owned()),
            timestamp_ms: WRITTEN_MS,
            comments_enabled: true,
            like_count: Some(3),
            ..SeedPost::default()
        }],
        accounts: vec![page],
        comments,
    })
    .await
}

async fn with_one_comment() -> (Simulated, FacebookPage) {
    let simulated = start(vec![said(100, None)]).await;
    let page = simulated.facebook();
    (simulated, page)
}

fn post() -> PlatformId {
    POST.into()
}

fn comment() -> PlatformId {
    COMMENT.into()
}

async fn everything(page: &FacebookPage) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut after: Option<String> = None;
    loop {
        let listed = page.comments(&post(), after.as_deref()).await.unwrap();
        after = listed.next.clone();
        for thread in readable(listed) {
            let mut replies = read_all(thread.replies);
            let mut more = thread.more_replies;
            while let Some(cursor) = more {
                let listed = page.replies(&post(), &thread.id, Some(&cursor)).await.unwrap();
                more = listed.next.clone();
                replies.extend(readable(listed));
            }
            assert_eq!(thread.reply_count, Some(i64::try_from(replies.len()).unwrap()));
            for reply in replies {
                assert_eq!(reply.parent_id.as_ref(), Some(&thread.id));
                found.insert(reply.id.0);
            }
            found.insert(thread.id.0);
        }
        if after.is_none() {
            return found;
        }
    }
}

#[tokio::test]
async fn a_page_is_read_to_its_end_and_its_posts_count_replies_too() {
    let mut comments: Vec<SeedComment> = (100..230).map(|n| said(n, None)).collect();
    comments.extend((300..370).map(|n| said(n, Some(101))));
    let simulated = start(comments).await;
    let page = simulated.facebook();
    let profile = page.profile().await.unwrap();
    assert_eq!(
        (
            profile.id.as_str(),
            profile.username.as_str(),
            profile.name.as_deref()
        ),
        (PAGE, "samplebrand.page", Some("Sample brand"))
    );
    let posts = page.posts(None).await.unwrap();
    let [Element::Read(read)] = &posts.items[..] else {
        panic!("{posts:?}");
    };
    assert_eq!(
        (read.comments_count, read.comments_enabled, read.like_count),
        (Some(200), Some(true), Some(3))
    );
    assert_eq!(everything(&page).await.len(), 200);
    let newest = readable(page.comments(&post(), None).await.unwrap()).remove(0);
    assert_eq!(
        (newest.id.as_str(), newest.hidden),
        ("2954961744718970_229", Some(false)),
        "newest first"
    );
    assert_eq!(newest.author_username.as_deref(), Some("Kun Liu"));
}

#[tokio::test]
async fn a_reply_is_posted_edited_and_deleted() {
    let (simulated, page) = with_one_comment().await;
    let reply = page.reply(&comment(), "Спасибо, 12 € 👍").await.unwrap();
    let read = page.comment(&reply).await.unwrap().unwrap();
    assert_eq!((read.flagged_own, read.text.as_str()), (true, "Спасибо, 12 € 👍"));
    assert_eq!((read.parent_id, read.post_id), (Some(comment()), post()));
    page.edit_reply(&reply, "Thank you, 12 €").await.unwrap();
    assert_eq!(
        page.comment(&reply).await.unwrap().unwrap().text,
        "Thank you, 12 €"
    );
    page.delete(&reply).await.unwrap();
    assert!(page.comment(&reply).await.unwrap().is_none());
    page.delete(&reply).await.unwrap();
    let kinds: Vec<WriteKind> = simulated
        .ledger
        .entries()
        .iter()
        .map(|entry| entry.what)
        .collect();
    assert_eq!(kinds, [WriteKind::Reply, WriteKind::Edit, WriteKind::Delete]);
}

#[tokio::test]
async fn somebody_s_text_cannot_be_edited() {
    let (simulated, page) = with_one_comment().await;
    let refused = page.edit_reply(&comment(), "I love it").await.unwrap_err();
    assert!(
        matches!(refused, PlatformError::PermissionMissing { .. }),
        "{refused:?}"
    );
    assert!(simulated.ledger.entries().is_empty());
}

#[tokio::test]
async fn a_comment_is_hidden_and_shown_again_and_the_page_s_own_is_not() {
    let (_simulated, page) = with_one_comment().await;
    for hidden in [true, false] {
        page.set_hidden(&comment(), hidden).await.unwrap();
        assert_eq!(
            page.comment(&comment()).await.unwrap().unwrap().hidden,
            Some(hidden)
        );
    }
    let own = page.comment_on(&post(), "Back in stock").await.unwrap();
    let refused = page.set_hidden(&own, true).await.unwrap_err();
    assert!(
        matches!(refused, PlatformError::Refused { code: 0, .. }),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_reply_whose_answer_is_lost_is_unknown_and_found_in_its_thread() {
    for fault in [
        FaultKind::TimeoutAfterWrite { ending: Ending::Drop },
        FaultKind::ServerError {
            status: 500,
            after_write: true,
        },
        FaultKind::TruncatedBody { keep_bytes: Some(5) },
    ] {
        let (simulated, page) = with_one_comment().await;
        simulated.strike("POST", "/comments", fault.clone());
        let lost = page.reply(&comment(), "It is").await.unwrap_err();
        assert!(
            matches!(lost, PlatformError::OutcomeUnknown { .. }),
            "{fault:?}: {lost:?}"
        );
        assert_eq!(simulated.ledger.replies_to(COMMENT).len(), 1);
        let thread = readable(page.replies(&post(), &comment(), None).await.unwrap());
        assert!(
            matches!(&thread[..], [own] if own.flagged_own && own.text == "It is"),
            "{thread:?}"
        );
    }
}

#[tokio::test]
async fn a_private_reply_is_sent_once_and_within_seven_days() {
    let (simulated, page) = with_one_comment().await;
    let late = page.private_reply(&comment(), "12 €").await.unwrap_err();
    assert!(
        matches!(late, PlatformError::Refused { code: 10_903, .. }),
        "{late:?}"
    );
    let now = json!({"post_id": POST, "text": "how much?", "author_id": "5"});
    let fresh = simulated.control("/comments", now).await["ids"][0]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(fresh.starts_with("2954961744718970_"), "{fresh}");
    let fresh = PlatformId(fresh);
    page.private_reply(&fresh, "12 €").await.unwrap();
    let again = page.private_reply(&fresh, "12 €").await.unwrap_err();
    assert!(
        matches!(again, PlatformError::Refused { code: 10_900, .. }),
        "{again:?}"
    );
}

#[tokio::test]
async fn the_page_s_own_limit_closes_the_account_for_as_long_as_it_says() {
    let (simulated, page) = with_one_comment().await;
    let fault =
        json!({"kind": "throttle", "code": 80001, "estimated_minutes": 7, "match": {"method": "GET"}});
    simulated.control("/faults", fault).await;
    let throttled = page.comments(&post(), None).await.unwrap_err();
    let wait = Duration::from_secs(7 * 60);
    let PlatformError::Throttled {
        retry_after: Some(told),
    } = throttled
    else {
        panic!("{throttled:?}");
    };
    assert_eq!(told, wait);
    let closed = page.reply(&comment(), "hello").await.unwrap_err();
    assert!(matches!(closed, PlatformError::Throttled { .. }), "{closed:?}");
    assert!(simulated.ledger.entries().is_empty());
}

#[tokio::test]
async fn anonymous_authors_stickers_and_malformed_elements_are_taken_as_they_are() {
    let (simulated, page) = with_one_comment().await;
    simulated
        .control("/comments", json!([{"post_id": POST, "text": ""}, {"post_id": POST, "text": "", "raw": {"message": "no id"}}]))
        .await;
    let listed = page.comments(&post(), None).await.unwrap();
    let malformed = listed
        .items
        .iter()
        .filter(|item| matches!(item, Element::Malformed { .. }));
    assert_eq!((malformed.count(), listed.items.len()), (1, 3));
    let nobody = listed.items.iter().filter(
        |item| matches!(item, Element::Read(read) if read.author_id.is_none() && read.text.is_empty()),
    );
    assert_eq!(nobody.count(), 1);
}

#[tokio::test]
async fn what_facebook_can_do_is_told_as_data() {
    let (_simulated, page) = with_one_comment().await;
    let can = page.capabilities();
    assert_eq!(can.can_hide, Some(Hiding { undoable: true }));
    assert_eq!(
        (can.can_delete_others, can.reply_max_chars),
        (Removal::Delete, 8_000)
    );
    assert!(can.can_private_reply && can.can_comment_on_post && can.can_edit_own_reply);
    assert!(!can.can_ban && !can.can_switch_comments && !can.lists_whole_account);
    let long = page.reply(&comment(), &"ж".repeat(8_001)).await.unwrap_err();
    assert!(matches!(long, PlatformError::Refused { code: 0, .. }), "{long:?}");
}
