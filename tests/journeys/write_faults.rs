//! Every fault a write can meet: in the end the reply exists once, or the outbox says truthfully that it does not.

use crate::support::desk::Desk;
use crate::support::platform::{
    ACCOUNT, BRAND_USERNAME, POST, Platform, by, comment, in_thread, now_ms, seed,
};
use crate::support::print_table;
use contract::{ConnectionState, ReasonBadge};
use domain::outbox::MAY_BE_OURS;
use domain::ports::Clock as _;
use domain::{ActionId, ActionState as State};
use serde_json::{Value, json};
use std::time::Duration;

/// Right after the faulty call, and when all is over.
struct Expected {
    /// What may truthfully be said while the outcome is open.
    first: &'static [State],
    /// Whether the write had already taken effect when the fault struck.
    done_at_once: bool,
    last: State,
    connection: ConnectionState,
}

/// Lost on the way: read back before anything else.
const fn lost(done_at_once: bool) -> Expected {
    Expected {
        first: &[State::Unknown],
        done_at_once,
        last: State::Confirmed,
        connection: ConnectionState::Connected,
    }
}

/// Refused for now: the account rests and its notice says why.
const fn rests(connection: ConnectionState) -> Expected {
    Expected {
        first: &[State::RetryWait],
        done_at_once: false,
        last: State::Confirmed,
        connection,
    }
}

fn faults() -> Vec<(&'static str, Option<Value>, Expected)> {
    use ConnectionState::{Connected, SignedOut, Troubled};
    let fault = |kind: &str, more: Value| {
        let mut fault = json!({ "kind": kind });
        fault
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        Some(fault)
    };
    let at_once = Expected {
        first: &[State::Confirmed],
        done_at_once: true,
        last: State::Confirmed,
        connection: Connected,
    };
    let for_good = Expected {
        first: &[State::Failed],
        done_at_once: false,
        last: State::Failed,
        connection: Connected,
    };
    vec![
        ("nothing goes wrong", None, at_once),
        (
            "dropped before the write",
            fault("timeout_before_write", json!({})),
            lost(false),
        ),
        (
            "dropped after the write",
            fault("timeout_after_write", json!({})),
            lost(true),
        ),
        (
            "no answer, before the write",
            fault("timeout_before_write", json!({"ending": "hang"})),
            lost(false),
        ),
        (
            "no answer, after the write",
            fault("timeout_after_write", json!({"ending": "hang"})),
            lost(true),
        ),
        (
            "500 before the write",
            fault("server_error", json!({"status": 500})),
            lost(false),
        ),
        (
            "503 after the write",
            fault("server_error", json!({"status": 503, "after_write": true})),
            lost(true),
        ),
        (
            "answer cut in the middle",
            fault("truncated_body", json!({})),
            lost(true),
        ),
        (
            "HTML page before the write",
            fault("html_body", json!({"status": 502})),
            lost(false),
        ),
        (
            "HTML page after the write",
            fault("html_body", json!({"status": 200, "after_write": true})),
            lost(true),
        ),
        (
            "throttled, 80002",
            fault("throttle", json!({"code": 80002, "estimated_minutes": 5})),
            rests(Troubled),
        ),
        (
            "throttled, 429",
            fault(
                "throttle",
                json!({"code": 17, "status": 429, "estimated_minutes": 2}),
            ),
            rests(Troubled),
        ),
        (
            "token refused",
            fault("token_error", json!({"code": 190})),
            rests(SignedOut),
        ),
        (
            "permission missing",
            fault("permission_error", json!({"code": 10})),
            rests(Troubled),
        ),
        (
            "writes blocked",
            fault("graph_error", json!({"code": 368, "message": "blocked for now"})),
            rests(Troubled),
        ),
        (
            "bad parameter",
            fault("graph_error", json!({"code": 100, "message": "(#100) no"})),
            for_good,
        ),
    ]
}

fn note_of(action: &contract::ActionView) -> String {
    action.note.clone().unwrap_or_else(|| "-".to_owned())
}

async fn desk_with_one(id: &str) -> Desk {
    let people = vec![comment(id, "I love this pan, thank you!", 5)];
    let desk = Desk::open(Platform::start(seed(people)).await).await;
    desk.look().await;
    desk.work().await;
    desk
}

async fn strike(desk: &Desk, fault: Option<Value>, path: &str) {
    if let Some(mut fault) = fault {
        fault["match"] = json!({"method": "POST", "path_contains": path});
        desk.platform.fault(fault).await;
    }
}

