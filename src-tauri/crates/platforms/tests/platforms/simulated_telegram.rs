//! The Telegram client and the simulator.

use crate::simulated::{Simulated, WRITTEN_MS, read_all};
use crate::support::nobody;
use domain::error::PlatformError;
use domain::ports::{ActionSink, CommentSource, Element, RemoteComment, UpdateBatch};
use domain::{Arrival, PlatformId, Removal, ReplyTarget};
use platforms::Telegram;
use serde_json::{Value, json};
use simulator::{Ending, FaultKind, Seed, SeedAccount, SeedComment, SeedPost, WriteKind};
use std::time::Duration;

const GROUP: &str = "-1001700000000001";
const CHANNEL: &str = "-1001700000000002";
const BOT: &str = "4700000001";
/// What must be in no error text.
const SECRET: &str = "AAsimulator-bot-token";
const POST: &str = "100";
const ANN: &str = "777";
const NOW: Duration = Duration::ZERO;

async fn start() -> (Simulated, Telegram) {
    let group = SeedAccount::sample_group();
    assert_eq!(
        (group.id.as_str(), group.app_scoped_id.as_str()),
        (GROUP, CHANNEL)
    );
    assert_eq!(group.token, format!("{BOT}:{SECRET}"));
    let simulated = Simulated::start(Seed {
        posts: vec![SeedPost {
            id: POST.to_owned(),
            account_id: group.id.clone(),
            caption: Some("New in the shop".to_owned()),
            timestamp_ms: WRITTEN_MS,
            comments_enabled: true,
            ..SeedPost::default()
        }],
        comments: vec![SeedComment {
            id: "101".to_owned(),
            post_id: POST.to_owned(),
            author_id: Some(ANN.to_owned()),
            username: Some("ann".to_owned()),
            text: "from before the bot came".to_owned(),
            timestamp_ms: WRITTEN_MS,
            ..SeedComment::default()
        }],
        accounts: vec![group],
    })
    .await;
    let telegram = simulated.telegram();
    (simulated, telegram)
}

/// A comment of Ann's, or an answer of hers. Returns the message's number.
async fn says(simulated: &Simulated, text: &str, answered: Option<&str>) -> String {
    let comment = json!({
        "post_id": POST, "parent_id": answered, "text": text, "author_id": ANN, "username": "ann",
    });
    let ids = simulated.control("/comments", comment).await;
    ids["ids"][0].as_str().unwrap().to_owned()
}

/// As this app calls a message of Ann's.
fn by_ann(message: &str) -> PlatformId {
    PlatformId(format!("{message}_{ANN}"))
}

async fn told(telegram: &Telegram, after: Option<&str>) -> UpdateBatch {
    telegram.updates(after, NOW).await.unwrap()
}

async fn texts(telegram: &Telegram, after: Option<&str>) -> Vec<String> {
    let comments = read_all(told(telegram, after).await.comments);
    comments.into_iter().map(|comment| comment.text).collect()
}

async fn only(telegram: &Telegram, after: Option<&str>) -> RemoteComment {
    let mut comments = read_all(told(telegram, after).await.comments);
    assert_eq!(comments.len(), 1, "{comments:?}");
    comments.remove(0)
}

fn kinds(simulated: &Simulated) -> Vec<WriteKind> {
    let entries = simulated.ledger.entries();
    entries.iter().map(|entry| entry.what).collect()
}

