//! The YouTube client and the simulator, which share no type: what one says wrongly the other does not understand.

use crate::simulated::{Simulated, VIDEO, channel, read_all, readable, said, video};
use domain::error::PlatformError;
use domain::ports::{ActionSink, Clock as _, CommentSource, Element, Placed, Visibility};
use domain::quota::{QuotaBudget, SpendKind};
use domain::{PlatformId, Timestamp};
use platforms::YouTube;
use platforms::youtube::SCOPES;
use platforms::youtube::oauth::SignInError;
use serde_json::json;
use simulator::{Ending, FaultKind, SeedAccount, SeedComment, WriteKind};
use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn post() -> PlatformId {
    VIDEO.into()
}

fn one_question() -> Vec<SeedComment> {
    vec![said("Ugq", 1, "Is it vegan?")]
}

fn ids(numbers: std::ops::Range<usize>) -> Vec<PlatformId> {
    numbers.map(|n| format!("Ug{n:03}").into()).collect()
}

fn many(count: usize) -> Vec<SeedComment> {
    ids(0..count)
        .iter()
        .zip(0..)
        .map(|(id, n)| said(id.as_str(), n, "Lovely"))
        .collect()
}

/// Top-level comments of the video and all their replies, as an import would take them.
async fn everything(youtube: &YouTube) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut after: Option<String> = None;
    loop {
        let page = youtube.comments(&post(), after.as_deref()).await.unwrap();
        after = page.next.clone();
        for thread in readable(page) {
            let mut replies = read_all(thread.replies);
            let mut more = thread.more_replies;
            while let Some(cursor) = more {
                let page = youtube.replies(&post(), &thread.id, Some(&cursor)).await.unwrap();
                more = page.next.clone();
                replies.extend(readable(page));
            }
            for reply in replies {
                assert_eq!(reply.parent_id.as_ref(), Some(&thread.id));
                found.insert(reply.id.0);
            }
            found.insert(thread.id.0);
        }
        if after.is_none() {
            return found;
        }
    }
}

async fn hidden(youtube: &YouTube, id: &str) -> Option<bool> {
    youtube.comment(&id.into()).await.unwrap().unwrap().hidden
}

async fn listed(youtube: &YouTube, visibility: Visibility) -> Vec<String> {
    let page = youtube.account_comments(visibility, None).await.unwrap();
    assert_eq!(page.next, None);
    readable(page).into_iter().map(|thread| thread.id.0).collect()
}

#[tokio::test]
async fn a_channel_signs_in_and_is_read_to_its_end() {
    let mut comments = many(130);
    comments.extend((0..12).map(|n| said(&format!("Ug005.{n:02}"), 200 + n, "me too")));
    let simulated = Simulated::start(channel(comments)).await;
    let youtube = simulated.youtube().await;
    let profile = youtube.profile().await.unwrap();
    let sample = SeedAccount::sample_channel();
    assert_eq!(
        (profile.id.0, profile.username),
        (sample.id, format!("@{}", sample.username))
    );
    let posts = youtube.posts(None).await.unwrap();
    let [Element::Read(video)] = &posts.items[..] else {
        panic!("{posts:?}");
    };
    assert_eq!((video.id.as_str(), video.comments_count), (VIDEO, Some(142)));
    assert_eq!(video.comments_enabled, Some(true));
    assert_eq!(
        video.caption.as_deref(),
        Some("How honey soap is made\n\nAll of it by hand.")
    );
    assert_eq!(
        everything(&youtube).await.len(),
        142,
        "two pages of threads, and the replies that one of them left out"
    );
    let (bytes, kind) = youtube
        .picture(video.picture_url.as_deref().unwrap(), 1_000_000)
        .await
        .unwrap();
    assert_eq!((bytes.is_empty(), kind.as_str()), (false, "image/png"));
}

