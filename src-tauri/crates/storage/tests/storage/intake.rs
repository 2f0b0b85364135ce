use crate::support::{Desk, NOW, OWN_ID, comment, desk, reply};
use contract::ReasonBadge;
use domain::ports::{Element, RemotePost};
use domain::{AccountId, PlatformId, Stage, Timestamp};

fn ids(ids: &[&str]) -> Vec<PlatformId> {
    ids.iter().map(|id| PlatformId::from(*id)).collect()
}

async fn find(desk: &Desk, id: &str) -> domain::CommentId {
    desk.store
        .find_comment(desk.account, &PlatformId::from(id))
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn five_comments_at_once_on_a_post_never_seen_are_five_comments() {
    let desk = desk().await;
    let post = desk
        .store
        .ensure_post(desk.account, &PlatformId::from("new"), NOW)
        .await
        .unwrap();
    let batch = (0..5)
        .map(|n| Element::Read(comment(&format!("c{n}"), &format!("a{n}"), "hello", n)))
        .collect();
    let report = desk
        .store
        .store_comments(desk.account, post.id, batch, NOW)
        .await
        .unwrap();
    assert_eq!(report.new.len(), 5);
    let overview = desk.store.overview().await.unwrap();
    assert_eq!((overview.counts.in_work, overview.counts.all), (5, 5));
}

#[tokio::test]
async fn the_same_listing_again_changes_nothing_and_announces_nothing() {
    let desk = desk().await;
    let batch = || {
        vec![
            comment("c1", "a1", "hello", 0),
            reply("c2", "c1", "a2", "me too", 1),
        ]
    };
    assert_eq!(desk.take(batch()).await.new.len(), 2);
    let before = desk.store.status().await.unwrap();
    let mut changes = desk.store.changes();
    let again = desk.take(batch()).await;
    assert_eq!((again.new.len(), again.known, again.edited.len()), (0, 2, 0));
    assert_eq!(desk.store.status().await.unwrap(), before);
    assert!(changes.try_recv().is_err(), "there is nothing to draw again");
}

#[tokio::test]
async fn an_element_listed_twice_in_one_page_is_stored_once() {
    let desk = desk().await;
    let report = desk
        .take(vec![comment("c1", "a1", "old", 0), comment("c1", "a1", "new", 0)])
        .await;
    assert_eq!((report.new.len(), report.known), (1, 1));
    assert_eq!(desk.store.comment_row(report.new[0]).await.unwrap().text, "new");
}

#[tokio::test]
async fn a_malformed_element_is_set_aside_and_the_rest_is_taken() {
    let desk = desk().await;
    let broken = || Element::Malformed {
        raw: "{\"id\":7}".to_owned(),
        reason: "id is a number".to_owned(),
    };
    let mut parent = comment("c1", "a1", "hello", 0);
    parent.replies = vec![broken(), Element::Read(reply("c2", "c1", "a2", "hi", 1))];
    let batch = vec![Element::Read(parent), broken()];
    let report = desk
        .store
        .store_comments(desk.account, desk.post, batch.clone(), NOW)
        .await
        .unwrap();
    assert_eq!(
        (report.new.len(), report.quarantined),
        (2, 1),
        "the same bytes are one finding"
    );
    let again = desk
        .store
        .store_comments(desk.account, desk.post, batch, NOW)
        .await
        .unwrap();
    assert_eq!(again.quarantined, 0, "seen before");
    assert_eq!(desk.store.overview().await.unwrap().counts.quarantined, 1);
}

#[tokio::test]
async fn a_broken_comment_that_gathers_likes_is_one_finding() {
    let desk = desk().await;
    let seen = |raw: &str| {
        vec![Element::Malformed {
            raw: raw.to_owned(),
            reason: "timestamp: \"soon\" is not a time".to_owned(),
        }]
    };
    let mut findings = Vec::new();
    for raw in [
        r#"{"id":"7","timestamp":"soon","like_count":1}"#,
        r#"{"timestamp":"soon","like_count":2,"id":"7"}"#,
        r#"{"id":7,"timestamp":"soon","like_count":3}"#,
        r#"{"id":"7","from":{"id":"9"},"text":"cut off in the mid"#,
        r#"{"id":"8","timestamp":"soon"}"#,
        r#"{"from":{"id":"7"},"timestamp":"soon"}"#,
        r#"{"from":{"id":"7"},"timestamp":"later"}"#,
    ] {
        let report = desk
            .store
            .store_comments(desk.account, desk.post, seen(raw), NOW)
            .await
            .unwrap();
        findings.push(report.quarantined);
    }
    assert_eq!(
        findings,
        [1, 0, 0, 0, 1, 1, 1],
        "told by its own id, and by its bytes only where it has none"
    );
    let kept = desk.store.quarantined(10).await.unwrap();
    assert_eq!(
        kept.last().unwrap().raw,
        r#"{"id":"7","timestamp":"soon","like_count":1}"#,
        "as it came first"
    );
}

#[tokio::test]
async fn a_post_that_cannot_be_read_is_set_aside_under_no_post_and_cut_to_a_bound() {
    let desk = desk().await;
    let raw = format!(r#"{{"id":"7","caption":"{}"}}"#, "я".repeat(100_000));
    let malformed = [(raw, "the post has no media type".to_owned())];
    for expected in [1, 0] {
        let found = desk
            .store
            .set_posts_aside(desk.account, &malformed, NOW)
            .await
            .unwrap();
        assert_eq!(found, expected, "counted once");
    }
    let comment = vec![Element::Malformed {
        raw: r#"{"id":"7"}"#.to_owned(),
        reason: "no time".to_owned(),
    }];
    let report = desk
        .store
        .store_comments(desk.account, desk.post, comment, NOW)
        .await
        .unwrap();
    assert_eq!(
        report.quarantined, 1,
        "a comment of the same id is another finding"
    );
    let kept = desk.store.quarantined(10).await.unwrap();
    assert_eq!(kept.len(), 2);
    assert_eq!(
        (kept[1].post.as_deref(), kept[1].reason.as_str()),
        (None, "the post has no media type")
    );
    assert!(kept[1].raw.len() <= 16 * 1024, "{} bytes kept", kept[1].raw.len());
    assert_eq!(kept[0].post.as_deref(), Some("p1"));
}

#[tokio::test]
async fn each_new_comment_comes_with_its_reference_in_the_log() {
    let desk = desk().await;
    let report = desk
        .take(vec![
            comment("c1", "a1", "one", 0),
            comment("c2", OWN_ID, "ours", 1),
            comment("c3", "a2", "two", 2),
        ])
        .await;
    let claimed = desk
        .store
        .claim_to_classify(10, NOW, crate::support::LEASE)
        .await
        .unwrap();
    let traces: Vec<String> = claimed.into_iter().map(|c| c.trace_id).collect();
    assert_eq!(report.traces, traces, "in the order of the ids");
}

#[tokio::test]
async fn a_listing_of_posts_leaves_the_count_of_what_was_read() {
    let desk = desk().await;
    let listed = |count| RemotePost {
        id: PlatformId::from("p1"),
        caption: None,
        kind: "IMAGE".to_owned(),
        permalink: None,
        picture_url: None,
        published_at: NOW,
        comments_count: Some(count),
        like_count: None,
        comments_enabled: None,
    };
    let post = desk
        .store
        .upsert_posts(desk.account, &[listed(3)], NOW)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(post.comments_count, None, "counted, and none of them read yet");
    desk.store.set_comments_count(post.id, 3).await.unwrap();
    let post = desk
        .store
        .upsert_posts(desk.account, &[listed(5)], NOW)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        post.comments_count,
        Some(3),
        "a look that ends here still finds the other two the next time"
    );
}

#[tokio::test]
async fn replies_inside_a_listing_belong_to_their_thread_even_when_they_do_not_say_so() {
    let desk = desk().await;
    let mut parent = comment("c1", "a1", "is it vegan?", 0);
    parent.replies = vec![Element::Read(comment("c2", "a2", "I wonder too", 1))];
    desk.take(vec![parent]).await;
    let detail = desk
        .store
        .comment_detail(find(&desk, "c2").await, 2200)
        .await
        .unwrap();
    assert!(detail.row.is_reply);
    let thread: Vec<_> = detail
        .thread
        .iter()
        .map(|t| (t.text.as_str(), t.current))
        .collect();
    assert_eq!(thread, [("is it vegan?", false), ("I wonder too", true)]);
}

#[tokio::test]
async fn own_comments_are_told_by_id_or_flag_and_never_classified() {
    let desk = desk().await;
    let mut flagged = comment("c2", "someone", "ours by flag", 1);
    flagged.flagged_own = true;
    let mut namesake = comment("c3", "a3", "not ours", 2);
    namesake.author_username = Some("juniper".to_owned());
    let report = desk
        .take(vec![comment("c1", OWN_ID, "ours by id", 0), flagged, namesake])
        .await;
    assert_eq!(
        (report.own, report.new.len()),
        (2, 1),
        "the user name decides nothing"
    );
    assert_eq!(desk.stage(find(&desk, "c1").await).await, Stage::Done);
    assert_eq!(
        desk.store.overview().await.unwrap().counts.all,
        1,
        "queues hold people's comments"
    );
}

#[tokio::test]
async fn our_reply_that_comes_back_is_an_echo_by_id() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.sending(id, "It is 89 EUR.").await;
    desk.store
        .confirm_action(action, Some(&PlatformId::from("r1")), "accepted", NOW)
        .await
        .unwrap();
    let report = desk
        .take(vec![reply(
            "r1",
            "c1",
            OWN_ID,
            "whatever the platform made of it",
            1439,
        )])
        .await;
    assert_eq!((report.echoes, report.own), (1, 0));
}

