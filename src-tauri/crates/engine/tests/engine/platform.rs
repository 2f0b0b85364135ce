//! A platform in memory: it counts what it is asked, and answers, fails, loses or hangs as a test says.

use async_trait::async_trait;
use domain::ports::{ActionSink, CommentSource, Page, RemoteComment, RemotePost, RemoteProfile, UpdateBatch};
use domain::ports::{Element, Visibility};
use domain::{Capabilities, Hiding, PlatformError, PlatformId, Removal, Timestamp};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

pub const OWN_ID: &str = "brand";

/// What becomes of the next write.
#[derive(Debug, Clone)]
pub enum Fate {
    /// No answer comes; it was done or not.
    Lost {
        done: bool,
    },
    Refused(PlatformError),
}

#[derive(Default)]
pub struct State {
    pub comments: BTreeMap<PlatformId, RemoteComment>,
    /// By comment.
    pub private: BTreeMap<PlatformId, Vec<String>>,
    pub banned: Vec<PlatformId>,
    /// Every write that took effect, in order.
    pub ledger: Vec<String>,
    pub fates: VecDeque<Fate>,
    /// Answers every call.
    pub down: Option<PlatformError>,
    /// Answers no call at all.
    pub hangs: bool,
    pub calls: BTreeMap<&'static str, usize>,
    /// What happened, for platforms that tell; a batch is two of them. Cursors count from the start.
    pub told: Vec<RemoteComment>,
    /// From where it was asked for last: what is before is forgotten.
    pub confirmed: usize,
    /// Milliseconds since the epoch.
    pub now: i64,
    next_id: usize,
}

#[derive(Clone)]
pub struct TestPlatform {
    pub state: Arc<Mutex<State>>,
    pub capabilities: Capabilities,
    pub host: String,
}

pub fn everything() -> Capabilities {
    Capabilities {
        can_hide: Some(Hiding { undoable: true }),
        can_delete_others: Removal::Delete,
        can_ban: true,
        can_edit_own_reply: true,
        can_private_reply: true,
        can_comment_on_post: true,
        can_switch_comments: true,
        ..Capabilities::replies_only(1_000)
    }
}

impl TestPlatform {
    pub fn new(capabilities: Capabilities) -> Self {
        Self {
            state: Arc::default(),
            capabilities,
            host: "graph.test".to_owned(),
        }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn calls(&self) -> usize {
        self.state().calls.values().sum()
    }

    pub fn called(&self, what: &str) -> usize {
        self.state().calls.get(what).copied().unwrap_or(0)
    }

    pub fn holds(&self, comment: RemoteComment) {
        self.state().comments.insert(comment.id.clone(), comment);
    }

    /// Texts of our replies under a comment.
    pub fn replies_under(&self, thread: &str) -> Vec<String> {
        let state = self.state();
        let ours = state.comments.values().filter(|comment| {
            comment.flagged_own
                && comment
                    .parent_id
                    .as_ref()
                    .is_some_and(|parent| parent.as_str() == thread)
        });
        ours.map(|comment| comment.text.clone()).collect()
    }

    async fn asked(&self, what: &'static str) -> Result<(), PlatformError> {
        let (hangs, down) = {
            let mut state = self.state();
            *state.calls.entry(what).or_default() += 1;
            (state.hangs, state.down.clone())
        };
        if hangs {
            std::future::pending::<()>().await;
        }
        down.map_or(Ok(()), Err)
    }

    async fn write<T>(
        &self,
        what: &'static str,
        act: impl FnOnce(&mut State) -> Result<T, PlatformError>,
    ) -> Result<T, PlatformError> {
        self.asked(what).await?;
        let mut state = self.state();
        let lost = || PlatformError::OutcomeUnknown {
            detail: "the connection broke".to_owned(),
        };
        match state.fates.pop_front() {
            None => act(&mut state),
            Some(Fate::Refused(error)) => Err(error),
            Some(Fate::Lost { done: false }) => Err(lost()),
            Some(Fate::Lost { done: true }) => act(&mut state).and(Err(lost())),
        }
    }
}

fn gone() -> PlatformError {
    PlatformError::Gone {
        detail: "it does not exist".to_owned(),
    }
}

fn hide(state: &mut State, comment: &PlatformId, hidden: bool) -> Result<(), PlatformError> {
    state.comments.get_mut(comment).ok_or_else(gone)?.hidden = Some(hidden);
    state.ledger.push(format!("hide {comment} {hidden}"));
    Ok(())
}

fn remove(state: &mut State, comment: &PlatformId) -> Result<(), PlatformError> {
    state.comments.remove(comment).ok_or_else(gone)?;
    state.ledger.push(format!("delete {comment}"));
    Ok(())
}

fn page<T>(items: Vec<T>) -> Page<T> {
    Page {
        items: items.into_iter().map(Element::Read).collect(),
        next: None,
    }
}

#[async_trait]
impl CommentSource for TestPlatform {
    fn destination(&self) -> String {
        self.host.clone()
    }

