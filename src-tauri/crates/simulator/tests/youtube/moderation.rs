use reqwest::Method;
use serde_json::json;
use simulator::WriteKind;

use super::support::{Channel, OTHER_VIDEO, STRANGER_TOKEN, VIDEO, comment, done, ids, reason, seed, send};

/// Comments 1 and 2 are published, 3 waits for review, 4 looks like spam; 1 has a reply.
async fn moderated() -> Channel {
    let mut seed = seed(2);
    seed.comments.push(comment("1.1", Some("1")));
    let channel = Channel::start(seed).await;
    let said = json!([
        {"post_id": VIDEO, "id": "3", "author_id": "UCbo", "moderation_status": "heldForReview"},
        {"post_id": VIDEO, "id": "4", "author_id": "UCbo", "moderation_status": "likelySpam"},
    ]);
    channel.people_say(said).await;
    channel
}

#[tokio::test]
async fn three_passes_show_what_is_published_held_and_likely_spam() {
    let channel = moderated().await;
    assert_eq!(ids(&channel.pass("published").await), ["2", "1"]);
    let held = channel.pass("heldForReview").await;
    assert_eq!(ids(&held), ["3"]);
    let thread = &held["items"][0]["snippet"];
    assert_eq!(
        thread["topLevelComment"]["snippet"]["moderationStatus"],
        "heldForReview"
    );
    assert_eq!(thread["isPublic"], false);
    assert_eq!(ids(&channel.pass("likelySpam").await), ["4"]);
    let state = channel.platform.state().await;
    assert_eq!(
        (&state["held_for_review"], &state["likely_spam"]),
        (&json!(1), &json!(1))
    );

    let query = [
        ("part", "snippet"),
        ("videoId", VIDEO),
        ("moderationStatus", "heldForReview"),
    ];
    let stranger = channel.get_as(STRANGER_TOKEN, "commentThreads", &query).await;
    assert_eq!(reason(&stranger), (403, "forbidden"));
    assert_eq!(
        reason(&channel.get_with_key("commentThreads", &query).await),
        (403, "forbidden")
    );
    let by_id = [("part", "snippet"), ("id", "3")];
    let own = channel.get("comments", &by_id).await.ok();
    assert_eq!(ids(&own), ["3"]);
    assert!(
        own["items"][0]["snippet"].get("moderationStatus").is_none(),
        "not set with ids"
    );
    let others = channel.get_as(STRANGER_TOKEN, "comments", &by_id).await.ok();
    assert!(ids(&others).is_empty(), "nobody else sees what waits for review");
}

#[tokio::test]
async fn a_reply_that_waits_for_review_is_found_with_its_published_thread() {
    let channel = moderated().await;
    let said = json!({"post_id": VIDEO, "parent_id": "1", "id": "1.7", "moderation_status": "heldForReview"});
    channel.people_say(said).await;
    let held = channel.pass("heldForReview").await;
    assert_eq!(ids(&held), ["3", "1"]);
    let replies = held["items"][1]["replies"]["comments"].as_array().unwrap();
    assert_eq!(replies[0]["id"], "1.7");
    assert_eq!(replies[0]["snippet"]["moderationStatus"], "heldForReview");
    assert_eq!(held["items"][1]["snippet"]["totalReplyCount"], 2);
    let published = channel.pass("published").await;
    assert_eq!(published["items"][1]["snippet"]["totalReplyCount"], 1);
    let query = [("part", "snippet"), ("parentId", "1")];
    assert_eq!(ids(&channel.get("comments", &query).await.ok()), ["1.1"]);
    let statistics = [("part", "statistics"), ("id", VIDEO)];
    let video = channel.get("videos", &statistics).await.ok();
    assert_eq!(
        video["items"][0]["statistics"]["commentCount"], "3",
        "the published ones"
    );
}

