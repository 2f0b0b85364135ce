//! The rules, each adding its findings.

use super::claims::{Claims, Evidence};
use super::contacts::Contact;
use super::language::is_other_language;
use super::phrases::{leaked_instructions, unsourced_promises};
use super::view::View;
use super::{Finding, GuardInput, Report, Rule};
use crate::text::{char_count, normalised};
use std::ops::Range;

pub(super) struct Judgement<'a> {
    input: &'a GuardInput<'a>,
    view: View,
    claims: Claims,
    facts: Evidence,
    comment: Evidence,
    findings: Vec<Finding>,
    sourced: usize,
}

impl<'a> Judgement<'a> {
    pub fn new(input: &'a GuardInput<'a>) -> Self {
        let view = View::new(input.text);
        let claims = Claims::of_draft(&view);
        Self {
            input,
            view,
            claims,
            facts: Evidence::of_facts(input.facts),
            comment: Evidence::of_text(input.comment_text),
            findings: Vec::new(),
            sourced: 0,
        }
    }

    pub fn into_report(mut self) -> Report {
        self.findings.sort_by_key(|f| (f.start, f.rule));
        Report {
            findings: self.findings,
            checks: Rule::ALL.len(),
            claims_sourced: self.sourced,
        }
    }

    fn add(&mut self, rule: Rule, bytes: (usize, usize), source_says: Option<String>) {
        let found = self
            .input
            .text
            .get(bytes.0..bytes.1)
            .unwrap_or_default()
            .to_owned();
        self.findings.push(Finding {
            rule,
            start: bytes.0,
            end: bytes.1,
            found,
            source_says,
        });
    }

    fn add_at(&mut self, rule: Rule, span: &Range<usize>, source_says: Option<String>) {
        let bytes = self.view.bytes(span);
        self.add(rule, bytes, source_says);
    }

    /// Empty, too long, said before.
    pub fn shape(&mut self) {
        let text = self.input.text;
        let whole = (0, text.len());
        let folded = normalised(text);
        if folded.is_empty() {
            self.add(Rule::Empty, whole, None);
            return;
        }
        if char_count(text) > self.input.max_chars {
            let start = text
                .char_indices()
                .nth(self.input.max_chars)
                .map_or(text.len(), |(i, _)| i);
            self.add(Rule::TooLong, (start, text.len()), None);
        }
        if self.input.recent_replies.iter().any(|r| normalised(r) == folded) {
            self.add(Rule::Repeated, whole, None);
        }
    }

    pub fn language(&mut self) {
        if !self.input.language.is_determined() {
            return;
        }
        let skip: Vec<Range<usize>> = self.claims.contacts.iter().map(|p| p.span.clone()).collect();
        let other = is_other_language(
            &self.view,
            &skip,
            self.input.language.as_str(),
            self.input.detected_language,
        );
        if other {
            self.add(Rule::Language, (0, self.input.text.len()), None);
        }
    }

    pub fn phrases(&mut self) {
        for span in unsourced_promises(&self.view, &self.facts.views) {
            self.add_at(Rule::Promise, &span, None);
        }
        for span in leaked_instructions(&self.view) {
            self.add_at(Rule::Instructions, &span, None);
        }
    }

    pub fn claims(&mut self) {
        self.contacts();
        let dates = std::mem::take(&mut self.claims.dates);
        for date in &dates {
            if self.facts.holds_date(&date.when) {
                self.sourced += 1;
            } else {
                let instead = self.facts.instead_of_date(&date.when);
                self.add_at(Rule::UnsourcedDate, &date.span, instead);
            }
        }
        let numbers = std::mem::take(&mut self.claims.numbers);
        for number in &numbers {
            if self.facts.holds_number(number, &self.comment) {
                self.sourced += 1;
            } else {
                let instead = self.facts.instead_of_number(&number.unit);
                self.add_at(Rule::UnsourcedNumber, &number.span, instead);
            }
        }
    }

    fn contacts(&mut self) {
        let places = std::mem::take(&mut self.claims.contacts);
        for place in &places {
            let rule = match &place.contact {
                Contact::Link(host) if self.host_allowed(host) => None,
                Contact::Link(_) => Some(Rule::Link),
                Contact::Card(_) => Some(Rule::PersonalData),
                Contact::Handle(name) if self.is_author(name) => None,
                held if self.facts.holds_contact(held) => None,
                Contact::Handle(_) => Some(Rule::Handle),
                spoken if self.comment.holds_contact(spoken) => Some(Rule::PersonalData),
                Contact::Phone(_) | Contact::Email(_) | Contact::MessengerHandle(_) => Some(Rule::Contact),
            };
            match rule {
                None => self.sourced += 1,
                Some(rule) => {
                    let instead = self.facts.instead_of_contact(&place.contact);
                    self.add_at(rule, &place.span, instead);
                }
            }
        }
    }

    fn host_allowed(&self, host: &str) -> bool {
        self.input.voice.link_hosts.iter().any(|allowed| {
            let allowed = allowed.trim().trim_start_matches("www.").to_lowercase();
            !allowed.is_empty()
                && (host == allowed
                    || host
                        .strip_suffix(&allowed)
                        .is_some_and(|rest| rest.ends_with('.')))
        })
    }

    fn is_author(&self, name: &str) -> bool {
        self.input
            .author_handle
            .is_some_and(|handle| handle.trim_start_matches('@').to_lowercase() == name)
    }
}
