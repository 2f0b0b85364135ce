//! What an account's platform can do, as data: the engine offers nothing else, and the UI follows.

use serde::{Deserialize, Serialize};

/// Asked of [`crate::ports::ActionSink::capabilities`]. Deliberately absent: names of platforms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// `None` when comments cannot be hidden.
    pub can_hide: Option<Hiding>,
    pub can_delete_others: Removal,
    /// Remove a comment and keep its author from commenting again.
    pub can_ban: bool,
    pub can_edit_own_reply: bool,
    pub can_private_reply: bool,
    pub can_comment_on_post: bool,
    /// Switch the comments of a post on or off.
    pub can_switch_comments: bool,
    /// Unicode scalar values.
    pub reply_max_chars: usize,
    pub replies_to: ReplyTarget,
    /// Comments that one moderation call takes: 1 where there is no batch.
    pub moderation_batch: usize,
    /// One listing shows the comments of all posts.
    pub lists_whole_account: bool,
    /// The platform holds comments back by itself; they are listed apart and wait for a decision.
    pub holds_for_review: bool,
    pub arrival: Arrival,
    /// A comment and its thread can be read at any time. Where not, an outcome that nobody heard is looked for nowhere.
    pub can_look_again: bool,
    /// What is deleted there is noticed here. Where not, only a refused write tells of it.
    pub notices_deletions: bool,
}

/// How what people write becomes known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    /// Posts and comments are listed, from whatever time.
    Listed,
    /// Told once, as it happens, by [`crate::ports::CommentSource::updates`]: there is no history.
    Told,
}

/// How a platform hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hiding {
    /// A hidden comment can be shown again.
    pub undoable: bool,
}

/// How somebody else's comment is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Removal {
    None,
    /// It ceases to exist.
    Delete,
    /// It is kept by the platform and shown to nobody.
    Reject {
        /// It cannot be published again: people are warned before.
        irreversible: bool,
    },
}

/// Which comments take a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyTarget {
    /// A reply to a reply goes to the thread's first comment.
    TopLevelOnly,
    Any,
}

impl Capabilities {
    /// The least that a platform can do to be of use here.
    pub fn replies_only(reply_max_chars: usize) -> Self {
        Self {
            can_hide: None,
            can_delete_others: Removal::None,
            can_ban: false,
            can_edit_own_reply: false,
            can_private_reply: false,
            can_comment_on_post: false,
            can_switch_comments: false,
            reply_max_chars,
            replies_to: ReplyTarget::TopLevelOnly,
            moderation_batch: 1,
            lists_whole_account: false,
            holds_for_review: false,
            arrival: Arrival::Listed,
            can_look_again: true,
            notices_deletions: true,
        }
    }
}

impl Removal {
    pub fn is_possible(self) -> bool {
        self != Self::None
    }

    /// Nothing brings the comment back.
    pub fn is_irreversible(self) -> bool {
        matches!(self, Self::Delete | Self::Reject { irreversible: true })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_ui_reads_them_as_plain_data() {
        let told = serde_json::to_value(Capabilities {
            can_hide: Some(Hiding { undoable: true }),
            can_delete_others: Removal::Reject { irreversible: true },
            ..Capabilities::replies_only(10_000)
        })
        .unwrap();
        assert_eq!(told["can_hide"]["undoable"], true);
        assert_eq!(told["can_delete_others"]["by"], "reject");
        assert_eq!(told["can_delete_others"]["irreversible"], true);
        assert_eq!(told["replies_to"], "top_level_only");
        assert_eq!(told["arrival"], "listed");
    }

    #[test]
    fn people_are_warned_of_every_removal_that_lasts() {
        assert!(Removal::Delete.is_irreversible());
        assert!(Removal::Reject { irreversible: true }.is_irreversible());
        assert!(
            !Removal::Reject { irreversible: false }.is_irreversible(),
            "this one can be taken back"
        );
        assert!(!Removal::None.is_possible(), "what is not offered is not shown");
    }
}
