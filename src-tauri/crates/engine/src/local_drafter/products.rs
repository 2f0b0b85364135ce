//! Which product a comment means.

use super::clauses::{Clause, is_content};
use super::words::{alike, is_number, tokens};
use domain::draft::{FactKind, ProductFacts};
use domain::text::in_cyrillic;
use domain::{DraftRequest, Fact, Language};
use std::collections::{BTreeSet, HashMap};

/// Below this a mention is chance.
const LEAST: f32 = 0.3;
/// Two products closer than this cannot be told apart.
const MARGIN: f32 = 0.12;
const UNMATCHED: f32 = 0.6;
/// "The crepe pan" is the Crepe pan 24 when there is no other.
const UNMATCHED_NUMBER: f32 = 0.25;
const NUMBER: f32 = 1.3;
/// Earlier turns of a thread say nothing about what is meant now.
const TURNS: usize = 12;
/// What a word adds that only another name of the product holds.
const OTHER_NAME: f32 = 0.5;
const AMONG_SEVERAL: f32 = 0.7;
/// What a name in the thread or the caption adds.
const CONTEXT: f32 = 0.45;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meant {
    One(TheOne),
    /// Named, but several fit.
    Several(Vec<usize>),
    /// Nothing in the comment, the thread or the caption names one.
    Nothing,
}

/// A product, and how it is named.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TheOne {
    pub fact: usize,
    pub sure: f32,
    /// Places of the words of the clause that name it; empty when only thread or caption do.
    pub words: Vec<usize>,
    /// Those of one name that stand side by side.
    pub side_by_side: Vec<usize>,
    /// All words of a name are in the clause, but for its numbers: "spices" alone is no "set of spices".
    pub is_full: bool,
}

impl TheOne {
    /// One of a few between which the name leaves the choice.
    pub fn among_several(fact: usize) -> Self {
        Self {
            fact,
            sure: AMONG_SEVERAL,
            words: Vec::new(),
            side_by_side: Vec::new(),
            is_full: false,
        }
    }
}

/// The products among the facts, with everything people call them, and where a request names them.
pub(super) struct Catalogue<'a> {
    products: Vec<Entry<'a>>,
    /// By clause, then by product.
    of_clauses: Vec<Vec<Option<Mention>>>,
    /// What thread and caption add to each product.
    around: Vec<f32>,
    named_in_thread: bool,
}

struct Entry<'a> {
    fact: usize,
    product: &'a ProductFacts,
    aliases: Vec<Alias>,
    numbers: Vec<String>,
}

/// What a product is called, each word with what it is worth.
struct Alias {
    parts: Vec<(String, f32)>,
}

impl Alias {
    fn words(&self) -> impl Iterator<Item = &String> {
        self.parts.iter().map(|(w, _)| w)
    }
}

#[derive(Debug, Clone)]
struct Mention {
    value: f32,
    words: Vec<usize>,
    side_by_side: Vec<usize>,
    /// Nothing but numbers is missing.
    but_for_numbers: bool,
    /// All words of one alias are there.
    full: bool,
    only_number: bool,
}

impl<'a> Catalogue<'a> {
    pub fn new(request: &'a DraftRequest, clauses: &[Clause]) -> Self {
        let mut catalogue = Self {
            products: worthed(
                &request.facts,
                request.reading.own_letters.as_ref().map(|_| &request.language),
            ),
            of_clauses: Vec::new(),
            around: Vec::new(),
            named_in_thread: false,
        };
        catalogue.of_clauses = clauses.iter().map(|c| catalogue.mentions(&c.words)).collect();
        catalogue.look_around(request);
        catalogue
    }

