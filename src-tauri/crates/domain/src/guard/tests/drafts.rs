//! Good drafts as the drafter inside the app and a model write them, in five languages: the guard lets them pass
//! on the source they cite, and stops the same sentence over a source that says otherwise.

use super::voice;
use crate::draft::{Citation, Fact, FactKind, ProductFacts};
use crate::guard::{Finding, GuardInput, Rule, check, check_draft};
use crate::id::{PassageId, ProductId};
use crate::label::Language;
use rstest::rstest;

/// The text of a row as it is shown to a model.
fn row(name: &str, names: &[(&str, &str)], price: &str, more: ProductFacts) -> Fact {
    let product = ProductFacts {
        sku: "OAK-1".into(),
        name: name.into(),
        names: names
            .iter()
            .map(|(l, n)| ((*l).to_owned(), (*n).to_owned()))
            .collect(),
        price: Some(price.into()),
        currency: Some("EUR".into()),
        ..more
    };
    let all_names: Vec<&str> = std::iter::once(name).chain(names.iter().map(|n| n.1)).collect();
    Fact {
        title: name.into(),
        text: format!(
            "{}\nprice: {price} EUR\nsizes: {}",
            all_names.join(" / "),
            product.sizes.join(", ")
        ),
        kind: FactKind::Product {
            id: ProductId(1),
            product: Box::new(product),
        },
        language: Language::undetermined(),
        score: 1.0,
    }
}

fn skillet() -> Fact {
    row(
        "Skillet 26",
        &[
            ("ru", "Сковорода 26"),
            ("uk", "Сковорода 26"),
            ("kk", "Таба 26"),
            ("es", "Sartén 26"),
        ],
        "89.00",
        ProductFacts {
            availability: Some("out_of_stock".into()),
            restock_on: Some("2026-12-14".into()),
            sizes: vec!["26 cm".into()],
            materials: Some("cast iron".into()),
            description: Some("Works in the oven up to 250 °C. It weighs 2.1 kg.".into()),
            ..ProductFacts::default()
        },
    )
}

fn kettle() -> Fact {
    row(
        "Kettle 1.2 L",
        &[
            ("ru", "Чайник 1,2 л"),
            ("uk", "Чайник 1,2 л"),
            ("kk", "Шәйнек 1,2 л"),
            ("es", "Hervidor 1,2 L"),
        ],
        "64.50",
        ProductFacts {
            availability: Some("in_stock".into()),
            ..ProductFacts::default()
        },
    )
}

fn apron() -> Fact {
    row(
        "Linen apron",
        &[
            ("ru", "Льняной фартук"),
            ("uk", "Лляний фартух"),
            ("kk", "Зығыр алжапқыш"),
            ("es", "Delantal de lino"),
        ],
        "38",
        ProductFacts {
            stock: Some(12),
            sizes: vec!["36".into(), "38".into(), "40".into()],
            ..ProductFacts::default()
        },
    )
}

fn passage(language: &str, section: &str, text: &str) -> Fact {
    Fact {
        kind: FactKind::Passage {
            id: PassageId(1),
            document: "Delivery".into(),
            section: section.into(),
        },
        title: format!("Delivery · {section}"),
        text: format!("{section}\n{text}"),
        language: language.into(),
        score: 1.0,
    }
}

/// The findings of a model's draft whose words from `said` on rest on the first fact, and of the same text by a
/// person.
fn judged(language: &str, lead: &str, said: &str, facts: &[Fact]) -> (Vec<Finding>, Vec<Finding>) {
    let text = format!("{lead}{said}");
    let (voice, language) = (voice(), Language::from(language));
    let input = GuardInput {
        text: &text,
        language: &language,
        detected_language: None,
        facts,
        voice: &voice,
        max_chars: 500,
        comment_text: "?",
        author_handle: Some("anna_1990"),
        recent_replies: &[],
    };
    let citation = Citation {
        fact: 0,
        start: lead.len(),
        end: text.len(),
    };
    (check_draft(&input, &[citation]).findings, check(&input).findings)
}

fn passes(language: &str, lead: &str, said: &str, facts: &[Fact]) {
    let (model, person) = judged(language, lead, said, facts);
    assert_eq!(model, [], "{language}, written by a model: {lead}{said}");
    assert_eq!(person, [], "{language}, written by a person: {lead}{said}");
}

