//! Numbers with their units, in the ways people write them in five languages.

use super::view::View;
use std::ops::Range;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Unit {
    Bare,
    /// ISO 4217, or empty where the words say "price" and no currency stands there.
    Money(&'static str),
    Percent,
    Degrees,
    Millimetre,
    Centimetre,
    Metre,
    Inch,
    Gram,
    Kilogram,
    Millilitre,
    Litre,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    pub fn is_duration(&self) -> bool {
        matches!(
            self,
            Self::Minute | Self::Hour | Self::Day | Self::Week | Self::Month | Self::Year
        )
    }
}

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
    digits: Range<usize>,
}

/// All numbers outside `taken`.
pub(super) fn numbers(view: &View, taken: &[Range<usize>]) -> Vec<Number> {
    let mut found = digit_numbers(view, taken);
    found.extend(word_numbers(view, taken));
    found.sort_by_key(|n| n.span.start);
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
        let (unit, span) = unit_around(view, &digits);
        i = i.max(span.end);
        let money = matches!(unit, Unit::Money(_));
        found.push(Number {
            readings: readings(&groups, money),
            unit,
            span,
            day_month: day_month(&groups),
            digits,
        });
    }
    found
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
    let mut at = end;
    if matches!(view.at(at), Some(' ' | '-')) {
        at += 1;
    }
    let next = view.at(at)?;
    if let Some(code) = currency_symbol(next) {
        return Some((Unit::Money(code), at + 1));
    }
    match next {
        '%' | '٪' => return Some((Unit::Percent, at + 1)),
        '°' | 'º' => {
            let scale = at + 1 + usize::from(view.at(at + 1) == Some(' '));
            let end = match view.at(scale) {
                Some('c' | 'с' | 'f') if !view.at(scale + 1).is_some_and(char::is_alphabetic) => scale + 1,
                _ => at + 1,
            };
            return Some((Unit::Degrees, end));
        }
        _ => {}
    }
    let word = view.letters_from(at);
    if word.is_empty() {
        return None;
    }
    let text = view.text(word.clone());
    if matches!(text.as_str(), "г" | "р" | "ж") && is_calendar_year(view, end) {
        return None;
    }
    if let Some(unit) = unit_word(&text) {
        // "2027 года", "2027 жылғы": a year, not 2027 years.
        let calendar = unit == Unit::Year && is_calendar_year(view, end);
        return (!calendar).then_some((unit, word.end));
    }
    if is_day_adjective(&text) && view.at(word.end) == Some(' ') {
        let noun = view.letters_from(word.end + 1);
        let unit = unit_word(&view.text(noun.clone()))?;
        return unit.is_duration().then_some((unit, noun.end));
    }
    None
}

/// "2027 г." is a year, not 2027 grams.
fn is_calendar_year(view: &View, end: usize) -> bool {
    let digits = view.text(end.saturating_sub(4)..end);
    digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
}

fn is_day_adjective(word: &str) -> bool {
    [
        "business",
        "working",
        "calendar",
        "рабоч",
        "календар",
        "робоч",
        "жұмыс",
        "күнтізбе",
    ]
    .iter()
    .any(|stem| word.starts_with(stem))
}

fn price_word_before(view: &View, start: usize) -> bool {
    const STEMS: [&str; 12] = [
        "cost",
        "price",
        "стоит",
        "стоят",
        "цена",
        "цене",
        "коштує",
        "ціна",
        "баға",
        "тұрады",
        "cuesta",
        "precio",
    ];
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
        let text = view.text(word..end);
        if STEMS.iter().any(|stem| text.starts_with(stem)) {
            return true;
        }
        end = word;
    }
    false
}

fn currency_symbol(c: char) -> Option<&'static str> {
    Some(match c {
        '€' => "EUR",
        '$' => "USD",
        '£' => "GBP",
        '₸' => "KZT",
        '₽' => "RUB",
        '₴' => "UAH",
        '¥' => "JPY",
        '₺' => "TRY",
        '₹' => "INR",
        _ => return None,
    })
}

fn currency_code(word: &str) -> Option<&'static str> {
    [
        "EUR", "USD", "GBP", "KZT", "RUB", "UAH", "JPY", "TRY", "INR", "CHF", "PLN", "CZK", "SEK", "NOK",
        "DKK", "MXN", "BRL", "CAD", "AUD", "CNY",
    ]
    .into_iter()
    .find(|code| code.eq_ignore_ascii_case(word))
}

/// The code of a currency that facts name, so that codes compare by value.
pub(super) fn known_currency(code: &str) -> &'static str {
    currency_code(code).unwrap_or("")
}

fn unit_word(word: &str) -> Option<Unit> {
    use Unit::*;
    if let Some(code) = currency_code(word) {
        return Some(Money(code));
    }
    let exact = match word {
        "mm" | "мм" => Millimetre,
        "cm" | "см" => Centimetre,
        "m" | "м" => Metre,
        "g" | "г" | "гр" => Gram,
        "kg" | "кг" => Kilogram,
        "ml" | "мл" => Millilitre,
        "l" | "л" | "ltr" => Litre,
        "min" | "mins" | "мин" | "хв" => Minute,
        "h" | "hr" | "hrs" | "ч" | "час" | "часа" | "часов" | "сағ" => Hour,
        "день" | "дня" | "дней" | "дню" | "дні" | "днів" | "дн" | "days" | "day" | "día" | "días" | "dia"
        | "dias" => Day,
        "лет" | "год" | "года" | "годы" | "году" | "рік" | "року" | "роки" | "років" | "year" | "years"
        | "año" | "años" => Year,
        "ай" | "айға" | "айда" | "айдан" | "айлық" | "ай-" | "mes" | "meses" => Month,
        "руб" | "р" => Money("RUB"),
        "грн" => Money("UAH"),
        "тг" | "тенге" | "теңге" | "tenge" => Money("KZT"),
        "евро" | "євро" | "еуро" | "euro" | "euros" => Money("EUR"),
        "celsius" => Degrees,
        _ => return unit_stem(word),
    };
    Some(exact)
}

