//! From a request to the text of a reply, or to the reason why there is none.

use super::clauses::{Clause, clauses};
use super::concepts::{ConceptId, Kind, concepts_of, kind_of};
use super::names::{is_of_a_product, is_of_the_shop, is_unit};
use super::passages::{Passage, Question, passages};
use super::products::{Catalogue, Meant};
use super::section::{ANSWERS, About};
use super::wording::{self, Tongue};
use super::words::{is_number, tokens};
use domain::draft::Citation;
use domain::{DeclineReason, DraftRequest, Language};

/// In Unicode scalar values. Longer comments are left to a person, so that one comment takes bounded time.
const LONGEST_COMMENT: usize = 4_000;
const MOST_ANSWERS: usize = 3;
/// What a shop arranges with resellers in other ways than with everyone.
const OF_TRADE: [ConceptId; 3] = ["discount", "start", "payment"];

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
pub(super) struct Answer {
    pub text: String,
    /// None for courtesies.
    pub fact: Option<usize>,
    pub confidence: f32,
}

/// The clauses of a comment as texts.
pub(super) fn parts(comment: &str) -> Vec<String> {
    let read: String = comment.chars().take(LONGEST_COMMENT).collect();
    clauses(&read)
        .iter()
        .map(|clause| clause.words.join(" "))
        .collect()
}

