//! Hashing a folder's files, to know whether what was made from them is still right.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// SHA-256 in hex over the names and contents of every file below `folder`, in a fixed order.
/// Folders and files whose name is in `skipped` do not count, at any depth.
pub fn tree_hash(folder: &Path, skipped: &[&str]) -> Result<String> {
    let mut files = Vec::new();
    collect_files(folder, skipped, &mut files)?;
    files.sort();
    let mut hasher = Sha256::new();
    for file in files {
        let name = file.strip_prefix(folder).unwrap_or(&file);
        hasher.update(name.to_string_lossy().replace('\\', "/").as_bytes());
        hasher.update([0]);
        hasher.update(file_hash(&file)?.as_bytes());
    }
    Ok(hex::encode(hasher.finalize()))
}

pub fn file_hash(file: &Path) -> Result<String> {
    let opened = File::open(file).with_context(|| format!("opening {}", file.display()))?;
    stream_hash(opened).with_context(|| format!("reading {}", file.display()))
}

/// SHA-256 in hex of everything the reader yields.
pub fn stream_hash(mut reader: impl Read) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(hex::encode(hasher.finalize())),
            read => hasher.update(&buffer[..read]),
        }
    }
}

fn collect_files(folder: &Path, skipped: &[&str], files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("listing {}", folder.display()))?;
        if entry
            .file_name()
            .to_str()
            .is_some_and(|name| skipped.contains(&name))
        {
            continue;
        }
        let path = entry.path();
        if path.is_dir() {
            collect_files(&path, skipped, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::ScratchDir;

    fn write(folder: &Path, name: &str, text: &str) {
        let file = folder.join(name);
        std::fs::create_dir_all(file.parent().expect("it has a parent")).expect("created");
        std::fs::write(file, text).expect("written");
    }

    #[test]
    fn hash_follows_names_and_contents() {
        let scratch = ScratchDir::create("tree-contents").expect("created");
        let folder = scratch.path();
        write(folder, "a.ts", "one");
        write(folder, "deep/b.ts", "two");
        let before = tree_hash(folder, &[]).expect("hashed");

        assert_eq!(before, tree_hash(folder, &[]).expect("hashed"), "nothing changed");

        write(folder, "a.ts", "ONE");
        let changed = tree_hash(folder, &[]).expect("hashed");
        assert_ne!(before, changed, "a content changed");

        std::fs::rename(folder.join("a.ts"), folder.join("c.ts")).expect("renamed");
        assert_ne!(changed, tree_hash(folder, &[]).expect("hashed"), "a name changed");
    }

    #[test]
    fn skipped_names_do_not_count_at_any_depth() {
        let scratch = ScratchDir::create("tree-skipped").expect("created");
        let folder = scratch.path();
        write(folder, "a.ts", "one");
        let before = tree_hash(folder, &["node_modules"]).expect("hashed");
        write(folder, "node_modules/x/index.js", "x");
        write(folder, "deep/node_modules/y.js", "y");
        assert_eq!(before, tree_hash(folder, &["node_modules"]).expect("hashed"));
    }

    #[test]
    fn stream_hash_is_sha_256() {
        assert_eq!(
            stream_hash(&b"abc"[..]).expect("hashed"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "the test vector of FIPS 180-4"
        );
    }
}
