//! From a request to the text of a reply, or to the reason why there is none.

use super::attributes::{self, Use};
use super::clauses::{Clause, clauses};
use super::concepts::{ConceptId, Kind, concepts_of, kind_of};
use super::passages::{Passage, Question, passages};
use super::products::{Catalogue, Meant};
use super::wording::{self, Label, Tongue};
use super::words::{alike, is_number, sentences, tokens};
use domain::draft::{Citation, ProductFacts};
use domain::{DeclineReason, DraftRequest, Language};

/// A passage below this does not answer.
const ANSWERS: f32 = 0.57;
/// A section longer than this is cut down to its best sentences.
const LONGEST_ANSWER: usize = 420;
/// In Unicode scalar values. Longer comments are left to a person, so that one comment takes bounded time.
const LONGEST_COMMENT: usize = 4_000;
const MOST_ANSWERS: usize = 3;

#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub reason: DeclineReason,
    pub detail: String,
}

impl Refusal {
    pub fn new(reason: DeclineReason, detail: impl Into<String>) -> Self {
        Self {
            reason,
            detail: detail.into(),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub text: String,
    pub language: Language,
    pub confidence: f32,
    pub citations: Vec<Citation>,
}

/// One sentence or more with its source.
#[derive(Debug, Clone, PartialEq)]
struct Answer {
    text: String,
    /// None for courtesies.
    fact: Option<usize>,
    confidence: f32,
}

/// A request, read.
pub(super) struct Situation<'a> {
    pub request: &'a DraftRequest,
    clauses: Vec<Clause>,
    catalogue: Catalogue<'a>,
    passages: Vec<Passage<'a>>,
    /// `None` when the author writes in a language without prepared sentences.
    tongue: Option<Tongue>,
}

impl<'a> Situation<'a> {
    pub fn new(request: &'a DraftRequest) -> Self {
        let read: String = request.comment_text.chars().take(LONGEST_COMMENT).collect();
        let clauses = clauses(&read);
        Self {
            request,
            catalogue: Catalogue::new(request, &clauses),
            clauses,
            passages: passages(&request.facts),
            tongue: Tongue::of(request.language.as_str()),
        }
    }

    fn says(&self, id: ConceptId) -> bool {
        self.clauses.iter().any(|c| c.concepts.has(id))
    }

    /// What a person has to answer, whatever the sources say.
    pub fn refuse_sensitive(&self) -> Result<(), Refusal> {
        let never = |detail: &str| Err(Refusal::new(DeclineReason::NeverAutomatic, detail));
        if self.request.comment_text.chars().nth(LONGEST_COMMENT).is_some() {
            return never("a very long comment: a person reads it");
        }
        if self.says("legal") {
            return never("legal matters: a person answers");
        }
        if self.says("health") {
            return never("health: a person answers");
        }
        if self.says("press") {
            return never("press: a person answers");
        }
        if self.says("cheaper") {
            return never("a price to negotiate: a person answers");
        }
        let complains = self
            .request
            .labels
            .iter()
            .any(|l| l.label == domain::Label::Complaint);
        if self.says("refund") && complains {
            return never("money back is asked for: a person answers");
        }
        if complains && self.says("again") {
            return never("not the first complaint: a person answers");
        }
        Ok(())
    }

    pub fn thank(&self) -> Result<Reply, Refusal> {
        let seed = self.request.variation;
        let tone = self.request.voice.tone.as_str();
        if self.clauses.is_empty() {
            return Ok(self.plain(wording::emoji_thanks(seed), self.request.language.clone(), 0.9));
        }
        let language = if self.request.language.is_determined() {
            self.request.language.clone()
        } else {
            self.request.voice.default_language.clone()
        };
        let Some(tongue) = Tongue::of(language.as_str()) else {
            return Err(self.other_language());
        };
        Ok(self.plain(wording::thanks(tongue, tone, seed), language, 0.85))
    }

    fn plain(&self, text: &str, language: Language, confidence: f32) -> Reply {
        Reply {
            text: text.to_owned(),
            language,
            confidence,
            citations: Vec::new(),
        }
    }

