//! The shapes of a delivery, from the whole body down to a change.

use super::{Event, Notice, Part, WebhookError};
use crate::graph::wire::{WireId, malformed};
use domain::ports::{Element, RemoteComment};
use domain::{PlatformId, Timestamp};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// From here on a time can only be in milliseconds: in seconds it would be the year 33658.
const FIRST_MILLISECONDS: i64 = 1_000_000_000_000;

#[derive(Deserialize)]
struct WireDelivery {
    /// Left out in some recordings: the fields then tell whose words they are.
    object: Option<String>,
    entry: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct WireEntry {
    id: WireId,
    /// Seconds for changes, milliseconds for messaging.
    time: i64,
    changes: Option<Vec<Box<RawValue>>>,
    /// Instagram Login's documentation puts one change directly on the entry.
    field: Option<String>,
    value: Option<Box<RawValue>>,
    /// Private messages. Never looked into.
    messaging: Option<IgnoredAny>,
    standby: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct WireChange {
    field: String,
    value: Box<RawValue>,
}

#[derive(Deserialize)]
struct WireComment {
    id: WireId,
    text: Option<String>,
    parent_id: Option<WireId>,
    from: Option<WireAuthor>,
    media: WireMedia,
}

#[derive(Deserialize)]
struct WireAuthor {
    id: Option<WireId>,
    username: Option<String>,
    /// Present when the account itself wrote it.
    self_ig_scoped_id: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct WireMedia {
    id: WireId,
}

#[derive(Deserialize)]
struct WireMention {
    media_id: WireId,
    comment_id: Option<WireId>,
}

#[derive(Deserialize)]
struct WireFeed {
    item: String,
    verb: Option<String>,
    comment_id: Option<WireId>,
    post_id: Option<WireId>,
    /// The post's own id for a first comment.
    parent_id: Option<WireId>,
    from: Option<WirePerson>,
    /// Absent for a sticker.
    message: Option<String>,
    created_time: Option<i64>,
}

#[derive(Deserialize)]
struct WirePerson {
    id: Option<WireId>,
    name: Option<String>,
}

/// Which platform's words the changes are in.
#[derive(Clone, Copy)]
enum Dialect {
    Instagram,
    Page,
    /// The delivery does not say. No field of interest is in both.
    Unnamed,
}

/// What an entry says of all its changes.
struct Delivered {
    dialect: Dialect,
    account_id: PlatformId,
    sent_at: Timestamp,
}

pub(super) fn parts(body: &[u8]) -> Result<Vec<Part>, WebhookError> {
    let is_list = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    if !is_list {
        return delivery(body);
    }
    let deliveries: Vec<&RawValue> = serde_json::from_slice(body).map_err(unreadable)?;
    let mut parts = Vec::new();
    for raw in deliveries {
        match delivery(raw.get().as_bytes()) {
            Ok(found) => parts.extend(found),
            Err(error) => parts.push(Part {
                account_id: None,
                element: malformed(raw.get(), error.to_string()),
            }),
        }
    }
    Ok(parts)
}

fn delivery(body: &[u8]) -> Result<Vec<Part>, WebhookError> {
    let delivery: WireDelivery = serde_json::from_slice(body).map_err(unreadable)?;
    let dialect = match delivery.object.as_deref() {
        Some("instagram") => Dialect::Instagram,
        Some("page") => Dialect::Page,
        None => Dialect::Unnamed,
        Some(other) => return Err(WebhookError::OtherObject(other.to_owned())),
    };
    let mut parts = Vec::new();
    for raw in &delivery.entry {
        let account_id = account_of(raw);
        let elements = entry(raw, dialect).unwrap_or_else(|reason| vec![malformed(raw.get(), reason)]);
        parts.extend(elements.into_iter().map(|element| Part {
            account_id: account_id.clone(),
            element,
        }));
    }
    Ok(parts)
}

/// Whatever else of the entry cannot be read.
fn account_of(entry: &RawValue) -> Option<PlatformId> {
    #[derive(Deserialize)]
    struct WireAccount {
        id: WireId,
    }
    let wire: WireAccount = serde_json::from_str(entry.get()).ok()?;
    Some(wire.id.into())
}

fn unreadable(error: serde_json::Error) -> WebhookError {
    WebhookError::Unreadable(error.to_string())
}

fn entry(raw: &RawValue, dialect: Dialect) -> Result<Vec<Element<Notice>>, String> {
    let wire: WireEntry = parse(raw.get())?;
    let delivered = Delivered {
        dialect,
        account_id: wire.id.into(),
        sent_at: moment(wire.time),
    };
    let mut found = Vec::new();
    for change in wire.changes.unwrap_or_default() {
        let read = parse(change.get()).and_then(|wire: WireChange| delivered.notice(wire));
        found.push(read.map_or_else(|reason| malformed(change.get(), reason), Element::Read));
    }
    if let (Some(field), Some(value)) = (wire.field, wire.value) {
        let read = delivered.notice(WireChange { field, value });
        found.push(read.map_or_else(|reason| malformed(raw.get(), reason), Element::Read));
    }
    if wire.messaging.is_some() || wire.standby.is_some() {
        found.push(Element::Read(delivered.other("messaging".to_owned())));
    }
    match found.is_empty() {
        true => Err("the entry holds no change".to_owned()),
        false => Ok(found),
    }
}

fn parse<T: for<'a> Deserialize<'a>>(raw: &str) -> Result<T, String> {
    serde_json::from_str(raw).map_err(|error| error.to_string())
}

fn moment(time: i64) -> Timestamp {
    match time >= FIRST_MILLISECONDS {
        true => Timestamp(time),
        false => Timestamp(time.saturating_mul(1_000)),
    }
}

impl Delivered {
    fn notice(&self, change: WireChange) -> Result<Notice, String> {
        let value = change.value.get();
        let event = match (self.dialect, change.field.as_str()) {
            (Dialect::Instagram | Dialect::Unnamed, "comments") => self.comment(parse(value)?, false),
            (Dialect::Instagram | Dialect::Unnamed, "live_comments") => self.comment(parse(value)?, true),
            (Dialect::Instagram | Dialect::Unnamed, "mentions") => {
                let wire: WireMention = parse(value)?;
                Event::Mention {
                    post: wire.media_id.into(),
                    comment: wire.comment_id.map(Into::into),
                }
            }
            (Dialect::Page | Dialect::Unnamed, "feed") => self.feed(parse(value)?)?,
            _ => return Ok(self.other(change.field)),
        };
        Ok(Notice {
            account_id: self.account_id.clone(),
            sent_at: self.sent_at,
            event,
        })
    }

    fn other(&self, field: String) -> Notice {
        Notice {
            account_id: self.account_id.clone(),
            sent_at: self.sent_at,
            event: Event::Other { field },
        }
    }

    fn comment(&self, wire: WireComment, live: bool) -> Event {
        let (author_id, username, says_self) = match wire.from {
            Some(from) => (
                from.id.map(PlatformId::from),
                from.username,
                from.self_ig_scoped_id.is_some(),
            ),
            None => (None, None, false),
        };
        let comment = RemoteComment {
            id: wire.id.into(),
            post_id: wire.media.id.into(),
            parent_id: wire.parent_id.map(Into::into),
            flagged_own: says_self || author_id.as_ref() == Some(&self.account_id),
            author_id,
            author_username: username,
            text: wire.text.unwrap_or_default(),
            ..self.bare()
        };
        Event::Comment {
            comment: Box::new(comment),
            live,
        }
    }

    fn feed(&self, wire: WireFeed) -> Result<Event, String> {
        if wire.item != "comment" {
            return Ok(Event::Other {
                field: format!("feed/{}", wire.item),
            });
        }
        let comment: PlatformId = wire.comment_id.ok_or("the comment has no id")?.into();
        let post: PlatformId = wire.post_id.ok_or("the comment does not name its post")?.into();
        match wire.verb.as_deref() {
            Some("add") => {}
            Some("remove" | "delete") => return Ok(Event::Removed { comment, post }),
            Some("edited" | "edit" | "update" | "hide" | "unhide") => {
                return Ok(Event::Changed { comment, post });
            }
            verb => {
                return Ok(Event::Other {
                    field: format!("feed/comment/{}", verb.unwrap_or_default()),
                });
            }
        }
        let (author_id, name) = match wire.from {
            Some(from) => (from.id.map(PlatformId::from), from.name),
            None => (None, None),
        };
        let parent: Option<PlatformId> = wire.parent_id.map(Into::into);
        let comment = RemoteComment {
            id: comment,
            parent_id: parent.filter(|parent| *parent != post),
            post_id: post,
            flagged_own: author_id.as_ref() == Some(&self.account_id),
            author_id,
            author_username: name,
            text: wire.message.unwrap_or_default(),
            published_at: wire.created_time.map_or(self.sent_at, moment),
            ..self.bare()
        };
        Ok(Event::Comment {
            comment: Box::new(comment),
            live: false,
        })
    }

    /// What no notice tells.
    fn bare(&self) -> RemoteComment {
        RemoteComment {
            id: PlatformId(String::new()),
            post_id: PlatformId(String::new()),
            parent_id: None,
            author_id: None,
            author_username: None,
            flagged_own: false,
            text: String::new(),
            published_at: self.sent_at,
            edited_at: None,
            hidden: None,
            like_count: None,
            reply_count: None,
            replies: Vec::new(),
            more_replies: None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::webhook::notices;
    use rstest::rstest;

    fn recorded(file: &str) -> Vec<u8> {
        let path = format!(
            "{}/../../../../shared/fixtures/webhooks/{file}",
            std::env::var("CARGO_MANIFEST_DIR").unwrap()
        );
        std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn one(body: &[u8]) -> Notice {
        match notices(body).unwrap().remove(0) {
            Element::Read(notice) => notice,
            Element::Malformed { raw, reason } => panic!("{reason}: {raw}"),
        }
    }

    fn read(found: &[Element<Notice>]) -> Vec<bool> {
        let each = found.iter().map(|one| matches!(one, Element::Read(_)));
        each.collect()
    }

    fn comment_of(notice: Notice) -> RemoteComment {
        match notice.event {
            Event::Comment { comment, .. } => *comment,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_recorded_comment_is_read() {
        let notice = one(&recorded("ig_comment_reels_toplevel.json"));
        assert_eq!(notice.account_id.as_str(), "17841421930215757");
        assert_eq!(notice.sent_at, Timestamp(1_778_494_689_000));
        let comment = comment_of(notice);
        assert_eq!(
            (comment.id.as_str(), comment.text.as_str()),
            ("17880990537428645", "Link")
        );
        assert_eq!(comment.post_id.as_str(), "18114683101754675");
        assert_eq!((comment.parent_id, comment.flagged_own), (None, false));
        assert_eq!(comment.author_username.as_deref(), Some("userbeta809"));
    }

    #[test]
    fn the_documented_shapes_are_read_as_well() {
        let flat = comment_of(one(&recorded("documented_shape_flat_entry_instagram_login.json")));
        assert_eq!(
            flat.id.as_str(),
            "17900000000000003",
            "a list of bodies, its change on the entry"
        );
        let live = one(&recorded("documented_shape_live_comments.json"));
        assert!(
            matches!(live.event, Event::Comment { live: true, .. }),
            "{live:?}"
        );
        let mention = one(&recorded("ig_mention_dashboard_test_button.json"));
        assert_eq!(mention.account_id.as_str(), "0");
        assert!(
            matches!(mention.event, Event::Mention { comment: Some(_), .. }),
            "{mention:?}"
        );
    }

    #[rstest]
    #[case::by_the_account_s_id(r#"{"id":"1"}"#, true)]
    #[case::by_the_scoped_id(r#"{"id":"2","self_ig_scoped_id":"3"}"#, true)]
    #[case::as_a_number(r#"{"id":1}"#, true)]
    #[case::somebody(r#"{"id":"2","username":"u"}"#, false)]
    fn the_account_s_own_comments_are_known(#[case] from: &str, #[case] own: bool) {
        let body = format!(
            r#"{{"object":"instagram","entry":[{{"id":1,"time":1700000000,"changes":[{{"field":"comments",
               "value":{{"id":"5","parent_id":"4","media":{{"id":"9"}},"from":{from}}}}}]}}]}}"#
        );
        let comment = comment_of(one(body.as_bytes()));
        assert_eq!((comment.flagged_own, comment.parent_id), (own, Some("4".into())));
    }

