//! The store on a real database file.
#![allow(clippy::unwrap_used)]

mod accounts;
mod audit;
mod backup;
mod campaigns;
mod choices;
mod deliveries;
mod drafts;
mod health;
mod intake;
mod kinds;
mod knowledge;
mod lists;
mod outbox;
mod pauses;
mod plans;
mod record;
mod relabelling;
mod review;
mod schema;
mod support;
mod synonyms;
mod undo;
mod updates;
mod walk;
mod work;
