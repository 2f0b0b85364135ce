use crate::support::{NOW, OWN_ID, comment, desk, reply};
use contract::ReasonBadge;
use domain::{ActionKind, ActionState, PlatformId, Stage, Timestamp};
use std::time::Duration;
use storage::{AfterRefusal, NewAccount, StorageError};

fn after(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

#[tokio::test]
async fn a_reply_goes_from_held_to_confirmed_and_closes_its_comment() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.approve(id, "It is 89 EUR.").await;
    assert!(desk.store.due_actions(NOW, 10).await.unwrap().is_empty(), "held");
    let due = desk.store.due_actions(after(10), 10).await.unwrap().remove(0);
    assert_eq!(
        (due.id, due.state, due.kind),
        (action, ActionState::Held, ActionKind::Reply)
    );
    assert_eq!(
        (due.target_platform_id.as_str(), due.text.as_deref()),
        ("c1", Some("It is 89 EUR."))
    );
    assert_eq!(
        (due.account_platform_id.as_str(), due.post_platform_id.as_str()),
        (OWN_ID, "p1")
    );
    assert!(!due.comment_deleted && !due.comment_hidden && !due.answered_elsewhere);
    desk.store.release_hold(action, after(10)).await.unwrap();
    desk.store.release_hold(action, after(10)).await.unwrap();
    assert_eq!(desk.store.commit_intent(action, after(10)).await.unwrap(), 1);
    assert_eq!(desk.store.live_actions().await.unwrap(), 1);
    desk.store
        .confirm_action(action, Some(&PlatformId::from("r1")), "accepted", after(11))
        .await
        .unwrap();
    let detail = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!((detail.row.stage.as_str(), detail.author.answered), ("done", 1));
    let shown = detail.row.action.unwrap();
    assert_eq!(
        (shown.state.as_str(), shown.platform_id.as_deref()),
        ("confirmed", Some("r1"))
    );
    assert_eq!(shown.confirmed_at, Some(after(11).0));
    assert_eq!(desk.store.live_actions().await.unwrap(), 0);
    assert_eq!(
        desk.store.recent_replies(desk.account, 5).await.unwrap(),
        ["It is 89 EUR."]
    );
}

#[tokio::test]
async fn a_second_reply_cannot_even_be_written_down() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.sending(id, "It is 89 EUR.").await;
    desk.store
        .confirm_action(action, Some(&PlatformId::from("r1")), "accepted", NOW)
        .await
        .unwrap();
    desk.store.reopen(id, desk.version(id).await, NOW).await.unwrap();
    let second = desk
        .store
        .queue_action(desk.action(id, desk.version(id).await, ActionKind::Reply, Some("Again")))
        .await;
    assert!(matches!(second, Err(StorageError::AlreadyAnswered)), "{second:?}");
    let forced = sqlx::query(
        "insert into action (account_id, comment_id, target_platform_id, kind, text, normalised_text, state,
                             from_stage, requested_by, created_at, due_at)
         values (1, ?, 'c1', 'reply', 'Again', 'Again', 'held', 'to_review', 'x', 0, 0)",
    )
    .bind(id.0)
    .execute(&mut desk.raw().await)
    .await;
    assert!(
        forced.unwrap_err().to_string().contains("UNIQUE"),
        "the database itself refuses"
    );
}

#[tokio::test]
async fn a_cancelled_reply_makes_room_for_another() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.approve(id, "It is 89 EUR.").await;
    let cancelled = desk.store.cancel_action(action, "typo", NOW).await.unwrap();
    assert_eq!(
        (cancelled.state.as_str(), cancelled.note.as_deref()),
        ("cancelled", Some("typo"))
    );
    assert_eq!(desk.stage(id).await, Stage::ToReview);
    desk.approve(id, "It costs 89 EUR.").await;
    assert_eq!(desk.store.outbox(NOW).await.unwrap().live.len(), 1);
    assert_eq!(
        desk.store.recent_replies(desk.account, 5).await.unwrap(),
        ["It costs 89 EUR."]
    );
}