/// A request, read.
pub(super) struct Situation<'a> {
    pub request: &'a DraftRequest,
    pub catalogue: Catalogue<'a>,
    pub clauses: Vec<Clause>,
    pub passages: Vec<Passage<'a>>,
    /// `None` when the author writes in a language without prepared sentences.
    pub tongue: Option<Tongue>,
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

    /// The step that a document names for what went wrong, when it is clear what did, and that it came so.
    pub fn acknowledge_complaint(&self) -> Result<Reply, Refusal> {
        let tongue = self.tongue.ok_or_else(|| self.other_language())?;
        let person = |detail: &str| Refusal::new(DeclineReason::NeverAutomatic, detail);
        if self.says("contacted") {
            return Err(person("wrote to the shop before: a person answers"));
        }
        let steps = ["damaged", "late", "wrongitem", "missing"];
        let told: Vec<ConceptId> = steps.into_iter().filter(|id| self.says(id)).collect();
        let of_a_parcel = self.says("arrival") || self.says("parcel");
        if told.len() < 2
            && !self.says("later")
            && let Some(passage) = self
                .went_wrong()
                .and_then(|about| self.section_with_an_address(about))
            && let Some(step) = first_step(passage)
        {
            return self.regret(tongue, passage, step);
        }
        let about = match told.as_slice() {
            [] => return Err(person("no source says what to do about this complaint")),
            ["damaged"] if self.says("later") && !of_a_parcel => "warranty",
            ["damaged"] if self.says("later") => {
                return Err(person("it is not clear whether it came damaged: a person asks"));
            }
            [id] if of_a_parcel => *id,
            [_] => return Err(person("it is not said whether it came so: a person asks")),
            _ => return Err(person("several things went wrong: a person answers")),
        };
        let best = self
            .own_passages()
            .filter(|p| p.heading_has(about))
            .find_map(|p| first_step(p).map(|step| (p, step)));
        let Some((passage, step)) = best else {
            return Err(person("no source says what to do about this complaint"));
        };
        self.regret(tongue, passage, step)
    }

    fn regret(&self, tongue: Tongue, passage: &Passage<'a>, step: &str) -> Result<Reply, Refusal> {
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

    pub fn own_passages(&self) -> impl Iterator<Item = &Passage<'a>> {
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
        let alone = asking.len() == 1;
        let first = asking.first().copied();
        for at in asking {
            let surely = self
                .bought_by_meaning(at, alone, tongue)
                .or_else(|| {
                    let row = self.substance_asked(at, alone, tongue);
                    row.or_else(|| self.awaited(at, alone, tongue))
                        .map(|answer| vec![answer])
                })
                .or_else(|| self.section_surely(at, alone))
                .or_else(|| self.listed_surely(at, alone, tongue));
            let answer = surely.map_or_else(
                || {
                    self.answer_clause(at, tongue)
                        .and_then(|answer| self.unless_untold(at, alone, answer))
                        .map(|answer| vec![answer])
                        .or_else(|refusal| self.answer_by_meaning(at, alone, tongue, refusal))
                },
                Ok,
            );
            let answer = answer.and_then(|answers| self.unless_of_another_price(at, answers));
            match answer {
                Ok(found) => {
                    for answer in found {
                        let said = answers.iter().any(|a| a.text.contains(&answer.text));
                        if !said && answers.len() < MOST_ANSWERS {
                            answers.push(answer);
                        }
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
        // Its parts may say too little one by one.
        if answers.is_empty() && !alone {
            answers.extend(
                first
                    .and_then(|at| self.section_surely(at, true))
                    .into_iter()
                    .flatten(),
            );
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
        let meant = self.catalogue.meant(at);
        let one = match &meant {
            Meant::One(one) => Some(one),
            _ => None,
        };
        let named = one.map_or(&[][..], |one| &one.words);
        let about = one.map(About::new);
        let product = one.and_then(|one| self.catalogue.product(one.fact));
        let is_a_lid = product.is_some_and(|p| concepts_of(&p.name).has("lid"));
        let clause = self.clauses[at].apart_from_name(one.map_or(&[][..], |one| &one.side_by_side), |id| {
            is_of_a_product(id) && id != "fits" && (id != "lid" || is_a_lid)
        });
        let product_name = product
            .map(|p| tokens(p.name_in(tongue.code())))
            .unwrap_or_default();
        let mut question = Question::new(&clause, named, &self.inherited(at), product_name);
        if !named.is_empty() {
            question.waiting_for_a_product_is_its_stock();
        }
        question.a_place_asks_whether_it_is_served();
        if question.is_empty() {
            return Err(Refusal::new(DeclineReason::NoSource, "nothing is asked"));
        }
        let asks_only_the_name = question.ids.iter().all(|(id, _)| kind_of(id) == Kind::Thing);
        if let Some(one) = one.filter(|one| asks_only_the_name && one.is_full) {
            return self.answer_bare_name(&clause, &question, one, tongue);
        }
        if asks_only_the_name && !matches!(meant, Meant::Nothing) {
            self.refuse_only_a_name(&question, &meant)?;
        }
        let has_subject = question.ids_of(Kind::Topic).next().is_some();
        if matches!(meant, Meant::Nothing) && question.has("stock") && !has_subject {
            return Err(Refusal::new(DeclineReason::Ambiguous, "which product is meant?"));
        }
        let found = self.best_passage(&question, about);
        if question.has("elsewhere")
            && !found
                .as_ref()
                .is_some_and(|f| f.passage.tells_of_elsewhere(&question))
        {
            return self.answer_of_another_country(&question);
        }
        let of_shop = question.ids.iter().any(|(id, _)| is_of_the_shop(id));
        let from_product = || self.answer_from_product(&clause, &question, &meant, found.is_some(), tongue);
        if !of_shop {
            match from_product() {
                Ok(Some(answer)) => return Ok(answer),
                Err(refusal) if found.is_none() || refusal.reason == DeclineReason::SourcesDisagree => {
                    return Err(refusal);
                }
                _ => {}
            }
        }
        if let Some(found) = found {
            return self.answer_from_passage(&found, &question);
        }
        if of_shop && let Some(answer) = from_product()? {
            return Ok(answer);
        }
        Err(self.nothing_found(&question, &meant))
    }

    /// Sections that name the goods are no answer to a question of which nothing but the name is understood.
    fn refuse_only_a_name(&self, question: &Question, meant: &Meant) -> Result<(), Refusal> {
        let asks_more = question
            .plain_words()
            .any(|w| !is_number(w) && !is_unit(w) && !self.catalogue.has_name_word(w));
        match meant {
            Meant::Several(facts) if !asks_more => Err(self.ambiguous(facts)),
            _ if !asks_more => Err(Refusal::new(
                DeclineReason::Ambiguous,
                "it is not clear what is asked about it",
            )),
            _ => Ok(()),
        }
    }

    /// "How much?" after "do you deliver to Spain?" is about delivery to Spain; a discount in a talk about
    /// wholesale is one for resellers.
    fn inherited(&self, at: usize) -> Vec<ConceptId> {
        let mut ids = self.inherited_subject(at);
        let clause = &self.clauses[at];
        let of_trade = OF_TRADE.iter().any(|id| clause.concepts.has(id));
        let before = self
            .request
            .thread
            .iter()
            .rev()
            .find(|t| !t.by_us)
            .map(|t| concepts_of(&t.text));
        for id in ["wholesale", "corporate"] {
            let told = self.clauses[..at].iter().any(|c| c.concepts.has(id))
                || before.as_ref().is_some_and(|c| c.has(id));
            if of_trade && told && !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    fn inherited_subject(&self, at: usize) -> Vec<ConceptId> {
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

    fn nothing_found(&self, question: &Question, meant: &Meant) -> Refusal {
        let by_concepts = question.by_concepts_only();
        let of_shop = question.ids.iter().any(|(id, _)| is_of_the_shop(id));
        let elsewhere = self
            .passages
            .iter()
            .filter(|p| p.language != self.request.language.as_str() && p.may_answer(&by_concepts))
            // A section about other goods is no answer in any language.
            .filter(|p| match meant {
                Meant::One(one) => self
                    .catalogue
                    .product(one.fact)
                    .is_none_or(|product| of_shop || p.has_text(product.name_in(p.language))),
                _ => true,
            })
            .map(|p| (p, p.score(&by_concepts)))
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
        let name = match meant {
            Meant::One(one) => self.catalogue.product(one.fact).map(|p| p.name.as_str()),
            _ => None,
        };
        let about: Vec<&str> = name
            .into_iter()
            .chain(question.ids.iter().map(|(id, _)| *id))
            .chain(question.plain_words())
            .take(6)
            .collect();
        Refusal::new(
            DeclineReason::NoSource,
            format!("no source about: {}", about.join(", ")),
        )
    }

    pub fn ambiguous(&self, facts: &[usize]) -> Refusal {
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

/// The sentence of a section that says whom to write to.
fn first_step<'a>(passage: &Passage<'a>) -> Option<&'a str> {
    passage
        .sentences()
        .iter()
        .map(|s| s.text)
        .find(|t| t.contains('@'))
}
