//! What a run measured.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One figure of one task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskFigure {
    pub name: String,
    pub metric: String,
    pub value: f64,
    /// At least this (at most, where less is better); none where the figure is only reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<f64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub less_is_better: bool,
    /// Texts or questions it rests on.
    pub n: usize,
    /// Who was measured by whom.
    pub split: String,
    /// Half of the range that chance alone explains.
    pub noise: f64,
    /// Further figures, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub more: BTreeMap<String, f64>,
}

impl TaskFigure {
    pub fn holds(&self) -> bool {
        match self.floor {
            None => true,
            Some(floor) if self.less_is_better => self.value <= floor,
            Some(floor) => self.value >= floor,
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub tasks: Vec<TaskFigure>,
    /// Tasks without data, and what was looked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<(String, String)>,
}
