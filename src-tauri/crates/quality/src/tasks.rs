//! What is measured, each on the data of one folder.

mod labels;
mod public;

use crate::data::Folder;
use crate::features::Texts;
use crate::report::TaskFigure;
use std::collections::BTreeMap;

pub enum Outcome {
    Measured(Vec<TaskFigure>),
    /// What was looked for.
    NoData(String),
}

pub struct Task {
    pub name: &'static str,
    pub run: fn(&Folder, &mut Texts) -> anyhow::Result<Outcome>,
}

pub const ALL: &[Task] = &[
    Task {
        name: "seven_labels",
        run: labels::seven_labels,
    },
    Task {
        name: "polite",
        run: labels::polite_criticism,
    },
    Task {
        name: "disguise",
        run: labels::disguise,
    },
    Task {
        name: "corrections",
        run: labels::corrections,
    },
    Task {
        name: "youtube_spam",
        run: public::youtube_spam,
    },
    Task {
        name: "telegram_spam",
        run: public::telegram_spam,
    },
    Task {
        name: "toxicity_en",
        run: public::toxicity_en,
    },
    Task {
        name: "toxicity_ru",
        run: public::toxicity_ru,
    },
    Task {
        name: "banking77",
        run: public::banking77,
    },
    Task {
        name: "sentiment_ru",
        run: public::sentiment_ru,
    },
    Task {
        name: "sentiment_kk",
        run: public::sentiment_kk,
    },
];

/// A figure of which more is better.
pub fn figure(name: &str, metric: &str, value: f64, floor: Option<f64>, n: usize, split: &str) -> TaskFigure {
    TaskFigure {
        name: name.to_owned(),
        metric: metric.to_owned(),
        value,
        floor,
        less_is_better: false,
        n,
        split: split.to_owned(),
        noise: crate::metrics::noise(value.clamp(0.0, 1.0), n),
        more: BTreeMap::new(),
    }
}
