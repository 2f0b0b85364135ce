//! Every check and every test, in the order in which a mistake is cheapest to learn of.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::command::{cargo, run, run_reading_lines};
use crate::contract::renew_contract;
use crate::drift::DriftMode;
use crate::packages::Purpose;
use crate::private_session::PrivateSession;
use crate::project::Project;
use crate::queries::renew_queries;
use crate::referees::ask_referees;
use crate::setup::{self, set_up};
use crate::steps::{Outcome, Steps, readable};
use crate::ui::{build_ui, run_script};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckName {
    /// Rust formatting
    Fmt,
    /// ESLint
    UiLint,
    /// TypeScript
    UiTypes,
    /// Vitest
    UiTests,
    /// The production build of the window
    UiBuild,
    /// Clippy, warnings denied
    Clippy,
    /// Drift of the generated TypeScript
    Contract,
    /// Drift of the checked queries
    Queries,
    /// Every program
    Build,
    /// Every Rust test, those of the real window among them
    RustTests,
    /// Public clients from the Python package index, listing what the simulator serves
    Referees,
}

struct Finished {
    check: CheckName,
    took: Duration,
    passed: bool,
}

/// Stops at the first failure. The summary is printed either way.
pub fn run_checks(project: &Project, only: &[CheckName]) -> Result<()> {
    let chosen: Vec<CheckName> = CheckName::value_variants()
        .iter()
        .copied()
        .filter(|check| only.is_empty() || only.contains(check))
        .collect();
    let mut steps = Steps::new(setup::STEP_COUNT + chosen.len());
    set_up(project, Purpose::Test, &mut steps)?;

    let mut finished = Vec::new();
    let mut failure = None;
    for check in &chosen {
        let started = Instant::now();
        let result = steps.perform(check.title(), || check.perform(project));
        finished.push(Finished {
            check: *check,
            took: started.elapsed(),
            passed: result.is_ok(),
        });
        if let Err(error) = result {
            failure = Some(error.context(format!("the check `{}` failed", check.name())));
            break;
        }
    }
    println!("\n{}", summary(&chosen, &finished, steps.elapsed()));
    failure.map_or(Ok(()), Err)
}

impl CheckName {
    fn title(self) -> &'static str {
        match self {
            Self::Fmt => "Rust formatting",
            Self::UiLint => "UI lint",
            Self::UiTypes => "UI types",
            Self::UiTests => "UI tests",
            Self::UiBuild => "UI build",
            Self::Clippy => "Clippy",
            Self::Contract => "Generated TypeScript",
            Self::Queries => "Checked queries",
            Self::Build => "Programs",
            Self::RustTests => "Rust tests",
            Self::Referees => "Dialect referees",
        }
    }

    /// The word that `--only` takes.
    fn name(self) -> String {
        self.to_possible_value()
            .expect("no check is hidden from the command line")
            .get_name()
            .to_owned()
    }

    fn perform(self, project: &Project) -> Result<Outcome> {
        match self {
            Self::Fmt => run(cargo(project).args(["fmt", "--all", "--check"]))?,
            Self::UiLint => run_script(project, "lint")?,
            Self::UiTypes => run_script(project, "typecheck")?,
            Self::UiTests => run_script(project, "test")?,
            Self::UiBuild => return build_ui(project),
            Self::Clippy => {
                // The window's files are compiled into the app, so they must be there.
                build_ui(project)?;
                run(cargo(project).args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
            }
            Self::Contract => renew_contract(project, DriftMode::Check)?,
            Self::Queries => renew_queries(project, DriftMode::Check)?,
            Self::Build => build_programs(project)?,
            Self::RustTests => run_rust_tests(project)?,
            Self::Referees => ask_referees(project)?,
        }
        Ok(Outcome::Done)
    }
}

/// All but this program: Windows cannot replace one that is running.
fn build_programs(project: &Project) -> Result<()> {
    build_ui(project)?;
    run(cargo(project).args(["build", "--workspace", "--exclude", "xtask", "--bins"]))
}

