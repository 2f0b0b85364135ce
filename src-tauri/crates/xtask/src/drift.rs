//! Generated files kept in the repository: renewing them, or failing when they no longer match.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriftMode {
    Check,
    Write,
}

impl DriftMode {
    pub fn from_check(check: bool) -> Self {
        if check { Self::Check } else { Self::Write }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Difference {
    Missing(String),
    Changed(String),
    Stale(String),
}

/// Makes the files of this extension in `kept` equal to those in `fresh`, or fails naming `command` to do it.
pub fn settle(mode: DriftMode, fresh: &Path, kept: &Path, extension: &str, command: &str) -> Result<()> {
    let fresh_files = read_files(fresh, extension)?;
    if fresh_files.is_empty() {
        bail!("nothing was generated into {}", fresh.display());
    }
    let differences = compare(&fresh_files, &read_files(kept, extension)?);
    if differences.is_empty() {
        println!("      {} files are as the code says", fresh_files.len());
        return Ok(());
    }
    let list = differences.iter().map(describe).collect::<Vec<_>>().join("\n");
    if mode == DriftMode::Check {
        bail!(
            "{} differs from what the code says; `{command}` renews it\n{list}",
            kept.display()
        );
    }
    apply(&differences, &fresh_files, kept)?;
    println!("{list}");
    Ok(())
}

fn read_files(folder: &Path, extension: &str) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for entry in std::fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))? {
        let path = entry
            .with_context(|| format!("listing {}", folder.display()))?
            .path();
        if path.extension().is_some_and(|found| found == extension) {
            let text =
                std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            // A checkout on Windows may have other line ends.
            files.insert(name, text.replace("\r\n", "\n"));
        }
    }
    Ok(files)
}

fn compare(fresh: &BTreeMap<String, String>, kept: &BTreeMap<String, String>) -> Vec<Difference> {
    let wanted = fresh.iter().filter_map(|(name, text)| match kept.get(name) {
        None => Some(Difference::Missing(name.clone())),
        Some(found) if found != text => Some(Difference::Changed(name.clone())),
        Some(_) => None,
    });
    let stale = kept
        .keys()
        .filter(|name| !fresh.contains_key(*name))
        .cloned()
        .map(Difference::Stale);
    wanted.chain(stale).collect()
}

fn apply(differences: &[Difference], fresh: &BTreeMap<String, String>, kept: &Path) -> Result<()> {
    std::fs::create_dir_all(kept).with_context(|| format!("creating {}", kept.display()))?;
    for difference in differences {
        match difference {
            Difference::Missing(name) | Difference::Changed(name) => {
                std::fs::write(kept.join(name), &fresh[name]).with_context(|| format!("writing {name}"))?;
            }
            Difference::Stale(name) => {
                std::fs::remove_file(kept.join(name)).with_context(|| format!("removing {name}"))?;
            }
        }
    }
    Ok(())
}

fn describe(difference: &Difference) -> String {
    match difference {
        Difference::Missing(name) => format!("      new      {name}"),
        Difference::Changed(name) => format!("      changed  {name}"),
        Difference::Stale(name) => format!("      stale    {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::ScratchDir;

    struct Folders {
        scratch: ScratchDir,
    }

    impl Folders {
        fn create(purpose: &str) -> Self {
            let scratch = ScratchDir::create(purpose).expect("created");
            for name in ["fresh", "kept"] {
                std::fs::create_dir(scratch.path().join(name)).expect("created");
            }
            Self { scratch }
        }

        fn write(&self, name: &str, text: &str) {
            std::fs::write(self.scratch.path().join(name), text).expect("written");
        }

        fn settle(&self, mode: DriftMode) -> Result<()> {
            let path = self.scratch.path();
            settle(
                mode,
                &path.join("fresh"),
                &path.join("kept"),
                "ts",
                "cargo xtask contract",
            )
        }
    }

    #[test]
    fn each_kind_of_drift_is_named_and_then_repaired() {
        let folders = Folders::create("drift-kinds");
        folders.write("fresh/new.ts", "n");
        folders.write("fresh/changed.ts", "now");
        folders.write("kept/changed.ts", "before");
        folders.write("kept/stale.ts", "s");
        folders.write("kept/README.md", "by hand");

        let error = folders
            .settle(DriftMode::Check)
            .expect_err("they differ")
            .to_string();
        for part in [
            "new      new.ts",
            "changed  changed.ts",
            "stale    stale.ts",
            "`cargo xtask contract` renews it",
        ] {
            assert!(error.contains(part), "`{part}` is missing from: {error}");
        }
        assert!(!error.contains("README.md"), "files of another kind are not ours");

        folders.settle(DriftMode::Write).expect("repaired");
        folders
            .settle(DriftMode::Check)
            .expect("nothing differs any more");
        assert!(!folders.scratch.path().join("kept/stale.ts").exists());
        assert!(folders.scratch.path().join("kept/README.md").exists());
    }

    #[test]
    fn check_changes_nothing() {
        let folders = Folders::create("drift-check");
        folders.write("fresh/a.ts", "now");
        folders.write("kept/a.ts", "before");
        assert!(folders.settle(DriftMode::Check).is_err());
        let kept = std::fs::read_to_string(folders.scratch.path().join("kept/a.ts")).expect("read");
        assert_eq!(kept, "before");
    }

    #[test]
    fn line_ends_of_a_windows_checkout_are_no_drift() {
        let folders = Folders::create("drift-crlf");
        folders.write("fresh/a.ts", "one\ntwo\n");
        folders.write("kept/a.ts", "one\r\ntwo\r\n");
        folders.settle(DriftMode::Check).expect("equal but for line ends");
    }

    #[test]
    fn generator_that_wrote_nothing_is_a_failure() {
        let folders = Folders::create("drift-empty");
        folders.write("kept/a.ts", "precious");
        assert!(folders.settle(DriftMode::Write).is_err());
        assert!(
            folders.scratch.path().join("kept/a.ts").exists(),
            "an empty result deletes nothing"
        );
    }
}
