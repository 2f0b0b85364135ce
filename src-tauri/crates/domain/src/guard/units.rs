//! Units and currencies, as people write them in five languages.

use super::view::View;
use std::collections::HashMap;
use std::sync::LazyLock;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Unit {
    Bare,
    /// ISO 4217, or empty where the words say "price" and no currency stands there.
    Money(&'static str),
    Percent,
    Degrees,
    Millimetre,
    Centimetre,
    Metre,
    Kilometre,
    Inch,
    Gram,
    Kilogram,
    Millilitre,
    Litre,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
    /// A time of opening or closing.
    HourOfDay,
    /// What is left in stock.
    Piece,
}

impl Unit {
    pub fn is_duration(&self) -> bool {
        matches!(
            self,
            Self::Minute | Self::Hour | Self::Day | Self::Week | Self::Month | Self::Year
        )
    }

    pub fn is_length(&self) -> bool {
        matches!(
            self,
            Self::Millimetre | Self::Centimetre | Self::Metre | Self::Kilometre | Self::Inch
        )
    }

    /// Lengths, weights and volumes: what tells one size from another.
    pub fn is_size(&self) -> bool {
        self.is_length() || matches!(self, Self::Gram | Self::Kilogram | Self::Millilitre | Self::Litre)
    }
}

/// "Working days".
pub(super) fn is_day_adjective(word: &str) -> bool {
    [
        "business",
        "working",
        "calendar",
        "рабоч",
        "календар",
        "робоч",
        "жұмыс",
        "күнтізбе",
    ]
    .iter()
    .any(|stem| word.starts_with(stem))
}

/// The unit that starts at `at`, and where it ends.
pub(super) fn unit_at(view: &View, at: usize) -> Option<(Unit, usize)> {
    let next = view.at(at)?;
    if let Some(code) = currency_symbol(next) {
        return Some((Unit::Money(code), at + 1));
    }
    match next {
        '%' | '٪' => return Some((Unit::Percent, at + 1)),
        '°' | 'º' => {
            let scale = at + 1 + usize::from(view.at(at + 1) == Some(' '));
            let end = match view.at(scale) {
                Some('c' | 'с' | 'f') if !view.at(scale + 1).is_some_and(char::is_alphabetic) => scale + 1,
                _ => at + 1,
            };
            return Some((Unit::Degrees, end));
        }
        _ => {}
    }
    let word = view.letters_from(at);
    if word.is_empty() {
        return None;
    }
    for (words, unit) in TWO_WORDS {
        let end = at + words.chars().count();
        if view.text(at..end) == *words && !view.at(end).is_some_and(char::is_alphabetic) {
            return Some((unit.clone(), end));
        }
    }
    let text = view.text(word.clone());
    if let Some(unit) = unit_word(&text) {
        return Some((unit, word.end));
    }
    if is_day_adjective(&text) && view.at(word.end) == Some(' ') {
        let noun = view.letters_from(word.end + 1);
        let unit = unit_word(&view.text(noun.clone()))?;
        return unit.is_duration().then_some((unit, noun.end));
    }
    None
}

const TWO_WORDS: &[(&str, Unit)] = &[
    ("per cent", Unit::Percent),
    ("por ciento", Unit::Percent),
    ("in stock", Unit::Piece),
    ("en stock", Unit::Piece),
    ("в наличии", Unit::Piece),
    ("в наявності", Unit::Piece),
];

pub(super) fn currency_symbol(c: char) -> Option<&'static str> {
    Some(match c {
        '€' => "EUR",
        '$' => "USD",
        '£' => "GBP",
        '₸' => "KZT",
        '₽' => "RUB",
        '₴' => "UAH",
        '¥' => "JPY",
        '₺' => "TRY",
        '₹' => "INR",
        '₾' => "GEL",
        '֏' => "AMD",
        '₩' => "KRW",
        '₪' => "ILS",
        '₿' => "BTC",
        _ => return None,
    })
}