    fn other_language(&self) -> Refusal {
        let language = &self.request.language;
        let best = self
            .request
            .facts
            .iter()
            .max_by(|a, b| a.score.total_cmp(&b.score))
            .map_or(String::new(), |f| format!("; nearest source: {}", f.title));
        Refusal::new(
            DeclineReason::OtherLanguageOnly,
            format!(
                "no prepared answers in the language \"{language}\"{best}",
                language = language.as_str()
            ),
        )
    }

    pub fn acknowledge_complaint(&self) -> Result<Reply, Refusal> {
        let tongue = self.tongue.ok_or_else(|| self.other_language())?;
        let steps = ["damaged", "late", "wrongitem", "missing"];
        let told: Vec<ConceptId> = steps.into_iter().filter(|id| self.says(id)).collect();
        let best = self
            .own_passages()
            .filter(|p| told.iter().any(|id| p.heading_has(id)))
            .filter_map(|p| first_step(p).map(|step| (p, step)))
            .next();
        let Some((passage, step)) = best else {
            return Err(Refusal::new(
                DeclineReason::NeverAutomatic,
                "no source says what to do about this complaint",
            ));
        };
        let regret = wording::regret(tongue, self.request.variation);
        self.assemble(
            tongue,
            None,
            vec![
                Answer {
                    text: regret.to_owned(),
                    fact: None,
                    confidence: 0.6,
                },
                Answer {
                    text: step.to_owned(),
                    fact: Some(passage.fact),
                    confidence: 0.6,
                },
            ],
        )
    }

    pub fn welcome_partner(&self) -> Result<Reply, Refusal> {
        let tongue = self.tongue.ok_or_else(|| self.other_language())?;
        let wanted: &[ConceptId] = if self.says("wholesale") || self.says("corporate") {
            &["wholesale", "corporate"]
        } else if self.says("supplier") {
            &["supplier", "collab"]
        } else {
            &["collab"]
        };
        let best = wanted.iter().find_map(|id| {
            self.own_passages().filter(|p| p.heading_has(id)).find_map(|p| {
                p.sentences()
                    .iter()
                    .find(|s| s.text.contains(['@', '/']))
                    .map(|s| (p, s.text))
            })
        });
        let Some((passage, step)) = best else {
            return Err(Refusal::new(
                DeclineReason::NoSource,
                "partnership: no source says whom to write to",
            ));
        };
        let interest = wording::interest(tongue, self.request.variation);
        self.assemble(
            tongue,
            None,
            vec![
                Answer {
                    text: interest.to_owned(),
                    fact: None,
                    confidence: 0.65,
                },
                Answer {
                    text: step.to_owned(),
                    fact: Some(passage.fact),
                    confidence: 0.65,
                },
            ],
        )
    }

    fn own_passages(&self) -> impl Iterator<Item = &Passage<'a>> {
        let language = self.request.language.as_str();
        self.passages.iter().filter(move |p| p.language == language)
    }

