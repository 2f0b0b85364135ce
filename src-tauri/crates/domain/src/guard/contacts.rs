//! Links, e-mail addresses, phone and card numbers, and @handles.

use super::common_words::{LISTED, is_own_word};
use super::view::{View, Word};
use std::ops::Range;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Contact {
    /// The host, lower case, without port.
    Link(String),
    Email(String),
    /// Digits only.
    Phone(String),
    Card(String),
    /// Without the `@`.
    Handle(String),
    /// A handle that follows the name of a messenger.
    MessengerHandle(String),
}

#[derive(Debug, Clone)]
pub(super) struct Place {
    pub contact: Contact,
    /// Character positions in the view.
    pub span: Range<usize>,
}

/// All contacts of a text, in its order, not overlapping.
pub(super) fn contacts(view: &View) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    let mut add = |places: Vec<Place>| {
        for place in places {
            let free = !found
                .iter()
                .any(|p| p.span.start < place.span.end && place.span.start < p.span.end);
            if free {
                found.push(place);
            }
        }
    };
    add(urls(view));
    add(at_signs(view));
    add(naked_domains(view));
    add(messenger_names(view));
    add(digit_strings(view));
    found.sort_by_key(|p| p.span.start);
    found
}

fn is_token(c: char) -> bool {
    !c.is_whitespace()
        && !matches!(
            c,
            '<' | '>' | '"' | '«' | '»' | '“' | '”' | '(' | ')' | '[' | ']' | '{' | '}'
        )
}

fn token_end(view: &View, start: usize) -> usize {
    let mut end = start;
    while view.at(end).is_some_and(is_token) {
        end += 1;
    }
    while end > start
        && matches!(
            view.chars[end - 1],
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '…'
        )
    {
        end -= 1;
    }
    end
}

/// `scheme://…`, `www.…` and the schemes that open something without slashes.
fn urls(view: &View) -> Vec<Place> {
    let mut found = Vec::new();
    let mut i = 0;
    while i + 2 < view.len() {
        let slashes = view.chars[i] == ':' && view.at(i + 1) == Some('/') && view.at(i + 2) == Some('/');
        if slashes {
            let mut start = i;
            while view.before(start).is_some_and(|c| c.is_ascii_alphanumeric()) {
                start -= 1;
            }
            let end = token_end(view, i + 3);
            found.push(Place {
                contact: Contact::Link(host(&view.text(i + 3..end))),
                span: start..end,
            });
            i = end.max(i + 3);
            continue;
        }
        let bare_scheme = ["mailto:", "tel:", "javascript:", "data:", "tg:", "whatsapp:"]
            .iter()
            .find(|s| starts_with(view, i, s) && !view.before(i).is_some_and(char::is_alphanumeric))
            .filter(|s| view.at(i + s.len()).is_some_and(|c| !c.is_whitespace()));
        if let Some(scheme) = bare_scheme {
            let end = token_end(view, i);
            found.push(Place {
                contact: Contact::Link((*scheme).to_owned()),
                span: i..end,
            });
            i = end.max(i + 1);
            continue;
        }
        i += 1;
    }
    found
}

fn starts_with(view: &View, at: usize, text: &str) -> bool {
    text.chars().enumerate().all(|(i, c)| view.at(at + i) == Some(c))
}

/// The host of what follows `//`: user names, ports and paths cut off the way browsers do.
fn host(authority_and_path: &str) -> String {
    let authority = authority_and_path
        .split(['/', '?', '#', '\\'])
        .next()
        .unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    host.trim_matches('.').to_owned()
}

