//! Arrival: every comment is stored once, whatever the platform lists and in whichever order.

use crate::support::desk::{Desk, settings};
use crate::support::files::holds;
use crate::support::platform::{
    ACCOUNT, BRAND_USERNAME, POST, Platform, by, comment, in_thread, now_ms, post, seed,
};
use contract::{ConnectionState, QueueName, ReasonBadge};
use domain::PlatformError;
use domain::ports::{Clock, RemoteProfile};
use engine::intake::{Depth, DraftsFrom, SyncReport, SyncWorker, connect_account, sync_account};
use engine::worker::Worker as _;
use engine::{EngineError, Step};
use platforms::{Instagram, InstagramConfig};
use serde_json::json;
use simulator::{SeedAccount, SeedComment};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

#[tokio::test]
async fn five_comments_at_once_on_a_post_never_seen_before_are_all_stored() {
    let desk = Desk::open(Platform::start(seed(Vec::new())).await).await;
    assert_eq!(desk.look().await.new, 0, "nobody has written yet");
    let fresh = "18000000000000002";
    desk.platform
        .add_post(&post(fresh, "A new pan, out today."))
        .await;
    let five: Vec<_> = (1..=5)
        .map(|n| SeedComment {
            post_id: fresh.to_owned(),
            ..comment(&format!("50{n}"), "How much is the Skillet 26?", 0)
        })
        .collect();
    desk.platform.add(&five).await;

    let report = desk.look().await;

    assert_eq!(
        (report.new, report.quarantined),
        (5, 0),
        "a burst on an unknown post loses nobody"
    );
    let mut local = HashSet::new();
    for one in &five {
        local.insert(
            desk.find(&one.id)
                .await
                .unwrap_or_else(|| panic!("{} is stored", one.id)),
        );
    }
    assert_eq!(local.len(), 5, "five people are five rows");
    desk.work().await;
    let status = desk.storage().status().await.unwrap();
    assert_eq!(status.comments, 5);
    assert_eq!(
        status.by_stage.get("to_review"),
        Some(&5),
        "each was understood and waits for a person: {status:?}"
    );
}

#[tokio::test]
async fn one_malformed_element_is_set_aside_once_and_the_others_of_its_page_are_stored() {
    let desk = Desk::open(Platform::start(seed(Vec::new())).await).await;
    let good: Vec<_> = (1..=4)
        .map(|n| comment(&format!("60{n}"), "Lovely pan!", n))
        .collect();
    desk.platform.add(&good).await;
    let broken = json!({"id": "605", "text": "broken-element-canary", "timestamp": "the day after tomorrow"});
    desk.platform.add(json!({"post_id": POST, "raw": broken})).await;

    let first = desk.look().await;
    assert_eq!(
        (first.new, first.quarantined),
        (4, 1),
        "one bad element costs the batch nothing"
    );
    let again = desk.sweep().await;
    assert_eq!(
        (again.new, again.known, again.quarantined),
        (0, 4, 0),
        "what was set aside is recognised the next time"
    );
    let status = desk.storage().status().await.unwrap();
    assert_eq!(status.quarantined, 1, "the window counts it once");
    let aside = desk.storage().quarantined(10).await.unwrap();
    assert_eq!(aside.len(), 1);
    assert_eq!(aside[0].post.as_deref(), Some(POST));
    assert!(
        aside[0].reason.contains("timestamp"),
        "the reason names the field: {}",
        aside[0].reason
    );
    assert!(
        aside[0].raw.contains("broken-element-canary"),
        "kept as it came: {}",
        aside[0].raw
    );
    assert!(
        desk.find("605").await.is_none(),
        "nothing half-read became a comment"
    );

    let copy = desk.folder.path().join("copy.db");
    desk.storage().backup_to(&copy).await.unwrap();
    let bytes = std::fs::read(copy).unwrap();
    assert!(
        holds(&bytes, b"broken-element-canary"),
        "its raw JSON is kept for whoever mends the reader"
    );
}

