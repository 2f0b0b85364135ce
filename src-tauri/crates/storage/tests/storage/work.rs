use crate::support::{LEASE, NOW, OWN_ID, classified, comment, desk, reply, unsure};
use contract::{DraftMarker, Mode, ReasonBadge};
use domain::ports::Element;
use domain::{CommentId, Label, PlatformId, Stage, Timestamp};
use std::time::Duration;
use storage::{NewAccount, NextTry, ReleaseReason, StorageError};

fn failed(next: NextTry) -> ReleaseReason {
    ReleaseReason {
        error: "the model is down".to_owned(),
        next,
    }
}

#[tokio::test]
async fn a_claimed_comment_is_nobody_elses_until_its_lease_runs_out() {
    let desk = desk().await;
    let id = desk.arrived("c1", "hello").await;
    let first = desk.store.claim_to_classify(10, NOW, LEASE).await.unwrap();
    assert_eq!(first.iter().map(|c| c.id).collect::<Vec<_>>(), vec![id]);
    assert!(
        desk.store
            .claim_to_classify(10, NOW, LEASE)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(desk.store.next_wake(NOW).await.unwrap(), Some(NOW.plus(LEASE)));
    let later = desk
        .store
        .claim_to_classify(10, NOW.plus(LEASE), LEASE)
        .await
        .unwrap();
    assert_eq!(later.len(), 1, "a worker that died gives it back");
}

#[tokio::test]
async fn a_claim_brings_what_a_classifier_may_look_at() {
    let desk = desk().await;
    desk.take(vec![
        comment("c1", "a1", "is it vegan?", 0),
        reply("c2", "c1", "a2", "me too", 1),
    ])
    .await;
    let claimed = desk.store.claim_to_classify(10, NOW, LEASE).await.unwrap();
    assert_eq!(claimed.len(), 2);
    assert_eq!(claimed[1].parent_text.as_deref(), Some("is it vegan?"));
    assert_eq!(
        (claimed[0].post_caption.as_deref(), claimed[0].attempts),
        (None, 0)
    );
    assert_eq!(claimed[0].trace_id.len(), 16);
    assert_ne!(claimed[0].trace_id, claimed[1].trace_id);
}

#[tokio::test]
async fn claims_take_no_more_than_asked_and_go_round() {
    let desk = desk().await;
    desk.take(
        (0..5)
            .map(|n| comment(&format!("c{n}"), "a", "hello", n))
            .collect(),
    )
    .await;
    let mut seen: Vec<CommentId> = Vec::new();
    for expected in [2, 2, 1, 0] {
        let claimed = desk.store.claim_to_classify(2, NOW, LEASE).await.unwrap();
        assert_eq!(claimed.len(), expected);
        seen.extend(claimed.iter().map(|c| c.id));
    }
    seen.dedup();
    assert_eq!(seen.len(), 5, "each once");
}

#[tokio::test]
async fn an_account_that_is_switched_off_is_stored_and_left_alone() {
    let desk = desk().await;
    desk.store.set_mode(desk.account, Mode::Off).await.unwrap();
    desk.arrived("c1", "hello").await;
    assert!(
        desk.store
            .claim_to_classify(10, NOW, LEASE)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        desk.store.unfinished_work().await.unwrap(),
        0,
        "nobody waits for it"
    );
    desk.store.set_mode(desk.account, Mode::Draft).await.unwrap();
    assert_eq!(
        desk.store.claim_to_classify(10, NOW, LEASE).await.unwrap().len(),
        1
    );
    assert_eq!(desk.store.unfinished_work().await.unwrap(), 1);
}

#[tokio::test]
async fn a_label_decides_whether_a_draft_is_due() {
    let desk = desk().await;
    for (n, label, expected) in [
        (1, Label::Question, Stage::ToDraft),
        (2, Label::Praise, Stage::ToDraft),
        (3, Label::Abuse, Stage::ToReview),
        (4, Label::Spam, Stage::ToReview),
    ] {
        let id = desk.arrived(&format!("c{n}"), "some words").await;
        desk.classify(id, label).await;
        assert_eq!(desk.stage(id).await, expected, "{label}");
    }
}

#[tokio::test]
async fn an_unsure_label_is_shown_as_unsure_and_emoji_alone_wait_for_a_person() {
    let desk = desk().await;
    let words = desk.arrived("c1", "hm").await;
    let emoji = desk.arrived("c2", "\u{200b}").await;
    for id in [words, emoji] {
        let version = desk.version(id).await;
        desk.store
            .save_classification(id, version, &unsure(Label::Praise), NOW)
            .await
            .unwrap();
    }
    let row = desk.store.comment_row(words).await.unwrap();
    assert_eq!(
        (
            row.labels[0].label.as_str(),
            row.labels[0].sure,
            row.labels[0].confidence
        ),
        ("praise", false, 0.31)
    );
    assert!(row.badges.contains(&ReasonBadge::Unsure));
    assert_eq!(row.stage, "to_draft");
    assert_eq!(
        desk.stage(emoji).await,
        Stage::ToReview,
        "there is nothing to answer"
    );
}

#[tokio::test]
async fn a_result_for_a_comment_that_moved_on_is_dropped() {
    let desk = desk().await;
    let id = desk.arrived("c1", "hello").await;
    let claimed = desk
        .store
        .claim_to_classify(1, NOW, LEASE)
        .await
        .unwrap()
        .remove(0);
    desk.take(vec![comment("c1", "author-c1", "hello, edited", 0)])
        .await;
    let stale = desk
        .store
        .save_classification(id, claimed.version, &classified(Label::Spam, 0.9), NOW)
        .await;
    assert!(matches!(stale, Err(StorageError::MovedOn)));
    assert_eq!(desk.stage(id).await, Stage::ToClassify);
    let stale = desk
        .store
        .release(id, claimed.version, failed(NextTry::GiveUp), NOW)
        .await;
    assert!(matches!(stale, Err(StorageError::MovedOn)));
    let again = desk.store.claim_to_classify(1, NOW, LEASE).await.unwrap();
    assert_eq!(
        again[0].text, "hello, edited",
        "it is free for the next worker at once"
    );
}

#[tokio::test]
async fn classifying_twice_leaves_one_current_set_of_labels() {
    let desk = desk().await;
    let id = desk.arrived("c1", "hello").await;
    desk.classify(id, Label::Spam).await;
    desk.take(vec![comment("c1", "author-c1", "hello?", 0)]).await;
    desk.classify(id, Label::Question).await;
    let row = desk.store.comment_row(id).await.unwrap();
    assert_eq!(row.labels.len(), 1);
    assert_eq!(row.labels[0].label, "question");
    assert_eq!(
        desk.store.status().await.unwrap().by_label.get("question"),
        Some(&1)
    );
}

#[tokio::test]
async fn an_attempt_that_failed_waits_and_the_last_one_leaves_it_stuck_in_sight() {
    let desk = desk().await;
    let id = desk.arrived("c1", "hello").await;
    let at = NOW.plus(Duration::from_secs(30));
    desk.store.claim_to_classify(1, NOW, LEASE).await.unwrap();
    desk.store
        .release(id, 1, failed(NextTry::At(at)), NOW)
        .await
        .unwrap();
    assert!(
        desk.store
            .claim_to_classify(1, NOW, LEASE)
            .await
            .unwrap()
            .is_empty(),
        "not before its time"
    );
    assert_eq!(desk.store.next_wake(NOW).await.unwrap(), Some(at));
    let again = desk
        .store
        .claim_to_classify(1, at, LEASE)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(again.attempts, 1);
    desk.store
        .release(id, again.version, failed(NextTry::GiveUp), at)
        .await
        .unwrap();
    let detail = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!(detail.row.stage, "stuck");
    assert_eq!(detail.stuck_reason.as_deref(), Some("the model is down"));
    assert!(detail.row.badges.contains(&ReasonBadge::Stuck));
    desk.store.retry_stuck(id, detail.row.version, NOW).await.unwrap();
    let retried = desk.store.claim_to_classify(1, NOW, LEASE).await.unwrap();
    assert_eq!(retried[0].attempts, 0, "a person's retry starts anew");
    assert_eq!(
        desk.store.comment_detail(id, 2200).await.unwrap().stuck_reason,
        None
    );
}

#[tokio::test]
async fn the_second_complaint_of_an_author_is_marked() {
    let desk = desk().await;
    let report = desk
        .take(vec![
            comment("c1", "a1", "it broke", 0),
            comment("c2", "a1", "it broke again", 1),
            comment("c3", "a2", "broken", 2),
        ])
        .await;
    for id in &report.new {
        desk.classify(*id, Label::Complaint).await;
    }
    let mut second = Vec::new();
    for id in &report.new {
        let row = desk.store.comment_row(*id).await.unwrap();
        second.push(row.badges.contains(&ReasonBadge::SecondComplaint));
    }
    assert_eq!(second, [false, true, false]);
    let author = desk
        .store
        .comment_detail(report.new[0], 2200)
        .await
        .unwrap()
        .author;
    assert_eq!(author.complaints, 2);
    desk.take(vec![comment("c2", "a1", "it broke again!", 1)]).await;
    desk.classify(report.new[1], Label::Complaint).await;
    let author = desk
        .store
        .comment_detail(report.new[0], 2200)
        .await
        .unwrap()
        .author;
    assert_eq!(
        author.complaints, 2,
        "the same complaint understood again is not a third"
    );
}

#[tokio::test]
async fn a_persons_label_outlives_the_models_opinion_until_the_text_changes() {
    let desk = desk().await;
    let id = desk.arrived("c1", "nice price, is it?").await;
    desk.store.correct_label(id, 1, Label::Praise, NOW).await.unwrap();
    desk.classify(id, Label::Spam).await;
    let row = desk.store.comment_row(id).await.unwrap();
    assert_eq!(
        (row.labels[0].label.as_str(), row.labels[0].by_person),
        ("praise", true)
    );
    assert_eq!(row.stage, "to_draft", "and decides what follows");
    let later = Timestamp(NOW.0 + 1);
    desk.take_at(vec![comment("c1", "author-c1", "buy followers", 0)], later)
        .await;
    let version = desk.version(id).await;
    desk.store
        .save_classification(id, version, &classified(Label::Spam, 0.9), later)
        .await
        .unwrap();
    let row = desk.store.comment_row(id).await.unwrap();
    assert_eq!(
        (row.labels[0].label.as_str(), row.labels[0].by_person),
        ("spam", false)
    );
}

#[tokio::test]
async fn snoozed_comments_wake_when_their_time_comes() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let until = NOW.plus(Duration::from_secs(3_600));
    desk.store
        .snooze(id, desk.version(id).await, until, NOW)
        .await
        .unwrap();
    assert_eq!(desk.store.wake_snoozed(NOW).await.unwrap(), 0);
    assert_eq!(desk.store.next_wake(NOW).await.unwrap(), Some(until));
    assert_eq!(desk.store.wake_snoozed(until).await.unwrap(), 1);
    let row = desk.store.comment_row(id).await.unwrap();
    assert_eq!((row.stage.as_str(), row.snoozed_until), ("to_review", None));
}

