//! Secrets in memory, wiped when the app ends.

use async_trait::async_trait;
use domain::error::SecretError;
use domain::ports::{SecretBackend, SecretStore};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use zeroize::Zeroizing;

/// Keeps secrets until it is dropped and writes nothing anywhere.
#[derive(Default)]
pub struct SessionStore {
    entries: Mutex<BTreeMap<String, Zeroizing<String>>>,
}

impl SessionStore {
    pub(crate) fn entries(&self) -> BTreeMap<String, Zeroizing<String>> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Zeroizing<String>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SecretStore for SessionStore {
    fn backend(&self) -> SecretBackend {
        SecretBackend::SessionOnly
    }

    async fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, SecretError> {
        Ok(self.lock().get(name).cloned())
    }

    async fn set(&self, name: &str, value: &str) -> Result<(), SecretError> {
        self.lock()
            .insert(name.to_owned(), Zeroizing::new(value.to_owned()));
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<(), SecretError> {
        self.lock().remove(name);
        Ok(())
    }
}