#[tokio::test]
async fn a_new_reply_under_an_old_thread_shows_in_the_count_and_is_found() {
    let simulated = Simulated::start(channel(many(3))).await;
    let youtube = simulated.youtube().await;
    let count = async || {
        let posts = youtube.posts(None).await.unwrap();
        let [Element::Read(video)] = &posts.items[..] else {
            panic!("{posts:?}");
        };
        video.comments_count.unwrap()
    };
    let before = count().await;
    let late = json!({"post_id": VIDEO, "parent_id": "Ug000", "text": "still true", "author_id": "UClate"});
    let late = simulated.control("/comments", late).await["ids"][0].clone();
    assert_eq!(count().await, before + 1, "the plan sweeps the video for it");
    assert!(everything(&youtube).await.contains(late.as_str().unwrap()));
}

#[tokio::test]
async fn an_edit_is_seen_with_its_time_and_a_deletion_by_its_absence() {
    let simulated = Simulated::start(channel(many(2))).await;
    let youtube = simulated.youtube().await;
    let read = async |id: &str| youtube.comment(&id.into()).await.unwrap();
    assert_eq!(read("Ug000").await.unwrap().edited_at, None);
    simulated
        .control("/comments/Ug000/edit", json!({"text": "Lovelier"}))
        .await;
    let edited = read("Ug000").await.unwrap();
    assert_eq!(edited.text, "Lovelier");
    assert!(
        edited.edited_at > Some(edited.published_at),
        "{:?}",
        edited.edited_at
    );
    simulated.control("/comments/Ug001/delete", json!({})).await;
    assert!(read("Ug001").await.is_none());
    let shown = youtube.shown(&["Ug000".into(), "Ug001".into()]).await.unwrap();
    assert_eq!(shown, ["Ug000".into()]);
}

#[tokio::test]
async fn three_passes_show_what_the_platform_holds_back() {
    let simulated = Simulated::start(channel(many(3))).await;
    let youtube = simulated.youtube().await;
    for (id, status) in [("Ug001", "heldForReview"), ("Ug002", "likelySpam")] {
        let path = format!("/comments/{id}/moderate");
        simulated.control(&path, json!({ "status": status })).await;
    }
    assert_eq!(listed(&youtube, Visibility::Published).await, ["Ug000"]);
    assert_eq!(listed(&youtube, Visibility::HeldForReview).await, ["Ug001"]);
    assert_eq!(listed(&youtube, Visibility::LikelySpam).await, ["Ug002"]);
    assert_eq!(hidden(&youtube, "Ug000").await, Some(false));
    assert_eq!(hidden(&youtube, "Ug001").await, Some(true), "held, not gone");
    assert_eq!(hidden(&youtube, "Ug002").await, Some(true));
}

#[tokio::test]
async fn fifty_comments_are_read_again_by_one_unit_and_what_is_gone_is_told_from_what_is_held() {
    let mut comments = many(50);
    comments.push(said("Ug000.r1", 9, "me too"));
    let simulated = Simulated::start(channel(comments)).await;
    let youtube = simulated.youtube().await;
    let placed = |id: &str| Placed {
        id: id.into(),
        post_id: post(),
        parent_id: id.split_once('.').map(|(thread, _)| thread.into()),
    };
    let all: Vec<Placed> = ids(0..49)
        .iter()
        .map(|id| placed(id.as_str()))
        .chain([placed("Ug000.r1")])
        .collect();
    // The channel's own id is asked for by the first call of all.
    youtube.reread(&all[..1]).await.unwrap();
    let spent = |youtube: &YouTube| {
        let ledger = youtube.quota().ledger();
        ledger.spent_by_kind(simulated.clock.now())
    };
    let before = spent(&youtube);
    let reread = youtube.reread(&all).await.unwrap();
    assert_eq!((reread.shown.len(), reread.gone.len()), (50, 0));
    let reply = reread
        .shown
        .iter()
        .find(|it| it.id.as_str() == "Ug000.r1")
        .unwrap();
    assert_eq!(
        (
            reply.post_id.as_str(),
            reply.parent_id.as_ref().map(PlatformId::as_str)
        ),
        (VIDEO, Some("Ug000")),
        "where it is stored"
    );
    let of =
        |units: &std::collections::BTreeMap<SpendKind, u32>, kind| units.get(&kind).copied().unwrap_or(0);
    let after = spent(&youtube);
    assert_eq!(
        of(&after, SpendKind::ListThreads) - of(&before, SpendKind::ListThreads),
        1
    );

    simulated
        .control("/comments/Ug001/edit", json!({ "text": "Lovely!" }))
        .await;
    simulated.control("/comments/Ug002/delete", json!({})).await;
    let held = json!({ "status": "heldForReview" });
    simulated.control("/comments/Ug003/moderate", held).await;
    let reread = youtube.reread(&all).await.unwrap();
    assert_eq!(reread.gone, ["Ug002".into()]);
    assert_eq!(reread.shown.len(), 49);
    let text = |id: &str| {
        let found = reread.shown.iter().find(|it| it.id.as_str() == id);
        found.map(|it| it.text.clone())
    };
    assert_eq!(text("Ug001").as_deref(), Some("Lovely!"), "as it is now");
    assert!(text("Ug003").is_some(), "held, not gone");
    assert_eq!(
        of(&spent(&youtube), SpendKind::Check),
        of(&after, SpendKind::Check),
        "nothing of it was paid from what is kept for replies"
    );
}

