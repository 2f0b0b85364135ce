//! Channels, their uploads, videos, and the search that nobody should need.

use serde_json::{Map, Value, json};

use super::error::YoutubeError;
use super::page::{self, Start};
use super::read::only_filter;
use super::request::Call;
use super::view::{View, resource, tagged, time_of};
use crate::world::{Cursor, Page, Post, Window};

const CHANNEL_PARTS: &[&str] = &["id", "snippet", "contentDetails", "statistics"];
const ITEM_PARTS: &[&str] = &["id", "snippet", "contentDetails"];
const VIDEO_PARTS: &[&str] = &["id", "snippet", "statistics"];
const DEFAULT_RESULTS: usize = 5;
const MAX_RESULTS: usize = 50;

pub fn list_channels(view: &View<'_>, call: &Call) -> Result<Value, YoutubeError> {
    let parts = call.parts(CHANNEL_PARTS)?;
    let max_results = call.max_results(DEFAULT_RESULTS, 0..=MAX_RESULTS)?;
    let mine = call.flag("mine")?;
    let channels: Vec<u32> = match (mine, call.parameter("id")) {
        (true, None) => vec![view.account.ok_or_else(YoutubeError::login_required)?],
        (false, Some(_)) => {
            let ids = call.ids("id")?.into_iter();
            ids.filter_map(|id| view.world.channel(id)).collect()
        }
        (true, Some(_)) => return Err(YoutubeError::incompatible(&["mine", "id"])),
        (false, None) => return Err(YoutubeError::no_filter(&["id", "mine"])),
    };
    let items: Vec<Value> = channels.iter().map(|at| channel(view, *at, &parts)).collect();
    let mut answer = Map::new();
    answer.insert("kind".into(), json!("youtube#channelListResponse"));
    let info = json!({ "totalResults": items.len(), "resultsPerPage": max_results });
    answer.insert("pageInfo".into(), info);
    // Where nothing was found there is no list either.
    if !items.is_empty() {
        answer.insert("items".into(), Value::Array(items));
    }
    Ok(tagged(answer))
}

fn channel(view: &View<'_>, at: u32, parts: &[&str]) -> Value {
    let account = view.world.account(at);
    let seed = &account.seed;
    let first_upload = account.posts.first().map_or(0, |(timestamp_ms, _)| *timestamp_ms);
    let mut node = resource("youtube#channel", &seed.id);
    if parts.contains(&"snippet") {
        let snippet = json!({
            "title": title_of(&seed.name, &seed.username),
            "description": "",
            "customUrl": format!("@{}", seed.username),
            "publishedAt": time_of(first_upload),
            "thumbnails": thumbnails(view, &seed.id, [88, 240, 800]),
            "localized": { "title": title_of(&seed.name, &seed.username), "description": "" },
            "country": "US",
        });
        node.insert("snippet".into(), snippet);
    }
    if parts.contains(&"contentDetails") {
        let playlists = json!({ "likes": "", "uploads": uploads_of(&seed.id) });
        node.insert("contentDetails".into(), json!({ "relatedPlaylists": playlists }));
    }
    if parts.contains(&"statistics") {
        let statistics = json!({
            "viewCount": "0",
            "subscriberCount": "0",
            "hiddenSubscriberCount": false,
            "videoCount": account.post_count.to_string(),
        });
        node.insert("statistics".into(), statistics);
    }
    tagged(node)
}

fn title_of<'a>(name: &'a str, username: &'a str) -> &'a str {
    if name.is_empty() { username } else { name }
}

/// `UC…` and `UU…` differ in one letter.
fn uploads_of(channel_id: &str) -> String {
    format!("UU{}", channel_id.strip_prefix("UC").unwrap_or(channel_id))
}