#[tokio::test]
async fn repeated_and_reordered_pages_double_nothing() {
    let many: Vec<_> = (0..120)
        .map(|n| comment(&format!("7{n:03}"), "Is the Skillet 26 in stock?", n))
        .collect();
    let desk = Desk::open(Platform::start(seed(many.clone())).await).await;
    for fault in ["duplicate_items", "reordered_items"] {
        desk.platform.clear_faults().await;
        desk.platform
            .fault(json!({"kind": fault, "times": 100, "match": {"method": "GET", "path_contains": "/comments"}}))
            .await;
        let report = desk.sweep().await;
        assert!(
            desk.platform.struck().await >= 3,
            "{fault}: every page was disturbed, or this shows nothing"
        );
        assert!(
            report.pages >= 4,
            "{fault}: one page of posts and three of comments"
        );
        assert_eq!(report.deleted, 0, "{fault}: an odd order is no deletion");
        let status = desk.storage().status().await.unwrap();
        assert_eq!(status.comments, 120, "{fault}: each comment is stored once");
    }
    for one in &many {
        assert!(
            desk.find(&one.id).await.is_some(),
            "{} was not lost in the shuffle",
            one.id
        );
    }
}

#[tokio::test]
async fn our_own_comments_and_the_echo_of_our_reply_are_told_by_id_and_a_namesake_is_a_customer() {
    let own = by(
        ACCOUNT,
        "renamed.brand",
        comment("801", "Pinned: workshops on Thursday.", 30),
    );
    let namesake = by(
        "99999",
        BRAND_USERNAME,
        comment("802", "How much is the Skillet 26?", 20),
    );
    let desk = Desk::open(Platform::start(seed(vec![own, namesake])).await).await;
    let report = desk.look().await;
    assert_eq!(
        (report.new, report.own),
        (1, 1),
        "the id decides, whatever the names say"
    );
    desk.work().await;
    let card = desk.card("802").await;
    assert_eq!(
        card.row.stage, "to_review",
        "a stranger under our name is answered"
    );
    assert!(!card.row.labels.is_empty(), "and classified like anyone");

    desk.approve("802", "Thank you for asking, it is on the product page.")
        .await
        .unwrap();
    desk.work().await;
    assert_eq!(desk.platform.replies("802").len(), 1);
    desk.sweep().await;
    desk.work().await;

    let status = desk.storage().status().await.unwrap();
    assert_eq!(
        (status.comments, status.own, status.echoes),
        (1, 1, 1),
        "our reply came back as an echo, not as a comment: {status:?}"
    );
    assert_eq!(
        status.by_label.values().sum::<i64>(),
        1,
        "neither our comment nor our reply was classified: {status:?}"
    );
    assert_eq!(
        desk.queue(QueueName::All).await.len(),
        1,
        "nobody is asked to answer ourselves"
    );
    assert_eq!(desk.stage("802").await, "done", "an echo reopens nothing");
}

#[tokio::test]
async fn a_follow_up_in_an_answered_thread_is_classified_and_drafted() {
    let first = by("9901", "ana", comment("811", "How much is the Skillet 26?", 30));
    let desk = Desk::open(Platform::start(seed(vec![first])).await).await;
    desk.look().await;
    desk.work().await;
    let draft = desk.card("811").await.draft.expect("the price is known");
    desk.approve("811", &draft.text).await.unwrap();
    desk.work().await;
    assert_eq!(desk.stage("811").await, "done");

    let again = by(
        "9901",
        "ana",
        comment("812", "Thanks! And how much is the Skillet 30?", 0),
    );
    desk.platform.add(in_thread("811", again)).await;
    assert_eq!(desk.look().await.new, 1, "the follow-up arrived");
    desk.work().await;

    let card = desk.card("812").await;
    assert!(card.row.is_reply, "it is shown as part of its thread");
    assert!(
        card.row.labels.iter().any(|l| l.label == "question"),
        "it was understood: {:?}",
        card.row.labels
    );
    let draft = card
        .draft
        .unwrap_or_else(|| panic!("drafted, not {:?} {:?}", card.declined, card.declined_detail));
    assert!(
        draft.text.contains("109"),
        "it answers what was asked now, not before: {}",
        draft.text
    );
    assert!(!draft.sources.is_empty(), "a price has a source");
    assert!(
        card.thread.iter().any(|turn| turn.by_us),
        "our answer stands in the thread the person reads"
    );
}

