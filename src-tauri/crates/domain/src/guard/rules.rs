//! The rules, each adding its findings.

use super::claims::Claims;
use super::contacts::Contact;
use super::courtesy::is_courtesy;
use super::dates::{Date, When};
use super::evidence::Evidence;
use super::language::{is_other_language, is_other_script};
use super::leaks::leaked_instructions;
use super::names::{Names, runs};
use super::numbers::Number;
use super::promises::{intended, promises};
use super::units::Unit;
use super::view::View;
use super::{Finding, GuardInput, Report, Rule};
use crate::draft::Citation;
use crate::text::{char_count, normalised};
use std::ops::Range;

/// Which facts a claim may rest on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope<'a> {
    AllFacts,
    /// Those of the citations that touch the claim; where none does, those of its sentence.
    Cited(&'a [Citation]),
}

pub(super) struct Judgement<'a> {
    input: &'a GuardInput<'a>,
    scope: Scope<'a>,
    view: View,
    claims: Claims,
    /// One per fact, empty for facts that nothing may rest on.
    facts: Vec<Evidence>,
    names: Names,
    /// Where the draft says names of the facts.
    name_places: Vec<Range<usize>>,
    comment: Evidence,
    findings: Vec<Finding>,
    sourced: usize,
}

impl<'a> Judgement<'a> {
    pub fn new(input: &'a GuardInput<'a>, scope: Scope<'a>) -> Self {
        let view = View::new(input.text);
        let claims = Claims::of(&view);
        let names = Names::of(input.facts, input.voice, input.author_handle);
        let may_support = |fact: usize| match scope {
            Scope::AllFacts => true,
            Scope::Cited(citations) => citations.iter().any(|c| c.fact == fact),
        };
        let facts = input
            .facts
            .iter()
            .enumerate()
            .map(|(i, fact)| {
                if may_support(i) {
                    Evidence::of_fact(fact, &names)
                } else {
                    Evidence::default()
                }
            })
            .collect();
        Self {
            input,
            scope,
            name_places: names.places(&view),
            view,
            claims,
            facts,
            names,
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

    /// What the words at `span` may rest on. A model often quotes no more than the figure or the subject, so words
    /// that no citation touches rest on those of their sentence.
    fn evidence_for(&self, span: &Range<usize>) -> Vec<&Evidence> {
        let Scope::Cited(citations) = self.scope else {
            return self.facts.iter().collect();
        };
        let cited_within = |range: &Range<usize>| -> Vec<&Evidence> {
            let (start, end) = self.view.bytes(range);
            citations
                .iter()
                .filter(|c| c.start < end && start < c.end)
                .filter_map(|c| self.facts.get(c.fact))
                .collect()
        };
        let touching = cited_within(span);
        if touching.is_empty() {
            cited_within(&self.view.sentence(span.start))
        } else {
            touching
        }
    }

    /// What a source says instead: one that is cited at the place if it can be, any that is cited otherwise.
    fn instead(&self, span: &Range<usize>, of: impl Fn(&Evidence) -> Option<String>) -> Option<String> {
        self.evidence_for(span)
            .into_iter()
            .chain(&self.facts)
            .find_map(of)
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
        let mut skip: Vec<Range<usize>> = self.claims.contacts.iter().map(|p| p.span.clone()).collect();
        skip.extend(self.names.full_names(&self.view));
        let language = self.input.language.as_str();
        let other = if self.is_language_a_guess() {
            is_other_script(&self.view, &skip, language, &self.names)
        } else {
            is_other_language(
                &self.view,
                &skip,
                language,
                self.input.detected_language,
                &self.names,
            )
        };
        if other {
            self.add(Rule::Language, (0, self.input.text.len()), None);
        }
    }

    /// A word or two of the author's tell too little to overrule a person who answers them; a model was told which
    /// language to write.
    fn is_language_a_guess(&self) -> bool {
        let words = self.comment.words().filter(|w| w.contains(char::is_alphabetic));
        matches!(self.scope, Scope::AllFacts) && (1..3).contains(&words.count())
    }

    pub fn phrases(&mut self) {
        let mut unsourced: Vec<Range<usize>> = promises(&self.view)
            .into_iter()
            .filter(|(kind, span)| {
                let verb = intended(&self.view, *kind, span);
                !self
                    .evidence_for(span)
                    .iter()
                    .any(|e| e.grounds_promise(*kind) || verb.is_some_and(|verb| e.says_we_do(verb)))
            })
            .map(|(_, span)| span)
            .collect();
        unsourced.sort_by_key(|span| (span.start, span.end));
        // "We will" and "sort it out" are one promise.
        let mut merged: Vec<Range<usize>> = Vec::new();
        for span in unsourced {
            match merged.last_mut() {
                Some(last) if span.start <= last.end + 1 => last.end = last.end.max(span.end),
                _ => merged.push(span),
            }
        }
        for span in merged {
            self.add_at(Rule::Promise, &span, None);
        }
        for span in leaked_instructions(&self.view) {
            self.add_at(Rule::Instructions, &span, None);
        }
    }

    pub fn claims(&mut self) {
        self.contacts();
        for date in std::mem::take(&mut self.claims.dates) {
            if self.is_named(&date.span) || self.is_kind_date(&date) {
                continue;
            }
            if self
                .evidence_for(&date.span)
                .iter()
                .any(|e| e.holds_date(&date.when))
            {
                self.sourced += 1;
            } else {
                let instead = self.instead(&date.span, |e| e.instead_of_date(&date.when));
                self.add_at(Rule::UnsourcedDate, &date.span, instead);
            }
        }
        let handles = self.names.handles(&self.view);
        for code in std::mem::take(&mut self.claims.codes) {
            if self.is_named(&code) || handles.contains(&code) {
                continue;
            }
            let parts = runs(&self.view, &code);
            if self.evidence_for(&code).iter().any(|e| e.holds_code(&parts)) {
                self.sourced += 1;
            } else {
                self.add_at(Rule::UnsourcedNumber, &code, None);
            }
        }
        for number in std::mem::take(&mut self.claims.numbers) {
            if self.is_part_of_name(&number) {
                continue;
            }
            let nothing = [&Evidence::default()];
            let evidence = self.evidence_for(&number.span);
            // What the author said of a size may be repeated without a source.
            let sourced = evidence
                .into_iter()
                .chain(nothing)
                .any(|e| e.holds_number(&number, &self.comment));
            if sourced {
                self.sourced += 1;
            } else {
                let instead = self.instead(&number.span, |e| e.instead_of_number(&number.unit));
                self.add_at(Rule::UnsourcedNumber, &number.span, instead);
            }
        }
    }

    fn is_named(&self, span: &Range<usize>) -> bool {
        self.name_places
            .iter()
            .any(|p| p.start <= span.start && span.end <= p.end)
    }

    /// "Skillet 26", and "Сковорода 26 в наличии", where the number does not count pans.
    fn is_part_of_name(&self, number: &Number) -> bool {
        self.is_named(&number.span)
            || matches!(number.unit, Unit::Piece | Unit::Money("")) && self.is_named(&number.digits)
    }

    /// "Have a lovely Friday" says of no day what will be.
    fn is_kind_date(&self, date: &Date) -> bool {
        matches!(date.when, When::Month(_) | When::Weekday(_) | When::Relative(_))
            && is_courtesy(&self.view, date.span.start)
    }

    fn contacts(&mut self) {
        for place in std::mem::take(&mut self.claims.contacts) {
            let held = |contact: &Contact| {
                self.evidence_for(&place.span)
                    .iter()
                    .any(|e| e.holds_contact(contact))
            };
            let rule = match &place.contact {
                Contact::Link(host) if self.host_allowed(host) => None,
                Contact::Link(_) => Some(Rule::Link),
                Contact::Card(_) => Some(Rule::PersonalData),
                Contact::Handle(name) if self.is_author(name) => None,
                contact if held(contact) => None,
                Contact::Handle(_) => Some(Rule::Handle),
                spoken if self.comment.holds_contact(spoken) => Some(Rule::PersonalData),
                Contact::Phone(_) | Contact::Email(_) | Contact::MessengerHandle(_) => Some(Rule::Contact),
            };
            match rule {
                None => self.sourced += 1,
                Some(rule) => {
                    let instead = self.instead(&place.span, |e| e.instead_of_contact(&place.contact));
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
