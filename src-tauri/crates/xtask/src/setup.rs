//! Set-up: the steps that come before running and testing, none of which is repeated without a reason.

use anyhow::Result;

use crate::command::{cargo, run, succeeds};
use crate::models::fetch_models;
use crate::packages::{Purpose, ensure_packages};
use crate::project::Project;
use crate::steps::{Outcome, Steps, readable};
use crate::ui::{check_node, install_npm_packages};

/// How many steps `set_up` announces.
pub const STEP_COUNT: usize = 5;

pub fn set_up_alone(project: &Project) -> Result<()> {
    let mut steps = Steps::new(STEP_COUNT);
    set_up(project, Purpose::Build, &mut steps)?;
    println!(
        "Ready in {}. `cargo xtask run` starts the app.",
        readable(steps.elapsed())
    );
    Ok(())
}

/// A model that cannot be fetched stops only the tests: the app runs without it, and says so.
pub fn set_up(project: &Project, purpose: Purpose, steps: &mut Steps) -> Result<()> {
    steps.perform("System packages", || ensure_packages(purpose))?;
    steps.perform("Rust components", || ensure_rust_components(project, purpose))?;
    steps.perform("Node.js", check_node)?;
    steps.perform("npm packages", || install_npm_packages(project))?;
    steps.perform("Models", || match fetch_models(project) {
        Err(error) if purpose == Purpose::Build => {
            println!("      could not fetch the model: {error:#}");
            println!("      without it the app searches by words and letter groups, which finds less");
            Ok(Outcome::GoneWithout)
        }
        result => result,
    })?;
    Ok(())
}

/// A minimal tool chain lacks the two that the checks call.
fn ensure_rust_components(project: &Project, purpose: Purpose) -> Result<Outcome> {
    if purpose == Purpose::Build {
        return Ok(Outcome::UpToDate);
    }
    let missing: Vec<&str> = [("fmt", "rustfmt"), ("clippy", "clippy")]
        .into_iter()
        .filter(|(subcommand, _)| {
            cargo(project)
                .args([*subcommand, "--version"])
                .output()
                .is_ok_and(|output| !output.status.success())
        })
        .map(|(_, component)| component)
        .collect();
    if missing.is_empty() {
        return Ok(Outcome::UpToDate);
    }
    if !succeeds("rustup", &["--version"]) {
        anyhow::bail!(
            "the Rust tool chain lacks {}: install it beside cargo",
            missing.join(" and ")
        );
    }
    run(std::process::Command::new("rustup")
        .args(["component", "add"])
        .args(&missing))?;
    Ok(Outcome::Done)
}
