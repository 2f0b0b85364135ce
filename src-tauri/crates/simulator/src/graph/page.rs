//! Facebook Pages as their own token sees them: posts, comments and replies (Page, Post and Comment reference pages).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::error::GraphError;
use super::fields::{Field, parse_fields, write_fields};
use super::person;
use super::request::GraphRequest;
use super::view::{View, check_known, graph_time};
use crate::world::{
    Comment, Content, Cursor, ListKey, Object, Page, Post, Window, decode_cursor, encode_cursor,
};

const DEFAULT_LIMIT: usize = 25;
const MAX_LIMIT: usize = 100;

const PAGE_FIELDS: &[&str] = &[
    "id",
    "name",
    "username",
    "link",
    "fan_count",
    "instagram_business_account",
];
const POST_FIELDS: &[&str] = &[
    "id",
    "message",
    "story",
    "status_type",
    "created_time",
    "updated_time",
    "permalink_url",
    "full_picture",
    "from",
    "comments",
    "reactions",
    "shares",
];
const COMMENT_FIELDS: &[&str] = &[
    "id",
    "message",
    "from",
    "created_time",
    "parent",
    "is_hidden",
    "is_private",
    "can_hide",
    "can_remove",
    "can_comment",
    "can_like",
    "can_reply_privately",
    "attachment",
    "comment_count",
    "comments",
    "like_count",
    "permalink_url",
];

/// What is listed, and how.
#[derive(Clone, Copy)]
struct Listing<'a> {
    fields: Option<&'a [Field]>,
    limit: usize,
    after: Option<ListKey>,
    order: Option<&'a str>,
    filter: Option<&'a str>,
    summary: bool,
}

pub fn read(view: &View<'_>, request: &GraphRequest, segments: &[&str]) -> Result<Value, GraphError> {
    let fields = request
        .parameter("fields")
        .filter(|text| !text.is_empty())
        .map(parse_fields)
        .transpose()?;
    let fields = fields.as_deref();
    let cursor = request.parameter("after").filter(|after| !after.is_empty());
    let limit = match request.integer("limit")? {
        Some(limit) => usize::try_from(limit).map_err(|_| {
            GraphError::invalid_parameter("Param limit must be a number greater than or equal to 0")
        })?,
        None => DEFAULT_LIMIT,
    };
    let listing = Listing {
        fields,
        limit,
        after: cursor.map(|text| super::cursor(text, "after")).transpose()?,
        order: request.parameter("order"),
        filter: request.parameter("filter"),
        summary: request.flag("summary")?.unwrap_or(false),
    };
    let pages = Pages { view };
    match segments {
        [id] => pages.node(view.find("get", id)?, fields),
        [id, edge] => match (view.find("get", id)?, *edge) {
            (Object::Account(at), "feed" | "posts" | "published_posts") => pages.posts(at, edge, listing),
            (Object::Post(at), "comments") => pages.comments_of_post(at, listing),
            (Object::Comment(at), "comments") => pages.replies(at, listing),
            _ => Err(GraphError::unknown_path(&format!("/{edge}"))),
        },
        _ => Err(GraphError::unknown_path(&request.path)),
    }
}

struct Pages<'a> {
    view: &'a View<'a>,
}

