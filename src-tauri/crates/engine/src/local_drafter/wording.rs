//! The sentences, in five languages. Names stand in the nominative, apart from what is said of them and
//! without a verb, so that no ending can be wrong: nobody knows whether "Sea salt flakes" is or are in stock.
//! Figures are written the way the sources write them.

use super::attributes::{Use, Verdict};
use domain::draft::ProductFacts;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    En,
    Ru,
    Uk,
    Kk,
    Es,
}

impl Tongue {
    pub fn of(code: &str) -> Option<Self> {
        Some(match code {
            "en" => Self::En,
            "ru" => Self::Ru,
            "uk" => Self::Uk,
            "kk" => Self::Kk,
            "es" => Self::Es,
            _ => return None,
        })
    }

    pub fn code(self) -> &'static str {
        ["en", "ru", "uk", "kk", "es"][self.index()]
    }

    fn index(self) -> usize {
        match self {
            Self::En => 0,
            Self::Ru => 1,
            Self::Uk => 2,
            Self::Kk => 3,
            Self::Es => 4,
        }
    }

    pub(super) fn of_all<T: Copy>(self, texts: [T; 5]) -> T {
        texts[self.index()]
    }
}

/// The same seed takes the same variant; neighbours take different ones.
pub(super) fn pick<'a>(variants: &[&'a str], seed: u64) -> &'a str {
    let count = u64::try_from(variants.len()).unwrap_or(1).max(1);
    // Ids of neighbours differ by little, so the bits are spread first.
    let spread = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 17;
    let at = usize::try_from(spread % count).unwrap_or(0);
    variants.get(at).copied().unwrap_or_default()
}

pub(super) fn greeting(tongue: Tongue, tone: &str, seed: u64) -> &'static str {
    if tone.contains("formal") && !tone.contains("informal") {
        return tongue.of_all([
            "Hello,",
            "Здравствуйте!",
            "Доброго дня!",
            "Сәлеметсіз бе!",
            "Buenos días:",
        ]);
    }
    if tone.contains("warm") {
        return pick(
            tongue.of_all([
                &["Hi!", "Hello!", "Thanks for asking!", ""],
                &["Здравствуйте!", "Добрый день!", "Спасибо за вопрос!", ""],
                &["Вітаємо!", "Добрий день!", "Дякуємо за запитання!", ""],
                &["Сәлеметсіз бе!", "Сәлем!", "Сұрағыңызға рақмет!", ""],
                &["¡Hola!", "¡Buenas!", "¡Gracias por preguntar!", ""],
            ]),
            seed,
        );
    }
    ""
}

/// "€89", "€6.90", "12 000 ₸".
pub(super) fn money(price: &str, currency: Option<&str>) -> String {
    let price = price.trim();
    let amount = match price.split_once(['.', ',']) {
        Some((whole, cents)) if cents.chars().all(|c| c == '0') => whole.to_owned(),
        Some((whole, cents)) if cents.len() == 1 => format!("{whole}.{cents}0"),
        Some((whole, cents)) => format!("{whole}.{cents}"),
        None => price.to_owned(),
    };
    match currency.map(str::to_uppercase).as_deref() {
        Some("EUR") => format!("€{amount}"),
        Some("USD") => format!("${amount}"),
        Some("GBP") => format!("£{amount}"),
        Some("KZT") => format!("{amount} ₸"),
        Some("RUB") => format!("{amount} ₽"),
        Some("UAH") => format!("{amount} ₴"),
        Some(code) if !code.is_empty() => format!("{amount} {code}"),
        _ => amount,
    }
}

pub(super) fn price(tongue: Tongue, name: &str, amount: &str, seed: u64) -> String {
    let template = pick(
        tongue.of_all([
            &[
                "{n}: the price is {p}.",
                "{n}: {p}.",
                "The price of the {n}: {p}.",
            ],
            &[
                "{n}: цена сейчас {p}.",
                "{n}: сейчас {p}.",
                "Цена на «{n}» сейчас {p}.",
            ],
            &["{n}: ціна {p}.", "{n}: зараз ціна {p}.", "Ціна на «{n}»: {p}."],
            &["{n} бағасы: {p}.", "{n}: бағасы {p}.", "{n} бағасы қазір {p}."],
            &[
                "{n}: el precio es {p}.",
                "{n}: ahora mismo {p}.",
                "El precio de {n}: {p}.",
            ],
        ]),
        seed,
    );
    template.replace("{n}", name).replace("{p}", amount)
}