    /// A name in the thread counts the more the later it was said, one in the caption only when it is whole.
    fn look_around(&mut self, request: &DraftRequest) {
        let mut around = vec![0.0_f32; self.products.len()];
        for (age, turn) in request.thread.iter().rev().take(TURNS).enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "threads are short")]
            let fading = 1.6 * CONTEXT / (1.0 + 0.3 * age as f32);
            let mentions = self.mentions(&tokens(&turn.text));
            self.named_in_thread |= is_named(&mentions);
            raise(&mut around, &mentions, fading, false);
        }
        if let Some(caption) = &request.post_caption {
            raise(&mut around, &self.mentions(&tokens(caption)), CONTEXT, true);
        }
        self.around = around;
    }

    pub fn named_in_thread(&self) -> bool {
        self.named_in_thread
    }

    /// Whether the clause at `at` names a product.
    pub fn named_in_clause(&self, at: usize) -> bool {
        self.of_clauses.get(at).is_some_and(|mentions| is_named(mentions))
    }

    pub fn product(&self, fact: usize) -> Option<&'a ProductFacts> {
        self.products.iter().find(|e| e.fact == fact).map(|e| e.product)
    }

    /// Whether a number is in a name of the product or among its sizes.
    pub fn has_number(&self, fact: usize, number: &str) -> bool {
        let mut numbers = self
            .products
            .iter()
            .filter(|e| e.fact == fact)
            .flat_map(|e| &e.numbers);
        numbers.any(|own| own == number)
    }

    /// Whether some product is called by this word.
    pub fn has_name_word(&self, word: &str) -> bool {
        self.products
            .iter()
            .flat_map(|e| &e.aliases)
            .flat_map(Alias::words)
            .any(|name| alike(name, word))
    }

    pub fn all(&self) -> impl Iterator<Item = (usize, &'a ProductFacts)> + '_ {
        self.products.iter().map(|e| (e.fact, e.product))
    }

    /// The product of one clause; the other clauses, the thread and the caption decide between equals and
    /// stand in when the clause names none.
    pub fn meant(&self, at: usize) -> Meant {
        let Some(own) = self.of_clauses.get(at) else {
            return Meant::Nothing;
        };
        let mut context = self.around.clone();
        for (_, other) in self.of_clauses.iter().enumerate().filter(|(i, _)| *i != at) {
            raise(&mut context, other, 2.0 * CONTEXT, false);
        }
        let named = is_named(own);
        let mut scored: Vec<(usize, f32, &[usize])> = Vec::new();
        for ((entry, mention), context) in self.products.iter().zip(own).zip(&context) {
            match mention {
                Some(m) if m.value >= LEAST => {
                    let base = if m.only_number { m.value.min(0.5) } else { m.value };
                    scored.push((entry.fact, base + context, &m.words));
                }
                None | Some(_) if !named && *context > 0.0 => scored.push((entry.fact, *context, &[])),
                _ => {}
            }
        }
        scored.sort_by(|a, b| b.1.total_cmp(&a.1));
        let Some((fact, best, words)) = scored.first().copied() else {
            return Meant::Nothing;
        };
        let close: Vec<usize> = scored
            .iter()
            .take_while(|(_, value, _)| best - value < MARGIN)
            .map(|(fact, ..)| *fact)
            .collect();
        let only_number = self
            .products
            .iter()
            .zip(own)
            .any(|(e, m)| e.fact == fact && m.as_ref().is_some_and(|m| m.only_number));
        let context_of_best = self
            .products
            .iter()
            .zip(&context)
            .find(|(e, _)| e.fact == fact)
            .map_or(0.0, |(_, c)| *c);
        if named && only_number && context_of_best <= 0.0 && close.len() > 1 {
            return Meant::Several(close);
        }
        let in_full: Vec<usize> = self
            .products
            .iter()
            .zip(own)
            .filter(|(e, m)| close.contains(&e.fact) && m.as_ref().is_some_and(|m| m.but_for_numbers))
            .map(|(e, _)| e.fact)
            .collect();
        // "The crêpe pan, is it cast iron?": one of them is named, of the others a word.
        let is_clear = in_full.len() == 1 && in_full[0] == fact;
        if close.len() > 1 && !is_clear && !self.same_goods(&close) {
            return Meant::Several(close);
        }
        let sure = if named { 0.95 } else { 0.8 };
        let mention = self
            .products
            .iter()
            .zip(own)
            .find(|(e, _)| e.fact == fact && !words.is_empty())
            .and_then(|(_, m)| m.as_ref());
        Meant::One(TheOne {
            fact,
            sure,
            words: words.to_vec(),
            side_by_side: mention.map_or(Vec::new(), |m| m.side_by_side.clone()),
            is_full: mention.is_some_and(|m| m.but_for_numbers),
        })
    }

    /// Rows of one and the same product (a double import) are no ambiguity; whether they agree is another matter.
    fn same_goods(&self, facts: &[usize]) -> bool {
        let mut names = facts
            .iter()
            .filter_map(|f| self.product(*f))
            .map(|p| (&p.name, &p.sku));
        let Some((name, sku)) = names.next() else {
            return false;
        };
        names.all(|(n, s)| n == name || s == sku)
    }

    fn mentions(&self, words: &[String]) -> Vec<Option<Mention>> {
        self.products
            .iter()
            .map(|entry| {
                let all: Vec<Mention> = entry
                    .aliases
                    .iter()
                    .filter_map(|alias| mention(entry, alias, words))
                    .collect();
                let mut best = all.iter().max_by(|a, b| a.value.total_cmp(&b.value))?.clone();
                best.add_other_names(&all);
                Some(best)
            })
            .collect()
    }
}