#[tokio::test]
async fn an_edited_comment_is_understood_again() {
    let desk =
        Desk::open(Platform::start(seed(vec![comment("821", "How much is the Skillet 26?", 10)])).await)
            .await;
    desk.look().await;
    desk.work().await;
    let before = desk.card("821").await;
    desk.platform.edit("821", "How much is the Skillet 30?").await;

    assert_eq!(
        desk.look().await.edited,
        0,
        "an edit leaves the count as it was, or this shows nothing about sweeps"
    );
    // Half as long again as a young post would wait: this one is three days old.
    desk.advance(Duration::from_secs(1_400)).await;
    assert_eq!(desk.look().await.edited, 1, "a sweep notices the change");
    assert_eq!(
        desk.stage("821").await,
        "to_classify",
        "labels of the old words do not count for the new ones"
    );
    desk.work().await;

    let after = desk.card("821").await;
    assert_eq!(after.row.text, "How much is the Skillet 30?");
    assert!(
        after.row.version > before.row.version,
        "a card drawn before the edit cannot be approved"
    );
    assert!(
        after.row.badges.contains(&ReasonBadge::EditedByAuthor),
        "staff sees that it was edited: {:?}",
        after.row.badges
    );
    let (old, new) = (before.draft.unwrap().text, after.draft.unwrap().text);
    assert!(
        old.contains("89") && new.contains("109"),
        "the draft follows the edit: {old} / {new}"
    );
}

#[tokio::test]
async fn a_deleted_comment_cancels_its_held_reply() {
    let mut held = settings();
    held.outbox.hold_seconds = 60;
    let people = vec![comment("831", "Lovely pan!", 10), comment("832", "So pretty!", 9)];
    let desk = Desk::open_with(Platform::start(seed(people)).await, held).await;
    desk.look().await;
    desk.work().await;
    desk.approve("831", "Thank you, that is kind.").await.unwrap();
    desk.platform.delete("831").await;

    assert_eq!(desk.sweep().await.deleted, 1, "a sweep sees that it is gone");
    assert_eq!(desk.action("831").await.state, "cancelled");
    desk.advance(Duration::from_secs(120)).await;
    desk.work().await;

    assert!(
        desk.platform.ledger.entries().is_empty(),
        "nothing was posted under a deleted comment"
    );
    let card = desk.card("831").await;
    assert_eq!(card.row.stage, "done");
    assert!(
        card.row.badges.contains(&ReasonBadge::DeletedByAuthor),
        "the card says why: {:?}",
        card.row.badges
    );
    assert_eq!(desk.stage("832").await, "to_review", "its neighbour is untouched");
}

#[tokio::test]
async fn a_late_reply_under_an_old_comment_is_found_by_a_sweep() {
    let many: Vec<_> = (0..120)
        .map(|n| comment(&format!("84{n:03}"), "Lovely!", 10 + n))
        .collect();
    let oldest = many.last().unwrap().id.clone();
    let desk = Desk::open(Platform::start(seed(many)).await).await;
    assert_eq!(desk.look().await.new, 120);
    let late = comment("85000", "How much is the Skillet 20?", 0);
    desk.platform.add(in_thread(&oldest, late)).await;

    assert_eq!(
        desk.look().await.new,
        0,
        "the newest page cannot show it, or this shows nothing about sweeps"
    );
    desk.advance(Duration::from_secs(901)).await;
    assert_eq!(
        desk.look().await.new,
        1,
        "when its time comes, an ordinary look reads the post to its end"
    );
    desk.work().await;
    let card = desk.card("85000").await;
    assert_eq!(card.row.stage, "to_review");
    assert!(card.row.is_reply, "under the comment it answers");
}

