//! What words are about, in five languages: the bridge between how people ask and how documents answer.
//!
//! A pattern is one or more folded words; `*` ends a stem, `~` stands for up to four words of any kind.
//! Nothing here knows a brand or a product: a shop of another kind is served by the plain words of its
//! documents, and by these where it speaks of orders.

use super::words::{tokens, without_kazakh_letters};
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// A subject that documents write about.
    Topic,
    /// A property of a product.
    Property,
    /// What is asked of a subject: how much, how long, when.
    Aspect,
    Place,
    Day,
    /// Material, group of goods.
    Thing,
    /// Marks what kind of comment it is; no subject.
    Tone,
    /// A turn of speech that changes what is meant; its words count as they stand.
    Sign,
}

pub(super) type ConceptId = &'static str;

/// Patterns by the first two letters of their first word, so that a text is compared with few of them.
struct Index {
    by_beginning: HashMap<[char; 2], Vec<(ConceptId, Vec<Pattern>)>>,
    kinds: HashMap<ConceptId, Kind>,
}

enum Pattern {
    Word { text: String, stem: bool },
    Gap,
}

/// Words that a gap may stand for.
const LONGEST_GAP: usize = 4;

impl Pattern {
    fn new(text: &str) -> Self {
        match text {
            "~" => Self::Gap,
            word => Self::Word {
                text: word.trim_end_matches('*').to_owned(),
                stem: word.ends_with('*'),
            },
        }
    }

    fn beginning(&self) -> [char; 2] {
        match self {
            Self::Word { text, .. } => beginning(text),
            Self::Gap => [' ', ' '],
        }
    }

    fn fits(&self, token: &str) -> bool {
        match self {
            Self::Word { text, stem: true } => token.starts_with(text.as_str()),
            Self::Word { text, stem: false } => token == text,
            Self::Gap => false,
        }
    }
}

/// Whether the words from `at` on begin with `pattern`; `hit` gets the places of its words.
fn begins(words: &[String], at: usize, pattern: &[Pattern], hit: &mut Vec<usize>) -> bool {
    let Some((first, rest)) = pattern.split_first() else {
        return true;
    };
    if matches!(first, Pattern::Gap) {
        return (at..=at + LONGEST_GAP).any(|next| begins(words, next, rest, hit));
    }
    if !words.get(at).is_some_and(|w| first.fits(w)) {
        return false;
    }
    hit.push(at);
    let all = begins(words, at + 1, rest, hit);
    if !all {
        hit.pop();
    }
    all
}

/// The concepts of a text, and which of its words they account for.
#[derive(Debug, Clone, Default)]
pub(super) struct Concepts {
    pub ids: BTreeSet<ConceptId>,
    pub covered: Vec<bool>,
    found: Vec<(ConceptId, Vec<usize>)>,
}

impl Concepts {
    /// Of no words.
    pub fn of(ids: impl IntoIterator<Item = ConceptId>) -> Self {
        Self {
            ids: ids.into_iter().collect(),
            ..Self::default()
        }
    }

    pub fn has(&self, id: ConceptId) -> bool {
        self.ids.contains(id)
    }

    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = ConceptId> + '_ {
        self.ids.iter().copied().filter(move |id| kind_of(id) == kind)
    }

    pub fn has_kind(&self, kind: Kind) -> bool {
        self.of_kind(kind).next().is_some()
    }

    /// Places of the words that are about `id`.
    pub fn places_of(&self, id: ConceptId) -> impl Iterator<Item = usize> + '_ {
        self.found
            .iter()
            .filter(move |(found, _)| *found == id)
            .flat_map(|(_, places)| places.iter().copied())
    }

    /// Without those that only words at `places` speak of, where `drops` agrees; their words are plain again.
    pub fn without(&self, places: &[usize], drops: impl Fn(ConceptId) -> bool) -> Self {
        let found = self
            .found
            .iter()
            .filter(|(id, at)| !(drops(id) && at.iter().all(|i| places.contains(i))));
        let mut rest = Self {
            covered: vec![false; self.covered.len()],
            ..Self::default()
        };
        for (id, at) in found {
            rest.add(id, at.clone());
        }
        rest
    }

    /// With those of the words that follow.
    pub fn join(&mut self, after: Self) {
        let shift = self.covered.len();
        self.covered.resize(shift + after.covered.len(), false);
        for (id, at) in after.found {
            self.add(id, at.into_iter().map(|i| i + shift).collect());
        }
    }

    fn add(&mut self, id: ConceptId, places: Vec<usize>) {
        self.ids.insert(id);
        if kind_of(id) != Kind::Sign {
            for at in &places {
                self.covered[*at] = true;
            }
        }
        self.found.push((id, places));
    }
}

pub(super) fn kind_of(id: &str) -> Kind {
    INDEX.kinds.get(id).copied().unwrap_or(Kind::Tone)
}

/// Concepts of already folded words.
pub(super) fn concepts(words: &[String]) -> Concepts {
    let mut found = Concepts {
        covered: vec![false; words.len()],
        ..Concepts::default()
    };
    for start in 0..words.len() {
        let Some(candidates) = INDEX.by_beginning.get(&beginning(&words[start])) else {
            continue;
        };
        for (id, pattern) in candidates {
            let mut hit = Vec::new();
            if begins(words, start, pattern, &mut hit) {
                found.add(id, hit);
            }
        }
    }
    found
}

fn beginning(word: &str) -> [char; 2] {
    let mut letters = word.chars();
    [letters.next().unwrap_or(' '), letters.next().unwrap_or(' ')]
}

