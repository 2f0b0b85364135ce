//! What waits in review is labelled again after a lesson: what of it, in which order, and what follows.

use crate::support::{Desk, LEASE, NOW, classified, comment, desk, drafted, fact, unsure};
use contract::{DraftMarker, Mode};
use domain::{ActionKind, Classification, CommentId, Label, Stage, Timestamp};
use std::time::Duration;
use storage::{Lesson, NewDraft, Relabelled, Storage, StorageError};

const UNTAUGHT: Lesson = Lesson {
    number: 0,
    corrections: 0,
};

/// Labelled inside the app before anybody taught it something, drafted, and in review.
async fn waiting(desk: &Desk, id: &str, label: Label, minute: i64) -> CommentId {
    let arrived = comment(id, &format!("author-{id}"), "The pan came late again", minute);
    let id = desk.take(vec![arrived]).await.new[0];
    let version = desk.version(id).await;
    desk.store
        .save_taught_classification(id, version, &classified(label, 0.9), UNTAUGHT, NOW)
        .await
        .unwrap();
    if desk.stage(id).await == Stage::ToDraft {
        let outcome = drafted("Hi! It is 89 EUR.", vec![]);
        let draft = NewDraft {
            outcome: &outcome,
            facts: &[fact("Cream", "89")],
            now: NOW,
        };
        let version = desk.version(id).await;
        desk.store.save_draft(id, version, draft).await.unwrap();
    }
    id
}

/// Somebody corrects the label of a comment of its own: the first lesson, and those after it.
async fn teach(desk: &Desk, id: &str) -> Lesson {
    let id = waiting(desk, id, Label::Praise, 0).await;
    desk.store
        .correct_label(id, desk.version(id).await, Label::Complaint, NOW)
        .await
        .unwrap();
    lesson(desk).await
}

async fn lesson(desk: &Desk) -> Lesson {
    Lesson {
        number: desk.store.lesson_number().await.unwrap(),
        corrections: desk.store.taught_count().await.unwrap(),
    }
}

async fn offered(store: &Storage, most: u32) -> Vec<CommentId> {
    let waiting = store.to_relabel(most).await.unwrap();
    waiting.into_iter().map(|comment| comment.id).collect()
}

async fn relabel(desk: &Desk, id: CommentId, labels: &Classification, lesson: Lesson) -> Relabelled {
    let version = desk.version(id).await;
    desk.store
        .relabel(id, version, labels, lesson, NOW)
        .await
        .unwrap()
}

async fn verbs(desk: &Desk, id: CommentId) -> Vec<String> {
    let trace = desk.store.trace(id).await.unwrap();
    trace.into_iter().map(|row| row.verb).collect()
}

#[tokio::test]
async fn a_lesson_goes_through_what_waits_newest_first_and_once() {
    let desk = desk().await;
    let mut ids = Vec::new();
    for minute in 1..=5 {
        ids.push(waiting(&desk, &format!("c{minute}"), Label::Praise, minute).await);
    }
    ids.reverse();
    assert!(
        offered(&desk.store, 10).await.is_empty(),
        "nobody taught anything"
    );
    let first = teach(&desk, "said").await;
    assert_eq!((first.number, first.corrections), (1, 1));
    assert_eq!(offered(&desk.store, 2).await, ids[..2], "no more than asked for");
    assert_eq!(offered(&desk.store, 10).await, ids);
    let same = classified(Label::Praise, 0.4);
    for id in &ids[..2] {
        assert_eq!(relabel(&desk, *id, &same, first).await, Relabelled::Kept);
    }
    assert_eq!(offered(&desk.store, 10).await, ids[2..], "each once");

    let second = teach(&desk, "said-2").await;
    assert_eq!(
        offered(&desk.store, 10).await,
        ids,
        "the next lesson begins at the newest, whatever the last one has reached"
    );
    let reopened = Storage::open(&desk.file).await.unwrap();
    assert_eq!(offered(&reopened, 10).await, ids, "and goes on after a stop");
    for id in &ids {
        relabel(&desk, *id, &same, second).await;
    }
    assert!(offered(&desk.store, 10).await.is_empty(), "it comes to an end");
}

