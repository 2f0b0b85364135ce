//! What the free text of a product row says yes or no to, and its words in other languages.

use super::wording::Tongue;
use super::words::{alike, fold, is_number, sentences, tokens};
use domain::draft::ProductFacts;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Induction,
    Oven,
    Dishwasher,
    Microwave,
}

impl Use {
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Induction, "induction"),
        (Self::Oven, "oven"),
        (Self::Dishwasher, "dishwasher"),
        (Self::Microwave, "microwave"),
    ];
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub yes: bool,
    /// "250" of "in the oven up to 250 °C".
    pub degrees: Option<String>,
}

/// `None` when the row does not say, or says both.
pub(super) fn verdict(product: &ProductFacts, use_: Use) -> Option<Verdict> {
    let said: Vec<Verdict> = [&product.care, &product.description]
        .into_iter()
        .flatten()
        .flat_map(|text| sentences(text))
        .flat_map(|sentence| verdicts_of(&fold(sentence), use_))
        .collect();
    let first = said.first()?;
    said.iter().all(|v| v.yes == first.yes).then(|| first.clone())
}

/// What a section says of the material of a product; `None` when it does not name it, or both ways.
pub(super) fn verdict_on_material<'s>(
    product: &ProductFacts,
    tongue: Tongue,
    section: impl Iterator<Item = &'s str>,
) -> Option<bool> {
    let materials = product.materials.as_deref()?;
    // The handle and the rim come after the body.
    let body = translated(materials.split(';').next()?, tongue)?;
    let named = tokens(&body);
    let mut said = section
        .map(tokens)
        .filter(|words| named.iter().all(|n| words.iter().any(|w| alike(w, n))))
        .map(|words| !words.iter().any(|w| NEGATIVE.contains(&w.as_str())));
    let first = said.next()?;
    said.all(|yes| yes == first).then_some(first)
}

const NEGATIVE: [&str; 32] = [
    "not",
    "never",
    "no",
    "don't",
    "doesn't",
    "mustn't",
    "cannot",
    "can't",
    "avoid",
    "except",
    "nor",
    "unsuitable",
    "не",
    "нельзя",
    "нет",
    "ни",
    "кроме",
    "запрещено",
    "ні",
    "немає",
    "крім",
    "заборонено",
    "болмайды",
    "жарамайды",
    "емес",
    "қоймаңыз",
    "салмаңыз",
    "nunca",
    "jamas",
    "ni",
    "excepto",
    "salvo",
];

/// "Keep away from the oven" forbids without a "not".
const FORBIDDING: [[&str; 2]; 4] = [
    ["away", "from"],
    ["keep", "out"],
    ["lejos", "del"],
    ["fuera", "del"],
];

/// After a statement with "not" only these begin one without it: "Not for gas, induction or the oven".
const POSITIVE: [&str; 27] = [
    "works",
    "work",
    "safe",
    "suitable",
    "fine",
    "ok",
    "can",
    "goes",
    "may",
    "yes",
    "up",
    "apto",
    "apta",
    "sirve",
    "vale",
    "puede",
    "hasta",
    "можно",
    "подходит",
    "работает",
    "до",
    "можна",
    "підходить",
    "працює",
    "болады",
    "жарайды",
    "дейін",
];

const BY_HAND: [&[&str]; 9] = [
    &["hand", "wash"],
    &["wash", "by", "hand"],
    &["handwash"],
    &["мыть", "вручную"],
    &["мойте", "вручную"],
    &["мити", "вручну"],
    &["мийте", "вручну"],
    &["қолмен", "жу"],
    &["lava", "a", "mano"],
];

impl Use {
    /// Beginnings of the words that speak of it.
    fn words(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Induction => &[
                &["induc"],
                &["every", "hob"],
                &["all", "hob"],
                &["индукц"],
                &["індукц"],
            ],
            Self::Oven => &[&["oven"], &["духов"], &["horno"]],
            Self::Dishwasher => &[
                &["dishwasher"],
                &["посудомо"],
                &["посудомий"],
                &["ыдыс", "жуғыш"],
                &["lavavajillas"],
            ],
            Self::Microwave => &[
                &["microwave"],
                &["микровол"],
                &["мікрохвил"],
                &["микротолқын"],
                &["microondas"],
            ],
        }
    }
}

fn place(words: &[String], wanted: &[&[&str]]) -> Option<usize> {
    (0..words.len()).find(|at| {
        wanted.iter().any(|beginnings| {
            words.get(*at..at + beginnings.len()).is_some_and(|window| {
                window
                    .iter()
                    .zip(*beginnings)
                    .all(|(word, beginning)| word.starts_with(beginning))
            })
        })
    })
}

/// The statements of a folded sentence about a use. Words are compared whole: "horno" holds no "no".
fn verdicts_of(sentence: &str, use_: Use) -> Vec<Verdict> {
    let mut forbidden_before = false;
    let mut said = Vec::new();
    for statement in statements(sentence) {
        let words = tokens(&statement);
        let about = place(&words, use_.words());
        let negative = words.iter().any(|w| NEGATIVE.contains(&w.as_str()))
            || words
                .windows(2)
                .any(|pair| FORBIDDING.iter().any(|f| pair[0] == f[0] && pair[1] == f[1]))
            // "Sin" forbids what comes after it: "lavavajillas sin el filtro" allows.
            || about.is_some_and(|at| words[..at].iter().any(|w| w == "sin"));
        let positive = words.iter().any(|w| POSITIVE.contains(&w.as_str()));
        if about.is_some() && (negative || positive || !forbidden_before) {
            said.push(Verdict {
                yes: !negative,
                degrees: degrees(&statement).filter(|_| !negative && use_ == Use::Oven),
            });
        }
        if use_ == Use::Dishwasher && place(&words, &BY_HAND).is_some() {
            said.push(Verdict {
                yes: false,
                degrees: None,
            });
        }
        forbidden_before |= negative;
    }
    said
}