#[tokio::test]
async fn a_thread_and_a_reply_are_hidden_and_shown_again() {
    let mut comments = many(2);
    comments.push(said("Ug000.r1", 9, "spam"));
    let simulated = Simulated::start(channel(comments)).await;
    let youtube = simulated.youtube().await;
    for id in ["Ug001", "Ug000.r1"] {
        assert_eq!(hidden(&youtube, id).await, Some(false), "{id}");
        youtube.set_hidden(&id.into(), true).await.unwrap();
        assert_eq!(hidden(&youtube, id).await, Some(true), "{id}");
        assert_eq!(
            hidden(&youtube, "Ug000").await,
            Some(false),
            "the thread above stays"
        );
        youtube.set_hidden(&id.into(), false).await.unwrap();
        assert_eq!(hidden(&youtube, id).await, Some(false), "{id}");
        let writes = (
            simulated.ledger.count(WriteKind::Hold, id),
            simulated.ledger.count(WriteKind::Publish, id),
        );
        assert_eq!(writes, (1, 1), "{id}");
    }
}

#[tokio::test]
async fn sixty_comments_are_held_by_two_calls() {
    let simulated = Simulated::start(channel(many(60))).await;
    let youtube = simulated.youtube().await;
    let results = youtube.set_hidden_many(&ids(0..60), true).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(simulated.charged()["comments.setModerationStatus"], 100);
    assert_eq!(listed(&youtube, Visibility::HeldForReview).await.len(), 60);
}

#[tokio::test]
async fn a_rejection_cannot_be_taken_back() {
    let simulated = Simulated::start(channel(many(2))).await;
    let youtube = simulated.youtube().await;
    let id = PlatformId::from("Ug000");
    youtube.delete(&id).await.unwrap();
    assert_eq!(simulated.ledger.count(WriteKind::Reject, "Ug000"), 1);
    assert!(
        youtube.comment(&id).await.unwrap().is_none(),
        "nobody sees it any more"
    );
    let back = youtube.set_hidden(&id, false).await.unwrap_err();
    assert!(
        matches!(back, PlatformError::Refused { code: 400, .. }),
        "{back:?}"
    );
    assert!(
        youtube.delete(&id).await.is_ok(),
        "what is gone need not be removed"
    );
}

#[tokio::test]
async fn one_comment_that_is_gone_does_not_keep_the_others_from_being_held() {
    let simulated = Simulated::start(channel(many(3))).await;
    let youtube = simulated.youtube().await;
    simulated.control("/comments/Ug001/delete", json!({})).await;
    let results = youtube.set_hidden_many(&ids(0..3), true).await;
    assert!(
        matches!(results[..], [Ok(()), Err(PlatformError::Gone { .. }), Ok(())]),
        "{results:?}"
    );
}

