//! Clients of the platforms, one module each, behind the ports `CommentSource` and `ActionSink`.
//!
//! A client never repeats a write whose outcome is open, never follows a redirect with a token in hand, and never puts a
//! token into an error, a log line or an address. What cannot be told apart by its answer is reported as
//! `OutcomeUnknown`, so that the outbox reads back instead of guessing.
//! Start with [`instagram::Instagram`], [`youtube::YouTube`], [`facebook::FacebookPage`] or [`telegram::Telegram`];
//! [`http::http_client`] makes the client that all of them share.

pub mod facebook;
mod graph;
pub mod http;
pub mod instagram;
mod picture;
mod sendable;
pub mod telegram;
pub mod webhook;
pub mod youtube;

pub use facebook::{FacebookConfig, FacebookPage};
pub use http::{ReadRetries, http_client};
pub use instagram::{Instagram, InstagramConfig};
pub use telegram::{Telegram, TelegramConfig};
pub use youtube::{YouTube, YouTubeConfig};
