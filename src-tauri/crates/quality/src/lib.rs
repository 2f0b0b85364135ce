//! Measures what the models inside the app are worth, on labelled data: the same tasks, splits and seeds each time.
//!
//! Start with [`run`]. What is trained here is trained for the measurement and thrown away, except where a task says
//! that it measures the heads that ship.

pub mod answers;
mod baseline;
mod data;
mod disguises;
mod features;
mod learner;
mod metrics;
mod page;
mod report;
pub mod searching;
mod speed;
mod split;
mod tasks;

pub use baseline::{Baseline, Fall};
pub use data::Folder;
pub use features::Texts;
pub use page::page;
pub use report::{Report, TaskFigure};
pub use speed::{Speed, speed};
pub use tasks::figure;

use domain::ports::Embedder;
use std::path::PathBuf;
use std::sync::Arc;

/// What is measured, and with what.
pub struct Lab {
    pub data: Folder,
    pub embedder: Arc<dyn Embedder>,
    /// Where vectors of texts are kept between runs; each run computes them anew without.
    pub cache: Option<PathBuf>,
    /// Names of tasks, or beginnings of them; all when empty.
    pub only: Vec<String>,
}

/// Runs the tasks whose data is there. `says` is told what is being done.
///
/// # Errors
/// Data that is there and cannot be read.
pub fn run(lab: &Lab, says: &mut dyn FnMut(&str)) -> anyhow::Result<Report> {
    let mut texts = Texts::new(Arc::clone(&lab.embedder), lab.cache.clone())?;
    let mut report = Report::default();
    for task in tasks::ALL {
        let wanted = lab.only.is_empty() || lab.only.iter().any(|only| task.name.starts_with(only.as_str()));
        if !wanted {
            continue;
        }
        says(task.name);
        match (task.run)(&lab.data, &mut texts)? {
            tasks::Outcome::Measured(figures) => report.tasks.extend(figures),
            tasks::Outcome::NoData(why) => report.left_out.push((task.name.to_owned(), why)),
        }
        texts.save()?;
    }
    Ok(report)
}
