//! Seven labels from a vector, the surface of the text, and the trained heads.
//!
//! Three rules stand above the heads: abuse needs an offensive word or near certainty, since vectors alone call
//! much rough but harmless talk abuse; so does spam with a sign of advertising; and a comment without words is
//! judged by its emoji alone.

use crate::disguise::readable;
use crate::e5::E5_MODEL;
use crate::heads::{HeadSet, Heads, log_odds, logistic};
use crate::language::LanguageId;
use crate::learnt::{Corrected, Learnt};
use crate::lexicon::{Topic, is_hidden_word};
use crate::pool;
use crate::signals::Signals;
use crate::subjects::SubjectHeads;
use domain::ports::{ClassifyInput, Correction, Embedder, LocalClassifier, ReadText, TextRole};
use domain::{Classification, Label, LabelScore, Language, ModelError, SubjectScore};
use rayon::prelude::*;
use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

/// Abuse without any offensive word is only believed from here on.
const ABUSE_WITHOUT_WORDS: f32 = 0.92;
/// Spam without any link, contact, offer or other sign of it is only believed from here on.
const SPAM_WITHOUT_SIGNS: f32 = 0.8;
/// Below it the strongest label is not worth naming.
const FAINT: f32 = 0.25;
/// Confidence that a comment of nothing but warm emoji is praise.
const WARM_EMOJI: f32 = 0.85;

/// Labels comments with the help of any embedder of the app. Blocking.
pub struct HeadClassifier {
    embedder: Arc<dyn Embedder>,
    set: &'static HeadSet,
    version: u32,
    languages: LanguageId,
    /// What the workspace's own corrections changed.
    learnt: RwLock<Arc<Learnt>>,
}

impl HeadClassifier {
    /// # Errors
    /// `Unsupported` when no heads were trained on this embedder's vectors.
    pub fn new(embedder: Arc<dyn Embedder>) -> Result<Self, ModelError> {
        let heads = Heads::shipped()?;
        let space = embedder.space();
        let set = heads.set_for(&space.model, space.dimensions)?;
        Ok(Self {
            embedder,
            set,
            version: heads.provenance.version,
            languages: LanguageId::new(),
            learnt: RwLock::default(),
        })
    }

    fn in_own_letters<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let own = self.languages.in_own_letters(text);
        own.map_or(Cow::Borrowed(text), Cow::Owned)
    }

    fn read(&self, texts: &[&str]) -> Result<Vec<ReadText>, ModelError> {
        let readable = without_disguises(texts);
        let readable: Vec<&str> = readable.iter().map(String::as_str).collect();
        self.embedder.read(&readable)
    }

    /// `text`: in the letters of its language, `written` as it came.
    fn label(&self, written: &str, text: &str, read: &ReadText, learnt: &Learnt) -> Classification {
        let signals = Signals::of(text);
        let (language, language_confidence) = self.languages.detect(written);
        let Judgement { labels, best } = judge(self.set, read, &signals, learnt);
        let reason = reason(&signals, labels.first().unwrap_or(&best), labels.is_empty());
        Classification {
            language,
            language_confidence,
            labels,
            best,
            reason,
            model: self.model(),
        }
    }
}

impl LocalClassifier for HeadClassifier {
    fn classify(&self, inputs: &[ClassifyInput]) -> Result<Vec<Classification>, ModelError> {
        let texts: Vec<Cow<'_, str>> = inputs
            .iter()
            .map(|input| self.in_own_letters(&input.text))
            .collect();
        let texts: Vec<&str> = texts.iter().map(Cow::as_ref).collect();
        let read = self.read(&texts)?;
        let learnt = Arc::clone(&self.learnt.read().unwrap_or_else(PoisonError::into_inner));
        Ok(pool::run(|| {
            inputs
                .par_iter()
                .zip(&texts)
                .zip(read)
                .map(|((input, text), read)| self.label(&input.text, text, &read, &learnt))
                .collect()
        }))
    }

