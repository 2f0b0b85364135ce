//! The direction of dependencies, read from what cargo and the sources say.

use crate::support::files::all_files;
use cargo_metadata::{DependencyKind, MetadataCommand, Package};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

fn root() -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap())
        .join("../../..")
        .canonicalize()
        .unwrap()
}

fn packages() -> Vec<Package> {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(vec!["--offline".to_owned()])
        .exec()
        .unwrap()
        .packages
}

/// Which crates of ours each crate may use. What is not listed may not exist.
fn allowed() -> BTreeMap<&'static str, &'static [&'static str]> {
    BTreeMap::from([
        ("domain", &[][..]),
        ("contract", &["domain"]),
        ("storage", &["domain", "contract"]),
        ("platforms", &["domain"]),
        ("providers", &["domain"]),
        ("local-models", &["domain"]),
        ("search-index", &["domain"]),
        ("quality", &["domain", "local-models"]),
        ("secrets", &["domain"]),
        // Shares no type with the client it is there to check.
        ("simulator", &[]),
        ("engine", &["domain", "storage", "contract"]),
        // Hands what a platform's webhook says to the intake: needs both, and none of the heavy ones.
        ("relay", &["domain", "storage", "engine", "platforms"]),
        (
            "headless",
            &[
                "domain",
                "contract",
                "storage",
                "engine",
                "platforms",
                "providers",
                "relay",
                "local-models",
                "quality",
                "search-index",
                "secrets",
                "shared-features",
                "simulator",
            ],
        ),
        (
            "moderato",
            &["domain", "contract", "storage", "engine", "headless"],
        ),
        ("xtask", &[]),
        // No code.
        ("shared-features", &[]),
    ])
}

#[test]
fn no_crate_depends_against_the_direction() {
    let allowed = allowed();
    let packages = packages();
    let ours: BTreeSet<&str> = packages.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(
        ours,
        allowed.keys().copied().collect(),
        "a new crate is given its place in this table"
    );
    let mut against = Vec::new();
    for package in &packages {
        let may = allowed[package.name.as_str()];
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            // Tests may look from above; what ships may not.
            let ships = dependency.kind != DependencyKind::Development;
            if ships && ours.contains(name) && !may.contains(&name) {
                against.push(format!("{} -> {name}", package.name));
            }
        }
    }
    assert!(against.is_empty(), "forbidden edges: {against:?}");
}

#[test]
fn only_its_own_crate_names_a_heavy_dependency() {
    let homes: [(&str, &[&str]); 4] = [
        ("moderato", &["tauri", "tauri-"]),
        ("search-index", &["lancedb", "lance", "lance-", "arrow", "arrow-"]),
        ("storage", &["sqlx", "sqlx-", "rusqlite", "libsqlite3-sys"]),
        (
            "secrets",
            &[
                "keyring",
                "keyring-",
                "zbus-secret-service-keyring-store",
                "secret-service",
                "age",
            ],
        ),
    ];
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for package in packages() {
        for dependency in &package.dependencies {
            for (home, names) in &homes {
                let named = names.iter().any(|name| match name.strip_suffix('-') {
                    Some(_) => dependency.name.starts_with(name),
                    None => dependency.name == *name,
                });
                if named {
                    assert_eq!(
                        package.name.as_str(),
                        *home,
                        "{} is {home}'s alone, so that it can be replaced in one place",
                        dependency.name
                    );
                    *found.entry(home).or_default() += 1;
                }
            }
        }
    }
    assert_eq!(
        found.len(),
        homes.len(),
        "each of them is in use where it belongs: {found:?}"
    );
}

#[test]
fn domain_has_no_runtime_no_database_and_no_network() {
    let domain = packages()
        .into_iter()
        .find(|p| p.name.as_str() == "domain")
        .unwrap();
    for dependency in &domain.dependencies {
        let name = dependency.name.as_str();
        for forbidden in [
            "tokio",
            "reqwest",
            "hyper",
            "axum",
            "sqlx",
            "futures",
            "tracing-subscriber",
        ] {
            assert_ne!(name, forbidden, "domain is plain data and pure functions");
        }
    }
}

#[test]
fn only_the_backend_folder_of_the_window_talks_to_tauri() {
    let sources = root().join("ui/src");
    let home = sources.join("backend");
    let mut at_home = 0;
    for file in all_files(&sources) {
        let is_source = file
            .extension()
            .and_then(|e| e.to_str())
            .is_some_and(|e| ["ts", "tsx", "js", "jsx", "mts", "css"].contains(&e));
        if !is_source {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let names = text.contains("@tauri-apps/");
        if names && file.starts_with(&home) {
            at_home += 1;
        } else {
            assert!(
                !names,
                "{} reaches past the Backend interface",
                file.strip_prefix(&sources).unwrap().display()
            );
        }
    }
    assert!(
        at_home > 0,
        "the backend itself does, or this looked at the wrong place"
    );
}
