//! Dates, weekdays, months, hours of the day and words like "tomorrow".

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
    /// "tomorrow", "next week": the index of the notion.
    Relative(usize),
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
    let words = view.words();
    let mut found = numeric_dates(view, taken);
    found.extend(clocks(view, taken));
    let worded = worded_dates(view, &words);
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
        if tokens.next().is_some_and(|t| joins.contains(&t)) && tokens.next().is_none() {
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
    }) || pairs(&words).any(|(a, b)| {
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

/// 10:00, 9:30 am, 6 p.m.
fn clocks(view: &View, taken: &[Range<usize>]) -> Vec<Date> {
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
        let minutes = view.text(end + 1..end + 3);
        let has_minutes = view.at(end) == Some(':')
            && minutes.len() == 2
            && minutes.chars().all(|c| c.is_ascii_digit())
            && !view.at(end + 3).is_some_and(|c| c.is_ascii_digit());
        let after = if has_minutes { end + 3 } else { end };
        let half = half_of_day(view, after);
        if let (Some(hour), true) = (hour, has_minutes || half.is_some()) {
            let minute = if has_minutes {
                minutes.parse().unwrap_or(0)
            } else {
                0
            };
            let hour = match half {
                Some((true, _)) if hour < 12 => hour + 12,
                Some((false, _)) if hour == 12 => 0,
                _ => hour,
            };
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

/// Whether "am" (false) or "pm" (true) follows, and where it ends.
fn half_of_day(view: &View, at: usize) -> Option<(bool, usize)> {
    let at = at + usize::from(view.at(at) == Some(' '));
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
        } else if let Some(day) = weekday(&word.text) {
            found.push(Date {
                when: When::Weekday(day),
                span: word.span.clone(),
            });
        }
    }
    for (notion, forms) in RELATIVE.iter().enumerate() {
        for form in *forms {
            let form: Vec<&str> = form.split(' ').collect();
            for window in words.windows(form.len()) {
                if window.iter().map(|w| w.text.as_str()).eq(form.iter().copied()) {
                    found.push(Date {
                        when: When::Relative(notion),
                        span: window[0].span.start..window[form.len() - 1].span.end,
                    });
                }
            }
        }
    }
    found
}

const RELATIVE: [&[&str]; 5] = [
    &["tomorrow", "завтра", "ертең"],
    &[
        "day after tomorrow",
        "послезавтра",
        "післязавтра",
        "бүрсігүні",
        "pasado mañana",
    ],
    &[
        "next week",
        "на следующей неделе",
        "наступного тижня",
        "келесі аптада",
        "la próxima semana",
        "la semana que viene",
    ],
    &[
        "next month",
        "в следующем месяце",
        "наступного місяця",
        "келесі айда",
        "el próximo mes",
        "el mes que viene",
    ],
    &[
        "tonight",
        "сегодня вечером",
        "сьогодні ввечері",
        "бүгін кешке",
        "esta noche",
    ],
];

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
        text if text.starts_with("қазан") || text.starts_with("маусым") => {
            words.get(at + 1).is_some_and(|w| w.text.starts_with("ай"))
        }
        text => text.chars().count() > 3,
    }
}

