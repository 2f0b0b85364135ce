//! Public clients from the Python package index judge the simulator's dialects.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{cargo, run};
use crate::project::Project;
use crate::python::python_with_pip;
use crate::stamp::Stamp;
use crate::tree::file_hash;

/// Lets them list everything that the simulator serves.
pub fn ask_referees(project: &Project) -> Result<()> {
    let packages = install(project)?;
    let python = python_with_pip()?;
    // With the other tests, so that nothing is built with other features.
    run(cargo(project)
        .args([
            "test",
            "--workspace",
            "--test",
            "simulator",
            "--",
            "--ignored",
            "referees::",
        ])
        .env("MODERATO_REFEREES", packages)
        .env("MODERATO_PYTHON", python[0]))
}

/// Leaves the packages in a folder of their own and returns it.
fn install(project: &Project) -> Result<PathBuf> {
    let requirements = project
        .crate_dir("simulator")
        .join("tests/referees/requirements.txt");
    let folder = project.state().join("referees");
    let stamp = Stamp::at(project.state().join("referees.installed"));
    let key = file_hash(&requirements)?;
    if stamp.matches(&key) && folder.is_dir() {
        return Ok(folder);
    }
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    let python = python_with_pip()?;
    run(Command::new(python[0])
        .args(&python[1..])
        .args([
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--quiet",
            "--target",
        ])
        .arg(&folder)
        .arg("-r")
        .arg(&requirements))
    .context("installing the referees' packages")?;
    stamp.set(&key)?;
    Ok(folder)
}