pub(super) fn currency_code(word: &str) -> Option<&'static str> {
    if word.len() != 3 {
        return None;
    }
    [
        "EUR", "USD", "GBP", "KZT", "RUB", "UAH", "JPY", "TRY", "INR", "CHF", "PLN", "CZK", "SEK", "NOK",
        "DKK", "MXN", "BRL", "CAD", "AUD", "CNY", "ARS", "CLP", "COP", "UYU", "DOP", "PHP", "GEL", "AMD",
        "KRW", "ILS", "KGS", "UZS", "RON", "HUF", "BGN", "NZD", "SGD", "HKD", "AED",
    ]
    .into_iter()
    .find(|code| code.eq_ignore_ascii_case(word))
}

/// The code of a currency that facts name, so that codes compare by value.
pub(super) fn known_currency(code: &str) -> &'static str {
    currency_code(code).unwrap_or("")
}

/// Whether a price in one currency is a price in the other: "pesos" are those of any country.
pub(super) fn same_currency(a: &str, b: &str) -> bool {
    const PESOS: [&str; 6] = ["MXN", "ARS", "CLP", "COP", "UYU", "DOP"];
    let peso = |code: &str| code == ANY_PESO || PESOS.contains(&code);
    a == b || (a == ANY_PESO || b == ANY_PESO) && peso(a) && peso(b)
}

const ANY_PESO: &str = "peso";

pub(super) fn unit_word(word: &str) -> Option<Unit> {
    use Unit::*;
    if let Some(code) = currency_code(word) {
        return Some(Money(code));
    }
    let exact = match word {
        "mm" | "мм" => Millimetre,
        "cm" | "см" => Centimetre,
        "m" | "м" | "metre" | "metres" | "meter" | "meters" | "метр" | "метра" | "метров" | "метри"
        | "метрів" | "metro" | "metros" => Metre,
        "km" | "км" => Kilometre,
        "g" | "г" | "гр" => Gram,
        "kg" | "кг" => Kilogram,
        "ml" | "мл" => Millilitre,
        "l" | "л" | "ltr" => Litre,
        "min" | "mins" | "мин" | "хв" => Minute,
        "h" | "hr" | "hrs" | "ч" | "час" | "часа" | "часов" | "часу" | "часам" | "сағ" => {
            Hour
        }
        "день" | "дня" | "дней" | "дню" | "дням" | "днями" | "дні" | "днів" | "дн" | "days" | "day"
        | "día" | "días" | "dia" | "dias" | "сутки" | "суток" | "добу" | "доби" | "діб" | "тәулік"
        | "тәулікте" => Day,
        "лет" | "год" | "года" | "годы" | "году" | "рік" | "року" | "роки" | "років" | "year" | "years"
        | "año" | "años" => Year,
        "ай" | "айға" | "айда" | "айдан" | "айлық" | "ай-" | "mes" | "meses" => Month,
        "руб" | "р" | "ruble" | "rubles" | "rublos" | "roubles" => Money("RUB"),
        "грн" => Money("UAH"),
        "тг" | "tenge" | "tenges" => Money("KZT"),
        "евро" | "євро" | "euro" | "euros" | "eur" => Money("EUR"),
        "usd" | "долл" | "bucks" => Money("USD"),
        "pound" | "pounds" | "quid" | "libras" => Money("GBP"),
        "peso" | "pesos" | "песо" => Money(ANY_PESO),
        "reais" => Money("BRL"),
        "yen" | "yenes" | "иен" | "иены" | "єн" => Money("JPY"),
        "лари" | "lari" => Money("GEL"),
        "rupees" | "рупий" | "рупій" => Money("INR"),
        "celsius" => Degrees,
        "pcs" | "pc" | "piece" | "pieces" | "шт" | "дана" | "pieza" | "piezas" | "unidad" | "unidades"
        | "left" | "remaining" | "available" => Piece,
        _ => return unit_stem(word),
    };
    Some(exact)
}

