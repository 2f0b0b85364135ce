//! The program under test: this executable, as a child on a data folder of its own.

use super::world::Account;
use crate::decisions::Decision;
use anyhow::{Context as _, bail};
use headless::folders::Folders;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use storage::Storage;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

/// Locks nothing but the tokens of a simulator that ends with this run.
const PASSPHRASE: &str = "chaos is no secret";
const VERIFY_TOKEN: &str = "chaos asks";
const APP_SECRET: &str = "chaos signs";
/// Short holds and rests, so that much happens in little time.
const SETTINGS: &str = "[outbox]\nhold_seconds = 1\nsettle_seconds = 1\n[sync]\ninterval_seconds = 1\n";
const STOPS_WITHIN: Duration = Duration::from_secs(30);
const IDLE_WITHIN: Duration = Duration::from_secs(45 * 60);

pub struct Program {
    data: PathBuf,
    decisions: PathBuf,
    /// Where its clock stands.
    ahead_ms: i64,
}

/// Where the program receives what the platform pushes, and what it believes.
pub struct Receiver {
    pub url: String,
    pub verify_token: &'static str,
    pub app_secret: &'static str,
}

pub struct Running(Child);

impl Program {
    pub fn new(folder: &Path, decisions: &[Decision]) -> anyhow::Result<Self> {
        let data = folder.join("data");
        std::fs::create_dir_all(&data).context("making the data folder")?;
        std::fs::write(data.join("settings.toml"), SETTINGS).context("writing the settings")?;
        let file = folder.join("decisions.jsonl");
        let mut lines = String::new();
        for decision in decisions {
            lines.push_str(&serde_json::to_string(decision)?);
            lines.push('\n');
        }
        std::fs::write(&file, lines).context("writing the decisions")?;
        Ok(Self {
            data,
            decisions: file,
            ahead_ms: 0,
        })
    }

    fn command(&self, args: &[&str]) -> anyhow::Result<Command> {
        let program = std::env::current_exe().context("finding this program")?;
        let mut command = Command::new(program);
        command
            .arg("--data")
            .arg(&self.data)
            .args(["--secrets", "encrypted-file"])
            .args(args)
            .env("MODERATO_PASSPHRASE", PASSPHRASE)
            .env("MODERATO_CLOCK_AHEAD_MS", self.ahead_ms.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        Ok(command)
    }

    /// By how much the clock is set before the next start.
    pub fn set_clock(&mut self, by_ms: i64) {
        self.ahead_ms += by_ms;
    }

    /// Connects an account, or signs it in again.
    pub async fn connect(&self, base_url: &str, account: &Account) -> anyhow::Result<()> {
        let mut args = vec!["connect", "--drafts-from", "all", "--base-url", base_url];
        args.extend(["--platform", account.platform]);
        self.tell(&args, &account.token).await
    }

    /// Has it receive what the platform pushes, from the next start on.
    pub async fn receive(&self) -> anyhow::Result<Receiver> {
        let free = TcpListener::bind(("127.0.0.1", 0)).context("finding a free port")?;
        let port = free.local_addr()?.port();
        drop(free);
        let args = ["relay", "--port", &port.to_string()];
        self.tell(&args, &format!("{VERIFY_TOKEN}\n{APP_SECRET}")).await?;
        Ok(Receiver {
            url: format!("http://127.0.0.1:{port}{}", headless::RELAY_PATH),
            verify_token: VERIFY_TOKEN,
            app_secret: APP_SECRET,
        })
    }

    /// Runs it with what it reads from its standard input, to its end.
    async fn tell(&self, args: &[&str], input: &str) -> anyhow::Result<()> {
        let mut child = self
            .command(args)?
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("starting the program")?;
        let mut stdin = child.stdin.take().context("its standard input")?;
        stdin.write_all(input.as_bytes()).await?;
        drop(stdin);
        let said = child.wait_with_output().await?;
        if !said.status.success() {
            let said = String::from_utf8_lossy(&said.stderr);
            bail!("{} failed: {said}", args.first().copied().unwrap_or_default());
        }
        Ok(())
    }

    pub fn start(&self) -> anyhow::Result<Running> {
        let mut command = self.command(&["run", "--decisions"])?;
        command.arg(&self.decisions);
        Ok(Running(command.spawn().context("starting the program")?))
    }

    /// Works on until nothing moves by itself. True when nothing is left that a later run could move.
    pub async fn work_until_idle(&self) -> anyhow::Result<bool> {
        let mut command = self.command(&["run", "--until-idle", "--json", "--decisions"])?;
        let run = command.arg(&self.decisions).stderr(Stdio::piped()).output();
        let said = tokio::time::timeout(IDLE_WITHIN, run)
            .await
            .context("the program does not come to an end")??;
        if !said.status.success() {
            eprintln!("moderatoctl: {}", String::from_utf8_lossy(&said.stderr));
        }
        let storage = self.storage().await?;
        let live = storage.live_actions().await?;
        storage.close().await;
        Ok(said.status.success() && live == 0)
    }

    /// Its database, while it does not run.
    pub async fn storage(&self) -> anyhow::Result<Storage> {
        let folders = Folders::new(&self.data);
        let file = folders.workspace(contract::WorkspaceKind::Own).database();
        Ok(Storage::open(&file).await?)
    }

    pub async fn forget_intents(&self) -> anyhow::Result<()> {
        let storage = self.storage().await?;
        storage.forget_intents().await?;
        storage.close().await;
        Ok(())
    }
}

impl Running {
    /// As `kill -9`.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        self.0.kill().await.context("killing the program")
    }

    pub async fn stop(&mut self) -> anyhow::Result<()> {
        #[cfg(unix)]
        if let Some(id) = self.0.id() {
            let asked = Command::new("kill").arg(id.to_string()).status().await?;
            if asked.success() && tokio::time::timeout(STOPS_WITHIN, self.0.wait()).await.is_ok() {
                return Ok(());
            }
        }
        self.kill().await
    }
}
