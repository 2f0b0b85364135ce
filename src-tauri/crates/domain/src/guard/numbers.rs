//! Numbers with their units, in the ways people write them in five languages.

use super::amounts::{is_cyrillic, spelled_numbers};
use super::hours::{follows_hour_word, joins_range, speaks_of_hours};
use super::spelled::power_of_ten;
use super::units::{Unit, currency_code, currency_symbol, is_price_word, is_stock_word, unit_at};
use super::view::View;
use std::ops::Range;

/// One way to read the digits: each part must hold, each by any of its values.
pub(super) type Reading = Vec<Vec<String>>;

#[derive(Debug, Clone)]
pub(super) struct Number {
    /// "1 299" is 1299, or 1 and 299.
    pub readings: Vec<Reading>,
    /// Of the last part.
    pub unit: Unit,
    /// Digits and unit, as character positions in the view.
    pub span: Range<usize>,
    /// "14.12" may be the 14th of December.
    pub day_month: Option<(u32, u32)>,
    /// An hour that is one end of a range.
    pub in_range: bool,
    /// Without the unit.
    pub digits: Range<usize>,
}

/// All numbers outside `taken`.
pub(super) fn numbers(view: &View, taken: &[Range<usize>]) -> Vec<Number> {
    let mut found = digit_numbers(view, taken);
    let mut taken = taken.to_vec();
    taken.extend(found.iter().map(|n| n.span.clone()));
    found.extend(spelled_numbers(view, &taken));
    found.sort_by_key(|n| n.span.start);
    find_hours(view, &mut found);
    share_units(view, &mut found);
    found
}

fn digit_numbers(view: &View, taken: &[Range<usize>]) -> Vec<Number> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < view.len() {
        if let Some(range) = taken.iter().find(|r| r.contains(&i)) {
            i = range.end;
            continue;
        }
        if !view.chars[i].is_ascii_digit() {
            i += 1;
            continue;
        }
        let (groups, digits) = digit_groups(view, i, taken);
        i = digits.end;
        if is_heart(view, &digits) || is_list_mark(view, &digits) {
            continue;
        }
        let (power, end) = power_after(view, digits.end);
        let (unit, span) = unit_around(view, &(digits.start..end));
        i = i.max(span.end);
        let money = matches!(unit, Unit::Money(_));
        let mut readings = readings(&groups, money);
        if power > 0 {
            for value in readings.iter_mut().filter_map(|r| r.last_mut()).flatten() {
                *value = times_power_of_ten(value, power);
            }
        }
        found.push(Number {
            readings,
            unit,
            span,
            day_month: day_month(&groups).filter(|_| power == 0),
            in_range: false,
            digits,
        });
    }
    found
}

/// "26 тыс", "26 мың", "26k": the power of ten that follows digits, and where it ends.
fn power_after(view: &View, end: usize) -> (u32, usize) {
    if matches!(view.at(end), Some('k' | 'к')) && !view.at(end + 1).is_some_and(char::is_alphabetic) {
        return (3, end + 1);
    }
    let at = end + usize::from(matches!(view.at(end), Some(' ' | '-')));
    let word = view.letters_from(at);
    match power_of_ten(&view.text(word.clone())) {
        Some(power) => {
            let abbreviated = view.at(word.end) == Some('.') && view.at(word.end + 1) == Some(' ');
            (power, word.end + usize::from(abbreviated))
        }
        None => (0, end),
    }
}

/// "1.5" with 3 is "1500".
fn times_power_of_ten(value: &str, power: u32) -> String {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let power = usize::try_from(power).unwrap_or(0);
    let moved: String = fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(power)
        .collect();
    let rest: String = fraction.chars().skip(power).collect();
    canonical(&format!("{whole}{moved}"), &rest)
}

/// A group of digits and the separator before it.
#[derive(Debug)]
struct Group {
    separator: Option<char>,
    digits: String,
}

fn digit_groups(view: &View, start: usize, taken: &[Range<usize>]) -> (Vec<Group>, Range<usize>) {
    let run = |from: usize| -> usize {
        let mut end = from;
        while view.at(end).is_some_and(|c| c.is_ascii_digit()) {
            end += 1;
        }
        end
    };
    let mut end = run(start);
    let mut groups = vec![Group {
        separator: None,
        digits: view.text(start..end),
    }];
    while let Some(separator @ ('.' | ',' | ' ' | '\'')) = view.at(end) {
        let next = end + 1;
        let next_end = run(next);
        let length = next_end - next;
        if length == 0 || taken.iter().any(|r| r.contains(&next)) {
            break;
        }
        let last = &groups[groups.len() - 1];
        let spaced = matches!(separator, ' ' | '\'');
        let thousands = length == 3
            && (last.digits.len() <= 3)
            && (groups.len() == 1 || last.digits.len() == 3)
            && !groups.iter().any(|g| matches!(g.separator, Some('.' | ',')));
        if spaced && !thousands {
            break;
        }
        groups.push(Group {
            separator: Some(separator),
            digits: view.text(next..next_end),
        });
        end = next_end;
    }
    (groups, start..end)
}

