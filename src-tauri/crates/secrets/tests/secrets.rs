//! The places for secrets, through the port that the rest of the app uses.
#![allow(clippy::unwrap_used)]

use domain::error::SecretError;
use domain::ports::{SecretBackend, SecretStore};
use secrets::{EncryptedFileStore, KeychainStore, Options, SessionStore};
use std::path::Path;
use std::time::Duration;
use zeroize::Zeroizing;

const CANARY: &str = "canary-IGQVJ-4711-Zx";

fn passphrase(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

fn options(folder: &Path) -> Options {
    Options {
        service: format!("moderato-test-{}-{}", std::process::id(), folder.display()),
        work_factor: 4,
        keychain_wait: Duration::from_secs(30),
        ..Options::new(folder.join("secrets.age"))
    }
}

/// Every file below the folder, with its bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => vec![(path.display().to_string(), std::fs::read(&path).unwrap())],
        })
        .collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

async fn keeps_replaces_and_forgets(store: &dyn SecretStore) {
    assert_eq!(store.get("token").await, Ok(None), "nothing was kept yet");
    store.set("token", CANARY).await.unwrap();
    store.set("key", "").await.unwrap();
    assert_eq!(
        store.get("token").await.unwrap().as_deref().map(String::as_str),
        Some(CANARY),
        "what was kept comes back"
    );
    store.set("token", "второй токен 🔑").await.unwrap();
    assert_eq!(
        store.get("token").await.unwrap().as_deref().map(String::as_str),
        Some("второй токен 🔑"),
        "the newer one replaces it"
    );
    store.delete("token").await.unwrap();
    assert_eq!(store.get("token").await, Ok(None), "deleted is gone");
    assert_eq!(
        store.delete("token").await,
        Ok(()),
        "deleting twice is no failure"
    );
    store.delete("key").await.unwrap();
}

#[tokio::test]
async fn the_session_keeps_replaces_and_forgets() {
    keeps_replaces_and_forgets(&SessionStore::default()).await;
}

#[tokio::test]
async fn the_encrypted_file_keeps_replaces_and_forgets() {
    let folder = tempfile::tempdir().unwrap();
    let file = EncryptedFileStore::open(folder.path().join("s.age"), passphrase("correct horse"), 4)
        .await
        .unwrap();
    keeps_replaces_and_forgets(&file).await;
}

#[tokio::test]
async fn the_encrypted_file_survives_a_restart_and_shows_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/secrets.age");
    for value in [CANARY, "another", CANARY] {
        let file = EncryptedFileStore::open(path.clone(), passphrase("correct horse"), 4)
            .await
            .unwrap();
        file.set("platform/instagram/token", value).await.unwrap();
    }
    let again = EncryptedFileStore::open(path.clone(), passphrase("correct horse"), 4)
        .await
        .unwrap();
    assert_eq!(
        again
            .get("platform/instagram/token")
            .await
            .unwrap()
            .as_deref()
            .map(String::as_str),
        Some(CANARY),
        "a new process reads what the last one wrote"
    );
    let written = files(folder.path());
    assert_eq!(
        written.len(),
        1,
        "no half-written file is left behind: {written:?}"
    );
    for (name, bytes) in written {
        for secret in [CANARY, "another", "correct horse", "platform/instagram"] {
            assert!(!holds(&bytes, secret), "{name} holds {secret:?} in plain text");
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_user_may_read_the_encrypted_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.age");
    let file = EncryptedFileStore::open(path.clone(), passphrase("p"), 4)
        .await
        .unwrap();
    let leftover = folder.path().join("s.age.new");
    std::fs::write(&leftover, "of a crash").unwrap();
    std::fs::set_permissions(&leftover, std::fs::Permissions::from_mode(0o644)).unwrap();
    file.set("token", CANARY).await.unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600,
        "also when a readable leftover lay in the way"
    );
}

#[tokio::test]
async fn a_wrong_passphrase_is_told_from_a_damaged_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.age");
    EncryptedFileStore::open(path.clone(), passphrase("right"), 4)
        .await
        .unwrap()
        .set("token", CANARY)
        .await
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    for wrong in ["wrong", ""] {
        let refused = EncryptedFileStore::open(path.clone(), passphrase(wrong), 4).await;
        assert_eq!(
            refused.err(),
            Some(SecretError::WrongPassphrase),
            "the user may try again"
        );
    }
    assert_eq!(
        std::fs::read(&path).unwrap(),
        before,
        "a wrong guess changes nothing"
    );

    std::fs::write(&path, &before[..40]).unwrap();
    let damaged = EncryptedFileStore::open(path.clone(), passphrase("right"), 4).await;
    assert!(
        matches!(damaged.as_ref().err(), Some(SecretError::Failed { .. })),
        "trying another passphrase would not help"
    );
    assert_eq!(
        std::fs::read(&path).unwrap(),
        &before[..40],
        "a damaged file is not overwritten"
    );
}

