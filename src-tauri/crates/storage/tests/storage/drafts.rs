use crate::support::{LEASE, NOW, OWN_ID, comment, desk, drafted, fact, reply};
use contract::{DraftMarker, ReasonBadge, SourceKind};
use domain::draft::{Citation, DeclineReason, DraftOutcome, ThreadTurn};
use domain::{ActionKind, Label, PlatformId};
use storage::{NewDraft, StorageError};

#[tokio::test]
async fn a_claim_brings_the_thread_before_the_comment_oldest_first() {
    let desk = desk().await;
    desk.take(vec![
        comment("c1", "a1", "is it vegan?", 0),
        reply("c2", "c1", OWN_ID, "yes", 5),
        reply("c3", "c1", "a1", "and the soap?", 10),
        reply("c4", "c1", "a2", "later", 20),
    ])
    .await;
    let id = desk
        .store
        .find_comment(desk.account, &PlatformId::from("c3"))
        .await
        .unwrap()
        .unwrap();
    desk.classify(id, Label::Question).await;
    let claimed = desk.store.claim_to_draft(10, NOW, LEASE).await.unwrap();
    assert_eq!(claimed.len(), 1);
    let turn = |by_us, text: &str| ThreadTurn {
        by_us,
        text: text.to_owned(),
    };
    assert_eq!(
        claimed[0].thread,
        vec![turn(false, "is it vegan?"), turn(true, "yes")]
    );
    assert_eq!(claimed[0].labels[0].label, Label::Question);
    assert_eq!(
        (claimed[0].language.as_str(), claimed[0].account_username.as_str()),
        ("en", "juniper")
    );
}

#[tokio::test]
async fn a_draft_shows_the_sources_it_cites_in_the_windows_offsets() {
    let desk = desk().await;
    let id = desk.arrived("c1", "How much is the cream?").await;
    desk.classify(id, Label::Question).await;
    let text = "😀 Крем: 89 EUR";
    let start = text.find("89").unwrap();
    let outcome = drafted(
        text,
        vec![Citation {
            fact: 1,
            start,
            end: start + 2,
        }],
    );
    let facts = [fact("Soap", "12"), fact("Cream", "89")];
    let version = desk.version(id).await;
    desk.store
        .save_draft(
            id,
            version,
            NewDraft {
                outcome: &outcome,
                facts: &facts,
                now: NOW,
            },
        )
        .await
        .unwrap();
    let detail = desk.store.comment_detail(id, 2200).await.unwrap();
    let draft = detail.draft.unwrap();
    assert_eq!(
        (detail.row.stage.as_str(), detail.row.draft),
        ("to_review", DraftMarker::Draft)
    );
    assert_eq!(draft.sources.len(), 1, "what it does not rest on is not shown");
    assert_eq!(
        (draft.sources[0].title.as_str(), draft.sources[0].detail.as_str()),
        ("Cream", "89 EUR")
    );
    assert_eq!(draft.sources[0].kind, SourceKind::Product);
    let citation = draft.citations[0];
    let units: Vec<u16> = text.encode_utf16().collect();
    let cited = String::from_utf16(&units[citation.start as usize..citation.end as usize]).unwrap();
    assert_eq!(cited, "89");
    assert_eq!(
        desk.store.source(citation.source_id).await.unwrap(),
        draft.sources[0]
    );
    assert_eq!(
        (draft.original_text, draft.origin.as_str(), draft.confidence),
        (None, "facts-1", 0.9)
    );
    let context = desk.store.draft_facts(id).await.unwrap();
    assert_eq!(
        context.facts, facts,
        "the guard may check against everything that was found"
    );
    assert_eq!(context.original_text.as_deref(), Some(text));
}