#[rstest]
#[case("en", "Hi! ", "Skillet 26: the price is €89.")]
#[case("en", "", "Skillet 26 costs €89.")]
#[case("en", "", "The price of the Skillet 26: €89.")]
#[case(
    "en",
    "Hello! ",
    "Skillet 26: sold out right now, due back on 14 December 2026."
)]
#[case("en", "", "Skillet 26 is on pre-order and ships from 14 December 2026.")]
#[case(
    "en",
    "Thanks for asking! ",
    "Yes, Skillet 26: safe in the oven up to 250 °C."
)]
#[case("en", "", "Skillet 26, weight: 2.1 kg.")]
#[case("en", "", "Skillet 26, size: 26 cm.")]
#[case("en", "Hello, ", "No, Skillet 26 should not go into the dishwasher.")]
#[case("ru", "Здравствуйте! ", "Цена на «Сковорода 26» сейчас €89.")]
#[case("ru", "", "Сковорода 26 стоит €89.")]
#[case(
    "ru",
    "Добрый день! ",
    "Сковорода 26: пока нет в наличии, ждём поступление 14 декабря 2026 года."
)]
#[case("ru", "", "Сковорода 26: предзаказ открыт, ожидается 14 декабря 2026 года.")]
#[case(
    "ru",
    "Спасибо за вопрос! ",
    "Да, Сковорода 26: можно ставить в духовку до 250 °C."
)]
#[case("ru", "", "Сковорода 26, вес: 2.1 кг.")]
#[case("ru", "", "Нет, Сковорода 26: в посудомоечной машине мыть нельзя.")]
#[case("uk", "Вітаємо! ", "Сковорода 26: зараз ціна €89.")]
#[case("uk", "", "Сковорода 26 коштує €89.")]
#[case(
    "uk",
    "Добрий день! ",
    "Сковорода 26: зараз немає в наявності, надходження очікується 14 грудня 2026 року."
)]
#[case(
    "uk",
    "",
    "Сковорода 26: доступне передзамовлення, надходження 14 грудня 2026 року."
)]
#[case(
    "uk",
    "Дякуємо за запитання! ",
    "Так, Сковорода 26: можна ставити в духовку до 250 °C."
)]
#[case("uk", "", "Сковорода 26, вага: 2.1 кг.")]
#[case("kk", "Сәлеметсіз бе! ", "Таба 26 бағасы қазір €89.")]
#[case("kk", "", "Таба 26: бағасы €89.")]
#[case("kk", "Сәлем! ", "Таба 26 қазір жоқ, келесі түсімі: 2026 жылғы 14 желтоқсан.")]
#[case(
    "kk",
    "",
    "Таба 26: алдын ала тапсырыс ашық, түсетін күні 2026 жылғы 14 желтоқсан."
)]
#[case(
    "kk",
    "Сұрағыңызға рақмет! ",
    "Иә, Таба 26: духовкаға 250 °C-қа дейін қоюға болады."
)]
#[case("kk", "", "Таба 26, салмағы: 2.1 кг.")]
#[case("es", "¡Hola! ", "Sartén 26: ahora mismo €89.")]
#[case("es", "", "Sartén 26 cuesta €89.")]
#[case(
    "es",
    "¡Buenas! ",
    "Sartén 26: sin stock, se espera para el 14 de diciembre de 2026."
)]
#[case(
    "es",
    "",
    "Sartén 26: en preventa, fecha prevista el 14 de diciembre de 2026."
)]
#[case(
    "es",
    "¡Gracias por preguntar! ",
    "Sí, Sartén 26: se puede meter en el horno hasta 250 °C."
)]
#[case("es", "", "Sartén 26, peso: 2.1 kg.")]
fn a_sentence_prepared_for_a_row_passes(#[case] language: &str, #[case] lead: &str, #[case] said: &str) {
    passes(language, lead, said, &[skillet(), kettle(), apron()]);
}

#[rstest]
#[case("en", "Kettle 1.2 L: available and in stock.")]
#[case("en", "The price of the Kettle 1.2 L: €64.50.")]
#[case("ru", "Чайник 1,2 л: есть в наличии, можно заказывать.")]
#[case("ru", "Чайник 1,2 л: цена сейчас €64.50.")]
#[case("uk", "Чайник 1,2 л: є в наявності.")]
#[case("uk", "Ціна на «Чайник 1,2 л»: €64,50.")]
#[case("kk", "Шәйнек 1,2 л: сатылымда бар.")]
#[case("kk", "Шәйнек 1,2 л бағасы: €64.50.")]
#[case("es", "Hervidor 1,2 L: hay existencias.")]
#[case("es", "El precio de Hervidor 1,2 L: €64,50.")]
fn a_name_with_a_volume_is_said_in_any_language(#[case] language: &str, #[case] said: &str) {
    passes(language, "", said, &[kettle(), skillet()]);
}