pub(super) fn stock(tongue: Tongue, name: &str, product: &ProductFacts, seed: u64) -> Option<String> {
    let back = product.restock_on.as_deref().and_then(|d| date(tongue, d));
    let template = match (product.availability.as_deref()?, back.is_some()) {
        ("in_stock", _) => pick(
            tongue.of_all([
                &[
                    "{n}: available and in stock.",
                    "{n}: in stock right now.",
                    "{n}: yes, in stock.",
                ],
                &[
                    "{n}: есть в наличии.",
                    "{n}: сейчас в наличии.",
                    "{n}: есть в наличии, можно заказывать.",
                ],
                &[
                    "{n}: є в наявності.",
                    "{n}: зараз у наявності.",
                    "{n}: є в наявності, можна замовляти.",
                ],
                &[
                    "{n} қазір бар.",
                    "{n}: сатылымда бар.",
                    "{n} қазір сатылымда бар.",
                ],
                &[
                    "{n}: hay unidades en stock.",
                    "{n}: hay existencias.",
                    "{n}: sí, hay en stock ahora mismo.",
                ],
            ]),
            seed,
        ),
        ("out_of_stock", true) => pick(
            tongue.of_all([
                &[
                    "{n}: out of stock, due back on {d}.",
                    "{n}: sold out right now, due back on {d}.",
                    "{n}: out of stock for now, expected back on {d}.",
                ],
                &[
                    "{n}: сейчас нет в наличии, поступление ожидается {d}.",
                    "{n}: сейчас нет в наличии, снова ожидается {d}.",
                    "{n}: пока нет в наличии, ждём поступление {d}.",
                ],
                &[
                    "{n}: зараз немає в наявності, надходження очікується {d}.",
                    "{n}: зараз немає в наявності, знову очікується {d}.",
                    "{n}: поки немає в наявності, чекаємо надходження {d}.",
                ],
                &[
                    "{n} қазір жоқ, келесі түсімі: {d}.",
                    "{n}: қазір таусылды, түсетін күні: {d}.",
                    "{n}: қазір таусылды, қайта түсетін күні: {d}.",
                ],
                &[
                    "{n}: sin stock, se espera para el {d}.",
                    "{n}: sin existencias, se espera de nuevo el {d}.",
                    "{n}: agotado por ahora, se espera de nuevo el {d}.",
                ],
            ]),
            seed,
        ),
        ("out_of_stock", false) => pick(
            tongue.of_all([
                &[
                    "{n}: out of stock right now.",
                    "{n}: sold out at the moment.",
                    "{n}: out of stock for now.",
                ],
                &[
                    "{n}: сейчас нет в наличии.",
                    "{n}: на данный момент нет в наличии.",
                    "{n}: пока нет в наличии.",
                ],
                &[
                    "{n}: зараз немає в наявності.",
                    "{n}: поки немає в наявності.",
                    "{n}: на цей момент немає в наявності.",
                ],
                &[
                    "{n} қазір жоқ.",
                    "{n}: қазір таусылды.",
                    "{n} әзірге сатылымда жоқ.",
                ],
                &[
                    "{n}: sin stock ahora mismo.",
                    "{n}: ahora no hay existencias.",
                    "{n}: de momento no hay existencias.",
                ],
            ]),
            seed,
        ),
        ("preorder", true) => pick(
            tongue.of_all([
                &[
                    "{n}: on pre-order, ships from {d}.",
                    "{n}: pre-order is open, the date is {d}.",
                    "{n}: pre-order, expected on {d}.",
                ],
                &[
                    "{n}: можно оформить предзаказ, поступление {d}.",
                    "{n}: предзаказ открыт, ожидается {d}.",
                    "{n}: сейчас по предзаказу, дата поступления {d}.",
                ],
                &[
                    "{n}: доступне передзамовлення, надходження {d}.",
                    "{n}: передзамовлення відкрите, очікується {d}.",
                    "{n}: зараз за передзамовленням, дата надходження {d}.",
                ],
                &[
                    "{n}: алдын ала тапсырыс ашық, түсетін күні {d}.",
                    "{n} алдын ала тапсырыспен, түсімі: {d}.",
                    "{n}: алдын ала тапсырыс, күні {d}.",
                ],
                &[
                    "{n}: en preventa, sale el {d}.",
                    "{n}: en preventa, fecha prevista el {d}.",
                    "{n}: se puede reservar, se espera para el {d}.",
                ],
            ]),
            seed,
        ),
        ("preorder", false) => tongue.of_all([
            "{n}: available on pre-order.",
            "{n}: можно оформить предзаказ.",
            "{n}: доступне передзамовлення.",
            "{n}: алдын ала тапсырыс ашық.",
            "{n}: ahora mismo en preventa.",
        ]),
        _ => return None,
    };
    Some(
        template
            .replace("{n}", name)
            .replace("{d}", &back.unwrap_or_default()),
    )
}

