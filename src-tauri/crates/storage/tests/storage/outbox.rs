use crate::support::{Desk, NOW, OWN_ID, comment, desk, reply};
use contract::{Mode, ReasonBadge};
use domain::outbox::{MAY_BE_OURS, Overtaken};
use domain::{ActionId, ActionKind, ActionState, CommentId, PlatformId, Stage, Timestamp};
use std::time::Duration;
use storage::{AfterRefusal, Intent, NewAccount, StorageError};

fn after(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

#[tokio::test]
async fn a_reply_goes_from_held_to_confirmed_and_closes_its_comment() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.approve(id, "It is 89 EUR.").await;
    assert!(desk.store.due_actions(NOW).await.unwrap().is_empty(), "held");
    let due = desk.store.due_actions(after(10)).await.unwrap().remove(0);
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
    assert!(!due.comment_deleted && !due.comment_hidden && !due.send_was_lost);
    assert_eq!(
        (due.overtaken, due.checks, due.normalised_text.as_deref()),
        (None, 0, Some("It is 89 EUR."))
    );
    desk.store.release_hold(action, after(10)).await.unwrap();
    desk.store.release_hold(action, after(10)).await.unwrap();
    assert_eq!(
        desk.store.commit_intent(action, after(10)).await.unwrap(),
        Intent::Committed(1)
    );
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
    let first = due(desk.store.due_actions(after(10)).await.unwrap());
    assert_eq!(first, vec![actions[0], others], "the earliest of each account");
    desk.store.release_hold(actions[0], NOW).await.unwrap();
    desk.store.commit_intent(actions[0], NOW).await.unwrap();
    let second = due(desk.store.due_actions(after(10)).await.unwrap());
    assert_eq!(
        second,
        vec![actions[2], others],
        "the thread of the one in flight waits"
    );
    desk.store
        .lose_outcome(actions[0], "time-out", after(20), NOW)
        .await
        .unwrap();
    let third = due(desk.store.due_actions(after(10)).await.unwrap());
    assert_eq!(third, vec![actions[2], others], "and while its outcome is open");
    desk.store
        .confirm_action(actions[0], None, "found", NOW)
        .await
        .unwrap();
    let last = due(desk.store.due_actions(after(10)).await.unwrap());
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
    let due = desk.store.due_actions(after(10)).await.unwrap().remove(0);
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
    assert!(desk.store.due_actions(after(59)).await.unwrap().is_empty());
    let due = desk.store.due_actions(after(60)).await.unwrap().remove(0);
    assert_eq!((due.state, due.attempts), (ActionState::RetryWait, 1));
    desk.store.release_hold(action, after(60)).await.unwrap();
    assert_eq!(
        desk.store.commit_intent(action, after(60)).await.unwrap(),
        Intent::Committed(2)
    );
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
    assert!(desk.store.due_actions(after(999)).await.unwrap().is_empty());
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
    let due = desk.store.due_actions(after(30)).await.unwrap().remove(0);
    assert_eq!(due.state, ActionState::Ready);
    assert_eq!(
        (due.send_was_lost, due.first_intent_at, due.checks),
        (true, Some(NOW), 0),
        "the look before another send knows what to look for"
    );
    assert_eq!(
        desk.store.commit_intent(action, after(31)).await.unwrap(),
        Intent::Committed(2)
    );
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
    let why = "the app ended while it was being sent";
    assert_eq!(store.interrupted(why, after(5), after(2)).await.unwrap(), 1);
    assert!(store.unknown_due(after(4), 10).await.unwrap().is_empty());
    let unknown = store.unknown_due(after(5), 10).await.unwrap();
    assert_eq!(unknown.len(), 1);
    assert_eq!(
        unknown[0].intent_at,
        Some(NOW),
        "from when on not seeing it proves something is counted from its own intent"
    );
    assert_eq!(store.interrupted(why, after(5), after(2)).await.unwrap(), 0);
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

#[tokio::test]
async fn each_interrupted_send_keeps_the_time_of_its_own_intent() {
    let desk = desk().await;
    let older = desk.in_review("c1").await;
    let newer = desk.in_review("c2").await;
    desk.sending(older, "It is 89 EUR.").await;
    let action = desk.approve(newer, "It costs 89 EUR.").await;
    desk.store.release_hold(action, after(20)).await.unwrap();
    desk.store.commit_intent(action, after(20)).await.unwrap();
    let ended = desk.store.interrupted("it ended", after(28), after(25)).await;
    assert_eq!(ended.unwrap(), 2);
    let unknown = desk.store.unknown_due(after(28), 10).await.unwrap();
    let intents: Vec<_> = unknown.iter().map(|a| (a.comment_id, a.intent_at)).collect();
    assert_eq!(intents, vec![(older, Some(NOW)), (newer, Some(after(20)))]);
}

#[tokio::test]
async fn what_is_deleted_on_the_platform_takes_no_more_actions() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    gone(&desk, "c1").await;
    for (kind, text) in [(ActionKind::Hide, None), (ActionKind::Reply, Some("Hi"))] {
        let refused = desk
            .store
            .queue_action(desk.action(id, desk.version(id).await, kind, text))
            .await;
        assert!(
            matches!(refused, Err(StorageError::DeletedOnPlatform)),
            "it would never leave the outbox: {refused:?}"
        );
    }
    assert_eq!(desk.stage(id).await, Stage::Done);
}

