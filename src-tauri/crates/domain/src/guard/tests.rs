#![allow(clippy::unwrap_used)]

mod citations;
mod drafts;
mod figures;
mod forms;

use super::*;
use crate::draft::{FactKind, ProductFacts};
use crate::id::{PassageId, ProductId};
use proptest::prelude::*;
use rstest::rstest;

fn voice() -> BrandVoice {
    BrandVoice {
        brand: "Oakmere".into(),
        tone: "warm".into(),
        default_language: "en".into(),
        link_hosts: vec!["oakmere.example".into()],
    }
}

fn passage(text: &str) -> Fact {
    Fact {
        kind: FactKind::Passage {
            id: PassageId(1),
            document: "Delivery".into(),
            section: "Cost".into(),
        },
        title: "Delivery".into(),
        text: text.into(),
        language: "en".into(),
        score: 1.0,
    }
}

fn product() -> Fact {
    Fact {
        kind: FactKind::Product {
            id: ProductId(1),
            product: Box::new(ProductFacts {
                sku: "SK-26".into(),
                name: "Skillet 26".into(),
                price: Some("89.00".into()),
                currency: Some("EUR".into()),
                restock_on: Some("2026-12-14".into()),
                sizes: vec!["26 cm".into()],
                description: Some("In the oven up to 250 °C.".into()),
                ..ProductFacts::default()
            }),
        },
        title: "Skillet 26".into(),
        text: "Skillet 26".into(),
        language: "en".into(),
        score: 1.0,
    }
}

struct Case<'a> {
    text: &'a str,
    language: &'a str,
    facts: Vec<Fact>,
    comment: &'a str,
    author: &'a str,
}

impl<'a> Case<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            language: "und",
            facts: vec![product()],
            comment: "",
            author: "@anna",
        }
    }

    fn facts(mut self, texts: &[&str]) -> Self {
        self.facts = texts.iter().map(|t| passage(t)).collect();
        self
    }

    fn comment(mut self, comment: &'a str) -> Self {
        self.comment = comment;
        self
    }

    fn language(mut self, language: &'a str) -> Self {
        self.language = language;
        self
    }

    fn report(&self) -> Report {
        let (voice, language) = (voice(), Language::from(self.language));
        check(&GuardInput {
            text: self.text,
            language: &language,
            detected_language: None,
            facts: &self.facts,
            voice: &voice,
            max_chars: 300,
            comment_text: self.comment,
            author_handle: Some(self.author),
            recent_replies: &["Thank you so much!".to_owned()],
        })
    }

    fn rules(&self) -> Vec<Rule> {
        self.report().findings.into_iter().map(|f| f.rule).collect()
    }
}

#[rstest]
#[case("The Skillet 26 costs 89 €.")]
#[case("It is €89.00.")]
#[case("89 EUR")]
#[case("Он стоит 89 евро.")]
#[case("It comes back on 14 December 2026.")]
#[case("Вернётся 14 декабря.")]
#[case("Vuelve el 14 de diciembre de 2026.")]
#[case("26cm, up to 250°C")]
#[case("26-cm pan, 250 °C")]
#[case("Back in December, on 14.12.")]
#[case("Қайта түсетін күні: 2026 жылғы 14 желтоқсан")]
#[case("Снова будет 14 декабря 2026 года, то есть в 2026 г.")]
#[case("Hi @anna, see https://oakmere.example/p/skillet-26 or www.oakmere.example")]
#[case("<3 thank you")]
fn what_a_fact_holds_passes_in_any_spelling(#[case] text: &str) {
    assert_eq!(Case::new(text).rules(), [], "{text}");
}

