//! What a person teaches by correcting a label reaches the comments that wait already, and nothing but them.

use crate::support::desk::{Desk, settings};
use crate::support::platform::{Platform, comment, seed};
use contract::{CommentDetail, Mode};
use domain::{CommentId, Label};
use engine::Step;
use engine::classify::ClassifyWorker;
use engine::worker::Worker as _;

/// Short enough that copies of it are no campaign.
const KIND_WORDS: &str = "I love this pan, thank you!";
const QUESTION: &str = "How much is the Skillet 26?";
/// In this shop it is never meant so.
const MEANT: Label = Label::Criticism;

/// Comments with the kind words, understood and drafted, in an account that may answer by itself.
async fn desk_with(ids: &[&str]) -> Desk {
    let people = ids
        .iter()
        .zip(1..)
        .map(|(id, minutes)| comment(id, KIND_WORDS, minutes))
        .collect();
    let desk = Desk::open_with(Platform::start(seed(people)).await, settings()).await;
    desk.storage()
        .set_mode(desk.account.id, Mode::Auto)
        .await
        .unwrap();
    desk.look().await;
    desk.work().await;
    for id in ids {
        let card = desk.card(id).await;
        assert_eq!(
            (label(&card), card.row.stage.as_str()),
            ("praise", "to_review"),
            "the models that ship take it at its word"
        );
    }
    desk
}

fn label(card: &CommentDetail) -> &str {
    &card.row.labels[0].label
}

async fn correct(desk: &Desk, id: &str) {
    let row = desk.card(id).await.row;
    desk.engine
        .correct_label(CommentId(row.id), row.version, MEANT)
        .await
        .unwrap();
}

async fn relabelled(desk: &Desk, id: &str) -> Vec<serde_json::Value> {
    let comment = desk.find(id).await.unwrap();
    let trace = desk.storage().trace(comment).await.unwrap();
    trace
        .into_iter()
        .filter(|row| row.verb == "relabelled")
        .map(|row| row.details)
        .collect()
}

#[tokio::test]
async fn a_correction_and_its_undo_reach_what_waits_and_nothing_is_sent() {
    let desk = desk_with(&["901", "902", "903"]).await;
    desk.platform.add(comment("904", QUESTION, 0)).await;
    desk.look().await;
    desk.work().await;
    let question = desk.card("904").await;
    assert_eq!(label(&question), "question");

    correct(&desk, "901").await;
    desk.work().await;
    for id in ["902", "903"] {
        let card = desk.card(id).await;
        assert_eq!(label(&card), MEANT.as_str());
        assert!(!card.row.labels[0].by_person, "a model said so");
        assert_eq!(card.row.stage, "to_review");
        let told = relabelled(&desk, id).await;
        assert_eq!(told.len(), 1, "once: {told:?}");
        assert_eq!(
            (&told[0]["label_was"], &told[0]["corrections"]),
            (&"praise".into(), &1.into())
        );
    }
    let after = desk.card("904").await;
    assert_eq!(
        (after.row.version, after.draft.map(|draft| draft.text)),
        (question.row.version, question.draft.map(|draft| draft.text)),
        "what the lesson is not about is not touched"
    );

    desk.engine.undo_last().await.unwrap();
    desk.work().await;
    for id in ["901", "902", "903"] {
        let card = desk.card(id).await;
        assert_eq!((label(&card), card.row.stage.as_str()), ("praise", "to_review"));
    }
    assert_eq!(relabelled(&desk, "902").await.len(), 2);
    assert!(desk.engine.outbox().await.unwrap().live.is_empty());
    assert!(
        desk.platform.ledger.entries().is_empty(),
        "another label is no reason to write to anybody"
    );
}

