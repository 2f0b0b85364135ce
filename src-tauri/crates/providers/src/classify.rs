//! Labels: what is shown to the model, and what is made of its scores.

use crate::chat::{ChatClient, Schema};
use crate::prompt::{CLASSIFY_INSTRUCTIONS, PROMPT_VERSION, classify_schema, clipped};
use domain::error::ProviderError;
use domain::label::{Classification, Label, LabelScore, Language};
use domain::ports::ClassifyInput;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A label applies from here on; below, it is only the best guess.
const LABEL_THRESHOLD: f32 = 0.5;

const LONGEST_TEXT: usize = 4_000;
const LONGEST_CONTEXT: usize = 2_200;
const LONGEST_REASON: usize = 120;

pub(crate) async fn classify(
    client: &ChatClient,
    input: &ClassifyInput,
) -> Result<Classification, ProviderError> {
    let schema = Schema {
        name: "comment_labels",
        body: classify_schema(),
    };
    let answered = client
        .ask(
            CLASSIFY_INSTRUCTIONS,
            &document(input),
            &schema,
            WireLabels::into_classification,
        )
        .await?;
    Ok(Classification {
        model: format!("{} (prompt {PROMPT_VERSION})", answered.model),
        ..answered.value
    })
}

fn document(input: &ClassifyInput) -> Value {
    json!({
        "comment": clipped(&input.text, LONGEST_TEXT),
        "post_caption": input.post_caption.as_deref().map(|text| clipped(text, LONGEST_CONTEXT)),
        "answers_to": input.parent_text.as_deref().map(|text| clipped(text, LONGEST_CONTEXT)),
    })
}

#[derive(Deserialize)]
struct WireLabels {
    language: String,
    language_confidence: f32,
    scores: BTreeMap<String, f32>,
    #[serde(default)]
    reason: String,
}

impl WireLabels {
    /// `model` is left empty: only the caller knows who answered.
    fn into_classification(self) -> Result<Classification, String> {
        let mut all = Label::ALL
            .into_iter()
            .map(|label| {
                let confidence = self.scores.get(label.as_str()).copied();
                confidence
                    .filter(|score| (0.0..=1.0).contains(score))
                    .map(|confidence| LabelScore { label, confidence })
                    .ok_or_else(|| format!("the score of {label} is missing or not within 0 and 1"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        if !(0.0..=1.0).contains(&self.language_confidence) {
            return Err("language_confidence is not within 0 and 1".to_owned());
        }
        all.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        let best = all[0];
        all.retain(|score| score.confidence >= LABEL_THRESHOLD);
        let language = language(&self.language).ok_or("language is not an ISO 639-1 code")?;
        Ok(Classification {
            language,
            language_confidence: self.language_confidence,
            labels: all,
            best,
            reason: clipped(self.reason.trim(), LONGEST_REASON).to_owned(),
            model: String::new(),
        })
    }
}

/// `en`, `en-US` and `EN` are English; anything longer than a code is none.
fn language(text: &str) -> Option<Language> {
    let code = text.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    let is_code = (2..=3).contains(&code.len()) && code.bytes().all(|letter| letter.is_ascii_lowercase());
    is_code.then_some(Language(code))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rstest::rstest;

    fn read(language: &str, scores: Value) -> Result<Classification, String> {
        let wire = json!({"language": language, "language_confidence": 0.9, "scores": scores, "reason": "r"});
        serde_json::from_value::<WireLabels>(wire)
            .unwrap()
            .into_classification()
    }

    fn scores(question: f32, complaint: f32) -> Value {
        json!({"praise": 0.0, "criticism": 0.1, "complaint": complaint, "question": question,
               "partnership": 0.0, "abuse": 0.0, "spam": 0.0})
    }

    #[test]
    fn labels_over_the_threshold_are_kept_strongest_first() {
        let read = read("en-US", scores(0.7, 0.8)).unwrap();
        let labels: Vec<Label> = read.labels.iter().map(|score| score.label).collect();
        assert_eq!(labels, [Label::Complaint, Label::Question]);
        assert_eq!(read.language, Language::from("en"));
    }

    #[test]
    fn below_the_threshold_only_the_best_guess_is_left() {
        let read = read("und", scores(0.4, 0.2)).unwrap();
        assert!(read.is_unsure(), "a person decides");
        assert_eq!(read.primary().label, Label::Question);
        assert!(!read.language.is_determined());
    }

    #[rstest]
    #[case::over_one(json!({"praise": 1.2, "criticism": 0, "complaint": 0, "question": 0, "partnership": 0, "abuse": 0, "spam": 0}))]
    #[case::one_missing(json!({"praise": 1.0}))]
    fn scores_that_are_no_probabilities_are_not_taken(#[case] scores: Value) {
        assert!(read("en", scores).is_err());
    }

    #[test]
    fn a_language_s_name_is_not_its_code() {
        assert!(
            read("English", scores(0.7, 0.1)).is_err(),
            "the model is asked again"
        );
    }
}