#[tokio::test]
async fn whatever_happens_to_the_write_of_a_reply_it_exists_exactly_once_or_is_truthfully_not_there() {
    const ID: &str = "201";
    let mut rows = Vec::new();
    for (name, fault, expected) in faults() {
        let desk = desk_with_one(ID).await;
        strike(&desk, fault, "/replies").await;
        desk.approve(ID, "Thank you, we read it out in the workshop.")
            .await
            .unwrap();
        desk.work().await;

        let first = desk.action(ID).await;
        let first_state: State = first.state.parse().unwrap();
        let there = desk.platform.replies(ID).len();
        assert!(
            expected.first.contains(&first_state),
            "{name}: the outbox says {first_state} ({})",
            note_of(&first)
        );
        assert_eq!(
            there,
            usize::from(expected.done_at_once),
            "{name}: the fault did what this row is about"
        );
        let account = desk.storage().accounts().await.unwrap().remove(0);
        assert_eq!(
            account.connection, expected.connection,
            "{name}: the account's state says what the trouble is ({:?})",
            account.connection_note
        );
        if first_state == State::RetryWait {
            let now = domain::ports::Clock::now(desk.clock.as_ref()).0;
            assert!(first.due_at > now, "{name}: it says when it goes on");
            assert!(
                account.connection_note.is_some() && first.note.is_some(),
                "{name}: and why it waits"
            );
        }

        desk.settle_actions(240).await;
        desk.sweep().await;
        desk.work().await;

        let last = desk.action(ID).await;
        let last_state: State = last.state.parse().unwrap();
        let count = desk.platform.replies(ID).len();
        let card = desk.card(ID).await;
        let connection = desk.storage().accounts().await.unwrap().remove(0).connection;
        rows.push(vec![
            name.to_owned(),
            format!("{first_state} ({there} there)"),
            note_of(&first),
            last_state.to_string(),
            count.to_string(),
            card.row.stage.clone(),
        ]);
        assert_eq!(last_state, expected.last, "{name}: {}", note_of(&last));
        assert_eq!(
            connection,
            ConnectionState::Connected,
            "{name}: the account is well again"
        );
        if expected.last == State::Confirmed {
            assert_eq!(count, 1, "{name}: the reply exists exactly once");
            assert_eq!(
                last.platform_id,
                desk.platform.ledger.replies_to(ID)[0].result_id,
                "{name}: and is known by its id"
            );
            assert_eq!(card.row.stage, "done", "{name}");
        } else {
            assert_eq!(count, 0, "{name}: failed means that it is not there");
            assert_eq!(card.row.stage, "to_review", "{name}: a person looks again");
            assert!(
                card.row.badges.contains(&ReasonBadge::SendFailed),
                "{name}: and sees why: {:?}",
                card.row.badges
            );
        }
        let echoes = desk.storage().status().await.unwrap();
        assert_eq!(
            (echoes.comments, echoes.own),
            (1, 0),
            "{name}: our reply is no new comment and nobody else's answer: {echoes:?}"
        );
    }
    print_table(
        "A reply meets each fault of the platform",
        &[
            "fault",
            "outbox at once",
            "what it says",
            "in the end",
            "on the platform",
            "comment",
        ],
        &rows,
    );
}

#[tokio::test]
async fn whatever_happens_to_the_write_of_a_hide_the_comment_is_hidden_or_the_card_says_that_it_is_not() {
    const ID: &str = "211";
    let mut rows = Vec::new();
    for (name, fault, expected) in faults() {
        let desk = desk_with_one(ID).await;
        strike(&desk, fault, ID).await;
        desk.hide(ID).await;
        desk.work().await;

        let first = desk.action(ID).await;
        let first_state: State = first.state.parse().unwrap();
        // Hiding is verified by a read of its own, so a garbled answer to the write may already be settled.
        let verified = expected.done_at_once && first_state == State::Confirmed;
        assert!(
            expected.first.contains(&first_state) || verified,
            "{name}: the outbox says {first_state} ({})",
            note_of(&first)
        );
        desk.settle_actions(240).await;
        desk.sweep().await;

        let last = desk.action(ID).await;
        let card = desk.card(ID).await;
        let hidden = desk.platform.seen(ID, "hidden").await["hidden"] == json!(true);
        rows.push(vec![
            name.to_owned(),
            first_state.to_string(),
            last.state.clone(),
            hidden.to_string(),
            card.row.hidden.to_string(),
        ]);
        assert_eq!(
            last.state.parse::<State>().unwrap(),
            expected.last,
            "{name}: {}",
            note_of(&last)
        );
        assert_eq!(
            hidden,
            expected.last == State::Confirmed,
            "{name}: confirmed means hidden on the platform, failed means that it is not"
        );
        assert_eq!(
            card.row.hidden, hidden,
            "{name}: the card shows what the platform shows"
        );
    }
    print_table(
        "A hide meets each fault of the platform",
        &[
            "fault",
            "outbox at once",
            "in the end",
            "hidden there",
            "hidden here",
        ],
        &rows,
    );
}

