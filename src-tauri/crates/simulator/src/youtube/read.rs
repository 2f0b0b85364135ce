//! `commentThreads.list` and `comments.list`.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::error::YoutubeError;
use super::page::{self, Start};
use super::request::Call;
use super::view::{Place, ThreadParts, View, tagged};
use crate::world::{ListKey, ModerationStatus};

const THREAD_PARTS: &[&str] = &["id", "snippet", "replies"];
const COMMENT_PARTS: &[&str] = &["id", "snippet"];
const THREAD_FILTERS: &[&str] = &["allThreadsRelatedToChannelId", "id", "videoId"];
const COMMENT_FILTERS: &[&str] = &["id", "parentId"];
const DEFAULT_RESULTS: usize = 20;
const MAX_RESULTS: usize = 100;

/// The one filter that was chosen, and its value.
pub fn only_filter<'a>(
    call: &'a Call,
    known: &[&'static str],
) -> Result<(&'static str, &'a str), YoutubeError> {
    let chosen: Vec<_> = known
        .iter()
        .filter_map(|name| Some((*name, call.parameter(name)?)))
        .collect();
    match chosen.as_slice() {
        [] => Err(YoutubeError::no_filter(known)),
        [one] => Ok(*one),
        several => {
            let names: Vec<&str> = several.iter().map(|(name, _)| *name).collect();
            Err(YoutubeError::incompatible(&names))
        }
    }
}

pub fn list_threads(view: &View<'_>, call: &Call) -> Result<Value, YoutubeError> {
    let asked = call.parts(THREAD_PARTS)?;
    let max_results = call.max_results(DEFAULT_RESULTS, 1..=MAX_RESULTS)?;
    let (filter, value) = only_filter(call, THREAD_FILTERS)?;
    let parts = ThreadParts {
        snippet: asked.contains(&"snippet"),
        replies: asked.contains(&"replies"),
        pass: None,
    };
    if filter == "id" {
        return threads_by_id(view, call, parts, max_results);
    }
    let world = view.world;
    let (listing, owner) = if filter == "videoId" {
        let video = world.post(world.video(value).ok_or_else(YoutubeError::video_not_found)?);
        if !video.comments_enabled {
            return Err(YoutubeError::comments_disabled());
        }
        (&video.comments, video.account)
    } else {
        let channel = world.channel(value).ok_or_else(YoutubeError::channel_not_found)?;
        (&world.account(channel).threads, channel)
    };
    let pass = pass_of(call)?;
    if pass != ModerationStatus::Published && view.account != Some(owner) {
        return Err(YoutubeError::forbidden(
            "youtube.commentThread",
            "One or more of the requested comment threads cannot be retrieved due to insufficient permissions. The \
             request might not be properly authorized.",
        ));
    }
    let terms = call.parameter("searchTerms").map(str::to_lowercase);
    let by_relevance = match call.parameter("order") {
        None | Some("time") => false,
        Some("relevance") => true,
        Some(other) => return Err(unknown_value("order", other)),
    };
    let question = format!("{filter}|{value}|{}|{by_relevance}|{terms:?}", pass.name());
    let start = match call.parameter("pageToken") {
        Some(token) => Some(page::decode(&question, token)?),
        None => None,
    };
    let wanted = |(_, at): &ListKey| {
        view.is_in_pass(*at, pass) && terms.as_deref().is_none_or(|terms| view.matches(*at, terms))
    };
    let page = if by_relevance {
        by_likes(view, listing, wanted, start, max_results)?
    } else {
        newest_first(listing, wanted, start, max_results)?
    };
    let parts = ThreadParts {
        pass: Some(pass),
        ..parts
    };
    let items = page.keys.iter().map(|(_, at)| view.thread(*at, parts)).collect();
    let next = page.next.map(|next| page::encode(&question, next));
    Ok(envelope(
        "youtube#commentThreadListResponse",
        items,
        next,
        Some(max_results),
    ))
}

fn threads_by_id(
    view: &View<'_>,
    call: &Call,
    parts: ThreadParts,
    max_results: usize,
) -> Result<Value, YoutubeError> {
    // "This parameter is not supported for use in conjunction with the id parameter."
    for name in ["moderationStatus", "order", "searchTerms"] {
        if call.parameter(name).is_some() {
            return Err(YoutubeError::incompatible(&["id", name]));
        }
    }
    let ids = call.ids("id")?.into_iter();
    let items = ids
        .filter_map(|id| view.world.comment_on_video(id))
        .filter(|at| view.world.entry(*at).parent.is_none() && view.sees(*at))
        .map(|at| view.thread(at, parts))
        .collect();
    Ok(envelope(
        "youtube#commentThreadListResponse",
        items,
        None,
        Some(max_results),
    ))
}