/// "14 December 2026" from "2026-12-14".
pub(super) fn date(tongue: Tongue, iso: &str) -> Option<String> {
    let mut parts = iso.trim().get(..10)?.split('-');
    let year = parts.next().filter(|y| y.len() == 4)?;
    let month: usize = parts.next()?.parse().ok().filter(|m| (1..=12).contains(m))?;
    let day: u32 = parts.next()?.parse().ok().filter(|d| (1..=31).contains(d))?;
    let names = tongue.of_all([
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        [
            "января",
            "февраля",
            "марта",
            "апреля",
            "мая",
            "июня",
            "июля",
            "августа",
            "сентября",
            "октября",
            "ноября",
            "декабря",
        ],
        [
            "січня",
            "лютого",
            "березня",
            "квітня",
            "травня",
            "червня",
            "липня",
            "серпня",
            "вересня",
            "жовтня",
            "листопада",
            "грудня",
        ],
        [
            "қаңтар",
            "ақпан",
            "наурыз",
            "сәуір",
            "мамыр",
            "маусым",
            "шілде",
            "тамыз",
            "қыркүйек",
            "қазан",
            "қараша",
            "желтоқсан",
        ],
        [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
    ]);
    let month = names[month - 1];
    Some(match tongue {
        Tongue::En => format!("{day} {month} {year}"),
        Tongue::Ru => format!("{day} {month} {year} года"),
        Tongue::Uk => format!("{day} {month} {year} року"),
        Tongue::Kk => format!("{year} жылғы {day} {month}"),
        Tongue::Es => format!("{day} de {month} de {year}"),
    })
}

/// Whether a product can go on the hob, into the oven, the dishwasher, the microwave.
pub(super) fn verdict(tongue: Tongue, name: &str, use_: Use, verdict: &Verdict) -> String {
    let text = match (use_, verdict.yes) {
        (Use::Induction, true) => tongue.of_all([
            "Yes, {n}: fine for induction.",
            "Да, {n}: на индукции использовать можно.",
            "Так, {n}: на індукції використовувати можна.",
            "Иә, {n} индукцияға жарайды.",
            "Sí, {n}: se puede usar en inducción.",
        ]),
        (Use::Induction, false) => tongue.of_all([
            "No, {n}: not for induction.",
            "Нет, {n}: на индукции использовать нельзя.",
            "Ні, {n}: на індукції використовувати не можна.",
            "Жоқ, {n} индукцияға жарамайды.",
            "No, {n}: no se puede usar en inducción.",
        ]),
        (Use::Oven, true) => tongue.of_all([
            "Yes, {n}: safe in the oven{t}.",
            "Да, {n}: можно ставить в духовку{t}.",
            "Так, {n}: можна ставити в духовку{t}.",
            "Иә, {n}: духовкаға{t} қоюға болады.",
            "Sí, {n}: se puede meter en el horno{t}.",
        ]),
        (Use::Oven, false) => tongue.of_all([
            "No, {n}: not for the oven.",
            "Нет, {n}: в духовку нельзя.",
            "Ні, {n}: у духовку не можна.",
            "Жоқ, {n}: духовкаға қоюға болмайды.",
            "No, {n}: no se puede meter en el horno.",
        ]),
        (Use::Dishwasher, true) => tongue.of_all([
            "Yes, {n}: dishwasher safe.",
            "Да, {n}: можно мыть в посудомоечной машине.",
            "Так, {n}: можна мити в посудомийній машині.",
            "Иә, {n}: ыдыс жуғыш машинада жууға болады.",
            "Sí, {n}: se puede lavar en el lavavajillas.",
        ]),
        (Use::Dishwasher, false) => tongue.of_all([
            "No, {n}: not for the dishwasher.",
            "Нет, {n}: в посудомоечной машине мыть нельзя.",
            "Ні, {n}: у посудомийній машині мити не можна.",
            "Жоқ, {n}: ыдыс жуғыш машинада жууға болмайды.",
            "No, {n}: no se puede lavar en el lavavajillas.",
        ]),
        (Use::Microwave, true) => tongue.of_all([
            "Yes, {n}: microwave safe.",
            "Да, {n}: можно ставить в микроволновку.",
            "Так, {n}: можна ставити в мікрохвильовку.",
            "Иә, {n}: микротолқынды пешке қоюға болады.",
            "Sí, {n}: se puede usar en el microondas.",
        ]),
        (Use::Microwave, false) => tongue.of_all([
            "No, {n}: not for the microwave.",
            "Нет, {n}: в микроволновку нельзя.",
            "Ні, {n}: у мікрохвильовку не можна.",
            "Жоқ, {n}: микротолқынды пешке қоюға болмайды.",
            "No, {n}: no se puede usar en el microondas.",
        ]),
    };
    let limit = verdict.degrees.as_ref().map_or(String::new(), |t| {
        tongue
            .of_all([
                " up to {t} °C",
                " до {t} °C",
                " до {t} °C",
                " {t} °C-қа дейін",
                " hasta {t} °C",
            ])
            .replace("{t}", t)
    });
    text.replace("{n}", name).replace("{t}", &limit)
}

/// "Sizes: S-M, L-XL" and the like: a label before what the source says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Size,
    Material,
    Ingredients,
    Weight,
    Capacity,
    Thickness,
    Hardness,
    Care,
    Contents,
}

