//! The YouTube Data API v3 dialect and the sign-in that belongs to it: from a call to the platform's answer, without
//! any network in between. Deliberately absent: uploads, playlists other than the uploads, live chat, posts of the
//! community tab, the `fields` parameter and the deprecated `comments.markAsSpam`.

mod access;
mod answer;
mod catalogue;
mod error;
mod oauth;
mod page;
mod read;
mod request;
mod text;
mod view;
mod write;

pub use answer::Answer;
pub use error::YoutubeError;
pub use oauth::{Consent, OauthError, SignIn};
pub use request::Call;

use crate::store::Store;
use access::{Caller, Method};
use view::View;

const DATA_PREFIX: &str = "/youtube/v3/";

/// What goes wrong on request, before it is put in the words of the route that was called.
pub struct Refusal {
    pub data: YoutubeError,
    pub oauth: OauthError,
}

/// Answers one call. A write is durable and in the ledger before this returns; so is what the call cost.
pub fn answer(store: &Store, sign_in: &SignIn, base_url: &str, call: &Call) -> Answer {
    match data_path(call) {
        None => oauth::answer(store, sign_in, call),
        Some(resource) => data(store, base_url, call, resource).unwrap_or_else(Answer::refused),
    }
}

/// Refuses one call without looking at it, in the words of its route.
pub fn refuse(call: &Call, refusal: Refusal) -> Answer {
    match data_path(call) {
        None => Answer::refused_sign_in(refusal.oauth),
        Some(_) => Answer::refused(refusal.data),
    }
}

/// "All API requests, including invalid requests, incur a quota cost of at least one point."
pub fn charge_refused(store: &Store, call: &Call) {
    let now_ms = store.now_ms();
    let Some(method) = data_path(call).and_then(|resource| Method::find(&call.method, resource)) else {
        return;
    };
    let mut stored = store.write();
    if let Ok(caller) = Caller::identify(&stored.world, call, now_ms)
        && let Err(error) = stored.commit(vec![caller.spent(method, method.units().min(1), now_ms)])
    {
        tracing::error!(%error, "what a call cost could not be kept");
    }
}

fn data_path(call: &Call) -> Option<&str> {
    call.path.strip_prefix(DATA_PREFIX)
}

fn data(store: &Store, base_url: &str, call: &Call, resource: &str) -> Result<Answer, YoutubeError> {
    let now_ms = store.now_ms();
    let method = Method::find(&call.method, resource).ok_or_else(YoutubeError::unknown_method)?;
    let mut stored = store.write();
    let caller = Caller::identify(&stored.world, call, now_ms)?;
    caller.check_scope(method)?;
    if !caller.can_afford(&stored.world, method, now_ms) {
        stored.commit(vec![caller.turned_away(method, now_ms)])?;
        return Err(YoutubeError::quota_exceeded());
    }
    if method.writes() {
        return write::write(&mut stored, &caller, method, call, base_url, now_ms);
    }
    // A page costs the same whether it is right, wrong or unchanged, so that readers do not wait for each other.
    stored.commit(vec![caller.spent(method, method.units(), now_ms)])?;
    drop(stored);
    let stored = store.read();
    let view = View {
        world: &stored.world,
        account: caller.account,
        base_url,
        plain_text: plain_text(call)?,
    };
    let body = match method {
        Method::ChannelsList => catalogue::list_channels(&view, call),
        Method::PlaylistItemsList => catalogue::list_playlist_items(&view, call),
        Method::VideosList => catalogue::list_videos(&view, call),
        Method::SearchList => catalogue::search(&view, call),
        Method::CommentThreadsList => read::list_threads(&view, call),
        Method::CommentsList => read::list_comments(&view, call),
        _ => Err(YoutubeError::unknown_method()),
    }?;
    Ok(Answer::json(body))
}

fn plain_text(call: &Call) -> Result<bool, YoutubeError> {
    match call.parameter("textFormat") {
        None | Some("html") => Ok(false),
        Some("plainText") => Ok(true),
        Some(other) => Err(read::unknown_value("textFormat", other)),
    }
}