#[tokio::test]
async fn a_platform_that_stays_down_is_asked_ever_more_rarely_and_the_reply_is_not_lost() {
    const ID: &str = "221";
    let desk = desk_with_one(ID).await;
    strike(
        &desk,
        Some(json!({"kind": "server_error", "status": 500, "times": 1000})),
        "/replies",
    )
    .await;
    desk.approve(ID, "Thank you, we are glad it found a good kitchen.")
        .await
        .unwrap();
    for _ in 0..60 {
        desk.work().await;
        desk.advance(std::time::Duration::from_secs(10)).await;
    }
    let tries = desk.platform.struck().await;
    let action = desk.action(ID).await;
    println!(
        "ten minutes of a failing platform: {tries} tries, then {}",
        action.state
    );
    assert!(
        desk.platform.replies(ID).is_empty(),
        "the platform took none of them"
    );
    assert!(
        (1..=20).contains(&tries),
        "a platform in trouble is not hammered: {tries} writes in ten minutes"
    );
    assert_ne!(
        action.state, "confirmed",
        "the outbox does not claim what is not there"
    );
    desk.platform.clear_faults().await;
    // How long each wait was is luck: the last try may already be behind it, and its outcome still unknown.
    desk.settle_actions(60).await;
    let replies = desk.platform.replies(ID).len();
    if desk.action(ID).await.state == "failed" {
        assert_eq!(
            (replies, desk.stage(ID).await.as_str()),
            (0, "to_review"),
            "after the last try a person decides how it goes on"
        );
    } else {
        assert_eq!(replies, 1, "once it is back, the waiting reply goes out once");
    }
}

const WORDS: &str = "Thank you, we read it out in the workshop.";

/// An approved reply whose send met `fault`, so that nobody heard its outcome.
async fn lost_send(id: &str, fault: &str) -> Desk {
    let desk = desk_with_one(id).await;
    strike(&desk, Some(json!({ "kind": fault })), "/replies").await;
    desk.approve(id, WORDS).await.unwrap();
    desk.work().await;
    assert_eq!(
        desk.action_state(id).await,
        State::Unknown,
        "the fault did what this is about"
    );
    desk
}

#[tokio::test]
async fn what_the_team_answered_while_a_send_was_lost_is_not_answered_again() {
    // Whether it was written before our send left only the platform's clock could tell, and that is not ours.
    for (id, minutes_ago) in [("231", 4), ("232", 0)] {
        let desk = lost_send(id, "timeout_before_write").await;
        let answer = by(
            ACCOUNT,
            BRAND_USERNAME,
            comment("239", "Thanks! Oakmere team", minutes_ago),
        );
        desk.platform.add(in_thread(id, answer)).await;
        assert_eq!(
            desk.look().await.own,
            1,
            "the answer is stored before the platform is read back"
        );
        desk.settle_actions(30).await;

        assert!(
            desk.platform.replies(id).is_empty(),
            "{minutes_ago} minutes old: one answer is enough"
        );
        let action = desk.action(id).await;
        assert_eq!(action.state, "cancelled");
        assert!(action.note.is_some(), "and the outbox says why");
        assert_eq!(
            desk.stage(id).await,
            "to_review",
            "a person looks whose it is: {:?}",
            action.note
        );
    }
}

#[tokio::test]
async fn what_was_edited_while_a_send_was_lost_does_not_get_the_answer_to_the_old_words() {
    const ID: &str = "233";
    let desk = lost_send(ID, "timeout_before_write").await;
    desk.platform
        .edit(ID, "It broke on the first day, I want my money back!")
        .await;
    assert_eq!(desk.sweep().await.edited, 1);
    desk.settle_actions(30).await;

    assert!(
        desk.platform.replies(ID).is_empty(),
        "nobody is thanked for a broken pan"
    );
    assert_eq!(desk.action(ID).await.state, "cancelled");
    let card = desk.card(ID).await;
    assert_eq!(card.row.stage, "to_review", "understood again, and shown again");
    assert_ne!(
        card.draft.map(|draft| draft.text).as_deref(),
        Some(WORDS),
        "one key does not approve the old words once more"
    );
}