pub(super) fn labelled(tongue: Tongue, name: &str, label: Label, value: &str) -> String {
    let word = match label {
        Label::Size => tongue.of_all(["size", "размер", "розмір", "өлшемі", "tamaño"]),
        Label::Material => tongue.of_all(["material", "материал", "матеріал", "материалы", "material"]),
        Label::Ingredients => tongue.of_all(["ingredients", "состав", "склад", "құрамы", "ingredientes"]),
        Label::Weight => tongue.of_all(["weight", "вес", "вага", "салмағы", "peso"]),
        Label::Capacity => tongue.of_all(["capacity", "объём", "об'єм", "көлемі", "capacidad"]),
        Label::Thickness => tongue.of_all(["thickness", "толщина", "товщина", "қалыңдығы", "grosor"]),
        Label::Hardness => tongue.of_all(["hardness", "твёрдость", "твердість", "қаттылығы", "dureza"]),
        Label::Care => tongue.of_all(["care", "уход", "догляд", "күтімі", "cuidado"]),
        Label::Contents => tongue.of_all(["contents", "в наборе", "у наборі", "жинақта", "contenido"]),
    };
    format!("{name}, {word}: {value}.")
}

pub(super) fn thanks(tongue: Tongue, tone: &str, seed: u64) -> &'static str {
    if tone.contains("formal") && !tone.contains("informal") {
        return pick(
            tongue.of_all([
                &[
                    "Thank you for your kind words.",
                    "Thank you, this means a lot to us.",
                    "We appreciate it, thank you.",
                ],
                &[
                    "Благодарим за тёплые слова.",
                    "Спасибо, нам очень приятно.",
                    "Благодарим вас за отзыв.",
                ],
                &[
                    "Дякуємо за теплі слова.",
                    "Дякуємо, нам дуже приємно.",
                    "Щиро дякуємо за відгук.",
                ],
                &[
                    "Жылы сөзіңізге рақмет.",
                    "Рақмет, бізге бұл өте маңызды.",
                    "Пікіріңізге алғыс айтамыз.",
                ],
                &[
                    "Gracias por sus palabras.",
                    "Muchas gracias, nos alegra mucho.",
                    "Le agradecemos el comentario.",
                ],
            ]),
            seed,
        );
    }
    pick(
        tongue.of_all([
            &[
                "Thank you, this made our day!",
                "So happy to read this, thank you!",
                "Thank you, that is lovely to hear.",
                "This made the whole team smile. Thank you!",
                "Thanks a lot for sharing this with us!",
                "Thank you, you are very kind.",
            ],
            &[
                "Спасибо, вы нас очень порадовали!",
                "Как приятно это читать, спасибо!",
                "Спасибо за тёплые слова!",
                "Прочитали всей командой и улыбнулись. Спасибо!",
                "Спасибо, что делитесь с нами!",
                "Очень приятно, спасибо вам!",
            ],
            &[
                "Дякуємо, ви нас дуже потішили!",
                "Як приємно це читати, дякуємо!",
                "Дякуємо за теплі слова!",
                "Прочитали всією командою й усміхнулися. Дякуємо!",
                "Дякуємо, що ділитеся з нами!",
                "Дуже приємно, дякуємо вам!",
            ],
            &[
                "Рақмет, бізді қуантып тастадыңыз!",
                "Мұны оқу қандай жақсы, рақмет!",
                "Жылы сөзіңізге рақмет!",
                "Бүкіл командамызбен оқып, күлімсіредік. Рақмет!",
                "Бөліскеніңізге көп рақмет!",
                "Бізге өте қуанышты, рақмет!",
            ],
            &[
                "¡Gracias, nos has alegrado el día!",
                "¡Qué alegría leer esto, gracias!",
                "¡Gracias por tus palabras!",
                "Lo hemos leído todos y nos ha sacado una sonrisa. ¡Gracias!",
                "¡Mil gracias por compartirlo!",
                "Muchas gracias, qué amable.",
            ],
        ]),
        seed,
    )
}

