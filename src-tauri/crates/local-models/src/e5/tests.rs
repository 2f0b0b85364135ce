//! A tiny synthetic model file, whole, cut and damaged.
#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

const PIECES: &[&str] = &[
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "\u{2581}",
    "\u{2581}query",
    "\u{2581}passage",
    ":",
    "\u{2581}b",
    "lue",
    "\u{2581}blue",
    "mug",
    "u",
    "g",
    "е",
];
const HIDDEN: usize = 32;
const FEED: usize = 64;
const POSITIONS: usize = 8;

struct FileWriter {
    bytes: Vec<u8>,
    directory: Vec<(String, u8, u32, Vec<u8>)>,
    state: u64,
}

impl FileWriter {
    fn i32(&mut self, value: i32) {
        self.bytes.extend(value.to_le_bytes());
    }

    fn noise(&mut self) -> f32 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 40) as f32 / 16_777_216.0 - 0.5
    }

    fn floats(&mut self, name: &str, count: usize, centre: f32) {
        let raw = (0..count)
            .flat_map(|_| (centre + 0.1 * self.noise()).to_le_bytes())
            .collect();
        self.directory.push((name.to_owned(), 0, count as u32, raw));
    }

    fn nibbles(&mut self, name: &str, rows: usize, columns: usize) {
        let mut raw = Vec::new();
        for _ in 0..rows * columns / 32 {
            raw.extend(0x2c00u16.to_le_bytes());
            raw.extend((0..16).map(|_| ((self.noise() + 0.5) * 255.0) as u8));
        }
        self.directory
            .push((name.to_owned(), 1, (rows * columns) as u32, raw));
    }
}

fn tiny_model() -> Vec<u8> {
    let mut file = FileWriter {
        bytes: b"E5S1".to_vec(),
        directory: Vec::new(),
        state: 42,
    };
    file.i32(1);
    for value in [HIDDEN, 2, 2, FEED, PIECES.len() + 1, POSITIONS, 2] {
        file.i32(value as i32);
    }
    file.bytes.extend(1e-12f32.to_le_bytes());
    file.i32(32);

    file.i32(PIECES.len() as i32);
    for id in [0, 2, 1, 3] {
        file.i32(id);
    }
    let text: String = PIECES.concat();
    file.bytes.extend((text.len() as u64).to_le_bytes());
    let mut offset = 0u32;
    file.bytes.extend(offset.to_le_bytes());
    for piece in PIECES {
        offset += piece.len() as u32;
        file.bytes.extend(offset.to_le_bytes());
    }
    for index in 0..PIECES.len() {
        file.bytes.extend((-(index as f32) / 10.0).to_le_bytes());
    }
    file.bytes.extend(text.as_bytes());

    let entries: [(u32, &[u32]); 3] = [(0x0a, &[0x20]), (0x451, &[0x435]), (0x200b, &[])];
    let table: Vec<u8> = entries
        .iter()
        .flat_map(|(from, to)| {
            let mut raw = from.to_le_bytes().to_vec();
            raw.push(to.len() as u8);
            raw.extend(to.iter().flat_map(|c| c.to_le_bytes()));
            raw
        })
        .collect();
    file.i32(entries.len() as i32);
    file.bytes.extend((table.len() as u32).to_le_bytes());
    file.bytes.extend(table);

    file.nibbles("emb.word", PIECES.len() + 1, HIDDEN);
    file.floats("emb.pos", POSITIONS * HIDDEN, 0.0);
    file.floats("emb.type", 2 * HIDDEN, 0.0);
    file.floats("emb.ln.w", HIDDEN, 1.0);
    file.floats("emb.ln.b", HIDDEN, 0.0);
    for layer in 0..2 {
        for (name, rows, columns) in [
            ("q", HIDDEN, HIDDEN),
            ("k", HIDDEN, HIDDEN),
            ("v", HIDDEN, HIDDEN),
            ("ao", HIDDEN, HIDDEN),
            ("fi", FEED, HIDDEN),
            ("fo", HIDDEN, FEED),
        ] {
            file.nibbles(&format!("l{layer}.{name}.w"), rows, columns);
            file.floats(&format!("l{layer}.{name}.b"), rows, 0.0);
        }
        for name in ["aln", "oln"] {
            file.floats(&format!("l{layer}.{name}.w"), HIDDEN, 1.0);
            file.floats(&format!("l{layer}.{name}.b"), HIDDEN, 0.0);
        }
    }
    let directory = std::mem::take(&mut file.directory);
    let directory_bytes: usize = directory
        .iter()
        .map(|(name, ..)| 2 + name.len() + 1 + 4 + 8 + 8)
        .sum();
    let mut offset = file.bytes.len() + 4 + directory_bytes;
    file.i32(directory.len() as i32);
    for (name, dtype, elements, raw) in &directory {
        file.bytes.extend((name.len() as u16).to_le_bytes());
        file.bytes.extend(name.as_bytes());
        file.bytes.push(*dtype);
        file.bytes.extend(elements.to_le_bytes());
        file.bytes.extend((offset as u64).to_le_bytes());
        file.bytes.extend((raw.len() as u64).to_le_bytes());
        offset += raw.len();
    }
    for (.., raw) in directory {
        file.bytes.extend(raw);
    }
    file.bytes
}