async fn gone(desk: &Desk, platform_id: &str) {
    desk.store
        .mark_deleted(desk.account, &[PlatformId::from(platform_id)], NOW)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_deletion_seen_while_a_reply_was_on_its_way_ends_it_at_the_next_look() {
    for outcome in ["refused for now", "not there", "refused for good"] {
        let desk = desk().await;
        let id = desk.in_review("c1").await;
        let action = desk.sending(id, "It is 89 EUR.").await;
        gone(&desk, "c1").await;
        match outcome {
            "refused for now" => desk
                .store
                .retry_action(action, "limited", NOW, NOW)
                .await
                .unwrap(),
            "not there" => {
                desk.store
                    .lose_outcome(action, "time-out", NOW, NOW)
                    .await
                    .unwrap();
                desk.store.not_on_platform(action, NOW).await.unwrap();
            }
            _ => desk.store.fail_action(action, "no", NOW).await.unwrap(),
        }
        if outcome != "refused for good" {
            gone(&desk, "c1").await;
            assert_eq!(
                desk.store.due_actions(NOW).await.unwrap().len(),
                1,
                "{outcome}: that it is gone is no news, so it stands there still"
            );
            desk.store
                .refuse_action(action, "deleted on the platform", AfterRefusal::Done, NOW)
                .await
                .unwrap();
        }
        assert_eq!(desk.store.due_actions(NOW).await.unwrap(), vec![], "{outcome}");
        assert_eq!(
            desk.stage(id).await,
            Stage::Done,
            "{outcome}: nobody is asked about what is not there"
        );
    }
}

#[tokio::test]
async fn taking_back_a_reply_to_a_deleted_comment_leaves_it_closed() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.sending(id, "It is 89 EUR.").await;
    gone(&desk, "c1").await;
    desk.store
        .retry_action(action, "limited", NOW, NOW)
        .await
        .unwrap();
    desk.store.undo_last(NOW).await.unwrap();
    assert_eq!(desk.stage(id).await, Stage::Done);
}

/// Lost, with `meanwhile` stored before the platform was read and did not show it.
async fn lost_and_not_there(desk: &Desk, meanwhile: domain::ports::RemoteComment) -> (CommentId, ActionId) {
    let id = desk.in_review("c1").await;
    let action = desk.sending(id, "It is 89 EUR.").await;
    desk.store
        .lose_outcome(action, "time-out", NOW, NOW)
        .await
        .unwrap();
    desk.take(vec![meanwhile]).await;
    assert_eq!(
        desk.action_state(id).await,
        "unknown",
        "what may have left stays in sight"
    );
    desk.store.not_on_platform(action, NOW).await.unwrap();
    (id, action)
}

