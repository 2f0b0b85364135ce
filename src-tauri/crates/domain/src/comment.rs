//! The stages of a comment: what it waits for. The stage is the queue; no job table repeats it.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a stored comment waits for. Every comment has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    ToClassify,
    ToDraft,
    ToReview,
    Snoozed,
    Escalated,
    /// An action of the outbox carries it.
    InOutbox,
    /// Attempts are exhausted; the reason is on the row and one key retries.
    Stuck,
    Done,
}

impl Stage {
    pub const ALL: [Self; 8] = [
        Self::ToClassify,
        Self::ToDraft,
        Self::ToReview,
        Self::Snoozed,
        Self::Escalated,
        Self::InOutbox,
        Self::Stuck,
        Self::Done,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::ToClassify => "to_classify",
            Self::ToDraft => "to_draft",
            Self::ToReview => "to_review",
            Self::Snoozed => "snoozed",
            Self::Escalated => "escalated",
            Self::InOutbox => "in_outbox",
            Self::Stuck => "stuck",
            Self::Done => "done",
        }
    }

    /// A person may approve, hide, snooze and so on from here.
    pub fn is_open_to_review(self) -> bool {
        matches!(self, Self::ToReview | Self::Snoozed | Self::Escalated)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no stage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a stage")]
pub struct UnknownStage(pub String);

impl FromStr for Stage {
    type Err = UnknownStage;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|s| s.as_str() == text)
            .ok_or_else(|| UnknownStage(text.to_owned()))
    }
}

/// Something that happened to a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommentEvent {
    /// Labels are known and a reply may be due.
    ClassifiedForDraft,
    /// Labels are known and no reply is due by itself (abuse, spam, unsure without text).
    ClassifiedForReview,
    /// Labels are known and the team has answered already.
    ClassifiedAnswered,
    /// Labels are known, and it is older than the date from which on the account's comments ask for a reply.
    ClassifiedAsHistory,
    /// Labels of a comment in review changed by what people taught, to some that a reply may be due to.
    RelabelledForDraft,
    /// A draft was written, or the drafter declined with a reason: both go to a person.
    DraftSettled,
    /// A worker's last attempt failed.
    AttemptsExhausted,
    /// Staff asks for another try of a stuck comment; it starts from classification.
    Retried,
    /// Staff asks for a new draft.
    RegenerateAsked,
    /// Staff (or Auto) put an action into the outbox.
    ActionQueued,
    /// The action was confirmed by the platform.
    ActionConfirmed,
    /// The action was cancelled, or failed for good: a person looks again.
    ActionEnded,
    /// Staff closes it without a reply.
    Dismissed,
    /// Staff takes it back from Done.
    Reopened,
    Snoozed,
    /// The snooze is over.
    Woke,
    Escalated,
    /// Staff ends the escalation.
    Deescalated,
    /// The author changed the text on the platform.
    EditedOnPlatform,
    /// The comment is no longer on the platform.
    DeletedOnPlatform,
    /// The team answered it elsewhere (another tool, the platform's own app).
    AnsweredElsewhere,
    /// What its author wrote may be kept no longer: nothing can be decided of it.
    Purged,
}

impl CommentEvent {
    pub const ALL: [Self; 22] = [
        Self::ClassifiedForDraft,
        Self::ClassifiedForReview,
        Self::ClassifiedAnswered,
        Self::ClassifiedAsHistory,
        Self::RelabelledForDraft,
        Self::DraftSettled,
        Self::AttemptsExhausted,
        Self::Retried,
        Self::RegenerateAsked,
        Self::ActionQueued,
        Self::ActionConfirmed,
        Self::ActionEnded,
        Self::Dismissed,
        Self::Reopened,
        Self::Snoozed,
        Self::Woke,
        Self::Escalated,
        Self::Deescalated,
        Self::EditedOnPlatform,
        Self::DeletedOnPlatform,
        Self::AnsweredElsewhere,
        Self::Purged,
    ];
}

/// The event does not apply to a comment in this stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a comment in {from} does not take {event:?}")]
pub struct IllegalTransition {
    pub from: Stage,
    pub event: CommentEvent,
}

