//! Dates, weekdays, months, hours of the day and words like "tomorrow".

use super::calendar::{COMING, NOTION_PHRASES, NOTIONS, Relative, month, ordinal_day, weekday};
use super::clocks::clocks;
use super::hours::speaks_of_hours;
use super::spelled::spelled;
use super::view::{View, Word};
use std::ops::Range;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum When {
    /// "03/04" is read both ways.
    Day {
        year: Option<u32>,
        day_month: Vec<(u32, u32)>,
    },
    Month(u32),
    /// 1 is Monday.
    Weekday(u32),
    Clock {
        hour: u32,
        minute: u32,
    },
    /// "tomorrow", "next week".
    Relative(Relative),
}

#[derive(Debug, Clone)]
pub(super) struct Date {
    pub when: When,
    /// Character positions in the view.
    pub span: Range<usize>,
}

impl When {
    /// Whether a fact that says `self` supports a draft that says `claim`.
    pub fn supports(&self, claim: &When) -> bool {
        match (self, claim) {
            (
                When::Day { year, day_month },
                When::Day {
                    year: wanted_year,
                    day_month: wanted,
                },
            ) => {
                (wanted_year.is_none() || year.is_none() || year == wanted_year)
                    && day_month.iter().any(|d| wanted.contains(d))
            }
            (When::Day { day_month, .. }, When::Month(month)) => day_month.iter().any(|(_, m)| m == month),
            (fact, claim) => fact == claim,
        }
    }
}

/// All dates of a text, in its order.
pub(super) fn dates(view: &View, taken: &[Range<usize>]) -> Vec<Date> {
    let mut found = numeric_dates(view, taken);
    found.extend(clocks(view, taken));
    let mut worded = worded_dates(view, view.words());
    // "The day after tomorrow" is not "tomorrow".
    worded.sort_by_key(|d| std::cmp::Reverse(d.span.len()));
    for date in worded {
        if !found.iter().any(|d| overlaps(&d.span, &date.span)) {
            found.push(date);
        }
    }
    found.retain(|d| !taken.iter().any(|t| overlaps(t, &d.span)));
    found.sort_by_key(|d| d.span.start);
    found
}

/// The weekdays that the ranges of a text include ("Monday to Friday" holds Wednesday).
pub(super) fn weekdays_in_ranges(view: &View, dates: &[Date]) -> Vec<u32> {
    let weekdays: Vec<(u32, &Range<usize>)> = dates
        .iter()
        .filter_map(|d| match d.when {
            When::Weekday(day) => Some((day, &d.span)),
            _ => None,
        })
        .collect();
    let mut held = Vec::new();
    for pair in weekdays.windows(2) {
        let between = view.text(pair[0].1.end..pair[1].1.start);
        let joins = [
            "-",
            "to",
            "through",
            "until",
            "till",
            "по",
            "до",
            "a",
            "al",
            "hasta",
            "бастап",
        ];
        let mut tokens = between
            .split_whitespace()
            .filter(|t| !matches!(*t, "the" | "el" | "de"));
        let joined = tokens.next().is_some_and(|t| joins.contains(&t)) && tokens.next().is_none();
        if joined || is_kazakh_range(view, pair[0].1, pair[1].1) {
            let (from, to) = (pair[0].0, pair[1].0);
            let mut day = from;
            held.push(day);
            while day != to {
                day = day % 7 + 1;
                held.push(day);
            }
        }
    }
    let words = view.words();
    let daily = words.iter().any(|w| {
        matches!(
            w.text.as_str(),
            "daily" | "ежедневно" | "щодня" | "щоденно" | "diario" | "diariamente"
        )
    }) || pairs(words).any(|(a, b)| {
        matches!(
            (a, b),
            ("every", "day") | ("каждый", "день") | ("кожного", "дня") | ("күн", "сайын") | ("todos", "los")
        )
    });
    if daily {
        held.extend(1..=7);
    }
    held
}

/// "сейсенбіден жұмаға дейін": the endings alone say from and to.
fn is_kazakh_range(view: &View, from: &Range<usize>, to: &Range<usize>) -> bool {
    let ends = |range: &Range<usize>, endings: [&str; 6]| {
        let word = view.text(range.clone());
        endings.iter().any(|ending| word.ends_with(ending))
    };
    view.text(from.end..to.start).trim().is_empty()
        && ends(from, ["ден", "дан", "нен", "нан", "тен", "тан"])
        && ends(to, ["ге", "ға", "ке", "қа", "не", "на"])
}