/// Tests start the programs themselves, so these are built first; and all that is built,
/// is built outside the private session, where build scripts see the usual environment.
fn run_rust_tests(project: &Project) -> Result<()> {
    build_programs(project)?;
    let runner = RustTestRunner::installed(project);
    run(cargo(project).args(runner.arguments()).arg("--no-run")).context("building the tests")?;
    let session = PrivateSession::create()?;
    let mut tests = session.wrap(cargo(project).args(runner.arguments()));
    match runner {
        RustTestRunner::Nextest => run(&mut tests),
        RustTestRunner::Cargo => run_with_totals(&mut tests),
    }
}

/// `cargo test` sums up each test program alone; this adds them up.
fn run_with_totals(tests: &mut Command) -> Result<()> {
    let mut totals = TestTotals::default();
    let ended = run_reading_lines(tests, |line| {
        println!("{line}");
        totals.add(line);
    });
    println!("{} passed, {} failed", totals.passed, totals.failed);
    ended
}

#[derive(Debug, Default, PartialEq, Eq)]
struct TestTotals {
    passed: u32,
    failed: u32,
}

impl TestTotals {
    /// Counts a line such as `test result: ok. 12 passed; 0 failed; 0 ignored; …`; others say nothing.
    fn add(&mut self, line: &str) {
        let Some((_, counts)) = line
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for count in counts.split("; ") {
            match count
                .split_once(' ')
                .map(|(number, what)| (number.parse::<u32>(), what))
            {
                Some((Ok(number), "passed")) => self.passed += number,
                Some((Ok(number), "failed")) => self.failed += number,
                _ => {}
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum RustTestRunner {
    Nextest,
    Cargo,
}

impl RustTestRunner {
    fn installed(project: &Project) -> Self {
        let nextest = cargo(project)
            .args(["nextest", "--version"])
            .output()
            .is_ok_and(|output| output.status.success());
        if nextest { Self::Nextest } else { Self::Cargo }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Nextest => &["nextest", "run", "--workspace"],
            Self::Cargo => &["test", "--workspace", "--no-fail-fast"],
        }
    }
}

fn summary(chosen: &[CheckName], finished: &[Finished], total: Duration) -> String {
    let mut lines = vec![format!("{:<22}{:<10}{:>14}", "check", "result", "time")];
    for check in chosen {
        let (result, took) = match finished.iter().find(|one| one.check == *check) {
            Some(Finished {
                passed: true, took, ..
            }) => ("passed", readable(*took)),
            Some(Finished { took, .. }) => ("FAILED", readable(*took)),
            None => ("not run", String::new()),
        };
        lines.push(format!("{:<22}{result:<10}{took:>14}", check.title()));
    }
    lines.push(format!("{:<32}{:>14}", "with set-up", readable(total)));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_says_what_passed_failed_and_was_not_reached() {
        let chosen = [CheckName::Fmt, CheckName::UiLint, CheckName::Clippy];
        let finished = [
            Finished {
                check: CheckName::Fmt,
                took: Duration::from_millis(800),
                passed: true,
            },
            Finished {
                check: CheckName::UiLint,
                took: Duration::from_secs(4),
                passed: false,
            },
        ];
        let table = summary(&chosen, &finished, Duration::from_secs(65));
        let rows: Vec<Vec<&str>> = table
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(rows[1], ["Rust", "formatting", "passed", "0.8", "s"]);
        assert_eq!(rows[2], ["UI", "lint", "FAILED", "4.0", "s"]);
        assert_eq!(rows[3], ["Clippy", "not", "run"]);
        assert_eq!(rows[4], ["with", "set-up", "1", "min", "05", "s"]);
    }

    #[test]
    fn totals_add_up_over_test_programs() {
        let mut totals = TestTotals::default();
        for line in [
            "running 12 tests",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
            "test passed ... ok",
        ] {
            totals.add(line);
        }
        assert_eq!(
            totals,
            TestTotals {
                passed: 15,
                failed: 2
            }
        );
    }

    #[test]
    fn checks_are_named_on_the_command_line_as_in_the_failure() {
        for check in CheckName::value_variants() {
            assert_eq!(CheckName::from_str(&check.name(), false), Ok(*check));
        }
    }
}