#[tokio::test]
async fn what_a_person_closed_or_wrote_for_stays() {
    let desk = desk_with(&["911", "912", "913", "914"]).await;
    let closed = desk.card("912").await.row;
    desk.engine
        .dismiss(CommentId(closed.id), closed.version)
        .await
        .unwrap();
    let words = "Thank you, Carla: enjoy it.";
    let written = desk.find("913").await.unwrap();
    desk.engine.save_draft(written, words).await.unwrap();

    correct(&desk, "911").await;
    desk.work().await;
    let closed = desk.card("912").await;
    assert_eq!(
        (label(&closed), closed.row.stage.as_str()),
        ("praise", "done"),
        "it was closed as what it was taken for"
    );
    let written = desk.card("913").await;
    assert_eq!(label(&written), MEANT.as_str());
    assert_eq!(written.draft.map(|draft| draft.text).as_deref(), Some(words));
    assert_eq!(label(&desk.card("914").await), MEANT.as_str());
}

#[tokio::test]
async fn what_was_answered_stays_and_speaks_against_the_correction_of_the_same_words() {
    let desk = desk_with(&["916", "917", "918"]).await;
    desk.approve("917", "Thank you, that is lovely to read.")
        .await
        .unwrap();
    desk.work().await;
    correct(&desk, "916").await;
    desk.work().await;
    let answered = desk.card("917").await;
    assert_eq!(
        (label(&answered), answered.row.stage.as_str()),
        ("praise", "done")
    );
    assert_eq!(desk.platform.replies("917").len(), 1);
    assert!(
        relabelled(&desk, "918").await.is_empty(),
        "one person took these words for praise and one did not"
    );
}

#[tokio::test]
async fn a_lesson_outlives_a_restart_and_is_gone_once_forgotten() {
    let desk = desk_with(&["921", "922"]).await;
    correct(&desk, "921").await;
    let desk = desk.reopen().await;
    assert_eq!(label(&desk.card("922").await), "praise", "nobody came to it");
    desk.work().await;
    assert_eq!(label(&desk.card("922").await), MEANT.as_str());

    assert_eq!(desk.engine.forget_corrections().await.unwrap(), 1);
    desk.work().await;
    let card = desk.card("922").await;
    assert_eq!(label(&card), "praise", "as shipped");
    assert!(
        card.label_reason
            .as_deref()
            .is_some_and(|why| why.ends_with("labelled again without corrections")),
        "{:?}",
        card.label_reason
    );
    assert_eq!(
        label(&desk.card("921").await),
        MEANT.as_str(),
        "a person's label stays"
    );
}

#[tokio::test]
async fn what_is_new_comes_first_and_the_rest_in_batches_to_an_end() {
    let ids: Vec<String> = (0..20).map(|n| format!("93{n:02}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let desk = desk_with(&ids).await;
    correct(&desk, ids[0]).await;
    desk.platform.add(comment("9400", QUESTION, 0)).await;
    desk.look().await;

    let worker = ClassifyWorker::new(desk.engine.context().clone());
    let changed = async || {
        let mut changed = 0;
        for id in &ids[1..] {
            changed += usize::from(label(&desk.card(id).await) == MEANT.as_str());
        }
        changed
    };
    assert_eq!(worker.try_next().await.unwrap(), Step::Worked);
    assert_eq!(desk.stage("9400").await, "to_draft");
    assert_eq!(changed().await, 0, "the new comment was labelled first");
    assert_eq!(worker.try_next().await.unwrap(), Step::Worked);
    assert_eq!(changed().await, 16, "a bounded batch");
    assert_eq!(
        label(&desk.card(ids[1]).await),
        MEANT.as_str(),
        "the newest of them"
    );
    assert_eq!(label(&desk.card(ids[19]).await), "praise", "the oldest later");
    assert_eq!(worker.try_next().await.unwrap(), Step::Worked);
    assert_eq!(changed().await, 19);
    assert_eq!(worker.try_next().await.unwrap(), Step::Idle, "and no further");
    desk.work().await;
    assert_eq!(
        worker.try_next().await.unwrap(),
        Step::Idle,
        "nor after they were drafted anew"
    );
}
