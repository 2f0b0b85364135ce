//! What every Graph listing and answer looks like. Listings are taken apart element by element: one that cannot be
//! read is set aside with its raw JSON, the others are read. Ids are kept digit by digit, whether they come as text or
//! as numbers.

use crate::http::without_access_tokens;
use domain::ports::{Element, Page};
use domain::{PlatformId, Timestamp};
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use url::Url;

/// Cuts a malformed element's JSON: enough to see what is wrong, too little to fill a disk.
const LONGEST_RAW: usize = 16 * 1024;

/// An id as the platform wrote it: a JSON string, or a whole number of any size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct WireId(pub String);

impl<'de> Deserialize<'de> for WireId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        let text = raw.get();
        let id = match text.starts_with('"') {
            true => serde_json::from_str(text).map_err(D::Error::custom)?,
            false => text.to_owned(),
        };
        let is_number = !text.starts_with('"');
        if id.is_empty() || (is_number && !id.bytes().all(|digit| digit.is_ascii_digit())) {
            return Err(D::Error::custom(
                "an id has to be text or a whole number, and not empty",
            ));
        }
        Ok(Self(id))
    }
}

impl From<WireId> for PlatformId {
    fn from(id: WireId) -> Self {
        Self(id.0)
    }
}

#[derive(Deserialize)]
struct WirePage {
    data: Vec<Box<RawValue>>,
    paging: Option<WirePaging>,
}

#[derive(Deserialize)]
struct WirePaging {
    cursors: Option<WireCursors>,
    /// Holds the access token: only its presence and its cursor are used.
    next: Option<String>,
}

#[derive(Deserialize)]
struct WireCursors {
    after: Option<String>,
}

/// The id that a write returned.
#[derive(Deserialize)]
pub(crate) struct Created {
    pub id: WireId,
}

#[derive(Deserialize)]
pub(crate) struct Success {
    pub success: bool,
}

pub(crate) fn page<T>(body: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Page<T>, String> {
    let wire: WirePage = serde_json::from_str(body).map_err(|error| error.to_string())?;
    let items = wire
        .data
        .iter()
        .map(|raw| read(raw.get()).map_or_else(|reason| malformed(raw.get(), reason), Element::Read))
        .collect();
    let next = wire.paging.map_or(Ok(None), WirePaging::into_cursor)?;
    Ok(Page { items, next })
}

/// Sets an element aside without the access token, which nested paging carries in its addresses: what is set
/// aside is stored and shown. A reason may quote the value that it is about.
pub(crate) fn malformed<T>(raw: &str, reason: String) -> Element<T> {
    let cut = raw.floor_char_boundary(LONGEST_RAW);
    Element::Malformed {
        raw: without_access_tokens(&raw[..cut]),
        reason: without_access_tokens(&reason),
    }
}

impl WirePaging {
    /// The cursor of the next page. The last page may still carry `cursors.after`, so `next` decides.
    fn into_cursor(self) -> Result<Option<String>, String> {
        let Some(next) = self.next else { return Ok(None) };
        let given = self.cursors.and_then(|cursors| cursors.after);
        let in_address = || {
            let address = Url::parse(&next).ok()?;
            let parameter = |wanted: &str| {
                let found = address.query_pairs().find(|(name, _)| name == wanted);
                found.map(|(_, value)| value.into_owned())
            };
            parameter("after").or_else(|| {
                let (until, token) = (parameter("until")?, parameter("__paging_token")?);
                Some(format!("{BY_TIME}{until}|{token}"))
            })
        };
        given
            .or_else(in_address)
            .map(Some)
            .ok_or_else(|| "a further page is announced without a cursor".to_owned())
    }
}

/// Before the cursor of a listing that is paged by time, as feeds of posts may be ("Paginated Results").
const BY_TIME: &str = "until:";

/// The parameters that lead to a page.
pub(crate) fn page_parameters(cursor: &str) -> Vec<(&'static str, &str)> {
    match cursor.strip_prefix(BY_TIME).and_then(|both| both.split_once('|')) {
        Some((until, token)) => vec![("until", until), ("__paging_token", token)],
        None => vec![("after", cursor)],
    }
}

pub(crate) fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_platform(text).ok_or_else(|| format!("timestamp: \"{text}\" is not a time"))
}