pub(super) fn concepts_of(text: &str) -> Concepts {
    concepts(&tokens(text))
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index {
        by_beginning: HashMap::new(),
        kinds: HashMap::new(),
    };
    for (id, kind, patterns) in TABLE {
        index.kinds.insert(id, *kind);
        let written = patterns.split('|').map(str::trim).filter(|p| !p.is_empty());
        let typed = written.clone().filter_map(without_kazakh_letters);
        for pattern in written.map(str::to_owned).chain(typed) {
            let pattern: Vec<Pattern> = pattern.split(' ').map(Pattern::new).collect();
            index
                .by_beginning
                .entry(pattern[0].beginning())
                .or_default()
                .push((*id, pattern));
        }
    }
    index
});

use Kind::{Aspect, Day, Place, Property, Sign, Thing, Tone, Topic};

#[rustfmt::skip]
static TABLE: &[(&str, Kind, &str)] = &[
    // aspects
    ("howmuch", Aspect, "how much|сколько|сколко|скока|скільки|қанша|неше|cuanto|cuanta|how many|сколько это|cuantos|cuantas|amount*"),
    ("cost", Aspect, "set me back|price*|priced|prise|going for|whats the damage|cost*|charge|charges|pay for|почем|почим|пачем|цена|цену|цены|цене|ценник|стоит|стоят|стоить|стоимост*|доплат*|сколько будет|ціна|ціну|ціни|ціною|коштує|коштують|коштуват*|почому|по чому|скіки|скоко|вартіст*|доплатит*|баға*|тұрады|тұра|қанша болады|неше еуро|неше теңге|неше тенге|precio*|cuesta*|costar|cuanto vale|que valor|a como|cuanto es|cuanto sale|cuanto salen|a cuanto sale|a cuanto salen|vale la|que vale|valen|importe|what does one cost|how much is|how much are|how much for|how much to"),
    ("duration", Aspect, "how many days|до какого числа|until when can|how long does|how long do|how long is delivery|how long will|how fast|delivery time|takes|take|working day*|business day*|days|сколько дней|сколько времени|сколько идет|как долго|за сколько|когда придет|долго|дней|рабочих дн*|занимает|срок*|скільки днів|скільки часу|скільки триває|як довго|триває|днів|робочих дн*|термін*|скільки йде|неше күн*|қанша уақыт*|қанша күн*|уақыт*|алады|жұмыс күн*|cuantos dias|cuanto tarda*|tarda*|en cuanto llega*|plazo*|dias|laborable*|cuanto dura*|valid|действует|действуют|дійсн*|жарамды|valen"),
    ("howlong", Aspect, "how long"),
    ("years", Aspect, "how many years|years|сколько лет|лет|скільки років|років|неше жыл|жыл|cuantos anos|anos"),
    ("when", Aspect, "when|когда|коли|қашан|cuando|what time|a que hora|нешеге|нешеде|во сколько|до скольки|до которого|о котрій|до котрої|с какого|until when|how late"),
    ("start", Aspect, "сумм*|сума|суми|minimum|min order|first order|at least|минимальн*|минимум|minimum number|minimum order*|minimum first order*|start at|starts at|от какой|мінімальн*|мінімум|від якої|від скількох|ең аз|минимум|minimo*|desde que|a partir"),
    ("percent", Aspect, "percent*|percentage*|процент*|відсот*|пайыз*|por ciento|porcentaje"),

    // properties of products
    ("stock", Property, "коли буде|когда будет|in stock|out of stock|sold out|available|availability|back in|restock*|preorder*|pre order*|when is it back|is it back|back again|be back|is back|in again|наличи*|появится|появятся|будет снова|распродан*|предзаказ*|на складе|привезете|поступл*|поступит|поступят|завезут|есть в|наявн*|з'явиться|з'явит*|передзамовлен*|на складі|закінчил*|закінчився|қолда бар|сатылымда|қашан болады|қашан келеді|қашан түседі|түседі|таусыл*|алдын ала|disponib*|agotad*|en stock|existencias|cuando vuelve*|vuelve|volvera|reposi*|preventa"),
    ("weight", Property, "weigh*|weight*|heavy|heavier|how heavy|вес|весит|весят|тяжел*|важить|вага|важк*|важать|салмақ*|салмағ*|ауыр*|pesa|pesan|peso|pesad*"),
    ("length", Property, "length*|long|how tall|long including|how long is the|how long is|with the handle|including handle|with handle|длин*|довжин*|ұзындық*|ұзындығ*|de largo|cuanto mide*|mide de|largo|con el mango|с ручкой|з ручкою|тұтқасымен"),
    ("width", Property, "width*|wide|шир*|ені|ancho|anchura"),
    ("measure", Property, "size*|dimension*|measure*|how big|размер*|розмір*|өлшем*|medida*|mide|miden|talla*|tamano*|cuanto mide"),
    ("thickness", Property, "thick*|толщин*|толст*|товщин*|товст*|қалың*|grosor|espesor|grues*"),
    ("base", Property, "base|flat bottom|bottom|diameter*|дно|дна|диаметр*|діаметр*|түб*|диаметрі|fondo|diametro*"),
    ("capacity", Property, "how many litre*|how many liter*|litre*|liter*|capacity|holds|how many cups|cups|литр*|сколько литров|объем*|вмещает|чашек|літр*|об'єм*|вміщ*|чашок|сыяды|сыйымдыл*|көлем*|litro*|capacidad|cabe|caben|tazas"),
    ("people", Property, "people|ppl|pax|person|persons|serves|of us|человек*|персон*|нас пятеро|двоих|троих|людей|осіб|адам*|адамға|personas|somos"),
    ("material", Property, "material*|made of|made from|what is it made|материал*|из чего|матеріал*|з чого|неден жаса*|материалы|de que esta|de que material|hecho de|hecha de"),
    ("ingredients", Property, "ingredient*|what is in it|what's in it|whats in it|contain*|in it|состав*|содерж*|что внутри|что входит|склад|складі|складу|містить|містять|що входить|құрам*|құрамында|не бар|ingredient*|contiene*|lleva|llevan|que trae"),
    ("hardness", Property, "hardness|hrc|rockwell|твердост*|твердіст*|қаттылы*|dureza"),

    // care and use
    ("induction", Topic, "induc*|индукц*|індукц*|индукция*"),
    ("hob", Thing, "hob|hobs|stove|плит*|плитк*|cocina de gas|vitroceramica|fogon*"),
    ("gas", Thing, "gas|газ|газу|газе|газі|газда"),
    ("oven", Topic, "oven*|degrees|духов*|градус*|horno|hornear|grados|духовка*"),
    ("dishwasher", Topic, "dishwasher*|dish washer|посудомо*|посудомий*|ыдыс жуғыш*|lavavajillas|lavaplatos"),
    ("microwave", Topic, "microwave*|микроволн*|мікрохвил*|микротолқын*|microondas"),
    ("firstuse", Topic, "first use|before using|before the first|first time|первым использ*|первый раз|першим використ*|алғаш қолдан*|алғаш рет|primer uso|antes de usar"),
    ("washing", Topic, "wash*|clean|cleaning|soap|мыть|помыть|моете|мойте|вымыть|мыло|стира*|прати|випрати|перу|періть|мити|помити|мийте|мило|жуу*|жуыңыз|жуамын|lavar*|lava|lavo|limpi*|jabon"),
    ("temperature", Aspect, "temperature*|at what temp*|what temp*|температур*|при якій|при какой|градусе|temperatura|a cuantos"),
    ("shrink", Topic, "shrink*|садится|усадк*|сядет|сідає|збіга*|отырып|отыра|encoge*"),
    ("seasoning", Topic, "season|re season|reseason*|seasoning again|seasoned|прокал*|прожар*|қайта қыздыр*|қыздыру|volver a curar|curar*|curad*"),
    ("rust", Topic, "rust*|ржав*|рыжими|рыжие|іржа*|іржу|іржі|тот|тотты|тотын|тоттан*|тот басу|oxid*"),
    ("rescue", Topic, "rescue*|fix rusty|you fix|restor*|спаса*|спасен*|реанимир*|порятун*|рятуєте|құтқар*|rescat*|recuper*"),
    ("acid", Topic, "tomato*|wine|lemon*|acid*|vinegar dish|помидор*|томат*|вино|вином|вина|лимон*|кисл*|помідор*|вином|қызанақ*|шарап*|қышқыл*|tomate*|vino|limon*|acid*"),
    ("utensils", Topic, "metal utensil*|metal spoon|metal whisk|whisk|spatula*|utensil*|металлическ* лопат*|лопатк*|лопатки|металев* лопат*|металл қалақша|қалақша*|utensilio*|espatula*|batidor*"),
    ("descale", Topic, "limescale|descal*|scale in|lime|hard water|накип*|қақ|қағын|қақты|quito la cal|la cal|cal del|descalcific*"),
    ("sticking", Topic, "stick|sticks|sticking|stuck|прилип*|пригора*|прилипа*|жабыс*|күйіп*|se pega*|pega"),
    ("care", Topic, "look after|care for|take care|care|ухаж*|уход|доглядат*|догляд*|күтім*|cuid*|cuidado*"),
    ("oilwood", Topic, "oil the board|oil wood|масло для доск*|олія для дош*"),
    ("nonstick", Topic, "non stick|nonstick|coating*|teflon|pfas|антипригар*|покрыти*|тефлон*|покритт*|жабын*|күйіп қалмайтын|antiadherente*|teflon|recubrimiento"),

    // food
    ("allergens", Topic, "allerg*|trace*|аллерг*|следы|алерг*|сліди|аллерген*|іздері|alerg*|traza*"),
    ("sesame", Topic, "sesame|кунжут*|күнжіт*|sesamo"),
    ("mustard", Topic, "mustard|горчиц*|гірчиц*|қыша|қышасы|mostaza"),
    ("celery", Topic, "celery|сельдер*|селер*|балдыркөк*|apio"),
    ("gluten", Topic, "gluten*|глютен*|клейковин*|celiac*|coeliac*|целиак*"),
    ("vegan", Topic, "vegan*|веган*|vegano*"),
    ("nuts", Topic, "nut|nuts|peanut*|hazelnut*|almond*|орех*|орехи|горіх*|арахіс*|арахис*|фундук*|мигдал*|миндал*|жаңғақ*|frutos secos|nuez|nueces|avellana*|almendra*|cacahuete*"),
    ("salt", Topic, "salt|salty|sodium|соль|соли|солен*|сіль|солі|солон*|тұз|тұзы|тұзды|sal|sodio"),
    ("sugar", Topic, "sugar*|сахар*|цукор|цукру|қант|қанты|azucar*"),
    ("additives", Topic, "additive*|msg|anti caking|anticaking|colouring*|coloring*|colours added|flavour enh*|preservative*|добавк*|краситель*|красител*|усилител*|консервант*|барвник*|підсилювач*|глутамат*|бояғыш*|aditivo*|colorante*|conservante*|potenciador*|glutamato"),
    ("shelflife", Topic, "shelf life|expire*|expiry|best before|keep for|how long do spices|срок годности|хранятся|хранится|годност*|термін придатності|зберігаю*|зберігає*|придатн*|жарамдылық*|сақталады|сақталу*|caduc*|duran|dura|cuanto duran"),
    ("storing", Topic, "store spices|how to store|keep spices|storing|как хранить|хранить|як зберігати|зберігати|қалай сақтау*|сақтау|guardar|guardo|conservar"),
    ("origin", Topic, "where does it come|come from|comes from|where is it from|origin|откуда|звідки|қайдан|de donde|origen|procede"),
    ("organic", Topic, "organic*|органич*|органічн*|органикалық*|ecologic*|organico*|bio"),
    ("halal", Topic, "halal*|kosher*|халял*|халал*|кошер*"),
    ("hot", Topic, "how hot|spicy|hot is|heat scale|too hot|very hot|остра*|остры*|острот*|остро|гостр*|ащы|ащылы*|pica|pican|picante*"),

    // orders
    ("delivery", Topic, "do you send|send to|post to|tarda* ~ paquete*|llega* ~ paquete*|parcel ~ reach*|parcel ~ take*|parcel ~ arrive*|идет ~ посылк*|посылк* ~ идет|посылк* ~ дойдет|йде ~ посилк*|посилк* ~ йде|paquete ~ tarda*|paquete ~ lleg*|reach|reaches|arrive in|get to|deliver*|shipping|ship|ships|shipped|postage|courier*|доставк*|доставля*|доставит*|дойдет|довез*|отправляете|пересыл*|шлете|привез*|доставля*|надсила*|доїде|пересилан*|жеткіз*|жетеді|жібересіз*|жібереміз|envio|envios|enviais|envian|enviar|enviamos|llega|llegar*|mandais|reparto"),
    ("countries", Topic, "countries|country|which countries|do you ship to|ship to|страны|стран|какие страны|в какие|країни|країн|яких країн|елдер*|қай елдер*|paises|pais|a que paises"),
    ("freeship", Topic, "free shipping|free delivery|shipping free|shipping is free|free postage|бесплатн* доставк*|доставка бесплатн*|безкоштовн* доставк*|доставка безкоштовн*|тегін жеткіз*|жеткізу тегін|envio gratis|gratis el envio|gratis es el envio"),
    ("free", Aspect, "free|бесплатн*|безкоштовн*|тегін|gratis|gratuit*"),
    ("express", Topic, "express*|next day|urgent|экспресс*|срочн*|експрес*|термінов*|жедел*|expres*|urgente*"),
    ("pickup", Topic, "pick up|pickup|collect|collection in|самовывоз*|забрать|самовивіз*|забрати|алып кету*|өзім алып|өзіңіз алып|recog*|recogida"),
    ("locker", Topic, "locker*|постамат*|почтомат*|поштомат*|taquilla*"),
    ("tracking", Topic, "track*|tracking|отслед*|отслеж*|трек*|відстеж*|відстежит*|бақыла*|seguimiento|rastre*"),
    ("customs", Topic, "custom|customs|duty|duties|import tax*|таможн*|пошлин*|растамож*|митн*|мито|мита|кеден*|баж|aduana*|arancel*"),
    ("damaged", Topic, "damaged|broken|chipped|chip|cracked|crushed|crack|dented|разбит*|сломан*|скол|сколом|сколы|трещин*|помят*|побит*|розбит*|зламан*|відкол*|тріщин*|подряпан*|сынып|сынған|сынық|жарық*|бүлін*|roto|rota|rotos|desportill*|golpead*|abollad*|mella"),
    ("late", Topic, "late|lost|still waiting|not arrived|hasn't arrived|never arrived|didn't arrive|delayed|where is my order|where is my parcel|опазд*|потерял*|не пришл*|не пришел|где моя посылка|где мой заказ|задерж*|не шевелится|запізн*|загубил*|не прийшл*|де моє|де моя|кешік*|жоғал*|келген жоқ|келмеді|retras*|perdid*|no ha llegado|no llega|no me ha llegado"),
    ("packaging", Topic, "packaging|packed in|plastic|упаков*|пластик*|пакуван*|пакуєте|қаптама*|embalaje*|embalais|plastico"),
    ("return", Topic, "return*|send back|send one back|send it back|bring back|возврат*|вернуть|верну|возвращ*|повернут*|повернен*|поверну|қайтар*|devol*|devuelv*"),
    ("refund", Topic, "refund*|money back|reimburs*|возврат денег|верните деньги|вернете деньги|вернут деньги|деньги назад|деньги верн*|поверніть гроші|повернення коштів|гроші назад|кошти назад|ақшамды қайтар*|ақшаны қайтар*|ақша қайтар*|ақша қашан қайтады|reembols*|devolved* dinero|mi dinero"),
    ("exchange", Topic, "exchange*|swap|обмен*|обменять|поменять|обмін*|поміняти|ауыстыр*|cambiar*|cambio"),
    ("warranty", Topic, "warrant*|guarantee*|гаранти*|гаранті*|кепілдік*|кепілдіг*|garantia*"),
    ("notcovered", Topic, "does not cover|not covered|cover|covered|covers|не покрыва*|покрыва*|гарантийн* случа*|не покрива*|гарантійн* випад*|кірмейді|no cubre|cubre"),
    ("cancel", Topic, "cancel*|отмен*|скасу*|бас тарт*|cancel*|anular"),
    ("wrongitem", Topic, "wrong item|wrong colour|wrong color|wrong size|wrong one|instead of|got the wrong|не тот|не то прислали|не ту|прислали друг*|не той|не те|інший колір|қате|басқа тауар*|equivocad*|otro color|no es el que"),
    ("missing", Topic, "missing|only came|пришла только|пришел только|не хватает|не доложили|бракує|не вистачає|жетіспей*|faltan|falta"),
    ("payment", Topic, "payment*|pay with|pay by|can i pay|how to pay|how can i pay|you can pay|paypal|visa|mastercard|apple pay|google pay|card payment|оплат*|платит*|платеж*|способы оплаты|платіж*|сплат*|төле*|төлем*|pago*|pagar|tarjeta de credito|bizum"),
    ("instalments", Topic, "instal*|in parts|klarna|pay later|частями|рассрочк*|долями|частинами|розстрочк*|бөліп төле*|бөліп|a plazos|plazos|en cuotas"),
    ("cod", Topic, "cash on delivery|on delivery|при получении|наложен*|накладен*|при отриманні|алған кезде|алғанда төле*|contra reembolso|al recibir"),
    ("giftwrap", Topic, "gift wrap*|gift wrapp*|wrap|wrapping|wrapped|подарочн* упаков*|упаков* подароч*|упаков* в подарок|упаковать|завернут*|обернут*|подарунков* пакуван*|пакування подарунк*|подарунков* упаков*|запакувати|сыйлық қаптама*|сыйлыққа орап|орап бер*|орайсыз*|envoltorio*|envolver*|envolveis|envuelv*|para regalo"),
    ("note", Topic, "note|handwritten|card with|открытк*|записк*|листівк*|листівц*|листівок|ашықхат*|nota|tarjeta a mano"),
    ("characters", Aspect, "character*|letters long|знаков|символов|знаків|символів|таңба*|caracter*"),
    ("giftcard", Topic, "gift card*|giftcard*|voucher*|сертификат подар*|подарочн* карт*|подарочн* сертиф*|подарунков* карт*|подарунков* сертиф*|сыйлық карта*|tarjeta* regalo|tarjetas de regalo|cheque regalo"),
    ("discount", Topic, "discount*|discount code*|promo*|coupon*|скидк*|промокод*|знижк*|жеңілдік*|жеңілдіг*|descuento*|codigo"),
    ("firstorder", Topic, "first order|newsletter*|first purchase|перв* заказ*|рассылк*|перше замовлен*|першого замовлен*|розсилк*|алғашқы тапсырыс*|primer pedido|primera compra|boletin"),
    ("sale", Topic, "black friday|sales|on sale|a sale|any sale|the sale|your sale|next sale|sale price*|чер* пятниц*|распродаж*|чорн* п'ятниц*|розпродаж*|қара жұма*|жеңілдік апта*|rebajas|viernes negro"),
    ("lid", Topic, "lid|lids|крышк*|крышеч*|кришк*|қақпа*|қақпағы*|tapa|tapas"),
    ("comeswith", Topic, "come with|comes with|include*|sold separately|in the box|в комплекте|вместе с|комплект*|у комплекті|разом з|қақпағымен|жинақта|viene con|incluye|incluid*|trae"),
    ("fits", Topic, "fit|fits|fitting|which lid|подходит крышк*|какая крышка|подойдет|підходить кришк*|яка кришка|сәйкес|қай қақпақ|que tapa|encaja"),
    ("madein", Topic, "made in|where ~ made|where ~ produced|где ~ сделан*|где ~ делают|де ~ зроблен*|қайда ~ жасал*|donde ~ hace*|donde ~ fabric*|where are your|where is it made|where do you make|produced|manufactur*|производ*|делаете|делают|виробл*|виготовл*|жасалады|қайда жаса*|шығарыл*|fabric*|hech* en|donde se hace*"),
    ("about", Topic, "who are you|founded|your story|about you|кто вы|основал*|хто ви|заснув*|біз кім*|кімсіздер|құрылған|quienes sois|fundasteis"),
    ("spareparts", Topic, "spare*|replacement part*|buy just|just the handle|just the knob|knob*|запасн*|запчаст*|отдельно ручк*|запасна|запчастин*|қосалқы*|recambio*|repuesto*|pomo"),
    ("handle", Thing, "handle*|ручк*|ручек|тұтқа*|mango|asa"),
    ("monogram", Topic, "monogram*|initials|embroider*|name on it|монограм*|вышив*|вышить|инициал*|вишив*|ініціал*|кестеле*|монограмма*|bordar*|bordais|monograma|iniciales"),
    ("invoice", Topic, "invoice*|vat number|счет на компан*|счет факт*|рахунок*|рахунок фактур*|шот|счет на|factura*"),
    ("notify", Topic, "notify*|let me know when|сообщ* когда|уведом*|повідом* коли|сповіст*|хабарла*|avisa*|avisad*"),
    ("changeorder", Topic, "change my order|change the address|change an order|изменить заказ|изменить адрес|поменять адрес|змінити замовлення|змінити адресу|тапсырысты өзгерт*|мекенжайды өзгерт*|cambiar el pedido|cambiar la direccion|cambiar mi pedido"),
    ("howtoorder", Topic, "how to order|how do i order|how can i order|where can i buy|where to buy|как заказать|где купить|как купить|як замовити|де купити|қалай тапсырыс*|қайдан сатып|como pido|como comprar|donde compr*|como pedir"),

    // trade
    ("wholesale", Topic, "wholesale|trade price*|bulk order|resell*|опт|оптом|оптов*|опту|гурт*|оптова*|көтерме*|al por mayor|mayorist*|mayoreo"),
    ("corporate", Topic, "corporate*|for the team|for our team|корпоратив*|для команды|для команди|корпоративтік*|corporativ*|para empresa*|para el equipo"),
    ("logo", Thing, "logo*|логотип*"),
    ("engraving", Topic, "engrav*|гравир*|гравіюв*|ойып|гравировка*|grabar*|grabad*|grabado"),
    ("samples", Topic, "sample*|образц*|пробник*|зразк*|үлгі*|muestra*"),
    ("marketplace", Topic, "marketplace*|amazon|ebay|маркетплейс*|allegro"),
    ("collab", Topic, "collab*|influencer*|blogger*|partnership*|partner|barter|feature you|сотруднич*|коллаборац*|блог|блогер*|бартер*|партнер*|співпрац*|колаборац*|ынтымақтас*|серіктес*|colabor*|propone* una|influencer"),
    ("supplier", Topic, "supplier*|potter*|weaver*|grower*|поставщик*|гончар*|постачальник*|жеткізуші*|алфавит|proveedor*|ceramist*"),

    // the shop
    ("hours", Topic, "open|opening|opened|close|closing|closed|working hours|hours|часы работы|работаете|открыт*|открываетесь|закрыва*|закрыт*|график|працюєте|відчинен*|відкрит*|зачинен*|години роботи|графік|ашық*|жабық*|жұмыс уақыт*|жұмыс істейсіз*|abris|abierto*|abren|abre|cerrais|cierra*|cerrad*|horario*"),
    ("showroom", Thing, "showroom|shop|store|boutique|шоурум*|магазин*|крамниц*|дүкен*|tienda*|шоурум*"),
    ("othercities", Topic, "other cities|other city|shop in|store in|shops in|другие города|других городах|магазин в|магазины в|інших містах|магазин у|магазини в|басқа қала*|otras ciudades|tienda en|tiendas en"),
    ("address", Topic, "address*|where are you|where is your|located|location|адрес*|где находитесь|где вы находитесь|где вы|адреса|де ви знаходитесь|де знаходит*|мекенжай*|қайда орналас*|direccion|donde estais|donde esta*|ubicacion"),
    ("parking", Topic, "park|parking|парков*|припаркув*|тұрақ*|aparcar*|aparcamiento|parking"),
    ("phone", Topic, "phone number|phone*|telephone*|call you|can i call|can call|телефон*|позвонить|зателефон*|подзвонити|қоңырау*|telefono*|llamar|llamo"),
    ("contact", Topic, "contact*|write to|e mail|email|who do we write|контакт*|кому писать|куда писать|почта|на почту|кому написат*|куди писати|байланыс*|қайда жаз*|contacto*|a quien escrib*|correo"),
    ("support", Topic, "customer service|support|answer time|how fast do you answer|когда ответите|отвечаете|відповідаєте|жауап бересіз*|respondeis|contestais|поддержк*|служб* поддерж*|підтримк*|қолдау қызмет*|atencion al cliente"),
    ("workshop", Topic, "workshop*|class|classes|course|мастер класс*|мастер класса|курс*|майстер клас*|шеберлік*|taller*|clase*|curso*"),
    ("sharpening", Topic, "sharpen*|заточ*|точите|наточ*|поточ*|точити|загостр*|қайрай*|қайрау*|afil*"),
    ("accessible", Topic, "wheelchair*|step free|steps|accessib*|stroller|ступен*|коляск*|доступност*|сходин*|візк*|баспалдақ*|арба*|silla de ruedas|escalon*|accesib*"),
    ("dogs", Topic, "dog|dogs|pet|pets|children welcome|собак*|с собакой|питом*|собач*|песик*|ит|итпен|иттер*|perro*|mascota*"),
    ("children", Thing, "kid|kids|kids'|kid's|child|children|children's|baby|детск*|ребен*|дитяч*|дитин*|бала|балалар*|балаға|nino*|nina*|infantil*|bebe"),
    ("apron", Thing, "apron*|bib|фартук*|передник*|фартух*|алжапқыш*|delantal*|mandil*"),
    ("cutlery", Thing, "knife|knives|нож|ножи|ножа|ножей|ніж|ножі|ножів|пышақ*|пышағ*|cuchillo*"),
    ("castiron", Thing, "cast iron|чугун*|чавун*|шойын*|hierro*"),
    ("enamel", Thing, "enamel*|эмал*|емал*|esmalt*"),
    ("stainless", Thing, "stainless|нержаве*|нержав*|тот баспайтын|inox*|acero inoxidable"),
    ("linen", Thing, "linen|лен|льна|льнян*|льон*|лляни*|лляно*|лляна|зығыр*|lino"),
    ("spices", Thing, "spice*|blend*|специ*|смес*|приправ*|спеці*|суміш*|дәмдеуіш*|қоспа*|especia*|mezcla*"),
    ("bakingmix", Thing, "baking mix*|mix|смесь для выпечк*|суміш для випічк*"),

    // places and days
    ("iberia", Place, "portugal|spain|португал*|испани*|іспані*|португалія*|испания*|espana|peninsula|valencia|madrid|barcelona|sevilla|cadiz|bilbao|malaga|мадрид*|барселон*|валенси*|порту|лиссабон*|лісабон*"),
    ("eu", Place, "eu|european union|germany|france|italy|poland|sweden|netherlands|belgium|austria|ireland|finland|denmark|czech*|greece|hungary|romania|bulgaria|croatia|slovak*|sloven*|lithuania|latvia|estonia|luxembourg|malta|cyprus|berlin|paris|rome|vienna|ghent|rotterdam|евросоюз*|ес|германи*|франци*|итали*|польш*|швеци*|нидерланд*|голланди*|бельги*|австри*|ирланди*|финлянди*|дания|данию|дании|чехи*|греци*|венгри*|румыни*|болгари*|хорвати*|словаки*|словени*|литв*|латви*|эстони*|єс|німеччин*|франці*|італі*|польщ*|швеці*|нідерланд*|бельгі*|австрі*|ірланді*|фінлянді*|данія|данію|чехі*|греці*|угорщин*|румуні*|болгарі*|хорваті*|словаччин*|словені*|латві*|естоні*|ео|германия*|польша*|ue|alemania|francia|italia|polonia|suecia|paises bajos|holanda|belgica|irlanda|finlandia|dinamarca|chequia|grecia|hungria|rumania|bulgaria"),
    ("uk", Place, "uk|united kingdom|england|britain|great britain|london|scotland|wales|norway|switzerland|oslo|великобритан*|британи*|англи*|лондон*|норвеги*|швейцари*|велик* британ*|британі*|англі*|норвегі*|швейцарі*|ұлыбритания*|норвегия*|швейцария*|reino unido|inglaterra|londres|noruega|suiza"),
    ("east", Place, "ukraine|kazakhstan|georgia|armenia|kyiv|kiev|almaty|astana|tbilisi|украин*|казахстан*|грузи*|армени*|киев*|алмат*|астан*|україн*|грузі*|вірмен*|київ*|києв*|львов*|львів*|одес*|қазақстан*|алматы*|астана*|шымкент*|ucrania|kazajistan|armenia"),
    ("elsewhere", Place, "usa|the us|united states|america|canada|brazil|mexico|argentina|chile|colombia|peru|venezuela|ecuador|bolivia|paraguay|uruguay|cuba|panama|guatemala|honduras|nicaragua|el salvador|costa rica|puerto rico|dominican republic|russia|belarus|moldova|serbia|montenegro|albania|kosovo|bosnia|macedonia|azerbaijan|uzbekistan|kyrgyzstan|tajikistan|turkmenistan|mongolia|turkey|china|japan|korea|taiwan|hong kong|singapore|thailand|vietnam|indonesia|malaysia|philippines|australia|new zealand|india|pakistan|bangladesh|sri lanka|nepal|israel|iran|iraq|saudi arabia|dubai|uae|emirates|qatar|kuwait|oman|bahrain|lebanon|egypt|morocco|tunisia|algeria|nigeria|kenya|ghana|ethiopia|south africa|iceland|andorra|liechtenstein|сша|америк*|канад*|бразил*|мексик*|аргентин*|колумби*|росси*|москв*|петербург*|минск*|беларус*|белорус*|молдов*|молдав*|серби*|черногори*|албани*|босни*|македони*|азербайджан*|узбекистан*|ташкент*|кыргызстан*|киргиз*|бишкек*|таджикистан*|туркменистан*|монголи*|турци*|стамбул*|китай|китая|китаю|китае|япони*|коре|корея|корею|кореи|таиланд*|вьетнам*|индонези*|сингапур*|австрали*|новую зеланди*|новой зеланди*|индия|индию|индии|израил*|иран|ирана|ирак|дубай*|дубаи|эмират*|оаэ|катар|египет|египт*|марокко|тунис*|исланди*|росі*|білорус*|сербі*|чорногорі*|албані*|боснія|боснію|македоні*|туреччин*|японі*|кореї|таїланд*|австралі*|нову зеланді*|нової зеланді*|індія|індію|індії|ізраїл*|емірат*|оае|єгипет|єгипт*|туніс*|ісланді*|ресей*|мәскеу*|сербия*|молдова*|әзербайжан*|өзбекстан*|қырғызстан*|тәжікстан*|түрікменстан*|моңғолия*|түркия*|қытай*|жапония*|корея*|ақш|америка*|канада*|мексика*|бразилия*|австралия*|үндістан*|мысыр*|estados unidos|eeuu|ee uu|brasil|rusia|moscu|bielorrusia|moldavia|turquia|japon|tailandia|filipinas|nueva zelanda|arabia saudi|catar|marruecos|tunez|argelia|egipto|sudafrica|islandia|republica dominicana"),
    ("outside", Place, "outside the eu|за пределами ес|за пределы ес|за межами єс|за межі єс|ео дан тыс|fuera de la ue"),
    ("porto", Place, "porto|braga|порто"),
    ("weekdays", Day, "tuesday*|wednesday*|thursday*|friday*|вторник*|сред*|четверг*|пятниц*|вівтор*|серед*|четвер*|п'ятниц*|сейсенбі*|сәрсенбі*|бейсенбі*|жұма|жұмада|martes|miercoles|jueves|viernes"),
    ("saturday", Day, "saturday*|weekend*|суббот*|выходн*|субот*|вихідн*|сенбі*|демалыс*|sabado*|fin de semana|fines de semana"),
    ("sunday", Day, "sunday*|weekend*|воскресень*|выходн*|неділ*|вихідн*|жексенбі*|демалыс*|domingo*|fin de semana|fines de semana"),
    ("monday", Day, "monday*|понедельник*|понеділ*|дүйсенбі*|lunes"),
    ("holiday", Day, "holiday*|christmas*|december|january|new year|easter|праздник*|рождеств*|декабр*|январ*|новый год|новым годом|свят*|різдв*|грудн*|січн*|мереке*|желтоқсан*|қаңтар*|жаңа жыл*|navidad*|diciembre|enero|festivo*"),

    // tone
    ("again", Tone, "second time|again|another problem|twice|second jar|two tins|снова|второй раз|вторая ошибка|опять|знову|другий раз|вдруге|тағы|екінші рет|segundo problema|segunda vez|otra vez|de nuevo"),
    ("legal", Tone, "lawyer*|sue you|sue them|suing|will sue|going to sue|to court|in court|court case|court order|small claims|consumer protection|legal action|lawsuit|адвокат*|суд|в суд|роспотреб*|иск|подам в|позов*|до суду|споживач* прав*|заңгер*|сотқа|сот|abogad*|demanda*|denunci*|consumo"),
    ("health", Tone, "pregnan*|breastfeed*|nursing|doctor*|medical|medicine|diabet*|fodmap|poison*|hospital*|burned my|burnt my|rash|беременн*|кормящ*|врач*|лекарств*|диабет*|отрави*|больниц*|ожог*|вагітн*|годуюч*|лікар*|ліки|діабет*|отруї*|лікарн*|жүкті*|дәрігер*|емізе*|улан*|embaraz*|lactancia|medic*|hospital|intoxic*|quemad*"),
    ("press", Tone, "journalist*|newspaper|magazine|editorial|interview*|журналист*|интервью|газет*|журналіст*|інтерв'ю|журналист*|periodist*|entrevista*"),
    ("cheaper", Tone, "cheaper for|best price you|lower the price|knock off|дешевле|уступ*|скинете|подешевше|арзанда*|арзанырақ|mas barato|rebaj* el precio"),

    // turns of speech
    ("why", Sign, "why|how come|почему|зачем|чего это|чому|навіщо|неге|неліктен|por que|a que se debe"),
    ("than", Sign, "than|compared|versus|vs|чем|нежели|по сравнению|порівняно|қарағанда|mas caro|mas cara|mas caros|comparado*"),
    ("offers", Sign, "do you have|do you still have|do you still sell|still have|you have|have you got|you got|do you sell|you sell|do you stock|is there a|are there|у вас есть|есть у вас|есть ли|есть|имеется|є|у вас є|чи є|маєте|бар|бар ма|hay|teneis|tienes|vendeis|queda|quedan"),
    ("parcel", Sign, "parcel*|package|packages|order|orders|ordered|delivery|delivered|shipment*|shipping|box|courier*|tracking|arriv*|посылк*|заказ*|доставк*|курьер*|коробк*|посилк*|замовлен*|кур'єр*|коробц*|тапсырыс*|посылка*|жеткіз*|сәлемдеме*|қорап*|paquete*|pedido*|envio*|caja|cajas|mensajero*"),
    ("arrival", Sign, "came|come with a|arriv*|received|got it|got mine|unpack*|unbox*|opened the|turned up|showed up|пришл*|пришел|пришли|приехал*|доехал*|получил*|распаков*|открыл*|прийшл*|прийшов|приїхал*|отримал*|розпаков*|відкрил*|келді|келген|келіп|жетті|алдым|аштым|llego|llegaron|llegado|venia|venian|vino|vinieron|recibi|recibido|abri"),
    ("later", Sign, "after ~ day*|after ~ week*|after ~ month*|after ~ year*|after ~ use*|after ~ wash*|after using|day* later|week* later|month* later|year* later|months of|years of|weeks of|first wash|with use|через ~ недел*|через ~ месяц*|через ~ год*|через ~ лет|через полгода|через ~ дн*|через ~ день|после ~ использован*|после ~ мыть*|после ~ стирк*|спустя|за ~ месяц*|за ~ год*|лет использован*|через ~ тижн*|через ~ місяц*|через ~ рік|через ~ рок*|через ~ дн*|після ~ використан*|після ~ митт*|після ~ прання|за ~ місяц*|аптадан кейін|апта ~ кейін|айдан кейін|ай ~ кейін|жылдан кейін|жыл ~ кейін|күннен кейін|жуғаннан кейін|қолданған*|пайдаланған*|despues de ~ dia*|despues de ~ semana*|despues de ~ mes*|despues de ~ ano*|despues de ~ uso*|despues de lavar*|tras ~ dia*|tras ~ semana*|tras ~ mes*|tras ~ ano*|tras ~ uso*|tras ~ lavado*|a la semana|al mes|al ano|a los ~ dia*|a los ~ mes*|a los ~ ano*|con el uso|dias despues|semanas despues|meses despues|anos despues"),
    ("contacted", Sign, "i wrote|wrote to you|have written|i've written|i emailed|emailed you|i sent|already sent|already wrote|already contacted|i contacted|i messaged|no reply|no answer|no answers|zero answers|no response|not answered|never answered|nobody ~ answer*|no one ~ answer*|уже писал*|уже написал*|я писал*|я написал*|писала вам|писал вам|написала вам|написал вам|уже отправил*|отправил* фото|отправила еще|отправил еще|не отвеча*|не ответил*|никто не пишет|без ответа|тишина|вже писал*|вже написал*|я писал*|я написал*|писала вам|писав вам|вже надіслал*|вже відправил*|не відповіда*|не відповіл*|ніхто не|без відповіді|жазғанмын|жаздым|жазған едім|жібердім|жауап жоқ|жауап бермей*|жауап келмеді|ya escribi|os escribi|he escrito|ya os escribi|ya envie|ya mande|ya he enviado|ya he mandado|sin respuesta|nadie responde|nadie contesta|no respondeis|no contestais|no me han contestado"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_has_the_same_concepts_in_every_language() {
        for text in [
            "How much is delivery to Germany?",
            "Сколько стоит доставка в Германию?",
            "Скільки коштує доставка до Німеччини?",
            "Германияға жеткізу қанша тұрады?",
            "¿Cuánto cuesta el envío a Alemania?",
        ] {
            let found = concepts_of(text);
            for id in ["delivery", "cost", "eu"] {
                assert!(found.has(id), "{id} in {text}: {:?}", found.ids);
            }
        }
    }

    #[test]
    fn a_gap_stands_for_a_few_words_and_no_more() {
        assert!(concepts_of("where is the big kettle made?").has("madein"));
        assert!(concepts_of("it chipped after two short weeks").has("later"));
        assert!(!concepts_of("where are we going, and is the kettle nicely made?").has("madein"));
    }

    #[test]
    fn what_only_the_name_of_a_product_speaks_of_can_be_left_out() {
        let found = concepts_of("can the dutch oven go in the dishwasher");
        let rest = found.without(&[2, 3], |_| true);
        assert!(found.has("oven") && !rest.has("oven") && rest.has("dishwasher"));
        assert!(!rest.covered[3], "its words are plain again");
        let twice = concepts_of("can the dutch oven go in the oven").without(&[2, 3], |_| true);
        assert!(twice.has("oven"), "the second oven is meant");
    }

    #[test]
    fn a_name_that_is_also_a_word_of_the_law_is_a_name() {
        assert!(!concepts_of("Sue here, how much is the mug?").has("legal"));
        assert!(!concepts_of("a mug for the tennis court").has("legal"));
        for text in ["I will sue you", "see you in court", "taking you to court"] {
            assert!(concepts_of(text).has("legal"), "{text}");
        }
    }

    #[test]
    fn ids_are_unique_and_patterns_are_folded() {
        let mut seen = BTreeSet::new();
        for (id, _, patterns) in TABLE {
            assert!(seen.insert(id), "{id} twice");
            for pattern in patterns.split('|') {
                let plain = pattern.replace('*', "");
                let folded = super::super::words::fold(&plain);
                assert!(folded == plain, "{pattern}");
            }
        }
    }
}