#[tokio::test]
async fn a_banned_author_s_further_comments_do_not_appear() {
    let simulated = Simulated::start(channel(one_question())).await;
    let youtube = simulated.youtube().await;
    youtube.ban(&"Ugq".into()).await.unwrap();
    assert_eq!(simulated.ledger.count(WriteKind::BanAuthor, "Ugq"), 1);
    let again = json!({"post_id": VIDEO, "text": "again", "author_id": crate::simulated::VIEWER});
    simulated.control("/comments", again).await;
    assert!(listed(&youtube, Visibility::Published).await.is_empty());
}

#[tokio::test]
async fn a_reply_is_posted_edited_and_deleted() {
    let simulated = Simulated::start(channel(one_question())).await;
    let youtube = simulated.youtube().await;
    let reply = youtube
        .reply(&"Ugq".into(), "Да, и без пальмового масла 👍")
        .await
        .unwrap();
    let read = youtube.comment(&reply).await.unwrap().unwrap();
    assert_eq!(
        (read.flagged_own, read.text.as_str()),
        (true, "Да, и без пальмового масла 👍")
    );
    assert_eq!((read.parent_id, read.post_id), (Some("Ugq".into()), post()));
    simulated.advance(HOUR / 2).await;
    youtube.edit_reply(&reply, "Yes, & palm-free").await.unwrap();
    let edited = youtube.comment(&reply).await.unwrap().unwrap();
    assert_eq!(edited.text, "Yes, & palm-free", "as typed, not as HTML");
    assert!(edited.edited_at.is_some());
    youtube.delete(&reply).await.unwrap();
    assert_eq!(
        simulated.ledger.count(WriteKind::Delete, reply.as_str()),
        1,
        "not rejected"
    );
    assert!(youtube.comment(&reply).await.unwrap().is_none());
}

#[tokio::test]
async fn a_reply_to_a_reply_ends_under_its_thread() {
    let mut comments = one_question();
    comments.push(said("Ugq.r1", 2, "I wonder too"));
    let simulated = Simulated::start(channel(comments)).await;
    let youtube = simulated.youtube().await;
    youtube.reply(&"Ugq.r1".into(), "It is").await.unwrap();
    assert_eq!(simulated.ledger.replies_in_thread("Ugq").len(), 1);
}

#[tokio::test]
async fn a_new_comment_stands_under_the_video() {
    let simulated = Simulated::start(channel(Vec::new())).await;
    let youtube = simulated.youtube().await;
    let id = youtube.comment_on(&post(), "Back in stock").await.unwrap();
    let threads = readable(youtube.comments(&post(), None).await.unwrap());
    assert_eq!((&threads[0].id, threads[0].flagged_own), (&id, true));
}

/// The look that follows is what keeps a reply from being sent twice.
#[tokio::test]
async fn a_reply_whose_answer_is_lost_is_unknown_and_found_in_its_thread() {
    for fault in [
        FaultKind::TimeoutAfterWrite { ending: Ending::Drop },
        FaultKind::ServerError {
            status: 503,
            after_write: true,
        },
        FaultKind::HtmlBody {
            status: 502,
            after_write: true,
        },
        FaultKind::TruncatedBody { keep_bytes: Some(20) },
    ] {
        let simulated = Simulated::start(channel(one_question())).await;
        let youtube = simulated.youtube().await;
        simulated.strike("POST", "/comments", fault.clone());
        let lost = youtube.reply(&"Ugq".into(), "It is").await.unwrap_err();
        assert!(
            matches!(lost, PlatformError::OutcomeUnknown { .. }),
            "{fault:?}: {lost:?}"
        );
        assert_eq!(simulated.ledger.replies_to("Ugq").len(), 1, "{fault:?}");
        let thread = readable(youtube.replies(&post(), &"Ugq".into(), None).await.unwrap());
        assert!(
            matches!(&thread[..], [own] if own.flagged_own && own.text == "It is"),
            "{fault:?}: {thread:?}"
        );
    }
}

