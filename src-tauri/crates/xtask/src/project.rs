//! Where things are in the repository and in the build folder.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};

pub struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// The repository that this program was built from.
    pub fn locate() -> Result<Self> {
        // Cargo sets the variable at run time too; it is the truth when clones share a build folder.
        let manifest_dir =
            std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest_dir)
            .ancestors()
            .nth(3)
            .context("the xtask crate lies three folders below the repository's top")?;
        let program = std::env::current_exe().context("finding this program's own path")?;
        // <target>/debug/xtask
        let target = program
            .ancestors()
            .nth(2)
            .context("this program lies two folders below the build folder")?;
        Ok(Self {
            root: root.to_path_buf(),
            target: target.to_path_buf(),
        })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    pub fn models(&self) -> PathBuf {
        self.root.join("src-tauri/models")
    }

    pub fn crate_dir(&self, name: &str) -> PathBuf {
        self.root.join("src-tauri/crates").join(name)
    }

    /// The folder for what xtask remembers and for its unfinished downloads.
    pub fn state(&self) -> PathBuf {
        self.target.join("xtask-state")
    }

    pub fn target(&self) -> &Path {
        &self.target
    }
}

/// A folder for the time of one task. Removed with all it holds when dropped.
pub struct ScratchDir {
    path: PathBuf,
}

impl ScratchDir {
    pub fn create(purpose: &str) -> Result<Self> {
        // Tests of one process run side by side.
        static CREATED: AtomicU32 = AtomicU32::new(0);
        let number = CREATED.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("moderato-{purpose}-{}-{number}", std::process::id()));
        if path.exists() {
            std::fs::remove_dir_all(&path).with_context(|| format!("clearing {}", path.display()))?;
        }
        std::fs::create_dir_all(&path).with_context(|| format!("creating {}", path.display()))?;
        Ok(Self { path })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ScratchDir {
    fn drop(&mut self) {
        if let Err(error) = self.remove() {
            eprintln!("could not remove {}: {error}", self.path.display());
        }
    }
}

impl ScratchDir {
    /// The desktop's document portal mounts a folder below `XDG_RUNTIME_DIR` and lets go of it shortly after the
    /// session has ended.
    #[expect(
        clippy::disallowed_methods,
        reason = "there is no runtime here, and nobody waits but this process"
    )]
    fn remove(&self) -> std::io::Result<()> {
        const TRIES: u32 = 30;
        for _ in 1..TRIES {
            if std::fs::remove_dir_all(&self.path).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        std::fs::remove_dir_all(&self.path)
    }
}