#[tokio::test]
async fn the_same_labels_change_nothing_that_anybody_sees() {
    let desk = desk().await;
    let id = waiting(&desk, "c1", Label::Praise, 1).await;
    let taught = teach(&desk, "said").await;
    let before = desk.store.comment_row(id).await.unwrap();
    let told = verbs(&desk, id).await;
    let mut changes = desk.store.changes();
    relabel(&desk, id, &classified(Label::Praise, 0.5), taught).await;
    assert_eq!(desk.store.comment_row(id).await.unwrap(), before);
    assert_eq!(verbs(&desk, id).await, told);
    assert!(changes.try_recv().is_err(), "no list is asked to read again");
}

#[tokio::test]
async fn what_is_not_the_models_or_not_waiting_keeps_its_label() {
    let desk = desk().await;
    let store = &desk.store;
    let corrected = waiting(&desk, "corrected", Label::Praise, 1).await;
    store
        .correct_label(corrected, desk.version(corrected).await, Label::Question, NOW)
        .await
        .unwrap();
    let by_endpoint = desk.in_review("endpoint").await;
    let in_outbox = waiting(&desk, "outbox", Label::Praise, 2).await;
    desk.approve(in_outbox, "Thank you!").await;
    let snoozed = waiting(&desk, "snoozed", Label::Praise, 3).await;
    let later = NOW.plus(Duration::from_secs(60));
    store
        .snooze(snoozed, desk.version(snoozed).await, later, NOW)
        .await
        .unwrap();
    let escalated = waiting(&desk, "escalated", Label::Praise, 4).await;
    store
        .escalate(escalated, desk.version(escalated).await, NOW)
        .await
        .unwrap();
    let closed = waiting(&desk, "closed", Label::Praise, 5).await;
    store
        .dismiss(closed, desk.version(closed).await, NOW)
        .await
        .unwrap();
    let taught = lesson(&desk).await;
    assert!(offered(store, 10).await.is_empty(), "none of them");
    for id in [corrected, in_outbox, snoozed, escalated, closed] {
        let version = desk.version(id).await;
        let refused = store
            .relabel(id, version, &classified(Label::Spam, 0.9), taught, NOW)
            .await;
        assert!(
            matches!(refused, Err(StorageError::MovedOn)),
            "{id:?}: {refused:?}"
        );
    }
    assert_eq!(desk.stage(by_endpoint).await, Stage::ToReview);

    store.wake_snoozed(later).await.unwrap();
    assert_eq!(offered(store, 10).await, [snoozed], "it waits again");
    store.set_mode(desk.account, Mode::Off).await.unwrap();
    assert!(offered(store, 10).await.is_empty(), "nothing would draft for it");
}

#[tokio::test]
async fn what_moved_on_while_it_was_labelled_keeps_what_happened() {
    let desk = desk().await;
    let id = waiting(&desk, "c1", Label::Praise, 1).await;
    let taught = teach(&desk, "said").await;
    let version = desk.version(id).await;
    desk.store
        .correct_label(id, version, Label::Question, NOW)
        .await
        .unwrap();
    let late = desk
        .store
        .relabel(id, version, &classified(Label::Spam, 0.9), taught, NOW)
        .await;
    assert!(matches!(late, Err(StorageError::MovedOn)), "{late:?}");
    assert_eq!(
        desk.store.comment_row(id).await.unwrap().labels[0].label,
        "question",
        "a person's word stands"
    );
}