/// A comma or "but" may begin another statement: "on gas hobs, not on induction".
fn statements(sentence: &str) -> Vec<String> {
    const BUT: [&str; 5] = [" but ", " но ", " але ", " бірақ ", " pero "];
    let chars: Vec<char> = sentence.chars().collect();
    let digit = |i: Option<usize>| i.and_then(|i| chars.get(i)).is_some_and(char::is_ascii_digit);
    let marked: String = chars
        .iter()
        .enumerate()
        .map(|(i, c)| {
            let inside_number = digit(i.checked_sub(1)) && digit(Some(i + 1));
            if matches!(c, ',' | ';' | ':') && !inside_number {
                '\n'
            } else {
                *c
            }
        })
        .collect();
    BUT.iter()
        .fold(marked, |text, but| text.replace(but, "\n"))
        .lines()
        .map(str::to_owned)
        .collect()
}

/// "250" of "up to 250 °C".
fn degrees(statement: &str) -> Option<String> {
    let (before, _) = statement.split_once('°')?;
    tokens(before).pop().filter(|t| is_number(t))
}

/// A list of the row in another language; `None` when a word is not known, since a guess is no fact.
pub(super) fn translated(list: &str, tongue: Tongue) -> Option<String> {
    if tongue == Tongue::En {
        return Some(list.replace(';', ","));
    }
    let words: Option<Vec<String>> = list
        .split([';', ','])
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .map(|part| translated_part(part, tongue))
        .collect();
    words.filter(|w| !w.is_empty()).map(|w| w.join(", "))
}

fn translated_part(part: &str, tongue: Tongue) -> Option<String> {
    if tongue == Tongue::En {
        return Some(part.to_owned());
    }
    let (word, percent) = match part.rsplit_once(' ') {
        Some((word, share)) if share.trim_matches(['(', ')']).ends_with('%') => (word, format!(" {share}")),
        _ => (part, String::new()),
    };
    let word = word.trim();
    let known = |word: &str| GLOSSARY.iter().find(|row| row[0].eq_ignore_ascii_case(word));
    // "Estremoz marble" is marble of Estremoz.
    let named = || {
        let (name, rest) = word.split_once(' ')?;
        let row = known(rest).filter(|_| name.starts_with(char::is_uppercase))?;
        Some((row, format!(" ({name})")))
    };
    let (row, percent) = match known(word) {
        Some(row) => (row, percent),
        None => named().map(|(row, name)| (row, name + &percent))?,
    };
    let at = match tongue {
        Tongue::En => 0,
        Tongue::Ru => 1,
        Tongue::Uk => 2,
        Tongue::Kk => 3,
        Tongue::Es => 4,
    };
    Some(format!("{}{percent}", row[at]))
}

