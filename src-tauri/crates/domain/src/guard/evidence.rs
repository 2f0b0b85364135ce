//! What the facts hold, and what may rest on it.

use super::calendar::Relative;
use super::claims::Claims;
use super::contacts::Contact;
use super::dates::{When, weekdays_in_ranges};
use super::names::{Names, Run, alike, runs, stands_in};
use super::numbers::{Number, numbers};
use super::promises;
use super::units::{Unit, known_currency, same_currency};
use super::view::View;
use crate::draft::{Fact, FactKind, ProductFacts};
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::Range;

#[derive(Debug)]
struct Figure {
    value: String,
    unit: Unit,
    origin: Origin,
    /// As the source writes it.
    shown: String,
}

/// What kind of text a figure stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Text,
    /// The ends of opening hours.
    HourRange,
    /// A name, title, code or size, where units are left out: "Skillet 26".
    Name,
    /// The price of a row, whose currency may stand elsewhere.
    Price,
}

/// What one source holds.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    figures: Vec<Figure>,
    dates: Vec<(When, String)>,
    weekdays: Vec<u32>,
    contacts: Vec<(Contact, String)>,
    runs: Vec<Vec<Run>>,
    views: Vec<View>,
    /// Kinds of promise, read when one is asked for.
    promised: OnceCell<BTreeSet<usize>>,
}

impl Evidence {
    pub fn of_fact(fact: &Fact, names: &Names) -> Self {
        let mut evidence = Self::default();
        evidence.read_name(&fact.title);
        evidence.read(&fact.text, names);
        if let FactKind::Product { product, .. } = &fact.kind {
            evidence.read_product(product, names);
        }
        evidence
    }

    pub fn of_text(text: &str) -> Self {
        let mut evidence = Self::default();
        evidence.read(text, &Names::default());
        evidence
    }

    fn read_product(&mut self, product: &ProductFacts, names: &Names) {
        if let Some(price) = &product.price {
            let currency = product.currency.as_deref().unwrap_or_default();
            self.read_price(price, currency);
        }
        let short = std::iter::once(&product.name)
            .chain(std::iter::once(&product.sku))
            .chain(product.names.values())
            .chain(&product.sizes)
            .chain(&product.synonyms);
        for text in short {
            self.read_name(text);
        }
        let texts = product
            .restock_on
            .iter()
            .chain(&product.materials)
            .chain(&product.ingredients)
            .chain(&product.care)
            .chain(&product.description)
            .chain(&product.url);
        for text in texts {
            self.read(text, names);
        }
        if let Some(stock) = product.stock {
            self.figures.push(Figure {
                value: stock.to_string(),
                unit: Unit::Piece,
                origin: Origin::Text,
                shown: stock.to_string(),
            });
        }
    }

    fn read_price(&mut self, price: &str, currency: &str) {
        let view = View::new(price);
        for number in numbers(&view, &[]) {
            for value in number.readings.iter().flatten().flatten() {
                self.figures.push(Figure {
                    value: value.clone(),
                    unit: Unit::Money(known_currency(currency)),
                    origin: Origin::Price,
                    shown: format!("{price} {currency}").trim().to_owned(),
                });
            }
        }
    }

    fn read_name(&mut self, text: &str) {
        self.read_as(text, |_| true);
    }

    fn read(&mut self, text: &str, names: &Names) {
        let view = View::new(text);
        let places = names.places(&view);
        self.read_as(text, |digits| {
            places
                .iter()
                .any(|p| p.start <= digits.start && digits.end <= p.end)
        });
    }

    /// `in_name` says of digits whether they are part of a name.
    fn read_as(&mut self, text: &str, in_name: impl Fn(&Range<usize>) -> bool) {
        let view = View::new(text);
        let claims = Claims::of(&view);
        for (at, number) in claims.numbers.iter().enumerate() {
            self.read_number(text, &view, number, in_name(&number.digits));
            if let Some(unit) = unit_of_list(&view, &claims.numbers, at) {
                let listed = Number {
                    unit,
                    ..number.clone()
                };
                self.read_number(text, &view, &listed, false);
            }
        }
        self.weekdays.extend(weekdays_in_ranges(&view, &claims.dates));
        for date in claims.dates {
            let shown = source_words(text, &view, &date.span);
            match &date.when {
                When::Clock { hour, minute } => self.read_clock(*hour, *minute, &shown),
                // "On the 14th" rests on the date.
                When::Day { year, day_month } => {
                    let parts = day_month.iter().map(|(day, _)| *day).chain(*year);
                    for part in parts {
                        self.figures.push(Figure {
                            value: part.to_string(),
                            unit: Unit::Bare,
                            origin: Origin::Text,
                            shown: shown.clone(),
                        });
                    }
                }
                _ => {}
            }
            self.dates.push((date.when, shown));
        }
        for place in claims.contacts {
            let shown = source_words(text, &view, &place.span);
            self.contacts.push((place.contact, shown));
        }
        self.runs.push(runs(&view, &(0..view.len())));
        self.views.push(view);
    }

