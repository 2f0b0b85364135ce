//! The "E5S1" model file: header, unigram vocabulary, normalisation table, tensor directory, tensors.
//!
//! Nothing in the file is trusted: each length, offset and id is checked before it is used.

use super::reader::Reader;
use domain::ModelError;
use std::collections::HashMap;
use std::ops::Range;

/// Weights per quantisation block.
pub const BLOCK: usize = 32;
/// A block is a half-precision scale and 32 nibbles.
pub const BLOCK_BYTES: usize = 18;

const MAGIC: &[u8] = b"E5S1";
const FORMAT_VERSION: u32 = 1;
const DTYPE_F32: u8 = 0;
const DTYPE_Q4: u8 = 1;
/// Longest vocabulary piece: bounds the work of the tokenizer per character.
const MAX_PIECE_BYTES: usize = 512;

pub struct Header {
    pub hidden: usize,
    pub layers: usize,
    pub heads: usize,
    pub feed_forward: usize,
    pub vocabulary: usize,
    pub positions: usize,
    pub token_types: usize,
    pub epsilon: f32,
}

/// Where the vocabulary lies in the file, and the ids with a meaning.
pub struct Vocabulary {
    pub pieces: usize,
    pub begin_id: u32,
    pub end_id: u32,
    pub unknown_id: u32,
    /// `pieces + 1` little-endian u32 offsets into `text`, ascending.
    pub offsets: Range<usize>,
    /// `pieces` little-endian f32.
    pub scores: Range<usize>,
    pub text: Range<usize>,
    pub lowest_score: f32,
    pub longest_piece: usize,
}

/// What each code point becomes before it is looked up; sorted by code point.
pub struct Normalisation {
    pub from: Vec<u32>,
    /// `from.len() + 1` offsets into `to`.
    pub offsets: Vec<u32>,
    pub to: Vec<char>,
}

struct TensorEntry {
    dtype: u8,
    elements: usize,
    bytes: Range<usize>,
}

pub struct Image {
    pub header: Header,
    pub vocabulary: Vocabulary,
    pub normalisation: Normalisation,
    tensors: HashMap<String, TensorEntry>,
}

pub fn corrupt(detail: impl Into<String>) -> ModelError {
    ModelError::Corrupt {
        detail: detail.into(),
    }
}

fn in_range(name: &str, value: i32, range: std::ops::RangeInclusive<i32>) -> Result<usize, ModelError> {
    if range.contains(&value) {
        usize::try_from(value).map_err(|_| corrupt(format!("{name} is {value}")))
    } else {
        Err(corrupt(format!(
            "{name} is {value}, outside {}..={}",
            range.start(),
            range.end()
        )))
    }
}

impl Image {
    pub fn parse(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut reader = Reader::new(bytes);
        if reader.take(MAGIC.len(), "magic")? != MAGIC {
            return Err(ModelError::Unsupported {
                detail: "it does not begin with E5S1".to_owned(),
            });
        }
        let version = reader.u32("version")?;
        if version != FORMAT_VERSION {
            return Err(ModelError::Unsupported {
                detail: format!("format version {version}"),
            });
        }
        let header = read_header(&mut reader)?;
        let vocabulary = read_vocabulary(&mut reader, &header)?;
        let normalisation = read_normalisation(&mut reader)?;
        let tensors = read_directory(&mut reader, bytes.len())?;
        Ok(Self {
            header,
            vocabulary,
            normalisation,
            tensors,
        })
    }

    /// Bytes of a 4-bit tensor of `rows` x `columns`.
    pub fn quantised(&self, name: &str, rows: usize, columns: usize) -> Result<Range<usize>, ModelError> {
        let size_bytes = rows
            .checked_mul(columns / BLOCK)
            .and_then(|blocks| blocks.checked_mul(BLOCK_BYTES))
            .ok_or_else(|| corrupt(format!("tensor {name} is too large")))?;
        self.tensor(name, DTYPE_Q4, rows.checked_mul(columns), size_bytes)
    }

    pub fn floats(&self, bytes: &[u8], name: &str, elements: usize) -> Result<Vec<f32>, ModelError> {
        let size_bytes = elements
            .checked_mul(4)
            .ok_or_else(|| corrupt(format!("tensor {name} is too large")))?;
        let range = self.tensor(name, DTYPE_F32, Some(elements), size_bytes)?;
        let raw = bytes
            .get(range)
            .ok_or_else(|| corrupt(format!("tensor {name} is cut off")))?;
        let floats: Vec<f32> = raw
            .as_chunks::<4>()
            .0
            .iter()
            .map(|b| f32::from_le_bytes(*b))
            .collect();
        if floats.iter().all(|f| f.is_finite()) {
            Ok(floats)
        } else {
            Err(corrupt(format!(
                "tensor {name} holds a value that is not a number"
            )))
        }
    }

    fn tensor(
        &self,
        name: &str,
        dtype: u8,
        elements: Option<usize>,
        size_bytes: usize,
    ) -> Result<Range<usize>, ModelError> {
        let entry = self
            .tensors
            .get(name)
            .ok_or_else(|| corrupt(format!("tensor {name} is not in the file")))?;
        if entry.dtype != dtype || Some(entry.elements) != elements || entry.bytes.len() != size_bytes {
            return Err(corrupt(format!(
                "tensor {name} has another type or size than its place needs"
            )));
        }
        Ok(entry.bytes.clone())
    }
}