#[tokio::test]
async fn what_happens_is_told_until_it_is_asked_for_from_behind_it() {
    let (simulated, telegram) = start().await;
    let nothing = told(&telegram, None).await;
    assert_eq!(nothing, UpdateBatch::default(), "there is no history");
    let post =
        json!({"id": "102", "account_id": GROUP, "caption": "Back in stock", "timestamp_ms": WRITTEN_MS});
    simulated.control("/posts", post).await;
    let first = says(&simulated, "how much?", None).await;
    let batch = told(&telegram, None).await;
    let [Element::Read(copied), Element::Read(answered)] = &batch.posts[..] else {
        panic!("{batch:?}");
    };
    assert_eq!(copied.caption.as_deref(), Some("Back in stock"));
    assert_eq!(
        (answered.id.as_str(), answered.caption.as_deref()),
        (POST, Some("New in the shop")),
        "a post from before the bot came is known by its first comment"
    );
    assert!(!batch.has_more);
    let [Element::Read(comment)] = &batch.comments[..] else {
        panic!("{batch:?}");
    };
    assert_eq!(
        (comment.id.clone(), comment.post_id.as_str()),
        (by_ann(&first), POST)
    );
    assert_eq!(comment.author_username.as_deref(), Some("ann"));
    assert!(!comment.flagged_own && comment.parent_id.is_none());
    // The batch was not stored, as after a crash: it comes again, and nothing of it is lost.
    let again = told(&telegram, None).await;
    assert_eq!((&again.posts, &again.comments), (&batch.posts, &batch.comments));
    says(&simulated, "and this?", None).await;
    let next = batch.next.unwrap();
    assert_eq!(texts(&telegram, Some(&next)).await, ["and this?"]);
    assert_eq!(
        texts(&telegram, None).await,
        ["and this?"],
        "what came before is forgotten for good"
    );
}

#[tokio::test]
async fn hundreds_of_updates_come_in_batches_and_each_once() {
    let (simulated, telegram) = start().await;
    let many: Vec<Value> = (0..250)
        .map(|n| json!({"post_id": POST, "text": format!("{n}"), "author_id": ANN}))
        .collect();
    simulated.control("/comments", json!(many)).await;
    let (mut all, mut after, mut batches) = (Vec::new(), None, 0);
    loop {
        let batch = told(&telegram, after.as_deref()).await;
        all.extend(read_all(batch.comments));
        after = batch.next;
        batches += 1;
        if !batch.has_more {
            break;
        }
    }
    let wanted: Vec<String> = (0..250).map(|n| n.to_string()).collect();
    let read: Vec<String> = all.into_iter().map(|comment| comment.text).collect();
    assert_eq!((read, batches), (wanted, 3));
}

#[tokio::test]
async fn a_reply_answers_that_very_comment_and_is_not_told_back() {
    let (simulated, telegram) = start().await;
    let comment = says(&simulated, "how much?", None).await;
    let follow_up = says(&simulated, "and in blue?", Some(&comment)).await;
    let batch = told(&telegram, None).await;
    let asked = read_all(batch.comments);
    assert_eq!(asked[1].parent_id, Some(by_ann(&comment)));
    let reply = telegram
        .reply(&by_ann(&follow_up), "12 €, спасибо 👍")
        .await
        .unwrap();
    assert!(reply.as_str().ends_with(&format!("_{BOT}")), "{reply}");
    let sent = &simulated.ledger.entries()[0];
    assert_eq!(
        (sent.what, sent.target.as_str(), sent.text.as_deref()),
        (WriteKind::Reply, follow_up.as_str(), Some("12 €, спасибо 👍"))
    );
    assert_eq!(texts(&telegram, batch.next.as_deref()).await, [""; 0]);
    let (message, _) = reply.as_str().split_once('_').unwrap();
    says(&simulated, "thank you", Some(message)).await;
    let thanks = only(&telegram, batch.next.as_deref()).await;
    assert_eq!(thanks.parent_id, Some(reply), "an answer names what it answers");
    assert_eq!(thanks.post_id.as_str(), POST);
}

