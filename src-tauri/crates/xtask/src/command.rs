//! Starting other programs: never waiting for a keyboard, always naming what failed.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, ErrorKind};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::project::Project;

/// Cargo in the repository, without the variables that describe xtask's own package:
/// build scripts that watch them would run again for nothing.
pub fn cargo(project: &Project) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(project.root());
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(describes_package) {
            command.env_remove(name);
        }
    }
    command
}

pub fn npm(project: &Project) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(project.ui());
    // npm's own advertisements have no place in a build log.
    command.env("NPM_CONFIG_UPDATE_NOTIFIER", "false");
    command
}

/// Runs to the end with the output on screen; a failure names the command.
pub fn run(command: &mut Command) -> Result<()> {
    let line = command_line(command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|error| not_started(&line, command, error))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Like `run`, and hands over each line of standard output instead of showing it.
pub fn run_reading_lines(command: &mut Command, mut on_line: impl FnMut(&str)) -> Result<()> {
    let line = command_line(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| not_started(&line, command, error))?;
    let output = child
        .stdout
        .take()
        .expect("standard output was asked for as a pipe");
    for printed in BufReader::new(output).lines() {
        on_line(&printed.with_context(|| format!("reading what `{line}` prints"))?);
    }
    let status = child.wait().with_context(|| format!("waiting for `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// What the program printed, or `None` when it is absent or ended with a failure.
pub fn output_if_any(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

pub fn succeeds(program: &str, arguments: &[&str]) -> bool {
    output_if_any(program, arguments).is_some()
}

pub fn command_line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| quoted(&part.to_os_string()))
        .collect::<Vec<_>>()
        .join(" ")
}

fn quoted(part: &OsString) -> String {
    let text = part.to_string_lossy();
    if text.is_empty() || text.contains([' ', '"', '\'', '$', '\n']) {
        format!("'{}'", text.replace('\'', r"'\''"))
    } else {
        text.into_owned()
    }
}

fn not_started(line: &str, command: &Command, error: std::io::Error) -> anyhow::Error {
    if error.kind() == ErrorKind::NotFound {
        anyhow::anyhow!(
            "`{}` is not installed, or not on the PATH (needed for `{line}`)",
            command.get_program().to_string_lossy()
        )
    } else {
        anyhow::Error::new(error).context(format!("starting `{line}`"))
    }
}

fn describes_package(name: &str) -> bool {
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_BIN_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_line_can_be_pasted_into_a_shell() {
        let mut command = Command::new("xvfb-run");
        command.args(["-s", "-screen 0 1920x1200x24", "it's"]);
        assert_eq!(
            command_line(&command),
            r"xvfb-run -s '-screen 0 1920x1200x24' 'it'\''s'"
        );
    }

    #[test]
    fn missing_program_is_named() {
        let error = run(&mut Command::new("moderato-no-such-program")).expect_err("it does not exist");
        assert!(
            error
                .to_string()
                .contains("`moderato-no-such-program` is not installed"),
            "the reader learns what to install, got: {error}"
        );
    }

    #[test]
    fn only_variables_about_a_package_are_dropped() {
        assert!(describes_package("CARGO_PKG_VERSION"));
        assert!(describes_package("CARGO_MANIFEST_DIR"));
        assert!(!describes_package("CARGO_HOME"), "the real Cargo home must stay");
        assert!(
            !describes_package("CARGO_TARGET_DIR"),
            "the build folder must stay"
        );
    }
}