#[tokio::test]
async fn a_refusal_before_the_write_leaves_nothing_behind() {
    for (reason, status, expected) in [
        ("rateLimitExceeded", 403, "Throttled"),
        ("commentsDisabled", 403, "Refused"),
        ("forbidden", 403, "Refused"),
        ("parentCommentIsPrivate", 400, "Refused"),
        ("commentTextTooLong", 400, "Refused"),
        ("ineligibleAccount", 403, "AccountRestricted"),
        ("parentCommentNotFound", 404, "Gone"),
        ("processingFailure", 400, "OutcomeUnknown"),
    ] {
        let simulated = Simulated::start(channel(one_question())).await;
        let youtube = simulated.youtube().await;
        let message = format!("<b>{reason}</b>");
        let fault = FaultKind::YoutubeError {
            reason: reason.to_owned(),
            message,
            status,
        };
        simulated.strike("POST", "/comments", fault);
        let refused = youtube.reply(&"Ugq".into(), "It is").await.unwrap_err();
        assert!(
            format!("{refused:?}").starts_with(expected),
            "{reason}: {refused:?}"
        );
        assert!(!refused.to_string().contains("<b>"), "{refused}");
        assert!(simulated.ledger.entries().is_empty(), "{reason}");
    }
}

#[tokio::test]
async fn a_reply_under_a_held_comment_is_refused_and_one_under_a_deleted_one_is_gone() {
    let simulated = Simulated::start(channel(many(2))).await;
    let youtube = simulated.youtube().await;
    youtube.set_hidden(&"Ug000".into(), true).await.unwrap();
    simulated.control("/comments/Ug001/delete", json!({})).await;
    let private = youtube.reply(&"Ug000".into(), "hello").await.unwrap_err();
    assert!(
        matches!(private, PlatformError::Refused { code: 400, .. }),
        "{private:?}"
    );
    let gone = youtube.reply(&"Ug001".into(), "hello").await.unwrap_err();
    assert!(matches!(gone, PlatformError::Gone { .. }), "{gone:?}");
}

#[tokio::test]
async fn comments_that_are_switched_off_concern_that_video_only() {
    let simulated = Simulated::start(channel(one_question())).await;
    let youtube = simulated.youtube().await;
    let off = json!({"enabled": false});
    simulated
        .control(&format!("/videos/{VIDEO}/comments-enabled"), off)
        .await;
    let closed = youtube.comments(&post(), None).await.unwrap_err();
    assert!(matches!(closed, PlatformError::Gone { .. }), "{closed:?}");
    let refused = youtube.reply(&"Ugq".into(), "hello").await.unwrap_err();
    assert!(
        matches!(refused, PlatformError::Refused { code: 403, .. }),
        "{refused:?}"
    );
    let posts = youtube.posts(None).await.unwrap();
    assert!(
        matches!(&posts.items[..], [Element::Read(video)] if video.comments_enabled == Some(false)),
        "{posts:?}"
    );
}

#[tokio::test]
async fn repeated_and_shuffled_elements_lose_nothing() {
    let simulated = Simulated::start(channel(many(40))).await;
    let youtube = simulated.youtube().await;
    for fault in [FaultKind::DuplicateItems, FaultKind::ReorderedItems] {
        simulated.strike("GET", "/commentThreads", fault);
        assert_eq!(everything(&youtube).await.len(), 40);
    }
}

#[tokio::test]
async fn a_moment_s_failure_of_a_read_is_bridged() {
    let simulated = Simulated::start(channel(many(4))).await;
    let youtube = simulated.youtube().await;
    for fault in [
        FaultKind::ServerError {
            status: 500,
            after_write: false,
        },
        FaultKind::HtmlBody {
            status: 502,
            after_write: false,
        },
        FaultKind::TruncatedBody { keep_bytes: None },
        FaultKind::TimeoutAfterWrite { ending: Ending::Drop },
    ] {
        simulated.strike("GET", "/commentThreads", fault.clone());
        assert_eq!(everything(&youtube).await.len(), 4, "{fault:?}");
    }
}

#[tokio::test]
async fn a_malformed_thread_leaves_the_others_readable() {
    let simulated = Simulated::start(channel(many(2))).await;
    let youtube = simulated.youtube().await;
    simulated
        .control(
            "/comments",
            json!({"post_id": VIDEO, "text": "", "raw": {"id": "Ugbad", "snippet": 7}}),
        )
        .await;
    let page = youtube.comments(&post(), None).await.unwrap();
    let malformed =
        |item: &&Element<_>| matches!(item, Element::Malformed { raw, .. } if raw.contains("Ugbad"));
    assert_eq!(page.items.iter().filter(malformed).count(), 1);
    assert_eq!(page.items.len(), 3);
}

