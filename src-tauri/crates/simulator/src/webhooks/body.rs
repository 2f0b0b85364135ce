//! The bytes of a delivery: keys in the platform's order, what is not ASCII as `\uXXXX`, slashes with a backslash.

use serde::Serialize;
use serde_json::{Value, json};

use crate::seed::{SeedComment, SeedPlatform};
use crate::world::{Account, Change, Object, World};

/// One change on one account.
#[derive(Clone)]
pub struct Notice {
    account_id: String,
    object: &'static str,
    change: WireChange,
}

#[derive(Serialize)]
struct WireDelivery {
    entry: Vec<WireEntry>,
    object: &'static str,
}

#[derive(Serialize)]
struct WireEntry {
    id: String,
    /// Seconds.
    time: i64,
    changes: Vec<WireChange>,
}

#[derive(Clone, Serialize)]
struct WireChange {
    value: WireValue,
    field: &'static str,
}

#[derive(Clone, Serialize)]
#[serde(untagged)]
enum WireValue {
    Comment(WireComment),
    Feed(WireFeed),
    Malformed(Value),
}

#[derive(Clone, Serialize)]
struct WireComment {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<WireAuthor>,
    media: WireMedia,
    id: String,
    /// Of replies only.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<String>,
    text: String,
}

#[derive(Clone, Serialize)]
struct WireAuthor {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// Of the account's own comments only.
    #[serde(skip_serializing_if = "Option::is_none")]
    self_ig_scoped_id: Option<String>,
}

#[derive(Clone, Serialize)]
struct WireMedia {
    id: String,
    media_product_type: String,
}

#[derive(Clone, Serialize)]
struct WireFeed {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<WirePerson>,
    /// Absent for a comment without words, and for one that was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    post_id: String,
    comment_id: String,
    /// Seconds.
    created_time: i64,
    item: &'static str,
    /// The post's own id for a first comment.
    parent_id: String,
    verb: &'static str,
}

#[derive(Clone, Serialize)]
struct WirePerson {
    id: String,
    name: String,
}

impl Notice {
    /// Of a change that is about to happen. Instagram tells of new comments only.
    pub fn of(world: &World, change: &Change) -> Option<Self> {
        match change {
            Change::CommentAdded { comment } => Self::added(world, comment),
            Change::TextEdited { comment_id, text, .. } => {
                Self::on_page(world, comment_id, "edited", Some(text.clone()))
            }
            Change::HiddenSet { comment_id, hidden } => {
                Self::on_page(world, comment_id, if *hidden { "hide" } else { "unhide" }, None)
            }
            Change::CommentDeleted { comment_id } => Self::on_page(world, comment_id, "remove", None),
            _ => None,
        }
    }

    fn added(world: &World, comment: &SeedComment) -> Option<Self> {
        let Some(Object::Post(at)) = world.object(&comment.post_id) else {
            return None;
        };
        let post = world.post(at);
        let account = world.account(post.account);
        let thread = match &comment.parent_id {
            Some(parent) => Some(thread_of(world, parent)?),
            None => None,
        };
        match account.seed.platform {
            SeedPlatform::Instagram => Some(Self {
                account_id: account.seed.id.clone(),
                object: "instagram",
                change: WireChange {
                    value: WireValue::Comment(WireComment {
                        from: author(account, comment),
                        media: WireMedia {
                            id: comment.post_id.clone(),
                            media_product_type: post.seed.media_product_type.clone(),
                        },
                        id: comment.id.clone(),
                        parent_id: thread,
                        text: comment.text.clone(),
                    }),
                    field: match post.seed.media_product_type.as_str() {
                        "LIVE" => "live_comments",
                        _ => "comments",
                    },
                },
            }),
            SeedPlatform::Facebook => {
                let from = person(comment.author_id.as_deref(), comment.username.as_deref());
                let feed = WireFeed {
                    from,
                    message: Some(comment.text.clone()).filter(|text| !text.is_empty()),
                    parent_id: thread.unwrap_or_else(|| comment.post_id.clone()),
                    post_id: comment.post_id.clone(),
                    comment_id: comment.id.clone(),
                    created_time: comment.timestamp_ms / 1_000,
                    item: "comment",
                    verb: "add",
                };
                Some(Self::feed(account, feed))
            }
            // YouTube pushes nothing of comments, and a bot asks for what it is told.
            SeedPlatform::Youtube | SeedPlatform::Telegram => None,
        }
    }

    /// What becomes of a comment under a Page's post.
    fn on_page(world: &World, comment_id: &str, verb: &'static str, message: Option<String>) -> Option<Self> {
        let Some(Object::Comment(at)) = world.object(comment_id) else {
            return None;
        };
        let (entry, comment) = (world.entry(at), world.comment(at)?);
        let post = world.post(entry.post);
        let account = world.account(post.account);
        if account.seed.platform != SeedPlatform::Facebook {
            return None;
        }
        let thread = entry.parent.and_then(|parent| world.comment(parent));
        let feed = WireFeed {
            from: person(comment.author_id.as_deref(), comment.username.as_deref()),
            message,
            post_id: post.seed.id.clone(),
            comment_id: comment.id.clone(),
            created_time: entry.timestamp_ms / 1_000,
            item: "comment",
            parent_id: thread.map_or_else(|| post.seed.id.clone(), |thread| thread.id.clone()),
            verb,
        };
        Some(Self::feed(account, feed))
    }

