//! Channels, their uploads, and the videos' details and counts.

use super::{WireList, elements, id, list, page, parse, time};
use domain::PlatformId;
use domain::ports::{Element, Page, RemotePost, RemoteProfile};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_json::value::RawValue;

/// The channel that a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::youtube) struct Channel {
    pub profile: RemoteProfile,
    /// Playlist of everything it uploaded, newest first.
    pub uploads: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireChannel {
    id: String,
    snippet: Option<WireChannelSnippet>,
    content_details: Option<WireContentDetails>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireChannelSnippet {
    title: Option<String>,
    /// `@name`; absent for channels without a handle.
    custom_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireContentDetails {
    related_playlists: Option<WirePlaylists>,
}

#[derive(Deserialize)]
struct WirePlaylists {
    uploads: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireUpload {
    content_details: Option<WireVideoRef>,
    snippet: Option<WireUploadSnippet>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireUploadSnippet {
    resource_id: Option<WireVideoRef>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireVideoRef {
    video_id: Option<String>,
}

#[derive(Deserialize)]
struct WireVideo {
    id: String,
    snippet: WireVideoSnippet,
    statistics: Option<WireStatistics>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireVideoSnippet {
    title: Option<String>,
    description: Option<String>,
    published_at: String,
    live_broadcast_content: Option<String>,
    thumbnails: Option<WireThumbnails>,
}

#[derive(Deserialize)]
struct WireThumbnails {
    standard: Option<WireThumbnail>,
    high: Option<WireThumbnail>,
    medium: Option<WireThumbnail>,
    default: Option<WireThumbnail>,
}

#[derive(Deserialize)]
struct WireThumbnail {
    url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireStatistics {
    /// Absent when comments are switched off.
    #[serde(default, deserialize_with = "count")]
    comment_count: Option<i64>,
    /// Absent when hidden.
    #[serde(default, deserialize_with = "count")]
    like_count: Option<i64>,
}

/// The API writes counts as text.
fn count<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    let raw = Option::<Box<RawValue>>::deserialize(from)?;
    let Some(raw) = raw else { return Ok(None) };
    match raw.get().trim_matches('"') {
        "null" => Ok(None),
        digits => digits.parse().map(Some).map_err(D::Error::custom),
    }
}

/// `None` when the Google account has no channel.
pub(in crate::youtube) fn channel(body: &str) -> Result<Option<Channel>, String> {
    let wire: WireList = parse(body)?;
    let Some(first) = wire.items.unwrap_or_default().into_iter().next() else {
        return Ok(None);
    };
    let wire: WireChannel = parse(first.get())?;
    let (title, handle) = match wire.snippet {
        Some(snippet) => (snippet.title, snippet.custom_url),
        None => (None, None),
    };
    let title = title.filter(|title| !title.is_empty());
    let handle = handle.filter(|handle| !handle.is_empty());
    let id = id(wire.id)?;
    let playlists = wire.content_details.and_then(|details| details.related_playlists);
    Ok(Some(Channel {
        uploads: playlists
            .and_then(|lists| lists.uploads)
            .filter(|list| !list.is_empty()),
        profile: RemoteProfile {
            username: handle.or_else(|| title.clone()).unwrap_or_else(|| id.0.clone()),
            name: title,
            id,
        },
    }))
}

/// Ids of the videos on a page of the uploads.
pub(in crate::youtube) fn uploads(body: &str) -> Result<Page<PlatformId>, String> {
    page(body, |raw| {
        let wire: WireUpload = parse(raw)?;
        let listed = wire.content_details.and_then(|details| details.video_id);
        let referred = || wire.snippet?.resource_id?.video_id;
        id(listed
            .or_else(referred)
            .ok_or("the upload does not name its video")?)
    })
}

pub(in crate::youtube) fn videos(body: &str) -> Result<Vec<Element<RemotePost>>, String> {
    let (items, _) = list(body)?;
    Ok(elements(&items, |raw| parse::<WireVideo>(raw)?.into_post()))
}

impl WireVideo {
    fn into_post(self) -> Result<RemotePost, String> {
        let id = id(self.id)?;
        let snippet = self.snippet;
        let live = matches!(
            snippet.live_broadcast_content.as_deref(),
            Some("live" | "upcoming")
        );
        let picture = snippet.thumbnails.and_then(|pictures| {
            pictures
                .standard
                .or(pictures.high)
                .or(pictures.medium)
                .or(pictures.default)
        });
        let statistics = self.statistics;
        Ok(RemotePost {
            caption: caption(snippet.title, snippet.description),
            kind: if live { "LIVE" } else { "VIDEO" }.to_owned(),
            permalink: Some(format!("https://www.youtube.com/watch?v={id}")),
            picture_url: picture.map(|picture| picture.url),
            published_at: time(&snippet.published_at)?,
            comments_count: statistics.as_ref().and_then(|counts| counts.comment_count),
            comments_enabled: statistics.as_ref().map(|counts| counts.comment_count.is_some()),
            like_count: statistics.and_then(|counts| counts.like_count),
            id,
        })
    }
}

/// The title, a blank line, the description.
fn caption(title: Option<String>, description: Option<String>) -> Option<String> {
    let parts: Vec<String> = [title, description]
        .into_iter()
        .flatten()
        .filter(|part| !part.trim().is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}
