use reqwest::Method;
use serde_json::json;

use super::oauth::{sign_in_as, tokens_of};
use super::support::{Channel, VIDEO, reason, reply_body, seed};
use crate::support::recorded;

const THREADS: &[(&str, &str)] = &[("part", "snippet"), ("videoId", VIDEO)];

async fn set(channel: &Channel, quota: serde_json::Value) {
    channel.platform.control("/youtube/quota", quota).await.ok();
}

#[tokio::test]
async fn reads_cost_one_writes_fifty_and_mistakes_one() {
    let channel = Channel::start(seed(1)).await;
    channel.get("commentThreads", THREADS).await.ok();
    channel
        .get("channels", &[("part", "id"), ("mine", "true")])
        .await
        .ok();
    channel.reply("1", "Hello").await.ok();
    assert_eq!(reason(&channel.reply("404", "Hello").await).0, 404);
    assert_eq!(reason(&channel.get("commentThreads", &[]).await).0, 400);
    assert_eq!(
        reason(&channel.get_as("wrong", "commentThreads", THREADS).await).0,
        401
    );
    let days = channel.platform.simulator.quota();
    assert_eq!(days.len(), 1);
    assert_eq!(
        (days[0].project.as_str(), days[0].budget_units),
        ("simulator", 10_000)
    );
    assert_eq!(days[0].spent_units, 1 + 1 + 50 + 1 + 1);
    let calls = |method: &str| (days[0].methods[method].calls, days[0].methods[method].units);
    assert_eq!(calls("commentThreads.list"), (2, 2));
    assert_eq!(calls("comments.insert"), (2, 51));

    let url = format!("{}/_control/youtube/quota", channel.platform.base_url);
    let outside = crate::support::read(channel.platform.client.get(url))
        .await
        .unwrap()
        .ok();
    assert_eq!(outside["days"][0]["spent_units"], 54);
}

#[tokio::test]
async fn beyond_the_budget_nothing_is_done_and_the_recorded_body_says_so() {
    let channel = Channel::start(seed(1)).await;
    set(&channel, json!({"do": "budget", "units": 60})).await;
    channel.reply("1", "the first").await.ok();
    let refused = channel.reply("1", "the second").await;
    assert_eq!(refused.status, 403);
    assert_eq!(
        refused.body,
        recorded("youtube_errors/403_quotaExceeded_recorded.json")
    );
    assert_eq!(channel.platform.ledger.replies_to("1").len(), 1);
    channel.get("commentThreads", THREADS).await.ok();
    set(
        &channel,
        json!({"do": "spend", "project": "simulator", "units": 9}),
    )
    .await;
    let refused = channel.get("commentThreads", THREADS).await;
    assert_eq!(reason(&refused), (403, "quotaExceeded"));
    let days = channel.platform.simulator.quota();
    assert_eq!(days[0].spent_units, 60);
    assert_eq!(days[0].methods["commentThreads.list"].refused, 1);
    set(
        &channel,
        json!({"do": "budget", "project": "simulator", "units": 61}),
    )
    .await;
    channel.get("commentThreads", THREADS).await.ok();
}

#[tokio::test]
async fn a_new_day_begins_at_midnight_in_los_angeles() {
    let channel = Channel::start(seed(1)).await;
    set(&channel, json!({"do": "budget", "units": 50})).await;
    // The night in which the clocks were put back there: that day had twenty-five hours.
    let (last_minute, minute_ms) = (1_793_606_340_000_i64, 60_000);
    let state = channel.platform.state().await;
    let ahead = last_minute - state["now_ms"].as_i64().unwrap();
    channel
        .platform
        .control("/clock", json!({"advance_ms": ahead - minute_ms * 60}))
        .await
        .ok();
    channel.reply("1", "Hello").await.ok();
    let late = json!({"advance_ms": minute_ms * 60});
    channel.platform.control("/clock", late).await.ok();
    assert_eq!(
        reason(&channel.get("commentThreads", THREADS).await).1,
        "quotaExceeded"
    );
    channel
        .platform
        .control("/clock", json!({"advance_ms": minute_ms}))
        .await
        .ok();
    channel.get("commentThreads", THREADS).await.ok();
    let days = channel.platform.simulator.quota();
    assert_eq!(
        (days[0].day.as_str(), days[1].day.as_str()),
        ("2026-11-01", "2026-11-02")
    );
    assert_eq!(days[0].resets_at_ms, last_minute + minute_ms);
    assert_eq!((days[0].spent_units, days[1].spent_units), (50, 1));
}

#[tokio::test]
async fn searches_are_counted_in_a_bucket_of_their_own() {
    let channel = Channel::start(seed(1)).await;
    let search = [("part", "snippet"), ("q", "honey"), ("type", "video")];
    let found = channel.get("search", &search).await.ok();
    assert_eq!(found["items"].as_array().unwrap().len(), 2);
    for _ in 1..100 {
        channel.get("search", &search).await.ok();
    }
    assert_eq!(
        reason(&channel.get("search", &search).await),
        (403, "quotaExceeded")
    );
    let days = channel.platform.simulator.quota();
    let used = days[0].methods["search.list"];
    assert_eq!((used.calls, used.units, used.refused), (100, 0, 1));
    assert_eq!(days[0].spent_units, 0);
    channel.get("commentThreads", THREADS).await.ok();
}

#[tokio::test]
async fn the_clients_of_one_project_share_its_budget() {
    let channel = Channel::start(seed(1)).await;
    set(&channel, json!({"do": "budget", "units": 52})).await;
    let mut tokens = Vec::new();
    for client_id in [
        "7788-one.apps.googleusercontent.com",
        "7788-two.apps.googleusercontent.com",
        "99-x",
    ] {
        let code = sign_in_as(&channel, client_id).await;
        tokens.push(tokens_of(&code.exchange(&channel).await.ok()).0);
    }
    let request = channel.request(Method::POST, "comments", &[("part", "snippet")]);
    let request = request.bearer_auth(&tokens[0]).json(&reply_body("1", "Hello"));
    super::support::send(request).await.unwrap().ok();
    channel.get_as(&tokens[1], "commentThreads", THREADS).await.ok();
    channel.get_as(&tokens[0], "commentThreads", THREADS).await.ok();
    let refused = channel.get_as(&tokens[1], "commentThreads", THREADS).await;
    assert_eq!(reason(&refused), (403, "quotaExceeded"));
    channel.get_as(&tokens[2], "commentThreads", THREADS).await.ok();
    let projects: Vec<_> = channel
        .platform
        .simulator
        .quota()
        .into_iter()
        .map(|day| (day.project, day.spent_units))
        .collect();
    assert_eq!(projects, [("7788".to_owned(), 52), ("99".to_owned(), 1)]);
}