const GLOSSARY: &[[&str; 5]] = &[
    ["cast iron", "чугун", "чавун", "шойын", "hierro fundido"],
    [
        "enamelled cast iron",
        "эмалированный чугун",
        "емальований чавун",
        "эмальданған шойын",
        "hierro fundido esmaltado",
    ],
    [
        "carbon steel",
        "углеродистая сталь",
        "вуглецева сталь",
        "көміртекті болат",
        "acero al carbono",
    ],
    [
        "stainless steel",
        "нержавеющая сталь",
        "нержавна сталь",
        "тот баспайтын болат",
        "acero inoxidable",
    ],
    [
        "stainless steel with aluminium core",
        "нержавеющая сталь с алюминиевой сердцевиной",
        "нержавна сталь з алюмінієвим осердям",
        "алюминий өзекті тот баспайтын болат",
        "acero inoxidable con núcleo de aluminio",
    ],
    [
        "enamelled steel",
        "эмалированная сталь",
        "емальована сталь",
        "эмальданған болат",
        "acero esmaltado",
    ],
    [
        "aluminised steel",
        "алюминизированная сталь",
        "алюмінізована сталь",
        "алюминийленген болат",
        "acero aluminizado",
    ],
    [
        "tempered glass",
        "закалённое стекло",
        "загартоване скло",
        "шыңдалған шыны",
        "vidrio templado",
    ],
    ["glass", "стекло", "скло", "шыны", "vidrio"],
    [
        "steel rim",
        "стальной ободок",
        "сталевий обідок",
        "болат жиек",
        "borde de acero",
    ],
    [
        "oak handle",
        "дубовая ручка",
        "дубова ручка",
        "емен тұтқа",
        "mango de roble",
    ],
    [
        "beech handle",
        "буковая ручка",
        "букова ручка",
        "шамшат тұтқа",
        "mango de haya",
    ],
    ["stoneware", "керамика", "кераміка", "керамика", "gres"],
    [
        "steel strainer",
        "стальное ситечко",
        "сталеве ситечко",
        "болат сүзгі",
        "colador de acero",
    ],
    ["oak", "дуб", "дуб", "емен", "roble"],
    ["beech", "бук", "бук", "шамшат", "haya"],
    [
        "olive wood",
        "оливковое дерево",
        "оливкове дерево",
        "зәйтүн ағашы",
        "madera de olivo",
    ],
    ["rattan", "ротанг", "ротанг", "ротанг", "ratán"],
    [
        "linen liner",
        "льняной чехол",
        "лляний чохол",
        "зығыр тысы",
        "forro de lino",
    ],
    [
        "palm fibre",
        "пальмовое волокно",
        "пальмове волокно",
        "пальма талшығы",
        "fibra de palma",
    ],
    ["linen", "лён", "льон", "зығыр", "lino"],
    ["cotton", "хлопок", "бавовна", "мақта", "algodón"],
    [
        "cotton wadding",
        "хлопковый ватин",
        "бавовняний ватин",
        "мақта төсем",
        "guata de algodón",
    ],
    [
        "linen canvas",
        "льняной холст",
        "лляне полотно",
        "зығыр кенеп",
        "lona de lino",
    ],
    [
        "waxed cotton",
        "вощёный хлопок",
        "вощена бавовна",
        "балауызданған мақта",
        "algodón encerado",
    ],
    [
        "leather straps",
        "кожаные ремни",
        "шкіряні ремені",
        "былғары бау",
        "correas de cuero",
    ],
    ["leather", "кожа", "шкіра", "былғары", "cuero"],
    ["copper", "медь", "мідь", "мыс", "cobre"],
    [
        "tin lining",
        "оловянное покрытие",
        "олов'яне покриття",
        "қалайы қаптама",
        "revestimiento de estaño",
    ],
    [
        "raw steel",
        "необработанная сталь",
        "необроблена сталь",
        "өңделмеген болат",
        "acero sin tratar",
    ],
    [
        "linseed oil",
        "льняное масло",
        "лляна олія",
        "зығыр майы",
        "aceite de linaza",
    ],
    ["marble", "мрамор", "мармур", "мәрмәр", "mármol"],
    [
        "walnut",
        "орех (древесина)",
        "горіх (деревина)",
        "жаңғақ ағашы",
        "nogal",
    ],
    ["bamboo", "бамбук", "бамбук", "бамбук", "bambú"],
    ["wood", "дерево", "дерево", "ағаш", "madera"],
    ["steel", "сталь", "сталь", "болат", "acero"],
    ["iron", "железо", "залізо", "темір", "hierro"],
    ["aluminium", "алюминий", "алюміній", "алюминий", "aluminio"],
    ["brass", "латунь", "латунь", "жез", "latón"],
    ["silver", "серебро", "срібло", "күміс", "plata"],
    ["gold", "золото", "золото", "алтын", "oro"],
    ["ceramic", "керамика", "кераміка", "керамика", "cerámica"],
    ["porcelain", "фарфор", "порцеляна", "фарфор", "porcelana"],
    ["silicone", "силикон", "силікон", "силикон", "silicona"],
    ["plastic", "пластик", "пластик", "пластик", "plástico"],
    ["rubber", "резина", "гума", "резеңке", "goma"],
    ["paper", "бумага", "папір", "қағаз", "papel"],
    ["wool", "шерсть", "вовна", "жүн", "lana"],
    ["silk", "шёлк", "шовк", "жібек", "seda"],
    ["polyester", "полиэстер", "поліестер", "полиэстер", "poliéster"],
    ["viscose", "вискоза", "віскоза", "вискоза", "viscosa"],
    ["nylon", "нейлон", "нейлон", "нейлон", "nailon"],
    ["denim", "деним", "денім", "деним", "denim"],
    ["suede", "замша", "замша", "күдері", "ante"],
    [
        "beeswax",
        "пчелиный воск",
        "бджолиний віск",
        "бал балауызы",
        "cera de abejas",
    ],
    ["salt", "соль", "сіль", "тұз", "sal"],
    [
        "sea salt",
        "морская соль",
        "морська сіль",
        "теңіз тұзы",
        "sal marina",
    ],
    ["sugar", "сахар", "цукор", "қант", "azúcar"],
    [
        "cane sugar",
        "тростниковый сахар",
        "тростинний цукор",
        "қамыс қанты",
        "azúcar de caña",
    ],
    ["honey", "мёд", "мед", "бал", "miel"],
    [
        "chestnut honey",
        "каштановый мёд",
        "каштановий мед",
        "талшын балы",
        "miel de castaño",
    ],
    [
        "smoked paprika",
        "копчёная паприка",
        "копчена паприка",
        "ысталған паприка",
        "pimentón ahumado",
    ],
    ["paprika", "паприка", "паприка", "паприка", "pimentón"],
    ["chilli", "чили", "чилі", "чили", "chile"],
    ["chili", "чили", "чилі", "чили", "chile"],
    [
        "chilli flakes",
        "хлопья чили",
        "пластівці чилі",
        "чили үлпектері",
        "copos de chile",
    ],
    [
        "red pepper flakes",
        "хлопья красного перца",
        "пластівці червоного перцю",
        "қызыл бұрыш үлпектері",
        "copos de pimiento rojo",
    ],
    [
        "piri-piri chilli",
        "чили пири-пири",
        "чилі пірі-пірі",
        "пири-пири чилиі",
        "chile piri-piri",
    ],
    [
        "black pepper",
        "чёрный перец",
        "чорний перець",
        "қара бұрыш",
        "pimienta negra",
    ],
    [
        "white pepper",
        "белый перец",
        "білий перець",
        "ақ бұрыш",
        "pimienta blanca",
    ],
    ["garlic", "чеснок", "часник", "сарымсақ", "ajo"],
    ["onion", "лук", "цибуля", "пияз", "cebolla"],
    ["ginger", "имбирь", "імбир", "зімбір", "jengibre"],
    ["turmeric", "куркума", "куркума", "куркума", "cúrcuma"],
    ["cumin", "зира", "зіра", "зире", "comino"],
    [
        "cumin seeds",
        "семена зиры",
        "насіння зіри",
        "зире тұқымы",
        "comino en grano",
    ],
    ["coriander", "кориандр", "коріандр", "кориандр", "cilantro"],
    [
        "coriander seeds",
        "семена кориандра",
        "насіння коріандру",
        "кориандр тұқымы",
        "semillas de cilantro",
    ],
    ["cinnamon", "корица", "кориця", "даршын", "canela"],
    ["cardamom", "кардамон", "кардамон", "кардамон", "cardamomo"],
    ["cloves", "гвоздика", "гвоздика", "қалампыр", "clavo"],
    [
        "nutmeg",
        "мускатный орех",
        "мускатний горіх",
        "мускат жаңғағы",
        "nuez moscada",
    ],
    ["fenugreek", "пажитник", "гуньба", "шамбала", "fenogreco"],
    ["mustard", "горчица", "гірчиця", "қыша", "mostaza"],
    [
        "mustard seeds",
        "семена горчицы",
        "насіння гірчиці",
        "қыша тұқымы",
        "semillas de mostaza",
    ],
    ["fennel", "фенхель", "фенхель", "фенхель", "hinojo"],
    ["sumac", "сумах", "сумах", "сумах", "zumaque"],
    ["barberries", "барбарис", "барбарис", "бөріқарақат", "agracejo"],
    ["thyme", "тимьян", "чебрець", "жебір", "tomillo"],
    ["rosemary", "розмарин", "розмарин", "розмарин", "romero"],
    ["oregano", "орегано", "орегано", "орегано", "orégano"],
    [
        "wild oregano",
        "дикий орегано",
        "дике орегано",
        "жабайы орегано",
        "orégano silvestre",
    ],
    ["basil", "базилик", "базилік", "насыбайгүл", "albahaca"],
    ["mint", "мята", "м'ята", "жалбыз", "menta"],
    ["parsley", "петрушка", "петрушка", "ақжелкен", "perejil"],
    ["dill", "укроп", "кріп", "аскөк", "eneldo"],
    [
        "dill seed",
        "семена укропа",
        "насіння кропу",
        "аскөк тұқымы",
        "semillas de eneldo",
    ],
    [
        "bay leaf",
        "лавровый лист",
        "лавровий лист",
        "лавр жапырағы",
        "laurel",
    ],
    [
        "lemon peel",
        "лимонная цедра",
        "лимонна цедра",
        "лимон қабығы",
        "piel de limón",
    ],
    [
        "orange peel",
        "апельсиновая цедра",
        "апельсинова цедра",
        "апельсин қабығы",
        "piel de naranja",
    ],
    [
        "lemon juice",
        "лимонный сок",
        "лимонний сік",
        "лимон шырыны",
        "zumo de limón",
    ],
    ["beetroot", "свёкла", "буряк", "қызылша", "remolacha"],
    [
        "dried beetroot",
        "сушёная свёкла",
        "сушений буряк",
        "кептірілген қызылша",
        "remolacha seca",
    ],
    ["celery", "сельдерей", "селера", "балдыркөк", "apio"],
    [
        "celery seed",
        "семена сельдерея",
        "насіння селери",
        "балдыркөк тұқымы",
        "semillas de apio",
    ],
    ["tomato", "томат", "томат", "қызанақ", "tomate"],
    ["carrot", "морковь", "морква", "сәбіз", "zanahoria"],
    ["mushrooms", "грибы", "гриби", "саңырауқұлақ", "setas"],
    [
        "porcini",
        "белые грибы",
        "білі гриби",
        "ақ саңырауқұлақ",
        "boletus",
    ],
    [
        "dried porcini",
        "сушёные белые грибы",
        "сушені білі гриби",
        "кептірілген ақ саңырауқұлақ",
        "boletus secos",
    ],
    ["sesame", "кунжут", "кунжут", "күнжіт", "sésamo"],
    ["hazelnuts", "фундук", "фундук", "фундук", "avellanas"],
    ["almonds", "миндаль", "мигдаль", "бадам", "almendras"],
    [
        "walnuts",
        "грецкие орехи",
        "волоські горіхи",
        "грек жаңғағы",
        "nueces",
    ],
    ["cashews", "кешью", "кеш'ю", "кешью", "anacardos"],
    ["peanuts", "арахис", "арахіс", "жержаңғақ", "cacahuetes"],
    [
        "pumpkin seeds",
        "тыквенные семечки",
        "гарбузове насіння",
        "асқабақ тұқымы",
        "pipas de calabaza",
    ],
    [
        "sunflower seeds",
        "семечки подсолнечника",
        "насіння соняшнику",
        "күнбағыс тұқымы",
        "pipas de girasol",
    ],
    ["raisins", "изюм", "родзинки", "мейіз", "pasas"],
    ["dates", "финики", "фініки", "құрма", "dátiles"],
    ["oats", "овёс", "овес", "сұлы", "avena"],
    [
        "oat flakes",
        "овсяные хлопья",
        "вівсяні пластівці",
        "сұлы үлпектері",
        "copos de avena",
    ],
    ["rice", "рис", "рис", "күріш", "arroz"],
    [
        "wheat flour",
        "пшеничная мука",
        "пшеничне борошно",
        "бидай ұны",
        "harina de trigo",
    ],
    [
        "rye flour",
        "ржаная мука",
        "житнє борошно",
        "қара бидай ұны",
        "harina de centeno",
    ],
    [
        "buckwheat flour",
        "гречневая мука",
        "гречане борошно",
        "қарақұмық ұны",
        "harina de trigo sarraceno",
    ],
    [
        "rice flour",
        "рисовая мука",
        "рисове борошно",
        "күріш ұны",
        "harina de arroz",
    ],
    [
        "oat flour",
        "овсяная мука",
        "вівсяне борошно",
        "сұлы ұны",
        "harina de avena",
    ],
    ["malt", "солод", "солод", "уыт", "malta"],
    ["yeast", "дрожжи", "дріжджі", "ашытқы", "levadura"],
    [
        "baking powder",
        "разрыхлитель",
        "розпушувач",
        "қопсытқыш",
        "levadura química",
    ],
    [
        "milk powder",
        "сухое молоко",
        "сухе молоко",
        "құрғақ сүт",
        "leche en polvo",
    ],
    ["milk", "молоко", "молоко", "сүт", "leche"],
    [
        "butter",
        "сливочное масло",
        "вершкове масло",
        "сары май",
        "mantequilla",
    ],
    [
        "egg powder",
        "яичный порошок",
        "яєчний порошок",
        "жұмыртқа ұнтағы",
        "huevo en polvo",
    ],
    ["cocoa", "какао", "какао", "какао", "cacao"],
    [
        "cocoa butter",
        "какао-масло",
        "какао-масло",
        "какао майы",
        "manteca de cacao",
    ],
    ["coffee", "кофе", "кава", "кофе", "café"],
    ["green tea", "зелёный чай", "зелений чай", "көк шай", "té verde"],
    ["black tea", "чёрный чай", "чорний чай", "қара шай", "té negro"],
    [
        "olive oil",
        "оливковое масло",
        "оливкова олія",
        "зәйтүн майы",
        "aceite de oliva",
    ],
    [
        "extra virgin olive oil",
        "оливковое масло первого отжима",
        "оливкова олія першого віджиму",
        "бірінші сығымды зәйтүн майы",
        "aceite de oliva virgen extra",
    ],
    [
        "sunflower oil",
        "подсолнечное масло",
        "соняшникова олія",
        "күнбағыс майы",
        "aceite de girasol",
    ],
    [
        "coconut oil",
        "кокосовое масло",
        "кокосова олія",
        "кокос майы",
        "aceite de coco",
    ],
    ["coconut", "кокос", "кокос", "кокос", "coco"],
    ["vanilla", "ваниль", "ваніль", "ваниль", "vainilla"],
    ["vinegar", "уксус", "оцет", "сірке суы", "vinagre"],
    ["water", "вода", "вода", "су", "agua"],
    ["organic", "органическое", "органічне", "органикалық", "ecológico"],
    [
        "mustard seed",
        "семена горчицы",
        "насіння гірчиці",
        "қыша тұқымы",
        "semillas de mostaza",
    ],
    ["champignon", "шампиньоны", "печериці", "қозықұйрық", "champiñón"],
    [
        "cider vinegar",
        "яблочный уксус",
        "яблучний оцет",
        "алма сірке суы",
        "vinagre de manzana",
    ],
    ["caraway", "тмин", "кмин", "тмин", "alcaravea"],
    ["sourdough", "закваска", "закваска", "ашытқы қамыр", "masa madre"],
    [
        "dried sourdough",
        "сухая закваска",
        "суха закваска",
        "құрғақ ашытқы қамыр",
        "masa madre seca",
    ],
    [
        "chestnut-blossom honey",
        "каштановый мёд",
        "каштановий мед",
        "талшын балы",
        "miel de castaño",
    ],
];