#[tokio::test]
async fn what_people_really_write_is_stored_as_it_is() {
    let texts = [
        "",
        "🔥🔥🔥",
        "مرحبا، كم سعر المقلاة؟",
        "zero\u{200B}width and \u{202E}turned around",
        "tab\tand\nnew line",
        &"ы".repeat(10_000),
    ];
    let mut people: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(n, text)| comment(&format!("86{n}"), text, 5))
        .collect();
    people.push(SeedComment {
        author_id: None,
        username: None,
        timestamp_ms: now_ms(),
        ..comment("869", "Nobody wrote this", 0)
    });
    let desk = Desk::open(Platform::start(seed(people)).await).await;
    let report = desk.look().await;
    assert_eq!((report.new, report.quarantined), (7, 0), "odd is not malformed");
    desk.work().await;
    for (n, text) in texts.iter().enumerate() {
        let card = desk.card(&format!("86{n}")).await;
        assert_eq!(card.row.text, *text, "shown as written");
        assert_eq!(card.row.stage, "to_review", "{text:?} reached a person");
    }
    assert_eq!(
        desk.stage("869").await,
        "to_review",
        "an unknown author is a person"
    );
    let status = desk.storage().status().await.unwrap();
    assert_eq!(status.stuck, 0, "none of it broke a worker: {status:?}");
}

fn on_another_post(post: &str, id: &str) -> SeedComment {
    SeedComment {
        post_id: post.to_owned(),
        ..comment(id, "Lovely pan!", 5)
    }
}

/// What an ordinary look comes to, and the calls it made.
async fn look_and_count(desk: &Desk) -> (Result<SyncReport, EngineError>, u64) {
    let before = desk.platform.requests().await;
    let looked = sync_account(desk.engine.context(), &desk.account, Depth::Incremental).await;
    (looked, desk.platform.requests().await - before)
}

/// `number` posts, each with one comment; the simulator lists 50 on a page.
async fn desk_with_posts(number: usize) -> Desk {
    let mut world = seed(Vec::new());
    world.posts.clear();
    for n in 0..number {
        let id = format!("1800000000000{n:04}");
        world.comments.push(on_another_post(&id, &format!("87{n:04}")));
        world.posts.push(post(&id, "A pan."));
    }
    let desk = Desk::open(Platform::start(world).await).await;
    assert_eq!(desk.look().await.new, number, "the first look reads everything");
    desk
}

#[tokio::test]
async fn a_look_costs_no_call_for_a_post_on_which_nothing_happened() {
    let desk = desk_with_posts(120).await;
    let (quiet, calls) = look_and_count(&desk).await;
    assert_eq!(quiet.unwrap().new, 0);
    assert_eq!(calls, 1, "one page of posts, whatever is stored");

    desk.platform
        .add(on_another_post("18000000000000119", "880001"))
        .await;
    let (busy, calls) = look_and_count(&desk).await;
    assert_eq!(
        (busy.unwrap().new, calls),
        (1, 2),
        "one page of the post that counts more"
    );
    let (after, calls) = look_and_count(&desk).await;
    assert_eq!(
        (after.unwrap().new, calls),
        (0, 1),
        "what is accounted for is not read again"
    );

    // Listed last: its count is not on the page that an ordinary look reads.
    desk.platform
        .add(on_another_post("18000000000000000", "880002"))
        .await;
    desk.advance(Duration::from_secs(901)).await;
    let (listed, calls) = look_and_count(&desk).await;
    assert_eq!(
        (listed.unwrap().new, calls),
        (1, 4),
        "three pages of posts now and then, and one of the post that counts more"
    );
}

#[tokio::test]
async fn a_comment_that_came_while_another_went_is_found_by_a_sweep() {
    let people = vec![comment("881", "Lovely!", 10), comment("882", "So pretty!", 9)];
    let desk = Desk::open(Platform::start(seed(people)).await).await;
    desk.look().await;
    desk.platform.delete("881").await;
    desk.platform.add(comment("883", "How much is it?", 0)).await;
    let (unchanged, calls) = look_and_count(&desk).await;
    assert_eq!(
        (unchanged.unwrap().new, calls),
        (0, 1),
        "the count is the same, or this shows nothing about sweeps"
    );
    desk.advance(Duration::from_secs(1_400)).await;
    let (swept, _) = look_and_count(&desk).await;
    let swept = swept.unwrap();
    assert_eq!((swept.new, swept.deleted), (1, 1));
}