#[rstest]
#[case("en", "Yes, size 38 is in stock.")]
#[case("en", "We have sizes 36, 38 and 40.")]
#[case("en", "Yes, size 38 available, €38.")]
#[case("ru", "Да, размер 38 в наличии.")]
#[case("ru", "Есть размеры 36, 38 и 40, цена €38.")]
#[case("ru", "38-й размер есть в наличии.")]
#[case("uk", "Так, розмір 38 в наявності.")]
#[case("kk", "Иә, 38 өлшемі бар.")]
#[case("es", "Sí, la talla 38 disponible.")]
#[case("es", "Sí, talla 38 en stock.")]
#[case("en", "There are 12 left in stock.")]
#[case("ru", "Осталось 12 штук.")]
#[case("es", "Quedan 12 unidades.")]
fn a_size_of_the_row_is_no_count_of_pieces(#[case] language: &str, #[case] said: &str) {
    passes(language, "", said, &[apron()]);
}

const HOURS: &str = "The showroom in Lisbon is open Tuesday to Friday from 11:00 to 19:00. On Saturday it is open \
                     from 10:00 to 17:00. On Sunday and Monday it is closed.";
const TIMES: &str = "Delivery to Germany takes 3–5 working days and costs €9. Orders leave Lisbon within 1–2 \
                     working days. Delivery is free from €80.";
const RETURNS: &str = "You can return an order within 30 days of delivery. The refund is made within 5 working \
                       days. If we sent the wrong item, we pay the return and send the right one. Write to \
                       care@oakmere.example with a photo.";
const CARE: &str = "Wash linen at 40 °C without bleach. It shrinks by up to 4% in the first wash. Bake at 230 °C \
                    for 1 hour. Cast iron has a warranty of 25 years. We do not cover rust.";

#[rstest]
#[case(
    "en",
    HOURS,
    "We're open Tuesday to Friday, 11:00–19:00, and on Saturday from 10 am to 5 pm. We are closed on Sunday and Monday."
)]
#[case("en", HOURS, "On Wednesdays we close at 7 pm.")]
#[case(
    "en",
    TIMES,
    "Delivery to Germany is €9 and takes three to five working days."
)]
#[case(
    "en",
    TIMES,
    "We ship within 1-2 working days, and shipping is free over €80!"
)]
#[case(
    "en",
    RETURNS,
    "You have 30 days to return it, and we refund you within 5 working days."
)]
#[case(
    "en",
    RETURNS,
    "Could you write to care@oakmere.example with a photo? We will send the right one."
)]
#[case("en", CARE, "It is covered by a 25-year warranty.")]
#[case("en", CARE, "Wash it at 40°, it shrinks by 4 percent at most.")]
#[case(
    "ru",
    HOURS,
    "Мы открыты со вторника по пятницу с 11 до 19, в субботу с 10:00 до 17:00. В воскресенье и понедельник закрыто."
)]
#[case("ru", HOURS, "В среду шоурум работает до семи вечера.")]
#[case("ru", TIMES, "Доставка в Германию занимает 3–5 рабочих дней и стоит 9 евро.")]
#[case("ru", TIMES, "Отправляем за 1–2 рабочих дня, от 80 € доставка бесплатная.")]
#[case(
    "ru",
    RETURNS,
    "Вернуть заказ можно в течение 30 дней, деньги возвращаем за 5 рабочих дней."
)]
#[case(
    "ru",
    RETURNS,
    "Напишите, пожалуйста, на care@oakmere.example и приложите фото: мы пришлём нужную вещь."
)]
#[case("ru", CARE, "На чугун гарантия 25 лет.")]
#[case("ru", CARE, "Стирайте при 40 градусах, усадка до 4 %.")]
#[case(
    "uk",
    HOURS,
    "Ми відчинені з вівторка по п'ятницю з 11 до 19, у суботу з 10:00 до 17:00. У неділю та понеділок зачинено."
)]
#[case("uk", TIMES, "Доставка до Німеччини триває 3–5 робочих днів і коштує 9 євро.")]
#[case("uk", TIMES, "Надсилаємо за 1–2 робочі дні, від €80 доставка безкоштовна.")]
#[case(
    "uk",
    RETURNS,
    "Повернути замовлення можна протягом 30 днів, гроші повертаємо за 5 робочих днів."
)]
#[case("uk", CARE, "На чавун гарантія 25 років.")]
#[case("uk", CARE, "Періть за 40 °C, сідає до 4%.")]
#[case(
    "kk",
    HOURS,
    "Біз сейсенбіден жұмаға дейін 11-ден 19-ға дейін, сенбіде 10:00-ден 17:00-ге дейін ашықпыз. Жексенбі мен дүйсенбіде жабық."
)]
#[case("kk", TIMES, "Германияға жеткізу 3–5 жұмыс күнін алады және €9 тұрады.")]
#[case("kk", TIMES, "1–2 жұмыс күнінде жібереміз, €80-дан бастап жеткізу тегін.")]
#[case(
    "kk",
    RETURNS,
    "Тапсырысты 30 күн ішінде қайтаруға болады, ақшаны 5 жұмыс күнінде қайтарамыз."
)]
#[case("kk", CARE, "Шойынға 25 жыл кепілдік бар.")]
#[case("kk", CARE, "40 °C-та жуыңыз, 4%-ға дейін отырады.")]
#[case(
    "es",
    HOURS,
    "Abrimos de martes a viernes de 11 a 19 h y el sábado de 10:00 a 17:00. El domingo y el lunes está cerrado."
)]
#[case("es", HOURS, "Los miércoles cerramos a las 7 de la tarde.")]
#[case(
    "es",
    TIMES,
    "El envío a Alemania tarda de 3 a 5 días laborables y cuesta 9 euros."
)]
#[case(
    "es",
    TIMES,
    "Enviamos en 1-2 días laborables y el envío es gratis a partir de 80 €."
)]
#[case(
    "es",
    RETURNS,
    "Puedes devolverlo en 30 días y te devolvemos el dinero en 5 días laborables."
)]
#[case("es", CARE, "El hierro fundido tiene 25 años de garantía.")]
#[case("es", CARE, "Lava el lino a 40 °C, encoge hasta un 4 %.")]
fn what_a_model_says_in_its_own_words_passes(#[case] language: &str, #[case] fact: &str, #[case] said: &str) {
    passes(language, "", said, &[passage("en", "Section", fact), skillet()]);
}

