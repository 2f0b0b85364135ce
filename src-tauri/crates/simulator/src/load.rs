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
const TEXT: &[&str] = &["text", "content", "message", "body", "comment"];
const USERNAME: &[&str] = &["username", "author", "user", "author_name"];
const AUTHOR_ID: &[&str] = &["author_id", "user_id"];
const TIME: &[&str] = &[
    "timestamp",
    "date",
    "created_at",
    "created_time",
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

/// Every row, in the file's order. A repeated id is kept as it is. Fails on a row without a text column, a time
/// that cannot be read, or a file that cannot be parsed.
pub fn load_comments(path: &Path) -> Result<Vec<LooseComment>, SimulatorError> {
    read_rows(path)?
        .iter()
        .map(|row| loose_comment(path, row))
        .collect()
}

fn loose_comment(path: &Path, row: &Row) -> Result<LooseComment, SimulatorError> {
    let Some(text) = row.raw(TEXT) else {
        return Err(row.invalid(path, format!("no column is called any of {}", TEXT.join(", "))));
    };
    let username = row.text(USERNAME);
    let id = row.text(ID).unwrap_or_else(|| {
        made_id(&format!(
            "{}|{}|{text}",
            row.number,
            username.as_deref().unwrap_or_default()
        ))
    });
    Ok(LooseComment {
        id,
        author_id: row.text(AUTHOR_ID),
        timestamp_ms: time_of(path, row)?,
        post: row.text(POST),
        parent: row.text(PARENT),
        like_count: number_of(path, row)?.unwrap_or(0),
        text,
        username,
    })
}

/// Every row as a post of the sample account unless the row names another. A picture is a path beside the file.
pub fn load_posts(path: &Path) -> Result<Vec<SeedPost>, SimulatorError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut posts = Vec::new();
    for (at, row) in (0..).zip(read_rows(path)?) {
        let caption = row.text(CAPTION);
        let id = row.text(POST_ID).unwrap_or_else(|| {
            made_id(&format!(
                "{}|{}",
                row.number,
                caption.as_deref().unwrap_or_default()
            ))
        });
        posts.push(SeedPost {
            id,
            account_id: row.text(ACCOUNT).unwrap_or_else(|| SeedAccount::sample().id),
            caption,
            media_type: row.text(MEDIA_TYPE).unwrap_or_default(),
            media_product_type: row.text(PRODUCT_TYPE).unwrap_or_default(),
            permalink: row.text(PERMALINK).unwrap_or_default(),
            timestamp_ms: time_of(path, &row)?.unwrap_or(FIRST_TIME_MS + at * STEP_MS),
            like_count: number_of(path, &row)?,
            comments_enabled: row.text(COMMENTS_ENABLED).is_none_or(|text| !is_no(&text)),
            picture: row
                .text(PICTURE)
                .map(|name| load_picture(&folder.join(name)))
                .transpose()?,
        });
    }
    Ok(posts)
}

fn time_of(path: &Path, row: &Row) -> Result<Option<i64>, SimulatorError> {
    row.text(TIME)
        .map(|text| {
            read_time_ms(&text).ok_or_else(|| row.invalid(path, format!("{text:?} is no date or time")))
        })
        .transpose()
}

fn number_of(path: &Path, row: &Row) -> Result<Option<u64>, SimulatorError> {
    row.text(LIKES)
        .map(|text| {
            text.parse()
                .map_err(|_| row.invalid(path, format!("{text:?} is no number of likes")))
        })
        .transpose()
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
