//! What a text claims: read in the same way from drafts and from facts.

use super::contacts::{Place, contacts};
use super::dates::{Date, dates};
use super::names::{Run, runs};
use super::numbers::{Number, numbers};
use super::units::{currency_code, unit_word};
use super::view::{View, Word};
use std::ops::Range;

/// Everything in a text that a fact has to hold.
#[derive(Debug)]
pub(super) struct Claims {
    pub contacts: Vec<Place>,
    pub dates: Vec<Date>,
    /// "FREE100": letters and digits in one word, as character positions.
    pub codes: Vec<Range<usize>>,
    pub numbers: Vec<Number>,
}

impl Claims {
    /// Each character belongs to one claim at most.
    pub fn of(view: &View) -> Self {
        let contacts = contacts(view);
        let mut taken: Vec<Range<usize>> = contacts.iter().map(|p| p.span.clone()).collect();
        let dates = dates(view, &taken);
        taken.extend(dates.iter().map(|d| d.span.clone()));
        let codes: Vec<Range<usize>> = view
            .words()
            .iter()
            .filter(|w| {
                is_code(view, w) && !taken.iter().any(|t| t.start < w.span.end && w.span.start < t.end)
            })
            .map(|w| w.span.clone())
            .collect();
        taken.extend(codes.iter().cloned());
        let numbers = numbers(view, &taken);
        Self {
            contacts,
            dates,
            codes,
            numbers,
        }
    }
}

/// Whether a word mixes letters and digits as no amount does: "FREE100", "SK-26", "4KIDS", and not "26cm", "10-ти".
fn is_code(view: &View, word: &Word) -> bool {
    let parts = runs(view, &word.span);
    let (Some(first), Some(second)) = (parts.first(), parts.get(1)) else {
        return false;
    };
    let is_digits = |run: &Run| run.text.starts_with(|c: char| c.is_ascii_digit());
    if !is_digits(first) {
        return parts.iter().any(is_digits) && currency_code(&first.text).is_none();
    }
    let shouted = second.text.chars().count() >= 3
        && second.span.clone().all(|i| view.upper.get(i) == Some(&true))
        && first.span.end == second.span.start;
    let counts = unit_word(&second.text).is_some() || second.text.chars().count() <= 3 && !shouted;
    let attached = first.span.end == second.span.start;
    !counts && attached || parts.get(2).is_some_and(is_digits) && attached && !second.text.starts_with('h')
}
