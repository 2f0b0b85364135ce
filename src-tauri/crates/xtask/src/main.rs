//! Set-up, run, test, generated files and the installer, on every system the app runs on.
//!
//! It must compile in seconds on a machine that has only Rust, so it depends on nothing of ours.
//! It never touches what a developer keeps in their home folder: tests get a private one.
//! Start with `Task` below; each task has a file of its name.

// A command-line tool speaks on its standard output.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bundle;
mod command;
mod contract;
mod drift;
mod launch;
mod models;
mod packages;
mod private_session;
mod project;
mod python;
mod queries;
mod referees;
mod setup;
mod stamp;
mod steps;
mod test;
mod tree;
mod ui;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::bundle::BundleProfile;
use crate::drift::DriftMode;
use crate::project::Project;
use crate::test::CheckName;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs and tests Moderato", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what the build needs: system packages, npm packages, models
    Setup,
    /// Set up, build and start the app on the sample workspace
    Run {
        /// Passed on to the app
        #[arg(last = true)]
        app_arguments: Vec<String>,
    },
    /// Set up and run every check and every test
    Test {
        /// Run this check alone (may be repeated)
        #[arg(long, value_name = "STEP", value_enum)]
        only: Vec<CheckName>,
    },
    /// Write the TypeScript of the contract into ui/src/contract
    Contract {
        /// Change nothing; fail if the files are not what the code says
        #[arg(long)]
        check: bool,
    },
    /// Write what the database says about each query into storage/.sqlx
    Sqlx {
        /// Change nothing; fail if the files are not what the code says
        #[arg(long)]
        check: bool,
    },
    /// Make the installer for this system
    Bundle {
        #[arg(long, value_enum, default_value_t = BundleProfile::Release)]
        profile: BundleProfile,
    },
    /// Take pictures of every screen into screenshots/
    Screenshots,
}

fn main() -> ExitCode {
    match perform(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<()> {
    let project = Project::locate()?;
    match task {
        Task::Setup => setup::set_up_alone(&project),
        Task::Run { app_arguments } => launch::run_app(&project, &app_arguments),
        Task::Test { only } => test::run_checks(&project, &only),
        Task::Contract { check } => contract::renew_contract(&project, DriftMode::from_check(check)),
        Task::Sqlx { check } => queries::renew_queries(&project, DriftMode::from_check(check)),
        Task::Bundle { profile } => bundle::make_installer(&project, profile),
        Task::Screenshots => ui::take_screenshots(&project),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn command_line_definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn app_arguments_follow_two_dashes() {
        let arguments = Arguments::try_parse_from(["xtask", "run", "--", "--data-dir", "/tmp/x"]);
        let Ok(Arguments {
            task: Task::Run { app_arguments },
        }) = arguments
        else {
            panic!("`run -- …` is accepted");
        };
        assert_eq!(app_arguments, ["--data-dir", "/tmp/x"]);
    }
}