pub fn list_playlist_items(view: &View<'_>, call: &Call) -> Result<Value, YoutubeError> {
    let parts = call.parts(ITEM_PARTS)?;
    let max_results = call.max_results(DEFAULT_RESULTS, 0..=MAX_RESULTS)?;
    let (_, playlist_id) = only_filter(call, &["playlistId"])?;
    let world = view.world;
    let owner = world
        .channels()
        .find(|at| uploads_of(&world.account(*at).seed.id) == playlist_id)
        .ok_or_else(YoutubeError::playlist_not_found)?;
    let question = format!("playlistId|{playlist_id}");
    let cursor = match call.parameter("pageToken") {
        None => Cursor::Newest,
        Some(token) => match page::decode(&question, token)? {
            Start::After(key) => Cursor::After(key),
            Start::Before(key) => Cursor::Before(key),
            Start::Skip(_) => return Err(YoutubeError::invalid_page_token()),
        },
    };
    let uploads = &world.account(owner).posts;
    let window = Window {
        cursor,
        limit: max_results,
        ..Window::default()
    };
    let page = Page::cut(uploads, &window);
    let newer = page.keys.first().map_or(0, |first| {
        uploads
            .range((std::ops::Bound::Excluded(*first), std::ops::Bound::Unbounded))
            .count()
    });
    let items: Vec<Value> = (newer..)
        .zip(&page.keys)
        .map(|(position, (_, at))| playlist_item(view, *at, playlist_id, position, &parts))
        .collect();
    let mut answer = Map::new();
    answer.insert("kind".into(), json!("youtube#playlistItemListResponse"));
    for (name, there, start) in [
        (
            "nextPageToken",
            page.has_next,
            page.keys.last().map(|key| Start::After(*key)),
        ),
        (
            "prevPageToken",
            page.has_previous,
            page.keys.first().map(|key| Start::Before(*key)),
        ),
    ] {
        if let Some(start) = start.filter(|_| there) {
            answer.insert(name.into(), json!(page::encode(&question, start)));
        }
    }
    let info = json!({ "totalResults": uploads.len(), "resultsPerPage": max_results });
    answer.insert("pageInfo".into(), info);
    answer.insert("items".into(), Value::Array(items));
    Ok(tagged(answer))
}

fn playlist_item(view: &View<'_>, at: u32, playlist_id: &str, position: usize, parts: &[&str]) -> Value {
    let post = view.world.post(at);
    let seed = &post.seed;
    let mut node = resource("youtube#playlistItem", &format!("{playlist_id}.{}", seed.id));
    if parts.contains(&"snippet") {
        let mut snippet = video_snippet(view, post);
        snippet.insert("playlistId".into(), json!(playlist_id));
        snippet.insert("position".into(), json!(position));
        let video = json!({ "kind": "youtube#video", "videoId": seed.id });
        snippet.insert("resourceId".into(), video);
        node.insert("snippet".into(), Value::Object(snippet));
    }
    if parts.contains(&"contentDetails") {
        let details = json!({ "videoId": seed.id, "videoPublishedAt": time_of(seed.timestamp_ms) });
        node.insert("contentDetails".into(), details);
    }
    tagged(node)
}

pub fn list_videos(view: &View<'_>, call: &Call) -> Result<Value, YoutubeError> {
    let parts = call.parts(VIDEO_PARTS)?;
    only_filter(call, &["id"])?;
    let ids = call.ids("id")?.into_iter();
    let items: Vec<Value> = ids
        .filter_map(|id| view.world.video(id))
        .map(|at| video(view, at, &parts))
        .collect();
    let mut answer = Map::new();
    answer.insert("kind".into(), json!("youtube#videoListResponse"));
    let info = json!({ "totalResults": items.len(), "resultsPerPage": items.len() });
    answer.insert("pageInfo".into(), info);
    answer.insert("items".into(), Value::Array(items));
    Ok(tagged(answer))
}