    #[test]
    fn a_page_tells_of_every_change() {
        let body = |verb: &str, parent: &str| {
            format!(
                r#"{{"object":"page","entry":[{{"id":"1","time":1700000000,"changes":[{{"field":"feed","value":{{
                   "item":"comment","verb":"{verb}","comment_id":"2_3","post_id":"1_2","parent_id":"{parent}",
                   "from":{{"id":"7","name":"Ann"}},"created_time":1699999999}}}}]}}]}}"#
            )
        };
        let first = comment_of(one(body("add", "1_2").as_bytes()));
        assert_eq!(
            (first.parent_id, first.text.as_str()),
            (None, ""),
            "a sticker has no message"
        );
        assert_eq!(first.published_at, Timestamp(1_699_999_999_000));
        let reply = comment_of(one(body("add", "2_9").as_bytes()));
        assert_eq!(reply.parent_id, Some("2_9".into()));
        for verb in ["edited", "edit", "update", "hide", "unhide"] {
            let changed = one(body(verb, "1_2").as_bytes());
            assert!(matches!(changed.event, Event::Changed { .. }), "{changed:?}");
        }
        let removed = one(body("remove", "1_2").as_bytes());
        assert!(matches!(removed.event, Event::Removed { .. }), "{removed:?}");
        let other = one(body("follow", "1_2").as_bytes());
        assert!(matches!(other.event, Event::Other { .. }), "{other:?}");
    }

    #[test]
    fn one_change_that_cannot_be_read_leaves_the_others() {
        let body = br#"{"object":"instagram","entry":[
            {"id":"1","time":1700000000,"changes":[{"field":"comments","value":{"id":"5"}},
             {"field":"comments","value":{"id":"6","media":{"id":"9"}}},{"field":"story_insights","value":{}}]},
            {"id":"1"},{"id":"1","time":1700000000000,"changes":[]}]}"#;
        let found = notices(body).unwrap();
        assert_eq!(read(&found), [false, true, true, false, false]);
    }

    #[test]
    fn whose_a_change_is_is_told_even_where_it_cannot_be_read() {
        let body = br#"{"object":"instagram","entry":[
            {"id":"1","time":1700000000,"changes":[{"field":"comments","value":{"id":"5"}}]},{"id":2},{"time":7}]}"#;
        let accounts: Vec<_> = parts(body)
            .unwrap()
            .into_iter()
            .map(|part| part.account_id)
            .collect();
        assert_eq!(accounts, [Some("1".into()), Some("2".into()), None]);
    }

    #[test]
    fn one_delivery_of_a_list_that_cannot_be_read_leaves_the_others() {
        let body = br#"[{"object":"permissions","entry":[]},{"entry":7},
            {"object":"page","entry":[{"id":"1","time":1700000000,"changes":[{"field":"feed","value":{"item":"like"}}]}]}]"#;
        let found = notices(body).unwrap();
        assert_eq!(read(&found), [false, false, true]);
        assert!(notices(b"[]").unwrap().is_empty());
    }

    #[test]
    fn private_messages_are_told_apart_and_kept_nowhere() {
        let body = br#"{"object":"instagram","entry":[{"id":"1","time":1700000000123,"messaging":[{"message":{"text":"canary"}}]}]}"#;
        let notice = one(body);
        assert!(matches!(&notice.event, Event::Other { field } if field == "messaging"));
        assert_eq!(notice.sent_at, Timestamp(1_700_000_000_123), "milliseconds here");
    }

    #[test]
    fn a_delivery_that_names_no_object_is_known_by_its_fields() {
        let body = |field: &str, value: &str| {
            format!(
                r#"{{"entry":[{{"id":"1","time":1700000000,"changes":[{{"field":"{field}","value":{value}}}]}}]}}"#
            )
        };
        let instagram = one(body("comments", r#"{"id":"5","media":{"id":"9"}}"#).as_bytes());
        assert_eq!(comment_of(instagram).id.as_str(), "5");
        let page = one(body(
            "feed",
            r#"{"item":"comment","verb":"add","comment_id":"2_3","post_id":"1_2"}"#,
        )
        .as_bytes());
        assert_eq!(comment_of(page).id.as_str(), "2_3");
    }

    #[rstest]
    #[case(b"")]
    #[case(b"[")]
    #[case(b"{}")]
    #[case(b"<html>")]
    #[case(br#"{"object":"instagram","entry":{}}"#)]
    fn what_is_no_delivery_is_refused_as_a_whole(#[case] body: &[u8]) {
        assert!(matches!(notices(body), Err(WebhookError::Unreadable(_))));
    }

    #[test]
    fn another_object_s_delivery_is_named() {
        let other = notices(br#"{"object":"permissions","entry":[]}"#).unwrap_err();
        assert_eq!(other, WebhookError::OtherObject("permissions".to_owned()));
    }
}
