//! Promises that need a source, and the words for them in five languages.

use super::courtesy::is_affection;
use super::patterns::Phrases;
use super::view::View;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

/// A kind of promise. A source that speaks of the same kind, in whatever language, allows it.
#[derive(Debug, Clone, Copy)]
struct Promise {
    /// Words of a draft and of a source, in the order en, ru, uk, kk, es.
    patterns: &'static str,
    /// Words that are no promise by themselves and yet the ground for one, in a source.
    grounds: &'static str,
    /// What looks like it and is something else: "gift wrap" gives nothing away.
    except: &'static str,
    /// "We will be happy", "sending you love" mean no more than they say.
    may_be_kind: bool,
}

const PROMISE: Promise = Promise {
    patterns: "",
    grounds: "",
    except: "",
    may_be_kind: false,
};

const PROMISES: [Promise; 14] = [
    // money back
    Promise {
        patterns: "refund*|money back|reimburs*|return .. money|get .. money|pay you back|money .. returned|\
             возврат .. деньг*|возврат .. денег|возврат .. средств*|верн* .. деньг*|верн* .. денег|\
             деньг* .. верн*|деньг* .. возвр*|возвращ* .. деньг*|возвращ* .. средств*|вернем|верну вам|\
             вам верну|поверн* .. кошт*|поверн* .. грош*|поверт* .. кошт*|поверт* .. грош*|\
             кошт* .. поверн*|грош* .. поверн*|кошт* .. поверт*|грош* .. поверт*|повернемо|поверну вам|\
             ақша* .. қайтар*|қайтар* .. ақша*|қаражат* .. қайтар*|reembols*|devolver* .. dinero|\
             devolv* .. dinero|devolvemos|devolveremos|devolveré|devuelvo|devuelv* .. dinero|te devuelv*|\
             le devuelv*|os devuelv*|les devuelv*|dinero .. devuel*|recuper* .. dinero",
        grounds: "money .. back|деньг* .. приход*|грош* .. надход*|ақша* .. қайт*|dinero vuelve|\
             devolución .. dinero",
        except: "deposit .. returned",
        ..PROMISE
    },
    // all of it
    Promise {
        patterns: "full refund*|refund* .. in full|refund* .. full|refund* .. everything|full amount|\
             whole amount|entire amount|every cent|полный возврат|полн* сумм*|полностью верн*|\
             верн* .. полностью|верн* .. полную|верн* все|всю сумму|повне повернення|повн* сум*|\
             поверн* .. повністю|повністю .. поверн*|всю суму|толық қайтар*|толық* .. ақша*|\
             ақша* .. толық*|бүкіл ақша*|reembols* .. completo|reembols* .. íntegro|reembols* .. total|\
             todo el dinero|dinero íntegro|importe íntegro|importe completo",
        ..PROMISE
    },
    // making good
    Promise {
        patterns: "compensat*|make it up to you|make up for|компенс*|возмест*|возмещ*|відшкод*|өтемақы*|\
             өтейміз|өтеп бер*|орнын толтыр*|indemniz*|compensar*|compensación|compensam*|te compens*|\
             resarc*",
        ..PROMISE
    },
    // guarantee
    Promise {
        patterns: "guarantee*|warrant*|гаранти*|гаранту*|гарантій*|кепілдік*|кепілдем*|кепіл бер*|garantí*|\
             garantiz*",
        ..PROMISE
    },
    // a lower price
    Promise {
        patterns: "discount*|money off|half price|half the price|half off|price match*|lower .. price|\
             reduc* .. price|cut .. price|special price|special offer|two for one|buy one get one|\
             cheaper for you|on sale|cashback|cash back|скидк*|скидок|скидоч*|дешевле .. отда*|\
             отда* .. дешевле|сниз* .. цен*|уступ* .. цен*|полцены|по акции|акция|акцию|распродаж*|\
             кешбэк*|кэшбэк*|спеццен*|два по цене одно*|знижк*|знижок|зниз* .. цін*|півціни|пів ціни|\
             акція|акцію|розпродаж*|кешбек*|дешевше .. віддам*|жеңілдік*|жарты баға*|арзандат*|\
             арзанға бер*|акция*|кешбэк*|descuento*|rebaj*|mitad de precio|dos por uno|precio especial|\
             oferta especial|promoción|más barato para|bajar* .. precio",
        ..PROMISE
    },
    // free of charge
    Promise {
        patterns: "free of charge|for free|is free|are free|comes free|free !of !from !to !and|no charge|\
             at no cost|free from #|on the house|is on us|it's on us|complimentary|бесплатн*|безвозмездн*|\
             за наш счет|даром|безкоштовн*|безоплатн*|за наш рахунок|тегін*|ақысыз*|біздің есебімізден|\
             gratis|gratuit*|sin cargo|sin coste|sin costo|a nuestro cargo|corre* de nuestra cuenta|\
             invita la casa",
        except: "feel free|free from !#|free time",
        ..PROMISE
    },
    // a present
    Promise {
        patterns: "free gift*|as a gift|as a present|gift for you|gift from us|present for you|present from us|\
             surprise for you|little extra|в подарок|дарим|подарим|подарю|подарок от нас|подарок вам|\
             вам подарок|бонусом|у подарунок|в подарунок|даруємо|подаруємо|подарую|подарунок від нас|\
             подарунок вам|вам подарунок|сыйға|сыйлаймыз|сыйлаймын|сыйлап бер*|сыйлық ретінде|\
             бізден сыйлық|сізге сыйлық|de regalo|te regal*|le regal*|os regal*|regalamos|regalaremos|\
             regalo para ti|regalo nuestro|obsequi*",
        except: "buy .. as a gift|ordered .. as a gift|bought .. as a gift|perfect as a gift|great as a gift|\
             good as a gift|lovely as a gift|подойд* .. в подарок|подходит .. в подарок|\
             купи* .. в подарок|покупа* .. в подарок|брать .. в подарок|бер* .. в подарок|\
             упак* .. в подарок|заказа* .. в подарок|купи* .. в подарунок|купу* .. в подарунок|\
             підійде .. в подарунок|підійде .. у подарунок|замов* .. у подарунок|envoltorio de regalo|\
             envolver* de regalo|papel de regalo|caja de regalo|cajas de regalo|tarjeta* de regalo|\
             set de regalo|sets de regalo|idea de regalo|ideas de regalo|bolsa de regalo",
        ..PROMISE
    },
    // a code
    Promise {
        patterns: "promo code*|promocode*|discount code*|voucher*|coupon*|use .. code|with the code|with code|\
             code .. checkout|промокод*|купон*|ваучер*|по коду|с кодом|код на скид*|введите .. код|\
             за кодом|з кодом|код на знижк*|введіть .. код|жеңілдік коды|код* арқылы|код* енгіз*|\
             código .. descuento|código promocional|cupón|cupones|con el código|usa .. código|un vale",
        grounds: "code|codes|код|коды|коди|código|códigos|vale",
        ..PROMISE
    },
    // a replacement
    Promise {
        patterns: "replacement*|replac* it|replac* them|replac* your*|we replac*|send* .. new|send* .. another|\
             ship* .. new one|ship* .. another|get .. new one|give .. new one|exchange it|exchange them|\
             exchange your*|swap it|swap them|swap your*|new one .. way|замен* .. вам|вам замен*|заменим|\
             заменю|заменят|поменяем|поменяю|поменяют|обменяем|обменяю|вышлем .. нов*|вышлю .. нов*|\
             пришлем .. нов*|пришлю .. нов*|пришлют .. нов*|отправим .. нов*|отправлю .. нов*|\
             доставим .. нов*|привезем .. нов*|дадим .. нов*|пришл* .. замен*|вышл* .. замен*|\
             отправ* .. замен*|достав* .. замен*|замену .. пришл*|замену .. вышл*|замену .. отправ*|\
             замену .. достав*|новую .. пришл*|новую .. отправ*|новый .. отправ*|взамен|замін*мо|заміню|\
             поміняємо|поміняю|обміняємо|обміняю|надішл* .. нов*|надсила* .. нов*|пришл* .. нов*|\
             відправ* .. нов*|надішл* .. замін*|надсила* .. замін*|пришл* .. замін*|відправ* .. замін*|\
             достав* .. замін*|заміну .. надішл*|заміну .. пришл*|заміну .. відправ*|на заміну|\
             ауыстырып бер*|ауыстырамыз|ауыстырамын|алмастыр*|жаңа* .. жібер*|жаңа* .. береміз|\
             жаңа* .. беремін|басқасын .. жібер*|орнына .. жібер*|орнына .. береміз|reemplaz*|\
             cambiaremos|cambiamos|te cambi*|le cambi*|os cambi*|te lo cambi*|te la cambi*|se lo cambi*|\
             se la cambi*|mand* .. otra|mand* .. otro|envi* .. otra|envi* .. otro|mand* .. nuev*|\
             enviamos .. nuev*|enviaremos .. nuev*|envío .. otra|repon*|reposición",
        grounds: "exchang*|replac*|send .. again|right one|обмен*|замен*|обмін*|замін*|ауыстыр*|cambiar|\
             enviamos otro|correcto",
        except: "пришлите .. нов*",
        ..PROMISE
    },
    // a parcel on its way
    Promise {
        patterns: "we send|we ship|we deliver|we dispatch|we post|we are sending|we're sending|i'm sending|\
             i am sending|sending you|sending it|sending your*|we are shipping|we're shipping|\
             shipping it|shipping your*|we are delivering|we're delivering|will ship|will be shipped|\
             will be sent|will be delivered|will be dispatched|will arrive|will be there|will reach|\
             ships today|on its way|is on the way|отправим|отправлю|отправят|отправляем|отправляю|вышлем|\
             вышлю|вышлют|высылаем|высылаю|пришлем|пришлю|пришлют|присылаем|присылаю|доставим|доставлю|\
             доставят|доставляем|привезем|привезу|привезут|уже в пути|прибудет|відправимо|відправлю|\
             відправляємо|відправляю|надішлемо|надішлю|надсилаємо|надсилаю|пришлемо|пришлю|вишлемо|вишлю|\
             висилаємо|доставимо|доставлю|доставляємо|привеземо|привезу|вже в дорозі|прибуде|жібереміз|\
             жіберемін|жіберіп жатырмыз|жіберіп береміз|жөнелтеміз|жеткіземіз|жеткіземін|жеткізіп бер*|\
             апарып береміз|жолға шықты|enviamos|envio|te envi*|le envi*|os envi*|te enví*|enviaremos|\
             enviaré|mandamos|mandaremos|mandaré|te mand*|le mand*|os mand*|entregamos|entregaremos|\
             te llegar*|le llegar*|llegará|llegarán|está en camino|va en camino",
        grounds: "send*|sent|ship*|deliver*|dispatch*|leave*|arriv*|достав*|отправ*|присыл*|прислали|пришл*|\
             уход*|приход*|надсил*|надішл*|надіслали|відправ*|надход*|приход*|жібер*|жеткіз*|жөнелт*|\
             envi*|enví*|entreg*|mand*|lleg*|sale",
        may_be_kind: true,
        ..PROMISE
    },
    // word from us
    Promise {
        patterns: "get back to you|contact you|call you|e-mail you|email you|write to you|message you|\
             reach out to you|we reply|we answer|we respond|let you know|keep you posted|notify you|\
             свяжемся|свяжусь|свяжутся|перезвоним|перезвоню|позвоним|позвоню|напишем|напишу вам|\
             вам напишу|ответим|отвечу|сообщим|сообщу|уведомим|дадим знать|отпишемся|зв'яжемося|\
             зв'яжемось|зв'яжуся|зателефонуємо|передзвонимо|передзвоню|напишемо|відповімо|повідомимо|\
             повідомлю|дамо знати|хабарласамыз|хабарласамын|қоңырау шал*мыз|жазамыз|жауап береміз|\
             жауап беремін|хабарлаймыз|хабар береміз|contactaremos|contactamos|te contact*|llamaremos|\
             te llamamos|te llamo|escribiremos|te escribimos|responderemos|avisaremos|te avis*|le avis*|\
             nos pon* en contacto",
        grounds: "answer*|repl*|respond*|e-mail*|email*|notif*|отвеч*|ответ*|сообщ*|письм*|відповід*|повідом*|\
             лист|жауап*|хабар*|хат|respond*|respuesta*|avís*|avis*|correo*",
        may_be_kind: true,
        ..PROMISE
    },
    // setting something right, or aside
    Promise {
        patterns: "we fix|we can fix|we repair|we sort|sort it out|sort this out|make it right|make this right|\
             put it right|put this right|take care of it|take care of this|look into it|look into this|\
             we resolve|set .. aside for you|put .. aside|reserve* .. for you|hold .. for you|\
             keep .. for you|save .. for you|исправим|исправлю|разберемся|разберусь|сделаем|сделаю|решим|\
             решу|уладим|починим|починю|проверим|проверю|разыщем|отложим|отложу|зарезервируем|\
             забронируем|придержим|оставим .. вас|виправимо|розберемося|розберемось|зробимо|зроблю|\
             вирішимо|полагодимо|перевіримо|відкладемо|зарезервуємо|притримаємо|залишимо .. вас|\
             түзетеміз|шешеміз|жөндейміз|жөндеп береміз|тексереміз|реттейміз|сақтап қоямыз|алып қоямыз|\
             arreglaremos|arreglamos|te lo arregl*|solucionaremos|solucionamos|haremos|resolveremos|\
             resolvemos|repararemos|reparamos|revisaremos|revisamos|reservamos|reservaremos|te guardamos|\
             te guardo|te reserv*|te apart*|apartamos",
        grounds: "repair*|trace|fix*|season it again|keep it|ремонт*|ищем|разыск*|исправ*|прокал*|хран*|\
             шукаємо|прожар*|виправ*|зберіг*|жөнде*|іздей*|қыздыр*|сақтай*|busca*|repara*|curamos|guarda*",
        ..PROMISE
    },
    // what somebody is going to do
    Promise {
        patterns: "promise*|you'll get|you will get|you'll receive|you will receive|обещаем|обещаю|мы .. будем|\
             мы обязательно|обязательно .. сделаем|даем слово|обіцяємо|обіцяю|ми .. будемо|ми обов'язково|\
             даємо слово|уәде береміз|уәде беремін|уәде етеміз|уәде етемін|міндетті түрде|prometemos|prometo|\
             vamos a|te aseguro|te asegur*mos|le asegur*mos|sin falta",
        grounds: "you get|you receive",
        may_be_kind: true,
        ..PROMISE
    },
    // what we are going to do, with the verb after it
    Promise {
        patterns: INTENTIONS,
        may_be_kind: true,
        ..PROMISE
    },
];