    fn read_number(&mut self, text: &str, view: &View, number: &Number, named: bool) {
        let shown = source_words(text, view, &number.span);
        for reading in &number.readings {
            for (i, part) in reading.iter().enumerate() {
                let last = i + 1 == reading.len();
                let unit = match &number.unit {
                    _ if !last => Unit::Bare,
                    // A number in a name costs nothing and closes no shop.
                    Unit::HourOfDay | Unit::Money("") | Unit::Piece if named => Unit::Bare,
                    unit => unit.clone(),
                };
                let origin = match (named, number.in_range) {
                    (true, _) => Origin::Name,
                    (false, true) => Origin::HourRange,
                    (false, false) => Origin::Text,
                };
                for value in part {
                    self.figures.push(Figure {
                        value: value.clone(),
                        unit: unit.clone(),
                        origin,
                        shown: shown.clone(),
                    });
                }
            }
        }
        if let Some(day_month) = number.day_month {
            let when = When::Day {
                year: None,
                day_month: vec![day_month],
            };
            self.dates.push((when, shown));
        }
    }

    /// "10:00" also supports "10.00" and "from 10".
    fn read_clock(&mut self, hour: u32, minute: u32, shown: &str) {
        let minutes = format!("{minute:02}");
        let minutes = minutes.trim_end_matches('0');
        let value = if minutes.is_empty() {
            hour.to_string()
        } else {
            format!("{hour}.{minutes}")
        };
        self.figures.push(Figure {
            value,
            unit: Unit::HourOfDay,
            origin: Origin::HourRange,
            shown: shown.to_owned(),
        });
    }

    /// Whether the source holds a number. `spoken` is what the author wrote: it supports lengths, weights and
    /// volumes, by which people name what they mean, and no other figure.
    pub fn holds_number(&self, number: &Number, spoken: &Evidence) -> bool {
        let by_value = number.readings.iter().any(|reading| {
            reading.iter().enumerate().all(|(i, part)| {
                let unit = if i + 1 == reading.len() {
                    &number.unit
                } else {
                    &Unit::Bare
                };
                part.iter()
                    .any(|value| self.holds(value, unit) || spoken.names_size(value, unit))
            })
        });
        let by_date = number.day_month.is_some_and(|day_month| {
            number.unit == Unit::Bare
                && self.holds_date(&When::Day {
                    year: None,
                    day_month: vec![day_month],
                })
        });
        by_value || by_date || self.holds_phone(number)
    }

    /// A telephone number without its marks and country reads like any number.
    fn holds_phone(&self, number: &Number) -> bool {
        number.unit == Unit::Bare
            && number.readings.iter().flatten().flatten().any(|value| {
                value.len() >= 7
                    && self.contacts.iter().any(
                        |(held, _)| matches!(held, Contact::Phone(held) if held.ends_with(value.as_str())),
                    )
            })
    }

    fn holds(&self, value: &str, wanted: &Unit) -> bool {
        let afternoon = (*wanted == Unit::HourOfDay)
            .then(|| value.parse::<u32>().ok().filter(|hour| (1..12).contains(hour)))
            .flatten()
            .map(|hour| (hour + 12).to_string());
        self.figures.iter().any(|f| {
            supports(f, wanted)
                && (f.value == value || afternoon.as_ref().is_some_and(|value| f.value == *value))
        })
    }

    fn names_size(&self, value: &str, wanted: &Unit) -> bool {
        wanted.is_size() && self.figures.iter().any(|f| f.value == value && f.unit == *wanted)
    }

    pub fn holds_date(&self, when: &When) -> bool {
        match when {
            When::Weekday(day) if self.weekdays.contains(day) => return true,
            When::Relative(Relative::Weekend) => {
                let says = |day: u32| self.weekdays.contains(&day) || self.says(&When::Weekday(day));
                if says(6) && says(7) {
                    return true;
                }
            }
            When::Clock { hour, minute } => {
                let minutes = format!("{minute:02}");
                let value = match minutes.trim_end_matches('0') {
                    "" => hour.to_string(),
                    minutes => format!("{hour}.{minutes}"),
                };
                let in_hours = |f: &Figure| f.unit == Unit::HourOfDay && f.origin == Origin::HourRange;
                if self.figures.iter().any(|f| f.value == value && in_hours(f)) {
                    return true;
                }
            }
            _ => {}
        }
        self.says(when)
    }

    fn says(&self, when: &When) -> bool {
        self.dates.iter().any(|(held, _)| held.supports(when))
    }

