//! Reciprocal rank fusion: a row counts by its rank in each list, so that scores of different kinds need
//! no common scale. Cormack, Clarke, Büttcher: "Reciprocal rank fusion outperforms Condorcet" (SIGIR 2009),
//! with their constant of 60.

use std::collections::HashMap;

const K: f32 = 60.0;

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
    let mut fused: Vec<Fused> = rows
        .into_values()
        .map(|row| Fused {
            score: (part(row.keyword_rank) + part(row.vector_rank)) / (2.0 / (K + 1.0)),
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
    fn first_in_both_scores_one_and_the_limit_holds() {
        let fused = fuse(&[7, 8], &[(7, 0.5)], 1);
        assert_eq!(fused.len(), 1);
        assert!((fused[0].score - 1.0).abs() < 1e-6);
    }
}
