//! How well the drafter answers the sample workspace. The figures are floors, measured on every run.

use super::super::clauses::is_content;
use super::super::concepts::concepts;
use super::super::words::tokens;
use super::{draft, passes_the_guard, voice};
use domain::draft::{FactKind, ProductFacts, ThreadTurn};
use domain::id::{PassageId, ProductId};
use domain::label::LabelScore;
use domain::{DraftOutcome, DraftRequest, Fact, Label, Language};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;

const PRODUCTS: usize = 8;
const PASSAGES: usize = 12;

fn sample(file: &str) -> String {
    let path = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap())
        .join("../../sample")
        .join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Rows of a CSV text with quoted fields.
fn rows(text: &str) -> Vec<HashMap<String, String>> {
    let mut table: Vec<Vec<String>> = vec![vec![String::new()]];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let row = table.last_mut().unwrap();
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                row.last_mut().unwrap().push('"');
                chars.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => table.push(vec![String::new()]),
            '\r' if !quoted => {}
            c => row.last_mut().unwrap().push(c),
        }
    }
    let head = table.remove(0);
    table
        .into_iter()
        .filter(|r| r.len() == head.len())
        .map(|r| head.iter().cloned().zip(r).collect())
        .collect()
}

fn products() -> Vec<Fact> {
    let some = |text: &String| (!text.is_empty()).then(|| text.clone());
    let list = |text: &str| {
        text.split(';')
            .map(|s| s.trim().to_owned())
            .filter(|s| !s.is_empty())
            .collect()
    };
    rows(&sample("products.csv"))
        .iter()
        .zip(1..)
        .map(|(row, id)| {
            let names = ["ru", "uk", "kk", "es"]
                .iter()
                .filter_map(|l| some(&row[&format!("name_{l}")]).map(|n| ((*l).to_owned(), n)))
                .collect();
            let product = ProductFacts {
                sku: row["sku"].clone(),
                name: row["name"].clone(),
                names,
                category: row["category"].clone(),
                price: some(&row["price"]),
                currency: some(&row["currency"]),
                availability: some(&row["availability"]),
                stock: row["stock"].parse().ok(),
                restock_on: some(&row["restock_on"]),
                sizes: list(&row["sizes"]),
                materials: some(&row["materials"]),
                ingredients: some(&row["ingredients"]),
                care: some(&row["care"]),
                description: some(&row["description"]),
                url: some(&row["url"]),
                synonyms: list(&row["synonyms"]),
            };
            let text = std::iter::once(&product.name)
                .chain(product.names.values())
                .chain(&product.synonyms)
                .chain(&product.description)
                .cloned()
                .collect::<Vec<_>>()
                .join(". ");
            Fact {
                title: product.name.clone(),
                kind: FactKind::Product {
                    id: ProductId(id),
                    product: Box::new(product),
                },
                text,
                language: Language::undetermined(),
                score: 0.0,
            }
        })
        .collect()
}

fn passages() -> Vec<Fact> {
    let documents = [
        "care",
        "delivery",
        "faq",
        "ingredients",
        "opening-hours",
        "returns",
        "sizes",
        "wholesale",
    ];
    let mut facts = Vec::new();
    for document in documents {
        let text = sample(&format!("documents/{document}.md"));
        let mut language = String::new();
        for part in text.split("\n## [").skip(1) {
            language.clear();
            language.push_str(&part[..2]);
            for section in part.split("\n### ").skip(1) {
                let (heading, body) = section.split_once('\n').unwrap();
                let id = i64::try_from(facts.len()).unwrap();
                facts.push(Fact {
                    kind: FactKind::Passage {
                        id: PassageId(id),
                        document: document.to_owned(),
                        section: heading.trim().to_owned(),
                    },
                    title: format!("{document} · {}", heading.trim()),
                    text: format!("{}\n{}", heading.trim(), body.trim()),
                    language: language.as_str().into(),
                    score: 0.0,
                });
            }
        }
    }
    facts
}

struct Searched {
    fact: Fact,
    length: usize,
    keys: HashSet<String>,
    ids: BTreeSet<&'static str>,
}

/// The beginning of a word: enough for a stand-in search.
fn key(word: &str) -> String {
    word.trim_end_matches('s').chars().take(4).collect()
}

fn searched(facts: Vec<Fact>) -> Vec<Searched> {
    facts
        .into_iter()
        .map(|fact| {
            let words = tokens(&fact.text);
            let ids = concepts(&words).ids;
            Searched {
                fact,
                length: words.len(),
                keys: words.iter().map(|w| key(w)).collect(),
                ids,
            }
        })
        .collect()
}

