//! What waits in review is labelled again; here by a model that can read nothing.

use crate::support::desk;
use domain::Label;
use engine::Step;
use engine::classify::ClassifyWorker;
use engine::worker::Worker as _;

#[tokio::test]
async fn what_the_model_cannot_read_keeps_its_label_and_is_not_tried_for_ever() {
    let desk = desk().await;
    let said = desk.in_review("1").await;
    let waiting = [desk.in_review("2").await, desk.in_review("3").await];
    let worker = ClassifyWorker::new(desk.engine.context().clone());
    assert_eq!(worker.try_next().await.unwrap(), Step::Idle, "no lesson yet");
    let version = desk.version(said).await;
    desk.engine
        .correct_label(said, version, Label::Question)
        .await
        .unwrap();
    assert_eq!(worker.try_next().await.unwrap(), Step::Worked);
    for id in waiting {
        let row = desk.engine.context().storage.comment_row(id).await.unwrap();
        assert_eq!(
            (row.stage.as_str(), row.labels[0].label.as_str()),
            ("to_review", "spam")
        );
    }
    assert_eq!(worker.try_next().await.unwrap(), Step::Idle);
}