fn month(word: &str) -> Option<u32> {
    const EXACT: [(&str, u32); 26] = [
        ("jan", 1),
        ("feb", 2),
        ("mar", 3),
        ("apr", 4),
        ("may", 5),
        ("jun", 6),
        ("jul", 7),
        ("aug", 8),
        ("sep", 9),
        ("sept", 9),
        ("oct", 10),
        ("nov", 11),
        ("dec", 12),
        ("март", 3),
        ("марта", 3),
        ("марте", 3),
        ("марту", 3),
        ("май", 5),
        ("мая", 5),
        ("мае", 5),
        ("лютого", 2),
        ("лютий", 2),
        ("лютому", 2),
        ("mayo", 5),
        ("march", 3),
        ("marzo", 3),
    ];
    const STEMS: [(&str, u32); 58] = [
        ("january", 1),
        ("february", 2),
        ("april", 4),
        ("june", 6),
        ("july", 7),
        ("august", 8),
        ("september", 9),
        ("october", 10),
        ("november", 11),
        ("december", 12),
        ("январ", 1),
        ("феврал", 2),
        ("апрел", 4),
        ("июн", 6),
        ("июл", 7),
        ("август", 8),
        ("сентябр", 9),
        ("октябр", 10),
        ("ноябр", 11),
        ("декабр", 12),
        ("січн", 1),
        ("січен", 1),
        ("березн", 3),
        ("березен", 3),
        ("квітн", 4),
        ("квітен", 4),
        ("травн", 5),
        ("травен", 5),
        ("червн", 6),
        ("червен", 6),
        ("липн", 7),
        ("липен", 7),
        ("серпн", 8),
        ("серпен", 8),
        ("вересн", 9),
        ("вересен", 9),
        ("жовтн", 10),
        ("жовтен", 10),
        ("листопад", 11),
        ("грудн", 12),
        ("груден", 12),
        ("қаңтар", 1),
        ("ақпан", 2),
        ("наурыз", 3),
        ("сәуір", 4),
        ("мамыр", 5),
        ("маусым", 6),
        ("шілде", 7),
        ("тамыз", 8),
        ("қыркүйек", 9),
        ("қазан", 10),
        ("қараша", 11),
        ("желтоқсан", 12),
        ("enero", 1),
        ("febrero", 2),
        ("abril", 4),
        ("junio", 6),
        ("julio", 7),
    ];
    const SPANISH: [(&str, u32); 5] = [
        ("agosto", 8),
        ("septiembre", 9),
        ("octubre", 10),
        ("noviembre", 11),
        ("diciembre", 12),
    ];
    if let Some((_, month)) = EXACT.iter().find(|(w, _)| *w == word) {
        return Some(*month);
    }
    STEMS
        .iter()
        .chain(&SPANISH)
        .find(|(stem, _)| word.starts_with(stem) && word.chars().count() <= stem.chars().count() + 4)
        .map(|(_, month)| *month)
}

fn weekday(word: &str) -> Option<u32> {
    const STEMS: [(&str, u32); 36] = [
        ("monday", 1),
        ("tuesday", 2),
        ("wednesday", 3),
        ("thursday", 4),
        ("friday", 5),
        ("saturday", 6),
        ("sunday", 7),
        ("понедельник", 1),
        ("вторник", 2),
        ("четверг", 4),
        ("суббот", 6),
        ("понеділ", 1),
        ("вівтор", 2),
        ("четвер", 4),
        ("п'ятниц", 5),
        ("субот", 6),
        ("неділ", 7),
        ("дүйсенбі", 1),
        ("сейсенбі", 2),
        ("сәрсенбі", 3),
        ("бейсенбі", 4),
        ("сенбі", 6),
        ("жексенбі", 7),
        ("lunes", 1),
        ("martes", 2),
        ("miércoles", 3),
        ("jueves", 4),
        ("viernes", 5),
        ("sábado", 6),
        ("domingo", 7),
        ("середу", 3),
        ("пятниц", 5),
        ("воскресень", 7),
        ("понеділк", 1),
        ("вівторк", 2),
        ("жұмада", 5),
    ];
    // "среда" is also "environment" and "неделя" a week, so these count in the forms a timetable uses.
    match word {
        "среда" | "среду" | "среды" | "среде" | "середа" | "середи" => {
            return Some(3);
        }
        "жұма" | "жұмаға" | "жұмадан" | "пт" | "fri" => return Some(5),
        "mon" | "пн" => return Some(1),
        "tue" | "вт" => return Some(2),
        "wed" | "ср" => return Some(3),
        "thu" | "чт" => return Some(4),
        "сб" => return Some(6),
        "вс" | "нд" => return Some(7),
        "четверть" | "четверти" | "четвертый" => return None,
        _ => {}
    }
    STEMS
        .iter()
        .find(|(stem, _)| word.starts_with(stem) && word.chars().count() <= stem.chars().count() + 5)
        .map(|(_, day)| *day)
}
