//! Hold, publish, reject and ban, for up to 50 comments by one call (`comments.setModerationStatus`).
//!
//! The call answers with nothing at all, whether or not it changed something, so every state is read back.

use super::call::{Call, require_ids};
use super::refusal::About;
use super::wire::{self, Seen, Status, thread_of};
use super::{COMMENTS, IDS_PER_CALL, THREADS, YouTube};
use domain::PlatformId;
use domain::error::PlatformError;
use domain::quota::SpendKind;
use reqwest::Method;
use std::collections::{HashMap, HashSet};

/// What is to become of comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Hold,
    Publish,
    Reject,
    /// Reject, and every further comment of the author with it.
    Ban,
}

impl Verdict {
    fn status(self) -> &'static str {
        match self {
            Self::Hold => "heldForReview",
            Self::Publish => "published",
            Self::Reject | Self::Ban => "rejected",
        }
    }
}

/// What is known of a comment before it is removed.
pub(super) enum Known {
    Own,
    Others,
    Gone,
}

impl YouTube {
    /// Those of `ids` that the platform shows by id: one unit for 50. Held ones may be missing.
    pub(super) async fn seen(&self, kind: SpendKind, ids: &[PlatformId]) -> Result<Vec<Seen>, PlatformError> {
        require_ids(ids)?;
        let mut seen = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(IDS_PER_CALL) {
            let call = Call::get(kind, About::OneObject, COMMENTS)
                .with("part", "snippet")
                .with("id", joined(chunk))
                .with("textFormat", "plainText");
            match self.caller.read(call, wire::seen).await {
                Ok(found) => seen.extend(found),
                Err(PlatformError::Gone { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(seen)
    }

    /// Whose comments these are, in order. One that is neither shown nor held is gone.
    pub(super) async fn known(&self, ids: &[PlatformId]) -> Result<Vec<Known>, PlatformError> {
        let account = self.channel_id().await?;
        let mut authors: HashMap<PlatformId, Option<PlatformId>> = self
            .seen(SpendKind::Check, ids)
            .await?
            .into_iter()
            .map(|seen| (seen.id, seen.author))
            .collect();
        let missing: Vec<PlatformId> = ids
            .iter()
            .filter(|id| !authors.contains_key(id))
            .cloned()
            .collect();
        let mut all_looked_at = true;
        if !missing.is_empty() {
            let (held, complete) = self.held(SpendKind::Check, &missing).await?;
            authors.extend(held.into_iter().map(|comment| (comment.id, comment.author_id)));
            all_looked_at = complete;
        }
        let known = |id: &PlatformId| match authors.get(id) {
            Some(author) if author.as_ref() == Some(account) => Known::Own,
            Some(_) => Known::Others,
            None if all_looked_at => Known::Gone,
            // It may be among those that were not looked at: the platform's own answer decides.
            None => Known::Others,
        };
        Ok(ids.iter().map(known).collect())
    }

    /// One result per comment, in order.
    pub(super) async fn moderate(
        &self,
        ids: &[PlatformId],
        verdict: Verdict,
    ) -> Vec<Result<(), PlatformError>> {
        let mut results = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(IDS_PER_CALL) {
            results.extend(self.moderate_chunk(chunk, verdict).await);
        }
        results
    }

    async fn moderate_chunk(&self, ids: &[PlatformId], verdict: Verdict) -> Vec<Result<(), PlatformError>> {
        match self.set_status(ids, verdict).await {
            Ok(()) => self.read_back(ids, verdict).await,
            // The refusal concerns one of them, and does not say which.
            Err(PlatformError::Gone { .. } | PlatformError::Refused { .. }) if ids.len() > 1 => {
                self.moderate_those_left(ids, verdict).await
            }
            Err(error) => ids.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    /// Once more without those that are gone. What is still refused then has to go one by one.
    async fn moderate_those_left(
        &self,
        ids: &[PlatformId],
        verdict: Verdict,
    ) -> Vec<Result<(), PlatformError>> {
        let known = match self.known(ids).await {
            Ok(known) => known,
            Err(error) => return ids.iter().map(|_| Err(error.clone())).collect(),
        };
        let is_left = |known: &Known| !matches!(known, Known::Gone);
        let left: Vec<PlatformId> = ids
            .iter()
            .zip(&known)
            .filter(|(_, known)| is_left(known))
            .map(|(id, _)| id.clone())
            .collect();
        let mut of_left = match left.is_empty() {
            true => Vec::new(),
            false => match self.set_status(&left, verdict).await {
                Ok(()) => self.read_back(&left, verdict).await,
                Err(error) => left.iter().map(|_| Err(one_by_one(&error))).collect(),
            },
        }
        .into_iter();
        let result = |known: &Known| match is_left(known) {
            true => of_left.next().expect("one result per comment that is left"),
            false => Err(PlatformError::Gone {
                detail: "the comment is not there any more".to_owned(),
            }),
        };
        known.iter().map(result).collect()
    }

    async fn set_status(&self, ids: &[PlatformId], verdict: Verdict) -> Result<(), PlatformError> {
        require_ids(ids)?;
        let mut call = Call::write(
            SpendKind::Moderate,
            Method::POST,
            &["comments", "setModerationStatus"],
        )
        .with("id", joined(ids))
        .with("moderationStatus", verdict.status());
        if verdict == Verdict::Ban {
            call = call.with("banAuthor", "true");
        }
        self.caller.write(call).await.map(|_| ())
    }

    /// The platform takes a moment to show what it took.
    async fn read_back(&self, ids: &[PlatformId], verdict: Verdict) -> Vec<Result<(), PlatformError>> {
        let mut open: Vec<PlatformId> = ids.to_vec();
        let mut delay = self.read_back.first_delay;
        for round in 0..=self.read_back.times {
            if round > 0 {
                tokio::time::sleep(delay).await;
                delay = (delay * 2).min(self.read_back.longest_delay);
            }
            match self.still_open(&open, verdict).await {
                Ok(left) => open = left,
                // The platform accepted it, and there is nothing left to ask with until tomorrow.
                Err(PlatformError::Throttled { .. }) => open.clear(),
                Err(error) => {
                    let unread = PlatformError::OutcomeUnknown {
                        detail: format!("the state could not be read back: {error}"),
                    };
                    return results(ids, &open, &unread);
                }
            }
            if open.is_empty() {
                break;
            }
        }
        let unchanged = PlatformError::OutcomeUnknown {
            detail: format!(
                "the platform took it and does not show the comment as {} yet",
                verdict.status()
            ),
        };
        results(ids, &open, &unchanged)
    }

    /// Those whose state is not the wanted one yet, as far as the platform shows it.
    async fn still_open(
        &self,
        ids: &[PlatformId],
        verdict: Verdict,
    ) -> Result<Vec<PlatformId>, PlatformError> {
        let seen: HashMap<PlatformId, Option<Status>> = self
            .seen(SpendKind::Check, ids)
            .await?
            .into_iter()
            .map(|seen| (seen.id, seen.status))
            .collect();
        // By id the platform names no status as a rule, and leaves out what is not public.
        let settled = |id: &PlatformId| {
            matches!(
                (verdict, seen.get(id)),
                (Verdict::Hold, None | Some(Some(Status::Held)))
                    | (
                        Verdict::Reject | Verdict::Ban,
                        None | Some(Some(Status::Rejected))
                    )
                    | (Verdict::Publish, Some(Some(Status::Published)))
            )
        };
        let open: Vec<PlatformId> = ids.iter().filter(|id| !settled(id)).cloned().collect();
        if open.is_empty() || matches!(verdict, Verdict::Reject | Verdict::Ban) {
            return Ok(open);
        }
        let held = self.held_now(&open).await?;
        match verdict {
            Verdict::Hold => self.not_private(open, &held).await,
            _ => Ok(open
                .into_iter()
                .filter(|id| held.contains(id) || !seen.contains_key(id))
                .collect()),
        }
    }

    async fn held_now(&self, ids: &[PlatformId]) -> Result<HashSet<PlatformId>, PlatformError> {
        let (held, _) = self.held(SpendKind::Check, ids).await?;
        Ok(held
            .into_iter()
            .filter(|comment| comment.hidden != Some(false))
            .map(|comment| comment.id)
            .collect())
    }

    /// A comment that was held long ago stands far down in the list; its thread says that it is not public.
    async fn not_private(
        &self,
        open: Vec<PlatformId>,
        held: &HashSet<PlatformId>,
    ) -> Result<Vec<PlatformId>, PlatformError> {
        let open: Vec<PlatformId> = open.into_iter().filter(|id| !held.contains(id)).collect();
        let threads: Vec<PlatformId> = open.iter().filter(|id| thread_of(id) == **id).cloned().collect();
        if threads.is_empty() {
            return Ok(open);
        }
        let call = Call::get(SpendKind::Check, About::OneObject, THREADS)
            .with("part", "snippet")
            .with("id", joined(&threads))
            .with("textFormat", "plainText");
        let public = match self.caller.read(call, wire::threads_public).await {
            Ok(public) => public,
            Err(PlatformError::Gone { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        let private: HashSet<PlatformId> = public
            .into_iter()
            .filter(|(_, public)| !public)
            .map(|(id, _)| id)
            .collect();
        Ok(open.into_iter().filter(|id| !private.contains(id)).collect())
    }
}

fn joined(ids: &[PlatformId]) -> String {
    ids.iter().map(PlatformId::as_str).collect::<Vec<_>>().join(",")
}

fn results(ids: &[PlatformId], open: &[PlatformId], error: &PlatformError) -> Vec<Result<(), PlatformError>> {
    let result = |id: &PlatformId| match open.contains(id) {
        true => Err(error.clone()),
        false => Ok(()),
    };
    ids.iter().map(result).collect()
}

/// Moderating twice leaves the platform as moderating once does, so each may simply be tried again.
fn one_by_one(error: &PlatformError) -> PlatformError {
    match error {
        PlatformError::Gone { detail } | PlatformError::Refused { detail, .. } => {
            PlatformError::Unavailable {
                detail: format!("one comment of the batch was refused, each has to be tried alone: {detail}"),
            }
        }
        other => other.clone(),
    }
}
