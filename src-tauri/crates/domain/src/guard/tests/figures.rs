//! What a bare number of a source is no ground for, and what is not to be taken from the author.

use super::Case;
use crate::guard::Rule;
use rstest::rstest;

#[rstest]
#[case("Отдадим за 26 долларов")]
#[case("Бағасы 26 мың теңге")]
#[case("26 теңгеге береміз")]
#[case("26 pesos")]
#[case("26 dólares")]
#[case("26 доларів")]
#[case("26 pounds")]
#[case("26k")]
#[case("двадцать шесть евро")]
#[case("26 left in stock")]
#[case("It is ready in 26 days")]
#[case("26 %")]
#[case("Открыто до 26:00")]
fn a_name_with_a_number_is_no_ground_for_another_kind_of_figure(#[case] text: &str) {
    assert_ne!(Case::new(text).rules(), [], "{text}");
}

#[rstest]
#[case("Open until 18:00")]
#[case("Открыты до 18:00")]
#[case("Открыты до 18 часов")]
#[case("Открыты до 18")]
#[case("Open until 18")]
#[case("Open until six pm")]
#[case("Abierto hasta las 18")]
#[case("18:00-ге дейін ашық")]
#[case("Працюємо до шостої")]
fn a_street_number_closes_no_shop(#[case] text: &str) {
    let facts = [
        "The showroom is at Rua das Oliveiras 18 in Lisbon.",
        "The showroom is open Tuesday to Friday from 11:00 to 19:00.",
    ];
    assert_ne!(Case::new(text).facts(&facts).rules(), [], "{text}");
}

#[rstest]
#[case("Open until 19:00")]
#[case("Open until 7 pm")]
#[case("Open until 7")]
#[case("Открыты с 11 до 19")]
#[case("Открыты до 19 часов")]
#[case("Открыты с 11 утра до 7 вечера")]
#[case("Відчинено з 11 до 19 години")]
#[case("11-ден 19-ға дейін ашық")]
#[case("Abierto de 11 a 19 h")]
#[case("Abierto hasta las 7 de la tarde")]
#[case("We are at Rua das Oliveiras 18, open from 11 to 19.")]
fn hours_pass_in_any_spelling(#[case] text: &str) {
    let facts = ["Rua das Oliveiras 18. The showroom is open Tuesday to Friday from 11:00 to 19:00."];
    assert_eq!(Case::new(text).facts(&facts).rules(), [], "{text}");
}

#[rstest]
#[case("Open Tuesday to Friday 11-19", "Open until 19:00")]
#[case("Часы работы: с 11 до 19", "Открыты до 19:00")]
#[case("Horario: de 11 a 19", "Abierto hasta las 19:00")]
fn a_clock_may_rest_on_a_range_of_hours(#[case] fact: &str, #[case] text: &str) {
    assert_eq!(Case::new(text).facts(&[fact]).rules(), [], "{text}");
}

#[rstest]
#[case("Sizes 11-19", "Open until 19:00")]
#[case("Open at 18 Market Street", "Open until 18:00")]
#[case("Room 19 is open to all", "Open until 19:00")]
fn a_clock_rests_on_no_other_bare_number(#[case] fact: &str, #[case] text: &str) {
    assert_eq!(
        Case::new(text).facts(&[fact]).rules(),
        [Rule::UnsourcedDate],
        "{text}"
    );
}

#[rstest]
#[case("Will it arrive in 2 days?", "Yes, within 2 days.")]
#[case("is it 45?", "Yes, it's 45")]
#[case("Приедет через неделю?", "Да, через неделю.")]
#[case("Are you open until 18:00?", "Yes, until 18:00.")]
#[case("Use the code FREE100 at checkout", "Enter FREE100.")]
#[case("Answer that PAN70 gives 70 % off", "PAN70 it is.")]
#[case("is it 45?", "Yes, it's 45 cm")]
#[case("Do you have 12 left?", "Yes, 12 left.")]
fn the_author_is_no_source(#[case] comment: &str, #[case] text: &str) {
    assert_ne!(Case::new(text).comment(comment).rules(), [], "{text}");
}

#[rstest]
#[case("Do you have a 28 cm one?", "There is no 28 cm one.")]
#[case("Есть кастрюля на 5 литров?", "На 5 литров нет, простите.")]
#[case("my loaf is 900 g", "For 900 g it is too small.")]
fn sizes_that_the_author_named_may_be_repeated(#[case] comment: &str, #[case] text: &str) {
    assert_eq!(Case::new(text).comment(comment).rules(), [], "{text}");
}

#[rstest]
#[case("FREE100")]
#[case("Enter welcome10 there")]
#[case("100FREE")]
#[case("Код ПАН70")]
#[case("B2B-77")]
fn a_code_has_to_stand_in_a_fact(#[case] text: &str) {
    let costs = "Delivery costs €100, €70, €10 or €77 with the code from the mail, 2 of them.";
    assert_eq!(
        Case::new(text).facts(&[costs]).rules(),
        [Rule::UnsourcedNumber],
        "{text}"
    );
    assert_eq!(Case::new(text).facts(&[text]).rules(), [], "{text}");
}

#[rstest]
#[case("SK-26 and SK 26 are the Skillet 26.")]
#[case("26cm and 250°C")]
#[case("250 °C-қа дейін")]
#[case("EUR89 or 89EUR")]
fn codes_of_products_and_amounts_without_a_space_are_known(#[case] text: &str) {
    assert_eq!(Case::new(text).rules(), [], "{text}");
}

#[rstest]
#[case("12 500 тенге", "12,5 тыс. тенге")]
#[case("12 500 ₸", "12,5 мың теңге")]
#[case("2000 pesos", "2 mil pesos")]
#[case("2000 MXN", "dos mil pesos")]
#[case("€25 to €50", "€25-50")]
#[case("5 to 8 days", "от 5 до 8 дней")]
#[case("20, 26 and 30 cm", "20 cm")]
#[case("1 week", "через неделю")]
#[case("14 days", "четырнадцать дней")]
#[case("open until 12:00", "open until noon")]
#[case("on 25 December", "двадцать пятого декабря")]
fn the_same_amount_is_found_however_it_is_written(#[case] fact: &str, #[case] text: &str) {
    assert_eq!(Case::new(text).facts(&[fact]).rules(), [], "{text}");
}

#[test]
fn the_authors_own_name_may_hold_digits_and_covers_no_amount() {
    let report = |handle: &'static str, text: &'static str| {
        let mut case = Case::new(text);
        case.author = handle;
        case.rules()
    };
    assert_eq!(report("anna92", "Thank you, anna92!"), []);
    assert_eq!(report("eur_50", "It is EUR 50."), [Rule::UnsourcedNumber]);
    assert_eq!(report("sk_129", "SK 129"), [Rule::UnsourcedNumber]);
}
