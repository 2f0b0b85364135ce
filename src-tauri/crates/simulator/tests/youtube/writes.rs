use reqwest::Method;
use serde_json::{Value, json};
use simulator::WriteKind;

use super::support::{
    Channel, OTHER_VIDEO, STRANGER_TOKEN, VIDEO, channel_id, comment, done, ids, reason, reply_body, seed,
    send,
};

#[tokio::test]
async fn a_reply_is_under_its_thread_and_in_the_ledger_once() {
    let channel = Channel::start(seed(1)).await;
    let reply = channel.reply("1", "It is back, thank you").await.ok();
    let id = reply["id"].as_str().unwrap();
    assert!(id.starts_with("1."), "{id}");
    assert_eq!(reply["snippet"]["authorChannelId"]["value"], json!(channel_id()));
    assert_eq!(reply["snippet"]["authorDisplayName"], "@samplebrand");
    let query = [("part", "snippet,replies"), ("videoId", VIDEO)];
    let thread = channel.get("commentThreads", &query).await.ok()["items"][0].clone();
    assert_eq!(thread["snippet"]["totalReplyCount"], 1);
    assert_eq!(thread["replies"]["comments"][0]["id"], id);
    let written = channel.platform.ledger.replies_to("1");
    assert_eq!(written.len(), 1);
    assert_eq!(written[0].result_id.as_deref(), Some(id));
    assert_eq!(written[0].thread_id.as_deref(), Some("1"));
    assert_eq!(written[0].account_id, channel_id());

    channel.reply("1", "It is back, thank you").await.ok();
    let times: Vec<u32> = channel
        .platform
        .ledger
        .replies_in_thread("1")
        .iter()
        .map(|entry| entry.times)
        .collect();
    assert_eq!(times, [1, 2], "a double reply shows");
}

#[tokio::test]
async fn a_reply_that_cannot_be_is_refused_with_its_reason() {
    let mut seed = seed(2);
    seed.comments.push(comment("1.1", Some("1")));
    let channel = Channel::start(seed).await;
    let hold = json!({"status": "heldForReview"});
    channel.platform.control("/comments/2/moderate", hold).await.ok();
    let longest = "ä".repeat(10_000);
    for (body, expected) in [
        (reply_body("1", ""), (400, "commentTextRequired")),
        (reply_body("1", " \n"), (400, "commentTextRequired")),
        (
            reply_body("1", &format!("{longest}.")),
            (400, "commentTextTooLong"),
        ),
        (reply_body("", "Hello"), (400, "parentIdMissing")),
        (reply_body("404", "Hello"), (404, "parentCommentNotFound")),
        (reply_body("1.1", "to a reply"), (404, "parentCommentNotFound")),
        (
            reply_body("2", "to what nobody sees"),
            (400, "parentCommentIsPrivate"),
        ),
    ] {
        let refused = channel.write(Method::POST, "comments", body).await;
        assert_eq!(reason(&refused), expected);
    }
    let request = channel.request(Method::POST, "comments", &[("part", "snippet")]);
    let broken = send(request.bearer_auth(super::support::TOKEN).body("{"))
        .await
        .unwrap();
    assert_eq!(reason(&broken), (400, "parseError"));
    let request = channel
        .request(Method::POST, "comments", &[])
        .json(&reply_body("1", "Hello"));
    let no_part = send(request.bearer_auth(super::support::TOKEN)).await.unwrap();
    assert_eq!(reason(&no_part), (400, "required"));
    assert!(channel.platform.ledger.entries().is_empty());
    channel.reply("1", &longest).await.ok();
}

