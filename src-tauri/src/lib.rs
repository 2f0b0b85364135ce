//! The desktop shell: the only code that knows Tauri. It opens the window, passes requests to the engine and
//! events to the window, and stops the engine before the program ends.
//!
//! Deliberately absent: decisions. A command validates nothing that `engine` does not validate and has a body of
//! a line or two. Start with [`run`], then [`commands`].

pub mod commands;
pub mod failure;

mod bridge;
mod closing;
mod startup;

pub use startup::run;