/// "26 cm; 2.5 L" in another language; `None` when a word of it is not a unit.
pub(super) fn sizes(product: &ProductFacts, tongue: Tongue) -> Option<String> {
    let sizes: Option<Vec<String>> = product.sizes.iter().map(|s| size(s.trim(), tongue)).collect();
    sizes.filter(|s| !s.is_empty()).map(|s| s.join(", "))
}

/// Those of the sizes that are given in one of the units; `None` when there are none, or one cannot be translated.
pub(super) fn sizes_in(product: &ProductFacts, units: &[&str], tongue: Tongue) -> Option<String> {
    let has_unit = |size: &&String| size.split_whitespace().any(|word| units.contains(&word));
    let sizes: Option<Vec<String>> = product
        .sizes
        .iter()
        .filter(has_unit)
        .map(|s| size(s.trim(), tongue))
        .collect();
    sizes.filter(|s| !s.is_empty()).map(|s| s.join(", "))
}

fn size(text: &str, tongue: Tongue) -> Option<String> {
    if tongue == Tongue::En {
        return Some(text.to_owned());
    }
    if let Some(said) = size_in_words(text, tongue) {
        return Some(said);
    }
    let cyrillic = tongue != Tongue::Es;
    let words: Option<Vec<String>> = text
        .split(' ')
        .map(|word| {
            let unit = match word {
                "cm" if cyrillic => "см",
                "mm" if cyrillic => "мм",
                "L" if cyrillic => "л",
                "ml" if cyrillic => "мл",
                "kg" if cyrillic => "кг",
                "g" if cyrillic => "г",
                other => other,
            };
            let known = unit != word
                || matches!(word, "cm" | "mm" | "L" | "ml" | "kg" | "g" | "×")
                || !word.chars().any(char::is_lowercase);
            known.then(|| unit.to_owned())
        })
        .collect();
    words.map(|w| w.join(" "))
}

