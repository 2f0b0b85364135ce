//! The keychain of the system and its two fallbacks: a file encrypted with a passphrase, and memory.
//!
//! Never writes a secret in plain text, never puts one into an error or a log line, and never chooses a weaker
//! place by itself: with no keychain the store stays [`SecretBackend::Unavailable`] until the user has chosen.
//! Start with [`open`] and [`Secrets`]; the three places are in [`keychain`], [`encrypted_file`] and [`session`].

pub mod encrypted_file;
pub mod keychain;
pub mod session;

pub use encrypted_file::EncryptedFileStore;
pub use keychain::KeychainStore;
pub use session::SessionStore;

use async_trait::async_trait;
use domain::error::SecretError;
use domain::ports::{SecretBackend, SecretStore};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use zeroize::Zeroizing;

/// Where secrets may go on this machine.
#[derive(Debug, Clone)]
pub struct Options {
    /// Name under which entries appear in the system's keychain.
    pub service: String,
    /// The encrypted file, whether or not it exists yet.
    pub encrypted_file: PathBuf,
    /// scrypt cost of the encrypted file: `N = 2^work_factor`.
    pub work_factor: u8,
    /// Longest wait for the keychain, which may be asking the user to unlock it.
    pub keychain_wait: Duration,
}

impl Options {
    /// The product's own values: service `moderato`, scrypt N = 2^17 (OWASP's floor), a minute to unlock.
    pub fn new(encrypted_file: impl Into<PathBuf>) -> Self {
        Self {
            service: "moderato".to_owned(),
            encrypted_file: encrypted_file.into(),
            work_factor: 17,
            keychain_wait: Duration::from_secs(60),
        }
    }
}

/// A secret store whose place can change while others hold it.
///
/// While the place is [`SecretBackend::Unavailable`], every call fails with [`Secrets::unavailable_because`].
pub struct Secrets {
    options: Options,
    place: RwLock<Place>,
}

#[derive(Clone)]
enum Place {
    Unavailable(SecretError),
    Keychain(Arc<KeychainStore>),
    EncryptedFile(Arc<EncryptedFileStore>),
    SessionOnly(Arc<SessionStore>),
}

/// Opens the place chosen earlier, as far as that needs no answer from the user.
///
/// An encrypted file that exists was chosen by the user, so it stands before the keychain and waits for its
/// passphrase. Otherwise the keychain is tried. Never fails: what went wrong is kept as the reason.
pub async fn open(options: Options) -> Secrets {
    let waits_for_passphrase = options.encrypted_file.exists();
    let secrets = Secrets {
        options,
        place: RwLock::new(Place::Unavailable(SecretError::NoKeychain {
            detail: "secrets are in the encrypted file, which waits for its passphrase".to_owned(),
        })),
    };
    if !waits_for_passphrase && let Err(reason) = secrets.use_keychain().await {
        tracing::warn!(%reason, "no keychain: secrets cannot be kept until a place is chosen");
        secrets.put(Place::Unavailable(reason));
    }
    secrets
}

impl Secrets {
    /// Why nothing can be kept; `None` once a place is open.
    pub fn unavailable_because(&self) -> Option<SecretError> {
        match self.current() {
            Place::Unavailable(reason) => Some(reason),
            _ => None,
        }
    }

    /// An encrypted file is there, to be opened with its passphrase.
    pub fn encrypted_file_exists(&self) -> bool {
        self.options.encrypted_file.exists()
    }

    /// Tries the keychain, also after an earlier failure, and keeps the present place when it fails.
    pub async fn use_keychain(&self) -> Result<(), SecretError> {
        let keychain = KeychainStore::new(&self.options.service, self.options.keychain_wait);
        keychain.check().await?;
        self.move_to(Place::Keychain(Arc::new(keychain))).await
    }

    /// Opens the encrypted file, or creates it with this passphrase when there is none.
    pub async fn use_encrypted_file(&self, passphrase: Zeroizing<String>) -> Result<(), SecretError> {
        let file = EncryptedFileStore::open(
            self.options.encrypted_file.clone(),
            passphrase,
            self.options.work_factor,
        )
        .await?;
        self.move_to(Place::EncryptedFile(Arc::new(file))).await
    }

    /// Keeps secrets in memory until the app ends.
    pub async fn use_session_only(&self) -> Result<(), SecretError> {
        if matches!(self.current(), Place::SessionOnly(_)) {
            return Ok(());
        }
        self.move_to(Place::SessionOnly(Arc::new(SessionStore::default())))
            .await
    }

    /// Takes along what was kept for this session only, so that choosing a better place loses no sign-in.
    async fn move_to(&self, next: Place) -> Result<(), SecretError> {
        if let Place::SessionOnly(session) = self.current() {
            let store = next.store()?;
            for (name, value) in session.entries() {
                store.set(&name, &value).await?;
            }
        }
        self.put(next);
        Ok(())
    }

    fn current(&self) -> Place {
        self.place.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, place: Place) {
        *self.place.write().unwrap_or_else(PoisonError::into_inner) = place;
    }

    fn store(&self) -> Result<Arc<dyn SecretStore>, SecretError> {
        self.current().store()
    }
}

impl Place {
    fn store(&self) -> Result<Arc<dyn SecretStore>, SecretError> {
        match self {
            Self::Unavailable(reason) => Err(reason.clone()),
            Self::Keychain(store) => Ok(store.clone()),
            Self::EncryptedFile(store) => Ok(store.clone()),
            Self::SessionOnly(store) => Ok(store.clone()),
        }
    }
}

#[async_trait]
impl SecretStore for Secrets {
    fn backend(&self) -> SecretBackend {
        self.current()
            .store()
            .map_or(SecretBackend::Unavailable, |store| store.backend())
    }

    async fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, SecretError> {
        self.store()?.get(name).await
    }

    async fn set(&self, name: &str, value: &str) -> Result<(), SecretError> {
        self.store()?.set(name, value).await
    }

    async fn delete(&self, name: &str) -> Result<(), SecretError> {
        self.store()?.delete(name).await
    }
}