    /// Every question of the comment that can be answered; a refusal when none can, or when one that is
    /// unclear would make the rest misleading.
    pub fn answer(&self) -> Result<Reply, Refusal> {
        let tongue = self.tongue.ok_or_else(|| self.other_language())?;
        let asking: Vec<usize> = {
            let marked: Vec<usize> = (0..self.clauses.len())
                .filter(|i| self.clauses[*i].asks())
                .collect();
            if marked.is_empty() {
                (0..self.clauses.len()).collect()
            } else {
                marked
            }
        };
        let mut answers: Vec<Answer> = Vec::new();
        let mut refusals: Vec<(bool, Refusal)> = Vec::new();
        for at in asking {
            match self.answer_clause(at, tongue) {
                Ok(answer) => {
                    let said = answers
                        .iter()
                        .any(|a| a.text == answer.text || a.text.contains(&answer.text));
                    if !said && answers.len() < MOST_ANSWERS {
                        answers.push(answer);
                    }
                }
                Err(refusal) => refusals.push((self.clauses[at].is_question, refusal)),
            }
        }
        let blocking = refusals.iter().find(|(_, r)| {
            matches!(
                r.reason,
                DeclineReason::SourcesDisagree | DeclineReason::NeverAutomatic
            )
        });
        if let Some((_, refusal)) = blocking {
            return Err(refusal.clone());
        }
        if answers.is_empty() {
            let order = |r: &Refusal| match r.reason {
                DeclineReason::Ambiguous => 0,
                DeclineReason::OtherLanguageOnly => 1,
                _ => 2,
            };
            let refusal = refusals.into_iter().map(|(_, r)| r).min_by_key(order);
            return Err(refusal.unwrap_or_else(|| Refusal::new(DeclineReason::NoSource, "nothing is asked")));
        }
        let missed = refusals.iter().filter(|(question, _)| *question).count();
        #[expect(clippy::cast_precision_loss, reason = "a handful of clauses")]
        let share = answers.len() as f32 / (answers.len() + missed) as f32;
        for answer in &mut answers {
            answer.confidence *= 0.6 + 0.4 * share;
        }
        let greeting = wording::greeting(tongue, &self.request.voice.tone, self.request.variation);
        self.assemble(tongue, Some(greeting), answers)
    }

    fn answer_clause(&self, at: usize, tongue: Tongue) -> Result<Answer, Refusal> {
        let clause = &self.clauses[at];
        let inherited = self.inherited(at);
        let meant = self.catalogue.meant(at);
        let (named, fact) = match &meant {
            Meant::One { fact, words, .. } => (words.clone(), Some(*fact)),
            _ => (Vec::new(), None),
        };
        let product_name = fact
            .and_then(|f| self.catalogue.product(f))
            .map(|p| tokens(p.name_in(tongue.code())))
            .unwrap_or_default();
        let mut question = Question::new(clause, &named, &inherited, product_name);
        if !named.is_empty() {
            question.waiting_for_a_product_is_its_stock();
        }
        if question.is_empty() {
            return Err(Refusal::new(DeclineReason::NoSource, "nothing is asked"));
        }
        let of_shop = question.ids.iter().any(|(id, _)| is_of_the_shop(id));
        let product_first = !of_shop;
        let from_product = |this: &Self| this.answer_from_product(clause, &question, &meant, tongue);
        let passage = self.best_passage(&question, fact);
        if product_first {
            match from_product(self) {
                Ok(Some(answer)) => {
                    // A section that speaks of exactly this beats a bare attribute.
                    return Ok(answer);
                }
                Err(refusal) if passage.is_none() || refusal.reason == DeclineReason::SourcesDisagree => {
                    return Err(refusal);
                }
                _ => {}
            }
        }
        if let Some((passage, score)) = passage {
            self.refuse_contradiction(passage, score, &question)?;
            let text = passage.answer(&question, LONGEST_ANSWER.min(self.request.max_chars));
            if !text.is_empty() {
                return Ok(Answer {
                    text,
                    fact: Some(passage.fact),
                    confidence: (0.35 + 0.6 * score).min(0.95),
                });
            }
        }
        if !product_first && let Some(answer) = from_product(self)? {
            return Ok(answer);
        }
        Err(self.nothing_found(&question, &meant))
    }