#[tokio::test]
async fn our_reply_that_comes_back_before_its_id_is_known_is_an_echo_by_thread_and_text() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.sending(id, "It is  89 EUR. ").await;
    let report = desk
        .take(vec![reply("r1", "c1", OWN_ID, "It is 89 EUR.", 1440)])
        .await;
    assert_eq!((report.echoes, report.own), (1, 0));
    let older = desk
        .take(vec![reply("r0", "c1", OWN_ID, "It is 89 EUR.", 30)])
        .await;
    assert_eq!(
        older.own, 1,
        "one request brings one reply: the same words once more are the team's"
    );
}

#[tokio::test]
async fn an_own_comment_becomes_an_echo_when_its_id_turns_out_to_be_our_replys() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.sending(id, "It is 89 EUR.").await;
    assert_eq!(
        desk.take(vec![reply("r1", "c1", OWN_ID, "It is EUR 89", 1440)])
            .await
            .own,
        1
    );
    desk.store
        .confirm_action(action, Some(&PlatformId::from("r1")), "found", NOW)
        .await
        .unwrap();
    let status = desk.store.status().await.unwrap();
    assert_eq!((status.own, status.echoes), (0, 1));
}

#[tokio::test]
async fn an_answer_given_elsewhere_closes_what_came_before_it_and_not_the_follow_up() {
    let desk = desk().await;
    let mut parent = comment("c1", "a1", "is it vegan?", 0);
    parent.replies = vec![
        Element::Read(reply("c4", "c1", "a1", "and the other one?", 20)),
        Element::Read(reply("c3", "c1", OWN_ID, "yes", 10)),
        Element::Read(reply("c2", "c1", "a2", "asking too", 5)),
    ];
    desk.take(vec![parent]).await;
    for id in ["c1", "c2", "c4"] {
        desk.classify(find(&desk, id).await, domain::Label::Question)
            .await;
    }
    assert_eq!(
        desk.stage(find(&desk, "c1").await).await,
        Stage::Done,
        "answered, for the record"
    );
    assert_eq!(desk.stage(find(&desk, "c2").await).await, Stage::Done);
    assert_eq!(
        desk.stage(find(&desk, "c4").await).await,
        Stage::ToDraft,
        "a follow-up is drafted"
    );
}

