//! Reading: uploads, threads and replies, single comments, and what is held back.

use super::call::{Call, require_ids};
use super::refusal::{About, Cause, Refusal};
use super::wire::{self, COMPLETES_LISTING, Found, ThreadRead, thread_of};
use super::{COMMENTS, IDS_PER_CALL, THREADS, YouTube};
use crate::picture::{self, PictureSource};
use async_trait::async_trait;
use domain::PlatformId;
use domain::error::PlatformError;
use domain::ports::{
    CommentSource, Element, Page, Placed, RemoteComment, RemotePost, RemoteProfile, Reread, Visibility,
};
use domain::quota::{QuotaLedger, SpendKind};
use std::collections::{HashMap, HashSet};

/// Most elements per page, of threads and of replies.
const PAGE_SIZE: &str = "100";
/// Pages of held comments that are looked through for one of them.
const MOST_HELD_PAGES: usize = 5;
/// Of YouTube's content network.
const CONTENT_HOSTS: [&str; 3] = ["ytimg.com", "ggpht.com", "googleusercontent.com"];

impl YouTube {
    /// A page of threads. A cursor that the platform no longer knows starts over with the first page.
    async fn threads(
        &self,
        call: impl Fn() -> Call<'static>,
        visibility: Visibility,
        after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        let account = self.channel_id().await?;
        let found = Found {
            account: Some(account),
            visibility: Some(visibility),
        };
        self.paged(after, |token| {
            let call = call()
                .with("part", "snippet,replies")
                .with("order", "time")
                .with("maxResults", PAGE_SIZE)
                .with("textFormat", "plainText");
            (with_page(call, token), move |body: &str| {
                wire::threads(body, found)
            })
        })
        .await
    }

