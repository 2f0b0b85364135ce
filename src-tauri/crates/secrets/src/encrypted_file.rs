//! One file that holds every secret, encrypted with a passphrase (age, scrypt).

use age::secrecy::SecretString;
use async_trait::async_trait;
use domain::error::SecretError;
use domain::ports::{SecretBackend, SecretStore};
use std::collections::BTreeMap;
#[cfg(unix)]
use std::fs::File;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

type Entries = BTreeMap<String, Zeroizing<String>>;

/// Refuses files made to exhaust memory: 2^20 needs a GiB and several seconds.
const MAX_WORK_FACTOR: u8 = 20;
/// Refuses files that are not ours: a few dozen tokens fit in a fraction of it.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Holds the decrypted entries in memory and rewrites the whole file at each change.
///
/// A change is written to a new file, flushed to disk and renamed over the old one: after a crash either the
/// old or the new content is there.
pub struct EncryptedFileStore {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    passphrase: SecretString,
    work_factor: u8,
    entries: Mutex<Entries>,
}

impl EncryptedFileStore {
    /// Opens the file, or creates it empty with this passphrase.
    pub async fn open(
        path: PathBuf,
        passphrase: Zeroizing<String>,
        work_factor: u8,
    ) -> Result<Self, SecretError> {
        if passphrase.is_empty() {
            return Err(SecretError::WrongPassphrase);
        }
        let passphrase = SecretString::from(passphrase.as_str());
        off_the_async_threads(move || {
            let entries = match read_file(&path)? {
                Some(sealed) => unseal(&sealed, &passphrase)?,
                None => {
                    let sealed = seal(&Entries::new(), &passphrase, work_factor)?;
                    replace_file(&path, &sealed).map_err(|error| file_error("write", &error))?;
                    Entries::new()
                }
            };
            Ok(Self {
                shared: Arc::new(Shared {
                    path,
                    passphrase,
                    work_factor,
                    entries: Mutex::new(entries),
                }),
            })
        })
        .await
    }

    async fn change(
        &self,
        edit: impl FnOnce(&mut Entries) -> bool + Send + 'static,
    ) -> Result<(), SecretError> {
        let shared = self.shared.clone();
        off_the_async_threads(move || {
            let mut entries = shared.entries.lock().unwrap_or_else(PoisonError::into_inner);
            let mut changed = entries.clone();
            if edit(&mut changed) {
                let sealed = seal(&changed, &shared.passphrase, shared.work_factor)?;
                replace_file(&shared.path, &sealed).map_err(|error| file_error("write", &error))?;
                *entries = changed;
            }
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl SecretStore for EncryptedFileStore {
    fn backend(&self) -> SecretBackend {
        SecretBackend::EncryptedFile
    }

    async fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, SecretError> {
        let (shared, name) = (self.shared.clone(), name.to_owned());
        off_the_async_threads(move || {
            let entries = shared.entries.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(entries.get(&name).cloned())
        })
        .await
    }

    async fn set(&self, name: &str, value: &str) -> Result<(), SecretError> {
        let (name, value) = (name.to_owned(), Zeroizing::new(value.to_owned()));
        self.change(move |entries| entries.insert(name, value.clone()).as_ref() != Some(&value))
            .await
    }

    async fn delete(&self, name: &str) -> Result<(), SecretError> {
        let name = name.to_owned();
        self.change(move |entries| entries.remove(&name).is_some()).await
    }
}

/// scrypt takes about half a second at the product's cost.
async fn off_the_async_threads<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SecretError> + Send + 'static,
) -> Result<T, SecretError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|ended| {
        Err(SecretError::Failed {
            detail: format!("the work on the encrypted file ended early: {ended}"),
        })
    })
}

fn seal(entries: &Entries, passphrase: &SecretString, work_factor: u8) -> Result<Vec<u8>, SecretError> {
    let plain: BTreeMap<&str, &str> = entries
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    // Room for the worst case (every byte escaped), so that growing leaves no unwiped copy behind.
    let room: usize = plain.iter().map(|(k, v)| 6 * (k.len() + v.len()) + 8).sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(room + 2));
    serde_json::to_writer(&mut *bytes, &plain).map_err(|error| SecretError::Failed {
        detail: format!("the secrets could not be written down: {error}"),
    })?;
    let mut recipient = age::scrypt::Recipient::new(passphrase.clone());
    recipient.set_work_factor(work_factor);
    age::encrypt(&recipient, &bytes).map_err(|error| SecretError::Failed {
        detail: format!("encrypting failed: {error}"),
    })
}

fn unseal(sealed: &[u8], passphrase: &SecretString) -> Result<Entries, SecretError> {
    let mut identity = age::scrypt::Identity::new(passphrase.clone());
    identity.set_max_work_factor(MAX_WORK_FACTOR);
    let plain = age::decrypt(&identity, sealed)
        .map(Zeroizing::new)
        .map_err(|error| match error {
            age::DecryptError::KeyDecryptionFailed
            | age::DecryptError::DecryptionFailed
            | age::DecryptError::NoMatchingKeys => SecretError::WrongPassphrase,
            damaged => SecretError::Failed {
                detail: format!("the encrypted file is damaged: {damaged}"),
            },
        })?;
    // The parser's message may quote the text it failed at, which is secret here.
    let entries: BTreeMap<String, String> =
        serde_json::from_slice(&plain).map_err(|_| SecretError::Failed {
            detail: "the encrypted file holds something else than secrets".to_owned(),
        })?;
    Ok(entries
        .into_iter()
        .map(|(name, value)| (name, Zeroizing::new(value)))
        .collect())
}

/// `None` when there is no such file.
fn read_file(path: &Path) -> Result<Option<Vec<u8>>, SecretError> {
    match std::fs::metadata(path) {
        Ok(about) if about.len() > MAX_FILE_BYTES => Err(SecretError::Failed {
            detail: format!("the encrypted file has {} bytes, which is not ours", about.len()),
        }),
        Ok(_) => std::fs::read(path)
            .map(Some)
            .map_err(|error| file_error("read", &error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file_error("read", &error)),
    }
}

fn replace_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder)?;
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let fresh = PathBuf::from(name);
    if let Err(error) = std::fs::remove_file(&fresh)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    file.write_all(content)?;
    file.sync_all()?;
    drop(file);
    std::fs::rename(&fresh, path)?;
    // The rename itself is durable only once the folder is; Windows offers no such call.
    #[cfg(unix)]
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}

fn file_error(verb: &str, error: &io::Error) -> SecretError {
    SecretError::Failed {
        detail: format!("cannot {verb} the encrypted file: {error}"),
    }
}