fn unit_stem(word: &str) -> Option<Unit> {
    use Unit::*;
    const STEMS: &[(&str, Unit)] = &[
        ("percent", Percent),
        ("процент", Percent),
        ("відсот", Percent),
        ("пайыз", Percent),
        ("degree", Degrees),
        ("градус", Degrees),
        ("grado", Degrees),
        ("millimet", Millimetre),
        ("миллимет", Millimetre),
        ("міліметр", Millimetre),
        ("milímet", Millimetre),
        ("centimet", Centimetre),
        ("centímet", Centimetre),
        ("сантимет", Centimetre),
        ("kilomet", Kilometre),
        ("kilómet", Kilometre),
        ("километ", Kilometre),
        ("кіломет", Kilometre),
        ("inch", Inch),
        ("дюйм", Inch),
        ("pulgada", Inch),
        ("gram", Gram),
        ("грам", Gram),
        ("kilo", Kilogram),
        ("кило", Kilogram),
        ("кіло", Kilogram),
        ("millilit", Millilitre),
        ("миллилитр", Millilitre),
        ("мілілітр", Millilitre),
        ("mililitro", Millilitre),
        ("litre", Litre),
        ("liter", Litre),
        ("litro", Litre),
        ("литр", Litre),
        ("літр", Litre),
        ("minut", Minute),
        ("минут", Minute),
        ("хвилин", Minute),
        ("hour", Hour),
        ("годин", Hour),
        ("сағат", Hour),
        ("hora", Hour),
        ("күн", Day),
        ("week", Week),
        ("недел", Week),
        ("тижн", Week),
        ("тижд", Week),
        ("апта", Week),
        ("semana", Week),
        ("month", Month),
        ("месяц", Month),
        ("місяц", Month),
        ("жыл", Year),
        ("dollar", Money("USD")),
        ("dólar", Money("USD")),
        ("dolar", Money("USD")),
        ("доллар", Money("USD")),
        ("долар", Money("USD")),
        ("бакс", Money("USD")),
        ("рубл", Money("RUB")),
        ("грив", Money("UAH")),
        ("hryvn", Money("UAH")),
        ("тенге", Money("KZT")),
        ("теңге", Money("KZT")),
        ("еуро", Money("EUR")),
        ("фунт", Money("GBP")),
        ("лир", Money("TRY")),
        ("лір", Money("TRY")),
        ("lira", Money("TRY")),
        ("злот", Money("PLN")),
        ("zlot", Money("PLN")),
        ("złot", Money("PLN")),
        ("франк", Money("CHF")),
        ("юан", Money("CNY")),
        ("yuan", Money("CNY")),
        ("драм", Money("AMD")),
        ("штук", Piece),
    ];
    static BY_FIRST: LazyLock<HashMap<char, Vec<&(&str, Unit)>>> = LazyLock::new(|| {
        let mut map: HashMap<char, Vec<&(&str, Unit)>> = HashMap::new();
        for entry in STEMS {
            let first = entry.0.chars().next().unwrap_or_default();
            map.entry(first).or_default().push(entry);
        }
        map
    });
    BY_FIRST
        .get(&word.chars().next()?)?
        .iter()
        .find(|(stem, _)| {
            word.strip_prefix(stem)
                .is_some_and(|rest| rest.chars().count() <= 5)
        })
        .map(|(_, unit)| unit.clone())
}

/// Words after which a bare number is what is left.
pub(super) fn is_stock_word(word: &str) -> bool {
    matches!(
        word,
        "stock"
            | "осталось"
            | "осталась"
            | "остался"
            | "залишилось"
            | "залишилося"
            | "залишилась"
            | "қалды"
            | "quedan"
            | "queda"
    )
}

/// Words around which a number without a unit is a price.
pub(super) fn is_price_word(word: &str) -> bool {
    const STEMS: &[&str] = &[
        "cost",
        "price",
        "стоит",
        "стоят",
        "стоил",
        "цена",
        "цене",
        "цену",
        "ценой",
        "обойдет",
        "отдад",
        "отдам",
        "коштує",
        "коштують",
        "ціна",
        "ціну",
        "ціною",
        "віддам",
        "баға",
        "тұрады",
        "cuesta",
        "precio",
    ];
    STEMS.iter().any(|stem| word.starts_with(stem))
}
