//! The world as one account sees it through the Graph API: nodes, edges and their fields
//! (IG User, IG Media and IG Comment reference pages).

use chrono::DateTime;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::error::GraphError;
use super::fields::{Field, write_fields};
use crate::world::{Comment, Cursor, ListKey, Object, Page, Post, Window, World, encode_cursor};

const DEFAULT_MEDIA_LIMIT: usize = 25;
const MAX_MEDIA_LIMIT: usize = 100;
// "Returned comments are limited to 50 per query", which is also what comes when no limit is given.
const MAX_COMMENT_LIMIT: usize = 50;
const DEFAULT_EXPANSION_LIMIT: usize = 25;

const USER_FIELDS: &[&str] = &[
    "id",
    "user_id",
    "username",
    "name",
    "account_type",
    "biography",
    "website",
    "profile_picture_url",
    "followers_count",
    "follows_count",
    "media_count",
    "media",
];
/// Fields of the account's own sign-in, which a page's token does not know.
const ONLY_BY_OWN_LOGIN: [&str; 2] = ["user_id", "account_type"];
const MEDIA_FIELDS: &[&str] = &[
    "id",
    "ig_id",
    "caption",
    "alt_text",
    "media_type",
    "media_product_type",
    "media_url",
    "thumbnail_url",
    "permalink",
    "shortcode",
    "timestamp",
    "comments_count",
    "like_count",
    "view_count",
    "is_comment_enabled",
    "is_shared_to_feed",
    "children",
    "owner",
    "username",
    "comments",
    "legacy_instagram_media_id",
    "copyright_check_information",
    "boost_ads_list",
    "boost_eligibility_info",
];
const COMMENT_FIELDS: &[&str] = &[
    "id",
    "text",
    "timestamp",
    "username",
    "from",
    "user",
    "hidden",
    "like_count",
    "parent_id",
    "media",
    "replies",
    "legacy_instagram_comment_id",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    Media,
    Comments,
    Replies,
}

impl Edge {
    pub fn name(self) -> &'static str {
        match self {
            Self::Media => "media",
            Self::Comments => "comments",
            Self::Replies => "replies",
        }
    }

    pub fn limit(self, asked: Option<usize>) -> usize {
        match self {
            Self::Media => asked.unwrap_or(DEFAULT_MEDIA_LIMIT).clamp(1, MAX_MEDIA_LIMIT),
            Self::Comments | Self::Replies => asked.unwrap_or(MAX_COMMENT_LIMIT).clamp(1, MAX_COMMENT_LIMIT),
        }
    }
}

#[derive(Clone, Copy)]
pub struct View<'a> {
    pub world: &'a World,
    /// Whose objects these are.
    pub account: u32,
    /// The token is that of the page which the account is linked to.
    pub through_page: bool,
    pub base_url: &'a str,
    pub version_prefix: &'a str,
    pub token: &'a str,
}