#[tokio::test]
async fn held_published_and_rejected_for_good() {
    let channel = moderated().await;
    done(
        &channel
            .moderate(&[("id", "3,4"), ("moderationStatus", "published")])
            .await,
    );
    assert_eq!(ids(&channel.pass("published").await), ["4", "3", "2", "1"]);
    done(
        &channel
            .moderate(&[("id", "2"), ("moderationStatus", "heldForReview")])
            .await,
    );
    assert_eq!(ids(&channel.pass("heldForReview").await), ["2"]);

    done(
        &channel
            .moderate(&[("id", "1"), ("moderationStatus", "rejected")])
            .await,
    );
    for status in ["published", "heldForReview", "likelySpam"] {
        assert!(
            !ids(&channel.pass(status).await).contains(&"1".to_owned()),
            "{status}"
        );
    }
    let hidden = [("part", "snippet"), ("id", "1,1.1")];
    assert!(
        ids(&channel.get("comments", &hidden).await.ok()).is_empty(),
        "its replies are hidden too"
    );
    let replies = [("part", "snippet"), ("parentId", "1")];
    assert_eq!(
        reason(&channel.get("comments", &replies).await),
        (404, "commentNotFound")
    );
    assert_eq!(
        reason(&channel.reply("1", "Hello").await),
        (404, "parentCommentNotFound")
    );
    for status in ["published", "heldForReview"] {
        let back = channel
            .moderate(&[("id", "1"), ("moderationStatus", status)])
            .await;
        assert_eq!(
            reason(&back),
            (400, "operationNotSupported"),
            "never back to {status}"
        );
    }
    done(
        &channel
            .moderate(&[("id", "1"), ("moderationStatus", "rejected")])
            .await,
    );
    let rejected: Vec<_> = channel
        .platform
        .ledger
        .entries()
        .into_iter()
        .filter(|entry| entry.what == WriteKind::Reject)
        .map(|entry| (entry.target, entry.changed, entry.times))
        .collect();
    assert_eq!(rejected, [("1".to_owned(), true, 1), ("1".to_owned(), false, 2)]);
}

#[tokio::test]
async fn a_banned_author_is_rejected_from_then_on() {
    let channel = moderated().await;
    let ban = |status: &'static str| channel_ban(&channel, status);
    assert_eq!(reason(&ban("heldForReview").await), (400, "banWithoutReject"));
    done(&ban("rejected").await);
    assert_eq!(channel.platform.ledger.count(WriteKind::BanAuthor, "3"), 1);
    let said = json!([
        {"post_id": VIDEO, "id": "5", "author_id": "UCbo", "text": "me again"},
        {"post_id": OTHER_VIDEO, "id": "6", "author_id": "UCbo", "text": "elsewhere"},
        {"post_id": VIDEO, "id": "7", "author_id": "UCann", "text": "somebody else"},
    ]);
    channel.people_say(said).await;
    assert_eq!(ids(&channel.pass("published").await), ["7", "2", "1"]);
    let elsewhere = [("part", "snippet"), ("videoId", OTHER_VIDEO)];
    assert_eq!(
        ids(&channel.get("commentThreads", &elsewhere).await.ok()),
        ["6"],
        "on other channels nothing changes"
    );
}

async fn channel_ban(channel: &Channel, status: &str) -> crate::support::Answer {
    let query = [("id", "3"), ("moderationStatus", status), ("banAuthor", "true")];
    channel.moderate(&query).await
}

#[tokio::test]
async fn fifty_at_once_and_all_of_them_or_none() {
    let channel = Channel::start(seed(60)).await;
    let many = |count: usize| (1..=count).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
    let reject = async |ids: &str| {
        channel
            .moderate(&[("id", ids), ("moderationStatus", "rejected")])
            .await
    };
    assert_eq!(reason(&reject(&many(51)).await), (400, "invalidParameter"));
    assert_eq!(reason(&reject("1,2,404").await), (404, "commentNotFound"));
    assert_eq!(
        channel.platform.state().await["rejected"],
        0,
        "one bad id spoils the call"
    );
    done(&reject(&many(50)).await);
    assert_eq!(channel.platform.state().await["rejected"], 50);
    let used = channel.platform.simulator.quota()[0].methods["comments.setModerationStatus"];
    assert_eq!(
        (used.calls, used.units),
        (3, 52),
        "two mistakes at 1 and one call at 50"
    );

    assert_eq!(
        reason(&channel.moderate(&[("id", "51")]).await),
        (400, "required")
    );
    let unknown = channel
        .moderate(&[("id", "51"), ("moderationStatus", "likelySpam")])
        .await;
    assert_eq!(reason(&unknown), (400, "invalidParameter"));
    let query = [("id", "51"), ("moderationStatus", "rejected")];
    let request = channel.request(Method::POST, "comments/setModerationStatus", &query);
    let stranger = send(request.bearer_auth(STRANGER_TOKEN)).await.unwrap();
    assert_eq!(reason(&stranger), (403, "forbidden"));
}

#[tokio::test]
async fn moderators_work_beside_the_api() {
    let channel = moderated().await;
    let publish = json!({"status": "published"});
    channel
        .platform
        .control("/comments/3/moderate", publish.clone())
        .await
        .ok();
    assert_eq!(ids(&channel.pass("published").await), ["3", "2", "1"]);
    assert!(
        channel.platform.ledger.entries().is_empty(),
        "nothing was written through the API"
    );
    let missing = channel.platform.control("/comments/404/moderate", publish).await;
    assert_eq!(missing.status, 404);
    let post_id = crate::support::POST;
    let wrong = json!({"post_id": post_id, "text": "x", "moderation_status": "heldForReview"});
    assert_eq!(channel.platform.control("/comments", wrong).await.status, 400);
}
