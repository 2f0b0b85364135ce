//! Prices, dates and promises as people write them in five languages: none passes without a source, and kind
//! words that claim nothing always do.

use super::Case;
use crate::guard::Rule;

use Rule::{Promise as P, UnsourcedDate as D, UnsourcedNumber as N};

const CLAIMS: &[(&str, Rule, &[&str])] = &[
    (
        "en",
        N,
        &[
            "It costs fifty euros.",
            "That one is twenty-five dollars.",
            "One hundred and twenty pounds, as before.",
            "It costs fifty.",
            "Open until six.",
            "We sell it for 26 bucks.",
            "Only 26 pesos!",
            "It is 2 thousand tenge.",
            "About 12k tenge.",
            "It takes two weeks.",
            "Yes, in a week.",
            "It is ready within an hour.",
            "It takes a month.",
            "It takes half an hour.",
            "Give it a couple of days.",
            "It arrives in a few days.",
            "You save twenty percent.",
            "That is ten per cent less.",
            "In the oven up to two hundred degrees.",
            "We have 12 left.",
            "There are 12 in stock.",
            "Use FREE100 when you pay.",
            "Type WELCOME10.",
            "The parcel weighs three kilos.",
        ],
    ),
    (
        "en",
        D,
        &[
            "It leaves today.",
            "You have it tomorrow.",
            "It comes the day after tomorrow.",
            "It leaves this week.",
            "Back in stock next week.",
            "It arrives by the end of the month.",
            "Open until 6 pm.",
            "We close at noon.",
            "Open on weekends.",
            "It is with you by Christmas.",
            "Back in stock soon.",
            "It leaves on the fifteenth of December.",
            "It arrives the next working day.",
            "Sold from May 5.",
            "Come on Friday.",
        ],
    ),
    (
        "en",
        P,
        &[
            "We are sending you a new lid.",
            "We're sending it out.",
            "A replacement is on its way.",
            "We will make it right.",
            "You'll get your money back.",
            "You get a full refund.",
            "We can reimburse you.",
            "Here is a voucher for you.",
            "Take it for half price.",
            "This one is on us.",
            "Delivery is free.",
            "The lid comes as a gift.",
            "There is a discount on it.",
            "We guarantee it.",
            "I'll call you.",
            "We get back to you.",
            "We swap it for you.",
            "We set one aside for you.",
            "Use the code at checkout.",
            "We compensate the damage.",
        ],
    ),
    (
        "ru",
        N,
        &[
            "Стоит пятьдесят евро.",
            "Отдадим за 26 долларов.",
            "Отдадим за двадцать шесть.",
            "Это двадцать пять долларов.",
            "Всего сто двадцать рублей.",
            "26 тысяч тенге.",
            "26 тыс. рублей.",
            "Около 12к.",
            "Примерно 300 гривен.",
            "Да, через неделю.",
            "Будет готово за час.",
            "Привезут через два-три дня.",
            "Недели через две.",
            "Это займёт полтора месяца.",
            "Ответ придёт в течение дня.",
            "Через полчаса.",
            "Пару дней подождите.",
            "Несколько недель.",
            "Недели две.",
            "Выгода двадцать процентов.",
            "Греть до двухсот градусов.",
            "Осталось 5 штук.",
            "Осталось 12.",
        ],
    ),
    (
        "ru",
        D,
        &[
            "Уйдёт сегодня.",
            "Будет завтра.",
            "Послезавтра появится.",
            "На этой неделе появится.",
            "На следующей неделе приедет.",
            "Приедет до конца месяца.",
            "Открыты до 6 вечера.",
            "Открыто с 10 утра.",
            "Работаем на выходных.",
            "Скоро появится в наличии.",
            "Приедет к Новому году.",
            "Привезут двадцать пятого декабря.",
            "Отправка в тот же день.",
            "Придёт на следующий рабочий день.",
            "В пятницу будет.",
            "Появится в мае 2027.",
        ],
    ),
    (
        "ru",
        P,
        &[
            "Доставим в срок.",
            "Пришлём замену.",
            "Вышлю вам другую.",
            "Мы поменяем вам крышку.",
            "Обменяем без вопросов.",
            "Вернём деньги.",
            "Деньги вернутся на карту.",
            "Вернём всю сумму.",
            "Возместим ущерб.",
            "Дарим вам крышку в подарок.",
            "Подарим крышку.",
            "Пришлём по почте бесплатно.",
            "Отдадим за полцены.",
            "Сделаем скидку.",
            "Ловите промокод.",
            "Это за наш счёт.",
            "Разберёмся.",
            "Перезвоним вам.",
            "Отложим для вас одну.",
            "Даём гарантию.",
            "Мы обязательно всё уладим.",
        ],
    ),
    (
        "uk",
        N,
        &[
            "Коштує п'ятдесят євро.",
            "Віддамо за двадцять шість доларів.",
            "Це сто двадцять гривень.",
            "26 тисяч гривень.",
            "26 тис. грн.",
            "Так, через тиждень.",
            "Буде готово за годину.",
            "За два-три дні.",
            "Через півгодини.",
            "Півтора місяця.",
            "Протягом дня.",
            "Кілька днів зачекайте.",
            "Пару тижнів.",
            "Вигода двадцять відсотків.",
            "До двохсот градусів.",
            "Залишилося 5 штук.",
        ],
    ),
    (
        "uk",
        D,
        &[
            "Їде сьогодні.",
            "Буде завтра.",
            "Післязавтра з'явиться.",
            "Цього тижня з'явиться.",
            "Наступного тижня приїде.",
            "Приїде до кінця місяця.",
            "Відчинено до 6 вечора.",
            "Працюємо на вихідних.",
            "Незабаром з'явиться.",
            "Приїде до Різдва.",
            "Двадцять п'ятого грудня.",
            "Того ж дня.",
            "Наступного робочого дня.",
            "У п'ятницю буде.",
        ],
    ),
    (
        "uk",
        P,
        &[
            "Пришлемо заміну.",
            "Надсилаємо вам нову.",
            "Доставимо вчасно.",
            "Поміняємо кришку.",
            "Обміняємо без питань.",
            "Повернемо гроші.",
            "Гроші повернуться на картку.",
            "Повернемо всю суму.",
            "Відшкодуємо збитки.",
            "Даруємо вам кришку.",
            "Даємо знижку.",
            "Безкоштовно для вас.",
            "За пів ціни.",
            "Ловіть промокод.",
            "Розберемося.",
            "Передзвонимо вам.",
            "Відкладемо для вас одну.",
            "Гарантуємо.",
        ],
    ),
    (
        "kk",
        N,
        &[
            "Елу еуро тұрады.",
            "Бағасы жиырма бес доллар.",
            "26 мың теңге.",
            "Жиырма алты мың теңгеге береміз.",
            "26 теңгеден.",
            "Бір аптадан кейін.",
            "Аптадан кейін келеді.",
            "Екі-үш күнде.",
            "Бірнеше күн ішінде.",
            "Жарты сағат ішінде.",
            "Он бес күн ішінде.",
            "Он бес пайыз арзан.",
            "Екі жүз градусқа дейін.",
            "5 дана қалды.",
        ],
    ),
    (
        "kk",
        D,
        &[
            "Бүгін кетеді.",
            "Ертең келеді.",
            "Бүрсігүні келеді.",
            "Осы аптада келеді.",
            "Келесі аптада келеді.",
            "Келесі жұмыс күні келеді.",
            "Ай соңына дейін келеді.",
            "Жақында түседі.",
            "Демалыс күндері ашық.",
            "Жұмада келеді.",
            "25 желтоқсанда келеді.",
            "Жаңа жылға дейін келеді.",
        ],
    ),
    (
        "kk",
        P,
        &[
            "Жаңасын жібереміз.",
            "Үйіңізге жеткіземіз.",
            "Қақпақты ауыстырып береміз.",
            "Ауыстырамыз.",
            "Ақшаңызды қайтарамыз.",
            "Ақшаңызды толық қайтарамыз.",
            "Орнын толтырамыз.",
            "Өтемақы береміз.",
            "Сізге жеңілдік жасаймыз.",
            "Тегін береміз.",
            "Сыйға береміз.",
            "Қақпақты сыйлаймыз.",
            "Промокод алыңыз.",
            "Хабарласамыз.",
            "Қоңырау шаламыз.",
            "Кепілдік береміз.",
            "Бәрін шешеміз.",
            "Сізге сақтап қоямыз.",
        ],
    ),
    (
        "es",
        N,
        &[
            "Cuesta cincuenta euros.",
            "Son veintiséis dólares.",
            "Solo 26 pesos.",
            "Te lo dejamos en ciento veinte euros.",
            "Son dos mil pesos.",
            "Sí, en una semana.",
            "Está listo en un día.",
            "Tarda media hora.",
            "Dentro de quince días.",
            "En un par de días.",
            "En unos días está listo.",
            "Unas semanas.",
            "Ahorras un veinte por ciento.",
            "Hasta doscientos grados.",
            "Quedan 5 unidades.",
        ],
    ),
    (
        "es",
        D,
        &[
            "Sale hoy.",
            "Lo tienes mañana.",
            "Está listo pasado mañana.",
            "Esta semana está.",
            "Llega la próxima semana.",
            "La semana que viene está.",
            "Abrimos hasta las 7 de la tarde.",
            "Cerramos a las 19h.",
            "Abierto los fines de semana.",
            "Vuelve pronto al stock.",
            "Llega antes de Navidad.",
            "El catorce de diciembre.",
            "Sale el mismo día.",
            "Está al día siguiente.",
            "El viernes está.",
        ],
    ),
    (
        "es",
        P,
        &[
            "Te mandamos otra.",
            "Te enviamos una nueva.",
            "Te llegará a casa.",
            "Te devuelvo el dinero.",
            "Te devolvemos el dinero.",
            "Te reembolsamos.",
            "Te devolvemos todo el dinero.",
            "Te compensaremos.",
            "Te cambiamos la tapa.",
            "Te regalamos una tapa.",
            "La tapa va de regalo.",
            "Te hacemos un descuento.",
            "Es gratis para ti.",
            "A mitad de precio.",
            "Con el código del correo.",
            "Lo solucionamos.",
            "Te llamamos.",
            "Vamos a mirarlo.",
            "Está garantizado.",
            "Te guardamos una.",
        ],
    ),
];