impl Pages<'_> {
    fn node(&self, object: Object, fields: Option<&[Field]>) -> Result<Value, GraphError> {
        match object {
            Object::Account(at) => self.page(at, fields),
            Object::Post(at) => self.post(at, fields),
            Object::Comment(at) => self.comment_or_raw(at, fields),
        }
    }

    fn posts(&self, at: u32, edge: &str, listing: Listing<'_>) -> Result<Value, GraphError> {
        let account = self.view.world.account(at);
        let limit = listing.limit.clamp(1, MAX_LIMIT);
        let page = Page::cut(
            &account.posts,
            &Window {
                cursor: listing.after.map_or(Cursor::Newest, Cursor::After),
                limit,
                ..Window::default()
            },
        );
        let items: Vec<Value> = page
            .keys
            .iter()
            .map(|(_, post)| self.post(*post, listing.fields))
            .collect::<Result<_, _>>()?;
        let path = format!("{}/{edge}", account.seed.id);
        Ok(self.envelope(items, &page.keys, page.has_next, &path, &listing))
    }

    fn comments_of_post(&self, at: u32, listing: Listing<'_>) -> Result<Value, GraphError> {
        let post = self.view.world.post(at);
        let path = format!("{}/comments", post.seed.id);
        if listing.filter != Some("stream") {
            return self.comments(&post.comments, post.comments.len(), post, &path, listing);
        }
        // "stream" flattens replies into the listing and its count.
        let replies = || {
            let threads = post.comments.iter();
            threads.flat_map(|(_, thread)| &self.view.world.entry(*thread).replies)
        };
        let total = post.comments.len() + replies().count();
        let all: BTreeSet<ListKey> = match listing.limit {
            0 => BTreeSet::new(),
            _ => post.comments.iter().chain(replies()).copied().collect(),
        };
        self.comments(&all, total, post, &path, listing)
    }

    fn replies(&self, at: u32, listing: Listing<'_>) -> Result<Value, GraphError> {
        let world = self.view.world;
        let entry = world.entry(at);
        let id = &world
            .comment(at)
            .expect("an id names a comment, never a malformed element")
            .id;
        let path = format!("{id}/comments");
        self.comments(
            &entry.replies,
            entry.replies.len(),
            world.post(entry.post),
            &path,
            listing,
        )
    }

    fn comments(
        &self,
        listed: &BTreeSet<ListKey>,
        total: usize,
        post: &Post,
        path: &str,
        listing: Listing<'_>,
    ) -> Result<Value, GraphError> {
        let limit = listing.limit.min(MAX_LIMIT);
        let (keys, has_next) = match listing.order {
            Some("reverse_chronological") => newest_first(listed, listing.after, limit),
            // "ranked" is nobody's order to rely on: without an order the oldest come first here.
            _ => oldest_first(listed, listing.after, limit),
        };
        let mut items = Vec::with_capacity(keys.len());
        for (_, at) in &keys {
            if !self
                .view
                .world
                .comment(*at)
                .is_some_and(|comment| comment.withheld)
            {
                items.push(self.comment_or_raw(*at, listing.fields)?);
            }
        }
        let mut answer = self.envelope(items, &keys, has_next, path, &listing);
        if listing.summary {
            answer["summary"] = json!({
                "order": listing.order.unwrap_or("chronological"),
                "total_count": total,
                "can_comment": post.comments_enabled,
            });
        }
        Ok(answer)
    }

    /// Both cursors to the end of the listing; `next` is what leads on.
    fn envelope(
        &self,
        items: Vec<Value>,
        keys: &[ListKey],
        has_next: bool,
        path: &str,
        listing: &Listing<'_>,
    ) -> Value {
        let mut answer = json!({ "data": items });
        let (Some(first), Some(last)) = (keys.first(), keys.last()) else {
            return answer;
        };
        answer["paging"] =
            json!({ "cursors": { "before": encode_cursor(*first), "after": encode_cursor(*last) } });
        if has_next {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query
                .append_pair("access_token", self.view.token)
                .append_pair("pretty", "0");
            if let Some(fields) = listing.fields {
                query.append_pair("fields", &write_fields(fields));
            }
            for (name, value) in [("order", listing.order), ("filter", listing.filter)] {
                if let Some(value) = value {
                    query.append_pair(name, value);
                }
            }
            query
                .append_pair("limit", &listing.limit.to_string())
                .append_pair("after", &encode_cursor(*last));
            let (base, version) = (self.view.base_url, self.view.version_prefix);
            answer["paging"]["next"] = json!(format!("{base}{version}/{path}?{}", query.finish()));
        }
        answer
    }

    fn page(&self, at: u32, fields: Option<&[Field]>) -> Result<Value, GraphError> {
        let seed = &self.view.world.account(at).seed;
        let mut node = Map::new();
        let defaults = [Field::plain("name")];
        for field in fields.unwrap_or(&defaults) {
            check_known(&field.name, PAGE_FIELDS, "Page")?;
            let value = match field.name.as_str() {
                "name" => json!(seed.name),
                "username" if !seed.username.is_empty() => json!(seed.username),
                "link" => json!(format!("https://www.facebook.com/{}", seed.id)),
                "fan_count" => json!(0),
                "instagram_business_account" => match person::linked(self.view.world, at) {
                    Some(linked) => linked,
                    None => continue,
                },
                _ => continue,
            };
            node.insert(field.name.clone(), value);
        }
        node.insert("id".into(), json!(seed.id));
        Ok(Value::Object(node))
    }

    fn post(&self, at: u32, fields: Option<&[Field]>) -> Result<Value, GraphError> {
        let post = self.view.world.post(at);
        let mut node = Map::new();
        let defaults = ["created_time", "message"].map(Field::plain);
        for field in fields.unwrap_or(&defaults) {
            check_known(&field.name, POST_FIELDS, "Post")?;
            if let Some(value) = self.post_field(at, post, field)? {
                node.insert(field.name.clone(), value);
            }
        }
        node.insert("id".into(), json!(post.seed.id));
        Ok(Value::Object(node))
    }

    fn post_field(&self, at: u32, post: &Post, field: &Field) -> Result<Option<Value>, GraphError> {
        let seed = &post.seed;
        let owner = &self.view.world.account(post.account).seed;
        let time = || json!(graph_time(seed.timestamp_ms));
        Ok(match field.name.as_str() {
            "message" => seed.caption.as_ref().map(|caption| json!(caption)),
            "created_time" | "updated_time" => Some(time()),
            "permalink_url" => Some(json!(seed.permalink)),
            "status_type" => Some(json!(match seed.media_type.as_str() {
                "VIDEO" => "added_video",
                "IMAGE" => "added_photos",
                _ => "mobile_status_update",
            })),
            "full_picture" => self.view.picture_url(post),
            "from" => Some(json!({ "id": owner.id, "name": owner.name })),
            "comments" => Some(self.comments_of_post(at, expansion(field)?)?),
            "reactions" => {
                let count = seed.like_count.unwrap_or(0);
                Some(json!({ "data": [], "summary": { "total_count": count, "viewer_reaction": "NONE" } }))
            }
            _ => None,
        })
    }

    fn comment_or_raw(&self, at: u32, fields: Option<&[Field]>) -> Result<Value, GraphError> {
        match &self.view.world.entry(at).content {
            Content::Raw(raw) => Ok(raw.clone()),
            Content::Comment(comment) => self.comment(at, comment, fields),
        }
    }

    fn comment(&self, at: u32, comment: &Comment, fields: Option<&[Field]>) -> Result<Value, GraphError> {
        let mut node = Map::new();
        let defaults = ["created_time", "from", "message"].map(Field::plain);
        for field in fields.unwrap_or(&defaults) {
            check_known(&field.name, COMMENT_FIELDS, "Comment")?;
            if let Some(value) = self.comment_field(at, comment, field)? {
                node.insert(field.name.clone(), value);
            }
        }
        node.insert("id".into(), json!(comment.id));
        Ok(Value::Object(node))
    }

    fn comment_field(&self, at: u32, comment: &Comment, field: &Field) -> Result<Option<Value>, GraphError> {
        let world = self.view.world;
        let entry = world.entry(at);
        let own = comment.author_id.as_ref() == Some(&world.account(self.view.account).seed.id);
        Ok(match field.name.as_str() {
            "message" => Some(json!(comment.text)),
            "created_time" => Some(json!(graph_time(entry.timestamp_ms))),
            // Left out for people who did not agree to be named.
            "from" => comment
                .author_id
                .as_ref()
                .map(|id| json!({ "name": comment.username.as_deref().unwrap_or_default(), "id": id })),
            "parent" => entry
                .parent
                .and_then(|parent| world.comment(parent))
                .map(|parent| json!({ "id": parent.id })),
            "is_hidden" => Some(json!(comment.hidden)),
            "is_private" => Some(json!(false)),
            "can_hide" => Some(json!(!own)),
            "can_remove" | "can_like" => Some(json!(true)),
            "can_comment" => Some(json!(world.post(entry.post).comments_enabled)),
            "can_reply_privately" => Some(json!(!own && !world.was_privately_answered(&comment.id))),
            "comment_count" => Some(json!(entry.replies.len())),
            "like_count" => Some(json!(comment.like_count)),
            "permalink_url" => {
                let (_, number) = comment.id.split_once('_').unwrap_or(("", &comment.id));
                let permalink = &world.post(entry.post).seed.permalink;
                Some(json!(format!("{permalink}?comment_id={number}")))
            }
            // Absent where there are none.
            "comments" if !entry.replies.is_empty() => Some(self.replies(at, expansion(field)?)?),
            _ => None,
        })
    }
}