#[tokio::test]
async fn edits_are_told_deletions_are_not_and_the_team_is_known() {
    let (simulated, telegram) = start().await;
    let comment = says(&simulated, "how much?", None).await;
    let next = told(&telegram, None).await.next;
    let edit = json!({"text": "how much is it?"});
    simulated
        .control(&format!("/comments/{comment}/edit"), edit)
        .await;
    let edited = only(&telegram, next.as_deref()).await;
    assert_eq!(
        (edited.id, edited.text.as_str()),
        (by_ann(&comment), "how much is it?")
    );
    assert!(edited.edited_at.is_some());
    let next = told(&telegram, next.as_deref()).await.next;
    simulated
        .control(&format!("/comments/{comment}/delete"), json!({}))
        .await;
    assert_eq!(texts(&telegram, next.as_deref()).await, [""; 0]);
    for (author, own) in [(GROUP, true), (CHANNEL, true), ("-1001999999999999", false)] {
        let said = json!({"post_id": POST, "text": "hello", "author_id": author});
        simulated.control("/comments", said).await;
        let batch = told(&telegram, next.as_deref()).await;
        let last = read_all(batch.comments).pop().unwrap();
        assert_eq!(
            (last.flagged_own, last.author_id),
            (own, Some(author.into())),
            "{author}"
        );
    }
}

#[tokio::test]
async fn a_reply_to_what_is_gone_is_refused_and_nothing_is_sent() {
    let (simulated, telegram) = start().await;
    let comment = says(&simulated, "how much?", None).await;
    simulated
        .control(&format!("/comments/{comment}/delete"), json!({}))
        .await;
    let refused = telegram.reply(&by_ann(&comment), "12 €").await.unwrap_err();
    assert!(matches!(refused, PlatformError::Gone { .. }), "{refused:?}");
    assert!(simulated.ledger.entries().is_empty());
}

#[tokio::test]
async fn a_reply_is_edited_and_deleted_and_each_may_be_asked_for_twice() {
    let (simulated, telegram) = start().await;
    let comment = says(&simulated, "how much?", None).await;
    let reply = telegram.reply(&by_ann(&comment), "12 €").await.unwrap();
    telegram.edit_reply(&reply, "13 €").await.unwrap();
    telegram.edit_reply(&reply, "13 €").await.unwrap();
    telegram.delete(&reply).await.unwrap();
    telegram.delete(&reply).await.unwrap();
    assert_eq!(
        kinds(&simulated),
        [WriteKind::Reply, WriteKind::Edit, WriteKind::Delete]
    );
    let gone = telegram.edit_reply(&reply, "14 €").await.unwrap_err();
    assert!(matches!(gone, PlatformError::Gone { .. }), "{gone:?}");
    let foreign = telegram
        .edit_reply(&by_ann(&comment), "I love it")
        .await
        .unwrap_err();
    assert!(
        matches!(foreign, PlatformError::Refused { code: 400, .. }),
        "{foreign:?}"
    );
}

#[tokio::test]
async fn a_new_comment_stands_under_the_post() {
    let (simulated, telegram) = start().await;
    telegram.comment_on(&POST.into(), "Back in stock").await.unwrap();
    assert_eq!(simulated.ledger.count(WriteKind::Comment, POST), 1);
}

#[tokio::test]
async fn a_ban_takes_the_comment_along_and_the_author_stays_away() {
    let (simulated, telegram) = start().await;
    let comment = says(&simulated, "spam", None).await;
    for _ in 0..2 {
        telegram.ban(&by_ann(&comment)).await.unwrap();
    }
    assert_eq!(
        kinds(&simulated),
        [WriteKind::BanAuthor, WriteKind::Delete, WriteKind::BanAuthor]
    );
    assert_eq!(simulated.ledger.count(WriteKind::BanAuthor, ANN), 2);
    let as_a_channel = json!({"post_id": POST, "text": "spam", "author_id": "-1001999999999999"});
    simulated.control("/comments", as_a_channel).await;
    let said = read_all(told(&telegram, None).await.comments).pop().unwrap();
    telegram.ban(&said.id).await.unwrap();
    assert_eq!(
        simulated.ledger.count(WriteKind::BanAuthor, "-1001999999999999"),
        1
    );
    let own = PlatformId(format!("{comment}_{CHANNEL}"));
    let refused = telegram.ban(&own).await.unwrap_err();
    assert!(
        matches!(refused, PlatformError::Refused { code: 0, .. }),
        "{refused:?}"
    );
}