/// E-mail addresses and @handles.
fn at_signs(view: &View) -> Vec<Place> {
    let mut found = Vec::new();
    for at in 0..view.len() {
        if view.chars[at] != '@' {
            continue;
        }
        let mut start = at;
        while view
            .before(start)
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+'))
        {
            start -= 1;
        }
        let mut end = at + 1;
        while view
            .at(end)
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
        {
            end += 1;
        }
        while end > at + 1 && matches!(view.chars[end - 1], '.' | '-') {
            end -= 1;
        }
        if end == at + 1 {
            continue;
        }
        let name = view.text(at + 1..end);
        let contact = if start < at && name.contains('.') {
            Contact::Email(view.text(start..end))
        } else if start < at {
            continue;
        } else if after_messenger(view, at) {
            Contact::MessengerHandle(name)
        } else {
            Contact::Handle(name)
        };
        found.push(Place {
            contact,
            span: start..end,
        });
    }
    found
}

fn after_messenger(view: &View, at: usize) -> bool {
    let before = view.text(at.saturating_sub(32)..at);
    before
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .rev()
        .take(3)
        .any(|w| is_messenger(w) || w == "dm")
}

fn is_messenger(word: &str) -> bool {
    const NAMES: &[&str] = &[
        "telegram",
        "whatsapp",
        "viber",
        "signal",
        "skype",
        "wechat",
        "snapchat",
        "instagram",
        "insta",
        "facebook",
        "tg",
        "тг",
        "wasap",
        "guasap",
        "телеграм",
        "телеграмм",
        "телега",
        "телегу",
        "телеге",
        "телеграмі",
        "телеграмда",
        "телеграмға",
        "вотсап",
        "ватсап",
        "уатсап",
        "вацап",
        "вайбер",
        "скайп",
        "инста",
        "инсту",
        "інста",
        "инстаграм",
        "інстаграм",
        "фейсбук",
        "вконтакте",
    ];
    NAMES
        .iter()
        .any(|n| word == *n || (n.chars().count() > 4 && word.starts_with(n)))
}

/// "телеграм oakmere_help": a name behind a messenger, without the sign that makes a handle.
fn messenger_names(view: &View) -> Vec<Place> {
    let mut found = Vec::new();
    let words = view.words();
    for (i, word) in words.iter().enumerate() {
        if !is_messenger(&word.text) {
            continue;
        }
        // "в телеграм: наш канал oakmere_help"
        for next in words[i + 1..].iter().take(4) {
            let start = next.span.start;
            let between = view.text(word.span.end..start);
            if between.contains(['.', '!', '?', '\n']) || is_messenger(&next.text) {
                break;
            }
            let mut end = start;
            while view
                .at(end)
                .is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
            {
                end += 1;
            }
            while end > start && matches!(view.chars[end - 1], '.' | '-') {
                end -= 1;
            }
            let name = view.text(start..end);
            if is_account_name(view, word, &name, &between) {
                found.push(Place {
                    contact: Contact::MessengerHandle(name),
                    span: start..end,
                });
                break;
            }
        }
    }
    found
}

/// Latin letters behind a Cyrillic word are an account; among Latin words it takes a mark of one.
fn is_account_name(view: &View, messenger: &Word, name: &str, between: &str) -> bool {
    let latin = name.len() >= 3 && name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !latin {
        return false;
    }
    let marked = name.contains(['_', '.']) || name.chars().any(|c| c.is_ascii_digit());
    let introduced =
        between.contains([':', '=', '"', '«', '“']) && !LISTED.iter().any(|l| is_own_word(l, name));
    let sentence = view.sentence(messenger.span.start);
    let among_cyrillic = view
        .words_in(&sentence)
        .iter()
        .any(|w| w.text.starts_with(|c| matches!(c, '\u{0400}'..='\u{052F}')));
    marked || introduced || among_cyrillic
}

/// `shop.example` without a scheme.
fn naked_domains(view: &View) -> Vec<Place> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < view.len() {
        if !view.chars[i].is_alphanumeric() || view.before(i).is_some_and(|c| c.is_alphanumeric() || c == '@')
        {
            i += 1;
            continue;
        }
        let mut end = i;
        while view
            .at(end)
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
        {
            end += 1;
        }
        let path = view.at(end) == Some('/');
        let text = view.text(i..end);
        let name = text.trim_end_matches(['.', '-']);
        let name_end = i + name.chars().count();
        if is_domain(name, path && name.len() == text.len()) {
            let end = if path { token_end(view, i) } else { name_end };
            found.push(Place {
                contact: Contact::Link(name.to_owned()),
                span: i..end,
            });
            i = end.max(i + 1);
        } else {
            i = end.max(i + 1);
        }
    }
    found
}