#[tokio::test]
async fn what_the_app_counts_is_what_the_platform_charges() {
    let mut comments = many(8);
    comments.extend((0..7).map(|n| said(&format!("Ug000.{n}"), 20 + n, "reply")));
    let simulated = Simulated::start(channel(comments)).await;
    let youtube = simulated.youtube().await;
    youtube.posts(None).await.unwrap();
    everything(&youtube).await;
    for visibility in [
        Visibility::Published,
        Visibility::HeldForReview,
        Visibility::LikelySpam,
    ] {
        youtube.account_comments(visibility, None).await.unwrap();
    }
    let reply = youtube.reply(&"Ug001".into(), "hello").await.unwrap();
    youtube.edit_reply(&reply, "hello again").await.unwrap();
    youtube.delete(&reply).await.unwrap();
    youtube.comment_on(&post(), "news").await.unwrap();
    youtube.set_hidden_many(&ids(2..6), true).await;
    youtube.delete(&"Ug006".into()).await.unwrap();
    let counted = youtube.quota().ledger().spent_by_kind(simulated.clock.now());
    assert_eq!(
        u64::from(counted.values().sum::<u32>()),
        simulated.charged().values().sum::<u64>(),
        "{counted:?} and {:?}",
        simulated.charged()
    );
    for kind in [
        SpendKind::Reply,
        SpendKind::EditReply,
        SpendKind::Delete,
        SpendKind::Comment,
    ] {
        assert_eq!(counted[&kind], 50, "{kind}");
    }
    assert_eq!(
        counted[&SpendKind::Moderate],
        100,
        "four by one call, and one rejection"
    );
    assert!(
        !simulated.charged().contains_key("search.list"),
        "it has a bucket of its own"
    );
}

#[tokio::test]
async fn the_reserve_outlasts_the_listings_and_the_day_after_everything_goes_on() {
    let simulated = Simulated::start(channel(one_question())).await;
    let budget = QuotaBudget {
        daily_units: 130,
        reserve_units: 110,
    };
    let youtube = simulated.youtube_with(budget).await;
    let mut pages = 0;
    let stopped = loop {
        match youtube.account_comments(Visibility::Published, None).await {
            Ok(_) => pages += 1,
            Err(error) => break error,
        }
    };
    assert!((15..=20).contains(&pages), "{pages}");
    let PlatformError::Throttled {
        retry_after: Some(wait),
    } = stopped
    else {
        panic!("{stopped:?}");
    };
    assert!(
        wait > 13 * HOUR && wait <= 14 * HOUR,
        "midnight in California: {wait:?}"
    );
    youtube.reply(&"Ugq".into(), "from the reserve").await.unwrap();
    simulated.advance(wait).await;
    assert!(
        youtube
            .account_comments(Visibility::Published, None)
            .await
            .is_ok(),
        "it resumes by itself"
    );
    assert_eq!(
        simulated.turned_away(),
        0,
        "nothing was asked that could not be paid for"
    );
}

#[tokio::test]
async fn when_others_spent_the_project_s_units_the_first_refusal_is_the_last_call_of_the_day() {
    let simulated = Simulated::start(channel(one_question())).await;
    let youtube = simulated.youtube().await;
    simulated
        .control(
            "/youtube/quota",
            json!({"do": "spend", "project": "4711", "units": 10_000}),
        )
        .await;
    let mut waits = HashSet::new();
    for _ in 0..5 {
        let refused = youtube.comments(&post(), None).await.unwrap_err();
        let PlatformError::Throttled {
            retry_after: Some(wait),
        } = refused
        else {
            panic!("{refused:?}");
        };
        waits.insert(wait.as_secs() / 3_600);
    }
    let refused = youtube.reply(&"Ugq".into(), "hello").await.unwrap_err();
    assert!(matches!(refused, PlatformError::Throttled { .. }), "{refused:?}");
    assert_eq!(simulated.turned_away(), 1);
    assert_eq!(waits.len(), 1, "{waits:?}");
    simulated.advance(14 * HOUR).await;
    youtube.reply(&"Ugq".into(), "hello").await.unwrap();
}

