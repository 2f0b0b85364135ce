//! Instagram's further acts against the simulator.

use crate::simulated::{Simulated, WRITTEN_MS};
use domain::PlatformId;
use domain::error::PlatformError;
use domain::ports::{ActionSink, CommentSource, Element};
use simulator::{Ending, FaultKind, Seed, SeedAccount, SeedComment, SeedPost, WriteKind};
use std::time::Duration;

const POST: &str = "17896000000000010";
const COMMENT: &str = "17858893269000001";
const DAY: Duration = Duration::from_secs(24 * 3_600);

async fn start() -> Simulated {
    let account = SeedAccount::sample();
    let simulated = Simulated::start(Seed {
        posts: vec![SeedPost {
            id: POST.to_owned(),
            account_id: account.id.clone(),
            timestamp_ms: WRITTEN_MS,
            comments_enabled: true,
            ..SeedPost::default()
        }],
        comments: Vec::new(),
        accounts: vec![account],
    })
    .await;
    let question = SeedComment {
        id: COMMENT.to_owned(),
        post_id: POST.to_owned(),
        author_id: Some("17841400000000777".to_owned()),
        username: Some("ann".to_owned()),
        text: "How much is it?".to_owned(),
        ..SeedComment::default()
    };
    let mut now = serde_json::to_value(question).unwrap();
    // Written at this moment.
    now.as_object_mut().unwrap().remove("timestamp_ms");
    simulated.control("/comments", now).await;
    simulated
}

fn comment() -> PlatformId {
    COMMENT.into()
}

#[tokio::test]
async fn a_private_reply_is_sent_once_and_its_repetition_is_refused_for_good() {
    let simulated = start().await;
    let instagram = simulated.instagram();
    let id = instagram.private_reply(&comment(), "12 €, да?").await.unwrap();
    assert!(!id.as_str().is_empty());
    let again = instagram
        .private_reply(&comment(), "12 €, да?")
        .await
        .unwrap_err();
    assert!(
        matches!(again, PlatformError::Refused { code: 10_900, .. }),
        "{again:?}"
    );
    let sent = simulated.ledger.entries();
    assert!(
        matches!(&sent[..], [one] if one.what == WriteKind::PrivateReply && one.text.as_deref() == Some("12 €, да?")),
        "{sent:?}"
    );
}

#[tokio::test]
async fn a_private_reply_whose_answer_is_lost_shows_in_the_refusal_of_its_repetition() {
    let simulated = start().await;
    let instagram = simulated.instagram();
    simulated.strike(
        "POST",
        "/messages",
        FaultKind::TimeoutAfterWrite { ending: Ending::Drop },
    );
    let lost = instagram.private_reply(&comment(), "12 €").await.unwrap_err();
    assert!(matches!(lost, PlatformError::OutcomeUnknown { .. }), "{lost:?}");
    let again = instagram.private_reply(&comment(), "12 €").await.unwrap_err();
    assert!(
        matches!(again, PlatformError::Refused { code: 10_900, .. }),
        "{again:?}"
    );
    assert_eq!(simulated.ledger.count(WriteKind::PrivateReply, COMMENT), 1);
}

#[tokio::test]
async fn after_seven_days_a_comment_can_only_be_answered_in_public() {
    let simulated = start().await;
    simulated.advance(8 * DAY).await;
    let late = simulated
        .instagram()
        .private_reply(&comment(), "12 €")
        .await
        .unwrap_err();
    assert!(
        matches!(late, PlatformError::Refused { code: 10_903, .. }),
        "{late:?}"
    );
    assert!(simulated.ledger.entries().is_empty());
}

#[tokio::test]
async fn comments_are_switched_off_and_on_and_the_post_says_so() {
    let simulated = start().await;
    let instagram = simulated.instagram();
    for enabled in [false, true] {
        instagram
            .set_comments_enabled(&POST.into(), enabled)
            .await
            .unwrap();
        let posts = instagram.posts(None).await.unwrap();
        assert!(
            matches!(&posts.items[..], [Element::Read(post)] if post.comments_enabled == Some(enabled)),
            "{posts:?}"
        );
    }
    assert_eq!(simulated.ledger.count(WriteKind::DisableComments, POST), 1);
    assert_eq!(simulated.ledger.count(WriteKind::EnableComments, POST), 1);
}

#[tokio::test]
async fn a_new_comment_of_the_account_is_known_as_its_own() {
    let simulated = start().await;
    let instagram = simulated.instagram();
    let id = instagram.comment_on(&POST.into(), "Back in stock").await.unwrap();
    let read = instagram.comment(&id).await.unwrap().unwrap();
    assert_eq!((read.flagged_own, read.text.as_str()), (true, "Back in stock"));
}
