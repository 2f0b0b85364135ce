//! Where a text speaks of opening hours, and which of its bare numbers are hours.

use super::calendar::weekday;
use super::patterns::Table;
use super::view::View;
use std::sync::LazyLock;

static OPENING: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "open opens opening opened close closes closed closing откры* закры* работа* график* відкри* відчин* \
     закри* зачин* працю* графік* ашық* ашыл* жабық* жабыл* жұмыс уақыты* abre* abri* abiert* cerra* \
     cierr* horario*",
    )
});

/// Words after which a bare number is an hour.
static BEFORE_HOUR: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "until till to at from by before after между between до с со в от по после к з із зі о об від після \
     las la hasta desde де",
    )
});

/// Whether the sentence around a position speaks of opening hours or of a weekday. "2 hours" are none.
pub(super) fn speaks_of_hours(view: &View, at: usize) -> bool {
    let sentence = view.sentence(at);
    let words = view.words_in(&sentence);
    words.iter().enumerate().any(|(i, w)| {
        let heading = matches!(w.text.as_str(), "hours" | "часы" | "години")
            && !i
                .checked_sub(1)
                .is_some_and(|i| words[i].text.starts_with(|c: char| c.is_ascii_digit()));
        heading || OPENING.has(&w.text) || weekday(&w.text).is_some()
    })
}

/// Whether the number at `start..end` follows "until", "с", "a las" or has the Kazakh ending of "from" or "to".
/// What a capitalised word follows is a street number: "at 18 Market Street".
pub(super) fn follows_hour_word(view: &View, start: usize, end: usize) -> bool {
    let sentence = view.sentence(start);
    let before = view.words_in(&(sentence.start..start));
    let near = before
        .last()
        .filter(|w| view.text(w.span.end..start).trim().is_empty())
        .is_some_and(|w| BEFORE_HOUR.has(&w.text));
    let names_street = view.at(end) == Some(' ')
        && view.upper.get(end + 1) == Some(&true)
        && weekday(&view.text(view.letters_from(end + 1))).is_none();
    near && !names_street || has_kazakh_case(view, end)
}

/// "18-ге", "10-нан".
fn has_kazakh_case(view: &View, end: usize) -> bool {
    view.at(end) == Some('-')
        && matches!(
            view.text(view.letters_from(end + 1)).as_str(),
            "ге" | "ға"
                | "ке"
                | "қа"
                | "ден"
                | "дан"
                | "нен"
                | "нан"
                | "тен"
                | "тан"
                | "де"
                | "да"
                | "те"
                | "та"
        )
}

/// Whether the text between two numbers makes them the ends of a range: "10-18", "from 10 to 18".
pub(super) fn joins_range(between: &str) -> bool {
    matches!(
        between.trim(),
        "-" | "to"
            | "till"
            | "until"
            | "through"
            | "and"
            | "до"
            | "по"
            | "a"
            | "al"
            | "hasta"
            | "a las"
            | "hasta las"
            | "y las"
            | "і до"
            | "и до"
    ) || matches!(
        between.trim(),
        "-ден" | "-дан" | "-нен" | "-нан" | "-тен" | "-тан" | "-ден бастап" | "-нан бастап"
    )
}