/// Ids that name nothing are left out, as on the platform.
pub fn list_comments(view: &View<'_>, call: &Call) -> Result<Value, YoutubeError> {
    call.parts(COMMENT_PARTS)?;
    let max_results = call.max_results(DEFAULT_RESULTS, 1..=MAX_RESULTS)?;
    let (filter, value) = only_filter(call, COMMENT_FILTERS)?;
    let world = view.world;
    if filter == "id" {
        let place = Place {
            by_id: true,
            ..Place::default()
        };
        let ids = call.ids("id")?.into_iter();
        let items = ids
            .filter_map(|id| world.comment_on_video(id))
            .filter(|at| view.sees(*at))
            .map(|at| view.comment(at, place))
            .collect();
        return Ok(envelope("youtube#commentListResponse", items, None, None));
    }
    let parent = world
        .comment_on_video(value)
        .filter(|at| world.entry(*at).parent.is_none() && view.sees(*at))
        .ok_or_else(|| YoutubeError::comment_not_found("parentId"))?;
    let question = format!("parentId|{value}");
    let start = match call.parameter("pageToken") {
        Some(token) => Some(page::decode(&question, token)?),
        None => None,
    };
    // There is no pass to ask for here: what waits for review is found with its thread.
    let wanted = |(_, at): &ListKey| world.verdict(*at) == Some(ModerationStatus::Published);
    let page = newest_first(&world.entry(parent).replies, wanted, start, max_results)?;
    let items = page
        .keys
        .iter()
        .map(|(_, at)| view.comment(*at, Place::default()))
        .collect();
    let next = page.next.map(|next| page::encode(&question, next));
    Ok(envelope(
        "youtube#commentListResponse",
        items,
        next,
        Some(max_results),
    ))
}

fn pass_of(call: &Call) -> Result<ModerationStatus, YoutubeError> {
    match call.parameter("moderationStatus") {
        None | Some("published") => Ok(ModerationStatus::Published),
        Some("heldForReview") => Ok(ModerationStatus::HeldForReview),
        Some("likelySpam") => Ok(ModerationStatus::LikelySpam),
        Some(other) => Err(unknown_value("moderationStatus", other)),
    }
}

pub fn unknown_value(name: &'static str, value: &str) -> YoutubeError {
    YoutubeError::invalid_parameter(name, format!("Invalid value '{value}' for parameter {name}"))
}

struct Found {
    keys: Vec<ListKey>,
    next: Option<Start>,
}

fn newest_first(
    listing: &BTreeSet<ListKey>,
    wanted: impl Fn(&ListKey) -> bool,
    start: Option<Start>,
    max_results: usize,
) -> Result<Found, YoutubeError> {
    let before = match start {
        None => (i64::MAX, u32::MAX),
        Some(Start::After(key)) => key,
        Some(_) => return Err(YoutubeError::invalid_page_token()),
    };
    let mut older = listing.range(..before).rev().filter(|key| wanted(key)).copied();
    let keys: Vec<ListKey> = older.by_ref().take(max_results).collect();
    let next = match (keys.last(), older.next()) {
        (Some(last), Some(_)) => Some(Start::After(*last)),
        _ => None,
    };
    Ok(Found { keys, next })
}

/// The platform does not tell what makes a comment relevant: here it is likes, then time.
fn by_likes(
    view: &View<'_>,
    listing: &BTreeSet<ListKey>,
    wanted: impl Fn(&ListKey) -> bool,
    start: Option<Start>,
    max_results: usize,
) -> Result<Found, YoutubeError> {
    let skip = match start {
        None => 0,
        Some(Start::Skip(count)) => count,
        Some(_) => return Err(YoutubeError::invalid_page_token()),
    };
    let mut all: Vec<ListKey> = listing.iter().filter(|key| wanted(key)).copied().collect();
    all.sort_by_key(|key| Reverse((view.world.comment(key.1).map_or(0, |it| it.like_count), *key)));
    let keys: Vec<ListKey> = all.iter().skip(skip).take(max_results).copied().collect();
    let next = (skip + keys.len() < all.len()).then_some(Start::Skip(skip + keys.len()));
    Ok(Found { keys, next })
}

/// `totalResults` counts the page: so it was recorded for comments, which are nowhere counted as a whole.
fn envelope(kind: &str, items: Vec<Value>, next: Option<String>, results_per_page: Option<usize>) -> Value {
    let mut answer = Map::new();
    answer.insert("kind".into(), json!(kind));
    if let Some(token) = next {
        answer.insert("nextPageToken".into(), json!(token));
    }
    if let Some(per_page) = results_per_page {
        let info = json!({ "totalResults": items.len(), "resultsPerPage": per_page });
        answer.insert("pageInfo".into(), info);
    }
    answer.insert("items".into(), Value::Array(items));
    tagged(answer)
}