/// "set of 2", "6 cups", "3-6 years", "one size".
fn size_in_words(text: &str, tongue: Tongue) -> Option<String> {
    let of_number = |template: &str, number: &str| {
        let is_number = number.chars().all(|c| c.is_ascii_digit() || c == '-');
        (is_number && !number.is_empty()).then(|| template.replace("{n}", number))
    };
    if text == "one size" {
        return Some(
            tongue
                .of_all([
                    "one size",
                    "один размер",
                    "один розмір",
                    "бір өлшем",
                    "talla única",
                ])
                .to_owned(),
        );
    }
    if let Some(number) = text.strip_prefix("set of ") {
        let template = tongue.of_all([
            "set of {n}",
            "набор из {n} шт.",
            "набір з {n} шт.",
            "{n} дана жинақ",
            "juego de {n}",
        ]);
        return of_number(template, number);
    }
    if let Some(number) = text.strip_suffix(" cups") {
        let template = tongue.of_all(["{n} cups", "{n} чашек", "{n} чашок", "{n} кесе", "{n} tazas"]);
        return of_number(template, number);
    }
    let number = text.strip_suffix(" years")?;
    let template = tongue.of_all(["{n} years", "{n} лет", "{n} років", "{n} жас", "{n} años"]);
    of_number(template, number)
}

/// What a measure of a description is in: its spellings, and what it is called in the five languages.
struct Unit {
    spellings: &'static [&'static str],
    called: [&'static str; 5],
}

const fn unit(spellings: &'static [&'static str], called: [&'static str; 5]) -> Unit {
    Unit { spellings, called }
}

/// What a vessel or a packet holds.
#[rustfmt::skip]
const HELD: &[Unit] = &[
    unit(&["l", "litre", "litres", "liter", "liters"], ["L", "л", "л", "л", "L"]),
    unit(&["ml"], ["ml", "мл", "мл", "мл", "ml"]),
    unit(&["cup", "cups"], ["cups", "чашек", "чашок", "кесе", "tazas"]),
    unit(&["portion", "portions", "serving", "servings"], ["portions", "порций", "порцій", "порция", "raciones"]),
    unit(&["pancake", "pancakes"], ["pancakes", "блинов", "млинців", "құймақ", "tortitas"]),
    unit(&["piece", "pieces"], ["pieces", "шт.", "шт.", "дана", "piezas"]),
    unit(&["sheet", "sheets"], ["sheets", "листов", "аркушів", "парақ", "hojas"]),
    unit(&["bag", "bags"], ["bags", "пакетиков", "пакетиків", "пакет", "bolsitas"]),
];
/// How thick it is.
#[rustfmt::skip]
const THICK: &[Unit] = &[unit(&["mm"], ["mm", "мм", "мм", "мм", "mm"])];
#[rustfmt::skip]
const HARD: &[Unit] = &[unit(&["hrc"], ["HRC", "HRC", "HRC", "HRC", "HRC"])];

/// What the sizes say it holds, else the description.
pub(super) fn held(product: &ProductFacts, tongue: Tongue) -> Option<String> {
    sizes_in(product, &["L", "ml", "cups", "of"], tongue)
        .or_else(|| measured(product, HELD, tongue))
        .or_else(|| sizes_in(product, &["g"], tongue))
}

