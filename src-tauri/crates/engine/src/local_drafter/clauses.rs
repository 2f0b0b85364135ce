//! A comment taken apart into what it asks.

use super::concepts::{ConceptId, Concepts, Kind, concepts, kind_of};
use super::fillers::is_filler;
use super::words::{fold, is_number, tokens};
use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

/// A stretch of a comment that asks one thing, or nothing.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    pub words: Vec<String>,
    pub concepts: Concepts,
    pub is_question: bool,
}

impl Clause {
    fn new(text: &str) -> Self {
        let words = tokens(text);
        let concepts = concepts(&words);
        let is_question = text.contains('?') || words.iter().any(|w| INTERROGATIVES.contains(&w.as_str()));
        Self {
            words,
            concepts,
            is_question,
        }
    }

    /// Ends as Kazakh questions do that have no question mark.
    pub fn ends_in_a_particle(&self) -> bool {
        const PARTICLES: [&str; 6] = ["ма", "ме", "ба", "бе", "па", "пе"];
        self.words
            .last()
            .is_some_and(|word| PARTICLES.contains(&word.as_str()))
    }

    /// It asks something by itself, though maybe of a subject named before.
    pub fn asks(&self) -> bool {
        self.is_question
            || self.concepts.has_kind(Kind::Aspect)
            || self.concepts.has_kind(Kind::Property)
            || self.concepts.has_kind(Kind::Topic)
    }

    /// It has no subject of its own: "how much?", "and the price?".
    pub fn lacks_subject(&self) -> bool {
        !self.concepts.has_kind(Kind::Topic) && !self.concepts.has_kind(Kind::Thing)
    }

    /// Content words that no concept accounts for and that may make another question of it.
    pub fn plain_words(&self) -> impl Iterator<Item = (usize, &str)> {
        self.words
            .iter()
            .enumerate()
            .filter(|(i, w)| !self.concepts.covered[*i] && is_content(w) && !is_filler(w))
            .map(|(i, w)| (i, w.as_str()))
    }

    /// Without the subjects that only the name of a product speaks of: "Dutch oven" is no question about ovens.
    pub fn apart_from_name(&self, name: &[usize], is_subject: impl Fn(ConceptId) -> bool) -> Self {
        Self {
            words: self.words.clone(),
            concepts: self.concepts.without(name, is_subject),
            is_question: self.is_question,
        }
    }

    /// "Do you have the wok?", "вок есть?": asked of the shop, not of what belongs to the thing.
    pub fn asks_whether_there_is_one(&self) -> bool {
        let belonging = self.words.windows(2).any(|pair| {
            pair[0] == "у"
                && !matches!(
                    pair[1].as_str(),
                    "вас" | "тебя" | "вами" | "магазине" | "магазині"
                )
        }) || self.words.iter().any(|w| {
            ["ның", "нің", "дың", "дің", "тың", "тің"]
                .iter()
                .any(|genitive| w.len() > genitive.len() && w.ends_with(genitive))
        });
        self.concepts.has("offers") && !belonging
    }
}

/// "How much" alone asks for a price; "how long" is a time or a length by what it stands with.
pub(super) fn settle(ids: &mut BTreeSet<ConceptId>) {
    const TIMED: [&str; 9] = [
        "delivery",
        "return",
        "warranty",
        "shelflife",
        "giftcard",
        "refund",
        "wholesale",
        "late",
        "exchange",
    ];
    const COUNTED: [&str; 20] = [
        "cost",
        "weight",
        "length",
        "width",
        "measure",
        "duration",
        "years",
        "capacity",
        "percent",
        "characters",
        "people",
        "shelflife",
        "hot",
        "start",
        "firstuse",
        "stock",
        "oven",
        "temperature",
        "thickness",
        "base",
    ];
    let has = |ids: &BTreeSet<ConceptId>, any: &[&str]| any.iter().any(|i| ids.contains(i));
    if ids.remove("howlong") {
        if has(ids, &TIMED) {
            ids.remove("length");
            ids.remove("notcovered");
            ids.insert(if ids.contains("warranty") {
                "years"
            } else {
                "duration"
            });
        } else {
            ids.insert("length");
        }
    }
    if ids.remove("howmuch") && !has(ids, &COUNTED) {
        let share = has(ids, &["salt", "sugar"]);
        ids.insert(if share { "percent" } else { "cost" });
    }
    // "When does the pre-order ship?" is about stock, not about parcels.
    if ids.contains("stock") && ids.contains("when") {
        ids.remove("delivery");
    }
    // "Gluten free" costs something.
    if has(ids, &["gluten", "nuts", "sugar", "vegan", "additives"]) {
        ids.remove("free");
    }
    // The first wholesale order is no matter of newsletters.
    if ids.contains("wholesale") {
        ids.remove("firstorder");
    }
}

