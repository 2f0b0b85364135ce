//! The simulator over HTTP, as its clients see it.
#![allow(clippy::unwrap_used)]

mod control;
mod dialect;
mod faults;
mod page;
mod paging;
mod referees;
mod restart;
mod rules;
mod support;
mod telegram;
mod tokens;
mod webhooks;
mod youtube;