/// Stands in for the hybrid search: shared words, and shared subjects for what the vectors would add.
fn best(facts: &[Searched], query: &str, count: usize) -> Vec<Fact> {
    let words = tokens(query);
    let ids = concepts(&words).ids;
    let keys: HashSet<String> = words.iter().filter(|w| is_content(w)).map(|w| key(w)).collect();
    #[expect(clippy::cast_precision_loss)]
    let mut scored: Vec<(f32, usize)> = facts
        .iter()
        .enumerate()
        .map(|(i, f)| {
            let shared = keys.iter().filter(|k| f.keys.contains(*k)).count();
            let subjects = ids.iter().filter(|id| f.ids.contains(*id)).count();
            ((shared + subjects) as f32 / (f.length as f32).powf(0.3), i)
        })
        .filter(|(score, _)| *score > 0.0)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let most = scored.first().map_or(1.0, |(s, _)| *s);
    scored
        .into_iter()
        .take(count)
        .map(|(score, i)| Fact {
            score: score / most,
            ..facts[i].fact.clone()
        })
        .collect()
}

struct Asked<'a> {
    text: &'a str,
    language: &'a str,
    labels: Vec<LabelScore>,
    thread: Vec<ThreadTurn>,
    caption: Option<String>,
    author: Option<&'a str>,
    seed: u64,
}

impl Asked<'_> {
    /// With the facts that a search for the comment, for its thread and for its post would find.
    fn request(self, products: &[Searched], passages: &[Searched]) -> DraftRequest {
        let before = self
            .thread
            .iter()
            .rev()
            .find(|t| !t.by_us)
            .map_or("", |t| t.text.as_str());
        let text = self.text;
        let mut facts: Vec<Fact> = Vec::new();
        for (query, wanted) in [
            (text.to_owned(), PASSAGES),
            (format!("{text} {before}"), PASSAGES),
            (
                format!("{text} {}", self.caption.as_deref().unwrap_or_default()),
                4,
            ),
        ] {
            let found = best(products, &query, PRODUCTS)
                .into_iter()
                .chain(best(passages, &query, wanted));
            for fact in found {
                if !facts.iter().any(|f| f.kind == fact.kind) {
                    facts.push(fact);
                }
            }
        }
        DraftRequest {
            comment_text: text.to_owned(),
            author_name: self.author.map(str::to_owned),
            language: self.language.into(),
            labels: self.labels,
            post_caption: self.caption,
            thread: self.thread,
            facts,
            voice: voice(),
            max_chars: 2_200,
            variation: self.seed,
        }
    }
}

#[derive(Default)]
struct Tally {
    answerable: usize,
    exact: usize,
    wrong: usize,
    declined: usize,
    traps: usize,
    traps_answered: usize,
}