    fn learn(&self, corrections: &[Correction]) -> Result<(), ModelError> {
        let texts: Vec<Cow<'_, str>> = corrections
            .iter()
            .map(|said| self.in_own_letters(&said.text))
            .collect();
        let texts: Vec<&str> = texts.iter().map(Cow::as_ref).collect();
        let read = self.read(&texts)?;
        let corrected: Vec<Corrected> = corrections
            .iter()
            .zip(&texts)
            .zip(read)
            .map(|((said, text), read)| {
                let confidences = confidences(self.set, &read, &Signals::of(text));
                Corrected {
                    vector: read.vector,
                    label: said.label,
                    shipped: confidences.map(log_odds),
                }
            })
            .collect();
        let learnt = pool::run(|| Learnt::from(&corrected, &self.set.mean));
        *self.learnt.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(learnt);
        Ok(())
    }

    fn subjects(&self, texts: &[String]) -> Result<Vec<Vec<SubjectScore>>, ModelError> {
        let heads = SubjectHeads::shipped()?;
        // The stand-in for a missing model has no such heads.
        if self.set.embedder != E5_MODEL || heads.dimensions != self.embedder.space().dimensions {
            return Ok(vec![Vec::new(); texts.len()]);
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let readable = without_disguises(&texts);
        let readable: Vec<&str> = readable.iter().map(String::as_str).collect();
        let vectors = self.embedder.embed(TextRole::Query, &readable)?;
        let read = self.embedder.subjects(&readable)?.unwrap_or_default();
        Ok(texts
            .iter()
            .zip(vectors)
            .enumerate()
            .map(|(at, (text, vector))| {
                let read = read.get(at).map(Vec::as_slice);
                heads.of(&vector, &Signals::of(text), read)
            })
            .collect())
    }

    fn detect_language(&self, text: &str) -> (Language, f32) {
        self.languages.detect(text)
    }

    fn in_own_letters(&self, text: &str) -> Option<String> {
        self.languages.in_own_letters(text)
    }

    fn model(&self) -> String {
        format!("{} + heads/{}", self.set.embedder, self.version)
    }
}

/// Texts that a model which was trained on plain writing can read.
fn without_disguises(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| readable(text, is_hidden_word)).collect()
}

/// The labels that a text gets by the given heads, strongest first, and the strongest of all.
pub fn judge_text(set: &HeadSet, read: &ReadText, text: &str) -> (Vec<LabelScore>, LabelScore) {
    let Judgement { labels, best } = judge(set, read, &Signals::of(text), &Learnt::default());
    (labels, best)
}

struct Judgement {
    /// Strongest first; empty means unsure.
    labels: Vec<LabelScore>,
    best: LabelScore,
}

/// How sure each label is by the shipped heads, in the order of [`Label::ALL`].
fn confidences(set: &HeadSet, read: &ReadText, signals: &Signals) -> [f32; Label::ALL.len()] {
    let vector = read.vector.as_slice();
    let features = signals.features();
    let abuse_guard = set.abuse_guard.score(vector, &features);
    let spam_guard = set.spam_guard.score(vector, &features);
    let grams = set.grams.scores(&signals.grams);
    std::array::from_fn(|at| {
        let label = Label::ALL[at];
        let guard = match label {
            Label::Abuse => abuse_guard,
            Label::Spam => spam_guard,
            _ => 0.0,
        };
        set.labels
            .iter()
            .find(|head| head.label == label)
            .map_or(0.0, |head| {
                let own = head.linear.score(vector, &features) + grams[at];
                let read = read.labels.map_or(0.0, |labels| labels[at]);
                head.calibration.probability(own, guard, read)
            })
    })
}

