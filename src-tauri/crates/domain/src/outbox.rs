//! The outbox: how exactly one reply comes about whatever happens.
//!
//! Intent is committed before a request leaves; a request whose outcome is not known is read back on the
//! platform before anything is sent again. Deliberately absent: a way from `Unknown` to `Sending`.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// What is to be done on the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    Reply,
    Hide,
    Unhide,
    Delete,
}

impl ActionKind {
    pub const ALL: [Self; 4] = [Self::Reply, Self::Hide, Self::Unhide, Self::Delete];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Hide => "hide",
            Self::Unhide => "unhide",
            Self::Delete => "delete",
        }
    }

    /// Doing it twice leaves the platform as doing it once. A reply does not.
    pub fn is_idempotent(self) -> bool {
        !matches!(self, Self::Reply)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionState {
    /// Waits for the undo time to pass.
    Held,
    /// May be sent.
    Ready,
    /// Intent is committed; a request may be on its way.
    Sending,
    /// The platform said no, for now.
    RetryWait,
    /// A request left and its outcome is not known.
    Unknown,
    Confirmed,
    Failed,
    Cancelled,
}

impl ActionState {
    pub const ALL: [Self; 8] = [
        Self::Held,
        Self::Ready,
        Self::Sending,
        Self::RetryWait,
        Self::Unknown,
        Self::Confirmed,
        Self::Failed,
        Self::Cancelled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Ready => "ready",
            Self::Sending => "sending",
            Self::RetryWait => "retry_wait",
            Self::Unknown => "unknown",
            Self::Confirmed => "confirmed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Nothing more happens to it.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Confirmed | Self::Failed | Self::Cancelled)
    }

    /// A person can still take it back: nothing can have reached the platform.
    pub fn can_be_undone(self) -> bool {
        matches!(self, Self::Held | Self::Ready | Self::RetryWait)
    }
}

/// What happened to the comment while a request was on its way: a second one would be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Overtaken {
    /// The team answered. It counts more than an edit: an answered comment is not understood anew.
    Answered,
    /// The author changed the text.
    Edited,
}

impl Overtaken {
    pub const ALL: [Self; 2] = [Self::Answered, Self::Edited];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Edited => "edited",
        }
    }
}

/// What a person reads when an own reply that nobody here knows stands in the thread of a send that was lost.
pub const MAY_BE_OURS: &str =
    "an own reply came after the lost send: it may be this one, changed by the platform";

macro_rules! named {
    ($kind:ident, $what:literal, $error:ident) => {
        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        /// The text names none.
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[error("\"{0}\" is not {what}", what = $what)]
        pub struct $error(pub String);

        impl FromStr for $kind {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .into_iter()
                    .find(|x| x.as_str() == text)
                    .ok_or_else(|| $error(text.to_owned()))
            }
        }
    };
}
named!(ActionKind, "an action", UnknownActionKind);
named!(ActionState, "a state of an action", UnknownActionState);
named!(Overtaken, "a way to be overtaken", UnknownOvertaken);

/// When the platform's answer about a request whose outcome nobody heard can be trusted. What a read shows is true
/// at once; that it shows nothing proves something only when the request can arrive no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadBack {
    /// Longest life of a request, counted from its intent.
    pub request_timeout: Duration,
    /// For the platform to show what it took.
    pub settle: Duration,
}

impl ReadBack {
    pub fn first_look(self, now: Timestamp) -> Timestamp {
        now.plus(self.settle)
    }

    /// A request that left longer ago than this arrives no more.
    pub fn arrives_within(self) -> Duration {
        self.request_timeout + self.settle
    }

