//! What Facebook Pages send, and how it becomes the domain's nouns.

use crate::graph::wire::{WireId, malformed, page, time};
use domain::PlatformId;
use domain::ports::{Element, Page, RemoteComment, RemotePost, RemoteProfile};
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) const PROFILE_FIELDS: &str = "id,name,username";
/// `filter(stream)` counts replies as well, so that a late one shows in the number.
pub(super) const POST_FIELDS: &str = "id,message,story,status_type,created_time,permalink_url,full_picture,\
     comments.filter(stream).limit(0).summary(true),reactions.limit(0).summary(true)";
pub(super) const REPLY_FIELDS: &str =
    "id,message,from{id,name},created_time,parent{id},is_hidden,like_count,comment_count";
pub(super) const COMMENT_FIELDS: &str = "id,message,from{id,name},created_time,parent{id},is_hidden,like_count,\
     comment_count,comments.order(reverse_chronological).limit(25){id,message,from{id,name},created_time,parent{id},\
     is_hidden,like_count,comment_count}";

#[derive(Deserialize)]
struct WireProfile {
    id: WireId,
    name: Option<String>,
    /// Absent for pages without one.
    username: Option<String>,
}

#[derive(Deserialize)]
struct WirePost {
    id: WireId,
    message: Option<String>,
    /// What the platform writes itself, as in "X updated their cover photo".
    story: Option<String>,
    status_type: Option<String>,
    created_time: String,
    permalink_url: Option<String>,
    full_picture: Option<String>,
    comments: Option<WireCounted>,
    reactions: Option<WireCounted>,
}

#[derive(Deserialize)]
struct WireCounted {
    summary: Option<WireSummary>,
}

#[derive(Deserialize)]
struct WireSummary {
    total_count: Option<i64>,
    can_comment: Option<bool>,
}

