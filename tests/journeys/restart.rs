//! Quit and open again: everything is where it was, on our side and on the simulated platform's.

use crate::support::desk::everything_in;
use crate::support::program::open_app;
use contract::{CommentDetail, CommentRow, DraftMarker, Overview, QueueName};
use domain::{CommentId, Timestamp};
use engine::classify::ClassifyWorker;
use engine::draft::DraftWorker;
use engine::intake::Depth;
use engine::outbox::OutboxWorker;
use engine::worker::Worker;
use engine::{Step, knowledge};
use headless::App;
use serde_json::Value;

async fn queue(app: &App, queue: QueueName) -> Vec<CommentRow> {
    let engine = app.engine().unwrap();
    engine.list_comments(&everything_in(queue)).await.unwrap().rows
}

async fn ledger(app: &App) -> Value {
    let url = app.simulator_url().await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.get(format!("{url}/_control/ledger")).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

async fn hold(app: &App, seconds: u32) {
    let mut view = app.state().await.settings;
    view.hold_seconds = seconds;
    app.update_settings(&view).await.unwrap();
}

/// Steps the workers until this many drafts wait for review; the rest of the sample stays in work.
async fn some_drafts(app: &App, count: usize) -> Vec<CommentRow> {
    let engine = app.engine().unwrap();
    let context = engine.context();
    knowledge::ensure_index(context).await.unwrap();
    let workers: [Box<dyn Worker>; 2] = [
        Box::new(ClassifyWorker::new(context.clone())),
        Box::new(DraftWorker::new(context.clone())),
    ];
    loop {
        let mut worked = false;
        for worker in &workers {
            worked |= worker.try_next().await.unwrap() == Step::Worked;
        }
        let mut drafted = queue(app, QueueName::NeedsReview).await;
        drafted.retain(|row| row.draft == DraftMarker::Draft);
        if drafted.len() >= count || !worked {
            drafted.truncate(count);
            return drafted;
        }
    }
}

/// What a person sees, without what moves with the clock.
struct Picture {
    overview: Overview,
    queues: Vec<(QueueName, Vec<CommentRow>)>,
    outbox: Vec<contract::ActionView>,
    edited: CommentDetail,
    ledger: Value,
}

impl Picture {
    async fn of(app: &App, edited: CommentId) -> Self {
        let engine = app.engine().unwrap();
        let mut overview = engine.overview().await.unwrap();
        for account in &mut overview.accounts {
            account.connection = contract::ConnectionState::Waiting;
            account.last_synced_at = None;
        }
        let mut queues = Vec::new();
        for name in [
            QueueName::NeedsReview,
            QueueName::Outbox,
            QueueName::Escalated,
            QueueName::Snoozed,
            QueueName::Stuck,
            QueueName::Done,
            QueueName::Hidden,
            QueueName::All,
        ] {
            queues.push((name, queue(app, name).await));
        }
        Self {
            overview,
            queues,
            outbox: engine.outbox().await.unwrap().live,
            edited: engine.comment(edited).await.unwrap(),
            ledger: ledger(app).await,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queues_edits_counts_and_the_platform_are_as_they_were_after_closing_and_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let app = open_app(folder.path()).await;
    app.start_sample().await.unwrap();
    let engine = app.engine().unwrap();
    engine.sync_fully(Depth::Full).await.unwrap();
    let drafted = some_drafts(&app, 8).await;
    assert_eq!(drafted.len(), 8, "the sample has drafts to work with");
    let card = |n: usize| (CommentId(drafted[n].id), drafted[n].version);
    let text_of = async |n: usize| {
        let detail = engine.comment(card(n).0).await.unwrap();
        detail.draft.unwrap().text
    };

    hold(&app, 0).await;
    let (sent, version) = card(0);
    engine.approve(sent, version, &text_of(0).await).await.unwrap();
    let (hidden, version) = card(1);
    engine.hide(hidden, version).await.unwrap();
    let outbox = OutboxWorker::new(engine.context().clone());
    while outbox.try_next().await.unwrap() == Step::Worked {}
    hold(&app, 600).await;
    for n in [2, 3] {
        let (held, version) = card(n);
        engine.approve(held, version, &text_of(n).await).await.unwrap();
    }
    let (edited, _) = card(4);
    let words = format!("{} Thank you for asking!", text_of(4).await);
    engine.save_draft(edited, &words).await.unwrap();
    let (snoozed, version) = card(5);
    let tomorrow = engine
        .context()
        .now()
        .plus(std::time::Duration::from_secs(86_400));
    engine
        .snooze(snoozed, version, Timestamp(tomorrow.0))
        .await
        .unwrap();
    let (escalated, version) = card(6);
    engine.escalate(escalated, version).await.unwrap();
    let (dismissed, version) = card(7);
    engine.dismiss(dismissed, version).await.unwrap();
    engine.set_sending(false).await.unwrap();

    let before = Picture::of(&app, edited).await;
    assert_eq!(
        before.ledger["writes"].as_array().unwrap().len(),
        2,
        "{}",
        before.ledger
    );
    assert_eq!(before.outbox.len(), 2, "two are held");
    assert_eq!(before.edited.draft.as_ref().unwrap().text, words);
    drop((engine, outbox));
    app.stop().await;
    drop(app);

    let app = open_app(folder.path()).await;
    app.reopen_last().await.unwrap();
    let after = Picture::of(&app, edited).await;

    assert_eq!(
        after.overview, before.overview,
        "counts, held replies and the kill switch"
    );
    for ((name, was), (_, is)) in before.queues.iter().zip(&after.queues) {
        assert_eq!(is, was, "{name:?} lists the same cards in the same order");
    }
    assert_eq!(
        after.outbox, before.outbox,
        "what was held is still held, to the same moment"
    );
    let draft = after.edited.draft.as_ref().unwrap();
    assert_eq!(draft.text, words, "the edit is kept");
    assert_eq!(
        draft.original_text,
        before.edited.draft.as_ref().unwrap().original_text,
        "and so is what the model wrote"
    );
    assert_eq!(
        after.ledger, before.ledger,
        "the simulated platform remembers what was written to it"
    );

    let engine = app.engine().unwrap();
    let looks = engine.sync_fully(Depth::Full).await.unwrap();
    let again = looks[0].outcome.as_ref().unwrap();
    assert_eq!(
        (again.new, again.edited, again.deleted),
        (0, 0, 0),
        "a look after the restart brings nothing that was there: {again:?}"
    );
    let settled = engine.overview().await.unwrap();
    assert_eq!(settled.counts, before.overview.counts, "and moves nothing");
    app.stop().await;
}