/// The stage after `event`, or why it does not apply.
pub fn next_stage(from: Stage, event: CommentEvent) -> Result<Stage, IllegalTransition> {
    use CommentEvent as E;
    use Stage as S;
    let to = match (from, event) {
        (S::ToClassify, E::ClassifiedForDraft) => S::ToDraft,
        (S::ToClassify, E::ClassifiedForReview) => S::ToReview,
        (S::ToClassify, E::ClassifiedAnswered | E::ClassifiedAsHistory) => S::Done,
        // What a person put aside, and what is answered, stays as it is.
        (S::ToReview, E::RelabelledForDraft) => S::ToDraft,
        (S::ToDraft, E::DraftSettled) => S::ToReview,
        (S::ToClassify | S::ToDraft, E::AttemptsExhausted) => S::Stuck,
        (S::Stuck, E::Retried) => S::ToClassify,
        (S::ToReview | S::Escalated | S::Snoozed, E::RegenerateAsked) => S::ToDraft,
        // A stuck comment can still be answered by hand, hidden or closed.
        (S::ToReview | S::Snoozed | S::Escalated | S::Stuck, E::ActionQueued) => S::InOutbox,
        (S::InOutbox, E::ActionConfirmed) => S::Done,
        (S::InOutbox, E::ActionEnded) => S::ToReview,
        // Unhiding and replying again from Done carries the comment through the outbox once more.
        (S::Done, E::ActionQueued) => S::InOutbox,
        (S::ToReview | S::Snoozed | S::Escalated | S::Stuck, E::Dismissed) => S::Done,
        (S::Done, E::Reopened) => S::ToReview,
        (S::ToReview | S::Escalated | S::Snoozed, E::Snoozed) => S::Snoozed,
        (S::Snoozed, E::Woke) => S::ToReview,
        (S::ToReview | S::Snoozed | S::Stuck, E::Escalated) => S::Escalated,
        (S::Escalated, E::Deescalated) => S::ToReview,
        // An edit ends an action that has not left, and then comes here; what is on its way is only marked.
        (
            S::ToClassify | S::ToDraft | S::ToReview | S::Snoozed | S::Escalated | S::Stuck,
            E::EditedOnPlatform,
        ) => S::ToClassify,
        (S::InOutbox, E::EditedOnPlatform) => S::InOutbox,
        (S::Done, E::EditedOnPlatform) => S::Done,
        (S::InOutbox, E::DeletedOnPlatform) => S::InOutbox,
        (_, E::DeletedOnPlatform) => S::Done,
        // Not while an action of it is open.
        (
            S::ToClassify | S::ToDraft | S::ToReview | S::Snoozed | S::Escalated | S::Stuck | S::Done,
            E::Purged,
        ) => S::Done,
        (S::InOutbox, E::AnsweredElsewhere) => S::InOutbox,
        (S::ToDraft | S::ToReview | S::Snoozed, E::AnsweredElsewhere) => S::Done,
        // It is still classified, for the record; that step sees the answer.
        (S::ToClassify | S::Escalated | S::Stuck | S::Done, E::AnsweredElsewhere) => from,
        _ => return Err(IllegalTransition { from, event }),
    };
    Ok(to)
}

/// Who wrote a comment, seen from the account it was written to. Decided by platform ids alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authorship {
    /// A person: understand it and answer it.
    Person,
    /// The account itself wrote it elsewhere.
    Own,
    /// Our own reply, come back in a listing.
    Echo,
}

impl Authorship {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Own => "own",
            Self::Echo => "echo",
        }
    }
}

