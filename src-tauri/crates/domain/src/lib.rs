//! Nouns, rules, state machines and the ports that adapters implement.
//!
//! Everything here is plain data and pure functions: no IO, no async runtime, no SQL, no clock.
//! A state machine that decides what may follow what is a function that a property test can walk.
//! Start with [`comment`] (what waits for what) and [`outbox`] (how exactly one reply comes about);
//! [`ports`] lists what the engine needs from the outside.

pub mod capabilities;
pub mod comment;
pub mod draft;
pub mod error;
pub mod guard;
pub mod id;
pub mod label;
pub mod likeness;
pub mod outbox;
pub mod ports;
pub mod quota;
pub mod subject;
pub mod synonyms;
pub mod terms;
pub mod text;
pub mod time;

pub use capabilities::{Arrival, Capabilities, Hiding, Removal, ReplyTarget};
pub use comment::{CommentEvent, IllegalTransition, Stage};
pub use draft::{
    BrandVoice, Citation, DeclineReason, DraftOutcome, DraftRequest, DraftText, Fact, FactKind, Origin,
};
pub use error::{ModelError, PlatformError, ProviderError, SearchError, SecretError};
pub use id::{
    AccountId, ActionId, AuthorId, CommentId, DraftId, OwnCommentId, PassageId, PlatformId, PostId, ProductId,
};
pub use label::{Classification, Label, LabelScore, Language};
pub use outbox::{ActionKind, ActionState, OutboxEvent};
pub use subject::{Subject, SubjectScore};
pub use synonyms::{Alternative, Synonyms, SynonymsError};
pub use terms::DataTerms;
pub use time::Timestamp;
