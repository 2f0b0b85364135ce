//! What the program left on the disk.

use std::path::{Path, PathBuf};

/// Every file below `folder`.
pub fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files
}

/// Files below `folder` that hold `needle`, as it is or in UTF-16.
pub fn files_with(folder: &Path, needle: &str) -> Vec<PathBuf> {
    let wide: Vec<u8> = needle.encode_utf16().flat_map(u16::to_le_bytes).collect();
    all_files(folder)
        .into_iter()
        .filter(|file| {
            let bytes = std::fs::read(file).unwrap();
            holds(&bytes, needle.as_bytes()) || holds(&bytes, &wide)
        })
        .collect()
}

pub fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}
