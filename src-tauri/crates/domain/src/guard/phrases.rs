//! Promises nobody authorised, and fragments of instructions.

use super::view::{View, Word};
use std::ops::Range;

/// A kind of promise and the words for it. `*` ends a stem; `..` lets up to two words stand between.
struct Promise {
    patterns: &'static [&'static str],
}

const PROMISES: [Promise; 6] = [
    // money back
    Promise {
        patterns: &[
            "refund*",
            "money back",
            "reimburs*",
            "возврат .. ден*",
            "возврат .. средств*",
            "верн* .. деньги",
            "верн* .. ден*г",
            "вернем",
            "возмест*",
            "возмещ*",
            "поверн* .. кошти",
            "поверн* .. гроші",
            "повернемо",
            "відшкод*",
            "ақша* .. қайтар*",
            "ақша қайтар*",
            "reembols*",
            "devolver* .. dinero",
            "devolvemos .. dinero",
            "devolveremos",
        ],
    },
    // making good
    Promise {
        patterns: &[
            "compensat*",
            "компенс*",
            "өтемақы*",
            "өтейміз",
            "indemniz*",
            "compensar*",
            "compensación",
        ],
    },
    // guarantee
    Promise {
        patterns: &[
            "guarantee*",
            "warrant*",
            "гаранти*",
            "гаранту*",
            "гарантій*",
            "кепілдік*",
            "кепілдем*",
            "garantí*",
            "garantiz*",
        ],
    },
    // discounts and presents
    Promise {
        patterns: &[
            "discount*",
            "free of charge",
            "for free",
            "free gift*",
            "voucher code*",
            "promo code*",
            "скидк*",
            "скидок",
            "промокод*",
            "бесплатн*",
            "в подарок",
            "знижк*",
            "знижок",
            "безкоштовн*",
            "у подарунок",
            "жеңілдік*",
            "тегін*",
            "descuento*",
            "gratis",
            "gratuit*",
        ],
    },
    // a replacement
    Promise {
        patterns: &[
            "replacement*",
            "send .. new one",
            "replace it",
            "замен* .. вам",
            "заменим",
            "вышлем .. нов*",
            "замін*мо",
            "надішлемо .. нов*",
            "ауыстырып береміз",
            "ауыстырамыз",
            "reemplaz*",
            "cambiaremos",
        ],
    },
    // what somebody is going to do
    Promise {
        patterns: &[
            "we will",
            "we'll",
            "we shall",
            "i will",
            "i'll",
            "we are going to",
            "we're going to",
            "promise*",
            "обещаем",
            "обещаю",
            "мы .. будем",
            "мы обязательно",
            "обязательно .. сделаем",
            "отправим",
            "вышлем",
            "свяжемся",
            "перезвоним",
            "напишем",
            "исправим",
            "разберемся",
            "сделаем",
            "обіцяємо",
            "обіцяю",
            "ми будемо",
            "надішлемо",
            "зв'яжемося",
            "зв'яжемось",
            "виправимо",
            "розберемося",
            "зробимо",
            "передзвонимо",
            "уәде береміз",
            "уәде етеміз",
            "міндетті түрде",
            "хабарласамыз",
            "түзетеміз",
            "шешеміз",
            "prometemos",
            "prometo",
            "vamos a",
            "enviaremos",
            "contactaremos",
            "llamaremos",
            "arreglaremos",
            "solucionaremos",
            "haremos",
            "mandaremos",
        ],
    },
];

/// Promises in a text that no source makes in any language.
pub(super) fn unsourced_promises(view: &View, sources: &[View]) -> Vec<Range<usize>> {
    let words = view.words();
    let mut found: Vec<Range<usize>> = Vec::new();
    for promise in &PROMISES {
        let places: Vec<Range<usize>> = promise.patterns.iter().flat_map(|p| matches(&words, p)).collect();
        if places.is_empty() {
            continue;
        }
        let sourced = sources
            .iter()
            .map(View::words)
            .any(|s| promise.patterns.iter().any(|p| !matches(&s, p).is_empty()));
        if !sourced {
            for place in places {
                if !found.iter().any(|f| f.start < place.end && place.start < f.end) {
                    found.push(place);
                }
            }
        }
    }
    found.sort_by_key(|f| f.start);
    found
}

