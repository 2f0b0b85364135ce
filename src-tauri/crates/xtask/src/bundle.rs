//! The installer of this system, made by Tauri's own bundler.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::command::run;
use crate::packages::Purpose;
use crate::project::Project;
use crate::setup::{self, set_up};
use crate::steps::{Outcome, Steps};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BundleProfile {
    Release,
    /// Builds faster; larger and slower
    Dev,
}

pub fn make_installer(project: &Project, profile: BundleProfile) -> Result<()> {
    let mut steps = Steps::new(setup::STEP_COUNT + 1);
    set_up(project, Purpose::Build, &mut steps)?;
    let format = BundleFormat::of(std::env::consts::OS);
    steps.perform("Installer", || {
        run(Command::new("node")
            .current_dir(project.root())
            .args(bundler_arguments(profile, format))
            // The bundler reads it as a flag of its own and refuses "1".
            .env_remove("CI"))?;
        Ok(Outcome::Done)
    })?;
    let installer = newest_installer(&bundle_folder(project.target(), profile, format), format)?;
    let size_bytes = std::fs::metadata(&installer)
        .with_context(|| format!("looking at {}", installer.display()))?
        .len();
    println!("{}  {}", installer.display(), indicatif::DecimalBytes(size_bytes));
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BundleFormat {
    Deb,
    Dmg,
    Nsis,
}

impl BundleFormat {
    fn of(system: &str) -> Self {
        match system {
            "macos" => Self::Dmg,
            "windows" => Self::Nsis,
            _ => Self::Deb,
        }
    }

    /// As the bundler names the format and its folder.
    fn name(self) -> &'static str {
        match self {
            Self::Deb => "deb",
            Self::Dmg => "dmg",
            Self::Nsis => "nsis",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Deb => "deb",
            Self::Dmg => "dmg",
            Self::Nsis => "exe",
        }
    }
}

fn bundler_arguments(profile: BundleProfile, format: BundleFormat) -> Vec<&'static str> {
    let mut arguments = vec![
        "ui/node_modules/@tauri-apps/cli/tauri.js",
        "build",
        "--ci",
        "--bundles",
        format.name(),
    ];
    if profile == BundleProfile::Dev {
        arguments.push("--debug");
    }
    arguments
}

fn bundle_folder(target: &Path, profile: BundleProfile, format: BundleFormat) -> PathBuf {
    let folder = match profile {
        BundleProfile::Release => "release",
        BundleProfile::Dev => "debug",
    };
    target.join(folder).join("bundle").join(format.name())
}

/// Older versions stay in the folder.
fn newest_installer(folder: &Path, format: BundleFormat) -> Result<PathBuf> {
    std::fs::read_dir(folder)
        .with_context(|| format!("listing {}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| {
            path.is_file()
                && path
                    .extension()
                    .is_some_and(|extension| extension == format.extension())
        })
        .max_by_key(|path| {
            std::fs::metadata(path)
                .and_then(|metadata| metadata.modified())
                .unwrap_or(SystemTime::UNIX_EPOCH)
        })
        .with_context(|| {
            format!(
                "the bundler left no .{} in {}",
                format.extension(),
                folder.display()
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn development_installer_is_a_debug_build() {
        assert!(bundler_arguments(BundleProfile::Dev, BundleFormat::Deb).contains(&"--debug"));
        assert!(!bundler_arguments(BundleProfile::Release, BundleFormat::Deb).contains(&"--debug"));
        assert_eq!(
            bundle_folder(Path::new("/t"), BundleProfile::Dev, BundleFormat::Deb),
            Path::new("/t/debug/bundle/deb")
        );
    }

    #[test]
    fn each_system_gets_its_own_kind_of_installer() {
        assert_eq!(BundleFormat::of("linux").name(), "deb");
        assert_eq!(BundleFormat::of("macos").name(), "dmg");
        assert_eq!(BundleFormat::of("windows").extension(), "exe");
    }
}
