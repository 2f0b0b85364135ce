//! What a draft claims, and what the facts hold.

use super::contacts::{Contact, Place, contacts};
use super::dates::{Date, When, dates, weekdays_in_ranges};
use super::numbers::{Number, Unit, known_currency, numbers};
use super::view::View;
use crate::draft::{Fact, FactKind, ProductFacts};
use std::ops::Range;

/// Everything in a text that a fact has to hold.
#[derive(Debug)]
pub(super) struct Claims {
    pub contacts: Vec<Place>,
    pub dates: Vec<Date>,
    pub numbers: Vec<Number>,
}

impl Claims {
    /// Of a draft: each character belongs to one claim at most.
    pub fn of_draft(view: &View) -> Self {
        let contacts = contacts(view);
        let mut taken: Vec<Range<usize>> = contacts.iter().map(|p| p.span.clone()).collect();
        let dates = dates(view, &taken);
        taken.extend(dates.iter().map(|d| d.span.clone()));
        let numbers = numbers(view, &taken);
        Self {
            contacts,
            dates,
            numbers,
        }
    }

    /// Of a source: the day of a date is a number too, so that "on the 14th" can be found in it.
    fn of_source(view: &View) -> Self {
        Self {
            contacts: contacts(view),
            dates: dates(view, &[]),
            numbers: numbers(view, &[]),
        }
    }
}

#[derive(Debug)]
struct Figure {
    value: String,
    unit: Unit,
    /// As the source writes it.
    shown: String,
}

/// What a set of sources holds.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    figures: Vec<Figure>,
    dates: Vec<(When, String)>,
    weekdays: Vec<u32>,
    contacts: Vec<(Contact, String)>,
    pub views: Vec<View>,
}

impl Evidence {
    pub fn of_facts(facts: &[Fact]) -> Self {
        let mut evidence = Self::default();
        for fact in facts {
            evidence.read(&fact.title);
            evidence.read(&fact.text);
            if let FactKind::Product { product, .. } = &fact.kind {
                evidence.read_product(product);
            }
        }
        evidence
    }

    pub fn of_text(text: &str) -> Self {
        let mut evidence = Self::default();
        evidence.read(text);
        evidence
    }

    fn read_product(&mut self, product: &ProductFacts) {
        if let Some(price) = &product.price {
            let currency = product.currency.as_deref().unwrap_or_default();
            self.read_price(price, currency);
        }
        self.read(&product.name);
        let texts = product
            .names
            .values()
            .chain(&product.sizes)
            .chain(&product.synonyms)
            .chain(&product.restock_on)
            .chain(&product.materials)
            .chain(&product.ingredients)
            .chain(&product.care)
            .chain(&product.description)
            .chain(&product.url);
        for text in texts {
            self.read(text);
        }
        if let Some(stock) = product.stock {
            self.read(&stock.to_string());
        }
    }

    fn read_price(&mut self, price: &str, currency: &str) {
        let view = View::new(price);
        for number in numbers(&view, &[]) {
            for value in number.readings.iter().flatten().flatten() {
                self.figures.push(Figure {
                    value: value.clone(),
                    unit: Unit::Money(known_currency(currency)),
                    shown: format!("{price} {currency}").trim().to_owned(),
                });
            }
        }
    }

    fn read(&mut self, text: &str) {
        let view = View::new(text);
        let claims = Claims::of_source(&view);
        for number in &claims.numbers {
            let shown = source_words(text, &view, &number.span);
            for reading in &number.readings {
                for (i, part) in reading.iter().enumerate() {
                    let unit = if i + 1 == reading.len() {
                        number.unit.clone()
                    } else {
                        Unit::Bare
                    };
                    for value in part {
                        self.figures.push(Figure {
                            value: value.clone(),
                            unit: unit.clone(),
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
        self.weekdays.extend(weekdays_in_ranges(&view, &claims.dates));
        for date in claims.dates {
            let shown = source_words(text, &view, &date.span);
            if let When::Clock { hour, minute } = date.when {
                self.read_clock_as_number(hour, minute, &shown);
            }
            self.dates.push((date.when, shown));
        }
        for place in claims.contacts {
            let shown = source_words(text, &view, &place.span);
            self.contacts.push((place.contact, shown));
        }
        self.views.push(view);
    }

    /// "10:00" also supports "10.00" and "from 10".
    fn read_clock_as_number(&mut self, hour: u32, minute: u32, shown: &str) {
        let mut push = |value: String, unit: Unit| {
            self.figures.push(Figure {
                value,
                unit,
                shown: shown.to_owned(),
            });
        };
        let minutes = format!("{minute:02}");
        let minutes = minutes.trim_end_matches('0');
        if minutes.is_empty() {
            push(hour.to_string(), Unit::Hour);
            push(hour.to_string(), Unit::Bare);
        } else {
            push(format!("{hour}.{minutes}"), Unit::Bare);
        }
    }

    /// Whether the sources hold a number. `spoken` is what the author wrote: it supports sizes and counts,
    /// never a price, a percentage or a temperature.
    pub fn holds_number(&self, number: &Number, spoken: &Evidence) -> bool {
        let by_value = number.readings.iter().any(|reading| {
            reading.iter().enumerate().all(|(i, part)| {
                let unit = if i + 1 == reading.len() {
                    &number.unit
                } else {
                    &Unit::Bare
                };
                part.iter().any(|value| {
                    self.holds(value, unit) || (may_be_echoed(unit) && spoken.holds(value, unit))
                })
            })
        });
        let by_date = number.day_month.is_some_and(|day_month| {
            number.unit == Unit::Bare
                && self.holds_date(&When::Day {
                    year: None,
                    day_month: vec![day_month],
                })
        });
        by_value || by_date
    }

    fn holds(&self, value: &str, wanted: &Unit) -> bool {
        self.figures
            .iter()
            .any(|f| f.value == value && supports(&f.unit, wanted))
    }

    pub fn holds_date(&self, when: &When) -> bool {
        if let When::Weekday(day) = when
            && self.weekdays.contains(day)
        {
            return true;
        }
        let as_hour = matches!(when, When::Clock { hour, minute: 0 }
            if self.figures.iter().any(|f| f.value == hour.to_string() && matches!(f.unit, Unit::Bare | Unit::Hour)));
        as_hour || self.dates.iter().any(|(held, _)| held.supports(when))
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

    /// What a source says of the same kind as a number that is not in it.
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

fn source_words(text: &str, view: &View, span: &Range<usize>) -> String {
    let (start, end) = view.bytes(span);
    text.get(start..end).unwrap_or_default().to_owned()
}

fn may_be_echoed(unit: &Unit) -> bool {
    !matches!(unit, Unit::Money(_) | Unit::Percent | Unit::Degrees)
}

fn supports(held: &Unit, wanted: &Unit) -> bool {
    match wanted {
        Unit::Money(wanted) => match held {
            Unit::Money(held) => held.is_empty() || wanted.is_empty() || held == wanted,
            _ => false,
        },
        Unit::Percent | Unit::Degrees => held == wanted,
        wanted if wanted.is_duration() => held == wanted,
        Unit::Bare => true,
        // Names carry sizes without a unit: "Skillet 26".
        wanted => held == wanted || *held == Unit::Bare,
    }
}

/// National and international spelling of one number share their tail.
fn same_phone(a: &str, b: &str) -> bool {
    let tail = |s: &str| s.get(s.len().saturating_sub(9)..).map(str::to_owned);
    a == b || (a.len() >= 9 && b.len() >= 9 && tail(a) == tail(b))
}