fn unit_stem(word: &str) -> Option<Unit> {
    use Unit::*;
    const STEMS: [(&str, Unit); 44] = [
        ("percent", Percent),
        ("процент", Percent),
        ("відсот", Percent),
        ("пайыз", Percent),
        ("degree", Degrees),
        ("градус", Degrees),
        ("grado", Degrees),
        ("centimet", Centimetre),
        ("centímet", Centimetre),
        ("сантимет", Centimetre),
        ("inch", Inch),
        ("дюйм", Inch),
        ("pulgada", Inch),
        ("gram", Gram),
        ("грам", Gram),
        ("kilo", Kilogram),
        ("кило", Kilogram),
        ("кіло", Kilogram),
        ("litre", Litre),
        ("liter", Litre),
        ("litro", Litre),
        ("литр", Litre),
        ("літр", Litre),
        ("minut", Minute),
        ("минут", Minute),
        ("хвилин", Minute),
        ("hour", Hour),
        ("годин", Hour),
        ("сағат", Hour),
        ("hora", Hour),
        ("күн", Day),
        ("week", Week),
        ("недел", Week),
        ("тижн", Week),
        ("тижд", Week),
        ("апта", Week),
        ("semana", Week),
        ("month", Month),
        ("месяц", Month),
        ("місяц", Month),
        ("жыл", Year),
        ("dollar", Money("USD")),
        ("рубл", Money("RUB")),
        ("грив", Money("UAH")),
    ];
    STEMS
        .iter()
        .find(|(stem, _)| word.starts_with(stem) && word.chars().count() <= stem.chars().count() + 5)
        .map(|(_, unit)| unit.clone())
}

/// Spelled-out durations ("two weeks"): the numbers that people write as words and mean.
fn word_numbers(view: &View, taken: &[Range<usize>]) -> Vec<Number> {
    let words = view.words();
    let mut found = Vec::new();
    for (i, word) in words.iter().enumerate() {
        if taken.iter().any(|r| r.contains(&word.span.start)) {
            continue;
        }
        let Some(value) = number_word(&word.text) else {
            continue;
        };
        let mut noun = words.get(i + 1);
        if noun.is_some_and(|w| is_day_adjective(&w.text)) {
            noun = words.get(i + 2);
        }
        let Some((noun, unit)) = noun.and_then(|w| unit_word(&w.text).map(|u| (w, u))) else {
            continue;
        };
        if unit.is_duration() {
            found.push(Number {
                readings: vec![vec![vec![value.to_string()]]],
                unit,
                span: word.span.start..noun.span.end,
                day_month: None,
                digits: word.span.clone(),
            });
        }
    }
    found
}

fn number_word(word: &str) -> Option<u32> {
    Some(match word {
        "two" | "два" | "две" | "двух" | "двум" | "дві" | "двох" | "екі" | "dos" => 2,
        "three" | "три" | "трех" | "трем" | "трьох" | "үш" | "tres" => 3,
        "four" | "четыре" | "четырех" | "чотири" | "чотирьох" | "төрт" | "cuatro" => {
            4
        }
        "five" | "пять" | "пяти" | "п'ять" | "п'яти" | "бес" | "cinco" => 5,
        "six" | "шесть" | "шести" | "шість" | "алты" | "seis" => 6,
        "seven" | "семь" | "семи" | "сім" | "жеті" | "siete" => 7,
        "eight" | "восемь" | "восьми" | "вісім" | "сегіз" | "ocho" => 8,
        "nine" | "девять" | "девяти" | "дев'ять" | "дев'яти" | "тоғыз" | "nueve" => {
            9
        }
        "ten" | "десять" | "десяти" | "он" | "diez" => 10,
        "twelve" | "двенадцать" | "двенадцати" | "дванадцять" | "doce" => 12,
        "fourteen" | "четырнадцать" | "четырнадцати" | "чотирнадцять" | "catorce" => {
            14
        }
        "thirty" | "тридцать" | "тридцати" | "тридцять" | "отыз" | "treinta" => {
            30
        }
        _ => return None,
    })
}

/// In "2-4 days" and "32 × 22 cm" the unit counts for both.
fn share_units(view: &View, numbers: &mut [Number]) {
    for i in (1..numbers.len()).rev() {
        let between = view.text(numbers[i - 1].digits.end..numbers[i].digits.start);
        let joins = matches!(between.trim(), "-" | "x" | "×" | "х" | "/" | "to" | "до" | "a");
        if joins && numbers[i - 1].unit == Unit::Bare && numbers[i - 1].span.end <= numbers[i].span.start {
            numbers[i - 1].unit = numbers[i].unit.clone();
        }
    }
}