    /// "How much?" after "do you deliver to Spain?" is about delivery to Spain.
    fn inherited(&self, at: usize) -> Vec<ConceptId> {
        let clause = &self.clauses[at];
        let subjects = |c: &Clause| -> Vec<ConceptId> {
            c.concepts
                .ids
                .iter()
                .copied()
                .filter(|id| matches!(kind_of(id), Kind::Topic | Kind::Thing | Kind::Place))
                .collect()
        };
        let bare = clause.plain_words().all(|(_, w)| is_number(w));
        let asks_something =
            clause.concepts.has_kind(Kind::Aspect) || clause.concepts.has_kind(Kind::Property);
        if !clause.lacks_subject() || !bare || !asks_something {
            return Vec::new();
        }
        if self.catalogue.named_in_clause(at) {
            return Vec::new();
        }
        let earlier: Vec<Vec<ConceptId>> = self.clauses[..at]
            .iter()
            .rev()
            .map(subjects)
            .filter(|s| !s.is_empty())
            .collect();
        let before = earlier
            .iter()
            .find(|s| s.iter().any(|id| is_of_the_shop(id)))
            .or(earlier.first())
            .cloned();
        let after = || {
            self.clauses[at + 1..]
                .iter()
                .take(1)
                .map(subjects)
                .find(|s| !s.is_empty())
        };
        if let Some(ids) = before.or_else(after) {
            return ids;
        }
        // A follow-up in a thread goes on with what was asked before, unless a product is the subject.
        let product_before = self.catalogue.named_in_thread();
        if product_before || self.clauses.iter().any(|c| c.concepts.has_kind(Kind::Topic)) {
            return Vec::new();
        }
        self.request
            .thread
            .iter()
            .rev()
            .filter(|t| !t.by_us)
            .map(|t| {
                concepts_of(&t.text)
                    .ids
                    .into_iter()
                    .filter(|id| is_of_the_shop(id) || kind_of(id) == Kind::Place)
                    .collect::<Vec<_>>()
            })
            .find(|ids| !ids.is_empty())
            .unwrap_or_default()
    }

    fn best_passage(&self, question: &Question, product: Option<usize>) -> Option<(&Passage<'a>, f32)> {
        let product_words: Vec<String> = product
            .and_then(|f| self.catalogue.product(f))
            .map(product_words)
            .unwrap_or_default();
        let of_shop = question.ids.iter().any(|(id, _)| is_of_the_shop(id));
        self.own_passages()
            .map(|p| {
                // Of two sections, the one that speaks of the product meant.
                let about_it = product_words.is_empty() || p.mentions_any(&product_words);
                let score = p.score(question);
                let score = if about_it || of_shop || !question.names_a_product() {
                    score
                } else {
                    score * 0.85
                };
                let preference = match (about_it, p.names_product(question)) {
                    (_, true) => 1.0,
                    (true, false) => 0.93,
                    (false, false) => 0.8,
                };
                (p, score, score * preference)
            })
            .filter(|(_, score, _)| *score >= ANSWERS)
            .max_by(|a, b| a.2.total_cmp(&b.2))
            .map(|(p, score, _)| (p, score))
    }

    fn refuse_contradiction(
        &self,
        best: &Passage<'_>,
        score: f32,
        question: &Question,
    ) -> Result<(), Refusal> {
        for other in self
            .own_passages()
            .filter(|p| p.fact != best.fact && p.score(question) >= score - 0.12)
        {
            if contradict(best, other) {
                return Err(Refusal::new(
                    DeclineReason::SourcesDisagree,
                    format!("\"{}\" and \"{}\" say different things", best.title, other.title),
                ));
            }
        }
        Ok(())
    }

    fn nothing_found(&self, question: &Question, meant: &Meant) -> Refusal {
        let elsewhere = self
            .passages
            .iter()
            .filter(|p| p.language != self.request.language.as_str())
            .map(|p| (p, p.score(&by_concepts_only(question))))
            .filter(|(_, score)| *score >= ANSWERS)
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let plain = question.words.iter().filter(|w| !is_number(&w.text)).count();
        if let Some((passage, _)) = elsewhere.filter(|_| plain <= 1) {
            return Refusal::new(
                DeclineReason::OtherLanguageOnly,
                format!(
                    "\"{}\" answers it, but only in {}",
                    passage.title, passage.language
                ),
            );
        }
        if let Meant::Several(facts) = meant {
            return self.ambiguous(facts);
        }
        let about: Vec<&str> = question
            .ids
            .iter()
            .map(|(id, _)| *id)
            .chain(question.words.iter().map(|w| w.text.as_str()))
            .take(6)
            .collect();
        Refusal::new(
            DeclineReason::NoSource,
            format!("no source about: {}", about.join(", ")),
        )
    }

