//! The keychain of the system: Secret Service, macOS Keychain or Windows Credential Manager.
//!
//! The keychain's own calls block and may wait for the user, so they run off the async threads, one at a time,
//! and each wait is bounded.

use async_trait::async_trait;
use domain::error::SecretError;
use domain::ports::{SecretBackend, SecretStore};
use keyring_core::{CredentialStore, Error as KeychainError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// Written once by [`KeychainStore::check`]: a locked Secret Service answers "no such entry" to reads, so only
/// an entry that must be there tells "locked" from "nothing kept".
const MARKER: &str = "in-use";

/// Entries under one service name. Connects at the first call, and again after the connection broke.
pub struct KeychainStore {
    service: String,
    wait: Duration,
    connection: Arc<Mutex<Option<Arc<CredentialStore>>>>,
    one_call: Arc<Semaphore>,
}

impl KeychainStore {
    pub fn new(service: &str, wait: Duration) -> Self {
        Self {
            service: service.to_owned(),
            wait,
            connection: Arc::default(),
            one_call: Arc::new(Semaphore::new(1)),
        }
    }

    /// Fails with [`SecretError::NoKeychain`] when none answers and [`SecretError::Locked`] when it stays locked.
    pub async fn check(&self) -> Result<(), SecretError> {
        if self.get(MARKER).await?.is_none() {
            self.set(MARKER, "1").await?;
        }
        Ok(())
    }

    async fn call<T: Send + 'static>(
        &self,
        name: &str,
        action: impl Fn(&keyring_core::Entry) -> Result<T, KeychainError> + Send + 'static,
    ) -> Result<T, SecretError> {
        let (service, name) = (self.service.clone(), name.to_owned());
        let (connection, one_call) = (self.connection.clone(), self.one_call.clone());
        let bounded = async move {
            let turn = one_call
                .acquire_owned()
                .await
                .expect("the semaphore is never closed");
            tokio::task::spawn_blocking(move || {
                // Given back only when the blocking call ends, which may be after the caller stopped waiting.
                let _turn = turn;
                with_connection(&connection, connect, |store| {
                    action(&store.build(&service, &name, None)?)
                })
            })
            .await
        };
        match tokio::time::timeout(self.wait, bounded).await {
            Ok(Ok(result)) => result,
            Ok(Err(panicked)) => Err(SecretError::Failed {
                detail: format!("the keychain call ended early: {panicked}"),
            }),
            Err(_elapsed) => Err(SecretError::Locked),
        }
    }
}

#[async_trait]
impl SecretStore for KeychainStore {
    fn backend(&self) -> SecretBackend {
        SecretBackend::Keychain
    }

    async fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, SecretError> {
        let bytes = self
            .call(name, |entry| match entry.get_secret() {
                Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
                Err(KeychainError::NoEntry) => Ok(None),
                Err(error) => Err(error),
            })
            .await?;
        let Some(bytes) = bytes else { return Ok(None) };
        let text = std::str::from_utf8(&bytes).map_err(|_| SecretError::Failed {
            detail: format!("the entry \"{name}\" was not written by this app"),
        })?;
        Ok(Some(Zeroizing::new(text.to_owned())))
    }

    async fn set(&self, name: &str, value: &str) -> Result<(), SecretError> {
        let value = Zeroizing::new(value.as_bytes().to_vec());
        self.call(name, move |entry| entry.set_secret(&value)).await
    }