#[tokio::test]
async fn tokens_are_renewed_by_themselves_and_a_refused_write_is_done_once() {
    let simulated = Simulated::start(channel(one_question())).await;
    let youtube = simulated.youtube().await;
    let renewals = || {
        simulated
            .ledger
            .count(WriteKind::RefreshToken, &SeedAccount::sample_channel().id)
    };
    youtube.profile().await.unwrap();
    assert_eq!(renewals(), 0);
    simulated.advance(2 * HOUR).await;
    youtube.profile().await.unwrap();
    assert_eq!(renewals(), 1, "before it was refused");
    let channel = json!({"channel_id": SeedAccount::sample_channel().id});
    simulated.control("/youtube/expire-access-tokens", channel).await;
    youtube.reply(&"Ugq".into(), "It is").await.unwrap();
    assert_eq!((renewals(), simulated.ledger.replies_to("Ugq").len()), (2, 1));
}

#[tokio::test]
async fn a_sign_in_that_was_taken_back_is_told_and_a_new_one_works() {
    let simulated = Simulated::start(channel(one_question())).await;
    let youtube = simulated.youtube().await;
    let channel = json!({"channel_id": SeedAccount::sample_channel().id});
    simulated.control("/youtube/revoke-grants", channel).await;
    for _ in 0..2 {
        let out = youtube.reply(&"Ugq".into(), "It is").await.unwrap_err();
        assert!(matches!(out, PlatformError::SignedOut { .. }), "{out:?}");
    }
    let again = simulated.youtube().await;
    again.reply(&"Ugq".into(), "It is").await.unwrap();
    assert_eq!(simulated.ledger.replies_to("Ugq").len(), 1);
}

#[tokio::test]
async fn a_person_may_say_no_or_leave_the_box_unticked() {
    let simulated = Simulated::start(channel(Vec::new())).await;
    simulated.control("/youtube/consent", json!({"deny": true})).await;
    let declined = simulated.sign_in().await.unwrap_err();
    assert!(
        matches!(&declined, SignInError::Declined { detail } if detail == "access_denied"),
        "{declined:?}"
    );
    simulated
        .control(
            "/youtube/consent",
            json!({"scope": "https://www.googleapis.com/auth/youtube.readonly"}),
        )
        .await;
    let missing = simulated.sign_in().await.unwrap_err();
    assert_eq!(
        missing,
        SignInError::ScopeMissing {
            scopes: vec![SCOPES[0].to_owned()]
        }
    );
    simulated.control("/youtube/consent", json!(null)).await;
    let tokens = simulated.sign_in().await.unwrap();
    assert_eq!(tokens.scopes, SCOPES);
    assert!(tokens.expires_at > Timestamp(0));
}

#[tokio::test]
async fn a_hundred_and_twenty_videos_are_listed_newest_first() {
    let mut seed = channel(Vec::new());
    let owner = seed.accounts[0].id.clone();
    seed.posts = (0..120)
        .map(|n| simulator::SeedPost {
            timestamp_ms: crate::simulated::WRITTEN_MS + n * 1_000,
            ..video(&format!("simVideo{n:03}"), &owner)
        })
        .collect();
    let simulated = Simulated::start(seed).await;
    let youtube = simulated.youtube().await;
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = youtube.posts(after.as_deref()).await.unwrap();
        found.extend(page.items.into_iter().map(|item| match item {
            Element::Read(post) => post.published_at,
            Element::Malformed { raw, reason } => panic!("{reason}: {raw}"),
        }));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found.len(), 120);
    assert!(found.is_sorted_by(|newer, older| newer > older));
    let charged = simulated.charged();
    assert_eq!(
        (charged["playlistItems.list"], charged["videos.list"]),
        (3, 3),
        "two units for 50 videos"
    );
}