    fn ambiguous(&self, facts: &[usize]) -> Refusal {
        let names: Vec<&str> = facts
            .iter()
            .filter_map(|f| self.catalogue.product(*f))
            .map(|p| p.name.as_str())
            .take(4)
            .collect();
        Refusal::new(
            DeclineReason::Ambiguous,
            format!("which one: {}?", names.join(", ")),
        )
    }

    /// An attribute of the product meant, when the clause asks for one that the row holds.
    fn answer_from_product(
        &self,
        clause: &Clause,
        question: &Question,
        meant: &Meant,
        tongue: Tongue,
    ) -> Result<Option<Answer>, Refusal> {
        let asks = |id: &str| question.ids.iter().any(|(q, _)| *q == id);
        let use_ = Use::ALL.into_iter().find(|(_, id)| asks(id)).map(|(u, _)| u);
        let stock = asks("stock");
        let cost = asks("cost");
        let listed = ["weight", "measure", "material", "ingredients"]
            .into_iter()
            .find(|id| asks(id));
        let (fact, sure, words) = match meant {
            Meant::One { fact, sure, words } => (*fact, *sure, words),
            Meant::Several(facts) if cost || stock || listed.is_some() => return Err(self.ambiguous(facts)),
            Meant::Several(facts) => return Ok(self.answer_from_only_description(question, facts, tongue)),
            Meant::Nothing => return Ok(None),
        };
        let Some(product) = self.catalogue.product(fact) else {
            return Ok(None);
        };
        let strange = clause
            .plain_words()
            .filter(|(i, w)| !words.contains(i) && !self.names_product(product, w))
            .count();
        let name = product.name_in(tongue.code());
        let seed = self.request.variation;
        let answer = |text: String, confidence: f32| {
            Ok(Some(Answer {
                text,
                fact: Some(fact),
                confidence: confidence * sure,
            }))
        };
        // A price that is only implied ("how many…?") or a product only known from around the comment bears
        // no unknown word.
        let implied = cost && !clause.concepts.has("cost");
        let bearable = if words.is_empty() || implied { 0 } else { 2 };
        if (cost || stock) && strange <= bearable {
            self.refuse_disagreement(fact, product, cost)?;
            let mut said: Vec<String> = Vec::new();
            if cost {
                let Some(price) = &product.price else {
                    return Err(Refusal::new(
                        DeclineReason::NoSource,
                        format!("no price of {}", product.name),
                    ));
                };
                let amount = wording::money(price, product.currency.as_deref());
                said.push(wording::price(tongue, name, &amount, seed));
            }
            if stock {
                let Some(text) = wording::stock(tongue, name, product, seed) else {
                    return Err(Refusal::new(
                        DeclineReason::NoSource,
                        format!("no availability of {}", product.name),
                    ));
                };
                said.push(text);
            }
            return answer(said.join(" "), 0.97);
        }
        if let Some(use_) = use_
            && strange <= bearable.max(1)
            && let Some(verdict) = attributes::verdict(product, use_)
        {
            return answer(wording::verdict(tongue, name, use_, &verdict), 0.95);
        }
        if !words.is_empty()
            && let Some(text) = self.answer_from_description(question, product, tongue)
        {
            return answer(text, 0.8);
        }
        if self.best_passage(question, Some(fact)).is_some() {
            return Ok(None);
        }
        let listed = match listed {
            Some("weight") => attributes::weight(product, tongue).map(|v| (Label::Weight, v)),
            Some("measure") => attributes::sizes(product, tongue).map(|v| (Label::Size, v)),
            Some("material") => product
                .materials
                .as_deref()
                .and_then(|m| attributes::translated(m, tongue))
                .map(|v| (Label::Material, v)),
            Some("ingredients") => product
                .ingredients
                .as_deref()
                .and_then(|m| attributes::translated(m, tongue))
                .map(|v| (Label::Ingredients, v)),
            _ => None,
        };
        if let Some((label, value)) = listed.filter(|_| strange <= 1) {
            return answer(wording::labelled(tongue, name, label, &value), 0.9);
        }
        Ok(self
            .answer_from_description(question, product, tongue)
            .map(|text| Answer {
                text,
                fact: Some(fact),
                confidence: 0.75 * sure,
            }))
    }

