//! What crosses between the engine's hosts and the user interface: requests, views, events, error codes.
//!
//! Plain structs without IO. `storage` fills the views straight from its queries; the shell passes them on.
//! The TypeScript in `ui/src/contract` is generated from here (`cargo xtask contract`); never edit it by hand.
//! Start with [`commands`], the list of what the window can ask for.

pub mod accounts;
pub mod commands;
pub mod error;
pub mod event;
pub mod health;
pub mod knowledge;
pub mod request;
pub mod view;

pub use accounts::*;
pub use error::{CommandError, ErrorCode};
pub use event::{AppEvent, ChangeBatch, Progress};
pub use health::*;
pub use knowledge::*;
pub use request::*;
pub use view::*;

use ts_rs::{Config, TS};

/// The whole contract as one TypeScript module.
pub fn typescript() -> String {
    let config = Config::default().with_large_int("number");
    let mut out =
        String::from("// Generated from the `contract` crate by `cargo xtask contract`. Do not edit.\n\n");
    macro_rules! declare {
        ($($type:ty),* $(,)?) => {$(
            if let Some(docs) = <$type as TS>::docs() {
                out.push_str(&docs);
            }
            out.push_str("export ");
            out.push_str(&<$type as TS>::decl(&config));
            out.push_str("\n\n");
        )*};
    }
    declare!(
        domain_mirror::Label,
        domain_mirror::Stage,
        domain_mirror::ActionKind,
        domain_mirror::ActionState,
        domain_mirror::DeclineReason,
        domain_mirror::SecretBackend,
        error::ErrorCode,
        error::CommandError,
        view::WorkspaceKind,
        view::Phase,
        view::ModelState,
        view::AppState,
        view::Appearance,
        view::ThemeChoice,
        view::Density,
        view::Settings,
        view::ProviderSettings,
        view::ConnectionState,
        view::Mode,
        view::AccountView,
        view::QueueName,
        view::QueueCounts,
        view::Overview,
        view::LabelView,
        view::ReasonBadge,
        view::DraftMarker,
        view::CampaignMark,
        view::CommentRow,
        view::CommentPage,
        view::CampaignView,
        view::SortOrder,
        view::PostView,
        view::OwnCommentView,
        view::PostRefusal,
        view::PostDetail,
        view::ThreadTurnView,
        view::AuthorView,
        view::PastReply,
        view::SourceKind,
        view::SourceView,
        view::CitationView,
        view::GuardFinding,
        view::GuardReport,
        view::DraftView,
        view::CommentDetail,
        view::ActionView,
        view::OutboxView,
        view::ProviderTest,
        view::Picture,
        view::UndoResult,
        request::ListComments,
        request::CommentRef,
        request::CampaignRef,
        request::ApproveDraft,
        request::WriteToComment,
        request::SaveDraft,
        request::CheckDraft,
        request::Snooze,
        request::CorrectLabel,
        request::ActionRef,
        request::SetSending,
        request::PostRef,
        request::SetPostComments,
        request::CommentOnPost,
        request::OwnCommentRef,
        request::SettleOwnComment,
        request::SourceRef,
        request::SetProvider,
        request::ChooseSecretBackend,
        accounts::PlatformName,
        accounts::ImportState,
        accounts::ImportView,
        accounts::QuotaSpend,
        accounts::QuotaView,
        accounts::UsageView,
        accounts::HidingView,
        accounts::RemovalView,
        accounts::ReplyTargetView,
        accounts::CapabilitiesView,
        accounts::ArrivalView,
        accounts::CommentOptions,
        accounts::StandingReplyView,
        accounts::Granted,
        accounts::PermissionView,
        accounts::AccountCounts,
        accounts::AccountCard,
        accounts::AccountsView,
        accounts::BeginInstagramSignIn,
        accounts::SignInAddress,
        accounts::ConnectAccount,
        accounts::PageChoice,
        accounts::ConnectResult,
        accounts::AccountRef,
        accounts::SetAccountMode,
        accounts::PauseAccount,
        accounts::SetDraftsFrom,
        accounts::DisconnectAccount,
        accounts::SetQuotaBudget,
        health::TraceStage,
        health::StageHealth,
        health::WorkerState,
        health::WorkerError,
        health::WorkerHealth,
        health::TroubleView,
        health::Breaker,
        health::DestinationHealth,
        health::AccountLimit,
        health::DiskUse,
        health::IndexHealth,
        health::HealthView,
        health::RelayView,
        health::SetRelay,
        health::DiagnosticsFile,
        health::ForgottenCorrections,
        health::TraceEntry,
        health::TraceView,
        health::Settlement,
        health::SettleUnknown,
        health::UnknownView,
        knowledge::SearchKnowledge,
        knowledge::KnowledgeHit,
        knowledge::KnowledgeFound,
        knowledge::KnowledgeView,
        knowledge::SynonymsView,
        knowledge::AddSynonyms,
        knowledge::ChangeSynonyms,
        knowledge::SynonymsRef,
        event::ChangeBatch,
        event::Progress,
        event::AppEvent,
    );
    out.push_str(&commands::typescript());
    out
}