#[tokio::test]
async fn another_primary_label_is_drafted_anew_after_what_is_new() {
    let desk = desk().await;
    let id = waiting(&desk, "c1", Label::Praise, 1).await;
    let taught = teach(&desk, "said").await;
    let changed = relabel(&desk, id, &classified(Label::Complaint, 0.8), taught).await;
    assert_eq!(changed, Relabelled::Changed);
    let card = desk.store.comment_detail(id, 2_200).await.unwrap();
    assert_eq!(
        (card.row.stage.as_str(), card.row.labels[0].label.as_str()),
        ("to_draft", "complaint")
    );
    assert!(card.draft.is_some(), "the draft stays until another is there");
    assert_eq!(
        card.label_reason.as_deref(),
        Some("asks for a price; labelled again after 1 correction")
    );
    let told = desk.store.trace(id).await.unwrap().pop().unwrap();
    assert_eq!(told.verb, "relabelled");
    assert_eq!(
        (
            &told.details["label_was"],
            &told.details["label"],
            &told.details["corrections"]
        ),
        (&"praise".into(), &"complaint".into(), &1.into())
    );
    assert!(card.actions.is_empty(), "nothing is sent of its own accord");

    let new = desk.arrived("new", "Do you ship to Porto?").await;
    desk.classify(new, Label::Question).await;
    let claimed = desk.store.claim_to_draft(1, NOW, LEASE).await.unwrap();
    assert_eq!(claimed[0].id, new, "what is new comes first");
    let claimed = desk.store.claim_to_draft(1, NOW, LEASE).await.unwrap();
    assert_eq!(claimed[0].id, id);
    assert_eq!(claimed[0].labels[0].label, Label::Complaint);
}

#[tokio::test]
async fn a_label_that_asks_for_no_reply_takes_the_draft_away() {
    let desk = desk().await;
    let id = waiting(&desk, "c1", Label::Praise, 1).await;
    let taught = teach(&desk, "said").await;
    relabel(&desk, id, &classified(Label::Spam, 0.9), taught).await;
    let card = desk.store.comment_detail(id, 2_200).await.unwrap();
    assert_eq!(
        (card.row.stage.as_str(), card.row.draft),
        ("to_review", DraftMarker::None)
    );
    assert!(card.draft.is_none());
    assert!(card.actions.is_empty(), "and hides nothing of its own accord");

    relabel(&desk, id, &classified(Label::Praise, 0.9), taught).await;
    assert_eq!(desk.stage(id).await, Stage::ToDraft, "and back again");
}

#[tokio::test]
async fn a_draft_that_a_person_wrote_in_stays() {
    let desk = desk().await;
    let store = &desk.store;
    let edited = waiting(&desk, "edited", Label::Praise, 1).await;
    store
        .save_draft_text(edited, "Dear Ana, thank you!", NOW)
        .await
        .unwrap();
    let by_hand = waiting(&desk, "by-hand", Label::Spam, 2).await;
    store.save_draft_text(by_hand, "Please stop.", NOW).await.unwrap();
    let taught = teach(&desk, "said").await;
    for (id, label, words) in [
        (edited, Label::Spam, "Dear Ana, thank you!"),
        (by_hand, Label::Complaint, "Please stop."),
    ] {
        relabel(&desk, id, &classified(label, 0.9), taught).await;
        let card = store.comment_detail(id, 2_200).await.unwrap();
        assert_eq!(card.row.stage, "to_review");
        assert_eq!(card.row.labels[0].label, label.as_str());
        assert_eq!(card.draft.map(|draft| draft.text).as_deref(), Some(words));
    }
}

#[tokio::test]
async fn a_second_label_or_doubt_leaves_the_draft_alone() {
    let desk = desk().await;
    let id = waiting(&desk, "c1", Label::Question, 1).await;
    let taught = teach(&desk, "said").await;
    let mut both = classified(Label::Question, 0.9);
    both.labels.push(classified(Label::Complaint, 0.6).best);
    relabel(&desk, id, &both, taught).await;
    let row = desk.store.comment_row(id).await.unwrap();
    assert_eq!((row.stage.as_str(), row.draft), ("to_review", DraftMarker::Draft));
    assert_eq!(row.labels.len(), 2);
    relabel(&desk, id, &unsure(Label::Question), taught).await;
    let row = desk.store.comment_row(id).await.unwrap();
    assert_eq!((row.stage.as_str(), row.draft), ("to_review", DraftMarker::Draft));
    assert!(!row.labels[0].sure);
}