#[tokio::test]
async fn sending_is_serial_in_a_thread_and_one_at_a_time_per_account() {
    let desk = desk().await;
    desk.take(vec![
        comment("c1", "a1", "?", 0),
        reply("c2", "c1", "a2", "me too?", 1),
        comment("c3", "a3", "?", 2),
    ])
    .await;
    let mut actions = Vec::new();
    for platform_id in ["c1", "c2", "c3"] {
        let id = desk
            .store
            .find_comment(desk.account, &PlatformId::from(platform_id))
            .await
            .unwrap()
            .unwrap();
        desk.draft(id).await;
        actions.push(desk.approve(id, &format!("answer to {platform_id}")).await);
    }
    let other = desk
        .store
        .upsert_account(NewAccount {
            platform: "instagram".to_owned(),
            platform_id: PlatformId::from("other"),
            username: "other".to_owned(),
            name: String::new(),
            simulated: true,
            now: NOW,
        })
        .await
        .unwrap();
    let post = desk
        .store
        .ensure_post(other.id, &PlatformId::from("o1"), NOW)
        .await
        .unwrap();
    let batch = vec![domain::ports::Element::Read(comment(
        "c1",
        "a1",
        "same id, other account",
        0,
    ))];
    let report = desk
        .store
        .store_comments(other.id, post.id, batch, NOW)
        .await
        .unwrap();
    desk.draft(report.new[0]).await;
    let others = desk.approve(report.new[0], "hi").await;

    let due = |due: Vec<storage::DueAction>| due.into_iter().map(|a| a.id).collect::<Vec<_>>();
    let first = due(desk.store.due_actions(after(10), 10).await.unwrap());
    assert_eq!(first, vec![actions[0], others], "the earliest of each account");
    desk.store.release_hold(actions[0], NOW).await.unwrap();
    desk.store.commit_intent(actions[0], NOW).await.unwrap();
    let second = due(desk.store.due_actions(after(10), 10).await.unwrap());
    assert_eq!(
        second,
        vec![actions[2], others],
        "the thread of the one in flight waits"
    );
    desk.store
        .lose_outcome(actions[0], "time-out", after(20), NOW)
        .await
        .unwrap();
    let third = due(desk.store.due_actions(after(10), 10).await.unwrap());
    assert_eq!(third, vec![actions[2], others], "and while its outcome is open");
    desk.store
        .confirm_action(actions[0], None, "found", NOW)
        .await
        .unwrap();
    let last = due(desk.store.due_actions(after(10), 10).await.unwrap());
    assert_eq!(last, vec![actions[1], others]);
}

#[tokio::test]
async fn what_the_recheck_looks_at_is_told_with_the_action() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.approve(id, "It is 89 EUR.").await;
    let mut hidden = comment("c1", "author-c1", "How much is the cream?", 0);
    hidden.hidden = Some(true);
    desk.take(vec![hidden]).await;
    let due = desk.store.due_actions(after(10), 10).await.unwrap().remove(0);
    assert!(due.comment_hidden);
    desk.store
        .refuse_action(due.id, "hidden meanwhile", AfterRefusal::Done, NOW)
        .await
        .unwrap();
    assert_eq!(
        (desk.stage(id).await, desk.action_state(id).await.as_str()),
        (Stage::Done, "cancelled")
    );
    let again = desk
        .store
        .refuse_action(due.id, "again", AfterRefusal::Done, NOW)
        .await;
    assert!(matches!(again, Err(StorageError::MovedOn)));
}

#[tokio::test]
async fn a_refused_recheck_can_leave_it_to_a_person() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.approve(id, "It is 89 EUR.").await;
    desk.store
        .refuse_action(action, "the mode changed", AfterRefusal::Review, NOW)
        .await
        .unwrap();
    assert_eq!(desk.stage(id).await, Stage::ToReview);
}

#[tokio::test]
async fn an_undone_action_is_never_sent() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.approve(id, "It is 89 EUR.").await;
    desk.store.release_hold(action, NOW).await.unwrap();
    desk.store.undo_last(NOW).await.unwrap();
    let intent = desk.store.commit_intent(action, NOW).await;
    assert!(matches!(intent, Err(StorageError::MovedOn)), "{intent:?}");
    assert_eq!(desk.action_state(id).await, "cancelled");
    desk.approve(id, "the writer still works after a refused intent")
        .await;
}

#[tokio::test]
async fn a_refusal_for_now_waits_and_a_refusal_for_good_comes_back_to_review() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.sending(id, "It is 89 EUR.").await;
    desk.store
        .retry_action(action, "limited", after(60), NOW)
        .await
        .unwrap();
    assert!(desk.store.due_actions(after(59), 10).await.unwrap().is_empty());
    let due = desk.store.due_actions(after(60), 10).await.unwrap().remove(0);
    assert_eq!((due.state, due.attempts), (ActionState::RetryWait, 1));
    desk.store.release_hold(action, after(60)).await.unwrap();
    assert_eq!(desk.store.commit_intent(action, after(60)).await.unwrap(), 2);
    desk.store
        .fail_action(action, "comments are closed", after(61))
        .await
        .unwrap();
    let detail = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!(detail.row.stage, "to_review");
    assert!(detail.row.badges.contains(&ReasonBadge::SendFailed));
    assert_eq!(detail.actions[0].note.as_deref(), Some("comments are closed"));
    assert_eq!(desk.store.overview().await.unwrap().failed, 1);
    desk.approve(id, "another way").await;
    assert_eq!(
        desk.store.overview().await.unwrap().failed,
        0,
        "someone took care of it"
    );
}

#[tokio::test]
async fn spent_retries_end_in_failure() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.sending(id, "It is 89 EUR.").await;
    desk.store
        .retry_action(action, "limited", after(60), NOW)
        .await
        .unwrap();
    desk.store
        .fail_action(action, "tried 8 times", NOW)
        .await
        .unwrap();
    assert_eq!(desk.action_state(id).await, "failed");
}

