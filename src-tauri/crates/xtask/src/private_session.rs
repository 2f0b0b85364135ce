//! A private environment for tests, on Linux: home folder, session bus, unlocked keyring and display of its own.
//!
//! Nothing a test writes reaches the developer's home, and nothing of the developer's reaches a test.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::project::ScratchDir;

/// The keyring leaves with the session bus, which dbus-run-session ends with the command.
const UNLOCK_KEYRING_THEN_RUN: &str = r#"
printf ci | gnome-keyring-daemon --components=secrets --daemonize --unlock >/dev/null || {
    echo "gnome-keyring-daemon did not start, and the tests of the keychain need it" >&2
    exit 1
}
exec "$@"
"#;

pub struct PrivateSession {
    home: ScratchDir,
}

impl PrivateSession {
    pub fn create() -> Result<Self> {
        let home = ScratchDir::create("tests")?;
        for (_, folder) in folder_variables(home.path()) {
            std::fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
            restrict_to_owner(&folder)?;
        }
        Ok(Self { home })
    }

    /// The same command, inside the session. On other systems only the folders are private.
    pub fn wrap(&self, command: &Command) -> Command {
        let mut wrapped = if cfg!(target_os = "linux") {
            let mut outer = Command::new("dbus-run-session");
            outer.args(session_arguments(command));
            for name in ["WAYLAND_DISPLAY", "DISPLAY", "DBUS_SESSION_BUS_ADDRESS"] {
                outer.env_remove(name);
            }
            outer.envs([
                ("GDK_BACKEND", "x11"),
                ("LIBGL_ALWAYS_SOFTWARE", "1"),
                ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
                // Without it GTK starts a bus of its own for screen readers and waits for it.
                ("NO_AT_BRIDGE", "1"),
            ]);
            outer
        } else {
            let mut same = Command::new(command.get_program());
            same.args(command.get_args());
            same
        };
        if let Some(folder) = command.get_current_dir() {
            wrapped.current_dir(folder);
        }
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => wrapped.env(name, value),
                None => wrapped.env_remove(name),
            };
        }
        if cfg!(target_os = "linux") {
            wrapped.envs(kept_variables(&real_home()));
            wrapped.envs(folder_variables(self.home.path()));
        }
        wrapped
    }
}

/// What follows `dbus-run-session`.
fn session_arguments(command: &Command) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = [
        "--",
        "xvfb-run",
        "-a",
        "-s",
        "-screen 0 1920x1200x24",
        "sh",
        "-c",
        UNLOCK_KEYRING_THEN_RUN,
        "sh",
    ]
    .map(OsString::from)
    .to_vec();
    arguments.push(command.get_program().to_owned());
    arguments.extend(command.get_args().map(OsString::from));
    arguments
}

fn folder_variables(home: &Path) -> [(&'static str, PathBuf); 7] {
    [
        ("HOME", home.join("home")),
        ("XDG_CONFIG_HOME", home.join("config")),
        ("XDG_DATA_HOME", home.join("data")),
        ("XDG_CACHE_HOME", home.join("cache")),
        ("XDG_STATE_HOME", home.join("state")),
        ("XDG_RUNTIME_DIR", home.join("runtime")),
        ("TMPDIR", home.join("tmp")),
    ]
}

/// Cargo and rustup find their own folders through HOME unless told.
fn kept_variables(home: &Path) -> [(&'static str, PathBuf); 2] {
    let kept = |name: &'static str, folder: &str| {
        (
            name,
            std::env::var_os(name).map_or_else(|| home.join(folder), PathBuf::from),
        )
    };
    [kept("CARGO_HOME", ".cargo"), kept("RUSTUP_HOME", ".rustup")]
}

fn real_home() -> PathBuf {
    std::env::home_dir().unwrap_or_default()
}

/// D-Bus and the keyring refuse a run-time folder that others may read.
#[cfg(unix)]
fn restrict_to_owner(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
        .with_context(|| format!("closing {} to others", folder.display()))
}

#[cfg(not(unix))]
fn restrict_to_owner(_folder: &Path) -> Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn variable(command: &Command, name: &str) -> Option<Option<OsString>> {
        command
            .get_envs()
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value.map(OsString::from))
    }

    #[test]
    fn command_runs_inside_bus_display_and_keyring() {
        let mut command = Command::new("cargo");
        command.args(["nextest", "run"]);
        let arguments = session_arguments(&command);
        assert_eq!(arguments[..2], ["--", "xvfb-run"]);
        assert_eq!(
            arguments[arguments.len() - 4..],
            ["sh", "cargo", "nextest", "run"]
        );
    }

    #[test]
    fn tests_see_no_folder_of_the_developer() {
        let session = PrivateSession::create().expect("created");
        let wrapped = session.wrap(&Command::new("true"));
        for name in [
            "HOME",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "XDG_CACHE_HOME",
            "XDG_RUNTIME_DIR",
            "TMPDIR",
        ] {
            let folder = variable(&wrapped, name).flatten().map(PathBuf::from);
            assert!(
                folder.is_some_and(|folder| folder.starts_with(session.home.path())),
                "{name} points into the private folder"
            );
        }
        assert_eq!(
            variable(&wrapped, "DISPLAY"),
            Some(None),
            "the developer's screen is out of reach"
        );
    }

    #[test]
    fn cargo_keeps_its_own_folders() {
        let session = PrivateSession::create().expect("created");
        let wrapped = session.wrap(&Command::new("true"));
        for name in ["CARGO_HOME", "RUSTUP_HOME"] {
            let folder = variable(&wrapped, name).flatten().map(PathBuf::from);
            assert!(
                folder.is_some_and(|folder| !folder.starts_with(session.home.path())),
                "{name} stays outside the private folder: a cold one would download everything again"
            );
        }
    }

    #[test]
    fn private_folders_go_with_the_session() {
        let session = PrivateSession::create().expect("created");
        let folder = session.home.path().to_path_buf();
        assert!(folder.join("home").is_dir());
        drop(session);
        assert!(!folder.exists());
    }
}