#[rstest]
#[case("en", HOURS, "We are open until 20:00.", Rule::UnsourcedDate)]
#[case("en", TIMES, "Delivery to Germany is twelve euros.", Rule::UnsourcedNumber)]
#[case("en", TIMES, "It arrives today.", Rule::UnsourcedDate)]
#[case("en", TIMES, "Delivery takes 3–7 working days.", Rule::UnsourcedNumber)]
#[case("en", RETURNS, "You have 60 days to return it.", Rule::UnsourcedNumber)]
#[case("en", CARE, "Wash it at 60 °C.", Rule::UnsourcedNumber)]
#[case("en", CARE, "We give you a discount.", Rule::Promise)]
#[case("en", CARE, "We will cover the damage.", Rule::Promise)]
#[case("en", RETURNS, "We will sort it out.", Rule::Promise)]
#[case("en", RETURNS, "We will make it right.", Rule::Promise)]
#[case("ru", HOURS, "Работаем до восьми вечера.", Rule::UnsourcedNumber)]
#[case("ru", TIMES, "Доставка стоит двенадцать евро.", Rule::UnsourcedNumber)]
#[case("ru", TIMES, "Посылка придёт сегодня.", Rule::UnsourcedDate)]
#[case("ru", TIMES, "Привезут через неделю.", Rule::UnsourcedNumber)]
#[case("ru", RETURNS, "Возврат в течение 60 дней.", Rule::UnsourcedNumber)]
#[case("uk", TIMES, "Доставка коштує дванадцять євро.", Rule::UnsourcedNumber)]
#[case("uk", TIMES, "Посилка прийде сьогодні.", Rule::UnsourcedDate)]
#[case("uk", TIMES, "Привезуть через тиждень.", Rule::UnsourcedNumber)]
#[case("kk", TIMES, "Жеткізу он екі еуро тұрады.", Rule::UnsourcedNumber)]
#[case("kk", TIMES, "Бүгін келеді.", Rule::UnsourcedDate)]
#[case("kk", TIMES, "Бір аптадан кейін келеді.", Rule::UnsourcedNumber)]
#[case("es", TIMES, "El envío cuesta doce euros.", Rule::UnsourcedNumber)]
#[case("es", TIMES, "Llega hoy.", Rule::UnsourcedDate)]
#[case("es", TIMES, "Llega en una semana.", Rule::UnsourcedNumber)]
fn the_same_sentence_with_another_claim_is_stopped(
    #[case] language: &str,
    #[case] fact: &str,
    #[case] said: &str,
    #[case] rule: Rule,
) {
    let (model, person) = judged(language, "", said, &[passage("en", "Section", fact), skillet()]);
    for findings in [model, person] {
        assert!(
            !findings.is_empty() && findings.iter().all(|f| f.rule == rule),
            "{language}: {said} gave {findings:?}"
        );
    }
}