/// The products among the facts, each word of their names with what it is worth. `letters`: the comment came in Latin
/// letters and is read in those of this language, and so are names.
fn worthed<'a>(facts: &'a [Fact], letters: Option<&Language>) -> Vec<Entry<'a>> {
    let mut products: Vec<Entry<'_>> = facts
        .iter()
        .enumerate()
        .filter_map(|(fact, f)| match &f.kind {
            FactKind::Product { product, .. } => Some(Entry::new(fact, product, letters)),
            FactKind::Passage { .. } => None,
        })
        .collect();
    let vocabulary: Vec<BTreeSet<String>> = products
        .iter()
        .map(|e| e.aliases.iter().flat_map(Alias::words).cloned().collect())
        .collect();
    let mut worth: HashMap<&str, f32> = HashMap::new();
    let mut by_letter: HashMap<Option<char>, Vec<(usize, &str)>> = HashMap::new();
    for (at, words) in vocabulary.iter().enumerate() {
        for word in words {
            by_letter.entry(word.chars().next()).or_default().push((at, word));
        }
    }
    for word in vocabulary.iter().flatten() {
        let alike_words = by_letter.get(&word.chars().next()).map_or(&[][..], Vec::as_slice);
        worth.entry(word).or_insert_with(|| rarity(alike_words, word));
    }
    for (word, weight) in products
        .iter_mut()
        .flat_map(|e| &mut e.aliases)
        .flat_map(|a| &mut a.parts)
    {
        *weight = worth.get(word.as_str()).copied().unwrap_or(1.0);
    }
    products
}

fn is_named(mentions: &[Option<Mention>]) -> bool {
    mentions.iter().flatten().any(|m| m.value >= LEAST)
}

/// Raises the context of each product by how clearly it is mentioned.
fn raise(context: &mut [f32], mentions: &[Option<Mention>], weight: f32, full_only: bool) {
    for (value, mention) in context.iter_mut().zip(mentions) {
        let clear = mention
            .as_ref()
            .filter(|m| !m.only_number && m.value >= LEAST && (m.full || !full_only));
        if let Some(m) = clear {
            *value = value.max(m.value.clamp(0.0, 2.5) / 2.5 * weight);
        }
    }
}

impl Mention {
    /// "The big kettle that whistles": each name of the product may account for another word.
    fn add_other_names(&mut self, all: &[Mention]) {
        if self.only_number {
            return;
        }
        let others: BTreeSet<usize> = all
            .iter()
            .flat_map(|m| m.words.iter().copied())
            .filter(|at| !self.words.contains(at))
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "a few words")]
        let more = others.len() as f32;
        self.value += OTHER_NAME * more;
        self.words.extend(others);
    }
}

fn mention(entry: &Entry<'_>, alias: &Alias, words: &[String]) -> Option<Mention> {
    let mut matched = Vec::new();
    let (mut value, mut named, mut missing, mut missing_word) = (0.0, false, false, false);
    for (part, weight) in &alias.parts {
        let at = words
            .iter()
            .enumerate()
            .find(|(i, w)| !matched.contains(i) && alike(w, part))
            .map(|(i, _)| i);
        match at {
            Some(i) => {
                matched.push(i);
                value += weight;
                // "L-XL" is no kettle of 1.8 L.
                named |= !is_number(part) && part.chars().nth(1).is_some();
            }
            None => {
                missing = true;
                missing_word |= !is_number(part);
                value -= weight
                    * if is_number(part) {
                        UNMATCHED_NUMBER
                    } else {
                        UNMATCHED
                    };
            }
        }
    }
    let (first, last) = (matched.iter().min()?, matched.iter().max()?);
    let only_letters = !named && matched.iter().all(|i| !is_number(&words[*i]));
    if only_letters || last - first > alias.parts.len() + 3 || (named && conflicts(entry, words, &matched)) {
        return None;
    }
    let full = !missing;
    // Of two names that both fit, the one that says more.
    #[expect(clippy::cast_precision_loss, reason = "aliases have few words")]
    let value = if full {
        value + 0.05 * alias.parts.len() as f32
    } else {
        value
    };
    Some(Mention {
        value,
        side_by_side: if !missing_word && last - first + 1 == matched.len() {
            matched.clone()
        } else {
            Vec::new()
        },
        but_for_numbers: named && !missing_word,
        words: matched,
        full,
        only_number: !named,
    })
}

