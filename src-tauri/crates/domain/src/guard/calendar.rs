//! Names of months, weekdays and notions like "tomorrow", in five languages.

use super::patterns::{Phrases, Table};
use std::sync::LazyLock;

/// "Tomorrow", "next week": a notion with the words for it. One notion supports itself only.
pub(super) struct Notion {
    pub kind: Relative,
    /// Between bars.
    pub forms: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relative {
    Today,
    Tonight,
    Tomorrow,
    DayAfterTomorrow,
    NextDay,
    SameDay,
    Weekend,
    ThisWeek,
    NextWeek,
    EndOfWeek,
    ThisMonth,
    NextMonth,
    EndOfMonth,
    NextYear,
    /// Christmas or New Year, as a day to be ready by.
    Holidays,
    /// Only a claim where something is to come: "see you soon" is none.
    Soon,
}

pub(super) const NOTIONS: &[Notion] = &[
    Notion {
        kind: Relative::Today,
        forms: "today|сегодня|сьогодні|бүгін|hoy",
    },
    Notion {
        kind: Relative::Tonight,
        forms: "tonight|this evening|this afternoon|сегодня вечером|сегодня днем|сьогодні ввечері|\
         сьогодні увечері|сьогодні вдень|бүгін кешке|esta noche|esta tarde|hoy por la tarde",
    },
    Notion {
        kind: Relative::Tomorrow,
        forms: "tomorrow|завтра|ертең|mañana",
    },
    Notion {
        kind: Relative::DayAfterTomorrow,
        forms: "day after tomorrow|послезавтра|післязавтра|бүрсігүні|арғы күні|pasado mañana",
    },
    Notion {
        kind: Relative::NextDay,
        forms: "next day|next working day|next business day|на следующий день|на следующий рабочий день|\
         на другой день|наступного дня|наступного робочого дня|на наступний день|келесі күні|\
         келесі жұмыс күні|al día siguiente|siguiente día|siguiente día laborable|\
         día laborable siguiente|próximo día laborable",
    },
    Notion {
        kind: Relative::SameDay,
        forms: "same day|same-day|в тот же день|день в день|того ж дня|того самого дня|сол күні|сол күннің|\
         mismo día",
    },
    Notion {
        kind: Relative::Weekend,
        forms: "weekend|weekends|выходные|выходным|на выходных|в выходной|вихідні|вихідним|у вихідний|\
         на вихідних|демалыс күндері|fin de semana|fines de semana",
    },
    Notion {
        kind: Relative::ThisWeek,
        forms: "this week|на этой неделе|цього тижня|на цьому тижні|осы аптада|бұл аптада|esta semana",
    },
    Notion {
        kind: Relative::NextWeek,
        forms: "next week|coming week|на следующей неделе|на будущей неделе|наступного тижня|\
         на наступному тижні|келесі аптада|келер аптада|келесі апта|la próxima semana|próxima semana|\
         semana próxima|la semana que viene",
    },
    Notion {
        kind: Relative::EndOfWeek,
        forms: "end of the week|конца недели|концу недели|конце недели|кінця тижня|кінець тижня|кінці тижня|\
         апта соңына|апта соңында|finales de semana|final de la semana",
    },
    Notion {
        kind: Relative::ThisMonth,
        forms: "this month|в этом месяце|цього місяця|у цьому місяці|осы айда|бұл айда|este mes",
    },
    Notion {
        kind: Relative::NextMonth,
        forms: "next month|в следующем месяце|наступного місяця|у наступному місяці|келесі айда|келер айда|\
         el próximo mes|próximo mes|el mes que viene",
    },
    Notion {
        kind: Relative::EndOfMonth,
        forms: "end of the month|конца месяца|концу месяца|конце месяца|кінця місяця|кінець місяця|ай соңына|\
         ай соңында|finales de mes|final de mes|fin de mes",
    },
    Notion {
        kind: Relative::NextYear,
        forms: "next year|в следующем году|наступного року|келесі жылы|келер жылы|el próximo año|\
         el año que viene",
    },
    Notion {
        kind: Relative::Holidays,
        forms: "by christmas|before christmas|until christmas|by new year|before new year|к рождеству|\
         до рождества|к новому году|до нового года|до різдва|до нового року|жаңа жылға дейін|\
         рождествоға дейін|antes de navidad|antes de reyes|antes de año nuevo",
    },
    Notion {
        kind: Relative::Soon,
        forms: "soon|shortly|скоро|вскоре|в ближайшее время|в ближайшие дни|на днях|незабаром|невдовзі|\
         найближчим часом|найближчими днями|жақында|жуырда|таяу күндері|pronto|próximamente|en breve|\
         en unos días",
    },
];

pub(super) static NOTION_PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::new(NOTIONS.iter().map(|n| n.forms)));

/// Stems of what comes, by which "soon" becomes a claim.
pub(super) static COMING: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "stock* restock* ship* send* sent arriv* avail* deliver* dispatch* refund* launch* налич* поступ* \
     появ* достав* отправ* придет приедет верн* будет будут пришл* выйдет наявн* надійд* з'яв* відправ* \
     приїд* поверн* буде будуть түс* келеді жет* жібер* болады шығады disponib* lleg* enví* envi* vuelv* \
     volver* habrá tendremos repon*",
    )
});