pub(super) fn thickness(product: &ProductFacts, tongue: Tongue) -> Option<String> {
    measured(product, THICK, tongue)
}

pub(super) fn hardness(product: &ProductFacts, tongue: Tongue) -> Option<String> {
    measured(product, HARD, tongue)
}

/// The only measure in one of these units that the description gives: "of 1.2 litres", "about five cups". Several of one
/// unit are of several things.
fn measured(product: &ProductFacts, units: &[Unit], tongue: Tongue) -> Option<String> {
    const WORDS: [&str; 12] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ];
    let words = tokens(product.description.as_deref()?);
    let number = |word: &String| {
        let spelt = || {
            WORDS
                .iter()
                .position(|known| known == word)
                .map(|at| (at + 1).to_string())
        };
        if is_number(word) {
            Some(word.clone())
        } else {
            spelt()
        }
    };
    let mut found: Vec<String> = Vec::new();
    for unit in units {
        let places: Vec<usize> = (1..words.len())
            .filter(|at| unit.spellings.contains(&words[*at].as_str()))
            .collect();
        let [at] = places.as_slice() else {
            continue;
        };
        // "six small cups"
        let value =
            number(&words[at - 1]).or_else(|| at.checked_sub(2).and_then(|before| number(&words[before])));
        if let Some(value) = value {
            found.push(format!("{value} {}", tongue.of_all(unit.called)));
        }
    }
    (!found.is_empty()).then(|| found.join(", "))
}

/// What a description says of who may eat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Diet {
    Vegan,
    Gluten,
    /// What it contains that some must not eat.
    Contains,
}

/// The ingredients and all that the description says of diets, when it says what is asked: "Contains sesame. Vegan".
pub(super) fn diet(product: &ProductFacts, asked: Diet, tongue: Tongue) -> Option<String> {
    let description = product.description.as_deref()?;
    let mut said: Vec<(Diet, String)> = Vec::new();
    for sentence in sentences(description) {
        let sentence = sentence.trim().trim_end_matches('.');
        if let Some(list) = sentence.strip_prefix("Contains ") {
            let parts = translated(&list.replace(" and ", ", "), tongue)?;
            let contains = tongue.of_all(["contains", "содержит", "містить", "құрамында", "contiene"]);
            said.push((Diet::Contains, format!("{contains}: {}", parts.to_lowercase())));
            continue;
        }
        for part in sentence.split(',').map(str::trim) {
            match part.to_lowercase().as_str() {
                "vegan" => said.push((
                    Diet::Vegan,
                    tongue
                        .of_all(["vegan", "веганское", "веганське", "вегандарға жарайды", "vegano"])
                        .to_owned(),
                )),
                "without gluten" | "gluten-free" | "gluten free" => said.push((
                    Diet::Gluten,
                    tongue
                        .of_all([
                            "without gluten",
                            "без глютена",
                            "без глютену",
                            "глютенсіз",
                            "sin gluten",
                        ])
                        .to_owned(),
                )),
                _ => {}
            }
        }
    }
    let is_said = said.iter().any(|(told, _)| *told == asked);
    // Who must not eat something has to see all of it.
    let ingredients = match product.ingredients.as_deref() {
        Some(list) => vec![translated(list, tongue)?],
        None => Vec::new(),
    };
    let diets: Vec<String> = said.into_iter().map(|(_, text)| text).collect();
    let texts: Vec<String> = ingredients.into_iter().chain([diets.join(", ")]).collect();
    is_said.then(|| texts.join("; "))
}

/// Words of what the product is made of, in another language; of what is not in the glossary there are none.
pub(super) fn substances(product: &ProductFacts, tongue: Tongue) -> Vec<String> {
    let lists = [&product.ingredients, &product.materials];
    let parts = lists
        .into_iter()
        .flatten()
        .flat_map(|list| list.split([',', ';']));
    parts
        .filter_map(|part| translated_part(part.trim(), tongue))
        .flat_map(|part| tokens(&part))
        .filter(|word| !is_number(word) && word.chars().count() > 2)
        .collect()
}

/// Its ingredients name nuts.
pub(super) fn has_nuts(product: &ProductFacts) -> bool {
    const NUTS: [&str; 5] = ["nut", "almond", "cashew", "pistach", "pecan"];
    let ingredients = product.ingredients.as_deref().unwrap_or_default().to_lowercase();
    NUTS.iter().any(|nut| ingredients.contains(nut)) && !ingredients.contains("nutmeg")
}

/// How it is washed, as far as its care is said in the phrases that are known; `None` when a phrase is not, or nothing
/// is said of washing.
pub(super) fn washing(product: &ProductFacts, tongue: Tongue) -> Option<String> {
    let care = product.care.as_deref()?;
    let parts: Option<Vec<String>> = care
        .split(['.', ','])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| care_in_words(&part.to_lowercase(), tongue))
        .collect();
    parts
        .filter(|_| care.to_lowercase().contains("wash"))
        .map(|parts| parts.join(", "))
}

fn care_in_words(part: &str, tongue: Tongue) -> Option<String> {
    if let Some((before, degrees)) = part.split_once(" at ")
        && let Some((degrees, rest)) = degrees.split_once(" °c")
        && before == "wash"
        && degrees.chars().all(|c| c.is_ascii_digit())
    {
        let at = tongue.of_all([
            "wash at {n} °C",
            "стирать при {n} °C",
            "прати за {n} °C",
            "{n} °C-та жуу",
            "lavar a {n} °C",
        ]);
        let rest = rest.trim();
        let more = if rest.is_empty() {
            String::new()
        } else {
            format!(" {}", phrase(rest, tongue)?)
        };
        return Some(at.replace("{n}", degrees) + &more);
    }
    phrase(part, tongue).map(str::to_owned)
}

fn phrase(said: &str, tongue: Tongue) -> Option<&'static str> {
    let row = CARE.iter().find(|row| row[0] == said)?;
    Some(tongue.of_all(*row))
}

