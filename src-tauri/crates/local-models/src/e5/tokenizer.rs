//! SentencePiece unigram tokenizer: code points normalised by the file's table, spaces turned into U+2581,
//! then the best-scoring segmentation (Viterbi).

use super::image::{Normalisation, Vocabulary};

const SPACE_MARK: char = '\u{2581}';
/// Score of an unknown character below the lowest piece.
const UNKNOWN_PENALTY: f32 = 10.0;

pub struct Tokenizer {
    vocabulary: Vocabulary,
    normalisation: Normalisation,
    /// Open addressing over the pieces: id + 1, 0 is empty.
    slots: Vec<u32>,
}

impl Tokenizer {
    pub fn new(bytes: &[u8], vocabulary: Vocabulary, normalisation: Normalisation) -> Self {
        let capacity = (vocabulary.pieces * 2).next_power_of_two();
        let mut tokenizer = Self {
            vocabulary,
            normalisation,
            slots: vec![0; capacity],
        };
        for id in 0..tokenizer.vocabulary.pieces {
            let piece = tokenizer.piece(bytes, id);
            if piece.is_empty() {
                continue;
            }
            let mut slot = tokenizer.slot_of(piece.iter().fold(FNV_START, |hash, byte| fnv(hash, *byte)));
            while tokenizer.slots[slot] != 0 {
                slot = (slot + 1) & (capacity - 1);
            }
            tokenizer.slots[slot] = id as u32 + 1;
        }
        tokenizer
    }

    pub fn begin_id(&self) -> u32 {
        self.vocabulary.begin_id
    }

    pub fn end_id(&self) -> u32 {
        self.vocabulary.end_id
    }

    /// Ids of the pieces, without the begin and end marks. `bytes` is the file that this was built from.
    pub fn encode(&self, bytes: &[u8], text: &str) -> Vec<u32> {
        let (normalised, starts) = self.normalise(text);
        self.segment(bytes, normalised.as_bytes(), &starts)
    }

    /// The text as the vocabulary knows it, and the byte at which each character starts, plus the end.
    fn normalise(&self, text: &str) -> (String, Vec<usize>) {
        let mut characters: Vec<char> = Vec::with_capacity(text.len() + 1);
        let push = |characters: &mut Vec<char>, c: char| {
            if !(c == ' ' && characters.last() == Some(&' ')) {
                characters.push(c);
            }
        };
        for c in text.chars() {
            match self.normalisation.from.binary_search(&u32::from(c)) {
                Err(_) => push(&mut characters, c),
                Ok(index) => {
                    let start = self.normalisation.offsets[index] as usize;
                    let end = self.normalisation.offsets[index + 1] as usize;
                    for to in &self.normalisation.to[start..end] {
                        push(&mut characters, *to);
                    }
                }
            }
        }
        if characters.first() != Some(&' ') {
            characters.insert(0, ' ');
        }
        let mut normalised = String::with_capacity(characters.len() * 3);
        let mut starts = Vec::with_capacity(characters.len() + 1);
        for c in characters {
            starts.push(normalised.len());
            normalised.push(if c == ' ' { SPACE_MARK } else { c });
        }
        starts.push(normalised.len());
        (normalised, starts)
    }

    fn segment(&self, bytes: &[u8], text: &[u8], starts: &[usize]) -> Vec<u32> {
        #[derive(Clone, Copy)]
        struct Best {
            score: f32,
            id: u32,
            from: usize,
        }
        let length = starts.len() - 1;
        let unknown = self.vocabulary.unknown_id;
        let unknown_score = self.vocabulary.lowest_score - UNKNOWN_PENALTY;
        let mut best = vec![
            Best {
                score: f32::NEG_INFINITY,
                id: unknown,
                from: 0
            };
            length + 1
        ];
        best[0].score = 0.0;
        for from in 0..length {
            let base = best[from].score;
            let start = starts[from];
            let mut hash = FNV_START;
            for to in from + 1..=length {
                if starts[to] - start > self.vocabulary.longest_piece {
                    break;
                }
                for byte in &text[starts[to - 1]..starts[to]] {
                    hash = fnv(hash, *byte);
                }
                if let Some(id) = self.find(bytes, &text[start..starts[to]], hash)
                    && id != unknown
                {
                    let score = base + self.score(bytes, id as usize);
                    if score > best[to].score {
                        best[to] = Best { score, id, from };
                    }
                }
            }
            let score = base + unknown_score;
            if score > best[from + 1].score {
                best[from + 1] = Best {
                    score,
                    id: unknown,
                    from,
                };
            }
        }
        let mut ids = Vec::new();
        let mut at = length;
        while at > 0 {
            ids.push(best[at].id);
            at = best[at].from;
        }
        ids.reverse();
        ids
    }

    fn find(&self, bytes: &[u8], piece: &[u8], hash: u64) -> Option<u32> {
        let mut slot = self.slot_of(hash);
        loop {
            let id = self.slots[slot].checked_sub(1)?;
            if self.piece(bytes, id as usize) == piece {
                return Some(id);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    fn slot_of(&self, hash: u64) -> usize {
        (hash as usize) & (self.slots.len() - 1)
    }

    fn piece<'a>(&self, bytes: &'a [u8], id: usize) -> &'a [u8] {
        let text = &bytes[self.vocabulary.text.clone()];
        let offset =
            |index: usize| u32::from_le_bytes(four(bytes, self.vocabulary.offsets.start + index * 4));
        &text[offset(id) as usize..offset(id + 1) as usize]
    }

    fn score(&self, bytes: &[u8], id: usize) -> f32 {
        f32::from_le_bytes(four(bytes, self.vocabulary.scores.start + id * 4))
    }
}

fn four(bytes: &[u8], at: usize) -> [u8; 4] {
    [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}