const LEAKS: [&str; 27] = [
    "system prompt*",
    "previous instruction*",
    "ignore previous",
    "ignore all .. instruction*",
    "ignore .. instruction*",
    "my instruction*",
    "as an ai",
    "as a language model",
    "large language model",
    "ai language model",
    "here is the reply",
    "here's a reply",
    "here is a draft",
    "системн* промпт*",
    "системн* инструкц*",
    "системн* інструкц*",
    "игнорир* .. инструкц*",
    "ігнору* .. інструкц*",
    "языков* модел*",
    "мовн* модел*",
    "тілдік модел*",
    "алдыңғы нұсқау*",
    "modelo de lenguaje",
    "prompt del sistema",
    "instrucciones anteriores",
    "ignora .. instrucciones",
    "max_chars",
];

/// Fragments of a prompt, of a chat template or of the JSON a model was asked for.
pub(super) fn leaked_instructions(view: &View) -> Vec<Range<usize>> {
    let words = view.words();
    let mut found: Vec<Range<usize>> = LEAKS.iter().flat_map(|p| matches(&words, p)).collect();
    for mark in [
        "```", "<|", "|>", "[inst]", "[/inst]", "{{", "}}", "</", "<<sys>>", "###",
    ] {
        found.extend(literal(view, mark));
    }
    found.extend(json_keys(view));
    found.extend(placeholders(view));
    found.extend(role_lines(view));
    found.sort_by_key(|f| f.start);
    found.dedup_by(|later, earlier| later.start < earlier.end);
    found
}

fn literal(view: &View, text: &str) -> Vec<Range<usize>> {
    let wanted: Vec<char> = text.chars().collect();
    view.chars
        .windows(wanted.len())
        .enumerate()
        .filter(|(_, window)| *window == wanted.as_slice())
        .map(|(i, _)| i..i + wanted.len())
        .collect()
}

/// `"reply":`
fn json_keys(view: &View) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for start in 0..view.len() {
        if view.chars[start] != '"' {
            continue;
        }
        let mut end = start + 1;
        while view
            .at(end)
            .is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
        {
            end += 1;
        }
        if end > start + 1 && view.at(end) == Some('"') && view.at(end + 1) == Some(':') {
            found.push(start..end + 2);
        }
    }
    found
}

/// `{name}`, `[your name]`, `[insert price]`
fn placeholders(view: &View) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for start in 0..view.len() {
        let close = match view.chars[start] {
            '{' => '}',
            '[' => ']',
            _ => continue,
        };
        let inside = (start + 1..view.len().min(start + 40)).find(|i| view.chars[*i] == close);
        if let Some(end) = inside
            && end > start + 1
            && view.chars[start + 1..end].iter().any(|c| c.is_alphabetic())
        {
            found.push(start..end + 1);
        }
    }
    found
}

/// `assistant:` at the start of a line
fn role_lines(view: &View) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for start in 0..view.len() {
        if !matches!(view.before(start), None | Some('\n')) {
            continue;
        }
        for role in ["assistant:", "system:", "user:", "reply:", "draft:", "human:"] {
            if role
                .chars()
                .enumerate()
                .all(|(i, c)| view.at(start + i) == Some(c))
            {
                found.push(start..start + role.len());
            }
        }
    }
    found
}

/// Places where the words follow the pattern.
fn matches(words: &[Word], pattern: &str) -> Vec<Range<usize>> {
    let parts: Vec<&str> = pattern.split(' ').collect();
    (0..words.len())
        .filter_map(|start| {
            let end = match_from(words, start, &parts)?;
            Some(words[start].span.start..words[end - 1].span.end)
        })
        .collect()
}

/// The index after the last matched word.
fn match_from(words: &[Word], start: usize, parts: &[&str]) -> Option<usize> {
    let Some((part, rest)) = parts.split_first() else {
        return Some(start);
    };
    if *part == ".." {
        return (0..=2).find_map(|skipped| match_from(words, start + skipped, rest));
    }
    let word = words.get(start)?;
    fits(&word.text, part).then(|| match_from(words, start + 1, rest))?
}

fn fits(word: &str, part: &str) -> bool {
    match part.split_once('*') {
        None => word == part,
        Some((stem, "")) => word.starts_with(stem),
        Some((stem, ending)) => word.strip_prefix(stem).is_some_and(|rest| rest.ends_with(ending)),
    }
}