fn readings(groups: &[Group], money: bool) -> Vec<Reading> {
    let joined = joined(groups);
    let mut all = Vec::new();
    if !joined.is_empty() {
        all.push(vec![joined]);
    }
    let spaced = groups.iter().any(|g| matches!(g.separator, Some(' ' | '\'')));
    // "299 €" must not be found in "1 299 €", so prices are read as one number only.
    if spaced && !money {
        let mut parts: Vec<Vec<Group>> = Vec::new();
        for group in groups {
            let copy = Group {
                separator: group.separator,
                digits: group.digits.clone(),
            };
            match parts.last_mut() {
                Some(part) if matches!(group.separator, Some('.' | ',')) => part.push(copy),
                _ => parts.push(vec![Group {
                    separator: None,
                    ..copy
                }]),
            }
        }
        let read: Reading = parts.iter().map(|p| self::joined(p)).collect();
        if read.iter().all(|p| !p.is_empty()) {
            all.push(read);
        }
    }
    if all.is_empty() {
        all.push(groups.iter().map(|g| vec![canonical(&g.digits, "")]).collect());
    }
    all
}

/// The values of the groups read as one number; empty when they are not one.
fn joined(groups: &[Group]) -> Vec<String> {
    let Some((last, head)) = groups.split_last() else {
        return Vec::new();
    };
    let whole = |groups: &[Group]| -> Option<String> {
        let thousands = groups
            .iter()
            .skip(1)
            .all(|g| g.digits.len() == 3 && g.separator == groups[1].separator);
        (groups.len() == 1 || (thousands && groups[0].digits.len() <= 3))
            .then(|| groups.iter().map(|g| g.digits.as_str()).collect())
    };
    let mut values = Vec::new();
    if let Some(digits) = whole(groups) {
        values.push(canonical(&digits, ""));
    }
    let decimal_mark =
        matches!(last.separator, Some('.' | ',')) && head.iter().all(|g| g.separator != last.separator);
    if decimal_mark && let Some(digits) = whole(head) {
        values.push(canonical(&digits, &last.digits));
    }
    values
}

fn canonical(whole: &str, fraction: &str) -> String {
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    }
}

fn day_month(groups: &[Group]) -> Option<(u32, u32)> {
    let [day, month] = groups else { return None };
    if month.separator != Some('.') || day.digits.len() > 2 || month.digits.len() != 2 {
        return None;
    }
    let (day, month) = (day.digits.parse().ok()?, month.digits.parse().ok()?);
    ((1..=31).contains(&day) && (1..=12).contains(&month)).then_some((day, month))
}

fn is_heart(view: &View, digits: &Range<usize>) -> bool {
    digits.len() == 1 && view.at(digits.start) == Some('3') && view.before(digits.start) == Some('<')
}

fn is_list_mark(view: &View, digits: &Range<usize>) -> bool {
    digits.len() <= 2
        && matches!(view.before(digits.start), None | Some('\n'))
        && matches!(view.at(digits.end), Some('.' | ')'))
        && view.at(digits.end + 1) == Some(' ')
}

fn unit_around(view: &View, digits: &Range<usize>) -> (Unit, Range<usize>) {
    if let Some((currency, start)) = currency_before(view, digits.start) {
        return (Unit::Money(currency), start..digits.end);
    }
    if let Some((unit, end)) = unit_after(view, digits.end) {
        return (unit, digits.start..end);
    }
    if price_word_before(view, digits.start) {
        return (Unit::Money(""), digits.clone());
    }
    if word_before(view, digits.start).is_some_and(|word| is_stock_word(&word)) {
        return (Unit::Piece, digits.clone());
    }
    (Unit::Bare, digits.clone())
}

fn currency_before(view: &View, start: usize) -> Option<(&'static str, usize)> {
    let mut at = start;
    if view.before(at) == Some(' ') {
        at -= 1;
    }
    let previous = view.before(at)?;
    if let Some(code) = currency_symbol(previous) {
        return Some((code, at - 1));
    }
    let mut word = at;
    while view.before(word).is_some_and(char::is_alphabetic) {
        word -= 1;
    }
    let code = currency_code(&view.text(word..at))?;
    Some((code, word))
}

fn unit_after(view: &View, end: usize) -> Option<(Unit, usize)> {
    let at = end + usize::from(matches!(view.at(end), Some(' ' | '-')));
    let word = view.text(view.letters_from(at));
    if matches!(word.as_str(), "г" | "р" | "ж") && is_calendar_year(view, end) {
        return None;
    }
    let (unit, end_of_unit) = unit_at(view, at)?;
    // "2027 года", "2027 жылғы": a year, not 2027 years.
    let calendar = unit == Unit::Year && is_calendar_year(view, end);
    (!calendar).then_some((unit, end_of_unit))
}

