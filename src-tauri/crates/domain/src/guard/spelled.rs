//! Numbers written as words, in five languages.

use super::patterns::Table;
use super::view::Word;
use std::sync::LazyLock;

/// A number in words, and the index after its last word.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spelled {
    /// "два-три" are two values.
    values: Vec<u64>,
    pub end: usize,
}

impl Spelled {
    pub fn values(&self) -> impl Iterator<Item = String> {
        self.values.iter().map(u64::to_string)
    }

    /// The value, where there is one.
    pub fn single(&self) -> Option<String> {
        match self.values.as_slice() {
            [value] => Some(value.to_string()),
            _ => None,
        }
    }

    /// "один", "a": a word that often is no number at all.
    pub fn is_one(&self) -> bool {
        self.values == [1]
    }
}

/// The longest number that starts with the word at `start`.
pub(super) fn spelled(words: &[Word], start: usize) -> Option<Spelled> {
    let mut sum = Sum::default();
    let mut end = start;
    while let Some(word) = words.get(end) {
        let Some(values) = word.text.split('-').map(part).collect::<Option<Vec<Part>>>() else {
            let joins = matches!(word.text.as_str(), "and" | "y") && end > start;
            let goes_on = words
                .get(end + 1)
                .and_then(|w| part(&w.text))
                .is_some_and(|p| sum.takes(p));
            if joins && goes_on {
                end += 1;
                continue;
            }
            break;
        };
        if let [Part::Plain(low), Part::Plain(high)] = values[..]
            && low < high
            && end == start
        {
            return Some(Spelled {
                values: vec![low, high],
                end: end + 1,
            });
        }
        if !values.iter().all(|p| sum.add(*p)) {
            break;
        }
        end += 1;
    }
    (end > start).then(|| Spelled {
        values: vec![sum.total + sum.current],
        end,
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Plain(u64),
    Hundred,
    /// Thousand or million.
    Multiplier(u64),
}

#[derive(Default)]
struct Sum {
    total: u64,
    current: u64,
    any: bool,
}

impl Sum {
    /// "Twenty five" is one number, "five twenty" are two.
    fn takes(&self, part: Part) -> bool {
        if !self.any {
            return true;
        }
        match part {
            Part::Plain(value) => match value {
                // Kazakh says "ten five" for 15.
                1..=9 => self.current.is_multiple_of(10),
                10..=99 => self.current.is_multiple_of(100),
                _ => self.current == 0,
            },
            Part::Hundred => self.current < 10,
            Part::Multiplier(_) => self.current > 0,
        }
    }

    fn add(&mut self, part: Part) -> bool {
        if !self.takes(part) {
            return false;
        }
        self.any = true;
        match part {
            Part::Plain(value) => self.current += value,
            Part::Hundred => self.current = self.current.max(1) * 100,
            Part::Multiplier(by) => {
                self.total += self.current.max(1).saturating_mul(by);
                self.current = 0;
            }
        }
        true
    }
}

/// "thousand", "тысяч", "мың": also after digits. The power of ten.
pub(super) fn power_of_ten(word: &str) -> Option<u32> {
    const THOUSAND: &[&str] = &["thousand", "thousands", "тыс", "тис", "мың", "mil"];
    if THOUSAND.contains(&word) || word.starts_with("тысяч") || word.starts_with("тисяч") {
        return Some(3);
    }
    let million = ["million", "миллион", "мільйон", "millon", "millón"]
        .iter()
        .any(|stem| word.starts_with(stem));
    (million || matches!(word, "млн")).then_some(6)
}

fn part(word: &str) -> Option<Part> {
    if let Some(power) = power_of_ten(word) {
        return Some(Part::Multiplier(10_u64.pow(power)));
    }
    if matches!(word, "hundred" | "жүз") {
        return Some(Part::Hundred);
    }
    value(word).map(Part::Plain)
}

static EXACT: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "one=1 один=1 одна=1 одну=1 одного=1 одной=1 одно=1 однієї=1 бір=1 un=1 una=1 uno=1 two=2 два=2 \
         две=2 двух=2 двум=2 двумя=2 дві=2 двох=2 двом=2 екі=2 dos=2 three=3 три=3 трех=3 трем=3 тремя=3 \
         трьох=3 трьом=3 үш=3 tres=3 four=4 четыре=4 четырех=4 четырем=4 чотири=4 чотирьох=4 чотирьом=4 \
         төрт=4 cuatro=4 five=5 бес=5 cinco=5 six=6 алты=6 seis=6 seven=7 сім=7 семи=7 жеті=7 siete=7 \
         eight=8 восьми=8 вісім=8 сегіз=8 ocho=8 nine=9 тоғыз=9 nueve=9 ten=10 он=10 diez=10 eleven=11 \
         once=11 twelve=12 dozen=12 дюжина=12 doce=12 docena=12 thirteen=13 trece=13 fourteen=14 \
         catorce=14 fifteen=15 quince=15 sixteen=16 dieciséis=16 dieciseis=16 seventeen=17 diecisiete=17 \
         eighteen=18 dieciocho=18 nineteen=19 diecinueve=19 twenty=20 жиырма=20 veinte=20 veintiún=21 \
         veintiuno=21 veintiuna=21 veintidós=22 veintidos=22 veintitrés=23 veintitres=23 veinticuatro=24 \
         veinticinco=25 veintiséis=26 veintiseis=26 veintisiete=27 veintiocho=28 veintinueve=29 \
         thirty=30 отыз=30 treinta=30 forty=40 сорок=40 сорока=40 қырық=40 cuarenta=40 fifty=50 елу=50 \
         cincuenta=50 sixty=60 алпыс=60 sesenta=60 seventy=70 жетпіс=70 setenta=70 eighty=80 сексен=80 \
         ochenta=80 ninety=90 девяносто=90 девяноста=90 дев'яносто=90 тоқсан=90 noventa=90 сто=100 \
         ста=100 cien=100 ciento=100 двести=200 двухсот=200 двісті=200 двохсот=200 doscientos=200 \
         doscientas=200 триста=300 трехсот=300 трьохсот=300 trescientos=300 trescientas=300 \
         четыреста=400 четырехсот=400 чотириста=400 cuatrocientos=400 cuatrocientas=400 пятьсот=500 \
         пятисот=500 п'ятсот=500 quinientos=500 quinientas=500 шестьсот=600 шістсот=600 seiscientos=600 \
         seiscientas=600 семьсот=700 сімсот=700 setecientos=700 setecientas=700 восемьсот=800 \
         вісімсот=800 ochocientos=800 ochocientas=800 девятьсот=900 дев'ятсот=900 novecientos=900 \
         novecientas=900",
    )
});

