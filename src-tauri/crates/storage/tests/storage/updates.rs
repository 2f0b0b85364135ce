//! What a platform tells once: stored together with where the next batch begins.

use crate::support::{Desk, NOW, OWN_ID, comment, desk, reply};
use domain::PlatformId;
use domain::ports::{Element, RemoteComment, RemotePost, UpdateBatch};
use storage::{IntakeReport, StorageError};

fn post(id: &str, caption: &str) -> RemotePost {
    RemotePost {
        id: PlatformId::from(id),
        caption: Some(caption.to_owned()),
        kind: "CHANNEL_POST".to_owned(),
        permalink: None,
        picture_url: None,
        published_at: NOW,
        comments_count: None,
        like_count: None,
        comments_enabled: None,
    }
}

fn batch(next: &str, comments: Vec<RemoteComment>) -> UpdateBatch {
    UpdateBatch {
        comments: comments.into_iter().map(Element::Read).collect(),
        next: Some(next.to_owned()),
        ..UpdateBatch::default()
    }
}

impl Desk {
    async fn told(&self, after: Option<&str>, batch: UpdateBatch) -> Result<IntakeReport, StorageError> {
        self.store.store_updates(self.account, after, batch, NOW).await
    }

    async fn parent_of(&self, id: &str) -> Option<String> {
        let mut raw = self.raw().await;
        sqlx::query_scalar("select parent_platform_id from comment where platform_id = ?")
            .bind(id)
            .fetch_one(&mut raw)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_batch_and_where_the_next_one_begins_are_stored_together() {
    let desk = desk().await;
    assert_eq!(desk.store.updates_from(desk.account).await.unwrap(), None);
    let told = || UpdateBatch {
        posts: vec![Element::Read(post("p2", "New in the shop"))],
        ..batch(
            "11",
            vec![
                comment("c1", "a1", "hello", 0),
                RemoteComment {
                    post_id: PlatformId::from("p2"),
                    ..comment("c2", "a2", "how much?", 1)
                },
            ],
        )
    };
    let report = desk.told(None, told()).await.unwrap();
    assert_eq!(
        report.new.len(),
        2,
        "of a post that was there, and of one that came along"
    );
    let from = desk.store.updates_from(desk.account).await.unwrap();
    assert_eq!(from.as_deref(), Some("11"));
    // Told again, as after a crash before the platform was asked from 11 on.
    let again = desk.told(Some("11"), told()).await.unwrap();
    assert_eq!((again.new.len(), again.known, again.edited.len()), (0, 2, 0));
}

#[tokio::test]
async fn an_older_batch_does_not_put_old_words_in_place_of_new_ones() {
    let desk = desk().await;
    desk.told(None, batch("11", vec![comment("c1", "a1", "old", 0)]))
        .await
        .unwrap();
    let new = batch("12", vec![comment("c1", "a1", "new", 0)]);
    let edited = desk.told(Some("11"), new).await.unwrap().edited;
    let late = desk
        .told(None, batch("11", vec![comment("c1", "a1", "old", 0)]))
        .await;
    assert!(matches!(late, Err(StorageError::MovedOn)), "{late:?}");
    assert_eq!(desk.store.comment_row(edited[0]).await.unwrap().text, "new");
    let from = desk.store.updates_from(desk.account).await.unwrap();
    assert_eq!(from.as_deref(), Some("12"));
}

#[tokio::test]
async fn talk_that_belongs_to_no_post_is_left_out_and_what_is_broken_is_set_aside() {
    let desk = desk().await;
    let mut told = batch(
        "11",
        vec![RemoteComment {
            post_id: PlatformId::from("nowhere"),
            ..comment("c1", "a1", "hi all", 0)
        }],
    );
    told.comments.push(Element::Malformed {
        raw: "{\"update_id\":10}".to_owned(),
        reason: "no message".to_owned(),
    });
    let report = desk.told(None, told).await.unwrap();
    assert_eq!((report.new.len(), report.quarantined), (0, 1));
    let from = desk.store.updates_from(desk.account).await.unwrap();
    assert_eq!(from.as_deref(), Some("11"), "it counts as told all the same");
}

#[tokio::test]
async fn an_answer_to_any_comment_of_a_thread_belongs_to_the_thread() {
    let desk = desk().await;
    let told = batch(
        "11",
        vec![
            comment("c1", "a1", "how much?", 0),
            reply("c2", "c1", "a2", "me too", 1),
            reply("c3", "c2", "a3", "and me", 2),
        ],
    );
    desk.told(None, told).await.unwrap();
    let later = batch("12", vec![reply("c4", "c3", "a1", "still waiting", 3)]);
    desk.told(Some("11"), later).await.unwrap();
    for id in ["c2", "c3", "c4"] {
        assert_eq!(desk.parent_of(id).await.as_deref(), Some("c1"), "{id}");
    }
    let stranger = batch("13", vec![reply("c6", "c5", "a1", "who?", 4)]);
    desk.told(Some("12"), stranger).await.unwrap();
    assert_eq!(
        desk.parent_of("c6").await.as_deref(),
        Some("c5"),
        "from before the account was connected"
    );
}

#[tokio::test]
async fn an_answer_to_our_own_reply_belongs_to_the_thread_that_it_answered() {
    let desk = desk().await;
    let asked = desk.in_review("c1").await;
    let action = desk.sending(asked, "Hi! It is 89 EUR.").await;
    let sent = PlatformId::from("r1");
    desk.store
        .confirm_action(action, Some(&sent), "accepted", NOW)
        .await
        .unwrap();
    // The platform never tells of the reply itself, only of what people answer to it.
    desk.told(None, batch("11", vec![reply("c2", "r1", "a2", "thank you", 9)]))
        .await
        .unwrap();
    assert_eq!(desk.parent_of("c2").await.as_deref(), Some("c1"));
}

#[tokio::test]
async fn the_team_s_answer_closes_what_it_answers() {
    let desk = desk().await;
    let asked = desk.in_review("c1").await;
    let team = batch("11", vec![reply("t1", "c1", OWN_ID, "It is 89 EUR.", 5)]);
    desk.told(None, team).await.unwrap();
    assert_eq!(desk.stage(asked).await, domain::Stage::Done);
}