#[rstest]
#[case("It costs 79 €.", Rule::UnsourcedNumber)]
#[case("It is $89.", Rule::UnsourcedNumber)]
#[case("It costs 26.", Rule::UnsourcedNumber)]
#[case("26 €", Rule::UnsourcedNumber)]
#[case("250 € only", Rule::UnsourcedNumber)]
#[case("89 days", Rule::UnsourcedNumber)]
#[case("in two weeks", Rule::UnsourcedNumber)]
#[case("через две недели", Rule::UnsourcedNumber)]
#[case("екі аптадан кейін", Rule::UnsourcedNumber)]
#[case("20 % off", Rule::UnsourcedNumber)]
#[case("up to 260 °C", Rule::UnsourcedNumber)]
#[case("on 15 December", Rule::UnsourcedDate)]
#[case("15 грудня", Rule::UnsourcedDate)]
#[case("on 14 December 2027", Rule::UnsourcedDate)]
#[case("open on Sunday", Rule::UnsourcedDate)]
#[case("until 18:00", Rule::UnsourcedDate)]
#[case("завтра", Rule::UnsourcedDate)]
#[case("жексенбі күні", Rule::UnsourcedDate)]
#[case("see evil.com", Rule::Link)]
#[case("https://oakmere.example@evil.com/x", Rule::Link)]
#[case("https://evil.com\\@oakmere.example", Rule::Link)]
#[case("https://oakmere.example.evil.net", Rule::Link)]
#[case("t.me/whoever", Rule::Link)]
#[case("ev\u{200b}il.com", Rule::Link)]
#[case("write to me@mail.org", Rule::Contact)]
#[case("call +7 701 123 45 67", Rule::Contact)]
#[case("call 8 (701) 123-45-67", Rule::Contact)]
#[case("telegram: @support_desk", Rule::Contact)]
#[case("ask @somebody", Rule::Handle)]
#[case("We will sort it out", Rule::Promise)]
#[case("You get a full refund", Rule::Promise)]
#[case("Мы вернём вам деньги", Rule::Promise)]
#[case("Ми відшкодуємо збитки", Rule::Promise)]
#[case("Ақшаңызды қайтарамыз", Rule::Promise)]
#[case("Le devolveremos el dinero", Rule::Promise)]
#[case("Даём гарантию", Rule::Promise)]
#[case("My system prompt says so", Rule::Instructions)]
#[case("{\"reply\": \"hi\"}", Rule::Instructions)]
#[case("Hello {name}!", Rule::Instructions)]
#[case("card 4111 1111 1111 1111", Rule::PersonalData)]
#[case("", Rule::Empty)]
#[case(" \u{200b}\n", Rule::Empty)]
#[case("Thank  you so much!\u{200b}", Rule::Repeated)]
fn what_no_fact_holds_is_found(#[case] text: &str, #[case] rule: Rule) {
    assert_eq!(Case::new(text).rules(), [rule], "{text}");
}

#[rstest]
#[case("1,299.00 EUR", "Das kostet 1 299 €")]
#[case("€1.299,00", "1299 euros")]
#[case("Price: 1299 €", "1,299 €")]
#[case("2–4 days, 5.90 €", "2 a 4 días por 5,90 €")]
#[case("Within 14 days", "14 күн ішінде")]
#[case("14 рабочих дней", "14 working days")]
#[case("two weeks", "2 недели")]
#[case("open 10:00–18:00", "10.00-18.00")]
#[case("open from 10 am to 6 pm", "с 10:00 до 18:00")]
#[case("Monday to Friday", "в среду")]
#[case(
    "Write to hello@oakmere.example, +351 220 123 456",
    "hello@oakmere.example, 220 123 456"
)]
#[case("Refunds take 5 days", "Возврат денег: 5 дней")]
#[case("Follow @oakmere", "@oakmere")]
fn a_passage_supports_the_same_claim_written_differently(#[case] fact: &str, #[case] text: &str) {
    let report = Case::new(text).facts(&[fact]).report();
    assert_eq!(report.findings, [], "{text}");
    assert!(
        report.claims_sourced > 0 || text.contains("денег"),
        "the claim was seen: {text}"
    );
}

#[test]
fn part_of_a_price_is_not_the_price() {
    assert_eq!(
        Case::new("299 €").facts(&["1 299 €"]).rules(),
        [Rule::UnsourcedNumber]
    );
    assert_eq!(
        Case::new("50 €").facts(&["12.50 €"]).rules(),
        [Rule::UnsourcedNumber]
    );
}

#[test]
fn the_author_may_be_echoed_but_never_on_a_price() {
    assert_eq!(
        Case::new("About the 28 cm one")
            .comment("do you have 28 cm?")
            .rules(),
        []
    );
    assert_eq!(
        Case::new("Yes, 45 €").comment("is it 45 €?").rules(),
        [Rule::UnsourcedNumber]
    );
    assert_eq!(
        Case::new("It costs 45").comment("is it 45?").rules(),
        [Rule::UnsourcedNumber]
    );
}

#[test]
fn the_authors_own_contact_is_not_quoted_back() {
    assert_eq!(
        Case::new("We write to a.b@mail.org")
            .comment("a.b@mail.org")
            .rules(),
        [Rule::PersonalData]
    );
}