    /// Of several products around the comment, the one row that holds everything asked.
    fn answer_from_only_description(
        &self,
        question: &Question,
        facts: &[usize],
        tongue: Tongue,
    ) -> Option<Answer> {
        let mut telling = facts.iter().filter_map(|fact| {
            let product = self.catalogue.product(*fact)?;
            let text = self.answer_from_description(question, product, tongue)?;
            Some(Answer {
                text,
                fact: Some(*fact),
                confidence: 0.6,
            })
        });
        let only = telling.next()?;
        telling.next().is_none().then_some(only)
    }

    /// A sentence of the row's own text that holds everything asked; rows are written in the default language.
    fn answer_from_description(
        &self,
        question: &Question,
        product: &ProductFacts,
        tongue: Tongue,
    ) -> Option<String> {
        if tongue.code() != self.request.voice.default_language.as_str() {
            return None;
        }
        let names = product_words(product);
        let wanted: Vec<ConceptId> = question.ids.iter().map(|(id, _)| *id).collect();
        let plain: Vec<&str> = question
            .words
            .iter()
            .map(|w| w.text.as_str())
            .filter(|w| !names.iter().any(|n| alike(n, w)))
            .collect();
        if wanted.is_empty() && plain.is_empty() {
            return None;
        }
        [&product.description, &product.care, &product.ingredients]
            .into_iter()
            .flatten()
            .flat_map(|text| sentences(text))
            .find(|sentence| {
                let words = tokens(sentence);
                let ids = concepts_of(sentence);
                wanted.iter().all(|id| ids.has(id)) && plain.iter().all(|p| words.iter().any(|w| alike(w, p)))
            })
            .map(str::to_owned)
    }

    fn names_product(&self, product: &ProductFacts, word: &str) -> bool {
        product_words(product).iter().any(|w| alike(w, word))
    }

    /// Two rows of one product, or a row and a passage, that give different prices or dates.
    fn refuse_disagreement(&self, fact: usize, product: &ProductFacts, cost: bool) -> Result<(), Refusal> {
        let disagree = |other: &str| {
            Err(Refusal::new(
                DeclineReason::SourcesDisagree,
                format!("{} and {other} say different things", product.name),
            ))
        };
        for (other, row) in self.catalogue.all() {
            let same = row.name == product.name || row.sku == product.sku;
            let differs = if cost {
                row.price.is_some() && product.price.is_some() && row.price != product.price
            } else {
                (&row.availability, &row.restock_on) != (&product.availability, &product.restock_on)
            };
            if other != fact && same && differs {
                return disagree(&self.request.facts[other].title);
            }
        }
        if !cost {
            return Ok(());
        }
        let Some(price) = product.price.as_deref() else {
            return Ok(());
        };
        let amount = wording::money(price, product.currency.as_deref());
        for passage in self.own_passages() {
            for sentence in passage.sentences() {
                if prices_of(sentence.text, product, self).is_some_and(|said| said != amount) {
                    return disagree(passage.title);
                }
            }
        }
        Ok(())
    }

    /// Greeting and answers as one text within the platform's length, with what each rests on.
    fn assemble(
        &self,
        tongue: Tongue,
        greeting: Option<&str>,
        mut answers: Vec<Answer>,
    ) -> Result<Reply, Refusal> {
        let most = self.request.max_chars;
        let length = |greeting: Option<&str>, answers: &[Answer]| {
            let parts = greeting
                .into_iter()
                .chain(answers.iter().map(|a| a.text.as_str()))
                .filter(|p| !p.is_empty());
            parts
                .map(|p| p.chars().count() + 1)
                .sum::<usize>()
                .saturating_sub(1)
        };
        let greeting = greeting.filter(|g| length(Some(g), &answers) <= most);
        while answers.len() > 1 && length(greeting, &answers) > most {
            answers.pop();
        }
        if answers.is_empty() || length(greeting, &answers) > most {
            return Err(Refusal::new(
                DeclineReason::NoSource,
                "the answer is longer than the platform takes",
            ));
        }
        let mut text = String::new();
        let mut citations = Vec::new();
        if let Some(greeting) = greeting.filter(|g| !g.is_empty()) {
            text.push_str(greeting);
        }
        for answer in &answers {
            if !text.is_empty() {
                text.push(' ');
            }
            let start = text.len();
            text.push_str(&answer.text);
            if let Some(fact) = answer.fact {
                citations.push(Citation {
                    fact,
                    start,
                    end: text.len(),
                });
            }
        }
        let confidence = answers.iter().map(|a| a.confidence).fold(1.0_f32, f32::min);
        Ok(Reply {
            text,
            language: Language::from(tongue.code()),
            confidence,
            citations,
        })
    }
}

