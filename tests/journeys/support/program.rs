//! `moderatoctl` as a process of its own, with its secrets in an encrypted file unless a journey says otherwise, and
//! no keychain in reach.

use headless::folders::Folders;
use headless::{App, Options};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

pub const PASSPHRASE: &str = "correct horse battery staple";
const LONGEST_COMMAND: Duration = Duration::from_secs(900);

pub struct Program {
    data: PathBuf,
    secrets: Option<&'static str>,
}

/// What a finished run said.
#[derive(Debug)]
pub struct Said {
    pub ok: bool,
    pub out: String,
    pub err: String,
}

/// The app inside the test's own process, on the same data as the program, without any worker.
pub async fn open_app(data: &Path) -> App {
    let app = App::open(Options {
        folders: Folders::new(data),
        resources: None,
        start_workers: false,
    })
    .await
    .unwrap();
    app.choose_secret_backend("encrypted_file", Some(PASSPHRASE.to_owned()))
        .await
        .unwrap();
    app
}

impl Program {
    pub fn new(data: &Path, settings: &str) -> Self {
        std::fs::create_dir_all(data).unwrap();
        std::fs::write(data.join("settings.toml"), settings).unwrap();
        Self {
            data: data.to_owned(),
            secrets: Some("encrypted-file"),
        }
    }

    pub fn with_secrets(mut self, choice: &'static str) -> Self {
        self.secrets = Some(choice);
        self
    }

    /// As somebody starts it who knows nothing of places for secrets.
    pub fn without_choosing_secrets(mut self) -> Self {
        self.secrets = None;
        self
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_moderatoctl"));
        command.arg("--data").arg(&self.data);
        if let Some(choice) = self.secrets {
            command
                .args(["--secrets", choice])
                .env("MODERATO_PASSPHRASE", PASSPHRASE);
        }
        command
            .args(args)
            // The user's own keychain is none of a test's business.
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    pub async fn run(&self, args: &[&str], stdin: &str) -> Said {
        let mut child = self.command(args).spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        pipe.write_all(stdin.as_bytes()).await.unwrap();
        drop(pipe);
        let finished = tokio::time::timeout(LONGEST_COMMAND, child.wait_with_output()).await;
        let Output {
            status,
            stdout,
            stderr,
        } = finished
            .unwrap_or_else(|_| panic!("moderatoctl {args:?} did not end within {LONGEST_COMMAND:?}"))
            .unwrap();
        Said {
            ok: status.success(),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }

    /// Fails the test unless the command succeeds.
    pub async fn must(&self, args: &[&str], stdin: &str) -> Said {
        let said = self.run(args, stdin).await;
        assert!(said.ok, "moderatoctl {args:?} failed: {}\n{}", said.err, said.out);
        said
    }
}