pub(super) fn emoji_thanks(seed: u64) -> &'static str {
    pick(&["❤️", "🙏❤️", "🤗", "❤️🙏", "😊🙏"], seed)
}

/// Before the step a document names for a complaint.
pub(super) fn regret(tongue: Tongue, seed: u64) -> &'static str {
    pick(
        tongue.of_all([
            &[
                "We are sorry about this.",
                "We are sorry, this is not how it should be.",
                "That is disappointing, and we are sorry.",
            ],
            &[
                "Нам очень жаль, что так вышло.",
                "Сожалеем, так быть не должно.",
                "Простите, что так получилось.",
            ],
            &[
                "Нам дуже шкода, що так сталося.",
                "Перепрошуємо, так бути не повинно.",
                "Вибачте, що так вийшло.",
            ],
            &[
                "Осылай болғаны үшін кешірім сұраймыз.",
                "Өкінішті жағдай, кешіріңіз.",
                "Бұлай болмауы керек еді, кешірім сұраймыз.",
            ],
            &[
                "Sentimos mucho lo ocurrido.",
                "Lo sentimos, no debería pasar.",
                "Sentimos que haya sido así.",
            ],
        ]),
        seed,
    )
}

/// Before where to write, for those who offer to work together.
pub(super) fn interest(tongue: Tongue, seed: u64) -> &'static str {
    pick(
        tongue.of_all([
            &[
                "Thank you for thinking of us!",
                "Thanks for the idea, it is nice to hear from you.",
                "Thank you for getting in touch!",
            ],
            &[
                "Спасибо, что подумали о нас!",
                "Спасибо за предложение, приятно познакомиться.",
                "Спасибо, что написали!",
            ],
            &[
                "Дякуємо, що подумали про нас!",
                "Дякуємо за пропозицію, приємно познайомитися.",
                "Дякуємо, що написали!",
            ],
            &[
                "Бізді ойлағаныңызға рақмет!",
                "Ұсынысыңызға рақмет, танысқанымызға қуаныштымыз.",
                "Жазғаныңызға рақмет!",
            ],
            &[
                "¡Gracias por pensar en nosotros!",
                "Gracias por la idea, encantados de saludaros.",
                "¡Gracias por escribirnos!",
            ],
        ]),
        seed,
    )
}