#[tokio::test]
async fn an_answer_given_elsewhere_takes_the_held_reply_back() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.approve(id, "It is 89 EUR.").await;
    desk.take(vec![reply("r1", "c1", OWN_ID, "89!", 60)]).await;
    assert_eq!(desk.stage(id).await, Stage::Done);
    let detail = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!(detail.actions[0].state, "cancelled");
    assert_eq!(
        detail.actions[0].note.as_deref(),
        Some("answered on the platform")
    );
}

#[tokio::test]
async fn an_answer_within_the_same_second_closes_what_it_answers() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.approve(id, "It is 89 EUR.").await;
    desk.take(vec![reply("r1", "c1", OWN_ID, "89!", 0)]).await;
    assert_eq!(
        desk.stage(id).await,
        Stage::Done,
        "whole seconds are all that is told"
    );
}

#[tokio::test]
async fn an_answer_given_elsewhere_leaves_a_reply_in_flight_alone() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.sending(id, "It is 89 EUR.").await;
    desk.take(vec![reply("r1", "c1", OWN_ID, "89!", 60)]).await;
    assert_eq!(
        desk.stage(id).await,
        Stage::InOutbox,
        "what may have left stays in sight"
    );
    assert_eq!(desk.action_state(id).await, "sending");
}

#[tokio::test]
async fn an_edit_sends_a_comment_back_to_be_understood_again() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let version = desk.version(id).await;
    let report = desk
        .take(vec![comment("c1", "author-c1", "How much is the soap?", 0)])
        .await;
    assert_eq!(report.edited, vec![id]);
    let detail = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!(detail.row.stage, "to_classify");
    assert!(
        detail.row.version > version,
        "what was looked at is no longer there"
    );
    assert_eq!(detail.draft, None, "the draft answered the old words");
    assert!(detail.row.badges.contains(&ReasonBadge::EditedByAuthor));
}

