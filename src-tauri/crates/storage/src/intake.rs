//! Storing what a platform listed: one transaction per listing, and nothing written for what is known already but, once
//! a day, that it is still shown.

mod deleted;
mod fresh;
mod known;
mod purged;
mod threads;
mod updates;

use crate::convert::{sha256_hex, to_json};
use crate::pool::Result;
use crate::write::Write;
use crate::{IntakeReport, Storage};
use domain::ports::{Element, RemoteComment};
use domain::{AccountId, PostId, Timestamp};
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::fmt;

/// Kept of an unreadable element, in bytes: enough to see what is wrong, too little to fill a disk.
const LONGEST_RAW: usize = 16 * 1024;

/// A comment of a listing, taken out of its thread.
pub(crate) struct Incoming {
    pub platform_id: String,
    pub parent: Option<String>,
    pub author: Option<String>,
    pub username: String,
    pub flagged_own: bool,
    pub text: String,
    pub published_at: i64,
    pub hidden: Option<bool>,
    pub like_count: Option<i64>,
}

/// Who is being written to, and where.
pub(crate) struct Place {
    pub account: i64,
    pub post: i64,
    pub platform: String,
    pub account_platform_id: String,
    pub now: Timestamp,
}

/// As of when the platform tells of a comment.
#[derive(Debug, Clone, Copy)]
enum Told {
    Now,
    WhenWritten,
}

struct Listing {
    /// Each platform id once; the last element that carries it counts.
    comments: Vec<Incoming>,
    repeated: usize,
    /// Raw JSON and reason.
    malformed: Vec<(String, String)>,
}

impl Storage {
    /// Stores a listing of one post, replies included, and notices what happened on the platform: new comments,
    /// edits, answers given elsewhere. The same listing again within a day writes nothing.
    pub async fn store_comments(
        &self,
        account: AccountId,
        post: PostId,
        batch: Vec<Element<RemoteComment>>,
        now: Timestamp,
    ) -> Result<IntakeReport> {
        self.store(account, post, batch, Told::Now, now).await
    }

    /// Stores comments of one post that the platform pushed when they were written, maybe long ago and not for the
    /// first time. One that is known stays as it is: what is stored of it may be newer.
    pub async fn store_pushed_comments(
        &self,
        account: AccountId,
        post: PostId,
        batch: Vec<Element<RemoteComment>>,
        now: Timestamp,
    ) -> Result<IntakeReport> {
        self.store(account, post, batch, Told::WhenWritten, now).await
    }

    async fn store(
        &self,
        account: AccountId,
        post: PostId,
        batch: Vec<Element<RemoteComment>>,
        told: Told,
        now: Timestamp,
    ) -> Result<IntakeReport> {
        let listing = flatten(batch);
        let mut report = IntakeReport::default();
        let mut write = self.write().await?;
        let place = place_of(&mut write, account, post, now).await?;
        let of = Of::Comments(Some(post));
        report.quarantined = set_aside(&mut write, account, of, &listing.malformed, now).await?;
        store_listing(&mut write, &place, listing, told, &mut report).await?;
        write.commit().await?;
        Ok(report)
    }

    /// Keeps posts that could not be read, each as raw JSON and reason. Counts those seen for the first time.
    pub async fn set_posts_aside(
        &self,
        account: AccountId,
        malformed: &[(String, String)],
        now: Timestamp,
    ) -> Result<usize> {
        self.keep_aside(account, Of::Posts, malformed, now).await
    }

    /// Keeps pushed comments that could not be read: nobody knows under which post they stand.
    pub async fn set_comments_aside(
        &self,
        account: AccountId,
        malformed: &[(String, String)],
        now: Timestamp,
    ) -> Result<usize> {
        self.keep_aside(account, Of::Comments(None), malformed, now).await
    }

    /// Keeps pushed changes that could not be read, each once by its bytes: an entry of a delivery bears the account's
    /// id, so that its own is none.
    pub async fn set_notices_aside(
        &self,
        account: AccountId,
        malformed: &[(String, String)],
        now: Timestamp,
    ) -> Result<usize> {
        self.keep_aside(account, Of::Notices, malformed, now).await
    }

    async fn keep_aside(
        &self,
        account: AccountId,
        of: Of,
        malformed: &[(String, String)],
        now: Timestamp,
    ) -> Result<usize> {
        if malformed.is_empty() {
            return Ok(0);
        }
        let mut write = self.write().await?;
        let first_seen = set_aside(&mut write, account, of, malformed, now).await?;
        write.commit().await?;
        Ok(first_seen)
    }
}

async fn place_of(write: &mut Write<'_>, account: AccountId, post: PostId, now: Timestamp) -> Result<Place> {
    let owner = sqlx::query!(
        "select platform, platform_id from account where id = ?",
        account.0
    )
    .fetch_one(write.connection())
    .await?;
    Ok(Place {
        account: account.0,
        post: post.0,
        platform: owner.platform,
        account_platform_id: owner.platform_id,
        now,
    })
}