impl View<'_> {
    /// What the id names, if this account may see it.
    pub fn find(&self, method: &str, id: &str) -> Result<Object, GraphError> {
        let owner = match (id, self.world.object(id)) {
            ("me", _) => return Ok(Object::Account(self.account)),
            (_, Some(object)) => Some((object, self.world.owner_of(object))),
            (_, None) => None,
        };
        match owner {
            Some((object, owner)) if owner == self.account => Ok(object),
            _ => Err(GraphError::missing_object(method, id)),
        }
    }

    /// `through_me` tells `/me` from `/{ig-id}`: only there is `id` the app-scoped one.
    pub fn node(
        &self,
        object: Object,
        through_me: bool,
        fields: Option<&[Field]>,
    ) -> Result<Value, GraphError> {
        match object {
            Object::Account(at) => self.user(at, through_me, fields),
            Object::Post(at) => self.media(at, fields),
            Object::Comment(at) => self.comment_or_raw(at, fields),
        }
    }

    pub fn edge(
        &self,
        object: Object,
        edge: Edge,
        fields: Option<&[Field]>,
        window: &Window,
    ) -> Result<Value, GraphError> {
        let (listing, node_id) = match (object, edge) {
            (Object::Account(at), Edge::Media) => {
                let account = self.world.account(at);
                (&account.posts, account.seed.id.as_str())
            }
            (Object::Post(at), Edge::Comments) => {
                let post = self.world.post(at);
                (&post.comments, post.seed.id.as_str())
            }
            (Object::Comment(at), Edge::Replies) => {
                let comment = self
                    .world
                    .comment(at)
                    .expect("an id names a comment, never a malformed element");
                (&self.world.entry(at).replies, comment.id.as_str())
            }
            _ => return Err(GraphError::unknown_path(&format!("/{}", edge.name()))),
        };
        let page = Page::cut(listing, window);
        let mut items = Vec::with_capacity(page.keys.len());
        for (_, at) in &page.keys {
            match edge {
                Edge::Media => items.push(self.media(*at, fields)?),
                Edge::Comments | Edge::Replies => {
                    if !self.world.comment(*at).is_some_and(|comment| comment.withheld) {
                        items.push(self.comment_or_raw(*at, fields)?);
                    }
                }
            }
        }
        let mut envelope = Map::new();
        envelope.insert("data".into(), Value::Array(items));
        if let Some(paging) = self.paging(edge, node_id, &page, fields, window) {
            envelope.insert("paging".into(), paging);
        }
        Ok(Value::Object(envelope))
    }

    /// Media pages carry both cursors, to the end. Comment pages carry what leads on and, on the last page,
    /// nothing: so they were recorded.
    fn paging(
        &self,
        edge: Edge,
        node_id: &str,
        page: &Page,
        fields: Option<&[Field]>,
        window: &Window,
    ) -> Option<Value> {
        let (first, last) = (page.keys.first()?, page.keys.last()?);
        let link = |name: &str, key: &ListKey| self.link(edge, node_id, fields, window, name, key);
        let mut paging = Map::new();
        if edge == Edge::Media {
            paging.insert(
                "cursors".into(),
                json!({ "before": encode_cursor(*first), "after": encode_cursor(*last) }),
            );
            if page.has_previous {
                paging.insert("previous".into(), link("before", first));
            }
        } else if page.has_next {
            paging.insert("cursors".into(), json!({ "after": encode_cursor(*last) }));
        } else {
            return None;
        }
        if page.has_next {
            paging.insert("next".into(), link("after", last));
        }
        Some(Value::Object(paging))
    }

    fn link(
        &self,
        edge: Edge,
        node_id: &str,
        fields: Option<&[Field]>,
        window: &Window,
        cursor_name: &str,
        key: &ListKey,
    ) -> Value {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("access_token", self.token)
            .append_pair("pretty", "0");
        if let Some(fields) = fields {
            query.append_pair("fields", &write_fields(fields));
        }
        for (name, bound_ms) in [("since", window.since_ms), ("until", window.until_ms)] {
            if let Some(bound_ms) = bound_ms {
                query.append_pair(name, &bound_ms.div_euclid(1000).to_string());
            }
        }
        query
            .append_pair("limit", &window.limit.to_string())
            .append_pair(cursor_name, &encode_cursor(*key));
        let (base, version, query) = (self.base_url, self.version_prefix, query.finish());
        Value::String(format!("{base}{version}/{node_id}/{}?{query}", edge.name()))
    }

    fn user(&self, at: u32, through_me: bool, fields: Option<&[Field]>) -> Result<Value, GraphError> {
        let account = self.world.account(at);
        let own_id = if through_me {
            &account.seed.app_scoped_id
        } else {
            &account.seed.id
        };
        let mut node = Map::new();
        for field in fields.unwrap_or_default() {
            check_known(&field.name, USER_FIELDS, "IGUser")?;
            if self.through_page && ONLY_BY_OWN_LOGIN.contains(&field.name.as_str()) {
                return Err(nonexisting(&field.name, "IGUser"));
            }
            let value = match field.name.as_str() {
                "user_id" => json!(account.seed.id),
                "username" => json!(account.seed.username),
                "name" if !account.seed.name.is_empty() => json!(account.seed.name),
                "account_type" => json!("BUSINESS"),
                "followers_count" | "follows_count" => json!(0),
                "media_count" => json!(account.post_count),
                "media" => match self.expansion(Object::Account(at), Edge::Media, field)? {
                    Some(value) => value,
                    None => continue,
                },
                _ => continue,
            };
            node.insert(field.name.clone(), value);
        }
        node.insert("id".into(), json!(own_id));
        Ok(Value::Object(node))
    }

    fn media(&self, at: u32, fields: Option<&[Field]>) -> Result<Value, GraphError> {
        let post = self.world.post(at);
        let mut node = Map::new();
        for field in fields.unwrap_or_default() {
            check_known(&field.name, MEDIA_FIELDS, "IGMedia")?;
            if let Some(value) = self.media_field(at, post, field)? {
                node.insert(field.name.clone(), value);
            }
        }
        node.insert("id".into(), json!(post.seed.id));
        Ok(Value::Object(node))
    }

    fn media_field(&self, at: u32, post: &Post, field: &Field) -> Result<Option<Value>, GraphError> {
        let seed = &post.seed;
        let owner = &self.world.account(post.account).seed;
        Ok(match field.name.as_str() {
            "caption" => seed.caption.as_ref().map(|caption| json!(caption)),
            "media_type" => Some(json!(seed.media_type)),
            "media_product_type" => Some(json!(seed.media_product_type)),
            "media_url" if seed.media_type != "VIDEO" => self.picture_url(post),
            "thumbnail_url" if seed.media_type == "VIDEO" => self.picture_url(post),
            "permalink" => Some(json!(seed.permalink)),
            "shortcode" => seed
                .permalink
                .trim_end_matches('/')
                .rsplit('/')
                .next()
                .map(|code| json!(code)),
            "timestamp" => Some(json!(graph_time(seed.timestamp_ms))),
            "comments_count" => Some(json!(post.comment_count)),
            "like_count" => seed.like_count.map(|count| json!(count)),
            "is_comment_enabled" => Some(json!(post.comments_enabled)),
            "owner" => Some(json!({ "id": owner.id })),
            "username" => Some(json!(owner.username)),
            "comments" => self.expansion(Object::Post(at), Edge::Comments, field)?,
            _ => None,
        })
    }

    pub fn picture_url(&self, post: &Post) -> Option<Value> {
        post.seed.picture.as_ref().map(|picture| {
            let extension = if picture.content_type == "image/jpeg" {
                "jpg"
            } else {
                "png"
            };
            json!(format!(
                "{}/media-files/{}.{extension}",
                self.base_url, post.seed.id
            ))
        })
    }

    fn comment_or_raw(&self, at: u32, fields: Option<&[Field]>) -> Result<Value, GraphError> {
        match &self.world.entry(at).content {
            crate::world::Content::Raw(raw) => Ok(raw.clone()),
            crate::world::Content::Comment(comment) => self.comment(at, comment, fields),
        }
    }

    fn comment(&self, at: u32, comment: &Comment, fields: Option<&[Field]>) -> Result<Value, GraphError> {
        let defaults = || ["timestamp", "text"].map(Field::plain);
        let default_fields;
        let fields = match fields {
            Some(fields) => fields,
            None => {
                default_fields = defaults();
                &default_fields
            }
        };
        let mut node = Map::new();
        for field in fields {
            check_known(&field.name, COMMENT_FIELDS, "IGComment")?;
            if let Some(value) = self.comment_field(at, comment, field)? {
                node.insert(field.name.clone(), value);
            }
        }
        node.insert("id".into(), json!(comment.id));
        Ok(Value::Object(node))
    }

    fn comment_field(&self, at: u32, comment: &Comment, field: &Field) -> Result<Option<Value>, GraphError> {
        let entry = self.world.entry(at);
        Ok(match field.name.as_str() {
            "text" => Some(json!(comment.text)),
            "timestamp" => Some(json!(graph_time(entry.timestamp_ms))),
            "username" => comment.username.as_ref().map(|name| json!(name)),
            "from" => comment.author_id.as_ref().map(|id| match &comment.username {
                Some(username) => json!({ "id": id, "username": username }),
                None => json!({ "id": id }),
            }),
            // Given for the app user's own comments only.
            "user" => comment
                .author_id
                .as_ref()
                .filter(|id| **id == self.world.account(self.account).seed.id)
                .map(|id| json!({ "id": id })),
            "hidden" => Some(json!(comment.hidden)),
            "like_count" => Some(json!(comment.like_count)),
            "parent_id" => entry
                .parent
                .and_then(|parent| self.world.comment(parent))
                .map(|it| json!(it.id)),
            "media" => Some(self.media(entry.post, field.fields.as_deref())?),
            "replies" => self.expansion(Object::Comment(at), Edge::Replies, field)?,
            _ => None,
        })
    }

    /// An edge asked for as a field; absent when there is nothing on it.
    fn expansion(&self, object: Object, edge: Edge, field: &Field) -> Result<Option<Value>, GraphError> {
        let limit = edge.limit(Some(field.limit.unwrap_or(DEFAULT_EXPANSION_LIMIT)));
        let cursor = match &field.after {
            Some(text) => Cursor::After(super::cursor(text, "after")?),
            None => Cursor::Newest,
        };
        let window = Window {
            cursor,
            limit,
            ..Window::default()
        };
        let value = self.edge(object, edge, field.fields.as_deref(), &window)?;
        let empty = value["data"].as_array().is_none_or(Vec::is_empty) && value.get("paging").is_none();
        Ok((!empty).then_some(value))
    }
}

pub fn check_known(name: &str, known: &[&str], node: &str) -> Result<(), GraphError> {
    if known.contains(&name) {
        return Ok(());
    }
    Err(nonexisting(name, node))
}

fn nonexisting(name: &str, node: &str) -> GraphError {
    GraphError::invalid_parameter(format!(
        "Tried accessing nonexisting field ({name}) on node type ({node})"
    ))
}

/// `2017-05-19T23:27:28+0000`: whole seconds, no colon in the offset.
pub fn graph_time(timestamp_ms: i64) -> String {
    DateTime::from_timestamp_millis(timestamp_ms)
        .unwrap_or(DateTime::UNIX_EPOCH)
        .format("%Y-%m-%dT%H:%M:%S+0000")
        .to_string()
}
