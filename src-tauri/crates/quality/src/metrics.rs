//! Figures of merit.

/// Hits, false alarms and misses of one class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub hit: usize,
    pub alarm: usize,
    pub miss: usize,
}

impl Counts {
    pub fn add(&mut self, said: bool, is: bool) {
        match (said, is) {
            (true, true) => self.hit += 1,
            (true, false) => self.alarm += 1,
            (false, true) => self.miss += 1,
            (false, false) => {}
        }
    }

    pub fn precision(self) -> f64 {
        self.hit as f64 / (self.hit + self.alarm).max(1) as f64
    }

    pub fn recall(self) -> f64 {
        self.hit as f64 / (self.hit + self.miss).max(1) as f64
    }

    pub fn f1(self) -> f64 {
        2.0 * self.hit as f64 / (2 * self.hit + self.alarm + self.miss).max(1) as f64
    }
}

pub fn counts(scores: &[f32], targets: &[bool], threshold: f32) -> Counts {
    let mut counts = Counts::default();
    for (score, target) in scores.iter().zip(targets) {
        counts.add(*score > threshold, *target);
    }
    counts
}

/// The score above which calling a text a yes gives the best macro-F1 over yes (1) and no (0).
pub fn best_cut(scores: &[f32], is: &[usize]) -> f32 {
    const TRIED: usize = 100;
    let mut sorted = scores.to_vec();
    sorted.sort_by(f32::total_cmp);
    let cuts = (0..TRIED).filter_map(|at| sorted.get(at * sorted.len() / TRIED).copied());
    let worth = |cut: f32| {
        let said: Vec<usize> = scores.iter().map(|score| usize::from(*score > cut)).collect();
        macro_f1(&said, is)
    };
    cuts.map(|cut| (cut, worth(cut)))
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map_or(0.0, |(cut, _)| cut)
}

/// Area under the curve of the receiver: how often a yes scores above a no, ties as halves.
pub fn auc(scores: &[f32], targets: &[bool]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*a].total_cmp(&scores[*b]));
    let (yes, no) = targets
        .iter()
        .fold((0u64, 0u64), |(yes, no), target| match target {
            true => (yes + 1, no),
            false => (yes, no + 1),
        });
    let (mut below, mut sum, mut at) = (0.0, 0.0, 0);
    while at < order.len() {
        let end = (at..order.len())
            .find(|i| scores[order[*i]] != scores[order[at]])
            .unwrap_or(order.len());
        let here = order[at..end].iter().filter(|i| targets[**i]).count() as f64;
        let others = (end - at) as f64 - here;
        sum += here * (below + others / 2.0);
        below += others;
        at = end;
    }
    sum / (yes as f64 * no as f64).max(1.0)
}

/// Mean of the F1 of all classes that occur.
pub fn macro_f1(said: &[usize], is: &[usize]) -> f64 {
    let classes = said.iter().chain(is).max().map_or(0, |highest| highest + 1);
    let mut counts = vec![Counts::default(); classes];
    for (said, is) in said.iter().zip(is) {
        for (class, counts) in counts.iter_mut().enumerate() {
            counts.add(*said == class, *is == class);
        }
    }
    let occurring: Vec<f64> = counts
        .iter()
        .filter(|counts| counts.hit + counts.miss > 0)
        .map(|counts| counts.f1())
        .collect();
    occurring.iter().sum::<f64>() / occurring.len().max(1) as f64
}

pub fn accuracy(said: &[usize], is: &[usize]) -> f64 {
    let right = said.iter().zip(is).filter(|(said, is)| said == is).count();
    right as f64 / is.len().max(1) as f64
}

/// Expected calibration error over ten bins of confidence, and the bins: mean confidence, share right, texts.
pub fn calibration(confidences: &[f32], right: &[bool]) -> (f64, Vec<(f64, f64, usize)>) {
    let mut bins = vec![(0.0, 0.0, 0usize); 10];
    for (confidence, right) in confidences.iter().zip(right) {
        let bin = &mut bins[((confidence * 10.0) as usize).min(9)];
        bin.0 += f64::from(*confidence);
        bin.1 += f64::from(u8::from(*right));
        bin.2 += 1;
    }
    let all = confidences.len().max(1) as f64;
    let error = bins
        .iter()
        .map(|(confident, right, _)| (confident - right).abs())
        .sum::<f64>()
        / all;
    let bins = bins
        .into_iter()
        .map(|(confident, right, count)| {
            let n = count.max(1) as f64;
            (confident / n, right / n, count)
        })
        .collect();
    (error, bins)
}

/// Half of the range in which a share of `n` texts lies in 95 of 100 samples of that size.
pub fn noise(share: f64, n: usize) -> f64 {
    1.96 * (share * (1.0 - share) / n.max(1) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_is_a_half_for_chance_and_ties_and_one_for_order() {
        let targets = [false, true, false, true];
        assert!((auc(&[0.0, 0.0, 0.0, 0.0], &targets) - 0.5).abs() < 1e-9);
        assert!((auc(&[0.1, 0.9, 0.2, 0.3], &targets) - 1.0).abs() < 1e-9);
        assert!((auc(&[0.9, 0.1, 0.8, 0.2], &targets) - 0.0).abs() < 1e-9);
        assert!((auc(&[0.1, 0.9, 0.9, 0.95], &targets) - 0.875).abs() < 1e-9);
    }

    #[test]
    fn macro_f1_counts_rare_classes_as_much_as_frequent_ones() {
        let is = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        let all_zero = [0; 10];
        assert!((accuracy(&all_zero, &is) - 0.9).abs() < 1e-9);
        let expected = (2.0 * 9.0 / (18.0 + 1.0)) / 2.0;
        assert!((macro_f1(&all_zero, &is) - expected).abs() < 1e-9);
    }

    #[test]
    fn confidence_that_keeps_its_word_has_no_error() {
        let confidences = [0.75; 4];
        let (error, bins) = calibration(&confidences, &[true, true, true, false]);
        assert!(error.abs() < 1e-9);
        assert_eq!(bins[7].2, 4);
        let (error, _) = calibration(&confidences, &[false; 4]);
        assert!((error - 0.75).abs() < 1e-6);
    }
}