#[tokio::test]
async fn a_look_that_was_cut_off_before_the_comments_finds_them_the_next_time() {
    let desk = Desk::open(Platform::start(seed(vec![comment("884", "Lovely!", 10)])).await).await;
    desk.look().await;
    desk.platform.add(comment("885", "So pretty!", 0)).await;
    desk.platform
        .fault(json!({"kind": "graph_error", "code": 3, "match": {"path_contains": "/comments"}}))
        .await;
    let (cut_off, _) = look_and_count(&desk).await;
    assert!(cut_off.is_err(), "the new count was listed, the comment not read");
    let (again, _) = look_and_count(&desk).await;
    assert_eq!(again.unwrap().new, 1, "counted is not read");
}

#[tokio::test]
async fn a_post_that_cannot_be_read_keeps_no_other_post_from_being_read() {
    let desk = Desk::open(Platform::start(seed(vec![comment("886", "Lovely!", 10)])).await).await;
    let (fresh, broken) = ("18000000000000003", "18000000000000002");
    for id in [broken, fresh] {
        desk.platform.add_post(&post(id, "A pan.")).await;
    }
    desk.platform.add(on_another_post(fresh, "887")).await;
    desk.platform.add(on_another_post(broken, "888")).await;
    desk.platform
        .fault(json!({"kind": "graph_error", "code": 3, "times": 100,
                      "match": {"path_contains": format!("{broken}/comments")}}))
        .await;

    let (looked, _) = look_and_count(&desk).await;

    assert!(
        matches!(
            looked,
            Err(EngineError::Platform(PlatformError::Refused { code: 3, .. }))
        ),
        "the look was not complete: {looked:?}"
    );
    for id in ["886", "887"] {
        assert!(
            desk.find(id).await.is_some(),
            "{id} stands on a post that answers"
        );
    }
    let account = desk.storage().accounts().await.unwrap().remove(0);
    assert_eq!(account.connection, ConnectionState::Troubled);
    let note = account.connection_note.unwrap();
    assert!(note.contains(broken), "it says which post: {note}");

    desk.platform.clear_faults().await;
    let (mended, _) = look_and_count(&desk).await;
    assert_eq!(mended.unwrap().new, 1, "and is read once it answers again");
    let account = desk.storage().accounts().await.unwrap().remove(0);
    assert_eq!(account.connection, ConnectionState::Connected);
}

#[tokio::test]
async fn a_post_that_is_gone_takes_its_comments_along_without_a_call_for_each() {
    let people: Vec<_> = (0..40)
        .map(|n| comment(&format!("89{n:02}"), "Lovely!", n))
        .collect();
    let desk = Desk::open(Platform::start(seed(people.clone())).await).await;
    desk.look().await;
    let gone = json!({"kind": "graph_error", "code": 100, "subcode": 33, "times": 100,
                      "match": {"path_contains": format!("{POST}/comments")}});
    desk.platform.fault(gone.clone()).await;
    desk.advance(Duration::from_secs(1_400)).await;
    let (hidden, _) = look_and_count(&desk).await;
    assert_eq!(
        hidden.unwrap().deleted,
        0,
        "the comments still answer: the listing alone is out of reach"
    );

    for one in &people {
        desk.platform.delete(&one.id).await;
    }
    desk.advance(Duration::from_secs(1_400)).await;
    let (swept, calls) = look_and_count(&desk).await;
    assert_eq!(swept.unwrap().deleted, 40);
    assert!(calls <= 6, "{calls} calls for 40 comments");
}