#[tokio::test]
async fn an_unknown_outcome_is_settled_by_reading_and_never_sent_before() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.sending(id, "It is  89 EUR.").await;
    desk.store
        .lose_outcome(action, "time-out", after(5), NOW)
        .await
        .unwrap();
    assert!(desk.store.due_actions(after(999), 10).await.unwrap().is_empty());
    assert!(matches!(
        desk.store.commit_intent(action, NOW).await,
        Err(StorageError::MovedOn)
    ));
    assert!(desk.store.unknown_due(NOW, 10).await.unwrap().is_empty());
    let unknown = desk.store.unknown_due(after(5), 10).await.unwrap().remove(0);
    assert_eq!(
        (unknown.normalised_text.as_deref(), unknown.checks),
        (Some("It is 89 EUR."), 0)
    );
    assert_eq!(unknown.first_intent_at, Some(NOW));
    assert!(
        desk.store
            .comment_row(id)
            .await
            .unwrap()
            .badges
            .contains(&ReasonBadge::OutcomeUnknown)
    );
    desk.store
        .postpone_check(action, "unreachable", after(30), after(5))
        .await
        .unwrap();
    let unknown = desk.store.unknown_due(after(30), 10).await.unwrap().remove(0);
    assert_eq!(unknown.checks, 1);
    desk.store.not_on_platform(action, after(30)).await.unwrap();
    let due = desk.store.due_actions(after(30), 10).await.unwrap().remove(0);
    assert_eq!(due.state, ActionState::Ready);
    assert_eq!(desk.store.commit_intent(action, after(31)).await.unwrap(), 2);
    desk.store
        .lose_outcome(action, "time-out", after(40), after(31))
        .await
        .unwrap();
    let unknown = desk.store.unknown_due(after(40), 10).await.unwrap().remove(0);
    assert_eq!(
        unknown.first_intent_at,
        Some(NOW),
        "the first attempt may be the one that is found"
    );
    desk.store
        .confirm_action(action, Some(&PlatformId::from("r1")), "found", after(41))
        .await
        .unwrap();
    assert_eq!(desk.stage(id).await, Stage::Done);
}

#[tokio::test]
async fn what_was_being_sent_when_the_app_ended_is_unknown_at_the_next_start() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.sending(id, "It is 89 EUR.").await;
    desk.store.close().await;
    let store = storage::Storage::open(&desk.file).await.unwrap();
    assert_eq!(store.interrupted(NOW, NOW).await.unwrap(), 1);
    assert_eq!(
        store.unknown_due(NOW, 10).await.unwrap().len(),
        1,
        "to be read at once"
    );
    assert_eq!(store.interrupted(NOW, NOW).await.unwrap(), 0);
    store.close().await;
}

#[tokio::test]
async fn hiding_and_unhiding_show_when_they_are_confirmed() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    for (kind, hidden) in [(ActionKind::Hide, true), (ActionKind::Unhide, false)] {
        let view = desk
            .store
            .queue_action(desk.action(id, desk.version(id).await, kind, None))
            .await
            .unwrap();
        let action = domain::ActionId(view.id);
        desk.store.release_hold(action, NOW).await.unwrap();
        desk.store.commit_intent(action, NOW).await.unwrap();
        assert_eq!(
            desk.store.comment_row(id).await.unwrap().hidden,
            !hidden,
            "not before"
        );
        desk.store
            .confirm_action(action, None, "read back", NOW)
            .await
            .unwrap();
        assert_eq!(desk.store.comment_row(id).await.unwrap().hidden, hidden);
        assert_eq!(desk.stage(id).await, Stage::Done);
    }
}

#[tokio::test]
async fn a_reply_without_a_text_is_refused() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let empty = desk
        .store
        .queue_action(desk.action(id, desk.version(id).await, ActionKind::Reply, None))
        .await;
    assert!(matches!(empty, Err(StorageError::IllegalStep(_))));
    assert_eq!(desk.stage(id).await, Stage::ToReview);
}

#[tokio::test]
async fn the_outbox_lists_what_is_live_soonest_first_and_counts_by_kind() {
    let desk = desk().await;
    let first = desk.in_review("c1").await;
    let second = desk.in_review("c2").await;
    let mut late = desk.action(first, desk.version(first).await, ActionKind::Reply, Some("later"));
    late.due_at = after(100);
    desk.store.queue_action(late).await.unwrap();
    desk.sending(second, "sooner").await;
    let outbox = desk.store.outbox(NOW).await.unwrap();
    let texts: Vec<_> = outbox.live.iter().filter_map(|a| a.text.as_deref()).collect();
    assert_eq!((texts, outbox.now), (vec!["sooner", "later"], NOW.0));
    let overview = desk.store.overview().await.unwrap();
    assert_eq!((overview.held, overview.in_flight, overview.unknown), (1, 1, 0));
    assert_eq!(overview.counts.outbox, 2);
}
