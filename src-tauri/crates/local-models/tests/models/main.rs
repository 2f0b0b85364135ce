//! The real model file against figures that must hold.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod labels;
mod parity;

use local_models::E5Embedder;
use std::path::Path;

/// The model when its file is there. Without it the test fails, unless MODERATO_MODELS_OPTIONAL is set.
fn real_embedder() -> Option<E5Embedder> {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    let path = Path::new(&here).join("../../models/e5-small-q4.bin");
    match E5Embedder::open(&path) {
        Ok(model) => Some(model),
        Err(error) => {
            assert!(
                std::env::var_os("MODERATO_MODELS_OPTIONAL").is_some(),
                "{error}; fetch the model or set MODERATO_MODELS_OPTIONAL to go without"
            );
            eprintln!("NOT CHECKED: {error}");
            None
        }
    }
}