/// Subjects that belong to the shop, not to one product: a document answers them.
fn is_of_the_shop(id: &str) -> bool {
    const OF_A_PRODUCT: [&str; 33] = [
        "induction",
        "oven",
        "dishwasher",
        "microwave",
        "washing",
        "care",
        "sesame",
        "mustard",
        "celery",
        "gluten",
        "vegan",
        "nuts",
        "salt",
        "sugar",
        "hot",
        "lid",
        "organic",
        "origin",
        "fits",
        "allergens",
        "acid",
        "utensils",
        "rust",
        "sticking",
        "seasoning",
        "descale",
        "firstuse",
        "storing",
        "shelflife",
        "shrink",
        "nonstick",
        "additives",
        "halal",
    ];
    kind_of(id) == Kind::Topic && !OF_A_PRODUCT.contains(&id)
}

fn product_words(product: &ProductFacts) -> Vec<String> {
    std::iter::once(&product.name)
        .chain(product.names.values())
        .chain(&product.synonyms)
        .flat_map(|n| tokens(n))
        .filter(|w| !is_number(w) && super::clauses::is_content(w))
        .collect()
}

fn by_concepts_only(question: &Question) -> Question {
    Question {
        ids: question.ids.clone(),
        words: Vec::new(),
        product_name: Vec::new(),
    }
}

/// The sentence of a section that says whom to write to.
fn first_step<'a>(passage: &Passage<'a>) -> Option<&'a str> {
    passage
        .sentences()
        .iter()
        .map(|s| s.text)
        .find(|t| t.contains('@'))
}

/// Sections that say nearly the same with other figures.
fn contradict(a: &Passage<'_>, b: &Passage<'_>) -> bool {
    a.has_heading_of(b)
        && a.sentences().iter().any(|x| {
            b.sentences().iter().any(|y| {
                let plain = |words: &[String]| -> Vec<String> {
                    words.iter().filter(|w| !is_number(w)).cloned().collect()
                };
                let figures = |words: &[String]| -> Vec<String> {
                    words.iter().filter(|w| is_number(w)).cloned().collect()
                };
                let (px, py) = (plain(x.words()), plain(y.words()));
                let shared = px.iter().filter(|w| py.contains(w)).count();
                let alike = px.len().max(py.len()) > 3 && shared * 10 >= px.len().max(py.len()) * 7;
                let (fx, fy) = (figures(x.words()), figures(y.words()));
                alike && !fx.is_empty() && !fy.is_empty() && fx != fy
            })
        })
}

/// The price a sentence gives for a product, when it names it in full right before the figure.
fn prices_of(sentence: &str, product: &ProductFacts, situation: &Situation<'_>) -> Option<String> {
    let name = product.name_in(situation.request.language.as_str());
    let at = sentence.find(name)?;
    let after = &sentence[at + name.len()..];
    let clause = after.split([';', ',']).next()?;
    let mark = clause.find(['€', '$', '£'])?;
    // Only a short way from name to figure is certainly about this name.
    if clause[..mark].split_whitespace().count() > 2 {
        return None;
    }
    let symbol = clause[mark..].chars().next()?;
    let digits: String = clause[mark + symbol.len_utf8()..]
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    let digits = digits.trim_end_matches('.');
    (!digits.is_empty()).then(|| format!("{symbol}{digits}"))
}
