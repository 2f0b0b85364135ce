//! What people wrote is kept as long as the platform shows it, and not longer than its terms allow.

use crate::platform::{OWN_ID, TestPlatform, everything};
use crate::support::{Desk, add_account, desk, in_review, queue, written};
use contract::{ConnectionState, ListComments, QueueName, SortOrder};
use domain::ports::Element;
use domain::{AccountId, ActionKind, CommentId, PlatformError, PlatformId, Timestamp};
use engine::Step;
use engine::accounts::{StoredData, disconnect};
use engine::refresh::RefreshWorker;
use engine::worker::Worker;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);

struct Channel {
    desk: Desk,
    platform: TestPlatform,
    account: AccountId,
    worker: RefreshWorker,
}

async fn channel() -> Channel {
    let desk = desk().await;
    let platform = TestPlatform::new(everything());
    platform.state().now = desk.clock_now().0;
    let account = add_account(&desk.engine, "youtube", platform.clone()).await;
    let worker = RefreshWorker::new(desk.engine.context().clone());
    Channel {
        desk,
        platform,
        account,
        worker,
    }
}

impl Channel {
    async fn comment(&self, id: &str) -> CommentId {
        in_review(&self.desk.engine, self.account, &self.platform, id).await
    }

    fn wait(&self, span: Duration) {
        self.desk.wait(span);
        self.platform.state().now = self.desk.clock_now().0;
    }

    /// The platform shows it in a listing now.
    async fn is_listed(&self, id: &str) {
        let storage = &self.desk.engine.context().storage;
        let now = self.desk.clock_now();
        let post = storage
            .ensure_post(self.account, &PlatformId::from("p1"), now)
            .await
            .unwrap();
        let listed = self.platform.state().comments[&PlatformId::from(id)].clone();
        storage
            .store_comments(self.account, post.id, vec![Element::Read(listed)], now)
            .await
            .unwrap();
    }

    /// Until nothing is due at this time.
    async fn work(&self) {
        while self.worker.try_next().await.unwrap() == Step::Worked {}
    }

    async fn text(&self, comment: CommentId) -> String {
        let storage = &self.desk.engine.context().storage;
        storage.comment_row(comment).await.unwrap().text
    }

    async fn is_kept(&self, comment: CommentId) -> bool {
        !self.text(comment).await.is_empty()
    }

