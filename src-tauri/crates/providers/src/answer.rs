//! From what a model wrote to the JSON object it was asked for.

use serde::de::DeserializeOwned;

/// Reads the object out of the text: models wrap it in thoughts and code fences.
///
/// The error says where, never what: the text may hold a customer's words.
pub(crate) fn object<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let json = bare(text);
    if json.is_empty() {
        return Err("the answer is empty".to_owned());
    }
    serde_json::from_str(json).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => "the JSON does not fit the schema",
            _ => "the answer is not JSON",
        };
        format!("{what} (line {}, column {})", error.line(), error.column())
    })
}

fn bare(text: &str) -> &str {
    let text = text.trim();
    if text.starts_with('{') {
        return text.strip_suffix("```").unwrap_or(text).trim_end();
    }
    // Thoughts come first and may hold braces; some servers cut the opening tag off.
    let after_thoughts = match text.rfind("</think>") {
        Some(end) => &text[end + "</think>".len()..],
        None if text.starts_with("<think>") => "",
        None => text,
    };
    match (after_thoughts.find('{'), after_thoughts.rfind('}')) {
        (Some(start), Some(end)) if start < end => &after_thoughts[start..=end],
        _ => after_thoughts.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Answer {
        reply: String,
    }

    #[rstest]
    #[case::bare(r#"{"reply":"yes"}"#)]
    #[case::fenced("```json\n{\"reply\":\"yes\"}\n```")]
    #[case::fence_without_a_word("```\n{\"reply\":\"yes\"}```")]
    #[case::thoughts("<think>{\"reply\":\"no\"} hmm</think>\n{\"reply\":\"yes\"}")]
    #[case::thoughts_without_the_opening("so {this}\n</think>\n\n```json\n{\"reply\":\"yes\"}\n```")]
    #[case::chatter("Sure! Here it is: {\"reply\":\"yes\"} Anything else?")]
    fn the_object_is_found_in_its_wrapping(#[case] text: &str) {
        assert_eq!(
            object(text),
            Ok(Answer {
                reply: "yes".to_owned()
            })
        );
    }

    #[test]
    fn marks_inside_a_reply_stay_in_it() {
        let text = r#"{"reply":"use ``` and </think> freely"}"#;
        assert_eq!(
            object::<Answer>(text).map(|answer| answer.reply),
            Ok("use ``` and </think> freely".to_owned())
        );
    }

    #[rstest]
    #[case::nothing("", "empty")]
    #[case::only_thoughts("<think>never ends", "empty")]
    #[case::prose("I cannot say secret-4711", "not JSON")]
    #[case::cut("{\"reply\":\"secret-47", "not JSON")]
    #[case::other_shape(r#"{"reply":{"secret-4711":1}}"#, "does not fit")]
    fn what_is_no_object_is_told_without_quoting_it(#[case] text: &str, #[case] expected: &str) {
        let reason = object::<Answer>(text).expect_err("unusable");
        assert!(reason.contains(expected), "{reason}");
        assert!(
            !reason.contains("4711"),
            "reasons reach logs, customers' words do not: {reason}"
        );
    }
}
