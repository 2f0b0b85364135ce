//! What the platform holds against what the program wrote down.

use super::program::Program;
use super::trouble::Trouble;
use super::world::World;
use super::{Counts, Plan};
use crate::output::Output;
use domain::{ActionKind, ActionState};
use serde::Serialize;
use simulator::{Ledger, LedgerEntry, WriteKind};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What changed on the platform within this time before a reply was taken may have come after the last look before it:
/// the look, the request and the longest delay that is injected.
const RACES_MS: i64 = 3_000;

#[derive(Debug, Serialize)]
pub struct Verdict {
    pub seed: u64,
    pub comments: usize,
    /// Queued by the program.
    pub actions: usize,
    pub kills: u64,
    pub faults: Counts,
    /// On the platform at the end, and not stored.
    pub lost: usize,
    /// Decisions that the platform holds more than one reply for, and replies that were taken back and posted all the
    /// same.
    pub doubled: usize,
    /// Replies that were taken more than three seconds after their comment was deleted or its thread was answered by
    /// hand: the look before sending could have seen that.
    pub wrong_target: usize,
    /// Actions without a terminal state, comments that are not understood, and decisions that nothing came of although
    /// their comment is still there.
    pub unfinished: usize,
    /// Confirmed by the program, and not on the platform.
    pub untrue: usize,
    /// Given up, by the reason: a person decides.
    pub failed: BTreeMap<String, usize>,
    /// Ended without being sent, by the reason.
    pub cancelled: BTreeMap<String, usize>,
    pub confirmed: usize,
    pub replies_on_platform: usize,
    pub seconds: f64,
}

impl Verdict {
    pub async fn reach(
        plan: &Plan,
        world: &World,
        ledger: &Ledger,
        trouble: &Trouble,
        program: &Program,
    ) -> anyhow::Result<Self> {
        let storage = program.storage().await?;
        let stored: HashSet<String> = storage
            .stored_platform_ids()
            .await?
            .into_iter()
            .map(|id| id.0)
            .collect();
        let actions = storage.audited_actions().await?;
        let status = storage.status().await?;
        storage.close().await;
        let entries = ledger.entries();
        let replies: Vec<&LedgerEntry> = entries
            .iter()
            .filter(|entry| entry.what == WriteKind::Reply)
            .collect();
        let mut posted: HashMap<&str, Vec<&LedgerEntry>> = HashMap::new();
        for reply in &replies {
            posted
                .entry(reply.text.as_deref().unwrap_or_default())
                .or_default()
                .push(reply);
        }
        let times = |text: Option<&str>| posted.get(text.unwrap_or_default()).map_or(0, Vec::len);

        let lost = world
            .all_ids()
            .filter(|id| !stored.contains(*id) && !is_gone(world, trouble, id))
            .count();
        let twice = posted.values().filter(|same| same.len() > 1).count();
        let mut unfinished = 0;
        let mut untrue = 0;
        let mut confirmed = 0;
        let mut undone_and_posted = 0;
        let mut failed: BTreeMap<String, usize> = BTreeMap::new();
        let mut cancelled: BTreeMap<String, usize> = BTreeMap::new();
        for action in &actions {
            let note = || action.note.clone().unwrap_or_default();
            match action.state {
                ActionState::Confirmed => {
                    confirmed += 1;
                    let is_there = action.kind != ActionKind::Reply || times(action.text.as_deref()) > 0;
                    untrue += usize::from(!is_there);
                }
                ActionState::Failed => *failed.entry(kind_of(&note())).or_default() += 1,
                ActionState::Cancelled => {
                    *cancelled.entry(kind_of(&note())).or_default() += 1;
                    // One that overtook itself ("may be ours") ends so, and says it.
                    let was_taken_back = action
                        .note
                        .as_deref()
                        .is_none_or(|note| note.contains("taken back by a person"));
                    undone_and_posted += usize::from(was_taken_back && times(action.text.as_deref()) > 0);
                }
                _ => unfinished += 1,
            }
        }
        let acted_on: HashSet<&str> = actions.iter().map(|action| action.comment.as_str()).collect();
        let left_alone = world
            .decisions
            .iter()
            .filter(|decision| !acted_on.contains(decision.comment.as_str()))
            .filter(|decision| {
                let answered = world
                    .written(&decision.comment)
                    .is_some_and(|written| trouble.answered_at.contains_key(&written.thread));
                !answered && !is_gone(world, trouble, &decision.comment)
            })
            .count();
        let in_work: i64 = ["to_classify", "to_draft"]
            .iter()
            .filter_map(|stage| status.by_stage.get(*stage))
            .sum();
        let decided: HashMap<&str, &str> = world
            .decisions
            .iter()
            .filter_map(|decision| Some((decision.text.as_deref()?, decision.comment.as_str())))
            .collect();
        let wrong_target = replies
            .iter()
            .filter(|reply| {
                let comment = decided.get(reply.text.as_deref().unwrap_or_default());
                let Some(written) = comment.and_then(|comment| world.written(comment)) else {
                    return true;
                };
                let was_seen = |at: &i64| reply.at_ms - at > RACES_MS;
                let written_at = trouble.written_at.get(&written.id).copied().unwrap_or(0);
                let answers = trouble.answered_at.get(&written.thread).into_iter().flatten();
                trouble.deleted.get(&written.id).is_some_and(was_seen)
                    || answers.filter(|at| **at > written_at).any(was_seen)
            })
            .count();
        Ok(Self {
            seed: plan.seed,
            comments: world.comments,
            actions: actions.len(),
            kills: 0,
            faults: trouble.struck.clone(),
            lost,
            doubled: twice + undone_and_posted,
            wrong_target,
            unfinished: unfinished + left_alone + usize::try_from(in_work).unwrap_or(usize::MAX),
            untrue,
            failed,
            cancelled,
            confirmed,
            replies_on_platform: replies.len(),
            seconds: 0.0,
        })
    }

    pub fn holds(&self) -> bool {
        self.lost == 0
            && self.doubled == 0
            && self.wrong_target == 0
            && self.unfinished == 0
            && self.untrue == 0
    }

    pub fn say(&self, out: &mut Output) -> anyhow::Result<()> {
        out.line(format_args!(
            "seed {}: {} comments, {} actions, {} kills in {:.0} s",
            self.seed, self.comments, self.actions, self.kills, self.seconds
        ))?;
        let listed = |counts: &Counts| {
            let all: Vec<String> = counts.iter().map(|(what, n)| format!("{what} {n}")).collect();
            all.join(", ")
        };
        out.line(format_args!("faults: {}", listed(&self.faults)))?;
        out.line(format_args!(
            "lost {}, doubled {}, wrong target {}, unfinished {}, untrue {}",
            self.lost, self.doubled, self.wrong_target, self.unfinished, self.untrue
        ))?;
        out.line(format_args!(
            "confirmed {}, failed {:?}, cancelled {:?}; the platform took {} replies",
            self.confirmed, self.failed, self.cancelled, self.replies_on_platform
        ))?;
        Ok(())
    }
}

/// Deleted, or together with its thread.
fn is_gone(world: &World, trouble: &Trouble, id: &str) -> bool {
    let thread = world.written(id).map(|written| written.thread.as_str());
    trouble.deleted.contains_key(id) || thread.is_some_and(|thread| trouble.deleted.contains_key(thread))
}

/// The reason without what differs from case to case.
fn kind_of(note: &str) -> String {
    note.split(':')
        .next()
        .unwrap_or_default()
        .chars()
        .take(80)
        .collect()
}