fn overlaps(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn pairs(words: &[Word]) -> impl Iterator<Item = (&str, &str)> {
    words.windows(2).map(|w| (w[0].text.as_str(), w[1].text.as_str()))
}

/// 2026-12-14, 14.12.2026, 14/12/2026, 12/14/26. A day and month alone ("14.12") are left to the numbers.
fn numeric_dates(view: &View, taken: &[Range<usize>]) -> Vec<Date> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < view.len() {
        if !view.chars[i].is_ascii_digit() || taken.iter().any(|t| t.contains(&i)) {
            i += 1;
            continue;
        }
        let (fields, separator, end) = date_fields(view, i);
        if let Some(when) = numeric_date(&fields, separator) {
            found.push(Date { when, span: i..end });
            i = end;
        } else {
            while view.at(i).is_some_and(|c| c.is_ascii_digit()) {
                i += 1;
            }
        }
    }
    found
}

fn date_fields(view: &View, start: usize) -> (Vec<String>, Option<char>, usize) {
    let mut fields = Vec::new();
    let mut separator = None;
    let mut at = start;
    loop {
        let from = at;
        while view.at(at).is_some_and(|c| c.is_ascii_digit()) {
            at += 1;
        }
        fields.push(view.text(from..at));
        let next = view.at(at);
        let goes_on = matches!(next, Some('-' | '.' | '/'))
            && (separator.is_none() || separator == next)
            && view.at(at + 1).is_some_and(|c| c.is_ascii_digit())
            && fields.len() < 3;
        if !goes_on {
            return (fields, separator, at);
        }
        separator = next;
        at += 1;
    }
}

fn numeric_date(fields: &[String], separator: Option<char>) -> Option<When> {
    let number = |i: usize| fields.get(i).and_then(|f| f.parse::<u32>().ok());
    match (fields.len(), separator) {
        (3, Some('-')) if fields[0].len() == 4 => {
            let day_month = valid(number(2)?, number(1)?)?;
            Some(When::Day {
                year: number(0),
                day_month: vec![day_month],
            })
        }
        (3, Some(_)) if fields[0].len() <= 2 && fields[1].len() <= 2 && matches!(fields[2].len(), 2 | 4) => {
            let (a, b) = (number(0)?, number(1)?);
            let year = number(2).map(|y| if y < 100 { 2000 + y } else { y });
            let day_month: Vec<_> = [valid(a, b), valid(b, a)].into_iter().flatten().collect();
            (!day_month.is_empty()).then_some(When::Day { year, day_month })
        }
        _ => None,
    }
}

fn valid(day: u32, month: u32) -> Option<(u32, u32)> {
    ((1..=31).contains(&day) && (1..=12).contains(&month)).then_some((day, month))
}

fn worded_dates(view: &View, words: &[Word]) -> Vec<Date> {
    let mut found = Vec::new();
    for (i, word) in words.iter().enumerate() {
        if let Some(month) = month(&word.text) {
            if let Some(date) = day_of_month(words, i, month) {
                found.push(date);
            } else if month_stands_alone(view, words, i) {
                found.push(Date {
                    when: When::Month(month),
                    span: word.span.clone(),
                });
            }
        } else if let Some(day) = weekday(&word.text).or_else(|| short_weekend(view, word)) {
            found.push(Date {
                when: When::Weekday(day),
                span: word.span.clone(),
            });
        } else if let Some(hour) = turn_of_day(&word.text) {
            found.push(Date {
                when: When::Clock { hour, minute: 0 },
                span: word.span.clone(),
            });
        }
    }
    for (notion, span) in NOTION_PHRASES.places(words) {
        let kind = NOTIONS[notion].kind;
        if means(view, &span, kind) {
            found.push(Date {
                when: When::Relative(kind),
                span,
            });
        }
    }
    found
}

/// "Sat" and "Sun" are weekdays where opening hours are spoken of.
fn short_weekend(view: &View, word: &Word) -> Option<u32> {
    let day = match word.text.as_str() {
        "sat" => 6,
        "sun" => 7,
        _ => return None,
    };
    (view.is_capitalised(word) && speaks_of_hours(view, word.span.start)).then_some(day)
}

fn turn_of_day(word: &str) -> Option<u32> {
    Some(match word {
        "noon" | "midday" | "полудня" | "полдень" | "полудню" | "опівдні" | "полудень" | "mediodía" => {
            12
        }
        "midnight" | "полночь" | "полуночи" | "опівночі" | "medianoche" => 0,
        _ => return None,
    })
}