fn embed_one(model: &E5Embedder, text: &str) -> Result<Vec<f32>, ModelError> {
    Ok(model.embed(TextRole::Query, &[text])?.remove(0))
}

#[test]
fn vectors_have_unit_length_and_do_not_depend_on_the_company_of_a_text() {
    let model = E5Embedder::from_bytes(tiny_model()).unwrap();
    let texts = [
        "blue mug",
        "",
        "bluebluebluebluebluebluebluebluebluemug",
        "ё",
        "mug\nmug",
    ];
    let together = model.embed(TextRole::Query, &texts).unwrap();
    for (text, vector) in texts.iter().zip(&together) {
        assert_eq!(vector.len(), HIDDEN);
        let length: f32 = vector.iter().map(|v| v * v).sum();
        assert!(
            (length - 1.0).abs() < 1e-4,
            "{text:?} has squared length {length}"
        );
        assert_eq!(
            &embed_one(&model, text).unwrap(),
            vector,
            "a batch changes nothing for {text:?}"
        );
    }
    assert_ne!(together[0], together[1], "different texts have different vectors");
}

#[test]
fn queries_and_passages_are_marked_differently() {
    let model = E5Embedder::from_bytes(tiny_model()).unwrap();
    let query = embed_one(&model, "blue mug").unwrap();
    let passage = model.embed(TextRole::Passage, &["blue mug"]).unwrap().remove(0);
    assert_ne!(query, passage);
}

#[test]
fn tokenizer_takes_the_best_pieces_and_unknown_characters_one_by_one() {
    let bytes = tiny_model();
    let image = Image::parse(&bytes).unwrap();
    let tokenizer = Tokenizer::new(&bytes, image.vocabulary, image.normalisation);
    let id = |piece: &str| PIECES.iter().position(|p| *p == piece).unwrap() as u32;
    assert_eq!(tokenizer.encode(&bytes, "blue"), [id("\u{2581}blue")]);
    assert_eq!(
        tokenizer.encode(&bytes, "blue  mug"),
        [id("\u{2581}blue"), id("\u{2581}"), id("mug")],
        "runs of spaces become one"
    );
    assert_eq!(
        tokenizer.encode(&bytes, "\u{200b}ё"),
        [id("\u{2581}"), id("е")],
        "the table is applied"
    );
    assert_eq!(tokenizer.encode(&bytes, "☃☃"), [id("\u{2581}"), 3, 3]);
    assert_eq!(tokenizer.encode(&bytes, ""), [id("\u{2581}")]);
}

#[test]
fn plain_code_and_fast_instructions_agree_on_a_whole_text() {
    let fast = E5Embedder::from_source(Source::Owned(tiny_model()), Isa::detect()).unwrap();
    let plain = E5Embedder::from_source(Source::Owned(tiny_model()), Isa::Plain).unwrap();
    let (a, b) = (
        embed_one(&fast, "blue mug").unwrap(),
        embed_one(&plain, "blue mug").unwrap(),
    );
    let cosine: f32 = a.iter().zip(&b).map(|(x, y)| x * y).sum();
    assert!(cosine > 0.9999, "{cosine}");
}

