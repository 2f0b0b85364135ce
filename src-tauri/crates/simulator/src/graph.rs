//! The Graph dialect, of Instagram and of Facebook Pages: from a request to the platform's answer, without any network
//! in between.

mod error;
mod fields;
mod page;
mod permission;
mod person;
mod request;
mod sign_in;
mod view;
mod write;

use axum::http::Method;
use chrono::DateTime;
use serde_json::{Map, Value};

pub use error::GraphError;
pub use permission::{
    INSTAGRAM as INSTAGRAM_PERMISSIONS, LINKED as LINKED_PERMISSIONS, PAGES as PAGE_PERMISSIONS,
};
pub use request::GraphRequest;
pub use sign_in::{Consent, SignIns, consent};

use crate::seed::SeedPlatform;
use crate::store::Store;
use crate::world::{Cursor, ListKey, Object, Window, World, decode_cursor};
use fields::{Field, parse_fields};
use view::{Edge, View};

// "A maximum of 50 ids" per multi-id read.
const MAX_IDS: usize = 50;

/// Answers one call. A write is durable and in the ledger before this returns.
pub fn answer(store: &Store, base_url: &str, request: &GraphRequest) -> Result<Value, GraphError> {
    let now_ms = store.now_ms();
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    match (&request.method, segments.as_slice()) {
        (&Method::POST, ["oauth", "access_token"]) => return sign_in::exchange(store, request),
        (&Method::GET, ["access_token"]) => return sign_in::lengthen(store, request),
        _ => {}
    }
    {
        let stored = store.read();
        let person = request
            .token
            .as_deref()
            .and_then(|token| stored.world.pages_of_person(token));
        if let Some(pages) = person {
            return person::answer(&stored.world, pages, request, &segments);
        }
    }
    if request.method == Method::GET && segments != ["refresh_access_token"] {
        let stored = store.read();
        let holder = signed_in(&stored.world, request, now_ms)?;
        let account = acts_for(&stored.world, holder, request, &segments);
        permission::require(&stored.world, holder, account, request, &segments)?;
        let view = View {
            world: &stored.world,
            account,
            through_page: holder != account,
            base_url,
            version_prefix: &request.version_prefix,
            token: request.token.as_deref().unwrap_or_default(),
        };
        return match is_page(&stored.world, account) {
            true => page::read(&view, request, &segments),
            false => read(&view, request, &segments),
        };
    }
    let mut stored = store.write();
    let holder = signed_in(&stored.world, request, now_ms)?;
    let account = acts_for(&stored.world, holder, request, &segments);
    permission::require(&stored.world, holder, account, request, &segments)?;
    write::write(&mut stored, account, request, &segments, now_ms)
}

/// How many calls this counts as: a multi-id read is as many as it has ids.
pub fn calls_of(request: &GraphRequest) -> u64 {
    request
        .parameter("ids")
        .map_or(1, |ids| ids.split(',').count() as u64)
}

/// Whose words differ: fields and edges of Facebook Pages have other names than Instagram's.
fn is_page(world: &World, account: u32) -> bool {
    world.account(account).seed.platform == SeedPlatform::Facebook
}

/// Whose objects a call is about: a page's token opens those of the Instagram account that is linked to the page.
fn acts_for(world: &World, holder: u32, request: &GraphRequest, segments: &[&str]) -> u32 {
    let Some(instagram) = world.linked_instagram(holder) else {
        return holder;
    };
    let recipient = request.parameter("recipient").and_then(|text| {
        let recipient: Value = serde_json::from_str(text).ok()?;
        recipient["comment_id"].as_str().map(str::to_owned)
    });
    let ids = request.parameter("ids").unwrap_or_default().split(',');
    let is_of_instagram = segments
        .iter()
        .copied()
        .chain(ids)
        .chain(recipient.as_deref())
        .filter_map(|id| world.object(id.trim()))
        .any(|object| world.owner_of(object) == instagram);
    if is_of_instagram { instagram } else { holder }
}

