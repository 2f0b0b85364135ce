//! Drafts by an AI endpoint: grounded like any other, and each of its failures has an outcome that a person sees.

use crate::support::desk::{Desk, settings};
use crate::support::endpoint::{Does, FakeEndpoint, MODEL};
use crate::support::files::files_with;
use crate::support::platform::{Platform, comment, seed};
use crate::support::{eventually, print_table};
use contract::CommentDetail;
use domain::CommentId;
use engine::{AiEndpoint, StopReport};
use providers::OpenAiCompatible;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

const KEY: &str = "sk-CANARYKEY-93c1d7a0be5542f8";

fn use_endpoint(desk: &Desk, url: &str) {
    use_patient_endpoint(desk, url, Duration::from_secs(5));
}

fn use_patient_endpoint(desk: &Desk, url: &str, patience: Duration) {
    let client = Arc::new(
        OpenAiCompatible::new(providers::Endpoint {
            base_url: url.parse().unwrap(),
            model: MODEL.to_owned(),
            key: Some(Zeroizing::new(KEY.to_owned())),
            connect_timeout: Duration::from_secs(5),
            total_timeout: patience,
        })
        .unwrap(),
    );
    desk.engine.context().set_endpoint(Some(AiEndpoint {
        drafter: Arc::clone(&client) as _,
        classifier: client,
    }));
}

async fn empty_desk() -> Desk {
    let mut settings = settings();
    settings.drafting.most_attempts = 3;
    Desk::open_with(Platform::start(seed(Vec::new())).await, settings).await
}

/// A new comment, worked on until it waits for a person or is stuck.
async fn asked(desk: &Desk, id: &str) -> CommentDetail {
    desk.platform
        .add(comment(id, "How much is the Skillet 26?", 0))
        .await;
    desk.look().await;
    for _ in 0..20 {
        desk.work().await;
        let card = desk.card(id).await;
        if ["to_review", "stuck"].contains(&card.row.stage.as_str()) {
            return card;
        }
        desk.advance(Duration::from_secs(310)).await;
    }
    panic!("{id} is still {} after all its tries", desk.stage(id).await);
}

#[tokio::test]
async fn a_draft_of_an_endpoint_cites_its_sources_and_names_its_model() {
    let desk = empty_desk().await;
    let endpoint = FakeEndpoint::start(Does::Answers).await;
    use_endpoint(&desk, &endpoint.url);
    let card = asked(&desk, "501").await;

    let draft = card.draft.expect("the endpoint drafted");
    assert!(draft.text.contains("€89"), "{}", draft.text);
    assert!(
        draft.origin.contains(MODEL),
        "the record names who wrote it: {}",
        draft.origin
    );
    let citation = draft.citations.first().expect("the price is cited");
    let source = draft
        .sources
        .iter()
        .find(|s| s.id == citation.source_id)
        .expect("and its source is on the card");
    assert!(source.title.contains("Skillet 26"), "{source:?}");
    assert!(draft.guard.findings.is_empty(), "{:?}", draft.guard.findings);
    assert!(
        endpoint.keys().iter().all(|key| key == KEY),
        "the key went to the endpoint it is for"
    );
}

#[tokio::test]
async fn an_endpoint_gets_the_words_as_written_and_the_app_reads_them_in_their_own_letters() {
    let desk = empty_desk().await;
    let endpoint = FakeEndpoint::start(Does::Answers).await;
    use_endpoint(&desk, &endpoint.url);
    let written = "Skolko stoit Skillet 26?";
    let draft_of = async |id: &str| {
        desk.platform.add(comment(id, written, 0)).await;
        desk.look().await;
        desk.work().await;
        let card = desk.card(id).await;
        card.draft
            .unwrap_or_else(|| panic!("{id}: {:?} {:?}", card.declined, card.declined_detail))
    };
    let draft = draft_of("505").await;
    assert!(draft.origin.contains(MODEL), "{}", draft.origin);
    assert!(draft.guard.findings.is_empty(), "{:?}", draft.guard.findings);
    assert_eq!(
        endpoint.comments().last().map(String::as_str),
        Some(written),
        "a language model reads the original better than our reading of it"
    );

    desk.engine.context().set_endpoint(None);
    let draft = draft_of("506").await;
    assert!(draft.text.contains("89"), "{}", draft.text);
    assert_eq!(draft.language, "ru", "it was read as Russian: {}", draft.text);
    assert!(draft.guard.findings.is_empty(), "{:?}", draft.guard.findings);
}

#[tokio::test]
async fn a_price_that_no_source_says_is_no_draft_whoever_wrote_it() {
    let desk = empty_desk().await;
    let endpoint = FakeEndpoint::start(Does::InventsAPrice).await;
    use_endpoint(&desk, &endpoint.url);
    let card = asked(&desk, "511").await;

    assert!(card.draft.is_none(), "{:?}", card.draft);
    assert_eq!(card.declined.as_deref(), Some("guard_failed"));
    let detail = card.declined_detail.unwrap_or_default();
    assert!(detail.contains("49"), "the card shows what was wrong: {detail}");
}