fn read_header(reader: &mut Reader<'_>) -> Result<Header, ModelError> {
    let hidden = in_range("hidden size", reader.i32("hidden size")?, 32..=4096)?;
    let layers = in_range("layer count", reader.i32("layer count")?, 1..=64)?;
    let heads = in_range("head count", reader.i32("head count")?, 1..=128)?;
    let feed_forward = in_range("feed-forward size", reader.i32("feed-forward size")?, 32..=16384)?;
    let vocabulary = in_range("vocabulary size", reader.i32("vocabulary size")?, 4..=2_000_000)?;
    let positions = in_range("position count", reader.i32("position count")?, 3..=8192)?;
    let token_types = in_range("token type count", reader.i32("token type count")?, 1..=16)?;
    let epsilon = reader.f32("epsilon")?;
    in_range("block size", reader.i32("block size")?, 32..=32)?;
    if !hidden.is_multiple_of(BLOCK) || !feed_forward.is_multiple_of(BLOCK) || !hidden.is_multiple_of(heads) {
        return Err(corrupt("layer sizes do not divide into blocks and heads"));
    }
    if !(epsilon > 0.0 && epsilon < 1.0) {
        return Err(corrupt("epsilon is outside 0..1"));
    }
    Ok(Header {
        hidden,
        layers,
        heads,
        feed_forward,
        vocabulary,
        positions,
        token_types,
        epsilon,
    })
}

fn read_vocabulary(reader: &mut Reader<'_>, header: &Header) -> Result<Vocabulary, ModelError> {
    let limit = i32::try_from(header.vocabulary).map_err(|_| corrupt("vocabulary size"))?;
    let pieces = in_range("piece count", reader.i32("piece count")?, 1..=limit)?;
    let mut id = |name: &str| -> Result<u32, ModelError> {
        let value = in_range(name, reader.i32(name)?, 0..=limit - 1)?;
        u32::try_from(value).map_err(|_| corrupt(name))
    };
    let begin_id = id("begin id")?;
    let end_id = id("end id")?;
    id("padding id")?;
    let unknown_id = id("unknown id")?;
    let text_bytes =
        usize::try_from(reader.u64("piece text size")?).map_err(|_| corrupt("piece text size"))?;

    let offsets_at = reader.position();
    let raw_offsets = reader.take((pieces + 1) * 4, "piece offsets")?;
    let mut longest_piece = 1;
    let mut previous = 0;
    for (index, raw) in raw_offsets.as_chunks::<4>().0.iter().enumerate() {
        let offset = u32::from_le_bytes(*raw) as usize;
        if offset < previous || offset > text_bytes || offset - previous > MAX_PIECE_BYTES {
            return Err(corrupt(format!("piece {index} lies outside the piece text")));
        }
        longest_piece = longest_piece.max(offset - previous);
        previous = offset;
    }
    let scores_at = reader.position();
    let mut lowest_score = f32::INFINITY;
    for raw in reader.take(pieces * 4, "piece scores")?.as_chunks::<4>().0 {
        let score = f32::from_le_bytes(*raw);
        if !score.is_finite() || score.abs() > 1e6 {
            return Err(corrupt("a piece score is not a number"));
        }
        lowest_score = lowest_score.min(score);
    }
    let text_at = reader.position();
    reader.take(text_bytes, "piece text")?;
    Ok(Vocabulary {
        pieces,
        begin_id,
        end_id,
        unknown_id,
        offsets: offsets_at..scores_at,
        scores: scores_at..text_at,
        text: text_at..reader.position(),
        lowest_score,
        longest_piece,
    })
}

fn read_normalisation(reader: &mut Reader<'_>) -> Result<Normalisation, ModelError> {
    let count = in_range(
        "normalisation count",
        reader.i32("normalisation count")?,
        0..=1_000_000,
    )?;
    let size_bytes = reader.u32("normalisation size")? as usize;
    let mut table = Reader::new(reader.take(size_bytes, "normalisation table")?);
    let mut normalisation = Normalisation {
        from: Vec::new(),
        offsets: vec![0],
        to: Vec::new(),
    };
    for _ in 0..count {
        let from = table.u32("normalisation entry")?;
        if normalisation.from.last().is_some_and(|last| *last >= from) {
            return Err(corrupt("the normalisation table is not sorted"));
        }
        normalisation.from.push(from);
        for _ in 0..table.u8("normalisation entry")? {
            let to = char::from_u32(table.u32("normalisation entry")?)
                .ok_or_else(|| corrupt("the normalisation table holds an invalid character"))?;
            normalisation.to.push(to);
        }
        let end = u32::try_from(normalisation.to.len()).map_err(|_| corrupt("normalisation table size"))?;
        normalisation.offsets.push(end);
    }
    Ok(normalisation)
}

fn read_directory(
    reader: &mut Reader<'_>,
    file_bytes: usize,
) -> Result<HashMap<String, TensorEntry>, ModelError> {
    let count = in_range("tensor count", reader.i32("tensor count")?, 0..=4096)?;
    let mut tensors = HashMap::with_capacity(count);
    for _ in 0..count {
        let name_bytes = usize::from(reader.u16("tensor name")?);
        let name = std::str::from_utf8(reader.take(name_bytes, "tensor name")?)
            .map_err(|_| corrupt("a tensor name is not text"))?
            .to_owned();
        let dtype = reader.u8("tensor type")?;
        let elements = reader.u32("tensor size")? as usize;
        let start = usize::try_from(reader.u64("tensor offset")?).map_err(|_| corrupt("tensor offset"))?;
        let size = usize::try_from(reader.u64("tensor bytes")?).map_err(|_| corrupt("tensor bytes"))?;
        let end = start.checked_add(size).filter(|end| *end <= file_bytes);
        let end = end.ok_or_else(|| corrupt(format!("tensor {name} lies outside the file")))?;
        tensors.insert(
            name,
            TensorEntry {
                dtype,
                elements,
                bytes: start..end,
            },
        );
    }
    Ok(tensors)
}
