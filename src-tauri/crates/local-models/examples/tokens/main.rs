//! Texts as the model's ids, for the training of adapters: a JSON string per line in, a list of ids per line out.
//!
//! `cargo run -p local-models --example tokens [passage] < texts > ids`. Comments come without disguises, as they are
//! read; with `passage` the texts are sections and rows, as they stand.

#![allow(clippy::print_stdout)]

use local_models::E5Embedder;
use local_models::disguise::readable;
use local_models::lexicon::is_hidden_word;
use std::error::Error;
use std::io::BufRead as _;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/e5-small-q4.bin");
    let e5 = E5Embedder::open(&file)?;
    let is_passage = std::env::args().nth(1).is_some_and(|role| role == "passage");
    for line in std::io::stdin().lock().lines() {
        let text: String = serde_json::from_str(&line?)?;
        let ids = if is_passage {
            e5.token_ids(&format!("passage: {text}"))
        } else {
            e5.token_ids(&format!("query: {}", readable(&text, is_hidden_word)))
        };
        println!("{}", serde_json::to_string(&ids)?);
    }
    Ok(())
}
