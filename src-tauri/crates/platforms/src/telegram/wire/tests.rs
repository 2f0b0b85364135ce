#![allow(clippy::unwrap_used)]
use super::*;

const PLACE: Place = Place {
    chat: -1_001,
    channel: -1_002,
    bot: 4_711,
};
const GROUP: &str = r#""chat":{"id":-1001,"type":"supergroup","title":"Talk"},"date":1790000000"#;
const POST: &str = r#"{"message_id":100,"chat":{"id":-1001,"type":"supergroup"},"date":1790000000,
    "from":{"id":777000,"is_bot":false,"first_name":"Telegram"},
    "sender_chat":{"id":-1002,"type":"channel","title":"Brand","username":"brand"},"is_automatic_forward":true,
    "forward_origin":{"type":"channel","date":1789999999,"message_id":42,
    "chat":{"id":-1002,"type":"channel","title":"Brand","username":"brand"}},"text":"New in the shop"}"#;
const ANN: &str = r#""from":{"id":7,"is_bot":false,"first_name":"Ann","last_name":"Lee"}"#;

fn told(updates: &[String]) -> Told {
    super::updates(&format!("[{}]", updates.join(",")), PLACE).unwrap()
}

fn update(number: i64, kind: &str, message: &str) -> String {
    format!(r#"{{"update_id":{number},"{kind}":{message}}}"#)
}

fn only_comment(message: &str) -> RemoteComment {
    let mut told = told(&[update(1, "message", message)]);
    match told.batch.comments.remove(0) {
        Element::Read(comment) => comment,
        Element::Malformed { reason, .. } => panic!("{reason}"),
    }
}

#[test]
fn a_copied_post_becomes_a_post_with_the_channel_s_own_address() {
    let told = told(&[update(9, "message", POST)]);
    let [Element::Read(post)] = &told.batch.posts[..] else {
        panic!("{:?}", told.batch);
    };
    assert_eq!(post.id.as_str(), "100");
    assert_eq!(post.caption.as_deref(), Some("New in the shop"));
    assert_eq!(post.permalink.as_deref(), Some("https://t.me/brand/42"));
    assert_eq!(post.published_at, Timestamp(1_789_999_999_000));
    assert!(told.batch.comments.is_empty());
    assert_eq!(told.last, Some(9));
}

#[test]
fn a_private_channel_s_post_has_an_address_by_number() {
    let origin = WireOrigin {
        date: None,
        chat: Some(chat(r#"{"id":-1009876543210,"type":"channel"}"#).unwrap()),
        message_id: Some(5),
    };
    assert_eq!(origin.permalink().as_deref(), Some("https://t.me/c/9876543210/5"));
}

#[test]
fn a_comment_brings_the_post_that_it_answers() {
    let message = format!(
        r#"{{"message_id":101,"message_thread_id":100,{GROUP},{ANN},"text":"how much?","reply_to_message":{POST}}}"#
    );
    let told = told(&[update(1, "message", &message)]);
    assert_eq!(told.batch.posts.len(), 1, "also one from before the bot came");
    let comment = only_comment(&message);
    assert_eq!(
        (comment.id.as_str(), comment.post_id.as_str(), comment.parent_id),
        ("101_7", "100", None)
    );
    assert_eq!(comment.author_username.as_deref(), Some("Ann Lee"));
    assert!(!comment.flagged_own);
}

#[test]
fn an_answer_to_a_comment_names_it_and_its_thread() {
    let message = format!(
        r#"{{"message_id":103,"message_thread_id":100,{GROUP},{ANN},"text":"me too","edit_date":1790000100,
           "reply_to_message":{{"message_id":102,{GROUP},"from":{{"id":4711,"is_bot":true,"first_name":"Bot"}}}}}}"#
    );
    let comment = only_comment(&message);
    assert_eq!(
        (comment.post_id.as_str(), comment.parent_id),
        ("100", Some("102_4711".into())),
        "as a sent reply is called too"
    );
    assert_eq!(comment.edited_at, Some(Timestamp(1_790_000_100_000)));
}

#[test]
fn the_team_is_known_by_the_name_it_writes_in() {
    for (sender, own) in [(-1_001, true), (-1_002, true), (-1_003, false)] {
        let message = format!(
            r#"{{"message_id":101,"message_thread_id":100,{GROUP},
               "from":{{"id":1087968824,"is_bot":true,"first_name":"Group"}},
               "sender_chat":{{"id":{sender},"type":"channel","title":"Somebody"}},"text":"12 €"}}"#
        );
        let comment = only_comment(&message);
        assert_eq!((comment.flagged_own, comment.text.as_str()), (own, "12 €"));
        assert_eq!(comment.author_id, Some(PlatformId(sender.to_string())));
    }
}

#[test]
fn other_chats_and_talk_outside_every_thread_are_passed_over_and_count_as_told() {
    let elsewhere = r#"{"message_id":1,"chat":{"id":-5,"type":"group"},"date":1790000000,"text":"hi"}"#;
    let talk = format!(r#"{{"message_id":2,{GROUP},{ANN},"text":"hi"}}"#);
    let told = told(&[
        update(1, "message", elsewhere),
        update(2, "message", &talk),
        update(3, "my_chat_member", "{}"),
    ]);
    assert_eq!(
        (told.batch, told.last, told.count),
        (UpdateBatch::default(), Some(3), 3)
    );
}

#[test]
fn what_cannot_be_read_is_set_aside_and_counts_as_told() {
    let good = format!(r#"{{"message_id":101,"message_thread_id":100,{GROUP},"text":"hi"}}"#);
    let told = told(&[
        update(1, "message", r#"{"chat":{"id":-1001},"message_id":"x"}"#),
        update(2, "message", "7"),
        update(3, "message", &good),
    ]);
    assert_eq!(told.last, Some(3));
    let [
        Element::Malformed { raw, .. },
        Element::Malformed { .. },
        Element::Read(read),
    ] = &told.batch.comments[..]
    else {
        panic!("{:?}", told.batch);
    };
    assert!(raw.contains("update_id"), "{raw}");
    assert_eq!((read.id.as_str(), &read.author_id), ("101", &None));
}

#[test]
fn a_call_that_names_no_update_is_not_believed() {
    assert!(super::updates(r#"[{"message":{}}]"#, PLACE).is_err());
    assert!(super::updates("{}", PLACE).is_err());
    assert_eq!(super::updates("[]", PLACE).unwrap().last, None);
}

#[test]
fn an_id_holds_the_message_and_its_author() {
    for id in ["101_7", "101_-1003", "101"] {
        let id = PlatformId::from(id);
        assert_eq!(MessageRef::parse(&id).unwrap().id(), id);
    }
    for odd in ["", "x", "1_x", "1_2_3"] {
        assert!(MessageRef::parse(&PlatformId::from(odd)).is_err(), "{odd}");
    }
}
