//! The TypeScript of the contract, written by the `contract` crate's own example.

use anyhow::{Context, Result};

use crate::command::{cargo, run};
use crate::drift::{DriftMode, settle};
use crate::project::{Project, ScratchDir};

pub fn renew_contract(project: &Project, mode: DriftMode) -> Result<()> {
    let scratch = ScratchDir::create("contract")?;
    run(cargo(project)
        .args([
            "run",
            "--quiet",
            "--package",
            "contract",
            "--example",
            "export",
            "--",
        ])
        .arg(scratch.path()))
    .context("generating the TypeScript")?;
    settle(
        mode,
        scratch.path(),
        &project.ui().join("src/contract"),
        "ts",
        "cargo xtask contract",
    )
}