fn judge(set: &HeadSet, read: &ReadText, signals: &Signals, learnt: &Learnt) -> Judgement {
    if signals.is_wordless() {
        return judge_wordless(signals);
    }
    let shift = learnt.shift(&read.vector);
    let shipped = confidences(set, read, signals);
    let mut scores: Vec<(LabelScore, bool)> = Label::ALL
        .into_iter()
        .zip(shipped.into_iter().zip(shift))
        .map(|(label, (confidence, shift))| {
            let confidence = match shift {
                0.0 => confidence,
                shift => logistic(log_odds(confidence) + shift),
            };
            // What people of the workspace called so needs no further sign.
            let is_taught = shift > 1.0;
            let certain = match label {
                Label::Abuse => is_taught || signals.offends() || confidence >= ABUSE_WITHOUT_WORDS,
                Label::Spam => is_taught || signals.advertises() || confidence >= SPAM_WITHOUT_SIGNS,
                _ => true,
            };
            let threshold = set
                .labels
                .iter()
                .find(|head| head.label == label)
                .map_or(1.0, |head| head.threshold);
            (
                LabelScore { label, confidence },
                certain && confidence >= threshold,
            )
        })
        .collect();
    scores.sort_by(|(a, _), (b, _)| b.confidence.total_cmp(&a.confidence));
    if let [(strongest, _), (second, _), ..] = scores.as_slice() {
        let sure = set.primary.probability(strongest.confidence, second.confidence);
        scores[0].0.confidence = sure;
        for (score, _) in &mut scores[1..] {
            score.confidence = score.confidence.min(sure);
        }
    }
    let best = scores.first().map_or(NOTHING, |(score, _)| *score);
    // While the strongest label is doubtful, a weaker one is no answer: it may be the opposite.
    let is_clear = scores.first().is_some_and(|(_, given)| *given);
    Judgement {
        labels: scores
            .into_iter()
            .filter(|(_, given)| *given && is_clear)
            .map(|(score, _)| score)
            .collect(),
        best,
    }
}

const NOTHING: LabelScore = LabelScore {
    label: Label::Praise,
    confidence: 0.0,
};

/// Emoji, signs, or nothing at all.
fn judge_wordless(signals: &Signals) -> Judgement {
    let one = |label, confidence| {
        let score = LabelScore { label, confidence };
        Judgement {
            labels: vec![score],
            best: score,
        }
    };
    if signals.warm_emoji() > 0 && signals.angry_emoji() == 0 {
        one(Label::Praise, WARM_EMOJI)
    } else if signals.angry_emoji() > 0 && signals.warm_emoji() == 0 {
        one(Label::Criticism, 0.6)
    } else if signals.question_mark {
        one(Label::Question, 0.6)
    } else {
        Judgement {
            labels: Vec::new(),
            best: NOTHING,
        }
    }
}

/// What speaks for the label, for staff.
fn reason(signals: &Signals, score: &LabelScore, unsure: bool) -> String {
    let mut parts = Vec::new();
    let mut words = |topic: Topic, name: &str| {
        let count = signals.hits(topic);
        if count > 0 {
            parts.push(format!(
                "{name}: {count} {}",
                if count == 1 { "word" } else { "words" }
            ));
        }
    };
    match score.label {
        Label::Abuse => {
            words(Topic::Profanity, "profanity");
            words(Topic::Insult, "insults");
        }
        Label::Spam => words(Topic::Spam, "advertising"),
        Label::Praise => words(Topic::Praise, "praising"),
        Label::Criticism => words(Topic::Criticism, "critical"),
        Label::Complaint => words(Topic::Complaint, "trouble with an order"),
        Label::Question => words(Topic::Question, "asking"),
        Label::Partnership => words(Topic::Partnership, "cooperation"),
    }
    let mut sign = |is: bool, name: &str| {
        if is {
            parts.push(name.to_owned());
        }
    };
    sign(
        score.label == Label::Question && signals.question_mark,
        "question mark",
    );
    sign(score.label == Label::Spam && signals.link, "link");
    sign(score.label == Label::Spam && signals.contact, "contact");
    sign(
        score.label == Label::Praise && signals.warm_emoji() > 0,
        "warm emoji",
    );
    sign(
        score.label == Label::Criticism && signals.angry_emoji() > 0,
        "angry emoji",
    );
    if signals.is_wordless() && parts.is_empty() {
        return "no words to judge by".to_owned();
    }
    if unsure && score.confidence < FAINT {
        return "unsure; nothing stands out".to_owned();
    }
    if parts.is_empty() {
        parts.push(format!("worded like {}", score.label));
    }
    let what = parts.join(", ");
    if unsure { format!("unsure; {what}") } else { what }
}