#[tokio::test]
async fn nothing_is_shown_as_being_drafted_once_no_draft_is_due() {
    let desk = desk().await;
    for (n, ends) in ["deleted", "answered", "edited", "given up"]
        .into_iter()
        .enumerate()
    {
        let platform_id = format!("c{n}");
        let id = desk.arrived(&platform_id, "hello").await;
        desk.classify(id, Label::Question).await;
        let row = desk.store.comment_row(id).await.unwrap();
        assert_eq!(row.draft, DraftMarker::Drafting);
        match ends {
            "deleted" => {
                let gone = [PlatformId(platform_id)];
                desk.store.mark_deleted(desk.account, &gone, NOW).await.unwrap();
            }
            "answered" => {
                desk.take(vec![reply("own", &platform_id, OWN_ID, "hi!", 9)])
                    .await;
            }
            "edited" => {
                desk.take(vec![comment(
                    &platform_id,
                    &format!("author-{platform_id}"),
                    "hello!",
                    0,
                )])
                .await;
            }
            _ => desk
                .store
                .release(id, row.version, failed(NextTry::GiveUp), NOW)
                .await
                .unwrap(),
        }
        assert_eq!(
            desk.store.comment_row(id).await.unwrap().draft,
            DraftMarker::None,
            "{ends}"
        );
    }
}

