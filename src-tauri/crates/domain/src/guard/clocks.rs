//! Hours of the day in digits.

use super::dates::{Date, When};
use super::hours::speaks_of_hours;
use super::view::View;
use std::ops::Range;

/// 10:00, 9:30 am, 6 p.m., 10 утра, 7 de la tarde, 19h.
pub(super) fn clocks(view: &View, taken: &[Range<usize>]) -> Vec<Date> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < view.len() {
        let starts = view.chars[i].is_ascii_digit()
            && !view
                .before(i)
                .is_some_and(|c| c.is_ascii_digit() || c == '.' || c == ',')
            && !taken.iter().any(|t| t.contains(&i));
        if !starts {
            i += 1;
            continue;
        }
        let mut end = i;
        while view.at(end).is_some_and(|c| c.is_ascii_digit()) {
            end += 1;
        }
        let hour = view
            .text(i..end)
            .parse::<u32>()
            .ok()
            .filter(|h| *h <= 24 && end - i <= 2);
        let minute = minutes_after(view, end, ':');
        let after = if minute.is_some() { end + 3 } else { end };
        let half = half_of_day(view, after);
        let hours = hour.is_some() && minute.is_none() && half.is_none();
        if let Some((minute, end)) = hours.then(|| hour_letter(view, i, end)).flatten()
            && let Some(hour) = hour
        {
            found.push(Date {
                when: When::Clock { hour, minute },
                span: i..end,
            });
            i = end;
        } else if let (Some(hour), true) = (hour, minute.is_some() || half.is_some()) {
            let hour = match half {
                Some((true, _)) if hour < 12 => hour + 12,
                Some((false, _)) if hour == 12 => 0,
                _ => hour,
            };
            let minute = minute.unwrap_or(0);
            let end = half.map_or(after, |(_, end)| end);
            if minute < 60 {
                found.push(Date {
                    when: When::Clock { hour, minute },
                    span: i..end,
                });
            }
            i = end;
        } else {
            i = end;
        }
    }
    found
}

/// The two digits after a mark.
fn minutes_after(view: &View, at: usize, mark: char) -> Option<u32> {
    let digits = view.text(at + 1..at + 3);
    let whole = view.at(at) == Some(mark)
        && digits.len() == 2
        && digits.chars().all(|c| c.is_ascii_digit())
        && !view.at(at + 3).is_some_and(|c| c.is_ascii_digit());
    whole.then(|| digits.parse().ok()).flatten()
}

/// "19h" and "19h30" are times where opening hours are spoken of, and durations elsewhere.
fn hour_letter(view: &View, start: usize, end: usize) -> Option<(u32, usize)> {
    if view.at(end) != Some('h') || !speaks_of_hours(view, start) {
        return None;
    }
    if let Some(minute) = minutes_after(view, end, 'h').filter(|m| *m < 60) {
        return Some((minute, end + 3));
    }
    (!view.at(end + 1).is_some_and(char::is_alphanumeric)).then_some((0, end + 1))
}

/// Whether "am" (false) or "pm" (true) follows, and where it ends.
fn half_of_day(view: &View, at: usize) -> Option<(bool, usize)> {
    const WORDED: &[(&str, bool)] = &[
        ("утра", false),
        ("вечера", true),
        ("часов утра", false),
        ("часов вечера", true),
        ("часа дня", true),
        ("часов дня", true),
        ("ранку", false),
        ("вечора", true),
        ("години ранку", false),
        ("години вечора", true),
        ("de la mañana", false),
        ("de la tarde", true),
        ("de la noche", true),
        ("in the morning", false),
        ("in the afternoon", true),
        ("in the evening", true),
        ("o'clock", false),
    ];
    let at = at + usize::from(view.at(at) == Some(' '));
    for (words, afternoon) in WORDED {
        let end = at + words.chars().count();
        if view.text(at..end) == *words && !view.at(end).is_some_and(char::is_alphabetic) {
            return Some((*afternoon, end));
        }
    }
    let afternoon = match view.at(at)? {
        'a' => false,
        'p' => true,
        _ => return None,
    };
    let mut end = at + 1;
    if view.at(end) == Some('.') {
        end += 1;
    }
    if view.at(end) != Some('m') || view.at(end + 1).is_some_and(char::is_alphanumeric) {
        return None;
    }
    Some((afternoon, end + 1))
}
