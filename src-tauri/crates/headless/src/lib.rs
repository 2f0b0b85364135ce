//! The engine put together with its adapters, without a window: the desktop shell and `moderatoctl` both host it.
//!
//! This is the one place that knows every adapter crate. It must never name Tauri, and never decide what the
//! engine decides. Start with [`App`], which opens the data folder and one workspace in it.

pub mod app;
pub mod connections;
pub mod folders;
pub mod keeping;
pub mod logs;
pub mod models;
pub mod provider;
pub mod sample;
pub mod searching;
pub mod settings;
pub mod simulate;
pub mod trial;
pub mod views;

pub use app::{App, AppError, Options};
/// Of the receiver's address: where a tunnel or relay forwards to.
pub use relay::PATH as RELAY_PATH;
