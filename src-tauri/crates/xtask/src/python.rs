//! The Python that fetches the models and prepares the database the queries are checked against.

use anyhow::{Context, Result};

use crate::command::succeeds;
use crate::packages::ensure_debian_packages;

/// How Python 3 is called here: its program and the arguments that come first.
pub fn python_with_pip() -> Result<&'static [&'static str]> {
    if let Some(found) = find_python_with_pip() {
        return Ok(found);
    }
    ensure_debian_packages(
        &["python3-pip"],
        "Python 3 with pip is missing: install it from https://python.org or your system's packages",
    )?;
    find_python_with_pip().context("python3-pip is installed, yet `python3 -m pip` does not start")
}

fn find_python_with_pip() -> Option<&'static [&'static str]> {
    const CANDIDATES: &[&[&str]] = &[&["python3"], &["python"], &["py", "-3"]];
    CANDIDATES
        .iter()
        .copied()
        .find(|python| succeeds(python[0], &[&python[1..], &["-m", "pip", "--version"]].concat()))
}