/// "fourteenth", "четырнадцатого", "чотирнадцятого", "он төртінші": the day of a month in words.
pub(super) fn ordinal_day(word: &str) -> Option<u32> {
    static EXACT: LazyLock<Table> = LazyLock::new(|| {
        Table::new(
            "first=1 second=2 third=3 fifth=5 eighth=8 ninth=9 twelfth=12 twentieth=20 thirtieth=30 третье=3 \
         третьего=3 третьему=3 третє=3 третього=3 бірінші=1 екінші=2 үшінші=3 төртінші=4 бесінші=5 \
         алтыншы=6 жетінші=7 сегізінші=8 тоғызыншы=9 оныншы=10 жиырмасыншы=20 отызыншы=30 primero=1",
        )
    });
    /// Before "-th".
    static ENGLISH: LazyLock<Table> = LazyLock::new(|| {
        Table::new(
            "four=4 six=6 seven=7 ten=10 eleven=11 thirteen=13 fourteen=14 fifteen=15 sixteen=16 \
         seventeen=17 eighteen=18 nineteen=19",
        )
    });
    /// Before "-ое", "-ого", "-ому" and their Ukrainian sisters.
    static SLAVIC: LazyLock<Table> = LazyLock::new(|| {
        Table::new(
            "перв=1 втор=2 четверт=4 пят=5 шест=6 седьм=7 восьм=8 девят=9 десят=10 одиннадцат=11 \
         двенадцат=12 тринадцат=13 четырнадцат=14 пятнадцат=15 шестнадцат=16 семнадцат=17 восемнадцат=18 \
         девятнадцат=19 двадцат=20 тридцат=30 перш=1 друг=2 п'ят=5 шост=6 сьом=7 дев'ят=9 одинадцят=11 \
         дванадцят=12 тринадцят=13 чотирнадцят=14 п'ятнадцят=15 шістнадцят=16 сімнадцят=17 \
         вісімнадцят=18 дев'ятнадцят=19 двадцят=20 тридцят=30",
        )
    });
    EXACT
        .value(word)
        .or_else(|| ENGLISH.value_of_stem(word, |rest| rest == "th"))
        .or_else(|| {
            SLAVIC.value_of_stem(word, |rest| {
                matches!(rest, "ое" | "ого" | "ому" | "е" | "ої" | "ій")
            })
        })
}

/// 1 is January.
pub(super) fn month(word: &str) -> Option<u32> {
    static EXACT: LazyLock<Table> = LazyLock::new(|| {
        Table::new(
            "jan=1 feb=2 mar=3 apr=4 may=5 jun=6 jul=7 aug=8 sep=9 sept=9 oct=10 nov=11 dec=12 март=3 \
         марта=3 марте=3 марту=3 май=5 мая=5 мае=5 лютого=2 лютий=2 лютому=2 mayo=5 march=3 marzo=3",
        )
    });
    static STEMS: LazyLock<Table> = LazyLock::new(|| {
        Table::new(
            "january=1 february=2 april=4 june=6 july=7 august=8 september=9 october=10 november=11 \
         december=12 январ=1 феврал=2 апрел=4 июн=6 июл=7 август=8 сентябр=9 октябр=10 ноябр=11 \
         декабр=12 січн=1 січен=1 березн=3 березен=3 квітн=4 квітен=4 травн=5 травен=5 червн=6 червен=6 \
         липн=7 липен=7 серпн=8 серпен=8 вересн=9 вересен=9 жовтн=10 жовтен=10 листопад=11 грудн=12 \
         груден=12 қаңтар=1 ақпан=2 наурыз=3 сәуір=4 мамыр=5 маусым=6 шілде=7 тамыз=8 қыркүйек=9 \
         қазан=10 қараша=11 желтоқсан=12 enero=1 febrero=2 abril=4 junio=6 julio=7 agosto=8 septiembre=9 \
         octubre=10 noviembre=11 diciembre=12",
        )
    });
    EXACT
        .value(word)
        .or_else(|| STEMS.value_of_stem(word, |rest| rest.chars().count() <= 4))
}

/// 1 is Monday.
pub(super) fn weekday(word: &str) -> Option<u32> {
    static STEMS: LazyLock<Table> = LazyLock::new(|| {
        Table::new(
            "monday=1 tuesday=2 wednesday=3 thursday=4 friday=5 saturday=6 sunday=7 понедельник=1 вторник=2 \
         четверг=4 суббот=6 понеділ=1 вівтор=2 четвер=4 п'ятниц=5 субот=6 неділ=7 дүйсенбі=1 сейсенбі=2 \
         сәрсенбі=3 бейсенбі=4 сенбі=6 жексенбі=7 lunes=1 martes=2 miércoles=3 jueves=4 viernes=5 \
         sábado=6 domingo=7 середу=3 пятниц=5 воскресень=7 понеділк=1 вівторк=2 sabado=6 miercoles=3 \
         середам=3 середах=3",
        )
    });
    // "среда" is also "environment" and "неделя" a week, so these count in the forms a timetable uses.
    match word {
        "среда" | "среду" | "среды" | "среде" | "средам" | "средами" | "середа" | "середи" =>
        {
            return Some(3);
        }
        "жұма" | "жұмаға" | "жұмада" | "жұмадан" | "жұманы" | "пт" | "fri" => {
            return Some(5);
        }
        "mon" | "пн" => return Some(1),
        "tue" | "tues" | "вт" => return Some(2),
        "wed" | "ср" => return Some(3),
        "thu" | "thurs" | "чт" => return Some(4),
        "сб" => return Some(6),
        "вс" | "нд" => return Some(7),
        "четверть" | "четверти" | "четвертый" => return None,
        _ => {}
    }
    STEMS.value_of_stem(word, |rest| rest.chars().count() <= 5)
}
