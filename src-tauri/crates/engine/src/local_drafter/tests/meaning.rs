//! What the subject of a comment decides where its words do not.

use super::{declined, drafted, passage, request, skillets};
use domain::draft::FactKind;
use domain::{DeclineReason, DraftRequest, Fact, Label, Subject, SubjectScore};
use rstest::rstest;

/// The request with all of the comment about one subject.
fn about(subject: &str, confidence: f32, mut request: DraftRequest) -> DraftRequest {
    let scores = vec![SubjectScore {
        subject: Subject::try_from(subject.to_owned()).unwrap(),
        confidence,
    }];
    let parts = crate::local_drafter::parts(&request.comment_text).len();
    request.reading.parts = vec![scores.clone(); parts];
    request.reading.comment = scores;
    request.reading.similarity = vec![0.8; request.facts.len()];
    request.reading.sentences = vec![0.8; request.facts.len()];
    request.reading.sections = vec![Vec::new(); request.facts.len()];
    request
}

/// Products with these sizes.
fn sized(sizes: &[&str]) -> Vec<Fact> {
    let mut facts = skillets();
    for fact in &mut facts {
        if let FactKind::Product { product, .. } = &mut fact.kind {
            product.sizes = sizes.iter().map(|size| (*size).to_owned()).collect();
        }
    }
    facts
}

#[test]
fn of_a_few_products_that_a_name_leaves_open_each_is_told_and_cited() {
    let asked = request("skillet, whats the damage", "en", Label::Question, skillets());
    let (reason, _) = declined(&asked);
    assert_eq!(
        reason,
        DeclineReason::Ambiguous,
        "by words alone it is not clear which"
    );
    let answer = drafted(&about("price", 0.95, asked));
    assert!(
        answer.text.contains("€89") && answer.text.contains("€109"),
        "{}",
        answer.text
    );
    let cited: Vec<usize> = answer.citations.iter().map(|citation| citation.fact).collect();
    assert_eq!(cited.len(), 2, "each price with its own source: {cited:?}");
    assert!(cited.contains(&0) && cited.contains(&1));
}

#[test]
fn a_size_that_no_product_has_is_not_answered_by_the_others() {
    let asked = request(
        "what about a skillet 36, price?",
        "en",
        Label::Question,
        skillets(),
    );
    declined(&about("price", 0.95, asked));
}

#[rstest]
#[case("price", 0.79)]
#[case("other", 0.95)]
#[case("size", 0.99)]
fn a_subject_that_is_not_clear_or_not_told_by_rows_answers_nothing(#[case] subject: &str, #[case] sure: f32) {
    let asked = request(
        "skillet 26, whats the damage then",
        "en",
        Label::Question,
        skillets(),
    );
    declined(&about(subject, sure, asked));
}

#[rstest]
#[case("en", "Kettle 1.2 L: how much tea fits inside", "1.2 L")]
#[case("ru", "Чайник 1,2 л: много ли вмещает", "1.2 л")]
fn capacity_is_read_from_the_sizes(#[case] language: &str, #[case] comment: &str, #[case] told: &str) {
    let facts = sized(&["20 cm", "1.2 L"]);
    let answer = drafted(&about(
        "capacity",
        0.95,
        request(comment, language, Label::Question, facts),
    ));
    assert!(answer.text.contains(told), "{}", answer.text);
    assert!(
        !answer.text.contains("20"),
        "a width is no capacity: {}",
        answer.text
    );
}

#[test]
fn no_capacity_is_made_of_a_width() {
    let asked = request(
        "Kettle 1.2 L: how much tea fits inside",
        "en",
        Label::Question,
        sized(&["20 cm"]),
    );
    declined(&about("capacity", 0.95, asked));
}

#[rstest]
#[case(Label::Criticism)]
#[case(Label::Complaint)]
fn who_surely_asks_for_a_price_is_answered_whatever_the_label_says(#[case] label: Label) {
    let asked = request("how much is the kettle these days??", "en", label, skillets());
    let answer = drafted(&about("price", 0.95, asked.clone()));
    assert!(answer.text.contains("€64.50"), "{}", answer.text);
    declined(&about("price", 0.5, asked));
}

#[test]
fn a_complaint_is_not_answered_with_what_went_wrong_elsewhere() {
    let warranty = passage(
        9,
        "en",
        "Damaged on the way",
        "Send a photo to care@oakmere.example within 48 hours.",
    );
    let asked = request("it came in pieces, why?", "en", Label::Criticism, vec![warranty]);
    declined(&about("damaged", 0.95, asked));
}

#[test]
fn the_price_of_a_part_is_not_that_of_the_product() {
    let asked = request(
        "the handle of the kettle burnt, how much is a new one? kettle",
        "en",
        Label::Question,
        skillets(),
    );
    declined(&about("spare_parts", 0.8, asked));
    let asked = request("how much is the kettle?", "en", Label::Question, skillets());
    drafted(&about("spare_parts", 0.5, asked));
}

#[test]
fn why_a_price_is_what_it_is_no_row_tells() {
    let asked = request(
        "why is the kettle so expensive?",
        "en",
        Label::Question,
        skillets(),
    );
    declined(&about("price", 0.95, asked));
}