    async fn delete(&self, name: &str) -> Result<(), SecretError> {
        self.call(name, |entry| match entry.delete_credential() {
            Ok(()) | Err(KeychainError::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
        .await
    }
}

/// Runs one keychain action, and once more on a new connection when the kept one turned out to be dead.
fn with_connection<T>(
    kept: &Mutex<Option<Arc<CredentialStore>>>,
    connect: impl FnOnce() -> Result<Arc<CredentialStore>, KeychainError>,
    action: impl Fn(&CredentialStore) -> Result<T, KeychainError>,
) -> Result<T, SecretError> {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(store) = kept.as_deref() {
        match action(store) {
            Err(KeychainError::PlatformFailure(_)) => *kept = None,
            other => return other.map_err(secret_error),
        }
    }
    let store = connect().map_err(|error| SecretError::NoKeychain {
        detail: error.to_string(),
    })?;
    let result = action(store.as_ref()).map_err(secret_error);
    if !matches!(result, Err(SecretError::Failed { .. })) {
        *kept = Some(store);
    }
    result
}

#[cfg(all(unix, not(target_os = "macos")))]
fn connect() -> Result<Arc<CredentialStore>, KeychainError> {
    let store: Arc<CredentialStore> = zbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(any(windows, target_os = "macos"))]
fn connect() -> Result<Arc<CredentialStore>, KeychainError> {
    if let Err(error) = keyring::Entry::store_status() {
        return Err(KeychainError::NotSupportedByStore(error.to_string()));
    }
    keyring_core::get_default_store().ok_or(KeychainError::NoDefaultStore)
}

/// Errors that carry the entry's bytes are named by kind alone.
fn secret_error(error: KeychainError) -> SecretError {
    let detail = match error {
        KeychainError::NoStorageAccess(_) => return SecretError::Locked,
        KeychainError::NoDefaultStore => {
            return SecretError::NoKeychain {
                detail: error.to_string(),
            };
        }
        KeychainError::BadEncoding(_) | KeychainError::BadDataFormat(..) => {
            "the entry is damaged or was not written by this app".to_owned()
        }
        KeychainError::Ambiguous(entries) => format!("{} entries have this name", entries.len()),
        other => other.to_string(),
    };
    SecretError::Failed { detail }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_error_that_carries_the_secret_does_not_show_it() {
        let canary = b"canary-4711".to_vec();
        for error in [
            KeychainError::BadEncoding(canary.clone()),
            KeychainError::BadDataFormat(canary, "canary-4711 is odd".into()),
        ] {
            let shown = format!("{0} {0:?}", secret_error(error));
            assert!(!shown.contains("canary"), "an error text reaches logs: {shown}");
        }
    }

    #[test]
    fn no_access_means_locked() {
        let error = KeychainError::NoStorageAccess("prompt dismissed".into());
        assert_eq!(secret_error(error), SecretError::Locked, "the user can unlock it");
    }

    fn mock() -> Arc<CredentialStore> {
        keyring_core::mock::Store::new().unwrap()
    }

    fn address(store: &CredentialStore) -> usize {
        std::ptr::from_ref(store).cast::<()>() as usize
    }

    #[test]
    fn a_live_connection_is_kept_and_a_dead_one_is_replaced_once() {
        let kept = Mutex::new(None);
        let first = with_connection(&kept, || Ok(mock()), |store| Ok(address(store)));
        let second = with_connection(
            &kept,
            || unreachable!("the first is alive"),
            |store| Ok(address(store)),
        );
        assert_eq!(first, second, "one connection serves both calls");

        let dead = first.unwrap();
        let third = with_connection(
            &kept,
            || Ok(mock()),
            |store| match address(store) == dead {
                true => Err(KeychainError::PlatformFailure("connection closed".into())),
                false => Ok("answered"),
            },
        );
        assert_eq!(
            third,
            Ok("answered"),
            "the daemon was restarted: the call goes through"
        );
    }

    #[test]
    fn a_failed_connection_is_tried_again_by_the_next_call() {
        let kept = Mutex::new(None);
        let refused = || Err(KeychainError::PlatformFailure("no bus".into()));
        let first = with_connection(&kept, refused, |_| Ok(()));
        assert!(
            matches!(first, Err(SecretError::NoKeychain { .. })),
            "typed: {first:?}"
        );
        let second = with_connection(&kept, || Ok(mock()), |_| Ok(()));
        assert_eq!(second, Ok(()), "a keychain that came up later is used");
    }
}
