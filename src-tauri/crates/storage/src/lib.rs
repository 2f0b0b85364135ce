//! SQLite holds the truth: comments, drafts, actions, knowledge, activity. The only SQL of the project.
//!
//! It decides nothing: every stage and state comes from `domain::comment::next_stage` and
//! `domain::outbox::next_state`. It knows no platform, no model and no window, and it never waits for one.
//! Changes are announced after their transaction is committed.
//! Start with [`Storage`] in `pool.rs` and the transaction in `write.rs`; then one file per theme, in the order
//! of a comment's life: `intake`, `work`, `drafting`, `review`, `actions`, `outbox`.

mod account_choices;
mod accounts;
mod actions;
mod activity;
mod audit;
mod backup;
mod campaigns;
mod card;
mod convert;
mod counts;
mod deliveries;
mod drafting;
mod error;
mod health;
mod history;
mod intake;
mod integrity;
mod knowledge;
mod labels;
mod lists;
mod lookback;
mod outbox;
mod own_comments;
mod pause;
mod pool;
mod purge;
mod quota;
mod relabelling;
mod review;
mod rows;
mod synonyms;
mod types;
mod undo;
mod work;
mod write;

pub use audit::AuditedAction;
pub use backup::{backups, restore};
pub use deliveries::*;
pub use error::StorageError;
pub use health::*;
pub use own_comments::*;
pub use pool::Storage;
pub use purge::{StoredComment, Unseen};
pub use types::*;
