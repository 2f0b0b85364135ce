//! Copies of the workspace: one a day while the app runs, and a way back that sends nothing by itself.

use crate::support::desk::Desk;
use crate::support::platform::{Platform, comment, seed};
use domain::ports::Clock as _;
use engine::Step;
use engine::backup::BackupWorker;
use engine::worker::Worker as _;
use std::time::Duration;

#[tokio::test]
async fn a_workspace_is_copied_once_a_day_and_comes_back_from_its_copy() {
    let people = vec![comment("901", "I love this pan, thank you!", 5)];
    let desk = Desk::open(Platform::start(seed(people)).await).await;
    desk.look().await;
    desk.work().await;
    let worker = BackupWorker::new(desk.engine.context().clone());
    assert_eq!(
        worker.try_next().await.unwrap(),
        Step::Worked,
        "the first start of a day"
    );
    assert_eq!(worker.try_next().await.unwrap(), Step::Idle);
    let again = BackupWorker::new(desk.engine.context().clone());
    assert_eq!(
        again.try_next().await.unwrap(),
        Step::Idle,
        "also after a restart"
    );
    let database = desk.folder.path().join("moderato.db");
    let first = storage::backups(&database).await.unwrap().remove(0).file;

    desk.approve("901", "Thank you, that is good to hear.")
        .await
        .unwrap();
    desk.work().await;
    assert_eq!(desk.platform.replies("901").len(), 1);
    desk.advance(Duration::from_secs(86_400)).await;
    assert_eq!(worker.try_next().await.unwrap(), Step::Worked, "the next day");
    assert_eq!(storage::backups(&database).await.unwrap().len(), 2);

    desk.engine.stop().await;
    storage::restore(&database, &first, desk.clock.now())
        .await
        .unwrap();
    let desk = desk.reopen().await;
    assert_eq!(desk.stage("901").await, "to_review", "as it was before the reply");
    assert!(
        !desk.engine.overview().await.unwrap().sending,
        "a person looks first"
    );
    desk.engine.set_sending(true).await.unwrap();
    desk.sweep().await;
    desk.work().await;
    assert_eq!(
        desk.stage("901").await,
        "done",
        "the platform shows the reply that the copy knows nothing of"
    );
    assert_eq!(
        desk.platform.replies("901").len(),
        1,
        "and there is no second one"
    );
}
