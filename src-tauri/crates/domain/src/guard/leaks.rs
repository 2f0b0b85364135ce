//! Fragments of instructions, of chat templates and of the format a model was asked for.

use super::patterns::Phrases;
use super::view::View;
use std::ops::Range;
use std::sync::LazyLock;

static LEAKS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new([
        "system prompt*|previous instruction*|ignore previous|ignore all .. instruction*|\
         ignore .. instruction*|my instruction*|as an ai|as a language model|large language model|\
         ai language model|here is the reply|here's a reply|here is a draft|системн* промпт*|\
         системн* инструкц*|системн* інструкц*|игнорир* .. инструкц*|ігнору* .. інструкц*|\
         языков* модел*|мовн* модел*|тілдік модел*|алдыңғы нұсқау*|modelo de lenguaje|\
         prompt del sistema|instrucciones anteriores|ignora .. instrucciones|max_chars",
    ])
});

/// Fragments of a prompt, of a chat template or of the JSON a model was asked for.
pub(super) fn leaked_instructions(view: &View) -> Vec<Range<usize>> {
    let words = view.words();
    let mut found: Vec<Range<usize>> = LEAKS.places(words).into_iter().map(|(_, place)| place).collect();
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