#[tokio::test]
async fn a_reply_that_the_platform_changed_is_not_sent_a_second_time() {
    const ID: &str = "234";
    for stored_first in [true, false] {
        let desk = lost_send(ID, "timeout_after_write").await;
        let posted = desk.platform.ledger.replies_to(ID)[0].result_id.clone().unwrap();
        desk.platform
            .edit(&posted, "Thank you, we read it out in the w…")
            .await;
        if stored_first {
            desk.look().await;
            let status = desk.storage().status().await.unwrap();
            assert_eq!((status.own, status.echoes), (1, 0), "it looks like the team's");
        }
        desk.settle_actions(30).await;
        desk.sweep().await;
        desk.work().await;

        assert_eq!(
            desk.platform.replies(ID).len(),
            1,
            "stored first: {stored_first}: people read one answer"
        );
        let action = desk.action(ID).await;
        assert_eq!(
            (action.state.as_str(), action.note.as_deref()),
            ("cancelled", Some(MAY_BE_OURS))
        );
        assert_eq!(
            desk.stage(ID).await,
            "to_review",
            "stored first: {stored_first}: a person judges what the platform made of it"
        );
    }
}

#[tokio::test]
async fn a_reply_that_lands_after_it_was_not_found_is_confirmed_and_not_sent_again() {
    const ID: &str = "235";
    for stored_while_unknown in [true, false] {
        let desk = lost_send(ID, "timeout_before_write").await;
        let action = ActionId(desk.action(ID).await.id);
        // A read that began before the write landed comes to its end after it.
        if stored_while_unknown {
            desk.platform.reply_arrives_late(ID, WORDS).await;
            desk.look().await;
        }
        desk.storage()
            .not_on_platform(action, desk.clock.now())
            .await
            .unwrap();
        if !stored_while_unknown {
            desk.platform.reply_arrives_late(ID, WORDS).await;
            desk.look().await;
        }
        desk.work().await;

        assert_eq!(
            desk.platform.replies(ID),
            [WORDS],
            "stored while unknown: {stored_while_unknown}: the late one stays the only one"
        );
        assert_eq!(desk.action_state(ID).await, State::Confirmed);
        let status = desk.storage().status().await.unwrap();
        assert_eq!((status.own, status.echoes), (0, 1), "and is known as ours");
    }
}

#[tokio::test]
async fn a_thread_that_seems_gone_for_a_moment_is_no_proof_that_our_reply_is_not_there() {
    const ID: &str = "236";
    let desk = lost_send(ID, "timeout_after_write").await;
    desk.platform
        .fault(
            json!({"kind": "graph_error", "code": 100, "subcode": 33, "times": 1000,
                      "match": {"method": "GET", "path_contains": format!("{ID}/replies")}}),
        )
        .await;
    desk.advance(Duration::from_secs(60)).await;
    desk.work().await;
    assert!(desk.platform.struck().await > 0, "it was read");
    assert_eq!(
        desk.action_state(ID).await,
        State::Unknown,
        "a refusal is no complete read"
    );
    desk.platform.clear_faults().await;
    desk.settle_actions(30).await;
    assert_eq!(desk.platform.replies(ID), [WORDS]);
    assert_eq!(desk.action_state(ID).await, State::Confirmed);
}

#[tokio::test]
async fn a_malformed_reply_of_somebody_else_keeps_no_answer_back() {
    const ID: &str = "237";
    let desk = desk_with_one(ID).await;
    let broken = json!({"id": "2379", "text": "odd", "timestamp": "the day after tomorrow"});
    desk.platform
        .add(json!({"post_id": POST, "parent_id": ID, "timestamp_ms": now_ms(), "raw": broken}))
        .await;
    desk.approve(ID, WORDS).await.unwrap();
    desk.work().await;
    assert_eq!(desk.platform.replies(ID), [WORDS]);
    assert_eq!(desk.action_state(ID).await, State::Confirmed);
    assert_eq!(
        desk.storage().status().await.unwrap().quarantined,
        1,
        "what could not be read is set aside"
    );
}

#[tokio::test]
async fn a_thread_that_can_never_be_read_comes_back_to_a_person() {
    const ID: &str = "238";
    let desk = desk_with_one(ID).await;
    desk.platform
        .fault(json!({"kind": "html_body", "status": 200, "times": 1000,
                      "match": {"method": "GET", "path_contains": format!("{ID}/replies")}}))
        .await;
    desk.approve(ID, WORDS).await.unwrap();
    desk.settle_actions(240).await;

    let reads = desk.platform.struck().await;
    assert!(
        (2..=100).contains(&reads),
        "more and more rarely, and not for ever: {reads} reads"
    );
    assert!(desk.platform.replies(ID).is_empty());
    let action = desk.action(ID).await;
    assert_eq!(action.state, "cancelled");
    assert!(
        action.note.as_deref().is_some_and(|note| note.contains("looked")),
        "it says what was in the way: {:?}",
        action.note
    );
    assert_eq!(desk.stage(ID).await, "to_review");
}