#[test]
fn a_finding_names_what_the_source_says() {
    let report = Case::new("It is only 79 € today").report();
    let finding = &report.findings[0];
    assert_eq!(finding.found, "79 €");
    assert_eq!(finding.source_says.as_deref(), Some("89.00 EUR"));
    assert_eq!(&"It is only 79 € today"[finding.start..finding.end], "79 €");
}

#[rstest]
#[case("ru", "Yes, it is in stock", true)]
#[case("ru", "Да, Skillet 26 есть в наличии", false)]
#[case("en", "Да, есть в наличии", true)]
#[case("uk", "Это стоит дорого, вы правы, мы знаем", true)]
#[case("ru", "Дякуємо, є в наявності, її можна купити", true)]
#[case("kk", "Рақмет! Иә, қазір бар.", false)]
#[case("es", "Thank you, it is the best pan and we have it for you", true)]
#[case("es", "Sí, está en stock. ¡Gracias!", false)]
#[case("en", "❤️🔥", false)]
#[case("und", "Что угодно", false)]
#[case("ru", "Yes, €24.", true)]
#[case("ru", "Thank You So Much", true)]
#[case("ru", "Ok, Yes", true)]
#[case("ru", "Дякуємо!", true)]
#[case("ru", "Спасибо, Christopher Robin!", false)]
#[case("ru", "Да, Absolutely Wonderful Product", true)]
#[case("ru", "Skillet 26: €89.", false)]
#[case("ru", "Oakmere", false)]
#[case("ru", "Oakmere Skillet 26, да", false)]
#[case("uk", "Спасибо, есть!", true)]
#[case("kk", "Да, есть в наличии", true)]
#[case("es", "Thank you!", true)]
#[case("es", "Yes, €24.", true)]
#[case("es", "¡Gracias!", false)]
#[case("en", "Gracias!", true)]
#[case("en", "Sí, está en stock", true)]
#[case("en", "Absolutely!", false)]
#[case("de", "Thank you!", true)]
#[case("it", "Thank you very much!", true)]
#[case("it", "Grazie mille!", false)]
#[case("ru", "Спасибо, Әсел, за тёплые слова", false)]
fn a_reply_in_another_language_is_told_by_its_letters(
    #[case] language: &str,
    #[case] text: &str,
    #[case] other: bool,
) {
    let rules = Case::new(text).language(language).rules();
    assert_eq!(rules.contains(&Rule::Language), other, "{text}");
}

#[rstest]
#[case("cute", "fr", "Thank you so much, we are happy!", false)]
#[case("Bonito!", "pt", "¡Gracias!", false)]
#[case("Супер!", "uk", "Спасибо, нам очень приятно!", false)]
#[case("cute", "fr", "Спасибо, нам очень приятно!", true)]
#[case("C'est très joli, merci", "fr", "Thank you so much!", true)]
fn a_person_knows_better_than_a_guess_from_a_word_or_two(
    #[case] comment: &str,
    #[case] language: &str,
    #[case] text: &str,
    #[case] other: bool,
) {
    let case = Case::new(text).language(language).comment(comment);
    assert_eq!(case.rules().contains(&Rule::Language), other, "{text}");
}

#[test]
fn words_that_a_fact_writes_with_a_capital_are_names() {
    let text = "Можно Visa, Mastercard, Apple Pay, Google Pay, PayPal";
    let fact = "You can pay with Visa, Mastercard, Apple Pay, Google Pay and PayPal.";
    let rules = |facts: &[&str]| Case::new(text).language("ru").facts(facts).rules();
    assert_eq!(rules(&[fact]), [], "brands keep their spelling everywhere");
    assert_eq!(rules(&[]), [Rule::Language], "nobody says what these words are");
}

#[rstest]
#[case("Напишите нам в телеграм oakmere_help")]
#[case("Пишите в Telegram: oakmerehelp")]
#[case("Пишите нам в вотсап, аккаунт oakmere")]
#[case("Телеграмда oakmere_help деп жазыңыз")]
#[case("Пишіть у вайбер oakmere-help")]
#[case("Write to us on Telegram: oakmerehelp")]
#[case("Escríbenos por whatsapp a oakmere_help")]
fn a_name_behind_a_messenger_is_a_contact(#[case] text: &str) {
    assert_eq!(Case::new(text).rules(), [Rule::Contact], "{text}");
    assert_eq!(
        Case::new(text).facts(&[text]).rules(),
        [],
        "unless a fact gives it: {text}"
    );
}

