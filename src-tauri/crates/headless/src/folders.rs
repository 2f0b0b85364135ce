//! Where things lie below the data folder.

use anyhow::{Context as _, bail};
use contract::WorkspaceKind;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone)]
pub struct Folders {
    pub data: PathBuf,
}

impl Folders {
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self { data: data.into() }
    }

    /// `MODERATO_DATA`, else the system's folder for application data.
    pub fn usual() -> Option<Self> {
        if let Some(data) = std::env::var_os("MODERATO_DATA") {
            return Some(Self::new(data));
        }
        dirs::data_dir().map(|dir| Self::new(dir.join("app.moderato.desktop")))
    }

    pub fn settings(&self) -> PathBuf {
        self.data.join("settings.toml")
    }

    pub fn secrets(&self) -> PathBuf {
        self.data.join("secrets.age")
    }

    pub fn logs(&self) -> PathBuf {
        self.data.join("logs")
    }

    /// Names the workspace to open at the next start.
    pub fn last_workspace(&self) -> PathBuf {
        self.data.join("workspace")
    }

    /// The workspace to open at the next start; `None` before the first.
    pub fn last(&self) -> anyhow::Result<Option<WorkspaceKind>> {
        let name = match std::fs::read_to_string(self.last_workspace()) {
            Ok(name) => name,
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).context("reading which workspace was open"),
        };
        let kind = [WorkspaceKind::Sample, WorkspaceKind::Own]
            .into_iter()
            .find(|kind| name_of(*kind) == name.trim());
        match kind {
            Some(kind) => Ok(Some(kind)),
            None => bail!("the last workspace has an unknown name: {}", name.trim()),
        }
    }

    pub fn set_last(&self, kind: WorkspaceKind) -> anyhow::Result<()> {
        std::fs::write(self.last_workspace(), name_of(kind)).context("noting the open workspace")
    }

    pub fn workspace(&self, kind: WorkspaceKind) -> WorkspaceFolders {
        WorkspaceFolders {
            root: self.data.join("workspaces").join(name_of(kind)),
        }
    }
}

fn name_of(kind: WorkspaceKind) -> &'static str {
    match kind {
        WorkspaceKind::Sample => "sample",
        WorkspaceKind::Own => "own",
    }
}

#[derive(Debug, Clone)]
pub struct WorkspaceFolders {
    pub root: PathBuf,
}

impl WorkspaceFolders {
    pub fn database(&self) -> PathBuf {
        self.root.join("moderato.db")
    }

    pub fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    pub fn journal(&self) -> PathBuf {
        self.root.join("simulator.jsonl")
    }

    /// Holds the address of the sample's running simulator, for looking at what was really posted.
    pub fn simulator_url(&self) -> PathBuf {
        self.root.join("simulator.url")
    }

    pub fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }
}

/// The folder of models: where `MODERATO_MODELS` says, in the package's resource folder, or beside the program.
pub fn models_folder(resources: Option<&Path>) -> PathBuf {
    if let Some(named) = std::env::var_os("MODERATO_MODELS") {
        return PathBuf::from(named);
    }
    let mut places: Vec<PathBuf> = Vec::new();
    if let Some(resources) = resources {
        places.push(resources.join("models"));
    }
    if let Ok(program) = std::env::current_exe()
        && let Some(folder) = program.parent()
    {
        // Beside the program, beside the folder of test programs, and where the .deb puts resources.
        places.push(folder.join("models"));
        places.push(folder.join("../models"));
        places.push(folder.join("../lib/Moderato/models"));
    }
    let found = places
        .iter()
        .find(|folder| folder.join(local_models::E5_FILE).exists());
    found.or(places.first()).cloned().unwrap_or_default()
}
