//! The engine on a real database file, against a platform in memory that does as it is told.
#![allow(clippy::unwrap_used)]

mod accounts;
mod chance;
mod health;
mod kinds;
mod knowledge;
mod limits;
mod platform;
mod posts;
mod refresh;
mod relabelling;
mod support;
mod told;
mod unknown;