/// `posted_by_us`: the id is that of a reply the outbox had confirmed or is resolving.
pub fn authorship(
    author_platform_id: Option<&str>,
    account_platform_id: &str,
    flagged_own: bool,
    posted_by_us: bool,
) -> Authorship {
    if posted_by_us {
        Authorship::Echo
    } else if flagged_own || author_platform_id == Some(account_platform_id) {
        Authorship::Own
    } else {
        Authorship::Person
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::{ActionState, OutboxEvent, next_state};
    use proptest::prelude::*;

    fn event() -> impl Strategy<Value = CommentEvent> {
        prop::sample::select(CommentEvent::ALL.to_vec())
    }

    /// A comment and every action that was asked for it, moved together as the store moves them.
    struct Pair {
        stage: Stage,
        actions: Vec<ActionState>,
    }

    #[derive(Debug, Clone, Copy)]
    enum Step {
        OfComment(CommentEvent),
        OfAction(OutboxEvent),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            event().prop_map(Step::OfComment),
            prop::sample::select(OutboxEvent::ALL.to_vec()).prop_map(Step::OfAction),
        ]
    }

    impl Pair {
        fn live(&self) -> Vec<ActionState> {
            self.actions
                .iter()
                .copied()
                .filter(|a| !a.is_terminal())
                .collect()
        }

        fn take(&mut self, step: Step) {
            match step {
                // Only an action that ends reports this.
                Step::OfComment(CommentEvent::ActionConfirmed | CommentEvent::ActionEnded) => {}
                Step::OfComment(event) => {
                    if let Ok(next) = next_stage(self.stage, event) {
                        self.stage = next;
                        if event == CommentEvent::ActionQueued {
                            self.actions.push(ActionState::Held);
                        }
                    }
                }
                Step::OfAction(event) => {
                    let Some(live) = self.actions.iter_mut().find(|a| !a.is_terminal()) else {
                        return;
                    };
                    let Ok(next) = next_state(*live, event) else {
                        return;
                    };
                    *live = next;
                    let report = match next {
                        ActionState::Confirmed => CommentEvent::ActionConfirmed,
                        ActionState::Failed | ActionState::Cancelled => CommentEvent::ActionEnded,
                        _ => return,
                    };
                    self.stage =
                        next_stage(self.stage, report).expect("an action that ends frees its comment");
                }
            }
        }

        /// Whether somebody takes care of it: a worker, a person, the clock, or its action.
        fn has_an_owner(&self) -> bool {
            use CommentEvent as E;
            let owners_acts: &[CommentEvent] = match self.stage {
                Stage::ToClassify => &[
                    E::ClassifiedForDraft,
                    E::ClassifiedForReview,
                    E::AttemptsExhausted,
                ],
                Stage::ToDraft => &[E::DraftSettled, E::AttemptsExhausted],
                Stage::ToReview | Stage::Escalated | Stage::Stuck => &[E::ActionQueued, E::Dismissed],
                Stage::Snoozed => &[E::Woke],
                Stage::Done => &[E::Reopened],
                Stage::InOutbox => {
                    return self.live().iter().any(|action| {
                        OutboxEvent::ALL
                            .iter()
                            .any(|event| next_state(*action, *event).is_ok())
                    });
                }
            };
            owners_acts.iter().all(|act| next_stage(self.stage, *act).is_ok())
        }
    }

    proptest! {
        #[test]
        fn a_comment_is_in_the_outbox_exactly_while_one_action_carries_it(steps in prop::collection::vec(step(), 0..120)) {
            let mut pair = Pair { stage: Stage::ToClassify, actions: Vec::new() };
            for step in steps {
                pair.take(step);
                let live = pair.live().len();
                prop_assert!(live <= 1, "a second live reply could not be told from the first");
                prop_assert_eq!(pair.stage == Stage::InOutbox, live == 1, "after {:?} in {}", step, pair.stage);
                prop_assert!(pair.has_an_owner(), "nobody takes care of it in {}", pair.stage);
            }
        }

        #[test]
        fn a_comment_can_always_reach_done_by_legal_steps(events in prop::collection::vec(event(), 0..40)) {
            let mut stage = Stage::ToClassify;
            for event in events {
                stage = next_stage(stage, event).unwrap_or(stage);
            }
            let way_out = [
                CommentEvent::ClassifiedForDraft,
                CommentEvent::DraftSettled,
                CommentEvent::ActionConfirmed,
                CommentEvent::Dismissed,
            ];
            for event in way_out {
                stage = next_stage(stage, event).unwrap_or(stage);
            }
            prop_assert_eq!(stage, Stage::Done, "no stage is a trap");
        }

        #[test]
        fn an_action_in_the_outbox_is_left_only_by_the_outbox(event in event()) {
            if let Ok(next) = next_stage(Stage::InOutbox, event) {
                let by_outbox = matches!(event, CommentEvent::ActionConfirmed | CommentEvent::ActionEnded);
                prop_assert_eq!(next != Stage::InOutbox, by_outbox, "what is in flight is always shown");
            }
        }
    }

    #[test]
    fn history_is_closed_only_by_understanding_it_and_can_be_taken_up_again() {
        for stage in Stage::ALL {
            let closed = next_stage(stage, CommentEvent::ClassifiedAsHistory);
            assert_eq!(
                closed.is_ok(),
                stage == Stage::ToClassify,
                "what somebody works on in {stage} is never closed for its age"
            );
        }
        let taken_up = [CommentEvent::Reopened, CommentEvent::RegenerateAsked]
            .into_iter()
            .try_fold(Stage::Done, next_stage);
        assert_eq!(
            taken_up,
            Ok(Stage::ToDraft),
            "an earlier date sends it to be drafted"
        );
    }

    #[test]
    fn names_read_back() {
        for stage in Stage::ALL {
            assert_eq!(
                stage.as_str().parse::<Stage>(),
                Ok(stage),
                "the database keeps the name"
            );
        }
    }

    #[test]
    fn own_comments_and_echoes_are_told_by_id_never_by_name() {
        assert_eq!(authorship(Some("17841"), "17841", false, false), Authorship::Own);
        assert_eq!(
            authorship(Some("9"), "17841", true, false),
            Authorship::Own,
            "the platform flagged it"
        );
        assert_eq!(
            authorship(Some("17841"), "17841", true, true),
            Authorship::Echo,
            "our reply came back"
        );
        assert_eq!(
            authorship(None, "17841", false, false),
            Authorship::Person,
            "an unknown author is a person"
        );
    }
}
