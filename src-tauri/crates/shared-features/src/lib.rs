//! No code: the features of dependencies that every program and test shares. See `Cargo.toml`.