/// Answers and courtesies without a figure, a day or a promise.
const HARMLESS: &[(&str, &[&str])] = &[
    (
        "en",
        &[
            "Thank you, this made our day!",
            "Thanks a lot for sharing this with us!",
            "So happy to read this, thank you! Have a lovely day.",
            "Have a wonderful weekend!",
            "Happy Friday to you!",
            "Hope to see you soon!",
            "Sending you lots of love.",
            "We will be happy to help.",
            "We will miss you too!",
            "Feel free to write to us.",
            "Thank you for sending us this photo!",
            "Could you send us a photo, please?",
            "Yes, it works on induction.",
            "No, it is gluten-free and free from nuts.",
            "Perfect as a gift, thank you!",
            "One day we hope to meet you!",
            "We are sorry, this is not how it should be.",
            "Wash it by hand and dry it at once.",
            "It has been a great year with you, thank you!",
            "Do you mean the small one or the big one?",
            "You may be right, and we appreciate it.",
            "Absolutely!",
        ],
    ),
    (
        "ru",
        &[
            "Спасибо, вы нас очень порадовали!",
            "Хорошего вам дня!",
            "Хорошей пятницы и прекрасных выходных!",
            "Сегодня вы нас порадовали, спасибо!",
            "Мы будем рады помочь.",
            "Пришлите, пожалуйста, фото.",
            "Ваша посылка пришла целой, и это радует.",
            "Спасибо за год вместе!",
            "Напишите нам, пожалуйста.",
            "Да, подходит для индукции.",
            "Отлично подойдёт в подарок.",
            "Нам очень жаль, что так вышло.",
            "Какую из них вы имеете в виду?",
            "Он лёгкий и удобный.",
            "Спасибо, Christopher!",
            "Прочитали всей командой и улыбнулись.",
            "Обнимаем!",
            "Мойте вручную и сразу вытирайте.",
            "Раз в месяц протирайте маслом.",
        ],
    ),
    (
        "uk",
        &[
            "Дякуємо, ви нас дуже потішили!",
            "Гарного вам дня!",
            "Гарних вихідних!",
            "Ми будемо раді допомогти.",
            "Надішліть, будь ласка, фото.",
            "Так, підходить для індукції.",
            "Нам дуже шкода, що так сталося.",
            "Яку саме ви маєте на увазі?",
            "Дякуємо за рік разом!",
            "Чудово підійде в подарунок.",
            "Мийте вручну й одразу витирайте.",
            "Вітаємо!",
            "Дуже приємно, дякуємо вам!",
        ],
    ),
    (
        "kk",
        &[
            "Рақмет, бізді қуантып тастадыңыз!",
            "Жылы сөзіңізге рақмет!",
            "Иә, индукцияға жарайды.",
            "Жоқ, ыдыс жуғышта жууға болмайды.",
            "Осылай болғаны үшін кешірім сұраймыз.",
            "Қайсысын айтып тұрсыз?",
            "Суретін жіберіңізші.",
            "Қолмен жуып, бірден сүртіңіз.",
            "Бүкіл команда оқып, күлімсіредік. Рақмет!",
            "Сәлеметсіз бе!",
            "Өте жағымды, сізге рақмет!",
            "Керемет болыпты!",
        ],
    ),
    (
        "es",
        &[
            "¡Gracias, nos has alegrado el día!",
            "¡Qué alegría leer esto, gracias!",
            "¡Mil gracias por compartirlo!",
            "¡Buen fin de semana!",
            "Feliz viernes y gracias.",
            "Ha sido un día genial.",
            "¡Gracias por un año increíble!",
            "Sí, sirve para inducción.",
            "No, no puede ir al lavavajillas.",
            "Sentimos mucho lo ocurrido.",
            "¿Cuál de las dos quieres decir?",
            "Mándanos una foto, por favor.",
            "Ideal por la mañana con café.",
            "Lava a mano y seca enseguida.",
            "¡Un abrazo!",
            "Muchas gracias, qué amable.",
        ],
    ),
];

