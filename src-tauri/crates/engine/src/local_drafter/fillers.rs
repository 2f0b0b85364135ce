//! Words that change no question: without them in a list, every unknown word makes another question of it.
//!
//! The lists are closed on purpose. A colour, a place, a shop, a year or a verb that asks for something else is
//! never here, since an answer to the question without it would be an answer to another one.

use super::words::without_kazakh_letters;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Greetings, courtesies, family and feelings, and what people say for "can it be put in".
pub(super) fn is_filler(word: &str) -> bool {
    FILLERS.contains(word)
}

/// Beside a product's name these only say that somebody wants to have it.
pub(super) fn is_about_buying(word: &str) -> bool {
    BUYING.contains(word)
}

static FILLERS: LazyLock<HashSet<String>> =
    LazyLock::new(|| ALWAYS.iter().flat_map(|list| as_typed(list)).collect());

static BUYING: LazyLock<HashSet<String>> = LazyLock::new(|| as_typed(WHEN_BUYING).collect());

/// Each word, and as it is typed on a Russian keyboard.
fn as_typed(list: &str) -> impl Iterator<Item = String> + '_ {
    let typed = list.split_whitespace().filter_map(without_kazakh_letters);
    list.split_whitespace().map(str::to_owned).chain(typed)
}

const ALWAYS: [&str; 5] = [
    "hiya heya heyy yo guys guy folks team everyone everybody all friend friends mate hun morning evening afternoon
    today tonight currently right moment kindly possibly maybe perhaps possible quick question questions wondering wonder
    curious interested looking look hoping hope love loving loved adore beautiful gorgeous pretty amazing cute sweet
    awesome stunning perfect wonderful fantastic fab honestly seriously exactly roughly approx approximately
    ever ages finally chance idea clue sorry excuse cheers ta appreciate appreciated omg wow hmm hm mm um uh oh ooh ah
    aww aw sure remember forgot forget mean think guess suspect bet believe saw seen see show stuff thing things item
    piece version baby's mum mum's mom mom's mother mother's dad dad's father wife wife's husband husband's sister brother
    daughter son girlfriend boyfriend aunt gran granny grandma niece nephew birthday wedding anniversary kitchen home
    house well else though also put puts pop chuck bung goes suitable safe ok okay fine alright allowed
    compatible survive survives withstand someone somebody people's xx xxx hello hey thanks thankyou euro euros eur
    give gives asking until till whats hows wheres its im number bring come comes start starts begin begins another order orders",
    "ребята девочки девушки друзья народ люди команда ребят девчонки доброе доброго доброй утро утра вечер вечера вечерок
    суток ночи всем дорогие подскажи скажи расскажите интересно кстати случайно вдруг короче реально именно сейчас сегодня
    щас пока тогда плиз пжл пжлст пж спс благодарю заранее может можете могли могу прошу извините простите сорри вопрос
    вопросик уточните уточнить узнать знаете думаю похоже кажется наверное наверно примерно приблизительно красивая красивый
    красивое красивые красота красотка прелесть класс классная классный супер шикарная шикарный шикарно обалденная обалденный
    прекрасная прекрасный чудесная чудесный милая милый ух вау ой ого эх ну ага ладно небось сама сам тянет мама мамы маме
    маму жена жене жены муж мужу мужа сестре сестра подруге подруга дочке дочери дочка сыну сын бабушке бабушка подарок рождения
    рождение кухню кухни кухне дома дом штука штуку штучка шт вещь версия вариант ставить поставить ставите класть положить
    засунуть совать пихать годится выдержит выдерживает переживет боится использовать греть разогревать разогреть
    ней нем них ними сильно евро спрошу спросить спрашиваю ответьте напомните подходит подходят самому самой заказ заказа заказы заказе нынче правда взаправду слышала слышал смотрю начало начинается начинаются",
    "друзі дівчата народ люди команда доброго ранку вечора вечір ранок всім вітання скажи розкажіть цікаво цікавить речі
    випадково раптом коротше реально саме зараз сьогодні поки тоді плиз наперед може можете могли можу прошу вибачте
    перепрошую питання запитання питаннячко уточніть уточнити дізнатися знаєте думаю здається мабуть певно приблизно гарна
    гарний гарне гарні краса клас класна супер чудова чудовий мила милий вау ой ого ну ага гаразд мама мамі мами мамо дружина
    дружині чоловік чоловіку сестрі подрузі доньці сину бабусі подарунок народження кухню кухні вдома дім дому штука річ
    версія варіант ставити поставити класти покласти засунути годиться витримає витримує боїться використовувати гріти
    розігрівати ній ньому них сильно євро нагадайте підходить підходять самому самій замовлення чула чув справді насправді початок починається",
    "достар қыздар жігіттер бәріңізге баршаңызға қайырлы кеш таң күн айтыңыз айтшы айтып жіберіңізші білгім білейін еді өзі
    қазір бүгін әлі мүмкін кешіріңіз сұрақ сұрағым екен шамамен керемет әдемі тамаша ой пай уау анам анама апама әйеліме
    күйеуіме қызыма ұлыма досыма туған күніне үйге үйде дана зат нұсқа нұсқасы арналған жарай жарайды салуға салсам салу
    қоюға қойсам қою қойса шыдай шыдайды қолдануға қатты еуро тұр басталады басталуы тапсырыс тапсырысым тапсырысымды шынымен шын расымен",
    "chicos chicas amigos amigas equipo gente buenos buen disculpa disculpad disculpe perdon perdona pregunta preguntita duda
    consulta decirme decidme dime decir saber sabeis sabes gustaria encantaria encanta encantan preciosa precioso bonita bonito
    bonitas bonitos linda lindo bella bello genial guapa guapo chula chulo ahora hoy actualmente todavia aun quizas quiza posible
    seria podria podriais podeis verdad bueno pues oye oid hey aprox aproximadamente mama madre padre papa mujer marido hermana
    hermano hija hijo amiga amigo abuela cumple cumpleanos casa cocina unidad pieza cosa version meter poner ponerlo ponerla
    meterlo meterla aguanta aguantan resiste resisten apta apto aptas aptos valen usar usarlo usarla compatible euro euros haceis hago pedido pedidos mucho mucha bastante realmente bien ir va van empieza empiezan comienza
    momento encantado saludos verdad",
];

const WHEN_BUYING: &str = "
buy buying purchase purchasing ordering get grab sell selling still left
купить куплю покупка покупку заказать заказываю приобрести взять возьму продаете продается продаются прикупить осталась остались
купити куплю придбати замовити взяти продаєте продається продаються лишилась лишилися
сатып алуға алсам алайын алу берсем сатасыздар сатыласыз сатылады сатылым
comprar compro comprarlo comprarla adquirir encargar pedir vendeis venden vende queda quedan";

#[cfg(test)]
mod tests {
    use super::super::words::fold;
    use super::*;

    #[test]
    fn words_are_listed_the_way_comments_are_read() {
        for word in ALWAYS
            .iter()
            .flat_map(|l| l.split_whitespace())
            .chain(WHEN_BUYING.split_whitespace())
        {
            assert_eq!(fold(word), word, "a word that is not folded never matches");
        }
    }

    #[test]
    fn a_word_that_makes_another_question_is_no_filler() {
        for word in [
            "pink",
            "black",
            "amazon",
            "last",
            "year",
            "repair",
            "чёрном",
            "москве",
            "ремонт",
            "прошлом",
            "rojo",
            "қара",
            "чорному",
            "second",
            "cheaper",
            "discount",
            "usa",
        ] {
            assert!(!is_filler(word) && !is_about_buying(word), "{word}");
        }
    }
}