#[tokio::test]
async fn an_edit_cancels_a_held_reply_and_its_comment_is_understood_again() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.approve(id, "It is 89 EUR.").await;
    desk.take(vec![comment("c1", "author-c1", "Never mind", 0)]).await;
    let detail = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!(
        (detail.row.stage.as_str(), detail.actions[0].state.as_str()),
        ("to_classify", "cancelled")
    );
    assert_eq!(
        detail.draft, None,
        "one key must not approve the answer to other words again"
    );
    assert_eq!(detail.actions[0].note.as_deref(), Some("edited by the author"));
    assert!(detail.row.badges.contains(&ReasonBadge::EditedByAuthor));
}

#[tokio::test]
async fn an_edit_opens_what_was_closed_without_an_answer() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    desk.store.dismiss(id, desk.version(id).await, NOW).await.unwrap();
    desk.take(vec![comment("c1", "author-c1", "It burned my child!", 0)])
        .await;
    let detail = desk.store.comment_detail(id, 2200).await.unwrap();
    assert_eq!(
        (detail.row.stage.as_str(), detail.draft),
        ("to_classify", None),
        "whoever closed it judged other words"
    );
}

#[tokio::test]
async fn an_edit_leaves_closed_what_was_answered_or_is_hidden() {
    let desk = desk().await;
    let answered = desk.in_review("c1").await;
    desk.take(vec![reply("r1", "c1", OWN_ID, "89!", 60)]).await;
    let hidden = desk.in_review("c2").await;
    desk.store
        .dismiss(hidden, desk.version(hidden).await, NOW)
        .await
        .unwrap();
    let mut edit = comment("c2", "author-c2", "Something foul", 0);
    edit.hidden = Some(true);
    desk.take(vec![
        comment("c1", "author-c1", "How much is the large cream?", 0),
        edit,
    ])
    .await;
    assert_eq!(
        (desk.stage(answered).await, desk.stage(hidden).await),
        (Stage::Done, Stage::Done)
    );
    assert_eq!(
        desk.store.comment_row(hidden).await.unwrap().text,
        "Something foul"
    );
}