    async fn profile(&self) -> Result<RemoteProfile, PlatformError> {
        self.asked("profile").await?;
        Ok(RemoteProfile {
            id: PlatformId::from(OWN_ID),
            username: OWN_ID.to_owned(),
            name: None,
        })
    }

    async fn posts(&self, _: Option<&str>) -> Result<Page<RemotePost>, PlatformError> {
        self.asked("posts").await?;
        Ok(page(Vec::new()))
    }

    async fn comments(&self, _: &PlatformId, _: Option<&str>) -> Result<Page<RemoteComment>, PlatformError> {
        self.asked("comments").await?;
        let state = self.state();
        let mut open: Vec<RemoteComment> = state
            .comments
            .values()
            .filter(|comment| comment.parent_id.is_none())
            .cloned()
            .collect();
        open.sort_by_key(|comment| std::cmp::Reverse(comment.published_at));
        Ok(page(open))
    }

    async fn replies(
        &self,
        _: &PlatformId,
        thread: &PlatformId,
        _: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        self.asked("replies").await?;
        let state = self.state();
        let replies = state
            .comments
            .values()
            .filter(|comment| comment.parent_id.as_ref() == Some(thread));
        Ok(page(replies.cloned().collect()))
    }

    async fn comment(&self, id: &PlatformId) -> Result<Option<RemoteComment>, PlatformError> {
        self.asked("comment").await?;
        Ok(self.state().comments.get(id).cloned())
    }

    async fn updates(&self, after: Option<&str>, _: Duration) -> Result<UpdateBatch, PlatformError> {
        self.asked("updates").await?;
        let mut state = self.state();
        let from = after.map_or(0, |number| number.parse().unwrap());
        assert!(from >= state.confirmed, "asked for what was given up already");
        state.confirmed = from;
        let comments: Vec<_> = state.told.iter().skip(from).take(2).cloned().collect();
        let next = from + comments.len();
        Ok(UpdateBatch {
            next: (next > 0).then(|| next.to_string()),
            has_more: next < state.told.len(),
            comments: comments.into_iter().map(Element::Read).collect(),
            ..UpdateBatch::default()
        })
    }

    async fn picture(&self, _: &str, _: usize) -> Result<(Vec<u8>, String), PlatformError> {
        Err(gone())
    }

    async fn account_comments(
        &self,
        _: Visibility,
        _: Option<&str>,
    ) -> Result<Page<RemoteComment>, PlatformError> {
        self.asked("account_comments").await?;
        Ok(page(Vec::new()))
    }
}

#[async_trait]
impl ActionSink for TestPlatform {
    async fn reply(&self, thread: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        self.write("reply", |state| {
            let parent = state.comments.get(thread).cloned().ok_or_else(gone)?;
            state.next_id += 1;
            let id = PlatformId(format!("r{}-{thread}", state.next_id));
            let reply = RemoteComment {
                id: id.clone(),
                parent_id: Some(thread.clone()),
                author_id: Some(PlatformId::from(OWN_ID)),
                author_username: Some(OWN_ID.to_owned()),
                flagged_own: true,
                text: text.to_owned(),
                published_at: Timestamp(state.now),
                hidden: Some(false),
                ..parent
            };
            state.comments.insert(id.clone(), reply);
            state.ledger.push(format!("reply {thread} {text}"));
            Ok(id)
        })
        .await
    }