/// In the order of [`Tongue::of_all`].
#[rustfmt::skip]
const CARE: &[[&str; 5]] = &[
    ["without bleach", "без отбеливателя", "без відбілювача", "ағартқышсыз", "sin lejía"],
    ["hand wash", "мыть вручную", "мити вручну", "қолмен жуу", "lavar a mano"],
    ["wash by hand", "мыть вручную", "мити вручну", "қолмен жуу", "lavar a mano"],
    ["hand wash and dry at once", "мыть вручную и сразу вытирать", "мити вручну й одразу витирати", "қолмен жуып, бірден сүрту", "lavar a mano y secar enseguida"],
    ["dry at once", "сразу вытирать", "одразу витирати", "бірден сүрту", "secar enseguida"],
    ["dry flat", "сушить на плоскости", "сушити на пласкому", "жайып кептіру", "secar en plano"],
    ["dry on the line", "сушить на верёвке", "сушити на мотузці", "жіпке кептіру", "tender al aire"],
    ["line dry", "сушить на верёвке", "сушити на мотузці", "жіпке кептіру", "tender al aire"],
    ["stand to dry", "сушить стоя", "сушити стоячи", "тік қойып кептіру", "secar de pie"],
    ["do not tumble dry", "не сушить в машине", "не сушити в машині", "машинада кептірмеу", "no usar secadora"],
    ["iron damp or not at all", "гладить влажным или не гладить", "прасувати вологим або не прасувати", "дымқыл күйде үтіктеу немесе үтіктемеу", "planchar húmedo o no planchar"],
    ["do not iron", "не гладить", "не прасувати", "үтіктемеу", "no planchar"],
    ["do not bleach", "не отбеливать", "не відбілювати", "ағартпау", "no usar lejía"],
    ["do not machine-wash", "не стирать в машине", "не прати в машині", "машинада жумау", "no lavar a máquina"],
    ["do not machine wash", "не стирать в машине", "не прати в машині", "машинада жумау", "no lavar a máquina"],
    ["machine wash", "можно стирать в машине", "можна прати в машині", "машинада жууға болады", "se puede lavar a máquina"],
    ["machine washable", "можно стирать в машине", "можна прати в машині", "машинада жууға болады", "se puede lavar a máquina"],
    ["wipe with a damp cloth", "протирать влажной тканью", "протирати вологою тканиною", "дымқыл шүберекпен сүрту", "limpiar con un paño húmedo"],
    ["dry clean only", "только химчистка", "лише хімчистка", "тек химиялық тазалау", "solo limpieza en seco"],
    ["dishwasher safe", "можно в посудомойку", "можна в посудомийку", "ыдыс жуғышқа болады", "apto para lavavajillas"],
    ["not for the dishwasher", "нельзя в посудомойку", "не можна в посудомийку", "ыдыс жуғышқа болмайды", "no apto para lavavajillas"],
    ["never in the dishwasher", "нельзя в посудомойку", "не можна в посудомийку", "ыдыс жуғышқа болмайды", "no apto para lavavajillas"],
    ["oil lightly", "слегка смазывать маслом", "злегка змащувати олією", "аздап майлау", "untar con un poco de aceite"],
    ["oil once a month", "раз в месяц смазывать маслом", "раз на місяць змащувати олією", "айына бір рет майлау", "untar con aceite una vez al mes"],
];