#[tokio::test]
async fn only_ones_own_comments_can_be_edited_and_deleted() {
    let channel = Channel::start(seed(1)).await;
    let reply = channel.reply("1", "Helo").await.ok();
    let id = reply["id"].as_str().unwrap();
    let advance = json!({"advance_ms": 60_000});
    channel.platform.control("/clock", advance).await.ok();
    let edit = |id: &str| json!({"id": id, "snippet": {"textOriginal": "Hello"}});
    let edited = channel.write(Method::PUT, "comments", edit(id)).await.ok();
    assert_eq!(edited["snippet"]["textOriginal"], "Hello");
    assert_eq!(edited["snippet"]["publishedAt"], reply["snippet"]["publishedAt"]);
    assert_ne!(edited["snippet"]["updatedAt"], reply["snippet"]["updatedAt"]);
    assert_ne!(edited["etag"], reply["etag"]);
    assert_eq!(channel.platform.ledger.count(WriteKind::Edit, id), 1);

    let others = channel.write(Method::PUT, "comments", edit("1")).await;
    assert_eq!(reason(&others), (403, "forbidden"));
    assert_eq!(reason(&channel.delete("1").await), (403, "forbidden"));
    let nobodys = channel.write(Method::PUT, "comments", edit("404")).await;
    assert_eq!(reason(&nobodys), (404, "commentNotFound"));
    let request = channel.request(Method::DELETE, "comments", &[("id", id)]);
    let stranger = send(request.bearer_auth(STRANGER_TOKEN)).await.unwrap();
    assert_eq!(reason(&stranger), (403, "forbidden"));

    done(&channel.delete(id).await);
    assert_eq!(reason(&channel.delete(id).await), (404, "commentNotFound"));
    assert_eq!(channel.platform.ledger.count(WriteKind::Delete, id), 1);
    let query = [("part", "snippet"), ("parentId", "1")];
    assert!(ids(&channel.get("comments", &query).await.ok()).is_empty());
}

#[tokio::test]
async fn a_new_thread_starts_on_any_video_that_takes_comments() {
    let channel = Channel::start(seed(0)).await;
    let body = |channel_id: &str, video_id: &str, text: &str| {
        json!({"snippet": {
            "channelId": channel_id, "videoId": video_id,
            "topLevelComment": {"snippet": {"textOriginal": text}},
        }})
    };
    let insert = async |body: Value| channel.write(Method::POST, "commentThreads", body).await;
    let own = channel_id();
    let made = insert(body(&own, VIDEO, "Ask us anything")).await.ok();
    assert_eq!(channel.platform.ledger.count(WriteKind::Comment, VIDEO), 1);
    let id = made["id"].as_str().unwrap();
    assert_eq!(made["snippet"]["topLevelComment"]["id"], id);
    for (body, expected) in [
        (body(&own, "404", "x"), (404, "videoNotFound")),
        (body(&own, OTHER_VIDEO, "x"), (404, "channelNotFound")),
        (body(&own, "", "x"), (400, "channelOrVideoIdMissing")),
        (body(&own, VIDEO, ""), (400, "commentTextRequired")),
    ] {
        assert_eq!(reason(&insert(body).await), expected);
    }
    channel.reply(id, "the first answer").await.ok();
}

#[tokio::test]
async fn people_on_youtube_get_ids_like_youtubes() {
    let channel = Channel::start(seed(0)).await;
    let thread = channel
        .people_say(json!({"post_id": VIDEO, "text": "How much?"}))
        .await;
    assert!(
        thread[0].starts_with("Ug") && thread[0].len() == 26,
        "{}",
        thread[0]
    );
    let reply = json!({"post_id": VIDEO, "parent_id": thread[0], "text": "And when?"});
    let reply = channel.people_say(reply).await;
    assert!(reply[0].starts_with(&format!("{}.", thread[0])), "{}", reply[0]);
    let deeper = json!({"post_id": VIDEO, "parent_id": reply[0], "text": "Indeed"});
    let deeper = channel.people_say(deeper).await;
    assert_eq!(deeper[0].matches('.').count(), 1, "there is one level of replies");
    let query = [("part", "snippet"), ("parentId", thread[0].as_str())];
    assert_eq!(ids(&channel.get("comments", &query).await.ok()).len(), 2);
    let instagram = json!({"post_id": crate::support::POST, "text": "How much?"});
    let instagram = channel.people_say(instagram).await;
    assert!(instagram[0].parse::<u64>().is_ok(), "{}", instagram[0]);
}