/// A word that many products share says little about which one is meant.
fn rarity(words_of_products: &[(usize, &str)], word: &str) -> f32 {
    if is_number(word) {
        return NUMBER;
    }
    let sharing: BTreeSet<usize> = words_of_products
        .iter()
        .filter(|(_, w)| alike(w, word))
        .map(|(product, _)| *product)
        .collect();
    let sharing = sharing.len().max(1);
    #[expect(clippy::cast_precision_loss, reason = "a handful of products")]
    let sharing = sharing as f32;
    1.0 / sharing.powf(0.25)
}

impl<'a> Entry<'a> {
    fn new(fact: usize, product: &'a ProductFacts, letters: Option<&Language>) -> Self {
        let called: Vec<&String> = std::iter::once(&product.name)
            .chain(product.names.values())
            .chain(&product.synonyms)
            .chain(std::iter::once(&product.sku))
            .collect();
        let read = letters.map_or(Vec::new(), |language| {
            called.iter().map(|name| in_cyrillic(name, language)).collect()
        });
        let mut aliases: Vec<Vec<String>> = called
            .into_iter()
            .chain(&read)
            .map(|name| tokens(name).into_iter().filter(|w| is_name_word(w)).collect())
            .filter(|alias: &Vec<String>| !alias.is_empty())
            .collect();
        aliases.sort();
        aliases.dedup();
        let numbers = aliases
            .iter()
            .flatten()
            .filter(|w| is_number(w))
            .cloned()
            .chain(
                product
                    .sizes
                    .iter()
                    .flat_map(|s| tokens(s))
                    .filter(|w| is_number(w)),
            )
            .collect();
        let aliases = aliases
            .into_iter()
            .map(|words| Alias {
                parts: words.into_iter().map(|w| (w, 1.0)).collect(),
            })
            .collect();
        Self {
            fact,
            product,
            aliases,
            numbers,
        }
    }
}

fn is_name_word(word: &str) -> bool {
    const UNITS: [&str; 12] = ["cm", "см", "l", "л", "ml", "мл", "g", "г", "of", "сm", "n", "no"];
    // "Oak board L" and "S" are told apart by that letter alone.
    let size_letter = matches!(word, "s" | "xl");
    is_number(word) || size_letter || (is_content(word) && !UNITS.contains(&word)) || matches!(word, "l")
}

/// "Skillet 34" is none of the skillets: a number beside the name has to be one of the product's.
fn conflicts(entry: &Entry<'_>, words: &[String], matched: &[usize]) -> bool {
    const COUNTED: [&str; 18] = [
        "cm",
        "см",
        "l",
        "л",
        "mm",
        "мм",
        "й",
        "я",
        "ю",
        "ка",
        "ой",
        "ші",
        "litre",
        "litres",
        "литра",
        "литров",
        "літра",
        "litros",
    ];
    let number_beside = |at: usize| -> Option<&String> {
        let beside = [at.checked_sub(1), Some(at + 1), Some(at + 2)];
        beside
            .into_iter()
            .flatten()
            .filter_map(|i| words.get(i).map(|w| (i, w)))
            .filter(|(i, w)| {
                is_number(w)
                    && (i.abs_diff(at) == 1
                        || words
                            .get(i - 1)
                            .is_some_and(|m| matches!(m.as_str(), "на" | "de" | "of" | "за")))
                    && words.get(i + 1).is_none_or(|after| {
                        COUNTED.contains(&after.as_str()) || !matches!(after.as_str(), "for" | "за")
                    })
            })
            .map(|(_, w)| w)
            .next()
    };
    let sized = entry.aliases.iter().flat_map(Alias::words).any(|w| is_number(w));
    sized
        && matched
            .iter()
            .filter(|i| !is_number(&words[**i]))
            .filter_map(|i| number_beside(*i))
            .any(|number| !entry.numbers.contains(number))
}