#[tokio::test]
async fn a_failed_write_leaves_the_old_secret_in_force() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.age");
    let file = EncryptedFileStore::open(path.clone(), passphrase("p"), 4)
        .await
        .unwrap();
    file.set("token", "old").await.unwrap();
    // A folder where the new file has to go makes the write fail for every user, root included.
    std::fs::create_dir_all(folder.path().join("s.age.new/inside")).unwrap();
    let failed = file.set("token", "new").await;
    assert!(
        matches!(failed, Err(SecretError::Failed { .. })),
        "it is reported: {failed:?}"
    );
    assert_eq!(
        file.get("token").await.unwrap().as_deref().map(String::as_str),
        Some("old"),
        "memory and file agree"
    );
}

#[tokio::test]
async fn an_existing_encrypted_file_waits_for_its_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    EncryptedFileStore::open(options.encrypted_file.clone(), passphrase("p"), 4)
        .await
        .unwrap()
        .set("token", CANARY)
        .await
        .unwrap();
    let secrets = secrets::open(options).await;
    assert_eq!(
        secrets.backend(),
        SecretBackend::Unavailable,
        "nothing weaker or other is chosen silently"
    );
    assert!(
        secrets.encrypted_file_exists(),
        "the window asks for the passphrase"
    );
    assert!(
        matches!(secrets.get("token").await, Err(SecretError::NoKeychain { .. })),
        "not knowing is not the same as \"none kept\""
    );
    assert_eq!(
        secrets.use_encrypted_file(passphrase("q")).await,
        Err(SecretError::WrongPassphrase)
    );
    secrets.use_encrypted_file(passphrase("p")).await.unwrap();
    assert_eq!(secrets.backend(), SecretBackend::EncryptedFile);
    assert_eq!(secrets.unavailable_because(), None);
    assert_eq!(
        secrets.get("token").await.unwrap().as_deref().map(String::as_str),
        Some(CANARY),
        "the right passphrase opens it"
    );
}

#[tokio::test]
async fn what_the_session_kept_moves_to_the_better_place() {
    let folder = tempfile::tempdir().unwrap();
    // The file is there, so that no keychain is asked in this test.
    let options = options(folder.path());
    EncryptedFileStore::open(options.encrypted_file.clone(), passphrase("p"), 4)
        .await
        .unwrap();
    let secrets = secrets::open(options).await;
    secrets.use_session_only().await.unwrap();
    secrets.set("token", CANARY).await.unwrap();
    secrets.use_session_only().await.unwrap();
    assert_eq!(
        secrets.get("token").await.unwrap().as_deref().map(String::as_str),
        Some(CANARY),
        "choosing the same place again forgets nothing"
    );
    for (name, bytes) in files(folder.path()) {
        assert!(
            !holds(&bytes, CANARY),
            "{name} holds a session secret in plain text"
        );
    }
    secrets.use_encrypted_file(passphrase("p")).await.unwrap();
    assert_eq!(
        secrets.get("token").await.unwrap().as_deref().map(String::as_str),
        Some(CANARY),
        "the sign-in need not be repeated"
    );
}

/// With a Secret Service on the session bus the keychain is used for real; without a bus its absence is typed.
#[tokio::test]
async fn the_keychain_works_or_says_that_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let secrets = secrets::open(options.clone()).await;
    match secrets.unavailable_because() {
        None => {
            assert_eq!(secrets.backend(), SecretBackend::Keychain);
            keeps_replaces_and_forgets(&secrets).await;
            secrets.set("long", &"x".repeat(2_000)).await.unwrap();
            let again = secrets::open(options.clone()).await;
            assert_eq!(
                again.get("long").await.unwrap().map(|value| value.len()),
                Some(2_000),
                "another connection sees it"
            );
            let keychain = KeychainStore::new(&options.service, options.keychain_wait);
            for name in ["long", "in-use"] {
                keychain.delete(name).await.unwrap();
            }
            assert_eq!(secrets.get("long").await, Ok(None), "cleaned up");
        }
        Some(reason) => {
            assert!(
                matches!(reason, SecretError::NoKeychain { .. } | SecretError::Locked),
                "the window can offer the fallbacks: {reason:?}"
            );
            if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none() {
                assert!(
                    matches!(reason, SecretError::NoKeychain { .. }),
                    "without a bus there is none to unlock: {reason:?}"
                );
            }
            assert_eq!(secrets.backend(), SecretBackend::Unavailable);
            assert_eq!(
                secrets.set("token", CANARY).await,
                Err(reason),
                "nothing is kept anywhere"
            );
            assert!(files(folder.path()).is_empty(), "and nothing is written");
            secrets.use_session_only().await.unwrap();
            keeps_replaces_and_forgets(&secrets).await;
        }
    }
}
