//! The figures that were reached before, and which of today's fall behind them by more than chance.

use crate::report::{Report, TaskFigure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const STORED: &str = include_str!("../baseline.json");

/// What a figure was, and the half of the range that chance alone explains.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Reached {
    value: f64,
    noise: f64,
}

/// Figures by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Baseline(BTreeMap<String, Reached>);

/// A figure that is worse than it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Fall {
    pub name: String,
    pub before: f64,
    pub now: f64,
}

/// A figure is rounded to this before it is stored, and may differ by as much on another processor.
const ROUNDING: f64 = 1e-3;

impl Baseline {
    /// The one that ships with the app.
    ///
    /// # Errors
    /// The build took in a damaged file.
    pub fn stored() -> anyhow::Result<Self> {
        Ok(serde_json::from_str(STORED)?)
    }

    /// Times are left out: they tell of the machine.
    pub fn of(report: &Report) -> Self {
        let rounded = |value: f64| (value / ROUNDING).round() * ROUNDING;
        let reached = report
            .tasks
            .iter()
            .filter(|task| task.metric != "ms")
            .map(|task| {
                let reached = Reached {
                    value: rounded(task.value),
                    noise: rounded(task.noise),
                };
                (task.name.clone(), reached)
            });
        Self(reached.collect())
    }

    /// With the figures of `newer` in place of its own.
    pub fn renewed(mut self, newer: Self) -> Self {
        self.0.extend(newer.0);
        self
    }

    /// Figures that are worse than before by more than the noise. What was never measured before cannot fall.
    pub fn falls(&self, report: &Report) -> Vec<Fall> {
        let fell = |task: &&TaskFigure| {
            self.0.get(&task.name).is_some_and(|before| {
                let lost = if task.less_is_better {
                    task.value - before.value
                } else {
                    before.value - task.value
                };
                lost > before.noise.max(ROUNDING)
            })
        };
        report
            .tasks
            .iter()
            .filter(fell)
            .map(|task| Fall {
                name: task.name.clone(),
                before: self.0[&task.name].value,
                now: task.value,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::tasks::figure;

    fn report(value: f64) -> Report {
        let mut figure = figure("f1", "F1", value, Some(0.5), 1_000, "a split");
        figure.noise = 0.02;
        let mut error = crate::tasks::figure("error", "share", 1.0 - value, Some(0.5), 1_000, "a split");
        error.noise = 0.02;
        error.less_is_better = true;
        Report {
            tasks: vec![figure, error],
            left_out: Vec::new(),
        }
    }

    #[test]
    fn a_fall_counts_from_the_noise_on_and_a_rise_never() {
        let before = Baseline::of(&report(0.9));
        assert!(before.falls(&report(0.89)).is_empty());
        assert!(before.falls(&report(0.99)).is_empty());
        let names: Vec<String> = before
            .falls(&report(0.8))
            .into_iter()
            .map(|fall| fall.name)
            .collect();
        assert_eq!(names, ["f1", "error"]);
    }

    #[test]
    fn the_stored_one_can_be_read_and_a_newer_figure_takes_its_place() {
        assert!(!Baseline::stored().unwrap().0.is_empty());
        let renewed = Baseline::of(&report(0.5)).renewed(Baseline::of(&report(0.9)));
        assert_eq!(renewed, Baseline::of(&report(0.9)));
    }
}
