//! Kind words that claim nothing: "have a lovely Friday", "sending you love".

use super::patterns::Table;
use super::view::View;
use std::ops::Range;
use std::sync::LazyLock;

static WARM: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "thank* grateful hope* wish* enjoy* happy glad lovely wonderful great good nice kind* smil* love* \
     congrat* made merry спасиб* благодар* рад рада рады желаем желаю хорош* приятн* прекрасн* чудесн* \
     отличн* порадова* радост* счаст* улыб* праздник* поздрав* дяку* вдячн* раді радий радо бажа* гарн* \
     чудов* приємн* потіш* щаслив* щир* вітаємо рақмет алғыс* қуан* тілей* жақсы тамаша керемет бақыт* \
     мереке* құтты* gracias agradec* alegr* feliz* buen* bonit* genial* encant* dese* disfrut* maravill*",
    )
});

/// What a shop does: with one of these a kind sentence says something after all.
static TRADE: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "send* sent ship* deliver* arriv* dispatch* stock* restock* open* clos* avail* order* get receiv* \
     pay* cost* price* sale* refund* replac* fix* repl* answer* contact* call* ready collect* pick* \
     discount* free отправ* достав* пришл* присыл* вышл* приед* придет привез* налич* поступ* появ* \
     откры* закры* работа* заказ* получ* цен* стоит скид* акци* верн* возвра* замен* поменя* ответ* \
     свяж* позвон* напиш* готов* забра* купи* прода* подар* відправ* надішл* надсил* приїд* наявн* \
     надійд* з'яв* відкри* відчин* зачин* працю* замов* отрим* ціна знижк* поверн* замін* обмін* відпов* \
     зв'яж* жібер* жеткіз* түс* ашық* ашыл* жабық* жұмыс* тапсырыс* баға* жеңілдік* қайтар* ауыстыр* \
     хабарлас* дайын* envi* enví* mand* entreg* lleg* stock disponib* abier* abr* cerr* cierr* pedido* \
     precio* descuento* devol* devuel*",
    )
});

/// Warm things that are sent in words only.
static AFFECTION: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "love hug* kiss* regards greeting* wishes thanks привет* обнима* поцелу* любов* вітання обійм* \
     сәлем* saludo* abrazo* beso* cariño* luck",
    )
});

/// Being glad is no promise: "we will be happy to help".
static GLADNESS: LazyLock<Table> = LazyLock::new(|| {
    Table::new(
        "happy glad delighted pleased love miss рад рада рады счастлив* радост* раді радий щаслив* радо \
     қуан* encantad* alegr* gusto",
    )
});

/// Whether the clause around a position thanks or wishes, and neither speaks of trade nor holds a figure.
pub(super) fn is_courtesy(view: &View, at: usize) -> bool {
    let clause = view.clause(at);
    let words = view.words_in(&clause);
    let has = |table: &Table| words.iter().any(|w| table.has(&w.text));
    has(&WARM) && !has(&TRADE) && !view.text(clause).contains(|c: char| c.is_ascii_digit())
}

/// Whether what looks like a promise is about feelings: within it, or in the three words after it.
pub(super) fn is_affection(view: &View, promise: &Range<usize>) -> bool {
    let sentence = view.sentence(promise.end);
    let after = view.words_in(&(promise.end..sentence.end));
    let warm = view
        .words_in(promise)
        .iter()
        .chain(after.iter().take(3))
        .any(|w| AFFECTION.has(&w.text) || GLADNESS.has(&w.text));
    warm && !after.iter().take(6).any(|w| TRADE.has(&w.text))
}