/// Whether the words at a place mean the notion that their form names.
fn means(view: &View, place: &Range<usize>, kind: Relative) -> bool {
    let before = view
        .words_in(&(view.sentence(place.start).start..place.start))
        .last();
    let before = before.map(|w| w.text.as_str());
    match kind {
        // "por la mañana": in the morning.
        Relative::Tomorrow if view.text(place.clone()) == "mañana" => {
            !matches!(before, Some("la" | "esta" | "una" | "cada" | "buena"))
        }
        Relative::Soon => {
            let clause = view.clause(place.start);
            !matches!(before, Some("as" | "tan" | "so"))
                && view.words_in(&clause).iter().any(|w| COMING.has(&w.text))
        }
        _ => true,
    }
}

/// "14 December 2026", "December 14", "14 de diciembre".
fn day_of_month(words: &[Word], at: usize, month: u32) -> Option<Date> {
    let day = |word: &Word| -> Option<u32> {
        let digits = word
            .text
            .trim_end_matches(|c: char| c.is_alphabetic() || c == '-');
        digits
            .parse::<u32>()
            .ok()
            .filter(|d| (1..=31).contains(d) && digits.len() <= 2)
    };
    let year = |word: Option<&Word>| -> Option<u32> {
        word.and_then(|w| w.text.parse::<u32>().ok())
            .filter(|y| (1900..=2200).contains(y))
    };
    let before = match at.checked_sub(1).map(|i| &words[i]) {
        Some(w) if matches!(w.text.as_str(), "de" | "of") => at.checked_sub(2),
        Some(_) => Some(at - 1),
        None => None,
    };
    let after = words.get(at + 1);
    let (day, first, mut last) = if let Some((i, d)) = before.and_then(|i| day(&words[i]).map(|d| (i, d))) {
        (d, i, at)
    } else if let Some((i, d)) = before.and_then(|i| spelled_day(words, i)) {
        (d, i, at)
    } else if let Some(d) = after.and_then(day) {
        (d, at, at + 1)
    } else {
        return None;
    };
    let mut next = last + 1;
    if words
        .get(next)
        .is_some_and(|w| matches!(w.text.as_str(), "de" | "del"))
    {
        next += 1;
    }
    let year = year(words.get(next));
    if year.is_some() {
        last = next;
    }
    Some(Date {
        when: When::Day {
            year,
            day_month: vec![(day, month)],
        },
        span: words[first].span.start..words[last].span.end,
    })
}

/// "двадцать пятого", "catorce": the day in words that ends at `last`, and where it begins.
fn spelled_day(words: &[Word], last: usize) -> Option<(usize, u32)> {
    let word = words[last].text.as_str();
    if let Some((tens, ones)) = word.split_once('-') {
        let tens = match tens {
            "twenty" => 20,
            "thirty" => 30,
            _ => return None,
        };
        return ordinal_day(ones).map(|d| (last, tens + d));
    }
    if let Some(ones) = ordinal_day(word) {
        let tens = last
            .checked_sub(1)
            .and_then(|i| match words[i].text.as_str() {
                "twenty" | "двадцать" | "двадцять" | "жиырма" => Some((i, 20)),
                "thirty" | "тридцать" | "тридцять" | "отыз" => Some((i, 30)),
                "он" => Some((i, 10)),
                _ => None,
            })
            .filter(|_| ones < 10);
        return Some(tens.map_or((last, ones), |(i, tens)| (i, tens + ones)));
    }
    (last.saturating_sub(2)..=last).find_map(|first| {
        let number = spelled(words, first)?;
        let day = number.single()?.parse::<u32>().ok()?;
        (number.end == last + 1 && (1..=31).contains(&day)).then_some((first, day))
    })
}

/// "may", "march" and the Kazakh words for "pot" and "season" are months only where the context says so.
fn month_stands_alone(view: &View, words: &[Word], at: usize) -> bool {
    let word = &words[at];
    let previous = at.checked_sub(1).map(|i| words[i].text.as_str());
    match word.text.as_str() {
        "may" | "march" => {
            view.upper.get(word.span.start) == Some(&true)
                && previous.is_some_and(|p| {
                    matches!(
                        p,
                        "in" | "by" | "until" | "till" | "from" | "since" | "of" | "early" | "late" | "mid"
                    )
                })
        }
        "май" | "мая" | "мае" => previous.is_some_and(|p| {
            matches!(
                p,
                "в" | "с" | "до" | "к" | "на" | "начала" | "начале" | "конца" | "конце" | "середине"
            )
        }),
        text if text.starts_with("қазан") || text.starts_with("маусым") => {
            words.get(at + 1).is_some_and(|w| w.text.starts_with("ай"))
        }
        text => text.chars().count() > 3,
    }
}