#[tokio::test]
async fn likes_names_and_hiding_are_brought_up_to_date() {
    let desk = desk().await;
    let id = desk.arrived("c1", "hello").await;
    let version = desk.version(id).await;
    let mut liked = comment("c1", "author-c1", "hello", 0);
    liked.like_count = Some(12);
    desk.take(vec![liked.clone()]).await;
    assert_eq!(desk.version(id).await, version, "a like overtakes nobody");
    liked.hidden = Some(true);
    liked.author_username = Some("renamed".to_owned());
    desk.take(vec![liked]).await;
    let row = desk.store.comment_row(id).await.unwrap();
    assert_eq!((row.hidden, row.author_username.as_str()), (true, "renamed"));
    assert_eq!(desk.store.overview().await.unwrap().counts.hidden, 1);
    assert_eq!(
        desk.store.comment_detail(id, 2200).await.unwrap().author.username,
        "renamed"
    );
}

#[tokio::test]
async fn a_listing_that_does_not_say_whether_it_is_hidden_leaves_it_as_it_was() {
    let desk = desk().await;
    let mut hidden = comment("c1", "a1", "hello", 0);
    hidden.hidden = Some(true);
    let id = desk.take(vec![hidden.clone()]).await.new[0];
    hidden.hidden = None;
    desk.take(vec![hidden]).await;
    assert!(desk.store.comment_row(id).await.unwrap().hidden);
}

#[tokio::test]
async fn a_deletion_closes_the_comment_and_cancels_what_was_held() {
    let desk = desk().await;
    let held = desk.in_review("c1").await;
    desk.approve(held, "It is 89 EUR.").await;
    let waiting = desk.arrived("c2", "hello").await;
    let gone = desk
        .store
        .mark_deleted(desk.account, &ids(&["c1", "c2", "never-seen"]), NOW)
        .await
        .unwrap();
    assert_eq!(gone, vec![held, waiting]);
    assert_eq!(
        (desk.stage(held).await, desk.stage(waiting).await),
        (Stage::Done, Stage::Done)
    );
    let detail = desk.store.comment_detail(held, 2200).await.unwrap();
    assert_eq!(detail.actions[0].note.as_deref(), Some("deleted on the platform"));
    assert!(detail.row.badges.contains(&ReasonBadge::DeletedByAuthor));
    let again = desk
        .store
        .mark_deleted(desk.account, &ids(&["c1"]), NOW)
        .await
        .unwrap();
    assert_eq!(again, vec![], "known already");
    assert_eq!(desk.store.live_platform_ids(desk.post).await.unwrap(), vec![]);
}

#[tokio::test]
async fn a_deletion_leaves_a_reply_in_flight_to_the_outbox() {
    let desk = desk().await;
    let id = desk.in_review("c1").await;
    let action = desk.sending(id, "It is 89 EUR.").await;
    desk.store
        .mark_deleted(desk.account, &ids(&["c1"]), NOW)
        .await
        .unwrap();
    assert_eq!(
        (desk.stage(id).await, desk.action_state(id).await.as_str()),
        (Stage::InOutbox, "sending")
    );
    desk.store
        .confirm_action(action, None, "accepted", NOW)
        .await
        .unwrap();
    assert_eq!(desk.stage(id).await, Stage::Done);
}