#[tokio::test]
async fn a_declined_comment_says_why_and_shows_what_was_found() {
    let desk = desk().await;
    let id = desk.arrived("c1", "How much is the cream?").await;
    desk.classify(id, Label::Question).await;
    let outcome = DraftOutcome::Declined {
        reason: DeclineReason::SourcesDisagree,
        detail: "two prices".to_owned(),
    };
    let facts = [fact("Cream", "89"), fact("Cream", "79")];
    let version = desk.version(id).await;
    let draft = NewDraft {
        outcome: &outcome,
        facts: &facts,
        now: NOW,
    };
    desk.store.save_draft(id, version, draft.clone()).await.unwrap();
    let detail = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!(detail.row.draft, DraftMarker::NoDraft);
    assert!(detail.row.badges.contains(&ReasonBadge::SourcesDisagree));
    assert_eq!(detail.declined.as_deref(), Some("sources_disagree"));
    assert_eq!(detail.declined_detail.as_deref(), Some("two prices"));
    assert_eq!(detail.found.len(), 2);
    assert_eq!(desk.store.draft_facts(id).await.unwrap().facts, facts);
    assert_eq!(desk.store.status().await.unwrap().declined, 1);
    let stale = desk.store.save_draft(id, version, draft).await;
    assert!(matches!(stale, Err(StorageError::MovedOn)), "settled once");
}

#[tokio::test]
async fn a_new_draft_replaces_the_old_one_only_when_it_is_written() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.store
        .regenerate(id, desk.version(id).await, NOW)
        .await
        .unwrap();
    let waiting = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!(waiting.row.draft, DraftMarker::Drafting);
    assert_eq!(
        waiting.draft.unwrap().text,
        "Hi! It is 89 EUR.",
        "the old one stands until then"
    );
    let outcome = drafted("Hello, 89 EUR it is.", vec![]);
    let draft = NewDraft {
        outcome: &outcome,
        facts: &[],
        now: NOW,
    };
    desk.store
        .save_draft(id, waiting.row.version, draft)
        .await
        .unwrap();
    let fresh = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!(fresh.draft.unwrap().text, "Hello, 89 EUR it is.");
    assert_eq!(desk.store.status().await.unwrap().drafts, 1, "one is current");
}

#[tokio::test]
async fn an_edit_is_kept_without_a_new_version_and_can_be_discarded() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let version = desk.version(id).await;
    desk.store.save_draft_text(id, "Hi! 89.", NOW).await.unwrap();
    let detail = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!(
        (detail.row.version, detail.row.draft),
        (version, DraftMarker::Edited)
    );
    let draft = detail.draft.unwrap();
    assert_eq!(
        (draft.text.as_str(), draft.original_text.as_deref()),
        ("Hi! 89.", Some("Hi! It is 89 EUR."))
    );
    desk.store
        .save_draft_text(id, "Hi! It is 89 EUR.", NOW)
        .await
        .unwrap();
    assert_eq!(
        desk.store.comment_row(id).await.unwrap().draft,
        DraftMarker::Draft,
        "typed back by hand"
    );
    desk.store.save_draft_text(id, "Hm", NOW).await.unwrap();
    desk.store.discard_draft_edit(id, NOW).await.unwrap();
    let detail = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!(
        (detail.draft.unwrap().text.as_str(), detail.row.draft),
        ("Hi! It is 89 EUR.", DraftMarker::Draft)
    );
}

#[tokio::test]
async fn a_person_writes_a_draft_where_there_was_none_and_takes_it_away() {
    let desk = desk().await;
    let id = desk.arrived("c1", "buy followers").await;
    desk.classify(id, Label::Spam).await;
    let nothing = desk.store.discard_draft_edit(id, NOW).await;
    assert!(matches!(nothing, Err(StorageError::NotFound)));
    desk.store
        .save_draft_text(id, "No, thank you", NOW)
        .await
        .unwrap();
    let detail = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!(detail.row.draft, DraftMarker::Edited);
    assert_eq!(detail.draft.unwrap().origin, "person");
    desk.store.discard_draft_edit(id, NOW).await.unwrap();
    let detail = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!((detail.draft, detail.row.draft), (None, DraftMarker::None));
}

#[tokio::test]
async fn the_approved_wording_is_kept_as_the_draft() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.action(id, desk.version(id).await, ActionKind::Reply, Some("89 euros!"));
    desk.store.queue_action(action).await.unwrap();
    let draft = desk.store.comment_detail(id, 2200).await.unwrap().draft.unwrap();
    assert_eq!(
        (draft.text.as_str(), draft.original_text.as_deref()),
        ("89 euros!", Some("Hi! It is 89 EUR."))
    );
}