/// Before "-ь", "-и" and "-ю": the cases of one Slavic number.
static SLAVIC: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "пят=5 шест=6 сем=7 восем=8 девят=9 десят=10 одиннадцат=11 двенадцат=12 тринадцат=13 четырнадцат=14 \
     пятнадцат=15 шестнадцат=16 семнадцат=17 восемнадцат=18 девятнадцат=19 двадцат=20 тридцат=30 п'ят=5 \
     шіст=6 дев'ят=9 одинадцят=11 дванадцят=12 тринадцят=13 чотирнадцят=14 п'ятнадцят=15 шістнадцят=16 \
     сімнадцят=17 вісімнадцят=18 дев'ятнадцят=19 двадцят=20 тридцят=30",
    )
});

/// "пятьдесят", "шістдесят", "пятидесяти".
static SLAVIC_TENS: LazyLock<Table> =
    LazyLock::new(|| Table::new("пят=50 шест=60 сем=70 восем=80 п'ят=50 шіст=60 сім=70 вісім=80"));

fn value(word: &str) -> Option<u64> {
    if let Some(value) = EXACT.value(word) {
        return Some(value.into());
    }
    let tens = word.strip_suffix("десят").or_else(|| word.strip_suffix("десяти"));
    if let Some(head) = tens {
        let head = head.trim_end_matches(['ь', 'и']);
        if let Some(value) = SLAVIC_TENS.value(head) {
            return Some(value.into());
        }
    }
    SLAVIC
        .value_of_stem(word, |rest| {
            matches!(rest, "ь" | "и" | "ью" | "ьма" | "ьох" | "ьом")
        })
        .map(u64::from)
}
