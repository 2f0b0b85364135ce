//! The window's web part: Node, npm packages, the production build, screenshots.

use anyhow::{Context, Result, bail};

use crate::command::{npm, output_if_any, run};
use crate::project::Project;
use crate::stamp::Stamp;
use crate::steps::{Outcome, Steps};
use crate::tree::{file_hash, tree_hash};

/// Vite's own floor, as in `engines` of ui/package.json.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// Folders of ui/ that are made from the rest.
const MADE_FOLDERS: &[&str] = &["node_modules", "dist", "coverage"];

pub fn check_node() -> Result<Outcome> {
    let Some(printed) = output_if_any("node", &["--version"]) else {
        bail!(
            "Node.js is missing: install version {} or newer from https://nodejs.org",
            oldest_node()
        );
    };
    match parse_node_version(&printed) {
        Some(version) if version >= OLDEST_NODE => Ok(Outcome::UpToDate),
        _ => bail!(
            "Node.js {} is too old: install version {} or newer from https://nodejs.org",
            printed.trim(),
            oldest_node()
        ),
    }
}

/// `npm ci`, unless node_modules came from this very lock file.
pub fn install_npm_packages(project: &Project) -> Result<Outcome> {
    let ui = project.ui();
    let key = file_hash(&ui.join("package-lock.json"))?;
    // Inside node_modules, so that it goes when they go.
    let stamp = Stamp::at(ui.join("node_modules/.moderato-stamp"));
    if stamp.matches(&key) {
        return Ok(Outcome::UpToDate);
    }
    run(npm(project).args(["ci", "--no-audit", "--no-fund"])).context("installing the npm packages")?;
    stamp.set(&key)?;
    Ok(Outcome::Done)
}

/// `npm run build`, unless ui/dist was made from these very sources.
pub fn build_ui(project: &Project) -> Result<Outcome> {
    let ui = project.ui();
    let key = tree_hash(&ui, MADE_FOLDERS)?;
    let stamp = Stamp::at(ui.join("node_modules/.moderato-build-stamp"));
    if stamp.matches(&key) && ui.join("dist/index.html").is_file() {
        return Ok(Outcome::UpToDate);
    }
    run_script(project, "build")?;
    stamp.set(&key)?;
    Ok(Outcome::Done)
}

/// One of the scripts of ui/package.json.
pub fn run_script(project: &Project, script: &str) -> Result<()> {
    run(npm(project).args(["run", script]))
}

pub fn take_screenshots(project: &Project) -> Result<()> {
    let mut steps = Steps::new(3);
    steps.perform("Node.js", check_node)?;
    steps.perform("npm packages", || install_npm_packages(project))?;
    steps.perform("Screenshots", || {
        run_script(project, "screenshots")?;
        Ok(Outcome::Done)
    })?;
    println!("      see {}", project.root().join("screenshots").display());
    Ok(())
}

fn oldest_node() -> String {
    format!("{}.{}", OLDEST_NODE.0, OLDEST_NODE.1)
}

fn parse_node_version(printed: &str) -> Option<(u32, u32)> {
    let mut parts = printed.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_are_compared_as_numbers() {
        assert_eq!(parse_node_version("v20.19.2\n"), Some((20, 19)));
        assert!(parse_node_version("v22.3.0") > Some(OLDEST_NODE));
        assert!(
            parse_node_version("v9.11.1") < Some(OLDEST_NODE),
            "9 is older than 20"
        );
        assert!(
            parse_node_version("v20.9.0") < Some(OLDEST_NODE),
            "20.9 is older than 20.19"
        );
        assert_eq!(parse_node_version("not node"), None);
    }

    #[test]
    fn stated_floor_is_the_one_of_the_npm_package() {
        let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo names the package");
        let package = std::fs::read_to_string(format!("{here}/../../../ui/package.json"))
            .expect("ui/package.json is there");
        assert!(
            package.contains(&format!("\">={}\"", oldest_node())),
            "`engines` of ui/package.json and OLDEST_NODE say the same"
        );
    }
}