/// TypeScript names for the closed lists that live in `domain`, which knows nothing of TypeScript.
/// A test keeps them equal to the originals.
mod domain_mirror {
    use serde::Serialize;
    use ts_rs::TS;

    macro_rules! mirror {
        ($name:ident { $($variant:ident),* $(,)? }) => {
            #[derive(Serialize, TS, Clone, Copy)]
            #[serde(rename_all = "snake_case")]
            #[allow(dead_code, reason = "only its TypeScript is used")]
            pub enum $name { $($variant),* }

            impl $name {
                #[cfg(test)]
                pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            }
        };
    }
    mirror!(Label {
        Praise,
        Criticism,
        Complaint,
        Question,
        Partnership,
        Abuse,
        Spam
    });
    mirror!(Stage {
        ToClassify,
        ToDraft,
        ToReview,
        Snoozed,
        Escalated,
        InOutbox,
        Stuck,
        Done
    });
    mirror!(ActionKind {
        Reply,
        Hide,
        Unhide,
        Delete,
        Ban,
        PrivateReply,
        EditReply,
        DeleteReply
    });
    mirror!(ActionState {
        Held,
        Ready,
        Sending,
        RetryWait,
        Unknown,
        Confirmed,
        Failed,
        Cancelled
    });
    mirror!(DeclineReason {
        NoSource,
        SourcesDisagree,
        OtherLanguageOnly,
        Ambiguous,
        NeverAutomatic,
        NoReplyDue,
        GuardFailed,
    });
    mirror!(SecretBackend {
        Keychain,
        EncryptedFile,
        SessionOnly,
        Unavailable
    });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde::Serialize;

    fn names<T: Serialize>(all: &[T]) -> Vec<String> {
        all.iter().map(|x| serde_json::to_string(x).unwrap()).collect()
    }

    #[test]
    fn the_typescript_lists_are_those_of_the_domain() {
        assert_eq!(names(domain_mirror::Label::ALL), names(&domain::Label::ALL));
        assert_eq!(names(domain_mirror::Stage::ALL), names(&domain::Stage::ALL));
        assert_eq!(
            names(domain_mirror::ActionKind::ALL),
            names(&domain::ActionKind::ALL)
        );
        assert_eq!(
            names(domain_mirror::ActionState::ALL),
            names(&domain::ActionState::ALL)
        );
        assert_eq!(
            names(domain_mirror::DeclineReason::ALL),
            names(&domain::DeclineReason::ALL)
        );
        assert_eq!(
            domain_mirror::SecretBackend::ALL.len(),
            4,
            "every way of keeping secrets has a word"
        );
    }

    #[test]
    fn every_command_is_in_the_typescript() {
        let text = typescript();
        for (name, ..) in commands::COMMANDS {
            assert!(text.contains(&format!("  {name}: ")), "{name} has a signature");
        }
    }
}
