//! What Instagram sends, and how it becomes the domain's nouns.

use crate::graph::wire::{WireId, malformed, page, time};
use domain::PlatformId;
use domain::ports::{Element, Page, RemoteComment, RemotePost, RemoteProfile};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

pub(super) const PROFILE_FIELDS: &str = "user_id,username,name,account_type";
/// On a page's token, which knows neither `user_id` nor `account_type`: `id` is the professional account's there.
pub(super) const LINKED_PROFILE_FIELDS: &str = "id,username,name";
pub(super) const POST_FIELDS: &str = "id,caption,media_type,media_product_type,media_url,thumbnail_url,permalink,\
     timestamp,comments_count,like_count,is_comment_enabled,children{id,media_type,media_url,thumbnail_url}";
pub(super) const REPLY_FIELDS: &str = "id,text,timestamp,username,from,parent_id,hidden,like_count,user";
pub(super) const COMMENT_FIELDS: &str = "id,text,timestamp,username,from,parent_id,hidden,like_count,user,media{id},\
     replies{id,text,timestamp,username,from,parent_id,hidden,like_count,user}";

#[derive(Deserialize)]
struct WireProfile {
    /// The professional account's id on the Instagram-Login route.
    user_id: Option<WireId>,
    /// App-scoped there, the professional account's own on the Facebook-Login route.
    id: Option<WireId>,
    username: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct WirePost {
    id: WireId,
    caption: Option<String>,
    media_type: Option<String>,
    media_product_type: Option<String>,
    media_url: Option<String>,
    thumbnail_url: Option<String>,
    permalink: Option<String>,
    timestamp: String,
    comments_count: Option<i64>,
    like_count: Option<i64>,
    is_comment_enabled: Option<bool>,
    children: Option<WireChildren>,
}

#[derive(Deserialize)]
struct WireChildren {
    #[serde(default)]
    data: Vec<WireChild>,
}

#[derive(Deserialize)]
struct WireChild {
    media_type: Option<String>,
    media_url: Option<String>,
    thumbnail_url: Option<String>,
}

#[derive(Deserialize)]
struct WireComment {
    id: WireId,
    text: Option<String>,
    timestamp: String,
    username: Option<String>,
    from: Option<WireAuthor>,
    parent_id: Option<WireId>,
    hidden: Option<bool>,
    like_count: Option<i64>,
    /// Present only when the token's own account wrote it.
    user: Option<IgnoredAny>,
    media: Option<WireMedia>,
    replies: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct WireAuthor {
    id: Option<WireId>,
    username: Option<String>,
    self_ig_scoped_id: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct WireMedia {
    id: WireId,
}

/// Where a comment was found, for what its JSON leaves out.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub post: &'a PlatformId,
    pub thread: Option<&'a PlatformId>,
    pub account: Option<&'a PlatformId>,
}

pub(super) fn profile(body: &str) -> Result<RemoteProfile, String> {
    let wire: WireProfile = serde_json::from_str(body).map_err(|error| error.to_string())?;
    let id = wire.user_id.or(wire.id).ok_or("the profile has no id")?;
    Ok(RemoteProfile {
        id: id.into(),
        username: wire.username.ok_or("the profile has no user name")?,
        name: wire.name.filter(|name| !name.is_empty()),
    })
}

pub(super) fn posts(body: &str) -> Result<Page<RemotePost>, String> {
    page(body, |raw| {
        let wire: WirePost = serde_json::from_str(raw).map_err(|error| error.to_string())?;
        wire.into_post()
    })
}

pub(super) fn comments(body: &str, found: Found<'_>) -> Result<Page<RemoteComment>, String> {
    page(body, |raw| {
        let wire: WireComment = serde_json::from_str(raw).map_err(|error| error.to_string())?;
        wire.into_comment(found)
    })
}

/// A single comment, which has to say itself under which post it stands.
pub(super) fn comment(body: &str, account: Option<&PlatformId>) -> Result<RemoteComment, String> {
    let wire: WireComment = serde_json::from_str(body).map_err(|error| error.to_string())?;
    let media = wire.media.as_ref().ok_or("the comment does not name its post")?;
    let post = PlatformId(media.id.0.clone());
    wire.into_comment(Found {
        post: &post,
        thread: None,
        account,
    })
}

impl WirePost {
    fn into_post(self) -> Result<RemotePost, String> {
        let first_child = self
            .children
            .and_then(|children| children.data.into_iter().next());
        let picture_url = still_picture(self.media_type.as_deref(), self.media_url, self.thumbnail_url)
            .or_else(|| {
                first_child.and_then(|child| {
                    still_picture(child.media_type.as_deref(), child.media_url, child.thumbnail_url)
                })
            });
        let kind = match self.media_product_type.as_deref() {
            Some("REELS") => "REELS".to_owned(),
            _ => self.media_type.ok_or("the post has no media type")?,
        };
        Ok(RemotePost {
            id: self.id.into(),
            caption: self.caption,
            kind,
            permalink: self.permalink,
            picture_url,
            published_at: time(&self.timestamp)?,
            comments_count: self.comments_count,
            like_count: self.like_count,
            comments_enabled: self.is_comment_enabled,
        })
    }
}

/// A video's `media_url` is the film; its still is the thumbnail. An album's is its cover, film or picture.
fn still_picture(kind: Option<&str>, media: Option<String>, thumbnail: Option<String>) -> Option<String> {
    match kind {
        Some("VIDEO") => thumbnail,
        _ => thumbnail.or(media),
    }
}

impl WireComment {
    fn into_comment(self, found: Found<'_>) -> Result<RemoteComment, String> {
        let id = PlatformId::from(self.id);
        let published_at = time(&self.timestamp)?;
        let (author_id, from_username, says_self) = match self.from {
            Some(from) => (
                from.id.map(PlatformId::from),
                from.username,
                from.self_ig_scoped_id.is_some(),
            ),
            None => (None, None, false),
        };
        let is_account = found.account.is_some() && found.account == author_id.as_ref();
        // Replies of replies do not exist: what answers anything in a thread belongs to the thread.
        let parent_id = found
            .thread
            .cloned()
            .or_else(|| self.parent_id.map(PlatformId::from));
        let (replies, more_replies) = match self.replies {
            Some(raw) => nested_replies(&raw, found, &id),
            None => (Vec::new(), None),
        };
        Ok(RemoteComment {
            post_id: found.post.clone(),
            parent_id,
            author_id,
            author_username: from_username.or(self.username),
            flagged_own: self.user.is_some() || says_self || is_account,
            text: self.text.unwrap_or_default(),
            published_at,
            edited_at: None,
            hidden: self.hidden,
            like_count: self.like_count,
            reply_count: None,
            replies,
            more_replies,
            id,
        })
    }
}

/// Replies that cannot be read do not take the comment above them along.
fn nested_replies(
    raw: &RawValue,
    found: Found<'_>,
    thread: &PlatformId,
) -> (Vec<Element<RemoteComment>>, Option<String>) {
    let in_thread = Found {
        thread: Some(thread),
        ..found
    };
    match comments(raw.get(), in_thread) {
        Ok(page) => (page.items, page.next),
        Err(reason) => (vec![malformed(raw.get(), reason)], None),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    fn found(post: &PlatformId) -> Found<'_> {
        Found {
            post,
            thread: None,
            account: None,
        }
    }

    fn one(json: &str, account: Option<&PlatformId>) -> Element<RemoteComment> {
        let post = PlatformId::from("9");
        let body = format!(r#"{{"data":[{json}]}}"#);
        let page = comments(
            &body,
            Found {
                account,
                ..found(&post)
            },
        )
        .unwrap();
        page.items.into_iter().next().unwrap()
    }

    fn read(json: &str) -> RemoteComment {
        match one(json, None) {
            Element::Read(comment) => comment,
            Element::Malformed { reason, .. } => panic!("{reason}: {json}"),
        }
    }

    #[test]
    fn ids_keep_every_digit_whether_text_or_number() {
        let comment = read(
            r#"{"id":90071992547409931234567,"timestamp":"2020-02-24T09:15:16+0000",
               "from":{"id":17841400000000001}}"#,
        );
        assert_eq!(
            comment.id.as_str(),
            "90071992547409931234567",
            "beyond 64 bits too"
        );
        assert_eq!(
            comment.author_id,
            Some("17841400000000001".into()),
            "2^53 is passed: a float would round it"
        );
    }

    #[rstest]
    #[case::exponent("1.7e16")]
    #[case::negative("-4")]
    #[case::nothing("null")]
    #[case::empty("\"\"")]
    #[case::list("[1]")]
    fn what_is_no_id_sets_the_element_aside(#[case] id: &str) {
        let json = format!(r#"{{"id":{id},"timestamp":"2020-02-24T09:15:16+0000"}}"#);
        assert!(
            matches!(one(&json, None), Element::Malformed { raw, .. } if raw == json),
            "with its raw JSON"
        );
    }

    #[rstest]
    #[case::by_the_user_field(r#""user":{"id":"1"}"#, true)]
    #[case::user_null(r#""user":null"#, false)]
    #[case::by_the_scoped_id(r#""from":{"id":"2","self_ig_scoped_id":"3"}"#, true)]
    #[case::by_the_account_s_id(r#""from":{"id":"77"}"#, true)]
    #[case::a_namesake(r#""from":{"id":"78"},"username":"brand""#, false)]
    fn own_comments_are_known_by_ids_never_by_name(#[case] fields: &str, #[case] own: bool) {
        let json = format!(r#"{{"id":"1","timestamp":"2020-02-24T09:15:16+0000",{fields}}}"#);
        let Element::Read(comment) = one(&json, Some(&"77".into())) else {
            panic!("readable");
        };
        assert_eq!(comment.flagged_own, own);
    }

    #[rstest]
    #[case::absent("", "")]
    #[case::null(r#","text":null"#, "")]
    #[case::empty(r#","text":"""#, "")]
    #[case::emoji(r#","text":"😀👍🏽""#, "😀👍🏽")]
    #[case::odd(",\"text\":\"\\u202e\\u0000\u{200b}مرحبا\"", "\u{202e}\0\u{200b}مرحبا")]
    fn text_is_taken_as_it_is(#[case] field: &str, #[case] expected: &str) {
        let json = format!(r#"{{"id":"1","timestamp":"2020-02-24T09:15:16+0000"{field}}}"#);
        assert_eq!(read(&json).text, expected);
    }

    #[test]
    fn a_lone_surrogate_spoils_its_own_element_only() {
        let post = PlatformId::from("9");
        let body = r#"{"data":[
            {"id":"1","timestamp":"2020-02-24T09:15:16+0000","text":"\ud800"},
            {"id":"2","timestamp":"2020-02-24T09:15:16+0000","text":"fine"}]}"#;
        let page = comments(body, found(&post)).unwrap();
        assert!(
            matches!(page.items[0], Element::Malformed { .. }),
            "no such text exists"
        );
        assert!(
            matches!(&page.items[1], Element::Read(c) if c.text == "fine"),
            "the other is read"
        );
    }

    #[test]
    fn nested_replies_belong_to_the_thread_and_say_where_they_go_on() {
        let comment = read(
            r#"{"id":"1","timestamp":"2020-02-24T09:15:16+0000","hidden":true,"like_count":3,
               "replies":{"data":[{"id":"2","parent_id":"1","timestamp":"2020-02-24T09:16:16+0000"},{"id":null}],
               "paging":{"cursors":{"after":"MORE"},"next":"https://h/1/replies?access_token=T&after=MORE"}}}"#,
        );
        assert_eq!(comment.hidden, Some(true));
        assert_eq!(
            comment.more_replies.as_deref(),
            Some("MORE"),
            "the listing left some out"
        );
        assert!(
            matches!(&comment.replies[0], Element::Read(reply) if reply.parent_id == Some("1".into())
                && reply.post_id == "9".into())
        );
        assert!(
            matches!(comment.replies[1], Element::Malformed { .. }),
            "only that reply is set aside"
        );
    }

    #[test]
    fn unreadable_replies_leave_the_comment_readable() {
        let comment = read(r#"{"id":"1","timestamp":"2020-02-24T09:15:16+0000","replies":"many"}"#);
        assert!(
            matches!(&comment.replies[..], [Element::Malformed { raw, .. }] if raw == "\"many\""),
            "kept with their raw JSON"
        );
    }

    #[test]
    fn what_is_set_aside_holds_no_token_of_its_nested_paging() {
        let replies = r#""replies":{"data":"none","paging":{"cursors":{"after":"A"},
            "next":"https:\/\/h\/1\/replies?access_token=EAABcanary%2F4711&after=A",
            "previous":"https://h/1/replies?limit=5&access_token=EAABcanary%2F4711"}}"#;
        let spoilt_thread = format!(r#"{{"id":null,"timestamp":"2020-02-24T09:15:16+0000",{replies}}}"#);
        let spoilt_replies = format!(r#"{{"id":"1","timestamp":"2020-02-24T09:15:16+0000",{replies}}}"#);
        let quoted_by_the_reason =
            r#"{"id":"1","timestamp":"https://h/1?access_token=EAABcanary%2F4711","text":"a"}"#;
        let below = read(&spoilt_replies).replies.remove(0);
        for element in [one(&spoilt_thread, None), below, one(quoted_by_the_reason, None)] {
            let Element::Malformed { raw, reason } = element else {
                panic!("readable");
            };
            assert!(
                !format!("{raw} {reason}").contains("EAABcanary"),
                "it would be stored: {reason}: {raw}"
            );
            assert!(raw.contains("access_token=[token]"), "the rest is kept: {raw}");
        }
    }

    #[rstest]
    #[case::last_without_paging(r#"{"data":[]}"#, Ok(None))]
    #[case::last_with_a_cursor(r#"{"data":[],"paging":{"cursors":{"after":"A"}}}"#, Ok(None))]
    #[case::empty_but_not_last(
        r#"{"data":[],"paging":{"cursors":{"after":"A"},"next":"https://h/?after=A"}}"#,
        Ok(Some("A"))
    )]
    #[case::cursor_in_the_address_only(
        r#"{"data":[],"paging":{"next":"https://h/?access_token=T&after=B%3D"}}"#,
        Ok(Some("B="))
    )]
    #[case::no_cursor_at_all(r#"{"data":[],"paging":{"next":"https://h/?access_token=T"}}"#, Err(()))]
    fn the_next_page_is_the_one_the_platform_announces(
        #[case] body: &str,
        #[case] expected: Result<Option<&str>, ()>,
    ) {
        let post = PlatformId::from("9");
        let next = comments(body, found(&post)).map(|page| page.next);
        let shown = format!("{next:?}");
        assert_eq!(
            next.as_ref().map(Option::as_deref).map_err(|_| ()),
            expected,
            "silently ending early would lose comments"
        );
        assert!(
            !shown.contains("access_token"),
            "the address holds the token: {shown}"
        );
    }

    #[test]
    fn a_reel_is_a_reel_and_its_picture_is_the_still() {
        let body = r#"{"data":[
          {"id":"1","media_type":"VIDEO","media_product_type":"REELS","media_url":"https://v/film.mp4",
           "thumbnail_url":"https://v/still.jpg","timestamp":"2020-02-24T09:15:16+0000"},
          {"id":"2","media_type":"CAROUSEL_ALBUM","timestamp":"2020-02-24T09:15:16+0000",
           "children":{"data":[{"id":"3","media_type":"IMAGE","media_url":"https://v/first.jpg"}]}},
          {"id":"4","media_type":"VIDEO","media_url":"https://v/film.mp4","timestamp":"2020-02-24T09:15:16+0000"}]}"#;
        let page = posts(body).unwrap();
        let read: Vec<(&str, Option<&str>)> = page
            .items
            .iter()
            .map(|item| match item {
                Element::Read(post) => (post.kind.as_str(), post.picture_url.as_deref()),
                Element::Malformed { reason, .. } => panic!("{reason}"),
            })
            .collect();
        assert_eq!(
            read,
            [
                ("REELS", Some("https://v/still.jpg")),
                ("CAROUSEL_ALBUM", Some("https://v/first.jpg")),
                ("VIDEO", None),
            ]
        );
    }

    #[test]
    fn the_professional_account_s_id_wins_over_the_app_scoped_one() {
        let read =
            profile(r#"{"id":"111","user_id":17841400000000001,"username":"brand","name":""}"#).unwrap();
        assert_eq!(read.id.as_str(), "17841400000000001", "`id` matches nothing else");
        assert_eq!(read.name, None, "an empty name is no name");
        assert!(
            profile(r#"{"username":"brand"}"#).is_err(),
            "without an id nothing can be matched"
        );
    }
}
