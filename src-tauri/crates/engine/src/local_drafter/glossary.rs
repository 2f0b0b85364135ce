//! What goods are made of, in five languages. A word that is not known is not guessed.

use super::wording::Tongue;

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

pub(super) fn translated_part(part: &str, tongue: Tongue) -> Option<String> {
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
    Some(format!("{}{percent}", tongue.of_all(*row)))
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
