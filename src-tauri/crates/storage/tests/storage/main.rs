//! The store on a real database file.
#![allow(clippy::unwrap_used)]

mod accounts;
mod audit;
mod backup;
mod drafts;
mod intake;
mod knowledge;
mod lists;
mod outbox;
mod plans;
mod record;
mod review;
mod schema;
mod support;
mod undo;
mod walk;
mod work;