#[derive(Deserialize)]
struct WireComment {
    id: WireId,
    /// Absent for a sticker or a picture.
    message: Option<String>,
    from: Option<WireAuthor>,
    created_time: String,
    parent: Option<WireParent>,
    is_hidden: Option<bool>,
    like_count: Option<i64>,
    comment_count: Option<i64>,
    comments: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct WireAuthor {
    id: Option<WireId>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct WireParent {
    id: WireId,
}

/// Where a comment was found, for what its JSON leaves out.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub post: &'a PlatformId,
    pub thread: Option<&'a PlatformId>,
    pub page: Option<&'a PlatformId>,
}

pub(super) fn profile(body: &str) -> Result<RemoteProfile, String> {
    let wire: WireProfile = parse(body)?;
    let name = wire.name.filter(|name| !name.is_empty());
    let username = wire.username.filter(|name| !name.is_empty());
    Ok(RemoteProfile {
        username: username
            .or_else(|| name.clone())
            .unwrap_or_else(|| wire.id.0.clone()),
        name,
        id: wire.id.into(),
    })
}

pub(super) fn posts(body: &str) -> Result<Page<RemotePost>, String> {
    page(body, |raw| parse::<WirePost>(raw)?.into_post())
}

pub(super) fn comments(body: &str, found: Found<'_>) -> Result<Page<RemoteComment>, String> {
    page(body, |raw| parse::<WireComment>(raw)?.into_comment(found))
}

/// A single comment. Its id is `<object>_<number>`, and a post's id `<page>_<object>`.
pub(super) fn comment(body: &str, page: Option<&PlatformId>) -> Result<RemoteComment, String> {
    let wire: WireComment = parse(body)?;
    let (object, _) = wire
        .id
        .0
        .split_once('_')
        .ok_or("the comment does not name its post")?;
    let post = match page {
        Some(page) => PlatformId(format!("{page}_{object}")),
        None => object.into(),
    };
    wire.into_comment(Found {
        post: &post,
        thread: None,
        page,
    })
}

fn parse<T: for<'a> Deserialize<'a>>(raw: &str) -> Result<T, String> {
    serde_json::from_str(raw).map_err(|error| error.to_string())
}

impl WirePost {
    fn into_post(self) -> Result<RemotePost, String> {
        let comments = self.comments.and_then(|counted| counted.summary);
        let reactions = self.reactions.and_then(|counted| counted.summary);
        Ok(RemotePost {
            id: self.id.into(),
            caption: self.message.or(self.story),
            kind: self.status_type.unwrap_or_else(|| "POST".to_owned()),
            permalink: self.permalink_url,
            picture_url: self.full_picture,
            published_at: time(&self.created_time)?,
            comments_count: comments.as_ref().and_then(|summary| summary.total_count),
            comments_enabled: comments.and_then(|summary| summary.can_comment),
            like_count: reactions.and_then(|summary| summary.total_count),
        })
    }
}

impl WireComment {
    fn into_comment(self, found: Found<'_>) -> Result<RemoteComment, String> {
        let id = PlatformId::from(self.id);
        let published_at = time(&self.created_time)?;
        let (author_id, author) = match self.from {
            Some(from) => (from.id.map(PlatformId::from), from.name),
            None => (None, None),
        };
        let (replies, given_on) = match self.comments {
            Some(raw) => nested_replies(&raw, found, &id),
            None => (Vec::new(), None),
        };
        Ok(RemoteComment {
            post_id: found.post.clone(),
            parent_id: found
                .thread
                .cloned()
                .or_else(|| self.parent.map(|parent| parent.id.into())),
            flagged_own: found.page.is_some() && found.page == author_id.as_ref(),
            author_id,
            author_username: author.filter(|name| !name.is_empty()),
            text: self.message.unwrap_or_default(),
            published_at,
            edited_at: None,
            hidden: self.is_hidden,
            like_count: self.like_count,
            reply_count: self.comment_count,
            replies,
            more_replies: given_on,
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

    fn found(post: &PlatformId) -> Found<'_> {
        Found {
            post,
            thread: None,
            page: None,
        }
    }

    fn one(json: &str, page: Option<&PlatformId>) -> RemoteComment {
        let post = PlatformId::from("1_2");
        let body = format!(r#"{{"data":[{json}]}}"#);
        let found = Found { page, ..found(&post) };
        match comments(&body, found).unwrap().items.remove(0) {
            Element::Read(comment) => comment,
            Element::Malformed { reason, .. } => panic!("{reason}"),
        }
    }

    const TIME: &str = r#""created_time":"2021-08-10T18:45:03+0000""#;

    #[test]
    fn authors_may_be_missing_and_texts_too() {
        let sticker = one(&format!(r#"{{"id":"2_3",{TIME}}}"#), Some(&"1".into()));
        assert_eq!((sticker.text.as_str(), sticker.author_id), ("", None));
        assert!(!sticker.flagged_own, "nobody is not the page");
        let own = one(
            &format!(r#"{{"id":"2_3",{TIME},"from":{{"id":"1","name":"Page"}}}}"#),
            Some(&"1".into()),
        );
        assert!(own.flagged_own);
    }

    #[test]
    fn a_single_comment_names_its_post_by_its_id() {
        let body = format!(r#"{{"id":"2_3",{TIME},"message":"hello"}}"#);
        assert_eq!(comment(&body, Some(&"1".into())).unwrap().post_id.as_str(), "1_2");
        let odd = format!(r#"{{"id":"3",{TIME}}}"#);
        assert!(
            comment(&odd, Some(&"1".into())).is_err(),
            "nothing to put it under"
        );
    }

    #[test]
    fn replies_belong_to_the_thread_they_came_with() {
        let thread = one(
            &format!(
                r#"{{"id":"2_3",{TIME},"comment_count":30,"comments":{{"data":[{{"id":"2_4",{TIME}}},{{"id":7}}],
                   "paging":{{"cursors":{{"after":"A"}},"next":"https://h?access_token=t&after=A"}}}}}}"#
            ),
            None,
        );
        assert_eq!(
            (thread.more_replies.as_deref(), thread.reply_count),
            (Some("A"), Some(30))
        );
        let [Element::Read(reply), Element::Malformed { .. }] = &thread.replies[..] else {
            panic!("{:?}", thread.replies);
        };
        assert_eq!(reply.parent_id, Some("2_3".into()));
    }

    #[test]
    fn a_post_says_how_many_comments_it_has_and_whether_it_takes_more() {
        let body = format!(
            r#"{{"data":[{{"id":"1_2",{TIME},"story":"X updated","comments":{{"data":[],
               "summary":{{"order":"ranked","total_count":7,"can_comment":false}}}}}},{{"id":"1_3",{TIME}}}]}}"#
        );
        let posts = posts(&body).unwrap();
        let [Element::Read(first), Element::Read(second)] = &posts.items[..] else {
            panic!("{posts:?}");
        };
        assert_eq!(
            (first.comments_count, first.comments_enabled),
            (Some(7), Some(false))
        );
        assert_eq!(first.caption.as_deref(), Some("X updated"));
        assert_eq!((second.comments_count, second.kind.as_str()), (None, "POST"));
    }
}