#[tokio::test]
async fn without_the_right_to_ban_the_comment_stays_as_it_is() {
    let (simulated, telegram) = start().await;
    let comment = says(&simulated, "spam", None).await;
    let path = format!("/accounts/{GROUP}/permissions");
    simulated
        .control(&path, json!({"refused": ["can_restrict_members"]}))
        .await;
    let refused = telegram.ban(&by_ann(&comment)).await.unwrap_err();
    assert!(
        matches!(refused, PlatformError::PermissionMissing { .. }),
        "{refused:?}"
    );
    assert!(simulated.ledger.entries().is_empty());
    simulated.control(&path, json!({"refused": ["member"]})).await;
    let refused = telegram.delete(&by_ann(&comment)).await.unwrap_err();
    assert!(
        matches!(refused, PlatformError::PermissionMissing { .. }),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_send_whose_answer_is_lost_is_unknown_and_was_sent_once() {
    for fault in [
        FaultKind::TimeoutAfterWrite { ending: Ending::Drop },
        FaultKind::ServerError {
            status: 502,
            after_write: true,
        },
        FaultKind::HtmlBody {
            status: 200,
            after_write: true,
        },
        FaultKind::TruncatedBody { keep_bytes: Some(5) },
    ] {
        let (simulated, telegram) = start().await;
        let comment = says(&simulated, "how much?", None).await;
        simulated.strike("POST", "/sendMessage", fault.clone());
        let lost = telegram.reply(&by_ann(&comment), "12 €").await.unwrap_err();
        assert!(
            matches!(lost, PlatformError::OutcomeUnknown { .. }),
            "{fault:?}: {lost:?}"
        );
        assert_eq!(simulated.ledger.replies_to(&comment).len(), 1, "{fault:?}");
        let shown = telegram.comment(&by_ann(&comment)).await.unwrap_err();
        assert!(
            matches!(shown, PlatformError::Refused { code: 0, .. }),
            "nothing is shown again, and the client does not pretend: {shown:?}"
        );
    }
}

#[tokio::test]
async fn reads_are_tried_again() {
    let (simulated, telegram) = start().await;
    says(&simulated, "how much?", None).await;
    let passing = FaultKind::ServerError {
        status: 502,
        after_write: false,
    };
    simulated.strike("POST", "/getUpdates", passing);
    assert_eq!(texts(&telegram, None).await, ["how much?"]);
}

#[tokio::test]
async fn a_limit_holds_every_call_back_for_as_long_as_it_says() {
    let (simulated, telegram) = start().await;
    let comment = by_ann(&says(&simulated, "how much?", None).await);
    let fault = json!({
        "kind": "telegram_error", "status": 429, "description": "Too Many Requests: retry after 37",
        "retry_after": 37, "match": {"path_contains": "sendMessage"},
    });
    simulated.control("/faults", fault).await;
    let throttled = telegram.reply(&comment, "12 €").await.unwrap_err();
    let wait = Duration::from_secs(37);
    assert_eq!(
        throttled,
        PlatformError::Throttled {
            retry_after: Some(wait)
        }
    );
    let closed = telegram.reply(&comment, "12 €").await.unwrap_err();
    assert!(matches!(closed, PlatformError::Throttled { .. }), "{closed:?}");
    assert!(
        simulated.ledger.entries().is_empty(),
        "nothing was sent meanwhile"
    );
    simulated.advance(wait + Duration::from_secs(1)).await;
    telegram.reply(&comment, "12 €").await.unwrap();
}

#[tokio::test]
async fn waiting_ends_with_what_comes_and_gives_way_to_a_call_that_does_not_wait() {
    let (simulated, telegram) = start().await;
    let long = Duration::from_secs(15);
    let (heard, _) = tokio::join!(telegram.updates(None, long), says(&simulated, "how much?", None));
    assert_eq!(read_all(heard.unwrap().comments).len(), 1);
    let next = told(&telegram, None).await.next;
    let started = std::time::Instant::now();
    let (waited, asked) = tokio::join!(
        telegram.updates(next.as_deref(), long),
        telegram.updates(next.as_deref(), NOW)
    );
    assert!(started.elapsed() < long, "the first one gave way");
    let nothing = UpdateBatch {
        next,
        ..UpdateBatch::default()
    };
    assert_eq!((waited.unwrap(), asked.unwrap()), (nothing.clone(), nothing));
}

#[tokio::test]
async fn updates_that_go_elsewhere_are_told_apart() {
    let (simulated, telegram) = start().await;
    for (words, is_restricted) in [
        (
            "Conflict: can't use getUpdates method while webhook is active",
            true,
        ),
        ("Conflict: terminated by other getUpdates request", false),
    ] {
        let fault = json!({"kind": "telegram_error", "status": 409, "description": words});
        simulated.control("/faults", fault).await;
        let refused = telegram.updates(None, NOW).await.unwrap_err();
        let as_expected = match is_restricted {
            true => matches!(refused, PlatformError::AccountRestricted { .. }),
            false => matches!(refused, PlatformError::Unavailable { .. }),
        };
        assert!(as_expected, "{refused:?}");
    }
}

#[tokio::test]
async fn other_talk_is_passed_over_and_what_cannot_be_read_is_set_aside() {
    let (simulated, telegram) = start().await;
    let group: i64 = GROUP.parse().unwrap();
    let chat = json!({"id": group, "type": "supergroup"});
    let updates = json!([
        {"message": {"message_id": 1, "chat": chat, "date": 1_790_000_000, "text": "hi all"}},
        {"message": {"message_id": 2, "chat": {"id": 5, "type": "private"}, "date": 1_790_000_000, "text": "hi"}},
        {"message": {"message_id": "three", "chat": chat}},
        {"poll": {}},
    ]);
    simulated
        .control(&format!("/groups/{GROUP}/updates"), updates)
        .await;
    says(&simulated, "how much?", None).await;
    let batch = told(&telegram, None).await;
    let [Element::Malformed { .. }, Element::Read(read)] = &batch.comments[..] else {
        panic!("{batch:?}");
    };
    assert_eq!(read.text, "how much?");
    let next = told(&telegram, batch.next.as_deref()).await;
    assert!(next.comments.is_empty(), "none of them comes again: {next:?}");
}

#[tokio::test]
async fn no_error_tells_the_token() {
    let (simulated, telegram) = start().await;
    let comment = by_ann(&says(&simulated, "how much?", None).await);
    let unreachable = simulated.telegram_at(nobody().await.parse().unwrap());
    let mut errors = vec![
        unreachable.reply(&comment, "12 €").await.unwrap_err(),
        unreachable.updates(None, NOW).await.unwrap_err(),
    ];
    assert!(
        matches!(errors[0], PlatformError::Unavailable { .. }),
        "it did not leave: {errors:?}"
    );
    let cut = || FaultKind::TimeoutBeforeWrite { ending: Ending::Drop };
    simulated.strike("POST", "/sendMessage", cut());
    errors.push(telegram.reply(&comment, "12 €").await.unwrap_err());
    for _ in 0..3 {
        simulated.strike("POST", "/getUpdates", cut());
    }
    errors.push(telegram.updates(None, NOW).await.unwrap_err());
    let echo = FaultKind::TelegramError {
        description: format!("Bad Request: /bot{BOT}:{SECRET}/sendMessage"),
        status: 400,
        retry_after: None,
        migrate_to_chat_id: None,
    };
    simulated.strike("POST", "/sendMessage", echo);
    errors.push(telegram.reply(&comment, "12 €").await.unwrap_err());
    simulated
        .control(&format!("/accounts/{GROUP}/revoke-tokens"), json!({}))
        .await;
    errors.push(telegram.updates(None, NOW).await.unwrap_err());
    assert!(
        matches!(errors.last(), Some(PlatformError::SignedOut { .. })),
        "{errors:?}"
    );
    for error in errors {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[tokio::test]
async fn a_bot_finds_its_group_by_any_name_and_tells_what_it_may_do() {
    let (simulated, telegram) = start().await;
    let bot = simulated.bot(&SeedAccount::sample_group().token);
    for named in [
        GROUP,
        CHANNEL,
        "@samplebrand_talk",
        "https://t.me/samplebrand_talk_channel",
    ] {
        let found = bot.group(named).await.unwrap();
        assert_eq!(
            (found.id.as_str(), found.username.as_str()),
            (GROUP, "samplebrand_talk"),
            "{named}"
        );
        assert_eq!(found.group.channel_id.to_string(), CHANNEL);
        let rights = found.rights;
        assert!(rights.is_member && rights.reads_all_messages && rights.can_send_messages);
        assert!(rights.can_delete_messages && rights.can_restrict_members);
    }
    let profile = telegram.profile().await.unwrap();
    assert_eq!(
        (profile.id.as_str(), profile.username.as_str()),
        (GROUP, "samplebrand_talk")
    );
    let unknown = bot.group("@nobody").await.unwrap_err();
    assert!(
        matches!(unknown, PlatformError::PermissionMissing { .. }),
        "{unknown:?}"
    );
    says(&simulated, "how much?", None).await;
    bot.try_updates().await.unwrap();
    assert_eq!(
        texts(&telegram, None).await,
        ["how much?"],
        "trying confirms nothing"
    );
}

#[tokio::test]
async fn each_missing_right_is_told_by_itself() {
    let (simulated, _) = start().await;
    let bot = simulated.bot(&SeedAccount::sample_group().token);
    let path = format!("/accounts/{GROUP}/permissions");
    let mut rights = Vec::new();
    for refused in [
        vec!["can_delete_messages"],
        vec!["can_restrict_members"],
        vec!["administrator"],
        vec!["administrator", "can_read_all_group_messages"],
        vec!["member"],
    ] {
        simulated.control(&path, json!({ "refused": refused })).await;
        let found = bot.group(GROUP).await.unwrap().rights;
        rights.push((
            found.is_member,
            found.reads_all_messages,
            found.can_delete_messages,
            found.can_restrict_members,
        ));
    }
    assert_eq!(
        rights,
        [
            (true, true, false, true),
            (true, true, true, false),
            (true, true, false, false),
            (true, false, false, false),
            (false, false, false, false),
        ]
    );
}

#[tokio::test]
async fn what_telegram_can_do_is_told_as_data() {
    let (_simulated, telegram) = start().await;
    let can = telegram.capabilities();
    assert_eq!(
        (can.arrival, can.can_look_again, can.notices_deletions),
        (Arrival::Told, false, false)
    );
    assert_eq!(
        (can.can_hide, can.can_delete_others, can.replies_to),
        (None, Removal::Delete, ReplyTarget::Any)
    );
    assert!(can.can_ban && can.can_edit_own_reply && can.can_comment_on_post && !can.can_private_reply);
    assert_eq!(can.reply_max_chars, 4_096);
    let long = telegram
        .reply(&by_ann("1"), &"ж".repeat(4_097))
        .await
        .unwrap_err();
    assert!(matches!(long, PlatformError::Refused { code: 0, .. }), "{long:?}");
    let hidden = telegram.set_hidden(&by_ann("1"), true).await.unwrap_err();
    assert!(
        matches!(hidden, PlatformError::Refused { code: 0, .. }),
        "{hidden:?}"
    );
    let listed = telegram.posts(None).await;
    assert!(listed.is_err(), "no listing is no empty listing");
}