    fn feed(account: &Account, feed: WireFeed) -> Self {
        Self {
            account_id: account.seed.id.clone(),
            object: "page",
            change: WireChange {
                value: WireValue::Feed(feed),
                field: "feed",
            },
        }
    }
}

fn thread_of(world: &World, parent: &str) -> Option<String> {
    let Some(Object::Comment(at)) = world.object(parent) else {
        return None;
    };
    Some(world.comment(world.thread_of(at))?.id.clone())
}

fn author(account: &Account, comment: &SeedComment) -> Option<WireAuthor> {
    let id = comment.author_id.clone()?;
    let is_own = id == account.seed.id;
    Some(WireAuthor {
        id,
        username: comment.username.clone(),
        self_ig_scoped_id: is_own.then(|| account.seed.app_scoped_id.clone()),
    })
}

fn person(id: Option<&str>, name: Option<&str>) -> Option<WirePerson> {
    Some(WirePerson {
        id: id?.to_owned(),
        name: name.unwrap_or_default().to_owned(),
    })
}

/// A body for each platform that the notices are of, an entry for each account.
pub fn bodies(notices: &[Notice], has_malformed: bool, now_ms: i64) -> Vec<String> {
    let mut deliveries: Vec<WireDelivery> = Vec::new();
    for notice in notices {
        let at = deliveries.iter().position(|one| one.object == notice.object);
        let at = at.unwrap_or_else(|| {
            deliveries.push(WireDelivery {
                entry: Vec::new(),
                object: notice.object,
            });
            deliveries.len() - 1
        });
        let entries = &mut deliveries[at].entry;
        match entries.iter_mut().find(|entry| entry.id == notice.account_id) {
            Some(entry) => entry.changes.push(notice.change.clone()),
            None => entries.push(WireEntry {
                id: notice.account_id.clone(),
                time: now_ms / 1_000,
                changes: vec![notice.change.clone()],
            }),
        }
    }
    if has_malformed && let Some(entry) = deliveries.iter_mut().flat_map(|one| one.entry.iter_mut()).next() {
        let field = entry.changes.first().map_or("comments", |change| change.field);
        // Before the others, so that reading cannot stop at it unnoticed.
        entry.changes.insert(
            0,
            WireChange {
                value: WireValue::Malformed(json!({ "text": ["no", "text"], "media": 7, "item": 7 })),
                field,
            },
        );
    }
    deliveries
        .iter()
        .map(|delivery| {
            let json = serde_json::to_string(delivery).expect("plain structs always serialise");
            escaped(&json)
        })
        .collect()
}

fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '/' => text.push_str("\\/"),
            plain if plain.is_ascii() => text.push(plain),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    text.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::seed::{Seed, SeedAccount, SeedPost};

    fn world() -> World {
        let post = SeedPost {
            id: "17896000000000010".into(),
            account_id: SeedAccount::sample().id,
            media_product_type: "REELS".into(),
            ..SeedPost::default()
        };
        let seed = Seed {
            accounts: vec![SeedAccount::sample()],
            posts: vec![post],
            comments: Vec::new(),
        };
        World::from_seed(seed).unwrap()
    }

    fn added(id: &str, author: &str, text: &str) -> Change {
        let comment = SeedComment {
            id: id.into(),
            post_id: "17896000000000010".into(),
            author_id: Some(author.into()),
            username: Some("ann".into()),
            text: text.into(),
            ..SeedComment::default()
        };
        Change::CommentAdded { comment }
    }

    #[test]
    fn a_body_has_the_bytes_of_the_platform() {
        let notice = Notice::of(&world(), &added("178", "9", "Ещё?/😀")).unwrap();
        let expected = concat!(
            r#"{"entry":[{"id":"17841400000000001","time":1700000000,"changes":[{"value":{"#,
            r#""from":{"id":"9","username":"ann"},"#,
            r#""media":{"id":"17896000000000010","media_product_type":"REELS"},"#,
            r#""id":"178","text":"\u0415\u0449\u0451?\/\ud83d\ude00"},"field":"comments"}]}],"object":"instagram"}"#
        );
        assert_eq!(bodies(&[notice], false, 1_700_000_000_999), [expected]);
    }

    #[test]
    fn an_own_comment_says_so_and_a_batch_has_one_entry_for_an_account() {
        let account = SeedAccount::sample();
        let notices: Vec<Notice> = [added("1", &account.id, "ours"), added("2", "9", "theirs")]
            .iter()
            .map(|change| Notice::of(&world(), change).unwrap())
            .collect();
        let body: Value = serde_json::from_str(&bodies(&notices, true, 0)[0]).unwrap();
        let changes = body["entry"][0]["changes"].as_array().unwrap();
        assert_eq!(body["entry"].as_array().unwrap().len(), 1);
        assert_eq!(changes.len(), 3);
        assert_eq!(changes[0]["value"]["media"], 7, "the malformed one");
        assert_eq!(
            changes[1]["value"]["from"]["self_ig_scoped_id"],
            account.app_scoped_id
        );
        assert_eq!(changes[2]["value"]["from"], json!({"id": "9", "username": "ann"}));
    }
}