/// How often a draft is asked for when the models inside the app may take over: not while the endpoint rests after
/// what it said to the labels, once, or again.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Tries {
    Rests,
    Once,
    Again,
}

const FAILURES: [(&str, Option<Does>, Tries); 10] = [
    ("the model refuses", Some(Does::Refuses), Tries::Once),
    ("the answer is cut off", Some(Does::CutsOff), Tries::Again),
    ("the answer is not JSON", Some(Does::Chats), Tries::Again),
    ("the reply is empty", Some(Does::RepliesWithNothing), Tries::Again),
    ("429, limited", Some(Does::Limits), Tries::Rests),
    ("500", Some(Does::Fails), Tries::Again),
    ("down", None, Tries::Again),
    ("out of credit", Some(Does::HasNoCredit), Tries::Rests),
    (
        "401, the key is rejected",
        Some(Does::RejectsTheKey),
        Tries::Rests,
    ),
    ("400, quoting the key", Some(Does::RefusesTheRequest), Tries::Once),
];

/// An address where nothing listens: its port was free a moment ago.
async fn nowhere() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/v1", listener.local_addr().unwrap())
}

#[tokio::test]
async fn each_failure_of_an_endpoint_ends_in_a_local_draft_or_visibly_stuck_and_never_in_an_empty_draft() {
    let desk = empty_desk().await;
    let endpoint = FakeEndpoint::start(Does::Answers).await;
    let missing = [("404, unknown model", Some(Does::KnowsNoSuchModel), Tries::Once)];
    let mut rows = Vec::new();
    for (n, (name, does, tries)) in FAILURES.into_iter().chain(missing).enumerate() {
        let failing = |desk: &Desk, url: &str| match does {
            Some(does) => {
                endpoint.now(does);
                use_endpoint(desk, &endpoint.url);
            }
            None => use_endpoint(desk, url),
        };
        let nowhere = nowhere().await;

        let mut settings = settings();
        settings.drafting.most_attempts = 3;
        desk.engine.context().replace_settings(settings.clone());
        failing(&desk, &nowhere);
        let before = endpoint.calls();
        let with_local = asked(&desk, &format!("52{n:02}")).await;
        let calls = endpoint.calls() - before;
        assert_eq!(
            with_local.row.stage, "to_review",
            "{name}: the local models took over"
        );
        let draft = with_local.draft.as_ref().unwrap_or_else(|| {
            panic!(
                "{name}: no draft: {:?} {:?}",
                with_local.declined, with_local.declined_detail
            )
        });
        assert!(!draft.text.trim().is_empty(), "{name}: never an empty draft");
        assert!(
            !draft.origin.contains(MODEL),
            "{name}: it does not claim to be the endpoint's: {}",
            draft.origin
        );
        assert!(!draft.sources.is_empty(), "{name}: and is grounded all the same");
        let trace = desk.storage().trace(CommentId(with_local.row.id)).await.unwrap();
        let fell_back = trace
            .iter()
            .find(|row| row.verb == "draft_fell_back")
            .unwrap_or_else(|| panic!("{name}: the activity says that it fell back: {trace:?}"));
        let why = fell_back.details["why"].as_str().unwrap_or_default().to_owned();
        assert!(!why.is_empty(), "{name}: and why");

        settings.drafting.fall_back_to_local = false;
        desk.engine.context().replace_settings(settings);
        failing(&desk, &nowhere);
        let without = asked(&desk, &format!("53{n:02}")).await;
        assert_eq!(without.row.stage, "stuck", "{name}: nothing takes over unasked");
        assert!(
            without.draft.is_none(),
            "{name}: no draft, rather than an empty one"
        );
        let reason = without.stuck_reason.clone().unwrap_or_default();
        assert!(!reason.is_empty(), "{name}: the card says what failed");

        endpoint.now(Does::Answers);
        use_endpoint(&desk, &endpoint.url);
        desk.engine
            .retry_stuck(CommentId(without.row.id), without.row.version)
            .await
            .unwrap();
        desk.work().await;
        let retried = desk.card(&format!("53{n:02}")).await;
        let by_endpoint = retried.draft.is_some_and(|d| d.origin.contains(MODEL));
        assert!(by_endpoint, "{name}: one key retries once the endpoint is well");
        rows.push(vec![
            name.to_owned(),
            match (does, tries) {
                (None, _) => "-".to_owned(),
                _ => calls.to_string(),
            },
            "local draft with sources".to_owned(),
            why,
            format!("stuck: {reason}"),
        ]);
        if does.is_some() {
            // One call labels, the rest draft; an unusable answer is asked for once more within a try.
            let drafts = calls.saturating_sub(1);
            match tries {
                Tries::Rests => assert_eq!(drafts, 0, "{name}: nothing is asked of it meanwhile"),
                Tries::Once => assert_eq!(drafts, 1, "{name}: trying again cannot help"),
                Tries::Again => assert!(drafts > 1, "{name}: worth another try"),
            }
        }
    }
    print_table(
        "An AI endpoint fails",
        &[
            "failure",
            "calls",
            "with the local models",
            "why it fell back",
            "without them",
        ],
        &rows,
    );
    let status = desk.storage().status().await.unwrap();
    assert_eq!(status.stuck, 0, "every stuck comment came out again: {status:?}");
    assert_eq!(
        files_with(desk.folder.path(), KEY),
        Vec::<std::path::PathBuf>::new(),
        "the key is in no file, although the endpoint quoted it"
    );
}

