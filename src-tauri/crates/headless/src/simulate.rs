//! The simulator on any data, for trying out and testing.

use anyhow::Context as _;
use simulator::{Simulator, SimulatorConfig};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub struct Simulate<'a> {
    pub comments: &'a [PathBuf],
    pub posts: Option<&'a Path>,
    pub port: u16,
    pub journal: Option<PathBuf>,
    /// Replaces the token of the first account.
    pub token: Option<String>,
}

/// The running simulator and the token of its account.
pub async fn start(options: Simulate<'_>) -> anyhow::Result<(Simulator, String)> {
    let mut seed =
        simulator::seed_from_files(options.comments, options.posts).context("reading the data to serve")?;
    let account = seed
        .accounts
        .first_mut()
        .context("the data holds no account to serve")?;
    if let Some(token) = options.token {
        account.token = token;
    }
    let token = account.token.clone();
    let bind = SocketAddr::from(([127, 0, 0, 1], options.port));
    let simulator = Simulator::start(SimulatorConfig {
        bind,
        journal: options.journal,
        seed,
    })
    .await?;
    Ok((simulator, token))
}
