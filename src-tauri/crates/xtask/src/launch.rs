//! Starting the app on the sample workspace, or its main job in the terminal where no window can open.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{cargo, command_line, run};
use crate::packages::Purpose;
use crate::project::Project;
use crate::setup::{self, set_up};
use crate::steps::{Outcome, Steps, readable};
use crate::ui::build_ui;

pub fn run_app(project: &Project, app_arguments: &[String]) -> Result<()> {
    let with_window = can_show_window(std::env::consts::OS, |name| std::env::var_os(name).is_some());
    let mut steps = Steps::new(setup::STEP_COUNT + 3);
    set_up(project, Purpose::Build, &mut steps)?;
    steps.perform("The window's web part", || build_ui(project))?;
    let program = if with_window { WINDOW } else { HEADLESS };
    steps.perform("The app (the first build takes a while)", || {
        run(cargo(project).args(BUILD).args(["--bin", program.name]))?;
        Ok(Outcome::Done)
    })?;
    let prepared_in = readable(steps.elapsed());
    if with_window {
        steps.begin(&format!("Starting on the sample workspace, after {prepared_in}"));
    } else {
        println!(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open."
        );
        steps.begin(&format!(
            "The main job without a window, on the sample workspace, after {prepared_in}"
        ));
    }
    start(project, program, app_arguments)
}

struct Program {
    name: &'static str,
    arguments: &'static [&'static str],
}

/// Both packages, whichever program is wanted: the dependencies are then built once, for the tests as well.
const BUILD: [&str; 5] = ["build", "--package", "moderato", "--package", "headless"];

const WINDOW: Program = Program {
    name: "moderato",
    arguments: &["--sample"],
};

const HEADLESS: Program = Program {
    name: "moderatoctl",
    arguments: &["run", "--sample", "--until-idle"],
};

/// The app keeps the terminal's keyboard, so that Ctrl+C reaches it.
fn start(project: &Project, program: Program, app_arguments: &[String]) -> Result<()> {
    let file = format!("{}{}", program.name, std::env::consts::EXE_SUFFIX);
    let mut command = Command::new(project.target().join("debug").join(file));
    command
        .current_dir(project.root())
        // Beside the program there is a model only when the window was built as well.
        .env("MODERATO_MODELS", project.models())
        .args(program.arguments)
        .args(app_arguments);
    let status = command
        .status()
        .with_context(|| format!("starting `{}`", command_line(&command)))?;
    if !status.success() {
        bail!("the app ended with {status}");
    }
    Ok(())
}

fn can_show_window(system: &str, is_set: impl Fn(&str) -> bool) -> bool {
    system != "linux" || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linux_needs_a_display_and_other_systems_have_one() {
        assert!(can_show_window("linux", |name| name == "DISPLAY"));
        assert!(can_show_window("linux", |name| name == "WAYLAND_DISPLAY"));
        assert!(!can_show_window("linux", |_| false));
        assert!(can_show_window("macos", |_| false));
        assert!(can_show_window("windows", |_| false));
    }
}