#[tokio::test]
async fn an_answer_of_the_team_that_came_while_a_reply_was_on_its_way_keeps_it_from_being_sent_again() {
    let desk = desk().await;
    let (id, action) = lost_and_not_there(&desk, reply("r1", "c1", OWN_ID, "89!", 60)).await;
    let due = desk.store.due_actions(NOW).await.unwrap().remove(0);
    assert_eq!(due.overtaken, Some(Overtaken::Answered));
    assert_eq!(
        desk.store.commit_intent(action, NOW).await.unwrap(),
        Intent::Overtaken
    );
    assert_eq!(desk.action_state(id).await, "ready", "and nothing was written");
    desk.store
        .refuse_action(action, "answered on the platform", AfterRefusal::Done, NOW)
        .await
        .unwrap();
    assert_eq!(desk.stage(id).await, Stage::Done);
}

#[tokio::test]
async fn an_edit_that_came_while_a_reply_was_on_its_way_keeps_it_from_being_sent_again() {
    let desk = desk().await;
    let edit = comment("c1", "author-c1", "It broke!", 0);
    let (id, action) = lost_and_not_there(&desk, edit).await;
    let due = desk.store.due_actions(NOW).await.unwrap().remove(0);
    assert_eq!(due.overtaken, Some(Overtaken::Edited));
    assert_eq!(
        desk.store.commit_intent(action, NOW).await.unwrap(),
        Intent::Overtaken
    );
    desk.store
        .refuse_action(action, "edited by the author", AfterRefusal::Review, NOW)
        .await
        .unwrap();
    let detail = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!(
        (detail.row.stage.as_str(), detail.draft),
        ("to_classify", None),
        "the new words are understood first, and no key approves the old draft"
    );
}

#[tokio::test]
async fn an_answer_counts_more_than_an_edit_whichever_came_first() {
    for answered_first in [true, false] {
        let desk = desk().await;
        let id = desk.in_review("c1").await;
        let action = desk.sending(id, "It is 89 EUR.").await;
        let mut events = [
            reply("r1", "c1", OWN_ID, "89!", 60),
            comment("c1", "author-c1", "It broke!", 0),
        ];
        if !answered_first {
            events.reverse();
        }
        for event in events {
            desk.take(vec![event]).await;
        }
        desk.store
            .retry_action(action, "limited", NOW, NOW)
            .await
            .unwrap();
        let due = desk.store.due_actions(NOW).await.unwrap().remove(0);
        assert_eq!(due.overtaken, Some(Overtaken::Answered));
        assert!(!due.send_was_lost, "a refusal is no lost outcome");
    }
}

#[tokio::test]
async fn our_late_reply_is_an_echo_also_while_another_send_is_awaited() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.sending(id, "It is 89 EUR.").await;
    desk.store
        .lose_outcome(action, "time-out", NOW, NOW)
        .await
        .unwrap();
    desk.store.not_on_platform(action, NOW).await.unwrap();
    let report = desk
        .take(vec![reply("r1", "c1", OWN_ID, "It is 89 EUR.", 1440)])
        .await;
    assert_eq!((report.echoes, report.own), (1, 0));
    assert_eq!(
        desk.action_state(id).await,
        "ready",
        "the next look confirms it: it is no answer of the team's"
    );
    desk.store
        .confirm_action(action, Some(&PlatformId::from("r1")), "found", NOW)
        .await
        .unwrap();
    assert_eq!(
        (desk.stage(id).await, desk.action_state(id).await.as_str()),
        (Stage::Done, "confirmed"),
        "without another send"
    );
}

#[tokio::test]
async fn an_own_reply_after_a_lost_send_is_left_to_a_person_and_stays_there() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.sending(id, "It is 89 EUR.").await;
    desk.store
        .lose_outcome(action, "time-out", NOW, NOW)
        .await
        .unwrap();
    desk.store.not_on_platform(action, NOW).await.unwrap();
    desk.take(vec![reply("r1", "c1", OWN_ID, "It is 89 EUR", 1440)])
        .await;
    let detail = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!(
        (detail.row.stage.as_str(), detail.actions[0].note.as_deref()),
        ("to_review", Some(MAY_BE_OURS)),
        "as sent or as the platform changed it, it is not sent twice"
    );
}

#[tokio::test]
async fn what_a_person_has_to_judge_is_not_closed_by_the_next_look() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.approve(id, "It is 89 EUR.").await;
    desk.store
        .refuse_action(action, MAY_BE_OURS, AfterRefusal::ReviewOfAnswer(NOW), NOW)
        .await
        .unwrap();
    desk.take(vec![reply("r1", "c1", OWN_ID, "It is 89 EUR", 1440)])
        .await;
    assert_eq!(desk.stage(id).await, Stage::ToReview);
}

