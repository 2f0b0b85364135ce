//! What the subject of a comment decides where its words do not.

use super::{declined, drafted, passage, request, skillets};
use crate::local_drafter::draft;
use domain::draft::FactKind;
use domain::{DeclineReason, DraftOutcome, DraftRequest, Fact, Label, Subject, SubjectScore};
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
#[case("price", 0.44)]
#[case("other", 0.95)]
fn a_subject_that_is_not_clear_or_not_told_by_rows_answers_nothing(#[case] subject: &str, #[case] sure: f32) {
    let asked = request("skillet 26, tell me then", "en", Label::Question, skillets());
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

/// Facts about care, each read as being about `subject`, that a model is sure answers.
fn told(subject: &str, sections: Vec<Fact>, comment: &str, language: &str, label: Label) -> DraftRequest {
    let mut request = about(subject, 0.98, request(comment, language, label, sections));
    let scores = request.reading.comment.clone();
    request.reading.sections = vec![scores.clone(); request.facts.len()];
    request.reading.told = vec![scores; request.facts.len()];
    request.reading.similarity = vec![0.88; request.facts.len()];
    request.reading.sentences = vec![0.88; request.facts.len()];
    request.reading.answers = vec![6.0; request.facts.len()];
    request
}

fn workshops() -> Vec<Fact> {
    let text = "There is a class every Thursday at 19:30. It costs €35.";
    vec![passage(9, "en", "Cooking workshops", text)]
}

#[test]
fn a_section_about_what_is_asked_answers_without_a_word_in_common() {
    let asked = told(
        "workshops",
        workshops(),
        "heard u teach people to make dinner, which evening would that be",
        "en",
        Label::Question,
    );
    let answer = drafted(&asked);
    assert!(answer.text.contains("Thursday"), "{}", answer.text);
    let mut unlikely = asked.clone();
    unlikely.reading.answers = vec![-8.0];
    unlikely.reading.similarity = vec![0.8];
    declined(&unlikely);
    let mut of_another_subject = asked;
    of_another_subject.reading.told = about("parking", 0.98, of_another_subject.clone()).reading.parts;
    of_another_subject.reading.sections = of_another_subject.reading.told.clone();
    declined(&of_another_subject);
}

#[rstest]
#[case("would the cooking evening be in Spanish or what")]
#[case("is the evening fine for a vegetarian like me")]
fn a_section_that_does_not_name_the_case_says_nothing_of_it(#[case] comment: &str) {
    declined(&told("workshops", workshops(), comment, "en", Label::Question));
}

#[test]
fn a_section_whose_words_fit_but_that_hardly_answers_is_not_told() {
    let facts = vec![passage(
        9,
        "en",
        "Shipping countries",
        "We ship boards of oak to every country of the EU.",
    )];
    let comment = "which country does the oak of the boards ship from?";
    drafted(&request(comment, "en", Label::Question, facts.clone()));
    let mut asked = about(
        "origin_ingredients",
        0.98,
        request(comment, "en", Label::Question, facts),
    );
    asked.reading.answers = vec![-8.0];
    declined(&asked);
}

#[test]
fn what_went_wrong_is_told_by_its_subject_with_the_step_that_the_shop_names() {
    let step = "Write to care@oakmere.example with your order number.";
    let facts = vec![passage(9, "en", "Late or lost", step)];
    let comment = "my stuff was meant to come over a week ago and nothing";
    let answer = drafted(&told("late", facts.clone(), comment, "en", Label::Complaint));
    assert!(answer.text.contains("care@oakmere.example"), "{}", answer.text);
    declined(&told("dogs", facts, comment, "en", Label::Complaint));
}

#[test]
fn a_height_is_none_of_the_sizes() {
    let asked = |comment| {
        about(
            "size",
            0.98,
            request(comment, "en", Label::Question, sized(&["26 cm"])),
        )
    };
    let answer = drafted(&asked("skillet 26: what are its measurements then"));
    assert!(answer.text.contains("26 cm"), "{}", answer.text);
    declined(&asked("skillet 26: what height is the rim then"));
}

#[test]
fn a_colour_that_the_row_does_not_name_is_another_product() {
    let asked = |comment| about("stock", 0.98, request(comment, "en", Label::Question, skillets()));
    drafted(&asked("skillet 26, is there one"));
    declined(&asked("skillet 26 in navy blue, is there one"));
}

#[test]
fn praise_that_may_ask_for_a_price_is_not_thanked_for() {
    let comment = "love the kettle, dear heart will it ruin me";
    let asked = |subject, sure| about(subject, sure, request(comment, "en", Label::Praise, skillets()));
    declined(&asked("price", 0.3));
    let thanks = drafted(&asked("other", 0.9));
    assert!(!thanks.text.contains('€'), "{}", thanks.text);
}

/// A blend and a kettle that is away, with what their rows say.
fn pantry() -> Vec<Fact> {
    let mut facts = skillets();
    for (fact, name) in facts
        .iter_mut()
        .zip(["Plov blend", "Kettle 1.8 L", "Kettle 1.2 L"])
    {
        let FactKind::Product { product, .. } = &mut fact.kind else {
            continue;
        };
        product.name = name.to_owned();
        product.names.clear();
        product.synonyms.clear();
        if name == "Plov blend" {
            product
                .names
                .insert("ru".to_owned(), "Смесь для плова".to_owned());
            product.ingredients = Some("Cumin, barberries, hazelnuts".to_owned());
            product.description = Some("50 g for pilaf. Contains hazelnuts. Vegan.".to_owned());
        } else if name == "Kettle 1.8 L" {
            product.availability = Some("out_of_stock".to_owned());
            product.restock_on = Some("2099-03-01".to_owned());
        }
    }
    facts
}

#[rstest]
#[case("ru", "смесь для плова: барбарис там есть?", "other", 0.4, "барбарис")]
#[case("en", "plov blend: any cumin in there?", "variants", 0.5, "Cumin")]
#[case("ru", "смесь для плова, орехи какие?", "nuts", 0.95, "фундук")]
fn whether_something_is_in_it_is_told_by_its_list(
    #[case] language: &str,
    #[case] comment: &str,
    #[case] subject: &str,
    #[case] sure: f32,
    #[case] told: &str,
) {
    let asked = about(
        subject,
        sure,
        request(comment, language, Label::Question, pantry()),
    );
    let answer = drafted(&asked);
    assert!(answer.text.contains(told), "{}", answer.text);
}

#[rstest]
#[case("plov blend: cumin from where?", "origin_ingredients", 0.9)]
#[case("plov blend: which variety of cumin is it", "ingredients", 0.9)]
#[case("plov blend: sell me a bag of cumin for it", "spare_parts", 0.9)]
fn another_question_about_what_is_in_it_is_not_answered_by_its_list(
    #[case] comment: &str,
    #[case] subject: &str,
    #[case] sure: f32,
) {
    declined(&about(
        subject,
        sure,
        request(comment, "en", Label::Question, pantry()),
    ));
}

#[test]
fn who_must_not_eat_something_sees_all_of_it() {
    let comment = "plov blend, my kid has allergies, trouble?";
    let answer = drafted(&about(
        "allergens",
        0.95,
        request(comment, "en", Label::Question, pantry()),
    ));
    for told in ["Cumin", "barberries", "contains: hazelnuts"] {
        assert!(answer.text.contains(told), "{told} in {}", answer.text);
    }
}

#[test]
fn waiting_for_what_is_away_asks_for_its_date() {
    let asked = |comment| {
        about(
            "notify_stock",
            0.4,
            request(comment, "en", Label::Question, pantry()),
        )
    };
    let answer = drafted(&asked("kettle 1.8 l, when will it land"));
    assert!(answer.text.contains("2099"), "{}", answer.text);
    declined(&asked("kettle 1.2 l, when will it land"));
}

#[rstest]
#[case("would the lid 26 fit my lodge", false)]
#[case("would the lid 26 fit the skillet", true)]
fn what_fits_what_is_told_of_known_things_alone(#[case] comment: &str, #[case] is_told: bool) {
    let mut facts = skillets();
    facts.push(passage(
        9,
        "en",
        "Which lid fits",
        "The Lid 26 fits the Skillet 26.",
    ));
    let asked = told("fits", facts, comment, "en", Label::Question);
    if is_told {
        assert!(drafted(&asked).text.contains("Lid 26"));
    } else {
        declined(&asked);
    }
}

#[test]
fn what_no_part_says_alone_the_whole_comment_may() {
    let comment = "my sister loves to cook, could she learn it at yours? and which evening?";
    let mut asked = told("workshops", workshops(), comment, "en", Label::Question);
    let other = about("other", 0.9, asked.clone()).reading.comment;
    assert!(asked.reading.parts.len() > 1, "it asks in parts");
    asked.reading.parts = vec![other.clone(); asked.reading.parts.len()];
    assert!(drafted(&asked).text.contains("Thursday"));
    asked.reading.comment = other;
    declined(&asked);
}

#[test]
fn names_are_read_in_the_letters_that_the_comment_is_read_in() {
    let written = "Сколко стоит Скиллет 26?";
    let mut asked = about("price", 0.9, request(written, "ru", Label::Question, skillets()));
    if let FactKind::Product { product, .. } = &mut asked.facts[0].kind {
        product.names.clear();
    }
    declined(&asked);
    asked.reading.own_letters = Some(written.to_owned());
    let answer = drafted(&asked);
    assert!(answer.text.contains("€89"), "{}", answer.text);
}

#[test]
fn how_many_kilos_is_no_price() {
    let asked = |subject| {
        let comment = "таба 26 ауыр ма, неше кг";
        let mut asked = about(subject, 0.98, request(comment, "kk", Label::Question, skillets()));
        if let FactKind::Product { product, .. } = &mut asked.facts[0].kind {
            product.names.insert("kk".to_owned(), "Таба 26".to_owned());
        }
        draft(&asked)
    };
    if let DraftOutcome::Drafted(answer) = asked("weight") {
        assert!(!answer.text.contains('€'), "{}", answer.text);
    }
    let DraftOutcome::Drafted(price) = asked("price") else {
        panic!("a price that is asked for is told");
    };
    assert!(price.text.contains("€89"), "{}", price.text);
}

#[test]
fn the_iron_pan_is_how_it_is_called() {
    let comment = "skillet 26 of cast iron, for the barbecue, would that do";
    declined(&about(
        "acid",
        0.3,
        request(comment, "en", Label::Question, skillets()),
    ));
    let comment = "skillet 26, is it really cast iron then";
    let answer = drafted(&about(
        "material",
        0.5,
        request(comment, "en", Label::Question, skillets()),
    ));
    assert!(answer.text.contains("cast iron"), "{}", answer.text);
}

#[test]
fn of_two_sections_that_may_be_meant_each_is_told() {
    let sections = vec![
        passage(9, "en", "How long delivery takes", "Two or three days."),
        passage(10, "en", "Express", "A courier brings it the next day for €9."),
    ];
    let mut asked = told(
        "delivery_time",
        sections,
        "could someone bring it over tomorrow, if so what for",
        "en",
        Label::Question,
    );
    let score = |subject: &str, confidence| SubjectScore {
        subject: Subject::try_from(subject.to_owned()).unwrap(),
        confidence,
    };
    let of_each = vec![vec![score("delivery_time", 0.99)], vec![score("express", 0.99)]];
    asked.reading.told.clone_from(&of_each);
    asked.reading.sections = of_each;
    asked.reading.comment = vec![score("delivery_time", 0.6), score("express", 0.38)];
    asked.reading.parts = vec![asked.reading.comment.clone(); asked.reading.parts.len()];
    let answer = drafted(&asked);
    assert!(
        answer.text.contains("Two or three days") && answer.text.contains("€9"),
        "{}",
        answer.text
    );
    assert_eq!(answer.citations.len(), 2);
    asked.reading.comment = vec![score("delivery_time", 0.97), score("express", 0.02)];
    asked.reading.parts = vec![asked.reading.comment.clone(); asked.reading.parts.len()];
    let answer = drafted(&asked);
    assert!(!answer.text.contains("€9"), "{}", answer.text);
}

#[test]
fn of_products_named_alike_none_is_told_in_a_colour_that_they_have_not() {
    let asked = request("skillet in green?", "en", Label::Question, skillets());
    declined(&about("stock", 0.97, asked));
}

#[test]
fn a_section_about_parts_knows_the_part_that_is_asked_for() {
    let parts = || vec![passage(9, "en", "Spare parts", "A wooden handle costs €12.")];
    let ask = |comment| told("spare_parts", parts(), comment, "en", Label::Question);
    let answer = drafted(&ask(
        "my wooden grip came off, can i get another, what would it be",
    ));
    assert!(answer.text.contains("€12"), "{}", answer.text);
    declined(&ask(
        "my rubber ring dried out, can i get another, what would it be",
    ));
}

#[rstest]
#[case("керемет екен, тегін беріп жатырсыздар ма", true)]
#[case("what a kettle, how lovely is that", false)]
fn a_question_that_looks_like_praise_is_not_thanked_for(#[case] comment: &str, #[case] asks: bool) {
    let language = if asks { "kk" } else { "en" };
    let asked = about(
        "other",
        0.9,
        request(comment, language, Label::Praise, skillets()),
    );
    if asks {
        declined(&asked);
    } else {
        drafted(&asked);
    }
}

#[test]
fn a_section_that_fits_a_part_answers_nothing_beside_what_the_whole_is_about() {
    let sections = vec![
        passage(
            9,
            "en",
            "What cannot be returned",
            "We cannot take back gift cards.",
        ),
        passage(
            10,
            "en",
            "When the money comes back",
            "Within five days of the return.",
        ),
    ];
    let mut asked = request(
        "did the things i returned reach you? when do i see my cash",
        "en",
        Label::Question,
        sections,
    );
    asked = about("refund_time", 0.9, asked);
    let score = |subject: &str| {
        vec![SubjectScore {
            subject: Subject::try_from(subject.to_owned()).unwrap(),
            confidence: 0.95,
        }]
    };
    asked.reading.told = vec![score("not_returnable"), score("refund_time")];
    asked.reading.sections.clone_from(&asked.reading.told);
    asked.reading.parts = vec![score("not_returnable"); asked.reading.parts.len()];
    declined(&asked);
}