#[rstest]
#[case("We saw it on Instagram, thank you!")]
#[case("Спасибо, что нашли нас в инстаграм!")]
#[case("Есть в Instagram и в Telegram, спасибо")]
fn a_messenger_alone_is_no_contact(#[case] text: &str) {
    assert_eq!(Case::new(text).rules(), [], "{text}");
}

#[rstest]
#[case("ru", 0.95, Some("ru"))]
#[case("ru", 0.5, None)]
#[case("und", 1.0, None)]
fn a_detector_counts_only_when_it_is_sure(
    #[case] language: &str,
    #[case] confidence: f32,
    #[case] counts: Option<&str>,
) {
    assert_eq!(believed(&Language::from(language), confidence), counts);
}

#[test]
fn a_detector_that_is_sure_is_believed() {
    let (voice, language) = (voice(), Language::from("en"));
    let input = GuardInput {
        text: "Vielen Dank, das freut uns sehr",
        language: &language,
        detected_language: Some("de"),
        facts: &[],
        voice: &voice,
        max_chars: 300,
        comment_text: "",
        author_handle: None,
        recent_replies: &[],
    };
    assert_eq!(check(&input).findings[0].rule, Rule::Language);
}

#[test]
fn too_long_points_at_what_is_over() {
    let text = "é".repeat(301);
    let report = Case::new(&text).report();
    assert_eq!(report.findings[0].rule, Rule::TooLong);
    assert_eq!(report.findings[0].found, "é");
}

/// Sentences with figures of every kind, as shops write them.
fn fact_text() -> impl Strategy<Value = String> {
    let amount = (1u32..4000, 0u32..100).prop_map(|(a, b)| format!("{a}.{b:02}"));
    let grouped = (1u32..900, 0u32..1000).prop_map(|(a, b)| format!("{a} {b:03}"));
    let plain = (1u32..500).prop_map(|n| n.to_string());
    let number = prop_oneof![amount, grouped, plain];
    let unit = prop::sample::select(vec![
        " €",
        " EUR",
        " cm",
        " days",
        "%",
        " °C",
        " недели",
        " күн",
        " kg",
        "",
        " L",
        " semanas",
        " ₸",
    ]);
    let lead = prop::sample::select(vec![
        "Costs",
        "Доставка",
        "Бағасы",
        "Hasta",
        "В духовке до",
        "From",
        "Size:",
    ]);
    (lead, number, unit).prop_map(|(lead, number, unit)| format!("{lead} {number}{unit}."))
}

proptest! {
    #[test]
    fn a_draft_of_nothing_but_facts_has_no_unsourced_number(texts in prop::collection::vec(fact_text(), 1..5)) {
        let facts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let draft = texts.join(" ");
        let rules = Case::new(&draft).facts(&facts).rules();
        prop_assert!(!rules.contains(&Rule::UnsourcedNumber) && !rules.contains(&Rule::UnsourcedDate), "{draft}: {rules:?}");
    }

    #[test]
    fn a_number_that_no_fact_holds_is_always_found(texts in prop::collection::vec(fact_text(), 0..4), extra in 5000u32..9999) {
        let facts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let draft = format!("{} And {extra} more.", texts.join(" "));
        let report = Case::new(&draft).facts(&facts).report();
        prop_assert!(report.findings.iter().any(|f| f.rule == Rule::UnsourcedNumber && f.found.contains(&extra.to_string())), "{draft}: {report:?}");
    }

    #[test]
    fn any_text_gives_findings_on_character_boundaries(text in "\\PC{0,80}", fact in "\\PC{0,80}", comment in "\\PC{0,40}") {
        let report = Case::new(&text).facts(&[&fact]).comment(&comment).language("ru").report();
        for finding in report.findings {
            prop_assert_eq!(text.get(finding.start..finding.end), Some(finding.found.as_str()));
        }
    }

    #[test]
    fn text_near_the_grammar_of_claims_never_panics(text in "[0-9 .,:/@+()€%°a-cгчapm\\-]{0,60}") {
        let report = Case::new(&text).facts(&[&text]).comment(&text).report();
        for finding in report.findings {
            prop_assert_eq!(text.get(finding.start..finding.end), Some(finding.found.as_str()));
        }
    }
}
