//! A model's draft is judged by the facts it cites, sentence by sentence.

use super::{passage, product, voice};
use crate::draft::{Citation, Fact, FactKind};
use crate::guard::{GuardInput, Report, Rule, check, check_draft};
use crate::label::Language;
use rstest::rstest;

/// The Skillet 26 at €89, a lid at €24, a braiser at €129, the shop's address and hours, and returns.
fn facts() -> Vec<Fact> {
    let named = |name: &str, russian: &str, price: &str| {
        let mut fact = product();
        let FactKind::Product { product, .. } = &mut fact.kind else {
            panic!("a product")
        };
        product.name = name.into();
        product.names = [("ru".to_owned(), russian.to_owned())].into();
        product.price = Some(price.into());
        fact.title = name.into();
        fact.text = format!("{name} / {russian}\nprice: {price} EUR");
        fact
    };
    vec![
        named("Skillet 26", "Сковорода 26", "89.00"),
        named("Lid 26", "Крышка 26", "24.00"),
        named("Braiser 26", "Жаровня 26", "129.00"),
        passage("The showroom is at Rua das Oliveiras 18 in Lisbon, open from 11:00 to 19:00."),
        passage("From the rest of the EU we deduct €6 from the refund."),
        passage("Доставка бесплатна от €80."),
    ]
}

fn judged(text: &str, quotes: &[(&str, usize)]) -> Report {
    let citations: Vec<Citation> = quotes
        .iter()
        .map(|(quote, fact)| {
            let start = text.find(quote).unwrap();
            Citation {
                fact: *fact,
                start,
                end: start + quote.len(),
            }
        })
        .collect();
    let (facts, voice, language) = (facts(), voice(), Language::undetermined());
    check_draft(&input(text, &facts, &voice, &language), &citations)
}

fn input<'a>(
    text: &'a str,
    facts: &'a [Fact],
    voice: &'a crate::draft::BrandVoice,
    language: &'a Language,
) -> GuardInput<'a> {
    GuardInput {
        text,
        language,
        detected_language: None,
        facts,
        voice,
        max_chars: 300,
        comment_text: "",
        author_handle: None,
        recent_replies: &[],
    }
}

#[rstest]
#[case("The Skillet 26 is €89.", &[("The Skillet 26 is €89.", 0)])]
#[case("The Skillet 26 costs €89, and thank you for asking.", &[("€89", 0)])]
#[case("Hi! The Skillet 26 is €89 and the Lid 26 is €24.", &[("€89", 0), ("Lid 26 is €24", 1)])]
#[case("Спасибо! Сковорода 26 в наличии, цена €89.", &[("цена €89", 0)])]
#[case("У сковороды 26 цена €89.", &[("цена €89", 0)])]
#[case("€89", &[("89", 0)])]
#[case("Thank you, you are very kind.", &[])]
#[case("Do you mean the Skillet 26 or the Braiser 26?", &[])]
#[case("See https://oakmere.example/p/skillet-26", &[])]
#[case("It is 26 cm across.", &[("26 cm across", 0)])]
#[case::a_quote_of_the_subject_alone("We are open until 19:00.", &[("We are open", 3)])]
#[case::one_quote_for_two_places("It is 26 cm across: yes, 26 cm.", &[("26 cm", 0)])]
fn a_draft_passes_when_each_claim_rests_on_the_fact_it_cites(
    #[case] text: &str,
    #[case] quotes: &[(&str, usize)],
) {
    assert_eq!(judged(text, quotes).findings, [], "{text}");
}

#[rstest]
#[case::the_price_of_another_row("The Skillet 26 is €129.", &[("The Skillet 26 is €129.", 0)], Rule::UnsourcedNumber)]
#[case::no_citation_at_all("The Skillet 26 is €129.", &[], Rule::UnsourcedNumber)]
#[case::not_even_for_the_right_price("The Skillet 26 is €89.", &[], Rule::UnsourcedNumber)]
#[case::a_claim_beside_the_citation("The Skillet 26 is €89 and the Lid 26 is €24.", &[("€89", 0)], Rule::UnsourcedNumber)]
#[case::prices_exchanged_in_one_sentence("Skillet 26: €24, Lid 26: €89.", &[("€24", 0), ("€89", 1)], Rule::UnsourcedNumber)]
#[case::prices_exchanged("Skillet 26: €24. Lid 26: €89.", &[("Skillet 26: €24", 0), ("Lid 26: €89", 1)], Rule::UnsourcedNumber)]
#[case::a_refund_that_nobody_cites("You get a full refund.", &[], Rule::Promise)]
#[case::a_cost_of_returns_gives_no_full_refund("You get a full refund.", &[("You get a full refund.", 4)], Rule::Promise)]
#[case::free_delivery_gives_no_present("Дарим вам крышку в подарок", &[("Дарим вам крышку в подарок", 5)], Rule::Promise)]
#[case::a_promise_beside_the_citation("The Skillet 26 is €89. You get a refund.", &[("€89", 0)], Rule::Promise)]
#[case::hours_of_another_fact("We are open until 19:00.", &[("We are open", 0)], Rule::UnsourcedDate)]
#[case::hours_of_another_sentence("Thanks! We are in Lisbon. We are open until 19:00.", &[("in Lisbon", 3)], Rule::UnsourcedDate)]
#[case::a_citation_of_a_fact_that_is_not_there("It is €89.", &[("€89", 99)], Rule::UnsourcedNumber)]
fn a_claim_that_its_citation_does_not_hold_is_found(
    #[case] text: &str,
    #[case] quotes: &[(&str, usize)],
    #[case] rule: Rule,
) {
    let rules: Vec<Rule> = judged(text, quotes).findings.iter().map(|f| f.rule).collect();
    assert!(
        !rules.is_empty() && rules.iter().all(|r| *r == rule),
        "{text}: {rules:?}"
    );
}

#[test]
fn a_person_may_rest_on_any_source_of_the_draft() {
    let (facts, voice, language) = (facts(), voice(), Language::undetermined());
    let text = "The Skillet 26 is €89, the Lid 26 is €24.";
    assert_eq!(
        check(&input(text, &facts, &voice, &language)).findings,
        [],
        "an edit moves the citations, and the person sees all sources"
    );
    let invented = "The Skillet 26 is €79.";
    assert!(!check(&input(invented, &facts, &voice, &language)).passed());
}

#[test]
fn a_finding_of_a_draft_names_what_the_cited_source_says() {
    let report = judged("The Skillet 26 is €129.", &[("The Skillet 26 is €129.", 0)]);
    assert_eq!(report.findings[0].source_says.as_deref(), Some("89.00 EUR"));
}