fn expansion(field: &Field) -> Result<Listing<'_>, GraphError> {
    let after = match &field.after {
        Some(text) => Some(
            decode_cursor(text)
                .ok_or_else(|| GraphError::invalid_parameter("Invalid cursors values for after cursor"))?,
        ),
        None => None,
    };
    Ok(Listing {
        fields: field.fields.as_deref(),
        limit: field.limit.unwrap_or(DEFAULT_LIMIT),
        after,
        order: field.modifier("order"),
        filter: field.modifier("filter"),
        summary: matches!(field.modifier("summary"), Some("true" | "1" | "total_count")),
    })
}

fn newest_first(listed: &BTreeSet<ListKey>, after: Option<ListKey>, limit: usize) -> (Vec<ListKey>, bool) {
    let before = after.unwrap_or((i64::MAX, u32::MAX));
    cut(listed.range(..before).rev(), limit)
}

fn oldest_first(listed: &BTreeSet<ListKey>, after: Option<ListKey>, limit: usize) -> (Vec<ListKey>, bool) {
    let from = after.map_or((i64::MIN, u32::MIN), |(timestamp_ms, at)| {
        (timestamp_ms, at.saturating_add(1))
    });
    cut(listed.range(from..), limit)
}

fn cut<'a>(mut keys: impl Iterator<Item = &'a ListKey>, limit: usize) -> (Vec<ListKey>, bool) {
    let page: Vec<ListKey> = keys.by_ref().take(limit).copied().collect();
    (page, limit > 0 && keys.next().is_some())
}