#[tokio::test]
async fn a_comment_that_is_seen_again_is_open_again() {
    let desk = desk().await;
    let open = desk.in_review("c1").await;
    let raw = desk.arrived("c2", "hello").await;
    let closed = desk.in_review("c3").await;
    desk.store
        .dismiss(closed, desk.version(closed).await, NOW)
        .await
        .unwrap();
    desk.store
        .mark_deleted(desk.account, &ids(&["c1", "c2", "c3"]), NOW)
        .await
        .unwrap();
    desk.take(vec![
        comment("c1", "author-c1", "How much is the cream?", 0),
        comment("c2", "author-c2", "hello", 0),
        comment("c3", "author-c3", "How much is the cream?", 0),
    ])
    .await;
    assert_eq!(
        desk.stage(open).await,
        Stage::ToReview,
        "it waited for a person when it went"
    );
    assert_eq!(desk.stage(raw).await, Stage::ToClassify, "nobody had read it yet");
    assert_eq!(desk.stage(closed).await, Stage::Done, "it was closed before");
    let live = desk.store.live_platform_ids(desk.post).await.unwrap();
    assert_eq!(live.len(), 3);
}

#[tokio::test]
async fn strange_comments_are_stored_as_they_are() {
    let desk = desk().await;
    let long = "я".repeat(10_000);
    let texts = [
        "",
        "😀😀",
        "\u{202e}abc\u{200b}",
        "quote \" and ' and \\ \n \t",
        long.as_str(),
    ];
    let mut batch: Vec<_> = (0..)
        .zip(texts)
        .map(|(n, text)| comment(&format!("c{n}"), &format!("a{n}"), text, n))
        .collect();
    batch[0].author_id = None;
    batch[0].author_username = None;
    batch.push(comment("nul", "a9", "a\0b", 9));
    let report = desk.take(batch.clone()).await;
    for (n, text) in texts.into_iter().enumerate() {
        assert_eq!(desk.store.comment_row(report.new[n]).await.unwrap().text, text);
    }
    let nul = desk.store.comment_row(report.new[5]).await.unwrap();
    assert_eq!(nul.text, "a\u{FFFD}b", "the text after a NUL is not lost");
    assert_eq!(
        desk.take(batch).await.edited,
        vec![],
        "and reads the same the next time"
    );
    let nobody = desk.store.comment_detail(report.new[0], 2200).await.unwrap();
    assert_eq!((nobody.author.id, nobody.row.author_name.as_str()), (None, ""));
}

#[tokio::test]
async fn known_ids_are_told_from_unknown_ones_within_their_account() {
    let desk = desk().await;
    desk.arrived("c1", "hello").await;
    let known = desk
        .store
        .known_platform_ids(desk.account, &ids(&["c1", "c2"]))
        .await
        .unwrap();
    assert_eq!(known.into_iter().collect::<Vec<_>>(), ids(&["c1"]));
    let elsewhere = desk
        .store
        .known_platform_ids(AccountId(999), &ids(&["c1"]))
        .await
        .unwrap();
    assert!(elsewhere.is_empty());
}

#[tokio::test]
async fn arrivals_are_announced_after_they_are_stored() {
    let desk = desk().await;
    let mut changes = desk.store.changes();
    let id = desk.arrived("c1", "hello").await;
    let batch = changes.try_recv().unwrap();
    assert_eq!((batch.arrived, batch.comments), (1, vec![id.0]));
}

#[tokio::test]
async fn an_author_is_one_person_across_comments() {
    let desk = desk().await;
    let report = desk
        .take(vec![
            comment("c1", "a1", "one", 0),
            comment("c2", "a1", "two", 1),
            comment("c3", "a2", "three", 2),
        ])
        .await;
    let author = desk
        .store
        .comment_detail(report.new[0], 2200)
        .await
        .unwrap()
        .author;
    assert_eq!(author.comments, 2);
    assert_eq!(
        author.first_seen_at.map(Timestamp),
        Some(Timestamp(NOW.0 - 86_400_000))
    );
}