#[test]
fn the_sample_is_answered_exactly_or_not_at_all() {
    let verbose = std::env::var_os("DRAFTER_REPORT").is_some();
    let (products, passages) = (searched(products()), searched(passages()));
    let posts: Vec<Value> = serde_json::from_str(&sample("posts.json")).unwrap();
    let caption_of = |id: &str| {
        posts
            .iter()
            .find(|p| p["id"] == id)
            .and_then(|p| p["caption"].as_str())
            .map(str::to_owned)
    };
    let comments: Vec<Value> = sample("comments.jsonl")
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let mut report = String::new();
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut unguarded = Vec::new();
    for (at, comment) in comments.iter().enumerate() {
        if comment["own"] == true {
            continue;
        }
        let expect = &comment["expect"];
        let text = comment["text"].as_str().unwrap();
        let language = expect["lang"].as_str().unwrap();
        let labels: Vec<LabelScore> = expect["labels"]
            .as_array()
            .unwrap()
            .iter()
            .map(|l| LabelScore {
                label: l.as_str().unwrap().parse::<Label>().unwrap(),
                confidence: 0.9,
            })
            .collect();
        let thread: Vec<ThreadTurn> = match comment["parent"].as_str() {
            None => Vec::new(),
            Some(parent) => comments[..at]
                .iter()
                .filter(|c| c["id"] == parent || c["parent"] == parent)
                .map(|c| ThreadTurn {
                    by_us: c["own"] == true,
                    text: c["text"].as_str().unwrap().to_owned(),
                })
                .collect(),
        };
        let caption = caption_of(comment["post"].as_str().unwrap());
        let request = Asked {
            text,
            language,
            labels: labels.clone(),
            thread,
            caption,
            author: comment["username"].as_str(),
            seed: u64::try_from(at).unwrap(),
        }
        .request(&products, &passages);
        let outcome = draft(&request);
        if let DraftOutcome::Drafted(answer) = &outcome
            && !passes_the_guard(&request, answer)
        {
            unguarded.push(answer.text.clone());
        }
        let answerable = expect["answerable"] == true;
        let is_question = labels.iter().any(|l| l.label == Label::Question);
        if !answerable && !is_question {
            if verbose {
                report += &format!(
                    "OTHER {language} {:?} | {text} | {outcome:?}\n",
                    labels.first().map(|l| l.label)
                );
            }
            continue;
        }
        let tally = tallies.entry(language.to_owned()).or_default();
        let wanted: Vec<&str> = expect["answer_contains"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let verdict = match (&outcome, answerable) {
            (DraftOutcome::Drafted(answer), true) => {
                tally.answerable += 1;
                if wanted.iter().all(|w| answer.text.contains(w)) {
                    tally.exact += 1;
                    "exact"
                } else {
                    tally.wrong += 1;
                    "WRONG"
                }
            }
            (DraftOutcome::Declined { .. }, true) => {
                tally.answerable += 1;
                tally.declined += 1;
                "DECLINED"
            }
            (DraftOutcome::Drafted(_), false) => {
                tally.traps += 1;
                tally.traps_answered += 1;
                "TRAP"
            }
            (DraftOutcome::Declined { .. }, false) => {
                tally.traps += 1;
                "trap declined"
            }
        };
        if verbose {
            let said = match &outcome {
                DraftOutcome::Drafted(a) => a.text.clone(),
                DraftOutcome::Declined { reason, detail } => format!("{}: {detail}", reason.as_str()),
            };
            report += &format!("{verdict} {language} | {text} | {wanted:?} | {said}\n");
        }
    }
    let mut total = Tally::default();
    report += "language answerable exact wrong declined | unanswerable answered\n";
    for (language, t) in &tallies {
        report += &format!(
            "{language:>8} {:>10} {:>5} {:>5} {:>8} | {:>12} {:>8}\n",
            t.answerable, t.exact, t.wrong, t.declined, t.traps, t.traps_answered
        );
        total.answerable += t.answerable;
        total.exact += t.exact;
        total.wrong += t.wrong;
        total.traps += t.traps;
        total.traps_answered += t.traps_answered;
    }
    report += &format!(
        "   total {:>10} {:>5} {:>5} {:>8} | {:>12} {:>8}\n",
        total.answerable,
        total.exact,
        total.wrong,
        total.answerable - total.exact - total.wrong,
        total.traps,
        total.traps_answered
    );
    std::io::Write::write_all(&mut std::io::stderr(), report.as_bytes()).unwrap();
    assert_eq!(unguarded, Vec::<String>::new(), "the guard passes every draft");
    assert!(total.answerable > 100, "the sample has questions");
    assert!(total.wrong * 100 <= total.answerable, "wrong facts");
    assert!(total.exact * 100 >= total.answerable * 92, "exact answers");
    assert!(
        total.traps_answered * 100 <= total.traps * 10,
        "answers to what no source holds"
    );
}

/// Questions in other words than the sample's, with what the answer has to hold; `TRAP` has no source.
#[test]
fn questions_in_other_words_are_answered_or_declined() {
    let verbose = std::env::var_os("DRAFTER_REPORT").is_some();
    let (products, passages) = (searched(products()), searched(passages()));
    let (mut answerable, mut exact, mut wrong, mut traps, mut traps_answered) = (0, 0, 0, 0, 0);
    let mut report = String::new();
    for (line, seed) in include_str!("questions.tsv").lines().zip(0..) {
        let mut fields = line.split('\t');
        let (language, text) = (fields.next().unwrap(), fields.next().unwrap());
        let wanted: Vec<&str> = fields.next().unwrap_or_default().split('|').collect();
        let request = Asked {
            text,
            language,
            labels: vec![LabelScore {
                label: Label::Question,
                confidence: 0.9,
            }],
            thread: Vec::new(),
            caption: None,
            author: None,
            seed,
        }
        .request(&products, &passages);
        let outcome = draft(&request);
        let is_trap = wanted == ["TRAP"];
        let verdict = match &outcome {
            DraftOutcome::Drafted(answer) if is_trap => {
                traps += 1;
                traps_answered += 1;
                format!("TRAP {}", answer.text)
            }
            DraftOutcome::Declined { .. } if is_trap => {
                traps += 1;
                continue;
            }
            DraftOutcome::Drafted(answer) => {
                answerable += 1;
                let holds = wanted.iter().any(|w| answer.text.contains(w));
                exact += usize::from(holds);
                wrong += usize::from(!holds);
                format!("{} {}", if holds { "exact" } else { "WRONG" }, answer.text)
            }
            DraftOutcome::Declined { reason, detail } => {
                answerable += 1;
                format!("DECLINED {}: {detail}", reason.as_str())
            }
        };
        if verbose {
            report += &format!("UNSEEN {language} | {text} | {wanted:?} | {verdict}\n");
        }
    }
    report += &format!(
        "other words: {exact} of {answerable} exact, {wrong} wrong; {traps_answered} of {traps} without a source answered\n"
    );
    std::io::Write::write_all(&mut std::io::stderr(), report.as_bytes()).unwrap();
    assert!(wrong * 100 <= answerable * 3, "wrong facts");
    assert!(exact * 100 >= answerable * 70, "exact answers");
    assert!(
        traps_answered * 100 <= traps * 20,
        "answers to what no source holds"
    );
}
