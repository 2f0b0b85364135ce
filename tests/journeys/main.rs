//! Journeys of the whole product without its window: real SQLite, real LanceDB, the real HTTP client against the
//! simulator, and the real `moderatoctl` where a process has to die.
//!
//! Nothing here waits by guessing: a journey steps the engine by hand on a clock that it moves itself, or polls
//! through [`support::eventually`] with a bound. Start with [`support`].
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and its tables are its evidence"
)]

mod architecture;
mod backups;
mod channels;
mod endpoint;
mod intake;
mod killed;
mod posts;
mod real_comments;
mod receiver;
mod relabelling;
mod restart;
mod review;
mod secrets;
mod signing_in;
mod support;
mod terminal;
mod write_faults;