    /// Whether the letters and digits of a code stand in the source one after the other.
    pub fn holds_code(&self, code: &[Run]) -> bool {
        self.runs.iter().any(|text| stands_in(text, code))
    }

    pub fn grounds_promise(&self, kind: usize) -> bool {
        self.promised
            .get_or_init(|| self.views.iter().flat_map(promises::grounds).collect())
            .contains(&kind)
    }

    /// The words of a text that was read, in lower case.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.views
            .iter()
            .flat_map(|view| view.words())
            .map(|w| w.text.as_str())
    }

    /// Whether a sentence says that we do what an English verb names.
    pub fn says_we_do(&self, verb: &str) -> bool {
        let is_negation = |w: &str| matches!(w, "not" | "no" | "never" | "cannot") || w.ends_with("n't");
        self.views.iter().any(|view| {
            view.words().iter().filter(|w| alike(&w.text, verb)).any(|found| {
                let sentence = view.words_in(&view.sentence(found.span.start));
                let ours = sentence
                    .iter()
                    .any(|w| w.text == "we" && w.span.start < found.span.start);
                ours && !sentence.iter().any(|w| is_negation(&w.text))
            })
        })
    }

    pub fn holds_contact(&self, contact: &Contact) -> bool {
        self.contacts.iter().any(|(held, _)| match (held, contact) {
            (Contact::Phone(held), Contact::Phone(wanted)) => same_phone(held, wanted),
            (
                Contact::Handle(held) | Contact::MessengerHandle(held),
                Contact::Handle(wanted) | Contact::MessengerHandle(wanted),
            ) => held == wanted,
            (held, wanted) => held == wanted,
        })
    }

    /// What the source says of the same kind as a number that is not in it.
    pub fn instead_of_number(&self, unit: &Unit) -> Option<String> {
        let same = |figure: &&Figure| match (unit, &figure.unit) {
            (Unit::Bare, _) => false,
            (Unit::Money(_), Unit::Money(_)) => true,
            (wanted, held) => wanted == held,
        };
        self.figures.iter().find(same).map(|f| f.shown.clone())
    }

    pub fn instead_of_date(&self, when: &When) -> Option<String> {
        self.dates
            .iter()
            .find(|(held, _)| std::mem::discriminant(held) == std::mem::discriminant(when))
            .map(|(_, shown)| shown.clone())
    }

    pub fn instead_of_contact(&self, contact: &Contact) -> Option<String> {
        self.contacts
            .iter()
            .find(|(held, _)| std::mem::discriminant(held) == std::mem::discriminant(contact))
            .map(|(_, shown)| shown.clone())
    }
}

/// "20, 26 and 30 cm": the length that a bare number of a list is.
fn unit_of_list(view: &View, numbers: &[Number], at: usize) -> Option<Unit> {
    if numbers[at].unit != Unit::Bare {
        return None;
    }
    let mut last = at;
    while let Some(next) = numbers.get(last + 1) {
        let between = view.text(numbers[last].digits.end..next.digits.start);
        if between.trim() != "," {
            return None;
        }
        if next.unit != Unit::Bare {
            return next.unit.is_length().then(|| next.unit.clone());
        }
        last += 1;
    }
    None
}

fn source_words(text: &str, view: &View, span: &Range<usize>) -> String {
    let (start, end) = view.bytes(span);
    text.get(start..end).unwrap_or_default().to_owned()
}

fn supports(held: &Figure, wanted: &Unit) -> bool {
    match wanted {
        Unit::Money(wanted) => match held.unit {
            // A price in a sentence that names no currency is not one in any currency.
            Unit::Money(currency) => {
                wanted.is_empty()
                    || same_currency(currency, wanted)
                    || currency.is_empty() && held.origin == Origin::Price
            }
            _ => false,
        },
        Unit::Bare => {
            held.unit.is_size()
                || matches!(
                    held.unit,
                    Unit::Bare | Unit::HourOfDay | Unit::Degrees | Unit::Piece
                )
        }
        Unit::Piece => held.unit == Unit::Piece || held.unit == Unit::Bare && held.origin == Origin::Text,
        Unit::HourOfDay => held.unit == Unit::HourOfDay,
        // Names carry sizes without a unit: "Skillet 26".
        wanted if wanted.is_size() => {
            held.unit == *wanted || held.unit == Unit::Bare && held.origin == Origin::Name
        }
        wanted => held.unit == *wanted,
    }
}

/// National and international spelling of one number share their tail.
fn same_phone(a: &str, b: &str) -> bool {
    let tail = |s: &str| s.get(s.len().saturating_sub(9)..).map(str::to_owned);
    a == b || (a.len() >= 9 && b.len() >= 9 && tail(a) == tail(b))
}