#[tokio::test]
async fn taking_a_correction_back_and_forgetting_are_lessons_too() {
    let desk = desk().await;
    let store = &desk.store;
    let id = waiting(&desk, "c1", Label::Praise, 1).await;
    let corrected = waiting(&desk, "c2", Label::Praise, 2).await;
    store
        .correct_label(corrected, desk.version(corrected).await, Label::Complaint, NOW)
        .await
        .unwrap();
    relabel(&desk, id, &classified(Label::Complaint, 0.7), lesson(&desk).await).await;
    let outcome = drafted("We are sorry.", vec![]);
    let draft = NewDraft {
        outcome: &outcome,
        facts: &[],
        now: NOW,
    };
    let version = desk.version(id).await;
    store.save_draft(id, version, draft).await.unwrap();
    assert!(offered(store, 10).await.is_empty());

    let undone = store.undo_last(NOW).await.unwrap();
    assert_eq!(undone.what.as_deref(), Some("label"));
    let after = lesson(&desk).await;
    assert_eq!((after.number, after.corrections), (2, 0));
    assert_eq!(
        offered(store, 10).await,
        [id, corrected],
        "the one whose label is the model's again is among them"
    );
    relabel(&desk, id, &classified(Label::Praise, 0.9), after).await;
    let reason = store.comment_detail(id, 2_200).await.unwrap().label_reason;
    assert_eq!(
        reason.as_deref(),
        Some("asks for a price; labelled again without corrections")
    );
    relabel(&desk, corrected, &classified(Label::Praise, 0.9), after).await;
    assert!(offered(store, 10).await.is_empty());
    store.forget_corrections(NOW).await.unwrap();
    assert_eq!(lesson(&desk).await.number, 3);
    assert_eq!(
        offered(store, 10).await,
        [corrected],
        "the other is being drafted"
    );
}

#[tokio::test]
async fn what_the_model_cannot_read_waits_for_the_next_lesson() {
    let desk = desk().await;
    let id = waiting(&desk, "c1", Label::Praise, 1).await;
    let taught = teach(&desk, "said").await;
    let version = desk.version(id).await;
    desk.store.keep_labels(id, version, taught).await.unwrap();
    assert!(offered(&desk.store, 10).await.is_empty());
    assert_eq!(desk.version(id).await, version);
    teach(&desk, "said-2").await;
    assert_eq!(offered(&desk.store, 10).await, [id]);
}

#[tokio::test]
async fn a_complaint_that_a_lesson_finds_counts_for_its_author_once() {
    let desk = desk().await;
    let id = waiting(&desk, "c1", Label::Praise, 1).await;
    let taught = teach(&desk, "said").await;
    relabel(&desk, id, &classified(Label::Complaint, 0.9), taught).await;
    let author = desk.store.comment_detail(id, 2_200).await.unwrap().author;
    assert_eq!(author.complaints, 1);
}

#[tokio::test]
async fn a_correction_teaches_on_when_the_model_calls_an_earlier_copy_the_same() {
    let desk = desk().await;
    let text = "Buy ten thousand real followers today at the best price on the market";
    let batch = vec![comment("1", "a", text, 1), comment("2", "b", text, 2)];
    let ids = desk.take(batch).await.new;
    desk.store.group_alike(&ids, &[], NOW).await.unwrap();
    for id in &ids {
        let version = desk.version(*id).await;
        desk.store
            .save_taught_classification(*id, version, &classified(Label::Question, 0.9), UNTAUGHT, NOW)
            .await
            .unwrap();
        let outcome = drafted("Hi!", vec![]);
        let draft = NewDraft {
            outcome: &outcome,
            facts: &[],
            now: NOW,
        };
        let version = desk.version(*id).await;
        desk.store.save_draft(*id, version, draft).await.unwrap();
    }
    desk.store
        .correct_label(
            ids[1],
            desk.version(ids[1]).await,
            Label::Spam,
            Timestamp(NOW.0 + 1),
        )
        .await
        .unwrap();
    let taught = lesson(&desk).await;
    relabel(&desk, ids[0], &classified(Label::Spam, 0.9), taught).await;
    assert_eq!(
        desk.store.corrections(10).await.unwrap().len(),
        1,
        "what the lesson itself brought about does not take it back"
    );
    assert_eq!(desk.store.taught_count().await.unwrap(), 1);
    let hide = desk.action(ids[0], desk.version(ids[0]).await, ActionKind::Hide, None);
    desk.store.queue_action(hide).await.unwrap();
    desk.store
        .correct_label(ids[0], desk.version(ids[0]).await, Label::Spam, NOW)
        .await
        .unwrap();
    assert_eq!(
        desk.store.corrections(10).await.unwrap().len(),
        1,
        "copies that people corrected alike teach once"
    );
}
