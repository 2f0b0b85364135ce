//! The page that the browser shows at the end. It names nothing that was sent: an address could hold anything.

/// Of the app, not of the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageLanguage {
    English,
    Russian,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    Declined,
    WrongState,
    NotHere,
}

/// The whole HTTP answer.
pub(super) fn answer(status: &str, outcome: Outcome, language: PageLanguage) -> String {
    let (title, text) = words(outcome, language);
    let code = match language {
        PageLanguage::English => "en",
        PageLanguage::Russian => "ru",
    };
    let body = format!(
        "<!doctype html><html lang=\"{code}\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><style>body{{font:16px/1.5 system-ui,sans-serif;\
         max-width:32rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}}h1{{font-size:1.4rem}}</style>\
         <h1>{title}</h1><p>{text}</p></html>"
    );
    // The address holds the code: nothing may be stored, loaded or told to another page.
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\nReferrer-Policy: no-referrer\r\n\
         X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn words(outcome: Outcome, language: PageLanguage) -> (&'static str, &'static str) {
    use PageLanguage::{English, Russian};
    match (outcome, language) {
        (Outcome::Done, English) => (
            "Google has answered",
            "Moderato is finishing the sign-in. You can close this page and go back to the app.",
        ),
        (Outcome::Done, Russian) => (
            "Google ответил",
            "Moderato завершает вход. Эту страницу можно закрыть и вернуться в приложение.",
        ),
        (Outcome::Declined, English) => (
            "The sign-in was declined",
            "Nothing was connected. You can close this page and try again from the app.",
        ),
        (Outcome::Declined, Russian) => (
            "Вход отклонён",
            "Ничего не подключено. Закройте эту страницу и попробуйте ещё раз из приложения.",
        ),
        (Outcome::WrongState, English) => (
            "This is not the sign-in that Moderato waits for",
            "The page may come from an earlier attempt. Start again from the app.",
        ),
        (Outcome::WrongState, Russian) => (
            "Moderato ждёт другой вход",
            "Возможно, эта страница осталась от прошлой попытки. Начните снова из приложения.",
        ),
        (Outcome::NotHere, English) => ("Nothing is here", "Go back to the app."),
        (Outcome::NotHere, Russian) => ("Здесь ничего нет", "Вернитесь в приложение."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_counts_bytes_in_every_language() {
        for language in [PageLanguage::English, PageLanguage::Russian] {
            for outcome in [
                Outcome::Done,
                Outcome::Declined,
                Outcome::WrongState,
                Outcome::NotHere,
            ] {
                let answer = answer("200 OK", outcome, language);
                let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
                let stated = head
                    .lines()
                    .find_map(|line| line.strip_prefix("Content-Length: "));
                assert_eq!(
                    stated,
                    Some(body.len().to_string().as_str()),
                    "{outcome:?} {language:?}"
                );
            }
        }
    }
}