#[tokio::test]
async fn each_account_has_its_due_action_however_many_accounts_there_are() {
    let desk = desk().await;
    let mut accounts = Vec::new();
    for n in 0..20 {
        let account = desk
            .store
            .upsert_account(NewAccount {
                platform: "instagram".to_owned(),
                platform_id: PlatformId(format!("178414000000001{n:02}")),
                username: format!("brand.{n}"),
                name: String::new(),
                simulated: true,
                now: NOW,
            })
            .await
            .unwrap();
        let post = desk
            .store
            .ensure_post(account.id, &PlatformId::from("p"), NOW)
            .await
            .unwrap();
        let asked = comment(&format!("c{n}"), "a1", "How much is the cream?", 0);
        let stored = desk
            .store
            .store_comments(account.id, post.id, vec![Element::Read(asked)], NOW)
            .await
            .unwrap();
        desk.draft(stored.new[0]).await;
        desk.approve(stored.new[0], "It is 89 EUR.").await;
        accounts.push(account.id);
    }
    let due = desk
        .store
        .due_actions(NOW.plus(Duration::from_secs(10)))
        .await
        .unwrap();
    assert_eq!(
        due.into_iter()
            .map(|action| action.account_id)
            .collect::<Vec<_>>(),
        accounts,
        "the first ones may be signed out, and the last is not to wait for them"
    );
}