#[test]
fn a_file_that_is_not_there_and_a_file_of_another_kind_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.bin");
    assert!(matches!(E5Embedder::open(&path), Err(ModelError::Missing { .. })));
    std::fs::write(&path, b"GGUF and then some").unwrap();
    assert!(matches!(
        E5Embedder::open(&path),
        Err(ModelError::Unsupported { .. })
    ));
    std::fs::write(&path, b"").unwrap();
    assert!(matches!(E5Embedder::open(&path), Err(ModelError::Corrupt { .. })));
    std::fs::write(&path, tiny_model()).unwrap();
    assert!(E5Embedder::open(&path).is_ok());
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let whole = tiny_model();
    for length in (0..whole.len()).step_by(7) {
        let cut = E5Embedder::from_bytes(whole[..length].to_vec());
        assert!(
            cut.is_err(),
            "the first {length} of {} bytes are not a model",
            whole.len()
        );
    }
}

/// Where the tensor of word vectors begins: it is the first in the file.
fn word_vectors(bytes: &[u8]) -> usize {
    Image::parse(bytes)
        .unwrap()
        .quantised("emb.word", PIECES.len() + 1, HIDDEN)
        .unwrap()
        .start
}

#[test]
fn a_word_vector_whose_scale_is_no_number_is_refused_when_the_file_is_opened() {
    let whole = tiny_model();
    let words = word_vectors(&whole);
    let last = PIECES.len() * (HIDDEN / image::BLOCK);
    for block in [0, 3, last] {
        for scale in [0x7e00u16, 0x7c00, 0xfc00, 0xffff] {
            let mut bytes = whole.clone();
            let at = words + block * image::BLOCK_BYTES;
            bytes[at..at + 2].copy_from_slice(&scale.to_le_bytes());
            assert!(
                matches!(E5Embedder::from_bytes(bytes), Err(ModelError::Corrupt { .. })),
                "scale {scale:#x} of block {block}: no batch may meet it later"
            );
        }
    }
    let mut bytes = whole.clone();
    bytes[words..words + 2].copy_from_slice(&0x7bffu16.to_le_bytes());
    assert!(E5Embedder::from_bytes(bytes).is_ok(), "a large scale is a number");
}

#[test]
fn a_damaged_word_vector_makes_the_stand_in_take_over_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = tiny_model();
    let words = word_vectors(&bytes);
    bytes[words..words + 2].copy_from_slice(&0x7e00u16.to_le_bytes());
    std::fs::write(folder.path().join(crate::E5_FILE), bytes).unwrap();
    let opened = crate::open_embedder(folder.path());
    assert_eq!(opened.embedder.space().model, crate::NGRAM_MODEL);
    assert!(matches!(opened.shortfall, Some(ModelError::Corrupt { .. })));
}

fn adapted(factor: u16) -> (E5Embedder, Adapter) {
    let bytes = adapter::tests::adapter_bytes(2, 1, (HIDDEN as u32, FEED as u32), factor, 2);
    let model = E5Embedder::from_bytes(tiny_model()).unwrap();
    let adapter = Adapter::parse(&bytes).unwrap();
    assert!(model.takes(&adapter, 2) && !model.takes(&adapter, 7));
    (model, adapter)
}

#[test]
fn an_adapter_changes_what_it_yields_and_never_the_plain_vector() {
    let segments = [vec![0, 10, 8, 2], vec![0, 11, 2]];
    for (factor, changes) in [(0, false), (0x2e66, true)] {
        let (model, adapter) = adapted(factor);
        let bytes = model.source.bytes();
        let (plain, adapted) = model.encoder.both_means(bytes, &segments, &adapter);
        assert_eq!(plain, model.encoder.means(bytes, &segments));
        assert_eq!(plain != adapted, changes, "factors of {factor:#x}");
    }
}

#[test]
fn a_model_that_the_adapter_was_not_made_for_says_no_labels() {
    let model = E5Embedder::from_bytes(tiny_model()).unwrap();
    let read = model.read(&["blue mug"]).unwrap().remove(0);
    assert_eq!(
        read,
        ReadText::without_labels(embed_one(&model, "blue mug").unwrap())
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn damaged_files_give_an_error_or_a_vector_but_never_a_panic(
        changes in proptest::collection::vec((0usize..20_000, any::<u8>()), 1..12),
        in_header in any::<bool>(),
        text in "[a-z\u{2581} \u{451}]{0,24}",
    ) {
        let mut bytes = tiny_model();
        let span = if in_header { 2_000 } else { bytes.len() };
        for (at, value) in changes {
            bytes[at % span] = value;
        }
        if let Ok(model) = E5Embedder::from_bytes(bytes)
            && let Ok(vector) = embed_one(&model, &text)
        {
            prop_assert!(vector.iter().all(|v| v.is_finite()));
        }
    }
}