/// "2027 г." is a year, not 2027 grams.
fn is_calendar_year(view: &View, end: usize) -> bool {
    let digits = view.text(end.saturating_sub(4)..end);
    digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
}

/// A word for "costs" right before, or one word further away.
fn price_word_before(view: &View, start: usize) -> bool {
    let mut end = start;
    for _ in 0..2 {
        while view.before(end).is_some_and(|c| matches!(c, ' ' | ':' | '-')) {
            end -= 1;
        }
        let mut word = end;
        while view.before(word).is_some_and(char::is_alphabetic) {
            word -= 1;
        }
        if word == end {
            return false;
        }
        if is_price_word(&view.text(word..end)) {
            return true;
        }
        end = word;
    }
    false
}

fn word_before(view: &View, start: usize) -> Option<String> {
    let mut end = start;
    while view.before(end).is_some_and(|c| matches!(c, ' ' | ':')) {
        end -= 1;
    }
    let mut word = end;
    while view.before(word).is_some_and(char::is_alphabetic) {
        word -= 1;
    }
    (word < end).then(|| view.text(word..end))
}

/// In "2-4 days" and "32 × 22 cm" the unit counts for both; so does the currency in "€25-50".
fn share_units(view: &View, numbers: &mut [Number]) {
    for i in (1..numbers.len()).rev() {
        let Some(between) = between(view, &numbers[i - 1], &numbers[i]) else {
            continue;
        };
        let joins = joins_range(&between)
            || matches!(
                between.trim(),
                "x" | "×"
                    | "х"
                    | "/"
                    | "or"
                    | "и"
                    | "или"
                    | "і"
                    | "й"
                    | "та"
                    | "або"
                    | "чи"
                    | "y"
                    | "o"
                    | "және"
                    | "мен"
                    | "пен"
                    | "бен"
                    | "немесе"
            );
        if joins && numbers[i - 1].unit == Unit::Bare {
            numbers[i - 1].unit = numbers[i].unit.clone();
        }
    }
    for i in 1..numbers.len() {
        let joins = between(view, &numbers[i - 1], &numbers[i])
            .is_some_and(|b| matches!(b.trim(), "-" | "to" | "до" | "a" | "hasta"));
        if joins && numbers[i].unit == Unit::Bare && matches!(numbers[i - 1].unit, Unit::Money(_)) {
            numbers[i].unit = numbers[i - 1].unit.clone();
        }
    }
}

/// The text between the digits of two numbers, when they do not overlap.
fn between(view: &View, left: &Number, right: &Number) -> Option<String> {
    (left.span.end <= right.span.start).then(|| view.text(left.digits.end..right.digits.start))
}

/// Bare numbers, and hours as a unit, that are times of opening.
fn find_hours(view: &View, numbers: &mut [Number]) {
    let joined = |left: &Number, right: &Number| between(view, left, right).is_some_and(|b| joins_range(&b));
    let hourly: Vec<bool> = numbers
        .iter()
        .enumerate()
        .map(|(i, n)| {
            let unit = view.text(n.digits.end..n.span.end);
            let hours = n.unit == Unit::Hour && (is_cyrillic(unit.trim()) || unit.trim() == "h");
            // "С понедельника: от 5 до 8 дней" are days.
            let of_other_unit = numbers
                .get(i + 1)
                .is_some_and(|next| joined(n, next) && !matches!(next.unit, Unit::Bare | Unit::Hour));
            (n.unit == Unit::Bare || hours)
                && !of_other_unit
                && is_hour(n)
                && speaks_of_hours(view, n.digits.start)
        })
        .collect();
    let mut in_range = vec![false; numbers.len()];
    for i in 1..numbers.len() {
        if joined(&numbers[i - 1], &numbers[i]) && hourly[i - 1] && hourly[i] {
            in_range[i - 1] = true;
            in_range[i] = true;
        }
    }
    for (i, number) in numbers.iter_mut().enumerate() {
        if hourly[i] && (in_range[i] || follows_hour_word(view, number.digits.start, number.span.end)) {
            number.unit = Unit::HourOfDay;
            number.in_range = in_range[i];
        }
    }
}

/// 0 to 24, with two digits of minutes at most.
fn is_hour(number: &Number) -> bool {
    let [reading] = number.readings.as_slice() else {
        return false;
    };
    let [values] = reading.as_slice() else {
        return false;
    };
    values.iter().any(|value| {
        let (hour, minute) = value.split_once('.').unwrap_or((value, ""));
        hour.parse::<u32>().is_ok_and(|h| h <= 24) && minute.len() <= 2 && minute < "6"
    })
}
