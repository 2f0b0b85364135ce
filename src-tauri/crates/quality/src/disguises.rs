//! The ways in which people hide words from filters, applied by hand of a program.

use local_models::lexicon::{Topic, hits};

/// From a word to what is written in its place.
pub type Disguise = fn(&str) -> String;

pub const ALL: [(&str, Disguise); 14] = [
    ("digits for letters", digits),
    ("signs for letters", signs),
    ("spaces between letters", |word| between(word, " ")),
    ("dots between letters", |word| between(word, ".")),
    ("hyphens between letters", |word| between(word, "-")),
    ("letters repeated", repeated),
    ("a star inside", starred),
    ("zero-width characters", |word| between(word, "\u{200b}")),
    ("soft hyphens", |word| between(word, "\u{ad}")),
    ("look-alike letters", look_alikes),
    ("capitals here and there", capitals),
    ("marks over letters", marked),
    ("full width", wide),
    ("one letter left doubled", doubled),
];

/// The text with its telling words disguised; its longest word where none is known to tell.
pub fn disguised(text: &str, disguise: Disguise) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let tells = |word: &str| {
        let (found, _) = hits(word);
        [Topic::Profanity, Topic::Insult, Topic::Spam]
            .iter()
            .any(|topic| found[*topic as usize] > 0)
    };
    let longest = words
        .iter()
        .filter(|word| !word.contains("://") && !word.starts_with('@'))
        .max_by_key(|word| word.chars().count())
        .copied()
        .unwrap_or_default();
    let none_tells = !words.iter().any(|word| tells(word));
    words
        .iter()
        .map(|word| match tells(word) || (none_tells && *word == longest) {
            true => disguise(word),
            false => (*word).to_owned(),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn map(word: &str, table: &[(char, char)]) -> String {
    let other = |c: char| {
        let lower = c.to_lowercase().next().unwrap_or(c);
        table
            .iter()
            .find(|(from, _)| *from == lower)
            .map_or(c, |(_, to)| *to)
    };
    word.chars().map(other).collect()
}

fn digits(word: &str) -> String {
    map(
        word,
        &[
            ('o', '0'),
            ('i', '1'),
            ('e', '3'),
            ('a', '4'),
            ('s', '5'),
            ('о', '0'),
            ('з', '3'),
            ('ч', '4'),
            ('б', '6'),
            ('і', '1'),
        ],
    )
}

fn signs(word: &str) -> String {
    map(
        word,
        &[('a', '@'), ('s', '$'), ('i', '!'), ('а', '@'), ('і', '!')],
    )
}

fn between(word: &str, what: &str) -> String {
    let letters: Vec<String> = word.chars().map(String::from).collect();
    letters.join(what)
}

fn repeated(word: &str) -> String {
    let middle = word.chars().count() / 2;
    word.chars()
        .enumerate()
        .map(|(at, c)| {
            if at == middle {
                c.to_string().repeat(4)
            } else {
                c.to_string()
            }
        })
        .collect()
}

fn doubled(word: &str) -> String {
    let middle = word.chars().count() / 2;
    word.chars()
        .enumerate()
        .map(|(at, c)| {
            if at == middle {
                c.to_string().repeat(2)
            } else {
                c.to_string()
            }
        })
        .collect()
}

fn starred(word: &str) -> String {
    let count = word.chars().count();
    word.chars()
        .enumerate()
        .map(|(at, c)| if count > 3 && at == 1 { '*' } else { c })
        .collect()
}

fn look_alikes(word: &str) -> String {
    let there = [
        ('a', 'а'),
        ('c', 'с'),
        ('e', 'е'),
        ('o', 'о'),
        ('p', 'р'),
        ('x', 'х'),
        ('y', 'у'),
        ('i', 'і'),
    ];
    let back = there.map(|(latin, cyrillic)| (cyrillic, latin));
    match word.chars().any(|c| c.is_ascii_alphabetic()) {
        true => map(word, &there),
        false => map(word, &back),
    }
}

fn capitals(word: &str) -> String {
    word.chars()
        .enumerate()
        .flat_map(|(at, c)| match at % 2 {
            0 => c.to_lowercase().collect::<Vec<_>>(),
            _ => c.to_uppercase().collect(),
        })
        .collect()
}

fn marked(word: &str) -> String {
    word.chars().flat_map(|c| [c, '\u{336}']).collect()
}

fn wide(word: &str) -> String {
    word.chars()
        .map(|c| match c {
            '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_telling_words_are_disguised() {
        assert_eq!(
            disguised("you are an idiot", |w| between(w, ".")),
            "you are an i.d.i.o.t"
        );
        assert_eq!(
            disguised("see https://a.example/averylongaddress tonight", |w| between(
                w, " "
            )),
            "see https://a.example/averylongaddress t o n i g h t",
            "a link that is broken is no link"
        );
    }

    #[test]
    fn every_disguise_changes_a_word_of_its_letters() {
        for (name, disguise) in ALL {
            assert!(
                disguise("idiotas") != "idiotas" || disguise("сасик") != "сасик",
                "{name} changes nothing"
            );
        }
    }
}
