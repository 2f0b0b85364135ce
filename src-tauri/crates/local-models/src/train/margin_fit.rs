//! Linear heads with a large margin on dense and sparse inputs together, by dual coordinate descent
//! (Hsieh et al., "A Dual Coordinate Descent Method for Large-scale Linear SVM", ICML 2008; squared hinge loss).

/// One text: numbers that every text has, and the few of many that it has.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub dense: Vec<f32>,
    /// By place; places of different rows mean the same.
    pub sparse: Vec<(u32, f32)>,
}

/// `bias + dense . row + sparse . row`.
#[derive(Debug, Clone)]
pub struct Margin {
    pub dense: Vec<f32>,
    pub sparse: Vec<f32>,
    pub bias: f32,
}

const MAX_PASSES: usize = 80;
const CLOSE_ENOUGH: f32 = 0.02;

impl Margin {
    pub fn score(&self, row: &Row) -> f32 {
        let dense: f32 = self.dense.iter().zip(&row.dense).map(|(w, x)| w * x).sum();
        let sparse: f32 = row
            .sparse
            .iter()
            .filter_map(|(place, x)| self.sparse.get(*place as usize).map(|w| w * x))
            .sum();
        self.bias + dense + sparse
    }

    fn add(&mut self, row: &Row, by: f32) {
        self.dense
            .iter_mut()
            .zip(&row.dense)
            .for_each(|(w, x)| *w += by * x);
        for (place, x) in &row.sparse {
            self.sparse[*place as usize] += by * x;
        }
        self.bias += by;
    }
}

/// `cost` is the price of an error, by class (`false`, `true`): the higher, the closer to the training texts. Deterministic.
pub fn fit(rows: &[&Row], targets: &[bool], cost: [f32; 2]) -> Margin {
    let width = rows.first().map_or(0, |row| row.dense.len());
    let places = rows
        .iter()
        .flat_map(|row| row.sparse.iter().map(|(place, _)| *place as usize + 1))
        .max()
        .unwrap_or(0);
    let mut margin = Margin {
        dense: vec![0.0; width],
        sparse: vec![0.0; places],
        bias: 0.0,
    };
    let lengths: Vec<f32> = rows
        .iter()
        .map(|row| {
            let dense: f32 = row.dense.iter().map(|x| x * x).sum();
            dense + row.sparse.iter().map(|(_, x)| x * x).sum::<f32>() + 1.0
        })
        .collect();
    let slack = cost.map(|cost| 0.5 / cost);
    let mut alphas = vec![0.0f32; rows.len()];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    for _ in 0..MAX_PASSES {
        shuffle(&mut order, &mut state);
        let mut worst = 0.0f32;
        for &index in &order {
            let (row, alpha) = (rows[index], alphas[index]);
            let side = if targets[index] { 1.0 } else { -1.0 };
            let slack = slack[usize::from(targets[index])];
            let gradient = side * margin.score(row) - 1.0 + slack * alpha;
            let projected = if alpha == 0.0 { gradient.min(0.0) } else { gradient };
            worst = worst.max(projected.abs());
            if projected != 0.0 {
                let moved = (alpha - gradient / (lengths[index] + slack)).max(0.0);
                alphas[index] = moved;
                margin.add(row, side * (moved - alpha));
            }
        }
        if worst < CLOSE_ENOUGH {
            break;
        }
    }
    margin
}

fn shuffle(order: &mut [usize], state: &mut u64) {
    for last in (1..order.len()).rev() {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        order.swap(last, (*state % (last as u64 + 1)) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(dense: f32, sparse: &[(u32, f32)]) -> Row {
        Row {
            dense: vec![dense],
            sparse: sparse.to_vec(),
        }
    }

    #[test]
    fn what_can_be_separated_is_by_dense_and_sparse_numbers_alike() {
        let rows: Vec<Row> = (0..40)
            .map(|i| {
                let noise = (i % 5) as f32 / 10.0;
                let place = if i % 2 == 0 { 7 } else { 9 };
                row(noise, &[(place, 1.0), (3, noise)])
            })
            .collect();
        let targets: Vec<bool> = (0..40).map(|i| i % 2 == 0).collect();
        let rows: Vec<&Row> = rows.iter().collect();
        let margin = fit(&rows, &targets, [1.0, 1.0]);
        for (row, target) in rows.iter().zip(&targets) {
            assert_eq!(margin.score(row) > 0.0, *target);
        }
        assert_eq!(
            margin.score(&row(0.0, &[(1_000, 5.0)])),
            margin.bias,
            "a place that was never seen says nothing"
        );
    }

    #[test]
    fn a_dearer_class_is_missed_less() {
        let rows: Vec<Row> = (0..100).map(|i| row((i % 10) as f32 / 10.0, &[])).collect();
        let targets: Vec<bool> = (0..100).map(|i| i % 10 >= 8 && i % 3 == 0).collect();
        let rows: Vec<&Row> = rows.iter().collect();
        let found = |cost| {
            let margin = fit(&rows, &targets, cost);
            rows.iter().filter(|row| margin.score(row) > 0.0).count()
        };
        assert!(found([1.0, 20.0]) > found([1.0, 1.0]));
    }
}