    /// Before this the request may still arrive, also when its sender is gone: not seeing it proves nothing.
    pub fn absence_counts_from(self, intent_at: Timestamp, now: Timestamp) -> Timestamp {
        // An intent that lies ahead was written before the clock was set back.
        intent_at.min(now).plus(self.arrives_within())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutboxEvent {
    /// The undo time is over and the re-check passed.
    HoldOver,
    /// The re-check before sending found a reason not to send (deleted, answered, hidden, edited).
    RecheckRefused,
    /// Intent is being committed.
    SendStarted,
    /// The platform accepted it.
    Accepted,
    /// The platform refused for now, and it certainly did not happen.
    RefusedForNow,
    /// The platform refused for good.
    RefusedForGood,
    /// Time-out, connection lost, unreadable answer, or `Sending` found at start-up.
    OutcomeLost,
    /// A successful read shows that it happened.
    FoundOnPlatform,
    /// A successful read shows that it did not happen.
    NotOnPlatform,
    /// The wait is over.
    RetryDue,
    /// Undo, kill switch, or deletion on the platform.
    Cancelled,
    /// The retry budget is spent.
    GaveUp,
}

impl OutboxEvent {
    pub const ALL: [Self; 12] = [
        Self::HoldOver,
        Self::RecheckRefused,
        Self::SendStarted,
        Self::Accepted,
        Self::RefusedForNow,
        Self::RefusedForGood,
        Self::OutcomeLost,
        Self::FoundOnPlatform,
        Self::NotOnPlatform,
        Self::RetryDue,
        Self::Cancelled,
        Self::GaveUp,
    ];
}

/// The event does not apply to an action in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an action that is {from} does not take {event:?}")]
pub struct IllegalOutboxStep {
    pub from: ActionState,
    pub event: OutboxEvent,
}

/// The state after `event`, or why it does not apply.
pub fn next_state(from: ActionState, event: OutboxEvent) -> Result<ActionState, IllegalOutboxStep> {
    use ActionState as S;
    use OutboxEvent as E;
    let to = match (from, event) {
        (S::Held, E::HoldOver) => S::Ready,
        (S::Held | S::Ready | S::RetryWait, E::Cancelled | E::RecheckRefused) => S::Cancelled,
        (S::Ready, E::SendStarted) => S::Sending,
        (S::Sending, E::Accepted) => S::Confirmed,
        (S::Sending, E::RefusedForNow) => S::RetryWait,
        (S::Sending, E::RefusedForGood) => S::Failed,
        (S::Sending, E::OutcomeLost) => S::Unknown,
        (S::RetryWait, E::RetryDue) => S::Ready,
        (S::RetryWait | S::Ready, E::GaveUp) => S::Failed,
        // The look before another send may show one that landed late.
        (S::Unknown | S::Ready | S::RetryWait, E::FoundOnPlatform) => S::Confirmed,
        (S::Unknown, E::NotOnPlatform) => S::Ready,
        _ => return Err(IllegalOutboxStep { from, event }),
    };
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a platform really did, beside what we believe: the model that the property is checked against.
    #[derive(Default)]
    struct World {
        posted: u32,
        /// Left, given up for lost, and not there yet.
        on_its_way: u32,
        /// One arrived after it was given up for lost.
        came_late: bool,
    }

    impl World {
        fn let_arrive(&mut self) {
            self.came_late |= self.on_its_way > 0;
            self.posted += self.on_its_way;
            self.on_its_way = 0;
        }
    }

    /// What becomes of a write whose outcome is lost.
    #[derive(Debug, Clone, Copy)]
    enum Fate {
        Never,
        AtOnce,
        Late,
    }

    fn fate() -> impl Strategy<Value = Fate> {
        prop::sample::select(vec![Fate::Never, Fate::AtOnce, Fate::Late])
    }

    proptest! {
        #[test]
        fn whatever_happens_a_reply_is_posted_at_most_once(script in prop::collection::vec((0usize..12, fate(), any::<bool>()), 0..80)) {
            let mut world = World::default();
            let mut state = ActionState::Held;
            for (pick, fate, arrives) in script {
                let event = OutboxEvent::ALL[pick];
                // A request does not outlive the wait before its outcome is read and the next one is sent.
                if arrives || (state, event) == (ActionState::Ready, OutboxEvent::SendStarted) {
                    world.let_arrive();
                }
                // Events that report the platform are only reported when they are true of it.
                let truthful = match (state, event) {
                    (ActionState::Sending, OutboxEvent::Accepted) => { world.posted += 1; true }
                    (ActionState::Sending, OutboxEvent::OutcomeLost) => {
                        match fate {
                            Fate::Never => {}
                            Fate::AtOnce => world.posted += 1,
                            Fate::Late => world.on_its_way += 1,
                        }
                        true
                    }
                    // What came late is seen by the look before sending; without such a one the machine alone answers.
                    (ActionState::Ready, OutboxEvent::SendStarted) => !world.came_late,
                    (_, OutboxEvent::FoundOnPlatform) => world.posted > 0,
                    (ActionState::Unknown, OutboxEvent::NotOnPlatform) => world.posted == 0,
                    _ => true,
                };
                if truthful && let Ok(next) = next_state(state, event) {
                    prop_assert!(!state.is_terminal(), "nothing follows a terminal state");
                    if next == ActionState::Sending {
                        prop_assert_eq!(world.posted, 0, "a second send while the first is there");
                    }
                    state = next;
                }
                prop_assert!(world.posted <= 1);
                let open = matches!(state, ActionState::Unknown | ActionState::Ready | ActionState::RetryWait);
                if world.posted > 0 && open {
                    prop_assert_eq!(
                        next_state(state, OutboxEvent::FoundOnPlatform),
                        Ok(ActionState::Confirmed),
                        "what is there can be written down as there, however late it came"
                    );
                }
            }
            if state == ActionState::Cancelled && !world.came_late {
                prop_assert_eq!(world.posted, 0, "an undone reply was never posted");
            }
            if state == ActionState::Confirmed {
                prop_assert_eq!(world.posted, 1, "a confirmed reply exists");
            }
        }
    }

    #[test]
    fn not_seeing_a_request_proves_nothing_while_it_may_still_arrive() {
        let read_back = ReadBack {
            request_timeout: Duration::from_secs(30),
            settle: Duration::from_secs(3),
        };
        assert_eq!(
            read_back.first_look(Timestamp(2_000)),
            Timestamp(5_000),
            "what arrived is found soon"
        );
        let from = |intent_at, now| read_back.absence_counts_from(Timestamp(intent_at), Timestamp(now));
        assert_eq!(from(0, 2_000), Timestamp(33_000), "cut off early, it may live on");
        assert_eq!(from(0, 90_000), Timestamp(33_000), "long over: one look decides");
        assert_eq!(
            from(7_200_000, 1_000),
            Timestamp(34_000),
            "a clock that was set back keeps nothing waiting for hours"
        );
    }

    #[test]
    fn an_unknown_outcome_is_never_sent_again_without_a_read() {
        for event in OutboxEvent::ALL {
            if let Ok(next) = next_state(ActionState::Unknown, event) {
                assert!(
                    matches!(event, OutboxEvent::FoundOnPlatform | OutboxEvent::NotOnPlatform),
                    "{event:?} would leave Unknown for {next} without a read"
                );
            }
        }
    }

    #[test]
    fn what_may_have_reached_the_platform_cannot_be_undone() {
        for state in ActionState::ALL {
            assert_eq!(
                next_state(state, OutboxEvent::Cancelled).is_ok(),
                state.can_be_undone(),
                "the undo button tells the truth about {state}"
            );
        }
    }
}
