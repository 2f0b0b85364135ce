//! Reciprocal rank fusion: a row counts by its rank in each list, so that scores of different kinds need
//! no common scale. Cormack, Clarke, Büttcher: "Reciprocal rank fusion outperforms Condorcet" (SIGIR 2009),
//! with their constant of 60. Words count as much as meaning bears them out: a question in another language than the
//! text shares with it only names and numbers, and rows with those are found by words as readily as the right one.

use std::collections::HashMap;

const K: f32 = 60.0;
/// Of so many rows that words put first, the share that meaning finds too is looked at. A number or a rare word finds
/// fewer rows, and counts in full.
const LOOKED_AT: usize = 10;
/// What words count for that meaning does not bear out at all.
const LEAST: f32 = 0.4;

/// A row in at least one of the two lists.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fused {
    pub id: i64,
    /// 1 for the first of both lists.
    pub score: f32,
    pub keyword_rank: Option<usize>,
    pub vector_rank: Option<usize>,
    pub similarity: Option<f32>,
}

/// Both lists best first; `vector` with the cosine similarity. Best first, at most `limit`.
pub(crate) fn fuse(keyword: &[i64], vector: &[(i64, f32)], limit: usize) -> Vec<Fused> {
    let mut rows: HashMap<i64, Fused> = HashMap::new();
    let empty = |id| Fused {
        id,
        score: 0.0,
        keyword_rank: None,
        vector_rank: None,
        similarity: None,
    };
    for (i, id) in keyword.iter().enumerate() {
        rows.entry(*id)
            .or_insert_with(|| empty(*id))
            .keyword_rank
            .get_or_insert(i + 1);
    }
    for (i, (id, similarity)) in vector.iter().enumerate() {
        let row = rows.entry(*id).or_insert_with(|| empty(*id));
        row.vector_rank.get_or_insert(i + 1);
        row.similarity.get_or_insert(*similarity);
    }
    let trust = trust_in_words(keyword, vector);
    let mut fused: Vec<Fused> = rows
        .into_values()
        .map(|row| Fused {
            score: (trust * part(row.keyword_rank) + part(row.vector_rank)) / ((1.0 + trust) / (K + 1.0)),
            ..row
        })
        .collect();
    fused.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| {
                b.similarity
                    .unwrap_or(-1.0)
                    .total_cmp(&a.similarity.unwrap_or(-1.0))
            })
            .then_with(|| a.id.cmp(&b.id))
    });
    fused.truncate(limit);
    fused
}

fn trust_in_words(keyword: &[i64], vector: &[(i64, f32)]) -> f32 {
    if keyword.len() < LOOKED_AT || vector.is_empty() {
        return 1.0;
    }
    let borne_out = keyword[..LOOKED_AT]
        .iter()
        .filter(|id| vector.iter().any(|(other, _)| other == *id))
        .count();
    #[expect(clippy::cast_precision_loss, reason = "at most ten")]
    let share = borne_out as f32 / LOOKED_AT as f32;
    (2.0 * share).clamp(LEAST, 1.0)
}

fn part(rank: Option<usize>) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "ranks are far below 2^24")]
    rank.map_or(0.0, |r| 1.0 / (K + r as f32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn found_by_both_beats_first_in_one() {
        let fused = fuse(&[1, 2], &[(3, 0.9), (2, 0.8)], 10);
        assert_eq!(fused[0].id, 2);
        assert_eq!((fused[0].keyword_rank, fused[0].vector_rank), (Some(2), Some(2)));
        assert!(fused[0].score < 1.0);
    }

    #[test]
    fn words_that_meaning_does_not_bear_out_count_less() {
        let keyword: Vec<i64> = (100..120).collect();
        let vector: Vec<(i64, f32)> = (0..20).map(|id| (id, 0.9)).collect();
        let foreign = fuse(&keyword, &vector, 5);
        assert!(foreign.iter().all(|row| row.vector_rank.is_some()), "{foreign:?}");
        let rare = fuse(&[100], &vector, 5);
        assert!(
            rare.iter().any(|row| row.id == 100),
            "a number that only words find"
        );
        let same: Vec<(i64, f32)> = (100..120).map(|id| (id, 0.9)).collect();
        assert!((fuse(&keyword, &same, 1)[0].score - 1.0).abs() < 1e-6);
    }

    #[test]
    fn first_in_both_scores_one_and_the_limit_holds() {
        let fused = fuse(&[7, 8], &[(7, 0.5)], 1);
        assert_eq!(fused.len(), 1);
        assert!((fused[0].score - 1.0).abs() < 1e-6);
    }
}