const INTENTIONS: &str = "we will|we'll|we shall|i will|i'll|we are going to|we're going to";

static SAID: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(PROMISES.iter().map(|p| p.patterns)));
static GROUNDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(PROMISES.iter().map(|p| p.grounds)));
static EXCEPT: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(PROMISES.iter().map(|p| p.except)));

/// What kinds a text promises, and where.
pub(super) fn promises(view: &View) -> Vec<(usize, Range<usize>)> {
    let mut found = said(view);
    found.retain(|(kind, place)| !(PROMISES[*kind].may_be_kind && is_affection(view, place)));
    found
}

/// The verb of "we will send": a source that says "we send" allows it. Verbs that could mean anything are none.
pub(super) fn intended<'v>(view: &'v View, kind: usize, place: &Range<usize>) -> Option<&'v str> {
    const LIGHT: [&str; 10] = [
        "be", "do", "get", "give", "have", "let", "make", "see", "take", "try",
    ];
    if PROMISES[kind].patterns != INTENTIONS {
        return None;
    }
    let after = place.end..view.clause(place.end).end;
    view.words_in(&after)
        .iter()
        .map(|w| w.text.as_str())
        .find(|w| {
            !matches!(
                *w,
                "also" | "always" | "gladly" | "happily" | "of" | "course" | "then"
            )
        })
        .filter(|w| !LIGHT.contains(w))
}

/// The kinds of promise that a source speaks of.
pub(super) fn grounds(source: &View) -> BTreeSet<usize> {
    said(source)
        .into_iter()
        .chain(GROUNDS.places(source.words()))
        .map(|(kind, _)| kind)
        .collect()
}

fn said(view: &View) -> Vec<(usize, Range<usize>)> {
    let mut found = SAID.places(view.words());
    if !found.is_empty() {
        let except = EXCEPT.places(view.words());
        found.retain(|(kind, place)| {
            !except
                .iter()
                .any(|(of, e)| of == kind && e.start < place.end && place.start < e.end)
        });
    }
    found
}