    async fn set_hidden(&self, comment: &PlatformId, hidden: bool) -> Result<(), PlatformError> {
        self.write("set_hidden", |state| hide(state, comment, hidden))
            .await
    }

    async fn delete(&self, comment: &PlatformId) -> Result<(), PlatformError> {
        self.write("delete", |state| remove(state, comment)).await
    }

    fn max_reply_chars(&self) -> usize {
        self.capabilities.reply_max_chars
    }

    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    async fn ban(&self, comment: &PlatformId) -> Result<(), PlatformError> {
        self.write("ban", |state| {
            let removed = state.comments.remove(comment).ok_or_else(gone)?;
            state.banned.extend(removed.author_id);
            state.ledger.push(format!("ban {comment}"));
            Ok(())
        })
        .await
    }

    async fn edit_reply(&self, reply: &PlatformId, text: &str) -> Result<(), PlatformError> {
        self.write("edit_reply", |state| {
            state.comments.get_mut(reply).ok_or_else(gone)?.text = text.to_owned();
            state.ledger.push(format!("edit {reply} {text}"));
            Ok(())
        })
        .await
    }

    async fn private_reply(&self, comment: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        self.write("private_reply", |state| {
            let sent = state.private.entry(comment.clone()).or_default();
            if !sent.is_empty() {
                return Err(PlatformError::Refused {
                    code: 10_900,
                    detail: "Activity already replied to".to_owned(),
                });
            }
            sent.push(text.to_owned());
            state.ledger.push(format!("private {comment} {text}"));
            Ok(PlatformId(format!("m-{comment}")))
        })
        .await
    }

    async fn comment_on(&self, post: &PlatformId, text: &str) -> Result<PlatformId, PlatformError> {
        self.write("comment_on", |state| {
            state.next_id += 1;
            let id = PlatformId(format!("own{}", state.next_id));
            let comment = RemoteComment {
                post_id: post.clone(),
                author_id: Some(PlatformId::from(OWN_ID)),
                flagged_own: true,
                text: text.to_owned(),
                ..crate::support::written(id.as_str(), Timestamp(state.now))
            };
            state.comments.insert(id.clone(), comment);
            state.ledger.push(format!("comment {post} {text}"));
            Ok(id)
        })
        .await
    }

    async fn set_comments_enabled(&self, post: &PlatformId, enabled: bool) -> Result<(), PlatformError> {
        self.write("set_comments_enabled", |state| {
            state.ledger.push(format!("comments of {post}: {enabled}"));
            Ok(())
        })
        .await
    }

    async fn set_hidden_many(&self, comments: &[PlatformId], hidden: bool) -> Vec<Result<(), PlatformError>> {
        self.many("set_hidden_many", comments, |state, id| hide(state, id, hidden))
            .await
    }

    async fn delete_many(&self, comments: &[PlatformId]) -> Vec<Result<(), PlatformError>> {
        self.many("delete_many", comments, remove).await
    }
}

impl TestPlatform {
    async fn many(
        &self,
        what: &'static str,
        comments: &[PlatformId],
        act: impl Fn(&mut State, &PlatformId) -> Result<(), PlatformError>,
    ) -> Vec<Result<(), PlatformError>> {
        let each = self
            .write(what, |state| {
                Ok(comments.iter().map(|id| act(state, id)).collect::<Vec<_>>())
            })
            .await;
        match each {
            Ok(results) => results,
            Err(error) => comments.iter().map(|_| Err(error.clone())).collect(),
        }
    }
}