    async fn paged<T, D>(
        &self,
        after: Option<&str>,
        page: impl Fn(Option<&str>) -> (Call<'static>, D),
    ) -> Result<Page<T>, PlatformError>
    where
        D: Fn(&str) -> Result<Page<T>, String>,
    {
        let (call, decode) = page(after);
        match self.caller.try_read(call, decode).await {
            Err(Refusal {
                cause: Cause::PageTokenRejected,
                ..
            }) if after.is_some() => {
                let (call, decode) = page(None);
                self.caller.read(call, decode).await
            }
            answer => answer.map_err(|refused| refused.error),
        }
    }

    /// The newest threads of the whole channel, paid as `kind`.
    async fn channel_threads(
        &self,
        kind: SpendKind,
        visibility: Visibility,
        after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        let channel = self.channel_id().await?.0.clone();
        let status = match visibility {
            Visibility::Published => "published",
            Visibility::HeldForReview => "heldForReview",
            Visibility::LikelySpam => "likelySpam",
        };
        let call = || {
            Call::get(kind, About::Account, THREADS)
                .with("allThreadsRelatedToChannelId", channel.clone())
                .with("moderationStatus", status)
        };
        self.threads(call, visibility, after).await
    }

    async fn thread_by_id(&self, id: &PlatformId) -> Result<Option<ThreadRead>, PlatformError> {
        let account = self.channel_id().await?;
        let found = Found {
            account: Some(account),
            visibility: None,
        };
        let call = Call::get(SpendKind::Check, About::OneObject, THREADS)
            .with("part", "snippet")
            .with("id", id.0.clone())
            .with("textFormat", "plainText");
        let read = self
            .caller
            .read(call, |body| wire::single_thread(body, found))
            .await;
        absent_if_gone(read)
    }

    async fn reply_by_id(&self, id: &PlatformId) -> Result<Option<RemoteComment>, PlatformError> {
        let account = self.channel_id().await?;
        let call = Call::get(SpendKind::Check, About::OneObject, COMMENTS)
            .with("part", "snippet")
            .with("id", id.0.clone())
            .with("textFormat", "plainText");
        let Some(reply) = absent_if_gone(self.caller.read(call, wire::single_comment).await)? else {
            return Ok(None);
        };
        let thread = thread_of(id);
        // By id the platform may leave the video out; its thread names it.
        let place = match reply.place() {
            Some(place) => place,
            None => match self.thread_by_id(&thread).await? {
                Some(thread) => thread.comment.post_id.0,
                None => reply.channel().unwrap_or(account.as_str()).to_owned(),
            },
        };
        let found = Found {
            account: Some(account),
            visibility: None,
        };
        reply
            .into_comment(place.into(), Some(&thread), found)
            .map(Some)
            .map_err(|detail| PlatformError::Unreadable { detail })
    }

    /// Held comments may be left out of what is asked for by id: they stand in lists of their own.
    /// The second value is false when one that was not found may still be there: the lists are longer than was
    /// looked through, or its thread is among them and not shown in full.
    pub(super) async fn held(
        &self,
        kind: SpendKind,
        wanted: &[PlatformId],
    ) -> Result<(Vec<RemoteComment>, bool), PlatformError> {
        let mut missing: HashSet<&PlatformId> = wanted.iter().collect();
        let mut found = Vec::new();
        let mut complete = true;
        for visibility in [Visibility::HeldForReview, Visibility::LikelySpam] {
            let mut after: Option<String> = None;
            let mut pages = 0;
            while !missing.is_empty() {
                if pages == MOST_HELD_PAGES {
                    complete = false;
                    break;
                }
                let listed = self.channel_threads(kind, visibility, after.as_deref()).await?;
                let cut_short = threads_cut_short(&listed.items);
                let comments = comments_of(listed.items);
                found.extend(comments.filter(|comment| missing.remove(&comment.id)));
                complete &= !missing.iter().any(|id| cut_short.contains(&thread_of(id)));
                pages += 1;
                after = listed.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok((found, complete))
    }

    /// By id the platform does not say whether a reply is held, and its thread may be public all the same. The
    /// account's own replies are not held.
    async fn with_state(&self, reply: RemoteComment) -> Result<RemoteComment, PlatformError> {
        if reply.hidden.is_some() || reply.flagged_own {
            return Ok(reply);
        }
        let (mut held, complete) = self
            .held(SpendKind::Check, std::slice::from_ref(&reply.id))
            .await?;
        Ok(RemoteComment {
            hidden: match held.pop() {
                Some(held) => held.hidden.or(Some(true)),
                None => complete.then_some(false),
            },
            ..reply
        })
    }
}

/// Threads of which a listing does not show every reply.
fn threads_cut_short(items: &[Element<RemoteComment>]) -> HashSet<PlatformId> {
    let unreadable = |reply: &Element<RemoteComment>| matches!(reply, Element::Malformed { .. });
    let cut_short = |item: &Element<RemoteComment>| match item {
        Element::Read(thread) if thread.more_replies.is_some() || thread.replies.iter().any(unreadable) => {
            Some(thread.id.clone())
        }
        _ => None,
    };
    items.iter().filter_map(cut_short).collect()
}

/// First comments and replies alike.
fn comments_of(items: Vec<Element<RemoteComment>>) -> impl Iterator<Item = RemoteComment> {
    let read = |item| match item {
        Element::Read(comment) => Some(comment),
        Element::Malformed { .. } => None,
    };
    items.into_iter().filter_map(read).flat_map(move |mut thread| {
        let replies = std::mem::take(&mut thread.replies);
        std::iter::once(thread).chain(replies.into_iter().filter_map(read))
    })
}

/// A post of the community tab: a video's id has eleven characters.
fn is_community_post(id: &PlatformId) -> bool {
    id.as_str().starts_with("Ugk") && id.as_str().len() > 11
}

fn with_page(call: Call<'static>, token: Option<&str>) -> Call<'static> {
    match token {
        Some(token) => call.with("pageToken", token.to_owned()),
        None => call,
    }
}

fn absent_if_gone<T>(read: Result<Option<T>, PlatformError>) -> Result<Option<T>, PlatformError> {
    match read {
        Err(PlatformError::Gone { .. }) => Ok(None),
        answer => answer,
    }
}

#[async_trait]
impl CommentSource for YouTube {
    fn destination(&self) -> String {
        self.caller.api.host_str().unwrap_or_default().to_owned()
    }

    fn quota(&self) -> Option<QuotaLedger> {
        Some(self.caller.quota.ledger())
    }

    async fn profile(&self) -> Result<RemoteProfile, PlatformError> {
        // Asked anew each time: it is what shows whether the sign-in works.
        Ok(self.read_channel().await?.profile)
    }

    /// Two units for 50 videos: a page of the uploads, then their details and counts. Videos that the platform no
    /// longer shows are left out.
    async fn posts(&self, after: Option<&str>) -> Result<Page<RemotePost>, PlatformError> {
        let nothing = Page {
            items: Vec::new(),
            next: None,
        };
        let Some(playlist) = self.channel().await?.uploads.clone() else {
            return Ok(nothing);
        };
        let listed = self
            .paged(after, |token| {
                let call = Call::get(SpendKind::ListVideos, About::Account, &["playlistItems"])
                    .with("part", "snippet,contentDetails")
                    .with("playlistId", playlist.clone())
                    .with("maxResults", IDS_PER_CALL.to_string());
                (with_page(call, token), wire::uploads)
            })
            .await;
        let listed = match listed {
            Ok(listed) => listed,
            // A channel that never uploaded anything has no such playlist.
            Err(PlatformError::Gone { .. }) => return Ok(nothing),
            Err(error) => return Err(error),
        };
        let mut places = HashMap::new();
        let mut items = Vec::new();
        for item in listed.items {
            match item {
                Element::Read(id) => {
                    let place = places.len();
                    places.entry(id).or_insert(place);
                }
                Element::Malformed { raw, reason } => items.push(Element::Malformed { raw, reason }),
            }
        }
        if !places.is_empty() {
            let mut ids: Vec<(&PlatformId, &usize)> = places.iter().collect();
            ids.sort_by_key(|(_, place)| **place);
            let ids: Vec<&str> = ids.into_iter().map(|(id, _)| id.as_str()).collect();
            let call = Call::get(SpendKind::ListVideos, About::Account, &["videos"])
                .with("part", "snippet,statistics")
                .with("id", ids.join(","));
            items.extend(self.caller.read(call, wire::videos).await?);
        }
        items.sort_by_key(|item| match item {
            Element::Read(post) => places.get(&post.id).copied().unwrap_or(usize::MAX),
            Element::Malformed { .. } => usize::MAX,
        });
        Ok(Page {
            items,
            next: listed.next,
        })
    }

    async fn comments(
        &self,
        post: &PlatformId,
        after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        require_ids(std::slice::from_ref(post))?;
        let filter = if is_community_post(post) {
            "postId"
        } else {
            "videoId"
        };
        let call =
            || Call::get(SpendKind::ListThreads, About::OneObject, THREADS).with(filter, post.0.clone());
        self.threads(call, Visibility::Published, after).await
    }

    async fn replies(
        &self,
        post: &PlatformId,
        comment: &PlatformId,
        after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        require_ids(std::slice::from_ref(comment))?;
        let account = self.channel_id().await?;
        let (kind, token) = match after.map(|cursor| (cursor, cursor.strip_prefix(COMPLETES_LISTING))) {
            None => (SpendKind::Check, None),
            Some((cursor, None)) => (SpendKind::Check, Some(cursor)),
            Some((_, Some(""))) => (SpendKind::ListReplies, None),
            Some((_, Some(token))) => (SpendKind::ListReplies, Some(token)),
        };
        let thread = &thread_of(comment);
        let found = Found {
            account: Some(account),
            visibility: None,
        };
        let mut page = self
            .paged(token, |token| {
                let call = Call::get(kind, About::OneObject, COMMENTS)
                    .with("part", "snippet")
                    .with("parentId", thread.0.clone())
                    .with("maxResults", PAGE_SIZE)
                    .with("textFormat", "plainText");
                let decode = move |body: &str| wire::replies(body, post, thread, found);
                (with_page(call, token), decode)
            })
            .await?;
        if kind == SpendKind::ListReplies {
            page.next = page.next.map(|token| format!("{COMPLETES_LISTING}{token}"));
        }
        Ok(page)
    }

    /// One unit for a first comment. Somebody's reply, and one that is not shown or not public, costs a look through
    /// the held ones as well, which is two units as a rule; when those are too many to tell whether a comment is there at all,
    /// that is an error.
    async fn comment(&self, id: &PlatformId) -> Result<Option<RemoteComment>, PlatformError> {
        require_ids(std::slice::from_ref(id))?;
        let shown = match thread_of(id) == *id {
            true => match self.thread_by_id(id).await? {
                Some(thread) if thread.is_public == Some(false) => {
                    // Held, or under a private video: the lists of held ones know.
                    let (mut held, _) = self.held(SpendKind::Check, std::slice::from_ref(id)).await?;
                    return Ok(Some(held.pop().unwrap_or(thread.comment)));
                }
                thread => thread.map(|thread| thread.comment),
            },
            false => match self.reply_by_id(id).await? {
                Some(reply) => Some(self.with_state(reply).await?),
                None => None,
            },
        };
        if shown.is_some() {
            return Ok(shown);
        }
        let (mut held, complete) = self.held(SpendKind::Check, std::slice::from_ref(id)).await?;
        match held.pop() {
            None if !complete => Err(PlatformError::Unavailable {
                detail: "too many comments are held to find out whether this is one of them".to_owned(),
            }),
            found => Ok(found),
        }
    }

    async fn picture(&self, url: &str, max_bytes: usize) -> Result<(Vec<u8>, String), PlatformError> {
        let source = PictureSource {
            http: &self.caller.http,
            base_url: &self.caller.api,
            content_hosts: &CONTENT_HOSTS,
            timeout: self.caller.total_timeout,
            max_bytes,
        };
        picture::fetch(source, url).await
    }

    async fn account_comments(
        &self,
        visibility: Visibility,
        after: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        let kind = match visibility {
            Visibility::Published => SpendKind::ListThreads,
            Visibility::HeldForReview | Visibility::LikelySpam => SpendKind::ListHeld,
        };
        self.channel_threads(kind, visibility, after).await
    }

    /// One unit for 50.
    async fn shown(&self, ids: &[PlatformId]) -> Result<Vec<PlatformId>, PlatformError> {
        let seen = self.seen(SpendKind::ListThreads, ids).await?;
        Ok(seen.into_iter().map(|seen| seen.id).collect())
    }

    /// One unit for 50, and a look through the held ones for those that are missing there.
    async fn reread(&self, asked: &[Placed]) -> Result<Reread, PlatformError> {
        let account = self.channel_id().await?;
        let found = Found {
            account: Some(account),
            visibility: None,
        };
        let mut reread = Reread::default();
        for chunk in asked.chunks(IDS_PER_CALL) {
            let ids: Vec<PlatformId> = chunk.iter().map(|placed| placed.id.clone()).collect();
            require_ids(&ids)?;
            let ids: Vec<&str> = ids.iter().map(PlatformId::as_str).collect();
            let call = Call::get(SpendKind::ListThreads, About::OneObject, COMMENTS)
                .with("part", "snippet")
                .with("id", ids.join(","))
                .with("textFormat", "plainText");
            match self
                .caller
                .read(call, |body| wire::by_id(body, chunk, found))
                .await
            {
                Ok(shown) => reread.shown.extend(shown),
                // None of them is there.
                Err(PlatformError::Gone { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let shown: HashSet<&PlatformId> = reread.shown.iter().map(|comment| &comment.id).collect();
        let missing: Vec<PlatformId> = asked
            .iter()
            .filter(|placed| !shown.contains(&placed.id))
            .map(|placed| placed.id.clone())
            .collect();
        if missing.is_empty() {
            return Ok(reread);
        }
        let (held, complete) = self.held(SpendKind::ListHeld, &missing).await?;
        if complete {
            let is_held = |id: &PlatformId| held.iter().any(|comment| comment.id == *id);
            reread.gone = missing.into_iter().filter(|id| !is_held(id)).collect();
        }
        reread.shown.extend(held);
        Ok(reread)
    }
}