    async fn trace(&self, comment: CommentId, verb: &str) -> Vec<String> {
        let storage = &self.desk.engine.context().storage;
        let trace = storage.trace(comment).await.unwrap();
        let lines = trace.into_iter().filter(|row| row.verb == verb);
        lines
            .map(|row| row.details["note"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    async fn authors(&self) -> i64 {
        let storage = &self.desk.engine.context().storage;
        storage.account_counts(self.account).await.unwrap().authors
    }

    async fn found(&self, words: &str) -> usize {
        let storage = &self.desk.engine.context().storage;
        let request = ListComments {
            queue: QueueName::All,
            account_id: None,
            search: Some(words.to_owned()),
            label: None,
            sort: SortOrder::Newest,
            after: None,
            limit: 50,
            fold: false,
        };
        storage.list_comments(&request).await.unwrap().rows.len()
    }

    async fn sign_out(&self) {
        let storage = &self.desk.engine.context().storage;
        let signed_out = ConnectionState::SignedOut;
        storage
            .set_connection(self.account, signed_out, None, None)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn what_was_not_shown_for_25_days_is_read_again_and_kept_as_it_is_now() {
    let channel = channel().await;
    let comment = channel.comment("c1").await;
    channel.wait(24 * DAY);
    channel.work().await;
    assert_eq!(channel.platform.called("comment"), 0, "it is not due yet");

    let mut edited = written("c1", Timestamp(channel.desk.clock_now().0 - 60_000));
    edited.text = "What a lovely cream, and the box".to_owned();
    channel.platform.holds(edited);
    channel.wait(2 * DAY);
    channel.work().await;
    assert_eq!(channel.platform.called("comment"), 1);
    assert_eq!(channel.text(comment).await, "What a lovely cream, and the box");
    channel.wait(2 * DAY);
    channel.work().await;
    assert_eq!(
        channel.platform.called("comment"),
        1,
        "it was shown two days ago: nothing is due for weeks"
    );
}

#[tokio::test]
async fn what_a_listing_showed_meanwhile_is_not_asked_for() {
    let channel = channel().await;
    let comment = channel.comment("c1").await;
    channel.wait(20 * DAY);
    channel.is_listed("c1").await;
    channel.wait(20 * DAY);
    channel.work().await;
    assert_eq!(channel.platform.called("comment"), 0);
    assert!(channel.is_kept(comment).await);
}

#[tokio::test]
async fn what_is_gone_is_closed_and_emptied_and_the_trace_says_why() {
    let channel = channel().await;
    let gone = channel.comment("c1").await;
    let kept = channel.comment("c2").await;
    channel.platform.state().comments.remove(&PlatformId::from("c1"));
    assert_eq!((channel.found("lovely").await, channel.authors().await), (2, 2));
    channel.wait(26 * DAY);
    channel.work().await;
    assert_eq!(channel.text(gone).await, "");
    assert_eq!(channel.desk.stage(gone).await, "done");
    assert_eq!(channel.trace(gone, "deleted_on_platform").await.len(), 1);
    assert_eq!(
        channel.trace(gone, "purged").await,
        ["the platform shows it no longer"]
    );
    assert!(channel.is_kept(kept).await, "the other is shown");
    assert_eq!(
        (channel.found("lovely").await, channel.authors().await),
        (1, 1),
        "no index and no card knows it"
    );
}

#[tokio::test]
async fn a_comment_with_an_open_action_is_let_go_only_when_that_ended() {
    let channel = channel().await;
    let comment = channel.comment("c1").await;
    let storage = &channel.desk.engine.context().storage;
    storage
        .set_sending(false, channel.desk.clock_now())
        .await
        .unwrap();
    let action = queue(
        &channel.desk.engine,
        comment,
        ActionKind::Reply,
        Some("Thank you!"),
    )
    .await;
    channel.sign_out().await;
    channel.wait(31 * DAY);
    channel.work().await;
    channel.wait(2 * DAY);
    channel.work().await;
    assert!(channel.is_kept(comment).await, "the reply still needs it");
    storage
        .cancel_action(action, "taken back", channel.desk.clock_now())
        .await
        .unwrap();
    channel.wait(HOUR);
    channel.work().await;
    assert!(!channel.is_kept(comment).await);
    assert_eq!(
        channel.desk.shown(action).await.text.as_deref(),
        Some("Thank you!"),
        "the account's own words stay"
    );
}

#[tokio::test]
async fn what_a_signed_out_account_has_is_let_go_after_30_days_and_a_day_of_waiting() {
    let channel = channel().await;
    let comment = channel.comment("c1").await;
    channel.sign_out().await;
    // The app was off all that time.
    channel.wait(40 * DAY);
    channel.work().await;
    channel.wait(HOUR);
    channel.work().await;
    assert!(
        channel.is_kept(comment).await,
        "the person may be about to sign in again"
    );
    channel.wait(DAY);
    channel.work().await;
    assert!(!channel.is_kept(comment).await);
    assert_eq!(channel.trace(comment, "purged").await.len(), 1);
    assert_eq!(channel.platform.calls(), 0);

    let counts = channel
        .desk
        .engine
        .context()
        .storage
        .overview()
        .await
        .unwrap()
        .counts;
    assert_eq!((counts.done, counts.all), (1, 1), "it is still counted");
}

#[tokio::test]
async fn a_platform_that_does_not_answer_is_given_its_time() {
    let channel = channel().await;
    let comment = channel.comment("c1").await;
    channel.platform.state().down = Some(PlatformError::Unavailable {
        detail: "no network".to_owned(),
    });
    channel.wait(26 * DAY);
    channel.work().await;
    channel.wait(3 * DAY);
    channel.work().await;
    assert!(channel.is_kept(comment).await, "30 days are not over");
    channel.platform.state().down = None;
    channel.wait(2 * DAY);
    channel.work().await;
    assert!(channel.is_kept(comment).await, "it was read again in time");
    channel.platform.state().down = Some(PlatformError::Unavailable {
        detail: "no network".to_owned(),
    });
    channel.wait(26 * DAY);
    channel.work().await;
    channel.wait(5 * DAY);
    channel.work().await;
    channel.wait(HOUR);
    channel.work().await;
    assert!(!channel.is_kept(comment).await);
}

#[tokio::test]
async fn what_a_disconnected_account_left_is_let_go_within_seven_days() {
    let channel = channel().await;
    let comment = channel.comment("c1").await;
    disconnect(channel.desk.engine.context(), channel.account, StoredData::Keep)
        .await
        .unwrap();
    channel.wait(5 * DAY);
    channel.work().await;
    assert!(channel.is_kept(comment).await, "it can be read for a while");
    channel.wait(DAY + HOUR);
    channel.work().await;
    assert!(!channel.is_kept(comment).await);
    assert_eq!(
        channel.trace(comment, "purged").await,
        ["the account was disconnected"]
    );
}

#[tokio::test]
async fn what_the_platform_shows_again_is_filled_and_understood_anew() {
    let channel = channel().await;
    let comment = channel.comment("c1").await;
    channel.sign_out().await;
    channel.wait(31 * DAY);
    channel.work().await;
    channel.wait(2 * DAY);
    channel.work().await;
    assert!(!channel.is_kept(comment).await);
    channel.is_listed("c1").await;
    assert_eq!(channel.text(comment).await, "What a lovely cream");
    assert_eq!(channel.authors().await, 1);
    assert_eq!(channel.desk.stage(comment).await, "to_classify");
}

#[tokio::test]
async fn where_the_terms_set_no_time_everything_stays() {
    let desk = desk().await;
    let comment = desk.in_review("c1").await;
    let worker = RefreshWorker::new(desk.engine.context().clone());
    desk.wait(400 * DAY);
    assert_eq!(worker.try_next().await.unwrap(), Step::Idle);
    let row = desk.engine.context().storage.comment_row(comment).await.unwrap();
    assert_eq!(row.text, "What a lovely cream");
    assert_eq!(
        desk.platform.called("comment"),
        0,
        "{OWN_ID} is no platform with terms"
    );
}
