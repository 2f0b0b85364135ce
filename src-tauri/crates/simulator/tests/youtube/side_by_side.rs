//! One simulator for both platforms: one world, one ledger, one journal, and no way from one dialect to the other.

use serde_json::json;
use simulator::WriteKind;

use super::support::{Channel, TOKEN, VIDEO, channel_id, reason, seed};
use crate::support::{POST, TOKEN as INSTAGRAM_TOKEN};

#[tokio::test]
async fn both_platforms_write_into_one_ledger() {
    let channel = Channel::start(seed(1)).await;
    let said = json!({"post_id": POST, "id": "901", "username": "bo", "text": "How much?"});
    channel.people_say(said).await;
    channel.platform.reply("901", "On Instagram").await;
    channel.reply("1", "On YouTube").await.ok();
    let by: Vec<_> = channel
        .platform
        .ledger
        .entries()
        .into_iter()
        .map(|entry| (entry.what, entry.target, entry.account_id))
        .collect();
    assert_eq!(
        by[0],
        (WriteKind::Reply, "901".into(), "17841400000000001".into())
    );
    assert_eq!(by[1], (WriteKind::Reply, "1".into(), channel_id()));
    let state = channel.platform.state().await;
    assert_eq!((&state["accounts"], &state["replies"]), (&json!(3), &json!(2)));
    assert_eq!(state["requests"], 2);
}

#[tokio::test]
async fn a_token_opens_its_own_platform_only() {
    let channel = Channel::start(seed(1)).await;
    let query = [("part", "snippet"), ("videoId", VIDEO)];
    let refused = channel.get_as(INSTAGRAM_TOKEN, "commentThreads", &query).await;
    assert_eq!(reason(&refused), (401, "authError"));
    let refused = channel.platform.get("/me", &[("access_token", TOKEN)]).await;
    assert_eq!(refused.refusal(), (190, None));
}

#[tokio::test]
async fn what_is_on_one_platform_is_not_on_the_other() {
    let channel = Channel::start(seed(1)).await;
    channel
        .people_say(json!({"post_id": POST, "id": "901", "text": "How much?"}))
        .await;
    for path in ["/1", &format!("/{VIDEO}"), &format!("/{}/media", channel_id())] {
        assert_eq!(
            channel.platform.get(path, &[]).await.refusal(),
            (100, Some(33)),
            "{path}"
        );
    }
    let query = [("part", "snippet"), ("videoId", POST)];
    assert_eq!(
        reason(&channel.get("commentThreads", &query).await),
        (404, "videoNotFound")
    );
    assert_eq!(
        reason(&channel.reply("901", "Hello").await),
        (404, "parentCommentNotFound")
    );
    let query = [
        ("part", "snippet"),
        ("allThreadsRelatedToChannelId", "17841400000000001"),
    ];
    assert_eq!(
        reason(&channel.get("commentThreads", &query).await),
        (404, "channelNotFound")
    );
}

#[tokio::test]
async fn a_seed_in_which_two_accounts_share_a_token_is_refused() {
    let mut seed = seed(0);
    seed.accounts[2].token = TOKEN.into();
    let config = simulator::SimulatorConfig {
        bind: ([127, 0, 0, 1], 0).into(),
        journal: None,
        seed,
    };
    assert!(simulator::Simulator::start(config).await.is_err());
}