const INTERROGATIVES: [&str; 58] = [
    "how",
    "what",
    "which",
    "when",
    "where",
    "who",
    "why",
    "does",
    "do",
    "can",
    "could",
    "is",
    "are",
    "will",
    "как",
    "какая",
    "какой",
    "какие",
    "какое",
    "когда",
    "где",
    "куда",
    "кто",
    "сколько",
    "можно",
    "есть",
    "ли",
    "будет",
    "подскажите",
    "почем",
    "як",
    "яка",
    "який",
    "які",
    "коли",
    "де",
    "куди",
    "хто",
    "скільки",
    "можна",
    "чи",
    "підкажіть",
    "қанша",
    "қашан",
    "қайда",
    "қай",
    "қандай",
    "неше",
    "бола",
    "ма",
    "ме",
    "cuanto",
    "cuando",
    "donde",
    "como",
    "que",
    "cual",
    "teneis",
];

/// The clauses of a comment, in its order. A clause without a question of its own joins the one before it.
pub(super) fn clauses(text: &str) -> Vec<Clause> {
    let mut pieces: Vec<String> = Vec::new();
    for sentence in split_sentences(text) {
        let mut of_sentence: Vec<String> = Vec::new();
        for piece in split_joined(&sentence) {
            let apart = of_sentence.last().is_some_and(|last: &String| {
                let (before, now) = (Clause::new(last), Clause::new(&piece));
                stands_apart(&before, &now)
            });
            match of_sentence.last_mut() {
                Some(last) if !apart => {
                    last.push(' ');
                    last.push_str(&piece);
                }
                _ => of_sentence.push(piece),
            }
        }
        pieces.extend(of_sentence);
    }
    let mut clauses: Vec<Clause> = Vec::new();
    for piece in &pieces {
        let clause = Clause::new(piece);
        let afterthought = !clause.asks() && clause.words.iter().filter(|w| is_content(w)).count() <= 1;
        match clauses.last_mut() {
            // "…how much? the kids one"
            Some(last) if afterthought && last.asks() => {
                last.words.extend(clause.words);
                last.concepts.join(clause.concepts);
            }
            _ if clause.words.is_empty() => {}
            _ => clauses.push(clause),
        }
    }
    clauses
}

/// A piece begins a clause of its own when it asks, or when it tells something beside the question.
fn stands_apart(before: &Clause, now: &Clause) -> bool {
    let opens_question = now
        .words
        .first()
        .is_some_and(|w| INTERROGATIVES.contains(&w.as_str()));
    let says_nothing = now.concepts.ids.iter().all(|id| kind_of(id) == Kind::Sign);
    let tells = says_nothing && now.plain_words().filter(|(_, w)| !is_number(w)).count() >= 2;
    if before.asks() {
        asks_on_its_own(now) || opens_question || tells
    } else {
        asks_on_its_own(now) && before.plain_words().next().is_some()
    }
}

fn asks_on_its_own(clause: &Clause) -> bool {
    clause.concepts.has_kind(Kind::Aspect)
        || clause.concepts.has_kind(Kind::Property)
        || clause.concepts.has_kind(Kind::Topic)
}

fn split_sentences(text: &str) -> Vec<String> {
    let chars: Vec<char> = without_idioms(&fold(text)).chars().collect();
    let mut out = vec![String::new()];
    for (i, c) in chars.iter().enumerate() {
        let inside_number = matches!(c, '.' | ',')
            && i > 0
            && chars[i - 1].is_ascii_digit()
            && chars.get(i + 1).is_some_and(char::is_ascii_digit);
        let last = out.last_mut().expect("there is always a last sentence");
        last.push(*c);
        if matches!(c, '?' | '!' | '.' | '\n' | ';' | '…') && !inside_number {
            out.push(String::new());
        }
    }
    out.retain(|s| s.chars().any(char::is_alphanumeric));
    out
}

/// The days of "buenos días" and "these days" are no days to wait.
fn without_idioms(folded: &str) -> String {
    ["buenos dias", "buenas tardes", "buenas noches", "these days"]
        .iter()
        .fold(folded.to_owned(), |text, idiom| text.replace(idiom, " "))
}

/// Pieces between commas and words for "and".
fn split_joined(sentence: &str) -> Vec<String> {
    const JOINS: [&str; 15] = [
        " and ",
        " и ",
        " а ",
        " та ",
        " і ",
        " й ",
        " және ",
        " y ",
        " also ",
        " або ",
        " ещё ",
        " но ",
        " or ",
        " или ",
        " but ",
    ];
    let mut text = sentence.to_owned();
    let chars: Vec<char> = text.chars().collect();
    let mut marked = String::new();
    for (i, c) in chars.iter().enumerate() {
        let inside_number =
            i > 0 && chars[i - 1].is_ascii_digit() && chars.get(i + 1).is_some_and(char::is_ascii_digit);
        if matches!(c, ',' | '(' | ')') && !inside_number {
            marked.push('\u{1}');
        } else {
            marked.push(*c);
        }
    }
    text = marked;
    for join in JOINS {
        text = text.replace(join, "\u{1}");
    }
    text.split('\u{1}')
        .filter(|p| p.chars().any(char::is_alphanumeric))
        .map(|p| p.trim().to_owned())
        .chain(sentence.ends_with('?').then(String::new))
        .fold(Vec::new(), |mut pieces: Vec<String>, piece| {
            if piece.is_empty() {
                if let Some(last) = pieces.last_mut().filter(|l| !l.contains('?')) {
                    last.push('?');
                }
            } else {
                pieces.push(piece);
            }
            pieces
        })
}