#[tokio::test]
async fn a_second_answer_that_a_person_asked_for_is_stopped_by_a_newer_answer_only() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.take(vec![reply("r1", "c1", OWN_ID, "89!", 60)]).await;
    assert_eq!(desk.stage(id).await, Stage::Done, "the team answered");
    desk.approve(id, "And it is back in stock.").await;
    desk.take(vec![reply("c2", "c1", "a2", "me too", 90)]).await;
    assert_eq!(desk.action_state(id).await, "held", "the old answer is no news");
    desk.take(vec![reply("r2", "c1", OWN_ID, "Back in stock!", 120)])
        .await;
    assert_eq!(desk.action_state(id).await, "cancelled");
    assert_eq!(desk.stage(id).await, Stage::Done);
}

#[tokio::test]
async fn an_answer_of_the_team_leaves_a_held_hide_alone() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let hide = desk.action(id, desk.version(id).await, ActionKind::Hide, None);
    let hide = ActionId(desk.store.queue_action(hide).await.unwrap().id);
    desk.take(vec![reply("r1", "c1", OWN_ID, "Please stay polite.", 60)])
        .await;
    assert_eq!(desk.action_state(id).await, "held");
    desk.store.release_hold(hide, NOW).await.unwrap();
    assert_eq!(
        desk.store.commit_intent(hide, NOW).await.unwrap(),
        Intent::Committed(1),
        "an answer does not make it fit to be seen"
    );
}

#[tokio::test]
async fn the_kill_switch_and_the_mode_are_read_with_the_intent() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.approve(id, "It is 89 EUR.").await;
    desk.store.release_hold(action, NOW).await.unwrap();
    desk.store.set_sending(false, NOW).await.unwrap();
    assert_eq!(
        desk.store.commit_intent(action, NOW).await.unwrap(),
        Intent::SendingStopped
    );
    desk.store.set_sending(true, NOW).await.unwrap();
    for mode in [Mode::Off, Mode::Simulate] {
        desk.store.set_mode(desk.account, mode).await.unwrap();
        assert_eq!(
            desk.store.commit_intent(action, NOW).await.unwrap(),
            Intent::ModeSendsNothing,
            "{mode:?}"
        );
    }
    desk.store.set_mode(desk.account, Mode::Draft).await.unwrap();
    assert_eq!(
        desk.store.commit_intent(action, NOW).await.unwrap(),
        Intent::Committed(1),
        "what was held back three times is neither lost nor counted as sent"
    );
}

#[tokio::test]
async fn looks_that_tell_nothing_are_counted_until_one_does() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.approve(id, "It is 89 EUR.").await;
    desk.store
        .postpone_look(action, 3, "unreadable", after(20))
        .await
        .unwrap();
    assert_eq!(desk.store.due_actions(after(19)).await.unwrap(), vec![]);
    let due = desk.store.due_actions(after(20)).await.unwrap().remove(0);
    assert_eq!((due.checks, due.state), (3, ActionState::Held));
    desk.store.release_hold(action, after(20)).await.unwrap();
    desk.store.commit_intent(action, after(20)).await.unwrap();
    desk.store
        .retry_action(action, "limited", after(30), after(21))
        .await
        .unwrap();
    let due = desk.store.due_actions(after(30)).await.unwrap().remove(0);
    assert_eq!(due.checks, 0, "it was sent, so the look had told something");
}

#[tokio::test]
async fn a_wait_for_an_outcome_is_on_record_once_however_long_it_lasts() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.sending(id, "It is 89 EUR.").await;
    desk.store
        .lose_outcome(action, "time-out", NOW, NOW)
        .await
        .unwrap();
    let before = desk.store.trace(id).await.unwrap().len();
    for minute in 1..=50 {
        let at = after(minute * 60);
        desk.store
            .postpone_check(action, "the account rests", at, at)
            .await
            .unwrap();
    }
    assert_eq!(desk.store.trace(id).await.unwrap().len(), before + 1);
    let unknown = desk.store.unknown_due(after(3_000), 10).await.unwrap().remove(0);
    assert_eq!(unknown.checks, 50, "the waits are counted all the same");
}
