//! The verbs of the product: use cases that a host calls, and workers that run by themselves.
//!
//! Knows nothing of Tauri, SQL or HTTP: storage is concrete, everything else is a port of `domain`.
//! Every worker has a single step, `try_next`, that tests call directly; nothing here sleeps in a test.
//! Start with [`Engine`], which owns the workers, then follow a comment: [`intake`], [`classify`], [`find`],
//! [`draft`], [`review`] and [`outbox`].

pub mod accounts;
pub mod backoff;
pub mod backup;
pub mod classify;
pub mod clock;
pub mod destination;
pub mod draft;
pub mod find;
pub mod health;
pub mod hub;
pub mod intake;
pub mod knowledge;
pub mod local_drafter;
pub mod monitor;
pub mod outbox;
mod posts;
pub mod refresh;
pub mod relay;
pub mod review;
pub mod settings;
pub mod worker;

mod acts;
mod context;
mod start;
mod synonyms;

pub use context::{AiEndpoint, Context, Parts};
pub use start::{Engine, StopReport};
pub use worker::Step;

/// A use case could not be carried out, named by what the caller can do.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error(transparent)]
    Storage(#[from] storage::StorageError),
    #[error(transparent)]
    Platform(#[from] domain::PlatformError),
    #[error(transparent)]
    Search(#[from] domain::SearchError),
    #[error(transparent)]
    Model(#[from] domain::ModelError),
    #[error(transparent)]
    Secret(#[from] domain::SecretError),
    #[error(transparent)]
    Settings(#[from] settings::SettingsError),
    /// A text that staff wants to post does not pass the guard.
    #[error("the reply does not pass {} of the guard's checks", .0.findings.len())]
    Guard(Box<contract::GuardReport>),
    /// A request's values do not fit.
    #[error("{0}")]
    Invalid(String),
    /// The account has no connection in this run.
    #[error("account {0} is not connected")]
    NotConnected(domain::AccountId),
    /// A blocking step was aborted.
    #[error("a computation was aborted: {0}")]
    Aborted(String),
}
