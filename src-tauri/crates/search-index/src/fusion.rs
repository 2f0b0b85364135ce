//! Reciprocal rank fusion: a row counts by its rank in each list, so that scores of different kinds need
//! no common scale. Cormack, Clarke, Büttcher: "Reciprocal rank fusion outperforms Condorcet" (SIGIR 2009).
//!
//! A rank by words counts by how much of what was looked for the row has: of a question in another language
//! rows have a number or a name, and the first among them is no better than the rest.

use std::collections::HashMap;

/// Theirs is 60; see decision 0017.
const K: f32 = 30.0;

/// A row in at least one of the two lists.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fused {
    pub id: i64,
    /// 1 for the first of both lists that has every word.
    pub score: f32,
    pub keyword_rank: Option<usize>,
    pub vector_rank: Option<usize>,
    pub similarity: Option<f32>,
}

/// Both lists best first: `keyword` with what the row's words are worth, where `whole` is about what all of them
/// are; `vector` with the cosine similarity. Best first, at most `limit`.
pub(crate) fn fuse(keyword: &[(i64, f32)], whole: f32, vector: &[(i64, f32)], limit: usize) -> Vec<Fused> {
    let mut rows: HashMap<i64, Fused> = HashMap::new();
    let empty = |id| Fused {
        id,
        score: 0.0,
        keyword_rank: None,
        vector_rank: None,
        similarity: None,
    };
    for (rank, (id, worth)) in (1..).zip(keyword) {
        let row = rows.entry(*id).or_insert_with(|| empty(*id));
        if row.keyword_rank.is_none() {
            row.keyword_rank = Some(rank);
            row.score += share_of(*worth, whole) * part(rank);
        }
    }
    for (rank, (id, similarity)) in (1..).zip(vector) {
        let row = rows.entry(*id).or_insert_with(|| empty(*id));
        if row.vector_rank.is_none() {
            row.vector_rank = Some(rank);
            row.similarity = Some(*similarity);
            row.score += part(rank);
        }
    }
    let mut fused: Vec<Fused> = rows.into_values().collect();
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

/// How much of what was looked for a row has, in 0..=1.
fn share_of(worth: f32, whole: f32) -> f32 {
    if whole > 0.0 {
        (worth / whole).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

/// Half of 1 for the first of a list.
fn part(rank: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "ranks are far below 2^24")]
    let rank = rank as f32;
    (K + 1.0) / (2.0 * (K + rank))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn found_by_both_beats_first_in_one() {
        let fused = fuse(&[(1, 9.0), (2, 8.0)], 9.0, &[(3, 0.9), (2, 0.8)], 10);
        assert_eq!(fused[0].id, 2);
        assert_eq!((fused[0].keyword_rank, fused[0].vector_rank), (Some(2), Some(2)));
        assert!(fused[0].score < 1.0);
    }

    #[test]
    fn first_in_both_with_every_word_scores_one_and_the_limit_holds() {
        let fused = fuse(&[(7, 5.5), (8, 1.0)], 5.0, &[(7, 0.5)], 1);
        assert_eq!(fused.len(), 1);
        assert!((fused[0].score - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_row_with_one_word_of_many_does_not_outweigh_meaning() {
        // Asked in another language: the rows have a year or a name of it.
        let fused = fuse(
            &[(1, 0.9), (2, 0.8)],
            30.0,
            &[(3, 0.9), (4, 0.8), (1, 0.7), (2, 0.6)],
            10,
        );
        assert_eq!(fused[0].id, 3, "{fused:?}");
        let fused = fuse(&[(1, 28.0), (2, 9.0)], 30.0, &[(3, 0.9), (4, 0.8), (1, 0.7)], 10);
        assert_eq!(fused[0].id, 1, "nearly all words are there");
    }

    #[test]
    fn nothing_looked_for_weighs_nothing() {
        let fused = fuse(&[(1, 1.0)], 0.0, &[(2, 0.5)], 10);
        assert_eq!(fused[0].id, 2);
        assert!(fused.iter().all(|row| row.score.is_finite()));
    }
}
