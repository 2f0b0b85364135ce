//! The commonest words of a language. One that no other language here has tells what a short text is in.

use super::patterns::Table;
use std::sync::LazyLock;

/// Telling words of `language`; none where the app knows no list.
pub(super) fn telling_words(language: &str) -> Option<&'static Table> {
    Some(match language {
        "en" => &ENGLISH,
        "es" => &SPANISH,
        "de" => &GERMAN,
        "fr" => &FRENCH,
        "pt" => &PORTUGUESE,
        "ru" => &RUSSIAN,
        "uk" => &UKRAINIAN,
        "kk" => &KAZAKH,
        _ => return None,
    })
}

/// Whether a word is a telling one of `language`.
pub(super) fn tells(language: &str, word: &str) -> bool {
    telling_words(language).is_some_and(|table| table.has(word))
}

/// Whether a common word is one of `language`, be it of another language as well.
pub(super) fn is_own_word(language: &str, word: &str) -> bool {
    tells(language, word) || language == "en" && ENGLISH_AND_OTHERS.has(word)
}

pub(super) const LISTED: [&str; 8] = ["en", "es", "de", "fr", "pt", "ru", "uk", "kk"];

static ENGLISH: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "the and is are for you your yours with our ours it it's its we this that these those thanks thank \
     have yes hello hi hey please sorry very much were been can can't could would should don't doesn't \
     does from about what when where which why how there here they them their i'm we're you're that's \
     great good nice love lovely happy glad days today tomorrow some small makes know got get gets need \
     want works work costs cost price ships ship shipping delivery deliver order orders closed comes \
     soon into without enjoy welcome course absolutely definitely amazing wonderful really always never \
     appreciate words write send available kitchen",
    )
});

/// Without what English or Portuguese has too ("no", "me", "son", "obra").
static SPANISH: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "el los las y pero muy gracias hola muchas muchos mucho usted ustedes vosotros tu tus su sus nuestro \
     nuestra nuestros nuestras está están estamos es en con por para del al lo una un unos unas que qué \
     sí también aquí tenemos tiene tienen puede puedes hay cuesta cuestan precio buenos buenas días \
     siento sentimos claro mil más bien hasta desde cuando donde dónde cómo nos te les ya abrimos \
     cerramos abre envío envíos enviamos disponible hoy mañana ayer alegra encanta genial vale alegría \
     has sin sobre sartén tapa tienda la",
    )
});

static GERMAN: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "danke vielen dank und das ist nicht für wir sie ja nein ein eine mit auf der dem den bitte hallo \
     gerne freut uns euch ihnen haben kostet schön",
    )
});

static FRENCH: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "merci beaucoup bonjour vous nous oui est avec pour les des une votre notre c'est très coûte dans \
     sont pas bonsoir salut livraison",
    )
});

static PORTUGUESE: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "obrigado obrigada você vocês não sim muito olá com uma nosso nossa são está custa bom dia também \
     aqui temos pelo pela em",
    )
});

static RUSSIAN: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "спасибо да нет есть это этот эта что как мы вы вас нас вам нам очень если или она они но с и привет \
     здравствуйте пожалуйста можно стоит сейчас только еще для при будет наличии рады рад приятно \
     доставка цена ваш ваша ваши наш наша наши",
    )
});

static UKRAINIAN: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "дякуємо дякую є ні це цей ця що як ми ви вас нас вам нам дуже якщо або він вона вони але і й та \
     привіт вітаємо вітання прошу можна коштує зараз тільки вже ще від для із зі буде наявності раді \
     приємно доставка сьогодні ціна ваш ваша ваші наш наша наші",
    )
});

static KAZAKH: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "рақмет рахмет иә жоқ және бұл біз сіз сізге бізге өте үшін мен пен бен сәлем сәлеметсіз қазір \
     тұрады болады бағасы ғана бір қанша қандай жақсы керек емес бүгін ертең жеткізу өзіңіз сатылымда \
     күні",
    )
});

/// English words that German, Spanish, French or Portuguese have too, in whatever meaning.
static ENGLISH_AND_OTHERS: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "all also any at back be big but by day did do free i if in just kind let like made make more most \
     my new not now of on only open or out right see so still sure than then to too up us was who will",
    )
});