fn video(view: &View<'_>, at: u32, parts: &[&str]) -> Value {
    let post = view.world.post(at);
    let mut node = resource("youtube#video", &post.seed.id);
    if parts.contains(&"snippet") {
        let mut snippet = video_snippet(view, post);
        let localized = json!({ "title": snippet["title"], "description": snippet["description"] });
        snippet.insert("localized".into(), localized);
        snippet.insert("categoryId".into(), json!("22"));
        snippet.insert("liveBroadcastContent".into(), json!("none"));
        node.insert("snippet".into(), Value::Object(snippet));
    }
    if parts.contains(&"statistics") {
        let mut statistics = Map::new();
        statistics.insert("viewCount".into(), json!("0"));
        if let Some(likes) = post.seed.like_count {
            statistics.insert("likeCount".into(), json!(likes.to_string()));
        }
        statistics.insert("favoriteCount".into(), json!("0"));
        // Absent where comments are turned off.
        if post.comments_enabled {
            let count = view.world.published_count(at).to_string();
            statistics.insert("commentCount".into(), json!(count));
        }
        node.insert("statistics".into(), Value::Object(statistics));
    }
    tagged(node)
}

/// The first line of the caption is the title, the rest the description.
fn video_snippet(view: &View<'_>, post: &Post) -> Map<String, Value> {
    let owner = &view.world.account(post.account).seed;
    let caption = post.seed.caption.as_deref().unwrap_or_default();
    let (title, description) = caption.split_once('\n').unwrap_or((caption, ""));
    let mut snippet = Map::new();
    for (name, value) in [
        ("publishedAt", json!(time_of(post.seed.timestamp_ms))),
        ("channelId", json!(owner.id)),
        ("title", json!(title)),
        ("description", json!(description.trim_start_matches('\n'))),
        ("thumbnails", thumbnails(view, &post.seed.id, [120, 320, 480])),
        ("channelTitle", json!(title_of(&owner.name, &owner.username))),
    ] {
        snippet.insert(name.into(), value);
    }
    snippet
}

/// Pictures come from the simulator itself: nothing that reads them reaches another host.
fn thumbnails(view: &View<'_>, id: &str, widths: [u32; 3]) -> Value {
    let picture = |width: u32| {
        let url = format!("{}/media-files/{id}.png", view.base_url);
        json!({ "url": url, "width": width, "height": width * 3 / 4 })
    };
    let [default, medium, high] = widths.map(picture);
    json!({ "default": default, "medium": medium, "high": high })
}

/// Answers with the newest videos, so that a client which searches works and shows in the ledger of quotas.
pub fn search(view: &View<'_>, call: &Call) -> Result<Value, YoutubeError> {
    call.parts(&["id", "snippet"])?;
    let max_results = call.max_results(DEFAULT_RESULTS, 0..=MAX_RESULTS)?;
    let world = view.world;
    let channel_id = call.parameter("channelId");
    let query = call.parameter("q").map(str::to_lowercase);
    let mut videos: Vec<_> = world
        .channels()
        .map(|at| world.account(at))
        .filter(|account| channel_id.is_none_or(|id| account.seed.id == id))
        .flat_map(|account| account.posts.iter().copied())
        .filter(|(_, at)| {
            let caption = world.post(*at).seed.caption.as_deref().unwrap_or_default();
            query
                .as_ref()
                .is_none_or(|query| caption.to_lowercase().contains(query))
        })
        .collect();
    videos.sort_unstable_by(|one, other| other.cmp(one));
    let total = videos.len();
    let items: Vec<Value> = videos
        .into_iter()
        .take(max_results)
        .map(|(_, at)| {
            let post = world.post(at);
            let mut node = Map::new();
            node.insert("kind".into(), json!("youtube#searchResult"));
            let id = json!({ "kind": "youtube#video", "videoId": post.seed.id });
            node.insert("id".into(), id);
            node.insert("snippet".into(), Value::Object(video_snippet(view, post)));
            tagged(node)
        })
        .collect();
    let mut answer = Map::new();
    answer.insert("kind".into(), json!("youtube#searchListResponse"));
    let info = json!({ "totalResults": total, "resultsPerPage": max_results });
    answer.insert("pageInfo".into(), info);
    answer.insert("items".into(), Value::Array(items));
    Ok(tagged(answer))
}