/// Words that carry meaning: no function words, no courtesies.
pub(super) fn is_content(word: &str) -> bool {
    if is_number(word) {
        return true;
    }
    word.chars().nth(1).is_some() && !FUNCTION_SET.contains(word)
}

static FUNCTION_SET: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| FUNCTION_WORDS.split_whitespace().collect());

const FUNCTION_WORDS: &str = "
a an the this that these those it its it's is are was were be been being am do does did doing have has had having i you
he she we they me my mine your yours our ours us him her his their them one ones of to in on at by for from with without
about as into up down out over under and or but if so too very just only also then than there here what which who whom
whose when where why how can could will would shall should may might must not no nor yes yeah ok okay please pls plz thanks
thank thx hi hello hey dear lovely nice great good really actually btw now still yet any some all each every much many more most
little less few get got go going want need know tell say says said ask asking let lets i'm i've i'd i'll you're don't doesn't
isn't aren't can't what's that's x lol haha one's off again already make made does're work works working use using something anyway going make makes
и а но или да нет не ни же ли бы то вот это эта этот эти тот та те там тут здесь я ты вы мы он она оно они меня мне мной тебя
вас вам нас нам его ее ей им их мой моя мое мои ваш ваша ваше ваши наш наша наши свой у в во на с со к ко о об от до из за по
под над при для без через про между как какая какой какое какие какую каких что чего чем кто кого кому где куда откуда когда почему
сколько есть быть был была было были будет будут можно нужно надо если ещё еще уже только очень тоже также так там просто всё все
всего подскажите скажите пожалуйста спасибо здравствуйте привет добрый день хочу хочется интересует него нее них какого этой этого
этому этим одной один одна отлично видела ой себе лучше такой такая такие хорошо ваших дайте писать написать вообще вашей вашу вашего тоже бывает
та й і або чи не ні так це цей ця ці той та ті там тут я ти ви ми він вона воно вони мене мені вас вам нас нам його її їх мій моя
моє мої ваш ваша ваше ваші наш у в на з із зі до від по за для без про між як яка який яке які яку що чого чим хто кого кому де
куди коли чому скільки є бути був була було були буде будуть можна треба потрібно якщо ще вже тільки дуже також просто все всі
підкажіть скажіть будь ласка написати писати дайте дякую вітаю привіт добрий день хочу мене
ма ме ба бе па пе да де та те мен сен сіз біз ол олар менің сіздің біздің оның бұл осы сол мына бар жоқ болады бола ма екен ғой
үшін туралы және мен пен бен не қандай қай қайда қашан неше қанша неге қалай кім ең өте де да тағы енді рақмет сәлем сәлеметсіз
сіздер сіздерде бізге маған сізге оны болса керек айтыңызшы өтінемін жарай істей басқа істейді сіздерден алғымыз келеді бері бересіз
бересіздер беріңізші екенін үйде
el la los las un una unos unas lo de del al a en con sin por para sobre entre y e o u pero si no que cual cuales quien donde cuando
como cuanto cuanta cuantos cuantas es son era fue ser estar esta estan hay tiene tienen teneis tengo yo tu usted vosotros nosotros
ellos ella me te se le les nos os mi mis tus su sus vuestro vuestra este esta estos estas ese esa eso esos esas aqui ahi muy mas
menos ya tambien solo algo todo toda todos hola gracias favor porfa buenas quiero quisiera puede puedo poder se sirve vale funciona
lo cuanto hacer hace necesito quiero dan hasta";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_questions_are_two_clauses_and_one_is_one() {
        let count = |text: &str| clauses(text).iter().filter(|c| c.asks()).count();
        assert_eq!(
            count("How much is the Skillet 26 and how long does delivery to Spain take?"),
            2
        );
        assert_eq!(count("How much is delivery to Spain and Portugal?"), 1);
        assert_eq!(count("Kettle 1,2 л почём?"), 1);
        assert_eq!(count("I made soup."), 0);
    }

    #[test]
    fn how_much_is_a_price_unless_something_else_is_counted() {
        let ids = |text: &str| {
            let mut ids = clauses(text)[0].concepts.ids.clone();
            settle(&mut ids);
            ids
        };
        assert!(ids("how much for the mug?").contains("cost"));
        assert!(!ids("how much does it weigh?").contains("cost"));
        assert!(ids("how long is delivery?").contains("duration"));
        assert!(ids("how long is the apron?").contains("length"));
    }
}