fn signed_in(world: &World, request: &GraphRequest, now_ms: i64) -> Result<u32, GraphError> {
    let token = request.token.as_deref().filter(|token| !token.is_empty());
    let token = token.ok_or_else(GraphError::token_required)?;
    let account = world
        .account_of_token(token)
        .filter(|account| !world.is_group(*account))
        .ok_or_else(|| GraphError::token(190, world.revocation_of(token)))?;
    match world.account(account).token_expires_at {
        Some(expires_at) if expires_at <= now_ms => {
            let mut error = GraphError::token(190, Some(463));
            error.message = format!(
                "Error validating access token: Session has expired on {}. The current time is {}.",
                spoken_time(expires_at),
                spoken_time(now_ms)
            );
            Err(error)
        }
        _ => Ok(account),
    }
}

fn spoken_time(timestamp_ms: i64) -> String {
    let time = DateTime::from_timestamp_millis(timestamp_ms).unwrap_or(DateTime::UNIX_EPOCH);
    time.format("%A, %d-%b-%y %H:%M:%S UTC").to_string()
}

fn read(view: &View<'_>, request: &GraphRequest, segments: &[&str]) -> Result<Value, GraphError> {
    let fields = request
        .parameter("fields")
        .filter(|text| !text.is_empty())
        .map(parse_fields)
        .transpose()?;
    let fields = fields.as_deref();
    if let Some(ids) = request.parameter("ids") {
        return read_many(view, request, ids, segments, fields);
    }
    match segments {
        [id] => view.node(view.find("get", id)?, *id == "me", fields),
        [id, edge] => read_edge(view, request, view.find("get", id)?, edge, fields),
        _ => Err(GraphError::unknown_path(&request.path)),
    }
}

/// `?ids=a,b` and `/comments?ids=a,b`: a map keyed by id.
fn read_many(
    view: &View<'_>,
    request: &GraphRequest,
    ids: &str,
    segments: &[&str],
    fields: Option<&[Field]>,
) -> Result<Value, GraphError> {
    let ids: Vec<&str> = ids
        .split(',')
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .collect();
    if ids.is_empty() {
        return Err(GraphError::invalid_parameter(
            "Cannot specify an empty identifier",
        ));
    }
    if ids.len() > MAX_IDS {
        let count = ids.len();
        return Err(GraphError::invalid_parameter(format!(
            "Too many IDs. Maximum: {MAX_IDS}. Provided: {count}."
        )));
    }
    let mut found = Map::new();
    for id in ids {
        let object = view.find("get", id)?;
        let value = match segments {
            [] => view.node(object, false, fields)?,
            [edge] => read_edge(view, request, object, edge, fields)?,
            _ => return Err(GraphError::unknown_path(&request.path)),
        };
        found.insert(id.to_owned(), value);
    }
    Ok(Value::Object(found))
}

fn read_edge(
    view: &View<'_>,
    request: &GraphRequest,
    object: Object,
    edge: &str,
    fields: Option<&[Field]>,
) -> Result<Value, GraphError> {
    let edge = match edge {
        "media" => Edge::Media,
        "comments" => Edge::Comments,
        "replies" => Edge::Replies,
        _ => return Err(GraphError::unknown_path(&format!("/{edge}"))),
    };
    let limit = match request.integer("limit")? {
        Some(limit) => Some(usize::try_from(limit).map_err(|_| {
            GraphError::invalid_parameter("Param limit must be a number greater than or equal to 0")
        })?),
        None => None,
    };
    let cursor = match (request.parameter("after"), request.parameter("before")) {
        (Some(after), _) if !after.is_empty() => Cursor::After(cursor(after, "after")?),
        (_, Some(before)) if !before.is_empty() => Cursor::Before(cursor(before, "before")?),
        _ => Cursor::Newest,
    };
    let mut window = Window {
        cursor,
        limit: edge.limit(limit),
        ..Window::default()
    };
    // Comments know no time filter: the platform passes it over.
    if edge == Edge::Media {
        window.since_ms = request
            .integer("since")?
            .map(|seconds| seconds.saturating_mul(1000));
        window.until_ms = request
            .integer("until")?
            .map(|seconds| seconds.saturating_mul(1000).saturating_add(999));
    }
    view.edge(object, edge, fields, &window)
}

fn cursor(text: &str, name: &str) -> Result<ListKey, GraphError> {
    decode_cursor(text)
        .ok_or_else(|| GraphError::invalid_parameter(format!("Invalid cursors values for {name} cursor")))
}