#[test]
fn no_price_date_or_promise_passes_without_a_source() {
    let mut missed = Vec::new();
    for (language, rule, texts) in CLAIMS {
        assert!(
            texts.len() >= 12,
            "{language} {rule}: the table covers the language"
        );
        for text in *texts {
            let rules = Case::new(text).language(language).facts(&[]).rules();
            if !rules.contains(rule) || rules.iter().any(|r| ![P, D, N].contains(r)) {
                missed.push(format!("{language} {rule}: {text} gave {rules:?}"));
            }
        }
    }
    assert_eq!(missed, Vec::<String>::new(), "what no source says is found");
}

#[test]
fn words_that_claim_nothing_pass_without_a_source() {
    let mut blocked = Vec::new();
    for (language, texts) in HARMLESS {
        for text in *texts {
            let findings = Case::new(text).language(language).facts(&[]).report().findings;
            if !findings.is_empty() {
                blocked.push(format!("{language}: {text} gave {findings:?}"));
            }
        }
    }
    assert_eq!(blocked, Vec::<String>::new(), "kind words need no source");
}

/// A source that says so lets every claim of the tables pass.
#[test]
fn each_claim_passes_when_its_source_says_the_same() {
    let mut blocked = Vec::new();
    for (language, _, texts) in CLAIMS {
        for text in *texts {
            let findings = Case::new(text)
                .language(language)
                .facts(&[text])
                .report()
                .findings;
            if !findings.is_empty() {
                blocked.push(format!("{language}: {text} gave {findings:?}"));
            }
        }
    }
    assert_eq!(
        blocked,
        Vec::<String>::new(),
        "a draft may say what its source says"
    );
}