#[tokio::test]
async fn a_sweep_that_the_platform_cuts_off_keeps_what_it_found_and_goes_on_there() {
    let people: Vec<_> = (0..120)
        .map(|n| comment(&format!("70{n:03}"), "Lovely!", n))
        .collect();
    let desk = Desk::open(Platform::start(seed(people)).await).await;
    let worker = SyncWorker::new(desk.engine.context().clone());
    assert_eq!(worker.try_next().await.unwrap(), Step::Worked);
    for id in ["70010", "70020"] {
        desk.platform.delete(id).await;
    }
    desk.platform
        .fault(json!({"kind": "throttle", "match": {"path_contains": "70020"}}))
        .await;
    desk.advance(Duration::from_secs(1_400)).await;
    assert_eq!(worker.try_next().await.unwrap(), Step::Worked);
    assert_eq!(
        desk.stage("70010").await,
        "done",
        "found gone before the cut, and stored"
    );
    assert_eq!(desk.stage("70020").await, "to_classify", "nobody knows yet");

    desk.advance(Duration::from_secs(3_700)).await;
    let before = desk.platform.requests().await;
    assert_eq!(worker.try_next().await.unwrap(), Step::Worked);
    assert_eq!(desk.stage("70020").await, "done");
    assert_eq!(
        desk.platform.requests().await - before,
        3,
        "the posts, what was written since, and the one comment that was left: no page is read again"
    );
}

/// Connects an account of the simulator beside the desk's own.
async fn connect_beside(desk: &Desk, account: &SeedAccount) {
    let token = Zeroizing::new(account.token.clone());
    let usual = InstagramConfig::new(desk.platform.url().parse().unwrap(), "v26.0", token);
    let client = Instagram::new(InstagramConfig {
        account_id: Some(account.id.as_str().into()),
        clock: Arc::clone(&desk.clock) as Arc<dyn Clock>,
        ..usual
    });
    let profile = RemoteProfile {
        id: account.id.as_str().into(),
        username: account.username.clone(),
        name: None,
    };
    connect_account(
        desk.engine.context(),
        "instagram",
        profile,
        Arc::new(client.unwrap()),
        true,
        DraftsFrom::Everything,
    )
    .await
    .unwrap();
}

/// A desk with so many accounts, none of them looked at yet.
async fn desk_with_accounts(number: usize) -> Desk {
    let mut world = seed(Vec::new());
    let own = world.accounts[0].clone();
    let others: Vec<SeedAccount> = (1..number)
        .map(|n| SeedAccount {
            id: format!("178414000000009{n:02}"),
            username: format!("brand.{n}"),
            token: format!("IGTOKENOFACCOUNT{n}"),
            app_scoped_id: format!("240000000000009{n:02}"),
            ..own.clone()
        })
        .collect();
    world.accounts.extend(others.iter().cloned());
    let desk = Desk::open(Platform::start(world).await).await;
    for account in &others {
        connect_beside(&desk, account).await;
    }
    desk
}

async fn never_synced(desk: &Desk) -> Vec<String> {
    let accounts = desk.storage().accounts().await.unwrap();
    let never = accounts.into_iter().filter(|a| a.last_synced_at.is_none());
    never.map(|a| a.username).collect()
}

#[tokio::test]
async fn every_account_has_its_turn_however_long_a_look_takes() {
    let desk = desk_with_accounts(20).await;
    let worker = SyncWorker::new(desk.engine.context().clone());
    for _ in 0..20 {
        assert_eq!(worker.try_next().await.unwrap(), Step::Worked);
        // Six such looks, and the first account is due again.
        desk.advance(Duration::from_secs(10)).await;
    }
    assert_eq!(never_synced(&desk).await, Vec::<String>::new());
}

#[tokio::test]
async fn accounts_are_looked_at_side_by_side_and_none_of_them_twice() {
    let desk = desk_with_accounts(3).await;
    let worker = SyncWorker::new(desk.engine.context().clone());
    let (first, second, third) = tokio::join!(worker.try_next(), worker.try_next(), worker.try_next());
    for step in [first, second, third] {
        assert_eq!(step.unwrap(), Step::Worked);
    }
    assert_eq!(never_synced(&desk).await, Vec::<String>::new());
    assert_eq!(worker.try_next().await.unwrap(), Step::Idle, "none is due again");
}
