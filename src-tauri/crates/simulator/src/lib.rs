//! A platform that runs on loopback and speaks the dialects of the Graph (Instagram, Facebook Pages), of YouTube's Data
//! API and of Telegram's Bot API: it serves the sample workspace and the tests. Everything it knows lives in memory; an append-only journal makes what was written survive
//! a restart. Faults of a real network are injected through its control API under `/_control`.
//!
//! It must never listen beyond loopback, reach another host, or depend on another crate of this workspace: a
//! shared type would let a mistake on one side hide the same mistake on the other.
//! Start reading at [`Simulator::start`], then `graph`, `youtube` and `telegram` (the dialects), `world` (the state),
//! `faults` and `webhooks`.

mod connection;
mod control;
mod dialect;
mod error;
mod faults;
mod graph;
mod journal;
mod ledger;
mod load;
mod seed;
mod server;
mod store;
mod telegram;
mod webhooks;
mod world;
mod youtube;

pub use error::SimulatorError;
pub use faults::{Ending, Fault, FaultKind, FaultMatch};
pub use ledger::{Ledger, LedgerEntry, WriteKind};
pub use load::{LooseComment, load_comments, load_posts, seed_from_files};
pub use seed::{Seed, SeedAccount, SeedComment, SeedPicture, SeedPlatform, SeedPost};
pub use server::{Simulator, SimulatorConfig};
pub use webhooks::WebhookCounts;
pub use world::{MethodUse, QuotaDay};