/// Adds to the report what came of it.
async fn store_listing(
    write: &mut Write<'_>,
    place: &Place,
    listing: Listing,
    told: Told,
    report: &mut IntakeReport,
) -> Result<()> {
    report.known += listing.repeated;
    let fresh = match told {
        Told::Now => known::refresh(write, place, listing.comments, report).await?,
        Told::WhenWritten => known::pass_over(write, place, listing.comments, report).await?,
    };
    let roots = fresh::insert(write, place, fresh, report).await?;
    threads::notice_answers(write, place, &roots).await
}

fn flatten(batch: Vec<Element<RemoteComment>>) -> Listing {
    let mut listing = Listing {
        comments: Vec::with_capacity(batch.len()),
        repeated: 0,
        malformed: Vec::new(),
    };
    let mut places = HashMap::new();
    let mut waiting: Vec<(Option<String>, Element<RemoteComment>)> =
        batch.into_iter().rev().map(|element| (None, element)).collect();
    while let Some((thread, element)) = waiting.pop() {
        let comment = match element {
            Element::Malformed { raw, reason } => {
                listing.malformed.push((raw, reason));
                continue;
            }
            Element::Read(comment) => comment,
        };
        let parent = comment.parent_id.map(|id| id.0).or(thread);
        let root = parent.clone().unwrap_or_else(|| comment.id.0.clone());
        for reply in comment.replies.into_iter().rev() {
            waiting.push((Some(root.clone()), reply));
        }
        let incoming = Incoming {
            platform_id: comment.id.0,
            parent,
            author: comment.author_id.map(|id| id.0),
            username: storable(comment.author_username.unwrap_or_default()),
            flagged_own: comment.flagged_own,
            text: storable(comment.text),
            published_at: comment.published_at.0,
            hidden: comment.hidden,
            like_count: comment.like_count,
        };
        match places.get(&incoming.platform_id) {
            Some(&at) => {
                listing.repeated += 1;
                listing.comments[at] = incoming;
            }
            None => {
                places.insert(incoming.platform_id.clone(), listing.comments.len());
                listing.comments.push(incoming);
            }
        }
    }
    listing
}

/// SQLite's text functions end at NUL; it stands for nothing that could be shown.
fn storable(text: String) -> String {
    if text.contains('\0') {
        text.replace('\0', "\u{FFFD}")
    } else {
        text
    }
}

/// What an unreadable element was to be.
#[derive(Debug, Clone, Copy)]
enum Of {
    Posts,
    /// Of this post, where it is known.
    Comments(Option<PostId>),
    Notices,
}

/// Counts the elements seen for the first time.
async fn set_aside(
    write: &mut Write<'_>,
    account: AccountId,
    of: Of,
    malformed: &[(String, String)],
    now: Timestamp,
) -> Result<usize> {
    let (kind, post) = match of {
        Of::Posts => ("post", None),
        Of::Comments(post) => ("comment", post.map(|id| id.0)),
        Of::Notices => ("notice", None),
    };
    let mut first_seen = 0;
    for (raw, reason) in malformed {
        // By its id where it has one: a broken comment that gathers likes is still one finding.
        let key = match (of, id_in(raw)) {
            (Of::Posts | Of::Comments(_), Some(id)) => sha256_hex(&[kind, ":", &id]),
            (Of::Notices, _) | (_, None) => sha256_hex(&[raw]),
        };
        let raw = &raw[..raw.floor_char_boundary(LONGEST_RAW)];
        let stored = sqlx::query!(
            "insert into quarantine (account_id, post_id, raw, raw_hash, reason, first_seen)
             values (?, ?, ?, ?, ?, ?) on conflict (account_id, raw_hash) do nothing",
            account.0,
            post,
            raw,
            key,
            reason,
            now.0
        )
        .execute(write.connection())
        .await?;
        first_seen += usize::from(stored.rows_affected() > 0);
    }
    // The side bar counts them.
    write.changes.accounts |= first_seen > 0;
    Ok(first_seen)
}

/// The `id` of a JSON object, also of one that is cut off after it. Text and number are the same id.
fn id_in(raw: &str) -> Option<String> {
    let mut id = None;
    let mut from = serde_json::Deserializer::from_str(raw);
    // What follows the id is not read, so the reading itself always ends in an error.
    let _unread = serde::Deserializer::deserialize_map(&mut from, IdOf(&mut id));
    id
}

struct IdOf<'a>(&'a mut Option<String>);

impl<'de> Visitor<'de> for IdOf<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value::<Box<RawValue>>()?;
            if key == "id" {
                let id = value.get().trim_matches('"');
                let usable = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
                *self.0 = (usable && id != "null").then(|| id.to_owned());
                return Ok(());
            }
        }
        Ok(())
    }
}

/// A list of texts as the parameter of `json_each`.
pub(crate) fn json_list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    to_json(&texts.into_iter().collect::<Vec<_>>())
}