async fn add_many(desk: &Desk, first: u32, count: u32) -> Vec<String> {
    let ids: Vec<String> = (first..first + count).map(|n| n.to_string()).collect();
    let people: Vec<_> = ids
        .iter()
        .map(|id| comment(id, "How much is the Skillet 26?", 0))
        .collect();
    desk.platform.add(&people).await;
    desk.look().await;
    ids
}

#[tokio::test]
async fn an_endpoint_that_asks_for_a_pause_is_left_alone_and_the_local_models_go_on() {
    let desk = empty_desk().await;
    let endpoint = FakeEndpoint::start(Does::LimitsFor(600)).await;
    use_endpoint(&desk, &endpoint.url);
    add_many(&desk, 5401, 20).await;
    desk.work().await;

    assert!(
        (1..=4).contains(&endpoint.calls()),
        "those that were asked side by side and none after: {}",
        endpoint.calls()
    );
    let status = desk.storage().status().await.unwrap();
    assert_eq!(status.by_stage.get("to_review"), Some(&20), "{status:?}");

    desk.advance(Duration::from_secs(601)).await;
    endpoint.now(Does::Answers);
    let card = asked(&desk, "5490").await;
    assert!(
        card.draft.is_some_and(|draft| draft.origin.contains(MODEL)),
        "and asked again when the pause is over"
    );
}

#[tokio::test]
async fn five_minutes_of_trouble_make_nothing_stuck_where_nothing_may_take_over() {
    let mut settings = settings();
    settings.drafting.most_attempts = 2;
    settings.drafting.fall_back_to_local = false;
    let desk = Desk::open_with(Platform::start(seed(Vec::new())).await, settings).await;
    let endpoint = FakeEndpoint::start(Does::Answers).await;
    use_endpoint(&desk, &endpoint.url);
    for (first, does) in [(5501, Does::Limits), (5601, Does::Fails)] {
        endpoint.now(does);
        let ids = add_many(&desk, first, 6).await;
        let before = endpoint.calls();
        for _ in 0..5 {
            desk.work().await;
            desk.advance(Duration::from_secs(60)).await;
        }
        let calls = endpoint.calls() - before;
        assert!(
            calls <= 16,
            "{does:?}: a few side by side, then one at a time: {calls}"
        );
        let status = desk.storage().status().await.unwrap();
        assert_eq!(
            status.stuck, 0,
            "{does:?}: it is not the comments' fault: {status:?}"
        );

        endpoint.now(Does::Answers);
        desk.advance(Duration::from_secs(60)).await;
        desk.work().await;
        for id in ids {
            let card = desk.card(&id).await;
            assert!(
                card.draft.is_some_and(|draft| draft.origin.contains(MODEL)),
                "{does:?}: {id} waited for the endpoint: {}",
                card.row.stage
            );
        }
    }
}

#[tokio::test]
async fn one_slow_answer_keeps_nobody_elses_labels_back() {
    let desk = empty_desk().await;
    let endpoint = FakeEndpoint::start(Does::HangsOnSlow).await;
    use_patient_endpoint(&desk, &endpoint.url, Duration::from_secs(60));
    desk.platform
        .add(comment("5701", "Why is the delivery so slow?", 9))
        .await;
    add_many(&desk, 5702, 3).await;
    let others = eventually(
        "the others have their labels",
        Duration::from_secs(60),
        async || {
            let status = desk.storage().status().await.unwrap();
            (status.by_label.values().sum::<i64>() == 3).then_some(())
        },
    );
    tokio::select! {
        () = desk.work() => panic!("the slow answer never comes"),
        () = others => {}
    }
    assert_eq!(
        desk.stage("5701").await,
        "to_classify",
        "the one without an answer waits alone"
    );
}

#[tokio::test]
async fn stopping_does_not_wait_for_an_endpoint_that_hangs() {
    let desk = empty_desk().await;
    let endpoint = FakeEndpoint::start(Does::HangsOnSlow).await;
    use_patient_endpoint(&desk, &endpoint.url, Duration::from_secs(60));
    desk.platform
        .add(comment("5801", "Why is the delivery so slow?", 1))
        .await;
    desk.look().await;
    desk.engine.start();
    eventually("the endpoint is asked", Duration::from_secs(60), async || {
        (endpoint.calls() > 0).then_some(())
    })
    .await;
    assert_eq!(
        desk.engine.stop().await,
        StopReport::Clean,
        "a call is given up rather than the time that closing takes"
    );
}
