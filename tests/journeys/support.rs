//! What the journeys stand on: a platform, a desk that steps the engine by hand, and the program itself.

pub mod desk;
pub mod endpoint;
pub mod files;
pub mod platform;
pub mod program;

use std::time::{Duration, Instant};

/// Polls until `check` gives a value; fails loudly when `within` is over.
pub async fn eventually<T>(what: &str, within: Duration, mut check: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = check().await {
            return value;
        }
        assert!(
            start.elapsed() < within,
            "{what} did not happen within {within:?}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Prints a table with a heading, so that a run shows what was asserted.
pub fn print_table(title: &str, columns: &[&str], rows: &[Vec<String>]) {
    let mut widths: Vec<usize> = columns.iter().map(|c| c.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &[String]| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        println!("  {}", padded.join("  ").trim_end());
    };
    println!("\n{title}");
    line(&columns.iter().map(|&c| c.to_owned()).collect::<Vec<_>>());
    for row in rows {
        line(row);
    }
    println!();
}