/// "2.1 kg" of the description; "for a 1 kg loaf" is the weight of the loaf.
pub(super) fn weight(product: &ProductFacts, tongue: Tongue) -> Option<String> {
    let description = product.description.as_deref()?;
    let words: Vec<&str> = description.split_whitespace().collect();
    let at = words.windows(2).position(|w| {
        w[0].starts_with(|c: char| c.is_ascii_digit()) && matches!(w[1], "kg," | "kg." | "kg:" | "kg;" | "kg")
    })?;
    let of_something_else = words[at + 1] == "kg" && at + 2 < words.len();
    if of_something_else {
        return None;
    }
    size(&format!("{} kg", words[at]), tongue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(care: &str, use_: Use) -> Option<(bool, Option<String>)> {
        let product = ProductFacts {
            care: Some(care.to_owned()),
            ..ProductFacts::default()
        };
        verdict(&product, use_).map(|v| (v.yes, v.degrees))
    }

    #[test]
    fn yes_and_no_are_told_apart() {
        let induction = |text| said(text, Use::Induction).map(|v| v.0);
        assert_eq!(induction("Works on gas, ceramic and induction hobs."), Some(true));
        assert_eq!(
            induction("Works on gas and ceramic hobs, not on induction."),
            Some(false)
        );
        assert_eq!(induction("Works on every hob."), Some(true));
        assert_eq!(induction("Wipe dry."), None);
        assert_eq!(
            said("Not for the dishwasher.", Use::Dishwasher),
            Some((false, None))
        );
        assert_eq!(
            said(
                "Hand wash and dry at once. Never in the dishwasher.",
                Use::Dishwasher
            ),
            Some((false, None))
        );
        assert_eq!(
            said("Works on gas hobs and in the oven up to 250 °C.", Use::Oven),
            Some((true, Some("250".into())))
        );
        assert_eq!(
            said("Not for the oven because of the handle.", Use::Oven),
            Some((false, None))
        );
        assert_eq!(
            said("Dishwasher safe. Not for the microwave.", Use::Microwave),
            Some((false, None))
        );
        assert_eq!(
            said("Dishwasher and microwave safe.", Use::Microwave),
            Some((true, None))
        );
    }

    #[test]
    fn words_are_compared_whole() {
        assert_eq!(
            said("Apto para horno hasta 250 °C.", Use::Oven),
            Some((true, Some("250".into()))),
            "there is a \"no\" in horno"
        );
        assert_eq!(said("No apto para horno.", Use::Oven), Some((false, None)));
        assert_eq!(said("Hand-woven linen.", Use::Oven), None, "and an oven in woven");
        assert_eq!(
            said("Sin horno ni microondas.", Use::Microwave),
            Some((false, None))
        );
        assert_eq!(
            said("Apto para lavavajillas sin el filtro.", Use::Dishwasher),
            Some((true, None))
        );
    }

    #[test]
    fn what_forbids_without_a_not_is_understood() {
        assert_eq!(said("Keep away from the oven.", Use::Oven), Some((false, None)));
        assert_eq!(
            said("Keep out of the microwave.", Use::Microwave),
            Some((false, None))
        );
        assert_eq!(
            said("Every hob except induction.", Use::Induction),
            Some((false, None))
        );
        assert_eq!(
            said("Not for gas, induction or the oven.", Use::Oven),
            None,
            "the \"not\" may go on or not"
        );
        assert_eq!(
            said("Never in the microwave, in the oven up to 180 °C.", Use::Oven),
            Some((true, Some("180".into())))
        );
    }

    #[test]
    fn washing_by_hand_is_no_dishwasher() {
        for care in [
            "Wash by hand without soap.",
            "Hand wash and dry at once.",
            "Мыть вручную.",
        ] {
            assert_eq!(said(care, Use::Dishwasher), Some((false, None)), "{care}");
        }
        assert_eq!(
            said("Dishwasher safe. Hand wash keeps it bright.", Use::Dishwasher),
            None,
            "the row says both"
        );
    }

    #[test]
    fn a_section_speaks_of_materials() {
        let moka = ProductFacts {
            materials: Some("stainless steel; beech handle".into()),
            ..ProductFacts::default()
        };
        let section = [
            "Чугун, углеродистую сталь и дерево нельзя мыть в посудомоечной машине.",
            "Нержавеющую сталь и керамику можно.",
        ];
        assert_eq!(
            verdict_on_material(&moka, Tongue::Ru, section.into_iter()),
            Some(true)
        );
        let wok = ProductFacts {
            materials: Some("carbon steel".into()),
            ..ProductFacts::default()
        };
        assert_eq!(
            verdict_on_material(&wok, Tongue::Ru, section.into_iter()),
            Some(false)
        );
        let bag = ProductFacts {
            materials: Some("linen".into()),
            ..ProductFacts::default()
        };
        assert_eq!(verdict_on_material(&bag, Tongue::Ru, section.into_iter()), None);
    }

    #[test]
    fn a_weight_of_something_else_is_not_the_products() {
        let weight_of = |description: &str| {
            let product = ProductFacts {
                description: Some(description.to_owned()),
                ..ProductFacts::default()
            };
            weight(&product, Tongue::En)
        };
        assert_eq!(
            weight_of("A skillet of 2.1 kg, pre-seasoned.").as_deref(),
            Some("2.1 kg")
        );
        assert_eq!(weight_of("A pot, the right size for a 1 kg loaf."), None);
    }

    #[test]
    fn a_word_that_is_not_known_is_not_guessed() {
        assert_eq!(
            translated("carbon steel; oak handle", Tongue::Ru).as_deref(),
            Some("углеродистая сталь, дубовая ручка")
        );
        assert_eq!(
            translated("linen 55%; cotton 45%", Tongue::Es).as_deref(),
            Some("lino 55%, algodón 45%")
        );
        assert_eq!(translated("unobtainium", Tongue::Uk), None);
    }

    fn described(description: &str, care: &str) -> ProductFacts {
        ProductFacts {
            description: Some(description.to_owned()),
            care: Some(care.to_owned()),
            ..ProductFacts::default()
        }
    }

    #[test]
    fn what_it_holds_is_read_from_the_description_when_no_size_says_it() {
        for (description, tongue, told) in [
            ("A deep pan, 3 litres, with two handles.", Tongue::Ru, Some("3 л")),
            (
                "A kettle of 1.2 litres, about five cups.",
                Tongue::En,
                Some("1.2 L, 5 cups"),
            ),
            ("A moka pot for six small cups.", Tongue::Uk, Some("6 чашок")),
            ("Pots of 2 litres and of 4 litres.", Tongue::En, None),
            ("A pot for the whole street.", Tongue::Es, None),
        ] {
            assert_eq!(
                held(&described(description, ""), tongue).as_deref(),
                told,
                "{description}"
            );
        }
        let steel = described("A 6 mm steel plate, 58 HRC.", "");
        assert_eq!(thickness(&steel, Tongue::Kk).as_deref(), Some("6 мм"));
        assert_eq!(hardness(&steel, Tongue::Kk).as_deref(), Some("58 HRC"));
    }

    #[test]
    fn of_diets_all_is_told_when_what_is_asked_is_said() {
        let blend = described(
            "60 g of a green blend. Contains sesame and mustard. Vegan, without gluten.",
            "",
        );
        let told = |asked, tongue| diet(&blend, asked, tongue);
        assert_eq!(
            told(Diet::Gluten, Tongue::Ru).as_deref(),
            Some("содержит: кунжут, горчица, веганское, без глютена")
        );
        assert_eq!(
            told(Diet::Contains, Tongue::En).as_deref(),
            Some("contains: sesame, mustard, vegan, without gluten")
        );
        let honey = described("Honey with chilli.", "");
        assert_eq!(
            diet(&honey, Diet::Vegan, Tongue::En),
            None,
            "nothing is said of it"
        );
        let strange = described("Contains lupin. Vegan.", "");
        assert_eq!(
            diet(&strange, Diet::Vegan, Tongue::Es),
            None,
            "what it contains may not be lost"
        );
    }

    #[test]
    fn washing_is_told_when_every_phrase_of_the_care_is_known() {
        let told = |care| washing(&described("", care), Tongue::Es);
        assert_eq!(
            told("Wash at 40 °C without bleach, dry flat.").as_deref(),
            Some("lavar a 40 °C sin lejía, secar en plano")
        );
        assert_eq!(
            told("Wipe with a damp cloth. Do not machine-wash.").as_deref(),
            Some("limpiar con un paño húmedo, no lavar a máquina")
        );
        assert_eq!(
            told("Wash at 40 °C. Never near a volcano."),
            None,
            "a warning may not be lost"
        );
        assert_eq!(told("Dry flat."), None, "nothing is said of washing");
    }

    #[test]
    fn a_named_material_keeps_its_name_and_shares_stay_in_brackets() {
        assert_eq!(
            translated("Estremoz marble", Tongue::Ru).as_deref(),
            Some("мрамор (Estremoz)")
        );
        assert_eq!(
            translated("Sea salt (60%), thyme", Tongue::Es).as_deref(),
            Some("sal marina (60%), tomillo")
        );
        assert_eq!(translated("some marble", Tongue::Ru), None, "no name");
    }
}