fn is_domain(name: &str, has_path: bool) -> bool {
    const TOP_LEVEL: [&str; 46] = [
        "com", "net", "org", "info", "biz", "shop", "store", "online", "site", "app", "dev", "xyz", "club",
        "top", "example", "link", "live", "page", "website", "space", "tech", "cloud", "news", "blog", "pro",
        "vip", "fun", "win", "click", "promo", "sale", "money", "gift", "support", "help", "group", "team",
        "world", "life", "today", "edu", "gov", "travel", "agency", "market", "рф",
    ];
    const CYRILLIC: [&str; 8] = ["рус", "укр", "қаз", "бел", "сайт", "онлайн", "дети", "москва"];
    let labels: Vec<&str> = name.split('.').collect();
    let [head @ .., last] = labels.as_slice() else {
        return false;
    };
    let letters = last.chars().all(char::is_alphabetic) || last.starts_with("xn--");
    if head.is_empty() || head.iter().any(|l| l.is_empty()) || !letters {
        return false;
    }
    if name.starts_with("www.") || (has_path && last.len() >= 2) {
        return true;
    }
    let country = last.len() == 2
        && last.chars().all(|c| c.is_ascii_alphabetic())
        && head.iter().all(|l| l.chars().count() >= 2 || *l == "t")
        && head.iter().any(|l| l.chars().any(char::is_alphabetic));
    country || TOP_LEVEL.contains(last) || CYRILLIC.contains(last) || last.starts_with("xn--")
}

/// Phone and card numbers: long runs of digits with the marks people put between them.
fn digit_strings(view: &View) -> Vec<Place> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < view.len() {
        let c = view.chars[i];
        let opens = c.is_ascii_digit()
            || (matches!(c, '+' | '(') && view.at(i + 1).is_some_and(|n| n.is_ascii_digit()));
        if !opens || view.before(i).is_some_and(char::is_alphanumeric) {
            i += 1;
            continue;
        }
        let mut end = i + 1;
        let mut marks = 0;
        while let Some(c) = view.at(end) {
            let mark = matches!(c, ' ' | '-' | '(' | ')' | '.')
                && view
                    .at(end + 1)
                    .is_some_and(|n| n.is_ascii_digit() || matches!(n, '(' | '-' | ' '))
                && view.at(end + 2).is_some();
            if mark {
                marks += usize::from(matches!(c, '-' | '(' | ')'));
            } else if !c.is_ascii_digit() {
                break;
            }
            end += 1;
        }
        while end > i && !view.chars[end - 1].is_ascii_digit() {
            end -= 1;
        }
        let digits: String = view.text(i..end).chars().filter(char::is_ascii_digit).collect();
        if let Some(contact) = long_number(&digits, c, marks, &view.text(i..end)) {
            found.push(Place {
                contact,
                span: i..end,
            });
        }
        i = end.max(i + 1);
    }
    found
}

fn long_number(digits: &str, first: char, marks: usize, text: &str) -> Option<Contact> {
    if (13..=19).contains(&digits.len()) && luhn(digits) {
        return Some(Contact::Card(digits.to_owned()));
    }
    if !(7..=15).contains(&digits.len()) {
        return None;
    }
    let iso_date = text.len() == 10 && text.split('-').map(str::len).eq([4, 2, 2]);
    let dotted_date = text.len() <= 10 && text.split('.').count() == 3;
    let phone = matches!(first, '+' | '(')
        || (marks >= 2 && !iso_date)
        || (digits.len() >= 10 && !text.contains('.'));
    (phone && !dotted_date).then(|| Contact::Phone(digits.to_owned()))
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(i, d)| match (i % 2, d * 2) {
            (0, _) => d,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    sum > 0 && sum.is_multiple_of(10)
}
