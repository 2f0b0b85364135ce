//! Any file of comments or posts as a platform's content: `.csv`, `.tsv`, `.jsonl` and `.json`, whatever the
//! columns are called. Text is taken as it is, HTML and all.

mod gather;
mod rows;
mod times;

use std::path::Path;

use crate::error::SimulatorError;
use crate::seed::{SeedAccount, SeedPicture, SeedPost};
use crate::world::{is_usable_id, scatter, stable_hash};
pub use gather::seed_from_files;
use rows::{Row, read_rows};
use times::read_time_ms;

const ID: &[&str] = &["id", "comment_id", "commentid"];
const TEXT: &[&str] = &[
    "text",
    "content",
    "message",
    "body",
    "comment",
    "comment_text",
    "text_original",
    "text_display",
    "review",
    "tweet",
];
const USERNAME: &[&str] = &[
    "username",
    "user_name",
    "author",
    "user",
    "author_name",
    "author_display_name",
];
const AUTHOR_ID: &[&str] = &["author_id", "user_id"];
const TIME: &[&str] = &[
    "timestamp",
    "date",
    "created_at",
    "created_time",
    "created",
    "datetime",
    "published_at",
    "timestamp_ms",
];
const POST: &[&str] = &["post", "post_id", "media_id", "media", "video_id"];
const PARENT: &[&str] = &["parent", "parent_id"];
const LIKES: &[&str] = &["like_count", "likes"];
const POST_ID: &[&str] = &["id", "post_id", "media_id", "post"];
const ACCOUNT: &[&str] = &["account_id", "account"];
const CAPTION: &[&str] = &["caption", "text", "title", "message", "name"];
const PERMALINK: &[&str] = &["permalink", "url", "link"];
const MEDIA_TYPE: &[&str] = &["media_type"];
const PRODUCT_TYPE: &[&str] = &["media_product_type"];
const COMMENTS_ENABLED: &[&str] = &["comments_enabled", "is_comment_enabled"];
const PICTURE: &[&str] = &["picture", "image", "picture_path"];

// Rows without a time are a minute apart from here on: 1 January 2024.
const FIRST_TIME_MS: i64 = 1_704_067_200_000;
const STEP_MS: i64 = 60_000;

/// A comment as its file tells it. Only the id and the text are always there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LooseComment {
    /// From the file, or made from a stable hash of the row.
    pub id: String,
    pub text: String,
    pub username: Option<String>,
    pub author_id: Option<String>,
    pub timestamp_ms: Option<i64>,
    pub post: Option<String>,
    pub parent: Option<String>,
    pub like_count: u64,
}

/// Every row, in the file's order. A repeated id is kept as it is; a row that leaves the text out has an empty one.
/// Fails on a file whose rows have no text column at all, a time that cannot be read, or a file that cannot be
/// parsed.
pub fn load_comments(path: &Path) -> Result<Vec<LooseComment>, SimulatorError> {
    let rows = read_rows(path)?;
    if let Some(first) = rows.first()
        && !rows.iter().any(|row| row.has(TEXT))
    {
        let reason = format!(
            "no column is called any of {}; there are {}",
            TEXT.join(", "),
            first.column_names().join(", ")
        );
        return Err(first.invalid(path, reason));
    }
    rows.iter().map(|row| loose_comment(path, row)).collect()
}

fn loose_comment(path: &Path, row: &Row) -> Result<LooseComment, SimulatorError> {
    let text = row.raw(TEXT);
    let username = row.text(USERNAME);
    let id = row.id(ID).unwrap_or_else(|| {
        made_id(&format!(
            "{}|{}|{text}",
            row.number,
            username.as_deref().unwrap_or_default()
        ))
    });
    Ok(LooseComment {
        id,
        author_id: row.id(AUTHOR_ID),
        timestamp_ms: time_of(path, row)?,
        post: row.id(POST),
        parent: row.id(PARENT),
        like_count: likes_of(row).unwrap_or(0),
        text,
        username,
    })
}

/// Every row as a post of the sample account unless the row names another. A picture is a path beside the file; an
/// address in its place is passed over, since the simulator reaches no other host.
pub fn load_posts(path: &Path) -> Result<Vec<SeedPost>, SimulatorError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut posts = Vec::new();
    for (at, row) in (0..).zip(read_rows(path)?) {
        let caption = row.text(CAPTION);
        let id = row.id(POST_ID).unwrap_or_else(|| {
            made_id(&format!(
                "{}|{}",
                row.number,
                caption.as_deref().unwrap_or_default()
            ))
        });
        posts.push(SeedPost {
            id,
            account_id: row.id(ACCOUNT).unwrap_or_else(|| SeedAccount::sample().id),
            caption,
            media_type: row.text(MEDIA_TYPE).unwrap_or_default(),
            media_product_type: row.text(PRODUCT_TYPE).unwrap_or_default(),
            permalink: row.text(PERMALINK).unwrap_or_default(),
            timestamp_ms: time_of(path, &row)?.unwrap_or(FIRST_TIME_MS + at * STEP_MS),
            like_count: likes_of(&row),
            comments_enabled: row.text(COMMENTS_ENABLED).is_none_or(|text| !is_no(&text)),
            picture: row
                .text(PICTURE)
                .filter(|name| !name.contains("://"))
                .map(|name| load_picture(&folder.join(name)))
                .transpose()?,
        });
    }
    Ok(posts)
}

fn time_of(path: &Path, row: &Row) -> Result<Option<i64>, SimulatorError> {
    row.text(TIME)
        .filter(|text| !is_nothing(text))
        .map(|text| {
            read_time_ms(&text).ok_or_else(|| row.invalid(path, format!("{text:?} is no date or time")))
        })
        .transpose()
}

/// Tables with gaps turn whole numbers into `3.0`. What is no number is left out instead of failing the file: no
/// decision rests on likes.
fn likes_of(row: &Row) -> Option<u64> {
    let text = row.text(LIKES).filter(|text| !is_nothing(text))?;
    if let Ok(whole) = text.parse::<u64>() {
        return Some(whole);
    }
    let number = text.parse::<f64>().ok();
    let likes = number.filter(|number| number.is_finite() && *number >= 0.0);
    if likes.is_none() {
        tracing::warn!(
            row = row.number,
            text,
            "this is no number of likes; it is left out"
        );
    }
    likes.map(|likes| likes.round() as u64)
}

/// How programs write that a cell is empty.
fn is_nothing(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "nan" | "nat" | "none" | "null" | "n/a"
    )
}

fn is_no(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "false" | "0" | "no" | "off")
}

fn load_picture(path: &Path) -> Result<SeedPicture, SimulatorError> {
    let bytes = std::fs::read(path).map_err(|source| SimulatorError::Read {
        path: path.to_owned(),
        source,
    })?;
    let content_type = if bytes.starts_with(&[0xff, 0xd8]) {
        "image/jpeg"
    } else {
        "image/png"
    };
    Ok(SeedPicture {
        content_type: content_type.into(),
        bytes,
    })
}

fn usable_id(id: &str) -> String {
    if is_usable_id(id) {
        id.to_owned()
    } else {
        made_id(id)
    }
}

/// Seventeen digits like the platform's own ids, the same for the same text on every machine.
fn made_id(text: &str) -> String {
    (17_000_000_000_000_000 + scatter(stable_hash(text.as_bytes())) % 700_000_000_000_000).to_string()
}

#[cfg(test)]
mod tests;
